//! What clients add to collections, and what became of it.

use std::collections::BTreeMap;

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use entente_exchange::compose::NotTaken;
use entente_exchange::importing::step;
use entente_exchange::taxii::{Collection, MEDIA, Outcome, rounds, sent, status as summary};
use entente_exchange::{Incoming, Known, Options, Place, Table, json as strict, stix};
use http_body_util::{BodyExt, Limited};
use jiff::Timestamp;
use serde_json::Value;

use super::answer::{error, resource};
use super::caller::Caller;
use super::resources::one;
use crate::pages::{Desk, Trouble};
use crate::persons::code;

/// The largest body taken in.
pub(super) const MAX_CONTENT: usize = 16 << 20;

/// Whether a body is in a media type that is taken: TAXII 2.1, and what the `OpenCTI` platform sends in its place.
fn is_taken(headers: &HeaderMap) -> bool {
    let of = |name: header::HeaderName| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let kind = of(header::CONTENT_TYPE).to_ascii_lowercase().replace(' ', "");
    let mut parts = kind.split(';');
    let (kind, version) = (
        parts.next().unwrap_or_default(),
        parts.find_map(|part| part.strip_prefix("version=")),
    );
    let right = version.is_none_or(|version| version.trim_matches('"') == "2.1");
    let opencti = kind == "application/stix+json" && of(header::USER_AGENT).to_ascii_lowercase().contains("opencti");
    right && (kind == "application/taxii+json" || opencti)
}

/// Why a body is not taken in, as an answer of its own.
enum Unread {
    Media,
    TooLarge,
    Said(StatusCode, String),
    Trouble(Trouble),
}

impl From<Trouble> for Unread {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl Unread {
    fn answer(self) -> Result<Response, Trouble> {
        Ok(match self {
            Self::Trouble(trouble) => return Err(trouble),
            Self::Media => {
                let said = format!("send `{MEDIA}`");
                error(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Not in this media type", &said)
            }
            Self::TooLarge => {
                let said = format!("at most {MAX_CONTENT} bytes at once; send it in parts");
                error(StatusCode::PAYLOAD_TOO_LARGE, "Too much at once", &said)
            }
            Self::Said(status, said) => error(status, "This cannot be read", &said),
        })
    }
}

/// `POST …/objects/`. Whether the collection is there and can be written is said before anything about the body.
pub(super) async fn add(caller: Caller, Path(id): Path<String>, headers: HeaderMap, body: Body) -> Response {
    // What is too long is not read to its end.
    let body = Limited::new(body, MAX_CONTENT).collect().await;
    let body = body.map(http_body_util::Collected::to_bytes).ok();
    let acts = caller.acts();
    let work = move |desk: &mut Desk| match posted(desk, (acts, &id), &headers, body) {
        Ok(value) => Ok(resource(StatusCode::ACCEPTED, &value)),
        Err(unread) => unread.answer(),
    };
    caller.answer(work).await
}

fn posted(
    desk: &mut Desk,
    (acts, id): (bool, &str),
    headers: &HeaderMap,
    body: Option<Bytes>,
) -> Result<Value, Unread> {
    let collection = one(desk, acts, id)?;
    if !collection.can_write {
        let said = "this token reads; one of scope `act`, of somebody who may add reports, adds objects";
        return Err(Trouble::NotEntitled(said.to_owned()).into());
    }
    if !is_taken(headers) {
        return Err(Unread::Media);
    }
    let bytes = body.ok_or(Unread::TooLarge)?;
    let file = strict::read(&bytes).map_err(|error| Unread::Said(StatusCode::BAD_REQUEST, error.to_string()))?;
    let unread = |said: String| Unread::Said(StatusCode::UNPROCESSABLE_ENTITY, said);
    if strict::own_twice(&file).is_some() {
        return Err(unread("a name stands twice in the envelope".to_owned()));
    }
    let outcomes = sent(&file).map_err(unread)?;
    let mut failed = BTreeMap::new();
    for round in rounds(&file) {
        take(desk, &collection, &round, &mut failed)?;
    }
    let outcomes: Vec<Outcome> = outcomes
        .into_iter()
        .map(|outcome| Outcome {
            failed: outcome.failed.or_else(|| failed.get(&outcome.id).cloned()),
            ..outcome
        })
        .collect();
    let id = uuid(desk);
    let value = summary(&id, desk.now, &outcomes);
    desk.host.sights.keep_status(desk, &id, &value);
    Ok(value)
}

/// A random UUID; where there is no chance, one of the moment.
fn uuid(desk: &Desk) -> String {
    let hex: String = code(32)
        .unwrap_or_default()
        .bytes()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let hex = format!("{hex}{:032x}", desk.now.as_nanosecond());
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
    format!(
        "{}-{}-4{}-a{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 15),
        part(15, 18),
        part(18, 30)
    )
}

/// Takes the objects in, as files are; says of those that are not why.
fn take(
    desk: &mut Desk,
    collection: &Collection,
    file: &Value,
    failed: &mut BTreeMap<String, String>,
) -> Result<(), Trouble> {
    let mut table = Table::default();
    let found = stix::read(file, &mut table).map_err(|error| Trouble::Unreadable(error.to_string()))?;
    let found = found.into_iter().flat_map(Incoming::in_parts);
    let options = Options {
        arrangements: collection.arrangement.iter().cloned().collect(),
        ..Options::default()
    };
    let known = desk.host.sights.known(desk.state());
    for incoming in found {
        if let Some(problem) = taken(desk, incoming.clone(), &options, &known)? {
            failed.insert(incoming.name.clone(), problem.clone());
            failed.extend(incoming.pieces.iter().map(|piece| (piece.id.clone(), problem.clone())));
        }
    }
    Ok(())
}

/// Takes one report in; gives why it is not.
fn taken(desk: &mut Desk, incoming: Incoming, options: &Options, known: &Known) -> Result<Option<String>, Trouble> {
    let made = {
        let home = desk.state().home.clone().ok_or(Trouble::Nothing)?;
        let place = Place {
            schemes: desk.pinned.schemes(),
            state: desk.state(),
            home: &home,
            now: Timestamp::now(),
            known,
        };
        step(&incoming, &place, options, &mut Table::default())
    };
    let command = match made {
        Ok(step) => step.command(),
        // An older version of loose objects is here beside the newer one.
        Err(NotTaken::Older(..)) => match incoming.aside() {
            Some(older) => return taken(desk, older, options, known),
            None => return Ok(None),
        },
        // Whether it was withdrawn already is nothing for whoever sends it.
        Err(NotTaken::Revoked(..)) => return Ok(None),
        Err(error @ NotTaken::Invalid(_)) => return Ok(Some(error.to_string())),
    };
    match desk.act(vec![command]) {
        Ok(()) => Ok(None),
        // What is held already is no fault.
        Err(Trouble::Refused(said)) if said.starts_with("nothing changed") => Ok(None),
        Err(Trouble::Refused(said) | Trouble::Unreadable(said) | Trouble::NotEntitled(said)) => Ok(Some(said)),
        Err(Trouble::Nothing) => Ok(Some("there is no such thing, or not for you".to_owned())),
        Err(other) => Err(other),
    }
}

/// `GET /taxii2/root/status/ID/`.
pub(super) async fn status(caller: Caller, Path(id): Path<String>) -> Response {
    let work = move |desk: &mut Desk| {
        let value = desk.host.sights.status(desk, &id).ok_or(Trouble::Nothing)?;
        Ok(resource(StatusCode::OK, &value))
    };
    caller.answer(work).await
}
