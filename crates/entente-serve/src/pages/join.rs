//! A new account: a code, a name, a password, a telephone.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use entente_core::{Command, PartyPath, PersonChange, PersonId, Role};
use jiff::Timestamp;
use serde_json::json;

use super::answer::{outside, outside_at};
use super::frame::Place;
use super::gate::Stranger;
use super::speaking::accepted;
use super::tongue::Tongue;
use crate::host::{Host, aside};
use crate::persons::{Account, CodeUse, MIN_PASSWORD, Totp, code, made_passkey, passkey_checks};
use crate::server::Peer;

/// How long somebody may take to set up their telephone.
const PATIENCE: Duration = Duration::from_secs(1800);
/// Accounts that are being set up at once.
const MOST: usize = 1000;

/// An account that waits for the telephone's first digits.
#[derive(Clone, Debug)]
struct Half {
    code: String,
    name: String,
    account: Account,
    at: Instant,
}

/// Accounts that are being set up.
#[derive(Debug, Default)]
pub(crate) struct Halves(Mutex<HashMap<String, Half>>);

impl Halves {
    fn keep(&self, half: Half) -> Option<String> {
        let key = code(32).ok()?;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, half| half.at.elapsed() < PATIENCE);
        if all.len() >= MOST {
            return None;
        }
        all.insert(key.clone(), half);
        Some(key)
    }

    fn get(&self, key: &str) -> Option<Half> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(key).filter(|half| half.at.elapsed() < PATIENCE).cloned()
    }

    fn forget(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[derive(Template)]
#[template(path = "join.html")]
struct Join<'j> {
    t: Tongue,
    home: &'j str,
    problem: Option<&'j str>,
    name: &'j str,
    least: usize,
    /// The code of the link, and whose it is, where a link led here; else both are typed in.
    link: Option<&'j Link>,
}

/// A link to an account: its code, and whose it is, where that is not for them to say.
struct Link {
    code: String,
    person: Option<PersonId>,
    /// Whether browsers make passkeys for this node.
    passkeys: bool,
}

#[derive(Template)]
#[template(path = "telephone.html")]
struct Telephone<'t> {
    t: Tongue,
    problem: Option<&'t str>,
    key: &'t str,
    secret: &'t str,
    address: &'t str,
}

#[derive(Template)]
#[template(path = "joined.html")]
struct Joined<'j> {
    t: Tongue,
    /// With what they sign in; empty where a passkey says who they are.
    name: &'j str,
    person: &'j str,
    recovery: Option<&'j str>,
}

fn form((host, t): (&Host, Tongue), problem: Option<&str>, name: &str, link: Option<&Link>) -> Response {
    let home = host.home().map(|home| home.to_string()).unwrap_or_default();
    let body = Join {
        t,
        home: &home,
        problem,
        name,
        least: MIN_PASSWORD,
        link,
    };
    let place = link.map_or(Place::None, |_| Place::Passkeys);
    let (status, title) = match problem {
        None => (StatusCode::OK, t.say("join-title")),
        Some(_) => (StatusCode::CONFLICT, t.say("join-failed-title")),
    };
    outside_at((host, t), status, (&title, place), body.render())
}

/// `GET /join`.
pub(crate) async fn page(State(host): State<Arc<Host>>, headers: HeaderMap) -> Response {
    form((&host, accepted(&headers)), None, "", None)
}

/// The link that a code makes, where it can be used from where it is followed.
fn link(host: &Host, address: IpAddr, code: &str) -> Option<Link> {
    let person = match host.accounts.purpose_of(code, Timestamp::now()).ok()? {
        CodeUse::Account(person) => Some(person),
        CodeUse::Setup if address.is_loopback() => None,
        CodeUse::Setup | CodeUse::Demonstration(_) => return None,
    };
    Some(Link {
        code: code.to_owned(),
        person,
        passkeys: passkey_checks(&host.settings().passkey_origin()).is_ok(),
    })
}

/// `GET /join/CODE`: the link of an invitation. Nothing happens before a button.
pub(crate) async fn by_link(
    State(host): State<Arc<Host>>,
    Path(code): Path<String>,
    peer: axum::Extension<Peer>,
    headers: HeaderMap,
) -> Response {
    let t = accepted(&headers);
    match followed(&host, peer.0.0.ip(), &code) {
        Ok(link) => form((&host, t), None, "", Some(&link)),
        Err(key) => form((&host, t), Some(&t.say(key)), "", None),
    }
}

