//! `deliver`, `receive`, `outbox`: sealed files between parties.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use entente_core::exposure::Band;
use entente_core::handle::Handover;
use entente_core::{Command, Message, PartyPath, PortionId, ReportId, Saying};
use entente_desk::View;
use entente_desk::holders::delivered;
use jiff::Timestamp;
use serde_json::json;

use super::Global;
use super::list::{List, ListArgs};

use crate::failure::{Exit, Failure};
use crate::{input, node, output, seat, words};
use entente_desk::holdings::{Stale, stale};
use entente_desk::lineage::{Resting, raised_by};
use entente_node::{KeyPair, NodeError, Pinned, Received, SentFile};

/// Says which files are ready to be handed over.
pub(crate) fn say_sent(sent: &[SentFile]) {
    for file in sent {
        output::line(format!("{} for {}: {}", file.kind, file.to, file.file.display()));
    }
}

/// Seals what waits into files in the folder for them, and says what has to go on waiting.
pub(crate) fn flush(node: &Pinned, global: &Global) -> Result<Vec<SentFile>, Failure> {
    // What travels by itself stays where the node finds it.
    flush_but(node, global, &node::settings(None, &global.data)?.reached())
}

fn flush_but(node: &Pinned, global: &Global, others: &BTreeSet<PartyPath>) -> Result<Vec<SentFile>, Failure> {
    let mut sent = node.flush(&seat::path(&global.out()), others)?;
    // Named as they are called where the command was typed.
    for file in &mut sent.files {
        file.file = global.out().join(file.file.file_name().unwrap_or_default());
    }
    let waiting = node.node().waiting()?;
    for (to, count) in waiting.iter().filter(|(to, _)| others.contains(to)) {
        output::say(format!(
            "{count} for {to} leave over the network while `entente serve` runs; `entente outbox send --files` writes them into \
             files instead"
        ));
    }
    for letter in sent.waiting {
        if let Some(why) = &letter.frozen {
            output::say(format!(
                "warning: {} of event {} waits: the link with {} is frozen: {why}",
                letter.kind, letter.seq, letter.to
            ));
            continue;
        }
        output::say(format!(
            "warning: {} of event {} waits: the keys of {to} are not known; add them with `entente party add {to} --keys \
             FILE`, then run `entente outbox send`",
            letter.kind,
            letter.seq,
            to = letter.to
        ));
    }
    Ok(sent.files)
}

/// Takes in one file.
fn take_in(node: &mut Pinned, file: &Path) -> Result<Received, Failure> {
    let bytes = input::bytes(file)?;
    node.receive(&bytes).map_err(|error| {
        let named = matches!(error, NodeError::NotAMessage(_) | NodeError::OtherKind { .. });
        let failure = Failure::from(error);
        match named {
            true => Failure::new(failure.exit, format!("{}: {}", file.display(), failure.message)),
            false => failure,
        }
    })
}

/// `entente deliver`.
#[derive(Debug, Args)]
pub(crate) struct Deliver {
    /// The report.
    report: ReportId,
    /// The receivers: each gets the part that it may have.
    #[arg(long, required = true, value_delimiter = ',')]
    to: Vec<PartyPath>,
    /// Only these portions [default: all that the receiver may have].
    #[arg(long, value_delimiter = ',')]
    portions: Vec<PortionId>,
    /// Why it is delivered although that narrows a protected source below its threshold; stays here, on the record.
    #[arg(long, value_name = "REASON")]
    despite_exposure: Option<String>,
}

impl Deliver {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        let deliver = |to: &PartyPath| {
            Command::HandOver(Handover {
                report: self.report.clone(),
                to: to.clone(),
                portions: Some(self.portions.iter().cloned().collect()).filter(|all: &BTreeSet<_>| !all.is_empty()),
                despite_exposure: self.despite_exposure.clone(),
                known: None,
            })
        };
        node.submit_all(self.to.iter().map(deliver).collect())?;
        let reader = node.actor().map(|actor| actor.person.clone());
        let view = View::of(reader.as_ref(), None, Timestamp::now());
        let parts = delivered(&node::moment(&node), &self.report, &self.to, &view);
        let sent = flush(&node, global)?;
        output::either(global.json, &json!({ "parts": parts, "sent": sent }), || {
            for part in parts.iter().filter(|part| !part.withheld.is_empty()) {
                output::line(format!(
                    "{} gets {}; withheld: {}",
                    part.party,
                    words::list(&part.portions),
                    words::list(&part.withheld)
                ));
            }
            say_sent(&sent);
        })?;
        Ok(Exit::Done)
    }
}

