//! What becomes of consents, requests and copies: renewed, narrowed, accepted, countered, retracted, given up.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::answer::{fresh, not_on_hold};
use super::report::held;
use super::{Context, Decided, Refusal, SEE_REQUESTS, Terms, carried, home, source, the_one};
use crate::disclosure::Recall;
use crate::event::Event;
use crate::ids::{ConsentId, PartyPath, PersonId, PortionId, PortionRef, RecallId, ReportId, RequestId};
use crate::life::{Cut, Life, Saying};
use crate::message::Message;
use crate::named::{Called, Named};
use crate::part::Receipt;
use crate::party::Person;
use crate::request::Consent;
use crate::state::{RequestCase, State};

/// A consent that is known here; where several are called so, one that fits.
fn known<'s>(
    state: &'s State,
    id: &Called<ConsentId>,
    fits: impl Fn(&Consent) -> bool,
) -> Result<&'s Consent, Refusal> {
    let see = "`entente consent list` shows the consents known here";
    let (_, consent) = the_one(&state.consents, id, ("consent", see), fits)?;
    match consent.life.part_of {
        None => Ok(consent),
        Some(_) => Err(Refusal::missing("consent", id, see)),
    }
}

/// One that this party gave, and that is not over.
fn given<'s>(state: &'s State, id: &Called<ConsentId>, what: &'static str) -> Result<&'s Consent, Refusal> {
    let home = home(state)?;
    let own = |consent: &Consent| consent.originator.includes(home);
    let consent = known(state, id, own)?;
    if !own(consent) {
        return Err(Refusal::NotEntitled {
            who: home.to_string(),
            what,
            why: format!(
                "{} gave it; propose other terms with `entente consent counter {id} --note TEXT`",
                consent.originator
            ),
        });
    }
    not_withdrawn(consent)?;
    Ok(consent)
}

/// One that this party was given, and that is not over.
fn taken<'s>(
    state: &'s State,
    id: &Called<ConsentId>,
    what: &'static str,
    now: Timestamp,
) -> Result<&'s Consent, Refusal> {
    let home = home(state)?;
    let got = |consent: &Consent| !consent.originator.includes(home) && consent.to.includes(home);
    let consent = known(state, id, got)?;
    if !got(consent) {
        return Err(Refusal::NotEntitled {
            who: home.to_string(),
            what,
            why: format!(
                "it was given by {} to {}; who gave it changes it with `entente consent renew`, `entente consent narrow` or `entente \
                 consent withdraw`",
                consent.originator, consent.to
            ),
        });
    }
    not_withdrawn(consent)?;
    match consent.ends.is_some_and(|end| end <= now) {
        true => Err(Refusal::Invalid(format!(
            "consent {id} has ended; ask {} to renew it, or ask anew with `entente request open`",
            consent.originator
        ))),
        false => Ok(consent),
    }
}

fn not_withdrawn(consent: &Consent) -> Result<(), Refusal> {
    match consent.withdrawn {
        None => Ok(()),
        Some(at) => Err(Refusal::Invalid(format!(
            "consent {} was withdrawn on {at}, for good; ask anew with `entente request open`, or give another with `entente release`",
            consent.id
        ))),
    }
}

/// What the portions of a consent rest on here: themselves, or, where only the asker holds them, what it said they rest on.
fn behind(state: &State, consent: &Consent) -> Vec<(PortionId, PortionRef)> {
    let case = consent.request.as_ref().and_then(|request| {
        let answered = Named::new(consent.to.clone(), request.clone());
        state.requests.get(&answered)
    });
    let bases = |portion: &PortionRef| match case {
        Some(case) => carried::behind(&case.request, &portion.portion),
        None => BTreeSet::from([portion.clone()]),
    };
    let portions = consent.portions.iter();
    portions
        .flat_map(|portion| bases(portion).into_iter().map(|base| (portion.portion.clone(), base)))
        .collect()
}

