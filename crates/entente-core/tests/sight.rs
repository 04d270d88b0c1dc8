//! Of a report that one may know of, the portions that one may not read are not there for what one does: every command that names
//! portions is answered as in a world in which there are no others.

use crate::world;

use std::collections::BTreeSet;

use entente_core::handle::{EmbargoWord, Handover, Release};
use entente_core::*;
use entente_marking::CopyList;
use world::{World, consent, party, person, portions, report};

const OPEN: &str = "---
id: R
scheme: us-ic
---
(S//REL TO USA, GBR) A plan. {#plan}

(S//NF) What it rests on. {#base}
";
/// What the officer is not cleared for.
const HIDDEN: &str = "
(TS//TK//REL TO USA, GBR) Who told it. {#who}
";

const OFFICER: &str = "USA/officer";

fn world(with_hidden: bool) -> World {
    let mut world = World::of(&["USA", "GBR", "JOR"]);
    world.write("USA", &format!("{OPEN}{}", if with_hidden { HIDDEN } else { "" }));
    world.cleared("USA", OFFICER);
    world.cleared("USA", "GBR/colonel");
    let known = world.state("USA").persons[&person(OFFICER)].clone();
    let roles = [
        Role::Analyst,
        Role::DisclosureOfficer,
        Role::ReleaseAuthority,
        Role::SecurityOfficer,
    ];
    let roles = roles.iter().map(|role| role.name().to_owned()).collect();
    world.run("USA", Command::SetPerson(Person { roles, ..known }));
    world
}

fn handover(to: &str, named: Option<&str>) -> Handover {
    Handover {
        portions: named.map(portions),
        ..Handover::of(report("R"), party(to))
    }
}

/// Every command that names portions of a report, or means all of them.
fn all(named: Option<&str>) -> Vec<(&'static str, Command)> {
    let audience = || BTreeSet::from([person("GBR/colonel")]);
    let list = named.map(|named| portions(named).into_iter().collect::<Vec<_>>());
    let mut all = vec![
        (
            "deliver to one who may have it",
            Command::HandOver(handover("GBR", named)),
        ),
        ("deliver to one who may not", Command::HandOver(handover("JOR", named))),
        ("export to one who may have it", Command::Export(handover("GBR", named))),
        ("export to one who may not", Command::Export(handover("JOR", named))),
        (
            "ask",
            Command::OpenRequest {
                id: RequestId::new("req").unwrap(),
                report: report("R"),
                portions: list.clone(),
                audience: audience(),
                purpose: None,
                reason: "A visit.".to_owned(),
                change: String::new(),
                needed_by: None,
            },
        ),
        (
            "record a decision",
            Command::RecordDecision {
                id: DecisionId::new("dec").unwrap(),
                report: report("R"),
                portions: list,
                audience: audience(),
                purpose: None,
            },
        ),
    ];
    let Some(named) = named else { return all };
    let to = Recipients {
        persons: audience(),
        ..Recipients::default()
    };
    let release = Release {
        id: consent("rel"),
        report: report("R"),
        portions: portions(named),
        to,
        terms: Terms::default(),
        list: CopyList::Receivers,
    };
    let embargo = EmbargoWord {
        report: report("R"),
        portions: portions(named),
        until: "2031-01-01T00:00:00Z".parse().ok(),
        reason: "A press day.".to_owned(),
    };
    all.extend([
        ("release", Command::Release(Box::new(release))),
        ("embargo", Command::SetEmbargo(embargo)),
        (
            "override",
            Command::Override {
                id: DisclosureId::new("ovr").unwrap(),
                authority: person(OFFICER),
                report: report("R"),
                portions: portions(named),
                audience: audience(),
                purpose: None,
                lawful: Lawful::No,
                reason: "A life.".to_owned(),
            },
        ),
        (
            "disclose",
            world::disclosed(
                ("dis", Route::Said),
                (report("R"), portions(named)),
                audience(),
                Vec::new(),
            ),
        ),
    ]);
    all
}

/// What whoever acts learns: why it was refused, or which portions it was about.
fn learned(world: &mut World, command: Command) -> Result<BTreeSet<String>, String> {
    let done = world
        .try_as("USA", Some(OFFICER), command)
        .map_err(|refusal| refusal.to_string())?;
    let written = done
        .events
        .iter()
        .map(|event| serde_json::to_string(event).unwrap())
        .collect::<String>();
    let named = ["plan", "base", "who"].into_iter();
    Ok(named
        .filter(|id| written.contains(&format!("\"{id}\"")))
        .map(str::to_owned)
        .collect())
}

#[test]
fn portions_that_one_may_not_know_are_as_if_they_were_not_there() {
    let (mut compared, mut done) = (0, 0);
    for named in [
        None,
        Some("plan"),
        Some("base"),
        Some("who"),
        Some("nothing"),
        Some("plan who"),
        Some("base who"),
    ] {
        for (says, command) in all(named) {
            let with = learned(&mut world(true), command.clone());
            let without = learned(&mut world(false), command);
            match (&with, &without) {
                // A part of more than was known is a part by name; what was all of it is all without names.
                (Ok(with), Ok(without)) => {
                    assert!(without.is_subset(with) && !with.contains("who"), "{says} {named:?}");
                    done += 1;
                }
                _ => assert_eq!(with, without, "{says} {named:?}"),
            }
            compared += 1;
        }
    }
    assert!(compared > 60 && done >= 10, "{done} of {compared}");
}

#[test]
fn of_a_report_of_which_one_may_read_nothing_nothing_is_handed_on() {
    let mut world = world(true);
    let known = world.state("USA").persons[&person(OFFICER)].clone();
    let uncleared = Person {
        clearances: Default::default(),
        ..known
    };
    world.run("USA", Command::SetPerson(uncleared));
    for (says, command) in all(None).into_iter().chain(all(Some("plan"))) {
        let refusal = learned(&mut world, command).unwrap_err();
        assert!(refusal.contains("there is no report R"), "{says}: {refusal}");
    }
    // The party itself may, as its keys are its word.
    let to_gbr = Command::HandOver(Handover::of(report("R"), party("GBR")));
    world.run("USA", to_gbr);
}

#[test]
fn without_named_portions_the_request_is_about_those_that_an_originator_can_open() {
    let mut world = World::of(&["USA", "GBR"]);
    let text = "(S//OC/REL TO USA, GBR) A plan. {#plan}\n\n(S//REL TO USA, GBR, JOR) Advice. {#advice}\n";
    world.write("USA", &format!("---\nid: R\nscheme: us-ic\n---\n{text}"));
    world.run("USA", Command::HandOver(handover("GBR", None)));
    world.deliver_post();
    for who in ["GBR/officer", "JOR/colonel"] {
        world.cleared("GBR", who);
    }
    let mut known = world.state("GBR").persons[&person("GBR/officer")].clone();
    known.roles.insert(Role::DisclosureOfficer.name().to_owned());
    world.run("GBR", Command::SetPerson(known));
    let ask = world::asking(&RequestId::new("req").unwrap(), "R", &["JOR/colonel"], "");
    let decided = world.try_as("GBR", Some("GBR/officer"), ask).unwrap();
    let [(_, Message::Request(request))] = &decided.messages[..] else {
        panic!("{decided:?}")
    };
    assert_eq!(request.portions, portions("plan"));
}
