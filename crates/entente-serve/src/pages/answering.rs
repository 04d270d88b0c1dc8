//! One request and its answer: portion by portion granted, replaced by another text, or refused; what that does is shown first.

use std::borrow::Cow;
use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use entente_core::{Called, Command, Named, PortionId, Progress, RequestId};
use entente_desk::View;
use entente_desk::asked::{Asked, Instead, Narrowed, asked};

use super::acting::{Words, seal};
use super::answer::{Desk, Reply, Trouble};
use super::clock::Clock;
use super::fields::Fields;
use super::frame::{Page, Place};
use super::gate::{Posted, Visitor};
use super::incidents::dots;
use super::mark::{Mark, banner_over};
use super::requests::duty;
use super::tongue::Tongue;

/// A portion that was asked for.
struct Line {
    id: String,
    mark: Mark,
    text: String,
    progress: Cow<'static, str>,
    open: bool,
    chosen: String,
    /// What telling it alone would do to a source.
    alone: Vec<Narrowed>,
    /// The text to be told instead, and its mark, as they are typed.
    instead: (String, String),
    /// What was given instead.
    given: Vec<Given>,
}

/// A text that was given instead of a portion.
struct Given {
    mark: Mark,
    text: String,
    /// What is to be observed, in the originator's words.
    conditions: String,
    until: String,
}

/// What one way to answer would do to sources.
struct Way {
    /// The key of what it is called.
    name: &'static str,
    narrowed: Vec<(Narrowed, String)>,
    says: String,
    /// What the button sets, and by its key what it says.
    button: Option<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "request.html")]
struct OneRequest<'r> {
    t: Tongue,
    asked: &'r Asked,
    question: String,
    opened: String,
    purpose: String,
    clock: Option<Clock>,
    ways: Vec<Way>,
    lines: Vec<Line>,
    answers: bool,
    form: &'r str,
    until: &'r str,
    condition: &'r str,
    reason: &'r str,
    despite: &'r str,
    then: Option<Vec<String>>,
    trouble: Option<String>,
}

fn key(progress: Progress) -> &'static str {
    match progress {
        Progress::Open => "request-progress-open",
        Progress::Granted => "request-progress-granted",
        Progress::Refused => "request-progress-refused",
        Progress::Substituted => "request-progress-substituted",
    }
}

fn found(desk: &Desk, id: &str) -> Result<Asked, Trouble> {
    let id: Called<RequestId> = id.parse()?;
    let moment = desk.moment();
    let view = View::of(Some(desk.me()), None, desk.now);
    let cases = id.all(&desk.state().requests).into_iter();
    let mut seen = cases.filter_map(|(_, case)| asked(&moment, &view, case));
    match (seen.next(), seen.next()) {
        (Some(only), None) => Ok(only),
        // A name alone says nothing where several gave it: links have whose.
        _ => Err(Trouble::Nothing),
    }
}

/// The portions that wait, with what was chosen for them.
fn open(asked: &Asked) -> impl Iterator<Item = &PortionId> {
    let open = asked
        .portions
        .iter()
        .filter(|portion| portion.progress == Progress::Open);
    open.map(|portion| &portion.id)
}

fn said<'f>(typed: &'f Fields, what: &str, portion: &PortionId) -> &'f str {
    typed.get(&format!("{what}-{portion}"))
}

fn chosen(asked: &Asked, typed: &Fields, what: &str) -> BTreeSet<PortionId> {
    open(asked)
        .filter(|id| said(typed, "answer", id) == what)
        .cloned()
        .collect()
}

