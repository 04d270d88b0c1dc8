//! One automaton over the alternatives of all facts: a trie whose edges are terms (a stem, an acronym, a prefix).
//!
//! A text is walked once; what that costs depends on its length and on the longest phrase, not on the number of facts.

use std::collections::BTreeSet;
use std::ops::Range;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::entities;
use crate::document::Document;
use crate::facts::ENTITIES;
use crate::language::{Class, Language};
use crate::text::normal;
use crate::words::{self, Word};

/// Function words of the text that may stand inside a phrase without breaking it ("inside [the] leadership").
const MAX_SKIPPED: usize = 2;
/// Words that may part a phrase where it has a gap.
const PARTED: usize = 8;
/// Stands among the terms of a phrase for a gap.
const GAP: u32 = u32::MAX;
/// Letters that have to be left of a German verb without its prefix.
const SHORTEST_VERB: usize = 4;
/// Longest all-capital alternative that is read as an acronym.
const LONGEST_ACRONYM: usize = 6;
/// No phrase ends at this node.
const NONE: u32 = u32::MAX;

/// What an edge of the trie is matched by.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Stem,
    /// Matches only where the text has capitals too: `US` is not `us`.
    Acronym,
    Prefix,
    /// Matches without stemming.
    Exact,
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

/// The phrases of all facts in one language.
#[derive(Debug)]
pub(super) struct Trie {
    /// By [`Kind`]: text → term.
    terms: [HashMap<Box<str>, u32>; 4],
    count: u32,
    prefix_lengths: BTreeSet<usize>,
    /// Node and term → node.
    edges: HashMap<(u32, u32), u32>,
    /// For each node the phrase that ends there.
    ends: Vec<u32>,
    phrases: u32,
    /// Whether an alternative names an entity type: only then are they looked for.
    entities: bool,
    /// Node → node behind which other words may stand: "brought … forward".
    gaps: HashMap<u32, u32>,
    /// The nodes behind which they may.
    parted: HashSet<u32>,
}

