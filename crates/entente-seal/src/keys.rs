//! A party's keys: made, kept, shown.

use std::path::{Path, PathBuf};

use age::secrecy::{ExposeSecret, SecretString};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::SigningKey;
use entente_ledger::{Kind, NoteSigner, Verifier};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::succession::Statement;

/// The cost of guessing a passphrase, as a power of two of scrypt rounds: about a second on a small machine.
pub const DEFAULT_WORK_FACTOR: u8 = 17;

/// The most work that a key file may ask for before it is taken for an attack on this machine.
const MAX_WORK_FACTOR: u8 = 22;

/// What can go wrong with keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The passphrase is wrong, or the file is not a key file.
    #[error("{} cannot be opened: the passphrase is wrong, or the file was changed", .0.display())]
    Locked(PathBuf),
    /// The file holds no keys.
    #[error("{} does not hold the keys of a party; restore it from a backup", .0.display())]
    Malformed(PathBuf),
    /// The file system failed.
    #[error("{}: {error}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// How.
        error: std::io::Error,
    },
    /// A party's name cannot stand in a key.
    #[error("`{0}` cannot name a key: names have no spaces and no `+`")]
    Name(String),
    /// A public key is not one.
    #[error("`{0}` is not a public key; ask the party for its keys again (`entente party export`)")]
    Public(String),
    /// A statement that a key follows another does not hold.
    #[error("the statement that a key follows another does not hold: {0}; ask the party for its keys again")]
    Succession(String),
    /// Keys without a passphrase are open to whoever has the file.
    #[error("the passphrase is empty: whoever has the key file could sign for the party; nothing was written")]
    NoPassphrase,
    /// The keys could not be encrypted.
    #[error("the keys could not be encrypted: {0}")]
    Encrypt(String),
}

/// A party's keys. Nothing of the secret half ever shows in `Debug` or errors.
pub struct KeyPair {
    party: String,
    signing: SigningKey,
    identity: age::x25519::Identity,
    /// Identities that were replaced: files sealed before can still be opened.
    former: Vec<age::x25519::Identity>,
    /// Signing keys that were replaced, as partners know them.
    former_signing: Vec<String>,
    /// How each key followed the one before, oldest first: statements signed with both.
    successions: Vec<String>,
    /// The key that was replaced last. It signs one thing more: the message that tells partners of the succession.
    outgoing: Option<SigningKey>,
}

impl std::fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyPair")
            .field("party", &self.party)
            .finish_non_exhaustive()
    }
}

/// What partners need: to verify this party's signatures, and to write to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeys {
    /// The party.
    pub party: String,
    /// Its signing keys as C2SP verifier keys, the current one first.
    pub signing: Vec<String>,
    /// The age recipient to encrypt to.
    pub recipient: String,
    /// How each signing key followed the one before, oldest first: statements signed with both.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successions: Vec<String>,
}

impl PublicKeys {
    /// A short form for comparing by voice: both sides must read the same.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new_with_prefix(b"entente/fingerprint/v1\0");
        hash.update(self.signing.first().map(String::as_bytes).unwrap_or_default());
        hash.update([0]);
        hash.update(self.recipient.as_bytes());
        let digest = hash.finalize();
        let groups: Vec<String> = digest
            .chunks(2)
            .take(6)
            .map(|pair| pair.iter().map(|byte| format!("{byte:02X}")).collect())
            .collect();
        groups.join(" ")
    }

    /// Whether somebody typed this fingerprint; spaces and capitals do not matter.
    pub fn is_confirmed_by(&self, typed: &str) -> bool {
        let plain = |text: &str| -> String {
            let digits = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
            digits.map(|c| c.to_ascii_uppercase()).collect()
        };
        plain(typed) == plain(&self.fingerprint())
    }

    /// Whether all keys are keys, and named after the party.
    ///
    /// # Errors
    /// Naming the key that is none.
    pub fn check(&self) -> Result<(), KeyError> {
        for key in &self.signing {
            let verifier = Verifier::parse(key).map_err(|_| KeyError::Public(key.clone()))?;
            if verifier.name() != self.party {
                return Err(KeyError::Public(key.clone()));
            }
        }
        if self.signing.is_empty() {
            return Err(KeyError::Public(String::new()));
        }
        let parsed: Result<age::x25519::Recipient, _> = self.recipient.parse();
        parsed.map(|_| ()).map_err(|_| KeyError::Public(self.recipient.clone()))
    }
}

