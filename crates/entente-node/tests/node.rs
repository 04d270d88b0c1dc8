//! A shared node: who reads keeps a moment, who writes moves it on, and what another process wrote is taken in.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use entente_core::{Command, Party, PartyPath};
use entente_node::{KeyPair, Node, NodeError, SecretString, Surroundings};

const SECRET: &str = "for a test";

/// Surroundings in a folder, where questions for the passphrase are counted.
fn surroundings(place: &Path, asked: &Arc<AtomicUsize>) -> Surroundings {
    let asked = asked.clone();
    Surroundings {
        heads: Some(place.join("heads")),
        passphrase: Box::new(move || {
            asked.fetch_add(1, Ordering::SeqCst);
            Ok(SecretString::from(SECRET))
        }),
        tell: Arc::new(|_| ()),
    }
}

fn party(path: &str, keys: Option<&KeyPair>) -> Party {
    Party {
        path: path.parse().unwrap(),
        name: path.to_owned(),
        client_of: Default::default(),
        signing_keys: keys.map(|keys| keys.public().signing).unwrap_or_default(),
        recipient: keys.map(|keys| keys.public().recipient),
    }
}

fn founded(place: &Path) -> (Node, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let keys = KeyPair::generate("USA").unwrap();
    let node = Node::create(
        &place.join("usa"),
        Command::Found(party("USA", Some(&keys))),
        keys,
        (SecretString::from(SECRET), 2),
        surroundings(place, &asked),
    );
    (node.unwrap(), asked)
}

fn shared<T: Send + Sync>(_: &T) {}

#[test]
fn a_pinned_moment_stays_and_the_writer_sees_its_own_step() {
    let place = tempfile::tempdir().unwrap();
    let node = Arc::new(founded(place.path()).0);
    shared(&node);
    let reader = Node::pinned(&node);
    let mut writer = Node::pinned(&node);
    writer.submit(Command::SetParty(party("GBR", None))).unwrap();
    assert_eq!(writer.state().parties.len(), 2);
    assert_eq!(reader.state().parties.len(), 1);
    assert_eq!(Node::pinned(&node).moment().seq(), 2);
}

#[test]
fn what_is_refused_leaves_the_moment_as_it_was() {
    let place = tempfile::tempdir().unwrap();
    let node = Arc::new(founded(place.path()).0);
    let before = node.moment().seq();
    let step = vec![
        Command::SetParty(party("GBR", None)),
        Command::EnablePerson("USA/nobody".parse().unwrap()),
    ];
    let refused = Node::pinned(&node).submit_all(step);
    assert!(matches!(refused, Err(NodeError::Refused(_))), "{refused:?}");
    assert_eq!((node.moment().seq(), node.moment().state().parties.len()), (before, 1));
}

#[test]
fn readers_on_many_threads_never_see_half_a_step() {
    let place = tempfile::tempdir().unwrap();
    let node = Arc::new(founded(place.path()).0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut seen = 0;
                while seen < 41 {
                    let now = node.moment();
                    let parties = now.state().parties.len();
                    assert!(parties % 2 == 1 && parties >= seen, "{seen} then {parties}");
                    seen = parties;
                }
            });
        }
        for n in 0..20 {
            let pair = ["A", "B"].map(|letter| Command::SetParty(party(&format!("{letter}-{n}"), None)));
            node.submit_all(pair.to_vec()).unwrap();
        }
    });
}

#[test]
fn what_another_process_wrote_is_taken_in() {
    let place = tempfile::tempdir().unwrap();
    drop(founded(place.path()));
    let asked = Arc::new(AtomicUsize::new(0));
    let open = || Node::open(&place.path().join("usa"), surroundings(place.path(), &asked)).unwrap();
    let (reader, writer) = (open(), open());
    writer.submit_all(vec![Command::SetParty(party("GBR", None))]).unwrap();
    assert_eq!(reader.moment().state().parties.len(), 1);
    reader.catch_up().unwrap();
    assert_eq!(reader.moment().state().parties.len(), 2);
    assert_eq!(reader.moment().seq(), writer.moment().seq());
    // The other one ends, and what is written next stands on what it wrote.
    writer.submit_all(vec![Command::SetParty(party("FRA", None))]).unwrap();
    drop(writer);
    reader.submit_all(vec![Command::SetParty(party("DEU", None))]).unwrap();
    assert_eq!(reader.moment().state().parties.len(), 4);
    assert!(reader.store().check(&mut |_| ()).unwrap().is_empty());
}

#[test]
fn the_passphrase_is_asked_for_once() {
    let place = tempfile::tempdir().unwrap();
    let (node, asked) = founded(place.path());
    node.publish().unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 0, "who sets a node up has just given it");
    drop(node);
    let asked = Arc::new(AtomicUsize::new(0));
    let node = Node::open(&place.path().join("usa"), surroundings(place.path(), &asked)).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| node.publish().unwrap());
        }
    });
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn keys_that_were_replaced_sign_from_then_on() {
    let place = tempfile::tempdir().unwrap();
    let node = Arc::new(founded(place.path()).0);
    let before = node.keys().unwrap().public();
    let mut pinned = Node::pinned(&node);
    let after = pinned.rotate_keys().unwrap().public();
    assert_ne!(before.signing, after.signing);
    assert_eq!(node.keys().unwrap().public().signing, after.signing);
    assert_eq!(
        pinned.state().parties[&PartyPath::new("USA").unwrap()].signing_keys,
        after.signing
    );
}

