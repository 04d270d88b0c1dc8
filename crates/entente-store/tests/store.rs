//! The store against its promises.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod toy;

use std::collections::BTreeMap;
use std::time::Duration;

use entente_ledger::{Leaf, Salt};
use entente_store::{Change, Outgoing, Projection, Store, StoreError, SubmitError};
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
    let store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    add(&store, "a", 1);
    let refused = store.submit(now(), |_| Err::<Change<_>, _>("no".to_owned()));
    assert!(matches!(refused, Err(SubmitError::Refused(reason)) if reason == "no"));
    assert_eq!(add(&store, "a", 2), 2);
    assert_eq!(store.read(|state| state.0["a"]).unwrap(), 3);
}

#[test]
fn what_was_acknowledged_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    add(&store, "a", 4);
    add(&store, "b", 1);
    add(&store, "b", 0);
    drop(store);
    let store = Store::<Counters>::open(dir.path(), toy::root(dir.path())).unwrap();
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
        Store::<Counters>::open(dir.path(), toy::root(dir.path())),
        Err(StoreError::Missing(_))
    ));
    let store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    add(&store, "a", 1);
    let second = Store::<Counters>::open(dir.path(), toy::root(dir.path())).unwrap();
    second.set_patience(Duration::from_millis(50));
    let refused = second.submit(jiff::Timestamp::now(), |_| {
        Ok::<_, String>(Change::events(vec![("a".to_owned(), 1)]))
    });
    assert!(
        matches!(refused, Err(SubmitError::Store(StoreError::InUse(_)))),
        "{refused:?}"
    );
    assert_eq!(second.read(|state| state.0["a"]).unwrap(), 1, "reading goes on");
    add(&store, "a", 4);
    drop(store);
    add(&second, "a", 2);
    assert_eq!(
        second.read(|state| state.0["a"]).unwrap(),
        7,
        "the second sees what the first wrote"
    );
    assert!(second.check(&mut |_| ()).unwrap().is_empty());
    drop(second);
    assert!(matches!(
        Store::<Counters>::create(dir.path(), toy::root(dir.path())),
        Err(StoreError::Exists(_))
    ));
}

/// Every client counts in its own counter, and checks in its decision that it sees just its own past; every third
/// command is refused, and a few are larger than an event may be.
#[test]
fn commands_that_share_a_transaction_do_not_share_their_fate() {
    const CLIENTS: u64 = 32;
    const COMMANDS: u64 = 60;
    const HUGE: u64 = 3;
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    let client = |number: u64| {
        let name = format!("client-{number}");
        let mut written = BTreeMap::new();
        for n in 1..=COMMANDS {
            let seen: u64 = written.values().sum();
            let (counter, huge) = (name.clone(), number < HUGE && n == 40);
            let result = store.submit(now(), move |state| match state.0.get(&counter).copied().unwrap_or(0) {
                other if other != seen => panic!("{counter} is {other}, not {seen}"),
                _ if n % 3 == 0 => Err(n),
                _ if huge => Ok(Change::events(vec![
                    (counter.clone(), 1),
                    ("x".repeat(entente_store::MAX_EVENT), 1),
                ])),
                _ => Ok(Change::events(vec![(counter, n)])),
            });
            match result {
                Ok(receipt) => {
                    assert_eq!(receipt.seqs, [receipt.ledger_size]);
                    assert!(written.insert(receipt.ledger_size, n).is_none());
                }
                Err(SubmitError::Refused(refused)) => assert_eq!((refused, n % 3), (n, 0)),
                Err(SubmitError::Store(StoreError::TooLarge { .. })) => assert!(huge),
                Err(other) => panic!("{other}"),
            }
        }
        (name, written)
    };
    let mut expected = BTreeMap::new();
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|n| scope.spawn(move || client(n))).collect();
        for client in clients {
            let (name, written) = client.join().unwrap();
            expected.extend(written.into_iter().map(|(seq, n)| (seq, (name.clone(), n))));
        }
    });
    assert_eq!(store.ledger_size().unwrap(), CLIENTS * (COMMANDS - COMMANDS / 3) - HUGE);
    let mut stored = BTreeMap::new();
    store
        .events(1, |record| {
            stored.insert(record.seq, record.event);
        })
        .unwrap();
    assert_eq!(
        stored, expected,
        "every receipt names its own event, and there are no others"
    );
    assert_eq!(store.check(&mut |_| ()).unwrap(), []);
}

