//! Taking a whole store over into a database, and giving one up that was taken over elsewhere.

use super::{Postgres, ServerError, schema};
use crate::error::StoreError;
use crate::rows::Tables;
use crate::sql::{Row as _, Sql as _, values};

impl Postgres {
    /// Makes the tables and fills them with the rows of another store, in one step.
    pub(crate) fn filled_from(&self, from: Tables<'_>) -> Result<(), StoreError> {
        let session = self.pool.take("BEGIN")?;
        schema::create(&session)?;
        crate::moving::copied(from.sql, &session)?;
        session.run("UPDATE head SET seq = ?1 WHERE id = 1", values![from.head()?])?;
        session.flush()?;
        session.plainly("COMMIT; ANALYZE entente.events, entente.documents, entente.texts")?;
        self.pool.give_back(session);
        Ok(())
    }

    /// Takes away what a move that failed has filled.
    pub(crate) fn cleared(&self) -> Result<(), StoreError> {
        let session = self.pool.take("DROP SCHEMA IF EXISTS entente CASCADE")?;
        self.pool.give_back(session);
        Ok(())
    }

    /// Puts the tables aside under another name, so that no node writes to them any more; only where nobody has since `head`.
    /// Gives the name.
    pub(crate) fn put_aside(&self, head: u64) -> Result<String, StoreError> {
        let session = self.pool.take("BEGIN")?;
        let rows = session.asked("SELECT seq FROM head WHERE id = 1 FOR UPDATE", &[])?;
        let now = rows.first().map(|row| row.count(0)).transpose()?;
        if now != Some(head) {
            let server = self.pool.address.server();
            return Err(ServerError::Conflict { server }.into());
        }
        let name = format!("entente_moved_{}", jiff::Timestamp::now().as_second());
        session.plainly(&format!("ALTER SCHEMA entente RENAME TO {name}; COMMIT"))?;
        Ok(name)
    }
}
