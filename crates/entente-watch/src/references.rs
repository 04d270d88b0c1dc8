//! What is said of something told before: "denied the reports", "this story is false".

use std::ops::Range;

use crate::attribution::Attribution;
use crate::cues::Kind;
use crate::document::{Document, Sentence};
use crate::language::Class;
use crate::speakers::Speaker;
use crate::stance::{CLAIM, Status, introduces_claim};
use crate::words::Word;

/// Words of a denial's object in which the word is looked for that refers back.
const ANAPHOR: usize = 5;
/// Words after which a report is of something that is named, in the languages that are read.
const ABOUT: [&str; 14] = [
    "of", "about", "over", "into", "von", "über", "de", "du", "des", "d", "sobre", "del", "o", "na",
];

/// A denial or admission of something that was reported before: "denied the reports", "this story is false".
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    pub sentence: usize,
    pub tokens: Range<usize>,
    /// What is denied or admitted.
    pub object: Range<usize>,
    pub status: Status,
    pub speaker: Option<Speaker>,
    pub via: Vec<Speaker>,
    /// Refers back by a word (report, story, this), and not by naming its content again.
    pub anaphoric: bool,
}

/// All such references of a text.
pub(crate) fn references(document: &Document, attribution: &Attribution) -> Vec<Reference> {
    let mut found = Vec::new();
    for (number, sentence) in document.sentences.iter().enumerate() {
        for cue in attribution.cues[number]
            .iter()
            .filter(|cue| matches!(cue.kind, Kind::Deny | Kind::Admit) && !cue.weak && cue.speaker.is_some())
        {
            let object = if cue.whole {
                sentence.tokens.clone()
            } else {
                cue.scope.clone()
            };
            // "Rejected reports that …" says itself which reports.
            let anaphoric = object.clone().take(ANAPHOR).any(|t| {
                let conjunction = t > object.start && CLAIM.contains(&document.word(t).lower.as_str());
                // "Reports of an affair", "das Verhältnis": a report of something else, an article.
                let next = (t + 1 < object.end && !document.breaks(t)).then(|| document.word(t + 1));
                let named = next.is_some_and(|word| ABOUT.contains(&word.lower.as_str()));
                let article = document.is(t, Class::Determiner) && next.is_some_and(Word::is_content);
                document.is(t, Class::Anaphor)
                    && !conjunction
                    && !named
                    && !article
                    && !introduces_claim(document, t, object.end)
            });
            found.push(Reference {
                sentence: number,
                tokens: cue.head.start.min(object.start)..object.end,
                object: object.clone(),
                status: if cue.kind == Kind::Deny {
                    Status::Denied
                } else {
                    Status::Confirmed
                },
                // "We confirm it" is said by whom the quotation belongs to.
                speaker: attribution
                    .quotes
                    .get(&document.tokens[cue.verb].quote)
                    .or(cue.speaker.as_ref())
                    .cloned(),
                via: cue.via.clone(),
                anaphoric,
            });
        }
        found.extend(verdict_on_report(document, attribution, number, sentence));
    }
    found
}

/// "This story is false", "the reports are true".
fn verdict_on_report(
    document: &Document,
    attribution: &Attribution,
    number: usize,
    sentence: &Sentence,
) -> Option<Reference> {
    let noun = sentence.tokens.clone().find(|t| document.is(*t, Class::Anaphor))?;
    let reach = noun + 1..(noun + 6).min(sentence.tokens.end);
    let predicate = reach
        .clone()
        .find(|t| document.word(*t).classes.any(&[Class::Falsity, Class::Truth]))?;
    if introduces_claim(document, predicate, sentence.tokens.end) {
        // "It is false that …" speaks of what follows, and is read there.
        return None;
    }
    let copula = reach
        .take_while(|t| *t < predicate)
        .any(|t| document.word(t).classes.any(&[Class::Auxiliary, Class::Negation]));
    if !copula {
        return None;
    }
    let negated = (noun..predicate).any(|t| document.is(t, Class::Negation));
    let doubtful = sentence
        .tokens
        .clone()
        .take_while(|t| *t < predicate)
        .any(|t| document.word(t).classes.any(&[Class::Condition, Class::Modal]));
    if doubtful || sentence.question {
        return None;
    }
    let falsity = document.is(predicate, Class::Falsity) != negated;
    let quote = document.tokens[noun].quote;
    let speaker = attribution
        .quotes
        .get(&quote)
        .cloned()
        .or_else(|| attribution.cues[number].iter().find_map(|cue| cue.speaker.clone()));
    Some(Reference {
        sentence: number,
        tokens: noun.max(sentence.tokens.start + 1) - 1..predicate + 1,
        object: noun..predicate + 1,
        status: if falsity { Status::Denied } else { Status::Confirmed },
        speaker,
        via: Vec::new(),
        anaphoric: true,
    })
}
