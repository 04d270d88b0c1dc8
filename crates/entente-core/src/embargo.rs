//! Embargoes: a moment before which nothing of a text goes further than to whom its originator gave it.
//!
//! Each originator says so of its own text, on a report or on some of its portions; an arrangement says so as a term. Of
//! several that hold for a text the latest moment counts. The originator moves or ends what it set, and a disclosure breaks
//! it for what is out; its last word holds, in whatever order its words arrive.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arrangement::CLOCK_TOLERANCE;
use crate::ids::{PartyPath, PortionId, PortionRef, ReportId};
use crate::report::Lineage;
use crate::state::State;

/// The last word of one party about an embargo on a report, or on one of its portions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Embargo {
    /// Whose word it is.
    pub by: PartyPath,
    /// The report, in all its versions.
    pub report: ReportId,
    /// The portion; all of the report where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portion: Option<PortionId>,
    /// Whether it only hands on the embargo of what the text rests on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub handed_on: bool,
    /// The number of this word among that party's own about it, from 1: the higher one holds, whatever clocks say.
    pub revision: u64,
    /// Until when; `None` once it has been ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Portions that a disclosure has freed of it, and since when they are out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub broken: BTreeMap<PortionId, Timestamp>,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When it was said, by that party's clock.
    pub at: Timestamp,
}

impl Embargo {
    /// What it is kept by.
    pub fn key(&self) -> String {
        let Self { by, report, .. } = self;
        let portion = self.portion.as_ref().map_or(String::new(), |id| format!("/{id}"));
        let handed_on = if self.handed_on { " handed on" } else { "" };
        format!("{by} {report}{portion}{handed_on}")
    }

    /// Whether this word replaces an earlier one: by its number; on a tie what stops more holds.
    pub fn supersedes(&self, known: &Self) -> bool {
        let weight = |word: &Self| (word.revision, word.until);
        weight(self) > weight(known) || (weight(self) == weight(known) && self.broken.len() < known.broken.len())
    }

    /// Until when it holds for a portion, if it does at all.
    pub fn holds_for(&self, portion: &PortionId) -> Option<Timestamp> {
        let named = self.portion.as_ref().is_none_or(|named| named == portion);
        self.until.filter(|_| named && !self.broken.contains_key(portion))
    }

    /// What it is on, in words.
    pub fn on(&self) -> String {
        match &self.portion {
            Some(portion) => format!("portion {portion} of {}", self.report),
            None => self.report.to_string(),
        }
    }
}

/// Until when each originator holds a text back.
pub(crate) type Held = BTreeMap<PartyPath, Timestamp>;

/// Adds a moment: of two of one party's the later holds.
pub(crate) fn hold(all: &mut Held, by: &PartyPath, until: Timestamp) {
    let known = all.entry(by.clone()).or_insert(until);
    *known = until.max(*known);
}

impl State {
    /// The words on one portion, by those who may speak of it: its author and its originators. Not what it rests on.
    pub(crate) fn embargoes_on(&self, portion: &PortionRef, lineage: &Lineage) -> Held {
        let mut found = Held::new();
        if self.embargoes.is_empty() {
            return found;
        }
        let held = self.reports.get(&portion.report);
        let version = held.and_then(|held| held.versions.get(&portion.version));
        let author = version.map(|report| &report.originator);
        for embargo in self.embargoes.of(&portion.report) {
            let entitled = author == Some(&embargo.by) || lineage.originators().any(|party| *party == embargo.by);
            if let Some(until) = embargo.holds_for(&portion.portion).filter(|_| entitled) {
                hold(&mut found, &embargo.by, until);
            }
        }
        found
    }

    /// An originator's word about an embargo, unless a later one is known.
    pub(crate) fn set_embargo(&mut self, embargo: &Embargo) -> bool {
        let key = embargo.key();
        let newer = self.embargoes.get(&key).is_none_or(|known| embargo.supersedes(known));
        if newer {
            self.embargoes.insert(key, embargo.clone());
        }
        newer
    }

    /// Until when a portion goes no further, where that moment has not come.
    pub fn held_back(&self, portion: &PortionRef, now: Timestamp) -> Option<Timestamp> {
        let until = self.embargoed_until(portion);
        until.filter(|until| now.duration_since(*until) < CLOCK_TOLERANCE)
    }

    /// Until when a portion is under embargo, with what it rests on: the latest moment, whether that has come or not.
    pub fn embargoed_until(&self, portion: &PortionRef) -> Option<Timestamp> {
        let lineage = self.lineage_of(portion)?;
        let below = crate::decide::embargoes_below(self, &lineage);
        let terms = lineage.iter().flat_map(|(_, origin)| &origin.arrangements);
        let terms = terms.filter_map(|id| self.arrangements.get(id)?.not_before);
        let own = self.embargoes_on(portion, &lineage);
        own.into_values().chain(below.into_values()).chain(terms).max()
    }
}
