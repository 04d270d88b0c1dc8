//! What waits for the yes of a second person: the list, and what would follow from each, before anybody says yes to it.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, Query, RawQuery};
use axum::response::Response;
use entente_core::{Event, PendingId, PortionId};
use entente_desk::View;
use entente_desk::reading::Shown;
use entente_desk::second::{self, Row, Stand};

use super::about::{Wanted, known};
use super::acting::Words;
use super::answer::{Desk, Reply, Trouble};
use super::clock::Clock;
use super::fields::Fields;
use super::frame::{Page, Place, purposes};
use super::gate::{Posted, Visitor, escaped};
use super::giving::{Preview, brought};
use super::listing::{Cell, Column, Listing, words};
use super::mark::{Mark, banner_over};
use super::reports::read;
use super::tongue::Tongue;

const COLUMNS: &[Column] = &[
    words("id"),
    words("what"),
    words("report"),
    words("by"),
    words("given"),
    words("under"),
    words("state"),
];

fn list(desk: &Desk, rows: &[Row<'_>]) -> Listing {
    let row = |row: &Row<'_>| {
        vec![
            Cell::id(row.id.as_str()).to(format!("/pending/{}", escaped(row.id.as_str()))),
            Cell::said(row.say.as_str()),
            Cell::id(format!("{} v{}", row.report, row.version)),
            Cell::id(row.by.as_str()),
            Cell::moment(desk.tongue, Some(row.at)),
            Cell::id(joined(row.under)),
            Cell::said(stands(desk.tongue, row)).alarming(row.stand == Stand::Waits, "?", "ask"),
        ]
    };
    Listing {
        tongue: desk.tongue,
        what: "second",
        at: "/pending".to_owned(),
        also: Vec::new(),
        columns: COLUMNS,
        rows: rows.iter().map(row).collect(),
        banner: None,
        command: "entente pending list",
        next: None,
    }
}

fn joined(names: &BTreeSet<impl ToString>) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn stands(t: Tongue, row: &Row<'_>) -> String {
    match row.stand {
        Stand::Waits => t.say_of("pending-waits-until", t.short(row.ends)),
        other => t.word("pending", other.word()).into_owned(),
    }
}

#[derive(Template)]
#[template(path = "pendings.html")]
struct Pendings {
    t: Tongue,
    headline: String,
    list: String,
}

/// `GET /pending`.
pub(crate) async fn listing(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let wanted = Fields::of_query(query.as_deref().unwrap_or_default());
    let work = move |desk: &mut Desk| {
        desk.must("second-release")?;
        let moment = desk.moment();
        let rows = second::list(&moment, &View::of(Some(desk.me()), None, desk.now));
        let list = match list(desk, &rows).reply(&wanted)? {
            Ok(list) => list,
            Err(file) => return Ok(file),
        };
        let waiting = |row: &&Row<'_>| row.stand == Stand::Waits && row.by != desk.me();
        let t = desk.tongue;
        let headline = t.count("second-waiting", rows.iter().filter(waiting).count());
        Ok(Reply::Page(Page {
            title: t.say("second-title").into_owned(),
            tongue: t,
            place: Place::Requests,
            banner: None,
            body: Pendings { t, headline, list }.render()?,
        }))
    };
    visitor.answer(work).await
}

/// Another text that would be told instead of a portion.
struct Instead {
    portion: String,
    mark: Mark,
    text: String,
}

#[derive(Template)]
#[template(path = "pending.html")]
struct One<'o> {
    t: Tongue,
    id: &'o str,
    headline: String,
    by: &'o str,
    at: String,
    under: String,
    report: &'o str,
    version: u32,
    clock: Option<Clock>,
    /// The answer that was given.
    answered: Option<String>,
    waits: bool,
    /// Why nothing would follow from a yes, or why it is not for whoever looks to say it.
    not_theirs: Option<String>,
    preview: Preview,
    instead: Vec<Instead>,
    digest: &'o str,
    form: &'o str,
    reads_for: &'o str,
    purposes: Vec<(String, bool)>,
    reason: &'o str,
    trouble: Option<String>,
}

fn headline(t: Tongue, row: &Row<'_>) -> String {
    let mut say = row.say.chars();
    let say: String = say
        .next()
        .map(|first| first.to_uppercase().chain(say).collect())
        .unwrap_or_default();
    match row.stand {
        Stand::Waits => t.say_of("pending-head-waits", say),
        Stand::Approved => t.say_of("pending-head-approved", say),
        Stand::Declined => t.say_of("pending-head-declined", say),
        Stand::Expired => t.say_of("pending-head-expired", say),
    }
}

