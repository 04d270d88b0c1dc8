//! The party's keys: unlocked once, when something is first signed or opened, and kept.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use entente_seal::{KeyPair, SecretString};
use jiff::Timestamp;

use crate::error::NodeError;

/// Asks for the passphrase, by whatever way a face has; its error is shown as it is.
pub type AskPassphrase = Box<dyn Fn() -> Result<SecretString, String> + Send + Sync>;

/// The file of keys, and the keys once they were unlocked.
pub(crate) struct Keys {
    file: PathBuf,
    ask: AskPassphrase,
    unlocked: Mutex<Option<Arc<KeyPair>>>,
}

impl Keys {
    pub(crate) fn new(folder: &Path, ask: AskPassphrase) -> Self {
        Self {
            file: folder.join("keys.age"),
            ask,
            unlocked: Mutex::new(None),
        }
    }

    /// The keys. Whoever comes while they are being unlocked waits, and nobody is asked twice.
    pub(crate) fn get(&self) -> Result<Arc<KeyPair>, NodeError> {
        let mut unlocked = self.unlocked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = &*unlocked {
            return Ok(keys.clone());
        }
        let keys = Arc::new(KeyPair::load(&self.file, self.passphrase()?)?);
        *unlocked = Some(keys.clone());
        Ok(keys)
    }

    /// Writes first keys, which need not be unlocked then.
    pub(crate) fn write(&self, keys: KeyPair, passphrase: SecretString, work: u8) -> Result<(), NodeError> {
        keys.save(&self.file, passphrase, work)?;
        *self.unlocked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(keys));
        Ok(())
    }

    /// New keys in place of these, under the same passphrase and at the same cost of guessing it. Where the keys in the file
    /// have followed those that are recorded already, that was interrupted, and they are it.
    pub(crate) fn rotate(&self, recorded: Option<&str>) -> Result<Arc<KeyPair>, NodeError> {
        let mut unlocked = self.unlocked.lock().unwrap_or_else(PoisonError::into_inner);
        let passphrase = self.passphrase()?;
        // Whatever was unlocked before: the passphrase has to fit, or the new keys would be locked by a slip.
        let held = KeyPair::load(&self.file, passphrase.clone())?;
        let fresh = match held.public().signing.first().map(String::as_str) == recorded {
            true => Arc::new(held.rotate(&Timestamp::now().to_string())?),
            false => Arc::new(held),
        };
        fresh.save(&self.file, passphrase, KeyPair::work_factor(&self.file)?)?;
        *unlocked = Some(fresh.clone());
        Ok(fresh)
    }

    /// Locks the keys with another passphrase.
    pub(crate) fn relock(&self, passphrase: SecretString, work: u8) -> Result<(), NodeError> {
        let mut unlocked = self.unlocked.lock().unwrap_or_else(PoisonError::into_inner);
        // Whatever was unlocked before: whoever changes the passphrase has to know it.
        let keys = Arc::new(KeyPair::load(&self.file, self.passphrase()?)?);
        keys.save(&self.file, passphrase, work)?;
        *unlocked = Some(keys);
        Ok(())
    }

    fn passphrase(&self) -> Result<SecretString, NodeError> {
        (self.ask)().map_err(NodeError::Passphrase)
    }
}
