//! Findings that a person has reviewed: what they say of each report, and the disclosures that they become.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::{
    Command, DisclosureId, Extent, FactId, Lawful, PersonId, PortionId, ReportId, Review, Route, Said, State, Status,
    Telling, Words,
};
use entente_watch::report::{Extent as Told, Report};

use crate::holdings::{named, portion_of};

/// A finding, as far as it matters to what is kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The text in which it stands.
    pub file: String,
    /// The fact, as `REPORT/fact`.
    pub fact: String,
    /// Whether all of it is told.
    pub extent: Extent,
    /// How it is put.
    pub status: Status,
    /// The words that tell it.
    pub quotes: Vec<String>,
}

/// A finding is about a fact that is not known here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no fact {0}; `entente facts list` shows them")]
pub struct NoFact(pub String);

/// Of each report: its portions that were disclosed, and what was told.
pub type ByReport = BTreeMap<ReportId, (BTreeSet<PortionId>, Vec<Telling>)>;

/// The findings of a scan, and the origin of each text.
pub fn of_scan(report: &Report) -> (Vec<Found>, BTreeMap<String, String>) {
    let found = report.findings.iter().map(|finding| Found {
        file: finding.file.clone(),
        fact: finding.fact.clone(),
        extent: match finding.extent {
            Told::Full => Extent::Full,
            Told::Partial => Extent::Partial,
        },
        status: finding.status,
        quotes: finding.spans.iter().map(|span| span.quote.clone()).collect(),
    });
    let origins = report.summary.origins.iter();
    let origins = origins.flat_map(|origin| origin.files.iter().map(|file| (file.clone(), origin.name.clone())));
    (found.collect(), origins.collect())
}

/// What findings say of each report.
///
/// # Errors
/// When one is about a fact that is not known here.
pub fn by_report(
    state: &State,
    found: impl IntoIterator<Item = Found>,
    origins: &BTreeMap<String, String>,
) -> Result<ByReport, NoFact> {
    let mut reports = ByReport::new();
    for finding in found {
        let missing = || NoFact(finding.fact.clone());
        let (report, id): (ReportId, FactId) = named(&finding.fact).ok_or_else(missing)?;
        let portion = portion_of(state, &finding.fact).ok_or_else(missing)?;
        let kept = state.facts.get(&report).into_iter().flatten();
        let written = kept.into_iter().any(|fact| fact.id == id);
        let telling = Telling {
            fact: id,
            status: finding.status,
            words: Some(Words {
                extent: finding.extent,
                quote: finding.quotes.join(" … "),
            }),
            origin: origins.get(&finding.file).cloned().or(Some(finding.file)),
        };
        let entry = reports.entry(report).or_default();
        entry.0.insert(portion.portion);
        if written && !entry.1.contains(&telling) {
            entry.1.push(telling);
        }
    }
    Ok(reports)
}

/// The disclosures to the public that reviewed findings become, one for each report.
///
/// # Errors
/// When an id cannot be made.
pub fn disclosures<E>(
    told: ByReport,
    review: &Review,
    mut id: impl FnMut() -> Result<DisclosureId, E>,
) -> Result<Vec<Command>, E> {
    let each = told.into_iter().map(|(report, (portions, learned))| {
        Ok(Command::Disclose {
            id: id()?,
            report,
            portions,
            audience: BTreeSet::from([PersonId::public()]),
            route: Route::Published,
            by: None,
            learned,
            purpose: None,
            lawful: Lawful::Undetermined,
            under: None,
            review: Some(review.clone()),
            briefing: None,
            said: Said::default(),
        })
    });
    each.collect()
}
