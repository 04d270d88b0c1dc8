//! Laws that hold for every US mark, and the validity rules case by case.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::collections::BTreeSet;

use entente_marking::us::UsIc;
use entente_marking::{
    Category, Caveat, Circle, Control, CopyList, Entity, Label, Level, MarkKind, Purposes, Release, Scheme, SchemeId,
    released_mark,
};
use proptest::prelude::*;

/// Portion marks put together from parts, the invalid ones among them left out.
fn portion() -> impl Strategy<Value = String> {
    let head = prop::sample::select(vec![
        "U",
        "C",
        "S",
        "TS",
        "//DEU S",
        "//CAN GBR C",
        "//NS",
        "//CTS",
        "//NIS",
        "//NR",
        "//DEU NATO S",
        "//FGI S",
        "//JOINT S GBR USA",
    ]);
    let sci = prop::sample::select(vec![
        "",
        "",
        "SI",
        "TK",
        "SI/TK",
        "SI-G",
        "HCS-P",
        "TK-BLFH ABCD-IDIT",
        "123/SI-ABC 12 XYZ",
    ]);
    let sap = prop::sample::select(vec!["", "", "", "SAR-BP", "SAR-BP-123/CA-XYZ YYY"]);
    let aea = prop::sample::select(vec![
        "",
        "",
        "",
        "RD",
        "RD-CNWDI",
        "FRD-SG 14 18",
        "TFNI",
        "DCNI",
        "UCNI",
    ]);
    let fgi = prop::sample::select(vec!["", "", "FGI", "FGI DEU GBR NATO"]);
    let control = prop::sample::select(vec!["", "OC", "OC-USGOV", "IMC", "RS", "RS/OC", "FOUO"]);
    let release = prop::sample::select(vec![
        "",
        "NF",
        "REL TO USA, GBR",
        "REL TO USA, FVEY",
        "REL TO USA, JPN, NZL",
        "REL TO USA, GBR, ACGU",
        "RELIDO",
        "REL TO USA, GBR/RELIDO",
        "DISPLAY ONLY AFG, IRQ",
        "REL TO USA, IRQ/DISPLAY ONLY AFG",
    ]);
    let late = prop::sample::select(vec!["", "", "FISA", "DSEN"]);
    let non_ic = prop::sample::select(vec![
        "", "", "", "DS", "XD", "ND", "SBU", "SBU-NF", "LES", "LES-NF", "SSI", "LES/SSI",
    ]);
    (head, sci, sap, aea, fgi, control, release, late, non_ic).prop_filter_map(
        "only valid portions",
        |(head, sci, sap, aea, fgi, control, release, late, non_ic)| {
            let dissem: Vec<&str> = match release {
                // FISA and DSEN stand before DISPLAY ONLY in the register.
                _ if release.starts_with("DISPLAY") => vec![control, late, release],
                _ if release.contains("DISPLAY") => vec![control, release],
                _ => vec![control, release, late],
            };
            let dissem = dissem
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join("/");
            let parts = [head, sci, sap, aea, fgi, &dissem, non_ic];
            let text = parts
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join("//");
            let text = format!("({text})");
            let valid = UsIc::ic_2016().check(&text, MarkKind::Portion, None).is_valid();
            valid.then_some(text)
        },
    )
}

/// What the banner may leave out by the manual's own rules: a plain (U) portion bounds nobody, dropped words are
/// handling instructions, and NODIS outranks EXDIS.
fn bound(text: &str, label: &Label, concealed: bool) -> Label {
    let release = match &label.release {
        _ if text == "(U)" => Release::Unrestricted,
        // An owner's mark without a list goes to its owner; the document that it stands in is the USA's, and so is its banner.
        Release::Only(list) if !list.full.contains(&Entity::new("USA")) => Release::with_display(
            list.full.iter().cloned().chain([Entity::new("USA")]),
            list.display.iter().cloned(),
        ),
        release => release.clone(),
    };
    let mut levels = label.levels.clone();
    levels.retain(|scheme, _| !(concealed && scheme.as_str() == "us-ic/nato"));
    Label {
        levels,
        release,
        ..label.clone()
    }
}

