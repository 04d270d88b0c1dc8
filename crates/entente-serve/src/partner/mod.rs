//! What partners say to this node and it to them: the same sealed message as the file, carried by the network.

mod client;
mod courier;
mod inbox;
mod limits;
mod mailing;
mod pieces;
mod reconcile;
mod witness;

use std::sync::Arc;

use axum::Router;
use axum::routing::{post, put};

use crate::host::Host;

pub(crate) use courier::{courier, next_try};
pub(crate) use limits::Limits;
pub use mailing::ByMail;
pub(crate) use mailing::mailing;
pub use reconcile::{Unreconciled, records_of};
pub(crate) use witness::witnesses;

/// Where messages are taken in.
pub(crate) const INBOX: &str = "/partner/inbox";
/// Where questions are answered.
pub(crate) const ASK: &str = "/partner/ask";
/// What a sealed message is called on the network.
pub(crate) const SEALED: &str = "application/vnd.entente.sealed";

/// Where the next piece of a message begins, in bytes.
pub(crate) const OFFSET: &str = "upload-offset";
/// What a piece of a sealed message is called on the network.
pub(crate) const PIECE: &str = "application/partial-upload";

/// The addresses for partners.
pub(crate) fn routes() -> Router<Arc<Host>> {
    Router::new()
        .route(INBOX, post(inbox::take))
        .route("/partner/inbox/{digest}", put(pieces::take))
        .route(ASK, post(inbox::ask))
        .route("/witness/{prefix}/add-checkpoint", post(witness::add_checkpoint))
}
