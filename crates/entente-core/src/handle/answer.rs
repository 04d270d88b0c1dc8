//! An originator's answers: consent, refusal, substitute, withdrawal.

use std::collections::BTreeSet;

use super::{Command, Context, Decided, Refusal, Terms, carried, home, life, source, the_one, to_answer};
use crate::event::Event;
use crate::ids::{ConsentId, PartyPath, PortionId, PortionRef, ReportId, RequestId};
use crate::life::Life;
use crate::message::Message;
use crate::named::{Called, Named};
use crate::report::{Lineage, Origin, Portion};
use crate::request::{Consent, Recipients, Refusal as RefusalRecord, Request, Substitute};
use crate::shown::releases_to;
use crate::source::ExposureAnswer;
use crate::state::{RequestCase, State};

/// The portions meant: those named, which must be open, or else all that are open.
fn open_portions(case: &RequestCase, named: Option<BTreeSet<PortionId>>) -> Result<BTreeSet<PortionId>, Refusal> {
    let open: BTreeSet<PortionId> = case.open_portions().cloned().collect();
    let id = &case.request.id;
    if let Some((at, _)) = &case.retracted {
        return Err(Refusal::Invalid(format!(
            "request {id} was taken back by {} on {at}; nothing has to be answered, `entente request list` shows what has",
            case.request.from
        )));
    }
    let Some(named) = named else {
        return match open.is_empty() {
            true => Err(Refusal::Invalid(format!(
                "every portion of request {id} has been answered; `entente request show {id}` shows how, and `entente consent \
                 withdraw` ends what was granted"
            ))),
            false => Ok(open),
        };
    };
    match named.iter().find(|portion| !open.contains(*portion)) {
        None => Ok(named),
        Some(portion) => Err(Refusal::Invalid(match case.progress.get(portion) {
            Some(_) => {
                format!("portion {portion} of request {id} has been answered; `entente request show {id}` shows how")
            }
            None => format!(
                "request {id} does not ask for portion {portion}; `entente request show {id}` shows what it asks for"
            ),
        })),
    }
}

fn consent(id: ConsentId, request: &Request, terms: Terms, context: &Context<'_>) -> Result<Consent, Refusal> {
    if terms.ends.is_some_and(|end| end <= context.now) {
        return Err(Refusal::Invalid(
            "the consent would end before it begins; give a later `--until`".to_owned(),
        ));
    }
    Ok(Consent {
        id,
        request: Some(request.id.clone()),
        originator: request.to.clone(),
        to: request.from.clone(),
        report: request.report.clone(),
        portions: BTreeSet::new(),
        standing: terms.standing,
        recipients: Recipients {
            persons: request.audience.iter().map(|person| person.id.clone()).collect(),
            parties: BTreeSet::new(),
        },
        stated: request.audience.clone(),
        marks: Vec::new(),
        purposes: terms
            .purposes
            .or_else(|| request.purpose.clone().map(|purpose| BTreeSet::from([purpose]))),
        conditions: terms.conditions,
        given: context.now,
        received: None,
        ends: terms.ends,
        withdrawn: None,
        life: Life {
            revision: 1,
            given_by: terms.given_by,
            not_before: terms.not_before,
            ..Life::default()
        },
    })
}

/// A consent is written once: its name must be new among those of whoever gives it.
pub(super) fn fresh(state: &State, by: &PartyPath, id: &ConsentId) -> Result<(), Refusal> {
    match state.consents.contains_key(&Named::new(by.clone(), id.clone())) {
        false => Ok(()),
        true => Err(Refusal::Exists {
            what: "consent",
            name: id.to_string(),
            remedy: "choose another id",
        }),
    }
}

/// The same for what is asked for, and for what that rests on.
fn nothing_on_hold(state: &State, request: &Request, portions: &BTreeSet<PortionId>) -> Result<(), Refusal> {
    not_on_hold(state, &request.report)?;
    let mut bases = portions.iter().flat_map(|portion| carried::behind(request, portion));
    bases.try_for_each(|base| not_on_hold(state, &base.report))
}

