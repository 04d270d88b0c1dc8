//! One request to a partner, or to a witness.

use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode, Uri, header};
use http_body_util::Full;

use super::{OFFSET, PIECE, SEALED};
pub(crate) use crate::fetch::Unreached;
use crate::fetch::{self, Reach};
use crate::settings::Partner;

/// The largest answer: a receipt and its wrapping.
const MAX_ANSWER: usize = 64 << 10;

/// The largest answer to a question: the records of years.
const MAX_RECORDS: usize = entente_node::MAX_MESSAGE;

/// What is posted where.
pub(crate) struct Post {
    /// The path.
    pub(crate) path: String,
    /// The media type; none for a witness, whose protocol names none.
    pub(crate) kind: Option<&'static str>,
    /// What.
    pub(crate) body: Vec<u8>,
    /// The most bytes that an answer may have.
    pub(crate) most: usize,
}

impl Post {
    /// A sealed message.
    pub(crate) fn sealed(path: &str, body: Vec<u8>) -> Self {
        Self {
            path: path.to_owned(),
            kind: Some(SEALED),
            body,
            most: if path == super::INBOX { MAX_ANSWER } else { MAX_RECORDS },
        }
    }
}

/// What a partner said of a piece.
pub(crate) enum Taken {
    /// The next one begins here, in bytes.
    Next(usize),
    /// It was the last; the sealed answer to the whole.
    Whole(Bytes),
}

/// Hands a piece of a message to a partner, which begins at so many bytes.
pub(crate) async fn piece(partner: &Partner, path: &str, offset: usize, bytes: Bytes) -> Result<Taken, Unreached> {
    let address: Uri = partner.address.parse().map_err(|_| Unreached::Address)?;
    let request = Request::builder().method(Method::PUT).uri(path);
    let request = request.header(header::CONTENT_TYPE, PIECE).header(OFFSET, offset);
    let request = request.body(Full::new(bytes)).map_err(|_| Unreached::Address)?;
    let certificate = partner.certificate.as_deref();
    let (status, headers, answer) = fetch::send((&address, Reach::Named), certificate, request, MAX_ANSWER).await?;
    let next = headers.get(OFFSET).and_then(|text| text.to_str().ok()?.parse().ok());
    match (status, next) {
        (StatusCode::OK, _) => Ok(Taken::Whole(answer)),
        (StatusCode::NO_CONTENT | StatusCode::CONFLICT, Some(next)) => Ok(Taken::Next(next)),
        (status, _) => Err(Unreached::Status(status)),
    }
}

/// Hands a sealed message to a partner; gives its sealed answer.
pub(crate) async fn post(partner: &Partner, message: Post) -> Result<Bytes, Unreached> {
    match send(partner, message).await? {
        (StatusCode::OK, answer) => Ok(answer),
        (status, _) => Err(Unreached::Status(status)),
    }
}

/// Posts something; gives the status and the answer. Nobody is followed elsewhere.
pub(crate) async fn send(partner: &Partner, message: Post) -> Result<(StatusCode, Bytes), Unreached> {
    let address: Uri = partner.address.parse().map_err(|_| Unreached::Address)?;
    let request = Request::builder().method(Method::POST).uri(&message.path);
    let request = match message.kind {
        Some(kind) => request.header(header::CONTENT_TYPE, kind),
        None => request,
    };
    let request = request
        .body(Full::new(Bytes::from(message.body)))
        .map_err(|_| Unreached::Address)?;
    let (status, _, answer) = fetch::send(
        (&address, Reach::Named),
        partner.certificate.as_deref(),
        request,
        message.most,
    )
    .await?;
    Ok((status, answer))
}