/// `entente receive`.
#[derive(Debug, Args)]
pub(crate) struct Receive {
    /// The files, or folders of them: of a folder, every sealed file that is for this party, oldest first.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// The sealed files that are meant, and how many in folders are for others.
fn meant(paths: &[PathBuf], home: &PartyPath, keys: &KeyPair) -> Result<(Vec<PathBuf>, usize), Failure> {
    let (mut files, mut others) = (Vec::new(), 0);
    for path in paths {
        let folder = seat::path(path);
        if !folder.is_dir() {
            files.push(path.clone());
            continue;
        }
        let failed = |error: std::io::Error| Failure::failed(format!("{}: {error}", path.display()));
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let file = entry.map_err(failed)?.path();
            if file.extension().is_none_or(|end| end != "entente") {
                continue;
            }
            // What is no sealed file is shown as such when it is taken in.
            let header = entente_seal::peek(&input::bytes(&file)?);
            match header {
                Ok(header) if header.to != home.as_str() => others += 1,
                _ => found.push((
                    entente_seal::sealed_at(&input::bytes(&file)?, keys).unwrap_or_default(),
                    file,
                )),
            }
        }
        found.sort();
        files.extend(found.into_iter().map(|(_, file)| file));
    }
    Ok((files, others))
}

/// What a message brought, in a line.
fn describe(message: &Message) -> String {
    match message {
        Message::Delivery { report, .. } => format!(
            "report {} v{}: {} ({} portions)",
            report.id,
            report.version,
            report.title.text(),
            report.portions.len()
        ),
        Message::Request(request) => format!(
            "request {} about {} of {} v{}; answer with `entente consent`",
            request.id,
            request
                .portions
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", "),
            request.report,
            request.version
        ),
        Message::Answer {
            consents,
            refusals,
            substitutes,
            exposures,
        } => {
            let told = exposures.iter().map(|answer| match answer.band {
                Band::Within => "; the source behind it stays above its originator's threshold",
                Band::Narrows => "; it would narrow the source behind it below its originator's threshold",
            });
            format!(
                "answer: consents {}, refusals {}, substitutes {}{}",
                consents.len(),
                refusals.len(),
                substitutes.len(),
                told.collect::<String>()
            )
        }
        Message::Narrowing { consent, reason, .. } => format!("consent {consent} is narrowed: {reason}"),
        Message::ConsentSaid { consent, saying } => match saying {
            Saying::Accepts(_) => format!("the conditions of consent {consent} are accepted"),
            Saying::Counters(counter) => format!(
                "other terms than those of consent {consent} are proposed ({}); answer with `entente consent renew`",
                counter.note
            ),
            Saying::PersonChanged { .. } => format!(
                "a person whom consent {consent} names is not any more as described; `entente consent check {consent}`"
            ),
        },
        Message::Retracted { request, reason, .. } => format!("request {request} is taken back: {reason}"),
        Message::GivenUp { report, statement, .. } => format!("the copy of {report} is given up: {statement}"),
        Message::Receipts(receipts) => format!("receipts for {}", words::count(receipts.len(), "version")),
        Message::Withdrawal { consent, reason, .. } => format!("consent {consent} is withdrawn: {reason}"),
        Message::Recall(recall) => format!(
            "recall {} of {}: {}; {}. Acknowledge with `entente recall acknowledge`",
            recall.id,
            recall.report,
            recall.action.name(),
            recall.reason
        ),
        Message::HandedOnEnded {
            originator,
            consent,
            reason,
            ..
        } => format!("consent {consent} of {originator}, which came with what was handed on, has ended: {reason}"),
        Message::Embargo(embargo) => entente_desk::embargoes::in_words(embargo),
        Message::RecallLifted { recall, reason, .. } => format!("recall {recall} is lifted: {reason}"),
        Message::Acknowledgement(acknowledgement) => format!(
            "{} acknowledges recall {}: {}",
            acknowledgement.by, acknowledgement.recall, acknowledgement.statement
        ),
        Message::Notice(notice) => format!(
            "notice about {}: see `entente override list` and `entente disclosure list`",
            notice.report()
        ),
        Message::Incident(notice) => format!(
            "notice of incident {}; see `entente incident list`, then `entente incident acknowledge`",
            notice.incident
        ),
        Message::IncidentAcknowledged {
            incident, statement, ..
        } => format!("taken note of incident {incident}: {statement}"),
        Message::KeySuccession(succession) => format!(
            "new keys of {}, by a statement signed with the old ones; `entente party list` shows them",
            succession.party
        ),
        Message::KeyCompromised { key, from } => format!(
            "the key {key} is compromised from {from} on: what it signed since then does not count; compare the fingerprint \
             of the keys that hold now by voice"
        ),
        Message::Arrangement(arrangement) => format!(
            "arrangement {} is {}; `entente arrangement list` shows what is recorded here",
            arrangement.id, arrangement.status
        ),
    }
}