/// Nothing new goes out of a report whose releases are on hold, by whatever answer.
pub(super) fn not_on_hold(state: &State, report: &ReportId) -> Result<(), Refusal> {
    let holding = state.reports.get(report);
    match holding.is_some_and(|holding| holding.on_hold.is_some()) {
        false => Ok(()),
        true => Err(Refusal::Invalid(format!(
            "releases of {report} are on hold; `entente report resume {report}` lets them go on"
        ))),
    }
}

pub(super) fn grant(
    state: &State,
    id: ConsentId,
    request: &Called<RequestId>,
    portions: Option<BTreeSet<PortionId>>,
    terms: Terms,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let case = to_answer(state, request)?;
    fresh(state, &case.request.to, &id)?;
    let portions = open_portions(case, portions)?;
    carried::at_hand(state, &case.request, &portions)?;
    nothing_on_hold(state, &case.request, &portions)?;
    let risked = keeps_sources(home(state)?, &case.request, &portions, &terms, context)?;
    let mut consent = consent(id, &case.request, terms, context)?;
    consent.portions = portions.iter().map(|portion| case.request.reference(portion)).collect();
    let message = Message::Answer {
        consents: vec![consent.clone()],
        refusals: Vec::new(),
        substitutes: Vec::new(),
        exposures: Vec::new(),
    };
    let mut events = vec![Event::ConsentGiven(consent)];
    events.extend(risked.map(Event::ExposureAnswered));
    Ok(Decided::events(events).send(case.request.from.clone(), message))
}

/// Refuses a consent that would narrow a protected source below its threshold, unless that is done knowingly; then it
/// gives the record of it, which stays here.
fn keeps_sources(
    home: &PartyPath,
    request: &Request,
    portions: &BTreeSet<PortionId>,
    terms: &Terms,
    context: &Context<'_>,
) -> Result<Option<ExposureAnswer>, Refusal> {
    let exposed = source::exposed(home, request, portions, context);
    if exposed.is_empty() {
        return Ok(None);
    }
    let Some(reason) = &terms.despite_exposure else {
        let list: Vec<&str> = exposed.iter().map(PortionId::as_str).collect();
        return Err(Refusal::Invalid(format!(
            "with {} this audience could narrow a protected source below its threshold; `entente source measure` shows \
             how far. Give a substitute text, refuse, or consent knowingly with `--despite-exposure REASON`",
            list.join(", ")
        )));
    };
    // Accepted for what the consent is for.
    let asked = || request.purpose.clone().map(|purpose| BTreeSet::from([purpose]));
    let purposes = terms.purposes.clone().or_else(asked);
    Ok(Some(source::risked(
        request,
        exposed,
        purposes.as_ref(),
        reason,
        context,
    )))
}

pub(super) fn refuse(
    state: &State,
    request: &Called<RequestId>,
    portions: Option<BTreeSet<PortionId>>,
    reason: String,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let case = to_answer(state, request)?;
    let refusal = RefusalRecord {
        request: case.request.id.clone(),
        asker: Some(case.request.from.clone()),
        originator: case.request.to.clone(),
        portions: open_portions(case, portions)?,
        reason,
        given: context.now,
    };
    let message = Message::Answer {
        consents: Vec::new(),
        refusals: vec![refusal.clone()],
        substitutes: Vec::new(),
        exposures: Vec::new(),
    };
    Ok(Decided::events([Event::RequestRefused(refusal)]).send(case.request.from.clone(), message))
}

