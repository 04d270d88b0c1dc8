//! What a consent reaches: the portions that it names, and what became of them in later versions.
//!
//! It follows a portion whose text, mark in force and lineage are the same, whatever the portion is called there; a
//! standing one also follows a portion of the same name through changed text. Nothing else is opened by it: not what stands
//! beside it, not what was asked for with it, and not a text whose mark or originators have changed. Once a portion that it
//! names asks for more than when it was given, it counts no longer until it is given anew.

use std::borrow::Cow;
use std::collections::HashMap;

use entente_marking::Label;

use crate::handle::same_words;
use crate::ids::{PortionId, PortionRef};
use crate::in_force::{InForce, MarksInForce};
use crate::report::{Lineage, Portion};
use crate::request::Consent;
use crate::state::State;

/// The portions that a consent reaches.
#[derive(Clone, Debug)]
pub(crate) struct Reach<'s> {
    state: &'s State,
    consent: &'s Consent,
    /// The portions that it names, by their text and by their names, where there is more than one version that it could
    /// be about.
    by_text: HashMap<String, Vec<Named<'s>>>,
    by_name: HashMap<&'s PortionId, Vec<Named<'s>>>,
}

/// A portion that a consent names.
#[derive(Clone, Debug)]
struct Named<'s> {
    version: u32,
    portion: &'s Portion,
    /// What it asked for when the consent was given.
    asked: Cow<'s, Label>,
}

impl<'s> Reach<'s> {
    pub(crate) fn of(state: &'s State, consent: &'s Consent, marks: &MarksInForce<'s>) -> Self {
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
                for portion in report.with_title().filter(named) {
                    let named = Named {
                        version: *version,
                        portion,
                        asked: asked(
                            consent,
                            &report.reference(&portion.id),
                            marks.as_written(report, portion),
                        ),
                    };
                    let by_text = reach.by_text.entry(same_words(&portion.text)).or_default();
                    by_text.push(named.clone());
                    reach.by_name.entry(&portion.id).or_default().push(named);
                }
            }
        }
        reach
    }

    /// Whether it reaches a portion; one that is not held here only by its name.
    pub(crate) fn covers(&self, reference: &PortionRef, marks: &MarksInForce<'s>) -> bool {
        let held = || self.state.portion(reference).zip(marks.of(reference));
        self.consent.report == reference.report
            && match held() {
                Some((portion, now)) => self.covers_text(reference, portion, &now),
                None => self.consent.names(reference),
            }
    }

    /// The same for a portion that is at hand, with what it asks for now.
    pub(crate) fn covers_text(&self, reference: &PortionRef, portion: &Portion, now: &InForce<'_>) -> bool {
        let still = || asked(self.consent, reference, Cow::Borrowed(&now.written)).dominates(&now.label);
        self.consent.report == reference.report
            && (self.consent.names(reference) && (!now.is_raised() || still())
                || self.follows(reference.version, portion, &now.label))
    }

    /// The same for a title without a mark of its own: by name only, as long as it asks for no more than was stated.
    pub(crate) fn covers_title(&self, reference: &PortionRef, now: &InForce<'_>) -> bool {
        let stated = || asked(self.consent, reference, Cow::Owned(Label::unrestricted()));
        self.consent.names(reference) && stated().dominates(&now.label)
    }

    fn follows(&self, version: u32, portion: &Portion, now: &Label) -> bool {
        let unchanged =
            |then: &Named<'_>| then.version < version && *then.asked == *now && same_terms(then.portion, portion);
        let any = |of: Option<&Vec<Named<'_>>>| of.is_some_and(|of| of.iter().any(unchanged));
        !self.by_name.is_empty()
            && (self.consent.standing && any(self.by_name.get(&portion.id))
                || any(self.by_text.get(&same_words(&portion.text))))
    }
}

/// What a portion asked for when a consent that names it was given.
fn asked<'s>(consent: &Consent, portion: &PortionRef, written: Cow<'s, Label>) -> Cow<'s, Label> {
    let stated = consent.marks.iter().filter(|(named, _)| named == portion);
    stated.fold(written, |all, (_, label)| Cow::Owned(all.join(label)))
}

/// Whether two portions have the same originators, and these the same terms. Who received them is not among the terms:
/// that changes with each delivery.
fn same_terms(then: &Portion, now: &Portion) -> bool {
    let terms = |lineage: &Lineage| -> Vec<_> {
        let each = lineage.iter();
        each.map(|(party, origin)| (party.clone(), origin.arrangements.clone(), origin.from.clone()))
            .collect()
    };
    then.tear_line == now.tear_line && terms(&then.lineage) == terms(&now.lineage)
}
