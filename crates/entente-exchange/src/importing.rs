//! Taking reports in: what is done here with each that a file holds.

use std::collections::BTreeSet;

use entente_core::handle::Why;
use entente_core::{Command, CommandRefusal, Report, ReportId};
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

/// What the core made of a report of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// It was taken in, or would be.
    In,
    /// It is held as it is, in this version.
    Held(u32),
    /// It was refused.
    Refused(String),
}

impl From<CommandRefusal> for Came {
    fn from(refusal: CommandRefusal) -> Self {
        match refusal {
            // What is held already is no fault.
            CommandRefusal::Unchanged { version, .. } => Self::Held(version),
            refusal => Self::Refused(refusal.to_string()),
        }
    }
}

/// The state of a report that was refused.
pub const REFUSED: &str = "not taken in";

/// What became of a report of a file, and the report; `submit` hands it to the core, or only tries it. The banner is for
/// whoever knows the schemes.
///
/// # Errors
/// When the core did not get as far as an answer.
pub fn became<E>(
    incoming: &Incoming,
    made: Result<Step, NotTaken>,
    submit: impl FnOnce(Command) -> Result<Came, E>,
) -> Result<(Taken, Option<Report>), E> {
    let nothing = |id: String, state: &str, why: String| {
        let taken = Taken {
            id,
            version: None,
            title: incoming.title.text.clone(),
            banner: None,
            portions: incoming.pieces.len(),
            originators: Vec::new(),
            state: state.to_owned(),
            why: Some(why),
        };
        (taken, None)
    };
    let made = match made {
        Ok(made) => made,
        Err(NotTaken::Older(id, at)) => {
            return Ok(nothing(
                id.to_string(),
                "unchanged",
                format!("a newer version is held ({at})"),
            ));
        }
        Err(NotTaken::Revoked(id, why)) => return Ok(nothing(id.to_string(), "withdrawn", why.to_owned())),
        Err(error @ NotTaken::Invalid(_)) => {
            return Ok(nothing(incoming.name.clone(), REFUSED, error.to_string()));
        }
    };
    let mut report = made.report().clone();
    let done = match made {
        Step::Add(_) => "added",
        Step::Withdraw(..) => "withdrawn",
    };
    let (state, why) = match submit(made.command())? {
        Came::In => (done, None),
        Came::Held(version) => {
            report.version = version;
            ("unchanged", Some("it is held as it is".to_owned()))
        }
        Came::Refused(why) => return Ok(nothing(report.id.to_string(), REFUSED, why)),
    };
    let originators = report.portions.iter().flat_map(|portion| portion.lineage.originators());
    let originators: BTreeSet<String> = originators.map(ToString::to_string).collect();
    let taken = Taken {
        id: report.id.to_string(),
        version: Some(report.version),
        title: report.title.text().to_owned(),
        banner: None,
        portions: report.portions.len(),
        originators: originators.into_iter().collect(),
        state: state.to_owned(),
        why,
    };
    Ok((taken, Some(report)))
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
