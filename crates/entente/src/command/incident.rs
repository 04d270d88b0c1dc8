//! `incident`: the case about a disclosure that nobody permitted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use entente_core::handle::{Opening, exposed_portions, known_disclosure};
use entente_core::incident::{Compromise, Incident, Relabel, Stage, What};
use entente_core::{
    BriefingId, Command, DisclosureId, IncidentId, PersonId, PortionId, PortionRef, RecallAction, RecallId, ReportId,
};
use entente_marking::Purpose;
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::disclosure::Action;
use super::paper::PaperArgs;
use super::{Global, case, exchange};
use crate::failure::{Exit, Failure};
use crate::{input, output, words};
use entente_node::{Pinned, random_id};

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
        #[arg(long, value_name = "BRIEFING", required_unless_present = "disclosure")]
        from_briefing: Option<BriefingId>,
        /// About these disclosures.
        #[arg(long, value_delimiter = ',')]
        disclosure: Vec<DisclosureId>,
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
    },
    /// Write the case file: what is out, who must be told, what is due, what it cost, what may still be said.
    Show {
        /// The case.
        id: IncidentId,
        /// As this person may see it.
        #[arg(long = "as", value_name = "PERSON")]
        reader: Option<PersonId>,
        /// What they read it for, where the arrangement or a marking asks.
        #[arg(long)]
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
        disclosure: DisclosureId,
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
        #[arg(long)]
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
        #[command(flatten)]
        by: By,
    },
    /// Tell a partner that note was taken of its incident.
    Acknowledge {
        /// The incident, as the partner calls it.
        id: IncidentId,
        /// What is done about it.
        #[arg(long)]
        statement: String,
    },
}

/// Who acts: a member of the case.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct By {
    /// Who records it: a member of the case.
    #[arg(long, value_name = "PERSON")]
    by: PersonId,
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

fn stage(text: &str) -> Result<Stage, String> {
    let known = Stage::ALL.iter().find(|stage| stage.id() == text);
    known.copied().ok_or_else(|| {
        let all: Vec<&str> = Stage::ALL.iter().map(|stage| stage.id()).collect();
        format!("the stages are {}", all.join(", "))
    })
}

fn clock(text: &str) -> Result<(Stage, u32), String> {
    let (name, hours) = text.split_once('=').ok_or("write STAGE=HOURS, as in notify=12")?;
    let hours = hours.parse().map_err(|_| format!("`{hours}` is no number of hours"))?;
    Ok((stage(name)?, hours))
}

/// Copies of evidence stand in the data folder, by their digest.
fn keep(node: &Pinned, path: &Path) -> Result<(String, u64), Failure> {
    let bytes = input::bytes(path)?;
    let sha256 = words::hex(&Sha256::digest(&bytes));
    let folder = node.folder().join("evidence");
    let kept = folder.join(&sha256);
    let failed = |error: std::io::Error| Failure::failed(format!("{}: {error}", kept.display()));
    if kept.exists() {
        return Ok((sha256, bytes.len() as u64));
    }
    output::folder(&folder)?;
    output::file(&kept, &bytes)?;
    let mut rights = std::fs::metadata(&kept).map_err(failed)?.permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(&kept, rights).map_err(failed)?;
    Ok((sha256, bytes.len() as u64))
}

fn held<'n>(node: &'n Pinned, id: &IncidentId, reader: Option<&PersonId>) -> Result<&'n Incident, Failure> {
    let case = node.state().incidents.get(id).filter(|case| case.is_visible_to(reader));
    case.ok_or_else(|| {
        Failure::not_found(format!(
            "there is no incident `{id}`; `entente incident list` shows them"
        ))
    })
}

/// The portion that is meant, in the version that the case is about.
fn concerned(node: &Pinned, id: &IncidentId, by: &PersonId, text: &str) -> Result<PortionRef, Failure> {
    let (report, portion) = text
        .split_once('/')
        .ok_or_else(|| Failure::usage(format!("`{text}` names no portion; write REPORT/portion")))?;
    let (report, portion) = (ReportId::new(report)?, PortionId::new(portion)?);
    let case = held(node, id, Some(by))?;
    let disclosures = case
        .disclosures
        .iter()
        .filter_map(|id| known_disclosure(node.state(), id));
    let about = disclosures.filter(|d| d.report == report).map(|d| d.version).max();
    let version = about.ok_or_else(|| Failure::not_found(format!("{id} is not about {report}")))?;
    Ok(PortionRef {
        report,
        version,
        portion,
    })
}

