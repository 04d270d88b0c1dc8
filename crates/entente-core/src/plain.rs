//! Texts of others without what would act on a terminal, turn its reading round, or pass for a line of ours.
//!
//! Every message passes here before it is taken in, whatever its kind and fields, so that no face has to remember it.

use serde_json::Value;

use crate::message::Message;
use crate::written::Signed;

/// What stands in the place of a character that is not shown.
const HIDDEN: char = '\u{FFFD}';

/// Characters that change the direction of reading, or break a line where none is seen.
fn turns(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A text of several lines: only line breaks and tabs are left of what acts.
pub fn text(text: &str) -> String {
    let acts = |c: char| (c.is_control() && c != '\n' && c != '\t') || turns(c);
    text.chars().map(|c| if acts(c) { HIDDEN } else { c }).collect()
}

/// Words that belong on one line.
pub fn line(words: &str) -> String {
    let one = |c: char| match c {
        '\n' | '\r' | '\t' | '\u{0085}' | '\u{2028}' | '\u{2029}' => ' ',
        c if c.is_control() || turns(c) => HIDDEN,
        c => c,
    };
    words.chars().map(one).collect()
}

fn is_plain(words: &str, several_lines: bool) -> bool {
    let mut all = words.chars();
    !all.any(|c| (c.is_control() && !(several_lines && (c == '\n' || c == '\t'))) || turns(c))
}

/// The fields that may have several lines: texts of portions.
const TEXTS: [&str; 1] = ["text"];

fn walk(value: &mut Value, several_lines: bool) {
    match value {
        Value::String(words) if !is_plain(words, several_lines) => {
            *words = if several_lines { text(words) } else { line(words) };
        }
        Value::Array(all) => all.iter_mut().for_each(|each| walk(each, several_lines)),
        Value::Object(fields) => {
            for (name, each) in fields {
                walk(each, TEXTS.contains(&name.as_str()));
            }
        }
        _ => {}
    }
}

/// What was signed by itself, taken out of a message so that it stays as it was signed.
fn signed(message: &mut Message) -> Vec<&mut Vec<Signed>> {
    match message {
        Message::Delivery { part, .. } => vec![&mut part.writings],
        Message::Answer { consents, .. } => consents.iter_mut().map(|consent| &mut consent.life.signed).collect(),
        _ => Vec::new(),
    }
}

/// A message whose words show as what they are. What was signed by itself stays as it was signed.
pub(crate) fn message(mut message: Message) -> Message {
    if matches!(message, Message::KeySuccession(_)) {
        return message;
    }
    let kept: Vec<Vec<Signed>> = signed(&mut message).into_iter().map(std::mem::take).collect();
    let Ok(mut value) = serde_json::to_value(&message) else {
        return message;
    };
    walk(&mut value, false);
    let mut plain = serde_json::from_value(value).unwrap_or(message);
    for (place, kept) in signed(&mut plain).into_iter().zip(kept) {
        *place = kept;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_not_shown() {
        let hostile = "a\u{1b}[2Jb\u{202E}c\r\nd\u{2028}e\u{0085}f\tg";
        assert_eq!(line(hostile), "a\u{FFFD}[2Jb\u{FFFD}c  d e f g");
        assert_eq!(text(hostile), "a\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}\nd\u{FFFD}e\u{FFFD}f\tg");
        for plain in ["", "Ærø ▒ 東京 עברית", "a b"] {
            assert_eq!((line(plain), text(plain)), (plain.to_owned(), plain.to_owned()));
        }
    }
}
