//! `decide` against its obvious twin, over many random worlds; and the laws that no world may break.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod reference;

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::{LocalPolicy, NoGuards, PolicyRequest, decide, outcomes};
use entente_core::*;
use entente_marking::{
    Category, Caveat, Circle, Control, Entity, Group, Groups, Label, Level, Purpose, Purposes, Release, SchemeId,
};
use jiff::Timestamp;

/// A small generator of its own (splitmix64), so that a world is reproduced by its number.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap()
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.roll(list.len())]
    }

    fn some<T: Clone + Ord>(&mut self, list: &[T], one_in: usize) -> BTreeSet<T> {
        list.iter().filter(|_| self.one_in(one_in)).cloned().collect()
    }
}

const PARTIES: [&str; 7] = ["USA", "USA.SVC", "USA.MIL", "GBR.CAB", "GBR.CAB.DESK", "CHL", "CERT-PL"];
const COUNTRIES: [&str; 4] = ["USA", "GBR", "CHL", "POL"];

/// A local policy that goes by the first letters of a party and whether there is a purpose.
#[derive(Clone, Copy)]
enum Policy {
    None,
    Forbids(&'static str),
    Fails,
}

impl Policy {
    fn forbids_person(self, person: &Person, purpose: Option<&Purpose>) -> bool {
        match self {
            Self::None => false,
            Self::Forbids(party) => person.party.as_str().starts_with(party) && purpose.is_some(),
            Self::Fails => true,
        }
    }
}

impl LocalPolicy for Policy {
    fn forbids(&self, request: &PolicyRequest<'_>) -> Result<Option<String>, String> {
        match self {
            Self::Fails => Err("it fails".to_owned()),
            _ => Ok(self
                .forbids_person(request.person, request.purpose)
                .then(|| "house".to_owned())),
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::None)
    }
}

fn party(text: &str) -> PartyPath {
    PartyPath::new(text).unwrap()
}

fn at(step: usize) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + 120 * i64::try_from(step).unwrap()).unwrap()
}

fn groups() -> Groups {
    let mut groups = Groups::default();
    groups.insert(Group {
        code: Entity::new("ISAF"),
        name: String::new(),
        members: BTreeSet::from([Entity::new("GBR"), Entity::new("POL")]),
        decomposable: false,
    });
    groups
}

fn label(dice: &mut Dice) -> Label {
    let entities = ["USA", "GBR", "CHL", "ISAF", "GBR.CAB", "CERT-PL"].map(Entity::new);
    let categories = ["k/a", "k/b", "k/c"].map(Category::new);
    let purposes = ["warn", "court"].map(Purpose::new);
    let mut label = Label::unrestricted();
    for scheme in ["us-ic", "own"] {
        if dice.one_in(2) {
            let rank = u16::try_from(dice.roll(4)).unwrap();
            label.levels.insert(
                SchemeId::new(scheme),
                Level {
                    rank,
                    name: rank.to_string(),
                },
            );
        }
    }
    label.required = dice.some(&categories, 4);
    if dice.one_in(5) {
        label.any_of.insert(dice.some(&categories, 2));
    }
    if dice.one_in(2) {
        let shown = dice.some(&entities, 5);
        label.release = Release::with_display(dice.some(&entities, 2), shown);
    }
    label.circle = *dice.pick(&[
        Circle::Anyone,
        Circle::Anyone,
        Circle::Community,
        Circle::Clients,
        Circle::Organisation,
        Circle::Named,
    ]);
    label.control = *dice.pick(&[Control::None, Control::None, Control::Government, Control::Originator]);
    if dice.one_in(4) {
        label.purposes = Purposes {
            only: dice.one_in(2).then(|| dice.some(&purposes, 2)),
            barred: dice.some(&purposes, 3),
        };
    }
    if dice.one_in(6) {
        label.caveats.insert(Caveat::new("LES"));
    }
    if dice.one_in(12) {
        label.unknown.insert("XYZ".to_owned());
    }
    label
}

