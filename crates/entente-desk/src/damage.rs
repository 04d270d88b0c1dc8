//! What a case cost besides sources: what rests on what is out, and who learned which facts.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::handle::known_disclosure;
use entente_core::incident::{Incident, SourceDamage, What};
use entente_core::{Disclosure, Fact, PortionRef, ReportId, State};
use serde::Serialize;

use crate::moment::Moment;
use crate::reading::readable;
use crate::view::View;

/// What a case cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Damage {
    /// This party's sources, as they were last assessed; `None` before there was an assessment.
    pub assessed: Option<Vec<SourceDamage>>,
    /// Portions of other reports that rest on what is out, as far as the reader may know them.
    pub dependents: Vec<Dependent>,
    /// Who learned which facts.
    pub learned: BTreeMap<String, BTreeSet<String>>,
}

/// A portion that rests on what is out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dependent {
    /// Which one.
    pub portion: PortionRef,
    /// On what.
    pub rests_on: BTreeSet<PortionRef>,
}

/// What a case cost.
pub(crate) fn damage(
    moment: &Moment<'_>,
    incident: &Incident,
    exposed: &BTreeSet<PortionRef>,
    view: &View<'_>,
) -> Damage {
    let last = incident.entries.iter().rev().find_map(|entry| match &entry.what {
        What::Assessed { sources, .. } => Some(sources.clone()),
        _ => None,
    });
    Damage {
        assessed: last,
        dependents: dependents(moment, exposed, view),
        learned: learned(moment.state(), incident),
    }
}

fn dependents(moment: &Moment<'_>, exposed: &BTreeSet<PortionRef>, view: &View<'_>) -> Vec<Dependent> {
    let mut resting: BTreeMap<PortionRef, BTreeSet<PortionRef>> = BTreeMap::new();
    let state = moment.state();
    let bases: BTreeSet<&ReportId> = exposed.iter().map(|portion| &portion.report).collect();
    for report in state
        .with_resting(&bases)
        .values()
        .filter_map(|holding| holding.latest())
    {
        for portion in &report.portions {
            let bases = portion.lineage.iter().flat_map(|(_, origin)| &origin.from);
            let out: BTreeSet<PortionRef> = bases.filter(|base| exposed.contains(base)).cloned().collect();
            if !out.is_empty() {
                resting.insert(report.reference(&portion.id), out);
            }
        }
    }
    let known = readable(moment, &resting.keys().cloned().collect(), view);
    let known = resting.into_iter().filter(|(portion, _)| known.contains(portion));
    known
        .map(|(portion, rests_on)| Dependent { portion, rests_on })
        .collect()
}

fn learned(state: &State, incident: &Incident) -> BTreeMap<String, BTreeSet<String>> {
    let mut gain: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for disclosure in incident.disclosures.iter().filter_map(|id| known_disclosure(state, id)) {
        let facts = state.facts.get(&disclosure.report).into_iter().flatten();
        let told: BTreeSet<String> = facts
            .filter(|fact| was_told(disclosure, fact))
            .map(|fact| format!("{}/{}", disclosure.report, fact.id))
            .collect();
        for person in &disclosure.audience {
            gain.entry(person.to_string()).or_default().extend(told.clone());
        }
    }
    gain.retain(|_, facts| !facts.is_empty());
    gain
}

fn was_told(disclosure: &Disclosure, fact: &Fact) -> bool {
    match disclosure.learned.is_empty() {
        true => disclosure.portions.contains(&fact.portion),
        false => disclosure.learned.iter().any(|learned| learned.fact == fact.id),
    }
}
