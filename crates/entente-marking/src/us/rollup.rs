//! The banner of a document, computed from all its portions at once (M §D.2; IC-ISM roll-up).
//!
//! Where ODNI's own style sheets and the manual differ, the manual is followed. Originators' dissemination lists
//! (the NTK part of ORCON) are not part of a mark: several originators stay separate in a portion's lineage, and each
//! of them has to consent.

use super::disclosure::{Disclosure, roll_up as disclosure};
use super::mark::{Atomic, Codes, Compartments, Fgi, Head, List, Mark};
use super::profile::{Lists, Profile};
use super::render::{countries, joined};
use super::vocabulary::{Class, Word};
use super::words::Words;
use crate::scheme::Step;

fn step(rule: &str, source: &str, message: impl Into<String>) -> Step {
    Step {
        rule: format!("us-ic.rollup.{rule}"),
        source: source.to_owned(),
        message: message.into(),
    }
}

/// A portion that says nothing but that it is unclassified places no bound on the rest.
fn is_plain(mark: &Mark) -> bool {
    *mark == Mark::of(Head::Us(Class::Unclassified))
}

/// Rolls up marks whose abbreviations have been filled in. `marks` is not empty.
pub(crate) fn roll_up(marks: &[Mark], lists: &Lists, profile: Profile, steps: &mut Vec<Step>) -> Mark {
    let class = marks
        .iter()
        .map(|mark| mark.head.class())
        .max()
        .unwrap_or(Class::Unclassified);
    let head = head(marks, class, steps);
    let class = head.class();
    let classified = class > Class::Unclassified;
    let mut banner = Mark::of(head);
    for mark in marks {
        union(&mut banner.sci, &mark.sci);
        banner.nato.extend(mark.nato.iter().copied());
        union(&mut banner.sap.named, &mark.sap.named);
        banner.sap.multiple |= mark.sap.multiple;
        banner.sap.hvsaco |= mark.sap.hvsaco;
        banner.accm.extend(mark.accm.iter().cloned());
    }
    cui(&mut banner, marks, profile, steps);
    let dropped_ucni = atomic(&mut banner.aea, marks, classified, steps);
    foreign(&mut banner, marks, steps);
    let mut fdr = disclosure(marks, classified, lists, profile, steps);
    if dropped_ucni && fdr != Disclosure::Noforn {
        steps.push(step(
            "ucni",
            "IC Markings Manual 2016, pp. 116-119",
            "UCNI is not shown in a classified banner, but the document must not be released to foreigners",
        ));
        fdr = Disclosure::Noforn;
    }
    match fdr {
        Disclosure::Silent => {}
        Disclosure::Noforn => {
            banner.words.insert(Word::Noforn);
        }
        Disclosure::Relido => {
            banner.words.insert(Word::Relido);
        }
        Disclosure::Lists {
            rel,
            eyes,
            display,
            relido,
        } => {
            banner.rel = rel.map(List::Of);
            banner.eyes = eyes.map(List::Of);
            banner.display = display;
            if relido {
                banner.words.insert(Word::Relido);
            }
        }
    }
    words(&mut banner, marks, classified, steps);
    banner
}

fn head(marks: &[Mark], class: Class, steps: &mut Vec<Step>) -> Head {
    let highest = format!("the highest level of any portion is {}", class.banner());
    steps.push(step("class", "IC Markings Manual 2016, p. 43", highest));
    if let Some(common) = common_owner(marks) {
        return match common {
            Head::Us(_) => Head::Us(class),
            Head::Foreign(owners, _) => Head::Foreign(owners.clone(), class),
            Head::Joint(owners, _) => Head::Joint(owners.clone(), class),
            Head::Nato(owners, _) => Head::Nato(owners.clone(), class),
        };
    }
    if marks.iter().any(|mark| !matches!(mark.head, Head::Us(_))) {
        steps.push(step(
            "mixed-owners",
            "IC Markings Manual 2016, pp. 52, 59, 126-130",
            "portions of several owners, the USA among them, make a US banner",
        ));
    }
    // A foreign RESTRICTED is protected as CONFIDENTIAL in a US document.
    Head::Us(if class == Class::Restricted {
        Class::Confidential
    } else {
        class
    })
}

