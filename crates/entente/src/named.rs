//! How a report and an audience are named on the command line, the same everywhere.

use clap::Args;
use entente_core::{PersonId, ReportId};

use crate::command::credential::CredentialArgs;
use crate::failure::Failure;

/// A report, by its bare id.
#[derive(Clone, Debug, Args)]
#[group(multiple = false)]
pub(crate) struct ReportArg {
    /// The report.
    #[arg(value_name = "REPORT")]
    bare: Option<ReportId>,
    /// The same, as older scripts name it.
    #[arg(long = "report", value_name = "REPORT", hide = true)]
    named: Option<ReportId>,
}

impl ReportArg {
    /// Which report.
    pub(crate) fn id(&self) -> Result<ReportId, Failure> {
        let named = self.bare.as_ref().or(self.named.as_ref()).cloned();
        named.ok_or_else(|| {
            Failure::usage("say which report: its id comes first, as in `D-1`; `entente report list` shows the ids")
        })
    }
}

/// An audience: persons, a name or file that stands for some, or credentials.
#[derive(Clone, Debug, Args)]
pub(crate) struct AudienceArg {
    /// For whom: persons by their ids; may be given several times.
    #[arg(long, value_name = "PERSON", value_delimiter = ',')]
    to: Vec<PersonId>,
    /// For whom: the name of a defined audience, or a JSON file with ids or persons.
    #[arg(long, value_name = "FILE|NAME", conflicts_with = "to")]
    audience: Option<String>,
    #[command(flatten)]
    pub(crate) credentials: CredentialArgs,
}

impl AudienceArg {
    /// In one text: a name, a file, or ids between commas; none where only credentials are brought.
    pub(crate) fn text(&self) -> Result<Option<String>, Failure> {
        let ids: Vec<&str> = self.to.iter().map(PersonId::as_str).collect();
        match (&self.audience, ids.is_empty()) {
            (Some(name), _) => Ok(Some(name.clone())),
            (None, false) => Ok(Some(ids.join(","))),
            (None, true) if !self.credentials.is_empty() => Ok(None),
            (None, true) => Err(Failure::usage(
                "say for whom: `--to PARTY/person`, `--audience` with a name or a file, or `--credential` with a file",
            )),
        }
    }
}
