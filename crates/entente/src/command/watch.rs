//! `watch`: which protected facts a text discloses.

use std::path::PathBuf;

use clap::Subcommand;
use entente_watch::facts::Facts;
use entente_watch::{Scanner, check, html, proposal, text};
use serde_json::json;

use super::Global;
use crate::failure::{Exit, Failure};
use crate::node::random_id;
use crate::{input, output};

/// `entente watch`.
#[derive(Debug, Subcommand)]
pub(crate) enum WatchCommand {
    /// Scan texts (plain text, Markdown, HTML, PDF, feeds) for facts. Needs no node.
    Scan {
        /// The facts, as a JSON file.
        #[arg(long, value_name = "FILE")]
        facts: PathBuf,
        /// The texts, or `-`.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Also write a self-contained page with the spans highlighted.
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
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
        /// Other words for words, as a JSON object of lists.
        #[arg(long, value_name = "FILE")]
        thesaurus: Option<PathBuf>,
        /// The sentence, or `-`.
        sentence: String,
    },
    /// Hide a value that is a secret itself: reads it from standard input and writes its salted hash for a facts file.
    Hide,
}

fn facts(path: &std::path::Path) -> Result<Facts, Failure> {
    Facts::parse(&input::text(path)?).map_err(|error| Failure::failed(format!("{}: {error}", path.display())))
}

fn sources(files: &[PathBuf]) -> Result<Vec<text::Source>, Failure> {
    let mut all = Vec::new();
    for file in files {
        let name = file.display().to_string();
        let failed = |error: text::TextError| Failure::failed(format!("{name}: {error}"));
        let missing = |error: std::io::Error| Failure::not_found(format!("{name}: {error}"));
        match file.as_os_str() == "-" {
            true => all.extend(text::read(&name, std::io::stdin()).map_err(failed)?),
            false => all.extend(text::read(&name, std::fs::File::open(file).map_err(missing)?).map_err(failed)?),
        }
    }
    Ok(all)
}

impl WatchCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self {
            Self::Scan {
                facts: path,
                files,
                html: page,
            } => {
                let scanner = Scanner::new(facts(&path)?);
                let sources = sources(&files)?;
                let report = scanner.scan(sources.clone());
                output::line(match global.json {
                    true => report.to_json_lines().trim_end().to_owned(),
                    false => report.to_table().trim_end().to_owned(),
                });
                if let Some(page) = page {
                    std::fs::write(&page, html::page(&report, &sources))
                        .map_err(|e| Failure::failed(format!("{}: {e}", page.display())))?;
                    output::say(format!("the page is {}", page.display()));
                }
            }
            Self::Facts { file, background } => {
                let facts = facts(&file)?;
                let warnings: Vec<String> = facts.warnings().iter().map(|warning| warning.message.clone()).collect();
                let checked = check::check(facts, &sources(&background)?);
                output::either(global.json, &json!({ "warnings": warnings, "facts": checked }), || {
                    for warning in &warnings {
                        output::line(format!("warning: {warning}"));
                    }
                    for fact in &checked {
                        output::line(serde_json::to_string(fact).unwrap_or_default());
                    }
                })?;
            }
            Self::Propose {
                id,
                thesaurus,
                sentence,
            } => {
                let sentence = match sentence.as_str() {
                    "-" => input::text(std::path::Path::new("-"))?,
                    _ => sentence,
                };
                let thesaurus = thesaurus.as_deref().map(input::json).transpose()?.unwrap_or_default();
                output::json(&proposal::propose(&id, sentence.trim(), &thesaurus).map_err(Failure::failed)?)?;
            }
            Self::Hide => {
                let term = input::text(std::path::Path::new("-"))?;
                let salt = format!("{}{}", random_id(), random_id());
                output::json(&entente_watch::facts::salted(&salt, term.trim()))?;
            }
        }
        Ok(Exit::Done)
    }
}
