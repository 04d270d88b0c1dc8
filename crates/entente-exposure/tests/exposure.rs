//! Source exposure: the worked example, figures computed by hand, laws, and faults that name their place.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may stop")]

use entente_exposure::{
    Band, Candidate, Claim, Credence, Knowledge, MeasureError, Measures, Register, Threshold, Value, explain, measure,
};
use proptest::prelude::*;
use serde_json::Value as Json;

fn claim(fact: &str, reveals: &str, credence: f64, origin: &str) -> Claim {
    Claim {
        fact: fact.to_owned(),
        reveals: reveals.to_owned(),
        credence: Credence::new(credence).unwrap(),
        origin: Some(origin.to_owned()),
    }
}

fn known(claims: &[Claim]) -> Knowledge {
    Knowledge::default().with(claims).unwrap()
}

/// Equal to as many digits as the expected figure was written with.
fn same(found: f64, expected: &Json) -> bool {
    let text = expected.to_string();
    let digits = text.split('.').nth(1).map_or(0, str::len);
    let half = 0.5000001 * 10f64.powi(-i32::try_from(digits).unwrap());
    (found - expected.as_f64().unwrap()).abs() <= half
}

#[test]
fn the_worked_example_comes_out_to_the_last_digit() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/seeds/source-exposure-example.json"
    );
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: the worked example is not at ../shared/seeds/source-exposure-example.json");
        return;
    };
    let example: Json = serde_json::from_str(&text).unwrap();
    let register = Register::from_json(&text).unwrap();
    let reveals = |fact: &str| example["predicates"][fact].as_str().unwrap().to_owned();
    let mut knowledge = Knowledge::default();
    let mut checked = 0;
    for row in example["expected_hard"].as_array().unwrap() {
        let name = row["known"].as_str().unwrap();
        if let Some(fact) = name.strip_prefix('+') {
            knowledge.learn(&claim(fact, &reveals(fact), 1.0, "o")).unwrap();
        }
        let found = explain(&register, &knowledge).unwrap();
        assert_eq!(Json::from(found.measures.consistent), row["consistent"], "{name}");
        assert!(
            same(found.measures.p_true.unwrap(), &row["p_true"]),
            "{name}: {found:?}"
        );
        assert!(same(found.measures.leak_bits, &row["leak_bits"]), "{name}: {found:?}");
        assert!(
            same(found.attributes["owner"]["P-B"], &row["owner_P-B"]),
            "{name}: {found:?}"
        );
        checked += 1;
    }
    for row in example["expected_soft"].as_array().unwrap() {
        let facts = row["known"].as_object().unwrap().iter();
        let claims: Vec<Claim> = facts
            .map(|(fact, credence)| claim(fact, &reveals(fact), credence.as_f64().unwrap(), "o"))
            .collect();
        let found = explain(&register, &known(&claims)).unwrap();
        for (field, value) in [
            ("p_true", found.measures.p_true.unwrap()),
            ("n_eff", found.measures.n_eff),
        ] {
            assert!(row[field].is_null() || same(value, &row[field]), "{row}: {found:?}");
        }
        let owner = &row["owner_P-B"];
        assert!(
            owner.is_null() || same(found.attributes["owner"]["P-B"], owner),
            "{row}: {found:?}"
        );
        checked += 1;
    }
    assert_eq!(checked, 11);
}

/// Four couriers: two in the harbour, one of them an engineer, who is the source.
const HARBOUR: &str = r#"{
    "candidates": [
        {"id": "A", "attributes": {"place": "harbour", "trade": "engineer"}},
        {"id": "B", "attributes": {"place": "harbour", "trade": "clerk"}},
        {"id": "C", "attributes": {"place": "capital", "trade": "clerk"}},
        {"id": "D", "attributes": {"trade": "clerk"}}
    ],
    "true": "A"
}"#;

#[test]
fn figures_are_those_of_a_calculation_by_hand() {
    let register = Register::from_json(HARBOUR).unwrap();
    let knowledge = known(&[
        claim("F1", "place = 'harbour'", 0.9, "press"),
        claim("F2", "trade = 'engineer'", 0.7, "press"),
    ]);
    // A .9*.7 = .63, B .9*.3 = .27, C .1*.3 = .03, D likewise: .96 in all.
    let found = explain(&register, &knowledge).unwrap();
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} is not {b}: {found:?}");
    close(found.measures.p_true.unwrap(), 0.63 / 0.96);
    close(found.measures.n_eff, 0.96 / 0.63);
    close(found.measures.leak_bits, (4.0 * 0.63f64 / 0.96).log2());
    close(found.attributes["place"]["harbour"], 0.90 / 0.96);
    close(found.attributes["place"]["(not known)"], 0.03 / 0.96);
    assert_eq!(found.measures.consistent, 2, "only the first fact is believed at .85");
    // Without F2, A and B have .45 each; without F1, A has .7 of 1.6.
    close(found.contribution[1].bits, (0.63f64 / 0.96 / 0.45).log2());
    close(
        found.contribution[0].true_bits.unwrap(),
        (0.63f64 / 0.96 / (0.7 / 1.6)).log2(),
    );
    assert!(found.range.low < 0.63 / 0.96 && found.range.high == found.measures.p_true.unwrap());
}

