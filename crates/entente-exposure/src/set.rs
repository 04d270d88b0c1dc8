//! Sets of profiles of a register, as machine words.

/// Profiles in one word of a set.
const WORD: usize = 64;

/// A set of the profiles of one register, by their places in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProfileSet {
    words: Vec<u64>,
    size: usize,
}

impl ProfileSet {
    /// All of `size` profiles.
    pub(crate) fn all(size: usize) -> Self {
        Self::of(size, |_| true)
    }

    /// None of `size` profiles.
    pub(crate) fn none(size: usize) -> Self {
        Self {
            words: vec![0; size.div_ceil(WORD)],
            size,
        }
    }

    /// Those of `size` profiles for which `test` holds.
    pub(crate) fn of(size: usize, test: impl Fn(usize) -> bool) -> Self {
        let mut set = Self::none(size);
        for (n, word) in set.words.iter_mut().enumerate() {
            let first = n * WORD;
            for bit in 0..WORD.min(size - first) {
                *word |= u64::from(test(first + bit)) << bit;
            }
        }
        set
    }

    /// The rest of the profiles.
    pub(crate) fn complement(mut self) -> Self {
        self.words.iter_mut().for_each(|word| *word = !*word);
        let used = self.size % WORD;
        if let (Some(last), 1..) = (self.words.last_mut(), used) {
            *last &= (1 << used) - 1;
        }
        self
    }

    /// Those in both.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= b);
        self
    }

    /// Those in either.
    pub(crate) fn or(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a |= b);
        self
    }

    /// Whether the profile at this place is in it.
    pub(crate) fn contains(&self, n: usize) -> bool {
        self.words.get(n / WORD).is_some_and(|word| word >> (n % WORD) & 1 == 1)
    }

    /// Calls `visit` for each profile in turn, with whether it is in the set.
    pub(crate) fn each_bit(&self, mut visit: impl FnMut(usize, bool)) {
        for (n, word) in self.words.iter().enumerate() {
            let first = n * WORD;
            for bit in 0..WORD.min(self.size - first) {
                visit(first + bit, word >> bit & 1 == 1);
            }
        }
    }

    /// How many profiles are in it.
    pub(crate) fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Calls `visit` for each profile in turn, with which of up to eight sets of one register it is in: bit `n` for the
    /// `n`-th set.
    pub(crate) fn each_membership(sets: &[&Self], mut visit: impl FnMut(usize, u8)) {
        let Some(first) = sets.first() else { return };
        for n in 0..first.words.len() {
            for byte in 0..8 {
                // Eight profiles of each set become one byte for each profile.
                let rows = sets.iter().take(8).enumerate();
                let block = rows.fold(0u64, |block, (row, set)| {
                    block | (set.words[n] >> (8 * byte) & 0xFF) << (8 * row)
                });
                let columns = transposed(block).to_le_bytes();
                let place = n * WORD + 8 * byte;
                for (bit, of) in columns.into_iter().enumerate().take(first.size.saturating_sub(place)) {
                    visit(place + bit, of);
                }
            }
        }
    }

    /// The places of its profiles, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (self.words.iter().enumerate()).flat_map(|(n, word)| ones(*word).map(move |bit| n * WORD + bit))
    }
}

/// A square of eight by eight bits with rows and columns exchanged (Warren, Hacker's Delight, §7-3).
fn transposed(mut square: u64) -> u64 {
    for (shift, mask) in [
        (7, 0x00AA_00AA_00AA_00AA),
        (14, 0x0000_CCCC_0000_CCCC),
        (28, 0x0000_0000_F0F0_F0F0),
    ] {
        let swap = (square ^ (square >> shift)) & mask;
        square ^= swap ^ (swap << shift);
    }
    square
}

/// The places of the bits that are set.
fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros() as usize);
        word &= word.wrapping_sub(1);
        bit
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn memberships_are_what_each_set_says(size in 0usize..200, count in 0usize..9, seed in any::<u64>()) {
            let holds = |set: usize, n: usize| (seed ^ (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)) >> (7 * set) & 1 == 1;
            let sets: Vec<ProfileSet> = (0..count).map(|set| ProfileSet::of(size, |n| holds(set, n))).collect();
            let mut seen = 0;
            ProfileSet::each_membership(&sets.iter().collect::<Vec<_>>(), |n, of| {
                assert_eq!(n, seen);
                seen += 1;
                for set in 0..8 {
                    assert_eq!(of >> set & 1 == 1, set < count && holds(set, n));
                }
            });
            prop_assert_eq!(seen, if count == 0 { 0 } else { size });
            for set in &sets {
                prop_assert_eq!(set.len(), set.iter().count());
            }
        }
    }
}
