//! Whether consents still fit: decided again, for whom and for what they were given.
//!
//! What does not fit is denied by `decide` already; this only tells.

use std::collections::BTreeSet;

use entente_core::decide::decide;
use entente_core::{
    Consent, ConsentId, Context, Outcome, PartyPath, Person, PersonId, PortionId, Query, ReportId, Snapshot, State,
};
use entente_marking::Purpose;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// A consent that does not open any more what it was given for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Misfit {
    /// The consent.
    pub consent: ConsentId,
    /// Who gave it.
    pub originator: PartyPath,
    /// Who holds it.
    pub to: PartyPath,
    /// About which report.
    pub report: ReportId,
    /// Which portions it does not open, to anybody, or to some.
    pub portions: BTreeSet<PortionId>,
    /// For whom it opens nothing.
    pub persons: BTreeSet<PersonId>,
    /// What stands in the way.
    pub why: Vec<String>,
}

/// A live consent, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The consent.
    pub consent: ConsentId,
    /// Who gave it.
    pub originator: PartyPath,
    /// Who gave it there: stated, not authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_by: Option<PersonId>,
    /// Who holds it.
    pub to: PartyPath,
    /// About which report.
    pub report: ReportId,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<Timestamp>,
    /// Whether it ends within a week, and nothing continues it.
    pub ends_soon: bool,
    /// What does not fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub misfit: Option<Misfit>,
}

/// The consents that hold now; those narrowed away are not among them.
fn live<'s>(state: &'s State, now: Timestamp) -> impl Iterator<Item = &'s Consent> + 's {
    let all = state.consents.values().filter(|consent| consent.life.part_of.is_none());
    all.filter(move |consent| consent.is_live(now))
}

/// How every live consent stands, or one of them.
pub fn standings(state: &State, only: Option<&ConsentId>, context: &Context<'_>) -> Vec<Standing> {
    let week = SignedDuration::from_hours(24 * 7);
    let continued = |old: &Consent| {
        let mut all = state.consents.values();
        all.any(|next| next.originator == old.originator && next.life.renews.as_ref() == Some(&old.id))
    };
    let meant = live(state, context.now).filter(|consent| only.is_none_or(|id| consent.id == *id));
    let each = meant.map(|consent| Standing {
        consent: consent.id.clone(),
        originator: consent.originator.clone(),
        given_by: consent.life.given_by.clone(),
        to: consent.to.clone(),
        report: consent.report.clone(),
        ends: consent.ends,
        ends_soon: consent.ends.is_some_and(|end| end.duration_since(context.now) <= week) && !continued(consent),
        misfit: misfit(state, consent, context),
    });
    each.collect()
}

/// The live consents that do not fit.
pub fn misfits(state: &State, context: &Context<'_>) -> Vec<Misfit> {
    live(state, context.now)
        .filter_map(|consent| misfit(state, consent, context))
        .collect()
}

fn misfit(state: &State, consent: &Consent, context: &Context<'_>) -> Option<Misfit> {
    let mut found = Misfit {
        consent: consent.id.clone(),
        originator: consent.originator.clone(),
        to: consent.to.clone(),
        report: consent.report.clone(),
        portions: BTreeSet::new(),
        persons: BTreeSet::new(),
        why: Vec::new(),
    };
    // Whoever is covered by a party is known only there: for them the report itself is looked at.
    let audience: Vec<PersonId> = consent.recipients.persons.iter().cloned().collect();
    let outsider = |id: &PersonId| Some(Person::outsider(id.clone(), id.party()?));
    let outsiders: Vec<Person> = audience.iter().filter_map(outsider).collect();
    let snapshot = Snapshot::about(state, context.groups, [&consent.report], (&audience, &outsiders));
    let purposes: Vec<Option<Purpose>> = match &consent.purposes {
        Some(all) => all.iter().cloned().map(Some).collect(),
        None => vec![None],
    };
    let mut versions: BTreeSet<u32> = consent.portions.iter().map(|named| named.version).collect();
    let held = state.reports.get(&consent.report)?;
    versions.retain(|version| held.versions.contains_key(version));
    let mut open: BTreeSet<(PersonId, PortionId)> = BTreeSet::new();
    let mut closed: BTreeSet<(PersonId, PortionId)> = BTreeSet::new();
    for version in versions {
        let named: Vec<PortionId> = consent
            .portions
            .iter()
            .filter(|named| named.version == version && state.portion(named).is_some())
            .map(|named| named.portion.clone())
            .collect();
        for purpose in &purposes {
            let query = Query {
                report: &consent.report,
                version: Some(version),
                portions: Some(&named),
                audience: &audience,
                purpose: purpose.as_ref(),
                moment: context.now,
            };
            let Ok(decision) = decide(&snapshot, &query, context.policy, context.exposure) else {
                continue;
            };
            for (person, who) in audience.iter().enumerate() {
                for (n, portion) in named.iter().enumerate() {
                    let pair = (who.clone(), portion.clone());
                    if decision.outcome(person, n) == Outcome::Permit {
                        open.insert(pair);
                        continue;
                    }
                    closed.insert(pair);
                    for reason in decision.explain(person, n) {
                        let text = format!("{} [{}]", reason.message, reason.rule);
                        if !found.why.contains(&text) {
                            found.why.push(text);
                        }
                    }
                }
            }
        }
    }
    for (person, portion) in &closed {
        found.portions.insert(portion.clone());
        if !open.iter().any(|(who, _)| who == person) {
            found.persons.insert(person.clone());
        }
    }
    (!closed.is_empty()).then_some(found)
}
