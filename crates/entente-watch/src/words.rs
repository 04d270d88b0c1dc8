//! Words: the units in which texts and facts are compared.

use std::borrow::Cow;
use std::ops::Range;

use foldhash::{HashMap, HashMapExt};
use unicode_segmentation::UnicodeSegmentation;

use crate::language::{Class, ClassSet, Language, PhraseSet};

/// A distinct word of one text.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    /// As it stands.
    pub text: String,
    /// Lower case, look-alike letters folded.
    pub lower: String,
    /// The stem in the text's language.
    pub stem: String,
    /// The classes of the language's tables it belongs to.
    pub classes: ClassSet,
    /// The phrase tables in which a phrase begins with it.
    pub opens: PhraseSet,
    /// Begins with a capital.
    pub capital: bool,
    /// All capitals, two at least: an acronym.
    pub upper: bool,
    /// Has a digit.
    pub numeric: bool,
    /// Neither a function word nor a single letter.
    content: bool,
}

impl Word {
    fn new(text: &str, language: Language, latin: bool) -> Self {
        let folded = if latin { fold_lookalikes(text) } else { text.to_owned() };
        let lower = folded.to_lowercase();
        let stem = language.stem(&lower).into_owned();
        let mut classes = language.lexicon().classes(&lower, &stem);
        if language.conditional(&lower) {
            classes = classes.with(Class::Modal);
        }
        let letters = folded.chars().filter(|c| c.is_alphabetic());
        let upper = letters.clone().count() > 1 && letters.clone().all(char::is_uppercase);
        Self {
            capital: folded
                .chars()
                .next()
                .is_some_and(|c| c.is_uppercase() || c.is_numeric() && upper),
            numeric: folded.chars().any(|c| c.is_ascii_digit()),
            content: !classes.has(Class::Function) && (lower.chars().nth(1).is_some() || !lower.is_ascii()),
            opens: language.lexicon().opens(&lower),
            text: folded,
            lower,
            stem,
            classes,
            upper,
        }
    }

    /// Whether this word carries content: neither a function word nor a single letter.
    pub(crate) fn is_content(&self) -> bool {
        self.content
    }
}

/// The distinct words of a text, by number.
#[derive(Debug, Clone)]
pub(crate) struct Vocabulary {
    words: Vec<Word>,
    index: HashMap<String, u32>,
    language: Language,
    latin: bool,
}

impl Vocabulary {
    /// An empty vocabulary; `latin` folds look-alike letters of other scripts.
    pub(crate) fn new(language: Language, latin: bool) -> Self {
        Self {
            words: Vec::new(),
            index: HashMap::new(),
            language,
            latin,
        }
    }

    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if let Some(id) = self.index.get(text) {
            return *id;
        }
        let id = u32::try_from(self.words.len()).expect("a text of 16 MiB has fewer than 2^32 words");
        self.words.push(Word::new(text, self.language, self.latin));
        self.index.insert(text.to_owned(), id);
        id
    }

    pub(crate) fn word(&self, id: u32) -> &Word {
        &self.words[id as usize]
    }

    pub(crate) fn words(&self) -> &[Word] {
        &self.words
    }
}

/// The words of a normal-form text with their places. Scripts without spaces come letter by letter (UAX #29),
/// so that a phrase of such letters is found wherever it stands.
pub(crate) fn split(text: &str) -> Vec<(Range<usize>, Cow<'_, str>)> {
    let mut words = Vec::new();
    for (at, word) in text.unicode_word_indices() {
        if word.len() < 4 && is_written_dot(text, at, word) {
            continue;
        }
        let mut start = at;
        let mut rest = word;
        while let Some(apostrophe) = rest.find('\'') {
            // French and Italian elision: what stands before the apostrophe is a word of its own.
            let head = &rest[..apostrophe];
            if !ELIDED.contains(&head.to_lowercase().as_str()) {
                break;
            }
            words.push((start..start + apostrophe, head.into()));
            start += apostrophe + 1;
            rest = &rest[apostrophe + 1..];
        }
        for possessive in ["'s", "'S"] {
            rest = rest.strip_suffix(possessive).unwrap_or(rest);
        }
        let negated = rest.len() > 3 && rest.to_ascii_lowercase().ends_with("n't");
        let stem = if negated { &rest[..rest.len() - 3] } else { rest };
        if is_indicator(stem) {
            // Host names and addresses part by part, so that "host[.]org" and "host.org" are the same words.
            let mut from = start;
            for part in stem.split('.') {
                if !part.is_empty() {
                    words.push((from..from + part.len(), part.into()));
                }
                from += part.len() + 1;
            }
        } else if !stem.is_empty() {
            words.push((start..start + stem.len(), without_dots(stem)));
        }
        if negated {
            words.push((start + stem.len()..start + rest.len(), "n't".into()));
        }
    }
    words
}

