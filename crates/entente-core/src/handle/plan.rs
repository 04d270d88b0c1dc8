//! One plan for a case: what to put on hold, what to recall, whom to tell and whom to warn, shown before it is committed.

use std::collections::BTreeSet;

use serde::Serialize;

use super::concerned::{exposed_portions, must_be_told};
use super::incident::{case, contain, noted, notify};
use super::{Context, Decided, Refusal, home};
use crate::disclosure::RecallAction;
use crate::ids::{IncidentId, PartyPath, PersonId, PortionRef, RecallId, ReportId};
use crate::incident::{Incident, Stage, What, Why};
use crate::source::ProtectedSource;
use crate::state::State;

/// The role of whoever runs sources.
const SOURCE_HANDLER: &str = "source-handler";

/// One line of a plan. It can be struck by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "do", rename_all = "lowercase")]
pub enum PlanLine {
    /// Releases of a report are put on hold.
    Hold {
        /// The report.
        report: ReportId,
    },
    /// A report of this party's own is recalled from its holders.
    Recall {
        /// The report.
        report: ReportId,
        /// What they have to do.
        action: &'static str,
        /// From whom.
        from: BTreeSet<PartyPath>,
    },
    /// A party is told its part.
    Tell {
        /// The party.
        party: PartyPath,
        /// Why.
        why: BTreeSet<Why>,
        /// Its part.
        portions: BTreeSet<PortionRef>,
        /// Whether its keys are known, so that it can be sent.
        reachable: bool,
    },
    /// Whoever runs a source that is concerned is warned: the case stands in their work list from then on.
    Alert {
        /// Who.
        person: PersonId,
    },
}

impl PlanLine {
    /// The name by which it is struck.
    pub fn name(&self) -> String {
        match self {
            Self::Hold { report } => format!("hold:{report}"),
            Self::Recall { report, .. } => format!("recall:{report}"),
            Self::Tell { party, .. } => format!("tell:{party}"),
            Self::Alert { person } => format!("alert:{person}"),
        }
    }
}

/// What committing the plan of a case does, line by line.
///
/// # Errors
/// When there is no such open case for `by`.
pub fn plan(
    state: &State,
    id: &IncidentId,
    by: &PersonId,
    recall: Option<&RecallAction>,
    context: &Context<'_>,
) -> Result<Vec<PlanLine>, Refusal> {
    let (home, held) = (home(state)?, case(state, id, by)?);
    let exposed = exposed_portions(state, held);
    let reports: BTreeSet<&ReportId> = exposed.iter().map(|portion| &portion.report).collect();
    let mut lines: Vec<PlanLine> = handlers(state, &reports)
        .filter(|person| !held.members.contains(*person))
        .map(|person| PlanLine::Alert { person: person.clone() })
        .collect();
    let on_hold = |report: &ReportId| state.reports.get(report).is_some_and(|held| held.on_hold.is_some());
    let hold = reports.iter().filter(|report| !on_hold(report));
    lines.extend(hold.map(|report| PlanLine::Hold {
        report: (*report).clone(),
    }));
    if let Some(action) = recall {
        lines.extend(
            reports
                .iter()
                .filter_map(|report| recalled(state, home, report, action)),
        );
    }
    let told = held.told_portions();
    let told = |party: &PartyPath, portions: &BTreeSet<PortionRef>| {
        told.get(party).is_some_and(|told| portions.is_subset(told))
    };
    let tell = must_be_told(state, held, context).into_iter();
    lines.extend(
        tell.filter(|(party, (_, portions))| !told(party, portions))
            .map(|(party, (why, portions))| PlanLine::Tell {
                reachable: state.can_reach(&party),
                party,
                why,
                portions,
            }),
    );
    Ok(lines)
}

/// The line for a report that this party wrote and others hold.
fn recalled(state: &State, home: &PartyPath, report: &ReportId, action: &RecallAction) -> Option<PlanLine> {
    let holding = state.reports.get(report)?;
    let own = holding.latest().is_some_and(|latest| latest.originator == *home);
    let from: BTreeSet<PartyPath> = holding
        .deliveries
        .iter()
        .filter(|delivery| delivery.by == *home)
        .map(|delivery| delivery.to.clone())
        .collect();
    (own && !from.is_empty()).then(|| PlanLine::Recall {
        report: report.clone(),
        action: action.name(),
        from,
    })
}

/// Whoever runs sources here, where one is concerned.
fn handlers<'s>(state: &'s State, reports: &BTreeSet<&ReportId>) -> impl Iterator<Item = &'s PersonId> {
    let behind = |source: &ProtectedSource| reports.iter().any(|report| source.reports.contains(*report));
    let concerned = state.sources.values().any(behind);
    let own = state.persons.values().filter(move |person| {
        let home = state.home.as_ref();
        concerned && !person.disabled && home.is_some_and(|home| home.includes(&person.party))
    });
    own.filter(|person| person.roles.contains(SOURCE_HANDLER))
        .map(|person| &person.id)
}

/// Carries out the plan of a case, but for the lines that are struck: all of it, or nothing.
pub(super) fn respond(
    state: &State,
    (id, by): (&IncidentId, &PersonId),
    (recall, recall_id): (Option<RecallAction>, &RecallId),
    struck: &BTreeSet<String>,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let lines = plan(state, id, by, recall.as_ref(), context)?;
    let names: BTreeSet<String> = lines.iter().map(PlanLine::name).collect();
    if let Some(unknown) = struck.iter().find(|name| !names.contains(*name)) {
        let list: Vec<&str> = names.iter().map(String::as_str).collect();
        return Err(Refusal::Invalid(format!(
            "the plan has no line {unknown}; its lines are {}",
            list.join(", ")
        )));
    }
    let left: Vec<&PlanLine> = lines.iter().filter(|line| !struck.contains(&line.name())).collect();
    if left.is_empty() {
        return Err(Refusal::Invalid(format!(
            "nothing is left to be done in {id}; `entente incident show {id}` has how far it is"
        )));
    }
    let mut decided = Decided::default();
    let warned: Vec<&PersonId> = left
        .iter()
        .filter_map(|line| match line {
            PlanLine::Alert { person } => Some(person),
            _ => None,
        })
        .collect();
    for person in &warned {
        let member = What::Member {
            person: (*person).clone(),
        };
        decided.events.push(noted(id, by, member, context));
    }
    if !warned.is_empty() {
        let names: Vec<&str> = warned.iter().map(|person| person.as_str()).collect();
        let done = What::Done {
            stage: Stage::SourceAlert,
            note: format!("in the work list of {}", names.join(", ")),
        };
        decided.events.push(noted(id, by, done, context));
    }
    let contains = |line: &&&PlanLine| matches!(line, PlanLine::Hold { .. } | PlanLine::Recall { .. });
    if left.iter().any(|line| contains(&line)) {
        let recall = recall.filter(|_| left.iter().any(|line| matches!(line, PlanLine::Recall { .. })));
        append(
            &mut decided,
            contain(state, id, by, recall, recall_id, struck, context)?,
        );
    }
    if left.iter().any(|line| matches!(line, PlanLine::Tell { .. })) {
        append(&mut decided, notify(state, id, by, struck, context)?);
    }
    Ok(decided)
}

fn append(decided: &mut Decided, more: Decided) {
    decided.events.extend(more.events);
    decided.messages.extend(more.messages);
}

impl Incident {
    /// Whether a line of its plan is struck.
    pub(super) fn is_struck(struck: &BTreeSet<String>, kind: &str, name: &dyn std::fmt::Display) -> bool {
        struck.contains(&format!("{kind}:{name}"))
    }
}
