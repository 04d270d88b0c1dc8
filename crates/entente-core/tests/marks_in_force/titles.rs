//! A title is a portion, with or without a mark of its own.

use super::*;

/// What the press, and a clerk of GBR, get of the title.
fn titled(front: &str, body: &str) -> (World, [Outcome; 2]) {
    let mut world = World::of(&["USA", "GBR"]);
    world.write("USA", &format!("---\nid: R\n{front}\n---\n{body}\n"));
    world.cleared("USA", "GBR/clerk");
    let both = ["PRESS/rep", "GBR/clerk"].map(|who| outcome(&world, "USA", "R v1 title", who));
    (world, both)
}

#[test]
fn a4_a_title_is_a_portion_and_unmarked_it_takes_the_banner() {
    use Outcome::{Ask, Deny, Permit};
    for (front, body, expected) in [
        (
            "scheme: tlp\ntitle: (TLP:RED) Break-in",
            "(TLP:CLEAR) Short.",
            [Ask, Ask],
        ),
        (
            "scheme: tlp\ntitle: (TLP:CLEAR) News",
            "(TLP:RED) Long.",
            [Permit, Permit],
        ),
        (
            "scheme: tlp\ntitle: Break-in",
            "(TLP:CLEAR) Short.\n\n(TLP:RED) Long.",
            [Ask, Ask],
        ),
        ("scheme: tlp\ntitle: News", "(TLP:CLEAR) Short.", [Permit, Permit]),
        ("title: (S//REL TO USA, GBR) A plan", "(U) Short.", [Deny, Permit]),
        (
            "title: A plan",
            "(S//REL TO USA, GBR) Long.\n\n(U) Short.",
            [Deny, Permit],
        ),
        ("title: A plan", "(S//NF) Long.\n\n(U) Short.", [Deny, Ask]),
    ] {
        assert_eq!(titled(front, body).1, expected, "{front}\n{body}");
    }
}

#[test]
fn a4_a_title_is_not_counted_and_answers_for_itself() {
    let (world, _) = titled(
        "title: (S//REL TO USA, GBR) A plan",
        "(U//REL TO USA, GBR) Short.\n\n(S//NF) Long.",
    );
    let all = world.outcomes("USA", "R", "GBR/clerk", "");
    assert_eq!(all.len(), 2, "1 of 2 portions stays");
    let state = world.state("USA");
    let held = state.reports[&report("R")].latest().unwrap();
    assert_eq!(held.portion(&PortionId::title()).unwrap().text, "A plan");
    assert_eq!(mark(&world, "USA", "R v1 title"), "(S//REL TO USA, GBR)");
    let copy: Report = serde_json::from_str(&serde_json::to_string(held).unwrap()).unwrap();
    assert_eq!(copy, *held);
    // A title as it was stored before is one without a mark.
    let mut old = serde_json::to_value(held).unwrap();
    old["title"] = "As it was".into();
    let old: Report = serde_json::from_value(old).unwrap();
    assert_eq!((old.title.text(), old.title.portion()), ("As it was", None));
    // What a list shows of it is decided with the rest.
    let (id, clerk) = (report("R"), person("GBR/clerk"));
    let mut reading = Reading::new(state, groups(), (&NoGuards, &NoGuards), &clerk, None, world.now);
    let seen = reading.of(&id, None).unwrap();
    assert_eq!((seen.portions.len(), seen.title), (1, true));
}

#[test]
fn a4_a_title_can_be_asked_for_consented_to_and_substituted() {
    for front in ["title: (S//REL TO USA, GBR) A plan", "title: A plan"] {
        let mut world = World::of(&["USA", "GBR"]);
        world.agree(&["USA", "GBR"], Onward::Members);
        let text = file("R", "(S//REL TO USA, GBR) Long. {#p}").replace("id: R", &format!("id: R\n{front}"));
        world.write("USA", &text);
        deliver(&mut world, "USA", "R", "GBR");
        world.cleared("GBR", "JOR/colonel");
        assert_eq!(outcome(&world, "GBR", "R v1 title", "JOR/colonel"), Outcome::Ask);
        let request = RequestId::new("req").unwrap();
        world.run(
            "GBR",
            Command::OpenRequest {
                id: request.clone(),
                report: report("R"),
                portions: Some(vec![PortionId::title()]),
                audience: BTreeSet::from([person("JOR/colonel")]),
                purpose: None,
                reason: String::new(),
                change: String::new(),
                needed_by: None,
            },
        );
        world.deliver_post();
        world.run(
            "USA",
            Command::Grant {
                id: world::consent("con"),
                request: request.into(),
                portions: Some(portions("title")),
                terms: Terms::default(),
            },
        );
        world.deliver_post();
        assert_eq!(
            outcome(&world, "GBR", "R v1 title", "JOR/colonel"),
            Outcome::Permit,
            "{front}"
        );
        assert_eq!(outcome(&world, "GBR", "R v1 p", "JOR/colonel"), Outcome::Ask, "{front}");
    }
}

#[test]
fn a4_a_titles_lineage_is_of_all_unless_it_says_so() {
    let mut world = derived();
    let front = |title: &str| {
        format!(
            "---\nid: T\nscheme: us-ic\narrangements: [A-1]\ntitle: {title}\n---\n(S//REL TO USA, GBR) It is planned. {{from: BASE v1 p}}\n"
        )
    };
    world.write("GBR", &front("(U//REL TO USA, GBR) Weekly"));
    let behind = |world: &World, version: &str| -> Vec<String> {
        let text = reference(&format!("T {version} title"));
        let lineage = &world.state("GBR").portion(&text).unwrap().lineage;
        lineage.originators().map(ToString::to_string).collect()
    };
    assert_eq!(behind(&world, "v1"), ["GBR", "USA"]);
    world.write("GBR", &front("(S//REL TO USA, GBR) The plan {from: BASE v1 p}"));
    assert_eq!(behind(&world, "v2"), ["GBR", "USA"]);
    let lax = refused(
        &mut world,
        "GBR",
        &front("(U//REL TO USA, GBR) The plan {from: BASE v1 p}"),
    );
    assert!(lax.contains("less strictly"), "{lax}");
    let forgets = refused(&mut world, "GBR", &front("(S//REL TO USA, GBR) The plan"));
    assert!(forgets.contains("portion title"), "{forgets}");
    let unmarked = refused(&mut world, "GBR", &front("The plan {from: BASE v1 p}"));
    assert!(unmarked.contains("bears a mark"), "{unmarked}");
}
