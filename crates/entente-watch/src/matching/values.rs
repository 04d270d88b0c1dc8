//! Values: terms that give a fact away by themselves, in plain or as salted hashes.

use std::ops::Range;

use super::{Hit, Match, PhraseIndex, Stage, slots};
use crate::document::Document;
use crate::facts::{Fact, digest};

/// Confidence of a value that names something by itself (an identifier, a name of several words).
const DISTINCTIVE: f64 = 0.85;
/// Confidence of a single ordinary word with a slot of its fact beside it.
const SUPPORTED: f64 = 0.7;
/// A code of fewer characters (`B52`, `2029`) turns up by chance.
const SHORTEST_CODE: usize = 5;

pub(super) fn find(facts: &[Fact], index: &PhraseIndex, document: &Document, hits: &[Vec<Hit>]) -> Vec<Match> {
    let mut found = Vec::new();
    for (sentence, own) in hits.iter().enumerate() {
        for hit in own {
            for fact in index.valued(hit.phrase) {
                found.extend(judge(
                    facts,
                    *fact as usize,
                    index,
                    document,
                    own,
                    sentence,
                    &hit.tokens,
                ));
            }
        }
    }
    for ((salt, words), hashes) in index.hidden() {
        for (sentence, bounds) in document.sentences.iter().enumerate() {
            for start in bounds.tokens.clone() {
                let tokens = start..start + words;
                if tokens.end > bounds.tokens.end {
                    break;
                }
                let term: Vec<&str> = tokens.clone().map(|t| document.word(t).lower.as_str()).collect();
                for fact in hashes.get(&digest(salt, &term.join(" "))).into_iter().flatten() {
                    found.extend(judge(
                        facts,
                        *fact as usize,
                        index,
                        document,
                        &hits[sentence],
                        sentence,
                        &tokens,
                    ));
                }
            }
        }
    }
    found
}

fn judge(
    facts: &[Fact],
    number: usize,
    index: &PhraseIndex,
    document: &Document,
    own: &[Hit],
    sentence: usize,
    tokens: &Range<usize>,
) -> Option<Match> {
    let fact = &facts[number];
    let mut hits = slots::closest(fact, number, index, own);
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
