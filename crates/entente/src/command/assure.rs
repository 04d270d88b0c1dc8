//! `assure`: prove to a partner what happened to its material; verify what a partner proves.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use entente_assurance::{Assurance, Checked, Problem, Trusted};
use entente_core::{PartyPath, PortionRef};

use super::ledger::write_receipt;
use super::paper::PaperArgs;
use super::{Global, trust};
use crate::failure::{Exit, Failure};
use crate::{input, output, words};
use entente_desk::marks::banner_over;
use entente_node::Pinned;

/// `entente assure`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub(crate) struct Assure {
    #[command(subcommand)]
    command: Option<AssureCommand>,
    /// For whom: the party whose material it is about.
    #[arg(long = "for", value_name = "PARTY", required = true)]
    whom: Option<PartyPath>,
    /// Also prove that the ledger continues an earlier one of this many entries.
    #[arg(long, value_name = "SIZE")]
    since: Option<u64>,
    /// The file to write: `.json` to be verified; `.md`, `.html` or `.pdf` to be read; or a folder for all of them
    /// [default: to be read, on standard output].
    #[arg(long, short = 'o', value_name = "FILE|DIR")]
    output: Option<PathBuf>,
    /// A folder to write a COSE receipt (RFC 9942) of each entry into, with the entry beside it.
    #[arg(long, value_name = "DIR")]
    receipts: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum AssureCommand {
    /// Verify an assurance offline: signature, proofs, contents, counts; and compare it with this node's own records.
    /// Exit 6 when it must not be relied on, 1 when it differs from what is recorded here.
    Verify {
        /// The file.
        file: PathBuf,
        /// A public key to trust, as `party export` writes it; may be given several times [default: this node's
        /// parties].
        #[arg(long, value_name = "FILE|VKEY")]
        key: Vec<String>,
        /// Write what was verified as a paper: `.md`, `.html` or `.pdf`.
        #[arg(long, short = 'o', value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

impl Assure {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        if let Some(AssureCommand::Verify { file, key, output }) = self.command {
            return verify_file(global, &file, &key, output.as_deref());
        }
        let whom = self.whom.ok_or_else(|| Failure::usage("name the party with --for"))?;
        let node = global.node()?;
        let banner = |portions: &BTreeSet<PortionRef>| banner_over(node.state(), node.library(), portions.iter());
        let bar = output::progress(0, "proving");
        let made = node.assure(&whom, self.since, &banner, &mut |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        });
        bar.finish_and_clear();
        let made = made?;
        // What a reader would find, so that the paper says what the file proves.
        let keys = trust::keys_of(&node, true)?;
        let trusted = Trusted {
            keys: &keys,
            own: None,
            seen: None,
        };
        let checked = entente_assurance::verify(&made, &trusted);
        if let Some(problem) = checked.findings.first() {
            return Err(Failure::new(
                Exit::Tampered,
                format!(
                    "{}: {}; nothing was written. Run `entente ledger verify` and `entente store check`",
                    problem.place, problem.problem
                ),
            ));
        }
        if let Some(folder) = &self.receipts {
            write_receipts(&node, folder, &checked)?;
        }
        match &self.output {
            None if global.json => output::json(&made)?,
            None => output::bytes(entente_assurance::page(&checked).markdown().as_bytes()),
            Some(folder)
                if crate::seat::path(folder).is_dir() || folder.as_os_str().to_string_lossy().ends_with('/') =>
            {
                if !crate::seat::path(folder).is_dir() {
                    output::folder(folder)?;
                }
                let name = |ending: &str| folder.join(format!("assurance-{}-for-{whom}.{ending}", made.by));
                write_file(&name("json"), &made)?;
                for ending in ["html", "pdf"] {
                    PaperArgs::file(name(ending)).write(&entente_assurance::page(&checked))?;
                }
            }
            Some(file) if file.extension().is_some_and(|ending| ending == "json") => write_file(file, &made)?,
            Some(file) => PaperArgs::file(file.clone()).write(&entente_assurance::page(&checked))?,
        }
        Ok(Exit::Done)
    }
}

/// Writes the receipt of each entry that the assurance shows: they say of the ledger what the file says, to tools of others.
fn write_receipts(node: &Pinned, folder: &Path, checked: &Checked) -> Result<(), Failure> {
    if !crate::seat::path(folder).is_dir() {
        output::folder(folder)?;
    }
    let opened = checked.opened.iter().map(|opened| opened.seq);
    let all: Vec<u64> = opened.chain(checked.closed.iter().map(|closed| closed.seq)).collect();
    for event in &all {
        let (receipt, entry) = node.receipt(event - 1)?;
        write_receipt(&folder.join(format!("{event}.cose")), &receipt, &entry)?;
    }
    let many = words::count(all.len(), "receipt");
    output::say(format!("{many} written to {}", folder.display()));
    Ok(())
}

/// It holds what its banner says: a new file is for its owner only.
fn write_file(path: &Path, made: &Assurance) -> Result<(), Failure> {
    let text = serde_json::to_vec_pretty(made).map_err(Failure::failed)?;
    output::file(path, &text)?;
    output::say(format!("written to {}", path.display()));
    Ok(())
}

/// Verifies an assurance, with the records of this node where there is one.
pub(super) fn verify_file(
    global: &Global,
    file: &Path,
    named: &[String],
    paper: Option<&Path>,
) -> Result<Exit, Failure> {
    let made: Assurance = input::json(file)?;
    let keys = trust::keys(global, named, false)?;
    let node = global.node().ok().filter(|node| node.home().is_ok());
    let checked = match node.as_ref().filter(|_| named.is_empty()) {
        // What was not shown to continue what was seen does not take its place.
        Some(node) => node.node().compare(&made, &keys, None)?,
        // A key that was named for this once says nothing about the party.
        None => {
            let seen = node
                .as_ref()
                .map(|node| node.node().seen(&made.by))
                .transpose()?
                .flatten();
            let trusted = Trusted {
                keys: &keys,
                own: node.as_ref().map(Pinned::state),
                seen: seen.as_ref().map(|(_, seen)| seen),
            };
            entente_assurance::verify(&made, &trusted)
        }
    };
    match paper {
        Some(path) => PaperArgs::file(path.to_owned()).write(&entente_assurance::page(&checked))?,
        None => output::either(global.json, &checked, || say(&checked))?,
    }
    Ok(match (checked.findings.is_empty(), checked.differences.is_empty()) {
        (false, _) => Exit::Tampered,
        (true, false) => Exit::Failed,
        (true, true) => Exit::Done,
    })
}

fn say(checked: &Checked) {
    let list = |word: &str, problems: &[Problem]| {
        for problem in problems {
            output::line(format!("{word}: {}: {}", problem.place, problem.problem));
        }
    };
    if !checked.findings.is_empty() {
        list("finding", &checked.findings);
        output::line(format!(
            "TAMPERED: do not rely on it; ask {} for another, and compare with its public ledger",
            checked.by
        ));
        return;
    }
    output::line(entente_assurance::page(checked).markdown().trim_end());
    let differences = checked.differences.len();
    output::line(match differences {
        0 => format!(
            "ok: {} events of {} are proved, {} more stay closed",
            checked.opened.len(),
            checked.by,
            checked.closed.len()
        ),
        _ => format!("proved, and it differs in {differences} places from what is recorded here"),
    });
}
