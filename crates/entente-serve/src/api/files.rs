//! Files in the formats of others, in and out: as `entente import` and `entente export` do it.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use entente_core::Command;
use entente_desk::persons::by_credential;
use entente_exchange::credential::Asked;
use serde_json::{Map, Value};

use super::problem::unreadable;
use super::program::Program;
use crate::credentials::{CredentialError, person_of};
use crate::pages::{Desk, Fields, Trouble, exported, imported};
use crate::persons::Scope;

/// `POST /api/v1/import`: the file is the body, and what is said about it stands in the address.
pub(super) async fn import(program: Program, RawQuery(query): RawQuery, body: Bytes) -> Response {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let only_tried = matches!(fields.get("dry_run"), "true" | "1");
    let name = match fields.get("name") {
        "" => "file".to_owned(),
        name => name.to_owned(),
    };
    let work = move |desk: &mut Desk| imported(desk, (name.clone(), body.to_vec()), &fields, only_tried);
    program.answer(Scope::Act, "add-report", work).await
}

/// `POST /api/v1/credentials`: the credential is the body, and `nonce` stands in the address. The person whom it describes is known from
/// then on.
pub(super) async fn credential(program: Program, RawQuery(query): RawQuery, body: Bytes) -> Response {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let Ok(text) = String::from_utf8(body.to_vec()) else {
        return unreadable("a credential is text: an SD-JWT in the compact form");
    };
    let work = move |desk: &mut Desk| {
        let home = desk.state().home.clone().ok_or(Trouble::Nothing)?;
        let asked = Asked {
            home: &home,
            nonce: Some(fields.get("nonce")).filter(|nonce| !nonce.is_empty()),
            schemes: desk.pinned.schemes(),
            now: desk.now,
        };
        let person = person_of(&desk.host.settings(), &text, &asked).map_err(|error| match error {
            CredentialError::Refused(refused) => Trouble::Refused(format!("{refused}.")),
            other => Trouble::Broken(other.to_string()),
        })?;
        let id = person.id.clone();
        desk.act(vec![Command::ChangePersons(vec![by_credential(person)])])?;
        desk.state().persons.get(&id).cloned().ok_or(Trouble::Nothing)
    };
    program.answer(Scope::Act, "set-person", work).await
}

/// `POST /api/v1/reports/ID/export`: `as`, and `to` a party, or to whoever asks where none is named.
pub(super) async fn export(program: Program, Path(id): Path<String>, body: Bytes) -> Response {
    let said: Map<String, Value> = match serde_json::from_slice(&body) {
        Ok(said) => said,
        Err(error) => return unreadable(&error.to_string()),
    };
    let known = ["as", "to", "purpose"];
    if let Some(other) = said.keys().find(|name| !known.contains(&name.as_str())) {
        return unreadable(&format!("`{other}` is not known here; say `as`, `to`, `purpose`"));
    }
    let text = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    let Some(fields) = said.iter().map(text).collect::<Option<Vec<_>>>() else {
        return unreadable("`as`, `to` and `purpose` are texts");
    };
    let fields = Fields::new(fields);
    let work = move |desk: &mut Desk| exported(desk, &id, &fields);
    program.answer(Scope::Act, "read", work).await
}
