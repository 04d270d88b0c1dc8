//! `passphrase`: what locks the party's keys.

use clap::Subcommand;
use entente_seal::DEFAULT_WORK_FACTOR;
use serde_json::json;

use super::Global;
use crate::failure::{Exit, Failure};
use crate::node::new_passphrase;
use crate::output;

/// `entente passphrase`.
#[derive(Debug, Subcommand)]
pub(crate) enum PassphraseCommand {
    /// Lock the keys with another passphrase. The new one is asked for twice, or read from `ENTENTE_NEW_PASSPHRASE_FILE`.
    /// Backups made before still open with the old one.
    Change {
        /// How hard it is to guess the passphrase: powers of two of work; below 15 only for trials.
        #[arg(long, default_value_t = DEFAULT_WORK_FACTOR, value_parser = clap::value_parser!(u8).range(1..=22))]
        work_factor: u8,
    },
}

impl PassphraseCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let Self::Change { work_factor } = self;
        let node = global.node()?;
        // The old one first: whoever does not know it is not asked for a new one.
        node.keys()?;
        node.node().change_passphrase(new_passphrase()?, work_factor)?;
        let backups = node.node().backups()?;
        output::either(
            global.json,
            &json!({ "changed": true, "older_backups": backups }),
            || {
                output::line("the keys are locked with the new passphrase");
                for backup in &backups {
                    output::line(format!("    {} still opens with the old one", backup.place.display()));
                }
            },
        )?;
        Ok(Exit::Done)
    }
}
