//! Slots for a new fact, proposed from its sentence; the analyst edits them.

mod dates;
mod thesaurus;

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use crate::Scanner;
use crate::document::Document;
use crate::facts::{Fact, Facts, Growth, MAX_PHRASE_WORDS, Slot, Value};
use crate::language::{Class, Language};
use crate::matching::name_at;
use crate::text::{Source, TextError, read_bytes};

pub use thesaurus::{installed, mythes};

/// Analysts keep 2 to 5 slots; more than these are not proposed.
const MAX_PROPOSED: usize = 5;
/// Words of ordinary length are inflected by a stem; a shorter stem would match too much as a wildcard.
const SHORTEST_WILDCARD: usize = 6;

/// Characters of a code that is hardly met by chance.
const SHORTEST_CODE: usize = 5;
/// Words that texts offer for one slot.
const MAX_OFFERED: usize = 8;
/// Numbers of an address; a version has fewer.
const ADDRESS_PARTS: usize = 4;
/// Digits of a number that is hardly met by chance.
const LONG_NUMBER: usize = 6;

/// A thesaurus: word → other words for it, in the user's language.
pub type Thesaurus = BTreeMap<String, Vec<String>>;

/// Proposes slots for a sentence: names and dates as mandatory slots, content words with their inflections and the
/// thesaurus' words as alternatives, identifiers as values.
///
/// # Errors
/// [`TextError::Binary`] when the sentence is no text.
///
/// ```
/// use entente_watch::proposal::propose;
/// let fact = propose("f1", "The courier crosses the bridge at Narev on 3 May.", &Default::default())?;
/// assert!(fact.slots.iter().any(|slot| slot.name == "Narev" && slot.mandatory));
/// assert!(fact.slots.iter().any(|slot| slot.any.contains(&"courier".to_owned())));
/// # Ok::<(), entente_watch::text::TextError>(())
/// ```
pub fn propose(id: &str, sentence: &str, thesaurus: &Thesaurus) -> Result<Fact, TextError> {
    let source: Option<Source> = read_bytes("fact.txt", sentence.as_bytes())?.pop();
    let mut fact = Fact {
        id: id.to_owned(),
        text: sentence.to_owned(),
        slots: Vec::new(),
        values: Vec::new(),
        reveals: None,
        growth: Growth::default(),
    };
    let Some(source) = source else { return Ok(fact) };
    let document = Document::new(source);
    let (mut names, mut others): (Vec<Slot>, Vec<Slot>) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < document.tokens.len() {
        let start = at;
        at += 1;
        let word = document.word(start);
        // In a slot a star would read as a wildcard, and these at the head as a type or as "just so".
        if word.text.contains('*') || word.text.starts_with(['@', '=']) {
            continue;
        }
        if let Some((read, end)) = dates::at(&document, start) {
            // Many who tell of the day leave the hour out.
            let day = read[0].contains(' ');
            others.push(slot(&read[0].clone(), read, day));
            at = end;
            continue;
        }
        if word.classes.has(Class::Calendar) && (word.capital || document.language != Language::En) {
            others.push(slot(
                document.text(start..at),
                vec![document.text(start..at).to_owned(), "@date".into()],
                false,
            ));
            continue;
        }
        // A year or a count stands in any text; a code or an address in few.
        let code = code_at(&document, start);
        if !code.is_empty() {
            at = code.end;
            fact.values.push(Value::Plain(document.text(code).to_owned()));
            continue;
        }
        if word.numeric {
            continue;
        }
        let opens = document.sentences.iter().any(|s| s.tokens.start == start);
        let name = name_at(&document, start, document.tokens.len().min(start + MAX_PHRASE_WORDS));
        // German capitalises every noun, and every sentence its first word.
        let proper = !name.is_empty() && document.language != Language::De && (!opens || name.len() > 1 || word.upper);
        if proper {
            let text = document.text(name.clone()).to_owned();
            let last = document.text(name.end - 1..name.end).to_owned();
            let any = if name.len() > 1 {
                vec![text.clone(), last]
            } else {
                vec![text.clone()]
            };
            if !names.iter().any(|known| known.name == text) {
                names.push(slot(&text, any, true));
            }
            at = name.end;
        } else if word.is_content() && word.lower.chars().count() > 2 && !word.classes.has(Class::Auxiliary) {
            let mut any = vec![word.lower.clone()];
            let stem = word.stem.split('~').next().unwrap_or_default();
            if stem.chars().count() >= SHORTEST_WILDCARD && word.lower.starts_with(stem) && stem != word.lower {
                any.push(format!("{stem}*"));
            }
            any.extend(thesaurus.get(&word.lower).into_iter().flatten().cloned());
            others.push(slot(&word.lower, any, false));
        }
    }
    // Long words carry more than short ones; the order of the sentence is kept among those that stay.
    let room = MAX_PROPOSED.saturating_sub(names.len().min(MAX_PROPOSED));
    let mut longest: Vec<usize> = (0..others.len()).collect();
    longest.sort_by_key(|i| {
        (
            others[*i].any.len() == 1,
            std::cmp::Reverse(others[*i].name.chars().count()),
        )
    });
    longest.truncate(room);
    longest.sort_unstable();
    names.truncate(MAX_PROPOSED);
    fact.slots = names;
    for index in longest {
        if !fact.slots.iter().any(|known| known.name == others[index].name) {
            fact.slots.push(others[index].clone());
        }
    }
    Ok(fact)
}

