//! What a token does in a roll-up, and what it excludes: the second half of an explanation.
//!
//! What a word excludes is asked of the rules themselves, so that an explanation cannot say anything else than a check.

use std::collections::BTreeSet;

use super::mark::{Head, List, Mark};
use super::profile::Profile;
use super::rules;
use super::syntax::Role;
use super::vocabulary::{CONTROLS, Class, Word};
use crate::finding::Finding;
use crate::release::Entity;
use crate::scheme::MarkKind;

/// How a token rolls up into a banner (M §D.2 and the templates of the markings).
pub(crate) fn rolls_up(role: &Role, profile: Profile) -> &'static str {
    let dod = profile.is_dod();
    match role {
        Role::Class(_) => "the highest level of all portions is that of the banner",
        Role::Nato(_) | Role::Owner => {
            "beside portions of others, a plain (U) included, it becomes FGI with its owner in a US banner"
        }
        Role::Joint => "only where all portions are JOINT of the same owners; otherwise its owners become FGI",
        Role::Concealed => "the banner says FGI and names no owner, also not those of other portions",
        Role::Sci => "every control system and compartment of a portion is in the banner",
        Role::Aea => "every one of a portion is in the banner; RD outranks FRD, FRD outranks TFNI",
        Role::Sap if dod => "every programme of a portion is in the banner; from three on SAR-MULTIPLE PROGRAMS",
        Role::Sap => "every programme of a portion is in the banner",
        Role::Fgi => "the owners of all portions are in the banner; one concealed owner conceals all",
        Role::Rel | Role::Eyes if dod => {
            "what all portions have in common; none, where one has no list or nothing is in common"
        }
        Role::Rel | Role::Eyes => {
            "what all portions have in common; NOFORN, where one has no list or nothing is in common"
        }
        Role::Display => "those to whom every portion may at least be shown",
        Role::Accm => "every nickname of a portion is in the banner",
        Role::Cui if dod => "in the banner of an unclassified document; never in a classified one",
        Role::Cui | Role::CuiCategory => "every category of a portion is in the banner",
        Role::Word(word) => word_rolls_up(*word),
        Role::Unknown => "there is no banner over what is not understood",
    }
}

fn word_rolls_up(word: Word) -> &'static str {
    match word {
        Word::Noforn => "one portion makes the banner NOFORN",
        Word::Orcon => "one portion makes the banner ORCON",
        Word::OrconUsgov => "in the banner, unless another portion is ORCON",
        Word::Relido => "in the banner only if every portion that counts has it",
        Word::Fouo => "only in an unclassified banner without other controls",
        Word::Limdis => "only in an unclassified banner",
        Word::Sbu => "only in an unclassified banner without EXDIS or NODIS",
        Word::SbuNf => "in an unclassified banner SBU NOFORN, or NOFORN and SBU; in a classified one NOFORN alone",
        Word::LesNf => "LES and NOFORN in a classified banner, or beside other release markings",
        Word::Nodis => "always in the banner, with NOFORN, in place of EXDIS",
        Word::Exdis => "in the banner with NOFORN, unless another portion is NODIS",
        Word::FedOnly | Word::Fedcon | Word::Nocon => "the strictest limit on contractors of all portions",
        _ => "one portion with it puts it into the banner",
    }
}

/// The tokens that may not stand beside it, as they are written in a mark of that kind.
pub(crate) fn excludes(role: &Role, kind: MarkKind, profile: Profile) -> Vec<String> {
    let Some(first) = part(role) else { return Vec::new() };
    let mut found = BTreeSet::new();
    for (other, name) in parts(kind) {
        let clash = [Class::Secret, Class::Unclassified].into_iter().any(|class| {
            let alone = |apply: &dyn Fn(&mut Mark)| broken(class, &[apply], kind, profile);
            let both = broken(class, &[&first, &other], kind, profile);
            let (one, two) = (alone(&first), alone(&other));
            one.is_empty() && two.is_empty() && !both.is_empty()
        });
        if clash {
            found.insert(name);
        }
    }
    found.into_iter().collect()
}

type Part = Box<dyn Fn(&mut Mark)>;

fn part(role: &Role) -> Option<Part> {
    let list = || List::Of([Entity::named("USA"), Entity::named("GBR")].into());
    match role {
        Role::Word(word) => {
            let word = *word;
            Some(Box::new(move |mark| {
                mark.words.insert(word);
            }))
        }
        Role::Rel => Some(Box::new(move |mark| mark.rel = Some(list()))),
        Role::Eyes => Some(Box::new(move |mark| mark.eyes = Some(list()))),
        Role::Display => Some(Box::new(|mark| mark.display = Some([Entity::named("AFG")].into()))),
        _ => None,
    }
}

fn parts(kind: MarkKind) -> Vec<(Part, String)> {
    let lists = [
        (Role::Rel, "REL TO"),
        (Role::Eyes, "EYES ONLY"),
        (Role::Display, "DISPLAY ONLY"),
    ];
    let words = CONTROLS.iter().map(|row| {
        let name = if kind == MarkKind::Banner {
            row.banner
        } else {
            row.portion
        };
        (Role::Word(row.token), name)
    });
    words
        .chain(lists)
        .filter_map(|(role, name)| Some((part(&role)?, name.to_owned())))
        .collect()
}

fn broken(class: Class, parts: &[&dyn Fn(&mut Mark)], kind: MarkKind, profile: Profile) -> Vec<String> {
    let mut mark = Mark::of(Head::Us(class));
    parts.iter().for_each(|apply| apply(&mut mark));
    let found = rules::check(&mark, &[], 0, kind, profile);
    found
        .into_iter()
        .filter(Finding::is_error)
        .map(|finding| finding.rule)
        .collect()
}
