//! Taking back what was entered by mistake: a party, a person, an audience. Only while nothing rests on it; what does is named.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use super::{Decided, Refusal, home};
use crate::entered::Entered;
use crate::event::Event;
use crate::ids::PartyPath;
use crate::state::{Document, State};

/// The most things named that rest on an entry: whoever reads more looks them up.
const MAX_NAMED: usize = 5;

/// Takes an entry back.
pub(super) fn undo(state: &State, entry: Entered, reason: String, now: Timestamp) -> Result<Decided, Refusal> {
    let home = home(state)?;
    match &entry {
        Entered::Party { path } if path == home => {
            return Err(Refusal::Invalid(format!(
                "{path} is this party itself; a folder of its own is another party"
            )));
        }
        Entered::Party { path } if !state.parties.contains_key(path) => {
            return Err(Refusal::missing("party", path, "`entente party list` shows them"));
        }
        Entered::Person { id } if !state.persons.contains_key(id) => {
            return Err(Refusal::missing("person", id, "`entente person list` shows them"));
        }
        Entered::Audience { name } if !state.audiences.contains_key(name) => {
            return Err(Refusal::missing("audience", name, "`entente audience list` shows them"));
        }
        _ => {}
    }
    let resting = resting(state, &entry);
    match resting.is_empty() {
        true => Ok(Decided::events([Event::EntryUndone { entry, reason, at: now }])),
        false => Err(Refusal::Invalid(format!(
            "{entry} cannot be taken back any more: {} {} on it; {}",
            named(&resting),
            if resting.len() == 1 { "rests" } else { "rest" },
            instead(&entry)
        ))),
    }
}

/// What to do where it is too late.
fn instead(entry: &Entered) -> String {
    match entry {
        Entered::Party { path } => {
            format!(
                "`entente party add {path} --no-member` takes it out of the community, `entente arrangement end` ends its terms"
            )
        }
        Entered::Person { id } => format!("`entente person disable {id}` bars them from everything"),
        Entered::Audience { name } => format!("`entente audience set {name} PERSON…` defines it anew"),
    }
}

fn named(resting: &BTreeSet<String>) -> String {
    let some: Vec<&str> = resting.iter().take(MAX_NAMED).map(String::as_str).collect();
    match resting.len().saturating_sub(MAX_NAMED) {
        0 => some.join(", "),
        more => format!("{} and {more} more", some.join(", ")),
    }
}

/// Everything else that mentions an entry.
fn resting(state: &State, entry: &Entered) -> BTreeSet<String> {
    let own: Vec<Document> = entry.documents();
    let mentions = |text: &str| match entry {
        Entered::Party { path } => is_of(path, text),
        Entered::Person { id } => text == id.as_str(),
        // Commands take an audience's members, not its name.
        Entered::Audience { .. } => false,
    };
    let mut found = BTreeSet::new();
    state.each_document(&mut |document, value| {
        let key = document.id.split_whitespace().any(mentions);
        if !own.contains(&document) && document.kind != "home" && (key || within(value, &mentions)) {
            found.insert(format!("{} {}", document.kind.replace('-', " "), document.id));
        }
    });
    found
}

/// Whether a text is a party, a part of it, or something named by it.
fn is_of(path: &PartyPath, text: &str) -> bool {
    let rest = text.strip_prefix(path.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
}

fn within(value: &Value, mentions: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => mentions(text),
        Value::Array(all) => all.iter().any(|each| within(each, mentions)),
        Value::Object(fields) => fields.iter().any(|(key, each)| mentions(key) || within(each, mentions)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
