//! `override`, `disclosure`, `recall`: what happens after delivery.

use std::collections::BTreeSet;

use clap::{Args, Subcommand, ValueEnum};
use entente_core::{
    Called, Command, DisclosureId, Lawful, Notice, PartyPath, PersonId, PortionId, RecallAction, RecallId, ReportId,
    Route, Said, State,
};
use entente_marking::Purpose;
use jiff::Timestamp;
use serde_json::json;

use super::list::{List, ListArgs};
use super::{Global, decide, exchange};
use crate::failure::{Exit, Failure};
use crate::named::{AudienceArg, ReportArg};
use crate::{output, words};
use entente_core::handle::{Following, resting_on, the_one};
use entente_core::{IncidentId, Purged, Recall};
use entente_node::{Pinned, random_id};

/// What was released to whom.
#[derive(Debug, Args)]
pub(crate) struct What {
    #[command(flatten)]
    report: ReportArg,
    /// The portions.
    #[arg(long, value_delimiter = ',', required = true)]
    portions: Vec<PortionId>,
    #[command(flatten)]
    audience: AudienceArg,
    /// What for.
    #[arg(long = "for", visible_alias = "purpose", value_name = "PURPOSE")]
    purpose: Option<String>,
    #[command(flatten)]
    lawful: LawfulArgs,
}

impl What {
    /// Who learned it, known from now on.
    fn audience(&self, node: &mut Pinned, global: &Global) -> Result<Vec<PersonId>, Failure> {
        let named = self.audience.text()?;
        decide::kept_audience(node, global, named.as_deref(), &self.audience.credentials)
    }
}

/// Whether an act was lawful.
#[derive(Debug, Args)]
pub(crate) struct LawfulArgs {
    /// The legal basis, where the act is held to be lawful.
    #[arg(long, value_name = "BASIS", conflicts_with = "unlawful")]
    lawful: Option<String>,
    /// The act has no legal basis.
    #[arg(long)]
    unlawful: bool,
}

impl LawfulArgs {
    pub(crate) fn lawful(&self) -> Lawful {
        match (&self.lawful, self.unlawful) {
            (Some(basis), _) => Lawful::Yes { basis: basis.clone() },
            (None, true) => Lawful::No,
            (None, false) => Lawful::Undetermined,
        }
    }

    /// What was said here, else what was said of the override that the act rests on.
    pub(crate) fn or_of(&self, state: &State, under: Option<&DisclosureId>) -> Lawful {
        match (self.lawful(), under.and_then(|under| state.overrides.get(under))) {
            (Lawful::Undetermined, Some(under)) => under.lawful.clone(),
            (lawful, _) => lawful,
        }
    }
}

/// When something was said that is recorded now.
#[derive(Clone, Debug, Args)]
pub(crate) struct WhenArgs {
    /// When it was said, such as 2026-11-26T03:20Z; whether it was permitted is judged by what stood then [default: now].
    #[arg(long, value_name = "MOMENT", value_parser = entente_core::draft::moment)]
    at: Option<Timestamp>,
    /// Why it is recorded only now, where it was said more than a day ago.
    #[arg(long, value_name = "REASON", default_value = "", requires = "at")]
    late: String,
}

impl WhenArgs {
    pub(crate) fn said(&self) -> Said {
        Said {
            at: self.at,
            late: self.late.clone(),
        }
    }
}

/// `entente override`.
#[derive(Debug, Subcommand)]
pub(crate) enum OverrideCommand {
    /// Release portions on an authority's own decision. The originators are told.
    Add {
        #[command(flatten)]
        what: Box<What>,
        /// Who decides; needs the role `override-authority`.
        #[arg(long)]
        authority: PersonId,
        /// Why.
        #[arg(long, visible_alias = "note", value_name = "TEXT")]
        reason: String,
    },
    /// List overrides: of this party, and those that partners told of.
    List(ListArgs),
}

/// `entente disclosure`.
#[derive(Debug, Subcommand)]
pub(crate) enum DisclosureCommand {
    /// Record that an audience learned portions. The originators are told.
    Add {
        #[command(flatten)]
        what: Box<What>,
        /// How they learned them.
        #[arg(long)]
        route: RouteArg,
        /// Who disclosed them.
        #[arg(long)]
        by: Option<PersonId>,
        /// The override it rests on.
        #[arg(long)]
        under: Option<DisclosureId>,
        #[command(flatten)]
        when: WhenArgs,
    },
    /// List disclosures: recorded here, and those that partners told of.
    List(ListArgs),
}

