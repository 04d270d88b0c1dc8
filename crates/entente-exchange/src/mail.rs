//! Mail (RFC 5322), in: its text and what is attached to it, part by part.
//!
//! A mark is taken from where people put it: `TLP:AMBER` in subject or text, a portion mark before a paragraph. What bears none
//! takes the default. An attachment that is STIX, MISP or CSAF becomes a report of its own.

use entente_watch::text::read_bytes;
use jiff::Timestamp;
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use serde_json::json;

use crate::incoming::{Incoming, Piece, Publisher, paragraphs};
use crate::marks::{Asks, read as read_mark};
use crate::table::Table;
use crate::{Format, ReadError, uuid};

/// The most parts of one mail that are looked at.
const MAX_PARTS: usize = 1000;

/// Whether a file is a mail: by its name, or by headers that every mail has.
pub fn is_mail(name: &str, bytes: &[u8]) -> bool {
    let named = name
        .rsplit_once('.')
        .is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("eml"));
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
    let header = |name: &str| head.starts_with(name) || head.contains(&format!("\n{name}"));
    named || header("from:") && (header("subject:") || header("message-id:")) && header("date:")
}

/// Reads a mail.
///
/// # Errors
/// When it is none, or larger than files may be.
pub fn read(name: &str, bytes: &[u8], table: &mut Table) -> Result<Vec<Incoming>, ReadError> {
    if bytes.len() > crate::json::MAX_FILE {
        return Err(crate::JsonError::TooLarge(bytes.len()).into());
    }
    let message = MessageParser::default()
        .parse(bytes)
        .filter(|message| message.from().is_some() || message.subject().is_some())
        .ok_or_else(|| ReadError::Mail("it has neither a sender nor a subject".to_owned()))?;
    let mut reports = Vec::new();
    let subject = message.subject().unwrap_or_default();
    let mut asks = marks_in(subject);
    let mut pieces = Vec::new();
    for (n, part) in message.parts.iter().enumerate().take(MAX_PARTS) {
        let place = part
            .attachment_name()
            .map_or_else(|| format!("part {n}"), str::to_owned);
        match &part.body {
            PartType::Multipart(_) => {}
            PartType::Text(text) => pieces.extend(texts(text, n)),
            // The same in HTML, where the mail has it as text.
            PartType::Html(_) if message.text_body_count() > 0 && !is_only_html(&message, n) => {}
            PartType::Html(page) => pieces.extend(extracted("part.html", page.as_bytes(), n, &place, table)),
            PartType::Message(inner) => reports.extend(read(name, &inner.raw_message, table)?),
            PartType::Binary(content) | PartType::InlineBinary(content) => {
                attached(&place, content, n, &mut reports, &mut pieces, table);
            }
        }
    }
    if message.parts.len() > MAX_PARTS {
        table.note(name, format!("more than {MAX_PARTS} parts"), "left out");
    }
    for piece in &pieces {
        asks.add(&marks_in(&piece.text));
    }
    for piece in &mut pieces {
        piece.asks.add(&asks);
    }
    let publisher = sender(&message);
    for report in &mut reports {
        // What is attached is no more open than the mail, and the sender gave it.
        report.title.asks.add(&asks);
        for piece in &mut report.pieces {
            piece.asks.add(&asks);
            piece.publishers.extend(publisher.clone());
        }
    }
    let id = message.message_id().map(str::to_owned).unwrap_or_else(|| {
        let parts: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
        uuid::of(&[subject, &parts.join("\n")])
    });
    let modified = message
        .date()
        .and_then(|date| date.to_rfc3339().parse::<Timestamp>().ok());
    reports.insert(
        0,
        Incoming {
            format: Format::Mail,
            name: format!("mail-{id}"),
            publisher,
            modified,
            title: Piece {
                text: subject.to_owned(),
                asks,
                ..Piece::default()
            },
            pieces,
            rest: json!({ "message_id": message.message_id(), "date": modified.map(|at| at.to_string()) }),
            revoked: false,
            stated: None,
        },
    );
    Ok(reports)
}

/// Whether a part is HTML without a text beside it.
fn is_only_html(message: &Message<'_>, n: usize) -> bool {
    let text = |id: &u32| usize::try_from(*id) == Ok(n);
    message.text_body.iter().any(text)
}

/// The address's organisation: its domain, or the name of whoever has none.
fn sender(message: &Message<'_>) -> Option<Publisher> {
    let from = message.from()?.first()?;
    let domain = from.address().and_then(|address| address.rsplit_once('@'));
    let name = domain.map(|(_, domain)| domain).or_else(|| from.name())?;
    Some(Publisher::Named(name.replace('.', "-")))
}

fn texts(text: &str, n: usize) -> Vec<Piece> {
    let piece = |(id, text): (String, String)| Piece {
        asks: leading(&text),
        id,
        text,
        ..Piece::default()
    };
    paragraphs(text, &format!("part{n}.")).into_iter().map(piece).collect()
}

/// The texts of a part that is no plain text.
fn extracted(name: &str, bytes: &[u8], n: usize, place: &str, table: &mut Table) -> Vec<Piece> {
    match read_bytes(name, bytes) {
        Ok(sources) => sources
            .iter()
            .flat_map(|source| texts(source.text.as_str(), n))
            .collect(),
        Err(error) => {
            table.note(
                place,
                "an attachment whose text cannot be read",
                format!("left out: {error}"),
            );
            Vec::new()
        }
    }
}

fn attached(
    place: &str,
    content: &[u8],
    n: usize,
    reports: &mut Vec<Incoming>,
    pieces: &mut Vec<Piece>,
    table: &mut Table,
) {
    let json = crate::json::read(content).ok();
    let inner = json.filter(|value| crate::format_of(value).is_some());
    match inner.map(|_| crate::read(place, content, table)) {
        Some(Ok(found)) => {
            table.note(place, "an attachment in a format of its own", "a report of its own");
            reports.extend(found);
        }
        Some(Err(error)) => table.note(place, "an attachment that is not read", format!("left out: {error}")),
        None => {
            let texts = extracted(place, content, n, place, table);
            if texts.is_empty() {
                table.note(place, "an attachment without text", "left out: keep the mail");
            }
            pieces.extend(texts);
        }
    }
}

/// The marks `TLP:…` and `PAP:…` in a text.
fn marks_in(text: &str) -> Asks {
    let schemes = entente_marking::builtin::schemes();
    let mut asks = Asks::default();
    for prefix in ["TLP:", "PAP:"] {
        for (at, _) in text.match_indices(prefix) {
            let rest = text.get(at + prefix.len()..).unwrap_or_default().trim_start();
            let word: String = rest
                .chars()
                .take_while(|c| c.is_ascii_alphabetic() || *c == '+')
                .collect();
            if let Some(marking) = read_mark(&format!("{prefix}{word}"), schemes) {
                asks.mark(&marking.canonical);
            }
        }
    }
    asks
}

/// The portion mark before a paragraph.
pub(crate) fn leading(text: &str) -> Asks {
    let mut asks = Asks::default();
    let end = text.trim_start().starts_with('(').then(|| text.find(')')).flatten();
    let mark = end.and_then(|end| read_mark(text.get(..=end)?, entente_marking::builtin::schemes()));
    if let Some(marking) = mark {
        asks.mark(&marking.canonical);
    }
    asks
}
