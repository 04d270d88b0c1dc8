//! Events, projections, outbox and ledger leaves, committed in one transaction.
//!
//! A [`Store`] keeps what happened (events), what is true now (a [`Projection`], stored as documents), what has still
//! to leave (the outbox) and what is provable (the ledger's leaves) in one SQLite database. All four are written in
//! one transaction, so none can exist without the others: no ledger append, no release.
//!
//! One thread writes. It takes all commands that are waiting into one transaction (group commit), and answers a
//! command only when its transaction is durable (`synchronous=FULL`).
//!
//! What keeps the bytes stands behind traits ([`EventLog`], [`Documents`], [`Outbox`], [`Texts`], in steps of a [`Provider`]).
//! [`Sqlite`] is one; another has to pass [`conformance`] unchanged.
//!
//! Nothing stands in clear: what is stored is sealed under a tree of keys whose root is a file of its own, outside the
//! folder. Each text that may have to be destroyed has a key of its own. An event that [`Projection::destroys`] texts
//! takes their keys away, and every key above them, before it is acknowledged; events go on naming them by salted
//! commitments, so that the ledger stays provable.
//!
//! ```
//! use entente_store::{Change, DocKey, Projection, Recorded, RootPlace, Store, Topic};
//! # use serde_json::Value;
//!
//! #[derive(Default)]
//! struct Count(u64);
//!
//! impl Projection for Count {
//!     type Event = u64;
//!     fn kind(_: &u64) -> &'static str { "added" }
//!     fn apply(&mut self, record: &Recorded<u64>) -> Vec<DocKey> {
//!         self.0 += record.event;
//!         vec![DocKey::new("count", "all")]
//!     }
//!     fn document(&self, _: &DocKey) -> Option<Value> { Some(self.0.into()) }
//!     fn restore(&mut self, _: &DocKey, value: Value) -> Result<(), String> {
//!         self.0 = value.as_u64().ok_or("not a number")?;
//!         Ok(())
//!     }
//!     // Numbers are no texts.
//!     fn topic(&self, _: &u64) -> Option<Topic> { None }
//!     fn is_wording(_: &[&str]) -> bool { false }
//!     fn destroys(_: &u64) -> Vec<Topic> { Vec::new() }
//!     fn letter_topic(_: &[u8]) -> Option<Topic> { None }
//!     fn attachments(_: &u64) -> Vec<String> { Vec::new() }
//!     fn upgraded(_: u64, _: String) -> u64 { 0 }
//!     fn is_upgrade(_: &u64) -> Option<(u64, &str)> { None }
//! }
//!
//! # let dir = tempfile::tempdir()?;
//! let store = Store::<Count>::create(&dir.path().join("data"), RootPlace::without_rescue(dir.path().join("root")))?;
//! let now = "2026-11-20T10:00:00Z".parse()?;
//! let receipt = store.submit(now, |count| match count.0 {
//!     0 => Ok(Change::events(vec![2, 3])),
//!     _ => Err("only once"),
//! })?;
//! assert_eq!(receipt.ledger_size, 2);
//! assert_eq!(store.read(|count| count.0)?, 5);
//! assert!(store.check(&mut |_| ())?.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod beside;
mod check;
pub mod conformance;
mod cut;
mod engine;
mod error;
mod folder;
mod inside;
mod key;
mod letters;
mod moving;
mod opening;
mod outbox;
mod postgres;
mod projection;
mod provider;
mod purge;
mod rows;
mod schema;
mod shelf;
mod sql;
mod sqlite;
mod store;
mod underway;
mod upgrade;
mod vault;
mod writer;

pub use check::{Difference, Progress};
pub use error::{StoreError, SubmitError};
pub use folder::Tell;
pub use moving::{Moved, moved};
pub use opening::{database_of, keep_in, there};
pub use outbox::{Left, Letter, Outgoing};
pub use postgres::{Address, Postgres, ServerError, ServerTiles};
pub use projection::{DocKey, Projection, Recorded, Topic};
pub use provider::{Documents, EventLog, Outbox, Provider, Shelf, Step, Texts};
pub use rows::StoredEvent;
pub use sqlite::Sqlite;
pub use store::{Follow, Opening, Store};
pub use underway::{UnderWay, under_way};
pub use upgrade::{Upgrade, Upgraded, confirm, unconfirmed, upgrade};
pub use vault::{Rescue, RootPlace};
pub use writer::{Attachment, Change, LOOSE, MAX_EVENT, Receipt};
