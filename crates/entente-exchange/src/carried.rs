//! What a report carries through untouched: objects of another format, in the text of a portion of their own, so that they are
//! marked, decided about, sealed and purged like any text.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

/// An object in the text of a portion, below a line that says what it is.
pub(crate) fn block(format: &str, says: &str, value: &Value) -> String {
    let says = entente_core::plain::line(says);
    let says: String = says.chars().take(300).collect();
    format!("{}\n```{format}\n{}\n```", says.replace('`', "'"), plain_json(value))
}

/// The object in a text that [`block`] made of it, and its format.
pub(crate) fn open(text: &str) -> Option<(&str, Value)> {
    let (format, json) = inside(text)?;
    Some((format, serde_json::from_str(json).ok()?))
}

/// What an object is called.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Head<'t> {
    /// Its id.
    #[serde(borrow, default)]
    pub(crate) id: Option<Cow<'t, str>>,
    #[serde(borrow, default)]
    pub(crate) created: Option<Cow<'t, str>>,
    #[serde(borrow, default)]
    pub(crate) modified: Option<Cow<'t, str>>,
    #[serde(borrow, default)]
    pub(crate) spec_version: Option<Cow<'t, str>>,
}

/// What the object in a text is called, and its format, without the rest of it.
pub(crate) fn head(text: &str) -> Option<(&str, Head<'_>)> {
    let (format, json) = inside(text)?;
    Some((format, serde_json::from_str(json).ok()?))
}

/// The format and the JSON in a text.
fn inside(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once("\n```")?;
    let (format, rest) = rest.split_once('\n')?;
    let json = rest.strip_suffix("\n```")?;
    if json.contains('\n') || !matches!(format, "stix" | "misp" | "csaf" | "entente") {
        return None;
    }
    Some((format, json))
}

/// JSON in which no character acts on a terminal or on the order of reading: such characters are written by their numbers.
fn plain_json(value: &Value) -> String {
    let json = value.to_string();
    let shown = entente_core::plain::line(&json);
    if shown == json {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 16);
    for (c, shown) in json.chars().zip(shown.chars()) {
        if c == shown {
            out.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_carried_comes_out_as_it_went_in() {
        let value = json!({"type": "indicator", "name": "a`\n```\n\u{202e}b\u{7f}", "n": [1, 2.5, null, true], "pattern": "[x = '\u{1F600}']"});
        let text = block("stix", "an `indicator`\n\u{202e}", &value);
        assert!(!text.contains('\u{202e}') && text.matches('\n').count() == 3, "{text}");
        assert_eq!(open(&text), Some(("stix", value)));
        assert_eq!(open("plain text"), None);
        assert_eq!(open("a\n```sh\nls\n```"), None);
    }
}
