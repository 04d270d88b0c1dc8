//! `report`: add, show, list, distribute, withdraw.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use entente_core::decide::NotFound;
use entente_core::draft::{self, Fault, Setting};
use entente_core::handle::Why;
use entente_core::{Command, Outcome, PartyPath, PersonId, Report, ReportId, State};
use entente_core::{EmptyAudience, empty_audiences};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::Global;
use super::life::CopiesCommand;
use super::list::{ColumnArgs, List, ListArgs};
use crate::failure::{Exit, Failure};
use crate::{input, node, output, words};
use entente_desk::View;
use entente_desk::holdings::{Stale, stale};
use entente_desk::lineage::{Resting, raised_by, resting_on};
use entente_desk::reading::{self, Listed, Listing, Page, Shown, report_banner};
use entente_marking::Purpose;
use entente_marking::Schemes;
use entente_node::Pinned;

/// `entente report`.
#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Add a report, or its next version, from a Markdown file.
    Add {
        /// The file, or `-`.
        file: PathBuf,
        /// Why a text no longer rests on what it rested on in the version before.
        #[arg(long, value_name = "REASON")]
        new_lineage: Option<String>,
        /// Why there is to be a version in force although the report was recalled.
        #[arg(long, value_name = "REASON")]
        after_recall: Option<String>,
    },
    /// Show a report with its banner and marks; with `--as`, what that person may see.
    Show {
        /// Its id.
        id: ReportId,
        /// Its version [default: the latest].
        #[arg(long)]
        version: Option<u32>,
        /// Show what this person may see.
        #[arg(long = "as", value_name = "PERSON")]
        reader: Option<PersonId>,
        /// What for.
        #[arg(long = "for", visible_alias = "purpose", value_name = "PURPOSE")]
        purpose: Option<String>,
    },
    /// List the reports held here; with `--as`, those that the person may know of.
    List {
        /// List what this person may know of.
        #[arg(long = "as", value_name = "PERSON")]
        reader: Option<PersonId>,
        /// Only what they may know of for this purpose [default: for any, and the list says for which].
        #[arg(long = "for", visible_alias = "purpose", value_name = "PURPOSE", requires = "reader")]
        purpose: Option<String>,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Put persons on a report's distribution, or take them off it.
    Distribute {
        /// The report.
        id: ReportId,
        /// Whom to put on it.
        #[arg(long)]
        add: Vec<PersonId>,
        /// Whom to take off it.
        #[arg(long)]
        remove: Vec<PersonId>,
    },
    /// Show what rests on a report: what is closed with it, and who holds that.
    Dependents {
        /// The report.
        id: ReportId,
    },
    /// Put releases on hold: nothing of the report goes to anyone outside.
    Hold {
        /// The report.
        id: ReportId,
        /// Why.
        #[arg(long, visible_alias = "note", value_name = "TEXT")]
        reason: String,
    },
    /// Let releases go on.
    Resume {
        /// The report.
        id: ReportId,
    },
    #[command(flatten)]
    Copies(CopiesCommand),
    /// Bar readers from a report here.
    Withdraw {
        /// The report.
        id: ReportId,
        /// Why.
        #[arg(long, visible_alias = "note", value_name = "TEXT")]
        reason: String,
    },
}

/// Faults as a person reads them: place, line, carets, remedy.
fn faults(path: &Path, file: &str, faults: &[Fault]) -> Failure {
    const SHOWN: usize = 20;
    let mut text = format!("{} has {}", path.display(), words::count(faults.len(), "fault"));
    for fault in faults.iter().take(SHOWN) {
        text.push_str(&format!(
            "\n{}:{}:{}: {}",
            path.display(),
            fault.line,
            fault.column,
            fault.message
        ));
        let start = file
            .get(..fault.start)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |at| at + 1);
        let line = file.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
        let end = fault.end.min(start + line.len());
        if line.len() <= 200 {
            text.push_str(&format!(
                "\n{}",
                output::caret(
                    line,
                    fault.start - start,
                    end.saturating_sub(start).max(fault.start - start)
                )
            ));
        }
    }
    if faults.len() > SHOWN {
        text.push_str(&format!("\n… and {} more", faults.len() - SHOWN));
    }
    Failure::failed(text)
}

/// What a file says, with marks read and lineage worked out.
pub(crate) fn read_report(
    path: &Path,
    file: &str,
    state: Option<&State>,
    schemes: &Schemes,
    home: &PartyPath,
) -> Result<Report, Failure> {
    let name = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let setting = Setting {
        schemes,
        state,
        home,
        name: &name,
        now: Timestamp::now(),
    };
    draft::compose(file, &setting).map_err(|found| faults(path, file, &found))
}

