//! Answers to requests of this party: each from the originator that was asked, about what was asked.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::super::Refusal;
use super::{must_be, must_be_for, not_entitled};
use crate::decide::answering;
use crate::event::Event;
use crate::ids::{ConsentId, PartyPath, PortionId, PortionRef, ReportId, RequestId};
use crate::named::Named;
use crate::request::{Consent, Refusal as RefusalRecord, Request, Substitute};
use crate::source::ExposureAnswer;
use crate::state::State;
use crate::written::Signed;

/// The report must be held here, and the sender an originator of the portion, else its consent means nothing.
fn originator_of(
    state: &State,
    from: &PartyPath,
    report: &ReportId,
    version: u32,
    portion: &PortionId,
) -> Result<(), Refusal> {
    let named = PortionRef {
        report: report.clone(),
        version,
        portion: portion.clone(),
    };
    match answering(state, &named).contains(from) {
        true => Ok(()),
        false => Err(not_entitled(
            from,
            "answer for this portion",
            format!("it is not an originator of {portion} of {report} v{version}"),
        )),
    }
}

/// The sender must be an originator of something in the report, else a consent for all of it means nothing.
fn originator_within(state: &State, from: &PartyPath, report: &ReportId) -> Result<(), Refusal> {
    let versions = state
        .reports
        .get(report)
        .into_iter()
        .flat_map(|holding| holding.versions.values());
    let mut originators = versions
        .flat_map(|report| &report.portions)
        .flat_map(|portion| portion.lineage.originators());
    match originators.any(|party| party == from) {
        true => Ok(()),
        false => Err(not_entitled(
            from,
            "consent for this report",
            format!("it is not an originator of anything in {report}"),
        )),
    }
}

/// What an answer brings: consents, refusals, substitutes.
type Answers = (Vec<Consent>, Vec<RefusalRecord>, Vec<Substitute>);

pub(super) fn answered(
    state: &State,
    home: &PartyPath,
    from: &PartyPath,
    (consents, refusals, substitutes): Answers,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let own_texts: BTreeSet<PortionRef> = substitutes.iter().map(reference).collect();
    let mut ids = BTreeSet::new();
    let mut events = Vec::new();
    for consent in consents {
        if !ids.insert(consent.id.clone()) {
            return Err(taken(&consent.id));
        }
        events.push(consented(state, home, from, consent, &own_texts, now)?);
    }
    for refusal in refusals {
        must_be(from, &refusal.originator, "refuse for another party")?;
        asked(state, home, from, &refusal.request)?;
        events.push(Event::RequestRefused(RefusalRecord {
            asker: Some(home.clone()),
            ..refusal
        }));
    }
    let mut texts = BTreeSet::new();
    for substitute in substitutes {
        let twice = !texts.insert(reference(&substitute)) || !ids.contains(&substitute.consent);
        if twice {
            return Err(Refusal::Invalid(format!(
                "the substitute for {} comes twice, or without its consent",
                substitute.stands_for
            )));
        }
        events.push(substituted(state, home, from, substitute)?);
    }
    Ok(events)
}

/// The name of a substitute text.
fn reference(substitute: &Substitute) -> PortionRef {
    PortionRef {
        report: substitute.report.clone(),
        version: substitute.version,
        portion: substitute.portion.id.clone(),
    }
}

fn taken(id: &ConsentId) -> Refusal {
    Refusal::Exists {
        what: "consent",
        name: id.to_string(),
        remedy: "the originator has to give it under another id",
    }
}

/// Whether what is in writing was verified, and is about this consent of the sender's. What was read does not stay.
fn says_the_same(signed: &mut Signed, from: &PartyPath, consent: &ConsentId) -> bool {
    let read = signed.read.take();
    read.is_some_and(|read| {
        read.writing.originator == *from && read.writing.consent == *consent && read.writing.receiver == signed.receiver
    })
}