/// RD outranks FRD in a banner; its SIGMA numbers stand under RD.
fn atomic(label: &Label) -> Label {
    let required = label
        .required
        .iter()
        .filter(|category| !category.as_str().contains("/aea/FRD"))
        .cloned()
        .collect();
    Label {
        required,
        ..label.clone()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, max_global_rejects: 1_000_000, max_local_rejects: 1_000_000, ..ProptestConfig::default() })]

    #[test]
    fn a_canonical_portion_reads_back_as_itself(text in portion()) {
        let scheme = UsIc::ic_2016();
        let once = scheme.check(&text, MarkKind::Portion, None).marking.unwrap();
        let twice = scheme.check(&once.canonical, MarkKind::Portion, None);
        prop_assert_eq!(Some(once), twice.marking);
    }

    #[test]
    fn a_banner_is_as_strict_as_each_portion_valid_and_stable(texts in prop::collection::vec(portion(), 1..6)) {
        let scheme = UsIc::ic_2016();
        let portions: Vec<&str> = texts.iter().map(String::as_str).collect();
        let rollup = scheme.rollup(&portions, None);
        let banner = rollup.banner.expect("valid portions have a banner");
        // Where one foreign owner is concealed, no owner is named, NATO included: the read-on shows in the portion only.
        let concealed = banner.canonical.split("//").any(|category| category == "FGI")
            || banner.canonical.starts_with("//FGI ");
        for text in &portions {
            let label = scheme.check(text, MarkKind::Portion, None).label(text);
            prop_assert!(
                banner.label.at_least_as_strict_as(&atomic(&bound(text, &label, concealed))),
                "{} is not as strict as {text}:\n{:#?}\n{:#?}", banner.canonical, banner.label, label
            );
        }
        let read = scheme.check(&banner.canonical, MarkKind::Banner, None);
        prop_assert_eq!(read.canonical.as_deref(), Some(banner.canonical.as_str()));
        prop_assert_eq!(&read.marking.as_ref().map(|m| &m.label), &Some(&banner.label), "{} {:?}", banner.canonical, read.findings);
    }

    #[test]
    fn a_banner_does_not_depend_on_the_order_of_portions(texts in prop::collection::vec(portion(), 1..6)) {
        let scheme = UsIc::ic_2016();
        let mut portions: Vec<&str> = texts.iter().map(String::as_str).collect();
        let one = scheme.rollup(&portions, None).banner;
        portions.reverse();
        portions.rotate_left(texts.len() / 2);
        prop_assert_eq!(one, scheme.rollup(&portions, None).banner);
    }

    #[test]
    fn b20_a_copy_is_never_laxer_than_written_but_for_its_receivers(
        text in portion(),
        to in prop::collection::btree_set(prop::sample::select(vec!["JOR", "GBR", "AFG", "USA", "FRA"]), 1..3),
        whole in any::<bool>(),
    ) {
        let scheme = UsIc::ic_2016();
        let to: BTreeSet<Entity> = to.into_iter().map(Entity::new).collect();
        let list = if whole { CopyList::Whole } else { CopyList::Receivers };
        let written = scheme.check(&text, MarkKind::Portion, None).marking.unwrap().label;
        if let Ok(copy) = released_mark(&scheme, &text, &to, list) {
            let bare = |label: &Label| Label { release: Release::Unrestricted, ..label.clone() };
            prop_assert!(bare(&copy.label).dominates(&bare(&written)), "{text} → {}", copy.canonical);
            let (Release::Only(before), Release::Only(after)) = (&written.release, &copy.label.release) else {
                panic!("US marks have lists");
            };
            for receiver in &to {
                prop_assert!(after.full.contains(receiver) || before.display.contains(receiver), "{text} → {}", copy.canonical);
                prop_assert!(!before.display.contains(receiver) || before.full.contains(receiver) || !after.full.contains(receiver),
                    "what was to be shown only is handed over: {text} → {}", copy.canonical);
            }
            for admitted in after.full.difference(&before.full) {
                prop_assert!(to.contains(admitted), "{text} → {}", copy.canonical);
            }
            if !whole {
                // Nobody is told who else has it, but for the owners.
                let named = written.owners.iter().chain(&to).cloned().chain([Entity::new("USA")]).collect();
                prop_assert!(after.full.is_subset(&named), "{text} → {}", copy.canonical);
            }
            let read = scheme.check(&copy.canonical, MarkKind::Portion, None);
            prop_assert_eq!(read.marking, Some(copy));
        }
    }

    #[test]
    fn an_unknown_token_never_opens_anything(text in portion(), word in "[A-Z]{4,9}", at in 0usize..6) {
        let scheme = UsIc::ic_2016();
        let inner = text.trim_matches(['(', ')']);
        let mut parts: Vec<&str> = inner.split("//").collect();
        parts.insert(at.min(parts.len()).max(1), &word);
        let text = format!("({})", parts.join("//"));
        let checked = scheme.check(&text, MarkKind::Portion, None);
        if !checked.is_valid() {
            prop_assert_eq!(checked.label(&text).release, Release::nobody());
            prop_assert!(scheme.rollup(&[&text], None).banner.is_none());
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}", mark in "[(/A-Z, \\-0-9)]{0,60}") {
        let scheme = UsIc::dodm_5200_01();
        for text in [&text, &mark] {
            for kind in [MarkKind::Banner, MarkKind::Portion] {
                let checked = scheme.check(text, kind, Some("SECRET//NOFORN"));
                for finding in checked.findings {
                    prop_assert!(finding.start <= finding.end && finding.end <= text.len());
                }
                scheme.explain(text, kind);
            }
            scheme.rollup(&[text], None);
        }
    }
}

