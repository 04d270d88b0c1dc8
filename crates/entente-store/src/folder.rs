//! The folder that a store lives in, held by one process at a time.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::StoreError;

/// A folder held by this process until dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Takes hold of a folder, which is made where it does not exist.
    pub(crate) fn hold(path: &Path) -> Result<Self, StoreError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |error| StoreError::File { path, error }
        };
        std::fs::create_dir_all(path).map_err(failed(path))?;
        let name = path.join("lock");
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&name)
            .map_err(failed(&name))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => Err(StoreError::File { path: name, error }),
        }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("entente.db")
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
