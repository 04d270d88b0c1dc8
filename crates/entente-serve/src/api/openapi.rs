//! What the interface for programs offers, as `OpenAPI` 3.1.

use axum::Json;
use axum::response::{IntoResponse, Response};
use entente_desk::doing::{self, Act, Field, Kind};
use serde_json::{Map, Value, json};

use super::values::OFFERED;

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
    json!({ "get": {
        "summary": says,
        "parameters": parameters,
        "responses": {
            "200": { "description": says, "headers": { "ETag": { "schema": { "type": "string" } } },
                     "content": { "application/json": { "schema": {} } } },
            "304": { "description": "As `If-None-Match` says." },
            "default": problem(),
        },
    } })
}

fn problem() -> Value {
    json!({
        "description": "A problem (RFC 9457).",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    })
}

/// What is done only as long as something is as it was read.
fn if_match() -> Value {
    json!({
        "name": "If-Match", "in": "header", "required": false,
        "description": "Entity tags, as `ETag` gave them for anything that was read here: it is done only as long as the caller would still \
                        read the same there.",
        "schema": { "type": "string" },
    })
}

fn changed() -> Value {
    let mut changed = problem();
    changed["description"] = json!("What `If-Match` names has changed, and nothing was done (RFC 9457).");
    changed
}

/// What a field holds, as a schema.
fn shape(field: &Field) -> Value {
    let mut shape = match field.kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Moment => json!({ "type": "string", "examples": ["2026-11-26T03:20Z"] }),
        Kind::Value => json!({}),
    };
    shape["description"] = json!(field.says);
    shape
}

/// A command, from the desk's table of acts.
fn command(act: &Act) -> (String, Value) {
    let fields: Map<String, Value> = act
        .fields
        .iter()
        .map(|field| (field.name.to_owned(), shape(field)))
        .collect();
    let needed: Vec<&str> = act
        .fields
        .iter()
        .filter(|field| field.must)
        .map(|field| field.name)
        .collect();
    let body = json!({ "type": "object", "properties": fields, "required": needed, "additionalProperties": false });
    let answer = json!({
        "type": "object",
        "required": ["done", "id"],
        "properties": { "done": { "const": act.name }, "id": { "type": ["string", "null"] } },
    });
    let waits = json!({
        "type": "object",
        "required": ["done", "id", "waits", "detail"],
        "properties": {
            "done": { "type": "null" }, "id": { "type": "null" },
            "waits": { "type": "array", "items": { "type": "string" } }, "detail": { "type": "string" },
        },
    });
    let says = format!("{} Role: see `{}` in `/api/v1/roles`.", act.says, act.role);
    let operation = json!({ "post": {
        "operationId": act.name,
        "summary": act.says,
        "description": says,
        "parameters": [if_match(), {
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "The same key for the same command within a day carries out nothing again; another command under it is refused (422).",
            "schema": { "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$" },
        }],
        "requestBody": { "required": true, "content": { "application/json": { "schema": body } } },
        "responses": {
            "200": { "description": "It is done, and on record.", "content": { "application/json": { "schema": answer } } },
            "202": { "description": "An arrangement asks for two persons: it is on record, and waits for the second.",
                     "content": { "application/json": { "schema": waits } } },
            "412": changed(),
            "default": problem(),
        },
    } });
    (format!("/api/v1/commands/{}", act.name), operation)
}

