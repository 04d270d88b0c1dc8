//! `decide`: who of an audience may have which portion, and who must be asked.

use std::path::PathBuf;

use clap::Args;
use entente_core::{Command, Decision, Outcome, Person, PersonId, PortionId, ReportId};
use entente_marking::Purpose;
use jiff::Timestamp;

use super::Global;
use super::report::word;
use crate::failure::{Exit, Failure};
use crate::{input, node, output, seat, words};
use entente_desk::deciding::{Alike, alike, answers, matrix};
use entente_desk::{View, audience};
use entente_node::Pinned;

/// `entente decide`.
#[derive(Debug, Args)]
pub(crate) struct Decide {
    /// The audience: the name of a defined one, or a JSON file with ids or persons.
    #[arg(long, value_name = "FILE|NAME")]
    audience: String,
    /// The report.
    #[arg(long)]
    report: ReportId,
    /// Its version [default: the latest].
    #[arg(long)]
    version: Option<u32>,
    /// Only these portions.
    #[arg(long, value_delimiter = ',')]
    portions: Vec<PortionId>,
    /// What for.
    #[arg(long)]
    purpose: Option<String>,
    /// Every reason of every person, not only the first of the worst.
    #[arg(long)]
    explain: bool,
    /// Record in the ledger that this was decided.
    #[arg(long)]
    record: bool,
}

/// The audience meant: a defined one, or one in a file.
pub(crate) fn audience(node: &Pinned, text: &str) -> Result<(Vec<PersonId>, Vec<Person>), Failure> {
    if let Some(named) = audience::named(node.state(), text) {
        return Ok(named);
    }
    let path = PathBuf::from(text);
    match text == "-" || seat::path(&path).exists() {
        true => input::audience(&path, node.schemes()),
        false => Err(Failure::not_found(format!(
            "there is neither an audience nor a file called {text}; define one with `entente audience set {text} PERSON…`"
        ))),
    }
}

/// The same, for something that is kept: whoever it is about becomes known, so that answers, decisions and records speak
/// of the same person.
pub(crate) fn kept_audience(node: &mut Pinned, text: &str) -> Result<Vec<PersonId>, Failure> {
    let (members, described) = audience(node, text)?;
    let commands = audience::to_keep(node.state(), described);
    if !commands.is_empty() {
        node.submit_all(commands)?;
    }
    Ok(members)
}

impl Decide {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        if self.record {
            kept_audience(&mut node, &self.audience)?;
        }
        let (members, outsiders) = audience(&node, &self.audience)?;
        let purpose = self.purpose.as_deref().map(Purpose::new);
        let view = View::of(None, purpose.as_ref(), Timestamp::now());
        let moment = node::moment(&node);
        let snapshot = moment.snapshot([&self.report], &outsiders);
        let portions = Some(self.portions.as_slice()).filter(|list| !list.is_empty());
        let decision = moment.decide(&snapshot, (&self.report, self.version), portions, &members, &view)?;
        let overall = decision.overall();
        match global.json {
            true => write_json(&decision),
            false => write_text(&decision, &node, self.explain),
        }
        if self.record {
            let portions = Some(self.portions.clone()).filter(|list| !list.is_empty());
            node.submit(Command::RecordDecision {
                report: self.report.clone(),
                portions,
                audience: members.iter().cloned().collect(),
                purpose,
            })?;
        }
        Ok(match overall {
            Outcome::Permit => Exit::Done,
            Outcome::Ask => Exit::Ask,
            Outcome::Deny => Exit::Denied,
        })
    }
}

/// Writes the answer as one document, which never stands in memory as a whole.
fn write_json(decision: &Decision<'_>) {
    seat::output(|out| {
        serde_json::to_writer(&mut *out, &answers(decision))?;
        writeln!(out)
    });
}

fn write_text(decision: &Decision<'_>, node: &Pinned, explain: bool) {
    let matrix = matrix(node.state(), node.library(), decision);
    let mut head = vec!["portion", "mark"];
    let names: Vec<String> = matrix.people.iter().map(ToString::to_string).collect();
    head.extend(names.iter().map(String::as_str));
    head.push("audience");
    let rows = matrix.rows.iter().map(|row| {
        let outcomes = row.outcomes.iter().chain([&row.audience]);
        let outcomes = outcomes.map(|outcome| word(*outcome).to_owned());
        [row.portion.to_string(), row.mark.clone()]
            .into_iter()
            .chain(outcomes)
            .collect()
    });
    output::table(&head, rows.collect(), "the report has no portions");
    match &matrix.banner {
        Some(banner) => output::line(format!(
            "\nthe audience may have {} of {} portions, as {banner}",
            matrix.permitted(),
            matrix.rows.len()
        )),
        None => output::line("\nthe audience may have nothing of it"),
    }
    for alike in alike(decision, explain) {
        say_alike(&alike);
    }
}

/// What is said in the same words about several portions and persons.
fn say_alike(alike: &Alike) {
    /// How many portions a line names before it only counts.
    const NAMED: usize = 12;
    let who = alike
        .people
        .as_ref()
        .map_or(String::new(), |who| format!(" for {}", words::list(who)));
    let list: Vec<&str> = alike.portions.iter().map(PortionId::as_str).take(NAMED).collect();
    let more = match alike.portions.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    output::line(format!(
        "\n{} {}{more}{who}: {}",
        word(alike.outcome),
        list.join(", "),
        alike.message
    ));
    if !alike.remedy.is_empty() {
        output::line(format!("    → {}", alike.remedy));
    }
}
