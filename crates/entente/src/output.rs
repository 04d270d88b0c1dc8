//! Data on standard output, as text or as JSON.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::failure::Failure;

/// Whether the reader of standard output has gone away, as `head` does: nothing more is written then, and the command goes
/// on to its end, so that its exit code still says what it did.
static READER_GONE: AtomicBool = AtomicBool::new(false);
/// Whether standard output could not be written: then the command has failed, whatever else it did.
static LOST: AtomicBool = AtomicBool::new(false);

fn write(bytes: &[u8]) {
    use std::io::Write;
    if READER_GONE.load(Ordering::Relaxed) || LOST.load(Ordering::Relaxed) {
        return;
    }
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => READER_GONE.store(true, Ordering::Relaxed),
        Err(error) => {
            LOST.store(true, Ordering::Relaxed);
            say(format!("error: standard output cannot be written: {error}"));
        }
    }
}

/// Whether something that was to be written to standard output is lost, other than because nobody reads any more.
pub(crate) fn is_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Writes a line to standard output.
pub(crate) fn line(text: impl std::fmt::Display) {
    write(format!("{}\n", shown(&text.to_string())).as_bytes());
}

/// Writes bytes to standard output as they are.
pub(crate) fn bytes(bytes: &[u8]) {
    write(bytes);
}

/// Writes a file for its owner only; a link that stands there is not followed.
pub(crate) fn file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    entente_files::write(path, bytes).map_err(|error| Failure::failed(format!("{}: {error}", path.display())))
}

/// Makes a folder for its owner only, where there is none.
pub(crate) fn folder(path: &Path) -> Result<(), Failure> {
    entente_files::create_folder(path).map_err(|error| Failure::failed(format!("{}: {error}", path.display())))
}

/// Says something to the person, on standard error.
pub(crate) fn say(text: impl std::fmt::Display) {
    use std::io::Write;
    // Nobody listens on standard error: nobody can be told that either.
    let _ = writeln!(std::io::stderr(), "{}", shown(&text.to_string()));
}

/// A text without what would act on a terminal or turn its reading round; partners and the press write some of it.
pub(crate) fn shown(text: &str) -> String {
    let acts = |c: char| (c.is_control() && c != '\n' && c != '\t') || turns(c);
    text.chars().map(|c| if acts(c) { '\u{FFFD}' } else { c }).collect()
}

/// Characters that change the direction of reading, or break a line where none is seen.
fn turns(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A partner's words on one line.
pub(crate) fn words(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || turns(c) { ' ' } else { c })
        .collect()
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
    if let Some(width) = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()) {
        table.set_width(width);
    } else {
        table.set_width(118);
    }
    for row in rows {
        table.add_row(row);
    }
    for text in table.to_string().lines() {
        line(text.trim_end());
    }
}

/// The text with a line of carets under `start..end`, for marks and single lines.
pub(crate) fn caret(text: &str, start: usize, end: usize) -> String {
    let before = text.get(..start).unwrap_or(text).chars().count();
    let under = text.get(start..end).map_or(1, |part| part.chars().count()).max(1);
    format!("  {text}\n  {}{}", " ".repeat(before), "^".repeat(under))
}

/// A bar for long work, on standard error; silent where that is not a terminal.
pub(crate) fn progress(total: u64, what: &'static str) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new(total);
    if let Ok(style) = indicatif::ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}
