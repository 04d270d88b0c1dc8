//! E6: a recorded decision can be made again years later, over what was known then, and compared.

use crate::chance;
use crate::world;

use chance::{Die, histories};
use entente_core::decide::NoGuards;
use entente_core::handle::Handover;
use entente_core::*;
use entente_marking::builtin::{groups, schemes};
use entente_marking::{Entity, Purpose};
use jiff::SignedDuration;
use world::{World, party, person, report};

const FILE: &str = "---\nid: R\nscheme: us-ic\narrangements: [A-1]\n---\n(S//REL TO USA, GBR) A plan. {#plan}\n\n(U//REL TO USA, GBR, JOR) A date. {#date}\n";

const WHO: [&str; 3] = ["GBR/analyst", "JOR/colonel", "CHL/minister"];
const PURPOSES: [&str; 3] = ["", "warning", "interdiction"];

fn world() -> World {
    let mut world = World::of(&["USA", "GBR"]);
    world.agree(&["USA", "GBR"], Onward::Free);
    world.write("USA", FILE);
    world.run("USA", deliver());
    world.deliver_post();
    for who in WHO {
        world.cleared("GBR", who);
    }
    world
}

fn deliver() -> Command {
    Command::HandOver(Handover::of(report("R"), party("GBR")))
}

/// One step of a year: someone changes, asks, grants, withdraws, writes anew, recalls, or a decision is recorded.
fn step(world: &mut World, die: &mut Die, n: usize) {
    let fresh = |kind: &str| format!("{kind}-{n}");
    let who = person(die.one(&WHO));
    let command = match die.below(9) {
        0 => {
            let mut known = world.state("GBR").persons[&who].clone();
            match die.below(3) {
                0 => known.disabled = !known.disabled,
                1 => known.clearances.clear(),
                _ => known.citizenships = [Entity::new(die.one(&["USA", "GBR", "PRK"]))].into(),
            }
            ("GBR", Command::SetPerson(known))
        }
        1 => {
            let request = Command::OpenRequest {
                id: RequestId::new(fresh("req")).unwrap(),
                report: report("R"),
                portions: None,
                audience: [who].into(),
                purpose: world::purpose(die.one(&PURPOSES)),
                reason: String::new(),
                change: fresh("another day"),
                needed_by: None,
            };
            ("GBR", request)
        }
        2 => {
            let open = world.state("USA").requests.values().find(|case| case.is_open());
            let Some(request) = open.map(|case| case.request.id.clone()) else {
                return;
            };
            let grant = Command::Grant {
                id: world::consent(&fresh("con")),
                request: request.into(),
                portions: None,
                terms: Terms {
                    ends: Some(world.now + SignedDuration::from_hours(24 * (1 + die.below(60) as i64))),
                    ..Terms::default()
                },
            };
            ("USA", grant)
        }
        3 => {
            let live = world
                .state("USA")
                .consents
                .values()
                .find(|known| known.withdrawn.is_none());
            let Some(consent) = live.map(|known| known.id.clone()) else {
                return;
            };
            let reason = String::new();
            (
                "USA",
                Command::WithdrawConsent {
                    consent: consent.into(),
                    reason,
                },
            )
        }
        4 => {
            let file = FILE.replace("A plan", &format!("Plan {n}"));
            world.now += SignedDuration::from_secs(1);
            world.write("USA", &file);
            ("USA", deliver())
        }
        5 => {
            let mut terms = world.state("GBR").arrangements[&ArrangementId::new("A-1").unwrap()].clone();
            terms.purposes = Some(["warning", "interdiction"].map(Purpose::new).into());
            let agreed = true;
            (
                "GBR",
                Command::SetArrangement {
                    arrangement: terms,
                    agreed,
                },
            )
        }
        _ => {
            let record = Command::RecordDecision {
                id: DecisionId::new(fresh("dec")).unwrap(),
                report: report("R"),
                portions: None,
                audience: [who, person(die.one(&WHO))].into(),
                purpose: world::purpose(die.one(&PURPOSES)),
            };
            ("GBR", record)
        }
    };
    let (home, command) = command;
    // What is refused today may be allowed tomorrow.
    let _ = world.try_run(home, command);
    world.deliver_post();
}