/// The ways to answer beside each other, with what each does to sources.
fn ways(desk: &Desk, asked: &Asked, typed: &Fields) -> Vec<Way> {
    let moment = desk.moment();
    let all: BTreeSet<PortionId> = open(asked).cloned().collect();
    let with_dots = |portions: &BTreeSet<PortionId>| {
        let mut narrowed = asked.narrowed_by(&moment, if portions.is_empty() { &all } else { portions });
        if portions.is_empty() {
            // Whoever learns nothing narrows nothing.
            narrowed
                .iter_mut()
                .for_each(|one| (one.after, one.below) = (one.before, false));
        }
        let each = narrowed.into_iter();
        each.map(|one| {
            let dots = dots(one.before, one.after);
            (one, dots)
        })
        .collect::<Vec<_>>()
    };
    let marked = chosen(asked, typed, "grant");
    let counted = [("grant", "granted"), ("substitute", "replaced"), ("refuse", "refused")]
        .map(|(what, word)| (word, chosen(asked, typed, what).len().into()));
    let t = desk.tongue;
    vec![
        Way {
            name: "request-grant-all",
            narrowed: with_dots(&all),
            says: t.count("request-grant-says", all.len()),
            button: Some(("grant", "request-grant-all")),
        },
        Way {
            name: "request-as-marked",
            narrowed: with_dots(&marked),
            says: t.with("request-marked-says", &counted),
            button: None,
        },
        Way {
            name: "request-refuse-all",
            narrowed: with_dots(&BTreeSet::new()),
            says: t.say("request-refuse-says").into_owned(),
            button: Some(("refuse", "request-refuse-all")),
        },
    ]
}

fn given(t: Tongue, one: &Instead) -> Given {
    Given {
        mark: Mark::of(&one.mark),
        text: one.text.clone(),
        conditions: one.conditions.join("; "),
        until: match one.until {
            None => t.say("request-until-withdrawn").into_owned(),
            Some(end) => t.say_of("request-until", t.minute(end)),
        },
    }
}

fn lines(desk: &Desk, asked: &Asked, typed: &Fields) -> Vec<Line> {
    let moment = desk.moment();
    let each = asked.portions.iter().map(|portion| Line {
        id: portion.id.to_string(),
        mark: Mark::of(&portion.mark),
        text: portion.text.clone(),
        progress: desk.tongue.say(key(portion.progress)),
        open: portion.progress == Progress::Open,
        chosen: said(typed, "answer", &portion.id).to_owned(),
        alone: asked.narrowed_by(&moment, &BTreeSet::from([portion.id.clone()])),
        instead: (
            said(typed, "instead", &portion.id).to_owned(),
            said(typed, "mark", &portion.id).to_owned(),
        ),
        given: portion.instead.iter().map(|one| given(desk.tongue, one)).collect(),
    });
    each.collect()
}

/// What comes of an answer that is not given yet: what it would do, or why it cannot be given.
type Said = Option<Result<Vec<String>, String>>;

