//! `store`: what an operator does with the data folder.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use entente_core::Command;
use entente_core::handle::{ReadNow, reread};
use entente_node::Node;
use serde_json::json;

use super::Global;
use crate::failure::{Exit, Failure};
use crate::node::surroundings;
use crate::{output, seat, words};

/// `entente store`.
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Rebuild the state from the events and compare; check every event, text and piece of evidence against the ledger.
    /// Exit 6 on differences.
    Check,
    /// Write the state anew from the events.
    Rebuild,
    /// Seal the texts of a folder of the first release. The old file stays until `--confirm`. With `--marks`: read the marks of
    /// what is held again, as this program reads them.
    Upgrade {
        /// Overwrite and remove what the upgrade left in clear: the old file, and evidence.
        #[arg(long)]
        confirm: bool,
        /// Show every held portion whose mark this program reads otherwise than it is stored. Nothing is changed without `--commit`.
        #[arg(long, conflicts_with = "confirm")]
        marks: bool,
        /// Record what is read more strictly, or understood at last; what is read less strictly stays as it was.
        #[arg(long, requires = "marks")]
        commit: bool,
    },
    /// Copy the node into a folder, with everything that is needed to restore it but the passphrase.
    Backup {
        /// Where; a folder that is empty or not there yet. Without it, list the backups that are known.
        folder: Option<PathBuf>,
        /// Until when it is kept: a purge names it with this.
        #[arg(long, value_name = "DATE")]
        until: Option<String>,
        /// It is gone: a purge names it no longer.
        #[arg(long, requires = "folder", conflicts_with = "until")]
        gone: bool,
    },
    /// Put a backup back into the data folder, which must be empty or not there. What was purged since is purged again first.
    Restore {
        /// The backup.
        backup: PathBuf,
        /// Also where the root key of a newer state of this folder would be lost.
        #[arg(long)]
        replace: bool,
    },
    /// Move what the node holds to a PostgreSQL database, or back into the data folder: everything as it is sealed, compared event
    /// by event before the folder names its new place. Stop every node of it first.
    Move {
        /// The database, `postgresql://USER@HOST/DATABASE`.
        #[arg(required_unless_present = "back", conflicts_with = "back")]
        to: Option<String>,
        /// Back into the data folder.
        #[arg(long)]
        back: bool,
    },
    /// Write everything that is held as files in the clear, a JSON document each: state, events and evidence.
    Export {
        /// Where; a folder that is empty or not there yet.
        folder: PathBuf,
    },
    /// Get the root key of the texts back from its copy in the folder, with the passphrase.
    Recover {
        /// Also where the root key of a newer state of this folder would be lost.
        #[arg(long)]
        replace: bool,
    },
}

