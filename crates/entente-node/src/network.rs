//! Messages over the network: the same sealed message as the file, sealed once, and confirmed by a sealed receipt.
//!
//! A message keeps its bytes until its receiver has confirmed it, so that the same message arrives however often it is
//! sent, and by whatever way.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use entente_core::handle::receipts_due;
use entente_core::{Command, CommandRefusal, MessageOutcome, MessageReceipt, PartyPath, Receipt};
use entente_ledger::{hex, leaf_hash};
use entente_seal::{Header, KeyPair, SealError};
use entente_store::Letter;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::error::NodeError;
use crate::node::Node;
use crate::post::{KEY_SUCCESSION, known_keys, with_receipts};
use crate::writing;

/// The largest sealed message taken.
pub const MAX_MESSAGE: usize = entente_seal::MAX_BUNDLE;

/// What travels first: what ends something.
const FIRST: [&str; 5] = ["key-compromised", KEY_SUCCESSION, "withdrawal", "narrowing", "recall"];

/// The file with the key under which messages are called.
pub(crate) const NAMES: &str = "message-names";

/// The kind of a sealed receipt.
const RECEIPT: &str = "receipt";

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    letter: i64,
    /// For whom.
    pub to: PartyPath,
    /// Its id.
    pub id: String,
    /// The sealed message.
    pub sealed: Vec<u8>,
}

impl Carried {
    /// The number of its letter in the outbox.
    pub fn letter(&self) -> i64 {
        self.letter
    }
}

/// What is answered to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Who sent it.
    pub from: PartyPath,
    /// The sealed receipt.
    pub sealed: Vec<u8>,
    /// What became of it.
    pub outcome: MessageOutcome,
    /// Why it was not taken in: for whoever runs this node. A partner never reads it.
    pub why: Option<String>,
}

/// The answers to messages that were taken in, by the digest of each, while nothing happens.
#[derive(Default)]
struct Repeated(Mutex<HashMap<[u8; 32], Answered>>);

impl Repeated {
    /// The most answers that are kept.
    const MOST: usize = 256;

    fn get(&self, digest: &[u8; 32]) -> Option<Answered> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(digest)
            .cloned()
    }

    fn keep(&self, digest: [u8; 32], answered: &Answered) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < Self::MOST {
            kept.insert(digest, answered.clone());
        }
    }
}

/// How it stands with a partner.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PartnerStanding {
    /// The partner.
    pub party: PartyPath,
    /// Whether its keys are known, so that anything can be exchanged.
    pub keys: bool,
    /// When it last confirmed a message.
    pub confirmed_at: Option<Timestamp>,
    /// When a message of it was last taken in.
    pub heard_at: Option<Timestamp>,
    /// How many messages wait to leave for it.
    pub waiting: u64,
    /// Messages that left and that it has not confirmed. Silence is no refusal.
    pub unconfirmed: Vec<String>,
    /// Messages that it did not take in.
    pub refused: Vec<String>,
    /// Files of messages of its own that were not taken in here; `entente receive` of their folder says why, and takes in what can
    /// be by now.
    pub kept: Vec<PathBuf>,
}

/// The key under which the messages of a node are called, made where there is none.
pub(crate) fn name_messages(folder: &Path) -> Result<Vec<u8>, NodeError> {
    let path = folder.join(NAMES);
    let failed = |error| NodeError::File {
        path: path.clone(),
        error,
    };
    match std::fs::read(&path) {
        Ok(key) => Ok(key),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut key = vec![0; 32];
            getrandom::fill(&mut key).map_err(|error| failed(std::io::Error::other(error.to_string())))?;
            entente_files::write(&path, &key).map_err(failed)?;
            Ok(key)
        }
        Err(error) => Err(failed(error)),
    }
}

/// What a letter's message is called, under this node's own key.
fn called(key: &[u8], letter: i64) -> String {
    let digest = Sha256::new()
        .chain_update(key)
        .chain_update(letter.to_be_bytes())
        .finalize();
    hex(digest.get(..16).unwrap_or_default())
}

/// What a receipt is called: by its message, so that the same message gets the same receipt.
fn receipt_id(message: &str) -> String {
    hex(Sha256::digest(format!("receipt {message}"))
        .get(..16)
        .unwrap_or_default())
}

/// What it was called before names told nothing.
fn called_before(home: &str, letter: i64) -> String {
    format!("{home}-{letter:06}")
}

