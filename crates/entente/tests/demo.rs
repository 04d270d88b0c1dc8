//! The whole story in one run: every line that a person would read.

use crate::support;

use support::{Desk, without_chance};

/// The story of a sample, without what differs from run to run.
fn told(sample: &str, form: &[&str]) -> String {
    let desk = Desk::new();
    let said = desk.run(&[&["demo", "--sample", sample, "--folder", "demo"], form].concat());
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let folder = desk.path("demo").canonicalize().unwrap();
    let text = said.out.replace(&folder.display().to_string(), "(folder)");
    let text = without_chance(&text);
    // Widths of columns and the place of the changed byte depend on chance.
    let lines = text.lines().map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let depth = " ".repeat(line.len() - line.trim_start().len());
        match words.first() {
            Some(first) if first.starts_with("(byte") || first.starts_with("tile/entries/") => {
                format!("{depth}(place of the changed byte)")
            }
            _ => depth + &words.join(" "),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_service_warns_a_partner_and_an_official_says_too_much() {
    insta::assert_snapshot!(told("ferry", &["--full"]));
}

#[test]
fn a_vulnerability_is_shared_and_the_embargo_broken() {
    insta::assert_snapshot!(told("advisory", &["--full"]));
}

#[test]
fn the_short_form_shows_what_matters_most() {
    let story = told("ferry", &[]);
    let lines = story.lines().count();
    assert!((90..=140).contains(&lines), "{lines} lines");
    insta::assert_snapshot!(story);
}

#[test]
fn the_demonstration_takes_one_s_own_files() {
    let desk = Desk::new();
    desk.write("own.md", "---\nid: OWN-1\narrangements: [GBR-USA-2024]\n---\n(C//OC/REL TO USA, GBR) First.\n\n(C//OC/REL TO USA, GBR) Second.\n");
    let said = desk.run(&[
        "demo",
        "--folder",
        "demo",
        "--report",
        "own.md",
        "--arrangement",
        "arrangement.json",
    ]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains("banner: CONFIDENTIAL//ORCON/REL TO USA, GBR"));
}
