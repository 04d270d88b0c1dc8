//! Answers and errors, in the one media type.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entente_exchange::taxii::MEDIA;
use serde_json::{Value, json};

use crate::pages::Trouble;

/// A resource.
pub(super) fn resource(status: StatusCode, value: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, MEDIA)], value.to_string()).into_response()
}

/// An error: its number is a text, as the specification has it.
pub(super) fn error(status: StatusCode, title: &str, description: &str) -> Response {
    let value = json!({ "title": title, "description": description, "http_status": status.as_u16().to_string() });
    let mut answer = resource(status, &value);
    if status == StatusCode::UNAUTHORIZED {
        let asked = HeaderValue::from_static("Basic realm=\"TAXII\", Bearer");
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, asked);
    }
    answer
}

/// What went wrong, in words for a client.
pub(super) fn told(trouble: Trouble) -> Response {
    let (status, title, said) = match trouble {
        Trouble::Nothing => (
            StatusCode::NOT_FOUND,
            "Nothing here",
            "there is no such thing, or not for you".to_owned(),
        ),
        Trouble::NotEntitled(said) => (StatusCode::FORBIDDEN, "Not yours to do", said),
        Trouble::Refused(said) | Trouble::Reused(said) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "Not as things stand", said)
        }
        Trouble::Unreadable(said) => (StatusCode::BAD_REQUEST, "This cannot be read", said),
        Trouble::Locked => {
            let said = "the node was started without its passphrase".to_owned();
            (StatusCode::SERVICE_UNAVAILABLE, "It cannot be signed", said)
        }
        Trouble::Broken(_) => {
            let said = "the node failed; its operator can see why".to_owned();
            (StatusCode::INTERNAL_SERVER_ERROR, "It did not work", said)
        }
    };
    error(status, title, &said)
}
