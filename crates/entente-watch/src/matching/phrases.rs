//! One automaton over the alternatives of all facts: a trie whose edges are terms (a stem, an acronym, a prefix).
//!
//! A text is walked once; what that costs depends on its length and on the longest phrase, not on the number of facts.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::entities;
use super::slots::key_slots;
use crate::document::Document;
use crate::facts::{ENTITIES, Fact, Value};
use crate::language::{Class, Language};
use crate::text::normal;
use crate::words;

/// Function words of the text that may stand inside a phrase without breaking it ("inside [the] leadership").
const MAX_SKIPPED: usize = 2;
/// Longest all-capital alternative that is read as an acronym.
const LONGEST_ACRONYM: usize = 6;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Term {
    Stem(String),
    /// Matches only where the text has capitals too: `US` is not `us`.
    Acronym(String),
    Prefix(String),
    /// Matches without stemming.
    Exact(String),
}

/// Whether a phrase is an entity type, which any name or number fills.
pub(crate) fn is_entity(phrase: u32) -> bool {
    (phrase as usize) < ENTITIES.len()
}

/// An alternative found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub phrase: u32,
    pub tokens: Range<usize>,
}

/// The alternatives and values of all facts in one language.
#[derive(Debug, Default)]
pub(crate) struct PhraseIndex {
    terms: HashMap<Term, u32>,
    prefix_lengths: BTreeSet<usize>,
    edges: HashMap<(u32, u32), u32>,
    /// For each node the phrase that ends there.
    ends: Vec<Option<u32>>,
    by_text: HashMap<String, u32>,
    phrases: u32,
    /// Fact → slot → phrases, sorted.
    slots: Vec<Vec<Box<[u32]>>>,
    /// Phrase → facts that cannot be found without one of their key slots.
    keyed: HashMap<u32, Vec<u32>>,
    /// Phrase → facts of which it is a value.
    valued: HashMap<u32, Vec<u32>>,
    /// Salt and length → hash → facts.
    hidden: HashMap<(String, usize), HashMap<String, Vec<u32>>>,
}

impl PhraseIndex {
    pub(crate) fn new(facts: &[Fact], language: Language) -> Self {
        let mut index = Self {
            ends: vec![None],
            ..Self::default()
        };
        // The first phrase numbers are the entity types.
        for entity in ENTITIES {
            index.by_text.insert(entity.to_owned(), index.phrases);
            index.phrases += 1;
        }
        for fact in facts {
            let slots = fact.slots.iter().map(|slot| {
                let mut phrases: Vec<u32> = slot
                    .any
                    .iter()
                    .filter_map(|alternative| index.alternative(alternative, language))
                    .collect();
                phrases.sort_unstable();
                phrases.dedup();
                phrases.into_boxed_slice()
            });
            let slots = slots.collect();
            index.slots.push(slots);
        }
        let mut users: HashMap<u32, u32> = HashMap::new();
        for phrase in index.slots.iter().flatten().flat_map(|slot| slot.iter()) {
            *users.entry(*phrase).or_default() += 1;
        }
        for (number, fact) in (0u32..).zip(facts) {
            let slots = &index.slots[number as usize];
            let cost = |slot: usize| {
                slots[slot]
                    .iter()
                    .map(|p| u64::from(users[p]) + if is_entity(*p) { 1 << 32 } else { 0 })
                    .sum()
            };
            let keys: BTreeSet<u32> = key_slots(fact, cost)
                .into_iter()
                .flat_map(|slot| slots[slot].iter().copied())
                .collect();
            for phrase in keys {
                index.keyed.entry(phrase).or_default().push(number);
            }
            for value in &fact.values {
                index.value(value, number);
            }
        }
        index
    }

    fn alternative(&mut self, alternative: &str, language: Language) -> Option<u32> {
        if let Some(known) = self.by_text.get(alternative) {
            return Some(*known);
        }
        let mut terms = Vec::new();
        for part in normal(alternative).split_whitespace() {
            let wildcard = part.ends_with('*');
            let words = words::split(part);
            let last = words.len().wrapping_sub(1);
            for (position, (_, word)) in words.into_iter().enumerate() {
                let lower = word.to_lowercase();
                let letters = word.chars().filter(|c| c.is_alphabetic()).count();
                terms.push(if wildcard && position == last {
                    self.prefix_lengths.insert(lower.len());
                    Term::Prefix(lower)
                } else if letters > 1
                    && word.len() <= LONGEST_ACRONYM
                    && word.chars().all(|c| c.is_uppercase() || c.is_ascii_digit())
                {
                    Term::Acronym(word)
                } else {
                    Term::Stem(language.stem(&lower).into_owned())
                });
            }
        }
        let phrase = self.insert(terms)?;
        self.by_text.insert(alternative.to_owned(), phrase);
        Some(phrase)
    }

