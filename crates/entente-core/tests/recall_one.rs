//! Recall from one holder alone, and lifting a recall.

use crate::world;

use entente_core::handle::Handover;
use entente_core::*;
use world::{World, party, report};

fn held() -> World {
    let mut world = World::of(&["USA", "GBR", "FRA"]);
    world.agree(&["USA", "GBR", "FRA"], Onward::Free);
    world.write(
        "USA",
        "---\nid: R\nscheme: us-ic\narrangements: [A-1]\n---\n(S//REL TO USA, FRA, GBR) A plan. {#plan}\n",
    );
    for to in ["GBR", "FRA"] {
        world.run("USA", Command::HandOver(Handover::of(report("R"), party(to))));
    }
    world.deliver_post();
    for who in ["USA", "GBR", "FRA"] {
        world.cleared(who, &format!("{who}/reader"));
    }
    world
}

fn open(world: &World) -> [String; 3] {
    ["USA", "GBR", "FRA"].map(|home| world.permitted(home, "R", &format!("{home}/reader"), ""))
}

fn from(holders: &[&str]) -> Command {
    Command::RecallFrom {
        id: RecallId::new("rec").unwrap(),
        report: report("R"),
        from: holders.iter().map(|name| party(name)).collect(),
        action: RecallAction::RetainHide,
        reason: "not careful".to_owned(),
    }
}

#[test]
fn e4_a_recall_from_one_party_leaves_the_others_what_they_have() {
    let mut world = held();
    world.run("USA", from(&["FRA"]));
    assert_eq!(world.post.len(), 1);
    world.deliver_post();
    assert_eq!(open(&world), ["plan", "plan", ""]);
    let refusal = world.refused("USA", from(&["CHL"]));
    assert!(refusal.contains("CHL holds no copy"), "{refusal}");
}

#[test]
fn e4_a_recall_is_lifted_by_whoever_ordered_it_where_that_has_arrived() {
    let mut world = held();
    world.run("USA", from(&["FRA"]));
    world.deliver_post();
    let lift = || Command::LiftRecall {
        recall: RecallId::new("rec").unwrap().into(),
        reason: "settled".to_owned(),
    };
    assert!(world.refused("FRA", lift()).contains("USA ordered it"));
    world.run("USA", lift());
    assert_eq!(open(&world), ["plan", "plan", ""]);
    world.deliver_post();
    assert_eq!(open(&world), ["plan", "plan", "plan"]);
    assert!(world.refused("USA", lift()).contains("was lifted"));
    // Nobody lifts another's.
    world.run(
        "USA",
        Command::Recall {
            id: RecallId::new("rec-2").unwrap(),
            report: report("R"),
            action: RecallAction::RetainHide,
            reason: String::new(),
        },
    );
    world.deliver_post();
    let forged = world::Letter {
        from: party("GBR"),
        to: party("FRA"),
        id: "GBR-9".to_owned(),
        message: Message::RecallLifted {
            recall: RecallId::new("rec-2").unwrap(),
            at: world.now,
            reason: String::new(),
        },
    };
    assert!(world.hand(&forged).is_err());
    assert_eq!(open(&world), ["", "", ""]);
}
