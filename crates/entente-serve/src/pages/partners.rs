//! Partners: by which way messages travel, what waits, what is not confirmed.

use askama::Template;
use axum::response::Response;
use entente_node::PartnerStanding;

use super::answer::{Desk, Reply};
use super::frame::{Page, Place, short};
use super::gate::Visitor;

struct Row {
    party: String,
    way: &'static str,
    keys: bool,
    fingerprint: String,
    heard: String,
    confirmed: String,
    waiting: u64,
    unconfirmed: usize,
    refused: usize,
}

#[derive(Template)]
#[template(path = "partners.html")]
struct Partners {
    headline: String,
    rows: Vec<Row>,
}

fn headline(rows: &[Row]) -> String {
    let waiting: u64 = rows.iter().map(|row| row.waiting).sum();
    let refused: usize = rows.iter().map(|row| row.refused).sum();
    let known = match rows.len() {
        0 => "No partner is known.".to_owned(),
        1 => "One partner is known.".to_owned(),
        n => format!("{n} partners are known."),
    };
    let waits = match waiting {
        0 => "Nothing waits for them.".to_owned(),
        1 => "One message waits to leave.".to_owned(),
        n => format!("{n} messages wait to leave."),
    };
    match (rows.is_empty(), refused) {
        (true, _) => known,
        (false, 0) => format!("{known} {waits}"),
        (false, n) => format!("{known} {waits} {n} did not take something in."),
    }
}

/// `GET /partners`.
pub(crate) async fn page(visitor: Visitor) -> Response {
    let work = |desk: &mut Desk| {
        desk.must("see-partners")?;
        let settings = desk.host.settings();
        let known = desk.pinned.node().partners()?;
        let row = |standing: PartnerStanding| Row {
            way: match settings.partners.contains_key(&standing.party) {
                true => "by network",
                false => "by files",
            },
            fingerprint: fingerprint(desk, &standing),
            keys: standing.keys,
            heard: standing.heard_at.map(short).unwrap_or_default(),
            confirmed: standing.confirmed_at.map(short).unwrap_or_default(),
            waiting: standing.waiting,
            unconfirmed: standing.unconfirmed.len(),
            refused: standing.refused.len(),
            party: standing.party.to_string(),
        };
        let rows: Vec<Row> = known.into_iter().map(row).collect();
        let body = Partners {
            headline: headline(&rows),
            rows,
        };
        Ok(Reply::Page(Page {
            title: "Partners".to_owned(),
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
