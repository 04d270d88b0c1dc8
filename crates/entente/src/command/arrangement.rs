//! `arrangement`: the terms under which parties share.

use std::path::PathBuf;

use clap::Subcommand;
use entente_core::{Arrangement, ArrangementId, ArrangementStatus, Command, Onward, PartyPath, PortionId, Stopped};
use entente_marking::Purpose;
use jiff::Timestamp;

use super::list::{List, ListArgs};
use super::odrl::PolicyArgs;
use super::{Global, exchange};
use crate::failure::{Exit, Failure};
use crate::{input, node, output};
use entente_desk::View;
use entente_desk::arrangements::{self, Stricter};
use entente_node::Pinned;

/// `entente arrangement`.
#[derive(Debug, Subcommand)]
pub(crate) enum ArrangementCommand {
    /// Record an arrangement from a JSON file.
    Add {
        /// The file, or `-`.
        file: PathBuf,
        /// All parties have agreed on terms that are laxer than those recorded here.
        #[arg(long)]
        agreed: bool,
    },
    /// List the arrangements.
    List(ListArgs),
    /// Show an arrangement's terms.
    Show {
        /// Its id.
        id: ArrangementId,
    },
    /// Write an arrangement's terms for one of its parties in a format of others: ODRL.
    Export {
        /// Its id.
        id: ArrangementId,
        #[command(flatten)]
        how: PolicyArgs,
    },
    /// Suspend it: nothing under it is released while it is suspended.
    Suspend {
        /// Its id.
        id: ArrangementId,
        /// Why.
        #[arg(long, visible_alias = "note", value_name = "TEXT")]
        reason: String,
    },
    /// Make its terms stricter. The other parties are told, and are bound as soon as they take the file in.
    Narrow {
        /// Its id.
        id: ArrangementId,
        /// Allow only these purposes, of those allowed so far.
        #[arg(long, value_delimiter = ',')]
        purposes: Vec<String>,
        /// Passing on: `members` to parties of the arrangement, `consent` to nobody without consent.
        #[arg(long)]
        onward: Option<String>,
        /// Only persons on a report's distribution.
        #[arg(long)]
        need_to_know: bool,
        /// A release, consent or delivery of what is under it takes the yes of a second person.
        #[arg(long)]
        two_person: bool,
        /// So many others than its writer have to have signed the log behind an assurance.
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        witnesses: u32,
        /// Let it expire then, as 2026-12-31 or a full timestamp.
        #[arg(long, value_name = "DATE", value_parser = entente_core::draft::moment)]
        expires: Option<Timestamp>,
    },
    /// Record terms that a partner stated, after showing them. Until then nobody here reads what came under them.
    Accept {
        /// Its id.
        id: ArrangementId,
        /// Whose statement, where several parties stated terms under this id.
        #[arg(long, value_name = "PARTY")]
        from: Option<PartyPath>,
    },
    /// Resume it.
    Resume {
        /// Its id.
        id: ArrangementId,
    },
    /// End it for good.
    End {
        /// Its id.
        id: ArrangementId,
        /// Why.
        #[arg(long, visible_alias = "note", value_name = "TEXT")]
        reason: String,
    },
}

/// How it may be passed on, by the word for it.
fn onward(word: &str) -> Result<Onward, Failure> {
    match word {
        "members" => Ok(Onward::Members),
        "consent" => Ok(Onward::Consent),
        _ => Err(Failure::usage(format!("`{word}` is neither `members` nor `consent`"))),
    }
}

/// What a command stops under an arrangement, found out by carrying it out on a copy.
fn what_stops(node: &Pinned, command: &Command, id: &ArrangementId) -> Result<Vec<Stopped>, Failure> {
    let after = node.after(command.clone())?;
    let view = View::of(None, None, Timestamp::now());
    Ok(arrangements::stops(&node::moment(node), after.state(), id, &view))
}

fn say_stops(stops: &[Stopped], dry_run: bool) {
    let names = |list: Vec<String>| {
        if list.is_empty() {
            "none".to_owned()
        } else {
            list.join(", ")
        }
    };
    if stops.is_empty() {
        output::line("no reports are under it");
    }
    for stop in stops {
        output::line(format!(
            "{} v{}: held by {}; live consents: {}; open requests: {}",
            stop.report,
            stop.version,
            names(stop.holders.iter().map(ToString::to_string).collect()),
            names(stop.consents.iter().map(ToString::to_string).collect()),
            names(stop.requests.iter().map(ToString::to_string).collect()),
        ));
        let row = |reader: &entente_core::StoppedReader| {
            let portions: Vec<&str> = reader.portions.iter().map(PortionId::as_str).collect();
            vec![
                reader.person.to_string(),
                reader
                    .purpose
                    .as_ref()
                    .map_or("no stated purpose", Purpose::as_str)
                    .to_owned(),
                portions.join(", "),
            ]
        };
        output::table(
            &["no longer", "for", "portions"],
            stop.readers.iter().map(row).collect(),
            "nobody known here loses anything",
        );
    }
    if dry_run {
        output::line("(nothing was changed)");
    }
}

