//! The sentences of a text, with their places in the original.

use crate::document::Document;
use crate::report::Span;
use crate::text::Source;

/// The sentences of a text in order, each with its bytes in the original. What stands between them belongs to none.
///
/// ```
/// use entente_watch::{sentences::sentences, text};
/// let source = text::read_bytes("note.md", b"The *courier* came. He left at 3 p.m. by boat.")?.remove(0);
/// let quotes: Vec<String> = sentences(&source).into_iter().map(|span| span.quote).collect();
/// assert_eq!(quotes, ["The *courier* came.", "He left at 3 p.m. by boat."]);
/// # Ok::<(), text::TextError>(())
/// ```
#[must_use]
pub fn sentences(source: &Source) -> Vec<Span> {
    let document = Document::new(source.clone());
    let spoken = document.sentences.iter().filter(|sentence| !sentence.tokens.is_empty());
    let mut cuts: Vec<usize> = spoken
        .map(|sentence| document.tokens[sentence.tokens.start].start)
        .collect();
    let text = document.source.text.as_str();
    cuts.push(text.len());
    cuts.windows(2)
        .filter_map(|cut| {
            let sentence = text.get(cut[0]..cut[1])?.trim_end();
            let origin = document.source.text.origin(cut[0]..cut[0] + sentence.len());
            Some(Span {
                quote: source.quote(origin.clone()),
                page: source.page(origin.start),
                part: source.part.clone(),
                start: origin.start,
                end: origin.end,
            })
        })
        .collect()
}
