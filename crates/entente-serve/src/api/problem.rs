//! What went wrong, for programs (RFC 9457).

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::pages::Trouble;

/// A problem: what is wrong, and what to do.
pub(crate) fn problem(status: StatusCode, title: &str, detail: &str) -> Response {
    let body = json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail });
    let kind = (header::CONTENT_TYPE, "application/problem+json");
    let mut answer = (status, [kind], body.to_string()).into_response();
    if status == StatusCode::UNAUTHORIZED {
        answer
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
    }
    answer
}

/// A question that cannot be read.
pub(crate) fn unreadable(detail: &str) -> Response {
    problem(StatusCode::BAD_REQUEST, "This cannot be read", detail)
}

/// The same troubles as people get, for programs. What is missing and what is not theirs to know of are the same bytes.
pub(crate) fn told(trouble: Trouble) -> Response {
    if let Trouble::Waits(ids, said) = trouble {
        let body = json!({ "done": null, "id": null, "waits": ids, "detail": said });
        return (StatusCode::ACCEPTED, Json(body)).into_response();
    }
    let (status, title, detail) = worded(trouble);
    problem(status, title, &detail)
}

/// The status of a trouble, what it is called, and what is said of it.
pub(crate) fn worded(trouble: Trouble) -> (StatusCode, &'static str, String) {
    match trouble {
        Trouble::Nothing => (
            StatusCode::NOT_FOUND,
            "Nothing here",
            "there is no such thing, or not for you".to_owned(),
        ),
        Trouble::NotEntitled(said) => (StatusCode::FORBIDDEN, "Not yours to do", said),
        Trouble::Refused(said) => (StatusCode::CONFLICT, "Not as things stand", said),
        Trouble::Unreadable(said) => (StatusCode::BAD_REQUEST, "This cannot be read", said),
        Trouble::Reused(said) => (StatusCode::UNPROCESSABLE_ENTITY, "This key was used", said),
        Trouble::Changed(said) => (StatusCode::PRECONDITION_FAILED, "It has changed", said),
        Trouble::Waits(_, said) => (StatusCode::ACCEPTED, "It waits for a second person", said),
        Trouble::Locked => {
            let said = "the node was started without its passphrase".to_owned();
            (StatusCode::SERVICE_UNAVAILABLE, "It cannot be signed", said)
        }
        Trouble::NotYet => {
            let said = "what lists are made of is still being read; ask again in some seconds".to_owned();
            (StatusCode::SERVICE_UNAVAILABLE, "Not yet", said)
        }
        Trouble::Broken(_) => {
            let said = "the node failed; its operator can see why".to_owned();
            (StatusCode::INTERNAL_SERVER_ERROR, "It did not work", said)
        }
    }
}
