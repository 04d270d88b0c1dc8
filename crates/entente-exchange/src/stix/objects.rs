//! The objects of a file: in a bundle, an envelope, a list, or one by itself; those that are none are told.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::json::{text, twice};
use crate::table::Table;

/// Objects by id, in their order, each in its latest version.
pub(super) struct Objects<'f> {
    pub(super) order: Vec<&'f str>,
    pub(super) by_id: BTreeMap<&'f str, &'f Value>,
}

/// All that stands in a file where objects stand.
fn listed(file: &Value) -> Vec<&Value> {
    match (file, file.get("objects")) {
        (_, Some(Value::Array(objects))) if text(file, "type").is_none_or(|kind| kind == "bundle") => {
            objects.iter().collect()
        }
        (Value::Array(all), _) => all.iter().flat_map(listed).collect(),
        _ if text(file, "type") == Some("bundle") => Vec::new(),
        _ => vec![file],
    }
}

impl<'f> Objects<'f> {
    pub(super) fn of(file: &'f Value, table: &mut Table) -> Self {
        let mut found = Self {
            order: Vec::new(),
            by_id: BTreeMap::new(),
        };
        for (n, object) in listed(file).into_iter().enumerate() {
            let place = text(object, "id").map_or_else(|| format!("object {}", n + 1), str::to_owned);
            match identified(object) {
                Ok(id) => found.take(id, object, table),
                Err(problem) => table.note(place, problem, "left out"),
            }
        }
        found
    }

    fn take(&mut self, id: &'f str, object: &'f Value, table: &mut Table) {
        let Some(held) = self.by_id.get(id) else {
            self.order.push(id);
            self.by_id.insert(id, object);
            return;
        };
        let (held_at, at) = (text(held, "modified"), text(object, "modified"));
        if *held == object {
            return;
        }
        // Of two of one moment the revoked one holds, and else both are kept apart from each other by nothing: the first stays.
        let newer = at > held_at || at == held_at && object.get("revoked") == Some(&Value::Bool(true));
        table.note(id, "several versions of one object", "the latest is taken");
        if newer {
            self.by_id.insert(id, object);
        }
    }

    /// Every object, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'f str, &'f Value)> {
        self.order.iter().filter_map(|id| Some((*id, *self.by_id.get(id)?)))
    }
}

/// The id of an object, or why it is none.
fn identified(object: &Value) -> Result<&str, String> {
    if !object.is_object() {
        return Err("something that is no object".to_owned());
    }
    if let Some(name) = twice(object) {
        let name: String = name.chars().take(40).collect();
        return Err(format!("an object in which the name `{name}` stands twice"));
    }
    let Some(kind) = text(object, "type") else {
        return Err("an object without a `type`".to_owned());
    };
    match text(object, "id") {
        Some(id) if id.strip_prefix(kind).is_some_and(|rest| rest.starts_with("--")) && id.len() <= 300 => Ok(id),
        Some(_) => Err("an object whose `id` does not begin with its `type`".to_owned()),
        None => Err("an object without an `id`".to_owned()),
    }
}
