//! What one person may read, report after report: for lists, counts and search.
//!
//! Most reports of a node are alike: nothing special was done to them, and their portions belong to few classes. A class is
//! decided once for the reader, and every other report of it costs a look-up. Whatever is special about a report, it is
//! decided by itself; both ways end in [`outcomes`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entente_marking::{Groups, Purpose};
use jiff::Timestamp;

use super::part::{ClassKey, Included};
use super::{Exposure, LocalPolicy, NotFound, Query, Snapshot, SourceExposure, decide, outcomes};
use crate::ids::{PersonId, PortionId, PortionRef, ReportId};
use crate::in_force::MarksInForce;
use crate::outcome::Outcome;
use crate::report::Report;
use crate::state::{Holding, State};

/// What one person may read of a report, purpose by purpose: lists say for which.
///
/// `None` stands for no stated purpose. Of the purposes that marks, arrangements and consents name, those are given that open
/// something which is not open anyway.
///
/// # Errors
/// When there is no such report, and just so when the reader must not learn that there is.
pub fn open_for(
    state: &State,
    groups: &Groups,
    (policy, exposure): (&dyn LocalPolicy, &dyn SourceExposure),
    reader: &PersonId,
    report: &ReportId,
    moment: Timestamp,
) -> Result<BTreeMap<Option<Purpose>, BTreeSet<PortionId>>, NotFound> {
    let snapshot = Snapshot::about(state, groups, [report], ([reader], &[]));
    let audience = std::slice::from_ref(reader);
    let of = |purpose: Option<&Purpose>| {
        let query = Query {
            report,
            version: None,
            portions: None,
            audience,
            purpose,
            moment,
        };
        let decision = decide(&snapshot, &query, policy, exposure)?;
        Ok::<BTreeSet<PortionId>, NotFound>(decision.permitted().cloned().collect())
    };
    let anyway = of(None)?;
    let mut open = BTreeMap::new();
    for purpose in snapshot.purposes_of(report) {
        let seen = of(Some(&purpose))?;
        if !seen.is_subset(&anyway) {
            open.insert(Some(purpose), seen);
        }
    }
    if !anyway.is_empty() {
        open.insert(None, anyway);
    }
    match open.is_empty() && snapshot.protects_existence(report) {
        true => Err(NotFound::Report(report.to_string())),
        false => Ok(open),
    }
}

/// Portions with what was decided about each.
type Outcomes<'s> = Vec<(&'s PortionId, Outcome)>;

/// A portion's class, and whether the reader is on the report's distribution.
type Alike<'s> = (ClassKey<'s>, bool);

/// What a reader may have of a version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen<'s> {
    /// Its portions, substitutes included, in order.
    pub portions: Vec<&'s PortionId>,
    /// Whether they may have its title; who may not sees the report's id.
    pub title: bool,
}

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

    /// What the reader may have of a report.
    ///
    /// # Errors
    /// When there is no such report or version, and just so when the reader must not learn that there is.
    pub fn of(&mut self, id: &'s ReportId, version: Option<u32>) -> Result<Seen<'s>, NotFound> {
        let missing = || NotFound::Report(id.to_string());
        let holding = self.state.reports.get(id).ok_or_else(missing)?;
        let report = holding.version(version).ok_or_else(missing)?;
        let seen = match self.is_plain(holding, report) {
            true => self.look_up(holding, report)?,
            false => self.decide(report)?,
        };
        // Whether it exists at all is for the latest version to say.
        let hidden = holding.latest().is_some_and(|latest| latest.existence_protected);
        match seen.portions.is_empty() && hidden {
            true => Err(missing()),
            false => Ok(seen),
        }
    }

    /// Whether nothing was said about a report outside it, so that what its line says decides: then everything of its shape, with the
    /// reader on its distribution or not, is decided alike.
    pub fn is_by_its_line(&self, id: &ReportId) -> bool {
        self.state.says_nothing_of(id) && self.policy.is_empty() && !self.exposure.concerns(id)
    }

    /// Whether nothing but its portions' classes and its distribution decides about a report.
    fn is_plain(&self, holding: &Holding, report: &Report) -> bool {
        let untouched = holding.withdrawn.is_none() && holding.on_hold.is_none() && holding.versions.len() == 1;
        let own = |report: &Report| {
            let mut origins = report.with_title().flat_map(|portion| portion.lineage.iter());
            origins.all(|(_, origin)| origin.from.is_empty())
        };
        untouched
            && self.state.says_nothing_of(&report.id)
            && report.expires.is_none()
            && self.policy.is_empty()
            && own(report)
            && self.is_safe(report)
    }

    /// Whether no source has a say.
    fn is_safe(&self, report: &Report) -> bool {
        let ids = report.portions.iter().map(|portion| portion.id.clone());
        let portions: Vec<PortionRef> = ids
            .chain([PortionId::title()])
            .map(|id| report.reference(&id))
            .collect();
        let portions: Vec<&PortionRef> = portions.iter().collect();
        let audience = std::slice::from_ref(self.reader);
        let exposures = self.exposure.exposures(&portions, audience, self.purpose, self.moment);
        exposures.iter().all(|exposure| *exposure == Exposure::Within)
    }

    fn look_up(&mut self, holding: &Holding, report: &'s Report) -> Result<Seen<'s>, NotFound> {
        let listed = holding.distribution.contains(self.reader);
        let parts = Included::of(self.state, report, &MarksInForce::new(self.state)).parts;
        let keys: Vec<Alike<'s>> = (parts.iter())
            .map(|part| (ClassKey::of(report, part, &[]), listed))
            .collect();
        if keys.iter().any(|key| !self.known.contains_key(key)) {
            let (outcomes, title) = self.outcomes(report)?;
            let outcomes = outcomes.into_iter().map(|(_, outcome)| outcome).chain([title]);
            self.known.extend(keys.iter().cloned().zip(outcomes));
        }
        let may = |key: &Alike<'s>| self.known.get(key) == Some(&Outcome::Permit);
        // The title stands behind the portions.
        let ids = report.portions.iter().map(|portion| &portion.id);
        let portions = ids.zip(&keys).filter(|(_, key)| may(key)).map(|(id, _)| id);
        Ok(Seen {
            portions: portions.collect(),
            title: keys.last().is_some_and(may),
        })
    }

    fn decide(&self, report: &'s Report) -> Result<Seen<'s>, NotFound> {
        let (all, title) = self.outcomes(report)?;
        let permitted = all.into_iter().filter(|(_, outcome)| *outcome == Outcome::Permit);
        Ok(Seen {
            portions: permitted.map(|(id, _)| id).collect(),
            title: title == Outcome::Permit,
        })
    }

    /// The outcome for each portion and for the title, decided for this report by itself.
    fn outcomes(&self, report: &'s Report) -> Result<(Outcomes<'s>, Outcome), NotFound> {
        let snapshot = Snapshot::about(self.state, self.groups, [&report.id], ([self.reader], &[]));
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
        let outcomes = portions.map(|(n, portion)| (&portion.id, found.outcome(0, n)));
        Ok((outcomes.collect(), found.title(0)))
    }
}
