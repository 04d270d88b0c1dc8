//! The block of `key: value` lines at the top of a file: the part of YAML that reports need, read strictly.

use jiff::Timestamp;

use super::token::{Tokens, group_end};
use super::{Draft, Faults, Placed, annotation, layout};
use crate::ids::{ArrangementId, PartyPath, PersonId, ReportId};

const KEYS: &[&str] = &[
    "id",
    "title",
    "scheme",
    "profile",
    "banner",
    "arrangements",
    "expires",
    "existence-protected",
    "recipients",
    "default-mark",
];

/// Reads the front matter, if there is one. Gives the offset of what follows it.
pub(super) fn parse(file: &str, draft: &mut Draft, faults: &mut Faults<'_>) -> usize {
    let Some(rest) = file.strip_prefix("---\n").or_else(|| file.strip_prefix("---\r\n")) else {
        return 0;
    };
    let mut at = file.len() - rest.len();
    let mut seen: Vec<&str> = Vec::new();
    for line in rest.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let content = line.trim_end();
        if content == "---" {
            return at;
        }
        if content.trim().is_empty() || content.trim_start().starts_with('#') {
            continue;
        }
        if let Err((from, to, message)) = entry(content, start, &mut seen, draft) {
            faults.push(from, to, message);
        }
        if faults.are_enough() {
            return file.len();
        }
    }
    faults.push(0, 3, "the front matter has no end; close it with a line `---`");
    file.len()
}

/// Takes the marks off the title. One within it is a fault, as in any line.
pub(super) fn title(draft: &mut Draft, tokens: &Tokens<'_>, faults: &mut Faults<'_>) {
    let (written, at) = (draft.title.text.clone(), draft.title.start);
    let notes = annotation::read(&written, at);
    for (from, to, message) in notes.faults {
        faults.push(from, to, message);
    }
    if notes.id.is_some() {
        faults.push(at, at + written.len(), "a title bears no id: it is called `title`");
    }
    // An annotation stands behind the words: what is before it keeps its place.
    let text = notes.text.trim_end().to_owned();
    draft.title_from = notes.from;
    draft.title.text.clone_from(&text);
    let read = layout::read(&text, false, tokens);
    for (from, to, message) in &read.faults {
        faults.push(at + from, at + to, message.as_str());
    }
    let Some(first) = read.starts.first() else { return };
    if first.at > 0 || read.starts.len() > 1 || group_end(&text, 0).is_none() {
        faults.push(
            at,
            at + text.len(),
            "a title begins with its mark, as in `title: (S//NF) Text`, or bears none",
        );
        return;
    }
    let marks = first
        .marks
        .iter()
        .map(|(from, to, _)| placed(text.get(*from..*to).unwrap_or_default(), at + from));
    draft.title_marks = marks.collect();
    let words = text.get(first.text..).unwrap_or_default();
    draft.title = placed(words.trim(), at + first.text);
    if draft.title.text.is_empty() {
        faults.push(at, at + text.len(), "there is no title behind the mark");
    }
}

type Wrong = (usize, usize, String);

fn entry<'l>(line: &'l str, start: usize, seen: &mut Vec<&'l str>, draft: &mut Draft) -> Result<(), Wrong> {
    let end = start + line.len();
    let Some((key, written)) = line.split_once(':') else {
        return Err((start, end, "a line of the front matter reads `key: value`".to_owned()));
    };
    let value = unquoted(written.trim());
    let quote = usize::from(value.len() < written.trim().len());
    let value_at = start + key.len() + 1 + (written.len() - written.trim_start().len()) + quote;
    let wrong = |message: String| (value_at, end, message);
    let name = |error: crate::ids::NameError| wrong(error.to_string());
    if value.is_empty() {
        return Err((
            start,
            end,
            format!("`{key}` has no value; write one, or leave the line out"),
        ));
    }
    if seen.contains(&key) {
        let message = format!("`{key}` stands in the front matter twice; keep the line that holds");
        return Err((start, end, message));
    }
    if KEYS.contains(&key) {
        seen.push(key);
    }
    match key {
        "id" => draft.id = Some(ReportId::new(value).map_err(name)?),
        "title" => draft.title = placed(value, value_at),
        "scheme" => draft.scheme = Some(value.to_owned()),
        "profile" => draft.profile = Some(value.to_owned()),
        "banner" => draft.banner = Some(placed(value, value_at)),
        "default-mark" => draft.default_mark = Some(placed(value, value_at)),
        "expires" => draft.expires = Some(moment(value).map_err(wrong)?),
        "existence-protected" => {
            draft.existence_protected = match value {
                "true" | "yes" => true,
                "false" | "no" => false,
                _ => return Err(wrong(format!("`{value}` is neither `true` nor `false`"))),
            }
        }
        "arrangements" => {
            for item in list(value) {
                draft.arrangements.insert(ArrangementId::new(item).map_err(name)?);
            }
        }
        "recipients" => {
            for item in list(value) {
                // A person is named together with their party: both are recipients.
                let party = match item.contains('/') {
                    true => {
                        let person = PersonId::new(item).map_err(name)?;
                        let party = person.party();
                        draft.named.insert(person);
                        party
                    }
                    false => Some(PartyPath::new(item).map_err(name)?),
                };
                draft.recipients.extend(party);
            }
        }
        _ => {
            let near = KEYS.iter().find(|known| alike(known, key));
            let hint = near.map_or_else(
                || format!("there are {}", KEYS.join(", ")),
                |known| format!("did you mean `{known}`?"),
            );
            return Err((start, start + key.len(), format!("there is no key `{key}`; {hint}")));
        }
    }
    Ok(())
}

fn placed(text: &str, start: usize) -> Placed {
    Placed {
        text: text.to_owned(),
        start,
    }
}

fn unquoted(value: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(value)
}

fn list(value: &str) -> impl Iterator<Item = &str> {
    let inner = value
        .strip_prefix('[')
        .and_then(|v| v.strip_suffix(']'))
        .unwrap_or(value);
    inner
        .split(',')
        .map(|item| unquoted(item.trim()))
        .filter(|item| !item.is_empty())
}

/// Reads a date or a moment; a date alone ends with its last second, in UTC.
///
/// # Errors
/// When the text is neither, with both forms.
pub fn moment(text: &str) -> Result<Timestamp, String> {
    let whole_day = || {
        let date: jiff::civil::Date = text.parse().ok()?;
        Some(
            date.at(23, 59, 59, 0)
                .to_zoned(jiff::tz::TimeZone::UTC)
                .ok()?
                .timestamp(),
        )
    };
    text.parse()
        .ok()
        .or_else(whole_day)
        .ok_or_else(|| format!("`{text}` is not a date; write 2026-12-31 or 2026-12-31T18:00:00Z"))
}

/// Whether two keys have the same letters but for order or one slip.
fn alike(known: &str, written: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text
            .chars()
            .filter(char::is_ascii_alphabetic)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        letters.sort_unstable();
        letters
    };
    let (a, b) = (sorted(known), sorted(written));
    a == b || (a.len().abs_diff(b.len()) == 1 && (a.iter().all(|c| b.contains(c)) || b.iter().all(|c| a.contains(c))))
}
