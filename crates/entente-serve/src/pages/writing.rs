//! Writing a report: its banner and what stands in the way are shown while it is written, who could read it before it is added.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::Response;
use entente_core::{Command, PortionId, ReportId};
use entente_desk::around::{ReaderRow, readers};
use entente_desk::composing::{Paragraph, Written, could_have, mended, paragraphs, resting, written};
use entente_desk::reading::known;
use entente_desk::{Moment, View};

use super::acting::{Words, seal};
use super::answer::{Desk, Reply, Trouble};
use super::fields::Fields;
use super::frame::{Banner, Page, Place};
use super::gate::{Posted, Visitor};
use super::mark::banner_over;
use super::reports::rows;

/// Portions of other reports that are offered to rest on: what fits a list to choose from.
const MOST_BASES: usize = 200;

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
    found: &'w Written,
    banner: Option<Banner>,
    of: usize,
    adding: Adding,
    bears: String,
}

#[derive(Template)]
#[template(path = "write.html")]
struct Write<'w> {
    form: &'w str,
    text: &'w str,
    typed: &'w Fields,
    checked: String,
    bases: Vec<(String, Vec<String>)>,
    paragraphs: String,
    trouble: Option<String>,
}

/// The paragraphs to choose from.
#[derive(Template)]
#[template(path = "paragraphs.html")]
struct Options {
    paragraphs: Vec<Paragraph>,
}

fn options(text: &str) -> Result<String, askama::Error> {
    let paragraphs = paragraphs(text);
    Options { paragraphs }.render()
}

/// `GET /write`.
pub(crate) async fn page(visitor: Visitor) -> Response {
    let work = |desk: &mut Desk| {
        desk.must("add-report")?;
        Ok(Reply::Page(formed(desk, BEGINNING, &Fields::default(), None)?))
    };
    visitor.answer(work).await
}

/// `POST /write/check`: the part that is made anew.
pub(crate) async fn check(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("add-report")?;
        let text = plain(fields.get("text"));
        let (mut part, banner) = checked(desk, &text, &fields)?;
        let options = options(&text)?;
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
                .then(|| "Choose what rests on what: a paragraph and a portion.".to_owned());
            return Ok(match with {
                Some(with) => Reply::Page(formed(desk, &with, &fields, None)?),
                None => Reply::Again(formed(desk, &text, &fields, said)?),
            });
        }
        let bears = fields.get("shown");
        if bears.is_empty() || bears != sealed(desk, &text, &fields) {
            return Ok(Reply::Page(formed(desk, &text, &fields, None)?));
        }
        let added = composed(desk, &text, &fields).and_then(|(commands, id)| desk.act(commands).map(|()| id));
        match added.map_err(Trouble::into_said) {
            Ok(id) => Ok(Reply::To(format!("/reports/{id}"))),
            Err(Ok(said)) => Ok(Reply::Again(formed(desk, &text, &fields, Some(said))?)),
            Err(Err(trouble)) => Err(trouble),
        }
    };
    posted.visitor.answer(work).await
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
    let composed = desk.acting("add-report", &words)?;
    Ok((composed.commands, composed.id.unwrap_or_default()))
}

/// Who could read the report, were it added.
fn adding(desk: &Desk, found: &Written, text: &str, typed: &Fields) -> Adding {
    let Some(report) = &found.report else {
        return Adding::default();
    };
    let tried = composed(desk, text, typed).and_then(|(commands, _)| desk.tried(&commands));
    let planned = match tried.map_err(Trouble::into_said) {
        Ok(planned) => planned,
        Err(said) => {
            return Adding {
                refused: Some(said.unwrap_or_else(|_| "It cannot be added as things stand.".to_owned())),
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
        bears: bears(&found, &adding, text),
        banner: banner.clone(),
        of: found.report.as_ref().map_or(0, |report| report.portions.len()),
        adding,
        found: &found,
    };
    Ok((part.render()?, banner))
}

/// What a report can rest on: portions that whoever writes may know, by report.
fn bases(desk: &Desk) -> Vec<(String, Vec<String>)> {
    let moment = desk.moment();
    let (mut found, mut count) = (Vec::new(), 0);
    for row in rows(desk) {
        let purpose = row.purpose.as_deref().map(entente_marking::Purpose::new);
        let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
        let Ok((version, portions)) = known(&moment, &row.listed.id, None, &view) else {
            continue;
        };
        let named = |portion: &PortionId| named(&row.listed.id, version, portion);
        let portions: Vec<String> = portions.iter().take(MOST_BASES - count).map(named).collect();
        count += portions.len();
        found.push((row.listed.id.to_string(), portions));
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
    let body = Write {
        form: &desk.session.form,
        text,
        typed,
        checked: part,
        bases: bases(desk),
        paragraphs: options(text)?,
        trouble,
    };
    Ok(Page {
        title: "Write".to_owned(),
        place: Place::Write,
        banner,
        body: body.render()?,
    })
}
