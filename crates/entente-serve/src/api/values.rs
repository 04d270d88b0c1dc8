//! The desk's values as JSON: the same that `--json` prints.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::response::Response;
use entente_core::{BriefingId, IncidentId, PendingId, ReportId};
use entente_desk::briefing::speakers_paper;
use entente_desk::casefile::casefile;
use entente_desk::deciding::answers;
use entente_desk::reading::{self, Page};
use entente_desk::{View, asked, cases, second, todo as list};
use entente_marking::Purpose;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::cursor;
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
    cursor: Option<String>,
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

fn value(of: impl serde::Serialize) -> Result<Value, Trouble> {
    serde_json::to_value(of).map_err(|error| Trouble::Broken(error.to_string()))
}

/// A moment as far as callers are told: how long an answer took tells nobody anything.
fn to_the_minute(at: Timestamp) -> Timestamp {
    let seconds = at.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(60)).unwrap_or(at)
}

/// How many rows are wanted.
fn limit(wanted: &Wanted) -> usize {
    wanted.limit.unwrap_or(SHOWN).clamp(1, MOST)
}

/// The rows of a list that are wanted, in the order of what they are called, and the cursor behind them.
fn page_of(
    desk: &Desk,
    wanted: &Wanted,
    list: &'static str,
    rows: impl IntoIterator<Item = (String, Value)>,
) -> Result<Value, Trouble> {
    let after = wanted.cursor.as_deref();
    let after = after.map(|cursor| cursor::open(desk.me(), list, cursor)).transpose()?;
    let mut rows: Vec<(String, Value)> = rows.into_iter().collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    rows.retain(|(name, _)| after.as_ref().is_none_or(|after| name > after));
    let more = rows.len() > limit(wanted);
    rows.truncate(limit(wanted));
    let last = rows.last().filter(|_| more).map(|(name, _)| name);
    let next = last.and_then(|last| cursor::seal(desk.me(), list, last));
    let rows: Vec<Value> = rows.into_iter().map(|(_, row)| row).collect();
    Ok(json!({ list: rows, "next": next }))
}

/// `GET /api/v1/reports`.
pub(super) async fn reports(program: Program, Asked(wanted): Asked) -> Response {
    let work = move |desk: &mut Desk| {
        let purpose = wanted.purpose();
        let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
        let after = wanted.cursor.as_deref();
        let after = after
            .map(|cursor| cursor::open(desk.me(), "reports", cursor))
            .transpose()?;
        let after = after.map(ReportId::new).transpose()?;
        let page = Page {
            after: after.as_ref(),
            limit: Some(limit(&wanted)),
            search: wanted.search.as_deref(),
        };
        let listing = reading::page(&desk.moment(), &view, page);
        let last = listing.rows.last().filter(|_| listing.more);
        let next = last.and_then(|last| cursor::seal(desk.me(), "reports", last.id.as_str()));
        Ok(json!({ "reports": listing.rows, "next": next }))
    };
    program.answer(Scope::Read, "read", work).await
}

/// `GET /api/v1/reports/ID`: the text that is for the caller; that it was read is on record.
pub(super) async fn report(program: Program, Path(id): Path<String>, Asked(wanted): Asked) -> Response {
    let work = move |desk: &mut Desk| read(desk, &ReportId::new(id)?, wanted.version, &wanted.purpose);
    program.answer(Scope::Read, "read", work).await
}

/// `GET /api/v1/reports/ID/decision`: about the portions that the caller may know.
pub(super) async fn decision(program: Program, Path(id): Path<String>, Asked(wanted): Asked) -> Response {
    let work = move |desk: &mut Desk| {
        let id = ReportId::new(id)?;
        let purpose = wanted.purpose();
        let moment = desk.moment();
        let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
        let (version, known) = reading::known(&moment, &id, wanted.version, &view)?;
        let fields = Fields::new(vec![
            ("audience".to_owned(), wanted.audience),
            ("people".to_owned(), wanted.people),
        ]);
        let (people, outsiders) = meant(desk, &fields)?;
        let snapshot = moment.snapshot([&id], &outsiders);
        let decision = moment.decide(&snapshot, (&id, Some(version)), Some(&known), &people, &view)?;
        value(answers(&decision))
    };
    program.answer(Scope::Read, "record-decision", work).await
}

/// `GET /api/v1/requests`.
pub(super) async fn requests(program: Program, Asked(wanted): Asked) -> Response {
    let work = move |desk: &mut Desk| {
        let view = View::of(Some(desk.me()), None, desk.now);
        let all = asked::waiting(&desk.moment(), &view).into_iter();
        let rows = all.map(|asked| Ok((format!("{}/{}", asked.from, asked.id), value(asked)?)));
        page_of(desk, &wanted, "requests", rows.collect::<Result<Vec<_>, Trouble>>()?)
    };
    program.answer(Scope::Read, "see-requests", work).await
}

