//! Comparing what a partner shows with what this party recorded itself: silence on one side shows here.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::{Event, Notice, PartyPath, State};

use crate::checked::{Checked, Problem};

/// What both sides must have: the kind of event at the partner, and what it is about.
type Thing = (&'static str, String);

/// What the partner shows of its part: what it received, asked, was answered, did and confirmed.
fn shown_by_partner(checked: &Checked) -> BTreeSet<Thing> {
    let mut shown = BTreeSet::new();
    let ours = |party: &PartyPath| checked.whom.includes(party);
    let mut given = BTreeSet::new();
    for opened in &checked.opened {
        shown.extend(match &opened.event {
            Event::ReportReceived { report, .. } => {
                Some(("report-received", format!("{} v{}", report.id, report.version)))
            }
            Event::RequestOpened(request) => Some(("request-opened", request.id.to_string())),
            Event::ConsentGiven(consent) if ours(&consent.originator) => {
                given.insert(consent.id.clone());
                Some(("consent-given", consent.id.to_string()))
            }
            Event::ConsentWithdrawn { consent, .. } if given.contains(consent) => {
                Some(("consent-withdrawn", consent.to_string()))
            }
            Event::RequestRefused(refusal) if ours(&refusal.originator) => {
                Some(("request-refused", refusal.request.to_string()))
            }
            Event::Overridden(made) => Some(("overridden", made.id.to_string())),
            Event::Disclosed(disclosure) => Some(("disclosed", disclosure.id.to_string())),
            Event::RecallOrdered(recall) if ours(&recall.originator) => Some(("recall-ordered", recall.id.to_string())),
            Event::RecallAcknowledged(done) if checked.by.includes(&done.by) => {
                Some(("recall-acknowledged", done.recall.to_string()))
            }
            Event::IncidentNoted { incident, entry } => match &entry.what {
                entente_core::incident::What::Told { .. } => Some(("incident-noted", incident.to_string())),
                _ => None,
            },
            _ => None,
        });
    }
    shown
}

fn recorded_here(own: &State, partner: &PartyPath) -> BTreeSet<Thing> {
    let mut here = BTreeSet::new();
    let with = |party: &PartyPath| partner.includes(party);
    for (id, holding) in &own.reports {
        let sent = holding.deliveries.iter().filter(|delivery| with(&delivery.to));
        here.extend(sent.map(|delivery| ("report-received", format!("{id} v{}", delivery.version))));
    }
    for case in own.requests.values().filter(|case| with(&case.request.from)) {
        here.insert(("request-opened", case.request.id.to_string()));
        if !case.refusals.is_empty() {
            here.insert(("request-refused", case.request.id.to_string()));
        }
    }
    for consent in own.consents.values().filter(|consent| with(&consent.to)) {
        here.insert(("consent-given", consent.id.to_string()));
        if consent.withdrawn.is_some() {
            here.insert(("consent-withdrawn", consent.id.to_string()));
        }
    }
    here.extend(
        own.notices
            .iter()
            .filter(|(_, (from, _))| with(from))
            .map(|(named, (_, notice))| {
                let kind = match notice {
                    Notice::Override(_) => "overridden",
                    Notice::Disclosure(_) => "disclosed",
                };
                (kind, named.id.to_string())
            }),
    );
    let ordered = own
        .recalls
        .values()
        .filter(|recall| Some(&recall.originator) == own.home.as_ref());
    for recall in ordered {
        for (_, done) in recall.holders.iter().filter(|(holder, _)| with(holder)) {
            here.insert(("recall-ordered", recall.id.to_string()));
            if done.is_some() {
                here.insert(("recall-acknowledged", recall.id.to_string()));
            }
        }
    }
    let told = own.incident_notices.values().filter(|(from, _)| with(from));
    here.extend(told.map(|(_, notice)| ("incident-noted", notice.incident.to_string())));
    here
}

/// Notes every difference between the two sides.
pub(crate) fn with_own_records(own: &State, checked: &mut Checked) {
    let (shown, here) = (shown_by_partner(checked), recorded_here(own, &checked.by));
    // As many as stay closed of a kind may be among those; the rest is missing. What passed between the two alone never
    // has to stay closed.
    let mut room: BTreeMap<&str, usize> = BTreeMap::new();
    let mixed = |kind: &str| ["overridden", "disclosed"].contains(&kind);
    for closed in checked.closed.iter().filter(|closed| mixed(&closed.kind)) {
        *room.entry(closed.kind.as_str()).or_default() += 1;
    }
    let (hidden, missing): (Vec<&Thing>, Vec<&Thing>) = here.difference(&shown).partition(|(kind, _)| {
        let left = room.get_mut(kind).filter(|left| **left > 0);
        left.map(|left| *left -= 1).is_some()
    });
    let missing = missing.into_iter().map(|(kind, id)| Problem {
        place: format!("{kind} {id}"),
        problem: format!(
            "it is recorded here, and {} does not show it: it did not arrive there, or was left out",
            checked.by
        ),
    });
    let untold = shown.difference(&here).map(|(kind, id)| Problem {
        place: format!("{kind} {id}"),
        problem: format!(
            "{} shows it, and it is not recorded here: it was not sent, or not taken in",
            checked.by
        ),
    });
    let hidden = hidden
        .into_iter()
        .map(|(kind, id)| format!("{kind} {id}, recorded here, is not shown; it may be among the closed events"));
    let (differences, gaps): (Vec<Problem>, Vec<String>) = (missing.chain(untold).collect(), hidden.collect());
    checked.differences = differences;
    checked.gaps.extend(gaps);
}

/// Notes where fewer have signed the log than an arrangement with its writer asks for.
pub(crate) fn with_terms(own: &State, checked: &mut Checked) {
    let between = own
        .arrangements
        .values()
        .filter(|terms| terms.binds(&checked.by) && terms.binds(&checked.whom));
    for terms in between.filter(|terms| terms.witnesses as usize > checked.witnesses.len()) {
        checked.differences.push(Problem {
            place: format!("arrangement {}", terms.id),
            problem: format!(
                "it asks for {} witnesses of the log, and {} whose keys are known here signed it",
                terms.witnesses,
                checked.witnesses.len()
            ),
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use entente_core::{Disclosure, DisclosureId, Lawful, ReportId, Route};
    use jiff::Timestamp;

    use super::*;
    use crate::Closed;

    fn told(state: &mut State, name: &str) {
        let id = DisclosureId::new(name).expect("a name");
        let disclosure = Disclosure {
            id: id.clone(),
            report: ReportId::new("R-1").expect("a name"),
            version: 1,
            portions: BTreeSet::new(),
            audience: BTreeSet::new(),
            route: Route::Said,
            by: None,
            learned: Vec::new(),
            permitted: BTreeMap::new(),
            recorded: None,
            lawful: Lawful::Undetermined,
            under: None,
            reviewed_by: None,
            briefing: None,
            at: Timestamp::UNIX_EPOCH,
        };
        let from = PartyPath::new("GBR.CAB").expect("a name");
        let named = entente_core::Named::new(from.clone(), id);
        state.notices.insert(named, (from, Notice::Disclosure(disclosure)));
    }

    fn closed(kind: &str) -> Closed {
        Closed {
            seq: 1,
            time: String::new(),
            kind: kind.to_owned(),
            because: String::new(),
            portions: Vec::new(),
        }
    }

    #[test]
    fn a_closed_event_stands_for_one_thing_that_is_not_shown() {
        let mut own = State {
            home: PartyPath::new("USA.SVC").ok(),
            ..State::default()
        };
        for name in ["dis-1", "dis-2", "dis-3"] {
            told(&mut own, name);
        }
        let mut checked = Checked::nothing("GBR.CAB", "USA.SVC");
        // A delivery passed between the two alone, so a closed one stands for nothing.
        checked.closed = vec![closed("disclosed"), closed("report-received")];
        with_own_records(&own, &mut checked);
        assert_eq!((checked.differences.len(), checked.gaps.len()), (2, 1));
        assert!(checked.differences[0].problem.contains("GBR.CAB does not show it"));
    }
}
