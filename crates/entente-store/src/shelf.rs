//! The documents of one moment, read one by one, whatever is written meanwhile.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::StoreError;
use crate::projection::{DocKey, Projection};
use crate::provider::Shelf;
use crate::rows::{Tables, parsed, unreadable_document};
use crate::vault::Vault;

/// A moment of a database: a transaction that only reads, with the keys that open what it sees.
pub(crate) struct SqliteShelf {
    /// The number of the last event that the documents know of.
    head: u64,
    /// `None` once it was given up.
    reading: Mutex<Option<(Connection, Vault)>>,
}

impl SqliteShelf {
    /// The documents as they are now.
    pub(crate) fn of(database: &Path, vault: Vault) -> Result<Self, StoreError> {
        let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(Duration::from_secs(60))?;
        connection.execute_batch("BEGIN")?;
        // The first read fixes the moment.
        vault.catch_up(&connection)?;
        let tables = Tables {
            sql: &connection,
            vault: &vault,
        };
        Ok(Self {
            head: tables.head()?,
            reading: Mutex::new(Some((connection, vault))),
        })
    }

    fn reading(&self) -> MutexGuard<'_, Option<(Connection, Vault)>> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, read: impl FnOnce(Tables<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        match &*self.reading() {
            Some((connection, vault)) => read(Tables { sql: connection, vault }),
            None => Err(StoreError::GivenUp),
        }
    }
}

impl Shelf for SqliteShelf {
    fn head(&self) -> u64 {
        self.head
    }

    fn get(&self, key: &DocKey) -> Result<Option<Vec<u8>>, StoreError> {
        self.with(|tables| tables.open_document(key))
    }

    fn ids(&self, kind: &str, from: &str, limit: usize) -> Result<Vec<String>, StoreError> {
        self.with(|tables| tables.document_ids(kind, from, limit))
    }

    fn each_but(
        &self,
        kinds: &[&str],
        each: &mut dyn FnMut(DocKey, Result<Vec<u8>, String>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.with(|tables| tables.each_but(kinds, each))
    }

    fn give_up(&self) {
        *self.reading() = None;
    }

    fn is_given_up(&self) -> bool {
        self.reading().is_none()
    }
}

/// The projection at the moment of a shelf, and the number of the next event: what a command is not sure to look at stays
/// where it is.
pub(crate) fn restored<P: Projection>(shelf: Arc<dyn Shelf>) -> Result<(P, u64), StoreError> {
    let mut state = P::default();
    shelf.each_but(P::ASIDE, &mut |key, json| {
        let value = parsed(json).map_err(|problem| unreadable_document(&key, problem))?;
        let current = P::current_key(key.clone(), &value);
        let restored = state.restore(&current, value);
        restored.map_err(|problem| unreadable_document(&key, problem))
    })?;
    let next = shelf.head() + 1;
    if !P::ASIDE.is_empty() {
        state.rest_on(shelf);
    }
    Ok((state, next))
}
