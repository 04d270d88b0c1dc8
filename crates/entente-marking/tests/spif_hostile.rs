//! Malformed and hostile policies and labels are refused with place and remedy; nothing panics.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use entente_marking::spif::{BUILTIN, Policy, SpifScheme, builtin_policies};
use entente_marking::{MarkKind, Scheme, stanag};
use proptest::prelude::*;

const HEAD: &str = "<s:SPIF xmlns:s=\"http://www.xmlspif.org/spif\">\n<s:securityPolicyId name=\"T\" id=\"1.2\"/>\n";

/// A policy with two classifications and these categories in one restrictive tag.
fn policy(classes: &str, values: &str) -> String {
    format!(
        "{HEAD}<s:securityClassifications>{classes}</s:securityClassifications>\n\
         <s:securityCategoryTagSets><s:securityCategoryTagSet name=\"C\" id=\"1.2.3\">\
         <s:securityCategoryTag name=\"C\" tagType=\"restrictive\">{values}</s:securityCategoryTag>\
         </s:securityCategoryTagSet></s:securityCategoryTagSets></s:SPIF>"
    )
}

const TWO: &str = "<s:securityClassification name=\"A\" lacv=\"1\" hierarchy=\"1\"/>\
                   <s:securityClassification name=\"B\" lacv=\"2\" hierarchy=\"2\"/>";

fn needs(name: &str, lacv: u32, other: u32) -> String {
    format!(
        "<s:tagCategory name=\"{name}\" lacv=\"{lacv}\"><s:requiredCategory operation=\"all\">\
         <s:categoryGroup tagSetRef=\"C\" tagType=\"restrictive\" lacv=\"{other}\"/></s:requiredCategory></s:tagCategory>"
    )
}

#[test]
fn faulty_policies_are_refused_with_line_and_reason() {
    let value = |inner: &str| {
        policy(
            TWO,
            &format!("<s:tagCategory name=\"X\" lacv=\"1\">{inner}</s:tagCategory>"),
        )
    };
    let circle = [needs("X", 1, 2), needs("Y", 2, 1)].concat();
    let class = |attributes: &str| policy(&format!("{TWO}<s:securityClassification {attributes}/>"), "");
    let cases: [(&str, String); 17] = [
        (
            "excludedClass \"A\" is given twice",
            value("<s:excludedClass>A</s:excludedClass><s:excludedClass>A</s:excludedClass>"),
        ),
        (
            "classification \"Z\" is not defined",
            value("<s:excludedClass>Z</s:excludedClass>"),
        ),
        ("category \"C 9\" is not defined", policy(TWO, &needs("X", 1, 9))),
        ("stands on a circle", policy(TWO, &circle)),
        ("stands on a circle", policy(TWO, &needs("X", 1, 1))),
        (
            "classification name \"a\" is given twice",
            class("name=\"a\" lacv=\"3\" hierarchy=\"3\""),
        ),
        (
            "classification lacv \"1\" is given twice",
            class("name=\"D\" lacv=\"1\" hierarchy=\"3\""),
        ),
        ("hierarchy is missing", class("name=\"D\" lacv=\"3\"")),
        (
            "hierarchy 70000 is too high",
            class("name=\"D\" lacv=\"3\" hierarchy=\"70000\""),
        ),
        (
            "lacv \"-1\" is not a number",
            class("name=\"D\" lacv=\"-1\" hierarchy=\"1\""),
        ),
        ("lacv in this tag set and tag type \"1\" is given twice", {
            policy(
                TWO,
                "<s:tagCategory name=\"X\" lacv=\"1\"/><s:tagCategory name=\"Y\" lacv=\"1\"/>",
            )
        }),
        (
            "tagType \"secret\" is not known",
            policy(TWO, "").replace("\"restrictive\"", "\"secret\""),
        ),
        (
            "code \"shout\" is not known",
            value("<s:markingData><s:code>shout</s:code></s:markingData>"),
        ),
        ("the element \"onlyFor\" is not known here", value("<s:onlyFor/>")),
        ("is not an XML SPIF", "<s:SPIF xmlns:s=\"urn:other\"/>".to_owned()),
        (
            "declared equivalent to itself",
            policy(TWO, "").replace(
                "<s:securityClassifications>",
                "<s:equivalentPolicies><s:equivalentPolicy name=\"T\" id=\"1.2\"/></s:equivalentPolicies>\
                 <s:securityClassifications>",
            ),
        ),
        (
            "equivalent policy \"U\" is not defined",
            value("<s:equivalentSecCategoryTag policyRef=\"U\" tagSetId=\"1.9\" tagType=\"restrictive\" lacv=\"1\"/>"),
        ),
    ];
    for (reason, text) in cases {
        let error = Policy::from_xml(&text).expect_err(reason);
        assert!(error.reason.contains(reason), "expected {reason:?}, got {error}");
        assert!(
            error.line >= 1 && error.column >= 1 && !error.remedy.is_empty(),
            "{error}"
        );
    }
    assert!(Policy::from_xml(&policy(TWO, "<s:tagCategory name=\"X\" lacv=\"1\"/>")).is_ok());
}