const ELIDED: [&str; 12] = [
    "l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu",
];

/// "dot" and "at" in brackets stand for the sign: "host[dot]org".
fn is_written_dot(text: &str, at: usize, word: &str) -> bool {
    let bytes = text.as_bytes();
    let bracketed = at > 0
        && b"[({".contains(&bytes[at - 1])
        && bytes.get(at + word.len()).is_some_and(|close| b"])}".contains(close));
    bracketed && (word.eq_ignore_ascii_case("dot") || word.eq_ignore_ascii_case("at"))
}

/// `host.org` and `198.51.100.7`, but neither `U.S` nor `3.5`.
fn is_indicator(word: &str) -> bool {
    let Some(dot) = word.find('.') else { return false };
    let parts = || word.split('.');
    let initials = parts().all(|part| part.chars().count() <= 1 && part.chars().all(char::is_alphabetic));
    let letter = word[dot + 1..].chars().next().is_some_and(char::is_alphabetic);
    !initials && (letter || parts().count() > 2)
}

/// `U.S` and `U.S.` are `US`; `3.5` stays.
fn without_dots(word: &str) -> Cow<'_, str> {
    let dotted = word.contains('.')
        && word
            .split('.')
            .all(|part| part.chars().count() <= 1 && part.chars().all(char::is_alphabetic));
    if dotted {
        word.replace('.', "").into()
    } else {
        word.into()
    }
}

/// Whether the letters of a text are mostly Latin, looked at in its first kilobytes.
pub(crate) fn mostly_latin(text: &str) -> bool {
    let (mut latin, mut other) = (0usize, 0usize);
    for c in text.chars().take(4_096).filter(|c| c.is_alphabetic()) {
        if c <= '\u{24F}' { latin += 1 } else { other += 1 }
    }
    latin >= other
}

/// Cyrillic and Greek letters that look like Latin ones, for a word that has nothing but such letters
/// and Latin ones (the single-letter pairs of UTS #39 `confusables.txt`).
fn fold_lookalikes(word: &str) -> String {
    if word.is_ascii() || !word.chars().all(|c| c <= '\u{24F}' || lookalike(c).is_some()) {
        return word.to_owned();
    }
    word.chars().map(|c| lookalike(c).unwrap_or(c)).collect()
}

fn lookalike(c: char) -> Option<char> {
    const PAIRS: [(&str, &str); 2] = [
        (
            "аеорсухіјѕԁһԛԝӏгпмвнктАВЕКМНОРСТХУІЈЅԚԜӀ",
            "aeopcyxijsdhqwlrnmbhktABEKMHOPCTXYIJSQWI",
        ),
        ("αορυνικτχΑΒΕΖΗΙΚΜΝΟΡΤΥΧϲ", "aopuviktxABEZHIKMNOPTYXc"),
    ];
    PAIRS
        .iter()
        .find_map(|(from, to)| from.chars().zip(to.chars()).find(|(f, _)| *f == c).map(|(_, t)| t))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(given: &str) -> Vec<String> {
        split(given).into_iter().map(|(_, word)| word.into_owned()).collect()
    }

    #[test]
    fn words_of_several_scripts() {
        for (given, expected) in [
            ("the U.S. partner's list", vec!["the", "US", "partner", "list"]),
            ("didn't say", vec!["did", "n't", "say"]),
            ("l'accord d'échange", vec!["l", "accord", "d", "échange"]),
            ("東京の", vec!["東", "京", "の"]),
            ("CVE-2031-1234 at 3.5", vec!["CVE", "2031", "1234", "at", "3.5"]),
        ] {
            assert_eq!(texts(given), expected, "{given}");
        }
    }

    #[test]
    fn lookalikes_fold_only_in_latin_texts() {
        assert_eq!(Word::new("рlоt", Language::En, true).lower, "plot");
        assert_eq!(Word::new("сарау", Language::En, true).lower, "capay");
        assert_eq!(Word::new("город", Language::Other, false).lower, "город");
    }
}
