//! What the stages hand on: places at which a text speaks of a fact.

use std::ops::Range;

/// How a fact was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The words of its slots stand together.
    Slots,
    /// A value term stands in the text.
    Value,
    /// Its own wording was taken over.
    Verbatim,
}

/// A slot's index and where it was found.
pub(crate) type SlotPlace = (usize, Range<usize>);

/// A place at which a text speaks of a fact, before anybody asked who says so.
#[derive(Debug, Clone)]
pub(crate) struct Match {
    /// Index of the fact.
    pub fact: usize,
    /// The sentence that carries it.
    pub sentence: usize,
    /// Slot index and place, in that sentence.
    pub hits: Vec<SlotPlace>,
    /// The same in the sentence before or after.
    pub context: Vec<SlotPlace>,
    /// Slots found nowhere near.
    pub missing: Vec<usize>,
    /// 0 to 1.
    pub score: f64,
    pub stage: Stage,
}

impl Match {
    /// From the first to the last word of what was found in the sentence.
    pub(crate) fn tokens(&self) -> Range<usize> {
        let start = self.hits.iter().map(|(_, r)| r.start).min().unwrap_or(0);
        let end = self.hits.iter().map(|(_, r)| r.end).max().unwrap_or(0);
        start..end
    }
}

/// A sentence that is close to a fact, but not close enough to say so: for a person to look at.
#[derive(Debug, Clone)]
pub(crate) struct Review {
    pub fact: usize,
    pub sentence: usize,
    pub score: f64,
    /// Slots found neither in the sentence nor beside it.
    pub missing: Vec<usize>,
}
