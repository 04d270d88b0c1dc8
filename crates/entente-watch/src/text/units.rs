//! Files of many texts, one after the other: mailboxes and web archives (WARC, ISO 28500). One message or page is held
//! at a time, however long the file is; one that cannot be read is said, and hides none of the others.

use std::io::Read;

use super::container::{mail, renamed, within};
use super::{MAX_UNPACKED, Source, TextError, Warning, plain, read_whole, source};

/// What is read at once.
const STEP: usize = 4 << 20;
/// Where the next message of a mailbox begins.
const NEXT: &[u8] = b"\nFrom ";

/// Bytes of a record's or answer's header; those of the web are a few kilobytes.
const LONGEST_HEADER: usize = 64 << 10;

/// A kind of file of many texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Mailbox,
    Archive,
}

/// How long the first text is.
#[derive(Debug, PartialEq, Eq)]
enum Extent {
    Known(usize),
    /// Its end is not among the bytes.
    Open,
}

impl Kind {
    /// How long the text is with which the bytes begin; no end is among the first `seen` of them.
    fn first(self, bytes: &[u8], seen: usize) -> Extent {
        match self {
            Self::Mailbox => {
                let from = seen.saturating_sub(NEXT.len() + 2);
                message_end(bytes, from).map_or(Extent::Open, Extent::Known)
            }
            Self::Archive => {
                let Some((header, body)) = header(bytes).filter(|_| bytes.starts_with(b"WARC/1.")) else {
                    return Extent::Open;
                };
                let length = field(&header, "Content-Length").and_then(|length| length.parse().ok());
                let behind: usize = bytes.len() - body.len() + length.unwrap_or(0usize);
                let blank = bytes.get(behind..).unwrap_or_default().iter();
                Extent::Known(behind + blank.take_while(|byte| b"\r\n".contains(byte)).count())
            }
        }
    }

    /// The texts of one message or page, the `number`th of its file.
    fn read(self, file: &str, bytes: &[u8], number: usize, depth: usize) -> Vec<Source> {
        match self {
            Self::Mailbox => {
                let name = format!("message {number}");
                let line = bytes
                    .iter()
                    .position(|byte| *byte == b'\n')
                    .map_or(bytes.len(), |at| at + 1);
                match mail(file, &bytes[line..], depth) {
                    Ok(sources) => within(&name, sources),
                    Err(error) => vec![unread(file, &format!("{name} was not read: {error}"))],
                }
            }
            Self::Archive => page(file, bytes, depth),
        }
    }
}

/// Where a message ends: behind the line end before the next `From ` that an empty line precedes.
fn message_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(found) = bytes.get(at..)?.windows(NEXT.len()).position(|w| w == NEXT) {
        let line = at + found;
        if bytes[..line].ends_with(b"\n") || bytes[..line].ends_with(b"\n\r") {
            return Some(line + 1);
        }
        at = line + 1;
    }
    None
}

fn field(header: &str, name: &str) -> Option<String> {
    let lines = header.lines().filter_map(|line| line.split_once(':'));
    let mut values = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
    values.next().map(|(_, value)| value.trim().to_owned())
}

/// The texts of one record of a web archive, under its address.
fn page(file: &str, record: &[u8], depth: usize) -> Vec<Source> {
    let Some((header, body)) = header(record).filter(|_| record.starts_with(b"WARC/1.")) else {
        return vec![unread(file, "the end of the archive is broken and was not read")];
    };
    let length = field(&header, "Content-Length").and_then(|length| length.parse().ok());
    let block = &body[..length.unwrap_or(0usize).min(body.len())];
    let address = field(&header, "WARC-Target-URI").unwrap_or_else(|| "record".into());
    let page = match field(&header, "WARC-Type").unwrap_or_default().as_str() {
        "response" => self::header(block).map(|(_, page)| page),
        "resource" | "conversion" => Some(block),
        _ => None,
    };
    match page.map(|page| read_whole("page.html", page, depth + 1)) {
        None => Vec::new(),
        Some(Ok(read)) => renamed(file, within(&address, read)),
        Some(Err(error)) => vec![unread(file, &format!("{address} was not read: {error}"))],
    }
}

/// Stands for a part that was not read.
pub(super) fn unread(file: &str, message: &str) -> Source {
    let warning = Warning::new("part", message.to_owned());
    source(file, None, plain(""), None, &Vec::new().into(), vec![warning])
}

/// What stands before the first empty line, and what behind it.
fn header(bytes: &[u8]) -> Option<(String, &[u8])> {
    let head = &bytes[..bytes.len().min(LONGEST_HEADER)];
    let crlf = head.windows(4).position(|w| w == b"\r\n\r\n").map(|at| (at, at + 4));
    let (end, body) = crlf.or_else(|| head.windows(2).position(|w| w == b"\n\n").map(|at| (at, at + 2)))?;
    Some((String::from_utf8_lossy(&bytes[..end]).into_owned(), &bytes[body..]))
}

