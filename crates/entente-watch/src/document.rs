//! A text as the engine works on it: words, sentences, paragraphs, quotations.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::language::{Class, Element, Language, PARTED, Phrases};
use crate::text::{Source, Warning};
use crate::words::{self, Vocabulary, Word};

/// Sentences of prose have 10 to 60 words; a longer run without a stop is cut into pieces of this many.
const MAX_SENTENCE_WORDS: usize = 160;

/// Quotation marks.
const QUOTES: [char; 6] = ['"', '“', '”', '„', '«', '»'];
/// Marks that end a phrase.
const BREAKS: [char; 16] = [
    ',', ';', ':', '(', ')', '"', '“', '”', '„', '«', '»', '—', '–', '\n', '!', '?',
];

/// One word in its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// First byte in the normal text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Number in the vocabulary.
    pub word: u32,
    /// The quotation it stands in (from one), or 0.
    pub quote: u32,
    /// Punctuation that ends a phrase follows.
    breaks: bool,
    /// A quotation mark follows.
    quotes: bool,
}

/// One sentence.
#[derive(Debug, Clone)]
pub(crate) struct Sentence {
    /// Its words.
    pub tokens: Range<usize>,
    /// Its paragraph, from 0.
    pub paragraph: usize,
    /// Ends with a question mark.
    pub question: bool,
    /// Written mostly in capitals, so that capitals mark no acronym.
    pub shouted: bool,
}

/// A text, cut up.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub source: Source,
    pub language: Language,
    pub vocabulary: Vocabulary,
    pub tokens: Vec<Token>,
    pub sentences: Vec<Sentence>,
}

impl Document {
    /// Cuts a text up, in the language its words and letters show.
    pub(crate) fn new(source: Source) -> Self {
        let (language, sure) = Language::detect(source.text.as_str());
        Self::in_language(source, language, sure)
    }

    /// Cuts a text up in a language that is known. Languages without tables are said in its warnings.
    pub(crate) fn in_language(mut source: Source, language: Language, sure: bool) -> Self {
        let text = source.text.as_str();
        let mut vocabulary = Vocabulary::new(language, words::mostly_latin(text));
        let (mut tokens, mut sentences) = (Vec::new(), Vec::new());
        let mut quotes = Quotations::default();
        let mut offset = 0;
        for (paragraph, line) in text.split('\n').enumerate() {
            let first = tokens.len();
            for (range, word) in words::split(line) {
                let (start, end) = (offset + range.start, offset + range.end);
                tokens.push(Token {
                    start,
                    end,
                    word: vocabulary.intern(&word),
                    quote: 0,
                    breaks: false,
                    quotes: false,
                });
            }
            quotes.mark(line, offset, &mut tokens[first..]);
            let mut next = first;
            for (bounds, question) in sentence_bounds(line, language) {
                let begin = next;
                while next < tokens.len() && tokens[next].start < offset + bounds.end {
                    next += 1;
                }
                for start in (begin..next).step_by(MAX_SENTENCE_WORDS) {
                    let range = start..next.min(start + MAX_SENTENCE_WORDS);
                    let capitals = range.clone().filter(|t| vocabulary.word(tokens[*t].word).upper).count();
                    let shouted = range.len() > 3 && capitals * 3 > range.len() * 2;
                    sentences.push(Sentence {
                        tokens: range,
                        paragraph,
                        question,
                        shouted,
                    });
                }
            }
            offset += line.len() + 1;
        }
        if language == Language::Other {
            source.warnings.push(Warning::new(
                "language",
                "the language has no tables (English, French, German, Spanish and Polish have): words match as they stand, every finding is given as asserted".into(),
            ));
        } else if !sure {
            source
                .warnings
                .push(Warning::new("language", format!("read as {language:?}, on few words")));
        }
        let mut document = Self {
            source,
            language,
            vocabulary,
            tokens,
            sentences,
        };
        for token in 0..document.tokens.len() {
            let gap = document.gap(token);
            if gap == " " {
                continue;
            }
            let (breaks, quotes) = (gap.contains(BREAKS) || gap.contains(" - "), gap.contains(QUOTES));
            document.tokens[token].breaks = breaks;
            document.tokens[token].quotes = quotes;
        }
        document
    }

