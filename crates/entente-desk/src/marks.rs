//! Banners over portions of reports.

use std::collections::BTreeMap;

use entente_core::{PortionRef, Report, ReportId, State};
use entente_marking::Scheme;
use entente_marking::builtin::schemes;

/// The banner over marks of portions of one report.
pub fn banner_in<'m>(report: &Report, marks: impl Iterator<Item = &'m str>) -> Option<String> {
    let scheme = schemes().get(&report.scheme, Some(&report.profile))?;
    banner_of(scheme.as_ref(), marks, None)
}

/// The banner over portions of one or several reports: one roll-up for each scheme.
pub fn banner_over<'p>(state: &State, portions: impl Iterator<Item = &'p PortionRef>) -> String {
    let mut by_scheme: BTreeMap<String, (ReportId, u32, Vec<String>)> = BTreeMap::new();
    for reference in portions {
        let held = state
            .reports
            .get(&reference.report)
            .and_then(|held| held.versions.get(&reference.version));
        if let Some((report, portion)) = held.zip(state.portion(reference)) {
            let key = format!("{:?}/{}", report.scheme, report.profile);
            let entry = by_scheme
                .entry(key)
                .or_insert_with(|| (report.id.clone(), report.version, Vec::new()));
            entry.2.push(portion.mark.clone());
        }
    }
    let banners = by_scheme.into_values().filter_map(|(id, version, marks)| {
        let report = state.reports.get(&id)?.versions.get(&version)?;
        banner_in(report, marks.iter().map(String::as_str))
    });
    banners.collect::<Vec<_>>().join(" | ")
}

/// The banner that marks add up to.
pub fn banner_of<'m>(
    scheme: &dyn Scheme,
    marks: impl Iterator<Item = &'m str>,
    written: Option<&str>,
) -> Option<String> {
    let marks: Vec<&str> = marks.collect();
    scheme.rollup(&marks, written).banner.map(|marking| marking.canonical)
}
