//! Schemes whose marks are one of a few ordered words: the strictest one decides.

use super::MAX_MARK;
use crate::finding::Finding;
use crate::label::{Label, SchemeId};
use crate::scheme::{Checked, Effect, LevelWord, MarkKind, Marking, Rollup, Scheme, Step, TokenMeaning};

/// A word this similar to a known one (0 to 1) is taken for a slip of the keys and suggested.
const SIMILAR: f64 = 0.6;

/// One word of a ladder.
#[derive(Debug)]
pub(super) struct Rung {
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
    pub(super) access: &'static str,
    pub(super) label: fn() -> Label,
}

/// What a ladder consists of.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) prefix: &'static str,
    pub(super) source: &'static str,
    pub(super) effect: Effect,
    /// From the most open to the strictest.
    pub(super) rungs: &'static [Rung],
    /// Words of earlier versions, with those that replace them.
    pub(super) old: &'static [(&'static str, &'static str)],
}

/// A scheme of ordered words, such as TLP: `PREFIX:WORD`.
#[derive(Clone, Debug)]
pub struct Ladder {
    id: SchemeId,
    profile: &'static str,
    title: &'static str,
    table: &'static Table,
}

impl Ladder {
    pub(super) fn new(id: &str, profile: &'static str, title: &'static str, table: &'static Table) -> Self {
        Self {
            id: SchemeId::new(id),
            profile,
            title,
            table,
        }
    }

    fn rule(&self, what: &str) -> String {
        format!("{}.{}", self.id, what.to_lowercase())
    }

    fn written(&self, word: &str, kind: MarkKind) -> String {
        let prefix = self.table.prefix;
        match kind {
            MarkKind::Banner => format!("{prefix}:{word}"),
            MarkKind::Portion => format!("({prefix}:{word})"),
        }
    }

    /// The word of a mark in capitals, the parentheses, the prefix and the signs between them taken away.
    fn word(&self, text: &str) -> Option<String> {
        let text = text.trim();
        let bare = match (text.strip_prefix('('), text.strip_suffix(')')) {
            (Some(_), Some(_)) => text.get(1..text.len() - 1)?,
            (None, None) => text,
            _ => return None,
        };
        let bare = bare.trim().to_uppercase();
        let rest = bare.strip_prefix(self.table.prefix)?;
        let word = rest.trim_start_matches([':', '-', '_', ' ']);
        let parts: Vec<&str> = word.split(['+', ' ']).filter(|part| !part.is_empty()).collect();
        (word.len() < rest.len()).then(|| parts.join("+"))
    }

    fn place(&self, text: &str) -> Option<usize> {
        let word = self.word(text).filter(|_| text.len() <= MAX_MARK)?;
        let today = self.today(&word).unwrap_or(&word);
        self.table.rungs.iter().position(|rung| rung.name == today)
    }

    /// What replaces a word of an earlier version.
    fn today(&self, word: &str) -> Option<&'static str> {
        let (_, new) = self.table.old.iter().find(|(old, _)| *old == word)?;
        Some(new)
    }

    fn nearest(&self, text: &str) -> Option<&'static str> {
        let word = self.word(text).filter(|_| text.len() <= MAX_MARK)?;
        let scored = self
            .table
            .rungs
            .iter()
            .map(|rung| (strsim::normalized_levenshtein(rung.name, &word), rung.name));
        scored
            .filter(|(near, _)| *near >= SIMILAR)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, name)| name)
    }

    fn marking(&self, place: usize, kind: MarkKind) -> Marking {
        let rung = &self.table.rungs[place];
        Marking {
            scheme: self.id.clone(),
            kind,
            canonical: self.written(rung.name, kind),
            label: (rung.label)(),
        }
    }
}

impl Scheme for Ladder {
    fn id(&self) -> &SchemeId {
        &self.id
    }

    fn profile(&self) -> &str {
        self.profile
    }

    fn title(&self) -> &str {
        self.title
    }

    fn words(&self) -> Vec<LevelWord> {
        let word = |rung: &Rung| LevelWord {
            rank: None,
            banner: self.written(rung.name, MarkKind::Banner),
            portion: self.written(rung.name, MarkKind::Portion),
            color: None,
        };
        self.table.rungs.iter().rev().map(word).collect()
    }

    fn check(&self, text: &str, kind: MarkKind, _banner: Option<&str>) -> Checked {
        let source = self.table.source;
        let Some(place) = self.place(text) else {
            let canonical = self.nearest(text).map(|word| self.written(word, kind));
            let words: Vec<String> = self
                .table
                .rungs
                .iter()
                .map(|rung| self.written(rung.name, kind))
                .collect();
            let message = format!("this is not one of {}", words.join(", "));
            let mut finding = Finding::error(&self.rule("word"), source, message, 0, text.len());
            finding.suggestion.clone_from(&canonical);
            return Checked {
                marking: None,
                canonical,
                findings: vec![finding],
            };
        };
        let marking = self.marking(place, kind);
        let canonical = marking.canonical.clone();
        let findings = if canonical == text {
            Vec::new()
        } else {
            let old = self.word(text).is_some_and(|word| self.today(&word).is_some());
            let (rule, message) = match old {
                true => ("old", format!("this is of an earlier version; today it is {canonical}")),
                false => ("form", format!("this is written {canonical}")),
            };
            vec![Finding::warning(&self.rule(rule), source, message, 0, text.len()).suggest(&canonical)]
        };
        Checked {
            marking: Some(marking),
            canonical: Some(canonical),
            findings,
        }
    }

    fn explain(&self, text: &str, _kind: MarkKind) -> Vec<TokenMeaning> {
        let (rule, meaning, effect, access) = match self.place(text).map(|place| &self.table.rungs[place]) {
            Some(rung) => (self.rule(rung.name), rung.meaning, self.table.effect, rung.access),
            None => (
                self.rule("word"),
                "not a word of this scheme",
                Effect::Unknown,
                "Nobody gets access.",
            ),
        };
        vec![TokenMeaning {
            token: text.to_owned(),
            start: 0,
            end: text.len(),
            meaning: meaning.to_owned(),
            rule,
            source: self.table.source.to_owned(),
            effect,
            access: access.to_owned(),
            rolls_up: "the strictest word of all portions is that of the banner".to_owned(),
            excludes: Vec::new(),
        }]
    }

    fn rollup(&self, portions: &[&str], _banner: Option<&str>) -> Rollup {
        let mut findings = Vec::new();
        let mut highest = None;
        for (index, portion) in portions.iter().enumerate() {
            for mut finding in self.check(portion, MarkKind::Portion, None).findings {
                finding.message = format!("portion {}: {}", index + 1, finding.message);
                findings.push(finding);
            }
            highest = highest.max(self.place(portion).map(|place| (place, std::cmp::Reverse(index))));
        }
        let decided = highest.filter(|_| !findings.iter().any(Finding::is_error));
        let banner = decided.map(|(place, _)| self.marking(place, MarkKind::Banner));
        let steps = decided.map(|(place, index)| Step {
            rule: self.rule("rollup"),
            source: self.table.source.to_owned(),
            message: format!(
                "{} in portion {} is the strictest",
                self.table.rungs[place].name,
                index.0 + 1
            ),
        });
        Rollup {
            banner,
            steps: steps.into_iter().collect(),
            findings,
        }
    }
}
