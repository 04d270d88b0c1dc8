//! Data on standard output, as text or as JSON.

use std::path::Path;

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use serde::Serialize;

use crate::failure::Failure;
use crate::seat;

/// Writes a line to standard output.
pub(crate) fn line(text: impl std::fmt::Display) {
    bytes(format!("{}\n", shown(&text.to_string())).as_bytes());
}

/// Writes bytes to standard output as they are.
pub(crate) fn bytes(bytes: &[u8]) {
    seat::output(|out| out.write_all(bytes));
}

/// Writes a file for its owner only; a link that stands there is not followed.
pub(crate) fn file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    entente_files::write(&seat::path(path), bytes)
        .map_err(|error| Failure::failed(format!("{}: {error}", path.display())))
}

/// Makes a folder for its owner only, where there is none.
pub(crate) fn folder(path: &Path) -> Result<(), Failure> {
    entente_files::create_folder(&seat::path(path))
        .map_err(|error| Failure::failed(format!("{}: {error}", path.display())))
}

/// Says something to the person, on standard error.
pub(crate) fn say(text: impl std::fmt::Display) {
    seat::errors(&shown(&text.to_string()));
}

/// A text without what would act on a terminal or turn its reading round; partners and the press write some of it.
pub(crate) fn shown(text: &str) -> String {
    entente_core::plain::text(text)
}

/// A partner's words on one line.
pub(crate) fn words(text: &str) -> String {
    entente_core::plain::line(text)
}

/// Writes one JSON document.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    line(serde_json::to_string_pretty(value).map_err(Failure::failed)?);
    Ok(())
}

/// Writes JSON or calls `text`.
pub(crate) fn either(as_json: bool, value: &impl Serialize, text: impl FnOnce()) -> Result<(), Failure> {
    match as_json {
        true => json(value),
        false => {
            text();
            Ok(())
        }
    }
}

/// A table without frames, so that it can be cut with the usual tools. `empty` is said where there are no rows.
pub(crate) fn table(head: &[&str], rows: Vec<Vec<String>>, empty: &str) {
    if rows.is_empty() {
        say(empty);
        return;
    }
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(head.to_vec());
    let terminal = seat::terminal();
    let width = u16::try_from(terminal.columns.unwrap_or(WIDTH));
    table.set_width(width.unwrap_or(u16::MAX));
    for row in rows {
        table.add_row(row);
    }
    // A mark is read as a whole, so it is never broken; other columns give way.
    for (name, column) in head.iter().zip(table.column_iter_mut()) {
        if ["mark", "banner"].contains(name) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    for text in table.to_string().lines() {
        in_colour(text, terminal.colour);
    }
}

/// Writes a line in which outcomes stand in colour, where there is a terminal.
pub(crate) fn outcomes(text: &str) {
    in_colour(text, seat::terminal().colour);
}

fn in_colour(text: &str, colour: bool) {
    let text = shown(text.trim_end());
    let text = if colour { painted(&text) } else { text };
    bytes(format!("{text}\n").as_bytes());
}

/// Whether a table stands on the page without a broken cell.
pub(crate) fn fits(head: &[String], rows: &[Vec<String>]) -> bool {
    let cells = |column: usize| {
        rows.iter()
            .filter_map(move |row| row.get(column))
            .chain(head.get(column))
    };
    let wide = |column: usize| cells(column).map(|cell| cell.chars().count()).max().unwrap_or_default() + 2;
    (0..head.len()).map(wide).sum::<usize>() <= seat::terminal().columns.unwrap_or(WIDTH)
}

/// How wide a page is that is no terminal.
const WIDTH: usize = 118;

/// The words of a table that a terminal shows in colour; the sign before them says the same.
const PAINTED: [(&str, &str); 4] = [("✓ permit", "32"), ("? ask", "33"), ("✕ deny", "31"), ("LATE", "31")];

/// A line of a table with its outcomes in colour (ECMA-48, 8.3.117).
fn painted(text: &str) -> String {
    let mut painted = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let starts = painted.is_empty() || painted.ends_with([' ', '\n']);
        let found = PAINTED.iter().find(|(word, _)| {
            starts
                && rest
                    .strip_prefix(word)
                    .is_some_and(|after| !after.starts_with(char::is_alphanumeric))
        });
        let length = match found {
            Some((word, _)) => word.len(),
            None => rest.chars().next().map_or(rest.len(), char::len_utf8),
        };
        let (now, after) = rest.split_at(length);
        match found {
            Some((_, colour)) => painted.push_str(&format!("\u{1b}[{colour}m{now}\u{1b}[0m")),
            None => painted.push_str(now),
        }
        rest = after;
    }
    painted
}

/// The text with a line of carets under `start..end`, for marks and single lines.
pub(crate) fn caret(text: &str, start: usize, end: usize) -> String {
    let before = text.get(..start).unwrap_or(text).chars().count();
    let under = text.get(start..end).map_or(1, |part| part.chars().count()).max(1);
    format!("  {text}\n  {}{}", " ".repeat(before), "^".repeat(under))
}

/// A bar for long work, on standard error; silent where that is not a terminal.
pub(crate) fn progress(total: u64, what: &'static str) -> indicatif::ProgressBar {
    // A node has no terminal of its own to draw on.
    let bar = match seat::is_served() {
        true => indicatif::ProgressBar::hidden(),
        false => indicatif::ProgressBar::new(total),
    };
    if let Ok(style) = indicatif::ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}
