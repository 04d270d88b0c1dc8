//! What is recorded in a case, as commands of the core.

use entente_core::handle::exposed_portions;
use entente_core::incident::What;
use entente_core::{Command, IncidentId, PersonId, PortionId, PortionRef, RecallAction, RecallId, ReportId};

use super::args::By;
use super::{IncidentCommand, held};
use crate::failure::Failure;
use entente_desk::cases;
use entente_node::{Pinned, random_id};

fn note(incident: IncidentId, by: By, what: What) -> Command {
    Command::NoteIncident {
        incident,
        by: by.by,
        what,
    }
}

/// The portion that is meant, in the version that the case is about.
fn concerned(node: &Pinned, id: &IncidentId, by: &PersonId, text: &str) -> Result<PortionRef, Failure> {
    let (report, portion) = text
        .split_once('/')
        .ok_or_else(|| Failure::usage(format!("`{text}` names no portion; write REPORT/portion")))?;
    let (report, portion) = (ReportId::new(report)?, PortionId::new(portion)?);
    let case = held(node, id, Some(by))?;
    let version = cases::version_in(node.state(), case, &report);
    let version = version.ok_or_else(|| Failure::not_found(format!("{id} is not about {report}")))?;
    Ok(PortionRef {
        report,
        version,
        portion,
    })
}

/// Whether anything that is out is of a report that this party wrote, so that it can recall it.
fn recalls_own(node: &Pinned, id: &IncidentId, by: &PersonId) -> Result<bool, Failure> {
    let home = node.home()?;
    let exposed = exposed_portions(node.state(), held(node, id, Some(by))?);
    Ok(exposed.iter().any(|portion| {
        let report = node.state().reports.get(&portion.report);
        report
            .and_then(|holding| holding.latest())
            .is_some_and(|report| report.originator == *home)
    }))
}

/// What containing did: without a recall, with one, or with one that is for others to order.
fn contained(recalls: Option<bool>) -> &'static str {
    match recalls {
        None => "releases are on hold",
        Some(true) => "releases are on hold; until a holder acknowledges a recall, it counts as unconfirmed there",
        Some(false) => "releases are on hold; nothing is recalled: that is for the reports' originators",
    }
}

impl IncidentCommand {
    /// The command of the core, and what is said when it is done.
    pub(super) fn command(self, node: &Pinned) -> Result<(Command, String), Failure> {
        Ok(match self {
            Self::Open { .. }
            | Self::List { .. }
            | Self::Show { .. }
            | Self::Evidence { .. }
            | Self::Respond { .. }
            | Self::Close { .. } => {
                return Err(Failure::failed("this is not recorded in a case"));
            }
            Self::Add { id, disclosure, by } => (
                note(id, by, What::Disclosure { id: disclosure }),
                "the disclosure belongs to the case".to_owned(),
            ),
            Self::Member { id, add, by } => {
                let done = format!("{add} works on the case");
                (note(id, by, What::Member { person: add }), done)
            }
            Self::Assign { id, stage, owner, by } => {
                let done = format!("{owner}: {}", stage.title());
                (note(id, by, What::Assigned { stage, owner }), done)
            }
            Self::Done {
                id,
                stage,
                note: text,
                by,
            } => {
                let done = format!("done: {}", stage.title());
                (note(id, by, What::Done { stage, note: text }), done)
            }
            Self::Contain {
                id,
                recall,
                instruction,
                by,
            } => {
                let recall: Option<RecallAction> = recall.map(|action| action.with(instruction));
                let recalls = recall.as_ref().map(|_| recalls_own(node, &id, &by.by)).transpose()?;
                let command = Command::ContainIncident {
                    incident: id,
                    by: by.by,
                    recall,
                    recall_id: RecallId::new(format!("rec-{}", random_id()))?,
                };
                (command, contained(recalls).to_owned())
            }
            Self::Notify { id, by } => {
                let command = Command::NotifyIncident {
                    incident: id,
                    by: by.by,
                };
                (command, "everyone concerned is told, each its own part".to_owned())
            }
            Self::Finding {
                id,
                compromise,
                note: text,
                by,
            } => {
                let compromise = compromise.into();
                let what = What::Finding { compromise, note: text };
                (note(id, by, what), "the finding is recorded".to_owned())
            }
            Self::Relabel {
                id,
                portion,
                decision,
                reason,
                by,
            } => {
                let what = What::Relabelled {
                    portion: concerned(node, &id, &by.by, &portion)?,
                    decision: decision.into(),
                    reason,
                };
                (note(id, by, what), "the decision is recorded".to_owned())
            }
            Self::Reply {
                id,
                person,
                statement,
                by,
            } => (
                note(id, by, What::Reply { person, statement }),
                "the statement is recorded".to_owned(),
            ),
            Self::Assess { id, note, last, by } => {
                let command = Command::AssessIncident {
                    incident: id.clone(),
                    by: by.by,
                    note,
                    last,
                };
                (
                    command,
                    format!("the assessment is recorded; `entente incident show {id}` has it"),
                )
            }
            Self::Lesson {
                id,
                text,
                owner,
                due,
                by,
            } => (
                note(id, by, What::Lesson { text, owner, due }),
                "the lesson is recorded".to_owned(),
            ),
            Self::Acknowledge { id, statement } => {
                let done = format!("incident {id} is acknowledged");
                (
                    Command::AcknowledgeIncident {
                        incident: id,
                        statement,
                    },
                    done,
                )
            }
        })
    }
}
