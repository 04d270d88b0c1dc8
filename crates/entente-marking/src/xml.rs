//! Reading XML from strangers: no document type, no entities, bounded size, node count and depth.

use roxmltree::{Document, Node, ParsingOptions};

/// The largest XML text that is read. National policies with every country and language stay below 1 MiB.
pub(crate) const MAX_BYTES: usize = 4 << 20;
/// The most nodes (elements, attributes' elements, texts) in one document; a policy of 1 MiB has about 40,000.
const MAX_NODES: u32 = 200_000;
/// The most attributes of one element: the parser compares each with all others. The vocabulary of a policy needs 12.
const MAX_ATTRIBUTES: usize = 256;
/// The deepest nesting. The vocabulary of a policy needs 8, a label 5; extensions get some room.
const MAX_DEPTH: u16 = 32;

/// Why a text was not read as XML, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct XmlFault {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) reason: String,
    pub(crate) remedy: &'static str,
}

/// Parses `text` within the bounds.
pub(crate) fn read(text: &str) -> Result<Document<'_>, XmlFault> {
    if text.len() > MAX_BYTES {
        return Err(XmlFault {
            line: 1,
            column: 1,
            reason: format!("the text has {} bytes; at most {MAX_BYTES} are read", text.len()),
            remedy: "leave out extensions or split the policy",
        });
    }
    check_tags(text)?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| {
        let at = error.pos();
        XmlFault {
            line: at.row,
            column: at.col,
            reason: error.to_string(),
            remedy: match error {
                roxmltree::Error::DtdDetected => "remove the document type declaration; it is never needed here",
                roxmltree::Error::NodesLimitReached => "leave out extensions or split the policy",
                _ => "correct the XML at this place",
            },
        }
    })
}

/// Refuses deep nesting, and tags of very many attributes, before the parser sees them.
fn check_tags(text: &str) -> Result<(), XmlFault> {
    let mut depth: u16 = 0;
    let mut rest = text;
    while let Some(place) = rest.find('<') {
        rest = &rest[place..];
        let end = match rest.as_bytes() {
            [b'<', b'!', b'-', b'-', ..] => rest.find("-->"),
            [b'<', b'!', b'[', ..] => rest.find("]]>"),
            [b'<', b'?', ..] => rest.find("?>"),
            _ => {
                let (end, values) = tag_end(rest);
                if values > MAX_ATTRIBUTES {
                    return Err(surplus(
                        text,
                        rest,
                        format!("an element has more than {MAX_ATTRIBUTES} attributes"),
                        "the vocabulary needs at most 12; remove the surplus attributes",
                    ));
                }
                end
            }
        };
        // Without an end, the parser says what is wrong.
        let Some(end) = end else { return Ok(()) };
        match rest.as_bytes()[1] {
            b'!' | b'?' => {}
            b'/' => depth = depth.saturating_sub(1),
            _ if rest.as_bytes()[end - 1] == b'/' => {}
            _ => depth += 1,
        }
        if depth > MAX_DEPTH {
            return Err(surplus(
                text,
                rest,
                format!("elements are nested deeper than {MAX_DEPTH}"),
                "the vocabulary needs at most 8 levels; remove the surplus elements",
            ));
        }
        rest = &rest[end..];
    }
    Ok(())
}

/// Too much of something, where `rest` of `text` begins.
fn surplus(text: &str, rest: &str, reason: String, remedy: &'static str) -> XmlFault {
    let before = &text[..text.len() - rest.len()];
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    XmlFault {
        line: u32::try_from(before.split('\n').count()).unwrap_or(u32::MAX),
        column: u32::try_from(column).unwrap_or(u32::MAX),
        reason,
        remedy,
    }
}

/// Where the `>` of the tag at the beginning of `text` stands, quoted values apart, never at 0; and how many quoted values
/// there are before it, or before the end of the text.
fn tag_end(text: &str) -> (Option<usize>, usize) {
    let (mut quote, mut values) = (None, 0);
    let end = text.bytes().position(|byte| match (quote, byte) {
        (None, b'>') => true,
        (None, b'"' | b'\'') => {
            quote = Some(byte);
            values += 1;
            false
        }
        (Some(open), close) => {
            if open == close {
                quote = None;
            }
            false
        }
        (None, _) => false,
    });
    (end, values)
}

/// A fault at `node`.
pub(crate) fn fault(node: Node<'_, '_>, reason: impl Into<String>, remedy: &'static str) -> XmlFault {
    let at = node.document().text_pos_at(node.range().start);
    XmlFault {
        line: at.row,
        column: at.col,
        reason: reason.into(),
        remedy,
    }
}

/// Escapes `text` for an attribute or element content.
pub(crate) fn escape(text: &str) -> String {
    // Tabs and ends of lines are kept from white space normalisation on reading.
    escape_content(text).replace('\t', "&#9;").replace('\n', "&#10;")
}

/// Escapes `text` for the content of an element, where tabs and ends of lines stand as they are (XML 1.0, sections 2.4 and 2.11).
///
/// ```
/// assert_eq!(entente_marking::stanag::escape_content("a < b\r\n\u{7}"), "a &lt; b&#13;\n\u{fffd}");
/// ```
pub fn escape_content(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            // A reader would take it for the end of a line.
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            // XML 1.0 has no way to write other control characters.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
