//! What a TAXII 2.1 server (OASIS) shows of a party: collections are arrangements, and what stands in them is decided for whoever
//! asks, portion by portion. Without network: addresses, media types and errors are the server's.

use std::collections::BTreeSet;

use entente_core::{ArrangementId, PersonId, ReportId};
use entente_desk::Moment;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::exporting::{Receiver, outgoing};
use crate::json::{items, text};
use crate::{Table, Writing, stix, uuid};

/// The media type of TAXII 2.1.
pub const MEDIA: &str = "application/taxii+json;version=2.1";

/// The media type of the objects.
pub const STIX: &str = "application/stix+json;version=2.1";

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
    /// The reports of it that the caller may have anything of.
    reports: Vec<ReportId>,
}

impl Collection {
    /// As a server lists it.
    pub fn value(&self) -> Value {
        json!({
            "id": self.id, "title": self.title, "can_read": true, "can_write": self.can_write, "media_types": [STIX],
        })
    }
}

/// An object of a collection.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// When it came into the collection; no two at the same moment, so that whoever goes on after one misses none.
    pub added: Timestamp,
    /// Its version: when it was modified.
    pub version: String,
    /// The report that it is part of: showing it opens that.
    pub report: ReportId,
    /// The object.
    pub object: Value,
}

/// The collections that a person may see: those in which they may have something, and, where they may add reports, those of
/// all arrangements that bind this party.
pub fn collections(moment: &Moment<'_>, person: &PersonId, can_write: bool, now: Timestamp) -> Vec<Collection> {
    let state = moment.state();
    let receiver = Receiver::Person(person.clone(), None);
    let mut of_none = Vec::new();
    let mut by_terms: std::collections::BTreeMap<ArrangementId, Vec<ReportId>> = std::collections::BTreeMap::new();
    for (id, _) in &state.reports {
        let Ok(going) = outgoing(moment, id, &receiver, now) else {
            continue;
        };
        let terms = going.arrangements();
        if terms.is_empty() {
            of_none.push(id.clone());
        }
        for terms in terms {
            by_terms.entry(terms.clone()).or_default().push(id.clone());
        }
    }
    if can_write {
        let ours = state
            .arrangements
            .values()
            .filter(|terms| state.home.as_ref().is_some_and(|home| terms.binds(home)));
        for terms in ours {
            by_terms.entry(terms.id.clone()).or_default();
        }
    }
    let home = state.home.as_ref().map(ToString::to_string).unwrap_or_default();
    let own = Collection {
        id: uuid::of(&["collection", &home]),
        arrangement: None,
        title: format!("Reports at {home} under no arrangement"),
        can_write,
        reports: of_none,
    };
    let of_terms = by_terms.into_iter().map(|(id, reports)| Collection {
        id: uuid::of(&["collection", &home, id.as_str()]),
        title: state.arrangements.get(&id).map_or_else(
            || id.to_string(),
            |terms| match terms.title.is_empty() {
                true => id.to_string(),
                false => terms.title.clone(),
            },
        ),
        arrangement: Some(id),
        can_write,
        reports,
    });
    let all = std::iter::once(own).chain(of_terms);
    all.filter(|collection| collection.can_write || !collection.reports.is_empty())
        .collect()
}

/// The objects of a collection that a person may have, in the order in which they came.
pub fn entries(moment: &Moment<'_>, collection: &Collection, person: &PersonId, now: Timestamp) -> Vec<Entry> {
    let receiver = Receiver::Person(person.clone(), None);
    let mut whole: Vec<_> = collection
        .reports
        .iter()
        .filter_map(|id| outgoing(moment, id, &receiver, now).ok())
        .collect();
    whole.sort_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
    let place = Writing {
        schemes: &moment.library().schemes,
        state: moment.state(),
    };
    let mut seen = BTreeSet::new();
    let mut found: Vec<Entry> = Vec::new();
    for going in whole {
        for object in stix::objects(&going, &place, &mut Table::default()) {
            let id = text(&object, "id").unwrap_or_default().to_owned();
            if !seen.insert(id.clone()) {
                continue;
            }
            let version = ["modified", "created"].iter().find_map(|name| text(&object, name));
            let version = version.map_or_else(|| going.created.to_string(), str::to_owned);
            let own = whole_micros(going.created);
            let earliest = found
                .last()
                .map_or(own, |last| last.added + SignedDuration::from_micros(1));
            found.push(Entry {
                id,
                added: own.max(earliest),
                version,
                report: going.id.clone(),
                object,
            });
        }
    }
    found
}