/// The kind of classification that all portions share. A plain `(U)` is a US portion: it makes a US document of foreign
/// portions, and changes nothing in a JOINT one, which the USA owns already.
fn common_owner(marks: &[Mark]) -> Option<&Head> {
    let (plain, rest): (Vec<&Mark>, Vec<&Mark>) = marks.iter().partition(|mark| is_plain(mark));
    let first = rest.first().or(plain.first()).map(|mark| &mark.head)?;
    let with_class = |head: &Head| std::mem::discriminant(head);
    let same = |mark: &&Mark| with_class(&mark.head) == with_class(first) && mark.head.owners() == first.owners();
    let bears_plain = plain.is_empty() || matches!(first, Head::Us(_) | Head::Joint(..));
    let operation_top_secret = matches!(first, Head::Nato(owners, _) if owners.len() > 1)
        && rest.iter().any(|mark| mark.head.class() == Class::TopSecret);
    (rest.iter().all(same) && bears_plain && !operation_top_secret).then_some(first)
}

/// NARA's handbook puts CUI into classified banners, `DoDI` 5200.48 does not.
fn cui(banner: &mut Mark, marks: &[Mark], profile: Profile, steps: &mut Vec<Step>) {
    let mut all = marks.iter().filter_map(|mark| mark.cui.as_ref());
    let Some(first) = all.next() else { return };
    if profile.is_dod() && banner.is_classified() {
        steps.push(step(
            "cui",
            "DoDI 5200.48, para. 3.7",
            "the document holds CUI; a classified banner of the DoD does not show it",
        ));
        return;
    }
    let mut sum = first.clone();
    all.for_each(|cui| sum.join(cui));
    steps.push(step(
        "cui",
        "NARA, CUI marking handbook, pp. 12-16",
        "a portion is CUI, so the document is; every category of a portion is in the banner",
    ));
    banner.cui = Some(sum);
}

fn union(into: &mut Compartments, from: &Compartments) {
    for (system, list) in from.iter() {
        let compartments = into.of(system);
        for (name, subs) in list.iter() {
            compartments.of(name).extend(subs.iter().cloned());
        }
    }
}

/// Rolls up atomic energy controls; gives whether UCNI was dropped from a classified banner.
fn atomic(banner: &mut Atomic, marks: &[Mark], classified: bool, steps: &mut Vec<Step>) -> bool {
    for aea in marks.iter().map(|mark| &mark.aea) {
        banner.rd |= aea.rd;
        banner.cnwdi |= aea.cnwdi;
        banner.frd |= aea.frd;
        banner.tfni |= aea.tfni;
        banner.dod_ucni |= aea.dod_ucni;
        banner.doe_ucni |= aea.doe_ucni;
        banner.atomal |= aea.atomal;
        banner.rd_sigma.extend(aea.rd_sigma.iter().copied());
        banner.frd_sigma.extend(aea.frd_sigma.iter().copied());
    }
    if banner.rd && (banner.frd || banner.tfni) {
        steps.push(step(
            "rd",
            "IC Markings Manual 2016, pp. 103, 111",
            "RD takes precedence over FRD and TFNI; SIGMA numbers move to it",
        ));
        let moved = std::mem::take(&mut banner.frd_sigma);
        banner.rd_sigma.extend(moved);
        banner.frd = false;
        banner.tfni = false;
    } else if banner.frd && banner.tfni {
        steps.push(step(
            "frd",
            "IC Markings Manual 2016, p. 120",
            "FRD takes precedence over TFNI",
        ));
        banner.tfni = false;
    }
    let ucni = banner.dod_ucni || banner.doe_ucni;
    if classified && ucni {
        banner.dod_ucni = false;
        banner.doe_ucni = false;
    }
    classified && ucni
}

fn foreign(banner: &mut Mark, marks: &[Mark], steps: &mut Vec<Step>) {
    let own: Codes = banner.head.owners().cloned().unwrap_or_default();
    let mut owners = Codes::new();
    let mut concealed = false;
    let us = matches!(banner.head, Head::Us(_));
    for mark in marks {
        match &mark.head {
            Head::Foreign(list, _) if list.is_empty() => concealed |= us,
            head => owners.extend(head.owners().into_iter().flatten().cloned()),
        }
        match &mark.fgi {
            None => {}
            Some(Fgi::Concealed) => concealed = true,
            Some(Fgi::From(list)) => owners.extend(list.iter().cloned()),
        }
    }
    owners.retain(|owner| owner.as_str() != "USA" && !own.contains(owner));
    if concealed {
        steps.push(step(
            "fgi",
            "IC Markings Manual 2016, p. 124",
            "one owner is concealed, so no owner is named",
        ));
        banner.fgi = Some(Fgi::Concealed);
    } else if !owners.is_empty() {
        let list = joined(countries(&owners), " ");
        steps.push(step(
            "fgi",
            "IC Markings Manual 2016, pp. 126-130",
            format!("portions hold information of {list}"),
        ));
        banner.fgi = Some(Fgi::From(owners));
    }
}

