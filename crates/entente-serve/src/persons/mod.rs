//! Who is at the keyboard: accounts, what proves them, and how long that lasts.

mod access;
mod accounts;
mod backoff;
mod bound;
mod codes;
mod login;
mod passkeys;
mod password;
mod remembered;
mod sessions;
mod totp;

pub use access::{Access, Way, Ways};
pub use accounts::{Account, AccountError, Accounts, CodeUse, Login, Scope, Token};
pub(crate) use backoff::Backoff;
pub use bound::Bound;
pub(crate) use codes::NoChance;
pub(crate) use codes::{code, hex, kept, kept_exactly, unhex};
pub use login::sign_in;
pub(crate) use passkeys::{NoPasskey, Questions, checks as passkey_checks, made as made_passkey};
pub(crate) use password::{MIN_PASSWORD, Passwords};
pub(crate) use sessions::{Session, Sessions};
pub(crate) use totp::Totp;
