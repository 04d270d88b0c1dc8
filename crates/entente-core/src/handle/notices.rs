//! Notices to the originators of what happened to their portions, by the names that they know.

use std::collections::{BTreeMap, BTreeSet};

use crate::decide::answering;
use crate::disclosure::Notice;
use crate::ids::{DisclosureId, PartyPath, PortionId, PortionRef, ReportId};
use crate::message::Message;
use crate::state::State;

/// What one originator is told of a record: portions by the names that it knows, each with those it stands for.
pub(super) struct Part {
    pub(super) report: ReportId,
    pub(super) version: u32,
    pub(super) portions: BTreeMap<PortionId, BTreeSet<PortionId>>,
}

/// Notices to the originators of portions, each only about its own: one for each of their reports, under ids of its own.
pub(super) fn notices(
    state: &State,
    home: &PartyPath,
    (report, version, portions): (&ReportId, u32, &BTreeSet<PortionId>),
    notice: impl Fn(&Part, usize) -> Notice,
) -> Vec<(PartyPath, Message)> {
    let mut parts: BTreeMap<PartyPath, BTreeMap<(ReportId, u32), Part>> = BTreeMap::new();
    for id in portions {
        let reference = PortionRef {
            report: report.clone(),
            version,
            portion: id.clone(),
        };
        // Owners that only the mark names are told as well, where they can be reached.
        let lineage = state.lineage_of(&reference).unwrap_or_default();
        let behind = |party: &PartyPath| lineage.originators().any(|originator| originator == party);
        let told = answering(state, &reference).into_iter();
        let told = told.filter(|party| behind(party) || state.parties.contains_key(party));
        for party in told.filter(|party| !party.includes(home)) {
            for named in state.named_for(&party, &reference) {
                let reports = parts.entry(party.clone()).or_default();
                let part = reports
                    .entry((named.report.clone(), named.version))
                    .or_insert_with(|| Part {
                        report: named.report.clone(),
                        version: named.version,
                        portions: BTreeMap::new(),
                    });
                part.portions.entry(named.portion).or_default().insert(id.clone());
            }
        }
    }
    let each = parts.into_iter().flat_map(|(party, parts)| {
        let numbered = parts.into_values().enumerate();
        numbered
            .map(move |(n, part)| (party.clone(), n, part))
            .collect::<Vec<_>>()
    });
    each.map(|(party, n, part)| (party, Message::Notice(notice(&part, n))))
        .collect()
}

/// The id of the `n`-th notice about one record.
pub(super) fn numbered(id: &DisclosureId, n: usize) -> DisclosureId {
    match n {
        0 => id.clone(),
        n => DisclosureId::new(format!("{id}-{}", n + 1)).unwrap_or_else(|_| id.clone()),
    }
}
