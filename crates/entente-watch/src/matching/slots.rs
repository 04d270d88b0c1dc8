//! The core stage: the slots of a fact standing together in a sentence, or in two that follow each other.

use std::collections::HashSet;
use std::ops::Range;

use super::{Hit, Match, PhraseIndex, SlotPlace, Stage};
use crate::document::Document;
use crate::facts::Fact;

/// Share of a fact's weight that has to be exceeded where mandatory slots vouch for the topic: two of three equal
/// slots, but not three of five. On real articles, at one half, facts with a single
/// mandatory slot had twice as many wrong findings.
const COVERAGE: f64 = 0.6;
/// The same without any mandatory slot. Two of three slots were right only half of the time on real articles,
/// so two thirds are not enough.
const COVERAGE_WITHOUT_MANDATORY: f64 = 0.7;
/// Weights are sums of decimals; a share that equals the threshold on paper must not exceed it.
const ROUNDING: f64 = 1e-9;
/// What a slot counts that stands in the neighbouring sentence.
const NEIGHBOUR: f64 = 0.5;
/// Words between the outermost hits beyond which they hardly belong to one statement, per slot found.
const REACH: usize = 8;
/// What is left where a semicolon parts the slots: two statements, of which neither has all.
const PARTED: f64 = 0.7;
/// Anchors tried in one sentence: enough for any prose, a bound against sentences made of one word.
const MAX_ANCHORS: usize = 8;

/// The slots of which at least one must be in a sentence for the fact to be found there: the rarest mandatory one,
/// or, where none is mandatory, the cheapest set without which the rest cannot reach the threshold.
pub(super) fn key_slots(fact: &Fact, cost: impl Fn(usize) -> u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..fact.slots.len()).collect();
    order.sort_by_key(|slot| cost(*slot));
    if let Some(key) = order.iter().copied().find(|slot| fact.slots[*slot].mandatory) {
        return vec![key];
    }
    let total: f64 = fact.slots.iter().map(|s| s.weight).sum();
    let mut left = total;
    let mut keys = Vec::new();
    for slot in order {
        if left < COVERAGE_WITHOUT_MANDATORY * total {
            break;
        }
        left -= fact.slots[slot].weight;
        keys.push(slot);
    }
    keys
}

pub(super) fn find(facts: &[Fact], index: &PhraseIndex, document: &Document, hits: &[Vec<Hit>]) -> Vec<Match> {
    let mut found: Vec<Match> = Vec::new();
    let mut candidates: Vec<u32> = Vec::new();
    let mut present = Present::new(index.len());
    for (sentence, own) in hits.iter().enumerate() {
        present.move_to(hits, sentence);
        candidates.clear();
        candidates.extend(own.iter().flat_map(|hit| index.keyed(hit.phrase)));
        candidates.sort_unstable();
        candidates.dedup();
        for fact in &candidates {
            let number = *fact as usize;
            if present.could_hold(&facts[number], number, index) {
                found.extend(judge(&facts[number], number, index, document, hits, sentence));
            }
        }
    }
    without_echoes(found)
}

/// Which phrases stand in a sentence and around it, to turn most candidates away at the price of a few look-ups.
struct Present {
    /// Phrase → the last sentence (from one) in or next to which it was seen, and whether in it.
    own: Vec<u32>,
    near: Vec<u32>,
    stamp: u32,
}

impl Present {
    fn new(phrases: usize) -> Self {
        Self {
            own: vec![0; phrases],
            near: vec![0; phrases],
            stamp: 0,
        }
    }

    fn move_to(&mut self, hits: &[Vec<Hit>], sentence: usize) {
        self.stamp += 1;
        for hit in &hits[sentence] {
            self.own[hit.phrase as usize] = self.stamp;
        }
        for hit in hits[sentence.saturating_sub(1)..(sentence + 2).min(hits.len())]
            .iter()
            .flatten()
        {
            self.near[hit.phrase as usize] = self.stamp;
        }
    }

    /// The conditions of [`judge`] that need no places; never turns away what it would accept.
    fn could_hold(&self, fact: &Fact, number: usize, index: &PhraseIndex) -> bool {
        let (mut own, mut weight, mut total) = (0, 0.0, 0.0);
        for (slot, phrases) in fact.slots.iter().zip(index.slots(number)) {
            total += slot.weight;
            if phrases.iter().any(|phrase| self.own[*phrase as usize] == self.stamp) {
                own += 1;
                weight += slot.weight;
            } else if phrases.iter().any(|phrase| self.near[*phrase as usize] == self.stamp) {
                weight += NEIGHBOUR * slot.weight;
            } else if slot.mandatory {
                return false;
            }
        }
        own >= 2.min(fact.slots.len()) && weight > (threshold(fact) + ROUNDING) * total
    }
}

fn threshold(fact: &Fact) -> f64 {
    if fact.slots.iter().any(|slot| slot.mandatory) {
        COVERAGE
    } else {
        COVERAGE_WITHOUT_MANDATORY
    }
}

/// One finding for one statement: where a fact was completed from the neighbouring sentence and that sentence
/// carries it as well, the stronger stands.
fn without_echoes(mut found: Vec<Match>) -> Vec<Match> {
    found.sort_by(|a, b| {
        (a.fact, a.sentence)
            .cmp(&(b.fact, b.sentence))
            .then(b.score.total_cmp(&a.score))
    });
    found.dedup_by_key(|m| (m.fact, m.sentence));
    let strong: HashSet<(usize, usize)> = found
        .iter()
        .filter(|m| m.context.is_empty())
        .map(|m| (m.fact, m.sentence))
        .collect();
    found.retain(|m| {
        m.context.is_empty()
            || (!strong.contains(&(m.fact, m.sentence + 1))
                && (m.sentence == 0 || !strong.contains(&(m.fact, m.sentence - 1))))
    });
    let all: Vec<(usize, usize, f64)> = found.iter().map(|m| (m.fact, m.sentence, m.score)).collect();
    found.retain(|m| {
        m.context.is_empty()
            || !all.iter().any(|(f, s, score)| {
                *f == m.fact
                    && s.abs_diff(m.sentence) == 1
                    && (*score > m.score || (*score >= m.score && *s < m.sentence))
            })
    });
    found
}