/// What of the report whoever looks may know: nothing where it is not for them.
fn may_know(desk: &mut Desk, row: (&entente_core::ReportId, u32), purpose: &str) -> Result<Option<Shown>, Trouble> {
    match read(desk, row.0, Some(row.1), purpose) {
        Ok(shown) => Ok(Some(shown)),
        Err(Trouble::Nothing) => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

fn instead(events: &[Event], known: &BTreeSet<PortionId>) -> Vec<Instead> {
    let given = events.iter().filter_map(|event| match event {
        Event::SubstituteGiven(given) if known.contains(&given.stands_for) => Some(Instead {
            portion: given.stands_for.to_string(),
            mark: Mark::of(&given.portion.mark),
            text: given.portion.text.clone(),
        }),
        _ => None,
    });
    given.collect()
}

/// The page of one of them. Texts are read for it, so only by somebody's own hand.
fn page(desk: &mut Desk, id: &str, typed: &Fields, trouble: Option<String>) -> Result<Page, Trouble> {
    let id = PendingId::new(id)?;
    let about = {
        let moment = desk.moment();
        let shown = second::shown(&moment, &id, &View::of(Some(desk.me()), None, desk.now));
        let shown = shown.ok_or(Trouble::Nothing)?;
        (shown.row.report.clone(), shown.row.version, shown.row.stand)
    };
    let reads_for = typed.get("purpose");
    let read = match about.2 {
        Stand::Waits => may_know(desk, (&about.0, about.1), reads_for)?,
        // What was answered has nothing more to be seen.
        _ => None,
    };
    let moment = desk.moment();
    let shown = second::shown(&moment, &id, &View::of(Some(desk.me()), None, desk.now)).ok_or(Trouble::Nothing)?;
    let known = read.as_ref().map(known).unwrap_or_default();
    let mut preview = Preview::default();
    let mut other = Vec::new();
    if let Some(would) = &shown.would {
        if let Some(read) = &read {
            preview = brought(desk, read, (&would.after, &would.events))?;
        }
        other = instead(&would.events, &known);
        let told = shown.leaving.iter().map(|(_, to)| to.as_str()).collect();
        let said = desk.effects_of(&shown.changes, told, shown.row.report, &known);
        preview.then.extend(said);
        let ends = std::mem::take(&mut preview.ends);
        preview.then.extend(ends);
    }
    let t = desk.tongue;
    let digest = shown.digest.as_deref().unwrap_or_default();
    let not_theirs = match (shown.row.stand, &shown.refused) {
        (Stand::Waits, Some(refused)) => Some(t.say_of("pending-nothing-follows", refused)),
        (Stand::Waits, None) => {
            let tried = approval(desk, &id, digest).and_then(|commands| desk.tried(&commands));
            tried
                .map_err(|trouble| trouble.into_said(t))
                .err()
                .map(|said| said.unwrap_or_else(|_| t.say("pending-not-yours").into_owned()))
        }
        _ => None,
    };
    let row = &shown.row;
    let body = One {
        t: desk.tongue,
        id: id.as_str(),
        headline: headline(t, row),
        by: row.by.as_str(),
        at: t.minute(row.at),
        under: joined(row.under),
        report: row.report.as_str(),
        version: row.version,
        clock: (row.stand == Stand::Waits).then(|| Clock::of(row.ends, desk.now, t)),
        answered: row.answered.map(|answered| {
            let reason = match answered.reason.as_str() {
                "" => String::new(),
                reason => format!(": “{reason}”"),
            };
            let said = t.with(
                "pending-answered",
                &[
                    ("word", t.word("pending", row.stand.word()).into()),
                    ("by", answered.by.to_string().into()),
                    ("at", t.minute(answered.at).into()),
                ],
            );
            format!("{said}{reason}")
        }),
        waits: row.stand == Stand::Waits,
        not_theirs,
        preview,
        instead: other,
        digest,
        form: &desk.session.form,
        reads_for,
        purposes: purposes(desk.state(), reads_for),
        reason: typed.get("reason"),
        trouble,
    };
    Ok(Page {
        title: t.say_of("pending-title", &id),
        tongue: desk.tongue,
        place: Place::Requests,
        banner: banner_over(read.as_ref().and_then(|read| read.banner.as_deref()).into_iter()),
        body: body.render()?,
    })
}

fn approval(desk: &Desk, id: &PendingId, digest: &str) -> Result<Vec<entente_core::Command>, Trouble> {
    let words = Words::default().text("pending", id.as_str()).text("digest", digest);
    Ok(desk.acting("approve-release", &words)?.commands)
}

/// `GET /pending/ID`.
pub(crate) async fn one(visitor: Visitor, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("second-release")?;
        if !desk.by_hand {
            return Ok(Reply::To("/pending".to_owned()));
        }
        let typed = Fields::new(vec![("purpose".to_owned(), wanted.purpose)]);
        Ok(Reply::Page(page(desk, &id, &typed, None)?))
    };
    visitor.answer(work).await
}

/// `POST /pending/ID`: the second person's yes to what the page showed, or a no with its reason.
pub(crate) async fn answer(Path(id): Path<String>, posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("second-release")?;
        let pending = PendingId::new(&id)?;
        let reason = fields.get("reason").trim();
        let done = match fields.get("digest") {
            "" if reason.is_empty() => Err(Trouble::Refused(desk.tongue.say("pending-why-not").into_owned())),
            "" => {
                let words = Words::default().text("pending", &id).text("reason", reason);
                desk.acting("decline-release", &words).map(|composed| composed.commands)
            }
            digest => approval(desk, &pending, digest),
        };
        match done
            .and_then(|commands| desk.act(commands))
            .map_err(|trouble| trouble.into_said(desk.tongue))
        {
            Ok(()) => Ok(Reply::To(format!("/pending/{}", escaped(&id)))),
            Err(Ok(said)) => Ok(Reply::Again(page(desk, &id, &fields, Some(said))?)),
            Err(Err(trouble)) => Err(trouble),
        }
    };
    posted.visitor.answer(work).await
}
