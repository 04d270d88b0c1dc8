//! What a consent reaches: the portions that it names, and what became of them in later versions.
//!
//! It follows a portion whose text, mark and lineage are the same, whatever the portion is called there; a standing one
//! also follows a portion of the same name through changed text. Nothing else is opened by it: not what stands beside
//! it, not what was asked for with it, and not a text whose mark or originators have changed.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::ids::{PortionId, PortionRef};
use crate::report::{Lineage, Portion};
use crate::request::Consent;
use crate::state::State;

/// The portions that a consent reaches.
#[derive(Debug)]
pub(crate) struct Reach<'s> {
    state: &'s State,
    consent: &'s Consent,
    /// The portions that it names, by their text and by their names, where there is more than one version that it could
    /// be about.
    by_text: HashMap<String, Vec<(u32, &'s Portion)>>,
    by_name: HashMap<&'s PortionId, Vec<(u32, &'s Portion)>>,
}

impl<'s> Reach<'s> {
    pub(crate) fn of(state: &'s State, consent: &'s Consent) -> Self {
        let mut reach = Self {
            state,
            consent,
            by_text: HashMap::new(),
            by_name: HashMap::new(),
        };
        let held = state.reports.get(&consent.report);
        if let Some(held) = held.filter(|held| held.versions.len() > 1) {
            for (version, report) in &held.versions {
                let named = |portion: &&Portion| consent.names(&report.reference(&portion.id));
                for portion in report.portions.iter().filter(named) {
                    let by_text = reach.by_text.entry(normal(&portion.text)).or_default();
                    by_text.push((*version, portion));
                    reach.by_name.entry(&portion.id).or_default().push((*version, portion));
                }
            }
        }
        reach
    }

    /// Whether it reaches a portion; one that is not held here only by its name.
    pub(crate) fn covers(&self, reference: &PortionRef) -> bool {
        let held = || self.state.portion(reference);
        self.consent.report == reference.report
            && (self.consent.names(reference) || held().is_some_and(|portion| self.follows(reference.version, portion)))
    }

    /// The same for a portion that is at hand.
    pub(crate) fn covers_text(&self, reference: &PortionRef, portion: &Portion) -> bool {
        self.consent.report == reference.report
            && (self.consent.names(reference) || self.follows(reference.version, portion))
    }

    fn follows(&self, version: u32, portion: &Portion) -> bool {
        let unchanged = |(named, then): &(u32, &Portion)| *named < version && same_terms(then, portion);
        let any = |of: Option<&Vec<(u32, &Portion)>>| of.is_some_and(|of| of.iter().any(unchanged));
        !self.by_name.is_empty()
            && (self.consent.standing && any(self.by_name.get(&portion.id))
                || any(self.by_text.get(&normal(&portion.text))))
    }
}

/// Whether two portions have the same mark, the same originators, and these the same terms. Who received them is not
/// among the terms: that changes with each delivery.
fn same_terms(then: &Portion, now: &Portion) -> bool {
    let terms = |lineage: &Lineage| -> Vec<_> {
        let each = lineage.iter();
        each.map(|(party, origin)| (party.clone(), origin.arrangements.clone(), origin.from.clone()))
            .collect()
    };
    then.label == now.label && then.tear_line == now.tear_line && terms(&then.lineage) == terms(&now.lineage)
}

/// A text without what does not change it: the form of its characters, and how it is spaced.
fn normal(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").nfc().collect()
}
