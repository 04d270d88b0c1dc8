//! Cases: opening them, who must be told, containment, assessment, closing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::concerned::{exposed_portions, known_disclosure, must_be_told, told_as};
use super::cost::source_damage;
use super::directory::active;
use super::report::recall;
use super::{Context, Decided, Refusal, home, the_one, told_apart};
use crate::disclosure::RecallAction;
use crate::event::Event;
use crate::ids::{DisclosureId, IncidentId, PartyPath, PersonId, RecallId, ReportId};
use crate::incident::{Entry, Incident, IncidentNotice, Stage, What};
use crate::message::Message;
use crate::named::{Called, Named};
use crate::state::State;

const SEE_CASES: &str = "`entente incident list` shows them";

/// What to open a case with.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The id of the case.
    pub id: IncidentId,
    /// What it is called.
    pub title: String,
    /// Who opens it.
    pub by: PersonId,
    /// Who else works on it.
    pub members: BTreeSet<PersonId>,
    /// The disclosures that it is about.
    pub disclosures: BTreeSet<Called<DisclosureId>>,
    /// Whether its existence is protected.
    pub protected: bool,
    /// Its own clocks, in hours.
    pub clocks: BTreeMap<Stage, u32>,
}

pub(super) fn open(state: &State, opening: Opening, context: &Context<'_>) -> Result<Decided, Refusal> {
    home(state)?;
    if state.incidents.contains_key(&opening.id) {
        return Err(Refusal::Exists {
            what: "incident",
            name: opening.id.to_string(),
            remedy: "choose another id",
        });
    }
    let mut members = opening.members;
    members.insert(opening.by.clone());
    for person in &members {
        own_person(state, person)?;
    }
    if opening.disclosures.is_empty() {
        return Err(Refusal::Invalid(
            "a case is about at least one disclosure; record one with `entente disclosure add`, `entente brief record` or \
             `entente watch confirm`"
                .to_owned(),
        ));
    }
    let disclosures = opening.disclosures.iter().map(|id| meant(state, id));
    let disclosures = disclosures.collect::<Result<_, _>>()?;
    Ok(Decided::events([Event::IncidentOpened(Incident {
        id: opening.id,
        title: opening.title,
        opened: context.now,
        opened_by: opening.by,
        protected: opening.protected,
        disclosures,
        members,
        clocks: opening.clocks,
        entries: Vec::new(),
    })]))
}

/// The disclosure that is meant, by a name that no later notice of another party can take over.
fn meant(state: &State, called: &Called<DisclosureId>) -> Result<Called<DisclosureId>, Refusal> {
    if (called.by.is_none() || called.by == state.home) && state.disclosures.contains_key(&called.id) {
        return Ok(Called::from(called.id.clone()));
    }
    let told: Vec<&Named<DisclosureId>> = told_as(state, called).map(|(named, _)| named).collect();
    match told.as_slice() {
        [one] => Ok(Called::from((*one).clone())),
        [] => Err(Refusal::missing(
            "disclosure",
            called,
            "`entente disclosure list` shows them",
        )),
        several => {
            let names: Vec<String> = several.iter().map(ToString::to_string).collect();
            Err(Refusal::Invalid(format!(
                "several parties told of a disclosure called {}; say which: {}",
                called.id,
                names.join(", ")
            )))
        }
    }
}

fn own_person(state: &State, id: &PersonId) -> Result<(), Refusal> {
    active(state, id, "work on a case")
}

/// Whether a person works on an open case about a report.
pub(super) fn works_on(state: &State, person: &PersonId, report: &ReportId) -> bool {
    let about = |case: &Incident| {
        let mut known = case.disclosures.iter().filter_map(|id| known_disclosure(state, id));
        known.any(|disclosure| disclosure.report == *report)
    };
    let mut open = state.incidents.values().filter(|case| case.closed().is_none());
    own_person(state, person).is_ok() && open.any(|case| case.members.contains(person) && about(case))
}

/// The open case, for one of its members.
pub(super) fn case<'s>(state: &'s State, id: &IncidentId, by: &PersonId) -> Result<&'s Incident, Refusal> {
    let case = state.incidents.get(id).filter(|case| case.is_visible_to(Some(by)));
    let case = case.ok_or_else(|| Refusal::missing("incident", id, SEE_CASES))?;
    if !case.is_member(Some(by)) {
        return Err(Refusal::NotEntitled {
            who: by.to_string(),
            what: "work on this case",
            why: format!("a member of it can add them: `entente incident member {id} --by MEMBER --add {by}`"),
        });
    }
    own_person(state, by)?;
    match case.closed() {
        None => Ok(case),
        Some(at) => Err(Refusal::Invalid(format!(
            "{id} was closed on {at}; open a new case that refers to it"
        ))),
    }
}