/// Fills a trie. Facts repeat each other's words, so what was worked out for one is kept until all are in.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    trie: Trie,
    language: Language,
    known: HashMap<&'a str, Option<u32>>,
    stems: HashMap<String, Box<str>>,
    /// By phrase: no more than a function word of the language.
    common: Vec<bool>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(language: Language) -> Self {
        let trie = Trie {
            terms: std::array::from_fn(|_| HashMap::new()),
            count: 0,
            prefix_lengths: BTreeSet::new(),
            edges: HashMap::new(),
            ends: vec![NONE],
            // The first phrase numbers are the entity types.
            phrases: u32::try_from(ENTITIES.len()).expect("there are few entity types"),
            entities: false,
            gaps: HashMap::new(),
            parted: HashSet::new(),
        };
        Self {
            trie,
            language,
            known: HashMap::new(),
            stems: HashMap::new(),
            common: vec![false; ENTITIES.len()],
        }
    }

    /// The phrase of an alternative, if it has any word.
    pub(super) fn alternative(&mut self, alternative: &'a str) -> Option<u32> {
        if let Some(known) = self.known.get(alternative) {
            return *known;
        }
        let entity = ENTITIES.iter().zip(0u32..).find(|(name, _)| **name == alternative);
        let phrase = if let Some((_, entity)) = entity {
            self.trie.entities = true;
            Some(entity)
        } else {
            self.phrase(alternative)
        };
        self.known.insert(alternative, phrase);
        phrase
    }

    fn phrase(&mut self, alternative: &str) -> Option<u32> {
        let mut terms = Vec::new();
        let mut common = true;
        let written = normal(alternative);
        let parts: Vec<&str> = written.split_whitespace().collect();
        let lexicon = self.language.lexicon();
        for (number, part) in parts.iter().enumerate() {
            // "Brought forward" may be parted, as may whatever has a gap of its own.
            let particle = parts.len() == 2 && number == 1 && lexicon.has(Class::Particle, &part.to_lowercase());
            if (particle || ["...", "…"].contains(part)) && !terms.is_empty() && terms.last() != Some(&GAP) {
                terms.push(GAP);
            }
            let wildcard = part.ends_with('*');
            let words = words::split(part);
            let last = words.len().wrapping_sub(1);
            for (position, (_, word)) in words.into_iter().enumerate() {
                let lower = word.to_lowercase();
                let letters = word.chars().filter(|c| c.is_alphabetic()).count();
                common &= self.language.lexicon().has(Class::Function, &lower);
                terms.push(if wildcard && position == last {
                    self.trie.prefix_lengths.insert(lower.len());
                    self.term(Kind::Prefix, &lower)?
                } else if letters > 1
                    && word.len() <= LONGEST_ACRONYM
                    && word.chars().all(|c| c.is_uppercase() || c.is_ascii_digit())
                {
                    self.term(Kind::Acronym, &word)?
                } else {
                    self.stem(lower)?
                });
            }
        }
        let phrase = self.insert(&terms, common)?;
        if let [verb] = parts.as_slice() {
            self.parted_verb(&verb.to_lowercase(), phrase);
        }
        Some(phrase)
    }

    /// "Hörte … ab" for "abhörte".
    fn parted_verb(&mut self, verb: &str, phrase: u32) {
        if self.language != Language::De {
            return;
        }
        let lexicon = self.language.lexicon();
        let cut = verb.char_indices().map(|(at, _)| at).skip(2).take(4);
        let cut = cut.filter(|at| lexicon.has(Class::Particle, &verb[..*at])).last();
        let Some((prefix, rest)) = cut.map(|at| verb.split_at(at)) else {
            return;
        };
        if rest.starts_with("ge") || rest.starts_with("zu") || rest.len() < SHORTEST_VERB || rest.ends_with('*') {
            return;
        }
        let (prefix, rest) = (prefix.to_owned(), rest.to_owned());
        if let (Some(rest), Some(prefix)) = (self.stem(rest), self.stem(prefix)) {
            let node = self.node(&[rest, GAP, prefix]);
            if let Some(node) = node.filter(|node| self.trie.ends[*node as usize] == NONE) {
                self.trie.ends[node as usize] = phrase;
            }
        }
    }

    /// The phrase of a value, which is compared without stemming.
    pub(super) fn value(&mut self, value: &str) -> Option<u32> {
        let mut terms = Vec::new();
        for (_, word) in words::split(&normal(value)) {
            terms.push(self.term(Kind::Exact, &word.to_lowercase())?);
        }
        self.insert(&terms, false)
    }

    fn stem(&mut self, lower: String) -> Option<u32> {
        let language = self.language;
        let stem = self
            .stems
            .entry(lower)
            .or_insert_with_key(|lower| language.stem(lower).into());
        term(&mut self.trie, Kind::Stem, stem)
    }

    fn term(&mut self, kind: Kind, text: &str) -> Option<u32> {
        term(&mut self.trie, kind, text)
    }

    /// Adds a phrase; phrases of the same terms are one.
    fn insert(&mut self, terms: &[u32], common: bool) -> Option<u32> {
        if terms.is_empty() {
            return None;
        }
        let node = self.node(terms)?;
        let end = &mut self.trie.ends[node as usize];
        if *end == NONE {
            *end = self.trie.phrases;
            self.trie.phrases += 1;
            self.common.push(common);
        }
        Some(*end)
    }

    /// The node at which these terms end.
    fn node(&mut self, terms: &[u32]) -> Option<u32> {
        let mut node = 0;
        for term in terms {
            let fresh = u32::try_from(self.trie.ends.len()).ok()?;
            node = if *term == GAP {
                let behind = *self.trie.gaps.entry(node).or_insert(fresh);
                self.trie.parted.insert(behind);
                behind
            } else {
                *self.trie.edges.entry((node, *term)).or_insert(fresh)
            };
            if node == fresh {
                self.trie.ends.push(NONE);
            }
        }
        Some(node)
    }

    /// Whether a phrase stands in nearly every text.
    pub(super) fn is_common(&self, phrase: u32) -> bool {
        self.common[phrase as usize]
    }

    /// The trie with all that was put in.
    pub(super) fn finish(mut self) -> Trie {
        self.trie.edges.shrink_to_fit();
        self.trie.ends.shrink_to_fit();
        self.trie
    }
}

