//! Arrangements: the terms in words, what state they are in, and who confirmed them.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use entente_core::{Arrangement, ArrangementId};
use entente_desk::arrangements::{Confirmed, Term, confirmed, in_words, known, unrecorded};

use super::answer::{Desk, Reply, Trouble};
use super::fields::Fields;
use super::frame::{Page, Place, short};
use super::gate::{Visitor, escaped};
use super::listing::{Cell, Column, Listing, words};

const COLUMNS: &[Column] = &[
    words("id", "Arrangement"),
    words("title", "Title"),
    words("parties", "Parties"),
    words("state", "State"),
    words("since", "Since, UTC"),
];

#[derive(Template)]
#[template(path = "arrangements.html")]
struct Arrangements {
    headline: String,
    list: String,
}

fn parties(terms: &Arrangement) -> String {
    terms
        .parties
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn list(desk: &Desk) -> Listing {
    let recorded = desk.state().arrangements.values().map(|terms| {
        let not = terms.not_in_force(desk.now);
        let state = match not {
            Some(entente_core::NotInForce::Expired) => "expired".to_owned(),
            Some(entente_core::NotInForce::NotBegun) => "not begun".to_owned(),
            _ => terms.status.to_string(),
        };
        vec![
            Cell::id(terms.id.as_str()).to(format!("/arrangements/{}", escaped(terms.id.as_str()))),
            Cell::quoted(terms.title.as_str()),
            Cell::id(parties(terms)),
            Cell::said(state),
            Cell::moment(terms.status_set),
        ]
    });
    let stated = unrecorded(desk.state());
    let stated = stated.iter().map(|stated| {
        vec![
            Cell::id(stated.terms.id.as_str()),
            Cell::quoted(stated.terms.title.as_str()),
            Cell::id(parties(stated.terms)),
            Cell::said(format!("stated by {}, not recorded here", stated.by)),
            Cell::default(),
        ]
    });
    Listing {
        what: "arrangements",
        at: "/arrangements".to_owned(),
        also: Vec::new(),
        columns: COLUMNS,
        rows: recorded.chain(stated).collect(),
        banner: None,
        empty: "Here stand the terms under which this party shares: record one with `entente arrangement add FILE`.",
        command: "entente arrangement list",
    }
}

/// `GET /arrangements`.
pub(crate) async fn listing(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let wanted = Fields::of_query(query.as_deref().unwrap_or_default());
    let work = move |desk: &mut Desk| {
        desk.must("see-partners")?;
        let list = list(desk);
        let headline = match list.rows.len() {
            0 => "No terms are recorded.".to_owned(),
            1 => "One arrangement is known.".to_owned(),
            n => format!("{n} arrangements are known."),
        };
        let list = match list.reply(&wanted)? {
            Ok(list) => list,
            Err(file) => return Ok(file),
        };
        Ok(Reply::Page(Page {
            title: "Arrangements".to_owned(),
            place: Place::Partners,
            banner: None,
            body: Arrangements { headline, list }.render()?,
        }))
    };
    visitor.answer(work).await
}

#[derive(Template)]
#[template(path = "arrangement.html")]
struct One<'a> {
    terms: &'a Arrangement,
    state: String,
    since: String,
    holds: bool,
    words: Vec<Term>,
    parties: Vec<Confirmed>,
}

/// `GET /arrangements/ID`.
pub(crate) async fn one(visitor: Visitor, Path(id): Path<String>) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("see-partners")?;
        let terms = known(desk.state(), &ArrangementId::new(id)?).map_err(|_| Trouble::Nothing)?;
        let body = One {
            state: match terms.not_in_force(desk.now) {
                Some(entente_core::NotInForce::Expired) => "It has expired.".to_owned(),
                Some(entente_core::NotInForce::NotBegun) => "It has not begun.".to_owned(),
                _ => format!("It is {}.", terms.status),
            },
            since: terms.status_set.map(short).unwrap_or_default(),
            holds: terms.not_in_force(desk.now).is_none(),
            words: in_words(terms),
            parties: confirmed(desk.state(), terms),
            terms,
        };
        Ok(Reply::Page(Page {
            title: format!("Arrangement {}", terms.id),
            place: Place::Partners,
            banner: None,
            body: body.render()?,
        }))
    };
    visitor.answer(work).await
}
