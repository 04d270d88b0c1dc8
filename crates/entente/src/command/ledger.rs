//! `ledger`: verify, prove, log.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::{Subcommand, ValueEnum};
use entente_assurance::{Assurance, Checked};
use entente_core::PartyPath;
use entente_ledger::{Folder, Leaf, Verifier, VerifyReport, Wording, hex, verify};
use entente_node::{Node, Pinned};
use entente_serve::{Unreconciled, records_of};
use entente_store::Opening;
use serde_json::{Value, json};

use super::{Global, trust};
use crate::failure::{Exit, Failure};
use crate::{output, seat, words};

/// `entente ledger`.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Verify a ledger offline: signatures, every entry, every tile, older checkpoints. Exit 6 when tampered with.
    Verify {
        /// The ledger's folder, or an assurance from one [default: this node's own, which is also compared with the
        /// store].
        folder: Option<PathBuf>,
        /// A public key to trust, as `party export` writes it; may be given several times [default: this node's
        /// parties].
        #[arg(long, value_name = "FILE|VKEY")]
        key: Vec<String>,
    },
    /// Write a proof that an event is in the ledger, for someone who has the public key.
    Prove {
        /// The event's number, from 1.
        event: u64,
        /// Include the event and its salt, so that its content is proved too.
        #[arg(long)]
        open: bool,
        /// The format.
        #[arg(long = "as", value_name = "FORMAT", default_value = "proof")]
        form: Form,
        /// The file to write a receipt to; its entry stands beside it, as FILE.entry.
        #[arg(long, short = 'o', value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// List the ledger's entries.
    Log {
        /// From this event on.
        #[arg(long, default_value_t = 1)]
        from: u64,
    },
    /// Bring the public ledger up to date and sign its checkpoint.
    Publish,
    /// Compare both sides' records of what is between this party and a partner: everything without a counterpart is named. Exit 1
    /// where there is some, 6 where what the partner shows must not be relied on.
    Reconcile {
        /// The partner.
        partner: PartyPath,
        /// What it wrote with `entente assure --for` this party; without it, it is asked over the network.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

/// How an entry is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// As text (C2SP tlog-proof).
    Proof,
    /// A COSE receipt (RFC 9942).
    Cose,
}

impl LedgerCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self {
            Self::Verify {
                folder: Some(file),
                key,
            } if seat::path(&file).is_file() => super::assure::verify_file(global, &file, &key, None),
            Self::Verify { folder, key } => verify_folder(global, folder.as_deref(), &key),
            Self::Prove {
                event,
                open,
                form: Form::Proof,
                ..
            } => prove(global, event, open),
            Self::Prove { open: true, .. } => Err(Failure::usage(
                "a receipt has no room for an event's content: leave `--open` out, or `--as cose`",
            )),
            Self::Prove { event, output, .. } => prove_by_receipt(global, event, output.as_deref()),
            Self::Log { from } => log(global, from.max(1)),
            Self::Publish => publish(global),
            Self::Reconcile { partner, file } => reconcile(global, &partner, file.as_deref()),
        }
    }
}

/// How often a partner is asked anew whose log grew, and was seen here, while it answered.
const ASKED_ANEW: usize = 5;

/// A partner's records as it shows them now, compared with what was seen of its log before it was asked.
fn asked(node: &Arc<Node>, global: &Global, partner: &PartyPath, keys: &[Verifier]) -> Result<Checked, Failure> {
    let settings = crate::node::settings(None, &global.data)?;
    let seen = || Ok::<u64, Failure>(node.seen(partner)?.map_or(0, |(_, seen)| seen.size));
    for _ in 0..ASKED_ANEW {
        let before = seen()?;
        let made = records_of(node, &settings, partner).map_err(|error| match error {
            Unreconciled::Node(error) => error.into(),
            other => Failure::failed(other),
        })?;
        by(&made, partner)?;
        let checked = node.compare(&made, keys, Some(before))?;
        // What it shows may be older than what its log was seen to be meanwhile.
        if checked.continues || seen()? == before {
            return Ok(checked);
        }
    }
    Err(Failure::failed(format!(
        "the ledger of {partner} grew each time while it answered; try again"
    )))
}

fn by(made: &Assurance, partner: &PartyPath) -> Result<(), Failure> {
    match made.by == *partner {
        true => Ok(()),
        false => Err(Failure::usage(format!(
            "it was written by {}, not by {partner}",
            made.by
        ))),
    }
}

