//! Texts within other files: mail, compressed files, office documents, web archives. Spans count in the decoded part, and
//! name it.

use std::io::{Cursor, Read};

use mail_parser::{Message, MessageParser, MimeHeaders, PartType};

use super::html::unescape;
use super::units::{self, unread};
use super::{Extract, MAX_UNPACKED, MappedText, Source, TextError, read_whole, source};

/// How many times its size it may unpack to; text packs twenty times at most.
const MAX_RATIO: usize = 200;
/// Below this a ratio says nothing.
const SMALL: usize = 1 << 20;
/// Containers within containers.
const MAX_DEPTH: usize = 4;
/// Parts of one message.
const MAX_PARTS: usize = 1_000;

/// Reads one kind of container.
type Open = fn(&str, &[u8], usize) -> Result<Vec<Source>, TextError>;

/// The texts of a container; `None` where the file is none.
pub(super) fn open(file: &str, bytes: &[u8], depth: usize) -> Option<Result<Vec<Source>, TextError>> {
    let opener = opener(file, bytes)?;
    if depth >= MAX_DEPTH {
        return Some(Err(TextError::Packed(format!(
            "more than {MAX_DEPTH} files are packed in each other"
        ))));
    }
    Some(opener(file, bytes, depth))
}

/// Whether a file holds others.
pub(super) fn is(file: &str, bytes: &[u8]) -> bool {
    opener(file, bytes).is_some()
}

/// Whether a file holds messages or pages one after the other.
pub(super) fn units(file: &str, bytes: &[u8]) -> Option<units::Kind> {
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    let head = &bytes[..bytes.len().min(4096)];
    if bytes.starts_with(b"WARC/1.") {
        return Some(units::Kind::Archive);
    }
    let mail = || extension.eq_ignore_ascii_case("mbox") || is_mail(after_line(head));
    (bytes.starts_with(b"From ") && mail()).then_some(units::Kind::Mailbox)
}

fn opener(file: &str, bytes: &[u8]) -> Option<Open> {
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    let head = &bytes[..bytes.len().min(4096)];
    Some(if bytes.starts_with(b"\x1f\x8b") {
        gzip
    } else if bytes.starts_with(b"PK\x03\x04") {
        office
    } else if units(file, bytes) == Some(units::Kind::Archive) {
        |file, bytes, depth| Ok(units::all(units::Kind::Archive, file, bytes, depth))
    } else if units(file, bytes) == Some(units::Kind::Mailbox) {
        |file, bytes, depth| Ok(units::all(units::Kind::Mailbox, file, bytes, depth))
    } else if extension.eq_ignore_ascii_case("eml") || is_mail(head) {
        mail
    } else {
        return None;
    })
}

fn after_line(bytes: &[u8]) -> &[u8] {
    let end = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |at| at + 1);
    &bytes[end..]
}

/// Whether a file begins with the header of a message.
fn is_mail(head: &[u8]) -> bool {
    const FIRST: [&str; 9] = [
        "received:",
        "return-path:",
        "delivered-to:",
        "message-id:",
        "mime-version:",
        "from:",
        "date:",
        "subject:",
        "x-",
    ];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let header: Vec<&str> = head.lines().take_while(|line| !line.trim().is_empty()).collect();
    let has = |key: &str| header.iter().any(|line| line.starts_with(key));
    let opens = header
        .first()
        .is_some_and(|line| FIRST.iter().any(|key| line.starts_with(key)));
    opens && has("from:") && (has("message-id:") || has("mime-version:") || has("date:") && has("subject:"))
}

/// Names the part in which the spans of these texts count.
pub(super) fn within(part: &str, mut sources: Vec<Source>) -> Vec<Source> {
    for source in &mut sources {
        source.part = Some(match source.part.take() {
            Some(inner) => format!("{part}/{inner}"),
            None => part.to_owned(),
        });
    }
    sources
}

/// Reads what unpacks, within bounds.
fn unpack(packed: usize, stream: impl Read) -> Result<Vec<u8>, TextError> {
    let limit = MAX_UNPACKED.min(packed.saturating_mul(MAX_RATIO).max(SMALL));
    let mut bytes = Vec::new();
    let take = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let read = stream.take(take).read_to_end(&mut bytes);
    read.map_err(|error| TextError::Packed(format!("it cannot be unpacked ({error})")))?;
    if bytes.len() > limit {
        return Err(TextError::Packed(format!("it unpacks to more than {limit} bytes")));
    }
    Ok(bytes)
}

fn gzip(file: &str, bytes: &[u8], depth: usize) -> Result<Vec<Source>, TextError> {
    let inner = unpack(bytes.len(), flate2::read::MultiGzDecoder::new(bytes))?;
    let name = file.rsplit('/').next().unwrap_or(file);
    let name = name.strip_suffix(".gz").unwrap_or(name);
    let sources = read_whole(name, &inner, depth + 1)?;
    Ok(renamed(file, within(name, sources)))
}

/// Texts of a part stand under the name of the file.
pub(super) fn renamed(file: &str, mut sources: Vec<Source>) -> Vec<Source> {
    for source in &mut sources {
        file.clone_into(&mut source.file);
    }
    sources
}

