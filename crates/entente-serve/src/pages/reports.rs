//! Reports: the list, one report, and the search.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Path, Query, RawQuery};
use axum::response::Response;
use entente_core::{Command, PortionId, ReportId};
use entente_desk::View;
use entente_desk::around::{Around, around};
use entente_desk::lineage::drawn;
use entente_desk::reading::{Listed, Page as Part, Shown, ShownPortion, page, show};
use entente_marking::Purpose;
use serde::Deserialize;

use super::answer::{Desk, Reply, Trouble};
use super::embargo::{self, Word};
use super::fields::Fields;
use super::frame::{Banner, Page, Place, purposes};
use super::gate::{Posted, Visitor, escaped};
use super::listing::{Cell, Column, Listing, SHOWN, number, words};
use super::mark::{Mark, banner_over};
use super::picture;
use super::tongue::Tongue;

/// Reports that a search by one word finds at most; more words find fewer.
const MOST_FOUND: usize = 200;

/// A report in the list, with what one has to read it for.
pub(super) struct Row {
    pub(super) listed: Listed,
    pub(super) purpose: Option<String>,
    class: &'static str,
}

/// Everything that whoever is signed in may have something of, under any purpose that an arrangement names, in the order of ids.
///
/// # Errors
/// [`Trouble::NotYet`] just after the start of a node with many reports.
pub(super) fn rows(desk: &Desk) -> Result<Vec<Row>, Trouble> {
    Ok(part(desk, Part::default())?.0)
}

/// The first of them: what costs the same however many there are.
pub(super) fn first(desk: &Desk, limit: usize) -> Vec<Row> {
    let wanted = Part {
        limit: Some(limit),
        ..Part::default()
    };
    made(desk, wanted).0
}

/// A part of them, and whether more follow.
fn part(desk: &Desk, wanted: Part<'_>) -> Result<(Vec<Row>, bool), Trouble> {
    desk.await_lines(&wanted)?;
    Ok(made(desk, wanted))
}

fn made(desk: &Desk, wanted: Part<'_>) -> (Vec<Row>, bool) {
    let moment = desk.moment();
    let arrangements = desk.state().arrangements.values();
    let purposes: BTreeSet<Purpose> = arrangements
        .filter_map(|known| known.purposes.clone())
        .flatten()
        .collect();
    let (mut found, mut more): (BTreeMap<ReportId, Row>, bool) = (BTreeMap::new(), false);
    for purpose in std::iter::once(None).chain(purposes.iter().map(Some)) {
        let view = View::of(Some(desk.me()), purpose, desk.now);
        let listing = page(&moment, &view, wanted);
        more |= listing.more;
        for listed in listing.rows {
            let row = Row {
                class: super::style::class_of(listed.banner.as_deref().unwrap_or_default()),
                // Where one has to be stated, the first that opens it is.
                purpose: purpose.or(listed.purposes.first()).map(ToString::to_string),
                listed,
            };
            match found.entry(row.listed.id.clone()) {
                Entry::Vacant(new) => drop(new.insert(row)),
                Entry::Occupied(mut known) if known.get().listed.portions < row.listed.portions => {
                    known.insert(row);
                }
                Entry::Occupied(_) => {}
            }
        }
    }
    // The first of each purpose's first are the first of all.
    let limit = wanted.limit.unwrap_or(usize::MAX);
    more |= found.len() > limit;
    (found.into_values().take(limit).collect(), more)
}

/// The banner over a list: that of its highest rows.
pub(super) fn banner_of(rows: &[Row]) -> Option<Banner> {
    banner_over(rows.iter().filter_map(|row| row.listed.banner.as_deref()))
}

const COLUMNS: &[Column] = &[
    words("id"),
    words("title"),
    words("from"),
    number("portions"),
    words("for"),
    words("standing"),
];

/// The list of these reports.
fn list_of(desk: &Desk, (rows, more): (&[Row], bool), asked: Option<&str>) -> Listing {
    let row = |row: &Row| {
        let listed = &row.listed;
        let mut address = format!("/reports/{}", escaped(listed.id.as_str()));
        if let Some(purpose) = &row.purpose {
            address.push_str(&format!("?purpose={}", escaped(purpose)));
        }
        vec![
            Cell::id(format!("{} v{}", listed.id, listed.version)).to(address),
            match listed.title == listed.id.as_str() {
                true => Cell::id(listed.title.as_str()),
                false => Cell::quoted(listed.title.as_str()),
            }
            .with(listed.banner.clone().unwrap_or_default(), row.class),
            Cell::id(listed.originator.as_str()),
            Cell::count(listed.portions),
            Cell::said(match &row.purpose {
                Some(purpose) => purpose.clone(),
                None => desk.tongue.say("reports-anything").into_owned(),
            }),
            Cell::said(desk.tongue.word("standing", &listed.state)),
        ]
    };
    Listing {
        tongue: desk.tongue,
        what: if asked.is_some() { "found" } else { "reports" },
        at: if asked.is_some() { "/search" } else { "/reports" }.to_owned(),
        also: asked.map(|asked| ("q", asked.to_owned())).into_iter().collect(),
        columns: COLUMNS,
        rows: rows.iter().map(row).collect(),
        banner: banner_of(rows).map(|banner| banner.text),
        command: "entente report list --as PERSON",
        next: rows.last().filter(|_| more && asked.is_none()).map(|last| {
            let last = last.listed.id.as_str();
            format!("/reports?after={}", escaped(last))
        }),
    }
}

