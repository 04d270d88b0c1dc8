//! `arrangement`: the terms under which parties share.

use std::path::PathBuf;

use clap::Subcommand;
use entente_core::{Arrangement, ArrangementId, ArrangementStatus, Command, PartyPath};

use super::{Global, exchange};
use crate::failure::{Exit, Failure};
use crate::{input, output};

/// `entente arrangement`.
#[derive(Debug, Subcommand)]
pub(crate) enum ArrangementCommand {
    /// Record an arrangement from a JSON file.
    Add {
        /// The file, or `-`.
        file: PathBuf,
    },
    /// List the arrangements.
    List,
    /// Show an arrangement's terms.
    Show {
        /// Its id.
        id: ArrangementId,
    },
    /// Suspend it: nothing under it is released while it is suspended.
    Suspend {
        /// Its id.
        id: ArrangementId,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Resume it.
    Resume {
        /// Its id.
        id: ArrangementId,
    },
    /// End it for good.
    End {
        /// Its id.
        id: ArrangementId,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

fn status(arrangement: &Arrangement) -> String {
    match &arrangement.status {
        ArrangementStatus::Active => "active".to_owned(),
        ArrangementStatus::Suspended { by, reason } => format!("suspended by {by}: {reason}"),
        ArrangementStatus::Ended { by, reason } => format!("ended by {by}: {reason}"),
    }
}

impl ArrangementCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        let home = node.home()?.clone();
        let (id, status_now) = match self {
            Self::Add { file } => {
                let arrangement: Arrangement = input::json(&file)?;
                node.submit(Command::SetArrangement(arrangement.clone()))?;
                output::either(global.json, &arrangement, || {
                    output::line(format!(
                        "arrangement {} is recorded: {}",
                        arrangement.id, arrangement.title
                    ));
                })?;
                return Ok(Exit::Done);
            }
            Self::List => {
                let all: Vec<&Arrangement> = node.state().arrangements.values().collect();
                let rows = all.iter().map(|arrangement| {
                    let parties: Vec<&str> = arrangement.parties.iter().map(PartyPath::as_str).collect();
                    vec![
                        arrangement.id.to_string(),
                        arrangement.title.clone(),
                        parties.join(" "),
                        status(arrangement),
                    ]
                });
                let rows = rows.collect();
                output::either(global.json, &all, || {
                    output::table(
                        &["arrangement", "title", "parties", "status"],
                        rows,
                        "no arrangements are recorded; record one with `entente arrangement add`",
                    );
                })?;
                return Ok(Exit::Done);
            }
            Self::Show { id } => {
                let found = node.state().arrangements.get(&id);
                let found = found.ok_or_else(|| {
                    Failure::not_found(format!(
                        "there is no arrangement {id}; `entente arrangement list` shows them"
                    ))
                })?;
                output::json(found)?;
                return Ok(Exit::Done);
            }
            Self::Suspend { id, reason } => (id, ArrangementStatus::Suspended { by: home, reason }),
            Self::Resume { id } => (id, ArrangementStatus::Active),
            Self::End { id, reason } => (id, ArrangementStatus::Ended { by: home, reason }),
        };
        node.submit(Command::SetArrangementStatus {
            id: id.clone(),
            status: status_now,
        })?;
        let stops: Vec<String> = node
            .state()
            .reports
            .values()
            .filter_map(|holding| holding.latest())
            .filter(|report| {
                report.portions.iter().any(|portion| {
                    portion
                        .lineage
                        .iter()
                        .any(|(_, origin)| origin.arrangements.contains(&id))
                })
            })
            .map(|report| format!("{} v{}", report.id, report.version))
            .collect();
        let sent = node.flush(&global.out())?;
        let now = node.state().arrangements.get(&id).map(status).unwrap_or_default();
        let value = serde_json::json!({ "arrangement": id, "status": now, "concerns": stops, "sent": sent });
        output::either(global.json, &value, || {
            output::line(format!("arrangement {id} is {now}"));
            output::line(format!(
                "reports under it: {}",
                if stops.is_empty() {
                    "none".to_owned()
                } else {
                    stops.join(", ")
                }
            ));
            exchange::say_sent(&sent);
        })?;
        Ok(Exit::Done)
    }
}
