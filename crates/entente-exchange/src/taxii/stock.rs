//! What of one version of a report a caller has in sight, by name.

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use entente_core::{ArrangementId, PersonId, Portion, Report, ReportId};
use entente_desk::Moment;
use entente_desk::reading::May;
use jiff::Timestamp;
use serde_json::Value;

use crate::exporting::Handing;
use crate::json::text;
use crate::stix::{moment, note_id};
use crate::{OutPortion, Table, Writing, carried, stix, uuid};

/// An object by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its id.
    pub id: Box<str>,
    /// Its version: when it was modified or made; empty where it says neither.
    pub version: Box<str>,
    /// Whether it is of STIX 2.0.
    pub is_20: bool,
    /// The place in the report of the portion that it is, where it is one.
    pub portion: Option<usize>,
}

impl Key {
    /// Of an object that is no portion.
    fn of(object: &Value) -> Option<Self> {
        Some(Self {
            id: text(object, "id")?.into(),
            version: version_of(object).into(),
            is_20: false,
            portion: None,
        })
    }

    /// Of what a portion carries through, or of the note that it is. An object of STIX 2.1 says so of itself, but for
    /// observables, which have no time at which they were made.
    fn of_portion(held: &Report, portion: &Portion, n: usize) -> Option<(Self, bool)> {
        let note = || {
            let key = Self {
                id: note_id(&held.originator, &held.id, &portion.id).into(),
                version: moment(held.created).into(),
                is_20: false,
                portion: Some(n),
            };
            Some((key, false))
        };
        let Some((format, head)) = carried::head(&portion.text) else {
            return note();
        };
        match (format, head.id) {
            ("entente", _) => None,
            ("stix", Some(id)) => {
                let is_20 = match &head.spec_version {
                    Some(version) => version == "2.0",
                    None => head.created.is_some(),
                };
                let version = head.modified.or(head.created).unwrap_or_default();
                let key = Self {
                    id: id.into(),
                    version: version.into(),
                    is_20,
                    portion: Some(n),
                };
                Some((key, true))
            }
            _ => note(),
        }
    }

    /// The type of the object.
    pub fn kind(&self) -> &str {
        self.id.split_once("--").map_or("", |(kind, _)| kind)
    }

    pub(super) fn at(&self) -> Option<Timestamp> {
        self.version.parse().ok()
    }
}

/// The version of an object.
pub(super) fn version_of(object: &Value) -> &str {
    let named = ["modified", "created"].iter().find_map(|name| text(object, name));
    named.unwrap_or_default()
}

/// What is in sight of one version of a report.
#[derive(Clone, Debug)]
pub(super) struct Stock {
    pub(super) keys: Vec<Key>,
    /// When each came into sight, in microseconds.
    pub(super) dates: Vec<i64>,
    /// The arrangements under which it is shared.
    pub(super) terms: BTreeSet<ArrangementId>,
    /// What the caller may have of it, as one number.
    pub(super) seen: u64,
    /// When it ceases to be readable.
    pub(super) expires: Option<Timestamp>,
}

/// What is looked with.
pub(super) struct Looking<'l> {
    alone: &'l Moment<'l>,
    handing: Handing<'l>,
}

impl<'l> Looking<'l> {
    pub(super) fn new(alone: &'l Moment<'l>, person: &'l PersonId, now: Timestamp) -> Self {
        let handing = Handing::new(alone, person, None, now);
        Self { alone, handing }
    }

    pub(super) fn versions(&self, id: &ReportId) -> Vec<u32> {
        let holding = self.alone.state().reports.get(id);
        holding.map_or_else(Vec::new, |holding| holding.versions.keys().copied().collect())
    }

    /// What the person may have of a version; nothing where that is nothing.
    pub(super) fn may(&mut self, id: &ReportId, version: u32) -> Option<(&'l Report, May, bool)> {
        let (held, may, all) = self.handing.may((id, Some(version))).ok()?;
        let titled = may.title && all == may.portions.len();
        (!may.portions.is_empty()).then_some((held, may, titled))
    }

    /// What is in sight of a version, without dates.
    pub(super) fn stock(&self, (held, may, titled): (&Report, &May, bool)) -> Option<Stock> {
        let (mut notes, mut carried) = (Vec::new(), Vec::new());
        let mut terms = BTreeSet::new();
        // One portion for each mark, and what is kept of the file: whatever goes with them is found in these.
        let mut some: Vec<OutPortion> = Vec::new();
        let shown = held.portions.iter().enumerate();
        for (n, portion) in shown.filter(|(_, portion)| may.portions.contains(&portion.id)) {
            let origins = portion.lineage.iter().map(|(_, origin)| origin);
            terms.extend(origins.flat_map(|origin| origin.arrangements.iter().cloned()));
            let going = self.handing.portion(held, portion);
            let alike = |one: &OutPortion| one.mark == going.mark && one.label == going.label;
            match Key::of_portion(held, portion, n) {
                Some((key, true)) => carried.push(key),
                Some((key, false)) => notes.push(key),
                None => {
                    some.push(going);
                    continue;
                }
            }
            if !some.iter().any(alike) {
                some.push(going);
            }
        }
        let going = self.handing.whole(held, some, titled)?;
        let place = Writing {
            schemes: &self.alone.library().schemes,
            state: self.alone.state(),
        };
        let around = stix::parts(&going, &place, &mut Table::default());
        let around = around.iter().filter(|(portion, _)| portion.is_none());
        let keys = around.filter_map(|(_, object)| Key::of(object));
        let mut once = HashSet::new();
        Some(Stock {
            keys: keys
                .chain(notes)
                .chain(carried)
                .filter(|key| once.insert(key.id.clone()))
                .collect(),
            dates: Vec::new(),
            terms,
            seen: sum(may, titled),
            expires: held.expires,
        })
    }
}

/// What somebody may have, as one number.
pub(super) fn sum(may: &May, titled: bool) -> u64 {
    let mut hash = DefaultHasher::new();
    (&may.portions, titled).hash(&mut hash);
    hash.finish()
}

/// The names in a stock, as one digest.
pub(super) fn names(keys: &[Key]) -> String {
    let all: Vec<&str> = keys
        .iter()
        .flat_map(|key| [key.id.as_ref(), key.version.as_ref()])
        .collect();
    uuid::of(&all)
}
