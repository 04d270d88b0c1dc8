//! The facts' own wording as numbers: what the verbatim and the residual stage compare a text with.

use foldhash::{HashMap, HashMapExt, HashSet};

use super::rows::Rows;
use crate::document::Document;
use crate::facts::Fact;
use crate::language::Language;
use crate::text::normal;
use crate::words::{self, Vocabulary};

/// Longest fact that is compared; an alignment costs its length times that of the sentence.
const MAX_WORDS: usize = 200;
/// A word of a text that no fact uses.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// All facts' wordings in one language; every stem has a number.
#[derive(Debug)]
pub(super) struct Wordings {
    stems: HashMap<Box<str>, u32>,
    /// By fact: the stems of its content words, in order.
    pub(super) content: Rows,
}

impl Wordings {
    /// Reads all wordings; `each` is handed the stems of all words of each fact.
    pub(super) fn new(facts: &[Fact], language: Language, mut each: impl FnMut(u32, &[u32])) -> Self {
        let mut vocabulary = Vocabulary::new(language, true);
        let mut stems: HashMap<Box<str>, u32> = HashMap::new();
        // By word of the vocabulary: its stem, and whether it carries content.
        let mut known: Vec<(u32, bool)> = Vec::new();
        let mut content = Rows::default();
        let mut wording: Vec<u32> = Vec::new();
        let mut kept: Vec<u32> = Vec::new();
        for (number, fact) in (0u32..).zip(facts) {
            wording.clear();
            kept.clear();
            for (_, word) in words::split(&normal(&fact.text)).into_iter().take(MAX_WORDS) {
                let id = vocabulary.intern(&word);
                if id as usize == known.len() {
                    let word = vocabulary.word(id);
                    let fresh = u32::try_from(stems.len()).expect("half a million facts have fewer than 2^32 words");
                    let stem = *stems.entry(word.stem.as_str().into()).or_insert(fresh);
                    known.push((stem, word.is_content()));
                }
                let (stem, carries) = known[id as usize];
                wording.push(stem);
                kept.extend(carries.then_some(stem));
            }
            each(number, &wording);
            content.push(kept.iter().copied());
        }
        Self { stems, content }
    }

    /// The stems of a text, token by token; [`UNKNOWN`] where no fact has it.
    pub(super) fn read(&self, document: &Document) -> Vec<u32> {
        let words = document.vocabulary.words().iter();
        let known: Vec<u32> = words
            .map(|word| self.stems.get(word.stem.as_str()).copied().unwrap_or(UNKNOWN))
            .collect();
        document.tokens.iter().map(|token| known[token.word as usize]).collect()
    }

    /// The different content stems of each fact.
    pub(super) fn distinct(&self) -> impl Iterator<Item = HashSet<u32>> {
        (0..self.content.len()).map(|fact| self.content.get(fact).iter().copied().collect())
    }

    /// How many stems there are.
    pub(super) fn stems(&self) -> usize {
        self.stems.len()
    }
}
