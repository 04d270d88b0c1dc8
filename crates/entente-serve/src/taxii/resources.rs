//! The resources: discovery, root, collections, manifests, objects, versions, status.

use std::collections::BTreeSet;

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use entente_core::{Command, ReportId};
use entente_exchange::taxii::{
    Collection, Entry, Filter, MEDIA, MOST, Sight, collections as visible, entries, manifest as lines, moment_text,
};
use serde_json::{Value, json};

use super::answer::resource;
use super::caller::Caller;
use super::posting::MAX_CONTENT;
use crate::api::cursor;
use crate::pages::{Desk, Trouble};

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
        let all: Vec<Value> = in_sight(desk, |desk, sight| {
            seen(desk, sight, acts).iter().map(Collection::value).collect()
        });
        let value = if all.is_empty() {
            json!({})
        } else {
            json!({ "collections": all })
        };
        Ok(resource(StatusCode::OK, &value))
    };
    caller.answer(work).await
}

/// What the caller sees, as it is now.
fn in_sight<T>(desk: &Desk, with: impl FnOnce(&Desk, &Sight) -> T) -> T {
    desk.host.sights.of(desk, |sight| with(desk, sight))
}

fn seen(desk: &Desk, sight: &Sight, acts: bool) -> Vec<Collection> {
    visible(&desk.moment(), sight, acts && desk.may("add-report"))
}

/// A collection that the caller may see.
pub(super) fn one(desk: &Desk, acts: bool, id: &str) -> Result<Collection, Trouble> {
    let mut all = in_sight(desk, |desk, sight| seen(desk, sight, acts)).into_iter();
    all.find(|collection| collection.id == id).ok_or(Trouble::Nothing)
}

/// `GET /taxii2/root/collections/ID/`.
pub(super) async fn collection(caller: Caller, Path(id): Path<String>) -> Response {
    let acts = caller.acts();
    let work = move |desk: &mut Desk| Ok(resource(StatusCode::OK, &one(desk, acts, &id)?.value()));
    caller.answer(work).await
}

/// What the address asks for. A cursor goes on with the question that it was given for.
fn wanted(desk: &Desk, list: &str, query: Option<&str>, narrow: impl FnOnce(&mut Filter)) -> Result<Filter, Trouble> {
    let mut filter = Filter::default();
    let mut next = None;
    for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (plain(name), plain(value));
        match name.as_str() {
            "next" => next = Some(value),
            _ => filter.field(&name, &value).map_err(Trouble::Unreadable)?,
        }
    }
    narrow(&mut filter);
    if let Some(next) = next {
        let list = format!("{list} {}", filter.question());
        let position = cursor::open(desk.me(), &list, &next).map_err(|_| {
            let said = "`next` is none of yours for this question, or the node was started anew since: leave it out to begin anew";
            Trouble::Unreadable(said.to_owned())
        })?;
        filter.after = position.parse().ok();
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

/// A page of a collection.
struct Shown {
    entries: Vec<Entry>,
    next: Option<String>,
}

/// What a page is of: the caller may do things, the collection, and of which of its lists.
struct List<'l> {
    acts: bool,
    collection: &'l str,
    /// Which list; a cursor is good for one.
    name: String,
    /// Whether what is on the page is read with it.
    opens: bool,
}

/// Only what comes on the page is decided: as many places as are wanted, and more where some of them are not the caller's.
fn page(desk: &mut Desk, list: &List<'_>, filter: &Filter) -> Result<Shown, Trouble> {
    let collection = one(desk, list.acts, list.collection)?;
    let limit = filter.limit.unwrap_or(MOST).min(MOST);
    let (found, last) = in_sight(desk, |desk, sight| {
        let (mut found, mut asked, mut more) = (Vec::new(), filter.clone(), true);
        while more && found.len() < limit {
            let wanted = limit - found.len();
            let mut spots = sight.spots(collection.arrangement.as_ref(), &asked, wanted + 1);
            more = spots.len() > wanted;
            spots.truncate(wanted);
            asked.after = spots.last().map(|spot| spot.added).or(asked.after);
            found.extend(entries(&desk.moment(), desk.me(), &spots, desk.now));
        }
        (found, asked.after.filter(|_| more))
    });
    if list.opens {
        open(desk, &found)?;
    }
    let list = format!("{} {}", list.name, filter.question());
    let next = last.and_then(|last| cursor::seal(desk.me(), &list, &moment_text(last)));
    Ok(Shown { entries: found, next })
}

/// Puts on record that the reports of a page are read.
fn open(desk: &mut Desk, found: &[Entry]) -> Result<(), Trouble> {
    let reports: BTreeSet<&(ReportId, u32)> = found.iter().map(|entry| &entry.report).collect();
    let reports: Vec<(ReportId, u32)> = reports.into_iter().cloned().collect();
    record(desk, &reports)
}

