//! How many commands a second become durable on a PostgreSQL server, beside the same rows written in groups of the same size by a
//! bare connection, in the same run.
//!
//! `scripts/bench-postgresql` starts a server and runs this; the figures that it printed stand in `docs/performance.md`.

#![allow(clippy::unwrap_used, reason = "a measurement that fails should stop")]

#[path = "../tests/cluster/mod.rs"]
mod cluster;
#[path = "../tests/toy/mod.rs"]
mod toy;

use std::time::{Duration, Instant};

use cluster::Server;
use entente_store::{Address, Change, Store, keep_in};
use futures_util::future::try_join_all;
use tokio_postgres::NoTls;
use toy::Counters;

/// Clients of one node, and with it the size of a group.
const CLIENTS: usize = 64;
/// What every event holds.
const PAYLOAD: usize = 256;
/// How long one measurement takes.
const TIME: Duration = Duration::from_secs(3);
/// Each measurement is repeated, in turn with the others, and the median counts.
const REPEATS: usize = 5;

/// Event, entry and document of each command, in groups as large as the clients of a node make them; nothing is decided or sealed.
fn bare(address: &Address) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&address.to_string(), NoTls).await.unwrap();
        tokio::spawn(connection);
        let tables = "CREATE SCHEMA IF NOT EXISTS bare;
            CREATE TABLE IF NOT EXISTS bare.events (seq BIGINT PRIMARY KEY, time TEXT, kind TEXT, form BIGINT, sealed BYTEA);
            CREATE TABLE IF NOT EXISTS bare.leaves (seq BIGINT PRIMARY KEY, entry BYTEA);
            CREATE TABLE IF NOT EXISTS bare.documents (kind BYTEA, id BYTEA, branch BYTEA, sealed BYTEA, PRIMARY KEY (kind, id))";
        client.batch_execute(tables).await.unwrap();
        let first: i64 = client.query_one("SELECT coalesce(max(seq), 0) FROM bare.events", &[]).await.unwrap().get(0);
        let event = client.prepare("INSERT INTO bare.events VALUES ($1, $2, $3, 1, $4)").await.unwrap();
        let leaf = client.prepare("INSERT INTO bare.leaves VALUES ($1, $2)").await.unwrap();
        let document = client
            .prepare("INSERT INTO bare.documents VALUES ($1, $2, $3, $4) ON CONFLICT (kind, id) DO UPDATE SET sealed = excluded.sealed")
            .await
            .unwrap();
        let (sealed, entry, small) = (vec![7_u8; PAYLOAD + 90], vec![7_u8; 110], vec![7_u8; 45]);
        let ids: Vec<Vec<u8>> = (0..CLIENTS).map(|client| format!("{client:0PAYLOAD$}").into_bytes()).collect();
        let (kind, branch) = (b"counter".to_vec(), b"documents/1234".to_vec());
        let (start, mut done) = (Instant::now(), 0_u32);
        while start.elapsed() < TIME {
            client.batch_execute("BEGIN").await.unwrap();
            let group = i64::try_from(CLIENTS).unwrap();
            let seqs: Vec<i64> = (0..group).map(|n| first + i64::from(done) + n + 1).collect();
            let rows = seqs.iter().zip(&ids).map(|(seq, id)| {
                let (event, leaf, document, client) = (&event, &leaf, &document, &client);
                let (sealed, entry, small, kind, branch) = (&sealed, &entry, &small, &kind, &branch);
                async move {
                    try_join_all([
                        client.execute(event, &[seq, &"2026-11-20T10:00:00Z", &"counted", sealed]),
                        client.execute(leaf, &[seq, entry]),
                        client.execute(document, &[kind, id, branch, small]),
                    ])
                    .await
                }
            });
            try_join_all(rows).await.unwrap();
            client.batch_execute("COMMIT").await.unwrap();
            done += u32::try_from(CLIENTS).unwrap();
        }
        f64::from(done) / start.elapsed().as_secs_f64()
    })
}

/// One command an event, with its leaf and its document, on so many nodes at once; every client waits for its answer.
fn nodes(address: &Address, dir: &std::path::Path, count: usize) -> f64 {
    let open = |index: usize| {
        let folder = dir.join(format!("node-{index}"));
        keep_in(&folder, Some(address)).unwrap();
        match Store::<Counters>::exists(&folder).unwrap() {
            true => Store::<Counters>::open(&folder, toy::root(dir)).unwrap(),
            false => Store::create(&folder, toy::root(dir)).unwrap(),
        }
    };
    let stores: Vec<_> = (0..count).map(open).collect();
    let start = Instant::now();
    let done = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..count * CLIENTS)
            .map(|client| {
                let store = &stores[client / CLIENTS];
                scope.spawn(move || {
                    let (name, mut done) = (format!("{client:0PAYLOAD$}"), 0_u32);
                    while start.elapsed() < TIME {
                        let event = (name.clone(), 1);
                        store
                            .submit(jiff::Timestamp::now(), move |_| {
                                Ok::<_, String>(Change::events(vec![event]))
                            })
                            .unwrap();
                        done += 1;
                    }
                    done
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).sum::<u32>()
    });
    f64::from(done) / start.elapsed().as_secs_f64()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn main() {
    let (server, dir) = (Server::of_the_script(), tempfile::tempdir().unwrap());
    let address = server.database("measured");
    let (mut plain, mut one, mut three) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..REPEATS {
        plain.push(bare(&address));
        one.push(nodes(&address, dir.path(), 1));
        three.push(nodes(&address, dir.path(), 3));
    }
    let (plain, one, three) = (median(plain), median(one), median(three));
    println!("bare, groups of {CLIENTS}: {plain:.0} a second");
    println!(
        "one node, {CLIENTS} clients: {one:.0} a second, bare is {:.2} times as fast",
        plain / one
    );
    println!(
        "three nodes, {CLIENTS} clients each: {three:.0} a second, bare is {:.2} times as fast",
        plain / three
    );
}
