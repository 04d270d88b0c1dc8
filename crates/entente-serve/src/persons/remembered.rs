//! A file that is read again only where it was written: so that looking at one line of it costs the same however long it is.

use std::fs::{File, Metadata};
use std::io::{Error, ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// How long a file has to have rested before it is remembered. What is written twice within a tick of the disk's clock looks the
/// same both times.
const RESTED: Duration = Duration::from_secs(2);

/// Which writing of a file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Writing {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Writing {
    fn of(found: &Metadata) -> Self {
        Self {
            device: found.dev(),
            inode: found.ino(),
            length: found.len(),
            modified: (found.mtime(), found.mtime_nsec()),
            changed: (found.ctime(), found.ctime_nsec()),
        }
    }
}

/// What stands in a file.
#[derive(Debug)]
pub(super) struct Remembered<T>(Mutex<Option<(Writing, Arc<T>)>>);

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Default> Remembered<T> {
    /// What stands in the file now, made of its bytes; nothing where there is no file.
    ///
    /// # Errors
    /// When the file cannot be read, or nothing can be made of it.
    pub(super) fn read(&self, path: &Path, make: impl FnOnce(&[u8]) -> Result<T, Error>) -> Result<Arc<T>, Error> {
        let mut file = match std::fs::metadata(path) {
            Ok(found) => {
                if let Some(known) = self.known(&found) {
                    return Ok(known);
                }
                File::open(path)?
            }
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Arc::default()),
            Err(error) => return Err(error),
        };
        let found = file.metadata()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let made = Arc::new(make(&bytes)?);
        let rested = found
            .modified()
            .is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > RESTED));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = rested.then(|| (Writing::of(&found), made.clone()));
        Ok(made)
    }

    fn known(&self, found: &Metadata) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (writing, made) = kept.as_ref()?;
        (*writing == Writing::of(found)).then(|| made.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_last_is_what_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let kept = Remembered::<String>::default();
        let read = || {
            let made = kept.read(&path, |bytes| Ok(String::from_utf8_lossy(bytes).into_owned()));
            made.unwrap().as_str().to_owned()
        };
        assert_eq!(read(), "");
        for (n, rested) in [false, true, true, false].into_iter().enumerate() {
            entente_files::write(&path, format!("writing {n}").as_bytes()).unwrap();
            if rested {
                let long_ago = SystemTime::now() - RESTED - RESTED;
                File::options()
                    .write(true)
                    .open(&path)
                    .unwrap()
                    .set_modified(long_ago)
                    .unwrap();
            }
            for _ in 0..3 {
                assert_eq!(read(), format!("writing {n}"));
            }
            assert_eq!(kept.0.lock().unwrap().is_some(), rested);
        }
        std::fs::remove_file(&path).unwrap();
        assert_eq!(read(), "");
    }

    #[test]
    fn what_rests_is_made_once_and_a_fault_is_told_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        entente_files::write(&path, b"something").unwrap();
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(SystemTime::now() - RESTED - RESTED)
            .unwrap();
        let kept = Remembered::<String>::default();
        for _ in 0..2 {
            let fault = kept.read(&path, |_| Err(Error::other("no text")));
            assert_eq!(fault.unwrap_err().to_string(), "no text");
        }
        let first = kept.read(&path, |_| Ok("made".to_owned())).unwrap();
        let again = kept.read(&path, |_| unreachable!("it is known")).unwrap();
        assert!(Arc::ptr_eq(&first, &again));
    }
}
