//! One request to a partner, or to a witness.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::SEALED;
use crate::settings::Partner;
use crate::tls;

/// How long a partner may take to be reached.
const REACH: Duration = Duration::from_secs(10);
/// How long it may take to answer: a large message over a slow line.
const ANSWER: Duration = Duration::from_secs(600);
/// The largest answer: a receipt and its wrapping.
const MAX_ANSWER: usize = 64 << 10;

/// Why a partner gave no answer that counts.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreached {
    #[error("its address cannot be used")]
    Address,
    #[error("it cannot be reached: {0}")]
    Connect(std::io::Error),
    #[error("its certificate is not the one in the settings, or cannot be used: {0}")]
    Certificate(String),
    #[error("it did not answer in time")]
    Late,
    #[error("it broke off")]
    BrokeOff,
    #[error("it answered {0}")]
    Status(StatusCode),
}

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
    let host = address.host().ok_or(Unreached::Address)?.to_owned();
    let secure = address.scheme_str() == Some("https");
    let port = address.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let bare = host.trim_matches(['[', ']']).to_owned();
    let connect = tokio::time::timeout(REACH, TcpStream::connect((bare.as_str(), port)));
    let stream = connect
        .await
        .map_err(|_| Unreached::Late)?
        .map_err(Unreached::Connect)?;
    let _ = stream.set_nodelay(true);
    let authority = address.authority().map(ToString::to_string).ok_or(Unreached::Address)?;
    match (secure, &partner.certificate) {
        (false, _) => exchange(stream, &authority, message).await,
        (true, Some(trusted)) => {
            let config = tls::client(trusted).map_err(|error| Unreached::Certificate(error.to_string()))?;
            let name = ServerName::try_from(bare).map_err(|_| Unreached::Address)?;
            let shake = TlsConnector::from(config).connect(name, stream);
            let shaken = tokio::time::timeout(REACH, shake).await.map_err(|_| Unreached::Late)?;
            let stream = shaken.map_err(|error| Unreached::Certificate(error.to_string()))?;
            exchange(stream, &authority, message).await
        }
        (true, None) => Err(Unreached::Address),
    }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    authority: &str,
    message: Post,
) -> Result<(StatusCode, Bytes), Unreached> {
    let broken = |_| Unreached::BrokeOff;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    let line = tokio::spawn(connection);
    let request = Request::builder()
        .method(Method::POST)
        .uri(&message.path)
        .header(header::HOST, authority);
    let request = match message.kind {
        Some(kind) => request.header(header::CONTENT_TYPE, kind),
        None => request,
    };
    let request = request
        .body(Full::new(Bytes::from(message.body)))
        .map_err(|_| Unreached::Address)?;
    let answered = tokio::time::timeout(ANSWER, async {
        let answer = sender.send_request(request).await.map_err(broken)?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), message.most).collect().await;
        Ok((status, body.map_err(|_| Unreached::BrokeOff)?.to_bytes()))
    });
    let answered = answered.await.unwrap_or(Err(Unreached::Late));
    line.abort();
    answered
}
