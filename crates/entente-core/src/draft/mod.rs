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

mod front_matter;

pub use front_matter::moment;

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::ids::{ArrangementId, PartyPath, PortionId, PortionRef, ReportId};

/// The largest file read: far above any report, far below what would strain memory.
pub const MAX_FILE: usize = 16 << 20;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The text.
    pub text: String,
    /// Byte offset where it begins.
    pub start: usize,
}

/// A paragraph with its mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftPortion {
    /// Its id: as written, or `p1`, `p2`, … by its place.
    pub id: PortionId,
    /// The mark as written.
    pub mark: Placed,
    /// The text without mark and annotations.
    pub text: String,
    /// The portions of other reports that it rests on.
    pub from: BTreeSet<PortionRef>,
    /// Whether it stands below the tear line.
    pub tear_line: bool,
}

/// A report as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: Option<ReportId>,
    /// Its title.
    pub title: String,
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
    /// The mark for paragraphs that bear none.
    pub default_mark: Option<Placed>,
    /// Its portions.
    pub portions: Vec<DraftPortion>,
}

const TEAR_LINE: &str = "--- tear line ---";

/// Reads a file.
///
/// # Errors
/// Every fault found, in the order of the file.
pub fn parse(file: &str) -> Result<Draft, Vec<Fault>> {
    parse_under(file, &|_| None)
}

/// Reads a file whose front matter may leave the mark of unmarked paragraphs to its arrangements: `agreed` says which
/// one the arrangements agree on.
///
/// # Errors
/// Every fault found, in the order of the file.
pub fn parse_under(
    file: &str,
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
    let mut faults = Vec::new();
    let mut draft = Draft::default();
    let body = front_matter::parse(file, &mut draft, &mut faults);
    if draft.default_mark.is_none() {
        draft.default_mark = agreed(&draft.arrangements).map(|text| Placed { text, start: 0 });
    }
    let mut seen = BTreeSet::new();
    let mut tear_line = false;
    for (start, text) in paragraphs(file, body) {
        if text.trim().eq_ignore_ascii_case(TEAR_LINE) {
            tear_line = true;
            continue;
        }
        if let Some(portion) = portion(file, start, text, &mut draft, tear_line, &mut faults) {
            if !seen.insert(portion.id.clone()) {
                let message = format!("another portion is called {} already; give each its own id", portion.id);
                faults.push(Fault::at(file, start, start + text.len(), message));
            }
            draft.portions.push(portion);
        }
    }
    if draft.portions.is_empty() && faults.is_empty() {
        let message = "the file has no portions; write a paragraph that begins with its mark, as in `(S//NF) Text.`";
        faults.push(Fault::at(file, body, file.len(), message));
    }
    match faults.is_empty() {
        true => Ok(draft),
        false => {
            faults.sort_by_key(|fault| fault.start);
            Err(faults)
        }
    }
}

/// Blocks between blank lines. A list item or an indented line without a mark belongs to what precedes it.
fn paragraphs(file: &str, body: usize) -> Vec<(usize, &str)> {
    let mut blocks: Vec<(usize, usize)> = Vec::new();
    let mut open = false;
    let mut at = body;
    for line in file.get(body..).unwrap_or_default().split_inclusive('\n') {
        let content = line.trim_end();
        let end = at + content.len();
        let continues = content.starts_with([' ', '\t']) || content.starts_with("- ") || content.starts_with("* ");
        let marked = content
            .trim_start()
            .trim_start_matches(['-', '*', '#', ' '])
            .starts_with('(');
        match blocks.last_mut() {
            _ if content.trim().is_empty() => open = false,
            Some(last) if open && !(marked && continues) && !content.starts_with('#') => last.1 = end,
            Some(last) if continues && !marked && content.trim() != TEAR_LINE => {
                last.1 = end;
                open = true;
            }
            _ => {
                blocks.push((at, end));
                open = true;
            }
        }
        at += line.len();
    }
    blocks
        .into_iter()
        .filter_map(|(start, end)| file.get(start..end).map(|text| (start, text)))
        .collect()
}