/// A commit between the reading of the events and that of the documents is not taken for a difference.
#[test]
fn a_check_during_writes_sees_one_moment() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    add(&store, "a", 1);
    add(&store, "a", 1);
    let found = store.check(&mut |progress| {
        assert_eq!(progress.total, 2);
        if progress.done == progress.total {
            add(&store, "a", 1);
        }
    });
    assert_eq!(found.unwrap(), []);
    assert_eq!(store.ledger_size().unwrap(), 3);
}

/// The database refuses one letter, as a full disk would: what shared its transaction is told so, and reads go on.
#[test]
fn a_failed_commit_stops_writing_and_leaves_what_is_durable() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    add(&store, "a", 4);
    let direct = rusqlite::Connection::open(store.database()).unwrap();
    direct
        .execute_batch("CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        .unwrap();
    let failed = store.submit(now(), |_| Ok::<_, String>(letter())).unwrap_err();
    assert!(failed.to_string().contains("disk full"), "{failed}");
    assert_eq!(store.read(|state| state.0["a"]).unwrap(), 4, "back to what is durable");
    direct.execute_batch("DROP TRIGGER full").unwrap();
    let after = store.submit(now(), |_| Ok::<_, String>(letter())).unwrap_err();
    assert!(after.to_string().contains("disk full"), "it stays stopped: {after}");
    drop(store);
    let store = Store::<Counters>::open(dir.path(), toy::root(dir.path())).unwrap();
    assert_eq!(store.ledger_size().unwrap(), 1);
    assert_eq!(store.check(&mut |_| ()).unwrap(), []);
    store.submit(now(), |_| Ok::<_, String>(letter())).unwrap();
}

#[test]
fn nothing_leaves_without_an_event() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    let silent = Change {
        events: Vec::new(),
        ..letter()
    };
    let refused = store.submit(now(), move |_| Ok::<_, String>(silent)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "bundle for GBR would leave without being recorded; nothing leaves that the ledger does not know"
    );
    assert_eq!(add(&store, "a", 1), 1);
    assert!(store.outbox().unwrap().is_empty());
}

/// What an interrupted creation leaves is no store yet, and can become one; another program's database cannot.
#[test]
fn an_interrupted_creation_can_be_taken_up() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("entente.db"), b"").unwrap();
    assert!(matches!(
        Store::<Counters>::open(dir.path(), toy::root(dir.path())),
        Err(StoreError::Missing(_))
    ));
    let store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    assert_eq!(add(&store, "a", 1), 1);

    let other = tempfile::tempdir().unwrap();
    let database = rusqlite::Connection::open(other.path().join("entente.db")).unwrap();
    database.execute_batch("CREATE TABLE theirs (n)").unwrap();
    assert!(matches!(
        Store::<Counters>::create(other.path(), toy::root(other.path())),
        Err(StoreError::Exists(_))
    ));
}

