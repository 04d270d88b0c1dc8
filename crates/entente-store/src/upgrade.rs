//! From the first format, with texts in clear, to sealed texts: beside the old file, which stays until it is confirmed.

use std::io;
use std::path::{Path, PathBuf};

use entente_ledger::{Leaf, Salt};
use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};

use crate::check::{Progress, update};
use crate::error::StoreError;
use crate::folder::{Folder, Tell};
use crate::outbox::Letter;
use crate::projection::{DocKey, Projection, Topic};
use crate::rows::{StoredEvent, Tables, hex, read};
use crate::schema::{self, FIRST, PLAIN, REFERRING};
use crate::vault::{RootPlace, Vault};

/// The old database, with its texts in clear.
const OLD: &str = "entente.db.first";
/// The new one, while it is being written.
const NEW: &str = "entente.db.upgrading";
/// Events taken over in one transaction: what an interruption costs at most.
const CHUNK: usize = 512;
/// How much more the new file may need than the old one has.
const ROOM: u64 = 2;

/// What an upgrade did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgraded {
    /// How many events were taken over.
    pub events: u64,
    /// How many of them an interrupted upgrade had taken over before.
    pub resumed: u64,
    /// The old file, with its texts in clear.
    pub old: PathBuf,
}

/// What an upgrade works with besides the folder.
pub struct Upgrade<'u> {
    /// Where the root key goes.
    pub root: RootPlace,
    /// Gives an attachment by its digest, where it is still there.
    pub attachment: &'u dyn Fn(&str) -> io::Result<Option<Vec<u8>>>,
    /// When it happens.
    pub now: Timestamp,
    /// Who is told what a person should know.
    pub tell: Tell,
}

/// The old file of an upgrade that has not been confirmed.
pub fn unconfirmed(folder: &Path) -> Option<PathBuf> {
    Some(folder.join(OLD)).filter(|old| old.exists())
}

/// Overwrites and removes the old file of an upgrade. Gives whether there was one.
///
/// # Errors
/// When it cannot be removed.
pub fn confirm(folder: &Path) -> Result<bool, StoreError> {
    let Some(old) = unconfirmed(folder) else {
        return Ok(false);
    };
    entente_files::destroy(&old).map_err(|error| StoreError::File { path: old, error })?;
    Ok(true)
}

/// Seals the texts of a folder of the first release. An interrupted upgrade goes on where it was.
///
/// # Errors
/// When the folder is not of the first release, there is too little room, or something cannot be read. The old file is
/// then as it was.
pub fn upgrade<P: Projection>(
    folder: &Path,
    with: &Upgrade<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Upgraded, StoreError> {
    let held = Folder::look(folder, with.tell.clone())?;
    held.hold()?;
    let (database, old, new) = (held.database(), folder.join(OLD), folder.join(NEW));
    if !database.exists() && old.exists() && new.exists() {
        // Interrupted between the two steps in which the files change places.
        rename(&new, &database)?;
        return Ok(Upgraded {
            events: 0,
            resumed: 0,
            old,
        });
    }
    let first = opened(folder, &database)?;
    enough_room(folder, &database)?;
    let (events, resumed) = written::<P>(&first, &new, with, progress)?;
    drop(first);
    rename(&database, &old)?;
    rename(&new, &database)?;
    Ok(Upgraded { events, resumed, old })
}

fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    let renamed = std::fs::rename(from, to).and_then(|()| entente_files::settle(to));
    renamed.map_err(|error| StoreError::File {
        path: to.to_owned(),
        error,
    })
}

/// The old database, all of it in its one file.
fn opened(folder: &Path, database: &Path) -> Result<Connection, StoreError> {
    if !database.exists() {
        return Err(StoreError::Missing(folder.to_owned()));
    }
    let first = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    match schema::format(&first)? {
        FIRST => {}
        schema::FORMAT => return Err(StoreError::Current(folder.to_owned())),
        _ => schema::check_format(&first)?,
    }
    first.busy_timeout(std::time::Duration::from_secs(60))?;
    first.pragma_update(None, "journal_mode", "DELETE")?;
    Ok(first)
}

fn enough_room(folder: &Path, database: &Path) -> Result<(), StoreError> {
    let failed = |error| StoreError::File {
        path: folder.to_owned(),
        error,
    };
    let needed = std::fs::metadata(database).map_err(failed)?.len() * ROOM;
    let free = entente_files::free_space(folder).map_err(failed)?;
    match free < needed {
        true => Err(StoreError::NoRoom { needed, free }),
        false => Ok(()),
    }
}

/// Writes the new database. Gives how many events it has, and how many it had before.
fn written<P: Projection>(
    first: &Connection,
    new: &Path,
    with: &Upgrade<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<(u64, u64), StoreError> {
    entente_files::open(new).map_err(|error| StoreError::File {
        path: new.to_owned(),
        error,
    })?;
    let mut connection = Connection::open(new)?;
    schema::prepare(&connection)?;
    let vault = Vault::new(with.root.clone());
    if schema::is_blank(&connection)? {
        schema::create(&mut connection, |connection| vault.found(connection))?;
    }
    vault.catch_up(&connection)?;
    let mut taken = Taken::<P>::again(Tables {
        sql: &connection,
        vault: &vault,
    })?;
    let resumed = taken.last;
    let total: i64 = first.query_row("SELECT count(*) FROM events", [], |row| row.get(0))?;
    loop {
        let rows = chunk(first, taken.last)?;
        let transaction = connection.transaction()?;
        let tables = Tables {
            sql: &*transaction,
            vault: &vault,
        };
        if rows.is_empty() {
            taken.finish(tables, first, with)?;
            transaction.commit()?;
            break;
        }
        for row in rows {
            taken.take(tables, row, with)?;
        }
        transaction.commit()?;
        progress(Progress {
            done: taken.last,
            total: total.unsigned_abs(),
        });
    }
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error)?;
    Ok((taken.last, resumed))
}

