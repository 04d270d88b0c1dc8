//! What stands in the log: a salted commitment to an event, with its number, time and kind; never its content.
//!
//! Whoever sees the log learns how much happened and when. Whoever is shown an event and its salt can check that just
//! this event was recorded. Destroying the salt makes the commitment say nothing any more, and leaves the log whole.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Separates these commitments from every other use of the hash.
const DOMAIN: &[u8] = b"entente/commitment/v1\0";

/// 32 random bytes that keep a commitment from being guessed.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt([u8; 32]);

impl Salt {
    /// A fresh salt from the operating system.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing safe can be done then.
    pub fn random() -> Self {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the operating system gives randomness");
        Self(bytes)
    }

    /// A stored salt; `None` unless it has 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes, to be stored with the event.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// An entry of the log.
///
/// ```
/// use entente_ledger::{Leaf, Salt};
/// let salt = Salt::random();
/// let leaf = Leaf::new(1, "2026-11-20T10:00:00Z".into(), "report-added", &salt, b"{}");
/// let entry = Leaf::parse(&leaf.to_bytes()).unwrap();
/// assert!(entry.opens_to(&salt, b"{}"));
/// assert!(!entry.opens_to(&salt, b"{ }"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    v: u8,
    /// The event's number, from 1.
    pub seq: u64,
    /// When it was recorded.
    pub time: String,
    /// What kind of event it is.
    pub kind: String,
    /// The commitment, in hexadecimal.
    pub commitment: String,
}

impl Leaf {
    /// The entry for an event.
    pub fn new(seq: u64, time: String, kind: &str, salt: &Salt, event: &[u8]) -> Self {
        Self {
            v: 1,
            seq,
            time,
            kind: kind.to_owned(),
            commitment: commitment(salt, event),
        }
    }

    /// The entry as it stands in the log.
    ///
    /// # Panics
    /// Never: numbers and texts always have a JSON form.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("numbers and texts have a JSON form")
    }

    /// Reads an entry; `None` when it is not one, or not written as [`Leaf::to_bytes`] writes it.
    pub fn parse(entry: &[u8]) -> Option<Self> {
        let leaf: Self = serde_json::from_slice(entry).ok()?;
        (leaf.v == 1 && leaf.to_bytes() == entry).then_some(leaf)
    }

    /// Whether this is the entry of just this event.
    pub fn opens_to(&self, salt: &Salt, event: &[u8]) -> bool {
        commitment(salt, event) == self.commitment
    }
}

/// Bytes in lower-case hexadecimal.
///
/// ```
/// assert_eq!(entente_ledger::hex(&[0, 171]), "00ab");
/// ```
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn commitment(salt: &Salt, event: &[u8]) -> String {
    let digest = Sha256::new_with_prefix(DOMAIN)
        .chain_update(salt.0)
        .chain_update(event)
        .finalize();
    hex(&digest)
}
