//! Protected sources: putting them under protection, and answering what a release would do to them.

use std::collections::BTreeSet;

use entente_marking::Purpose;

use super::carried::{at_hand, behind};
use super::{Context, Decided, Refusal, home, to_answer};
use crate::decide::Exposure;
use crate::event::Event;
use crate::exposure::{Band, Predicate, Register, Threshold};
use crate::ids::{PartyPath, PersonId, PortionId, PortionRef, ReportId, RequestId, SourceId};
use crate::message::Message;
use crate::named::{Called, Named};
use crate::party::Person;
use crate::request::{Recipients, Request};
use crate::source::{ExposureAnswer, ProtectedSource};
use crate::state::State;

/// The most questions about one source that one party is answered by its register. Later ones get the answer that
/// protects, so that all answers together carry at most so many bits.
pub const MAX_QUESTIONS: usize = 12;
/// The most bytes of a register: a million candidates with a few short attributes.
pub const MAX_REGISTER: usize = 64 << 20;

pub(super) fn protect(
    state: &State,
    id: SourceId,
    register: String,
    threshold: Threshold,
    reports: BTreeSet<ReportId>,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let home = home(state)?;
    if register.len() > MAX_REGISTER {
        return Err(Refusal::Invalid(format!(
            "the register has more than {MAX_REGISTER} bytes"
        )));
    }
    let read = Register::from_json(&register).map_err(|error| Refusal::Invalid(error.to_string()))?;
    if read.len() < threshold.min_candidates {
        return Err(Refusal::Invalid(format!(
            "the register has {} candidates, and {} would have to remain; list more who could have known, or ask for fewer",
            read.len(),
            threshold.min_candidates
        )));
    }
    if reports.is_empty() {
        return Err(Refusal::Invalid("name the reports that rest on the source".to_owned()));
    }
    for report in &reports {
        let held = state.reports.get(report).and_then(|holding| holding.latest());
        let held = held
            .ok_or_else(|| Refusal::missing("report", report, "`entente report list` shows the reports held here"))?;
        if !held
            .portions
            .iter()
            .any(|portion| portion.lineage.originators().any(|party| home.includes(party)))
        {
            return Err(Refusal::NotEntitled {
                who: home.to_string(),
                what: "protect a source behind this report",
                why: format!("nothing in {report} is its own; its originators protect their sources"),
            });
        }
        for fact in state.facts.get(report).into_iter().flatten() {
            let Some(reveals) = &fact.reveals else { continue };
            let fits = Predicate::parse(reveals).and_then(|condition| read.candidates(&condition).map(|_| ()));
            fits.map_err(|error| {
                Refusal::Invalid(format!("fact {} of {report} reveals `{reveals}`: {error}", fact.id))
            })?;
        }
    }
    Ok(Decided::events([Event::SourceProtected(ProtectedSource {
        since: state.sources.get(&id).map_or(context.now, |held| held.since),
        id,
        register: register.into(),
        threshold,
        reports,
        withdrawn: None,
    })]))
}

pub(super) fn release(
    state: &State,
    source: SourceId,
    reason: String,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    match state.sources.get(&source).map(|held| &held.withdrawn) {
        None => Err(Refusal::missing("source", &source, "`entente source list` shows them")),
        Some(Some(_)) => Err(Refusal::Invalid(format!(
            "the protection of {source} has ended already"
        ))),
        Some(None) => Ok(Decided::events([Event::SourceReleased {
            source,
            at: context.now,
            reason,
        }])),
    }
}

/// The portions of a request by which its audience would narrow a source of this party below its threshold, or that nobody
/// has looked at yet. Of a text that is not held here, what it rests on is measured.
pub(super) fn exposed(
    home: &PartyPath,
    request: &Request,
    portions: &BTreeSet<PortionId>,
    context: &Context<'_>,
) -> BTreeSet<PortionId> {
    let meant: Vec<(PortionId, PortionRef)> = portions
        .iter()
        .flat_map(|portion| {
            behind(request, portion)
                .into_iter()
                .map(move |base| (portion.clone(), base))
        })
        .collect();
    exposed_by(home, &meant, &request.audience, context)
}

