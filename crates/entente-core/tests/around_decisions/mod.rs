//! Who is asked, and what a consent opens: one test for each kind of thing that once opened by accident.

mod node;

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::{NoGuards, decide};
use entente_core::*;
use entente_marking::{Circle, Control, Entity, Groups, Label, Level, Purpose, Purposes, Release, SchemeId};
use jiff::Timestamp;
use node::Node;

fn party(text: &str) -> PartyPath {
    PartyPath::new(text).unwrap()
}

fn person(text: &str) -> PersonId {
    PersonId::new(text).unwrap()
}

fn portion(text: &str) -> PortionId {
    PortionId::new(text).unwrap()
}

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn controlled() -> Label {
    Label {
        control: Control::Originator,
        ..Label::unrestricted()
    }
}

/// A portion of USA's, marked so that USA decides about further recipients.
fn text(id: &str, words: &str) -> Portion {
    Portion {
        id: portion(id),
        mark: "(OC)".to_owned(),
        label: controlled(),
        text: words.to_owned(),
        lineage: Lineage::of(party("USA"), Origin::default()),
        tear_line: false,
    }
}

fn report(originator: &str, version: u32, portions: Vec<Portion>) -> Report {
    Report {
        id: ReportId::new("R").unwrap(),
        version,
        title: "R".into(),
        originator: party(originator),
        scheme: SchemeId::new("us-ic"),
        profile: "ic-2016".to_owned(),
        created: now(),
        expires: None,
        existence_protected: false,
        portions,
    }
}

fn terms(id: &str) -> Arrangement {
    Arrangement {
        id: ArrangementId::new(id).unwrap(),
        title: String::new(),
        parties: ["USA", "GBR"].map(party).into(),
        purposes: None,
        onward: Onward::Free,
        need_to_know: false,
        two_person: false,
        witnesses: 0,
        withheld: Withheld::Hidden,
        default_mark: None,
        unmarked: Unmarked::Banner,
        owners: BTreeMap::new(),
        not_before: None,
        starts: None,
        expires: None,
        status_set: None,
        status: ArrangementStatus::Active,
        clauses: BTreeMap::new(),
        words: BTreeMap::new(),
    }
}

/// GBR asks USA for `asked`, and USA grants `granted` of it. Gives both.
fn granted(first: &Report, who: &str, asked: &[&str], granted: &[&str], standing: bool) -> (Node, Node) {
    let (mut usa, mut gbr) = (Node::with("USA", [first.clone()]), Node::with("GBR", [first.clone()]));
    gbr.state.apply(&Event::ArrangementSet(terms("A1")));
    let opened = gbr.run(gbr.open("req", who, asked));
    usa.take("GBR", opened.messages[0].1.clone());
    let answered = usa.run(Command::Grant {
        id: ConsentId::new("con").unwrap(),
        request: RequestId::new("req").unwrap().into(),
        portions: Some(granted.iter().map(|id| portion(id)).collect()),
        terms: Terms {
            standing,
            ..Terms::default()
        },
    });
    gbr.take("USA", answered.messages[0].1.clone());
    (usa, gbr)
}

#[test]
fn a9_b1_a_consent_opens_its_portions_and_what_is_unchanged_of_them() {
    let first = report(
        "USA",
        1,
        vec![text("p1", "one"), text("p2", "two"), text("p3", "three")],
    );
    let mut raised = text("p2", "two");
    raised
        .label
        .required
        .insert(entente_marking::Category::new("us-ic/sci/SI"));
    let mut others = text("p1", "one");
    others.lineage = others.lineage.combine(&Lineage::of(party("FRA"), Origin::default()));
    let later = [
        // The same words, spaced otherwise and one place further down; beside them a new text under the old name.
        (
            vec![text("p1", "new"), text("p2", " one\n"), text("p3", "three")],
            "p1",
            [true, false],
            "new text",
        ),
        (
            vec![text("p1", "new"), text("p2", " one\n"), text("p3", "three")],
            "p2",
            [true, true],
            "same text",
        ),
        (
            vec![text("p1", "one"), raised, text("p3", "three")],
            "p2",
            [false, false],
            "raised mark",
        ),
        (
            vec![others, text("p2", "two")],
            "p1",
            [false, false],
            "one more originator",
        ),
        (
            vec![text("p1", "one"), text("p3", "three")],
            "p3",
            [false, false],
            "never granted",
        ),
    ];
    for (portions, asked, expected, what) in later {
        for (standing, opens) in [true, false].into_iter().zip(expected) {
            let (_, mut gbr) = granted(&first, "CHL/a", &["p1", "p2", "p3"], &["p1", "p2"], standing);
            let of_first = ["p1", "p2", "p3"].map(|id| gbr.outcome(Some(1), "CHL/a", id));
            assert_eq!(of_first, [Outcome::Permit, Outcome::Permit, Outcome::Ask]);
            gbr.hold([report("USA", 2, portions.clone())]);
            let open = gbr.outcome(None, "CHL/a", asked) == Outcome::Permit;
            assert_eq!(open, opens, "{what}, standing: {standing}");
            // Not backwards, and not for the first version either.
            assert_eq!(gbr.outcome(Some(1), "CHL/a", "p3"), Outcome::Ask);
        }
    }
}

