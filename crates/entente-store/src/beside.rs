//! What is kept beside the database, such as what somebody is writing: files of whoever keeps them, sealed under the keys of the
//! store, so that they open only where its root key is.

use crate::error::StoreError;
use crate::key::Key;
use crate::projection::Projection;
use crate::rows::Tables;
use crate::store::Store;
use crate::vault::EVENTS;

impl<P: Projection> Store<P> {
    /// Seals bytes that are kept beside the store. `place` says where they belong: nowhere else can they be opened.
    ///
    /// # Errors
    /// When the database fails, or nothing has ever been stored.
    pub fn seal_beside(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.reading(|tables| Ok(key(tables)?.seal(&beside(place), plain)))
    }

    /// Opens what [`Store::seal_beside`] sealed for this place; `None` where it was another place or store, or was changed.
    ///
    /// # Errors
    /// When the database fails, or nothing has ever been stored.
    pub fn open_beside(&self, place: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.reading(|tables| Ok(key(tables)?.open(&beside(place), sealed).map(|plain| plain.to_vec())))
    }
}

fn key(tables: Tables<'_>) -> Result<Key, StoreError> {
    let key = tables.vault.branch(tables.sql, EVENTS)?;
    key.ok_or_else(|| StoreError::Unreadable {
        what: "the key for what is kept beside the store".to_owned(),
        problem: "nothing has been stored yet".to_owned(),
    })
}

/// Nothing within the store is sealed for such a place.
fn beside(place: &str) -> String {
    format!("beside/{place}")
}
