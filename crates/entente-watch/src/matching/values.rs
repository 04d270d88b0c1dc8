//! Values: terms that give a fact away by themselves, in plain or as salted hashes.

use std::ops::Range;

use foldhash::{HashMap, HashMapExt};

use super::budget::Budget;
use super::found::{Match, Stage};
use super::page::Page;
use super::slots;
use crate::document::Document;
use crate::facts::digest;

/// Confidence of a value that names something by itself (an identifier, a name of several words).
const DISTINCTIVE: f64 = 0.85;
/// Confidence of a single ordinary word with a slot of its fact beside it.
const SUPPORTED: f64 = 0.7;
/// A code of fewer characters (`B52`, `2029`) turns up by chance.
const SHORTEST_CODE: usize = 5;
/// Parts of a host name that are read as one.
const LONGEST_HOST: usize = 12;

pub(super) fn find(page: Page<'_>, budget: &mut Budget) -> Vec<Match> {
    let Page { document, index, .. } = page;
    let mut found = Vec::new();
    let mut take = |fact: u32, sentence: usize, tokens: &Range<usize>| {
        let number = fact as usize;
        if budget.allows(number, sentence)
            && let Some(one) = judge(page, number, sentence, tokens)
        {
            budget.spend(number);
            found.push(one);
        }
    };
    for (sentence, own) in page.hits.iter().enumerate() {
        for hit in own {
            for fact in index.valued(hit.phrase) {
                take(*fact, sentence, &hit.tokens);
            }
        }
    }
    for ((salt, words), hashes) in index.hidden() {
        // A hash costs more than all the rest, and texts repeat their words.
        let mut known: HashMap<Vec<u32>, &[u32]> = HashMap::new();
        for (sentence, bounds) in document.sentences.iter().enumerate() {
            for start in bounds.tokens.clone() {
                let tokens = start..start + words;
                if *words == 1 {
                    // A hash made before host names were read part by part.
                    let whole = dotted(document, start, bounds.tokens.end);
                    let joined = || {
                        let parts: Vec<&str> = whole.clone().map(|t| document.word(t).lower.as_str()).collect();
                        parts.join(".")
                    };
                    for fact in (whole.len() > 1)
                        .then(|| hashes.get(&digest(salt, &joined())))
                        .flatten()
                        .into_iter()
                        .flatten()
                    {
                        take(*fact, sentence, &whole);
                    }
                }
                if tokens.end > bounds.tokens.end {
                    break;
                }
                let key: Vec<u32> = tokens.clone().map(|t| document.tokens[t].word).collect();
                let facts = *known.entry(key).or_insert_with(|| {
                    let term: Vec<&str> = tokens.clone().map(|t| document.word(t).lower.as_str()).collect();
                    hashes.get(&digest(salt, &term.join(" "))).map_or(&[], Vec::as_slice)
                });
                for fact in facts {
                    take(*fact, sentence, &tokens);
                }
            }
        }
    }
    found
}

/// The tokens from `start` on that only dots part; no host name has more than a handful.
fn dotted(document: &Document, start: usize, end: usize) -> Range<usize> {
    let inside = |t: &usize| document.gap(*t - 1) == ".";
    start..(start + 1..end.min(start + LONGEST_HOST)).take_while(inside).count() + start + 1
}

fn judge(page: Page<'_>, number: usize, sentence: usize, tokens: &Range<usize>) -> Option<Match> {
    let Page { facts, document, .. } = page;
    let fact = &facts[number];
    let mut hits = slots::closest(page, number, sentence);
    let code = tokens.clone().any(|t| document.word(t).numeric) && document.text(tokens.clone()).len() >= SHORTEST_CODE;
    let distinctive = code || tokens.len() > 1;
    if !distinctive && hits.is_empty() && !fact.slots.is_empty() {
        return None;
    }
    let missing = (0..fact.slots.len())
        .filter(|slot| !hits.iter().any(|(s, _)| s == slot))
        .collect();
    // The value itself belongs to no slot; it is quoted all the same.
    hits.push((fact.slots.len(), tokens.clone()));
    let score = if distinctive { DISTINCTIVE } else { SUPPORTED };
    Some(Match {
        fact: number,
        sentence,
        hits,
        context: Vec::new(),
        missing,
        score,
        stage: Stage::Value,
    })
}
