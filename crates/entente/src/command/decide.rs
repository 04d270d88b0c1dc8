//! `decide`: who of an audience may have which portion, and who must be asked.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use entente_core::{Command, Decision, DecisionId, Outcome, Person, PersonId, PortionId, Replayed};
use entente_marking::Purpose;
use jiff::Timestamp;

use super::Global;
use super::credential::CredentialArgs;
use super::report::word;
use crate::failure::{Exit, Failure};
use crate::named::{AudienceArg, ReportArg};
use crate::{input, node, output, seat, words};
use entente_desk::consequences::{NAMED, grouped};
use entente_desk::deciding::{Alike, Matrix, Row, Together, alike, answers, matrix};
use entente_desk::{View, audience, reading};
use entente_node::{Pinned, random_id};

/// `entente decide`.
#[derive(Debug, Args)]
pub(crate) struct Decide {
    #[command(flatten)]
    report: ReportArg,
    #[command(flatten)]
    audience: AudienceArg,
    /// Its version [default: the latest].
    #[arg(long)]
    version: Option<u32>,
    /// Only these portions.
    #[arg(long, value_delimiter = ',')]
    portions: Vec<PortionId>,
    /// What for.
    #[arg(long = "for", visible_alias = "purpose", value_name = "PURPOSE")]
    purpose: Option<String>,
    /// Every reason of every person, not only the first of the worst.
    #[arg(long)]
    explain: bool,
    /// Record in the ledger that this was decided, with what it was decided with.
    #[arg(long)]
    record: bool,
    /// Make a recorded decision again, over what was known then, and compare.
    #[arg(long, value_name = "DECISION", conflicts_with_all = ["ReportArg", "AudienceArg", "version", "portions", "purpose", "explain", "record"])]
    replay: Option<DecisionId>,
}

/// The audience meant: a defined one, or one in a file.
pub(crate) fn audience(node: &Pinned, text: &str) -> Result<(Vec<PersonId>, Vec<Person>), Failure> {
    if let Some(named) = audience::named(node.state(), text) {
        return Ok(named);
    }
    let path = PathBuf::from(text);
    if let Some(persons) = ids(node, text).filter(|_| !seat::path(&path).exists()) {
        return Ok(persons);
    }
    match text == "-" || seat::path(&path).exists() {
        true => input::audience(&path, node.schemes()),
        false => Err(Failure::not_found(format!(
            "there is neither an audience nor a file called {text}; define one with `entente audience set {text} PERSON…`, or name persons with `--to PARTY/person`"
        ))),
    }
}

/// Persons that are named by their ids, between commas.
fn ids(node: &Pinned, text: &str) -> Option<(Vec<PersonId>, Vec<Person>)> {
    let named: Vec<PersonId> = text
        .split(',')
        .map(|id| id.trim().parse().ok())
        .collect::<Option<_>>()?;
    let unknown = named.iter().filter(|id| !node.state().persons.contains_key(*id));
    let outsiders: Option<Vec<Person>> = unknown
        .map(|id| Some(Person::outsider(id.clone(), id.party()?)))
        .collect();
    Some((named, outsiders?))
}

/// Whoever is meant by names and files, and whom credentials describe.
pub(crate) fn meant(
    node: &Pinned,
    global: &Global,
    text: Option<&str>,
    credentials: &CredentialArgs,
) -> Result<(Vec<PersonId>, Vec<Person>), Failure> {
    let (mut members, mut described) = credentials.audience(node, global)?;
    if let Some(text) = text {
        let (others, more) = audience(node, text)?;
        members.extend(
            others
                .into_iter()
                .filter(|id| !described.iter().any(|person| person.id == *id))
                .collect::<Vec<_>>(),
        );
        described.extend(more);
    }
    Ok((members, described))
}

/// The same, for something that is kept: whoever it is about becomes known, so that answers, decisions and records speak
/// of the same person.
pub(crate) fn kept_audience(
    node: &mut Pinned,
    global: &Global,
    text: Option<&str>,
    credentials: &CredentialArgs,
) -> Result<Vec<PersonId>, Failure> {
    let (members, described) = meant(node, global, text, credentials)?;
    let commands = audience::to_keep(node.state(), described);
    if !commands.is_empty() {
        node.submit_all(commands)?;
    }
    Ok(members)
}

impl Decide {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        if let Some(id) = &self.replay {
            if node.actor().is_some() {
                let said =
                    "a recorded decision is made again by whoever has the party's passphrase: `entente logout` first";
                return Err(Failure::new(Exit::Denied, said));
            }
            return replay(global, &node, id);
        }
        let (report, named) = (self.report.id()?, self.audience.text()?);
        let credentials = &self.audience.credentials;
        if self.record {
            kept_audience(&mut node, global, named.as_deref(), credentials)?;
        }
        let (members, outsiders) = meant(&node, global, named.as_deref(), credentials)?;
        let purpose = self.purpose.as_deref().map(Purpose::new);
        let view = View::of(None, purpose.as_ref(), Timestamp::now());
        let moment = node::moment(&node);
        let snapshot = moment.snapshot([&report], (&members, &outsiders));
        let portions = match node.actor() {
            None => self.portions.clone(),
            Some(actor) => {
                reading::known_among(&moment, &report, self.version, &self.portions, &view.by(&actor.person))?
            }
        };
        let portions = Some(portions.as_slice()).filter(|list| !list.is_empty());
        let decision = moment.decide(&snapshot, (&report, self.version), portions, &members, &view)?;
        let overall = decision.overall();
        match global.json {
            true => write_json(&decision),
            false => write_text(&decision, &node, self.explain),
        }
        if self.record {
            let id = DecisionId::new(format!("dec-{}", random_id()))?;
            let portions = Some(self.portions).filter(|list| !list.is_empty());
            node.submit(Command::RecordDecision {
                id: id.clone(),
                report,
                portions,
                audience: members.iter().cloned().collect(),
                purpose,
            })?;
            output::say(format!(
                "recorded as {id}; `entente decide --replay {id}` makes it again"
            ));
        }
        Ok(exit(overall))
    }
}

