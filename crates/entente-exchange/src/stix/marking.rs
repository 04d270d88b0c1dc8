//! Marking definitions: TLP 1 and 2 by their published ids, statements, and what is not understood.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::foreign::{ACS, IEP, acs, iep};
use super::{EPOCH, EXTENSION};
use crate::json::{items, text, texts};
use crate::marks::Asks;
use crate::table::Table;
use crate::uuid;

/// The extension of TLP 2.0.
const TLP_2: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

/// The instances of TLP 2.0, whose ids everybody knows.
const TLP_2_IDS: [(&str, &str); 5] = [
    ("CLEAR", "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"),
    ("GREEN", "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"),
    ("AMBER", "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"),
    (
        "AMBER+STRICT",
        "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    ),
    ("RED", "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"),
];

/// Those of TLP 1 (STIX 2.1, section 7.2.1.4).
const TLP_1_IDS: [(&str, &str); 4] = [
    ("CLEAR", "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"),
    ("GREEN", "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"),
    ("AMBER", "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"),
    ("RED", "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
];

/// Markings of others that are known by name and not read: what they ask for is left to people.
const NOT_READ: [(&str, &str); 1] = [("extension-definition--dff17fb3-edcb-4f99-ad1b-4b751c95738a", "CUI")];

/// The marking definitions of a file.
#[derive(Debug, Default)]
pub(super) struct Definitions<'f> {
    by_id: BTreeMap<&'f str, &'f Value>,
}

impl<'f> Definitions<'f> {
    pub(super) fn add(&mut self, id: &'f str, definition: &'f Value) {
        self.by_id.insert(id, definition);
    }

    pub(super) fn get(&self, id: &str) -> Option<&'f Value> {
        self.by_id.get(id).copied()
    }

    /// What an object asks for: as a whole, and for those of its properties that `shows` picks.
    pub(super) fn asks(&self, object: &Value, shows: impl Fn(&str) -> bool, table: &mut Table) -> Asks {
        let place = text(object, "id").unwrap_or_default();
        let mut asks = Asks::default();
        for id in texts(object, "object_marking_refs") {
            self.of(id, place, &mut asks, table);
        }
        if items(object, "object_marking_refs").iter().any(|id| !id.is_string()) {
            asks.close("object_marking_refs");
        }
        for granular in items(object, "granular_markings") {
            let selected: Vec<&str> = texts(granular, "selectors").collect();
            if !selected.is_empty() && !selected.iter().any(|selector| shows(root(selector))) {
                continue;
            }
            match (text(granular, "marking_ref"), text(granular, "lang")) {
                (Some(id), _) => self.of(id, place, &mut asks, table),
                // Says in which language a property is.
                (None, Some(_)) => {}
                (None, None) => asks.close("granular_markings"),
            }
        }
        if object
            .get("granular_markings")
            .is_some_and(|markings| !markings.is_array())
        {
            asks.close("granular_markings");
        }
        asks
    }

    fn of(&self, id: &str, place: &str, asks: &mut Asks, table: &mut Table) {
        let published = TLP_2_IDS.iter().chain(&TLP_1_IDS).find(|(_, known)| *known == id);
        if let Some((word, _)) = published {
            asks.mark(&format!("(TLP:{word})"));
        }
        match self.by_id.get(id) {
            Some(definition) => read(definition, place, asks, table),
            None if published.is_some() => {}
            None => asks.close(id),
        }
    }
}

/// The property that a selector begins with.
fn root(selector: &str) -> &str {
    selector.split('.').next().unwrap_or(selector)
}

