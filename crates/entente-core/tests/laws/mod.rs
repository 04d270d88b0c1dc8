//! Laws that hold whatever partners say: random worlds of parties, of which one lies, well signed.
//!
//! `ENTENTE_WORLDS=100000` looks at more worlds, `ENTENTE_SEED=17` at world 17 alone: a failing world prints its number.

use crate::worlds::dice;
mod letters;
use crate::partner;
use crate::reference;

use std::collections::{BTreeMap, BTreeSet};

use dice::Dice;
use entente_core::decide::NoGuards;
use entente_core::*;
use entente_marking::{Groups, MarkKind};
use letters::{ARRANGEMENTS, Letter, letters};
use partner::{Node, now, party, report};

const READERS: [&str; 4] = ["HOME/reader", "GOOD/reader", "EVIL/reader", "THIRD/reader"];

/// Runs a law over many worlds.
fn in_worlds(law: impl Fn(u64, &mut Dice) + Sync) {
    dice::in_worlds(1, |world| law(world, &mut Dice(world)));
}

/// HOME with its people, its report, and what it has agreed on.
fn home() -> Node {
    static HOME: std::sync::LazyLock<Node> = std::sync::LazyLock::new(set_up);
    HOME.clone()
}

fn set_up() -> Node {
    let mut node = Node::new();
    for path in ["GOOD", "EVIL", "THIRD"] {
        node.run(Command::SetParty(Party {
            path: party(path),
            name: String::new(),
            client_of: BTreeSet::new(),
            signing_keys: vec![],
            recipient: None,
        }))
        .unwrap();
    }
    node.run(Command::SetKeys(Box::new(KeysShown {
        party: party("GOOD"),
        signing: "K-GOOD".to_owned(),
        recipient: "for GOOD".to_owned(),
        successions: vec![],
        by_fingerprint: true,
    })))
    .unwrap();
    for id in READERS {
        let id = PersonId::new(id).unwrap();
        let of = id.party().unwrap();
        node.run(Command::SetPerson(Person::outsider(id, of))).unwrap();
    }
    for (id, parties) in ARRANGEMENTS {
        let arrangement = Arrangement {
            parties: parties.iter().map(|name| party(name)).collect(),
            onward: Onward::Members,
            ..partner::arrangement(id, ["HOME", "GOOD"])
        };
        node.run(Command::SetArrangement {
            arrangement,
            agreed: true,
        })
        .unwrap();
    }
    node.run(Command::AddReport(report("OWN", "HOME", "ours"))).unwrap();
    for to in ["GOOD", "EVIL"] {
        let handover = handle::Handover::of(ReportId::new("OWN").unwrap(), party(to));
        node.run(Command::HandOver(handover)).unwrap();
    }
    node
}

/// Hands letters over; those that cannot be taken in yet come again, until nothing changes.
fn hand(node: &mut Node, letters: &[Letter]) {
    let mut waiting: Vec<&Letter> = letters.iter().collect();
    loop {
        let before = waiting.len();
        waiting.retain(|letter| take(node, letter).is_err());
        if waiting.len() == before {
            return;
        }
    }
}

fn take(node: &mut Node, letter: &Letter) -> Result<Decided, CommandRefusal> {
    node.run(Command::Receive {
        from: party(letter.from),
        id: letter.number.to_string(),
        digest: letter.number.to_string(),
        message: letter.message.clone(),
    })
}

/// All that is kept here of what a party said, as text.
fn said_by(state: &State, who: &str) -> Vec<String> {
    let who = party(who);
    let mut said = Vec::new();
    macro_rules! named {
        ($($map:ident),*) => { $(
            said.extend(state.$map.iter().filter(|(key, _)| key.by == who).map(|pair| format!("{pair:?}")));
        )* };
    }
    named!(
        requests,
        consents,
        endings,
        narrowings,
        substitutes,
        recalls,
        notices,
        incident_notices,
        proposals
    );
    let words = state.embargoes.values().filter(|word| word.by == who);
    said.extend(words.map(|word| format!("{word:?}")));
    let given_up = state
        .reports
        .iter()
        .map(|(id, holding)| (id, holding.given_up.get(&who)));
    said.extend(
        given_up
            .filter(|(_, word)| word.is_some())
            .map(|word| format!("{word:?}")),
    );
    let versions = state.reports.values().flat_map(|holding| holding.versions.values());
    said.extend(
        versions
            .filter(|report| report.originator == who)
            .map(|report| format!("{report:?}")),
    );
    said.extend(
        state
            .arrangements
            .values()
            .map(|known| format!("{:?}", known.words.get(&who))),
    );
    said.push(format!("{:?} {:?}", state.parties.get(&who), state.key_rings.get(&who)));
    said
}

