//! One sentence a line: who says so, and where the statement stands.
#![allow(missing_docs)]

use entente_watch::facts::Facts;
use entente_watch::text::read_bytes;
use entente_watch::{ARTICLE, Scanner};

const FACT: &str = r#"[{"id":"f","text":"The depot holds nerve gas.","slots":[
    {"name":"place","any":["depot","bunker"],"mandatory":true},{"name":"agent","any":["nerve gas"],"mandatory":true}]}]"#;

#[test]
fn who_says_so_and_how() {
    let scanner = Scanner::new(Facts::parse(FACT).expect("valid"));
    let mut wrong = Vec::new();
    for (text, status, chain) in [
        ("The depot holds nerve gas.", "asserted", ARTICLE),
        ("Ada Moss said the depot holds nerve gas.", "asserted", "Ada Moss"),
        (
            "Ada Moss, who commanded the base until May, said that the depot holds nerve gas.",
            "asserted",
            "Ada Moss",
        ),
        (
            "Ada Moss, a retired colonel, said on Monday that the depot holds nerve gas.",
            "asserted",
            "Ada Moss",
        ),
        ("The depot holds nerve gas, Ada Moss said.", "asserted", "Ada Moss"),
        (
            "The depot holds nerve gas, said Ada Moss, a retired colonel.",
            "asserted",
            "Ada Moss",
        ),
        (
            "“The depot holds nerve gas,” said Ada Moss, a retired colonel.",
            "asserted",
            "Ada Moss",
        ),
        (
            "“The depot holds nerve gas,” Colonel Moss told the Lakeside Tribune.",
            "asserted",
            "Lakeside Tribune → Moss",
        ),
        (
            "Speaking to Reuters, an official said the depot holds nerve gas.",
            "asserted",
            "Reuters → an official",
        ),
        (
            "According to the Lakeside Tribune, the depot holds nerve gas.",
            "asserted",
            "Lakeside Tribune",
        ),
        (
            "The depot holds nerve gas, according to two people briefed on the matter.",
            "asserted",
            "two people",
        ),
        (
            "Officials told Reuters that the depot holds nerve gas.",
            "asserted",
            "Reuters → Officials",
        ),
        (
            "The Lakeside Tribune reported that the depot holds nerve gas, citing an engineer.",
            "asserted",
            "Lakeside Tribune → an engineer",
        ),
        (
            "The Tribune's sources said the depot holds nerve gas.",
            "asserted",
            "The Tribune's sources",
        ),
        ("The depot, officials said, holds nerve gas.", "asserted", "officials"),
        ("Critics claim the depot holds nerve gas.", "alleged", "Critics"),
        ("The depot allegedly holds nerve gas.", "alleged", ARTICLE),
        ("The depot reportedly holds nerve gas.", "alleged", ARTICLE),
        ("The depot may hold nerve gas.", "alleged", ARTICLE),
        ("The depot is believed to hold nerve gas.", "alleged", ARTICLE),
        ("Officials fear that the depot holds nerve gas.", "alleged", "Officials"),
        (
            "If the depot holds nerve gas, the town must be told.",
            "alleged",
            ARTICLE,
        ),
        (
            "The depot can hold nerve gas, a participant of the talks told the Tribune.",
            "asserted",
            "Tribune → a participant of the talks",
        ),
        ("Does the depot hold nerve gas?", "alleged", ARTICLE),
        (
            "The ministry denied that the depot holds nerve gas.",
            "denied",
            "The ministry",
        ),
        (
            "A spokesman for the army, Jon Reed, denied that the depot holds nerve gas.",
            "denied",
            "Jon Reed",
        ),
        (
            "The depot does not hold nerve gas, the army said.",
            "denied",
            "the army",
        ),
        (
            "There is no nerve gas in the depot, Ada Moss said.",
            "denied",
            "Ada Moss",
        ),
        (
            "It is false that the depot holds nerve gas, the minister said.",
            "denied",
            "the minister",
        ),
        (
            "“It is false that anyone said the depot holds nerve gas,” Ada Moss said.",
            "denied",
            "Ada Moss",
        ),
        (
            "It is not true that anybody told us the depot holds nerve gas, Ada Moss said.",
            "denied",
            "Ada Moss",
        ),
        (
            "“The depot never in my life held a drop of nerve gas,” Ada Moss said.",
            "denied",
            "Ada Moss",
        ),
        (
            "The army rejected reports that the depot holds nerve gas.",
            "denied",
            "The army",
        ),
        (
            "The depot holds nerve gas, Sport Today reported.",
            "asserted",
            "Sport Today",
        ),
        (
            "It is not false that the depot holds nerve gas, Ada Moss said.",
            "asserted",
            "Ada Moss",
        ),
        (
            "“Yes, I told them that the depot holds nerve gas,” Ada Moss said.",
            "confirmed",
            "Ada Moss",
        ),
        (
            "The minister admitted that the depot holds nerve gas.",
            "confirmed",
            "The minister",
        ),
        (
            "Minister Ada Moss has confirmed the depot holds nerve gas.",
            "confirmed",
            "Ada Moss",
        ),
        (
            "The army acknowledged on Friday that nerve gas is kept in the depot.",
            "confirmed",
            "The army",
        ),
        (
            "The army would not confirm that the depot holds nerve gas.",
            "alleged",
            "(none)",
        ),
        (
            "The general neither confirmed nor denied that the depot holds nerve gas.",
            "alleged",
            "(none)",
        ),
        (
            "The minister defended his decision to keep nerve gas in the depot.",
            "confirmed",
            "The minister",
        ),
        ("Ada Moss tweeted: “The depot holds nerve gas.”", "asserted", "Ada Moss"),
        (
            "In a letter seen by the Tribune, Ada Moss writes that the depot holds nerve gas.",
            "asserted",
            "Ada Moss",
        ),
        (
            "The depot holds nerve gas, a spokeswoman for the town confirmed.",
            "confirmed",
            "a spokeswoman",
        ),
        (
            "Ada Moss confirmed to Reuters that the depot holds nerve gas.",
            "confirmed",
            "Reuters → Ada Moss",
        ),
        (
            "Documents show that the depot holds nerve gas.",
            "asserted",
            "Documents",
        ),
        (
            "A leaked memo reveals that the depot holds nerve gas.",
            "asserted",
            "A leaked memo",
        ),
    ] {
        let report = scanner.scan(read_bytes("t.txt", text.as_bytes()).expect("text"));
        let got: Vec<String> = report
            .findings
            .iter()
            .map(|f| {
                let chain = if f.chain.is_empty() {
                    f.speaker.clone()
                } else {
                    f.chain.join(" → ")
                };
                format!("{} {chain}", format!("{:?}", f.status).to_lowercase())
            })
            .collect();
        let expected = format!("{status} {chain}");
        let none = chain == "(none)" && got.is_empty();
        if got.first().is_none_or(|got| *got != expected) && !none {
            wrong.push(format!("{text}\n    expected {expected}\n    got      {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn who_says_so_across_sentences() {
    let scanner = Scanner::new(Facts::parse(FACT).expect("valid"));
    let mut wrong = Vec::new();
    for (text, expected) in [
        // A speaker carried on.
        (
            "Ada Moss was angry. “The depot holds nerve gas,” she said.",
            "asserted Ada Moss",
        ),
        (
            "Ada Moss spoke first, he told the court. “They lied. The depot holds nerve gas.”",
            "asserted",
        ),
        (
            "“They lied,” said Ada Moss. “The depot holds nerve gas.”",
            "asserted Ada Moss",
        ),
        (
            "Ada Moss said: “They lied.\n\n“The depot holds nerve gas. It always did.”",
            "asserted Ada Moss",
        ),
        (
            "The Lakeside Tribune published the letter. The depot holds nerve gas, the paper said.",
            "asserted Lakeside Tribune",
        ),
        (
            "Professor Lars Nilsen studied the files. According to Nilsen, the depot holds nerve gas.",
            "asserted Lars Nilsen",
        ),
        (
            "The army has long been silent. One officer, who asked not to be named, said the depot holds nerve gas.",
            "asserted One officer",
        ),
        (
            "The mayor and the police chief, Jon Reed and Ada Moss, said the depot holds nerve gas.",
            "asserted Jon Reed; Ada Moss",
        ),
        (
            "In Geneva, a diplomat from a neighbouring state said the depot holds nerve gas.",
            "asserted a diplomat",
        ),
        (
            "On Tuesday, officials said the depot holds nerve gas.",
            "asserted officials",
        ),
        (
            "Last week the Tribune, a local newspaper, reported that the depot holds nerve gas.",
            "asserted Tribune",
        ),
        (
            "The depot, which opened in 1980, holds nerve gas, two soldiers told the Tribune.",
            "asserted Tribune → two soldiers",
        ),
        (
            "Neighbours have long suspected that the depot holds nerve gas.",
            "alleged Neighbours",
        ),
        (
            "It is not known whether the depot holds nerve gas.",
            "alleged (article)",
        ),
        (
            "There is speculation that the depot holds nerve gas.",
            "alleged (article)",
        ),
        (
            "The army rejected as false reports that the depot holds nerve gas.",
            "denied The army",
        ),
        (
            "The claim that the depot holds nerve gas is false, Ada Moss said.",
            "denied Ada Moss",
        ),
        (
            "No nerve gas has ever been stored at the depot, the general insisted.",
            "denied the general",
        ),
        ("The depot never held nerve gas.", "denied (article)"),
        (
            "The government, after years of silence, admitted that the depot holds nerve gas.",
            "confirmed The government",
        ),
        (
            "“Yes, the depot holds nerve gas,” the general admitted.",
            "confirmed the general",
        ),
    ] {
        let report = scanner.scan(read_bytes("t.txt", text.as_bytes()).expect("text"));
        let got: Vec<String> = report
            .findings
            .iter()
            .map(|f| {
                let chain = if f.chain.is_empty() {
                    f.speaker.clone()
                } else {
                    f.chain.join(" → ")
                };
                format!("{} {chain}", format!("{:?}", f.status).to_lowercase())
            })
            .collect();
        if !got.iter().any(|got| got.starts_with(expected)) {
            wrong.push(format!("{text}\n    expected {expected}\n    got      {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
