//! What a change of terms stops: who could be given what before it, and can no longer.

use std::collections::BTreeSet;

use entente_marking::{Groups, Purpose};
use jiff::Timestamp;
use serde::Serialize;

use crate::decide::{LocalPolicy, Query, Snapshot, SourceExposure, decide};
use crate::ids::{ArrangementId, ConsentId, PartyPath, PersonId, PortionId, ReportId, RequestId};
use crate::report::Report;
use crate::state::State;

/// What stops for one report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stopped {
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// Parties to which it was delivered; what they may do with it changes when the change reaches them.
    pub holders: BTreeSet<PartyPath>,
    /// Who could be given portions before, and can no longer.
    pub readers: Vec<StoppedReader>,
    /// Live consents about it.
    pub consents: BTreeSet<ConsentId>,
    /// Requests about it that are not answered yet.
    pub requests: BTreeSet<RequestId>,
}

/// What stops for one person and purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoppedReader {
    /// Who.
    pub person: PersonId,
    /// For what.
    pub purpose: Option<Purpose>,
    /// Which portions.
    pub portions: Vec<PortionId>,
}

/// Compares what could be given under an arrangement in two states, report by report: for every person who is known or
/// covered by a consent, and every purpose that an arrangement or consent names.
pub fn stopped(
    before: &State,
    after: &State,
    arrangement: &ArrangementId,
    groups: &Groups,
    guards: (&dyn LocalPolicy, &dyn SourceExposure),
    moment: Timestamp,
) -> Vec<Stopped> {
    let under = |report: &&Report| {
        let mut origins = report.portions.iter().flat_map(|portion| portion.lineage.iter());
        origins.any(|(_, origin)| origin.arrangements.contains(arrangement))
    };
    let reports: Vec<&Report> = before
        .reports
        .values()
        .filter_map(|holding| holding.latest())
        .filter(under)
        .collect();
    let people = people(before);
    let snapshots = [before, after].map(|state| {
        let concerned = reports.iter().map(|report| &report.id);
        Snapshot::about(state, groups, concerned, (&people, &state.outsiders(&people)))
    });
    let people: Vec<PersonId> = people.into_iter().collect();
    let purposes = purposes(before, arrangement);
    let mut all = Vec::new();
    for report in reports {
        let holding = &before.reports[&report.id];
        let mut readers = Vec::new();
        for purpose in &purposes {
            // One by one: what some learn together is not what each may have.
            for person in &people {
                let query = Query {
                    report: &report.id,
                    version: Some(report.version),
                    portions: None,
                    audience: std::slice::from_ref(person),
                    purpose: purpose.as_ref(),
                    moment,
                };
                let decisions = snapshots
                    .each_ref()
                    .map(|snapshot| decide(snapshot, &query, guards.0, guards.1));
                let [Ok(then), Ok(now)] = decisions else { continue };
                let kept: BTreeSet<&PortionId> = now.permitted().collect();
                let lost = then.permitted().filter(|portion| !kept.contains(portion));
                let portions: Vec<PortionId> = lost.cloned().collect();
                if !portions.is_empty() {
                    readers.push(StoppedReader {
                        person: person.clone(),
                        purpose: purpose.clone(),
                        portions,
                    });
                }
            }
        }
        let consents = before.consents.of(&report.id).filter(|c| c.is_live(moment));
        let requests = before.requests.of(&report.id);
        all.push(Stopped {
            report: report.id.clone(),
            version: report.version,
            holders: (holding.deliveries.iter().map(|delivery| delivery.to.clone()))
                .filter(|to| before.home.as_ref() != Some(to))
                .collect(),
            readers,
            consents: consents.map(|consent| consent.id.clone()).collect(),
            requests: requests
                .filter(|case| case.open_portions().next().is_some())
                .map(|case| case.request.id.clone())
                .collect(),
        });
    }
    all
}

/// Everyone who might be given something.
fn people(state: &State) -> BTreeSet<PersonId> {
    let covered = state
        .consents
        .values()
        .flat_map(|consent| consent.recipients.persons.iter());
    state.persons.keys().chain(covered).cloned().collect()
}

/// No purpose at all, and all that the arrangement, a consent or a marking under it names.
fn purposes(state: &State, arrangement: &ArrangementId) -> BTreeSet<Option<Purpose>> {
    let terms = state
        .arrangements
        .get(arrangement)
        .and_then(|known| known.purposes.as_ref());
    let agreed = state.consents.values().filter_map(|consent| consent.purposes.as_ref());
    let reports = state.reports.values().filter_map(|holding| holding.latest());
    let portions = reports.flat_map(|report| &report.portions);
    let marked = portions.filter_map(|portion| portion.label.purposes.only.as_ref());
    let named = terms
        .into_iter()
        .chain(agreed)
        .chain(marked)
        .flatten()
        .cloned()
        .map(Some);
    named.chain([None]).collect()
}
