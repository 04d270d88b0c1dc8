//! From a report to a MISP event.

use std::collections::BTreeMap;

use entente_core::Arrangement;
use serde_json::{Map, Value, json};

use super::{OBJECT, REPORT};
use crate::marks::{strictest, tlp};
use crate::outgoing::{OutPortion, Outgoing};
use crate::table::Table;
use crate::{Writing, uuid};

/// An event with what of a report somebody may have.
pub fn write(report: &Outgoing, place: &Writing<'_>, table: &mut Table) -> Value {
    let mut writer = Writer {
        report,
        place,
        group: group(report, place),
        table,
    };
    let mut words = Vec::new();
    let mut objects: Vec<Value> = Vec::new();
    let mut attributes = Vec::new();
    let mut open: BTreeMap<String, usize> = BTreeMap::new();
    for portion in report.portions.iter().filter(|portion| !portion.is_rest()) {
        let word = writer.word(portion);
        words.push(word);
        match portion.carried() {
            Some(("misp", value)) => writer.carry(value, word, &mut attributes, &mut objects, &mut open),
            _ => objects.push(writer.portion(portion, word)),
        }
    }
    let title = tlp(&report.title_marks.join(" "), &report.title_label, place.schemes);
    let title = if report.title_marks.len() == 1 {
        title.0
    } else {
        strictest(words.iter().copied())
    };
    let whole = strictest([title].into_iter().chain(words.iter().copied()));
    objects.insert(0, writer.statement(whole));
    let mut event = writer.rest();
    let mut fields = writer.event(whole);
    fields.insert("Attribute".to_owned(), Value::Array(attributes));
    fields.insert("Object".to_owned(), Value::Array(objects));
    event.extend(fields);
    json!({ "Event": event })
}

/// The arrangement that is the sharing group: where all of it came under just one, which its members may share among themselves.
fn group<'w>(report: &Outgoing, place: &Writing<'w>) -> Option<&'w Arrangement> {
    let all = report.arrangements();
    let mut ids = all.iter();
    match (ids.next(), ids.next()) {
        (Some(id), None) => place.state.arrangements.get(*id),
        _ => None,
    }
}

struct Writer<'w, 't> {
    report: &'w Outgoing,
    place: &'w Writing<'w>,
    group: Option<&'w Arrangement>,
    table: &'t mut Table,
}