/// What texts offer for the slots of facts: words of their near misses, by fact and slot, the most frequent first.
///
/// ```
/// use entente_watch::{facts::Facts, proposal::offered, text};
/// let facts = Facts::parse(r#"[{"id":"a","slots":[{"name":"who","any":["courier"],"mandatory":true},
///     {"name":"what","any":["crosses"],"mandatory":true},{"name":"where","any":["bridge"],"mandatory":true}]}]"#)?;
/// let page = text::read_bytes("t.txt", b"The courier crosses the footway at noon.")?;
/// assert_eq!(offered(facts, page)[0].words[0], "footway");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn offered(facts: Facts, texts: impl IntoIterator<Item = Source>) -> Vec<Offer> {
    let report = Scanner::new(facts).scan(texts);
    let mut counts: BTreeMap<(String, String), BTreeMap<String, usize>> = BTreeMap::new();
    for note in report.summary.to_review {
        if let [slot] = note.missing.as_slice() {
            let words = counts.entry((note.fact, slot.clone())).or_default();
            for word in note.candidates {
                *words.entry(word).or_default() += 1;
            }
        }
    }
    let offers = counts.into_iter().map(|((fact, slot), words)| {
        let mut words: Vec<(String, usize)> = words.into_iter().collect();
        words.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        words.truncate(MAX_OFFERED);
        let words = words.into_iter().map(|(word, _)| word).collect();
        Offer { fact, slot, words }
    });
    offers.collect()
}

/// Words that may be alternatives of a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// The fact's id.
    pub fact: String,
    /// The slot's name.
    pub slot: String,
    /// The words, as texts have them.
    pub words: Vec<String>,
}

/// The language a sentence is in, as far as it shows.
#[must_use]
pub fn language_of(sentence: &str) -> Language {
    Language::detect(sentence).0
}

/// What begins at a token and gives something away by itself: an address or host name, a code of letters and digits (also with
/// hyphens), a long number. Empty where nothing does.
fn code_at(document: &Document, start: usize) -> Range<usize> {
    let joined = |mark: &str| {
        let more = (start..document.tokens.len() - 1).take_while(|token| document.gap(*token) == mark);
        start..start + 1 + more.count()
    };
    let parts = |tokens: &Range<usize>| tokens.clone().map(|token| document.word(token).lower.as_str());
    let letters = |part: &str| part.chars().any(char::is_alphabetic);
    let digits = |part: &str| part.chars().filter(char::is_ascii_digit).count();
    let dotted = joined(".");
    let host = dotted.len() > 1 && parts(&dotted).next_back().is_some_and(letters);
    if host || dotted.len() >= ADDRESS_PARTS {
        return dotted;
    }
    let hyphened = joined("-");
    let long = parts(&hyphened).map(digits).sum::<usize>() >= LONG_NUMBER;
    if hyphened.len() > 1 && long && parts(&hyphened).any(letters) {
        return hyphened;
    }
    let word = document.word(start).lower.as_str();
    let mixed = letters(word) && digits(word) > 0 && word.len() >= SHORTEST_CODE;
    if mixed || digits(word) >= LONG_NUMBER {
        start..start + 1
    } else {
        start..start
    }
}

fn slot(name: &str, any: Vec<String>, mandatory: bool) -> Slot {
    Slot {
        name: name.to_owned(),
        any,
        mandatory,
        weight: 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p1_dates_and_times_are_read_as_such_and_years_are_no_values() {
        let sentence = "Narwhal publishes version 1.6 SP1 on 15 December 2026 at 09:30 UTC.";
        let fact = propose("f", sentence, &Thesaurus::new()).expect("text");
        assert!(fact.values.is_empty(), "{:?}", fact.values);
        let has = |word: &str| fact.slots.iter().any(|slot| slot.any.iter().any(|any| any == word));
        for word in [
            "15 December 2026",
            "December 15",
            "2026-12-15",
            "15.12.2026",
            "09:30",
            "9:30",
        ] {
            assert!(has(word), "{word}: {:?}", fact.slots);
        }
        let fact = propose(
            "f",
            "The server listens at 198.51.100.7 as XK77-2031 does.",
            &Thesaurus::new(),
        );
        assert!(!fact.expect("text").slots.is_empty());
    }

    #[test]
    fn a_proposal_finds_its_own_sentence_in_every_language() {
        for sentence in [
            "The agent meets his handler every month in a bookshop near the station.",
            "L'agent rencontre son officier chaque mois dans une librairie près de la gare.",
            "Der Agent trifft seinen Führungsoffizier jeden Monat in einer Buchhandlung am Bahnhof.",
            "El agente se reúne con su enlace cada mes en una librería cerca de la estación.",
            "Agent spotyka się z oficerem prowadzącym co miesiąc w księgarni obok dworca.",
        ] {
            let fact = propose("f", sentence, &Thesaurus::new()).expect("text");
            assert!(
                (2..=MAX_PROPOSED).contains(&fact.slots.len()),
                "{sentence}: {:?}",
                fact.slots
            );
            let mut facts = vec![fact];
            // Its own wording would be found without any slot; here the slots have to do it.
            facts[0].text.clear();
            let scanner = Scanner::new(Facts::new(facts).expect("valid"));
            let report = scanner.scan(read_bytes("t.txt", sentence.as_bytes()).expect("text"));
            assert_eq!(report.findings.len(), 1, "{sentence}");
        }
    }
}