pub(super) fn noted(id: &IncidentId, by: &PersonId, what: What, context: &Context<'_>) -> Event {
    Event::IncidentNoted {
        incident: id.clone(),
        entry: Entry {
            at: context.now,
            by: Some(by.clone()),
            what,
        },
    }
}

pub(super) fn note(
    state: &State,
    id: &IncidentId,
    by: &PersonId,
    what: What,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let held = case(state, id, by)?;
    match &what {
        What::Disclosure { id: called } => {
            let what = What::Disclosure {
                id: meant(state, called)?,
            };
            return Ok(Decided::events([noted(id, by, what, context)]));
        }
        What::Member { person } | What::Assigned { owner: person, .. } | What::Lesson { owner: person, .. } => {
            own_person(state, person)?;
        }
        What::Relabelled { portion, .. } if !exposed_portions(state, held).contains(portion) => {
            return Err(Refusal::Invalid(format!("{portion} is not among what {id} is about")));
        }
        What::Contained { .. }
        | What::Told { .. }
        | What::Acknowledged { .. }
        | What::Assessed { .. }
        | What::Closed { .. } => {
            return Err(Refusal::Invalid(
                "this is recorded by the command that does it".to_owned(),
            ));
        }
        _ => {}
    }
    Ok(Decided::events([noted(id, by, what, context)]))
}

pub(super) fn contain(
    state: &State,
    id: &IncidentId,
    by: &PersonId,
    action: Option<RecallAction>,
    recall_id: &RecallId,
    struck: &BTreeSet<String>,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let home = home(state)?;
    let held = case(state, id, by)?;
    let concerned: BTreeSet<ReportId> = exposed_portions(state, held)
        .into_iter()
        .map(|portion| portion.report)
        .collect();
    let mut decided = Decided::default();
    let mut reports = concerned.clone();
    reports.retain(|report| !Incident::is_struck(struck, "hold", report));
    for report in &reports {
        decided.events.push(Event::ReportHeld {
            report: report.clone(),
            at: context.now,
            reason: "releases are on hold".to_owned(),
        });
    }
    let mut recalls = BTreeSet::new();
    let own = |report: &&ReportId| {
        let latest = state.reports.get(*report).and_then(|holding| holding.latest());
        latest.is_some_and(|latest| latest.originator == *home)
    };
    if let Some(action) = action {
        let recalled = |report: &&ReportId| own(report) && !Incident::is_struck(struck, "recall", report);
        for report in concerned.iter().filter(recalled) {
            let name = told_apart(recall_id, report);
            let name = RecallId::new(name).map_err(|e| Refusal::Invalid(e.to_string()))?;
            // The holders learn what to do, not of the case.
            let ordered = recall(
                state,
                name.clone(),
                report,
                action.clone(),
                "recalled by its originator".to_owned(),
                &BTreeSet::new(),
                context,
            )?;
            decided.events.extend(ordered.events);
            decided.messages.extend(ordered.messages);
            recalls.insert(name);
        }
    }
    decided
        .events
        .push(noted(id, by, What::Contained { held: reports, recalls }, context));
    Ok(decided)
}

pub(super) fn notify(
    state: &State,
    id: &IncidentId,
    by: &PersonId,
    struck: &BTreeSet<String>,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let held = case(state, id, by)?;
    let told = held.told_portions();
    let mut decided = Decided::default();
    for (party, (why, portions)) in must_be_told(state, held, context) {
        if Incident::is_struck(struck, "tell", &party) {
            continue;
        }
        // Whoever was told is told again when there is more.
        if told.get(&party).is_some_and(|told| portions.is_subset(told)) {
            continue;
        }
        let notice = IncidentNotice {
            incident: id.clone(),
            why: why.clone(),
            portions: portions.clone(),
            at: context.now,
            acknowledged: None,
        };
        let entry = What::Told {
            party: party.clone(),
            why,
            portions,
        };
        // Its receiver may be shown the entry, and does not learn who works on the case.
        decided.events.push(Event::IncidentNoted {
            incident: id.clone(),
            entry: Entry {
                at: context.now,
                by: None,
                what: entry,
            },
        });
        decided = decided.send(party, Message::Incident(notice));
    }
    let (now, unreachable) = (decided.messages.len(), unreachable(state, &decided));
    let done = What::Done {
        stage: Stage::Notify,
        note: match (now, unreachable.is_empty()) {
            (0, _) => "nobody more has to be told".to_owned(),
            (now, true) => format!("{now} told"),
            (now, false) => format!(
                "{now} to be told; not sent yet, for their keys are not known: {}",
                unreachable.join(", ")
            ),
        },
    };
    decided.events.push(noted(id, by, done, context));
    Ok(decided)
}

