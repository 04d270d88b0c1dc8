//! `request`: ask originators.

use std::collections::{BTreeMap, BTreeSet};

use clap::Subcommand;
use entente_core::handle::the_one;
use entente_core::{Called, Command, Named, PortionId, Progress, RequestId};
use entente_marking::Purpose;
use jiff::Timestamp;
use serde_json::json;

use super::list::{List, ListArgs};
use super::{Global, decide, exchange};
use crate::failure::{Exit, Failure};
use crate::named::{AudienceArg, ReportArg};
use crate::{node, output, words};
use entente_desk::View;
use entente_desk::asking::{self, Asked, Given};
use entente_node::{Pinned, random_id};

/// `entente request`.
#[derive(Debug, Subcommand)]
pub(crate) enum RequestCommand {
    /// Ask every originator whose word is missing, each about its own portions.
    Open {
        #[command(flatten)]
        report: ReportArg,
        #[command(flatten)]
        audience: AudienceArg,
        /// Only these portions [default: all that are not permitted].
        #[arg(long, value_delimiter = ',')]
        portions: Vec<PortionId>,
        /// What for.
        #[arg(long = "for", visible_alias = "purpose", value_name = "PURPOSE")]
        purpose: Option<String>,
        /// Why.
        #[arg(long, visible_alias = "note", value_name = "TEXT", default_value = "")]
        reason: String,
        /// What has changed since the same was asked before.
        #[arg(long, value_name = "TEXT", default_value = "")]
        change: String,
        /// By when an answer is of use.
        #[arg(long, value_name = "DATE", value_parser = entente_core::draft::moment)]
        needed_by: Option<Timestamp>,
        /// The request's id [default: a fresh one].
        #[arg(long)]
        id: Option<RequestId>,
    },
    /// Take a request back: whoever was asked needs not answer.
    Retract {
        /// Its id.
        id: Called<RequestId>,
        /// Why.
        #[arg(long, visible_alias = "note", value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// List requests: opened here, and received.
    List {
        /// Only those that still wait for an answer.
        #[arg(long)]
        open: bool,
        #[command(flatten)]
        chosen: ListArgs,
    },
    /// Show a request with the answers to it.
    Show {
        /// Its id.
        id: Called<RequestId>,
    },
}

pub(crate) fn progress_word(progress: Progress) -> &'static str {
    match progress {
        Progress::Open => "open",
        Progress::Granted => "granted",
        Progress::Refused => "refused",
        Progress::Substituted => "substituted",
    }
}

impl RequestCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        match self {
            Self::Open {
                report,
                audience,
                portions,
                purpose,
                reason,
                change,
                needed_by,
                id,
            } => {
                let members =
                    decide::kept_audience(&mut node, global, audience.text()?.as_deref(), &audience.credentials)?;
                let before: BTreeSet<Named<RequestId>> = node.state().requests.keys().cloned().collect();
                node.submit(Command::OpenRequest {
                    id: match id {
                        Some(id) => id,
                        None => RequestId::new(format!("req-{}", random_id()))?,
                    },
                    report: report.id()?,
                    portions: Some(portions).filter(|list| !list.is_empty()),
                    audience: members.into_iter().collect(),
                    purpose: purpose.map(Purpose::new),
                    reason,
                    change,
                    needed_by,
                })?;
                let mut opened: Vec<_> = node
                    .state()
                    .requests
                    .iter()
                    .filter(|(named, _)| !before.contains(*named))
                    .map(|(_, case)| case.request.clone())
                    .collect();
                opened.sort_by(|one, other| (&one.to, &one.id).cmp(&(&other.to, &other.id)));
                let sent = exchange::flush(&node, global)?;
                let value = json!({ "requests": opened.iter().map(|r| json!({ "id": r.id, "to": r.to, "portions": r.portions })).collect::<Vec<_>>(), "sent": sent });
                output::either(global.json, &value, || {
                    for request in &opened {
                        let portions: Vec<&str> = request.portions.iter().map(PortionId::as_str).collect();
                        output::line(format!(
                            "{}: asks {} about {}",
                            request.id,
                            request.to,
                            portions.join(", ")
                        ));
                    }
                    exchange::say_sent(&sent);
                })?;
            }
            Self::Retract { id, reason } => {
                node.submit(Command::RetractRequest {
                    request: id.clone(),
                    reason,
                })?;
                let sent = exchange::flush(&node, global)?;
                output::either(global.json, &json!({ "retracted": id, "sent": sent }), || {
                    output::line(format!("request {id} is taken back"));
                    exchange::say_sent(&sent);
                })?;
            }
            Self::List { open, chosen } => list(&node, global, open, &chosen)?,
            Self::Show { id } => show(&node, global, &id)?,
        }
        Ok(Exit::Done)
    }
}