#[test]
fn each_validity_rule_is_found_at_its_place() {
    let scheme = UsIc::ic_2016();
    for (kind, text, rule, place) in [
        (MarkKind::Portion, "(U//OC/NF)", "us-ic.orcon.classified", "OC"),
        (
            MarkKind::Portion,
            "(S//NF/REL TO USA, GBR)",
            "us-ic.fdr.noforn-rel",
            "NF",
        ),
        (
            MarkKind::Portion,
            "(S//OC/REL TO USA, GBR/RELIDO)",
            "us-ic.orcon.relido",
            "RELIDO",
        ),
        (MarkKind::Portion, "(S//SI-G//OC/NF)", "us-ic.si-g.top-secret", "SI-G"),
        (MarkKind::Portion, "(TS//SI-G//NF)", "us-ic.si-g.orcon", "SI-G"),
        (
            MarkKind::Portion,
            "(TS//HCS-P//REL TO USA, GBR)",
            "us-ic.hcs.noforn",
            "HCS-P",
        ),
        (MarkKind::Portion, "(C//TK//NF)", "us-ic.tk.level", "TK"),
        (MarkKind::Portion, "(TS//RSV//NF)", "us-ic.rsv.compartment", "RSV"),
        (MarkKind::Portion, "(U//RD//NF)", "us-ic.aea.classified", "RD"),
        (MarkKind::Portion, "(S//DCNI//NF)", "us-ic.aea.ucni-classified", "DCNI"),
        (
            MarkKind::Portion,
            "(S//REL TO USA, GBR//XD)",
            "us-ic.nodis.noforn",
            "XD",
        ),
        (
            MarkKind::Portion,
            "(//JOINT S GBR USA)",
            "us-ic.joint.rel",
            "JOINT S GBR USA",
        ),
        (MarkKind::Portion, "(S//NF//SI)", "us-ic.order.category", "SI"),
        (MarkKind::Portion, "(S//NF/OC)", "us-ic.order.controls", "NF/OC"),
        (MarkKind::Portion, "(S//REL TO GBR, USA)", "us-ic.rel.order", "GBR, USA"),
        (MarkKind::Portion, "(S//REL TO USA)", "us-ic.rel.others", "USA"),
        (
            MarkKind::Portion,
            "(S//REL TO USA,GBR)",
            "us-ic.list.separator",
            "USA,GBR",
        ),
        (MarkKind::Portion, "(S//REL TO USA, QQQ)", "us-ic.list.unknown", "QQQ"),
        (MarkKind::Portion, "(S//NOFRON)", "us-ic.token.unknown", "NOFRON"),
        (MarkKind::Portion, "(S//NOFORN)", "us-ic.token.form", "NOFORN"),
        (MarkKind::Portion, "S//NF", "us-ic.syntax.portion", "S//NF"),
        (MarkKind::Portion, "(s//nf)", "us-ic.syntax.case", "(s//nf)"),
        (MarkKind::Portion, "(S//NF//NF)", "us-ic.syntax.duplicate", "NF"),
        (MarkKind::Portion, "(S////NF)", "us-ic.syntax.empty-category", ""),
        (MarkKind::Portion, "(Ѕ//NF)", "us-ic.syntax.character", "Ѕ"),
        (MarkKind::Banner, "TS//NOFORN", "us-ic.class.unknown", "TS"),
        (
            MarkKind::Banner,
            "SECRET//SI-C-A//NOFORN",
            "us-ic.order.names",
            "SI-C-A",
        ),
    ] {
        let checked = scheme.check(text, kind, None);
        let found = checked.findings.iter().find(|finding| finding.rule == rule);
        let found = found.unwrap_or_else(|| panic!("{text}: {rule} expected, got {:#?}", checked.findings));
        assert!(found.is_error() && !checked.is_valid(), "{text}");
        assert_eq!(&text[found.start..found.end], place, "{text}: {rule}");
        assert!(!found.source.is_empty());
    }
}

