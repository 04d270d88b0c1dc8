//! The body of a report: its lines put together to portions.
//!
//! A mark at the beginning of a line, an item, a cell or a quotation begins a portion, whatever lays it out. A line without
//! a mark belongs to the portion before it only where nobody could take it for another: right below it, or set in under
//! it. A heading ends with its line.

use std::collections::BTreeSet;

use super::annotation;
use super::layout::{self, Line, Start};
use super::token::{Token, Tokens};
use super::{Draft, DraftPortion, Faults, Placed};
use crate::handle::MAX_PORTIONS;
use crate::ids::PortionId;

const TEAR_LINE: &str = "--- tear line ---";

/// A portion while its lines are read.
#[derive(Debug)]
struct Open {
    /// Where its line, or its cell, begins.
    start: usize,
    /// Where it ends so far.
    end: usize,
    /// Its marks; none where it was left out.
    marks: Vec<Placed>,
    /// Where its words begin.
    words: usize,
    /// How far it is set in, where it is an item of a list.
    item: Option<usize>,
    heading: bool,
    cell: bool,
    tear_line: bool,
    /// A fault was told already.
    faulty: bool,
}

struct Body<'b, 'f> {
    file: &'f str,
    draft: &'b mut Draft,
    tokens: &'b Tokens<'b>,
    faults: &'b mut Faults<'f>,
    seen: BTreeSet<PortionId>,
    open: Option<Open>,
    /// Whether the line before is of the same block.
    adjacent: bool,
    tear_line: bool,
}

/// Reads everything from `start` on.
pub(super) fn read<'f>(file: &'f str, start: usize, draft: &mut Draft, tokens: &Tokens<'_>, faults: &mut Faults<'f>) {
    let mut body = Body {
        file,
        draft,
        tokens,
        faults,
        seen: BTreeSet::new(),
        open: None,
        adjacent: false,
        tear_line: false,
    };
    let mut at = start;
    for line in file.get(start..).unwrap_or_default().split_inclusive('\n') {
        if body.faults.are_enough() {
            break;
        }
        if body.draft.portions.len() >= MAX_PORTIONS {
            let message = format!("a report has at most {MAX_PORTIONS} portions; split it into several reports");
            body.faults.push(at, at + line.len(), message);
            break;
        }
        body.line(at, line.trim_end());
        at += line.len();
    }
    body.close();
}

impl Body<'_, '_> {
    fn line(&mut self, at: usize, text: &str) {
        if text.is_empty() {
            self.adjacent = false;
            return;
        }
        if self.is_tear_line(at, text) {
            return;
        }
        let opens = !self.adjacent && self.draft.default_mark.is_none();
        let read = layout::read(
            text,
            opens || layout_heading(text) && self.draft.default_mark.is_none(),
            self.tokens,
        );
        for (from, to, message) in &read.faults {
            self.faults.push(at + from, at + to, message.as_str());
        }
        let first = read.starts.first().map_or(text.len(), |start| start.at);
        if first > 0 {
            self.unmarked(at, text.get(..first).unwrap_or_default(), &read);
        }
        for (n, start) in read.starts.iter().enumerate() {
            let end = read.starts.get(n + 1).map_or(text.len(), |next| next.at);
            self.marked(at, text, start, end, &read);
        }
        // A heading ends with its line; so does what a rule underlines.
        let rule = !read.words && !text.contains(['|', '`', '~']);
        self.adjacent = !(rule || read.lead.heading);
    }

    /// The tear line; what nearly is one is a fault, so that nothing is taken to stand below it, or not to.
    fn is_tear_line(&mut self, at: usize, text: &str) -> bool {
        let letters = text.chars().filter(|c| c.is_alphabetic());
        if text.len() > 60 || !letters.flat_map(char::to_lowercase).eq("tearline".chars()) {
            return false;
        }
        if text.trim().eq_ignore_ascii_case(TEAR_LINE) {
            self.close();
            self.tear_line = true;
        } else {
            self.faults.push(
                at,
                at + text.len(),
                format!("a tear line is written `{TEAR_LINE}`, on a line of its own"),
            );
        }
        self.adjacent = false;
        true
    }

    fn marked(&mut self, at: usize, line: &str, start: &Start, end: usize, read: &Line) {
        self.close();
        let placed = |(from, to, _): &(usize, usize, Token)| Placed {
            text: line.get(*from..*to).unwrap_or_default().to_owned(),
            start: at + from,
        };
        let own = start
            .marks
            .iter()
            .any(|(.., token)| matches!(token, Token::Mark(0) | Token::Faulty));
        if !own {
            let marks: Vec<&str> = start
                .marks
                .iter()
                .filter_map(|(from, to, _)| line.get(*from..*to))
                .collect();
            let message = format!(
                "`{}` is no mark of the report's scheme; write one of it beside it, or name its scheme in the front matter",
                marks.join(" ")
            );
            let from = start.marks.first().map_or(0, |(from, ..)| *from);
            self.faults.push(at + from, at + start.text, message);
        }
        self.open = Some(Open {
            start: at + start.at,
            end: at + end,
            marks: start.marks.iter().map(placed).collect(),
            words: at + start.text,
            item: read.lead.item.filter(|_| !start.cell),
            heading: read.lead.heading && start.at == 0,
            cell: start.cell,
            tear_line: self.tear_line,
            faulty: !own,
        });
    }

