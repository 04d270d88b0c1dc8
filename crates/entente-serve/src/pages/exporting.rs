//! What of a report somebody may have, as a file in a format of others: shown first, recorded when it is taken.

use std::borrow::Cow;

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use entente_core::handle::Handover;
use entente_core::{Command, PartyPath};
use entente_desk::reading::Shown;
use entente_exchange::exporting::{NotExported, Receiver, outgoing, outgoing_of_known};
use entente_exchange::{Format, OutPortion, Outgoing, Row, Table, Writing, write};
use entente_marking::Purpose;
use entente_paper::Paper;
use serde::Serialize;

use super::about::{Wanted, first, held, known};
use super::acting::seal;
use super::answer::{Desk, Reply, Sent, Trouble};
use super::fields::Fields;
use super::frame::{Page, Place};
use super::gate::{Posted, Visitor};
use super::mark::banner_over;
use super::tongue::{Tongue, without_isolates};

/// The formats that are written here: the word in the form, what it is, the end of the file's name and its type.
const FORMS: [(&str, Format, &str, &str); 6] = [
    ("stix", Format::Stix, "json", "application/json"),
    ("misp", Format::Misp, "json", "application/json"),
    ("csaf", Format::Csaf, "json", "application/json"),
    ("csaf-2.1", Format::Csaf21, "json", "application/json"),
    ("xml", Format::Labelled, "xml", "application/xml"),
    ("markdown", Format::Markdown, "md", "text/markdown; charset=utf-8"),
];

/// The form for people: a numbered copy, under the number of the entry that records it. What will stand on it is shown as text.
const PAPER: (&str, Format, &str, &str) = ("pdf", Format::Markdown, "pdf", "application/pdf");

/// A file, before it is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Made {
    #[serde(rename = "for")]
    whom: String,
    banner: String,
    portions: Vec<String>,
    content: String,
    /// How `content` holds what is not text.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    table: Vec<Row>,
    #[serde(skip)]
    going: Box<Outgoing>,
}

#[derive(Template)]
#[template(path = "export.html")]
struct Export<'e> {
    t: Tongue,
    report: &'e str,
    version: u32,
    reads_for: &'e str,
    form: &'e str,
    typed: &'e Fields,
    forms: Vec<(&'static str, Cow<'static, str>, bool)>,
    to_parties: bool,
    made: Option<Made>,
    trouble: Option<String>,
}

impl Export<'_> {
    fn shown(&self) -> String {
        self.made.as_ref().map(seal).unwrap_or_default()
    }

    /// The beginning of the file: as much as one looks at before taking it.
    fn beginning(&self) -> (String, usize) {
        const LINES: usize = 60;
        let content = self.made.as_ref().map(|made| made.content.as_str()).unwrap_or_default();
        let lines: Vec<&str> = content.lines().take(LINES).collect();
        let more = content.lines().count().saturating_sub(lines.len());
        (lines.join("\n"), more)
    }
}

/// `GET /reports/ID/export`.
pub(crate) async fn page(visitor: Visitor, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("read")?;
        first(desk, &id, wanted, |desk, shown, typed| formed(desk, shown, typed, None))
    };
    visitor.answer(work).await
}

/// `POST /reports/ID/export`: shows the file, and gives it once that was shown and is on record.
pub(crate) async fn post(Path(id): Path<String>, posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("read")?;
        let shown = held(desk, &id, fields.get("purpose"))?;
        let tried = made(desk, &shown, &fields).and_then(|(made, record)| {
            desk.tried(std::slice::from_ref(&record))?;
            Ok((made, vec![record]))
        });
        let page = |desk: &Desk, said| formed(desk, &shown, &fields, Some(said));
        // Nothing leaves that is not on record.
        let made = match desk.once_shown(&fields, tried, seal, page)? {
            Ok(made) => made,
            Err(reply) => return Ok(reply),
        };
        let (word, _, end, kind) = form_of(desk, &fields)?;
        let bytes = match word == PAPER.0 {
            true => numbered(desk, &made.going)?,
            false => made.content.into_bytes(),
        };
        Ok(Reply::File(Sent {
            name: format!("{} {} for {}.{end}", made.banner, shown.id, made.whom),
            kind,
            bytes,
        }))
    };
    posted.visitor.answer(work).await
}

/// A copy on paper that says which one it is: whoever finds it can look up who took it, and when.
fn numbered(desk: &Desk, going: &Outgoing) -> Result<Vec<u8>, Trouble> {
    let entry = desk.recorded.unwrap_or_else(|| desk.pinned.moment().seq());
    let number = desk.tongue.pair("export-copy-number", entry, &going.by);
    let number = without_isolates(&number);
    let items = going.portions.iter().map(OutPortion::printed);
    let paper = Paper::copy_for(&going.to, (&going.title, &going.banner), Some(&number), items);
    let printed = paper.pdf().map_err(|error| Trouble::Broken(error.to_string()))?;
    Ok(printed.bytes)
}

