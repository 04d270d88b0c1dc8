//! The core stage: the slots of a fact standing together in a sentence, or in two that follow each other.

use std::ops::Range;

use foldhash::{HashMap, HashSet};

use super::budget::Budget;
use super::found::{Match, SlotPlace, Stage};
use super::keys::{MIN_SLOTS, NEIGHBOUR, ROUNDING, threshold};
use super::nearby::{Nearby, led, neighbours};
use super::page::{Page, places};
use super::phrases::{Hit, Part};
use super::shapes::Place;

/// Words between the outermost hits beyond which they hardly belong to one statement, per slot found.
pub(super) const REACH: usize = 8;
/// What is left where a semicolon parts the slots: two statements, of which neither has all.
const PARTED: f64 = 0.7;
/// Slots of a finding that only near synonyms may fill: with more of them a sentence is for review.
const MAX_LOOSE: usize = 1;
/// What such a slot leaves of the confidence.
const LOOSE: f64 = 0.9;
/// Words by which a near synonym has to be closer than a word of the analyst's.
const LOOSELY: usize = 6;
/// Sentences of a text that is too short to say what it is about.
const SHORT_TEXT: usize = 3;
/// Anchors tried in one sentence: enough for any prose, a bound against sentences made of one word.
const MAX_ANCHORS: usize = 8;
/// Every place at which the slots of a fact stand together.
pub(super) fn find(page: Page<'_>, budget: &mut Budget) -> Vec<Match> {
    let mut found: Vec<Match> = Vec::new();
    let shapes = page.index.shapes();
    let mut places: Vec<Place> = Vec::new();
    let mut candidates: Vec<(u32, Place)> = Vec::new();
    let mut nearby = Nearby::default();
    for sentence in 0..page.hits.len() {
        nearby.move_to(page.document, page.hits, sentence);
        // One after the other, since each waits for memory and in a row these waits overlap: which facts they are,
        // what few slots tell, and what all of them do.
        places.clear();
        page.index
            .candidates(&nearby.own.phrases, &nearby.all.phrases, &mut places);
        candidates.clear();
        candidates.extend(places.iter().map(|place| (shapes.fact(*place), *place)));
        candidates.retain(|(_, place)| nearby.enough_slots(shapes.slots(*place)));
        candidates.sort_unstable();
        candidates.dedup();
        for (fact, place) in &candidates {
            let number = *fact as usize;
            if nearby.could_hold(shapes.slots(*place), shapes.threshold(*place))
                && budget.allows(number, sentence)
                && let Some(one) = judge(page, number, sentence)
            {
                budget.spend(number);
                found.push(one);
            }
        }
    }
    without_echoes(supported(page, found))
}

/// Without what only two slots tell, once, of a fact of more slots, the others of which stand nowhere around it in a longer
/// text: such a text is hardly about it.
fn supported(page: Page<'_>, mut found: Vec<Match>) -> Vec<Match> {
    if page.document.sentences.len() <= SHORT_TEXT {
        return found;
    }
    let weak = |m: &Match| {
        let elsewhere = || m.missing.iter().any(|slot| page.around(m.fact, *slot, m.sentence));
        m.hits.len() + m.context.len() <= MIN_SLOTS && !m.missing.is_empty() && !elsewhere()
    };
    let mut told: HashMap<usize, usize> = HashMap::default();
    for m in &found {
        *told.entry(m.fact).or_default() += 1;
    }
    found.retain(|m| told[&m.fact] > 1 || !weak(m));
    found
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
    let scores: HashMap<(usize, usize), f64> = found.iter().map(|m| ((m.fact, m.sentence), m.score)).collect();
    found.retain(|m| {
        let score = |sentence: Option<usize>| scores.get(&(m.fact, sentence?)).copied();
        let before = score(m.sentence.checked_sub(1)).is_some_and(|score| score >= m.score);
        let after = score(m.sentence.checked_add(1)).is_some_and(|score| score > m.score);
        m.context.is_empty() || !(before || after)
    });
    found
}

/// How many of these slots only near synonyms of the analyst's words fill.
pub(super) fn loose<'a>(page: Page<'_>, number: usize, places: impl Iterator<Item = &'a SlotPlace>) -> usize {
    let own = |slot: usize, tokens: &Range<usize>| {
        let sentence = page.document.sentence_of(tokens.start);
        let mut hits = places_in(page, number, slot, sentence);
        hits.any(|hit| hit.tokens == *tokens && !page.index.is_loose(hit.phrase))
    };
    places.filter(|(slot, tokens)| !own(*slot, tokens)).count()
}

