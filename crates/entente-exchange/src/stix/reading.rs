//! From a STIX file to reports.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::EXTENSION;
use super::marking::{Definitions, tlp_id};
use super::objects::Objects;
use crate::incoming::{Incoming, Piece, Publisher, paragraphs};
use crate::json::{text, texts};
use crate::marks::{Asks, tlp};
use crate::statement::{Portioned, Statement, parse};
use crate::table::Table;
use crate::{Format, ReadError, carried, uuid};

/// The most objects carried through in all reports of one file together: one that many reports name is in each of them.
const MAX_CARRIED: usize = 200_000;

/// What becomes a report.
const CONTAINERS: [&str; 3] = ["report", "note", "grouping"];

/// Whether a value is STIX.
pub fn is_stix(value: &Value) -> bool {
    let object = |value: &Value| text(value, "type").is_some() && text(value, "id").is_some();
    match value {
        Value::Array(all) => all.iter().any(|value| object(value) || value.get("objects").is_some()),
        Value::Object(fields) => {
            text(value, "type") == Some("bundle")
                || object(value)
                || value.get("objects").is_some_and(Value::is_array)
                || fields.is_empty()
        }
        _ => false,
    }
}

/// Reads a file.
///
/// # Errors
/// When a name stands twice in what holds the objects.
pub fn read(file: &Value, table: &mut Table) -> Result<Vec<Incoming>, ReadError> {
    if let Some(name) = crate::json::own_twice(file) {
        return Err(ReadError::Twice(name.to_owned()));
    }
    let objects = Objects::of(file, table);
    let mut reader = Reader {
        definitions: Definitions::default(),
        objects,
        named: BTreeSet::new(),
        carried: 0,
        table,
    };
    for (id, object) in reader.objects.iter() {
        if text(object, "type") == Some("marking-definition") {
            reader.definitions.add(id, object);
        }
    }
    let containers: Vec<(&str, &Value)> = reader
        .objects
        .iter()
        .filter(|(_, object)| is_container(object))
        .collect();
    let mut reports = Vec::new();
    let parts = reader.parts_of_ours(&containers);
    for (id, object) in &containers {
        if !parts.contains_key(id) {
            let own: Vec<&Value> = parts
                .iter()
                .filter(|(_, whole)| *whole == id)
                .filter_map(|(part, _)| reader.objects.by_id.get(part).copied())
                .collect();
            reports.push(reader.report(id, object, &own));
        }
    }
    reports.extend(reader.leftover(file));
    Ok(reports)
}

fn is_container(object: &Value) -> bool {
    text(object, "type").is_some_and(|kind| CONTAINERS.contains(&kind))
}

/// Whether an object belongs to the file rather than to what it tells: it is kept with the report and is no portion.
fn is_apparatus(object: &Value) -> bool {
    matches!(
        text(object, "type"),
        Some("marking-definition" | "extension-definition")
    )
}

/// What an object says of itself in our extension, where it has that.
fn own(object: &Value) -> Option<&Value> {
    object.get("extensions")?.get(EXTENSION)
}

struct Reader<'f, 't> {
    objects: Objects<'f>,
    definitions: Definitions<'f>,
    /// What some report names.
    named: BTreeSet<&'f str>,
    carried: usize,
    table: &'t mut Table,
}

