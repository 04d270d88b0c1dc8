//! Copies of a node's folder: made, kept account of, and put back.
//!
//! A backup opens with the root key of its time, which it brings as `root.age`, under the passphrase. So a purge does not reach
//! it: the purge names it, and what was purged is remembered beside the kept checkpoint, outside every copy. A backup that
//! is put back is purged again before anything of it is shown.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use entente_core::{Act, Destroyed, Event, Remains};
use entente_ledger::{Folder, copy_tiles};
use entente_store::{Change, Recorded, StoreError};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::NodeError;
use crate::node::{Node, Surroundings};
use crate::root::{self, beside_head, failed};

/// A backup that was made of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// When.
    pub made: Timestamp,
    /// Where it was written.
    pub place: PathBuf,
    /// Until when it is kept, as far as that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// How many events are in it.
    pub events: u64,
}

/// A backup that was put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// How many events it has.
    pub events: u64,
    /// How many were signed before: where it is more, the copy is older, and the ledger is not signed any more.
    pub signed: u64,
    /// How many purges were carried out again.
    pub purged: usize,
}

/// The public log's folder; a node on a database has its files there.
const LEDGER: &str = "ledger";

/// Files of a node besides its database; folders with all that is in them.
const FILES: [&str; 8] = [
    "keys.age",
    "root.age",
    "rescue",
    "origin",
    LEDGER,
    "partners",
    "seen",
    crate::network::NAMES,
];

/// The most lines that a list outside the folder may have: one a purge or backup.
const MAX_LIST: u64 = 16 << 20;

/// What stands in a list, one JSON document a line.
fn listed<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, NodeError> {
    let size = match std::fs::metadata(path) {
        Ok(found) => found.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(path)(error)),
    };
    if size > MAX_LIST {
        return Err(failed(path)(io::Error::other("it is larger than such a list can be")));
    }
    let text = std::fs::read_to_string(path).map_err(failed(path))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let read = lines.map(|line| serde_json::from_str(line).map_err(io::Error::other));
    read.collect::<Result<_, _>>().map_err(failed(path))
}

fn list<T: Serialize>(path: &Path, all: &[T]) -> Result<(), NodeError> {
    let lines: Result<Vec<String>, _> = all.iter().map(serde_json::to_string).collect();
    let text = lines.map_err(|error| failed(path)(io::Error::other(error)))?.join("\n");
    if let Some(folder) = path.parent() {
        entente_files::create_folder(folder).map_err(failed(folder))?;
    }
    entente_files::write(path, format!("{text}\n").as_bytes()).map_err(failed(path))
}

impl Node {
    fn list_of(&self, suffix: &str) -> Result<PathBuf, NodeError> {
        beside_head(self.heads.as_deref(), self.folder(), suffix)
    }

    /// The backups that were made of this node and still stand where they were written, or may stand elsewhere.
    ///
    /// # Errors
    /// When the list of them cannot be read.
    pub fn backups(&self) -> Result<Vec<Backup>, NodeError> {
        listed(&self.list_of(".backups")?)
    }

    /// What a purge cannot reach, as this node knows it.
    ///
    /// # Errors
    /// As for [`Node::backups`].
    pub fn beyond_reach(&self) -> Result<Vec<Remains>, NodeError> {
        let known = self.backups()?.into_iter();
        Ok(known
            .map(|backup| Remains::Backup {
                made: backup.made,
                until: backup.until,
            })
            .collect())
    }

    /// Writes a copy of the node into a folder that is not there yet or empty, opens it, and notes that it is there.
    ///
    /// # Errors
    /// When the folder is not empty or inside the node's own, or the copy cannot be written or read back.
    pub fn backup(&self, place: &Path, until: Option<String>) -> Result<Backup, NodeError> {
        let taken = place.exists() && std::fs::read_dir(place).map_err(failed(place))?.next().is_some();
        if taken {
            return Err(StoreError::Exists(place.to_owned()).into());
        }
        crate::ledger::outside(Some(place), self.folder())?;
        entente_files::create_folder(place).map_err(failed(place))?;
        let place = place.canonicalize().map_err(failed(place))?;
        self.publish()?;
        // The copy and the root that opens it are of one moment: nobody purges while the folder is held.
        self.store().copy_to(&place.join("entente.db"))?;
        for name in FILES.iter().filter(|name| **name != LEDGER) {
            copy(&self.folder().join(name), &place.join(name))?;
        }
        let ledger = place.join(LEDGER);
        copy_tiles(&*self.tiles, &Folder::new(&ledger)).map_err(failed(&ledger))?;
        let opened = Node::inspect(&place, self.heads.as_deref())?;
        let backup = Backup {
            made: Timestamp::now(),
            events: opened.ledger_size()?,
            place,
            until,
        };
        let path = self.list_of(".backups")?;
        let mut all = self.backups()?;
        all.push(backup.clone());
        list(&path, &all)?;
        Ok(backup)
    }

