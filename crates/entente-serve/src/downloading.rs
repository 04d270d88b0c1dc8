//! One document of an address that the operator named, as `feed` fetches them: bounded, followed nowhere else, and not again
//! where nothing changed.

use std::path::Path;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, Request, StatusCode, Uri, header};
use http_body_util::Full;

use crate::fetch::{Reach, Trusted, Unreached, send};

/// The largest document that is fetched: as large as what is read whole from a file.
const MOST: usize = 64 << 20;

/// What a server said of the document that it gave, so that it need not give the same again (RFC 9110, 8.8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Its `ETag`.
    tag: Option<String>,
    /// Its `Last-Modified`.
    modified: Option<String>,
}

/// A document that was fetched.
#[derive(Clone, Debug)]
pub struct Download {
    /// Its bytes.
    pub body: Bytes,
    /// To be shown the next time.
    pub known: Known,
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum NoDownload {
    /// The server gave none.
    #[error(transparent)]
    Unreached(Unreached),
    /// It stands somewhere else now. That is said and not followed: whom this node calls is for whoever runs it to say.
    #[error("it answered {0}: it is at {1} now; name that address instead")]
    Moved(StatusCode, String),
    /// The machine gives no threads for it.
    #[error("it cannot be asked: {0}")]
    Runtime(std::io::Error),
}

/// Fetches what is at an address; `None` where it is still what is known of it. Over `https` it is
/// whoever a file of certificates vouches for, or without one, whoever this machine trusts on the public web.
///
/// # Errors
/// When the address cannot be used, the server cannot be reached, or it gives something else than a document of at most 64 MiB.
pub fn download(url: &str, trusted: Option<&Path>, known: &Known) -> Result<Option<Download>, NoDownload> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(NoDownload::Runtime)?;
    let unusable = || NoDownload::Unreached(Unreached::Address);
    let address: Uri = url.parse().map_err(|_| unusable())?;
    let path = address.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let mut request = Request::builder()
        .uri(path)
        .header(header::USER_AGENT, concat!("entente/", env!("CARGO_PKG_VERSION")));
    for (name, value) in [
        (header::IF_NONE_MATCH, &known.tag),
        (header::IF_MODIFIED_SINCE, &known.modified),
    ] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    let request = request.body(Full::default()).map_err(|_| unusable())?;
    let trusted = trusted.map_or(Trusted::System, Trusted::File);
    let answered = runtime.block_on(send((&address, Reach::Named), trusted, request, MOST));
    let (status, headers, body) = answered.map_err(NoDownload::Unreached)?;
    let text = |name: HeaderName| text_of(&headers, &name);
    match status {
        StatusCode::OK => {
            let known = Known {
                tag: text(header::ETAG),
                modified: text(header::LAST_MODIFIED),
            };
            Ok(Some(Download { body, known }))
        }
        StatusCode::NOT_MODIFIED => Ok(None),
        status if status.is_redirection() => {
            let to = text(header::LOCATION).unwrap_or_else(|| "an address that it does not name".to_owned());
            Err(NoDownload::Moved(status, to))
        }
        status => Err(NoDownload::Unreached(Unreached::Status(status))),
    }
}

fn text_of(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
