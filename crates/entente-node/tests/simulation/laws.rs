//! What holds in every federation: looked at from outside, over the events of all who are honest.

use std::collections::BTreeSet;

use entente_core::decide::decide;
use entente_core::{Event, Outcome, PersonId, PortionRef, Query, ReportId, Snapshot, SourceGuard};
use entente_ledger::{Verifier, verify};
use jiff::Timestamp;

use crate::federation::{Federation, LIAR, NAMES, party, reader};

/// The slow twin: whether the events of the originator itself, and of the holder, let this person have a portion.
///
/// They do where the originator delivered it to the person's party, or gave a consent that names the person, has begun and has
/// not ended, and of whose end the holder has not heard.
fn is_released(
    all: &Federation,
    holder: &str,
    originator: &str,
    portion: &PortionRef,
    person: &PersonId,
    now: Timestamp,
) -> bool {
    let of = person.party().unwrap();
    // What the originator itself did, in its own log.
    let delivered = all.events(originator).any(|(_, event)| match event {
        Event::ReportDelivered(delivery) => {
            delivery.report == portion.report && delivery.version <= portion.version && delivery.to.includes(&of)
        }
        _ => false,
    });
    if delivered {
        return true;
    }
    let ended: BTreeSet<_> = all
        .events(holder)
        .filter_map(|(_, event)| match event {
            Event::ConsentWithdrawn { consent, by, .. } if by.as_ref() == Some(&party(originator)) => {
                Some(consent.clone())
            }
            _ => None,
        })
        .collect();
    all.events(originator).any(|(_, event)| match event {
        Event::ConsentGiven(consent) => {
            let named = consent
                .portions
                .iter()
                .any(|named| (&named.report, &named.portion) == (&portion.report, &portion.portion));
            consent.originator == party(originator)
                && consent.to == party(holder)
                && named
                && consent.recipients.persons.contains(person)
                && consent.ends.is_none_or(|end| now < end)
                && !ended.contains(&consent.id)
        }
        _ => false,
    })
}

/// Nobody tells what is another's to anyone whom that other did not let have it.
pub(crate) fn nothing_is_released_without_consent(all: &mut Federation, holder: &'static str) {
    let node = all.node(holder);
    let moment = node.moment();
    let state = moment.state();
    let now = all.now(holder);
    let guard = SourceGuard::new(state);
    let (mut broken, mut by_consent) = (None, 0);
    for (id, holding) in &state.reports {
        let Some(report) = holding.latest() else { continue };
        let Some(originator) = NAMES.into_iter().find(|name| party(name) == report.originator) else {
            continue;
        };
        // What the liar writes is its own to spread.
        if originator == holder || originator == LIAR {
            continue;
        }
        let audience: Vec<PersonId> = NAMES
            .into_iter()
            .filter(|of| *of != holder && *of != originator)
            .map(reader)
            .collect();
        let snapshot = Snapshot::about(state, &moment.library().groups, [id], (&audience, &[]));
        let query = Query {
            report: id,
            version: None,
            portions: None,
            audience: &audience,
            purpose: None,
            moment: now,
        };
        let Ok(decision) = decide(&snapshot, &query, moment.rules(), &guard) else {
            continue;
        };
        for (n, portion) in decision.portions().enumerate() {
            let reference = report.reference(portion);
            for (person, who) in audience.iter().enumerate() {
                if decision.outcome(person, n) != Outcome::Permit {
                    continue;
                }
                match is_released(all, holder, originator, &reference, who, now) {
                    true => by_consent += 1,
                    false => {
                        broken = Some(format!(
                            "{holder} may tell {who} {reference}, which {originator} did not release to them"
                        ));
                    }
                }
            }
        }
    }
    if by_consent > 0 {
        *all.kinds.entry("permitted by consent").or_default() += 1;
    }
    if let Some(law) = broken {
        all.broken(&law);
    }
}