#[test]
fn b1_a_consent_that_names_no_portion_opens_nothing() {
    let first = report("USA", 1, vec![text("p1", "one")]);
    let (_, mut gbr) = granted(&first, "CHL/a", &["p1"], &["p1"], true);
    let consent = gbr.consent();
    consent.portions.clear();
    assert_eq!(gbr.outcome(None, "CHL/a", "p1"), Outcome::Ask);
}

#[test]
fn b4_a_tear_line_frees_only_text_of_whoever_drew_it() {
    let mut strict = terms("A1");
    strict.onward = Onward::Consent;
    strict.need_to_know = true;
    let origin = Origin {
        arrangements: BTreeSet::from([strict.id.clone()]),
        ..Origin::default()
    };
    for (drawn_by, owners, rules) in [
        ("USA", vec!["USA"], vec![]),
        (
            "GBR",
            vec!["USA"],
            vec!["control.third-party", "need-to-know.distribution"],
        ),
        (
            "GBR",
            vec!["GBR", "USA"],
            vec!["control.third-party", "need-to-know.distribution"],
        ),
        (
            "USA",
            vec!["FRA", "USA"],
            vec!["control.third-party", "need-to-know.distribution"],
        ),
    ] {
        let lineages = owners.iter().map(|owner| Lineage::of(party(owner), origin.clone()));
        let torn = Portion {
            label: Label::unrestricted(),
            lineage: lineages.fold(Lineage::default(), |all, one| all.combine(&one)),
            tear_line: true,
            ..text("p1", "one")
        };
        let mut gbr = Node::with("GBR", [report(drawn_by, 1, vec![torn])]);
        gbr.state.apply(&Event::ArrangementSet(strict.clone()));
        assert_eq!(
            gbr.answer(None, "CHL/a", "p1", None).1,
            rules,
            "{drawn_by} under {owners:?}"
        );
    }
}

#[test]
fn b5_a_consent_counts_for_its_purpose_in_every_step() {
    let origin = Origin {
        arrangements: BTreeSet::from([ArrangementId::new("A1").unwrap()]),
        ..Origin::default()
    };
    let listed = Portion {
        label: Label::unrestricted(),
        lineage: Lineage::of(party("USA"), origin),
        ..text("p1", "on a list of names")
    };
    let mut named = text("p2", "for named recipients");
    named.label.control = Control::None;
    named.label.circle = Circle::Named;
    let mut abroad = text("p3", "for some countries");
    abroad.label.control = Control::None;
    abroad.label.release = Release::to([Entity::new("USA"), Entity::new("GBR")]);
    let (_, mut gbr) = granted(
        &report("USA", 1, vec![listed, named, abroad, text("p4", "controlled")]),
        "CHL/a",
        &["p2", "p3", "p4"],
        &["p2", "p3", "p4"],
        false,
    );
    let mut need_to_know = terms("A1");
    need_to_know.need_to_know = true;
    gbr.state.apply(&Event::ArrangementSet(need_to_know));
    let first = gbr
        .state
        .reports
        .values()
        .next()
        .unwrap()
        .latest()
        .unwrap()
        .reference(&portion("p1"));
    gbr.consent().portions.insert(first);
    for (purpose, expected) in [
        (Some("warn"), [Outcome::Permit; 4]),
        (
            Some("arrest"),
            [Outcome::Deny, Outcome::Ask, Outcome::Ask, Outcome::Ask],
        ),
        (None, [Outcome::Deny, Outcome::Ask, Outcome::Ask, Outcome::Ask]),
    ] {
        let outcomes = ["p1", "p2", "p3", "p4"].map(|id| gbr.answer(None, "CHL/a", id, purpose).0);
        assert_eq!(outcomes, expected, "for {purpose:?}");
    }
}

