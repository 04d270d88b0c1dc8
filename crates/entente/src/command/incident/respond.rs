//! The plan of a case: shown, struck out line by line, and committed as one.

use std::collections::BTreeSet;

use entente_core::handle::{PlanLine, plan};
use entente_core::{Command, IncidentId, PersonId, RecallAction, RecallId};
use serde_json::json;

use crate::command::{Global, exchange};
use crate::failure::Failure;
use crate::{output, words};
use entente_node::{Pinned, random_id};

/// What is planned, and for whom.
pub(super) struct Plan {
    pub(super) id: IncidentId,
    pub(super) by: PersonId,
    pub(super) recall: Option<RecallAction>,
    pub(super) struck: BTreeSet<String>,
}

impl Plan {
    fn command(&self) -> Result<Command, Failure> {
        Ok(Command::RespondToIncident {
            incident: self.id.clone(),
            by: self.by.clone(),
            recall: self.recall.clone(),
            recall_id: RecallId::new(format!("rec-{}", random_id()))?,
            struck: self.struck.clone(),
        })
    }

    /// Shows the plan, and carries it out where that is wanted.
    pub(super) fn run(&self, node: &mut Pinned, global: &Global, commit: bool) -> Result<(), Failure> {
        let lines = {
            let exposure = node.exposure();
            plan(
                node.state(),
                &self.id,
                &self.by,
                self.recall.as_ref(),
                &node.context(&exposure),
            )
            .map_err(entente_node::NodeError::from)?
        };
        // What would be refused is refused before it is shown as a plan.
        if !lines.is_empty() {
            node.planned(self.command()?)?;
        }
        let sent = match commit {
            true => {
                node.submit(self.command()?)?;
                exchange::flush(node, global)?
            }
            false => Vec::new(),
        };
        let rows: Vec<_> = lines
            .iter()
            .map(|line| json!({ "name": line.name(), "struck": self.struck.contains(&line.name()), "line": line }))
            .collect();
        output::either(
            global.json,
            &json!({ "committed": commit, "plan": rows, "sent": sent }),
            || {
                self.say(&lines, commit);
                exchange::say_sent(&sent);
            },
        )
    }

    fn say(&self, lines: &[PlanLine], commit: bool) {
        for line in lines {
            let mark = match (self.struck.contains(&line.name()), commit) {
                (true, _) => "struck",
                (false, true) => "done",
                (false, false) => "will",
            };
            output::line(format!("{mark:7}{}: {}", line.name(), in_words(line)));
        }
        let recalls = lines.iter().any(|line| matches!(line, PlanLine::Recall { .. }));
        if commit && recalls {
            output::line("until a holder acknowledges a recall, it counts as unconfirmed there");
        }
        match (lines.is_empty(), commit) {
            (true, _) => output::line("nothing is left to be done: everything is on hold, and everyone is told"),
            (false, false) => output::line(
                "nothing is done yet: `--strike LINE` leaves a line out, `--recall ACTION` adds a recall, `--commit` does it",
            ),
            (false, true) => {}
        }
    }
}

fn in_words(line: &PlanLine) -> String {
    match line {
        PlanLine::Hold { report } => format!("put releases of {report} on hold"),
        PlanLine::Recall { report, action, from } => format!("recall {report} from {}: {action}", words::list(from)),
        PlanLine::Tell {
            party,
            why,
            portions,
            reachable,
        } => {
            let why = words::list(why.iter().map(|why| why.says()));
            let portions = words::list(portions);
            let how = match reachable {
                true => String::new(),
                false => "; it waits until its keys are known".to_owned(),
            };
            format!("tell {party} of {portions} ({why}){how}")
        }
        PlanLine::Alert { person } => {
            format!("warn {person}, who runs a source concerned: the case goes into the work list")
        }
    }
}