/// `GET /api/v1/pending`: what waits for a second person.
pub(super) async fn pending(program: Program, Asked(wanted): Asked) -> Response {
    let work = move |desk: &mut Desk| {
        let all = second::list(&desk.moment(), &View::of(Some(desk.me()), None, desk.now));
        let rows = all.into_iter().map(|row| Ok((row.id.to_string(), value(row)?)));
        page_of(desk, &wanted, "pending", rows.collect::<Result<Vec<_>, Trouble>>()?)
    };
    program.answer(Scope::Read, "second-release", work).await
}

/// `GET /api/v1/pending/ID`: one of them, with what would follow from a yes.
pub(super) async fn pending_one(program: Program, Path(id): Path<String>) -> Response {
    let work = move |desk: &mut Desk| {
        let view = View::of(Some(desk.me()), None, desk.now);
        value(second::shown(&desk.moment(), &PendingId::new(id)?, &view).ok_or(Trouble::Nothing)?)
    };
    program.answer(Scope::Read, "second-release", work).await
}

/// `GET /api/v1/briefings/ID`: the paper for its speaker, and for nobody else.
pub(super) async fn briefing(program: Program, Path(id): Path<String>) -> Response {
    let work = move |desk: &mut Desk| {
        let briefing = desk.state().briefings.get(&BriefingId::new(id)?);
        let briefing = briefing.filter(|briefing| briefing.speaker == *desk.me());
        let briefing = briefing.ok_or(Trouble::Nothing)?;
        let standing = entente_core::handle::standing(desk.state(), briefing, &desk.moment().context(desk.now));
        value(speakers_paper(desk.state(), desk.pinned.library(), briefing, &standing))
    };
    program.answer(Scope::Read, "brief", work).await
}

/// `GET /api/v1/incidents`.
pub(super) async fn incidents(program: Program, Asked(wanted): Asked) -> Response {
    let work = move |desk: &mut Desk| {
        let all = cases::list(&desk.moment(), &View::of(Some(desk.me()), None, desk.now));
        let told = value(&all.told_by_partners)?;
        let rows = all
            .cases
            .into_iter()
            .map(|case| Ok((case.id.to_string(), value(case)?)));
        let mut page = page_of(desk, &wanted, "cases", rows.collect::<Result<Vec<_>, Trouble>>()?)?;
        page["told_by_partners"] = told;
        Ok(page)
    };
    program.answer(Scope::Read, "see-cases", work).await
}

/// `GET /api/v1/incidents/ID`.
pub(super) async fn incident(program: Program, Path(id): Path<String>, Asked(wanted): Asked) -> Response {
    let work = move |desk: &mut Desk| {
        let id = IncidentId::new(id)?;
        let case = cases::case(desk.state(), &id, Some(desk.me())).ok_or(Trouble::Nothing)?;
        let purpose = wanted.purpose();
        let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
        value(casefile(&desk.moment(), case, &view))
    };
    program.answer(Scope::Read, "see-cases", work).await
}

/// `GET /api/v1/partners`.
pub(super) async fn partners(program: Program, Asked(wanted): Asked) -> Response {
    let work = move |desk: &mut Desk| {
        let all = desk.pinned.node().partners()?.into_iter();
        let rows = all.map(|standing| Ok((standing.party.to_string(), value(standing)?)));
        page_of(desk, &wanted, "partners", rows.collect::<Result<Vec<_>, Trouble>>()?)
    };
    program.answer(Scope::Read, "see-partners", work).await
}

/// What there is to do for the caller, thing by thing, as streams tell it.
pub(super) fn own_list(desk: &mut Desk) -> Result<Vec<Value>, Trouble> {
    let moment = desk.moment();
    let found = list::todo(desk.state(), Some(desk.me()), &moment.context(desk.now));
    let items = found.ok_or(Trouble::Nothing)?.items.into_iter();
    items.filter(|item| desk.may(item.kind.act())).map(value).collect()
}

/// `GET /api/v1/todo`: what the caller's roles let them do.
pub(super) async fn todo(program: Program) -> Response {
    let work = |desk: &mut Desk| {
        let moment = desk.moment();
        let found = list::todo(desk.state(), Some(desk.me()), &moment.context(desk.now));
        let mut found = found.ok_or(Trouble::Nothing)?;
        found.items.retain(|item| desk.may(item.kind.act()));
        found.at = to_the_minute(found.at);
        value(found)
    };
    program.answer(Scope::Read, "see-own-work", work).await
}
