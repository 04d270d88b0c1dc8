//! Text that a holder hands on: what its originators consented to in writing, verified here, and nothing else; and how the
//! end of such a consent follows the text.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::super::{Context, Refusal};
use super::not_entitled;
use crate::disclosure::Recall;
use crate::event::Event;
use crate::ids::{ConsentId, PartyPath};
use crate::message::Message;
use crate::named::Named;
use crate::report::Report;
use crate::request::Consent;
use crate::state::{State, ended_through};
use crate::written::{Signed, Verified, as_strict};

/// The consents that came in writing with a report, from whoever handed it over. Of a report that its sender did not write,
/// each portion needs one of each of its originators.
pub(super) fn given(
    home: &PartyPath,
    from: &PartyPath,
    report: &mut Report,
    writings: &[Signed],
    context: &Context<'_>,
) -> Result<Vec<Consent>, Refusal> {
    let mut verified: Vec<(&Signed, &Verified)> = Vec::new();
    for signed in writings {
        if let Some(read) = signed.read.as_deref() {
            fits(home, from, report, read)?;
            verified.push((signed, read));
        }
    }
    if report.originator != *from {
        for portion in &report.portions {
            let reference = report.reference(&portion.id);
            for party in portion.lineage.originators().chain([&report.originator]) {
                let mut theirs = verified.iter().filter(|(_, read)| read.writing.originator == *party);
                let mark =
                    theirs.find_map(|(_, read)| read.mark_of(&reference).filter(|_| read.texts.contains(&reference)));
                let Some(mark) = mark else {
                    return Err(not_entitled(
                        from,
                        "hand this on",
                        stated_only(from, party, portion.id.as_str()),
                    ));
                };
                if !as_strict(context.schemes, report, &portion.label, mark) {
                    return Err(not_entitled(
                        from,
                        "hand this on",
                        format!(
                            "portion {} is marked {}, and {party} wrote {mark} for it",
                            portion.id, portion.mark
                        ),
                    ));
                }
            }
        }
        // What the holder says of the report itself is worth no more than what is in writing.
        let ends = verified.iter().filter_map(|(_, read)| read.writing.expires);
        report.expires = ends.chain(report.expires).min();
        report.title = report.id.as_str().into();
    }
    let consents = verified.into_iter().filter(|(_, read)| !read.texts.is_empty());
    Ok(consents
        .map(|(signed, read)| read.consent(home, from, signed, context.now))
        .collect())
}

fn stated_only(from: &PartyPath, party: &PartyPath, portion: &str) -> String {
    format!(
        "that {party} consents to portion {portion} is stated by {from} alone: nothing of {party}'s in writing came with it that \
         can be verified here. Add the keys of {party}, which {from} must not have brought, with `entente party add {party} \
         --keys FILE`, then take this file in again; or ask {from} for the consent in writing"
    )
}

/// A writing is for this holder, this receiver, and this report.
fn fits(home: &PartyPath, from: &PartyPath, report: &Report, read: &Verified) -> Result<(), Refusal> {
    let writing = &read.writing;
    let wrong = |why: String| Err(not_entitled(from, "hand this on", why));
    if !writing.holder.includes(from) {
        return wrong(format!(
            "what {} put in writing lets {} hand it on",
            writing.originator, writing.holder
        ));
    }
    if !writing.receiver.includes(home) && !home.includes(&writing.receiver) {
        return wrong(format!(
            "what {} put in writing is for {}, and this is {home}",
            writing.originator, writing.receiver
        ));
    }
    let rules = (&writing.scheme, &writing.profile) == (&report.scheme, &report.profile);
    if writing.report != report.id || !rules {
        return wrong(format!(
            "what {} put in writing is about {} in {}",
            writing.originator, writing.report, writing.scheme
        ));
    }
    Ok(())
}

/// The event that takes a consent in which came in writing. What is known of it already holds, and opens what came now.
pub(super) fn first(state: &State, consent: Consent) -> Option<Event> {
    let Some(held) = state.consents.get(&consent.key()) else {
        return Some(Event::ConsentGiven(consent));
    };
    let wider = Consent {
        portions: &held.portions | &consent.portions,
        ..held.clone()
    };
    let same = held.life.through == consent.life.through && held.purposes == consent.purposes;
    (same && held.withdrawn.is_none() && wider != *held).then_some(Event::ConsentGiven(wider))
}

/// To whom a text went from here under a consent of another party.
fn receivers<'s>(state: &'s State, home: &PartyPath, consent: &'s Consent) -> BTreeSet<&'s PartyPath> {
    let holding = state.reports.get(&consent.report);
    let sent = holding.into_iter().flat_map(|holding| &holding.deliveries);
    let under = sent.filter(|delivery| {
        delivery.by == *home
            && consent
                .portions
                .iter()
                .any(|named| named.version == delivery.version && delivery.under.contains(&named.portion))
    });
    under.map(|delivery| &delivery.to).collect()
}

/// Tells those to whom a text was handed on under a consent that this has ended.
pub(super) fn ended(
    state: &State,
    home: &PartyPath,
    consent: &Named<ConsentId>,
    reason: &str,
    now: Timestamp,
) -> Vec<(PartyPath, Message)> {
    let Some(known) = state
        .consents
        .get(consent)
        .filter(|known| !known.life.signed.is_empty())
    else {
        return Vec::new();
    };
    let message = Message::HandedOnEnded {
        originator: consent.by.clone(),
        consent: consent.id.clone(),
        at: now,
        reason: reason.to_owned(),
    };
    let to = receivers(state, home, known)
        .into_iter()
        .filter(|to| state.parties.contains_key(*to));
    to.map(|to| (to.clone(), message.clone())).collect()
}

/// The same for all consents about a report that is recalled.
pub(super) fn recalled(state: &State, home: &PartyPath, recall: &Recall, now: Timestamp) -> Vec<(PartyPath, Message)> {
    let about = state.consents.of(&recall.report);
    let reason = format!("{} recalled it: {}", recall.originator, recall.reason);
    about
        .flat_map(|consent| ended(state, home, &consent.key(), &reason, now))
        .collect()
}

/// Takes in that a consent which came through the sender has ended, also where it comes only later.
pub(super) fn taken_in(
    state: &State,
    from: &PartyPath,
    consent: Named<ConsentId>,
    reason: String,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let ahead = ended_through(from, &consent);
    let mut events = super::ending::withdrawn(state, from, ahead.id, reason.clone(), now)?;
    let known = state.consents.get(&consent);
    if known.is_some_and(|known| known.life.through.as_ref() == Some(from)) {
        events.push(Event::ConsentWithdrawn {
            consent: consent.id,
            by: Some(consent.by),
            at: now,
            reason,
        });
    }
    Ok(events)
}
