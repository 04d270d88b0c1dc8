//! Several nodes on one PostgreSQL server, and what of it fails: the server, a node, the line, the disk.
//!
//! `tests-foreign/run-stores.sh` starts the server and runs these.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod cluster;
mod line;
mod toy;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cluster::Server;
use ed25519_dalek::SigningKey;
use entente_ledger::{
    Checkpoint, Kind, Log, Note, NoteSigner, PublishError, Source as _, Tiles as _, Verifier, verify,
};
use entente_store::{
    Address, Change, Postgres, Provider, ServerError, ServerTiles, Store, StoreError, SubmitError, keep_in,
};
use line::Line;
use toy::Counters;

/// A node's folder whose bytes are in this database; all nodes of a database have the same root.
fn node(dir: &Path, name: &str, address: &Address) -> Result<Store<Counters>, StoreError> {
    let folder = dir.join(name);
    keep_in(&folder, Some(address))?;
    match Store::<Counters>::exists(&folder)? {
        true => Store::open(&folder, toy::root(dir)),
        false => Store::create(&folder, toy::root(dir)),
    }
}

fn add(store: &Store<Counters>, counter: &str, n: u64) -> Result<u64, SubmitError<String>> {
    let change = Change::events(vec![(counter.to_owned(), n)]);
    let receipt = store.submit(jiff::Timestamp::now(), move |_| Ok(change))?;
    Ok(receipt.seqs[0])
}

/// What writers were told.
#[derive(Default)]
struct Told {
    /// That it is there: event by number.
    done: Mutex<BTreeMap<u64, (String, u64)>>,
    /// That nothing was changed.
    refused: Mutex<Vec<(String, u64)>>,
}

impl Told {
    fn done(&self) -> usize {
        self.done.lock().unwrap().len()
    }
}

/// Writes until it is told to stop; what fails is not written again.
fn writes(store: &Store<Counters>, counter: &str, told: &Told, stop: &AtomicBool) {
    for n in 1.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        match add(store, counter, n) {
            Ok(seq) => {
                let twice = told.done.lock().unwrap().insert(seq, (counter.to_owned(), n));
                assert!(twice.is_none(), "number {seq} was acknowledged twice");
            }
            Err(SubmitError::Store(StoreError::Server(ServerError::Unknown { .. }))) => {}
            Err(SubmitError::Store(StoreError::Server(_))) => {
                told.refused.lock().unwrap().push((counter.to_owned(), n));
            }
            Err(other) => panic!("{other}"),
        }
    }
}

/// Everything that was acknowledged is there under its number, nothing that was refused is, nothing is there twice, numbers
/// have no gaps, and the store agrees with itself.
fn nothing_is_lost(store: &Store<Counters>, told: &Told) {
    let mut stored = BTreeMap::new();
    store
        .events(1, |record| {
            assert!(stored.insert(record.seq, record.event).is_none());
        })
        .unwrap();
    let numbers: Vec<u64> = stored.keys().copied().collect();
    assert_eq!(
        numbers,
        (1..=stored.len() as u64).collect::<Vec<_>>(),
        "numbers have gaps"
    );
    let done = told.done.lock().unwrap();
    let lost: Vec<_> = done
        .iter()
        .filter(|(seq, event)| stored.get(seq) != Some(event))
        .collect();
    assert!(lost.is_empty(), "acknowledged but lost: {lost:?}");
    assert!(!done.is_empty());
    let events: BTreeSet<_> = stored.values().collect();
    assert_eq!(events.len(), stored.len(), "something was written twice");
    let refused = told.refused.lock().unwrap();
    let there: Vec<_> = refused.iter().filter(|event| events.contains(event)).collect();
    assert!(there.is_empty(), "refused, and written all the same: {there:?}");
    assert_eq!(store.check(&mut |_| ()).unwrap(), []);
}

/// Waits until something holds, and says how long that took.
fn until(most: Duration, what: &str, holds: impl Fn() -> bool) -> Duration {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < most, "{what} takes more than {most:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
    start.elapsed()
}

