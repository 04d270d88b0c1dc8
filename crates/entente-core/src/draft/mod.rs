//! Reports as analysts write them: Markdown with portion marks and front matter.
//!
//! ```text
//! ---
//! id: ENT-2026-0007
//! title: Warning of an attack on a ferry
//! arrangements: [GBR-USA-2024]
//! ---
//! # (U) Summary
//!
//! (S//REL TO USA, GBR) A paragraph, with its mark. {#p-warning}
//!
//! (S//REL TO USA, GBR) One that rests on another report. {from: GBR-2026-0113 v1 p2}
//!
//! --- tear line ---
//!
//! (U//REL TO USA, FVEY) Written to travel further.
//! ```
//!
//! Marks stay text here: what they mean is a matter of the scheme. Every fault has its place.

mod annotation;
mod body;
mod compose;
mod front_matter;
mod layout;
mod token;

pub use compose::{Setting, compose};
pub use front_matter::moment;

use std::collections::BTreeSet;

use entente_marking::{SchemeId, Schemes};
use jiff::Timestamp;

use crate::ids::{ArrangementId, PartyPath, PersonId, PortionId, PortionRef, ReportId};
use token::Tokens;

/// The largest file read: far above any report, far below what would strain memory.
pub const MAX_FILE: usize = 16 << 20;

/// The most faults told at once: nobody reads more, and a file of nothing but faults stays cheap.
const MAX_FAULTS: usize = 200;

/// Something wrong in a file, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct Fault {
    /// What is wrong, and what to write instead.
    pub message: String,
    /// Byte offset where it begins.
    pub start: usize,
    /// Byte offset after its end.
    pub end: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Fault {
    /// A fault at `start..end` of `file`.
    pub fn at(file: &str, start: usize, end: usize, message: impl Into<String>) -> Self {
        let before = file.get(..start).unwrap_or(file);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            message: message.into(),
            start,
            end: end.max(start),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).map_or(1, |line| line.chars().count() + 1),
        }
    }
}

/// A text with its place in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// The text.
    pub text: String,
    /// Byte offset where it begins.
    pub start: usize,
}

/// What a portion rests on: a portion of another report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Base {
    /// The portion.
    pub portion: PortionRef,
    /// Whose it is, where the author says so: needed where it is not held here.
    pub of: Option<PartyPath>,
    /// Where that is written.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// A paragraph with its mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftPortion {
    /// Its id: as written, or `p1`, `p2`, … by its place.
    pub id: PortionId,
    /// The marks as written, one of each scheme. All of them hold.
    pub marks: Vec<Placed>,
    /// The text without marks and annotations.
    pub text: String,
    /// The portions of other reports that it rests on.
    pub from: Vec<Base>,
    /// Whether it stands below the tear line.
    pub tear_line: bool,
}

/// A report as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: Option<ReportId>,
    /// Its title, without its marks.
    pub title: Placed,
    /// The marks of the title, if it bears any.
    pub title_marks: Vec<Placed>,
    /// The portions of other reports that the title rests on, where it says so.
    pub title_from: Vec<Base>,
    /// The scheme of its marks.
    pub scheme: Option<String>,
    /// The variant of the scheme.
    pub profile: Option<String>,
    /// The banner that the author put on it.
    pub banner: Option<Placed>,
    /// The arrangements under which it is shared.
    pub arrangements: BTreeSet<ArrangementId>,
    /// When it ceases to be readable.
    pub expires: Option<Timestamp>,
    /// Whether its existence is protected.
    pub existence_protected: bool,
    /// Parties that the originator counts as original recipients from the start.
    pub recipients: BTreeSet<PartyPath>,
    /// Persons whom the originator names, where a mark is for named recipients only.
    pub named: BTreeSet<PersonId>,
    /// The mark for paragraphs that bear none.
    pub default_mark: Option<Placed>,
    /// Its portions.
    pub portions: Vec<DraftPortion>,
}

/// Everything wrong in a file, up to [`MAX_FAULTS`].
struct Faults<'f> {
    file: &'f str,
    list: Vec<Fault>,
}

impl<'f> Faults<'f> {
    fn new(file: &'f str) -> Self {
        Self { file, list: Vec::new() }
    }

    fn push(&mut self, start: usize, end: usize, message: impl Into<String>) {
        if !self.are_enough() {
            self.list.push(Fault::at(self.file, start, end, message));
        }
    }

    fn are_enough(&self) -> bool {
        self.list.len() >= MAX_FAULTS
    }

    fn or<T>(mut self, value: T) -> Result<T, Vec<Fault>> {
        match self.list.is_empty() {
            true => Ok(value),
            false => {
                self.list.sort_by_key(|fault| fault.start);
                Err(self.list)
            }
        }
    }
}

/// Reads a file whose marks are of these schemes.
///
/// # Errors
/// Every fault found, in the order of the file.
pub fn parse(file: &str, schemes: &Schemes) -> Result<Draft, Vec<Fault>> {
    parse_under(file, schemes, &|_| None)
}

/// Reads a file whose front matter may leave the mark of unmarked paragraphs to its arrangements: `agreed` says which
/// one the arrangements agree on.
///
/// # Errors
/// Every fault found, in the order of the file.
pub fn parse_under(
    file: &str,
    schemes: &Schemes,
    agreed: &dyn Fn(&BTreeSet<ArrangementId>) -> Option<String>,
) -> Result<Draft, Vec<Fault>> {
    if file.len() > MAX_FILE {
        let message = format!(
            "the file has {} bytes, at most {MAX_FILE} are read; split it into several reports",
            file.len()
        );
        return Err(vec![Fault {
            message,
            start: 0,
            end: 0,
            line: 1,
            column: 1,
        }]);
    }
    let mut faults = Faults::new(file);
    let mut draft = Draft::default();
    let start = front_matter::parse(file, &mut draft, &mut faults);
    if draft.default_mark.is_none() {
        draft.default_mark = agreed(&draft.arrangements).map(|text| Placed { text, start: 0 });
    }
    let scheme = SchemeId::new(draft.scheme.as_deref().unwrap_or(DEFAULT_SCHEME));
    if schemes.get(&scheme, draft.profile.as_deref()).is_none() {
        let profile = draft.profile.as_deref().map(|name| format!(" in the variant {name}"));
        let message = format!(
            "scheme {scheme}{} is not known here; `entente scheme list` shows those that are, `entente scheme add` installs a policy file",
            profile.unwrap_or_default()
        );
        // No mark can be told from text then.
        faults.push(0, 0, message);
        return faults.or(draft);
    }
    let tokens = Tokens::new(schemes, &scheme, draft.profile.as_deref());
    front_matter::title(&mut draft, &tokens, &mut faults);
    body::read(file, start, &mut draft, &tokens, &mut faults);
    if draft.portions.is_empty() && faults.list.is_empty() {
        let message = "the file has no portions; write a paragraph that begins with its mark, as in `(S//NF) Text.`";
        faults.push(start, file.len(), message);
    }
    faults.or(draft)
}

/// The scheme of reports that name none.
const DEFAULT_SCHEME: &str = "us-ic";

#[cfg(test)]
mod tests;
