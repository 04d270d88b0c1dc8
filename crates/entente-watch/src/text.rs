//! From a file to the text a reader sees, in comparable form, tied to the bytes of the file.
//!
//! Plain text, HTML, Markdown, RSS, Atom, JSON Feed and PDF; mail, mailboxes, gzip, docx, odt and WARC with their parts. Whatever is cut or replaced is said in a [`Warning`].

mod container;
mod encoding;
mod feed;
mod html;
mod main_text;
mod markdown;
mod normal;
mod offsets;
mod pdf;
mod pieces;
mod tags;
mod units;

use std::io::Read;
use std::ops::Range;

use serde::Serialize;

pub(crate) use normal::normal;
pub use offsets::MappedText;
pub use pieces::{Pieces, pieces};

/// A book has one megabyte; 16 MiB bounds the memory of a scan to some hundred megabytes.
pub const MAX_FILE_BYTES: usize = 16 << 20;

/// What one packed file may unpack to, and how long a file may be that is not read piece by piece.
pub(crate) const MAX_UNPACKED: usize = 64 << 20;

/// Something the reader of a result must know about how the text was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What it is about: `encoding`, `html`, `feed`, `pdf`, `size`, `language`, `facts`.
    pub about: &'static str,
    /// What happened and what it means.
    pub message: String,
}

impl Warning {
    pub(crate) fn new(about: &'static str, message: String) -> Self {
        Self { about, message }
    }
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// The file could not be opened or read.
    #[error("{file}: cannot be read: {error}; check the path and its permissions")]
    Io {
        /// The file.
        file: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The PDF is broken, encrypted or too large.
    #[error("this PDF cannot be read: {0}; open it in a viewer and save it as text")]
    Pdf(String),
    /// A file that holds others and cannot be opened within bounds.
    #[error("{0}; unpack it and give what it holds")]
    Packed(String),
    /// Neither text nor a format that is known.
    #[error(
        "this is binary data, not text: byte {0} is NUL; give plain text, HTML, Markdown, PDF, RSS, Atom, JSON Feed, mail, docx or odt"
    )]
    Binary(usize),
}

/// How the bytes of a file are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text as it stands.
    Plain,
    /// An HTML page.
    Html,
    /// Markdown.
    Markdown,
    /// A PDF; spans count in the extracted text.
    Pdf,
    /// RSS or Atom.
    XmlFeed,
    /// JSON Feed.
    JsonFeed,
}

impl Format {
    /// The format by the first bytes, and by the name of the file where these are plain text.
    #[must_use]
    pub fn detect(file: &str, bytes: &[u8]) -> Self {
        let head = &bytes[..bytes.len().min(1024)];
        if head.windows(5).any(|w| w == b"%PDF-") {
            return Self::Pdf;
        }
        let head = String::from_utf8_lossy(head).to_ascii_lowercase();
        let start = head.trim_start_matches(['\u{FEFF}', '\u{FFFD}']).trim_start();
        let extension = file
            .rsplit_once('.')
            .map_or(String::new(), |(_, e)| e.to_ascii_lowercase());
        if start.starts_with('<') {
            if ["<rss", "<feed", "<rdf:rdf"].iter().any(|tag| start.contains(tag)) {
                return Self::XmlFeed;
            }
            if [
                "<!doctype html",
                "<html",
                "<body",
                "<head",
                "<div",
                "<p>",
                "<p ",
                "<article",
                "<h1",
            ]
            .iter()
            .any(|tag| start.contains(tag))
            {
                return Self::Html;
            }
        }
        if start.starts_with('{') && head.contains("jsonfeed.org/version") {
            return Self::JsonFeed;
        }
        match extension.as_str() {
            "html" | "htm" | "xhtml" => Self::Html,
            "md" | "markdown" => Self::Markdown,
            "rss" | "atom" => Self::XmlFeed,
            _ => Self::Plain,
        }
    }
}

/// What a format gives: visible text mapped to the decoded file.
#[derive(Debug, Default)]
struct Extract {
    text: MappedText,
    title: Option<String>,
    published: Option<String>,
    language: Option<String>,
    pages: Vec<usize>,
    /// Places of the text that do not belong to the main text of a page.
    aside: Vec<Range<usize>>,
}

