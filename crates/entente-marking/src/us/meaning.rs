//! What a mark means: its label, and each token in words.

use std::collections::BTreeSet;

use smol_str::{SmolStr, SmolStrBuilder};

use super::country::is_nato;
use super::mark::{Compartments, Fgi, List, Mark};
use super::profile::{Lists, Profile};
use super::syntax::{Role, Token};
use super::teach;
use super::vocabulary::{Class, NATO, SCI, Sci, Word};
use super::words::Words;
use crate::groups::Groups;
use crate::label::{Category, Caveat, Circle, Control, Label, Level, SchemeId};
use crate::release::{Entity, Release, Releasees};
use crate::scheme::{Effect, MarkKind, TokenMeaning};

/// The name of the scheme.
pub(crate) const ID: &str = "us-ic";

/// NATO read-ons, which US readers need for NATO information.
pub(crate) const NATO_ID: &str = "us-ic/nato";

/// Sets of categories.
const SCI_SET: &str = "us-ic/sci/";
const SAP_SET: &str = "us-ic/sap/";
const AEA_SET: &str = "us-ic/aea/";
const NATO_SET: &str = "us-ic/nato/";

fn category<const N: usize>(parts: [&str; N]) -> Category {
    names(parts).into()
}

/// One name of several parts.
fn names<const N: usize>(parts: [&str; N]) -> SmolStr {
    let mut name = SmolStrBuilder::new();
    parts.iter().for_each(|part| name.push_str(part));
    name.finish()
}

/// The label of a mark.
///
/// | mark | label |
/// |---|---|
/// | classification | level `us-ic`: U 0, R 1, C 2, S 3, TS 4 |
/// | SCI, SAP | required category at every depth: `us-ic/sci/SI`, `us-ic/sci/SI-G`, `us-ic/sci/SI-G ABCD` |
/// | RD, FRD, CNWDI, SIGMA | required categories `us-ic/aea/…` |
/// | an owner that is NATO, or an operation of its council | level `us-ic/nato`: the read-on (ISM.ACES, highWaterNATO) |
/// | ATOMAL | required category `us-ic/nato/ATOMAL` |
/// | NOFORN, or a US mark without a list | release to the USA only (ISM.ACES: a non-US subject needs REL, EYES or DISPLAY ONLY) |
/// | an owner's mark that says nothing about release: `//NS`, `//DEU S`, JOINT | release to its owners |
/// | REL TO, EYES ONLY, DISPLAY ONLY | release to the list |
/// | ORCON, ORCON-USGOV | originator control |
/// | EXDIS, NODIS | recipients' organisations; named recipients |
/// | owners of foreign and joint information | owners |
/// | everything else | caveats |
pub(crate) fn label(mark: &Mark, lists: &Lists) -> Label {
    let mut label = Label::unrestricted();
    let class = mark.head.class();
    let level = Level {
        rank: class.rank(),
        name: class.banner().to_owned(),
    };
    label.levels.insert(SchemeId::named(ID), level);
    nested(&mut label.required, SCI_SET, &mark.sci);
    label
        .required
        .extend(mark.nato.iter().map(|word| category([SCI_SET, word])));
    nested(&mut label.required, SAP_SET, &mark.sap.named);
    if mark.sap.multiple {
        label.required.insert(category([SAP_SET, "MULTIPLE PROGRAMS"]));
    }
    if mark.sap.hvsaco {
        label.required.insert(category([SAP_SET, "HVSACO"]));
    }
    atomic(&mut label, mark);
    label.owners.extend(mark.head.owners().into_iter().flatten().cloned());
    if let Some(Fgi::From(list)) = &mark.fgi {
        label.owners.extend(list.iter().cloned());
    }
    if label.owners.iter().any(|owner| is_nato(owner.as_str())) {
        // Which of NATO's levels is inside is not always written: the mark's level is the high-water mark.
        nato_read_on(&mut label, class);
    }
    label.release = release(mark, lists);
    label.control = if mark.has(Word::Orcon) {
        Control::Originator
    } else if mark.has(Word::OrconUsgov) {
        Control::Government
    } else {
        Control::None
    };
    cui(&mut label, mark);
    label.circle = if mark.words.meets(NAMED) {
        Circle::Named
    } else if mark.has(Word::Exdis) {
        Circle::Organisation
    } else {
        Circle::Anyone
    };
    let rows = mark.words.iter().map(Word::row);
    let caveats = rows.filter(|row| row.effect == Effect::Handling);
    label.caveats.extend(caveats.map(|row| Caveat::named(row.portion)));
    label
        .caveats
        .extend(mark.accm.iter().map(|nickname| Caveat::new(format!("ACCM-{nickname}"))));
    label
}

