//! What a step would change for readers: what opens and what closes, for whom and for what, found by deciding before and
//! after it.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::{LocalPolicy, outcomes};
use entente_core::{Event, Outcome, PersonId, PortionId, Query, Report, ReportId, Snapshot, SourceGuard, State};
use entente_marking::{Groups, Purpose};
use jiff::Timestamp;
use serde::Serialize;

/// One side of the step: what is true, and the rules that hold.
#[derive(Clone, Copy)]
pub struct Side<'s> {
    /// What is true.
    pub state: &'s State,
    /// Who belongs to which group.
    pub groups: &'s Groups,
    /// This party's own rules.
    pub policy: &'s dyn LocalPolicy,
}

/// What changes for persons who are alike in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// What for; none where no purpose is stated.
    pub purpose: Option<Purpose>,
    /// Which portions.
    pub portions: Vec<PortionId>,
    /// For whom.
    pub persons: Vec<PersonId>,
}

/// What a step would change for readers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Consequences {
    /// What persons may have then, and may not now.
    pub opens: Vec<Change>,
    /// What they may have now, and may not then.
    pub closes: Vec<Change>,
}

/// The reports about which an event can change what is decided; `None` where that can be any.
fn concerned(state: &State, event: &Event) -> Option<BTreeSet<ReportId>> {
    let one = |report: &ReportId| {
        // What rests on it is decided by it as well.
        let mut all = BTreeSet::from([report.clone()]);
        loop {
            let before = all.len();
            for held in state.reports.values().filter_map(|holding| holding.latest()) {
                let mut bases = held.with_title().flat_map(|portion| portion.lineage.iter());
                if bases.any(|(_, origin)| origin.from.iter().any(|base| all.contains(&base.report))) {
                    all.insert(held.id.clone());
                }
            }
            if all.len() == before {
                return Some(all);
            }
        }
    };
    let of_consent = |id: &entente_core::ConsentId| {
        let found = state.consents.values().find(|consent| consent.id == *id);
        found.map_or_else(|| Some(BTreeSet::new()), |consent| one(&consent.report))
    };
    match event {
        Event::ReportAdded(report) | Event::ReportReceived { report, .. } => one(&report.id),
        Event::ReportWithdrawn { report, .. }
        | Event::ReportHeld { report, .. }
        | Event::ReportResumed { report }
        | Event::DistributionChanged { report, .. }
        | Event::CopyGivenUp { report, .. } => one(report),
        Event::ReportDelivered(delivery) => one(&delivery.report),
        Event::EmbargoSet(word) => one(&word.report),
        Event::RecallOrdered(recall) => one(&recall.report),
        Event::RecallLifted { recall, .. } => {
            let found = state.recalls.values().find(|known| known.id == *recall);
            found.map_or_else(|| Some(BTreeSet::new()), |recall| one(&recall.report))
        }
        Event::ConsentGiven(consent) => one(&consent.report),
        Event::ConsentWithdrawn { consent, .. } | Event::ConsentNarrowed { consent, .. } => of_consent(consent),
        Event::SubstituteGiven(substitute) => one(&substitute.report),
        Event::ExposureAnswered(answer) => one(&answer.report),
        Event::PersonSet(_)
        | Event::PartySet(_)
        | Event::ContactSet { .. }
        | Event::DeputySet(_)
        | Event::DeputyEnded { .. }
        | Event::MembershipSet { .. }
        | Event::ArrangementSet(_)
        | Event::ArrangementStatusSet { .. }
        | Event::LocalRuleSet(_)
        | Event::SchemeInstalled(_)
        | Event::SchemeRemoved { .. }
        | Event::RegisterSet(_)
        | Event::SourceProtected(_)
        | Event::SourceReleased { .. }
        | Event::Disclosed(_) => None,
        _ => Some(BTreeSet::new()),
    }
}

/// Decides what the events could change before and after them, for everyone who is registered or named in a consent, and for
/// every purpose that a consent or an arrangement names. Consents that begin later count from then on.
pub fn consequences(before: Side<'_>, after: Side<'_>, events: &[Event], moment: Timestamp) -> Consequences {
    let mut reports = Some(BTreeSet::new());
    for event in events {
        reports = match (reports, concerned(after.state, event)) {
            (Some(some), Some(more)) => Some(&some | &more),
            _ => None,
        };
    }
    let reports = reports.unwrap_or_else(|| after.state.reports.keys().cloned().collect());
    let mut found = Consequences::default();
    for id in &reports {
        let Some(report) = after.state.reports.get(id).and_then(|holding| holding.latest()) else {
            continue;
        };
        let people = people(before.state, after.state, id);
        for purpose in purposes(after.state, report) {
            let asked = (report, purpose.as_ref());
            let (then, now) = (
                permitted(before, asked, &people, moment),
                permitted(after, asked, &people, moment),
            );
            changes(&mut found.opens, asked, &now, &then);
            changes(&mut found.closes, asked, &then, &now);
        }
    }
    found
}

