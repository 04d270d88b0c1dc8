//! The whole story in one run: every line that a person would read.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may stop")]

mod support;

use support::{Desk, without_chance};

#[test]
fn the_demonstration_tells_the_whole_story() {
    let desk = Desk::new();
    let said = desk.run(&["demo", "--folder", "demo"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let folder = desk.path("demo").canonicalize().unwrap();
    let text = said.out.replace(&folder.display().to_string(), "(folder)");
    // Widths of columns and the place of the changed byte depend on chance.
    let lines = without_chance(&text)
        .lines()
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let depth = line.len() - line.trim_start().len();
            let line = words.join(" ");
            match line.starts_with("(byte ") || line.starts_with("tile/entries/") {
                true => format!("{}(place of the changed byte)", " ".repeat(depth)),
                false => " ".repeat(depth) + &line,
            }
        })
        .collect::<Vec<_>>()
        .join("\n");
    insta::assert_snapshot!(lines);
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
    assert!(said.out.contains("OWN-1 v1") && said.out.contains("banner: CONFIDENTIAL//ORCON/REL TO USA, GBR"));
}
