//! Cases: the list, one case, and what is done in it.

use std::borrow::Cow;

use askama::Template;
use axum::extract::{Path, Query, RawQuery};
use axum::response::Response;
use entente_core::incident::{Stage, What, Why};
use entente_core::{Called, Command, Event, IncidentId, RecallId};
use entente_desk::casefile::{Case, CaseFile, Due, OutPortion, casefile};
use entente_desk::{View, cases};
use entente_marking::Purpose;
use serde::Deserialize;

use super::answer::{Desk, Reply, Trouble};
use super::clock::Clock;
use super::course::course;
use super::fields::Fields;
use super::frame::{Page, Place, purposes};
use super::gate::{Posted, Visitor, escaped};
use super::listing::{Cell, Column, Listing, number, words};
use super::mark::{Mark, banner_over};
use super::opening;
use super::tongue::Tongue;

const COLUMNS: &[Column] = &[
    words("case"),
    words("title"),
    words("opened"),
    number("to_do"),
    number("late"),
    words("state"),
];

fn list(desk: &Desk, all: Vec<cases::CaseRow>) -> Listing {
    let t = desk.tongue;
    let row = |case: cases::CaseRow| {
        vec![
            Cell::id(case.id.as_str()).to(format!("/incidents/{}", escaped(case.id.as_str()))),
            Cell::quoted(case.title),
            Cell::moment(desk.tongue, Some(case.opened)),
            Cell::count(case.to_do),
            Cell::count(case.late).alarming(case.late > 0, "✕", "deny"),
            Cell::said(match case.closed {
                None => t.say("incidents-state-open").into_owned(),
                Some(closed) => t.say_of("incidents-state-closed", t.short(closed)),
            }),
        ]
    };
    Listing {
        tongue: desk.tongue,
        what: "cases",
        at: "/incidents".to_owned(),
        also: Vec::new(),
        columns: COLUMNS,
        rows: all.into_iter().map(row).collect(),
        banner: None,
        command: "entente incident list",
        next: None,
    }
}

/// What a partner told of a case of its own.
struct Notice {
    id: String,
    from: String,
    why: String,
    portions: String,
    told: String,
    acknowledged: Option<String>,
}

#[derive(Template)]
#[template(path = "incidents.html")]
struct Incidents<'i> {
    t: Tongue,
    headline: String,
    form: &'i str,
    list: String,
    notices: Vec<Notice>,
    acts: bool,
    /// What a case can be made of: its name, what is said of it, and whether it is chosen.
    loose: Vec<(String, String, bool)>,
    typed: &'i Fields,
    then: Vec<String>,
    trouble: Option<String>,
}

impl Incidents<'_> {
    fn shown(&self) -> String {
        opening::sealed(&self.then, self.typed)
    }
}

/// `GET /incidents`.
pub(crate) async fn listing(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let wanted = Fields::of_query(query.as_deref().unwrap_or_default());
    let work = move |desk: &mut Desk| {
        desk.must("see-cases")?;
        let all = known(desk);
        match list(desk, all.cases.clone()).reply(&wanted)? {
            Ok(part) => Ok(Reply::Page(page_with(desk, all, part, &Fields::default(), None)?)),
            Err(file) => Ok(file),
        }
    };
    visitor.answer(work).await
}

fn known(desk: &Desk) -> cases::Cases {
    cases::list(&desk.moment(), &View::of(Some(desk.me()), None, desk.now))
}

/// The page of all of them again, with what is said of a case that is not opened yet.
pub(super) fn list_page(
    desk: &Desk,
    typed: &Fields,
    said: Option<Result<Vec<String>, String>>,
) -> Result<Page, Trouble> {
    let all = known(desk);
    match list(desk, all.cases.clone()).reply(&Fields::default())? {
        Ok(part) => page_with(desk, all, part, typed, said),
        Err(_) => Err(Trouble::Nothing),
    }
}

