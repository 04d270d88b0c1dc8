//! The desk: what waits for whoever is signed in.

use askama::Template;
use axum::response::Response;
use entente_desk::asked::Asked;
use entente_desk::todo::{Item, Kind, todo};
use jiff::Timestamp;

use super::answer::{Desk, Reply};
use super::clock::Clock;
use super::frame::{Page, Place};
use super::gate::Visitor;
use super::mark::banner_over;
use super::reports::{self, Row};
use super::requests::{self, Duty};
use super::tongue::Tongue;

/// Reports on the desk.
const NEWEST: usize = 8;

/// Something to do.
struct Thing {
    about: String,
    what: String,
    facts: String,
    clock: Option<Clock>,
    /// What follows.
    next: Option<String>,
    /// Whether what and facts are in English, whatever the page speaks.
    english: bool,
    /// Where it is done, and by its key what the button says.
    link: Option<(String, &'static str)>,
    /// The command that does it, where no page does.
    command: Option<String>,
    due: Option<Timestamp>,
    in_a_case: bool,
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage<'d> {
    t: Tongue,
    now: String,
    me: &'d str,
    headline: String,
    things: Vec<Thing>,
    waits: Vec<Duty>,
    newest: &'d [Row],
    reads: bool,
    runs: bool,
}

fn headline(things: &[Thing], t: Tongue) -> String {
    let late = things
        .iter()
        .filter(|thing| thing.clock.as_ref().is_some_and(Clock::is_late))
        .count();
    let waiting = t.count("desk-waiting", things.len());
    match late {
        0 => waiting,
        n => format!("{waiting} {}", t.count("desk-late", n)),
    }
}

/// A request that waits for an answer.
fn asks(asked: &Asked, now: Timestamp, t: Tongue) -> Thing {
    let duty = requests::duty(asked, now, t);
    let below = asked.narrowed.iter().find(|narrowed| narrowed.below);
    Thing {
        link: Some((format!("/requests/{}", duty.id), "desk-answer")),
        english: false,
        facts: t.with(
            "desk-from",
            &[
                ("name", duty.id.as_str().into()),
                ("party", duty.from.into()),
                ("facts", duty.facts.into()),
            ],
        ),
        about: duty.id,
        what: duty.what,
        clock: duty.clock,
        next: below.map(|narrowed| {
            t.with(
                "desk-below",
                &[("before", narrowed.before.into()), ("after", narrowed.after.into())],
            )
        }),
        command: None,
        due: asked.needed_by,
        in_a_case: false,
    }
}

/// Anything else on the list.
fn item(item: Item, now: Timestamp, t: Tongue) -> Thing {
    let link = match item.kind {
        Kind::Clock => Some((format!("/incidents/{}", item.about), "desk-open-case")),
        Kind::IncidentToAcknowledge => Some(("/incidents".to_owned(), "desk-acknowledge")),
        Kind::Overdue => Some((format!("/requests/{}", item.about), "desk-see")),
        Kind::SecondPerson => Some((format!("/pending/{}", item.about), "desk-look")),
        Kind::Silent => Some(("/partners".to_owned(), "desk-see")),
        _ => None,
    };
    let mut what = item.say.chars();
    let what = what.next().map(|first| first.to_uppercase().chain(what).collect());
    Thing {
        what: what.unwrap_or_default(),
        facts: format!("{} · {}", t.word("kind", item.kind.title()), item.about),
        clock: item.due.map(|due| Clock::of(due, now, t)),
        next: None,
        english: true,
        command: link.is_none().then_some(item.next),
        link,
        about: item.about,
        due: item.due,
        in_a_case: item.kind == Kind::Clock,
    }
}

/// The same with one line for each case: its stage that ends first, and how many more there are.
fn folded(things: impl Iterator<Item = Thing>, t: Tongue) -> Vec<Thing> {
    let mut all: Vec<Thing> = Vec::new();
    let mut more: Vec<usize> = Vec::new();
    for thing in things {
        let case = |known: &Thing| thing.in_a_case && known.in_a_case && known.about == thing.about;
        match all.iter().position(case) {
            Some(n) => more[n] += 1,
            None => {
                all.push(thing);
                more.push(0);
            }
        }
    }
    for (thing, more) in all.iter_mut().zip(more).filter(|(_, more)| *more > 0) {
        thing.next = Some(t.count("desk-more-stages", more));
    }
    all
}

/// What waits for whoever is signed in, late first, then what ends first.
fn things(desk: &Desk, asked: &[Asked]) -> Vec<Thing> {
    let moment = desk.moment();
    let listed = todo(desk.state(), Some(desk.me()), &moment.context(desk.now));
    let listed = listed.into_iter().flat_map(|list| list.items);
    // Requests are shown with what whoever looks may know of them.
    let others = listed.filter(|item| item.kind != Kind::RequestToAnswer && desk.may(item.kind.act()));
    let mut all = folded(others.map(|found| item(found, desk.now, desk.tongue)), desk.tongue);
    if desk.may("grant") {
        let ours = asked.iter().filter(|asked| asked.open && asked.ours_to_answer);
        all.extend(ours.map(|asked| asks(asked, desk.now, desk.tongue)));
    }
    all.sort_by_key(|thing| (thing.due.is_none(), thing.due));
    all
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
            reports::first(desk, NEWEST)
        } else {
            Vec::new()
        };
        let newest = rows.as_slice();
        let theirs = asked.iter().filter(|asked| asked.open && !asked.ours_to_answer);
        let waits: Vec<Duty> = theirs
            .map(|asked| requests::duty(asked, desk.now, desk.tongue))
            .collect();
        let things = things(desk, &asked);
        let shown = asked
            .iter()
            .filter(|asked| asked.open)
            .filter_map(|asked| asked.banner.as_deref());
        let banner = banner_over(shown.chain(newest.iter().filter_map(|row| row.listed.banner.as_deref())));
        let body = DeskPage {
            t: desk.tongue,
            now: desk.tongue.minute(desk.now),
            me: desk.me().as_str(),
            headline: headline(&things, desk.tongue),
            things,
            waits,
            newest,
            reads: desk.may("read"),
            runs: desk.may("see-people"),
        };
        Ok(Reply::Page(Page {
            title: desk.tongue.say("desk-title").into_owned(),
            tongue: desk.tongue,
            place: Place::Desk,
            banner,
            body: body.render()?,
        }))
    };
    visitor.answer(work).await
}
