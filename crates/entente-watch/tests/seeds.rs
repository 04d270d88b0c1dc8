//! Real articles with real annotations, where they are at hand beside the project; the slots are our own.
#![allow(missing_docs, clippy::cast_precision_loss)]

mod scoring;

use std::collections::BTreeMap;
use std::path::Path;

use entente_watch::facts::{Fact, Facts, Slot};
use entente_watch::{Scanner, text};
use scoring::Gold;
use serde::Deserialize;

#[derive(Deserialize)]
struct Stated {
    id: String,
    report_text: String,
}

#[test]
fn real_articles_are_read_as_annotated() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/seeds");
    if !folder.is_dir() {
        println!("skipped: ../shared/seeds is not beside the project");
        return;
    }
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect(name);
    let stated: Vec<Stated> = serde_json::from_str(&read("facts.json")).expect("facts");
    let mut slots: BTreeMap<String, Vec<Slot>> =
        serde_json::from_str(include_str!("data/seeds-slots.json")).expect("slots");
    let facts = stated.into_iter().map(|fact| Fact {
        slots: slots.remove(&fact.id).unwrap_or_default(),
        id: fact.id,
        text: fact.report_text,
        values: Vec::new(),
        reveals: None,
        growth: Default::default(),
    });
    let facts = Facts::new(facts.collect()).expect("valid facts");
    let gold: BTreeMap<String, Vec<Gold>> = serde_json::from_str(&read("gold.json")).expect("gold");
    let texts: BTreeMap<String, String> = gold.keys().map(|name| (name.clone(), read(name))).collect();
    let sources = texts
        .iter()
        .flat_map(|(name, page)| text::read_bytes(name, page.as_bytes()).expect("text"));
    let report = Scanner::new(facts).scan(sources);

    let score = scoring::score(&report, &gold, &texts);
    assert!(score.article_f1() >= 0.90, "article F1 {}", score.article_f1());
    assert!(score.precision() >= 0.75, "precision {}", score.precision());
    assert!(score.recall() >= 0.85, "recall {}", score.recall());
    assert!(score.stance() >= 0.80, "status and attribution {}", score.stance());
    assert!(
        !report.findings.iter().any(|f| f.fact == "F17"),
        "what was never disclosed is reported"
    );
    let contradiction = report
        .summary
        .contradictions
        .iter()
        .find(|c| c.fact == "F10")
        .expect("the contradiction");
    assert!(
        contradiction.denied_by.len() >= 3 && !contradiction.confirmed_by.is_empty(),
        "{contradiction:?}"
    );
    assert_eq!(report.summary.independent_origins, 1, "{:?}", report.summary.origins);
}
