//! Reports in the formats of others, in and out: STIX 2.1, MISP, CSAF, mail; Markdown and PDF out.
//!
//! [`read`] makes [`Incoming`] reports of a file, and [`compose`](compose::compose) the report of this party that each becomes.
//! [`Outgoing`] is what of a report a party or person may have, as `decide` says; [`write()`] puts it into a format. Both ways one
//! [`Table`] says what the other format cannot express, and what became of it.
//!
//! **The law**: what comes back from any round trip is at least as strict, names every originator, and opens to nobody new.
//!
//! ```
//! use entente_exchange::{Format, Table, read};
//!
//! let file = br#"{"type": "bundle", "id": "bundle--1", "objects": [
//!   {"type": "report", "spec_version": "2.1", "id": "report--84e4d88f-44ea-4bcd-bbf3-b2c1c320bcb3",
//!    "name": "A report", "description": "One.\n\nTwo.", "object_refs": [],
//!    "object_marking_refs": ["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"]}]}"#;
//! let mut table = Table::default();
//! let reports = read("file.json", file, &mut table)?;
//! assert_eq!(reports[0].format, Format::Stix);
//! assert_eq!(reports[0].pieces[1].text, "Two.");
//! assert_eq!(reports[0].pieces[1].asks.marks, ["(TLP:AMBER)"]);
//! # Ok::<(), entente_exchange::ReadError>(())
//! ```

mod carried;
pub mod compose;
pub mod credential;
pub mod csaf;
pub mod exporting;
pub mod importing;
mod incoming;
pub mod json;
mod known;
pub mod labelled;
pub mod mail;
pub mod markdown;
mod marks;
pub mod misp;
pub mod odrl;
mod outgoing;
pub mod publishing;
mod statement;
pub mod stix;
mod table;
pub mod taxii;
mod uuid;

pub use compose::{Options, Place};
pub use incoming::{Incoming, Piece, Publisher};
pub use json::JsonError;
pub use known::Known;
pub use marks::{Asks, UNMARKED};
pub use outgoing::{OutPortion, Outgoing};
pub use statement::{Portioned, Stated, Statement};
pub use table::{Row, Table};

use serde::Serialize;
use serde_json::Value;

/// A format of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// STIX 2.1 (2.0 is read).
    Stix,
    /// An event of MISP.
    Misp,
    /// A CSAF 2.0 or 2.1 advisory; written in the version in which it came.
    Csaf,
    /// The same, written in 2.1.
    #[serde(rename = "csaf-2.1")]
    Csaf21,
    /// A mail.
    Mail,
    /// Our own files, as analysts write them.
    Markdown,
    /// A file of any kind with a label that is bound to it; written as XML.
    Labelled,
}

impl Format {
    /// Its name in machine output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stix => "stix",
            Self::Misp => "misp",
            Self::Csaf => "csaf",
            Self::Csaf21 => "csaf-2.1",
            Self::Mail => "mail",
            Self::Markdown => "markdown",
            Self::Labelled => "xml",
        }
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Stix => "STIX",
            Self::Misp => "MISP",
            Self::Csaf | Self::Csaf21 => "CSAF",
            Self::Mail => "mail",
            Self::Markdown => "Markdown",
            Self::Labelled => "labelled",
        }
    }
}

/// Why a file is not taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is no JSON that is read.
    #[error("{0}")]
    Json(#[from] JsonError),
    /// It is JSON of no format that is known.
    #[error(
        "it is neither STIX (a bundle, an envelope or an object with `type` and `id`), nor a MISP event (`Event`, or `info` with \
         `Attribute`), nor a CSAF advisory (`document` with `tracking`)"
    )]
    Unknown,
    /// A name stands twice where the whole file hangs on it.
    #[error(
        "the name `{0}` stands twice in one object: what it means differs from reader to reader; ask for a clean file"
    )]
    Twice(String),
    /// Something in which others are packed.
    #[error("it is {0}")]
    Packed(&'static str),
    /// A label that cannot be read, or is of other data.
    #[error("{0}")]
    Label(String),
    /// A mail that cannot be read.
    #[error("it is no mail that can be read: {0}")]
    Mail(String),
}

