//! Texts at rest: sealed, upgraded from the first release, rescued.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod support;

use std::path::{Path, PathBuf};

use support::{Desk, REPORT};

/// Words of the sample report, its facts, and the evidence.
const WORDS: [&str; 4] = ["Grey Tide", "refrigerated container", "Port Marrow", "ferry is to be sunk"];

/// Every file below a folder that holds any of these words.
fn holding(folder: &Path, words: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, words));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let holds = |word: &&str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
        if words.iter().any(holds) {
            found.push(path);
        }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => {
                std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
    }
}

/// A desk with the node that the first release made.
fn first_release() -> Desk {
    let desk = Desk::new();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/first-release");
    copy(&kept.join("node"), &desk.path("GBR.CAB"));
    copy(&kept.join("heads"), &desk.path("heads"));
    std::fs::copy(kept.join("recall.entente"), desk.path("recall.entente")).unwrap();
    desk
}

#[test]
fn no_text_of_a_report_its_facts_or_its_case_stands_in_clear() {
    let desk = Desk::delivered();
    desk.ok("GBR.CAB", &["facts", "set", REPORT, "facts.json"]);
    let ask = ["request", "open", "--report", REPORT, "--portions", "plot", "--audience", "visitors.json"];
    desk.ok("GBR.CAB", &[&ask[..], &["--purpose", "threat-warning"]].concat());
    let said = ["--audience", "visitors.json", "--route", "said", "--by", "GBR.CAB/minister", "--unlawful"];
    let add = ["--json", "disclosure", "add", "--report", REPORT, "--portions", "plot"];
    let disclosure = desk.ok("GBR.CAB", &[&add[..], &said].concat()).json();
    let disclosure = disclosure["disclosure"]["id"].as_str().unwrap_or_else(|| panic!("{disclosure}")).to_owned();
    let officer = "GBR.CAB/disclosure-officer";
    let open = ["--json", "incident", "open", "--by", officer, "--disclosure", &disclosure];
    let case = desk.ok("GBR.CAB", &open).json();
    let case = case["id"].as_str().unwrap_or_else(|| panic!("{case}")).to_owned();
    desk.write("press.txt", "A ferry is to be sunk.");
    let found = ["--found", "front page", "--by", officer];
    desk.ok("GBR.CAB", &[&["incident", "evidence", &case, "press.txt"][..], &found].concat());
    for party in ["USA.SVC", "GBR.CAB"] {
        assert_eq!(holding(&desk.path(party), &WORDS), Vec::<PathBuf>::new(), "{party}");
        assert_eq!(holding(&desk.path("heads"), &WORDS), Vec::<PathBuf>::new());
        desk.ok(party, &["store", "check"]);
    }
    let shown = desk.ok("GBR.CAB", &["report", "show", REPORT]);
    assert!(shown.out.contains("Grey Tide"), "{}", shown.out);
}

#[test]
fn a_folder_of_the_first_release_is_sealed_by_one_command() {
    let desk = first_release();
    assert!(!holding(&desk.path("GBR.CAB"), &WORDS).is_empty(), "the first release left texts in clear");
    let refused = desk.run(&["--data", "GBR.CAB", "report", "list"]);
    assert!(refused.code == 1 && refused.err.contains("entente store upgrade"), "{}", refused.err);
    let done = desk.ok("GBR.CAB", &["--json", "store", "upgrade"]).json();
    assert_eq!(done["events"], 15);
    desk.ok("GBR.CAB", &["store", "check"]);
    desk.ok("GBR.CAB", &["ledger", "verify"]);
    assert!(desk.ok("GBR.CAB", &["report", "show", REPORT]).out.contains("Grey Tide"));
    let again = desk.run(&["--data", "GBR.CAB", "store", "upgrade"]);
    assert!(again.code == 1 && again.err.contains("newest format"), "{}", again.err);
    assert!(desk.path("GBR.CAB/entente.db.first").exists());
    desk.ok("GBR.CAB", &["store", "upgrade", "--confirm"]);
    assert_eq!(holding(&desk.path("GBR.CAB"), &WORDS), Vec::<PathBuf>::new());
    desk.ok("GBR.CAB", &["receive", "recall.entente"]);
    desk.ok("GBR.CAB", &["store", "check"]);
    // What was recorded before the upgrade is still proved to partners.
    let proof = desk.ok("GBR.CAB", &["--json", "ledger", "prove", "7", "--open"]).json();
    assert!(proof["event"].as_str().unwrap().contains("report-received"), "{proof}");
}

#[test]
fn a_lost_root_key_is_recovered_with_the_passphrase() {
    let desk = Desk::delivered();
    let heads = desk.path("heads");
    let roots = || -> Vec<PathBuf> {
        let files = std::fs::read_dir(&heads).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|end| end == "root")).collect()
    };
    assert_eq!(roots().len(), 2);
    for root in roots() {
        std::fs::remove_file(root).unwrap();
    }
    let refused = desk.run(&["--data", "GBR.CAB", "report", "list"]);
    assert!(refused.code == 1 && refused.err.contains("entente store recover"), "{}", refused.err);
    desk.ok("GBR.CAB", &["store", "recover"]);
    assert!(desk.ok("GBR.CAB", &["report", "show", REPORT]).out.contains("Grey Tide"));
    desk.ok("GBR.CAB", &["store", "check"]);
    // Also after a change of keys: the copy is sealed to the new ones.
    desk.ok("USA.SVC", &["store", "recover"]);
    desk.ok("USA.SVC", &["party", "rotate"]);
    for root in roots() {
        std::fs::remove_file(root).unwrap();
    }
    desk.ok("USA.SVC", &["store", "recover"]);
    desk.ok("USA.SVC", &["report", "show", REPORT]);
}