/// Messages to one party that may be under way by a way on which nothing goes back, such as mail.
pub const UNANSWERED: usize = 64;

/// What came by a way on which nothing goes back.
#[derive(Debug)]
pub enum Came {
    /// A message, and the sealed receipt for it, which has a way of its own.
    Message(Answered),
    /// What a partner did with a message of this party: the message's id, and the outcome.
    Receipt(String, MessageOutcome),
}

impl Node {
    /// For whom messages wait, and how many.
    ///
    /// # Errors
    /// When the store fails.
    pub fn waiting(&self) -> Result<Vec<(PartyPath, u64)>, NodeError> {
        let waiting = self.store().waiting()?.into_iter();
        waiting.map(|(to, count)| Ok((to.parse()?, count))).collect()
    }

    /// For whom messages wait: found without counting them.
    ///
    /// # Errors
    /// When the store fails.
    pub fn receivers(&self) -> Result<Vec<PartyPath>, NodeError> {
        let all = self.store().receivers()?.into_iter();
        all.map(|to| Ok(to.parse()?)).collect()
    }

    /// Seals the next messages for a party, what ends something first, besides those that are away already. None where its keys are
    /// not known, or in doubt.
    ///
    /// # Errors
    /// When the keys cannot be unlocked, or the disk fails.
    pub fn carry(&self, to: &PartyPath, at_most: usize, away: &BTreeSet<i64>) -> Result<Vec<Carried>, NodeError> {
        let moment = self.moment();
        let Some(recipient) = moment.state().recipient_of(to) else {
            return Ok(Vec::new());
        };
        let keys = self.keys()?;
        // Nobody must seal the same letter twice.
        let _turn = self.posting.lock().unwrap_or_else(PoisonError::into_inner);
        self.store().hold()?;
        let letters = self.store().letters_to(to.as_str(), &FIRST, at_most + away.len())?;
        let mut due = receipts_due(moment.state(), to, self.now());
        let recipient = recipient.to_owned();
        drop(moment);
        let sealed = letters
            .into_iter()
            .filter(|letter| !away.contains(&letter.id))
            .take(at_most)
            .map(|letter| self.sealed(&letter, to.clone(), (&recipient, &keys), &mut due));
        sealed.collect()
    }

    /// A letter as it travels: sealed the first time, and the same bytes ever after. What is `due` to be confirmed to the receiver rides
    /// along with the first one that leaves.
    pub(crate) fn sealed(
        &self,
        letter: &Letter,
        to: PartyPath,
        (recipient, keys): (&str, &KeyPair),
        due: &mut Vec<Receipt>,
    ) -> Result<Carried, NodeError> {
        // What an earlier program has sealed keeps its name and its bytes.
        let before = called_before(keys.party(), letter.id);
        let id = match self.under_way.read(&before)? {
            Some(_) => before,
            None => self.message_id(letter.id)?,
        };
        let sealed = match self.under_way.read(&id)? {
            Some(sealed) => sealed,
            None => {
                let header = Header {
                    from: keys.party().to_owned(),
                    to: to.to_string(),
                    id: id.clone(),
                    created: self.now().to_string(),
                    kind: letter.kind.clone(),
                };
                let payload = writing::signed(letter.payload.clone(), &letter.kind, &self.moment(), keys);
                let payload = match due.is_empty() {
                    true => payload,
                    false => with_receipts(payload, due.clone()),
                };
                let seal = match letter.kind == KEY_SUCCESSION {
                    true => entente_seal::seal_succession,
                    false => entente_seal::seal,
                };
                let sealed = seal(&header, &payload, keys, recipient)?;
                let kept = self.under_way.keep(&id, &sealed)?;
                // Another node on the same database may have sealed it just before: its bytes leave, with what rides along there.
                if !due.is_empty() && kept == sealed {
                    // What rode along is not told again.
                    let to = to.clone();
                    self.submit_all(vec![Command::GiveReceipts { to, alone: false }])?;
                    due.clear();
                }
                kept
            }
        };
        Ok(Carried {
            letter: letter.id,
            to,
            id,
            sealed,
        })
    }

    /// What the message of a letter is called: 128 bits that tell nobody how many there were before.
    ///
    /// # Errors
    /// When the disk fails.
    fn message_id(&self, letter: i64) -> Result<String, NodeError> {
        let key = name_messages(self.folder())?;
        Ok(called(&key, letter))
    }

