//! What a text asks for: the mark in force, plain unclassified text, owners that a mark names, titles.

mod titles;
mod unmarked;

use crate::world;

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::{NoGuards, decide};
use entente_core::draft::{Setting, compose};
use entente_core::handle::Handover;
use entente_core::*;
use entente_marking::builtin::{groups, schemes};
use entente_marking::{Entity, Label, Level, MarkKind, Release, SchemeId};
use world::{World, party, person, portions, report};

fn deliver(world: &mut World, home: &str, id: &str, to: &str) {
    world.run(home, Command::HandOver(Handover::of(report(id), party(to))));
    world.deliver_post();
}

/// A person with a US clearance of this rank and nothing else.
fn cleared_to(world: &mut World, home: &str, id: &str, rank: u16) {
    let id = person(id);
    let of = id.party().unwrap();
    let level = Level {
        rank,
        name: rank.to_string(),
    };
    let known = Person {
        citizenships: BTreeSet::from([Entity::new(of.top())]),
        clearances: BTreeMap::from([(SchemeId::new("us-ic"), level)]),
        ..Person::outsider(id, of)
    };
    let state = world.nodes.get_mut(&party(home)).unwrap();
    state.apply(&Event::PersonSet(known));
}

fn reference(text: &str) -> PortionRef {
    let (id, rest) = text.split_once(" v").unwrap();
    let (version, portion) = rest.split_once(' ').unwrap();
    PortionRef {
        report: report(id),
        version: version.parse().unwrap(),
        portion: PortionId::new(portion).unwrap(),
    }
}

fn mark(world: &World, home: &str, text: &str) -> String {
    let marks = MarksInForce::new(world.state(home));
    marks.of(&reference(text)).unwrap().mark().into_owned()
}

/// One answer: the outcome, the rules that fail, and who is asked.
fn answer(world: &World, home: &str, text: &str, who: &str) -> (Outcome, Vec<&'static str>, Vec<String>) {
    let (state, reference) = (world.state(home), reference(text));
    let audience = [person(who)];
    let outsider = Person::outsider(person(who), person(who).party().unwrap());
    let snapshot = Snapshot::about(state, groups(), [&reference.report], (&audience, &[outsider]));
    let query = Query {
        report: &reference.report,
        version: Some(reference.version),
        portions: Some(std::slice::from_ref(&reference.portion)),
        audience: &audience,
        purpose: None,
        moment: world.now,
    };
    let decision = decide(&snapshot, &query, &NoGuards, &SourceGuard::new(state)).unwrap();
    let asked = decision.to_grant(0, 0).into_keys().map(|party| party.to_string());
    let rules = decision.rules(0, 0).map(decide::Rule::id);
    (decision.outcome(0, 0), rules.collect(), asked.collect())
}

fn outcome(world: &World, home: &str, text: &str, who: &str) -> Outcome {
    answer(world, home, text, who).0
}

/// Why a file is not accepted as a version.
fn refused(world: &mut World, home: &str, file: &str) -> String {
    let state = world.state(home).clone();
    let setting = Setting {
        schemes: schemes(),
        state: Some(&state),
        home: &party(home),
        name: "R",
        now: world.now,
    };
    match compose(file, &setting) {
        Err(faults) => faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        Ok(written) => world.refused(home, Command::AddReport(written)),
    }
}

fn file(id: &str, body: &str) -> String {
    format!("---\nid: {id}\nscheme: us-ic\narrangements: [A-1]\n---\n{body}\n")
}

const BASE: &str = "(S//REL TO USA, GBR) The plan. {#p}";

/// GBR's D rests on USA's BASE, and E on D.
fn derived() -> World {
    let mut world = World::of(&["USA", "GBR"]);
    world.agree(&["USA", "GBR"], Onward::Members);
    world.write("USA", &file("BASE", BASE));
    deliver(&mut world, "USA", "BASE", "GBR");
    world.write(
        "GBR",
        &file("D", "(S//REL TO USA, GBR) It is planned. {#d} {from: BASE v1 p}"),
    );
    world.write("GBR", &file("E", "(S//REL TO USA, GBR) It is. {#e} {from: D v1 d}"));
    cleared_to(&mut world, "GBR", "GBR/clerk", 3);
    world.cleared("GBR", "GBR/chief");
    world
}

