//! Whether what is stored agrees with itself.

use std::collections::BTreeMap;

use entente_ledger::{Leaf, Salt};
use rusqlite::Connection;
use serde::Serialize;
use serde_json::Value;

use crate::error::StoreError;
use crate::projection::{DocKey, Projection};
use crate::rows::recorded;

/// Something that does not agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where: an event, a document, the database.
    pub place: String,
    /// What.
    pub problem: String,
}

/// How far a check has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Events checked.
    pub done: u64,
    /// Events in all.
    pub total: u64,
}

pub(crate) fn check<P: Projection>(
    connection: &Connection,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<Difference>, StoreError> {
    // One snapshot for all that is compared, whatever is committed meanwhile.
    let connection = connection.unchecked_transaction()?;
    let mut differences = Vec::new();
    let mut differ = |place: String, problem: &str| {
        differences.push(Difference {
            place,
            problem: problem.to_owned(),
        });
    };
    let integrity: String = connection.pragma_query_value(None, "integrity_check", |row| row.get(0))?;
    if integrity != "ok" {
        differ("database".to_owned(), &integrity);
    }
    let total: i64 = connection.query_row("SELECT count(*) FROM events", [], |row| row.get(0))?;
    let total = total.unsigned_abs();
    let mut state = P::default();
    let mut rebuilt: BTreeMap<DocKey, ()> = BTreeMap::new();
    let mut query = connection.prepare(
        "SELECT e.seq, e.time, e.kind, e.payload, e.salt, l.entry FROM events e LEFT JOIN leaves l ON l.seq = e.seq ORDER BY e.seq",
    )?;
    let mut rows = query.query([])?;
    let mut expected = 1;
    while let Some(row) = rows.next()? {
        let (seq, time, kind): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (payload, salt, entry): (Vec<u8>, Vec<u8>, Option<Vec<u8>>) = (row.get(3)?, row.get(4)?, row.get(5)?);
        let place = format!("event {seq}");
        if seq.unsigned_abs() != expected {
            differ(place.clone(), "events before it are missing");
        }
        expected = seq.unsigned_abs() + 1;
        let leaf = Salt::from_bytes(&salt)
            .map(|salt| Leaf::new(seq.unsigned_abs(), time.clone(), &kind, &salt, &payload).to_bytes());
        match (entry, leaf) {
            (None, _) => differ(place.clone(), "it has no entry in the ledger"),
            (Some(entry), Some(leaf)) if entry == leaf => {}
            _ => differ(
                place.clone(),
                "it does not match its entry in the ledger: one of them was changed",
            ),
        }
        match recorded::<P>(seq, &time, &payload) {
            Ok(record) => rebuilt.extend(state.apply(&record).into_iter().map(|key| (key, ()))),
            Err(error) => differ(place, &error.to_string()),
        }
        progress(Progress {
            done: expected - 1,
            total,
        });
    }
    let mut query = connection.prepare("SELECT kind, id, json FROM documents")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let key = DocKey::new(row.get::<_, String>(0)?, row.get::<_, String>(1)?);
        let json: String = row.get(2)?;
        let stored: Option<Value> = serde_json::from_str(&json).ok();
        let place = format!("{} `{}`", key.kind, key.id);
        if stored.is_none() || state.document(&key) != stored {
            differ(
                place,
                "it is not what the events say; rebuild it with `entente store rebuild`",
            );
        }
        rebuilt.remove(&key);
    }
    for (key, ()) in rebuilt {
        if state.document(&key).is_some() {
            differ(
                format!("{} `{}`", key.kind, key.id),
                "the events say that it exists, but it is not stored",
            );
        }
    }
    Ok(differences)
}
