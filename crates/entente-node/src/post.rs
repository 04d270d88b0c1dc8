//! What leaves for other parties, and what comes from them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use entente_core::handle::receipts_due;
use entente_core::{Command, Message, PartyPath, Receipt, State};
use entente_seal::{Header, KeyPair, Known};
use entente_store::Letter;
use serde::{Deserialize, Serialize};

use crate::error::NodeError;
use crate::keyring;
use crate::node::Node;
use crate::writing;

/// As many letters as there are.
const ALL: usize = usize::MAX >> 1;

/// A sealed file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SentFile {
    /// For whom.
    pub to: PartyPath,
    /// What kind of message.
    pub kind: String,
    /// Where it stands.
    pub file: PathBuf,
}

/// A letter that waits, because the keys of its receiver are not known, or not to be relied on: they have to be added, then
/// it can be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// For whom.
    pub to: PartyPath,
    /// What kind of message.
    pub kind: String,
    /// The number of the event that it follows from.
    pub seq: u64,
    /// Why the link is frozen, if it is that; else the keys are not known.
    pub frozen: Option<String>,
}

/// What became of the letters in the outbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// Those that left.
    pub files: Vec<SentFile>,
    /// Those that wait.
    pub waiting: Vec<Waiting>,
}

/// A message that was taken in.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// Its header, whose signature was verified.
    pub header: Header,
    /// What it says.
    pub message: Message,
    /// The event that records it.
    pub seq: u64,
}

/// What may ride in a letter beside its message.
#[derive(Default, Deserialize)]
struct Riding {
    #[serde(default)]
    receipts: Vec<Receipt>,
}

/// A letter with the receipts that are due to its receiver.
pub(crate) fn with_receipts(payload: Vec<u8>, due: Vec<Receipt>) -> Vec<u8> {
    let written = || {
        let mut letter: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&payload).ok()?;
        letter.insert("receipts".to_owned(), serde_json::to_value(due).ok()?);
        serde_json::to_vec(&letter).ok()
    };
    written().unwrap_or(payload)
}

/// The kinds of messages about keys.
pub(crate) const KEY_SUCCESSION: &str = "key-succession";
const KEY_COMPROMISED: &str = "key-compromised";

/// The keys that are known of a file's sender. What is said about keys may be signed with a former one: it is checked by
/// itself.
pub(crate) fn known_keys(state: &State, header: &Header) -> Known {
    let party = PartyPath::stored(header.from.as_str()).ok();
    let Some(party) = party.and_then(|path| state.parties.get(&path)) else {
        return Known::default();
    };
    let about_keys = header.kind == KEY_SUCCESSION || header.kind == KEY_COMPROMISED;
    let counting = if about_keys { usize::MAX } else { 1 };
    Known {
        current: party.signing_keys.iter().take(counting).cloned().collect(),
        former: party.former_keys().map(str::to_owned).collect(),
    }
}

impl Node {
    /// Seals what waits in the outbox into files in a folder, and signs the ledger. What is for parties that are reached over
    /// the network waits for the courier.
    ///
    /// # Errors
    /// When the keys cannot be unlocked, or a file cannot be written; what was written before it has left.
    pub fn flush(&self, folder: &Path, by_network: &BTreeSet<PartyPath>) -> Result<Sent, NodeError> {
        if self.receivers()?.iter().all(|to| by_network.contains(to)) {
            return Ok(Sent::default());
        }
        // Nobody must seal the same letter twice: neither another thread nor another process, which may just be doing it.
        let _turn = self.posting.lock().unwrap_or_else(PoisonError::into_inner);
        self.store().hold()?;
        let mut letters = Vec::new();
        for to in self.receivers()?.iter().filter(|to| !by_network.contains(*to)) {
            letters.extend(self.store().letters_to(to.as_str(), &[], ALL)?);
        }
        if letters.is_empty() {
            return Ok(Sent::default());
        }
        letters.sort_by_key(|letter| letter.id);
        let keys = self.keys()?;
        entente_files::create_folder(folder).map_err(|error| NodeError::File {
            path: folder.to_owned(),
            error,
        })?;
        let mut sent = Sent::default();
        let mut due: BTreeMap<PartyPath, Vec<Receipt>> = BTreeMap::new();
        for letter in letters {
            let to: PartyPath = letter.destination.parse()?;
            let moment = self.moment();
            let receiver = moment.state().parties.get(&to);
            let frozen = moment.state().frozen(&to).map(|(_, why)| why.clone());
            match receiver
                .and_then(|party| party.recipient.as_ref())
                .filter(|_| frozen.is_none())
            {
                Some(recipient) => {
                    let due = due
                        .entry(to.clone())
                        .or_insert_with(|| receipts_due(moment.state(), &to, self.now()));
                    sent.files.push(self.send(letter, to, (recipient, &keys), due, folder)?);
                }
                None => sent.waiting.push(Waiting {
                    to,
                    kind: letter.kind,
                    seq: letter.seq,
                    frozen,
                }),
            }
        }
        self.publish()?;
        Ok(sent)
    }

    fn send(
        &self,
        letter: Letter,
        to: PartyPath,
        (recipient, keys): (&str, &KeyPair),
        due: &mut Vec<Receipt>,
        folder: &Path,
    ) -> Result<SentFile, NodeError> {
        let carried = self.sealed(&letter, to.clone(), (recipient, keys), due)?;
        // The number tells how many there were for this receiver, which it knows, and of nobody else.
        let number = self.store().letters_up_to(to.as_str(), letter.id)?;
        let file = folder.join(format!("{}-{number:06}-to-{to}.entente", keys.party()));
        entente_files::write(&file, &carried.sealed).map_err(|error| NodeError::File {
            path: file.clone(),
            error,
        })?;
        self.store().handed(letter.id, self.now())?;
        self.landed(&carried.id);
        Ok(SentFile {
            to,
            kind: letter.kind,
            file,
        })
    }

    /// Takes in a sealed file.
    ///
    /// # Errors
    /// When it is not for this party, or not from whom it says, or what it says is refused.
    pub fn receive(&self, file: &[u8]) -> Result<Received, NodeError> {
        let keys = self.keys()?;
        let moment = self.moment();
        let opened = entente_seal::open_known(file, &keys, |header| known_keys(moment.state(), header))?;
        let mut message: Message =
            serde_json::from_slice(&opened.payload).map_err(|error| NodeError::NotAMessage(error.to_string()))?;
        if message.kind() != opened.header.kind {
            return Err(NodeError::OtherKind {
                said: opened.header.kind,
                holds: message.kind(),
                from: opened.header.from,
            });
        }
        if let Message::KeySuccession(succession) = &message {
            keyring::check(succession)?;
        }
        writing::verify(moment.state(), &mut message);
        drop(moment);
        let letter: Riding = serde_json::from_slice(&opened.payload).unwrap_or_default();
        let from = PartyPath::stored(&opened.header.from)?;
        if !letter.receipts.is_empty() {
            let receipts = letter.receipts;
            self.submit_all(vec![Command::TakeReceipts { from, receipts }])?;
        }
        let receipt = self.submit_all(vec![Command::Receive {
            from: PartyPath::stored(&opened.header.from)?,
            id: opened.header.id.clone(),
            digest: opened.digest.clone(),
            message: message.clone(),
        }])?;
        self.no_longer_refused(&opened.digest);
        Ok(Received {
            header: opened.header,
            message,
            seq: receipt.seqs.last().copied().unwrap_or(receipt.ledger_size),
        })
    }
}
