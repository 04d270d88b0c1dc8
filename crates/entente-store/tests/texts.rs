//! Texts at rest: sealed, and gone when they are destroyed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod notes;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use entente_ledger::{Leaf, Salt};
use entente_store::{Attachment, Change, Outgoing, RootPlace, Store, StoreError, Topic};
use notes::{Event, GONE, Notes, destroy, now, submit, write};
use sha2::{Digest, Sha256};

/// A folder with a root beside it, and what its copies for rescue were.
struct Place {
    dir: tempfile::TempDir,
    copies: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Place {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            copies: Arc::default(),
        }
    }

    fn folder(&self) -> PathBuf {
        self.dir.path().join("node")
    }

    fn root_file(&self) -> PathBuf {
        self.dir.path().join("heads/root")
    }

    fn root(&self) -> RootPlace {
        let copies = self.copies.clone();
        RootPlace {
            file: self.root_file(),
            rescue: Arc::new(move |bytes| {
                copies.lock().unwrap().push(bytes.to_vec());
                Ok(())
            }),
        }
    }

    fn create(&self) -> Store<Notes> {
        Store::create(&self.folder(), self.root()).unwrap()
    }

    fn open(&self) -> Store<Notes> {
        Store::open(&self.folder(), self.root()).unwrap()
    }
}

/// Every file below a folder that holds these bytes.
fn holding(folder: &Path, what: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, what));
        } else if std::fs::read(&path)
            .unwrap()
            .windows(what.len())
            .any(|window| window == what.as_bytes())
        {
            found.push(path);
        }
    }
    found
}

fn evidence(about: &str, bytes: &[u8]) -> Change<Event> {
    let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Change {
        attachments: vec![Attachment {
            topic: Topic::new(about, 0),
            bytes: bytes.to_vec(),
        }],
        outgoing: vec![Outgoing {
            kind: "letter".to_owned(),
            destination: "GBR".to_owned(),
            payload: format!("{about}: canary in a letter").into_bytes(),
        }],
        ..Change::events(vec![Event::Kept {
            about: about.to_owned(),
            sha256,
        }])
    }
}

#[test]
fn no_text_stands_in_clear() {
    let place = Place::new();
    let store = place.create();
    write(&store, "a", 1, "canary in a text");
    submit(&store, evidence("a", b"canary in evidence"));
    assert_eq!(
        holding(&place.folder(), "canary"),
        Vec::<PathBuf>::new(),
        "while it is open"
    );
    assert_eq!(store.outbox().unwrap()[0].payload, b"a: canary in a letter");
    drop(store);
    assert_eq!(holding(&place.folder(), "canary"), Vec::<PathBuf>::new());
    assert_eq!(
        place.open().read(|notes| notes.0["a"][0].1.clone()).unwrap(),
        "canary in a text"
    );
}

#[test]
fn what_an_event_says_is_proved_text_by_text() {
    let place = Place::new();
    let store = place.create();
    write(&store, "a", 1, "canary");
    let opening = store.opening(1).unwrap().unwrap();
    let entry = Leaf::parse(&store.entries(0..1).unwrap()[0]).unwrap();
    assert!(entry.opens_to(&Salt::from_bytes(&opening.salt).unwrap(), &opening.payload));
    assert_eq!(entente_ledger::names(&opening.payload), [opening.texts[0].name()]);
    assert_eq!(opening.texts[0].literal(), b"\"canary\"");
    assert!(!String::from_utf8(opening.payload).unwrap().contains("canary"));
}

#[test]
fn d3_what_is_destroyed_is_gone_and_the_rest_stays() {
    let place = Place::new();
    let store = place.create();
    write(&store, "a", 1, "canary one");
    write(&store, "a", 2, "second version");
    write(&store, "b", 1, "of another topic");
    submit(&store, evidence("a", b"canary in evidence"));
    submit(&store, evidence("b", b"other evidence"));
    let before = std::fs::read(place.root_file()).unwrap();
    destroy(&store, "a", 1);
    assert_ne!(
        std::fs::read(place.root_file()).unwrap(),
        before,
        "the root is replaced"
    );
    for store in [store, place.open()] {
        let notes = store.read(|notes| notes.0.clone()).unwrap();
        assert_eq!(notes["a"], [(1, GONE.to_owned()), (2, "second version".to_owned())]);
        assert_eq!(notes["b"], [(1, "of another topic".to_owned())]);
        assert_eq!(store.check(&mut |_| ()).unwrap(), []);
        let sha256 = |bytes: &[u8]| -> String { Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect() };
        assert_eq!(store.attachment(&sha256(b"canary in evidence")).unwrap(), None);
        assert_eq!(
            store.attachment(&sha256(b"other evidence")).unwrap().unwrap(),
            b"other evidence"
        );
        assert_eq!(store.outbox().unwrap().len(), 1, "the letter about it is gone");
        // The event still proves that something was written, and does not say what.
        let opening = store.opening(1).unwrap().unwrap();
        assert_eq!(opening.texts, []);
        let entry = Leaf::parse(&store.entries(0..1).unwrap()[0]).unwrap();
        assert!(entry.opens_to(&Salt::from_bytes(&opening.salt).unwrap(), &opening.payload));
        write(&store, "c", 1, "goes on");
    }
    let store = place.open();
    destroy(&store, "a", 2);
    assert_eq!(store.check(&mut |_| ()).unwrap(), []);
    drop(store);
    let rebuilt = place.open();
    rebuilt.rebuild().unwrap();
    assert_eq!(place.open().check(&mut |_| ()).unwrap(), []);
}

