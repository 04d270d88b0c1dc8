//! The files of a log in the same database as its events.

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use entente_ledger::{Source, Tiles, Turn};

use super::session::Session;
use super::{Address, Pool, ServerError};
use crate::error::StoreError;
use crate::sql::{Row as _, Sql as _, row, rows, values};

/// The files of a log, as rows of the database that its events are in: every node publishes the same log, in turn.
pub struct ServerTiles {
    pool: Pool,
    publishing: Mutex<Option<Publishing>>,
}

/// A turn at publishing: what is put goes into a transaction, which [`Tiles::settle`] commits.
struct Publishing {
    /// Holds the row `publisher` for as long as the turn lasts: others wait for it.
    waited_for: Session,
    /// When that was last used: the server ends what stands still.
    used: Instant,
    session: Session,
    /// Which turn it is. Each transaction looks whether another one has begun since.
    epoch: u64,
    thread: ThreadId,
}

/// How long the server lets a publisher stand still, and how often it says that it does not.
const STILL: &str = "SET idle_in_transaction_session_timeout = '30s'; SET lock_timeout = '60s'";
const ALIVE: Duration = Duration::from_secs(5);

impl ServerTiles {
    /// The files in this database.
    pub fn new(address: Address) -> Self {
        Self {
            pool: Pool::new(address),
            publishing: Mutex::default(),
        }
    }

    fn publishing(&self) -> MutexGuard<'_, Option<Publishing>> {
        self.publishing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works within this thread's turn, or else beside it.
    fn with<T>(&self, work: impl FnOnce(&Session) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if let Some(turn) = &mut *self.publishing()
            && turn.thread == std::thread::current().id()
        {
            if turn.used.elapsed() > ALIVE {
                turn.waited_for.plainly("SELECT 1")?;
                turn.used = Instant::now();
            }
            let done = work(&turn.session)?;
            turn.session.flush()?;
            return Ok(done);
        }
        let session = self.pool.take("")?;
        let done = work(&session)?;
        session.flush()?;
        self.pool.give_back(session);
        Ok(done)
    }

    fn begun(&self) -> Result<Publishing, StoreError> {
        let waited_for = self.pool.take(STILL)?;
        waited_for.plainly("BEGIN; SELECT epoch FROM turns WHERE name = 'publisher' FOR UPDATE")?;
        let session = self.pool.take(STILL)?;
        // This waits for what a publisher that lost its turn has still to end.
        session.plainly("BEGIN; UPDATE turns SET epoch = epoch + 1 WHERE name = 'published'")?;
        let epoch = row(&session, EPOCH, &[], |row| row.count(0))?.unwrap_or(0);
        session.plainly("COMMIT")?;
        let turn = Publishing {
            waited_for,
            used: Instant::now(),
            session,
            epoch,
            thread: std::thread::current().id(),
        };
        turn.begin(&self.pool.address)?;
        Ok(turn)
    }
}

/// Which turn at publishing it is; held until the transaction ends.
const EPOCH: &str = "SELECT epoch FROM turns WHERE name = 'published' FOR SHARE";

impl Publishing {
    /// Begins a transaction, as long as the turn is still this one.
    fn begin(&self, address: &Address) -> Result<(), StoreError> {
        self.session.plainly("BEGIN")?;
        match row(&self.session, EPOCH, &[], |row| row.count(0))? == Some(self.epoch) {
            true => Ok(()),
            false => Err(ServerError::Conflict {
                server: address.server(),
            }
            .into()),
        }
    }
}

/// Ends a turn at publishing; what was put since it was last settled is not there.
struct Ends<'t>(&'t ServerTiles);

impl Turn for Ends<'_> {}

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        // The server ends the transaction with its connection.
        *self.0.publishing() = None;
    }
}

fn told(error: &StoreError) -> io::Error {
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
    fn alone(&self) -> io::Result<Box<dyn Turn + '_>> {
        let turn = self.begun().map_err(|error| told(&error))?;
        *self.publishing() = Some(turn);
        Ok(Box::new(Ends(self)))
    }

    fn put(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let statement = "INSERT INTO tiles (path, bytes) VALUES (?1, ?2)
            ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes";
        let put = self.with(|session| session.run(statement, values![path, bytes]));
        put.map_err(|error| told(&error))
    }

    fn settle(&self) -> io::Result<()> {
        let publishing = self.publishing();
        // Outside a turn, each file is durable once it was put.
        let Some(turn) = &*publishing else { return Ok(()) };
        let settled = turn.session.flush().and_then(|()| turn.session.plainly("COMMIT"));
        let again = settled.map_err(StoreError::from);
        again
            .and_then(|()| turn.begin(&self.pool.address))
            .map_err(|error| told(&error))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let removed = self.with(|session| session.run("DELETE FROM tiles WHERE path = ?1", values![path]));
        removed.map_err(|error| told(&error))
    }

    fn place(&self, path: &str) -> PathBuf {
        PathBuf::from(format!("{}/{path}", self.pool.address.server()))
    }
}