    fn value(&mut self, value: &Value, fact: u32) {
        match value {
            Value::Plain(term) => {
                let terms = words::split(&normal(term))
                    .into_iter()
                    .map(|(_, w)| Term::Exact(w.to_lowercase()))
                    .collect();
                if let Some(phrase) = self.insert(terms) {
                    self.valued.entry(phrase).or_default().push(fact);
                }
            }
            Value::Hidden { salt, sha256, words } => {
                self.hidden
                    .entry((salt.clone(), *words))
                    .or_default()
                    .entry(sha256.clone())
                    .or_default()
                    .push(fact);
            }
        }
    }

    /// Adds a phrase; phrases of the same terms are one.
    fn insert(&mut self, terms: Vec<Term>) -> Option<u32> {
        if terms.is_empty() {
            return None;
        }
        let mut node = 0;
        for term in terms {
            let fresh = u32::try_from(self.terms.len()).ok()?;
            let term = *self.terms.entry(term).or_insert(fresh);
            let fresh = u32::try_from(self.ends.len()).ok()?;
            node = *self.edges.entry((node, term)).or_insert(fresh);
            if node == fresh {
                self.ends.push(None);
            }
        }
        let end = &mut self.ends[node as usize];
        if end.is_none() {
            *end = Some(self.phrases);
            self.phrases += 1;
        }
        *end
    }

    /// All alternatives in a text, by sentence.
    pub(crate) fn find(&self, document: &Document) -> Vec<Vec<Hit>> {
        let terms: Vec<Vec<(u32, bool)>> = document
            .vocabulary
            .words()
            .iter()
            .map(|word| self.terms_of(word))
            .collect();
        let mut found: Vec<Vec<Hit>> = Vec::with_capacity(document.sentences.len());
        for sentence in &document.sentences {
            let mut hits = Vec::new();
            for start in sentence.tokens.clone() {
                self.walk(
                    document,
                    &terms,
                    start,
                    sentence.tokens.end,
                    sentence.shouted,
                    &mut hits,
                );
            }
            for (entity, tokens) in entities::find(document, sentence) {
                hits.push(Hit {
                    phrase: entity as u32,
                    tokens,
                });
            }
            found.push(hits);
        }
        found
    }

    /// The terms a word of the text can be, and whether only as an acronym.
    fn terms_of(&self, word: &words::Word) -> Vec<(u32, bool)> {
        let mut terms: Vec<(u32, bool)> = [Term::Stem(word.stem.clone()), Term::Exact(word.lower.clone())]
            .iter()
            .filter_map(|term| self.terms.get(term).map(|id| (*id, false)))
            .collect();
        if word.upper {
            terms.extend(
                self.terms
                    .get(&Term::Acronym(word.text.clone()))
                    .map(|id| (*id, word.classes.has(Class::Function))),
            );
        }
        for length in &self.prefix_lengths {
            let Some(prefix) = word.lower.get(..*length) else {
                continue;
            };
            terms.extend(self.terms.get(&Term::Prefix(prefix.to_owned())).map(|id| (*id, false)));
        }
        terms
    }

    fn walk(
        &self,
        document: &Document,
        terms: &[Vec<(u32, bool)>],
        start: usize,
        end: usize,
        shouted: bool,
        hits: &mut Vec<Hit>,
    ) {
        // Node, next token, function words skipped. A word can be several terms, so there can be several ways.
        let mut ways = vec![(0u32, start, 0usize)];
        while let Some((node, at, skipped)) = ways.pop() {
            if at == end {
                continue;
            }
            let word = document.tokens[at].word as usize;
            for (term, homograph) in &terms[word] {
                let Some(next) = self.edges.get(&(node, *term)) else {
                    continue;
                };
                if *homograph && shouted {
                    continue;
                }
                if let Some(phrase) = self.ends[*next as usize] {
                    hits.push(Hit {
                        phrase,
                        tokens: start..at + 1,
                    });
                }
                ways.push((*next, at + 1, 0));
            }
            if node != 0
                && skipped < MAX_SKIPPED
                && document.is(at, Class::Determiner) | document.is(at, Class::NounMaker)
            {
                ways.push((node, at + 1, skipped + 1));
            }
        }
    }

    /// How many phrases there are.
    pub(crate) fn len(&self) -> usize {
        self.phrases as usize
    }

    /// The slots of a fact, each with its alternatives as sorted phrase numbers.
    pub(crate) fn slots(&self, fact: usize) -> &[Box<[u32]>] {
        &self.slots[fact]
    }

    /// The alternatives of a slot, as sorted phrase numbers.
    pub(crate) fn slot(&self, fact: usize, slot: usize) -> &[u32] {
        &self.slots[fact][slot]
    }

    /// Facts that may be found where this phrase stands.
    pub(crate) fn keyed(&self, phrase: u32) -> &[u32] {
        self.keyed.get(&phrase).map_or(&[], Vec::as_slice)
    }

    /// Facts of which this phrase is a value.
    pub(crate) fn valued(&self, phrase: u32) -> &[u32] {
        self.valued.get(&phrase).map_or(&[], Vec::as_slice)
    }

    /// Hidden values by salt and length.
    pub(crate) fn hidden(&self) -> &HashMap<(String, usize), HashMap<String, Vec<u32>>> {
        &self.hidden
    }
}
