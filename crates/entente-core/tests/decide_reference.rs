//! `decide` against its obvious twin, over many random worlds; and the laws that no world may break.

use crate::reference;
use crate::worlds;

use std::collections::BTreeSet;

use entente_core::decide::{NoGuards, decide, outcomes};
use entente_core::*;
use entente_marking::Label;
use reference::in_force;
use worlds::dice::in_worlds;
use worlds::{Dice, PARTIES, World, at, groups, label, party, world};

/// In an audience of many, everyone is answered as if they were alone.
fn check_crowd(number: u64, world: &World, snapshot: &Snapshot, query: &Query<'_>, alone: &Decision<'_>) {
    // Whoever comes last in a large audience counts like the first.
    for last in &world.audience {
        for first in &world.audience {
            let mut crowd = vec![first.clone(); 64 + usize::try_from(number % 70).unwrap()];
            crowd.push(last.clone());
            let of = |audience| decide(snapshot, &Query { audience, ..*query }, &world.policy, &NoGuards).unwrap();
            let (many, two) = (of(&crowd), [first.clone(), last.clone()]);
            for p in 0..alone.portions().count() {
                let one = |id: &PersonId| world.audience.iter().position(|member| member == id).unwrap();
                let worst = two.iter().map(|id| alone.outcome(one(id), p)).max().unwrap();
                assert_eq!(
                    many.audience_outcome(p),
                    worst,
                    "world {number}, {first} and at last {last}"
                );
            }
        }
    }
    let crowd: Vec<PersonId> = world.audience.iter().cycle().take(200).cloned().collect();
    let query = Query {
        audience: &crowd,
        ..*query
    };
    let many = decide(snapshot, &query, &world.policy, &NoGuards).unwrap();
    let quick = outcomes(snapshot, &query, &world.policy, &NoGuards).unwrap();
    for n in 0..crowd.len() {
        for p in 0..alone.portions().count() {
            let one = n % world.audience.len();
            assert_eq!(many.outcome(n, p), alone.outcome(one, p), "world {number}, person {n}");
            assert_eq!(quick.outcome(n, p), alone.outcome(one, p), "world {number}, person {n}");
            let rules = |decision: &Decision<'_>, n| -> Vec<String> {
                decision
                    .explain(n, p)
                    .iter()
                    .map(|reason| format!("{reason:?}"))
                    .collect()
            };
            assert_eq!(rules(&many, n), rules(alone, one), "world {number}, person {n}");
        }
    }
}

/// A title as the portion that it is; without a mark, of all who are behind the portions.
fn title_of(report: &Report) -> Portion {
    let behind = report.portions.iter().map(|portion| portion.lineage.clone());
    report.title.portion().cloned().unwrap_or_else(|| Portion {
        id: PortionId::title(),
        mark: String::new(),
        label: Label::unintelligible("never looked at"),
        text: String::new(),
        lineage: behind.fold(Lineage::default(), |all, lineage| all.combine(&lineage)),
        tear_line: false,
    })
}

fn recall_in_short(obligation: String) -> String {
    match obligation.starts_with("the report is recalled") {
        true => "recalled".to_owned(),
        false => obligation,
    }
}