/// A copy of the folder from before, with the root as it is after: as if a page, a log or a snapshot had stayed.
#[test]
fn d3_no_old_page_opens_under_the_new_root() {
    let place = Place::new();
    let store = place.create();
    write(&store, "a", 1, "canary");
    write(&store, "b", 1, "stays");
    drop(store);
    let old = place.dir.path().join("old");
    std::fs::create_dir(&old).unwrap();
    std::fs::copy(place.folder().join("entente.db"), old.join("entente.db")).unwrap();
    destroy(&place.open(), "a", 1);
    let refused = Store::<Notes>::open(&old, place.root());
    assert!(matches!(refused, Err(StoreError::OtherRoot(_))));
    let latest = place.copies.lock().unwrap().last().cloned().unwrap();
    assert_eq!(
        latest,
        std::fs::read(place.root_file()).unwrap(),
        "the copy for rescue holds the new root alone"
    );
    // Not even when the database pretends to be of the new root's time: each branch was wrapped under the old one.
    let direct = rusqlite::Connection::open(old.join("entente.db")).unwrap();
    direct.execute("UPDATE vault SET epoch = 2", []).unwrap();
    drop(direct);
    assert!(matches!(
        Store::<Notes>::open(&old, place.root()),
        Err(StoreError::OtherRoot(_))
    ));
}

/// Interrupted after the commit and before the old root was gone: the next that writes brings it to its end.
#[test]
fn d3_an_interrupted_purge_is_finished() {
    let place = Place::new();
    let store = place.create();
    write(&store, "a", 1, "canary");
    let old = String::from_utf8(std::fs::read(place.root_file()).unwrap()).unwrap();
    destroy(&store, "a", 1);
    drop(store);
    let new = String::from_utf8(std::fs::read(place.root_file()).unwrap()).unwrap();
    let both = format!("{old}{}\n", new.lines().nth(1).unwrap());
    std::fs::write(place.root_file(), &both).unwrap();
    let store = place.open();
    assert_eq!(store.read(|notes| notes.0["a"][0].1.clone()).unwrap(), GONE);
    store.hold().unwrap();
    assert_eq!(std::fs::read(place.root_file()).unwrap(), new.into_bytes());
    assert_eq!(
        *place.copies.lock().unwrap().last().unwrap(),
        std::fs::read(place.root_file()).unwrap()
    );
}

#[test]
fn d3_without_a_copy_for_rescue_nothing_is_destroyed() {
    let place = Place::new();
    let store = place.create();
    write(&store, "a", 1, "canary");
    drop(store);
    let full = RootPlace {
        file: place.root_file(),
        rescue: Arc::new(|_| Err(std::io::Error::other("disk full"))),
    };
    let store = Store::<Notes>::open(&place.folder(), full).unwrap();
    let about = "a".to_owned();
    let failed = store.submit(now(), |_| {
        Ok::<_, String>(Change::events(vec![Event::Destroyed { about, version: 1 }]))
    });
    assert!(failed.unwrap_err().to_string().contains("disk full"));
    assert_eq!(store.read(|notes| notes.0["a"][0].1.clone()).unwrap(), "canary");
    drop(store);
    let store = place.open();
    assert_eq!(store.read(|notes| notes.0["a"][0].1.clone()).unwrap(), "canary");
    assert_eq!(store.check(&mut |_| ()).unwrap(), []);
}

#[test]
fn d11_a_changed_or_missing_text_is_noticed() {
    let place = Place::new();
    let store = place.create();
    write(&store, "a", 1, "a text");
    submit(&store, evidence("a", b"evidence"));
    let direct = rusqlite::Connection::open(store.database()).unwrap();
    let change = |sql: &str| direct.execute(sql, []).unwrap();
    let places = || -> Vec<String> {
        let all = store.check(&mut |_| ()).unwrap();
        all.into_iter().map(|d| format!("{}: {}", d.place, d.problem)).collect()
    };
    change("CREATE TABLE kept AS SELECT * FROM texts");
    for seq in [1, 2] {
        let sql = format!("SELECT sealed FROM texts WHERE seq = {seq}");
        let mut sealed: Vec<u8> = direct.query_row(&sql, [], |row| row.get(0)).unwrap();
        *sealed.last_mut().unwrap() ^= 1;
        direct
            .execute("UPDATE texts SET sealed = ?1 WHERE seq = ?2", (sealed, seq))
            .unwrap();
        let found = places();
        assert!(found[0].starts_with(&format!("event {seq}: ")), "{found:?}");
        assert!(found[0].contains("changed"), "{found:?}");
        change("DELETE FROM texts");
        change("INSERT INTO texts SELECT * FROM kept");
        assert_eq!(places(), Vec::<String>::new());
        change(&format!("DELETE FROM texts WHERE seq = {seq}"));
        assert!(places()[0].contains("is missing, and no event says that it was destroyed"));
        change("DELETE FROM texts");
        change("INSERT INTO texts SELECT * FROM kept");
    }
    change("INSERT INTO texts SELECT 'x', branch, seq, about, version, key, sealed FROM kept WHERE seq = 1");
    assert_eq!(places(), ["text x: no event refers to it"]);
}

#[test]
fn a_root_that_is_missing_is_asked_for() {
    let place = Place::new();
    drop(place.create());
    std::fs::remove_file(place.root_file()).unwrap();
    let refused = Store::<Notes>::open(&place.folder(), place.root());
    assert!(matches!(refused, Err(StoreError::NoRoot(_))));
    std::fs::write(place.root_file(), "something else").unwrap();
    let refused = Store::<Notes>::open(&place.folder(), place.root());
    assert!(matches!(refused, Err(StoreError::BadRoot(_))));
}