impl ArrangementCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        let home = node.home()?.clone();
        let set_status = |id: ArrangementId, status| (Command::SetArrangementStatus { id: id.clone(), status }, id);
        let (command, id) = match self {
            Self::Add { file, agreed } => {
                let arrangement: Arrangement = input::json(&file)?;
                let id = arrangement.id.clone();
                (Command::SetArrangement { arrangement, agreed }, id)
            }
            Self::Accept { id, from } => {
                let terms = arrangements::stated(node.state(), &id, from.as_ref())?;
                output::say(format!(
                    "terms of {id}:\n{}",
                    serde_json::to_string_pretty(&terms).map_err(Failure::failed)?
                ));
                let command = Command::SetArrangement {
                    arrangement: terms,
                    agreed: false,
                };
                (command, id)
            }
            Self::Narrow {
                id,
                purposes,
                onward: passing,
                need_to_know,
                two_person,
                witnesses,
                expires,
            } => {
                let how = Stricter {
                    purposes: purposes.iter().map(Purpose::new).collect(),
                    onward: passing.as_deref().map(onward).transpose()?,
                    need_to_know,
                    two_person,
                    witnesses,
                    expires,
                };
                let terms = arrangements::narrowed(arrangements::known(node.state(), &id)?, how)?;
                let command = Command::SetArrangement {
                    arrangement: terms,
                    agreed: false,
                };
                (command, id)
            }
            Self::List(chosen) => return list(&node, global, &chosen),
            Self::Show { id } => {
                output::json(arrangements::known(node.state(), &id)?)?;
                return Ok(Exit::Done);
            }
            Self::Export { id, how } => return how.arrangement(&node, global, &id),
            Self::Suspend { id, reason } => set_status(id, ArrangementStatus::Suspended { by: home, reason }),
            Self::Resume { id } => set_status(id, ArrangementStatus::Active),
            Self::End { id, reason } => set_status(id, ArrangementStatus::Ended { by: home, reason }),
        };
        done(&mut node, global, command, &id)
    }
}

fn list(node: &Pinned, global: &Global, chosen: &ListArgs) -> Result<Exit, Failure> {
    let state = node.state();
    let all: Vec<&Arrangement> = state.arrangements.values().collect();
    let unrecorded = arrangements::unrecorded(state);
    let stated = unrecorded.iter().map(|stated| {
        let accept = format!("`entente arrangement accept {}`", stated.terms.id);
        (stated.terms, format!("stated by {}, not recorded: {accept}", stated.by))
    });
    let recorded = all.iter().map(|terms| (*terms, terms.status.to_string()));
    let rows = recorded.chain(stated).enumerate().map(|(n, (arrangement, status))| {
        let parties: Vec<&str> = arrangement.parties.iter().map(PartyPath::as_str).collect();
        let row = vec![
            arrangement.id.to_string(),
            arrangement.title.clone(),
            parties.join(" "),
            status,
        ];
        (n, row)
    });
    let list = List {
        head: &["arrangement", "title", "parties", "status"],
        empty: "no arrangements are recorded; record one with `entente arrangement add`",
    };
    let (numbers, rows): (Vec<usize>, Vec<_>) = rows.unzip();
    // What a partner states and is not recorded here has a row, and no terms that bind.
    chosen.show_by(global, &list, &rows, (&numbers, &all))?;
    Ok(Exit::Done)
}

/// Carries a change of an arrangement out, and says what it stops; a trial says that only.
fn done(node: &mut Pinned, global: &Global, command: Command, id: &ArrangementId) -> Result<Exit, Failure> {
    let dry_run = global.dry_run;
    let stops = what_stops(node, &command, id)?;
    let mut sent = Vec::new();
    if !dry_run {
        node.submit(command)?;
        sent = exchange::flush(node, global)?;
    }
    let now = node
        .state()
        .arrangements
        .get(id)
        .map(|known| known.status.to_string())
        .unwrap_or_default();
    let value =
        serde_json::json!({ "arrangement": id, "status": now, "dry_run": dry_run, "stops": stops, "sent": sent });
    output::either(global.json, &value, || {
        if !dry_run {
            output::line(format!("arrangement {id} is {now}"));
        }
        say_stops(&stops, dry_run);
        exchange::say_sent(&sent);
    })?;
    Ok(Exit::Done)
}
