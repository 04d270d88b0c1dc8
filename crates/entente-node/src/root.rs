//! The root key of the texts at rest: a file beside the kept checkpoint, and a copy for rescue in the data folder.
//!
//! The copy, `root.age`, is sealed to the party's own keys, which the passphrase opens. So it is renewed whenever the root
//! changes without asking anybody, by the public half in `rescue`.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use entente_seal::{KeyPair, open_copy, seal_copy};
use entente_store::{RootPlace, Store, StoreError};
use jiff::Timestamp;

use crate::error::NodeError;
use crate::held::Held;
use crate::keys::Keys;
use crate::ledger::outside;
use crate::node::{Node, Surroundings};

/// The copy of the root key for rescue.
const COPY: &str = "root.age";
/// Whom the copy is sealed to.
const RESCUE: &str = "rescue";
/// The largest copy that is read.
const MAX_COPY: u64 = 64 << 10;

pub(crate) fn failed(path: &Path) -> impl Fn(io::Error) -> NodeError {
    move |error| NodeError::File {
        path: path.to_owned(),
        error,
    }
}

/// What the node's log calls itself.
pub(crate) fn origin(folder: &Path) -> Result<String, NodeError> {
    let path = folder.join("origin");
    std::fs::read_to_string(&path).map_err(failed(&path))
}

/// A file of this node's among those that stand outside the data folder.
pub(crate) fn beside_head(heads: Option<&Path>, folder: &Path, suffix: &str) -> Result<PathBuf, NodeError> {
    let name: String = origin(folder)?
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    Ok(outside(heads, folder)?.join(format!("{name}{suffix}")))
}

/// Where the root key of a folder is.
pub(crate) fn place(heads: Option<&Path>, folder: &Path) -> Result<RootPlace, NodeError> {
    let data = folder.to_owned();
    Ok(RootPlace {
        file: beside_head(heads, folder, ".root")?,
        rescue: Arc::new(move |root| {
            let recipient = std::fs::read_to_string(data.join(RESCUE))?;
            let sealed = seal_copy(root, recipient.trim()).map_err(io::Error::other)?;
            entente_files::replace(&data.join(COPY), &sealed)
        }),
    })
}

/// From now on, copies for rescue are sealed to these keys.
pub(crate) fn rescued_by(folder: &Path, keys: &KeyPair) -> Result<(), NodeError> {
    let path = folder.join(RESCUE);
    entente_files::write(&path, keys.public().recipient.as_bytes()).map_err(failed(&path))
}

/// What an upgrade did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgraded {
    /// How many events were taken over.
    pub events: u64,
    /// How many of them an interrupted upgrade had taken over before.
    pub resumed: u64,
    /// The old file, with its texts in clear, which stays until the upgrade is confirmed.
    pub old: PathBuf,
}

/// Where evidence stood in folders of the first release, in clear.
fn old_evidence(folder: &Path) -> PathBuf {
    folder.join("evidence")
}

/// Seals the texts of a folder of the first release, and signs the ledger. What was there stays until it is confirmed.
///
/// # Errors
/// When there is nothing to upgrade, the passphrase is wrong, there is too little room, or something cannot be read.
pub fn upgrade(
    folder: &Path,
    surroundings: Surroundings,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Upgraded, NodeError> {
    if entente_store::unconfirmed(folder).is_none() {
        entente_store::there(folder)?;
    }
    // What is in a database was never written by the first release.
    if entente_store::database_of(folder)?.is_some() {
        return Err(StoreError::Current(folder.to_owned()).into());
    }
    let keys = Keys::new(folder, surroundings.passphrase);
    let root = place(surroundings.heads.as_deref(), folder)?;
    rescued_by(folder, &*keys.get()?)?;
    let evidence = old_evidence(folder);
    let attachment = |digest: &str| match std::fs::read(evidence.join(digest)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    };
    let with = entente_store::Upgrade {
        root,
        attachment: &attachment,
        now: Timestamp::now(),
        tell: surroundings.tell.clone(),
    };
    let done = entente_store::upgrade::<Held>(folder, &with, &mut |at| progress(at.done, at.total))?;
    let node = Node::open_with(folder, surroundings.heads, keys, surroundings.tell)?;
    node.publish()?;
    Ok(Upgraded {
        events: done.events,
        resumed: done.resumed,
        old: done.old,
    })
}

/// Overwrites and removes what an upgrade left in clear. Gives whether there was anything.
///
/// # Errors
/// When it cannot be removed.
pub fn confirm_upgrade(folder: &Path) -> Result<bool, NodeError> {
    let evidence = old_evidence(folder);
    let mut found = entente_store::confirm(folder)?;
    if evidence.is_dir() {
        found = true;
        for entry in std::fs::read_dir(&evidence).map_err(failed(&evidence))? {
            let path = entry.map_err(failed(&evidence))?.path();
            entente_files::destroy(&path).map_err(failed(&path))?;
        }
        std::fs::remove_dir(&evidence).map_err(failed(&evidence))?;
    }
    Ok(found)
}

/// Gets the root key of a folder back from its copy. Gives where it stands now, and the keys with which it was opened.
pub(crate) fn recovered(
    folder: &Path,
    surroundings: Surroundings,
    replace: bool,
) -> Result<(PathBuf, Keys), NodeError> {
    entente_store::there(folder)?;
    let root = place(surroundings.heads.as_deref(), folder)?;
    let keys = Keys::new(folder, surroundings.passphrase);
    match Store::<Held>::inspect(folder, root.clone()) {
        Ok(_) => return Ok((root.file, keys)),
        Err(StoreError::OtherRoot(_)) if !replace => return Err(NodeError::OtherRoot(root.file)),
        Err(StoreError::NoRoot(_) | StoreError::BadRoot(_) | StoreError::OtherRoot(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let path = folder.join(COPY);
    let size = std::fs::metadata(&path).map_err(failed(&path))?.len();
    if size > MAX_COPY {
        return Err(StoreError::BadRoot(path).into());
    }
    let sealed = std::fs::read(&path).map_err(failed(&path))?;
    let copy = open_copy(&sealed, &*keys.get()?)?;
    let before = std::fs::read(&root.file).ok();
    if let Some(heads) = root.file.parent() {
        entente_files::create_folder(heads).map_err(failed(heads))?;
    }
    entente_files::write(&root.file, &copy).map_err(failed(&root.file))?;
    match Store::<Held>::inspect(folder, root.clone()) {
        Ok(_) => Ok((root.file, keys)),
        Err(error) => {
            if let Some(before) = before {
                entente_files::write(&root.file, &before).map_err(failed(&root.file))?;
            }
            Err(error.into())
        }
    }
}
