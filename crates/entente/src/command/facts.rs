//! `facts`: what is protected in a report, statement by statement.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use entente_core::{Command, Fact, FactId, PortionId, Report, ReportId, SourceGuard};
use entente_watch::check::{self, Checked};
use entente_watch::proposal::{self, Thesaurus};
use serde_json::json;

use super::list::{List, ListArgs, picked};
use super::{Global, texts};
use crate::failure::{Exit, Failure};
use crate::{input, output};
use entente_desk::holdings;
use entente_desk::proposing::proposed;
use entente_node::Pinned;

/// `entente facts`.
#[derive(Debug, Subcommand)]
pub(crate) enum FactsCommand {
    /// Propose facts for a report, a sentence each, with slots and what each may reveal: a file for an analyst to edit.
    Propose {
        /// The report.
        report: ReportId,
        /// Only these portions.
        #[arg(long, value_delimiter = ',')]
        portions: Vec<PortionId>,
        /// Other words for words: a `MyThes` file (`.dat`), or a JSON object of lists [default: the one installed for the language].
        #[arg(long, value_name = "FILE")]
        thesaurus: Option<PathBuf>,
        /// Texts that may offer words for the slots.
        #[arg(long, value_name = "FILE")]
        texts: Vec<PathBuf>,
        /// Harmless texts of the field: which slots and words stand in them is said.
        #[arg(long, value_name = "FILE")]
        background: Vec<PathBuf>,
    },
    /// Keep the facts of a report, in place of those kept before.
    Set {
        /// The report.
        report: ReportId,
        /// The facts, as a JSON file, or `-`.
        file: PathBuf,
    },
    /// List the facts of a report, or of all.
    List {
        /// The report.
        report: Option<ReportId>,
        #[command(flatten)]
        chosen: ListArgs,
    },
    /// Say how distinctive each fact of a report is, and which would match everywhere.
    Check {
        /// The report.
        report: ReportId,
        /// Harmless texts of the field, to count chance matches in.
        #[arg(long, value_name = "FILE")]
        background: Vec<PathBuf>,
    },
}

fn held<'n>(node: &'n Pinned, id: &ReportId) -> Result<&'n Report, Failure> {
    let holding = node.state().reports.get(id).and_then(|holding| holding.latest());
    holding.ok_or_else(|| entente_core::decide::NotFound::Report(id.to_string()).into())
}

fn propose(node: &Pinned, id: &ReportId, portions: &[PortionId], thesaurus: &Thesaurus) -> Result<Vec<Fact>, Failure> {
    let report = held(node, id)?;
    let guard = SourceGuard::new(node.state());
    let sources = node.state().sources.values();
    let sources = sources.filter(|source| source.withdrawn.is_none() && source.reports.contains(id));
    let registers: Vec<_> = sources.filter_map(|source| guard.register(&source.id)).collect();
    let portions = report
        .portions
        .iter()
        .filter(|p| portions.is_empty() || portions.contains(&p.id));
    let reveals = |sentence: &str| registers.iter().find_map(|register| register.propose(sentence));
    proposed(portions, thesaurus, reveals).map_err(Failure::failed)
}

/// The thesaurus of a file, or the one that the system has for the language of a sentence, if any.
pub(crate) fn thesaurus(path: Option<&Path>, sentence: &str) -> Result<Thesaurus, Failure> {
    match path {
        Some(path) if path.extension().is_some_and(|extension| extension == "dat") => {
            Ok(proposal::mythes(&input::bytes(path)?))
        }
        Some(path) => input::json(path),
        None => {
            let known = proposal::installed(proposal::language_of(sentence)).into_iter();
            let file = known.map(PathBuf::from).find(|file| file.exists());
            file.map_or_else(
                || Ok(Thesaurus::new()),
                |file| Ok(proposal::mythes(&input::bytes(&file)?)),
            )
        }
    }
}

/// What texts offer for the slots of proposed facts, and which of their words stand in harmless ones.
fn say_widening(id: &ReportId, facts: &[Fact], offering: &[PathBuf], background: &[PathBuf]) -> Result<(), Failure> {
    if !offering.is_empty() {
        let offers = proposal::offered(
            holdings::watched(id, facts).map_err(Failure::failed)?,
            texts::sources(offering)?,
        );
        for offer in &offers {
            output::say(format!(
                "{}, slot `{}`: the texts offer {}",
                offer.fact,
                offer.slot,
                offer.words.join(", ")
            ));
        }
    }
    if !background.is_empty() {
        for checked in check::check(
            holdings::watched(id, facts).map_err(Failure::failed)?,
            &texts::sources(background)?,
        ) {
            for warning in &checked.warnings {
                output::say(format!("{}: {warning}", checked.fact));
            }
        }
    }
    Ok(())
}