fn check(number: u64) -> [usize; 3] {
    let world = world(&mut Dice(number));
    let groups = groups();
    let snapshot = Snapshot::compile(&world.state, &groups, &world.outsiders);
    let id = ReportId::new("R").unwrap();
    let query = Query {
        report: &id,
        version: world.version,
        portions: None,
        audience: &world.audience,
        purpose: world.purpose.as_ref(),
        moment: world.moment,
    };
    let decision = decide(&snapshot, &query, &world.policy, &NoGuards).unwrap();
    let quick = outcomes(&snapshot, &query, &world.policy, &NoGuards).unwrap();
    if number.is_multiple_of(100) {
        check_crowd(number, &world, &snapshot, &query, &decision);
    }
    let report = world.state.reports[&id].version(world.version).unwrap();
    let mut counts = [0; 3];
    let title = title_of(report);
    for (n, person) in world.audience.iter().enumerate() {
        let known = reference::known(&world.state, &world.outsiders, person);
        assert_eq!(quick.title(n), quick.outcome(n, report.portions.len()));
        for (p, portion) in report.portions.iter().chain([&title]).enumerate() {
            let asked = match p == decision.title() {
                true => in_force::of_title(&world.state, report),
                false => in_force::of_portion(&world.state, report, portion),
            };
            let question = reference::Question {
                state: &world.state,
                groups: &groups,
                report,
                portion,
                asked,
                person: known,
                purpose: world.purpose.as_ref(),
                moment: world.moment,
                forbidden: known.is_some_and(|known| world.policy.forbids_person(known, world.purpose.as_ref())),
            };
            let (outcome, failures) = reference::decide(&question);
            let explained = decision.explain(n, p);
            let rules: BTreeSet<&str> = explained.iter().map(|reason| reason.rule).collect();
            let expected: BTreeSet<&str> = failures.iter().map(|(rule, _)| *rule).collect();
            assert_eq!(
                (decision.outcome(n, p), &rules),
                (outcome, &expected),
                "world {number}, {person}, {}",
                portion.id
            );
            assert_eq!(quick.outcome(n, p), outcome, "world {number}: the quick answer differs");
            assert!(
                explained
                    .iter()
                    .all(|reason| !reason.authority.is_empty() && !reason.remedy.is_empty()),
                "world {number}"
            );
            let asks: BTreeSet<String> = failures
                .iter()
                .filter(|(rule, _)| {
                    ["release.", "us-ic.", "control.", "purpose."]
                        .iter()
                        .any(|step| rule.starts_with(step))
                })
                .map(|(_, party)| party.clone())
                .collect();
            let granted: BTreeSet<String> = decision.to_grant(n, p).keys().map(ToString::to_string).collect();
            assert_eq!(granted, asks, "world {number}, {person}, {}: who is asked", portion.id);
            let obliged: BTreeSet<String> = decision.obligations(n, p).into_iter().map(recall_in_short).collect();
            let expected = match (known, outcome) {
                (Some(known), Outcome::Permit) => reference::obligations(&question, known),
                _ => BTreeSet::new(),
            };
            assert_eq!(
                obliged, expected,
                "world {number}, {person}, {}: obligations",
                portion.id
            );
            counts[outcome as usize] += 1;
        }
    }
    counts
}

/// 100,000 worlds of 3 persons and 3 portions each.
#[test]
fn decide_agrees_with_its_obvious_twin() {
    let worlds: u64 = std::env::var("ENTENTE_WORLDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(100_000);
    let threads = std::thread::available_parallelism().map_or(2, usize::from) as u64;
    let totals: Vec<[usize; 3]> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || {
                    (0..worlds)
                        .skip(usize::try_from(thread).unwrap())
                        .step_by(usize::try_from(threads).unwrap())
                        .fold([0; 3], |sum, number| {
                            let counts = check(number);
                            [sum[0] + counts[0], sum[1] + counts[1], sum[2] + counts[2]]
                        })
                })
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    });
    let total = |n: usize| totals.iter().map(|counts| counts[n]).sum::<usize>();
    // A comparison over worlds in which everything is denied would show nothing.
    for n in 0..3 {
        assert!(
            total(n) * 50 > total(0) + total(1) + total(2),
            "too few of one outcome: {totals:?}"
        );
    }
}

