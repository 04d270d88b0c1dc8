//! The resources: discovery, root, collections, manifests, objects, versions, status.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use entente_core::{PersonId, ReportId};
use entente_exchange::compose::NotTaken;
use entente_exchange::importing::step;
use entente_exchange::taxii::{
    Collection, Entry, Filter, MEDIA, Outcome, collections as visible, entries, manifest as lines, moment_text, sent,
    status as summary,
};
use entente_exchange::{Known, Options, Place, Table, json as strict, stix};
use http_body_util::{BodyExt, Limited};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::answer::{error, resource};
use super::caller::Caller;
use crate::api::cursor;
use crate::pages::{Desk, Trouble, read};
use crate::persons::code;

/// The largest body taken in.
const MAX_CONTENT: usize = 16 << 20;

/// How many status resources are kept: those of the last requests.
const STATUSES: usize = 1000;

/// What became of what was sent, by id, with who sent it.
static KEPT: Mutex<VecDeque<(String, PersonId, Value)>> = Mutex::new(VecDeque::new());

/// `GET /taxii2/`.
pub(super) async fn discovery(caller: Caller) -> Response {
    let base = caller.base.clone();
    let work = move |desk: &mut Desk| {
        let home = desk.state().home.as_ref().map(ToString::to_string).unwrap_or_default();
        let root = format!("{base}root/");
        let value = json!({ "title": format!("Reports at {home}"), "default": root, "api_roots": [root] });
        Ok(resource(StatusCode::OK, &value))
    };
    caller.answer(work).await
}

/// `GET /taxii2/root/`.
pub(super) async fn root(caller: Caller) -> Response {
    let value = json!({
        "title": "Collections are arrangements", "description": "Each object is decided for whoever asks.",
        "versions": [MEDIA], "max_content_length": MAX_CONTENT,
    });
    caller.answer(move |_| Ok(resource(StatusCode::OK, &value))).await
}

/// `GET /taxii2/root/collections/`.
pub(super) async fn collections(caller: Caller) -> Response {
    let acts = caller.acts();
    let work = move |desk: &mut Desk| {
        let all: Vec<Value> = seen(desk, acts).iter().map(Collection::value).collect();
        let value = if all.is_empty() {
            json!({})
        } else {
            json!({ "collections": all })
        };
        Ok(resource(StatusCode::OK, &value))
    };
    caller.answer(work).await
}

fn seen(desk: &Desk, acts: bool) -> Vec<Collection> {
    visible(&desk.moment(), desk.me(), acts && desk.may("add-report"), desk.now)
}

fn one(desk: &Desk, acts: bool, id: &str) -> Result<Collection, Trouble> {
    let mut all = seen(desk, acts).into_iter();
    all.find(|collection| collection.id == id).ok_or(Trouble::Nothing)
}

/// `GET /taxii2/root/collections/ID/`.
pub(super) async fn collection(caller: Caller, Path(id): Path<String>) -> Response {
    let acts = caller.acts();
    let work = move |desk: &mut Desk| Ok(resource(StatusCode::OK, &one(desk, acts, &id)?.value()));
    caller.answer(work).await
}

/// What the address asks for.
fn wanted(desk: &Desk, collection: &str, query: Option<&str>) -> Result<Filter, Trouble> {
    let mut filter = Filter::default();
    for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (plain(name), plain(value));
        if name == "next" {
            let position = cursor::open(desk.me(), collection, &value).map_err(|_| {
                Trouble::Unreadable(
                    "`next` is none of yours for this collection: leave it out to begin anew".to_owned(),
                )
            })?;
            filter.after = position.parse().ok();
            continue;
        }
        filter.field(&name, &value).map_err(Trouble::Unreadable)?;
    }
    Ok(filter)
}

/// A field of an address without its escapes.
fn plain(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let hex = text
            .get(at + 1..at + 3)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, hex) {
            (b'%', Some(code)) => {
                out.push(code);
                at += 3;
                continue;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(*byte),
        }
        at += 1;
    }
    // A `+` of a time zone that a client did not escape.
    String::from_utf8_lossy(&out).into_owned()
}

/// A page of a collection; what is shown of its reports is opened first.
struct Shown {
    entries: Vec<Entry>,
    next: Option<String>,
}

