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
}