#[test]
fn changes_behind_the_store_s_back_are_found_and_mended() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    add(&store, "a", 4);
    let sealed = |database: &rusqlite::Connection| -> Vec<u8> {
        let sql = "SELECT sealed FROM documents WHERE id = 'a'";
        database.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let database = store.database();
    let direct = rusqlite::Connection::open(&database).unwrap();
    let earlier = sealed(&direct);
    add(&store, "a", 4);
    add(&store, "b", 2);
    drop(store);
    // A document of an earlier moment, sealed as it should be; and an event with one bit changed.
    direct
        .execute("UPDATE documents SET sealed = ?1 WHERE id = 'a'", [earlier])
        .unwrap();
    let mut event: Vec<u8> = direct
        .query_row("SELECT sealed FROM events WHERE seq = 3", [], |row| row.get(0))
        .unwrap();
    *event.last_mut().unwrap() ^= 1;
    direct
        .execute("UPDATE events SET sealed = ?1 WHERE seq = 3", [event])
        .unwrap();
    let store = Store::<Counters>::open(dir.path(), toy::root(dir.path())).unwrap();
    let places: Vec<String> = store.check(&mut |_| ()).unwrap().into_iter().map(|d| d.place).collect();
    assert_eq!(places, ["event 3", "counter `a`", "counter `b`"]);
    drop(store);
    assert!(
        Store::<Counters>::inspect(dir.path(), toy::root(dir.path()))
            .unwrap()
            .rebuild()
            .is_err(),
        "an event that cannot be read is not passed over"
    );
}

#[test]
fn a_document_that_cannot_be_opened_is_found_and_rebuilt() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    add(&store, "a", 4);
    let direct = rusqlite::Connection::open(store.database()).unwrap();
    drop(store);
    direct
        .execute("UPDATE documents SET sealed = x'00' WHERE id = 'a'", [])
        .unwrap();
    drop(direct);
    assert!(Store::<Counters>::open(dir.path(), toy::root(dir.path())).is_err());
    let store = Store::<Counters>::inspect(dir.path(), toy::root(dir.path())).unwrap();
    let places: Vec<String> = store.check(&mut |_| ()).unwrap().into_iter().map(|d| d.place).collect();
    assert_eq!(places, ["counter `a`"]);
    let refused = store.submit(now(), |_| Ok::<_, String>(letter())).unwrap_err();
    assert!(refused.to_string().contains("only looked at"), "{refused}");
    store.rebuild().unwrap();
    let store = Store::<Counters>::open(dir.path(), toy::root(dir.path())).unwrap();
    assert_eq!(store.read(|state| state.0["a"]).unwrap(), 4);
    assert_eq!(store.check(&mut |_| ()).unwrap(), []);
}

#[test]
fn documents_of_an_earlier_program_are_made_anew_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    add(&store, "a", 2);
    let database = store.database();
    drop(store);
    let connection = rusqlite::Connection::open(database).unwrap();
    let sixth = "DROP INDEX outbox_waiting;";
    let before = "DELETE FROM documents; DROP INDEX outbox_destination; DROP INDEX outbox_unconfirmed;
        ALTER TABLE outbox DROP COLUMN confirmed";
    for (format, lacks) in [(2, [sixth, before]), (3, [sixth, before]), (6, [sixth, ""])] {
        connection.pragma_update(None, "user_version", format).unwrap();
        connection.execute_batch(&lacks.concat()).unwrap();
        let store = Store::<Counters>::open(dir.path(), toy::root(dir.path())).unwrap();
        assert_eq!(store.check(&mut |_| ()).unwrap(), []);
        assert_eq!(store.read(|state| state.0["a"]).unwrap(), 2);
        drop(store);
        let again = Store::<Counters>::open(dir.path(), toy::root(dir.path())).unwrap();
        assert_eq!(again.check(&mut |_| ()).unwrap(), []);
    }
}

#[test]
fn a_newer_format_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    let database = store.database();
    drop(store);
    rusqlite::Connection::open(database)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    assert!(matches!(
        Store::<Counters>::open(dir.path(), toy::root(dir.path())),
        Err(StoreError::Newer { found: 99, .. })
    ));
}

fn letter() -> Change<(String, u64)> {
    Change {
        events: vec![("a".to_owned(), 1)],
        outgoing: vec![Outgoing {
            kind: "bundle".to_owned(),
            destination: "GBR".to_owned(),
            payload: b"x".to_vec(),
        }],
        attachments: Vec::new(),
    }
}

