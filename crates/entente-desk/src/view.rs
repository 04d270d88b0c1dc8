//! Who asks, what for, and when.

use entente_core::PersonId;
use entente_marking::Purpose;
use jiff::Timestamp;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker<'v> {
    /// This party as such: whoever keeps its records.
    Party,
    /// One person, who gets what `decide` permits and nothing else.
    Person(&'v PersonId),
}

/// Who asks, what for, and when. It has no default, so that who asks cannot be forgotten.
#[derive(Clone, Copy, Debug)]
pub struct View<'v> {
    /// Who asks.
    pub asker: Asker<'v>,
    /// What for, where the arrangement or a marking asks.
    pub purpose: Option<&'v Purpose>,
    /// When.
    pub at: Timestamp,
}

impl<'v> View<'v> {
    /// For a person where one is named, and for this party as such otherwise.
    pub fn of(reader: Option<&'v PersonId>, purpose: Option<&'v Purpose>, at: Timestamp) -> Self {
        Self {
            asker: reader.map_or(Asker::Party, Asker::Person),
            purpose,
            at,
        }
    }

    /// The person who asks; `None` where it is this party as such.
    pub fn reader(&self) -> Option<&'v PersonId> {
        match self.asker {
            Asker::Party => None,
            Asker::Person(person) => Some(person),
        }
    }

    /// The same question, asked by another person.
    #[must_use]
    pub fn by(self, person: &'v PersonId) -> Self {
        Self {
            asker: Asker::Person(person),
            ..self
        }
    }
}
