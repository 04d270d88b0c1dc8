//! One request to a partner.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::{INBOX, SEALED};
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

/// Hands a sealed message to a partner; gives its sealed answer.
pub(crate) async fn post(partner: &Partner, message: Vec<u8>) -> Result<Bytes, Unreached> {
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
    message: Vec<u8>,
) -> Result<Bytes, Unreached> {
    let broken = |_| Unreached::BrokeOff;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    let line = tokio::spawn(connection);
    let request = Request::builder()
        .method(Method::POST)
        .uri(INBOX)
        .header(header::HOST, authority)
        .header(header::CONTENT_TYPE, SEALED)
        .body(Full::new(Bytes::from(message)))
        .map_err(|_| Unreached::Address)?;
    let answered = tokio::time::timeout(ANSWER, async {
        let answer = sender.send_request(request).await.map_err(broken)?;
        if answer.status() != StatusCode::OK {
            return Err(Unreached::Status(answer.status()));
        }
        let body = Limited::new(answer.into_body(), MAX_ANSWER).collect().await;
        Ok(body.map_err(|_| Unreached::BrokeOff)?.to_bytes())
    });
    let answered = answered.await.unwrap_or(Err(Unreached::Late));
    line.abort();
    answered
}
