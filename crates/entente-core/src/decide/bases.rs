//! What a portion rests on: where that is recalled, withdrawn, expired or on hold, the portion is too, however far down.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::embargo::{Held, hold};
use crate::ids::PortionRef;
use crate::report::Lineage;
use crate::state::State;

/// The most portions followed down a lineage: deeper ones are nobody's work, and unknown means deny.
const MAX_BASES: usize = 4096;

/// The state of everything that a portion rests on, as far as it is held here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bases {
    /// What became of one of them, if nothing that rests on it may be read.
    pub(crate) closed: Option<&'static str>,
    /// Whether releases of one of them are on hold.
    pub(crate) on_hold: bool,
    /// When the first of them expires.
    pub(crate) expires: Option<Timestamp>,
    /// Until when each originator below holds it back.
    pub(crate) embargoes: Held,
}

/// Until when each originator of what a text rests on holds it back.
pub(crate) fn embargoes_below(state: &State, lineage: &Lineage) -> Held {
    match state.embargoes.is_empty() {
        true => Held::new(),
        false => bases(state, lineage).embargoes,
    }
}

/// Follows a lineage down.
pub(crate) fn bases(state: &State, lineage: &Lineage) -> Bases {
    let mut found = Bases::default();
    let below = |lineage: &Lineage| {
        lineage
            .iter()
            .flat_map(|(_, origin)| origin.from.clone())
            .collect::<Vec<_>>()
    };
    let (mut seen, mut open) = (BTreeSet::new(), below(lineage));
    while let Some(base) = open.pop() {
        if seen.len() >= MAX_BASES {
            found.closed = Some("too much to follow");
            return found;
        }
        if seen.contains(&base) {
            continue;
        }
        found.look_at(state, &base);
        open.extend(
            state
                .portion(&base)
                .map(|portion| below(&portion.lineage))
                .unwrap_or_default(),
        );
        seen.insert(base);
    }
    found
}

impl Bases {
    fn look_at(&mut self, state: &State, base: &PortionRef) {
        let Some(holding) = state.reports.get(&base.report) else {
            return;
        };
        let recall = state.recall_of(&base.report, base.version);
        if holding.withdrawn.is_some() {
            self.closed = Some("withdrawn");
        } else if recall.is_some_and(|recall| recall.action.bars_readers()) {
            self.closed = Some("recalled");
        }
        self.on_hold |= holding.on_hold.is_some();
        let lineage = state.lineage_of(base).unwrap_or_default();
        for (by, until) in state.embargoes_on(base, &lineage) {
            hold(&mut self.embargoes, &by, until);
        }
        let end = holding.versions.get(&base.version).and_then(|report| report.expires);
        self.expires = self.expires.into_iter().chain(end).min();
    }
}