/// What may change in a world, and must never open anything.
#[test]
fn restricting_never_opens() {
    let id = ReportId::new("R").unwrap();
    let groups = groups();
    let outcomes_of = |state: &State, w: &World| {
        let snapshot = Snapshot::compile(state, &groups, &[]);
        let query = Query {
            report: &id,
            version: None,
            portions: None,
            audience: &w.audience,
            purpose: w.purpose.as_ref(),
            moment: w.moment,
        };
        let found = outcomes(&snapshot, &query, &NoGuards, &NoGuards).unwrap();
        (0..3)
            .flat_map(|n| (0..3).map(move |p| (n, p)))
            .map(|(n, p)| found.outcome(n, p) == Outcome::Permit)
            .collect::<Vec<bool>>()
    };
    in_worlds(1, |number| {
        let mut dice = Dice(number ^ 0xABCD_EF00);
        let mut w = world(&mut dice);
        // A consent that was given when more was asked for follows the text once that much is written on it.
        for id in w.state.consents.keys().cloned().collect::<Vec<_>>() {
            w.state.consents.get_mut(&id).unwrap().marks.clear();
        }
        let before = outcomes_of(&w.state, &w);
        let mut state = w.state.clone();
        let report = state.reports[&id].latest().unwrap().clone();
        let what = dice.roll(5);
        match what {
            0 => {
                let Some(consent) = state.consents.keys().next().cloned() else {
                    return;
                };
                state.apply(&Event::ConsentWithdrawn {
                    consent: consent.id,
                    by: Some(consent.by),
                    at: at(0),
                    reason: String::new(),
                });
            }
            1 => {
                let id = ArrangementId::new("A0").unwrap();
                let status = ArrangementStatus::Suspended {
                    by: party("USA"),
                    reason: String::new(),
                };
                state.apply(&Event::ArrangementStatusSet {
                    id,
                    status,
                    at: None,
                    by: None,
                    revision: 0,
                });
            }
            2 | 3 => {
                let mut stricter = report;
                let extra = label(&mut dice);
                for portion in &mut stricter.portions {
                    match what {
                        2 => portion.label = portion.label.join(&extra),
                        _ => {
                            portion.lineage = portion.lineage.combine(&Lineage::of(
                                party("USA.MIL"),
                                Origin {
                                    arrangements: [ArrangementId::new("A1").unwrap()].into(),
                                    ..Origin::default()
                                },
                            ));
                        }
                    }
                }
                state.apply(&Event::ReportAdded(stricter));
            }
            _ => {
                state.apply(&Event::DistributionChanged {
                    report: id.clone(),
                    added: BTreeSet::new(),
                    removed: w.audience.iter().cloned().collect(),
                });
            }
        }
        for (n, (was, is)) in before.iter().zip(outcomes_of(&state, &w)).enumerate() {
            // A text without any originator is denied as faulty; naming one mends the fault and is no opening.
            let portion = &w.state.reports[&id].latest().unwrap().portions[n % 3];
            let faulty = portion.lineage.is_empty();
            // Plain unclassified text goes where the others' lists let the banner go, so that a list beside it can open it.
            let plain = portion.mark.starts_with("(U)");
            assert!(
                *was || !is || faulty || plain,
                "world {number}: change {what} opened answer {n}"
            );
        }
    });
}

#[test]
fn lineage_is_a_semilattice_that_loses_nobody() {
    for number in 0..5_000 {
        let mut dice = Dice(number);
        let mut lineage = || {
            let all: Vec<PartyPath> = PARTIES.map(party).into();
            dice.some(&all, 3).into_iter().fold(Lineage::default(), |sum, owner| {
                sum.combine(&Lineage::of(
                    owner,
                    Origin {
                        recipients: dice.some(&all, 2),
                        ..Origin::default()
                    },
                ))
            })
        };
        let (a, b, c) = (lineage(), lineage(), lineage());
        assert_eq!(a.combine(&b), b.combine(&a));
        assert_eq!(a.combine(&b).combine(&c), a.combine(&b.combine(&c)));
        assert_eq!(a.combine(&a), a);
        for owner in a.originators().chain(b.originators()) {
            assert!(a.combine(&b).originators().any(|known| known == owner));
        }
    }
}
