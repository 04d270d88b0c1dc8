//! A mark as the manual writes it (M §A.6, §C, §D).

use std::collections::BTreeSet;

use super::mark::{Atomic, Compartments, Fgi, Head, List, Mark, Name, Programmes};
use super::vocabulary::Word;
use crate::scheme::MarkKind;

/// The canonical text of a mark.
pub(crate) fn render(mark: &Mark, kind: MarkKind) -> String {
    let mut parts = vec![head(&mark.head, kind)];
    let mut push = |part: String| {
        if !part.is_empty() {
            parts.push(part);
        }
    };
    push(compartments(&mark.sci));
    push(programmes(&mark.sap));
    push(atomic(&mark.aea, kind));
    match &mark.fgi {
        None => {}
        Some(Fgi::Concealed) => push("FGI".to_owned()),
        Some(Fgi::From(owners)) => push(format!("FGI {}", countries(owners).join(" "))),
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
        Head::Nato(banner, _, _) => match kind {
            MarkKind::Banner => format!("//{banner}"),
            MarkKind::Portion => {
                let row = super::vocabulary::NATO.iter().find(|row| row.0 == *banner);
                format!("//{}", row.map_or(*banner, |row| row.1))
            }
        },
        Head::Foreign(owners, _) if owners.is_empty() => format!("//FGI {class}"),
        Head::Foreign(owners, _) => format!("//{} {class}", countries(owners).join(" ")),
        Head::Joint(None, _) => format!("//JOINT {class}"),
        Head::Joint(Some(owners), _) => format!("//JOINT {class} {}", countries(owners).join(" ")),
    }
}

/// Countries by code, then groups by code (M p. 52).
pub(crate) fn countries(list: &BTreeSet<String>) -> Vec<&str> {
    let mut codes: Vec<&str> = list.iter().map(String::as_str).collect();
    codes.sort_by_key(|code| (code.len() != 3, *code));
    codes
}

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

fn programmes(sap: &Programmes) -> String {
    if sap.multiple {
        return "SAR-MULTIPLE PROGRAMS".to_owned();
    }
    if sap.hvsaco {
        return "HVSACO".to_owned();
    }
    match sap.named.is_empty() {
        true => String::new(),
        false => format!("SAR-{}", compartments(&sap.named)),
    }
}

fn atomic(aea: &Atomic, kind: MarkKind) -> String {
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
        let name = if banner && !aea.cnwdi { "RESTRICTED DATA" } else { "RD" };
        let cnwdi = if aea.cnwdi { "-CNWDI" } else { "" };
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
        (aea.atomal, "ATOMAL", "ATOMAL"),
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
            parts.push((115, format!("DISPLAY ONLY {}", countries(list).join(", "))));
        }
    } else {
        parts.extend(mark.accm.iter().map(|nickname| (u16::MAX, format!("ACCM-{nickname}"))));
    }
    parts.sort();
    parts.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("/")
}
