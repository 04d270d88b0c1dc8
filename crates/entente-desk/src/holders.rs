//! Who has which version of a report, and what was never confirmed.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::{ConsentId, Delivery, Holding, PartyPath, PersonId, PortionId, RecallId, ReportId, State};
use jiff::Timestamp;
use serde::Serialize;

use crate::reading;
use crate::{Moment, View};

/// A copy of one version at one party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// The party.
    pub party: PartyPath,
    /// The version.
    pub version: u32,
    /// Which portions, where it is not all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portions: Option<BTreeSet<PortionId>>,
    /// When it was delivered last.
    pub delivered: Timestamp,
    /// What its node says it took in, and when that word came; none where nothing was confirmed.
    pub confirmed: Option<Timestamp>,
    /// Portions that were delivered, and that its receipt does not name.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub not_confirmed: BTreeSet<PortionId>,
    /// When it said that it gave its copy up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_up: Option<Timestamp>,
    /// A recall that it has to follow, and whether it said that it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recall: Option<Recalled>,
}

/// A recall at one holder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recalled {
    /// The recall.
    pub id: RecallId,
    /// What it has to do.
    pub action: String,
    /// Whether it said that it did.
    pub acknowledged: bool,
}

/// Persons who may have been told something of a report by a consent, without a copy that is known here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MayKnow {
    /// The consent.
    pub consent: ConsentId,
    /// Who may pass it on.
    pub by: PartyPath,
    /// To whom.
    pub persons: BTreeSet<PersonId>,
    /// Or to everyone at these parties.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub parties: BTreeSet<PartyPath>,
    /// Which portions.
    pub portions: BTreeSet<PortionId>,
}

/// Everybody who has something of a report, as far as this party knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holders {
    /// The report.
    pub report: ReportId,
    /// Copies.
    pub holders: Vec<Holder>,
    /// How many of them were never confirmed.
    pub unconfirmed: usize,
    /// Who may know it besides.
    pub may_know: Vec<MayKnow>,
    /// Whether something of it was released to the public: that cannot be recalled.
    pub public: bool,
}

/// Who has which version of a report; `None` where it is not held here.
pub fn holders(state: &State, id: &ReportId) -> Option<Holders> {
    let holding = state.reports.get(id)?;
    let home = state.home.as_ref();
    let mut copies: BTreeMap<(PartyPath, u32), Holder> = BTreeMap::new();
    for delivery in holding.deliveries.iter().filter(|delivery| Some(&delivery.by) == home) {
        let key = (delivery.to.clone(), delivery.version);
        match copies.get_mut(&key) {
            None => {
                copies.insert(key, holder(state, holding, id, delivery));
            }
            Some(known) => {
                known.delivered = known.delivered.max(delivery.at);
                known.portions = match (known.portions.take(), &delivery.portions) {
                    (Some(some), Some(more)) => Some(&some | more),
                    _ => None,
                };
            }
        }
    }
    let mut holders: Vec<Holder> = copies.into_values().collect();
    for copy in &mut holders {
        copy.not_confirmed = not_confirmed(holding, copy);
    }
    let live = state.consents.of(id).filter(|consent| consent.life.part_of.is_none());
    let may_know: Vec<MayKnow> = live
        .map(|consent| MayKnow {
            consent: consent.id.clone(),
            by: consent.to.clone(),
            persons: consent.recipients.persons.clone(),
            parties: consent.recipients.parties.clone(),
            portions: consent.portions.iter().map(|named| named.portion.clone()).collect(),
        })
        .collect();
    Some(Holders {
        report: id.clone(),
        unconfirmed: holders
            .iter()
            .filter(|copy| copy.confirmed.is_none() && copy.given_up.is_none())
            .count(),
        holders,
        public: may_know.iter().any(|known| known.persons.contains(&PersonId::public())),
        may_know,
    })
}

fn holder(state: &State, holding: &Holding, id: &ReportId, delivery: &Delivery) -> Holder {
    let confirmed = holding.receipts.get(&delivery.to).into_iter().flatten();
    let mut confirmed = confirmed.filter(|confirmed| confirmed.receipt.version == delivery.version);
    let recalls = state
        .recalls
        .of(id)
        .filter(|recall| delivery.version <= recall.version && recall.scope.lifted.is_none());
    let recalls = recalls.filter_map(|recall| Some((recall, recall.holders.get(&delivery.to)?)));
    let recall = recalls.max_by_key(|(recall, _)| recall.ordered);
    Holder {
        party: delivery.to.clone(),
        version: delivery.version,
        portions: delivery.portions.clone(),
        delivered: delivery.at,
        confirmed: confirmed.next().map(|confirmed| confirmed.came),
        not_confirmed: BTreeSet::new(),
        given_up: holding.given_up.get(&delivery.to).map(|(at, _)| *at),
        recall: recall.map(|(recall, done)| Recalled {
            id: recall.id.clone(),
            action: recall.action.name().to_owned(),
            acknowledged: done.is_some(),
        }),
    }
}

fn not_confirmed(holding: &Holding, copy: &Holder) -> BTreeSet<PortionId> {
    let receipts = holding.receipts.get(&copy.party).into_iter().flatten();
    let mut receipts = receipts.filter(|confirmed| confirmed.receipt.version == copy.version);
    let Some(held) = receipts.next().map(|confirmed| &confirmed.receipt.portions) else {
        return BTreeSet::new();
    };
    let all = || {
        let report = holding.versions.get(&copy.version);
        report
            .into_iter()
            .flat_map(|report| report.portions.iter().map(|portion| portion.id.clone()))
            .collect()
    };
    let sent: BTreeSet<PortionId> = copy.portions.clone().unwrap_or_else(all);
    sent.difference(held).cloned().collect()
}

/// What a delivery brought to one party, and what it withheld.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// The party.
    pub party: PartyPath,
    /// What it got.
    pub portions: Vec<PortionId>,
    /// What it did not get.
    pub withheld: Vec<PortionId>,
}

/// What the last delivery of a report's latest version brought to each of these parties, as far as the asker may know its
/// portions.
pub fn delivered(moment: &Moment<'_>, id: &ReportId, to: &[PartyPath], view: &View<'_>) -> Vec<Delivered> {
    let state = moment.state();
    let Some((holding, report)) = state.reports.get(id).and_then(|held| Some((held, held.latest()?))) else {
        return Vec::new();
    };
    let known = view
        .reader()
        .map(|_| reading::known(moment, id, None, view).map_or(Vec::new(), |(_, known)| known));
    let last = |party: &PartyPath| {
        let all = holding
            .deliveries
            .iter()
            .filter(|delivery| delivery.to == *party && delivery.version == report.version);
        let delivery = all.max_by_key(|delivery| delivery.at)?;
        let ids = report.portions.iter().map(|portion| portion.id.clone());
        let ids = ids.filter(|id| known.as_ref().is_none_or(|known| known.contains(id)));
        let (portions, withheld) = ids.partition(|portion| delivery.brought(portion));
        Some(Delivered {
            party: party.clone(),
            portions,
            withheld,
        })
    };
    to.iter().filter_map(last).collect()
}
