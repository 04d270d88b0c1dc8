//! The tree of keys under which everything at rest is sealed.
//!
//! ```text
//! root (a file of its own, outside the data folder)
//!   ├─ texts/0, texts/1, …      one key a text, wrapped under its branch
//!   ├─ documents/0 … 4095       documents by the hash of their name
//!   ├─ outbox/0, outbox/1, …    letters
//!   └─ events                   events without their texts
//! ```
//!
//! A key is destroyed by replacing all keys above it, up to the root: old pages, an old write-ahead log or an old copy of
//! the database then hold it under a key that is nowhere any more. The file of the root names the epoch of each root in
//! it; while a root is being replaced it holds both, and the database says which one counts.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::error::StoreError;
use crate::key::Key;
use crate::sql::{Sql, count, row, rows, values};

/// The first line of a file that holds the root.
const FORMAT: &str = "entente-root/1";
/// The most bytes that such a file has: two roots.
const MAX_FILE: u64 = 1024;

/// Keeps a copy of the root for rescue, readable with the passphrase only: called with the file's content whenever that
/// changes, before anything relies on it.
pub type Rescue = Arc<dyn Fn(&[u8]) -> io::Result<()> + Send + Sync>;

/// Where the root key of a folder is, and its copy for rescue.
#[derive(Clone)]
pub struct RootPlace {
    /// The file that holds the root.
    pub file: PathBuf,
    /// What keeps a copy of it.
    pub rescue: Rescue,
}

impl RootPlace {
    /// A root in this file, without a copy for rescue.
    pub fn without_rescue(file: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            rescue: Arc::new(|_| Ok(())),
        }
    }
}

/// The roots in a file: the one that counts, and the next while it is being replaced.
pub(crate) struct Roots(Vec<(u64, Key)>);

impl Roots {
    pub(crate) fn first() -> Self {
        Self(vec![(1, Key::random())])
    }

    fn of(&self, epoch: u64) -> Option<&Key> {
        self.0.iter().find(|(of, _)| *of == epoch).map(|(_, key)| key)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next() != Some(FORMAT) {
            return None;
        }
        let root = |line: &str| {
            let (epoch, key) = line.split_once(' ')?;
            Some((epoch.parse().ok()?, Key::from_bytes(&unhex(key)?)?))
        };
        let all: Option<Vec<_>> = lines.map(root).collect();
        all.filter(|all| (1..=2).contains(&all.len())).map(Self)
    }

    pub(crate) fn render(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(format!("{FORMAT}\n"));
        for (epoch, key) in &self.0 {
            text.push_str(&format!("{epoch} "));
            for byte in key.as_bytes() {
                text.push_str(&format!("{byte:02x}"));
            }
            text.push('\n');
        }
        text
    }
}

fn unhex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = text.as_bytes().chunks(2).map(digit).collect();
    bytes.map(Zeroizing::new)
}

#[derive(Default)]
struct Held {
    epoch: u64,
    root: Option<Key>,
    branches: HashMap<String, Key>,
}

/// The keys of a folder.
pub(crate) struct Vault {
    place: RootPlace,
    held: Mutex<Held>,
}

impl Vault {
    pub(crate) fn new(place: RootPlace) -> Self {
        Self {
            place,
            held: Mutex::default(),
        }
    }

    /// The same keys for whoever looks at another moment.
    pub(crate) fn again(&self) -> Self {
        Self::new(self.place.clone())
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, error: io::Error) -> StoreError {
        StoreError::File {
            path: self.place.file.clone(),
            error,
        }
    }

    /// Makes the first root, and notes in the database that it counts. A root that an interrupted creation left is taken.
    pub(crate) fn found(&self, sql: &dyn Sql) -> Result<(), StoreError> {
        let roots = match self.place.file.exists() {
            true => self.read()?,
            false => Roots::first(),
        };
        let epoch = roots.0.last().map_or(1, |(epoch, _)| *epoch);
        self.write(&roots)?;
        sql.run("INSERT INTO vault (id, epoch) VALUES (1, ?1)", values![epoch])?;
        self.catch_up(sql)?;
        Ok(())
    }

