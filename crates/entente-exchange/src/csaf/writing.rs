//! From a report to a CSAF advisory: in 2.1 where it came as one or that is asked for, and else in 2.0.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::STATEMENT;
use crate::Writing;
use crate::marks::{strictest, tlp};
use crate::outgoing::{OutPortion, Outgoing, TITLE_ID};
use crate::table::Table;

/// The schema that a document of CSAF 2.1 names.
const SCHEMA_21: &str = "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json";

/// How a document is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct How {
    /// In CSAF 2.1, also where it did not come as that.
    pub as_21: bool,
    /// For everybody: without what the file says for whoever knows Entente.
    pub public: bool,
}

/// The document with what of a report somebody may have.
pub fn write(report: &Outgoing, place: &Writing<'_>, how: How, table: &mut Table) -> Value {
    let came = report
        .rest("csaf")
        .is_some_and(|rest| rest["document"]["csaf_version"] == "2.1");
    let mut writer = Writer {
        report,
        place,
        how,
        is_21: how.as_21 || came,
        table,
    };
    let mut notes = Vec::new();
    let mut vulnerabilities = Vec::new();
    let mut tree = None;
    let mut words = Vec::new();
    let mut said = Vec::new();
    for portion in report.portions.iter().filter(|portion| !portion.is_rest()) {
        words.push(writer.word(portion));
        said.push(json!(report.portioned(portion)));
        match portion.carried() {
            Some(("csaf", mut value)) if value.get("vulnerability").is_some() => {
                let taken = value["vulnerability"].take();
                vulnerabilities.push(if writer.is_21 && !came { in_21(taken) } else { taken });
            }
            Some(("csaf", mut value)) if value.get("product_tree").is_some() => {
                tree = Some(value["product_tree"].take());
            }
            _ => notes.push(writer.note(portion)),
        }
    }
    let title = report
        .title_marks
        .iter()
        .map(|mark| tlp(mark, &report.title_label, place.schemes).0);
    words.extend(title);
    if !how.public {
        notes.push(json!({
            "category": "other", "title": STATEMENT, "audience": "programs",
            "text": json!({ "report": report.statement(), "portions": said }).to_string(),
        }));
    }
    let mut file = Map::new();
    if writer.is_21 {
        file.insert("$schema".to_owned(), json!(SCHEMA_21));
    }
    file.insert(
        "document".to_owned(),
        Value::Object(writer.document(strictest(words.into_iter()), &notes)),
    );
    if let Some(tree) = tree {
        file.insert("product_tree".to_owned(), tree);
    }
    if !vulnerabilities.is_empty() {
        file.insert("vulnerabilities".to_owned(), Value::Array(vulnerabilities));
    }
    Value::Object(file)
}

/// A vulnerability of CSAF 2.0 in the words of 2.1: weaknesses are a list, and scores metrics.
fn in_21(mut vulnerability: Value) -> Value {
    let Some(fields) = vulnerability.as_object_mut() else {
        return vulnerability;
    };
    if let Some(mut cwe) = fields.remove("cwe").filter(Value::is_object) {
        if cwe.get("version").is_none() {
            cwe["version"] = json!("4.12");
        }
        fields.insert("cwes".to_owned(), json!([cwe]));
    }
    if let Some(Value::Array(scores)) = fields.remove("scores") {
        let metric = |mut score: Value| {
            let products = score.get_mut("products").map(Value::take);
            if let Some(fields) = score.as_object_mut() {
                fields.remove("products");
            }
            json!({ "content": score, "products": products })
        };
        fields.insert("metrics".to_owned(), scores.into_iter().map(metric).collect());
    }
    vulnerability
}

struct Writer<'w, 't> {
    report: &'w Outgoing,
    place: &'w Writing<'w>,
    how: How,
    is_21: bool,
    table: &'t mut Table,
}

