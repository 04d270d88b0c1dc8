//! Wording apart from what happened: an event names its texts by salted commitments, so that a text can be destroyed and
//! the event stays provable.
//!
//! In an event as it is committed to, the text `"The port is watched."` stands as a [`reference`]:
//! `{"$text":"<64 hexadecimal digits>"}`. The digits are the SHA-256 of a salt of its own and the text's JSON literal.
//! Whoever is shown salt and text can check that just this text was recorded; whoever is not learns nothing, not even
//! whether two texts are the same.
//!
//! ```
//! use entente_ledger::{Wording, expand, reference};
//!
//! let text = Wording::new(br#""The port is watched.""#.to_vec());
//! let event = format!(r#"{{"text":{}}}"#, reference(&text.name()));
//! let whole = expand(event.as_bytes(), |name| Ok::<_, ()>((name == text.name()).then(|| text.literal().to_vec())))?;
//! assert_eq!(whole, br#"{"text":"The port is watched."}"#);
//! # Ok::<(), ()>(())
//! ```

use sha2::{Digest, Sha256};

use crate::leaf::{Salt, hex};

/// Separates these commitments from every other use of the hash.
const DOMAIN: &[u8] = b"entente/text/v1\0";
/// How a reference begins. Within a JSON string its quotes would be escaped, so that no text can look like one.
const BEGIN: &[u8] = br#"{"$text":""#;
const END: &[u8] = br#""}"#;
const DIGITS: usize = 64;
const SALT: usize = 32;

/// What stands in place of a text that was destroyed.
pub const DESTROYED: &str = r#""[content destroyed]""#;

/// A text as JSON writes it, with the salt of its commitment.
#[derive(Clone, PartialEq, Eq)]
pub struct Wording {
    salt: Salt,
    literal: Vec<u8>,
}

impl std::fmt::Debug for Wording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Wording({})", self.name())
    }
}

impl Wording {
    /// A text with a fresh salt.
    pub fn new(literal: Vec<u8>) -> Self {
        Self {
            salt: Salt::random(),
            literal,
        }
    }

    /// A text with its salt, as it was shown.
    pub fn opened(salt: Salt, literal: Vec<u8>) -> Self {
        Self { salt, literal }
    }

    /// What events call it: its salted commitment, in hexadecimal.
    pub fn name(&self) -> String {
        let digest = Sha256::new_with_prefix(DOMAIN)
            .chain_update(self.salt.as_bytes())
            .chain_update(&self.literal)
            .finalize();
        hex(&digest)
    }

    /// The text, with its quotes and escapes.
    pub fn literal(&self) -> &[u8] {
        &self.literal
    }

    /// The salt.
    pub fn salt(&self) -> &Salt {
        &self.salt
    }

    /// Salt and text in one piece, to be sealed.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.salt.as_bytes(), &self.literal].concat()
    }

    /// Reads what [`Wording::to_bytes`] wrote; `None` where it is too short.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (salt, literal) = bytes.split_at_checked(SALT)?;
        Some(Self::opened(Salt::from_bytes(salt)?, literal.to_vec()))
    }
}

/// How a text is named in an event.
pub fn reference(name: &str) -> String {
    format!(r#"{{"$text":"{name}"}}"#)
}

/// Whether an event holds anything that looks like a reference: an event in plain words never does.
pub fn has_references(event: &[u8]) -> bool {
    find(event, BEGIN).is_some()
}

/// The names of the texts that an event refers to, in order.
pub fn names(event: &[u8]) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = event;
    while let Some((_, name, after)) = next(rest) {
        all.push(name.to_owned());
        rest = after;
    }
    all
}

/// The event in plain words. `literal` gives a text by its name; where it gives none, [`DESTROYED`] stands in its place.
///
/// # Errors
/// What `literal` fails with.
pub fn expand<E>(event: &[u8], mut literal: impl FnMut(&str) -> Result<Option<Vec<u8>>, E>) -> Result<Vec<u8>, E> {
    let mut whole = Vec::with_capacity(event.len());
    let mut rest = event;
    while let Some((before, name, after)) = next(rest) {
        whole.extend_from_slice(before);
        match literal(name)? {
            Some(text) => whole.extend_from_slice(&text),
            None => whole.extend_from_slice(DESTROYED.as_bytes()),
        }
        rest = after;
    }
    whole.extend_from_slice(rest);
    Ok(whole)
}

/// What stands before the next reference, its name, and what follows it.
fn next(event: &[u8]) -> Option<(&[u8], &str, &[u8])> {
    let at = find(event, BEGIN)?;
    let (before, rest) = event.split_at_checked(at)?;
    let rest = rest.get(BEGIN.len()..)?;
    let (name, rest) = rest.split_at_checked(DIGITS)?;
    let name = str::from_utf8(name)
        .ok()
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    Some((before, name, rest.strip_prefix(END)?))
}

fn find(event: &[u8], what: &[u8]) -> Option<usize> {
    event.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_look_like_a_reference() {
        let hostile = serde_json::to_vec(&serde_json::json!({ "text": reference(&"a".repeat(64)) })).expect("JSON");
        assert!(!has_references(&hostile));
        assert!(names(&hostile).is_empty());
        let same = expand(&hostile, |_| Ok::<_, ()>(None));
        assert_eq!(same, Ok(hostile));
    }

    #[test]
    fn equal_texts_have_different_names() {
        let (one, other) = (Wording::new(b"\"same\"".to_vec()), Wording::new(b"\"same\"".to_vec()));
        assert_ne!(one.name(), other.name());
        assert_eq!(
            Wording::from_bytes(&one.to_bytes()).map(|read| read.name()),
            Some(one.name())
        );
    }

    #[test]
    fn what_was_destroyed_leaves_its_place() {
        let event = format!(r#"{{"a":{},"b":2}}"#, reference(&"0".repeat(64)));
        let whole = expand(event.as_bytes(), |_| Ok::<_, ()>(None));
        assert_eq!(whole, Ok(br#"{"a":"[content destroyed]","b":2}"#.to_vec()));
    }
}
