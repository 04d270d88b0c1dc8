//! Fixed-size sets of small numbers, as machine words.

/// A set of numbers below a bound fixed when the set is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Bits(Box<[u64]>);

impl Bits {
    /// The empty set of numbers below `bound`.
    pub(crate) fn none(bound: usize) -> Self {
        Self(vec![0; bound.div_ceil(64)].into_boxed_slice())
    }

    /// The set of all numbers below `bound`.
    pub(crate) fn all(bound: usize) -> Self {
        let mut set = Self::none(bound);
        (0..bound).for_each(|n| set.insert(n));
        set
    }

    /// The set of the numbers below `bound` for which `test` holds.
    pub(crate) fn of(bound: usize, test: impl Fn(usize) -> bool) -> Self {
        let mut set = Self::none(bound);
        (0..bound).filter(|n| test(*n)).for_each(|n| set.insert(n));
        set
    }

    pub(crate) fn insert(&mut self, n: usize) {
        if let Some(word) = self.0.get_mut(n / 64) {
            *word |= 1 << (n % 64);
        }
    }

    #[inline]
    pub(crate) fn contains(&self, n: usize) -> bool {
        self.0.get(n / 64).is_some_and(|word| word >> (n % 64) & 1 == 1)
    }

    #[inline]
    pub(crate) fn is_subset(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a & !b == 0)
    }

    #[inline]
    pub(crate) fn intersects(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    pub(crate) fn intersect_with(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }

    pub(crate) fn union_with(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    /// The numbers in the set that are not in `other`, in order.
    pub(crate) fn without<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = usize> + 'a {
        (0..self.0.len() * 64).filter(|n| self.contains(*n) && !other.contains(*n))
    }
}
