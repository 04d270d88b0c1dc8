//! A small projection for tests: named counters.
#![allow(unreachable_pub, reason = "included by several programs")]

use std::collections::BTreeMap;
use std::path::Path;

use entente_store::{DocKey, Projection, Recorded, RootPlace, Topic};
use serde_json::Value;

#[derive(Debug, Default, PartialEq)]
pub struct Counters(pub BTreeMap<String, u64>);

impl Projection for Counters {
    type Event = (String, u64);

    fn kind(_: &Self::Event) -> &'static str {
        "counted"
    }

    /// Adds; zero removes the counter.
    fn apply(&mut self, record: &Recorded<Self::Event>) -> Vec<DocKey> {
        let (name, amount) = &record.event;
        match amount {
            0 => {
                self.0.remove(name);
            }
            _ => *self.0.entry(name.clone()).or_default() += amount,
        }
        vec![DocKey::new("counter", name.clone())]
    }

    fn document(&self, key: &DocKey) -> Option<Value> {
        self.0.get(&key.id).map(|count| (*count).into())
    }

    fn restore(&mut self, key: &DocKey, value: Value) -> Result<(), String> {
        let count = value.as_u64().ok_or("not a count")?;
        self.0.insert(key.id.clone(), count);
        Ok(())
    }

    fn topic(&self, _: &Self::Event) -> Option<Topic> {
        None
    }

    fn is_wording(_: &[&str]) -> bool {
        false
    }

    fn destroys(_: &Self::Event) -> Vec<Topic> {
        Vec::new()
    }

    fn letter_topic(_: &[u8]) -> Option<Topic> {
        None
    }

    fn attachments(_: &Self::Event) -> Vec<String> {
        Vec::new()
    }

    fn upgraded(events: u64, digest: String) -> Self::Event {
        (format!("upgraded {digest}"), events)
    }

    fn is_upgrade(event: &Self::Event) -> Option<(u64, &str)> {
        Some((event.1, event.0.strip_prefix("upgraded ")?))
    }
}

/// The root of a test's store stands beside what is stored.
pub fn root(folder: &Path) -> RootPlace {
    RootPlace::without_rescue(folder.join("root"))
}
