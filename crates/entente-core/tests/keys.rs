//! Keys of partners: what makes one follow another, and what freezes a link (kind C9).

use crate::partner;

use entente_core::*;
use partner::{Node, delivery, now, party, report};

fn succession(from: &str, to: &str) -> Succession {
    Succession {
        party: party("GOOD"),
        from: from.to_owned(),
        to: to.to_owned(),
        recipient: format!("for {to}"),
        at: now(),
        note: String::new(),
    }
}

fn shown(signing: &str, successions: &[Succession], by_fingerprint: bool) -> Command {
    Command::SetKeys(Box::new(KeysShown {
        party: party("GOOD"),
        signing: signing.to_owned(),
        recipient: format!("for {signing}"),
        successions: successions.to_vec(),
        by_fingerprint,
    }))
}

/// A node that knows GOOD by the key K1.
fn node() -> Node {
    let mut node = Node::new();
    node.run(Command::SetParty(Party {
        path: party("GOOD"),
        name: String::new(),
        client_of: [].into(),
        signing_keys: vec![],
        recipient: None,
    }))
    .unwrap();
    node.run(shown("K1", &[], false)).unwrap();
    node
}

fn keys(node: &Node) -> (Vec<String>, Option<String>) {
    let good = &node.0.parties[&party("GOOD")];
    (good.signing_keys.clone(), good.recipient.clone())
}

fn is_frozen(node: &Node) -> bool {
    node.0.frozen(&party("GOOD")).is_some()
}

/// The command is refused for a reason that says so, and changes nothing.
fn refused(node: &mut Node, command: Command, why: &str) {
    let before = node.0.clone();
    let refusal = node.run(command).expect_err(why).to_string();
    assert!(refusal.contains(why), "expected `{why}`, got `{refusal}`");
    assert_eq!(node.0, before);
}

#[test]
fn c9_changed_and_older_keys_are_refused_without_a_fingerprint() {
    let mut node = node();
    refused(&mut node, shown("K2", &[], false), "CHANGED KEYS");
    // Another key to write to, under the same signing key, is a change as well.
    let other = Command::SetKeys(Box::new(KeysShown {
        party: party("GOOD"),
        signing: "K1".to_owned(),
        recipient: "for EVIL".to_owned(),
        successions: vec![],
        by_fingerprint: false,
    }));
    refused(&mut node, other, "CHANGED KEYS");
    node.run(shown("K2", &[], true)).unwrap();
    assert_eq!(
        keys(&node),
        (vec!["K2".to_owned(), "K1".to_owned()], Some("for K2".to_owned()))
    );
    refused(&mut node, shown("K1", &[], false), "OLDER KEYS");
    // Nor by the way in which a name is changed.
    let known = node.0.parties[&party("GOOD")].clone();
    let mut swapped = known.clone();
    swapped.signing_keys.reverse();
    refused(&mut node, Command::SetParty(swapped), "not changed like its name");
    node.run(Command::SetParty(known)).unwrap();
}

#[test]
fn c9_keys_succeed_each_other_by_statements() {
    let chain = [succession("K1", "K2"), succession("K2", "K3")];
    // Shown in a file, one after the other, in any order; with the recipient that the statement names.
    for statements in [chain.to_vec(), chain.iter().rev().cloned().collect()] {
        let mut node = node();
        node.run(shown("K3", &statements, false)).unwrap();
        assert_eq!(keys(&node).0, ["K3", "K2", "K1"]);
    }
    let mut node = node();
    let elsewhere = Succession {
        party: party("EVIL"),
        ..succession("K1", "K2")
    };
    refused(
        &mut node,
        shown("K2", std::slice::from_ref(&elsewhere), false),
        "CHANGED KEYS",
    );
    refused(&mut node, shown("K3", &chain[1..], false), "CHANGED KEYS");
    // Or told by message; told again it changes nothing.
    node.from("GOOD", Message::KeySuccession(chain[0].clone())).unwrap();
    let before = keys(&node);
    node.from("GOOD", Message::KeySuccession(chain[0].clone())).unwrap();
    assert_eq!((keys(&node), before.0[0].as_str()), (before.clone(), "K2"));
    node.refuses("EVIL", Message::KeySuccession(chain[1].clone()), "keys of GOOD");
    node.refuses("GOOD", Message::KeySuccession(elsewhere), "keys of EVIL");
    node.refuses(
        "GOOD",
        Message::KeySuccession(succession("K7", "K8")),
        "not the one known here",
    );
}