fn exit(outcome: Outcome) -> Exit {
    match outcome {
        Outcome::Permit => Exit::Done,
        Outcome::Ask => Exit::Ask,
        Outcome::Deny => Exit::Denied,
    }
}

/// Makes a recorded decision again, and says what it comes to.
fn replay(global: &Global, node: &Pinned, id: &DecisionId) -> Result<Exit, Failure> {
    let (event, value) = node.replay(id)?.ok_or_else(|| {
        Failure::not_found(format!(
            "there is no recorded decision {id}; `entente decide … --record` records one and says its id"
        ))
    })?;
    output::either(
        global.json,
        &serde_json::json!({ "event": event, "decision": value }),
        || say_replayed(event, &value),
    )?;
    Ok(match value.same {
        true => Exit::Done,
        false => Exit::Failed,
    })
}

fn say_replayed(event: u64, value: &Replayed) {
    output::line(format!(
        "{} about {} v{}, of {}, event {event}",
        value.id, value.report, value.version, value.at
    ));
    for found in &value.found {
        let rules = match found.rules.is_empty() {
            true => String::new(),
            false => format!(" [{}]", words::list(&found.rules)),
        };
        output::line(format!(
            "  {} {} for {}{rules}",
            word(found.outcome),
            words::list(&found.portions),
            found.person
        ));
    }
    output::line(match value.same {
        true => "the same comes out today".to_owned(),
        false => "something else comes out today:".to_owned(),
    });
    for difference in &value.differences {
        let rules = |all: &BTreeSet<String>, says: &str| match all.is_empty() {
            true => String::new(),
            false => format!("; {says} {}", words::list(all)),
        };
        output::line(format!(
            "  {} for {}: {} then, {} now{}{}",
            difference.portion,
            difference.person,
            word(difference.then),
            word(difference.now),
            rules(&difference.fails_now, "fails now:"),
            rules(&difference.failed_then, "failed then:"),
        ));
    }
    let (then, now) = &value.engines;
    if then != now {
        output::line(format!("decided by version {then}, made again by version {now}"));
    }
    for (all, says) in [
        (&value.new_rules, "rules that are new"),
        (&value.lost_rules, "rules that are no more"),
    ] {
        if !all.is_empty() {
            output::line(format!("{says}: {}", words::list(all)));
        }
    }
    for gone in &value.gone {
        output::line(format!("gone: {gone}"));
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
    match few(&matrix) {
        Some((head, rows)) => {
            let head: Vec<&str> = head.iter().map(String::as_str).collect();
            output::table(&head, rows, "the report has no portions");
        }
        None => many(&matrix),
    }
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

/// A row for each person, and one for those of a party who may have the same.
fn many(matrix: &Matrix) {
    let count = |portions: &[PortionId]| match portions.len() {
        0 => "–".to_owned(),
        all if all == matrix.rows.len() => "all".to_owned(),
        _ => words::list(portions),
    };
    let row = |together: &Together| {
        vec![
            together.who.clone(),
            count(&together.permit),
            count(&together.ask),
            count(&together.deny),
        ]
    };
    let rows = matrix.together().iter().map(row).collect();
    let head = ["who", word(Outcome::Permit), word(Outcome::Ask), word(Outcome::Deny)];
    output::table(&head, rows, "the audience is empty");
    output::line("");
    let marks = matrix
        .rows
        .iter()
        .map(|row| vec![row.portion.to_string(), row.mark.clone()]);
    output::table(&["portion", "mark"], marks.collect(), "the report has no portions");
}

/// A row for each portion, and a column for each person; nothing where they are too many for that, or the page too narrow.
fn few(matrix: &Matrix) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    if matrix.people.len() > NAMED {
        return None;
    }
    let people = matrix.people.iter().map(ToString::to_string);
    let head: Vec<String> = ["portion".to_owned(), "mark".to_owned()]
        .into_iter()
        .chain(people)
        .chain(["audience".to_owned()])
        .collect();
    let row = |row: &Row| {
        let outcomes = row.outcomes.iter().chain([&row.audience]);
        let outcomes = outcomes.map(|outcome| word(*outcome).to_owned());
        [row.portion.to_string(), row.mark.clone()]
            .into_iter()
            .chain(outcomes)
            .collect()
    };
    let rows: Vec<Vec<String>> = matrix.rows.iter().map(row).collect();
    output::fits(&head, &rows).then_some((head, rows))
}

/// What is said in the same words about several portions and persons.
fn say_alike(alike: &Alike) {
    /// How many portions a line names before it only counts.
    const NAMED: usize = 12;
    let who = alike.people.as_ref().map_or(String::new(), |who| {
        format!(
            " for {}",
            words::list(grouped(&who.iter().cloned().collect::<Vec<_>>()))
        )
    });
    let list: Vec<&str> = alike.portions.iter().map(PortionId::as_str).take(NAMED).collect();
    let more = match alike.portions.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    output::line("");
    output::outcomes(&format!(
        "{} {}{more}{who}: {}",
        word(alike.outcome),
        list.join(", "),
        alike.message
    ));
    if !alike.remedy.is_empty() {
        output::line(format!("    → {}", alike.remedy));
    }
}
