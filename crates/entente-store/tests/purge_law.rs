//! The law of the purge: over random histories, nothing that is left decrypts to a text that was destroyed; not for
//! whoever has the folder as it is now, and not for whoever kept copies of the database from before and puts their rows back.
//!
//! `ENTENTE_WORLDS=100000` looks at more histories (one in a hundred of that number; each is a real folder), `ENTENTE_SEED=17` at one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

#[path = "../../entente-core/tests/worlds/dice.rs"]
mod dice;
mod notes;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dice::Dice;
use entente_store::{Attachment, Change, Outgoing, RootPlace, Store, Topic};
use notes::{Event, GONE, Notes, destroy, submit, write};
use sha2::{Digest, Sha256};

const TOPICS: [&str; 3] = ["a", "b", "c"];

fn root(place: &Path) -> RootPlace {
    RootPlace {
        file: place.join("heads/root"),
        rescue: Arc::new(|_| Ok(())),
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What was written, and which of it is destroyed.
#[derive(Default)]
struct Written {
    /// Texts by topic and version.
    texts: BTreeMap<(&'static str, u32), BTreeSet<String>>,
    /// Evidence by topic, all of it of version 0.
    evidence: BTreeMap<&'static str, BTreeSet<String>>,
    destroyed: BTreeSet<String>,
    kept: usize,
}

impl Written {
    fn destroy(&mut self, topic: &str, version: u32) {
        let texts = self
            .texts
            .iter()
            .filter(|((about, v), _)| *about == topic && *v <= version);
        self.destroyed.extend(texts.flat_map(|(_, texts)| texts.clone()));
        self.destroyed
            .extend(self.evidence.get(topic).into_iter().flatten().cloned());
        // What is written anew after that stays.
        self.texts.retain(|(about, v), _| *about != topic || *v > version);
        self.evidence.remove(topic);
    }
}

/// One step of a history.
fn step(store: &Store<Notes>, dice: &mut Dice, n: usize, written: &mut Written) -> bool {
    let topic = dice.name(&TOPICS);
    let version = u32::try_from(1 + dice.roll(3)).unwrap();
    let canary = format!("canary-{n}-{topic}-{version}.");
    match dice.roll(6) {
        0..=2 => {
            write(store, topic, version, &canary);
            written.texts.entry((topic, version)).or_default().insert(canary);
        }
        3 => {
            let bytes = canary.clone().into_bytes();
            let change = Change {
                attachments: vec![Attachment {
                    topic: Topic::new(topic, 0),
                    bytes: bytes.clone(),
                }],
                ..Change::events(vec![Event::Kept {
                    about: topic.to_owned(),
                    sha256: sha256(&bytes),
                }])
            };
            submit(store, change);
            written.evidence.entry(topic).or_default().insert(canary);
            written.kept += 1;
        }
        4 => {
            // A letter is about version 1 of its topic.
            let change = Change {
                outgoing: vec![Outgoing {
                    kind: "letter".to_owned(),
                    destination: "GBR".to_owned(),
                    payload: format!("{topic}: {canary}").into_bytes(),
                }],
                ..Change::events(vec![Event::Written {
                    about: topic.to_owned(),
                    version: 1,
                    text: canary.clone(),
                }])
            };
            submit(store, change);
            written.texts.entry((topic, 1)).or_default().insert(canary);
        }
        _ => {
            destroy(store, topic, version);
            written.destroy(topic, version);
            return true;
        }
    }
    false
}

/// Everything that a folder gives to whoever has it with its root: state, documents, openings, evidence, letters.
fn all_that_opens(folder: &Path, root: RootPlace, events: u64) -> String {
    let Ok(store) = Store::<Notes>::open(folder, root.clone()) else {
        return String::new();
    };
    let mut all = store.read(|notes| format!("{:?}", notes.0)).unwrap_or_default();
    for seq in 1..=events {
        if let Ok(Some(opening)) = store.opening(seq) {
            all += &String::from_utf8_lossy(&opening.payload);
            for text in &opening.texts {
                all += &String::from_utf8_lossy(text.literal());
            }
        }
    }
    for letter in store.outbox().unwrap_or_default() {
        all += &String::from_utf8_lossy(&letter.payload);
    }
    // As a program that forgot its documents would read it.
    let rebuilt = store.rebuild().and_then(|()| Store::<Notes>::open(folder, root));
    if let Ok(rebuilt) = rebuilt {
        all += &rebuilt.read(|notes| format!("{:?}", notes.0)).unwrap_or_default();
    }
    all
}

/// The database as it is, with rows of an old copy put back: the tables that are named here.
fn spliced(place: &Path, old: &Path, tables: &[&str], n: usize) -> PathBuf {
    let folder = place.join(format!("spliced-{n}"));
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("entente.db");
    std::fs::copy(place.join("node/entente.db"), &file).unwrap();
    let db = rusqlite::Connection::open(&file).unwrap();
    db.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    db.execute("ATTACH ?1 AS old", [old.to_str().unwrap()]).unwrap();
    for table in tables {
        db.execute_batch(&format!("INSERT OR REPLACE INTO {table} SELECT * FROM old.{table}"))
            .unwrap();
    }
    db.execute_batch("DETACH old").unwrap();
    folder
}

/// How many destroyed texts were looked for in old copies, and how many of them the old root would have opened: it shows
/// that the search finds what is there.
fn history(seed: u64) -> (usize, usize) {
    let mut dice = Dice(seed);
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path();
    let node = place.join("node");
    let mut store = Store::<Notes>::create(&node, root(place)).unwrap();
    let (mut written, mut purges, mut olds, mut n) = (Written::default(), 0, Vec::<PathBuf>::new(), 0);
    while n < 14 {
        if dice.one_in(4) {
            drop(store);
            let old = place.join(format!("old-{n}/entente.db"));
            std::fs::create_dir(old.parent().unwrap()).unwrap();
            std::fs::copy(node.join("entente.db"), &old).unwrap();
            std::fs::create_dir_all(old.with_file_name("heads")).unwrap();
            std::fs::copy(place.join("heads/root"), old.with_file_name("heads/root")).unwrap();
            olds.push(old);
            store = Store::open(&node, root(place)).unwrap();
        }
        purges += usize::from(step(&store, &mut dice, n, &mut written));
        n += 1;
    }
    assert_eq!(store.check(&mut |_| ()).unwrap(), [], "history {seed}");
    for text in written.evidence.values().flatten() {
        let found = store.attachment(&sha256(text.as_bytes())).unwrap();
        assert_eq!(
            found.unwrap(),
            text.as_bytes(),
            "history {seed}: what is not destroyed stays"
        );
    }
    for text in &written.destroyed {
        let found = store.attachment(&sha256(text.as_bytes())).unwrap();
        assert_eq!(found, None, "history {seed}: {text}");
    }
    drop(store);
    let events = n as u64;
    let nothing_of_it = |what: &str, all: &str| {
        for text in &written.destroyed {
            assert!(!all.contains(text.as_str()), "history {seed}: {what} opens {text}");
        }
    };
    let now = all_that_opens(&node, root(place), events);
    nothing_of_it("the folder", &now);
    for text in written.texts.values().flatten() {
        assert!(now.contains(text.as_str()), "history {seed}: {text} is gone");
    }
    assert!(written.destroyed.is_empty() || now.contains(GONE) || written.kept > 0);
    let mut under_the_old_root = 0;
    for (n, old) in olds.iter().enumerate() {
        let parts: [&[&str]; 4] = [
            &["texts"],
            &["texts", "branches"],
            &["texts", "branches", "documents", "outbox"],
            &["texts", "branches", "documents", "outbox", "events"],
        ];
        for (m, tables) in parts.into_iter().enumerate() {
            let folder = spliced(place, old, tables, 10 * n + m);
            nothing_of_it(
                &format!("{tables:?} put back"),
                &all_that_opens(&folder, root(place), events),
            );
        }
        // The old database as it was, under the root of now, also where it says that it is of now.
        for (m, forged) in [false, true].into_iter().enumerate() {
            let folder = place.join(format!("whole-{n}-{m}"));
            std::fs::create_dir(&folder).unwrap();
            std::fs::copy(old, folder.join("entente.db")).unwrap();
            if forged {
                let db = rusqlite::Connection::open(folder.join("entente.db")).unwrap();
                db.execute("UPDATE vault SET epoch = ?1", [i64::try_from(purges).unwrap() + 1])
                    .unwrap();
            }
            nothing_of_it("an old copy", &all_that_opens(&folder, root(place), events));
        }
    }
    for old in &olds {
        let opens = all_that_opens(old.parent().unwrap(), root(old.parent().unwrap()), events);
        let found = written.destroyed.iter().filter(|text| opens.contains(text.as_str()));
        under_the_old_root += found.count();
    }
    (written.destroyed.len() * olds.len(), under_the_old_root)
}

#[test]
fn after_a_purge_nothing_that_is_left_decrypts_to_the_text() {
    let counted = std::sync::Mutex::new((0, 0));
    let one = |seed| {
        let (tried, control) = history(seed);
        let mut all = counted.lock().unwrap();
        *all = (all.0 + tried, all.1 + control);
    };
    let Some(histories) = dice::in_worlds(100, one) else {
        return;
    };
    let (tried, control) = counted.into_inner().unwrap();
    println!(
        "{histories} histories: {tried} destroyed texts looked for in old copies; the old roots would open {control}"
    );
    assert!(
        tried as u64 > histories && control as u64 > histories,
        "{tried}, {control}"
    );
}