fn raise(world: &mut World) {
    world.write(
        "USA",
        &file("BASE", "(TS//SI//REL TO USA, GBR) The plan, and how. {#p}"),
    );
    deliver(world, "USA", "BASE", "GBR");
}

#[test]
fn a12_a_raised_base_reaches_what_rests_on_it_however_far() {
    let mut world = derived();
    for text in ["D v1 d", "E v1 e", "BASE v1 p"] {
        assert_eq!(outcome(&world, "GBR", text, "GBR/clerk"), Outcome::Permit, "{text}");
        assert_eq!(mark(&world, "GBR", text), "(S//REL TO USA, GBR)");
    }
    raise(&mut world);
    for text in ["D v1 d", "E v1 e", "BASE v1 p", "BASE v2 p"] {
        let (outcome, rules, _) = answer(&world, "GBR", text, "GBR/clerk");
        let expected = ["mandatory.clearance", "mandatory.category"];
        assert_eq!(
            (outcome, rules.as_slice()),
            (Outcome::Deny, expected.as_slice()),
            "{text}"
        );
        assert_eq!(answer(&world, "GBR", text, "GBR/chief").0, Outcome::Permit, "{text}");
        assert_eq!(mark(&world, "GBR", text), "(TS//SI//REL TO USA, GBR)");
    }
    // Nothing is written back: the version says what it said.
    let held = world.state("GBR").portion(&reference("D v1 d")).unwrap();
    assert_eq!(held.mark, "(S//REL TO USA, GBR)");
    let papers = Label::clone(
        &MarksInForce::new(world.state("GBR"))
            .of(&reference("D v1 d"))
            .unwrap()
            .label,
    );
    assert!(papers.dominates(&held.label));
}

#[test]
fn a12_a_raised_base_is_answered_by_a_version_at_least_as_strict() {
    let mut world = derived();
    raise(&mut world);
    let lax = file("D", "(S//REL TO USA, GBR) It is planned anew. {#d} {from: BASE v2 p}");
    let said = refused(&mut world, "GBR", &lax);
    assert!(
        said.contains("less strictly than BASE v2 p, which is by now (TS//SI//REL TO USA, GBR)"),
        "{said}"
    );
    let old = file("D", "(S//REL TO USA, GBR) It is planned anew. {#d} {from: BASE v1 p}");
    let said = refused(&mut world, "GBR", &old);
    assert!(
        said.contains("less strictly than BASE v1 p, which is by now (TS//SI//REL TO USA, GBR)"),
        "{said}"
    );
    // The later version of the same base stands for the one that was named.
    let answered = "(TS//SI//REL TO USA, GBR) It is planned anew. {#d} {from: BASE v2 p}";
    world.write("GBR", &file("D", answered));
    assert_eq!(mark(&world, "GBR", "D v2 d"), "(TS//SI//REL TO USA, GBR)");
    // A base that is lowered again frees what is written on the lowered version only.
    world.write("USA", &file("BASE", "(S//REL TO USA, GBR) The plan in short. {#p}"));
    deliver(&mut world, "USA", "BASE", "GBR");
    assert_eq!(outcome(&world, "GBR", "BASE v3 p", "GBR/clerk"), Outcome::Permit);
    assert_eq!(outcome(&world, "GBR", "D v2 d", "GBR/clerk"), Outcome::Deny);
    let short = "(S//REL TO USA, GBR) It is planned, in short. {#s} {from: BASE v3 p}";
    world.write("GBR", &file("F", short));
    assert_eq!(outcome(&world, "GBR", "F v1 s", "GBR/clerk"), Outcome::Permit);
}

#[test]
fn a12_no_consent_follows_a_changed_mark() {
    for (standing, text) in [(true, "The plan."), (false, "The plan."), (true, "Another plan.")] {
        let mut world = World::of(&["USA", "GBR"]);
        world.agree(&["USA", "GBR"], Onward::Members);
        world.write("USA", &file("R", "(S//OC/REL TO USA, GBR) The plan. {#p}"));
        deliver(&mut world, "USA", "R", "GBR");
        world.cleared("GBR", "JOR/colonel");
        let grant = |world: &mut World, id: &str| {
            let request = world.ask("GBR", "R", &["JOR/colonel"], "");
            world.deliver_post();
            let terms = Terms {
                standing,
                ..Terms::default()
            };
            world.run(
                "USA",
                Command::Grant {
                    id: world::consent(id),
                    request: request.into(),
                    portions: None,
                    terms,
                },
            );
            world.deliver_post();
        };
        grant(&mut world, "con-1");
        assert_eq!(outcome(&world, "GBR", "R v1 p", "JOR/colonel"), Outcome::Permit);
        world.write(
            "USA",
            &file("R", &format!("(TS//SI//OC/REL TO USA, GBR) {text} {{#p}}")),
        );
        deliver(&mut world, "USA", "R", "GBR");
        for version in ["R v1 p", "R v2 p"] {
            assert_eq!(
                outcome(&world, "GBR", version, "JOR/colonel"),
                Outcome::Ask,
                "{version}, {text}"
            );
        }
        // Given anew, it opens what is asked for now.
        grant(&mut world, "con-2");
        assert_eq!(outcome(&world, "GBR", "R v2 p", "JOR/colonel"), Outcome::Permit);
    }
}

