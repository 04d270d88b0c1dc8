//! Banners over portions of reports.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use entente_core::handle::side_by_side;
use entente_core::{MarksInForce, PartyPath, PersonId, PortionRef, Report, ReportId, State};
use entente_marking::installed::Library;
use entente_marking::{CopyList, MarkKind, Scheme};

/// The banner over marks of portions of one report: one for each scheme, that of the report first.
pub fn banner_in<'m>(library: &Library, report: &Report, marks: impl Iterator<Item = &'m str>) -> Option<String> {
    let schemes = &library.schemes;
    let own = schemes.get(&report.scheme, Some(&report.profile))?;
    let mut by_scheme: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    let others = schemes.iter().filter(|other| other.id() != own.id());
    let all: Vec<_> = std::iter::once(own).chain(others).collect();
    for mark in marks.flat_map(side_by_side) {
        let valid = |scheme: &&Arc<dyn Scheme>| scheme.check(mark, MarkKind::Portion, None).is_valid();
        by_scheme.entry(all.iter().position(valid)?).or_default().push(mark);
    }
    let banners = by_scheme
        .into_iter()
        .map(|(n, marks)| banner_of(all[n].as_ref(), marks.into_iter(), None));
    let banners: Option<Vec<String>> = banners.collect();
    banners
        .map(|banners| banners.join(" | "))
        .filter(|text| !text.is_empty())
}

/// The parties for whom these persons act.
pub fn parties_of<'p>(state: &State, persons: impl IntoIterator<Item = &'p PersonId>) -> BTreeSet<PartyPath> {
    let party = |id: &PersonId| {
        let known = state.persons.get(id).map(|person| person.party.clone());
        known.or_else(|| id.party())
    };
    persons.into_iter().filter_map(party).collect()
}

/// The mark of a portion that these parties may have, as it stands on what they get. Where no such mark can be written,
/// the one in force stays, which lets nobody further.
pub fn mark_for(library: &Library, report: &Report, mark: &str, parties: &BTreeSet<PartyPath>) -> String {
    let copy = entente_core::mark_for(
        &library.schemes,
        &library.groups,
        report,
        mark,
        parties,
        CopyList::Receivers,
    );
    copy.unwrap_or_else(|_| mark.to_owned())
}

/// The same for a portion wherever it stands, from its mark in force.
pub fn mark_of(
    state: &State,
    library: &Library,
    portion: &PortionRef,
    parties: &BTreeSet<PartyPath>,
) -> Option<String> {
    let held = state.reports.get(&portion.report)?.versions.get(&portion.version)?;
    Some(mark_for(library, held, &mark_in_force(state, portion)?, parties))
}

/// The mark in force of a portion: what it is to be read under now.
pub fn mark_in_force(state: &State, portion: &PortionRef) -> Option<String> {
    Some(MarksInForce::new(state).of(portion)?.mark().into_owned())
}

/// The banner over portions of one or several reports, as their marks are in force: one roll-up for each scheme.
pub fn banner_over<'p>(state: &State, library: &Library, portions: impl Iterator<Item = &'p PortionRef>) -> String {
    banner_over_marks(
        state,
        library,
        portions.filter_map(|portion| Some((portion, mark_in_force(state, portion)?))),
    )
}

/// The banner over portions as they are marked for somebody.
pub fn banner_over_marks<'p>(
    state: &State,
    library: &Library,
    portions: impl Iterator<Item = (&'p PortionRef, String)>,
) -> String {
    let mut by_scheme: BTreeMap<String, (ReportId, u32, Vec<String>)> = BTreeMap::new();
    for (reference, mark) in portions {
        let held = state
            .reports
            .get(&reference.report)
            .and_then(|held| held.versions.get(&reference.version));
        if let Some(report) = held {
            let key = format!("{:?}/{}", report.scheme, report.profile);
            let entry = by_scheme
                .entry(key)
                .or_insert_with(|| (report.id.clone(), report.version, Vec::new()));
            entry.2.push(mark);
        }
    }
    let banners = by_scheme.into_values().filter_map(|(id, version, marks)| {
        let report = state.reports.get(&id)?.versions.get(&version)?;
        banner_in(library, report, marks.iter().map(String::as_str))
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
