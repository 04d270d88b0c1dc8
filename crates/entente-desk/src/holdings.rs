//! The facts of the reports held here, as far as a reader may know them, in the form that texts are matched against.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use entente_core::{Fact, FactId, PortionId, PortionRef, Report, ReportId, State};
use entente_watch::Scanner;
use entente_watch::facts::{self, Facts, FactsError};
use entente_watch::report::Report as Findings;
use serde::Serialize;

use entente_marking::installed::Library;

use crate::marks::banner_over;
use crate::moment::Moment;
use crate::reading::{Reader, seen};
use crate::view::View;

/// The name of a fact among all holdings: `REPORT/fact`.
pub fn name(report: &ReportId, fact: &FactId) -> String {
    format!("{report}/{fact}")
}

/// The report and the fact that such a name stands for; `None` where it is no such name.
pub fn named(text: &str) -> Option<(ReportId, FactId)> {
    let (report, fact) = text.split_once('/')?;
    Some((ReportId::new(report).ok()?, FactId::new(fact).ok()?))
}

/// Facts of a report in the form of the watch.
///
/// # Errors
/// When they cannot be looked for, with the place and the remedy.
pub fn watched(report: &ReportId, facts: &[Fact]) -> Result<Facts, FactsError> {
    Facts::new(plain(report, facts, None).collect())
}

fn plain<'f>(
    report: &'f ReportId,
    facts: &'f [Fact],
    portions: Option<&'f BTreeSet<PortionId>>,
) -> impl Iterator<Item = facts::Fact> + 'f {
    let seen = move |portion: &PortionId| portions.is_none_or(|seen| seen.contains(portion));
    facts
        .iter()
        .filter(move |fact| seen(&fact.portion))
        .map(move |fact| facts::Fact {
            id: name(report, &fact.id),
            text: fact.text.clone(),
            slots: fact.slots.clone(),
            values: fact.values.clone(),
            reveals: fact.reveals.clone().map(Into::into),
            growth: fact.growth.clone(),
        })
}

/// Sentences of portions for which nobody wrote facts down: their own wording is looked for.
fn unwritten<'f>(
    report: &'f Report,
    kept: &'f [Fact],
    stale: &'f [Fact],
) -> impl Iterator<Item = (PortionId, facts::Fact)> + 'f {
    let without = report
        .portions
        .iter()
        .filter(|portion| !kept.iter().any(|fact| fact.portion == portion.id));
    without.flat_map(|portion| {
        let text = entente_watch::text::read_bytes("portion.md", portion.text.as_bytes()).unwrap_or_default();
        let sentences: Vec<_> = text.iter().flat_map(entente_watch::sentences::sentences).collect();
        sentences.into_iter().enumerate().map(|(n, sentence)| {
            let plain = format!("{}.{}", portion.id, n + 1);
            let taken = stale.iter().any(|fact| fact.id.as_str() == plain);
            let id = match taken {
                true => format!("{}.v{}-{}", portion.id, report.version, n + 1),
                false => plain,
            };
            let fact = facts::Fact {
                id: format!("{}/{id}", report.id),
                text: sentence.quote,
                slots: Vec::new(),
                values: Vec::new(),
                reveals: None,
                growth: facts::Growth::default(),
            };
            (portion.id.clone(), fact)
        })
    })
}

/// A fact whose text the latest version of its report has no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stale {
    /// The fact.
    pub fact: FactId,
    /// The portion that it was written for.
    pub portion: PortionId,
}

impl Stale {
    /// What whoever keeps the facts has to know.
    pub fn says(&self) -> String {
        format!(
            "fact {} is stale: the text of {} that it was written for has changed. What stands there now counts as unknown for \
             source exposure, until facts are kept anew with `entente facts set`",
            self.fact, self.portion
        )
    }
}

/// The facts that say nothing about the latest version of a report.
pub fn stale(state: &State, report: &ReportId) -> Vec<Stale> {
    let stale = state.stale_facts(report).into_iter();
    stale
        .map(|fact| Stale {
            fact: fact.id.clone(),
            portion: fact.portion.clone(),
        })
        .collect()
}

/// Why there is nothing to look for.
#[derive(Debug, thiserror::Error)]
pub enum NothingKnown {
    /// No reports are held that the asker may know: some have to be added, or a file of facts given.
    #[error("there is nothing to look for: no reports are held that may be known")]
    Nothing,
    /// The facts kept here cannot be looked for.
    #[error(transparent)]
    Facts(#[from] FactsError),
}

/// A report, and the portions of it whose facts may be known; `None` where all may be.
type InScope<'m> = (&'m Report, Option<BTreeSet<PortionId>>);