/// Continues a consent under a new id, so that there is no gap.
pub(super) fn renew(
    state: &State,
    new: ConsentId,
    old: &Called<ConsentId>,
    terms: Terms,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let consent = given(state, old, "renew this consent")?;
    fresh(state, &consent.originator, &new)?;
    not_on_hold(state, &consent.report)?;
    if terms.ends.is_some_and(|end| end <= context.now) {
        return Err(Refusal::Invalid(
            "the renewed consent would end before it begins; give a later `--until`".to_owned(),
        ));
    }
    if consent.ends.is_none() && terms.conditions.is_empty() && terms.purposes.is_none() {
        return Err(Refusal::Invalid(format!(
            "consent {old} has no end, so there is nothing to renew; withdraw it to end it"
        )));
    }
    let exposed = source::exposed_by(home(state)?, &behind(state, consent), &consent.stated, context);
    if !exposed.is_empty() && terms.despite_exposure.is_none() {
        let list: Vec<&str> = exposed.iter().map(PortionId::as_str).collect();
        return Err(Refusal::Invalid(format!(
            "with {} this audience could by now narrow a protected source below its threshold; `entente source measure` shows \
             how far. Narrow the consent, let it end, or renew it knowingly with `--despite-exposure REASON`",
            list.join(", ")
        )));
    }
    let renewed = Consent {
        id: new,
        request: None,
        purposes: terms.purposes.or_else(|| consent.purposes.clone()),
        conditions: match terms.conditions.is_empty() {
            true => consent.conditions.clone(),
            false => terms.conditions,
        },
        given: context.now,
        ends: terms.ends,
        life: Life {
            revision: 1,
            given_by: terms.given_by,
            release: consent.life.release,
            list: consent.life.list,
            not_before: terms.not_before.or(consent.life.not_before),
            renews: Some(consent.id.clone()),
            except: consent.life.except.clone(),
            ..Life::default()
        },
        ..consent.clone()
    };
    let message = Message::Answer {
        consents: vec![renewed.clone()],
        refusals: Vec::new(),
        substitutes: Vec::new(),
        exposures: Vec::new(),
    };
    Ok(tell(
        state,
        Decided::events([Event::ConsentGiven(renewed)]),
        &consent.to,
        message,
    ))
}

/// Takes persons, portions or purposes away from a consent.
pub(super) fn narrow(
    state: &State,
    id: &Called<ConsentId>,
    cut: Cut,
    reason: String,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let consent = given(state, id, "narrow this consent")?;
    fits(consent, &cut)?;
    if consent.without(&cut).is_none() {
        return Err(Refusal::Invalid(format!(
            "that would leave nothing of consent {id}; end it with `entente consent withdraw {id}`"
        )));
    }
    let event = Event::ConsentNarrowed {
        consent: consent.id.clone(),
        originator: consent.originator.clone(),
        cut: cut.clone(),
        at: context.now,
        reason: reason.clone(),
    };
    let message = Message::Narrowing {
        consent: consent.id.clone(),
        cut,
        at: context.now,
        reason,
    };
    Ok(tell(state, Decided::events([event]), &consent.to, message))
}

/// Sends a message to whoever has a node that is known here; others, such as the public, are not told by one.
pub(super) fn tell(state: &State, decided: Decided, to: &PartyPath, message: Message) -> Decided {
    match state.parties.contains_key(to) {
        true => decided.send(to.clone(), message),
        false => decided,
    }
}

const SEE_CONSENTS: &str = "`entente consent list` shows for whom and what each is";

/// What is taken away must be one kind of thing, and be there.
fn fits(consent: &Consent, cut: &Cut) -> Result<(), Refusal> {
    let invalid = |text: String| Err(Refusal::Invalid(text));
    let kinds = [cut.persons.is_empty(), cut.portions.is_empty(), cut.purposes.is_empty()];
    if kinds.iter().filter(|empty| !**empty).count() != 1 {
        return invalid(
            "a consent is narrowed by persons, by portions or by purposes, one kind at a time; name some with `--person`, \
             `--portions` or `--for`"
                .to_owned(),
        );
    }
    let covered = |person: &&PersonId| {
        let by_party = person
            .party()
            .is_some_and(|party| consent.recipients.parties.iter().any(|all| all.includes(&party)));
        consent.recipients.persons.contains(*person) || (by_party && !consent.life.except.contains(*person))
    };
    if let Some(person) = cut.persons.iter().find(|person| !covered(person)) {
        return invalid(format!("consent {} is not for {person}; {SEE_CONSENTS}", consent.id));
    }
    let named: BTreeSet<&PortionId> = consent.portions.iter().map(|named| &named.portion).collect();
    if let Some(portion) = cut.portions.iter().find(|portion| !named.contains(portion)) {
        return invalid(format!(
            "consent {} does not open portion {portion}; {SEE_CONSENTS}",
            consent.id
        ));
    }
    let allowed = |purpose| consent.purposes.as_ref().is_some_and(|list| list.contains(purpose));
    match cut.purposes.iter().find(|purpose| !allowed(purpose)) {
        None => Ok(()),
        Some(purpose) if consent.purposes.is_none() => invalid(format!(
            "consent {} names no purposes, so {purpose} cannot be taken out of it; withdraw it, and give one that names them",
            consent.id
        )),
        Some(purpose) => invalid(format!("consent {} is not for {purpose}; {SEE_CONSENTS}", consent.id)),
    }
}

