//! Why a command was not carried out, and what to do.

use crate::decide::NotFound;
use crate::ids::{PartyPath, PersonId, PortionId, ReportId};

/// Why a command was not carried out, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Something named in the command is not there.
    #[error("there is no {what} `{name}`; {remedy}")]
    Missing {
        /// The kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A report or portion is not there.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The name is taken.
    #[error("the {what} `{name}` exists already; {remedy}")]
    Exists {
        /// The kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
        /// What to do.
        remedy: &'static str,
    },
    /// Nobody here, or nobody there, may do this.
    #[error("{who} may not {what}: {why}")]
    NotEntitled {
        /// Who tried.
        who: String,
        /// What.
        what: &'static str,
        /// Why not, and who could.
        why: String,
    },
    /// No role of whoever is signed in includes it.
    #[error("{who} may not do this: {why}")]
    NotInRole {
        /// Who tried.
        who: PersonId,
        /// What, as the table of roles calls it.
        act: &'static str,
        /// Which roles do.
        why: String,
    },
    /// Someone would work with a portion that they may not know.
    #[error(
        "{who} may not know {report}/{portion}; name a reviewer who may, and what they read it for where the arrangement asks"
    )]
    MayNotKnow {
        /// Who.
        who: PersonId,
        /// The report.
        report: ReportId,
        /// The portion.
        portion: PortionId,
    },
    /// The version says nothing else than the one before.
    #[error("nothing changed: {report} v{version} says the same")]
    Unchanged {
        /// The report.
        report: ReportId,
        /// The version that is held.
        version: u32,
    },
    /// The same command under the same key again: nothing to do.
    #[error("this was done before under the same key; nothing was changed")]
    DoneBefore,
    /// Another command under a key that was used.
    #[error("this key was used for another command within a day; choose a fresh key for each command")]
    OtherCommand,
    /// The command makes no sense as things stand.
    #[error("{0}")]
    Invalid(String),
    /// The same file again: nothing to do.
    #[error("file `{id}` of {from} was taken in before; nothing was changed")]
    Repeated {
        /// The sender.
        from: PartyPath,
        /// The file's id.
        id: String,
    },
}

impl Refusal {
    pub(super) fn missing(what: &'static str, name: &(impl ToString + ?Sized), remedy: &'static str) -> Self {
        Self::Missing {
            what,
            name: name.to_string(),
            remedy,
        }
    }

    /// Whether it says that something is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Missing { .. } | Self::NotFound(_))
    }
}