/// Compares both sides' records.
fn reconcile(global: &Global, partner: &PartyPath, file: Option<&Path>) -> Result<Exit, Failure> {
    let node = global.node()?;
    let keys = trust::keys_of(&node, false)?;
    let checked = match file {
        Some(file) => {
            let made: Assurance = crate::input::json(file)?;
            by(&made, partner)?;
            node.node().compare(&made, &keys, None)?
        }
        None => asked(node.node(), global, partner, &keys)?,
    };
    let stopped = node.node().moment().state().frozen(partner).map(|(_, why)| why.clone());
    let value = json!({
        "partner": partner,
        "size": checked.size,
        "findings": checked.findings,
        "differences": checked.differences,
        "witnesses": checked.witnesses,
        "stopped": stopped,
    });
    output::either(global.json, &value, || {
        for problem in checked.findings.iter().chain(&checked.differences) {
            output::line(format!("{}: {}", problem.place, problem.problem));
        }
        for witness in &checked.witnesses {
            output::line(format!(
                "{} has signed its first {} entries",
                witness.name, witness.size
            ));
        }
        if let Some(why) = &stopped {
            output::line(format!(
                "the link is stopped: {why}; compare fingerprints by voice, then `entente party add {partner} --fingerprint`"
            ));
        }
        output::line(match (checked.findings.len(), checked.differences.len()) {
            (0, 0) => format!("{partner} and this party have the same on record"),
            (0, several) => format!("{} without a counterpart", words::count(several, "record")),
            (several, _) => format!("TAMPERED: {}; do not rely on it", words::count(several, "finding")),
        });
    })?;
    Ok(
        match (
            checked.findings.is_empty() && stopped.is_none(),
            checked.differences.is_empty(),
        ) {
            (false, _) => Exit::Tampered,
            (true, false) => Exit::Failed,
            (true, true) => Exit::Done,
        },
    )
}

fn verify_folder(global: &Global, folder: Option<&Path>, key: &[String]) -> Result<Exit, Failure> {
    let own = folder.is_none();
    let known = trust::keys(global, key, own)?;
    let files = match folder {
        None => global.node()?.tiles(),
        Some(folder) => {
            let at = seat::path(folder);
            if !at.is_dir() {
                return Err(Failure::not_found(format!(
                    "there is no ledger in {}",
                    folder.display()
                )));
            }
            Arc::new(Folder::new(&at))
        }
    };
    let bar = output::progress(0, "verifying");
    let mut report = verify(&*files, &known, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    if own && report.ok {
        compare_with_store(global, &mut report)?;
    }
    output::either(global.json, &report, || say_verified(&report))?;
    Ok(if report.ok { Exit::Done } else { Exit::Tampered })
}

fn say_verified(report: &VerifyReport) {
    for finding in &report.findings {
        output::line(format!(
            "{}: {}\n    → {}",
            finding.place, finding.problem, finding.remedy
        ));
    }
    let by = report.signed_by.join(", ");
    output::line(match report.ok {
        true => format!("ok: {} entries, root {}, signed by {by}", report.size, report.root),
        false => format!("TAMPERED: {}", words::count(report.findings.len(), "finding")),
    });
}

/// The place of an event in the ledger, from 0.
fn index(node: &Pinned, event: u64) -> Result<u64, Failure> {
    let size = node.store().ledger_size()?;
    let found = event.checked_sub(1).filter(|index| *index < size);
    found.ok_or_else(|| Failure::not_found(format!("there is no event {event}; the ledger has {size}")))
}

/// Writes the receipt for an event, and its entry beside.
fn prove_by_receipt(global: &Global, event: u64, file: Option<&Path>) -> Result<Exit, Failure> {
    let node = global.node()?;
    let (receipt, entry) = node.receipt(index(&node, event)?)?;
    match file {
        None if !global.json => {
            let said = "a receipt is not text: name the file to write it to with `-o FILE`, or give `--json`";
            return Err(Failure::usage(said));
        }
        None => {}
        Some(path) => write_receipt(path, &receipt, &entry)?,
    }
    let value = json!({
        "receipt": STANDARD.encode(&receipt),
        "entry": String::from_utf8_lossy(&entry),
    });
    output::either(global.json, &value, || {
        let path = file.unwrap_or(Path::new("")).display();
        output::line(format!(
            "{path}: the receipt for event {event}, whose entry is {path}.entry; `entente party export --as pem` writes the key that \
             verifies it"
        ));
    })?;
    Ok(Exit::Done)
}

/// Writes a receipt, and beside it the entry that it is for.
pub(super) fn write_receipt(path: &Path, receipt: &[u8], entry: &[u8]) -> Result<(), Failure> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".entry");
    output::file(path, receipt)?;
    output::file(Path::new(&beside), entry)
}

