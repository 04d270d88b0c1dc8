//! From how many independent origins a story comes: explicit credit first, then shared runs of words, then rare quotations.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use foldhash::{HashSet, HashSetExt};

use crate::attribution::Attribution;
use crate::document::Document;
use crate::language::Class;
use crate::outlets::{is_outlet, known};
use crate::report::Origin;
use crate::speakers::Speaker;

/// Words in a run that two independent writers hardly ever share.
const RUN: usize = 8;
/// Shared runs from which one text draws on another: a phrase everybody uses gives one or two.
const MIN_RUNS: usize = 3;
/// Words in a quotation that is rare enough to tie two texts.
const MIN_QUOTE: usize = 6;
/// Share of runs from which two texts are the same but for a few words.
const DUPLICATE: f64 = 0.6;
/// Bytes at the head of a text in which a dateline stands.
const DATELINE: usize = 400;
/// Words of an outlet's name in a credit.
const CREDIT_WORDS: usize = 4;
/// Letters of a name that is made of initials.
const INITIALS: usize = 4;
/// Bytes of a line that is nothing but a credit.
const LABEL_LINE: usize = 80;
/// What stands before the outlet in a line of credit, in the languages that are read.
const SOURCE_LABELS: [&str; 9] = [
    "source",
    "sources",
    "quelle",
    "quellen",
    "fuente",
    "fuentes",
    "źródło",
    "credit",
    "via",
];
/// Credits that outweigh any number of plain mentions.
const ORIGIN_WEIGHT: usize = 5;

/// Runs of words that are kept of all texts together, some 6 MB of prose; beyond, each time every second one goes.
const MAX_RUNS: usize = 1 << 19;

/// What texts contribute, in bounded memory however many and long they are.
#[derive(Debug, Default)]
pub(crate) struct Traces {
    list: Vec<Trace>,
    runs: usize,
    /// Of runs, only those are kept whose digest ends with so many zeros: the same of every text, so that what two texts share
    /// is seen as before, in a sample.
    zeros: u32,
}

impl Traces {
    /// Adds a text.
    pub(crate) fn add(&mut self, mut trace: Trace) {
        trace.thin(self.zeros);
        self.runs += trace.runs.len();
        self.list.push(trace);
        while self.runs > MAX_RUNS {
            self.zeros += 1;
            for trace in &mut self.list {
                trace.thin(self.zeros);
            }
            self.runs = self.list.iter().map(|trace| trace.runs.len()).sum();
        }
    }
}

/// What one text contributes.
#[derive(Debug)]
pub(crate) struct Trace {
    pub file: String,
    entry: Option<usize>,
    credit: Option<String>,
    title: String,
    runs: HashSet<u64>,
    quotes: HashSet<u64>,
}

impl Trace {
    /// Keeps the runs whose digest ends with so many zeros.
    fn thin(&mut self, zeros: u32) {
        if zeros > 0 {
            self.runs.retain(|run| run.trailing_zeros() >= zeros);
            self.runs.shrink_to_fit();
        }
    }

    /// The outlet a text credits, its runs of words and its quotations.
    pub(crate) fn new(document: &Document, attribution: &Attribution, file: String) -> Self {
        // Each distinct word is hashed once: runs overlap, and texts repeat their words.
        let state = FixedState::default();
        let distinct = document.vocabulary.words().iter();
        let hashes: Vec<u64> = distinct.map(|word| state.hash_one(word.lower.as_str())).collect();
        let words: Vec<u64> = document
            .tokens
            .iter()
            .map(|token| hashes[token.word as usize])
            .collect();
        let hash = |run: &[u64]| state.hash_one(run);
        let mut quotes = HashSet::new();
        let mut from = 0;
        for token in 1..=document.tokens.len() {
            let quote = document.tokens[from].quote;
            if token == document.tokens.len() || document.tokens[token].quote != quote {
                if quote != 0 && token - from >= MIN_QUOTE {
                    quotes.insert(hash(&words[from..token]));
                }
                from = token;
            }
            if token == document.tokens.len() {
                break;
            }
        }
        let runs: HashSet<u64> = words.windows(RUN).map(hash).collect();
        Self {
            title: document.source.title.clone().unwrap_or_default().to_lowercase(),
            file,
            entry: document.source.entry,
            credit: primary(attribution)
                .map(|speaker| speaker.name)
                .or_else(|| credit_line(document))
                .or_else(|| quoted_outlet(document)),
            runs,
            quotes,
        }
    }
}

