//! Files that are whole or not there, and that a power cut does not take back.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The file system failed; whether anything is on the disk is unknown.
pub(crate) struct Failure {
    pub(crate) path: PathBuf,
    pub(crate) error: std::io::Error,
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> Failure + '_ {
    |error| Failure {
        path: path.to_owned(),
        error,
    }
}

/// Writes files below one folder. They are durable after [`Durable::settle`].
#[derive(Debug)]
pub(crate) struct Durable {
    root: PathBuf,
    /// The one place for a file that is being written. The next file takes it over, so that a crash leaves nothing for
    /// long.
    partial: PathBuf,
    /// Folders whose entries changed. Each is synced once, however many files it got.
    changed: BTreeSet<PathBuf>,
}

impl Durable {
    /// Files below `root`; each is written at `partial` first, which is nobody else's.
    pub(crate) fn below(root: &Path, partial: PathBuf) -> Self {
        let root = match root.as_os_str().is_empty() {
            true => PathBuf::from("."),
            false => root.to_owned(),
        };
        Self {
            root,
            partial,
            changed: BTreeSet::new(),
        }
    }

    /// Puts a file in its place in one step, with its content on the disk.
    pub(crate) fn put(&mut self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.root.join(name);
        let folder = path.parent().unwrap_or(&self.root);
        entente_files::create_folder(folder).map_err(failed(folder))?;
        let partial = &self.partial;
        let mut file = entente_files::open(partial).map_err(failed(partial))?;
        file.set_len(0)
            .and_then(|()| file.write_all(bytes))
            .and_then(|()| file.sync_all())
            .map_err(failed(partial))?;
        std::fs::rename(partial, &path).map_err(failed(&path))?;
        // The folders above may be new: their names stand in the folders above them.
        let above = folder.ancestors().take_while(|folder| folder.starts_with(&self.root));
        self.changed.extend(above.map(Path::to_owned));
        Ok(())
    }

    /// Makes all that was put so far durable. After a failure nothing may be signed: the system may have dropped the data.
    pub(crate) fn settle(&mut self) -> Result<(), Failure> {
        for folder in std::mem::take(&mut self.changed) {
            std::fs::File::open(&folder)
                .and_then(|open| open.sync_all())
                .map_err(failed(&folder))?;
        }
        Ok(())
    }
}
