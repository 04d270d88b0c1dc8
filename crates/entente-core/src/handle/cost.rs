//! What a case cost the sources behind it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::concerned::known_disclosure;
use crate::disclosure::{Disclosure, Notice, Override};
use crate::exposure::{Knowledge, measure};
use crate::guard::SourceGuard;
use crate::ids::{DisclosureId, ReportId};
use crate::incident::{Incident, SourceDamage};
use crate::named::Called;
use crate::state::State;

/// What a case is about: its disclosures, and the overrides that they rest on.
struct Matter<'s> {
    disclosures: Vec<&'s Disclosure>,
    overrides: BTreeSet<Called<DisclosureId>>,
    began: Option<Timestamp>,
}

impl<'s> Matter<'s> {
    fn of(state: &'s State, incident: &Incident) -> Self {
        let known = incident.disclosures.iter().filter_map(|id| known_disclosure(state, id));
        let disclosures: Vec<&Disclosure> = known.collect();
        let own = state
            .overrides
            .iter()
            .map(|(id, made)| (Called::from(id.clone()), made));
        let told = state.notices.iter().filter_map(|(named, (_, notice))| match notice {
            Notice::Override(made) => Some((Called::from(named.clone()), made)),
            Notice::Disclosure(_) => None,
        });
        // An override is recorded before what is said under it, and is part of the same.
        let overrides = (own.chain(told))
            .filter(|(_, made)| disclosures.iter().any(|disclosure| rests_on(disclosure, made)))
            .map(|(called, _)| called);
        Self {
            overrides: overrides.collect(),
            began: disclosures.iter().map(|disclosure| disclosure.at).min(),
            disclosures,
        }
    }

    fn has(&self, disclosure: &Disclosure) -> bool {
        self.disclosures.contains(&disclosure)
    }

    /// What stood before the case, with its own disclosures or without. What happened since in another matter is that
    /// matter's damage.
    fn state(&self, state: &State, with: bool) -> State {
        let earlier = |at: Timestamp| self.began.is_none_or(|began| at < began);
        let told = |disclosure: &Disclosure| {
            if self.has(disclosure) {
                with
            } else {
                earlier(disclosure.at)
            }
        };
        let made = |id: Called<DisclosureId>, at| {
            if self.overrides.contains(&id) {
                with
            } else {
                earlier(at)
            }
        };
        let mut standing = state.clone();
        standing.disclosures.retain(|_, disclosure| told(disclosure));
        standing
            .overrides
            .retain(|id, record| made(id.clone().into(), record.at));
        standing.notices.retain(|named, (_, notice)| match notice {
            Notice::Override(record) => made(named.clone().into(), record.at),
            Notice::Disclosure(disclosure) => told(disclosure),
        });
        standing
    }
}

/// Whether a disclosure was made under an override: it says so, or the override let the same persons have the same portions.
fn rests_on(disclosure: &Disclosure, made: &Override) -> bool {
    let same = disclosure.report == made.report
        && made.at <= disclosure.at
        && !disclosure.portions.is_disjoint(&made.portions)
        && !disclosure.audience.is_disjoint(&made.audience);
    disclosure.under.as_ref() == Some(&made.id) || same
}

/// What those who learned something could work out about this party's sources, without the case and with it: every
/// source that lost something by it, and every source of its reports that is below its threshold for those who learned.
pub fn source_damage(state: &State, incident: &Incident) -> Vec<SourceDamage> {
    let matter = Matter::of(state, incident);
    let (with, without) = (matter.state(state, true), matter.state(state, false));
    let (now, then) = (SourceGuard::new(&with), SourceGuard::new(&without));
    let reports: BTreeSet<&ReportId> = matter.disclosures.iter().map(|disclosure| &disclosure.report).collect();
    let learners: BTreeSet<String> = (matter.disclosures.iter())
        .flat_map(|disclosure| &disclosure.audience)
        .filter_map(|person| person.party().map(|party| party.top().to_owned()))
        .collect();
    let mut damage = Vec::new();
    for source in state.sources.values().filter(|source| source.withdrawn.is_none()) {
        let concerned = source.reports.iter().any(|report| reports.contains(report));
        for (audience, members) in now.audiences(&source.id) {
            let of = |guard: &SourceGuard<'_>| {
                let known: Option<Knowledge> = guard.known(&source.id, &members);
                measure(guard.register(&source.id)?, &known?).ok()
            };
            let (before, after) = (of(&then), of(&now));
            let kept = after.as_ref().is_some_and(|after| source.threshold.keeps(after));
            if before != after || after.is_none() || (!kept && concerned && learners.contains(&audience)) {
                damage.push(SourceDamage {
                    source: source.id.clone(),
                    audience,
                    kept,
                    before,
                    after,
                });
            }
        }
    }
    damage
}