/// The outlet a text rests on: the one credited as the origin (then whatever its name), or named most.
pub(crate) fn primary(attribution: &Attribution) -> Option<Speaker> {
    let mut scores: BTreeMap<&str, (usize, &Speaker)> = BTreeMap::new();
    for cue in attribution.cues.iter().flatten() {
        for speaker in cue
            .speaker
            .iter()
            .chain(&cue.via)
            .filter(|s| s.named && (s.press || cue.origin))
        {
            scores.entry(&speaker.name).or_insert((0, speaker)).0 += if cue.origin { ORIGIN_WEIGHT } else { 1 };
        }
    }
    scores
        .into_values()
        .max_by_key(|(score, _)| *score)
        .map(|(_, speaker)| speaker.clone())
}

/// The agency or outlet that a text credits outside its sentences: "(Reuters) - …", "Source: Reuters".
fn credit_line(document: &Document) -> Option<String> {
    let text = document.source.text.as_str();
    let lexicon = document.language.lexicon();
    let outlet = |name: &str| {
        let name = name.trim();
        let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
        let press = words.iter().any(|word| lexicon.has(Class::Press, word));
        let short = (1..=CREDIT_WORDS).contains(&words.len()) && name.chars().next().is_some_and(char::is_alphabetic);
        (short && (press || is_outlet(name))).then(|| name.to_owned())
    };
    let mut head = text.len().min(DATELINE);
    while !text.is_char_boundary(head) {
        head -= 1;
    }
    let bracketed = text[..head].split('(').skip(1).filter_map(|rest| rest.split_once(')'));
    let dateline = bracketed
        .filter(|(_, after)| after.trim_start().starts_with(['-', '–', '—']) || after.starts_with('\n'))
        .find_map(|(name, _)| outlet(name));
    let labelled = |line: &str| {
        let (label, name) = line.split_once(':')?;
        SOURCE_LABELS
            .contains(&label.trim().to_lowercase().as_str())
            .then(|| outlet(name.trim_end_matches('.')))?
    };
    let closing = |line: &str| outlet(line.trim().strip_prefix('(')?.strip_suffix(')')?);
    let lines = || text.lines().filter(|line| line.len() < LABEL_LINE);
    dateline
        .or_else(|| lines().find_map(labelled))
        .or_else(|| lines().find_map(closing))
}

/// The only known outlet named in sentences in which somebody says something, however they are put ("was first to report",
/// "the Reuters news agency reported"): to count one origin twice is worse than to take two for one.
fn quoted_outlet(document: &Document) -> Option<String> {
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    for sentence in &document.sentences {
        let tokens = sentence.tokens.clone();
        if !tokens.clone().any(|token| document.is(token, Class::Say)) {
            continue;
        }
        for start in tokens.clone() {
            let ends = (start + 1..=(start + CREDIT_WORDS).min(tokens.end)).rev();
            let name = ends
                .map(|end| document.text(start..end))
                .find(|name| is_outlet_as_written(name));
            if let Some(name) = name {
                named.entry(known(name)).or_insert_with(|| name.to_owned());
            }
        }
    }
    let only = named.len() == 1;
    named.into_values().next().filter(|_| only)
}

/// Whether this is the name of an outlet as outlets write theirs: "AP" and not "ap".
fn is_outlet_as_written(name: &str) -> bool {
    let short = name.chars().count() <= INITIALS;
    is_outlet(name) && name.starts_with(char::is_uppercase) && (!short || name.chars().all(char::is_uppercase))
}

/// Whether two names of outlets, in lower case, are one: the same, or one the end of the other ("the Courier", "Harbour
/// Courier").
fn same_outlet(a: &str, b: &str) -> bool {
    let ends = |long: &str, short: &str| {
        long.strip_suffix(short)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
    };
    ends(a, b) || ends(b, a)
}

/// Texts that are looked at for each run of words: those that share it with many share it with these.
const MAX_SHARING: usize = 32;

