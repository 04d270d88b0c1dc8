//! What a text rests on, and that nobody is forgotten who stands behind it.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

use super::Refusal;
use crate::ids::{PartyPath, PortionRef, ReportId};
use crate::in_force::MarksInForce;
use crate::report::{Lineage, Portion, Report, TITLE};
use crate::state::State;

/// How unlike a reference may be that is offered in place of one that does not exist: about three slips.
const SLIP: f64 = 0.7;

/// The lineage of a text that rests on this portion; `None` where it is not held here.
pub fn base_lineage(state: &State, base: &PortionRef) -> Option<Lineage> {
    let mut theirs = state.portion(base)?.lineage.clone();
    theirs.map(|_, origin| origin.from = BTreeSet::from([base.clone()]));
    Some(theirs)
}

/// Who wrote the report that a portion is said to be of, where that version of it is held here.
pub fn party_of<'s>(state: &'s State, portion: &PortionRef) -> Option<&'s PartyPath> {
    let held = state.reports.get(&portion.report)?.versions.get(&portion.version)?;
    Some(&held.originator)
}

/// The reference that was probably meant. Reports whose existence is protected are never offered.
pub fn nearest_portion(state: &State, wanted: &PortionRef) -> Option<PortionRef> {
    let likeness = |a: &str, b: &str| strsim::normalized_damerau_levenshtein(&a.to_lowercase(), &b.to_lowercase());
    // By the names first: what is behind most of them is never looked at.
    let names = state
        .reports
        .keys()
        .map(|id| (likeness(id.as_str(), wanted.report.as_str()), id));
    let mut names: Vec<(f64, &ReportId)> = names.filter(|(likeness, _)| *likeness >= SLIP).collect();
    names.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut held = names.into_iter().filter_map(|(_, id)| state.reports.get(id)?.latest());
    let near = held.find(|report| !report.existence_protected)?;
    let holding = state.reports.get(&near.id)?;
    let report = holding.versions.get(&wanted.version).unwrap_or(near);
    let portion = report.portions.iter().max_by(|a, b| {
        likeness(a.id.as_str(), wanted.portion.as_str()).total_cmp(&likeness(b.id.as_str(), wanted.portion.as_str()))
    })?;
    Some(report.reference(&portion.id))
}

/// A portion that rests on others carries all their originators, and is marked at least as strictly as they are by now.
pub(super) fn rests_on(state: &State, portion: &Portion) -> Result<(), Refusal> {
    let marks = MarksInForce::new(state);
    for (party, origin) in portion.lineage.iter() {
        for from in &origin.from {
            let Some(base) = state.portion(from) else {
                // Not held here: whose it is was said, and the third-party rule holds.
                if origin.third_party && state.home.as_ref() != Some(party) && party_of(state, from).is_none() {
                    continue;
                }
                return Err(Refusal::missing(
                    "portion",
                    from,
                    "of a text that is not held here say whose it is, as in `{from: REPORT v1 p2 of PARTY}`",
                ));
            };
            carries_all(portion, base, from)?;
            let now = marks.of(from);
            if let Some(now) = now.filter(|now| !portion.label.at_least_as_strict_as(&now.label)) {
                return Err(Refusal::Invalid(format!(
                    "portion {} is marked {}, less strictly than {from}, which is by now {}, on which it rests; mark it at least \
                     as strictly, or ask the originator for a substitute text",
                    portion.id,
                    portion.mark,
                    now.mark()
                )));
            }
        }
    }
    Ok(())
}

fn carries_all(portion: &Portion, base: &Portion, from: &PortionRef) -> Result<(), Refusal> {
    let missing = left_out(&base.lineage, &portion.lineage);
    match missing.is_empty() {
        true => Ok(()),
        false => Err(Refusal::Invalid(format!(
            "portion {} rests on {from} but leaves out its originators {}; name them",
            portion.id,
            list(&missing)
        ))),
    }
}

fn left_out<'l>(before: &'l Lineage, after: &Lineage) -> Vec<&'l PartyPath> {
    let kept = |party: &&PartyPath| after.originators().any(|named| named == *party);
    before.originators().filter(|party| !kept(party)).collect()
}

fn list(parties: &[&PartyPath]) -> String {
    let names: Vec<&str> = parties.iter().map(|party| party.as_str()).collect();
    names.join(", ")
}

/// What a new version would take away from its portions: originators that the same portion, or the same text, had in any
/// version before, with what it rested on.
pub(super) fn lost(state: &State, report: &Report) -> Vec<(Portion, BTreeMap<PartyPath, BTreeSet<PortionRef>>)> {
    let Some(holding) = state.reports.get(&report.id) else {
        return Vec::new();
    };
    let before: Vec<&Portion> = holding.versions.values().flat_map(Report::with_title).collect();
    let mut by_name: BTreeMap<&str, Vec<&Portion>> = BTreeMap::new();
    let mut by_text: BTreeMap<String, Vec<&Portion>> = BTreeMap::new();
    for portion in before {
        by_name.entry(portion.id.as_str()).or_default().push(portion);
        by_text.entry(same_words(&portion.text)).or_default().push(portion);
    }
    let mut found = Vec::new();
    for portion in report.with_title() {
        let same_name = by_name.get(portion.id.as_str()).into_iter().flatten();
        let same_text = by_text.get(&same_words(&portion.text)).into_iter().flatten();
        let mut missing: BTreeMap<PartyPath, BTreeSet<PortionRef>> = BTreeMap::new();
        for earlier in same_name.chain(same_text) {
            for (party, origin) in earlier.lineage.iter() {
                let now = portion.lineage.iter().find(|(named, _)| *named == party);
                let kept = now.map(|(_, now)| &now.from);
                let from: BTreeSet<PortionRef> = (origin.from.iter())
                    .filter(|base| !kept.is_some_and(|kept| kept.iter().any(|named| is_or_follows(named, base))))
                    .cloned()
                    .collect();
                // A title is of all who stand behind the text, unless it says what it rests on.
                let of_all = portion.id.as_str() == TITLE;
                if now.is_none() && !of_all || !from.is_empty() {
                    missing.entry(party.clone()).or_default().extend(from);
                }
            }
        }
        if !missing.is_empty() {
            found.push((portion.clone(), missing));
        }
    }
    found
}

/// Whether a base is the one that was named before, or the same portion in a later version of its report.
fn is_or_follows(named: &PortionRef, before: &PortionRef) -> bool {
    (&named.report, &named.portion) == (&before.report, &before.portion) && named.version >= before.version
}

/// Refuses a version that forgets whom a text is from.
pub(super) fn keeps_lineage(state: &State, report: &Report) -> Result<(), Refusal> {
    let lost = lost(state, report);
    let Some((portion, missing)) = lost.first() else {
        return Ok(());
    };
    let bases: BTreeSet<String> = missing.values().flatten().map(ToString::to_string).collect();
    let bases: Vec<String> = bases.into_iter().collect();
    let parties: Vec<&PartyPath> = missing.keys().collect();
    Err(Refusal::Invalid(format!(
        "portion {} of {} v{} rested on text of {} before; write `{{from: {}}}` behind it, or say why it rests on it no \
         longer with `--new-lineage REASON`",
        portion.id,
        report.id,
        report.version,
        list(&parties),
        bases.join(", ")
    )))
}

/// A text without what does not change it: the form of its characters, and how it is spaced.
pub fn same_words(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").nfc().collect()
}