/// Of the limits that speak of contractors the strictest one holds.
fn contractors(banner: &mut Mark, marks: &[Mark], steps: &mut Vec<Step>) {
    let any = |word: Word| marks.iter().any(|mark| mark.has(word));
    // FEDCON admits federal employees and contractors, NOCON federal and state employees: federal ones are common to both.
    let limit = match (any(Word::FedOnly), any(Word::Fedcon), any(Word::Nocon)) {
        (true, _, _) | (_, true, true) => Word::FedOnly,
        (_, true, _) => Word::Fedcon,
        (_, _, true) => Word::Nocon,
        _ => return,
    };
    steps.push(step(
        "cui-limit",
        "NARA, CUI registry, limited dissemination controls",
        format!("{} is what every limit on contractors admits", limit.row().banner),
    ));
    banner.words.insert(limit);
}

fn words(banner: &mut Mark, marks: &[Mark], classified: bool, steps: &mut Vec<Step>) {
    let any = |word: Word| marks.iter().any(|mark| mark.has(word));
    for word in [
        Word::Rsen,
        Word::Imcon,
        Word::Propin,
        Word::Dsen,
        Word::RawFisa,
        Word::Fisa,
        Word::Waived,
        Word::AttorneyClient,
        Word::AttorneyWork,
        Word::DlOnly,
        Word::Ssi,
        Word::Nnpi,
    ] {
        if any(word) {
            banner.words.insert(word);
        }
    }
    if banner.cui.is_some() {
        contractors(banner, marks, steps);
    } else {
        banner.words = banner.words.iter().filter(|word| !word.is_cui_limit()).collect();
    }
    if any(Word::Orcon) {
        steps.push(step(
            "orcon",
            "IC Markings Manual 2016, p. 138",
            "a portion is ORCON, so the document is",
        ));
        banner.words.insert(Word::Orcon);
    } else if any(Word::OrconUsgov) {
        steps.push(step(
            "orcon-usgov",
            "IC Markings Manual 2016, p. 141",
            "every originator-controlled portion is ORCON-USGOV",
        ));
        banner.words.insert(Word::OrconUsgov);
    }
    if any(Word::Nodis) {
        banner.words.insert(Word::Nodis);
    } else if any(Word::Exdis) {
        banner.words.insert(Word::Exdis);
    }
    let mut dropped: Vec<&str> = Vec::new();
    let disclosed = banner.has(Word::Noforn) || banner.rel.is_some() || banner.display.is_some();
    if any(Word::LesNf) || any(Word::Les) {
        let keeps_nf = any(Word::LesNf) && !classified && !disclosed;
        banner.words.insert(if keeps_nf { Word::LesNf } else { Word::Les });
    }
    // EXDIS and NODIS take precedence over SBU, SBU NOFORN and FOUO (M pp. 172, 174).
    let superseded = banner.has(Word::Nodis) || banner.has(Word::Exdis);
    if any(Word::SbuNf) || any(Word::Sbu) {
        if classified || superseded {
            dropped.push("SBU");
        } else {
            let keeps_nf = any(Word::SbuNf) && !disclosed;
            banner.words.insert(if keeps_nf { Word::SbuNf } else { Word::Sbu });
        }
    }
    if any(Word::Limdis) {
        match classified {
            true => dropped.push("LIMDIS"),
            false => {
                banner.words.insert(Word::Limdis);
            }
        }
    }
    if any(Word::Fouo) {
        let others = banner.words.without(Words::of(&[Word::Noforn, Word::Relido]));
        match !classified && banner.cui.is_none() && others.is_empty() {
            true => {
                banner.words.insert(Word::Fouo);
            }
            false => dropped.push("FOUO"),
        }
    }
    if !dropped.is_empty() {
        let list = dropped.join(", ");
        steps.push(step(
            "dropped",
            "IC Markings Manual 2016, pp. 134, 170-180",
            format!("not shown beside what outranks it: {list}"),
        ));
    }
}
