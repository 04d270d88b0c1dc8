//! What a store keeps besides events: a state that follows from them.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

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

    /// Puts a stored document back.
    ///
    /// # Errors
    /// When the document does not fit the state, with the reason.
    fn restore(&mut self, key: &DocKey, value: Value) -> Result<(), String>;
}
