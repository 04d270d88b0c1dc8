//! The obvious twin of roll-up: Table 3 and the precedence rules of the manual coded a second time, plainly and without
//! looking at the engine, compared on random lists of portions.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::collections::{BTreeMap, BTreeSet};

use entente_marking::us::UsIc;
use entente_marking::{MarkKind, Scheme};

/// Lists in the suite; a script asks for a million.
fn lists() -> usize {
    std::env::var("ENTENTE_LISTS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(50_000)
}

#[derive(Clone, Debug, PartialEq)]
enum Owner {
    Us,
    Foreign(&'static str),
    Concealed,
    Nato,
    Joint(&'static str),
}

#[derive(Clone, Debug, PartialEq)]
struct Portion {
    owner: Owner,
    /// U 0, R 1, C 2, S 3, TS 4.
    class: usize,
    sci: Vec<(&'static str, &'static str)>,
    bohemia: bool,
    fgi: Option<&'static str>,
    noforn: bool,
    rel: Option<&'static str>,
    relido: bool,
    display: Option<&'static str>,
    words: Vec<&'static str>,
    non_ic: Vec<&'static str>,
}

const PORTION: [&str; 5] = ["U", "R", "C", "S", "TS"];
const BANNER: [&str; 5] = ["UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET"];

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())].clone()
    }
}

fn portion(dice: &mut Dice) -> Portion {
    let us = Owner::Us;
    let owner = dice.pick(&[
        us.clone(),
        us.clone(),
        us.clone(),
        us.clone(),
        us,
        Owner::Foreign("CAN"),
        Owner::Foreign("CAN DEU"),
        Owner::Concealed,
        Owner::Nato,
        Owner::Joint("GBR USA"),
    ]);
    let class = dice.pick(&[0, 0, 2, 3, 3, 4]);
    let rel = dice.pick(&[
        "USA, GBR",
        "USA, CAN, GBR",
        "USA, FVEY",
        "USA, ACGU",
        "USA, JPN, NZL",
        "USA, AUS, NATO",
        "USA, CAN, DEU",
    ]);
    let display = dice.pick(&["AFG", "AFG, IRQ", "GBR, IRQ", "JPN"]);
    let mut made = Portion {
        owner,
        class,
        sci: dice.pick(&[
            vec![],
            vec![],
            vec![],
            vec![("SI", "")],
            vec![("TK", "")],
            vec![("SI", "ABC"), ("TK", "")],
            vec![("TK", "BLFH")],
            vec![("HCS", "P")],
        ]),
        bohemia: dice.roll(6) == 0,
        fgi: dice.pick(&[None, None, None, None, Some(""), Some("DEU GBR"), Some("NATO")]),
        noforn: false,
        rel: None,
        relido: false,
        display: None,
        words: dice.pick(&[
            vec![],
            vec![],
            vec!["OC"],
            vec!["OC-USGOV"],
            vec!["IMC"],
            vec!["RS"],
            vec!["PR"],
            vec!["FISA"],
            vec!["FOUO"],
            vec!["DSEN"],
        ]),
        non_ic: dice.pick(&[
            vec![],
            vec![],
            vec![],
            vec!["DS"],
            vec!["XD"],
            vec!["ND"],
            vec!["SBU"],
            vec!["SBU-NF"],
            vec!["LES"],
            vec!["LES-NF"],
            vec!["SSI"],
            vec!["LES", "SSI"],
        ]),
    };
    match dice.roll(9) {
        0 => {}
        1 => made.noforn = true,
        2 => made.relido = true,
        3 => (made.rel, made.relido) = (Some(rel), true),
        4 => made.display = Some(display),
        5 => (made.rel, made.display) = (Some(rel), Some(display)),
        _ => made.rel = Some(rel),
    }
    made
}