#[test]
fn b8_an_audience_file_describes_outsiders_only() {
    let mut usa_only = text("p1", "one");
    usa_only.label = Label {
        levels: [(
            SchemeId::new("us-ic"),
            Level {
                rank: 3,
                name: "SECRET".to_owned(),
            },
        )]
        .into(),
        ..Label::unrestricted()
    };
    let mut gbr = Node::with("GBR", [report("USA", 1, vec![usa_only])]);
    let cleared = |id: &str| Person {
        clearances: [(
            SchemeId::new("us-ic"),
            Level {
                rank: 4,
                name: "TOP SECRET".to_owned(),
            },
        )]
        .into(),
        roles: BTreeSet::from(["override-authority".to_owned()]),
        ..Person::outsider(person(id), person(id).party().unwrap())
    };
    for (id, outcome, rules) in [
        ("USA/a", Outcome::Permit, vec![]),
        ("GBR/a", Outcome::Deny, vec!["state.person-unknown"]),
        ("GBR.DESK/a", Outcome::Deny, vec!["state.person-unknown"]),
    ] {
        // It is the level that is in question here, not who decides about further recipients.
        assert_eq!(
            gbr.answer_about(None, &[cleared(id)], id, "p1", None),
            (outcome, rules),
            "{id}"
        );
    }
    gbr.refuses(Command::KeepOutsider(cleared("GBR/a")), "describes outsiders only");
    gbr.run(Command::KeepOutsider(cleared("USA/a")));
    assert!(gbr.state.persons[&person("USA/a")].roles.is_empty());
    // Registered as disabled, and described as cleared: what is registered stays.
    gbr.run(Command::SetPerson(Person {
        disabled: true,
        ..Person::outsider(person("USA/b"), party("USA"))
    }));
    gbr.run(Command::KeepOutsider(cleared("USA/b")));
    assert!(gbr.state.persons[&person("USA/b")].disabled && gbr.state.persons[&person("USA/b")].clearances.is_empty());
}

#[test]
fn b9_a_person_is_of_the_party_that_the_id_names() {
    let mut gbr = Node::with("GBR", [report("USA", 1, vec![text("p1", "one")])]);
    let two_faced = |id: &str, of: &str| Person::outsider(person(id), party(of));
    for (id, of) in [
        ("USA/visitor", "CHL"),
        ("USA.SVC/visitor", "USA"),
        ("USA/visitor", "USA.SVC"),
    ] {
        gbr.refuses(Command::SetPerson(two_faced(id, of)), "the id names the party");
        gbr.refuses(Command::KeepOutsider(two_faced(id, of)), "the id names the party");
        let (outcome, rules) = gbr.answer_about(None, &[two_faced(id, of)], id, "p1", None);
        assert_eq!(
            (outcome, rules),
            (Outcome::Deny, vec!["state.person-unknown"]),
            "{id} of {of}"
        );
    }
    // One who came in by an older release is nobody.
    gbr.state.apply(&Event::PersonSet(two_faced("USA/visitor", "CHL")));
    assert_eq!(gbr.outcome(None, "USA/visitor", "p1"), Outcome::Deny);
}

#[test]
fn b19_who_may_only_look_may_only_look_with_a_consent_too() {
    let mut shown = text("p1", "one");
    shown.label.release = Release::with_display([Entity::new("USA")], [Entity::new("CHL")]);
    let (_, mut gbr) = granted(&report("USA", 1, vec![shown]), "CHL/a", &["p1"], &["p1"], false);
    let citizen = Person {
        citizenships: BTreeSet::from([Entity::new("CHL")]),
        ..Person::outsider(person("CHL/a"), party("CHL"))
    };
    gbr.consent().stated.clear();
    gbr.state.apply(&Event::PersonSet(citizen));
    let snapshot = Snapshot::compile(&gbr.state, &Groups::default(), &[]);
    let purpose = Purpose::new("warn");
    let query = Query {
        report: &ReportId::new("R").unwrap(),
        version: None,
        portions: None,
        audience: &[person("CHL/a")],
        purpose: Some(&purpose),
        moment: now(),
    };
    let decision = decide(&snapshot, &query, &NoGuards, &NoGuards).unwrap();
    assert_eq!(decision.outcome(0, 0), Outcome::Permit);
    assert_eq!(
        decision.obligations(0, 0),
        ["show only: give no copy, and do not pass on"]
    );
}

