//! Killed at any moment, the store keeps what it acknowledged, and the ledger still verifies.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod toy;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use ed25519_dalek::SigningKey;
use entente_ledger::{Folder, Kind, Log, NoteSigner, Verifier, verify};
use entente_store::{Change, Outgoing, Store, StoreError};
use toy::Counters;

/// Threads that submit at the same time, so that a kill also falls between the commands of one transaction.
const CLIENTS: u64 = 4;
/// Rounds in one folder; then a new one, so that creation is killed too.
const ROUNDS_PER_FOLDER: u32 = 25;
/// The environment variable that tells a copy of this program which folder to write to.
const FOLDER: &str = "ENTENTE_CRASH_FOLDER";
/// The environment variable that keeps what is written in one round apart from what is written in the others.
const ROUND: &str = "ENTENTE_CRASH_ROUND";

fn signer() -> NoteSigner {
    NoteSigner::new("log.example", SigningKey::from_bytes(&[7; 32])).unwrap()
}

fn publish(store: &Store<Counters>, folder: &Path) {
    let log = Log::new(folder.join("ledger"), folder.join("head"), "log.example");
    let size = store.ledger_size().unwrap();
    let entries = |range| store.entries(range).map_err(|error| error.to_string());
    let checkpoint = log.publish(size, &signer(), entries).unwrap();
    assert_eq!(checkpoint.size, size);
}

fn verified(folder: &Path, moment: &str) -> u64 {
    let keys = [Verifier::parse(&signer().verifier(Kind::Signature).vkey()).unwrap()];
    let report = verify(&Folder::new(folder.join("ledger")), &keys, &mut |_, _| ());
    assert!(report.ok, "{moment}: {:#?}", report.findings);
    report.size
}

/// Submits in several threads, publishes in one more, and says on stderr which event was acknowledged where.
#[test]
#[ignore = "writes until it is killed: run by the test below, in a process of its own"]
fn writes_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let round: u64 = std::env::var(ROUND).unwrap().parse().unwrap();
    let store = match Store::<Counters>::open(folder, toy::root(folder)) {
        Err(StoreError::Missing(_)) => Store::create(folder, toy::root(folder)).unwrap(),
        other => other.unwrap(),
    };
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let store = &store;
            scope.spawn(move || {
                for n in round * 1_000_000.. {
                    let change = Change {
                        events: vec![(format!("client-{client}"), n), ("all".to_owned(), 1)],
                        outgoing: vec![Outgoing {
                            kind: "test".to_owned(),
                            destination: "nobody".to_owned(),
                            payload: vec![1; 64],
                        }],
                        attachments: Vec::new(),
                    };
                    let receipt = store
                        .submit(jiff::Timestamp::now(), move |_| Ok::<_, String>(change))
                        .unwrap();
                    // One write: a line arrives whole or not at all.
                    let line = format!("acknowledged {} {client} {n}\n", receipt.seqs[0]);
                    std::io::stderr().write_all(line.as_bytes()).unwrap();
                }
            });
        }
        scope.spawn(|| {
            loop {
                publish(&store, folder);
            }
        });
    });
}

/// A writing process, and what it acknowledges.
fn writer(folder: &Path, round: u32) -> (Child, Receiver<(u64, String, u64)>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["writes_until_killed", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .env(ROUND, round.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let (send, acknowledged) = channel();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            let fields: Vec<&str> = line.split(' ').collect();
            let ["acknowledged", seq, client, n] = fields[..] else {
                panic!("the writer fails: {line}")
            };
            let event = (seq.parse().unwrap(), format!("client-{client}"), n.parse().unwrap());
            send.send(event).unwrap();
        }
    });
    (child, acknowledged)
}

/// Rounds of `kill -9`; set `ENTENTE_CRASH_ROUNDS` for more.
#[test]
fn kill_nine_loses_no_acknowledged_event() {
    let rounds: u32 = std::env::var("ENTENTE_CRASH_ROUNDS").map_or(25, |text| text.parse().unwrap());
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = move |limit: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % limit
    };
    let mut dir = tempfile::tempdir().unwrap();
    let mut promised: BTreeMap<u64, (String, u64)> = BTreeMap::new();
    let (mut acknowledged, mut unsigned, mut unacknowledged, mut blank) = (0, 0, 0, 0);
    for round in 0..rounds {
        if round % ROUNDS_PER_FOLDER == 0 {
            dir = tempfile::tempdir().unwrap();
            promised.clear();
        }
        let (mut child, lines) = writer(dir.path(), round);
        // Half of the kills fall anywhere from the start on, the others while it writes for sure.
        let first = match round % 2 {
            0 => None,
            _ => Some(lines.recv().expect("the writer acknowledges something")),
        };
        std::thread::sleep(Duration::from_micros(below(25_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        let before = promised.len();
        for (seq, counter, n) in first.into_iter().chain(lines) {
            assert!(
                promised.insert(seq, (counter, n)).is_none(),
                "event {seq} was acknowledged twice"
            );
        }
        acknowledged += promised.len() - before;

        // Before anything is mended: what was published stands by itself.
        let signed = match dir.path().join("ledger/checkpoint").exists() {
            true => verified(dir.path(), &format!("round {round}, killed")),
            false => 0,
        };
        let store = match Store::<Counters>::open(dir.path(), toy::root(dir.path())) {
            Err(StoreError::Missing(_)) => {
                assert_eq!((promised.len(), signed), (0, 0), "round {round}: the store is gone");
                blank += 1;
                continue;
            }
            other => other.unwrap(),
        };
        let mut stored = BTreeMap::new();
        store
            .events(1, |record| {
                stored.insert(record.seq, record.event);
            })
            .unwrap();
        let lost: BTreeSet<_> = promised
            .iter()
            .filter(|(seq, event)| stored.get(seq) != Some(event))
            .collect();
        assert!(lost.is_empty(), "round {round}: acknowledged but lost: {lost:?}");
        assert!(stored.len() % 2 == 0, "round {round}: half a command was kept");
        assert_eq!(
            store.outbox().unwrap().len() * 2,
            stored.len(),
            "round {round}: events and letters part"
        );
        assert_eq!(store.check(&mut |_| ()).unwrap(), [], "round {round}");
        unsigned += usize::from(signed < stored.len() as u64);
        unacknowledged += usize::from(stored.len() > promised.len() * 2);
        for (seq, event) in stored.into_iter().filter(|(_, (name, _))| name != "all") {
            promised.insert(seq, event);
        }
        publish(&store, dir.path());
        verified(dir.path(), &format!("round {round}, mended"));
    }
    println!(
        "{rounds} kills: {acknowledged} commands acknowledged, none lost; {unacknowledged} kills kept some that were not \
         acknowledged, {unsigned} fell between commit and checkpoint, {blank} before there was a store"
    );
    assert!(acknowledged > 0 && unsigned > 0);
}