/// The reports whose facts the asker may know: those of portions that `decide` permits.
fn scope<'m>(moment: &'m Moment<'m>, view: &View<'m>) -> Vec<InScope<'m>> {
    let mut reader = Reader::new(moment, view);
    let mut all = Vec::new();
    for (_, holding) in &moment.state().reports {
        let Some(report) = holding.latest() else { continue };
        // What was destroyed has no wording left to be looked for.
        if holding.destroyed.contains_key(&report.version) {
            continue;
        }
        // A report that the reader must not know of is not there.
        // Whoever may know something for some purpose knows it.
        let Ok((seen, _)) = seen(moment, &mut reader, report, view) else {
            continue;
        };
        all.push((report, seen.map(|seen| seen.portions)));
    }
    all
}

/// What is looked for of a report.
fn facts_of(state: &State, (report, seen): &InScope<'_>, all: &mut Vec<facts::Fact>) {
    // A fact goes with its text. The statements of texts that are gone are looked for as well, and nothing stands for the
    // new ones but their sentences.
    let kept = state.current_facts(&report.id);
    all.extend(plain(&report.id, &kept, seen.as_ref()));
    let stale: Vec<Fact> = state.stale_facts(&report.id).into_iter().cloned().collect();
    if seen.is_none() {
        all.extend(plain(&report.id, &stale, None));
    }
    let may = |portion: &PortionId| seen.as_ref().is_none_or(|seen| seen.contains(portion));
    let unwritten = unwritten(report, &kept, &stale).filter(|(portion, _)| may(portion));
    all.extend(unwritten.map(|(_, fact)| fact));
}

/// A scanner over facts, and for whom it was made: what each of the reports may be known of.
struct Compiled {
    scope: Vec<(ReportId, u32, Option<BTreeSet<PortionId>>)>,
    scanner: Scanner,
}

/// Scanners over what is held, each compiled when it is first asked for. Whoever keeps them lets go of them when reports or facts
/// change.
#[derive(Default)]
pub struct Scanners(Mutex<Vec<Compiled>>);

/// How many are kept: the party's own, and those of the readers who asked last.
const SCANNERS: usize = 4;

impl Scanners {
    /// What looks for all facts held here, or for those that a reader may know: those of portions that `decide` permits.
    ///
    /// # Errors
    /// When there are none.
    pub fn of<'m>(&self, moment: &'m Moment<'m>, view: &View<'m>) -> Result<Scanner, NothingKnown> {
        let scope = scope(moment, view);
        let same = |known: &Compiled| {
            let pairs = known.scope.iter().zip(&scope);
            known.scope.len() == scope.len()
                && pairs.into_iter().all(|((id, version, portions), (report, seen))| {
                    *id == report.id && *version == report.version && portions == seen
                })
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = kept.iter().position(same) {
            let found = kept.remove(place);
            let scanner = found.scanner.clone();
            kept.push(found);
            return Ok(scanner);
        }
        let mut all = Vec::new();
        for one in &scope {
            facts_of(moment.state(), one, &mut all);
        }
        if all.is_empty() {
            return Err(NothingKnown::Nothing);
        }
        let scanner = Scanner::new(Facts::new(all)?.without_warnings());
        if kept.len() == SCANNERS {
            kept.remove(0);
        }
        let named = |(report, seen): InScope<'_>| (report.id.clone(), report.version, seen);
        kept.push(Compiled {
            scope: scope.into_iter().map(named).collect(),
            scanner: scanner.clone(),
        });
        Ok(scanner)
    }
}

/// The portion that a finding is about.
pub fn portion_of(state: &State, finding: &str) -> Option<PortionRef> {
    let (report, fact) = named(finding)?;
    let latest = state.reports.get(&report)?.latest()?;
    let kept = state.facts.get(&report).into_iter().flatten();
    let written = kept.into_iter().find(|known| known.id == fact).map(|known| {
        let now = state.portion_of(&report, latest.version, known);
        now.unwrap_or_else(|| known.portion.clone())
    });
    let portion = match written {
        Some(portion) => portion,
        // A sentence that nobody wrote a fact for is named after its portion.
        None => PortionId::new(fact.as_str().rsplit_once('.')?.0).ok()?,
    };
    Some(latest.reference(&portion)).filter(|reference| state.portion(reference).is_some())
}

/// The banner over the portions whose facts were found.
pub fn banner(state: &State, library: &Library, found: &Findings) -> String {
    let portions: BTreeSet<PortionRef> = found
        .findings
        .iter()
        .filter_map(|finding| portion_of(state, &finding.fact))
        .collect();
    banner_over(state, library, portions.iter())
}
