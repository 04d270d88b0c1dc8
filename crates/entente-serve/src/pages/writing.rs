//! Writing a report: its banner and what stands in the way are shown while it is written, who could read it before it is added.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use entente_core::{Command, Fact, PortionId, ReportId};
use entente_desk::around::{ReaderRow, readers};
use entente_desk::composing::{
    Paragraph, Written, completions, could_have, marking, mended, paragraphs, resting, written,
};
use entente_desk::proposing::proposed;
use entente_desk::reading::{Reader, marked};
use entente_desk::{Moment, View};
use entente_marking::Purpose;

use super::acting::{Words, seal};
use super::answer::{Desk, Reply, Trouble};
use super::drafting::{Draft, NotKept};
use super::fields::Fields;
use super::frame::{Banner, Page, Place};
use super::gate::{Posted, Visitor};
use super::mark::banner_over;
use super::reports::first;
use super::tongue::Tongue;

/// Portions of other reports that are offered to rest on: what fits a list to choose from.
const MOST_BASES: usize = 200;

/// Reports of which marks and portions are offered, the first of the list: each is decided about anew for the page.
const MOST_REPORTS: usize = 40;

/// What there is before anything was typed.
const BEGINNING: &str = "---\nid: \ntitle: \nscheme: us-ic\n---\n\n";

/// A party and how many portions it could have.
struct Could {
    party: String,
    portions: usize,
    without: String,
}

/// What adding the report would do.
#[derive(Default)]
struct Adding {
    readers: Vec<ReaderRow>,
    parties: Vec<Could>,
    /// Why it cannot be added, although nothing is wrong with the text.
    refused: Option<String>,
}

/// What is made anew while somebody writes.
#[derive(Template)]
#[template(path = "written.html")]
struct Checked<'w> {
    t: Tongue,
    found: &'w Written,
    banner: Option<Banner>,
    of: usize,
    adding: Adding,
    facts: Vec<Fact>,
    keeps_facts: bool,
    bears: String,
}

#[derive(Template)]
#[template(path = "write.html")]
struct Write<'w> {
    t: Tongue,
    form: &'w str,
    text: &'w str,
    typed: &'w Fields,
    checked: String,
    bases: Vec<(String, Vec<String>)>,
    paragraphs: String,
    marks: String,
    drafts: Vec<Kept>,
    /// The draft that is being written, where it was kept.
    draft: &'w str,
    kept: Option<String>,
    trouble: Option<String>,
}

/// A draft in a list.
struct Kept {
    id: String,
    name: String,
    at: String,
    here: bool,
}

/// Marks to choose from.
#[derive(Template)]
#[template(path = "marks.html")]
struct Marks {
    marks: Vec<String>,
}

/// The paragraphs to choose from.
#[derive(Template)]
#[template(path = "paragraphs.html")]
struct Options {
    t: Tongue,
    paragraphs: Vec<Paragraph>,
}

fn options(t: Tongue, text: &str) -> Result<String, askama::Error> {
    let paragraphs = paragraphs(text);
    Options { t, paragraphs }.render()
}

/// A report that whoever writes may know of: its version, and the portions that are theirs, each with its mark.
struct Known {
    id: ReportId,
    version: u32,
    portions: Vec<(PortionId, String)>,
}

/// The first reports that whoever writes may know, under the purposes that open them.
fn texts(desk: &Desk) -> Vec<Known> {
    let moment = desk.moment();
    let rows = first(desk, MOST_REPORTS);
    let purposes: BTreeSet<Option<Purpose>> = rows
        .iter()
        .map(|row| row.purpose.as_deref().map(Purpose::new))
        .collect();
    let mut readers = BTreeMap::new();
    for purpose in &purposes {
        let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
        readers.insert(purpose, (Reader::new(&moment, &view), view));
    }
    let found = rows.into_iter().filter_map(|row| {
        let (reader, view) = readers.get_mut(&row.purpose.as_deref().map(Purpose::new))?;
        let (version, portions) = marked(&moment, reader, &row.listed.id, view).ok()?;
        Some(Known {
            id: row.listed.id,
            version,
            portions,
        })
    });
    found.collect()
}

