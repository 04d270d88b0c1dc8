//! From a CSAF advisory to a report.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::STATEMENT;
use crate::incoming::{Incoming, Piece, Publisher, paragraphs};
use crate::json::{items, text, twice};
use crate::marks::{Asks, read as read_mark};
use crate::statement::{Portioned, Statement, parse};
use crate::table::Table;
use crate::{Format, ReadError, carried, uuid};

/// The group of CSAF 2.1 that is everybody (section 3.2.2.5.1), and the one that is nobody else.
const PUBLIC: &str = "ffffffff-ffff-4fff-bfff-ffffffffffff";

/// Whether a value is a CSAF advisory.
pub fn is_csaf(value: &Value) -> bool {
    value
        .get("document")
        .is_some_and(|document| document.get("tracking").is_some() || document.get("csaf_version").is_some())
}

/// Reads an advisory.
///
/// # Errors
/// When a name stands twice in what the whole hangs on.
pub fn read(file: &Value, table: &mut Table) -> Result<Vec<Incoming>, ReadError> {
    let document = file.get("document").unwrap_or(&Value::Null);
    let doubled = crate::json::own_twice(file).or_else(|| twice(document));
    if let Some(name) = doubled {
        return Err(ReadError::Twice(name.to_owned()));
    }
    Ok(vec![Reader { file, document, table }.report()])
}

struct Reader<'f, 't> {
    file: &'f Value,
    document: &'f Value,
    table: &'t mut Table,
}

impl Reader<'_, '_> {
    fn report(mut self) -> Incoming {
        let document = self.document;
        let tracking = document.get("tracking").unwrap_or(&Value::Null);
        let (statement, said) = self.statements();
        let (whole, groups) = self.whole();
        let mut pieces = Vec::new();
        for (n, note) in items(document, "notes").iter().enumerate() {
            if text(note, "title") != Some(STATEMENT) {
                self.note(note, &format!("note-{}", n + 1), &whole, &said, &mut pieces);
            }
        }
        for (n, vulnerability) in items(self.file, "vulnerabilities").iter().enumerate() {
            self.vulnerability(vulnerability, n + 1, &whole, &said, &mut pieces);
        }
        if let Some(tree) = self.file.get("product_tree") {
            self.carry(tree, "product-tree", "product tree", &whole, &said, &mut pieces);
        }
        for piece in &mut pieces {
            piece.groups.clone_from(&groups);
        }
        let name = match (&statement, text(tracking, "id")) {
            (Some(stated), _) => stated.report.to_string(),
            (None, Some(id)) => id.to_owned(),
            (None, None) => uuid::of(&[text(document, "title").unwrap_or_default()]),
        };
        let mut title = Piece {
            text: text(document, "title").unwrap_or_default().to_owned(),
            asks: whole,
            groups,
            ..Piece::default()
        };
        if let Some(stated) = &statement {
            let came = pieces.iter().filter(|piece| piece.stated.is_some()).count();
            if !stated.title.is_empty() {
                title.asks = Asks::default();
            }
            stated.entitle(&mut title, came, &name, self.table);
        }
        let publisher = document.get("publisher").and_then(|publisher| text(publisher, "name"));
        Incoming {
            format: Format::Csaf,
            publisher: match &statement {
                Some(stated) => Some(Publisher::Party(stated.by.clone())),
                None => publisher.map(|name| Publisher::Named(name.to_owned())),
            },
            modified: ["current_release_date", "initial_release_date"]
                .iter()
                .find_map(|name| text(tracking, name)?.parse::<Timestamp>().ok()),
            title,
            pieces,
            rest: self.rest(),
            revoked: text(document, "category").is_some_and(|category| category == "csaf_withdrawn"),
            stated: statement,
            name,
        }
    }

    /// What a document of ours says of itself and of its portions.
    fn statements(&mut self) -> (Option<Statement>, Vec<Portioned>) {
        let mut notes = items(self.document, "notes").iter();
        let note = notes.find(|note| text(note, "title") == Some(STATEMENT));
        let value = note.and_then(|note| serde_json::from_str::<Value>(text(note, "text")?).ok());
        let Some(value) = value.filter(|value| twice(value).is_none()) else {
            if note.is_some() {
                self.table.note(
                    "document",
                    "what the document says of itself is not understood",
                    "left out",
                );
            }
            return (None, Vec::new());
        };
        let stated = value.get("report").and_then(|report| parse(report).ok());
        let portions = items(&value, "portions")
            .iter()
            .filter_map(|portion| parse(portion).ok());
        (stated, portions.collect())
    }

