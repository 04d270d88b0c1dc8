//! Interfaces for programs: the desk's values and commands as JSON, and `AuthZEN` 1.0, so that any gateway can ask.
//!
//! A program shows a token that is bound to a person of this party, does one kind of thing, and ends. It gets what that person
//! gets and nothing else; cookies count for nothing here.

mod authzen;
mod commands;
pub(crate) mod cursor;
mod events;
mod files;
mod openapi;
mod problem;
pub(crate) use problem::worded;
mod program;
mod values;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::host::Host;

/// The largest question: a thousand evaluations, each with long names.
const MAX_QUESTION: usize = 256 << 10;

/// The largest command: a report, as its file may be.
const MAX_COMMAND: usize = entente_core::draft::MAX_FILE + (64 << 10);

/// The addresses for programs.
pub(crate) fn routes() -> Router<Arc<Host>> {
    Router::new()
        .route("/api/v1/openapi.json", get(openapi::document))
        .route("/api/v1/reports", get(values::reports))
        .route("/api/v1/reports/{id}", get(values::report))
        .route("/api/v1/reports/{id}/decision", get(values::decision))
        .route("/api/v1/roles", get(commands::roles))
        .route("/api/v1/requests", get(values::requests))
        .route("/api/v1/pending", get(values::pending))
        .route("/api/v1/pending/{id}", get(values::pending_one))
        .route("/api/v1/briefings/{id}", get(values::briefing))
        .route("/api/v1/incidents", get(values::incidents))
        .route("/api/v1/incidents/{id}", get(values::incident))
        .route("/api/v1/partners", get(values::partners))
        .route("/api/v1/todo", get(values::todo))
        .route("/api/v1/events", get(events::events))
        .route("/.well-known/authzen-configuration", get(authzen::configuration))
        .route("/access/v1/evaluation", post(authzen::evaluation))
        .route("/access/v1/evaluations", post(authzen::evaluations))
        .route("/access/v1/search/subject", post(authzen::subjects))
        .route("/access/v1/search/resource", post(authzen::resources))
        .route("/api/v1/reports/{id}/export", post(files::export))
        .layer(DefaultBodyLimit::max(MAX_QUESTION))
        .route(
            "/api/v1/import",
            post(files::import).layer(DefaultBodyLimit::max(crate::pages::MAX_UPLOAD)),
        )
        .route(
            "/api/v1/commands/{name}",
            post(commands::command).layer(DefaultBodyLimit::max(MAX_COMMAND)),
        )
}
