//! Programs: who asks by which token, and how they are answered.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use entente_core::PersonId;
use jiff::Timestamp;
use serde::Serialize;

use super::again::{Answer, Answers, Keep};
use super::condition::{Conditions, tag};
use super::problem::{problem, told};
use super::values::Offer;
use crate::host::{Host, aside};
use crate::pages::{Desk, Trouble};
use crate::persons::{Scope, kept_exactly};

/// A program that showed a token.
pub(crate) struct Program {
    host: Arc<Host>,
    person: PersonId,
    scope: Scope,
    token: String,
    /// The entity tag that it has already.
    seen: Option<String>,
    /// What has to be as it saw it.
    conditions: Conditions,
    request: Option<String>,
    /// What it calls a command, so that the same one is not carried out twice.
    key: Option<String>,
    /// Whether what it asks for is a command that goes by its key.
    keyed: bool,
}

/// How often a command under a condition is tried while others record things.
const TRIES: usize = 20;

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
        let Ok(Some((person, scope))) = host.accounts.token(&token, Timestamp::now()) else {
            return Err(unknown());
        };
        Ok(Self {
            host: host.clone(),
            person,
            scope,
            token,
            conditions: Conditions::of(&parts.headers),
            seen: text(&parts.headers, header::IF_NONE_MATCH),
            request: text(&parts.headers, "x-request-id").filter(|id| id.len() <= 200),
            key: parts
                .headers
                .get("idempotency-key")
                .map(|value| value.to_str().unwrap_or_default().to_owned()),
            keyed: false,
        })
    }
}

impl Program {
    /// The key of its command, where it chose one; from then on the command goes by it.
    pub(crate) fn key(&mut self) -> Result<Option<&str>, &'static str> {
        self.keyed = true;
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

