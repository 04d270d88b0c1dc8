//! Where copies are, as a picture: who holds how many of the reports that whoever looks keeps the distribution of, with the same
//! facts as a table beside it.

use std::collections::BTreeMap;

use askama::Template;
use entente_core::PartyPath;
use entente_desk::holders::{Holder, holders};
use jiff::Timestamp;

use super::answer::Desk;
use super::reports::first;
use super::tongue::Tongue;

/// Reports that are looked at for it, the first of the list: more would keep the page waiting.
const MOST_REPORTS: usize = 100;
/// Parties in the picture; the table has all.
const MOST: usize = 12;
const HIGH: usize = 56;
const STEP: usize = 72;

/// What one party holds.
#[derive(Debug, Default)]
struct Held {
    copies: usize,
    reports: Vec<String>,
    newest: Option<Timestamp>,
    unconfirmed: usize,
    /// Recalls that it has not said it followed.
    recalled: usize,
}

impl Held {
    fn add(&mut self, report: &str, copy: &Holder) {
        if copy.given_up.is_some() {
            return;
        }
        self.copies += 1;
        self.reports.push(format!("{report} v{}", copy.version));
        self.newest = self.newest.max(Some(copy.delivered));
        self.unconfirmed += usize::from(copy.confirmed.is_none());
        self.recalled += usize::from(copy.recall.as_ref().is_some_and(|recall| !recall.acknowledged));
    }
}

/// A party in the picture and in the table.
struct Row {
    party: String,
    held: Held,
    newest: String,
    /// Where its box begins, from above.
    y: usize,
}

impl Row {
    fn class(&self) -> &'static str {
        match (self.held.recalled, self.held.unconfirmed) {
            (0, 0) => "",
            (0, _) => "open",
            _ => "open denied",
        }
    }
}

#[derive(Template)]
#[template(path = "copies.html")]
struct Copies<'c> {
    t: Tongue,
    home: &'c str,
    height: usize,
    middle: usize,
    says: String,
    rows: Vec<Row>,
}

impl Copies<'_> {
    fn drawn(&self) -> &[Row] {
        self.rows.get(..MOST.min(self.rows.len())).unwrap_or_default()
    }
}

/// The picture, for whoever keeps distributions; nothing where there is nothing to draw.
pub(super) fn copies(desk: &Desk) -> Result<String, askama::Error> {
    if !desk.may("distribute") || !desk.may("read") {
        return Ok(String::new());
    }
    let mut all: BTreeMap<PartyPath, Held> = BTreeMap::new();
    for row in first(desk, MOST_REPORTS) {
        let known = holders(desk.state(), &row.listed.id);
        for copy in known.iter().flat_map(|known| &known.holders) {
            all.entry(copy.party.clone())
                .or_default()
                .add(row.listed.id.as_str(), copy);
        }
    }
    all.retain(|_, held| held.copies > 0);
    if all.is_empty() {
        return Ok(String::new());
    }
    let t = desk.tongue;
    let rows = all.into_iter().enumerate().map(|(n, (party, held))| Row {
        party: party.to_string(),
        newest: held.newest.map(|at| t.short(at)).unwrap_or_default(),
        y: n * STEP + 4,
        held,
    });
    let rows: Vec<Row> = rows.collect();
    let says: Vec<String> = rows
        .iter()
        .map(|row| {
            t.with(
                "copies-of",
                &[("name", row.party.as_str().into()), ("n", row.held.copies.into())],
            )
        })
        .collect();
    let height = rows.len().min(MOST) * STEP + 8 - (STEP - HIGH);
    let home = desk.state().home.as_ref().map(ToString::to_string).unwrap_or_default();
    Copies {
        t,
        home: &home,
        height,
        middle: height / 2,
        says: says.join("; "),
        rows,
    }
    .render()
}
