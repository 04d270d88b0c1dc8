//! The visible text of a Markdown page.

use pulldown_cmark::{Event, Options, Parser, TagEnd};

use super::{Extract, MappedText, html};

/// The text of `source` without its marks; embedded HTML is read as HTML.
pub(super) fn extract(source: &str) -> Extract {
    let mut mapped = MappedText::default();
    for (event, range) in
        Parser::new_ext(source, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH).into_offset_iter()
    {
        match event {
            Event::Text(text) => match source.get(range.clone()) {
                Some(raw) if raw == &*text => mapped.push_linear(&text, range.start),
                _ => mapped.push_whole(&text, range),
            },
            Event::Code(text) => match source[range.clone()].find(&*text) {
                Some(at) => mapped.push_linear(&text, range.start + at),
                None => mapped.push_whole(&text, range),
            },
            Event::SoftBreak => mapped.push_whole(" ", range),
            Event::HardBreak => mapped.push_whole("\n\n", range.start..range.start),
            Event::Html(_) | Event::InlineHtml(_) => {
                let inner = html::extract(&source[range.clone()], &mut Vec::new());
                let outer = MappedText::identity(&source[range.clone()], range.start);
                mapped.append_through(&inner.text, &outer);
            }
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::Item
                | TagEnd::TableCell
                | TagEnd::CodeBlock
                | TagEnd::BlockQuote(_),
            ) => {
                mapped.push_whole("\n\n", range.end..range.end);
            }
            _ => {}
        }
    }
    Extract {
        text: mapped,
        ..Extract::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_offsets_stay() {
        let source = "# Head\n\nThe **plot** was [named](http://x.example) &amp; `shown`.\n";
        let extract = extract(source);
        let text = extract.text.as_str();
        assert_eq!(text.trim(), "Head\n\nThe plot was named & shown.");
        let at = text.find("named").expect("the word is in the text");
        assert_eq!(&source[extract.text.origin(at..at + 5)], "named");
    }
}
