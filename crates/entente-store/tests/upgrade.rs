//! A folder of the first format, with texts in clear, becomes one with sealed texts.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod notes;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use entente_ledger::{Leaf, Salt};
use entente_store::{RootPlace, Store, StoreError, Upgrade, Upgraded, confirm, unconfirmed, upgrade};
use notes::{Notes, destroy, now, write};
use sha2::{Digest, Sha256};

const FIRST: &str = "
CREATE TABLE events (seq INTEGER PRIMARY KEY, time TEXT NOT NULL, kind TEXT NOT NULL, payload BLOB NOT NULL, salt BLOB NOT NULL) STRICT;
CREATE TABLE leaves (seq INTEGER PRIMARY KEY REFERENCES events(seq), entry BLOB NOT NULL) STRICT;
CREATE TABLE documents (kind TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, kind TEXT NOT NULL, destination TEXT NOT NULL, payload BLOB NOT NULL, done TEXT) STRICT;
PRAGMA user_version = 1;
";

const EVIDENCE: &[u8] = b"canary in the press";

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As the first release wrote it. The payload is not as this program would write it: order and spaces must survive.
fn first(folder: &Path, events: i64) {
    std::fs::create_dir_all(folder).unwrap();
    let database = rusqlite::Connection::open(folder.join("entente.db")).unwrap();
    database.pragma_update(None, "journal_mode", "WAL").unwrap();
    database.execute_batch(FIRST).unwrap();
    for seq in 1..=events {
        let (kind, payload) = match seq {
            2 => (
                "kept",
                format!(r#"{{"sha256":"{}","event":"kept","about":"a"}}"#, sha256(EVIDENCE)),
            ),
            _ => (
                "written",
                format!(r#"{{ "text":"canary \u0041 {seq}", "event":"written","version":{seq}, "about":"a"}}"#),
            ),
        };
        let salt = Salt::random();
        let leaf = Leaf::new(seq.unsigned_abs(), now().to_string(), kind, &salt, payload.as_bytes());
        database
            .execute(
                "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5)",
                (seq, now().to_string(), kind, payload.as_bytes(), salt.as_bytes()),
            )
            .unwrap();
        database
            .execute("INSERT INTO leaves VALUES (?1, ?2)", (seq, leaf.to_bytes()))
            .unwrap();
    }
    database
        .execute(
            "INSERT INTO outbox VALUES (7, 1, 'letter', 'GBR', x'613a2063616e617279', NULL)",
            [],
        )
        .unwrap();
}

fn root(folder: &Path) -> RootPlace {
    RootPlace::without_rescue(folder.with_extension("root"))
}

fn run(folder: &Path) -> Result<Upgraded, StoreError> {
    let attachment = |digest: &str| Ok((digest == sha256(EVIDENCE)).then(|| EVIDENCE.to_vec()));
    let with = Upgrade {
        root: root(folder),
        attachment: &attachment,
        now: now(),
        tell: Arc::new(|text| assert!(text.contains("others on this machine"), "{text}")),
    };
    upgrade::<Notes>(folder, &with, &mut |_| ())
}

fn entries(folder: &Path) -> Vec<Vec<u8>> {
    let database = rusqlite::Connection::open(folder.join("entente.db")).unwrap();
    let mut query = database.prepare("SELECT entry FROM leaves ORDER BY seq").unwrap();
    let rows = query.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

fn clear(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let holds = |path: &PathBuf| {
        std::fs::read(path)
            .unwrap()
            .windows(6)
            .any(|window| window == b"canary")
    };
    files.filter(holds).collect()
}

#[test]
fn an_old_folder_is_sealed_and_its_ledger_stays_what_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("node");
    first(&folder, 3);
    let refused = Store::<Notes>::open(&folder, root(&folder));
    assert!(matches!(refused, Err(StoreError::Older { found: 1 })));
    let before = entries(&folder);
    let done = run(&folder).unwrap();
    assert_eq!((done.events, done.resumed), (3, 0));
    assert_eq!(
        clear(&folder),
        [unconfirmed(&folder).unwrap()],
        "the old file is kept until it is confirmed"
    );
    assert_eq!(entries(&folder)[..3], before);
    let store = Store::<Notes>::open(&folder, root(&folder)).unwrap();
    assert_eq!(store.check(&mut |_| ()).unwrap(), []);
    assert_eq!(
        store.read(|notes| notes.0["a"].clone()).unwrap(),
        [(1, "canary A 1".to_owned()), (3, "canary A 3".to_owned())]
    );
    assert_eq!(store.outbox().unwrap()[0].payload, b"a: canary");
    assert_eq!(store.attachment(&sha256(EVIDENCE)).unwrap().unwrap(), EVIDENCE);
    let opening = store.opening(1).unwrap().unwrap();
    assert!(opening.texts.is_empty() && String::from_utf8(opening.payload).unwrap().contains(r"canary \u0041 1"));
    write(&store, "a", 4, "goes on");
    drop(store);
    assert!(matches!(run(&folder), Err(StoreError::Current(_))));
    assert!(confirm(&folder).unwrap());
    assert!(!confirm(&folder).unwrap());
    assert_eq!(clear(&folder), Vec::<PathBuf>::new());
}

#[test]
fn an_interrupted_upgrade_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("node");
    first(&folder, 1200);
    // Interrupted after the first transaction.
    let attachment = |_: &str| Ok(Some(EVIDENCE.to_vec()));
    let stopped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let with = Upgrade {
            root: root(&folder),
            attachment: &attachment,
            now: now(),
            tell: Arc::new(|_| ()),
        };
        upgrade::<Notes>(&folder, &with, &mut |_| panic!("the machine stops"))
    }));
    assert!(stopped.is_err());
    let refused = Store::<Notes>::open(&folder, root(&folder));
    assert!(
        matches!(refused, Err(StoreError::Older { found: 1 })),
        "the old file is as it was"
    );
    let done = run(&folder).unwrap();
    assert_eq!((done.events, done.resumed), (1200, 512));
    // Interrupted between the two steps in which the files change places.
    std::fs::rename(folder.join("entente.db"), folder.join("entente.db.upgrading")).unwrap();
    run(&folder).unwrap();
    let store = Store::<Notes>::open(&folder, root(&folder)).unwrap();
    assert_eq!(store.check(&mut |_| ()).unwrap(), []);
    assert_eq!(store.ledger_size().unwrap(), 1201);
}

#[test]
fn what_was_destroyed_of_an_old_event_leaves_no_guess_to_be_tried() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("node");
    first(&folder, 3);
    run(&folder).unwrap();
    confirm(&folder).unwrap();
    let store = Store::<Notes>::open(&folder, root(&folder)).unwrap();
    destroy(&store, "a", 1);
    assert_eq!(store.check(&mut |_| ()).unwrap(), []);
    assert!(store.opening(1).unwrap().is_none(), "its salt is gone");
    assert!(store.opening(3).unwrap().is_some());
}
