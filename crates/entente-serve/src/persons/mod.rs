//! Who is at the keyboard: accounts, what proves them, and how long that lasts.

mod accounts;
mod backoff;
mod codes;
mod login;
mod password;
mod sessions;
mod totp;

pub use accounts::{Account, AccountError, Accounts, CodeUse, Login, Scope, Token};
pub(crate) use backoff::Backoff;
pub(crate) use codes::{code, hex, kept, kept_exactly, unhex};
pub use login::sign_in;
pub(crate) use password::{MIN_PASSWORD, Passwords};
pub(crate) use sessions::{Session, Sessions};
pub(crate) use totp::Totp;
