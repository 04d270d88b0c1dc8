//! Signing in without a browser: by whoever calls this crate, on its own thread.

use entente_core::PersonId;
use jiff::Timestamp;

use super::accounts::{AccountError, Accounts};
use super::password;

/// Whose name, password and digits these are. All is checked, in whatever way it fails; digits are used up only by whoever
/// knows the password.
///
/// # Errors
/// When the accounts cannot be read.
pub fn sign_in(
    accounts: &Accounts,
    name: &str,
    password: &str,
    digits: &str,
    now: Timestamp,
) -> Result<Option<PersonId>, AccountError> {
    let known = accounts.named(name)?;
    let kept = match &known {
        Some(account) => account.password.clone(),
        None => password::hash("nobody has this password")?,
    };
    let fits = password::fits(password, &kept) && known.is_some();
    let digits = fits && accounts.digits_fit(name, digits, now)?;
    Ok(known.map(|account| account.person).filter(|_| fits && digits))
}
