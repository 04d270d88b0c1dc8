//! What has to be found without looking into every report: which reports rest on one, and what about it is outstanding.
//!
//! It follows from the reports, and [`State::apply`] is the one place that keeps it so.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ids::{PartyPath, ReportId, Stored as _};
use crate::report::{Delivery, Report};
use crate::state::{Document, Holding, State};

/// What is known of a report from outside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// Reports held here of which some version has a text that rests on it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub resting: BTreeSet<ReportId>,
    /// Parties that are still to get a receipt for a version of it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub due: BTreeSet<PartyPath>,
    /// Whether some party to which this one delivered it has not confirmed that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unconfirmed: bool,
    /// Whether its existence is protected, in its latest version.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protected: bool,
}

impl Holding {
    /// The reports on which its texts rest.
    fn bases(&self) -> BTreeSet<&ReportId> {
        let portions = self.versions.values().flat_map(Report::with_title);
        let origins = portions.flat_map(|portion| portion.lineage.iter());
        origins
            .flat_map(|(_, origin)| origin.from.iter().map(|from| &from.report))
            .collect()
    }

    /// What `home` delivered to somebody who has not confirmed it, and not given it up.
    pub fn unconfirmed<'h>(&'h self, home: &'h PartyPath) -> impl Iterator<Item = &'h Delivery> {
        let delivered = self.deliveries.iter().filter(move |delivery| delivery.by == *home);
        delivered.filter(|delivery| {
            !self.is_confirmed(&delivery.to, delivery.version) && !self.given_up.contains_key(&delivery.to)
        })
    }

    /// Whether a holder said that it took a version in.
    pub fn is_confirmed(&self, by: &PartyPath, version: u32) -> bool {
        let mut receipts = self.receipts.get(by).into_iter().flatten();
        receipts.any(|known| known.receipt.version == version)
    }
}

impl State {
    /// The reports that rest on one, as far as is known without looking into them.
    pub fn resting(&self, base: &ReportId) -> impl Iterator<Item = (&ReportId, &Holding)> {
        let resting = self.links.get(base).into_iter().flat_map(|links| &links.resting);
        resting.filter_map(|id| self.reports.pair(id))
    }

    /// These reports, and those that rest on any of them: each once, in order. A report can rest on its own earlier version.
    pub fn with_resting<'s>(&'s self, bases: &BTreeSet<&ReportId>) -> BTreeMap<&'s ReportId, &'s Holding> {
        let own = bases.iter().filter_map(|base| self.reports.pair(base));
        bases.iter().flat_map(|base| self.resting(base)).chain(own).collect()
    }

    /// Brings the links of the reports among these documents up to date. Gives the documents that this touched.
    pub(crate) fn link(&mut self, touched: &[Document]) -> Vec<Document> {
        let reports = touched.iter().filter(|document| document.kind == "report");
        let ids: Vec<ReportId> = reports
            .filter_map(|document| ReportId::from_stored(&document.id).ok())
            .collect();
        let mut changed = Vec::new();
        for id in ids {
            let Some(holding) = self.reports.get(&id) else { continue };
            let home = self.home.as_ref();
            let found = Links {
                resting: BTreeSet::new(),
                due: holding.due.values().cloned().collect(),
                unconfirmed: home.is_some_and(|home| holding.unconfirmed(home).next().is_some()),
                protected: holding.latest().is_some_and(|latest| latest.existence_protected),
            };
            let mut bases = holding.bases();
            bases.remove(&id);
            let unlinked = |base: &&&ReportId| !self.links.get(**base).is_some_and(|links| links.resting.contains(&id));
            let new: Vec<ReportId> = bases.iter().filter(unlinked).map(|base| (*base).clone()).collect();
            for base in new {
                changed.push(Document::new("links", &base));
                self.links.entry(base).or_default().resting.insert(id.clone());
            }
            let before = self.links.get(&id).cloned().unwrap_or_default();
            let resting = before.resting.clone();
            let now = Links { resting, ..found };
            if now != before {
                changed.push(Document::new("links", &id));
                self.links.insert(id, now);
            }
        }
        changed
    }
}
