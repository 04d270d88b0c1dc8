//! `watch`: which protected facts a text discloses.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Subcommand;
use entente_core::{DisclosureId, Extent, PersonId, Review, SourceGuard, Status};
use entente_marking::Purpose;
use entente_watch::facts::Facts;
use entente_watch::report::Report;
use entente_watch::{Language, Scanner, html, proposal};
use serde::Deserialize;
use serde_json::json;

use jiff::Timestamp;

use super::{Global, accept, draft, exchange, facts, feeds, texts};
use crate::failure::{Exit, Failure};
use crate::{input, node, output};
use entente_desk::View;
use entente_desk::confirming::{self, by_report, disclosures};
use entente_desk::holdings::{self, Scanners};
use entente_node::random_id;

/// `entente watch`.
#[derive(Debug, Subcommand)]
pub(crate) enum WatchCommand {
    /// Scan texts (plain text, Markdown, HTML, PDF, feeds) for facts: those of a file, or all that are held here.
    Scan {
        #[command(flatten)]
        which: Which,
        /// The texts, or `-`.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Also write a self-contained page with the spans highlighted.
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
        /// The language of all texts (en, de, fr, es, pl), for headlines and notes too short to tell.
        #[arg(long, value_parser = language)]
        lang: Option<Language>,
    },
    /// Show how one sentence is read: its clauses, who vouches for what, the slots found, and what decided.
    Explain {
        #[command(flatten)]
        which: Which,
        /// The text, or `-`.
        file: PathBuf,
        /// Which sentence, from one.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
        sentence: u64,
        /// The language of the text (en, de, fr, es, pl).
        #[arg(long, value_parser = language)]
        lang: Option<Language>,
    },
    /// Scan what comes into a folder, as it comes.
    Folder {
        #[command(flatten)]
        which: Which,
        /// The folder.
        folder: PathBuf,
        /// Seconds between two looks.
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
        every: u64,
        /// Look once, and end.
        #[arg(long)]
        once: bool,
    },
    /// Scan what is new in the feeds of a list.
    Feeds(feeds::Feeds),
    /// Accept a near miss: a word of its sentence becomes an alternative of the slot that was missing, and the fact a new
    /// version.
    Accept(accept::Accept),
    /// Check a draft statement or talking points before it is used: each sentence is permitted, asked about or denied.
    CheckDraft(draft::CheckDraft),
    /// Keep findings that a person has reviewed: they become disclosures to the public, and the originators are told.
    Confirm {
        /// What `entente --json watch scan` wrote, or `-`.
        findings: PathBuf,
        /// Who reviewed them.
        #[arg(long)]
        reviewer: PersonId,
        /// Only these facts, as REPORT/fact [default: all findings].
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
        /// Partial findings as well: not the whole fact stands in the text.
        #[arg(long)]
        partial: bool,
        /// What the reviewer reads it for, where the arrangement or a marking asks.
        #[arg(long = "for", visible_alias = "purpose", value_name = "PURPOSE")]
        purpose: Option<String>,
    },
    /// Check a facts file: how distinctive each fact is, and which would match everywhere.
    Facts {
        /// The facts, as a JSON file, or `-`.
        file: PathBuf,
        /// Harmless texts of the field, to count chance matches in.
        #[arg(long, value_name = "FILE")]
        background: Vec<PathBuf>,
    },
    /// Propose slots for a fact from its sentence, for an analyst to edit.
    Propose {
        /// The fact's id.
        #[arg(long)]
        id: String,
        /// Other words for words: a `MyThes` file (`.dat`), or a JSON object of lists [default: the one installed for the language].
        #[arg(long, value_name = "FILE")]
        thesaurus: Option<PathBuf>,
        /// The sentence, or `-`.
        sentence: String,
    },
    /// Hide a value that is a secret itself: reads it from standard input and writes its salted hash for a facts file.
    Hide,
}

/// Which facts are looked for.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// The facts, as a JSON file; needs no node [default: the facts of all reports held here].
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// Only what this person may know of the holdings.
    #[arg(long = "as", value_name = "PERSON", conflicts_with = "facts")]
    reader: Option<PersonId>,
}

impl Which {
    pub(crate) fn scanner(&self, global: &Global) -> Result<Scanner, Failure> {
        match &self.facts {
            Some(path) => Ok(Scanner::new(facts_file(path)?)),
            None => {
                let node = global.node()?;
                let reader = global.viewer(&node, self.reader.clone())?;
                let view = View::of(reader.as_ref(), None, Timestamp::now());
                Ok(node.made::<Scanners>().of(&node::moment(&node), &view)?)
            }
        }
    }
}

/// A language of the tables.
fn language(tag: &str) -> Result<Language, String> {
    Language::named(tag).ok_or_else(|| format!("`{tag}` is no language that is read; give en, de, fr, es or pl"))
}

fn in_language(scanner: Scanner, lang: Option<Language>) -> Scanner {
    match lang {
        Some(lang) => scanner.in_language(lang),
        None => scanner,
    }
}