    /// Whether punctuation that ends a phrase follows a token.
    pub(crate) fn breaks(&self, token: usize) -> bool {
        self.tokens[token].breaks
    }

    /// Whether a quotation mark follows a token.
    pub(crate) fn quotes_after(&self, token: usize) -> bool {
        self.tokens[token].quotes
    }

    pub(crate) fn word(&self, token: usize) -> &Word {
        self.vocabulary.word(self.tokens[token].word)
    }

    pub(crate) fn is(&self, token: usize, class: Class) -> bool {
        self.word(token).classes.has(class)
    }

    /// How many words the longest phrase of a table has that stands at a token and ends by `end`.
    pub(crate) fn phrase_at(&self, kind: Phrases, at: usize, end: usize) -> Option<usize> {
        if at >= end || !self.word(at).opens.has(kind) {
            return None;
        }
        let phrases = self.language.lexicon().phrases(kind).iter();
        phrases.filter_map(|phrase| self.phrase_length(phrase, at, end)).max()
    }

    /// How many words from a token on a phrase takes, if it stands there.
    fn phrase_length(&self, phrase: &[Element], at: usize, end: usize) -> Option<usize> {
        let mut token = at;
        let mut gap = 0;
        for element in phrase {
            if matches!(element, Element::Gap) {
                gap = PARTED;
                continue;
            }
            let found = (token..end.min(token + gap + 1)).find(|t| element.is(&self.word(*t).lower))?;
            token = found + 1;
            gap = 0;
        }
        Some(token - at)
    }

    /// A phrase that denies or alleges what follows it, and its length in words.
    pub(crate) fn cue_phrase(&self, at: usize, end: usize) -> Option<(Phrases, usize)> {
        [Phrases::Deny, Phrases::Allege]
            .into_iter()
            .find_map(|kind| Some((kind, self.phrase_at(kind, at, end)?)))
    }

    /// The sentence in which a token stands.
    pub(crate) fn sentence_of(&self, token: usize) -> usize {
        self.sentences.partition_point(|sentence| sentence.tokens.end <= token)
    }

    /// Whether a token is the first of its sentence.
    pub(crate) fn opens_sentence(&self, token: usize) -> bool {
        self.sentences
            .binary_search_by_key(&token, |sentence| sentence.tokens.start)
            .is_ok()
    }

    /// What stands between a token and the next.
    pub(crate) fn gap(&self, token: usize) -> &str {
        let text = self.source.text.as_str();
        let end = self.tokens.get(token + 1).map_or(text.len(), |next| next.start);
        &text[self.tokens[token].end..end]
    }

    /// The normal text of a run of tokens.
    pub(crate) fn text(&self, tokens: Range<usize>) -> &str {
        if tokens.is_empty() {
            return "";
        }
        &self.source.text.as_str()[self.tokens[tokens.start].start..self.tokens[tokens.end - 1].end]
    }

    /// The bytes of the original that a run of tokens stands for.
    pub(crate) fn span(&self, tokens: Range<usize>) -> Range<usize> {
        if tokens.is_empty() {
            return 0..0;
        }
        self.source
            .text
            .origin(self.tokens[tokens.start].start..self.tokens[tokens.end - 1].end)
    }
}

/// The sentences of a paragraph: UAX #29 breaks, joined again after abbreviations, initials, and before small letters.
fn sentence_bounds(line: &str, language: Language) -> Vec<(Range<usize>, bool)> {
    let mut bounds: Vec<(Range<usize>, bool)> = Vec::new();
    for (at, sentence) in line.split_sentence_bound_indices() {
        let end = at + sentence.len();
        let question = sentence
            .trim_end()
            .trim_end_matches(['"', '”', '»', '\'', ')'])
            .ends_with('?');
        match bounds.last_mut() {
            Some((previous, asked)) if continues(&line[previous.clone()], sentence, language) => {
                previous.end = end;
                *asked = question;
            }
            _ => bounds.push((at..end, question)),
        }
    }
    bounds
}

