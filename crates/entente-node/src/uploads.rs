//! Large messages that come in pieces and go on where they stopped.
//!
//! A partner announces one in a sealed question: its digest and its size. Only then are bytes stored, no more than were announced, and
//! it is taken in like any other once the digest fits. How far it has come is the length of a file, so that it goes on after a restart too.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::time::Duration;

use entente_core::PartyPath;
use sha2::{Digest as _, Sha256};

use crate::error::NodeError;
use crate::network::MAX_MESSAGE;
use crate::node::Node;

/// The folder of what has come in part, beside the store.
const FOLDER: &str = "incoming";
/// How many messages of one partner may be unfinished at once.
const UNFINISHED: usize = 8;
/// How long an unfinished message is kept: as long as partners may be away.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// What partners have announced since this node was started, by its digest.
pub(crate) type Uploads = HashMap<String, Announced>;

/// A message that a partner is about to send in pieces.
#[derive(Clone, Debug)]
pub(crate) struct Announced {
    size: usize,
    path: PathBuf,
}

/// What became of a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Nobody announced it to this node since it was started: it has to be announced.
    Unknown,
    /// It does not go on where the last one ended: that is here, in bytes.
    Elsewhere(usize),
    /// It was taken; the next one begins here, in bytes.
    Next(usize),
    /// It was the last: the whole message.
    Whole(Vec<u8>),
    /// The whole is not what was announced, and is gone. It has to be sent anew.
    Broken,
}

impl Node {
    /// A partner announces a message; gives how many bytes of it are here. None where it is too large, or has too much unfinished.
    pub(crate) fn announce(&self, from: &PartyPath, digest: &str, size: usize) -> Result<Option<usize>, NodeError> {
        let is_digest = digest.len() == 64 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_digest || size == 0 || size > MAX_MESSAGE {
            return Ok(None);
        }
        let mut uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
        let whose = &entente_ledger::hex(&Sha256::digest(from.as_str()))[..16];
        let folder = self.folder().join(FOLDER).join(whose);
        entente_files::create_folder(&folder).map_err(failed(&folder))?;
        let path = folder.join(digest);
        let unfinished = unfinished(&folder)?;
        let here = unfinished
            .iter()
            .find(|(known, _)| *known == path)
            .map(|(_, length)| *length);
        if here.is_none() && unfinished.len() >= UNFINISHED {
            return Ok(None);
        }
        if here.is_none() {
            entente_files::write(&path, &[]).map_err(failed(&path))?;
        }
        uploads.insert(digest.to_owned(), Announced { size, path });
        Ok(Some(here.unwrap_or(0).min(size)))
    }

    /// Takes a piece of an announced message, which begins at so many bytes.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn piece(&self, digest: &str, offset: usize, bytes: &[u8]) -> Result<Piece, NodeError> {
        // One at a time: two lines of one partner must not mix their pieces.
        let mut uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(announced) = uploads.get(digest).cloned() else {
            return Ok(Piece::Unknown);
        };
        let path = &announced.path;
        let here = std::fs::metadata(path).map_err(failed(path))?.len();
        let here = usize::try_from(here).unwrap_or(usize::MAX);
        if offset != here || bytes.len() > announced.size - here.min(announced.size) {
            return Ok(Piece::Elsewhere(here));
        }
        let mut file = OpenOptions::new().append(true).open(path).map_err(failed(path))?;
        file.write_all(bytes).map_err(failed(path))?;
        let here = here + bytes.len();
        if here < announced.size {
            return Ok(Piece::Next(here));
        }
        let whole = std::fs::read(path).map_err(failed(path))?;
        if entente_ledger::hex(&Sha256::digest(&whole)) == digest {
            return Ok(Piece::Whole(whole));
        }
        uploads.remove(digest);
        std::fs::remove_file(path).map_err(failed(path))?;
        Ok(Piece::Broken)
    }

    /// A message that came in pieces was answered: they are of no use any more.
    pub fn pieces_done(&self, digest: &str) {
        let mut uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(announced) = uploads.remove(digest) {
            // One that stays is removed when it is old.
            let _ = std::fs::remove_file(announced.path);
        }
    }
}

/// What a partner has unfinished, with how many bytes are here. What is too old is removed.
fn unfinished(folder: &Path) -> Result<Vec<(PathBuf, usize)>, NodeError> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed(folder))? {
        let path = entry.map_err(failed(folder))?.path();
        let about = File::open(&path)
            .and_then(|file| file.metadata())
            .map_err(failed(&path))?;
        let age = about.modified().ok().and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age > KEPT) {
            std::fs::remove_file(&path).map_err(failed(&path))?;
        } else {
            all.push((path, usize::try_from(about.len()).unwrap_or(usize::MAX)));
        }
    }
    Ok(all)
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> NodeError {
    crate::root::failed(path)
}
