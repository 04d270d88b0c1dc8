//! Parts of a report: what of it a party gets, under which marks and permissions, and what it says that it took in.

use std::collections::{BTreeMap, BTreeSet};

use entente_marking::{Entity, Label, Release};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::embargo::Embargo;
use crate::ids::{PortionId, ReportId};
use crate::request::Consent;
use crate::written::Signed;

/// What there is to say of a part that is handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Part {
    /// How many portions are withheld, where the receiver is to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withheld: Option<usize>,
    /// Portions whose mark was made for the receiver, with those whom it lists and the written mark does not. They have the
    /// portion by a consent, and as long as that holds.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub released: BTreeMap<PortionId, BTreeSet<Entity>>,
    /// The consents under which the receiver has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<Consent>,
    /// Consents of others than its sender, in writing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub writings: Vec<Signed>,
    /// Until when nothing of it goes further, by its author.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub embargoes: Vec<Embargo>,
}

impl Part {
    /// Whether it says nothing: the whole report, as it is written.
    pub fn is_whole(&self) -> bool {
        *self == Self::default()
    }

    /// The meaning of a portion's mark as it was written: without those whom only the copy lists.
    pub(crate) fn written(&self, portion: &PortionId, mut label: Label) -> Label {
        if let (Some(added), Release::Only(list)) = (self.released.get(portion), &mut label.release) {
            list.full.retain(|entity| !added.contains(entity));
            list.display.retain(|entity| !added.contains(entity));
        }
        label
    }
}

/// What a holder's node says it took in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// The portions that are held of it.
    pub portions: BTreeSet<PortionId>,
    /// When it says so, by its own clock.
    pub at: Timestamp,
}

/// A receipt that came back, and when, by the clock of whoever it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// What is confirmed.
    pub receipt: Receipt,
    /// When the word came.
    pub came: Timestamp,
}