fn explain(scanner: &Scanner, file: &PathBuf, sentence: u64) -> Result<(), Failure> {
    let wanted = usize::try_from(sentence - 1).map_err(Failure::failed)?;
    let mut before = 0;
    for source in texts::sources(std::slice::from_ref(file))? {
        if let Some(explanation) = scanner.explain(source.clone(), wanted - before) {
            return output::json(&explanation);
        }
        before += scanner.sentences(source);
    }
    Err(Failure::not_found(format!("{} has {before} sentences", file.display())))
}

fn facts_file(path: &Path) -> Result<Facts, Failure> {
    Facts::parse(&input::text(path)?).map_err(|error| Failure::failed(format!("{}: {error}", path.display())))
}

pub(crate) fn say_report(global: &Global, report: &Report) {
    output::line(match global.json {
        true => report.to_json_lines().trim_end().to_owned(),
        false => report.to_table().trim_end().to_owned(),
    });
}

/// Files of a folder that were not there, or not like this, when it was last looked at.
fn news(
    folder: &Path,
    seen: &mut BTreeMap<PathBuf, (u64, Option<std::time::SystemTime>)>,
) -> Result<Vec<PathBuf>, Failure> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::not_found(format!("there is no folder {}", folder.display())),
        _ => Failure::failed(format!("{}: {error}", folder.display())),
    };
    let mut new = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)?.flatten() {
        // A file may go between the two calls; then there is nothing to scan.
        let Ok(meta) = std::fs::metadata(entry.path()) else {
            continue;
        };
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let now = (meta.len(), meta.modified().ok());
        if meta.is_file() && !hidden && seen.insert(entry.path(), now) != Some(now) {
            new.push(entry.path());
        }
    }
    new.sort();
    Ok(new)
}

fn watch_folder(global: &Global, scanner: &Scanner, folder: &Path, every: u64, once: bool) -> Result<(), Failure> {
    let mut seen = BTreeMap::new();
    output::say(format!(
        "watching {} for {} facts",
        folder.display(),
        scanner.facts().list().len()
    ));
    loop {
        for file in news(folder, &mut seen)? {
            // One file that cannot be read must not end the watch; it is never passed over silently.
            match texts::sources(std::slice::from_ref(&file)) {
                Ok(sources) => say_report(global, &scanner.scan(sources)),
                Err(failure) => output::say(format!("not scanned: {}", failure.message)),
            }
        }
        if once {
            return Ok(());
        }
        std::thread::sleep(Duration::from_secs(every));
    }
}

/// A finding as a scan wrote it; what else stands in it is not needed here.
#[derive(Debug, Deserialize)]
struct Found {
    file: String,
    fact: String,
    extent: Extent,
    status: Status,
    #[serde(default)]
    spans: Vec<FoundSpan>,
}

#[derive(Debug, Deserialize)]
struct FoundSpan {
    quote: String,
}

impl From<Found> for confirming::Found {
    fn from(found: Found) -> Self {
        Self {
            file: found.file,
            fact: found.fact,
            extent: found.extent,
            status: found.status,
            quotes: found.spans.into_iter().map(|span| span.quote).collect(),
        }
    }
}

#[derive(Debug, Deserialize)]
struct FoundOrigin {
    name: String,
    files: Vec<String>,
}

/// Findings, and the origin of each file.
fn read_findings(path: &Path) -> Result<(Vec<Found>, BTreeMap<String, String>), Failure> {
    let (mut all, mut origins) = (Vec::new(), BTreeMap::new());
    for (n, line) in input::text(path)?
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let wrong = |error: serde_json::Error| {
            Failure::failed(format!(
                "{}, line {}: {error}; give what `entente --json watch scan` wrote",
                path.display(),
                n + 1
            ))
        };
        let value: serde_json::Value = serde_json::from_str(line).map_err(wrong)?;
        match value.get("summary") {
            None => all.push(serde_json::from_value(value).map_err(wrong)?),
            Some(summary) => {
                let found: Vec<FoundOrigin> = serde_json::from_value(summary["origins"].clone()).map_err(wrong)?;
                for origin in found {
                    origins.extend(origin.files.into_iter().map(|file| (file, origin.name.clone())));
                }
            }
        }
    }
    Ok((all, origins))
}