/// Which part of a list.
#[derive(Debug, clap::Args)]
pub(crate) struct PageArgs {
    /// Only reports that have this in their id, title, banner, originator or state.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Begin after this report.
    #[arg(long, value_name = "REPORT")]
    after: Option<ReportId>,
    /// Show at most so many.
    #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
    limit: usize,
    #[command(flatten)]
    columns: ColumnArgs,
}

impl ReportCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self {
            Self::Add { file, .. } if global.dry_run => looked_at(global, &file)?,
            Self::Add {
                file,
                new_lineage,
                after_recall,
            } => {
                let why = Why {
                    new_lineage,
                    after_recall,
                };
                add(global, &file, why)?;
            }
            Self::Show {
                id,
                version,
                reader,
                purpose,
            } => show(global, &id, version, reader, purpose.as_deref())?,
            Self::List { reader, purpose, page } => {
                let purpose = purpose.map(Purpose::new);
                let node = global.node()?;
                let reader = global.viewer(&node, reader)?;
                list(&node, global, reader.as_ref(), purpose.as_ref(), &page)?;
            }
            Self::Distribute { id, add, remove } => distribute(global, &id, add, remove)?,
            Self::Dependents { id } => dependents(global, &id)?,
            Self::Hold { id, reason } => {
                let command = Command::HoldReport {
                    report: id.clone(),
                    reason,
                };
                let says = format!("releases of {id} are on hold: nothing of it goes to anyone outside");
                becomes(global, command, &json!({ "report": id, "state": "on hold" }), says)?;
            }
            Self::Resume { id } => {
                let command = Command::ResumeReport { report: id.clone() };
                let says = format!("releases of {id} go on");
                becomes(global, command, &json!({ "report": id, "state": "in force" }), says)?;
            }
            Self::Copies(command) => return command.run(global),
            Self::Withdraw { id, reason } => {
                let command = Command::WithdrawReport {
                    report: id.clone(),
                    reason,
                };
                let says = format!("{id} is withdrawn: nobody here may read it");
                becomes(global, command, &json!({ "report": id, "state": "withdrawn" }), says)?;
            }
        }
        Ok(Exit::Done)
    }
}

/// With a node the whole step is tried; without one the file is only looked at.
fn looked_at(global: &Global, file: &Path) -> Result<(), Failure> {
    let text = input::text(file)?;
    let home = PartyPath::new("HERE")?;
    let library = global.library()?;
    let report = read_report(file, &text, None, &library.schemes, &home)?;
    let banner = report_banner(&library, &report);
    let portions = report.portions.len();
    let value = json!({ "id": report.id, "portions": portions, "banner": banner });
    output::either(global.json, &value, || {
        let banner = banner.as_deref().unwrap_or("no banner");
        output::line(format!("{}: {portions} portions, {banner}", report.id));
    })
}

/// What adding a report came to.
#[derive(Serialize)]
struct Added {
    id: ReportId,
    version: u32,
    portions: usize,
    banner: Option<String>,
    raised: Vec<Resting>,
    stale_facts: Vec<Stale>,
    nobody: Vec<EmptyAudience>,
}

fn add(global: &Global, file: &Path, why: Why) -> Result<(), Failure> {
    let mut node = global.node()?;
    let text = input::text(file)?;
    let report = read_report(file, &text, Some(node.state()), node.schemes(), &node.home()?.clone())?;
    let nobody = empty_audiences(node.state(), &report, node.groups());
    node.submit(Command::AddReportBecause {
        report: report.clone(),
        why,
    })?;
    let added = Added {
        banner: report_banner(node.library(), &report),
        raised: raised_by(node.state(), &report.id),
        stale_facts: stale(node.state(), &report.id),
        portions: report.portions.len(),
        version: report.version,
        id: report.id,
        nobody,
    };
    output::either(global.json, &added, || {
        output::line(format!("{} v{}: {}", added.id, added.version, report.title.text()));
        output::line(format!("banner: {}", added.banner.as_deref().unwrap_or("none")));
        output::line(words::count(added.portions, "portion"));
        added.raised.iter().filter_map(Resting::says).for_each(output::line);
        added.stale_facts.iter().for_each(|stale| output::line(stale.says()));
        added.nobody.iter().for_each(say_empty);
    })
}

/// Whom one would have to ask, where nobody can read a portion.
fn say_empty(empty: &EmptyAudience) {
    output::line(format!(
        "warning: nobody can read portion {}: {}",
        empty.portion, empty.reason
    ));
    for (party, others) in &empty.ask {
        let to = match others.is_empty() {
            true => "a wider list".to_owned(),
            false => words::list(others),
        };
        output::line(format!("    → ask {party} to release it to {to}"));
    }
}

