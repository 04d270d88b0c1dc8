//! One party at work: what is true now, what is submitted, what leaves and what comes in.
//!
//! A [`Node`] is shared by all that a party does: everything is done through `&self`, from any thread. What is true is an
//! immutable [`Moment`], swapped whole once the commit that led to it is durable, so that whoever reads never waits for
//! whoever writes. One command, or one request, works with [`Pinned`]: the node together with one moment, which stays as it
//! is until the command itself submits something.
//!
//! This crate says nothing to anybody and looks into no environment: what has to be asked of a person or the machine comes
//! with [`Surroundings`], what went wrong is a [`NodeError`], and what has to wait is in what is returned.
//!
//! ```
//! use std::sync::Arc;
//! use entente_core::{Command, Party};
//! use entente_node::{KeyPair, Node, SecretString, Surroundings};
//!
//! let place = tempfile::tempdir()?;
//! let surroundings = Surroundings {
//!     heads: Some(place.path().join("heads")),
//!     passphrase: Box::new(|| Ok(SecretString::from("correct horse"))),
//!     tell: Arc::new(|text| eprintln!("{text}")),
//! };
//! let keys = KeyPair::generate("CERT-PL")?;
//! let founded = Party {
//!     path: "CERT-PL".parse()?,
//!     name: "CERT Polska".to_owned(),
//!     client_of: Default::default(),
//!     signing_keys: keys.public().signing,
//!     recipient: Some(keys.public().recipient),
//! };
//! let node = Node::create(
//!     &place.path().join("data"),
//!     Command::Found(founded.clone()),
//!     keys,
//!     (SecretString::from("correct horse"), 2),
//!     surroundings,
//! )?;
//! let node = Arc::new(node);
//!
//! // Somebody reads while somebody else writes.
//! let reader = Node::pinned(&node);
//! let mut writer = Node::pinned(&node);
//! writer.submit(Command::SetParty(Party { path: "CERT-DE".parse()?, ..founded }))?;
//! assert_eq!(writer.state().parties.len(), 2);
//! assert_eq!(reader.state().parties.len(), 1, "a pinned moment stays as it is");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod asking;
mod assure;
mod backup;
mod error;
mod held;
pub mod keyring;
mod keys;
mod ledger;
mod moment;
mod network;
mod node;
mod pinned;
mod post;
mod refused;
mod replay;
mod root;
mod shelf;
mod stock;
mod uploads;
mod witness;
mod writing;

pub use asking::{Answer, Asked, Question};
pub use backup::{Backup, Exported, Restored, recover, restore};
pub use entente_seal::{ExposeSecret, KeyPair, SecretString};
pub use error::NodeError;
pub use held::Held;
pub use keys::AskPassphrase;
pub use ledger::{moved, name_database};
pub use moment::Moment;
pub use network::{Answered, Came, Carried, MAX_MESSAGE, PartnerStanding, UNANSWERED};
pub use node::{Clock, Evidence, Node, Surroundings, check_rule, random_id};
pub use pinned::{Pinned, Planned};
pub use post::{Received, Sent, SentFile, Waiting};
pub use root::{Upgraded, confirm_upgrade, upgrade};
pub use stock::STOCK_LOOKED_AT;
pub use uploads::Piece;
pub use witness::{Witnessed, witness_key};
