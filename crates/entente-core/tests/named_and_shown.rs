//! Named persons travel with the report, and what outsiders were shown here they know.

use crate::world;

use std::collections::BTreeSet;

use entente_core::exposure::Threshold;
use entente_core::handle::Handover;
use entente_core::*;
use world::{World, party, person, report};

const RED: &str = "---
id: R
scheme: tlp
recipients: [VEND]
---
(TLP:RED) The flaw is in the parser. {#flaw}

(TLP:GREEN) Update soon. {#advice}
";

fn distribute(id: &str, add: &[&str]) -> Command {
    let add = add.iter().map(|name| person(name)).collect();
    Command::Distribute {
        report: report(id),
        add,
        remove: BTreeSet::new(),
    }
}

fn deliver(id: &str, to: &str) -> Command {
    Command::HandOver(Handover::of(report(id), party(to)))
}

#[test]
fn b12_the_originator_names_and_the_names_travel() {
    let mut world = World::of(&["CERT", "VEND", "OPER"]);
    world.write("CERT", RED);
    for (home, who) in [
        ("CERT", "VEND/psirt"),
        ("VEND", "VEND/psirt"),
        ("VEND", "VEND/intern"),
        ("OPER", "OPER/duty"),
    ] {
        world.cleared(home, who);
    }
    world.cleared("CERT", "OPER/duty");
    world.run("CERT", distribute("R", &["VEND/psirt", "OPER/duty"]));
    world.run("CERT", deliver("R", "VEND"));
    let text = serde_json::to_string(&world.post[0].message).unwrap();
    assert!(
        text.contains("VEND/psirt") && !text.contains("OPER/duty"),
        "each learns of its own people: {text}"
    );
    world.deliver_post();
    assert_eq!(world.permitted("VEND", "R", "VEND/psirt", ""), "flaw advice");
    // A receiver's distribution names nobody for the originator.
    world.run("VEND", distribute("R", &["VEND/intern"]));
    assert_eq!(world.permitted("VEND", "R", "VEND/intern", ""), "advice");
    // It proposes, by asking; the originator names.
    let request = world.ask("VEND", "R", &["VEND/intern"], "");
    world.deliver_post();
    let grant = Command::Grant {
        id: world::consent("con"),
        request: request.into(),
        portions: None,
        terms: Terms::default(),
    };
    world.run("CERT", grant);
    world.deliver_post();
    assert_eq!(world.permitted("VEND", "R", "VEND/intern", ""), "flaw advice");
}

#[test]
fn b12_front_matter_names_persons() {
    let mut world = World::of(&["CERT", "VEND"]);
    world.write("CERT", &RED.replace("[VEND]", "[VEND/psirt]"));
    world.cleared("VEND", "VEND/psirt");
    world.cleared("VEND", "VEND/intern");
    world.run("CERT", deliver("R", "VEND"));
    world.deliver_post();
    assert_eq!(world.permitted("VEND", "R", "VEND/psirt", ""), "flaw advice");
    assert_eq!(world.permitted("VEND", "R", "VEND/intern", ""), "advice");
}

/// Two reports that rest on one source: each alone leaves two candidates, both together one.
fn watched() -> World {
    let mut world = World::of(&["USA"]);
    let register = r#"{"candidates":[
        {"id":"a","attributes":{"place":"x","access":"inner"}},
        {"id":"b","attributes":{"place":"x","access":"outer"}},
        {"id":"c","attributes":{"place":"y","access":"inner"}},
        {"id":"d","attributes":{"place":"y","access":"outer"}}]}"#;
    for (id, reveals) in [("P", "place = 'x'"), ("A", "access = 'inner'")] {
        world.write(
            "USA",
            &format!("---\nid: {id}\nscheme: tlp\n---\n(TLP:CLEAR) A text about it. {{#p1}}\n"),
        );
        let fact: Fact = serde_json::from_value(serde_json::json!({
            "id": "p1.1", "portion": "p1", "text": "A text about it.", "reveals": reveals,
        }))
        .unwrap();
        world.run(
            "USA",
            Command::SetFacts {
                report: report(id),
                facts: vec![fact],
            },
        );
    }
    let protect = Command::ProtectSource {
        id: SourceId::new("src").unwrap(),
        register: register.to_owned(),
        threshold: threshold(),
        reports: ["P", "A"].map(report).into(),
    };
    world.run("USA", protect);
    world
}

fn threshold() -> Threshold {
    Threshold {
        min_candidates: 2,
        max_probability: 0.9,
    }
}

#[test]
fn b16_what_reports_narrow_together_is_asked_about_in_a_briefing() {
    let mut world = watched();
    world.cleared("USA", "USA/analyst");
    let mut prepared = |id: &str, reports: &[&str]| {
        let prepare = Command::PrepareBriefing {
            id: BriefingId::new(id).unwrap(),
            speaker: person("USA/analyst"),
            audience: BTreeSet::from([person("CHL/minister")]),
            reports: reports.iter().map(|id| report(id)).collect(),
            purpose: None,
        };
        world.run("USA", prepare);
        let items = &world.state("USA").briefings[&BriefingId::new(id).unwrap()].items;
        items.iter().map(|item| item.outcome).collect::<Vec<_>>()
    };
    assert_eq!(prepared("one", &["P"]), [Outcome::Permit]);
    assert_eq!(prepared("other", &["A"]), [Outcome::Permit]);
    assert!(prepared("both", &["P", "A"]).contains(&Outcome::Ask));
}

#[test]
fn b16_what_outsiders_were_shown_they_know() {
    let mut world = watched();
    let shown = |world: &mut World, id: &str, who: &str| {
        world.run(
            "USA",
            Command::RecordOpening {
                report: report(id),
                version: None,
                reader: person(who),
                purpose: None,
            },
        );
    };
    assert_eq!(world.permitted("USA", "P", "CHL/minister", ""), "p1");
    assert_eq!(world.permitted("USA", "A", "CHL/minister", ""), "p1");
    // What this party's own people read stays within it.
    world.cleared("USA", "USA/analyst");
    shown(&mut world, "P", "USA/analyst");
    assert_eq!(world.permitted("USA", "A", "CHL/minister", ""), "p1");
    world.run(
        "USA",
        Command::KeepOutsider(Person::outsider(person("CHL/minister"), party("CHL"))),
    );
    shown(&mut world, "P", "CHL/minister");
    for who in ["CHL/minister", "CHL/other"] {
        assert_eq!(
            world.permitted("USA", "A", who, ""),
            "",
            "with what was shown before, {who} could name the source"
        );
    }
    assert_eq!(
        world.permitted("USA", "A", "FRA/minister", ""),
        "p1",
        "France was shown nothing"
    );
    assert_eq!(
        world.permitted("USA", "P", "CHL/minister", ""),
        "p1",
        "what is known is known"
    );
}
