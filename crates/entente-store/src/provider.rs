//! What a store needs of whatever keeps its bytes: four traits, and steps that happen whole or not at all.
//!
//! SQLite in a folder is one provider ([`crate::Sqlite`]). Another one, such as a database server, implements the same
//! traits and passes [`crate::conformance`] unchanged. Everything that a provider is given is to be sealed by it at rest,
//! and [`Texts::destroy`] is to leave nothing behind that opens.

use std::sync::Arc;

use crate::error::StoreError;
use crate::outbox::{Left, Letter};
use crate::projection::{DocKey, Topic};
use crate::rows::StoredEvent;

/// Events in order, each with its entry in the ledger.
pub trait EventLog {
    /// The number of the last event; 0 before the first.
    ///
    /// # Errors
    /// When the provider fails.
    fn head(&self) -> Result<u64, StoreError>;

    /// Appends an event after `base`, with its entry.
    ///
    /// # Errors
    /// [`StoreError::Moved`] where `base` is not the head: somebody else has appended meanwhile, and what was decided has to
    /// be decided again.
    fn append(&self, base: u64, event: &StoredEvent, entry: &[u8]) -> Result<(), StoreError>;

    /// Calls `each` with every event from number `from` on, in order, until it fails.
    ///
    /// # Errors
    /// When the provider fails, or `each` does.
    fn tail(&self, from: u64, each: &mut dyn FnMut(StoredEvent) -> Result<(), StoreError>) -> Result<(), StoreError>;

    /// The ledger's entry of an event.
    ///
    /// # Errors
    /// When the provider fails.
    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, StoreError>;
}

/// What is true now, as documents by kind and id.
pub trait Documents {
    /// Puts a document in its place.
    ///
    /// # Errors
    /// When the provider fails.
    fn put(&self, key: &DocKey, json: &[u8]) -> Result<(), StoreError>;

    /// Takes a document away; there need be none.
    ///
    /// # Errors
    /// When the provider fails.
    fn remove(&self, key: &DocKey) -> Result<(), StoreError>;

    /// A document as it was put; `None` where there is none.
    ///
    /// # Errors
    /// When it was changed, or the provider fails.
    fn get(&self, key: &DocKey) -> Result<Option<Vec<u8>>, StoreError>;

    /// Calls `each` with every document, or with why it cannot be opened.
    ///
    /// # Errors
    /// When the provider fails, or `each` does.
    fn each(
        &self,
        each: &mut dyn FnMut(DocKey, Result<Vec<u8>, String>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
}

/// What has still to leave.
pub trait Outbox {
    /// Puts a letter in. Gives its number, which is never given again. It is destroyed with what it is about.
    ///
    /// # Errors
    /// When the provider fails.
    fn enqueue(&self, letter: &Letter, about: Option<&Topic>) -> Result<i64, StoreError>;

    /// What waits, oldest first.
    ///
    /// # Errors
    /// When the provider fails.
    fn waiting(&self) -> Result<Vec<Letter>, StoreError>;

    /// Notes that a letter has left, and how. Saying so again changes nothing.
    ///
    /// # Errors
    /// When the provider fails.
    fn left(&self, letter: i64, how: Left, at: jiff::Timestamp) -> Result<(), StoreError>;

    /// The letters to one receiver that have left and that it has not confirmed, oldest first.
    ///
    /// # Errors
    /// When the provider fails.
    fn unconfirmed(&self, to: &str) -> Result<Vec<i64>, StoreError>;
}

/// Texts by the names that events give them, each under a key of its own.
pub trait Texts {
    /// Keeps a text of an event. Under a name that is taken, what is there stays.
    ///
    /// # Errors
    /// When the provider fails.
    fn keep(&self, name: &str, seq: u64, about: &Topic, bytes: &[u8]) -> Result<(), StoreError>;

    /// A text; `None` where it is not there (any more).
    ///
    /// # Errors
    /// When it was changed, or the provider fails.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// What an attachment is called that events know by this digest: nobody without the keys can tell one from the other.
    ///
    /// # Errors
    /// When the provider fails.
    fn keyed(&self, digest: &str) -> Result<String, StoreError>;

    /// Destroys all texts and letters about these, up to their versions, and the documents in `touched`, which are to be put
    /// anew. Once the step has happened, nothing that the provider keeps or has kept opens to any of it.
    ///
    /// # Errors
    /// When the provider fails; nothing is destroyed then.
    fn destroy(&self, topics: &[Topic], touched: &[DocKey]) -> Result<(), StoreError>;
}

/// Everything that one step can do.
pub trait Step: EventLog + Documents + Outbox + Texts {}

impl<T: EventLog + Documents + Outbox + Texts> Step for T {}

/// The documents of one moment: whatever is put later, it shows what was true then.
pub trait Shelf: Send + Sync {
    /// The number of the last event that the documents know of.
    fn head(&self) -> u64;

    /// A document as it was put; `None` where there was none.
    ///
    /// # Errors
    /// [`StoreError::GivenUp`] once it was given up; when the document was changed, or the provider fails.
    fn get(&self, key: &DocKey) -> Result<Option<Vec<u8>>, StoreError>;

    /// At most `limit` ids of a kind, in the order of their bytes, from this one on.
    ///
    /// # Errors
    /// As for [`Shelf::get`].
    fn ids(&self, kind: &str, from: &str, limit: usize) -> Result<Vec<String>, StoreError>;

    /// Calls `each` with every document but those of some kinds, or with why it cannot be opened.
    ///
    /// # Errors
    /// As for [`Shelf::get`], or when `each` fails.
    fn each_but(
        &self,
        kinds: &[&str],
        each: &mut dyn FnMut(DocKey, Result<Vec<u8>, String>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Shows nothing any more: something of that moment is being destroyed.
    fn give_up(&self);

    /// Whether it was given up.
    fn is_given_up(&self) -> bool;
}

/// What keeps the bytes of a store.
pub trait Provider {
    /// Does a step: all of it, durably, before this returns; or, where `work` fails, nothing of it.
    ///
    /// # Errors
    /// What `work` fails with, or the provider.
    fn step(&mut self, work: &mut dyn FnMut(&dyn Step) -> Result<(), StoreError>) -> Result<(), StoreError>;

    /// Looks at one moment; nothing is changed.
    ///
    /// # Errors
    /// What `look` fails with, or the provider.
    fn look(&self, look: &mut dyn FnMut(&dyn Step) -> Result<(), StoreError>) -> Result<(), StoreError>;

    /// The documents as they are now, for as long as somebody holds them. A step that destroys something has every shelf
    /// given up before it is done.
    ///
    /// # Errors
    /// When the provider fails.
    fn shelf(&mut self) -> Result<Arc<dyn Shelf>, StoreError>;

    /// Lets go of what only shelves needed that nobody holds any more, once those who still look at older ones than the newest are
    /// done, which is waited for shortly: the longer, the more there is. Gives whether nothing is left that a newer shelf would not need.
    ///
    /// # Errors
    /// When the provider fails.
    fn tidy(&mut self) -> Result<bool, StoreError>;
}
