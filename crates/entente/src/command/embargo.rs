//! `embargo`: until when nothing of one's own text goes further.

use clap::Subcommand;
use entente_core::{Command, EmbargoWord, PortionId, ReportId};
use entente_desk::embargoes::{Standing, embargoes};
use jiff::Timestamp;
use serde_json::json;

use super::list::{List, ListArgs};
use super::{Global, exchange};
use crate::failure::{Exit, Failure};
use crate::{output, words};

/// `entente embargo`.
#[derive(Debug, Subcommand)]
pub(crate) enum EmbargoCommand {
    /// Let nothing of a report, or of some of its portions, go further before a moment; those who have it are told.
    Set(At),
    /// Give an embargo another moment, earlier or later. Where others hold the text back as well, the latest moment counts.
    Move(At),
    /// End an embargo now: marks and terms hold from then on. Those who have the text are told.
    End {
        /// The report.
        report: ReportId,
        /// Only of these portions.
        #[arg(long, value_delimiter = ',')]
        portions: Vec<PortionId>,
        /// Why.
        #[arg(long, visible_alias = "reason", value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// List the embargoes that are known here, with what is left of each.
    List {
        /// Only those on this report.
        report: Option<ReportId>,
        #[command(flatten)]
        chosen: ListArgs,
    },
}

/// What is held back, and until when.
#[derive(Debug, clap::Args)]
pub(crate) struct At {
    /// The report.
    report: ReportId,
    /// Only these portions.
    #[arg(long, value_delimiter = ',')]
    portions: Vec<PortionId>,
    /// Until when.
    #[arg(long, value_name = "DATE", value_parser = entente_core::draft::moment)]
    until: Timestamp,
    /// Why.
    #[arg(long, visible_alias = "reason", value_name = "TEXT", default_value = "")]
    note: String,
}

impl EmbargoCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self {
            Self::Set(at) => said(global, &at.report, at.portions, Some(at.until), at.note, false),
            Self::Move(at) => said(global, &at.report, at.portions, Some(at.until), at.note, true),
            Self::End { report, portions, note } => said(global, &report, portions, None, note, true),
            Self::List { report, chosen } => list(global, report.as_ref(), &chosen),
        }
    }
}

fn said(
    global: &Global,
    report: &ReportId,
    portions: Vec<PortionId>,
    until: Option<Timestamp>,
    reason: String,
    known: bool,
) -> Result<Exit, Failure> {
    let mut node = global.node()?;
    let home = node.home()?.clone();
    let of_report = embargoes(node.state(), Some(report), |_| true, Timestamp::now());
    let stands = of_report
        .iter()
        .any(|standing| standing.holds && standing.by.contains(&home));
    if known && until.is_some() && !stands {
        return Err(Failure::not_found(format!(
            "{report} is under no embargo of this party; set one with `entente embargo set {report} --until DATE`"
        )));
    }
    node.submit(Command::SetEmbargo(EmbargoWord {
        report: report.clone(),
        portions: portions.into_iter().collect(),
        until,
        reason,
    }))?;
    let sent = exchange::flush(&node, global)?;
    let value = embargoes(node.state(), Some(report), |_| true, Timestamp::now());
    output::either(global.json, &json!({ "embargoes": value, "sent": sent }), || {
        output::table(LIST.head, value.iter().map(row).collect(), LIST.empty);
        exchange::say_sent(&sent);
    })?;
    Ok(Exit::Done)
}

const LIST: List<'static> = List {
    head: &["on", "by", "until", "left", "out", "why"],
    empty: "no embargoes are known here; `entente embargo set REPORT --until DATE` sets one",
};

fn list(global: &Global, report: Option<&ReportId>, chosen: &ListArgs) -> Result<Exit, Failure> {
    let node = global.node()?;
    let all = embargoes(node.state(), report, |_| true, Timestamp::now());
    chosen.show(global, &LIST, all.iter().map(|standing| (row(standing), standing)))?;
    Ok(Exit::Done)
}

fn row(standing: &Standing) -> Vec<String> {
    let on = match (&standing.report, &standing.portion, &standing.arrangement) {
        (Some(report), Some(portion), _) => format!("{report}/{portion}"),
        (Some(report), None, _) => report.to_string(),
        (None, _, arrangement) => arrangement
            .as_ref()
            .map_or_else(String::new, |id| format!("arrangement {id}")),
    };
    let out = match standing.broken.is_empty() {
        true => String::new(),
        false => format!("out: {}", words::list(&standing.broken)),
    };
    vec![
        on,
        words::list(&standing.by),
        standing
            .until
            .map_or_else(|| "ended".to_owned(), |until| until.to_string()),
        standing.left.clone(),
        out,
        output::words(&standing.reason),
    ]
}
