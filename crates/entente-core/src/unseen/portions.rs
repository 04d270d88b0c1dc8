//! Of a report that somebody may know of, the portions that they may not read are not there for what they do: a portion that is
//! named is missing as if there were none, and where all are meant, all are that they know.

use std::collections::BTreeSet;

use crate::actor::Actor;
use crate::decide::{NotFound, open_for};
use crate::handle::{Command, Context, Refusal, to_ask_about};
use crate::ids::{PersonId, PortionId, ReportId};
use crate::state::State;

/// The portions that a person may know for some purpose, substitutes included.
///
/// # Errors
/// When there is no such report, the person must not learn that there is, or nothing of it is theirs to read.
fn known(
    state: &State,
    person: &PersonId,
    report: &ReportId,
    context: &Context<'_>,
) -> Result<BTreeSet<PortionId>, NotFound> {
    let guards = (context.policy, context.exposure);
    let open = open_for(state, context.groups, guards, person, report, context.now)?;
    let all: BTreeSet<PortionId> = open.into_values().flatten().collect();
    match all.is_empty() {
        true => Err(NotFound::Report(report.to_string())),
        false => Ok(all),
    }
}

/// A command as it is meant by whoever acts: about portions that they may know.
///
/// # Errors
/// When it names others: they are missing. When what it asks for cannot be decided, as for the command.
pub(crate) fn within_sight(
    state: &State,
    actor: &Actor,
    mut command: Command,
    context: &Context<'_>,
) -> Result<Command, Refusal> {
    let sight = |report: &ReportId| known(state, &actor.person, report, context);
    match &mut command {
        Command::HandOver(handover) | Command::Export(handover) => {
            handover.known = Some(sight(&handover.report)?);
        }
        Command::Release(release) => all_known(&release.report, &release.portions, &sight(&release.report)?)?,
        Command::SetEmbargo(word) if !word.portions.is_empty() => {
            all_known(&word.report, &word.portions, &sight(&word.report)?)?;
        }
        Command::Override { report, portions, .. } | Command::Disclose { report, portions, .. } => {
            all_known(report, &*portions, &sight(report)?)?;
        }
        Command::RecordDecision { report, portions, .. } => {
            let known = sight(report)?;
            match portions {
                Some(named) => all_known(report, &*named, &known)?,
                None => *portions = Some(known.into_iter().collect()),
            }
        }
        Command::OpenRequest {
            report,
            portions,
            audience,
            purpose,
            ..
        } => {
            let known = sight(report)?;
            match portions {
                Some(named) => all_known(report, &*named, &known)?,
                None => {
                    let among = (&*report, known.into_iter().collect());
                    *portions = Some(to_ask_about(state, among, audience, purpose.as_ref(), context)?);
                }
            }
        }
        _ => {}
    }
    Ok(command)
}

fn all_known<'p>(
    report: &ReportId,
    named: impl IntoIterator<Item = &'p PortionId>,
    known: &BTreeSet<PortionId>,
) -> Result<(), NotFound> {
    match named.into_iter().find(|portion| !known.contains(*portion)) {
        None => Ok(()),
        Some(portion) => Err(NotFound::Portion {
            report: report.clone(),
            portion: portion.clone(),
        }),
    }
}
