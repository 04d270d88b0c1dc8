//! `brief`: what may be said to these people, and what was.

use std::collections::{BTreeMap, BTreeSet};

use clap::{Subcommand, ValueEnum};
use entente_core::{
    Briefing, BriefingId, BriefingItem, Command, DisclosureId, FactId, PersonId, PortionId, ReportId, Route, Status,
    Telling, handle,
};
use entente_marking::Purpose;
use entente_paper::Paper;
use serde_json::json;

use super::credential::CredentialArgs;
use super::disclosure::{LawfulArgs, WhenArgs};
use super::list::{List, ListArgs};
use super::paper::PaperArgs;
use super::{Global, decide, exchange, facts};
use crate::failure::{Exit, Failure};
use crate::{output, words};
use entente_desk::briefing::{SpeakersPaper, TablePaper, speakers_paper, table_paper};
use entente_node::{Pinned, random_id};

/// `entente brief`.
#[derive(Debug, Subcommand)]
pub(crate) enum BriefCommand {
    /// Work out what may be said to an audience, and write it on one page.
    New {
        /// An attendee, as PARTY/name; may be given several times.
        #[arg(
            long,
            visible_alias = "to",
            value_delimiter = ',',
            value_name = "PERSON",
            required_unless_present_any = ["audience", "credential"]
        )]
        attendee: Vec<PersonId>,
        /// The attendees: the name of an audience, or a JSON file.
        #[arg(long, value_name = "FILE|NAME", conflicts_with = "attendee")]
        audience: Option<String>,
        #[command(flatten)]
        credentials: CredentialArgs,
        /// A report to speak about; may be given several times.
        #[arg(long, required = true)]
        report: Vec<ReportId>,
        /// What for.
        #[arg(long)]
        purpose: Option<String>,
        /// Who will speak.
        #[arg(long, value_name = "PERSON")]
        speaker: PersonId,
        #[command(flatten)]
        paper: Papers,
    },
    /// Write a briefing again, as it was prepared.
    Show {
        /// The briefing.
        id: BriefingId,
        #[command(flatten)]
        paper: Papers,
    },
    /// List briefings, and what was said beyond them.
    List(ListArgs),
    /// Note what was in fact said. The originators are told; what nobody permitted can become an incident.
    Record {
        /// The briefing.
        id: BriefingId,
        /// What was said, as REPORT/portion.
        #[arg(long, value_delimiter = ',', required_unless_present = "fact")]
        said: Vec<String>,
        /// Only these facts of a portion were said, as REPORT/fact.
        #[arg(long, value_delimiter = ',')]
        fact: Vec<String>,
        #[command(flatten)]
        lawful: LawfulArgs,
        /// The override that it rests on.
        #[arg(long)]
        under: Option<DisclosureId>,
        #[command(flatten)]
        when: WhenArgs,
    },
}

/// Which paper, in which form.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Papers {
    /// For whom: the speaker alone, or to be left on the table.
    #[arg(long = "for", value_name = "WHOM", default_value = "speaker")]
    whom: Whom,
    #[command(flatten)]
    form: PaperArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Whom {
    /// The speaker alone: also what may not be said, and why.
    Speaker,
    /// Everyone: only what may be handed out.
    Table,
}

/// The paper to be left on the table.
pub(super) fn table(value: &TablePaper) -> Paper {
    let mut page = Paper::new("Information".to_owned(), value.banner.clone());
    for text in &value.texts {
        page.item(&text.mark, &text.text, text.handling.clone());
    }
    if value.texts.is_empty() {
        page.text("Nothing may be left with these attendees.");
    }
    page
}

/// The paper for the speaker alone.
pub(super) fn speakers(value: &SpeakersPaper) -> Paper {
    let mut page = Paper::new(
        format!("Briefing {}: for the speaker alone", value.id),
        value.banner.clone(),
    );
    page.notice = Some(match value.void {
        true => "VOID: something that could be said when this was prepared cannot be said any more. Prepare it again."
            .to_owned(),
        false => "Do not leave this paper behind.".to_owned(),
    });
    page.text(format!(
        "{} speaks to {}, for {}. Prepared {} from {}.",
        value.speaker,
        words::list(&value.audience),
        value.purpose.as_ref().map_or("no stated purpose", Purpose::as_str),
        words::moment(value.prepared),
        words::list(&value.reports)
    ));
    page.heading("You can say");
    for open in &value.can_say {
        let mut notes = [open.text.handling.clone(), open.conditions.clone()].concat();
        if open.may_be_left {
            notes.push("may be handed out".to_owned());
        }
        page.item(&open.text.mark, &open.text.text, notes);
    }
    if value.can_say.is_empty() {
        page.text("Nothing of it.");
    }
    page.heading("Do not say");
    for closed in &value.do_not_say {
        let name = format!("{} {}", closed.text.mark, closed.item.portion.portion);
        page.item(name, &closed.text.text, costs(&closed.item));
    }
    match value.not_for_the_speaker {
        0 if value.do_not_say.is_empty() => page.text("Nothing is held back."),
        0 => {}
        1 => page.text("1 more portion is not for you."),
        hidden => page.text(format!("{hidden} more portions are not for you.")),
    }
    page.heading("Requests under way");
    let rows = value.waiting.iter().map(|waiting| {
        vec![
            waiting.request.to_string(),
            waiting.asks.clone(),
            words::list(&waiting.portions),
            words::moment(waiting.since),
        ]
    });
    page.table(&["request", "asks", "about", "since"], rows.collect(), "None.");
    page
}

