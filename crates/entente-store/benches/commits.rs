//! How many commands a second become durable, as ratios to a plain SQLite insert measured in the same run.
//!
//! `cargo bench -p entente-store --bench commits`; the figures that it printed stand in `docs/performance.md`.

#![allow(clippy::unwrap_used, reason = "a measurement that fails should stop")]

#[path = "../tests/toy/mod.rs"]
mod toy;

use std::time::{Duration, Instant};

use ed25519_dalek::SigningKey;
use entente_ledger::{Log, NoteSigner};
use entente_store::{Change, Store};
use toy::Counters;

/// What every event and every plain row holds.
const PAYLOAD: usize = 256;
/// How long one measurement takes.
const TIME: Duration = Duration::from_secs(2);
/// Each measurement is repeated, in turn with the others, and the median counts.
const REPEATS: usize = 5;

fn rate(done: u64, since: Instant) -> f64 {
    f64::from(u32::try_from(done).unwrap()) / since.elapsed().as_secs_f64()
}

/// One row a transaction, one connection, write-ahead log, `synchronous=FULL`: the floor.
fn plain() -> f64 {
    let dir = tempfile::tempdir().unwrap();
    let connection = rusqlite::Connection::open(dir.path().join("plain.db")).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    connection
        .execute_batch("CREATE TABLE rows (id INTEGER PRIMARY KEY, payload BLOB NOT NULL) STRICT")
        .unwrap();
    let mut insert = connection.prepare("INSERT INTO rows (payload) VALUES (?1)").unwrap();
    let (start, mut done) = (Instant::now(), 0);
    while start.elapsed() < TIME {
        insert.execute([[7_u8; PAYLOAD]]).unwrap();
        done += 1;
    }
    rate(done, start)
}

/// One command an event, with its leaf and its document; every client waits for its answer before it goes on.
fn store(clients: usize) -> f64 {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for client in 0..clients {
            let store = &store;
            scope.spawn(move || {
                let name = format!("{client:0PAYLOAD$}");
                while start.elapsed() < TIME {
                    let event = (name.clone(), 1);
                    store
                        .submit(jiff::Timestamp::now(), move |_| {
                            Ok::<_, String>(Change::events(vec![event]))
                        })
                        .unwrap();
                }
            });
        }
    });
    let measured = rate(store.ledger_size().unwrap(), start);
    assert!(store.check(&mut |_| ()).unwrap().is_empty());
    measured
}

/// Entries a second into tiles, read back and signed.
fn publish() -> f64 {
    const ENTRIES: usize = 100_000;
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<Counters>::create(dir.path(), toy::root(dir.path())).unwrap();
    let events = (0..ENTRIES).map(|n| (format!("{:0PAYLOAD$}", n % 7), 1)).collect();
    store
        .submit(jiff::Timestamp::now(), move |_| Ok::<_, String>(Change::events(events)))
        .unwrap();
    let signer = NoteSigner::new("log.example", SigningKey::from_bytes(&[7; 32])).unwrap();
    let log = Log::new(dir.path().join("ledger"), dir.path().join("head"), "log.example");
    let start = Instant::now();
    let entries = |range| store.entries(range).map_err(|error| error.to_string());
    let checkpoint = log.publish(store.ledger_size().unwrap(), &signer, entries).unwrap();
    rate(checkpoint.size, start)
}

/// What is measured, and the measurement.
type Measurement = (&'static str, fn() -> f64);

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    // Test runners start benchmarks too, without this flag; measuring is not testing.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let measurements: [Measurement; 5] = [
        ("plain SQLite insert, synchronous=FULL", plain),
        ("store, 1 client", || store(1)),
        ("store, 64 clients", || store(64)),
        ("store, 256 clients", || store(256)),
        ("publish into tiles, entries", publish),
    ];
    let mut rates = vec![Vec::new(); measurements.len()];
    for _ in 0..REPEATS {
        for (rates, (_, measure)) in rates.iter_mut().zip(measurements) {
            rates.push(measure());
        }
    }
    let medians: Vec<f64> = rates.into_iter().map(median).collect();
    for ((name, _), rate) in measurements.iter().zip(&medians) {
        println!("{name:40} {rate:>10.0}/s   {:>6.2}", rate / medians[0]);
    }
}
