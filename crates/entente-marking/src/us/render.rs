//! A mark as the manual writes it (M §A.6, §C, §D).

use std::collections::BTreeSet;

use super::mark::{Atomic, Compartments, Fgi, Head, List, Mark, Name, Programmes};
use super::profile::Profile;
use super::vocabulary::{ACTIVITIES, Class, Fused, NATO, NATO_FUSED, Word};
use crate::scheme::MarkKind;

/// The canonical text of a mark.
pub(crate) fn render(mark: &Mark, kind: MarkKind, profile: Profile) -> String {
    let fused = fused(mark, profile);
    let mut parts = vec![match fused {
        _ if mark.is_plain_cui() => "CUI".to_owned(),
        Some(row) if kind == MarkKind::Banner => format!("//{}", row.banner),
        Some(row) => format!("//{}", row.portion),
        None => head(&mark.head, kind),
    }];
    let mut push = |part: String| {
        if !part.is_empty() {
            parts.push(part);
        }
    };
    push(systems(mark, fused));
    push(programmes(&mark.sap, kind, profile));
    push(atomic(&mark.aea, kind, profile, fused));
    match &mark.fgi {
        None => {}
        Some(Fgi::Concealed) => push("FGI".to_owned()),
        Some(Fgi::From(owners)) => push(format!("FGI {}", countries(owners).join(" "))),
    }
    if let Some(cui) = &mark.cui {
        if !mark.is_plain_cui() {
            push("CUI".to_owned());
        }
        push(cui.categories().join("/"));
    }
    push(controls(mark, kind, true));
    push(controls(mark, kind, false));
    let text = parts.join("//");
    match kind {
        MarkKind::Banner => text,
        MarkKind::Portion => format!("({text})"),
    }
}

fn head(head: &Head, kind: MarkKind) -> String {
    let class = match kind {
        MarkKind::Banner => head.class().banner(),
        MarkKind::Portion => head.class().portion(),
    };
    match head {
        Head::Us(_) => class.to_owned(),
        Head::Nato(owners, class) => nato(owners, *class, kind),
        Head::Foreign(owners, _) if owners.is_empty() => format!("//FGI {class}"),
        Head::Foreign(owners, _) => format!("//{} {class}", countries(owners).join(" ")),
        Head::Joint(None, _) => format!("//JOINT {class}"),
        Head::Joint(Some(owners), _) => format!("//JOINT {class} {}", countries(owners).join(" ")),
    }
}

/// The classification's own word, or that of the operation whose information it is: `NATO ISAF SECRET`, `NIS`.
fn nato(owners: &BTreeSet<String>, class: Class, kind: MarkKind) -> String {
    let activity = ACTIVITIES.iter().find(|(name, _)| owners.contains(*name));
    let row = NATO.iter().find(|row| row.2 == class);
    match (activity, row, kind) {
        (Some((name, _)), _, MarkKind::Banner) => format!("//NATO {name} {}", class.banner()),
        (Some((_, letter)), _, MarkKind::Portion) => format!("//N{letter}{}", class.portion()),
        (None, Some(row), MarkKind::Banner) => format!("//{}", row.0),
        (None, Some(row), MarkKind::Portion) => format!("//{}", row.1),
        (None, None, _) => format!("//NATO {}", class.banner()),
    }
}

/// The DoD's form of a NATO classification with one programme word (DoDM 5200.01 v2, encl. 4, para. 4.b.(2)).
fn fused(mark: &Mark, profile: Profile) -> Option<&'static Fused> {
    let Head::Nato(owners, class) = &mark.head else {
        return None;
    };
    let words: Vec<&str> = mark
        .nato
        .iter()
        .copied()
        .chain(mark.aea.atomal.then_some("ATOMAL"))
        .collect();
    let [word] = words.as_slice() else { return None };
    let plain = profile.is_dod() && owners.len() == 1;
    NATO_FUSED
        .iter()
        .find(|row| plain && row.class == *class && row.programme == *word)
}

fn systems(mark: &Mark, fused: Option<&Fused>) -> String {
    let own = compartments(&mark.sci);
    let words = mark
        .nato
        .iter()
        .copied()
        .filter(|word| fused.is_none_or(|row| row.programme != *word));
    let all: Vec<&str> = [own.as_str()]
        .into_iter()
        .filter(|own| !own.is_empty())
        .chain(words)
        .collect();
    all.join("/")
}

/// Countries by code, then groups by code (M p. 52).
pub(crate) fn countries(list: &BTreeSet<String>) -> Vec<&str> {
    let mut codes: Vec<&str> = list.iter().map(String::as_str).collect();
    codes.sort_by_key(|code| (code.len() != 3 || GROUPS_OF_THREE.contains(code), *code));
    codes
}

/// Codes of groups that have three letters as countries do.
const GROUPS_OF_THREE: [&str; 1] = ["NSG"];

