//! A TAXII 2.1 server: collections are arrangements as the caller may see them, and each object is decided for that caller.
//!
//! A caller shows a program's token, as `Bearer`, as `Token` or as the password of Basic authentication. What is missing and
//! what is not theirs to know of are the same bytes. What each real client needs besides the specification stands where it is done.

mod answer;
mod caller;
mod resources;

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodRouter, get};

use crate::host::Host;

/// The addresses, each with and without the slash at its end.
pub(crate) fn routes() -> Router<Arc<Host>> {
    let mut router = Router::new();
    let collection = "/taxii2/root/collections/{collection}";
    let all: [(String, MethodRouter<Arc<Host>>); 9] = [
        ("/taxii2".to_owned(), get(resources::discovery)),
        ("/taxii2/root".to_owned(), get(resources::root)),
        ("/taxii2/root/status/{id}".to_owned(), get(resources::status)),
        ("/taxii2/root/collections".to_owned(), get(resources::collections)),
        (collection.to_owned(), get(resources::collection)),
        (format!("{collection}/manifest"), get(resources::manifest)),
        (
            format!("{collection}/objects"),
            get(resources::objects).post(resources::add),
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
        router = router.route(&format!("{path}/"), methods.clone()).route(&path, methods);
    }
    router
}
