//! Signing in and out.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use entente_core::{Command, PersonId};
use jiff::Timestamp;
use serde::Deserialize;

use super::answer::{outside, with_cookie};
use super::frame::Place;
use super::gate::{COOKIE, Posted, Stranger, back_to};
use super::speaking::accepted;
use super::tongue::Tongue;
use crate::host::{Host, aside};
use crate::persons::{AccountError, CodeUse, passkey_checks};

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignIn<'s> {
    t: Tongue,
    home: &'s str,
    problem: Option<&'s str>,
    name: &'s str,
    to: &'s str,
    fingerprint: &'s str,
    /// Providers: name and title.
    providers: Vec<(String, String)>,
    passkeys: bool,
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    pub(super) to: String,
}

pub(super) fn form(
    (host, t): (&Host, Tongue),
    status: StatusCode,
    problem: Option<&str>,
    name: &str,
    to: &str,
) -> Response {
    let home = host.home().map(|home| home.to_string()).unwrap_or_default();
    let fingerprint = host.fingerprint().unwrap_or_default();
    let settings = host.settings();
    let sign_in = SignIn {
        t,
        home: &home,
        problem,
        name,
        to,
        fingerprint: &fingerprint,
        providers: settings
            .sign_in_with
            .iter()
            .map(|(name, provider)| (name.clone(), provider.title.clone()))
            .collect(),
        passkeys: passkey_checks(&settings.passkey_origin()).is_ok(),
    };
    let title = t.say(match problem {
        Some(_) => "sign-in-failed-title",
        None => "sign-in-title",
    });
    super::answer::outside_at((host, t), status, (&title, Place::Passkeys), sign_in.render())
}

/// `GET /sign-in`.
pub(crate) async fn page(State(host): State<Arc<Host>>, Query(wanted): Query<Wanted>, headers: HeaderMap) -> Response {
    form(
        (&host, accepted(&headers)),
        StatusCode::OK,
        None,
        "",
        back_to(&wanted.to),
    )
}

/// `POST /sign-in`.
pub(crate) async fn post(stranger: Stranger) -> Response {
    let (name, to) = (stranger.fields.get("name").trim(), back_to(stranger.fields.get("to")));
    let (host, t) = (&stranger.host, stranger.tongue);
    let wait = host.backoff.wait(stranger.address, name, Instant::now());
    if !wait.is_zero() {
        let problem = t.count("sign-in-wait", wait.as_secs() + 1);
        return form((host, t), StatusCode::TOO_MANY_REQUESTS, Some(&problem), name, to);
    }
    match proved(&stranger, name).await {
        Ok(Some(person)) => {
            host.backoff.right(stranger.address, name);
            begin(
                (host, t),
                (person, "password and telephone".to_owned()),
                stranger.address,
                to,
            )
            .await
        }
        Ok(None) => {
            wrong(host, stranger.address, name).await;
            // All wrong ways of signing in are told alike.
            form(
                (host, t),
                StatusCode::FORBIDDEN,
                Some(&t.say("sign-in-wrong")),
                name,
                to,
            )
        }
        Err(error) => {
            host.journal.warn("accounts cannot be read", &[("problem", &error)]);
            form(
                (host, t),
                StatusCode::SERVICE_UNAVAILABLE,
                Some(&t.say("sign-in-accounts")),
                name,
                to,
            )
        }
    }
}

/// Whose name, password and digits these are. All is checked, in whatever way it fails.
async fn proved(stranger: &Stranger, name: &str) -> Result<Option<PersonId>, AccountError> {
    let host = stranger.host.clone();
    let known = host.accounts.named(name)?;
    let kept = known.as_ref().map(|account| account.password.clone());
    let password = stranger.fields.get("password").to_owned();
    let fits = host.passwords.fits(password, kept).await;
    let digits = stranger.fields.get("digits");
    // Digits are used up only by whoever knows the password.
    let digits = fits && host.accounts.digits_fit(name, digits, Timestamp::now())?;
    let person = known.map(|account| account.person).filter(|_| fits && digits);
    let enabled = |person: &PersonId| {
        let moment = host.node().moment();
        moment
            .state()
            .persons
            .get(person)
            .is_some_and(|person| !person.disabled)
    };
    Ok(person.filter(enabled))
}

