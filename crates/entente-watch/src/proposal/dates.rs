//! Dates and times in a fact's sentence, in the ways in which others would write them.

use crate::document::Document;
use crate::language::{Class, Language};

/// Names of time zones behind a time; others leave them out.
const ZONES: [&str; 12] = [
    "UTC", "GMT", "CET", "CEST", "MEZ", "MESZ", "EST", "EDT", "PST", "PDT", "BST", "Z",
];

/// The ways to write the date or time that begins at a token, and the token behind it. The first way is its own.
pub(super) fn at(document: &Document, start: usize) -> Option<(Vec<String>, usize)> {
    day_first(document, start)
        .or_else(|| month_first(document, start))
        .or_else(|| clock(document, start))
}

fn number(document: &Document, token: usize, low: u32, high: u32) -> Option<u32> {
    let text = document
        .tokens
        .get(token)
        .map(|_| document.word(token).lower.as_str())?;
    let ending = ["st", "nd", "rd", "th"]
        .into_iter()
        .find_map(|ending| text.strip_suffix(ending));
    let digits = ending.unwrap_or(text);
    let number = digits.parse().ok().filter(|number| (low..=high).contains(number))?;
    (digits.len() <= 4).then_some(number)
}

/// The number of a month, by its place in the table of the language.
fn month(document: &Document, token: usize) -> Option<u32> {
    document.tokens.get(token)?;
    let word = document.word(token);
    let names = document.language.lexicon().months();
    let place = names.iter().position(|name| *name == word.lower)?;
    word.classes
        .has(Class::Calendar)
        .then(|| u32::try_from(place + 1).unwrap_or(0))
}

fn day_first(document: &Document, start: usize) -> Option<(Vec<String>, usize)> {
    let day = number(document, start, 1, 31)?;
    // "15 de diciembre de 2026".
    let de = |token: usize| document.tokens.get(token).is_some() && document.word(token).lower == "de";
    let at = start + 1 + usize::from(de(start + 1));
    let month = month(document, at)?;
    let year_at = at + 1 + usize::from(de(at + 1));
    let year = number(document, year_at, 1900, 2100);
    let end = if year.is_some() { year_at + 1 } else { at + 1 };
    Some((written(document, start, end, at, (day, month, year)), end))
}

fn month_first(document: &Document, start: usize) -> Option<(Vec<String>, usize)> {
    let month = month(document, start)?;
    let day = number(document, start + 1, 1, 31)?;
    let year = number(document, start + 2, 1900, 2100);
    let end = if year.is_some() { start + 3 } else { start + 2 };
    Some((written(document, start, end, start, (day, month, year)), end))
}

fn written(
    document: &Document,
    start: usize,
    end: usize,
    named: usize,
    (day, month, year): (u32, u32, Option<u32>),
) -> Vec<String> {
    let name = &document.word(named).text;
    let mut ways = vec![document.text(start..end).to_owned()];
    if start < named {
        // "7 de mayo", without the year.
        ways.push(document.text(start..named + 1).to_owned());
    }
    ways.extend([format!("{day} {name}"), format!("{name} {day}")]);
    if document.language == Language::En {
        let ending = match day % 10 {
            1 if day != 11 => "st",
            2 if day != 12 => "nd",
            3 if day != 13 => "rd",
            _ => "th",
        };
        ways.extend([
            format!("{day}{ending} {name}"),
            format!("{day}{ending} of {name}"),
            format!("{name} {day}{ending}"),
        ]);
    }
    if let Some(year) = year {
        ways.extend([
            format!("{name} {day} {year}"),
            format!("{day} {name} {year}"),
            format!("{year}-{month:02}-{day:02}"),
            format!("{day}.{month}.{year}"),
            format!("{day:02}.{month:02}.{year}"),
            format!("{day:02}/{month:02}/{year}"),
            format!("{month:02}/{day:02}/{year}"),
        ]);
    }
    let mut seen = Vec::new();
    ways.retain(|way| {
        let fresh = !seen.contains(way);
        seen.push(way.clone());
        fresh
    });
    ways
}

/// "09:30", "9.30 pm".
fn clock(document: &Document, start: usize) -> Option<(Vec<String>, usize)> {
    let hour = number(document, start, 0, 24)?;
    let minute = number(document, start + 1, 0, 59)?;
    let colon = document.gap(start) == ":" && document.word(start + 1).lower.len() == 2;
    colon.then(|| {
        let ways = [
            format!("{hour:02}:{minute:02}"),
            format!("{hour}:{minute:02}"),
            format!("{hour}.{minute:02}"),
            format!("{hour:02}{minute:02}"),
        ];
        let mut ways = Vec::from(ways);
        ways.dedup();
        let zone = document.tokens.get(start + 2).is_some() && ZONES.contains(&document.word(start + 2).text.as_str());
        (ways, start + 2 + usize::from(zone))
    })
}