fn page(desk: &mut Desk, acts: bool, id: &str, filter: &Filter, opens: bool) -> Result<Shown, Trouble> {
    let collection = one(desk, acts, id)?;
    let all = entries(&desk.moment(), &collection, desk.me(), desk.now);
    let (entries, more) = filter.page(all);
    if opens {
        let reports: BTreeSet<&ReportId> = entries.iter().map(|entry| &entry.report).collect();
        for report in reports {
            read(desk, report, None, "")?;
        }
    }
    let last = entries.last().filter(|_| more);
    let next = last.and_then(|last| cursor::seal(desk.me(), id, &moment_text(last.added)));
    Ok(Shown { entries, next })
}

/// A page as an envelope: what is empty is left out, and where more follows it is said where.
fn envelope(shown: &Shown, list: Vec<Value>) -> Response {
    let mut value = json!({});
    if !list.is_empty() {
        value["objects"] = Value::Array(list);
    }
    value["more"] = json!(shown.next.is_some());
    if let Some(next) = &shown.next {
        value["next"] = json!(next);
    }
    let mut answer = resource(StatusCode::OK, &value);
    for (name, entry) in [
        ("x-taxii-date-added-first", shown.entries.first()),
        ("x-taxii-date-added-last", shown.entries.last()),
    ] {
        let moment = entry.and_then(|entry| HeaderValue::from_str(&moment_text(entry.added)).ok());
        if let Some(moment) = moment {
            answer.headers_mut().insert(name, moment);
        }
    }
    answer
}

/// A page of what there is of one object.
fn page_of(
    desk: &mut Desk,
    acts: bool,
    id: &str,
    object: String,
    query: Option<&str>,
    opens: bool,
) -> Result<Shown, Trouble> {
    let mut filter = wanted(desk, id, query)?;
    filter.ids = vec![object];
    let shown = page(desk, acts, id, &filter, opens)?;
    match shown.entries.is_empty() {
        true => Err(Trouble::Nothing),
        false => Ok(shown),
    }
}

/// `GET …/objects/`.
pub(super) async fn objects(caller: Caller, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let acts = caller.acts();
    let work = move |desk: &mut Desk| {
        let filter = wanted(desk, &id, query.as_deref())?;
        let shown = page(desk, acts, &id, &filter, true)?;
        let list = shown.entries.iter().map(|entry| entry.object.clone()).collect();
        Ok(envelope(&shown, list))
    };
    caller.answer(work).await
}

/// `GET …/manifest/`.
pub(super) async fn manifest(caller: Caller, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let acts = caller.acts();
    let work = move |desk: &mut Desk| {
        let filter = wanted(desk, &id, query.as_deref())?;
        let shown = page(desk, acts, &id, &filter, false)?;
        Ok(envelope(&shown, lines(&shown.entries)))
    };
    caller.answer(work).await
}