/// A consent that is given after a base was raised is given for what the text asks for then, and no longer counts once
/// that becomes more; whichever arrives first.
#[test]
fn a12_a_consent_counts_for_what_was_asked_for_when_it_was_given() {
    let mut world = World::of(&["USA", "GBR"]);
    world.agree(&["USA", "GBR"], Onward::Members);
    world.write("USA", &file("R", "(C//OC/REL TO USA, GBR) The plan. {#p}"));
    deliver(&mut world, "USA", "R", "GBR");
    world.cleared("GBR", "JOR/colonel");
    let request = world.ask("GBR", "R", &["JOR/colonel"], "");
    world.deliver_post();
    // The originator raises it, and consents to the first version all the same.
    world.write("USA", &file("R", "(S//OC/REL TO USA, GBR) The plan itself. {#p}"));
    let grant = Command::Grant {
        id: world::consent("con"),
        request: request.into(),
        portions: None,
        terms: Terms::default(),
    };
    world.run("USA", grant);
    world.deliver_post();
    assert_eq!(outcome(&world, "GBR", "R v1 p", "JOR/colonel"), Outcome::Permit);
    deliver(&mut world, "USA", "R", "GBR");
    assert_eq!(outcome(&world, "GBR", "R v1 p", "JOR/colonel"), Outcome::Permit);
    assert_eq!(outcome(&world, "GBR", "R v2 p", "JOR/colonel"), Outcome::Ask);
    world.write("USA", &file("R", "(TS//OC/REL TO USA, GBR) The plan and more. {#p}"));
    deliver(&mut world, "USA", "R", "GBR");
    assert_eq!(outcome(&world, "GBR", "R v1 p", "JOR/colonel"), Outcome::Ask);
}

#[test]
fn b15_the_stricter_mark_of_two_versions_binds_the_older_one() {
    let tlp = |body: &str| format!("---\nid: R\nscheme: tlp\n---\n{body}\n");
    let mut world = World::of(&["CERT"]);
    world.write(
        "CERT",
        &tlp("(TLP:CLEAR) A flaw. {#flaw}\n\n(TLP:CLEAR) A remedy. {#fix}\n\n(TLP:CLEAR) Gone. {#gone}"),
    );
    // Raised under its name with another text, and with its text under another name; the third is dropped.
    world.write(
        "CERT",
        &tlp("(TLP:RED) A flaw, in full. {#flaw}\n\n(TLP:AMBER) A  remedy. {#mend}"),
    );
    for (text, expected) in [
        ("R v1 flaw", "(TLP:RED)"),
        ("R v1 fix", "(TLP:AMBER)"),
        ("R v1 gone", "(TLP:CLEAR)"),
        ("R v2 mend", "(TLP:AMBER)"),
    ] {
        assert_eq!(mark(&world, "CERT", text), expected, "{text}");
    }
    assert_eq!(outcome(&world, "CERT", "R v1 flaw", "PRESS/rep"), Outcome::Ask);
    assert_eq!(outcome(&world, "CERT", "R v1 gone", "PRESS/rep"), Outcome::Permit);
    // A laxer version later frees itself, and not those before it.
    world.write("CERT", &tlp("(TLP:CLEAR) A flaw, as published. {#flaw}"));
    assert_eq!(outcome(&world, "CERT", "R v3 flaw", "PRESS/rep"), Outcome::Permit);
    assert_eq!(outcome(&world, "CERT", "R v2 flaw", "PRESS/rep"), Outcome::Ask);
    assert_eq!(outcome(&world, "CERT", "R v1 flaw", "PRESS/rep"), Outcome::Ask);
}