    /// Says that a backup is gone. Gives whether it was known.
    ///
    /// # Errors
    /// When there is still something in its place, or the list cannot be written.
    pub fn backup_gone(&self, place: &Path) -> Result<bool, NodeError> {
        if place.join("entente.db").exists() {
            return Err(failed(place)(io::Error::other(
                "the backup is still there; overwrite and remove it first",
            )));
        }
        let path = self.list_of(".backups")?;
        let mut all = self.backups()?;
        let before = all.len();
        all.retain(|backup| backup.place != place);
        list(&path, &all)?;
        Ok(all.len() < before)
    }

    /// Remembers outside the folder what was purged in it, so that an older copy can be purged again.
    pub(crate) fn remember_purges(&self) -> Result<(), NodeError> {
        let mut all: Vec<Destroyed> = listed(&self.list_of(".purged")?)?;
        let before = all.len();
        self.store().events_of_kind("content-destroyed", |record| {
            if let Event::ContentDestroyed(destroyed) = record.event.event
                && !all.contains(&destroyed)
            {
                all.push(destroyed);
            }
        })?;
        match all.len() > before {
            true => list(&self.list_of(".purged")?, &all),
            false => Ok(()),
        }
    }

    /// Carries out again what was purged since this copy was made. Gives how many purges that were.
    pub(crate) fn purge_again(&self) -> Result<usize, NodeError> {
        let remembered: Vec<Destroyed> = listed(&self.list_of(".purged")?)?;
        let mut done = Vec::new();
        self.store().events_of_kind("content-destroyed", |record| {
            if let Event::ContentDestroyed(destroyed) = record.event.event {
                done.push(destroyed);
            }
        })?;
        let again: Vec<Act> = remembered
            .into_iter()
            .filter(|destroyed| !done.contains(destroyed))
            .map(|destroyed| Event::ContentDestroyed(destroyed).into())
            .collect();
        let count = again.len();
        if count > 0 {
            let change = Change::events(again);
            let submitted = self.store().submit(Timestamp::now(), move |_| Ok::<_, String>(change));
            submitted.map_err(|error| match error {
                entente_store::SubmitError::Store(error) => NodeError::Store(error),
                entente_store::SubmitError::Refused(reason) => NodeError::NotAMessage(reason),
            })?;
        }
        Ok(count)
    }
}

/// What an export wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// How many events.
    pub events: u64,
    /// How many pieces of evidence.
    pub evidence: usize,
}

impl Node {
    /// Writes everything that is held as files in clear, for another program: `state.json`, `events.jsonl` (an event a line),
    /// and `evidence/`, each piece under its digest.
    ///
    /// # Errors
    /// When the folder is not empty, or something cannot be read or written.
    pub fn export(&self, folder: &Path) -> Result<Exported, NodeError> {
        let taken = folder.exists() && std::fs::read_dir(folder).map_err(failed(folder))?.next().is_some();
        if taken {
            return Err(StoreError::Exists(folder.to_owned()).into());
        }
        entente_files::create_folder(&folder.join("evidence")).map_err(failed(folder))?;
        let json = |error: serde_json::Error| failed(folder)(io::Error::other(error));
        let state = serde_json::to_vec_pretty(self.moment().state()).map_err(json)?;
        let path = folder.join("state.json");
        entente_files::write(&path, &state).map_err(failed(&path))?;
        let path = folder.join("events.jsonl");
        let mut file = io::BufWriter::new(entente_files::open(&path).map_err(failed(&path))?);
        let (mut events, mut digests, mut written) = (0, BTreeSet::new(), Ok(()));
        self.store().events(1, |record| {
            events += 1;
            digests.extend(record.event.event.evidence());
            if written.is_ok() {
                written = line(&mut file, &record);
            }
        })?;
        written.and_then(|()| file.flush()).map_err(failed(&path))?;
        file.get_ref().sync_all().map_err(failed(&path))?;
        let mut evidence = 0;
        for digest in digests {
            if let Some(bytes) = self.store().attachment(&digest)? {
                let path = folder.join("evidence").join(&digest);
                entente_files::write(&path, &bytes).map_err(failed(&path))?;
                evidence += 1;
            }
        }
        Ok(Exported { events, evidence })
    }
}

