//! Which facts are about which text: a fact follows a portion whose text is unchanged, whatever it is called in another
//! version. Where the text changed, the fact is stale: it says nothing about the new text.

use std::collections::BTreeSet;

use crate::fact::Fact;
use crate::handle::same_words;
use crate::ids::{PortionId, PortionRef, ReportId};
use crate::report::{Report, TITLE};
use crate::state::State;

/// A text of a version: of a portion, or of its title.
fn text<'r>(report: &'r Report, portion: &PortionId) -> Option<&'r str> {
    match report.portion(portion) {
        Some(portion) => Some(&portion.text),
        None => (portion.as_str() == TITLE).then(|| report.title.text()),
    }
}

impl State {
    /// The facts of a report that are about a text as it stands.
    pub fn facts_about(&self, reference: &PortionRef) -> Vec<&Fact> {
        let facts = self.facts.get(&reference.report).map_or(&[][..], Vec::as_slice);
        let is_about = |fact: &&Fact| self.is_about(fact, reference);
        facts.iter().filter(is_about).collect()
    }

    /// Whether a fact is about a text as it stands in a version.
    fn is_about(&self, fact: &Fact, reference: &PortionRef) -> bool {
        let Some(holding) = self.reports.get(&reference.report) else {
            return false;
        };
        if self.facts_of.get(&reference.report) == Some(&reference.version) {
            return fact.portion == reference.portion;
        }
        let now = holding.versions.get(&reference.version);
        let Some(now) = now.and_then(|report| text(report, &reference.portion)) else {
            return false;
        };
        let same = |report: &Report| {
            let then = text(report, &fact.portion);
            then.is_some_and(|then| then == now || same_words(then) == same_words(now))
        };
        match self.facts_of.get(&reference.report) {
            Some(version) => holding.versions.get(version).is_some_and(same),
            // For which version they were written is not known: they are about what never changed.
            None => fact.portion == reference.portion && holding.versions.values().all(same),
        }
    }

    /// The portion of a version that a fact is about; the one of its own name first.
    pub fn portion_of(&self, report: &ReportId, version: u32, fact: &Fact) -> Option<PortionId> {
        let held = self.reports.get(report)?.versions.get(&version)?;
        let title = PortionId::title();
        let all = [&fact.portion]
            .into_iter()
            .chain(held.portions.iter().map(|portion| &portion.id))
            .chain([&title]);
        let mut about = all.filter(|id| self.is_about(fact, &held.reference(id)));
        about.next().cloned()
    }

    /// The facts of a report that are about its latest version, each in the portion where its text stands now.
    pub fn current_facts(&self, report: &ReportId) -> Vec<Fact> {
        let Some(latest) = self.reports.get(report).and_then(|holding| holding.latest()) else {
            return Vec::new();
        };
        let facts = self.facts.get(report).into_iter().flatten();
        let current = facts.filter_map(|fact| {
            Some(Fact {
                portion: self.portion_of(report, latest.version, fact)?,
                ..fact.clone()
            })
        });
        current.collect()
    }

    /// The facts of a report whose text its latest version has no longer: they say nothing about it.
    pub fn stale_facts(&self, report: &ReportId) -> Vec<&Fact> {
        let current: BTreeSet<_> = self.current_facts(report).into_iter().map(|fact| fact.id).collect();
        let facts = self.facts.get(report).into_iter().flatten();
        facts.filter(|fact| !current.contains(&fact.id)).collect()
    }
}
