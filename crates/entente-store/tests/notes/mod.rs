//! A small projection with wording: notes under topics, which can be destroyed.
#![allow(unreachable_pub, dead_code, reason = "included by several programs")]

use std::collections::BTreeMap;

use entente_store::{Change, DocKey, Projection, Recorded, Store, Topic};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// Something was written about a topic.
    Written { about: String, version: u32, text: String },
    /// A file was kept.
    Kept { about: String, sha256: String },
    /// All about a topic is destroyed, up to a version.
    Destroyed { about: String, version: u32 },
    /// Taken over from the older format.
    Upgraded { events: u64, digest: String },
}

/// What is left where a text was.
pub const GONE: &str = "[content destroyed]";

/// Texts by topic.
#[derive(Debug, Default, PartialEq)]
pub struct Notes(pub BTreeMap<String, Vec<(u32, String)>>);

impl Projection for Notes {
    type Event = Event;

    fn kind(event: &Event) -> &'static str {
        match event {
            Event::Written { .. } => "written",
            Event::Kept { .. } => "kept",
            Event::Destroyed { .. } => "destroyed",
            Event::Upgraded { .. } => "upgraded",
        }
    }

    fn apply(&mut self, record: &Recorded<Event>) -> Vec<DocKey> {
        let about = match &record.event {
            Event::Written { about, version, text } => {
                self.0.entry(about.clone()).or_default().push((*version, text.clone()));
                about
            }
            Event::Destroyed { about, version } => {
                for (_, text) in self
                    .0
                    .entry(about.clone())
                    .or_default()
                    .iter_mut()
                    .filter(|(v, _)| v <= version)
                {
                    GONE.clone_into(text);
                }
                about
            }
            Event::Kept { .. } | Event::Upgraded { .. } => return Vec::new(),
        };
        vec![DocKey::new("note", about.clone())]
    }

    fn document(&self, key: &DocKey) -> Option<Value> {
        self.0.get(&key.id).map(|notes| serde_json::to_value(notes).unwrap())
    }

    fn restore(&mut self, key: &DocKey, value: Value) -> Result<(), String> {
        let notes = serde_json::from_value(value).map_err(|error| error.to_string())?;
        self.0.insert(key.id.clone(), notes);
        Ok(())
    }

    fn topic(&self, event: &Event) -> Option<Topic> {
        match event {
            Event::Written { about, version, .. } => Some(Topic::new(about.clone(), *version)),
            Event::Kept { about, .. } => Some(Topic::new(about.clone(), 0)),
            Event::Destroyed { .. } | Event::Upgraded { .. } => None,
        }
    }

    fn is_wording(path: &[&str]) -> bool {
        path.last() == Some(&"text")
    }

    fn destroys(event: &Event) -> Vec<Topic> {
        match event {
            Event::Destroyed { about, version } => vec![Topic::new(about.clone(), *version)],
            _ => Vec::new(),
        }
    }

    fn letter_topic(payload: &[u8]) -> Option<Topic> {
        let text = str::from_utf8(payload).ok()?;
        text.split_once(':').map(|(about, _)| Topic::new(about, 1))
    }

    fn attachments(event: &Event) -> Vec<String> {
        match event {
            Event::Kept { sha256, .. } => vec![sha256.clone()],
            _ => Vec::new(),
        }
    }

    fn upgraded(events: u64, digest: String) -> Event {
        Event::Upgraded { events, digest }
    }

    fn is_upgrade(event: &Event) -> Option<(u64, &str)> {
        match event {
            Event::Upgraded { events, digest } => Some((*events, digest)),
            _ => None,
        }
    }
}

pub fn now() -> jiff::Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

pub fn submit(store: &Store<Notes>, change: Change<Event>) {
    store.submit(now(), move |_| Ok::<_, String>(change)).unwrap();
}

pub fn write(store: &Store<Notes>, about: &str, version: u32, text: &str) {
    let (about, text) = (about.to_owned(), text.to_owned());
    submit(store, Change::events(vec![Event::Written { about, version, text }]));
}

pub fn destroy(store: &Store<Notes>, about: &str, version: u32) {
    let about = about.to_owned();
    submit(store, Change::events(vec![Event::Destroyed { about, version }]));
}