/// How an audience learned something.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RouteArg {
    /// They read it.
    Read,
    /// They were briefed on it.
    Briefed,
    /// Someone said it.
    Said,
    /// It was published.
    Published,
}

impl OverrideCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        match self {
            Self::Add {
                what,
                authority,
                reason,
            } => {
                let audience = what.audience(&mut node, global)?;
                let id = DisclosureId::new(format!("ovr-{}", random_id()))?;
                node.submit(Command::Override {
                    id: id.clone(),
                    authority,
                    report: what.report.id()?,
                    portions: what.portions.iter().cloned().collect(),
                    audience: audience.into_iter().collect(),
                    purpose: what.purpose.clone().map(Purpose::new),
                    lawful: what.lawful.lawful(),
                    reason,
                })?;
                let sent = exchange::flush(&node, global)?;
                let record = node.state().overrides.get(&id);
                output::either(global.json, &json!({ "override": record, "sent": sent }), || {
                    output::line(format!("override {id} is recorded"));
                    if let Some(record) = record {
                        output::line(format!("lawful: {}", record.lawful));
                        match record.without_consent_of.is_empty() {
                            true => output::line("permitted: yes, no consent was missing"),
                            false => output::line("permitted: no"),
                        }
                        for (portion, parties) in &record.without_consent_of {
                            output::line(format!(
                                "    {portion}: without the consent of {}",
                                words::list(parties)
                            ));
                        }
                    }
                    exchange::say_sent(&sent);
                })?;
            }
            Self::List(chosen) => {
                let own = node.state().overrides.values().map(|o| ("here".to_owned(), o));
                let told = node.state().notices.values().filter_map(|(from, notice)| match notice {
                    Notice::Override(o) => Some((from.to_string(), o)),
                    Notice::Disclosure(_) => None,
                });
                let all: Vec<_> = own.chain(told).collect();
                let rows = all.iter().map(|(by, o)| {
                    let missing: BTreeSet<_> = o.without_consent_of.values().flatten().collect();
                    let permitted = if by != "here" {
                        "no".to_owned()
                    } else if missing.is_empty() {
                        "yes".to_owned()
                    } else {
                        format!("no, without {}", words::list(missing))
                    };
                    vec![
                        o.id.to_string(),
                        by.clone(),
                        o.authority.to_string(),
                        format!("{} {}", o.report, words::list(&o.portions)),
                        words::list(&o.audience),
                        o.lawful.to_string(),
                        permitted,
                    ]
                });
                let values = all.iter().map(|(by, o)| json!({ "told_by": by, "override": o }));
                let list = List {
                    head: &[
                        "override",
                        "told by",
                        "authority",
                        "portions",
                        "audience",
                        "lawful",
                        "permitted",
                    ],
                    empty: "no overrides",
                };
                chosen.show(global, &list, rows.zip(values))?;
            }
        }
        Ok(Exit::Done)
    }
}