/// What the holder of a consent says about it.
pub(super) fn say(
    state: &State,
    id: &Called<ConsentId>,
    saying: Saying,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let consent = taken(state, id, "answer for this consent", context.now)?;
    let saying = match saying.recorded(context.now) {
        Saying::Accepts(mut accepted) => {
            accepted.conditions.clone_from(&consent.conditions);
            Saying::Accepts(accepted)
        }
        Saying::Counters(counter)
            if counter.conditions.is_empty() && counter.ends.is_none() && counter.note.is_empty() =>
        {
            return Err(Refusal::Invalid(
                "nothing is proposed; give `--condition`, `--until` or `--note`".to_owned(),
            ));
        }
        other => other,
    };
    Ok(spoken(consent, saying))
}

fn spoken(consent: &Consent, saying: Saying) -> Decided {
    let event = Event::ConsentSpoken {
        consent: consent.id.clone(),
        originator: consent.originator.clone(),
        saying: saying.clone(),
    };
    let message = Message::ConsentSaid {
        consent: consent.id.clone(),
        saying,
    };
    Decided::events([event]).send(consent.originator.clone(), message)
}

/// Adds to a change of persons that originators are told: of each live consent that named somebody who is not any more as
/// they were described, that something changed. What changed stays here.
pub(super) fn told_of_change(state: &State, mut decided: Decided, context: &Context<'_>) -> Decided {
    let changed: Vec<Person> = decided
        .events
        .iter()
        .filter_map(|event| match event {
            Event::PersonSet(person) => Some(person.clone()),
            _ => None,
        })
        .collect();
    if changed.is_empty() {
        return decided;
    }
    let home = state.home.as_ref();
    let foreign = |consent: &&Consent| home.is_some_and(|home| !consent.originator.includes(home));
    let mut told = BTreeSet::new();
    for consent in state
        .consents
        .values()
        .filter(foreign)
        .filter(|consent| consent.is_live(context.now))
    {
        let lost = |person: &&Person| {
            let known = state.persons.get(&person.id);
            let outsider = Person::outsider(person.id.clone(), person.party.clone());
            let before = known.map_or_else(
                || consent.covers_by_name(&outsider, false),
                |known| consent.covers_by_name(known, true),
            );
            before && !consent.covers_by_name(person, true)
        };
        if changed.iter().any(|person| lost(&person)) && told.insert(consent.key()) {
            let one = spoken(consent, Saying::PersonChanged { at: context.now });
            decided.events.extend(one.events);
            decided.messages.extend(one.messages);
        }
    }
    decided
}

/// Takes a request back.
pub(super) fn retract(
    state: &State,
    id: &Called<RequestId>,
    reason: String,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let home = home(state)?;
    let own = |case: &RequestCase| case.request.from == *home;
    let (_, case) = the_one(&state.requests, id, ("request", SEE_REQUESTS), own)?;
    let request = &case.request;
    if request.from != *home {
        return Err(Refusal::NotEntitled {
            who: home.to_string(),
            what: "take this request back",
            why: format!("{} asked; refuse it with `entente consent refuse {id}`", request.from),
        });
    }
    if !case.is_open() {
        return Err(Refusal::Invalid(match &case.retracted {
            Some((at, _)) => format!("request {id} was taken back on {at}; ask anew with `entente request open`"),
            None => format!(
                "every portion of request {id} has been answered; there is nothing to take back, and `entente request show {id}` shows \
                 the answers"
            ),
        }));
    }
    let event = Event::RequestRetracted {
        request: request.id.clone(),
        from: home.clone(),
        at: context.now,
        reason: reason.clone(),
    };
    let message = Message::Retracted {
        request: request.id.clone(),
        at: context.now,
        reason,
    };
    Ok(Decided::events([event]).send(request.to.clone(), message))
}

