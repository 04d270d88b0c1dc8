//! What every stage looks at.

use super::index::PhraseIndex;
use super::phrases::Hit;
use crate::document::Document;
use crate::facts::Fact;

/// A text, the phrases found in each of its sentences, and the facts they belong to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'a> {
    pub facts: &'a [Fact],
    pub index: &'a PhraseIndex,
    pub document: &'a Document,
    pub hits: &'a [Vec<Hit>],
    /// All phrases of the text.
    pub spoken: &'a Spoken,
}

/// A set of phrases, a bit each.
#[derive(Debug, Default)]
pub(super) struct Spoken(Vec<u64>);

impl Spoken {
    pub(super) fn of(hits: &[Vec<Hit>]) -> Self {
        let mut bits = Vec::new();
        for hit in hits.iter().flatten() {
            let at = hit.phrase as usize / 64;
            if bits.len() <= at {
                bits.resize(at + 1, 0);
            }
            bits[at] |= 1 << (hit.phrase % 64);
        }
        Self(bits)
    }

    /// Whether the text has any of these phrases.
    pub(super) fn any(&self, phrases: &[u32]) -> bool {
        let has = |phrase: &u32| {
            self.0
                .get(*phrase as usize / 64)
                .is_some_and(|bits| bits >> (phrase % 64) & 1 == 1)
        };
        phrases.iter().any(has)
    }
}