impl DisclosureCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        match self {
            Self::Add {
                what,
                route,
                by,
                under,
                when,
            } => {
                let audience = what.audience(&mut node, global)?;
                let id = DisclosureId::new(format!("dis-{}", random_id()))?;
                let lawful = what.lawful.or_of(node.state(), under.as_ref());
                node.submit(Command::Disclose {
                    id: id.clone(),
                    report: what.report.id()?,
                    portions: what.portions.iter().cloned().collect(),
                    audience: audience.into_iter().collect(),
                    route: match route {
                        RouteArg::Read => Route::Read,
                        RouteArg::Briefed => Route::Briefed,
                        RouteArg::Said => Route::Said,
                        RouteArg::Published => Route::Published,
                    },
                    by,
                    learned: Vec::new(),
                    purpose: what.purpose.clone().map(Purpose::new),
                    lawful,
                    under,
                    review: None,
                    briefing: None,
                    said: when.said(),
                })?;
                let sent = exchange::flush(&node, global)?;
                let record = node.state().disclosures.get(&id);
                output::either(global.json, &json!({ "disclosure": record, "sent": sent }), || {
                    output::line(format!("disclosure {id} is recorded"));
                    if let Some(record) = record {
                        for (portion, permitted) in &record.permitted {
                            output::line(format!(
                                "    {portion}: permitted {}, lawful {}",
                                if *permitted { "yes" } else { "no" },
                                record.lawful
                            ));
                        }
                    }
                    exchange::say_sent(&sent);
                })?;
            }
            Self::List(chosen) => {
                let own = node.state().disclosures.values().map(|d| ("here".to_owned(), d));
                let told = node.state().notices.values().filter_map(|(from, notice)| match notice {
                    Notice::Disclosure(d) => Some((from.to_string(), d)),
                    Notice::Override(_) => None,
                });
                let all: Vec<_> = own.chain(told).collect();
                let rows = all.iter().map(|(by, d)| {
                    let permitted: Vec<String> = d
                        .permitted
                        .iter()
                        .map(|(id, yes)| format!("{id} {}", if *yes { "yes" } else { "no" }))
                        .collect();
                    vec![
                        d.id.to_string(),
                        by.clone(),
                        format!("{} {}", d.report, words::list(&d.portions)),
                        words::list(&d.audience),
                        d.route.to_string(),
                        d.lawful.to_string(),
                        permitted.join(", "),
                    ]
                });
                let values = all.iter().map(|(by, d)| json!({ "told_by": by, "disclosure": d }));
                let list = List {
                    head: &[
                        "disclosure",
                        "told by",
                        "portions",
                        "audience",
                        "route",
                        "lawful",
                        "permitted",
                    ],
                    empty: "no disclosures",
                };
                chosen.show(global, &list, rows.zip(values))?;
            }
        }
        Ok(Exit::Done)
    }
}

/// `entente recall`.
#[derive(Debug, Subcommand)]
pub(crate) enum RecallCommand {
    /// Order a recall of a report of one's own, to all who hold it.
    Order {
        /// The report.
        report: ReportId,
        /// What holders have to do.
        #[arg(long)]
        action: Action,
        /// The instruction, for `manual-instruction`.
        #[arg(long, default_value = "")]
        instruction: String,
        /// From these holders alone [default: from all]; the report goes on elsewhere.
        #[arg(long, value_name = "PARTY", value_delimiter = ',')]
        from: Vec<PartyPath>,
        /// Why.
        #[arg(long, visible_alias = "note", value_name = "TEXT")]
        reason: String,
    },
    /// Lift a recall. What holders destroyed meanwhile has to be delivered again.
    Lift {
        /// The recall.
        recall: Called<RecallId>,
        /// Why.
        #[arg(long, visible_alias = "note", value_name = "TEXT")]
        reason: String,
    },
    /// Acknowledge a recall: what was done with the copies here. A PURGE is carried out with it: every text of the report in
    /// this node's folder is destroyed, and the acknowledgement says what was, and what was not.
    Acknowledge {
        /// The recall.
        recall: Called<RecallId>,
        /// What was done, in your own words; of a PURGE, what was done besides, such as with papers.
        #[arg(long, default_value = "")]
        statement: String,
        /// Destroy nothing: a law forbids it. On what basis, and who says so.
        #[arg(long, value_name = "BASIS")]
        legal_hold: Option<String>,
        /// An open case whose notes and evidence stay, and who at the originator consented, as INCIDENT=WORD; may be given
        /// several times.
        #[arg(long, value_name = "INCIDENT=WORD", value_parser = kept)]
        keep: Vec<(IncidentId, String)>,
    },
    /// List recalls, and who has acknowledged them.
    List(ListArgs),
}

/// What holders of a recalled report have to do.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Action {
    /// Destroy every copy.
    Purge,
    /// Keep it with a warning.
    RetainWarn,
    /// Keep it, but let nobody read it.
    RetainHide,
    /// Follow the instruction.
    ManualInstruction,
}

impl Action {
    pub(crate) fn with(self, instruction: String) -> RecallAction {
        match self {
            Self::Purge => RecallAction::Purge,
            Self::RetainWarn => RecallAction::RetainWarn,
            Self::RetainHide => RecallAction::RetainHide,
            Self::ManualInstruction => RecallAction::ManualInstruction { instruction },
        }
    }
}

fn kept(text: &str) -> Result<(IncidentId, String), String> {
    let (case, word) = text.split_once('=').ok_or("write INCIDENT=WORD")?;
    Ok((
        IncidentId::new(case).map_err(|error| error.to_string())?,
        word.to_owned(),
    ))
}

