//! Interfaces for programs: the desk's values and commands as JSON, and `AuthZEN` 1.0, so that any gateway can ask.
//!
//! A program shows a token that is bound to a person of this party, does one kind of thing, and ends. It gets what that person
//! gets and nothing else; cookies count for nothing here.

mod again;
mod authzen;
mod commands;
mod condition;
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
use axum::http::Uri;
use axum::routing::{delete, get, post, put};

use crate::host::Host;
use program::Program;
use values::{OFFERED, Offer};

/// The largest question: a thousand evaluations, each with long names.
const MAX_QUESTION: usize = 256 << 10;

/// The largest command: a report, as its file may be.
const MAX_COMMAND: usize = entente_core::draft::MAX_FILE + (64 << 10);

/// The addresses for programs.
pub(crate) fn routes() -> Router<Arc<Host>> {
    let read = |router: Router<Arc<Host>>, offer: &'static Offer| {
        let answer = move |program: Program, uri: Uri| program.read(offer, uri);
        router.route(offer.path, get(answer))
    };
    OFFERED
        .iter()
        .fold(Router::new(), read)
        .route("/api/v1/openapi.json", get(openapi::document))
        .route("/api/v1/roles", get(commands::roles))
        .route("/api/v1/access/{id}", delete(commands::end_access))
        .route("/api/v1/notices", put(commands::wishes))
        .route("/api/v1/events", get(events::events))
        .route("/.well-known/authzen-configuration", get(authzen::configuration))
        .route("/access/v1/evaluation", post(authzen::evaluation))
        .route("/access/v1/evaluations", post(authzen::evaluations))
        .route("/access/v1/search/subject", post(authzen::subjects))
        .route("/access/v1/search/resource", post(authzen::resources))
        .route("/api/v1/reports/{id}/export", post(files::export))
        .route(
            "/api/v1/credentials",
            post(files::credential).layer(DefaultBodyLimit::max(entente_exchange::credential::MAX_FILE)),
        )
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
