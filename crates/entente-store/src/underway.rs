//! Messages that are under way: sealed once, and the same bytes ever after, whichever node sends them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::StoreError;
use crate::opening::database_of;
use crate::postgres::{Address, ServerUnderWay};

/// Bytes under a name, of which the first count.
pub trait UnderWay: Send + Sync {
    /// What is kept under a name.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keeps bytes under a name, unless there are some. Gives those that are there now, durably.
    ///
    /// # Errors
    /// When they cannot be kept.
    fn keep(&self, name: &str, bytes: &[u8]) -> Result<Vec<u8>, StoreError>;

    /// All names.
    ///
    /// # Errors
    /// When they cannot be read.
    fn names(&self) -> Result<Vec<String>, StoreError>;

    /// Forgets what is under a name; there need be nothing.
    ///
    /// # Errors
    /// When it cannot be forgotten.
    fn forget(&self, name: &str) -> Result<(), StoreError>;
}

/// The folder of messages under way in a data folder.
const FOLDER: &str = "underway";
/// How the files in it end.
const ENDING: &str = ".entente";

/// The messages under way of a data folder: in a folder in it, or in the database that it names.
///
/// # Errors
/// When it names one that is none.
pub fn under_way(data: &Path) -> Result<Arc<dyn UnderWay>, StoreError> {
    Ok(at(data, database_of(data)?.as_ref()))
}

/// The same, in a folder or in this database.
pub(crate) fn at(data: &Path, database: Option<&Address>) -> Arc<dyn UnderWay> {
    match database {
        Some(address) => Arc::new(ServerUnderWay::new(address.clone())),
        None => Arc::new(Files(data.join(FOLDER))),
    }
}

/// Moves what is under way to another place.
pub(crate) fn moved(from: &dyn UnderWay, to: &dyn UnderWay) -> Result<(), StoreError> {
    for name in from.names()? {
        if let Some(bytes) = from.read(&name)? {
            to.keep(&name, &bytes)?;
        }
    }
    Ok(())
}

/// Files in a folder, which one process at a time writes to.
struct Files(PathBuf);

impl Files {
    fn path(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}{ENDING}"))
    }

    fn failed(&self, name: &str) -> impl FnOnce(io::Error) -> StoreError {
        let path = self.path(name);
        |error| StoreError::File { path, error }
    }
}

impl UnderWay for Files {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match std::fs::read(self.path(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some).map_err(self.failed(name)),
        }
    }

    fn keep(&self, name: &str, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
        if let Some(there) = self.read(name)? {
            return Ok(there);
        }
        let written =
            entente_files::create_folder(&self.0).and_then(|()| entente_files::write(&self.path(name), bytes));
        written.map_err(self.failed(name))?;
        Ok(bytes.to_vec())
    }

    fn names(&self) -> Result<Vec<String>, StoreError> {
        let entries = match std::fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(self.failed(""))?,
        };
        let names = entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
        let names: Vec<String> = names.collect::<Result<_, _>>().map_err(self.failed(""))?;
        let named = names.iter().filter_map(|name| name.strip_suffix(ENDING));
        Ok(named.map(str::to_owned).collect())
    }

    fn forget(&self, name: &str) -> Result<(), StoreError> {
        match std::fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed(name)(error)),
            _ => Ok(()),
        }
    }
}
