//! Statements that one key of a party follows another, between signed text and value.

use entente_core::{KeysShown, PartyPath, Succession};
use entente_seal::{KeyError, PublicKeys, Statement};

use crate::error::NodeError;

/// Reads a signed statement and checks its signatures.
///
/// # Errors
/// When it is none, or the keys that it names did not sign it.
pub fn read(note: &str) -> Result<Succession, NodeError> {
    let statement = Statement::read(note)?;
    let moment = statement.at.parse();
    Ok(Succession {
        party: statement.party.parse()?,
        from: statement.from,
        to: statement.to,
        recipient: statement.recipient,
        at: moment.map_err(|_| KeyError::Succession("it names no moment".to_owned()))?,
        note: note.to_owned(),
    })
}

/// Whether a succession says what its signed statement says.
///
/// # Errors
/// When it does not, or that does not hold.
pub fn check(succession: &Succession) -> Result<(), NodeError> {
    match read(&succession.note)? == *succession {
        true => Ok(()),
        false => Err(KeyError::Succession(format!("what {} says is not what it signed", succession.party)).into()),
    }
}

/// The keys in a file that was exported, with the statements that lead to them.
///
/// # Errors
/// When a statement does not hold.
pub fn shown(keys: &PublicKeys, party: PartyPath, by_fingerprint: bool) -> Result<KeysShown, NodeError> {
    let successions = keys.successions.iter().map(|note| read(note));
    Ok(KeysShown {
        party,
        signing: keys.signing.first().cloned().unwrap_or_default(),
        recipient: keys.recipient.clone(),
        successions: successions.collect::<Result<_, _>>()?,
        by_fingerprint,
    })
}