fn one_page(desk: &Desk, asked: &Asked, typed: &Fields, said: Said) -> Result<Page, Trouble> {
    let row = duty(asked, desk.now, desk.tongue);
    let answers = asked.open && asked.ours_to_answer && desk.may("grant");
    let body = OneRequest {
        t: desk.tongue,
        question: row.what,
        opened: desk.tongue.minute(asked.opened),
        purpose: row.facts,
        clock: row.clock,
        ways: match answers {
            true => ways(desk, asked, typed),
            false => Vec::new(),
        },
        lines: lines(desk, asked, typed),
        answers,
        form: &desk.session.form,
        until: typed.get("until"),
        condition: typed.get("condition"),
        reason: typed.get("reason"),
        despite: typed.get("despite"),
        trouble: said.as_ref().and_then(|said| said.as_ref().err().cloned()),
        then: said.and_then(Result::ok),
        asked,
    };
    Ok(Page {
        title: desk.tongue.say_of("request-title", &asked.id),
        tongue: desk.tongue,
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

/// The commands that an answer is: one consent for what is granted, one for each text that is given instead, one refusal.
fn commands(desk: &Desk, asked: &Asked, typed: &Fields) -> Result<Vec<Command>, Trouble> {
    let request = Named::new(asked.from.clone(), asked.id.id.clone()).to_string();
    let terms = || {
        Words::default()
            .text("request", &request)
            .text("until", typed.get("until"))
            .texts("conditions", [typed.get("condition")])
    };
    let names = |portions: &BTreeSet<PortionId>| portions.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut commands = Vec::new();
    let granted = names(&chosen(asked, typed, "grant"));
    if !granted.is_empty() {
        let words = terms()
            .texts("portions", granted.iter().map(String::as_str))
            .text("despite_exposure", typed.get("despite"));
        commands.extend(desk.acting("grant", &words)?.commands);
    }
    for portion in chosen(asked, typed, "substitute") {
        let words = terms()
            .text("portion", portion.as_str())
            .text("mark", said(typed, "mark", &portion))
            .text("text", said(typed, "instead", &portion));
        commands.extend(desk.acting("substitute", &words)?.commands);
    }
    let refused = names(&chosen(asked, typed, "refuse"));
    if !refused.is_empty() {
        let words = Words::default()
            .text("request", &request)
            .texts("portions", refused.iter().map(String::as_str))
            .text("reason", typed.get("reason"));
        commands.extend(desk.acting("refuse", &words)?.commands);
    }
    match commands.is_empty() {
        true => Err(Trouble::Refused(desk.tongue.say("request-nothing-chosen").into_owned())),
        false => Ok(commands),
    }
}

/// `POST /requests/ID`: shows what an answer does, and gives it once that was shown.
pub(crate) async fn answer(Path(id): Path<String>, posted: Posted) -> Response {
    let mut fields = posted.fields;
    let work = move |desk: &mut Desk| {
        desk.must("grant")?;
        let asked = found(desk, &id)?;
        let all = fields.get("all").to_owned();
        if !all.is_empty() {
            open(&asked).for_each(|portion| fields.set(&format!("answer-{portion}"), &all));
        }
        // Refused now is refused then: nothing is promised that would not happen.
        let tried = commands(desk, &asked, &fields).and_then(|commands| {
            let waits = desk.waits(&desk.tried(&commands)?);
            let mut then = consequence(desk, &asked, &fields)?;
            then.extend(waits);
            Ok((then, commands))
        });
        let page = |desk: &Desk, said| one_page(desk, &asked, &fields, Some(said));
        // The form bears what was shown; where that is not what would happen now, it is shown anew.
        Ok(match desk.once_shown(&fields, tried, seal, page)? {
            Ok(_) => Reply::To(format!("/requests/{}", asked.id)),
            Err(reply) => reply,
        })
    };
    posted.visitor.answer(work).await
}

/// What an answer does, in sentences.
fn consequence(desk: &Desk, asked: &Asked, typed: &Fields) -> Result<Vec<String>, Trouble> {
    let t = desk.tongue;
    let who: Vec<&str> = asked.audience.iter().map(|person| person.id.as_str()).collect();
    let who = who.join(", ");
    let names = |portions: &BTreeSet<PortionId>| portions.iter().map(PortionId::as_str).collect::<Vec<_>>().join(", ");
    let ends = Some(typed.get("until").trim()).filter(|text| !text.is_empty());
    let ends = ends.map(entente_core::draft::moment).transpose();
    let ends = ends.map_err(|problem| Trouble::Refused(t.say_of("request-end-wrong", problem)))?;
    let until = match ends {
        None => t.say("request-until-withdrawn").into_owned(),
        Some(end) => t.say_of("request-until", t.minute(end)),
    };
    let mut said_of = Vec::new();
    let granted = chosen(asked, typed, "grant");
    if !granted.is_empty() {
        said_of.push(t.with(
            "request-then-grant",
            &[
                ("from", asked.from.as_str().into()),
                ("who", who.as_str().into()),
                ("what", names(&granted).into()),
                ("until", until.as_str().into()),
            ],
        ));
        let moment = desk.moment();
        said_of.extend(
            asked
                .narrowed_by(&moment, &granted)
                .iter()
                .map(|narrowed| t.narrowed(narrowed)),
        );
    }
    let replaced = chosen(asked, typed, "substitute");
    for portion in &replaced {
        said_of.push(t.with(
            "request-then-instead",
            &[
                ("portion", portion.as_str().into()),
                ("from", asked.from.as_str().into()),
                ("who", who.as_str().into()),
                ("mark", said(typed, "mark", portion).into()),
                ("text", said(typed, "instead", portion).trim().into()),
                ("until", until.as_str().into()),
            ],
        ));
    }
    let condition = typed.get("condition").trim();
    if !condition.is_empty() && (!granted.is_empty() || !replaced.is_empty()) {
        said_of.push(t.say_of("request-then-observe", condition));
    }
    if !granted.is_empty() || !replaced.is_empty() {
        said_of.push(t.say("request-then-said").into_owned());
    }
    let refused = chosen(asked, typed, "refuse");
    if !refused.is_empty() {
        said_of.push(t.pair("request-then-closed", names(&refused), &asked.from));
    }
    Ok(said_of)
}

impl OneRequest<'_> {
    /// What the deciding button bears: what was shown.
    fn shown(&self) -> String {
        self.then.as_ref().map(seal).unwrap_or_default()
    }
}