#[derive(Template)]
#[template(path = "reports.html")]
struct Reports<'r> {
    t: Tongue,
    headline: String,
    asked: Option<&'r str>,
    list: String,
    adds: bool,
}

fn page_of(
    desk: &Desk,
    (rows, more): (&[Row], bool),
    asked: Option<&str>,
    headline: String,
    wanted: &Fields,
) -> Result<Reply, Trouble> {
    let list = match list_of(desk, (rows, more), asked).reply(wanted)? {
        Ok(list) => list,
        Err(file) => return Ok(file),
    };
    let body = Reports {
        t: desk.tongue,
        headline,
        asked,
        list,
        adds: desk.may("add-report"),
    };
    Ok(Reply::Page(Page {
        title: match asked.is_some() {
            true => desk.tongue.say("reports-search"),
            false => desk.tongue.say("reports-title"),
        }
        .into_owned(),
        tongue: desk.tongue,
        place: Place::Reports,
        banner: banner_of(rows),
        body: body.render()?,
    }))
}

/// `GET /reports`.
pub(crate) async fn listing(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let wanted = Fields::of_query(query.as_deref().unwrap_or_default());
    let work = move |desk: &mut Desk| {
        desk.must("read")?;
        // What is sorted, filtered or exported is all of it; what is only looked at is a part.
        let whole = ["sort", "filter", "as", "page"]
            .iter()
            .any(|name| !wanted.get(name).is_empty());
        let after = ReportId::new(wanted.get("after")).ok();
        let some = Part {
            after: after.as_ref(),
            limit: Some(SHOWN),
            search: None,
        };
        let (rows, more) = part(desk, if whole { Part::default() } else { some })?;
        let headline = match more || after.is_some() && !whole {
            true => desk.tongue.count("reports-more-than", rows.len()),
            false => desk.tongue.count("reports-for-you", rows.len()),
        };
        page_of(desk, (&rows, more), None, headline, &wanted)
    };
    visitor.answer(work).await
}

/// `GET /search`: ids, titles, marks and parties of what one may know. No suggestions, no scores.
pub(crate) async fn search(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let wanted = Fields::of_query(query.as_deref().unwrap_or_default());
    let work = move |desk: &mut Desk| {
        desk.must("read")?;
        let sought = wanted.get("q");
        let words: Vec<String> = sought.split_whitespace().take(8).map(str::to_lowercase).collect();
        // One word is found by walking no further than to what fits a page; of several, the others are looked for in what has the first.
        let found = Part {
            search: words.first().map(String::as_str),
            limit: (words.len() == 1).then_some(MOST_FOUND),
            after: None,
        };
        let (mut rows, more) = match words.is_empty() {
            true => (Vec::new(), false),
            false => part(desk, found)?,
        };
        rows.retain(|row| {
            let listed = &row.listed;
            let banner = listed.banner.as_deref().unwrap_or_default();
            let text = format!("{} {} {} {banner}", listed.id, listed.title, listed.originator).to_lowercase();
            !words.is_empty() && words.iter().all(|word| text.contains(word))
        });
        let headline = match (words.is_empty(), rows.len()) {
            (true, _) => desk.tongue.say("reports-sought").into_owned(),
            (false, n) if more => desk.tongue.count("reports-fits-more", n),
            (false, n) => desk.tongue.count("reports-fits", n),
        };
        page_of(desk, (&rows, more), Some(sought), headline, &wanted)
    };
    visitor.answer(work).await
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Wanted {
    version: Option<u32>,
    #[serde(default)]
    purpose: String,
}

struct Portion<'p> {
    shown: &'p ShownPortion,
    mark: Mark,
    tears: bool,
}

#[derive(Template)]
#[template(path = "report.html")]
struct Report<'r> {
    t: Tongue,
    report: &'r Shown,
    portions: Vec<Portion<'r>>,
    around: &'r Around,
    of: usize,
    purpose: &'r str,
    purposes: Vec<(String, bool)>,
    history: Vec<(String, &'r str, &'r str)>,
    decides: bool,
    releases: bool,
    embargoes: Vec<Word>,
    lineage: String,
}

#[derive(Template)]
#[template(path = "open.html")]
struct Open<'o> {
    t: Tongue,
    form: &'o str,
    id: &'o str,
    purpose: &'o str,
}