#[test]
fn what_ends_something_is_carried_first_and_what_waits_is_not_walked_through() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    let post = |to: &str, kind: &str| {
        let mut change = letter();
        (change.outgoing[0].destination, change.outgoing[0].kind) = (to.to_owned(), kind.to_owned());
        store.submit(now(), move |_| Ok::<_, String>(change)).unwrap();
    };
    for (to, kind) in [
        ("GBR", "bundle"),
        ("FRA", "bundle"),
        ("GBR", "recall"),
        ("GBR", "consent"),
        ("GBR", "withdrawal"),
        ("GBR", "recall"),
    ] {
        post(to, kind);
    }
    let first = ["withdrawal", "recall"];
    let to = |receiver: &str, at_most: usize| -> Vec<i64> {
        let letters = store.letters_to(receiver, &first, at_most).unwrap();
        letters.into_iter().map(|letter| letter.id).collect()
    };
    assert_eq!(store.receivers().unwrap(), ["FRA", "GBR"]);
    assert_eq!(to("GBR", 10), [3, 5, 6, 1, 4]);
    assert_eq!(
        [to("GBR", 1), to("GBR", 2), to("GBR", 4)],
        [vec![3], vec![3, 5], vec![3, 5, 6, 1]]
    );
    assert_eq!((to("FRA", 10), to("DEU", 10)), (vec![2], vec![]));
    for done in [3, 1, 2] {
        store.confirmed(done, now()).unwrap();
    }
    assert_eq!(
        (store.receivers().unwrap(), to("GBR", 10)),
        (vec!["GBR".to_owned()], vec![5, 6, 4])
    );
    // Neither looks at anything but what it gives, however much waits or has left.
    let connection = rusqlite::Connection::open(store.database()).unwrap();
    let plan = |query: &str| -> String {
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
        let lines = plan.query_map([], |row| row.get::<_, String>(3)).unwrap();
        lines.collect::<Result<Vec<_>, _>>().unwrap().join("; ")
    };
    let waiting = "SELECT id FROM outbox WHERE done IS NULL AND destination = 'GBR'";
    for (query, index) in [
        (
            format!("{waiting} AND kind = 'recall' ORDER BY id LIMIT 32"),
            "outbox_waiting (destination=? AND kind=?)",
        ),
        (
            "SELECT kind FROM outbox WHERE done IS NULL AND destination = 'GBR' AND kind > 'a' ORDER BY kind LIMIT 1"
                .to_owned(),
            "outbox_waiting (destination=? AND kind>?)",
        ),
        (
            "SELECT destination FROM outbox WHERE done IS NULL AND destination > 'A' ORDER BY destination LIMIT 1"
                .to_owned(),
            "outbox_waiting (destination>?)",
        ),
    ] {
        let plan = plan(&query);
        assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{query}: {plan}");
    }
}

#[test]
fn a_letter_leaves_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    store.submit(now(), |_| Ok::<_, String>(letter())).unwrap();
    let waiting = store.outbox().unwrap();
    assert_eq!(
        (waiting.len(), waiting[0].seq, waiting[0].destination.as_str()),
        (1, 1, "GBR")
    );
    store.handed(waiting[0].id, now()).unwrap();
    store.handed(waiting[0].id, now()).unwrap();
    assert!(store.outbox().unwrap().is_empty());
}

