//! Traces for the operator's instruments: OpenTelemetry, sent to a collector as OTLP over HTTP (OTLP 1, section "OTLP/HTTP").
//!
//! A span bears the pattern of an address, a method, a status and times: no address, and no name of a party, person or report.
//! Nothing of a trace is told to whoever is called.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::http::{HeaderMap, Method, Request, Response, Uri, header};
use http_body_util::Full;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{Span as _, SpanKind, Status, TraceContextExt as _, Tracer as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue, global};
use opentelemetry_http::{Bytes, HeaderExtractor, HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use crate::fetch::{self, Reach, Trusted, Unreached};
use crate::journal::Journal;
use crate::settings::{SettingsError, is_secured, wrong};

/// What spans are made by.
const SCOPE: &str = "entente";
/// How long a collector may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// What a collector answers is not looked at.
const MOST: usize = 64 << 10;

/// Where traces go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceSettings {
    /// The collector, `https://host:port`; `http://` only on this machine. `/v1/traces` is added.
    pub collector: String,
    /// PEM file of the certificate that it shows; without it, whom this machine trusts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// A file with the token that is shown to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<PathBuf>,
    /// How many of a hundred requests are traced.
    #[serde(default = "all")]
    pub percent: u8,
    /// What this node is called in them.
    #[serde(default = "service")]
    pub service: String,
}

fn all() -> u8 {
    100
}

fn service() -> String {
    "entente".to_owned()
}

impl TraceSettings {
    /// Lets paths count from the folder of the settings.
    pub(crate) fn below(&mut self, place: &impl Fn(&mut PathBuf)) {
        self.certificate.iter_mut().for_each(place);
        self.token.iter_mut().for_each(place);
    }

    /// Checks that traces can go there.
    ///
    /// # Errors
    /// When they could be read on the way, or more than all requests are to be traced.
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        is_secured("traces.collector", &self.collector)?;
        match self.percent {
            0..=100 => Ok(()),
            _ => Err(wrong("traces.percent", "write a number from 0 to 100")),
        }
    }
}

/// The traces of a node, where the settings name a collector.
#[derive(Debug, Default)]
pub(crate) struct Traces(OnceLock<SdkTracerProvider>);

impl Traces {
    /// Begins to trace.
    ///
    /// # Errors
    /// When the token cannot be read, or the machine gives no thread.
    pub(crate) fn start(&self, settings: &TraceSettings, journal: Journal) -> Result<(), SettingsError> {
        let failed = |problem: String| wrong("traces", problem);
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector {
                runtime: Handle::current(),
                certificate: settings.certificate.clone(),
                journal,
                silent: AtomicBool::new(false),
            })
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(PATIENCE)
            .with_endpoint(format!("{}/v1/traces", settings.collector.trim_end_matches('/')))
            .with_headers(authorization(settings.token.as_deref())?)
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(
                f64::from(settings.percent) / 100.0,
            ))))
            .with_resource(
                Resource::builder_empty()
                    .with_service_name(settings.service.clone())
                    .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
                    .build(),
            )
            .build();
        global::set_tracer_provider(provider.clone());
        let _ = self.0.set(provider);
        Ok(())
    }

    /// A request came: its span is in the context, below that of the proxy before this node where there is one.
    pub(crate) fn came(&self, method: &Method, route: &str, proxy: Option<&HeaderMap>) -> Option<Context> {
        let tracer = self.0.get()?.tracer(SCOPE);
        let none = Context::new();
        let above =
            proxy.map(|headers| TraceContextPropagator::new().extract_with_context(&none, &HeaderExtractor(headers)));
        let above = above.unwrap_or(none);
        let method = known(method);
        let span = tracer
            .span_builder(format!("{method} {route}"))
            .with_kind(SpanKind::Server)
            .with_attributes([
                KeyValue::new("http.request.method", method),
                KeyValue::new("http.route", route.to_owned()),
            ])
            .start_with_context(&tracer, &above);
        Some(above.with_span(span))
    }

    /// Sends what is left, and ends.
    pub(crate) fn stop(&self) {
        if let Some(provider) = self.0.get() {
            // Whoever could be told is not there.
            let _ = provider.shutdown_with_timeout(PATIENCE);
        }
    }
}