fn written(portion: &Portion) -> String {
    let class = PORTION[portion.class];
    let head = match &portion.owner {
        Owner::Us => class.to_owned(),
        Owner::Foreign(owners) => format!("//{owners} {class}"),
        Owner::Concealed => format!("//FGI {class}"),
        Owner::Nato => format!("//{}", ["NU", "NR", "NC", "NS", "CTS"][portion.class]),
        Owner::Joint(owners) => format!("//JOINT {class} {owners}"),
    };
    let mut systems: Vec<String> = portion
        .sci
        .iter()
        .map(|(system, compartment)| match compartment.is_empty() {
            true => (*system).to_owned(),
            false => format!("{system}-{compartment}"),
        })
        .collect();
    systems.extend(portion.bohemia.then(|| "BOHEMIA".to_owned()));
    let mut dissem: Vec<(usize, String)> = Vec::new();
    for word in &portion.words {
        dissem.push((place(word), (*word).to_owned()));
    }
    dissem.extend(portion.noforn.then(|| (5, "NF".to_owned())));
    dissem.extend(portion.rel.map(|list| (7, format!("REL TO {list}"))));
    dissem.extend(portion.relido.then(|| (8, "RELIDO".to_owned())));
    dissem.extend(portion.display.map(|list| (11, format!("DISPLAY ONLY {list}"))));
    dissem.sort();
    let dissem: Vec<String> = dissem.into_iter().map(|(_, text)| text).collect();
    let fgi = portion.fgi.map(|list| format!("FGI {list}").trim().to_owned());
    let parts = [
        head,
        systems.join("/"),
        fgi.unwrap_or_default(),
        dissem.join("/"),
        portion.non_ic.join("/"),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("({})", parts.join("//"))
}

/// The register's order of dissemination controls.
fn place(word: &str) -> usize {
    [
        "RS", "FOUO", "OC", "OC-USGOV", "IMC", "NF", "PR", "REL", "RELIDO", "DSEN", "FISA", "DISPLAY",
    ]
    .iter()
    .position(|known| *known == word)
    .unwrap()
}

fn set(list: &str) -> BTreeSet<String> {
    list.split([',', ' '])
        .filter(|code| !code.is_empty())
        .map(str::to_owned)
        .collect()
}

/// FVEY, ACGU and TEYE are taken apart (Table 3, rule 23); no other group is.
fn apart(list: &BTreeSet<String>) -> BTreeSet<String> {
    list.iter()
        .flat_map(|code| match code.as_str() {
            "FVEY" => set("AUS CAN GBR NZL USA"),
            "ACGU" => set("AUS CAN GBR USA"),
            other => set(other),
        })
        .collect()
}

/// What all lists have in common: a code that each of them names, and each country that all of them admit otherwise.
fn common(lists: &[BTreeSet<String>]) -> BTreeSet<String> {
    let everywhere = |codes: Vec<BTreeSet<String>>| {
        let mut sum = codes[0].clone();
        for list in &codes {
            sum.retain(|code| list.contains(code));
        }
        sum
    };
    let named = everywhere(lists.to_vec());
    let admitted = everywhere(lists.iter().map(apart).collect());
    let groups: BTreeSet<String> = named.iter().filter(|code| code.len() > 3).cloned().collect();
    let by_group = apart(&groups);
    let single = admitted.into_iter().filter(|code| !by_group.contains(code));
    named.iter().cloned().chain(single).collect()
}

fn order(list: &BTreeSet<String>) -> Vec<String> {
    let (short, long): (Vec<&String>, Vec<&String>) = list.iter().partition(|code| code.len() == 3);
    short.into_iter().chain(long).cloned().collect()
}

fn is_plain(portion: &Portion) -> bool {
    written(portion) == "(U)"
}

/// Foreign disclosure by Table 3: the words for the banner.
fn disclosure(all: &[Portion], classified: bool) -> Vec<(usize, String)> {
    let counts = |p: &&Portion| {
        let words = p.noforn
            || p.relido
            || p.rel.is_some()
            || p.display.is_some()
            || !p.words.is_empty()
            || !p.non_ic.is_empty();
        p.class > 0 || words || p.fgi.is_some()
    };
    let counting: Vec<&Portion> = all.iter().filter(counts).collect();
    let says = |p: &&Portion| p.noforn || p.relido || p.rel.is_some() || p.display.is_some();
    let noforn = vec![(5, "NOFORN".to_owned())];
    let some_say = counting.iter().any(says);
    let variant = |p: &Portion| p.non_ic.contains(&"SBU-NF") || p.non_ic.contains(&"LES-NF");
    let state = |p: &Portion| p.non_ic.contains(&"XD") || p.non_ic.contains(&"ND");
    // Rules 1 to 8, 14, 15.
    if counting
        .iter()
        .any(|p| p.noforn || state(p) || (variant(p) && (classified || some_say)))
    {
        return noforn;
    }
    if !some_say {
        return Vec::new();
    }
    let usa = |list: BTreeSet<String>| list.iter().any(|code| code != "USA").then_some(list);
    let release = |list: &BTreeSet<String>| {
        let rest = order(&list.iter().filter(|code| *code != "USA").cloned().collect());
        (7, format!("REL TO USA, {}", rest.join(", ")))
    };
    let rels: Vec<BTreeSet<String>> = counting.iter().filter_map(|p| p.rel).map(set).collect();
    let all_rel = rels.len() == counting.len();
    // Rule 24, and its sibling with lists.
    if counting.iter().all(|p| p.relido) {
        let relido = (8, "RELIDO".to_owned());
        return match all_rel.then(|| common(&rels)).and_then(usa) {
            Some(list) => vec![release(&list), relido],
            None => vec![relido],
        };
    }
    // Rules 10, 12, 16 to 19.
    if !counting.iter().all(says) || counting.iter().any(|p| p.relido && p.rel.is_none()) {
        return noforn;
    }
    // Rules 9, 11, 20 to 23, 25 to 27.
    let rel = all_rel.then(|| common(&rels)).and_then(usa);
    let shown: Vec<BTreeSet<String>> = counting
        .iter()
        .map(|p| {
            set(&format!(
                "{}, {}",
                p.rel.unwrap_or_default(),
                p.display.unwrap_or_default()
            ))
        })
        .collect();
    let mut display = common(&shown);
    display.retain(|code| code != "USA" && !rel.iter().any(|rel| rel.contains(code)));
    let mut words: Vec<(usize, String)> = rel.iter().map(release).collect();
    if !display.is_empty() && counting.iter().any(|p| p.display.is_some()) {
        words.push((11, format!("DISPLAY ONLY {}", order(&display).join(", "))));
    }
    if words.is_empty() { noforn } else { words }
}

fn banner(all: &[Portion]) -> String {
    let highest = all.iter().map(|p| p.class).max().unwrap();
    let rest: Vec<&Portion> = all.iter().filter(|p| !is_plain(p)).collect();
    let owner = rest.first().map_or(Owner::Us, |p| p.owner.clone());
    let one = rest.iter().all(|p| p.owner == owner);
    let has_plain = rest.len() < all.len();
    let keeps = one && (!has_plain || matches!(owner, Owner::Us | Owner::Joint(_)));
    let owner = if keeps { owner } else { Owner::Us };
    let class = if owner == Owner::Us && highest == 1 { 2 } else { highest };
    let classified = class > 0;
    let head = match &owner {
        Owner::Us => BANNER[class].to_owned(),
        Owner::Foreign(owners) => format!("//{owners} {}", BANNER[class]),
        Owner::Concealed => format!("//FGI {}", BANNER[class]),
        Owner::Nato if class == 4 => "//COSMIC TOP SECRET".to_owned(),
        Owner::Nato => format!("//NATO {}", BANNER[class]),
        Owner::Joint(owners) => format!("//JOINT {} {owners}", BANNER[class]),
    };
    let mut systems: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (system, compartment) in all.iter().flat_map(|p| &p.sci) {
        let of = systems.entry(system).or_default();
        if !compartment.is_empty() {
            of.insert(compartment);
        }
    }
    let mut sci: Vec<String> = systems
        .iter()
        .map(|(system, of)| format!("{system}{}", of.iter().map(|c| format!("-{c}")).collect::<String>()))
        .collect();
    sci.extend(all.iter().any(|p| p.bohemia).then(|| "BOHEMIA".to_owned()));
    let fgi = foreign(all, &owner);
    let mut dissem = disclosure(all, classified);
    let released = !dissem.is_empty() && dissem.iter().any(|(_, text)| text != "RELIDO");
    let any = |word: &str| all.iter().any(|p| p.words.contains(&word) || p.non_ic.contains(&word));
    for (word, text) in [
        ("RS", "RSEN"),
        ("IMC", "IMCON"),
        ("PR", "PROPIN"),
        ("DSEN", "DEA SENSITIVE"),
        ("FISA", "FISA"),
    ] {
        if any(word) {
            dissem.push((place(word), text.to_owned()));
        }
    }
    if any("OC") {
        dissem.push((2, "ORCON".to_owned()));
    } else if any("OC-USGOV") {
        dissem.push((3, "ORCON-USGOV".to_owned()));
    }
    let mut non_ic = Vec::new();
    let state = any("XD") || any("ND");
    if any("DS") && !classified {
        non_ic.push("LIMITED DISTRIBUTION");
    }
    if any("ND") {
        non_ic.push("NODIS");
    } else if any("XD") {
        non_ic.push("EXDIS");
    }
    if (any("SBU") || any("SBU-NF")) && !classified && !state {
        non_ic.push(if any("SBU-NF") && !released {
            "SBU NOFORN"
        } else {
            "SBU"
        });
    }
    if any("LES") || any("LES-NF") {
        non_ic.push(if any("LES-NF") && !classified && !released {
            "LES NOFORN"
        } else {
            "LES"
        });
    }
    if any("SSI") {
        non_ic.push("SSI");
    }
    let release_only = dissem.iter().all(|(place, _)| [5, 7, 8, 11].contains(place)) && non_ic.is_empty();
    if any("FOUO") && !classified && release_only {
        // Alone it is spelt out, beside other words it is abbreviated.
        let alone = dissem.iter().all(|(place, _)| *place == 11);
        dissem.push((1, if alone { "FOR OFFICIAL USE ONLY" } else { "FOUO" }.to_owned()));
    }
    dissem.sort();
    let dissem: Vec<String> = dissem.into_iter().map(|(_, text)| text).collect();
    let parts = [
        head,
        sci.join("/"),
        fgi.unwrap_or_default(),
        dissem.join("/"),
        non_ic.join("/"),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("//")
}

/// Foreign owners of a document (M pp. 57, 122-130).
fn foreign(all: &[Portion], owner: &Owner) -> Option<String> {
    let own = match owner {
        Owner::Foreign(owners) | Owner::Joint(owners) => set(owners),
        Owner::Nato => set("NATO"),
        Owner::Us | Owner::Concealed => BTreeSet::new(),
    };
    let concealed = all
        .iter()
        .any(|p| p.fgi == Some("") || (p.owner == Owner::Concealed && *owner == Owner::Us));
    if concealed {
        return Some("FGI".to_owned());
    }
    let mut owners = BTreeSet::new();
    for portion in all {
        owners.extend(portion.fgi.map(set).unwrap_or_default());
        match &portion.owner {
            Owner::Foreign(list) | Owner::Joint(list) => owners.extend(set(list)),
            Owner::Nato => owners.extend(set("NATO")),
            Owner::Us | Owner::Concealed => {}
        }
    }
    owners.retain(|code| code != "USA" && !own.contains(code));
    (!owners.is_empty()).then(|| format!("FGI {}", order(&owners).join(" ")))
}

#[test]
fn random_lists_have_the_banner_of_the_twin() {
    let scheme = UsIc::ic_2016();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut pool: Vec<(Portion, String)> = Vec::new();
    while pool.len() < 5_000 {
        let made = portion(&mut dice);
        let text = written(&made);
        if scheme.check(&text, MarkKind::Portion, None).is_valid() {
            pool.push((made, text));
        }
    }
    let different: BTreeSet<&String> = pool.iter().map(|(_, text)| text).collect();
    assert!(different.len() > 1_500, "{} different marks", different.len());
    let mut wrong = Vec::new();
    for _ in 0..lists() {
        let many = 1 + dice.roll(5);
        let list: Vec<&(Portion, String)> = (0..many).map(|_| &pool[dice.roll(5_000)]).collect();
        let texts: Vec<&str> = list.iter().map(|(_, text)| text.as_str()).collect();
        let portions: Vec<Portion> = list.iter().map(|(portion, _)| portion.clone()).collect();
        let got = scheme.rollup(&texts, None).banner.map(|marking| marking.canonical);
        let expected = banner(&portions);
        if got.as_deref() != Some(&expected) {
            wrong.push(format!("{texts:?}\n  twin   {expected}\n  engine {got:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} lists differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(12)].join("\n")
    );
}