#[test]
fn b15_marks_that_do_not_include_each_other_hold_side_by_side() {
    let mut world = World::of(&["USA"]);
    world.write(
        "USA",
        &file("R", "(S//REL TO USA, GBR) The plan. {#p}").replace("arrangements: [A-1]\n", ""),
    );
    world.write(
        "USA",
        &file("R", "(S//REL TO USA, CAN) The plan. {#p}").replace("arrangements: [A-1]\n", ""),
    );
    let marks = MarksInForce::new(world.state("USA"));
    let both = marks.of(&reference("R v1 p")).unwrap();
    assert_eq!(both.mark(), "(S//REL TO USA, GBR) (S//REL TO USA, CAN)");
    assert_eq!(both.label.release, Release::to([Entity::new("USA")]));
}

/// Who is asked about a portion of this mark for a colonel of Jordan, cleared for everything.
fn asked_about(
    home: &str,
    mark: &str,
    known: &[&str],
    owners: &[(&str, &str)],
) -> (Outcome, Vec<&'static str>, Vec<String>) {
    let mut world = World::of(&[home]);
    let state = world.nodes.get_mut(&party(home)).unwrap();
    for other in known {
        state.apply(&Event::PartySet(Party {
            path: party(other),
            name: String::new(),
            client_of: BTreeSet::new(),
            signing_keys: vec![],
            recipient: None,
        }));
    }
    state.apply(&Event::ArrangementSet(Arrangement {
        id: ArrangementId::new("A-1").unwrap(),
        title: String::new(),
        parties: [home, "OTHER"].map(party).into(),
        purposes: None,
        onward: Onward::Free,
        need_to_know: false,
        two_person: false,
        witnesses: 0,
        withheld: Withheld::Hidden,
        default_mark: None,
        unmarked: Unmarked::Banner,
        owners: owners.iter().map(|(owner, by)| (party(owner), party(by))).collect(),
        not_before: None,
        starts: None,
        expires: None,
        status_set: None,
        status: ArrangementStatus::Active,
        clauses: BTreeMap::new(),
        words: BTreeMap::new(),
    }));
    world.write(home, &file("R", &format!("{mark} Text. {{#p}}")));
    let id = person("JOR/colonel");
    let all = ["us-ic", "us-ic/nato"].map(|scheme| {
        let name = scheme.to_owned();
        (SchemeId::new(scheme), Level { rank: 4, name })
    });
    let state = world.nodes.get_mut(&party(home)).unwrap();
    state.apply(&Event::PersonSet(Person {
        citizenships: BTreeSet::from([Entity::new("JOR")]),
        clearances: all.into(),
        ..Person::outsider(id, party("JOR"))
    }));
    answer(&world, home, "R v1 p", "JOR/colonel")
}

#[test]
fn b3_the_owners_that_a_mark_names_are_asked_beside_the_author() {
    let list = ["release.list"];
    let strange = ["release.list", "release.owner-unknown"];
    for (home, mark, known, owners, rules, asked) in [
        (
            "USA",
            "(S//FGI CAN//REL TO USA, GBR)",
            &["CAN"][..],
            &[][..],
            &list[..],
            &["CAN", "USA"][..],
        ),
        (
            "USA",
            "(//JOINT S GBR USA//REL TO USA, GBR)",
            &["GBR"],
            &[],
            &list,
            &["GBR", "USA"],
        ),
        (
            "GBR.PJHQ",
            "(//JOINT S GBR USA//REL TO USA, GBR)",
            &["USA"],
            &[],
            &list,
            &["GBR.PJHQ", "USA"],
        ),
        (
            "USA",
            "(//DEU S//REL TO USA, DEU)",
            &["DEU"],
            &[],
            &list,
            &["DEU", "USA"],
        ),
        // An owner's own part stands for it; one that is known by parts only is not known.
        ("DEU.BND", "(//DEU S//REL TO USA, DEU)", &[], &[], &list, &["DEU.BND"]),
        (
            "USA",
            "(//DEU S//REL TO USA, DEU)",
            &["DEU.BND"],
            &[],
            &strange,
            &["DEU", "USA"],
        ),
        // NATO answers itself, or by whom the arrangement names.
        ("GBR", "(//NS)", &["NATO"], &[], &list, &["GBR", "NATO"]),
        ("GBR", "(//NS)", &[], &[], &strange, &["GBR", "NATO"]),
        (
            "GBR",
            "(//NS)",
            &["BEL.IMS"],
            &[("NATO", "BEL.IMS")],
            &list,
            &["BEL.IMS", "GBR"],
        ),
        ("GBR", "(//NS)", &[], &[("NATO", "GBR")], &list, &["GBR"]),
        // A part of whoever answers for it stands for it as well.
        ("GBR.PJHQ", "(//NS)", &[], &[("NATO", "GBR")], &list, &["GBR.PJHQ"]),
        // Whoever marked it is asked where the owner is concealed.
        ("USA", "(S//FGI//REL TO USA, GBR)", &[], &[], &list, &["USA"]),
        // On the list, the list is the owners' word.
        ("USA", "(S//FGI CAN//REL TO USA, JOR)", &[], &[], &[], &[]),
    ] {
        let (outcome, mut found, parties) = asked_about(home, mark, known, owners);
        found.sort_unstable();
        found.dedup();
        assert_eq!(
            (found.as_slice(), parties.as_slice()),
            (
                rules,
                asked.iter().map(ToString::to_string).collect::<Vec<_>>().as_slice()
            ),
            "{home} {mark}"
        );
        let expected = if rules.is_empty() {
            Outcome::Permit
        } else {
            Outcome::Ask
        };
        assert_eq!(outcome, expected, "{home} {mark}");
    }
    // Originator control is the owners' too.
    let (_, rules, asked) = asked_about("USA", "(S//FGI CAN//OC/REL TO USA, JOR)", &["CAN"], &[]);
    assert_eq!(
        (rules[0], asked.as_slice()),
        ("control.originator", ["CAN", "USA"].map(str::to_owned).as_slice())
    );
}

