//! A small generator of its own (splitmix64), so that a world is reproduced by its number.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each suite uses a part of it; helpers of tests fail like tests"
)]

use std::collections::BTreeSet;

pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap()
    }

    pub(crate) fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.roll(list.len())]
    }

    pub(crate) fn some<T: Clone + Ord>(&mut self, list: &[T], one_in: usize) -> BTreeSet<T> {
        list.iter().filter(|_| self.one_in(one_in)).cloned().collect()
    }

    /// A name out of a list.
    pub(crate) fn name(&mut self, list: &[&'static str]) -> &'static str {
        list[self.roll(list.len())]
    }

    pub(crate) fn shuffled<T: Clone>(&mut self, list: &[T]) -> Vec<T> {
        let mut rest = list.to_vec();
        let mut all = Vec::new();
        while !rest.is_empty() {
            all.push(rest.swap_remove(self.roll(rest.len())));
        }
        all
    }
}
