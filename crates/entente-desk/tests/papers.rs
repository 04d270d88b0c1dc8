//! What stands on papers: each text under the mark that it has for whom the paper is.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

#[path = "../../entente-core/tests/world/mod.rs"]
mod world;

use entente_core::decide::NoGuards;
use entente_core::handle::{Handover, standing};
use entente_core::*;
use entente_desk::briefing::{speakers_paper, table_paper};
use entente_desk::casefile::{CaseFile, casefile};
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
    let briefing = &state.briefings[&id];
    let standing = world.looked("GBR", |state, context| standing(state, briefing, context));
    let library = state.library();
    let table = table_paper(state, &library, briefing, &standing);
    assert_eq!(table.banner, "SECRET//REL TO USA, JOR");
    let marks: Vec<&str> = table.texts.iter().map(|text| text.mark.as_str()).collect();
    assert_eq!(marks, ["(S//REL TO USA, JOR)", "(S//REL TO USA, GBR, JOR)"]);
    let speakers = speakers_paper(state, &library, briefing, &standing);
    assert_eq!(speakers.banner, "SECRET//REL TO USA, GBR");
}

/// A paper tells part of a secret in its own words; the case prints those, and how much they tell, and not our sentence.
#[test]
fn d9_a_case_prints_the_words_of_a_text_with_extent_and_status() {
    let mut world = World::of(&["USA"]);
    world.write(
        "USA",
        "---\nid: R\nscheme: us-ic\n---\n(S//NF) The ferry Aurora is watched by our man in the harbour. {#p1}\n\n(S//NF) A second matter. {#p2}\n",
    );
    world.cleared("USA", "USA/officer");
    let fact = |id: &str, portion: &str, text: &str| Fact {
        id: FactId::new(id).unwrap(),
        portion: PortionId::new(portion).unwrap(),
        text: text.to_owned(),
        slots: Vec::new(),
        values: Vec::new(),
        reveals: None,
        growth: Growth::default(),
    };
    let facts = vec![
        fact("p1.1", "p1", "our man watches the Aurora"),
        fact("p2.1", "p2", "a second matter"),
    ];
    let report = world::report("R");
    world.run(
        "USA",
        Command::SetFacts {
            report: report.clone(),
            facts,
        },
    );
    let disclosure = DisclosureId::new("dis-1").unwrap();
    let told = |extent, quote: &str| Telling {
        fact: FactId::new("p1.1").unwrap(),
        status: Status::Asserted,
        origin: Some("Harbour Post".to_owned()),
        words: Some(Words {
            extent,
            quote: quote.to_owned(),
        }),
    };
    let mut disclose = |id: &DisclosureId, extent, quote: &str| {
        let out = (id.as_str(), Route::Published);
        let about = (report.clone(), world::portions("p1"));
        let command = world::disclosed(out, about, [PersonId::public()].into(), vec![told(extent, quote)]);
        world.run("USA", command);
    };
    disclose(&disclosure, Extent::Partial, "A ferry is said to be under observation");
    let opening = handle::Opening {
        id: IncidentId::new("inc-1").unwrap(),
        title: "press".to_owned(),
        by: person("USA/officer"),
        members: [].into(),
        disclosures: [disclosure.into()].into(),
        protected: false,
        clocks: [].into(),
    };
    world.run("USA", Command::OpenIncident(Box::new(opening)));
    let state = world.state("USA");
    let library = entente_marking::installed::Library::default();
    let moment = entente_desk::Moment::of(state, &NoGuards, &library);
    let reader = person("USA/officer");
    let view = entente_desk::View::of(Some(&reader), None, world.now);
    let case = state.incidents.get(&IncidentId::new("inc-1").unwrap()).unwrap();
    let CaseFile::Open(case) = casefile(&moment, case, &view) else {
        panic!("the officer works on it");
    };
    let portion = &case.disclosures[0].shown[0];
    assert_eq!(portion.text, None, "the text did not print our sentence");
    assert_eq!(portion.mark.as_deref(), Some("(S//NF)"));
    let learned = &portion.learned[0];
    assert_eq!(learned.status, Status::Asserted);
    assert_eq!(learned.words.as_ref().unwrap().extent, Extent::Partial);
    assert_eq!(learned.told(), "in part, “A ferry is said to be under observation”");
    let json = serde_json::to_string(&case).unwrap();
    assert!(!json.contains("our man in the harbour"), "{json}");
}

/// A party that calls its request as another's hides neither: the list names whose, and each is shown by that name.
#[test]
fn c5_requests_of_two_parties_called_alike_are_told_apart() {
    let mut world = World::of(&["USA", "GBR", "FRA"]);
    world.agree(&["USA", "GBR", "FRA"], Onward::Consent);
    world.cleared("USA", "USA/officer");
    world.write(
        "USA",
        "---\nid: R\nscheme: us-ic\narrangements: [A-1]\n---\n(S//REL TO USA, FRA, GBR) A plan.\n",
    );
    for to in ["GBR", "FRA"] {
        world.run("USA", Command::HandOver(Handover::of(world::report("R"), party(to))));
    }
    world.deliver_post();
    for asker in ["GBR", "FRA"] {
        let ask = Command::OpenRequest {
            id: RequestId::new("req-1").unwrap(),
            report: world::report("R"),
            portions: None,
            audience: [person("JOR/colonel")].into(),
            purpose: None,
            reason: format!("{asker} asks"),
            change: String::new(),
            needed_by: None,
        };
        world.run(asker, ask);
    }
    world.deliver_post();
    let state = world.state("USA");
    let library = entente_marking::installed::Library::default();
    let moment = entente_desk::Moment::of(state, &NoGuards, &library);
    let reader = person("USA/officer");
    let view = entente_desk::View::of(Some(&reader), None, world.now);
    let context = moment.context(world.now);
    let listed = entente_desk::todo::todo(state, Some(&reader), &context).unwrap();
    let mut named: Vec<(String, String)> = listed
        .items
        .into_iter()
        .map(|item| (item.about, item.next))
        .filter(|(about, _)| about.contains("req-1"))
        .collect();
    named.sort();
    let one = |by: &str| (format!("{by}/req-1"), format!("entente consent grant {by}/req-1"));
    assert_eq!(named, [one("FRA"), one("GBR")]);
    for case in state.requests.values() {
        let asked = entente_desk::asked::asked(&moment, &view, case).unwrap();
        assert_eq!(asked.id.to_string(), format!("{}/req-1", asked.from));
    }
}
