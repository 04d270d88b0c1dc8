//! Reports of which nothing is released by one person alone.

use entente_core::handle::{Context, consequence};
use entente_core::{Command, Event, PendingId, PersonId, Proposed, ReportId, SourceGuard};
use entente_marking::builtin;

use crate::dice::Dice;
use crate::federation::{Federation, OFFICERS, party};

/// What the ids of such reports have in them.
pub(crate) const MARK: &str = "TWO";

/// Whether a report is one of those: seen from its name, whatever the node believes.
pub(crate) fn needs_two(id: &str) -> bool {
    id.split('-').nth(1) == Some(MARK)
}

/// One of a party's officers answers what waits for a second person: it may be the one who gave it, who is refused.
pub(crate) fn answer(all: &mut Federation, dice: &mut Dice, name: &'static str) {
    let waiting: Vec<(PendingId, String)> = {
        let (node, now) = (all.node(name), all.now(name));
        let moment = node.moment();
        let guard = SourceGuard::new(moment.state());
        let context = Context {
            now,
            groups: &moment.library().groups,
            schemes: builtin::schemes(),
            policy: moment.rules(),
            exposure: &guard,
        };
        let waiting = moment.state().pending.values().filter(|pending| pending.waits(now));
        waiting
            .filter_map(|pending| {
                let then = consequence(moment.state(), pending, &context).ok()?;
                Some((pending.id.clone(), then.digest))
            })
            .collect()
    };
    if waiting.is_empty() {
        return;
    }
    let (pending, digest) = dice.pick(&waiting).clone();
    let by = (name, dice.name(&OFFICERS));
    let (kind, command) = match dice.roll(6) {
        0 => {
            let reason = "not now".to_owned();
            ("declined", Command::Decline { pending, reason })
        }
        // What they did not look at.
        1 => {
            let digest = digest.chars().rev().collect();
            ("agreed unseen", Command::Approve { pending, digest })
        }
        _ => ("two persons", Command::Approve { pending, digest }),
    };
    all.submit_as(by, kind, command);
}

/// What left, or was consented to, of a report that takes two: each has two persons on record who wanted it, and saw it.
pub(crate) fn nobody_releases_alone(all: &Federation, name: &'static str) {
    let agreed = |report: &ReportId, is_it: &dyn Fn(&Proposed) -> bool| {
        let proposed = all.events(name).filter_map(|(_, event)| match event {
            Event::ReleaseProposed(pending) if pending.report == *report && is_it(&pending.what) => Some(pending),
            _ => None,
        });
        let others = |first: &PersonId, id: &PendingId| {
            all.events(name).any(|(_, event)| match event {
                Event::ReleaseAnswered { pending, answered } => pending == id && answered.yes && answered.by != *first,
                _ => false,
            })
        };
        proposed.into_iter().any(|pending| others(&pending.by, &pending.id))
    };
    for (_, event) in all.events(name) {
        let (report, by_two) = match event {
            Event::ReportDelivered(delivery) if delivery.by == party(name) => {
                let same = |what: &Proposed| matches!(what, Proposed::Deliver(handover) if handover.to == delivery.to);
                (&delivery.report, agreed(&delivery.report, &same))
            }
            Event::ConsentGiven(consent) if consent.originator == party(name) => {
                let same = |what: &Proposed| matches!(what, Proposed::Grant { id, .. } if *id == consent.id);
                (&consent.report, agreed(&consent.report, &same))
            }
            _ => continue,
        };
        if needs_two(report.as_str()) && !by_two {
            all.broken(&format!("one person of {name} alone let {report} go: {event:?}"));
        }
    }
}
