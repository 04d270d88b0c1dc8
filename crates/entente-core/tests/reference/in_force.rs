//! The obvious twin of marks in force: everything that a text is bound to, gathered until nothing is added.

use std::collections::BTreeSet;

use entente_core::{Portion, PortionRef, Report, State, Unmarked};
use entente_marking::{Entity, Label, Release};

/// What a text asks for now.
pub(crate) struct Asked {
    pub(crate) label: Label,
    /// What its own mark means where it stands.
    pub(crate) written: Label,
    pub(crate) by_banner: bool,
    pub(crate) to_members: bool,
}

/// What a mark means where it stands: the label, whether it is the banner's list, whether members have it.
struct Reading(Label, bool, bool);

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn is_plain(report: &Report, portion: &Portion) -> bool {
    let usa = Release::to([Entity::new("USA")]);
    let mark = portion.mark.as_str();
    report.scheme.as_str() == "us-ic" && (mark == "(U)" || mark == "(U) (TLP:GREEN)") && portion.label.release == usa
}

fn reading(state: &State, report: &Report, portion: &Portion) -> Reading {
    let mut label = portion.label.clone();
    if !is_plain(report, portion) {
        return Reading(label, false, false);
    }
    let mut terms: Vec<Unmarked> = Vec::new();
    for (_, origin) in portion.lineage.iter() {
        let known = origin.arrangements.iter().filter_map(|id| state.arrangements.get(id));
        let known: Vec<Unmarked> = known.map(|known| known.unmarked).collect();
        // Terms that say nothing, and no terms, leave it to the banner.
        terms.extend(if known.is_empty() {
            vec![Unmarked::Banner]
        } else {
            known
        });
    }
    if terms.contains(&Unmarked::Ask) {
        return Reading(label, false, false);
    }
    let mut lists = Vec::new();
    for other in report.portions.iter().chain(report.title.portion()) {
        if (other.tear_line || !portion.tear_line) && !is_plain(report, other) {
            lists.push(other.label.release.clone());
        }
    }
    let Some(first) = lists.first().cloned() else {
        let members = !terms.is_empty() && terms.iter().all(|term| *term == Unmarked::Members);
        return Reading(label, false, members);
    };
    let banner = lists.iter().fold(first, |all, list| all.join(list));
    label.release = match &banner {
        Release::Only(list) if list.full.contains(&Entity::new("USA")) => banner,
        _ => Release::to([Entity::new("USA")]),
    };
    Reading(label, true, false)
}

type Found<'s> = (&'s Report, &'s Portion);

/// All texts that are held, but for substitutes.
fn all(state: &State) -> Vec<Found<'_>> {
    let versions = state.reports.values().flat_map(|held| held.versions.values());
    let each = versions.flat_map(|report| report.with_title().map(move |portion| (report, portion)));
    each.collect()
}

fn reference((report, portion): Found<'_>) -> PortionRef {
    report.reference(&portion.id)
}

/// Whether what is asked for of `text` binds `by` at once: as a base of it, or as the same text in a later version.
fn binds(text: Found<'_>, by: Found<'_>) -> bool {
    let mut origins = text.1.lineage.iter();
    let rests_on = origins.any(|(_, origin)| origin.from.contains(&reference(by)));
    let later = text.0.id == by.0.id && by.0.version > text.0.version;
    rests_on || later && (text.1.id == by.1.id || words(&text.1.text) == words(&by.1.text))
}

pub(crate) fn of_portion(state: &State, report: &Report, portion: &Portion) -> Asked {
    let texts = all(state);
    let mut bound: BTreeSet<PortionRef> = BTreeSet::new();
    let mut open = vec![(report, portion)];
    while let Some(text) = open.pop() {
        for other in &texts {
            if binds(text, *other) && bound.insert(reference(*other)) {
                open.push(*other);
            }
        }
    }
    bound.remove(&report.reference(&portion.id));
    let Reading(written, by_banner, mut to_members) = reading(state, report, portion);
    let mut label = written.clone();
    for (report, portion) in texts.into_iter().filter(|text| bound.contains(&reference(*text))) {
        let Reading(other, _, members) = reading(state, report, portion);
        label = label.join(&other);
        to_members &= members;
    }
    Asked {
        by_banner: by_banner && label.release == written.release,
        label,
        written,
        to_members,
    }
}

/// An unmarked title asks for all that the portions ask for.
pub(crate) fn of_title(state: &State, report: &Report) -> Asked {
    if let Some(title) = report.title.portion() {
        return of_portion(state, report, title);
    }
    let portions = report.portions.iter();
    let label = portions.fold(Label::unrestricted(), |sum, portion| {
        sum.join(&of_portion(state, report, portion).label)
    });
    Asked {
        written: label.clone(),
        label,
        by_banner: false,
        to_members: false,
    }
}
