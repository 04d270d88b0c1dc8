//! What an exported text says of itself, for whoever knows Entente: mark, originators, arrangements, and where it is from. It
//! travels in an extension of STIX, a text of MISP, a note of CSAF, which others ignore safely.
//!
//! It is believed as far as it makes anything stricter or names somebody. What it does not say is not open.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::{ArrangementId, PartyPath, PersonId, PortionId, PortionRef, ReportId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::incoming::Piece;
use crate::table::Table;

/// Of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Who wrote the file.
    pub by: PartyPath,
    /// For whom.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub r#for: String,
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// The scheme of its marks, and the variant.
    pub scheme: String,
    /// The variant of the scheme.
    pub profile: String,
    /// The marks that hold for the title.
    #[serde(default)]
    pub title: Vec<String>,
    /// How many portions went with it.
    pub portions: usize,
    /// When it ceases to be readable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// Whether a denied reader must not learn that it exists.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub existence_protected: bool,
    /// Those who are behind its title.
    pub originators: BTreeMap<PartyPath, Stated>,
}

/// Of a portion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portioned {
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// Its id.
    pub portion: PortionId,
    /// Its mark.
    pub mark: String,
    /// Those who are behind it.
    pub originators: BTreeMap<PartyPath, Stated>,
    /// What a receiver has to observe.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obligations: Vec<String>,
}

/// What an originator laid down, as far as the receiver is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// The persons of the receiver whom it named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub persons: BTreeSet<PersonId>,
    /// The arrangements under which it gave it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub arrangements: BTreeSet<ArrangementId>,
    /// Whether only its named recipients, or those whom it gave it itself, have it without asking.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ask: bool,
}

impl Statement {
    /// What it says of the title. One that bears more marks than one is covered by the marks of all portions: where not all of them
    /// came, the report's id stands for it.
    pub(crate) fn entitle(&self, title: &mut Piece, came: usize, place: &str, table: &mut Table) {
        self.title.iter().for_each(|mark| title.asks.mark(mark));
        if self.title.len() > 1 && came < self.portions {
            title.text.clear();
            table.note(
                place,
                "the title of a report of which not all is in the file",
                "its id stands for it",
            );
        }
    }
}

impl Portioned {
    /// The portion.
    pub fn reference(&self) -> PortionRef {
        PortionRef {
            report: self.report.clone(),
            version: self.version,
            portion: self.portion.clone(),
        }
    }
}

/// A statement as it stands in a file, or that it is not understood.
pub(crate) fn parse<T: for<'de> Deserialize<'de>>(value: &Value) -> Result<T, String> {
    T::deserialize(value).map_err(|error| error.to_string())
}