/// How distinctive each fact is, and what to improve.
pub(crate) fn say_checked(checked: &[Checked]) {
    let rows = checked.iter().map(|fact| {
        let share = fact
            .background
            .map_or("-".to_owned(), |share| format!("{:.0} %", share * 100.0));
        vec![
            fact.fact.clone(),
            format!("{:.2}", fact.distinctive),
            share,
            fact.warnings.join("\n"),
        ]
    });
    output::table(
        &["fact", "distinctive", "in background", "to improve"],
        rows.collect(),
        "no facts; propose some with `entente facts propose REPORT`",
    );
}

/// The report and the fact that such a name stands for.
pub(crate) fn named(text: &str) -> Result<(ReportId, FactId), Failure> {
    holdings::named(text).ok_or_else(|| {
        Failure::usage(format!(
            "`{text}` names no fact; write REPORT/fact, as `entente facts list` does"
        ))
    })
}

impl FactsCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        match self {
            Self::Propose {
                report,
                portions,
                thesaurus: words,
                texts: offering,
                background,
            } => {
                let first = held(&node, &report)?
                    .portions
                    .first()
                    .map(|portion| portion.text.clone());
                let words = thesaurus(words.as_deref(), &first.unwrap_or_default())?;
                let facts = propose(&node, &report, &portions, &words)?;
                output::json(&facts)?;
                say_widening(&report, &facts, &offering, &background)?;
                output::say(format!(
                    "{} facts proposed; edit them, then `entente facts set {report} FILE`. `reveals` says what a fact tells \
                     about the source, as in \"place = 'harbour'\"",
                    facts.len()
                ));
            }
            Self::Set { report, file } => set(&mut node, global, &report, &file)?,
            Self::List { report, chosen } => list(&node, global, report.as_ref(), &chosen)?,
            Self::Check { report, background } => {
                held(&node, &report)?;
                let facts = node.state().facts.get(&report).map_or(&[][..], Vec::as_slice);
                let checked = check::check(holdings::watched(&report, facts)?, &texts::sources(&background)?);
                output::either(global.json, &checked, || say_checked(&checked))?;
            }
        }
        Ok(Exit::Done)
    }
}

fn set(node: &mut Pinned, global: &Global, report: &ReportId, file: &Path) -> Result<(), Failure> {
    let facts: Vec<Fact> = input::json(file)?;
    let watched = holdings::watched(report, &facts)?;
    node.submit(Command::SetFacts {
        report: report.clone(),
        facts: facts.clone(),
    })?;
    let warnings: Vec<_> = watched
        .warnings()
        .iter()
        .map(|warning| warning.message.clone())
        .collect();
    let without: Vec<PortionId> = (held(node, report)?.portions.iter())
        .map(|portion| portion.id.clone())
        .filter(|portion| !facts.iter().any(|fact| fact.portion == *portion))
        .collect();
    let value = json!({ "report": report, "facts": facts.len(), "warnings": warnings, "portions_without": without });
    output::either(global.json, &value, || {
        output::line(format!("{} facts of {report} are kept", facts.len()));
        for warning in &warnings {
            output::line(format!("warning: {warning}"));
        }
        for portion in &without {
            output::line(format!("portion {portion} has none: nothing will be found of it"));
        }
    })
}

fn list(node: &Pinned, global: &Global, report: Option<&ReportId>, chosen: &ListArgs) -> Result<(), Failure> {
    if let Some(report) = report {
        held(node, report)?;
    }
    let all = node
        .state()
        .facts
        .iter()
        .filter(|(id, _)| report.is_none_or(|report| report == *id));
    let state = node.state();
    let rows: Vec<_> = all
        .clone()
        .flat_map(|(id, facts)| {
            let stale = holdings::stale(state, id);
            facts.iter().map(move |fact| {
                let is_stale = stale.iter().any(|stale| stale.fact == fact.id);
                let mut slots: Vec<_> = (fact.slots.iter())
                    .map(|slot| format!("{}{}", slot.name, if slot.mandatory { "!" } else { "" }))
                    .collect();
                let accepted = fact.growth.words.iter().filter(|word| word.undone.is_none());
                slots.extend(accepted.map(|word| format!("{} += {} ({})", word.slot, word.word, word.id)));
                vec![
                    format!("{id}/{}", fact.id),
                    format!("{}{}", fact.portion, if is_stale { " (stale)" } else { "" }),
                    fact.text.clone(),
                    slots.join(", "),
                    fact.reveals.clone().unwrap_or_default(),
                ]
            })
        })
        .collect();
    let list = List {
        head: &["fact", "portion", "statement", "slots (! mandatory)", "reveals"],
        empty: "no facts are kept; propose some with `entente facts propose REPORT`",
    };
    let rows_picked = chosen.pick(&list, &rows)?;
    if !global.json {
        chosen.write(&list, &rows, &rows_picked);
        return Ok(());
    }
    let each: Vec<_> = all
        .flat_map(|(id, facts)| facts.iter().map(move |fact| (id, fact)))
        .collect();
    let mut value: std::collections::BTreeMap<_, Vec<_>> = std::collections::BTreeMap::new();
    for (id, fact) in picked(&each, &rows_picked) {
        value.entry(id).or_default().push(fact);
    }
    output::json(&value)
}