    /// Forgets the bytes of a message that has arrived, or has to be sealed anew.
    pub(crate) fn landed(&self, id: &str) {
        // A leftover is overwritten by nobody and read by nobody: its letter is done.
        let _ = self.under_way.forget(id);
    }

    /// Takes the receiver's sealed receipt for a message, and notes that it has left.
    ///
    /// # Errors
    /// When the receipt is not the receiver's, or is not about this message, or asks to seal it again.
    pub fn confirm(&self, message: &Carried, answer: &[u8]) -> Result<MessageOutcome, NodeError> {
        let keys = self.keys()?;
        let moment = self.moment();
        let opened = entente_seal::open_known(answer, &keys, |header| known_keys(moment.state(), header))?;
        let receipt: MessageReceipt =
            serde_json::from_slice(&opened.payload).map_err(|error| NodeError::NotAMessage(error.to_string()))?;
        let about = (receipt.message.as_str(), receipt.digest.as_str());
        let fits = opened.header.kind == RECEIPT
            && opened.header.from == message.to.as_str()
            && receipt.by == message.to
            && about == (message.id.as_str(), hex(&Sha256::digest(&message.sealed)).as_str());
        if !fits {
            return Err(NodeError::OtherReceipt(message.id.clone()));
        }
        if receipt.outcome == MessageOutcome::SealAgain {
            self.landed(&message.id);
            return Err(NodeError::SealAgain(message.to.clone()));
        }
        let outcome = receipt.outcome;
        drop(moment);
        self.submit_all(vec![Command::TakeReceipt(receipt)])?;
        self.store().confirmed(message.letter, self.now())?;
        self.landed(&message.id);
        Ok(outcome)
    }

