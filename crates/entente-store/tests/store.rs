//! The store against its promises.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod toy;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use entente_store::{Change, DocKey, Projection, Recorded, Store, StoreError, SubmitError};
use proptest::prelude::*;
use toy::Counters;

fn now() -> jiff::Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn add(store: &Store<Counters>, name: &str, amount: u64) -> u64 {
    let event = (name.to_owned(), amount);
    store
        .submit(now(), move |_| Ok::<_, String>(Change::events(vec![event])))
        .unwrap()
        .ledger_size
}

#[test]
fn a_refusal_writes_nothing_and_disturbs_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path()).unwrap();
    add(&store, "a", 1);
    let refused = store.submit(now(), |_| Err::<Change<_>, _>("no".to_owned()));
    assert!(matches!(refused, Err(SubmitError::Refused(reason)) if reason == "no"));
    assert_eq!(add(&store, "a", 2), 2);
    assert_eq!(store.read(|state| state.0["a"]).unwrap(), 3);
}

#[test]
fn what_was_acknowledged_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path()).unwrap();
    add(&store, "a", 4);
    add(&store, "b", 1);
    add(&store, "b", 0);
    drop(store);
    let store = Store::<Counters>::open(dir.path()).unwrap();
    assert_eq!(
        store.read(|state| state.0.clone()).unwrap(),
        [("a".to_owned(), 4)].into()
    );
    assert_eq!(store.entries(0..9).unwrap().len(), 3);
    assert!(store.check(&mut |_| ()).unwrap().is_empty());
}

#[test]
fn a_folder_is_held_by_one_process() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(
        Store::<Counters>::open(dir.path()),
        Err(StoreError::Missing(_))
    ));
    let store = Store::<Counters>::create(dir.path()).unwrap();
    let second = Store::<Counters>::open(dir.path()).err().unwrap();
    assert!(matches!(second, StoreError::InUse(_)), "{second}");
    drop(store);
    assert!(matches!(
        Store::<Counters>::create(dir.path()),
        Err(StoreError::Exists(_))
    ));
}

#[test]
fn many_threads_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path()).unwrap();
    std::thread::scope(|scope| {
        for n in 0..16 {
            let store = &store;
            scope.spawn(move || {
                for _ in 0..50 {
                    add(store, &format!("t{n}"), 1);
                }
            });
        }
    });
    assert_eq!(store.ledger_size().unwrap(), 800);
    assert!(store.read(|state| state.0.values().all(|count| *count == 50)).unwrap());
    let mut seqs = Vec::new();
    store.events(1, |record| seqs.push(record.seq)).unwrap();
    assert_eq!(seqs, (1..=800).collect::<Vec<_>>());
}

#[test]
fn changes_behind_the_store_s_back_are_found_and_mended() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path()).unwrap();
    add(&store, "a", 4);
    add(&store, "b", 2);
    let database = store.database();
    drop(store);
    let direct = rusqlite::Connection::open(&database).unwrap();
    direct
        .execute("UPDATE documents SET json = '9' WHERE id = 'a'", [])
        .unwrap();
    direct
        .execute("UPDATE events SET payload = ?1 WHERE seq = 2", [br#"["b",3]"#.to_vec()])
        .unwrap();
    drop(direct);
    let store = Store::<Counters>::open(dir.path()).unwrap();
    let places: Vec<String> = store.check(&mut |_| ()).unwrap().into_iter().map(|d| d.place).collect();
    assert_eq!(places, ["event 2", "counter `a`", "counter `b`"]);
    store.rebuild().unwrap();
    let store = Store::<Counters>::open(dir.path()).unwrap();
    let places: Vec<String> = store.check(&mut |_| ()).unwrap().into_iter().map(|d| d.place).collect();
    assert_eq!(
        places,
        ["event 2"],
        "documents can be rebuilt, a changed event stays visible"
    );
}

#[test]
fn a_newer_format_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path()).unwrap();
    let database = store.database();
    drop(store);
    rusqlite::Connection::open(database)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    assert!(matches!(
        Store::<Counters>::open(dir.path()),
        Err(StoreError::Newer { found: 99, .. })
    ));
}

#[test]
fn a_letter_leaves_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path()).unwrap();
    store
        .submit(now(), |_| {
            Ok::<_, String>(Change {
                events: vec![("a".to_owned(), 1)],
                outgoing: vec![entente_store::Outgoing {
                    kind: "bundle".to_owned(),
                    destination: "GBR".to_owned(),
                    payload: b"x".to_vec(),
                }],
            })
        })
        .unwrap();
    let waiting = store.outbox().unwrap();
    assert_eq!(
        (waiting.len(), waiting[0].seq, waiting[0].destination.as_str()),
        (1, 1, "GBR")
    );
    store.mark_done(waiting[0].id, now()).unwrap();
    store.mark_done(waiting[0].id, now()).unwrap();
    assert!(store.outbox().unwrap().is_empty());
}

proptest! {
    #[test]
    fn restored_documents_are_the_replayed_state(events in prop::collection::vec(("[a-d]", 0u64..4), 0..40)) {
        let mut replayed = Counters::default();
        let mut keys = Vec::new();
        for (seq, event) in (1..).zip(events) {
            keys.extend(replayed.apply(&Recorded { seq, time: now(), event }));
        }
        let mut restored = Counters::default();
        for key in keys {
            if let Some(value) = replayed.document(&key) {
                restored.restore(&DocKey::new(key.kind, key.id), value).unwrap();
            }
        }
        prop_assert_eq!(restored, replayed);
    }
}

/// Rounds of `kill -9`; set `ENTENTE_CRASH_ROUNDS` for more.
#[test]
fn kill_nine_loses_no_acknowledged_event() {
    let rounds: u32 = std::env::var("ENTENTE_CRASH_ROUNDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(25);
    let mut program = std::env::current_exe().unwrap();
    program.pop();
    program.pop();
    let program = program.join("examples/acknowledge");
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = 0u64;
    for round in 0..rounds {
        let mut child = Command::new(&program)
            .arg(dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example is built");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().expect("one event is acknowledged").unwrap();
        // A pseudo-random moment, another one each round.
        std::thread::sleep(Duration::from_micros(u64::from(
            round.wrapping_mul(2_654_435_761) % 20_000,
        )));
        child.kill().unwrap();
        child.wait().unwrap();
        let last = lines.map_while(Result::ok).last().unwrap_or(first);
        // A line cut short by the kill says less than was acknowledged, never more.
        acknowledged = acknowledged.max(last.trim().parse().unwrap_or(0));
        let store = Store::<Counters>::open(dir.path()).unwrap();
        let size = store.ledger_size().unwrap();
        assert!(
            size >= acknowledged,
            "round {round}: {acknowledged} acknowledged, {size} kept"
        );
        if round % 25 == 0 || round + 1 == rounds {
            assert_eq!(store.check(&mut |_| ()).unwrap(), [], "round {round}");
        }
    }
    assert!(acknowledged > 0);
}
