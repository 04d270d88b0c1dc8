//! Fixed-size sets of small numbers, as machine words.

/// A set of numbers below a bound fixed when the set is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Bits(Box<[u64]>);

impl Bits {
    /// The empty set of numbers below `bound`.
    pub(crate) fn none(bound: usize) -> Self {
        Self(vec![0; bound.div_ceil(64)].into_boxed_slice())
    }

    /// The set of the numbers below `bound` for which `test` holds.
    pub(crate) fn of(bound: usize, test: impl Fn(usize) -> bool) -> Self {
        let mut set = Self::none(bound);
        for n in (0..bound).filter(|n| test(*n)) {
            set.0[n / 64] |= 1 << (n % 64);
        }
        set
    }

    #[inline]
    pub(crate) fn contains(&self, n: usize) -> bool {
        self.0.get(n / 64).is_some_and(|word| word >> (n % 64) & 1 == 1)
    }

    pub(crate) fn union_with(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }
}