    fn desk(&self, scope: Scope, act: &'static str) -> Result<Desk, Trouble> {
        if self.scope != scope {
            let said = format!("this token is for `{}` alone", self.scope.name());
            return Err(Trouble::NotEntitled(said));
        }
        let desk = Desk::of_program(self.host.clone(), self.person.clone(), &self.token)?;
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

    /// What is offered at an address, with its entity tag.
    pub(super) async fn read(self, offer: &'static Offer, uri: Uri) -> Response {
        let (seen, request) = (self.seen.clone(), self.request.clone());
        let question = offer.lasts.then(|| format!("GET {uri}"));
        let work = move |_: &Self, desk: &mut Desk| {
            let (_, id) = Offer::at(&uri).ok_or(Trouble::Nothing)?;
            let body = body(&offer.value(desk, &id, &uri)?)?;
            let tag = Some(tag(desk, &uri, &body));
            Ok((Answer { tag, body }, Keep::Yes))
        };
        let answer = match self.again_or_anew(Scope::Read, offer.act, question, work).await {
            Ok(Answer { tag: Some(tag), .. }) if seen.as_ref() == Some(&tag) => {
                (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response()
            }
            Ok(answer) => given(answer),
            Err(trouble) => told(trouble),
        };
        with_id(answer, request)
    }

    /// What this caller was answered to the same question in this second, where nothing has happened since and they still may ask.
    fn again(&self, scope: Scope, act: &'static str, question: &str) -> Option<Answer> {
        if self.scope != scope || !self.conditions.is_empty() {
            return None;
        }
        let desk = Desk::of_program(self.host.clone(), self.person.clone(), &self.token).ok()?;
        let answers = desk.pinned.made_now::<Answers>();
        answers.get(desk.now, desk.me(), question).filter(|_| desk.may(act))
    }

    /// What this caller was just answered to the same `question`, where there is one. Else does the work away from the threads that
    /// answer, for whoever may do what is called `act`; its answer is kept where the work says so and changed nothing.
    async fn again_or_anew(
        self,
        scope: Scope,
        act: &'static str,
        question: Option<String>,
        work: impl FnOnce(&Self, &mut Desk) -> Result<(Answer, Keep), Trouble> + Send + 'static,
    ) -> Result<Answer, Trouble> {
        if let Some(known) = question.as_ref().and_then(|question| self.again(scope, act, question)) {
            return Ok(known);
        }
        let kept = move |program: &Self, desk: &mut Desk| {
            let before = desk.pinned.moment().seq();
            let (answer, keep) = work(program, desk)?;
            let lasts = keep == Keep::Yes && desk.pinned.moment().seq() == before;
            if let Some(question) = question.filter(|_| lasts) {
                let answers = desk.pinned.made_now::<Answers>();
                answers.keep(desk.now, desk.me(), &question, &answer);
            }
            Ok(answer)
        };
        let done = aside(move || self.noted(scope, act, |desk| kept(&self, desk))).await;
        done.unwrap_or_else(|_| Err(Trouble::Broken(String::new())))
    }

    /// Does the work away from the threads that answer, for whoever may do what is called `act` in the table of roles, as long as
    /// its conditions hold; gives its value as JSON.
    pub(crate) async fn answer<T: Serialize>(
        self,
        scope: Scope,
        act: &'static str,
        work: impl Fn(&mut Desk) -> Result<T, Trouble> + Send + 'static,
    ) -> Response {
        self.answer_kept(scope, act, None, move |desk| Ok((work(desk)?, Keep::No)))
            .await
    }

    /// The same of a `question` whose answer is given again where the work says so.
    pub(super) async fn answer_kept<T: Serialize>(
        self,
        scope: Scope,
        act: &'static str,
        question: Option<String>,
        work: impl Fn(&mut Desk) -> Result<(T, Keep), Trouble> + Send + 'static,
    ) -> Response {
        let request = self.request.clone();
        let work = move |program: &Self, desk: &mut Desk| {
            let (value, keep) = program.under_conditions(desk, work)?;
            let body = body(&value)?;
            Ok((Answer { tag: None, body }, keep))
        };
        let answer = self.again_or_anew(scope, act, question, work).await;
        with_id(answer.map_or_else(told, given), request)
    }

    /// Does the work as long as its conditions hold: they are looked at in the very moment that is decided on, and again where
    /// something else was recorded meanwhile.
    fn under_conditions<T>(
        &self,
        desk: &mut Desk,
        work: impl Fn(&mut Desk) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        if self.conditions.is_empty() || self.was_done(desk) {
            return work(desk);
        }
        for _ in 0..TRIES {
            self.conditions.hold(desk)?;
            desk.pinned = desk.pinned.clone().as_it_stands();
            match work(desk) {
                Err(Trouble::Changed(_)) => desk.look_again(),
                done => return done,
            }
        }
        Err(Trouble::Changed(
            "so much is recorded at this node right now that nothing could be done as it stood: try again".to_owned(),
        ))
    }

    /// Whether a command was carried out under its key: then it is only answered again, whatever has changed since.
    fn was_done(&self, desk: &Desk) -> bool {
        let key = self.key.as_deref().filter(|_| self.keyed).map(kept_exactly);
        key.is_some_and(|key| desk.state().used_key(desk.me(), &key, desk.now).is_some())
    }

    /// The same of work about which a refusal is noted.
    fn noted<T>(
        &self,
        scope: Scope,
        act: &'static str,
        work: impl FnOnce(&mut Desk) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let mut desk = self.desk(scope, act)?;
        let value = work(&mut desk);
        if matches!(value, Err(Trouble::Nothing)) {
            desk.note_refusal(act);
        }
        value
    }
}

/// An answer as it is sent.
fn given(answer: Answer) -> Response {
    let kind = (header::CONTENT_TYPE, "application/json".to_owned());
    match answer.tag {
        Some(tag) => ([kind, (header::ETAG, tag)], answer.body).into_response(),
        None => ([kind], answer.body).into_response(),
    }
}

fn body(value: &impl Serialize) -> Result<Bytes, Trouble> {
    serde_json::to_vec(value)
        .map(Bytes::from)
        .map_err(|error| Trouble::Broken(error.to_string()))
}

/// The answer to a request that has an id.
fn with_id(mut answer: Response, id: Option<String>) -> Response {
    if let Some(Ok(id)) = id.map(|id| id.parse()) {
        answer.headers_mut().insert("x-request-id", id);
    }
    answer
}
