//! `AuthZEN` Authorization API 1.0: evaluation, evaluations, subject search, resource search, metadata.
//!
//! Subject `person` or `audience`, resource `report` or `portion` (`REPORT/PORTION`), action `read`, `brief`, `release` or
//! `forward`; `context.purpose`, `context.moment`. `ask` is `decision: false` with `context.outcome: "ask"`; what is unknown, or not the
//! caller's to know of, is `false` without reasons. There is no search of
//! actions, and the metadata names none.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use entente_core::{Outcome, Person, PersonId, PortionId, ReportId};
use entente_desk::View;
use entente_desk::audience::named;
use entente_desk::reading::Page;
use entente_desk::searching::{Resource, meant, what, who};
use entente_marking::Purpose;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::again::Keep;
use super::cursor;
use super::problem::unreadable;
use super::program::Program;
use crate::evening;
use crate::host::Host;
use crate::pages::{Desk, Trouble};
use crate::persons::Scope;

/// Evaluations in one question.
const MOST: usize = 1000;
/// Results at once, where nobody says how many.
const FOUND: usize = 100;
const ACTIONS: [&str; 4] = ["read", "brief", "release", "forward"];

/// Somebody or something, by kind and name.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Named {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Action {
    name: String,
}

/// One question; what is missing is taken from the question around it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Evaluation {
    subject: Option<Named>,
    resource: Option<Named>,
    action: Option<Action>,
    context: Option<Map<String, Value>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Semantic {
    #[default]
    ExecuteAll,
    DenyOnFirstDeny,
    PermitOnFirstPermit,
}

#[derive(Debug, Default, Deserialize)]
struct Options {
    #[serde(default)]
    evaluations_semantic: Semantic,
}

/// Several questions, with what they have in common.
#[derive(Debug, Deserialize)]
pub(super) struct Evaluations {
    #[serde(flatten)]
    common: Evaluation,
    #[serde(default)]
    evaluations: Vec<Evaluation>,
    #[serde(default)]
    options: Options,
}

/// Why a question is none.
struct Unreadable(String);

impl Evaluation {
    fn with(mut self, common: &Self) -> Self {
        self.subject = self.subject.or_else(|| common.subject.clone());
        self.resource = self.resource.or_else(|| common.resource.clone());
        self.action = self.action.or_else(|| common.action.clone());
        self.context = self.context.or_else(|| common.context.clone());
        self
    }

    /// Whether it says all that has to be said.
    fn check(&self) -> Result<(), Unreadable> {
        let missing = [
            ("subject", self.subject.is_none()),
            ("resource", self.resource.is_none()),
            ("action", self.action.is_none()),
        ];
        match missing.into_iter().find(|(_, missing)| *missing) {
            Some((name, _)) => Err(Unreadable(format!("`{name}` is missing"))),
            None => Ok(()),
        }
    }
}

/// The address of this node as its callers see it.
fn base(host: &Host, headers: &HeaderMap) -> String {
    let settings = host.settings();
    let said = headers.get("host").and_then(|value| value.to_str().ok());
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    let here = || format!("{scheme}://{}", said.unwrap_or_default());
    settings.origin.clone().unwrap_or_else(here)
}

/// `GET /.well-known/authzen-configuration`.
pub(super) async fn configuration(State(host): State<Arc<Host>>, headers: HeaderMap) -> Response {
    let base = base(&host, &headers);
    Json(json!({
        "policy_decision_point": base,
        "access_evaluation_endpoint": format!("{base}/access/v1/evaluation"),
        "access_evaluations_endpoint": format!("{base}/access/v1/evaluations"),
        "search_subject_endpoint": format!("{base}/access/v1/search/subject"),
        "search_resource_endpoint": format!("{base}/access/v1/search/resource"),
    }))
    .into_response()
}

