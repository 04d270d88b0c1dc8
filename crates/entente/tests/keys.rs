//! Keys that are replaced, lost, or passed for another's, with the real binary (kinds C9 and F3).

use crate::support;

use support::Desk;

fn fingerprint(desk: &Desk, file: &str) -> String {
    let party = file.trim_end_matches(".keys");
    let said = desk.ok(party, &["party", "export"]);
    desk.write(file, &said.out);
    said.err.trim().trim_start_matches("fingerprint ").to_owned()
}

#[test]
fn c9_partners_follow_new_keys_and_refuse_old_ones() {
    let desk = Desk::new();
    desk.parties();
    std::fs::copy(desk.path("USA.SVC.keys"), desk.path("old.keys")).unwrap();
    let before = desk.ok("USA.SVC", &["--json", "party", "list"]).json();
    let old = before[1]["signing_keys"][0].as_str().unwrap().to_owned();
    // Sealed before the change, taken in after it: to be signed again.
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    desk.ok("USA.SVC", &["deliver", support::REPORT, "--to", "GBR.CAB"]);
    let late: Vec<_> = std::fs::read_dir(desk.path("post")).unwrap().flatten().collect();
    std::fs::rename(late[0].path(), desk.path("late.entente")).unwrap();
    desk.ok("USA.SVC", &["party", "rotate"]);
    desk.receive("GBR.CAB");
    let refused = desk.run(&["--data", "GBR.CAB", "receive", "late.entente"]);
    assert!(
        refused.err.contains("has been replaced; ask USA.SVC to sign it again"),
        "{}",
        refused.err
    );
    // What is signed with the new ones counts, and the old file of keys does not bring the old ones back.
    desk.ok("USA.SVC", &["deliver", support::REPORT, "--to", "GBR.CAB"]);
    desk.receive("GBR.CAB");
    let add = ["--data", "GBR.CAB", "party", "add", "USA.SVC", "--keys", "old.keys"];
    let refused = desk.run(&add);
    assert!(
        refused.code == 1 && refused.err.contains("OLDER KEYS"),
        "{}",
        refused.err
    );
    // Declared compromised, the link waits for a fingerprint that somebody types in.
    let moment = ["--from", "2026-01-01T00:00:00Z"];
    desk.ok("USA.SVC", &[&["party", "compromised", &old], &moment[..]].concat());
    desk.receive("GBR.CAB");
    let list = desk.ok("GBR.CAB", &["party", "list"]).out;
    assert!(list.contains("frozen since"), "{list}");
    let shown = fingerprint(&desk, "USA.SVC.keys");
    let add = |typed: &str| {
        let keys = ["--data", "GBR.CAB", "party", "add", "USA.SVC", "--keys", "USA.SVC.keys"];
        desk.run(&[&keys[..], &["--fingerprint", typed]].concat())
    };
    assert_eq!(add("0000 0000 0000 0000 0000 0000").code, 1);
    assert_eq!(add(&shown).code, 0);
    let list = desk.ok("GBR.CAB", &["party", "list"]).out;
    assert!(!list.contains("frozen"), "{list}");
    desk.ok("GBR.CAB", &["store", "check"]);
}

#[test]
fn f3_rotating_keeps_the_work_factor_and_no_passphrase_is_empty() {
    let desk = Desk::new();
    desk.found("USA.SVC");
    let stanza = || {
        let file = std::fs::read(desk.path("USA.SVC/keys.age")).unwrap();
        let text = String::from_utf8_lossy(&file).into_owned();
        let line = text.lines().find(|line| line.starts_with("-> scrypt ")).unwrap();
        line.rsplit_once(' ').unwrap().1.to_owned()
    };
    assert_eq!(stanza(), "2");
    desk.ok("USA.SVC", &["party", "rotate"]);
    assert_eq!(stanza(), "2");
    let program = std::process::Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(["--data", "empty", "init", "--party", "USA.SVC", "--work-factor", "2"])
        .current_dir(desk.0.path())
        .env("ENTENTE_HEADS", desk.path("heads"))
        .env("ENTENTE_PASSPHRASE", "")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&program.stderr);
    assert!(said.contains("the passphrase is empty"), "{said}");
    assert!(!desk.path("empty/keys.age").exists());
}
