//! `incident`: the case about a disclosure that nobody permitted.

mod args;
mod note;
mod open;
mod page;
mod respond;
mod show;

#[cfg(test)]
pub(super) use page::paper;

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Subcommand;
use entente_core::incident::{Incident, Stage};
use entente_core::{BriefingId, Called, DisclosureId, IncidentId, PersonId};
use jiff::Timestamp;
use serde_json::json;

use self::args::{By, CompromiseArg, RelabelArg, clock, stage};
use super::disclosure::Action;
use super::list::ListArgs;
use super::paper::PaperArgs;
use super::{Global, exchange};
use crate::failure::{Exit, Failure};
use crate::output;
use entente_desk::cases;
use entente_node::Pinned;

/// `entente incident`.
#[derive(Debug, Subcommand)]
pub(crate) enum IncidentCommand {
    /// Open a case about disclosures.
    Open {
        /// What it is called.
        #[arg(long)]
        title: Option<String>,
        /// Who opens it; a member from then on.
        #[arg(long, value_name = "PERSON")]
        by: PersonId,
        /// About what was said beyond a briefing.
        #[arg(long, value_name = "BRIEFING", required_unless_present_any = ["disclosure", "from_override"])]
        from_briefing: Option<BriefingId>,
        /// About what was disclosed under an override.
        #[arg(long, value_name = "OVERRIDE")]
        from_override: Option<DisclosureId>,
        /// About these disclosures.
        #[arg(long, value_delimiter = ',')]
        disclosure: Vec<Called<DisclosureId>>,
        /// Who else works on it; may be given several times.
        #[arg(long, value_name = "PERSON")]
        member: Vec<PersonId>,
        /// Nobody outside the case may learn that there is one.
        #[arg(long)]
        protected: bool,
        /// A clock of its own, as STAGE=HOURS; may be given several times.
        #[arg(long, value_name = "STAGE=HOURS", value_parser = clock)]
        clock: Vec<(Stage, u32)>,
    },
    /// List cases, and what partners told of theirs.
    List {
        /// As this person may see them.
        #[arg(long = "as", value_name = "PERSON")]
        reader: Option<PersonId>,
        #[command(flatten)]
        chosen: ListArgs,
    },
    /// Write the case file: what is out, who must be told, what is due, what it cost, what may still be said.
    Show {
        /// The case.
        id: IncidentId,
        /// As this person may see it.
        #[arg(long = "as", value_name = "PERSON")]
        reader: Option<PersonId>,
        /// What they read it for, where the arrangement or a marking asks.
        #[arg(long = "for", visible_alias = "purpose", value_name = "PURPOSE")]
        purpose: Option<String>,
        #[command(flatten)]
        paper: PaperArgs,
    },
    /// Take texts into evidence: they are hashed and kept.
    Evidence {
        /// The case.
        id: IncidentId,
        /// The texts.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Where and when they were found.
        #[arg(long, default_value = "")]
        found: String,
        #[command(flatten)]
        by: By,
    },
    /// Add a disclosure that belongs to the case.
    Add {
        /// The case.
        id: IncidentId,
        /// The disclosure.
        #[arg(long)]
        disclosure: Called<DisclosureId>,
        #[command(flatten)]
        by: By,
    },
    /// Let someone work on the case.
    Member {
        /// The case.
        id: IncidentId,
        /// Who.
        #[arg(long, value_name = "PERSON")]
        add: PersonId,
        #[command(flatten)]
        by: By,
    },
    /// Give a stage an owner.
    Assign {
        /// The case.
        id: IncidentId,
        /// The stage.
        #[arg(value_parser = stage)]
        stage: Stage,
        /// Who.
        owner: PersonId,
        #[command(flatten)]
        by: By,
    },
    /// Record that a stage is done, or that there was nothing to do.
    Done {
        /// The case.
        id: IncidentId,
        /// The stage.
        #[arg(value_parser = stage)]
        stage: Stage,
        /// What was done.
        #[arg(long)]
        note: String,
        #[command(flatten)]
        by: By,
    },
    /// Warn whoever runs the source, put releases on hold, recall and tell, as one plan: shown, and with `--commit` done.
    Respond {
        /// The case.
        id: IncidentId,
        /// What holders of one's own reports have to do [default: no recall].
        #[arg(long, value_name = "ACTION")]
        recall: Option<Action>,
        /// The instruction, for `manual-instruction`.
        #[arg(long, default_value = "")]
        instruction: String,
        /// Leave out this line of the plan, by its name; may be given several times.
        #[arg(long, value_name = "LINE", value_delimiter = ',')]
        strike: Vec<String>,
        /// Do it: all lines that are not struck, in one step.
        #[arg(long)]
        commit: bool,
        #[command(flatten)]
        by: By,
    },
    /// Put releases of all reports concerned on hold, and recall one's own, in one step.
    Contain {
        /// The case.
        id: IncidentId,
        /// What holders of one's own reports have to do [default: no recall].
        #[arg(long, value_name = "ACTION")]
        recall: Option<Action>,
        /// The instruction, for `manual-instruction`.
        #[arg(long, default_value = "")]
        instruction: String,
        #[command(flatten)]
        by: By,
    },
    /// Tell everyone concerned, each its own part.
    Notify {
        /// The case.
        id: IncidentId,
        #[command(flatten)]
        by: By,
    },
    /// Record what the inquiry found.
    Finding {
        /// The case.
        id: IncidentId,
        /// Whether the information is compromised.
        compromise: CompromiseArg,
        /// On what grounds.
        #[arg(long)]
        note: String,
        #[command(flatten)]
        by: By,
    },
    /// Record what becomes of a portion's marking.
    Relabel {
        /// The case.
        id: IncidentId,
        /// The portion, as REPORT/portion.
        portion: String,
        /// What.
        decision: RelabelArg,
        /// Why.
        #[arg(long, visible_alias = "note", value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// Record what the person concerned says.
    Reply {
        /// The case.
        id: IncidentId,
        /// Who was heard.
        #[arg(long)]
        person: PersonId,
        /// What they said.
        #[arg(long)]
        statement: String,
        #[command(flatten)]
        by: By,
    },
    /// Assess the damage: this party's sources are measured, before and after.
    Assess {
        /// The case.
        id: IncidentId,
        /// The assessor's words.
        #[arg(long)]
        note: String,
        /// It is the final assessment.
        #[arg(long = "final")]
        last: bool,
        #[command(flatten)]
        by: By,
    },
    /// Record something to do better.
    Lesson {
        /// The case.
        id: IncidentId,
        /// What.
        #[arg(long)]
        text: String,
        /// Who sees to it.
        #[arg(long)]
        owner: PersonId,
        /// By when.
        #[arg(long, value_name = "DATE", value_parser = entente_core::draft::moment)]
        due: Option<Timestamp>,
        #[command(flatten)]
        by: By,
    },
    /// Close a case of which every stage is done.
    Close {
        /// The case.
        id: IncidentId,
        /// How it ended.
        #[arg(long)]
        note: String,
        /// Let releases go on that the case put on hold.
        #[arg(long)]
        resume: bool,
        /// What is said of every stage that is not done yet: recorded with it before the case is closed.
        #[arg(long, value_name = "TEXT")]
        rest: Option<String>,
        #[command(flatten)]
        by: By,
    },
    /// Tell a partner that note was taken of its incident.
    Acknowledge {
        /// The incident, as the partner calls it.
        id: Called<IncidentId>,
        /// What is done about it.
        #[arg(long)]
        statement: String,
    },
}

fn held<'n>(node: &'n Pinned, id: &IncidentId, reader: Option<&PersonId>) -> Result<&'n Incident, Failure> {
    cases::case(node.state(), id, reader).ok_or_else(|| {
        Failure::not_found(format!(
            "there is no incident `{id}`; `entente incident list` shows them"
        ))
    })
}

