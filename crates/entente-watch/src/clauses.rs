//! The clauses of a sentence: what a denial, a negation or a word of doubt reaches, and what stands by itself.
//!
//! A word has its say over its own clause and over what that clause contains, and nowhere else. Which words open a
//! clause, and of which kind, is in the tables of each language.

use std::ops::Range;

use serde::Serialize;

use crate::document::{Document, Sentence};
use crate::language::{Class, Language};

/// How a clause hangs on the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Link {
    /// The first of its sentence.
    Main,
    /// Beside it: "but …", "although …", "after …". Stands by itself.
    Beside,
    /// What somebody says, denies or believes: "that …".
    Content,
    /// What is left open: "whether …".
    Open,
    /// What is asked for: "how …", "who …". All but the answer is taken for granted.
    Question,
    /// What describes somebody or something: "who …", "which …". Taken for granted.
    Relative,
}

/// One clause.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clause {
    pub link: Link,
    /// The clause it hangs on; the first hangs on itself.
    pub parent: usize,
}

/// The clauses of one sentence.
#[derive(Debug)]
pub(crate) struct Clauses {
    first: usize,
    /// By token of the sentence: its clause.
    of: Vec<usize>,
    pub list: Vec<Clause>,
}

/// Words before a conjunction in which the verb or noun is looked for whose content it opens.
const OPENER: usize = 8;
/// Words before a question word in which the verb is looked for that asks.
const ASKER: usize = 3;
/// Words before "but" in which "not only" is looked for.
const ONLY: usize = 10;
/// Words after which somebody says, denies, doubts or reports something.
const SAYING: [Class; 10] = [
    Class::Say,
    Class::Suggest,
    Class::Deny,
    Class::Admit,
    Class::ClaimNoun,
    Class::ReportNoun,
    Class::Falsity,
    Class::Truth,
    Class::Reveal,
    Class::Asking,
];

impl Clauses {
    /// Cuts a sentence, in one pass.
    pub(crate) fn cut(document: &Document, sentence: &Sentence) -> Self {
        let mut clauses = Self {
            first: sentence.tokens.start,
            of: Vec::with_capacity(sentence.tokens.len()),
            list: vec![Clause {
                link: Link::Main,
                parent: 0,
            }],
        };
        let opening = Opening { document, sentence };
        let (mut current, mut resumes) = (0, None);
        // Where the last clause beside another was opened, and in which.
        let mut aside = (sentence.tokens.start, 0);
        for token in sentence.tokens.clone() {
            let breaks = token > sentence.tokens.start && document.breaks(token - 1);
            if breaks && let Some(outer) = resumes.take() {
                current = outer;
            }
            if let Some(link) = opening.at(token, breaks) {
                let mut parent = if link == Link::Beside { 0 } else { current };
                // "Denied before parliament that …": what is denied is not beside the denial.
                let said = opening.any_before(token, token - aside.0, &SAYING);
                let conditional = document.is(aside.0, Class::Condition);
                if link == Link::Content && clauses.list[current].link == Link::Beside && !said && !conditional {
                    parent = aside.1;
                }
                // A description ends at the next break, and so does what stands before its main clause or within it.
                let within = breaks && document.is(token, Class::Adverbial);
                let before = token == sentence.tokens.start;
                if link == Link::Relative || link == Link::Beside && (before || within) {
                    resumes = Some(if link == Link::Beside { current } else { parent });
                }
                if link == Link::Beside {
                    aside = (token, current);
                }
                current = clauses.list.len();
                clauses.list.push(Clause { link, parent });
            }
            clauses.of.push(current);
        }
        clauses
    }

    /// The clause of a token.
    pub(crate) fn of(&self, token: usize) -> usize {
        self.of[token - self.first]
    }

    /// The words of a clause, where it is not interrupted.
    pub(crate) fn tokens(&self, clause: usize) -> Vec<usize> {
        let places = self.of.iter().enumerate().filter(|(_, of)| **of == clause);
        places.map(|(at, _)| at + self.first).collect()
    }

    /// Whether what is said of one clause holds of another: of itself, and of what it contains.
    pub(crate) fn holds(&self, upper: usize, lower: usize) -> bool {
        let mut at = lower;
        while at != upper {
            let clause = self.list[at];
            if matches!(clause.link, Link::Main | Link::Beside | Link::Relative) {
                return false;
            }
            at = clause.parent;
        }
        true
    }

    /// The first word of the clause in which it is left open whether this clause is so.
    pub(crate) fn opened(&self, clause: usize) -> Option<usize> {
        let mut at = clause;
        while self.list[at].link == Link::Content && self.list[at].parent != at {
            at = self.list[at].parent;
        }
        let first = self.of.iter().position(|of| *of == at)?;
        (self.list[at].link == Link::Open).then_some(first + self.first)
    }

    /// Where what a verb says ends: at the first clause after it that stands by itself.
    pub(crate) fn reach(&self, verb: usize, end: usize) -> Range<usize> {
        let own = self.of(verb);
        let stands = |token: &usize| {
            let mut at = self.of(*token);
            while at != own && !matches!(self.list[at].link, Link::Main | Link::Beside) {
                at = self.list[at].parent;
            }
            at != own
        };
        verb + 1..(verb + 1..end).find(stands).unwrap_or(end)
    }
}

struct Opening<'a> {
    document: &'a Document,
    sentence: &'a Sentence,
}

