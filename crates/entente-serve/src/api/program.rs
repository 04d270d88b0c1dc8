//! Programs: who asks by which token, and how they are answered.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entente_core::PersonId;
use jiff::Timestamp;
use serde::Serialize;

use super::problem::{problem, told};
use crate::host::{Host, aside};
use crate::pages::{Desk, Trouble};
use crate::persons::{Scope, code};

/// A program that showed a token.
pub(crate) struct Program {
    host: Arc<Host>,
    person: PersonId,
    scope: Scope,
    token: String,
    /// The entity tag that it has already.
    seen: Option<String>,
    request: Option<String>,
    /// What it calls a command, so that the same one is not carried out twice.
    key: Option<String>,
}

/// The longest key of a command.
const LONGEST_KEY: usize = 200;

fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> Option<String> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}

impl FromRequestParts<Arc<Host>> for Program {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, host: &Arc<Host>) -> Result<Self, Response> {
        let unknown = || {
            let said = "show a token that `entente account token` gave, as `Authorization: Bearer TOKEN`";
            problem(StatusCode::UNAUTHORIZED, "No token that counts", said)
        };
        let given = text(&parts.headers, header::AUTHORIZATION);
        let token = given
            .as_deref()
            .and_then(|value| value.strip_prefix("Bearer "))
            .map(str::to_owned);
        let token = token.ok_or_else(unknown)?;
        let looked = (host.clone(), token.clone());
        let found = aside(move || looked.0.accounts.token(&looked.1, Timestamp::now())).await;
        let Ok(Ok(Some((person, scope)))) = found else {
            return Err(unknown());
        };
        Ok(Self {
            host: host.clone(),
            person,
            scope,
            token,
            seen: text(&parts.headers, header::IF_NONE_MATCH),
            request: text(&parts.headers, "x-request-id").filter(|id| id.len() <= 200),
            key: parts
                .headers
                .get("idempotency-key")
                .map(|value| value.to_str().unwrap_or_default().to_owned()),
        })
    }
}

impl Program {
    /// The key of its command, where it chose one.
    pub(crate) fn key(&self) -> Result<Option<&str>, &'static str> {
        match self.key.as_deref() {
            Some(key) if key.is_empty() || key.len() > LONGEST_KEY => {
                Err("`Idempotency-Key`: give up to 200 characters of ASCII that no other command has")
            }
            key => Ok(key),
        }
    }

    /// The host, who asks, and by which token.
    pub(crate) fn caller(&self) -> (Arc<Host>, PersonId, String) {
        (self.host.clone(), self.person.clone(), self.token.clone())
    }

    /// The value of the work itself, for whoever may do what is called `act`.
    pub(crate) async fn value_of<T: Send + 'static>(
        self,
        scope: Scope,
        act: &'static str,
        work: impl FnOnce(&mut Desk) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let done = aside(move || self.desk(scope, act).and_then(|mut desk| work(&mut desk))).await;
        done.unwrap_or_else(|_| Err(Trouble::Broken(String::new())))
    }

    fn desk(self, scope: Scope, act: &'static str) -> Result<Desk, Trouble> {
        if self.scope != scope {
            let said = format!("this token is for `{}` alone", self.scope.name());
            return Err(Trouble::NotEntitled(said));
        }
        let desk = Desk::of_program(self.host, self.person, &self.token)?;
        desk.must(act)?;
        Ok(desk)
    }

    /// The same once more for a caller whose token still counts, with what is true now.
    pub(crate) fn list_of<T>(
        host: Arc<Host>,
        person: &PersonId,
        token: &str,
        act: &str,
        work: impl FnOnce(&mut Desk) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let known = host.accounts.token(token, Timestamp::now())?;
        if known.is_none_or(|(still, scope)| still != *person || scope != Scope::Read) {
            return Err(Trouble::Nothing);
        }
        let mut desk = Desk::of_program(host, person.clone(), token)?;
        match desk.may(act) {
            true => work(&mut desk),
            false => Err(Trouble::Nothing),
        }
    }

    /// Does the work away from the threads that answer, for whoever may do what is called `act` in the table of roles; gives its
    /// value as JSON.
    pub(crate) async fn answer<T: Serialize>(
        self,
        scope: Scope,
        act: &'static str,
        work: impl FnOnce(&mut Desk) -> Result<T, Trouble> + Send + 'static,
    ) -> Response {
        let (seen, request) = (self.seen.clone().filter(|_| scope != Scope::Act), self.request.clone());
        let done = aside(move || self.value(scope, act, work)).await;
        let mut answer = match done {
            Ok(Ok(body)) => tagged(body, seen.as_deref()),
            Ok(Err(trouble)) => told(trouble),
            Err(_) => told(Trouble::Broken(String::new())),
        };
        if let Some(Ok(id)) = request.map(|id| id.parse()) {
            answer.headers_mut().insert("x-request-id", id);
        }
        answer
    }

    fn value<T: Serialize>(
        self,
        scope: Scope,
        act: &'static str,
        work: impl FnOnce(&mut Desk) -> Result<T, Trouble>,
    ) -> Result<Vec<u8>, Trouble> {
        let mut desk = self.desk(scope, act)?;
        let value = work(&mut desk);
        if matches!(value, Err(Trouble::Nothing)) {
            desk.note_refusal(act);
        }
        serde_json::to_vec(&value?).map_err(|error| Trouble::Broken(error.to_string()))
    }
}

/// A value with its entity tag: a digest of what this caller sees, under a key of this process.
fn tagged(body: Vec<u8>, seen: Option<&str>) -> Response {
    static KEY: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    // Without chance a tag is an unkeyed digest of what the caller sees anyway.
    let key = KEY.get_or_init(|| code(32).unwrap_or_default());
    let mut keyed = key.as_bytes().to_vec();
    keyed.extend_from_slice(&body);
    let digest = crate::persons::hex(ring::digest::digest(&ring::digest::SHA256, &keyed).as_ref());
    let tag = format!("\"{}\"", digest.get(..32).unwrap_or_default());
    if seen == Some(tag.as_str()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let kind = (header::CONTENT_TYPE, "application/json".to_owned());
    ([kind, (header::ETAG, tag)], body).into_response()
}
