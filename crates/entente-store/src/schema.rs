//! The tables, and their format's number.

use rusqlite::Connection;

use crate::error::StoreError;

/// The format written by this program.
pub(crate) const FORMAT: i64 = 1;

const TABLES: &str = "
CREATE TABLE events (
    seq     INTEGER PRIMARY KEY,
    time    TEXT NOT NULL,
    kind    TEXT NOT NULL,
    payload BLOB NOT NULL,
    salt    BLOB NOT NULL
) STRICT;
CREATE TABLE leaves (
    seq   INTEGER PRIMARY KEY REFERENCES events(seq),
    entry BLOB NOT NULL
) STRICT;
CREATE TABLE documents (
    kind TEXT NOT NULL,
    id   TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY,
    seq         INTEGER NOT NULL REFERENCES events(seq),
    kind        TEXT NOT NULL,
    destination TEXT NOT NULL,
    payload     BLOB NOT NULL,
    done        TEXT
) STRICT;
CREATE INDEX outbox_pending ON outbox(id) WHERE done IS NULL;
";

/// Sets up a connection: write-ahead log, every commit synced.
pub(crate) fn prepare(connection: &Connection) -> Result<(), StoreError> {
    // First of all: what follows may have to wait for another process.
    connection.busy_timeout(std::time::Duration::from_secs(60))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Hostile files must not make the database run code of theirs.
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(())
}

/// Creates the tables.
pub(crate) fn create(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(TABLES)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()?;
    Ok(())
}

/// Refuses what a newer program wrote.
pub(crate) fn check_format(connection: &Connection) -> Result<(), StoreError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match found == FORMAT {
        true => Ok(()),
        false => Err(StoreError::Newer { found, known: FORMAT }),
    }
}

/// Whether nothing has ever been stored: no tables, and nobody's format.
pub(crate) fn is_blank(connection: &Connection) -> Result<bool, StoreError> {
    let format: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(format == 0 && tables == 0)
}
