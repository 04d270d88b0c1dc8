//! The world as Entente's state.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::Rule;
use entente_core::{
    Consent, ConsentId, Event, Lineage, Origin, PartyPath, Person, PersonId, Portion, PortionId, PortionRef,
    Recipients, Report, ReportId, Snapshot, State,
};
use entente_marking::{Category, Control, Entity, Groups, Label, Level, Release, SchemeId};
use jiff::Timestamp;

use crate::world::{self, CATEGORY, CLEARANCE, CONTROL, Failing, RELEASE, Set, World, entity_name, members};

pub struct Entente {
    pub snapshot: Snapshot,
    pub report: ReportId,
    pub persons: Vec<PersonId>,
    pub moment: Timestamp,
}

fn party(entity: usize) -> PartyPath {
    PartyPath::new(entity_name(entity)).expect("the world's names are well formed")
}

fn parties(set: Set) -> BTreeSet<PartyPath> {
    members(set).map(party).collect()
}

fn entities(set: Set) -> BTreeSet<Entity> {
    members(set).map(|n| Entity::new(entity_name(n))).collect()
}

fn categories(set: Set) -> BTreeSet<Category> {
    members(set)
        .map(|n| Category::new(world::compartment_name(n)))
        .collect()
}

fn level(rank: u8) -> Level {
    Level {
        rank: rank.into(),
        name: format!("L{rank}"),
    }
}

fn label(label: &world::Label) -> Label {
    Label {
        levels: BTreeMap::from([(SchemeId::new("us-ic"), level(label.level))]),
        required: categories(label.required),
        release: label
            .release
            .map_or(Release::Unrestricted, |set| Release::to(entities(set))),
        control: match label.originator_controlled {
            true => Control::Originator,
            false => Control::None,
        },
        ..Label::unrestricted()
    }
}

fn portion_id(n: usize) -> PortionId {
    PortionId::new(format!("p{n}")).expect("a letter and digits")
}

impl Entente {
    pub fn new(world: &World) -> Self {
        let moment = Timestamp::UNIX_EPOCH;
        let report = ReportId::new("R").expect("a letter");
        let scheme = SchemeId::new("us-ic");
        let mut state = State::default();
        let named = |(n, person): (usize, &world::Person)| {
            let id = format!("{}/p{n}", party(person.service));
            PersonId::new(id).expect("a party, a letter and digits")
        };
        let persons: Vec<PersonId> = world.persons.iter().enumerate().map(named).collect();
        for (id, person) in persons.iter().zip(&world.persons) {
            let clearance = (person.level > 0).then(|| (scheme.clone(), level(person.level)));
            state.apply(&Event::PersonSet(Person {
                citizenships: entities(person.citizenships),
                clearances: clearance.into_iter().collect(),
                accesses: categories(person.held),
                ..Person::outsider(id.clone(), party(person.service))
            }));
        }
        let portions = world.portions.iter().enumerate().map(|(n, portion)| Portion {
            id: portion_id(n),
            mark: format!("{:?}", portion.label),
            label: label(&portion.label),
            text: String::new(),
            lineage: portion.origins.iter().fold(Lineage::default(), |lineage, origin| {
                lineage.combine(&Lineage::of(
                    party(origin.party),
                    Origin {
                        recipients: parties(origin.recipients),
                        ..Origin::default()
                    },
                ))
            }),
            tear_line: false,
        });
        state.apply(&Event::ReportAdded(Report {
            id: report.clone(),
            version: 1,
            title: String::new().into(),
            originator: party(world::COUNTRIES),
            scheme: scheme.clone(),
            profile: String::new(),
            created: moment,
            expires: None,
            existence_protected: false,
            portions: portions.collect(),
        }));
        for (n, consent) in world.consents.iter().enumerate() {
            let portions = consent.portions.iter().map(|n| PortionRef {
                report: report.clone(),
                version: 1,
                portion: portion_id(*n),
            });
            state.apply(&Event::ConsentGiven(Consent {
                id: ConsentId::new(format!("c{n}")).expect("a letter and digits"),
                request: None,
                originator: party(consent.originator),
                to: party(world::COUNTRIES),
                report: report.clone(),
                portions: portions.collect(),
                standing: false,
        stated: Vec::new(),
        marks: Vec::new(),
        recipients: Recipients {
                    persons: BTreeSet::new(),
                    parties: parties(consent.parties),
                },
                purposes: None,
                conditions: Vec::new(),
                given: moment,
                ends: None,
                withdrawn: None,
            }));
        }
        Self {
            snapshot: Snapshot::compile(&state, &Groups::default(), &[]),
            report,
            persons,
            moment,
        }
    }

    /// A query for all portions and everyone.
    pub fn query(&self) -> entente_core::Query<'_> {
        entente_core::Query {
            report: &self.report,
            version: None,
            portions: None,
            audience: &self.persons,
            purpose: None,
            moment: self.moment,
        }
    }
}

/// The failing rules as everyone's bits.
///
/// # Panics
/// When a rule fails that this world does not have.
#[inline]
pub fn bits(rules: impl Iterator<Item = Rule>) -> Failing {
    rules.fold(0, |failing, rule| {
        failing
            | match rule {
                Rule::Clearance => CLEARANCE,
                Rule::Category => CATEGORY,
                Rule::ReleaseList => RELEASE,
                Rule::ControlOriginator => CONTROL,
                other => panic!("nothing in this world is about {}", other.id()),
            }
    })
}