/// The outcome of every portion of a report for every reader.
fn decided(state: &State, id: &ReportId) -> BTreeMap<(PortionId, &'static str), Outcome> {
    let snapshot = Snapshot::compile(state, &Groups::default(), &[]);
    let audience: Vec<PersonId> = READERS.iter().map(|id| PersonId::new(*id).unwrap()).collect();
    let query = Query {
        report: id,
        version: None,
        portions: None,
        audience: &audience,
        purpose: None,
        moment: now(),
    };
    let found = decide(&snapshot, &query, &NoGuards, &NoGuards).unwrap();
    let portions: Vec<PortionId> = found.portions().cloned().collect();
    let each = portions.iter().enumerate();
    let each = each.flat_map(|(p, id)| READERS.iter().enumerate().map(move |(n, reader)| (p, id, n, *reader)));
    each.map(|(p, id, n, reader)| ((id.clone(), reader), found.outcome(n, p)))
        .collect()
}

/// How open an outcome is.
fn openness(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Permit => 2,
        Outcome::Ask => 1,
        Outcome::Deny => 0,
    }
}

/// The slow twin is a world in which the liar never wrote: what others said is there as it is here, and nothing of theirs is
/// more open here.
#[test]
fn no_message_of_one_party_changes_what_another_said() {
    in_worlds(|world, dice| {
        let all = letters(dice, 14);
        let (mut here, mut without) = (home(), home());
        for letter in &all {
            let taken = take(&mut here, letter);
            if letter.from == "GOOD" {
                let alone = take(&mut without, letter);
                assert_eq!(
                    taken.is_ok(),
                    alone.is_ok(),
                    "world {world}: {letter:?}\n{taken:?}\n{alone:?}"
                );
            }
        }
        for who in ["GOOD", "HOME", "THIRD"] {
            assert_eq!(
                said_by(&here.0, who),
                said_by(&without.0, who),
                "world {world}: of {who}"
            );
        }
        assert_eq!((&here.0.persons, &here.0.rules), (&without.0.persons, &without.0.rules));
        for (id, _) in &without.0.reports {
            let (with, alone) = (decided(&here.0, id), decided(&without.0, id));
            for (what, outcome) in &alone {
                assert!(
                    openness(with[what]) <= openness(*outcome),
                    "world {world}: {id} {what:?} is {:?}, and {outcome:?} without the liar",
                    with[what]
                );
            }
        }
    });
}

#[test]
fn what_ends_something_ends_it_in_whatever_order_messages_arrive() {
    in_worlds(|world, dice| {
        let all: Vec<Letter> = letters(dice, 16)
            .into_iter()
            .filter(|letter| letter.from == "GOOD")
            .collect();
        let other = dice.shuffled(&all);
        let (mut one, mut two) = (home(), home());
        hand(&mut one, &all);
        hand(&mut two, &other);
        assert_eq!(said_by(&one.0, "GOOD"), said_by(&two.0, "GOOD"), "world {world}");
        for (id, _) in &one.0.reports {
            assert_eq!(decided(&one.0, id), decided(&two.0, id), "world {world}: {id}");
        }
        // What ended something is in force, whichever came first.
        for letter in &all {
            if let Message::Withdrawal { consent, .. } = &letter.message {
                let key = Named::new(party("GOOD"), consent.clone());
                let held = one.0.consents.get(&key);
                assert!(held.is_none_or(|held| !held.is_live(now())), "world {world}: {key}");
            }
        }
    });
}

/// The slow twin walks from portion to portion.
#[test]
fn no_originator_is_ever_lost() {
    fn walked(state: &State, portion: &PortionRef, seen: &mut BTreeSet<PortionRef>, found: &mut BTreeSet<PartyPath>) {
        let Some(known) = state.portion(portion).filter(|_| seen.insert(portion.clone())) else {
            return;
        };
        for (party, origin) in known.lineage.iter() {
            found.insert(party.clone());
            for base in &origin.from {
                walked(state, base, seen, found);
            }
        }
    }
    in_worlds(|world, dice| {
        let mut node = home();
        let all = letters(dice, 16);
        // A base that comes after what rests on it is read when that is taken in anew.
        all.iter().chain(&all).for_each(|letter| drop(take(&mut node, letter)));
        let state = &node.0;
        for report in state.reports.values().flat_map(|holding| holding.versions.values()) {
            for portion in &report.portions {
                let named: BTreeSet<PartyPath> = portion.lineage.originators().cloned().collect();
                assert!(
                    named.contains(&report.originator),
                    "world {world}: {} has lost its author",
                    report.id
                );
                let bases = portion.lineage.iter().flat_map(|(_, origin)| &origin.from);
                let before = bases.filter(|base| ["R", "OWN"].contains(&base.report.as_str()));
                for base in before {
                    let mut all = BTreeSet::new();
                    walked(state, base, &mut BTreeSet::new(), &mut all);
                    assert!(
                        all.is_subset(&named),
                        "world {world}: {} {} lost one of {all:?}",
                        report.id,
                        portion.id
                    );
                }
            }
        }
    });
}

