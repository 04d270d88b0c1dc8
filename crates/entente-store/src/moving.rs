//! The rows of a store from one database to another, as they are sealed; and whether they arrived.

use std::path::Path;
use std::sync::Arc;

use entente_ledger::{Folder as LogFolder, Leaf, Tiles, copy_tiles};
use rusqlite::Connection;

use crate::engine::Reading as _;
use crate::error::StoreError;
use crate::opening::{Opened, database_of, keep_in};
use crate::postgres::{Address, Found, Postgres, ServerError, ServerTiles};
use crate::rows::Tables;
use crate::schema;
use crate::sql::{Sql, Value, count};
use crate::sqlite::SqliteReading;
use crate::underway;
use crate::vault::{RootPlace, Vault};

/// A table: how its rows are read, in an order, and how they are written.
struct Table {
    read: &'static str,
    write: &'static str,
    /// What each column holds: a number, text, bytes.
    columns: &'static str,
}

/// What a store consists of, in an order in which it can be filled. Its root is a file of its own and stays where it is.
const TABLES: &[Table] = &[
    Table {
        read: "SELECT id, epoch FROM vault ORDER BY id",
        write: "INSERT INTO vault (id, epoch) VALUES (?1, ?2)",
        columns: "nn",
    },
    Table {
        read: "SELECT name, wrapped FROM branches ORDER BY name",
        write: "INSERT INTO branches (name, wrapped) VALUES (?1, ?2)",
        columns: "tb",
    },
    Table {
        read: "SELECT seq, time, kind, form, sealed FROM events ORDER BY seq",
        write: "INSERT INTO events (seq, time, kind, form, sealed) VALUES (?1, ?2, ?3, ?4, ?5)",
        columns: "nttnb",
    },
    Table {
        read: "SELECT seq, entry FROM leaves ORDER BY seq",
        write: "INSERT INTO leaves (seq, entry) VALUES (?1, ?2)",
        columns: "nb",
    },
    Table {
        read: "SELECT name, branch, seq, about, version, key, sealed FROM texts ORDER BY name",
        write: "INSERT INTO texts (name, branch, seq, about, version, key, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        columns: "ttntnbb",
    },
    Table {
        read: "SELECT id, seq, kind, destination, branch, about, version, sealed, done, confirmed FROM outbox ORDER BY id",
        write: "INSERT INTO outbox (id, seq, kind, destination, branch, about, version, sealed, done, confirmed)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        columns: "nntttTNbTT",
    },
    Table {
        read: "SELECT kind, id, branch, sealed FROM documents ORDER BY kind, id",
        write: "INSERT INTO documents (kind, id, branch, sealed) VALUES (?1, ?2, ?3, ?4)",
        columns: "tttb",
    },
];

/// Copies every row into tables that are empty, within a transaction of theirs.
pub(crate) fn copied(from: &dyn Sql, to: &dyn Sql) -> Result<(), StoreError> {
    for table in TABLES {
        from.each(table.read, &[], &mut |row| {
            let mut held = Vec::with_capacity(table.columns.len());
            for (column, kind) in table.columns.chars().enumerate() {
                held.push(match kind {
                    'n' | 'N' => Held::Number(row.maybe_int(column)?),
                    't' | 'T' => Held::Text(row.maybe_text(column)?),
                    _ => Held::Bytes(row.maybe_blob(column)?),
                });
            }
            let values: Vec<Value<'_>> = held.iter().map(Held::value).collect();
            to.run(table.write, &values)
        })?;
    }
    Ok(())
}

enum Held {
    Number(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

impl Held {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Number(number) => (*number).into(),
            Self::Text(text) => text.as_ref().into(),
            Self::Bytes(bytes) => bytes.as_ref().into(),
        }
    }
}

/// Copies a store into a file that is not there yet, which is durable then and holds nothing that was deleted.
pub(crate) fn copied_to(tables: Tables<'_>, file: &Path) -> Result<(), StoreError> {
    let failed = |error| StoreError::File {
        path: file.to_owned(),
        error,
    };
    // For its owner only, from the first byte on.
    let open = entente_files::open(file).map_err(failed)?;
    let mut connection = Connection::open(file)?;
    schema::create(&mut connection, |to| copied(tables.sql, to))?;
    connection.close().map_err(|(_, error)| error)?;
    open.sync_all().map_err(failed)
}

/// Whether two stores are the same, event by event: what is sealed opens on both sides to the same bytes, its entry in the
/// ledger commits to it, and there are as many texts, letters and documents. Gives how many events there are.
pub(crate) fn verified(
    from: Tables<'_>,
    to: Tables<'_>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<u64, StoreError> {
    let differs = |what: String| StoreError::Unreadable {
        what,
        problem: "it is not the same in both places, so nothing was switched over".to_owned(),
    };
    for (what, query) in [
        ("events", "SELECT count(*) FROM events"),
        ("entries", "SELECT count(*) FROM leaves"),
        ("texts", "SELECT count(*) FROM texts"),
        ("letters", "SELECT count(*) FROM outbox"),
        ("documents", "SELECT count(*) FROM documents"),
        ("keys", "SELECT count(*) FROM branches"),
    ] {
        if count(from.sql, query)? != count(to.sql, query)? {
            return Err(differs(format!("the number of {what}")));
        }
    }
    let head = from.head()?;
    from.each_event(1, &mut |event| {
        let place = || format!("event {}", event.seq);
        let there = to.one_event(event.seq)?.ok_or_else(|| differs(place()))?;
        let same = (&event.time, &event.kind, event.form, &event.payload, &event.salt)
            == (&there.time, &there.kind, there.form, &there.payload, &there.salt);
        let (here, entry) = (from.leaf(event.seq)?, to.leaf(event.seq)?);
        let is_entry = entry.as_deref().and_then(Leaf::parse);
        if !same || here != entry || is_entry.is_none_or(|leaf| leaf.seq != event.seq) {
            return Err(differs(place()));
        }
        progress(event.seq, head);
        Ok(())
    })?;
    from.sql.each("SELECT name FROM texts", &[], &mut |row| {
        let name = row.text(0)?;
        match from.open_text(&name)? == to.open_text(&name)? {
            true => Ok(()),
            false => Err(differs(format!("the text {name}"))),
        }
    })?;
    from.sql
        .each("SELECT id FROM outbox WHERE length(sealed) > 0", &[], &mut |row| {
            let id = row.int(0)?;
            match from.letter(id)? == to.letter(id)? {
                true => Ok(()),
                false => Err(differs(format!("letter {id}"))),
            }
        })?;
    from.each_sealed(&mut |key, json| match json {
        Ok(json) if to.open_document(&key)?.as_deref() == Some(&json) => Ok(()),
        _ => Err(differs(format!("the {} `{}`", key.kind, key.id))),
    })?;
    Ok(head)
}