impl StoreCommand {
    /// Whether a running node carries it out; what looks at or mends the folder itself is done here.
    pub(crate) fn is_for_a_node(&self) -> bool {
        matches!(
            self,
            Self::Backup { .. } | Self::Export { .. } | Self::Upgrade { marks: true, .. }
        )
    }

    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self {
            Self::Check => check(global),
            Self::Rebuild => {
                Node::inspect(&global.data, surroundings().heads.as_deref())?.rebuild()?;
                output::say("the state was written anew from the events");
                Ok(Exit::Done)
            }
            Self::Upgrade {
                marks: true, commit, ..
            } => marks(global, commit),
            Self::Upgrade { confirm: true, .. } => {
                let found = entente_node::confirm_upgrade(&global.data)?;
                output::either(global.json, &json!({ "removed": found }), || {
                    output::line(match found {
                        true => "what stood in clear was overwritten and removed",
                        false => "nothing stands in clear: there was nothing to remove",
                    });
                })?;
                Ok(Exit::Done)
            }
            Self::Upgrade { confirm: false, .. } => upgrade(global),
            Self::Backup {
                folder: Some(folder),
                gone: true,
                ..
            } => gone(global, &folder),
            Self::Backup {
                folder: Some(folder),
                until,
                ..
            } => backup(global, &folder, until),
            Self::Backup { folder: None, .. } => backups(global),
            Self::Move { to, .. } => moved(global, to.as_deref()),
            Self::Restore { backup, replace } => restore(global, &backup, replace),
            Self::Export { folder } => export(global, &folder),
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

fn backup(global: &Global, folder: &Path, until: Option<String>) -> Result<Exit, Failure> {
    let made = global.node()?.node().backup(&seat::path(folder), until)?;
    output::either(global.json, &made, || {
        output::line(format!("{} events are in {}", made.events, made.place.display()));
        output::line("it opens with the passphrase of today; keep the folder of kept checkpoints apart from it");
        if made.until.is_none() {
            output::say("no end was stated: until it is said to be gone, every purge names it");
        }
    })?;
    Ok(Exit::Done)
}

fn backups(global: &Global) -> Result<Exit, Failure> {
    let known = global.node()?.node().backups()?;
    output::either(global.json, &known, || {
        let rows = known.iter().map(|backup| {
            vec![
                words::moment(backup.made),
                backup.place.display().to_string(),
                backup.until.clone().unwrap_or_default(),
                backup.events.to_string(),
            ]
        });
        let rows = rows.collect();
        output::table(&["made", "place", "until", "events"], rows, "no backup is known");
    })?;
    Ok(Exit::Done)
}

fn gone(global: &Global, folder: &Path) -> Result<Exit, Failure> {
    let known = global.node()?.node().backup_gone(&seat::path(folder))?;
    output::either(global.json, &json!({ "known": known }), || {
        output::line(match known {
            true => "no purge names it any more",
            false => "no backup was known in this place; `entente store backup` lists them",
        });
    })?;
    Ok(if known { Exit::Done } else { Exit::NotFound })
}

fn restore(global: &Global, backup: &Path, replace: bool) -> Result<Exit, Failure> {
    let done = entente_node::restore(backup, &global.data, surroundings(), replace)?;
    let behind = done.signed > done.events.saturating_sub(done.purged as u64);
    let value = json!({
        "events": done.events, "signed": done.signed, "purged": done.purged, "behind": behind,
    });
    output::either(global.json, &value, || {
        output::line(format!("{} events are back in {}", done.events, global.data.display()));
        if done.purged > 0 {
            output::line(format!(
                "{} purges since then were carried out again before anything else",
                done.purged
            ));
        }
        if behind {
            output::line(format!(
                "this copy is older than what was signed, {} entries: it can be read, and signs nothing",
                done.signed
            ));
            output::line(
                "to go on, restore a newer backup; without one, see docs/emergency-key-lost.md for setting up anew, and tell \
                 partners which entries are lost",
            );
        }
    })?;
    Ok(Exit::Done)
}

fn export(global: &Global, folder: &Path) -> Result<Exit, Failure> {
    let done = global.node()?.node().export(&seat::path(folder))?;
    output::either(global.json, &done, || {
        output::line(format!(
            "{} events and {} pieces of evidence are in {}, in clear",
            done.events,
            done.evidence,
            folder.display()
        ));
    })?;
    Ok(Exit::Done)
}

fn moved(global: &Global, to: Option<&str>) -> Result<Exit, Failure> {
    let bar = output::progress(0, "comparing");
    let done = entente_node::moved(&global.data, &surroundings(), to, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    let value = json!({ "events": done.events, "left": done.left });
    output::either(global.json, &value, || {
        output::line(format!(
            "{} were moved, and are the same there",
            words::count(usize::try_from(done.events).unwrap_or(usize::MAX), "event")
        ));
        output::line(format!(
            "nothing uses {} any more: remove it once you have made a backup of the new place",
            done.left
        ));
    })?;
    Ok(Exit::Done)
}

/// Marks that this program reads otherwise than they are stored.
fn marks(global: &Global, commit: bool) -> Result<Exit, Failure> {
    let mut node = global.node()?;
    let found = reread(node.state(), node.schemes());
    let changes = found.iter().filter(|found| found.now != ReadNow::LessStrict).count();
    let recorded = commit && changes > 0;
    if recorded {
        node.submit(Command::ReadMarksAgain)?;
    }
    let value = json!({ "marks": found, "changes": changes, "recorded": recorded });
    output::either(global.json, &value, || {
        for found in &found {
            output::line(format!("{} {}: {}", found.portion, found.mark, found.now));
        }
        output::line(match (changes, recorded) {
            (0, _) => "every mark is stored at least as strictly as this program reads it".to_owned(),
            (many, true) => format!("{} recorded", words::count(many, "change")),
            (many, false) => format!(
                "{}; record {} with `entente store upgrade --marks --commit`",
                words::count(many, "change"),
                if many == 1 { "it" } else { "them" }
            ),
        });
    })?;
    Ok(Exit::Done)
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
