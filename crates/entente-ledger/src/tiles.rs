//! What keeps a log's files: a folder, or whatever else puts them whole and gives them back.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::durable::{Durable, Failure};
use crate::verify::{MAX_FILE, PARTIAL, Source};

/// Holds a turn until it is dropped.
pub trait Turn {}

/// A turn that there is nothing to be kept from.
impl Turn for () {}

/// What keeps a log's files. A file is there whole or not at all, and what was put over it is what is read.
///
/// `entente_store::conformance::tiles` has the rules that every implementation passes.
pub trait Tiles: Source + Send + Sync {
    /// Keeps others from publishing here until the turn is dropped; waits for one who does. Whoever sleeps through the end of a
    /// turn can put nothing any more: the next [`Tiles::put`] or [`Tiles::settle`] fails.
    ///
    /// # Errors
    /// When somebody else does not end, or it cannot be found out.
    fn alone(&self) -> io::Result<Box<dyn Turn + '_>>;

    /// Puts a file in its place, over one that is there. It need not be durable before [`Tiles::settle`].
    ///
    /// # Errors
    /// When it cannot be written; whether it is there is unknown then.
    fn put(&self, path: &str, bytes: &[u8]) -> io::Result<()>;

    /// Makes all that was put so far durable. After a failure nothing may be signed: what was put may be gone.
    ///
    /// # Errors
    /// When that is not sure.
    fn settle(&self) -> io::Result<()>;

    /// Takes a file away; there need be none.
    ///
    /// # Errors
    /// When it cannot be taken away.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// Where a file is, in words for a person.
    fn place(&self, path: &str) -> PathBuf;
}

/// Puts the files of a log where another place keeps them, over all that is there, and reads them back.
///
/// # Errors
/// When one cannot be read or written, or is not there as it was written. The error names it.
pub fn copy_tiles(from: &dyn Tiles, to: &dyn Tiles) -> io::Result<()> {
    let told = |path: &str, problem: String| io::Error::other(format!("{}: {problem}", to.place(path).display()));
    let turn = to.alone()?;
    for path in to.list().unwrap_or_default() {
        to.remove(&path)?;
    }
    let paths = from
        .list()
        .ok_or_else(|| told("", "the files of the log cannot be listed".to_owned()))?;
    for path in paths.iter().filter(|path| *path != PARTIAL) {
        let bytes = from
            .read(path)
            .map_err(|problem| told(path, problem))?
            .unwrap_or_default();
        to.put(path, &bytes)?;
    }
    to.settle()?;
    for path in paths.iter().filter(|path| *path != PARTIAL) {
        let there = to.read(path).map_err(|problem| told(path, problem))?;
        let here = from.read(path).map_err(|problem| told(path, problem))?;
        if there.is_none() || there != here {
            return Err(told(path, "it does not hold what was written".to_owned()));
        }
    }
    drop(turn);
    Ok(())
}

/// A log's files in a folder.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    written: Arc<Mutex<Durable>>,
}

impl Folder {
    /// The log in this folder.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let partial = path.join(PARTIAL);
        Self {
            written: Arc::new(Mutex::new(Durable::below(&path, partial))),
            path,
        }
    }

    fn written(&self) -> MutexGuard<'_, Durable> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The file that failed stands in the words of the failure.
fn told(Failure { path, error }: Failure) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

impl Tiles for Folder {
    /// The lock of the kept checkpoint is enough: whoever publishes into a folder is on its machine.
    fn alone(&self) -> io::Result<Box<dyn Turn + '_>> {
        Ok(Box::new(()))
    }

    fn put(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.written().put(path, bytes).map_err(told)
    }

    fn settle(&self) -> io::Result<()> {
        self.written().settle().map_err(told)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        match std::fs::remove_file(self.path.join(path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn place(&self, path: &str) -> PathBuf {
        match path {
            "" => self.path.clone(),
            path => self.path.join(path),
        }
    }
}

impl Source for Folder {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let full = self.path.join(path);
        match std::fs::metadata(&full) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.to_string()),
            Ok(about) if about.len() > MAX_FILE => {
                return Err(format!("it has {} bytes; no file of a log is that long", about.len()));
            }
            Ok(_) => {}
        }
        std::fs::read(&full).map(Some).map_err(|error| error.to_string())
    }

    fn list(&self) -> Option<Vec<String>> {
        let mut found = BTreeSet::new();
        let mut folders = vec![self.path.clone()];
        while let Some(folder) = folders.pop() {
            let entries = match std::fs::read_dir(&folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                entries => entries.ok()?,
            };
            for entry in entries.flatten() {
                let path = entry.path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => {
                        found.insert(relative(&self.path, &path));
                    }
                }
            }
        }
        Some(found.into_iter().collect())
    }
}

fn relative(base: &Path, path: &Path) -> String {
    path.strip_prefix(base)
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/")
}
