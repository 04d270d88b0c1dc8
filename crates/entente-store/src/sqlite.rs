//! SQLite in a folder, as a provider: one connection that writes, and the keys to what is in it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, TransactionBehavior, params_from_iter};

use crate::engine::{Engine, Look, Reading};
use crate::error::StoreError;
use crate::inside::Inside;
use crate::provider::{Provider, Shelf, Step};
use crate::rows::Tables;
use crate::schema;
use crate::shelf::SqliteShelf;
use crate::sql::{EachRow, Row, Sql, Value};
use crate::vault::{RootPlace, Vault};

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
            Value::Null => ValueRef::Null,
        }))
    }
}

impl Row for rusqlite::Row<'_> {
    fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        Ok(self.get(column)?)
    }

    fn maybe_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        Ok(self.get(column)?)
    }

    fn maybe_blob(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.get(column)?)
    }
}

impl Sql for Connection {
    fn run(&self, statement: &'static str, values: &[Value<'_>]) -> Result<(), StoreError> {
        self.prepare_cached(statement)?.execute(params_from_iter(values))?;
        Ok(())
    }

    fn each(&self, query: &'static str, values: &[Value<'_>], each: EachRow<'_>) -> Result<(), StoreError> {
        let mut query = self.prepare_cached(query)?;
        let mut rows = query.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            each(row)?;
        }
        Ok(())
    }

    fn few(&self, query: &'static str, values: &[Value<'_>], each: EachRow<'_>) -> Result<(), StoreError> {
        Sql::each(self, query, values, each)
    }

    fn damage(&self) -> Result<Option<String>, StoreError> {
        let found: String = self.pragma_query_value(None, "integrity_check", |row| row.get(0))?;
        Ok((found != "ok").then_some(found))
    }

    /// The old write-ahead log holds it. This waits for readers.
    fn let_go_of_deleted(&self) -> Result<(), StoreError> {
        Ok(self.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }
}

/// How long is waited for those who look at an older moment, so that the log can be put into the database, for each 4 MB of it.
const PATIENCE: Duration = Duration::from_millis(5);
/// The longest: whoever looks for longer is left alone until the next time.
const MOST_PATIENCE: Duration = Duration::from_millis(250);
/// Pages of the log for which that is waited.
const PAGES: u32 = 1024;

/// How many connections that nobody reads by are kept open.
const IDLE: usize = 8;
/// How many statements a connection keeps prepared: more than are asked by one.
const STATEMENTS: usize = 64;

/// How long is waited where the log has so many pages: the larger it has grown, the longer.
fn patience(pages: u32) -> Duration {
    MOST_PATIENCE.min(PATIENCE * (pages / PAGES + 1))
}

/// What reads a file beside the writer.
pub(crate) struct SqliteReading {
    file: PathBuf,
    /// Connections that nobody reads by now: to open one, and to prepare its statements, takes longer than most readings.
    idle: Mutex<Vec<Connection>>,
    /// The keys of those who read; the writer has its own, which may be ahead of what is durable.
    vault: Vault,
}

