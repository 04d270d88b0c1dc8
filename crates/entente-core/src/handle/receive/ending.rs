//! What ends something: withdrawals and recalls, in whatever order they come, and what holders answer.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::Refusal;
use super::{must_be, not_entitled};
use crate::disclosure::{Acknowledgement, Recall};
use crate::event::Event;
use crate::ids::{ConsentId, PartyPath};
use crate::named::Named;
use crate::state::State;

/// The most consents that a partner may withdraw, and reports that it may recall, before they have come: far more than are
/// ever under way.
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
    let theirs = state.endings.keys().filter(|named| named.by == *from);
    let ahead = theirs.filter(|named| !state.consents.contains_key(named)).count();
    let held = state.consents.contains_key(&Named::new(from.clone(), consent.clone()));
    if ahead >= MAX_AHEAD && !held {
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
    let named = Named::new(from.clone(), recall.id.clone());
    if state.recalls.contains_key(&named) {
        return Err(Refusal::Exists {
            what: "recall",
            name: recall.id.to_string(),
            remedy: "the originator has to order it under another id",
        });
    }
    let theirs = state.recalls.iter().filter(|(named, _)| named.by == *from);
    let ahead = theirs
        .filter(|(_, recall)| !state.reports.contains_key(&recall.report))
        .count();
    if ahead >= MAX_AHEAD && !state.reports.contains_key(&recall.report) {
        return Err(Refusal::Invalid(format!(
            "{from} has recalled {ahead} reports that never came here; ask it for the reports, then take this file in again"
        )));
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
    let known = state
        .recalls
        .get(&Named::new(home.clone(), acknowledgement.recall.clone()));
    let known =
        known.ok_or_else(|| Refusal::missing("recall", &acknowledgement.recall, "`entente recall list` shows them"))?;
    match known.holders.contains_key(from) {
        true => Ok(vec![Event::RecallAcknowledged(Acknowledgement {
            ordered_by: Some(home.clone()),
            ..acknowledgement
        })]),
        false => Err(not_entitled(
            from,
            "acknowledge this recall",
            "it was not asked to".to_owned(),
        )),
    }
}
