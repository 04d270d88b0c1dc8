//! Near misses: sentences that touch a fact without telling it, with the slots that are missing. For a person to look
//! at, ranked and few; never a finding.

use std::collections::BTreeMap;

use foldhash::HashSet;

use super::found::{Match, Review};
use super::keys::{MIN_SLOTS, ROUNDING};
use super::nearby::neighbours;
use super::page::{Page, places};
use super::slots::{REACH, closest, loose, spread};

/// Sentences of a text for each that is shown.
const SENTENCES_EACH: usize = 10;
/// Share of a fact's weight, neighbours counted half, from which a sentence touches it.
const TOUCHED: f64 = 0.5;
/// The same in a text that is not about the fact: all but one slot, and more than this.
const TOUCHED_ALONE: f64 = 0.6;
/// What a slot in a neighbouring sentence counts.
const NEIGHBOUR: f64 = 0.5;
/// Sentences of a text beyond which one that touches a fact is not enough: the missing slot is spoken of around it, or another
/// sentence touches the fact too.
const SHORT_TEXT: usize = 10;
/// Findings from which on a text is about what is looked for: one may be chance. In a long text, one for each
/// [`SENTENCES_EACH`] sentences, since a long text tells some of many facts by chance.
const ABOUT: usize = 2;
/// What is added for a fact that the text tells elsewhere.
const TOLD: f64 = 0.2;
/// Facts looked at in one sentence: enough for any prose.
const MAX_FACTS: usize = 256;

/// The best near misses of a text; `found` is what it tells, by sentence and fact.
pub(super) fn find(page: Page<'_>, found: &BTreeMap<(usize, usize), Match>) -> Vec<Review> {
    let told: HashSet<usize> = found.keys().map(|(_, fact)| *fact).collect();
    let least = if page.hits.len() <= SHORT_TEXT { 1 } else { ABOUT };
    let about = found.len() >= least.max(page.hits.len() / SENTENCES_EACH);
    let mut reviews: Vec<Review> = Vec::new();
    let mut facts: Vec<u32> = Vec::new();
    for sentence in 0..page.hits.len() {
        facts.clear();
        let mut phrases: Vec<u32> = page.hits[sentence].iter().map(|hit| hit.phrase).collect();
        phrases.sort_unstable();
        phrases.dedup();
        for phrase in phrases {
            facts.extend(page.index.telling(phrase));
        }
        facts.sort_unstable();
        let candidates = facts.chunk_by(|one, other| one == other);
        let candidates = candidates.filter(|same| same.len() > 1 || told.contains(&(same[0] as usize)));
        let best = candidates
            .take(MAX_FACTS)
            .map(|same| same[0] as usize)
            .filter(|fact| {
                let beside = [sentence.checked_sub(1), Some(sentence), sentence.checked_add(1)];
                !beside.into_iter().flatten().any(|s| found.contains_key(&(s, *fact)))
            })
            .filter_map(|fact| {
                let mut nearby = page.nearby(sentence);
                let here = told.contains(&fact) && nearby.any(|s| found.contains_key(&(s, fact)));
                touch(page, fact, sentence, (here, about))
            })
            .max_by(|a, b| a.score.total_cmp(&b.score).then(b.fact.cmp(&a.fact)));
        reviews.extend(best);
    }
    reviews.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.sentence.cmp(&b.sentence)));
    let spoken = page.document.sentences.iter().filter(|s| !s.tokens.is_empty()).count();
    reviews.truncate(spoken.div_ceil(SENTENCES_EACH));
    reviews
}

/// How closely a sentence touches a fact, if it does: `told` where the fact is told around it, `about` where the text tells
/// anything beyond chance.
fn touch(page: Page<'_>, number: usize, sentence: usize, (told, about): (bool, bool)) -> Option<Review> {
    let slots = &page.facts[number].slots;
    let own = closest(page, number, sentence);
    let held = |slot: usize| own.iter().any(|(s, _)| *s == slot);
    let mandatory = slots.iter().any(|slot| slot.mandatory);
    let vouched = !mandatory || own.iter().any(|(slot, _)| slots[*slot].mandatory);
    if slots.len() < 2 || !vouched {
        return None;
    }
    let beside = |slot: usize| {
        let mut near = neighbours(page.document, sentence);
        near.any(|n| places(page.index, number, slot, &page.hits[n]).next().is_some())
    };
    let total: f64 = slots.iter().map(|slot| slot.weight).sum();
    let mut share = 0.0;
    let mut missing = Vec::new();
    for (slot, described) in slots.iter().enumerate() {
        if held(slot) {
            share += described.weight / total;
        } else if beside(slot) {
            share += NEIGHBOUR * described.weight / total;
        } else {
            missing.push(slot);
        }
    }
    let short = page.hits.len() <= SHORT_TEXT;
    let related = if told || about {
        // One word of a fact that is told beside it only goes on speaking of it.
        own.len() * 2 >= slots.len() && share >= TOUCHED
    } else {
        let again = |s: usize| s != sentence && closest(page, number, s).len() > 1;
        let spoken = || missing.iter().any(|slot| page.around(number, *slot, sentence));
        let firm = own.len() - loose(page, number, own.iter());
        own.len() + 1 >= slots.len()
            && share > TOUCHED_ALONE + ROUNDING
            && (short || firm >= MIN_SLOTS && (spoken() || page.nearby(sentence).any(again)))
    };
    let reach = REACH * own.len();
    let closeness = (reach as f64 / spread(own.iter().map(|(_, tokens)| tokens)).max(1) as f64).min(1.0);
    let bonus = if told { TOLD } else { 0.0 };
    (own.len() >= MIN_SLOTS && related).then_some(Review {
        fact: number,
        sentence,
        score: (share * closeness * (1.0 + bonus)).min(1.0),
        missing,
    })
}
