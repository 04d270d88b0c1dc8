//! Texts at rest: sealed, upgraded from the first release, rescued.

use crate::support;

use std::path::{Path, PathBuf};

use serde_json::json;

use support::{Desk, REPORT};

/// Words of the sample report, its facts, and the evidence.
const WORDS: [&str; 4] = [
    "Grey Tide",
    "refrigerated container",
    "Port Marrow",
    "ferry is to be sunk",
];

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
    desk.ask("plot");
    let said = [
        "--audience",
        "visitors.json",
        "--route",
        "said",
        "--by",
        "GBR.CAB/minister",
        "--unlawful",
    ];
    let add = ["--json", "disclosure", "add", "--report", REPORT, "--portions", "plot"];
    let disclosure = desk.ok("GBR.CAB", &[&add[..], &said].concat()).json();
    let disclosure = disclosure["disclosure"]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{disclosure}"))
        .to_owned();
    let officer = "GBR.CAB/disclosure-officer";
    let open = [
        "--json",
        "incident",
        "open",
        "--by",
        officer,
        "--disclosure",
        &disclosure,
    ];
    let case = desk.ok("GBR.CAB", &open).json();
    let case = case["id"].as_str().unwrap_or_else(|| panic!("{case}")).to_owned();
    desk.write("press.txt", "A ferry is to be sunk.");
    let found = ["--found", "front page", "--by", officer];
    desk.ok(
        "GBR.CAB",
        &[&["incident", "evidence", &case, "press.txt"][..], &found].concat(),
    );
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
    assert!(
        !holding(&desk.path("GBR.CAB"), &WORDS).is_empty(),
        "the first release left texts in clear"
    );
    let refused = desk.run(&["--data", "GBR.CAB", "report", "list"]);
    assert!(
        refused.code == 1 && refused.err.contains("entente store upgrade"),
        "{}",
        refused.err
    );
    let done = desk.ok("GBR.CAB", &["--json", "store", "upgrade"]).json();
    assert_eq!(done["events"], 15);
    desk.ok("GBR.CAB", &["store", "check"]);
    desk.ok("GBR.CAB", &["ledger", "verify"]);
    assert!(
        desk.ok("GBR.CAB", &["report", "show", REPORT])
            .out
            .contains("Grey Tide")
    );
    let again = desk.run(&["--data", "GBR.CAB", "store", "upgrade"]);
    assert!(again.code == 1 && again.err.contains("newest format"), "{}", again.err);
    assert!(desk.path("GBR.CAB/entente.db.first").exists());
    let marks = desk
        .ok("GBR.CAB", &["--json", "store", "upgrade", "--marks", "--commit"])
        .json();
    assert_eq!(
        (&marks["changes"], &marks["recorded"]),
        (&json!(0), &json!(false)),
        "{marks}"
    );
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
        files
            .filter(|path| path.extension().is_some_and(|end| end == "root"))
            .collect()
    };
    assert_eq!(roots().len(), 2);
    for root in roots() {
        std::fs::remove_file(root).unwrap();
    }
    let refused = desk.run(&["--data", "GBR.CAB", "report", "list"]);
    assert!(
        refused.code == 1 && refused.err.contains("entente store recover"),
        "{}",
        refused.err
    );
    desk.ok("GBR.CAB", &["store", "recover"]);
    assert!(
        desk.ok("GBR.CAB", &["report", "show", REPORT])
            .out
            .contains("Grey Tide")
    );
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

/// Everything that a thief of the data folder could turn into text, with the root key and the passphrase as they are now.
fn readable(desk: &Desk, party: &str) -> String {
    let target = desk.path("stolen");
    let _ = std::fs::remove_dir_all(&target);
    desk.ok(party, &["store", "export", "stolen"]);
    let mut all = String::new();
    for entry in [target.clone(), target.join("evidence")] {
        for file in std::fs::read_dir(entry).unwrap().map(|entry| entry.unwrap().path()) {
            if file.is_file() {
                all.push_str(&String::from_utf8_lossy(&std::fs::read(file).unwrap()));
            }
        }
    }
    let waiting = desk.ok(party, &["--json", "outbox", "list"]).out;
    all + &waiting
}

/// A holder with facts, a request, a substitute, a disclosure and a case with evidence, all about the report.
fn holder() -> (Desk, String) {
    let desk = Desk::delivered();
    desk.substituted();
    desk.ok("GBR.CAB", &["facts", "set", REPORT, "facts.json"]);
    let said = [
        "--audience",
        "visitors.json",
        "--route",
        "said",
        "--by",
        "GBR.CAB/minister",
        "--unlawful",
    ];
    let add = ["--json", "disclosure", "add", "--report", REPORT, "--portions", "harm"];
    let disclosure = desk.ok("GBR.CAB", &[&add[..], &said].concat()).json();
    let disclosure = disclosure["disclosure"]["id"].as_str().unwrap().to_owned();
    let officer = "GBR.CAB/disclosure-officer";
    let open = [
        "--json",
        "incident",
        "open",
        "--by",
        officer,
        "--disclosure",
        &disclosure,
    ];
    let case = desk.ok("GBR.CAB", &open).json()["id"].as_str().unwrap().to_owned();
    desk.write("press.txt", "A ferry is to be sunk.");
    let found = ["--found", "front page", "--by", officer];
    desk.ok(
        "GBR.CAB",
        &[&["incident", "evidence", &case, "press.txt"][..], &found].concat(),
    );
    (desk, case)
}

