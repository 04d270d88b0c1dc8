//! The visible text of an HTML page. A tokenizer and no tree: nesting costs nothing, however deep.

use html5gum::{Token, Tokenizer};

use super::tags::{MAX_ATTRIBUTES, bounded};
use super::{Extract, MappedText, Warning};

/// Elements whose content a reader does not see.
const HIDDEN: [&str; 8] = [
    "script", "style", "noscript", "template", "head", "svg", "iframe", "object",
];
/// Elements that run on within a line; every other element ends a paragraph.
const INLINE: [&str; 36] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "label", "mark", "output", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr", "nobr",
];
/// The longest character reference of HTML is `&CounterClockwiseContourIntegral;`, 33 bytes.
const LONGEST_REFERENCE: usize = 40;

/// The visible text of `source`, with the page's title and date of publication where it names them.
pub(super) fn extract(source: &str, warnings: &mut Vec<Warning>) -> Extract {
    let mut mapped = MappedText::default();
    let mut extract = Extract::default();
    let mut hidden: Option<(Vec<u8>, usize)> = None;
    let mut in_title = false;
    let (reader, emitter, stopped) = bounded(source);
    let mut end = 0;
    for token in Tokenizer::new_with_emitter(reader, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                end = tag.span.end;
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                if name == "meta" || name == "time" {
                    note_date(&tag, &mut extract);
                }
                if name == "html" && extract.language.is_none() {
                    let language = tag.attributes.get(&b"lang"[..]);
                    extract.language = language.map(|tag| String::from_utf8_lossy(tag).into_owned());
                }
                in_title = name == "title";
                match &mut hidden {
                    Some((outer, depth)) if outer == name.as_bytes() && !tag.self_closing => *depth += 1,
                    Some(_) if name == "body" => hidden = None,
                    None if HIDDEN.contains(&name.as_str()) && !tag.self_closing => {
                        hidden = Some((name.into_bytes(), 1));
                    }
                    None if name == "q" => mapped.push_whole("“", end..end),
                    None if !INLINE.contains(&name.as_str()) => break_paragraph(&mut mapped, tag.span.start),
                    _ => {}
                }
            }
            Token::EndTag(tag) => {
                end = tag.span.end;
                in_title = false;
                let name = String::from_utf8_lossy(&tag.name);
                if let Some((outer, depth)) = &mut hidden {
                    if outer == name.as_bytes() {
                        *depth -= 1;
                        if *depth == 0 {
                            hidden = None;
                        }
                    }
                } else if name == "q" {
                    mapped.push_whole("”", tag.span.start..tag.span.start);
                } else if !INLINE.contains(&&*name) {
                    break_paragraph(&mut mapped, tag.span.start);
                }
            }
            Token::String(text) => {
                if in_title && extract.title.is_none() {
                    extract.title = Some(htmlize::unescape(String::from_utf8_lossy(&text)).trim().to_owned());
                }
                if hidden.is_none()
                    && let Some(raw) = source.get(text.span.start..text.span.end.min(source.len()))
                {
                    unescape(raw, text.span.start, &mut mapped);
                }
                end = text.span.end;
            }
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    if stopped.get() {
        warnings.push(Warning::new(
            "html",
            format!(
                "a tag behind byte {end} has more than {MAX_ATTRIBUTES} attributes; what follows is read as plain text"
            ),
        ));
        // Nothing is missed silently.
        unescape(&source[end.min(source.len())..], end, &mut mapped);
    } else if hidden.is_some() {
        warnings.push(Warning::new(
            "html",
            format!("an element that hides its content is never closed; text near byte {end} may be left out"),
        ));
        if mapped.as_str().trim().is_empty() {
            // Nothing is missed silently: a page that would read as empty is scanned in full instead.
            unescape(source, 0, &mut mapped);
        }
    }
    extract.text = mapped;
    extract
}

fn break_paragraph(mapped: &mut MappedText, at: usize) {
    if !mapped.as_str().ends_with("\n\n") {
        mapped.push_whole("\n\n", at..at);
    }
}

fn note_date(tag: &html5gum::StartTag<usize>, extract: &mut Extract) {
    let get = |name: &str| {
        tag.attributes
            .get(name.as_bytes())
            .map(|v| String::from_utf8_lossy(v).into_owned())
    };
    let key = get("property").or_else(|| get("name")).or_else(|| get("itemprop"));
    let dated = matches!(
        key.as_deref(),
        Some("article:published_time" | "datePublished" | "date" | "dc.date")
    );
    if extract.published.is_none() {
        extract.published = if dated { get("content") } else { get("datetime") };
    }
}

/// Decodes character references, each mapped as a whole. White space inside a line stays; line ends become spaces.
pub(super) fn unescape(raw: &str, from: usize, mapped: &mut MappedText) {
    let mut plain = 0;
    let bytes = raw.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'&' => {
                let mut limit = (at + LONGEST_REFERENCE).min(raw.len());
                while !raw.is_char_boundary(limit) {
                    limit -= 1;
                }
                let length = raw[at..limit].find(';').map(|i| i + 1);
                let decoded = length.map(|l| htmlize::unescape(&raw[at..at + l]));
                match (length, decoded) {
                    (Some(length), Some(decoded)) if !decoded.starts_with('&') || &raw[at..at + length] == "&amp;" => {
                        mapped.push_linear(&raw[plain..at], from + plain);
                        mapped.push_whole(&decoded, from + at..from + at + length);
                        at += length;
                        plain = at;
                    }
                    _ => at += 1,
                }
            }
            b'\n' | b'\r' => {
                mapped.push_linear(&raw[plain..at], from + plain);
                mapped.push_whole(" ", from + at..from + at + 1);
                at += 1;
                plain = at;
            }
            _ => at += 1,
        }
    }
    mapped.push_linear(&raw[plain..], from + plain);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visible_text_only_with_exact_offsets() {
        let source = "<html><head><title>T &amp; U</title><style>p{}</style></head><body><p>One&nbsp;<b>two</b></p><script>no()</script><div>three &eacute;</div>";
        let extract = extract(source, &mut Vec::new());
        assert_eq!(extract.title.as_deref(), Some("T & U"));
        let text = extract.text.as_str();
        assert_eq!(
            text.split("\n\n").filter(|p| !p.trim().is_empty()).collect::<Vec<_>>(),
            ["One\u{a0}two", "three é"]
        );
        let at = text.find('é').expect("é is in the text");
        let range = extract.text.origin(at..at + 2);
        assert_eq!(&source[range], "&eacute;");
    }

    #[test]
    fn nesting_a_million_deep_is_read() {
        let source = format!("{}deep{}", "<div>".repeat(1_000_000), "</div>".repeat(10));
        assert_eq!(extract(&source, &mut Vec::new()).text.as_str().trim(), "deep");
    }

    #[test]
    fn an_unclosed_hidden_element_is_said() {
        let mut warnings = Vec::new();
        let extract = extract("<noscript>the plot text", &mut warnings);
        assert!(extract.text.as_str().contains("the plot text"));
        assert_eq!(warnings.len(), 1);
    }
}
