//! The public ledger of a node.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use entente_ledger::{Checkpoint, Folder, Log, PublishError, Tiles};
use entente_store::{Address, Moved, ServerTiles, StoreError};

use crate::error::NodeError;
use crate::node::{Node, Surroundings};
use crate::root::{beside_head, origin};

impl Node {
    /// The files of the public log: in the data folder, or in the database that it names.
    pub fn tiles(&self) -> Arc<dyn Tiles> {
        self.tiles.clone()
    }

    /// The ledger: its kept checkpoint stands outside the data folder, so that a restored backup cannot bring it back.
    ///
    /// # Errors
    /// When there is no such place, or the folder's own name cannot be read.
    pub fn log(&self) -> Result<Log, NodeError> {
        let head = beside_head(self.heads.as_deref(), self.folder(), "")?;
        Ok(Log::kept_in(self.tiles(), head, origin(self.folder())?))
    }

    /// The checkpoint that stands in the public log, as it is signed, and how many entries it has.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub(crate) fn published(&self) -> Result<(u64, String), NodeError> {
        let note = self.log()?.published()?;
        Ok((note.0.size, note.1.render()))
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
        let log = self.log()?;
        loop {
            let size = self.store().ledger_size()?;
            let entries = |range| self.store().entries(range).map_err(|error| error.to_string());
            match log.publish(size, &keys.signer(), entries) {
                // Another node on the same database was quicker.
                Err(PublishError::Behind { signed, .. }) if self.store().ledger_size()? >= signed => {}
                published => return Ok(published?),
            }
        }
    }
}

/// The folder of the public log, where the data folder has it.
fn folder_of(data: &Path) -> PathBuf {
    data.join("ledger")
}

/// What keeps the files of a folder's public log.
pub(crate) fn tiles(folder: &Path) -> Result<Arc<dyn Tiles>, NodeError> {
    Ok(match entente_store::database_of(folder)? {
        Some(address) => Arc::new(ServerTiles::new(address)),
        None => Arc::new(Folder::new(folder_of(folder))),
    })
}

/// Notes in a data folder that a database has what its node holds.
///
/// # Errors
/// When what is given is no address, or the folder has what its node holds in itself.
pub fn name_database(folder: &Path, address: &str) -> Result<(), NodeError> {
    let address: Address = address.parse().map_err(StoreError::Server)?;
    let known = entente_store::database_of(folder)?;
    if known.as_ref() == Some(&address) {
        return Ok(());
    }
    if known.is_none() && folder.join("entente.db").exists() {
        return Err(NodeError::InFolder(folder.to_owned()));
    }
    Ok(entente_store::keep_in(folder, Some(&address))?)
}

/// Moves what a node holds, and its public log, to a database or back into its folder.
///
/// # Errors
/// As for [`entente_store::moved`], and when another node runs.
pub fn moved(
    folder: &Path,
    surroundings: &Surroundings,
    to: Option<&str>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Moved, NodeError> {
    entente_store::there(folder)?;
    let root = crate::root::place(surroundings.heads.as_deref(), folder)?;
    let to = to.map(str::parse::<Address>).transpose().map_err(StoreError::Server)?;
    Ok(entente_store::moved(
        folder,
        &folder_of(folder),
        &root,
        to.as_ref(),
        progress,
    )?)
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