impl Receive {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        let (mut taken, mut failed) = (Vec::new(), None);
        let (files, others) = meant(&self.files, node.home()?, &*node.keys()?)?;
        if others > 0 {
            output::say(format!("{others} files are for others, and stay where they are"));
        }
        // A file that cannot be taken in must not keep the next ones out: they may be withdrawals and recalls.
        for file in &files {
            match take_in(&mut node, file) {
                Ok(Received { header, message, .. }) => {
                    let said: Vec<String> = match &message {
                        Message::Delivery { report, .. } => {
                            let raised = raised_by(node.state(), &report.id);
                            let stale = stale(node.state(), &report.id);
                            let stale = stale.iter().map(Stale::says);
                            raised.iter().filter_map(Resting::says).chain(stale).collect()
                        }
                        _ => Vec::new(),
                    };
                    taken.push(json!({ "file": file, "from": header.from, "id": header.id, "kind": header.kind, "about": describe(&message), "changes": said }));
                }
                Err(failure) if files.len() == 1 => return Err(failure),
                Err(failure) => {
                    output::say(format!("not taken in: {}: {}", file.display(), failure.message));
                    failed.get_or_insert(failure.exit);
                }
            }
        }
        node.publish()?;
        output::either(global.json, &taken, || {
            for entry in &taken {
                let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
                output::line(format!(
                    "from {}, signature verified: {}",
                    text("from"),
                    output::words(&text("about"))
                ));
                let said = entry["changes"].as_array().into_iter().flatten();
                said.filter_map(|said| said.as_str()).for_each(output::line);
            }
        })?;
        Ok(failed.unwrap_or(Exit::Done))
    }
}

/// `entente outbox`.
#[derive(Debug, Subcommand)]
pub(crate) enum OutboxCommand {
    /// List what still has to leave.
    List(ListArgs),
    /// Seal it into files.
    Send {
        /// Also for partners that are reached over the network.
        #[arg(long)]
        files: bool,
    },
}

impl OutboxCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let node = global.node()?;
        match self {
            Self::List(chosen) => {
                let letters = node.store().outbox()?;
                let rows = letters.iter().map(|letter| {
                    vec![
                        letter.id.to_string(),
                        letter.kind.clone(),
                        letter.destination.clone(),
                        letter.seq.to_string(),
                    ]
                });
                let values = letters
                    .iter()
                    .map(|l| json!({ "id": l.id, "kind": l.kind, "to": l.destination, "event": l.seq }));
                let list = List {
                    head: &["letter", "kind", "to", "event"],
                    empty: "nothing waits",
                };
                chosen.show(global, &list, rows.zip(values))?;
            }
            Self::Send { files } => {
                let sent = match files {
                    true => flush_but(&node, global, &BTreeSet::new())?,
                    false => flush(&node, global)?,
                };
                output::either(global.json, &json!({ "sent": sent }), || {
                    say_sent(&sent);
                    if sent.is_empty() {
                        output::say("nothing was sent");
                    }
                })?;
            }
        }
        Ok(Exit::Done)
    }
}
