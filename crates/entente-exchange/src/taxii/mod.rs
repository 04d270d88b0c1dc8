//! What a TAXII 2.1 server (OASIS) shows of a party: collections are arrangements, and what stands in them is decided for whoever
//! asks, portion by portion. Without network: addresses, media types and errors are the server's.

mod filter;
mod order;
mod sight;
mod status;
mod stock;

use std::collections::{BTreeMap, BTreeSet};

use entente_core::{ArrangementId, PersonId, PortionId, ReportId};
use entente_desk::Moment;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::exporting::{Handing, Unconsented};
use crate::json::text;
use crate::{Table, Writing, stix, uuid};

pub use filter::Filter;
pub use sight::{Sight, Spot};
pub use status::{Outcome, rounds, sent, status};
pub use stock::Key;

/// The media type of TAXII 2.1.
pub const MEDIA: &str = "application/taxii+json;version=2.1";

/// The media type of the objects.
pub const STIX: &str = "application/stix+json;version=2.1";

/// That of objects of the version before.
const STIX_20: &str = "application/stix+json;version=2.0";

/// The most objects in one answer.
pub const MOST: usize = 1000;

/// A collection: an arrangement as a caller may see it, or what is under none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// Its id, made of the arrangement's.
    pub id: String,
    /// The arrangement; none for what came under none.
    pub arrangement: Option<ArrangementId>,
    /// Its title.
    pub title: String,
    /// Whether the caller may add objects.
    pub can_write: bool,
}

impl Collection {
    /// As a server lists it.
    pub fn value(&self) -> Value {
        json!({
            "id": self.id, "title": self.title, "can_read": true, "can_write": self.can_write, "media_types": [STIX],
        })
    }
}

/// The collections that a person may see: those in which they may have something, and, where they may add reports, those of
/// all arrangements that bind this party.
pub fn collections(moment: &Moment<'_>, sight: &Sight, can_write: bool) -> Vec<Collection> {
    let state = moment.state();
    let mut shown: BTreeSet<Option<ArrangementId>> = sight.arrangements();
    if can_write {
        let ours = state
            .arrangements
            .values()
            .filter(|terms| state.home.as_ref().is_some_and(|home| terms.binds(home)));
        shown.extend(ours.map(|terms| Some(terms.id.clone())));
        shown.insert(None);
    }
    let home = state.home.as_ref().map(ToString::to_string).unwrap_or_default();
    let titled = |id: &ArrangementId| {
        let title = state.arrangements.get(id).map(|terms| terms.title.clone());
        title
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| id.to_string())
    };
    let collection = |arrangement: Option<ArrangementId>| Collection {
        id: match &arrangement {
            None => uuid::of(&["collection", &home]),
            Some(id) => uuid::of(&["collection", &home, id.as_str()]),
        },
        title: match &arrangement {
            None => format!("Reports at {home} under no arrangement"),
            Some(id) => titled(id),
        },
        arrangement,
        can_write,
    };
    shown.into_iter().map(collection).collect()
}

/// An object on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When it came into the collection.
    pub added: Timestamp,
    /// The report and version that it is part of: showing it opens that.
    pub report: (ReportId, u32),
    /// Its version.
    pub version: String,
    /// Whether it is of STIX 2.0.
    pub is_20: bool,
    /// The object.
    pub object: Value,
}

/// The objects that stand in these places, decided anew for whoever asks; what is not theirs at this moment is left out.
pub fn entries(moment: &Moment<'_>, person: &PersonId, spots: &[Spot<'_>], now: Timestamp) -> Vec<Entry> {
    let world = Unconsented::of(moment);
    let alone = world.moment(moment);
    let mut of_report: BTreeMap<(&ReportId, u32), Vec<&Key>> = BTreeMap::new();
    for spot in spots {
        of_report.entry((spot.report, spot.version)).or_default().push(spot.key);
    }
    let mut objects: BTreeMap<(&ReportId, u32), BTreeMap<String, Value>> = BTreeMap::new();
    let mut handing = Handing::new(&alone, person, None, now);
    for (report, keys) in of_report {
        objects.insert(report, written(&alone, report, &mut handing, &keys));
    }
    let mut found = Vec::with_capacity(spots.len());
    for spot in spots {
        let of_report = objects.get_mut(&(spot.report, spot.version));
        let object = of_report.and_then(|objects| objects.remove(spot.key.id.as_ref()));
        let Some(object) = object.filter(|object| stock::version_of(object) == spot.key.version.as_ref()) else {
            continue;
        };
        found.push(Entry {
            added: spot.added,
            report: (spot.report.clone(), spot.version),
            version: spot.version_text(),
            is_20: spot.key.is_20,
            object,
        });
    }
    found
}

/// The objects of a report that are wanted of it, by id.
fn written(
    alone: &Moment<'_>,
    (report, version): (&ReportId, u32),
    handing: &mut Handing<'_>,
    keys: &[&Key],
) -> BTreeMap<String, Value> {
    let place = Writing {
        schemes: &alone.library().schemes,
        state: alone.state(),
    };
    let held = alone.state().reports.get(report);
    let held = held.and_then(|holding| holding.version(Some(version)));
    let portion = |key: &&Key| Some(held?.portions.get(key.portion?)?.id.clone());
    let only: Option<BTreeSet<PortionId>> = keys.iter().map(portion).collect();
    let Ok(going) = handing.of((report, Some(version)), only.as_ref()) else {
        return BTreeMap::new();
    };
    let parts = match only {
        Some(_) => stix::portions(&going, &place),
        None => stix::parts(&going, &place, &mut Table::default()),
    };
    let wanted: BTreeSet<&str> = keys.iter().map(|key| key.id.as_ref()).collect();
    let named = parts.into_iter().filter_map(|(_, object)| {
        let id = text(&object, "id").filter(|id| wanted.contains(id))?.to_owned();
        Some((id, object))
    });
    named.collect()
}

/// A moment as TAXII writes it.
pub fn moment_text(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

/// The lines of a manifest.
pub fn manifest(entries: &[Entry]) -> Vec<Value> {
    let line = |entry: &Entry| {
        let media = if entry.is_20 { STIX_20 } else { STIX };
        json!({
            "id": entry.object["id"], "date_added": moment_text(entry.added), "version": entry.version, "media_type": media,
        })
    };
    entries.iter().map(line).collect()
}
