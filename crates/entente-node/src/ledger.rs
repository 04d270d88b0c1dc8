//! The public ledger of a node.

use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use entente_ledger::{Checkpoint, Log};

use crate::error::NodeError;
use crate::node::Node;
use crate::root::{beside_head, origin};

impl Node {
    /// Where the public log stands.
    pub fn ledger_folder(&self) -> PathBuf {
        self.folder().join("ledger")
    }

    /// The ledger: its kept checkpoint stands outside the data folder, so that a restored backup cannot bring it back.
    ///
    /// # Errors
    /// When there is no such place, or the folder's own name cannot be read.
    pub fn log(&self) -> Result<Log, NodeError> {
        let head = beside_head(self.heads.as_deref(), self.folder(), "")?;
        Ok(Log::new(self.ledger_folder(), head, origin(self.folder())?))
    }

    /// Brings the public log up to date and signs its checkpoint.
    ///
    /// # Errors
    /// When the keys cannot be unlocked, or the log does not continue what was signed before, or cannot be written.
    pub fn publish(&self) -> Result<Checkpoint, NodeError> {
        let keys = self.keys()?;
        // One after another within this process, and no other process meanwhile: whoever publishes a longer log would make
        // this one look like an old copy.
        let _turn = self.signing.lock().unwrap_or_else(PoisonError::into_inner);
        self.store().hold()?;
        let size = self.store().ledger_size()?;
        let entries = |range| self.store().entries(range).map_err(|error| error.to_string());
        Ok(self.log()?.publish(size, &keys.signer(), entries)?)
    }
}

/// The place of kept checkpoints, when it is one: whoever puts an old copy of the data folder back would bring back what
/// stands inside with it.
pub(crate) fn outside<'h>(heads: Option<&'h Path>, data: &Path) -> Result<&'h Path, NodeError> {
    let heads = heads.ok_or(NodeError::NoHeads)?;
    match real(heads)?.starts_with(real(data)?) {
        false => Ok(heads),
        true => Err(NodeError::HeadsInside(heads.to_owned())),
    }
}

/// A path without links and dots, as far as it is there.
fn real(path: &Path) -> Result<PathBuf, NodeError> {
    let path = std::path::absolute(path).map_err(|error| NodeError::File {
        path: path.to_owned(),
        error,
    })?;
    let there = path
        .ancestors()
        .find_map(|above| Some((above, above.canonicalize().ok()?)));
    Ok(match there {
        Some((above, real)) => real.join(path.strip_prefix(above).unwrap_or(Path::new(""))),
        None => path,
    })
}