/// A consent of the sender, for its own portions. It counts from when it came.
fn consented(
    state: &State,
    home: &PartyPath,
    from: &PartyPath,
    consent: Consent,
    own_texts: &BTreeSet<PortionRef>,
    now: Timestamp,
) -> Result<Event, Refusal> {
    must_be(from, &consent.originator, "consent for another party")?;
    must_be_for(home, &consent.to)?;
    if let Some(request) = &consent.request {
        let request = asked(state, home, from, request)?;
        if request.report != consent.report {
            return Err(Refusal::Invalid(format!(
                "consent {} is about {}, and request {} about {}",
                consent.id, consent.report, request.id, request.report
            )));
        }
    }
    if state.consents.contains_key(&consent.key()) {
        return Err(taken(&consent.id));
    }
    for reference in consent.portions.difference(own_texts) {
        originator_of(state, from, &reference.report, reference.version, &reference.portion)?;
    }
    if consent.portions.is_empty() {
        originator_within(state, from, &consent.report)?;
    }
    let mut consent = consent;
    consent
        .life
        .signed
        .retain_mut(|signed| says_the_same(signed, from, &consent.id));
    consent.life.through = None;
    Ok(Event::ConsentGiven(Consent {
        received: Some(now),
        ..consent
    }))
}

/// A text of the sender's own in place of one of its portions, as it was asked for.
fn substituted(state: &State, home: &PartyPath, from: &PartyPath, substitute: Substitute) -> Result<Event, Refusal> {
    must_be(from, &substitute.originator, "substitute for another party")?;
    let request = asked(state, home, from, &substitute.request)?;
    let about = (&request.report, request.version) == (&substitute.report, substitute.version);
    if !about || !request.portions.contains(&substitute.stands_for) {
        return Err(Refusal::Invalid(format!(
            "request {} does not ask about {} of {} v{}",
            request.id, substitute.stands_for, substitute.report, substitute.version
        )));
    }
    originator_of(
        state,
        from,
        &substitute.report,
        substitute.version,
        &substitute.stands_for,
    )?;
    let own = substitute.portion.lineage.originators().eq([from]);
    let taken = state.portion(&reference(&substitute)).is_some();
    if !own || taken {
        return Err(Refusal::Invalid(format!(
            "the substitute for {} names another originator, or an id that is taken",
            substitute.stands_for
        )));
    }
    Ok(Event::SubstituteGiven(Substitute {
        asker: Some(home.clone()),
        ..substitute
    }))
}

/// An answer about a source is one about a request of this party, in its words.
pub(super) fn exposure_answered(
    state: &State,
    home: &PartyPath,
    from: &PartyPath,
    answer: &ExposureAnswer,
) -> Result<Event, Refusal> {
    must_be(from, &answer.by, "answer for another party")?;
    must_be_for(home, &answer.to)?;
    let id = answer.request.as_ref();
    let id = id.ok_or_else(|| Refusal::Invalid("the answer about a source names no request".to_owned()))?;
    let request = asked(state, home, from, id)?;
    let fits = {
        let persons: BTreeSet<_> = request.audience.iter().map(|person| &person.id).collect();
        (&request.report, request.version) == (&answer.report, answer.version)
            && answer.portions.is_subset(&request.portions)
            && answer.recipients.parties.is_empty()
            && answer.recipients.persons.iter().all(|person| persons.contains(person))
    };
    match fits {
        true => Ok(Event::ExposureAnswered(answer.told())),
        false => Err(Refusal::Invalid(format!(
            "the answer about a source is not about what request {id} asked for"
        ))),
    }
}

/// The request must be one that this party put to the sender.
fn asked<'s>(state: &'s State, home: &PartyPath, from: &PartyPath, id: &RequestId) -> Result<&'s Request, Refusal> {
    let case = state
        .requests
        .get(&Named::new(home.clone(), id.clone()))
        .ok_or_else(|| Refusal::missing("request", id, "`entente request list` shows them"))?;
    match case.request.from == *home && case.request.to == *from {
        true => Ok(&case.request),
        false => Err(not_entitled(
            from,
            "answer this request",
            format!("it was put to {}", case.request.to),
        )),
    }
}
