//! Who a report is for: recipients, members, parties of an arrangement, and how they are spelt.

use crate::world;

use std::collections::{BTreeMap, BTreeSet};

use entente_core::handle::Handover;
use entente_core::*;
use world::{World, party, person, report};

fn deliver(to: &str) -> Command {
    Command::HandOver(Handover::of(report("R"), party(to)))
}

fn contact(path: &str) -> Party {
    Party {
        path: PartyPath::stored(path).unwrap(),
        name: String::new(),
        client_of: BTreeSet::new(),
        signing_keys: vec![],
        recipient: None,
    }
}

#[test]
fn b13_recipients_are_the_original_distribution() {
    let file = |recipients: &str| format!("---\nid: R\nscheme: tlp\n{recipients}---\n(TLP:CLEAR) Text {recipients}.\n");
    let mut world = World::of(&["CERT", "VEND", "OPER"]);
    world.write("CERT", &file("recipients: [VEND]\n"));
    let refusal = world.refused("CERT", deliver("OPER"));
    assert!(
        refusal.contains("its recipients are VEND") && refusal.contains("name OPER in `recipients`"),
        "{refusal}"
    );
    world.run("CERT", deliver("VEND"));
    // Having delivered it to one does not make another one of them.
    world.refused("CERT", deliver("OPER"));
    world.write("CERT", &file("recipients: [VEND, OPER]\n"));
    world.run("CERT", deliver("OPER"));
    // Narrowed again by a version that says nothing else.
    let mut narrow = world.state("CERT").reports[&report("R")].latest().unwrap().clone();
    narrow.version += 1;
    narrow.portions[0].lineage.map(|_, origin| {
        origin.recipients = BTreeSet::from([party("OPER")]);
    });
    world.run("CERT", Command::AddReport(narrow));
    world.refused("CERT", deliver("VEND"));
    // Who is not named is whom it is delivered to.
    world.write("CERT", &file(""));
    world.run("CERT", deliver("VEND"));
    world.run("CERT", deliver("OPER"));
}

fn terms(parties: &[&str], onward: Onward) -> Arrangement {
    Arrangement {
        id: ArrangementId::new("A-1").unwrap(),
        title: String::new(),
        parties: parties.iter().map(|name| PartyPath::stored(*name).unwrap()).collect(),
        purposes: None,
        onward,
        need_to_know: false,
        default_mark: None,
        not_before: None,
        starts: None,
        expires: None,
        status_set: None,
        status: ArrangementStatus::Active,
        clauses: BTreeMap::new(),
        words: BTreeMap::new(),
        unmarked: Unmarked::Banner,
        two_person: false,
        witnesses: 0,
        withheld: Withheld::Hidden,
        owners: BTreeMap::new(),
    }
}

fn set(arrangement: Arrangement, agreed: bool) -> Command {
    Command::SetArrangement { arrangement, agreed }
}

#[test]
fn b11_more_members_or_a_wider_onward_rule_are_laxer_and_unknown_parties_are_refused() {
    let mut world = World::of(&["USA.SVC", "GBR", "FRA"]);
    world.run("GBR", set(terms(&["USA.SVC", "GBR"], Onward::Consent), false));
    for (changed, what) in [
        (terms(&["USA.SVC", "GBR", "FRA"], Onward::Consent), "parties"),
        (terms(&["USA", "GBR"], Onward::Consent), "parties"),
        (terms(&["USA.SVC", "GBR"], Onward::Members), "onward"),
        (terms(&["USA.SVC", "GBR"], Onward::Free), "onward"),
        (terms(&["USA.SVC", "GBR", "FRA"], Onward::Members), "parties, onward"),
    ] {
        let refusal = world.refused("GBR", set(changed.clone(), false));
        assert!(refusal.contains(&format!("would become laxer: {what};")), "{refusal}");
        assert!(refusal.contains("--agreed"), "{refusal}");
    }
    for agreed in [false, true] {
        let refusal = world.refused("GBR", set(terms(&["USA.SVC", "GBR", "DEU"], Onward::Consent), agreed));
        assert!(refusal.contains("there is no party `DEU`"), "{refusal}");
        let refusal = world.refused("GBR", set(terms(&["USA.SVC", "GBR", "fra"], Onward::Consent), agreed));
        assert!(refusal.contains("write `FRA` instead of `fra`"), "{refusal}");
    }
    // Fewer members, or a part of one, are no laxer.
    world.run("GBR", set(terms(&["USA.SVC.DESK", "GBR"], Onward::Consent), false));
    world.run("GBR", set(terms(&["USA.SVC", "GBR", "FRA"], Onward::Members), true));
    assert_eq!(
        world.state("GBR").arrangements.values().next().unwrap().parties.len(),
        3
    );
}

#[test]
fn b14_a_contact_is_not_the_community() {
    let mut world = World::of(&["CERT", "JOURNAL", "VEND"]);
    world.write("CERT", "---\nid: R\nscheme: tlp\n---\n(TLP:GREEN) Text.\n");
    let open = |world: &World, who: &str| world.permitted("CERT", "R", who, "") == "p1";
    let member = |party: &str, member| Command::SetMembership {
        party: PartyPath::new(party).unwrap(),
        member,
    };
    assert!(!open(&world, "JOURNAL/reporter") && !open(&world, "CERT/analyst"));
    world.run("CERT", member("VEND", true));
    assert!(open(&world, "VEND/engineer") && open(&world, "VEND.SUB/engineer"));
    assert!(!open(&world, "JOURNAL/reporter"));
    // Said once, it is said; said of nobody, it is a slip.
    assert!(world.run("CERT", member("VEND", true)).events.is_empty());
    assert!(
        world
            .refused("CERT", member("VENDOR", true))
            .contains("there is no party `VENDOR`")
    );
    world.run("CERT", member("VEND", false));
    assert!(!open(&world, "VEND/engineer"));
    // At whoever received it, the receiver's own people have it, and its own community.
    world.run("CERT", deliver("VEND"));
    world.deliver_post();
    world.run(
        "VEND",
        Command::SetPerson(Person::outsider(person("VEND/engineer"), party("VEND"))),
    );
    assert_eq!(world.permitted("VEND", "R", "VEND/engineer", ""), "p1");
    assert_eq!(world.permitted("VEND", "R", "JOURNAL/reporter", ""), "");
}

