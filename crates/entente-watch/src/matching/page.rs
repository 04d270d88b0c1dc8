//! What every stage looks at.

use super::index::PhraseIndex;
use super::phrases::Hit;
use crate::document::Document;
use crate::facts::Fact;

/// Sentences on either side within which a text still speaks of the same thing: some paragraphs. A long text has every word
/// somewhere.
const AROUND: usize = 8;

/// A text, the phrases found in each of its sentences, and the facts they belong to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'a> {
    pub facts: &'a [Fact],
    pub index: &'a PhraseIndex,
    pub document: &'a Document,
    pub hits: &'a [Vec<Hit>],
}

impl Page<'_> {
    /// Whether a slot of a fact is spoken of around a sentence.
    pub(super) fn around(&self, fact: usize, slot: usize, sentence: usize) -> bool {
        let mut near = self.nearby(sentence);
        near.any(|n| places(self.index, fact, slot, &self.hits[n]).next().is_some())
    }

    /// The sentences around one, and itself.
    pub(super) fn nearby(&self, sentence: usize) -> std::ops::Range<usize> {
        sentence.saturating_sub(AROUND)..(sentence + AROUND + 1).min(self.hits.len())
    }
}

/// Where in a sentence something stands that may fill a slot of a fact.
pub(super) fn places<'a>(
    index: &'a PhraseIndex,
    fact: usize,
    slot: usize,
    hits: &'a [Hit],
) -> impl Iterator<Item = &'a Hit> + 'a {
    let phrases = index.slot(fact, slot);
    hits.iter().filter(|hit| phrases.binary_search(&hit.phrase).is_ok())
}
