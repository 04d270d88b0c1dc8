//! What one node destroys, the others on the same PostgreSQL server show no more.
//!
//! `tests-foreign/run-stores.sh` starts the server and runs these.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod cluster;
mod notes;

use std::time::{Duration, Instant};

use cluster::Server;
use entente_store::{DocKey, Postgres, Provider as _, RootPlace, Store, Topic, keep_in, under_way};
use notes::{Notes, destroy, write};

/// How soon what one node did is to be seen by another.
const SOON: Duration = Duration::from_secs(2);

#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn what_one_node_destroys_others_show_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let address = Server::of_the_script().database("destroyed");
    let root = || RootPlace::without_rescue(dir.path().join("root"));
    let folder = |name: &str| {
        let folder = dir.path().join(name);
        keep_in(&folder, Some(&address)).unwrap();
        folder
    };
    let one = Store::<Notes>::create(&folder("one"), root()).unwrap();
    let two = Store::<Notes>::open(&folder("two"), root()).unwrap();
    write(&one, "x", 1, "words that will be destroyed");
    write(&one, "y", 1, "words that stay");
    let there = |store: &Store<Notes>, words: &'static str| {
        let found = store.read(move |notes| notes.0.values().flatten().any(|(_, text)| text == words));
        found.unwrap()
    };
    let until = |what: &str, holds: &dyn Fn() -> bool| {
        let start = Instant::now();
        while !holds() {
            assert!(start.elapsed() < SOON, "{what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    until("what is written is not seen", &|| {
        there(&two, "words that will be destroyed")
    });
    let old = std::fs::read(dir.path().join("root")).unwrap();
    destroy(&one, "x", 1);
    assert_ne!(
        std::fs::read(dir.path().join("root")).unwrap(),
        old,
        "the root is the old one"
    );
    until("what is destroyed is still shown", &|| {
        !there(&two, "words that will be destroyed")
    });
    assert!(there(&two, "words that stay"));
    // Under the new root the other goes on writing, and destroys in its turn.
    write(&two, "z", 1, "words of the other");
    destroy(&two, "y", 1);
    until("what the other destroyed is still shown", &|| {
        !there(&one, "words that stay")
    });
    for store in [&one, &two] {
        assert!(there(store, "words of the other"));
        assert_eq!(store.check(&mut |_| ()).unwrap(), []);
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn shelves_of_other_nodes_are_given_up_when_something_is_destroyed() {
    let dir = tempfile::tempdir().unwrap();
    let address = Server::of_the_script().database("shelves");
    let open = || Postgres::open(&address, RootPlace::without_rescue(dir.path().join("root"))).unwrap();
    let (mut one, mut two) = (open(), open());
    let (key, topic) = (DocKey::new("kind", "id"), Topic::new("x", 1));
    let kept = one.step(&mut |step| {
        step.keep("text", 1, &topic, b"words")?;
        step.put(&key, b"\"words\"")
    });
    kept.unwrap();
    let shelf = two.shelf().unwrap();
    assert!(shelf.get(&key).unwrap().is_some());
    one.step(&mut |step| step.destroy(std::slice::from_ref(&topic), std::slice::from_ref(&key)))
        .unwrap();
    let looked = two.look(&mut |step| {
        assert!(step.read("text")?.is_none());
        assert!(step.get(&key)?.is_none());
        Ok(())
    });
    looked.unwrap();
    assert!(
        shelf.is_given_up(),
        "a shelf of another node still shows what was destroyed"
    );
}

/// Of two nodes that seal the same letter at once, both send what the first one kept; a move takes it along.
#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn messages_under_way_are_the_same_for_every_node() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("node");
    let root = RootPlace::without_rescue(dir.path().join("root"));
    drop(Store::<Notes>::create(&folder, root.clone()).unwrap());
    under_way(&folder).unwrap().keep("before", b"sealed before").unwrap();
    let address = Server::of_the_script().database("underway");
    let log = folder.join("ledger");
    entente_store::moved(&folder, &log, &root, Some(&address), &mut |_, _| ()).unwrap();
    let (one, two) = (under_way(&folder).unwrap(), under_way(&folder).unwrap());
    assert_eq!(two.read("before").unwrap().as_deref(), Some(&b"sealed before"[..]));
    assert_eq!(one.keep("letter", b"sealed by one").unwrap(), b"sealed by one");
    assert_eq!(two.keep("letter", b"sealed by two").unwrap(), b"sealed by one");
    two.forget("before").unwrap();
    assert_eq!(one.names().unwrap(), ["letter"]);
    entente_store::moved(&folder, &log, &root, None, &mut |_, _| ()).unwrap();
    let back = under_way(&folder).unwrap();
    assert_eq!(back.names().unwrap(), ["letter"]);
    assert_eq!(back.keep("letter", b"sealed anew").unwrap(), b"sealed by one");
}