fn places<'a>(
    index: &'a PhraseIndex,
    fact: usize,
    slot: usize,
    hits: &'a [Hit],
) -> impl Iterator<Item = Range<usize>> + 'a {
    let phrases = index.slot(fact, slot);
    hits.iter()
        .filter(|hit| phrases.binary_search(&hit.phrase).is_ok())
        .map(|hit| hit.tokens.clone())
}

/// The slots of a fact in one sentence, chosen so that they stand as close together as they can.
pub(super) fn closest(fact: &Fact, number: usize, index: &PhraseIndex, hits: &[Hit]) -> Vec<SlotPlace> {
    let all: Vec<Vec<Range<usize>>> = (0..fact.slots.len())
        .map(|slot| places(index, number, slot, hits).collect())
        .collect();
    let Some(anchor) = (0..all.len())
        .filter(|slot| !all[*slot].is_empty())
        .min_by_key(|slot| (!fact.slots[*slot].mandatory, all[*slot].len()))
    else {
        return Vec::new();
    };
    let mut best: Option<(usize, Vec<SlotPlace>)> = None;
    for centre in all[anchor].iter().take(MAX_ANCHORS) {
        let mut chosen: Vec<SlotPlace> = vec![(anchor, centre.clone())];
        for (slot, places) in all.iter().enumerate().filter(|(slot, _)| *slot != anchor) {
            // One word speaks for one slot.
            let free = places
                .iter()
                .filter(|place| !chosen.iter().any(|(_, taken)| taken == *place));
            if let Some(place) = free.min_by_key(|place| distance(place, centre)) {
                chosen.push((slot, place.clone()));
            }
        }
        let width = spread(&chosen);
        if best.as_ref().is_none_or(|(least, known)| {
            (chosen.len(), std::cmp::Reverse(width)) > (known.len(), std::cmp::Reverse(*least))
        }) {
            best = Some((width, chosen));
        }
    }
    best.map(|(_, chosen)| chosen).unwrap_or_default()
}

fn distance(a: &Range<usize>, b: &Range<usize>) -> usize {
    if a.start >= b.end {
        a.start - b.end
    } else {
        b.start.saturating_sub(a.end)
    }
}

fn spread(hits: &[SlotPlace]) -> usize {
    let start = hits.iter().map(|(_, r)| r.start).min().unwrap_or(0);
    let end = hits.iter().map(|(_, r)| r.end).max().unwrap_or(0);
    end - start
}

fn judge(
    fact: &Fact,
    number: usize,
    index: &PhraseIndex,
    document: &Document,
    hits: &[Vec<Hit>],
    sentence: usize,
) -> Option<Match> {
    let own = closest(fact, number, index, &hits[sentence]);
    if own.is_empty() {
        return None;
    }
    let total: f64 = fact.slots.iter().map(|s| s.weight).sum();
    let weight =
        |slots: &mut dyn Iterator<Item = usize>| slots.map(|slot| fact.slots[slot].weight).sum::<f64>() / total;
    let here = weight(&mut own.iter().map(|(slot, _)| *slot));
    let mut context: Vec<SlotPlace> = Vec::new();
    let paragraph = document.sentences[sentence].paragraph;
    let neighbours = [sentence.checked_sub(1), Some(sentence + 1)].into_iter().flatten();
    for neighbour in neighbours.filter(|n| document.sentences.get(*n).is_some_and(|s| s.paragraph == paragraph)) {
        for slot in 0..fact.slots.len() {
            if !own.iter().chain(&context).any(|(taken, _)| *taken == slot) {
                context.extend(
                    places(index, number, slot, &hits[neighbour])
                        .next()
                        .map(|place| (slot, place)),
                );
            }
        }
    }
    let near = weight(&mut context.iter().map(|(slot, _)| *slot));
    let found = |slot: usize| own.iter().chain(&context).any(|(s, _)| *s == slot);
    let mandatory: Vec<usize> = (0..fact.slots.len())
        .filter(|slot| fact.slots[*slot].mandatory)
        .collect();
    if !mandatory.iter().all(|slot| found(*slot))
        || (!mandatory.is_empty() && !mandatory.iter().any(|slot| own.iter().any(|(s, _)| s == slot)))
    {
        return None;
    }
    // One word alone says nothing, unless the analyst gave the fact a single slot.
    if own.len() < 2.min(fact.slots.len()) {
        return None;
    }
    let coverage = here + NEIGHBOUR * near;
    let width = spread(&own);
    let reach = REACH * own.len();
    let closeness = if width <= reach {
        1.0
    } else {
        reach as f64 / width as f64
    };
    let span = own.iter().map(|(_, r)| r.start).min().unwrap_or(0)..own.iter().map(|(_, r)| r.end).max().unwrap_or(0);
    let parted = span.into_iter().rev().skip(1).any(|t| document.gap(t).contains(';'));
    let score = coverage * closeness * if parted { PARTED } else { 1.0 };
    let missing = (0..fact.slots.len()).filter(|slot| !found(*slot)).collect();
    (score > threshold(fact) + ROUNDING).then_some(Match {
        fact: number,
        sentence,
        missing,
        hits: own,
        context,
        score,
        stage: Stage::Slots,
    })
}
