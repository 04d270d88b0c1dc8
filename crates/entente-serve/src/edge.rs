//! The edge: which address leads where, what every answer bears, what is counted.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use opentelemetry::trace::FutureExt as _;
use ring::digest;

use crate::host::{Host, aside};
use crate::metrics::Gauges;
use crate::server::Peer;
use crate::{api, evening, feeds, pages, partner, taxii, traces, whence};

/// What every answer bears.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// How long a request may take from its head to its answer: the largest report over a slow line, and no drip of bytes.
const PATIENCE: Duration = Duration::from_secs(30);

/// All addresses of the node.
pub(crate) fn router(host: Arc<Host>) -> Router {
    Router::new()
        .route("/health", get(async || "alive\n"))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .merge(partner::routes())
        .merge(api::routes())
        .merge(taxii::routes())
        .merge(feeds::routes())
        .merge(pages::routes())
        .layer(from_fn_with_state(host.clone(), every))
        .with_state(host)
}

/// Counts, writes down and dresses every answer.
async fn every(State(host): State<Arc<Host>>, mut request: Request, next: Next) -> Response {
    let since = Instant::now();
    let mut behind_proxy = false;
    if let Some(Peer(peer)) = request.extensions().get::<Peer>().copied() {
        let settings = host.settings();
        let from = whence::whence(peer.ip(), request.headers(), &settings.trusted_proxies);
        behind_proxy = settings.trusted_proxies.contains(&peer.ip());
        request
            .extensions_mut()
            .insert(Peer(SocketAddr::new(from, peer.port())));
    }
    let method = request.method().clone();
    // The pattern, never the address itself: it may name a report.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("(none)".to_owned(), |path| path.as_str().to_owned());
    let probe = route == "/health" || route == "/ready";
    let proxy = behind_proxy.then(|| request.headers());
    let span = match probe || route == "/metrics" {
        true => None,
        false => host.traces.came(&method, &route, proxy),
    };
    let mut answer = match is_ambiguous(request.headers()) {
        true => (StatusCode::BAD_REQUEST, [(header::CONNECTION, "close")]).into_response(),
        false => {
            let answer = in_time(request, next, &route);
            answer.with_context(span.clone().unwrap_or_default()).await
        }
    };
    if evening::concerns(&answer) {
        evening::rest_of_class(since).await;
    }
    if let Some(span) = span {
        traces::answered(&span, answer.status().as_u16());
    }
    dress(&mut answer);
    let took = since.elapsed();
    host.metrics.answered(answer.status().as_u16(), took);
    if !(probe || method == Method::HEAD) {
        host.journal.info(
            "answered",
            &[
                ("method", &method),
                ("route", &route),
                ("status", &answer.status().as_u16()),
                ("milliseconds", &took.as_millis()),
            ],
        );
    }
    answer
}

/// Gives an answer what every answer bears, where it does not say otherwise itself.
pub(crate) fn dress(answer: &mut Response) {
    for (name, value) in HEADERS {
        answer
            .headers_mut()
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    let keep = answer.headers_mut().entry(header::CACHE_CONTROL);
    keep.or_insert(HeaderValue::from_static("no-store"));
}

/// Whether it could be read as another request by somebody between: its length is said in two ways.
fn is_ambiguous(headers: &HeaderMap) -> bool {
    let lengths = headers.get_all(header::CONTENT_LENGTH).iter().count();
    lengths > 1 || lengths > 0 && headers.contains_key(header::TRANSFER_ENCODING)
}

/// The answer, unless whoever asks takes too long to say what. Messages of partners are large, and have a patience of their own.
async fn in_time(request: Request, next: Next, route: &str) -> Response {
    let answer = next.run(request);
    if route == partner::INBOX {
        return answer.await;
    }
    let late = || (StatusCode::REQUEST_TIMEOUT, [(header::CONNECTION, "close")]).into_response();
    tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(|_| late())
}

/// Whether requests can be answered, and whether messages can be signed.
async fn ready(State(host): State<Arc<Host>>) -> Response {
    let looked = host.clone();
    let state = aside(move || looked.node().store().read(|_| ())).await;
    let store = matches!(state, Ok(Ok(())));
    let (status, stands) = match store {
        true => (StatusCode::OK, "open"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "stopped"),
    };
    let keys = if host.keys().is_some() { "unlocked" } else { "locked" };
    (status, format!("store: {stands}\nkeys: {keys}\n")).into_response()
}

async fn metrics(State(host): State<Arc<Host>>, headers: HeaderMap) -> Response {
    let looked = host.clone();
    let seen = aside(move || {
        let token = looked
            .settings()
            .metrics_token
            .as_deref()
            .map(std::fs::read_to_string)?
            .ok()?;
        let waiting = looked.node().store().waiting().unwrap_or_default();
        let waiting = waiting.into_iter().map(|(_, count)| count).sum();
        let free = entente_files::free_space(looked.node().folder()).unwrap_or_default();
        Some((token, waiting, free))
    });
    let Ok(Some((token, waiting, free))) = seen.await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    if token.trim().is_empty() || !alike(given.as_bytes(), token.trim().as_bytes()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let gauges = Gauges {
        waiting,
        free,
        sessions: host.sessions.count(&host.settings().sessions, Instant::now()) as u64,
        unlocked: host.keys().is_some(),
    };
    host.metrics.text(gauges).into_response()
}

/// Compares two secrets in a time that tells nothing about them.
pub(crate) fn alike(one: &[u8], other: &[u8]) -> bool {
    let digest = |text| digest::digest(&digest::SHA256, text);
    let (one, other) = (digest(one), digest(other));
    let differ = one
        .as_ref()
        .iter()
        .zip(other.as_ref())
        .fold(0, |differ, (a, b)| differ | (a ^ b));
    differ == 0
}
