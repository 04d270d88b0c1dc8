//! Small random worlds: parties, terms, persons, reports in several versions, consents.

#![allow(dead_code, reason = "each suite uses a part of it")]

pub(crate) mod dice;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use dice::Dice;
use entente_core::decide::{LocalPolicy, PolicyRequest};
use entente_core::*;
use entente_marking::{
    Category, Caveat, Circle, Control, Entity, Group, Groups, Label, Level, Purpose, Purposes, Release, SchemeId,
};
use jiff::Timestamp;

pub(crate) const PARTIES: [&str; 7] = ["USA", "USA.SVC", "USA.MIL", "GBR.CAB", "GBR.CAB.DESK", "CHL", "CERT-PL"];
pub(crate) const COUNTRIES: [&str; 4] = ["USA", "GBR", "CHL", "POL"];

/// A local policy that goes by the first letters of a party and whether there is a purpose.
#[derive(Clone, Copy)]
pub(crate) enum Policy {
    None,
    Forbids(&'static str),
    Fails,
}

impl Policy {
    pub(crate) fn forbids_person(self, person: &Person, purpose: Option<&Purpose>) -> bool {
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

pub(crate) fn party(text: &str) -> PartyPath {
    PartyPath::new(text).unwrap()
}

pub(crate) fn at(step: usize) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + 120 * i64::try_from(step).unwrap()).unwrap()
}

pub(crate) fn groups() -> Groups {
    let mut groups = Groups::default();
    groups.insert(Group {
        code: Entity::new("ISAF"),
        name: String::new(),
        members: BTreeSet::from([Entity::new("GBR"), Entity::new("POL")]),
        decomposable: false,
    });
    groups
}

pub(crate) fn label(dice: &mut Dice) -> Label {
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
    if dice.one_in(6) {
        label.owners = dice.some(&["USA", "GBR", "NATO", "CERT-PL"].map(Entity::new), 3);
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
            open: dice.one_in(2).then(|| dice.some(&purposes, 2)),
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

pub(crate) fn person(dice: &mut Dice, n: usize) -> Person {
    let home = party(dice.pick::<&str>(&PARTIES));
    let person = Person::outsider(PersonId::new(format!("{home}/p{n}")).unwrap(), home);
    let disabled = dice.one_in(10);
    let vouched = dice.one_in(6).then(|| Vouched {
        by: "https://issuer.example".into(),
        until: at(dice.roll(10)),
    });
    Person {
        disabled,
        vouched,
        ..described_anew(dice, &person)
    }
}

/// The same person with other attributes.
pub(crate) fn described_anew(dice: &mut Dice, person: &Person) -> Person {
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
pub(crate) fn like(dice: &mut Dice, portion: &Portion, id: PortionId) -> Portion {
    let mut copy = Portion { id, ..portion.clone() };
    let other = label(dice);
    match dice.roll(11) {
        9 => copy.label.owners = other.owners,
        10 => (copy.mark, copy.label) = plain(dice),
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

/// A plain unclassified portion, which says nothing about release.
fn plain(dice: &mut Dice) -> (String, Label) {
    let mut label = Label {
        release: Release::to([Entity::new("USA")]),
        ..Label::unrestricted()
    };
    if dice.one_in(8) {
        label.caveats.insert(Caveat::new("LES"));
    }
    let mark = dice.pick(&["(U)", "(U)", "(U) (TLP:GREEN)"]).to_string();
    (mark, label)
}

/// A title, with or without a mark of its own.
fn title(dice: &mut Dice, portions: &[Portion]) -> Title {
    if dice.one_in(2) {
        return Title::from("a title");
    }
    let (mark, label) = match dice.one_in(3) {
        true => plain(dice),
        false => ("(t)".to_owned(), label(dice)),
    };
    Title::Marked(Box::new(Portion {
        id: PortionId::title(),
        mark,
        label,
        text: dice.pick(&["a title", "another title"]).to_string(),
        lineage: dice.pick(portions).lineage.clone(),
        tear_line: false,
    }))
}

/// What all texts of a state ask for together.
fn everything(state: &State) -> Label {
    let versions = state.reports.values().flat_map(|held| held.versions.values());
    let all = versions.flat_map(Report::with_title);
    all.fold(Label::unrestricted(), |sum, portion| sum.join(&portion.label))
}

/// What parties say of embargoes, entitled to or not.
fn embargoes(dice: &mut Dice) -> Vec<Embargo> {
    let words = dice.roll(10).saturating_sub(7);
    (0..words)
        .map(|n| {
            let (report, portions) = *dice.pick(&[("R", ["p0", "p1", "title"]), ("BASE", ["b1", "b2", "b2"])]);
            let portion = |dice: &mut Dice| PortionId::stored((*dice.pick(&portions)).to_owned()).unwrap();
            Embargo {
                by: party(dice.pick::<&str>(&["USA.SVC", "GBR.CAB", "CERT-PL", "CHL"])),
                report: ReportId::new(report).unwrap(),
                portion: dice.one_in(2).then(|| portion(dice)),
                handed_on: dice.one_in(4),
                revision: u64::try_from(n).unwrap() + 1,
                until: (!dice.one_in(4)).then(|| at(dice.roll(10))),
                broken: dice.one_in(4).then(|| (portion(dice), at(1))).into_iter().collect(),
                reason: String::new(),
                at: at(0),
            }
        })
        .collect()
}

pub(crate) struct World {
    pub(crate) state: State,
    /// Persons whom only a file describes.
    pub(crate) outsiders: Vec<Person>,
    /// Which version is asked about.
    pub(crate) version: Option<u32>,
    pub(crate) policy: Policy,
    pub(crate) audience: Vec<PersonId>,
    pub(crate) purpose: Option<Purpose>,
    pub(crate) moment: Timestamp,
}

#[expect(clippy::too_many_lines, reason = "one world, part by part")]
pub(crate) fn world(dice: &mut Dice) -> World {
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
            if dice.one_in(2) {
                let (party, member, at) = (party(path), true, at(0));
                state.apply(&Event::MembershipSet { party, member, at });
            }
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
            two_person: false,
            witnesses: 0,
            withheld: Withheld::Hidden,
            default_mark: None,
            unmarked: *dice.pick(&[Unmarked::Members, Unmarked::Banner, Unmarked::Ask]),
            owners: match dice.one_in(3) {
                true => BTreeMap::from([(party("NATO"), party(dice.pick::<&str>(&PARTIES)))]),
                false => BTreeMap::new(),
            },
            not_before: dice.one_in(10).then(|| at(dice.roll(10))),
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
            6 => {
                // Stored by an older release in another spelling.
                let old = format!("{}/P{n}", person.party.as_str().to_lowercase());
                let id = PersonId::stored(old).unwrap();
                let party = id.party().unwrap();
                *persons.last_mut().unwrap() = id.clone();
                state.apply(&Event::PersonSet(Person { id, party, ..person }));
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
                        persons: dice.some(&persons, 4),
                        arrangements: dice.some(known, 3),
                        from: if dice.one_in(4) {
                            dice.some(&bases, 2)
                        } else {
                            BTreeSet::new()
                        },
                        protects_source: false,
                        third_party: dice.one_in(12),
                        named: dice.one_in(2),
                    },
                ));
            }
        }
        let (mark, label) = match dice.one_in(4) {
            true => plain(dice),
            false => (format!("(m{})", dice.roll(2)), label(dice)),
        };
        portions.push(Portion {
            id: PortionId::new(format!("p{n}")).unwrap(),
            mark,
            label,
            text: dice.pick(&["one text", "one  text", "another"]).to_string(),
            lineage,
            tear_line: dice.one_in(5),
        });
    }
    let report = Report {
        id: ReportId::new("R").unwrap(),
        version: 1,
        title: title(dice, &portions),
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
        if dice.one_in(2) {
            next.title = title(dice, &next.portions);
        }
        for portion in &mut next.portions {
            match dice.roll(5) {
                0 => portion.label = label(dice),
                4 => portion.label = portion.label.join(&label(dice)),
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
            // What rests on it is read as the later version is marked, and so is what rests on that.
            if dice.one_in(3) {
                let raised = label(dice);
                base.portions[0].label = base.portions[0].label.join(&raised);
            }
            if dice.one_in(3) {
                base.portions.swap(0, 1);
            }
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
            scope: Scope {
                only: dice.one_in(5),
                lifted: dice.one_in(5).then(|| (at(3), String::new())),
            },
        }));
    }
    for word in embargoes(dice) {
        state.apply(&Event::EmbargoSet(word));
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
        let ids = report.portions.iter().map(|portion| portion.id.clone());
        let references: Vec<PortionRef> = ids
            .chain([PortionId::title()])
            .map(|id| report.reference(&id))
            .collect();
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
            portions: portions.clone(),
            standing: dice.one_in(3),
            recipients: Recipients {
                persons: dice.some(&persons, 2),
                parties: dice.some(&all, 6),
            },
            stated,
            // Some were given when more was asked for than is written.
            marks: match (portions.first(), dice.roll(4)) {
                (Some(portion), 0) => vec![(portion.clone(), label(dice))],
                (Some(portion), 1) => vec![(portion.clone(), everything(&state))],
                _ => Vec::new(),
            },
            purposes: dice.one_in(2).then(|| dice.some(&purposes, 2)),
            conditions: dice.one_in(3).then(|| format!("condition {n}")).into_iter().collect(),
            given: at(dice.roll(6)),
            received: dice.one_in(3).then(|| at(dice.roll(6))),
            ends: dice.one_in(3).then(|| at(dice.roll(10))),
            withdrawn: dice.one_in(4).then(|| at(dice.roll(10))),
            life: Life {
                not_before: dice.one_in(5).then(|| at(dice.roll(10))),
                except: dice.some(&persons, 6),
                ..Life::default()
            },
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
