//! Verified messages that this node did not take in. Nothing goes back but the word; the file stays, so that whoever runs the node
//! can read why, mend it (a key that is missing, an arrangement that is not recorded), and take it in.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::error::NodeError;
use crate::network::MAX_MESSAGE;
use crate::node::Node;

/// The folder of them.
const REFUSED: &str = "refused";
/// The most that are kept for one sender, together no more than the largest message; the oldest give way.
const MOST: usize = 16;
/// In how many bytes a header stands.
const HEADER: u64 = 64 << 10;

/// A message that was not taken in here.
pub(crate) struct Kept {
    /// Who sent it.
    pub(crate) from: String,
    /// The sealed file.
    pub(crate) file: PathBuf,
}

impl Node {
    /// Where a message is kept. The id is a sender's: it names no file.
    fn place(&self, folder: &str, digest: &str) -> PathBuf {
        self.folder().join(folder).join(format!("{digest}.entente"))
    }

    /// Keeps a message in a folder of the data folder.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) fn keep(&self, folder: &str, digest: &str, file: &[u8]) -> Result<(), NodeError> {
        let path = self.place(folder, digest);
        entente_files::create_folder(&self.folder().join(folder))
            .and_then(|()| entente_files::write(&path, file))
            .map_err(|error| NodeError::File { path, error })
    }

    /// Keeps a file that was not taken in.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) fn keep_refused(&self, from: &str, digest: &str, file: &[u8]) -> Result<(), NodeError> {
        self.keep(REFUSED, digest, file)?;
        let theirs = self.refused().into_iter().filter(|kept| kept.from == from);
        let mut theirs: Vec<(SystemTime, u64, PathBuf)> = theirs.filter_map(|kept| aged(kept.file)).collect();
        theirs.sort_by(|one, other| other.cmp(one));
        let mut bytes = 0;
        for (n, (_, length, file)) in theirs.into_iter().enumerate() {
            bytes += length;
            if n >= MOST || bytes > MAX_MESSAGE as u64 {
                std::fs::remove_file(&file).map_err(|error| NodeError::File { path: file, error })?;
            }
        }
        Ok(())
    }

    /// Drops the file of what is taken in by now, whichever way it came again.
    pub(crate) fn no_longer_refused(&self, digest: &str) {
        // Mostly there is none.
        let _ = std::fs::remove_file(self.place(REFUSED, digest));
    }

    /// The messages that were not taken in here.
    pub(crate) fn refused(&self) -> Vec<Kept> {
        let entries = std::fs::read_dir(self.folder().join(REFUSED))
            .into_iter()
            .flatten()
            .flatten();
        let kept = entries.filter_map(|entry| {
            let file = entry.path();
            let mut begins = Vec::new();
            File::open(&file).ok()?.take(HEADER).read_to_end(&mut begins).ok()?;
            let header = entente_seal::peek(&begins).ok()?;
            Some(Kept {
                from: header.from,
                file,
            })
        });
        kept.collect()
    }
}

/// A file with its age and length.
fn aged(file: PathBuf) -> Option<(SystemTime, u64, PathBuf)> {
    let about = std::fs::metadata(&file).ok()?;
    Some((about.modified().ok()?, about.len(), file))
}
