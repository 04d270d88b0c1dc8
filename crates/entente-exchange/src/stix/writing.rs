//! From a report to STIX objects.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::{PartyPath, PortionId, ReportId};
use entente_marking::Label;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::marking::definitions;
use super::{EPOCH, EXTENSION};
use crate::marks::{strictest, tlp};
use crate::outgoing::{OutPortion, Outgoing};
use crate::table::Table;
use crate::{Writing, uuid};

/// What of a report's own file is written by us in any case.
const OURS: [&str; 13] = [
    "type",
    "spec_version",
    "id",
    "created",
    "modified",
    "created_by_ref",
    "object_refs",
    "object_marking_refs",
    "granular_markings",
    "revoked",
    "definitions",
    "name",
    "abstract",
];

/// A bundle with what of a report somebody may have. The same report for the same receiver gives the same bytes.
pub fn write(report: &Outgoing, place: &Writing<'_>, table: &mut Table) -> Value {
    let objects = objects(report, place, table);
    let version = report.version.to_string();
    let id = uuid::of(&["bundle", report.by.as_str(), report.id.as_str(), &version, &report.to]);
    json!({ "type": "bundle", "id": format!("bundle--{id}"), "objects": objects })
}

/// The identity under which a party writes files.
pub fn identity(party: &PartyPath) -> Value {
    json!({
        "type": "identity", "spec_version": "2.1", "id": identity_id(party), "created": EPOCH, "modified": EPOCH,
        "name": party.as_str(), "identity_class": "organization",
        "extensions": { EXTENSION: { "extension_type": "property-extension", "party": party.as_str() } },
    })
}

fn identity_id(party: &PartyPath) -> String {
    format!("identity--{}", uuid::of(&["identity", party.as_str()]))
}

/// The id of the note that a portion is.
pub(crate) fn note_id(originator: &PartyPath, report: &ReportId, portion: &PortionId) -> String {
    let id = uuid::of(&["note", originator.as_str(), report.as_str(), portion.as_str()]);
    format!("note--{id}")
}

/// The definition of our extension.
fn extension(by: &str) -> Value {
    json!({
        "type": "extension-definition", "spec_version": "2.1", "id": EXTENSION, "created": EPOCH, "modified": EPOCH,
        "created_by_ref": by, "name": "Entente statement", "version": "1.0.0", "extension_types": ["property-extension"],
        "description": "What a report or portion says of itself: marks, originators, arrangements, and whether it is recalled. \
                        Whoever does not know it goes by the object's markings, which never say less.",
        "schema": "The properties `report`, `portion`, `carried` and `recall`; see docs/exchange.md of Entente.",
    })
}

/// A moment as STIX writes it.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// An object on its way out, with the place of the portion that it is, where it is one.
pub type Part = (Option<usize>, Value);

/// The objects of a report, each once: who writes, definitions, the report, its portions, what it carries through.
pub fn objects(report: &Outgoing, place: &Writing<'_>, table: &mut Table) -> Vec<Value> {
    parts(report, place, table)
        .into_iter()
        .map(|(_, object)| object)
        .collect()
}

/// The same, each with the portion that it is.
pub fn parts(report: &Outgoing, place: &Writing<'_>, table: &mut Table) -> Vec<Part> {
    let mut writer = Writer::of(report, place, table);
    let id = writer.report_id();
    let (notes, carried, said_of_carried) = writer.portions(&id);
    let named: Vec<String> = notes
        .iter()
        .chain(&carried)
        .filter_map(|(_, object)| object["id"].as_str().map(str::to_owned))
        .collect();
    let whole = writer.report(&id, &named, said_of_carried);
    writer.note_losses();
    let mut all: Vec<Part> = vec![(None, identity(&report.by)), (None, extension(&writer.by))];
    all.extend(writer.definitions.into_values().map(|definition| (None, definition)));
    all.push((None, whole));
    all.extend(notes);
    all.extend(carried);
    once(all)
}