fn continues(before: &str, after: &str, language: Language) -> bool {
    // "host[.]org" has no end within.
    if ["[.]", "(.)", "{.}"].iter().any(|dot| before.ends_with(dot)) {
        return true;
    }
    let before = before.trim_end();
    if after
        .chars()
        .find(|c| c.is_alphanumeric())
        .is_some_and(char::is_lowercase)
        && !before.ends_with(['!', '?'])
    {
        return true;
    }
    let Some(head) = before.strip_suffix('.') else {
        return false;
    };
    let last = head
        .rsplit(|c: char| c.is_whitespace() || "([\"“'".contains(c))
        .next()
        .unwrap_or_default();
    let initial = last.chars().count() == 1 && last.chars().all(char::is_uppercase);
    let initials = last.contains('.')
        && last
            .split('.')
            .all(|p| p.chars().count() == 1 && p.chars().all(char::is_uppercase));
    let ordinal =
        language == Language::De && !last.is_empty() && last.len() < 3 && last.chars().all(|c| c.is_ascii_digit());
    initial || initials || ordinal || language.lexicon().has(Class::Abbreviation, &last.to_lowercase())
}

/// Which quotation is open, carried from paragraph to paragraph.
#[derive(Debug, Default)]
struct Quotations {
    open: Option<char>,
    count: u32,
}

impl Quotations {
    fn mark(&mut self, line: &str, offset: usize, tokens: &mut [Token]) {
        let first = line.trim_start().chars().next();
        if line.trim().is_empty() {
            return;
        }
        // A quotation that runs on opens each paragraph anew; one that does not was left open by mistake.
        let carried = self.open.is_some() && first.is_some_and(|c| "\"“„«»".contains(c));
        if !carried {
            self.open = None;
        }
        let mut skip = carried;
        let mut next = 0;
        for (at, c) in line.char_indices().filter(|(_, c)| "\"“”„«»".contains(*c)) {
            while next < tokens.len() && tokens[next].start < offset + at {
                tokens[next].quote = if self.open.is_some() { self.count } else { 0 };
                next += 1;
            }
            if std::mem::take(&mut skip) {
                continue;
            }
            match (self.open, c) {
                (None, '”') => {}
                (None, _) => {
                    self.open = Some(c);
                    self.count += 1;
                }
                (Some('„'), '“' | '”') | (Some('»'), '«') | (Some('«'), '»') | (Some(_), '”' | '"') => {
                    self.open = None;
                }
                (Some(_), _) => {}
            }
        }
        for token in &mut tokens[next..] {
            token.quote = if self.open.is_some() { self.count } else { 0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::read_bytes;

    fn document(text: &str) -> Document {
        Document::new(read_bytes("t.txt", text.as_bytes()).expect("text").remove(0))
    }

    #[test]
    fn sentences_survive_abbreviations_and_initials() {
        for (text, count) in [
            ("Mr. Hale met J. R. Moss on Jan. 3 in the U.S. Senate. They left.", 2),
            ("Der Minister kam am 3. Mai. Er ging.", 2),
            ("\"It is so,\" she said. \"Is it?\" he asked.", 2),
            ("One\n\nTwo", 2),
        ] {
            let document = document(text);
            let got: Vec<_> = document
                .sentences
                .iter()
                .map(|s| document.text(s.tokens.clone()))
                .collect();
            assert_eq!(got.len(), count, "{got:?}");
        }
    }

    #[test]
    fn a_quotation_stays_open_across_paragraphs() {
        let document = document("Moss said: “The list is old.\n\n“It was copied twice.” Nobody answered.");
        let quoted: Vec<_> = (0..document.tokens.len())
            .filter(|t| document.tokens[*t].quote == 1)
            .map(|t| document.word(t).text.clone())
            .collect();
        assert_eq!(quoted.join(" "), "The list is old It was copied twice");
    }
}
