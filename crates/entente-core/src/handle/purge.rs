//! What a holder does about a recall, and says about it: what was done, not what was typed.

use std::collections::{BTreeMap, BTreeSet};

use super::concerned::known_disclosure;
use super::{Context, Decided, Refusal, home, the_one};
use crate::disclosure::{Acknowledgement, Destroyed, Purged, Recall, RecallAction, Remains};
use crate::event::Event;
use crate::ids::{IncidentId, PortionRef, RecallId, ReportId};
use crate::incident::Incident;
use crate::message::Message;
use crate::named::Called;
use crate::report::Report;
use crate::state::State;

/// How a holder follows a recall.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Following {
    /// The holder's own words.
    pub statement: String,
    /// Of a PURGE: the law that forbids to destroy anything, and on what basis.
    pub legal_hold: Option<String>,
    /// Of a PURGE: cases whose notes and evidence stay, each with the originator's word that they may.
    pub keep: BTreeMap<IncidentId, String>,
    /// Of a PURGE: what this node cannot reach, as it knows it.
    pub beyond_reach: Vec<Remains>,
}

/// Acknowledges a recall of another party. A PURGE is carried out with it.
pub(super) fn acknowledge(
    state: &State,
    recall: &Called<RecallId>,
    following: Following,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let home = home(state)?;
    let see = "`entente recall list` shows the recalls known here";
    let (_, known) = the_one(&state.recalls, recall, ("recall", see), |known| {
        known.originator != *home
    })?;
    if known.originator == *home {
        return Err(Refusal::NotEntitled {
            who: home.to_string(),
            what: "acknowledge this recall",
            why: "it ordered the recall; the holders acknowledge it, and `entente recall lift` lifts it".to_owned(),
        });
    }
    let (mut events, mut outcome) = (Vec::new(), None);
    match known.action {
        RecallAction::Purge => {
            let (done, destroyed) = purge(state, known, &following, context)?;
            events.extend(destroyed.map(Event::ContentDestroyed));
            outcome = Some(done);
        }
        _ if following.legal_hold.is_some() || !following.keep.is_empty() => {
            return Err(Refusal::Invalid(format!(
                "recall {recall} asks for {}, which destroys nothing: no legal hold and no case stands against it",
                known.action.name()
            )));
        }
        _ if following.statement.trim().is_empty() => {
            return Err(Refusal::Invalid(
                "an acknowledgement says what was done; give it with `--statement`".to_owned(),
            ));
        }
        _ => {}
    }
    let acknowledgement = Acknowledgement {
        recall: known.id.clone(),
        ordered_by: Some(known.originator.clone()),
        by: home.clone(),
        at: context.now,
        statement: following.statement,
        outcome,
    };
    events.push(Event::RecallAcknowledged(acknowledgement.clone()));
    Ok(Decided::events(events).send(known.originator.clone(), Message::Acknowledgement(acknowledgement)))
}

fn purge(
    state: &State,
    recall: &Recall,
    following: &Following,
    context: &Context<'_>,
) -> Result<(Purged, Option<Destroyed>), Refusal> {
    if let Some(basis) = &following.legal_hold {
        return match basis.trim().is_empty() {
            true => Err(Refusal::Invalid(
                "a legal hold names its basis: the law, and who ordered it".to_owned(),
            )),
            false => Ok((Purged::NotDestroyed { basis: basis.clone() }, None)),
        };
    }
    let about: BTreeSet<&IncidentId> = cases_about(state, recall).map(|case| &case.id).collect();
    for (kept, word) in &following.keep {
        let open = state.incidents.get(kept).is_some_and(|case| case.closed().is_none());
        if !about.contains(kept) || !open {
            return Err(Refusal::Invalid(format!(
                "{kept} is no open case about {}; only what such a case needs may stay",
                recall.report
            )));
        }
        if word.trim().is_empty() {
            return Err(Refusal::Invalid(format!(
                "what {kept} keeps stays with {}'s consent only: say who gave it, and when",
                recall.originator
            )));
        }
    }
    let kept = following
        .keep
        .values()
        .map(|word| Remains::Case { consent: word.clone() });
    let derived = resting_on(state, &recall.report, recall.version).len();
    let but_for = kept
        .chain((derived > 0).then_some(Remains::Derived { reports: derived }))
        .chain(following.beyond_reach.iter().cloned());
    let destroyed = Destroyed {
        recall: recall.id.clone(),
        report: recall.report.clone(),
        version: recall.version,
        incidents: about
            .into_iter()
            .filter(|id| !following.keep.contains_key(*id))
            .cloned()
            .collect(),
        at: context.now,
    };
    Ok((
        Purged::Destroyed {
            but_for: but_for.collect(),
        },
        Some(destroyed),
    ))
}

/// The cases about what is recalled.
fn cases_about<'s>(state: &'s State, recall: &'s Recall) -> impl Iterator<Item = &'s Incident> {
    let about = |case: &&Incident| {
        let mut disclosures = case.disclosures.iter().filter_map(|id| known_disclosure(state, id));
        disclosures.any(|disclosure| disclosure.report == recall.report && disclosure.version <= recall.version)
    };
    state.incidents.values().filter(about)
}

/// Reports here that rest on a report up to a version: they are closed with it, and not destroyed.
pub fn resting_on<'s>(state: &'s State, base: &ReportId, version: u32) -> BTreeSet<&'s ReportId> {
    let rests = |from: &PortionRef| from.report == *base && from.version <= version;
    let held = state.resting(base);
    held.filter(|(_, holding)| {
        let mut portions = holding.versions.values().flat_map(Report::with_title);
        portions.any(|portion| portion.lineage.iter().any(|(_, origin)| origin.from.iter().any(rests)))
    })
    .map(|(id, _)| id)
    .collect()
}