fn term(trie: &mut Trie, kind: Kind, text: &str) -> Option<u32> {
    let terms = &mut trie.terms[kind as usize];
    if let Some(known) = terms.get(text) {
        return Some(*known);
    }
    let fresh = trie.count;
    trie.count = fresh.checked_add(1)?;
    terms.insert(text.into(), fresh);
    Some(fresh)
}

/// The terms that each distinct word of a text can be.
struct Readings {
    /// By word: where its terms stand in `terms`.
    words: Vec<Range<usize>>,
    /// A term, and whether only capitals make the word this term.
    terms: Vec<(u32, bool)>,
}

impl Trie {
    /// All phrases in a text, by sentence.
    pub(super) fn find(&self, document: &Document) -> Vec<Vec<Hit>> {
        let mut readings = Readings {
            words: Vec::with_capacity(document.vocabulary.words().len()),
            terms: Vec::new(),
        };
        for word in document.vocabulary.words() {
            let from = readings.terms.len();
            self.read(word, &mut readings.terms);
            readings.words.push(from..readings.terms.len());
        }
        let mut ways = Vec::new();
        let find = |sentence: &crate::document::Sentence| {
            let mut hits = Vec::new();
            for start in sentence.tokens.clone() {
                if readings.words[document.tokens[start].word as usize].is_empty() {
                    continue;
                }
                ways.push((0, start, 0));
                self.walk(document, &readings, sentence, &mut ways, start, &mut hits);
            }
            if self.entities {
                let entities = entities::find(document, sentence).into_iter();
                hits.extend(entities.map(|(entity, tokens)| Hit {
                    phrase: entity as u32,
                    tokens,
                }));
            }
            hits
        };
        document.sentences.iter().map(find).collect()
    }

    /// The terms a word of the text can be, and whether only as an acronym.
    fn read(&self, word: &Word, terms: &mut Vec<(u32, bool)>) {
        let term = |kind: Kind, text: &str| self.terms[kind as usize].get(text).copied();
        terms.extend(term(Kind::Stem, &word.stem).map(|id| (id, false)));
        terms.extend(term(Kind::Exact, &word.lower).map(|id| (id, false)));
        if word.upper {
            terms.extend(term(Kind::Acronym, &word.text).map(|id| (id, word.classes.has(Class::Function))));
        }
        for length in &self.prefix_lengths {
            let prefix = word.lower.get(..*length);
            terms.extend(
                prefix
                    .and_then(|prefix| term(Kind::Prefix, prefix))
                    .map(|id| (id, false)),
            );
        }
    }

    fn walk(
        &self,
        document: &Document,
        readings: &Readings,
        sentence: &crate::document::Sentence,
        // Node, next token, function words skipped. A word can be several terms, so there can be several ways.
        ways: &mut Vec<(u32, usize, usize)>,
        start: usize,
        hits: &mut Vec<Hit>,
    ) {
        while let Some((node, at, skipped)) = ways.pop() {
            if at == sentence.tokens.end {
                continue;
            }
            let word = document.tokens[at].word as usize;
            for (term, homograph) in &readings.terms[readings.words[word].clone()] {
                let Some(next) = self.edges.get(&(node, *term)) else {
                    continue;
                };
                if *homograph && sentence.shouted {
                    continue;
                }
                let phrase = self.ends[*next as usize];
                if phrase != NONE {
                    hits.push(Hit {
                        phrase,
                        tokens: start..at + 1,
                    });
                }
                ways.push((*next, at + 1, 0));
                if let Some(behind) = self.gaps.get(next) {
                    ways.push((*behind, at + 1, 0));
                }
            }
            if skipped < PARTED && self.parted.contains(&node) {
                if !document.breaks(at) {
                    ways.push((node, at + 1, skipped + 1));
                }
                continue;
            }
            if node != 0
                && skipped < MAX_SKIPPED
                && document.is(at, Class::Determiner) | document.is(at, Class::NounMaker)
            {
                ways.push((node, at + 1, skipped + 1));
            }
        }
    }
}