/// What a receiver signed that it took in is on its record.
pub(crate) fn nothing_acknowledged_is_lost(all: &mut Federation, sender: &'static str) {
    let receipts: Vec<_> = all
        .events(sender)
        .filter_map(|(_, event)| match event {
            Event::ReceiptTaken(receipt) if receipt.outcome.is_taken() => Some(receipt.clone()),
            _ => None,
        })
        .collect();
    for receipt in receipts {
        let by = NAMES.into_iter().find(|name| party(name) == receipt.by).unwrap();
        let has = all.events(by).any(|(_, event)| match event {
            Event::EnvelopeReceived { from, id, digest } => {
                *from == party(sender) && *id == receipt.message && *digest == receipt.digest
            }
            _ => false,
        });
        if !has {
            all.broken(&format!("{by} confirmed {}, and has no record of it", receipt.message));
        }
    }
}

/// Every ledger verifies and is what the store says; both sides know the same of each other.
pub(crate) fn everything_holds_once_the_network_heals(all: &mut Federation) {
    for name in NAMES {
        if name != LIAR {
            nothing_is_released_without_consent(all, name);
            nothing_acknowledged_is_lost(all, name);
        }
        let node = all.node(name);
        node.publish().unwrap();
        let keys: Vec<Verifier> = node
            .keys()
            .unwrap()
            .public()
            .signing
            .iter()
            .map(|key| Verifier::parse(key).unwrap())
            .collect();
        let report = verify(&*node.tiles(), &keys, &mut |_, _| ());
        if !report.ok {
            all.broken(&format!("the ledger of {name} does not verify: {:?}", report.findings));
        }
        let differences = node.store().check(&mut |_| ()).unwrap();
        if !differences.is_empty() {
            all.broken(&format!(
                "the store of {name} is not what its events say: {differences:?}"
            ));
        }
        if !node.store().outbox().unwrap().is_empty() {
            all.broken(&format!("{name} still has letters in its outbox"));
        }
    }
    crate::witnesses::everybody_signs(all);
    for originator in &NAMES[..4] {
        for holder in NAMES[..4].iter().filter(|holder| *holder != originator) {
            converged(all, originator, holder);
        }
    }
}

/// What one side said and the other has are the same: deliveries, consents and their ends, recalls, requests.
fn converged(all: &Federation, originator: &'static str, holder: &'static str) {
    let (theirs, ours) = (all.node(originator).moment(), all.node(holder).moment());
    let (theirs, ours) = (theirs.state(), ours.state());
    for consent in theirs
        .consents
        .values()
        .filter(|consent| consent.originator == party(originator) && consent.to == party(holder))
    {
        let known = ours.consents.get(&consent.key());
        if known.is_none_or(|known| known.withdrawn.is_some() != consent.withdrawn.is_some()) {
            all.broken(&format!(
                "{holder} knows consent {} of {originator} otherwise: {known:?}",
                consent.id
            ));
        }
    }
    for (named, recall) in theirs.recalls.iter().filter(|(named, _)| named.by == party(originator)) {
        if recall.holders.contains_key(&party(holder)) && ours.recalls.get(named).is_none() {
            all.broken(&format!("{holder} never heard of recall {} of {originator}", recall.id));
        }
    }
    let delivered: BTreeSet<&ReportId> = all
        .events(originator)
        .filter_map(|(_, event)| match event {
            Event::ReportDelivered(delivery) if delivery.to == party(holder) => Some(&delivery.report),
            _ => None,
        })
        .collect();
    for report in delivered {
        if !ours.reports.contains_key(report) {
            all.broken(&format!("{holder} never got {report} of {originator}"));
        }
    }
    for (named, case) in ours
        .requests
        .iter()
        .filter(|(named, case)| named.by == party(holder) && case.request.to == party(originator))
    {
        let known = theirs.requests.get(named);
        if known.is_none_or(|known| known.progress != case.progress) {
            all.broken(&format!(
                "{originator} and {holder} know request {} otherwise",
                case.request.id
            ));
        }
    }
}
