//! Passwords (argon2id, 19 MiB, two passes), two at once and no more, so that nobody can use up the memory.

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::accounts::AccountError;
use crate::host::aside;

/// The shortest password: long enough that three words do, as every length of sense is allowed.
pub(crate) const MIN_PASSWORD: usize = 12;
/// The longest: nobody types more, and hashing it takes time.
const MAX_PASSWORD: usize = 1024;
/// Kibibytes, passes, lanes.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// Hashes and compares.
#[derive(Debug)]
pub(crate) struct Passwords {
    turns: Semaphore,
    /// Compared where the name is unknown, so that the time does not tell.
    nobody: String,
}

fn argon2() -> Result<Argon2<'static>, AccountError> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(|error| AccountError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

pub(super) fn hash(password: &str) -> Result<String, AccountError> {
    let failed = |error: argon2::password_hash::Error| AccountError::Hash(error.to_string());
    let mut salt = [0u8; 16];
    getrandom::fill(&mut salt).map_err(|error| AccountError::Hash(error.to_string()))?;
    let salt = SaltString::encode_b64(&salt).map_err(failed)?;
    Ok(argon2()?
        .hash_password(password.as_bytes(), &salt)
        .map_err(failed)?
        .to_string())
}

pub(super) fn fits(password: &str, kept: &str) -> bool {
    let compare = || {
        let kept = PasswordHash::new(kept).ok()?;
        argon2().ok()?.verify_password(password.as_bytes(), &kept).ok()
    };
    compare().is_some()
}

impl Passwords {
    /// Ready to compare.
    pub(crate) fn new() -> Result<Self, AccountError> {
        Ok(Self {
            turns: Semaphore::new(2),
            nobody: hash("nobody has this password")?,
        })
    }

    /// What is kept of a password.
    pub(crate) async fn keep(&self, password: String) -> Result<String, AccountError> {
        if password.chars().count() < MIN_PASSWORD || password.len() > MAX_PASSWORD {
            return Err(AccountError::Length);
        }
        let _turn = self.turns.acquire().await;
        aside(move || hash(&password)).await.map_err(|_| AccountError::Length)?
    }

    /// Whether a password is the one that is kept; for nobody, it never is, and takes as long.
    pub(crate) async fn fits(&self, password: String, kept: Option<String>) -> bool {
        let known = kept.is_some();
        let kept = kept.unwrap_or_else(|| self.nobody.clone());
        let _turn = self.turns.acquire().await;
        let fits = aside(move || password.len() <= MAX_PASSWORD && fits(&password, &kept)).await;
        known && fits.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_password_names_its_cost_and_fits_itself_only() {
        let kept = hash("correct horse battery").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(fits("correct horse battery", &kept));
        assert!(!fits("correct horse batterz", &kept) && !fits("", &kept) && !fits("x", "no hash"));
    }
}
