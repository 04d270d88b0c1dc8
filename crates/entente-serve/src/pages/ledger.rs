//! The ledger: what stands in it, as a list; the proof of one entry stands in [`super::proof`].

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;

use super::answer::{Desk, Reply, Trouble};
use super::fields::Fields;
use super::frame::{Page, Place};
use super::gate::Visitor;
use super::listing::{Cell, Column, Listing, number, words};
use super::tongue::Tongue;

/// Entries that a list is made of: what is opened for one answer.
const AT_ONCE: u64 = 100;

const COLUMNS: &[Column] = &[number("entry"), words("when"), words("what"), words("who")];

#[derive(Template)]
#[template(path = "ledger.html")]
struct Ledger {
    t: Tongue,
    headline: String,
    entries: String,
    signed: Option<u64>,
    origin: String,
    root: String,
    list: String,
    older: Option<u64>,
    newer: Option<u64>,
}

/// The entries of which the list is made: up to the one that is asked for, the newest where none is.
fn rows(desk: &Desk, (first, last): (u64, u64)) -> Result<Vec<Vec<Cell>>, Trouble> {
    let mut rows = Vec::new();
    let failed = |error: entente_store::StoreError| Trouble::Broken(error.to_string());
    let records = desk.pinned.store().events_in(first..=last).map_err(failed)?;
    for record in records.into_iter().rev() {
        let number = record.seq;
        let actor = record.event.actor.map(|actor| actor.person.to_string());
        rows.push(vec![
            Cell::number(number).to(format!("/ledger/{number}")),
            Cell::exactly(desk.tongue, record.time),
            Cell::said(record.event.event.kind()),
            match actor {
                Some(actor) => Cell::id(actor),
                None => Cell::said(desk.tongue.say("ledger-node")),
            },
        ]);
    }
    Ok(rows)
}

/// `GET /ledger`: for those who keep the record. Kinds and numbers, never contents.
pub(crate) async fn page(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let wanted = Fields::of_query(query.as_deref().unwrap_or_default());
    let work = move |desk: &mut Desk| {
        desk.must("see-ledger")?;
        let size = size(desk)?;
        let to = wanted
            .get("to")
            .parse::<u64>()
            .ok()
            .filter(|to| (1..=size).contains(to));
        let last = to.unwrap_or(size);
        let first = (last + 1).saturating_sub(AT_ONCE).max(1);
        let list = Listing {
            tongue: desk.tongue,
            what: "entries",
            at: "/ledger".to_owned(),
            also: to.map(|to| ("to", to.to_string())).into_iter().collect(),
            columns: COLUMNS,
            rows: rows(desk, (first, last))?,
            banner: None,
            command: "entente ledger log",
            next: None,
        };
        let list = match list.reply(&wanted)? {
            Ok(list) => list,
            Err(file) => return Ok(file),
        };
        let latest = desk.pinned.log().ok().and_then(|log| log.latest().ok().flatten());
        let t = desk.tongue;
        let signed = latest.as_ref().map(|checkpoint| checkpoint.size);
        let body = Ledger {
            t,
            headline: match signed {
                None => t.count("ledger-size", size),
                Some(signed) if signed == size => t.count("ledger-all-signed", size),
                Some(signed) => t.with("ledger-signed", &[("n", size.into()), ("signed", signed.into())]),
            },
            entries: t.with("ledger-entries", &[("first", first.into()), ("last", last.into())]),
            signed,
            origin: latest
                .as_ref()
                .map(|checkpoint| checkpoint.origin.clone())
                .unwrap_or_default(),
            root: latest
                .map(|checkpoint| crate::persons::hex(&checkpoint.root))
                .unwrap_or_default(),
            list,
            older: (first > 1).then(|| first - 1),
            newer: (last < size).then(|| (last + AT_ONCE).min(size)),
        };
        Ok(Reply::Page(framed(
            t,
            t.say("ledger-title").into_owned(),
            body.render()?,
        )))
    };
    visitor.answer(work).await
}

/// How many entries there are.
pub(super) fn size(desk: &Desk) -> Result<u64, Trouble> {
    let size = desk.pinned.store().ledger_size();
    Ok(size.map_err(entente_node::NodeError::from)?)
}

/// A page of the ledger: nothing marked stands on it.
pub(super) fn framed(t: Tongue, title: String, body: String) -> Page {
    Page {
        title,
        tongue: t,
        place: Place::Ledger,
        banner: None,
        body,
    }
}
