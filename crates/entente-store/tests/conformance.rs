//! SQLite passes what every provider has to pass, also when it is killed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use cluster::Server;
use ed25519_dalek::SigningKey;
use entente_ledger::{Folder, NoteSigner};
use entente_store::conformance::{after_kill, all, tiles, until_killed};
use entente_store::{Address, Postgres, Provider, RootPlace, ServerTiles, Sqlite, StoreError};

mod cluster;

/// The environment variable that tells a copy of this program which folder to write to.
const FOLDER: &str = "ENTENTE_CONFORMANCE_FOLDER";
/// The environment variable that tells it the database, where it is to write to one.
const DATABASE: &str = "ENTENTE_CONFORMANCE_DATABASE";

fn open(folder: &Path) -> Result<Box<dyn Provider>, StoreError> {
    let root = RootPlace::without_rescue(folder.join("root"));
    Ok(Box::new(Sqlite::open(&folder.join("provider.db"), root)?))
}

fn open_on_server(address: &Address, folder: &Path) -> Result<Box<dyn Provider>, StoreError> {
    let root = RootPlace::without_rescue(folder.join("root"));
    Ok(Box::new(Postgres::open(address, root)?))
}

#[test]
fn sqlite_passes_the_rules_of_every_provider() {
    let dir = tempfile::tempdir().unwrap();
    all(&|| open(dir.path())).unwrap();
}

#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn postgresql_passes_the_rules_of_every_provider() {
    let dir = tempfile::tempdir().unwrap();
    let address = Server::of_the_script().database("rules");
    all(&|| open_on_server(&address, dir.path())).unwrap();
}

#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn postgresql_passes_them_where_every_transaction_is_serializable() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::of_the_script();
    let address = server.database("rules_serializable");
    let set = "ALTER DATABASE rules_serializable SET default_transaction_isolation = 'serializable'";
    server.says("rules_serializable", set);
    all(&|| open_on_server(&address, dir.path())).unwrap();
}

fn signer() -> NoteSigner {
    NoteSigner::new("log.example", SigningKey::from_bytes(&[7; 32])).unwrap()
}

#[test]
fn a_folder_keeps_the_files_of_a_log() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Arc::new(Folder::new(dir.path().join("ledger"))) as _;
    tiles(&open, &signer(), &dir.path().join("head")).unwrap();
}

#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn postgresql_keeps_the_files_of_a_log() {
    let dir = tempfile::tempdir().unwrap();
    let address = Server::of_the_script().database("log_files");
    open_on_server(&address, dir.path()).unwrap();
    let open = || Arc::new(ServerTiles::new(address.clone())) as _;
    tiles(&open, &signer(), &dir.path().join("head")).unwrap();
}

#[test]
#[ignore = "writes until it is killed: run by the tests below, in a process of its own"]
fn writes_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let address = std::env::var(DATABASE)
        .ok()
        .map(|text| text.parse::<Address>().unwrap());
    let folder = Path::new(&folder);
    let open = || match &address {
        None => open(folder),
        Some(address) => open_on_server(address, folder),
    };
    let told = until_killed(&open, &mut |seq| {
        std::io::stderr()
            .write_all(format!("acknowledged {seq}\n").as_bytes())
            .unwrap();
    });
    told.unwrap();
}

/// Rounds of `kill -9` over the same bytes; set `ENTENTE_CRASH_ROUNDS` for more.
fn killed(folder: &Path, address: Option<&Address>) {
    let rounds: u64 = std::env::var("ENTENTE_CRASH_ROUNDS").map_or(12, |text| text.parse().unwrap());
    let mut acknowledged = 0;
    for round in 0..rounds {
        let mut command = Command::new(std::env::current_exe().unwrap());
        if let Some(address) = address {
            command.env(DATABASE, address.to_string());
        }
        let mut child = command
            .args(["writes_until_killed", "--exact", "--ignored", "--nocapture"])
            .env(FOLDER, folder)
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
        let reopened = after_kill(
            &|| match address {
                None => open(folder),
                Some(address) => open_on_server(address, folder),
            },
            acknowledged,
        );
        reopened.unwrap();
    }
    assert!(acknowledged > rounds);
}

#[test]
fn sqlite_keeps_every_acknowledged_step_whole_when_it_is_killed() {
    killed(tempfile::tempdir().unwrap().path(), None);
}

#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn postgresql_keeps_every_acknowledged_step_whole_when_its_node_is_killed() {
    let address = Server::of_the_script().database("killed");
    killed(tempfile::tempdir().unwrap().path(), Some(&address));
}