#[test]
fn b21_marking_arrangement_and_consent_must_all_allow_the_purpose() {
    let under = |only: Option<&[&str]>, barred: &[&str]| {
        let mut portion = text("p1", "one");
        portion.label.purposes = Purposes {
            only: only.map(|only| only.iter().map(|word| Purpose::new(*word)).collect()),
            barred: barred.iter().map(|word| Purpose::new(*word)).collect(),
            open: None,
        };
        portion.lineage.map(|_, origin| {
            origin.arrangements.insert(ArrangementId::new("A1").unwrap());
        });
        report("USA", 1, vec![portion])
    };
    for (only, barred, agreed, expected) in [
        (None, &[][..], None, vec![]),
        // Narrowed while the consent is live.
        (None, &[], Some("arrest"), vec!["purpose.arrangement"]),
        (Some(&["arrest"][..]), &[], None, vec!["purpose.marking"]),
        // Barred "without permission", and this is the permission.
        (None, &["warn"], None, vec![]),
        (Some(&["arrest"]), &["warn"], None, vec!["purpose.marking"]),
    ] {
        let (_, mut gbr) = granted(&under(only, barred), "CHL/a", &["p1"], &["p1"], false);
        let mut arrangement = terms("A1");
        arrangement.purposes = agreed.map(|purpose| BTreeSet::from([Purpose::new(purpose)]));
        gbr.state.apply(&Event::ArrangementSet(arrangement));
        let rules = gbr.answer(None, "CHL/a", "p1", Some("warn")).1;
        assert_eq!(
            rules, expected,
            "only {only:?}, barred {barred:?}, agreed on {agreed:?}"
        );
    }
}

#[test]
fn b22_a_consent_is_for_the_person_as_they_were() {
    let first = report("USA", 1, vec![text("p1", "one")]);
    let level = |rank| Level {
        rank,
        name: String::new(),
    };
    let then = Person {
        citizenships: BTreeSet::from([Entity::new("CHL")]),
        clearances: [(SchemeId::new("us-ic"), level(2))].into(),
        ..Person::outsider(person("CHL/a"), party("CHL"))
    };
    let ask = |mut gbr: Node| -> (Node, Node) {
        let mut usa = Node::with("USA", [first.clone()]);
        gbr.state.apply(&Event::PersonSet(then.clone()));
        let opened = gbr.run(gbr.open("req", "CHL/a", &["p1"]));
        usa.take("GBR", opened.messages[0].1.clone());
        (usa, gbr)
    };
    let (mut usa, mut gbr) = ask(Node::with("GBR", [first.clone()]));
    let answered = usa.run(Command::Grant {
        id: ConsentId::new("con").unwrap(),
        request: RequestId::new("req").unwrap().into(),
        portions: None,
        terms: Terms::default(),
    });
    gbr.take("USA", answered.messages[0].1.clone());
    let entity = |code: &str| BTreeSet::from([Entity::new(code)]);
    for (what, now_is, expected) in [
        ("the same", then.clone(), Outcome::Permit),
        (
            "renamed",
            Person {
                name: "A.".to_owned(),
                ..then.clone()
            },
            Outcome::Permit,
        ),
        (
            "another citizenship",
            Person {
                citizenships: entity("PRK"),
                ..then.clone()
            },
            Outcome::Ask,
        ),
        (
            "one more citizenship",
            Person {
                citizenships: ["CHL", "PRK"].map(Entity::new).into(),
                ..then.clone()
            },
            Outcome::Ask,
        ),
        (
            "a higher clearance",
            Person {
                clearances: [(SchemeId::new("us-ic"), level(3))].into(),
                ..then.clone()
            },
            Outcome::Permit,
        ),
        (
            "a lower clearance",
            Person {
                clearances: [(SchemeId::new("us-ic"), level(1))].into(),
                ..then.clone()
            },
            Outcome::Ask,
        ),
        (
            "no clearance",
            Person {
                clearances: BTreeMap::new(),
                ..then.clone()
            },
            Outcome::Ask,
        ),
    ] {
        gbr.state.apply(&Event::PersonSet(now_is));
        assert_eq!(gbr.outcome(None, "CHL/a", "p1"), expected, "{what}");
    }
}
