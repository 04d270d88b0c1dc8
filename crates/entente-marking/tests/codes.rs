//! TLP, PAP and Europol codes: one line a case, and the laws of roll-up.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use entente_marking::{Circle, Control, Effect, MarkKind, Purpose, Scheme, codes};
use proptest::prelude::*;

fn schemes() -> [Box<dyn Scheme>; 3] {
    [
        Box::new(codes::tlp()),
        Box::new(codes::pap()),
        Box::new(codes::europol()),
    ]
}

#[test]
fn marks_as_people_type_them() {
    use MarkKind::{Banner, Portion};
    // Scheme, text, kind, canonical form, whether valid.
    let cases: [(usize, &str, MarkKind, Option<&str>, bool); 24] = [
        (0, "TLP:AMBER", Banner, Some("TLP:AMBER"), true),
        (0, "(TLP:AMBER)", Portion, Some("(TLP:AMBER)"), true),
        (0, "tlp amber", Banner, Some("TLP:AMBER"), true),
        (0, "TLP: amber + strict", Banner, Some("TLP:AMBER+STRICT"), true),
        (0, "TLP-AMBER STRICT", Banner, Some("TLP:AMBER+STRICT"), true),
        (0, "TLP:WHITE", Banner, Some("TLP:CLEAR"), true),
        (0, "TLP:AMBR", Banner, Some("TLP:AMBER"), false),
        (0, "TLP:PURPLE", Banner, None, false),
        (0, "AMBER", Banner, None, false),
        (0, "TLPRED", Banner, None, false),
        (0, "(TLP:RED", Portion, None, false),
        (0, "TLP:RED GREEN", Banner, None, false),
        (1, "PAP:RED", Banner, Some("PAP:RED"), true),
        (1, "(pap:white)", Portion, Some("(PAP:CLEAR)"), true),
        (2, "H1", Banner, Some("H1"), true),
        (2, "h2, h1", Banner, Some("H1/H2"), true),
        (2, "(B2 H0/H1)", Portion, Some("(B2 H0/H1)"), true),
        (
            2,
            "H3: not before the trial",
            Banner,
            Some("H3: not before the trial"),
            true,
        ),
        (2, "H1 H3 until May", Banner, Some("H1/H3: until May"), true),
        (2, "H3", Banner, None, false),
        (2, "H4", Banner, None, false),
        (2, "A1", Banner, None, false),
        (2, "A5 H1", Banner, None, false),
        (2, "", Banner, None, false),
    ];
    let schemes = schemes();
    for (scheme, text, kind, canonical, valid) in cases {
        let checked = schemes[scheme].check(text, kind, None);
        assert_eq!(checked.canonical.as_deref(), canonical, "{text}");
        assert_eq!(checked.is_valid(), valid, "{text}");
        assert_eq!(checked.findings.is_empty(), valid && canonical == Some(text), "{text}");
    }
}

#[test]
fn meanings() {
    let [tlp, pap, europol] = schemes();
    let label = |scheme: &dyn Scheme, text: &str| scheme.check(text, MarkKind::Banner, None).marking.unwrap().label;
    let circles = [
        ("TLP:CLEAR", Circle::Anyone),
        ("TLP:GREEN", Circle::Community),
        ("TLP:AMBER", Circle::Clients),
        ("TLP:AMBER+STRICT", Circle::Organisation),
        ("TLP:RED", Circle::Named),
    ];
    for (text, circle) in circles {
        assert_eq!(label(tlp.as_ref(), text).circle, circle, "{text}");
    }
    let purposes = ["passive", "passive-cross-check", "active", "anything"];
    for (text, allowed) in [("PAP:RED", 1), ("PAP:AMBER", 2), ("PAP:GREEN", 3), ("PAP:CLEAR", 4)] {
        let label = label(pap.as_ref(), text);
        let count = purposes
            .iter()
            .filter(|purpose| label.purposes.allow(&Purpose::new(**purpose)))
            .count();
        assert_eq!(count, allowed, "{text}");
    }
    let allows = |text: &str, purpose: &str| label(europol.as_ref(), text).purposes.allow(&Purpose::new(purpose));
    assert!(allows("H0", "crime-prevention") && !allows("H0", "immigration"));
    assert!(allows("H1", "crime-prevention") && !allows("H1", "judicial-proceedings"));
    // What the scheme does not list is not open, whatever it is called.
    for purpose in [
        "evidence-in-court",
        "Judicial-Proceedings",
        "immigration",
        "crime-prevention ",
    ] {
        for code in ["H0", "H1", "H0/H1", "B2 H1", "H1/H2"] {
            assert!(!allows(code, purpose), "{code} for {purpose}");
        }
    }
    assert_eq!(label(europol.as_ref(), "H2").control, Control::Originator);
    assert_eq!(label(europol.as_ref(), "H3: x").control, Control::Originator);
}

