//! SQLite passes what every provider has to pass, also when it is killed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use entente_store::conformance::{after_kill, all, until_killed};
use entente_store::{Provider, RootPlace, Sqlite, StoreError};

/// The environment variable that tells a copy of this program which folder to write to.
const FOLDER: &str = "ENTENTE_CONFORMANCE_FOLDER";

fn open(folder: &Path) -> Result<Box<dyn Provider>, StoreError> {
    let root = RootPlace::without_rescue(folder.join("root"));
    Ok(Box::new(Sqlite::open(&folder.join("provider.db"), root)?))
}

#[test]
fn sqlite_passes_the_rules_of_every_provider() {
    let dir = tempfile::tempdir().unwrap();
    all(&|| open(dir.path())).unwrap();
}

#[test]
#[ignore = "writes until it is killed: run by the test below, in a process of its own"]
fn writes_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let told = until_killed(&|| open(Path::new(&folder)), &mut |seq| {
        std::io::stderr()
            .write_all(format!("acknowledged {seq}\n").as_bytes())
            .unwrap();
    });
    told.unwrap();
}

/// Rounds of `kill -9` over the same bytes; set `ENTENTE_CRASH_ROUNDS` for more.
#[test]
fn sqlite_keeps_every_acknowledged_step_whole_when_it_is_killed() {
    let rounds: u64 = std::env::var("ENTENTE_CRASH_ROUNDS").map_or(12, |text| text.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    for round in 0..rounds {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["writes_until_killed", "--exact", "--ignored", "--nocapture"])
            .env(FOLDER, dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut last = |line: String| {
            let seq = line
                .strip_prefix("acknowledged ")
                .unwrap_or_else(|| panic!("the writer fails: {line}"));
            acknowledged = seq.parse().unwrap();
        };
        last(lines.next().unwrap().unwrap());
        // Somewhere in the next steps, some of which destroy.
        std::thread::sleep(Duration::from_micros(1_000 + round * 7_919 % 40_000));
        child.kill().unwrap();
        child.wait().unwrap();
        lines.map_while(Result::ok).for_each(last);
        after_kill(&|| open(dir.path()), acknowledged).unwrap();
    }
    assert!(acknowledged > rounds);
}
