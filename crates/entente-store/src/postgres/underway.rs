//! Messages that are under way, in the same database as the outbox: every node sends the same bytes.

use super::session::Session;
use super::{Address, Pool};
use crate::error::StoreError;
use crate::sql::{Sql as _, row, rows, values};
use crate::underway::UnderWay;

/// Messages under way as rows.
pub(crate) struct ServerUnderWay {
    pool: Pool,
}

const READ: &str = "SELECT sealed FROM underway WHERE name = ?1";

impl ServerUnderWay {
    pub(crate) fn new(address: Address) -> Self {
        Self {
            pool: Pool::new(address),
        }
    }

    fn with<T>(&self, work: impl FnOnce(&Session) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let session = self.pool.take("")?;
        let done = work(&session)?;
        session.flush()?;
        self.pool.give_back(session);
        Ok(done)
    }
}

impl UnderWay for ServerUnderWay {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.with(|session| row(session, READ, values![name], |row| row.blob(0)))
    }

    fn keep(&self, name: &str, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.with(|session| {
            let statement = "INSERT INTO underway (name, sealed) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            session.run(statement, values![name, bytes])?;
            // Of two nodes that seal the same letter at once, both send what the first one kept.
            let there = row(session, READ, values![name], |row| row.blob(0))?;
            Ok(there.unwrap_or_else(|| bytes.to_vec()))
        })
    }

    fn names(&self) -> Result<Vec<String>, StoreError> {
        self.with(|session| {
            rows(session, "SELECT name FROM underway ORDER BY name", &[], |row| {
                row.text(0)
            })
        })
    }

    fn forget(&self, name: &str) -> Result<(), StoreError> {
        self.with(|session| session.run("DELETE FROM underway WHERE name = ?1", values![name]))
    }
}
