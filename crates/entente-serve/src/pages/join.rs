//! A new account: a code, a name, a password, a telephone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use entente_core::{Command, PartyPath, PersonChange, PersonId, Role};
use jiff::Timestamp;

use super::answer::outside;
use super::gate::Stranger;
use super::speaking::accepted;
use super::tongue::Tongue;
use crate::host::{Host, aside};
use crate::persons::{Account, CodeUse, MIN_PASSWORD, Totp, code};

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
    name: &'j str,
    person: &'j str,
    recovery: Option<&'j str>,
}

fn form((host, t): (&Host, Tongue), problem: Option<&str>, name: &str) -> Response {
    let home = host.home().map(|home| home.to_string()).unwrap_or_default();
    let body = Join {
        t,
        home: &home,
        problem,
        name,
        least: MIN_PASSWORD,
    };
    match problem {
        None => outside((host, t), StatusCode::OK, &t.say("join-title"), body.render()),
        Some(_) => outside(
            (host, t),
            StatusCode::CONFLICT,
            &t.say("join-failed-title"),
            body.render(),
        ),
    }
}

/// `GET /join`.
pub(crate) async fn page(State(host): State<Arc<Host>>, headers: HeaderMap) -> Response {
    form((&host, accepted(&headers)), None, "")
}

/// Whom a code is for, when it may be used from where it is used. The first administrator is named by the form.
fn person_for(stranger: &Stranger, home: &PartyPath, code: &str, name: &str) -> Option<PersonId> {
    match stranger.host.accounts.purpose_of(code, Timestamp::now()).ok()? {
        CodeUse::Account(person) => Some(person),
        CodeUse::Setup if stranger.address.is_loopback() => PersonId::new(format!("{home}/{name}")).ok(),
        CodeUse::Setup | CodeUse::Demonstration(_) => None,
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
        return form((host, t), Some(&t.say("code-too-many")), name);
    }
    let Ok(home) = host.home() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    if !is_name(name) {
        return form((host, t), Some(&t.say("join-name")), name);
    }
    if stranger.fields.get("password") != stranger.fields.get("again") {
        return form((host, t), Some(&t.say("join-differ")), name);
    }
    let Some(person) = person_for(&stranger, &home, code, name) else {
        host.backoff.wrong(stranger.address, "a code", Instant::now());
        return form((host, t), Some(&t.say("join-code")), name);
    };
    let password = match host.passwords.keep(stranger.fields.get("password").to_owned()).await {
        Ok(password) => password,
        Err(error) => return form((host, t), Some(&error.to_string()), name),
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
        return form((&host, t), Some(&t.say("join-too-long")), "");
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
            host.sessions.end_all(&person);
            let body = Joined {
                t,
                name: &name,
                person: person.as_str(),
                recovery: recovery.as_deref(),
            };
            outside((&host, t), StatusCode::OK, &t.say("join-made"), body.render())
        }
        Ok(Err(problem)) => form((&host, t), Some(&problem), &name),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Makes the account; the first administrator also becomes a person of the party with that role.
fn made(host: &Host, half: Half) -> Result<Option<String>, String> {
    let person = half.account.person.clone();
    let purpose = host
        .accounts
        .purpose_of(&half.code, half.account.since)
        .map_err(|error| error.to_string())?;
    let mut commands = Vec::new();
    if purpose == CodeUse::Setup {
        let party = host.home().map_err(|error| error.to_string())?;
        let mut change = PersonChange::of(person.clone(), party);
        change.roles.insert(Role::Administrator.name().to_owned());
        commands.push(Command::ChangePersons(vec![change]));
    }
    commands.push(Command::RecordAccount { person });
    host.node().submit_all(commands).map_err(|error| error.to_string())?;
    let made = host.accounts.make(&half.code, &half.name, half.account);
    made.map_err(|error| error.to_string())
}
