//! Foreign disclosure and release in a roll-up (M Table 3): what a document says when its portions differ.

use super::mark::{Codes, List, Mark};
use super::profile::{Lists, Profile};
use super::vocabulary::Word;
use crate::scheme::Step;

/// What the banner says about foreign disclosure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Disclosure {
    Silent,
    Noforn,
    Relido,
    Lists {
        rel: Option<Codes>,
        eyes: Option<Codes>,
        display: Option<Codes>,
        relido: bool,
    },
}

const SOURCE: &str = "IC Markings Manual 2016, Table 3, pp. 37-41";

/// A participant: every classified portion, and every unclassified one that carries a control or foreign information,
/// which is nobody's to release but its owner's.
fn participates(mark: &Mark) -> bool {
    mark.is_classified() || mark.has_controls() || mark.fgi.is_some()
}

fn noforn(mark: &Mark, classified: bool, marked: bool) -> bool {
    let variant = mark.has(Word::SbuNf) || mark.has(Word::LesNf);
    mark.has(Word::Noforn) || mark.has(Word::Nodis) || mark.has(Word::Exdis) || (variant && (classified || marked))
}

fn list(list: Option<&List>) -> Option<&Codes> {
    match list {
        Some(List::Of(list)) => Some(list),
        _ => None,
    }
}

/// The entries common to all lists: groups that stand on each stay as they are, the rest is compared by members.
fn common(lists: &[&Codes], known: &Lists) -> Codes {
    let Some((first, rest)) = lists.split_first() else {
        return Codes::new();
    };
    let (mut tokens, mut shared) = ((*first).clone(), known.atoms(*first));
    for list in rest {
        tokens.retain(|token| list.contains(token));
        let atoms = known.atoms(*list);
        shared.retain(|entity| atoms.contains(entity));
    }
    let groups = tokens.iter().filter(|token| known.is_group(token.as_str()));
    let covered = known.atoms(groups);
    tokens.extend(shared.into_iter().filter(|entity| !covered.contains(entity)));
    tokens
}

/// Whether a list names anyone besides the USA.
fn names_others(list: &Codes) -> bool {
    list.iter().any(|code| code.as_str() != "USA")
}

fn step(rule: &str, message: impl Into<String>) -> Step {
    Step {
        rule: format!("us-ic.rollup.fdr.{rule}"),
        source: SOURCE.to_owned(),
        message: message.into(),
    }
}

/// Rolls foreign disclosure up over all portions at once.
pub(crate) fn roll_up(
    marks: &[Mark],
    classified: bool,
    known: &Lists,
    profile: Profile,
    steps: &mut Vec<Step>,
) -> Disclosure {
    let some: Vec<&Mark> = marks.iter().filter(|mark| participates(mark)).collect();
    let listed = |mark: &&Mark| mark.rel.is_some() || mark.eyes.is_some();
    let says =
        |mark: &&Mark| mark.has(Word::Noforn) || mark.has(Word::Relido) || listed(mark) || mark.display.is_some();
    let marked = some.iter().any(says);
    if some.iter().any(|mark| noforn(mark, classified, marked)) {
        steps.push(step(
            "noforn",
            "a portion is not releasable to foreign nationals, so the document is not",
        ));
        return Disclosure::Noforn;
    }
    if !marked {
        return Disclosure::Silent;
    }
    if some.iter().all(|mark| mark.has(Word::Relido)) {
        let all_listed = some.iter().all(listed);
        let lists: Vec<_> = some.iter().filter_map(|mark| list(mark.rel.as_ref())).collect();
        let shared = common(&lists, known);
        if all_listed && names_others(&shared) {
            steps.push(step(
                "relido",
                "every portion is RELIDO and releasable to a common list",
            ));
            return lists_of(Some(shared), None, None, true);
        }
        steps.push(step("relido", "every portion that counts is RELIDO"));
        return Disclosure::Relido;
    }
    let silent = some.iter().find(|mark| !says(mark));
    if let Some(mark) = silent {
        let text = super::render::render(mark, crate::scheme::MarkKind::Portion, profile);
        if profile.is_dod() {
            steps.push(dod_step(format!(
                "{text} does not say who may have it: the banner has the classification, and no release marking"
            )));
            return Disclosure::Silent;
        }
        steps.push(step(
            "unmarked",
            format!("{text} does not say who may have it, other portions do: nobody foreign may have the whole"),
        ));
        return Disclosure::Noforn;
    }
    if some.iter().any(|mark| mark.has(Word::Relido) && !listed(mark)) {
        steps.push(step(
            "relido-mixed",
            "RELIDO and other release markings have nobody in common",
        ));
        return Disclosure::Noforn;
    }
    match by_lists(&some, known, steps) {
        Disclosure::Noforn if profile.is_dod() => {
            steps.push(dod_step(
                "the lists have nobody in common: the banner has no release marking",
            ));
            Disclosure::Silent
        }
        other => other,
    }
}

