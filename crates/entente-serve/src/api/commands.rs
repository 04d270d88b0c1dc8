//! Commands: what the desk offers to be done, in the name of whoever a token is of.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use entente_core::{Command, CommandRefusal, Pending, Proposed};
use entente_desk::doing::{self, Act, Composed, Fault};
use entente_node::NodeError;
use serde_json::{Map, Value, json};

use super::problem::{problem, told, unreadable};
use super::program::Program;
use crate::pages::{Desk, Trouble, Wished, ended, wish};
use crate::persons::{Scope, kept_exactly};

/// Characters of the ids that follow from a key: as good as never the same twice.
const FRESH: usize = 16;

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NoSuchAct | Fault::Missing(_) => Self::Nothing,
            Fault::Unreadable(said) => Self::Unreadable(said),
            Fault::Broken(said) => Self::Broken(said),
        }
    }
}

/// A key that a program chose for a command, and what is kept of both.
struct Key {
    key: String,
    command: String,
    fresh: String,
}

impl Key {
    fn of(desk: &Desk, given: &str, act: &Act, said: &Map<String, Value>) -> Self {
        let said = Value::Object(said.clone());
        let fresh = kept_exactly(&format!("fresh {} {given}", desk.me()));
        Self {
            key: kept_exactly(given),
            command: kept_exactly(&format!("{} {said}", act.name)),
            fresh: fresh.get(..FRESH).unwrap_or_default().to_owned(),
        }
    }
}

/// What is said of a body that is no JSON, or not of this shape.
fn unreadable_json(error: &JsonRejection) -> Response {
    match error {
        JsonRejection::MissingJsonContentType(_) => problem(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Not JSON",
            "send `Content-Type: application/json`",
        ),
        JsonRejection::BytesRejection(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            problem(StatusCode::PAYLOAD_TOO_LARGE, "Too large", "say less at once")
        }
        error => unreadable(&error.body_text()),
    }
}

/// `POST /api/v1/commands/NAME`.
pub(super) async fn command(
    mut program: Program,
    Path(name): Path<String>,
    said: Result<Json<Map<String, Value>>, JsonRejection>,
) -> Response {
    let Some(act) = doing::act(&name) else {
        return told(Trouble::Nothing);
    };
    let said = match said {
        Ok(Json(said)) => said,
        Err(error) => return unreadable_json(&error),
    };
    let key = match program.key() {
        Ok(key) => key.map(str::to_owned),
        Err(said) => return unreadable(said),
    };
    let work = move |desk: &mut Desk| done(desk, act, &said, key.as_deref());
    program.answer(Scope::Act, act.role, work).await.into_response()
}

fn done(desk: &mut Desk, act: &Act, said: &Map<String, Value>, key: Option<&str>) -> Result<Value, Trouble> {
    let key = key.map(|given| Key::of(desk, given, act, said));
    let fresh = key
        .as_ref()
        .map_or_else(entente_node::random_id, |key| key.fresh.clone());
    let Composed { mut commands, id } = desk.composed(act, said, &fresh)?;
    if let Some(key) = key {
        let used = Command::UseKey {
            caller: desk.me().clone(),
            key: key.key,
            command: key.command,
        };
        commands.insert(0, used);
    }
    let proposed = commands.clone();
    match desk.pinned.submit_all(commands) {
        Err(NodeError::Refused(CommandRefusal::DoneBefore)) if still_waits(desk, &proposed).is_some() => {
            let waits = still_waits(desk, &proposed).into_iter().collect();
            Err(NodeError::Waits(waits).into())
        }
        // What was done before is answered anew, from what stands now.
        Ok(_) | Err(NodeError::Refused(CommandRefusal::DoneBefore)) => Ok(answer(act, id.as_deref())),
        Err(NodeError::Refused(CommandRefusal::OtherCommand)) => {
            Err(Trouble::Reused(CommandRefusal::OtherCommand.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}

/// What the caller gave before, where it waits for a second person.
fn still_waits(desk: &Desk, commands: &[Command]) -> Option<Pending> {
    let proposed: Vec<Proposed> = commands.iter().filter_map(Proposed::of).collect();
    let mut all = desk.state().pending.values();
    let mine = all.find(|pending| {
        pending.by == *desk.me() && pending.waits(desk.now) && proposed.contains(&pending.what.as_asked())
    });
    mine.cloned()
}

fn answer(act: &Act, id: Option<&str>) -> Value {
    json!({ "done": act.name, "id": id })
}

/// `DELETE /api/v1/access/ID`: ends a way in.
pub(super) async fn end_access(program: Program, Path(id): Path<String>) -> Response {
    let work = move |desk: &mut Desk| Ok(json!({ "ended": ended(desk, &id)? }));
    program.answer(Scope::Act, "see-own-work", work).await
}

/// `PUT /api/v1/notices`: what the caller wishes to be told of from now on.
pub(super) async fn wishes(program: Program, said: Result<Json<Wished>, JsonRejection>) -> Response {
    let wished = match said {
        Ok(Json(wished)) => wished,
        Err(error) => return unreadable_json(&error),
    };
    let work = move |desk: &mut Desk| {
        let secret = wish(desk, wished.clone())?.map(|secret| format!("whsec_{secret}"));
        Ok(json!({ "wished": wished, "secret": secret }))
    };
    program.answer(Scope::Act, "see-own-work", work).await
}

/// `GET /api/v1/roles`: who may do what.
pub(super) async fn roles() -> Response {
    Json(entente_core::actor::table()).into_response()
}
