//! What is true at one event.

use entente_core::{Lines, Sorted, State};
use entente_marking::installed::Library;
use entente_policy::Rules;
use entente_store::{Projection as _, StoreError};

use crate::error::NodeError;
use crate::held::Held;

/// Everything that is looked at, as it is after one event. It never changes.
#[derive(Clone)]
pub struct Moment {
    seq: u64,
    held: Held,
}

impl Moment {
    pub(crate) fn new(seq: u64, held: Held) -> Self {
        Self { seq, held }
    }

    /// The number of the last event that it knows; 0 before the first.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// What is true.
    pub fn state(&self) -> &State {
        self.held.state()
    }

    /// This party's own rules.
    pub fn rules(&self) -> &Rules {
        self.held.rules()
    }

    /// The schemes and groups that marks are read with here.
    pub fn library(&self) -> &Library {
        self.held.library()
    }

    /// Whether something that was looked at could not be read: an answer that was found so may lack it.
    ///
    /// # Errors
    /// Which document, and why.
    pub fn sound(&self) -> Result<(), NodeError> {
        match self.held.failure() {
            Some(problem) => Err(StoreError::Unread(problem).into()),
            None => Ok(()),
        }
    }

    /// What lists need of every report, once it was taken; see [`Held::take_stock`].
    pub fn lines(&self) -> Option<Lines<'_>> {
        self.held.lines()
    }

    /// All reports by class, once they were sorted; see [`Held::sorted`].
    pub fn sorted(&self) -> Option<Sorted<'_>> {
        self.held.sorted()
    }

    pub(crate) fn held(&self) -> &Held {
        &self.held
    }
}
