//! What is looked at: what is true, and the guards of decisions.

use entente_core::decide::{LocalPolicy, NotFound, SourceExposure, decide};
use entente_core::{
    Context, Decision, Lines, Person, PersonId, PortionId, Query, ReportId, Snapshot, Sorted, SourceGuard, State,
};
use entente_marking::installed::Library;
use jiff::Timestamp;

use crate::view::View;

/// What is true at one event, with this party's own rules and what it can say about its sources.
pub struct Moment<'m> {
    state: &'m State,
    rules: &'m dyn LocalPolicy,
    library: &'m Library,
    exposure: SourceGuard<'m>,
    lines: Option<Lines<'m>>,
    sorted: Option<Sorted<'m>>,
}

impl<'m> Moment<'m> {
    /// What is true, with this party's own rules and the schemes and groups that it reads marks with.
    pub fn of(state: &'m State, rules: &'m dyn LocalPolicy, library: &'m Library) -> Self {
        Self {
            state,
            rules,
            library,
            exposure: SourceGuard::new(state),
            lines: None,
            sorted: None,
        }
    }

    /// The same with what lists need of every report, where that is kept, and with all of them by class.
    #[must_use]
    pub fn with_lines(self, lines: Option<Lines<'m>>, sorted: Option<Sorted<'m>>) -> Self {
        Self { lines, sorted, ..self }
    }

    /// What lists need of every report, where that is kept.
    pub(crate) fn lines(&self) -> Option<Lines<'m>> {
        self.lines
    }

    /// All reports by class, where that is kept.
    pub(crate) fn sorted(&self) -> Option<Sorted<'m>> {
        self.sorted
    }

    /// The same guards over another world.
    pub(crate) fn in_world<'w>(&self, state: &'w State) -> Moment<'w>
    where
        'm: 'w,
    {
        Moment {
            state,
            rules: self.rules,
            library: self.library,
            exposure: SourceGuard::new(state),
            lines: None,
            sorted: None,
        }
    }

    /// What is true.
    pub fn state(&self) -> &'m State {
        self.state
    }

    /// The schemes and groups that marks are read with.
    pub fn library(&self) -> &'m Library {
        self.library
    }

    /// What this party can say about source exposure.
    pub fn exposure(&self) -> &SourceGuard<'m> {
        &self.exposure
    }

    /// The guards of a decision.
    pub fn guards(&self) -> (&dyn LocalPolicy, &dyn SourceExposure) {
        (self.rules, &self.exposure)
    }

    /// What handlers look at besides the state.
    pub fn context(&self, now: Timestamp) -> Context<'_> {
        Context {
            now,
            groups: &self.library.groups,
            schemes: &self.library.schemes,
            policy: self.rules,
            exposure: &self.exposure,
        }
    }

    /// What decisions about these reports for an audience look at; beside it stand those of it whom a caller describes.
    pub fn snapshot<'r>(
        &self,
        reports: impl IntoIterator<Item = &'r ReportId>,
        (audience, outsiders): (&[PersonId], &[Person]),
    ) -> Snapshot {
        Snapshot::about(self.state, &self.library.groups, reports, (audience, outsiders))
    }

    /// Decides about portions of a report for an audience; all portions where none are named.
    ///
    /// # Errors
    /// When the report, the version or a portion does not exist.
    pub fn decide<'s>(
        &self,
        snapshot: &'s Snapshot,
        (report, version): (&ReportId, Option<u32>),
        portions: Option<&[PortionId]>,
        audience: &[PersonId],
        view: &View<'_>,
    ) -> Result<Decision<'s>, NotFound> {
        let query = Query {
            report,
            version,
            portions,
            audience,
            purpose: view.purpose,
            moment: view.at,
        };
        decide(snapshot, &query, self.rules, &self.exposure)
    }
}
