//! Messages of other parties. The signature has been verified; here it is checked that the sender may say this.
//!
//! The law behind every check: a party speaks for itself and about its own material. What it says is kept under its name,
//! is written once, and makes no decision about anybody else's material laxer, in whatever order messages arrive.

use std::collections::BTreeSet;

mod answers;
mod delivery;
mod ending;
mod handed_on;
mod life;
mod terms;

pub(super) use life::receipts;

use super::{Context, Decided, Refusal, carried, embargo, home, incident, keys};
use crate::decide::answering;
use crate::disclosure::Notice;
use crate::event::Event;
use crate::ids::{ConsentId, PartyPath, PortionId, PortionRef, ReportId};
use crate::message::Message;
use crate::named::Named;
use crate::receipt::MessageReceipt;
use crate::request::Request;
use crate::state::State;

pub(super) fn receive(
    state: &State,
    from: PartyPath,
    id: String,
    digest: String,
    message: Message,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let home = home(state)?;
    match state.taken_in(&from, &id) {
        Some(known) if known.digest == digest => return Err(Refusal::Repeated { from, id }),
        Some(_) => {
            return Err(Refusal::Invalid(format!(
                "{from} sent two different files with the id `{id}`; ask it which one holds"
            )));
        }
        None => {}
    }
    if from == *home {
        return Err(Refusal::Invalid(format!(
            "the message comes from {home} itself; it is for the party that it was sealed to"
        )));
    }
    keys::not_frozen(state, &from, &message)?;
    // Those to whom a consent was handed on hear that less of it holds.
    let no_longer = |consent: &ConsentId, reason: &str| {
        let key = Named::new(from.clone(), consent.clone());
        handed_on::ended(state, home, &key, reason, context.now)
    };
    let mut messages = Vec::new();
    let mut events = match message {
        Message::KeySuccession(succession) => keys::succeeded(state, &from, &succession, context.now)?,
        Message::KeyCompromised { key, from: moment } => keys::declared(state, &from, &key, moment, context.now)?,
        Message::Delivery {
            report,
            delivery,
            arrangements,
            part,
        } => delivery::delivered(state, home, &from, (report, delivery, part), arrangements, context)?,
        Message::Request(request) => requested(state, home, &from, request, context)?,
        Message::Answer {
            consents,
            refusals,
            substitutes,
            exposures,
        } => {
            let mut events = answers::answered(state, home, &from, (consents, refusals, substitutes), context.now)?;
            for answer in exposures {
                events.push(answers::exposure_answered(state, home, &from, &answer)?);
            }
            events
        }
        Message::Withdrawal { consent, reason, .. } => {
            messages = no_longer(&consent, &reason);
            ending::withdrawn(state, &from, consent, reason, context.now)?
        }
        Message::HandedOnEnded {
            originator,
            consent,
            reason,
            ..
        } => handed_on::taken_in(state, &from, Named::new(originator, consent), reason, context.now)?,
        Message::Narrowing {
            consent, cut, reason, ..
        } => {
            messages = no_longer(&consent, &reason);
            life::narrowed(state, &from, consent, cut, reason, context.now)?
        }
        Message::ConsentSaid { consent, saying } => life::said(state, home, &from, &consent, saying, context.now)?,
        Message::Retracted { request, reason, .. } => {
            life::retracted(state, home, &from, &request, reason, context.now)?
        }
        Message::GivenUp { report, statement, .. } => {
            life::given_up(state, home, &from, report, statement, context.now)?
        }
        Message::Receipts(receipts) => life::receipts(state, home, &from, receipts, context.now)?,
        Message::Recall(recall) => {
            messages = handed_on::recalled(state, home, &recall, context.now);
            ending::recalled(state, home, &from, recall)?
        }
        Message::RecallLifted { recall, reason, .. } => life::lifted(state, &from, recall, reason, context.now)?,
        Message::Embargo(word) => {
            let decided = embargo::received(state, &from, word, context.now)?;
            messages = decided.messages;
            decided.events
        }
        Message::Acknowledgement(acknowledgement) => ending::acknowledged(state, home, &from, acknowledgement)?,
        Message::Notice(notice) => noticed(state, home, &from, notice)?,
        Message::Incident(notice) => incident::noticed(state, &from, notice)?,
        Message::IncidentAcknowledged {
            incident,
            at,
            statement,
        } => incident::acknowledged(state, &from, incident, at, statement)?,
        Message::Arrangement(arrangement) => terms::arranged(state, home, &from, arrangement)?,
    };
    events.push(Event::EnvelopeReceived { from, id, digest });
    Ok(Decided { events, messages })
}