impl SqliteReading {
    pub(crate) fn of(file: PathBuf, vault: Vault) -> Self {
        Self {
            file,
            idle: Mutex::default(),
            vault,
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened(&self) -> Result<Connection, StoreError> {
        let connection = Connection::open_with_flags(&self.file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(Duration::from_secs(60))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(connection)
    }
}

impl Reading for SqliteReading {
    fn moment(&self, read: Look<'_>) -> Result<(), StoreError> {
        let known = self.idle().pop();
        let connection = known.map_or_else(|| self.opened(), Ok)?;
        // One snapshot for all that is looked at, whatever is committed meanwhile.
        let moment = connection.unchecked_transaction()?;
        self.vault.catch_up(&*moment)?;
        read(Tables {
            sql: &*moment,
            vault: &self.vault,
        })?;
        moment.finish()?;
        // By one on which something failed, nobody reads any more.
        let mut idle = self.idle();
        if idle.len() < IDLE {
            idle.push(connection);
        }
        Ok(())
    }

    fn let_go(&self) {
        self.idle().clear();
    }
}

/// A database of SQLite with its keys.
pub struct Sqlite {
    pub(crate) connection: Connection,
    pub(crate) vault: Vault,
    file: PathBuf,
    /// Those that somebody may still hold.
    shelves: Vec<Weak<SqliteShelf>>,
}

impl Sqlite {
    /// Opens the database in a file, or makes it.
    ///
    /// # Errors
    /// When it is of another format, or its root key is not there, or the disk fails.
    pub fn open(file: &Path, root: RootPlace) -> Result<Self, StoreError> {
        entente_files::open(file).map_err(|error| StoreError::File {
            path: file.to_owned(),
            error,
        })?;
        let mut connection = Connection::open(file)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        let vault = Vault::new(root);
        schema::prepare(&connection)?;
        if schema::is_blank(&connection)? {
            schema::create(&mut connection, |connection| vault.found(connection))?;
        }
        schema::check_format(&connection)?;
        let opened = Self::at(file, connection, vault);
        // What an interrupted step left half destroyed comes to its end first.
        opened.finish()?;
        Ok(opened)
    }

    pub(crate) fn at(file: &Path, connection: Connection, vault: Vault) -> Self {
        Self {
            connection,
            vault,
            file: file.to_owned(),
            shelves: Vec::new(),
        }
    }
}

impl Provider for Sqlite {
    fn step(&mut self, work: &mut dyn FnMut(&dyn Step) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let Self {
            connection,
            vault,
            shelves,
            ..
        } = self;
        let done = stepped(connection, vault, shelves, work);
        if done.is_err() {
            // Keys in memory may be ahead of what is durable.
            vault.forget();
        }
        done
    }

    fn look(&self, look: &mut dyn FnMut(&dyn Step) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.moment(&mut |tables| look(&Inside::new(tables)))
    }

    fn shelf(&mut self) -> Result<Arc<dyn Shelf>, StoreError> {
        let shelf = Arc::new(SqliteShelf::of(&self.file, self.vault.again())?);
        self.shelves.retain(|shelf| shelf.strong_count() > 0);
        self.shelves.push(Arc::downgrade(&shelf));
        Ok(shelf)
    }

    fn tidy(&mut self) -> Result<bool, StoreError> {
        let (log, mut all) = self.put_away()?;
        // Whoever looks at an older moment is mostly done soon. Nobody who waits for the writer holds one.
        let until = Instant::now() + patience(log);
        while self.held() > 1 && Instant::now() < until {
            std::thread::sleep(PATIENCE / 20);
        }
        if !all {
            (_, all) = self.put_away()?;
        }
        Ok(all && self.held() <= 1)
    }
}

impl Sqlite {
    /// How many shelves somebody holds.
    fn held(&self) -> usize {
        self.shelves.iter().filter(|shelf| shelf.strong_count() > 0).count()
    }

    /// Puts into the database what no older shelf looks at of the write-ahead log; gives the log's pages, and whether that was all.
    fn put_away(&self) -> Result<(u32, bool), StoreError> {
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
            let (log, done): (i64, i64) = (row.get(1)?, row.get(2)?);
            Ok((u32::try_from(log).unwrap_or(0), log == done))
        })?)
    }
}

impl Engine for Sqlite {
    fn moment(&self, read: Look<'_>) -> Result<(), StoreError> {
        let moment = self.connection.unchecked_transaction()?;
        self.vault.catch_up(&*moment)?;
        read(Tables {
            sql: &*moment,
            vault: &self.vault,
        })
    }

    fn anew(&mut self, fill: Look<'_>) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        self.vault.catch_up(&*transaction)?;
        transaction.execute_batch(&schema::lacking(schema::format(&transaction)?))?;
        transaction.execute_batch("DROP TABLE documents")?;
        transaction.execute_batch(schema::DOCUMENTS)?;
        fill(Tables {
            sql: &*transaction,
            vault: &self.vault,
        })?;
        transaction.pragma_update(None, "user_version", schema::FORMAT)?;
        Ok(transaction.commit()?)
    }

    fn finish(&self) -> Result<(), StoreError> {
        if self.vault.is_unfinished()? {
            self.let_go();
            self.vault.finish(&self.connection)?;
        }
        Ok(())
    }

    fn let_go(&self) {
        give_up(&self.shelves);
    }

    fn server(&self) -> Option<String> {
        None
    }
}

fn stepped(
    connection: &mut Connection,
    vault: &Vault,
    shelves: &[Weak<SqliteShelf>],
    work: &mut dyn FnMut(&dyn Step) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    vault.catch_up(&*transaction)?;
    let inside = Inside::new(Tables {
        sql: &*transaction,
        vault,
    });
    work(&inside)?;
    let destroyed = inside.has_destroyed();
    if destroyed {
        vault.replace_root(&*transaction)?;
    }
    transaction.commit()?;
    if destroyed {
        // What looks at an older moment holds on to the old log.
        give_up(shelves);
        // The step has not happened before the old root is gone.
        vault.finish(connection)?;
    }
    Ok(())
}

fn give_up(shelves: &[Weak<SqliteShelf>]) {
    for shelf in shelves.iter().filter_map(Weak::upgrade) {
        shelf.give_up();
    }
}