/// Why a portion may not be said, what saying it would disclose, and at whose cost.
fn costs(item: &BriefingItem) -> Vec<String> {
    let mut notes = vec![format!(
        "why: {}",
        item.why.first().map_or("it is not decided", String::as_str)
    )];
    if item.why.len() > 1 {
        notes.push(format!("and {} more reasons", item.why.len() - 1));
    }
    if !item.facts.is_empty() {
        notes.push(format!("it would disclose {}", words::list(&item.facts)));
    }
    if !item.without_consent_of.is_empty() {
        notes.push(format!(
            "at the cost of {}, without whose consent it would be said",
            words::list(&item.without_consent_of)
        ));
    }
    if !item.exposes.is_empty() {
        notes.push(format!("it may lead to a source of {}", words::list(&item.exposes)));
    }
    notes.extend(item.refused.iter().map(|refusal| format!("asked before: {refusal}")));
    notes.extend(item.remedies.first().map(|remedy| format!("to change it: {remedy}")));
    notes
}

/// `REPORT/portion`.
fn said_portion(text: &str) -> Result<(ReportId, PortionId), Failure> {
    let (report, portion) = text
        .split_once('/')
        .ok_or_else(|| Failure::usage(format!("`{text}` names no portion; write REPORT/portion")))?;
    Ok((ReportId::new(report)?, PortionId::new(portion)?))
}

/// A briefing; whoever is signed in finds their own.
fn held<'n>(node: &'n Pinned, id: &BriefingId) -> Result<&'n Briefing, Failure> {
    let theirs = |briefing: &&Briefing| node.actor().is_none_or(|actor| actor.person == briefing.speaker);
    let briefing = node.state().briefings.get(id).filter(theirs);
    briefing.ok_or_else(|| Failure::not_found(format!("there is no briefing `{id}`; `entente brief list` shows them")))
}

impl Papers {
    fn write(&self, global: &Global, node: &Pinned, briefing: &Briefing) -> Result<(), Failure> {
        let exposure = node.exposure();
        let standing = handle::standing(node.state(), briefing, &node.context(&exposure));
        match self.whom {
            Whom::Table => {
                let value = table_paper(node.state(), node.library(), briefing, &standing);
                if global.json {
                    output::json(&value)
                } else {
                    self.form.write(&table(&value))
                }
            }
            Whom::Speaker => {
                let value = speakers_paper(node.state(), node.library(), briefing, &standing);
                if global.json {
                    output::json(&value)
                } else {
                    self.form.write(&speakers(&value))
                }
            }
        }
    }
}

/// What was said, report by report: portions, and the facts of those of which not everything was said.
type Said = BTreeMap<ReportId, (BTreeSet<PortionId>, Vec<Telling>)>;

fn gather(node: &Pinned, said: &[String], facts: &[String]) -> Result<Said, Failure> {
    let mut all = Said::new();
    for text in said {
        let (report, portion) = said_portion(text)?;
        all.entry(report).or_default().0.insert(portion);
    }
    for text in facts {
        let (report, id): (ReportId, FactId) = facts::named(text)?;
        let kept = node.state().facts.get(&report).into_iter().flatten();
        let fact = kept.into_iter().find(|fact| fact.id == id);
        let fact = fact
            .ok_or_else(|| Failure::not_found(format!("there is no fact {text}; `entente facts list` shows them")))?;
        let entry = all.entry(report).or_default();
        entry.0.insert(fact.portion.clone());
        entry.1.push(Telling {
            fact: id,
            status: Status::Confirmed,
            origin: None,
            words: None,
        });
    }
    // Where facts single something out, portions that were said as a whole count with all their facts.
    for (report, (_, learned)) in &mut all {
        let whole: BTreeSet<PortionId> = said
            .iter()
            .filter_map(|text| said_portion(text).ok())
            .filter(|(r, _)| r == report)
            .map(|(_, p)| p)
            .collect();
        if !learned.is_empty() {
            let kept = node.state().facts.get(report).into_iter().flatten();
            learned.extend(kept.filter(|fact| whole.contains(&fact.portion)).map(|fact| Telling {
                fact: fact.id.clone(),
                status: Status::Confirmed,
                origin: None,
                words: None,
            }));
        }
    }
    Ok(all)
}