/// Only the objects that portions are, each with its portion: for a report of which only some portions are wanted.
pub fn portions(report: &Outgoing, place: &Writing<'_>) -> Vec<Part> {
    let mut table = Table::default();
    let mut writer = Writer::of(report, place, &mut table);
    let id = writer.report_id();
    let (mut notes, carried, _) = writer.portions(&id);
    notes.extend(carried);
    once(notes)
}

fn once(mut all: Vec<Part>) -> Vec<Part> {
    let mut seen = BTreeSet::new();
    all.retain(|(_, object)| seen.insert(object["id"].as_str().unwrap_or_default().to_owned()));
    all
}

/// Notes, what is carried through, and what is said of that.
type Written = (Vec<Part>, Vec<Part>, Map<String, Value>);

struct Writer<'w, 't> {
    report: &'w Outgoing,
    place: &'w Writing<'w>,
    by: String,
    definitions: BTreeMap<String, Value>,
    table: &'t mut Table,
}

impl<'w, 't> Writer<'w, 't> {
    fn of(report: &'w Outgoing, place: &'w Writing<'w>, table: &'t mut Table) -> Self {
        Self {
            report,
            place,
            by: identity_id(&report.by),
            definitions: BTreeMap::new(),
            table,
        }
    }

    /// The objects that portions are.
    fn portions(&mut self, id: &str) -> Written {
        let (mut notes, mut carried, mut said_of_carried) = (Vec::new(), Vec::new(), Map::new());
        for (n, portion) in self.report.portions.iter().enumerate() {
            match portion.carried() {
                Some(("entente", _)) => {}
                Some(("stix", object)) if object.get("id").is_some() => {
                    let (named, object) = self.carry(portion, object);
                    said_of_carried.insert(named, json!(self.report.portioned(portion)));
                    carried.push((Some(n), object));
                }
                _ => notes.push((Some(n), self.note(portion, id))),
            }
        }
        (notes, carried, said_of_carried)
    }

    fn report_id(&self) -> String {
        let report = self.report;
        format!(
            "report--{}",
            uuid::of(&["report", report.originator.as_str(), report.id.as_str()])
        )
    }

    /// The ids of the markings that stand for a mark, and the TLP word where it only stands in for it.
    fn markings(&mut self, place: &str, mark: &str, label: &Label) -> (BTreeSet<String>, Option<&'static str>) {
        let word = tlp(mark, label, self.place.schemes);
        let mut ids = BTreeSet::new();
        for (id, definition) in definitions(mark, word, &self.by) {
            self.definitions.insert(id.clone(), definition);
            ids.insert(id);
        }
        if !word.1 {
            let became = format!("a statement, and TLP:{} for tools that read nothing else", word.0);
            self.table.note(place, format!("mark {mark}"), became);
        }
        (ids, (!word.1).then_some(word.0))
    }

    /// A portion, as a note about the report.
    fn note(&mut self, portion: &OutPortion, whole: &str) -> Value {
        let report = self.report;
        let (markings, stand_in) = self.markings(portion.id.as_str(), &portion.mark, &portion.label);
        if let Some((format, _)) = portion.carried() {
            self.table.note(
                portion.id.to_string(),
                format!("an object of {}", format.to_uppercase()),
                "a note with the object in its text",
            );
        }
        let id = note_id(&report.originator, &report.id, &portion.id);
        let mut said = json!({ "extension_type": "property-extension", "portion": report.portioned(portion) });
        if let Some(word) = stand_in {
            said["stand_in"] = json!(word);
        }
        json!({
            "type": "note", "spec_version": "2.1", "id": id, "created_by_ref": self.by,
            "created": moment(report.first), "modified": moment(report.created),
            "content": portion.text, "object_refs": [whole], "object_marking_refs": markings,
            "extensions": { EXTENSION: said },
        })
    }

