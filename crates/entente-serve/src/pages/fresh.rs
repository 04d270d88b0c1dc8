//! Whether a page is still as it was seen: a script asks once a minute, with the tag of what it saw (RFC 9110, 13.1.2). What it is
//! answered shows no text, opens nothing, and keeps nobody signed in.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use ring::digest;

use crate::persons::hex;

/// By what a script says that it only looks again.
const POLL: &str = "entente-poll";
/// Characters of a tag: a collision shows nobody anything, but leaves a page as it was for a minute.
const DIGEST: usize = 32;

/// That a request only looks again, and the tags of what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Poll {
    seen: String,
}

impl Poll {
    /// What the head of a request says.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        text(POLL)?;
        Some(Self {
            seen: text(header::IF_NONE_MATCH.as_str()).unwrap_or_default().to_owned(),
        })
    }

    /// The part of a page, unless it is as it was seen. `key` is the session's: a tag says nothing to anybody else.
    pub(super) fn answered(&self, key: &str, part: String) -> Response {
        let digest = hex(digest::digest(&digest::SHA256, format!("{key} {part}").as_bytes()).as_ref());
        let tag = format!("\"{}\"", digest.get(..DIGEST).unwrap_or_default());
        let mut answer = match self.seen.split(',').any(|seen| seen.trim() == tag) {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => Html(part).into_response(),
        };
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            answer.headers_mut().insert(header::ETAG, tag);
        }
        answer
    }
}