/// A release list: USA first (M p. 150).
pub(crate) fn release_list(list: &BTreeSet<String>) -> String {
    let mut codes = countries(list);
    codes.sort_by_key(|code| *code != "USA");
    codes.join(", ")
}

fn compartments(systems: &Compartments) -> String {
    let of = |subs: &BTreeSet<Name>| subs.iter().map(|sub| format!(" {}", sub.as_str())).collect::<String>();
    systems
        .iter()
        .map(|(system, list)| {
            let inner = list
                .iter()
                .map(|(name, subs)| format!("-{}{}", name.as_str(), of(subs)));
            format!("{}{}", system.as_str(), inner.collect::<String>())
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// Programmes from which on a DoD banner does not name them (DoDM 5200.01 v2, encl. 4, para. 7.e).
pub(crate) const MANY_PROGRAMMES: usize = 3;

fn programmes(sap: &Programmes, kind: MarkKind, profile: Profile) -> String {
    let many = profile.is_dod() && kind == MarkKind::Banner && sap.named.len() >= MANY_PROGRAMMES;
    if sap.multiple || many {
        return "SAR-MULTIPLE PROGRAMS".to_owned();
    }
    if sap.named.is_empty() {
        return if sap.hvsaco { "HVSACO".to_owned() } else { String::new() };
    }
    let names = compartments(&sap.named);
    match profile.is_dod() {
        true => format!("SAR-{}", names.replace('/', "/SAR-")),
        false => format!("SAR-{names}"),
    }
}

fn atomic(aea: &Atomic, kind: MarkKind, profile: Profile, fused: Option<&Fused>) -> String {
    let banner = kind == MarkKind::Banner;
    let sigma = |numbers: &BTreeSet<u16>| match numbers.is_empty() {
        true => String::new(),
        false => {
            let list: Vec<String> = numbers.iter().map(u16::to_string).collect();
            format!("-{} {}", if banner { "SIGMA" } else { "SG" }, list.join(" "))
        }
    };
    let mut parts = Vec::new();
    if aea.rd {
        let dod = profile.is_dod();
        let name = if banner && (!aea.cnwdi || dod) {
            "RESTRICTED DATA"
        } else {
            "RD"
        };
        let cnwdi = match aea.cnwdi {
            true if dod => "-N",
            true => "-CNWDI",
            false => "",
        };
        parts.push(format!("{name}{cnwdi}{}", sigma(&aea.rd_sigma)));
    }
    if aea.frd {
        let name = if banner { "FORMERLY RESTRICTED DATA" } else { "FRD" };
        parts.push(format!("{name}{}", sigma(&aea.frd_sigma)));
    }
    for (present, in_banner, in_portion) in [
        (aea.dod_ucni, "DOD UCNI", "DCNI"),
        (aea.doe_ucni, "DOE UCNI", "UCNI"),
        (aea.tfni, "TFNI", "TFNI"),
        (aea.atomal && fused.is_none(), "ATOMAL", "ATOMAL"),
    ] {
        if present {
            parts.push(if banner { in_banner } else { in_portion }.to_owned());
        }
    }
    parts.join("/")
}

fn controls(mark: &Mark, kind: MarkKind, dissem: bool) -> String {
    let word = |word: &Word| {
        let row = word.row();
        let text = match kind {
            MarkKind::Portion => row.portion,
            // A lone FOUO is spelt out, beside other controls it is abbreviated, as in the manual's examples.
            MarkKind::Banner if *word == Word::Fouo && (mark.words.len() > 1 || mark.rel.is_some()) => "FOUO",
            MarkKind::Banner => row.banner,
        };
        (word.order(), text.to_owned())
    };
    let mut parts: Vec<(u16, String)> = mark
        .words
        .iter()
        .filter(|w| w.is_dissem() == dissem)
        .map(word)
        .collect();
    if dissem {
        match &mark.rel {
            None => {}
            Some(List::AsBanner) => parts.push((75, "REL".to_owned())),
            Some(List::Of(list)) => parts.push((75, format!("REL TO {}", release_list(list)))),
        }
        match &mark.eyes {
            None => {}
            Some(List::AsBanner) => parts.push((85, "EYES".to_owned())),
            Some(List::Of(list)) => {
                let mut codes = countries(list);
                codes.sort_by_key(|code| *code != "USA");
                parts.push((85, format!("{} EYES ONLY", codes.join("/"))));
            }
        }
        if let Some(list) = &mark.display {
            parts.push((125, format!("DISPLAY ONLY {}", countries(list).join(", "))));
        }
    } else {
        if !mark.accm.is_empty() {
            let nicknames: Vec<&str> = mark.accm.iter().map(String::as_str).collect();
            parts.push((u16::MAX, format!("ACCM-{}", nicknames.join("/"))));
        }
    }
    parts.sort();
    if mark.is_plain_cui() {
        // The handbook has the limits of CUI in alphabetical order.
        parts.sort_by(|a, b| a.1.cmp(&b.1));
    }
    parts.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("/")
}
