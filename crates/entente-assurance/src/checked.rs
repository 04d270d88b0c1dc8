//! What verifying an assurance gives.

use std::collections::BTreeMap;

use entente_core::{Event, PartyPath, PortionRef};
use entente_ledger::Checkpoint;
use jiff::Timestamp;
use serde::Serialize;

/// Something that must not be so.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// Where.
    pub place: String,
    /// What.
    pub problem: String,
}

/// An entry that was verified, and the event behind it.
#[derive(Clone, Debug, Serialize)]
pub struct Opened {
    /// The event's number.
    pub seq: u64,
    /// When it was recorded.
    pub time: String,
    /// What happened.
    pub event: Event,
}

/// An entry that was verified, whose event stays closed.
#[derive(Clone, Debug, Serialize)]
pub struct Closed {
    /// The event's number.
    pub seq: u64,
    /// When it was recorded.
    pub time: String,
    /// Which kind of event it is.
    pub kind: String,
    /// Why it is not shown.
    pub because: String,
    /// What it is about, by the writer's word.
    pub portions: Vec<PortionRef>,
}

/// Somebody else who signed the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Witness {
    /// The name of the key.
    pub name: String,
    /// When, by the witness's clock.
    pub at: Option<Timestamp>,
    /// How many entries it had then.
    pub size: u64,
}

/// What verifying an assurance gives.
#[derive(Debug, Serialize)]
pub struct Checked {
    /// Who wrote it.
    pub by: PartyPath,
    /// For whom.
    #[serde(rename = "for")]
    pub whom: PartyPath,
    /// When.
    pub written: Timestamp,
    /// The marking of the whole, by the writer's word.
    pub banner: String,
    /// The entries of the log.
    pub size: u64,
    /// Who signed its checkpoint.
    pub signed_by: Vec<String>,
    /// What happened, proved.
    pub opened: Vec<Opened>,
    /// What is proved to be there, and stays closed.
    pub closed: Vec<Closed>,
    /// How many other entries there are, by kind, by the writer's word.
    pub others: BTreeMap<String, u64>,
    /// What does not hold: the file must not be relied on.
    pub findings: Vec<Problem>,
    /// Where it does not agree with the verifier's own records.
    pub differences: Vec<Problem>,
    /// What it cannot show.
    pub gaps: Vec<String>,
    /// Who else signed its log, of those whose keys are known to the verifier.
    pub witnesses: Vec<Witness>,
    /// Whether its log was shown to be the one that was seen before, or there was none.
    pub continues: bool,
    /// The checkpoint that everything leads to, when it could be verified.
    #[serde(skip)]
    pub checkpoint: Option<Checkpoint>,
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
            witnesses: Vec::new(),
            checkpoint: None,
        }
    }

    pub(crate) fn found(&mut self, place: impl Into<String>, problem: impl Into<String>) {
        self.findings.push(Problem {
            place: place.into(),
            problem: problem.into(),
        });
    }
}
