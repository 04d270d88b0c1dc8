//! Near misses in long texts: those that touch a fact are listed, those of texts that are about something else are not.
#![allow(missing_docs)]

use entente_watch::Scanner;
use entente_watch::facts::Facts;
use entente_watch::text::read_bytes;

const FACTS: &str = r#"[
    {"id":"method","slots":[{"name":"method","any":["method","technique"],"mandatory":true},{"name":"named","any":["bug","intercept*"],"mandatory":true}]},
    {"id":"sale","slots":[{"name":"exploit","any":["exploit","attack code"],"mandatory":true},{"name":"sale","any":["sold","sale"],"mandatory":true},
        {"name":"seller","any":["broker","vendor"],"weight":0.5}]},
    {"id":"depot","slots":[{"name":"place","any":["depot"],"mandatory":true},{"name":"agent","any":["nerve gas"],"mandatory":true},
        {"name":"guards","any":["guards"],"mandatory":true}]}]"#;

/// What is listed to look at in a text of these paragraphs between others that tell nothing.
fn listed(paragraphs: &[&str]) -> Vec<String> {
    let filler = "The ferry left on time and the sea was calm. Nobody on board spoke of anything else.";
    let text: Vec<&str> = paragraphs
        .iter()
        .flat_map(|paragraph| [*paragraph, filler, filler])
        .collect();
    let scanner = Scanner::new(Facts::parse(FACTS).expect("valid"));
    let report = scanner.scan(read_bytes("t.txt", text.join("\n\n").as_bytes()).expect("text"));
    report.summary.to_review.into_iter().map(|near| near.fact).collect()
}

#[test]
fn one_word_of_a_fact_that_is_told_beside_it_is_no_near_miss() {
    let notes = [
        "The method has a bug that shows at night.",
        "A bug in the window was closed.",
        "Another bug was found on Friday.",
        "The last bug is known since May.",
        "They thank everybody who wrote about a bug.",
    ];
    assert!(listed(&notes).is_empty(), "{:?}", listed(&notes));
}

#[test]
fn six_tenths_of_a_fact_are_not_more_than_six_tenths() {
    let market = [
        "The vendor had nothing on sale that week.",
        "Every vendor sold fish and every broker slept.",
        "A sale is not what a vendor likes best in the rain.",
        "The broker saw no sale before noon.",
    ];
    assert!(listed(&market).is_empty(), "{:?}", listed(&market));
}

#[test]
fn a_fact_that_chance_told_elsewhere_makes_a_long_text_about_nothing() {
    let mut story = vec![
        "The method has a bug that shows at night.",
        "The method has another bug, they say.",
    ];
    story.extend(["The weather was fine for the time of the year. It stayed so until Friday."; 12]);
    story.push("A depot of the railway has guards since May.");
    assert!(listed(&story).is_empty(), "{:?}", listed(&story));
}

#[test]
fn a_sentence_that_lacks_one_word_of_a_fact_is_listed_where_the_text_speaks_of_it() {
    let story = [
        "The depot near the river has guards at its gate.",
        "People in the village have been ill, and nerve gas was mentioned by a nurse.",
        "The mayor said that the matter was looked into.",
        "The train to the coast was late.",
    ];
    assert_eq!(listed(&story), ["depot"]);
}

#[test]
fn m7_a_near_miss_can_be_accepted_and_taken_back() {
    use entente_watch::learning::NearMiss;
    let facts = r#"[{"id":"city","slots":[{"name":"who","any":["partner"],"mandatory":true},{"name":"what","any":["plot"],"mandatory":true},
        {"name":"detect","any":["detected"],"mandatory":true}]}]"#;
    let mut list: Vec<entente_watch::facts::Fact> = serde_json::from_str(facts).expect("facts");
    let text = "The partner detected the brainwave. It was in May. Nobody spoke of it.";
    let scan = |list: &[entente_watch::facts::Fact]| {
        let scanner = Scanner::new(Facts::new(list.to_vec()).expect("valid"));
        scanner.scan(read_bytes("t.txt", text.as_bytes()).expect("text"))
    };
    let report = scan(&list);
    assert!(report.findings.is_empty());
    let id = report.summary.to_review[0].id.clone();
    let miss = NearMiss::find(&report.to_json_lines(), &id).expect("it is listed");
    assert_eq!(
        (miss.missing.as_slice(), miss.candidates.as_slice()),
        (&["what".to_owned()][..], &["brainwave".to_owned()][..])
    );
    let fact = &mut list[0];
    assert!(
        miss.accept(&mut fact.slots, &mut fact.growth, None, Some("raid"))
            .is_err(),
        "it does not stand there"
    );
    miss.accept(&mut fact.slots, &mut fact.growth, None, None)
        .expect("accepted");
    assert_eq!(fact.growth.version, 2);
    assert!(
        miss.accept(&mut fact.slots, &mut fact.growth, None, None).is_err(),
        "it is known"
    );
    let report = scan(&list);
    assert_eq!((report.findings.len(), report.findings[0].version), (1, 2));
    let fact = &mut list[0];
    fact.growth.undo(&mut fact.slots, &id).expect("undone");
    assert_eq!((fact.growth.version, fact.growth.words[0].undone), (3, Some(3)));
    assert!(fact.growth.undo(&mut fact.slots, &id).is_err());
    assert!(scan(&list).findings.is_empty());
}