/// Takes over what a definition asks for.
fn read(definition: &Value, place: &str, asks: &mut Asks, table: &mut Table) {
    let schemes = entente_marking::builtin::schemes();
    let content = definition.get("definition");
    let mut understood = false;
    if let Some(word) = content.and_then(|content| text(content, "tlp")) {
        asks.mark(&format!("(TLP:{})", word.to_uppercase()));
        understood = true;
    }
    if let Some(word) = content.and_then(|content| text(content, "pap")) {
        asks.mark(&format!("(PAP:{})", word.to_uppercase()));
        understood = true;
    }
    for (id, extension) in definition
        .get("extensions")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        match (id.as_str(), text(extension, "tlp_2_0")) {
            (TLP_2, Some(word)) => asks.mark(&format!("(TLP:{})", word.to_uppercase())),
            (EXTENSION, _) if own(extension).is_some() => {
                let marks = own(extension).unwrap_or_default();
                asks.mark(marks);
            }
            (ACS, _) => acs(extension, place, asks, table),
            (IEP, _) => iep(extension, place, asks, table),
            (id, _) => {
                let known = NOT_READ.iter().find(|(known, _)| *known == id);
                asks.close(known.map_or(id, |(_, name)| name));
            }
        }
        understood = true;
    }
    // Names that tools give: `TLP:AMBER+STRICT`, `PAP:RED`, or a portion mark as a statement.
    let said = [
        content.and_then(|content| text(content, "statement")),
        text(definition, "name"),
        text(definition, "x_opencti_definition"),
    ];
    for said in said.into_iter().flatten() {
        for marking in crate::marks::read_all(said, schemes).into_iter().flatten() {
            asks.mark(&marking.canonical);
            understood = true;
        }
    }
    if understood {
        return;
    }
    match (
        text(definition, "definition_type"),
        content.and_then(|content| text(content, "statement")),
    ) {
        (Some("statement"), Some(statement)) if is_about_access(statement) => {
            let said = crate::mail::marks_in(statement);
            match said.is_empty() {
                true => asks.close(statement),
                false => asks.add(&said),
            }
        }
        (Some("statement"), Some(statement)) => {
            let short: String = entente_core::plain::line(statement).chars().take(80).collect();
            table.note(
                place,
                format!("statement marking \u{201c}{short}\u{201d}"),
                "says nothing about who may have it: carried through, not a mark",
            );
        }
        (kind, _) => asks.close(kind.unwrap_or("marking-definition")),
    }
}

/// Words of a statement that say something about who may have a text, in whatever rules: a copyright has none of them.
const ABOUT_ACCESS: [&str; 16] = [
    "classification",
    "classified",
    "secret",
    "confidential",
    "restricted",
    "protected",
    "noforn",
    "eyes only",
    "internal use",
    "official use",
    "tlp:",
    "embargo",
    "do not",
    "not for ",
    "need to know",
    "sensitive",
];

fn is_about_access(statement: &str) -> bool {
    let lower = statement.to_lowercase();
    ABOUT_ACCESS.iter().any(|word| lower.contains(word))
}

/// The marks that a definition of ours stands for.
fn own(extension: &Value) -> Option<&str> {
    text(extension, "mark")
}

/// The definition of a TLP 2.0 word, as published by FIRST and OASIS.
fn tlp(word: &str) -> Option<(&'static str, Value)> {
    let (word, id) = TLP_2_IDS.iter().find(|(known, _)| *known == word)?;
    Some((
        id,
        json!({
            "type": "marking-definition", "spec_version": "2.1", "id": id, "created": "2022-10-01T00:00:00.000Z",
            "name": format!("TLP:{word}"),
            "extensions": { TLP_2: { "extension_type": "property-extension", "tlp_2_0": word.to_lowercase() } },
        }),
    ))
}

/// A mark that is not TLP, as a statement that people read.
fn statement(mark: &str, by: &str) -> (String, Value) {
    let id = format!("marking-definition--{}", uuid::of(&["marking", mark]));
    let value = json!({
        "type": "marking-definition", "spec_version": "2.1", "id": id, "created": EPOCH, "created_by_ref": by,
        "definition_type": "statement", "definition": { "statement": mark },
    });
    (id, value)
}

/// The definitions that stand for a mark: that of the TLP word, and a statement where that is not all of it.
pub(super) fn definitions(mark: &str, (word, own): (&str, bool), by: &str) -> Vec<(String, Value)> {
    let mut all: Vec<(String, Value)> = tlp(word)
        .map(|(id, value)| (id.to_owned(), value))
        .into_iter()
        .collect();
    if !own || mark != format!("(TLP:{word})") {
        all.push(statement(mark, by));
    }
    all
}

/// The published id of a TLP word.
pub(super) fn tlp_id(word: &str) -> Option<&'static str> {
    TLP_2_IDS.iter().find(|(known, _)| *known == word).map(|(_, id)| *id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_about_who_may_have_a_text_is_a_mark_or_closes_it() {
        let of = |statement: &str| {
            let definition = json!({"type": "marking-definition", "definition_type": "statement", "definition": {"statement": statement}});
            let (mut asks, mut table) = (Asks::default(), Table::default());
            read(&definition, "x", &mut asks, &mut table);
            (asks.marks, !asks.unread.is_empty())
        };
        assert_eq!(of("Copyright 2026, Example Corporation"), (vec![], false));
        assert_eq!(of("(S//NF)"), (vec!["(S//NF)".to_owned()], false));
        assert_eq!(
            of("TLP:AMBER for members of the ISAC"),
            (vec!["(TLP:AMBER)".to_owned()], false)
        );
        for closed in [
            "Classification: PROTECTED",
            "COMPANY CONFIDENTIAL",
            "For internal use only",
            "Do not forward",
        ] {
            assert_eq!(of(closed), (vec![], true), "{closed}");
        }
    }
}
