//! What becomes of a consent: accepted, countered, renewed without a gap, narrowed, and told that something changed.

use crate::world;

use entente_core::handle::Handover;
use entente_core::*;
use entente_marking::{Entity, Purpose};
use world::{World, consent, party, person, portions, purpose, report};

const REPORT: &str = "---
id: R
scheme: us-ic
arrangements: [A-1]
---
(S//REL TO USA, GBR) A plan. {#plan}

(S//REL TO USA, GBR) Who made it. {#who}
";

/// GBR has the report, and a consent of USA for two persons of Jordan, two portions and two purposes.
fn consented(conditions: &[&str]) -> World {
    let mut world = World::of(&["USA", "GBR"]);
    world.agree(&["USA", "GBR"], Onward::Free);
    world.write("USA", REPORT);
    world.run("USA", Command::HandOver(Handover::of(report("R"), party("GBR"))));
    world.deliver_post();
    world.cleared("GBR", "JOR/colonel");
    world.cleared("GBR", "JOR/major");
    let request = world.ask("GBR", "R", &["JOR/colonel", "JOR/major"], "warning");
    world.deliver_post();
    let terms = Terms {
        purposes: Some(["warning", "interdiction"].map(Purpose::new).into()),
        conditions: conditions.iter().map(|text| (*text).to_owned()).collect(),
        ends: Some("2026-11-21T00:00:00Z".parse().unwrap()),
        given_by: Some(person("USA/deputy")),
        ..Terms::default()
    };
    world.run(
        "USA",
        Command::Grant {
            id: consent("con"),
            request: request.into(),
            portions: None,
            terms,
        },
    );
    world.deliver_post();
    assert_eq!(open(&world, "JOR/colonel", "warning"), "plan who");
    world
}

fn open(world: &World, who: &str, what_for: &str) -> String {
    world.permitted("GBR", "R", who, what_for)
}

fn at(world: &World, home: &str) -> Consent {
    world
        .state(home)
        .consents
        .values()
        .find(|known| known.id == consent("con"))
        .unwrap()
        .clone()
}

#[test]
fn e5_whoever_asked_accepts_the_conditions_on_the_record() {
    let mut world = consented(&["orally only"]);
    let accepts = |by: &str| Command::SayOfConsent {
        consent: consent("con").into(),
        saying: Saying::Accepts(Accepted {
            person: Some(person(by)),
            conditions: Vec::new(),
            at: world::start(),
        }),
    };
    let refusal = world.refused("USA", accepts("USA/deputy"));
    assert!(refusal.contains("given by USA to GBR"), "{refusal}");
    world.run("GBR", accepts("GBR/officer"));
    world.deliver_post();
    for home in ["GBR", "USA"] {
        let accepted = at(&world, home).life.accepted.unwrap();
        assert_eq!(
            (accepted.person, accepted.conditions),
            (Some(person("GBR/officer")), vec!["orally only".to_owned()])
        );
    }
    assert_eq!(
        at(&world, "GBR").life.given_by,
        Some(person("USA/deputy")),
        "the consent names who gave it"
    );
}

#[test]
fn e5_a_counter_offer_changes_nothing_until_it_is_answered() {
    let mut world = consented(&["orally only"]);
    let counter = |note: &str| Command::SayOfConsent {
        consent: consent("con").into(),
        saying: Saying::Counters(Counter {
            person: None,
            conditions: Vec::new(),
            ends: None,
            note: note.to_owned(),
            at: world::start(),
        }),
    };
    assert!(world.refused("GBR", counter("")).contains("nothing is proposed"));
    world.run("GBR", counter("in writing, for two days"));
    world.deliver_post();
    assert_eq!(at(&world, "USA").life.countered[0].note, "in writing, for two days");
    assert_eq!(open(&world, "JOR/colonel", "warning"), "plan who");
}

#[test]
fn e5_a_renewal_leaves_no_gap_and_has_an_id_of_its_own() {
    let mut world = consented(&[]);
    let renew = |id: &str| Command::RenewConsent {
        id: consent(id),
        consent: consent("con").into(),
        terms: Terms {
            ends: Some("2026-12-24T00:00:00Z".parse().unwrap()),
            given_by: Some(person("USA/deputy")),
            ..Terms::default()
        },
    };
    world.run("USA", renew("con-2"));
    let own = Named::new(party("USA"), consent("con-2"));
    let by = &world.state("USA").consents.get(&own).unwrap().life.given_by;
    assert_eq!(by, &Some(person("USA/deputy")));
    world.deliver_post();
    for home in ["USA", "GBR"] {
        let renewed = Named::new(party("USA"), consent("con-2"));
        let life = &world.state(home).consents.get(&renewed).unwrap().life;
        assert_eq!((life.revision, &life.renews), (1, &Some(consent("con"))), "{home}");
    }
    let mut gaps = 0;
    for _ in 0..48 {
        world.later(30);
        gaps += usize::from(open(&world, "JOR/colonel", "warning") != "plan who");
    }
    assert_eq!(gaps, 0);
    // A withdrawal ends a consent for good: there is nothing to continue then.
    let withdraw = |id: &str| Command::WithdrawConsent {
        consent: consent(id).into(),
        reason: String::new(),
    };
    world.run("USA", withdraw("con-2"));
    world.deliver_post();
    assert_eq!(open(&world, "JOR/colonel", "warning"), "");
    let renewed = Command::RenewConsent {
        id: consent("con-3"),
        consent: consent("con-2").into(),
        terms: Terms::default(),
    };
    assert!(world.refused("USA", renewed).contains("for good"));
}

#[test]
fn e5_a_consent_is_narrowed_by_person_portion_or_purpose() {
    let narrow = |cut: Cut| Command::NarrowConsent {
        consent: consent("con").into(),
        cut,
        reason: "less".to_owned(),
    };
    let persons = Cut {
        persons: [person("JOR/major")].into(),
        ..Cut::default()
    };
    let text = Cut {
        portions: portions("who"),
        ..Cut::default()
    };
    let goal = Cut {
        purposes: [Purpose::new("interdiction")].into(),
        ..Cut::default()
    };
    let cases = [
        (persons.clone(), ["plan who", "", "plan who"]),
        (text.clone(), ["plan", "plan", "plan"]),
        (goal, ["plan who", "plan who", ""]),
    ];
    for (cut, expected) in cases {
        let mut world = consented(&[]);
        world.later(10);
        world.run("USA", narrow(cut.clone()));
        world.deliver_post();
        let now = [
            ("JOR/colonel", "warning"),
            ("JOR/major", "warning"),
            ("JOR/colonel", "interdiction"),
        ];
        assert_eq!(
            now.map(|(who, what_for)| open(&world, who, what_for)),
            expected,
            "{cut:?}"
        );
        // Before, it was permitted, and whoever was promised it counts as promised it.
        world.now = world::start() + jiff::SignedDuration::from_mins(5);
        assert_eq!(
            now.map(|(who, what_for)| open(&world, who, what_for)),
            ["plan who"; 3],
            "{cut:?}"
        );
    }
    let mut world = consented(&[]);
    let both = Cut {
        portions: portions("who"),
        ..persons
    };
    let nobody = Cut {
        persons: [person("JOR/general")].into(),
        ..Cut::default()
    };
    let everybody = Cut {
        persons: ["JOR/major", "JOR/colonel"].map(person).into(),
        ..Cut::default()
    };
    for (cut, why) in [
        (Cut::default(), "one kind at a time"),
        (both, "one kind at a time"),
        (nobody, "is not for JOR/general"),
        (everybody, "nothing of consent con; end it"),
    ] {
        let refusal = world.refused("USA", narrow(cut));
        assert!(refusal.contains(why), "{refusal}");
    }
    assert!(world.refused("GBR", narrow(text)).contains("USA gave it"));
}

/// The law of the life: in whatever order words arrive, nobody permits more than what is left.
#[test]
fn e5_narrowings_hold_in_whatever_order_they_arrive() {
    let cuts = [
        Cut {
            persons: [person("JOR/major")].into(),
            ..Cut::default()
        },
        Cut {
            portions: portions("who"),
            ..Cut::default()
        },
        Cut {
            purposes: [Purpose::new("interdiction")].into(),
            ..Cut::default()
        },
    ];
    for order in [
        [0, 1, 2, 3],
        [3, 2, 1, 0],
        [1, 0, 3, 2],
        [2, 0, 1, 3],
        [1, 2, 0, 3],
        [3, 0, 2, 1],
    ] {
        let mut world = consented(&[]);
        let given = at(&world, "GBR");
        // The holder forgets it, and hears everything anew.
        let gbr = world.nodes.get_mut(&party("GBR")).unwrap();
        gbr.consents = Kept::default();
        let answer = Message::Answer {
            consents: vec![Consent {
                request: None,
                received: None,
                ..given.clone()
            }],
            refusals: Vec::new(),
            substitutes: Vec::new(),
            exposures: Vec::new(),
        };
        let narrowing = |cut: &Cut| Message::Narrowing {
            consent: consent("con"),
            cut: cut.clone(),
            at: world::start(),
            reason: String::new(),
        };
        let messages: Vec<Message> = [answer].into_iter().chain(cuts.iter().map(narrowing)).collect();
        for n in order {
            let letter = world::Letter {
                from: party("USA"),
                to: party("GBR"),
                id: format!("USA-again-{n}"),
                message: messages[n].clone(),
            };
            world.hand(&letter).unwrap();
        }
        assert_eq!(open(&world, "JOR/colonel", "warning"), "plan", "{order:?}");
        for (who, what_for) in [("JOR/major", "warning"), ("JOR/colonel", "interdiction")] {
            assert_eq!(open(&world, who, what_for), "", "{order:?}");
        }
    }
}

#[test]
fn e5_a_request_that_was_taken_back_needs_no_answer() {
    let mut world = consented(&[]);
    let request = world.ask("GBR", "R", &["CHL/minister"], "warning");
    world.deliver_post();
    let retract = |request: &RequestId| Command::RetractRequest {
        request: request.clone().into(),
        reason: "over".to_owned(),
    };
    assert!(world.refused("USA", retract(&request)).contains("GBR asked"));
    world.run("GBR", retract(&request));
    world.deliver_post();
    let grant = Command::Grant {
        id: consent("c9"),
        request: request.clone().into(),
        portions: None,
        terms: Terms::default(),
    };
    assert!(world.refused("USA", grant).contains("was taken back by GBR"));
    assert!(world.refused("GBR", retract(&request)).contains("was taken back"));
}

#[test]
fn e5_a_holder_gives_its_copy_up_and_says_so() {
    let mut world = consented(&[]);
    world.cleared("GBR", "GBR/minister");
    let give_up = || Command::GiveUpCopy {
        report: report("R"),
        statement: "not needed".to_owned(),
    };
    assert!(world.refused("USA", give_up()).contains("its own report"));
    world.run("GBR", give_up());
    world.deliver_post();
    assert_eq!(open(&world, "GBR/minister", ""), "");
    assert_eq!(
        world.state("USA").reports[&report("R")].given_up[&party("GBR")].1,
        "not needed"
    );
    assert!(world.refused("GBR", give_up()).contains("already"));
    // Delivered again, it is held again.
    world.run("USA", Command::HandOver(Handover::of(report("R"), party("GBR"))));
    world.deliver_post();
    assert!(world.state("USA").reports[&report("R")].given_up.is_empty());
    assert_eq!(open(&world, "GBR/minister", ""), "plan who");
}

#[test]
fn b22_the_originator_is_told_that_something_changed_and_not_what() {
    let mut world = consented(&[]);
    let mut colonel = world.state("GBR").persons[&person("JOR/colonel")].clone();
    colonel.name = "Colonel K.".to_owned();
    colonel.clearances.clear();
    colonel.accesses.clear();
    // JOR has to be known for clearances; less than was stated is a change.
    world.run("GBR", Command::SetPerson(colonel.clone()));
    assert_eq!(world.post.len(), 1);
    let text = serde_json::to_string(&world.post[0].message).unwrap();
    for secret in ["colonel", "Colonel", "clearance", "JOR"] {
        assert!(!text.contains(secret), "{text}");
    }
    world.deliver_post();
    assert_eq!(at(&world, "USA").life.changed, Some(world.now));
    assert_eq!(open(&world, "JOR/colonel", "warning"), "");
    assert_eq!(
        open(&world, "JOR/major", "warning"),
        "plan who",
        "the consent is for the other one as before"
    );
    // Told once: nothing changes any more for this consent.
    world.run(
        "GBR",
        Command::SetPerson(Person {
            citizenships: [Entity::new("PRK")].into(),
            ..colonel
        }),
    );
    assert!(world.post.is_empty());
    assert_eq!(purpose(""), None);
}
