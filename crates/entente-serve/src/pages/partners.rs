//! Partners: by which way messages travel, what waits, what is not confirmed.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use entente_node::PartnerStanding;

use super::answer::{Desk, Reply};
use super::copies::copies;
use super::fields::Fields;
use super::frame::{Page, Place};
use super::gate::Visitor;
use super::listing::{Cell, Column, Listing, number, words};
use super::tongue::Tongue;
use crate::settings::Way;

struct Row {
    party: String,
    way: &'static str,
    keys: bool,
    fingerprint: String,
    heard: Option<jiff::Timestamp>,
    confirmed: Option<jiff::Timestamp>,
    waiting: u64,
    unconfirmed: usize,
    refused: usize,
    kept: usize,
}

const COLUMNS: &[Column] = &[
    words("partner"),
    words("link"),
    words("heard"),
    words("confirmed"),
    number("waits"),
    number("unconfirmed"),
    number("refused"),
    number("kept"),
    words("fingerprint"),
];

fn list(desk: &Desk, rows: &[Row]) -> Listing {
    let t = desk.tongue;
    let row = |row: &Row| {
        vec![
            Cell::id(row.party.as_str()),
            Cell::said(t.say(if row.keys { row.way } else { "partners-no-keys" })).alarming(!row.keys, "✕", "deny"),
            Cell::moment(desk.tongue, row.heard),
            Cell::moment(desk.tongue, row.confirmed),
            Cell::count(usize::try_from(row.waiting).unwrap_or(usize::MAX)),
            Cell::count(row.unconfirmed).alarming(row.unconfirmed > 0, "?", "ask"),
            Cell::count(row.refused).alarming(row.refused > 0, "✕", "deny"),
            Cell::count(row.kept).alarming(row.kept > 0, "✕", "deny"),
            Cell::hash(row.fingerprint.as_str()),
        ]
    };
    Listing {
        tongue: desk.tongue,
        what: "partners",
        at: "/partners".to_owned(),
        also: Vec::new(),
        columns: COLUMNS,
        rows: rows.iter().map(row).collect(),
        banner: None,
        command: "entente partner list",
        next: None,
    }
}

#[derive(Template)]
#[template(path = "partners.html")]
struct Partners {
    t: Tongue,
    headline: String,
    list: String,
    copies: String,
    introduce: String,
}

fn headline(t: Tongue, rows: &[Row]) -> String {
    let waiting: u64 = rows.iter().map(|row| row.waiting).sum();
    let refused: usize = rows.iter().map(|row| row.refused).sum();
    let known = t.count("partners-known", rows.len());
    let waits = t.count("partners-waits", waiting);
    let kept: usize = rows.iter().map(|row| row.kept).sum();
    let mut said = vec![known];
    if !rows.is_empty() {
        said.push(waits);
    }
    if refused > 0 {
        said.push(t.count("partners-not-taken", refused));
    }
    if kept > 0 {
        said.push(t.count("partners-kept", kept));
    }
    said.join(" ")
}

/// `GET /partners`.
pub(crate) async fn page(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let wanted = Fields::of_query(query.as_deref().unwrap_or_default());
    let work = move |desk: &mut Desk| {
        desk.must("see-partners")?;
        let settings = desk.host.settings();
        let known = desk.pinned.node().partners()?;
        let row = |standing: PartnerStanding| Row {
            way: match settings.way_to(&standing.party) {
                Way::Network => "partners-by-network",
                Way::Mail => "partners-by-mail",
                Way::Files => "partners-by-files",
            },
            fingerprint: fingerprint(desk, &standing),
            keys: standing.keys,
            heard: standing.heard_at,
            confirmed: standing.confirmed_at,
            waiting: standing.waiting,
            unconfirmed: standing.unconfirmed.len(),
            refused: standing.refused.len(),
            kept: standing.kept.len(),
            party: standing.party.to_string(),
        };
        let rows: Vec<Row> = known.into_iter().map(row).collect();
        let body = Partners {
            t: desk.tongue,
            headline: headline(desk.tongue, &rows),
            list: match list(desk, &rows).reply(&wanted)? {
                Ok(list) => list,
                Err(file) => return Ok(file),
            },
            copies: copies(desk)?,
            introduce: super::introducing::forms(desk, None, ("", ""))?,
        };
        Ok(Reply::Page(Page {
            title: desk.tongue.say("nav-partners").into_owned(),
            tongue: desk.tongue,
            place: Place::Partners,
            banner: None,
            body: body.render()?,
        }))
    };
    visitor.answer(work).await
}

fn fingerprint(desk: &Desk, standing: &PartnerStanding) -> String {
    let party = desk.state().parties.get(&standing.party);
    let keys = party.and_then(|party| {
        Some(entente_seal::PublicKeys {
            party: party.path.to_string(),
            signing: party.signing_keys.clone(),
            recipient: party.recipient.clone()?,
            successions: Vec::new(),
        })
    });
    keys.map(|keys| keys.fingerprint()).unwrap_or_default()
}
