//! What is entered by hand and can be taken back: parties, persons, audiences.

use serde::{Deserialize, Serialize};

use crate::ids::{AudienceName, PartyPath, PersonId};
use crate::state::Document;

/// Something that was entered here, and can be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Entered {
    /// A party.
    Party {
        /// Which.
        path: PartyPath,
    },
    /// A person.
    Person {
        /// Who.
        id: PersonId,
    },
    /// An audience.
    Audience {
        /// Its name.
        name: AudienceName,
    },
}

impl std::fmt::Display for Entered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Party { path } => write!(f, "party {path}"),
            Self::Person { id } => write!(f, "person {id}"),
            Self::Audience { name } => write!(f, "audience {name}"),
        }
    }
}

impl Entered {
    /// What is kept of it.
    pub(crate) fn documents(&self) -> Vec<Document> {
        match self {
            Self::Party { path } => ["party", "key-ring", "member"]
                .map(|kind| Document::new(kind, path))
                .into(),
            Self::Person { id } => vec![Document::new("person", id)],
            Self::Audience { name } => vec![Document::new("audience", name)],
        }
    }
}