/// `POST /access/v1/evaluation`.
pub(super) async fn evaluation(program: Program, asked: Result<Json<Evaluation>, JsonRejection>) -> Response {
    let Json(asked) = match asked {
        Ok(asked) => asked,
        Err(error) => return unreadable(&error.body_text()),
    };
    if let Err(Unreadable(said)) = asked.check() {
        return unreadable(&said);
    }
    answered(program, question(&asked), move |desk| Ok(evaluated(desk, &asked))).await
}

/// What is asked, as it is asked again.
fn question(asked: &Evaluation) -> Option<String> {
    serde_json::to_string(asked).ok()
}

/// An answer of which neither bytes nor time tell what is missing from what is not the caller's to know of.
async fn answered(
    program: Program,
    question: Option<String>,
    work: impl Fn(&mut Desk) -> Result<Value, Trouble> + Send + 'static,
) -> Response {
    let nothing = Arc::new(AtomicBool::new(false));
    let seen = nothing.clone();
    let work = move |desk: &mut Desk| {
        let value = work(desk)?;
        let nothing = is_of_nothing(&value);
        seen.store(nothing, Ordering::Relaxed);
        let keep = if nothing { Keep::No } else { Keep::Yes };
        Ok((value, keep))
    };
    let answer = program.answer_kept(Scope::Evaluate, "record-decision", question, work);
    let mut answer = answer.await;
    if nothing.load(Ordering::Relaxed) {
        evening::of_nothing(&mut answer);
    }
    answer
}

/// Whether an answer says of something that nothing can be known of it.
fn is_of_nothing(value: &Value) -> bool {
    let bare = |one: &Value| one["decision"] == false && one["context"].is_null();
    let each = value["evaluations"].as_array();
    bare(value) || each.is_some_and(|each| each.iter().any(bare)) || value["results"] == json!([])
}

/// `POST /access/v1/evaluations`.
pub(super) async fn evaluations(program: Program, asked: Result<Json<Evaluations>, JsonRejection>) -> Response {
    let Json(asked) = match asked {
        Ok(asked) => asked,
        Err(error) => return unreadable(&error.body_text()),
    };
    if asked.evaluations.len() > MOST {
        return unreadable(&format!("at most {MOST} evaluations are answered at once"));
    }
    // Without a list it is a single question.
    if asked.evaluations.is_empty() {
        return evaluation(program, Ok(Json(asked.common))).await;
    }
    let (common, semantic) = (asked.common, asked.options.evaluations_semantic);
    let all: Vec<Evaluation> = asked.evaluations.into_iter().map(|one| one.with(&common)).collect();
    let work = move |desk: &mut Desk| {
        let mut answers = Vec::new();
        for one in &all {
            let answer = evaluated(desk, one);
            let permitted = answer["decision"] == true;
            answers.push(answer);
            let ends = match semantic {
                Semantic::ExecuteAll => false,
                Semantic::DenyOnFirstDeny => !permitted,
                Semantic::PermitOnFirstPermit => permitted,
            };
            if ends {
                break;
            }
        }
        Ok(json!({ "evaluations": answers }))
    };
    answered(program, None, work).await
}

/// The answer to one question. What cannot be known is `false`, and says no more.
fn evaluated(desk: &Desk, asked: &Evaluation) -> Value {
    match asked.check() {
        Err(Unreadable(said)) => json!({
            "decision": false,
            "context": { "error": { "status": 400, "message": said } },
        }),
        Ok(()) => decided(desk, asked).unwrap_or_else(|_| json!({ "decision": false })),
    }
}

/// The report that is meant, and the portion where one is.
fn resource(named: &Named) -> Result<Resource, Trouble> {
    match (named.kind.as_str(), named.id.rsplit_once('/')) {
        ("report", _) => Ok((ReportId::new(&named.id)?, None)),
        ("portion", Some((report, portion))) => Ok((ReportId::new(report)?, Some(PortionId::new(portion)?))),
        _ => Err(Trouble::Nothing),
    }
}

