//! `import`: reports in the formats of others become reports of this party, with lineage to whoever published them.

use std::path::{Path, PathBuf};

use clap::Args;
use entente_core::{ArrangementId, PartyPath, PersonId};
use entente_desk::reading::report_banner;
use entente_exchange::importing::{Came, File, REFUSED, Taken, became, step};
use entente_exchange::labelled::{SIDECAR, read};
use entente_exchange::{Incoming, Known, Options, Place, Table};
use entente_node::{NodeError, Pinned};
use jiff::Timestamp;

use super::Global;
use crate::failure::{Exit, Failure};
use crate::{input, output, words};

/// `entente import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// STIX 2.1, MISP events, CSAF advisories, mails, or any file with a label (FILE.bdo beside it, or within it), or `-`;
    /// which, the file says itself.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The arrangement under which they came; its terms hold, and its default mark for what bears none.
    #[arg(long, value_name = "ARRANGEMENT", value_delimiter = ',')]
    arrangement: Vec<ArrangementId>,
    /// Who published them [default: as the files say, which nobody vouches for].
    #[arg(long, value_name = "PARTY")]
    from: Option<PartyPath>,
    /// The mark of what bears none; of this and the arrangement's the stricter holds [default: TLP:AMBER+STRICT].
    #[arg(long, value_name = "MARK")]
    default_mark: Option<String>,
    /// The persons to whom the publisher gave what is for named recipients only (TLP:RED).
    #[arg(long, value_name = "PERSON", value_delimiter = ',')]
    named: Vec<PersonId>,
    /// Only say what would become of the files; nothing is added.
    #[arg(long)]
    dry_run: bool,
}

impl Import {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        for id in &self.arrangement {
            if node.state().arrangements.get(id).is_none() {
                let message =
                    format!("there is no arrangement {id}; `entente arrangement list` shows those that are known");
                return Err(Failure::not_found(message));
            }
        }
        let options = Options {
            arrangements: self.arrangement.into_iter().collect(),
            from: self.from,
            default_mark: self.default_mark,
            named: self.named.into_iter().collect(),
        };
        let known = Known::of(node.state());
        let (mut files, mut exit) = (Vec::new(), Exit::Done);
        // A file that cannot be taken in must not keep the next ones out.
        for path in &self.files {
            match file(&mut node, path, (&options, &known), self.dry_run) {
                Ok((file, whole)) => {
                    files.push(file);
                    if !whole {
                        exit = Exit::Failed;
                    }
                }
                Err(failure) if self.files.len() == 1 => return Err(failure),
                Err(failure) => {
                    output::say(format!("not taken in: {}", failure.message));
                    exit = Exit::Failed;
                }
            }
        }
        output::either(global.json, &files, || files.iter().for_each(say))?;
        Ok(exit)
    }
}

/// What whoever takes files in says about them, and what is held.
type How<'h> = (&'h Options, &'h Known);

/// A file, with the label that stands beside it.
pub(crate) struct Labelled {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
    pub(crate) sidecar: Option<Vec<u8>>,
}

/// Reads a file and the label beside it, whichever of the two is named.
pub(crate) fn labelled(path: &Path) -> Result<Labelled, Failure> {
    let named = path.to_string_lossy();
    let path = named
        .strip_suffix(SIDECAR)
        .map_or_else(|| path.to_owned(), PathBuf::from);
    let mut beside = path.clone().into_os_string();
    beside.push(SIDECAR);
    let bytes = input::bytes(&path)?;
    let sidecar = match path.as_os_str() == "-" {
        true => None,
        false => match input::bytes(Path::new(&beside)) {
            Ok(sidecar) => Some(sidecar),
            Err(failure) if failure.exit == Exit::NotFound => None,
            // What cannot be read might be a label.
            Err(failure) => return Err(failure),
        },
    };
    Ok(Labelled { path, bytes, sidecar })
}

/// Takes a file in; whether all of its reports could be.
fn file(node: &mut Pinned, path: &Path, how: How<'_>, dry_run: bool) -> Result<(File, bool), Failure> {
    let Labelled { path, bytes, sidecar } = labelled(path)?;
    let mut table = Table::default();
    let name = path.display().to_string();
    let found = read(&name, &bytes, sidecar.as_deref(), node.schemes(), &mut table);
    let found = found.map_err(|error| Failure::failed(format!("{name}: {error}")))?;
    let (mut reports, mut whole) = (Vec::new(), true);
    for incoming in &found {
        let taken = one(node, incoming, how, dry_run, &mut table)?;
        whole &= taken.state != REFUSED;
        reports.push(taken);
    }
    if found.is_empty() {
        table.note(name.clone(), "no report and no object", "nothing to take in");
    }
    let file = File {
        file: name,
        reports,
        table: table.rows(),
    };
    Ok((file, whole))
}

fn one(
    node: &mut Pinned,
    incoming: &Incoming,
    (options, known): How<'_>,
    dry_run: bool,
    table: &mut Table,
) -> Result<Taken, Failure> {
    let home = node.home()?.clone();
    let made = {
        let place = Place {
            schemes: node.schemes(),
            state: node.state(),
            home: &home,
            now: Timestamp::now(),
            known,
        };
        step(incoming, &place, options, table)
    };
    let tried = |node: &mut Pinned, command| match dry_run {
        true => node.after(command).map(drop),
        false => node.submit(command).map(drop),
    };
    let submit = |command| match tried(node, command) {
        Ok(()) => Ok(Came::In),
        Err(NodeError::Refused(refusal)) => Ok(refusal.into()),
        Err(other) => Err(Failure::from(other)),
    };
    let (mut taken, report) = became(incoming, made, submit)?;
    match report {
        Some(report) => {
            taken.banner = report_banner(node.library(), &report);
            taken.why = taken.why.or_else(|| dry_run.then(|| "only looked at".to_owned()));
        }
        None => taken.title = output::words(&taken.title),
    }
    Ok(taken)
}

fn say(file: &File) {
    output::line(format!("{}: {}", file.file, words::count(file.reports.len(), "report")));
    for report in &file.reports {
        let version = report.version.map_or(String::new(), |version| format!(" v{version}"));
        let banner = report.banner.as_deref().unwrap_or("no banner");
        output::line(format!(
            "{}{version}: {} [{}, {}, {}]",
            report.id,
            report.title,
            report.state,
            banner,
            words::count(report.portions, "portion"),
        ));
        if !report.originators.is_empty() {
            output::line(format!("    of {}", report.originators.join(", ")));
        }
        if let Some(why) = &report.why {
            output::line(format!("    {why}"));
        }
    }
    losses(&file.table);
}

/// What a format cannot express, and what became of it.
pub(crate) fn losses(table: &[entente_exchange::Row]) {
    if table.is_empty() {
        return;
    }
    let rows = table.iter().map(|row| {
        let more = match row.count.saturating_sub(row.places.len()) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        vec![
            row.what.clone(),
            row.became.clone(),
            format!("{}{more}", row.places.join(", ")),
        ]
    });
    output::table(&["what", "what became of it", "where"], rows.collect(), "");
}
