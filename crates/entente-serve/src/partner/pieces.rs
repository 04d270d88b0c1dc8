//! Large messages in pieces: announced in a sealed question, put one after the other, and gone on with where they stopped.
//!
//! What has come whole is the same sealed message, and goes the same way as one that came at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entente_node::{Answer, Carried, Piece, Question};
use sha2::{Digest as _, Sha256};

use super::client::{self, Post, Taken, Unreached};
use super::courier::Trouble;
use super::{ASK, INBOX, OFFSET, PIECE, inbox};
use crate::evening;
use crate::host::{Host, aside};
use crate::settings::{MAX_PIECE_KIB, Partner};

/// How long a piece may take to come in.
const PATIENCE: Duration = Duration::from_secs(60);

/// `PUT /partner/inbox/{digest}`: a piece of an announced message.
pub(super) async fn take(State(host): State<Arc<Host>>, Path(digest): Path<String>, request: Request) -> Response {
    let Some(offset) = offset(request.headers()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind != PIECE)
    {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    if host.keys().is_none() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let piece = tokio::time::timeout(PATIENCE, to_bytes(request.into_body(), MAX_PIECE_KIB << 10)).await;
    let Ok(Ok(piece)) = piece else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let since = Instant::now();
    let taken = aside(move || taken(&host, &digest, offset, &piece)).await;
    evening::rest_of_class(since).await;
    taken.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

fn offset(headers: &HeaderMap) -> Option<usize> {
    headers.get(OFFSET)?.to_str().ok()?.parse().ok()
}

fn taken(host: &Host, digest: &str, offset: usize, piece: &[u8]) -> Response {
    let goes_on = |status: StatusCode, next: usize| (status, [(OFFSET, next.to_string())]).into_response();
    match host.node().piece(digest, offset, piece) {
        Ok(Piece::Unknown) => StatusCode::NOT_FOUND.into_response(),
        Ok(Piece::Elsewhere(next)) => goes_on(StatusCode::CONFLICT, next),
        Ok(Piece::Next(next)) => goes_on(StatusCode::NO_CONTENT, next),
        Ok(Piece::Broken) => StatusCode::BAD_REQUEST.into_response(),
        Ok(Piece::Whole(message)) => {
            let answer = inbox::answer(host, &message);
            // What could not be taken in now is tried again, and is here then.
            if matches!(answer.status(), StatusCode::OK | StatusCode::BAD_REQUEST) {
                host.node().pieces_done(digest);
            }
            answer
        }
        Err(error) => {
            host.journal
                .warn("a piece of a message could not be kept", &[("problem", &error)]);
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Hands a message over in pieces of so many bytes, from where it stopped; gives the sealed answer. A partner whose program knows no
/// pieces gets it whole.
pub(super) async fn hand_over(
    host: &Arc<Host>,
    partner: &Partner,
    letter: &Carried,
    piece: usize,
) -> Result<Bytes, Trouble> {
    let digest = entente_ledger::hex(&Sha256::digest(&letter.sealed));
    let question = Question::Upload {
        digest: digest.clone(),
        size: letter.sealed.len(),
    };
    let (node, to) = (host.node().clone(), letter.to.clone());
    let asked = aside(move || node.ask(&to, &question)).await;
    let asked = asked.map_err(|_| Unreached::BrokeOff)?.map_err(Trouble::Announcing)?;
    let answer = match client::post(partner, Post::sealed(ASK, asked.sealed.clone())).await {
        Err(Unreached::Status(StatusCode::BAD_REQUEST)) => {
            return Ok(client::post(partner, Post::sealed(INBOX, letter.sealed.clone())).await?);
        }
        other => other?,
    };
    let node = host.node().clone();
    let answer = aside(move || node.answered(&asked, &answer)).await;
    let Answer::Upload { mut offset } = answer.map_err(|_| Unreached::BrokeOff)?.map_err(Trouble::Receipt)? else {
        return Err(Trouble::NotNow);
    };
    let whole = Bytes::from(letter.sealed.clone());
    let path = format!("{INBOX}/{digest}");
    // Each piece brings it forward, or is the last try.
    let mut turned = false;
    loop {
        let begin = offset.min(whole.len());
        let end = begin.saturating_add(piece).min(whole.len());
        match client::piece(partner, &path, begin, whole.slice(begin..end)).await? {
            Taken::Whole(answer) => return Ok(answer),
            Taken::Next(next) if next > begin => offset = next,
            Taken::Next(_) if turned => return Err(Unreached::BrokeOff.into()),
            Taken::Next(next) => (turned, offset) = (true, next),
        }
    }
}
