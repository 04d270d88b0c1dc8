//! The facts of the reports held here, as far as a reader may know them, in the form that texts are matched against.

use std::collections::BTreeSet;

use entente_core::{Fact, FactId, PersonId, PortionId, PortionRef, Report, ReportId};
use entente_watch::facts::{self, Facts};
use entente_watch::report::Report as Findings;

use super::report::visible;
use crate::failure::Failure;
use entente_desk::marks::banner_over;
use entente_node::Pinned;

/// The name of a fact among all holdings: `REPORT/fact`.
pub(crate) fn name(report: &ReportId, fact: &FactId) -> String {
    format!("{report}/{fact}")
}

/// The report and the fact that such a name stands for.
pub(crate) fn named(text: &str) -> Result<(ReportId, FactId), Failure> {
    let (report, fact) = text.split_once('/').ok_or_else(|| {
        Failure::usage(format!(
            "`{text}` names no fact; write REPORT/fact, as `entente facts list` does"
        ))
    })?;
    Ok((ReportId::new(report)?, FactId::new(fact)?))
}

/// Facts of a report in the form of the watch; of these portions only, where they are given.
pub(crate) fn watched(
    report: &ReportId,
    facts: &[Fact],
    portions: Option<&BTreeSet<String>>,
) -> Result<Facts, Failure> {
    Facts::new(plain(report, facts, portions).collect()).map_err(Failure::failed)
}

fn plain<'f>(
    report: &'f ReportId,
    facts: &'f [Fact],
    portions: Option<&'f BTreeSet<String>>,
) -> impl Iterator<Item = facts::Fact> + 'f {
    let seen = move |portion: &PortionId| portions.is_none_or(|seen| seen.contains(portion.as_str()));
    facts
        .iter()
        .filter(move |fact| seen(&fact.portion))
        .map(move |fact| facts::Fact {
            id: name(report, &fact.id),
            text: fact.text.clone(),
            slots: fact.slots.clone(),
            values: fact.values.clone(),
            reveals: fact.reveals.clone().map(Into::into),
        })
}

/// Sentences of portions for which nobody wrote facts down: their own wording is looked for.
fn unwritten<'f>(report: &'f Report, kept: &'f [Fact]) -> impl Iterator<Item = (PortionId, facts::Fact)> + 'f {
    let without = report
        .portions
        .iter()
        .filter(|portion| !kept.iter().any(|fact| fact.portion == portion.id));
    without.flat_map(|portion| {
        let text = entente_watch::text::read_bytes("portion.md", portion.text.as_bytes()).unwrap_or_default();
        let sentences: Vec<_> = text.iter().flat_map(entente_watch::sentences::sentences).collect();
        sentences.into_iter().enumerate().map(|(n, sentence)| {
            let fact = facts::Fact {
                id: format!("{}/{}.{}", report.id, portion.id, n + 1),
                text: sentence.quote,
                slots: Vec::new(),
                values: Vec::new(),
                reveals: None,
            };
            (portion.id.clone(), fact)
        })
    })
}

/// All facts held here, or those that a reader may know: those of portions that `decide` permits.
pub(crate) fn known(node: &Pinned, reader: Option<&PersonId>) -> Result<Facts, Failure> {
    let mut all = Vec::new();
    for (id, holding) in &node.state().reports {
        let Some(report) = holding.latest() else { continue };
        let seen = match reader.map(|reader| visible(node, id, None, reader, None)) {
            None => None,
            Some(Ok(seen)) => Some(seen),
            // A report that the reader must not know of is not there.
            Some(Err(_)) => continue,
        };
        let kept = node.state().facts.get(id).map_or(&[][..], Vec::as_slice);
        all.extend(plain(id, kept, seen.as_ref()));
        let may = |portion: &PortionId| seen.as_ref().is_none_or(|seen| seen.contains(portion.as_str()));
        all.extend(
            unwritten(report, kept)
                .filter(|(portion, _)| may(portion))
                .map(|(_, fact)| fact),
        );
    }
    if all.is_empty() {
        return Err(Failure::not_found(
            "there is nothing to look for: no reports are held that may be known; add some, or give a facts file with `--facts`",
        ));
    }
    Ok(Facts::new(all).map_err(Failure::failed)?.without_warnings())
}

/// The portion that a finding is about.
pub(crate) fn portion_of(node: &Pinned, finding: &str) -> Option<PortionRef> {
    let (report, fact) = named(finding).ok()?;
    let latest = node.state().reports.get(&report)?.latest()?;
    let kept = node.state().facts.get(&report).into_iter().flatten();
    let written = kept
        .into_iter()
        .find(|known| known.id == fact)
        .map(|known| known.portion.clone());
    let portion = match written {
        Some(portion) => portion,
        // A sentence that nobody wrote a fact for is named after its portion.
        None => PortionId::new(fact.as_str().rsplit_once('.')?.0).ok()?,
    };
    Some(latest.reference(&portion)).filter(|reference| node.state().portion(reference).is_some())
}

/// The banner over the portions whose facts were found.
pub(crate) fn banner(node: &Pinned, found: &Findings) -> String {
    let portions: BTreeSet<PortionRef> = found
        .findings
        .iter()
        .filter_map(|finding| portion_of(node, &finding.fact))
        .collect();
    banner_over(node.state(), portions.iter())
}