/// Each decision that GBR recorded, made again over its log.
fn replayed(log: &[Event], today: &State, change: impl Fn(&mut Basis)) -> Vec<Replayed> {
    let mut state = State::default();
    let mut all = Vec::new();
    for event in log {
        if let Event::DecisionKept(basis) = event {
            let mut basis = basis.clone();
            change(&mut basis);
            let guard = SourceGuard::new(&state);
            let context = Context {
                now: basis.at,
                groups: groups(),
                schemes: schemes(),
                policy: &NoGuards,
                exposure: &guard,
            };
            all.push(basis.replay(&state, today, &context).unwrap());
        }
        state.apply(event);
    }
    all
}

fn log_of(world: &World, home: &str) -> Vec<Event> {
    let own = world.log.iter().filter(|(at, _)| *at == party(home));
    own.map(|(_, event)| event.clone()).collect()
}

#[test]
fn e6_over_a_year_of_random_events_every_recorded_decision_comes_out_the_same() {
    let (mut decisions, mut permits) = (0, 0);
    for seed in 0..(histories() / 6).max(8) {
        let mut world = world();
        let mut die = Die(seed);
        for n in 0..120 {
            world.now += SignedDuration::from_hours(24 * 3 + die.below(5) as i64);
            step(&mut world, &mut die, n);
        }
        for replayed in replayed(&log_of(&world, "GBR"), world.state("GBR"), |_| {}) {
            assert!(
                replayed.same && replayed.differences.is_empty(),
                "seed {seed}: {replayed:#?}"
            );
            assert!(replayed.gone.is_empty() && replayed.new_rules.is_empty() && replayed.lost_rules.is_empty());
            decisions += 1;
            permits += replayed
                .found
                .iter()
                .filter(|found| found.outcome == Outcome::Permit)
                .count();
        }
    }
    assert!(
        decisions > 100 && permits > 20,
        "{decisions} decisions, {permits} permits: the histories say too little"
    );
}

fn recorded() -> World {
    let mut world = world();
    world.run(
        "GBR",
        Command::RecordDecision {
            id: DecisionId::new("dec-1").unwrap(),
            report: report("R"),
            portions: None,
            audience: ["GBR/analyst", "JOR/colonel"].map(person).into(),
            purpose: None,
        },
    );
    world
}

#[test]
fn e6_a_rule_that_changed_is_named() {
    let world = recorded();
    let log = log_of(&world, "GBR");
    // As an older version decided: it did not know the rule about release lists, and had one that is no more.
    let older = |basis: &mut Basis| {
        basis.engine = "0.0.1".to_owned();
        basis.rules.remove("release.list");
        basis.rules.insert("release.by-hand".to_owned());
        for found in &mut basis.found {
            found.outcome = Outcome::Permit;
            found.rules.clear();
        }
    };
    let replayed = replayed(&log, world.state("GBR"), older).remove(0);
    assert!(!replayed.same);
    assert_eq!(replayed.new_rules, ["release.list".to_owned()].into());
    assert_eq!(replayed.lost_rules, ["release.by-hand".to_owned()].into());
    assert_eq!(replayed.engines.0, "0.0.1");
    let difference = &replayed.differences[0];
    assert_eq!((difference.then, difference.now), (Outcome::Permit, Outcome::Ask));
    assert_eq!(difference.person, person("JOR/colonel"));
    assert!(difference.fails_now.contains("release.list"), "{difference:?}");
}

#[test]
fn e6_attributes_and_readings_go_as_they_were_used() {
    let mut world = recorded();
    // What happens afterwards changes nothing of it, and a mark that is read otherwise today is read as then.
    let mut analyst = world.state("GBR").persons[&person("GBR/analyst")].clone();
    analyst.disabled = true;
    world.run("GBR", Command::SetPerson(analyst));
    let mut log = log_of(&world, "GBR");
    for event in &mut log {
        if let Event::ReportReceived { report, .. } = event {
            for portion in &mut report.portions {
                portion.label = entente_marking::Label::unintelligible("upgraded");
            }
        }
    }
    let replayed = replayed(&log, world.state("GBR"), |_| {}).remove(0);
    assert!(replayed.same, "{replayed:#?}");
}

#[test]
fn e6_others_see_the_decision_and_not_what_it_was_made_with() {
    let world = recorded();
    for event in log_of(&world, "GBR") {
        if matches!(event, Event::DecisionKept(_)) {
            let concern = concern(world.state("GBR"), &event, &party("USA"));
            assert!(matches!(concern, Concern::Part { .. }), "{concern:?}");
        }
    }
}