impl IncidentCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        match self {
            Self::Open {
                title,
                by,
                from_briefing,
                from_override,
                disclosure,
                member,
                protected,
                clock,
            } => {
                let mut disclosures: BTreeSet<Called<DisclosureId>> = disclosure.into_iter().collect();
                if let Some(briefing) = &from_briefing {
                    disclosures.extend(open::beyond(&node, briefing)?);
                }
                if let Some(made) = &from_override {
                    disclosures.extend(open::under(&node, made)?.into_iter().map(Called::from));
                }
                let opening = open::opening(title, by, member, disclosures, protected, clock)?;
                open::open(&mut node, global, opening)?;
            }
            Self::List { reader, chosen } => {
                let reader = global.viewer(&node, reader)?;
                show::list(&node, global, reader.as_ref(), &chosen)?;
            }
            Self::Show {
                id,
                reader,
                purpose,
                paper,
            } => {
                let reader = global.viewer(&node, reader)?;
                show::show(&node, global, &id, (reader.as_ref(), purpose.as_deref()), &paper)?;
            }
            Self::Respond {
                id,
                recall,
                instruction,
                strike,
                commit,
                by,
            } => {
                let plan = respond::Plan {
                    id,
                    by: by.by,
                    recall: recall.map(|action| action.with(instruction)),
                    struck: strike.into_iter().collect(),
                };
                plan.run(&mut node, global, commit)?;
            }
            Self::Close {
                id,
                note,
                resume,
                rest,
                by,
            } => open::close(&mut node, global, (&id, &by), note, resume, rest)?,
            Self::Evidence { id, files, found, by } => open::evidence(&mut node, global, &id, &files, &found, &by)?,
            note => {
                let (command, done) = note.command(&node)?;
                node.submit(command)?;
                let sent = exchange::flush(&node, global)?;
                output::either(global.json, &json!({ "done": done, "sent": sent }), || {
                    output::line(&done);
                    exchange::say_sent(&sent);
                })?;
            }
        }
        Ok(Exit::Done)
    }
}
