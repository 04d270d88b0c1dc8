//! Names, numbers, dates and money by their shape: enough for a slot such as `@place`, no more.

use std::ops::Range;

use crate::document::{Document, Sentence};
use crate::language::{Class, Language, Phrases};

/// Entity types, numbered as in [`crate::facts::ENTITIES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entity {
    Person = 0,
    Place = 1,
    Org = 2,
    Number = 3,
    Date = 4,
    Money = 5,
}

pub(super) fn find(document: &Document, sentence: &Sentence) -> Vec<(Entity, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = sentence.tokens.start;
    while at < sentence.tokens.end {
        let word = document.word(at);
        if word.numeric || word.classes.has(Class::Number) {
            found.push((number_kind(document, sentence, at), at..at + 1));
            if found.last().is_some_and(|(kind, _)| *kind != Entity::Number) {
                found.push((Entity::Number, at..at + 1));
            }
        } else if word.classes.has(Class::Calendar)
            && (word.capital
                || !document
                    .vocabulary
                    .word(document.tokens[at].word)
                    .classes
                    .has(Class::Modal))
        {
            found.push((Entity::Date, at..at + 1));
        }
        let name = name_at(document, at, sentence.tokens.end);
        if name.is_empty() {
            at += 1;
            continue;
        }
        found.extend(name_kind(document, sentence, &name).map(|kind| (kind, name.clone())));
        at = name.end;
    }
    found
}

/// The run of capitalised words that begins at a token; a lone function word at the head of a sentence is none.
pub(crate) fn name_at(document: &Document, start: usize, end: usize) -> Range<usize> {
    let mut at = start;
    while at < end {
        let word = document.word(at);
        // "Laut The Register": the phrase that names who says so is no part of the name.
        let according = word.opens.has(Phrases::According) && document.opens_sentence(at);
        // German capitalises nouns too: "Insidern Orvix" is one name, and not two words of it.
        let noun = document.language == Language::De
            && word.classes.any(&[Class::Unnamed, Class::OrgNoun])
            && !word.classes.any(&[Class::Title, Class::Press]);
        if !word.capital
            || noun
            || according
            || word.classes.any(&[Class::Function, Class::Number, Class::Determiner]) && !word.upper
            // "Today" with a capital within a name belongs to it; a day after an outlet does not: "told Reuters Thursday".
            || word.classes.has(Class::Calendar) && (at == start || word.lower != "today")
        {
            break;
        }
        at += 1;
        if document.gap(at - 1).trim_matches(['.', '-', '\'']).trim() != ""
            || document.gap(at - 1).contains(['\n', '\''])
        {
            break;
        }
    }
    start..at
}

fn number_kind(document: &Document, sentence: &Sentence, at: usize) -> Entity {
    let around = at.saturating_sub(1).max(sentence.tokens.start)..(at + 3).min(sentence.tokens.end);
    let before = &document.source.text.as_str()[..document.tokens[at].start];
    if before.ends_with(['$', '€', '£', '¥']) || around.clone().any(|t| document.is(t, Class::Money)) {
        return Entity::Money;
    }
    let word = document.word(at);
    let year = word.lower.len() == 4 && (word.lower.starts_with("19") || word.lower.starts_with("20"));
    if year
        || around
            .into_iter()
            .any(|t| t != at && t + 1 >= at && t <= at + 1 && document.is(t, Class::Calendar))
    {
        return Entity::Date;
    }
    Entity::Number
}

fn name_kind(document: &Document, sentence: &Sentence, name: &Range<usize>) -> Option<Entity> {
    if name
        .clone()
        .any(|t| document.is(t, Class::OrgNoun) || document.is(t, Class::Press))
        || document.word(name.start).upper
    {
        return Some(Entity::Org);
    }
    let before = (name.start > sentence.tokens.start).then(|| name.start - 1);
    let place_noun = name.clone().any(|t| document.is(t, Class::PlaceNoun))
        || before.is_some_and(|t| {
            document.is(t, Class::PlaceNoun)
                || (t > sentence.tokens.start && document.word(t).lower == "of" && document.is(t - 1, Class::PlaceNoun))
        });
    if place_noun || before.is_some_and(|t| document.is(t, Class::PlacePreposition)) {
        return Some(Entity::Place);
    }
    let titled = document.is(name.start, Class::Title) || before.is_some_and(|t| document.is(t, Class::Title));
    (titled || name.len() > 1).then_some(Entity::Person)
}