/// Those for whom a message waits because their keys are not known.
fn unreachable(state: &State, decided: &Decided) -> Vec<String> {
    let waiting: BTreeSet<&PartyPath> = decided
        .messages
        .iter()
        .map(|(party, _)| party)
        .filter(|party| !state.can_reach(party))
        .collect();
    waiting.into_iter().map(ToString::to_string).collect()
}

pub(super) fn assess(
    state: &State,
    id: &IncidentId,
    by: &PersonId,
    note: String,
    last: bool,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let held = case(state, id, by)?;
    let sources = source_damage(state, held);
    Ok(Decided::events([noted(
        id,
        by,
        What::Assessed { last, note, sources },
        context,
    )]))
}

pub(super) fn close(
    state: &State,
    id: &IncidentId,
    by: &PersonId,
    note: String,
    resume: bool,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let held = case(state, id, by)?;
    let open: Vec<&str> = held
        .tasks()
        .iter()
        .filter(|task| task.done.is_none())
        .map(|task| task.stage.id())
        .collect();
    if !open.is_empty() {
        return Err(Refusal::Invalid(format!(
            "{id} cannot be closed: {} not done; `entente incident done {id} STAGE --by {by} --note TEXT` records a stage, \
             also that there was nothing to do",
            open.join(", ")
        )));
    }
    let mut decided = Decided::default();
    let others = state
        .incidents
        .values()
        .filter(|other| other.id != *id && other.closed().is_none());
    let elsewhere: BTreeSet<&ReportId> = others.flat_map(Incident::held).collect();
    for report in held
        .held()
        .into_iter()
        .filter(|report| resume && !elsewhere.contains(report))
    {
        decided.events.push(Event::ReportResumed { report: report.clone() });
    }
    decided.events.push(noted(id, by, What::Closed { note }, context));
    Ok(decided)
}

pub(super) fn acknowledge(
    state: &State,
    called: &Called<IncidentId>,
    statement: String,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let told = ("notice of an incident", SEE_CASES);
    let (_, (from, notice)) = the_one(&state.incident_notices, called, told, |_| true)?;
    let notice = IncidentNotice {
        acknowledged: Some((context.now, statement.clone())),
        ..notice.clone()
    };
    let message = Message::IncidentAcknowledged {
        incident: notice.incident.clone(),
        at: context.now,
        statement,
    };
    let event = Event::IncidentNoticed {
        from: from.clone(),
        notice,
    };
    Ok(Decided::events([event]).send(from.clone(), message))
}

/// A partner's notice: about portions that are held here, as it has to be.
pub(super) fn noticed(state: &State, from: &PartyPath, notice: IncidentNotice) -> Result<Vec<Event>, Refusal> {
    for portion in &notice.portions {
        let held = state
            .reports
            .get(&portion.report)
            .and_then(|holding| holding.versions.get(&portion.version));
        if held.is_none() || state.hidden_from(from, portion) {
            return Err(Refusal::missing(
                "report",
                &format!("{} v{}", portion.report, portion.version),
                "it is not held here",
            ));
        }
    }
    let notice = IncidentNotice {
        acknowledged: None,
        ..notice
    };
    Ok(vec![Event::IncidentNoticed {
        from: from.clone(),
        notice,
    }])
}

/// A partner's word that it has taken note.
pub(super) fn acknowledged(
    state: &State,
    from: &PartyPath,
    id: IncidentId,
    at: Timestamp,
    statement: String,
) -> Result<Vec<Event>, Refusal> {
    let case = state.incidents.get(&id).filter(|case| case.told().contains_key(from));
    // Who was not told learns nothing about which cases there are.
    case.ok_or_else(|| Refusal::missing("incident", &id, SEE_CASES))?;
    let what = What::Acknowledged {
        party: from.clone(),
        statement,
    };
    let entry = Entry { at, by: None, what };
    Ok(vec![Event::IncidentNoted { incident: id, entry }])
}
