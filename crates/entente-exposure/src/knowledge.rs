//! What an audience knows: facts, how far it believes them, and from whom it has them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::predicate::{Predicate, PredicateError};
use super::without_place;
use crate::MAX_NAME;

/// Facts that one audience may hold: many times what a long story discloses.
pub const MAX_FACTS: usize = 4_096;
/// Origins of one fact: a wide press echo; what counts are independent ones, which are few.
pub const MAX_ORIGINS: usize = 4_096;
/// From this credence on, a fact rules out the candidates that it does not hold for.
pub const CONSISTENT_FROM: f64 = 0.85;
/// The origin of claims that name none. They all count as one.
pub const UNNAMED: &str = "unnamed";
/// Log odds are cut off here (a credence of 1 − 10⁻¹⁵): beyond, a float cannot tell belief from certainty.
const MAX_LOG_ODDS: f64 = 34.5;

/// The words for credence, strongest first.
const WORDS: [(&str, f64); 5] = [
    ("confirmed", 0.99),
    ("asserted", 0.90),
    ("alleged", 0.70),
    ("denied", 0.50),
    ("unknown", 0.50),
];

/// How far a claim is believed: the probability that it is true, judged by it alone.
///
/// One half says nothing either way. Zero and one are certainty: they rule candidates out for good.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "Told", into = "f64")]
pub struct Credence(f64);

/// Credence as people write it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Number(f64),
    Word(String),
}

impl Credence {
    /// A probability from zero to one.
    pub fn new(probability: f64) -> Option<Self> {
        (0.0..=1.0).contains(&probability).then_some(Self(probability + 0.0))
    }

    /// By a status: `confirmed` .99, `asserted` .90, `alleged` .70, `denied` and `unknown` .50.
    pub fn word(word: &str) -> Option<Self> {
        WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, probability)| Self(*probability))
    }

    /// The probability.
    pub fn get(self) -> f64 {
        self.0
    }

    /// The logarithm of the odds for it; infinite where certain.
    pub(crate) fn log_odds(self) -> f64 {
        match self.0 {
            0.0 => f64::NEG_INFINITY,
            1.0 => f64::INFINITY,
            p => (p / (1.0 - p)).ln().clamp(-MAX_LOG_ODDS, MAX_LOG_ODDS),
        }
    }

    /// Whether it says more than another of the same origin: further from one half, the affirming one if equal.
    fn is_stronger_than(self, other: Self) -> bool {
        let (ours, theirs) = ((self.0 - 0.5).abs(), (other.0 - 0.5).abs());
        ours > theirs || (ours == theirs && self.0 > other.0)
    }

    /// Several independent origins together.
    ///
    /// Given the truth, independent origins err independently, so that by Bayes' rule their odds multiply: log odds
    /// add up. Two that each say .7 make .84; one at .9 against one at .1 make .5. Certainty on both sides makes .5.
    fn together(credences: impl Iterator<Item = Self>) -> (Self, f64) {
        let mut all = credences.peekable();
        let Some(first) = all.next() else {
            return (Self(0.5), 0.0);
        };
        if all.peek().is_none() {
            // Exactly what was said, without the rounding of logarithms.
            return (first, first.log_odds());
        }
        let (mut sum, mut certain_true, mut certain_false) = (0.0, false, false);
        for credence in std::iter::once(first).chain(all) {
            match credence.log_odds() {
                f64::INFINITY => certain_true = true,
                f64::NEG_INFINITY => certain_false = true,
                odds => sum += odds,
            }
        }
        match (certain_true, certain_false) {
            (true, false) => (Self(1.0), f64::INFINITY),
            (false, true) => (Self(0.0), f64::NEG_INFINITY),
            (true, true) => (Self(0.5), 0.0),
            (false, false) => {
                let odds = sum.clamp(-MAX_LOG_ODDS, MAX_LOG_ODDS);
                (Self(1.0 / (1.0 + (-odds).exp())), odds)
            }
        }
    }
}

