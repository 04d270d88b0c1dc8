//! What is released gets a mark computed for whom it is for, and a consent counts for its purpose in step 8 too.

use crate::world;

use std::collections::BTreeSet;

use entente_core::decide::{Exposure, SourceExposure};
use entente_core::handle::Handover;
use entente_core::*;
use entente_marking::builtin::{groups, schemes};
use entente_marking::{CopyList, MarkKind};
use world::{World, party, person, purpose};

const REPORT: &str = "---
id: R
scheme: us-ic
arrangements: [A-1]
---
(S//REL TO USA, GBR) A plan.

(TS//SI//OC/REL TO USA, GBR) How it became known.
";

/// USA gave GBR the report; GBR asks about it for people of Jordan.
fn asked() -> (World, RequestId) {
    let mut world = World::of(&["USA", "GBR"]);
    world.agree(&["USA", "GBR"], Onward::Members);
    world.write("USA", REPORT);
    world.run("USA", Command::HandOver(Handover::of(world::report("R"), party("GBR"))));
    world.deliver_post();
    world.cleared("GBR", "JOR/colonel");
    let request = world.ask("GBR", "R", &["JOR/colonel"], "interdiction");
    world.deliver_post();
    (world, request)
}

fn substitute(request: &RequestId, mark: &str) -> Command {
    let us = schemes().get(&entente_marking::SchemeId::new("us-ic"), None).unwrap();
    let marking = us.check(mark, MarkKind::Portion, None).marking.unwrap();
    Command::Substitute {
        id: world::consent("con"),
        request: request.clone().into(),
        portion: PortionId::new("p1").unwrap(),
        mark: marking.canonical,
        label: marking.label,
        text: "There may be a plan.".to_owned(),
        terms: Terms::default(),
    }
}

#[test]
fn b20_a_substitute_is_releasable_to_whom_it_is_for() {
    let (mut world, request) = asked();
    for mark in ["(U//REL TO USA, GBR)", "(C//NF)", "(U//REL TO USA, CHL)"] {
        let refusal = world.refused("USA", substitute(&request, mark));
        assert!(
            refusal.contains("does not release the text to JOR/colonel"),
            "{mark}: {refusal}"
        );
    }
    for mark in ["(U//REL TO USA, GBR, JOR)", "(U//DISPLAY ONLY JOR)"] {
        let (mut world, request) = asked();
        world.run("USA", substitute(&request, mark));
    }
}

#[test]
fn b20_what_is_shown_names_owner_and_receiver() {
    let (world, _) = asked();
    let held = world.state("USA").reports[&world::report("R")].latest().unwrap();
    let to = |parties: &[&str]| parties.iter().map(|name| party(name)).collect::<BTreeSet<_>>();
    let mark = |n: usize, parties: &[&str], list| {
        mark_for(schemes(), groups(), held, &held.portions[n].mark, &to(parties), list)
    };
    let cases: [(usize, &[&str], &str); 5] = [
        (0, &["GBR.CAB"], "(S//REL TO USA, GBR)"),
        (0, &["JOR.GID"], "(S//REL TO USA, JOR)"),
        (0, &["JOR", "GBR"], "(S//REL TO USA, GBR, JOR)"),
        (1, &["JOR"], "(TS//SI//OC/REL TO USA, JOR)"),
        (1, &["USA.SVC"], "(TS//SI//OC/REL TO USA, GBR)"),
    ];
    for (n, parties, expected) in cases {
        assert_eq!(
            mark(n, parties, CopyList::Receivers).as_deref(),
            Ok(expected),
            "{parties:?}"
        );
    }
    assert_eq!(
        mark(0, &["JOR"], CopyList::Whole).as_deref(),
        Ok("(S//REL TO USA, GBR, JOR)")
    );
    for closed in [&["PRESS"][..], &["PUBLIC"][..]] {
        assert!(mark(0, closed, CopyList::Receivers).is_err(), "{closed:?}");
    }
    // Marks side by side: each by its own scheme.
    let both = "(S//NF) (PAP:AMBER)";
    let copy = mark_for(schemes(), groups(), held, both, &to(&["JOR"]), CopyList::Receivers);
    assert_eq!(copy.as_deref(), Ok("(S//REL TO USA, JOR) (PAP:AMBER)"));
}

#[test]
fn b5_a_consent_counts_for_its_purpose_in_step_8() {
    let (mut world, request) = asked();
    let id = world::report("R");
    // The originator said with the delivery that a source stands behind it.
    let gbr = world.nodes.get_mut(&party("GBR")).unwrap();
    let mut protected = gbr.reports[&id].latest().unwrap().clone();
    protected.protect(&party("USA"), |_| true);
    gbr.apply(&Event::ReportAdded(protected));
    let grant = Command::Grant {
        id: world::consent("con"),
        request: request.into(),
        portions: None,
        terms: Terms::default(),
    };
    world.run("USA", grant);
    world.deliver_post();
    let state = world.state("GBR");
    let portion = state.reports[&id]
        .latest()
        .unwrap()
        .reference(&PortionId::new("p1").unwrap());
    let told = |who: &str, what_for: &str| {
        let guard = SourceGuard::new(state);
        guard
            .exposures(&[&portion], &[person(who)], purpose(what_for).as_ref(), world.now)
            .remove(0)
    };
    assert_eq!(told("JOR/colonel", "interdiction"), Exposure::Within);
    for (who, what_for) in [
        ("JOR/colonel", "prosecution"),
        ("JOR/colonel", ""),
        ("JOR/other", "interdiction"),
    ] {
        assert_eq!(told(who, what_for), Exposure::Unasked(party("USA")), "{who} {what_for}");
    }
    // The consent is for the person as they were described.
    let mut changed = state.clone();
    changed.persons.get_mut(&person("JOR/colonel")).unwrap().citizenships =
        [entente_marking::Entity::new("PRK")].into();
    let guard = SourceGuard::new(&changed);
    let now = guard.exposures(
        &[&portion],
        &[person("JOR/colonel")],
        purpose("interdiction").as_ref(),
        world.now,
    );
    assert_eq!(now, [Exposure::Unasked(party("USA"))]);
}