fn page_with(
    desk: &Desk,
    all: cases::Cases,
    list: String,
    typed: &Fields,
    said: Option<Result<Vec<String>, String>>,
) -> Result<Page, Trouble> {
    let t = desk.tongue;
    let open = all.cases.iter().filter(|case| case.closed.is_none()).count();
    let notices = all.told_by_partners.into_iter().map(|(id, (from, notice))| Notice {
        id: id.to_string(),
        from: from.to_string(),
        why: joined(t, notice.why.iter().copied(), ", "),
        portions: notice
            .portions
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
        told: t.short(notice.at),
        acknowledged: notice.acknowledged.map(|(at, said)| format!("{}: {said}", t.short(at))),
    });
    let chosen = |id: &str| typed.all("disclosures").any(|named| named == id);
    let loose = opening::choices(desk).into_iter().take(opening::MOST).map(|one| {
        let id = one.id.to_string();
        let here = chosen(&id);
        (id, opening::says(t, &one), here)
    });
    let body = Incidents {
        t: desk.tongue,
        headline: t.count("incidents-open", open),
        form: &desk.session.form,
        notices: notices.collect(),
        acts: desk.may("incident"),
        list,
        loose: loose.collect(),
        typed,
        trouble: said.as_ref().and_then(|said| said.as_ref().err().cloned()),
        then: said.and_then(Result::ok).unwrap_or_default(),
    };
    Ok(page(t, t.say("nav-cases").into_owned(), "", body.render()?))
}

/// Why a party is told, in words.
fn joined(t: Tongue, why: impl Iterator<Item = Why>, between: &str) -> String {
    let words = why.map(|why| t.word("incidents-why", why.says()));
    words.collect::<Vec<_>>().join(between)
}

fn page(t: Tongue, title: String, banner: &str, body: String) -> Page {
    Page {
        title,
        tongue: t,
        place: Place::Cases,
        banner: banner_over(Some(banner).filter(|text| !text.is_empty()).into_iter()),
        body,
    }
}

/// A stage that is to be done.
struct ToDo {
    stage: &'static str,
    title: Cow<'static, str>,
    owner: Cow<'static, str>,
    clock: Option<Clock>,
    /// What the button does, and by its key what it says, where a button can.
    act: Option<(&'static str, &'static str)>,
}

/// Something that is out.
struct Out {
    when: String,
    route: String,
    by: String,
    audience: String,
    portions: Vec<(OutPortion, Mark)>,
}

/// A source, and how many candidates fit it, before and after.
struct Source {
    id: String,
    audience: String,
    before: String,
    after: String,
    kept: bool,
    dots: String,
}

#[derive(Template)]
#[template(path = "incident.html")]
struct OneCase<'c> {
    t: Tongue,
    case: &'c Case,
    headline: &'c str,
    opened: String,
    to_do: Vec<ToDo>,
    done: Vec<(String, Cow<'static, str>, String)>,
    out: Vec<Out>,
    sources: Vec<Source>,
    course: String,
    held: Vec<(String, String)>,
    acts: bool,
    form: &'c str,
    purposes: Vec<(String, bool)>,
    then: Option<(String, Vec<String>)>,
}

impl OneCase<'_> {
    fn shown(&self) -> String {
        self.then.as_ref().map(|(_, then)| shown(then)).unwrap_or_default()
    }
}

fn shown(then: &[String]) -> String {
    crate::persons::kept(&then.join("\n"))
}

fn to_do(desk: &Desk, due: &Due) -> ToDo {
    ToDo {
        stage: due.task.stage.id(),
        title: desk.tongue.word("stage", due.task.stage.title()),
        owner: desk.tongue.word("owner", &due.task.owner),
        clock: due.task.due.map(|until| Clock::of(until, desk.now, desk.tongue)),
        act: match due.task.stage {
            Stage::Notify => Some(("notify", "incident-tell")),
            Stage::Contain => Some(("contain", "incident-hold")),
            _ => None,
        },
    }
}

/// As many dots as there were candidates, filled where they still fit.
pub(super) fn dots(before: usize, after: usize) -> String {
    const MOST: usize = 40;
    match before > MOST {
        true => String::new(),
        false => "●".repeat(after.min(before)) + &"○".repeat(before.saturating_sub(after)),
    }
}

