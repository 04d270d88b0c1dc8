//! The tables on a server: those of a folder, with the row that nodes take turns by.

use super::session::Session;
use super::trouble::ServerError;
use crate::schema::FORMAT;
use crate::sql::{Row as _, Sql as _, values};

/// Names are bytes here: they come in the order of their bytes, as in a folder, and may have any character in them.
const TABLES: &str = "
CREATE SCHEMA entente;
CREATE TABLE entente.store (
    id     INT PRIMARY KEY CHECK (id = 1),
    format BIGINT NOT NULL
);
CREATE TABLE entente.head (
    id     INT PRIMARY KEY CHECK (id = 1),
    seq    BIGINT NOT NULL,
    step   BIGINT NOT NULL,
    token  BYTEA NOT NULL,
    epoch  BIGINT NOT NULL,
    holder BYTEA NOT NULL
);
INSERT INTO entente.head VALUES (1, 0, 0, '', 0, '');
CREATE TABLE entente.vault (
    id    INT PRIMARY KEY CHECK (id = 1),
    epoch BIGINT NOT NULL
);
CREATE TABLE entente.branches (
    name    BYTEA PRIMARY KEY,
    wrapped BYTEA NOT NULL
);
CREATE TABLE entente.events (
    seq    BIGINT PRIMARY KEY,
    time   TEXT NOT NULL,
    kind   TEXT NOT NULL,
    form   BIGINT NOT NULL,
    sealed BYTEA NOT NULL
);
CREATE INDEX events_kind ON entente.events (kind, seq);
CREATE TABLE entente.leaves (
    seq   BIGINT PRIMARY KEY,
    entry BYTEA NOT NULL
);
CREATE TABLE entente.texts (
    name    BYTEA PRIMARY KEY,
    branch  BYTEA NOT NULL,
    seq     BIGINT NOT NULL,
    about   BYTEA NOT NULL,
    version BIGINT NOT NULL,
    key     BYTEA NOT NULL,
    sealed  BYTEA NOT NULL
);
CREATE INDEX texts_about ON entente.texts (about, version);
CREATE INDEX texts_branch ON entente.texts (branch);
CREATE TABLE entente.outbox (
    id          BIGINT PRIMARY KEY,
    seq         BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    destination TEXT NOT NULL,
    branch      BYTEA NOT NULL,
    about       BYTEA,
    version     BIGINT,
    sealed      BYTEA NOT NULL,
    done        TEXT,
    confirmed   TEXT
);
CREATE INDEX outbox_pending ON entente.outbox (id) WHERE done IS NULL;
CREATE INDEX outbox_waiting ON entente.outbox (destination, kind, id) WHERE done IS NULL;
CREATE INDEX outbox_destination ON entente.outbox (destination, id);
CREATE INDEX outbox_unconfirmed ON entente.outbox (destination, id) WHERE done IS NOT NULL AND confirmed IS NULL;
CREATE INDEX outbox_about ON entente.outbox (about, version) WHERE about IS NOT NULL;
CREATE INDEX outbox_branch ON entente.outbox (branch);
CREATE TABLE entente.documents (
    kind   BYTEA NOT NULL,
    id     BYTEA NOT NULL,
    branch BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX documents_branch ON entente.documents (branch);
CREATE TABLE entente.turns (
    name  TEXT PRIMARY KEY,
    epoch BIGINT NOT NULL
);
INSERT INTO entente.turns VALUES ('publisher', 0), ('published', 0);
CREATE TABLE entente.underway (
    name   BYTEA PRIMARY KEY,
    sealed BYTEA NOT NULL
);
CREATE TABLE entente.tiles (
    path  BYTEA PRIMARY KEY,
    bytes BYTEA NOT NULL
);
-- What is sealed cannot be pressed together: to try costs time.
ALTER TABLE entente.events ALTER sealed SET STORAGE EXTERNAL;
ALTER TABLE entente.documents ALTER sealed SET STORAGE EXTERNAL;
ALTER TABLE entente.texts ALTER sealed SET STORAGE EXTERNAL;
-- The one word that SQLite and PostgreSQL call differently.
CREATE FUNCTION entente.instr(TEXT, TEXT) RETURNS INT IMMUTABLE STRICT PARALLEL SAFE LANGUAGE SQL
    AS 'SELECT pg_catalog.strpos($1, $2)';
";

/// What stands in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing of a store's.
    Nothing,
    /// A store of this format.
    Store(i64),
}

/// Looks what stands in the database.
pub(crate) fn found(session: &Session) -> Result<Found, ServerError> {
    let rows = session.asked(
        "SELECT (SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = 'entente'),
                CASE WHEN to_regclass('entente.store') IS NULL THEN 0 ELSE 1 END",
        &[],
    )?;
    let not_ours = || ServerError::NotOurs {
        server: session.server_name().to_owned(),
    };
    let row = rows.first().ok_or_else(not_ours)?;
    match (row.int(0), row.int(1)) {
        (Ok(0), _) => Ok(Found::Nothing),
        (Ok(_), Ok(1)) => {
            let rows = session.asked("SELECT format FROM entente.store WHERE id = 1", &[])?;
            let format = rows.first().and_then(|row| row.int(0).ok());
            format.map(Found::Store).ok_or_else(not_ours)
        }
        _ => Err(not_ours()),
    }
}

/// Makes the tables, within a transaction.
pub(crate) fn create(session: &Session) -> Result<(), crate::error::StoreError> {
    session.plainly(TABLES)?;
    session.run("INSERT INTO store (id, format) VALUES (1, ?1)", values![FORMAT])
}