/// What a program gets of a report, which is on record before it gets it.
pub(crate) fn of_program(desk: &mut Desk, id: &str, fields: &Fields) -> Result<Made, Trouble> {
    let shown = held(desk, id, fields.get("purpose"))?;
    let (mut made, record) = made(desk, &shown, fields)?;
    desk.act(vec![record])?;
    if fields.get("as") == PAPER.0 {
        made.content = STANDARD.encode(numbered(desk, &made.going)?);
        made.encoding = Some("base64");
    }
    Ok(made)
}

fn form_of(desk: &Desk, fields: &Fields) -> Result<(&'static str, Format, &'static str, &'static str), Trouble> {
    let mut known = FORMS.into_iter().chain([PAPER]);
    let meant = known.find(|(word, ..)| *word == fields.get("as"));
    meant.ok_or_else(|| Trouble::Refused(desk.tongue.say("export-choose").into_owned()))
}

/// The file for a party, or for whoever is signed in where none is named, and the record of it.
fn made(desk: &Desk, shown: &Shown, fields: &Fields) -> Result<(Made, Command), Trouble> {
    let (_, format, ..) = form_of(desk, fields)?;
    let moment = desk.moment();
    let known = known(shown);
    let purpose = Some(fields.get("purpose"))
        .filter(|text| !text.is_empty())
        .map(Purpose::new);
    let (going, record) = match fields.get("to").trim() {
        "" => {
            let me = Receiver::Person(desk.me().clone(), purpose.clone());
            let going = outgoing(&moment, &shown.id, &me, desk.now).map_err(not_exported)?;
            let record = Command::RecordOpening {
                report: shown.id.clone(),
                version: Some(going.version),
                reader: desk.me().clone(),
                purpose,
            };
            (going, record)
        }
        party => {
            let party = PartyPath::new(party).map_err(|error| Trouble::Refused(error.to_string()))?;
            let titled = shown.title != shown.id.as_str();
            let going = outgoing_of_known(&moment, &shown.id, &party, (&known, titled), desk.now);
            let going = going.map_err(not_exported)?;
            if let Some(recalled) = &going.recalled {
                return Err(Trouble::Refused(desk.tongue.pair("export-recalled", &party, recalled)));
            }
            let handover = Handover {
                portions: Some(going.portions.iter().map(|portion| portion.id.clone()).collect()),
                ..Handover::of(shown.id.clone(), party)
            };
            (going, Command::Export(handover))
        }
    };
    Ok((written(desk, going, format), record))
}

fn not_exported(error: NotExported) -> Trouble {
    match error {
        NotExported::NotFound(error) => error.into(),
        NotExported::Refused(refusal) => refusal.into(),
        NotExported::Nothing(..) => Trouble::Refused(error.to_string()),
    }
}

fn written(desk: &Desk, going: Outgoing, format: Format) -> Made {
    let place = Writing {
        schemes: desk.pinned.schemes(),
        state: desk.state(),
    };
    let mut table = Table::default();
    Made {
        content: write(format, &going, &place, &mut table),
        encoding: None,
        whom: going.to.clone(),
        banner: going.banner.clone(),
        portions: going.portions.iter().map(|portion| portion.id.to_string()).collect(),
        table: table.rows(),
        going: Box::new(going),
    }
}

fn formed(desk: &Desk, shown: &Shown, typed: &Fields, said: Option<Result<Made, String>>) -> Result<Page, Trouble> {
    let chosen = typed.get("as");
    let body = Export {
        t: desk.tongue,
        report: shown.id.as_str(),
        version: shown.version,
        reads_for: typed.get("purpose"),
        form: &desk.session.form,
        typed,
        forms: FORMS
            .into_iter()
            .map(|(word, format, ..)| (word, format.title().into(), word == chosen))
            .chain([(PAPER.0, desk.tongue.say("export-paper"), chosen == PAPER.0)])
            .collect(),
        to_parties: desk.may("deliver"),
        trouble: said.as_ref().and_then(|said| said.as_ref().err().cloned()),
        made: said.and_then(Result::ok),
    };
    Ok(Page {
        title: desk.tongue.say_of("export-title", &shown.id),
        tongue: desk.tongue,
        place: Place::Reports,
        banner: banner_over(shown.banner.as_deref().into_iter()),
        body: body.render()?,
    })
}