#[test]
fn b19_what_is_for_display_only_is_never_handed_over() {
    let mut world = World::of(&["USA", "CHL", "GBR"]);
    world.write(
        "USA",
        "---\nid: R\nscheme: us-ic\n---\n(S//REL TO USA, CHL) One.\n\n(S//DISPLAY ONLY CHL) Two.\n",
    );
    let whole = Command::HandOver(Handover {
        portions: Some(["p1", "p2"].map(|id| PortionId::new(id).unwrap()).into()),
        ..Handover::of(report("R"), party("CHL"))
    });
    let refusal = world.refused("USA", whole);
    assert!(
        refusal.contains("portion p2: it may be shown to CHL, and is never handed over"),
        "{refusal}"
    );
    assert!(!refusal.contains("portion p1"), "{refusal}");
    assert!(world.post.is_empty());
    world.write("USA", "---\nid: R\nscheme: us-ic\n---\n(S//REL TO USA, CHL) One.\n");
    world.run("USA", deliver("CHL"));
}

#[test]
fn b10_names_have_one_spelling_where_they_become_known_and_old_ones_open_nothing() {
    let mut world = World::of(&["USA.SVC", "GBR"]);
    let refusal = world.refused("GBR", Command::SetParty(contact("usa.svc")));
    assert!(refusal.contains("write `USA.SVC` instead of `usa.svc`"), "{refusal}");
    for alike in ["USA.5VC", "U5A.SVC"] {
        let refusal = world.refused("GBR", Command::SetParty(contact(alike)));
        assert!(refusal.contains("looks like USA.SVC"), "{refusal}");
    }
    let old = PersonId::stored("usa.svc/visitor").unwrap();
    let described = Person::outsider(old.clone(), PartyPath::stored("usa.svc").unwrap());
    for command in [
        Command::SetPerson(described.clone()),
        Command::KeepOutsider(described.clone()),
    ] {
        let refusal = world.refused("GBR", command);
        assert!(refusal.contains("write `USA.SVC/visitor`"), "{refusal}");
    }
    // One who was stored by an older release still opens, and is nobody; so is one whom a file describes.
    let state = world.nodes.get_mut(&party("GBR")).unwrap();
    state.apply(&Event::PersonSet(described.clone()));
    state.apply(&Event::PartySet(contact("usa.old")));
    let text = serde_json::to_string(&*state).unwrap();
    assert_eq!(serde_json::from_str::<State>(&text).unwrap(), *state);
    let mut restored = State::default();
    for (kind, id) in [("person", "usa.svc/visitor"), ("party", "usa.old")] {
        let value = state.document(kind, id).unwrap();
        restored.restore(kind, id, value).unwrap();
    }
    assert!(restored.persons.contains_key(&old));
    world.write("GBR", "---\nid: R\nscheme: tlp\n---\n(TLP:CLEAR) Text.\n");
    assert_eq!(world.permitted("GBR", "R", "USA.SVC/visitor", ""), "p1");
    let snapshot = Snapshot::compile(world.state("GBR"), entente_marking::builtin::groups(), &[described]);
    let query = Query {
        report: &report("R"),
        version: None,
        portions: None,
        audience: &[old],
        purpose: None,
        moment: world.now,
    };
    let decision = decide(&snapshot, &query, &decide::NoGuards, &decide::NoGuards).unwrap();
    assert_eq!(decision.overall(), Outcome::Deny);
    // What is known of a party in an old spelling can still change.
    world.run("GBR", Command::SetParty(contact("usa.old")));
}

#[test]
fn a4_a_title_is_handed_over_only_where_its_own_mark_lets_it() {
    for (title, gets) in [
        ("(S//REL TO USA, GBR) Break-in at the plant", "Break-in at the plant"),
        ("(S//NF) Break-in at the plant", "R"),
        ("(S//REL TO USA, FRA) Break-in at the plant", "R"),
        ("Break-in at the plant", "Break-in at the plant"),
    ] {
        let mut world = World::of(&["USA", "GBR"]);
        world.write(
            "USA",
            &format!("---\nid: R\ntitle: {title}\n---\n(S//REL TO USA, GBR) Text.\n"),
        );
        let handover = Handover::of(report("R"), party("GBR"));
        let groups = entente_marking::builtin::groups();
        let context = Context {
            now: world.now,
            groups,
            schemes: entente_marking::builtin::schemes(),
            policy: &decide::NoGuards,
            exposure: &decide::NoGuards,
        };
        let state = world.state("USA");
        let decided = handle(state, Command::HandOver(handover.clone()), &context).unwrap();
        let [(_, Message::Delivery { report: sent, .. })] = decided.messages.as_slice() else {
            panic!("{decided:?}");
        };
        let exported = handle::exported(state, &handover, &context).unwrap();
        assert_eq!((sent.title.text(), exported.title.text()), (gets, gets), "{title}");
    }
}