fn line(file: &mut impl io::Write, record: &Recorded<Act>) -> io::Result<()> {
    let line = serde_json::json!({ "seq": record.seq, "time": record.time.to_string(), "event": record.event });
    writeln!(file, "{line}")
}

/// Puts a backup back into a folder that is not there yet. Before anything of it can be shown, what was purged since is purged
/// again. The ledger is signed again only where nothing newer was signed.
///
/// # Errors
/// When the folder is there, the passphrase is wrong, or another root key stands where the backup's would go and is not to be
/// replaced.
pub fn restore(backup: &Path, folder: &Path, surroundings: Surroundings, replace: bool) -> Result<Restored, NodeError> {
    if !backup.join("entente.db").exists() {
        return Err(StoreError::Missing(backup.to_owned()).into());
    }
    if folder.exists() && std::fs::read_dir(folder).map_err(failed(folder))?.next().is_some() {
        return Err(StoreError::Exists(folder.to_owned()).into());
    }
    let mut name = folder.as_os_str().to_owned();
    name.push(".restoring");
    let unfinished = PathBuf::from(name);
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished).map_err(failed(&unfinished))?;
    }
    entente_files::create_folder(&unfinished).map_err(failed(&unfinished))?;
    copy(&backup.join("entente.db"), &unfinished.join("entente.db"))?;
    for file in FILES {
        copy(&backup.join(file), &unfinished.join(file))?;
    }
    let heads = surroundings.heads.clone();
    let done = taken_up(&unfinished, surroundings, replace);
    let restored = match done {
        Ok(restored) => restored,
        Err(error) => {
            // Nothing of it may lie about: it was not purged yet.
            std::fs::remove_dir_all(&unfinished).map_err(failed(&unfinished))?;
            return Err(error);
        }
    };
    if folder.exists() {
        std::fs::remove_dir(folder).map_err(failed(folder))?;
    }
    std::fs::rename(&unfinished, folder).map_err(failed(folder))?;
    entente_files::settle(folder).map_err(failed(folder))?;
    let events = Node::inspect(folder, heads.as_deref())?.ledger_size()?;
    Ok(Restored { events, ..restored })
}

/// Gets the root key of a copy in place, and purges again.
fn taken_up(folder: &Path, surroundings: Surroundings, replace: bool) -> Result<Restored, NodeError> {
    let heads = surroundings.heads.clone();
    let tell = surroundings.tell.clone();
    let (_, keys) = root::recovered(folder, surroundings, replace)?;
    let node = Node::open_with(folder, heads, keys, tell)?;
    let purged = node.purge_again()?;
    Ok(Restored {
        events: 0,
        signed: node.log()?.latest()?.map_or(0, |checkpoint| checkpoint.size),
        purged,
    })
}

/// Gets the root key back from its copy in the folder. Where the folder is an older copy, it is purged again.
///
/// # Errors
/// When the passphrase is wrong, the copy is not of this folder, or another root stands there that is not to be replaced:
/// it is the one of this folder as it is after a purge, and what only it opens would be lost.
pub fn recover(folder: &Path, surroundings: Surroundings, replace: bool) -> Result<PathBuf, NodeError> {
    let heads = surroundings.heads.clone();
    let tell = surroundings.tell.clone();
    let (root, keys) = root::recovered(folder, surroundings, replace)?;
    Node::open_with(folder, heads, keys, tell)?.purge_again()?;
    Ok(root)
}

/// Copies a file or a folder, for its owner only; what is not there is left out.
fn copy(from: &Path, to: &Path) -> Result<(), NodeError> {
    if from.is_dir() {
        entente_files::create_folder(to).map_err(failed(to))?;
        let names: io::Result<BTreeSet<_>> = std::fs::read_dir(from)
            .map_err(failed(from))?
            .map(|entry| entry.map(|entry| entry.file_name()))
            .collect();
        for name in names.map_err(failed(from))? {
            copy(&from.join(&name), &to.join(&name))?;
        }
        return Ok(());
    }
    let mut source = match std::fs::File::open(from) {
        Ok(source) => source,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(from)(error)),
    };
    let mut target = entente_files::open(to).map_err(failed(to))?;
    io::copy(&mut source, &mut target).map_err(failed(to))?;
    target.sync_all().map_err(failed(to))
}
