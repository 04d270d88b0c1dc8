//! What no stage found but a person might want to see: sentences close to a fact by BM25. Never a finding.

use std::collections::{HashMap, HashSet};

use super::Review;
use crate::document::Document;
use crate::facts::Fact;
use crate::language::Language;
use crate::text::normal;
use crate::words::{self, Vocabulary};

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

#[derive(Debug, Default)]
pub(super) struct Postings {
    words: HashMap<String, Vec<u32>>,
    lengths: Vec<usize>,
    own: Vec<f64>,
    mean: f64,
}

impl Postings {
    pub(super) fn new(facts: &[Fact], language: Language) -> Self {
        let mut postings = Self::default();
        let mut stems: Vec<HashSet<String>> = Vec::with_capacity(facts.len());
        for (number, fact) in (0u32..).zip(facts) {
            let mut vocabulary = Vocabulary::new(language, true);
            let ids: Vec<u32> = words::split(&normal(&fact.text))
                .into_iter()
                .map(|(_, word)| vocabulary.intern(&word))
                .collect();
            let content: HashSet<String> = ids
                .iter()
                .map(|id| vocabulary.word(*id))
                .filter(|w| w.is_content())
                .map(|w| w.stem.clone())
                .collect();
            for stem in &content {
                postings.words.entry(stem.clone()).or_default().push(number);
            }
            postings.lengths.push(content.len());
            stems.push(content);
        }
        postings.mean = postings.lengths.iter().sum::<usize>() as f64 / postings.lengths.len().max(1) as f64;
        postings.own = stems
            .iter()
            .enumerate()
            .map(|(fact, stems)| stems.iter().map(|stem| postings.weight(stem, fact)).sum())
            .collect();
        postings.words.retain(|_, facts| facts.len() <= MAX_POSTINGS);
        postings
    }

    fn weight(&self, stem: &str, fact: usize) -> f64 {
        let facts = self.lengths.len() as f64;
        let with = self.words.get(stem).map_or(0, Vec::len) as f64;
        let idf = (1.0 + (facts - with + 0.5) / (with + 0.5)).ln();
        idf * (K1 + 1.0) / (1.0 + K1 * (1.0 - B + B * self.lengths[fact] as f64 / self.mean.max(1.0)))
    }

    pub(super) fn find(&self, document: &Document) -> Vec<Review> {
        let mut reviews = Vec::new();
        for (sentence, bounds) in document.sentences.iter().enumerate() {
            let stems: HashSet<&str> = bounds
                .tokens
                .clone()
                .map(|t| document.word(t))
                .filter(|w| w.is_content())
                .map(|w| w.stem.as_str())
                .collect();
            let mut scores: HashMap<u32, (f64, usize)> = HashMap::new();
            for stem in stems {
                for fact in self.words.get(stem).into_iter().flatten() {
                    let entry = scores.entry(*fact).or_default();
                    entry.0 += self.weight(stem, *fact as usize);
                    entry.1 += 1;
                }
            }
            reviews.extend(scores.into_iter().filter_map(|(fact, (score, words))| {
                let share = score / self.own[fact as usize].max(f64::MIN_POSITIVE);
                (words >= MIN_WORDS && share >= CLOSE).then_some(Review {
                    fact: fact as usize,
                    sentence,
                    score: share.min(1.0),
                })
            }));
        }
        reviews.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then((a.sentence, a.fact).cmp(&(b.sentence, b.fact)))
        });
        reviews.truncate(MAX_REVIEWS);
        reviews
    }
}