fn several_nodes_write(name: &str, isolation: &str) {
    let (server, dir) = (Server::of_the_script(), tempfile::tempdir().unwrap());
    let address = server.database(name);
    server.says(
        name,
        &format!("ALTER DATABASE {name} SET default_transaction_isolation = '{isolation}'"),
    );
    let nodes: Vec<_> = ["a", "b", "c"]
        .map(|name| node(dir.path(), name, &address).unwrap())
        .into();
    let (told, stop) = (Told::default(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for (index, store) in nodes.iter().enumerate() {
            for client in 0..8 {
                let (told, stop) = (&told, &stop);
                scope.spawn(move || writes(store, &format!("{index}-{client}"), told, stop));
            }
        }
        std::thread::sleep(Duration::from_secs(2));
        stop.store(true, Ordering::Relaxed);
    });
    nothing_is_lost(&nodes[0], &told);
    let total = told.done();
    let by_node = |index: usize| {
        let done = told.done.lock().unwrap();
        let prefix = format!("{index}-");
        done.values().filter(|(name, _)| name.starts_with(&prefix)).count()
    };
    assert!(
        (0..3).all(|index| by_node(index) > total / 50),
        "one node keeps the others out"
    );
    // Readers follow, also those that write nothing any more.
    let sum = nodes[0].ledger_size().unwrap();
    let state = |store: &Store<Counters>| store.read(|counters| counters.0.clone()).unwrap();
    until(Duration::from_secs(2), "following", || {
        nodes.iter().all(|store| state(store) == state(&nodes[0]))
    });
    assert_eq!(sum, total as u64);
}

#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn several_nodes_write_to_one_database_in_turn() {
    several_nodes_write("several", "read committed");
}

#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn several_nodes_write_where_every_transaction_is_serializable() {
    several_nodes_write("several_serializable", "serializable");
}

#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn a_server_that_crashes_loses_nothing_and_its_nodes_go_on() {
    let (server, dir) = (
        Server::of_the_script().another("crashing", 1),
        tempfile::tempdir().unwrap(),
    );
    let address = server.database("crashing");
    let nodes: Vec<_> = ["a", "b"].map(|name| node(dir.path(), name, &address).unwrap()).into();
    let (told, stop) = (Told::default(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for (index, store) in nodes.iter().enumerate() {
            for client in 0..4 {
                let (told, stop) = (&told, &stop);
                scope.spawn(move || writes(store, &format!("{index}-{client}"), told, stop));
            }
        }
        for round in 0..4_u64 {
            std::thread::sleep(Duration::from_millis(150 + round * 37));
            server.does("crash");
            server.does("start");
            let before = told.done();
            until(Duration::from_secs(5), "going on", || told.done() > before);
        }
        stop.store(true, Ordering::Relaxed);
    });
    nothing_is_lost(&nodes[1], &told);
    server.does("stop");
}

/// A node that stands still in the middle of a step is fenced: another gets the turn within five seconds, and what the sleeper
/// was about to commit is not.
#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn a_node_that_sleeps_in_its_turn_is_fenced() {
    let dir = tempfile::tempdir().unwrap();
    let address = Server::of_the_script().database("sleeping");
    let waking = node(dir.path(), "waking", &address).unwrap();
    add(&waking, "before", 1).unwrap();
    let root = toy::root(dir.path());
    let sleeper = std::thread::spawn({
        move || {
            let mut provider = Postgres::open(&address, root).unwrap();
            provider.step(&mut |step| {
                step.put(&entente_store::DocKey::new("counter", "never"), b"1")?;
                std::thread::sleep(Duration::from_secs(6));
                Ok(())
            })
        }
    });
    std::thread::sleep(Duration::from_millis(300));
    let start = Instant::now();
    let seq = add(&waking, "after", 2).unwrap();
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "the turn came after {:?}",
        start.elapsed()
    );
    let woken = sleeper.join().unwrap();
    assert!(woken.is_err(), "a sleeper committed after its turn had gone to another");
    assert_eq!(seq, 2);
    assert_eq!(waking.check(&mut |_| ()).unwrap(), []);
}

/// A line that is cut at any moment, also between a commit and its answer: what was acknowledged is there, once.
#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn lines_that_are_cut_lose_nothing() {
    let (server, dir) = (Server::of_the_script(), tempfile::tempdir().unwrap());
    let direct = server.database("cut");
    let line = Line::to(server.port);
    let address: Address = direct
        .to_string()
        .replace(&server.port.to_string(), &line.port().to_string())
        .parse()
        .unwrap();
    let store = node(dir.path(), "cut", &address).unwrap();
    let (told, stop) = (Told::default(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for client in 0..4 {
            let (store, told, stop) = (&store, &told, &stop);
            scope.spawn(move || writes(store, &format!("{client}"), told, stop));
        }
        for round in 0..20_u64 {
            std::thread::sleep(Duration::from_millis(20 + round * 13 % 60));
            line.cut();
        }
        let before = told.done();
        until(Duration::from_secs(5), "going on", || told.done() > before);
        stop.store(true, Ordering::Relaxed);
    });
    nothing_is_lost(&node(dir.path(), "beside", &direct).unwrap(), &told);
}

