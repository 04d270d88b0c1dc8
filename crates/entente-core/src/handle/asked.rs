//! Asking again: only with something new. What was asked and is open, or was refused, is not asked a second time.

use std::collections::BTreeSet;

use super::Refusal;
use crate::ids::PortionId;
use crate::request::{Progress, Request};
use crate::state::{RequestCase, State};

/// Refuses a request whose every portion was asked for already, of the same originator, in the same version, for the same
/// persons and purpose, and is open or was refused. A stated change is something new.
pub(super) fn nothing_new(state: &State, request: &Request) -> Result<(), Refusal> {
    if !request.change.trim().is_empty() {
        return Ok(());
    }
    let same = |case: &&RequestCase| {
        let asked = &case.request;
        asked.from == request.from
            && asked.to == request.to
            && asked.report == request.report
            && asked.version == request.version
            && asked.purpose == request.purpose
            && asked.audience == request.audience
    };
    let earlier: Vec<&RequestCase> = state.requests.values().filter(same).collect();
    let stands = |portion: &PortionId, progress: Progress| {
        earlier.iter().any(|case| case.progress.get(portion) == Some(&progress))
    };
    let settled = |portion: &&PortionId| stands(portion, Progress::Refused) || stands(portion, Progress::Open);
    if request.portions.is_empty() || !request.portions.iter().all(|portion| settled(&portion)) {
        return Ok(());
    }
    let refused = earlier.iter().flat_map(|case| &case.refusals);
    let refused = refused.filter(|refusal| !refusal.portions.is_disjoint(&request.portions));
    Err(Refusal::Invalid(match refused.max_by_key(|refusal| refusal.given) {
        Some(refusal) => {
            format!("{refusal}; ask again with other persons, portions or another purpose, or say what has changed")
        }
        None => format!(
            "{} has been asked this in {} and has not answered yet; ask about something else, or say what has changed",
            request.to,
            earlier
                .iter()
                .map(|case| case.request.id.to_string())
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }))
}
