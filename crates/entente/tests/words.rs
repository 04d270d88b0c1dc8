//! What the guides tell people to type is there.

use crate::support;

use std::collections::BTreeSet;
use std::path::Path;

use support::Desk;

/// The commands that a text names: `entente report show …` gives `report show`.
fn commands(text: &str) -> BTreeSet<Vec<String>> {
    let is_word = |word: &&str| {
        let word = word.trim_end_matches(['`', ',', '.', ':', ';', ')']);
        !word.is_empty() && !word.starts_with('-') && word.chars().all(|c| c.is_ascii_lowercase() || c == '-')
    };
    let starts = text
        .match_indices("entente ")
        .filter(|(at, _)| text[..*at].ends_with(['`', '$', '\n', ' ']));
    let mut found = BTreeSet::new();
    for (at, start) in starts {
        // Only what is set as a command: behind a backtick, a prompt, or at the beginning of a line of a block.
        let before = text[..at].trim_end_matches(' ');
        if !before.ends_with(['`', '$', '\n']) || before.ends_with("\n\n") {
            continue;
        }
        let line = text[at + start.len()..].split(['\n', '`']).next().unwrap_or_default();
        let words = line
            .split(' ')
            .take(2)
            .take_while(is_word)
            .map(str::to_owned)
            .collect::<Vec<_>>();
        if !words.is_empty() {
            found.insert(words);
        }
    }
    found
}

#[test]
fn every_command_that_the_guides_name_is_there() {
    let desk = Desk::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let guides = std::fs::read_dir(root.join("docs"))
        .unwrap()
        .flatten()
        .map(|file| file.path());
    let guides = guides.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let mut missing = Vec::new();
    let mut seen = 0;
    for guide in guides.chain([root.join("README.md")]) {
        for words in commands(&std::fs::read_to_string(&guide).unwrap()) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let there = |words: &[&str]| desk.run(&[words, &["--help"]].concat()).code == 0;
            seen += 1;
            // The second word may be an argument.
            let noun = desk.run(&[words[0], "--help"]);
            let has_verbs = noun.out.contains("\nCommands:");
            if noun.code != 0 || (words.len() == 2 && has_verbs && !there(&words)) {
                missing.push(format!("{}: {}", guide.file_name().unwrap().display(), words.join(" ")));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(seen > 60, "only {seen} commands were found");
}
