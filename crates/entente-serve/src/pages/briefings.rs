//! Briefings: preparing one, its two papers, and what was said.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use entente_core::{Briefing, BriefingId, handle};
use entente_desk::briefing::{NOTHING, SpeakersPaper, TablePaper, speakers_paper, table_paper};
use entente_desk::cases;
use entente_desk::reading::Listed;

use super::acting::{Words, names};
use super::answer::{Desk, Reply, Trouble};
use super::fields::Fields;
use super::frame::{Page, Place, purposes};
use super::gate::{Posted, Visitor, escaped};
use super::listing::{Cell, Column, Listing, number, words};
use super::mark::{Mark, banner_over};
use super::reports::{first, read};
use super::tongue::Tongue;

/// Reports that can be chosen on the page; more by command.
const MOST_REPORTS: usize = 100;

const COLUMNS: &[Column] = &[
    words("id"),
    words("prepared"),
    words("to"),
    words("for"),
    words("about"),
    number("beyond"),
];

#[derive(Template)]
#[template(path = "briefings.html")]
struct Briefings<'b> {
    t: Tongue,
    headline: String,
    form: &'b str,
    typed: &'b Fields,
    list: String,
    reports: Vec<(Listed, bool)>,
    audiences: Vec<(String, bool)>,
    purposes: Vec<(String, bool)>,
    trouble: Option<String>,
}

/// `GET /briefings`: those in which whoever is signed in speaks.
pub(crate) async fn listing(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let wanted = Fields::of_query(query.as_deref().unwrap_or_default());
    let work = move |desk: &mut Desk| {
        desk.must("brief")?;
        match list(desk).reply(&wanted)? {
            Ok(list) => Ok(Reply::Page(formed(desk, list, &Fields::default(), None)?)),
            Err(file) => Ok(file),
        }
    };
    visitor.answer(work).await
}

fn list(desk: &Desk) -> Listing {
    let own = desk
        .state()
        .briefings
        .values()
        .filter(|briefing| briefing.speaker == *desk.me());
    let row = |briefing: &Briefing| {
        let to: Vec<&str> = briefing.audience.iter().map(entente_core::PersonId::as_str).collect();
        let about: Vec<String> = briefing
            .reports
            .iter()
            .map(|(id, version)| format!("{id} v{version}"))
            .collect();
        let beyond = cases::beyond(desk.state(), &briefing.id).map_or(0, |beyond| beyond.len());
        let purpose = briefing.purpose.as_ref().map(ToString::to_string).unwrap_or_default();
        vec![
            Cell::id(briefing.id.as_str()).to(format!("/briefings/{}", escaped(briefing.id.as_str()))),
            Cell::moment(desk.tongue, Some(briefing.prepared)),
            Cell::id(to.join(", ")),
            Cell::said(purpose),
            Cell::id(about.join(", ")),
            Cell::count(beyond),
        ]
    };
    let mut own: Vec<&Briefing> = own.collect();
    own.sort_by_key(|briefing| std::cmp::Reverse(briefing.prepared));
    Listing {
        tongue: desk.tongue,
        what: "briefings",
        at: "/briefings".to_owned(),
        also: Vec::new(),
        columns: COLUMNS,
        rows: own.into_iter().map(row).collect(),
        banner: None,
        command: "entente brief new --report REPORT --to PERSON --speaker YOU",
        next: None,
    }
}

fn formed(desk: &Desk, list: String, typed: &Fields, trouble: Option<String>) -> Result<Page, Trouble> {
    let chosen: BTreeSet<&str> = typed.all("reports").collect();
    let reports = first(desk, MOST_REPORTS).into_iter();
    let reports: Vec<(Listed, bool)> = reports
        .map(|row| {
            let here = chosen.contains(row.listed.id.as_str());
            (row.listed, here)
        })
        .collect();
    let audience = typed.get("audience");
    let audiences = desk.state().audiences.keys().map(ToString::to_string);
    let body = Briefings {
        t: desk.tongue,
        headline: desk.tongue.say("briefings-whom").into_owned(),
        form: &desk.session.form,
        typed,
        list,
        audiences: audiences.map(|name| (name.clone(), name == audience)).collect(),
        purposes: purposes(desk.state(), typed.get("purpose")),
        trouble,
        reports,
    };
    let banner = banner_over(body.reports.iter().filter_map(|(listed, _)| listed.banner.as_deref()));
    Ok(Page {
        title: desk.tongue.say("nav-briefings").into_owned(),
        tongue: desk.tongue,
        place: Place::Briefings,
        banner,
        body: body.render()?,
    })
}

/// `POST /briefings`: works out what may be said. Nobody outside is told.
pub(crate) async fn prepare(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("brief")?;
        let words = Words::default()
            .texts("reports", fields.all("reports"))
            .texts("people", names(fields.get("people")))
            .text("audience", fields.get("audience"))
            .text("purpose", fields.get("purpose"));
        let done = desk.acting("brief", &words).and_then(|composed| {
            desk.act(composed.commands)?;
            Ok(composed.id.unwrap_or_default())
        });
        match done.map_err(|trouble| trouble.into_said(desk.tongue)) {
            Ok(id) => Ok(Reply::To(format!("/briefings/{}", escaped(&id)))),
            Err(Ok(said)) => {
                let list = list(desk).reply(&Fields::default())?.unwrap_or_default();
                Ok(Reply::Again(formed(desk, list, &fields, Some(said))?))
            }
            Err(Err(trouble)) => Err(trouble),
        }
    };
    posted.visitor.answer(work).await
}

