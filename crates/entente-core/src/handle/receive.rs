//! Messages of other parties. The signature has been verified; here it is checked that the sender may say this.

use std::collections::BTreeSet;

use super::report::well_formed;
use super::{Decided, Refusal, directory, home, incident};
use crate::arrangement::{Arrangement, ArrangementStatus};
use crate::disclosure::{Notice, Recall};
use crate::event::Event;
use crate::ids::{PartyPath, PortionId, ReportId};
use crate::message::Message;
use crate::report::{Delivery, Report};
use crate::request::{Consent, Refusal as RefusalRecord, Request, Substitute};
use crate::source::ExposureAnswer;
use crate::state::{State, envelope_key};

pub(super) fn receive(
    state: &State,
    from: PartyPath,
    id: String,
    digest: String,
    message: Message,
) -> Result<Decided, Refusal> {
    let home = home(state)?;
    match state.received.get(&envelope_key(&from, &id)) {
        Some(known) if *known == digest => return Err(Refusal::Repeated { from, id }),
        Some(_) => {
            return Err(Refusal::Invalid(format!(
                "{from} sent two different files with the id `{id}`; ask it which one holds"
            )));
        }
        None => {}
    }
    let mut events = match message {
        Message::Delivery {
            report,
            delivery,
            arrangements,
        } => delivered(state, home, &from, report, delivery, arrangements)?,
        Message::Request(request) => requested(state, home, &from, request)?,
        Message::Answer {
            consents,
            refusals,
            substitutes,
            exposures,
        } => {
            let mut events = answered(state, home, &from, consents, refusals, substitutes)?;
            for answer in exposures {
                events.push(exposure_answered(state, home, &from, &answer)?);
            }
            events
        }
        Message::Withdrawal { consent, at, reason } => {
            let known = state.consents.get(&consent);
            let known =
                known.ok_or_else(|| Refusal::missing("consent", &consent, "take in the consent itself first"))?;
            must_be(&from, &known.originator, "withdraw this consent")?;
            vec![Event::ConsentWithdrawn { consent, at, reason }]
        }
        Message::Recall(recall) => recalled(state, home, &from, recall)?,
        Message::Acknowledgement(acknowledgement) => {
            must_be(&from, &acknowledgement.by, "acknowledge for another party")?;
            let known = state.recalls.get(&acknowledgement.recall);
            let known = known.ok_or_else(|| {
                Refusal::missing("recall", &acknowledgement.recall, "`entente recall list` shows them")
            })?;
            if !known.holders.contains_key(&from) {
                return Err(not_entitled(
                    &from,
                    "acknowledge this recall",
                    "it was not asked to".to_owned(),
                ));
            }
            vec![Event::RecallAcknowledged(acknowledgement)]
        }
        Message::Notice(notice) => noticed(state, home, &from, notice)?,
        Message::Incident(notice) => incident::noticed(state, &from, notice)?,
        Message::IncidentAcknowledged {
            incident,
            at,
            statement,
        } => incident::acknowledged(state, &from, incident, at, statement)?,
        Message::Arrangement(arrangement) => arranged(state, home, &from, arrangement)?,
    };
    events.push(Event::EnvelopeReceived { from, id, digest });
    Ok(Decided::events(events))
}

fn not_entitled(who: &PartyPath, what: &'static str, why: String) -> Refusal {
    Refusal::NotEntitled {
        who: who.to_string(),
        what,
        why,
    }
}

/// The sender must be the party in whose name the message speaks.
fn must_be(from: &PartyPath, named: &PartyPath, what: &'static str) -> Result<(), Refusal> {
    match from == named {
        true => Ok(()),
        false => Err(not_entitled(from, what, format!("the message speaks for {named}"))),
    }
}

/// The message must be meant for this party.
fn must_be_for(home: &PartyPath, to: &PartyPath) -> Result<(), Refusal> {
    match to.includes(home) {
        true => Ok(()),
        false => Err(Refusal::Invalid(format!(
            "the message is meant for {to}, and this is {home}"
        ))),
    }
}

fn delivered(
    state: &State,
    home: &PartyPath,
    from: &PartyPath,
    report: Report,
    delivery: Delivery,
    arrangements: Vec<Arrangement>,
) -> Result<Vec<Event>, Refusal> {
    must_be(from, &report.originator, "deliver a report of another party")?;
    must_be(from, &delivery.by, "deliver for another party")?;
    must_be_for(home, &delivery.to)?;
    well_formed(&report)?;
    if delivery.report != report.id || delivery.version != report.version {
        return Err(Refusal::Invalid(
            "the delivery note names another report than the one enclosed".to_owned(),
        ));
    }
    if let Some(holding) = state.reports.get(&report.id) {
        let author = holding.latest().map(|latest| &latest.originator);
        if author.is_some_and(|author| author != from) {
            return Err(not_entitled(
                from,
                "deliver this report",
                "its id belongs to another party's report".to_owned(),
            ));
        }
        let same = holding.versions.get(&report.version).is_none_or(|held| {
            held.portions.len() == report.portions.len()
                && held.title == report.title
                && held
                    .portions
                    .iter()
                    .zip(&report.portions)
                    .all(|(a, b)| a.text == b.text && a.mark == b.mark)
        });
        if !same {
            return Err(Refusal::Invalid(format!(
                "{} v{} is held here with another content; ask {from} for a new version",
                report.id, report.version
            )));
        }
    }
    let mut events = Vec::new();
    for arrangement in arrangements {
        if !arrangement.binds(from) {
            return Err(not_entitled(
                from,
                "send terms of this arrangement",
                format!("{} does not bind it", arrangement.id),
            ));
        }
        // Terms that bind this party are recorded by this party: a partner cannot state them for it. Until they are,
        // nobody here reads what came under them.
        if !arrangement.binds(home) && !state.arrangements.contains_key(&arrangement.id) {
            events.push(Event::ArrangementSet(arrangement));
        }
    }
    events.push(Event::ReportReceived { report, delivery });
    Ok(events)
}

