//! Taking reports in: what is done here with each that a file holds.

use entente_core::handle::Why;
use entente_core::{Command, Report, ReportId};
use serde::Serialize;

use crate::compose::{NotTaken, Options, Place, compose};
use crate::incoming::Incoming;
use crate::table::{Row, Table};

/// What is to be done with a report of a file.
#[derive(Clone, Debug)]
pub enum Step {
    /// It is added, or its next version.
    Add(Box<Report>),
    /// Its publisher revoked it: nobody here reads it any more.
    Withdraw(ReportId, Box<Report>),
}

/// What is to be done with a report of a file.
///
/// # Errors
/// When a newer one is held, it cannot be one, or it is revoked and not held.
pub fn step(incoming: &Incoming, place: &Place<'_>, options: &Options, table: &mut Table) -> Result<Step, NotTaken> {
    let report = compose(incoming, place, options, table)?;
    if !incoming.revoked {
        return Ok(Step::Add(Box::new(report)));
    }
    match place.state.reports.get(&report.id) {
        Some(held) if held.withdrawn.is_some() => Err(NotTaken::Revoked(report.id, "withdrawn here already")),
        Some(_) => Ok(Step::Withdraw(report.id.clone(), Box::new(report))),
        None => Err(NotTaken::Revoked(
            report.id,
            "it was not held here, and is not taken in",
        )),
    }
}

impl Step {
    /// The command that does it.
    pub fn command(self) -> Command {
        match self {
            Self::Add(report) => Command::AddReportBecause {
                report: *report,
                why: Why::default(),
            },
            Self::Withdraw(report, _) => Command::WithdrawReport {
                report,
                reason: "revoked by whoever published it".to_owned(),
            },
        }
    }

    /// The report that it is about.
    pub fn report(&self) -> &Report {
        match self {
            Self::Add(report) | Self::Withdraw(_, report) => report,
        }
    }
}

/// What became of one report of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// Its id here; its name in the file where it did not become a report.
    pub id: String,
    /// Its version here.
    pub version: Option<u32>,
    /// Its title.
    pub title: String,
    /// The banner over it.
    pub banner: Option<String>,
    /// How many portions it has.
    pub portions: usize,
    /// Who stands behind it.
    pub originators: Vec<String>,
    /// `added`, `unchanged`, `withdrawn` or `not taken in`.
    pub state: String,
    /// Why it was not taken in.
    pub why: Option<String>,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// The file.
    pub file: String,
    /// Its reports.
    pub reports: Vec<Taken>,
    /// What the file has that a report has not, what was not understood, and what became of it.
    pub table: Vec<Row>,
}