impl<'f> Reader<'f, '_> {
    /// Which notes are portions of which report of ours in the same file.
    fn parts_of_ours(&self, containers: &[(&'f str, &'f Value)]) -> BTreeMap<&'f str, &'f str> {
        let of_report = |object: &Value| parse::<Statement>(own(object)?.get("report")?).ok();
        let reports: BTreeMap<&str, Statement> = containers
            .iter()
            .filter_map(|(id, object)| Some((*id, of_report(object)?)))
            .collect();
        let mut parts = BTreeMap::new();
        for (id, object) in containers
            .iter()
            .filter(|(_, object)| text(object, "type") == Some("note"))
        {
            let stated = own(object).and_then(|own| parse::<Portioned>(own.get("portion")?).ok());
            let Some(stated) = stated else { continue };
            let whole = texts(object, "object_refs").find_map(|named| {
                let (id, whole) = reports.get_key_value(named)?;
                (whole.report == stated.report && whole.version == stated.version).then_some(*id)
            });
            if let Some(whole) = whole {
                parts.insert(*id, whole);
            }
        }
        parts
    }

    fn report(&mut self, id: &'f str, object: &'f Value, parts: &[&'f Value]) -> Incoming {
        let kind = text(object, "type").unwrap_or_default();
        let (title, body) = match kind {
            "note" => ("abstract", "content"),
            _ => ("name", "description"),
        };
        let stated = self.statement(id, object);
        let mut pieces = Vec::new();
        let text_asks = self.asks(object, |property| property == body);
        let own_portion = self.portioned(object);
        for (id, paragraph) in paragraphs(text(object, body).unwrap_or_default(), "p") {
            let mut piece = Piece {
                id,
                text: paragraph,
                asks: text_asks.clone(),
                ..Piece::default()
            };
            if let Some(stated) = &own_portion {
                self.apply(&mut piece, stated);
            }
            pieces.push(piece);
        }
        if own_portion.is_some() && pieces.len() > 1 {
            // A portion of ours by itself: one text, whatever paragraphs it has.
            pieces.truncate(1);
            if let Some(piece) = pieces.first_mut() {
                piece.text = text(object, body).unwrap_or_default().to_owned();
            }
        }
        // Portions of ours and what is carried through, in the order in which the report names them.
        let mut own: BTreeMap<&str, &'f Value> = parts
            .iter()
            .filter_map(|part| Some((text(part, "id")?, *part)))
            .collect();
        for named in texts(object, "object_refs") {
            match own.remove(named) {
                Some(part) => pieces.push(self.part(part)),
                None => self.take(named, object, &mut pieces),
            }
        }
        pieces.extend(own.into_values().map(|part| self.part(part)));
        let mut title_piece = Piece {
            text: text(object, title).unwrap_or_default().to_owned(),
            asks: self.asks(object, |property| property == title),
            ..Piece::default()
        };
        if let Some(stated) = &stated {
            let carried = pieces.iter().filter(|piece| carried::open(&piece.text).is_some());
            stated.entitle(&mut title_piece, parts.len() + carried.count(), id, self.table);
        }
        let name = match (&stated, &own_portion) {
            (Some(stated), _) => stated.report.to_string(),
            (None, Some(stated)) => format!("{}.{}", stated.report, stated.portion),
            (None, None) => id.to_owned(),
        };
        Incoming {
            format: Format::Stix,
            name,
            publisher: self.publisher(object),
            modified: moment(object),
            title: title_piece,
            pieces,
            rest: self.rest(object, &[title, body]),
            revoked: object.get("revoked") == Some(&Value::Bool(true)),
            stated,
        }
    }

    /// What an object asks for; the TLP word that stands in for a mark of ours is not asked for besides.
    fn asks(&mut self, object: &Value, shows: impl Fn(&str) -> bool) -> Asks {
        let mut asks = self.definitions.asks(object, shows, self.table);
        let stated = own(object).and_then(|own| text(own, "stand_in")).and_then(|word| {
            // Only where the mark itself is there and read does anything stand in for it.
            let mark = own(object).and_then(own_mark)?;
            let schemes = entente_marking::builtin::schemes();
            let asked = Asks {
                marks: vec![mark],
                ..Asks::default()
            };
            let marked = crate::marks::Marked::of(&asked, schemes);
            let (text, label) = marked.written(&entente_marking::SchemeId::new("tlp"));
            let right = marked.closed.is_none() && tlp(&text, &label, schemes) == (word, false);
            right.then(|| format!("(TLP:{word})"))
        });
        let others = texts(object, "object_marking_refs").filter(|id| stated_id(stated.as_deref()) == Some(id));
        if let Some(stand_in) = stated.as_ref().filter(|_| others.count() == 1 && asks.marks.len() > 1) {
            asks.marks.retain(|mark| mark != stand_in);
        }
        asks
    }

    /// What a report of ours says of itself; what is not understood closes what it is about.
    fn statement(&mut self, id: &str, object: &Value) -> Option<Statement> {
        let value = own(object)?.get("report")?;
        match parse(value) {
            Ok(stated) => Some(stated),
            Err(error) => {
                self.table.note(
                    id,
                    format!("what the report says of itself is not understood ({error})"),
                    "left out",
                );
                None
            }
        }
    }

    fn portioned(&mut self, object: &Value) -> Option<Portioned> {
        let value = own(object)?.get("portion")?;
        match parse(value) {
            Ok(stated) => Some(stated),
            Err(error) => {
                let id = text(object, "id").unwrap_or_default();
                self.table.note(
                    id,
                    format!("what the portion says of itself is not understood ({error})"),
                    "left out",
                );
                None
            }
        }
    }

    fn apply(&mut self, piece: &mut Piece, stated: &Portioned) {
        piece.id = stated.portion.to_string();
        piece.asks.mark(&stated.mark);
        piece.stated = Some(stated.clone());
    }

    /// A portion of ours: one text, whatever stands in it.
    fn part(&mut self, object: &'f Value) -> Piece {
        let asks = self.asks(object, |_| true);
        let mut piece = Piece {
            id: text(object, "id").unwrap_or_default().to_owned(),
            text: text(object, "content").unwrap_or_default().to_owned(),
            asks,
            publishers: self.publisher(object).into_iter().collect(),
            ..Piece::default()
        };
        if let Some(stated) = self.portioned(object) {
            self.apply(&mut piece, &stated);
        }
        piece
    }

    /// Takes an object that a report names into a portion of its own.
    fn take(&mut self, named: &'f str, container: &Value, pieces: &mut Vec<Piece>) {
        let Some(object) = self.objects.by_id.get(named).copied() else {
            self.table.note(
                named,
                "an object that is named and not in the file",
                "its id stays in what the file says",
            );
            return;
        };
        self.named.insert(named);
        if is_apparatus(object) || is_container(object) {
            return;
        }
        if self.carried >= MAX_CARRIED {
            let what = format!("more than {MAX_CARRIED} objects named by reports");
            self.table
                .note(named, what, "left out of further reports; split the file");
            return;
        }
        self.carried += 1;
        let mut piece = self.carry(named, object);
        if let Some(stated) = carried_statement(container, named) {
            self.apply(&mut piece, &stated);
        }
        pieces.push(piece);
    }

    fn carry(&mut self, id: &str, object: &'f Value) -> Piece {
        let kind = text(object, "type").unwrap_or_default();
        let called = ["name", "value", "pattern", "opinion", "relationship_type"]
            .into_iter()
            .find_map(|name| text(object, name));
        let says = match called {
            Some(called) => format!("{kind}: {called}"),
            None => kind.to_owned(),
        };
        Piece {
            id: id.to_owned(),
            text: carried::block("stix", &says, object),
            asks: self.asks(object, |_| true),
            publishers: self.publisher(object).into_iter().collect(),
            ..Piece::default()
        }
    }

    /// What no report names: one report of all of it.
    fn leftover(&mut self, file: &Value) -> Option<Incoming> {
        // Who made something is kept with it.
        let makers: BTreeSet<&str> = self
            .objects
            .iter()
            .filter_map(|(_, object)| text(object, "created_by_ref"))
            .collect();
        let all: Vec<(&str, &Value)> = self
            .objects
            .iter()
            .filter(|(id, object)| !self.named.contains(id) && !is_container(object) && !is_apparatus(object))
            .filter(|(id, object)| !is_our_apparatus(object) && !makers.contains(id))
            .collect();
        if all.is_empty() {
            return None;
        }
        let ids: BTreeSet<&str> = all.iter().map(|(id, _)| *id).collect();
        let name = match text(file, "id") {
            Some(id) => id.to_owned(),
            None => format!("objects--{}", uuid::of(&ids.iter().copied().collect::<Vec<_>>())),
        };
        let pieces: Vec<Piece> = all.iter().map(|(id, object)| self.carry(id, object)).collect();
        let mut asks = Asks::default();
        for piece in &pieces {
            asks.add(&piece.asks);
        }
        let publishers: BTreeSet<Option<&str>> = all.iter().map(|(_, object)| text(object, "created_by_ref")).collect();
        let publisher = match publishers.iter().collect::<Vec<_>>().as_slice() {
            [Some(_)] => pieces.iter().find_map(|piece| piece.publishers.first().cloned()),
            _ => None,
        };
        let latest = all.iter().filter_map(|(_, object)| moment(object)).max();
        Some(Incoming {
            format: Format::Stix,
            publisher,
            modified: latest,
            title: Piece {
                text: format!("STIX objects of {name}"),
                asks: Asks::default(),
                ..Piece::default()
            },
            rest: json!({ "type": "bundle", "id": name, "definitions": self.definitions_of(all.iter().map(|(_, object)| *object)) }),
            name,
            pieces,
            revoked: false,
            stated: None,
        })
    }

    /// What else an object says: all but its texts, with the definitions that it and what it names rest on.
    fn rest(&self, object: &'f Value, texts_of: &[&str]) -> Value {
        let mut fields: Map<String, Value> = object.as_object().cloned().unwrap_or_default();
        fields.retain(|name, _| !texts_of.contains(&name.as_str()));
        if let Some(Value::Object(extensions)) = fields.get_mut("extensions") {
            extensions.remove(EXTENSION);
            if extensions.is_empty() {
                fields.remove("extensions");
            }
        }
        let named = texts(object, "object_refs").filter_map(|id| self.objects.by_id.get(id).copied());
        let definitions = self.definitions_of(named.chain([object]));
        if !definitions.is_empty() {
            fields.insert("definitions".to_owned(), Value::Array(definitions));
        }
        Value::Object(fields)
    }

    /// The marking and extension definitions that these objects name, and who made them.
    fn definitions_of(&self, objects: impl Iterator<Item = &'f Value>) -> Vec<Value> {
        let mut ids: BTreeSet<&str> = BTreeSet::new();
        for object in objects {
            ids.extend(texts(object, "object_marking_refs"));
            ids.extend(text(object, "created_by_ref"));
            for granular in crate::json::items(object, "granular_markings") {
                ids.extend(text(granular, "marking_ref"));
            }
            let extensions = object.get("extensions").and_then(Value::as_object);
            ids.extend(extensions.into_iter().flatten().map(|(id, _)| id.as_str()));
        }
        let known = ids.into_iter().filter(|id| *id != EXTENSION);
        let found = known.filter_map(|id| self.definitions.get(id).or_else(|| self.objects.by_id.get(id).copied()));
        found.cloned().collect()
    }

    /// Who made an object.
    fn publisher(&self, object: &Value) -> Option<Publisher> {
        if let Some(by) = own(object).and_then(|own| text(own.get("report")?, "by")) {
            return Some(Publisher::Named(by.to_owned()));
        }
        let by = text(object, "created_by_ref")?;
        let name = self.objects.by_id.get(by).and_then(|identity| text(identity, "name"));
        Some(Publisher::Named(name.unwrap_or(by).to_owned()))
    }
}

/// The published id of the marking that a stand-in is.
fn stated_id(stand_in: Option<&str>) -> Option<&'static str> {
    tlp_id(stand_in?.strip_prefix("(TLP:")?.strip_suffix(')')?)
}

/// The mark in what an object of ours says of itself.
fn own_mark(own: &Value) -> Option<String> {
    let of_portion = own.get("portion").and_then(|portion| text(portion, "mark"));
    let of_title = own
        .get("report")
        .map(|report| texts(report, "title").collect::<Vec<_>>().join(" "));
    of_portion.map(str::to_owned).or(of_title)
}

/// What a report of ours says of an object that it carries through.
fn carried_statement(container: &Value, named: &str) -> Option<Portioned> {
    parse(own(container)?.get("carried")?.get(named)?).ok()
}

/// Whether an identity is only there to name who exported a file of ours.
fn is_our_apparatus(object: &Value) -> bool {
    text(object, "type") == Some("identity") && own(object).is_some()
}

fn moment(object: &Value) -> Option<Timestamp> {
    let named = ["modified", "published", "created"].into_iter();
    named
        .filter_map(|name| text(object, name))
        .find_map(|text| text.parse().ok())
}