/// The secret half as it stands in the encrypted file.
#[derive(Serialize, Deserialize)]
struct Stored {
    party: String,
    signing: String,
    identity: String,
    #[serde(default)]
    former: Vec<String>,
    #[serde(default)]
    former_signing: Vec<String>,
    #[serde(default)]
    successions: Vec<String>,
    #[serde(default)]
    outgoing: Option<String>,
}

impl Drop for Stored {
    fn drop(&mut self) {
        self.signing.zeroize();
        self.outgoing.zeroize();
        self.identity.zeroize();
        self.former.zeroize();
    }
}

impl KeyPair {
    /// New keys for a party, from the operating system's randomness.
    ///
    /// # Errors
    /// When the name cannot stand in a key.
    ///
    /// # Panics
    /// When the operating system has no randomness to give.
    pub fn generate(party: &str) -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0u8; 32]);
        getrandom::fill(seed.as_mut()).expect("the operating system gives randomness");
        let signing = SigningKey::from_bytes(&seed);
        NoteSigner::new(party, signing.clone()).map_err(|_| KeyError::Name(party.to_owned()))?;
        Ok(Self {
            party: party.to_owned(),
            signing,
            identity: age::x25519::Identity::generate(),
            former: Vec::new(),
            former_signing: Vec::new(),
            successions: Vec::new(),
            outgoing: None,
        })
    }

    /// New keys in place of these, with the old one's word for it. Files sealed to the old ones can still be opened.
    ///
    /// # Errors
    /// As for [`KeyPair::generate`].
    pub fn rotate(&self, at: &str) -> Result<Self, KeyError> {
        let mut fresh = Self::generate(&self.party)?;
        let (old, new) = (self.signer(), fresh.signer());
        let statement = Statement {
            party: self.party.clone(),
            from: old.verifier(Kind::Signature).vkey(),
            to: new.verifier(Kind::Signature).vkey(),
            recipient: fresh.public().recipient,
            at: at.to_owned(),
        };
        fresh.former_signing = self.public().signing;
        fresh.successions.clone_from(&self.successions);
        fresh.successions.push(statement.sign(&old, &new)?);
        fresh.former = self.identities().cloned().collect();
        fresh.outgoing = Some(self.signing.clone());
        Ok(fresh)
    }

    /// How the current key followed the one before; none where it is the first.
    pub fn succession(&self) -> Option<&str> {
        self.successions.last().map(String::as_str)
    }

    /// What signs the message about the last succession: partners who have not heard of it know only the key before.
    pub(crate) fn outgoing_signer(&self) -> NoteSigner {
        let outgoing = self.outgoing.clone();
        let signer = outgoing.and_then(|key| NoteSigner::new(&self.party, key).ok());
        signer.unwrap_or_else(|| self.signer())
    }

    /// The party.
    pub fn party(&self) -> &str {
        &self.party
    }

    /// What signs notes and checkpoints in the party's name.
    ///
    /// # Panics
    /// Never: the name was checked when the keys were made.
    pub fn signer(&self) -> NoteSigner {
        NoteSigner::new(&self.party, self.signing.clone()).expect("the name was checked when the keys were made")
    }

    /// The public half.
    pub fn public(&self) -> PublicKeys {
        let current = self.signer().verifier(Kind::Signature).vkey();
        PublicKeys {
            party: self.party.clone(),
            signing: std::iter::once(current)
                .chain(self.former_signing.iter().cloned())
                .collect(),
            recipient: self.identity.to_public().to_string(),
            successions: self.successions.clone(),
        }
    }

    pub(crate) fn identities(&self) -> impl Iterator<Item = &age::x25519::Identity> {
        std::iter::once(&self.identity).chain(&self.former)
    }

    /// Writes the keys, encrypted with a passphrase: whole and durable or not at all, readable by the owner only.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path, passphrase: SecretString, work_factor: u8) -> Result<(), KeyError> {
        if passphrase.expose_secret().trim().is_empty() {
            return Err(KeyError::NoPassphrase);
        }
        if !(1..=MAX_WORK_FACTOR).contains(&work_factor) {
            return Err(KeyError::Encrypt(format!(
                "the work factor goes from 1 to {MAX_WORK_FACTOR}, not {work_factor}"
            )));
        }
        let stored = Stored {
            party: self.party.clone(),
            signing: BASE64.encode(Zeroizing::new(self.signing.to_bytes()).as_slice()),
            identity: self.identity.to_string().expose_secret().to_owned(),
            former: self
                .former
                .iter()
                .map(|old| old.to_string().expose_secret().to_owned())
                .collect(),
            former_signing: self.former_signing.clone(),
            successions: self.successions.clone(),
            outgoing: (self.outgoing.as_ref()).map(|key| BASE64.encode(Zeroizing::new(key.to_bytes()).as_slice())),
        };
        let plain = serde_json::to_vec(&stored).map_err(|error| KeyError::Encrypt(error.to_string()))?;
        let plain = Zeroizing::new(plain);
        let mut recipient = age::scrypt::Recipient::new(passphrase);
        recipient.set_work_factor(work_factor);
        let bytes = age::encrypt(&recipient, &plain).map_err(|error| KeyError::Encrypt(error.to_string()))?;
        entente_files::write(path, &bytes).map_err(|error| KeyError::File {
            path: path.to_owned(),
            error,
        })
    }

    /// The work factor of a key file: what it costs to guess its passphrase.
    ///
    /// # Errors
    /// When the file cannot be read, or is not a key file.
    pub fn work_factor(path: &Path) -> Result<u8, KeyError> {
        let bytes = std::fs::read(path).map_err(|error| KeyError::File {
            path: path.to_owned(),
            error,
        })?;
        let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(512)).unwrap_or_default()).into_owned();
        let stanza = head.lines().find_map(|line| line.strip_prefix("-> scrypt "));
        let factor = stanza.and_then(|rest| rest.split(' ').nth(1)?.parse().ok());
        factor.ok_or_else(|| KeyError::Malformed(path.to_owned()))
    }

    /// Reads keys that [`KeyPair::save`] wrote.
    ///
    /// # Errors
    /// When the passphrase is wrong or the file is not a key file.
    pub fn load(path: &Path, passphrase: SecretString) -> Result<Self, KeyError> {
        let bytes = std::fs::read(path).map_err(|error| KeyError::File {
            path: path.to_owned(),
            error,
        })?;
        let mut identity = age::scrypt::Identity::new(passphrase);
        identity.set_max_work_factor(MAX_WORK_FACTOR);
        let plain = age::decrypt(&identity, &bytes).map_err(|_| KeyError::Locked(path.to_owned()))?;
        let plain = Zeroizing::new(plain);
        let malformed = || KeyError::Malformed(path.to_owned());
        let stored: Stored = serde_json::from_slice(&plain).map_err(|_| malformed())?;
        let signing = |text: &String| {
            let seed = Zeroizing::new(BASE64.decode(text).map_err(|_| malformed())?);
            let seed: &[u8; 32] = seed.as_slice().try_into().map_err(|_| malformed())?;
            Ok::<_, KeyError>(SigningKey::from_bytes(seed))
        };
        let identity = |text: &String| text.parse::<age::x25519::Identity>().map_err(|_| malformed());
        let keys = Self {
            party: stored.party.clone(),
            signing: signing(&stored.signing)?,
            identity: identity(&stored.identity)?,
            former: stored.former.iter().map(identity).collect::<Result<_, _>>()?,
            former_signing: stored.former_signing.clone(),
            successions: stored.successions.clone(),
            outgoing: stored.outgoing.as_ref().map(signing).transpose()?,
        };
        NoteSigner::new(&keys.party, keys.signing.clone()).map_err(|_| malformed())?;
        Ok(keys)
    }
}
