//! Briefings: what may be said to an audience, worked out before the meeting.

use std::collections::BTreeSet;

use entente_marking::Purpose;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{BriefingId, FactId, PartyPath, PersonId, PortionRef, ReportId, RequestId};
use crate::outcome::Outcome;
use crate::request::Refusal;

/// What an audience may be told of some reports, as it stood when the briefing was prepared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Briefing {
    /// Its id.
    pub id: BriefingId,
    /// Who will speak.
    pub speaker: PersonId,
    /// To whom.
    pub audience: BTreeSet<PersonId>,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// The reports, each with its version.
    pub reports: Vec<(ReportId, u32)>,
    /// Portion by portion, substitutes included.
    pub items: Vec<BriefingItem>,
    /// Requests about these reports that had not been answered.
    pub waiting: BTreeSet<RequestId>,
    /// When it was prepared.
    pub prepared: Timestamp,
}

/// One portion in a briefing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BriefingItem {
    /// The portion.
    pub portion: PortionRef,
    /// Whether every attendee may have it.
    pub outcome: Outcome,
    /// Whether the speaker may know it: else it is not on the speaker's paper either.
    pub speaker_may_know: bool,
    /// What has to be observed where it may be said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// What its mark says is to be observed, wherever it goes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handling: Vec<String>,
    /// Why it may not be said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<String>,
    /// Who could change that, and how.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<String>,
    /// What originators refused of it, for one of the attendees and this purpose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refusal>,
    /// Whose word is missing.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub without_consent_of: BTreeSet<PartyPath>,
    /// Which facts it would disclose.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub facts: BTreeSet<FactId>,
    /// Whose sources it would expose, or may expose: at whose cost it would be said.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub exposes: BTreeSet<PartyPath>,
}

impl BriefingItem {
    /// Whether it may stand on a paper that is left with the attendees: permitted, without any condition but those that its
    /// mark states wherever it goes.
    pub fn may_be_left(&self) -> bool {
        self.outcome == Outcome::Permit && self.conditions.is_empty()
    }
}
