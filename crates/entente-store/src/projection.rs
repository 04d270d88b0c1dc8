//! What a store keeps besides events: a state that follows from them.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::provider::Shelf;

/// The key of a document of the projection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocKey {
    /// Its kind, such as `report`.
    pub kind: String,
    /// Its id within the kind.
    pub id: String,
}

impl DocKey {
    /// The key of the document `id` of a kind.
    pub fn new(kind: impl Into<String>, id: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            id: id.into(),
        }
    }
}

/// An event with its place and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded<E> {
    /// Its number, from 1, without gaps. Its ledger index is one less.
    pub seq: u64,
    /// When it was recorded.
    pub time: Timestamp,
    /// What happened.
    pub event: E,
}

/// What a text is about: with it the text is destroyed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic {
    /// What, such as `report D-1`.
    pub about: String,
    /// Of which version; 0 where it is about all of them.
    pub version: u32,
}

impl Topic {
    /// What a text is about.
    pub fn new(about: impl Into<String>, version: u32) -> Self {
        Self {
            about: about.into(),
            version,
        }
    }
}

/// A state that follows from events.
pub trait Projection: Default + Send + 'static {
    /// What happens.
    type Event: Serialize + DeserializeOwned + Send + 'static;

    /// The kind of an event, as it stands in the ledger in clear.
    fn kind(event: &Self::Event) -> &'static str;

    /// Applies an event that has been decided. Gives the keys of the documents that it touched.
    fn apply(&mut self, record: &Recorded<Self::Event>) -> Vec<DocKey>;

    /// A document of the state; `None` where there is none (any more).
    fn document(&self, key: &DocKey) -> Option<Value>;

    /// The key under which a stored document is kept today: older folders may keep it under another.
    fn current_key(key: DocKey, _document: &Value) -> DocKey {
        key
    }

    /// Puts a stored document back.
    ///
    /// # Errors
    /// When the document does not fit the state, with the reason.
    fn restore(&mut self, key: &DocKey, value: Value) -> Result<(), String>;

    /// The kinds of documents that it can leave on a shelf until it needs them; see [`Projection::rest_on`].
    const ASIDE: &[&str] = &[];

    /// From now on, takes documents of the kinds [`Projection::ASIDE`] from a shelf, which has all of them as they are now.
    fn rest_on(&mut self, _shelf: Arc<dyn Shelf>) {}

    /// How many documents of these kinds are in memory.
    fn loose(&self) -> usize {
        0
    }

    /// Whether the shelf that it rests on was given up.
    fn is_stale(&self) -> bool {
        false
    }

    /// Why something could not be taken from the shelf: nothing may be decided or answered then.
    fn failure(&self) -> Option<String> {
        None
    }

    /// What the wording in an event is about, in the state before the event; `None` where nothing in it is to be destroyed
    /// by itself. Its wording is then sealed text by text, and the event refers to it.
    fn topic(&self, event: &Self::Event) -> Option<Topic>;

    /// Whether the string at this place of an event's JSON is wording. `path` holds the keys on the way, lists left out.
    fn is_wording(path: &[&str]) -> bool;

    /// What an event destroys: all texts about these, up to these versions. Applying it has to take them out of the state.
    fn destroys(event: &Self::Event) -> Vec<Topic>;

    /// What a letter is about: it is destroyed with that.
    fn letter_topic(payload: &[u8]) -> Option<Topic>;

    /// The digests (SHA-256, in hexadecimal) of the attachments that an event says are kept.
    fn attachments(event: &Self::Event) -> Vec<String>;

    /// The event that says that the events before it were taken over from an older format. `digest` is over what is stored
    /// of them, so that the ledger commits to it.
    fn upgraded(events: u64, digest: String) -> Self::Event;

    /// What such an event says.
    fn is_upgrade(event: &Self::Event) -> Option<(u64, &str)>;
}
