//! Answers and errors, in the one media type.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entente_exchange::taxii::MEDIA;
use serde_json::{Value, json};

use crate::api::worded;
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
        Trouble::Refused(said) | Trouble::Reused(said) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "Not as things stand", said)
        }
        other => worded(other),
    };
    error(status, title, &said)
}
