//! The fact's own wording, taken over as it is or nearly: shingles find the place, an alignment measures it.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::budget::Budget;
use super::found::{Match, Stage};
use super::page::Page;
use super::slots;
use super::wording::{UNKNOWN, Wordings};

/// Words in a shingle. Facts are single sentences, so every shingle is kept and none winnowed away.
const SHINGLE: usize = 4;
/// Share of a fact's content words that must be found, in order, for its wording to count as taken over.
const ALIGNED: f64 = 0.6;
/// Shingles that more facts share than this are boilerplate, and no seed.
const MAX_SHARED: usize = 64;
/// Bits of the filter for each shingle: one shingle of a text in ten that no fact has is looked up in vain.
const FILTER_BITS: usize = 10;

/// Which facts have a shingle.
#[derive(Debug, Default)]
pub(super) struct Shingles {
    /// Hashes of shingles, each with a fact, sorted.
    seeds: Vec<(u64, u32)>,
    /// One bit for each hash, modulo its length: nearly all shingles of a text end here.
    filter: Vec<u64>,
}

impl Shingles {
    /// Takes in the wording of a fact.
    pub(super) fn add(&mut self, fact: u32, wording: &[u32]) {
        self.seeds
            .extend(wording.windows(SHINGLE).map(|window| (hash(window), fact)));
    }

    /// Makes what was taken in ready to be looked up.
    pub(super) fn finish(&mut self) {
        self.seeds.sort_unstable();
        self.seeds.dedup();
        self.seeds.shrink_to_fit();
        self.filter = vec![0; (self.seeds.len() * FILTER_BITS / 64).next_power_of_two()];
        for (hash, _) in &self.seeds {
            let (word, bit) = place(*hash, self.filter.len());
            self.filter[word] |= bit;
        }
    }

    /// The facts with this shingle; none if too many have it.
    fn facts(&self, window: &[u32]) -> impl Iterator<Item = u32> {
        let hash = hash(window);
        let (word, bit) = place(hash, self.filter.len());
        let seeds = if window.contains(&UNKNOWN) || self.filter[word] & bit == 0 {
            &[]
        } else {
            let from = self.seeds.partition_point(|(known, _)| *known < hash);
            let count = self.seeds[from..]
                .iter()
                .take(MAX_SHARED + 1)
                .take_while(|(known, _)| *known == hash)
                .count();
            &self.seeds[from..from + if count > MAX_SHARED { 0 } else { count }]
        };
        seeds.iter().map(|(_, fact)| *fact)
    }

    /// Every place at which the wording of a fact stands; `stems` are those of the text.
    pub(super) fn find(&self, page: Page<'_>, wordings: &Wordings, stems: &[u32], budget: &mut Budget) -> Vec<Match> {
        let mut found = Vec::new();
        let mut candidates: Vec<u32> = Vec::new();
        for (sentence, bounds) in page.document.sentences.iter().enumerate() {
            let stems = &stems[bounds.tokens.clone()];
            candidates.clear();
            candidates.extend(stems.windows(SHINGLE).flat_map(|window| self.facts(window)));
            candidates.sort_unstable();
            candidates.dedup();
            for number in &candidates {
                let number = *number as usize;
                if !budget.allows(number, sentence) {
                    continue;
                }
                let wanted = wordings.content.get(number);
                let aligned = align(wanted, stems);
                let share = aligned.len() as f64 / wanted.len().max(1) as f64;
                if share < ALIGNED {
                    continue;
                }
                budget.spend(number);
                let fact = &page.facts[number];
                let in_slots = slots::closest(page, number, sentence);
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

fn hash(window: &[u32]) -> u64 {
    FixedState::default().hash_one(window)
}

fn place(hash: u64, words: usize) -> (usize, u64) {
    // The lower bits: both casts only drop upper ones.
    #[allow(clippy::cast_possible_truncation, reason = "the upper bits are not needed")]
    let word = (hash >> 6) as usize & (words - 1);
    (word, 1 << (hash % 64))
}

/// Positions in `text` of the longest common subsequence with `wanted`.
fn align(wanted: &[u32], text: &[u32]) -> Vec<usize> {
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