fn sources(t: Tongue, case: &Case) -> Vec<Source> {
    let count = |measures: &Option<entente_core::exposure::Measures>| measures.as_ref().map(|m| m.consistent);
    let word = |known: Option<usize>| known.map_or_else(|| t.say("incident-unknown").into_owned(), |n| n.to_string());
    let rows = case.sources.iter().map(|source| {
        let (before, after) = (count(&source.before), count(&source.after));
        Source {
            id: source.source.to_string(),
            audience: source.audience.clone(),
            before: word(before),
            after: word(after),
            kept: source.kept,
            dots: before
                .zip(after)
                .map(|(before, after)| dots(before, after))
                .unwrap_or_default(),
        }
    });
    rows.collect()
}

fn outs(t: Tongue, case: &Case) -> Vec<Out> {
    let all = case.disclosures.iter().map(|out| Out {
        when: t.short(out.disclosure.at),
        route: out.disclosure.route.to_string(),
        by: out
            .disclosure
            .by
            .as_ref()
            .map_or_else(|| t.say("incident-nobody-named").into_owned(), ToString::to_string),
        audience: out
            .disclosure
            .audience
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
        portions: out
            .shown
            .iter()
            .map(|portion| (portion.clone(), Mark::of(portion.mark.as_deref().unwrap_or_default())))
            .collect(),
    });
    all.collect()
}

fn one_page(desk: &Desk, case: &Case, purpose: &str, then: Option<(String, Vec<String>)>) -> Result<Page, Trouble> {
    let t = desk.tongue;
    let mut open: Vec<&Due> = case.tasks.iter().filter(|due| due.task.done.is_none()).collect();
    open.sort_by_key(|due| (!due.late, due.task.due.is_none(), due.task.due));
    let done = case.tasks.iter().filter_map(|due| {
        let (at, note) = due.task.done.clone()?;
        Some((t.short(at), t.word("stage", due.task.stage.title()), note))
    });
    let held = case.held_by.iter().map(|held| {
        let since = held
            .delivered
            .as_ref()
            .map(|(at, from)| t.pair("incident-held-since", t.short(*at), from));
        (
            held.who.clone(),
            since.unwrap_or_else(|| t.say("incident-on-distribution").into_owned()),
        )
    });
    let body = OneCase {
        t: desk.tongue,
        headline: &case.incident.title,
        opened: t.minute(case.incident.opened),
        to_do: open.into_iter().map(|due| to_do(desk, due)).collect(),
        done: done.collect(),
        out: outs(t, case),
        sources: sources(t, case),
        course: course(desk, case)?,
        held: held.collect(),
        acts: desk.may("incident") && case.incident.closed().is_none(),
        form: &desk.session.form,
        purposes: purposes(desk.state(), purpose),
        then,
        case,
    };
    let title = t.say_of("incident-title", &case.incident.id);
    Ok(page(t, title, &case.banner, body.render()?))
}

/// The file of a case that whoever is signed in works on.
fn file_of(desk: &Desk, id: &str, purpose: &str) -> Result<Case, Trouble> {
    let id = IncidentId::new(id)?;
    let incident = cases::case(desk.state(), &id, Some(desk.me())).ok_or(Trouble::Nothing)?;
    let moment = desk.moment();
    let purpose = Some(purpose).filter(|text| !text.is_empty()).map(Purpose::new);
    match casefile(
        &moment,
        incident,
        &View::of(Some(desk.me()), purpose.as_ref(), desk.now),
    ) {
        CaseFile::Open(case) => Ok(*case),
        CaseFile::Closed { .. } => Err(Trouble::NotEntitled(desk.tongue.say("incident-not-yours").into_owned())),
    }
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    purpose: String,
}

/// `GET /incidents/ID`.
pub(crate) async fn one(visitor: Visitor, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("see-cases")?;
        // Text of what is out is read here, so only by somebody's own hand.
        if !desk.by_hand {
            return Ok(Reply::To("/incidents".to_owned()));
        }
        let case = file_of(desk, &id, &wanted.purpose)?;
        Ok(Reply::Page(one_page(desk, &case, &wanted.purpose, None)?))
    };
    visitor.answer(work).await
}

