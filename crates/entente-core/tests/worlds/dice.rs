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

/// Runs a law over seeds, on all processors: one in `of` of the 10,000 worlds, or of what `ENTENTE_WORLDS` says. With `ENTENTE_SEED`
/// it is tried on that seed alone. How many seeds it was tried on, where they were many.
pub(crate) fn in_worlds(of: u64, law: impl Fn(u64) + Sync) -> Option<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = number("ENTENTE_SEED") {
        law(seed);
        return None;
    }
    let worlds = number("ENTENTE_WORLDS").unwrap_or(10_000) / of;
    let threads = std::thread::available_parallelism().map_or(2, usize::from) as u64;
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let law = &law;
            scope.spawn(move || {
                (thread..worlds)
                    .step_by(usize::try_from(threads).unwrap())
                    .for_each(law);
            });
        }
    });
    Some(worlds)
}
