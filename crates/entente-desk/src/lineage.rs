//! What rests on a report: every portion held here that was derived from it, directly or through others.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::{PartyPath, PortionRef, ReportId, State};
use serde::Serialize;

/// A portion that rests on a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resting {
    /// The portion.
    pub portion: PortionRef,
    /// Who wrote the report that it stands in.
    pub originator: PartyPath,
    /// What it rests on directly.
    pub rests_on: BTreeSet<PortionRef>,
    /// To whom this party delivered it.
    pub holders: BTreeSet<PartyPath>,
}

/// All portions held here that rest on a report, nearest first.
pub fn resting_on(state: &State, report: &ReportId) -> Vec<Resting> {
    let mut above: BTreeMap<PortionRef, Vec<Resting>> = BTreeMap::new();
    for (id, holding) in state.reports.iter() {
        for version in holding.versions.values() {
            let delivered = holding
                .deliveries
                .iter()
                .filter(|delivery| delivery.version == version.version);
            let away = delivered.filter(|delivery| Some(&delivery.by) == state.home.as_ref());
            let holders: BTreeSet<PartyPath> = away.map(|delivery| delivery.to.clone()).collect();
            for portion in &version.portions {
                let bases: BTreeSet<PortionRef> = portion
                    .lineage
                    .iter()
                    .flat_map(|(_, origin)| origin.from.iter().cloned())
                    .collect();
                for base in bases.iter().filter(|base| base.report != *id) {
                    above.entry(base.clone()).or_default().push(Resting {
                        portion: version.reference(&portion.id),
                        originator: version.originator.clone(),
                        rests_on: bases.clone(),
                        holders: holders.clone(),
                    });
                }
            }
        }
    }
    let mut found: Vec<Resting> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut layer: Vec<PortionRef> = above.keys().filter(|base| base.report == *report).cloned().collect();
    while !layer.is_empty() {
        let mut next = Vec::new();
        for resting in layer.iter().filter_map(|base| above.get(base)).flatten() {
            if seen.insert(resting.portion.clone()) {
                next.push(resting.portion.clone());
                found.push(resting.clone());
            }
        }
        layer = next;
    }
    found
}
