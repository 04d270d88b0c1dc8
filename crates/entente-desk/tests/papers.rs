//! What stands on papers: each text under the mark that it has for whom the paper is.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

#[path = "../../entente-core/tests/world/mod.rs"]
mod world;

use entente_core::decide::NoGuards;
use entente_core::handle::{Handover, standing};
use entente_core::*;
use entente_desk::briefing::{speakers_paper, table_paper};
use entente_marking::builtin::{groups, schemes};
use world::{World, party, person};

#[test]
fn b20_the_paper_for_a_third_state_is_marked_for_it() {
    let mut world = World::of(&["USA", "GBR"]);
    world.agree(&["USA", "GBR"], Onward::Consent);
    world.write(
        "USA",
        "---\nid: R\nscheme: us-ic\narrangements: [A-1]\n---\n(S//REL TO USA, GBR) A plan.\n\n(TS//NF) Secret.\n",
    );
    let deliver = Command::HandOver(Handover {
        portions: Some(["p1", "p2"].map(|id| PortionId::new(id).unwrap()).into()),
        ..Handover::of(world::report("R"), party("GBR"))
    });
    assert!(world.try_run("USA", deliver).is_err(), "p2 is not for GBR");
    world.write(
        "USA",
        "---\nid: S\nscheme: us-ic\narrangements: [A-1]\n---\n(S//REL TO USA, GBR) A plan.\n\n(S//REL TO USA, GBR, JOR) A date.\n",
    );
    world.run("USA", Command::HandOver(Handover::of(world::report("S"), party("GBR"))));
    world.deliver_post();
    world.cleared("GBR", "JOR/colonel");
    world.cleared("GBR", "GBR/minister");
    let request = world.ask("GBR", "S", &["JOR/colonel"], "");
    world.deliver_post();
    world.run(
        "USA",
        Command::Grant {
            id: world::consent("con"),
            request: request.into(),
            portions: None,
            terms: Terms::default(),
        },
    );
    world.deliver_post();
    let id = BriefingId::new("brf").unwrap();
    let prepare = Command::PrepareBriefing {
        id: id.clone(),
        speaker: person("GBR/minister"),
        audience: [person("JOR/colonel")].into(),
        reports: vec![world::report("S")],
        purpose: None,
    };
    world.run("GBR", prepare);
    let state = world.state("GBR");
    let guard = SourceGuard::new(state);
    let context = Context {
        now: world.now,
        groups: groups(),
        schemes: schemes(),
        policy: &NoGuards,
        exposure: &guard,
    };
    let briefing = &state.briefings[&id];
    let standing = standing(state, briefing, &context);
    let library = state.library();
    let table = table_paper(state, &library, briefing, &standing);
    assert_eq!(table.banner, "SECRET//REL TO USA, JOR");
    let marks: Vec<&str> = table.texts.iter().map(|text| text.mark.as_str()).collect();
    assert_eq!(marks, ["(S//REL TO USA, JOR)", "(S//REL TO USA, GBR, JOR)"]);
    let speakers = speakers_paper(state, &library, briefing, &standing);
    assert_eq!(speakers.banner, "SECRET//REL TO USA, GBR");
}
