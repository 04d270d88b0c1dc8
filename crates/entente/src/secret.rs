//! Secrets of a person: from the environment, from a file, from the service manager, or asked for. Never from a flag.

use std::path::{Path, PathBuf};

use entente_node::{ExposeSecret, SecretString};

use crate::failure::Failure;

/// Where a secret comes from, in this order; whatever is not there is passed over.
#[derive(Debug)]
pub(crate) struct Secret {
    /// The environment variable that is it.
    variable: &'static str,
    /// The environment variable that names a file with it.
    file: &'static str,
    /// What the service manager calls it: a file of this name in `$CREDENTIALS_DIRECTORY` (systemd.exec(5), Credentials).
    credential: Option<&'static str>,
    /// How a person at a terminal is asked for it.
    prompt: &'static str,
}

/// What locks the party's keys.
pub(crate) const PASSPHRASE: Secret = Secret {
    variable: "ENTENTE_PASSPHRASE",
    file: "ENTENTE_PASSPHRASE_FILE",
    credential: Some("passphrase"),
    prompt: "passphrase: ",
};

/// What is to lock them from now on.
pub(crate) const NEW_PASSPHRASE: Secret = Secret {
    variable: "ENTENTE_NEW_PASSPHRASE",
    file: "ENTENTE_NEW_PASSPHRASE_FILE",
    credential: None,
    prompt: "new passphrase: ",
};

/// What a person signs in with.
pub(crate) const PASSWORD: Secret = Secret {
    variable: "ENTENTE_PASSWORD",
    file: "ENTENTE_PASSWORD_FILE",
    credential: None,
    prompt: "password: ",
};

/// What the person's telephone shows.
pub(crate) const DIGITS: Secret = Secret {
    variable: "ENTENTE_DIGITS",
    file: "ENTENTE_DIGITS_FILE",
    credential: None,
    prompt: "digits of the telephone: ",
};

/// The folder with what the service manager hands over.
pub(crate) fn credentials() -> Option<PathBuf> {
    std::env::var_os("CREDENTIALS_DIRECTORY")
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

impl Secret {
    /// The secret as it stands.
    ///
    /// # Errors
    /// When a file cannot be read or is open to others, or there is nobody to ask.
    pub(crate) fn get(&self) -> Result<SecretString, Failure> {
        match self.given()? {
            Some(secret) => Ok(secret),
            None => self.asked(self.prompt),
        }
    }

    /// A new secret: whoever types it, types it twice.
    ///
    /// # Errors
    /// As for [`Self::get`], and when the two differ.
    pub(crate) fn chosen(&self) -> Result<SecretString, Failure> {
        if let Some(secret) = self.given()? {
            return Ok(secret);
        }
        let first = self.asked(self.prompt)?;
        match first.expose_secret() == self.asked("the same again: ")?.expose_secret() {
            true => Ok(first),
            false => Err(Failure::failed("the two passphrases differ; nothing was changed")),
        }
    }

    /// The secret without asking anybody.
    fn given(&self) -> Result<Option<SecretString>, Failure> {
        if let Ok(text) = std::env::var(self.variable) {
            return Ok(Some(SecretString::from(text)));
        }
        let handed_over = || Some(credentials()?.join(self.credential?)).filter(|path| path.exists());
        let named = std::env::var_os(self.file).map(PathBuf::from);
        named.or_else(handed_over).map(|path| read(&path)).transpose()
    }

    fn asked(&self, prompt: &str) -> Result<SecretString, Failure> {
        let typed = rpassword::prompt_password(prompt).map_err(|_| {
            Failure::failed(format!(
                "a passphrase is needed, and there is no terminal to ask on; set {} to a file that holds it, or {}",
                self.file, self.variable
            ))
        })?;
        Ok(SecretString::from(typed))
    }
}

/// A file that holds a secret and nothing else; the end of its line is not part of it.
fn read(path: &Path) -> Result<SecretString, Failure> {
    let text =
        entente_files::read_secret(path).map_err(|error| Failure::failed(format!("{}: {error}", path.display())))?;
    let text = SecretString::from(text);
    Ok(SecretString::from(
        text.expose_secret().trim_end_matches(['\r', '\n']).to_owned(),
    ))
}