/// The same for portions, each with what it rests on here.
pub(super) fn exposed_by(
    home: &PartyPath,
    meant: &[(PortionId, PortionRef)],
    audience: &[Person],
    context: &Context<'_>,
) -> BTreeSet<PortionId> {
    let persons: Vec<PersonId> = audience.iter().map(|person| person.id.clone()).collect();
    let bases: Vec<&PortionRef> = meant.iter().map(|(_, base)| base).collect();
    let exposures = context.exposure.exposures(&bases, &persons, None, context.now);
    (meant.iter().zip(exposures))
        .filter(|(_, exposure)| matches!(exposure, Exposure::Narrows(by) | Exposure::Unasked(by) if by == home))
        .map(|((portion, _), _)| portion.clone())
        .collect()
}

/// The reports of this party that a request is about.
fn about_reports(request: &Request) -> BTreeSet<ReportId> {
    let bases = request.portions.iter().flat_map(|portion| behind(request, portion));
    bases.map(|base| base.report).collect()
}

/// The record of a consent that is given although it exposes a source.
pub(super) fn risked(
    request: &Request,
    portions: BTreeSet<PortionId>,
    purposes: Option<&BTreeSet<Purpose>>,
    reason: &str,
    context: &Context<'_>,
) -> ExposureAnswer {
    ExposureAnswer {
        portions,
        purposes: purposes.cloned(),
        despite: Some(reason.to_owned()),
        ..about(request, Band::Narrows, context)
    }
}

fn about(request: &Request, band: Band, context: &Context<'_>) -> ExposureAnswer {
    ExposureAnswer {
        request: Some(request.id.clone()),
        by: request.to.clone(),
        to: request.from.clone(),
        report: request.report.clone(),
        version: request.version,
        portions: request.portions.clone(),
        recipients: Recipients {
            persons: request.audience.iter().map(|person| person.id.clone()).collect(),
            parties: BTreeSet::new(),
        },
        band,
        purposes: None,
        consent: None,
        despite: None,
        at: context.now,
    }
}

/// Answers one thing about a request: whether the sources behind it stay above their thresholds, taken all together.
pub(super) fn answer(state: &State, id: &Called<RequestId>, context: &Context<'_>) -> Result<Decided, Refusal> {
    let request = &to_answer(state, id)?.request;
    at_hand(state, request, &request.portions)?;
    let narrows = !exposed(home(state)?, request, &request.portions, context).is_empty();
    let answer = about(request, Band::Within, context);
    // Once asked, a question keeps its answer, and so does every wider one.
    let earlier = || {
        state
            .exposures
            .values()
            .filter(|held| held.to == answer.to && held.report == answer.report)
    };
    let implied = earlier().any(|held| {
        held.band == Band::Narrows
            && held.portions.is_subset(&answer.portions)
            && held.recipients.persons.is_subset(&answer.recipients.persons)
            && held.despite.is_none()
    });
    let reports = about_reports(request);
    let sources = state
        .sources
        .values()
        .filter(|source| !source.reports.is_disjoint(&reports));
    let exhausted = sources.into_iter().any(|source| {
        let asked = state.exposures.values().filter(|held| {
            let other = held.request.as_ref().filter(|other| **other != request.id);
            let asked = other.and_then(|other| state.requests.get(&Named::new(held.to.clone(), other.clone())));
            let about = asked.map(|case| about_reports(&case.request));
            let about = about.unwrap_or_else(|| BTreeSet::from([held.report.clone()]));
            held.to == answer.to && other.is_some() && !source.reports.is_disjoint(&about)
        });
        asked.count() >= MAX_QUESTIONS
    });
    let band = match narrows || implied || exhausted {
        true => Band::Narrows,
        false => Band::Within,
    };
    let answer = ExposureAnswer { band, ..answer };
    let message = Message::Answer {
        consents: Vec::new(),
        refusals: Vec::new(),
        substitutes: Vec::new(),
        exposures: vec![answer.told()],
    };
    Ok(Decided::events([Event::ExposureAnswered(answer)]).send(request.from.clone(), message))
}
