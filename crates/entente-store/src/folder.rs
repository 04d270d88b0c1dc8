//! The folder that a store lives in: anyone of its owner's may look, one process at a time writes.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::StoreError;

/// How long a command waits for another to end its work before it gives up, in milliseconds.
const PATIENCE: u64 = 60_000;
/// After which wait the person is told what it is for.
const SILENCE: Duration = Duration::from_secs(1);
/// How long until it is tried again.
const PAUSE: Duration = Duration::from_millis(20);

/// Who is told what a person should know while a command runs.
pub type Tell = Arc<dyn Fn(&str) + Send + Sync>;

/// A folder, and its lock once something is to be written.
pub(crate) struct Folder {
    path: PathBuf,
    /// In milliseconds.
    patience: AtomicU64,
    tell: Tell,
    lock: Mutex<Option<File>>,
    /// Whether who writes is settled where the bytes are, and not by the folder's lock.
    elsewhere: bool,
}

impl Folder {
    /// A folder that is there already. What others than its owner could reach in it is closed to them, with a word.
    pub(crate) fn look(path: &Path, tell: Tell) -> Result<Self, StoreError> {
        let mended = entente_files::close(path).map_err(|error| StoreError::TooOpen {
            path: path.to_owned(),
            error,
        })?;
        if let Some(first) = mended.first() {
            let others = match mended.len() {
                1 => String::new(),
                more => format!(" and {} more", more - 1),
            };
            tell(&format!(
                "warning: others on this machine could read {}{others}; from now on only the owner can",
                first.display()
            ));
        }
        Ok(Self {
            path: path.to_owned(),
            patience: AtomicU64::new(PATIENCE),
            tell,
            lock: Mutex::new(None),
            elsewhere: false,
        })
    }

    /// The folder of a store whose bytes are on a server, which settles step by step who writes.
    pub(crate) fn with_writers_elsewhere(self) -> Self {
        Self {
            elsewhere: true,
            ..self
        }
    }

    /// Takes hold of a folder, which is made where it does not exist.
    pub(crate) fn take(path: &Path, tell: Tell) -> Result<Self, StoreError> {
        if !path.is_dir() {
            entente_files::create_folder(path).map_err(|error| StoreError::File {
                path: path.to_owned(),
                error,
            })?;
        }
        let folder = Self::look(path, tell)?;
        folder.hold()?;
        Ok(folder)
    }

    /// Gives up sooner.
    pub(crate) fn set_patience(&self, patience: Duration) {
        let millis = u64::try_from(patience.as_millis()).unwrap_or(PATIENCE);
        self.patience.store(millis, Ordering::Relaxed);
    }

    /// Holds the folder from now on, so that nobody else writes. Waits for whoever does. Gives whether it was free before.
    pub(crate) fn hold(&self) -> Result<bool, StoreError> {
        self.hold_or(|| ())
    }

    /// The same; `waiting` is called once where it has to wait.
    pub(crate) fn hold_or(&self, waiting: impl FnOnce()) -> Result<bool, StoreError> {
        let mut waiting = Some(waiting);
        let mut held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if self.elsewhere || held.is_some() {
            return Ok(false);
        }
        let name = self.path.join("lock");
        let failed = |error| StoreError::File {
            path: name.clone(),
            error,
        };
        let lock = entente_files::open(&name).map_err(failed)?;
        let since = Instant::now();
        let patience = Duration::from_millis(self.patience.load(Ordering::Relaxed));
        let mut told = false;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) if since.elapsed() >= patience => {
                    return Err(StoreError::InUse(self.path.clone()));
                }
                Err(TryLockError::WouldBlock) => {
                    if let Some(waiting) = waiting.take() {
                        waiting();
                    }
                    if !told && since.elapsed() >= SILENCE {
                        told = true;
                        (self.tell)(&format!(
                            "another command is writing in {}; waiting for it to end",
                            self.path.display()
                        ));
                    }
                    std::thread::sleep(PAUSE);
                }
            }
        }
        *held = Some(lock);
        Ok(true)
    }

    /// Whether this process holds the folder, so that nobody else writes.
    pub(crate) fn is_held(&self) -> bool {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("entente.db")
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