/// What happens to a store.
#[derive(Clone, Debug)]
enum Step {
    /// A command with these events; refused where it says so.
    Submit(Vec<(String, u64)>, bool),
    /// The process ends and starts again.
    Reopen,
    /// The documents are written anew from the events.
    Rebuild,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let submit = (
        prop::collection::vec(("[a-d]", 0u64..4), 0..5),
        prop::bool::weighted(0.2),
    );
    let step = prop_oneof![
        8 => submit.prop_map(|(events, refused)| Step::Submit(events, refused)),
        2 => Just(Step::Reopen),
        1 => Just(Step::Rebuild),
    ];
    prop::collection::vec(step, 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The state in memory, the documents restored, the events replayed and a plain list of what was accepted agree.
    #[test]
    fn the_restored_state_is_the_replayed_state(steps in steps()) {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
        let mut accepted: Vec<(String, u64)> = Vec::new();
        for step in steps {
            match step {
                Step::Submit(events, refused) => {
                    let change = Change::events(events.clone());
                    let result = store.submit(now(), move |_| if refused { Err("no") } else { Ok(change) });
                    prop_assert_eq!(result.is_err(), refused);
                    if !refused {
                        accepted.extend(events);
                    }
                }
                Step::Reopen => {
                    drop(store);
                    store = Store::open(dir.path(), toy::root(dir.path())).unwrap();
                }
                Step::Rebuild => {
                    store.rebuild().unwrap();
                    store = Store::open(dir.path(), toy::root(dir.path())).unwrap();
                }
            }
        }
        let live = store.read(|state| state.0.clone()).unwrap();
        drop(store);
        let store = Store::<Counters>::open(dir.path(), toy::root(dir.path())).unwrap();
        let mut replayed = Counters::default();
        let mut events = Vec::new();
        store.events(1, |record| {
            replayed.apply(&record);
            events.push(record.event);
        }).unwrap();
        prop_assert_eq!(&events, &accepted);
        prop_assert_eq!(&store.read(|state| state.0.clone()).unwrap(), &replayed.0, "restored");
        prop_assert_eq!(&live, &replayed.0, "live");
        prop_assert_eq!(store.check(&mut |_| ()).unwrap(), []);
        let entries = store.entries(0..u64::MAX).unwrap();
        prop_assert_eq!(entries.len(), accepted.len());
        for (seq, entry) in (1..).zip(entries) {
            let opening = store.opening(seq).unwrap().unwrap();
            let leaf = Leaf::parse(&entry).unwrap();
            prop_assert!(leaf.seq == seq && leaf.opens_to(&Salt::from_bytes(&opening.salt).unwrap(), &opening.payload));
        }
    }
}

#[test]
fn f6_writers_wait_for_each_other_and_readers_for_nobody() {
    const WRITERS: u64 = 6;
    let dir = tempfile::tempdir().unwrap();
    let first = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    add(&first, "all", 1);
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                let told = told.clone();
                let tell = std::sync::Arc::new(move |text: &str| told.lock().unwrap().push(text.to_owned()));
                let store =
                    Store::<Counters>::open_followed(dir.path(), toy::root(dir.path()), tell, Box::new(|_, _| ()))
                        .unwrap();
                scope.spawn(move || add(&store, "all", 1))
            })
            .collect();
        std::thread::sleep(Duration::from_millis(1_500));
        let reader = Store::<Counters>::open(dir.path(), toy::root(dir.path())).unwrap();
        assert_eq!(reader.read(|state| state.0["all"]).unwrap(), 1);
        assert!(writers.iter().all(|writer| !writer.is_finished()));
        drop(first);
    });
    let told = told.lock().unwrap();
    assert!(
        told.iter().any(|text| text.contains("waiting for it to end")),
        "{told:?}"
    );
    let store = Store::<Counters>::open(dir.path(), toy::root(dir.path())).unwrap();
    assert_eq!(store.read(|state| state.0["all"]).unwrap(), 1 + WRITERS);
    assert!(store.check(&mut |_| ()).unwrap().is_empty());
}

#[cfg(unix)]
#[test]
fn f1_every_file_of_a_store_is_its_owners_and_a_folder_found_open_is_closed() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("node");
    let store = Store::<Counters>::create(&folder, toy::root(&folder)).unwrap();
    add(&store, "a", 1);
    let files = || std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    assert!(files().any(|path| path.ends_with("entente.db-wal")));
    for file in files() {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    drop(store);
    let set =
        |path: &std::path::Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    set(&folder, 0o755);
    set(&folder.join("entente.db"), 0o644);
    let (send, said) = std::sync::mpsc::channel();
    let tell = std::sync::Arc::new(move |text: &str| send.send(text.to_owned()).unwrap());
    let store = Store::<Counters>::open_followed(&folder, toy::root(&folder), tell, Box::new(|_, _| ())).unwrap();
    add(&store, "a", 1);
    assert!(said.recv().unwrap().contains("others on this machine could read"));
    assert_eq!(mode(&folder), 0o700);
    for file in files() {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}
