//! Requests: the list, one request, and its answer.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use entente_core::{
    Command, ConsentId, Named, Outcome, Person, PersonId, PortionId, Progress, ReportId, RequestId, Terms,
};
use entente_desk::View;
use entente_desk::asked::{Asked, asked, waiting};
use entente_desk::audience::to_keep;
use entente_desk::reading::show;
use entente_marking::Purpose;
use jiff::Timestamp;

use super::answer::{Desk, Reply, Trouble};
use super::clock::Clock;
use super::fields::Fields;
use super::frame::{Page, Place, minute};
use super::gate::{Posted, Visitor};
use super::mark::{Mark, banner_over};

/// A request in a list.
pub(super) struct Duty {
    pub(super) id: String,
    pub(super) from: String,
    pub(super) what: String,
    pub(super) facts: String,
    pub(super) clock: Option<Clock>,
}

pub(super) fn duty(asked: &Asked, now: Timestamp) -> Duty {
    let persons = match asked.audience.len() {
        1 => "one person".to_owned(),
        n => format!("{n} persons"),
    };
    let portions = match asked.portions.len() {
        1 => "one portion".to_owned(),
        n => format!("{n} portions"),
    };
    let parties: BTreeSet<&str> = asked.audience.iter().map(|person| person.party.as_str()).collect();
    let parties: Vec<&str> = parties.into_iter().collect();
    Duty {
        id: asked.id.to_string(),
        from: asked.from.to_string(),
        what: format!(
            "May {persons} of {} be told {portions} of {}?",
            parties.join(", "),
            asked.report
        ),
        facts: asked
            .purpose
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_else(|| "no purpose stated".to_owned()),
        clock: asked.needed_by.map(|until| Clock::of(until, now)),
    }
}

/// What waits, as whoever is signed in may see it.
pub(super) fn all(desk: &Desk) -> Vec<Asked> {
    let moment = desk.moment();
    waiting(&moment, &View::of(Some(desk.me()), None, desk.now))
}

#[derive(Template)]
#[template(path = "requests.html")]
struct Requests {
    headline: String,
    to_answer: Vec<Duty>,
    waits: Vec<Duty>,
    done: Vec<Duty>,
    answers: bool,
}

/// `GET /requests`.
pub(crate) async fn listing(visitor: Visitor) -> Response {
    let work = |desk: &mut Desk| {
        desk.must("see-requests")?;
        let all = all(desk);
        let pick = |which: &dyn Fn(&Asked) -> bool| -> Vec<Duty> {
            all.iter()
                .filter(|asked| which(asked))
                .map(|asked| duty(asked, desk.now))
                .collect()
        };
        let to_answer = pick(&|asked| asked.open && asked.ours_to_answer);
        let body = Requests {
            headline: match to_answer.len() {
                0 => "Nobody waits for an answer of yours.".to_owned(),
                1 => "One request waits for an answer.".to_owned(),
                n => format!("{n} requests wait for an answer."),
            },
            waits: pick(&|asked| asked.open && !asked.ours_to_answer),
            done: pick(&|asked| !asked.open),
            to_answer,
            answers: desk.may("grant"),
        };
        Ok(Reply::Page(Page {
            title: "Requests".to_owned(),
            place: Place::Requests,
            banner: banner_over(all.iter().filter_map(|asked| asked.banner.as_deref())),
            body: body.render()?,
        }))
    };
    visitor.answer(work).await
}

struct Line {
    id: String,
    mark: Mark,
    text: String,
    progress: &'static str,
    open: bool,
    chosen: String,
}

#[derive(Template)]
#[template(path = "request.html")]
struct OneRequest<'r> {
    asked: &'r Asked,
    question: String,
    opened: String,
    purpose: String,
    clock: Option<Clock>,
    lines: Vec<Line>,
    answers: bool,
    form: &'r str,
    until: &'r str,
    condition: &'r str,
    reason: &'r str,
    despite: &'r str,
    then: Option<Vec<String>>,
}

fn word(progress: Progress) -> &'static str {
    match progress {
        Progress::Open => "open",
        Progress::Granted => "granted",
        Progress::Refused => "refused",
        Progress::Substituted => "substituted",
    }
}

fn found(desk: &Desk, id: &str) -> Result<Asked, Trouble> {
    let id = RequestId::new(id)?;
    let moment = desk.moment();
    let view = View::of(Some(desk.me()), None, desk.now);
    let mut cases = desk.state().requests.values().filter(|case| case.request.id == id);
    cases
        .find_map(|case| asked(&moment, &view, case))
        .ok_or(Trouble::Nothing)
}