#[test]
fn a_false_report_protects_and_the_source_can_be_more_exposed_while_the_vulnerability_falls() {
    let priors =
        r#"{"candidates": [{"id": "A", "x": 1}, {"id": "B", "x": 0}], "prior": {"A": 0.1, "B": 0.9}, "true": "A"}"#;
    let register = Register::from_json(priors).unwrap();
    let before = measure(&register, &Knowledge::default()).unwrap();
    let after = measure(&register, &known(&[claim("F", "x = 1", 0.7, "o")])).unwrap();
    assert!(after.vulnerability < before.vulnerability && after.p_true > before.p_true);
    let misled = measure(&register, &known(&[claim("F", "x = 0", 0.9, "o")])).unwrap();
    assert!(misled.leak_bits > 0.0 && misled.p_true < before.p_true);
}

#[test]
fn a_source_that_is_not_on_the_list_takes_its_share() {
    let with = HARBOUR.replace("\"true\"", "\"unlisted\": 0.2, \"true\"");
    let register = Register::from_json(&with).unwrap();
    let before = measure(&register, &Knowledge::default()).unwrap();
    assert!((before.p_true.unwrap() - 0.2).abs() < 1e-12 && (before.unlisted - 0.2).abs() < 1e-12);
    let nobody = known(&[claim("F1", "place = 'capital' and trade = 'engineer'", 1.0, "o")]);
    let after = measure(&register, &nobody).unwrap();
    assert_eq!((after.consistent, after.p_true, after.unlisted), (0, Some(0.0), 1.0));
    let listed = Register::from_json(HARBOUR).unwrap();
    assert_eq!(measure(&listed, &nobody), Err(MeasureError::Contradiction));
}

