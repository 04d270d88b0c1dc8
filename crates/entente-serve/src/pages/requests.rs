//! Requests: the list, and opening one; how one is answered stands in [`super::answering`].

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use entente_desk::View;
use entente_desk::asked::{Asked, waiting};
use jiff::Timestamp;

use super::acting::{Words, names};
use super::answer::{Desk, Reply};
use super::clock::Clock;
use super::fields::Fields;
use super::frame::{Banner, Page, Place};
use super::gate::{Posted, Visitor, escaped};
use super::listing::{Cell, Column, Listing, words};
use super::mark::banner_over;
use super::tongue::Tongue;

/// A request in a list.
pub(super) struct Duty {
    pub(super) id: String,
    pub(super) from: String,
    pub(super) what: String,
    pub(super) facts: String,
    pub(super) clock: Option<Clock>,
}

pub(super) fn duty(asked: &Asked, now: Timestamp, t: Tongue) -> Duty {
    let persons = t.count("requests-persons", asked.audience.len());
    let portions = t.count("requests-portions", asked.portions.len());
    let parties: BTreeSet<&str> = asked.audience.iter().map(|person| person.party.as_str()).collect();
    let parties: Vec<&str> = parties.into_iter().collect();
    Duty {
        id: asked.id.to_string(),
        from: asked.from.to_string(),
        what: t.with(
            "requests-may",
            &[
                ("persons", persons.into()),
                ("parties", parties.join(", ").into()),
                ("portions", portions.into()),
                ("report", asked.report.as_str().into()),
            ],
        ),
        facts: asked
            .purpose
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_else(|| t.say("requests-no-purpose").into_owned()),
        clock: asked.needed_by.map(|until| Clock::of(until, now, t)),
    }
}

/// What waits, as whoever is signed in may see it.
pub(super) fn all(desk: &Desk) -> Vec<Asked> {
    let moment = desk.moment();
    waiting(&moment, &View::of(Some(desk.me()), None, desk.now))
}

const COLUMNS: &[Column] = &[
    words("request"),
    words("what"),
    words("from"),
    words("to"),
    words("purpose"),
    words("opened"),
    words("needed"),
    words("state"),
];

fn list(desk: &Desk, all: &[Asked]) -> Listing {
    let row = |asked: &Asked| {
        let duty = duty(asked, desk.now, desk.tongue);
        let state = match (asked.open, asked.ours_to_answer) {
            (false, _) => "requests-state-done",
            (true, true) => "requests-state-open",
            (true, false) => "requests-state-waits",
        };
        vec![
            Cell::id(duty.id.as_str()).to(format!("/requests/{}", escaped(&duty.id))),
            Cell::said(duty.what),
            Cell::id(duty.from),
            Cell::id(asked.to.as_str()),
            Cell::said(duty.facts),
            Cell::moment(desk.tongue, Some(asked.opened)),
            Cell::moment(desk.tongue, asked.needed_by),
            Cell::said(desk.tongue.say(state)).alarming(asked.open && asked.ours_to_answer, "?", "ask"),
        ]
    };
    Listing {
        tongue: desk.tongue,
        what: "requests",
        at: "/requests".to_owned(),
        also: Vec::new(),
        columns: COLUMNS,
        rows: all.iter().map(row).collect(),
        banner: over(all).map(|banner| banner.text),
        command: "entente request list",
        next: None,
    }
}

/// The banner over requests: that of what they are about.
fn over(all: &[Asked]) -> Option<Banner> {
    banner_over(all.iter().filter_map(|asked| asked.banner.as_deref()))
}

/// Requests that stand on top, each with its clock; all stand in the list.
const ON_TOP: usize = 12;

#[derive(Template)]
#[template(path = "requests.html")]
struct Requests {
    t: Tongue,
    headline: String,
    to_answer: Vec<Duty>,
    /// How many of them stand here.
    shown: String,
    list: String,
    answers: bool,
    seconds: bool,
}

/// `GET /requests`.
pub(crate) async fn listing(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let wanted = Fields::of_query(query.as_deref().unwrap_or_default());
    let work = move |desk: &mut Desk| {
        desk.must("see-requests")?;
        let (all, t) = (all(desk), desk.tongue);
        let list = match list(desk, &all).reply(&wanted)? {
            Ok(list) => list,
            Err(file) => return Ok(file),
        };
        let to_answer = all.iter().filter(|asked| asked.open && asked.ours_to_answer);
        let count = to_answer.clone().count();
        let body = Requests {
            t,
            headline: t.count("requests-waiting", count),
            shown: match count.saturating_sub(ON_TOP) {
                0 => count.to_string(),
                more => t.with("requests-more", &[("shown", ON_TOP.into()), ("n", more.into())]),
            },
            to_answer: to_answer
                .take(ON_TOP)
                .map(|asked| duty(asked, desk.now, desk.tongue))
                .collect(),
            list,
            answers: desk.may("grant"),
            seconds: desk.may("second-release"),
        };
        Ok(Reply::Page(Page {
            title: t.say("requests-title").into_owned(),
            tongue: t,
            place: Place::Requests,
            banner: over(&all),
            body: body.render()?,
        }))
    };
    visitor.answer(work).await
}

/// `POST /requests`: asks the originators whose word is missing.
pub(crate) async fn open(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("open-request")?;
        let words = Words::default()
            .text("report", fields.get("report"))
            .text("audience", fields.get("audience"))
            .texts("people", names(fields.get("people")))
            .text("purpose", fields.get("purpose"))
            .text("reason", fields.get("reason"));
        let composed = desk.acting("open-request", &words)?;
        desk.act(composed.commands)?;
        Ok(Reply::To("/requests".to_owned()))
    };
    posted.visitor.answer(work).await
}