/// Word and `OpenDocument` texts; other archives are refused.
fn office(file: &str, bytes: &[u8], _depth: usize) -> Result<Vec<Source>, TextError> {
    let broken = |error: zip::result::ZipError| TextError::Packed(format!("the archive is broken ({error})"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    // The text, and the elements whose content it is and that end a paragraph.
    const KINDS: [(&str, &[&str], &[&str]); 2] = [
        ("word/document.xml", &["w:t"], &["w:p", "w:br", "w:tab", "w:tc"]),
        (
            "content.xml",
            &["office:text"],
            &["text:p", "text:h", "text:line-break", "table:table-cell"],
        ),
    ];
    for (part, content, breaks) in KINDS {
        let Ok(entry) = archive.by_name(part) else { continue };
        let inner = unpack(bytes.len(), entry)?;
        let text = String::from_utf8_lossy(&inner).into_owned();
        let extract = Extract {
            text: xml_text(&text, content, breaks),
            ..Extract::default()
        };
        let original = text.as_bytes().into();
        return Ok(within(
            part,
            vec![source(file, None, extract, None, &original, Vec::new())],
        ));
    }
    Err(TextError::Packed(
        "it is an archive without a document that is read (docx and odt are)".into(),
    ))
}

/// The text within these elements, each mapped to its bytes, in one pass.
fn xml_text(xml: &str, content: &[&str], breaks: &[&str]) -> MappedText {
    let mut mapped = MappedText::default();
    let (mut at, mut depth) = (0, 0usize);
    while at < xml.len() {
        let next = xml[at..].find('<').map_or(xml.len(), |found| at + found);
        if depth > 0 && next > at {
            unescape(&xml[at..next], at, &mut mapped);
        }
        let Some(length) = xml[next..].find('>') else { break };
        let tag = &xml[next + 1..next + length];
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/', '\n', '\t', '\r'])
            .next()
            .unwrap_or_default();
        if content.contains(&name) {
            match (tag.starts_with('/'), tag.ends_with('/')) {
                (true, _) => depth = depth.saturating_sub(1),
                (false, false) => depth += 1,
                (false, true) => {}
            }
        }
        if breaks.contains(&name) && (tag.starts_with('/') || tag.ends_with('/')) {
            mapped.push_whole("\n\n", next..next);
        }
        at = next + length + 1;
    }
    mapped
}

pub(super) fn mail(file: &str, bytes: &[u8], depth: usize) -> Result<Vec<Source>, TextError> {
    let message = MessageParser::default()
        .parse(bytes)
        .ok_or_else(|| TextError::Packed("it is no message that can be read".into()))?;
    let mut sources = Vec::new();
    // Part and path; the last is looked at first.
    let mut open: Vec<(usize, String)> = vec![(0, String::new())];
    let mut looked = 0;
    while let Some((number, path)) = open.pop() {
        looked += 1;
        let Some(part) = message.parts.get(number).filter(|_| looked <= MAX_PARTS) else {
            break;
        };
        if let PartType::Multipart(children) = &part.body {
            let step = |n: usize| {
                if path.is_empty() {
                    n.to_string()
                } else {
                    format!("{path}.{n}")
                }
            };
            let paths = children
                .iter()
                .enumerate()
                .map(|(n, child)| (*child as usize, step(n + 1)));
            open.extend(paths.collect::<Vec<_>>().into_iter().rev());
            continue;
        }
        let path = if path.is_empty() { "1".to_owned() } else { path };
        sources.extend(within(&path, one_part(file, &message, number, depth)));
    }
    Ok(sources)
}

/// The texts of one part; what cannot be read is said, and hides none of the others.
fn one_part(file: &str, message: &Message<'_>, number: usize, depth: usize) -> Vec<Source> {
    let Some(part) = message.parts.get(number) else {
        return Vec::new();
    };
    let inner = match &part.body {
        PartType::Text(text) => read_whole("part.txt", text.as_bytes(), usize::MAX),
        PartType::Html(page) => read_whole("part.html", page.as_bytes(), usize::MAX),
        PartType::Message(inner) => {
            // A message within another shares its bytes, unless it was encoded.
            let root = inner.root_part();
            let own = root.raw_header_offset() as usize..root.raw_end_offset() as usize;
            read_whole("part.eml", inner.raw_message.get(own).unwrap_or_default(), depth + 1)
        }
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
            let name = part.attachment_name().unwrap_or("part");
            let picture = ["image", "audio", "video"];
            if part.content_type().is_some_and(|kind| picture.contains(&kind.ctype())) {
                return Vec::new();
            }
            read_whole(name, bytes, depth + 1)
        }
        PartType::Multipart(_) => return Vec::new(),
    };
    let mut sources = inner.unwrap_or_else(|error| {
        let message = format!("part {number} of the message was not read: {error}");
        vec![unread(file, &message)]
    });
    for source in &mut sources {
        source.title = source.title.take().or_else(|| message.subject().map(str::to_owned));
        let date = message.date().map(mail_parser::DateTime::to_rfc3339);
        source.published = source.published.or_else(|| date.as_deref().and_then(super::moment));
    }
    renamed(file, sources)
}