/// The portions named must be of a report held here, and this party among their originators.
fn own_portions(
    state: &State,
    home: &PartyPath,
    report: &ReportId,
    version: u32,
    portions: &BTreeSet<PortionId>,
) -> Result<(), Refusal> {
    let held = state
        .reports
        .get(report)
        .and_then(|holding| holding.versions.get(&version));
    let held =
        held.ok_or_else(|| Refusal::missing("report", &format!("{report} v{version}"), "it is not held here"))?;
    for id in portions {
        let portion = state.portion(&held.reference(id));
        let ours = portion.is_some_and(|portion| portion.lineage.originators().any(|party| party.includes(home)));
        if !ours {
            return Err(Refusal::Invalid(format!(
                "{home} is not an originator of portion {id} of {report} v{version}"
            )));
        }
    }
    Ok(())
}

fn requested(state: &State, home: &PartyPath, from: &PartyPath, request: Request) -> Result<Vec<Event>, Refusal> {
    must_be(from, &request.from, "ask for another party")?;
    must_be_for(home, &request.to)?;
    if request.audience.is_empty() || request.portions.is_empty() {
        return Err(Refusal::Invalid(
            "the request names no persons, or no portions".to_owned(),
        ));
    }
    if state.requests.contains_key(&request.id) {
        return Err(Refusal::Exists {
            what: "request",
            name: request.id.to_string(),
            remedy: "the asker has to open it under another id",
        });
    }
    for person in &request.audience {
        // Our own people are judged by what we know of them, so nobody may pass for one of them.
        let named = person.id.party();
        if named.as_ref().is_none_or(|party| party.top() != person.party.top()) {
            return Err(Refusal::Invalid(format!(
                "the request gives {} as a person of {}; an id names the person's own party",
                person.id, person.party
            )));
        }
    }
    own_portions(state, home, &request.report, request.version, &request.portions)?;
    Ok(vec![Event::RequestReceived(request)])
}

/// The report must be held here, and the sender an originator of the portion, else its consent means nothing.
fn originator_of(
    state: &State,
    from: &PartyPath,
    report: &ReportId,
    version: u32,
    portion: &PortionId,
) -> Result<(), Refusal> {
    let held = state
        .reports
        .get(report)
        .and_then(|holding| holding.versions.get(&version));
    let named = held.and_then(|report| report.portion(portion));
    match named.is_some_and(|portion| portion.lineage.originators().any(|party| party == from)) {
        true => Ok(()),
        false => Err(not_entitled(
            from,
            "answer for this portion",
            format!("it is not an originator of {portion} of {report} v{version}"),
        )),
    }
}

fn answered(
    state: &State,
    home: &PartyPath,
    from: &PartyPath,
    consents: Vec<Consent>,
    refusals: Vec<RefusalRecord>,
    substitutes: Vec<Substitute>,
) -> Result<Vec<Event>, Refusal> {
    let given: BTreeSet<_> = substitutes
        .iter()
        .map(|substitute| &substitute.portion.id)
        .cloned()
        .collect();
    let mut events = Vec::new();
    for consent in consents {
        must_be(from, &consent.originator, "consent for another party")?;
        must_be_for(home, &consent.to)?;
        if let Some(request) = &consent.request {
            asked(state, home, from, request)?;
        }
        if state.consents.contains_key(&consent.id) {
            return Err(Refusal::Exists {
                what: "consent",
                name: consent.id.to_string(),
                remedy: "the originator has to give it under another id",
            });
        }
        for reference in consent
            .portions
            .iter()
            .filter(|reference| !given.contains(&reference.portion))
        {
            originator_of(state, from, &reference.report, reference.version, &reference.portion)?;
        }
        events.push(Event::ConsentGiven(consent));
    }
    for refusal in refusals {
        must_be(from, &refusal.originator, "refuse for another party")?;
        asked(state, home, from, &refusal.request)?;
        events.push(Event::RequestRefused(refusal));
    }
    for substitute in substitutes {
        must_be(from, &substitute.originator, "substitute for another party")?;
        asked(state, home, from, &substitute.request)?;
        originator_of(
            state,
            from,
            &substitute.report,
            substitute.version,
            &substitute.stands_for,
        )?;
        let others = substitute.portion.lineage.originators().any(|party| party != from);
        let taken = state
            .substitutes_of(&substitute.report, substitute.version)
            .any(|s| s.portion.id == substitute.portion.id);
        let clash = state
            .reports
            .get(&substitute.report)
            .and_then(|h| h.versions.get(&substitute.version))
            .is_some_and(|r| r.portion(&substitute.portion.id).is_some());
        if others || taken || clash {
            return Err(Refusal::Invalid(format!(
                "the substitute for {} names another originator, or an id that is taken",
                substitute.stands_for
            )));
        }
        events.push(Event::SubstituteGiven(substitute));
    }
    Ok(events)
}