#[test]
fn faults_name_their_place_and_the_remedy() {
    let register = Register::from_json(HARBOUR).unwrap();
    let fault = |reveals: &str| {
        measure(&register, &known(&[claim("F1", reveals, 0.9, "o")]))
            .unwrap_err()
            .to_string()
    };
    insta::assert_snapshot!(fault("plaec = 'harbour'"), @"fact `F1` reveals `plaec = 'harbour'`: condition, column 1: no candidate has an attribute `plaec`; did you mean `place`?");
    insta::assert_snapshot!(fault("trade = 'clerk' and place = 3"), @"fact `F1` reveals `trade = 'clerk' and place = 3`: condition, column 21: `place` holds texts, so that it is never 3; compare it with a value of its kind, such as 'capital'");
    let load = |text: &str| Register::from_json(text).unwrap_err().to_string();
    insta::assert_snapshot!(load(r#"{"candidates": []}"#), @"register: 0 candidates, between 1 and 1000000 fit; list those who could have known");
    insta::assert_snapshot!(load(r#"{"candidates": [{"id": "A"}, {"id": "A"}]}"#), @"register, candidate 2 (`A`): candidate 1 has the same id; give each candidate its own");
    insta::assert_snapshot!(load(r#"{"candidates": [{"id": "A"}], "true": "B"}"#), @"register: the true source `B` is not among the candidates (did you mean `A`?); add it, or leave `true` out and set `unlisted`");
    let read = |text: &str| Knowledge::from_json(text).unwrap_err().to_string();
    insta::assert_snapshot!(read(r#"[{"fact": "F1", "reveals": "place = ", "credence": 0.9}]"#), @"fact `F1`: condition, column 9: a value should stand here; write a text in quotes, a number, `true` or `false`");
    insta::assert_snapshot!(read(r#"[{"fact": "F1", "reveals": "a = 1", "credence": "certain"}]"#), @r#"known facts, line 1, column 58: credence `certain` is none of confirmed, asserted, alleged, denied, unknown, nor a number; expected `[{"fact": …, "reveals": …, "credence": …, "origin": …}]`"#);
}

#[test]
fn a_threshold_holds_what_makes_things_worse_and_nothing_else() {
    let register = Register::from_json(HARBOUR).unwrap();
    let threshold = Threshold::new(2, 0.6).unwrap();
    let at = |claims: &[Claim]| -> Measures { measure(&register, &known(claims)).unwrap() };
    let harbour = claim("F1", "place = 'harbour'", 0.99, "o");
    let engineer = claim("F2", "trade = 'engineer'", 0.99, "o");
    let again = claim("F3", "trade != 'clerk'", 0.99, "o");
    let (nothing, one) = (at(&[]), at(std::slice::from_ref(&harbour)));
    let both = at(&[harbour.clone(), engineer.clone()]);
    assert_eq!(threshold.band(&nothing, &one), Band::Within);
    assert_eq!(threshold.band(&one, &both), Band::Narrows);
    assert_eq!(threshold.band(&both, &both), Band::Within, "it is out already");
    assert_eq!(
        threshold.band(&both, &at(&[harbour, engineer, again])),
        Band::Narrows,
        "a little worse is worse"
    );
    assert!(Threshold::new(1, 0.5).is_err() && Threshold::new(2, 1.0).is_err() && Threshold::new(2, f64::NAN).is_err());
}

/// Candidates with three attributes of few values; the first is the source.
fn registers() -> impl Strategy<Value = Register> {
    let one = (0..3u8, 0..3u8, proptest::option::of(0..2u8), 1..5u8);
    (proptest::collection::vec(one, 1..12), any::<bool>()).prop_map(|(rows, declared)| {
        let candidates = rows.into_iter().enumerate().map(|(n, (a, b, c, prior))| {
            let mut attributes = vec![("a", a), ("b", b)];
            attributes.extend(c.map(|c| ("c", c)));
            Candidate {
                id: format!("S{n}"),
                attributes: (attributes.into_iter())
                    .map(|(name, value)| (name.to_owned(), Value::from(["x", "y", "z"][usize::from(value)])))
                    .collect(),
                prior: declared.then(|| f64::from(prior)),
            }
        });
        Register::new(candidates.collect(), 0.1, Some("S0")).unwrap()
    })
}

fn claims() -> impl Strategy<Value = Vec<Claim>> {
    let one = (0..6usize, 1..100u8, 0..3u8);
    proptest::collection::vec(one, 0..8).prop_map(|list| {
        const REVEALS: [&str; 6] = [
            "a = 'x'",
            "b != 'y'",
            "a in ('x', 'z')",
            "not b = 'z'",
            "a = 'y' or b = 'x'",
            "b = 'x'",
        ];
        (list.into_iter())
            .map(|(n, credence, origin)| {
                claim(
                    &format!("F{n}"),
                    REVEALS[n],
                    f64::from(credence) / 100.0,
                    &format!("o{origin}"),
                )
            })
            .collect()
    })
}

fn near(a: &Measures, b: &Measures) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
    a.consistent == b.consistent
        && close(a.p_true.unwrap(), b.p_true.unwrap())
        && close(a.vulnerability, b.vulnerability)
        && close(a.unlisted, b.unlisted)
}

proptest! {
    #[test]
    fn the_order_of_facts_is_irrelevant((register, claims, seed) in (registers(), claims(), any::<u64>())) {
        // Attributes that nobody has are another test's business.
        prop_assume!(measure(&register, &known(&claims)).is_ok());
        let mut turned = claims.clone();
        turned.sort_by_key(|claim| (u64::from_le_bytes(format!("{:>8}", claim.fact).as_bytes()[..8].try_into().unwrap()) ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        prop_assert!(near(&measure(&register, &known(&claims)).unwrap(), &measure(&register, &known(&turned)).unwrap()));
    }

    #[test]
    fn repeating_one_origins_claim_changes_nothing((register, claims) in (registers(), claims())) {
        prop_assume!(measure(&register, &known(&claims)).is_ok());
        let twice: Vec<Claim> = claims.iter().chain(&claims).cloned().collect();
        prop_assert_eq!(measure(&register, &known(&claims)), measure(&register, &known(&twice)));
    }

    #[test]
    fn more_facts_never_raise_the_consistent_set((register, claims) in (registers(), claims())) {
        prop_assume!(measure(&register, &known(&claims)).is_ok());
        // Believed facts, each with an origin and id of its own.
        let believed: Vec<Claim> = (claims.iter().enumerate())
            .map(|(n, c)| claim(&format!("{}-{n}", c.fact), &c.reveals, 0.9, "o"))
            .collect();
        let mut before = register.len();
        for n in 0..=believed.len() {
            let now = measure(&register, &known(&believed[..n])).unwrap().consistent;
            prop_assert!(now <= before);
            before = now;
        }
    }

    #[test]
    fn posteriors_are_those_of_a_plain_calculation((register, claims) in (registers(), claims())) {
        prop_assume!(measure(&register, &known(&claims)).is_ok());
        let knowledge = known(&claims);
        let found = explain(&register, &knowledge).unwrap();
        // Everything adds up to one, by each attribute.
        for values in found.attributes.values() {
            prop_assert!((values.values().sum::<f64>() + found.measures.unlisted - 1.0).abs() < 1e-9);
        }
        // What one fact contributes is what is missing without it.
        for contribution in &found.contribution {
            let without: Vec<Claim> = claims.iter().filter(|claim| claim.fact != contribution.fact).cloned().collect();
            let without = measure(&register, &known(&without)).unwrap();
            prop_assert!((contribution.bits - (found.measures.vulnerability / without.vulnerability).log2()).abs() < 1e-6);
            let truth = (found.measures.p_true.unwrap() / without.p_true.unwrap()).log2();
            prop_assert!((contribution.true_bits.unwrap() - truth).abs() < 1e-6);
        }
        prop_assert!(found.range.low <= found.measures.p_true.unwrap() && found.measures.p_true.unwrap() <= found.range.high);
    }

    #[test]
    fn conditions_read_back_as_themselves(claims in claims()) {
        for claim in claims {
            let read: entente_exposure::Predicate = claim.reveals.parse().unwrap();
            prop_assert_eq!(read.to_string().parse::<entente_exposure::Predicate>().unwrap(), read);
        }
    }
}