/// `GET /reports/ID`. A text is shown only to somebody's own request; to any other, a page with one button.
pub(crate) async fn one(visitor: Visitor, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("read")?;
        match desk.by_hand {
            true => opened(desk, &id, &wanted),
            false => {
                let body = Open {
                    t: desk.tongue,
                    form: &desk.session.form,
                    id: &id,
                    purpose: &wanted.purpose,
                };
                Ok(Reply::Page(Page {
                    title: desk.tongue.say("open-title").into_owned(),
                    tongue: desk.tongue,
                    place: Place::Reports,
                    banner: None,
                    body: body.render()?,
                }))
            }
        }
    };
    visitor.answer(work).await
}

/// `POST /reports/ID`: the button.
pub(crate) async fn open(Path(id): Path<String>, posted: Posted) -> Response {
    let wanted = Wanted {
        version: None,
        purpose: posted.fields.get("purpose").to_owned(),
    };
    posted
        .visitor
        .answer(move |desk: &mut Desk| {
            desk.must("read")?;
            opened(desk, &id, &wanted)
        })
        .await
}

/// What of a report is for whoever asks. It is shown to nobody before that is on record.
pub(crate) fn seen(desk: &Desk, id: &ReportId, version: Option<u32>, purpose: &str) -> Result<Shown, Trouble> {
    let stated = Some(purpose).filter(|text| !text.is_empty()).map(Purpose::new);
    let view = View::of(Some(desk.me()), stated.as_ref(), desk.now);
    Ok(show(&desk.moment(), id, version, &view)?)
}

/// Reads a report for whoever asks. Nothing is shown that is not on record: what was decided is recorded, then shown.
pub(crate) fn read(desk: &mut Desk, id: &ReportId, version: Option<u32>, purpose: &str) -> Result<Shown, Trouble> {
    let stated = Some(purpose).filter(|text| !text.is_empty()).map(Purpose::new);
    let me = desk.me().clone();
    let shown = seen(desk, id, version, purpose)?;
    if !shown.portions.is_empty() && desk.host.first_opening(&desk.session, &shown, purpose) {
        let record = Command::RecordOpening {
            report: id.clone(),
            version: Some(shown.version),
            reader: me,
            purpose: stated,
        };
        if let Err(trouble) = desk.act(vec![record]) {
            desk.host.forget_opening(&desk.session, &shown, purpose);
            return Err(trouble);
        }
    }
    Ok(shown)
}

fn opened(desk: &mut Desk, id: &str, wanted: &Wanted) -> Result<Reply, Trouble> {
    let id = ReportId::new(id)?;
    let shown = read(desk, &id, wanted.version, &wanted.purpose)?;
    let purpose = Some(wanted.purpose.as_str())
        .filter(|text| !text.is_empty())
        .map(Purpose::new);
    let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
    let moment = desk.moment();
    let known: BTreeSet<PortionId> = shown.portions.iter().map(|portion| portion.id.clone()).collect();
    let around = match desk.may("distribute") {
        true => around(&moment, &view, (&id, shown.version), &known)?,
        false => Around::default(),
    };
    Ok(Reply::Page(page_of_one(desk, &shown, &around, &wanted.purpose)?))
}

/// What it rests on and what rests on it, as far as whoever looks may know those texts.
fn lineage(desk: &Desk, shown: &Shown, purpose: &str) -> Result<String, Trouble> {
    let held = desk.state().reports.get(&shown.id);
    let Some(report) = held.and_then(|held| held.version(Some(shown.version))) else {
        return Ok(String::new());
    };
    let purpose = Some(purpose).filter(|text| !text.is_empty()).map(Purpose::new);
    let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
    let known: BTreeSet<PortionId> = shown.portions.iter().map(|portion| portion.id.clone()).collect();
    let drawn = drawn(&desk.moment(), &view, report, &known);
    let home = desk.state().home.as_ref().map(entente_core::PartyPath::as_str);
    Ok(picture::lineage(
        desk.tongue,
        &drawn,
        (shown.id.as_str(), shown.version),
        home,
    )?)
}

fn page_of_one(desk: &Desk, shown: &Shown, around: &Around, purpose: &str) -> Result<Page, Trouble> {
    let mut above = false;
    let portions: Vec<Portion<'_>> = shown
        .portions
        .iter()
        .map(|portion| Portion {
            mark: Mark::of(&portion.mark),
            tears: portion.tear_line && !std::mem::replace(&mut above, portion.tear_line),
            shown: portion,
        })
        .collect();
    let body = Report {
        t: desk.tongue,
        of: shown.portions.len(),
        history: around
            .history
            .iter()
            .map(|told| (desk.tongue.short(told.at), told.what.as_str(), told.who.as_str()))
            .collect(),
        report: shown,
        portions,
        around,
        purpose,
        purposes: purposes(desk.state(), purpose),
        decides: desk.may("record-decision") && !shown.portions.is_empty(),
        embargoes: embargo::words(desk, shown),
        lineage: lineage(desk, shown, purpose)?,
        releases: desk.may("release") && !shown.portions.is_empty(),
    };
    Ok(Page {
        title: shown.id.to_string(),
        tongue: desk.tongue,
        place: Place::Reports,
        banner: banner_over(shown.banner.as_deref().into_iter()),
        body: body.render()?,
    })
}