/// One text in comparable form: a file, or one entry of a feed.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file, as named by the caller.
    pub file: String,
    /// Which entry of a feed this is, counted from one.
    pub entry: Option<usize>,
    /// Which part of the file, where it holds several: `2.1` of a message, `word/document.xml`.
    pub part: Option<String>,
    /// The title, where the format names it.
    pub title: Option<String>,
    /// When it was published, where the format names it.
    pub published: Option<jiff::Timestamp>,
    /// The language the format names, if any.
    pub language: Option<crate::Language>,
    /// Comparable text, mapped to bytes of the file (of the extracted text for a PDF).
    pub text: MappedText,
    /// The text spans count in, for quoting.
    pub original: std::sync::Arc<[u8]>,
    /// Where in the file the original begins: a long text comes in pieces.
    pub base: usize,
    /// How the original is encoded.
    encoding: &'static encoding_rs::Encoding,
    /// For a PDF, the offset at which each page begins in the extracted text.
    pub pages: Vec<usize>,
    /// What stands beside the main text of a page, in bytes of the original: navigation, links to other pages, notices.
    pub aside: Vec<Range<usize>>,
    /// What was cut, replaced or guessed.
    pub warnings: Vec<Warning>,
}

impl Source {
    /// The original text of a span, broken sequences replaced.
    #[must_use]
    pub fn quote(&self, span: Range<usize>) -> String {
        let piece = span.start.saturating_sub(self.base)..span.end.saturating_sub(self.base);
        let bytes = self.original.get(piece).unwrap_or_default();
        self.encoding.decode_without_bom_handling(bytes).0.into_owned()
    }

    /// Whether a place stands beside the main text of a page.
    #[must_use]
    pub fn is_aside(&self, span: &Range<usize>) -> bool {
        self.aside.iter().any(|place| place.contains(&span.start))
    }

    /// The page (from one) on which an offset stands, for a PDF.
    #[must_use]
    pub fn page(&self, offset: usize) -> Option<usize> {
        (!self.pages.is_empty()).then(|| self.pages.partition_point(|start| *start <= offset))
    }
}

/// Reads at most [`MAX_FILE_BYTES`] of a stream, however long it is; the rest is reported.
///
/// # Errors
/// What [`read_bytes`] returns, and [`TextError::Io`] where the stream fails.
pub fn read(file: &str, stream: impl Read) -> Result<Vec<Source>, TextError> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    stream
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| TextError::Io {
            file: file.to_owned(),
            error,
        })?;
    read_bytes(file, &bytes)
}

/// The texts of a file: one, or one for each entry of a feed.
///
/// # Errors
/// [`TextError::Pdf`] for a PDF that cannot be read, [`TextError::Binary`] for what is no text.
pub fn read_bytes(file: &str, bytes: &[u8]) -> Result<Vec<Source>, TextError> {
    let mut warnings = Vec::new();
    if container::is(file, bytes) {
        return read_whole(file, bytes, 0);
    }
    let bytes = match bytes.get(..MAX_FILE_BYTES) {
        Some(head) if bytes.len() > MAX_FILE_BYTES => {
            warnings.push(Warning::new(
                "size",
                format!("only the first {MAX_FILE_BYTES} bytes were read; split the file to scan the rest"),
            ));
            head
        }
        _ => bytes,
    };
    read_text(file, bytes, warnings)
}

/// The texts of a file however long it is; `depth` is how many files it is packed in.
fn read_whole(file: &str, bytes: &[u8], depth: usize) -> Result<Vec<Source>, TextError> {
    let known = (depth != usize::MAX)
        .then(|| container::open(file, bytes, depth))
        .flatten();
    known.unwrap_or_else(|| read_text(file, bytes, Vec::new()))
}

