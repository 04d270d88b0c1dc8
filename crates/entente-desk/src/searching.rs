//! Who may have something, and what somebody may have, as far as whoever asks may know of both.

use std::collections::BTreeSet;

use entente_core::actor::entitled;
use entente_core::decide::NotFound;
use entente_core::{Outcome, Person, PersonId, PortionId, ReportId};

use crate::moment::Moment;
use crate::reading::{Page, known, page};
use crate::view::View;

/// Reports looked at for one page of answers: a page costs the same however much is held.
const LOOKED_AT: usize = 1000;

/// A report, or a portion of it where one is named.
pub type Resource = (ReportId, Option<PortionId>);

/// What the asker may know of something: its version, and its portions of which the question is.
///
/// # Errors
/// When there is no such thing, or not for the asker.
pub fn meant(
    moment: &Moment<'_>,
    (report, portion): &Resource,
    view: &View<'_>,
) -> Result<(u32, Vec<PortionId>), NotFound> {
    let (version, all) = known(moment, report, None, view)?;
    match portion {
        None => Ok((version, all)),
        Some(portion) if all.contains(portion) => Ok((version, vec![portion.clone()])),
        Some(_) => Err(NotFound::Report(report.to_string())),
    }
}

/// The persons of whom the asker is told: all where they keep the people, those on the distribution where they keep that, and
/// themselves.
fn candidates(moment: &Moment<'_>, report: &ReportId, asker: &PersonId, now: jiff::Timestamp) -> BTreeSet<PersonId> {
    let state = moment.state();
    let may = |act| entitled(state, asker, act, now);
    let mut all = BTreeSet::from([asker.clone()]);
    if may("see-people") {
        all.extend(state.persons.keys().cloned());
    } else if may("distribute") {
        let holding = state.reports.get(report);
        all.extend(
            holding
                .into_iter()
                .flat_map(|holding| holding.distribution.iter().cloned()),
        );
    }
    all.retain(|person| state.persons.contains_key(person));
    all
}

/// The persons who may have something, of those of whom the asker is told, in order.
///
/// # Errors
/// When there is no such thing, or not for the asker.
pub fn who(
    moment: &Moment<'_>,
    resource: &Resource,
    (asker, purpose): (&View<'_>, &View<'_>),
) -> Result<Vec<PersonId>, NotFound> {
    let (version, portions) = meant(moment, resource, asker)?;
    let report = &resource.0;
    let me = asker.reader().cloned();
    let people: Vec<PersonId> = me
        .iter()
        .flat_map(|me| candidates(moment, report, me, asker.at))
        .collect();
    let snapshot = moment.snapshot([report], (&people, &[]));
    let decision = moment.decide(&snapshot, (report, Some(version)), Some(&portions), &people, purpose)?;
    let count = decision.portions().count();
    let may = |person: &usize| (0..count).all(|n| decision.outcome(*person, n) == Outcome::Permit);
    let found = (0..people.len()).filter(may).filter_map(|n| people.get(n).cloned());
    Ok(found.collect())
}

/// What an audience may have of what the asker may know of: reports as wholes, or portions of them. Gives what was found, and
/// after which report to go on where there may be more.
pub fn what(
    moment: &Moment<'_>,
    (people, outsiders): (&[PersonId], &[Person]),
    portions: bool,
    (asker, purpose): (&View<'_>, &View<'_>),
    wanted: Page<'_>,
) -> (Vec<Resource>, Option<ReportId>) {
    let limit = wanted.limit.unwrap_or(LOOKED_AT);
    let looked_at = Page {
        limit: Some(LOOKED_AT),
        ..wanted
    };
    let listing = page(moment, asker, looked_at);
    let mut found = Vec::new();
    for row in &listing.rows {
        if found.len() >= limit {
            // The row before this one was the last that was looked at.
            let before = listing.rows.iter().take_while(|other| other.id != row.id).last();
            return (found, before.map(|before| before.id.clone()));
        }
        let Ok((version, known)) = known(moment, &row.id, None, asker) else {
            continue;
        };
        let snapshot = moment.snapshot([&row.id], (people, outsiders));
        let decision = moment.decide(&snapshot, (&row.id, Some(version)), Some(&known), people, purpose);
        let Ok(decision) = decision else { continue };
        let ids: Vec<&PortionId> = decision.portions().collect();
        let permitted = |n: usize| decision.audience_outcome(n) == Outcome::Permit;
        match portions {
            true => {
                let all = ids.iter().enumerate().filter(|(n, _)| permitted(*n));
                found.extend(all.map(|(_, id)| (row.id.clone(), Some((*id).clone()))));
            }
            false if (0..ids.len()).all(permitted) => found.push((row.id.clone(), None)),
            false => {}
        }
    }
    let last = listing.rows.last().filter(|_| listing.more);
    (found, last.map(|row| row.id.clone()))
}
