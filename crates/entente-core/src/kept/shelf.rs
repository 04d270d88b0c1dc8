//! Documents that are read when somebody first looks at them.
//!
//! A node may hold a million reports and a command concerns one. So what is kept by the name of a report stays where it is
//! stored until it is asked for. A [`Shelf`] shows the documents of one moment, whatever is written after it: a map that
//! rests on one says the same as if it had been read as a whole.

use std::sync::{Arc, OnceLock};

use elsa::sync::FrozenMap;
use serde::de::DeserializeOwned;

use crate::ids::Stored;

/// The stored documents of one moment.
///
/// It cannot refuse: what cannot be read is not there, and whoever keeps the shelf says afterwards that something failed,
/// before anything is committed or answered that was decided on it.
pub trait Shelf: Send + Sync {
    /// A document, as JSON; `None` where there is none.
    fn read(&self, kind: &str, id: &str) -> Option<Vec<u8>>;

    /// At most `limit` ids of a kind, in order, from this one on.
    fn ids(&self, kind: &str, from: &str, limit: usize) -> Vec<String>;

    /// Notes that a document is not one of its kind.
    fn unfit(&self, kind: &str, id: &str, problem: String);
}

/// A key with the value under it, once somebody has looked.
struct Slot<K, V> {
    key: K,
    value: OnceLock<Option<Arc<V>>>,
}

/// What a map is made of that has not changed since the moment of a shelf. What was looked at stays, so that it can be lent.
pub(super) struct Aside<K, V> {
    shelf: Arc<dyn Shelf>,
    kind: &'static str,
    looked_at: FrozenMap<String, Box<Slot<K, V>>>,
    read: fn(&[u8]) -> Result<V, serde_json::Error>,
    key: fn(&str) -> Option<K>,
}

/// The most ids asked for at once on the way through all of them.
const CHUNK: usize = 512;

impl<K: Ord + Clone + ToString, V> Aside<K, V> {
    pub(super) fn new(kind: &'static str, shelf: Arc<dyn Shelf>) -> Self
    where
        K: Stored,
        V: DeserializeOwned,
    {
        Self {
            shelf,
            kind,
            looked_at: FrozenMap::new(),
            read: |json| serde_json::from_slice(json),
            key: |id| K::from_stored(id).ok(),
        }
    }

    fn slot(&self, id: &str, key: impl FnOnce() -> Option<K>) -> Option<&Slot<K, V>> {
        if let Some(slot) = self.looked_at.get(id) {
            return Some(slot);
        }
        let slot = Slot {
            key: key()?,
            value: OnceLock::new(),
        };
        Some(self.looked_at.insert(id.to_owned(), Box::new(slot)))
    }

    fn value<'a>(&'a self, id: &str, slot: &'a Slot<K, V>) -> Option<&'a Arc<V>> {
        slot.value.get_or_init(|| self.read_one(id).map(Arc::new)).as_ref()
    }

    pub(super) fn get(&self, id: &str) -> Option<(&K, &Arc<V>)> {
        let slot = self.slot(id, || (self.key)(id))?;
        Some((&slot.key, self.value(id, slot)?))
    }

    /// Shows one after the other as long as `each` says to go on, and keeps nothing of it.
    pub(super) fn each(&self, each: &mut dyn FnMut(K, V) -> bool) {
        let mut next = Some(String::new());
        while let Some(from) = next {
            let ids;
            (ids, next) = self.some(&from);
            for id in &ids {
                let value = self.read_one(id);
                let go_on = (self.key)(id).zip(value).is_none_or(|(key, value)| each(key, value));
                if !go_on {
                    return;
                }
            }
        }
    }

    /// The next ids from one on, and where those after them begin; `None` after the last.
    fn some(&self, from: &str) -> (Vec<String>, Option<String>) {
        let ids = self.shelf.ids(self.kind, from, CHUNK);
        // The least text after the last one.
        let next = ids
            .last()
            .filter(|_| ids.len() == CHUNK)
            .map(|last| format!("{last}\0"));
        (ids, next)
    }

    fn read_one(&self, id: &str) -> Option<V> {
        let json = self.shelf.read(self.kind, id)?;
        let read = (self.read)(&json);
        read.map_err(|error| self.shelf.unfit(self.kind, id, error.to_string()))
            .ok()
    }

    /// How many were looked at.
    pub(super) fn looked_at(&self) -> usize {
        self.looked_at.len()
    }

    /// The keys from one on, in order, without reading what is under them.
    pub(super) fn keys(&self, from: Option<&K>) -> Keys<'_, K, V> {
        Keys {
            aside: self,
            from: Some(from.map_or_else(String::new, ToString::to_string)),
            found: Vec::new().into_iter(),
        }
    }
}

/// The keys of what stands aside, asked for some at a time.
pub(super) struct Keys<'a, K, V> {
    aside: &'a Aside<K, V>,
    /// Where the next ones begin; `None` after the last.
    from: Option<String>,
    found: std::vec::IntoIter<&'a K>,
}

impl<'a, K: Ord + Clone + ToString, V> Iterator for Keys<'a, K, V> {
    type Item = &'a K;

    fn next(&mut self) -> Option<&'a K> {
        loop {
            if let Some(key) = self.found.next() {
                return Some(key);
            }
            let from = self.from.take()?;
            let ids;
            (ids, self.from) = self.aside.some(&from);
            let mut keys = Vec::with_capacity(ids.len());
            for id in &ids {
                match self.aside.slot(id, || (self.aside.key)(id)) {
                    Some(slot) => keys.push(&slot.key),
                    None => {
                        let problem = "its name is none".to_owned();
                        self.aside.shelf.unfit(self.aside.kind, id, problem);
                    }
                }
            }
            self.found = keys.into_iter();
        }
    }
}