/// What a move did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// How many events are there now, each compared.
    pub events: u64,
    /// What is left where they were: a file, or a schema of the old database. Nothing uses it any more.
    pub left: String,
}

/// Moves a store to a database, or back into its folder, with the files of its log, which stand in the folder `ledger` where
/// they are in no database: every row as it is sealed, then compared event by event, and only then does the folder name its
/// new place. Its root key stays where it is. Other nodes have to be stopped before.
///
/// # Errors
/// When there is data in the new place already, something cannot be read or written, is not the same there, or another node
/// wrote meanwhile. Then everything is as it was.
pub fn moved(
    folder: &Path,
    ledger: &Path,
    root: &RootPlace,
    to: Option<&Address>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Moved, StoreError> {
    let source = database_of(folder)?;
    if source.as_ref() == to {
        return Err(match to {
            Some(address) => ServerError::Taken {
                server: address.server(),
            }
            .into(),
            None => StoreError::Exists(folder.to_owned()),
        });
    }
    let opened = Opened::found(folder, root.clone(), Arc::new(|_| ()))?;
    opened.folder.hold()?;
    opened.engine.finish()?;
    let messages = underway::at(folder, source.as_ref());
    let files: Box<dyn Tiles> = match &source {
        None => Box::new(LogFolder::new(ledger)),
        Some(address) => Box::new(ServerTiles::new(address.clone())),
    };
    let mut events = 0;
    match to {
        Some(address) => {
            let target = Postgres::at(address, root.clone());
            if target.found()? != Found::Nothing {
                let server = address.server();
                return Err(ServerError::Taken { server }.into());
            }
            let there = target.reading();
            let filled = opened.reading.moment(&mut |from| {
                target.filled_from(from)?;
                there.moment(&mut |to| {
                    events = verified(from, to, progress)?;
                    Ok(())
                })?;
                copied_log(&*files, &ServerTiles::new(address.clone()))?;
                underway::moved(&*messages, &*underway::at(folder, Some(address)))
            });
            let left = filled.and_then(|()| given_up(folder, root, source.as_ref(), events));
            let left = match left {
                Ok(left) => left,
                Err(error) => {
                    target.cleared()?;
                    return Err(error);
                }
            };
            keep_in(folder, Some(address))?;
            // Whoever closes the file last puts its log into it.
            drop(opened);
            if source.is_none() {
                renamed(&folder.join("entente.db"), &folder.join(LEFT))?;
                // They are public, and were compared.
                let _ = std::fs::remove_dir_all(ledger);
                messages.names()?.iter().try_for_each(|name| messages.forget(name))?;
            }
            Ok(Moved { events, left })
        }
        None => {
            let new = folder.join(UNFINISHED);
            let _ = std::fs::remove_file(&new);
            opened.reading.moment(&mut |from| {
                copied_to(from, &new)?;
                let there = SqliteReading::of(new.clone(), Vault::new(root.clone()));
                there.moment(&mut |to| {
                    events = verified(from, to, progress)?;
                    Ok(())
                })
            })?;
            copied_log(&*files, &LogFolder::new(ledger))?;
            underway::moved(&*messages, &*underway::at(folder, None))?;
            let left = given_up(folder, root, source.as_ref(), events)?;
            renamed(&new, &opened.folder.database())?;
            keep_in(folder, None)?;
            Ok(Moved { events, left })
        }
    }
}

/// Copies the files of a log, and reads them back.
fn copied_log(from: &dyn Tiles, to: &dyn Tiles) -> Result<(), StoreError> {
    copy_tiles(from, to).map_err(|error| StoreError::File {
        path: to.place(""),
        error,
    })
}

/// A database that is being filled.
const UNFINISHED: &str = "entente.db.moving";
/// A database that was moved elsewhere.
const LEFT: &str = "entente.db.moved";

/// No node writes any more to a database that was moved. Of a folder nothing is changed yet.
fn given_up(folder: &Path, root: &RootPlace, source: Option<&Address>, head: u64) -> Result<String, StoreError> {
    match source {
        Some(address) => Postgres::at(address, root.clone()).put_aside(head),
        None => Ok(folder.join(LEFT).display().to_string()),
    }
}

fn renamed(from: &Path, to: &Path) -> Result<(), StoreError> {
    let done = std::fs::rename(from, to).and_then(|()| entente_files::settle(to));
    done.map_err(|error| StoreError::File {
        path: to.to_owned(),
        error,
    })
}