/// A text on a paper, set.
struct Item {
    mark: Mark,
    text: String,
    name: String,
    notes: Vec<String>,
}

#[derive(Template)]
#[template(path = "briefing.html")]
struct OneBriefing<'b> {
    t: Tongue,
    id: &'b str,
    headline: String,
    form: &'b str,
    now: String,
    prepared: String,
    paper: &'b SpeakersPaper,
    speakers: String,
    table: String,
    /// What can be noted as said: its name, how it is shown, whether it may be said, whether it is ticked.
    items: Vec<(String, String, bool, bool)>,
    records: bool,
    typed: &'b Fields,
    trouble: Option<String>,
    said: Vec<(String, bool, String)>,
}

#[derive(Template)]
#[template(path = "speakers.html")]
struct Speakers<'p> {
    t: Tongue,
    paper: &'p SpeakersPaper,
    prepared: String,
    can: Vec<Item>,
    cannot: Vec<Item>,
}

#[derive(Template)]
#[template(path = "table.html")]
struct Table {
    t: Tongue,
    items: Vec<Item>,
}

/// A briefing of whoever is signed in; that they are shown its texts is on record.
fn held(desk: &mut Desk, id: &str) -> Result<Briefing, Trouble> {
    let id = BriefingId::new(id)?;
    let briefing = desk
        .state()
        .briefings
        .get(&id)
        .filter(|briefing| briefing.speaker == *desk.me());
    let briefing = briefing.cloned().ok_or(Trouble::Nothing)?;
    let purpose = briefing.purpose.as_ref().map(ToString::to_string).unwrap_or_default();
    for (report, version) in &briefing.reports {
        match read(desk, report, Some(*version), &purpose) {
            // What is gone stands on no paper.
            Ok(_) | Err(Trouble::Nothing) => {}
            Err(trouble) => return Err(trouble),
        }
    }
    Ok(briefing)
}

fn papers(desk: &Desk, briefing: &Briefing) -> (SpeakersPaper, TablePaper) {
    let moment = desk.moment();
    let standing = handle::standing(desk.state(), briefing, &moment.context(desk.now));
    let library = desk.pinned.library();
    (
        speakers_paper(desk.state(), library, briefing, &standing),
        table_paper(desk.state(), library, briefing, &standing),
    )
}

fn speakers(t: Tongue, paper: &SpeakersPaper) -> Result<String, Trouble> {
    let can = paper.can_say.iter().map(|open| Item {
        mark: Mark::of(&open.text.mark),
        text: open.text.text.clone(),
        name: open.portion.portion.to_string(),
        notes: [
            open.text.handling.clone(),
            open.conditions.clone(),
            open.may_be_left
                .then(|| t.say("briefing-handed").into_owned())
                .into_iter()
                .collect(),
        ]
        .concat(),
    });
    let cannot = paper.do_not_say.iter().map(|closed| {
        let why = closed.item.why.first().cloned();
        let cost = closed
            .item
            .exposes
            .iter()
            .map(|party| t.say_of("briefing-source", party));
        let help = closed
            .item
            .remedies
            .first()
            .map(|remedy| t.say_of("briefing-change", remedy));
        Item {
            mark: Mark::of(&closed.text.mark),
            text: closed.text.text.clone(),
            name: closed.item.portion.portion.to_string(),
            notes: why.into_iter().chain(cost).chain(help).collect(),
        }
    });
    let part = Speakers {
        t,
        prepared: t.minute(paper.prepared),
        can: can.collect(),
        cannot: cannot.collect(),
        paper,
    };
    Ok(part.render()?)
}

fn table(t: Tongue, paper: &TablePaper) -> Result<String, Trouble> {
    let items = paper.texts.iter().map(|text| Item {
        mark: Mark::of(&text.mark),
        text: text.text.clone(),
        name: String::new(),
        notes: text.handling.clone(),
    });
    Ok(Table {
        t,
        items: items.collect(),
    }
    .render()?)
}

/// The banner of a paper; none where nothing of the reports stands on it.
fn banner_of(banner: &str) -> Option<super::frame::Banner> {
    banner_over(Some(banner).filter(|text| *text != NOTHING).into_iter())
}

fn headline(t: Tongue, paper: &SpeakersPaper) -> String {
    let to = t.count("briefing-to", paper.audience.len());
    match paper.can_say.len() {
        0 => t.say_of("briefing-nothing", to),
        1 => t.say_of("briefing-one", to),
        n => t.with("briefing-some", &[("name", to.into()), ("n", n.into())]),
    }
}

