//! `arrangement export`, `consent export`: terms for the record of others, as ODRL.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use entente_core::ArrangementId;
use entente_desk::arrangements;
use entente_exchange::exporting::Receiver;
use entente_exchange::odrl::{self, NoPolicies, Policies};
use entente_node::Pinned;
use jiff::Timestamp;

use super::Global;
use super::export::receiver;
use super::import::losses;
use crate::failure::{Exit, Failure};
use crate::{node, output, words};

/// How terms are written for others.
#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    /// Who is to have it: a party, or a person, who gets what they may know.
    #[arg(long = "for", value_name = "PARTY|PERSON")]
    receiver: String,
    /// The format.
    #[arg(long = "as", value_name = "FORMAT", default_value = "odrl")]
    form: Form,
    /// What the person needs it for, where the arrangement or a marking asks.
    #[arg(long, value_name = "PURPOSE")]
    purpose: Option<String>,
    /// The file to write [default: standard output, with the table on standard error].
    #[arg(long, short = 'o', value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// ODRL 2.2 in JSON-LD, with the profile that `docs/odrl.md` describes.
    Odrl,
}

impl PolicyArgs {
    /// The terms of an arrangement.
    pub(super) fn arrangement(self, node: &Pinned, global: &Global, id: &ArrangementId) -> Result<Exit, Failure> {
        let terms = arrangements::known(node.state(), id)?;
        let to = self.receiver(node, global)?;
        let made = odrl::arrangement(terms, &to, Timestamp::now())?;
        self.say(global, &made)
    }

    /// Consents, all or those that are named.
    pub(super) fn consents(self, node: &Pinned, global: &Global, only: &[String]) -> Result<Exit, Failure> {
        let to = self.receiver(node, global)?;
        if node.actor().is_some() && matches!(to, Receiver::Party(_)) {
            let said = "what a party gave and was given is written for it by whoever has the passphrase: `entente logout` first, or \
                        name yourself with `--for`";
            return Err(Failure::new(Exit::Denied, said));
        }
        let made = odrl::consents(&node::moment(node), only, &to, Timestamp::now())?;
        self.say(global, &made)
    }

    /// Who is to have it; whoever is signed in writes for no other person.
    fn receiver(&self, node: &Pinned, global: &Global) -> Result<Receiver, Failure> {
        let to = receiver(&self.receiver, self.purpose.as_deref())?;
        if let Receiver::Person(person, _) = &to {
            global.viewer(node, Some(person.clone()))?;
        }
        Ok(to)
    }

    fn say(&self, global: &Global, made: &Policies) -> Result<Exit, Failure> {
        let Form::Odrl = self.form;
        let mut text = serde_json::to_string_pretty(&made.document).map_err(Failure::failed)?;
        text.push('\n');
        if let Some(path) = &self.output {
            output::file(path, text.as_bytes())?;
        }
        match (&self.output, global.json) {
            (_, true) => output::json(made)?,
            (None, false) => {
                output::bytes(text.as_bytes());
                for row in &made.table {
                    output::say(format!("{}: {}", row.what, row.became));
                }
            }
            (Some(path), false) => {
                let many = words::count(made.named.len(), "agreement");
                output::line(format!("{}: {many} for {}", path.display(), self.receiver));
                losses(&made.table);
            }
        }
        Ok(Exit::Done)
    }
}

impl From<NoPolicies> for Failure {
    fn from(error: NoPolicies) -> Self {
        match error {
            NoPolicies::NotBound { .. } => Self::new(Exit::Denied, error),
            NoPolicies::Missing(..) => Self::not_found(error.to_string()),
        }
    }
}