#[test]
fn the_place_is_that_of_the_fault() {
    let text = policy(
        TWO,
        "\n  <s:tagCategory name=\"X\" lacv=\"1\"/>\n  <s:tagCategory name=\"X\" lacv=\"2\"/>",
    );
    let error = Policy::from_xml(&text).unwrap_err();
    assert_eq!((error.line, error.column), (6, 3), "{error}");
}

#[test]
fn entity_expansion_is_refused() {
    let bomb = "<!DOCTYPE s [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><s>&b;</s>";
    let error = Policy::from_xml(bomb).unwrap_err();
    assert!(error.remedy.contains("document type"), "{error}");
    assert!(stanag::read_xml(bomb).unwrap_err().remedy.contains("document type"));
}

#[test]
fn size_depth_and_count_are_bounded() {
    let big = format!("{HEAD}{}</s:SPIF>", " ".repeat(5 << 20));
    assert!(Policy::from_xml(&big).unwrap_err().reason.contains("bytes"));
    for (open, close) in [("<a>", "</a>"), ("<a b='>'>", "</a>"), ("<!-- <b ' --><a>", "</a>")] {
        let deep = format!("{}{}", open.repeat(100_000), close.repeat(100_000));
        assert!(Policy::from_xml(&deep).unwrap_err().reason.contains("deeper"), "{open}");
        assert!(stanag::read_xml(&deep).unwrap_err().reason.contains("deeper"), "{open}");
    }
    let sets: String = (0..600)
        .map(|n| format!("<s:securityCategoryTagSet name=\"S{n}\" id=\"1.2.9.{n}\"/>"))
        .collect();
    let many = policy(TWO, "").replace(
        "</s:securityCategoryTagSets>",
        &format!("{sets}</s:securityCategoryTagSets>"),
    );
    assert!(Policy::from_xml(&many).unwrap_err().reason.contains("too many"));
    let wide = format!("<a>{}</a>", "<b/>".repeat(300_000));
    assert!(Policy::from_xml(&wide).is_err());
    // F5: the parser compares each attribute with all others, so their number is bounded before it begins.
    for (before, after) in [("<a ", "/>"), ("<a><!-- > --><b ", "></b></a>"), ("<a ", "")] {
        let attributes: String = (0..200_000).map(|n| format!("a{n}='>' ")).collect();
        let many = format!("{before}{attributes}{after}");
        assert!(
            Policy::from_xml(&many).unwrap_err().reason.contains("attributes"),
            "{before}"
        );
        assert!(
            stanag::read_xml(&many).unwrap_err().reason.contains("attributes"),
            "{before}"
        );
    }
    let json = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(stanag::read_json(&json).is_err());
}

const LABEL: &str = "<l:originatorConfidentialityLabel xmlns:l=\"urn:nato:stanag:4774:confidentialitymetadatalabel:1:0\" \
    ReviewDateTime=\"2030-01-01T00:00:00Z\"><l:ConfidentialityInformation>\
    <l:PolicyIdentifier URI=\"urn:oid:1.2\">T</l:PolicyIdentifier><l:Classification>A</l:Classification>\
    <l:PrivacyMark>STAFF</l:PrivacyMark>\
    <l:Category TagName=\"C\" Type=\"PERMISSIVE\"><l:GenericValue>X</l:GenericValue><l:CountryCode>USA</l:CountryCode></l:Category>\
    </l:ConfidentialityInformation><l:CreationDateTime>2026-11-21T00:00:00Z</l:CreationDateTime>\
    <l:SuccessionHandling><l:SuccessionDateTime>2031-01-01T00:00:00Z</l:SuccessionDateTime>\
    <l:SuccessorConfidentialityLabel><l:PolicyIdentifier>T</l:PolicyIdentifier><l:Classification>B</l:Classification>\
    </l:SuccessorConfidentialityLabel></l:SuccessionHandling></l:originatorConfidentialityLabel>";

