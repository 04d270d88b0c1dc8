//! An assurance as a paper to read. It is written from what was verified, never from the writer's own words alone.

use std::collections::BTreeMap;

use entente_core::Event;
use entente_paper::Paper;

use crate::checked::{Checked, Closed, Opened, Problem};
use crate::say::say;

fn problems(page: &mut Paper, list: &[Problem]) {
    for problem in list {
        page.item(&problem.place, &problem.problem, Vec::new());
    }
}

/// Sealed files: proved like all the rest, but nothing that a reader asks about.
fn is_traffic(event: &Event) -> bool {
    matches!(event, Event::EnvelopeReceived { .. } | Event::ReceiptTaken(_))
}

/// The paper: what was verified, for a person to read.
pub fn page(checked: &Checked) -> Paper {
    let mut page = Paper::new(
        format!("Assurance of {} for {}", checked.by, checked.whom),
        match checked.banner.is_empty() {
            true => "(no portions)".to_owned(),
            false => checked.banner.clone(),
        },
    );
    page.text(format!(
        "Written {} from a ledger of {} entries, signed by {}.",
        checked.written.strftime("%Y-%m-%d %H:%M UTC"),
        checked.size,
        checked.signed_by.join(", ")
    ));
    for witness in &checked.witnesses {
        let at = witness.at.map_or("at no stated moment".to_owned(), |at| {
            at.strftime("%Y-%m-%d %H:%M UTC").to_string()
        });
        page.text(format!(
            "{} has signed its first {} entries, {at}.",
            witness.name, witness.size
        ));
    }
    if !checked.findings.is_empty() {
        page.heading("DO NOT RELY ON IT");
        problems(&mut page, &checked.findings);
        return page;
    }
    page.text(format!(
        "{} events are shown and proved, {} are proved to be there and stay closed, {} are said not to concern {}.",
        checked.opened.len(),
        checked.closed.len(),
        checked.others.values().sum::<u64>(),
        checked.whom
    ));
    if !checked.differences.is_empty() {
        page.heading("Where it differs from the receiver's own records");
        problems(&mut page, &checked.differences);
    }
    let (traffic, events): (Vec<_>, Vec<_>) = checked.opened.iter().partition(|opened| is_traffic(&opened.event));
    page.heading("What happened");
    let shown = events.into_iter().map(row_of).collect();
    page.table(&["event", "recorded", "what"], shown, "Nothing.");
    page.heading("What stays closed");
    page.table(
        &["events", "kind", "about", "because"],
        closed_rows(&checked.closed),
        "Nothing.",
    );
    page.heading("Sealed files taken in");
    page.table(
        &["event", "recorded", "what"],
        traffic.into_iter().map(row_of).collect(),
        "None.",
    );
    page.heading("Other entries");
    let row = |(kind, count): (&String, &u64)| vec![kind.clone(), count.to_string()];
    page.table(&["kind", "entries"], checked.others.iter().map(row).collect(), "None.");
    page.heading("What this cannot show");
    for gap in &checked.gaps {
        page.item("–", gap, Vec::new());
    }
    page
}

fn row_of(opened: &Opened) -> Vec<String> {
    vec![opened.seq.to_string(), short(&opened.time), say(&opened.event)]
}

/// Events that stay closed, those alike in one row.
fn closed_rows(closed: &[Closed]) -> Vec<Vec<String>> {
    let mut rows: BTreeMap<(&str, String, &str), Vec<u64>> = BTreeMap::new();
    for one in closed {
        let portions: Vec<String> = one.portions.iter().map(ToString::to_string).collect();
        let like = (one.kind.as_str(), portions.join(", "), one.because.as_str());
        rows.entry(like).or_default().push(one.seq);
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(_, events)| events.first().copied());
    let row = |((kind, about, because), events): ((&str, String, &str), Vec<u64>)| {
        let events: Vec<String> = events.iter().map(ToString::to_string).collect();
        vec![events.join(" "), kind.to_owned(), about, because.to_owned()]
    };
    rows.into_iter().map(row).collect()
}

/// A moment to the second.
fn short(time: &str) -> String {
    match time.split_once('.') {
        Some((seconds, _)) => seconds,
        None => time.trim_end_matches('Z'),
    }
    .replace('T', " ")
}
