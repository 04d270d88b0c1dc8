//! What ends something: withdrawals and recalls, in whatever order they come, and what holders answer.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::Refusal;
use super::{must_be, not_entitled};
use crate::disclosure::{Acknowledgement, Recall};
use crate::event::Event;
use crate::ids::{ConsentId, PartyPath};
use crate::state::State;

/// The most consents that a partner may withdraw before they have come: far more than are ever under way.
const MAX_AHEAD: usize = 10_000;

/// A withdrawal holds for the sender's consent of that name, whether that has come or not, and from now on: the sender's
/// clock says nothing here.
pub(super) fn withdrawn(
    state: &State,
    from: &PartyPath,
    consent: ConsentId,
    reason: String,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let held = |id: &ConsentId| state.consents.get(id).is_some_and(|held| held.originator == *from);
    let theirs = state.endings.keys().filter(|named| named.by == *from);
    let ahead = theirs.filter(|named| !held(&named.id)).count();
    if ahead >= MAX_AHEAD && !held(&consent) {
        return Err(Refusal::Invalid(format!(
            "{from} has withdrawn {ahead} consents that never came here; ask it for the consents, then take this file in again"
        )));
    }
    Ok(vec![Event::ConsentWithdrawn {
        consent,
        by: Some(from.clone()),
        at: now,
        reason,
    }])
}

/// A recall counts for the sender's own reports, also for one that comes later. Of the holders only this party is kept:
/// what others did is theirs to say, and so is what this one did.
pub(super) fn recalled(
    state: &State,
    home: &PartyPath,
    from: &PartyPath,
    recall: Recall,
) -> Result<Vec<Event>, Refusal> {
    must_be(from, &recall.originator, "recall for another party")?;
    let versions = state
        .reports
        .get(&recall.report)
        .into_iter()
        .flat_map(|holding| holding.versions.values());
    if let Some(report) = versions.into_iter().find(|report| report.originator != *from) {
        return Err(not_entitled(
            from,
            "recall this report",
            format!("{} wrote it", report.originator),
        ));
    }
    if !recall.holders.keys().any(|holder| holder.includes(home)) {
        return Err(Refusal::Invalid(format!("the recall is not addressed to {home}")));
    }
    if state.recalls.contains_key(&recall.id) {
        return Err(Refusal::Exists {
            what: "recall",
            name: recall.id.to_string(),
            remedy: "the originator has to order it under another id",
        });
    }
    Ok(vec![Event::RecallOrdered(Recall {
        holders: BTreeMap::from([(home.clone(), None)]),
        ..recall
    })])
}

/// A holder's answer to a recall of this party.
pub(super) fn acknowledged(
    state: &State,
    home: &PartyPath,
    from: &PartyPath,
    acknowledgement: Acknowledgement,
) -> Result<Vec<Event>, Refusal> {
    must_be(from, &acknowledgement.by, "acknowledge for another party")?;
    let known = state.recalls.get(&acknowledgement.recall);
    let known = known
        .filter(|recall| recall.originator == *home)
        .ok_or_else(|| Refusal::missing("recall", &acknowledgement.recall, "`entente recall list` shows them"))?;
    match known.holders.contains_key(from) {
        true => Ok(vec![Event::RecallAcknowledged(acknowledgement)]),
        false => Err(not_entitled(
            from,
            "acknowledge this recall",
            "it was not asked to".to_owned(),
        )),
    }
}
