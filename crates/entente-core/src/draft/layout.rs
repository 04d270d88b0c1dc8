//! The lines of a report: where each begins behind what only lays it out, and which marks stand there.

use super::token::{Token, Tokens, group_end, groups, other_brackets, plain, unclosed};

/// A place in a line where a portion begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// Where it begins, with what lays it out, in bytes of the line.
    pub(super) at: usize,
    /// Its marks, one of each scheme; the report's own among them or not.
    pub(super) marks: Vec<(usize, usize, Token)>,
    /// Where the text behind the marks begins.
    pub(super) text: usize,
    /// Whether it is a cell of a table.
    pub(super) cell: bool,
}

/// What stands before the words of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lead {
    /// Its length in bytes.
    pub(super) length: usize,
    /// How far a list item is set in, where the line begins one.
    pub(super) item: Option<usize>,
    /// Whether the line is a heading.
    pub(super) heading: bool,
    /// Whether the line is a row of a table.
    pub(super) row: bool,
}

/// A line, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) lead: Lead,
    /// The places where portions begin, in order.
    pub(super) starts: Vec<Start>,
    /// What is wrong in it: from, to, message.
    pub(super) faults: Vec<(usize, usize, String)>,
    /// Whether it holds any word at all.
    pub(super) words: bool,
}

/// Takes a line apart. `opens` says whether it begins a block, where any text in brackets is taken for a mark.
pub(super) fn read(line: &str, opens: bool, tokens: &Tokens<'_>) -> Line {
    let lead = lead(line, 0);
    let mut read = Line {
        lead,
        words: line.chars().any(char::is_alphanumeric),
        ..Line::default()
    };
    let mut places = vec![(0, lead.length, lead.row)];
    for at in bars(line) {
        places.push((at + 1, at + 1 + self::lead(line, at + 1).length, true));
    }
    for (at, words, cell) in places {
        if read.starts.last().is_some_and(|last: &Start| words < last.text) {
            continue;
        }
        if let Some(mut start) = start(line, words, opens && at == 0, tokens, &mut read.faults) {
            start.at = at;
            start.cell = cell;
            read.starts.push(start);
        }
    }
    stray(line, tokens, &mut read);
    read
}

/// The marks side by side at `at`, if there are any.
fn start(
    line: &str,
    at: usize,
    any: bool,
    tokens: &Tokens<'_>,
    faults: &mut Vec<(usize, usize, String)>,
) -> Option<Start> {
    let end = group_end(line, at)?;
    let first = match tokens.at_start(line.get(at..end)?) {
        Token::Text if !any => return None,
        Token::Text => Token::Faulty,
        token => token,
    };
    let mut start = Start {
        at,
        marks: vec![(at, end, first)],
        text: end,
        cell: false,
    };
    loop {
        let rest = line.get(start.text..).unwrap_or_default();
        let gap = rest.len() - rest.trim_start_matches([' ', '\t', '*', '_', '~', '`']).len();
        let next = start.text + gap;
        let Some(end) = group_end(line, next) else { break };
        let group = line.get(next..end).unwrap_or_default();
        match tokens.at_start(group) {
            Token::Mark(scheme) if start.marks.iter().all(|(.., token)| *token != Token::Mark(scheme)) => {
                start.marks.push((next, end, Token::Mark(scheme)));
                start.text = end;
            }
            Token::Text => break,
            _ if !tokens.within(group) => break,
            _ => {
                let first = line.get(at..start.text).unwrap_or_default();
                faults.push((next, end, format!(
                    "`{group}` stands beside `{first}`, and both mark this text; write one mark, or begin a new line with `{group}` for a portion of its own"
                )));
                start.text = end;
            }
        }
    }
    Some(start)
}

/// Marks where none can stand: a reader would take what follows them to be under them, or not under them.
fn stray(line: &str, tokens: &Tokens<'_>, read: &mut Line) {
    let mut seen = read.starts.iter().map(|start| start.marks.len()).sum::<usize>() + read.faults.len();
    for (from, to) in groups(line) {
        let taken = read.starts.iter().any(|start| start.at <= from && from < start.text);
        let group = line.get(from..to).unwrap_or_default();
        if !taken && tokens.within(group) {
            seen += 1;
            let bare = group.trim_matches(['(', ')']);
            read.faults.push((from, to, format!(
                "the mark `{group}` stands behind text, so that nobody can tell what it marks; begin a new line with it, or write `{bare}` without brackets where it is only mentioned"
            )));
        }
    }
    for (from, to) in other_brackets(line) {
        let inner = line.get(from + 1..to - 1).unwrap_or_default();
        seen += 1;
        read.faults.push((from, to, format!(
            "a mark stands in round brackets: begin a new line with `({inner})`, or write `{inner}` without brackets where it is only mentioned"
        )));
    }
    if let Some(at) = unclosed(line) {
        seen += 1;
        read.faults.push((
            at,
            line.len(),
            "the mark has no closing bracket on its line; write the whole mark on one line, as in `(S//NF)`".to_owned(),
        ));
    }
    if line.is_ascii() && !line.contains(['\\', '&', '*', '_', '~', '`']) {
        return;
    }
    // What is escaped or hidden from the program is not hidden from a reader.
    let eye = plain(line);
    let marks = groups(&eye).filter(|(from, to)| tokens.within(eye.get(*from..*to).unwrap_or_default()));
    let started = usize::from(begins_with_mark(&eye, tokens));
    let visible = marks.count().max(started) + other_brackets(&eye).count() + usize::from(unclosed(&eye).is_some());
    if visible > seen {
        read.faults.push((
            0,
            line.len(),
            "a mark in this line is escaped or interrupted; write it plainly at the beginning of a line, as in `(S//NF)`"
                .to_owned(),
        ));
    }
}

