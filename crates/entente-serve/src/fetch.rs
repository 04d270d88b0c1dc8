//! One request to somebody's server: trust in one certificate, bounded time and size.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::reach::{Network, may_call};
use crate::tls;
use crate::traces::Call;

/// How long a server may take to be reached.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it may take to answer: a large message over a slow line.
const ANSWER: Duration = Duration::from_secs(600);

/// Why a server gave no answer that counts.
#[derive(Debug, thiserror::Error)]
pub enum Unreached {
    /// The address is none, or `https` without a certificate to trust.
    #[error("its address cannot be used: it begins with `http://`, or with `https://` and its certificate is named")]
    Address,
    /// It is an address inside some network, and the operator does not allow it.
    #[error("its address is not a public one; the operator allows networks in `notices.hooks_inside`")]
    Inside,
    /// It sends somewhere else.
    #[error("it names {0}, which the operator did not; the settings list such origins in `also`")]
    Elsewhere(String),
    /// Nobody listens there.
    #[error("it cannot be reached: {0}")]
    Connect(std::io::Error),
    /// It shows another certificate.
    #[error("its certificate is not the one in the settings, or cannot be used: {0}")]
    Certificate(String),
    /// It takes too long.
    #[error("it did not answer in time")]
    Late,
    /// It does not keep to the protocol.
    #[error("it broke off")]
    BrokeOff,
    /// It says no.
    #[error("it answered {0}")]
    Status(StatusCode),
}

/// Whom a request may reach.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reach<'r> {
    /// Whoever the operator named.
    Named,
    /// Whoever somebody else named: public addresses, and networks that the operator allows.
    Checked(&'r [Network]),
}

/// Whose certificates a server may show.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trusted<'t> {
    /// Nobody's: `https` is not spoken.
    Nobody,
    /// Those in a file.
    File(&'t Path),
    /// Those that this machine trusts on the public web.
    System,
}

impl<'t> From<Option<&'t Path>> for Trusted<'t> {
    fn from(file: Option<&'t Path>) -> Self {
        file.map_or(Self::Nobody, Self::File)
    }
}

/// What a server answered.
pub(crate) type Answer = (StatusCode, HeaderMap, Bytes);

/// Sends a request to the server of an address; gives its answer, of at most so many bytes. Nobody is followed elsewhere.
pub(crate) async fn send(
    to: (&Uri, Reach<'_>),
    trusted: impl Into<Trusted<'_>>,
    request: Request<Full<Bytes>>,
    most: usize,
) -> Result<Answer, Unreached> {
    let call = Call::begins(request.method());
    let answer = untraced(to, trusted, request, most).await;
    call.ends(&answer);
    answer
}

/// The same without a trace: what takes the traces away leaves none.
pub(crate) async fn untraced(
    (address, reach): (&Uri, Reach<'_>),
    trusted: impl Into<Trusted<'_>>,
    mut request: Request<Full<Bytes>>,
    most: usize,
) -> Result<Answer, Unreached> {
    let host = address.host().ok_or(Unreached::Address)?.to_owned();
    let secure = match address.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return Err(Unreached::Address),
    };
    let port = address.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let bare = host.trim_matches(['[', ']']).to_owned();
    let authority = address.authority().map(ToString::to_string).ok_or(Unreached::Address)?;
    let authority = authority.parse().map_err(|_| Unreached::Address)?;
    request.headers_mut().insert(header::HOST, authority);
    let resolved = tokio::net::lookup_host((bare.as_str(), port)).await;
    let found: Vec<SocketAddr> = resolved.map_err(Unreached::Connect)?.collect();
    // All of them: a name that also means somebody inside is not called at all.
    if let Reach::Checked(inside) = reach
        && !found.iter().all(|address| may_call(address.ip(), inside))
    {
        return Err(Unreached::Inside);
    }
    let connect = tokio::time::timeout(PATIENCE, TcpStream::connect(found.as_slice()));
    let stream = connect
        .await
        .map_err(|_| Unreached::Late)?
        .map_err(Unreached::Connect)?;
    let _ = stream.set_nodelay(true);
    if !secure {
        return exchange(stream, request, most).await;
    }
    let config = match trusted.into() {
        Trusted::Nobody => return Err(Unreached::Address),
        Trusted::File(file) => tls::client(file),
        Trusted::System => tls::public_client(),
    };
    let config = config.map_err(|error| Unreached::Certificate(error.to_string()))?;
    let name = ServerName::try_from(bare).map_err(|_| Unreached::Address)?;
    let shake = TlsConnector::from(config).connect(name, stream);
    let shaken = tokio::time::timeout(PATIENCE, shake)
        .await
        .map_err(|_| Unreached::Late)?;
    let stream = shaken.map_err(|error| Unreached::Certificate(error.to_string()))?;
    exchange(stream, request, most).await
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: Request<Full<Bytes>>,
    most: usize,
) -> Result<Answer, Unreached> {
    let broken = |_| Unreached::BrokeOff;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    let line = tokio::spawn(connection);
    let answered = tokio::time::timeout(ANSWER, async {
        let (head, body) = sender.send_request(request).await.map_err(broken)?.into_parts();
        let body = Limited::new(body, most).collect().await;
        Ok((
            head.status,
            head.headers,
            body.map_err(|_| Unreached::BrokeOff)?.to_bytes(),
        ))
    });
    let answered = answered.await.unwrap_or(Err(Unreached::Late));
    line.abort();
    answered
}
