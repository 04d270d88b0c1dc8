//! What a command says of a consent, a telling or a review, beside what it is about.

use std::collections::BTreeSet;

use entente_marking::Purpose;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fact::{Status, Words};
use crate::ids::{FactId, PersonId};

/// Terms of a consent that is to be given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// What for; `None` to allow the purpose that was asked for.
    pub purposes: Option<BTreeSet<Purpose>>,
    /// What to observe.
    pub conditions: Vec<String>,
    /// When it ends.
    pub ends: Option<Timestamp>,
    /// Whether it also follows its portions through changed text under the same mark.
    pub standing: bool,
    /// Why it is given although it narrows a protected source below its threshold.
    #[serde(rename = "despite", skip_serializing_if = "Option::is_none")]
    pub despite_exposure: Option<String>,
    /// Who gives it: stated, not authenticated.
    pub given_by: Option<PersonId>,
    /// The moment before which nothing goes further under it.
    pub not_before: Option<Timestamp>,
}

/// A fact that was told to an audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// The fact.
    pub fact: FactId,
    /// How it was put.
    pub status: Status,
    /// Who it comes from in the end, where that is known.
    pub origin: Option<String>,
    /// In which words, where a text told it.
    pub words: Option<Words>,
}

/// Who reviewed a finding, and what they read the portion for, where the arrangement or a marking asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The reviewer.
    pub by: PersonId,
    /// What for.
    pub purpose: Option<Purpose>,
}
