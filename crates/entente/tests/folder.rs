//! The folder that a node lives in: whose it is, who waits for whom, and what is never written where.

#![cfg(unix)]
use crate::support;

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::Desk;

fn entente(desk: &Desk) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_entente"));
    command
        .current_dir(desk.0.path())
        .env("ENTENTE_HEADS", desk.path("heads"))
        .env("ENTENTE_PASSPHRASE", "for a test")
        .env("ENTENTE_OUT", "post")
        .env_remove("ENTENTE_DATA")
        .stdin(Stdio::null());
    command
}

fn init(desk: &Desk, data: &str, party: &str) {
    let said = desk.run(&["--data", data, "init", "--party", party, "--work-factor", "1"]);
    assert_eq!(said.code, 0, "{}", said.err);
}

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut all = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all.extend(below(&path)),
            false => all.push(path),
        }
    }
    all
}

#[test]
fn f1_a_node_and_its_papers_are_its_owners() {
    let desk = Desk::new();
    init(&desk, "a", "AAA");
    desk.write(
        "r.md",
        "---\nid: R-1\nscheme: tlp\ntitle: t\n---\n\n(TLP:RED) Hidden words.\n",
    );
    assert_eq!(desk.run(&["--data", "a", "report", "add", "r.md"]).code, 0);
    desk.run(&["--data", "a", "ledger", "publish"]);
    desk.run(&["--data", "a", "assure", "--for", "AAA", "-o", "paper.html"]);
    let all = ["a", "heads"].into_iter().flat_map(|folder| below(&desk.path(folder)));
    for path in all {
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), expected, "{}", path.display());
    }
    std::fs::set_permissions(desk.path("a"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let said = desk.run(&["--data", "a", "party", "list"]);
    assert_eq!((said.code, mode(&desk.path("a"))), (0, 0o700));
    assert!(said.err.contains("others on this machine could read a"), "{}", said.err);
}

#[test]
fn f1_what_is_written_does_not_follow_links() {
    let desk = Desk::new();
    init(&desk, "a", "AAA");
    desk.write("victim", "mine");
    desk.write("t.txt", "Nothing is said here.");
    desk.write("f.json", "[]");
    symlink(desk.path("victim"), desk.path("page.html")).unwrap();
    let said = desk.run(&["watch", "scan", "--facts", "f.json", "--html", "page.html", "t.txt"]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(said.err.contains("links are not followed"), "{}", said.err);
    assert_eq!(std::fs::read_to_string(desk.path("victim")).unwrap(), "mine");
}

#[test]
fn f2_nothing_is_signed_without_a_place_outside_the_folder() {
    let desk = Desk::new();
    let homeless = |arguments: &[&str]| {
        let mut command = entente(&desk);
        for name in ["HOME", "XDG_STATE_HOME", "ENTENTE_HEADS"] {
            command.env_remove(name);
        }
        command.args(arguments).output().unwrap()
    };
    let refused = homeless(&["--data", "a", "init", "--party", "AAA", "--work-factor", "1"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && said.contains("ENTENTE_HEADS"), "{said}");
    assert!(!desk.path("a").exists(), "nothing is set up");
    init(&desk, "a", "AAA");
    assert!(!homeless(&["--data", "a", "ledger", "publish"]).status.success());
    let inside = entente(&desk)
        .env("ENTENTE_HEADS", "a/../a/heads")
        .args(["--data", "a", "ledger", "publish"])
        .output()
        .unwrap();
    let said = String::from_utf8(inside.stderr).unwrap();
    assert!(
        !inside.status.success() && said.contains("inside the data folder"),
        "{said}"
    );
    assert!(!desk.path("a/heads").exists());
}

#[test]
fn f2_a_swapped_origin_is_noticed() {
    let desk = Desk::new();
    init(&desk, "a", "AAA");
    let origin = desk.path("a/origin");
    let was = std::fs::read_to_string(&origin).unwrap();
    std::fs::write(&origin, "AAA/00000000").unwrap();
    let said = desk.run(&["--data", "a", "ledger", "publish"]);
    assert!(said.code != 0 && said.err.contains("origin"), "{}", said.err);
    std::fs::write(&origin, was).unwrap();
    assert_eq!(desk.run(&["--data", "a", "ledger", "publish"]).code, 0);
}

#[test]
fn f6_commands_at_once_wait_for_each_other() {
    let desk = Desk::new();
    init(&desk, "a", "AAA");
    let start = |arguments: Vec<String>| {
        let mut command = entente(&desk);
        command.args(["--data", "a"]).args(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let all: Vec<_> = (0..8)
        .flat_map(|n| {
            let person = format!("AAA/person-{n}");
            let add = ["person", "add", &person, "--name", "x"].map(str::to_owned);
            [start(add.to_vec()), start(vec!["person".to_owned(), "list".to_owned()])]
        })
        .collect();
    for child in all {
        let done = child.wait_with_output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    let persons = desk.run(&["--data", "a", "--json", "person", "list"]).json();
    assert_eq!(persons.as_array().unwrap().len(), 8);
    assert_eq!(desk.run(&["--data", "a", "store", "check"]).code, 0);
}

#[test]
fn f7_a_reader_that_goes_away_is_no_failure() {
    let desk = Desk::new();
    init(&desk, "a", "AAA");
    for line in [
        "completions bash",
        "--help",
        "--data a ledger log",
        "--data a --json party list",
        "--data a party export",
    ] {
        let mut child = entente(&desk);
        let mut child = child
            .args(line.split(' '))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let done = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(!said.contains("panic") && !said.contains("ipe"), "{line}: {said}");
        assert_eq!(done.status.code(), Some(0), "{line}");
    }
    let full = std::fs::File::options().write(true).open("/dev/full");
    if let Ok(full) = full {
        let done = entente(&desk)
            .args(["--data", "a", "party", "list"])
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(done.status.code(), Some(1), "what is lost is not called done");
    }
}
