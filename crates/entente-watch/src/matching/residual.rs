//! What a person might want to see of facts that no analyst gave slots: sentences close to their wording by BM25. Never a
//! finding.

use super::found::Review;
use super::rows::Rows;
use super::wording::{UNKNOWN, Wordings};
use crate::document::Document;
use crate::facts::Fact;

/// BM25 parameters as commonly used (Robertson and Zaragoza 2009, §3).
const K1: f64 = 1.2;
const B: f64 = 0.75;
/// Share of what the fact's own text would score.
const CLOSE: f64 = 0.45;
/// Different words of the fact in the sentence.
const MIN_WORDS: usize = 3;
/// Shown for one text, best first.
const MAX_REVIEWS: usize = 20;
/// Words that more facts share than this tell facts apart no longer.
const MAX_POSTINGS: usize = 32;

/// Which facts use a word, and how much it says about them.
#[derive(Debug)]
pub(super) struct Postings {
    /// By stem: the facts with it, where they are few.
    facts: Rows,
    /// By stem: inverse document frequency.
    idf: Vec<f64>,
    /// By fact: what BM25 makes of its length.
    length: Vec<f64>,
    /// By fact: its own score.
    own: Vec<f64>,
}

impl Postings {
    /// The postings of the facts without slots.
    pub(super) fn new(wordings: &Wordings, facts: &[Fact]) -> Self {
        let count = wordings.content.len();
        let mut with = vec![0usize; wordings.stems()];
        let mut total = 0;
        for stems in wordings.distinct() {
            total += stems.len();
            for stem in stems {
                with[stem as usize] += 1;
            }
        }
        let mean = (total as f64 / count.max(1) as f64).max(1.0);
        let idf: Vec<f64> = with
            .iter()
            .map(|with| (1.0 + (count as f64 - *with as f64 + 0.5) / (*with as f64 + 0.5)).ln())
            .collect();
        let (mut length, mut own) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut pairs = Vec::new();
        for (fact, stems) in (0u32..).zip(wordings.distinct()) {
            let factor = (K1 + 1.0) / (1.0 + K1 * (1.0 - B + B * stems.len() as f64 / mean));
            length.push(factor);
            own.push(stems.iter().map(|stem| idf[*stem as usize]).sum::<f64>() * factor);
            let telling = stems.into_iter().filter(|stem| with[*stem as usize] <= MAX_POSTINGS);
            if facts[fact as usize].slots.is_empty() {
                pairs.extend(telling.map(|stem| (stem, fact)));
            }
        }
        Self {
            facts: Rows::gather(pairs),
            idf,
            length,
            own,
        }
    }

    pub(super) fn find(&self, document: &Document, stems: &[u32]) -> Vec<Review> {
        let mut reviews = Vec::new();
        let (mut words, mut shared): (Vec<u32>, Vec<(u32, u32)>) = (Vec::new(), Vec::new());
        for (sentence, bounds) in document.sentences.iter().enumerate() {
            words.clear();
            let content = bounds.tokens.clone().filter(|token| document.word(*token).is_content());
            words.extend(content.map(|token| stems[token]).filter(|stem| *stem != UNKNOWN));
            words.sort_unstable();
            words.dedup();
            shared.clear();
            for stem in &words {
                shared.extend(self.facts.get(*stem as usize).iter().map(|fact| (*fact, *stem)));
            }
            shared.sort_unstable();
            for common in shared.chunk_by(|one, other| one.0 == other.0) {
                if common.len() < MIN_WORDS {
                    continue;
                }
                let fact = common[0].0 as usize;
                let score = common.iter().map(|(_, stem)| self.idf[*stem as usize]).sum::<f64>() * self.length[fact];
                let share = score / self.own[fact].max(f64::MIN_POSITIVE);
                if share >= CLOSE {
                    reviews.push(Review {
                        fact,
                        sentence,
                        score: share.min(1.0),
                        missing: Vec::new(),
                    });
                }
            }
            if reviews.len() > MAX_REVIEWS * MAX_REVIEWS {
                best(&mut reviews);
            }
        }
        best(&mut reviews);
        reviews
    }
}

/// Keeps the best.
fn best(reviews: &mut Vec<Review>) {
    reviews.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then((a.sentence, a.fact).cmp(&(b.sentence, b.fact)))
    });
    reviews.truncate(MAX_REVIEWS);
}