fn one_page(desk: &Desk, briefing: &Briefing, typed: &Fields, trouble: Option<String>) -> Result<Page, Trouble> {
    let (paper, left) = papers(desk, briefing);
    let t = desk.tongue;
    let both = [banner_of(&paper.banner), banner_of(&left.banner)];
    let sheet = |banner: &Option<super::frame::Banner>, body: String| {
        let (class, text) = match banner {
            Some(banner) => (banner.class, banner.text.clone()),
            None => ("none", t.say("briefing-unmarked").into_owned()),
        };
        let banner = Edge { class, text }.render();
        banner.map(|banner| format!("{banner}<div class=\"body\">{body}</div>{banner}"))
    };
    let items = paper.can_say.iter().map(|open| (&open.portion, true));
    let closed = paper.do_not_say.iter().map(|closed| (&closed.item.portion, false));
    let items = items.chain(closed).map(|(portion, can)| {
        let named = format!("{}/{}", portion.report, portion.portion);
        let here = typed.all("said").any(|known| known == named);
        (named, portion.portion.to_string(), can, here)
    });
    let recorded = desk.state().disclosures.values();
    let recorded = recorded.filter(|one| one.briefing.as_ref() == Some(&briefing.id));
    let said = recorded.map(|one| {
        let portions: Vec<&str> = one.portions.iter().map(entente_core::PortionId::as_str).collect();
        let permitted = one.permitted.values().all(|yes| *yes);
        (portions.join(", "), permitted, t.minute(one.at))
    });
    let body = OneBriefing {
        t: desk.tongue,
        id: briefing.id.as_str(),
        headline: headline(t, &paper),
        form: &desk.session.form,
        now: t.minute(desk.now),
        prepared: t.minute(briefing.prepared),
        speakers: sheet(&both[0], speakers(t, &paper)?)?,
        table: sheet(&both[1], table(t, &left)?)?,
        items: items.collect(),
        records: desk.may("disclose"),
        typed,
        trouble,
        said: said.collect(),
        paper: &paper,
    };
    Ok(Page {
        title: t.say_of("briefing-title", &briefing.id),
        tongue: desk.tongue,
        place: Place::Briefings,
        banner: banner_over(both.iter().flatten().map(|banner| banner.text.as_str())),
        body: body.render()?,
    })
}

/// The banner at the edge of a paper within a page.
#[derive(Template)]
#[template(source = "<p class=\"banner {{ class }}\">{{ text }}</p>", ext = "html")]
struct Edge<'e> {
    class: &'e str,
    text: String,
}

/// `GET /briefings/ID`.
pub(crate) async fn one(visitor: Visitor, Path(id): Path<String>) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("brief")?;
        if !desk.by_hand {
            return Ok(Reply::To("/briefings".to_owned()));
        }
        let briefing = held(desk, &id)?;
        Ok(Reply::Page(one_page(desk, &briefing, &Fields::default(), None)?))
    };
    visitor.answer(work).await
}

#[derive(Template)]
#[template(path = "paper.html")]
struct Paper<'p> {
    t: Tongue,
    id: &'p str,
    body: String,
}

/// `GET /briefings/ID/speaker` and `GET /briefings/ID/table`: one paper, under its own banner, to be printed.
pub(crate) async fn paper(visitor: Visitor, Path((id, whom)): Path<(String, String)>) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("brief")?;
        if !desk.by_hand {
            return Ok(Reply::To("/briefings".to_owned()));
        }
        let briefing = held(desk, &id)?;
        let (paper, left) = papers(desk, &briefing);
        let t = desk.tongue;
        let (banner, body, title) = match whom.as_str() {
            "speaker" => (
                banner_of(&paper.banner),
                speakers(t, &paper)?,
                t.say("briefing-for-the-speaker-alone"),
            ),
            "table" => (banner_of(&left.banner), table(t, &left)?, t.say("table-information")),
            _ => return Err(Trouble::Nothing),
        };
        let body = Paper {
            t: desk.tongue,
            id: briefing.id.as_str(),
            body,
        };
        Ok(Reply::Page(Page {
            title: title.into_owned(),
            tongue: desk.tongue,
            place: Place::Briefings,
            banner,
            body: body.render()?,
        }))
    };
    visitor.answer(work).await
}

/// `POST /briefings/ID/said`: notes what was said. Whether it was permitted is judged at the moment when it was.
pub(crate) async fn said(Path(id): Path<String>, posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("disclose")?;
        let briefing = held(desk, &id)?;
        let words = Words::default()
            .text("briefing", briefing.id.as_str())
            .texts("said", fields.all("said"))
            .text("at", fields.get("at"))
            .text("late", fields.get("late"))
            .text("lawful", fields.get("lawful"))
            .flag("unlawful", fields.get("unlawful") == "yes");
        let done = desk
            .acting("record-briefing", &words)
            .and_then(|composed| desk.act(composed.commands));
        match done.map_err(|trouble| trouble.into_said(desk.tongue)) {
            Ok(()) => Ok(Reply::To(format!("/briefings/{}#said", escaped(briefing.id.as_str())))),
            Err(Ok(said)) => Ok(Reply::Again(one_page(desk, &briefing, &fields, Some(said))?)),
            Err(Err(trouble)) => Err(trouble),
        }
    };
    posted.visitor.answer(work).await
}
