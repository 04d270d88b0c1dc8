//! A report as XML, with the label of each portion and of the whole bound to it (ADatP-4778.2, chapter 12).

use std::fmt::Write as _;

use entente_marking::Schemes;
use entente_marking::stanag::{escape_content as escape, write_bindings};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{of_marks, of_report};
use crate::outgoing::{OutPortion, Outgoing};
use crate::statement::{Portioned, Statement, parse};
use crate::table::Table;

/// The namespace of a report as XML.
pub(super) const REPORT: &str = "urn:entente:report:1";

/// The report as a file.
pub fn write(report: &Outgoing, schemes: &Schemes, table: &mut Table) -> String {
    let at: Timestamp = report.created;
    let portions: Vec<&OutPortion> = report.portions.iter().collect();
    let mut bindings = vec![(String::new(), of_report(report, schemes, at))];
    for (n, portion) in portions.iter().enumerate() {
        let labels = of_marks(std::iter::once(portion.mark.as_str()), schemes, at);
        bindings.push((format!("#{}", element(n)), labels));
        if portion.tear_line {
            table.note(
                portion.id.as_str(),
                "a tear line",
                "left out: what stands below it is marked like the rest",
            );
        }
        if portion.carried().is_some() && !portion.is_rest() {
            table.note(
                portion.id.as_str(),
                "an object of another format",
                "a text with the object in it",
            );
        }
    }
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let id = escape(report.id.as_str());
    let _ = writeln!(
        out,
        "<report xmlns=\"{REPORT}\" id=\"{id}\" version=\"{}\">",
        report.version
    );
    out.push_str(&write_bindings(&bindings));
    let _ = writeln!(out, "<banner>{}</banner>", escape(&report.banner));
    let _ = writeln!(out, "<title>{}</title>", escape(&report.title));
    said(&mut out, &json!(report.statement()));
    for (n, portion) in portions.iter().enumerate() {
        let mark = escape(&portion.mark);
        let _ = writeln!(out, "<portion Id=\"{}\" mark=\"{mark}\">", element(n));
        let _ = writeln!(out, "<text>{}</text>", escape(&portion.text));
        said(&mut out, &json!(report.portioned(portion)));
        out.push_str("</portion>\n");
    }
    out.push_str("</report>\n");
    out
}

/// The name of a portion's element: ids of portions may be no names of XML.
fn element(n: usize) -> String {
    format!("portion-{}", n + 1)
}

/// What the file says for whoever knows Entente.
fn said(out: &mut String, value: &Value) {
    let _ = writeln!(out, "<statement>{}</statement>", escape(&value.to_string()));
}

/// What it may say, as far as it can be read; what is not understood is left out.
pub(super) fn statement(text: &str) -> Option<Statement> {
    parse(&serde_json::from_str(text).ok()?).ok()
}

/// The same of a portion.
pub(super) fn portioned(text: &str) -> Option<Portioned> {
    parse(&serde_json::from_str(text).ok()?).ok()
}