#[test]
fn b3_every_owner_must_consent_and_an_owner_can() {
    let mut world = World::of(&["USA", "GBR", "CAN"]);
    world.agree(&["USA", "GBR"], Onward::Members);
    world.write("USA", &file("R", "(S//FGI CAN//OC/REL TO USA, CAN, GBR) Text. {#p}"));
    world.cleared("USA", "USA/clerk");
    assert_eq!(
        outcome(&world, "USA", "R v1 p", "USA/clerk"),
        Outcome::Permit,
        "whoever wrote it has it from the owner"
    );
    world.cleared("GBR", "JOR/colonel");
    // The owner is asked before it is handed on, too.
    let refusal = world.refused("USA", Command::HandOver(Handover::of(report("R"), party("GBR"))));
    assert!(refusal.contains('p'), "{refusal}");
    world.write("USA", &file("R", "(S//FGI CAN//REL TO USA, CAN, GBR) Text. {#p}"));
    deliver(&mut world, "USA", "R", "GBR");
    assert_eq!(answer(&world, "GBR", "R v2 p", "JOR/colonel").2, ["CAN", "USA"]);
    let consent = |by: &str, id: &str| Consent {
        id: world::consent(id),
        request: None,
        originator: party(by),
        to: party("GBR"),
        report: report("R"),
        portions: BTreeSet::from([reference("R v2 p")]),
        standing: false,
        recipients: Recipients {
            persons: BTreeSet::from([person("JOR/colonel")]),
            parties: BTreeSet::new(),
        },
        stated: Vec::new(),
        marks: Vec::new(),
        purposes: None,
        conditions: vec![format!("as {by} says")],
        given: world::start(),
        received: None,
        ends: None,
        withdrawn: None,
        life: Life::default(),
    };
    for (by, id, expected) in [("USA", "con-1", Outcome::Ask), ("CAN", "con-2", Outcome::Permit)] {
        let letter = world::Letter {
            from: party(by),
            to: party("GBR"),
            id: id.to_owned(),
            message: Message::Answer {
                consents: vec![consent(by, id)],
                refusals: Vec::new(),
                substitutes: Vec::new(),
                exposures: Vec::new(),
            },
        };
        world.hand(&letter).unwrap();
        assert_eq!(outcome(&world, "GBR", "R v2 p", "JOR/colonel"), expected, "after {by}");
    }
    // Nobody else's consent is one.
    let stranger = world::Letter {
        from: party("FRA"),
        to: party("GBR"),
        id: "con-3".to_owned(),
        message: Message::Answer {
            consents: vec![consent("FRA", "con-3")],
            refusals: Vec::new(),
            substitutes: Vec::new(),
            exposures: Vec::new(),
        },
    };
    assert!(world.hand(&stranger).is_err());
}