#[test]
fn without_a_place_for_checkpoints_nothing_is_set_up() {
    let place = tempfile::tempdir().unwrap();
    let try_with = |heads| {
        let keys = KeyPair::generate("USA").unwrap();
        let found = Command::Found(party("USA", Some(&keys)));
        let around = Surroundings {
            heads,
            ..surroundings(place.path(), &Arc::default())
        };
        Node::create(
            &place.path().join("usa"),
            found,
            keys,
            (SecretString::from(SECRET), 2),
            around,
        )
    };
    assert!(matches!(try_with(None), Err(NodeError::NoHeads)));
    let inside = place.path().join("usa/heads");
    assert!(matches!(try_with(Some(inside)), Err(NodeError::HeadsInside(_))));
    assert!(!place.path().join("usa/keys.age").exists());
}

#[test]
fn a_letter_without_keys_waits_and_is_named() {
    let place = tempfile::tempdir().unwrap();
    let (node, _) = founded(place.path());
    let out = place.path().join("out");
    assert!(
        node.flush(&out, &std::collections::BTreeSet::new())
            .unwrap()
            .waiting
            .is_empty()
    );
    let terms = include_str!("../../../examples/ferry/arrangement.json");
    let terms = terms.replace("USA.SVC", "USA").replace("GBR.CAB", "GBR");
    let arrangement: entente_core::Arrangement = serde_json::from_str(&terms).unwrap();
    let halted = entente_core::ArrangementStatus::Suspended {
        by: "USA".parse().unwrap(),
        reason: "a test".to_owned(),
    };
    let id = arrangement.id.clone();
    let step = vec![
        Command::SetParty(party("GBR", None)),
        Command::SetArrangement {
            arrangement,
            agreed: false,
        },
        Command::SetArrangementStatus { id, status: halted },
    ];
    node.submit_all(step).unwrap();
    let sent = node.flush(&out, &std::collections::BTreeSet::new()).unwrap();
    assert!(sent.files.is_empty());
    assert_eq!(sent.waiting[0].to.as_str(), "GBR");
    let keys = KeyPair::generate("GBR").unwrap();
    node.submit_all(vec![Command::SetParty(party("GBR", Some(&keys)))])
        .unwrap();
    let sent = node.flush(&out, &std::collections::BTreeSet::new()).unwrap();
    assert_eq!((sent.files.len(), sent.waiting.len()), (1, 0));
    assert!(sent.files[0].file.exists());
}

#[test]
fn the_log_stays_small_although_somebody_always_looks() {
    let place = tempfile::tempdir().unwrap();
    let node = Arc::new(founded(place.path()).0);
    let log = place.path().join("usa/entente.db-wal");
    let done = std::sync::atomic::AtomicBool::new(false);
    let mut largest = 0;
    std::thread::scope(|scope| {
        for n in 0..3 {
            let (node, done) = (&node, &done);
            scope.spawn(move || {
                while !done.load(Ordering::SeqCst) {
                    let moment = node.moment();
                    std::thread::sleep(std::time::Duration::from_millis(2 + n));
                    drop(moment);
                }
            });
        }
        for n in 0..1500 {
            let name = format!("P-{n}");
            let more = (0..8).map(|k| Command::SetParty(party(&format!("{name}.{k}"), None)));
            let step = std::iter::once(Command::SetParty(party(&name, None))).chain(more);
            node.submit_all(step.collect()).unwrap();
            largest = largest.max(std::fs::metadata(&log).map_or(0, |found| found.len()));
        }
        done.store(true, Ordering::SeqCst);
    });
    let all = std::fs::metadata(place.path().join("usa/entente.db")).unwrap().len();
    println!("the log had at most {largest} bytes, the database {all}");
    // Some three hundred steps, or twice as many on a busy machine; all of them are 120 MB.
    assert!(largest < 64 << 20, "the log grew to {largest} bytes");
}

#[test]
fn the_log_stays_small_although_somebody_always_waits_to_write() {
    let place = tempfile::tempdir().unwrap();
    let node = Arc::new(founded(place.path()).0);
    let log = place.path().join("usa/entente.db-wal");
    let largest = std::sync::atomic::AtomicU64::new(0);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let (node, log, largest) = (&node, &log, &largest);
            scope.spawn(move || {
                let mut view = Node::pinned(node);
                for n in 0..1500 {
                    let name = format!("{n} {}", "of many ".repeat(500));
                    let one = party(&format!("P-{writer}"), None);
                    view.submit(Command::SetParty(Party { name, ..one })).unwrap();
                    largest.fetch_max(std::fs::metadata(log).map_or(0, |found| found.len()), Ordering::SeqCst);
                }
            });
        }
    });
    let largest = largest.into_inner();
    println!("the log had at most {largest} bytes");
    // Where whoever waits holds a moment, it grows to 77 MB.
    assert!(largest < 64 << 20, "the log grew to {largest} bytes");
}