/// A request was answered.
pub(crate) fn answered(request: &Context, status: u16) {
    let span = request.span();
    span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status)));
    if status >= 500 {
        span.set_status(Status::error(""));
    }
    span.end();
}

/// Work under a span of its own, below that of whoever asks for it; without one it is not traced.
pub(crate) fn work<T>(work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let above = Context::current();
    move || {
        if !above.span().span_context().is_sampled() {
            return work();
        }
        let span = global::tracer(SCOPE).start_with_context("work", &above);
        let _entered = above.with_span(span).attach();
        work()
    }
}

/// A call of somebody else's server. Which one is not said.
pub(crate) struct Call(global::BoxedSpan);

impl Call {
    /// It begins.
    pub(crate) fn begins(method: &Method) -> Self {
        let method = known(method);
        let tracer = global::tracer(SCOPE);
        let span = tracer.span_builder(method).with_kind(SpanKind::Client);
        let span = span.with_attributes([KeyValue::new("http.request.method", method)]);
        Self(span.start(&tracer))
    }

    /// It was answered, or nobody was reached.
    pub(crate) fn ends(mut self, answer: &Result<fetch::Answer, Unreached>) {
        match answer {
            Ok((status, ..)) => {
                let status = i64::from(status.as_u16());
                self.0.set_attribute(KeyValue::new("http.response.status_code", status));
            }
            Err(_) => self.0.set_status(Status::error("")),
        }
        self.0.end();
    }
}

/// A method, or `_OTHER` for what somebody made up (Semantic Conventions for HTTP, `http.request.method`).
fn known(method: &Method) -> &'static str {
    let all = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    all.into_iter()
        .find(|name| *name == method.as_str())
        .unwrap_or("_OTHER")
}

fn authorization(token: Option<&Path>) -> Result<std::collections::HashMap<String, String>, SettingsError> {
    let Some(path) = token else {
        return Ok(std::collections::HashMap::new());
    };
    let read = std::fs::read_to_string(path).map_err(|error| SettingsError::File {
        path: path.to_owned(),
        error,
    })?;
    let value = format!("Bearer {}", read.trim());
    Ok([(header::AUTHORIZATION.to_string(), value)].into())
}

/// Takes spans to the collector by this node's own client.
#[derive(Debug)]
struct Collector {
    runtime: Handle,
    certificate: Option<PathBuf>,
    journal: Journal,
    /// Whether it was said already that it does not take them.
    silent: AtomicBool,
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (mut head, body) = request.into_parts();
        let address = head.uri.clone();
        head.uri = Uri::builder()
            .path_and_query(address.path_and_query().map_or("/", |path| path.as_str()))
            .build()?;
        let request = Request::from_parts(head, Full::new(body));
        let certificate = self.certificate.clone();
        let sent = self.runtime.spawn(async move {
            let trusted = certificate.as_deref().map_or(Trusted::System, Trusted::File);
            fetch::untraced((&address, Reach::Named), trusted, request, MOST).await
        });
        let answer = sent
            .await?
            .and_then(|(status, headers, body)| match status.is_success() {
                true => Ok((status, headers, body)),
                false => Err(Unreached::Status(status)),
            });
        match answer {
            Ok((status, _, body)) => {
                self.silent.store(false, Ordering::Relaxed);
                Ok(Response::builder().status(status).body(body)?)
            }
            Err(problem) => {
                // Once, until it takes some again.
                if !self.silent.swap(true, Ordering::Relaxed) {
                    self.journal.warn("traces were not taken", &[("problem", &problem)]);
                }
                Err(problem.into())
            }
        }
    }
}