    /// What all of it asks for, and with which groups it is shared.
    fn whole(&mut self) -> (Asks, Vec<String>) {
        let mut asks = Asks::default();
        let distribution = self.document.get("distribution").unwrap_or(&Value::Null);
        let label = distribution
            .get("tlp")
            .map(|tlp| text(tlp, "label").unwrap_or_default());
        if let Some(label) = label {
            match read_mark(&format!("TLP:{label}"), entente_marking::builtin::schemes()) {
                Some(marking) => asks.mark(&marking.canonical),
                None => asks.close(&format!("TLP:{label}")),
            }
        }
        if let Some(words) = text(distribution, "text") {
            // A mark in the words counts beside the label.
            asks.add(&crate::mail::marks_in(words));
            let short: String = entente_core::plain::line(words).chars().take(80).collect();
            self.table.note(
                "distribution",
                format!("words about distribution: \u{201c}{short}\u{201d}"),
                "carried through, for people to observe",
            );
        }
        let group = distribution
            .get("sharing_group")
            .filter(|group| text(group, "id") != Some(PUBLIC));
        let named = group.map(|group| {
            text(group, "name")
                .or_else(|| text(group, "id"))
                .unwrap_or_default()
                .to_owned()
        });
        (asks, named.into_iter().collect())
    }

    /// A text under what the document asks for, or what it says of itself.
    fn piece(id: String, words: String, whole: &Asks, said: &[Portioned]) -> Piece {
        let mut piece = Piece {
            id,
            text: words,
            asks: whole.clone(),
            ..Piece::default()
        };
        if let Some(stated) = said.iter().find(|stated| stated.portion.as_str() == piece.id) {
            // The label of the document is that of its strictest portion.
            piece.asks = Asks::default();
            piece.asks.mark(&stated.mark);
            piece.stated = Some(stated.clone());
        }
        piece
    }

    fn note(&mut self, note: &Value, id: &str, whole: &Asks, said: &[Portioned], pieces: &mut Vec<Piece>) {
        let words = text(note, "text").unwrap_or_default();
        let heading = text(note, "title").unwrap_or_default();
        // A portion of ours is one text, and its note names it: `p1 (S//NF)`.
        let own = heading.split_whitespace().next().unwrap_or_default();
        if said.iter().any(|stated| stated.portion.as_str() == own) {
            pieces.push(Self::piece(own.to_owned(), words.to_owned(), whole, said));
            return;
        }
        if words.trim().is_empty() {
            self.table.note(id, "a note without text", "carried through");
        }
        if !heading.is_empty() {
            pieces.push(Self::piece(format!("{id}.title"), heading.to_owned(), whole, &[]));
        }
        for (id, words) in paragraphs(words, &format!("{id}.")) {
            pieces.push(Self::piece(id, words, whole, &[]));
        }
    }

    fn vulnerability(&mut self, value: &Value, n: usize, whole: &Asks, said: &[Portioned], pieces: &mut Vec<Piece>) {
        let name = text(value, "cve").map_or_else(|| format!("vulnerability-{n}"), str::to_owned);
        let heading = text(value, "title").unwrap_or_default();
        if value.is_object() {
            self.carry(value, &name, &format!("{name}: {heading}"), whole, said, pieces);
        } else {
            self.table.note(name, "a vulnerability that is no object", "left out");
        }
    }

    fn carry(
        &mut self,
        value: &Value,
        id: &str,
        says: &str,
        whole: &Asks,
        said: &[Portioned],
        pieces: &mut Vec<Piece>,
    ) {
        if let Some(name) = twice(value) {
            self.table.note(
                id,
                format!("an object in which the name `{name}` stands twice"),
                "left out",
            );
            return;
        }
        let kind = match id {
            "product-tree" => json!({ "product_tree": value }),
            _ => json!({ "vulnerability": value }),
        };
        pieces.push(Self::piece(
            id.to_owned(),
            carried::block("csaf", says.trim_end_matches(": "), &kind),
            whole,
            said,
        ));
    }

    /// What the document says besides its texts.
    fn rest(&self) -> Value {
        let mut fields: Map<String, Value> = self.file.as_object().cloned().unwrap_or_default();
        for name in ["vulnerabilities", "product_tree"] {
            fields.remove(name);
        }
        if let Some(Value::Object(document)) = fields.get_mut("document") {
            document.remove("title");
            document.remove("notes");
        }
        Value::Object(fields)
    }
}
