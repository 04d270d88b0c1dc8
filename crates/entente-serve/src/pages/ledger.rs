//! The ledger: what stands in it, and whether it holds.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;

use super::answer::{Desk, Reply, Trouble};
use super::frame::{Page, Place};
use super::gate::Visitor;

/// Entries on a page.
const SHOWN: u64 = 50;

struct Row {
    number: u64,
    time: String,
    kind: &'static str,
    actor: String,
}

#[derive(Template)]
#[template(path = "ledger.html")]
struct Ledger {
    size: u64,
    signed: Option<u64>,
    origin: String,
    root: String,
    rows: Vec<Row>,
    older: Option<u64>,
}

#[derive(Deserialize)]
pub(crate) struct Before {
    before: Option<u64>,
}

/// `GET /ledger`: for those who keep the record. Kinds and numbers, never contents.
pub(crate) async fn page(visitor: Visitor, Query(wanted): Query<Before>) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("see-ledger")?;
        let size = desk
            .pinned
            .store()
            .ledger_size()
            .map_err(entente_node::NodeError::from)?;
        let end = wanted.before.unwrap_or(size + 1).min(size + 1);
        let start = end.saturating_sub(SHOWN).max(1);
        let mut rows = Vec::new();
        let failed = |error: entente_store::StoreError| Trouble::Broken(error.to_string());
        for number in (start..end).rev() {
            if let Some(record) = desk.pinned.store().event(number).map_err(failed)? {
                rows.push(Row {
                    number,
                    time: record.time.strftime("%-d %b %Y %H:%M:%S").to_string(),
                    kind: record.event.event.kind(),
                    actor: record
                        .event
                        .actor
                        .map(|actor| actor.person.to_string())
                        .unwrap_or_default(),
                });
            }
        }
        let latest = desk.pinned.log().ok().and_then(|log| log.latest().ok().flatten());
        let body = Ledger {
            size,
            signed: latest.as_ref().map(|checkpoint| checkpoint.size),
            origin: latest
                .as_ref()
                .map(|checkpoint| checkpoint.origin.clone())
                .unwrap_or_default(),
            root: latest
                .map(|checkpoint| crate::persons::hex(&checkpoint.root))
                .unwrap_or_default(),
            older: Some(start).filter(|start| *start > 1),
            rows,
        };
        Ok(Reply::Page(Page {
            title: "Ledger".to_owned(),
            place: Place::Ledger,
            banner: None,
            body: body.render()?,
        }))
    };
    visitor.answer(work).await
}