/// The marks that are offered for what is typed: those of texts that whoever writes may know.
fn marks(desk: &Desk, known: &[Known], text: &str, begun: &str) -> Result<String, Trouble> {
    let known = known.iter().flat_map(|report| &report.portions);
    let schemes = &desk.pinned.library().schemes;
    let marks = completions(schemes, text, begun, known.map(|(_, mark)| mark.as_str()));
    Ok(Marks { marks }.render()?)
}

impl From<NotKept> for Trouble {
    fn from(error: NotKept) -> Self {
        Self::Broken(error.to_string())
    }
}

/// The drafts of whoever is signed in.
fn drafts(desk: &Desk) -> Result<Vec<Draft>, Trouble> {
    Ok(desk.host.drafts.of(desk.pinned.store(), desk.me(), desk.now)?)
}

/// What the address says.
#[derive(serde::Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    draft: String,
}

/// `GET /write`, and with `draft` the text of one that was kept.
pub(crate) async fn page(visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("add-report")?;
        // A draft is text: it is shown to its author's own hand only.
        if !wanted.draft.is_empty() && !desk.by_hand {
            return Ok(Reply::To("/write".to_owned()));
        }
        let kept = drafts(desk)?.into_iter();
        let draft = kept
            .filter(|draft| draft.id == wanted.draft)
            .map(|draft| draft.text)
            .next();
        let typed = match draft {
            Some(_) => Fields::new(vec![("draft".to_owned(), wanted.draft)]),
            None => Fields::default(),
        };
        let text = draft.as_deref().unwrap_or(BEGINNING);
        Ok(Reply::Page(formed(desk, text, &typed, None)?))
    };
    visitor.answer(work).await
}

/// `POST /write/marks`: what completes a mark that is being typed.
pub(crate) async fn complete(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("add-report")?;
        let text = plain(fields.get("text"));
        let banner = banner_over(look(desk, &text).banner.as_deref().into_iter());
        Ok(Reply::Part(
            banner,
            marks(desk, &texts(desk), &text, fields.get("mark"))?,
        ))
    };
    posted.visitor.answer(work).await
}

/// `POST /write/check`: the part that is made anew.
pub(crate) async fn check(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("add-report")?;
        let text = plain(fields.get("text"));
        let (mut part, banner) = checked(desk, &text, &fields)?;
        let options = options(desk.tongue, &text)?;
        part.push_str(&format!(
            "<select id=\"paragraph\" name=\"paragraph\" class=\"wide\" hx-swap-oob=\"true\">{options}</select>"
        ));
        Ok(Reply::Part(banner, part))
    };
    posted.visitor.answer(work).await
}

/// Lines as they are counted here; browsers send them with both ends.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// `POST /write`: checks the text, mends it, lets it rest on something, or adds the report once its check was shown.
pub(crate) async fn post(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("add-report")?;
        let text = plain(fields.get("text"));
        if let Ok(which) = fields.get("fix").parse() {
            let found = look(desk, &text);
            return Ok(Reply::Page(formed(
                desk,
                &mended(&text, &found.flaws, which),
                &fields,
                None,
            )?));
        }
        if fields.get("do") == "rest" {
            let line = fields.get("paragraph").parse().unwrap_or_default();
            let with = resting(&text, line, fields.get("base")).filter(|_| !fields.get("base").is_empty());
            let said = with
                .is_none()
                .then(|| desk.tongue.say("write-choose-base").into_owned());
            return Ok(match with {
                Some(with) => Reply::Page(formed(desk, &with, &fields, None)?),
                None => Reply::Again(formed(desk, &text, &fields, said)?),
            });
        }
        if let Some(reply) = beside(desk, &text, &fields)? {
            return Ok(reply);
        }
        let bears = fields.get("shown");
        if bears.is_empty() || bears != sealed(desk, &text, &fields) {
            return Ok(Reply::Page(formed(desk, &text, &fields, None)?));
        }
        let added = composed(desk, &text, &fields).and_then(|(commands, id)| desk.act(commands).map(|()| id));
        match added.map_err(|trouble| trouble.into_said(desk.tongue)) {
            Ok(id) => {
                desk.host
                    .drafts
                    .drop_of(desk.pinned.store(), desk.me(), fields.get("draft"))?;
                Ok(Reply::To(format!("/reports/{id}")))
            }
            Err(Ok(said)) => Ok(Reply::Again(formed(desk, &text, &fields, Some(said))?)),
            Err(Err(trouble)) => Err(trouble),
        }
    };
    posted.visitor.answer(work).await
}