/// Groups the texts that disclose something by where their story comes from.
pub(crate) fn origins(all: &Traces) -> (Vec<Origin>, Vec<Vec<String>>) {
    let traces = &all.list;
    let outlets: Vec<Option<String>> = traces.iter().map(|t| t.credit.as_deref().map(known)).collect();
    let mut group: Vec<usize> = (0..traces.len()).collect();
    // By group: the first of its texts that credits an outlet.
    let mut credited: Vec<Option<usize>> = (0..traces.len()).map(|t| outlets[t].as_ref().map(|_| t)).collect();
    let mut ties: HashMap<usize, Vec<&'static str>> = HashMap::new();
    let mut duplicates: Vec<Vec<String>> = Vec::new();
    let mut twin: Vec<Option<usize>> = vec![None; traces.len()];
    let mut with_run: HashMap<u64, Vec<usize>> = HashMap::new();
    for later in 0..traces.len() {
        let mut sharing: HashMap<usize, usize> = HashMap::new();
        for run in &traces[later].runs {
            let texts = with_run.entry(*run).or_default();
            for earlier in texts.iter() {
                *sharing.entry(*earlier).or_default() += 1;
            }
            if texts.len() < MAX_SHARING {
                texts.push(later);
            }
        }
        for earlier in 0..later {
            let (a, b) = (&traces[earlier], &traces[later]);
            let sampled = sharing.get(&earlier).copied().unwrap_or(0);
            let shared = sampled << all.zeros;
            // Pieces of one long text, parts of one message.
            let one_file = a.file == b.file && a.entry.is_none() && b.entry.is_none();
            let tie = match (&outlets[earlier], &outlets[later]) {
                _ if one_file => Some("text"),
                (Some(one), Some(other)) if same_outlet(one, other) => Some("credit"),
                // Two texts that each name a different origin share words by quoting each other at most.
                (Some(_), Some(_)) => None,
                // The outlet's own page, which credits nobody else.
                (Some(outlet), None) if b.title.contains(outlet.as_str()) => Some("credit"),
                (None, Some(outlet)) if a.title.contains(outlet.as_str()) => Some("credit"),
                _ if shared >= MIN_RUNS => Some("text"),
                _ if !a.quotes.is_disjoint(&b.quotes) => Some("quotation"),
                _ => None,
            };
            if let Some(tie) = tie {
                let (from, to) = (group[later], group[earlier]);
                // What a text without credit shares with two others does not make these two one.
                let name = |set: usize| credited[set].and_then(|t| outlets[t].as_deref());
                let apart = matches!((name(from), name(to)), (Some(one), Some(other)) if !same_outlet(one, other));
                if !apart {
                    if from != to {
                        group.iter_mut().filter(|g| **g == from).for_each(|g| *g = to);
                        credited[to] = credited[to].into_iter().chain(credited[from]).min();
                    }
                    let known = ties.entry(later).or_default();
                    if !known.contains(&tie) {
                        known.push(tie);
                    }
                }
            }
            let least = a.runs.len().min(b.runs.len());
            if least > 0 && sampled as f64 >= DUPLICATE * least as f64 && twin[later].is_none() {
                let set = twin[earlier].unwrap_or(duplicates.len());
                if set == duplicates.len() {
                    duplicates.push(vec![a.file.clone()]);
                    twin[earlier] = Some(set);
                }
                duplicates[set].push(b.file.clone());
                twin[later] = Some(set);
            }
        }
    }
    let mut sets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (text, set) in group.iter().enumerate() {
        sets.entry(*set).or_default().push(text);
    }
    let origins = sets.into_values().map(|texts| {
        let credit = texts
            .iter()
            .filter_map(|t| traces[*t].credit.clone())
            .max_by_key(String::len);
        let mut tied: Vec<&'static str> = texts
            .iter()
            .flat_map(|t| ties.get(t).cloned().unwrap_or_default())
            .collect();
        if credit.is_some() {
            tied.push("credit");
        }
        tied.sort_unstable();
        tied.dedup();
        let mut files: Vec<String> = texts.iter().map(|t| traces[*t].file.clone()).collect();
        files.dedup();
        Origin {
            name: credit.unwrap_or_else(|| files[0].clone()),
            files,
            ties: tied,
        }
    });
    (origins.collect(), duplicates)
}
