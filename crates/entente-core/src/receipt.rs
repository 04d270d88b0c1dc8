//! Receipts: what a holder's node says it did with a message.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::PartyPath;

/// What became of a message at its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageOutcome {
    /// It was taken in, and is on record there.
    Taken,
    /// It was read and not taken in: the receiver's own rules forbid it, or it says what the sender may not say.
    Refused,
    /// It was sealed to keys that the receiver no longer has: it has to be sealed again.
    SealAgain,
}

impl MessageOutcome {
    /// Whether it was taken in.
    pub fn is_taken(self) -> bool {
        self == Self::Taken
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Taken => "taken in",
            Self::Refused => "refused",
            Self::SealAgain => "to be sealed again",
        }
    }
}

/// A receiver's word about one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageReceipt {
    /// Whose word it is.
    pub by: PartyPath,
    /// The id of the message.
    pub message: String,
    /// The digest of the message as it arrived.
    pub digest: String,
    /// What became of it.
    pub outcome: MessageOutcome,
    /// The hash of the leaf in the receiver's ledger, where it is on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaf: Option<String>,
    /// When, by the receiver's clock.
    pub at: Timestamp,
}

/// A message of another party that was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenIn {
    /// The digest of its bytes: two different messages under one id are told apart by it.
    pub digest: String,
    /// The number of the ledger's entry that says so, once it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
}

/// What messages and receipts say of a partner, kept as they come: nobody has to go through all of them to know it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// When a message of it was last taken in, by this node's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard_at: Option<Timestamp>,
    /// When it last said what it did with a message of this party, by its own clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Timestamp>,
    /// The messages that it did not take in.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub refused: BTreeSet<String>,
}

impl Standing {
    /// Notes what the partner said of a message.
    pub(crate) fn says(&mut self, receipt: &MessageReceipt) {
        self.confirmed_at = self.confirmed_at.max(Some(receipt.at));
        match receipt.outcome {
            MessageOutcome::Refused => self.refused.insert(receipt.message.clone()),
            MessageOutcome::Taken | MessageOutcome::SealAgain => self.refused.remove(&receipt.message),
        };
    }
}
