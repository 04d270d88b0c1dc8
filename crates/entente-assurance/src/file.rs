//! The file, as it is written and read.

use std::collections::BTreeMap;

use entente_core::{PartyPath, PortionRef};
use entente_ledger::hex;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Error;

/// The format that this program writes and reads.
pub(crate) const FORMAT: &str = "entente-assurance/v1";

/// The file: statements of a party for another, with what proves them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assurance {
    /// Which format, and its version.
    pub(crate) format: String,
    /// Who wrote it, and whose ledger it is about.
    pub by: PartyPath,
    /// For whom.
    #[serde(rename = "for")]
    pub whom: PartyPath,
    /// When.
    pub written: Timestamp,
    /// The marking of the whole.
    pub banner: String,
    /// The signed checkpoint (C2SP `tlog-checkpoint`) that all proofs lead to.
    pub checkpoint: String,
    /// That the log continues an earlier checkpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<Since>,
    /// What others signed of the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) witnessed: Option<Witnessed>,
    /// Every entry that concerns the receiver, in order.
    pub(crate) entries: Vec<Entry>,
    /// How many other entries there are, by kind.
    pub(crate) others: BTreeMap<String, u64>,
    /// A note over the digest of everything else, signed with the same keys as the ledger: what is not proved is at
    /// least said by the writer, and by nobody on the way.
    pub(crate) signature: String,
}

impl Assurance {
    /// What is signed.
    pub(crate) fn statement(&self) -> Result<String, Error> {
        let body = Self {
            signature: String::new(),
            ..self.clone()
        };
        let digest = Sha256::digest(serde_json::to_vec(&body).map_err(Error::unreadable)?);
        Ok(format!("{FORMAT}\n{}\nsha256 {}\n", self.by, hex(&digest)))
    }
}

/// A consistency proof (RFC 6962 §2.1.2) from an earlier size.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Since {
    pub(crate) size: u64,
    /// Hexadecimal.
    pub(crate) hashes: Vec<String>,
}

/// The newest checkpoint that witnesses signed, and that the log continues it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Witnessed {
    /// With their signatures (C2SP `tlog-cosignature`).
    pub(crate) checkpoint: String,
    /// Hexadecimal.
    pub(crate) hashes: Vec<String>,
}

/// An entry of the ledger.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// The entry as it stands in the log.
    pub(crate) entry: String,
    /// Its inclusion proof (C2SP `tlog-proof`), which holds the checkpoint.
    pub(crate) proof: String,
    #[serde(flatten)]
    pub(crate) shown: Shown,
}

/// Whether the event behind an entry is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shown {
    /// As it was recorded.
    Open {
        /// Hexadecimal.
        salt: String,
        /// The bytes that the entry commits to, with references in place of texts.
        event: String,
        /// The texts that are still there, by what the event calls them: what is not, was destroyed.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        texts: BTreeMap<String, Text>,
    },
    /// Not: it also holds what the receiver must not see.
    Closed {
        /// What that is.
        because: String,
        /// The receiver's portions in it, by the writer's word.
        portions: Vec<PortionRef>,
    },
}

/// A text that an event refers to. Its name commits to salt and literal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Text {
    /// Hexadecimal.
    pub(crate) salt: String,
    /// As JSON writes it, with quotes.
    pub(crate) literal: String,
}

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    let bytes =
        digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok());
    bytes.collect()
}