/// The command of a button.
fn command(desk: &Desk, case: &Case, fields: &Fields) -> Result<Command, Trouble> {
    let (incident, by) = (case.incident.id.clone(), desk.me().clone());
    match fields.get("act") {
        "notify" => Ok(Command::NotifyIncident { incident, by }),
        "contain" => Ok(Command::ContainIncident {
            recall_id: RecallId::new(format!("rec-{incident}"))?,
            recall: None,
            incident,
            by,
        }),
        "done" => {
            let stage = Stage::ALL.iter().find(|stage| stage.id() == fields.get("stage"));
            let note = fields.get("note").trim().to_owned();
            let stage = *stage.ok_or(Trouble::Nothing)?;
            match note.is_empty() {
                true => Err(Trouble::Refused(desk.tongue.say("incident-say-done").into_owned())),
                false => Ok(Command::NoteIncident {
                    incident,
                    by,
                    what: What::Done { stage, note },
                }),
            }
        }
        _ => Err(Trouble::Nothing),
    }
}

/// What a button does, from the events that it would make.
fn consequence(desk: &Desk, case: &Case, command: Command) -> Result<Vec<String>, Trouble> {
    let t = desk.tongue;
    let (events, _) = desk.pinned.planned(command)?;
    let mut said = Vec::new();
    for event in events {
        let Event::IncidentNoted { entry, .. } = event else {
            continue;
        };
        match entry.what {
            What::Told { party, why, portions } => {
                // Which of them are named here is for whoever looks to know.
                let row = case.must_be_told.iter().find(|row| row.party == party.as_str());
                let named = row.map(|row| row.portions.clone()).filter(|text| !text.is_empty());
                let named = named.unwrap_or_else(|| t.count("incident-some-portions", portions.len()));
                let and = format!(" {} ", t.say("incident-and"));
                said.push(t.with(
                    "incident-then-told",
                    &[
                        ("party", party.as_str().into()),
                        ("what", named.into()),
                        ("why", joined(t, why.into_iter(), &and).into()),
                    ],
                ));
            }
            What::Contained { held, .. } => {
                let held: Vec<&str> = held.iter().map(entente_core::ReportId::as_str).collect();
                said.push(t.say_of("incident-then-held", held.join(", ")));
            }
            What::Done { stage, note } => {
                said.push(t.pair("incident-then-done", t.word("stage", stage.title()), note));
            }
            _ => {}
        }
    }
    match said.is_empty() {
        true => Err(Trouble::Refused(t.say("incident-then-nothing").into_owned())),
        false => Ok(said),
    }
}

/// `POST /incidents/ID`: shows what a button does, and does it once that was shown.
pub(crate) async fn act(Path(id): Path<String>, posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("incident")?;
        let case = file_of(desk, &id, "")?;
        let command = command(desk, &case, &fields)?;
        let then = consequence(desk, &case, command.clone())?;
        if fields.get("shown") != shown(&then) && fields.get("act") != "done" {
            let then = Some((fields.get("act").to_owned(), then));
            return Ok(Reply::Page(one_page(desk, &case, "", then)?));
        }
        desk.act(vec![command])?;
        Ok(Reply::To(format!("/incidents/{}", case.incident.id)))
    };
    posted.visitor.answer(work).await
}

/// `POST /incidents/ID/acknowledge`: says that note was taken of what a partner told.
pub(crate) async fn acknowledge(Path(id): Path<String>, posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("incident")?;
        let statement = fields.get("statement").trim().to_owned();
        if statement.is_empty() {
            return Err(Trouble::Refused(desk.tongue.say("incident-say-about").into_owned()));
        }
        let incident = Called::from(IncidentId::new(id)?);
        let moment = desk.moment();
        let told = cases::list(&moment, &View::of(Some(desk.me()), None, desk.now)).told_by_partners;
        if !told.contains_key(&incident) {
            return Err(Trouble::Nothing);
        }
        desk.act(vec![Command::AcknowledgeIncident { incident, statement }])?;
        Ok(Reply::To("/incidents".to_owned()))
    };
    posted.visitor.answer(work).await
}

#[cfg(test)]
mod tests {
    use super::dots;

    #[test]
    fn each_dot_is_a_candidate_and_filled_where_it_still_fits() {
        assert_eq!(dots(4, 1), "●○○○");
        assert_eq!(dots(2, 2), "●●");
        assert_eq!(dots(2, 3), "●●", "more than before cannot fit");
        assert_eq!(dots(41, 1), "", "too many to count by eye");
    }
}
