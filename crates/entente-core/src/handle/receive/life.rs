//! What partners say about consents, requests and copies after these were given.

use super::super::Refusal;
use super::{must_be, must_be_for, not_entitled};
use crate::event::Event;
use crate::ids::{ConsentId, PartyPath, RecallId, ReportId, RequestId};
use crate::life::{Cut, Saying};
use crate::named::Named;
use crate::part::Receipt;
use crate::request::Consent;
use crate::state::State;
use jiff::Timestamp;

/// The most receipts in one message: far more than versions that two parties exchange between two messages.
const MAX_RECEIPTS: usize = 10_000;

/// Narrowings that a partner may send before their consents have come.
const MAX_AHEAD: usize = 10_000;

/// A narrowing holds for the sender's consent of that name, whether that has come or not, and from now on.
pub(super) fn narrowed(
    state: &State,
    from: &PartyPath,
    consent: ConsentId,
    cut: Cut,
    reason: String,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if cut.is_all() {
        return Err(Refusal::Invalid(format!(
            "the message takes nothing away from consent {consent}"
        )));
    }
    let theirs = state.narrowings.iter().filter(|(named, _)| named.by == *from);
    let count: usize = theirs.map(|(_, all)| all.0.len()).sum();
    if count >= MAX_AHEAD {
        return Err(Refusal::Invalid(format!(
            "{from} has narrowed consents {count} times; ask it to withdraw those that are over, and to give them anew"
        )));
    }
    Ok(vec![Event::ConsentNarrowed {
        consent,
        originator: from.clone(),
        cut,
        at: now,
        reason,
    }])
}

/// Whoever was given a consent speaks about it.
pub(super) fn said(
    state: &State,
    home: &PartyPath,
    from: &PartyPath,
    id: &ConsentId,
    saying: Saying,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let consent = state.consents.get(&Named::new(home.clone(), id.clone()));
    let consent =
        consent.ok_or_else(|| Refusal::missing("consent", id, "`entente consent list` shows those given here"))?;
    must_be(from, &consent.to, "speak about this consent")?;
    Ok(vec![Event::ConsentSpoken {
        consent: id.clone(),
        originator: home.clone(),
        saying: saying.recorded(now),
    }])
}

/// Whoever asked takes it back.
pub(super) fn retracted(
    state: &State,
    home: &PartyPath,
    from: &PartyPath,
    id: &RequestId,
    reason: String,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let case = state.requests.get(&Named::new(from.clone(), id.clone()));
    let case = case.ok_or_else(|| Refusal::missing("request", id, "`entente request list` shows those known here"))?;
    must_be_for(home, &case.request.to)?;
    Ok(vec![Event::RequestRetracted {
        request: id.clone(),
        from: from.clone(),
        at: now,
        reason,
    }])
}

/// Whoever ordered a recall lifts it. One that has not come is not lifted ahead: it stops something, and holds until then.
pub(super) fn lifted(
    state: &State,
    from: &PartyPath,
    recall: RecallId,
    reason: String,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let known = state.recalls.get(&Named::new(from.clone(), recall.clone()));
    match known {
        Some(_) => Ok(vec![Event::RecallLifted {
            recall,
            by: from.clone(),
            at: now,
            reason,
        }]),
        None => Err(Refusal::missing(
            "recall",
            &recall,
            "take in the recall first, then this file again",
        )),
    }
}

/// A holder says that it gave its copy of one of this party's reports up.
pub(super) fn given_up(
    state: &State,
    home: &PartyPath,
    from: &PartyPath,
    report: ReportId,
    statement: String,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    match is_holder(state, home, from, &report) {
        true => Ok(vec![Event::CopyGivenUp {
            report,
            by: from.clone(),
            at: now,
            statement,
        }]),
        false => Err(not_entitled(
            from,
            "give this copy up",
            format!("no copy of {report} was delivered to it from here"),
        )),
    }
}

/// What a holder says that it took in counts for what was delivered to it from here.
pub(in super::super) fn receipts(
    state: &State,
    home: &PartyPath,
    from: &PartyPath,
    mut receipts: Vec<Receipt>,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if receipts.len() > MAX_RECEIPTS {
        return Err(Refusal::Invalid(format!(
            "{} receipts are more than {MAX_RECEIPTS} at once",
            receipts.len()
        )));
    }
    // Of a frozen link nothing counts; the letter that they came with says why.
    if state.frozen(from).is_some() {
        return Ok(Vec::new());
    }
    receipts.retain(|receipt| is_holder(state, home, from, &receipt.report));
    Ok(match receipts.is_empty() {
        true => Vec::new(),
        false => vec![Event::ReceiptsTaken {
            from: from.clone(),
            receipts,
            at: now,
        }],
    })
}

fn is_holder(state: &State, home: &PartyPath, party: &PartyPath, report: &ReportId) -> bool {
    let deliveries = state
        .reports
        .get(report)
        .into_iter()
        .flat_map(|holding| &holding.deliveries);
    deliveries
        .into_iter()
        .any(|delivery| delivery.by == *home && delivery.to == *party)
}

/// Whether two copies of a consent differ in nothing but the portions that they name.
fn same_terms(held: &Consent, told: &Consent) -> bool {
    (
        &held.recipients,
        &held.purposes,
        &held.conditions,
        held.ends,
        held.given,
    ) == (
        &told.recipients,
        &told.purposes,
        &told.conditions,
        told.ends,
        told.given,
    )
}

/// A consent that came with the text that it opens: the sender's own, for this party, about that text.
pub(super) fn enclosed(
    home: &PartyPath,
    from: &PartyPath,
    state: &State,
    report: &crate::report::Report,
    consents: Vec<Consent>,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let mut events = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for consent in consents {
        must_be(from, &consent.originator, "consent for another party")?;
        must_be_for(home, &consent.to)?;
        let about = |named: &crate::ids::PortionRef| {
            named.report == report.id && named.version == report.version && report.portion(&named.portion).is_some()
        };
        if consent.portions.is_empty() || !consent.portions.iter().all(about) || !seen.insert(consent.id.clone()) {
            return Err(Refusal::Invalid(format!(
                "consent {} is not about the text that it came with",
                consent.id
            )));
        }
        // It came with an earlier copy as well, or was given before: what is here holds, and opens what came now.
        if let Some(held) = state.consents.get(&consent.key()) {
            let wider = Consent {
                portions: &held.portions | &consent.portions,
                ..held.clone()
            };
            if held.withdrawn.is_none() && wider != *held && same_terms(held, &consent) {
                events.push(Event::ConsentGiven(wider));
            }
            continue;
        }
        events.push(Event::ConsentGiven(Consent {
            received: Some(now),
            request: None,
            ..consent
        }));
    }
    Ok(events)
}
