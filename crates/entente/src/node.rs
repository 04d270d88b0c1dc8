//! What a node needs of a person and the machine, as the command line has it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use entente_node::{ExposeSecret, Pinned, SecretString, Surroundings};
use entente_serve::{Settings, SettingsError};

use crate::failure::Failure;
use crate::output;
use crate::secret::{self, NEW_PASSPHRASE, PASSPHRASE};

/// Opens the node in a folder.
pub(crate) fn open(folder: &Path) -> Result<Pinned, Failure> {
    let node = Arc::new(entente_node::Node::open(folder, surroundings())?);
    crate::seat::opened(&node);
    Ok(entente_node::Node::pinned(&node))
}

/// What the command line hands in.
pub(crate) fn surroundings() -> Surroundings {
    Surroundings {
        heads: heads_folder(),
        passphrase: Box::new(|| passphrase(false).map_err(|failure| failure.message)),
        tell: Arc::new(|text| output::say(text)),
    }
}

/// Where kept checkpoints stand: the folder named by `ENTENTE_HEADS`, or the user's state folder.
fn heads_folder() -> Option<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("ENTENTE_HEADS")
        .or_else(|| set("XDG_STATE_HOME").map(|folder| folder.join("entente/heads")))
        .or_else(|| set("HOME").map(|folder| folder.join(".local/state/entente/heads")))
}

/// The passphrase; one that is chosen now locks something, so it is not empty.
pub(crate) fn passphrase(new: bool) -> Result<SecretString, Failure> {
    if !new {
        return PASSPHRASE.get();
    }
    let secret = PASSPHRASE.chosen()?;
    match secret.expose_secret().trim().is_empty() {
        true => Err(entente_seal::KeyError::NoPassphrase.into()),
        false => Ok(secret),
    }
}

/// The passphrase that takes the place of the present one.
pub(crate) fn new_passphrase() -> Result<SecretString, Failure> {
    let fresh = NEW_PASSPHRASE.chosen()?;
    match fresh.expose_secret().is_empty() {
        true => Err(Failure::failed(
            "the new passphrase is empty: whoever has the key file could sign for the party; nothing was changed",
        )),
        false => Ok(fresh),
    }
}

/// The settings of the node in a data folder: those of the file named here or by `ENTENTE_SETTINGS`, or its `serve.toml`, with
/// what the service manager hands over.
///
/// # Errors
/// When they cannot be read.
pub(crate) fn settings(file: Option<&Path>, data: &Path) -> Result<Settings, SettingsError> {
    let set = std::env::var_os("ENTENTE_SETTINGS").filter(|value| !value.is_empty());
    let file = file.map(Path::to_owned).or_else(|| set.map(PathBuf::from));
    Settings::of(file.as_deref(), data, secret::credentials().as_deref())
}

/// What is true now, as the desk looks at it.
pub(crate) fn moment(node: &Pinned) -> entente_desk::Moment<'_> {
    entente_desk::Moment::of(node.state(), node.rules(), node.library()).with_lines(node.lines(), node.sorted())
}