/// A slow line only makes what is written slow.
#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn a_slow_line_loses_nothing() {
    let (server, dir) = (Server::of_the_script(), tempfile::tempdir().unwrap());
    let direct = server.database("slow");
    let line = Line::to(server.port);
    let address: Address = direct
        .to_string()
        .replace(&server.port.to_string(), &line.port().to_string())
        .parse()
        .unwrap();
    let store = node(dir.path(), "slow", &address).unwrap();
    line.slow(Duration::from_millis(30));
    let (told, stop) = (Told::default(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for client in 0..4 {
            let (store, told, stop) = (&store, &told, &stop);
            scope.spawn(move || writes(store, &format!("{client}"), told, stop));
        }
        std::thread::sleep(Duration::from_secs(2));
        stop.store(true, Ordering::Relaxed);
    });
    assert!(told.refused.lock().unwrap().is_empty());
    nothing_is_lost(&node(dir.path(), "beside", &direct).unwrap(), &told);
}

/// A full disk refuses what is written, and nothing that is read; with room again it goes on by itself.
#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn a_full_disk_refuses_writing_only() {
    let script = Server::of_the_script();
    let small = script.dir.parent().unwrap().join("small");
    std::fs::create_dir_all(&small).unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=120m,mode=755", "tmpfs"])
        .arg(&small)
        .status();
    assert!(mounted.unwrap().success(), "a small disk cannot be mounted");
    let (server, dir) = (script.another("small/full", 2), tempfile::tempdir().unwrap());
    let address = server.database("filling");
    let store = node(dir.path(), "filling", &address).unwrap();
    let told = Told::default();
    let written = |n: u64, size: usize| {
        let name = format!("{n} {}", "x".repeat(size));
        add(&store, &name, n).map(|seq| told.done.lock().unwrap().insert(seq, (name, n)))
    };
    written(1, 10).unwrap();
    let fill = small.join("fill");
    // All but a little of what is left, so that the server's own write-ahead log still has its segments.
    let size = 200 << 20;
    let filled = std::process::Command::new("dd")
        .args([
            "if=/dev/zero",
            "bs=1M",
            &format!("count={}", size >> 20),
            &format!("of={}", fill.display()),
        ])
        .stderr(std::process::Stdio::null())
        .status();
    assert!(!filled.unwrap().success(), "the disk is larger than it should be");
    let refused = (2..200).find_map(|n| written(n, 300_000).err());
    let refused = refused.expect("a full disk takes nothing any more").to_string();
    assert!(
        refused.contains("nothing was changed") || refused.contains("not known"),
        "{refused}"
    );
    std::fs::remove_file(&fill).unwrap();
    // A server that could not even write its log has stopped; whoever runs it starts it again.
    if server.is_down() {
        server.does("start");
    }
    until(Duration::from_secs(10), "going on", || add(&store, "room", 1).is_ok());
    let seqs = store.ledger_size().unwrap();
    told.done.lock().unwrap().insert(seqs, ("room".to_owned(), 1));
    nothing_is_lost(&store, &told);
    server.does("stop");
}

