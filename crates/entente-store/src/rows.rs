//! How events and documents stand in the tables.

use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::projection::{DocKey, Projection, Recorded};

/// SQLite counts in signed numbers; a log never gets near the difference.
pub(crate) fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// An event from its row.
pub(crate) fn recorded<P: Projection>(seq: i64, time: &str, payload: &[u8]) -> Result<Recorded<P::Event>, StoreError> {
    let unreadable = |problem: String| StoreError::Unreadable {
        what: format!("event {seq}"),
        problem,
    };
    Ok(Recorded {
        seq: seq.unsigned_abs(),
        time: time
            .parse()
            .map_err(|error: jiff::Error| unreadable(error.to_string()))?,
        event: serde_json::from_slice(payload).map_err(|error| unreadable(error.to_string()))?,
    })
}

/// The projection and the number of the next event, both of one moment.
pub(crate) fn loaded<P: Projection>(connection: &Connection) -> Result<(P, u64), StoreError> {
    let moment = connection.unchecked_transaction()?;
    let last: i64 = moment.query_row("SELECT coalesce(max(seq), 0) FROM events", [], |row| row.get(0))?;
    Ok((restored(&moment)?, last.unsigned_abs() + 1))
}

/// The projection from its stored documents.
pub(crate) fn restored<P: Projection>(connection: &Connection) -> Result<P, StoreError> {
    let mut state = P::default();
    let mut query = connection.prepare("SELECT kind, id, json FROM documents")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let key = DocKey::new(row.get::<_, String>(0)?, row.get::<_, String>(1)?);
        let json: String = row.get(2)?;
        let unreadable = |problem: String| StoreError::Unreadable {
            what: format!("the stored {} `{}`", key.kind, key.id),
            problem,
        };
        let value = serde_json::from_str(&json).map_err(|error| unreadable(error.to_string()))?;
        state.restore(&key, value).map_err(unreadable)?;
    }
    Ok(state)
}

/// Writes a document of the projection as it is now, or removes it.
pub(crate) fn store_document<P: Projection>(
    transaction: &rusqlite::Transaction<'_>,
    state: &P,
    key: &DocKey,
) -> Result<(), StoreError> {
    match state.document(key) {
        Some(value) => transaction
            .prepare_cached("INSERT INTO documents (kind, id, json) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET json = excluded.json")?
            .execute(params![key.kind, key.id, value.to_string()])?,
        None => transaction
            .prepare_cached("DELETE FROM documents WHERE kind = ?1 AND id = ?2")?
            .execute(params![key.kind, key.id])?,
    };
    Ok(())
}