impl Writer<'_, '_> {
    fn word(&mut self, portion: &OutPortion) -> &'static str {
        let (word, own) = tlp(&portion.mark, &portion.label, self.place.schemes);
        if !own {
            let became = format!(
                "in a text, with tag tlp:{} for tools that read nothing else",
                word.to_lowercase()
            );
            self.table
                .note(portion.id.as_str(), format!("mark {}", portion.mark), became);
        }
        if portion.tear_line {
            self.table.note(
                portion.id.as_str(),
                "a tear line",
                "left out: what stands below it is marked like the rest",
            );
        }
        word
    }

    fn uuid(&self, parts: &[&str]) -> String {
        let report = self.report;
        let own = [report.originator.as_str(), report.id.as_str()];
        uuid::of(&[&["misp"], &own[..], parts].concat())
    }

    /// The distribution that a TLP word comes to, with the group where it is one.
    fn distribution(&self, word: &str) -> Map<String, Value> {
        let n = match (word, self.group) {
            ("CLEAR", None) => "3",
            ("GREEN", None) => "1",
            ("CLEAR" | "GREEN", Some(_)) => "4",
            _ => "0",
        };
        let mut fields = Map::from_iter([("distribution".to_owned(), json!(n))]);
        if let (Some(group), "4") = (self.group, n) {
            let id = self.group_uuid(group);
            let organisations = group.parties.iter().map(|party| {
                json!({ "extend": false, "Organisation": { "name": party.as_str(), "uuid": uuid::of(&["misp-org", party.as_str()]) } })
            });
            let organisations: Vec<Value> = organisations.collect();
            fields.insert("sharing_group_id".to_owned(), json!("1"));
            fields.insert(
                "SharingGroup".to_owned(),
                json!({ "uuid": id, "name": group.id.as_str(), "releasability": group.title, "SharingGroupOrg": organisations }),
            );
        }
        fields
    }

    fn group_uuid(&self, group: &Arrangement) -> String {
        uuid::of(&["misp-group", group.id.as_str()])
    }

    fn tags(word: &str) -> Value {
        json!([{ "name": format!("tlp:{}", word.to_lowercase()), "colour": colour(word) }])
    }

    /// What the event as a whole says.
    fn event(&mut self, word: &'static str) -> Map<String, Value> {
        let report = self.report;
        let org = json!({ "name": report.by.as_str(), "uuid": uuid::of(&["misp-org", report.by.as_str()]) });
        let mut fields = Map::from_iter([
            ("uuid".to_owned(), json!(self.uuid(&["event"]))),
            ("info".to_owned(), json!(report.title)),
            ("date".to_owned(), json!(report.first.strftime("%Y-%m-%d").to_string())),
            ("timestamp".to_owned(), json!(report.created.as_second().to_string())),
            (
                "publish_timestamp".to_owned(),
                json!(report.created.as_second().to_string()),
            ),
            ("published".to_owned(), json!(true)),
            ("analysis".to_owned(), json!("2")),
            ("threat_level_id".to_owned(), json!("4")),
            ("Orgc".to_owned(), org.clone()),
            ("Org".to_owned(), org),
            ("Tag".to_owned(), Self::tags(word)),
        ]);
        fields.extend(self.distribution(word));
        if let Some(reason) = &report.recalled {
            fields.insert("deleted".to_owned(), json!(true));
            self.table.note(
                report.id.as_str(),
                format!("recall ({reason})"),
                "the event is marked deleted",
            );
        }
        if report.expires.is_some() {
            self.table.note(
                report.id.as_str(),
                "a report's expiry",
                "in a text that only Entente reads",
            );
        }
        self.table.note(
            report.id.as_str(),
            "originators and arrangements",
            "in texts that only Entente reads",
        );
        fields
    }

    /// What the report's own event said besides.
    fn rest(&self) -> Map<String, Value> {
        let rest = self.report.rest("misp");
        let mut rest = rest.and_then(|rest| rest.as_object().cloned()).unwrap_or_default();
        rest.retain(|name, _| {
            ![
                "SharingGroup",
                "sharing_group_id",
                "distribution",
                "Orgc",
                "Org",
                "org_id",
                "orgc_id",
                "deleted",
                "id",
            ]
            .contains(&name.as_str())
        });
        // Tags of its own stay; the word for all of it is added.
        rest.remove("Tag");
        rest
    }

    fn text(&self, name: &str, relation: &str, value: &str, word: &str) -> Value {
        let mut attribute = json!({
            "uuid": self.uuid(&[name, relation]), "object_relation": relation, "type": "text", "category": "Other",
            "value": value, "to_ids": false, "disable_correlation": true, "timestamp": self.report.created.as_second().to_string(),
            "Tag": Self::tags(word),
        });
        if let Value::Object(fields) = &mut attribute {
            fields.extend(self.distribution(word));
        }
        attribute
    }

    fn object(&self, kind: &str, name: &str, word: &str, attributes: &[Value]) -> Value {
        let mut object = json!({
            "uuid": self.uuid(&[kind, name]), "name": kind, "meta-category": "misc", "description": "A text with what it asks for",
            "template_uuid": uuid::of(&["misp-template", kind]), "template_version": "1",
            "timestamp": self.report.created.as_second().to_string(), "Attribute": attributes,
        });
        if let Value::Object(fields) = &mut object {
            fields.extend(self.distribution(word));
        }
        object
    }

    /// A portion of ours, with its mark in words.
    fn portion(&mut self, portion: &OutPortion, word: &str) -> Value {
        let said = json!(self.report.portioned(portion)).to_string();
        let id = portion.id.as_str();
        if let Some((format, _)) = portion.carried() {
            self.table.note(
                id,
                format!("an object of {}", format.to_uppercase()),
                "a text with the object in it",
            );
        }
        let attributes = [
            self.text(id, "mark", &portion.mark, word),
            self.text(id, "text", &portion.text, word),
            self.text(id, "statement", &said, word),
        ];
        self.object(OBJECT, id, word, &attributes)
    }

    fn statement(&self, word: &str) -> Value {
        let said = json!(self.report.statement()).to_string();
        self.object(
            REPORT,
            "statement",
            word,
            &[self.text("report", "statement", &said, word)],
        )
    }

    /// An attribute or object that is carried through, with the distribution and tag that its portion has by now.
    fn carry(
        &mut self,
        mut value: Value,
        word: &str,
        attributes: &mut Vec<Value>,
        objects: &mut Vec<Value>,
        open: &mut BTreeMap<String, usize>,
    ) {
        if let Value::Object(fields) = &mut value {
            for name in ["SharingGroup", "sharing_group_id", "distribution"] {
                fields.remove(name);
            }
            fields.extend(self.distribution(word));
            let tag = format!("tlp:{}", word.to_lowercase());
            let mut tags = fields.get("Tag").and_then(Value::as_array).cloned().unwrap_or_default();
            if !tags.iter().any(|held| held["name"] == json!(tag)) {
                tags.extend(Self::tags(word).as_array().cloned().unwrap_or_default());
            }
            let is_object = fields.contains_key("template_uuid") || fields.contains_key("meta-category");
            if !is_object {
                fields.insert("Tag".to_owned(), Value::Array(tags));
            }
        }
        let is_object = value.get("template_uuid").is_some() || value.get("meta-category").is_some();
        if is_object {
            value["Attribute"] = json!([]);
            if let Some(id) = value["id"].as_str().or_else(|| value["uuid"].as_str()) {
                open.insert(id.to_owned(), objects.len());
            }
            objects.push(value);
            return;
        }
        let parent = value["object_id"]
            .as_str()
            .filter(|id| *id != "0")
            .or_else(|| value["object_uuid"].as_str());
        let within = parent.and_then(|id| open.get(id)).copied();
        let within = within.or_else(|| {
            value
                .get("object_relation")
                .is_some_and(Value::is_string)
                .then(|| objects.len().checked_sub(1))?
        });
        let object = within.and_then(|n| objects.get_mut(n)?.get_mut("Attribute")?.as_array_mut());
        match object {
            Some(list) => list.push(value),
            None => {
                if let Value::Object(fields) = &mut value {
                    fields.remove("object_relation");
                }
                attributes.push(value);
            }
        }
    }
}

fn colour(word: &str) -> &'static str {
    match word {
        "CLEAR" => "#ffffff",
        "GREEN" => "#339900",
        "AMBER" | "AMBER+STRICT" => "#ffc000",
        _ => "#cc0033",
    }
}
