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
use crate::synonyms::synonyms;
use crate::text::normal;
use crate::words::{self, Word};

/// Function words of the text that may stand inside a phrase without breaking it ("inside [the] leadership").
const MAX_SKIPPED: usize = 2;
/// Words that may part a phrase where it has a gap.
const PARTED: usize = 8;
/// Stands among the terms of a phrase for a gap.
const GAP: u32 = u32::MAX;
/// Letters of a stem that is looked for at the beginning or end of a longer German word.
const SHORTEST_PART: usize = 5;
/// Letters that have to be left of such a word.
const SHORTEST_REST: usize = 3;
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
    pub part: Part,
}

/// Which part of a word a phrase of one word is: compounds say two things at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    Beginning,
    End,
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
    /// Node → rings of synonyms of which a word or phrase ends there, as phrases.
    ring_ends: HashMap<u32, Vec<u32>>,
    /// Rings of near synonyms.
    loose: HashSet<u32>,
    language: Language,
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
    /// By ring of synonyms: the phrase that any of its words is.
    rings: HashMap<usize, u32>,
    wider: HashMap<&'a str, Box<[u32]>>,
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
            ring_ends: HashMap::new(),
            loose: HashSet::new(),
            language,
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
            rings: HashMap::new(),
            wider: HashMap::new(),
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

    /// The phrases of the rings of synonyms that an alternative belongs to; none where it is written `=word`.
    pub(super) fn wider(&mut self, alternative: &'a str) -> Box<[u32]> {
        if let Some(known) = self.wider.get(alternative) {
            return known.clone();
        }
        let exact = alternative.starts_with(['=', '@']);
        let rings = if exact {
            Vec::new()
        } else {
            synonyms(self.language).of(self.language, alternative)
        };
        let phrases: Box<[u32]> = rings.into_iter().map(|ring| self.ring(ring)).collect();
        self.wider.insert(alternative, phrases.clone());
        phrases
    }

    /// The phrase that any word of a ring is.
    fn ring(&mut self, number: usize) -> u32 {
        if let Some(known) = self.rings.get(&number) {
            return *known;
        }
        let phrase = self.trie.phrases;
        self.trie.phrases += 1;
        self.common.push(false);
        self.rings.insert(number, phrase);
        let ring = &synonyms(self.language).rings[number];
        if ring.loose {
            self.trie.loose.insert(phrase);
        }
        for word in &ring.words {
            let Some((terms, _)) = self.terms(word) else { continue };
            let nodes = [self.node(&terms), self.parted_verb(&word.to_lowercase())];
            for node in nodes.into_iter().flatten() {
                self.trie.ring_ends.entry(node).or_default().push(phrase);
            }
        }
        phrase
    }

    fn phrase(&mut self, alternative: &str) -> Option<u32> {
        let written = alternative.strip_prefix('=').unwrap_or(alternative);
        let (terms, common) = self.terms(written)?;
        let phrase = self.insert(&terms, common)?;
        let parted = self.parted_verb(&written.to_lowercase());
        if let Some(node) = parted.filter(|node| self.trie.ends[*node as usize] == NONE) {
            self.trie.ends[node as usize] = phrase;
        }
        Some(phrase)
    }

    /// What an alternative is matched by, word for word, and whether it has no content of its own.
    fn terms(&mut self, alternative: &str) -> Option<(Vec<u32>, bool)> {
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
        Some((terms, common))
    }

    /// "Hörte … ab" for "abhörte": the node at which it ends.
    fn parted_verb(&mut self, verb: &str) -> Option<u32> {
        if self.language != Language::De || verb.contains(' ') {
            return None;
        }
        let lexicon = self.language.lexicon();
        let cut = verb.char_indices().map(|(at, _)| at).skip(2).take(4);
        let cut = cut.filter(|at| lexicon.has(Class::Particle, &verb[..*at])).last();
        let (prefix, rest) = verb.split_at(cut?);
        if rest.starts_with("ge") || rest.starts_with("zu") || rest.len() < SHORTEST_VERB || rest.ends_with('*') {
            return None;
        }
        let (rest, prefix) = (self.stem(rest.to_owned())?, self.stem(prefix.to_owned())?);
        self.node(&[rest, GAP, prefix])
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
        if terms.is_empty() {
            return None;
        }
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
    terms: Vec<Reading>,
}

/// A term that a word can be.
#[derive(Clone, Copy)]
struct Reading {
    term: u32,
    /// Only capitals make the word this term.
    homograph: bool,
    part: Part,
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
                    part: Part::Whole,
                }));
            }
            hits
        };
        document.sentences.iter().map(find).collect()
    }

    /// Whether a phrase is a ring of near synonyms.
    pub(super) fn is_loose(&self, phrase: u32) -> bool {
        self.loose.contains(&phrase)
    }

    /// The terms a word of the text can be.
    fn read(&self, word: &Word, readings: &mut Vec<Reading>) {
        let term = |kind: Kind, text: &str| self.terms[kind as usize].get(text).copied();
        let mut add = |term: Option<u32>, homograph: bool, part: Part| {
            readings.extend(term.map(|term| Reading { term, homograph, part }));
        };
        add(term(Kind::Stem, &word.stem), false, Part::Whole);
        add(term(Kind::Exact, &word.lower), false, Part::Whole);
        if word.upper {
            add(
                term(Kind::Acronym, &word.text),
                word.classes.has(Class::Function),
                Part::Whole,
            );
        }
        for length in &self.prefix_lengths {
            let prefix = word.lower.get(..*length);
            add(prefix.and_then(|prefix| term(Kind::Prefix, prefix)), false, Part::Whole);
        }
        if self.language == Language::De && word.lower.len() > SHORTEST_PART + SHORTEST_REST {
            for (cut, _) in word.lower.char_indices().skip(SHORTEST_REST) {
                if cut >= SHORTEST_PART && word.lower.len() - cut > SHORTEST_REST {
                    add(term(Kind::Stem, &word.lower[..cut]), false, Part::Beginning);
                }
                if let Some(end) = word.stem.get(cut..).filter(|end| end.len() >= SHORTEST_PART) {
                    add(term(Kind::Stem, end), false, Part::End);
                }
            }
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
            for reading in &readings.terms[readings.words[word].clone()] {
                let Some(next) = self.edges.get(&(node, reading.term)) else {
                    continue;
                };
                if reading.homograph && sentence.shouted {
                    continue;
                }
                let part = if start == at { reading.part } else { Part::Whole };
                let phrase = self.ends[*next as usize];
                let rings = if self.ring_ends.is_empty() {
                    None
                } else {
                    self.ring_ends.get(next)
                };
                let phrases = rings.into_iter().flatten().copied().chain([phrase]);
                hits.extend(phrases.filter(|phrase| *phrase != NONE).map(|phrase| Hit {
                    phrase,
                    tokens: start..at + 1,
                    part,
                }));
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