fn confirm(
    global: &Global,
    path: &Path,
    reviewer: &PersonId,
    purpose: Option<&str>,
    only: &[String],
    partial: bool,
) -> Result<(), Failure> {
    let mut node = global.node()?;
    let (mut found, origins) = read_findings(path)?;
    if let Some(unknown) = only.iter().find(|fact| !found.iter().any(|f| f.fact == **fact)) {
        return Err(Failure::not_found(format!("no finding is about {unknown}")));
    }
    found.retain(|f| only.is_empty() || only.contains(&f.fact));
    let all = found.len();
    found.retain(|f| partial || f.extent == Extent::Full);
    if found.len() < all {
        output::say(format!(
            "{} partial findings are left out; `--partial` takes them as well",
            all - found.len()
        ));
    }
    if found.is_empty() {
        return Err(Failure::usage(
            "there is nothing to confirm: no full finding is meant; `--partial` takes partial ones as well",
        ));
    }
    let told = by_report(node.state(), found.into_iter().map(Into::into), &origins);
    let told = told.map_err(Failure::not_found)?;
    let review = Review {
        by: reviewer.clone(),
        purpose: purpose.map(Purpose::new),
    };
    let mut recorded = Vec::new();
    let commands = disclosures(told, &review, || {
        let id = DisclosureId::new(format!("dis-{}", random_id()))?;
        recorded.push(id.clone());
        Ok::<_, Failure>(id)
    })?;
    node.submit_all(commands)?;
    let sent = exchange::flush(&node, global)?;
    let records: Vec<_> = recorded
        .iter()
        .filter_map(|id| node.state().disclosures.get(id))
        .collect();
    output::either(global.json, &json!({ "disclosures": records, "sent": sent }), || {
        for record in &records {
            output::line(format!(
                "disclosure {} of {} to the public is recorded",
                record.id, record.report
            ));
            for learned in &record.learned {
                output::line(format!(
                    "    {} {}{}: {}",
                    learned.fact,
                    learned.status.as_str(),
                    learned
                        .origin
                        .as_ref()
                        .map_or(String::new(), |origin| format!(", from {origin}")),
                    learned.told()
                ));
            }
        }
        let guard = SourceGuard::new(node.state());
        let exposed = node.state().sources.values().filter(|source| {
            guard
                .known(&source.id, &[PersonId::public()])
                .is_some_and(|known| known.facts().next().is_some())
        });
        for source in exposed {
            output::line(format!(
                "`entente source show {}` says what it means for the source",
                source.id
            ));
        }
        exchange::say_sent(&sent);
    })
}

impl WatchCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self {
            Self::Scan {
                which,
                files,
                html: page,
                lang,
            } => {
                let scanner = in_language(which.scanner(global)?, lang);
                let mut unread = Vec::new();
                // A page shows the texts themselves; without one, each is let go when it has been read.
                let sources: Vec<_> = match page {
                    Some(_) => texts::readable(&files, &mut unread).collect(),
                    None => Vec::new(),
                };
                let report = match page {
                    Some(_) => scanner.scan(sources.clone()),
                    None => scanner.scan(texts::readable(&files, &mut unread)),
                };
                if unread.len() == files.len()
                    && let Some(failure) = unread.pop()
                {
                    return Err(failure);
                }
                say_report(global, &report);
                if let Some(page) = page {
                    let banner = match which.facts {
                        Some(_) => None,
                        None => Some({
                            let node = global.node()?;
                            holdings::banner(node.state(), node.library(), &report)
                        }),
                    };
                    let facts = scanner.facts().list();
                    output::file(&page, html::page(&report, &sources, facts, banner.as_deref()).as_ref())?;
                    output::say(format!("the page is {}", page.display()));
                }
                for failure in &unread {
                    output::say(format!("not scanned: {}", failure.message));
                }
                for part in report.unread() {
                    output::say(format!("not read in full: {}: {}", part.file, part.warning.message));
                }
                if !unread.is_empty() || report.unread().next().is_some() {
                    return Ok(Exit::Failed);
                }
            }
            Self::Explain {
                which,
                file,
                sentence,
                lang,
            } => explain(&in_language(which.scanner(global)?, lang), &file, sentence)?,
            Self::Folder {
                which,
                folder,
                every,
                once,
            } => watch_folder(global, &which.scanner(global)?, &folder, every, once)?,
            Self::Feeds(feeds) => return feeds.run(global),
            Self::Accept(accept) => accept.run(global)?,
            Self::CheckDraft(draft) => return draft.run(global),
            Self::Confirm {
                findings,
                reviewer,
                only,
                partial,
                purpose,
            } => confirm(global, &findings, &reviewer, purpose.as_deref(), &only, partial)?,
            Self::Facts { file, background } => {
                let facts = facts_file(&file)?;
                let warnings: Vec<String> = facts.warnings().iter().map(|warning| warning.message.clone()).collect();
                let checked = entente_watch::check::check(facts, &texts::sources(&background)?);
                output::either(global.json, &json!({ "warnings": warnings, "facts": checked }), || {
                    for warning in &warnings {
                        output::line(format!("warning: {warning}"));
                    }
                    facts::say_checked(&checked);
                })?;
            }
            Self::Propose {
                id,
                thesaurus,
                sentence,
            } => {
                let sentence = match sentence.as_str() {
                    "-" => input::text(Path::new("-"))?,
                    _ => sentence,
                };
                let thesaurus = facts::thesaurus(thesaurus.as_deref(), &sentence)?;
                output::json(&proposal::propose(&id, sentence.trim(), &thesaurus).map_err(Failure::failed)?)?;
            }
            Self::Hide => {
                let term = input::text(Path::new("-"))?;
                let salt = format!("{}{}", random_id(), random_id());
                output::json(&entente_watch::facts::salted(&salt, term.trim()))?;
            }
        }
        Ok(Exit::Done)
    }
}
