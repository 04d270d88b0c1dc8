//! Facts: the atomic protected statements of a report, and by which words a text would disclose them.

use serde::{Deserialize, Serialize};

use crate::ids::{FactId, PortionId};

/// One atomic protected statement of a portion. By default each sentence is one; an analyst can curate them.
///
/// Facts are the holder's own notes about a report. They never travel with it: slots and values say what a watcher
/// looks for, and `reveals` says what the statement tells about its source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Its id within the report: `p2.1` for the first sentence of portion `p2`.
    pub id: FactId,
    /// The portion that it stands in.
    pub portion: PortionId,
    /// The statement, in the originator's wording.
    pub text: String,
    /// What a text has to speak of to disclose it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<Slot>,
    /// Terms that give it away by themselves: names, numbers, identifiers; plain, or salted and hashed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<ValueTerm>,
    /// What it tells about the source: a condition over candidates, such as `access = 'inner'`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reveals: Option<String>,
    /// Which version of the fact this is, and which words its slots were given from texts.
    #[serde(default, skip_serializing_if = "Growth::is_first")]
    pub growth: Growth,
}

/// How a fact came to be what it is. Every change makes a version, so that what was found by an older one stays
/// explainable; changes by words from texts are kept, and one that is undone stays in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Growth {
    /// From one.
    pub version: u32,
    /// Words that were taken over from texts, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<Widening>,
}

/// A word of a text that became an alternative of a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Widening {
    /// The near miss that it comes from.
    pub id: String,
    /// The slot's name.
    pub slot: String,
    /// The word or phrase.
    pub word: String,
    /// The sentence in which it stood.
    pub quote: String,
    /// The version that it made.
    pub version: u32,
    /// The version in which it was taken back, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<u32>,
}

/// Why a slot cannot be widened, or a widening not be undone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WideningError {
    /// The fact has no such slot.
    #[error("the fact has no slot `{0}`; its slots are {1}")]
    NoSlot(String, String),
    /// The slot has the word already.
    #[error("`{1}` is an alternative of slot `{0}` already")]
    Known(String, String),
    /// Nothing of this near miss was taken over, or it was taken back.
    #[error("nothing stands accepted under {0}; `entente facts list` shows what does")]
    NotAccepted(String),
}

impl Default for Growth {
    fn default() -> Self {
        Self {
            version: 1,
            words: Vec::new(),
        }
    }
}

impl Growth {
    /// Whether nothing has changed since the fact was written down.
    pub fn is_first(&self) -> bool {
        self.version == 1 && self.words.is_empty()
    }

    /// Makes a word of a text an alternative of a slot, and a new version of the fact.
    ///
    /// # Errors
    /// [`WideningError`] names the slot and the word.
    pub fn widen(&mut self, slots: &mut [Slot], mut word: Widening) -> Result<(), WideningError> {
        let names: Vec<&str> = slots.iter().map(|slot| slot.name.as_str()).collect();
        let names = names.join(", ");
        let Some(slot) = slots.iter_mut().find(|slot| slot.name == word.slot) else {
            return Err(WideningError::NoSlot(word.slot, names));
        };
        if slot.any.contains(&word.word) {
            return Err(WideningError::Known(word.slot, word.word));
        }
        slot.any.push(word.word.clone());
        self.version = self.version.saturating_add(1);
        (word.version, word.undone) = (self.version, None);
        self.words.push(word);
        Ok(())
    }

    /// Takes back what was taken over from a near miss; this is a new version as well.
    ///
    /// # Errors
    /// [`WideningError::NotAccepted`].
    pub fn undo(&mut self, slots: &mut [Slot], id: &str) -> Result<(), WideningError> {
        let standing = self.words.iter_mut().filter(|word| word.undone.is_none());
        let word = standing.rev().find(|word| word.id == id);
        let word = word.ok_or_else(|| WideningError::NotAccepted(id.to_owned()))?;
        self.version = self.version.saturating_add(1);
        word.undone = Some(self.version);
        for slot in slots.iter_mut().filter(|slot| slot.name == word.slot) {
            slot.any.retain(|any| *any != word.word);
        }
        Ok(())
    }
}

impl Fact {
    /// The fact as it replaces what was kept under its id: a version later where anything but the version changed.
    #[must_use]
    pub fn following(mut self, kept: &Self) -> Self {
        if self.growth.version > kept.growth.version {
            return self;
        }
        // What was taken over from texts is no matter of a file that may be older.
        self.growth = kept.growth.clone();
        if self != *kept {
            self.growth.version = self.growth.version.saturating_add(1);
        }
        self
    }
}

/// One element of a fact, with the ways in which it can be said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    /// What it is, to name it where it is missing.
    pub name: String,
    /// Words, phrases, `prefix*`, or `@person @place @org @number @date @money`.
    #[serde(default)]
    pub any: Vec<String>,
    /// Whether nothing is disclosed without it.
    #[serde(default)]
    pub mandatory: bool,
    /// Its share in the fact; 1 where not given.
    #[serde(default = "one")]
    pub weight: f64,
}

fn one() -> f64 {
    1.0
}

/// A term that gives a fact away by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ValueTerm {
    /// The term itself.
    Plain(String),
    /// SHA-256 over the salt and the term, where the term itself must not stand in a file.
    Hidden {
        /// Any text; the same for all values of a file makes scanning faster.
        salt: String,
        /// Lower-case hexadecimal.
        sha256: String,
        /// How many words the term has.
        words: usize,
    },
}

/// Where a claim stands, relative to who makes it: certainty and polarity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Said without reserve.
    Asserted,
    /// Said with reserve: reportedly, could, fears, if.
    Alleged,
    /// Said not to be so.
    Denied,
    /// Admitted or acknowledged.
    Confirmed,
}

impl Status {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asserted => "asserted",
            Self::Alleged => "alleged",
            Self::Denied => "denied",
            Self::Confirmed => "confirmed",
        }
    }
}

/// A fact that an audience learned, as a disclosure records it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learned {
    /// The fact, by its id at the party that recorded the disclosure.
    pub fact: FactId,
    /// The portion that it stands in.
    pub portion: PortionId,
    /// The statement as it stood then.
    pub text: String,
    /// Where the claim stands.
    pub status: Status,
    /// Who it comes from in the end: repeated claims of one origin count once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// In which words a text told it; none where it was said as it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Words>,
}

impl Learned {
    /// What those who learned it were told: the words of the text where there was one, otherwise the statement itself.
    pub fn told(&self) -> String {
        match &self.words {
            None => self.text.clone(),
            Some(Words {
                extent: Extent::Full,
                quote,
            }) => format!("“{quote}”"),
            Some(Words {
                extent: Extent::Partial,
                quote,
            }) => format!("in part, “{quote}”"),
        }
    }
}

/// The words in which a text told a fact. What a text says is not what the report says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// How much of the fact they tell.
    pub extent: Extent,
    /// The words themselves, as they stand in the text.
    pub quote: String,
}

/// How much of a fact a text tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Extent {
    /// All of it.
    Full,
    /// A part.
    Partial,
}
