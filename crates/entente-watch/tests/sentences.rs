//! Sentences in five languages, each read by itself, beside a search for the mandatory words in the same run. They are
//! our own, short and few: what they guard is that nothing is lost, what they measure on texts of others is less.
#![allow(missing_docs, clippy::cast_precision_loss)]

use std::path::Path;

use entente_watch::facts::Facts;
use entente_watch::text::read_bytes;
use entente_watch::{Language, Scanner};

#[derive(Debug, Default, Clone, Copy)]
struct Score {
    hit: usize,
    extra: usize,
    missed: usize,
    status: usize,
}

impl Score {
    fn add(&mut self, expected: Option<&str>, found: &[&str]) {
        let hit = expected.is_some_and(|fact| found.contains(&fact));
        self.hit += usize::from(hit);
        self.missed += usize::from(expected.is_some() && !hit);
        self.extra += found.iter().filter(|fact| Some(**fact) != expected).count();
    }

    fn f1(self) -> f64 {
        2.0 * self.hit as f64 / (2 * self.hit + self.extra + self.missed).max(1) as f64
    }
}

/// Facts all of whose mandatory slots have a word in the sentence, as a search without any reading finds them.
fn searched<'a>(facts: &'a Facts, sentence: &str) -> Vec<&'a str> {
    let sentence = sentence.to_lowercase();
    let filled = |words: &[String]| {
        words
            .iter()
            .any(|word| sentence.contains(word.trim_end_matches('*').to_lowercase().as_str()))
    };
    let facts = facts.list().iter();
    let told = facts.filter(|fact| {
        fact.slots
            .iter()
            .filter(|slot| slot.mandatory)
            .all(|slot| filled(&slot.any))
    });
    told.map(|fact| fact.id.as_str()).collect()
}

#[test]
fn sentences_are_read_better_than_a_word_search_finds_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sentences");
    let read = |name: String| std::fs::read_to_string(folder.join(name)).expect("a file");
    let (mut ours, mut search) = (Score::default(), Score::default());
    for language in ["en", "de", "fr", "es", "pl"] {
        let facts = Facts::parse(&read(format!("{language}.json"))).expect("facts");
        let scanner = Scanner::new(facts.clone()).in_language(Language::named(language).expect("a language"));
        let (mut here, mut there) = (Score::default(), Score::default());
        for (number, line) in read(format!("{language}.tsv")).lines().enumerate() {
            let [fact, status, sentence] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{language}, line {}: fact, status, sentence", number + 1);
            };
            let report = scanner.scan(read_bytes("s.txt", sentence.as_bytes()).expect("text"));
            let found: Vec<&str> = report.findings.iter().map(|f| f.fact.as_str()).collect();
            let expected = (fact != "-").then_some(fact);
            let stands = report
                .findings
                .iter()
                .find(|f| f.fact == fact)
                .map(|f| f.status.as_str().to_owned());
            let right = stands.as_deref() == Some(status);
            for score in [&mut here, &mut ours] {
                score.add(expected, &found);
                score.status += usize::from(right);
            }
            for score in [&mut there, &mut search] {
                score.add(expected, &searched(&facts, sentence));
            }
            if expected.is_some() && !right || expected.is_none() && !found.is_empty() {
                println!(
                    "{language} {}: {fact} {status}, got {found:?} {stands:?}: {sentence}",
                    number + 1
                );
            }
        }
        println!(
            "{language}: F1 {:.2}, word search {:.2}, status {} of {}",
            here.f1(),
            there.f1(),
            here.status,
            here.hit
        );
    }
    println!(
        "all: F1 {:.3}, word search {:.3}, status {} of {}",
        ours.f1(),
        search.f1(),
        ours.status,
        ours.hit
    );
    assert!(ours.f1() >= 0.95, "{ours:?}");
    assert!(
        ours.f1() > search.f1(),
        "the word search is ahead: {ours:?}, {search:?}"
    );
    assert!(ours.status * 100 >= ours.hit * 95, "status {ours:?}");
}