/// Who is meant by a subject: a registered person, or a defined audience with its outsiders.
fn subject(desk: &Desk, subject: &Named) -> Result<(Vec<PersonId>, Vec<Person>), Trouble> {
    match subject.kind.as_str() {
        "audience" => named(desk.state(), &subject.id).ok_or(Trouble::Nothing),
        // Somebody who is not registered here is unknown: deny.
        "person" => {
            let person = PersonId::new(&subject.id)?;
            let known = desk.state().persons.contains_key(&person);
            known.then(|| (vec![person], Vec::new())).ok_or(Trouble::Nothing)
        }
        _ => Err(Trouble::Nothing),
    }
}

/// What a question says beside who, what and how: what for, and when.
struct Circumstances {
    purpose: Option<Purpose>,
    at: Timestamp,
}

impl Circumstances {
    fn of(desk: &Desk, context: Option<&Map<String, Value>>) -> Result<Self, Trouble> {
        let text = |name: &str| context.and_then(|context| context.get(name)?.as_str());
        let at = text("moment").map(entente_core::draft::moment).transpose();
        Ok(Self {
            purpose: text("purpose").map(Purpose::new),
            at: at.map_err(Trouble::Unreadable)?.unwrap_or(desk.now),
        })
    }

    /// For whom the question is answered: they get what is theirs now.
    fn asker<'v>(&'v self, desk: &'v Desk) -> View<'v> {
        View::of(Some(desk.me()), self.purpose.as_ref(), desk.now)
    }

    /// When and what for it is decided.
    fn decided<'v>(&'v self, desk: &'v Desk) -> View<'v> {
        View::of(Some(desk.me()), self.purpose.as_ref(), self.at)
    }
}

fn action(action: &Action) -> Result<(), Trouble> {
    match ACTIONS.contains(&action.name.as_str()) {
        true => Ok(()),
        false => Err(Trouble::Nothing),
    }
}

fn decided(desk: &Desk, asked: &Evaluation) -> Result<Value, Trouble> {
    let (Some(named), Some(named_resource), Some(act)) = (&asked.subject, &asked.resource, &asked.action) else {
        return Err(Trouble::Nothing);
    };
    action(act)?;
    let (people, outsiders) = subject(desk, named)?;
    let resource = resource(named_resource)?;
    let circumstances = Circumstances::of(desk, asked.context.as_ref())?;
    let moment = desk.moment();
    let (version, portions) = meant(&moment, &resource, &circumstances.asker(desk))?;
    let snapshot = moment.snapshot([&resource.0], (&people, &outsiders));
    let about = (&resource.0, Some(version));
    let view = circumstances.decided(desk);
    let decision = moment.decide(&snapshot, about, Some(&portions), &people, &view)?;
    let outcome = decision.overall();
    let mut reasons = Vec::new();
    for (n, id) in portions.iter().enumerate() {
        for (person, name) in people.iter().enumerate() {
            let first = decision.explain(person, n).into_iter().next();
            reasons.extend(first.map(|reason| json!({ "person": name, "portion": id, "reason": reason })));
        }
    }
    Ok(json!({
        "decision": outcome == Outcome::Permit && !people.is_empty(),
        "context": { "outcome": outcome, "reasons": reasons },
    }))
}

/// Somebody or something of a kind, as a search names it; a name beside it counts for nothing.
#[derive(Clone, Debug, Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: String,
}

/// Which page of answers is wanted.
#[derive(Clone, Debug, Default, Deserialize)]
struct Paging {
    #[serde(default)]
    token: String,
    limit: Option<usize>,
}

impl Paging {
    fn limit(&self) -> usize {
        self.limit.unwrap_or(FOUND).clamp(1, MOST)
    }

