//! Keys at rest, signatures and sealed files between parties.
//!
//! A party has a [`KeyPair`]: one key to sign with (Ed25519), one to be written to with (age, X25519). It is kept in a
//! file that is encrypted with a passphrase. Partners get its [`PublicKeys`] and compare the fingerprint by voice.
//!
//! What parties hand to each other is a sealed file ([`seal`], [`open`]): a clear header that says from whom and to whom,
//! signed together with the digest of the contents, which only the receiver can read, and whose size tells little.
//!
//! ```
//! use entente_seal::{Header, KeyPair, open, seal};
//!
//! let alice = KeyPair::generate("USA.CIA")?;
//! let bob = KeyPair::generate("GBR")?;
//! let header = Header {
//!     from: "USA.CIA".into(),
//!     to: "GBR".into(),
//!     id: "5f2c8a0e9b1d4c7f8e6a3b2c1d0e9f8a".into(),
//!     created: "2026-11-20T10:00:00Z".into(),
//!     kind: "delivery".into(),
//! };
//! let file = seal(&header, b"the report", &alice, &bob.public().recipient)?;
//! let opened = open(&file, &bob, |party| (party == "USA.CIA").then(|| alice.public().signing))?;
//! assert_eq!((opened.header, opened.payload.as_slice()), (header, b"the report".as_slice()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bundle;
mod keys;
mod rescue;
mod succession;

pub use age::secrecy::{ExposeSecret, SecretString};
pub use bundle::{
    FORMAT, Header, Known, MAX_BUNDLE, Opened, SealError, open, open_known, peek, seal, seal_succession, sealed_at,
};
pub use keys::{DEFAULT_WORK_FACTOR, KeyError, KeyPair, PublicKeys};
pub use rescue::{open_copy, seal_copy};
pub use succession::Statement;