#[test]
fn dod_rules_are_those_of_its_manual() {
    let (ic, dod) = (UsIc::ic_2016(), UsIc::dodm_5200_01());
    let many = "TOP SECRET//SAR-AA/BB/CC//NOFORN";
    assert!(ic.check(many, MarkKind::Banner, None).is_valid());
    let found = dod.check(many, MarkKind::Banner, None).findings;
    assert_eq!(
        (found[0].rule.as_str(), found[0].source.contains("para. 7.e")),
        ("dodm.7e", true)
    );
    assert!(dod.check("(S//NF//ACCM-TULIP)", MarkKind::Portion, None).is_valid());
    assert!(!ic.check("(S//NF//ACCM-TULIP)", MarkKind::Portion, None).is_valid());
}

/// Any label at all, of any scheme.
fn label() -> impl Strategy<Value = Label> {
    let set = |letters: &'static str| {
        prop::collection::btree_set(prop::sample::select(letters.split(' ').collect::<Vec<_>>()), 0..3)
    };
    let release = prop_oneof![
        Just(Release::Unrestricted),
        (set("USA GBR DEU"), set("IRQ AFG GBR")).prop_map(|(full, shown)| Release::with_display(
            full.into_iter().map(Entity::new),
            shown.into_iter().map(Entity::new)
        )),
    ];
    let levels = prop::collection::btree_map(prop::sample::select(vec!["a", "b"]), 0u16..4, 0..3);
    (
        levels,
        set("x y z"),
        set("p q"),
        release,
        0usize..5,
        0usize..3,
        set("k l"),
        prop::option::of(set("m n")),
        (set("m n"), prop::option::of(set("m n"))),
    )
        .prop_map(
            |(levels, required, any, release, circle, control, caveats, only, (barred, open))| Label {
                levels: levels
                    .into_iter()
                    .map(|(scheme, rank)| {
                        (
                            SchemeId::new(scheme),
                            Level {
                                rank,
                                name: rank.to_string(),
                            },
                        )
                    })
                    .collect(),
                required: required.into_iter().map(Category::new).collect(),
                any_of: [any.into_iter().map(Category::new).collect::<BTreeSet<_>>()]
                    .into_iter()
                    .filter(|g| !g.is_empty())
                    .collect(),
                release,
                circle: [
                    Circle::Anyone,
                    Circle::Community,
                    Circle::Clients,
                    Circle::Organisation,
                    Circle::Named,
                ][circle],
                control: [Control::None, Control::Government, Control::Originator][control],
                purposes: Purposes {
                    only: only.map(|s| s.into_iter().map(Into::into).collect()),
                    barred: barred.into_iter().map(Into::into).collect(),
                    open: open.map(|s| s.into_iter().map(Into::into).collect()),
                },
                caveats: caveats.into_iter().map(Caveat::new).collect(),
                ..Label::unrestricted()
            },
        )
}

proptest! {
    #[test]
    fn labels_form_a_lattice(a in label(), b in label(), c in label()) {
        prop_assert!(a.join(&b).dominates(&a) && a.join(&b).dominates(&b), "the join is an upper bound");
        prop_assert_eq!(a.join(&b), b.join(&a));
        prop_assert_eq!(a.join(&b).join(&c), a.join(&b.join(&c)));
        prop_assert_eq!(&a.join(&a), &a);
        prop_assert_eq!(&a.join(&Label::unrestricted()), &a);
        if c.dominates(&a) && c.dominates(&b) {
            prop_assert!(c.dominates(&a.join(&b)), "the join is the least upper bound");
        }
    }
}

#[test]
fn unclassified_foreign_information_does_not_travel_under_another_portions_list() {
    let rollup = UsIc::ic_2016().rollup(&["(U//FGI)", "(C//REL TO USA, GBR)"], None);
    assert_eq!(rollup.banner.expect("a banner").canonical, "CONFIDENTIAL//FGI//NOFORN");
}
