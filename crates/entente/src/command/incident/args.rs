//! What the commands about a case take.

use clap::ValueEnum;
use entente_core::PersonId;
use entente_core::incident::{Compromise, Relabel, Stage};

/// Who acts: a member of the case.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct By {
    /// Who records it: a member of the case.
    #[arg(long, value_name = "PERSON")]
    pub(crate) by: PersonId,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum CompromiseArg {
    /// It is known to those who must not know it.
    Yes,
    /// It is not.
    No,
    /// It has to be taken as known.
    Probable,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RelabelArg {
    /// It stays.
    Keep,
    /// It changes.
    Modify,
    /// It is lowered.
    Downgrade,
}

pub(super) fn stage(text: &str) -> Result<Stage, String> {
    let known = Stage::ALL.iter().find(|stage| stage.id() == text);
    known.copied().ok_or_else(|| {
        let all: Vec<&str> = Stage::ALL.iter().map(|stage| stage.id()).collect();
        format!("the stages are {}", all.join(", "))
    })
}

pub(super) fn clock(text: &str) -> Result<(Stage, u32), String> {
    let (name, hours) = text.split_once('=').ok_or("write STAGE=HOURS, as in notify=12")?;
    let hours = hours.parse().map_err(|_| format!("`{hours}` is no number of hours"))?;
    Ok((stage(name)?, hours))
}

impl From<CompromiseArg> for Compromise {
    fn from(given: CompromiseArg) -> Self {
        match given {
            CompromiseArg::Yes => Self::Yes,
            CompromiseArg::No => Self::No,
            CompromiseArg::Probable => Self::Probable,
        }
    }
}

impl From<RelabelArg> for Relabel {
    fn from(given: RelabelArg) -> Self {
        match given {
            RelabelArg::Keep => Self::Keep,
            RelabelArg::Modify => Self::Modify,
            RelabelArg::Downgrade => Self::Downgrade,
        }
    }
}
