//! `request`: ask originators.

use std::collections::BTreeMap;

use clap::Subcommand;
use entente_core::{Command, PersonId, PortionId, Progress, ReportId, RequestId};
use entente_marking::Purpose;
use jiff::Timestamp;
use serde_json::json;

use super::{Global, decide, exchange};
use crate::failure::{Exit, Failure};
use crate::output;
use entente_node::random_id;

/// `entente request`.
#[derive(Debug, Subcommand)]
pub(crate) enum RequestCommand {
    /// Ask every originator whose word is missing, each about its own portions.
    Open {
        /// The report.
        #[arg(long)]
        report: ReportId,
        /// For whom: the name of an audience, or a JSON file.
        #[arg(long, value_name = "FILE|NAME")]
        audience: String,
        /// Only these portions [default: all that are not permitted].
        #[arg(long, value_delimiter = ',')]
        portions: Vec<PortionId>,
        /// What for.
        #[arg(long)]
        purpose: Option<String>,
        /// Why.
        #[arg(long, default_value = "")]
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
    /// List requests: opened here, and received.
    List {
        /// Only those that still wait for an answer.
        #[arg(long)]
        open: bool,
    },
    /// Show a request with the answers to it.
    Show {
        /// Its id.
        id: RequestId,
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
                let members = decide::kept_audience(&mut node, &audience)?;
                let before: Vec<RequestId> = node.state().requests.keys().cloned().collect();
                node.submit(Command::OpenRequest {
                    id: match id {
                        Some(id) => id,
                        None => RequestId::new(format!("req-{}", random_id()))?,
                    },
                    report,
                    portions: Some(portions).filter(|list| !list.is_empty()),
                    audience: members.into_iter().collect(),
                    purpose: purpose.map(Purpose::new),
                    reason,
                    change,
                    needed_by,
                })?;
                let opened: Vec<_> = node
                    .state()
                    .requests
                    .values()
                    .filter(|case| !before.contains(&case.request.id))
                    .map(|case| case.request.clone())
                    .collect();
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
            Self::List { open } => {
                let cases: Vec<_> = node
                    .state()
                    .requests
                    .values()
                    .filter(|case| !open || case.is_open())
                    .collect();
                let rows = cases.iter().map(|case| {
                    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
                    case.progress
                        .values()
                        .for_each(|p| *counts.entry(progress_word(*p)).or_default() += 1);
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
                let rows = rows.collect();
                output::either(global.json, &cases, || {
                    output::table(&["request", "from", "to", "report", "portions"], rows, "no requests");
                })?;
            }
            Self::Show { id } => {
                let case = node.state().requests.get(&id).ok_or_else(|| {
                    Failure::not_found(format!("there is no request {id}; `entente request list` shows them"))
                })?;
                let request = &case.request;
                let report = node
                    .state()
                    .reports
                    .get(&request.report)
                    .and_then(|h| h.versions.get(&request.version));
                output::either(global.json, case, || {
                    output::line(format!(
                        "{} from {} to {}, opened {}",
                        request.id,
                        request.from,
                        request.to,
                        request.opened.strftime("%Y-%m-%d %H:%M")
                    ));
                    let people: Vec<&str> = request
                        .audience
                        .iter()
                        .map(|person| PersonId::as_str(&person.id))
                        .collect();
                    output::line(format!("for {}", people.join(", ")));
                    output::line(format!(
                        "purpose: {}",
                        request.purpose.as_ref().map_or("(none stated)", Purpose::as_str)
                    ));
                    if !request.reason.is_empty() {
                        output::line(format!("reason: {}", request.reason));
                    }
                    for (portion, progress) in &case.progress {
                        let text = report
                            .and_then(|report| report.portion(portion))
                            .map(|p| format!("{} {}", p.mark, p.text))
                            .unwrap_or_default();
                        output::line(format!("{portion} {}: {text}", progress_word(*progress)));
                        for substitute in node
                            .state()
                            .substitutes_of(&request.report, request.version)
                            .filter(|s| s.request == id && s.stands_for == *portion)
                        {
                            output::line(format!(
                                "    may be said instead: {} {}",
                                substitute.portion.mark, substitute.portion.text
                            ));
                        }
                    }
                    let given = node.state().consents.values();
                    let answers = |consent: &&entente_core::Consent| {
                        let mut substitutes = node.state().substitutes.values().filter(|s| s.request == id);
                        consent.request.as_ref() == Some(&id) || substitutes.any(|s| s.consent == consent.id)
                    };
                    for consent in given.filter(answers) {
                        let until = consent
                            .ends
                            .map(|end| format!("until {}", end.strftime("%Y-%m-%d %H:%M")));
                        let withdrawn = consent.withdrawn.map(|_| "withdrawn".to_owned());
                        let purposes = consent.purposes.as_ref().map(|all| {
                            let names: Vec<&str> = all.iter().map(Purpose::as_str).collect();
                            format!("for {}", names.join(", "))
                        });
                        let terms = purposes.into_iter().chain(until).chain(withdrawn);
                        let terms: Vec<String> = terms.chain(consent.conditions.iter().cloned()).collect();
                        output::line(format!("consent {}: {}", consent.id, terms.join("; ")));
                    }
                    for refusal in case.refusals.iter().filter(|refusal| !refusal.reason.is_empty()) {
                        output::line(format!("refused: {}", refusal.reason));
                    }
                })?;
            }
        }
        Ok(Exit::Done)
    }
}