/// An event of the first format.
struct Row {
    seq: u64,
    time: String,
    kind: String,
    payload: Vec<u8>,
    salt: Vec<u8>,
    entry: Vec<u8>,
}

fn chunk(first: &Connection, after: u64) -> Result<Vec<Row>, StoreError> {
    let mut query = first.prepare_cached(
        "SELECT e.seq, e.time, e.kind, e.payload, e.salt, l.entry FROM events e JOIN leaves l ON l.seq = e.seq
         WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2",
    )?;
    let rows = query.query_map((after.cast_signed(), CHUNK.cast_signed()), |row| {
        Ok(Row {
            seq: row.get::<_, i64>(0)?.unsigned_abs(),
            time: row.get(1)?,
            kind: row.get(2)?,
            payload: row.get(3)?,
            salt: row.get(4)?,
            entry: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What has been taken over so far.
struct Taken<P> {
    state: P,
    documents: std::collections::BTreeSet<DocKey>,
    digest: Sha256,
    last: u64,
}

impl<P: Projection> Taken<P> {
    /// What an interrupted upgrade took over.
    fn again(tables: Tables<'_>) -> Result<Self, StoreError> {
        let mut taken = Self {
            state: P::default(),
            documents: std::collections::BTreeSet::new(),
            digest: Sha256::default(),
            last: 0,
        };
        tables.each_event(1, &mut |stored| {
            let record = tables.recorded::<P>(&stored)?;
            taken.documents.extend(taken.state.apply(&record));
            update(&mut taken.digest, stored.seq, &stored.payload);
            taken.last = stored.seq;
            Ok(())
        })?;
        Ok(taken)
    }

    fn take(&mut self, tables: Tables<'_>, row: Row, with: &Upgrade<'_>) -> Result<(), StoreError> {
        let record = read::<P>(row.seq, &row.time, &row.payload)?;
        let topic = self.state.topic(&record.event);
        self.attachments(tables, row.seq, &record.event, topic.as_ref(), with)?;
        let payload = tables.put_texts::<P>(row.seq, topic.as_ref(), row.payload)?;
        update(&mut self.digest, row.seq, &payload);
        tables.put_event(&StoredEvent {
            seq: row.seq,
            time: row.time,
            kind: row.kind,
            form: PLAIN,
            salt: Salt::from_bytes(&row.salt),
            payload,
        })?;
        tables.put_leaf(row.seq, &row.entry)?;
        self.documents.extend(self.state.apply(&record));
        self.last = row.seq;
        Ok(())
    }

    fn attachments(
        &self,
        tables: Tables<'_>,
        seq: u64,
        event: &P::Event,
        topic: Option<&Topic>,
        with: &Upgrade<'_>,
    ) -> Result<(), StoreError> {
        for digest in P::attachments(event) {
            let found = (with.attachment)(&digest).map_err(|error| StoreError::Unreadable {
                what: format!("the evidence {digest}"),
                problem: error.to_string(),
            })?;
            match (found, topic) {
                (Some(bytes), Some(topic)) => tables.put_attachment_as(&digest, seq, topic, &bytes)?,
                _ => (with.tell)(&format!(
                    "warning: the evidence {digest} of event {seq} is not there any more"
                )),
            }
        }
        Ok(())
    }

    /// The event that commits to what was taken over, the documents, and the letters.
    fn finish(&mut self, tables: Tables<'_>, first: &Connection, with: &Upgrade<'_>) -> Result<(), StoreError> {
        let event = P::upgraded(self.last, hex(&self.digest.clone().finalize()));
        let kind = P::kind(&event);
        let unreadable = |problem: String| StoreError::Unreadable {
            what: format!("the new event `{kind}`"),
            problem,
        };
        let payload = serde_json::to_vec(&event).map_err(|error| unreadable(error.to_string()))?;
        let (seq, time, salt) = (self.last + 1, with.now.to_string(), Salt::random());
        let leaf = Leaf::new(seq, time.clone(), kind, &salt, &payload);
        let record = read::<P>(seq, &time, &payload)?;
        tables.put_event(&StoredEvent {
            seq,
            time,
            kind: kind.to_owned(),
            form: REFERRING,
            salt: Some(salt),
            payload,
        })?;
        tables.put_leaf(seq, &leaf.to_bytes())?;
        self.documents.extend(self.state.apply(&record));
        for key in &self.documents {
            tables.put_document(&self.state, key)?;
        }
        letters::<P>(tables, first)
    }
}

fn letters<P: Projection>(tables: Tables<'_>, first: &Connection) -> Result<(), StoreError> {
    let mut query = first.prepare("SELECT id, seq, kind, destination, payload, done FROM outbox ORDER BY id")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let letter = Letter {
            id: row.get(0)?,
            seq: row.get::<_, i64>(1)?.unsigned_abs(),
            kind: row.get(2)?,
            destination: row.get(3)?,
            payload: row.get(4)?,
        };
        let sent: Option<String> = row.get(5)?;
        tables.put_letter(&letter, P::letter_topic(&letter.payload).as_ref(), sent.as_deref())?;
    }
    Ok(())
}
