//! Which facts a text speaks of: own wording, values, slots, and what is left to a person's review.
//!
//! Every stage gives token ranges, so that each finding can be quoted exactly.

mod budget;
mod entities;
mod filing;
mod found;
mod index;
mod keys;
mod near;
mod nearby;
mod page;
mod phrases;
mod residual;
mod rows;
mod shapes;
mod slots;
mod values;
mod verbatim;
mod wording;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

pub(crate) use entities::name_at;
pub use found::Stage;
pub(crate) use found::{Match, Review};
pub(crate) use index::PhraseIndex;
pub(crate) use phrases::{Hit, is_entity};

use budget::Budget;
use page::Page;

use crate::document::Document;
use crate::facts::{Fact, Facts};
use crate::language::Language;

/// All facts, compiled once for every language that is met.
#[derive(Debug)]
pub(crate) struct Matcher {
    pub facts: Arc<Facts>,
    languages: [OnceLock<Compiled>; 6],
}

#[derive(Debug)]
struct Compiled {
    phrases: PhraseIndex,
    wordings: wording::Wordings,
    shingles: verbatim::Shingles,
    residual: residual::Postings,
}

impl Compiled {
    fn new(facts: &[Fact], language: Language) -> Self {
        let mut shingles = verbatim::Shingles::default();
        let wordings = wording::Wordings::new(facts, language, |fact, wording| shingles.add(fact, wording));
        shingles.finish();
        Self {
            phrases: PhraseIndex::new(facts, language),
            shingles,
            residual: residual::Postings::new(&wordings, facts),
            wordings,
        }
    }
}

/// What one text gives.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub matches: Vec<Match>,
    pub reviews: Vec<Review>,
    /// Phrase hits by sentence, for questions that come up later.
    pub hits: Vec<Vec<Hit>>,
    /// What was not looked at any further, in words.
    pub cut: Vec<String>,
}

impl Matcher {
    pub(crate) fn new(facts: Facts) -> Self {
        Self {
            facts: Arc::new(facts),
            languages: Default::default(),
        }
    }

    fn compiled(&self, language: Language) -> &Compiled {
        self.languages[language as usize].get_or_init(|| Compiled::new(self.facts.list(), language))
    }

    pub(crate) fn phrases(&self, language: Language) -> &PhraseIndex {
        &self.compiled(language).phrases
    }

    /// Every place at which the text speaks of a fact, in the order of the text. Tokens of `framing` only say who speaks.
    pub(crate) fn run(&self, document: &Document, framing: &[bool]) -> Outcome {
        let compiled = self.compiled(document.language);
        let mut hits = compiled.phrases.find(document);
        for hit in &mut hits {
            hit.retain(|hit| !hit.tokens.clone().all(|token| framing[token]));
        }
        let facts = self.facts.list();
        let page = Page {
            facts,
            index: &compiled.phrases,
            document,
            hits: &hits,
        };
        let stems = compiled.wordings.read(document);
        let mut best: BTreeMap<(usize, usize), Match> = BTreeMap::new();
        // Each stage has a budget of its own, so that what floods one hides nothing from another.
        let mut budgets = [Budget::default(), Budget::default(), Budget::default()];
        let [by_slots, by_value, by_wording] = &mut budgets;
        let wordings = &compiled.wordings;
        let found = slots::find(page, by_slots)
            .into_iter()
            .chain(values::find(page, by_value))
            .chain(compiled.shingles.find(page, wordings, &stems, by_wording));
        for found in found {
            let key = (found.sentence, found.fact);
            match best.get(&key) {
                Some(known) if (known.stage, known.score) >= (found.stage, found.score) => {}
                _ => {
                    best.insert(key, found);
                }
            }
        }
        let mut reviews = compiled.residual.find(document, &stems);
        reviews.extend(near::find(page, &best));
        reviews.retain(|review| !best.contains_key(&(review.sentence, review.fact)));
        Outcome {
            matches: best.into_values().collect(),
            reviews,
            hits,
            cut: budgets.iter().flat_map(|budget| budget.said(facts)).collect(),
        }
    }
}
