//! `marking`: check, roll up, explain.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use entente_marking::{Effect, Finding, MarkKind, Scheme, SchemeId};
use serde_json::json;

use super::policy::{self, Form, PolicyAndLabel, Reading};
use super::{Global, label};
use crate::failure::{Exit, Failure};
use crate::{input, output};

/// Which rules to read a mark by.
#[derive(Debug, Args)]
pub(crate) struct Rules {
    /// The scheme; `entente marking schemes` lists them.
    #[arg(long, default_value = "us-ic")]
    scheme: String,
    /// The variant of its rules.
    #[arg(long)]
    profile: Option<String>,
}

impl Rules {
    fn scheme(&self, global: &Global) -> Result<Arc<dyn Scheme>, Failure> {
        let library = global.library()?;
        let schemes = &library.schemes;
        let id = SchemeId::new(&self.scheme);
        schemes.get(&id, self.profile.as_deref()).cloned().ok_or_else(|| {
            let known: Vec<String> = schemes
                .iter()
                .map(|scheme| format!("{} {}", scheme.id(), scheme.profile()))
                .collect();
            Failure::usage(format!(
                "there is no scheme {} {}; there are: {}",
                self.scheme,
                self.profile.as_deref().unwrap_or_default(),
                known.join(", ")
            ))
        })
    }
}

/// Where the mark stands.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Kind {
    /// On the page.
    Banner,
    /// Before a paragraph.
    Portion,
}

impl From<Kind> for MarkKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Banner => Self::Banner,
            Kind::Portion => Self::Portion,
        }
    }
}

/// `entente marking`.
#[derive(Debug, Subcommand)]
pub(crate) enum MarkingCommand {
    /// Check one mark: the rule that is broken, its place, and what to write. Exit 0 valid, 1 invalid.
    Check {
        #[command(flatten)]
        rules: Rules,
        /// Where the mark stands.
        #[arg(long)]
        kind: Kind,
        /// The banner of the document, for portions that abbreviate its list.
        #[arg(long)]
        banner: Option<String>,
        /// The mark, or `-` for standard input.
        mark: String,
    },
    /// Compute the banner of a document from its portion marks, one a line.
    Rollup {
        #[command(flatten)]
        rules: Rules,
        /// The banner that the document bears, for portions that abbreviate its list.
        #[arg(long)]
        banner: Option<String>,
        /// The file, or `-`.
        file: PathBuf,
    },
    /// Explain each token of a mark: meaning, rule, effect on access.
    Explain {
        #[command(flatten)]
        rules: Rules,
        /// Where the mark stands; a mark in parentheses is a portion's.
        #[arg(long)]
        kind: Option<Kind>,
        /// The mark.
        mark: String,
    },
    /// List the schemes.
    Schemes,
    /// Check a label against a policy file.
    SpifValidate(PolicyAndLabel),
    /// Write a label as the policy displays it.
    SpifDisplay {
        #[command(flatten)]
        files: PolicyAndLabel,
        /// The language, such as `fr` [default: the policy's own].
        #[arg(long)]
        lang: Option<String>,
        /// As a portion mark.
        #[arg(long)]
        portion: bool,
    },
    /// Decide whether a clearance opens a label. Exit 3 when it does not.
    SpifAccess {
        #[command(flatten)]
        files: PolicyAndLabel,
        /// The clearance: STANAG 4774 XML with one or more classifications.
        clearance: PathBuf,
        /// How the classification is compared.
        #[arg(long, default_value = "listed")]
        classification: Reading,
    },
    /// Translate a label into another policy.
    SpifTranslate {
        #[command(flatten)]
        files: PolicyAndLabel,
        /// The other policy.
        #[arg(long)]
        to: PathBuf,
        /// Use the other policy's table of equivalences.
        #[arg(long)]
        incoming: bool,
    },
    /// Show the labels that are bound to a file: beside it (FILE.bdo), in XML, or in the XMP packet of a PDF (STANAG 4778).
    Label {
        /// The file, or its label.
        file: PathBuf,
    },
    /// Write the label of a mark as STANAG 4774 XML, or beside a file, bound to it by a digest (STANAG 4778).
    Bind {
        /// The mark, such as `(S//NF)`; several side by side are several labels.
        mark: String,
        /// The file that it is about: FILE.bdo is written.
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Convert a label between STANAG 4774 XML and STANAG 5636 JSON.
    Convert {
        /// The label, or `-`.
        file: PathBuf,
        /// The form to write.
        #[arg(long)]
        to: Form,
    },
}

fn say_findings(text: &str, findings: &[Finding]) {
    for finding in findings {
        let word = if finding.is_error() { "error" } else { "warning" };
        output::line(format!(
            "{word}: {} [{}; {}]",
            finding.message, finding.rule, finding.source
        ));
        output::line(output::caret(text, finding.start, finding.end));
        if let Some(suggestion) = &finding.suggestion {
            output::line(format!("  write: {suggestion}"));
        }
    }
}

impl MarkingCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self {
            Self::Check {
                rules,
                kind,
                banner,
                mark,
            } => check(global, &rules, kind.into(), banner.as_deref(), &given(mark)?),
            Self::Rollup { rules, banner, file } => rollup(global, &rules, banner.as_deref(), &input::text(&file)?),
            Self::Explain { rules, kind, mark } => explain(global, &rules, kind_of(kind, &mark), &mark),
            Self::Label { file } => label::show(global, &file),
            Self::Bind { mark, to } => label::bind(global, &mark, to.as_deref()),
            Self::SpifValidate(files) => policy::validate(global, &files),
            Self::SpifDisplay { files, lang, portion } => policy::display(global, &files, lang.as_deref(), portion),
            Self::SpifAccess {
                files,
                clearance,
                classification,
            } => policy::access(global, &files, &clearance, classification),
            Self::SpifTranslate { files, to, incoming } => policy::translate(global, &files, &to, incoming),
            Self::Convert { file, to } => policy::convert(&file, to),
            Self::Schemes => schemes(global),
        }
    }
}

