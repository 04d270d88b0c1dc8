//! Which facts a text speaks of: own wording, values, slots, and what is left to a person's review.
//!
//! Every stage gives token ranges, so that each finding can be quoted exactly.

mod entities;
mod phrases;
mod residual;
mod slots;
mod values;
mod verbatim;

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

pub(crate) use entities::name_at;
pub(crate) use phrases::{Hit, PhraseIndex, is_entity};

use crate::document::Document;
use crate::facts::Facts;
use crate::language::Language;

/// How a fact was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The words of its slots stand together.
    Slots,
    /// A value term stands in the text.
    Value,
    /// Its own wording was taken over.
    Verbatim,
}

/// A slot's index and where it was found.
pub(crate) type SlotPlace = (usize, Range<usize>);

/// A place at which a text speaks of a fact, before anybody asked who says so.
#[derive(Debug, Clone)]
pub(crate) struct Match {
    /// Index of the fact.
    pub fact: usize,
    /// The sentence that carries it.
    pub sentence: usize,
    /// Slot index and place, in that sentence.
    pub hits: Vec<SlotPlace>,
    /// The same in the sentence before or after.
    pub context: Vec<SlotPlace>,
    /// Slots found nowhere near.
    pub missing: Vec<usize>,
    /// 0 to 1.
    pub score: f64,
    pub stage: Stage,
}

impl Match {
    /// From the first to the last word of what was found in the sentence.
    pub(crate) fn tokens(&self) -> Range<usize> {
        let start = self.hits.iter().map(|(_, r)| r.start).min().unwrap_or(0);
        let end = self.hits.iter().map(|(_, r)| r.end).max().unwrap_or(0);
        start..end
    }
}

/// A sentence that is close to a fact, but not close enough to say so: for a person to look at.
#[derive(Debug, Clone)]
pub(crate) struct Review {
    pub fact: usize,
    pub sentence: usize,
    pub score: f64,
}

/// All facts, compiled once for every language that is met.
#[derive(Debug)]
pub(crate) struct Matcher {
    pub facts: Arc<Facts>,
    languages: [OnceLock<Compiled>; 6],
}

#[derive(Debug)]
struct Compiled {
    phrases: PhraseIndex,
    verbatim: verbatim::ShingleIndex,
    residual: residual::Postings,
}

/// What one text gives.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub matches: Vec<Match>,
    pub reviews: Vec<Review>,
    /// Phrase hits by sentence, for questions that come up later.
    pub hits: Vec<Vec<Hit>>,
}

impl Matcher {
    pub(crate) fn new(facts: Facts) -> Self {
        Self {
            facts: Arc::new(facts),
            languages: Default::default(),
        }
    }

    fn compiled(&self, language: Language) -> &Compiled {
        self.languages[language as usize].get_or_init(|| Compiled {
            phrases: PhraseIndex::new(self.facts.list(), language),
            verbatim: verbatim::ShingleIndex::new(self.facts.list(), language),
            residual: residual::Postings::new(self.facts.list(), language),
        })
    }

    pub(crate) fn phrases(&self, language: Language) -> &PhraseIndex {
        &self.compiled(language).phrases
    }

    /// Every place at which the text speaks of a fact, in the order of the text. Words of `framing` only say who speaks.
    pub(crate) fn run(&self, document: &Document, framing: &HashSet<usize>) -> Outcome {
        let compiled = self.compiled(document.language);
        let mut hits = compiled.phrases.find(document);
        for hit in &mut hits {
            hit.retain(|hit| !hit.tokens.clone().all(|token| framing.contains(&token)));
        }
        let facts = self.facts.list();
        let mut best: BTreeMap<(usize, usize), Match> = BTreeMap::new();
        let found = slots::find(facts, &compiled.phrases, document, &hits)
            .into_iter()
            .chain(values::find(facts, &compiled.phrases, document, &hits))
            .chain(compiled.verbatim.find(facts, &compiled.phrases, document, &hits));
        for found in found {
            let key = (found.sentence, found.fact);
            match best.get(&key) {
                Some(known) if (known.stage, known.score) >= (found.stage, found.score) => {}
                _ => {
                    best.insert(key, found);
                }
            }
        }
        let mut reviews = compiled.residual.find(document);
        reviews.retain(|review| !best.contains_key(&(review.sentence, review.fact)));
        Outcome {
            matches: best.into_values().collect(),
            reviews,
            hits,
        }
    }
}
