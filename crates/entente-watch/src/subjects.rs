//! The subject of a verb of saying: before it, after it, or in the clause it hangs on.

use std::ops::Range;

use crate::document::{Document, Sentence};
use crate::language::{Class, Language, Phrases};
use crate::matching::name_at;

/// Words a subject may have before its verb.
const MAX_SUBJECT: usize = 14;
/// Words of the longest phrase between a subject and its verb.
const RAISING: usize = 5;
/// Words between "according to" and the end of the name.
pub(crate) const MAX_SOURCE: usize = 10;

/// Looks for subjects in one text.
#[derive(Clone, Copy)]
pub(crate) struct Subjects<'a> {
    pub document: &'a Document,
}

impl Subjects<'_> {
    /// The subject before a verb, and whether the verb is negated or only an infinitive.
    pub(crate) fn before(self, sentence: &Sentence, verb: usize) -> (Option<Range<usize>>, bool) {
        let document = self.document;
        let start = sentence.tokens.start;
        let mut at = verb;
        let mut weak = false;
        while at > start {
            if let Some(before) = self.raising(start, at) {
                at = before;
                continue;
            }
            let previous = at - 1;
            if self.document.breaks(previous) {
                if self.document.quotes_after(previous) {
                    return (None, weak);
                }
                return (self.before_apposition(sentence, previous), weak);
            }
            if at == verb && self.passive(previous, verb) {
                return (None, weak);
            }
            let word = document.word(previous);
            let relative =
                word.classes.has(Class::Relative) && previous > start && !document.is(verb, Class::Ambiguous);
            if word.lower == "to" {
                weak = !document.is(verb, Class::Suggest);
            } else if word.classes.has(Class::Negation) {
                weak = true;
            } else if word.classes.has(Class::Modal) {
                weak |= document.word(verb).classes.any(&[Class::Deny, Class::Admit]);
            } else if relative {
                at = previous;
                break;
            } else if !(word.classes.has(Class::Auxiliary) || word.lower.ends_with("ly") && !word.capital) {
                break;
            }
            at = previous;
        }
        if at == start {
            return (None, weak);
        }
        let end = at;
        let mut from = end - 1;
        while from > start
            && end - from < MAX_SUBJECT
            && !self.document.breaks(from - 1)
            && !document.is(from - 1, Class::Subordinator)
        {
            from -= 1;
        }
        // "Three soldiers who guarded the gate say": the subject stands before the relative clause.
        if from > start + 1
            && document.word(from - 1).classes.has(Class::Relative)
            && document.is(from - 1, Class::Question)
        {
            let last = from - 2;
            from = last;
            while from > start
                && last - from < MAX_SUBJECT
                && !self.document.breaks(from - 1)
                && !document.is(from - 1, Class::Subordinator)
            {
                from -= 1;
            }
            return (Some(from..last + 1), weak);
        }
        // "Ada Moss, a clerk at the mint said": the apposition was not closed.
        let apposed = from > start
            && self.document.breaks(from - 1)
            && !self.document.quotes_after(from - 1)
            && document.is(from, Class::Determiner);
        if apposed && let Some(name) = self.sole_name(sentence, from - 1) {
            return (Some(name), weak);
        }
        (Some(from..end), weak)
    }

    /// "Is suspected", "est soupçonné", "está acusado": who is meant is no subject of it. "Est" is also French for "has".
    fn passive(self, before: usize, verb: usize) -> bool {
        let document = self.document;
        let word = document.word(before).lower.as_str();
        let accused = document.is(verb, Class::Suggest) && document.is(before, Class::Copula);
        match document.language {
            Language::En => [
                "is", "are", "was", "were", "be", "been", "being", "stands", "stand", "stood",
            ]
            .contains(&word),
            Language::Fr | Language::Es | Language::Pl => accused,
            _ => false,
        }
    }

    /// Where a phrase begins that ends before a verb and leads to it: "was forced to admit", "a fini par admettre".
    fn raising(self, start: usize, verb: usize) -> Option<usize> {
        let from = verb.saturating_sub(RAISING).max(start);
        (from..verb).find(|at| self.document.phrase_at(Phrases::Raising, *at, verb) == Some(verb - at))
    }

    /// The stretch between two breaks that ends with a token, if it is nothing but a name: "…, Minister Ada Moss, …".
    fn sole_name(self, sentence: &Sentence, last: usize) -> Option<Range<usize>> {
        let name = self.stretch(sentence, last);
        let document = self.document;
        let plain = |t: usize| {
            let word = document.word(t);
            let joins = word.classes.has(Class::Conjunction) && name.start < t && t < last;
            joins
                || word.capital
                    && !word
                        .classes
                        .any(&[Class::Calendar, Class::Subordinator, Class::Function])
        };
        let alone = name.len() > 1 || name.start > sentence.tokens.start;
        (alone && name.clone().all(plain)).then_some(name)
    }

    fn stretch(self, sentence: &Sentence, last: usize) -> Range<usize> {
        let mut from = last;
        while from > sentence.tokens.start && last - from < MAX_SUBJECT && !self.document.breaks(from - 1) {
            from -= 1;
        }
        from..last + 1
    }

    /// "Dana Reyes, a clerk at the mint, said": what stands before the first comma of the apposition.
    fn before_apposition(self, sentence: &Sentence, comma: usize) -> Option<Range<usize>> {
        let ends =
            || (sentence.tokens.start..comma).filter(|t| self.document.breaks(*t) && !self.document.quotes_after(*t));
        // "A spokeswoman for the town, Ada Moss, said": here the name stands in the apposition.
        let name = self
            .sole_name(sentence, comma)
            .or_else(|| ends().find_map(|last| self.sole_name(sentence, last)));
        name.or_else(|| {
            ends().find_map(|last| {
                let head = self.document.word(last);
                let subject = head.capital && !head.classes.has(Class::Calendar) || head.classes.has(Class::Unnamed);
                subject.then(|| self.stretch(sentence, last))
            })
        })
    }

    pub(crate) fn after(self, sentence: &Sentence, verb: usize) -> Option<Range<usize>> {
        let document = self.document;
        if verb + 1 >= sentence.tokens.end || self.document.breaks(verb) {
            return None;
        }
        let opens = |at: usize| {
            let word = document.word(at);
            let points = word.classes.any(&[
                Class::Pronoun,
                Class::Determiner,
                Class::NounMaker,
                Class::Number,
                Class::Unnamed,
            ]);
            (word.capital || points) && !word.classes.has(Class::Subordinator)
        };
        // "Powiedzieli tygodnikowi dwaj maklerzy": whom it was told stands before who told it.
        let told = document.language == Language::Pl
            && document.is(verb + 1, Class::Press)
            && !document.word(verb + 1).capital;
        let start = match told && verb + 2 < sentence.tokens.end && opens(verb + 2) {
            true => verb + 2,
            false => verb + 1,
        };
        if !opens(start) {
            return None;
        }
        let mut end = start;
        while end < sentence.tokens.end && end - start < MAX_SOURCE {
            let word = document.word(end);
            if end > start
                && (word.classes.any(&[Class::Subordinator, Class::Auxiliary])
                    || word.classes.has(Class::Function)
                        && !["of", "the", "for", "at"].contains(&word.lower.as_str())
                        && !word.capital)
            {
                break;
            }
            end += 1;
            if self.document.breaks(end - 1) {
                break;
            }
        }
        Some(start..end)
    }

    /// The subject of the clause a participle hangs on: the first name or class of people in it.
    pub(crate) fn of_clause(self, sentence: &Sentence, verb: usize) -> Option<Range<usize>> {
        let mut starts: Vec<usize> = vec![sentence.tokens.start];
        starts.extend(
            (sentence.tokens.start..verb)
                .filter(|t| self.document.breaks(*t) && !self.document.quotes_after(*t))
                .map(|t| t + 1),
        );
        starts.into_iter().rev().find_map(|start| {
            let head = (start..verb)
                .take_while(|t| *t == start || !self.document.breaks(*t - 1))
                .find(|t| {
                    let word = self.document.word(*t);
                    (word.capital && !word.classes.has(Class::Function) || word.classes.has(Class::Unnamed))
                        && !self.document.gap(*t).starts_with("'s")
                })?;
            let mut end = name_at(self.document, head, verb).end.max(head + 1);
            while end < verb && self.document.is(end, Class::Unnamed) && !self.document.breaks(end - 1) {
                end += 1;
            }
            let mut from = head;
            while from > start && !self.document.is(from - 1, Class::Function) {
                from -= 1;
            }
            Some(from..end)
        })
    }
}
