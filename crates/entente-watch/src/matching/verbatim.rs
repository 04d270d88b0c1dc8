//! The fact's own wording, taken over as it is or nearly: shingles find the place, an alignment measures it.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Hit, Match, PhraseIndex, Stage, slots};
use crate::document::Document;
use crate::facts::Fact;
use crate::language::Language;
use crate::text::normal;
use crate::words::{self, Vocabulary};

/// Words in a shingle. Facts are single sentences, so every shingle is kept and none winnowed away.
const SHINGLE: usize = 4;
/// Share of a fact's content words that must be found, in order, for its wording to count as taken over.
const ALIGNED: f64 = 0.6;
/// Shingles that more facts share than this are boilerplate, and no seed.
const MAX_SHARED: usize = 64;
/// Longest fact that is aligned; the alignment costs its length times that of the sentence.
const MAX_WORDS: usize = 200;

#[derive(Debug, Default)]
pub(super) struct ShingleIndex {
    seeds: HashMap<u64, Vec<u32>>,
    texts: Vec<Vec<String>>,
}

impl ShingleIndex {
    pub(super) fn new(facts: &[Fact], language: Language) -> Self {
        let mut index = Self::default();
        for (number, fact) in (0u32..).zip(facts) {
            let mut vocabulary = Vocabulary::new(language, true);
            let ids: Vec<u32> = words::split(&normal(&fact.text))
                .into_iter()
                .take(MAX_WORDS)
                .map(|(_, word)| vocabulary.intern(&word))
                .collect();
            let stems: Vec<&str> = ids.iter().map(|id| vocabulary.word(*id).stem.as_str()).collect();
            for window in stems.windows(SHINGLE) {
                let facts = index.seeds.entry(hash(window)).or_default();
                if facts.len() <= MAX_SHARED {
                    facts.push(number);
                }
            }
            index.texts.push(
                ids.iter()
                    .map(|id| vocabulary.word(*id))
                    .filter(|w| w.is_content())
                    .map(|w| w.stem.clone())
                    .collect(),
            );
        }
        index
    }

    pub(super) fn find(
        &self,
        facts: &[Fact],
        phrases: &PhraseIndex,
        document: &Document,
        hits: &[Vec<Hit>],
    ) -> Vec<Match> {
        let mut found = Vec::new();
        for (sentence, bounds) in document.sentences.iter().enumerate() {
            let stems: Vec<&str> = bounds.tokens.clone().map(|t| document.word(t).stem.as_str()).collect();
            let seeds = stems
                .windows(SHINGLE)
                .filter_map(|window| self.seeds.get(&hash(window)))
                .filter(|facts| facts.len() <= MAX_SHARED);
            let candidates: HashSet<u32> = seeds.flatten().copied().collect();
            for number in candidates {
                let number = number as usize;
                let wanted = &self.texts[number];
                let aligned = align(wanted, &stems);
                let share = aligned.len() as f64 / wanted.len().max(1) as f64;
                if share < ALIGNED {
                    continue;
                }
                let fact = &facts[number];
                let in_slots = slots::closest(fact, number, phrases, &hits[sentence]);
                let missing = if share > 0.9 {
                    Vec::new()
                } else {
                    (0..fact.slots.len())
                        .filter(|slot| !in_slots.iter().any(|(s, _)| s == slot))
                        .collect()
                };
                let places = aligned
                    .into_iter()
                    .map(|at| (fact.slots.len(), bounds.tokens.start + at..bounds.tokens.start + at + 1));
                found.push(Match {
                    fact: number,
                    sentence,
                    hits: in_slots.into_iter().chain(places).collect(),
                    context: Vec::new(),
                    missing,
                    score: share,
                    stage: Stage::Verbatim,
                });
            }
        }
        found
    }
}

fn hash(window: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    window.hash(&mut hasher);
    hasher.finish()
}

/// Positions in `text` of the longest common subsequence with `wanted`.
fn align(wanted: &[String], text: &[&str]) -> Vec<usize> {
    let width = text.len() + 1;
    let mut best = vec![0u16; (wanted.len() + 1) * width];
    for i in (0..wanted.len()).rev() {
        for j in (0..text.len()).rev() {
            best[i * width + j] = if wanted[i] == text[j] {
                best[(i + 1) * width + j + 1] + 1
            } else {
                best[(i + 1) * width + j].max(best[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut places) = (0, 0, Vec::new());
    while i < wanted.len() && j < text.len() {
        if wanted[i] == text[j] {
            places.push(j);
            i += 1;
            j += 1;
        } else if best[(i + 1) * width + j] >= best[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    places
}