fn places_in<'a>(page: Page<'a>, number: usize, slot: usize, sentence: usize) -> impl Iterator<Item = &'a Hit> + 'a {
    places(page.index, number, slot, &page.hits[sentence])
}

/// The slots of a fact in one sentence, chosen so that they stand as close together as they can.
pub(super) fn closest(page: Page<'_>, number: usize, sentence: usize) -> Vec<SlotPlace> {
    let fact = &page.facts[number];
    let all: Vec<Vec<&Hit>> = (0..fact.slots.len())
        .map(|slot| places_in(page, number, slot, sentence).collect())
        .collect();
    let Some(anchor) = (0..all.len())
        .filter(|slot| !all[*slot].is_empty())
        .min_by_key(|slot| (!fact.slots[*slot].mandatory, all[*slot].len()))
    else {
        return Vec::new();
    };
    let mut best: Option<(usize, Vec<(usize, &Hit)>)> = None;
    for centre in all[anchor].iter().take(MAX_ANCHORS) {
        let mut chosen: Vec<(usize, &Hit)> = vec![(anchor, centre)];
        for (slot, places) in all.iter().enumerate().filter(|(slot, _)| *slot != anchor) {
            // One word speaks for one slot, and so does each part of a compound.
            let free = places
                .iter()
                .filter(|place| !chosen.iter().any(|(_, taken)| clash(taken, place)));
            let apart = |place: &&&Hit| {
                let loosely = if page.index.is_loose(place.phrase) { LOOSELY } else { 0 };
                distance(&place.tokens, &centre.tokens) + loosely
            };
            if let Some(place) = free.min_by_key(apart) {
                chosen.push((slot, place));
            }
        }
        let width = spread(chosen.iter().map(|(_, hit)| &hit.tokens));
        if best.as_ref().is_none_or(|(least, known)| {
            (chosen.len(), std::cmp::Reverse(width)) > (known.len(), std::cmp::Reverse(*least))
        }) {
            best = Some((width, chosen));
        }
    }
    let best = best.map(|(_, chosen)| chosen).unwrap_or_default();
    best.into_iter().map(|(slot, hit)| (slot, hit.tokens.clone())).collect()
}

/// Whether two hits are of the same word, or of the same part of a compound.
fn clash(one: &Hit, other: &Hit) -> bool {
    let parts = one.part == other.part || [one.part, other.part].contains(&Part::Whole);
    one.tokens == other.tokens && parts
}

fn distance(a: &Range<usize>, b: &Range<usize>) -> usize {
    if a.start >= b.end {
        a.start - b.end
    } else {
        b.start.saturating_sub(a.end)
    }
}

/// Words from the first to the last of these places.
pub(super) fn spread<'a>(places: impl Iterator<Item = &'a Range<usize>>) -> usize {
    let (start, end) = places.fold((usize::MAX, 0), |(start, end), place| {
        (start.min(place.start), end.max(place.end))
    });
    end.saturating_sub(start)
}