/// Gives up a copy of another party's report: nobody here may read it any more, and its author is told.
pub(super) fn give_up(
    state: &State,
    id: &ReportId,
    statement: String,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let home = home(state)?;
    let report = held(state, id)?;
    if report.originator == *home {
        return Err(Refusal::NotEntitled {
            who: home.to_string(),
            what: "give this copy up",
            why: format!("it is its own report; bar its readers with `entente report withdraw {id}`"),
        });
    }
    if state
        .reports
        .get(id)
        .is_some_and(|holding| holding.given_up.contains_key(home))
    {
        return Err(Refusal::Invalid(format!(
            "the copy of {id} has been given up already; ask its author to deliver it again"
        )));
    }
    let reason = match statement.is_empty() {
        true => "the copy was given up".to_owned(),
        false => format!("the copy was given up: {statement}"),
    };
    let events = [
        Event::ReportWithdrawn {
            report: id.clone(),
            reason,
            at: context.now,
        },
        Event::CopyGivenUp {
            report: id.clone(),
            by: home.clone(),
            at: context.now,
            statement: statement.clone(),
        },
    ];
    let message = Message::GivenUp {
        report: id.clone(),
        at: context.now,
        statement,
    };
    Ok(Decided::events(events).send(report.originator.clone(), message))
}

/// Lifts a recall of this party. What holders destroyed meanwhile is not given back by that.
pub(super) fn lift(
    state: &State,
    id: &Called<RecallId>,
    reason: String,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let home = home(state)?;
    let own = |recall: &Recall| recall.originator == *home;
    let see = "`entente recall list` shows the recalls known here";
    let (_, recall) = the_one(&state.recalls, id, ("recall", see), own)?;
    if recall.originator != *home {
        return Err(Refusal::NotEntitled {
            who: home.to_string(),
            what: "lift this recall",
            why: format!(
                "{} ordered it; follow it with `entente recall acknowledge {id}`",
                recall.originator
            ),
        });
    }
    if let Some((at, _)) = &recall.scope.lifted {
        return Err(Refusal::Invalid(format!(
            "recall {id} was lifted on {at}; `entente recall order` orders another"
        )));
    }
    let event = Event::RecallLifted {
        recall: recall.id.clone(),
        by: home.clone(),
        at: context.now,
        reason: reason.clone(),
    };
    let message = Message::RecallLifted {
        recall: recall.id.clone(),
        at: context.now,
        reason,
    };
    let mut decided = Decided::events([event]);
    for holder in recall.holders.keys() {
        decided = tell(state, decided, holder, message.clone());
    }
    Ok(decided)
}

/// What another party is to be told that this one took in of its reports.
pub fn receipts_due(state: &State, to: &PartyPath, now: Timestamp) -> Vec<Receipt> {
    let mut due = Vec::new();
    let owed = state.links.iter().filter(|(_, links)| links.due.contains(to));
    for (id, holding) in owed.filter_map(|(id, _)| state.reports.pair(id)) {
        for version in holding
            .due
            .iter()
            .filter(|(_, by)| *by == to)
            .map(|(version, _)| *version)
        {
            let Some(report) = holding.versions.get(&version) else {
                continue;
            };
            due.push(Receipt {
                report: id.clone(),
                version,
                portions: report.with_ids().collect(),
                at: now,
            });
        }
    }
    due
}

/// Notes that receipts left with another message, or sends them by themselves.
pub(super) fn give_receipts(
    state: &State,
    to: &PartyPath,
    alone: bool,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    home(state)?;
    let receipts = receipts_due(state, to, context.now);
    if receipts.is_empty() {
        return match alone {
            true => Err(Refusal::Invalid(format!(
                "{to} has a receipt for everything that came from it, or nothing came"
            ))),
            false => Ok(Decided::default()),
        };
    }
    let event = Event::ReceiptsGiven {
        to: to.clone(),
        receipts: receipts.clone(),
    };
    let decided = Decided::events([event]);
    Ok(match alone {
        true => decided.send(to.clone(), Message::Receipts(receipts)),
        false => decided,
    })
}
