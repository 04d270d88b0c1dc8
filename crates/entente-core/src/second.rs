//! Two-person release: what waits for the yes of a second person.
//!
//! An arrangement can ask that nothing of what is under it is released, consented to or delivered by one person alone. Then
//! a command that would do so is recorded as it was given, and carried out once another person, with the same role, has seen
//! what would follow and says yes to exactly that.

use entente_marking::Label;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::handle::{Command, Handover, Release, Terms};
use crate::ids::{ArrangementId, ConsentId, PendingId, PersonId, PortionId, ReportId, RequestId};
use crate::named::Called;

use std::collections::BTreeSet;

/// How long what waits can be agreed to: what was meant yesterday is looked at anew.
pub const YES_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// A release, consent or delivery as one person gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Proposed {
    /// Consent to a request.
    Grant {
        /// The id of the consent.
        id: ConsentId,
        /// The request.
        request: Called<RequestId>,
        /// The portions; all that are open where none are named.
        portions: Option<BTreeSet<PortionId>>,
        /// The terms.
        terms: Terms,
    },
    /// Give another text instead of a portion.
    Substitute {
        /// The id of the consent that goes with it.
        id: ConsentId,
        /// The request.
        request: Called<RequestId>,
        /// The portion.
        portion: PortionId,
        /// The mark of the text.
        mark: String,
        /// What the mark means.
        label: Box<Label>,
        /// The text.
        text: String,
        /// The terms.
        terms: Terms,
    },
    /// Continue a consent.
    RenewConsent {
        /// The new id.
        id: ConsentId,
        /// The consent that it continues.
        consent: Called<ConsentId>,
        /// The new terms.
        terms: Terms,
    },
    /// Release text of one's own.
    Release(Box<Release>),
    /// Hand a report over.
    Deliver(Handover),
    /// Let a report leave in the format of others.
    Export(Handover),
}

impl Proposed {
    /// What a command proposes, where it is one of those that can wait.
    pub fn of(command: &Command) -> Option<Self> {
        Some(match command.clone() {
            Command::Grant {
                id,
                request,
                portions,
                terms,
            } => Self::Grant {
                id,
                request,
                portions,
                terms,
            },
            Command::Substitute {
                id,
                request,
                portion,
                mark,
                label,
                text,
                terms,
            } => Self::Substitute {
                id,
                request,
                portion,
                mark,
                label: Box::new(label),
                text,
                terms,
            },
            Command::RenewConsent { id, consent, terms } => Self::RenewConsent { id, consent, terms },
            Command::Release(release) => Self::Release(release),
            Command::HandOver(handover) => Self::Deliver(handover),
            Command::Export(handover) => Self::Export(handover),
            _ => return None,
        })
    }

    /// The command that it is.
    pub fn command(&self) -> Command {
        match self.clone() {
            Self::Grant {
                id,
                request,
                portions,
                terms,
            } => Command::Grant {
                id,
                request,
                portions,
                terms,
            },
            Self::Substitute {
                id,
                request,
                portion,
                mark,
                label,
                text,
                terms,
            } => Command::Substitute {
                id,
                request,
                portion,
                mark,
                label: *label,
                text,
                terms,
            },
            Self::RenewConsent { id, consent, terms } => Command::RenewConsent { id, consent, terms },
            Self::Release(release) => Command::Release(release),
            Self::Deliver(handover) => Command::HandOver(handover),
            Self::Export(handover) => Command::Export(handover),
        }
    }

    /// As it was asked for, before it was known what whoever asked may know.
    pub fn as_asked(&self) -> Self {
        let mut asked = self.clone();
        if let Self::Deliver(handover) | Self::Export(handover) = &mut asked {
            handover.known = None;
        }
        asked
    }

    /// What it is, in a few words that name no text.
    pub fn say(&self) -> String {
        match self {
            Self::Grant { request, .. } => format!("consent to request {request}"),
            // Whoever may know of the request need not know of the portion.
            Self::Substitute { request, .. } => format!("another text in answer to request {request}"),
            Self::RenewConsent { consent, .. } => format!("renewal of consent {consent}"),
            Self::Release(release) => format!("release of {}", release.report),
            Self::Deliver(handover) => format!("delivery of {} to {}", handover.report, handover.to),
            Self::Export(handover) => format!("export of {} for {}", handover.report, handover.to),
        }
    }
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Who answered.
    pub by: PersonId,
    /// Whether with yes.
    pub yes: bool,
    /// Why not, as far as they say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// What waits for a second person's yes, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Its id.
    pub id: PendingId,
    /// What was given.
    pub what: Proposed,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// The report that it is about.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// The arrangements that ask for a second person.
    pub under: BTreeSet<ArrangementId>,
    /// What became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Answered>,
}

impl Pending {
    /// Until when a yes counts.
    pub fn ends(&self) -> Timestamp {
        self.at + YES_WITHIN
    }

    /// Whether it still waits at a moment.
    pub fn waits(&self, moment: Timestamp) -> bool {
        self.answered.is_none() && moment < self.ends()
    }
}
