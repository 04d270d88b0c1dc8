//! What was sent to a collection, and what became of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::moment_text;
use crate::json::{items, text};

/// What became of one object that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Why it was not taken in.
    pub failed: Option<String>,
}

/// The objects that were sent: an envelope, or a bundle as some clients send it.
///
/// # Errors
/// When it is neither.
pub fn sent(file: &Value) -> Result<Vec<Outcome>, String> {
    if !file.is_object() || !file.get("objects").is_some_and(Value::is_array) {
        return Err("send an envelope: an object with a list `objects`".to_owned());
    }
    let one = |object: &Value| {
        let id = text(object, "id").unwrap_or_default().to_owned();
        let version = ["modified", "created"].iter().find_map(|name| text(object, name));
        let problem = match (object.is_object(), text(object, "type"), id.is_empty()) {
            _ if crate::json::twice(object).is_some() => Some("a name stands twice in it"),
            (false, ..) => Some("it is no object"),
            (_, None, _) => Some("it has no `type`"),
            (_, _, true) => Some("it has no `id`"),
            (_, Some(kind), _) if !id.starts_with(&format!("{kind}--")) => {
                Some("its `id` does not begin with its `type`")
            }
            _ => None,
        };
        Outcome {
            id,
            version: version.map_or_else(|| moment_text(Timestamp::UNIX_EPOCH), str::to_owned),
            failed: problem.map(str::to_owned),
        }
    };
    Ok(items(file, "objects").iter().map(one).collect())
}

/// What became of objects, as a status resource.
pub fn status(id: &str, at: Timestamp, outcomes: &[Outcome]) -> Value {
    let line = |outcome: &Outcome| {
        let mut fields = Map::from_iter([
            ("id".to_owned(), json!(outcome.id)),
            ("version".to_owned(), json!(outcome.version)),
        ]);
        if let Some(why) = &outcome.failed {
            fields.insert("message".to_owned(), json!(why));
        }
        Value::Object(fields)
    };
    let (failed, done): (Vec<&Outcome>, Vec<&Outcome>) = outcomes.iter().partition(|outcome| outcome.failed.is_some());
    let mut value = json!({
        "id": id, "status": "complete", "request_timestamp": moment_text(at), "total_count": outcomes.len(),
        "success_count": done.len(), "failure_count": failed.len(), "pending_count": 0,
    });
    for (name, list) in [("successes", done), ("failures", failed)] {
        if !list.is_empty() {
            value[name] = list.into_iter().map(line).collect();
        }
    }
    value
}

/// What was sent as files of which each has one version of an object, in the order in which they are to be taken in: older
/// versions first, so that a later one takes the place of an earlier one and both are here.
pub fn rounds(file: &Value) -> Vec<Value> {
    let moment = |object: &Value| {
        let named = ["modified", "created"].iter().find_map(|name| text(object, name));
        named.and_then(|text| text.parse::<Timestamp>().ok())
    };
    let mut versions: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for object in items(file, "objects") {
        let Some(id) = text(object, "id") else { continue };
        let held = versions.entry(id).or_default();
        if moment(object).is_none() || held.iter().all(|known| moment(known) != moment(object)) {
            held.push(object);
        }
    }
    let most = versions.values().map(Vec::len).max().unwrap_or_default();
    let mut earlier: Vec<Vec<Value>> = vec![Vec::new(); most.saturating_sub(1)];
    for held in versions.values_mut().filter(|held| held.len() > 1) {
        held.sort_by_key(|object| moment(object));
        held.pop();
        // The last ones are in the file itself; those before them stand as close to it as they can.
        let first = earlier.len() - held.len();
        for (round, object) in earlier[first..].iter_mut().zip(held.iter()) {
            round.push((*object).clone());
        }
    }
    let apparatus = |object: &&Value| {
        let kind = text(object, "type").unwrap_or_default();
        matches!(kind, "marking-definition" | "extension-definition" | "identity")
    };
    let around: Vec<Value> = items(file, "objects").iter().filter(apparatus).cloned().collect();
    let mut all: Vec<Value> = earlier
        .into_iter()
        .map(|mut objects| {
            let ids: Vec<String> = objects
                .iter()
                .filter_map(|one| text(one, "id"))
                .map(str::to_owned)
                .collect();
            let named = |one: &&Value| text(one, "id").is_some_and(|id| !ids.iter().any(|known| known == id));
            objects.extend(around.iter().filter(named).cloned());
            json!({ "objects": objects })
        })
        .collect();
    all.push(file.clone());
    all
}
