//! The desk's values as JSON: the same that `--json` prints.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::response::Response;
use entente_core::{IncidentId, PortionId, ReportId};
use entente_desk::casefile::casefile;
use entente_desk::deciding::answers;
use entente_desk::reading::{self, Page};
use entente_desk::{Moment, View, asked, cases, todo as list};
use entente_marking::Purpose;
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::unreadable;
use super::program::Program;
use crate::pages::{Desk, Fields, Trouble, meant, read};
use crate::persons::Scope;

/// Rows at once, where nobody says how many.
const SHOWN: usize = 100;
/// The most rows at once.
const MOST: usize = 1000;

/// What a program may say about what it wants.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    purpose: String,
    version: Option<u32>,
    after: Option<String>,
    limit: Option<usize>,
    search: Option<String>,
    audience: String,
    people: String,
}

/// The same, read from the address.
pub(super) struct Asked(Wanted);

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let wanted = Query::<Wanted>::try_from_uri(&parts.uri);
        wanted
            .map(|wanted| Self(wanted.0))
            .map_err(|error| unreadable(&error.body_text()))
    }
}

impl Wanted {
    fn purpose(&self) -> Option<Purpose> {
        Some(self.purpose.as_str())
            .filter(|text| !text.is_empty())
            .map(Purpose::new)
    }
}

fn moment(desk: &Desk) -> Moment<'_> {
    Moment::of(desk.state(), desk.pinned.rules(), desk.pinned.library())
}

fn value(of: impl serde::Serialize) -> Result<Value, Trouble> {
    serde_json::to_value(of).map_err(|error| Trouble::Broken(error.to_string()))
}

/// `GET /api/v1/reports`.
pub(super) async fn reports(program: Program, Asked(wanted): Asked) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("read")?;
        let purpose = wanted.purpose();
        let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
        let after = wanted.after.as_deref().map(ReportId::new).transpose()?;
        let page = Page {
            after: after.as_ref(),
            limit: Some(wanted.limit.unwrap_or(SHOWN).min(MOST)),
            search: wanted.search.as_deref(),
        };
        let listing = reading::page(&moment(desk), &view, page);
        let next = listing.rows.last().filter(|_| listing.more).map(|row| row.id.clone());
        Ok(json!({ "reports": listing.rows, "next": next }))
    };
    program.answer(Scope::Read, work).await
}

/// `GET /api/v1/reports/ID`: the text that is for the caller; that it was read is on record.
pub(super) async fn report(program: Program, Path(id): Path<String>, Asked(wanted): Asked) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("read")?;
        read(desk, &ReportId::new(id)?, wanted.version, &wanted.purpose)
    };
    program.answer(Scope::Read, work).await
}

/// `GET /api/v1/reports/ID/decision`: about the portions that the caller may know.
pub(super) async fn decision(program: Program, Path(id): Path<String>, Asked(wanted): Asked) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("record-decision")?;
        let id = ReportId::new(id)?;
        let purpose = wanted.purpose();
        let moment = moment(desk);
        let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
        let shown = reading::show(&moment, &id, wanted.version, &view)?;
        let known: Vec<PortionId> = shown.portions.iter().map(|portion| portion.id.clone()).collect();
        if known.is_empty() {
            return Err(Trouble::Nothing);
        }
        let fields = Fields::new(vec![
            ("audience".to_owned(), wanted.audience),
            ("people".to_owned(), wanted.people),
        ]);
        let (people, outsiders) = meant(desk, &fields)?;
        let snapshot = moment.snapshot([&id], &outsiders);
        let decision = moment.decide(&snapshot, (&id, Some(shown.version)), Some(&known), &people, &view)?;
        value(answers(&decision))
    };
    program.answer(Scope::Read, work).await
}

/// `GET /api/v1/requests`.
pub(super) async fn requests(program: Program) -> Response {
    let work = |desk: &mut Desk| {
        desk.must("see-requests")?;
        let view = View::of(Some(desk.me()), None, desk.now);
        value(asked::waiting(&moment(desk), &view))
    };
    program.answer(Scope::Read, work).await
}

/// `GET /api/v1/incidents`.
pub(super) async fn incidents(program: Program) -> Response {
    let work = |desk: &mut Desk| {
        desk.must("see-cases")?;
        value(cases::list(&moment(desk), &View::of(Some(desk.me()), None, desk.now)))
    };
    program.answer(Scope::Read, work).await
}

/// `GET /api/v1/incidents/ID`.
pub(super) async fn incident(program: Program, Path(id): Path<String>, Asked(wanted): Asked) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("see-cases")?;
        let id = IncidentId::new(id)?;
        let case = cases::case(desk.state(), &id, Some(desk.me())).ok_or(Trouble::Nothing)?;
        let purpose = wanted.purpose();
        let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
        value(casefile(&moment(desk), case, &view))
    };
    program.answer(Scope::Read, work).await
}

/// `GET /api/v1/partners`.
pub(super) async fn partners(program: Program) -> Response {
    let work = |desk: &mut Desk| {
        desk.must("see-partners")?;
        value(desk.pinned.node().partners()?)
    };
    program.answer(Scope::Read, work).await
}

/// `GET /api/v1/todo`: what the caller's roles let them do.
pub(super) async fn todo(program: Program) -> Response {
    let work = |desk: &mut Desk| {
        let moment = moment(desk);
        let found = list::todo(desk.state(), Some(desk.me()), &moment.context(desk.now));
        let mut found = found.ok_or(Trouble::Nothing)?;
        found.items.retain(|item| desk.may(item.kind.act()));
        value(found)
    };
    program.answer(Scope::Read, work).await
}
