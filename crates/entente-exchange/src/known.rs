//! What is said in texts that are held here: a copy of one keeps its mark and its originators.

use std::collections::HashMap;
use std::sync::Arc;

use entente_core::handle::same_words;
use entente_core::{Holding, PortionId, PortionRef, ReportId, State};

use crate::compose::REST;

/// Texts at least this long are recognised where they are held here: shorter ones are alike by chance.
const KNOWN_TEXT: usize = 24;

/// What is said in texts that are held here, as far as they were written here or delivered.
#[derive(Clone, Debug, Default)]
pub struct Known(HashMap<String, Vec<PortionRef>>);

impl Known {
    /// Of everything that is held.
    pub fn of(state: &State) -> Self {
        let mut known = Self::default();
        state.reports.values().for_each(|holding| known.add(holding));
        known
    }

    /// The same after something changed. What is no longer held stays until a text is destroyed: whoever looks something up
    /// looks whether it is held.
    pub fn followed(known: Arc<Self>, before: &State, state: &State) -> Arc<Self> {
        let changed = before.reports.differing(&state.reports);
        let held = |id: &ReportId| state.reports.get(id);
        let destroyed = |id: &ReportId| held(id).is_none_or(|holding| !holding.destroyed.is_empty());
        match changed {
            Some(changed) if changed.is_empty() => known,
            Some(changed) if !changed.iter().any(destroyed) => {
                let mut known = Arc::unwrap_or_clone(known);
                changed.iter().filter_map(held).for_each(|holding| known.add(holding));
                Arc::new(known)
            }
            _ => Arc::new(Self::of(state)),
        }
    }

    fn add(&mut self, holding: &Holding) {
        let rest = PortionId::stored(REST).ok();
        let held = holding.versions.values();
        for report in held.filter(|report| rest.as_ref().is_none_or(|rest| report.portion(rest).is_none())) {
            for portion in report.with_title().filter(|portion| portion.text.len() >= KNOWN_TEXT) {
                self.say(&portion.text, std::iter::once(report.reference(&portion.id)));
            }
            // A title without a mark of its own is of all that is in the report.
            if report.title.portion().is_none() && report.title.text().len() >= KNOWN_TEXT {
                let all = report.portions.iter().map(|portion| report.reference(&portion.id));
                self.say(report.title.text(), all);
            }
        }
    }

    fn say(&mut self, text: &str, by: impl Iterator<Item = PortionRef>) {
        let words = same_words(&entente_core::plain::text(text));
        let same = self.0.entry(words).or_default();
        for portion in by {
            if !same.contains(&portion) {
                same.push(portion);
            }
        }
    }

    /// The held portions that say the same.
    pub(crate) fn alike(&self, text: &str) -> &[PortionRef] {
        match text.len() >= KNOWN_TEXT {
            true => self.0.get(&same_words(text)).map_or(&[], Vec::as_slice),
            false => &[],
        }
    }
}