/// A moment to the microsecond, as it is told.
fn whole_micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// A moment as TAXII writes it.
pub fn moment_text(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

/// What a caller wants of a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only what came after this moment.
    pub added_after: Option<Timestamp>,
    /// Only these ids.
    pub ids: Vec<String>,
    /// Only these types.
    pub types: Vec<String>,
    /// Only these versions of STIX.
    pub spec_versions: Vec<String>,
    /// Only these versions: `first`, `last`, `all` or moments.
    pub versions: Vec<String>,
    /// At most so many.
    pub limit: Option<usize>,
    /// After the object that came at this moment.
    pub after: Option<Timestamp>,
}

impl Filter {
    /// Reads one field of an address; what it does not know it leaves alone.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn field(&mut self, name: &str, value: &str) -> Result<(), String> {
        let list = || {
            value
                .split(',')
                .map(str::trim)
                .filter(|one| !one.is_empty())
                .map(str::to_owned)
                .collect()
        };
        match name {
            "added_after" => {
                let at = value
                    .parse()
                    .map_err(|_| format!("`added_after={value}` is no moment; write 2026-01-01T00:00:00.000Z"))?;
                self.added_after = Some(at);
            }
            "match[id]" => self.ids = list(),
            "match[type]" => self.types = list(),
            "match[spec_version]" => self.spec_versions = list(),
            "match[version]" => {
                self.versions = list();
                let known =
                    |one: &String| matches!(one.as_str(), "first" | "last" | "all") || one.parse::<Timestamp>().is_ok();
                if !self.versions.iter().all(known) {
                    return Err(format!(
                        "`match[version]={value}` is neither `first`, `last`, `all` nor a moment"
                    ));
                }
            }
            "limit" => {
                let limit: usize = value.parse().unwrap_or_default();
                if limit == 0 {
                    return Err(format!("`limit={value}` is no number above 0"));
                }
                self.limit = Some(limit);
            }
            _ => {}
        }
        Ok(())
    }

    fn takes(&self, entry: &Entry) -> bool {
        let one = |list: &[String], value: &str| list.is_empty() || list.iter().any(|wanted| wanted == value);
        let spec = text(&entry.object, "spec_version").unwrap_or("2.0");
        let version = |wanted: &String| match wanted.parse::<Timestamp>() {
            Ok(at) => entry.version.parse::<Timestamp>().is_ok_and(|version| version == at),
            // Of each object one version is here: the first, the last, and all of them.
            Err(_) => true,
        };
        one(&self.ids, &entry.id)
            && one(&self.types, text(&entry.object, "type").unwrap_or_default())
            && one(&self.spec_versions, spec)
            && (self.versions.is_empty() || self.versions.iter().any(version))
            && self.added_after.is_none_or(|after| entry.added > after)
            && self.after.is_none_or(|after| entry.added > after)
    }

    /// The entries that are wanted, and whether more follow.
    pub fn page(&self, entries: Vec<Entry>) -> (Vec<Entry>, bool) {
        let limit = self.limit.unwrap_or(MOST).min(MOST);
        let mut wanted: Vec<Entry> = entries
            .into_iter()
            .filter(|entry| self.takes(entry))
            .take(limit + 1)
            .collect();
        let more = wanted.len() > limit;
        wanted.truncate(limit);
        (wanted, more)
    }
}

/// The lines of a manifest.
pub fn manifest(entries: &[Entry]) -> Vec<Value> {
    let line = |entry: &Entry| json!({ "id": entry.id, "date_added": moment_text(entry.added), "version": entry.version, "media_type": STIX });
    entries.iter().map(line).collect()
}

/// What became of one object that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Why it was not taken in.
    pub failed: Option<String>,
}

/// The objects that were sent: an envelope, or a bundle as some clients send it.
///
/// # Errors
/// When it is neither.
pub fn sent(file: &Value) -> Result<Vec<Outcome>, String> {
    if !file.is_object() || !file.get("objects").is_some_and(Value::is_array) {
        return Err("send an envelope: an object with a list `objects`".to_owned());
    }
    let one = |object: &Value| {
        let id = text(object, "id").unwrap_or_default().to_owned();
        let version = ["modified", "created"].iter().find_map(|name| text(object, name));
        let problem = match (object.is_object(), text(object, "type"), id.is_empty()) {
            _ if crate::json::twice(object).is_some() => Some("a name stands twice in it"),
            (false, ..) => Some("it is no object"),
            (_, None, _) => Some("it has no `type`"),
            (_, _, true) => Some("it has no `id`"),
            (_, Some(kind), _) if !id.starts_with(&format!("{kind}--")) => {
                Some("its `id` does not begin with its `type`")
            }
            _ => None,
        };
        Outcome {
            id,
            version: version.map_or_else(|| moment_text(Timestamp::UNIX_EPOCH), str::to_owned),
            failed: problem.map(str::to_owned),
        }
    };
    Ok(items(file, "objects").iter().map(one).collect())
}

