//! The inbox: takes a sealed message and answers with a sealed receipt.
//!
//! Whatever is not a message of a partner to this party gets one and the same answer, so that nobody learns from it whom
//! this party knows.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entente_core::PartyPath;
use entente_node::{Answered, MAX_MESSAGE};
use http_body_util::{BodyExt as _, Limited};
use tokio::sync::Semaphore;

use super::SEALED;
use crate::evening;
use crate::host::{Host, aside};

/// How long a message may take to come in: the largest over a slow line.
const PATIENCE: Duration = Duration::from_secs(600);
/// Mebibytes of messages held in memory at once.
const HELD: usize = 256;

static ROOM: Semaphore = Semaphore::const_new(HELD);

/// `POST /partner/inbox`.
pub(crate) async fn take(State(host): State<Arc<Host>>, request: Request) -> Response {
    taken(host, request, answer).await
}

/// `POST /partner/ask`: a sealed question, and a sealed answer.
pub(crate) async fn ask(State(host): State<Arc<Host>>, request: Request) -> Response {
    taken(host, request, told).await
}

fn told(host: &Host, question: &[u8]) -> Response {
    let (now, share) = (Instant::now(), host.settings().courier.messages_a_minute);
    let Some(claimed) = claimed(question) else {
        return refused(host);
    };
    if !host.limits.allow(&claimed, share, now) {
        return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "10")]).into_response();
    }
    let Ok(pinned) = host.pinned() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let banner = |portions: &std::collections::BTreeSet<entente_core::PortionRef>| {
        entente_desk::marks::banner_over(pinned.state(), pinned.library(), portions.iter())
    };
    match host.node().answer_question(question, &banner) {
        Ok((from, sealed)) => {
            host.limits.count(&from, share, now);
            ([(header::CONTENT_TYPE, SEALED)], sealed).into_response()
        }
        Err(error) if error.is_of_the_message() => {
            host.journal.warn("a question could not be verified", &[]);
            refused(host)
        }
        Err(error) => {
            host.journal
                .warn("a question could not be answered", &[("problem", &error)]);
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn taken(host: Arc<Host>, request: Request, answer: fn(&Host, &[u8]) -> Response) -> Response {
    let length = match announced(request.headers()) {
        Ok(length) => length,
        Err(status) => return status.into_response(),
    };
    if host.keys().is_none() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let room = u32::try_from(length >> 20).unwrap_or(u32::MAX).saturating_add(1);
    let Ok(_held) = ROOM.acquire_many(room).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let Some(message) = whole(request.into_body(), length).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let since = Instant::now();
    let answered = aside(move || answer(&host, &message)).await;
    evening::rest_of_class(since).await;
    answered.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// The length of a message, where it is announced as one that can be taken.
fn announced(headers: &HeaderMap) -> Result<usize, StatusCode> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if text(header::CONTENT_TYPE) != Some(SEALED) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let length = text(header::CONTENT_LENGTH).and_then(|text| text.parse().ok());
    match length.ok_or(StatusCode::LENGTH_REQUIRED)? {
        length if length > MAX_MESSAGE => Err(StatusCode::PAYLOAD_TOO_LARGE),
        length => Ok(length),
    }
}

/// What comes in, of just the announced length, while anybody would wait for it.
pub(super) async fn whole(body: Body, length: usize) -> Option<Bytes> {
    let whole = tokio::time::timeout(PATIENCE, Limited::new(body, length).collect());
    Some(whole.await.ok()?.ok()?.to_bytes())
}

/// Whom a message says it is from, before anything of it is verified.
pub(super) fn claimed(message: &[u8]) -> Option<PartyPath> {
    let header = entente_seal::peek(message).ok()?;
    PartyPath::new(header.from).ok()
}

/// Counts a message that was answered, and writes down where it was not taken in.
pub(super) fn count(host: &Host, answered: &Answered, now: Instant) {
    let share = host.settings().courier.messages_a_minute;
    host.limits.count(&answered.from, share, now);
    let counter = match answered.outcome.is_taken() {
        true => &host.metrics.taken,
        false => &host.metrics.refused,
    };
    counter.fetch_add(1, Ordering::Relaxed);
    if !answered.outcome.is_taken() {
        host.journal.warn(
            "a message was not taken in",
            &[
                ("from", &answered.from),
                ("outcome", &answered.outcome.word()),
                (
                    "problem",
                    &answered.why.as_deref().unwrap_or("it has to be sealed again"),
                ),
            ],
        );
    }
}

/// Writes down that a message is none of a partner to this party.
pub(super) fn unverified(host: &Host) {
    host.metrics.refused.fetch_add(1, Ordering::Relaxed);
    host.journal.warn("a message could not be verified", &[]);
}

/// Takes a whole message in, and answers with a receipt.
pub(super) fn answer(host: &Host, message: &[u8]) -> Response {
    let now = Instant::now();
    let share = host.settings().courier.messages_a_minute;
    let Some(claimed) = claimed(message) else {
        return refused(host);
    };
    if !host.limits.allow(&claimed, share, now) {
        let wait = (header::RETRY_AFTER, "10");
        return (StatusCode::TOO_MANY_REQUESTS, [wait]).into_response();
    }
    match host.node().answer(message) {
        Ok(answered) => {
            count(host, &answered, now);
            ([(header::CONTENT_TYPE, SEALED)], answered.sealed).into_response()
        }
        Err(error) if error.is_of_the_message() => {
            unverified(host);
            StatusCode::BAD_REQUEST.into_response()
        }
        Err(error) => {
            host.journal
                .warn("a message could not be taken in", &[("problem", &error)]);
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn refused(host: &Host) -> Response {
    host.metrics.refused.fetch_add(1, Ordering::Relaxed);
    StatusCode::BAD_REQUEST.into_response()
}
