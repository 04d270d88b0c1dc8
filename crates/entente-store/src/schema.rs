//! The tables, and their format's number.

use rusqlite::Connection;

use crate::error::StoreError;

/// The format written by this program.
pub(crate) const FORMAT: i64 = 7;
/// From this format on, documents are made anew from the events when the folder is next opened, and tables get what they lack.
pub(crate) const FEWER: i64 = 2;
/// The format of the first release, with texts in clear.
pub(crate) const FIRST: i64 = 1;

/// `form` of an event: its entry in the ledger commits to it as it is stored, with references to its texts.
pub(crate) const REFERRING: i64 = 1;
/// `form` of an event that was taken over from the first format: its entry commits to it in plain words.
pub(crate) const PLAIN: i64 = 0;

const TABLES: &str = "
CREATE TABLE vault (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL
) STRICT;
CREATE TABLE branches (
    name    TEXT PRIMARY KEY,
    wrapped BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE events (
    seq    INTEGER PRIMARY KEY,
    time   TEXT NOT NULL,
    kind   TEXT NOT NULL,
    form   INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE TABLE leaves (
    seq   INTEGER PRIMARY KEY REFERENCES events(seq),
    entry BLOB NOT NULL
) STRICT;
CREATE TABLE texts (
    name    TEXT PRIMARY KEY,
    branch  TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    about   TEXT NOT NULL,
    version INTEGER NOT NULL,
    key     BLOB NOT NULL,
    sealed  BLOB NOT NULL
) STRICT;
CREATE INDEX texts_about ON texts(about, version);
CREATE INDEX texts_branch ON texts(branch);
CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY,
    seq         INTEGER NOT NULL REFERENCES events(seq),
    kind        TEXT NOT NULL,
    destination TEXT NOT NULL,
    branch      TEXT NOT NULL,
    about       TEXT,
    version     INTEGER,
    sealed      BLOB NOT NULL,
    done        TEXT,
    confirmed   TEXT
) STRICT;
CREATE INDEX outbox_pending ON outbox(id) WHERE done IS NULL;
CREATE INDEX outbox_waiting ON outbox(destination, kind, id) WHERE done IS NULL;
CREATE INDEX outbox_destination ON outbox(destination, id);
CREATE INDEX outbox_unconfirmed ON outbox(destination, id) WHERE done IS NOT NULL AND confirmed IS NULL;
CREATE INDEX outbox_about ON outbox(about, version) WHERE about IS NOT NULL;
CREATE INDEX outbox_branch ON outbox(branch);
";

/// What the tables of a format lack, up to the newest.
pub(crate) fn lacking(format: i64) -> String {
    // The index by receivers was only on servers before.
    const CONFIRMED: &str = "ALTER TABLE outbox ADD COLUMN confirmed TEXT;
         CREATE INDEX IF NOT EXISTS outbox_destination ON outbox (destination, id);
         CREATE INDEX outbox_unconfirmed ON outbox (destination, id) WHERE done IS NOT NULL AND confirmed IS NULL;";
    const WAITING: &str = "CREATE INDEX outbox_waiting ON outbox (destination, kind, id) WHERE done IS NULL;";
    let steps = [(6, CONFIRMED), (7, WAITING)];
    let lacking = steps.into_iter().filter(|(since, _)| format < *since);
    lacking.map(|(_, step)| step).collect()
}

/// Documents: a table with row numbers, whose index holds names alone. In a table without them a search reads whole rows on
/// its way, and a row may be a report of megabytes (SQLite, "The WITHOUT ROWID Optimization", section 4).
pub(crate) const DOCUMENTS: &str = "
CREATE TABLE documents (
    kind   TEXT NOT NULL,
    id     TEXT NOT NULL,
    branch TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;
CREATE INDEX documents_branch ON documents(branch);
";

/// Sets up a connection: write-ahead log, every commit synced, what is deleted overwritten.
pub(crate) fn prepare(connection: &Connection) -> Result<(), StoreError> {
    // First of all: what follows may have to wait for another process.
    connection.busy_timeout(std::time::Duration::from_secs(60))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    // Nothing of a query goes to a file of its own.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // Hostile files must not make the database run code of theirs.
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(())
}

/// Creates the tables. `fill` adds what must not be missing in them.
pub(crate) fn create(
    connection: &mut Connection,
    fill: impl FnOnce(&Connection) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(TABLES)?;
    transaction.execute_batch(DOCUMENTS)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    fill(&transaction)?;
    transaction.commit()?;
    Ok(())
}

/// The format of a database.
pub(crate) fn format(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Refuses what a newer program wrote, and what has to be upgraded first.
pub(crate) fn check_format(connection: &Connection) -> Result<(), StoreError> {
    check_number(format(connection)?)
}

/// The same of a format's number.
pub(crate) fn check_number(format: i64) -> Result<(), StoreError> {
    match format {
        FEWER..=FORMAT => Ok(()),
        found if found < FORMAT => Err(StoreError::Older { found }),
        found => Err(StoreError::Newer { found, known: FORMAT }),
    }
}

/// Whether nothing has ever been stored: no tables, and nobody's format.
pub(crate) fn is_blank(connection: &Connection) -> Result<bool, StoreError> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(format(connection)? == 0 && tables == 0)
}