    /// An object that is carried through: as it came, with the markings that its portion has by now besides its own.
    fn carry(&mut self, portion: &OutPortion, mut object: Value) -> (String, Value) {
        let (markings, _) = self.markings(portion.id.as_str(), &portion.mark, &portion.label);
        let id = object["id"].as_str().unwrap_or_default().to_owned();
        let own = object.get("object_marking_refs").and_then(Value::as_array);
        let mut all: Vec<Value> = own.cloned().unwrap_or_default();
        for marking in markings {
            if !all.iter().any(|held| held.as_str() == Some(&marking)) {
                all.push(Value::String(marking));
            }
        }
        object["object_marking_refs"] = Value::Array(all);
        (id, object)
    }

    fn report(&mut self, id: &str, named: &[String], carried: Map<String, Value>) -> Value {
        let report = self.report;
        let rest_portion = report.portions.iter().find(|portion| portion.is_rest());
        let mut marks = report.title_marks.clone();
        let mut label = report.title_label.clone();
        if let Some(rest) = rest_portion {
            marks.push(rest.mark.clone());
            label = label.join(&rest.label);
        }
        let mut markings = BTreeSet::new();
        let mut words = Vec::new();
        for mark in marks.iter().collect::<BTreeSet<_>>() {
            let (ids, stand_in) = self.markings("title", mark, &label);
            markings.extend(ids);
            words.push(stand_in);
        }
        let stand_in = words
            .iter()
            .all(Option::is_some)
            .then(|| strictest(words.into_iter().flatten()));
        let mut object = self.rest();
        let mut said = json!({ "extension_type": "property-extension", "report": report.statement() });
        if let Some(word) = stand_in {
            said["stand_in"] = json!(word);
        }
        if !carried.is_empty() {
            said["carried"] = Value::Object(carried);
        }
        let mut fields = json!({
            "type": "report", "spec_version": "2.1", "id": id, "created_by_ref": self.by,
            "created": moment(report.first), "modified": moment(report.created), "published": moment(report.created),
            "name": if report.title.trim().is_empty() { report.id.as_str() } else { &report.title },
            "object_refs": named, "object_marking_refs": markings,
        });
        if let Some(reason) = &report.recalled {
            fields["revoked"] = json!(true);
            said["recall"] = json!(reason);
        }
        if named.is_empty() {
            fields["object_refs"] = json!([self.by]);
        }
        if let Value::Object(fields) = fields {
            object.extend(fields);
        }
        let extensions = object.entry("extensions").or_insert_with(|| json!({}));
        extensions[EXTENSION] = said;
        Value::Object(object)
    }

    /// What the report's own file said besides, where it came as STIX.
    fn rest(&mut self) -> Map<String, Value> {
        let Some(Value::Object(mut rest)) = self.report.rest("stix") else {
            return Map::new();
        };
        if let Some(Value::Array(all)) = rest.remove("definitions") {
            for definition in all {
                if let Some(id) = definition["id"].as_str().map(str::to_owned) {
                    self.definitions.entry(id).or_insert(definition);
                }
            }
        }
        let whole = rest.get("type").and_then(Value::as_str) == Some("report");
        rest.retain(|name, _| whole && !OURS.contains(&name.as_str()));
        if !rest.get("extensions").is_none_or(Value::is_object) {
            rest.remove("extensions");
        }
        rest
    }

    /// What STIX has no place for.
    fn note_losses(&mut self) {
        let report = self.report;
        let table = &mut *self.table;
        let id = report.id.as_str();
        table.note(id, "originators and arrangements", "in an extension that others ignore");
        if report.expires.is_some() {
            table.note(id, "a report's expiry", "in an extension that others ignore");
        }
        if report.existence_protected {
            table.note(id, "protected existence", "in an extension that others ignore");
        }
        for portion in &report.portions {
            if portion.tear_line {
                table.note(
                    portion.id.as_str(),
                    "a tear line",
                    "left out: what stands below it is marked like the rest",
                );
            }
            if !portion.obligations.is_empty() {
                table.note(
                    portion.id.as_str(),
                    "what is to be observed",
                    "in an extension that others ignore",
                );
            }
        }
    }
}
