//! A party's node on the network: one process, one port, for people, partners and instruments.
//!
//! This is the one crate that is asynchronous. It finds out who asks, calls what the node and the desk offer, and renders
//! what they say; no rule about who may know what stands here. Behind it everything is synchronous.
//!
//! - [`Settings`]: one commented file, read again on `SIGHUP`.
//! - [`Host`]: the node with all that requests share.
//! - [`found`]: a first start, on which the party is made in a browser.
//! - [`serve`]: listens until it is told to stop.
//! - [`Accounts`]: what people sign in with.
//!
//! ```
//! use entente_serve::Settings;
//!
//! let settings = Settings::default();
//! settings.check()?;
//! assert!(settings.listen.ip().is_loopback(), "without a certificate, nobody else can read along");
//! # Ok::<(), entente_serve::SettingsError>(())
//! ```

mod api;
mod credentials;
mod downloading;
mod edge;
mod evening;
mod federation;
mod feeds;
mod fetch;
mod host;
mod introduction;
mod journal;
mod metrics;
mod notices;
mod pages;
mod partner;
mod persons;
mod reach;
mod server;
mod settings;
mod subscribing;
mod taxii;
mod tls;
mod traces;
mod whence;
#[cfg(test)]
mod worlds;

pub use credentials::{CredentialError, PinnedIssuer, person_of};
pub use downloading::{Download, Known, NoDownload, download};
pub use fetch::Unreached;
pub use host::Host;
pub use introduction::{Invitation, InvitationError, MAX_INVITATION};
pub use journal::{Journal, Level};
pub use pages::{Founded, Founding, Make, found};
pub use partner::{ByMail, Unreconciled, records_of};
pub use persons::{Access, Account, AccountError, Accounts, Bound, CodeUse, Login, Scope, Token, Way, Ways, sign_in};
pub use reach::{Network, NoNetwork};
pub use server::{Interruption, Reread, ServeError, serve};
pub use settings::{EXAMPLE, Mail, NoticeSettings, Provider, Sessions, Settings, SettingsError, Tls};
pub use subscribing::{
    FeedError, Kind, Polled, Subscription, change as change_subscriptions, poll, push, subscriptions,
};
pub use traces::TraceSettings;