pub(super) fn substitute(state: &State, command: Command, context: &Context<'_>) -> Result<Decided, Refusal> {
    let Command::Substitute {
        id,
        request,
        portion,
        mark,
        label,
        text,
        terms,
    } = command
    else {
        return Err(Refusal::Invalid("not a substitute".to_owned()));
    };
    let case = to_answer(state, &request)?;
    fresh(state, &case.request.to, &id)?;
    open_portions(case, Some(BTreeSet::from([portion.clone()])))?;
    nothing_on_hold(state, &case.request, &BTreeSet::from([portion.clone()]))?;
    if text.trim().is_empty() {
        return Err(Refusal::Invalid(
            "the substitute text is empty; to say nothing, refuse the portion".to_owned(),
        ));
    }
    let asked = &case.request;
    let mut closed_to = asked
        .audience
        .iter()
        .filter(|person| !releases_to(context.groups, &label, person));
    if let Some(person) = closed_to.next() {
        return Err(Refusal::Invalid(format!(
            "{mark} does not release the text to {}, for whom it is; mark it for them, or refuse the portion",
            person.id
        )));
    }
    carried::at_hand(state, asked, &BTreeSet::from([portion.clone()]))?;
    let origin = carried::terms(state, asked, &portion).ok_or_else(|| Refusal::NotEntitled {
        who: asked.to.to_string(),
        what: "substitute this portion",
        why: "it is not one of its originators".to_owned(),
    })?;
    let earlier = state
        .substitutes_of(&asked.report, asked.version)
        .filter(|s| s.stands_for == portion)
        .count();
    let name = PortionId::new(format!("{portion}-s{}", earlier + 1)).map_err(|e| Refusal::Invalid(e.to_string()))?;
    let mut consent = consent(id.clone(), asked, terms, context)?;
    consent.request = None;
    consent.portions.insert(PortionRef {
        report: asked.report.clone(),
        version: asked.version,
        portion: name.clone(),
    });
    let substitute = Substitute {
        request: asked.id.clone(),
        asker: Some(asked.from.clone()),
        originator: asked.to.clone(),
        report: asked.report.clone(),
        version: asked.version,
        stands_for: portion,
        portion: Portion {
            id: name,
            mark,
            label,
            text,
            lineage: Lineage::of(
                asked.to.clone(),
                Origin {
                    from: BTreeSet::new(),
                    protects_source: false,
                    ..origin
                },
            ),
            tear_line: false,
        },
        consent: id,
        given: context.now,
    };
    let message = Message::Answer {
        consents: vec![consent.clone()],
        refusals: Vec::new(),
        substitutes: vec![substitute.clone()],
        exposures: Vec::new(),
    };
    let events = [Event::ConsentGiven(consent), Event::SubstituteGiven(substitute)];
    Ok(Decided::events(events).send(asked.from.clone(), message))
}

pub(super) fn withdraw(
    state: &State,
    id: &Called<ConsentId>,
    reason: String,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let home = home(state)?;
    let see = "`entente consent list` shows the consents known here";
    let ours = |consent: &Consent| consent.originator.includes(home);
    let (_, consent) = the_one(&state.consents, id, ("consent", see), ours)?;
    if !ours(consent) {
        return Err(Refusal::NotEntitled {
            who: home.to_string(),
            what: "withdraw this consent",
            why: format!(
                "{} gave it; propose other terms with `entente consent counter {id} --note TEXT`",
                consent.originator
            ),
        });
    }
    if consent.withdrawn.is_some() {
        return Err(Refusal::Invalid(format!(
            "consent {id} has been withdrawn already, for good; `entente consent list` shows those that hold"
        )));
    }
    let message = Message::Withdrawal {
        consent: consent.id.clone(),
        at: context.now,
        reason: reason.clone(),
    };
    let event = Event::ConsentWithdrawn {
        consent: consent.id.clone(),
        by: Some(consent.originator.clone()),
        at: context.now,
        reason,
    };
    let decided = Decided::events([event]);
    Ok(match consent.life.release {
        true => life::tell(state, decided, &consent.to, message),
        false => decided.send(consent.to.clone(), message),
    })
}
