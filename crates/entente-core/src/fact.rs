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
