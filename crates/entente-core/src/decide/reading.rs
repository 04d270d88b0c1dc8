//! What one person may read, report after report: for lists, counts and search.
//!
//! Most reports of a node are alike: nothing special was done to them, and their portions belong to few classes. A class is
//! decided once for the reader, and every other report of it costs a look-up. Whatever is special about a report, it is
//! decided by itself; both ways end in [`outcomes`].

use std::collections::HashMap;

use entente_marking::{Groups, Purpose};
use jiff::Timestamp;

use super::compile::{ClassKey, class_key};
use super::{Exposure, LocalPolicy, NotFound, Query, Snapshot, SourceExposure, outcomes};
use crate::ids::{PersonId, PortionId, PortionRef, ReportId};
use crate::outcome::Outcome;
use crate::report::Report;
use crate::state::{Holding, State};

/// A portion's class, and whether the reader is on the report's distribution.
type Alike<'s> = (ClassKey<'s>, bool);

/// What one person may read, for one purpose, at one moment.
pub struct Reading<'s> {
    state: &'s State,
    groups: &'s Groups,
    policy: &'s dyn LocalPolicy,
    exposure: &'s dyn SourceExposure,
    reader: &'s PersonId,
    purpose: Option<&'s Purpose>,
    moment: Timestamp,
    known: HashMap<Alike<'s>, Outcome>,
}

impl<'s> Reading<'s> {
    /// For a registered person; anyone else may read nothing.
    pub fn new(
        state: &'s State,
        groups: &'s Groups,
        guards: (&'s dyn LocalPolicy, &'s dyn SourceExposure),
        reader: &'s PersonId,
        purpose: Option<&'s Purpose>,
        moment: Timestamp,
    ) -> Self {
        Self {
            state,
            groups,
            policy: guards.0,
            exposure: guards.1,
            reader,
            purpose,
            moment,
            known: HashMap::new(),
        }
    }

    /// The portions of a report that the reader may have, substitutes included, in order.
    ///
    /// # Errors
    /// When there is no such report or version, and just so when the reader must not learn that there is.
    pub fn of(&mut self, id: &'s ReportId, version: Option<u32>) -> Result<Vec<&'s PortionId>, NotFound> {
        let missing = || NotFound::Report(id.to_string());
        let holding = self.state.reports.get(id).ok_or_else(missing)?;
        let report = holding.version(version).ok_or_else(missing)?;
        let seen = match self.is_plain(holding, report) {
            true => self.look_up(holding, report)?,
            false => self.decide(report)?,
        };
        // Whether it exists at all is for the latest version to say.
        let hidden = holding.latest().is_some_and(|latest| latest.existence_protected);
        match seen.is_empty() && hidden {
            true => Err(missing()),
            false => Ok(seen),
        }
    }

    /// Whether nothing but its portions' classes and its distribution decides about a report.
    fn is_plain(&self, holding: &Holding, report: &Report) -> bool {
        let (state, id) = (self.state, &report.id);
        let untouched = holding.withdrawn.is_none() && holding.on_hold.is_none() && holding.versions.len() == 1;
        let unnamed = !state.consents.any_of(id) && !state.substitutes.any_of(id) && !state.recalls.any_of(id);
        let own = |report: &Report| {
            let mut origins = report.portions.iter().flat_map(|portion| portion.lineage.iter());
            origins.all(|(_, origin)| origin.from.is_empty())
        };
        untouched
            && unnamed
            && report.expires.is_none()
            && self.policy.is_empty()
            && own(report)
            && self.is_safe(report)
    }

    /// Whether no source has a say.
    fn is_safe(&self, report: &Report) -> bool {
        let portions: Vec<PortionRef> = report
            .portions
            .iter()
            .map(|portion| report.reference(&portion.id))
            .collect();
        let portions: Vec<&PortionRef> = portions.iter().collect();
        let audience = std::slice::from_ref(self.reader);
        let exposures = self.exposure.exposures(&portions, audience, self.purpose, self.moment);
        exposures.iter().all(|exposure| *exposure == Exposure::Within)
    }

    fn look_up(&mut self, holding: &Holding, report: &'s Report) -> Result<Vec<&'s PortionId>, NotFound> {
        let listed = holding.distribution.contains(self.reader);
        let mut seen = Vec::new();
        for portion in &report.portions {
            let key = (class_key(report, portion, &[]), listed);
            let outcome = match self.known.get(&key) {
                Some(outcome) => *outcome,
                None => {
                    let outcome = self.outcomes(report)?.into_iter().find(|(id, _)| **id == portion.id);
                    let outcome = outcome.map_or(Outcome::Deny, |(_, outcome)| outcome);
                    self.known.insert(key, outcome);
                    outcome
                }
            };
            if outcome == Outcome::Permit {
                seen.push(&portion.id);
            }
        }
        Ok(seen)
    }

    fn decide(&self, report: &'s Report) -> Result<Vec<&'s PortionId>, NotFound> {
        let all = self.outcomes(report)?.into_iter();
        Ok(all
            .filter(|(_, outcome)| *outcome == Outcome::Permit)
            .map(|(id, _)| id)
            .collect())
    }

    /// The outcome for each portion, decided for this report by itself.
    fn outcomes(&self, report: &'s Report) -> Result<Vec<(&'s PortionId, Outcome)>, NotFound> {
        let snapshot = Snapshot::between(self.state, self.groups, &report.id, self.reader);
        let query = Query {
            report: &report.id,
            version: Some(report.version),
            portions: None,
            audience: std::slice::from_ref(self.reader),
            purpose: self.purpose,
            moment: self.moment,
        };
        let found = outcomes(&snapshot, &query, self.policy, self.exposure)?;
        let substitutes = self
            .state
            .substitutes_of(&report.id, report.version)
            .map(|substitute| &substitute.portion);
        let portions = report.portions.iter().chain(substitutes).enumerate();
        Ok(portions
            .map(|(n, portion)| (&portion.id, found.outcome(0, n)))
            .collect())
    }
}
