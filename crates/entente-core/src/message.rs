//! What parties say to each other. Each message travels in a signed file or request and is a command here.

use serde::{Deserialize, Serialize};

use crate::arrangement::Arrangement;
use crate::disclosure::{Acknowledgement, Notice, Recall};
use crate::embargo::Embargo;
use crate::ids::{ConsentId, IncidentId, PartyPath, RecallId, ReportId, RequestId};
use crate::incident::IncidentNotice;
use crate::keys::Succession;
use crate::life::{Cut, Saying};
use crate::part::{Part, Receipt};
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
        /// What there is to say of it, where it is a part, or marked for the receiver.
        #[serde(default, skip_serializing_if = "Part::is_whole")]
        part: Part,
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
    /// A consent of another party, which came with a text that the sender handed on, has ended.
    HandedOnEnded {
        /// Whose consent.
        originator: PartyPath,
        /// The consent.
        consent: ConsentId,
        /// When the sender learned of it.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// A part of a consent is taken away.
    Narrowing {
        /// The consent.
        consent: ConsentId,
        /// What.
        cut: Cut,
        /// From when on.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// What the holder of a consent says about it.
    ConsentSaid {
        /// The consent.
        consent: ConsentId,
        /// What.
        saying: Saying,
    },
    /// A request needs no answer any more.
    Retracted {
        /// The request.
        request: RequestId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// A holder gave its copy of the receiver's report up.
    GivenUp {
        /// The report.
        report: ReportId,
        /// When.
        at: Timestamp,
        /// What it states.
        statement: String,
    },
    /// What the sender took in of the receiver's reports.
    Receipts(Vec<Receipt>),
    /// A recall.
    Recall(Recall),
    /// A recall is lifted.
    RecallLifted {
        /// The recall.
        recall: RecallId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Until when nothing of the sender's text goes further.
    Embargo(Embargo),
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
    /// The sender's signing key was replaced.
    KeySuccession(Succession),
    /// A key of the sender is compromised.
    KeyCompromised {
        /// The key, as a verifier key.
        key: String,
        /// From when on.
        from: Timestamp,
    },
}

impl Message {
    /// The kind of message, as its file's header states it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Delivery { .. } => "delivery",
            Self::Request(_) => "request",
            Self::Answer { .. } => "answer",
            Self::Withdrawal { .. } => "withdrawal",
            Self::HandedOnEnded { .. } => "handed-on-ended",
            Self::Narrowing { .. } => "narrowing",
            Self::ConsentSaid { .. } => "consent-said",
            Self::Retracted { .. } => "retracted",
            Self::GivenUp { .. } => "given-up",
            Self::Receipts(_) => "receipts",
            Self::Recall(_) => "recall",
            Self::RecallLifted { .. } => "recall-lifted",
            Self::Embargo(_) => "embargo",
            Self::Acknowledgement(_) => "acknowledgement",
            Self::Notice(_) => "notice",
            Self::Incident(_) => "incident",
            Self::IncidentAcknowledged { .. } => "incident-acknowledged",
            Self::Arrangement(_) => "arrangement",
            Self::KeySuccession(_) => "key-succession",
            Self::KeyCompromised { .. } => "key-compromised",
        }
    }
}