fn one_page(desk: &Desk, asked: &Asked, typed: &Fields, then: Option<Vec<String>>) -> Result<Page, Trouble> {
    let row = duty(asked, desk.now);
    let lines = asked.portions.iter().map(|portion| Line {
        id: portion.id.to_string(),
        mark: Mark::of(&portion.mark),
        text: portion.text.clone(),
        progress: word(portion.progress),
        open: portion.progress == Progress::Open,
        chosen: typed.get(&format!("answer-{}", portion.id)).to_owned(),
    });
    let body = OneRequest {
        question: row.what,
        opened: minute(asked.opened),
        purpose: row.facts,
        clock: row.clock,
        lines: lines.collect(),
        answers: asked.open && asked.ours_to_answer && desk.may("grant"),
        form: &desk.session.form,
        until: typed.get("until"),
        condition: typed.get("condition"),
        reason: typed.get("reason"),
        despite: typed.get("despite"),
        asked,
        then,
    };
    Ok(Page {
        title: format!("Request {}", asked.id),
        place: Place::Requests,
        banner: banner_over(asked.banner.as_deref().into_iter()),
        body: body.render()?,
    })
}

/// `GET /requests/ID`.
pub(crate) async fn one(visitor: Visitor, Path(id): Path<String>) -> Response {
    let work = move |desk: &mut Desk| {
        desk.must("see-requests")?;
        // The text of what was asked for is read here, so only by somebody's own hand.
        if !desk.by_hand {
            return Ok(Reply::To("/requests".to_owned()));
        }
        let asked = found(desk, &id)?;
        Ok(Reply::Page(one_page(desk, &asked, &Fields::default(), None)?))
    };
    visitor.answer(work).await
}

/// What an answer says, before it is given.
struct Answer {
    granted: BTreeSet<PortionId>,
    refused: BTreeSet<PortionId>,
    terms: Terms,
    reason: String,
}

fn answer_of(me: &PersonId, asked: &Asked, fields: &Fields) -> Result<Answer, Trouble> {
    let said = |what: &str| -> BTreeSet<PortionId> {
        let open = asked
            .portions
            .iter()
            .filter(|portion| portion.progress == Progress::Open);
        open.filter(|portion| fields.get(&format!("answer-{}", portion.id)) == what)
            .map(|portion| portion.id.clone())
            .collect()
    };
    let (granted, refused) = (said("grant"), said("refuse"));
    if granted.is_empty() && refused.is_empty() {
        return Err(Trouble::Refused(
            "No portion is granted or refused yet: choose for at least one.".to_owned(),
        ));
    }
    let text = |name: &str| Some(fields.get(name).trim().to_owned()).filter(|text| !text.is_empty());
    let ends = text("until").map(|until| entente_core::draft::moment(&until));
    let ends = ends
        .transpose()
        .map_err(|problem| Trouble::Refused(format!("The end: {problem}.")))?;
    Ok(Answer {
        granted,
        refused,
        terms: Terms {
            purposes: None,
            conditions: text("condition").into_iter().collect(),
            ends,
            standing: false,
            despite_exposure: text("despite"),
            given_by: Some(me.clone()),
            not_before: None,
        },
        reason: fields.get("reason").trim().to_owned(),
    })
}

fn commands(asked: &Asked, answer: &Answer) -> Result<Vec<Command>, Trouble> {
    let mut commands = Vec::new();
    if !answer.granted.is_empty() {
        commands.push(Command::Grant {
            id: ConsentId::new(format!("con-{}", entente_node::random_id()))?,
            request: Named::new(asked.from.clone(), asked.id.clone()).into(),
            portions: Some(answer.granted.iter().cloned().collect()),
            terms: answer.terms.clone(),
        });
    }
    if !answer.refused.is_empty() {
        commands.push(Command::Refuse {
            request: Named::new(asked.from.clone(), asked.id.clone()).into(),
            portions: Some(answer.refused.iter().cloned().collect()),
            reason: answer.reason.clone(),
        });
    }
    Ok(commands)
}

