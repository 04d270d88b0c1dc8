//! Checkpoints (C2SP `tlog-checkpoint`): a log's size and root as the text of a signed note.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::note::{Note, NoteError};
use crate::tree::Hash;

/// What is wrong with a checkpoint's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {line} of the checkpoint is not {expected} (C2SP tlog-checkpoint); get the checkpoint again from the log"
)]
pub struct CheckpointError {
    /// The line, from 1.
    pub line: usize,
    /// What should stand there.
    pub expected: &'static str,
}

/// A log's state: how many entries, and the hash over all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's identity.
    pub origin: String,
    /// The number of entries.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

/// Reads a decimal number without sign or leading zero.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let number = text.parse::<u64>().ok()?;
    (number.to_string() == text).then_some(number)
}

/// Reads the base64 form of one hash.
pub(crate) fn hash(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

impl Checkpoint {
    /// Reads the text of a note whose signatures were verified. Extension lines are refused: no witness vouches for them.
    ///
    /// # Errors
    /// The first line that is not as the specification says.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.split('\n');
        let wrong = |line, expected| CheckpointError { line, expected };
        let origin = lines
            .next()
            .filter(|line| !line.is_empty())
            .ok_or(wrong(1, "the log's name"))?;
        let size = lines.next().and_then(decimal).ok_or(wrong(2, "a size in decimal"))?;
        let root = lines.next().and_then(hash).ok_or(wrong(3, "a root hash in base64"))?;
        if lines.next() != Some("") || lines.next().is_some() {
            return Err(wrong(4, "the end"));
        }
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root,
        })
    }

    /// The unsigned note of this checkpoint.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] if the origin is empty or holds a control character.
    pub fn note(&self) -> Result<Note, NoteError> {
        if self.origin.is_empty() || self.origin.chars().any(char::is_control) {
            return Err(NoteError::Malformed(
                "the log's name is empty or holds a control character",
            ));
        }
        Note::new(&format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            STANDARD.encode(self.root)
        ))
    }
}