/// Puts on record that reports are read, all at once: nothing is shown that is not on record.
pub(crate) fn record(desk: &mut Desk, reports: &[(ReportId, u32)]) -> Result<(), Trouble> {
    let first = |report: &&(ReportId, u32)| desk.host.first_reading(&desk.session, report);
    let fresh: Vec<(ReportId, u32)> = reports.iter().filter(first).cloned().collect();
    let opening = |(report, version): &(ReportId, u32)| Command::RecordOpening {
        report: report.clone(),
        version: Some(*version),
        reader: desk.me().clone(),
        purpose: None,
    };
    let records: Vec<Command> = fresh.iter().map(opening).collect();
    if records.is_empty() {
        return Ok(());
    }
    desk.act(records)
        .inspect_err(|_| desk.host.forget_readings(&desk.session, &fresh))
}

/// A page: what is empty is an object without anything, and where more follows it is said where.
fn paged(shown: &Shown, name: &str, list: Vec<Value>) -> Response {
    let mut value = json!({});
    if !list.is_empty() || shown.next.is_some() {
        value["more"] = json!(shown.next.is_some());
        value[name] = Value::Array(list);
    }
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

/// A page of what there is of one object; an object that is not there is missing, whatever else is asked.
fn page_of(desk: &mut Desk, list: &List<'_>, object: String, query: Option<&str>) -> Result<Shown, Trouble> {
    there(desk, list, &object)?;
    let filter = wanted(desk, &list.name, query, |filter| filter.ids = vec![object])?;
    page(desk, list, &filter)
}

/// Whether an object is in a collection for the caller, in any version.
fn there(desk: &Desk, list: &List<'_>, object: &str) -> Result<(), Trouble> {
    let collection = one(desk, list.acts, list.collection)?;
    let any = Filter::of_object(object);
    let is = in_sight(desk, |desk, sight| {
        let mut asked = any;
        loop {
            let spots = sight.spots(collection.arrangement.as_ref(), &asked, 1);
            let Some(spot) = spots.first() else { return false };
            if !entries(&desk.moment(), desk.me(), &spots, desk.now).is_empty() {
                return true;
            }
            asked.after = Some(spot.added);
        }
    });
    if is { Ok(()) } else { Err(Trouble::Nothing) }
}

/// `GET …/objects/`.
pub(super) async fn objects(caller: Caller, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let acts = caller.acts();
    let work = move |desk: &mut Desk| {
        let list = List::of(acts, &id, "objects", true);
        let filter = wanted(desk, &list.name, query.as_deref(), |_| {})?;
        let mut shown = page(desk, &list, &filter)?;
        let objects = shown.entries.iter_mut().map(|entry| entry.object.take()).collect();
        Ok(paged(&shown, "objects", objects))
    };
    caller.answer(work).await
}

/// `GET …/manifest/`.
pub(super) async fn manifest(caller: Caller, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let acts = caller.acts();
    let work = move |desk: &mut Desk| {
        let list = List::of(acts, &id, "manifest", false);
        let filter = wanted(desk, &list.name, query.as_deref(), |_| {})?;
        let shown = page(desk, &list, &filter)?;
        Ok(paged(&shown, "objects", lines(&shown.entries)))
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
        let list = List::of(acts, &id, "object", true);
        let mut shown = page_of(desk, &list, object, query.as_deref())?;
        let objects = shown.entries.iter_mut().map(|entry| entry.object.take()).collect();
        Ok(paged(&shown, "objects", objects))
    };
    caller.answer(work).await
}

/// `GET …/objects/OBJECT/versions/`: all versions, of those of STIX that are asked for.
pub(super) async fn versions(
    caller: Caller,
    Path((id, object)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let acts = caller.acts();
    let work = move |desk: &mut Desk| {
        let list = List::of(acts, &id, "versions", false);
        there(desk, &list, &object)?;
        let all = |filter: &mut Filter| filter.of_all_versions(object);
        let filter = wanted(desk, &list.name, query.as_deref(), all)?;
        let shown = page(desk, &list, &filter)?;
        let versions = shown.entries.iter().map(|entry| json!(entry.version)).collect();
        Ok(paged(&shown, "versions", versions))
    };
    caller.answer(work).await
}

impl<'l> List<'l> {
    fn of(acts: bool, collection: &'l str, kind: &str, opens: bool) -> Self {
        Self {
            acts,
            collection,
            name: format!("{kind} {collection}"),
            opens,
        }
    }
}

/// `DELETE …/objects/OBJECT/`: whose report it is decides about it, by a recall.
pub(super) async fn delete(caller: Caller, Path((id, object)): Path<(String, String)>) -> Response {
    let acts = caller.acts();
    let work = move |desk: &mut Desk| {
        there(desk, &List::of(acts, &id, "object", false), &object)?;
        let said = "nothing is deleted here: whose report it is withdraws or recalls it";
        Err(Trouble::NotEntitled(said.to_owned()))
    };
    caller.answer(work).await
}
