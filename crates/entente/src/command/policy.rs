//! `marking spif-*` and `marking convert`: policies and labels as files.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use entente_marking::Finding;
use entente_marking::spif::{BUILTIN, ClassificationReading, Direction, PUBLISHED, Policy, SecurityLabel};
use entente_marking::stanag;
use serde_json::json;

use super::Global;
use crate::failure::{Exit, Failure};
use crate::{input, output};

/// A policy file, or the name of one that comes with the program.
pub(crate) fn policy(path: &Path) -> Result<Policy, Failure> {
    let shipped = BUILTIN
        .iter()
        .chain(&PUBLISHED)
        .find(|(name, _)| !path.exists() && name.strip_suffix(".spif.xml") == path.to_str());
    let text = match shipped {
        Some((_, text)) => (*text).to_owned(),
        None => input::text(path)?,
    };
    Policy::from_xml(&text).map_err(|error| Failure::failed(format!("{}: {error}", path.display())))
}

/// A label, as STANAG 4774 XML or STANAG 5636 JSON.
fn label(path: &Path) -> Result<SecurityLabel, Failure> {
    let text = input::text(path)?;
    let read = match text.trim_start().starts_with('{') {
        true => stanag::read_json(&text).map(|(label, _)| label),
        false => stanag::read_xml(&text).map(|written| written.label),
    };
    read.map_err(|error| Failure::failed(format!("{}: {error}", path.display())))
}

fn say(findings: &[Finding]) {
    for finding in findings {
        let word = if finding.is_error() { "error" } else { "warning" };
        output::line(format!(
            "{word}: {} [{}; {}]",
            finding.message, finding.rule, finding.source
        ));
        if let Some(suggestion) = &finding.suggestion {
            output::line(format!("    → {suggestion}"));
        }
    }
}

/// A policy and a label.
#[derive(Debug, Args)]
pub(crate) struct PolicyAndLabel {
    /// The policy: an XML SPIF file, or `tlp`, `pap`, `alliance`, `realm`.
    policy: PathBuf,
    /// The label: STANAG 4774 XML, or STANAG 5636 JSON, or `-`.
    label: PathBuf,
}

/// How a classification in a clearance is read.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Reading {
    /// The clearance must list the label's classification (X.841).
    Listed,
    /// The clearance's highest classification must reach the label's.
    Hierarchy,
}

/// The form of a label.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Form {
    /// STANAG 4774 XML.
    Xml,
    /// STANAG 5636 JSON.
    Json,
}

pub(crate) fn validate(global: &Global, files: &PolicyAndLabel) -> Result<Exit, Failure> {
    let findings = policy(&files.policy)?.validate(&label(&files.label)?);
    let valid = !findings.iter().any(Finding::is_error);
    output::either(global.json, &json!({ "valid": valid, "findings": findings }), || {
        output::line(if valid { "valid" } else { "invalid" });
        say(&findings);
    })?;
    Ok(if valid { Exit::Done } else { Exit::Failed })
}

pub(crate) fn display(
    global: &Global,
    files: &PolicyAndLabel,
    lang: Option<&str>,
    portion: bool,
) -> Result<Exit, Failure> {
    let (policy, label) = (policy(&files.policy)?, label(&files.label)?);
    let marking = match portion {
        true => policy.display_portion(&label, lang),
        false => policy.display(&label, lang),
    };
    match marking {
        Ok(marking) => {
            output::either(global.json, &json!({ "marking": marking }), || output::line(&marking))?;
            Ok(Exit::Done)
        }
        Err(findings) => {
            output::either(global.json, &json!({ "marking": null, "findings": findings }), || {
                say(&findings);
            })?;
            Ok(Exit::Failed)
        }
    }
}

pub(crate) fn access(
    global: &Global,
    files: &PolicyAndLabel,
    clearance: &Path,
    reading: Reading,
) -> Result<Exit, Failure> {
    let text = input::text(clearance)?;
    let held =
        stanag::read_clearance(&text).map_err(|error| Failure::failed(format!("{}: {error}", clearance.display())))?;
    let reading = match reading {
        Reading::Listed => ClassificationReading::Listed,
        Reading::Hierarchy => ClassificationReading::Hierarchy,
    };
    let access = policy(&files.policy)?.access(&label(&files.label)?, &held, reading);
    output::either(global.json, &access, || {
        output::line(if access.permit { "permit" } else { "deny" });
        for reason in &access.reasons {
            let word = if reason.holds { "holds" } else { "fails" };
            output::line(format!(
                "  {word}: {} [{}; {}]",
                reason.message, reason.rule, reason.source
            ));
        }
    })?;
    Ok(if access.permit { Exit::Done } else { Exit::Denied })
}

pub(crate) fn translate(global: &Global, files: &PolicyAndLabel, to: &Path, incoming: bool) -> Result<Exit, Failure> {
    let target = policy(to)?;
    let direction = if incoming {
        Direction::Incoming
    } else {
        Direction::Outgoing
    };
    let translation = policy(&files.policy)?.translate(&label(&files.label)?, &target, direction);
    let xml = translation.label.as_ref().map(stanag::write_xml);
    let marking = translation
        .label
        .as_ref()
        .and_then(|label| target.display(label, None).ok());
    let value = json!({ "label": xml, "marking": marking, "findings": translation.findings });
    output::either(global.json, &value, || {
        if let Some(marking) = &marking {
            output::line(marking);
        }
        say(&translation.findings);
    })?;
    Ok(if xml.is_some() { Exit::Done } else { Exit::Failed })
}

pub(crate) fn convert(file: &Path, to: Form) -> Result<Exit, Failure> {
    let label = label(file)?;
    output::line(match to {
        Form::Xml => stanag::write_xml(&label),
        Form::Json => stanag::write_json(&label, None),
    });
    Ok(Exit::Done)
}
