//! What stood at an earlier moment of one's own: something that was said is judged by what was permitted when it was said.

use jiff::{SignedDuration, Timestamp};

use super::{Context, Refusal};
use crate::arrangement::{Arrangement, ArrangementStatus};
use crate::briefing::Briefing;
use crate::disclosure::Notice;
use crate::ids::ReportId;
use crate::state::State;

/// How far back a record goes without anyone having to say why it comes so late.
const SOON: SignedDuration = SignedDuration::from_hours(24);

/// When something was said that is recorded now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The moment; `None` for now.
    pub at: Option<Timestamp>,
    /// Why it is recorded so late, where it was more than a day ago.
    pub late: String,
}

/// The moment at which it was said.
///
/// # Errors
/// When that is in the future, before the briefing in which it was said, or more than a day ago without a reason.
pub(super) fn moment(said: &Said, briefing: Option<&Briefing>, now: Timestamp) -> Result<Timestamp, Refusal> {
    let Some(at) = said.at else { return Ok(now) };
    let refused = |problem: String| Err(Refusal::Invalid(problem));
    if at > now {
        return refused(format!("{at} is still to come; a record is of what was said"));
    }
    if let Some(briefing) = briefing.filter(|briefing| at < briefing.prepared) {
        return refused(format!(
            "{at} is before briefing {} was prepared ({}); what was said before it is a disclosure of its own",
            briefing.id, briefing.prepared
        ));
    }
    if now.duration_since(at) > SOON && said.late.trim().is_empty() {
        return refused(format!("{at} is more than a day ago; say why it is recorded only now"));
    }
    Ok(at)
}

/// What stood at `moment` about a report: whatever was ended, withdrawn, recalled, put on hold or learned afterwards had
/// not been yet.
pub(super) fn standing_at(state: &State, report: &ReportId, moment: Timestamp, context: &Context<'_>) -> State {
    let mut past = state.clone();
    if moment >= context.now {
        return past;
    }
    let later = |at: Timestamp| at > moment;
    if let Some(holding) = past.reports.get_mut(report) {
        holding.withdrawn.take_if(|(at, _)| later(*at));
        holding.on_hold.take_if(|(at, _)| later(*at));
    }
    let given = state
        .consents
        .of(report)
        .filter(|consent| consent.withdrawn.is_some_and(later));
    for id in given.map(crate::request::Consent::key) {
        if let Some(consent) = past.consents.get_mut(&id) {
            consent.withdrawn = None;
        }
    }
    let changed = |arrangement: &&Arrangement| {
        arrangement.status_set.is_some_and(later) && arrangement.status != ArrangementStatus::Active
    };
    for id in state
        .arrangements
        .values()
        .filter(changed)
        .map(|arrangement| arrangement.id.clone())
    {
        if let Some(arrangement) = past.arrangements.get_mut(&id) {
            arrangement.status = ArrangementStatus::Active;
        }
    }
    for recall in state
        .recalls
        .of(report)
        .filter(|recall| recall.scope.lifted.as_ref().is_some_and(|(at, _)| later(*at)))
    {
        if let Some(then) = past.recalls.get_mut(&recall.key()) {
            then.scope.lifted = None;
        }
    }
    past.recalls
        .retain(|_, recall| recall.report != *report || !later(recall.ordered));
    past.disclosures.retain(|_, disclosure| !later(disclosure.at));
    past.overrides.retain(|_, made| !later(made.at));
    for key in state.openings.keys() {
        if let Some(opening) = past.openings.get_mut(key) {
            opening.portions.retain(|_, at| !later(*at));
        }
    }
    past.notices.retain(|_, (_, notice)| match notice {
        Notice::Override(made) => !later(made.at),
        Notice::Disclosure(disclosure) => !later(disclosure.at),
    });
    past
}
