//! Facts go with their text: what a new version says anew has none, and counts as unknown by step 8.

use crate::world;

use entente_core::exposure::Threshold;
use entente_core::*;
use world::{World, fact, person, report};

fn file(body: &str) -> String {
    format!("---\nid: R\nscheme: tlp\n---\n{body}\n")
}

const FIRST: &str = "(TLP:CLEAR) The crane is new. {#crane}\n\n(TLP:CLEAR) The ship is late. {#ship}";

/// A report with a protected source and a fact for each portion, neither of which tells anything about it.
fn world() -> World {
    let mut world = World::of(&["USA"]);
    world.write("USA", &file(FIRST));
    let attributes = (0..8).map(|n| serde_json::json!({ "place": if n == 0 { "R" } else { "T" } }));
    world.protect("USA", Threshold::new(4, 0.5).unwrap(), attributes.collect());
    let facts = vec![
        fact("crane.1", "crane", "The crane is new.", None),
        fact("ship.1", "ship", "The ship is late.", None),
    ];
    world.run(
        "USA",
        Command::SetFacts {
            report: report("R"),
            facts,
        },
    );
    world
}

fn names(facts: &[Fact]) -> Vec<String> {
    facts
        .iter()
        .map(|fact| format!("{} in {}", fact.id, fact.portion))
        .collect()
}

fn stale(world: &World) -> Vec<String> {
    let stale = world.state("USA").stale_facts(&report("R"));
    stale.iter().map(|fact| fact.id.to_string()).collect()
}

fn current(world: &World) -> Vec<String> {
    names(&world.state("USA").current_facts(&report("R")))
}

#[test]
fn a8_facts_follow_portions_whose_text_is_unchanged_and_others_are_stale() {
    let mut world = world();
    assert_eq!(current(&world), ["crane.1 in crane", "ship.1 in ship"]);
    assert_eq!(world.permitted("USA", "R", "PRESS/rep", ""), "crane ship");
    // One text moves to another name and is spaced anew, the other changes.
    world.write(
        "USA",
        &file("(TLP:CLEAR) The  crane\nis new. {#harbour}\n\n(TLP:CLEAR) The ship is at R. {#ship}"),
    );
    assert_eq!(current(&world), ["crane.1 in harbour"]);
    assert_eq!(stale(&world), ["ship.1"]);
    // Nobody has said what the new sentence tells about the source.
    assert_eq!(
        world.outcomes("USA", "R", "PRESS/rep", ""),
        [
            ("harbour".to_owned(), Outcome::Permit),
            ("ship".to_owned(), Outcome::Ask)
        ]
    );
    // The first version says what it said, and its facts are still about it.
    let first = PortionRef {
        report: report("R"),
        version: 1,
        portion: PortionId::new("ship").unwrap(),
    };
    assert_eq!(world.state("USA").facts_about(&first).len(), 1);
    // Kept anew, they are about the latest version.
    let facts = vec![
        fact("crane.1", "harbour", "The crane is new.", None),
        fact("ship.1", "ship", "The ship is at R.", Some("place = 'R'")),
    ];
    world.run(
        "USA",
        Command::SetFacts {
            report: report("R"),
            facts,
        },
    );
    assert_eq!((current(&world).len(), stale(&world).len()), (2, 0));
    assert_eq!(
        world.state("USA").facts_about(&first).len(),
        0,
        "what the first version said is not known any more"
    );
    assert_eq!(world.permitted("USA", "R", "PRESS/rep", ""), "harbour");
}

#[test]
fn a8_names_that_change_places_take_no_fact_with_them() {
    let mut world = world();
    // The names are exchanged: each fact goes with its text.
    world.write(
        "USA",
        &file("(TLP:CLEAR) The ship is late. {#crane}\n\n(TLP:CLEAR) The crane is new. {#ship}"),
    );
    assert_eq!(current(&world), ["crane.1 in ship", "ship.1 in crane"]);
    assert_eq!(stale(&world), Vec::<String>::new());
    // A text that comes back brings its fact back.
    world.write("USA", &file("(TLP:CLEAR) The crane is new. {#crane}"));
    assert_eq!(
        (current(&world), stale(&world)),
        (vec!["crane.1 in crane".to_owned()], vec!["ship.1".to_owned()])
    );
    world.write("USA", &file(&format!("{FIRST}\n\n(TLP:CLEAR) More. {{#more}}")));
    assert_eq!(current(&world), ["crane.1 in crane", "ship.1 in ship"]);
    assert_eq!(world.permitted("USA", "R", "PRESS/rep", ""), "crane ship");
}

#[test]
fn a8_a_title_has_facts_like_a_portion() {
    let mut world = World::of(&["USA"]);
    let titled = |title: &str| file(FIRST).replace("scheme: tlp", &format!("scheme: tlp\ntitle: {title}"));
    world.write("USA", &titled("The man at R"));
    let facts = vec![fact("title.1", "title", "The man at R", Some("place = 'R'"))];
    world.run(
        "USA",
        Command::SetFacts {
            report: report("R"),
            facts,
        },
    );
    assert_eq!(current(&world), ["title.1 in title"]);
    world.write("USA", &titled("News"));
    assert_eq!(stale(&world), ["title.1"]);
}

#[test]
fn a8_what_was_told_of_a_text_is_known_under_whatever_name_it_has() {
    let mut world = world();
    let facts = vec![
        fact("crane.1", "crane", "The crane is new.", Some("place = 'R'")),
        fact("ship.1", "ship", "The ship is late.", None),
    ];
    world.run(
        "USA",
        Command::SetFacts {
            report: report("R"),
            facts,
        },
    );
    world.write(
        "USA",
        &file("(TLP:CLEAR) The crane is new. {#harbour}\n\n(TLP:CLEAR) The ship is late. {#ship}"),
    );
    let state = world.state("USA");
    let guard = SourceGuard::new(state);
    let harbour = PortionRef {
        report: report("R"),
        version: 2,
        portion: PortionId::new("harbour").unwrap(),
    };
    let weighed = guard.weigh(&[&harbour], &[person("PRESS/rep")]);
    assert!(
        weighed.iter().any(|one| one.band == exposure::Band::Narrows),
        "the fact went with its text"
    );
    let ship = PortionRef {
        portion: PortionId::new("ship").unwrap(),
        ..harbour
    };
    let weighed = guard.weigh(&[&ship], &[person("PRESS/rep")]);
    assert!(weighed.iter().all(|one| one.band == exposure::Band::Within));
}
