//! From a MISP event to a report.

use entente_marking::builtin;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{OBJECT, REPORT};
use crate::incoming::{Incoming, Piece, Publisher, paragraphs};
use crate::json::{items, text, twice};
use crate::marks::{Asks, UNMARKED, read as read_mark};
use crate::statement::{Portioned, Statement, parse};
use crate::table::Table;
use crate::{Format, ReadError, carried, uuid};

/// Whether a value is a MISP event, or several.
pub fn is_misp(value: &Value) -> bool {
    let event = |value: &Value| {
        value.get("Event").is_some_and(Value::is_object)
            || value.get("info").is_some()
                && [
                    "Attribute",
                    "Object",
                    "distribution",
                    "threat_level_id",
                    "Orgc",
                    "orgc_id",
                ]
                .iter()
                .any(|name| value.get(name).is_some())
    };
    match value {
        Value::Array(all) => all.iter().any(event),
        _ => {
            event(value)
                || value
                    .get("response")
                    .is_some_and(|inner| is_misp(inner) || inner.get("Attribute").is_some_and(Value::is_array))
        }
    }
}

/// Reads a file.
///
/// # Errors
/// When a name stands twice in what holds the events.
pub fn read(file: &Value, table: &mut Table) -> Result<Vec<Incoming>, ReadError> {
    if let Some(name) = crate::json::own_twice(file) {
        return Err(ReadError::Twice(name.to_owned()));
    }
    let mut events = Vec::new();
    collect(file, &mut events);
    let mut reports = Vec::new();
    for (n, event) in events.into_iter().enumerate() {
        let place = text(event, "uuid").map_or_else(|| format!("event {}", n + 1), str::to_owned);
        match (event.is_object(), crate::json::own_twice(event)) {
            (false, _) => table.note(place, "something that is no event", "left out"),
            (_, Some(name)) => {
                table.note(
                    place,
                    format!("an event in which the name `{name}` stands twice"),
                    "left out",
                );
            }
            _ => reports.push(Reader { event, table }.report()),
        }
    }
    Ok(reports)
}

fn collect<'f>(value: &'f Value, events: &mut Vec<&'f Value>) {
    match (value, value.get("response"), value.get("Event")) {
        (Value::Array(all), ..) => all.iter().for_each(|one| collect(one, events)),
        (_, Some(inner), None) => collect(inner, events),
        (_, _, Some(event)) => events.push(event),
        _ => events.push(value),
    }
}

