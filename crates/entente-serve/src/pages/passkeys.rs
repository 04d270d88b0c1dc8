//! Passkeys: making, listing and removing one's own, and signing in with one. The browser's part is a script of this node, which
//! only carries questions and answers between the page and the authenticator.

use askama::Template;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use entente_core::{Command, PersonId};
use jiff::Timestamp;
use serde_json::json;

use super::answer::{Desk, Reply, Trouble};
use super::frame::{Page, Place};
use super::gate::{Posted, Stranger, Visitor, back_to};
use super::sign_in;
use super::tongue::Tongue;
use crate::host::aside;
use crate::persons::{NoPasskey, passkey_checks};

struct Row {
    id: String,
    name: String,
    times: String,
}

#[derive(Template)]
#[template(path = "passkeys.html")]
struct Passkeys<'p> {
    t: Tongue,
    form: &'p str,
    rows: Vec<Row>,
    unset: Option<String>,
}

impl From<NoPasskey> for Trouble {
    fn from(error: NoPasskey) -> Self {
        match error {
            NoPasskey::Accounts(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}

/// `GET /passkeys`.
pub(crate) async fn page(visitor: Visitor) -> Response {
    let work = |desk: &mut Desk| {
        desk.must("see-own-work")?;
        let t = desk.tongue;
        let mine = desk.host.accounts.passkeys(desk.me())?.into_iter();
        let rows = mine.map(|key| Row {
            times: match key.used {
                Some(used) => t.pair("passkeys-used", t.short(key.since), t.short(used)),
                None => t.say_of("passkeys-unused", t.short(key.since)),
            },
            id: key.id,
            name: key.name,
        });
        let unset = passkey_checks(&desk.host.settings().passkey_origin());
        let body = Passkeys {
            t: desk.tongue,
            form: &desk.session.form,
            rows: rows.collect(),
            unset: unset.err().map(|error| error.to_string()),
        };
        Ok(Reply::Page(Page {
            title: t.say("passkeys-passkeys").into_owned(),
            tongue: t,
            place: Place::Passkeys,
            banner: None,
            body: body.render()?,
        }))
    };
    visitor.answer(work).await
}

/// An answer for the script: what goes on, or what is wrong.
fn said<T: serde::Serialize>(done: Result<T, Trouble>) -> Response {
    match done {
        Ok(value) => Json(value).into_response(),
        Err(trouble) => {
            let (status, _, detail) = crate::api::worded(trouble);
            (status, Json(json!({ "problem": detail }))).into_response()
        }
    }
}

/// Does the work of a script in somebody's name.
async fn scripted<T: serde::Serialize + Send + 'static>(
    visitor: Visitor,
    work: impl FnOnce(&mut Desk) -> Result<T, Trouble> + Send + 'static,
) -> Response {
    let done = aside(move || {
        let mut desk = Desk::of(visitor.host.clone(), visitor.session, visitor.by_hand)?;
        let here = desk
            .state()
            .persons
            .get(desk.me())
            .is_some_and(|person| !person.disabled);
        match here {
            true => desk.must("see-own-work").and_then(|()| work(&mut desk)),
            false => Err(Trouble::Nothing),
        }
    });
    said(done.await.unwrap_or_else(|_| Err(Trouble::Broken(String::new()))))
}

/// `POST /passkeys/begin`: what the browser is asked.
pub(crate) async fn begin(posted: Posted) -> Response {
    let work = |desk: &mut Desk| {
        let checks = passkey_checks(&desk.host.settings().passkey_origin())?;
        let both = (&checks, &desk.host.passkeys);
        let (key, options) = desk.host.accounts.begin_passkey(both, desk.me())?;
        Ok(json!({ "key": key, "options": options }))
    };
    scripted(posted.visitor, work).await
}

/// `POST /passkeys/finish`: what it answers. That there is one more is on record, as of any account.
pub(crate) async fn finish(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        let checks = passkey_checks(&desk.host.settings().passkey_origin())?;
        let both = (&checks, &desk.host.passkeys);
        let name = match fields.get("name").trim() {
            "" => "a passkey",
            name => name,
        };
        let me = desk.me().clone();
        let given = (fields.get("key"), fields.get("answer"), name);
        desk.host.accounts.keep_passkey(both, &me, given, desk.now)?;
        desk.host
            .node()
            .submit_all(vec![Command::RecordAccount { person: me }])?;
        Ok(json!({ "to": "/passkeys" }))
    };
    scripted(posted.visitor, work).await
}

/// `POST /passkeys/remove`.
pub(crate) async fn remove(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("see-own-work")?;
        let me = desk.me().clone();
        if !desk.host.accounts.remove_passkey(&me, fields.get("id"))? {
            return Err(Trouble::Nothing);
        }
        let what = "a passkey".to_owned();
        desk.act(vec![Command::RecordEnd { person: me, what }])?;
        Ok(Reply::To("/passkeys".to_owned()))
    };
    posted.visitor.answer(work).await
}

/// `POST /sign-in/passkey/begin`: the same question for everybody.
pub(crate) async fn ask(stranger: Stranger) -> Response {
    let host = stranger.host;
    let asked = passkey_checks(&host.settings().passkey_origin())
        .and_then(|checks| host.accounts.ask_passkey((&checks, &host.passkeys)));
    said(
        asked
            .map(|(key, options)| json!({ "key": key, "options": options }))
            .map_err(Trouble::from),
    )
}

/// `POST /sign-in/passkey`: the answer.
pub(crate) async fn enter(stranger: Stranger) -> Response {
    let host = stranger.host.clone();
    let fields = stranger.fields;
    let (key, answer) = (fields.get("key").to_owned(), fields.get("answer").to_owned());
    let looked = host.clone();
    let whose = aside(move || {
        let checks = passkey_checks(&looked.settings().passkey_origin())?;
        looked
            .accounts
            .passkey_of((&checks, &looked.passkeys), (&key, &answer), Timestamp::now())
    });
    let here = |person: &PersonId| {
        let moment = host.node().moment();
        moment
            .state()
            .persons
            .get(person)
            .is_some_and(|person| !person.disabled)
    };
    match whose.await {
        Ok(Ok(person)) if here(&person) => {
            let by = "a passkey".to_owned();
            let to = back_to(fields.get("to")).to_owned();
            sign_in::begin((&host, stranger.tongue), (person, by), stranger.address, &to).await
        }
        Ok(Err(NoPasskey::Accounts(error))) => said::<()>(Err(error.into())),
        _ => {
            // Nobody waits for it: an answer cannot be guessed, and a whole office may stand behind one address.
            host.metrics
                .sign_in_failed
                .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            host.journal
                .warn("somebody could not sign in", &[("from", &stranger.address)]);
            let problem = stranger.tongue.say("passkeys-wrong");
            (StatusCode::FORBIDDEN, Json(json!({ "problem": problem }))).into_response()
        }
    }
}