    fn read(&self) -> Result<Roots, StoreError> {
        let size = match std::fs::metadata(&self.place.file) {
            Ok(found) => found.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StoreError::NoRoot(self.place.file.clone()));
            }
            Err(error) => return Err(self.failed(error)),
        };
        let malformed = || StoreError::BadRoot(self.place.file.clone());
        if size > MAX_FILE {
            return Err(malformed());
        }
        let text = std::fs::read_to_string(&self.place.file).map_err(|error| self.failed(error))?;
        Roots::parse(&Zeroizing::new(text)).ok_or_else(malformed)
    }

    /// Writes the roots: first the copy for rescue, so that none counts that could not be rescued.
    fn write(&self, roots: &Roots) -> Result<(), StoreError> {
        let text = roots.render();
        (self.place.rescue)(text.as_bytes()).map_err(StoreError::Rescue)?;
        if let Some(folder) = self.place.file.parent() {
            entente_files::create_folder(folder).map_err(|error| self.failed(error))?;
        }
        entente_files::replace(&self.place.file, text.as_bytes()).map_err(|error| self.failed(error))
    }

    /// Writes the copy for rescue anew.
    pub(crate) fn rescue(&self) -> Result<(), StoreError> {
        let text = self.read()?.render();
        (self.place.rescue)(text.as_bytes()).map_err(StoreError::Rescue)
    }

    /// Takes up the root that counts in the database. Gives whether another process has replaced the one that was held.
    pub(crate) fn catch_up(&self, sql: &dyn Sql) -> Result<bool, StoreError> {
        self.catch_up_to(sql, count(sql, EPOCH)?)
    }

    /// The same, where it is known which root counts.
    pub(crate) fn catch_up_to(&self, sql: &dyn Sql, epoch: u64) -> Result<bool, StoreError> {
        let mut held = self.held();
        if held.root.is_some() && held.epoch == epoch {
            return Ok(false);
        }
        // 0 before the first one was taken up.
        let replaced = held.epoch != 0 && held.epoch != epoch;
        let other = || StoreError::OtherRoot(self.place.file.clone());
        let root = self.read()?.of(epoch).cloned().ok_or_else(other)?;
        *held = Held {
            epoch,
            root: Some(root),
            branches: HashMap::new(),
        };
        drop(held);
        self.branch(sql, EVENTS)?;
        Ok(replaced)
    }

    fn root(&self) -> Result<Key, StoreError> {
        let root = self.held().root.clone();
        root.ok_or_else(|| StoreError::NoRoot(self.place.file.clone()))
    }

    /// The key of a branch; `None` where there is none yet.
    pub(crate) fn branch(&self, sql: &dyn Sql, name: &str) -> Result<Option<Key>, StoreError> {
        if let Some(key) = self.held().branches.get(name) {
            return Ok(Some(key.clone()));
        }
        let query = "SELECT wrapped FROM branches WHERE name = ?1";
        let Some(wrapped) = row(sql, query, values![name], |row| row.blob(0))? else {
            return Ok(None);
        };
        let key = self.root()?.unwrap_key(name, &wrapped);
        let key = key.ok_or_else(|| StoreError::OtherRoot(self.place.file.clone()))?;
        self.held().branches.insert(name.to_owned(), key.clone());
        Ok(Some(key))
    }

    /// The key of a branch, made where there is none. Whoever rolls back has to [`Vault::forget`] it.
    pub(crate) fn branch_or_new(&self, sql: &dyn Sql, name: &str) -> Result<Key, StoreError> {
        match self.branch(sql, name)? {
            Some(key) => Ok(key),
            None => self.renew(sql, name, &self.root()?),
        }
    }

    /// A fresh key for a branch, under this root.
    fn renew(&self, sql: &dyn Sql, name: &str, root: &Key) -> Result<Key, StoreError> {
        let key = Key::random();
        sql.run(
            "INSERT INTO branches (name, wrapped) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET wrapped = excluded.wrapped",
            values![name, &root.wrap(name, &key)],
        )?;
        self.held().branches.insert(name.to_owned(), key.clone());
        Ok(key)
    }

    /// Replaces the key of a branch by a fresh one. Gives the old one, where there was one.
    pub(crate) fn replace(&self, sql: &dyn Sql, name: &str) -> Result<(Option<Key>, Key), StoreError> {
        let old = self.branch(sql, name)?;
        let fresh = self.renew(sql, name, &self.root()?)?;
        Ok((old, fresh))
    }

    /// Forgets all keys: a transaction that made or replaced some was rolled back.
    pub(crate) fn forget(&self) {
        let mut held = self.held();
        *held = Held {
            epoch: held.epoch,
            ..Held::default()
        };
    }

    /// Begins to replace the root: the file holds both from now on, and this transaction's branches go under the new one.
    /// Once it is committed, [`Vault::finish`] destroys the old one.
    pub(crate) fn replace_root(&self, sql: &dyn Sql) -> Result<(), StoreError> {
        let epoch = self.held().epoch;
        let old = self.root()?;
        let next = Key::random();
        self.write(&Roots(vec![(epoch, old.clone()), (epoch + 1, next.clone())]))?;
        let query = "SELECT name, wrapped FROM branches";
        let branches = rows(sql, query, &[], |row| Ok((row.text(0)?, row.blob(1)?)))?;
        for (name, wrapped) in branches {
            let key = old.unwrap_key(&name, &wrapped);
            let key = key.ok_or_else(|| StoreError::OtherRoot(self.place.file.clone()))?;
            let statement = "UPDATE branches SET wrapped = ?2 WHERE name = ?1";
            sql.run(statement, values![&name, &next.wrap(&name, &key)])?;
        }
        sql.run("UPDATE vault SET epoch = ?1 WHERE id = 1", values![epoch + 1])?;
        let mut held = self.held();
        held.epoch = epoch + 1;
        held.root = Some(next);
        Ok(())
    }

    /// Whether there is another root than the one that counts.
    pub(crate) fn is_unfinished(&self) -> Result<bool, StoreError> {
        Ok(self.read()?.0.len() > 1)
    }

    /// Destroys every root but the one that counts, also one that a crash left. Call it only while holding the folder.
    pub(crate) fn finish(&self, sql: &dyn Sql) -> Result<(), StoreError> {
        self.catch_up(sql)?;
        let roots = self.read()?;
        if roots.0.len() == 1 {
            return Ok(());
        }
        let epoch = self.held().epoch;
        let root = self.root()?;
        sql.let_go_of_deleted()?;
        self.write(&Roots(vec![(epoch, root)]))
    }
}

/// Which root counts.
pub(crate) const EPOCH: &str = "SELECT epoch FROM vault WHERE id = 1";

/// The branch of events without their texts.
pub(crate) const EVENTS: &str = "events";

/// The branch of the texts of an event.
pub(crate) fn texts(seq: u64) -> String {
    /// How many events share a branch: few enough that replacing it is quick.
    const EVENTS_A_BRANCH: u64 = 64;
    format!("texts/{}", seq / EVENTS_A_BRANCH)
}

/// The branch of a letter.
pub(crate) fn outbox(letter: i64) -> String {
    /// How many letters share a branch.
    const LETTERS_A_BRANCH: u64 = 16;
    format!("outbox/{}", letter.unsigned_abs() / LETTERS_A_BRANCH)
}
