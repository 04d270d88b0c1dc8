//! What the interface for programs offers, as `OpenAPI` 3.1.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// An address: path, what it gives, and what may be said about what is wanted.
const OFFERED: &[(&str, &str, &[&str])] = &[
    (
        "/api/v1/reports",
        "The reports of which something is for the caller.",
        &["purpose", "search", "after", "limit"],
    ),
    (
        "/api/v1/reports/{id}",
        "One report, as far as it is for the caller. That it was read is on record.",
        &["purpose", "version"],
    ),
    (
        "/api/v1/reports/{id}/decision",
        "Who of an audience may have which portions that the caller may know, with every reason.",
        &["purpose", "version", "audience", "people"],
    ),
    (
        "/api/v1/requests",
        "Requests about portions that the caller may know.",
        &[],
    ),
    (
        "/api/v1/incidents",
        "Cases that the caller may know of, and what partners told of theirs.",
        &[],
    ),
    (
        "/api/v1/incidents/{id}",
        "The file of a case that the caller works on.",
        &["purpose"],
    ),
    ("/api/v1/partners", "How it stands with each partner.", &[]),
    ("/api/v1/todo", "What waits for the caller.", &[]),
];

fn parameter(name: &str, place: &str) -> Value {
    let kind = match name {
        "version" | "limit" => json!({ "type": "integer", "minimum": 1, "maximum": 4_294_967_295_u32 }),
        _ => json!({ "type": "string" }),
    };
    json!({ "name": name, "in": place, "required": place == "path", "schema": kind })
}

fn operation(path: &str, says: &str, query: &[&str]) -> Value {
    let in_path = path.contains("{id}").then(|| parameter("id", "path"));
    let parameters: Vec<Value> = in_path
        .into_iter()
        .chain(query.iter().map(|name| parameter(name, "query")))
        .collect();
    let problem = json!({
        "description": "A problem (RFC 9457).",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    json!({ "get": {
        "summary": says,
        "parameters": parameters,
        "responses": {
            "200": { "description": says, "headers": { "ETag": { "schema": { "type": "string" } } },
                     "content": { "application/json": { "schema": {} } } },
            "304": { "description": "As `If-None-Match` says." },
            "default": problem,
        },
    } })
}

/// The document.
pub(super) fn text() -> Value {
    let paths: Map<String, Value> = OFFERED
        .iter()
        .map(|(path, says, query)| ((*path).to_owned(), operation(path, says, query)))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Entente", "version": env!("CARGO_PKG_VERSION") },
        "security": [{ "token": [] }],
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": { "Problem": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": { "type": "string" }, "title": { "type": "string" },
                    "status": { "type": "integer" }, "detail": { "type": "string" },
                },
            } },
        },
        "paths": paths,
    })
}

/// `GET /api/v1/openapi.json`.
pub(super) async fn document() -> Response {
    Json(text()).into_response()
}