impl From<Credence> for f64 {
    fn from(credence: Credence) -> Self {
        credence.0
    }
}

impl TryFrom<Told> for Credence {
    type Error = String;

    fn try_from(told: Told) -> Result<Self, String> {
        let words = WORDS.map(|(word, _)| word).join(", ");
        match told {
            Told::Number(number) => {
                Self::new(number).ok_or_else(|| format!("credence {number} is not between 0 and 1"))
            }
            Told::Word(word) => {
                Self::word(&word).ok_or_else(|| format!("credence `{word}` is none of {words}, nor a number"))
            }
        }
    }
}

impl fmt::Display for Credence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Someone told an audience a fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The fact.
    pub fact: String,
    /// What it reveals about the source.
    pub reveals: String,
    /// How far the audience believes this telling of it.
    pub credence: Credence,
    /// Who it comes from in the end. Claims of one origin are one claim, however often it is repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

/// Why a claim or a list of them is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KnowledgeError {
    /// Not the JSON that is expected.
    #[error(
        "known facts, line {line}, column {column}: {message}; expected `[{{\"fact\": …, \"reveals\": …, \"credence\": …, \"origin\": …}}]`"
    )]
    Json {
        /// Line, from one.
        line: usize,
        /// Column, from one.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// What a fact reveals cannot be read.
    #[error("fact `{fact}`: {error}")]
    Reveals {
        /// The fact.
        fact: String,
        /// The condition.
        condition: String,
        /// What is wrong with it.
        #[source]
        error: PredicateError,
    },
    /// One fact with two meanings.
    #[error("fact `{fact}` reveals `{new}` here, but `{held}` before; give the two different ids")]
    TwoMeanings {
        /// The fact.
        fact: String,
        /// What it revealed before.
        held: String,
        /// What it reveals now.
        new: String,
    },
    /// An id or origin that is none.
    #[error("{what} `{text}` should have 1 to {longest} bytes; shorten it or fill it in")]
    Name {
        /// The fact's id, or an origin.
        what: &'static str,
        /// The beginning of what was given.
        text: String,
        /// The most bytes it may have.
        longest: usize,
    },
    /// More than can be held.
    #[error("more than {limit} {what}; keep only those that say something about the source")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many fit.
        limit: usize,
    },
}

/// A fact, with everyone who told it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heard {
    pub(crate) reveals: Predicate,
    /// The strongest claim of each origin.
    said: BTreeMap<String, Credence>,
}

impl Heard {
    /// How far it is believed, after all origins, with the logarithm of its odds.
    pub(crate) fn credence(&self) -> (Credence, f64) {
        Credence::together(self.said.values().copied())
    }
}

/// What an audience knows. It only grows: what was heard stays heard.
///
/// Facts are taken to be independent given the source. Two that say the same thing should have one id.
///
/// # Examples
/// ```
/// use entente_exposure::{Claim, Credence, Knowledge};
///
/// let mut known = Knowledge::default();
/// let claim = |credence, origin: &str| Claim {
///     fact: "F1".into(),
///     reveals: "access = 'inner'".into(),
///     credence: Credence::word(credence).unwrap(),
///     origin: Some(origin.into()),
/// };
/// assert!(known.learn(&claim("asserted", "newspaper"))?);
/// assert!(!known.learn(&claim("asserted", "newspaper"))?, "copies add nothing");
/// assert!(known.learn(&claim("asserted", "spokesman"))?);
/// assert!((known.credence("F1").unwrap().get() - 0.988).abs() < 0.001);
/// # Ok::<(), entente_exposure::KnowledgeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Knowledge {
    facts: BTreeMap<String, Heard>,
}

