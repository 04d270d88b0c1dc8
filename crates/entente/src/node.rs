//! What a node needs of a person and the machine, as the command line has it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use entente_node::{ExposeSecret, Pinned, SecretString, Surroundings};

use crate::failure::Failure;
use crate::output;

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

/// The passphrase: from the environment, from a file, or asked for. Never from a flag.
pub(crate) fn passphrase(new: bool) -> Result<SecretString, Failure> {
    let secret = given("ENTENTE_PASSPHRASE", "ENTENTE_PASSPHRASE_FILE", "passphrase: ", new)?;
    match new && secret.expose_secret().trim().is_empty() {
        true => Err(entente_seal::KeyError::NoPassphrase.into()),
        false => Ok(secret),
    }
}

/// The passphrase that takes the place of the present one: from `ENTENTE_NEW_PASSPHRASE_FILE`, `ENTENTE_NEW_PASSPHRASE`, or
/// asked for twice.
pub(crate) fn new_passphrase() -> Result<SecretString, Failure> {
    let fresh = given(
        "ENTENTE_NEW_PASSPHRASE",
        "ENTENTE_NEW_PASSPHRASE_FILE",
        "new passphrase: ",
        true,
    )?;
    match fresh.expose_secret().is_empty() {
        true => Err(Failure::failed(
            "the new passphrase is empty: whoever has the key file could sign for the party; nothing was changed",
        )),
        false => Ok(fresh),
    }
}

pub(crate) fn given(variable: &str, file: &str, prompt: &str, new: bool) -> Result<SecretString, Failure> {
    if let Ok(text) = std::env::var(variable) {
        return Ok(SecretString::from(text));
    }
    let credential = || Some(PathBuf::from(std::env::var_os("CREDENTIALS_DIRECTORY")?).join("passphrase"));
    let named = std::env::var_os(file).map(PathBuf::from);
    if let Some(path) = named.or_else(|| credential().filter(|path| !new && path.exists())) {
        let text =
            std::fs::read_to_string(&path).map_err(|error| Failure::failed(format!("{}: {error}", path.display())))?;
        return Ok(SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned()));
    }
    let asked = |prompt: &str| {
        rpassword::prompt_password(prompt).map_err(|_| {
            Failure::failed(format!(
                "a passphrase is needed, and there is no terminal to ask on; set {file} to a file that holds it, or {variable}"
            ))
        })
    };
    let first = asked(prompt)?;
    if new && first != asked("the same again: ")? {
        return Err(Failure::failed("the two passphrases differ; nothing was changed"));
    }
    Ok(SecretString::from(first))
}

/// What is true now, as the desk looks at it.
pub(crate) fn moment(node: &Pinned) -> entente_desk::Moment<'_> {
    entente_desk::Moment::of(node.state(), node.rules(), node.library())
}