#[test]
fn b17_gradings_are_data_and_codes_are_to_be_observed() {
    let [.., europol] = schemes();
    let caveats = |text: &str| -> Vec<String> {
        let label = europol.check(text, MarkKind::Portion, None).marking.unwrap().label;
        label.caveats.iter().map(ToString::to_string).collect()
    };
    let h1 = "H1: not as evidence in judicial proceedings without the provider's permission";
    let h2 = "H2: not to be passed on without the provider's permission";
    assert_eq!(caveats("(A1 H0)"), ["H0: only for preventing and combating crime"]);
    assert_eq!(caveats("(B2 H1)"), caveats("(H1)"));
    assert_eq!(caveats("(X4 H1/H2)"), [h1, h2]);
    assert_eq!(
        caveats("(C3 H3: not before the trial; ask first)"),
        ["H3: ask first", "H3: not before the trial"]
    );
    let effects = |text: &str| -> Vec<Effect> {
        let tokens = europol.explain(text, MarkKind::Portion);
        tokens.iter().map(|token| token.effect).collect()
    };
    assert_eq!(effects("(B2 H1)"), [Effect::Grading, Effect::Purpose]);
}

#[test]
fn explained_tokens_are_those_of_the_text() {
    let text = "(B2 H1/H3: until May)";
    let tokens = codes::europol().explain(text, MarkKind::Portion);
    let words: Vec<&str> = tokens.iter().map(|token| token.token.as_str()).collect();
    assert_eq!(words, ["B2", "H1", "H3"]);
    assert!(tokens.iter().all(|token| text[token.start..token.end] == token.token));
}

const PORTIONS: [&[&str]; 3] = [
    &[
        "(TLP:CLEAR)",
        "(TLP:GREEN)",
        "(TLP:AMBER)",
        "(TLP:AMBER+STRICT)",
        "(TLP:RED)",
    ],
    &["(PAP:CLEAR)", "(PAP:GREEN)", "(PAP:AMBER)", "(PAP:RED)"],
    &["(H0)", "(B2 H1)", "(H1/H2)", "(H3: a)", "(X4 H0/H3: b; c)"],
];

proptest! {
    #[test]
    fn a_banner_is_as_strict_as_each_portion_in_any_order(
        scheme in 0_usize..3, picks in prop::collection::vec(0_usize..60, 1..6)
    ) {
        let of = &schemes()[scheme];
        let mut portions: Vec<&str> = picks.iter().map(|pick| PORTIONS[scheme][pick % PORTIONS[scheme].len()]).collect();
        let banner = of.rollup(&portions, None).banner.unwrap();
        for portion in &portions {
            let label = of.check(portion, MarkKind::Portion, None).marking.unwrap().label;
            prop_assert!(banner.label.at_least_as_strict_as(&label), "{} < {}", banner.canonical, portion);
        }
        portions.reverse();
        let reversed = of.rollup(&portions, None).banner;
        prop_assert_eq!(reversed.as_ref(), Some(&banner));
        let again = of.check(&banner.canonical, MarkKind::Banner, None).marking;
        prop_assert_eq!(again, Some(banner));
    }

    #[test]
    fn no_text_panics(
        text in prop_oneof!["\\PC{0,20}", "[(H123TLP:/; é)]{0,12}", "\\(?(TLP|H3|pap)[:+ ß]{0,3}[A-Z]{0,6}\\)?"],
        portion in any::<bool>()
    ) {
        let kind = if portion { MarkKind::Portion } else { MarkKind::Banner };
        for scheme in schemes() {
            let checked = scheme.check(&text, kind, None);
            let spans = scheme.explain(&text, kind);
            prop_assert!(spans.iter().all(|token| token.end <= text.len()));
            prop_assert!(checked.findings.iter().all(|finding| finding.start <= finding.end));
            scheme.rollup(&[text.as_str()], None);
        }
    }
}
