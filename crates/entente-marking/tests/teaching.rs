//! Explanations that teach: how a token rolls up, what it excludes, and the valid marks nearest to a faulty one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use entente_marking::us::UsIc;
use entente_marking::{MarkKind, Scheme, SchemeId, builtin};

#[test]
fn the_nearest_valid_marks_are_valid() {
    let schemes = builtin::schemes();
    for (id, kind, faulty, nearest) in [
        ("us-ic", MarkKind::Portion, "(//NATO S)", vec!["(//NS)"]),
        ("us-ic", MarkKind::Portion, "(//NATO TS)", vec!["(//CTS)"]),
        (
            "us-ic",
            MarkKind::Portion,
            "(S//REL TO GBR, USA)",
            vec!["(S//REL TO USA, GBR)"],
        ),
        ("us-ic", MarkKind::Portion, "(S//NOFORN)", vec!["(S//NF)"]),
        ("us-ic", MarkKind::Portion, "s//nf", vec!["(S//NF)"]),
        ("us-ic", MarkKind::Banner, "SECRET//NOFRON", vec!["SECRET//NOFORN"]),
        ("us-ic", MarkKind::Portion, "(S//NF)", vec![]),
        ("us-ic", MarkKind::Portion, "(S//QQQQQQQQ)", vec![]),
        // One `/`, a dash or a space where `//` belongs.
        ("us-ic", MarkKind::Portion, "(S/NF)", vec!["(S//NF)"]),
        (
            "us-ic",
            MarkKind::Portion,
            "(TS/SI//REL TO GBR)",
            vec!["(TS//SI//REL TO USA, GBR)"],
        ),
        ("us-ic", MarkKind::Banner, "SECRET - NOFORN", vec!["SECRET//NOFORN"]),
        ("us-ic", MarkKind::Portion, "(SECRET//NOFORN)", vec!["(S//NF)"]),
        ("us-ic", MarkKind::Portion, "(S//SAP-BP//NF)", vec!["(S//SAR-BP//NF)"]),
        // Parts that do not go together: one thing more, a higher level, one thing less.
        (
            "us-ic",
            MarkKind::Banner,
            "TOP SECRET//HCS//ORCON",
            vec!["TOP SECRET//HCS//ORCON/NOFORN"],
        ),
        (
            "us-ic",
            MarkKind::Portion,
            "(S//SI-G//OC/NF)",
            vec!["(TS//SI-G//OC/NF)"],
        ),
        (
            "us-ic",
            MarkKind::Portion,
            "(C//TK//NF)",
            vec!["(S//TK//NF)", "(TS//TK//NF)"],
        ),
        (
            "us-ic",
            MarkKind::Banner,
            "SECRET//NOFORN/REL TO USA, GBR",
            vec!["SECRET//NOFORN", "SECRET//REL TO USA, GBR"],
        ),
        ("us-ic", MarkKind::Portion, "(S//FOUO/NF)", vec!["(S//NF)"]),
        ("uk", MarkKind::Banner, "SECRET", vec!["UK SECRET"]),
        ("uk", MarkKind::Banner, "OFFICIAL SENSITIVE", vec!["OFFICIAL-SENSITIVE"]),
        ("eu", MarkKind::Banner, "EU SECRET", vec!["SECRET UE/EU SECRET"]),
        (
            "fra",
            MarkKind::Banner,
            "TRÈS SECRET - SPÉCIAL FRANCE",
            vec!["TRÈS SECRET SPÉCIAL FRANCE"],
        ),
        ("nato", MarkKind::Banner, "NATO SECRET Releasable to Atlantis", vec![]),
        ("tlp", MarkKind::Banner, "TLP:AMBR", vec!["TLP:AMBER"]),
        ("nato", MarkKind::Banner, "NATO SECRT", vec!["NATO SECRET"]),
    ] {
        let scheme = schemes.get(&SchemeId::new(id), None).unwrap();
        let found = scheme.nearest(faulty, kind);
        assert_eq!(found, nearest, "{faulty}");
        assert!(found.iter().all(|mark| scheme.check(mark, kind, None).is_valid()));
    }
}

#[test]
fn a_faulty_mark_of_a_policy_says_what_of_it_is_understood() {
    for (id, mark, message) in [
        (
            "nato",
            "NATO SECRET Releasable to Atlantis",
            "`Releasable to Atlantis` is not understood behind `NATO SECRET` of NATO",
        ),
        (
            "uk",
            "OFFICIAL-SENSITIVE COMMERCIAL",
            "`COMMERCIAL` is not understood behind `OFFICIAL-SENSITIVE` of UK",
        ),
        (
            "uk",
            "CONFIDENTIAL",
            "this is not a marking of UK; its levels are UK TOP SECRET, UK SECRET, OFFICIAL",
        ),
    ] {
        let scheme = builtin::schemes().get(&SchemeId::new(id), None).unwrap();
        let checked = scheme.check(mark, MarkKind::Banner, None);
        assert_eq!(checked.findings[0].message, message);
    }
}

#[test]
fn what_a_word_excludes_is_what_a_check_refuses() {
    let scheme = UsIc::ic_2016();
    let tokens = scheme.explain("(S//NF)", MarkKind::Portion);
    let noforn = tokens.iter().find(|token| token.token == "NF").unwrap();
    assert_eq!(
        noforn.excludes,
        ["DISPLAY ONLY", "EYES ONLY", "LES-NF", "REL TO", "RELIDO", "SBU-NF"]
    );
    assert_eq!(noforn.rolls_up, "one portion makes the banner NOFORN");
    let exdis = scheme.explain("UNCLASSIFIED//NOFORN//EXDIS", MarkKind::Banner);
    assert!(
        exdis
            .iter()
            .all(|token| !token.rolls_up.is_empty() && !token.source.is_empty())
    );
    for (scheme, mark) in [
        ("nato", "(NS REL UKR)"),
        ("europol", "H1"),
        ("pap", "PAP:RED"),
        ("fra", "SECRET SPÉCIAL FRANCE"),
    ] {
        let scheme = builtin::schemes().get(&SchemeId::new(scheme), None).unwrap();
        let kind = if mark.starts_with('(') {
            MarkKind::Portion
        } else {
            MarkKind::Banner
        };
        assert!(
            scheme
                .explain(mark, kind)
                .iter()
                .all(|token| !token.rolls_up.is_empty()),
            "{mark}"
        );
    }
}

#[test]
fn levels_are_found_in_the_schemes_own_words() {
    for (id, word, rank) in [
        ("nato", "NS", 3),
        ("nato", "COSMIC TOP SECRET", 4),
        ("nato", "NU", 0),
        ("eu", "R-UE/EU-R", 1),
        ("uk", "UK SECRET", 3),
        ("deu", "VS-NfD", 1),
        ("fra", "TRÈS SECRET", 4),
        ("us-ic", "TS", 4),
        ("us-ic", "SECRET", 3),
    ] {
        let level = builtin::schemes().get(&SchemeId::new(id), None).unwrap().level(word);
        assert_eq!(level.map(|level| level.rank), Some(rank), "{id} {word}");
    }
    assert!(
        builtin::schemes()
            .get(&SchemeId::new("nato"), None)
            .unwrap()
            .level("GEHEIM")
            .is_none()
    );
}