    /// Takes in what came by a way on which nothing goes back: a message, or a partner's receipt for one of this party's.
    ///
    /// # Errors
    /// When it is neither, is not from whom it says, or this node cannot work.
    pub fn take_post(&self, file: &[u8]) -> Result<Came, NodeError> {
        let keys = self.keys()?;
        let moment = self.moment();
        let opened = entente_seal::open_known(file, &keys, |header| known_keys(moment.state(), header));
        drop(moment);
        let Some(opened) = opened.ok().filter(|opened| opened.header.kind == RECEIPT) else {
            return self.answer(file).map(Came::Message);
        };
        let receipt: MessageReceipt =
            serde_json::from_slice(&opened.payload).map_err(|error| NodeError::NotAMessage(error.to_string()))?;
        let from = PartyPath::stored(&opened.header.from)?;
        let mut waiting = self.carry(&from, UNANSWERED, &BTreeSet::new())?.into_iter();
        // Where none waits, it came twice, or what it is for was confirmed by another way.
        if let Some(letter) = waiting.find(|letter| letter.id == receipt.message) {
            match self.confirm(&letter, file) {
                Ok(_) | Err(NodeError::SealAgain(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Came::Receipt(receipt.message, receipt.outcome))
    }

    /// Takes in a sealed message and seals a receipt for it. The same message gets the same receipt; where nothing happened
    /// since it was answered, from memory: whoever sends one again and again makes this node compute nothing.
    ///
    /// # Errors
    /// When it is not a message of a party known here to this one, or this node cannot work.
    pub fn answer(&self, file: &[u8]) -> Result<Answered, NodeError> {
        self.keys()?;
        let digest: [u8; 32] = Sha256::digest(file).into();
        let (known, mark) = {
            let moment = self.moment();
            (moment.held().made_now::<Repeated>(), moment.held().mark())
        };
        if let Some(answered) = known.get(&digest) {
            return Ok(answered);
        }
        let answered = self.answer_anew(file, &hex(&digest))?;
        // What is taken in now makes another moment; what came again does not.
        let nothing_happened = self.moment().held().mark() == mark;
        if nothing_happened && answered.outcome == MessageOutcome::Taken {
            known.keep(digest, &answered);
        }
        Ok(answered)
    }

    fn answer_anew(&self, file: &[u8], digest: &str) -> Result<Answered, NodeError> {
        let (outcome, event, why) = match self.receive(file) {
            Ok(received) => (MessageOutcome::Taken, self.store().event(received.seq)?, None),
            Err(NodeError::Refused(CommandRefusal::Repeated { from, id })) => {
                let moment = self.moment();
                let entry = moment.state().taken_in(&from, &id).and_then(|taken| taken.entry);
                let event = entry.map(|entry| self.store().event(entry)).transpose()?;
                (MessageOutcome::Taken, event.flatten(), None)
            }
            Err(NodeError::Seal(SealError::Undecryptable(_) | SealError::FormerKey(_))) => {
                (MessageOutcome::SealAgain, None, None)
            }
            Err(error @ (NodeError::Refused(_) | NodeError::NotAMessage(_) | NodeError::OtherKind { .. })) => {
                (MessageOutcome::Refused, None, Some(error.to_string()))
            }
            Err(other) => return Err(other),
        };
        let header = entente_seal::peek(file)?;
        if outcome == MessageOutcome::Refused {
            self.keep_evidence(&header, digest, file)?;
            self.keep_refused(&header.from, digest, file)?;
        }
        let leaf = match &event {
            Some(record) => {
                let entry = self.store().entries(record.seq - 1..record.seq)?;
                entry.first().map(|entry| hex(&leaf_hash(entry)))
            }
            None => None,
        };
        let from: PartyPath = header.from.parse()?;
        let receipt = MessageReceipt {
            by: self.keys()?.party().parse()?,
            message: header.id,
            digest: digest.to_owned(),
            outcome,
            leaf,
            at: event.map_or_else(|| self.now(), |record| record.time),
        };
        let sealed = self.seal_receipt(&receipt, &from)?;
        Ok(Answered {
            from,
            sealed,
            outcome,
            why,
        })
    }

    fn seal_receipt(&self, receipt: &MessageReceipt, to: &PartyPath) -> Result<Vec<u8>, NodeError> {
        let moment = self.moment();
        let recipient = moment.state().parties.get(to).and_then(|party| party.recipient.clone());
        let recipient = recipient.ok_or_else(|| SealError::UnknownSender(to.to_string()))?;
        let keys = self.keys()?;
        let header = Header {
            from: keys.party().to_owned(),
            to: to.to_string(),
            id: receipt_id(&receipt.message),
            created: receipt.at.to_string(),
            kind: RECEIPT.to_owned(),
        };
        let payload = serde_json::to_vec(receipt).map_err(|error| NodeError::NotAMessage(error.to_string()))?;
        Ok(entente_seal::seal(&header, &payload, &keys, &recipient)?)
    }

    /// Two different messages under one id of a sender are evidence against it: the second one is kept.
    fn keep_evidence(&self, header: &Header, digest: &str, file: &[u8]) -> Result<(), NodeError> {
        let moment = self.moment();
        let from = PartyPath::stored(&header.from)?;
        let known = moment.state().taken_in(&from, &header.id);
        if known.is_none_or(|known| known.digest == digest) {
            return Ok(());
        }
        self.keep("conflicts", digest, file)
    }

    /// How it stands with each partner.
    ///
    /// # Errors
    /// When the store fails.
    pub fn partners(&self) -> Result<Vec<PartnerStanding>, NodeError> {
        let moment = self.moment();
        let state = moment.state();
        let waiting = self.waiting()?;
        let kept = self.refused();
        let key = std::fs::read(self.folder().join(NAMES)).ok();
        let mut standings = Vec::new();
        for (path, party) in state
            .parties
            .iter()
            .filter(|(path, _)| Some(*path) != state.home.as_ref())
        {
            let standing = state.standings.get(path).cloned().unwrap_or_default();
            let home = state.home.as_ref().map(ToString::to_string).unwrap_or_default();
            let sent = self.store().unconfirmed(path.as_str())?.into_iter();
            let confirmed = |name: &String| state.receipts.contains_key(name);
            let open = |letter| {
                let name = key
                    .as_deref()
                    .map_or_else(|| called_before(&home, letter), |key| called(key, letter));
                let done = confirmed(&name) || confirmed(&called_before(&home, letter));
                (!done).then_some(name)
            };
            standings.push(PartnerStanding {
                party: path.clone(),
                keys: party.recipient.is_some(),
                confirmed_at: standing.confirmed_at,
                heard_at: standing.heard_at,
                waiting: waiting.iter().find(|(to, _)| to == path).map_or(0, |(_, count)| *count),
                unconfirmed: sent.filter_map(open).collect(),
                refused: standing.refused.into_iter().collect(),
                kept: kept
                    .iter()
                    .filter(|kept| kept.from == path.as_str())
                    .map(|kept| kept.file.clone())
                    .collect(),
            });
        }
        Ok(standings)
    }
}
