//! `decide`: who of an audience may have which portion, and who must be asked.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use clap::Args;
use entente_core::decide::decide;
use entente_core::{AudienceName, Command, Decision, Outcome, Person, PersonId, PortionId, Query, ReportId};
use entente_marking::Purpose;
use jiff::Timestamp;
use serde_json::json;

use super::Global;
use super::report::word;
use crate::failure::{Exit, Failure};
use crate::{input, output};
use entente_desk::marks::{banner_in, mark_for, parties_of};
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
    if let Some(defined) = AudienceName::new(text)
        .ok()
        .and_then(|name| node.state().audiences.get(&name))
    {
        let members: Vec<PersonId> = defined.members.iter().cloned().collect();
        let outsiders = members
            .iter()
            .filter_map(|id| Some(Person::outsider(id.clone(), id.party()?)));
        return Ok((members.clone(), outsiders.collect()));
    }
    let path = PathBuf::from(text);
    match text == "-" || path.exists() {
        true => input::audience(&path),
        false => Err(Failure::not_found(format!(
            "there is neither an audience nor a file called {text}; define one with `entente audience set {text} PERSON…`"
        ))),
    }
}

/// The same, for something that is kept: whoever it is about becomes known, so that answers, decisions and records speak
/// of the same person.
pub(crate) fn kept_audience(node: &mut Pinned, text: &str) -> Result<Vec<PersonId>, Failure> {
    let (members, described) = audience(node, text)?;
    let unknown = described
        .into_iter()
        .filter(|person| !node.state().persons.contains_key(&person.id));
    let commands: Vec<Command> = unknown.map(Command::KeepOutsider).collect();
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
        let snapshot = node.snapshot([&self.report], &outsiders);
        let purpose = self.purpose.as_deref().map(Purpose::new);
        let query = Query {
            report: &self.report,
            version: self.version,
            portions: Some(self.portions.as_slice()).filter(|list| !list.is_empty()),
            audience: &members,
            purpose: purpose.as_ref(),
            moment: Timestamp::now(),
        };
        let decision = decide(&snapshot, &query, node.rules(), &node.exposure())?;
        let overall = decision.overall();
        match global.json {
            true => write_json(&decision, overall)?,
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

/// One document, written a person at a time: it never stands in memory as a whole.
fn write_json(decision: &Decision<'_>, overall: Outcome) -> Result<(), Failure> {
    use std::io::Write;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut write = || -> std::io::Result<()> {
        write!(
            out,
            "{{\"decision\":{},\"report\":{},\"version\":{},\"people\":[",
            json!(overall),
            json!(decision.report()),
            decision.version()
        )?;
        for (person, id) in decision.people().iter().enumerate() {
            write!(
                out,
                "{}{{\"person\":{},\"portions\":[",
                if person > 0 { "," } else { "" },
                json!(id)
            )?;
            // Portions of one group have the same answer, so it is put into words once.
            let mut answers: HashMap<usize, String> = HashMap::new();
            for (n, portion) in decision.portions().enumerate() {
                let answer = match answers.entry(decision.group(n)) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(serde_json::to_string(&decision.answer(person, n))?),
                };
                let rest = answer.strip_prefix('{').unwrap_or(answer);
                write!(
                    out,
                    "{}{{\"id\":{},{rest}",
                    if n > 0 { "," } else { "" },
                    json!(portion)
                )?;
            }
            write!(out, "]}}")?;
        }
        writeln!(out, "]}}")?;
        out.flush()
    };
    write().map_err(Failure::failed)
}

/// Outcome, message and remedy, with the portions and the people to which they apply.
type Same = BTreeMap<(Outcome, String, String), (BTreeSet<usize>, BTreeSet<String>)>;

fn write_text(decision: &Decision<'_>, node: &Pinned, explain: bool) {
    let portions: Vec<&PortionId> = decision.portions().collect();
    let state = node.state();
    let report = state
        .reports
        .get(decision.report())
        .and_then(|holding| holding.versions.get(&decision.version()));
    let mark = |id: &PortionId| {
        let substitute = || {
            state
                .substitutes_of(decision.report(), decision.version())
                .map(|s| &s.portion)
                .find(|p| p.id == *id)
        };
        report
            .and_then(|report| report.portion(id))
            .or_else(substitute)
            .map(|portion| portion.mark.clone())
            .unwrap_or_default()
    };
    let mut head = vec!["portion", "mark"];
    let names: Vec<String> = decision.people().iter().map(ToString::to_string).collect();
    head.extend(names.iter().map(String::as_str));
    head.push("audience");
    let rows = portions.iter().enumerate().map(|(n, id)| {
        let mut row = vec![id.to_string(), mark(id)];
        row.extend((0..names.len()).map(|person| word(decision.outcome(person, n)).to_owned()));
        row.push(word(decision.audience_outcome(n)).to_owned());
        row
    });
    output::table(&head, rows.collect(), "the report has no portions");
    let parties = parties_of(state, decision.people());
    let allowed = decision.permitted().map(mark);
    let allowed: Vec<String> = match report {
        Some(report) => allowed.map(|mark| mark_for(report, &mark, &parties)).collect(),
        None => Vec::new(),
    };
    if let (Some(report), false) = (report, allowed.is_empty()) {
        let banner = banner_in(report, allowed.iter().map(String::as_str)).unwrap_or_default();
        output::line(format!(
            "\nthe audience may have {} of {} portions, as {banner}",
            allowed.len(),
            portions.len()
        ));
    } else {
        output::line("\nthe audience may have nothing of it");
    }
    // Portions and people whose answers are the same are named together.
    let mut same: Same = BTreeMap::new();
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for n in 0..portions.len() {
        groups.entry(decision.group(n)).or_default().push(n);
    }
    for (n, members) in groups.values().filter_map(|members| Some((*members.first()?, members))) {
        for (person, name) in names.iter().enumerate() {
            let answer = decision.answer(person, n);
            let shown = if explain { answer.reasons.len() } else { 1 };
            let reasons = answer.reasons.into_iter().take(shown).map(|reason| {
                let message = format!("{} [{}; {}]", reason.message, reason.rule, reason.authority);
                (message, reason.remedy)
            });
            let obligations = answer.obligations.into_iter().map(|text| (text, String::new()));
            for (message, remedy) in reasons.chain(obligations) {
                let (portions, people) = same.entry((answer.outcome, message, remedy)).or_default();
                portions.extend(members.iter().copied());
                people.insert(name.clone());
            }
        }
    }
    /// How many portions a line names before it only counts.
    const NAMED: usize = 12;
    for ((outcome, message, remedy), (indexes, people)) in same.into_iter().rev() {
        let who = match people.len() == names.len() {
            true => String::new(),
            false => format!(" for {}", people.into_iter().collect::<Vec<_>>().join(", ")),
        };
        let list: Vec<&str> = indexes.iter().map(|n| portions[*n].as_str()).take(NAMED).collect();
        let more = match indexes.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        output::line(format!("\n{} {}{more}{who}: {message}", word(outcome), list.join(", ")));
        if !remedy.is_empty() {
            output::line(format!("    → {remedy}"));
        }
    }
}