async fn wrong(host: &Arc<Host>, address: IpAddr, name: &str) {
    host.metrics.sign_in_failed.fetch_add(1, Ordering::Relaxed);
    host.backoff.wrong(address, name, Instant::now());
    host.journal.warn("somebody could not sign in", &[("from", &address)]);
    let person = host.accounts.named(name).ok().flatten().map(|account| account.person);
    if let Some(person) = person {
        let host = host.clone();
        let _ = aside(move || host.note_failure(person, Timestamp::now())).await;
    }
}

/// Begins a session. It is on record before the browser has it.
pub(super) async fn begin(
    (host, t): (&Arc<Host>, Tongue),
    (person, by): (PersonId, String),
    from: IpAddr,
    to: &str,
) -> Response {
    let recorded = {
        let (host, person) = (host.clone(), person.clone());
        let record = Command::RecordSignIn {
            person,
            by: Some(by.clone()),
        };
        aside(move || host.node().submit_all(vec![record])).await
    };
    // Without the log no text leaves; signing in goes on.
    if !matches!(recorded, Ok(Ok(_))) {
        host.journal.warn("signing in could not be recorded", &[]);
    }
    match host.sessions.begin(person, by, Some(from), Instant::now()) {
        Ok(Some(token)) => {
            host.metrics.signed_in.fetch_add(1, Ordering::Relaxed);
            let cookie = format!("{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax");
            with_cookie(Redirect::to(to).into_response(), &cookie)
        }
        Ok(None) => form(
            (host, t),
            StatusCode::SERVICE_UNAVAILABLE,
            Some(&t.say("sign-in-full")),
            "",
            to,
        ),
        Err(error) => {
            host.journal.warn("no session could be made", &[("problem", &error)]);
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// `POST /sign-out`.
pub(crate) async fn out(posted: Posted) -> Response {
    posted.visitor.host.sessions.end(&posted.visitor.token);
    let gone = format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    let mut answer = with_cookie(Redirect::to("/sign-in").into_response(), &gone);
    let clear = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
    answer.headers_mut().insert("clear-site-data", clear);
    answer
}

#[derive(Template)]
#[template(path = "enter.html")]
struct Enter<'e> {
    t: Tongue,
    person: &'e str,
    code: &'e str,
}

fn guest(host: &Host, code: &str, address: IpAddr) -> Option<PersonId> {
    match host.accounts.purpose_of(code, Timestamp::now()) {
        Ok(CodeUse::Demonstration(person)) if address.is_loopback() => Some(person),
        _ => None,
    }
}

/// `GET /enter/CODE`: the link of a demonstration. Nothing happens before the button.
pub(crate) async fn enter(
    State(host): State<Arc<Host>>,
    Path(code): Path<String>,
    peer: axum::Extension<crate::server::Peer>,
    headers: HeaderMap,
) -> Response {
    let t = accepted(&headers);
    let Some(person) = guest(&host, &code, peer.0.0.ip()) else {
        return Redirect::to("/sign-in").into_response();
    };
    let enter = Enter {
        t,
        person: person.as_str(),
        code: &code,
    };
    outside((&host, t), StatusCode::OK, &t.say("enter-title"), enter.render())
}

/// `POST /enter/CODE`.
pub(crate) async fn entered(Path(code): Path<String>, stranger: Stranger) -> Response {
    match guest(&stranger.host, &code, stranger.address) {
        Some(person) => {
            let proved = (person, "the link of a demonstration".to_owned());
            begin((&stranger.host, stranger.tongue), proved, stranger.address, "/").await
        }
        None => Redirect::to("/sign-in").into_response(),
    }
}