fn person(dice: &mut Dice, n: usize) -> Person {
    let home = party(dice.pick::<&str>(&PARTIES));
    let person = Person::outsider(PersonId::new(format!("{home}/p{n}")).unwrap(), home);
    let disabled = dice.one_in(10);
    Person {
        disabled,
        ..described_anew(dice, &person)
    }
}

/// The same person with other attributes.
fn described_anew(dice: &mut Dice, person: &Person) -> Person {
    let countries = COUNTRIES.map(Entity::new);
    let categories = ["k/a", "k/b", "k/c"].map(Category::new);
    let mut person = Person::outsider(person.id.clone(), person.party.clone());
    person.citizenships = dice.some(&countries, 2);
    person.accesses = dice.some(&categories, 2);
    for scheme in ["us-ic", "own"] {
        if !dice.one_in(3) {
            let rank = u16::try_from(dice.roll(4)).unwrap();
            let name = String::new();
            person.clearances.insert(SchemeId::new(scheme), Level { rank, name });
        }
    }
    person
}

/// A portion that differs from another in one thing.
fn like(dice: &mut Dice, portion: &Portion, id: PortionId) -> Portion {
    let mut copy = Portion { id, ..portion.clone() };
    let other = label(dice);
    match dice.roll(9) {
        0 => copy.tear_line = !copy.tear_line,
        1 => copy.label.release = other.release,
        2 => copy.label.control = other.control,
        3 => copy.label.circle = other.circle,
        4 => copy.label.purposes = other.purposes,
        5 => copy.label.caveats = other.caveats,
        6 => copy.label.required = other.required,
        7 => {
            copy.lineage = Lineage::default();
            for (n, (owner, origin)) in portion.lineage.iter().enumerate() {
                if n > 0 || portion.lineage.originators().count() == 1 {
                    copy.lineage = copy.lineage.combine(&Lineage::of(owner.clone(), origin.clone()));
                }
            }
        }
        // Nothing but its name, and so the consents for it.
        _ => {}
    }
    copy
}

struct World {
    state: State,
    /// Persons whom only a file describes.
    outsiders: Vec<Person>,
    /// Which version is asked about.
    version: Option<u32>,
    policy: Policy,
    audience: Vec<PersonId>,
    purpose: Option<Purpose>,
    moment: Timestamp,
}

