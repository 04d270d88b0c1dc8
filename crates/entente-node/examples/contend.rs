//! Reads and writes that contend for one node, beside SQLite that writes the same rows and does nothing else.
//!
//! `contend FOLDER REPORTS PERSON` with a node that `fill` has filled with so many reports, and somebody who may read some of them; the
//! passphrase and the place of kept checkpoints as the command line has them. 64 clients record what they read, as fast as they can;
//! then a bare database takes the same events, entries and texts in groups of 64; then the clients go at half of that rate, while others
//! read. Everything is written to the folder: measure on a copy.

#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a tool of the benchmarks says what failed and ends, and measures"
)]

mod folder;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use entente_core::{Command, PersonId, ReportId};
use entente_desk::reading::show;
use entente_desk::{Moment, View};
use entente_node::Node;
use jiff::Timestamp;
use rusqlite::{Connection, params};

const CLIENTS: u64 = 64;
const READERS: u64 = 2;
const TIME: Duration = Duration::from_secs(5);

/// Report number `n` of those that the person may read something of.
fn report(readable: &[ReportId], n: u64) -> ReportId {
    let place = usize::try_from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33).unwrap();
    readable[place % readable.len()].clone()
}

/// How many readings a second are recorded by all clients, each of which waits `pause` after each.
fn written(node: &Arc<Node>, readable: &[ReportId], person: &PersonId, pause: Duration) -> f64 {
    let (done, began) = (AtomicU64::new(0), Instant::now());
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let done = &done;
            scope.spawn(move || {
                let mut view = Node::pinned(node);
                let mut next = Instant::now() + pause.mul_f64(client as f64 / CLIENTS as f64);
                while began.elapsed() < TIME {
                    std::thread::sleep(next.saturating_duration_since(Instant::now()));
                    next += pause;
                    let number = done.fetch_add(1, Ordering::Relaxed);
                    let reading = Command::RecordOpening {
                        report: report(readable, number),
                        version: None,
                        reader: person.clone(),
                        purpose: None,
                    };
                    view.submit(reading).unwrap();
                }
            });
        }
    });
    done.into_inner() as f64 / began.elapsed().as_secs_f64()
}

/// How long it takes to show reports, in milliseconds, sorted.
fn read(node: &Arc<Node>, readable: &[ReportId], person: &PersonId) -> Vec<f64> {
    let began = Instant::now();
    std::thread::scope(|scope| {
        let readers = (0..READERS).map(|reader| {
            scope.spawn(move || {
                let mut took = Vec::new();
                while began.elapsed() < TIME {
                    let since = Instant::now();
                    let id = report(readable, reader * 1_000_003 + took.len() as u64);
                    let view = Node::pinned(node);
                    let moment = Moment::of(view.state(), view.rules(), view.library());
                    show(&moment, &id, None, &View::of(Some(person), None, Timestamp::now())).unwrap();
                    took.push(since.elapsed().as_secs_f64() * 1e3);
                    std::thread::sleep(Duration::from_millis(1));
                }
                took
            })
        });
        let readers: Vec<_> = readers.collect();
        let mut all: Vec<f64> = readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect();
        all.sort_by(f64::total_cmp);
        all
    })
}

/// How many of the events after one a second a bare database takes, in groups of 64, with their entries and the same pragmas.
fn bare(folder: &Path, after: u64) -> f64 {
    let source =
        Connection::open_with_flags(folder.join("entente.db"), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    type Row = (i64, String, String, i64, Vec<u8>, Vec<u8>);
    let mut rows = source
        .prepare("SELECT e.seq, e.time, e.kind, e.form, e.sealed, l.entry FROM events e JOIN leaves l USING (seq) WHERE e.seq > ?1")
        .unwrap();
    let rows = rows.query_map([i64::try_from(after).unwrap()], |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
            row.get(5)?,
        ))
    });
    let rows: Vec<Row> = rows.unwrap().map(Result::unwrap).collect();
    let mut database = Connection::open(folder.join("bare.db")).unwrap();
    database.pragma_update(None, "journal_mode", "WAL").unwrap();
    database.pragma_update(None, "synchronous", "FULL").unwrap();
    database.pragma_update(None, "secure_delete", true).unwrap();
    let tables = "CREATE TABLE events (seq INTEGER PRIMARY KEY, time TEXT NOT NULL, kind TEXT NOT NULL, form INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;
        CREATE TABLE leaves (seq INTEGER PRIMARY KEY REFERENCES events(seq), entry BLOB NOT NULL) STRICT;";
    database.execute_batch(tables).unwrap();
    let began = Instant::now();
    for group in rows.chunks(usize::try_from(CLIENTS).unwrap()) {
        let step = database.transaction().unwrap();
        for (seq, time, kind, form, sealed, entry) in group {
            let event = "INSERT INTO events (seq, time, kind, form, sealed) VALUES (?1, ?2, ?3, ?4, ?5)";
            step.prepare_cached(event)
                .unwrap()
                .execute(params![seq, time, kind, form, sealed])
                .unwrap();
            let leaf = "INSERT INTO leaves (seq, entry) VALUES (?1, ?2)";
            step.prepare_cached(leaf).unwrap().execute(params![seq, entry]).unwrap();
        }
        step.commit().unwrap();
    }
    let rate = rows.len() as f64 / began.elapsed().as_secs_f64();
    drop(database);
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("bare.db{end}")));
    }
    rate
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [place, reports, person] = &arguments[..] else {
        eprintln!("contend FOLDER REPORTS PERSON");
        std::process::exit(2);
    };
    let (place, reports) = (PathBuf::from(place), reports.parse::<u64>().unwrap());
    let person: PersonId = person.parse().unwrap();
    let node = folder::opened(&place);
    let readable: Vec<ReportId> = {
        let view = Node::pinned(&node);
        let moment = Moment::of(view.state(), view.rules(), view.library());
        let looked = View::of(Some(&person), None, Timestamp::now());
        let some = (0..reports).step_by(usize::try_from(reports / 2000).unwrap().max(1));
        let some = some.map(|n| ReportId::new(format!("R-{n}")).unwrap());
        some.filter(|id| show(&moment, id, None, &looked).is_ok_and(|shown| !shown.portions.is_empty()))
            .collect()
    };
    println!("{} of the reports that were tried can be read", readable.len());
    written(&node, &readable, &person, Duration::ZERO);
    let before = node.store().ledger_size().unwrap();
    let full = written(&node, &readable, &person, Duration::ZERO);
    let plain = bare(&place, before);
    println!(
        "recorded {full:.0} a second, a bare database {plain:.0}: {:.2} times as many",
        plain / full
    );
    let pause = Duration::from_secs_f64(CLIENTS as f64 / (full / 2.0));
    let told = |what: &str, took: &[f64]| {
        let at = |part: f64| took[((took.len() as f64 - 1.0) * part) as usize];
        let (half, most) = (at(0.5), at(1.0));
        println!(
            "{what}: {} reads, p50 {half:.2} ms, p99 {:.2}, p99.9 {:.2}, most {most:.2}",
            took.len(),
            at(0.99),
            at(0.999)
        );
    };
    told("nobody writes", &read(&node, &readable, &person));
    let took = std::thread::scope(|scope| {
        let writers = scope.spawn(|| written(&node, &readable, &person, pause));
        let took = read(&node, &readable, &person);
        println!("meanwhile {:.0} a second were recorded", writers.join().unwrap());
        took
    });
    told("at half of that rate", &took);
}