impl IncidentCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        let note = |incident: IncidentId, by: By, what: What| Command::NoteIncident {
            incident,
            by: by.by,
            what,
        };
        let (command, done) = match self {
            Self::Open {
                title,
                by,
                from_briefing,
                disclosure,
                member,
                protected,
                clock,
            } => {
                let id = IncidentId::new(format!("inc-{}", random_id()))?;
                let disclosures = match &from_briefing {
                    None => disclosure.into_iter().collect(),
                    Some(briefing) => beyond(&node, briefing)?,
                };
                let opening = Opening {
                    title: title.unwrap_or_else(|| "Disclosure beyond what was permitted".to_owned()),
                    by,
                    members: member.into_iter().collect(),
                    disclosures,
                    protected,
                    clocks: clock.into_iter().collect(),
                    id: id.clone(),
                };
                node.submit(Command::OpenIncident(Box::new(opening)))?;
                let case = held(&node, &id, None)?;
                output::either(global.json, case, || {
                    output::line(format!("case {id} is open"));
                    case::say_alerts(node.state(), case);
                    case::say_tasks(case, Timestamp::now());
                })?;
                return Ok(Exit::Done);
            }
            Self::List { reader } => {
                list(&node, global, reader.as_ref())?;
                return Ok(Exit::Done);
            }
            Self::Show {
                id,
                reader,
                purpose,
                paper,
            } => {
                let incident = held(&node, &id, reader.as_ref())?;
                let purpose = purpose.as_deref().map(Purpose::new);
                let view = case::View {
                    reader: reader.as_ref(),
                    purpose: purpose.as_ref(),
                };
                match global.json {
                    true => output::json(&case::json(&node, incident, view)?)?,
                    false => paper.write(&case::paper(&node, incident, view)?)?,
                }
                return Ok(Exit::Done);
            }
            Self::Evidence { id, files, found, by } => {
                // Nothing is kept before all of it can be.
                if !held(&node, &id, Some(&by.by))?.is_member(Some(&by.by)) {
                    return Err(Failure::failed(format!("{} does not work on {id}", by.by)));
                }
                files.iter().try_for_each(|file| input::bytes(file).map(|_| ()))?;
                let mut commands = Vec::new();
                for file in &files {
                    let (sha256, size) = keep(&node, file)?;
                    output::say(format!("{}: {sha256}, {size} bytes, kept", file.display()));
                    let what = What::Evidence {
                        name: file
                            .file_name()
                            .map(|name| name.to_string_lossy().into_owned())
                            .unwrap_or_default(),
                        sha256,
                        size,
                        found: found.clone(),
                    };
                    commands.push(note(id.clone(), by.clone(), what));
                }
                node.submit_all(commands)?;
                output::either(global.json, held(&node, &id, None)?, || {
                    output::line(format!("{} texts are in evidence", files.len()));
                })?;
                return Ok(Exit::Done);
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
                let home = node.home()?.clone();
                let exposed = exposed_portions(node.state(), held(&node, &id, Some(&by.by))?);
                let own = |portion: &&PortionRef| {
                    let report = node
                        .state()
                        .reports
                        .get(&portion.report)
                        .and_then(|holding| holding.latest());
                    report.is_some_and(|report| report.originator == home)
                };
                let done = match (&recall, exposed.iter().any(|portion| own(&portion))) {
                    (None, _) => "releases are on hold",
                    (Some(_), true) => {
                        "releases are on hold; until a holder acknowledges a recall, it counts as unconfirmed there"
                    }
                    (Some(_), false) => {
                        "releases are on hold; nothing is recalled: that is for the reports' originators"
                    }
                };
                let recall: Option<RecallAction> = recall.map(|action| action.with(instruction));
                let command = Command::ContainIncident {
                    incident: id,
                    by: by.by,
                    recall,
                    recall_id: RecallId::new(format!("rec-{}", random_id()))?,
                };
                (command, done.to_owned())
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
                let compromise = match compromise {
                    CompromiseArg::Yes => Compromise::Yes,
                    CompromiseArg::No => Compromise::No,
                    CompromiseArg::Probable => Compromise::Probable,
                };
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
                    portion: concerned(&node, &id, &by.by, &portion)?,
                    decision: match decision {
                        RelabelArg::Keep => Relabel::Keep,
                        RelabelArg::Modify => Relabel::Modify,
                        RelabelArg::Downgrade => Relabel::Downgrade,
                    },
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
            Self::Close { id, note, resume, by } => {
                let done = format!("case {id} is closed");
                let command = Command::CloseIncident {
                    incident: id,
                    by: by.by,
                    note,
                    resume,
                };
                (command, done)
            }
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
        };
        node.submit(command)?;
        let sent = exchange::flush(&node, global)?;
        output::either(global.json, &json!({ "done": done, "sent": sent }), || {
            output::line(&done);
            exchange::say_sent(&sent);
        })?;
        Ok(Exit::Done)
    }
}