/// What is done beside the text: a mark for a paragraph, and drafts.
fn beside(desk: &Desk, text: &str, fields: &Fields) -> Result<Option<Reply>, Trouble> {
    match fields.get("do") {
        "mark" => {
            let line = fields.get("paragraph").parse().unwrap_or_default();
            let mark = fields.get("mark").trim();
            let with = marking(text, line, mark).filter(|_| !mark.is_empty());
            let said = with
                .is_none()
                .then(|| desk.tongue.say("write-choose-mark").into_owned());
            Ok(Some(match with {
                Some(with) => Reply::Page(formed(desk, &with, fields, None)?),
                None => Reply::Again(formed(desk, text, fields, said)?),
            }))
        }
        "keep" => {
            let draft = desk
                .host
                .drafts
                .keep(desk.pinned.store(), desk.me(), (fields.get("draft"), text), desk.now)?;
            Ok(Some(Reply::To(format!("/write?draft={}", draft.id))))
        }
        "drop" => {
            desk.host
                .drafts
                .drop_of(desk.pinned.store(), desk.me(), fields.get("draft"))?;
            Ok(Some(Reply::To("/write".to_owned())))
        }
        _ => Ok(None),
    }
}

fn look(desk: &Desk, text: &str) -> Written {
    written(&desk.moment(), text, &View::of(Some(desk.me()), None, desk.now))
}

/// What the button that adds the report bears: the text, and who could read none of it when it was checked.
fn sealed(desk: &Desk, text: &str, typed: &Fields) -> String {
    let found = look(desk, text);
    let adding = adding(desk, &found, text, typed);
    bears(&found, &adding, text)
}

fn bears(found: &Written, adding: &Adding, text: &str) -> String {
    let nobody: Vec<&str> = found.nobody.iter().map(|empty| empty.portion.as_str()).collect();
    match found.report.is_some() && adding.refused.is_none() {
        true => seal(&(text, &found.banner, nobody)),
        false => String::new(),
    }
}

fn composed(desk: &Desk, text: &str, typed: &Fields) -> Result<(Vec<Command>, String), Trouble> {
    let words = Words::default()
        .text("text", text)
        .text("new_lineage", typed.get("new_lineage"))
        .text("after_recall", typed.get("after_recall"));
    let mut composed = desk.acting("add-report", &words)?;
    if typed.get("facts") == "yes"
        && let Some(report) = look(desk, text).report
    {
        let (report, facts) = (report.id.clone(), facts(&report.portions)?);
        composed.commands.push(Command::SetFacts { report, facts });
    }
    Ok((composed.commands, composed.id.unwrap_or_default()))
}

/// The facts that are proposed, a sentence each. What a sentence tells of a source is for whoever keeps that source.
fn facts(portions: &[entente_core::Portion]) -> Result<Vec<Fact>, Trouble> {
    let found = proposed(portions, &Default::default(), |_| None);
    found.map_err(|error| Trouble::Unreadable(error.to_string()))
}

