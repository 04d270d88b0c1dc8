//! What verifying an assurance gives.

use std::collections::BTreeMap;

use entente_core::PartyPath;
use entente_ledger::Checkpoint;
use jiff::Timestamp;
use serde::Serialize;

use super::{Closed, Opened};

/// Something that must not be so.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Problem {
    /// Where.
    pub(crate) place: String,
    /// What.
    pub(crate) problem: String,
}

/// What verifying an assurance gives.
#[derive(Debug, Serialize)]
pub(crate) struct Checked {
    pub(crate) by: PartyPath,
    #[serde(rename = "for")]
    pub(crate) whom: PartyPath,
    pub(crate) written: Timestamp,
    pub(crate) banner: String,
    /// The entries of the log.
    pub(crate) size: u64,
    pub(crate) signed_by: Vec<String>,
    pub(crate) opened: Vec<Opened>,
    pub(crate) closed: Vec<Closed>,
    pub(crate) others: BTreeMap<String, u64>,
    /// What does not hold: the file must not be relied on.
    pub(crate) findings: Vec<Problem>,
    /// Where it does not agree with the verifier's own records.
    pub(crate) differences: Vec<Problem>,
    /// What it cannot show.
    pub(crate) gaps: Vec<String>,
    /// Whether its log was shown to be the one that was seen before, or there was none.
    pub(crate) continues: bool,
    #[serde(skip)]
    pub(crate) checkpoint: Option<Checkpoint>,
}

impl Checked {
    /// An assurance in which there is nothing.
    #[cfg(test)]
    pub(crate) fn nothing(by: &str, whom: &str) -> Self {
        Self {
            by: PartyPath::new(by).expect("a name"),
            whom: PartyPath::new(whom).expect("a name"),
            written: Timestamp::UNIX_EPOCH,
            banner: String::new(),
            size: 0,
            signed_by: Vec::new(),
            opened: Vec::new(),
            closed: Vec::new(),
            others: BTreeMap::new(),
            findings: Vec::new(),
            differences: Vec::new(),
            gaps: Vec::new(),
            continues: true,
            checkpoint: None,
        }
    }

    pub(super) fn found(&mut self, place: impl Into<String>, problem: impl Into<String>) {
        self.findings.push(Problem {
            place: place.into(),
            problem: problem.into(),
        });
    }
}
