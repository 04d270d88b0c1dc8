//! The documents of one moment on a server.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::session::Session;
use super::{LOOK, Pool};
use crate::error::StoreError;
use crate::projection::DocKey;
use crate::provider::Shelf;
use crate::rows::Tables;
use crate::vault::Vault;

/// A moment of a database: a transaction that only reads, with the keys that open what it sees.
pub(crate) struct ServerShelf {
    head: u64,
    /// `None` once it was given up.
    reading: Mutex<Option<(Session, Vault)>>,
}

impl ServerShelf {
    /// The documents as they are now.
    pub(crate) fn of(pool: &Pool, vault: Vault) -> Result<Self, StoreError> {
        let session = pool.take(LOOK)?;
        // The first read fixes the moment.
        vault.catch_up(&session)?;
        let tables = Tables {
            sql: &session,
            vault: &vault,
        };
        Ok(Self {
            head: tables.head()?,
            reading: Mutex::new(Some((session, vault))),
        })
    }

    fn reading(&self) -> MutexGuard<'_, Option<(Session, Vault)>> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, read: impl FnOnce(Tables<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut reading = self.reading();
        let done = match &*reading {
            Some((session, vault)) => read(Tables { sql: session, vault }),
            None => Err(StoreError::GivenUp),
        };
        // Its moment is gone with the connection.
        if done.as_ref().is_err_and(|error| error.server().is_some()) {
            *reading = None;
        }
        done
    }
}

impl Shelf for ServerShelf {
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
