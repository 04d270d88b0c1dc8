//! The release list of a copy (M pp. 150-153, 163-168): the owner and the receivers, or everybody listed as well.

use std::collections::BTreeSet;

use super::mark::{Codes, List, Mark};
use super::profile::Lists;
use super::vocabulary::Word;
use crate::copy::CopyList;
use crate::release::Entity;

const OWNER: Entity = Entity::named("USA");

/// The mark with a list that admits the receivers. Whoever was only to be shown it, still is.
pub(super) fn released(mut mark: Mark, to: &BTreeSet<Entity>, list: CopyList, known: &Lists) -> Result<Mark, String> {
    if let Some(stranger) = to.iter().find(|entity| known.entity(entity.as_str()).is_none()) {
        return Err(format!(
            "release lists name countries and groups of them, and {stranger} is neither"
        ));
    }
    let written: Codes = match (&mark.rel, &mark.eyes) {
        (Some(List::Of(list)), _) | (None, Some(List::Of(list))) => list.clone(),
        (Some(List::AsBanner), _) | (_, Some(List::AsBanner)) => {
            return Err("it leaves its list to a banner".to_owned());
        }
        // Without a list its owners may have it; a list that is added names them.
        (None, None) => mark.owners_may_have_it().cloned().unwrap_or_default(),
    };
    let full = known.atoms(&written);
    if mark.owners_may_have_it().is_some() && !to.is_empty() && to.is_subset(&full) {
        return Ok(mark);
    }
    let display = mark.display.clone().unwrap_or_default();
    let shown: BTreeSet<Entity> = &known.atoms(&display) - &full;
    let (only_shown, given): (BTreeSet<&Entity>, BTreeSet<&Entity>) =
        to.iter().partition(|entity| shown.contains(*entity));
    let codes = |entities: &BTreeSet<&Entity>| -> Codes { entities.iter().copied().cloned().collect() };
    let mut releasees: Codes = match list {
        CopyList::Whole => written,
        CopyList::Receivers => owners(&mark).filter(|owner| full.contains(owner)).collect(),
    };
    // Whoever a listed group admits is not named beside it.
    releasees.extend(
        codes(&given)
            .into_iter()
            .filter(|code| list == CopyList::Receivers || !full.contains(code)),
    );
    releasees.insert(OWNER);
    let only_shown: Codes = match list {
        CopyList::Whole => display,
        CopyList::Receivers => codes(&only_shown),
    };
    mark.display = Some(only_shown).filter(|list| !list.is_empty());
    mark.rel = Some(releasees).filter(|list| list.len() > 1).map(List::Of);
    mark.eyes = None;
    if mark.rel.is_some() || mark.display.is_some() {
        mark.words = mark.words.iter().filter_map(for_foreigners).collect();
    }
    Ok(mark)
}

fn owners(mark: &Mark) -> impl Iterator<Item = Entity> {
    let fgi = match &mark.fgi {
        Some(super::mark::Fgi::From(owners)) => owners.clone(),
        Some(super::mark::Fgi::Concealed) | None => Codes::new(),
    };
    let head = mark.head.owners().cloned().unwrap_or_default();
    head.into_iter().chain(fgi)
}

/// A word of the mark where a release list stands in the place of NOFORN.
fn for_foreigners(word: Word) -> Option<Word> {
    match word {
        Word::Noforn => None,
        Word::SbuNf => Some(Word::Sbu),
        Word::LesNf => Some(Word::Les),
        other => Some(other),
    }
}
