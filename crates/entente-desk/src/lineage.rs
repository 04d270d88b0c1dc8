//! What rests on a report: every portion held here that was derived from it, directly or through others.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::{InForce, MarksInForce, PartyPath, PortionRef, ReportId, State};
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
    /// What it is read under now, where that is stricter than what is written on it: until its owner answers with a version
    /// that is at least as strict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_as: Option<String>,
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
            for portion in version.with_title() {
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
                        read_as: None,
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
    let marks = MarksInForce::new(state);
    for resting in &mut found {
        let now = marks.of(&resting.portion).filter(InForce::is_raised);
        resting.read_as = now.map(|now| now.mark().into_owned());
    }
    found
}

/// What rests on a report and is read more strictly than it is written, in the latest version of each.
pub fn raised_by(state: &State, report: &ReportId) -> Vec<Resting> {
    let latest = |portion: &PortionRef| {
        let held = state.reports.get(&portion.report).and_then(|holding| holding.latest());
        held.is_some_and(|latest| latest.version == portion.version)
    };
    let mut all = resting_on(state, report);
    all.retain(|resting| resting.read_as.is_some() && latest(&resting.portion));
    all
}

impl Resting {
    /// What its owner has to know.
    pub fn says(&self) -> Option<String> {
        let mark = self.read_as.as_ref()?;
        Some(format!(
            "{} of {} rests on it and is read as {mark}, until a version of it is marked at least as strictly",
            self.portion, self.originator
        ))
    }
}
