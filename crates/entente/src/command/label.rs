//! `marking label` and `marking bind`: labels of STANAG 4774, bound to files by STANAG 4778.

use std::path::{Path, PathBuf};

use entente_core::handle::side_by_side;
use entente_exchange::labelled::{SIDECAR, labels, write_sidecar};
use entente_marking::spif::SecurityLabel;
use entente_marking::stanag::{LabelKind, label_of, mark_of, write_xml};
use jiff::Timestamp;
use serde::Serialize;

use super::Global;
use super::import::{Labelled, labelled};
use crate::failure::{Exit, Failure};
use crate::{input, output};

/// The labels of a file.
#[derive(Serialize)]
struct Shown {
    file: PathBuf,
    /// Where they stand: `sidecar`, `XML` or `XMP`.
    place: &'static str,
    /// Whether a digest binds them to the file; it is then what was labelled.
    bound: bool,
    /// Whether somebody signed: who is not checked.
    signed: bool,
    labels: Vec<Of>,
}

/// One label.
#[derive(Serialize)]
struct Of {
    /// The part of the file; all of it where none is named.
    part: Option<String>,
    kind: &'static str,
    policy: String,
    classification: String,
    /// The mark that it stands for here.
    mark: Option<String>,
    /// Why it stands for none: what it is on is closed.
    why: Option<String>,
}

/// Shows the labels of a file; exit 5 where it has none.
pub(super) fn show(global: &Global, path: &Path) -> Result<Exit, Failure> {
    let library = global.library()?;
    let Labelled { path, bytes, sidecar } = labelled(path)?;
    let name = path.display().to_string();
    let found = labels(&name, &bytes, sidecar.as_deref())
        .map_err(|error| Failure::failed(format!("{name}: {error}")))?
        .ok_or_else(|| {
            Failure::not_found(format!(
                "{name} has no label: neither {name}{SIDECAR} beside it nor one in it"
            ))
        })?;
    let mut all = Vec::new();
    let parts = found.bindings.names().into_iter().filter(|part| part.starts_with('#'));
    for part in std::iter::once(found.name.as_str()).chain(parts) {
        for written in found.bindings.about(part) {
            let mark = mark_of(&written.label, &library.schemes);
            all.push(Of {
                part: part.strip_prefix('#').map(str::to_owned),
                kind: match written.kind {
                    LabelKind::Originator => "originator",
                    LabelKind::Alternative => "alternative",
                },
                policy: written.label.policy.name.clone(),
                classification: written.label.classification.clone(),
                mark: mark.as_ref().ok().map(|mark| mark.canonical.clone()),
                why: mark.err().map(|error| error.to_string()),
            });
        }
    }
    let shown = Shown {
        file: path,
        place: found.place,
        bound: found.bound,
        signed: found.bindings.is_signed(),
        labels: all,
    };
    output::either(global.json, &shown, || say(&shown))?;
    Ok(Exit::Done)
}

fn say(shown: &Shown) {
    let bound = match (shown.place, shown.bound) {
        (_, true) => "bound by a digest: the file is what was labelled",
        ("sidecar", false) => "without a digest: nothing says that the file is what was labelled",
        _ => "within the file",
    };
    output::line(format!("{}: {} ({bound})", shown.file.display(), shown.place));
    for label in &shown.labels {
        let part = label.part.as_ref().map_or(String::new(), |part| format!("{part}: "));
        let mark = label.mark.clone().unwrap_or_else(|| "closed".to_owned());
        let why = label.why.as_ref().map_or(String::new(), |why| format!(": {why}"));
        output::line(format!(
            "    {part}{mark} [{} label, {} {}]{why}",
            label.kind, label.policy, label.classification
        ));
    }
}

/// Writes the labels of marks, by themselves or beside a file.
pub(super) fn bind(global: &Global, marks: &str, to: Option<&Path>) -> Result<Exit, Failure> {
    let library = global.library()?;
    let now = Timestamp::now();
    let label = |mark: &str| {
        let label = label_of(mark, &library.schemes);
        let label = label.ok_or_else(|| {
            Failure::usage(format!(
                "{mark} is no mark; `entente marking check --kind portion '{mark}'` says why"
            ))
        })?;
        Ok(SecurityLabel {
            created: Some(now),
            ..label
        })
    };
    let labels: Vec<SecurityLabel> = side_by_side(marks).map(label).collect::<Result<_, Failure>>()?;
    let Some(path) = to else {
        let all: String = labels.iter().map(write_xml).collect();
        output::either(global.json, &all, || output::line(all.trim_end()))?;
        return Ok(Exit::Done);
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut beside = path.to_owned().into_os_string();
    beside.push(SIDECAR);
    let beside = PathBuf::from(beside);
    output::file(&beside, write_sidecar(&name, &input::bytes(path)?, &labels).as_bytes())?;
    let written = beside.display().to_string();
    output::either(global.json, &written, || output::line(&written))?;
    Ok(Exit::Done)
}
