//! Articles of two other domains, annotated before the engine was tried on them: a broken embargo, a leaked police operation.
#![allow(missing_docs, clippy::cast_precision_loss)]

mod scoring;

use std::collections::BTreeMap;
use std::path::Path;

use entente_watch::facts::Facts;
use entente_watch::report::Report;
use entente_watch::{Scanner, text};
use scoring::{Gold, Score};

fn run(domain: &str) -> (Report, Score) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(domain);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect(name);
    let facts = Facts::parse(&read("facts.json")).expect("facts");
    let gold: BTreeMap<String, Vec<Gold>> = serde_json::from_str(&read("gold.json")).expect("gold");
    let texts: BTreeMap<String, String> = gold.keys().map(|name| (name.clone(), read(name))).collect();
    let sources = texts
        .iter()
        .flat_map(|(name, page)| text::read_bytes(name, page.as_bytes()).expect("text"));
    let report = Scanner::new(facts).scan(sources);
    let score = scoring::score(&report, &gold, &texts);
    (report, score)
}

fn assert_reached(score: Score) {
    assert!(score.article_f1() >= 0.90, "article F1 {}", score.article_f1());
    assert!(score.precision() >= 0.75, "precision {}", score.precision());
    assert!(score.recall() >= 0.85, "recall {}", score.recall());
    assert!(score.stance() >= 0.80, "status and attribution {}", score.stance());
}

#[test]
fn a_broken_embargo() {
    let (report, score) = run("embargo");
    assert_reached(score);
    assert!(
        !report.findings.iter().any(|f| f.fact == "V5"),
        "the workaround was expressly not revealed"
    );
    assert!(
        report.summary.not_exposed.iter().any(|n| n.fact == "V5"),
        "{:?}",
        report.summary.not_exposed
    );
    let contradicted: Vec<_> = report.summary.contradictions.iter().map(|c| c.fact.as_str()).collect();
    assert!(contradicted.contains(&"V6"), "{contradicted:?}");
}

#[test]
fn a_leaked_operation() {
    let (report, score) = run("raid");
    assert_reached(score);
    let contradicted: Vec<_> = report.summary.contradictions.iter().map(|c| c.fact.as_str()).collect();
    assert!(contradicted.contains(&"P2"), "{contradicted:?}");
    let gazette = report
        .summary
        .origins
        .iter()
        .find(|o| o.name == "Morning Gazette")
        .expect("the origin");
    assert_eq!(gazette.files.len(), 3, "{gazette:?}");
}
