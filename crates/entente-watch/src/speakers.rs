//! Who a noun phrase stands for: a person or outlet by name, or a class of people who are not named.

use std::ops::Range;

use crate::document::Document;
use crate::language::{Class, Language};
use crate::matching::name_at;
use crate::names::{Names, untitled};
use crate::outlets::is_outlet;

/// Somebody who is given as the source of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Speaker {
    pub name: String,
    /// Given by name, not as "an official".
    pub named: bool,
    /// A newspaper, agency, channel.
    pub press: bool,
}

/// Words of a phrase that may stand for anybody.
const ANYBODY: usize = 6;
/// Words of such a phrase: determiner, two adjectives, noun.
const SOMEBODY: usize = 4;

/// Reads noun phrases of one text.
#[derive(Clone, Copy)]
pub(crate) struct Phrases<'a> {
    pub document: &'a Document,
    pub names: &'a Names,
}

impl Phrases<'_> {
    /// Who the phrase stands for. With `loose`, for what follows "according to", a name anywhere in it counts:
    /// "a report from the Courier" is the Courier.
    pub(crate) fn speaker(&self, phrase: &Range<usize>, loose: bool) -> Option<Speaker> {
        let names = self.runs(phrase);
        if let Some(press) = names.iter().find(|name| loose && self.is_press(name)) {
            return Some(self.named(press));
        }
        match self.unnamed_head(phrase, &names) {
            // "the Lakeside Tribune newspaper", "the Tribune's report"
            Some(head) if self.stands_for(head, &names) => {
                names.iter().find(|name| name.end == head).map(|name| Speaker {
                    press: true,
                    ..self.named(name)
                })
            }
            Some(head) => Some(self.unnamed(phrase, head)),
            None if names.is_empty() => self.somebody(phrase),
            None => Some(self.people(&names)),
        }
    }

    /// The noun that names a class ("officials close to the case"), unless a name stands in apposition to it
    /// ("police chief Ada Moss").
    fn unnamed_head(&self, phrase: &Range<usize>, names: &[Range<usize>]) -> Option<usize> {
        let document = self.document;
        let noun = document.language == Language::De;
        let head = phrase.clone().rev().find(|t| {
            let word = document.word(*t);
            let class = word.classes.any(&[Class::Unnamed, Class::OrgNoun, Class::Press]);
            // The first word of a sentence has a capital, whatever it is.
            let alone = names.first().is_none_or(|name| name.start > *t || name.end == *t + 1);
            let opens = *t == phrase.start && alone && self.document.opens_sentence(*t);
            // "Der Minister Karl Voss" goes by his name.
            let inside = || names.iter().any(|name| name.len() > 1 && name.contains(t));
            class && (!word.capital || opens || noun && !inside()) && !self.possessive(*t)
        })?;
        let apposed = names
            .iter()
            .any(|name| name.start > head && self.adjacent(head + 1..name.start));
        // "Ada Moss of the ministry": the name leads.
        let led = names.first().is_some_and(|name| {
            name.start == phrase.start
                && name.end <= head
                && !self.adjacent(name.end..head)
                && !self.possessive(name.end - 1)
        });
        (!apposed && !led).then_some(head)
    }

    /// "Two soldiers": a short phrase that counts or points at somebody no table lists.
    fn somebody(&self, phrase: &Range<usize>) -> Option<Speaker> {
        let first = self.document.word(phrase.start).classes;
        let points = first.any(&[Class::Determiner, Class::Number, Class::NounMaker]) && !first.has(Class::Relative);
        let noun = phrase.len() > 1 && self.document.word(phrase.end - 1).is_content();
        let inside = phrase.clone().skip(1).all(|t| self.document.word(t).is_content());
        (points && noun && inside && phrase.len() <= SOMEBODY).then(|| Speaker {
            name: self.document.text(phrase.clone()).to_owned(),
            named: false,
            press: false,
        })
    }

    /// Whoever a short noun phrase names, where nothing else in its place could be: ", locals fear".
    pub(crate) fn anybody(&self, phrase: &Range<usize>) -> Option<Speaker> {
        let document = self.document;
        let end = (phrase.start..phrase.end)
            .find(|t| document.breaks(*t))
            .map_or(phrase.end, |t| t + 1);
        let phrase = phrase.start..end;
        let last = document.word(phrase.end.checked_sub(1).filter(|last| *last >= phrase.start)?);
        let opens = document.word(phrase.start).classes;
        let noun = last.is_content() && !last.numeric && !last.classes.any(&[Class::Calendar, Class::Auxiliary]);
        let article = opens.any(&[Class::Determiner, Class::NounMaker, Class::Leading, Class::Number]);
        let begins = article || document.word(phrase.start).is_content();
        let verb = |t: usize| {
            document
                .word(t)
                .classes
                .any(&[Class::Copula, Class::Modal, Class::Negation])
        };
        (noun && begins && phrase.len() <= ANYBODY && !phrase.clone().any(verb)).then(|| Speaker {
            name: document.text(phrase.clone()).to_owned(),
            named: false,
            press: false,
        })
    }

    fn stands_for(&self, head: usize, names: &[Range<usize>]) -> bool {
        let class = if head > 0 && self.possessive(head - 1) {
            Class::ReportNoun
        } else {
            Class::Press
        };
        let outlet = |name: &Range<usize>| {
            // "Early press reports": the first word of a sentence has a capital, whatever it is.
            let opens = name.len() == 1 && self.document.opens_sentence(name.start);
            !opens || self.possessive(name.start) || self.is_press(name)
        };
        self.document.is(head, class) && names.iter().any(|name| name.end == head && outlet(name))
    }

    fn possessive(&self, token: usize) -> bool {
        self.document.gap(token).to_lowercase().starts_with("'s")
    }

    /// No preposition and no break among these tokens: what stands around them belongs together.
    fn adjacent(&self, tokens: Range<usize>) -> bool {
        tokens
            .clone()
            .all(|t| !self.document.is(t, Class::Function) && !self.document.breaks(t))
            && (tokens.start == 0 || !self.document.breaks(tokens.start - 1))
    }

    fn unnamed(&self, phrase: &Range<usize>, head: usize) -> Speaker {
        let document = self.document;
        let mut from = head;
        while from > phrase.start {
            let before = document.word(from - 1);
            if before.classes.any(&[Class::Determiner, Class::Leading]) && !before.classes.has(Class::Relative) {
                from -= 1;
                break;
            }
            let joins = before.classes.has(Class::Conjunction) && document.word(from).is_content();
            let inside = before.capital || before.is_content() || joins;
            if !inside || before.lower.ends_with("ing") && !before.capital || self.document.breaks(from - 1) {
                break;
            }
            from -= 1;
        }
        while from < head && document.is(from, Class::Conjunction) {
            from += 1;
        }
        let mut end = head + 1;
        // "un porte-parole"
        while end < phrase.end && self.document.gap(end - 1) == "-" {
            end += 1;
        }
        // "the ministry of fisheries", "researchers at Lakeside Labs"
        if end + 1 < phrase.end
            && ["of", "at"].contains(&document.word(end).lower.as_str())
            && !self.document.breaks(head)
        {
            end = (end + 1..phrase.end)
                .find(|t| {
                    self.document.breaks(*t)
                        || *t + 1 == phrase.end
                        || document.is(*t + 1, Class::Function) && !document.is(*t, Class::Determiner)
                })
                .map_or(phrase.end, |t| t + 1);
        }
        Speaker {
            name: document.text(from..end).to_owned(),
            named: false,
            press: document.is(head, Class::Press) && !document.is(head, Class::OrgNoun),
        }
    }

    /// One name, or several joined by "and".
    fn people(&self, names: &[Range<usize>]) -> Speaker {
        let untitled: Vec<&Range<usize>> = names
            .iter()
            .filter(|name| (*name).clone().any(|t| !self.document.is(t, Class::Title)))
            .collect();
        let Some(first) = untitled.first() else {
            return self.named(&names[0]);
        };
        let mut joined = vec![*first];
        for name in &untitled[1..] {
            let last = joined.len() - 1;
            let between = joined[last].end..name.start;
            let and = between.clone().any(|t| self.document.is(t, Class::Conjunction));
            let plain = between.clone().all(|t| {
                !self.document.is(t, Class::Function)
                    || self.document.is(t, Class::Conjunction)
                    || self.document.is(t, Class::Determiner)
            });
            if !plain || between.clone().any(|t| self.document.breaks(t)) || self.document.breaks(between.start - 1) {
                break;
            }
            if and {
                joined.push(name);
            } else {
                // "police chief Ada Moss": what comes before is her office.
                joined[last] = name;
            }
        }
        let speakers: Vec<Speaker> = joined.into_iter().map(|name| self.named(name)).collect();
        Speaker {
            name: speakers.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join("; "),
            named: true,
            press: speakers.iter().all(|s| s.press),
        }
    }

    /// The names in a phrase.
    pub(crate) fn runs(&self, phrase: &Range<usize>) -> Vec<Range<usize>> {
        let mut runs = Vec::new();
        let mut at = phrase.start;
        while at < phrase.end {
            let run = name_at(self.document, at, phrase.end);
            at = run.end.max(at + 1);
            if !run.is_empty() {
                runs.push(run);
            }
        }
        runs
    }

    fn named(&self, name: &Range<usize>) -> Speaker {
        let name = untitled(self.document, name.clone());
        let full = self.names.resolve(self.document.text(name));
        let lexicon = self.document.language.lexicon();
        let words: Vec<String> = full.split(' ').map(str::to_lowercase).collect();
        // "Times Square" is a place.
        let place = words.last().is_some_and(|last| lexicon.has(Class::PlaceNoun, last));
        let press = !place && (is_outlet(&full) || words.iter().any(|word| lexicon.has(Class::Press, word)));
        Speaker {
            name: full,
            named: true,
            press,
        }
    }

    fn is_press(&self, name: &Range<usize>) -> bool {
        self.named(name).press
    }
}
