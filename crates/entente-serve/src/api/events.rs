//! What there is to do for a caller, told as it comes up (server-sent events).
//!
//! At fixed intervals, whatever has happened meanwhile, the caller's own list is made anew and compared with what they were told:
//! only what differs is sent. So a stream tells nothing that the list does not tell, neither by its bytes nor by its times, and
//! it ends with the token, the person or the node. The id of an event is sealed for its caller and says which things they were
//! told of; with it a stream goes on where it broke off.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entente_core::PersonId;
use hyper::body::Frame;
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::cursor;
use super::problem::problem;
use super::program::Program;
use super::values::own_list;
use crate::host::{Host, aside};
use crate::pages::Trouble;
use crate::persons::{Scope, kept_exactly};

/// How often it is looked.
const LOOK: Duration = Duration::from_secs(1);
/// How often something is said although there is nothing to say, so that whoever is between keeps the line.
const BEAT: u32 = 15;
/// How long a stream lasts; programs come back with the id of the last event.
const LASTS: Duration = Duration::from_secs(3600);
/// Streams at once, of everybody.
const STREAMS: usize = 256;
/// Things that an id can hold; with more of them, the id before stays.
const HELD: usize = 120;
/// Characters of a thing's digest in an id.
const DIGITS: usize = 8;

static ROOM: std::sync::LazyLock<Arc<Semaphore>> = std::sync::LazyLock::new(|| Arc::new(Semaphore::new(STREAMS)));

/// What goes out, as long as somebody reads it.
struct Stream(Receiver<Bytes>);

impl HttpBody for Stream {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0
            .poll_recv(context)
            .map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// `GET /api/v1/events`.
pub(super) async fn events(headers: HeaderMap, program: Program) -> Response {
    let Ok(room) = ROOM.clone().try_acquire_owned() else {
        return problem(StatusCode::SERVICE_UNAVAILABLE, "Too many streams", "come back later");
    };
    let last = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok())
        .map(str::to_owned);
    let (host, person, token) = program.caller();
    // Whoever may not read the list gets the same answer as there.
    let first = program.value_of(Scope::Read, "see-own-work", own_list).await;
    let first = match first {
        Ok(list) => list,
        Err(trouble) => return super::problem::told(trouble),
    };
    let told = last.and_then(|id| told_before(&person, &id)).unwrap_or_default();
    let (sender, receiver) = channel(16);
    tokio::spawn(tell((host, person, token), sender, told, first, room));
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, Body::new(Stream(receiver))).into_response()
}

/// What was told: each thing by its digest, and as it was said where that is known.
type Told = BTreeMap<String, Option<Value>>;

fn told_before(person: &PersonId, id: &str) -> Option<Told> {
    let held = cursor::open(person, "events", id).ok()?;
    let each = held.as_bytes().chunks(DIGITS);
    Some(
        each.filter_map(|part| Some((str::from_utf8(part).ok()?.to_owned(), None)))
            .collect(),
    )
}

fn digest(item: &Value) -> String {
    let whole = kept_exactly(&item.to_string());
    whole.get(..DIGITS).unwrap_or_default().to_owned()
}

/// What has to be said so that the caller knows the list, and what they were told then.
fn news(person: &PersonId, told: &Told, list: &[Value]) -> (String, Told) {
    let now: Told = list.iter().map(|item| (digest(item), Some(item.clone()))).collect();
    let mut said = String::new();
    for (_, item) in now.iter().filter(|(digest, _)| !told.contains_key(*digest)) {
        said.push_str(&event("todo", item.as_ref().unwrap_or(&Value::Null)));
    }
    for (_, item) in told.iter().filter(|(digest, _)| !now.contains_key(*digest)) {
        let gone = item
            .as_ref()
            .map(|item| json!({ "kind": item["kind"], "about": item["about"] }));
        said.push_str(&event("done", &gone.unwrap_or(Value::Null)));
    }
    if !said.is_empty() && now.len() <= HELD {
        let held: String = now.keys().map(String::as_str).collect();
        if let Some(id) = cursor::seal(person, "events", &held) {
            said.push_str(&format!("event: told\nid: {id}\ndata: null\n\n"));
        }
    }
    (said, now)
}

fn event(kind: &str, data: &Value) -> String {
    // JSON has no line breaks of its own.
    format!("event: {kind}\ndata: {data}\n\n")
}

async fn tell(
    (host, person, token): (Arc<Host>, PersonId, String),
    sender: Sender<Bytes>,
    mut told: Told,
    first: Vec<Value>,
    _room: OwnedSemaphorePermit,
) {
    let since = Instant::now();
    let mut list = Ok(first);
    let mut looked = 0u32;
    loop {
        let Ok(now) = list else { return };
        let (mut said, now) = news(&person, &told, &now);
        told = now;
        if said.is_empty() && looked.is_multiple_of(BEAT) {
            ": here\n\n".clone_into(&mut said);
        }
        if !said.is_empty() && sender.send(Bytes::from(said)).await.is_err() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = sender.closed() => return,
        }
        if since.elapsed() > LASTS || host.ending.load(Ordering::Relaxed) {
            return;
        }
        looked = looked.wrapping_add(1);
        let (host, person, token) = (host.clone(), person.clone(), token.clone());
        let made = aside(move || Program::list_of(host, &person, &token, "see-own-work", own_list));
        list = made.await.unwrap_or_else(|_| Err(Trouble::Broken(String::new())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_says_what_is_new_and_what_is_gone_and_goes_on_from_an_id() {
        let me = PersonId::new("GBR/a").unwrap();
        let item = |about: &str| json!({ "kind": "recall-to-follow", "about": about, "say": "x" });
        let (said, told) = news(&me, &Told::new(), &[item("one"), item("two")]);
        assert_eq!(said.matches("event: todo").count(), 2, "{said}");
        let id = said.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
        assert_eq!(news(&me, &told, &[item("one"), item("two")]).0, "");
        let (said, _) = news(&me, &told, &[item("two"), item("three")]);
        let done = said
            .split("event: done\ndata: ")
            .nth(1)
            .and_then(|rest| rest.lines().next());
        let done: Value = serde_json::from_str(done.unwrap()).unwrap();
        assert_eq!(
            (&done["about"], said.contains("three")),
            (&"one".into(), true),
            "{said}"
        );
        // After a break nothing is told twice, and what has gone is said without its name.
        let before = told_before(&me, id).unwrap();
        let (said, _) = news(&me, &before, &[item("two"), item("three")]);
        assert_eq!(
            (
                said.matches("event: todo").count(),
                said.matches("event: done\ndata: null").count()
            ),
            (1, 1)
        );
        assert!(told_before(&PersonId::new("GBR/b").unwrap(), id).is_none());
    }
}
