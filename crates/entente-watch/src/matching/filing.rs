//! Facts filed under the phrases without which they cannot be found.
//!
//! A phrase that many facts are filed under would have all of them looked at wherever it stands. Since a second slot has
//! to be in the sentence too, such facts are filed under pairs of phrases instead, and only the pairs that are there count.

use foldhash::{HashMap, HashMapExt};

use super::keys::MIN_SLOTS;
use super::rows::Rows;
use super::shapes::{Place, Shapes};

/// Facts under one phrase from which on pairs are quicker: looking up the pairs of a sentence costs as much as looking
/// at some fifty facts.
const CROWDED: usize = 64;
/// Pairs that one fact may take, so that lists of towns do not multiply; a fact of usual size has less than a hundred.
const MAX_PAIRS: usize = 512;
/// Compartments of a phrase: as many as it has pairs, up to some times the different words of a large set of facts.
const MAX_COMPARTMENTS: u32 = 1 << 20;

/// Phrase → facts, for one kind of key.
#[derive(Debug)]
pub(super) struct Filing {
    /// By phrase.
    single: Rows,
    /// By crowded phrase.
    crowded: HashMap<u32, Drawer>,
    /// Drawer after drawer, compartment after compartment: facts by a hash of their second phrase. Facts that share a
    /// compartment by chance are told apart when they are looked at.
    pairs: Rows,
}

/// The compartments of a crowded phrase.
#[derive(Debug, Clone, Copy)]
struct Drawer {
    /// The first of its rows.
    first: usize,
    /// How many rows, less one; they are a power of two.
    mask: u32,
}

impl Drawer {
    fn row(self, second: u32) -> usize {
        // Multiplicative hashing (Knuth, The Art of Computer Programming 6.4).
        self.first + (second.wrapping_mul(0x9E37_79B1).rotate_left(16) & self.mask) as usize
    }
}

impl Filing {
    /// Files facts under the phrases of their key slots: (phrase, slot, fact).
    pub(super) fn new(mut keys: Vec<(u32, usize, Place)>, shapes: &Shapes) -> Self {
        keys.sort_unstable();
        let mut single = Vec::new();
        let mut crowded = HashMap::new();
        let mut pairs = Rows::default();
        let mut seconds: Vec<(u32, Place)> = Vec::new();
        for facts in keys.chunk_by(|one, other| one.0 == other.0) {
            seconds.clear();
            let phrase = facts[0].0;
            for (_, key, place) in facts {
                let slots = || shapes.slots(*place).enumerate();
                let others = || {
                    slots()
                        .filter(|(slot, _)| slot != key)
                        .flat_map(|(_, slot)| slot.phrases)
                };
                let keys = slots().nth(*key).map_or(0, |(_, slot)| slot.phrases.len());
                let paired = facts.len() > CROWDED && others().count().saturating_mul(keys) <= MAX_PAIRS;
                if paired && slots().count() > MIN_SLOTS {
                    // The second slot of a fact with two may stand in the sentence before.
                    seconds.extend(others().map(|second| (*second, *place)));
                } else {
                    single.push((phrase, *place));
                }
            }
            let size = u32::try_from(seconds.len().next_power_of_two());
            let Ok(size) = size.map(|size| size.min(MAX_COMPARTMENTS)) else {
                continue;
            };
            if seconds.is_empty() {
                continue;
            }
            let drawer = Drawer {
                first: pairs.len(),
                mask: size - 1,
            };
            crowded.insert(phrase, drawer);
            seconds.sort_unstable_by_key(|(second, place)| (drawer.row(*second), *place));
            let mut left = seconds.as_slice();
            for row in drawer.first..drawer.first + size as usize {
                let count = left.iter().take_while(|(second, _)| drawer.row(*second) == row).count();
                pairs.push(left[..count].iter().map(|(_, place)| *place));
                left = &left[count..];
            }
        }
        Self {
            single: Rows::gather(single),
            crowded,
            pairs,
        }
    }

    /// The facts to look at where one of `keys` stands in or beside a sentence that has the phrases `own`; some of them
    /// several times.
    pub(super) fn candidates(&self, keys: &[u32], own: &[u32], found: &mut Vec<Place>) {
        for key in keys {
            found.extend_from_slice(self.single.get(*key as usize));
            if let Some(drawer) = self.crowded.get(key) {
                for second in own {
                    found.extend_from_slice(self.pairs.get(drawer.row(*second)));
                }
            }
        }
    }
}