#[test]
fn no_text_is_under_a_laxer_mark_than_written() {
    let schemes = entente_marking::builtin::schemes();
    let scheme = schemes.get(&letters::scheme(), None).unwrap();
    in_worlds(|world, dice| {
        let mut node = home();
        letters(dice, 12)
            .iter()
            .for_each(|letter| drop(take(&mut node, letter)));
        let held = node.0.reports.values().flat_map(|holding| holding.versions.values());
        for report in held.filter(|report| report.originator != party("HOME")) {
            for portion in &report.portions {
                let written = scheme
                    .check(&portion.mark, MarkKind::Portion, None)
                    .marking
                    .unwrap()
                    .label;
                assert_eq!(
                    portion.label.join(&written),
                    portion.label,
                    "world {world}: {} {} {}",
                    report.id,
                    portion.id,
                    portion.mark
                );
            }
        }
    });
}

/// The twin of `decide` over what messages made of the world, lies included.
#[test]
fn nothing_is_permitted_that_the_slow_twin_does_not_permit() {
    let groups = Groups::default();
    in_worlds(|world, dice| {
        let mut node = home();
        letters(dice, 16)
            .iter()
            .for_each(|letter| drop(take(&mut node, letter)));
        let state = &node.0;
        for (id, holding) in &state.reports {
            let report = holding.latest().unwrap();
            let fast = decided(state, id);
            let snapshot = Snapshot::compile(state, &groups, &[]);
            let audience = READERS.map(|id| PersonId::new(id).unwrap());
            let query = Query {
                report: id,
                version: None,
                portions: None,
                audience: &audience,
                purpose: None,
                moment: now(),
            };
            let explained = decide(&snapshot, &query, &NoGuards, &NoGuards).unwrap();
            for (p, portion) in report.portions.iter().enumerate() {
                for (n, reader) in READERS.into_iter().enumerate() {
                    let reader_id = PersonId::new(reader).unwrap();
                    let question = reference::Question {
                        state,
                        groups: &groups,
                        report,
                        portion,
                        asked: reference::in_force::of_portion(state, report, portion),
                        person: reference::known(state, &[], &reader_id),
                        purpose: None,
                        moment: now(),
                        forbidden: false,
                    };
                    let (slow, why) = reference::decide(&question);
                    let found = fast[&(portion.id.clone(), reader)];
                    assert_eq!(found, slow, "world {world}: {id} {} for {reader}: {why:?}", portion.id);
                    let rules: BTreeSet<&str> = explained.explain(n, p).iter().map(|reason| reason.rule).collect();
                    let meant: BTreeSet<&str> = why.iter().map(|(rule, _)| *rule).collect();
                    assert_eq!(rules, meant, "world {world}: {id} {} for {reader}: why", portion.id);
                }
            }
        }
    });
}

/// Laws over worlds in which every letter is refused, or everything denied, would show nothing.
#[test]
fn the_worlds_are_of_every_kind() {
    let (mut taken, mut refused) = (BTreeMap::<&str, usize>::new(), 0);
    let mut seen = BTreeMap::<Outcome, usize>::new();
    for world in 0..300 {
        let mut node = home();
        for letter in letters(&mut Dice(world), 16) {
            match take(&mut node, &letter) {
                Ok(_) => *taken.entry(letter.message.kind()).or_default() += 1,
                Err(_) => refused += 1,
            }
        }
        for (id, _) in &node.0.reports {
            decided(&node.0, id)
                .into_values()
                .for_each(|outcome| *seen.entry(outcome).or_default() += 1);
        }
    }
    for kind in [
        "delivery",
        "answer",
        "withdrawal",
        "recall",
        "arrangement",
        "request",
        "notice",
        "incident",
        "narrowing",
        "recall-lifted",
        "given-up",
        "embargo",
    ] {
        assert!(taken.get(kind).is_some_and(|count| *count > 20), "{kind}: {taken:?}");
    }
    // Only of what came before: the law of order hands it over again until it has.
    assert!(taken.get("retracted").is_some_and(|count| *count > 3), "{taken:?}");
    assert!(refused > 300, "{refused}");
    assert!(seen.len() == 3 && seen.values().all(|count| *count > 200), "{seen:?}");
}
