//! Chance that is the same on every run.

/// A die with a seed.
pub(crate) struct Die(pub(crate) u64);

impl Die {
    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    /// One of these.
    pub(crate) fn one<T: Copy, const N: usize>(&mut self, all: &[T; N]) -> T {
        all[self.below(N)]
    }
}

/// How many histories a law is tried on.
pub(crate) fn histories() -> u64 {
    let asked = std::env::var("ENTENTE_WORLDS").ok().and_then(|n| n.parse().ok());
    asked.map_or(60, |n: u64| (n / 10).max(10))
}