/// The recall, as the holder takes it in.
fn recalled(desk: &Desk) -> String {
    desk.ok(
        "USA.SVC",
        &["recall", "order", REPORT, "--action", "purge", "--reason", "at risk"],
    );
    desk.receive("GBR.CAB");
    let recalls = desk.ok("GBR.CAB", &["--json", "recall", "list"]).json();
    recalls[0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn d3_after_an_acknowledged_purge_nothing_that_is_left_says_the_text() {
    let (desk, _) = holder();
    let before = readable(&desk, "GBR.CAB");
    for word in WORDS.iter().chain(&["passenger ferries in the region"]) {
        assert!(before.contains(word), "{word} was there");
    }
    let old = desk.path("old-copy");
    copy(&desk.path("GBR.CAB"), &old);
    let recall = recalled(&desk);
    let done = desk.ok("GBR.CAB", &["recall", "acknowledge", &recall]);
    assert!(done.out.contains("is acknowledged: destroyed\n"), "{}", done.out);
    assert!(done.err.contains("not covered: papers"), "{}", done.err);
    let after = readable(&desk, "GBR.CAB");
    for word in WORDS
        .iter()
        .chain(&["passenger ferries in the region", "refrigerated", "Planned attack"])
    {
        assert!(!after.contains(word), "{word} is still there");
    }
    assert!(after.contains("content destroyed on"));
    desk.ok("GBR.CAB", &["store", "check"]);
    desk.ok("GBR.CAB", &["ledger", "verify"]);
    desk.ok("GBR.CAB", &["store", "rebuild"]);
    desk.ok("GBR.CAB", &["store", "check"]);
    let shown = desk.ok("GBR.CAB", &["report", "show", REPORT]);
    assert!(
        shown.out.contains("content destroyed on") && !shown.out.contains("Grey Tide"),
        "{}",
        shown.out
    );
    // The originator is told what was done, not what was typed.
    desk.receive("USA.SVC");
    let told = desk.ok("USA.SVC", &["recall", "list"]);
    assert!(told.out.contains("destroyed"), "{}", told.out);
    // An old copy of the folder, put back by hand, opens with nothing that is here now; with its own rescue it is purged first.
    std::fs::remove_dir_all(desk.path("GBR.CAB")).unwrap();
    copy(&old, &desk.path("GBR.CAB"));
    let refused = desk.run(&["--data", "GBR.CAB", "report", "show", REPORT]);
    assert!(refused.code == 1 && refused.err.contains("purge"), "{}", refused.err);
    let refused = desk.run(&["--data", "GBR.CAB", "store", "recover"]);
    assert!(
        refused.code == 1 && refused.err.contains("--replace"),
        "{}",
        refused.err
    );
    desk.ok("GBR.CAB", &["store", "recover", "--replace"]);
    let again = readable(&desk, "GBR.CAB");
    assert!(!again.contains("Grey Tide") && again.contains("content destroyed on"));
}

#[test]
fn d3_what_stays_is_said() {
    let (desk, case) = holder();
    desk.ok("GBR.CAB", &["store", "backup", "safe", "--until", "2099-01-01"]);
    let recall = recalled(&desk);
    let hold = [
        "recall",
        "acknowledge",
        &recall,
        "--legal-hold",
        "order 7 of the district court",
    ];
    let held = desk.ok("GBR.CAB", &hold);
    assert!(held.out.contains("not destroyed: legal hold, order 7"), "{}", held.out);
    assert!(
        desk.ok("GBR.CAB", &["report", "show", REPORT])
            .out
            .contains("Grey Tide")
    );
    let keep = format!("{case}=by voice, the duty officer");
    let done = desk.ok("GBR.CAB", &["recall", "acknowledge", &recall, "--keep", &keep]);
    assert!(done.out.contains("destroyed but for an open case"), "{}", done.out);
    assert!(
        done.out.contains("a backup of") && done.out.contains("2099-01-01"),
        "{}",
        done.out
    );
    let safe = desk.path("safe").canonicalize().unwrap();
    assert!(
        done.out.contains(&safe.display().to_string()),
        "the backup is named here: {}",
        done.out
    );
    let after = readable(&desk, "GBR.CAB");
    assert!(
        after.contains("ferry is to be sunk") && !after.contains("Grey Tide"),
        "the case keeps its evidence"
    );
    desk.receive("USA.SVC");
    let told = desk.ok("USA.SVC", &["--json", "recall", "list"]).out;
    assert!(
        told.contains("2099-01-01") && !told.contains(&safe.display().to_string()),
        "{told}"
    );
}

#[test]
fn d3_a_restored_backup_is_purged_again_before_it_shows_anything() {
    let (desk, _) = holder();
    desk.ok("GBR.CAB", &["store", "backup", "safe"]);
    assert_eq!(holding(&desk.path("safe"), &WORDS), Vec::<PathBuf>::new());
    let recall = recalled(&desk);
    desk.ok("GBR.CAB", &["recall", "acknowledge", &recall]);
    std::fs::remove_dir_all(desk.path("GBR.CAB")).unwrap();
    let refused = desk.run(&["--data", "GBR.CAB", "store", "restore", "safe"]);
    assert!(
        refused.code == 1 && refused.err.contains("--replace"),
        "{}",
        refused.err
    );
    assert!(!desk.path("GBR.CAB").exists() && !desk.path("GBR.CAB.restoring").exists());
    let done = desk.ok("GBR.CAB", &["store", "restore", "safe", "--replace"]);
    assert!(
        done.out.contains("1 purge") && done.out.contains("signs nothing"),
        "{}",
        done.out
    );
    let after = readable(&desk, "GBR.CAB");
    assert!(!after.contains("Grey Tide") && after.contains("content destroyed on"));
    desk.ok("GBR.CAB", &["store", "check"]);
    let refused = desk.run(&["--data", "GBR.CAB", "ledger", "publish"]);
    assert!(refused.code != 0, "{}", refused.out);
}

#[test]
fn d11_evidence_is_checked_and_in_the_backup() {
    let (desk, _) = holder();
    std::fs::create_dir(desk.path("GBR.CAB/partners")).unwrap();
    desk.write("GBR.CAB/partners/USA.SVC.pem", "its certificate");
    desk.ok("GBR.CAB", &["store", "backup", "safe"]);
    std::fs::remove_dir_all(desk.path("GBR.CAB")).unwrap();
    let done = desk.ok("GBR.CAB", &["store", "restore", "safe"]);
    let partner = std::fs::read_to_string(desk.path("GBR.CAB/partners/USA.SVC.pem"));
    assert_eq!(
        partner.unwrap(),
        "its certificate",
        "where partners are reached came back"
    );
    assert!(
        !done.out.contains("signs nothing"),
        "nothing newer was signed: {}",
        done.out
    );
    assert!(
        readable(&desk, "GBR.CAB").contains("A ferry is to be sunk."),
        "the evidence came back"
    );
    desk.ok("GBR.CAB", &["ledger", "publish"]);
    desk.ok("GBR.CAB", &["store", "check"]);
    // One byte of the folder's database changed, wherever a text or a piece of evidence stands.
    let database = desk.path("GBR.CAB/entente.db");
    let direct = rusqlite::Connection::open(&database).unwrap();
    let last = "SELECT name, sealed FROM texts ORDER BY seq DESC LIMIT 1";
    let (name, mut sealed): (String, Vec<u8>) = direct
        .query_row(last, [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let middle = sealed.len() / 2;
    sealed[middle] ^= 1;
    direct
        .execute("UPDATE texts SET sealed = ?1 WHERE name = ?2", (sealed, name))
        .unwrap();
    drop(direct);
    let found = desk.run(&["--data", "GBR.CAB", "store", "check"]);
    assert_eq!(found.code, 6, "{}{}", found.out, found.err);
}

#[test]
fn another_passphrase_locks_the_keys_and_a_folder_of_files_is_taken_in() {
    let desk = Desk::delivered();
    desk.secret("new", "another one\n");
    desk.secret("empty", "\n");
    let change = |file: &str| {
        std::process::Command::new(env!("CARGO_BIN_EXE_entente"))
            .args(["--data", "GBR.CAB", "passphrase", "change", "--work-factor", "2"])
            .current_dir(desk.path(""))
            .env("ENTENTE_HEADS", desk.path("heads"))
            .env("ENTENTE_PASSPHRASE", "for a test")
            .env("ENTENTE_NEW_PASSPHRASE_FILE", file)
            .output()
            .unwrap()
    };
    assert!(!change("empty").status.success());
    desk.ok("GBR.CAB", &["ledger", "publish"]);
    let changed = change("new");
    assert!(changed.status.success(), "{}", String::from_utf8_lossy(&changed.stderr));
    assert_ne!(desk.run(&["--data", "GBR.CAB", "ledger", "publish"]).code, 0);
    // What is read needs no passphrase.
    desk.ok("GBR.CAB", &["report", "list"]);
    let ask = [
        "request",
        "open",
        "--report",
        REPORT,
        "--portions",
        "plot",
        "--audience",
        "visitors.json",
    ];
    let refused = desk.run(&[&["--data", "GBR.CAB"], &ask[..], &["--purpose", "threat-warning"]].concat());
    assert_ne!(refused.code, 0);
    let took = desk.ok("USA.SVC", &["receive", "post"]);
    assert!(took.err.contains("for others"), "{}", took.err);
}
