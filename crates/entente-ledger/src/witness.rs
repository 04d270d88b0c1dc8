//! The witness protocol (C2SP `tlog-witness`): a log submits a checkpoint, and a witness that has seen nothing else of it signs.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::checkpoint::{Checkpoint, decimal, hash};
use crate::note::{MAX_NOTE, Note, Verifier};
use crate::tree::{Hash, verify_consistency};

/// The most proof lines that the specification allows.
const MAX_LINES: usize = 63;
/// The largest submission: a note, and a proof.
pub const MAX_SUBMISSION: usize = MAX_NOTE + 64 * 64;

/// What a log sends to `add-checkpoint`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The size that the witness has signed last, as far as the log knows.
    pub old: u64,
    /// The proof that the checkpoint continues it.
    pub proof: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: Note,
}

/// Why a witness does not sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsigned {
    /// It is no submission, or its old size is larger than its checkpoint's (400).
    Malformed(&'static str),
    /// The witness knows no such log (404).
    UnknownLog,
    /// No trusted key signed the checkpoint (403).
    NotSigned,
    /// The witness has signed another size last (409).
    OtherSize(u64),
    /// The log signed two checkpoints of one size that differ (409): the one that was seen before.
    Fork(Checkpoint),
    /// The proof does not hold (422).
    BadProof,
}

impl Unsigned {
    /// The status that the specification names.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::UnknownLog => 404,
            Self::NotSigned => 403,
            Self::OtherSize(_) | Self::Fork(_) => 409,
            Self::BadProof => 422,
        }
    }
}

