//! From a phrase in a text to the facts it may disclose, at a cost that does not grow with the facts it cannot.
//!
//! Every fact is filed under the slots without which it cannot be found: the rarest of its mandatory ones, or, without
//! any, the fewest that no finding can do without. Where such a phrase stands, the fact is looked at, and only there.

use foldhash::{HashMap, HashMapExt};

use super::filing::Filing;
use super::keys::{Keys, key_slots};
use super::phrases::{Builder, Hit, Trie, is_entity};
use super::rows::Rows;
use super::shapes::{Place, Shapes};
use crate::document::Document;
use crate::facts::{Fact, Value};
use crate::language::Language;

/// A function word stands in most sentences, as often as some hundred content words together.
const COMMON_WORD: u64 = 500;
/// An entity type is filled by any name or number; every other slot is a better key.
const ENTITY: u64 = 1 << 32;

/// Uses from which on a phrase tells facts apart no longer.
const MAX_TELLING: u32 = 32;

/// Salt and length in words.
pub(super) type Salted = (String, usize);

/// The alternatives and values of all facts in one language.
#[derive(Debug)]
pub(crate) struct PhraseIndex {
    trie: Trie,
    shapes: Shapes,
    /// Facts found only in a sentence with one of their key phrases.
    here: Filing,
    /// Facts found only in such a sentence or beside it.
    beside: Filing,
    /// By phrase that few facts use: these facts.
    telling: Rows,
    /// By phrase: facts of which it is a value.
    valued: Rows,
    /// Hash → facts.
    hidden: HashMap<Salted, HashMap<String, Vec<u32>>>,
}

impl PhraseIndex {
    pub(crate) fn new(facts: &[Fact], language: Language) -> Self {
        let mut builder = Builder::new(language);
        let mut shapes = Shapes::default();
        let mut uses: Vec<u32> = Vec::new();
        for fact in facts {
            let slots: Vec<Vec<u32>> = fact
                .slots
                .iter()
                .map(|slot| {
                    let mut phrases: Vec<u32> = slot.any.iter().filter_map(|a| builder.alternative(a)).collect();
                    for alternative in &slot.any {
                        phrases.extend(builder.wider(alternative));
                    }
                    phrases.sort_unstable();
                    phrases.dedup();
                    for phrase in &phrases {
                        let phrase = *phrase as usize;
                        uses.resize(uses.len().max(phrase + 1), 0);
                        uses[phrase] += 1;
                    }
                    phrases
                })
                .collect();
            shapes.push(fact, &slots);
        }
        let cost = |phrase: u32| {
            let uses = u64::from(uses[phrase as usize]);
            if is_entity(phrase) {
                uses + ENTITY
            } else if builder.is_common(phrase) {
                uses * COMMON_WORD
            } else {
                uses
            }
        };
        let (mut here, mut beside) = (Vec::new(), Vec::new());
        for (number, fact) in facts.iter().enumerate() {
            let place = shapes.place(number);
            let slots: Vec<&[u32]> = shapes.slots(place).map(|slot| slot.phrases).collect();
            let of = |slot: usize| slots[slot].iter().map(move |phrase| (*phrase, slot, place));
            match key_slots(fact, |slot| slots[slot].iter().copied().map(cost).sum()) {
                Keys::Here(keys) => here.extend(keys.into_iter().flat_map(of)),
                Keys::Beside(key) => beside.extend(of(key)),
            }
        }
        let mut telling = Vec::new();
        for (number, fact) in (0u32..).zip(0..facts.len()) {
            let phrases = shapes.slots(shapes.place(fact)).flat_map(|slot| slot.phrases);
            let few = phrases.filter(|phrase| !is_entity(**phrase) && uses[**phrase as usize] <= MAX_TELLING);
            telling.extend(few.map(|phrase| (*phrase, number)));
        }
        let (mut valued, mut hidden) = (Vec::new(), HashMap::new());
        for (number, fact) in (0u32..).zip(facts) {
            for value in &fact.values {
                match value {
                    Value::Plain(term) => valued.extend(builder.value(term).map(|phrase| (phrase, number))),
                    Value::Hidden { salt, sha256, words } => {
                        let hashes: &mut HashMap<String, Vec<u32>> = hidden.entry((salt.clone(), *words)).or_default();
                        hashes.entry(sha256.clone()).or_default().push(number);
                    }
                }
            }
        }
        Self {
            trie: builder.finish(),
            here: Filing::new(here, &shapes),
            beside: Filing::new(beside, &shapes),
            shapes,
            telling: Rows::gather(telling),
            valued: Rows::gather(valued),
            hidden,
        }
    }

    /// All alternatives and values in a text, by sentence.
    pub(super) fn find(&self, document: &Document) -> Vec<Vec<Hit>> {
        self.trie.find(document)
    }

    /// The shapes of all facts.
    pub(super) fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    /// The alternatives of a slot, as sorted phrase numbers.
    pub(crate) fn slot(&self, fact: usize, slot: usize) -> &[u32] {
        self.shapes
            .slots(self.shapes.place(fact))
            .nth(slot)
            .map_or(&[], |slot| slot.phrases)
    }

    /// The shapes of the facts that may be found in a sentence with the phrases `own`, beside sentences that together
    /// with it have the phrases `all`; some of them several times.
    pub(super) fn candidates(&self, own: &[u32], all: &[u32], found: &mut Vec<Place>) {
        self.here.candidates(own, own, found);
        self.beside.candidates(all, own, found);
    }

    /// Whether a phrase is any of some near synonyms, and no word of the analyst.
    pub(super) fn is_loose(&self, phrase: u32) -> bool {
        self.trie.is_loose(phrase)
    }

    /// Facts with this phrase in a slot, where they are few.
    pub(super) fn telling(&self, phrase: u32) -> &[u32] {
        self.telling.get(phrase as usize)
    }

    /// Facts of which this phrase is a value.
    pub(super) fn valued(&self, phrase: u32) -> &[u32] {
        self.valued.get(phrase as usize)
    }

    /// Hidden values.
    pub(super) fn hidden(&self) -> &HashMap<Salted, HashMap<String, Vec<u32>>> {
        &self.hidden
    }
}