/// Words whose readers are named one by one.
const NAMED: Words = Words::of(&[Word::Nodis, Word::DlOnly, Word::AttorneyClient, Word::AttorneyWork]);

/// Which affiliations a limit of CUI admits; a reader needs one of them, stated.
fn affiliations(word: Word) -> &'static [&'static str] {
    match word {
        Word::FedOnly => &["FEDERAL"],
        Word::Fedcon => &["FEDERAL", "CONTRACTOR"],
        Word::Nocon => &["FEDERAL", "STATE"],
        _ => &[],
    }
}

fn cui(label: &mut Label, mark: &Mark) {
    let Some(cui) = &mark.cui else { return };
    label.caveats.insert(Caveat::new("CUI"));
    label.caveats.extend(cui.categories().into_iter().map(Caveat::new));
    for word in mark.words.iter() {
        let of = affiliations(word).iter();
        let any: BTreeSet<Category> = of.map(|of| Category::new(format!("us-cui/affiliation/{of}"))).collect();
        if !any.is_empty() {
            label.any_of.insert(any);
        }
    }
}

/// NATO read-ons are levels of their own (ISM.ACES: `NATO-S` and so on); NATO UNCLASSIFIED needs none.
fn nato_read_on(label: &mut Label, class: Class) {
    let level = Level {
        rank: class.rank(),
        name: format!("NATO {}", class.banner()),
    };
    label.levels.insert(SchemeId::named(NATO_ID), level);
}

fn nested(required: &mut BTreeSet<Category>, set: &str, systems: &Compartments) {
    for (system, compartments) in systems.iter() {
        let system = system.as_str();
        required.insert(category([set, system]));
        for (name, subs) in compartments.iter() {
            let name = name.as_str();
            required.insert(category([set, system, "-", name]));
            let subs = subs
                .iter()
                .map(|sub| category([set, system, "-", name, " ", sub.as_str()]));
            required.extend(subs);
        }
    }
}

fn atomic(label: &mut Label, mark: &Mark) {
    let aea = &mark.aea;
    for (present, name) in [(aea.rd, "RD"), (aea.frd, "FRD"), (aea.cnwdi, "CNWDI")] {
        if present {
            label.required.insert(category([AEA_SET, name]));
        }
    }
    for (name, numbers) in [("RD", &aea.rd_sigma), ("FRD", &aea.frd_sigma)] {
        label.required.extend(
            numbers
                .iter()
                .map(|n| category([AEA_SET, &format!("{name}-SIGMA {n}")])),
        );
    }
    if aea.atomal {
        label.required.insert(category([NATO_SET, "ATOMAL"]));
    }
    for (present, name) in [(aea.dod_ucni, "DCNI"), (aea.doe_ucni, "UCNI"), (aea.tfni, "TFNI")] {
        if present {
            label.caveats.insert(Caveat::new(name));
        }
    }
}

/// The country whose marks these are.
const USA: Entity = Entity::named("USA");