/// What became of objects, as a status resource.
pub fn status(id: &str, at: Timestamp, outcomes: &[Outcome]) -> Value {
    let line = |outcome: &Outcome| {
        let mut fields = Map::from_iter([
            ("id".to_owned(), json!(outcome.id)),
            ("version".to_owned(), json!(outcome.version)),
        ]);
        if let Some(why) = &outcome.failed {
            fields.insert("message".to_owned(), json!(why));
        }
        Value::Object(fields)
    };
    let (failed, done): (Vec<&Outcome>, Vec<&Outcome>) = outcomes.iter().partition(|outcome| outcome.failed.is_some());
    let mut value = json!({
        "id": id, "status": "complete", "request_timestamp": moment_text(at), "total_count": outcomes.len(),
        "success_count": done.len(), "failure_count": failed.len(), "pending_count": 0,
    });
    for (name, list) in [("successes", done), ("failures", failed)] {
        if !list.is_empty() {
            value[name] = list.into_iter().map(line).collect();
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(n: i64, kind: &str) -> Entry {
        let at = Timestamp::from_microsecond(1_000_000 * 60 + n).unwrap();
        Entry {
            id: format!("{kind}--{n}"),
            added: at,
            version: "2026-01-01T00:00:00.000Z".to_owned(),
            report: ReportId::new("R").unwrap(),
            object: json!({"type": kind, "id": format!("{kind}--{n}"), "spec_version": "2.1"}),
        }
    }

    fn filter(fields: &[(&str, &str)]) -> Filter {
        let mut filter = Filter::default();
        fields
            .iter()
            .for_each(|(name, value)| filter.field(name, value).unwrap());
        filter
    }

    #[test]
    fn pages_and_filters_give_everything_once_and_in_order() {
        let all: Vec<Entry> = (0..7)
            .map(|n| entry(n, if n % 2 == 0 { "note" } else { "report" }))
            .collect();
        let ids = |entries: &[Entry]| {
            entries
                .iter()
                .map(|entry| entry.id.clone())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let (mut got, mut page) = (Vec::new(), filter(&[("limit", "3")]));
        loop {
            let (some, more) = page.page(all.clone());
            page.after = some.last().map(|entry| entry.added);
            // The limit may change from page to page.
            page.limit = Some(2);
            got.extend(some);
            if !more {
                break;
            }
        }
        assert_eq!(ids(&got), ids(&all));
        assert_eq!(
            ids(&filter(&[("match[type]", "report")]).page(all.clone()).0),
            "report--1 report--3 report--5"
        );
        assert_eq!(
            ids(&filter(&[("match[id]", "note--2,report--5")]).page(all.clone()).0),
            "note--2 report--5"
        );
        assert_eq!(ids(&filter(&[("match[spec_version]", "2.0")]).page(all.clone()).0), "");
        assert_eq!(filter(&[("match[version]", "all")]).page(all.clone()).0.len(), 7);
        assert_eq!(
            filter(&[("match[version]", "2026-01-01T00:00:00Z")])
                .page(all.clone())
                .0
                .len(),
            7
        );
        assert_eq!(
            filter(&[("match[version]", "2025-01-01T00:00:00Z")])
                .page(all.clone())
                .0
                .len(),
            0
        );
        let after = moment_text(all[4].added);
        assert_eq!(
            ids(&filter(&[("added_after", &after)]).page(all).0),
            "report--5 note--6"
        );
        for (name, value) in [
            ("limit", "0"),
            ("limit", "-1"),
            ("added_after", "x"),
            ("match[version]", "newest"),
        ] {
            assert!(Filter::default().field(name, value).is_err(), "{name}={value}");
        }
    }

    #[test]
    fn a_status_adds_up() {
        let file = json!({"objects": [{"type": "note", "id": "note--1"}, {"id": "note--2"}, 7]});
        let status = status("s", Timestamp::UNIX_EPOCH, &sent(&file).unwrap());
        assert_eq!(
            (
                &status["total_count"],
                &status["success_count"],
                &status["failure_count"]
            ),
            (&json!(3), &json!(1), &json!(2))
        );
        assert_eq!(status["failures"].as_array().unwrap().len(), 2);
        assert!(sent(&json!([])).is_err() && sent(&json!({"objects": 1})).is_err());
    }
}
