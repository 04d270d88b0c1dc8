//! Writes events to the store in the folder given, and prints each number once it is acknowledged. Killed by tests.

#[path = "../tests/toy/mod.rs"]
mod toy;

use std::io::Write;

use entente_store::{Change, Outgoing, Store, StoreError};
use toy::Counters;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("give a folder")?;
    let folder = std::path::Path::new(&folder);
    let store = match Store::<Counters>::open(folder) {
        Err(StoreError::Missing(_)) => Store::create(folder)?,
        other => other?,
    };
    for n in 1u64.. {
        let change = Change {
            events: vec![(format!("c{}", n % 7), n % 5), ("all".to_owned(), 1)],
            outgoing: vec![Outgoing {
                kind: "test".to_owned(),
                destination: "nobody".to_owned(),
                payload: vec![1; 64],
            }],
        };
        let receipt = store.submit(jiff::Timestamp::now(), move |_| Ok::<_, String>(change))?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", receipt.ledger_size)?;
        out.flush()?;
    }
    Ok(())
}
