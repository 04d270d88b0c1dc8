//! The files of a log in the same database as its events.

use std::io;
use std::path::PathBuf;

use entente_ledger::{Source, Tiles};

use super::{Address, Pool, ServerError};
use crate::error::StoreError;
use crate::sql::{Row as _, Sql as _, rows, values};

/// The files of a log, as rows of the database that its events are in: every node publishes the same log.
pub struct ServerTiles {
    pool: Pool,
}

impl ServerTiles {
    /// The files in this database.
    pub fn new(address: Address) -> Self {
        Self {
            pool: Pool::new(address),
        }
    }

    fn with<T>(&self, work: impl FnOnce(&super::Session) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let session = self.pool.take("")?;
        let done = work(&session)?;
        session.flush()?;
        self.pool.give_back(session);
        Ok(done)
    }
}

fn told(error: StoreError) -> io::Error {
    let kind = match error.server() {
        Some(ServerError::Full { .. }) => io::ErrorKind::StorageFull,
        Some(error) if error.passes() => io::ErrorKind::NotConnected,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error.to_string())
}

impl Source for ServerTiles {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let read = self.with(|session| {
            let rows = session.asked("SELECT bytes FROM tiles WHERE path = ?1", values![path])?;
            rows.first().map(|row| row.blob(0)).transpose()
        });
        read.map_err(|error| error.to_string())
    }

    fn list(&self) -> Option<Vec<String>> {
        let query = "SELECT path FROM tiles ORDER BY path";
        let listed = self.with(|session| rows(session, query, &[], |row| row.text(0)));
        listed.ok()
    }
}

impl Tiles for ServerTiles {
    /// Each file is durable once this returns.
    fn put(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let statement = "INSERT INTO tiles (path, bytes) VALUES (?1, ?2)
            ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes";
        let put = self.with(|session| session.run(statement, values![path, bytes]));
        put.map_err(told)
    }

    fn settle(&self) -> io::Result<()> {
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let removed = self.with(|session| session.run("DELETE FROM tiles WHERE path = ?1", values![path]));
        removed.map_err(told)
    }

    fn place(&self, path: &str) -> PathBuf {
        PathBuf::from(format!("{}/{path}", self.pool.address.server()))
    }
}