fn distribute(global: &Global, id: &ReportId, add: Vec<PersonId>, remove: Vec<PersonId>) -> Result<(), Failure> {
    let mut node = global.node()?;
    node.submit(Command::Distribute {
        report: id.clone(),
        add: add.into_iter().collect(),
        remove: remove.into_iter().collect(),
    })?;
    let holding = node.state().reports.get(id);
    let now: Vec<String> = holding.map_or(Vec::new(), |held| {
        held.distribution.iter().map(ToString::to_string).collect()
    });
    output::either(global.json, &json!({ "report": id, "distribution": now }), || {
        let list = if now.is_empty() {
            "nobody".to_owned()
        } else {
            now.join(" ")
        };
        output::line(format!("distribution of {id}: {list}"));
    })
}

fn dependents(global: &Global, id: &ReportId) -> Result<(), Failure> {
    let node = global.node()?;
    if node.state().reports.get(id).is_none() {
        return Err(NotFound::Report(id.to_string()).into());
    }
    let resting = resting_on(node.state(), id);
    let rows = resting.iter().map(|resting| {
        vec![
            resting.portion.to_string(),
            resting.originator.to_string(),
            words::list(&resting.rests_on),
            resting.read_as.clone().unwrap_or_default(),
            words::list(&resting.holders),
        ]
    });
    output::either(global.json, &resting, || {
        output::table(
            &["portion", "originator", "rests on", "read as", "delivered to"],
            rows.collect(),
            "nothing that is held here rests on it",
        );
    })
}

/// One step about a report, and what it is from then on.
fn becomes(global: &Global, command: Command, now: &Value, says: String) -> Result<(), Failure> {
    global.node()?.submit(command)?;
    output::either(global.json, now, || output::line(says))
}

fn list(
    node: &Pinned,
    global: &Global,
    reader: Option<&PersonId>,
    purpose: Option<&Purpose>,
    page: &PageArgs,
) -> Result<(), Failure> {
    let view = View::of(reader, purpose, Timestamp::now());
    let wanted = Page {
        after: page.after.as_ref(),
        limit: Some(page.limit),
        search: page.search.as_deref(),
    };
    let Listing { rows: all, more } = reading::page(&node::moment(node), &view, wanted);
    let row = |listed: &Listed| {
        vec![
            listed.id.to_string(),
            format!("v{}", listed.version),
            listed.title.clone(),
            listed.banner.clone().unwrap_or_default(),
            listed.portions.to_string(),
            words::list(&listed.purposes),
            listed.state.clone(),
        ]
    };
    let list = List {
        head: &["report", "version", "title", "banner", "portions", "for", "state"],
        empty: match page.search.is_some() || page.after.is_some() {
            true => "no such reports",
            false => "no reports; add one with `entente report add FILE.md`, or take one in with `entente receive`",
        },
    };
    let chosen = ListArgs::from(page.columns.clone());
    chosen.show(global, &list, all.iter().map(|listed| (row(listed), listed)))?;
    if let Some(last) = all.last().filter(|_| more) {
        output::say(format!("there are more: `--after {last}` shows them", last = last.id));
    }
    Ok(())
}

fn show(
    global: &Global,
    id: &ReportId,
    version: Option<u32>,
    reader: Option<PersonId>,
    purpose: Option<&str>,
) -> Result<(), Failure> {
    let mut node = global.node()?;
    let reader = global.viewer(&node, reader)?;
    let purpose = purpose.map(Purpose::new);
    let view = View::of(reader.as_ref(), purpose.as_ref(), Timestamp::now());
    let shown = reading::show(&node::moment(&node), id, version, &view)?;
    if let Some(reader) = reader {
        // Nothing is shown that is not on record.
        node.submit(Command::RecordOpening {
            report: id.clone(),
            version,
            reader,
            purpose: purpose.clone(),
        })?;
    }
    output::either(global.json, &shown, || say_report(&shown))
}

fn say_report(shown: &Shown) {
    let banner = shown.banner.as_deref().unwrap_or("(nothing of it may be shown)");
    output::line(banner);
    output::line(format!(
        "{} v{} from {}: {} [{}]",
        shown.id, shown.version, shown.originator, shown.title, shown.state
    ));
    for portion in &shown.portions {
        let by: Vec<&str> = portion.originators.iter().map(PartyPath::as_str).collect();
        output::line(format!(
            "\n{} {} [{}]",
            portion.mark,
            portion.text,
            [portion.id.as_str(), &by.join("+")].join(", ")
        ));
        for duty in &portion.obligations {
            output::line(format!("    to be observed: {duty}"));
        }
    }
    output::line(format!("\n{banner}"));
}

/// The sign and word for an outcome in tables.
pub(crate) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Permit => "✓ permit",
        Outcome::Ask => "? ask",
        Outcome::Deny => "✕ deny",
    }
}