impl Opening<'_> {
    /// The kind of clause that a word opens, if any.
    fn at(&self, token: usize, breaks: bool) -> Option<Link> {
        let classes = self.document.word(token).classes;
        let opens = token == self.sentence.tokens.start;
        if breaks && self.document.gap(token - 1).contains(';') {
            return Some(Link::Beside);
        }
        let asked = || {
            !opens
                && self.any_before(
                    token,
                    ASKER,
                    &[Class::Asking, Class::Say, Class::Reveal, Class::Suggest],
                )
        };
        if classes.has(Class::Open) && (asked() || !classes.has(Class::Condition)) {
            return Some(Link::Open);
        }
        if classes.has(Class::Condition) {
            return Some(Link::Beside);
        }
        if classes.has(Class::Contrast) && !opens && self.contrasts(token, breaks) {
            return Some(Link::Beside);
        }
        if classes.has(Class::That) && !opens {
            return self.that(token);
        }
        if classes.has(Class::Question) && !opens && asked() {
            return Some(Link::Question);
        }
        if classes.has(Class::Adverbial) && (opens || breaks || self.document.language == Language::En) {
            return Some(Link::Beside);
        }
        if classes.has(Class::Relative) && !opens && self.describes(token, breaks) {
            return Some(Link::Relative);
        }
        if classes.has(Class::Question) && !opens && !classes.has(Class::Relative) {
            return Some(Link::Question);
        }
        let joins = classes.has(Class::Conjunction) && !classes.has(Class::Either);
        (joins && breaks).then_some(Link::Beside)
    }

    fn any_before(&self, token: usize, reach: usize, classes: &[Class]) -> bool {
        let from = token.saturating_sub(reach).max(self.sentence.tokens.start);
        (from..token).any(|t| self.document.word(t).classes.any(classes))
    }

    /// "But" between two statements, not in "not only … but also" or "all but certain".
    fn contrasts(&self, token: usize, breaks: bool) -> bool {
        let from = token.saturating_sub(ONLY).max(self.sentence.tokens.start);
        let added = (from..token).any(|t| self.document.is(t, Class::Only));
        let follows = self.sentence.tokens.contains(&(token + 1)) && {
            let word = self.document.word(token + 1);
            word.capital || word.classes.any(&[Class::Pronoun, Class::Determiner, Class::NounMaker])
        };
        !added && (breaks || follows)
    }

    /// "That" after a word of saying opens its content; before a noun it points, after another noun it describes.
    fn that(&self, token: usize) -> Option<Link> {
        let end = token + 1 >= self.sentence.tokens.end || self.document.breaks(token);
        let points = end
            || self.document.language == Language::En
                && self
                    .document
                    .word(token + 1)
                    .classes
                    .any(&[Class::ReportNoun, Class::ClaimNoun]);
        if points {
            return None;
        }
        let always = !self.document.is(token, Class::Relative);
        let said = || {
            self.any_before(token, OPENER, &SAYING)
                || (token.saturating_sub(OPENER).max(self.sentence.tokens.start)..token)
                    .any(|t| self.document.cue_phrase(t, token).is_some())
        };
        Some(if always || said() {
            Link::Content
        } else {
            Link::Relative
        })
    }

    /// "Officials who …", "die Behörde, die …": a noun before it, and in German no noun after it.
    fn describes(&self, token: usize, breaks: bool) -> bool {
        let document = self.document;
        if document.language == Language::De {
            let noun = document.word(token - 1).capital;
            let article = self.sentence.tokens.contains(&(token + 1)) && document.word(token + 1).capital;
            return breaks && noun && !article;
        }
        breaks || document.word(token - 1).is_content()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::read_bytes;

    /// The clauses of a sentence as text, each with its link.
    fn cut(text: &str) -> Vec<String> {
        let document = Document::new(read_bytes("t.txt", text.as_bytes()).expect("text").remove(0));
        let clauses = Clauses::cut(&document, &document.sentences[0]);
        let of = |clause: usize| {
            let words = clauses.tokens(clause);
            words
                .iter()
                .map(|t| document.word(*t).text.clone())
                .collect::<Vec<_>>()
                .join(" ")
        };
        (0..clauses.list.len())
            .map(|c| format!("{:?}: {}", clauses.list[c].link, of(c)))
            .collect()
    }

    #[test]
    fn clauses_are_cut_by_the_tables_of_each_language() {
        for (text, expected) in [
            (
                "The minister denied any knowledge of money, but the agency tapped the phone of the driver.",
                "Beside: but the agency tapped the phone of the driver",
            ),
            (
                "He did not say how the agency had tapped the phone of the minister.",
                "Question: how the agency had tapped the phone of the minister",
            ),
            (
                "The ministry said that the depot, which opened in May, holds gas.",
                "Relative: which opened in May",
            ),
            (
                "Die Ministerin sagte nicht, wie die Behörde das Telefon abgehört hatte.",
                "Question: wie die Behörde das Telefon abgehört hatte",
            ),
            (
                "Der Minister bestritt eine Affäre, aber die Behörde hörte sein Telefon ab.",
                "Beside: aber die Behörde hörte sein Telefon ab",
            ),
            (
                "La ministre a nié toute liaison, mais le service a mis son téléphone sur écoute.",
                "Beside: mais le service a mis son téléphone sur écoute",
            ),
            (
                "La ministra negó cualquier relación, aunque la agencia intervino el teléfono.",
                "Beside: aunque la agencia intervino el teléfono",
            ),
            (
                "Minister zaprzeczył romansowi, ale agencja podsłuchiwała telefon ministra.",
                "Beside: ale agencja podsłuchiwała telefon ministra",
            ),
            (
                "Rzecznik nie powiedział, czy agencja podsłuchiwała telefon ministra.",
                "Open: czy agencja podsłuchiwała telefon ministra",
            ),
        ] {
            let got = cut(text);
            assert!(
                got.iter().any(|clause| clause == expected),
                "{text}\n expected {expected}\n got {got:#?}"
            );
        }
    }
}