    fn after(&self, desk: &Desk, list: &'static str) -> Result<Option<String>, Trouble> {
        match self.token.is_empty() {
            true => Ok(None),
            false => cursor::open(desk.me(), list, &self.token).map(Some),
        }
    }
}

/// What is found, and where to go on.
fn found(desk: &Desk, list: &'static str, results: &[Value], after: Option<String>) -> Value {
    let next = after.and_then(|after| cursor::seal(desk.me(), list, &after));
    json!({ "results": results, "page": { "next_token": next.unwrap_or_default(), "count": results.len() } })
}

/// Who may have something?
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SubjectSearch {
    subject: Kind,
    action: Action,
    resource: Named,
    context: Option<Map<String, Value>>,
    #[serde(default)]
    page: Paging,
}

/// `POST /access/v1/search/subject`: of the persons of whom the caller is told.
pub(super) async fn subjects(program: Program, asked: Result<Json<SubjectSearch>, JsonRejection>) -> Response {
    let Json(asked) = match asked {
        Ok(asked) => asked,
        Err(error) => return unreadable(&error.body_text()),
    };
    let work = move |desk: &mut Desk| {
        const LIST: &str = "subjects";
        let circumstances = Circumstances::of(desk, asked.context.as_ref())?;
        let after = asked.page.after(desk, LIST)?;
        let looked = || {
            action(&asked.action)?;
            let resource = resource(&asked.resource)?;
            let views = (&circumstances.asker(desk), &circumstances.decided(desk));
            match asked.subject.kind.as_str() {
                "person" => Ok(who(&desk.moment(), &resource, views)?),
                _ => Err(Trouble::Nothing),
            }
        };
        // What cannot be known is nobody's.
        let mut people = looked().unwrap_or_default();
        people.retain(|person| after.as_ref().is_none_or(|after| person.as_str() > after.as_str()));
        let more = people.len() > asked.page.limit();
        people.truncate(asked.page.limit());
        let last = people.last().filter(|_| more).map(ToString::to_string);
        let results: Vec<Value> = people
            .iter()
            .map(|person| json!({ "type": "person", "id": person }))
            .collect();
        Ok(found(desk, LIST, &results, last))
    };
    answered(program, None, work).await
}

/// What may somebody have?
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ResourceSearch {
    subject: Named,
    action: Action,
    resource: Kind,
    context: Option<Map<String, Value>>,
    #[serde(default)]
    page: Paging,
}

/// `POST /access/v1/search/resource`: of what the caller may know of.
pub(super) async fn resources(program: Program, asked: Result<Json<ResourceSearch>, JsonRejection>) -> Response {
    let Json(asked) = match asked {
        Ok(asked) => asked,
        Err(error) => return unreadable(&error.body_text()),
    };
    let work = move |desk: &mut Desk| {
        const LIST: &str = "resources";
        let circumstances = Circumstances::of(desk, asked.context.as_ref())?;
        let after = asked.page.after(desk, LIST)?.map(ReportId::new).transpose()?;
        let looked = || {
            action(&asked.action)?;
            let (people, outsiders) = subject(desk, &asked.subject)?;
            let portions = match asked.resource.kind.as_str() {
                "report" => false,
                "portion" => true,
                _ => return Err(Trouble::Nothing),
            };
            let page = Page {
                after: after.as_ref(),
                limit: Some(asked.page.limit()),
                search: None,
            };
            let views = (&circumstances.asker(desk), &circumstances.decided(desk));
            Ok(what(&desk.moment(), (&people, &outsiders), portions, views, page))
        };
        let (all, last) = looked().unwrap_or_default();
        let result = |(report, portion): &Resource| match portion {
            None => json!({ "type": "report", "id": report }),
            Some(portion) => json!({ "type": "portion", "id": format!("{report}/{portion}") }),
        };
        let results: Vec<Value> = all.iter().map(result).collect();
        Ok(found(desk, LIST, &results, last.map(|last| last.to_string())))
    };
    answered(program, None, work).await
}