#[test]
fn a_full_label_survives() {
    let label = stanag::read_xml(LABEL).unwrap().label;
    assert_eq!(label.policy.id.as_deref(), Some("1.2"));
    assert_eq!(label.succession.as_ref().unwrap().label.classification, "B");
    assert_eq!(stanag::read_xml(&stanag::write_xml(&label)).unwrap().label, label);
    let other = stanag::write_xml_as(&label, stanag::LabelKind::Alternative);
    assert_eq!(stanag::read_xml(&other).unwrap().kind, stanag::LabelKind::Alternative);
}

#[test]
fn faulty_labels_are_refused() {
    let cases = [
        ("4774:confidentialitymetadatalabel:1:0", "4774:other", "namespace"),
        ("PERMISSIVE", "permissive", "Type"),
        ("l:PrivacyMark", "l:Secret", "not known here"),
        (
            "<l:GenericValue>X",
            "<l:GenericValue>USA</l:GenericValue><l:GenericValue>USA",
            "given twice",
        ),
        (
            "<l:Classification>A",
            "<l:Classification>A</l:Classification><l:Classification>B",
            "given twice",
        ),
        ("<l:Classification>A</l:Classification>", "", "missing"),
        ("2026-11-21T00:00:00Z", "yesterday", "not a moment"),
        (
            "originatorConfidentialityLabel",
            "originatorLabel",
            "not a confidentiality label",
        ),
    ];
    for (from, to, reason) in cases {
        let error = stanag::read_xml(&LABEL.replace(from, to)).expect_err(reason);
        assert!(error.reason.contains(reason), "{error}");
    }
    let good = r#"{"ocl":{"pol":"T","cls":"A","catl":[{"type":"P","name":"Releasable To","vals":["usa"]}],"dcr":"2026-11-21T00:00:00Z"},"context":{"@base":"urn:x"}}"#;
    let (label, base) = stanag::read_json(good).unwrap();
    assert_eq!(base.as_deref(), Some("urn:x"));
    assert_eq!(stanag::write_json(&label, Some("urn:x")), good);
    for (from, to) in [
        ("\"P\"", "\"Q\""),
        ("\"cls\"", "\"class\""),
        ("[\"usa\"]", "[]"),
        ("[\"usa\"]", "[\"a\",\"a\"]"),
    ] {
        assert!(stanag::read_json(&good.replace(from, to)).is_err(), "{to}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_text_panics(text in "\\PC{0,60}", kind in prop_oneof![Just(MarkKind::Banner), Just(MarkKind::Portion)]) {
        let _ = Policy::from_xml(&text);
        let _ = stanag::read_xml(&text);
        let _ = stanag::read_json(&text);
        for policy in builtin_policies() {
            let scheme = SpifScheme::new(policy);
            prop_assert_eq!(scheme.check(&text, kind, None).marking, None);
            prop_assert!(scheme.explain(&text, kind).iter().all(|token| token.end <= text.len()));
        }
    }

    #[test]
    fn no_damage_panics(file in 0_usize..4, cut in 0_usize..20_000, junk in "[<>/\"a=& ]{0,3}") {
        let text = BUILTIN[file].1;
        let cut = (0..=cut % text.len()).rev().find(|place| text.is_char_boundary(*place)).unwrap_or(0);
        let _ = Policy::from_xml(&format!("{}{junk}{}", &text[..cut], &text[cut..]));
        let _ = Policy::from_xml(&text[..cut]);
        let place = cut % LABEL.len();
        let _ = stanag::read_xml(&format!("{}{junk}{}", &LABEL[..place], &LABEL[place..]));
    }

    #[test]
    fn no_mark_panics(words in prop::collection::vec(prop::sample::select(WORDS), 0..8), portion in any::<bool>()) {
        let text = words.concat();
        let (text, kind) = if portion { (format!("({text})"), MarkKind::Portion) } else { (text, MarkKind::Banner) };
        for policy in builtin_policies() {
            let scheme = SpifScheme::new(policy);
            let checked = scheme.check(&text, kind, None);
            scheme.explain(&text, kind);
            scheme.rollup(&[text.as_str()], None);
            if let Some(marking) = checked.marking {
                let again = scheme.check(&marking.canonical, kind, None).marking;
                prop_assert_eq!(again, Some(marking));
            }
        }
    }
}

const WORDS: &[&str] = &[
    "ALLIANCE",
    "REALM",
    "PINNACLE",
    "TLP",
    ":",
    "RED",
    " ",
    "SECRET",
    "TOP SECRET",
    "(",
    ")",
    "é",
    "Communicable à ",
    "Releasable to ",
    "Ireland",
    ", ",
    "ATOMIC",
    "- ",
    " EYES ONLY",
    "AS",
    "REL ",
    "IRL",
    "TRÈS SECRET",
    "/",
];
