//! A TAXII 2.1 server: collections are arrangements as the caller may see them, and each object is decided for that caller.
//!
//! A caller shows a program's token, as `Bearer`, as `Token` or as the password of Basic authentication. What is missing and
//! what is not theirs to know of are the same bytes. What each real client needs besides the specification stands where it is done.

mod answer;
mod caller;
mod posting;
mod resources;
mod sights;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, any, get};

use crate::host::Host;
use caller::Caller;
pub(crate) use caller::token;
pub(crate) use resources::record;
pub(crate) use sights::Sights;

/// The addresses, each with and without the slash at its end.
pub(crate) fn routes() -> Router<Arc<Host>> {
    let mut router = Router::new();
    let collection = "/taxii2/root/collections/{collection}";
    let all: [(String, MethodRouter<Arc<Host>>); 9] = [
        ("/taxii2".to_owned(), get(resources::discovery)),
        ("/taxii2/root".to_owned(), get(resources::root)),
        ("/taxii2/root/status/{id}".to_owned(), get(posting::status)),
        ("/taxii2/root/collections".to_owned(), get(resources::collections)),
        (collection.to_owned(), get(resources::collection)),
        (format!("{collection}/manifest"), get(resources::manifest)),
        (
            format!("{collection}/objects"),
            get(resources::objects).post(posting::add),
        ),
        (
            format!("{collection}/objects/{{object}}"),
            get(resources::object).delete(resources::delete),
        ),
        (
            format!("{collection}/objects/{{object}}/versions"),
            get(resources::versions),
        ),
    ];
    for (path, methods) in all {
        let methods = methods.fallback(other_method);
        router = router.route(&format!("{path}/"), methods.clone()).route(&path, methods);
    }
    router.route("/taxii2/{*anything}", any(nothing))
}

/// What is nowhere below the address of the server, in the words of the specification.
async fn nothing(caller: Caller) -> Response {
    caller.answer(|_| Err(crate::pages::Trouble::Nothing)).await
}

/// A method that an address does not have.
async fn other_method(_: Caller) -> Response {
    let said = "read with GET; objects are added with POST";
    answer::error(StatusCode::METHOD_NOT_ALLOWED, "Not in this way", said)
}
