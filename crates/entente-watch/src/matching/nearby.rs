//! Which phrases stand in a sentence and around it: enough to turn most facts away at the price of a few look-ups.

use super::keys::{MIN_SLOTS, NEIGHBOUR};
use super::phrases::Hit;
use super::shapes::Slots;
use crate::document::Document;
use crate::language::Class;

/// Words of a set of phrases: 8 kB, which stay in the fastest cache. A sentence has some tens of phrases.
const PHRASE_WORDS: usize = 1 << 10;
/// Words at the head of a sentence in which a word such as "he" is looked for.
const LEADING: usize = 2;
/// Alternatives beyond which it is quicker to look up what stands in the sentence than what may fill the slot.
const LONG_SLOT: usize = 64;

/// [`NEIGHBOUR`], as shares are kept.
#[allow(clippy::cast_possible_truncation, reason = "a half")]
const NEIGHBOUR_SHARE: f32 = NEIGHBOUR as f32;
/// More than thirty-two rounded shares can be off by; what is let through for it is turned away by its exact score.
const IMPRECISION: f32 = 1e-4;

/// A set of phrases, quick to ask and to empty.
pub(super) struct Phrases {
    /// One bit a phrase; beyond 64 times [`PHRASE_WORDS`] several share one, so that a set may seem to hold what it does not.
    bits: Box<[u64; PHRASE_WORDS]>,
    /// What was put in, once each.
    pub phrases: Vec<u32>,
}

impl Default for Phrases {
    fn default() -> Self {
        Self {
            bits: Box::new([0; PHRASE_WORDS]),
            phrases: Vec::new(),
        }
    }
}

impl Phrases {
    fn refill(&mut self, phrases: impl Iterator<Item = u32>) {
        for phrase in self.phrases.drain(..) {
            self.bits[phrase as usize / 64 % PHRASE_WORDS] = 0;
        }
        self.phrases.extend(phrases);
        self.phrases.sort_unstable();
        self.phrases.dedup();
        for phrase in &self.phrases {
            self.bits[*phrase as usize / 64 % PHRASE_WORDS] |= 1 << (*phrase % 64);
        }
    }

    #[inline]
    fn may_hold_any(&self, phrases: &[u32]) -> bool {
        if phrases.len() > LONG_SLOT {
            return self.phrases.iter().any(|phrase| phrases.binary_search(phrase).is_ok());
        }
        // Without a branch for each: where the first hit stands cannot be predicted.
        let bit = |phrase: &u32| self.bits[*phrase as usize / 64 % PHRASE_WORDS] >> (*phrase % 64) & 1;
        phrases.iter().fold(0, |any, phrase| any | bit(phrase)) != 0
    }
}

/// The phrases in a sentence and around it.
#[derive(Default)]
pub(super) struct Nearby {
    pub own: Phrases,
    /// With the neighbours of the same paragraph.
    pub all: Phrases,
    /// The sentence begins with a word that leads to the one before.
    led: bool,
}

impl Nearby {
    pub(super) fn move_to(&mut self, document: &Document, hits: &[Vec<Hit>], sentence: usize) {
        let phrases = |sentence: usize| hits[sentence].iter().map(|hit| hit.phrase);
        self.own.refill(phrases(sentence));
        let near = neighbours(document, sentence).chain([sentence]);
        self.all.refill(near.flat_map(phrases));
        self.led = led(document, sentence);
    }

    /// Whether enough slots may be in the sentence itself.
    #[inline]
    pub(super) fn enough_slots(&self, shape: Slots<'_>) -> bool {
        let (mut slots, mut held) = (0, 0);
        for slot in shape {
            slots += 1;
            held += usize::from(self.own.may_hold_any(slot.phrases));
        }
        held >= MIN_SLOTS.min(slots) || slots == MIN_SLOTS && held + 1 == MIN_SLOTS && self.led
    }

    /// The conditions of a finding that need no places; never turns away what would be one.
    pub(super) fn could_hold(&self, shape: Slots<'_>, threshold: f32) -> bool {
        let mut share = 0.0;
        for slot in shape {
            if self.own.may_hold_any(slot.phrases) {
                share += slot.share;
            } else if self.all.may_hold_any(slot.phrases) {
                share += NEIGHBOUR_SHARE * slot.share;
            } else if slot.mandatory {
                return false;
            }
        }
        share > threshold - IMPRECISION
    }
}

/// Whether a sentence begins with a word such as "he", which leads to somebody in the one before.
pub(super) fn led(document: &Document, sentence: usize) -> bool {
    let tokens = document.sentences[sentence].tokens.clone();
    let before = neighbours(document, sentence).any(|n| n < sentence);
    before && tokens.take(LEADING).any(|t| document.is(t, Class::Leading))
}

/// The sentences before and after, where they are in the same paragraph.
pub(super) fn neighbours(document: &Document, sentence: usize) -> impl Iterator<Item = usize> {
    let paragraph = document.sentences[sentence].paragraph;
    let sentences = [sentence.checked_sub(1), Some(sentence + 1)].into_iter().flatten();
    sentences.filter(move |n| document.sentences.get(*n).is_some_and(|s| s.paragraph == paragraph))
}
