//! Out as Markdown, in the form in which analysts write reports: `report add` reads it back, with its lineage.
//!
//! A text of others may hold lines that would be portions of their own there. What is written is read back, and where it does not
//! come out as the same portions it is written more plainly.

use std::fmt::Write as _;

use entente_core::draft::parse;
use entente_core::handle::{same_words, side_by_side};
use entente_core::{PartyPath, PortionId};

use crate::Writing;
use crate::outgoing::{OutPortion, Outgoing, TITLE_ID};
use crate::table::Table;

/// The report as a file.
pub(crate) fn write(report: &Outgoing, place: &Writing<'_>, table: &mut Table) -> String {
    note_losses(report, table);
    let as_it_is = file(report, &lines);
    if reads_back(report, &as_it_is, place, false) {
        return as_it_is;
    }
    let plain = file(report, &one_line);
    let note = match reads_back(report, &plain, place, true) {
        true => "written on one line each, with signs of Markdown set off",
        false => "written plainly; `report add` will not take the file as it is",
    };
    table.note(report.id.to_string(), "texts that would fall into other portions", note);
    plain
}

fn note_losses(report: &Outgoing, table: &mut Table) {
    for portion in portions(report) {
        let id = portion.id.as_str();
        if !portion.obligations.is_empty() {
            table.note(id, "what is to be observed", "not in the file");
        }
        if portion.tear_line {
            table.note(
                id,
                "a tear line",
                "left out: what stands below it is marked like the rest",
            );
        }
        if portion.carried().is_some() {
            table.note(id, "an object of another format", "a text with the object in it");
        }
    }
    if titled(report).is_none() && report.title != report.id.as_str() {
        table.note(TITLE_ID, "a title of several marks", "left out: the id stands for it");
    }
    table.note(
        report.id.to_string(),
        "terms of arrangements",
        "they travel with a delivery only",
    );
}

/// What goes into the file: what only programs read stays out of it.
fn portions(report: &Outgoing) -> impl Iterator<Item = &OutPortion> {
    report.portions.iter().filter(|portion| !portion.is_rest())
}

/// The title with its mark, where it is one.
fn titled(report: &Outgoing) -> Option<(&str, String)> {
    let title = one_line(&report.title);
    let [mark] = report.title_marks.as_slice() else {
        return None;
    };
    (report.title != report.id.as_str() && !title.is_empty()).then_some((mark.as_str(), title))
}

fn file(report: &Outgoing, text: &dyn Fn(&str) -> String) -> String {
    let mut file = format!("---\nscheme: {}\nprofile: {}\n", report.scheme, report.profile);
    if let Some((mark, title)) = titled(report) {
        let bases: String = report
            .title_bases
            .iter()
            .map(|id| from(report, id, report.title_originators.keys()))
            .collect();
        let _ = writeln!(file, "title: {mark} {title}{bases}");
    }
    if let Some(expires) = report.expires {
        let _ = writeln!(file, "expires: {expires}");
    }
    if report.existence_protected {
        file.push_str("existence-protected: true\n");
    }
    file.push_str("---\n");
    for portion in portions(report) {
        let bases = from(report, &portion.id, portion.originators.keys());
        let id = &portion.id;
        let _ = write!(file, "\n{} {} {{#{id}}}{bases}\n", portion.mark, text(&portion.text));
    }
    file
}

/// What a text rests on, once for each party whose it is.
fn from<'p>(report: &Outgoing, id: &PortionId, parties: impl Iterator<Item = &'p PartyPath>) -> String {
    let reference = format!("{} v{} {id}", report.id, report.version);
    parties
        .map(|party| format!(" {{from: {reference} of {party}}}"))
        .collect()
}

/// Whether the file comes out as the portions that were written: none more, none under another mark.
fn reads_back(report: &Outgoing, file: &str, place: &Writing<'_>, plain: bool) -> bool {
    let Ok(draft) = parse(file, place.schemes) else {
        return false;
    };
    let written: Vec<&OutPortion> = portions(report).collect();
    let same = |(written, read): (&&OutPortion, &entente_core::draft::DraftPortion)| {
        let marks = read.marks.iter().map(|mark| mark.text.as_str());
        let text = if plain {
            one_line(&written.text)
        } else {
            lines(&written.text)
        };
        read.id == written.id
            && side_by_side(&written.mark).eq(marks)
            && same_words(&text) == same_words(&read.text)
            && !read.tear_line
    };
    written.len() == draft.portions.len() && written.iter().zip(&draft.portions).all(same)
}

/// A text with its lines, without those that are empty.
fn lines(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("\n")
}

/// A text on one line, in which nothing can be taken for a mark, a heading or an annotation.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    let line = line.trim_start_matches(['#', '-', '*', '+', '>', '|', '_', '~', '`', '=', ' ']);
    line.replace('(', "\\(").replace('{', "&#123;").replace('|', "\\|")
}