fn portion(
    file: &str,
    start: usize,
    block: &str,
    draft: &mut Draft,
    tear_line: bool,
    faults: &mut Vec<Fault>,
) -> Option<DraftPortion> {
    let heading = block.starts_with('#');
    let lead = block.len() - block.trim_start_matches(['#', '-', '*', ' ', '\t']).len();
    let rest = block.get(lead..).unwrap_or_default();
    let (mark, text_at) = match rest.starts_with('(').then(|| rest.find(')')).flatten() {
        Some(close) if !rest.get(..close).unwrap_or_default().contains('\n') => {
            let text = rest.get(..=close).unwrap_or_default().to_owned();
            (
                Placed {
                    text,
                    start: start + lead,
                },
                lead + close + 1,
            )
        }
        _ => match &draft.default_mark {
            // A heading without a mark is furniture of the page, as long as it holds no portion.
            _ if heading => {
                let message =
                    "the heading has no portion mark; titles are marked like paragraphs, as in `# (U) Summary`";
                faults.push(Fault::at(file, start, start + block.len().min(40), message));
                return None;
            }
            Some(mark) => (mark.clone(), lead),
            None => {
                let message = "the paragraph has no portion mark; begin it with one, as in `(S//NF)`, or set `default-mark` in the front matter or `default_mark` in its arrangement";
                let end = start + block.lines().next().map_or(0, str::len);
                faults.push(Fault::at(file, start + lead, end, message));
                return None;
            }
        },
    };
    let written = block.get(text_at..).unwrap_or_default();
    let (text, notes) = annotations(written);
    let mut id = None;
    let mut from = BTreeSet::new();
    for (at, note) in notes {
        let place = start + text_at + at;
        let result = match (note.strip_prefix('#'), note.strip_prefix("from:")) {
            (Some(name), _) => PortionId::new(name.trim())
                .map(|name| id = Some(name))
                .map_err(|e| e.to_string()),
            (_, Some(list)) => list.split(',').try_for_each(|entry| {
                reference(entry).map(|reference| {
                    from.insert(reference);
                })
            }),
            _ => Err(format!(
                "`{{{note}}}` is not an annotation; there are `{{#id}}` and `{{from: REPORT v1 p2}}`"
            )),
        };
        if let Err(message) = result {
            faults.push(Fault::at(file, place, place + note.len() + 2, message));
        }
    }
    if text.trim().is_empty() {
        faults.push(Fault::at(
            file,
            start,
            start + block.len(),
            "there is no text behind the mark",
        ));
        return None;
    }
    let number = draft.portions.len() + 1;
    let id = id.or_else(|| PortionId::new(format!("p{number}")).ok())?;
    let prefix = if heading {
        block.get(..lead).unwrap_or_default()
    } else {
        ""
    };
    Some(DraftPortion {
        id,
        mark,
        text: format!("{prefix}{}", text.trim()),
        from,
        tear_line,
    })
}

/// Takes `{#id}` and `{from: …}` out of a text; gives each with its offset.
fn annotations(text: &str) -> (String, Vec<(usize, &str)>) {
    let mut clean = String::with_capacity(text.len());
    let mut notes = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let tail = rest.get(open + 1..).unwrap_or_default();
        let close = tail
            .find('}')
            .filter(|_| tail.starts_with('#') || tail.starts_with("from:"));
        let (before, after) = rest.split_at(open);
        clean.push_str(before);
        match close {
            Some(close) => {
                notes.push((text.len() - rest.len() + open, tail.get(..close).unwrap_or_default()));
                rest = tail.get(close + 1..).unwrap_or_default();
            }
            None => {
                clean.push('{');
                rest = after.get(1..).unwrap_or_default();
            }
        }
    }
    clean.push_str(rest);
    (clean, notes)
}