/// `POST /requests/ID`: shows what an answer does, and gives it once that was shown.
pub(crate) async fn answer(Path(id): Path<String>, posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("grant")?;
        let asked = found(desk, &id)?;
        let answer = answer_of(desk.me(), &asked, &fields)?;
        let commands = commands(&asked, &answer)?;
        let then = consequence(desk, &asked, &answer, &commands)?;
        // The form bears what was shown; where that is not what would happen now, it is shown anew.
        let shown = crate::persons::kept(&then.join("\n"));
        if fields.get("shown") != shown {
            return Ok(Reply::Page(one_page(desk, &asked, &fields, Some(then))?));
        }
        desk.act(commands)?;
        Ok(Reply::To(format!("/requests/{}", asked.id)))
    };
    posted.visitor.answer(work).await
}

/// What an answer does, in sentences, from the very commands that give it.
fn consequence(desk: &Desk, asked: &Asked, answer: &Answer, commands: &[Command]) -> Result<Vec<String>, Trouble> {
    let who: Vec<&str> = asked.audience.iter().map(|person| person.id.as_str()).collect();
    let names = |portions: &BTreeSet<PortionId>| portions.iter().map(PortionId::as_str).collect::<Vec<_>>().join(", ");
    let mut said = Vec::new();
    for command in commands {
        // Refused now is refused then: nothing is promised that would not happen.
        desk.pinned.after(command.clone())?;
    }
    if !answer.granted.is_empty() {
        let until = answer.terms.ends.map_or("until it is withdrawn".to_owned(), |end| {
            format!("until {}", minute(end))
        });
        said.push(format!(
            "{} may tell {} {}, {until}.",
            asked.from,
            who.join(", "),
            names(&answer.granted)
        ));
        if let Some(condition) = answer.terms.conditions.first() {
            said.push(format!("They have to observe: {condition}."));
        }
        for narrowed in &asked.narrowed {
            said.push(format!(
                "If they were told everything that is asked for, {} of {} candidates for a source of yours would still fit{}.",
                narrowed.after,
                narrowed.before,
                if narrowed.below { ", which is below its threshold" } else { "" }
            ));
        }
        said.push("What has been said cannot be taken back; a consent can be withdrawn for what has not.".to_owned());
    }
    if !answer.refused.is_empty() {
        said.push(format!(
            "{} stays closed to them. {} is told so.",
            names(&answer.refused),
            asked.from
        ));
    }
    Ok(said)
}

impl OneRequest<'_> {
    /// What the deciding button bears: what was shown.
    fn shown(&self) -> String {
        self.then
            .as_ref()
            .map(|then| crate::persons::kept(&then.join("\n")))
            .unwrap_or_default()
    }
}

/// `POST /requests`: asks the originators whose word is missing.
pub(crate) async fn open(posted: Posted) -> Response {
    let fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("open-request")?;
        let report = ReportId::new(fields.get("report"))?;
        let purpose = Some(fields.get("purpose"))
            .filter(|text| !text.is_empty())
            .map(Purpose::new);
        let (ask, members, described) = to_ask(desk, &report, purpose.as_ref(), &fields)?;
        // Whoever something kept is about becomes known: that is the node's own doing.
        let keep = to_keep(desk.state(), described);
        if !keep.is_empty() {
            desk.pinned.submit_all(keep)?;
        }
        desk.act(vec![Command::OpenRequest {
            id: RequestId::new(format!("req-{}", entente_node::random_id()))?,
            report,
            portions: Some(ask),
            audience: members.into_iter().collect(),
            purpose,
            reason: fields.get("reason").trim().to_owned(),
            change: String::new(),
            needed_by: None,
        }])?;
        Ok(Reply::To("/requests".to_owned()))
    };
    posted.visitor.answer(work).await
}

/// The portions that have to be asked about, and for whom.
type ToAsk = (Vec<PortionId>, Vec<PersonId>, Vec<Person>);

fn to_ask(desk: &Desk, report: &ReportId, purpose: Option<&Purpose>, fields: &Fields) -> Result<ToAsk, Trouble> {
    let moment = desk.moment();
    let view = View::of(Some(desk.me()), purpose, desk.now);
    // Nobody asks about what they may not know themselves.
    let shown = show(&moment, report, None, &view)?;
    let known: Vec<PortionId> = shown.portions.iter().map(|portion| portion.id.clone()).collect();
    let (members, described) = super::audience::meant(desk, fields)?;
    let snapshot = moment.snapshot([report], &described);
    let decision = moment.decide(&snapshot, (report, Some(shown.version)), Some(&known), &members, &view)?;
    let ask = decision
        .portions()
        .enumerate()
        .filter(|(n, _)| decision.audience_outcome(*n) == Outcome::Ask);
    Ok((ask.map(|(_, id)| id.clone()).collect(), members, described))
}