/// Who could read the report, were it added.
fn adding(desk: &Desk, found: &Written, text: &str, typed: &Fields) -> Adding {
    let Some(report) = &found.report else {
        return Adding::default();
    };
    let tried = composed(desk, text, typed).and_then(|(commands, _)| desk.tried(&commands));
    let planned = match tried.map_err(|trouble| trouble.into_said(desk.tongue)) {
        Ok(planned) => planned,
        Err(said) => {
            return Adding {
                refused: Some(said.unwrap_or_else(|_| desk.tongue.say("write-cannot").into_owned())),
                ..Adding::default()
            };
        }
    };
    let after = Moment::of(planned.after.state(), planned.after.rules(), planned.after.library());
    let view = View::of(Some(desk.me()), None, desk.now);
    let all: BTreeSet<PortionId> = report.portions.iter().map(|portion| portion.id.clone()).collect();
    let parties = could_have(planned.after.state(), report, &after.context(desk.now));
    let parties = parties.into_iter().map(|(party, open)| {
        let without: Vec<&str> = all.difference(&open).map(PortionId::as_str).collect();
        Could {
            party: party.to_string(),
            portions: open.len(),
            without: without.join(", "),
        }
    });
    Adding {
        // Who is here is for whoever keeps a distribution.
        readers: match desk.may("distribute") {
            true => readers(&after, &view, (&report.id, report.version), &all).unwrap_or_default(),
            false => Vec::new(),
        },
        parties: match desk.may("see-partners") {
            true => parties.collect(),
            false => Vec::new(),
        },
        refused: None,
    }
}

fn checked(desk: &Desk, text: &str, typed: &Fields) -> Result<(String, Option<Banner>), Trouble> {
    let found = look(desk, text);
    let banner = banner_over(found.banner.as_deref().into_iter());
    let adding = adding(desk, &found, text, typed);
    let part = Checked {
        t: desk.tongue,
        facts: match &found.report {
            Some(report) => facts(&report.portions)?,
            None => Vec::new(),
        },
        keeps_facts: typed.get("facts") == "yes",
        bears: bears(&found, &adding, text),
        banner: banner.clone(),
        of: found.report.as_ref().map_or(0, |report| report.portions.len()),
        adding,
        found: &found,
    };
    Ok((part.render()?, banner))
}

/// What a report can rest on: portions that whoever writes may know, by report.
fn bases(known: &[Known]) -> Vec<(String, Vec<String>)> {
    let (mut found, mut count) = (Vec::new(), 0);
    for report in known.iter().filter(|report| !report.portions.is_empty()) {
        let named = |(portion, _): &(PortionId, String)| named(&report.id, report.version, portion);
        let portions: Vec<String> = report.portions.iter().take(MOST_BASES - count).map(named).collect();
        count += portions.len();
        found.push((report.id.to_string(), portions));
        if count >= MOST_BASES {
            break;
        }
    }
    found
}

fn named(report: &ReportId, version: u32, portion: &PortionId) -> String {
    format!("{report} v{version} {portion}")
}

fn formed(desk: &Desk, text: &str, typed: &Fields, trouble: Option<String>) -> Result<Page, Trouble> {
    let (part, banner) = checked(desk, text, typed)?;
    let drafts = drafts(desk)?;
    let known = texts(desk);
    let body = Write {
        t: desk.tongue,
        form: &desk.session.form,
        text,
        typed,
        checked: part,
        bases: bases(&known),
        paragraphs: options(desk.tongue, text)?,
        marks: marks(desk, &known, text, typed.get("mark"))?,
        drafts: drafts
            .iter()
            .map(|draft| Kept {
                id: draft.id.clone(),
                name: draft
                    .name()
                    .unwrap_or_else(|| desk.tongue.say("write-unnamed").into_owned()),
                at: desk.tongue.short(draft.kept),
                here: draft.id == typed.get("draft"),
            })
            .collect(),
        draft: typed.get("draft"),
        kept: drafts.iter().find(|draft| draft.id == typed.get("draft")).map(|draft| {
            let t = desk.tongue;
            t.pair("write-kept", t.minute(draft.kept), t.minute(draft.ends()))
        }),
        trouble,
    };
    Ok(Page {
        title: desk.tongue.say("write-title").into_owned(),
        tongue: desk.tongue,
        place: Place::Write,
        banner,
        body: body.render()?,
    })
}
