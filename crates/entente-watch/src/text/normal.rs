//! The form of a text in which it is compared: composed, without invisible characters, one kind of apostrophe and space.

use unicode_normalization::{IsNormalized, UnicodeNormalization, char::canonical_combining_class, is_nfkc_quick};

use super::MappedText;

/// Lines longer than this are paragraphs of their own; shorter ones were wrapped by hand (RFC 5322 wraps at 78).
const WRAPPED_LINE: usize = 100;
/// Marks stacked on one letter beyond which the rest is dropped (Unicode's stream-safe format allows 30).
const MAX_MARKS: usize = 30;

/// Paragraphs end with a line feed, everything else is on one line.
pub(super) fn normalise(text: &str) -> MappedText {
    let wrapped = is_wrapped(text);
    let mut mapped = MappedText::default();
    let mut chars = text.char_indices().peekable();
    let mut plain: Option<usize> = None;
    while let Some((at, c)) = chars.next() {
        if (c.is_ascii_graphic() || c == ' ') && chars.peek().is_none_or(|(_, next)| next.is_ascii()) {
            plain.get_or_insert(at);
            continue;
        }
        if let Some(start) = plain.take() {
            mapped.push_linear(&text[start..at], start);
        }
        let mut end = at + c.len_utf8();
        match c {
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                let mut feeds = usize::from(c != '\r');
                while let Some((next, follow)) = chars.next_if(|(_, follow)| follow.is_whitespace()) {
                    feeds += usize::from(matches!(follow, '\n' | '\u{2029}'));
                    end = next + follow.len_utf8();
                }
                let paragraph = feeds > 1 || !wrapped || c == '\u{2029}';
                mapped.push_whole(if paragraph { "\n" } else { " " }, at..end);
            }
            _ if is_invisible(c) => {}
            '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2BC}' | '\u{60}' | '\u{B4}' | '\u{FF07}' => {
                mapped.push_whole("'", at..end);
            }
            '\u{2010}' | '\u{2011}' | '\u{2212}' => mapped.push_whole("-", at..end),
            _ if c.is_whitespace() => mapped.push_whole(" ", at..end),
            _ => {
                let mut marks = 0;
                while let Some((next, mark)) = chars.next_if(|(_, mark)| is_mark(*mark) || is_invisible(*mark)) {
                    end = next + mark.len_utf8();
                    marks += 1;
                }
                let cluster = &text[at..end];
                if marks == 0 && is_nfkc_quick(cluster.chars()) == IsNormalized::Yes {
                    mapped.push_linear(cluster, at);
                } else {
                    let kept = cluster.chars().filter(|c| !is_invisible(*c)).take(MAX_MARKS);
                    mapped.push_whole(&kept.nfkc().collect::<String>(), at..end);
                }
            }
        }
    }
    if let Some(start) = plain {
        mapped.push_linear(&text[start..], start);
    }
    mapped
}

/// The same form for a short text whose place does not matter (an alternative, a value).
pub(crate) fn normal(text: &str) -> String {
    // Printable ASCII is in that form already.
    if text.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        return text.trim().to_owned();
    }
    normalise(text).as_str().trim().to_owned()
}

fn is_mark(c: char) -> bool {
    // Vowel and final jamo compose with what stands before them (Unicode §3.12) and are no combining marks.
    canonical_combining_class(c) != 0 || ('\u{1160}'..='\u{11FF}').contains(&c)
}

/// Soft hyphen, zero-width characters, bidi controls (UAX #9), variation selectors, tags.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether single line feeds are only wrapping: no long line, and most lines end without a full stop.
fn is_wrapped(text: &str) -> bool {
    let (mut lines, mut stopped) = (0usize, 0usize);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(1_000) {
        if line.len() > WRAPPED_LINE {
            return false;
        }
        lines += 1;
        stopped += usize::from(line.ends_with(['.', '!', '?', '"', '”']));
    }
    lines > 2 && stopped * 2 < lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_and_composed_characters() {
        for (given, expected) in [
            ("pl\u{AD}ot", "plot"),
            ("p\u{200B}l\u{2060}ot", "plot"),
            ("\u{202E}plot\u{202C}", "plot"),
            ("cafe\u{301}", "café"),
            ("e\u{200B}\u{301}", "é"),
            ("ﬁle №", "file No"),
            ("a\u{A0}b\u{202F}c", "a b c"),
            ("Trade’s", "Trade's"),
            ("ｐｌｏｔ", "plot"),
            ("one\r\n\r\ntwo", "one\ntwo"),
        ] {
            assert_eq!(normalise(given).as_str(), expected, "{given:?}");
        }
    }

    #[test]
    fn spans_cover_what_was_removed_inside_them() {
        let given = "the p\u{200B}lo\u{AD}t is";
        let mapped = normalise(given);
        let at = mapped.as_str().find("plot").expect("joined");
        assert_eq!(&given[mapped.origin(at..at + 4)], "p\u{200B}lo\u{AD}t");
    }
}
