//! Signing in with one's organisation: there, back, and once for each person the code that says who they are here.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use entente_core::{Command, PersonId};
use jiff::Timestamp;

use super::answer::{outside, with_cookie};
use super::gate::{Stranger, back_to, cookie};
use super::sign_in;
use super::speaking::accepted;
use super::tongue::Tongue;
use crate::federation::{Back, Identity, NotSignedIn, Provider, roles_by};
use crate::host::{Host, aside};
use crate::persons::{Bound, CodeUse};
use crate::server::Peer;

/// What a browser keeps while its person is away.
const KEEPS: &str = "__Host-entente-away";

#[derive(Template)]
#[template(path = "bind.html")]
struct Bind<'b> {
    t: Tongue,
    home: &'b str,
    title: &'b str,
    name: &'b str,
    key: &'b str,
    problem: Option<&'b str>,
}

fn address_of(host: &Host, name: &str) -> String {
    format!("{}/sign-in/with/{name}/back", host.settings().own_origin())
}

fn told((host, t): (&Host, Tongue), status: StatusCode, error: &NotSignedIn) -> Response {
    sign_in::form((host, t), status, Some(&error.to_string()), "", "/")
}

/// `GET /sign-in/with/NAME`: to the provider.
pub(crate) async fn begin(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    Query(wanted): Query<sign_in::Wanted>,
    headers: HeaderMap,
) -> Response {
    let settings = host.settings();
    let Some(provider) = settings.sign_in_with.get(&name).cloned() else {
        return Redirect::to("/sign-in").into_response();
    };
    let (to, back) = (back_to(&wanted.to).to_owned(), address_of(&host, &name));
    match host.flows.begin((name.clone(), provider), back, to).await {
        Ok(begun) => {
            let cookie = format!(
                "{KEEPS}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=900",
                begun.keeps
            );
            with_cookie(Redirect::to(&begun.address).into_response(), &cookie)
        }
        Err(error) => {
            host.journal
                .warn("a provider cannot be used", &[("provider", &name), ("problem", &error)]);
            told((&host, accepted(&headers)), StatusCode::BAD_GATEWAY, &error)
        }
    }
}

/// `GET /sign-in/with/NAME/back`: from the provider.
pub(crate) async fn back(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    Query(back): Query<Back>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Response {
    let settings = host.settings();
    let Some(provider) = settings.sign_in_with.get(&name).cloned() else {
        return Redirect::to("/sign-in").into_response();
    };
    let (from, t) = (peer.0.ip(), accepted(&headers));
    let keeps = cookie(&headers, KEEPS).unwrap_or_default();
    let asked = (name.clone(), provider.clone());
    let ended = host.flows.end(asked, address_of(&host, &name), keeps.clone(), back);
    match ended.await {
        Ok(identity) => known_or_bind((&host, t), identity, &provider, (&keeps, from)).await,
        Err(error) => {
            // Nobody waits for it: what comes back cannot be guessed, and a whole office may stand behind one address.
            host.metrics
                .sign_in_failed
                .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            host.journal.warn(
                "somebody could not sign in",
                &[("provider", &name), ("problem", &error)],
            );
            told((&host, t), StatusCode::FORBIDDEN, &error)
        }
    }
}

async fn known_or_bind(
    (host, t): (&Arc<Host>, Tongue),
    identity: Identity,
    provider: &Provider,
    (keeps, from): (&str, IpAddr),
) -> Response {
    let person = host.accounts.bound(&identity.issuer, &identity.subject);
    match person {
        Ok(Some(person)) => entered((host, t), person, identity, provider.clone(), from).await,
        Ok(None) => {
            let name = identity.provider.clone();
            match host.flows.wait_for_code(identity, keeps) {
                Ok(key) => form((host, t), StatusCode::OK, (&name, &provider.title, &key), None),
                Err(error) => told((host, t), StatusCode::SERVICE_UNAVAILABLE, &error),
            }
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn form(
    (host, t): (&Host, Tongue),
    status: StatusCode,
    (name, title, key): (&str, &str, &str),
    problem: Option<&str>,
) -> Response {
    let home = host.home().map(|home| home.to_string()).unwrap_or_default();
    let body = Bind {
        t,
        home: &home,
        title,
        name,
        key,
        problem,
    };
    outside((host, t), status, &t.say("bind-title"), body.render())
}

/// Signs somebody in with the roles that their provider gives them, where they are still here.
async fn entered(
    (host, t): (&Arc<Host>, Tongue),
    person: PersonId,
    identity: Identity,
    provider: Provider,
    from: IpAddr,
) -> Response {
    let (looked, whose) = (host.clone(), person.clone());
    let groups = identity.groups;
    let settled = aside(move || {
        let pinned = looked.pinned().ok()?;
        let known = pinned.state().persons.get(&whose)?;
        if known.disabled {
            return None;
        }
        let change = roles_by(&provider, pinned.state(), &whose, &groups);
        let commands: Vec<Command> = change
            .map(|change| Command::ChangePersons(vec![change]))
            .into_iter()
            .collect();
        if !commands.is_empty() {
            looked.node().submit_all(commands).ok()?;
        }
        Some(())
    });
    match settled.await {
        Ok(Some(())) => {
            let by = format!("OpenID Connect, {}", identity.provider);
            let answer = sign_in::begin((host, t), (person, by), from, back_to(&identity.to)).await;
            with_cookie(
                answer,
                &format!("{KEEPS}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"),
            )
        }
        _ => told((host, t), StatusCode::FORBIDDEN, &NotSignedIn::Refused),
    }
}

/// `POST /sign-in/with/NAME/bind`: the code that says who somebody is here.
pub(crate) async fn bind(Path(name): Path<String>, headers: HeaderMap, stranger: Stranger) -> Response {
    let (host, t) = (stranger.host.clone(), stranger.tongue);
    let settings = host.settings();
    let keeps = cookie(&headers, KEEPS).unwrap_or_default();
    let (key, code) = (
        stranger.fields.get("key").to_owned(),
        stranger.fields.get("code").to_owned(),
    );
    let identity = host
        .flows
        .waiting(&key, &keeps)
        .filter(|identity| identity.provider == name);
    let (Some(provider), Some(identity)) = (settings.sign_in_with.get(&name), identity) else {
        return told((&host, t), StatusCode::FORBIDDEN, &NotSignedIn::Foreign);
    };
    let again = |said: &str| {
        form(
            (&host, t),
            StatusCode::CONFLICT,
            (&name, &provider.title, &key),
            Some(said),
        )
    };
    if !host.backoff.wait(stranger.address, "a code", Instant::now()).is_zero() {
        return again(&t.say("code-too-many"));
    }
    let now = Timestamp::now();
    let Ok(CodeUse::Account(person)) = host.accounts.purpose_of(&code, now) else {
        host.backoff.wrong(stranger.address, "a code", Instant::now());
        return again(&t.say("code-spent"));
    };
    let bound = Bound {
        person: person.clone(),
        provider: name.clone(),
        issuer: identity.issuer.clone(),
        subject: identity.subject.clone(),
        since: now,
    };
    let kept = {
        let (host, person) = (host.clone(), person.clone());
        aside(move || {
            let recorded = host.node().submit_all(vec![Command::RecordAccount { person }]);
            recorded.map_err(|error| error.to_string())?;
            host.accounts.bind(&code, bound).map_err(|error| error.to_string())
        })
    };
    match kept.await {
        Ok(Ok(())) => {
            host.flows.forget(&key);
            entered((&host, t), person, identity, provider.clone(), stranger.address).await
        }
        Ok(Err(said)) => again(&said),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