fn list(node: &Pinned, global: &Global, open: bool, chosen: &ListArgs) -> Result<(), Failure> {
    let moment = node::moment(node);
    let reader = global.viewer(node, None)?;
    let cases = asking::requests(&moment, &View::of(reader.as_ref(), None, Timestamp::now()), open);
    let rows = cases.iter().map(|case| {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let words = case.progress.values().map(|progress| progress_word(*progress));
        words.for_each(|word| *counts.entry(word).or_default() += 1);
        let counts: Vec<String> = counts.iter().map(|(word, n)| format!("{n} {word}")).collect();
        let r = &case.request;
        vec![
            r.id.to_string(),
            r.from.to_string(),
            r.to.to_string(),
            format!("{} v{}", r.report, r.version),
            counts.join(", "),
        ]
    });
    let list = List {
        head: &["request", "from", "to", "report", "portions"],
        empty: "no requests; open one with `entente request open`",
    };
    chosen.show(global, &list, rows.zip(&cases))
}

fn show(node: &Pinned, global: &Global, id: &Called<RequestId>) -> Result<(), Failure> {
    let see = "`entente request list` shows them";
    let (named, _) = the_one(&node.state().requests, id, ("request", see), |_| true)?;
    let moment = node::moment(node);
    let reader = global.viewer(node, None)?;
    let asked = asking::request(&moment, named, &View::of(reader.as_ref(), None, Timestamp::now()));
    let asked = asked.ok_or_else(|| Failure::not_found(format!("there is no request `{id}`; {see}")))?;
    output::either(global.json, &asked, || say_asked(&asked))
}

fn say_asked(asked: &Asked<'_>) {
    let request = &asked.case.request;
    output::line(format!(
        "{} from {} to {}, opened {}",
        request.id,
        request.from,
        request.to,
        words::moment(request.opened)
    ));
    output::line(format!(
        "for {}",
        words::list(request.audience.iter().map(|person| &person.id))
    ));
    output::line(format!(
        "purpose: {}",
        request.purpose.as_ref().map_or("(none stated)", Purpose::as_str)
    ));
    if !request.reason.is_empty() {
        output::line(format!("reason: {}", request.reason));
    }
    if !request.carried.shown.is_empty() {
        output::line(format!("shown to them before: {}", words::list(&request.carried.shown)));
    }
    for portion in &asked.asked {
        let text = portion.text.as_ref();
        let text = text.map_or(String::new(), |text| format!("{} {}", text.mark, text.text));
        output::line(format!(
            "{} {}: {text}",
            portion.portion,
            progress_word(portion.progress)
        ));
        if !portion.rests_on.is_empty() {
            output::line(format!("    rests on {}", words::list(&portion.rests_on)));
        }
        for instead in &portion.instead {
            output::line(format!("    may be said instead: {} {}", instead.mark, instead.text));
        }
    }
    for given in &asked.consents {
        say_given(given);
    }
    for refusal in asked.case.refusals.iter().filter(|refusal| !refusal.reason.is_empty()) {
        output::line(format!("refused: {}", refusal.reason));
    }
}

fn say_given(given: &Given<'_>) {
    let consent = given.consent;
    let until = consent.ends.map(|end| format!("until {}", words::moment(end)));
    let withdrawn = consent.withdrawn.map(|_| "withdrawn".to_owned());
    let purposes = consent.purposes.as_ref();
    let purposes = purposes.map(|all| format!("for {}", words::list(all.iter().map(Purpose::as_str))));
    let terms = purposes.into_iter().chain(until).chain(withdrawn);
    let terms: Vec<String> = terms.chain(consent.conditions.iter().cloned()).collect();
    output::line(format!("consent {}: {}", consent.id, terms.join("; ")));
}
