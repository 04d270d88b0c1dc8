//! Offline proofs (C2SP `tlog-proof`): an entry's index, its inclusion proof and the signed checkpoint in one text.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::checkpoint::{Checkpoint, CheckpointError, decimal, hash};
use crate::note::{MAX_NOTE, Note, NoteError, Signed, Verifier};
use crate::tree::{Hash, MAX_PROOF, leaf_hash, verify_inclusion};

/// The first line of every proof.
const FORMAT: &str = "c2sp.org/tlog-proof@v1";
/// The largest proof read: a note, the hashes of the deepest tree and as much extra data as a note has.
pub const MAX_PROOF_FILE: usize = 3 * MAX_NOTE;

/// Why a proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The text does not follow the format.
    #[error("this is not a proof file (C2SP tlog-proof): {0}; ask its sender for the file again")]
    Malformed(&'static str),
    /// The checkpoint's note is malformed, forged or not signed by a known key.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The checkpoint's text is malformed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The checkpoint is of another log.
    #[error("the checkpoint is of the log {got}, not of {expected}; ask for a proof from the right log")]
    Origin {
        /// The log that was asked for.
        expected: String,
        /// The log that the checkpoint names.
        got: String,
    },
    /// The hashes do not lead from the entry to the root.
    #[error("entry {index} is not in the log of {size} entries that the checkpoint states; do not rely on it")]
    NotIncluded {
        /// The entry's index, from 0.
        index: u64,
        /// The number of entries.
        size: u64,
    },
}

/// A proof as read, which shows nothing before [`Proof::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Data for the reader that nobody signed.
    pub extra: Option<Vec<u8>>,
    /// The entry's index, from 0.
    pub index: u64,
    /// The inclusion proof, from the leaf's sibling upwards.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: Note,
}

impl Proof {
    /// Reads a proof.
    ///
    /// # Errors
    /// [`ProofError::Malformed`] or [`ProofError::Note`] with the part that is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofError> {
        use ProofError::Malformed;
        if bytes.len() > MAX_PROOF_FILE {
            return Err(Malformed("larger than 384 KiB"));
        }
        let text = str::from_utf8(bytes).map_err(|_| Malformed("not UTF-8"))?;
        let (head, note) = text
            .split_once("\n\n")
            .ok_or(Malformed("no blank line before the checkpoint"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FORMAT) {
            return Err(Malformed("the first line does not name the format"));
        }
        let extra = lines
            .next_if(|line| line.starts_with("extra "))
            .and_then(|line| line.strip_prefix("extra "));
        let extra = extra.map(|text| STANDARD.decode(text)).transpose();
        let extra = extra.map_err(|_| Malformed("the extra data is not base64"))?;
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(decimal);
        let index = index.ok_or(Malformed("the line of the index is missing or wrong"))?;
        let mut hashes = Vec::new();
        for line in lines {
            if hashes.len() == MAX_PROOF {
                return Err(Malformed("more than 65 hashes"));
            }
            hashes.push(hash(line).ok_or(Malformed("a hash is not 32 bytes in base64"))?);
        }
        Ok(Self {
            extra,
            index,
            hashes,
            checkpoint: Note::parse(note.as_bytes())?,
        })
    }

    /// The text that [`Proof::parse`] reads.
    #[must_use]
    pub fn render(&self) -> String {
        let extra = self
            .extra
            .iter()
            .map(|extra| format!("extra {}\n", STANDARD.encode(extra)))
            .collect::<String>();
        let hashes = self
            .hashes
            .iter()
            .map(|hash| STANDARD.encode(hash) + "\n")
            .collect::<String>();
        format!(
            "{FORMAT}\n{extra}index {}\n{hashes}\n{}",
            self.index,
            self.checkpoint.render()
        )
    }

    /// Verifies the checkpoint's signatures, its log and that `entry` stands at the index. Tells who signed.
    ///
    /// `log` holds the keys of the log itself (old and new): a witness's signature alone is not enough.
    ///
    /// # Errors
    /// The first step that fails.
    pub fn verify(
        &self,
        entry: &[u8],
        origin: &str,
        log: &[Verifier],
        witnesses: &[Verifier],
    ) -> Result<Vec<Signed>, ProofError> {
        let mut signed = self.checkpoint.verify(log)?;
        match self.checkpoint.verify(witnesses) {
            Ok(seen) => signed.extend(seen),
            Err(NoteError::Unsigned) => {}
            Err(error) => return Err(error.into()),
        }
        let checkpoint = Checkpoint::parse(self.checkpoint.text())?;
        if checkpoint.origin != origin {
            return Err(ProofError::Origin {
                expected: origin.to_owned(),
                got: checkpoint.origin,
            });
        }
        if !verify_inclusion(
            &leaf_hash(entry),
            self.index,
            checkpoint.size,
            &checkpoint.root,
            &self.hashes,
        ) {
            return Err(ProofError::NotIncluded {
                index: self.index,
                size: checkpoint.size,
            });
        }
        Ok(signed)
    }
}
