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

/// How far the headers of a mail are looked for.
const HEADERS: usize = 64 << 10;

/// Whether a file is a mail: by its name, or by headers that every mail has.
pub fn is_mail(name: &str, bytes: &[u8]) -> bool {
    let named = name
        .rsplit_once('.')
        .is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("eml"));
    named || has_headers(bytes)
}

/// Whether a file begins with the headers of a mail, however many servers wrote theirs above: up to the first empty line.
fn has_headers(bytes: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(HEADERS)]).to_ascii_lowercase();
    let start = start.replace("\r\n", "\n");
    let head = start.split_once("\n\n").map_or(start.as_str(), |(head, _)| head);
    let header = |name: &str| head.starts_with(name) || head.contains(&format!("\n{name}"));
    let sent = ["date:", "received:", "return-path:", "delivered-to:", "mime-version:"];
    header("from:") && (header("subject:") || header("message-id:")) && sent.iter().any(|name| header(name))
}

/// The mails of a mailbox file (RFC 4155): each begins with a line `From ` behind an empty one.
pub fn mailbox(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    if !bytes.starts_with(b"From ") {
        return None;
    }
    let mut mails: Vec<Vec<u8>> = Vec::new();
    let mut empty = true;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if empty && line.starts_with(b"From ") {
            mails.push(Vec::new());
        } else if let Some(mail) = mails.last_mut() {
            let quotes = line.iter().take_while(|byte| **byte == b'>').count();
            let quoted = quotes > 0 && line.get(quotes..).is_some_and(|rest| rest.starts_with(b"From "));
            mail.extend(if quoted { line.get(1..).unwrap_or(line) } else { line });
        }
        empty = line.iter().all(u8::is_ascii_whitespace);
    }
    mails.first().is_some_and(|mail| has_headers(mail)).then_some(mails)
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
pub(crate) fn marks_in(text: &str) -> Asks {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_one_however_many_servers_wrote_above_it() {
        let servers = "Received: by a server\r\n\tfor you\r\n".repeat(300);
        let mail = format!("{servers}From: a@example.org\r\nSubject: s\r\n\r\nText.\r\n");
        assert!(mail.len() > 8192 && is_mail("x", mail.as_bytes()));
        assert!(
            !is_mail("x", b"Text.\n\nFrom: a\nSubject: b\nDate: c\n"),
            "these are no headers"
        );
    }

    #[test]
    fn a_mailbox_is_its_mails() {
        let one = |n: u8| {
            format!(
                "From a@example.org Thu Jan  1 00:00:00 2026\nFrom: a@example.org\nSubject: TLP:GREEN {n}\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n\nText {n} of it.\n>From here on.\n\n"
            )
        };
        let file = one(1) + &one(2);
        let mut table = Table::default();
        let found = crate::read("box", file.as_bytes(), &mut table).unwrap();
        let texts: Vec<&str> = found.iter().map(|report| report.pieces[0].text.as_str()).collect();
        assert_eq!(texts, ["Text 1 of it.\nFrom here on.", "Text 2 of it.\nFrom here on."]);
        assert!(mailbox(b"From here on it is text.\n").is_none());
    }
}
