//! The desk: what waits for whoever is signed in.

use askama::Template;
use axum::response::Response;

use super::answer::{Desk, Reply};
use super::frame::{Page, Place, minute};
use super::gate::Visitor;
use super::mark::banner_over;
use super::reports::{self, Row};
use super::requests::{self, Duty};

/// Reports on the desk.
const NEWEST: usize = 8;

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage<'d> {
    now: String,
    headline: String,
    duties: Vec<Duty>,
    waits: Vec<Duty>,
    newest: &'d [Row],
    answers: bool,
    reads: bool,
    runs: bool,
}

fn headline(duties: &[Duty]) -> String {
    let late = duties
        .iter()
        .filter(|duty| duty.clock.as_ref().is_some_and(|clock| clock.class == "late"))
        .count();
    let waiting = match duties.len() {
        0 => return "Nothing waits for you.".to_owned(),
        1 => "One thing waits for you.".to_owned(),
        n => format!("{n} things wait for you."),
    };
    match late {
        0 => waiting,
        1 => format!("{waiting} One is late."),
        n => format!("{waiting} {n} are late."),
    }
}

/// `GET /`.
pub(crate) async fn page(visitor: Visitor) -> Response {
    let work = |desk: &mut Desk| {
        let asked = if desk.may("see-requests") {
            requests::all(desk)
        } else {
            Vec::new()
        };
        let rows = if desk.may("read") {
            reports::rows(desk)
        } else {
            Vec::new()
        };
        let newest = rows.get(..rows.len().min(NEWEST)).unwrap_or_default();
        let answers = desk.may("grant");
        let pick = |ours: bool| {
            asked
                .iter()
                .filter(move |asked| asked.open && asked.ours_to_answer == ours)
        };
        let duties: Vec<Duty> = match answers {
            true => pick(true).map(|asked| requests::duty(asked, desk.now)).collect(),
            false => Vec::new(),
        };
        let waits: Vec<Duty> = pick(false).map(|asked| requests::duty(asked, desk.now)).collect();
        let shown = asked
            .iter()
            .filter(|asked| asked.open)
            .filter_map(|asked| asked.banner.as_deref());
        let banner = banner_over(shown.chain(newest.iter().filter_map(|row| row.listed.banner.as_deref())));
        let body = DeskPage {
            now: minute(desk.now),
            headline: headline(&duties),
            duties,
            waits,
            newest,
            answers,
            reads: desk.may("read"),
            runs: desk.may("see-people"),
        };
        Ok(Reply::Page(Page {
            title: "Desk".to_owned(),
            place: Place::Desk,
            banner,
            body: body.render()?,
        }))
    };
    visitor.answer(work).await
}
