//! `{#id}` and `{from: REPORT v1 p2 of PARTY}` within a portion.

use super::Base;
use crate::ids::{PartyPath, PortionId, PortionRef, ReportId};
use crate::report::TITLE;

/// The longest annotation: some hundred references.
const MAX_NOTE: usize = 20_000;

/// What the annotations of a portion say.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The text without them.
    pub(super) text: String,
    /// Its id, where it names one.
    pub(super) id: Option<PortionId>,
    /// What it rests on.
    pub(super) from: Vec<Base>,
    /// What is wrong: from, to, message.
    pub(super) faults: Vec<(usize, usize, String)>,
}

/// Takes annotations out of a text; places are counted from `at`.
pub(super) fn read(text: &str, at: usize) -> Notes {
    let mut notes = Notes::default();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        notes.text.push_str(before);
        let inside = after.get(1..).unwrap_or_default();
        let start = at + text.len() - after.len();
        match close_of(inside) {
            Some(close) => {
                let note = inside.get(..close).unwrap_or_default();
                if let Err(message) = one(note, start + 1, &mut notes) {
                    notes.faults.push((start, start + close + 2, message));
                }
                rest = inside.get(close + 1..).unwrap_or_default();
            }
            None => {
                notes.text.push('{');
                rest = inside;
            }
        }
    }
    notes.text.push_str(rest);
    notes
}

/// Where an annotation ends, if this is one.
fn close_of(inside: &str) -> Option<usize> {
    if !(inside.starts_with('#') || inside.trim_start().starts_with("from:")) {
        return None;
    }
    let end = inside
        .bytes()
        .take(MAX_NOTE)
        .position(|byte| matches!(byte, b'}' | b'{'))?;
    inside.get(end..)?.starts_with('}').then_some(end)
}

fn one(note: &str, at: usize, notes: &mut Notes) -> Result<(), String> {
    if let Some(name) = note.strip_prefix('#') {
        let name = PortionId::new(name.trim()).map_err(|e| e.to_string())?;
        if name.as_str() == TITLE {
            return Err(format!("`{TITLE}` is the report's title; give the portion another id"));
        }
        if let Some(other) = &notes.id {
            return Err(format!("the portion is called {other} already; write one `{{#id}}`"));
        }
        notes.id = Some(name);
        return Ok(());
    }
    let Some(list) = note.trim_start().strip_prefix("from:") else {
        return Err(format!(
            "`{{{note}}}` is not an annotation; there are `{{#id}}` and `{{from: REPORT v1 p2}}`"
        ));
    };
    let mut place = at + note.len() - list.len();
    for entry in list.split(',') {
        let (portion, of) = base(entry)?;
        let start = place + entry.len() - entry.trim_start().len();
        notes.from.push(Base {
            portion,
            of,
            start,
            end: start + entry.trim().len(),
        });
        place += entry.len() + 1;
    }
    Ok(())
}

/// Reads `REPORT v1 p2` or `REPORT v1 p2 of PARTY`.
fn base(text: &str) -> Result<(PortionRef, Option<PartyPath>), String> {
    match text.split_once(" of ") {
        Some((portion, party)) => {
            let party = PartyPath::new(party.trim()).map_err(|e| e.to_string())?;
            Ok((reference(portion)?, Some(party)))
        }
        None => Ok((reference(text)?, None)),
    }
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