fn judge(page: Page<'_>, number: usize, sentence: usize) -> Option<Match> {
    let Page { facts, document, .. } = page;
    let fact = &facts[number];
    let own = closest(page, number, sentence);
    if own.is_empty() {
        return None;
    }
    let total: f64 = fact.slots.iter().map(|s| s.weight).sum();
    let weight =
        |slots: &mut dyn Iterator<Item = usize>| slots.map(|slot| fact.slots[slot].weight).sum::<f64>() / total;
    let here = weight(&mut own.iter().map(|(slot, _)| *slot));
    let mut context: Vec<SlotPlace> = Vec::new();
    for neighbour in neighbours(document, sentence) {
        for slot in 0..fact.slots.len() {
            if !own.iter().chain(&context).any(|(taken, _)| *taken == slot) {
                let place = places_in(page, number, slot, neighbour).min_by_key(|hit| page.index.is_loose(hit.phrase));
                context.extend(place.map(|hit| (slot, hit.tokens.clone())));
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
    if own.len() < MIN_SLOTS.min(fact.slots.len()) {
        // "A blunder by Bob Quick was seen. He resigned."
        let start = document.sentences[sentence].tokens.start;
        let before = context.iter().any(|(_, tokens)| tokens.start < start);
        let leads = fact.slots.len() == MIN_SLOTS && before && led(document, sentence);
        if !leads {
            return None;
        }
    }
    let loose = loose(page, number, own.iter().chain(&context));
    // A near synonym stands beside two words of the analyst's, or in a fact that has but two.
    let firm = own.len() + context.len() - loose;
    if loose > MAX_LOOSE || loose > 0 && firm < MIN_SLOTS && fact.slots.len() > MIN_SLOTS {
        return None;
    }
    let coverage = here + NEIGHBOUR * near;
    let width = spread(own.iter().map(|(_, tokens)| tokens));
    let reach = REACH * own.len();
    let closeness = if width <= reach {
        1.0
    } else {
        reach as f64 / width as f64
    };
    let span = own.iter().map(|(_, r)| r.start).min().unwrap_or(0)..own.iter().map(|(_, r)| r.end).max().unwrap_or(0);
    let parted = span.into_iter().rev().skip(1).any(|t| document.gap(t).contains(';'));
    let sure = if loose > 0 { LOOSE } else { 1.0 };
    let told = coverage * closeness * if parted { PARTED } else { 1.0 };
    let score = told * sure;
    let missing: Vec<usize> = (0..fact.slots.len()).filter(|slot| !found(*slot)).collect();
    (told > threshold(fact) + ROUNDING).then_some(Match {
        fact: number,
        sentence,
        missing,
        hits: own,
        context,
        score,
        stage: Stage::Slots,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::Document;
    use crate::facts::{Fact, Facts, Slot};
    use crate::language::Language;
    use crate::matching::index::PhraseIndex;
    use crate::text::read_bytes;

    const WORDS: [&str; 12] = [
        "harbour", "lantern", "gate", "two", "ferry", "night", "Tuesday", "guard", "mill", "the", "copper", "bridge",
    ];

    /// The obvious twin of [`find`]: every fact in every sentence.
    fn everywhere(page: Page<'_>) -> Vec<Match> {
        let sentences = 0..page.hits.len();
        let all = sentences.flat_map(|sentence| (0..page.facts.len()).map(move |fact| (fact, sentence)));
        without_echoes(supported(
            page,
            all.filter_map(|(fact, sentence)| judge(page, fact, sentence)).collect(),
        ))
    }

    fn told(mut found: Vec<Match>) -> Vec<String> {
        found.sort_by_key(|m| (m.sentence, m.fact));
        found.iter().map(|m| format!("{m:?}")).collect()
    }

    fn fact() -> impl Strategy<Value = Vec<(Vec<usize>, bool, u8)>> {
        let slot = (
            proptest::collection::vec(0..WORDS.len(), 0..4),
            proptest::bool::weighted(0.3),
            1..4u8,
        );
        proptest::collection::vec(slot, 1..5)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_filed_is_found_where_looking_everywhere_finds_it(
            shapes in proptest::collection::vec(fact(), 1..20),
            // Copies crowd the phrases, so that pairs are used.
            copies in 1..20usize,
            words in proptest::collection::vec(0..WORDS.len() + 3, 0..120),
        ) {
            let list = (0..copies).flat_map(|copy| shapes.iter().enumerate().map(move |(number, slots)| Fact {
                id: format!("{copy}-{number}"),
                text: String::new(),
                slots: slots.iter().enumerate().map(|(slot, (any, mandatory, weight))| Slot {
                    name: slot.to_string(),
                    any: any.iter().map(|word| WORDS[*word].to_owned()).collect(),
                    mandatory: *mandatory,
                    weight: f64::from(*weight) / 2.0,
                }).collect(),
                values: Vec::new(),
                reveals: None,
                growth: crate::facts::Growth::default(),
            }));
            let facts = Facts::new(list.collect()).expect("valid");
            let mut text = String::from("It was said");
            for word in words {
                let next = WORDS.get(word).map(|word| format!(" {word}"));
                text.push_str(&next.unwrap_or_else(|| [". It was", ".\n\nIt was", "; it was"][word - WORDS.len()].into()));
            }
            let document = Document::new(read_bytes("t.txt", text.as_bytes()).expect("text").remove(0));
            let index = PhraseIndex::new(facts.list(), Language::En);
            let hits = index.find(&document);
            let page = Page { facts: facts.list(), index: &index, document: &document, hits: &hits };
            prop_assert_eq!(told(find(page, &mut Budget::default())), told(everywhere(page)), "{}", text);
        }
    }
}