/// All texts of a file that is at hand.
pub(super) fn all(kind: Kind, file: &str, bytes: &[u8], depth: usize) -> Vec<Source> {
    let mut units = Units::new(kind, bytes.to_vec());
    let mut sources = Vec::new();
    while let Ok(Some(read)) = units.next(file, &mut std::io::empty(), depth) {
        sources.extend(read);
    }
    sources
}

/// Goes through such a file.
#[derive(Debug)]
pub(super) struct Units {
    kind: Kind,
    buffer: Vec<u8>,
    /// Where in the buffer the next text begins.
    at: usize,
    /// Bytes of it that do not have its end.
    seen: usize,
    number: usize,
    ended: bool,
}

impl Units {
    /// Begins with what was read already.
    pub(super) fn new(kind: Kind, buffer: Vec<u8>) -> Self {
        Self {
            kind,
            buffer,
            at: 0,
            seen: 0,
            number: 0,
            ended: false,
        }
    }

    /// The texts of the next message or page; none behind the last.
    pub(super) fn next(
        &mut self,
        file: &str,
        stream: &mut impl Read,
        depth: usize,
    ) -> Result<Option<Vec<Source>>, TextError> {
        loop {
            let line = |byte: &&u8| self.kind == Kind::Archive && b"\r\n".contains(byte);
            self.at += self.buffer[self.at..].iter().take_while(line).count();
            let left = self.buffer.len() - self.at;
            if left == 0 && self.ended {
                return Ok(None);
            }
            let end = match self.kind.first(&self.buffer[self.at..], self.seen) {
                Extent::Known(length) if length <= left => length,
                Extent::Known(length) if length > MAX_UNPACKED => {
                    self.skip(file, stream, length - left)?;
                    return Ok(Some(vec![self.too_long(file)]));
                }
                Extent::Open if left > MAX_UNPACKED => {
                    self.skip_open(file, stream)?;
                    return Ok(Some(vec![self.too_long(file)]));
                }
                // What ends the file may be cut short.
                _ if self.ended => left,
                extent => {
                    self.seen = if extent == Extent::Open { left } else { 0 };
                    self.more(file, stream)?;
                    continue;
                }
            };
            // White space behind a record belongs to it, and may not be there yet.
            if end == left && !self.ended {
                self.more(file, stream)?;
                continue;
            }
            self.number += 1;
            let unit = &self.buffer[self.at..self.at + end];
            let read = self.kind.read(file, unit, self.number, depth);
            self.at += end;
            self.seen = 0;
            return Ok(Some(read));
        }
    }

    fn more(&mut self, file: &str, stream: &mut impl Read) -> Result<(), TextError> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let before = self.buffer.len();
        let step = u64::try_from(STEP).unwrap_or(u64::MAX);
        let read = stream.take(step).read_to_end(&mut self.buffer);
        self.ended = read.map_err(|error| failed(file, error))? == 0 && self.buffer.len() == before;
        Ok(())
    }

    /// Passes over what is left of a text whose length is known.
    fn skip(&mut self, file: &str, stream: &mut impl Read, rest: usize) -> Result<(), TextError> {
        (self.at, self.seen) = (self.buffer.len(), 0);
        let rest = u64::try_from(rest).unwrap_or(u64::MAX);
        let skipped = std::io::copy(&mut stream.take(rest), &mut std::io::sink());
        skipped.map(|_| ()).map_err(|error| failed(file, error))
    }

    /// Passes over a text up to the beginning of the next.
    fn skip_open(&mut self, file: &str, stream: &mut impl Read) -> Result<(), TextError> {
        self.seen = 0;
        loop {
            // The mark may stand across two steps.
            self.at = self.buffer.len().saturating_sub(NEXT.len() + 2);
            self.more(file, stream)?;
            if let Extent::Known(end) = self.kind.first(&self.buffer, 0) {
                self.at = end;
                return Ok(());
            }
            if self.ended {
                self.at = self.buffer.len();
                return Ok(());
            }
        }
    }

    fn too_long(&mut self, file: &str) -> Source {
        self.number += 1;
        let name = if self.kind == Kind::Mailbox {
            "message"
        } else {
            "record"
        };
        unread(
            file,
            &format!(
                "{name} {} is longer than {MAX_UNPACKED} bytes and was not read",
                self.number
            ),
        )
    }
}

fn failed(file: &str, error: std::io::Error) -> TextError {
    TextError::Io {
        file: file.to_owned(),
        error,
    }
}
