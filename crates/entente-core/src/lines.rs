//! What a list needs to know of each report, kept in memory: so that a list of all of them reads none of them.
//!
//! Most reports of a node are alike: nothing special was done to them, and there are few shapes. Of such a report a [`Line`] is kept;
//! whoever lists decides one report of a shape, and gives all others of it the same row under their own names. Whatever is special
//! about a report, it has no line and is looked at itself.

use std::iter::Peekable;
use std::sync::Arc;

use entente_marking::{Label, SchemeId};
use imbl::OrdMap;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::ids::{PartyPath, ReportId};
use crate::report::{Distribution, Lineage, Portion, Report};
use crate::state::Holding;

/// Everything about a report that decides what somebody may have of it, but for who is on its distribution: a digest, so that
/// reports of one shape are decided alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shape([u8; 32]);

/// A text of a report, as far as it decides.
#[derive(Serialize)]
struct Text<'r> {
    mark: &'r str,
    label: &'r Label,
    lineage: &'r Lineage,
    tear_line: bool,
}

impl<'r> Text<'r> {
    fn of(portion: &'r Portion) -> Self {
        Self {
            mark: &portion.mark,
            label: &portion.label,
            lineage: &portion.lineage,
            tear_line: portion.tear_line,
        }
    }
}

#[derive(Serialize)]
struct Skeleton<'r> {
    originator: &'r PartyPath,
    scheme: &'r SchemeId,
    profile: &'r str,
    existence_protected: bool,
    portions: Vec<Text<'r>>,
    title: Option<Text<'r>>,
}

impl Shape {
    fn of(report: &Report) -> Option<Self> {
        let skeleton = Skeleton {
            originator: &report.originator,
            scheme: &report.scheme,
            profile: &report.profile,
            existence_protected: report.existence_protected,
            portions: report.portions.iter().map(Text::of).collect(),
            title: report.title.portion().map(Text::of),
        };
        let told = serde_json::to_vec(&skeleton).ok()?;
        Some(Self(Sha256::digest(told).into()))
    }
}

/// A report to which nothing special was done, as it stands in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its only version.
    pub version: u32,
    /// Its title, for whoever may have it.
    pub title: Arc<str>,
    /// What decides about it.
    pub shape: Shape,
    /// Who here has a need to know.
    pub distribution: Arc<Distribution>,
}

impl Line {
    /// The line of a report; `None` where something about it is special, so that it is looked at itself.
    pub fn of(holding: &Holding) -> Option<Self> {
        let mut versions = holding.versions.values();
        let (report, None) = (versions.next()?, versions.next()) else {
            return None;
        };
        let rests_on_nothing = |portion: &Portion| {
            let mut origins = portion.lineage.iter();
            origins.all(|(_, origin)| origin.from.is_empty() && !origin.protects_source)
        };
        let plain = holding.withdrawn.is_none() && holding.on_hold.is_none() && report.expires.is_none();
        if !plain || !report.with_title().all(rests_on_nothing) {
            return None;
        }
        Some(Self {
            version: report.version,
            title: Arc::from(report.title.text()),
            shape: Shape::of(report)?,
            distribution: Arc::new(holding.distribution.clone()),
        })
    }
}

/// The lines of all reports at one moment; those without one are in it too.
#[derive(Clone, Debug, Default)]
pub struct Stock(OrdMap<ReportId, Option<Arc<Line>>>);

/// What has changed since a stock was taken: the line of each report that something happened to, or that it is gone.
#[derive(Clone, Debug, Default)]
pub struct Changes(OrdMap<ReportId, Option<Option<Arc<Line>>>>);

impl Stock {
    /// Puts a report in.
    pub fn insert(&mut self, id: ReportId, holding: &Holding) {
        self.0.insert(id, Line::of(holding).map(Arc::new));
    }

    /// The same after what has changed.
    #[must_use]
    pub fn after(&self, changes: &Changes) -> Self {
        let mut stock = self.0.clone();
        for (id, change) in &changes.0 {
            match change {
                Some(line) => stock.insert(id.clone(), line.clone()),
                None => stock.remove(id),
            };
        }
        Self(stock)
    }
}

impl Changes {
    /// Notes a report as it is now.
    pub fn note(&mut self, id: ReportId, holding: Option<&Holding>) {
        self.0
            .insert(id, holding.map(|holding| Line::of(holding).map(Arc::new)));
    }

    /// How many reports something happened to.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// All reports with their lines, as they are now.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'l> {
    stock: &'l Stock,
    changes: &'l Changes,
}

impl<'l> Lines<'l> {
    /// What was there, and what has changed since.
    pub fn new(stock: &'l Stock, changes: &'l Changes) -> Self {
        Self { stock, changes }
    }

    /// The line of a report, where it has one; `None` where there is no such report.
    pub fn get(self, id: &ReportId) -> Option<Option<&'l Arc<Line>>> {
        match self.changes.0.get(id) {
            Some(change) => change.as_ref().map(Option::as_ref),
            None => self.stock.0.get(id).map(Option::as_ref),
        }
    }

    /// The reports from one on, in order; each with its line where it has one.
    pub fn from(self, from: Option<&ReportId>) -> impl Iterator<Item = (&'l ReportId, Option<&'l Arc<Line>>)> {
        let (stock, changes) = (&self.stock.0, &self.changes.0);
        let (before, since) = match from {
            Some(from) => (stock.range(from.clone()..), changes.range(from.clone()..)),
            None => (stock.range::<_, ReportId>(..), changes.range::<_, ReportId>(..)),
        };
        Together {
            before: before.peekable(),
            since: since.peekable(),
        }
        .filter_map(|(id, line)| Some((id, line?)))
    }
}

/// Both together in order; of what is in both, what came later.
struct Together<A: Iterator, B: Iterator> {
    before: Peekable<A>,
    since: Peekable<B>,
}

type Known<'l> = (&'l ReportId, Option<Option<&'l Arc<Line>>>);

impl<'l, A, B> Iterator for Together<A, B>
where
    A: Iterator<Item = (&'l ReportId, &'l Option<Arc<Line>>)>,
    B: Iterator<Item = (&'l ReportId, &'l Option<Option<Arc<Line>>>)>,
{
    type Item = Known<'l>;

    fn next(&mut self) -> Option<Known<'l>> {
        let earlier = match (self.before.peek(), self.since.peek()) {
            (Some((one, _)), Some((other, _))) => one < other,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if earlier {
            return self.before.next().map(|(id, line)| (id, Some(line.as_ref())));
        }
        let (id, change) = self.since.next()?;
        self.before.next_if(|(other, _)| *other == id);
        Some((id, change.as_ref().map(Option::as_ref)))
    }
}