fn begins_with_mark(line: &str, tokens: &Tokens<'_>) -> bool {
    let at = lead(line, 0).length;
    let group = group_end(line, at).and_then(|end| line.get(at..end));
    group.is_some_and(|group| tokens.at_start(group) != Token::Text)
}

/// Where the bars stand that part the cells of a row.
fn bars(line: &str) -> impl Iterator<Item = usize> {
    let bytes = line.as_bytes();
    let bar = |at: &usize| bytes.get(*at) == Some(&b'|') && (*at == 0 || bytes.get(at - 1) != Some(&b'\\'));
    (0..line.len()).filter(bar)
}

/// What lays a line out before its words: quotation, bullets, numbers, headings, bars, emphasis, tags, boxes.
fn lead(line: &str, from: usize) -> Lead {
    let mut lead = Lead::default();
    let mut at = from;
    while let Some(c) = line.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = line.get(at..).unwrap_or_default();
        let step = match c {
            '(' => match number_in_brackets(rest) {
                Some(length) => {
                    lead.item.get_or_insert(at - from);
                    length
                }
                None => break,
            },
            '[' => match box_or_note(rest) {
                Some(length) => length,
                None => break,
            },
            '<' => tag(rest).unwrap_or(1),
            '-' | '+' | '*' | '•' | '–' | '·' | '‣' | '◦' if followed_by_space(rest) => {
                lead.item.get_or_insert(at - from);
                c.len_utf8()
            }
            '#' => {
                let signs = rest.bytes().take_while(|byte| *byte == b'#').count();
                let words = rest.get(signs..).unwrap_or_default();
                lead.heading |= signs <= 6 && words.starts_with([' ', '\t', '(', '*']);
                signs
            }
            // A cell ends where the next one begins.
            '|' if from > 0 => break,
            '|' => {
                lead.row = true;
                1
            }
            _ if c.is_alphanumeric() => match number(rest) {
                Some(length) => {
                    lead.item.get_or_insert(at - from);
                    length
                }
                None => break,
            },
            _ => c.len_utf8(),
        };
        at += step;
    }
    lead.length = at - from;
    lead
}

fn followed_by_space(text: &str) -> bool {
    text.chars().nth(1).is_none_or(char::is_whitespace)
}

/// `1.`, `12.3)`, `a.`, `iv)`, `B:`: a number of an item or a chapter.
fn number(text: &str) -> Option<usize> {
    let run = text
        .bytes()
        .take(13)
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'.')
        .count();
    let word = text.get(..run)?;
    let digits = word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let dotted = word.ends_with('.') || digits && word.contains('.');
    let bracket = text.get(run..)?.starts_with([')', ':']);
    let mut letters = word.trim_end_matches('.').bytes();
    let letter = letters.len() == 1 || letters.all(|byte| matches!(byte.to_ascii_lowercase(), b'i' | b'v' | b'x'));
    let length = if bracket { run + 1 } else { run };
    let after = text.get(length..)?;
    let apart = after.starts_with([' ', '\t', '(', '*', '_']);
    (run <= 12 && (dotted || bracket) && apart && (digits || letter)).then_some(length)
}

/// `(1)` or `(a)` before a mark.
fn number_in_brackets(text: &str) -> Option<usize> {
    let end = group_end(text, 0).filter(|end| *end <= 6)?;
    let inside = text.get(1..end - 1)?;
    let plain = !inside.is_empty()
        && inside
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    let marked = text
        .get(end..)?
        .trim_start_matches([' ', '\t', '*', '_'])
        .starts_with('(');
    (plain && marked).then_some(end)
}

/// `[ ]`, `[x]`, `[^1]:`.
fn box_or_note(text: &str) -> Option<usize> {
    let end = text.bytes().take(40).position(|byte| byte == b']')? + 1;
    let inside = text.get(1..end - 1)?;
    let ticked = matches!(inside, "" | " " | "x" | "X");
    (ticked || inside.starts_with('^')).then_some(end)
}

/// An HTML tag or the beginning of a comment.
fn tag(text: &str) -> Option<usize> {
    let named = |byte: &&u8| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!');
    text.as_bytes().get(1).filter(named)?;
    Some(text.bytes().take(200).position(|byte| byte == b'>')? + 1)
}
