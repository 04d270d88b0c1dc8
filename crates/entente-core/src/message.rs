//! What parties say to each other. Each message travels in a signed file or request and is a command here.

use serde::{Deserialize, Serialize};

use crate::arrangement::Arrangement;
use crate::disclosure::{Acknowledgement, Notice, Recall};
use crate::ids::{ConsentId, IncidentId};
use crate::incident::IncidentNotice;
use crate::report::{Delivery, Report};
use crate::request::{Consent, Refusal, Request, Substitute};
use crate::source::ExposureAnswer;
use jiff::Timestamp;

/// A message from one party to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "message", content = "data", rename_all = "kebab-case")]
pub enum Message {
    /// A report, with the terms under which it is given.
    Delivery {
        /// The report.
        report: Report,
        /// Its delivery.
        delivery: Delivery,
        /// The arrangements that its lineage names.
        arrangements: Vec<Arrangement>,
    },
    /// A request for release.
    Request(Request),
    /// Answers to a request.
    Answer {
        /// What is granted.
        consents: Vec<Consent>,
        /// What is refused.
        refusals: Vec<Refusal>,
        /// Texts given instead.
        substitutes: Vec<Substitute>,
        /// Whether the source behind them stays above its threshold.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        exposures: Vec<ExposureAnswer>,
    },
    /// A consent's withdrawal.
    Withdrawal {
        /// The consent.
        consent: ConsentId,
        /// From when on.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// A recall.
    Recall(Recall),
    /// A holder's acknowledgement of a recall.
    Acknowledgement(Acknowledgement),
    /// What happened to the receiver's portions.
    Notice(Notice),
    /// An incident of the sender, as far as it concerns the receiver.
    Incident(IncidentNotice),
    /// The receiver's word that it has taken note of an incident.
    IncidentAcknowledged {
        /// The incident.
        incident: IncidentId,
        /// When.
        at: Timestamp,
        /// What it does about it.
        statement: String,
    },
    /// The terms of an arrangement, new or changed: suspended, resumed, ended.
    Arrangement(Arrangement),
}

impl Message {
    /// The kind of message, as its file's header states it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Delivery { .. } => "delivery",
            Self::Request(_) => "request",
            Self::Answer { .. } => "answer",
            Self::Withdrawal { .. } => "withdrawal",
            Self::Recall(_) => "recall",
            Self::Acknowledgement(_) => "acknowledgement",
            Self::Notice(_) => "notice",
            Self::Incident(_) => "incident",
            Self::IncidentAcknowledged { .. } => "incident-acknowledged",
            Self::Arrangement(_) => "arrangement",
        }
    }
}
