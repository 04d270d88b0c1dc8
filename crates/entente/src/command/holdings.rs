//! The facts of the reports held here, as far as a reader may know them, in the form that texts are matched against.

use std::collections::BTreeSet;

use entente_core::{Fact, FactId, PersonId, PortionId, PortionRef, ReportId};
use entente_watch::facts::{self, Facts};
use entente_watch::report::Report;

use super::brief::banner_over;
use super::report::visible;
use crate::failure::Failure;
use crate::node::Node;

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

/// All facts held here, or those that a reader may know: those of portions that `decide` permits.
pub(crate) fn known(node: &Node, reader: Option<&PersonId>) -> Result<Facts, Failure> {
    let mut all = Vec::new();
    for (report, facts) in &node.state().facts {
        let seen = match reader.map(|reader| visible(node, report, None, reader, None)) {
            None => None,
            Some(Ok(seen)) => Some(seen),
            // A report that the reader must not know of is not there.
            Some(Err(_)) => continue,
        };
        all.extend(plain(report, facts, seen.as_ref()));
    }
    if all.is_empty() {
        return Err(Failure::not_found(
            "there are no facts to look for; write them down with `entente facts propose REPORT` and `entente facts set`, or \
             give a facts file with `--facts`",
        ));
    }
    Facts::new(all).map_err(Failure::failed)
}

/// The banner over the portions whose facts were found.
pub(crate) fn banner(node: &Node, report: &Report) -> Result<String, Failure> {
    let mut portions = BTreeSet::new();
    for finding in &report.findings {
        let (id, fact) = named(&finding.fact)?;
        let facts = node.state().facts.get(&id).into_iter().flatten();
        let holding = node.state().reports.get(&id).and_then(|holding| holding.latest());
        portions.extend(facts.filter(|known| known.id == fact).filter_map(|known| {
            Some(PortionRef {
                report: id.clone(),
                version: holding?.version,
                portion: known.portion.clone(),
            })
        }));
    }
    Ok(banner_over(node.state(), portions.iter()))
}
