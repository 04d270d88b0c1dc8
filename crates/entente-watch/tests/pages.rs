//! Main text of pages of our own: news, a blog in tables, a page of nothing but `div`, a forum, a ticker, an advisory and notices.
//! Beside each page stand the sentences of its article; every other sentence of it stands beside the text.
#![allow(missing_docs)]

use std::path::Path;

use entente_watch::Scanner;
use entente_watch::facts::Facts;
use entente_watch::text::{Source, read_bytes};

const PAGES: [&str; 8] = [
    "en-news",
    "en-live",
    "en-advisory",
    "de-blog",
    "de-agency",
    "fr-divs",
    "es-forum",
    "pl-notice",
];
/// Letters from which on a line of a page is a sentence that could tell something.
const SENTENCE: usize = 25;

fn read(name: &str) -> Vec<u8> {
    std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data/pages")
            .join(name),
    )
    .expect("a file")
}

fn source(name: &str) -> Source {
    read_bytes("page.html", &read(&format!("{name}.html")))
        .expect("a page")
        .remove(0)
}

/// Whether what stands at a place of the comparable text is main text.
fn is_main(source: &Source, at: usize, length: usize) -> bool {
    !source.is_aside(&source.text.origin(at..at + length))
}

#[test]
fn r5_articles_are_kept_and_most_of_what_stands_beside_them_is_marked() {
    let (mut told, mut kept, mut beside, mut left) = (0, 0, 0, 0);
    for name in PAGES {
        let source = source(name);
        let text = source.text.as_str();
        let article = String::from_utf8(read(&format!("{name}.txt"))).expect("text");
        for sentence in article.lines() {
            let sentence = sentence.replace('’', "'");
            let at = text.find(&sentence).unwrap_or_else(|| panic!("{name}: {sentence}"));
            told += 1;
            let main = is_main(&source, at, sentence.len());
            kept += usize::from(main);
            if !main {
                println!("{name}: lost: {sentence}");
            }
        }
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let place = at + line.len() - line.trim_start().len();
            at += line.len();
            let line = line.trim();
            if line.len() >= SENTENCE && !article.lines().any(|sentence| line.contains(sentence)) {
                beside += 1;
                let main = is_main(&source, place, line.len());
                left += usize::from(main);
                if main {
                    println!("{name}: left: {line}");
                }
            }
        }
    }
    println!("{kept} of {told} sentences of articles kept, {left} of {beside} lines beside them left");
    assert!(kept * 100 >= told * 94, "{kept} of {told} sentences of articles");
    assert!(left * 100 <= beside * 45, "{left} of {beside} lines beside them");
}

#[test]
fn r5_a_page_that_no_tree_could_hold_is_read_and_nothing_of_it_is_beside() {
    let facts = r#"[{"id":"f","slots":[{"name":"gate","any":["north gate"],"mandatory":true},{"name":"guards","any":["guards"]}]}]"#;
    let scanner = Scanner::new(Facts::parse(facts).expect("valid"));
    let told = "<p>The north gate has two guards.</p>";
    let bold: String = (0..300).map(|number| format!("<b id=b{number}>")).collect();
    for (name, page) in [
        ("deep", format!("<html><body>{}{told}", "<div>".repeat(200_000))),
        (
            "formats opened again",
            format!("<html><body>{bold}{}{told}", "<p>x".repeat(300_000)),
        ),
        ("many", format!("<html><body>{}{told}", "<p>x</p>".repeat(400_000))),
        ("links", format!("<html><body>{}{told}", "<a href=/>x".repeat(100_000))),
    ] {
        // The stack of a thread of a server.
        let scanner = scanner.clone();
        let scanned = std::thread::spawn(move || scanner.scan(read_bytes("p.html", page.as_bytes()).expect("a page")));
        let report = scanned.join().expect("no panic");
        assert_eq!(report.findings.len(), 1, "{name}");
        assert!(!report.findings[0].aside, "{name}");
    }
}