/// How files begin that hold what is read, but are none of it.
const PACKED: [(&[u8], &str); 4] = [
    (b"\xd0\xcf\x11\xe0", "a mail in Outlook's own form: save it as `.eml`"),
    (b"PK\x03\x04", "an archive: unpack it and take in what is in it"),
    (b"\x1f\x8b", "packed by gzip: unpack it and take in what is in it"),
    (
        b"%PDF-",
        "a PDF without a label: write one with `entente marking bind MARK --to FILE`",
    ),
];

/// Reads a file of any format; which one, it says itself.
///
/// # Errors
/// When it is of no format that is known, or not readable as a whole. What of it cannot be read stands in the table, and hides
/// nothing else.
pub fn read(name: &str, bytes: &[u8], table: &mut Table) -> Result<Vec<Incoming>, ReadError> {
    let mut parts = Vec::new();
    for incoming in whole(name, bytes, table)? {
        parts.extend(in_parts(incoming, table));
    }
    Ok(parts)
}

/// A report as those that hold it.
fn in_parts(incoming: Incoming, table: &mut Table) -> Vec<Incoming> {
    let place = incoming.name.clone();
    let several = incoming.in_parts();
    if several.len() > 1 {
        table.note(
            place,
            "more than one report holds",
            format!("{} reports", several.len()),
        );
    }
    several
}

/// The reports of a file, whatever their size.
fn whole(name: &str, bytes: &[u8], table: &mut Table) -> Result<Vec<Incoming>, ReadError> {
    if let Some(packed) = PACKED.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(ReadError::Packed(packed.1));
    }
    if let Some(several) = mail::mailbox(bytes) {
        let mut reports = Vec::new();
        for (n, one) in several.iter().enumerate() {
            let place = format!("{name}, mail {}", n + 1);
            match mail::read(&place, one, table) {
                Ok(found) => reports.extend(found),
                Err(error) => table.note(place, "a mail that cannot be read", format!("left out: {error}")),
            }
        }
        return Ok(reports);
    }
    if mail::is_mail(name, bytes) {
        return mail::read(name, bytes, table);
    }
    let value = json::read(bytes)?;
    match format_of(&value) {
        Some(Format::Stix) => stix::read(&value, table),
        Some(Format::Misp) => misp::read(&value, table),
        Some(Format::Csaf) => csaf::read(&value, table),
        _ => match json::own_twice(&value) {
            Some(twice) => Err(ReadError::Twice(twice.to_owned())),
            None => Err(ReadError::Unknown),
        },
    }
}

/// What a JSON value is.
fn format_of(value: &Value) -> Option<Format> {
    if csaf::is_csaf(value) {
        return Some(Format::Csaf);
    }
    if misp::is_misp(value) {
        return Some(Format::Misp);
    }
    stix::is_stix(value).then_some(Format::Stix)
}

/// Puts what somebody may have of a report into a format.
pub fn write(format: Format, report: &Outgoing, place: &Writing<'_>, table: &mut Table) -> String {
    let value = match format {
        Format::Misp => misp::write(report, place, table),
        Format::Csaf => csaf::write(report, place, csaf::How::default(), table),
        Format::Csaf21 => {
            let how = csaf::How {
                as_21: true,
                ..csaf::How::default()
            };
            csaf::write(report, place, how, table)
        }
        Format::Markdown | Format::Mail => return markdown::write(report, place, table),
        Format::Labelled => return labelled::write_xml(report, place.schemes, table),
        Format::Stix => stix::write(report, place, table),
    };
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.push('\n');
    text
}

/// What a writer looks at besides the report.
#[derive(Clone, Copy, Debug)]
pub struct Writing<'w> {
    /// The schemes in which marks are read.
    pub schemes: &'w entente_marking::Schemes,
    /// The arrangements that are named.
    pub state: &'w entente_core::State,
}