#[test]
fn c9_two_successions_of_one_key_freeze_the_link() {
    let by_file = |node: &mut Node, to: &str| {
        node.run(shown(to, &[succession("K1", to)], false)).unwrap();
    };
    let by_message = |node: &mut Node, to: &str| {
        node.from("GOOD", Message::KeySuccession(succession("K1", to))).unwrap();
    };
    type Way<'w> = &'w dyn Fn(&mut Node, &str);
    let ways: [Way<'_>; 2] = [&by_file, &by_message];
    for first in ways {
        for second in ways {
            let mut node = node();
            first(&mut node, "K2");
            assert!(!is_frozen(&node));
            second(&mut node, "EVIL");
            assert!(is_frozen(&node));
            assert_eq!(keys(&node).0, ["K2", "K1"], "the second does not take over");
            // Nothing is taken in, and no further statement helps: only a fingerprint does.
            node.refuses("GOOD", delivery(&report("N", "GOOD", "x"), "GOOD", "HOME"), "is frozen");
            node.refuses("GOOD", Message::KeySuccession(succession("K2", "K3")), "is frozen");
            refused(&mut node, shown("K3", &[succession("K2", "K3")], false), "is frozen");
            node.run(shown("K3", &[], true)).unwrap();
            assert!(!is_frozen(&node));
            node.from("GOOD", delivery(&report("N", "GOOD", "x"), "GOOD", "HOME"))
                .unwrap();
        }
    }
}

#[test]
fn c9_after_a_declared_compromise_only_a_fingerprint_counts() {
    let compromised = |key: &str| Message::KeyCompromised {
        key: key.to_owned(),
        from: now(),
    };
    let mut node = node();
    node.refuses("EVIL", compromised("K1"), "not known as its own");
    node.from("GOOD", Message::KeySuccession(succession("K1", "K2")))
        .unwrap();
    // The succession may have been the thief's.
    node.from("GOOD", compromised("K1")).unwrap();
    assert!(is_frozen(&node));
    refused(&mut node, shown("K1", &[], true), "was declared compromised");
    node.run(shown("K2", &[], true)).unwrap();
    assert!(!is_frozen(&node));
    // What is declared again, of a key that no confirmed one rests on, freezes nothing.
    node.from("GOOD", compromised("K1")).unwrap();
    assert!(!is_frozen(&node));
    // A partner's key can be declared here too, and a moment to come is none.
    let declare = |from| Command::DeclareCompromised {
        key: "K2".to_owned(),
        from,
    };
    let later = "2030-01-01T00:00:00Z".parse().unwrap();
    refused(&mut node, declare(later), "is still to come");
    node.run(declare(now())).unwrap();
    assert!(is_frozen(&node));
}

#[test]
fn c9_partners_are_told_of_own_new_keys_and_lost_ones() {
    let mut node = node();
    let own = |from: &str, to: &str| {
        Command::RotateKeys(Box::new(Succession {
            party: party("HOME"),
            ..succession(from, to)
        }))
    };
    let told = node.run(own("", "H1"));
    assert!(told.is_ok(), "a party that had no keys yet gets some");
    let told = node.run(own("H1", "H2")).unwrap().messages;
    assert!(
        matches!(&told[..], [(to, Message::KeySuccession(_))] if *to == party("GOOD")),
        "{told:?}"
    );
    refused(&mut node, own("H1", "H3"), "does not follow the key");
    let declare = |key: &str| Command::DeclareCompromised {
        key: key.to_owned(),
        from: now(),
    };
    refused(&mut node, declare("H2"), "replace it first");
    let told = node.run(declare("H1")).unwrap().messages;
    assert!(
        matches!(&told[..], [(to, Message::KeyCompromised { .. })] if *to == party("GOOD")),
        "{told:?}"
    );
    assert!(node.0.frozen(&party("HOME")).is_none());
}
