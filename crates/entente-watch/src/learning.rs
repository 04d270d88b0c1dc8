//! What an analyst accepts of the review list: a word of a near miss becomes an alternative of the slot that was missing,
//! and the fact a new version. It can be taken back.

use entente_core::{Growth, Slot, Widening, WideningError};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::document::Document;
use crate::language::Class;
use crate::words;

/// Words that are offered for one near miss.
const MAX_CANDIDATES: usize = 6;
/// Characters of an id: one of a billion, and short enough to be typed.
const ID: usize = 8;

/// A near miss, as a scan wrote it.
#[derive(Debug, Clone, Deserialize)]
pub struct NearMiss {
    /// Its id.
    pub id: String,
    /// The fact's id.
    pub fact: String,
    /// The sentence.
    pub span: Quote,
    /// Names of the slots that are missing.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Words of the sentence that might fill the slot.
    #[serde(default)]
    pub candidates: Vec<String>,
}

/// What stands at a place.
#[derive(Debug, Clone, Deserialize)]
pub struct Quote {
    /// The words.
    pub quote: String,
}

impl From<&crate::report::Note> for NearMiss {
    fn from(note: &crate::report::Note) -> Self {
        Self {
            id: note.id.clone(),
            fact: note.fact.clone(),
            span: Quote {
                quote: note.span.quote.clone(),
            },
            missing: note.missing.clone(),
            candidates: note.candidates.clone(),
        }
    }
}

/// Why a near miss cannot be accepted as asked.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The findings do not read.
    #[error("line {line}: {error}; give what `entente --json watch scan` wrote")]
    Findings {
        /// Line, from one.
        line: usize,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// No near miss of this id.
    #[error("no near miss is called {0}; the scan lists each with its id")]
    Unknown(String),
    /// Several slots are missing, or none.
    #[error("say with `--slot` which slot the word fills: {0}")]
    WhichSlot(String),
    /// The word has to be said.
    #[error("say with `--word` which word or phrase of the sentence fills slot `{slot}`; perhaps one of: {words}")]
    WhichWord {
        /// The slot.
        slot: String,
        /// What the sentence offers.
        words: String,
    },
    /// The word does not stand in the sentence.
    #[error("`{0}` does not stand in the sentence “{1}”")]
    NotThere(String, String),
    /// The slot cannot be widened.
    #[error(transparent)]
    Widening(#[from] WideningError),
}

impl NearMiss {
    /// Finds a near miss in what a scan wrote, a JSON object a line.
    ///
    /// # Errors
    /// [`AcceptError`] names the line, or that there is none of this id.
    pub fn find(findings: &str, id: &str) -> Result<Self, AcceptError> {
        let lines = findings.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        for (number, line) in lines {
            let wrong = |error| AcceptError::Findings {
                line: number + 1,
                error,
            };
            let value: serde_json::Value = serde_json::from_str(line).map_err(wrong)?;
            let Some(notes) = value.pointer("/summary/to_review") else {
                continue;
            };
            let notes: Vec<Self> = serde_json::from_value(notes.clone()).map_err(wrong)?;
            if let Some(note) = notes.into_iter().find(|note| note.id == id) {
                return Ok(note);
            }
        }
        Err(AcceptError::Unknown(id.to_owned()))
    }

    /// The word of its sentence that is to fill a slot; said, or the only one there is.
    ///
    /// # Errors
    /// [`AcceptError`] says what has to be said.
    pub fn widening(&self, slot: Option<&str>, word: Option<&str>) -> Result<Widening, AcceptError> {
        let slot = match (slot, self.missing.as_slice()) {
            (Some(slot), _) => slot.to_owned(),
            (None, [only]) => only.clone(),
            (None, missing) => return Err(AcceptError::WhichSlot(missing.join(", "))),
        };
        let word = match (word, self.candidates.as_slice()) {
            (Some(word), _) => word.trim().to_owned(),
            (None, [only]) => only.clone(),
            (None, words) => {
                let words = words.join(", ");
                return Err(AcceptError::WhichWord { slot, words });
            }
        };
        let quote = self.span.quote.clone();
        let lower = |text: &str| {
            let words = words::split(text).into_iter().map(|(_, word)| word.to_lowercase());
            words.collect::<Vec<_>>()
        };
        let (sentence, wanted) = (lower(&quote), lower(word.trim_end_matches('*')));
        let starts = word.ends_with('*');
        let same = |one: &String, other: &String| one == other || starts && one.starts_with(other.as_str());
        let stands = |words: &[String]| words.iter().zip(&wanted).all(|(one, other)| same(one, other));
        if wanted.is_empty() || !sentence.windows(wanted.len()).any(stands) {
            return Err(AcceptError::NotThere(word, quote));
        }
        Ok(Widening {
            id: self.id.clone(),
            slot,
            word,
            quote,
            version: 0,
            undone: None,
        })
    }

    /// Widens the fact by a word of the sentence, and gives what was done.
    ///
    /// # Errors
    /// [`AcceptError`].
    pub fn accept(
        &self,
        slots: &mut [Slot],
        growth: &mut Growth,
        slot: Option<&str>,
        word: Option<&str>,
    ) -> Result<Widening, AcceptError> {
        growth.widen(slots, self.widening(slot, word)?)?;
        let done = growth.words.last().cloned();
        done.ok_or_else(|| AcceptError::Unknown(self.id.clone()))
    }
}

/// The id of a near miss: the same in every scan of the same sentence for the same fact.
pub(crate) fn id(fact: &str, quote: &str) -> String {
    let digest = Sha256::new()
        .chain_update(fact)
        .chain_update("\n")
        .chain_update(quote)
        .finalize();
    let hex: String = digest
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or('0'))
        .collect();
    hex.chars().take(ID).collect()
}

/// Content words of a sentence that fill no slot yet, those next to what was found first.
pub(crate) fn candidates(document: &Document, sentence: usize, taken: &[std::ops::Range<usize>]) -> Vec<String> {
    let tokens = document.sentences[sentence].tokens.clone();
    let free = |t: &usize| {
        let word = document.word(*t);
        let says = [
            Class::Say,
            Class::Reveal,
            Class::Calendar,
            Class::Auxiliary,
            Class::Modal,
            Class::Number,
        ];
        word.is_content() && !word.numeric && !word.classes.any(&says) && !taken.iter().any(|range| range.contains(t))
    };
    let apart = |t: usize| {
        let distances = taken
            .iter()
            .map(|range| range.start.abs_diff(t).min(range.end.abs_diff(t + 1)));
        distances.min().unwrap_or(0)
    };
    let mut words: Vec<usize> = tokens.filter(free).collect();
    words.sort_by_key(|t| (apart(*t), *t));
    let mut candidates: Vec<String> = Vec::new();
    for token in words {
        let word = document.word(token).text.clone();
        if candidates.len() < MAX_CANDIDATES && !candidates.contains(&word) {
            candidates.push(word);
        }
    }
    candidates
}
