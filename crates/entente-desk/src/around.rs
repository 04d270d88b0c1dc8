//! What stands around a report: who can read it, who holds it, what happened to it, as far as whoever keeps its distribution
//! knows its portions themselves.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::NotFound;
use entente_core::{Outcome, PartyPath, Person, PersonId, PortionId, ReportId, State};
use jiff::Timestamp;
use serde::Serialize;

use crate::moment::Moment;
use crate::view::View;

/// The most persons for whom it is worked out who can read a report.
const MOST_READERS: usize = 200;

/// Who at one party can read how much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReaderRow {
    /// The party.
    pub party: PartyPath,
    /// How many of its persons.
    pub persons: usize,
    /// How many of the portions that the reader knows.
    pub portions: usize,
}

/// Who holds which version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// The party.
    pub party: PartyPath,
    /// The version.
    pub version: u32,
    /// Since when.
    pub since: Timestamp,
    /// Whether a recall of it is acknowledged there.
    pub standing: &'static str,
}

/// Something that happened to a report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Told {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: String,
    /// Who.
    pub who: String,
}

/// What stands around a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Around {
    /// Who can read how much of what the reader knows.
    pub readers: Vec<ReaderRow>,
    /// Who holds which version.
    pub holders: Vec<Holder>,
    /// What happened to it, the newest first.
    pub history: Vec<Told>,
}

/// What stands around a report, for somebody who keeps its distribution and knows these portions of it.
///
/// # Errors
/// When there is no such version.
pub fn around(
    moment: &Moment<'_>,
    view: &View<'_>,
    (report, version): (&ReportId, u32),
    known: &BTreeSet<PortionId>,
) -> Result<Around, NotFound> {
    if known.is_empty() {
        return Ok(Around::default());
    }
    Ok(Around {
        readers: readers(moment, view, (report, version), known)?,
        holders: holders(moment.state(), report),
        history: history(moment.state(), report, known),
    })
}

/// Who can read how many of these portions, person by person, counted by party: of this party's own and of those on the distribution.
/// Others are known here because of something that whoever looks may not know of, such as what they were asked about for.
///
/// # Errors
/// When there is no such version.
pub fn readers(
    moment: &Moment<'_>,
    view: &View<'_>,
    (report, version): (&ReportId, u32),
    known: &BTreeSet<PortionId>,
) -> Result<Vec<ReaderRow>, NotFound> {
    let portions: Vec<PortionId> = known.iter().cloned().collect();
    let mut counted: BTreeMap<(PartyPath, Reverse<usize>), usize> = BTreeMap::new();
    let state = moment.state();
    let on = state.reports.get(report).map(|holding| &holding.distribution);
    let counts = |person: &&Person| {
        let ours = state.home.as_ref().is_some_and(|home| home.includes(&person.party));
        !person.disabled && (ours || on.is_some_and(|on| on.contains(&person.id)))
    };
    let persons: Vec<&Person> = state.persons.values().filter(counts).take(MOST_READERS).collect();
    let ids: Vec<PersonId> = persons.iter().map(|person| person.id.clone()).collect();
    let snapshot = moment.snapshot([report], (&ids, &[]));
    for (person, id) in persons.iter().zip(&ids) {
        let audience = std::slice::from_ref(id);
        let decision = moment.decide(&snapshot, (report, Some(version)), Some(&portions), audience, view)?;
        let may = (0..portions.len())
            .filter(|n| decision.outcome(0, *n) == Outcome::Permit)
            .count();
        *counted.entry((person.party.clone(), Reverse(may))).or_default() += 1;
    }
    let rows = counted.into_iter().map(|((party, may), persons)| ReaderRow {
        party,
        persons,
        portions: may.0,
    });
    Ok(rows.collect())
}

fn holders(state: &State, id: &ReportId) -> Vec<Holder> {
    let deliveries = state
        .reports
        .get(id)
        .into_iter()
        .flat_map(|holding| &holding.deliveries);
    let away = deliveries.filter(|delivery| Some(&delivery.by) == state.home.as_ref());
    away.map(|delivery| Holder {
        party: delivery.to.clone(),
        version: delivery.version,
        since: delivery.at,
        standing: match state
            .recall_of(id, delivery.version)
            .map(|recall| recall.holders.get(&delivery.to))
        {
            None => "in force",
            Some(Some(Some(_))) => "recalled, acknowledged",
            Some(_) => "recalled, not confirmed",
        },
    })
    .collect()
}

/// What happened, as far as it is about portions that the reader knows.
fn history(state: &State, id: &ReportId, seen: &BTreeSet<PortionId>) -> Vec<Told> {
    let named = |portions: &BTreeSet<PortionId>| {
        let known: Vec<&str> = portions.intersection(seen).map(PortionId::as_str).collect();
        (!known.is_empty()).then(|| known.join(", "))
    };
    let mut all = Vec::new();
    if let Some(holding) = state.reports.get(id) {
        all.extend(holding.versions.values().map(|version| Told {
            at: version.created,
            what: format!("version {} was written", version.version),
            who: version.originator.to_string(),
        }));
        all.extend(holding.deliveries.iter().map(|delivery| Told {
            at: delivery.at,
            what: format!("version {} went to {}", delivery.version, delivery.to),
            who: delivery.by.to_string(),
        }));
    }
    for case in state.requests.values().filter(|case| case.request.report == *id) {
        if let Some(portions) = named(&case.request.portions) {
            all.push(Told {
                at: case.request.opened,
                what: format!("request {} about {portions}", case.request.id),
                who: case.request.from.to_string(),
            });
        }
    }
    for consent in state.consents.values().filter(|consent| consent.report == *id) {
        let portions = consent
            .portions
            .iter()
            .map(|reference| reference.portion.clone())
            .collect();
        if let Some(portions) = named(&portions) {
            all.push(Told {
                at: consent.begins(),
                what: format!("consent {} for {portions}", consent.id),
                who: consent.originator.to_string(),
            });
        }
    }
    for recall in state.recalls.values().filter(|recall| recall.report == *id) {
        all.push(Told {
            at: recall.ordered,
            what: format!("recall {}: {}", recall.id, recall.action.name()),
            who: recall.originator.to_string(),
        });
    }
    all.sort();
    all.reverse();
    all
}
