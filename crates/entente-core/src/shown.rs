//! The mark under which a portion stands on what is made for somebody: papers, pages, copies.
//!
//! Whom the written mark lists gets the written mark. Whoever has the text by a release or a consent gets a mark computed
//! for it; see [`entente_marking::released_mark`] for what that never does.

use std::collections::BTreeSet;

use entente_marking::{
    CopyList, Entity, Groups, Label, MarkKind, Marking, NotReleasable, Release, Releasees, Scheme, Schemes,
    public_mark, released_mark,
};

use crate::handle::side_by_side;
use crate::ids::{PartyPath, PersonId};
use crate::party::Person;
use crate::report::Report;

/// The mark of a copy of a portion of `report` for these parties, in the report's schemes.
///
/// # Errors
/// When the mark cannot be written for them: the text then needs a substitute with a mark of its own.
pub fn mark_for(
    schemes: &Schemes,
    groups: &Groups,
    report: &Report,
    mark: &str,
    parties: &BTreeSet<PartyPath>,
    list: CopyList,
) -> Result<String, NotReleasable> {
    let mut copies = Vec::new();
    for single in side_by_side(mark) {
        let (scheme, written) = read(schemes, report, single)?;
        let public = PersonId::public().party();
        let listed = parties
            .iter()
            .all(|party| is_listed(groups, &written.label.release, party));
        let copy = match public.is_some_and(|public| parties.contains(&public)) {
            true => public_mark(scheme, single)?,
            false if listed => written,
            false => {
                let to: BTreeSet<Entity> = parties.iter().map(|party| Entity::new(party.top())).collect();
                released_mark(scheme, single, &to, list)?
            }
        };
        copies.push(copy.canonical);
    }
    Ok(copies.join(" "))
}

/// Whether a mark by itself releases a text to a person: by their party, and by their citizenships as far as they are known.
pub(crate) fn releases_to(groups: &Groups, label: &Label, person: &Person) -> bool {
    let citizen = |list: &Releasees| {
        let mut admitted = list
            .full
            .iter()
            .chain(&list.display)
            .flat_map(|entity| groups.admitted(entity));
        person.citizenships.is_empty() || admitted.any(|entity| person.citizenships.contains(&entity))
    };
    match &label.release {
        Release::Unrestricted => true,
        Release::Only(list) => is_listed(groups, &label.release, &person.party) && citizen(list),
    }
}

/// Whether a party may be shown a text and never handed it.
pub(crate) fn only_shown(groups: &Groups, label: &Label, party: &PartyPath) -> bool {
    let Release::Only(list) = &label.release else {
        return false;
    };
    let full = Release::to(list.full.iter().cloned());
    is_listed(groups, &label.release, party) && !is_listed(groups, &full, party)
}

/// Everybody whom the release list of a mark names.
pub(crate) fn names(schemes: &Schemes, report: &Report, mark: &str) -> BTreeSet<Entity> {
    let mut all = BTreeSet::new();
    for single in side_by_side(mark) {
        if let Ok((
            _,
            Marking {
                label:
                    Label {
                        release: Release::Only(list),
                        ..
                    },
                ..
            },
        )) = read(schemes, report, single)
        {
            all.extend(list.full.into_iter().chain(list.display));
        }
    }
    all
}

/// Whether the list admits a party, or one that it is part of.
fn is_listed(groups: &Groups, release: &Release, party: &PartyPath) -> bool {
    let Release::Only(list) = release else { return true };
    let mut all = list
        .full
        .iter()
        .chain(&list.display)
        .flat_map(|entity| groups.admitted(entity));
    all.any(|entity| party.ancestry().any(|path| Entity::new(path) == entity))
}

/// A single mark, read by the report's scheme or the first other one that knows it.
fn read<'s>(schemes: &'s Schemes, report: &Report, mark: &str) -> Result<(&'s dyn Scheme, Marking), NotReleasable> {
    let own = schemes.get(&report.scheme, Some(&report.profile));
    let others = schemes.iter().filter(|other| *other.id() != report.scheme);
    let mut known = own.into_iter().chain(others);
    let found = known.find_map(|scheme| Some((scheme.as_ref(), scheme.check(mark, MarkKind::Portion, None).marking?)));
    found.ok_or_else(|| NotReleasable {
        mark: mark.to_owned(),
        why: "no scheme that is known here reads it".to_owned(),
    })
}