fn record(
    global: &Global,
    id: &BriefingId,
    said: &[String],
    facts: &[String],
    lawful: &LawfulArgs,
    under: Option<&DisclosureId>,
    when: &WhenArgs,
) -> Result<Exit, Failure> {
    let mut node = global.node()?;
    let lawful = lawful.or_of(node.state(), under);
    let briefing = held(&node, id)?.clone();
    let (mut recorded, mut commands) = (Vec::new(), Vec::new());
    for (report, (portions, learned)) in gather(&node, said, facts)? {
        if !briefing.reports.iter().any(|(known, _)| *known == report) {
            return Err(Failure::usage(format!(
                "{id} is not about {report}; record it with `entente disclosure add`"
            )));
        }
        let disclosure = DisclosureId::new(format!("dis-{}", random_id()))?;
        commands.push(Command::Disclose {
            id: disclosure.clone(),
            report,
            portions,
            audience: briefing.audience.clone(),
            route: Route::Said,
            by: Some(briefing.speaker.clone()),
            learned,
            purpose: briefing.purpose.clone(),
            lawful: lawful.clone(),
            under: under.cloned(),
            review: None,
            briefing: Some(id.clone()),
            said: when.said(),
        });
        recorded.push(disclosure);
    }
    node.submit_all(commands)?;
    let sent = exchange::flush(&node, global)?;
    let records: Vec<_> = recorded
        .iter()
        .filter_map(|id| node.state().disclosures.get(id))
        .collect();
    let beyond: BTreeSet<String> = records
        .iter()
        .flat_map(|d| {
            d.permitted
                .iter()
                .filter(|(_, yes)| !**yes)
                .map(move |(portion, _)| format!("{}/{portion}", d.report))
        })
        .collect();
    output::either(
        global.json,
        &json!({ "disclosures": records, "beyond": beyond, "sent": sent }),
        || {
            for record in &records {
                output::line(format!(
                    "disclosure {} of {}: {}",
                    record.id,
                    record.report,
                    words::list(&record.portions)
                ));
            }
            match beyond.is_empty() {
                true => output::line("everything that was said was permitted"),
                false => {
                    output::line(format!("said beyond what was permitted: {}", words::list(&beyond)));
                    output::line(format!(
                        "    → open a case with `entente incident open --from-briefing {id}`"
                    ));
                }
            }
            exchange::say_sent(&sent);
        },
    )?;
    Ok(Exit::Done)
}

impl BriefCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self {
            Self::New {
                attendee,
                audience,
                credentials,
                report,
                purpose,
                speaker,
                paper,
            } => {
                let mut node = global.node()?;
                let described = decide::kept_audience(&mut node, global, audience.as_deref(), &credentials)?;
                let members = described.into_iter().chain(attendee);
                let id = BriefingId::new(format!("brf-{}", random_id()))?;
                node.submit(Command::PrepareBriefing {
                    id: id.clone(),
                    speaker,
                    audience: members.collect(),
                    reports: report,
                    purpose: purpose.map(Purpose::new),
                })?;
                // Whoever prepares it for another does not read along.
                if let Ok(briefing) = held(&node, &id) {
                    paper.write(global, &node, briefing)?;
                }
                output::say(format!(
                    "briefing {id} is kept; afterwards, `entente brief record {id} --said REPORT/portion`"
                ));
            }
            Self::Show { id, paper } => {
                let node = global.node()?;
                paper.write(global, &node, held(&node, &id)?)?;
            }
            Self::List(chosen) => {
                let node = global.node()?;
                let all: Vec<_> = node.state().briefings.values().collect();
                let listed = all.iter().map(|briefing| {
                    json!({
                        "id": briefing.id,
                        "prepared": briefing.prepared,
                        "speaker": briefing.speaker,
                        "audience": briefing.audience,
                        "reports": briefing.reports,
                    })
                });
                let rows = all.iter().map(|briefing| {
                    let said = node
                        .state()
                        .disclosures
                        .values()
                        .filter(|d| d.briefing.as_ref() == Some(&briefing.id));
                    let beyond: Vec<String> = said
                        .flat_map(|d| d.permitted.iter().filter(|(_, yes)| !**yes))
                        .map(|(portion, _)| portion.to_string())
                        .collect();
                    vec![
                        briefing.id.to_string(),
                        words::moment(briefing.prepared),
                        briefing.speaker.to_string(),
                        words::list(&briefing.audience),
                        words::list(briefing.reports.iter().map(|(id, _)| id)),
                        beyond.join(", "),
                    ]
                });
                let list = List {
                    head: &["briefing", "prepared", "speaker", "attendees", "reports", "said beyond"],
                    empty: "no briefings; prepare one with `entente brief new`",
                };
                chosen.show(global, &list, rows.zip(listed))?;
            }
            Self::Record {
                id,
                said,
                fact,
                lawful,
                under,
                when,
            } => return record(global, &id, &said, &fact, &lawful, under.as_ref(), &when),
        }
        Ok(Exit::Done)
    }
}