/// Reads `REPORT v1 p2`.
pub(crate) fn reference(text: &str) -> Result<PortionRef, String> {
    let mut words = text.split_whitespace();
    let bad = || {
        format!(
            "`{}` is not a reference to a portion; write it as `REPORT v1 p2`",
            text.trim()
        )
    };
    let (Some(report), Some(version), Some(portion), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(bad());
    };
    let version = version
        .strip_prefix('v')
        .and_then(|number| number.parse().ok())
        .filter(|number| *number > 0);
    Ok(PortionRef {
        report: ReportId::new(report).map_err(|e| e.to_string())?,
        version: version.ok_or_else(bad)?,
        portion: PortionId::new(portion).map_err(|e| e.to_string())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_with_marks_ids_lineage_and_tear_line() {
        let file = "---\nid: R-1\ntitle: Ferry\narrangements: [A-1, A-2]\n---\n# (U) Title\n\n(S//NF) One, with\ntwo lines. {#x}\n\n- (C//NF) Item\n- (U) Other\n\n(S//NF) List:\n- a\n- b\n\n--- tear line ---\n\n(U//REL TO USA, GBR) Short. {from: R-0 v2 p3, R-0 v2 p4}\n";
        let draft = parse(file).unwrap();
        assert_eq!(draft.title, "Ferry");
        assert_eq!(draft.arrangements.len(), 2);
        let rows: Vec<_> = draft
            .portions
            .iter()
            .map(|p| {
                (
                    p.id.as_str(),
                    p.mark.text.as_str(),
                    p.text.as_str(),
                    p.from.len(),
                    p.tear_line,
                )
            })
            .collect();
        assert_eq!(
            rows,
            [
                ("p1", "(U)", "# Title", 0, false),
                ("x", "(S//NF)", "One, with\ntwo lines.", 0, false),
                ("p3", "(C//NF)", "Item", 0, false),
                ("p4", "(U)", "Other", 0, false),
                ("p5", "(S//NF)", "List:\n- a\n- b", 0, false),
                ("p6", "(U//REL TO USA, GBR)", "Short.", 2, true),
            ]
        );
        assert_eq!(&file[draft.portions[1].mark.start..][..7], "(S//NF)");
    }

    #[test]
    fn faults_have_their_place() {
        for (file, expected) in [
            (
                "Text without mark.\n",
                "line 1, column 1: the paragraph has no portion mark; begin it with one, as in `(S//NF)`, or set `default-mark` in the front matter or `default_mark` in its arrangement",
            ),
            (
                "---\ntitel: X\n---\n(U) a\n",
                "line 2, column 1: there is no key `titel`; did you mean `title`?",
            ),
            (
                "---\ntitle: X\n(U) a\n",
                "line 1, column 1: the front matter has no end; close it with a line `---`",
            ),
            (
                "(U) a {from: R1 p2}\n",
                "line 1, column 7: `R1 p2` is not a reference to a portion; write it as `REPORT v1 p2`",
            ),
            (
                "(U) a {#x}\n\n(U) b {#x}\n",
                "line 3, column 1: another portion is called x already; give each its own id",
            ),
            (
                "---\nexpires: soon\n---\n(U) a\n",
                "line 2, column 10: `soon` is not a date; write 2026-12-31 or 2026-12-31T18:00:00Z",
            ),
            (
                "",
                "line 1, column 1: the file has no portions; write a paragraph that begins with its mark, as in `(S//NF) Text.`",
            ),
        ] {
            assert_eq!(parse(file).unwrap_err()[0].to_string(), expected, "{file:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_file_makes_it_panic(file in "(?s).{0,200}", lines in "[(){}#:\\-a-c \n\u{e9}\\[\\],]{0,120}") {
            let _ = parse(&file);
            let _ = parse(&lines);
            let _ = parse(&format!("---\n{lines}\n---\n{lines}"));
        }
    }
}
