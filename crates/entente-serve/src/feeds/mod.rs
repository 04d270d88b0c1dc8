//! What others fetch by themselves: a MISP feed for whoever shows a token, and, where the settings say so, the public folder of a
//! provider of CSAF advisories.

mod csaf;
mod misp;

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::host::Host;

/// The addresses.
pub(crate) fn routes() -> Router<Arc<Host>> {
    Router::new()
        .route("/misp/manifest.json", get(misp::manifest))
        .route("/misp/{file}", get(misp::event))
        .route("/.well-known/csaf/provider-metadata.json", get(csaf::metadata))
        .route("/csaf/white/{file}", get(csaf::listing))
        .route("/csaf/white/{year}/{file}", get(csaf::advisory))
}

fn file(kind: &'static str, text: String) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

fn json(value: &serde_json::Value) -> Response {
    file("application/json", value.to_string())
}

fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "There is no such thing.\n").into_response()
}
