//! Assurance: what a party did with another's material, proved from its ledger, for the other to verify alone.
//!
//! [`Writing`] makes the file from the writer's records: every event of the ledger that concerns the receiver, with its proof
//! that it stands in the signed log. [`verify`] relies on keys alone, and compares with the receiver's own records where there
//! are some, so that silence on one side shows. [`page`] says in sentences what was verified, never the writer's word alone.
//!
//! ```
//! use entente_assurance::{Assurance, Trusted, page, verify};
//!
//! // Whatever cannot be proved is a finding, and nothing of it is shown.
//! let made: Assurance = serde_json::from_str(
//!     r#"{"format": "entente-assurance/v1", "by": "GBR.CAB", "for": "USA.SVC", "written": "2026-11-26T08:00:00Z",
//!         "banner": "SECRET", "checkpoint": "GBR.CAB/1\n0\n\n", "entries": [], "others": {}, "signature": ""}"#,
//! )?;
//! let checked = verify(&made, &Trusted { keys: &[], own: None, seen: None });
//! assert!(!checked.findings.is_empty());
//! assert!(page(&checked).markdown().contains("DO NOT RELY ON IT"));
//! # Ok::<(), serde_json::Error>(())
//! ```

mod checked;
mod compare;
mod file;
mod page;
mod say;
mod verify;
mod write;

use entente_core::PartyPath;

pub use checked::{Checked, Closed, Opened, Problem, Witness};
pub use file::Assurance;
pub use page::page;
pub use verify::{Trusted, verify};
pub use write::{Content, Records, Unread, Writing};

/// Why an assurance was not written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is for a party that the writer does not know.
    #[error("{0} is not known here")]
    Unknown(PartyPath),
    /// It is for the writer.
    #[error("{0} is this party itself; an assurance is for another")]
    Itself(PartyPath),
    /// The ledger never had this size.
    #[error(
        "the ledger has {size} entries, so it cannot continue one of {earlier}; name the size of an earlier assurance"
    )]
    NoSuchSize {
        /// How many entries it has.
        size: u64,
        /// How many it should have had.
        earlier: u64,
    },
    /// The writer's records cannot be read.
    #[error(transparent)]
    Records(Unread),
}

impl Error {
    fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Records(Box::new(error))
    }
}
