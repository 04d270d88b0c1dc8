//! `store`: what an operator does with the data folder.

use clap::Subcommand;
use entente_node::Node;
use serde_json::json;

use super::Global;
use crate::failure::{Exit, Failure};
use crate::node::surroundings;
use crate::output;

/// `entente store`.
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Rebuild the state from the events and compare; check every event, text and piece of evidence against the ledger.
    /// Exit 6 on differences.
    Check,
    /// Write the state anew from the events.
    Rebuild,
    /// Seal the texts of a folder of the first release. The old file stays until `--confirm`.
    Upgrade {
        /// Overwrite and remove what the upgrade left in clear: the old file, and evidence.
        #[arg(long)]
        confirm: bool,
    },
    /// Get the root key of the texts back from its copy in the folder, with the passphrase.
    Recover {
        /// Also where the root key of a newer state of this folder would be lost.
        #[arg(long)]
        replace: bool,
    },
}

impl StoreCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self {
            Self::Check => check(global),
            Self::Rebuild => {
                Node::inspect(&global.data, surroundings().heads.as_deref())?.rebuild()?;
                output::say("the state was written anew from the events");
                Ok(Exit::Done)
            }
            Self::Upgrade { confirm: true } => {
                let found = entente_node::confirm_upgrade(&global.data)?;
                output::either(global.json, &json!({ "removed": found }), || {
                    output::line(match found {
                        true => "what stood in clear was overwritten and removed",
                        false => "nothing stands in clear: there was nothing to remove",
                    });
                })?;
                Ok(Exit::Done)
            }
            Self::Upgrade { confirm: false } => upgrade(global),
            Self::Recover { replace } => {
                let root = entente_node::recover(&global.data, surroundings(), replace)?;
                output::either(global.json, &json!({ "root": root }), || {
                    output::line(format!("the root key of the texts is in {}", root.display()));
                })?;
                Ok(Exit::Done)
            }
        }
    }
}

fn check(global: &Global) -> Result<Exit, Failure> {
    let store = Node::inspect(&global.data, surroundings().heads.as_deref())?;
    let bar = output::progress(0, "checking");
    let differences = store.check(&mut |progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
    })?;
    bar.finish_and_clear();
    let ok = differences.is_empty();
    output::either(global.json, &json!({ "ok": ok, "differences": differences }), || {
        for difference in &differences {
            output::line(format!("{}: {}", difference.place, difference.problem));
        }
        output::line(if ok {
            "ok: events, state and ledger agree"
        } else {
            "they do not agree"
        });
    })?;
    Ok(if ok { Exit::Done } else { Exit::Tampered })
}

fn upgrade(global: &Global) -> Result<Exit, Failure> {
    let bar = output::progress(0, "sealing");
    let done = entente_node::upgrade(&global.data, surroundings(), &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    let value = json!({ "events": done.events, "resumed": done.resumed, "old": done.old });
    output::either(global.json, &value, || {
        output::line(format!("the texts of {} events are sealed", done.events));
        output::line(format!(
            "{} holds them in clear, in case something is amiss: when all is well, run `entente store upgrade --confirm`",
            done.old.display()
        ));
    })?;
    Ok(Exit::Done)
}