/// Follows a recall, and says what was done, what was not, and what nobody but people can see to.
fn acknowledge(
    node: &mut Pinned,
    global: &Global,
    called: &Called<RecallId>,
    following: Following,
) -> Result<Exit, Failure> {
    let home = node.home()?.clone();
    let others = |recall: &Recall| recall.originator != home;
    let see = "`entente recall list` shows the recalls known here";
    let (named, _) = the_one(&node.state().recalls, called, ("recall", see), others)?;
    let (named, recall) = (named.clone(), &called.id);
    let command = Command::AcknowledgeRecall {
        recall: named.clone().into(),
        following,
    };
    node.submit(command)?;
    let sent = exchange::flush(node, global)?;
    let known = node.state().recalls.get(&named);
    let own = known.and_then(|known| known.holders.get(node.home().ok()?)?.clone());
    let outcome = own.as_ref().and_then(|own| own.outcome.clone());
    let derived = match (&outcome, known) {
        (Some(Purged::Destroyed { .. }), Some(known)) => resting_on(node.state(), &known.report, known.version),
        _ => BTreeSet::new(),
    };
    let backups = match &outcome {
        Some(Purged::Destroyed { .. }) => node.node().backups()?,
        _ => Vec::new(),
    };
    let value = json!({
        "recall": recall, "outcome": outcome, "derived": derived, "backups": backups, "sent": sent,
        "done": format!("recall {recall} is acknowledged"),
    });
    output::either(global.json, &value, || {
        match own.as_ref().filter(|own| own.outcome.is_some()) {
            Some(own) => output::line(format!("recall {recall} is acknowledged: {}", own.says())),
            None => output::line(format!("recall {recall} is acknowledged")),
        }
        for report in &derived {
            output::line(format!("    {report} rests on it: closed, and not destroyed"));
        }
        for backup in &backups {
            let until = backup.until.as_deref().unwrap_or("an end that was not stated");
            output::line(format!(
                "    {} holds it until {until}; once it is gone, say so with `entente store backup --gone {0}`",
                backup.place.display()
            ));
        }
        if outcome.is_some() {
            output::say(
                "not covered: papers and files written elsewhere, swap, core dumps, and what the file system itself keeps",
            );
        }
        exchange::say_sent(&sent);
    })?;
    Ok(Exit::Done)
}

impl RecallCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        let (command, done) = match self {
            Self::Order {
                report,
                action,
                instruction,
                from,
                reason,
            } => {
                let id = RecallId::new(format!("rec-{}", random_id()))?;
                let done = format!(
                    "recall {id} of {report} is ordered; until a holder acknowledges it, it counts as unconfirmed there"
                );
                let action = action.with(instruction);
                (
                    match from.is_empty() {
                        true => Command::Recall {
                            id,
                            report,
                            action,
                            reason,
                        },
                        false => Command::RecallFrom {
                            id,
                            report,
                            from: from.into_iter().collect(),
                            action,
                            reason,
                        },
                    },
                    done,
                )
            }
            Self::Lift { recall, reason } => {
                let done = format!(
                    "recall {recall} is lifted where that arrives; what was destroyed has to be delivered again"
                );
                (Command::LiftRecall { recall, reason }, done)
            }
            Self::Acknowledge {
                recall,
                statement,
                legal_hold,
                keep,
            } => {
                let following = Following {
                    statement,
                    legal_hold,
                    keep: keep.into_iter().collect(),
                    beyond_reach: node.node().beyond_reach()?,
                };
                return acknowledge(&mut node, global, &recall, following);
            }
            Self::List(chosen) => {
                let recalls: Vec<_> = node.state().recalls.values().collect();
                let rows = recalls.iter().enumerate().flat_map(|(n, recall)| {
                    recall.holders.iter().map(move |(holder, done)| {
                        let said = done.as_ref().map_or_else(
                            || "unconfirmed".to_owned(),
                            |a| format!("says ({}): {}", words::moment(a.at), a.says()),
                        );
                        let row = vec![
                            recall.id.to_string(),
                            recall.report.to_string(),
                            recall.action.name().to_owned(),
                            holder.to_string(),
                            said,
                        ];
                        (n, row)
                    })
                });
                let list = List {
                    head: &["recall", "report", "action", "holder", "acknowledgement"],
                    empty: "no recalls with holders",
                };
                let (numbers, rows): (Vec<usize>, Vec<_>) = rows.unzip();
                chosen.show_by(global, &list, &rows, (&numbers, &recalls))?;
                return Ok(Exit::Done);
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
