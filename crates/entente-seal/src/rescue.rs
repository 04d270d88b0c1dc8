//! A copy of a secret for rescue: readable with the party's keys, which the passphrase opens.
//!
//! It can be renewed without the passphrase, since sealing takes the public half only.

use zeroize::Zeroizing;

use crate::bundle::SealError;
use crate::keys::KeyPair;

/// Seals a secret so that only whoever opens the party's keys can read it.
///
/// # Errors
/// When the recipient is not a key.
pub fn seal_copy(secret: &[u8], recipient: &str) -> Result<Vec<u8>, SealError> {
    let no_key = || SealError::Recipient(recipient.to_owned());
    let to: age::x25519::Recipient = recipient.parse().map_err(|_| no_key())?;
    age::encrypt(&to, secret).map_err(|_| no_key())
}

/// Opens what [`seal_copy`] sealed, also to keys that were replaced since.
///
/// # Errors
/// When it was sealed to other keys, or changed.
pub fn open_copy(sealed: &[u8], keys: &KeyPair) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let opened = keys
        .identities()
        .find_map(|identity| age::decrypt(identity, sealed).ok());
    opened
        .map(Zeroizing::new)
        .ok_or_else(|| SealError::Undecryptable(keys.party().to_owned()))
}
