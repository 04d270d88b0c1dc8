//! What the state rests on: the documents of the store, as the core asks for them.

use std::sync::{Arc, OnceLock};

use entente_core::Shelf;
use entente_store::{DocKey, Shelf as Stored, StoreError};

/// A shelf of the store. The core cannot be refused: what fails is noted here, and whoever commits or answers asks first.
pub(crate) struct Rested {
    stored: Arc<dyn Stored>,
    failure: OnceLock<String>,
}

impl Rested {
    pub(crate) fn on(stored: Arc<dyn Stored>) -> Self {
        Self {
            stored,
            failure: OnceLock::new(),
        }
    }

    /// Why something could not be read.
    pub(crate) fn failure(&self) -> Option<String> {
        self.failure.get().cloned()
    }

    pub(crate) fn is_given_up(&self) -> bool {
        self.stored.is_given_up()
    }

    fn or_note<T: Default>(&self, read: Result<T, StoreError>) -> T {
        read.unwrap_or_else(|error| {
            self.failure.get_or_init(|| error.to_string());
            T::default()
        })
    }
}

impl Shelf for Rested {
    fn read(&self, kind: &str, id: &str) -> Option<Vec<u8>> {
        self.or_note(self.stored.get(&DocKey::new(kind, id)))
    }

    fn ids(&self, kind: &str, from: &str, limit: usize) -> Vec<String> {
        self.or_note(self.stored.ids(kind, from, limit))
    }

    fn unfit(&self, kind: &str, id: &str, problem: String) {
        let what = format!("the stored {kind} `{id}`");
        self.or_note::<()>(Err(StoreError::Unreadable { what, problem }));
    }
}
