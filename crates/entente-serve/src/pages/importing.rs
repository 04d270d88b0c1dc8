//! Taking in a file of others: what would become of it is shown before it is taken in.

use askama::Template;
use axum::response::Response;
use entente_core::{ArrangementId, Command, CommandRefusal, PartyPath, PersonId, unseen};
use entente_desk::reading::report_banner;
use entente_exchange::importing::{Came, REFUSED, Taken, became, step};
use entente_exchange::labelled::read;
use entente_exchange::{Known, Options, Place, Row, Table};
use entente_node::NodeError;
use serde::Serialize;

use super::acting::{names, seal};
use super::answer::{Desk, Reply, Trouble};
use super::fields::Fields;
use super::frame::{Page, Place as InMast};
use super::gate::Visitor;
use super::mark::banner_over;
use super::tongue::Tongue;
use super::upload::{File, MAX_UPLOAD, Uploaded};

/// What became of a file, or what would.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    reports: Vec<Taken>,
    table: Vec<Row>,
}

#[derive(Template)]
#[template(path = "import.html")]
struct Import<'i> {
    t: Tongue,
    form: &'i str,
    typed: &'i Fields,
    arrangements: Vec<(String, bool)>,
    most: usize,
    /// The file that waits, what would become of it, and what the button bears.
    shown: Option<(String, Outcome, String)>,
    done: Option<Outcome>,
    trouble: Option<String>,
}

impl Import<'_> {
    fn any(&self) -> bool {
        let would =
            |(_, found, _): &(String, Outcome, String)| found.reports.iter().any(|taken| taken.state == "added");
        self.shown.as_ref().is_some_and(would)
    }
}

/// `GET /import`.
pub(crate) async fn page(visitor: Visitor) -> Response {
    let work = |desk: &mut Desk| {
        desk.must("add-report")?;
        Ok(Reply::Page(formed(desk, &Fields::default(), None, None, None)?))
    };
    visitor.answer(work).await
}

/// `POST /import`: shows what would become of a file, and takes it in once that was shown.
pub(crate) async fn post(uploaded: Uploaded) -> Response {
    let Uploaded { posted, file } = uploaded;
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("add-report")?;
        let waits = match file {
            Some(file) => Some(desk.host.uploads.keep(&desk.session, file)),
            None => desk.host.uploads.of(&desk.session),
        };
        let again = |desk: &Desk, said: String| Ok(Reply::Again(formed(desk, &fields, None, None, Some(said))?));
        let Some(waits) = waits else {
            return again(desk, desk.tongue.say("import-choose").into_owned());
        };
        let tried = options(&fields).and_then(|options| taken(desk, &waits, &options, true));
        let would = match tried.map_err(|trouble| trouble.into_said(desk.tongue)) {
            Ok(would) => would,
            Err(Ok(said)) => return again(desk, said),
            Err(Err(trouble)) => return Err(trouble),
        };
        let sealed = seal(&(&would, &waits.bytes));
        if fields.get("shown") != sealed {
            let shown = Some((waits.name.clone(), would, sealed));
            return Ok(Reply::Page(formed(desk, &fields, shown, None, None)?));
        }
        desk.host.uploads.drop_of(&desk.session);
        let done = taken(desk, &waits, &options(&fields)?, false)?;
        Ok(Reply::Page(formed(desk, &Fields::default(), None, Some(done), None)?))
    };
    posted.visitor.answer(work).await
}

/// What becomes of a file that a program sends.
pub(crate) fn of_program(
    desk: &mut Desk,
    (name, bytes): (String, Vec<u8>),
    fields: &Fields,
    only_tried: bool,
) -> Result<Outcome, Trouble> {
    let file = File { name, bytes };
    taken(desk, &file, &options(fields)?, only_tried)
}

fn options(fields: &Fields) -> Result<Options, Trouble> {
    let said = |name: &str| Some(fields.get(name).trim()).filter(|text| !text.is_empty());
    let unreadable = |error: entente_core::NameError| Trouble::Unreadable(error.to_string());
    let arrangement = said("arrangement")
        .map(ArrangementId::new)
        .transpose()
        .map_err(unreadable)?;
    let named: Result<_, _> = names(fields.get("named")).map(PersonId::new).collect();
    Ok(Options {
        arrangements: arrangement.into_iter().collect(),
        from: said("from").map(PartyPath::new).transpose().map_err(unreadable)?,
        default_mark: said("default_mark").map(str::to_owned),
        named: named.map_err(unreadable)?,
    })
}

/// What becomes of a file's reports, in a world without what whoever sends it may not know of.
fn taken(desk: &mut Desk, file: &File, options: &Options, only_tried: bool) -> Result<Outcome, Trouble> {
    let mut table = Table::default();
    let found = read(&file.name, &file.bytes, None, desk.pinned.schemes(), &mut table)
        .map_err(|error| Trouble::Unreadable(error.to_string()))?;
    let mut reports = Vec::new();
    for incoming in &found {
        let made = {
            let moment = desk.moment();
            let world = unseen::world_of(desk.state(), desk.me(), &moment.context(desk.now));
            let home = world.home.clone().ok_or(Trouble::Nothing)?;
            let place = Place {
                schemes: desk.pinned.schemes(),
                state: &world,
                home: &home,
                now: desk.now,
                known: &Known::of(&world),
            };
            step(incoming, &place, options, &mut table)
        };
        let (mut taken, report) = became(incoming, made, |command| given(desk, command, only_tried))?;
        taken.banner = report.and_then(|report| report_banner(desk.pinned.library(), &report));
        reports.push(taken);
    }
    if found.is_empty() {
        table.note(file.name.clone(), "no report and no object", "nothing to take in");
    }
    Ok(Outcome {
        reports,
        table: table.rows(),
    })
}

/// Hands a command to the core, or only tries it.
fn given(desk: &mut Desk, command: Command, only_tried: bool) -> Result<Came, Trouble> {
    let done = match only_tried {
        true => desk.pinned.planned(command).map(drop),
        false => desk.pinned.submit(command).map(drop),
    };
    match done {
        Ok(()) => Ok(Came::In),
        // What is not for whoever sends it is refused in the words for what is not there.
        Err(NodeError::Refused(refusal @ CommandRefusal::MayNotKnow { .. })) => Err(refusal.into()),
        Err(NodeError::Refused(refusal)) => Ok(refusal.into()),
        Err(error) => Err(error.into()),
    }
}

fn formed(
    desk: &Desk,
    typed: &Fields,
    shown: Option<(String, Outcome, String)>,
    done: Option<Outcome>,
    trouble: Option<String>,
) -> Result<Page, Trouble> {
    let outcome = shown.as_ref().map(|(_, outcome, _)| outcome).or(done.as_ref());
    let banners = outcome.into_iter().flat_map(|outcome| &outcome.reports);
    let banner = banner_over(banners.filter_map(|taken| taken.banner.as_deref()));
    let chosen = typed.get("arrangement");
    let arrangements = desk.state().arrangements.keys().map(ToString::to_string);
    let body = Import {
        t: desk.tongue,
        form: &desk.session.form,
        typed,
        arrangements: match desk.may("see-partners") {
            true => arrangements.map(|id| (id.clone(), id == chosen)).collect(),
            false => Vec::new(),
        },
        most: MAX_UPLOAD >> 20,
        shown,
        done,
        trouble,
    };
    Ok(Page {
        tongue: desk.tongue,
        title: desk.tongue.say("import-title").into_owned(),
        place: InMast::Reports,
        banner,
        body: body.render()?,
    })
}