fn release(mark: &Mark, lists: &Lists) -> Release {
    let full: BTreeSet<Entity> = match (&mark.rel, &mark.eyes, mark.owners_may_have_it()) {
        (Some(List::Of(list)), ..) | (None, Some(List::Of(list)), _) => {
            let mut full = lists.atoms(list);
            full.insert(USA);
            full
        }
        // Without a list its owners may have it, whoever they are.
        (_, _, Some(owners)) => lists.atoms(owners),
        _ => BTreeSet::from([USA]),
    };
    let mut display = full.clone();
    if let Some(shown) = &mark.display {
        display.extend(lists.atoms(shown));
    }
    Release::Only(Releasees { full, display })
}

/// Every token of a mark, in words.
pub(crate) fn explain(
    text: &str,
    kind: MarkKind,
    tokens: &[Token],
    groups: &Groups,
    profile: Profile,
) -> Vec<TokenMeaning> {
    tokens
        .iter()
        .map(|token| {
            let written = text.get(token.start..token.end).unwrap_or_default();
            let (meaning, rule, source, effect, access) = describe(&token.role, written, groups);
            TokenMeaning {
                token: written.to_owned(),
                start: token.start,
                end: token.end,
                meaning,
                rule: rule.to_owned(),
                source: source.to_owned(),
                effect,
                access,
                rolls_up: teach::rolls_up(&token.role, profile).to_owned(),
                excludes: teach::excludes(&token.role, kind, profile),
            }
        })
        .collect()
}

type Explained = (String, &'static str, &'static str, Effect, String);

fn describe(role: &Role, written: &str, groups: &Groups) -> Explained {
    match role {
        Role::Class(class) => (
            format!("classified {}", class.banner()),
            "us-ic.class",
            "IC Markings Manual 2016, pp. 43-52",
            Effect::Clearance,
            match class.rank() {
                0 => "readers must be known; no clearance is needed".to_owned(),
                _ => format!("readers need a clearance of {} or higher", class.banner()),
            },
        ),
        Role::Nato(class) => {
            let name = NATO
                .iter()
                .find(|row| row.0 == written || row.1 == written)
                .map_or(written, |row| row.0)
                .trim_start_matches("NATO ");
            (
                format!("classified {name} by NATO"),
                "us-ic.class.nato",
                "IC Markings Manual 2016, pp. 54-55; ISM.ACES",
                Effect::ReadOn,
                format!(
                    "readers need a clearance of {} and the NATO read-on for it",
                    class.banner()
                ),
            )
        }
        Role::Joint => (
            "classified jointly by its owners".to_owned(),
            "us-ic.class.joint",
            "IC Markings Manual 2016, pp. 57-59",
            Effect::Clearance,
            "readers need a clearance of the level; the release list names the owners".to_owned(),
        ),
        Role::Owner => (
            format!("information of {written}"),
            "us-ic.class.foreign",
            "IC Markings Manual 2016, p. 53",
            Effect::Handling,
            "its owner is one of its originators".to_owned(),
        ),
        Role::Concealed => (
            "foreign government information whose owner is concealed".to_owned(),
            "us-ic.class.fgi",
            "IC Markings Manual 2016, pp. 122-130",
            Effect::Clearance,
            "readers need a clearance of the level".to_owned(),
        ),
        Role::Sci => (
            sci_meaning(written),
            "us-ic.sci",
            sci_source(written),
            Effect::ReadOn,
            format!("readers must be read on to {written}, each part of it"),
        ),
        Role::Sap => (
            "special access programme".to_owned(),
            "us-ic.sap",
            "IC Markings Manual 2016, pp. 99-102",
            Effect::ReadOn,
            format!("readers must be read on to {written}, each part of it"),
        ),
        Role::Aea => (
            "information under the Atomic Energy Act, or ATOMAL".to_owned(),
            "us-ic.aea",
            "IC Markings Manual 2016, pp. 103-121",
            Effect::ReadOn,
            format!(
                "readers need access to {written}, where it is a category; UCNI and TFNI are handling instructions"
            ),
        ),
        Role::Fgi => (
            "contains foreign government information".to_owned(),
            "us-ic.fgi",
            "IC Markings Manual 2016, pp. 122-130",
            Effect::Handling,
            "the named owners are originators beside the author".to_owned(),
        ),
        Role::Word(word) => {
            let row = word.row();
            (
                row.meaning.to_owned(),
                row.rule,
                row.source,
                row.effect,
                row.access.to_owned(),
            )
        }
        Role::Rel | Role::Eyes | Role::Display => list_meaning(role, written, groups),
        Role::Accm => (
            "alternative compensatory control measures".to_owned(),
            "dodm.accm",
            "DoDM 5200.01 v2, encl. 4, para. 12",
            Effect::Handling,
            "the nickname's access list applies; it is kept as a handling instruction".to_owned(),
        ),
        Role::Cui => (
            "controlled unclassified information".to_owned(),
            "us-cui",
            "32 CFR 2002.20; NARA, CUI marking handbook; DoDI 5200.48",
            Effect::Handling,
            "readers need a lawful government purpose; no clearance is needed".to_owned(),
        ),
        Role::CuiCategory => (
            super::cui::row(written).map_or_else(
                || "not in the registry".to_owned(),
                |row| {
                    let kind = if written.starts_with("SP-") {
                        "specified"
                    } else {
                        "basic"
                    };
                    format!("{} ({kind})", row.name)
                },
            ),
            "us-cui.category",
            "NARA, CUI registry",
            Effect::Handling,
            "the law that the registry names for it says how it is handled".to_owned(),
        ),
        Role::Unknown => (
            "not in the register".to_owned(),
            "us-ic.token.unknown",
            "ISM.ACES 2.4",
            Effect::Unknown,
            "nobody may read what bears it".to_owned(),
        ),
    }
}