/// A mark as it was typed, or from standard input.
fn given(mark: String) -> Result<String, Failure> {
    match mark.as_str() {
        "-" => Ok(input::text(&PathBuf::from("-"))?
            .trim_end_matches(['\r', '\n'])
            .to_owned()),
        _ => Ok(mark),
    }
}

/// Where a mark stands: what is said, or what its parentheses say.
fn kind_of(said: Option<Kind>, mark: &str) -> MarkKind {
    match said {
        Some(kind) => kind.into(),
        None if mark.trim_start().starts_with('(') => MarkKind::Portion,
        None => MarkKind::Banner,
    }
}

fn check(global: &Global, rules: &Rules, kind: MarkKind, banner: Option<&str>, mark: &str) -> Result<Exit, Failure> {
    let checked = rules.scheme(global)?.check(mark, kind, banner);
    let valid = checked.is_valid();
    let value = json!({ "valid": valid, "canonical": checked.canonical, "findings": checked.findings });
    output::either(global.json, &value, || {
        output::line(if valid { "valid" } else { "invalid" });
        say_findings(mark, &checked.findings);
        if let Some(canonical) = checked.canonical.as_ref().filter(|canonical| **canonical != mark) {
            output::line(format!("canonical: {canonical}"));
        }
    })?;
    Ok(if valid { Exit::Done } else { Exit::Failed })
}

fn rollup(global: &Global, rules: &Rules, banner: Option<&str>, text: &str) -> Result<Exit, Failure> {
    let portions: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let rollup = rules.scheme(global)?.rollup(&portions, banner);
    let found = rollup.banner.as_ref().map(|marking| marking.canonical.clone());
    let value = json!({ "banner": found, "steps": rollup.steps, "findings": rollup.findings });
    output::either(global.json, &value, || {
        if let Some(banner) = &found {
            output::line(banner);
        }
        for step in &rollup.steps {
            output::say(format!("  {} [{}; {}]", step.message, step.rule, step.source));
        }
        for finding in &rollup.findings {
            output::say(format!(
                "error: {} [{}; {}]",
                finding.message, finding.rule, finding.source
            ));
        }
        if portions.is_empty() {
            output::say("there are no portion marks; write one a line");
        }
    })?;
    Ok(if found.is_some() { Exit::Done } else { Exit::Failed })
}

fn explain(global: &Global, rules: &Rules, kind: MarkKind, mark: &str) -> Result<Exit, Failure> {
    let scheme = rules.scheme(global)?;
    let tokens = scheme.explain(mark, kind);
    let checked = scheme.check(mark, kind, None);
    let nearest = scheme.nearest(mark, kind);
    let value = json!({
        "valid": checked.is_valid(), "tokens": tokens, "findings": checked.findings, "nearest": nearest
    });
    output::either(global.json, &value, || {
        for token in &tokens {
            output::line(format!("{}: {}", token.token, token.meaning));
            output::line(format!("    access: {}", token.access));
            output::line(format!("    banner: {}", token.rolls_up));
            if !token.excludes.is_empty() {
                output::line(format!("    never beside: {}", token.excludes.join(", ")));
            }
            output::line(format!("    rule:   {} ({})", token.rule, token.source));
        }
        say_findings(mark, &checked.findings);
        for mark in &nearest {
            output::line(format!("nearest valid mark: {mark}"));
        }
    })?;
    let known = checked.is_valid() && tokens.iter().all(|token| token.effect != Effect::Unknown);
    Ok(if known { Exit::Done } else { Exit::Failed })
}

fn schemes(global: &Global) -> Result<Exit, Failure> {
    let library = global.library()?;
    let row = |scheme: &Arc<dyn Scheme>| {
        let (profile, title) = (scheme.profile().to_owned(), scheme.title().to_owned());
        vec![scheme.id().to_string(), profile, title]
    };
    let rows: Vec<Vec<String>> = library.schemes.iter().map(row).collect();
    let object = |row: &Vec<String>| json!({ "scheme": row[0], "profile": row[1], "title": row[2] });
    let value: Vec<_> = rows.iter().map(object).collect();
    output::either(global.json, &value, || {
        output::table(&["scheme", "profile", "title"], rows, "none");
    })?;
    Ok(Exit::Done)
}