fn prove(global: &Global, event: u64, open: bool) -> Result<Exit, Failure> {
    let node = global.node()?;
    let index = index(&node, event)?;
    let (proof, entry) = node.log()?.prove(index).map_err(|error| {
        Failure::failed(format!(
            "{error}; if the event is newer than the last checkpoint, run `entente ledger publish`"
        ))
    })?;
    let opening = match open {
        true => Some(opening(&node, event)?),
        false => None,
    };
    let entry = String::from_utf8_lossy(&entry);
    let value = json!({
        "proof": proof.render(),
        "entry": entry,
        "salt": opening.as_ref().map(|opening| hex(&opening.salt)),
        "event": opening.as_ref().map(|opening| String::from_utf8_lossy(&opening.payload)),
        "texts": opening.as_ref().map(texts),
    });
    output::either(global.json, &value, || {
        output::line(proof.render().trim_end());
        output::say(format!("entry: {entry}"));
        if let Some(opening) = &opening {
            let payload = String::from_utf8_lossy(&opening.payload);
            output::say(format!("salt: {}\nevent: {payload}", hex(&opening.salt)));
            for (name, text) in texts(opening) {
                output::say(format!("text {name}: {text}"));
            }
        }
    })?;
    Ok(Exit::Done)
}

/// What proves an event's content, while it is there.
fn opening(node: &Pinned, event: u64) -> Result<Opening, Failure> {
    node.store().opening(event)?.ok_or_else(|| {
        Failure::failed(format!(
            "the content of event {event} was destroyed, so nothing proves it any more; prove the entry without `--open`"
        ))
    })
}

/// The texts of an event, by what it calls them.
fn texts(opening: &Opening) -> BTreeMap<String, Value> {
    let text = |text: &Wording| {
        let literal = String::from_utf8_lossy(text.literal());
        let value = json!({ "salt": hex(text.salt().as_bytes()), "literal": literal });
        (text.name(), value)
    };
    opening.texts.iter().map(text).collect()
}

/// Entries are read and printed this many at a time.
const CHUNK: u64 = 1024;

fn log(global: &Global, from: u64) -> Result<Exit, Failure> {
    let node = global.node()?;
    let size = node.store().ledger_size()?;
    let mut rows = Vec::new();
    let mut start = from - 1;
    while start < size {
        let end = (start + CHUNK).min(size);
        for entry in node.store().entries(start..end)? {
            if global.json {
                output::line(String::from_utf8_lossy(&entry));
                continue;
            }
            let leaf = Leaf::parse(&entry).ok_or_else(|| {
                let problem = "an entry of the ledger cannot be read; run `entente store check`";
                Failure::new(Exit::Tampered, problem)
            })?;
            let commitment = leaf.commitment.chars().take(16).collect();
            rows.push(vec![leaf.seq.to_string(), leaf.time, leaf.kind, commitment]);
        }
        start = end;
    }
    if !global.json {
        let heads = ["event", "time", "kind", "commitment"];
        output::table(&heads, rows, "the ledger has no such entries");
    }
    Ok(Exit::Done)
}

fn publish(global: &Global) -> Result<Exit, Failure> {
    let node = global.node()?;
    let checkpoint = node.publish()?;
    output::either(global.json, &json!({ "size": checkpoint.size }), || {
        output::line(format!(
            "{} entries are signed, in {}",
            checkpoint.size,
            node.tiles().place("").display()
        ));
    })?;
    Ok(Exit::Done)
}

/// The public ledger must hold what the store holds.
fn compare_with_store(global: &Global, report: &mut VerifyReport) -> Result<(), Failure> {
    let node = global.node()?;
    let entries = node.store().entries(0..report.size)?;
    let hash = entente_ledger::root_of(entries.iter().map(|entry| entente_ledger::leaf_hash(entry)));
    let root = hex(&hash);
    if root != report.root || entries.len() as u64 != report.size {
        report.ok = false;
        report.findings.push(entente_ledger::Finding {
            place: "store".to_owned(),
            problem: "the store's entries are not those that were published".to_owned(),
            remedy: "run `entente store check`, and restore the data from a backup that agrees with the public ledger"
                .to_owned(),
        });
    }
    Ok(())
}