type Permitted = BTreeMap<PersonId, BTreeSet<PortionId>>;

/// Who may have what, one by one: what some learn together is not what each may have.
fn permitted(
    side: Side<'_>,
    (report, purpose): (&Report, Option<&Purpose>),
    people: &BTreeSet<PersonId>,
    moment: Timestamp,
) -> Permitted {
    let mut found = Permitted::new();
    if side
        .state
        .reports
        .get(&report.id)
        .and_then(|held| held.version(Some(report.version)))
        .is_none()
    {
        return found;
    }
    let strangers = people.iter().filter(|id| !side.state.persons.contains_key(id));
    let strangers = strangers.filter_map(|id| Some(entente_core::Person::outsider(id.clone(), id.party()?)));
    let strangers: Vec<_> = strangers.collect();
    let snapshot = Snapshot::about(side.state, side.groups, [&report.id], (people, &strangers));
    let guard = SourceGuard::new(side.state);
    for person in people {
        let query = Query {
            report: &report.id,
            version: Some(report.version),
            portions: None,
            audience: std::slice::from_ref(person),
            purpose,
            moment,
        };
        let Ok(answer) = outcomes(&snapshot, &query, side.policy, &guard) else {
            continue;
        };
        let open = report.portions.iter().enumerate();
        let open = open.filter(|(n, _)| answer.outcome(0, *n) == Outcome::Permit);
        found.insert(person.clone(), open.map(|(_, portion)| portion.id.clone()).collect());
    }
    found
}

fn changes(list: &mut Vec<Change>, (report, purpose): (&Report, Option<&Purpose>), has: &Permitted, lacks: &Permitted) {
    let none = BTreeSet::new();
    let mut alike: BTreeMap<Vec<PortionId>, Vec<PersonId>> = BTreeMap::new();
    for (person, open) in has {
        let other = lacks.get(person).unwrap_or(&none);
        let gone: Vec<PortionId> = open.difference(other).cloned().collect();
        if !gone.is_empty() {
            alike.entry(gone).or_default().push(person.clone());
        }
    }
    list.extend(alike.into_iter().map(|(portions, persons)| Change {
        report: report.id.clone(),
        version: report.version,
        purpose: purpose.cloned(),
        portions,
        persons,
    }));
}

fn people(before: &State, after: &State, report: &ReportId) -> BTreeSet<PersonId> {
    let consents = after.consents.of(report).chain(before.consents.of(report));
    let named = consents.flat_map(|consent| consent.recipients.persons.iter());
    let registered = after.persons.keys().chain(before.persons.keys());
    registered.chain(named).cloned().collect()
}

/// No purpose at all, and all that consents, arrangements and marks about a report name.
fn purposes(state: &State, report: &Report) -> BTreeSet<Option<Purpose>> {
    let agreed = state
        .consents
        .of(&report.id)
        .filter_map(|consent| consent.purposes.as_ref());
    let origins = report.portions.iter().flat_map(|portion| portion.lineage.iter());
    let terms = origins.flat_map(|(_, origin)| &origin.arrangements);
    let terms = terms.filter_map(|id| state.arrangements.get(id)?.purposes.as_ref());
    let marked = report
        .portions
        .iter()
        .filter_map(|portion| portion.label.purposes.only.as_ref());
    let named = agreed.chain(terms).chain(marked).flatten().cloned().map(Some);
    named.chain([None]).collect()
}

/// How many persons are told by name before they are counted.
pub const NAMED: usize = 4;

/// Persons in words: each by name up to four, and more of one party counted: `27 persons of GBR.CAB`.
pub fn grouped(persons: &[PersonId]) -> Vec<String> {
    let mut by_party: BTreeMap<String, Vec<&PersonId>> = BTreeMap::new();
    for person in persons {
        let party = person.party().map_or_else(String::new, |party| party.to_string());
        by_party.entry(party).or_default().push(person);
    }
    let each = by_party.into_iter().flat_map(|(party, all)| match all.len() {
        0..=NAMED => all.into_iter().map(ToString::to_string).collect(),
        many => vec![format!("{many} persons of {party}")],
    });
    each.collect()
}