/// An answer about a source is one about a request of this party, in its words.
fn exposure_answered(
    state: &State,
    home: &PartyPath,
    from: &PartyPath,
    answer: &ExposureAnswer,
) -> Result<Event, Refusal> {
    must_be(from, &answer.by, "answer for another party")?;
    must_be_for(home, &answer.to)?;
    let id = answer.request.as_ref();
    let id = id.ok_or_else(|| Refusal::Invalid("the answer about a source names no request".to_owned()))?;
    asked(state, home, from, id)?;
    let request = state.requests.get(id).map(|case| &case.request);
    let fits = request.is_some_and(|request| {
        let persons: BTreeSet<_> = request.audience.iter().map(|person| &person.id).collect();
        (&request.report, request.version) == (&answer.report, answer.version)
            && answer.portions.is_subset(&request.portions)
            && answer.recipients.parties.is_empty()
            && answer.recipients.persons.iter().all(|person| persons.contains(person))
    });
    match fits {
        true => Ok(Event::ExposureAnswered(answer.told())),
        false => Err(Refusal::Invalid(format!(
            "the answer about a source is not about what request {id} asked for"
        ))),
    }
}

/// The request must be one that this party put to the sender.
fn asked(state: &State, home: &PartyPath, from: &PartyPath, id: &crate::ids::RequestId) -> Result<(), Refusal> {
    let case = state
        .requests
        .get(id)
        .ok_or_else(|| Refusal::missing("request", id, "`entente request list` shows them"))?;
    match case.request.from == *home && case.request.to == *from {
        true => Ok(()),
        false => Err(not_entitled(
            from,
            "answer this request",
            format!("it was put to {}", case.request.to),
        )),
    }
}

fn recalled(state: &State, home: &PartyPath, from: &PartyPath, recall: Recall) -> Result<Vec<Event>, Refusal> {
    must_be(from, &recall.originator, "recall for another party")?;
    let held = state.reports.get(&recall.report).and_then(|holding| holding.latest());
    if let Some(report) = held
        && report.originator != *from
    {
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
    Ok(vec![Event::RecallOrdered(recall)])
}

fn noticed(state: &State, home: &PartyPath, from: &PartyPath, notice: Notice) -> Result<Vec<Event>, Refusal> {
    let (report, version, portions) = match &notice {
        Notice::Override(o) => (&o.report, o.version, &o.portions),
        Notice::Disclosure(d) => (&d.report, d.version, &d.portions),
    };
    own_portions(state, home, report, version, portions)?;
    Ok(vec![Event::NoticeReceived {
        from: from.clone(),
        notice,
    }])
}

fn arranged(
    state: &State,
    home: &PartyPath,
    from: &PartyPath,
    arrangement: Arrangement,
) -> Result<Vec<Event>, Refusal> {
    let known = state.arrangements.get(&arrangement.id);
    let known = known.ok_or_else(|| {
        let remedy = "record its terms yourself with `entente arrangement add`, then take this file in again";
        Refusal::missing("arrangement", &arrangement.id, remedy)
    })?;
    // Whom it binds is what was recorded here, whatever the file says.
    if !known.binds(from) || !known.binds(home) {
        return Err(not_entitled(
            from,
            "change this arrangement",
            format!("it does not bind both {from} and {home}"),
        ));
    }
    // Whatever a partner sends, terms only become stricter by it.
    let narrowed = known.narrowed_by(&arrangement);
    let mut events = Vec::new();
    if narrowed != *known {
        events.push(Event::ArrangementSet(narrowed));
    }
    let changed = known.status != arrangement.status || known.status_set < arrangement.status_set;
    if changed {
        match may_change_status(known, from, &arrangement) {
            Ok(()) => events.push(Event::ArrangementStatusSet {
                id: arrangement.id,
                status: arrangement.status,
                at: arrangement.status_set,
            }),
            // Stricter terms hold, whoever may resume.
            Err(_) if !events.is_empty() => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(events)
}

/// A partner's word about the status: its own to give, and not older than what it said last.
fn may_change_status(known: &Arrangement, from: &PartyPath, told: &Arrangement) -> Result<(), Refusal> {
    directory::may_set_status(known, from, &told.status)?;
    let resumes = told.status == ArrangementStatus::Active;
    match resumes && told.status_set <= known.status_set {
        true => Err(Refusal::Invalid(format!(
            "the file is older than what is recorded here about arrangement {}; nothing was changed",
            told.id
        ))),
        false => Ok(()),
    }
}
