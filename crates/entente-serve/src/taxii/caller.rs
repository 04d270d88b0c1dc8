//! Who asks, and in which media types.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use entente_core::PersonId;
use jiff::Timestamp;

use super::answer::{error, told};
use crate::host::{Host, aside};
use crate::pages::{Desk, Trouble};
use crate::persons::Scope;

/// A client that showed a token.
pub(super) struct Caller {
    pub(super) host: Arc<Host>,
    person: PersonId,
    scope: Scope,
    token: String,
    /// Under which name and scheme it reached this node.
    pub(super) base: String,
}

fn text<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// The token in an authorisation. MISP writes `basic` in small letters; `OpenCTI` writes `Token`.
pub(crate) fn token(given: &str) -> Option<String> {
    let (scheme, rest) = given.trim().split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" => Some(rest.trim().to_owned()),
        "basic" => {
            let plain = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
            Some(plain.split_once(':')?.1.to_owned())
        }
        _ => None,
    }
}

/// Whether a client takes TAXII 2.1: with or without version and character set, or anything, which `OpenCTI` adds to plain JSON.
fn takes(accepted: &str) -> bool {
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let version = parts.find_map(|part| part.strip_prefix("version="));
        let known = matches!(kind.as_str(), "application/taxii+json" | "application/*" | "*/*" | "");
        known && version.is_none_or(|version| version.trim_matches('"') == "2.1")
    })
}

impl FromRequestParts<Arc<Host>> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, host: &Arc<Host>) -> Result<Self, Response> {
        let accepted = text(&parts.headers, &header::ACCEPT).unwrap_or("*/*");
        if !takes(accepted) {
            let said = "ask for `application/taxii+json;version=2.1`";
            return Err(error(StatusCode::NOT_ACCEPTABLE, "Not in this media type", said));
        }
        let unknown = || {
            let said = "show a token that `entente account token` gave: as a bearer token, or as the password of Basic authentication";
            error(StatusCode::UNAUTHORIZED, "No token that counts", said)
        };
        let given = text(&parts.headers, &header::AUTHORIZATION)
            .and_then(token)
            .ok_or_else(unknown)?;
        let looked = (host.clone(), given.clone());
        let found = aside(move || looked.0.accounts.token(&looked.1, Timestamp::now())).await;
        let Ok(Ok(Some((person, scope)))) = found else {
            return Err(unknown());
        };
        let name = text(&parts.headers, &header::HOST).unwrap_or("localhost");
        let scheme = if host.settings().tls.is_some() { "https" } else { "http" };
        Ok(Self {
            host: host.clone(),
            person,
            scope,
            token: given,
            base: format!("{scheme}://{name}/taxii2/"),
        })
    }
}

impl Caller {
    /// Whether the token is for doing things.
    pub(super) fn acts(&self) -> bool {
        self.scope == Scope::Act
    }

    /// Does the work away from the threads that answer.
    pub(super) async fn answer(
        self,
        work: impl FnOnce(&mut Desk) -> Result<Response, Trouble> + Send + 'static,
    ) -> Response {
        let done = aside(move || self.work(work)).await;
        match done {
            Ok(Ok(answer)) => answer,
            Ok(Err(trouble)) => told(trouble),
            Err(_) => told(Trouble::Broken(String::new())),
        }
    }

    fn work(self, work: impl FnOnce(&mut Desk) -> Result<Response, Trouble>) -> Result<Response, Trouble> {
        if self.scope == Scope::Evaluate {
            let said = format!("this token is for `{}` alone", self.scope.name());
            return Err(Trouble::NotEntitled(said));
        }
        let mut desk = Desk::of_program(self.host, self.person, &self.token)?;
        desk.must("read")?;
        work(&mut desk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_write_authorisation_and_media_types_in_their_own_ways() {
        for given in [
            "Bearer abc",
            "bearer abc",
            "Token abc",
            "basic eDphYmM=",
            "Basic eDphYmM=",
        ] {
            assert_eq!(token(given).as_deref(), Some("abc"), "{given}");
        }
        for given in ["abc", "Basic !!", "Digest abc", ""] {
            assert_eq!(token(given), None, "{given}");
        }
        for accepted in [
            "application/taxii+json;version=2.1",
            "application/taxii+json; version=2.1; charset=utf-8",
            "application/taxii+json",
            "application/json, text/plain, */*",
            "*/*",
        ] {
            assert!(takes(accepted), "{accepted}");
        }
        for accepted in [
            "application/taxii+json;version=2.0",
            "text/html",
            "application/json",
            "application/vnd.oasis.taxii+json; version=2.0",
        ] {
            assert!(!takes(accepted), "{accepted}");
        }
    }
}