fn read_text(file: &str, bytes: &[u8], mut warnings: Vec<Warning>) -> Result<Vec<Source>, TextError> {
    let format = Format::detect(file, bytes);
    if format == Format::Pdf {
        let extract = pdf::extract(bytes, &mut warnings)?;
        let original = extract.text.as_str().as_bytes().into();
        return Ok(vec![source(file, None, extract, None, &original, warnings)]);
    }
    let (decoded, encoding) = encoding::decode(bytes, &mut warnings);
    if let Some(nul) = decoded.as_str().find('\0') {
        return Err(TextError::Binary(decoded.origin(nul..nul + 1).start));
    }
    let text = decoded.as_str();
    let original: std::sync::Arc<[u8]> = bytes.into();
    let entries = match format {
        Format::XmlFeed => Some(feed::extract_xml(text, &mut warnings)),
        Format::JsonFeed => feed::extract_json(text),
        _ => None,
    };
    let encoded = |mut sources: Vec<Source>| {
        for source in &mut sources {
            source.encoding = encoding;
        }
        sources
    };
    if let Some(entries) = entries.filter(|entries| !entries.is_empty()) {
        let entries = entries
            .into_iter()
            .enumerate()
            .map(|(index, entry)| {
                source(
                    file,
                    Some(index + 1),
                    entry,
                    Some(&decoded),
                    &original,
                    warnings.clone(),
                )
            })
            .collect();
        return Ok(encoded(entries));
    }
    let extract = match format {
        Format::Html => {
            let page = html::extract(text, &mut warnings);
            let aside = main_text::beside(text, page.text.as_str());
            Extract { aside, ..page }
        }
        Format::Markdown => markdown::extract(text),
        Format::XmlFeed | Format::JsonFeed => {
            warnings.push(Warning::new(
                "feed",
                "no entries were found; it was read as plain text".into(),
            ));
            plain(text)
        }
        Format::Plain | Format::Pdf => plain(text),
    };
    Ok(encoded(vec![source(
        file,
        None,
        extract,
        Some(&decoded),
        &original,
        warnings,
    )]))
}

fn plain(text: &str) -> Extract {
    Extract {
        text: MappedText::identity(text, 0),
        ..Extract::default()
    }
}

fn source(
    file: &str,
    entry: Option<usize>,
    extract: Extract,
    decoded: Option<&MappedText>,
    original: &std::sync::Arc<[u8]>,
    warnings: Vec<Warning>,
) -> Source {
    let visible = decoded.map_or_else(|| extract.text.clone(), |decoded| decoded.through(&extract.text));
    let aside = extract
        .aside
        .iter()
        .map(|place| visible.origin(place.clone()))
        .collect();
    let normal = normal::normalise(visible.as_str());
    Source {
        file: file.to_owned(),
        entry,
        part: None,
        base: 0,
        encoding: encoding_rs::UTF_8,
        title: extract.title,
        published: extract.published.as_deref().and_then(moment),
        language: extract.language.as_deref().and_then(crate::Language::named),
        text: visible.through(&normal),
        original: original.clone(),
        aside,
        pages: extract.pages,
        warnings,
    }
}

/// ISO 8601 (Atom, JSON Feed, HTML), a bare date, or RFC 2822 (RSS).
fn moment(text: &str) -> Option<jiff::Timestamp> {
    let text = text.trim();
    text.parse()
        .ok()
        .or_else(|| jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp()))
        .or_else(|| {
            text.parse::<jiff::civil::Date>()
                .ok()?
                .to_zoned(jiff::tz::TimeZone::UTC)
                .ok()
                .map(|zoned| zoned.timestamp())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_line_is_cut_and_said() {
        let sources = read("x.txt", std::io::repeat(b'a')).expect("read");
        assert_eq!(sources[0].text.as_str().len(), MAX_FILE_BYTES);
        assert_eq!(sources[0].warnings[0].about, "size");
    }

    #[test]
    fn r3_quotes_of_utf16_are_decoded() {
        let text = "The gate is closed.";
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let source = read_bytes("t.txt", &bytes).expect("text").remove(0);
        let span = source.text.origin(4..8);
        assert_eq!(source.quote(span.clone()), "gate");
        assert_eq!(span, 10..18);
    }

    #[test]
    fn binary_data_is_refused() {
        assert!(matches!(read_bytes("x", b"ab\0c"), Err(TextError::Binary(2))));
    }

    #[test]
    fn quotes_are_the_bytes_of_the_file() {
        let bytes = b"<html><meta charset=iso-8859-1><p>Le caf\xe9 &laquo;noir&raquo;</p></html>";
        let sources = read_bytes("x.html", bytes).expect("read");
        let text = &sources[0].text;
        let at = text.as_str().find("café").expect("decoded");
        let span = text.origin(at..at + "café".len());
        assert_eq!(&bytes[span], b"caf\xe9");
    }
}
