//! The traits of a provider, within one transaction of whatever database it is.

use std::cell::Cell;

use jiff::Timestamp;

use crate::error::StoreError;
use crate::outbox::{Left, Letter};
use crate::projection::{DocKey, Topic};
use crate::provider::{Documents, EventLog, Outbox, Texts};
use crate::rows::{StoredEvent, Tables};

/// The tables within one transaction.
pub(crate) struct Inside<'t> {
    tables: Tables<'t>,
    /// Where the log ends, once it was asked for: nobody else appends meanwhile.
    head: Cell<Option<u64>>,
    /// The number of the last letter, once it was asked for.
    letter: Cell<Option<i64>>,
    destroyed: Cell<bool>,
}

impl<'t> Inside<'t> {
    pub(crate) fn new(tables: Tables<'t>) -> Self {
        Self {
            tables,
            head: Cell::default(),
            letter: Cell::default(),
            destroyed: Cell::default(),
        }
    }

    /// Whether something was destroyed, so that the root has to be replaced.
    pub(crate) fn has_destroyed(&self) -> bool {
        self.destroyed.get()
    }
}

impl EventLog for Inside<'_> {
    fn head(&self) -> Result<u64, StoreError> {
        if let Some(head) = self.head.get() {
            return Ok(head);
        }
        let head = self.tables.head()?;
        self.head.set(Some(head));
        Ok(head)
    }

    fn append(&self, base: u64, event: &StoredEvent, entry: &[u8]) -> Result<(), StoreError> {
        let head = self.head()?;
        if head != base || event.seq != base + 1 {
            return Err(StoreError::Moved { base, head });
        }
        self.tables.put_event(event)?;
        self.tables.put_leaf(event.seq, entry)?;
        self.head.set(Some(event.seq));
        Ok(())
    }

    fn tail(&self, from: u64, each: &mut dyn FnMut(StoredEvent) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.tables.each_event(from, each)
    }

    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.tables.leaf(seq)
    }
}

impl Documents for Inside<'_> {
    fn put(&self, key: &DocKey, json: &[u8]) -> Result<(), StoreError> {
        self.tables.seal_document(key, json)
    }

    fn remove(&self, key: &DocKey) -> Result<(), StoreError> {
        self.tables.remove_document(key)
    }

    fn get(&self, key: &DocKey) -> Result<Option<Vec<u8>>, StoreError> {
        self.tables.open_document(key)
    }

    fn each(
        &self,
        each: &mut dyn FnMut(DocKey, Result<Vec<u8>, String>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.tables.each_sealed(each)
    }
}

impl Outbox for Inside<'_> {
    fn enqueue(&self, letter: &Letter, about: Option<&Topic>) -> Result<i64, StoreError> {
        let id = match self.letter.get() {
            Some(last) => last + 1,
            None => self.tables.next_letter()?,
        };
        let letter = Letter { id, ..letter.clone() };
        self.tables.put_letter(&letter, about, None)?;
        self.letter.set(Some(id));
        Ok(id)
    }

    fn waiting(&self) -> Result<Vec<Letter>, StoreError> {
        self.tables.pending()
    }

    fn left(&self, letter: i64, how: Left, at: Timestamp) -> Result<(), StoreError> {
        self.tables.sent(letter, how, at)
    }

    fn unconfirmed(&self, to: &str) -> Result<Vec<i64>, StoreError> {
        self.tables.unconfirmed(to)
    }
}

impl Texts for Inside<'_> {
    fn keep(&self, name: &str, seq: u64, about: &Topic, bytes: &[u8]) -> Result<(), StoreError> {
        self.tables.put_text(name, seq, about, bytes)
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.tables.open_text(name)?.map(|text| text.to_vec()))
    }

    fn keyed(&self, digest: &str) -> Result<String, StoreError> {
        self.tables.attachment_name(digest)
    }

    fn destroy(&self, topics: &[Topic], touched: &[DocKey]) -> Result<(), StoreError> {
        self.destroyed.set(true);
        self.tables.destroy(topics, touched)
    }
}