/// A number, or a text that is one: MISP writes both.
fn number(value: &Value, name: &str) -> Option<u64> {
    let value = value.get(name)?;
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

struct Reader<'f, 't> {
    event: &'f Value,
    table: &'t mut Table,
}

/// What a distribution comes to: marks, and the group.
#[derive(Clone, Debug, Default)]
struct Shared {
    asks: Asks,
    group: Option<String>,
}

impl Reader<'_, '_> {
    fn report(mut self) -> Incoming {
        let event = self.event;
        let name = match text(event, "uuid") {
            Some(uuid) => uuid.to_owned(),
            None => {
                let all = items(event, "Attribute").iter().chain(items(event, "Object"));
                let named = [text(event, "info"), text(event, "date")].into_iter().flatten();
                uuid::of(&named.chain(all.filter_map(|one| text(one, "uuid"))).collect::<Vec<_>>())
            }
        };
        let whole = self.shared(event, &Shared::default(), &name);
        let mut pieces = Vec::new();
        for report in items(event, "EventReport") {
            self.text_report(report, &whole, &mut pieces);
        }
        for attribute in items(event, "Attribute").iter().chain(items(event, "ShadowAttribute")) {
            if let Some(piece) = self.attribute(attribute, &whole, "") {
                pieces.push(piece);
            }
        }
        for object in items(event, "Object") {
            self.object(object, &whole, &mut pieces);
        }
        let stated = self.statement();
        let mut title = Piece {
            text: text(event, "info").unwrap_or_default().to_owned(),
            asks: whole.asks.clone(),
            groups: whole.group.iter().cloned().collect(),
            ..Piece::default()
        };
        let mut publisher = text(
            event.get("Orgc").or_else(|| event.get("Org")).unwrap_or(&Value::Null),
            "name",
        )
        .map(|name| Publisher::Named(name.to_owned()));
        let mut name = format!("event-{name}");
        if let Some(stated) = &stated {
            if let Some(stand_in) = stand_in(&stated.title.join(" ")) {
                title.asks.marks.retain(|mark| *mark != stand_in && mark != UNMARKED);
            }
            name = stated.report.to_string();
            publisher = Some(Publisher::Party(stated.by.clone()));
            let came = pieces.iter().filter(|piece| piece.stated.is_some()).count();
            stated.entitle(&mut title, came, &name, self.table);
        }
        Incoming {
            format: Format::Misp,
            name,
            publisher,
            modified: number(event, "timestamp").and_then(|at| Timestamp::from_second(i64::try_from(at).ok()?).ok()),
            title,
            pieces,
            rest: self.rest(),
            revoked: event.get("deleted") == Some(&Value::Bool(true)),
            stated,
        }
    }

    /// What the event says besides its texts.
    fn rest(&self) -> Value {
        let mut fields: Map<String, Value> = self.event.as_object().cloned().unwrap_or_default();
        fields.retain(|name, _| {
            !["info", "Attribute", "Object", "EventReport", "ShadowAttribute"].contains(&name.as_str())
        });
        Value::Object(fields)
    }

    /// What tags and distribution of something ask for, beside those of what it stands in.
    fn shared(&mut self, value: &Value, whole: &Shared, place: &str) -> Shared {
        let mut shared = Shared {
            asks: whole.asks.clone(),
            group: whole.group.clone(),
        };
        for tag in items(value, "Tag") {
            self.tag(text(tag, "name").unwrap_or_default(), place, &mut shared.asks);
        }
        let distribution = value.get("distribution").filter(|value| !value.is_null());
        match (number(value, "distribution"), distribution) {
            (Some(0), _) => shared.asks.mark(UNMARKED),
            (Some(1 | 2), _) => shared.asks.mark("(TLP:GREEN)"),
            // Says that nothing limits it, and nothing about what its owner thinks of that.
            (Some(3 | 5), _) | (None, None) => {}
            (Some(4), _) => {
                let group = value.get("SharingGroup");
                let named = group.and_then(|group| text(group, "name").or_else(|| text(group, "uuid")));
                match named {
                    Some(name) => shared.group = Some(name.to_owned()),
                    None => {
                        shared.asks.mark(UNMARKED);
                        self.table.note(
                            place,
                            "a sharing group that the file does not name",
                            format!("marked {UNMARKED}"),
                        );
                    }
                }
            }
            (other, _) => {
                let what = other.map_or_else(|| "distribution".to_owned(), |n| format!("distribution {n}"));
                shared.asks.close(&what);
            }
        }
        shared
    }

    fn tag(&mut self, name: &str, place: &str, asks: &mut Asks) {
        let lower = name.trim().to_lowercase();
        let scheme = ["tlp:", "pap:"].iter().any(|prefix| lower.starts_with(prefix));
        if let Some(mark) = lower.strip_prefix("entente:mark=") {
            asks.mark(&mark.trim_matches('"').to_uppercase());
        } else if scheme {
            match read_mark(name, builtin::schemes()) {
                Some(marking) => asks.mark(&marking.canonical),
                None => asks.close(name),
            }
        } else if lower.contains("tlp") && lower.contains("marking") {
            asks.close(name);
        } else if !lower.is_empty() {
            self.table.note(place, "tags that are no marks", "carried through");
        }
    }

    fn text_report(&mut self, report: &Value, whole: &Shared, pieces: &mut Vec<Piece>) {
        let id = text(report, "uuid").unwrap_or("report").to_owned();
        if self.is_out(report, &id) {
            return;
        }
        let shared = self.shared(report, whole, &id);
        let content = text(report, "content").unwrap_or_default();
        let heading = text(report, "name").filter(|name| !name.is_empty());
        let heading = heading.map(|name| (format!("{id}.name"), name.to_owned()));
        for (id, text) in heading.into_iter().chain(paragraphs(content, &format!("{id}."))) {
            pieces.push(Piece {
                id,
                text,
                asks: shared.asks.clone(),
                groups: shared.group.iter().cloned().collect(),
                ..Piece::default()
            });
        }
    }

    /// Whether something is not taken: it is deleted, or cannot be read.
    fn is_out(&mut self, value: &Value, place: &str) -> bool {
        let deleted = value.get("deleted") == Some(&Value::Bool(true)) || number(value, "deleted") == Some(1);
        if deleted {
            self.table.note(place, "deleted there", "left out");
        }
        let doubled = twice(value).map(str::to_owned);
        if let Some(name) = &doubled {
            self.table.note(
                place,
                format!("something in which the name `{name}` stands twice"),
                "left out",
            );
        }
        if !value.is_object() {
            self.table.note(place, "something that is no object", "left out");
        }
        deleted || doubled.is_some() || !value.is_object()
    }

    fn attribute(&mut self, attribute: &Value, whole: &Shared, of: &str) -> Option<Piece> {
        let id = text(attribute, "uuid").unwrap_or("attribute").to_owned();
        if self.is_out(attribute, &id) {
            return None;
        }
        let shared = self.shared(attribute, whole, &id);
        let kind = text(attribute, "type").unwrap_or("attribute");
        let value = text(attribute, "value").unwrap_or_default();
        let says = match of {
            "" => format!("{kind}: {value}"),
            of => format!("{of}, {}: {value}", text(attribute, "object_relation").unwrap_or(kind)),
        };
        Some(Piece {
            text: carried::block("misp", &says, attribute),
            id,
            asks: shared.asks,
            groups: shared.group.into_iter().collect(),
            ..Piece::default()
        })
    }

    fn object(&mut self, object: &Value, whole: &Shared, pieces: &mut Vec<Piece>) {
        let id = text(object, "uuid").unwrap_or("object").to_owned();
        if self.is_out(object, &id) {
            return;
        }
        let name = text(object, "name").unwrap_or("object");
        if name == OBJECT {
            pieces.push(self.portion(object, whole, &id));
            return;
        }
        if name == REPORT {
            return;
        }
        let shared = self.shared(object, whole, &id);
        let mut bare: Map<String, Value> = object.as_object().cloned().unwrap_or_default();
        bare.remove("Attribute");
        pieces.push(Piece {
            text: carried::block("misp", &format!("object: {name}"), &Value::Object(bare)),
            id,
            asks: shared.asks.clone(),
            groups: shared.group.iter().cloned().collect(),
            ..Piece::default()
        });
        let attributes = items(object, "Attribute");
        pieces.extend(
            attributes
                .iter()
                .filter_map(|attribute| self.attribute(attribute, &shared, name)),
        );
    }

    /// A portion of ours.
    fn portion(&mut self, object: &Value, whole: &Shared, id: &str) -> Piece {
        // It says itself what it asks for; the event says what all of it asks for together.
        let shared = &self.shared(object, &Shared::default(), id);
        let value = |relation: &str| {
            let mut all = items(object, "Attribute").iter();
            let found = all.find(|attribute| text(attribute, "object_relation") == Some(relation));
            found.and_then(|attribute| text(attribute, "value"))
        };
        let mut asks = shared.asks.clone();
        for attribute in items(object, "Attribute") {
            asks.add(&self.shared(attribute, shared, id).asks);
        }
        let said = value("statement").map(|json| serde_json::from_str::<Value>(json).unwrap_or_default());
        let stated = said.and_then(|value| parse::<Portioned>(&value).ok());
        let mut piece = Piece {
            id: id.to_owned(),
            text: value("text").unwrap_or_default().to_owned(),
            asks,
            groups: shared.group.iter().cloned().collect(),
            ..Piece::default()
        };
        match stated {
            Some(stated) => {
                piece.id = stated.portion.to_string();
                // What stands in for a mark of ours is not asked for besides.
                if let Some(stand_in) = stand_in(&stated.mark) {
                    piece.asks.marks.retain(|mark| *mark != stand_in && mark != UNMARKED);
                }
                piece.asks.mark(&stated.mark);
                piece.stated = Some(stated);
            }
            None => {
                piece.asks.add(&whole.asks);
                self.table
                    .note(id, "what the portion says of itself is not understood", "closed");
                piece.asks.close("entente statement");
            }
        }
        piece
    }

    fn statement(&mut self) -> Option<Statement> {
        let said = items(self.event, "Object")
            .iter()
            .find(|object| text(object, "name") == Some(REPORT))?;
        let mut all = items(said, "Attribute").iter();
        let json = all.find(|attribute| text(attribute, "object_relation") == Some("statement"))?;
        let value: Value = serde_json::from_str(text(json, "value")?).ok()?;
        parse(&value).ok()
    }
}

/// The TLP word that we write for tools that read nothing else, where a mark is not TLP.
fn stand_in(mark: &str) -> Option<String> {
    let schemes = builtin::schemes();
    let asks = Asks {
        marks: vec![mark.to_owned()],
        ..Asks::default()
    };
    let marked = crate::marks::Marked::of(&asks, schemes);
    let (text, label) = marked.written(&entente_marking::SchemeId::new("tlp"));
    let (word, own) = crate::marks::tlp(&text, &label, schemes);
    (marked.closed.is_none() && !own).then(|| format!("(TLP:{word})"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(event: &Value) -> Vec<Piece> {
        let mut table = Table::default();
        read(event, &mut table).unwrap().remove(0).pieces
    }

    #[test]
    fn of_tags_and_distribution_the_stricter_holds() {
        for (distribution, tag, marks) in [
            (json!("0"), "tlp:clear", vec!["(TLP:CLEAR)", UNMARKED]),
            (json!(1), "tlp:amber+strict", vec!["(TLP:AMBER+STRICT)", "(TLP:GREEN)"]),
            (json!(3), "tlp:white", vec!["(TLP:CLEAR)"]),
            (json!(3), "PAP:RED", vec!["(PAP:RED)"]),
            (json!(null), "type:OSINT", vec![]),
        ] {
            let event = json!({"Event": {"info": "x", "distribution": 3, "Attribute": [
                {"uuid": "u", "type": "domain", "value": "a.example", "distribution": distribution, "Tag": [{"name": tag}]}]}});
            let pieces = asked(&event);
            assert_eq!(pieces[0].asks.marks, marks, "{distribution} {tag}");
        }
        let unknown =
            json!({"info": "x", "Attribute": [{"uuid": "u", "distribution": 9, "Tag": [{"name": "tlp:ex:chr"}]}]});
        assert_eq!(asked(&unknown)[0].asks.unread, ["tlp:ex:chr", "distribution 9"]);
        assert!(!is_misp(&json!({})));
    }
}