impl Knowledge {
    /// Reads a list of [claims](Claim).
    ///
    /// # Errors
    /// [`KnowledgeError`] names the fact and the remedy.
    pub fn from_json(text: &str) -> Result<Self, KnowledgeError> {
        let claims: Vec<Claim> = serde_json::from_str(text).map_err(|error| KnowledgeError::Json {
            line: error.line(),
            column: error.column(),
            message: without_place(&error),
        })?;
        Self::default().with(&claims)
    }

    /// Adds a claim. The answer is whether the audience knows more than before.
    ///
    /// # Errors
    /// [`KnowledgeError`]; nothing is added then.
    pub fn learn(&mut self, claim: &Claim) -> Result<bool, KnowledgeError> {
        let origin = claim.origin.as_deref().unwrap_or(UNNAMED);
        // A fact is named by its report and its place in it.
        name("fact", &claim.fact, 2 * MAX_NAME + 1)?;
        name("origin", origin, MAX_NAME)?;
        let reveals = Predicate::parse(&claim.reveals).map_err(|error| KnowledgeError::Reveals {
            fact: claim.fact.clone(),
            condition: claim.reveals.clone(),
            error,
        })?;
        if let Some(heard) = self.facts.get_mut(&claim.fact) {
            if heard.reveals != reveals {
                return Err(KnowledgeError::TwoMeanings {
                    fact: claim.fact.clone(),
                    held: heard.reveals.to_string(),
                    new: reveals.to_string(),
                });
            }
            if let Some(said) = heard.said.get_mut(origin) {
                let stronger = claim.credence.is_stronger_than(*said);
                if stronger {
                    *said = claim.credence;
                }
                return Ok(stronger);
            }
            fits(heard.said.len(), "origins of a fact", MAX_ORIGINS)?;
            heard.said.insert(origin.to_owned(), claim.credence);
            return Ok(true);
        }
        fits(self.facts.len(), "facts", MAX_FACTS)?;
        let said = BTreeMap::from([(origin.to_owned(), claim.credence)]);
        self.facts.insert(claim.fact.clone(), Heard { reveals, said });
        Ok(true)
    }

    /// What would be known after these claims as well.
    ///
    /// # Errors
    /// [`KnowledgeError`] of the first claim that cannot be added.
    pub fn with<'c>(&self, claims: impl IntoIterator<Item = &'c Claim>) -> Result<Self, KnowledgeError> {
        let mut after = self.clone();
        for claim in claims {
            after.learn(claim)?;
        }
        Ok(after)
    }

    /// Everything that was heard, as claims: one for each fact and origin, in their order.
    pub fn claims(&self) -> impl Iterator<Item = Claim> + '_ {
        self.facts.iter().flat_map(|(fact, heard)| {
            heard.said.iter().map(|(origin, credence)| Claim {
                fact: fact.clone(),
                reveals: heard.reveals.to_string(),
                credence: *credence,
                origin: Some(origin.clone()),
            })
        })
    }

    /// How far a fact is believed, after all who told it.
    pub fn credence(&self, fact: &str) -> Option<Credence> {
        self.facts.get(fact).map(|heard| heard.credence().0)
    }

    /// The ids of its facts, in order.
    pub fn facts(&self) -> impl Iterator<Item = &str> {
        self.facts.keys().map(String::as_str)
    }

    pub(crate) fn heard(&self) -> impl Iterator<Item = (&str, &Heard)> {
        self.facts.iter().map(|(fact, heard)| (fact.as_str(), heard))
    }
}

fn name(what: &'static str, text: &str, longest: usize) -> Result<(), KnowledgeError> {
    if (1..=longest).contains(&text.len()) {
        return Ok(());
    }
    Err(KnowledgeError::Name {
        what,
        text: text.chars().take(32).collect(),
        longest,
    })
}

fn fits(held: usize, what: &'static str, limit: usize) -> Result<(), KnowledgeError> {
    if held < limit {
        return Ok(());
    }
    Err(KnowledgeError::TooMany { what, limit })
}