fn dod_step(message: impl Into<String>) -> Step {
    Step {
        rule: "dodm.10d8".to_owned(),
        source: "DoDM 5200.01 v2, encl. 4, para. 10.d.(8)".to_owned(),
        message: message.into(),
    }
}

fn lists_of(rel: Option<Codes>, eyes: Option<Codes>, display: Option<Codes>, relido: bool) -> Disclosure {
    Disclosure::Lists {
        rel,
        eyes,
        display,
        relido,
    }
}

fn full(mark: &Mark) -> Option<&Codes> {
    list(mark.rel.as_ref()).or(list(mark.eyes.as_ref()))
}

/// Those to whom every participant may at least be shown.
fn shown_to_all(some: &[&Mark], known: &Lists) -> Codes {
    let shown = |mark: &&Mark| -> Codes {
        let lists = full(mark).into_iter().chain(&mark.display);
        lists.flatten().cloned().collect()
    };
    let lists: Vec<Codes> = some.iter().map(shown).collect();
    common(&lists.iter().collect::<Vec<_>>(), known)
}

/// Every participant has a list: REL TO, EYES ONLY or DISPLAY ONLY.
fn by_lists(some: &[&Mark], known: &Lists, steps: &mut Vec<Step>) -> Disclosure {
    let full_lists: Vec<&Codes> = some.iter().filter_map(|mark| full(mark)).collect();
    let rel = match full_lists.len() == some.len() {
        true => common(&full_lists, known),
        false => Codes::new(),
    };
    let shown = match some.iter().any(|mark| mark.display.is_some()) {
        true => shown_to_all(some, known),
        false => Codes::new(),
    };
    let rel = Some(rel).filter(names_others);
    let display: Codes = shown
        .into_iter()
        .filter(|code| code.as_str() != "USA" && !rel.as_ref().is_some_and(|rel| rel.contains(code)))
        .collect();
    let display = Some(display).filter(|list| !list.is_empty());
    if rel.is_none() && display.is_none() {
        steps.push(step(
            "disjoint",
            "the portions' lists have nobody in common but the USA",
        ));
        return Disclosure::Noforn;
    }
    if let Some(rel) = &rel {
        let text = super::render::release_list(rel);
        steps.push(step(
            "rel",
            format!("every portion that counts is releasable to {text}"),
        ));
    }
    if let Some(display) = &display {
        let text = super::render::joined(super::render::countries(display), ", ");
        steps.push(step(
            "display",
            format!("every portion that counts may at least be shown to {text}"),
        ));
    }
    let all_eyes = some.iter().all(|mark| mark.eyes.is_some() && mark.rel.is_none());
    let same = full_lists.windows(2).all(|pair| pair[0] == pair[1]);
    match all_eyes && same && display.is_none() {
        true => lists_of(None, rel, None, false),
        false => lists_of(rel, None, display, false),
    }
}