/// The disclosures of a briefing that went beyond what was permitted.
fn beyond(node: &Pinned, briefing: &BriefingId) -> Result<BTreeSet<DisclosureId>, Failure> {
    if !node.state().briefings.contains_key(briefing) {
        return Err(Failure::not_found(format!(
            "there is no briefing `{briefing}`; `entente brief list` shows them"
        )));
    }
    let said = node
        .state()
        .disclosures
        .values()
        .filter(|d| d.briefing.as_ref() == Some(briefing));
    let beyond: BTreeSet<DisclosureId> = said
        .filter(|d| d.permitted.values().any(|yes| !yes))
        .map(|d| d.id.clone())
        .collect();
    match beyond.is_empty() {
        false => Ok(beyond),
        true => Err(Failure::usage(format!(
            "nothing was recorded that went beyond {briefing}; `entente brief record {briefing}` records what was said"
        ))),
    }
}

fn list(node: &Pinned, global: &Global, reader: Option<&PersonId>) -> Result<(), Failure> {
    let now = Timestamp::now();
    let cases = node.state().incidents.values();
    let visible = cases.filter(|case| case.is_visible_to(reader));
    let mut rows = Vec::new();
    let mut value = Vec::new();
    for case in visible {
        let member = case.is_member(reader);
        let tasks = case.tasks();
        let open = tasks.iter().filter(|task| task.done.is_none()).count();
        let late = tasks.iter().filter(|task| task.is_late(now)).count();
        let title = if member {
            case.title.clone()
        } else {
            "(not for you)".to_owned()
        };
        rows.push(vec![
            case.id.to_string(),
            title.clone(),
            case.opened.strftime("%Y-%m-%d %H:%M").to_string(),
            case.closed().map_or(format!("open: {open} to do, {late} late"), |at| {
                format!("closed {}", at.strftime("%Y-%m-%d %H:%M"))
            }),
        ]);
        value.push(json!({ "id": case.id, "title": title, "opened": case.opened, "closed": case.closed(), "to_do": open, "late": late }));
    }
    // What a partner told is for those who may know at least one of the portions, and shows them only those.
    let view = case::View { reader, purpose: None };
    let told = node.state().incident_notices.iter();
    let mut notices: BTreeMap<_, _> = told.map(|(id, told)| (id.clone(), told.clone())).collect();
    notices.retain(|_, (_, notice)| {
        notice.portions = case::readable(node, &notice.portions, view);
        !notice.portions.is_empty()
    });
    output::either(
        global.json,
        &json!({ "cases": value, "told_by_partners": notices }),
        || {
            output::table(
                &["case", "title", "opened", "state"],
                rows,
                "no cases; open one with `entente incident open`",
            );
            for (id, (from, notice)) in &notices {
                let why: Vec<&str> = notice.why.iter().map(|why| why.says()).collect();
                let portions: Vec<String> = notice.portions.iter().map(ToString::to_string).collect();
                output::line(format!(
                    "{from} tells of its incident {id}: {}; you are told because of this: {}; {}",
                    portions.join(", "),
                    why.join(", "),
                    match &notice.acknowledged {
                        Some((at, text)) => format!("acknowledged {at}: {text}"),
                        None => format!("acknowledge it with `entente incident acknowledge {id} --statement TEXT`"),
                    }
                ));
            }
        },
    )
}
