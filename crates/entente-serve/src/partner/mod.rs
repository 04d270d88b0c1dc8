//! What partners say to this node and it to them: the same sealed message as the file, carried by the network.

mod client;
mod courier;
mod inbox;
mod limits;

use std::sync::Arc;

use axum::Router;
use axum::routing::post;

use crate::host::Host;

pub(crate) use courier::courier;
pub(crate) use limits::Limits;

/// Where messages are taken in.
pub(crate) const INBOX: &str = "/partner/inbox";
/// What a sealed message is called on the network.
pub(crate) const SEALED: &str = "application/vnd.entente.sealed";

/// The addresses for partners.
pub(crate) fn routes() -> Router<Arc<Host>> {
    Router::new().route(INBOX, post(inbox::take))
}
