//! SQLite in a folder, as a provider: one connection that writes, and the keys to what is in it.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use crate::error::StoreError;
use crate::outbox::Letter;
use crate::projection::{DocKey, Topic};
use crate::provider::{Documents, EventLog, Outbox, Provider, Shelf, Step, Texts};
use crate::rows::{StoredEvent, Tables};
use crate::schema;
use crate::shelf::SqliteShelf;
use crate::vault::{RootPlace, Vault};

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

    /// Brings what an interrupted step left half destroyed to its end. Every shelf is given up for it.
    pub(crate) fn finish(&self) -> Result<(), StoreError> {
        if self.vault.is_unfinished()? {
            self.let_go();
            self.vault.finish(&self.connection)?;
        }
        Ok(())
    }

    /// Gives up every shelf: what they look at is held for nobody any more.
    pub(crate) fn let_go(&self) {
        give_up(&self.shelves);
    }

    pub(crate) fn tables(&self) -> Tables<'_> {
        Tables {
            connection: &self.connection,
            vault: &self.vault,
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
        let moment = self.connection.unchecked_transaction()?;
        self.vault.catch_up(&moment)?;
        look(&Inside {
            tables: self.tables(),
            destroyed: Cell::new(false),
        })
    }

    fn shelf(&mut self) -> Result<Arc<dyn Shelf>, StoreError> {
        let shelf = Arc::new(SqliteShelf::of(&self.file, self.vault.again())?);
        self.shelves.retain(|shelf| shelf.strong_count() > 0);
        self.shelves.push(Arc::downgrade(&shelf));
        Ok(shelf)
    }

    fn tidy(&mut self) -> Result<(), StoreError> {
        // Of the write-ahead log, what no shelf looks at any more goes into the database.
        self.connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        Ok(())
    }
}

fn stepped(
    connection: &mut Connection,
    vault: &Vault,
    shelves: &[Weak<SqliteShelf>],
    work: &mut dyn FnMut(&dyn Step) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let inside = Inside {
        tables: Tables {
            connection: &transaction,
            vault,
        },
        destroyed: Cell::new(false),
    };
    vault.catch_up(&transaction)?;
    work(&inside)?;
    let destroyed = inside.destroyed.get();
    if destroyed {
        vault.replace_root(&transaction)?;
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

/// The tables within one transaction.
struct Inside<'t> {
    tables: Tables<'t>,
    destroyed: Cell<bool>,
}

impl EventLog for Inside<'_> {
    fn head(&self) -> Result<u64, StoreError> {
        self.tables.head()
    }

    fn append(&self, base: u64, event: &StoredEvent, entry: &[u8]) -> Result<(), StoreError> {
        let head = self.tables.head()?;
        if head != base || event.seq != base + 1 {
            return Err(StoreError::Moved { base, head });
        }
        self.tables.put_event(event)?;
        self.tables.put_leaf(event.seq, entry)
    }

    fn tail(&self, from: u64, each: &mut dyn FnMut(StoredEvent) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.tables.each_event(from, each)
    }

    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.tables.leaf(seq)
    }
}

impl Documents for Inside<'_> {
    fn put(&self, key: &DocKey, json: &[u8]) -> Result<(), StoreError> {
        self.tables.seal_document(key, json)
    }

    fn remove(&self, key: &DocKey) -> Result<(), StoreError> {
        self.tables.remove_document(key)
    }

    fn get(&self, key: &DocKey) -> Result<Option<Vec<u8>>, StoreError> {
        self.tables.open_document(key)
    }

    fn each(
        &self,
        each: &mut dyn FnMut(DocKey, Result<Vec<u8>, String>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.tables.each_sealed(each)
    }
}

impl Outbox for Inside<'_> {
    fn enqueue(&self, letter: &Letter, about: Option<&Topic>) -> Result<i64, StoreError> {
        let letter = Letter {
            id: self.tables.next_letter()?,
            ..letter.clone()
        };
        self.tables.put_letter(&letter, about, None)?;
        Ok(letter.id)
    }

    fn waiting(&self) -> Result<Vec<Letter>, StoreError> {
        self.tables.pending()
    }

    fn left(&self, letter: i64, at: Timestamp) -> Result<(), StoreError> {
        self.tables.sent(letter, at)
    }
}

impl Texts for Inside<'_> {
    fn keep(&self, name: &str, seq: u64, about: &Topic, bytes: &[u8]) -> Result<(), StoreError> {
        self.tables.put_text(name, seq, about, bytes)
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.tables.open_text(name)?.map(|text| text.to_vec()))
    }

    fn keyed(&self, digest: &str) -> Result<String, StoreError> {
        self.tables.attachment_name(digest)
    }

    fn destroy(&self, topics: &[Topic], touched: &[DocKey]) -> Result<(), StoreError> {
        self.destroyed.set(true);
        self.tables.destroy(topics, touched)
    }
}
