//! Whom a case concerns: what of it is out, and who must be told.

use std::collections::{BTreeMap, BTreeSet};

use super::Context;
use super::report::barred_from;
use crate::disclosure::{Disclosure, Notice};
use crate::ids::{DisclosureId, PartyPath, PortionId, PortionRef, ReportId};
use crate::incident::{Incident, Why};
use crate::named::{Called, Named};
use crate::report::Lineage;
use crate::source::ProtectedSource;
use crate::state::State;

/// A disclosure that is known here: recorded here, or told by the party that is named, or by any where none is.
pub fn known_disclosure<'s>(state: &'s State, called: &Called<DisclosureId>) -> Option<&'s Disclosure> {
    let own = (called.by.is_none() || called.by == state.home).then(|| state.disclosures.get(&called.id));
    let told = || told_as(state, called).next().map(|(_, disclosure)| disclosure);
    own.flatten().or_else(told)
}

/// The disclosures that partners told of under a name.
pub(super) fn told_as<'s>(
    state: &'s State,
    called: &Called<DisclosureId>,
) -> impl Iterator<Item = (&'s Named<DisclosureId>, &'s Disclosure)> + use<'s> {
    let all = called.all(&state.notices).into_iter();
    all.filter_map(|(named, (_, notice))| match notice {
        Notice::Disclosure(disclosure) => Some((named, disclosure)),
        Notice::Override(_) => None,
    })
}

/// The portions that a case is about.
pub fn exposed_portions(state: &State, incident: &Incident) -> BTreeSet<PortionRef> {
    let known = incident.disclosures.iter().filter_map(|id| known_disclosure(state, id));
    known
        .flat_map(|d| {
            let unpermitted = d
                .portions
                .iter()
                .filter(|portion| d.permitted.get(*portion) != Some(&true));
            unpermitted.map(|portion| PortionRef {
                report: d.report.clone(),
                version: d.version,
                portion: portion.clone(),
            })
        })
        .collect()
}

/// Who must be told, why, and which part each is told.
///
/// Originators of what is out; those who hold it from this party; those who hold something that rests on it; those who
/// hold another report of the same source. Less the party itself, and what a party is barred from by the label. Only
/// portions are named that the party knows: of a report that it wrote, or that passed between the two; of others, the
/// portions of its own on which they rest.
pub fn must_be_told(
    state: &State,
    incident: &Incident,
    context: &Context<'_>,
) -> BTreeMap<PartyPath, (BTreeSet<Why>, BTreeSet<PortionRef>)> {
    let mut all: BTreeMap<PartyPath, BTreeMap<PortionRef, BTreeSet<Why>>> = BTreeMap::new();
    let mut add = |party: &PartyPath, why: Why, portion: PortionRef| {
        let portions = all.entry(party.clone()).or_default();
        portions.entry(portion).or_default().insert(why);
    };
    let exposed = exposed_portions(state, incident);
    for portion in &exposed {
        let lineage = state.portion(portion).map(|known| &known.lineage);
        for party in lineage.into_iter().flat_map(Lineage::originators) {
            for named in state.named_for(party, portion) {
                add(party, Why::Originator, named);
            }
        }
        for (holder, held) in holders_of(state, portion) {
            add(holder, Why::Holder, held);
        }
    }
    let bases: BTreeSet<&ReportId> = exposed.iter().map(|portion| &portion.report).collect();
    for report in state
        .with_resting(&bases)
        .values()
        .flat_map(|holding| holding.versions.values())
    {
        for portion in &report.portions {
            let mut bases = portion.lineage.iter().flat_map(|(_, origin)| &origin.from);
            if bases.any(|base| exposed.contains(base)) {
                add(&report.originator, Why::RestsOnIt, report.reference(&portion.id));
                for holder in holders(state, &report.id, report.version, portion.id.clone()) {
                    add(holder, Why::RestsOnIt, report.reference(&portion.id));
                }
            }
        }
    }
    let concerned = |source: &&ProtectedSource| exposed.iter().any(|p| source.reports.contains(&p.report));
    for source in state.sources.values().filter(concerned) {
        let others = source
            .reports
            .iter()
            .filter(|id| !exposed.iter().any(|portion| portion.report == **id));
        for report in others
            .filter_map(|id| state.reports.get(id))
            .flat_map(|holding| holding.versions.values())
        {
            for portion in &report.portions {
                for holder in holders(state, &report.id, report.version, portion.id.clone()) {
                    add(holder, Why::SameSource, report.reference(&portion.id));
                }
            }
        }
    }
    let outside = |party: &PartyPath| state.home.as_ref().is_some_and(|home| !home.includes(party));
    let told = all
        .into_iter()
        .filter(|(party, _)| outside(party))
        .map(|(party, mut portions)| {
            portions
                .retain(|portion, why| why.contains(&Why::Originator) || !barred_from(state, portion, &party, context));
            let why = portions.values().flatten().copied().collect();
            (party, (why, portions.into_keys().collect::<BTreeSet<_>>()))
        });
    told.filter(|(_, (_, portions))| !portions.is_empty()).collect()
}

/// Those who hold a portion from this party, in whichever version, each by the version that it holds.
fn holders_of<'s>(state: &'s State, portion: &PortionRef) -> impl Iterator<Item = (&'s PartyPath, PortionRef)> {
    let versions = state
        .reports
        .get(&portion.report)
        .into_iter()
        .flat_map(|holding| holding.versions.values());
    let name = portion.portion.clone();
    let same = versions.filter(move |report| report.portion(&name).is_some());
    let name = portion.portion.clone();
    same.flat_map(move |report| {
        let held = report.reference(&name);
        let of_it = held.portion.clone();
        holders(state, &report.id, report.version, of_it).map(move |holder| (holder, held.clone()))
    })
}

/// Those to whom this party delivered a version of a report.
fn holders<'s>(
    state: &'s State,
    report: &ReportId,
    version: u32,
    portion: PortionId,
) -> impl Iterator<Item = &'s PartyPath> {
    let deliveries = state
        .reports
        .get(report)
        .into_iter()
        .flat_map(|holding| &holding.deliveries);
    let sent = deliveries.filter(move |delivery| {
        delivery.version == version && delivery.brought(&portion) && Some(&delivery.by) == state.home.as_ref()
    });
    sent.map(|delivery| &delivery.to)
}
