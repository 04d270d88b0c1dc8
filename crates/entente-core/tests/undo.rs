//! What was entered by mistake is taken back while nothing rests on it, and what rests on it is named.

use crate::world;

use entente_core::handle::Handover;
use entente_core::*;
use world::{World, party, person, report};

fn undo(entry: Entered) -> Command {
    Command::UndoEntry {
        entry,
        reason: "a slip".to_owned(),
    }
}

fn of_party(path: &str) -> Command {
    undo(Entered::Party { path: party(path) })
}

fn of_person(id: &str) -> Command {
    undo(Entered::Person { id: person(id) })
}

fn starting() -> World {
    let mut world = World::of(&["USA", "GBR", "JOR"]);
    world.write("USA", "---\nid: R\nscheme: tlp\n---\n(TLP:GREEN) A flaw. {#flaw}\n");
    world.cleared("USA", "JOR/colonel");
    world
}

#[test]
fn e4_what_nothing_rests_on_is_taken_back_and_may_be_entered_anew() {
    let mut world = starting();
    let before = world.state("USA").clone();
    world.cleared("USA", "GBR/slip");
    world.run("USA", of_person("GBR/slip"));
    assert_eq!(*world.state("USA"), before, "nothing of it is left");
    assert_eq!(world.permitted("USA", "R", "GBR/slip", ""), "", "they are nobody here");
    let name = AudienceName::new("visitors").unwrap();
    let audience = Command::SetAudience(Audience {
        name: name.clone(),
        members: [person("JOR/colonel")].into(),
    });
    world.run("USA", audience);
    let refusal = world.refused("USA", of_person("JOR/colonel"));
    assert!(refusal.contains("audience visitors rests on it"), "{refusal}");
    world.run("USA", undo(Entered::Audience { name: name.clone() }));
    assert!(!world.state("USA").audiences.contains_key(&name));
    world.run("USA", of_person("JOR/colonel"));
    world.run("USA", of_party("JOR"));
    assert!(!world.state("USA").parties.contains_key(&party("JOR")));
    let member = Command::SetMembership {
        party: party("GBR"),
        member: true,
    };
    world.run("USA", member);
    world.run("USA", of_party("GBR"));
    assert!(world.state("USA").members.is_empty(), "its membership goes with it");
    // The log says so: replayed, it comes to the same.
    let log: Vec<Event> = world
        .log
        .iter()
        .filter(|(home, _)| *home == party("USA"))
        .map(|(_, e)| e.clone())
        .collect();
    assert_eq!(State::replay(&log), *world.state("USA"));
}

#[test]
fn e4_what_something_rests_on_is_not_taken_back_and_the_message_names_it_and_the_way() {
    let mut world = starting();
    let refusal = world.refused("USA", of_party("USA"));
    assert!(refusal.contains("this party itself"), "{refusal}");
    for (command, list) in [
        (of_party("FRA"), "entente party list"),
        (of_person("FRA/nobody"), "entente person list"),
        (
            undo(Entered::Audience {
                name: AudienceName::new("none").unwrap(),
            }),
            "entente audience list",
        ),
    ] {
        let refusal = world.refused("USA", command);
        assert!(refusal.contains(list), "{refusal}");
    }
    let refusal = world.refused("USA", of_party("JOR"));
    assert!(refusal.contains("person JOR/colonel rests on it"), "{refusal}");
    assert!(refusal.contains("entente party add JOR --no-member"), "{refusal}");
    let distribute = Command::Distribute {
        report: report("R"),
        add: [person("JOR/colonel")].into(),
        remove: [].into(),
    };
    world.run("USA", distribute);
    let refusal = world.refused("USA", of_person("JOR/colonel"));
    assert!(refusal.contains("report R rests on it"), "{refusal}");
    assert!(refusal.contains("entente person disable JOR/colonel"), "{refusal}");
    // What has left is not taken back.
    let member = Command::SetMembership {
        party: party("GBR"),
        member: true,
    };
    world.run("USA", member);
    world.run("USA", Command::HandOver(Handover::of(report("R"), party("GBR"))));
    let refusal = world.refused("USA", of_party("GBR"));
    assert!(refusal.contains("report R rests on it"), "{refusal}");
    let opened = Event::Opened {
        report: report("R"),
        version: 1,
        reader: person("GBR/desk"),
        portions: world::portions("flaw"),
        purpose: None,
        at: world.now,
    };
    world.nodes.get_mut(&party("USA")).unwrap().apply(&opened);
    world.cleared("USA", "GBR/desk");
    let refusal = world.refused("USA", of_person("GBR/desk"));
    assert!(refusal.contains("opening"), "{refusal}");
}
