//! Whether something is still as a program saw it: entity tags, and what is done only as long as one of them fits (`If-Match`,
//! RFC 9110 13.1.1).
//!
//! A tag names the address that it is of, after a digest of what this caller saw there: so whatever was read can be the condition
//! of whatever is done, and the program says nothing but the tag.

use axum::http::{HeaderMap, Uri, header};
use ring::digest;

use super::values::Offer;
use crate::pages::{Desk, Trouble};
use crate::persons::{code, hex};

/// Characters of the digest.
const DIGEST: usize = 32;
/// The most tags of one condition: each is an answer that is made again.
const MOST: usize = 8;

/// What a program asked for: any of these tags has to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Conditions(Option<Vec<String>>);

/// The tag of what a caller sees at an address: a digest under a key of this process, which says nothing of what they do not see.
pub(super) fn tag(desk: &Desk, uri: &Uri, body: &[u8]) -> String {
    static KEY: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    // Without chance a tag is an unkeyed digest of what the caller sees anyway.
    let key = KEY.get_or_init(|| code(32).unwrap_or_default());
    let at = uri.path_and_query().map_or("/", |at| at.as_str());
    let mut keyed = format!("{key} {} {at} ", desk.me()).into_bytes();
    keyed.extend_from_slice(body);
    let digest = hex(digest::digest(&digest::SHA256, &keyed).as_ref());
    format!("\"{}@{at}\"", digest.get(..DIGEST).unwrap_or_default())
}

impl Conditions {
    /// What the head of a request asks for.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let given: Vec<&str> = headers
            .get_all(header::IF_MATCH)
            .iter()
            .map(|value| value.to_str().unwrap_or_default())
            .collect();
        Self((!given.is_empty()).then(|| tags(&given.join(","))))
    }

    /// Whether nothing was asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Refuses what is not to be done any more: nothing is as the program saw it.
    ///
    /// # Errors
    /// What to do then, or that a tag is none of this interface.
    pub(super) fn hold(&self, desk: &mut Desk) -> Result<(), Trouble> {
        let Some(tags) = &self.0 else { return Ok(()) };
        if tags.is_empty() || tags.len() > MOST {
            return Err(Trouble::Unreadable(format!(
                "`If-Match`: give 1 to {MOST} entity tags, or `*`"
            )));
        }
        for given in tags {
            if given == "*" || fits(desk, given)? {
                return Ok(());
            }
        }
        Err(Trouble::Changed(
            "what `If-Match` names is not any more as you saw it, and nothing was done: read it again, look at what has changed, and \
             send the command with the new `ETag`"
                .to_owned(),
        ))
    }
}

/// The tags of a list; commas stand in tags as well.
fn tags(list: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = list.trim_matches([' ', ',', '\t']);
    while !rest.is_empty() {
        let end = match rest.strip_prefix('"').and_then(|inner| inner.find('"')) {
            Some(end) => end + 2,
            None => rest.find(',').unwrap_or(rest.len()),
        };
        let (one, after) = rest.split_at(end);
        all.push(one.trim().to_owned());
        rest = after.trim_start_matches([' ', ',', '\t']);
    }
    all
}

/// Whether a tag is that of what the caller would see now. That it was compared is no reading of it, and shows nothing.
fn fits(desk: &mut Desk, given: &str) -> Result<bool, Trouble> {
    let foreign = || {
        Trouble::Unreadable(
            "`If-Match`: a tag is none that this interface gave; take the `ETag` of what you read, as it is".to_owned(),
        )
    };
    let inner = given.strip_prefix('"').and_then(|given| given.strip_suffix('"'));
    let (digest, at) = inner.and_then(|inner| inner.split_once('@')).ok_or_else(foreign)?;
    let uri: Uri = at.parse().map_err(|_| foreign())?;
    let (offer, id) = Offer::at(&uri).filter(|_| digest.len() == DIGEST).ok_or_else(foreign)?;
    if !desk.may(offer.act) {
        return Ok(false);
    }
    desk.compares = true;
    let value = offer.value(desk, &id, &uri);
    desk.compares = false;
    match value {
        Ok(value) => {
            let body = serde_json::to_vec(&value).map_err(|error| Trouble::Broken(error.to_string()))?;
            Ok(tag(desk, &uri, &body) == given)
        }
        Err(broken @ Trouble::Broken(_)) => Err(broken),
        Err(_) => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_apart_whatever_stands_in_them() {
        for (list, found) in [
            ("\"a@/x?people=A,B\"", vec!["\"a@/x?people=A,B\""]),
            ("\"a\", \"b\"", vec!["\"a\"", "\"b\""]),
            ("*", vec!["*"]),
            (" , ", vec![]),
            ("W/\"a\", x", vec!["W/\"a\"", "x"]),
            ("\"a", vec!["\"a"]),
        ] {
            assert_eq!(tags(list), found, "{list}");
        }
    }
}