    /// A line, or the beginning of one, without a mark.
    fn unmarked(&mut self, at: usize, text: &str, read: &Line) {
        let end = at + text.len();
        let set_in =
            text.starts_with([' ', '\t', '-', '*']) && (text.starts_with([' ', '\t']) || read.lead.item.is_some());
        let below = (self.adjacent || set_in) && !read.lead.heading;
        if let Some(open) = self.open.as_mut().filter(|open| below && !open.heading) {
            let beside = read
                .lead
                .item
                .zip(open.item)
                .is_some_and(|(this, marked)| this <= marked);
            let in_row = open.cell && read.lead.row && read.words;
            open.end = end;
            let what = match (beside, in_row) {
                (true, _) => "item of a list",
                (_, true) => "row of a table",
                _ => return,
            };
            if !open.faulty && read.words {
                let message = format!(
                    "this {what} has no portion mark, and what stands above it has one; mark it too, as in `(S//NF)`, \
                     or set it in to make it a part of what it belongs to"
                );
                self.faults.push(at, end, message);
            }
            return;
        }
        if !read.words {
            // A rule between paragraphs.
            return;
        }
        self.close();
        let mark = self.draft.default_mark.clone().filter(|_| !read.lead.heading);
        if mark.is_none() {
            let message = match read.lead.heading {
                true => "the heading has no portion mark; titles are marked like paragraphs, as in `# (U) Summary`",
                false => {
                    "the paragraph has no portion mark; begin it with one, as in `(S//NF)`, or set `default-mark` in the front matter or `default_mark` in its arrangement"
                }
            };
            let shown = if read.lead.heading {
                40.min(text.len())
            } else {
                text.len()
            };
            let from = if read.lead.heading { 0 } else { indent(text) };
            self.faults.push(at + from, at + shown, message);
        }
        self.open = Some(Open {
            start: at,
            end,
            faulty: mark.is_none(),
            marks: mark.into_iter().collect(),
            words: at + indent(text),
            item: read.lead.item,
            heading: read.lead.heading,
            cell: read.lead.row,
            tear_line: self.tear_line,
        });
    }

    /// The portion that was open is complete.
    fn close(&mut self) {
        let Some(open) = self.open.take().filter(|open| !open.faulty) else {
            return;
        };
        let lead = self.file.get(open.start..open.words).unwrap_or_default();
        let written = self.file.get(open.words..open.end).unwrap_or_default();
        let notes = annotation::read(written, open.words);
        for (from, to, message) in notes.faults {
            self.faults.push(from, to, message);
        }
        let words = words(lead, &open, &notes.text);
        if words.is_empty() {
            self.faults
                .push(open.start, open.end, "there is no text behind the mark");
            return;
        }
        let number = self.draft.portions.len() + 1;
        let Some(id) = notes.id.or_else(|| PortionId::new(format!("p{number}")).ok()) else {
            return;
        };
        if !self.seen.insert(id.clone()) {
            let message = format!("another portion is called {id} already; give each its own id");
            self.faults.push(open.start, open.end, message);
        }
        self.draft.portions.push(DraftPortion {
            id,
            marks: open.marks,
            text: words,
            from: notes.from,
            tear_line: open.tear_line,
        });
    }
}

fn layout_heading(text: &str) -> bool {
    text.starts_with('#')
}

/// Spaces and bullets before the words of an unmarked line.
fn indent(text: &str) -> usize {
    text.len() - text.trim_start_matches(['#', '-', '*', ' ', '\t']).len()
}

/// The words of a portion: a heading keeps its signs, an item its number; emphasis that begins before the mark and ends
/// behind it goes on around the words.
fn words(lead: &str, open: &Open, text: &str) -> String {
    let lead = match open.marks.first() {
        Some(mark) if mark.start >= open.start && mark.start <= open.words => {
            lead.get(..mark.start - open.start).unwrap_or_default()
        }
        _ => lead,
    };
    let bare = lead.trim_end_matches(['*', '_', '~', '`']);
    let emphasis = lead.get(bare.len()..).unwrap_or_default();
    let mut text = text.trim();
    if open.cell {
        text = text.trim_end_matches(['|', ' ', '\t']).trim();
    }
    let mut prefix = String::new();
    if open.heading {
        prefix.push_str(&"#".repeat(bare.trim_start().bytes().take_while(|byte| *byte == b'#').count()));
        prefix.push(' ');
    } else {
        let number = bare.trim().trim_start_matches(['-', '*', '+', '>', ' ', '|']);
        if open.item.is_some() && number.starts_with(|c: char| c.is_alphanumeric() || c == '(') {
            prefix.push_str(number);
            prefix.push(' ');
        }
    }
    if !emphasis.is_empty() {
        match text.strip_prefix(emphasis) {
            Some(rest) => text = rest.trim_start(),
            None if text.contains(emphasis) => prefix.push_str(emphasis),
            None => {}
        }
    }
    if text.is_empty() {
        return String::new();
    }
    prefix + text
}
