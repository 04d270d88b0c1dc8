//! Which parts of a page are its main text, as a library for reading views sees it (docs/adr/0021), and which stand beside it.

use std::collections::HashMap;
use std::ops::Range;

use html5gum::{Token, Tokenizer};

use super::tags::bounded;

/// Open elements beyond which a page is no page of people, and a tree of it would be walked too deep for a thread's stack.
const MAX_DEPTH: usize = 256;
/// Elements that a parser opens again in each block that follows while they are open (WHATWG HTML §13.2.4.3).
const FORMATTING: [&str; 14] = [
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];
/// Elements without an end tag, or with one that is left out where the next begins.
const OPEN_ENDED: [&str; 24] = [
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p",
    "param", "source", "tbody", "td", "th", "tr", "track", "wbr", "body",
];
/// Elements that a tree of the page may have, those that are opened again among them: some hundred megabytes.
const MAX_ELEMENTS: usize = 1 << 18;
/// Letters of a sentence that is hardly the same as another.
const SENTENCE: usize = 25;
/// Letters before and behind the place reached in the main text in which a paragraph is looked for: both run in the same order.
const WINDOW: usize = 8 << 10;

/// The places of `text`, the visible text of `source`, that are not in its main text. None where no main text is found, and
/// where a tree of the page would be too deep or too large.
pub(super) fn beside(source: &str, text: &str) -> Vec<Range<usize>> {
    if !within_bounds(source) {
        return Vec::new();
    }
    let Ok(article) = legible::parse(source, None, None) else {
        return Vec::new();
    };
    // The title is taken out of the main text, and a headline tells as much as any sentence.
    let mut main = MainText {
        letters: letters(&article.title) + &letters(&article.text_content),
        reached: 0,
    };
    let mut places = Vec::new();
    let mut start = 0;
    for paragraph in text.split("\n\n") {
        let place = start..start + paragraph.len();
        start = place.end + 2;
        if !paragraph.trim().is_empty() && !main.has(paragraph) {
            places.push(place);
        }
    }
    places
}

/// The letters of a page's main text, and how far its paragraphs have been met.
struct MainText {
    letters: String,
    reached: usize,
}

impl MainText {
    /// Whether a paragraph is of the main text: whole, or with one of its sentences.
    fn has(&mut self, paragraph: &str) -> bool {
        let sentences = paragraph.split_inclusive(['.', '!', '?', '…']).map(letters);
        let mut long = sentences.filter(|sentence| sentence.len() >= SENTENCE);
        long.any(|sentence| self.find(&sentence)) || self.find(&letters(paragraph))
    }

    fn find(&mut self, letters: &str) -> bool {
        let boundary = |at: usize| {
            (0..=at.min(self.letters.len()))
                .rev()
                .find(|at| self.letters.is_char_boundary(*at))
        };
        let from = boundary(self.reached.saturating_sub(WINDOW)).unwrap_or(0);
        let to = boundary(self.reached + letters.len() + WINDOW).unwrap_or(0);
        let at = self.letters[from..to].find(letters);
        if let Some(at) = at
            && letters.len() >= SENTENCE
        {
            self.reached = from + at + letters.len();
        }
        at.is_some()
    }
}

/// The letters and digits of a text, in lower case: white space and marks differ between two ways to read a page.
fn letters(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Whether the tree of a page is of a depth and size that may be built.
fn within_bounds(source: &str) -> bool {
    let (reader, emitter, stopped) = bounded(source);
    let (mut depth, mut formatting, mut elements) = (0usize, 0usize, 0usize);
    let mut open: HashMap<Vec<u8>, usize> = HashMap::new();
    for token in Tokenizer::new_with_emitter(reader, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let named = |names: &[&str]| names.iter().any(|name| name.as_bytes() == &tag.name[..]);
                elements += 1 + formatting;
                if named(&FORMATTING) {
                    formatting += 1;
                    *open.entry(tag.name.to_vec()).or_default() += 1;
                }
                depth += usize::from(!named(&OPEN_ENDED));
            }
            Token::EndTag(tag) => {
                if let Some(count) = open.get_mut(&tag.name[..]).filter(|count| **count > 0) {
                    *count -= 1;
                    formatting -= 1;
                }
                depth = depth.saturating_sub(usize::from(!OPEN_ENDED.iter().any(|n| n.as_bytes() == &tag.name[..])));
            }
            _ => {}
        }
        if depth > MAX_DEPTH || elements > MAX_ELEMENTS {
            return false;
        }
    }
    !stopped.get()
}
