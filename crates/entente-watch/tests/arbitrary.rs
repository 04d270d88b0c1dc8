//! Whatever comes in, a scan ends, and what it quotes stands in the input at the place it names.
#![allow(missing_docs)]

use entente_watch::facts::Facts;
use entente_watch::text::{Format, read_bytes};
use entente_watch::{Scanner, proposal};
use proptest::prelude::*;

const PIECES: [&str; 34] = [
    "north gate ",
    "guards ",
    "two ",
    "\n\n",
    "\n",
    ". ",
    ", ",
    "“",
    "”",
    "\"",
    "’s ",
    "said ",
    "denied ",
    "the report ",
    "Ada Moss ",
    "according to ",
    "Reuters ",
    "\u{200B}",
    "\u{AD}",
    "é",
    "e\u{301}",
    "\u{202E}",
    "&amp;",
    "&eacute;",
    "<p>",
    "</p>",
    "<b>",
    "<script>",
    "if ",
    "not ",
    "東",
    "U.S. ",
    "*",
    "&#",
];

fn scanner() -> Scanner {
    let facts = r#"[{"id":"g","text":"The north gate has two guards.","slots":[
        {"name":"gate","any":["north gate","gate"],"mandatory":true},{"name":"guards","any":["guard*","@number"]}]}]"#;
    Scanner::new(Facts::parse(facts).expect("valid"))
}

fn exact(file: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    let Ok(sources) = read_bytes(file, bytes) else {
        return Ok(());
    };
    for finding in scanner().scan(sources).findings {
        for span in finding.spans.iter().chain(&finding.context) {
            prop_assert!(span.start <= span.end && span.end <= bytes.len());
            if Format::detect(file, bytes) != Format::Pdf {
                prop_assert_eq!(&String::from_utf8_lossy(&bytes[span.start..span.end]), &span.quote);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..600), format in 0..4usize) {
        exact(["a.txt", "a.html", "a.md", "a.rss"][format], &bytes)?;
    }

    #[test]
    fn spans_are_exact_in_every_format(pieces in proptest::collection::vec(0..PIECES.len(), 0..80), format in 0..4usize) {
        let text: String = pieces.into_iter().map(|i| PIECES[i]).collect();
        let (file, text) = match format {
            0 => ("a.txt", text),
            1 => ("a.html", format!("<html><body>{text}")),
            2 => ("a.md", text),
            _ => ("a.rss", format!("<rss><channel><item><description><![CDATA[{text}]]></description></item></channel></rss>")),
        };
        exact(file, text.as_bytes())?;
    }

    #[test]
    fn any_sentence_can_be_proposed(sentence in "\\PC{0,120}") {
        if let Ok(fact) = proposal::propose("f", &sentence, &proposal::Thesaurus::new()) {
            prop_assert!(fact.slots.len() <= 5);
            let facts = Facts::new(vec![fact]);
            prop_assert!(facts.is_ok(), "{facts:?}");
        }
    }
}