/// Every failure says what to do.
#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn failures_name_their_remedy() {
    let (server, dir) = (Server::of_the_script(), tempfile::tempdir().unwrap());
    server.says("postgres", "CREATE ROLE locked LOGIN PASSWORD 'open sesame'");
    server.says("postgres", "CREATE DATABASE locked OWNER locked");
    server.says("postgres", "CREATE DATABASE strange");
    server.says(
        "strange",
        "CREATE SCHEMA entente; CREATE TABLE entente.store_of_bottles (id INT)",
    );
    let failure = |text: &str| match text.parse::<Address>() {
        Ok(address) => match node(dir.path(), "failing", &address) {
            Ok(_) => panic!("{text} opens"),
            Err(error) => error.to_string(),
        },
        Err(error) => error.to_string(),
    };
    let port = server.port;
    let secret = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let wrong = secret("wrong", "127.0.0.1:*:*:locked:open barley\n");
    for (address, remedy) in [
        (
            format!("postgresql://locked:shown@127.0.0.1:{port}/locked"),
            "PGPASSFILE",
        ),
        (
            format!("postgresql://locked@127.0.0.1:{port}/locked?password=shown"),
            "PGPASSFILE",
        ),
        (
            format!("postgresql://locked@127.0.0.1:{port}/locked?passfile={wrong}"),
            "does not let this user in",
        ),
        (
            format!("postgresql://locked@127.0.0.1:{port}/locked?passfile=/nowhere"),
            "/nowhere",
        ),
        (format!("postgresql://postgres@127.0.0.1:{port}/missing"), "createdb"),
        (
            format!("postgresql://postgres@127.0.0.1:{port}/strange"),
            "that no store made",
        ),
        (format!("postgresql://postgres@127.0.0.1:{port}/"), "names no database"),
        (format!("postgresql://127.0.0.1:{port}/strange"), "names no user"),
        ("mysql://postgres@127.0.0.1/strange".to_owned(), "postgresql://"),
        (
            format!("postgresql://postgres@127.0.0.1:{port}/strange?sslmode=require"),
            "sslrootcert=FILE",
        ),
    ] {
        let said = failure(&address);
        assert!(said.contains(remedy), "{address}: {said}");
        assert!(
            !said.contains("barley") && !said.contains("shown@") && !said.contains("=shown"),
            "{said}"
        );
    }
    let right = secret("right", "# ours\n127.0.0.1:*:*:locked:open sesame\n");
    let certificate = server.dir.join("server.crt");
    let address = format!(
        "postgresql://locked@127.0.0.1:{port}/locked?passfile={right}&sslmode=verify-full&sslrootcert={}",
        certificate.display()
    );
    let store = node(dir.path(), "secure", &address.parse().unwrap()).unwrap();
    add(&store, "with the right password, over a secured line", 1).unwrap();
    let start = Instant::now();
    let away = failure("postgresql://postgres@127.0.0.1:1/nothing");
    assert!(away.contains("cannot be reached"), "{away}");
    assert!(start.elapsed() < Duration::from_secs(15));
}

/// Only sealed bytes reach the database.
#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn nothing_reaches_the_database_in_clear() {
    let (server, dir) = (Server::of_the_script(), tempfile::tempdir().unwrap());
    let address = server.database("sealed");
    let store = node(dir.path(), "sealed", &address).unwrap();
    add(&store, "a-name-that-nobody-reads", 41_424_344).unwrap();
    drop(store);
    let dump = std::process::Command::new(server.bin.join("pg_dump"))
        .args([
            "-h",
            "127.0.0.1",
            "-U",
            "postgres",
            "-p",
            &server.port.to_string(),
            "sealed",
        ])
        .output()
        .unwrap();
    assert!(dump.status.success());
    let dump = String::from_utf8(dump.stdout).unwrap();
    let hex: String = b"a-name-that".iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(dump.contains("COPY entente.events"));
    assert!(!dump.contains("41424344"), "an event is in clear");
    let documents = dump
        .split("COPY entente.documents")
        .nth(1)
        .unwrap()
        .split("\\.")
        .next()
        .unwrap();
    // Names of documents are not sealed, in a folder as little as here; what is in them is.
    let sealed = documents.lines().nth(1).unwrap().split('\t').nth(3).unwrap();
    assert!(!sealed.contains(&hex));
}

/// A store moves to a server and back, each time compared event by event, and goes on where it was.
#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn a_store_moves_to_a_server_and_back() {
    let (server, dir) = (Server::of_the_script(), tempfile::tempdir().unwrap());
    let folder = dir.path().join("moving");
    let root = || toy::root(dir.path());
    let store = Store::<Counters>::create(&folder, root()).unwrap();
    for n in 1..=700 {
        add(&store, &format!("counter {}", n % 7), n).unwrap();
    }
    drop(store);
    let address = server.database("moving");
    let mut compared = 0;
    let moved = entente_store::moved(
        &folder,
        &folder.join("ledger"),
        &root(),
        Some(&address),
        &mut |done, _| compared = done,
    )
    .unwrap();
    assert_eq!((moved.events, compared), (700, 700));
    assert!(!folder.join("entente.db").exists() && folder.join("entente.db.moved").exists());
    let store = Store::<Counters>::open(&folder, root()).unwrap();
    assert_eq!(add(&store, "counter 1", 1).unwrap(), 701);
    assert_eq!(store.check(&mut |_| ()).unwrap(), []);
    drop(store);
    let taken =
        entente_store::moved(&folder, &folder.join("ledger"), &root(), Some(&address), &mut |_, _| ()).unwrap_err();
    assert!(taken.to_string().contains("holds data already"), "{taken}");
    let moved = entente_store::moved(&folder, &folder.join("ledger"), &root(), None, &mut |_, _| ()).unwrap();
    assert_eq!(moved.events, 701);
    assert!(folder.join("entente.db").exists() && !folder.join("database").exists());
    let store = Store::<Counters>::open(&folder, root()).unwrap();
    assert_eq!(add(&store, "counter 2", 1).unwrap(), 702);
    assert_eq!(store.check(&mut |_| ()).unwrap(), []);
    // What was left on the server is used by nobody: a node that still names it is told so.
    let late = dir.path().join("late");
    keep_in(&late, Some(&address)).unwrap();
    let Err(told) = Store::<Counters>::open(&late, root()) else {
        panic!("the old place still opens");
    };
    assert!(told.to_string().contains("there is no store"), "{told}");
}