/// The link of a code that somebody follows, or the key of what is wrong. Codes are guessed no faster here than anywhere else.
fn followed(host: &Host, address: IpAddr, code: &str) -> Result<Link, &'static str> {
    let now = Instant::now();
    if !host.backoff.wait(address, "a code", now).is_zero() {
        return Err("code-too-many");
    }
    link(host, address, code).ok_or_else(|| {
        host.backoff.wrong(address, "a code", now);
        "join-code"
    })
}

/// Whom a link makes an account for. The first administrator is named by the form.
fn person_for(link: &Link, home: &PartyPath, name: &str) -> Option<PersonId> {
    match &link.person {
        Some(person) => Some(person.clone()),
        None => PersonId::new(format!("{home}/{name}")).ok(),
    }
}

/// Names that can be typed anywhere.
fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    (2..=40).contains(&name.len()) && name.chars().all(fits)
}

/// `POST /join`.
pub(crate) async fn post(stranger: Stranger) -> Response {
    let (host, t) = (&stranger.host, stranger.tongue);
    let (code, name) = (stranger.fields.get("code"), stranger.fields.get("name").trim());
    let wait = host.backoff.wait(stranger.address, "a code", Instant::now());
    if !wait.is_zero() {
        return form((host, t), Some(&t.say("code-too-many")), name, None);
    }
    let Ok(home) = host.home() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let found = link(host, stranger.address, code);
    // Whoever came by a link goes on with it; whoever typed a code types it again.
    let linked = found.as_ref().filter(|_| !stranger.fields.get("linked").is_empty());
    if !is_name(name) {
        return form((host, t), Some(&t.say("join-name")), name, linked);
    }
    if stranger.fields.get("password") != stranger.fields.get("again") {
        return form((host, t), Some(&t.say("join-differ")), name, linked);
    }
    let Some(person) = found.as_ref().and_then(|link| person_for(link, &home, name)) else {
        host.backoff.wrong(stranger.address, "a code", Instant::now());
        return form((host, t), Some(&t.say("join-code")), name, None);
    };
    let password = match host.passwords.keep(stranger.fields.get("password").to_owned()).await {
        Ok(password) => password,
        Err(error) => return form((host, t), Some(&error.to_string()), name, linked),
    };
    let Ok(totp) = Totp::fresh() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let half = Half {
        code: code.to_owned(),
        name: name.to_owned(),
        account: Account {
            person,
            password,
            totp,
            since: Timestamp::now(),
        },
        at: Instant::now(),
    };
    match host.halves.keep(half.clone()) {
        Some(key) => telephone((host, t), &key, &half, None),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn telephone((host, t): (&Host, Tongue), key: &str, half: &Half, problem: Option<&str>) -> Response {
    let home = host.home().map(|home| home.to_string()).unwrap_or_default();
    let body = Telephone {
        t,
        problem,
        key,
        secret: &half.account.totp.text(),
        address: &half.account.totp.address(&home, &half.name),
    };
    let status = if problem.is_some() {
        StatusCode::CONFLICT
    } else {
        StatusCode::OK
    };
    outside((host, t), status, &t.say("join-telephone"), body.render())
}

/// `POST /join/confirm`.
pub(crate) async fn confirm(stranger: Stranger) -> Response {
    let (host, t) = (stranger.host.clone(), stranger.tongue);
    let key = stranger.fields.get("key").to_owned();
    let Some(mut half) = host.halves.get(&key) else {
        return form((&host, t), Some(&t.say("join-too-long")), "", None);
    };
    let now = Timestamp::now();
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    if !half.account.totp.accept(stranger.fields.get("digits"), seconds) {
        return telephone((&host, t), &key, &half, Some(&t.say("join-digits")));
    }
    half.account.since = now;
    let (name, person) = (half.name.clone(), half.account.person.clone());
    let made = {
        let host = host.clone();
        aside(move || made(&host, half)).await
    };
    match made {
        Ok(Ok(recovery)) => {
            host.halves.forget(&key);
            joined((&host, t), &person, &name, recovery.as_deref())
        }
        Ok(Err(problem)) => form((&host, t), Some(&problem), &name, None),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Says that an account is made.
fn joined((host, t): (&Host, Tongue), person: &PersonId, name: &str, recovery: Option<&str>) -> Response {
    host.sessions.end_all(person);
    let body = Joined {
        t,
        name,
        person: person.as_str(),
        recovery,
    };
    outside((host, t), StatusCode::OK, &t.say("join-made"), body.render())
}

/// Puts an account on record; the first administrator also becomes a person of the party with that role.
fn recorded(host: &Host, code: &str, person: &PersonId, now: Timestamp) -> Result<(), String> {
    let purpose = host.accounts.purpose_of(code, now).map_err(|error| error.to_string())?;
    let mut commands = Vec::new();
    if purpose == CodeUse::Setup {
        let party = host.home().map_err(|error| error.to_string())?;
        let mut change = PersonChange::of(person.clone(), party);
        change.roles.insert(Role::Administrator.name().to_owned());
        commands.push(Command::ChangePersons(vec![change]));
    }
    commands.push(Command::RecordAccount { person: person.clone() });
    host.node().submit_all(commands).map_err(|error| error.to_string())?;
    Ok(())
}

/// Makes the account.
fn made(host: &Host, half: Half) -> Result<Option<String>, String> {
    recorded(host, &half.code, &half.account.person, half.account.since)?;
    let made = host.accounts.make(&half.code, &half.name, half.account);
    made.map_err(|error| error.to_string())
}

/// Whom the link that a form came by makes an account for, or what is wrong.
fn invited(stranger: &Stranger, code: &str) -> Result<(Link, PersonId), &'static str> {
    let (host, name) = (&stranger.host, stranger.fields.get("name").trim());
    let link = followed(host, stranger.address, code)?;
    if link.person.is_none() && !is_name(name) {
        return Err("join-name");
    }
    let home = host.home().map_err(|_| "join-code")?;
    let person = person_for(&link, &home, name).ok_or("join-name")?;
    Ok((link, person))
}

/// `POST /join/CODE/begin`: what the browser is asked for a passkey of whoever follows the link.
pub(crate) async fn ask_passkey(Path(code): Path<String>, stranger: Stranger) -> Response {
    let asked = match invited(&stranger, &code) {
        Err(key) => Err(stranger.tongue.say(key).into_owned()),
        Ok((_, person)) => passkey_checks(&stranger.host.settings().passkey_origin())
            .and_then(|checks| {
                let both = (&checks, &stranger.host.passkeys);
                stranger.host.accounts.begin_passkey(both, &person)
            })
            .map_err(|error| error.to_string()),
    };
    match asked {
        Ok((key, options)) => Json(json!({ "key": key, "options": options })).into_response(),
        Err(problem) => (StatusCode::CONFLICT, Json(json!({ "problem": problem }))).into_response(),
    }
}

/// `POST /join/CODE`: makes the account that is signed in to with the passkey of the answer.
pub(crate) async fn by_passkey(Path(code): Path<String>, stranger: Stranger) -> Response {
    let (host, t) = (stranger.host.clone(), stranger.tongue);
    let (link, person) = match invited(&stranger, &code) {
        Ok(invited) => invited,
        Err(key) => return form((&host, t), Some(&t.say(key)), stranger.fields.get("name"), None),
    };
    let (fields, working, whose) = (stranger.fields, host.clone(), person.clone());
    let made = aside(move || {
        let now = Timestamp::now();
        let checks = passkey_checks(&working.settings().passkey_origin()).map_err(|error| error.to_string())?;
        let both = (&checks, &working.passkeys);
        let given = (fields.get("key"), fields.get("answer"), "a passkey");
        let made = made_passkey(both, &whose, given, now).map_err(|error| error.to_string())?;
        recorded(&working, &code, &whose, now)?;
        let kept = working.accounts.make_by_passkey(&code, made);
        kept.map_err(|error| error.to_string())
    });
    match made.await {
        Ok(Ok(recovery)) => joined((&host, t), &person, "", recovery.as_deref()),
        Ok(Err(problem)) => form((&host, t), Some(&problem), "", Some(&link)),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