/// `GET …/objects/OBJECT/`.
pub(super) async fn object(
    caller: Caller,
    Path((id, object)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let acts = caller.acts();
    let work = move |desk: &mut Desk| {
        let shown = page_of(desk, acts, &id, object, query.as_deref(), true)?;
        let list = shown.entries.iter().map(|entry| entry.object.clone()).collect();
        Ok(envelope(&shown, list))
    };
    caller.answer(work).await
}

/// `GET …/objects/OBJECT/versions/`.
pub(super) async fn versions(
    caller: Caller,
    Path((id, object)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let acts = caller.acts();
    let work = move |desk: &mut Desk| {
        let shown = page_of(desk, acts, &id, object, query.as_deref(), false)?;
        let list: Vec<Value> = shown.entries.iter().map(|entry| json!(entry.version)).collect();
        let mut answer = envelope(&shown, Vec::new());
        *answer.body_mut() = Body::from(json!({ "more": shown.next.is_some(), "versions": list }).to_string());
        Ok(answer)
    };
    caller.answer(work).await
}

/// `DELETE …/objects/OBJECT/`: whose report it is decides about it, by a recall.
pub(super) async fn delete(caller: Caller, Path((id, object)): Path<(String, String)>) -> Response {
    let acts = caller.acts();
    let work = move |desk: &mut Desk| {
        let filter = Filter {
            ids: vec![object],
            ..Filter::default()
        };
        if page(desk, acts, &id, &filter, false)?.entries.is_empty() {
            return Err(Trouble::Nothing);
        }
        let said = "nothing is deleted here: whose report it is withdraws or recalls it";
        Err(Trouble::NotEntitled(said.to_owned()))
    };
    caller.answer(work).await
}

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

/// `POST …/objects/`.
pub(super) async fn add(caller: Caller, Path(id): Path<String>, headers: HeaderMap, body: Body) -> Response {
    if !is_taken(&headers) {
        let said = format!("send `{MEDIA}`");
        return error(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Not in this media type", &said);
    }
    let bytes = match Limited::new(body, MAX_CONTENT).collect().await {
        Ok(read) => read.to_bytes(),
        Err(_) => {
            let said = format!("at most {MAX_CONTENT} bytes at once; send it in parts");
            return error(StatusCode::PAYLOAD_TOO_LARGE, "Too much at once", &said);
        }
    };
    let acts = caller.acts();
    let work = move |desk: &mut Desk| {
        let collection = one(desk, acts, &id)?;
        if !collection.can_write {
            return Err(Trouble::NotEntitled(
                "this token reads; one of scope `act` adds objects".to_owned(),
            ));
        }
        let file = strict::read(&bytes).map_err(|error| Trouble::Unreadable(error.to_string()))?;
        if strict::own_twice(&file).is_some() {
            return Err(Trouble::Unreadable("a name stands twice in the envelope".to_owned()));
        }
        let outcomes = taken(desk, &collection, &file, sent(&file).map_err(Trouble::Unreadable)?)?;
        let id = uuid(desk);
        let value = summary(&id, desk.now, &outcomes);
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((id, desk.me().clone(), value.clone()));
        if kept.len() > STATUSES {
            kept.pop_front();
        }
        Ok(resource(StatusCode::ACCEPTED, &value))
    };
    caller.answer(work).await
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

/// Takes the objects in, as files are; gives what became of each.
fn taken(
    desk: &mut Desk,
    collection: &Collection,
    file: &Value,
    mut outcomes: Vec<Outcome>,
) -> Result<Vec<Outcome>, Trouble> {
    let mut table = Table::default();
    let found = stix::read(file, &mut table).map_err(|error| Trouble::Unreadable(error.to_string()))?;
    let options = Options {
        arrangements: collection.arrangement.iter().cloned().collect(),
        ..Options::default()
    };
    let known = Known::of(desk.state());
    let mut failed: BTreeMap<String, String> = BTreeMap::new();
    for incoming in &found {
        let command = {
            let home = desk.state().home.clone().ok_or(Trouble::Nothing)?;
            let place = Place {
                schemes: desk.pinned.schemes(),
                state: desk.state(),
                home: &home,
                now: Timestamp::now(),
                known: &known,
            };
            step(incoming, &place, &options, &mut table)
        };
        let problem = match command {
            Ok(step) => match desk.act(vec![step.command()]) {
                Ok(()) => None,
                // What is held already is no fault.
                Err(Trouble::Refused(said)) if said.starts_with("nothing changed") => None,
                Err(Trouble::Refused(said) | Trouble::Unreadable(said) | Trouble::NotEntitled(said)) => Some(said),
                Err(Trouble::Nothing) => Some("there is no such thing, or not for you".to_owned()),
                Err(other) => return Err(other),
            },
            // Whether something newer is held is nothing for whoever sends it.
            Err(NotTaken::Older(..) | NotTaken::Revoked(..)) => None,
            Err(error @ NotTaken::Invalid(_)) => Some(error.to_string()),
        };
        if let Some(problem) = problem {
            failed.insert(incoming.name.clone(), problem.clone());
            for piece in &incoming.pieces {
                failed.insert(piece.id.clone(), problem.clone());
            }
        }
    }
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.failed.is_none()) {
        outcome.failed = failed.get(&outcome.id).cloned();
    }
    Ok(outcomes)
}

/// `GET /taxii2/root/status/ID/`.
pub(super) async fn status(caller: Caller, Path(id): Path<String>) -> Response {
    let work = move |desk: &mut Desk| {
        let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|(known, whose, _)| *known == id && whose == desk.me());
        let value = found.map(|(.., value)| value).ok_or(Trouble::Nothing)?;
        Ok(resource(StatusCode::OK, value))
    };
    caller.answer(work).await
}