fn sci_row(written: &str) -> Option<&'static Sci> {
    let system = written.split('-').next().unwrap_or_default();
    SCI.iter().find(|row| row.name == system || row.long == system)
}

fn sci_source(written: &str) -> &'static str {
    sci_row(written).map_or("IC Markings Manual 2016, pp. 60-98", |row| row.source)
}

fn sci_meaning(written: &str) -> String {
    match sci_row(written) {
        Some(row) if row.name == written => format!("sensitive compartmented information: {}", row.meaning),
        Some(row) => format!(
            "sensitive compartmented information: {}, compartment {written}",
            row.meaning
        ),
        None => "sensitive compartmented information".to_owned(),
    }
}

fn list_meaning(role: &Role, written: &str, groups: &Groups) -> Explained {
    let expanded: Vec<String> = groups
        .iter()
        .filter(|group| written.split([' ', ',', '/']).any(|code| code == group.code.as_str()))
        .map(|group| {
            let members: Vec<&str> = group.members.iter().map(Entity::as_str).collect();
            match members.is_empty() {
                true => format!(
                    "; the membership of {} is not known here, so it admits nobody by itself",
                    group.code
                ),
                false => format!("; {} stands for {}", group.code, members.join(", ")),
            }
        })
        .collect();
    let expanded = expanded.concat();
    match role {
        Role::Display => (
            "may be shown to those listed, without a copy".to_owned(),
            "us-ic.dissem.display-only",
            "IC Markings Manual 2016, pp. 163-168",
            Effect::Releasability,
            format!("citizens of a listed country who act for it may be shown it{expanded}"),
        ),
        Role::Eyes => (
            "releasable to the listed Five Eyes countries only".to_owned(),
            "us-ic.dissem.eyes",
            "IC Markings Manual 2016, pp. 157-158",
            Effect::Releasability,
            format!("only citizens of a listed country who act for it may read it{expanded}"),
        ),
        _ => (
            "releasable to those listed".to_owned(),
            "us-ic.dissem.rel-to",
            "IC Markings Manual 2016, pp. 150-153",
            Effect::Releasability,
            format!(
                "only citizens of a listed country who act for a listed country or organisation may read it{expanded}"
            ),
        ),
    }
}