#[expect(clippy::too_many_lines, reason = "one world, part by part")]
fn world(dice: &mut Dice) -> World {
    let mut state = State {
        home: Some(party("GBR.CAB")),
        ..State::default()
    };
    for path in PARTIES {
        if !dice.one_in(4) {
            let patrons: Vec<PartyPath> = PARTIES.map(party).into();
            let known = Party {
                path: party(path),
                name: path.into(),
                client_of: dice.some(&patrons, 6),
                signing_keys: vec![],
                recipient: None,
            };
            state.apply(&Event::PartySet(known));
        }
    }
    let purposes = ["warn", "court"].map(Purpose::new);
    for n in 0..2 {
        let by = party("USA");
        let status = match dice.roll(8) {
            0 => ArrangementStatus::Suspended {
                by,
                reason: String::new(),
            },
            1 => ArrangementStatus::Ended {
                by,
                reason: String::new(),
            },
            _ => ArrangementStatus::Active,
        };
        let all: Vec<PartyPath> = PARTIES.map(party).into();
        state.apply(&Event::ArrangementSet(Arrangement {
            id: ArrangementId::new(format!("A{n}")).unwrap(),
            title: String::new(),
            parties: dice.some(&all, 2),
            purposes: dice.one_in(3).then(|| dice.some(&purposes, 2)),
            onward: *dice.pick(&[Onward::Free, Onward::Members, Onward::Consent]),
            need_to_know: dice.one_in(3),
            default_mark: None,
            starts: dice.one_in(6).then(|| at(dice.roll(10))),
            expires: dice.one_in(4).then(|| at(dice.roll(10))),
            status,
            status_set: None,
            clauses: BTreeMap::new(),
            words: BTreeMap::new(),
        }));
    }
    let (mut persons, mut outsiders) = (Vec::new(), Vec::new());
    for n in 0..3 {
        let person = person(dice, n);
        persons.push(person.id.clone());
        match dice.roll(24) {
            0 => {}
            1 | 2 => outsiders.push(person),
            3 | 4 => {
                // What a file says of somebody registered is worth nothing.
                outsiders.push(described_anew(dice, &person));
                state.apply(&Event::PersonSet(person));
            }
            5 => {
                let party = party(dice.pick::<&str>(&PARTIES));
                state.apply(&Event::PersonSet(Person { party, ..person }));
            }
            _ => {
                state.apply(&Event::PersonSet(person));
            }
        }
    }
    let bases = [("b1", 1), ("b2", 1), ("b1", 2)].map(|(portion, version)| PortionRef {
        report: ReportId::new("BASE").unwrap(),
        version,
        portion: PortionId::new(portion).unwrap(),
    });
    let mut portions = Vec::new();
    for n in 0..3 {
        if n > 0 && dice.one_in(2) {
            let id = PortionId::new(format!("p{n}")).unwrap();
            let copy = like(dice, &portions[n - 1], id);
            portions.push(copy);
            continue;
        }
        let mut lineage = Lineage::default();
        for owner in ["USA.SVC", "GBR.CAB", "CERT-PL"] {
            if dice.one_in(2) {
                let all: Vec<PartyPath> = PARTIES.map(party).into();
                let arrangements = ["A0", "A1", "A9"].map(|id| ArrangementId::new(id).unwrap());
                let known = if dice.one_in(10) {
                    &arrangements[..]
                } else {
                    &arrangements[..2]
                };
                lineage = lineage.combine(&Lineage::of(
                    party(owner),
                    Origin {
                        recipients: dice.some(&all, 4),
                        arrangements: dice.some(known, 3),
                        from: if dice.one_in(4) {
                            dice.some(&bases, 2)
                        } else {
                            BTreeSet::new()
                        },
                        protects_source: false,
                        third_party: dice.one_in(12),
                    },
                ));
            }
        }
        portions.push(Portion {
            id: PortionId::new(format!("p{n}")).unwrap(),
            mark: format!("(m{})", dice.roll(2)),
            label: label(dice),
            text: dice.pick(&["one text", "one  text", "another"]).to_string(),
            lineage,
            tear_line: dice.one_in(5),
        });
    }
    let report = Report {
        id: ReportId::new("R").unwrap(),
        version: 1,
        title: String::new(),
        originator: party("GBR.CAB"),
        scheme: SchemeId::new("us-ic"),
        profile: String::new(),
        created: at(0),
        expires: dice.one_in(6).then(|| at(dice.roll(10))),
        existence_protected: false,
        portions,
    };
    state.apply(&Event::ReportAdded(report.clone()));
    if dice.one_in(15) {
        state.apply(&Event::ReportWithdrawn {
            report: report.id.clone(),
            reason: String::new(),
            at: at(1),
        });
    }
    // A second version, in which each portion may have another label or text, or another place.
    let second = dice.one_in(3);
    if second {
        let mut next = report.clone();
        next.version = 2;
        for portion in &mut next.portions {
            match dice.roll(4) {
                0 => portion.label = label(dice),
                1 => portion.text = dice.pick(&["one text", "another", "a third"]).to_string(),
                2 => portion.text = portion.text.replace(' ', "\n"),
                _ => {}
            }
        }
        if dice.one_in(3) {
            let (first, last) = (next.portions[0].id.clone(), next.portions[2].id.clone());
            next.portions[0].id = last;
            next.portions[2].id = first;
        }
        state.apply(&Event::ReportAdded(next));
    }
    // What others' text rests on is sometimes held as well, in a later version than was consented to.
    if dice.one_in(2) {
        let mut base = report.clone();
        base.id = ReportId::new("BASE").unwrap();
        base.portions.truncate(2);
        for (portion, id) in base.portions.iter_mut().zip(["b1", "b2"]) {
            portion.id = PortionId::new(id).unwrap();
        }
        for version in [1, 2] {
            base.version = version;
            state.apply(&Event::ReportAdded(base.clone()));
        }
    }
    for n in 0..dice.roll(20).saturating_sub(17) {
        let action = match dice.roll(3) {
            0 => RecallAction::Purge,
            1 => RecallAction::RetainWarn,
            _ => RecallAction::RetainHide,
        };
        state.apply(&Event::RecallOrdered(Recall {
            id: RecallId::new(format!("rec{n}")).unwrap(),
            originator: party("GBR.CAB"),
            report: report.id.clone(),
            version: if second && dice.one_in(2) { 2 } else { 1 },
            action,
            reason: String::new(),
            ordered: at(1),
            holders: BTreeMap::new(),
        }));
    }
    if dice.one_in(15) {
        state.apply(&Event::ReportHeld {
            report: report.id.clone(),
            at: at(1),
            reason: String::new(),
        });
    }
    let added = dice.some(&persons, 2);
    state.apply(&Event::DistributionChanged {
        report: report.id.clone(),
        added,
        removed: BTreeSet::new(),
    });
    for n in 0..dice.roll(5) {
        let all: Vec<PartyPath> = PARTIES.map(party).into();
        let references: Vec<PortionRef> = report.portions.iter().map(|p| report.reference(&p.id)).collect();
        let of_base = dice.one_in(5);
        let portions = match of_base {
            true => dice.some(&bases, 2),
            false => dice.some(&references, 2),
        };
        // Most are for the persons as they are, some for what they were.
        let known: Vec<Person> = persons.iter().filter_map(|id| state.persons.get(id).cloned()).collect();
        let mut stated = Vec::new();
        for person in known {
            match dice.roll(5) {
                0 => {}
                1 => stated.push(described_anew(dice, &person)),
                _ => stated.push(person),
            }
        }
        state.apply(&Event::ConsentGiven(Consent {
            id: ConsentId::new(format!("c{n}")).unwrap(),
            request: None,
            originator: party(dice.pick::<&str>(&["USA.SVC", "GBR.CAB", "CERT-PL"])),
            to: party("GBR.CAB"),
            report: if of_base {
                bases[0].report.clone()
            } else {
                report.id.clone()
            },
            portions,
            standing: dice.one_in(3),
            recipients: Recipients {
                persons: dice.some(&persons, 2),
                parties: dice.some(&all, 6),
            },
            stated,
            purposes: dice.one_in(2).then(|| dice.some(&purposes, 2)),
            conditions: dice.one_in(3).then(|| format!("condition {n}")).into_iter().collect(),
            given: at(dice.roll(6)),
            received: dice.one_in(3).then(|| at(dice.roll(6))),
            ends: dice.one_in(3).then(|| at(dice.roll(10))),
            withdrawn: dice.one_in(4).then(|| at(dice.roll(10))),
        }));
    }
    World {
        state,
        outsiders,
        version: dice.one_in(2).then(|| if second && dice.one_in(2) { 2 } else { 1 }),
        policy: match dice.roll(30) {
            0 => Policy::Fails,
            1 => Policy::Forbids("USA"),
            2 => Policy::Forbids("GBR"),
            _ => Policy::None,
        },
        audience: persons,
        purpose: (!dice.one_in(3)).then(|| dice.pick(&purposes).clone()),
        moment: at(dice.roll(10)),
    }
}

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
    for (n, person) in world.audience.iter().enumerate() {
        let known = reference::known(&world.state, &world.outsiders, person);
        for (p, portion) in report.portions.iter().enumerate() {
            let question = reference::Question {
                state: &world.state,
                groups: &groups,
                report,
                portion,
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
                    ["release.", "control.", "purpose."]
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
    for number in 0..20_000 {
        let mut dice = Dice(number ^ 0xABCD_EF00);
        let w = world(&mut dice);
        let before = outcomes_of(&w.state, &w);
        let mut state = w.state.clone();
        let report = state.reports[&id].latest().unwrap().clone();
        let what = dice.roll(5);
        match what {
            0 => {
                let Some(consent) = state.consents.keys().next().cloned() else {
                    continue;
                };
                state.apply(&Event::ConsentWithdrawn {
                    consent,
                    by: None,
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
            let faulty = w.state.reports[&id].latest().unwrap().portions[n % 3]
                .lineage
                .is_empty();
            assert!(*was || !is || faulty, "world {number}: change {what} opened answer {n}");
        }
    }
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
