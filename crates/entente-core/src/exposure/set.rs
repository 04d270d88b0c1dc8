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

    /// The places of its profiles, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (self.words.iter().enumerate()).flat_map(|(n, word)| ones(*word).map(move |bit| n * WORD + bit))
    }
}

/// The places of the bits that are set.
fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros() as usize);
        word &= word.wrapping_sub(1);
        bit
    })
}