impl Writer<'_, '_> {
    fn word(&mut self, portion: &OutPortion) -> &'static str {
        let (word, own) = tlp(&portion.mark, &portion.label, self.place.schemes);
        let id = portion.id.as_str();
        if own {
            let became = "the strictest labels the document; each note's title says its own";
            self.table.note(id, format!("mark {}", portion.mark), became);
        } else {
            let became = format!("in the title of its note; the document's label is no less than TLP:{word}");
            self.table.note(id, format!("mark {}", portion.mark), became);
        }
        if portion.tear_line {
            self.table.note(
                id,
                "a tear line",
                "left out: what stands below it is marked like the rest",
            );
        }
        word
    }

    fn note(&mut self, portion: &OutPortion) -> Value {
        if let Some((format, _)) = portion.carried() {
            self.table.note(
                portion.id.as_str(),
                format!("an object of {}", format.to_uppercase()),
                "a note with the object in its text",
            );
        }
        json!({ "category": "general", "title": format!("{} {}", portion.id, portion.mark), "text": portion.text })
    }

    fn document(&mut self, word: &str, notes: &[Value]) -> Map<String, Value> {
        let report = self.report;
        let rest = report.rest("csaf");
        let mut rest = rest.and_then(|mut rest| rest.get_mut("document").map(Value::take));
        let mut document = rest
            .as_mut()
            .and_then(Value::as_object_mut)
            .map(std::mem::take)
            .unwrap_or_default();
        let category = document.get("category").cloned().unwrap_or_else(|| json!("csaf_base"));
        document.retain(|name, _| {
            [
                "references",
                "acknowledgments",
                "aggregate_severity",
                "lang",
                "source_lang",
            ]
            .contains(&name.as_str())
        });
        // CSAF 2.0 knows the words of TLP 1.
        let label = match word {
            word if self.is_21 => word,
            "CLEAR" => "WHITE",
            "AMBER+STRICT" => {
                self.table.note(
                    "document",
                    "TLP:AMBER+STRICT",
                    "TLP:RED: CSAF 2.0 has only the words of TLP 1",
                );
                "RED"
            }
            word => word,
        };
        let fields = json!({
            "category": category, "csaf_version": if self.is_21 { "2.1" } else { "2.0" },
            "title": if report.title.trim().is_empty() { report.id.as_str() } else { &report.title },
            "distribution": { "tlp": { "label": label, "url": "https://www.first.org/tlp/" }, "text": format!("{}, for {}", report.banner, report.to) },
            "publisher": { "category": "other", "name": report.by.as_str(), "namespace": format!("urn:entente:{}", report.by) },
            "notes": notes,
            "tracking": self.tracking(),
        });
        if let Value::Object(fields) = fields {
            document.extend(fields);
        }
        if report.title.trim().is_empty() {
            self.table.note(TITLE_ID, "no title", "the id stands for it");
        }
        let id = report.id.as_str();
        if !self.how.public {
            self.table
                .note(id, "originators and arrangements", "in a note that only Entente reads");
        }
        document
    }

    fn tracking(&mut self) -> Value {
        let report = self.report;
        let (first, now) = (moment(report.first), moment(report.created));
        let versions = (1..=report.version).map(|n| {
            let (at, says) = match n {
                1 => (&first, "First version."),
                _ => (&now, "Next version."),
            };
            json!({ "date": at, "number": n.to_string(), "summary": says })
        });
        let mut history: Vec<Value> = versions.collect();
        let mut status = "final";
        if let Some(reason) = &report.recalled {
            status = "final";
            history.push(json!({ "date": now, "number": (report.version + 1).to_string(), "summary": format!("Recalled: {reason}") }));
            self.table.note(
                report.id.as_str(),
                format!("recall ({reason})"),
                "a line of the revision history",
            );
        }
        json!({
            "id": report.id.as_str(), "status": status, "version": history.len().to_string(),
            "initial_release_date": first, "current_release_date": now, "revision_history": history,
            "generator": { "engine": { "name": "Entente" } },
        })
    }
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