/// Counts one less when it goes, also with a panic.
struct Ends<'c>(&'c AtomicUsize);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Nodes publish one log in turn, with one kept checkpoint, and it never goes back.
#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn nodes_publish_one_log_in_turn() {
    let (server, dir) = (Server::of_the_script(), tempfile::tempdir().unwrap());
    let address = server.database("publishing");
    let nodes: Vec<_> = ["a", "b", "c"]
        .map(|name| node(dir.path(), name, &address).unwrap())
        .into();
    let signer = || NoteSigner::new("log.example", SigningKey::from_bytes(&[7; 32])).unwrap();
    let keys = [Verifier::parse(&signer().verifier(Kind::Signature).vkey()).unwrap()];
    let publishers = AtomicUsize::new(nodes.len());
    let (largest, verified) = std::thread::scope(|scope| {
        for (index, store) in nodes.iter().enumerate() {
            let (address, head, publishers) = (address.clone(), dir.path().join("head"), &publishers);
            scope.spawn(move || {
                let _end = Ends(publishers);
                let log = Log::kept_in(Arc::new(ServerTiles::new(address)), head, "log.example");
                for n in 1..=10 {
                    add(store, &format!("{index}"), n).unwrap();
                    let entries = |range| store.entries(range).map_err(|error| error.to_string());
                    loop {
                        let size = store.ledger_size().unwrap();
                        match log.publish(size, &signer(), entries) {
                            Ok(_) => break,
                            Err(PublishError::Behind { signed, .. }) => assert!(signed <= store.ledger_size().unwrap()),
                            Err(other) => panic!("{other}"),
                        }
                    }
                }
            });
        }
        let files = ServerTiles::new(address.clone());
        let (mut largest, mut rounds) = (0, 0);
        while publishers.load(Ordering::SeqCst) > 0 {
            let note = files.read("checkpoint").unwrap();
            let size = note.and_then(|note| Some(Checkpoint::parse(Note::parse(&note).ok()?.text()).ok()?.size));
            assert!(size.unwrap_or(0) >= largest, "the checkpoint went back");
            largest = size.unwrap_or(0);
            rounds += 1;
        }
        (largest, rounds)
    });
    assert!(largest > 0 && verified > 0);
    let report = verify(&ServerTiles::new(address), &keys, &mut |_, _| ());
    assert!(report.ok, "{:#?}", report.findings);
    assert_eq!(report.size, 30);
}

/// Whoever sleeps through its turn at publishing puts nothing any more.
#[test]
#[ignore = "needs a PostgreSQL server: run by tests-foreign/run-stores.sh"]
fn a_publisher_that_lost_its_turn_puts_nothing() {
    let (server, dir) = (Server::of_the_script(), tempfile::tempdir().unwrap());
    let address = server.database("losing");
    node(dir.path(), "a", &address).unwrap();
    let (sleeper, next) = (ServerTiles::new(address.clone()), ServerTiles::new(address));
    let turn = sleeper.alone().unwrap();
    sleeper.put("a", b"before").unwrap();
    sleeper.settle().unwrap();
    sleeper.put("a", b"late").unwrap();
    // What the server does once a publisher stands still.
    server.says(
        "losing",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'losing' AND state LIKE 'idle in%'",
    );
    let other = next.alone().unwrap();
    next.put("b", b"of the next").unwrap();
    next.settle().unwrap();
    assert!(sleeper.settle().is_err());
    assert!(sleeper.put("a", b"later still").is_err());
    drop((turn, other));
    assert_eq!(next.read("a").unwrap().as_deref(), Some(&b"before"[..]));
    assert_eq!(next.read("b").unwrap().as_deref(), Some(&b"of the next"[..]));
}