/// A receiver's word about a message. What it said once stands; a message that it refused may still be taken in.
pub(super) fn receipt(state: &State, receipt: MessageReceipt) -> Result<Decided, Refusal> {
    match state.receipts.get(&receipt.message) {
        Some(known) if *known == receipt || known.outcome.is_taken() && receipt.outcome.is_taken() => {
            Ok(Decided::events([]))
        }
        Some(known) if known.by != receipt.by || known.outcome.is_taken() => Err(Refusal::Invalid(format!(
            "{} said before that message `{}` was {}; ask it what holds",
            known.by,
            receipt.message,
            known.outcome.word()
        ))),
        _ => Ok(Decided::events([Event::ReceiptTaken(receipt)])),
    }
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

/// The portions named must be of a report held here, and this party among their originators. What is `hidden` from the sender
/// is missing: nobody learns by asking what there is.
fn own_portions(
    state: &State,
    home: &PartyPath,
    hidden: impl Fn(&PortionRef) -> bool,
    (report, version): (&ReportId, u32),
    portions: &BTreeSet<PortionId>,
) -> Result<(), Refusal> {
    let held = state
        .reports
        .get(report)
        .and_then(|holding| holding.versions.get(&version));
    let first = portions.first().cloned().unwrap_or_else(PortionId::title);
    let held = held.filter(|held| !hidden(&held.reference(&first)));
    let held =
        held.ok_or_else(|| Refusal::missing("report", &format!("{report} v{version}"), "it is not held here"))?;
    if portions.is_empty() {
        return Err(Refusal::Invalid(format!(
            "the message names no portions of {report} v{version}"
        )));
    }
    for id in portions {
        let ours = answering(state, &held.reference(id));
        if !ours.iter().any(|party| party.includes(home)) {
            return Err(Refusal::Invalid(format!(
                "{home} is not an originator of portion {id} of {report} v{version}"
            )));
        }
    }
    Ok(())
}

fn requested(
    state: &State,
    home: &PartyPath,
    from: &PartyPath,
    request: Request,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    must_be(from, &request.from, "ask for another party")?;
    must_be_for(home, &request.to)?;
    if request.audience.is_empty() || request.portions.is_empty() {
        return Err(Refusal::Invalid(
            "the request names no persons, or no portions".to_owned(),
        ));
    }
    if state
        .requests
        .contains_key(&Named::new(from.clone(), request.id.clone()))
    {
        return Err(Refusal::Exists {
            what: "request",
            name: request.id.to_string(),
            remedy: "the asker has to open it under another id",
        });
    }
    for person in &request.audience {
        // Our own people are judged by what we know of them, so nobody may pass for one of them.
        if !person.is_one() {
            return Err(Refusal::Invalid(format!(
                "the request gives {} as a person of {}; an id names the person's own party",
                person.id, person.party
            )));
        }
    }
    carried::answerable(state, home, &request, context)?;
    let carried = &request.carried.texts;
    let held: BTreeSet<PortionId> = request
        .portions
        .iter()
        .filter(|id| !carried.contains_key(id))
        .cloned()
        .collect();
    if !held.is_empty() {
        let hidden = |text: &PortionRef| !state.can_name(from, text);
        own_portions(state, home, hidden, (&request.report, request.version), &held)?;
    }
    Ok(vec![Event::RequestReceived(request)])
}

fn noticed(state: &State, home: &PartyPath, from: &PartyPath, notice: Notice) -> Result<Vec<Event>, Refusal> {
    let (report, version, portions) = match &notice {
        Notice::Override(o) => (&o.report, o.version, &o.portions),
        Notice::Disclosure(d) => (&d.report, d.version, &d.portions),
    };
    // Whoever tells of damage is heard, as long as that tells them nothing.
    let hidden = |text: &PortionRef| state.hidden_from(from, text);
    own_portions(state, home, hidden, (report, version), portions)?;
    // What was told is written once.
    let id = match &notice {
        Notice::Override(o) => &o.id,
        Notice::Disclosure(d) => &d.id,
    };
    let known = state.notices.get(&Named::new(from.clone(), id.clone()));
    if known.is_some_and(|(_, known)| *known != notice) {
        return Err(Refusal::Exists {
            what: "notice",
            name: id.to_string(),
            remedy: "the sender has to give it another id",
        });
    }
    Ok(vec![Event::NoticeReceived {
        from: from.clone(),
        notice,
    }])
}