impl Submission {
    /// Reads a submission.
    ///
    /// # Errors
    /// [`Unsigned::Malformed`] with what is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, Unsigned> {
        use Unsigned::Malformed;
        if bytes.len() > MAX_SUBMISSION {
            return Err(Malformed("it is too large"));
        }
        let text = str::from_utf8(bytes).map_err(|_| Malformed("it is not UTF-8"))?;
        let (head, note) = text
            .split_once("\n\n")
            .ok_or(Malformed("no blank line before the checkpoint"))?;
        let mut lines = head.split('\n');
        let old = lines
            .next()
            .and_then(|line| line.strip_prefix("old "))
            .and_then(decimal);
        let old = old.ok_or(Malformed("the first line is not `old` and a size"))?;
        let mut proof = Vec::new();
        for line in lines {
            if proof.len() == MAX_LINES {
                return Err(Malformed("more than 63 proof lines"));
            }
            proof.push(hash(line).ok_or(Malformed("a proof line is not 32 bytes in base64"))?);
        }
        let checkpoint = Note::parse(note.as_bytes()).map_err(|_| Malformed("the checkpoint is no signed note"))?;
        Ok(Self { old, proof, checkpoint })
    }

    /// The text that [`Submission::parse`] reads.
    #[must_use]
    pub fn render(&self) -> String {
        let lines: String = self.proof.iter().map(|hash| STANDARD.encode(hash) + "\n").collect();
        format!("old {}\n{lines}\n{}", self.old, self.checkpoint.render())
    }

    /// Whether a witness signs, which has seen `seen` of this log last. `keys` are those of the log; `origin` says whether it is
    /// a log that the witness knows.
    ///
    /// # Errors
    /// Why not, in the order of the specification.
    pub fn judge(
        &self,
        keys: &[Verifier],
        origin: impl FnOnce(&str) -> bool,
        seen: Option<&Checkpoint>,
    ) -> Result<Checkpoint, Unsigned> {
        let told = Checkpoint::parse(self.checkpoint.text());
        let told = told.map_err(|_| Unsigned::Malformed("the note is no checkpoint"))?;
        if !origin(&told.origin) || seen.is_some_and(|seen| seen.origin != told.origin) {
            return Err(Unsigned::UnknownLog);
        }
        if self.checkpoint.verify(keys).is_err() {
            return Err(Unsigned::NotSigned);
        }
        if self.old > told.size {
            return Err(Unsigned::Malformed("the old size is larger than the checkpoint's"));
        }
        let size = seen.map_or(0, |seen| seen.size);
        // Two of one size are a fork, whatever the log says of what was seen.
        if let Some(seen) = seen.filter(|seen| seen.size == told.size && seen.root != told.root) {
            return Err(Unsigned::Fork(seen.clone()));
        }
        if self.old != size {
            return Err(Unsigned::OtherSize(size));
        }
        let holds = match seen.filter(|seen| seen.size > 0) {
            None => self.proof.is_empty(),
            Some(seen) if seen.size == told.size => self.proof.is_empty(),
            Some(seen) => verify_consistency(seen.size, &seen.root, told.size, &told.root, &self.proof),
        };
        match holds {
            true => Ok(told),
            false => Err(Unsigned::BadProof),
        }
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::note::{Kind, NoteSigner};
    use crate::tree::{leaf_hash, prove_consistency, root_of};

    fn leaves(count: usize) -> Vec<Hash> {
        (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    fn signer(seed: u8) -> NoteSigner {
        NoteSigner::new("GBR", SigningKey::from_bytes(&[seed; 32])).unwrap()
    }

    fn checkpoint(leaves: &[Hash]) -> Checkpoint {
        Checkpoint {
            origin: "GBR/1".to_owned(),
            size: leaves.len() as u64,
            root: root_of(leaves.iter().copied()),
        }
    }

    fn submission(old: u64, proof: Vec<Hash>, told: &Checkpoint, by: &NoteSigner) -> Submission {
        let mut checkpoint = told.note().unwrap();
        by.sign(&mut checkpoint);
        Submission { old, proof, checkpoint }
    }

    #[test]
    fn every_answer_of_the_specification_is_given() {
        let (good, evil) = (signer(1), signer(2));
        let keys = [good.verifier(Kind::Signature)];
        let all = leaves(8);
        let (three, eight) = (checkpoint(&all[..3]), checkpoint(&all));
        let proof = prove_consistency(&all, 3).unwrap();
        let judge = |submission: &Submission, seen: Option<&Checkpoint>| {
            let read = Submission::parse(submission.render().as_bytes()).unwrap();
            assert_eq!(read, *submission);
            let judged = read.judge(&keys, |origin| origin == "GBR/1", seen);
            judged
                .map(|told| told.size)
                .map_err(|unsigned| (unsigned.status(), unsigned))
        };
        assert_eq!(judge(&submission(0, vec![], &three, &good), None), Ok(3));
        assert_eq!(judge(&submission(3, proof.clone(), &eight, &good), Some(&three)), Ok(8));
        assert_eq!(judge(&submission(8, vec![], &eight, &good), Some(&eight)), Ok(8));
        let status = |submission: Submission, seen| judge(&submission, seen).unwrap_err().0;
        assert_eq!(status(submission(3, proof, &eight, &evil), Some(&three)), 403);
        assert_eq!(status(submission(9, vec![], &eight, &good), Some(&eight)), 400);
        assert_eq!(status(submission(3, vec![], &eight, &good), Some(&three)), 422);
        assert_eq!(status(submission(0, vec![], &eight, &good), Some(&three)), 409);
        let other = Checkpoint {
            origin: "GBR/2".to_owned(),
            ..checkpoint(&all[..3])
        };
        assert_eq!(status(submission(0, vec![], &other, &good), None), 404);
        assert_eq!(status(submission(0, vec![], &other, &good), Some(&three)), 404);
        // Another history of the same size.
        let forked = Checkpoint {
            root: [7; 32],
            ..eight.clone()
        };
        for old in [0, 3, 8] {
            let (status, why) = judge(&submission(old, vec![], &forked, &good), Some(&eight)).unwrap_err();
            assert_eq!((status, why), (409, Unsigned::Fork(eight.clone())));
        }
        // A proof that is longer than it can be, and what is no submission.
        let long = submission(0, vec![[0; 32]; 64], &eight, &good).render();
        for bad in [
            "",
            "old 1\n",
            "old 01\n\nx",
            "old -1\n\nx\n",
            &long,
            "old 0\nAAAA\n\nGBR/1\n1\n\n",
        ] {
            assert!(
                matches!(Submission::parse(bad.as_bytes()), Err(Unsigned::Malformed(_))),
                "{bad}"
            );
        }
    }
}