/// Files in the formats of others, in and out.
fn files() -> [(String, Value); 3] {
    let answer = |says: &str| {
        json!({
            "200": { "description": says, "content": { "application/json": { "schema": { "type": "object" } } } },
            "412": changed(),
            "default": problem(),
        })
    };
    let about = ["name", "arrangement", "from", "default_mark", "named", "dry_run"];
    let import = json!({ "post": {
        "operationId": "import",
        "summary": "Take in a file: STIX, MISP, CSAF, a mail, or one with a label. Role: see `add-report` in `/api/v1/roles`.",
        "parameters": about.map(|name| parameter(name, "query")).into_iter().chain([if_match()]).collect::<Vec<_>>(),
        "requestBody": { "required": true, "content": { "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } } },
        "responses": answer("What became of each report in it, and what the file has that a report has not."),
    } });
    let fields = json!({
        "as": { "type": "string", "enum": ["stix", "misp", "csaf", "csaf-2.1", "markdown", "xml", "pdf"] },
        "to": { "type": "string", "description": "The party that gets it; whoever asks where none is named." },
        "purpose": { "type": "string" },
    });
    let export = json!({ "post": {
        "operationId": "export",
        "summary": "What of a report a party or the caller may have, in a format of others. That it goes is on record.",
        "parameters": [parameter("id", "path"), if_match()],
        "requestBody": { "required": true, "content": { "application/json": { "schema": {
            "type": "object", "required": ["as"], "properties": fields, "additionalProperties": false } } } },
        "responses": answer("The file as `content` (a PDF in base64, as `encoding` says), and in `table` what the format cannot express."),
    } });
    let credential = json!({ "post": {
        "operationId": "take-credential",
        "summary": "Make a person known by a credential (SD-JWT) of an issuer that is pinned here. Role: see `set-person` in `/api/v1/roles`.",
        "parameters": [parameter("nonce", "query"), if_match()],
        "requestBody": { "required": true, "content": { "application/dc+sd-jwt": { "schema": { "type": "string" } } } },
        "responses": answer("The person, with who vouches for them, and until when."),
    } });
    [
        ("/api/v1/credentials".to_owned(), credential),
        ("/api/v1/import".to_owned(), import),
        ("/api/v1/reports/{id}/export".to_owned(), export),
    ]
}

/// Ending a way in.
fn end_access() -> Value {
    let says = "Ends a way in: the caller's own, or anybody's for whoever gives roles. It is out at once, and that is on record.";
    let body = json!({ "type": "object", "required": ["ended"], "properties": { "ended": { "type": "object" } } });
    json!({ "delete": {
        "operationId": "end-access",
        "summary": says,
        "parameters": [parameter("id", "path"), if_match()],
        "responses": {
            "200": { "description": says, "content": { "application/json": { "schema": body } } },
            "412": changed(),
            "default": problem(),
        },
    } })
}

/// What somebody wishes to be told of: read and set at one address.
fn wishes() -> Value {
    let kinds: Vec<&str> = entente_desk::todo::Kind::ALL
        .into_iter()
        .map(entente_desk::todo::Kind::name)
        .collect();
    let wished = json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "kinds": { "type": "array", "uniqueItems": true, "items": { "enum": kinds }, "description": "Kinds of things, as `/api/v1/todo` names them." },
            "mail": { "type": ["string", "null"], "description": "Where mail goes; none where there is none." },
            "webhook": { "type": ["string", "null"], "description": "What is called, signed as Standard Webhooks says; none where there is none." },
        },
    });
    let answer = json!({
        "type": "object", "required": ["wished", "secret"],
        "properties": {
            "wished": wished,
            "secret": { "type": ["string", "null"], "description": "What signs the calls of a webhook whose address is new; said once." },
        },
    });
    let says = "Sets what the caller wishes to be told of, and how. A notice says a random id and a link, never what it is about.";
    json!({
        "operationId": "wish",
        "summary": says,
        "parameters": [if_match()],
        "requestBody": { "required": true, "content": { "application/json": { "schema": wished } } },
        "responses": {
            "200": { "description": says, "content": { "application/json": { "schema": answer } } },
            "412": changed(),
            "default": problem(),
        },
    })
}

/// The stream of what there is to do.
fn stream() -> Value {
    let says =
        "What there is to do for the caller, as it comes up: `todo`, `done`, and `told` with the id to go on from.";
    json!({ "get": {
        "summary": says,
        "parameters": [{
            "name": "Last-Event-ID", "in": "header", "required": false,
            "description": "Goes on after this event.", "schema": { "type": "string" },
        }],
        "responses": {
            "200": { "description": says, "content": { "text/event-stream": { "schema": { "type": "string" } } } },
            "default": problem(),
        },
    } })
}

/// The document.
pub(super) fn text() -> Value {
    let paths: Map<String, Value> = OFFERED
        .iter()
        .map(|offer| (offer.path.to_owned(), operation(offer.path, offer.says, offer.query)))
        .chain([(
            "/api/v1/roles".to_owned(),
            operation(
                "/api/v1/roles",
                "Who may do what: each act with the roles that may.",
                &[],
            ),
        )])
        .chain([
            ("/api/v1/events".to_owned(), stream()),
            ("/api/v1/access/{id}".to_owned(), end_access()),
        ])
        .chain(doing::acts().map(command))
        .chain(files())
        .collect();
    let mut paths = paths;
    if let Some(notices) = paths.get_mut("/api/v1/notices") {
        notices["put"] = wishes();
    }
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
