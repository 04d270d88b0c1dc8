//! What partners ask each other: a sealed question, answered with a sealed answer at once, within five minutes.

use std::collections::{BTreeSet, HashMap};
use std::sync::PoisonError;

use entente_assurance::Assurance;
use entente_core::{PartyPath, PortionRef};
use entente_seal::Header;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::NodeError;
use crate::node::Node;
use crate::post::known_keys;

/// How old a question may be, and how far clocks may differ.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// The kinds of the sealed messages.
const QUESTION: &str = "question";
const ANSWER: &str = "answer";

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Question {
    /// Under which prefix checkpoints are submitted.
    Witness,
    /// What is on record about the asker's material, and between the two.
    Records {
        /// The size of the log that the asker saw last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<u64>,
    },
    /// How much of a message is here that is to come in pieces.
    Upload {
        /// Its SHA-256, in hexadecimal.
        digest: String,
        /// Its size in bytes.
        size: usize,
    },
}

/// What is answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// The prefix.
    Witness {
        /// The part of the address that is the asker's own.
        prefix: String,
    },
    /// The records, proved.
    Records(Box<Assurance>),
    /// The next piece begins here, in bytes.
    Upload {
        /// How many bytes are here.
        offset: usize,
    },
    /// It cannot be answered now.
    Unable,
}

#[derive(Serialize, Deserialize)]
struct Said<T> {
    nonce: String,
    at: Timestamp,
    said: T,
}

/// A question on its way.
#[derive(Clone, Debug)]
pub struct Asked {
    to: PartyPath,
    nonce: String,
    /// The sealed question.
    pub sealed: Vec<u8>,
}

/// Questions that were answered, for as long as they could be asked again.
pub(crate) type Nonces = HashMap<String, Timestamp>;

impl Node {
    /// Seals a question for a partner.
    ///
    /// # Errors
    /// When its keys are not known, or one's own cannot be unlocked.
    pub fn ask(&self, to: &PartyPath, question: &Question) -> Result<Asked, NodeError> {
        let mut nonce = [0u8; 16];
        // Without chance the partner takes it for a repetition, and does not answer.
        let _ = getrandom::fill(&mut nonce);
        let nonce = entente_ledger::hex(&nonce);
        let sealed = self.said(to, &nonce, QUESTION, question)?;
        Ok(Asked {
            to: to.clone(),
            nonce,
            sealed,
        })
    }

    fn said<T: Serialize>(&self, to: &PartyPath, nonce: &str, kind: &str, said: &T) -> Result<Vec<u8>, NodeError> {
        let moment = self.moment();
        let recipient = moment.state().recipient_of(to);
        let recipient = recipient.ok_or_else(|| entente_seal::SealError::UnknownSender(to.to_string()))?;
        let keys = self.keys()?;
        let header = Header {
            from: keys.party().to_owned(),
            to: to.to_string(),
            id: nonce.to_owned(),
            created: self.now().to_string(),
            kind: kind.to_owned(),
        };
        let payload = serde_json::to_vec(&Said {
            nonce: nonce.to_owned(),
            at: self.now(),
            said,
        });
        let payload = payload.map_err(|error| NodeError::NotAMessage(error.to_string()))?;
        Ok(entente_seal::seal(&header, &payload, &keys, recipient)?)
    }

    /// Opens the answer to a question.
    ///
    /// # Errors
    /// When it is not the partner's answer to this question.
    pub fn answered(&self, asked: &Asked, answer: &[u8]) -> Result<Answer, NodeError> {
        let moment = self.moment();
        let keys = self.keys()?;
        let opened = entente_seal::open_known(answer, &keys, |header| known_keys(moment.state(), header))?;
        let said: Said<Answer> =
            serde_json::from_slice(&opened.payload).map_err(|error| NodeError::NotAMessage(error.to_string()))?;
        let fits = opened.header.kind == ANSWER && opened.header.from == asked.to.as_str() && said.nonce == asked.nonce;
        match fits {
            true => Ok(said.said),
            false => Err(NodeError::OtherReceipt(asked.nonce.clone())),
        }
    }

    /// Answers a partner's question. One that is asked again, or is too old, is no question.
    ///
    /// # Errors
    /// When it is not a question of a party known here to this one, or this node cannot work.
    pub fn answer_question(
        self: &std::sync::Arc<Self>,
        file: &[u8],
        banner: &dyn Fn(&BTreeSet<PortionRef>) -> String,
    ) -> Result<(PartyPath, Vec<u8>), NodeError> {
        let keys = self.keys()?;
        let moment = self.moment();
        let opened = entente_seal::open_known(file, &keys, |header| known_keys(moment.state(), header))?;
        let from: PartyPath = opened.header.from.parse()?;
        let stale = || NodeError::NotAMessage("it is no question, or was asked before".to_owned());
        if opened.header.kind != QUESTION || moment.state().frozen(&from).is_some() {
            return Err(stale());
        }
        let said: Said<Question> =
            serde_json::from_slice(&opened.payload).map_err(|error| NodeError::NotAMessage(error.to_string()))?;
        let now = self.now();
        if now.duration_since(said.at).abs() > WINDOW || said.nonce != opened.header.id {
            return Err(stale());
        }
        {
            let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
            nonces.retain(|_, at| now.duration_since(*at).abs() <= WINDOW + WINDOW);
            if nonces.insert(format!("{from} {}", said.nonce), now).is_some() {
                return Err(stale());
            }
        }
        let answer = match said.said {
            Question::Witness => Answer::Witness {
                prefix: self.witness_prefix(&from)?,
            },
            Question::Records { since } => {
                let pinned = Self::pinned(self);
                // A size that the log never had is not continued; the asker sees that.
                let made = pinned.assure(&from, since, banner, &mut |_, _| {});
                let made = made.or_else(|_| pinned.assure(&from, None, banner, &mut |_, _| {}));
                made.map_or(Answer::Unable, |made| Answer::Records(Box::new(made)))
            }
            Question::Upload { digest, size } => {
                let here = self.announce(&from, &digest, size)?;
                here.map_or(Answer::Unable, |offset| Answer::Upload { offset })
            }
        };
        let sealed = self.said(&from, &said.nonce, ANSWER, &answer)?;
        Ok((from, sealed))
    }
}
