//! `AuthZEN` Authorization API 1.0: evaluation and evaluations.
//!
//! Subject `person` or `audience`, resource `report` or `portion` (`REPORT/PORTION`), action `read`, `brief`, `release` or
//! `forward`; `context.purpose`. `ask` is `decision: false` with `context.outcome: "ask"`; what is unknown, or not the
//! caller's to know of, is `false` without reasons. There is no search, and the metadata names none.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use entente_core::{Outcome, PersonId, PortionId, ReportId};
use entente_desk::audience::named;
use entente_desk::{Moment, View, reading};
use entente_marking::Purpose;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::problem::unreadable;
use super::program::Program;
use crate::host::Host;
use crate::pages::{Desk, Trouble};
use crate::persons::Scope;

/// Evaluations in one question.
const MOST: usize = 1000;
const ACTIONS: [&str; 4] = ["read", "brief", "release", "forward"];

/// Somebody or something, by kind and name.
#[derive(Clone, Debug, Deserialize)]
struct Named {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Action {
    name: String,
}

/// One question; what is missing is taken from the question around it.
#[derive(Clone, Debug, Default, Deserialize)]
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
    let work = move |desk: &mut Desk| Ok(evaluated(desk, &asked));
    program.answer(Scope::Evaluate, "record-decision", work).await
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
    if let Some(Unreadable(said)) = all.iter().find_map(|one| one.check().err()) {
        return unreadable(&said);
    }
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
    program.answer(Scope::Evaluate, "record-decision", work).await
}

/// The answer to one question. What cannot be known is `false`, and says no more.
fn evaluated(desk: &Desk, asked: &Evaluation) -> Value {
    decided(desk, asked).unwrap_or_else(|_| json!({ "decision": false }))
}

/// The report that is meant, and the portion where one is.
fn resource(named: &Named) -> Result<(ReportId, Option<PortionId>), Trouble> {
    match (named.kind.as_str(), named.id.rsplit_once('/')) {
        ("report", _) => Ok((ReportId::new(&named.id)?, None)),
        ("portion", Some((report, portion))) => Ok((ReportId::new(report)?, Some(PortionId::new(portion)?))),
        _ => Err(Trouble::Nothing),
    }
}

fn decided(desk: &Desk, asked: &Evaluation) -> Result<Value, Trouble> {
    let (Some(subject), Some(named_resource), Some(action)) = (&asked.subject, &asked.resource, &asked.action) else {
        return Err(Trouble::Nothing);
    };
    if !ACTIONS.contains(&action.name.as_str()) {
        return Err(Trouble::Nothing);
    }
    let (people, outsiders) = match subject.kind.as_str() {
        "audience" => named(desk.state(), &subject.id).ok_or(Trouble::Nothing)?,
        // Somebody who is not registered here is unknown: deny.
        "person" => {
            let person = PersonId::new(&subject.id)?;
            let known = desk.state().persons.contains_key(&person);
            known.then(|| (vec![person], Vec::new())).ok_or(Trouble::Nothing)?
        }
        _ => return Err(Trouble::Nothing),
    };
    let (report, portion) = resource(named_resource)?;
    let purpose = asked
        .context
        .as_ref()
        .and_then(|context| context.get("purpose")?.as_str());
    let purpose = purpose.map(Purpose::new);
    let moment = Moment::of(desk.state(), desk.pinned.rules(), desk.pinned.library());
    let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
    let shown = reading::show(&moment, &report, None, &view)?;
    let knows = |id: &PortionId| shown.portions.iter().any(|known| known.id == *id);
    if shown.portions.is_empty() || portion.as_ref().is_some_and(|portion| !knows(portion)) {
        return Err(Trouble::Nothing);
    }
    let snapshot = moment.snapshot([&report], &outsiders);
    let of = portion.map(|portion| vec![portion]);
    let decision = moment.decide(&snapshot, (&report, Some(shown.version)), of.as_deref(), &people, &view)?;
    let outcome = decision.overall();
    let portions: Vec<(usize, PortionId)> = decision.portions().cloned().enumerate().collect();
    let mut reasons = Vec::new();
    for (n, id) in portions.iter().filter(|(_, id)| knows(id)) {
        for (person, name) in people.iter().enumerate() {
            let first = decision.explain(person, *n).into_iter().next();
            reasons.extend(first.map(|reason| json!({ "person": name, "portion": id, "reason": reason })));
        }
    }
    Ok(json!({
        "decision": outcome == Outcome::Permit && !people.is_empty(),
        "context": { "outcome": outcome, "reasons": reasons },
    }))
}
