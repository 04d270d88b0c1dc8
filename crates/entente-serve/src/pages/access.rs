//! Ways in that are open: where somebody is signed in and what acts in their name, and the button that ends it.

use askama::Template;
use axum::response::Response;
use entente_core::{Command, PersonId};

use super::answer::{Desk, Reply, Trouble};
use super::frame::{Page, Place};
use super::gate::{Posted, Visitor};
use super::tongue::Tongue;
use crate::persons::{Access, Way};

struct Row {
    access: Access,
    what: String,
    times: String,
}

#[derive(Template)]
#[template(path = "access.html")]
struct AccessPage<'a> {
    t: Tongue,
    form: &'a str,
    own: Vec<Row>,
    others: Option<Vec<Row>>,
}

/// Whose ways in somebody may see and end: their own, or everybody's where they give roles.
fn within(desk: &Desk) -> Option<PersonId> {
    (!desk.may("set-roles")).then(|| desk.me().clone())
}

/// The ways in that are open and that whoever asks may see.
pub(crate) fn open(desk: &Desk) -> Result<Vec<Access>, Trouble> {
    let settings = desk.host.settings();
    let ways = desk.host.ways(&settings.sessions);
    Ok(ways.open(within(desk).as_ref(), desk.now)?)
}

/// Ends one of them. It ends even where that cannot be recorded; whoever asked is told so then.
pub(crate) fn ended(desk: &mut Desk, id: &str) -> Result<Access, Trouble> {
    desk.must("see-own-work")?;
    let settings = desk.host.settings();
    let ended = desk
        .host
        .ways(&settings.sessions)
        .end(id, within(desk).as_ref(), desk.now)?;
    let ended = ended.ok_or(Trouble::Nothing)?;
    desk.act(vec![Command::RecordEnd {
        person: ended.person.clone(),
        what: ended.words(),
    }])?;
    Ok(ended)
}

fn row(t: Tongue, access: Access) -> Row {
    let what = match access.way {
        Way::Browser => t.say_of("access-browser", t.word("way", &access.by)),
        Way::CommandLine => t.say("access-command-line").into_owned(),
        Way::Token => t.say_of("access-token", &access.by),
    };
    let since = access.since.map(|at| t.say_of("access-since", t.short(at)));
    let seen = access.seen.map(|at| t.say_of("access-used", t.short(at)));
    let until = t.say_of("access-until", t.short(access.until));
    let times: Vec<String> = since.into_iter().chain(seen).chain([until]).collect();
    let times = times.join(" ");
    Row { access, what, times }
}

/// `GET /access`.
pub(crate) async fn page(visitor: Visitor) -> Response {
    let work = |desk: &mut Desk| {
        desk.must("see-own-work")?;
        let me = desk.me().clone();
        let (own, others): (Vec<Access>, Vec<Access>) = open(desk)?.into_iter().partition(|access| access.person == me);
        let body = AccessPage {
            t: desk.tongue,
            form: &desk.session.form,
            own: own.into_iter().map(|access| row(desk.tongue, access)).collect(),
            others: desk
                .may("set-roles")
                .then(|| others.into_iter().map(|access| row(desk.tongue, access)).collect()),
        };
        Ok(Reply::Page(Page {
            title: desk.tongue.say("access-title").into_owned(),
            tongue: desk.tongue,
            place: Place::None,
            banner: None,
            body: body.render()?,
        }))
    };
    visitor.answer(work).await
}

/// `POST /access`: ends one.
pub(crate) async fn end(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        ended(desk, fields.get("id"))?;
        Ok(Reply::To("/access".to_owned()))
    };
    posted.visitor.answer(work).await
}
