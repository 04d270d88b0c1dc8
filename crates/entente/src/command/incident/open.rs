//! Opening a case, and taking texts into evidence.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use entente_core::handle::Opening;
use entente_core::incident::{Stage, What};
use entente_core::{BriefingId, Command, DisclosureId, IncidentId, PersonId};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::args::By;
use super::{held, page};
use crate::command::Global;
use crate::failure::Failure;
use crate::{input, output, words};
use entente_desk::cases;
use entente_node::{Pinned, random_id};

/// The disclosures of a briefing that went beyond what was permitted.
pub(super) fn beyond(node: &Pinned, briefing: &BriefingId) -> Result<BTreeSet<DisclosureId>, Failure> {
    let beyond = cases::beyond(node.state(), briefing).ok_or_else(|| {
        Failure::not_found(format!(
            "there is no briefing `{briefing}`; `entente brief list` shows them"
        ))
    })?;
    match beyond.is_empty() {
        false => Ok(beyond),
        true => Err(Failure::usage(format!(
            "nothing was recorded that went beyond {briefing}; `entente brief record {briefing}` records what was said"
        ))),
    }
}

/// What a case is opened with.
pub(super) fn opening(
    title: Option<String>,
    by: PersonId,
    members: Vec<PersonId>,
    disclosures: BTreeSet<DisclosureId>,
    protected: bool,
    clocks: Vec<(Stage, u32)>,
) -> Result<Opening, Failure> {
    Ok(Opening {
        id: IncidentId::new(format!("inc-{}", random_id()))?,
        title: title.unwrap_or_else(|| "Disclosure beyond what was permitted".to_owned()),
        by,
        members: members.into_iter().collect(),
        disclosures,
        protected,
        clocks: clocks.into_iter().collect(),
    })
}

/// Opens a case, and says what cannot wait.
pub(super) fn open(node: &mut Pinned, global: &Global, opening: Opening) -> Result<(), Failure> {
    let id = opening.id.clone();
    node.submit(Command::OpenIncident(Box::new(opening)))?;
    let case = held(node, &id, None)?;
    output::either(global.json, case, || {
        output::line(format!("case {id} is open"));
        page::say_alerts(node.state(), case);
        page::say_tasks(case, Timestamp::now());
    })
}

/// Takes texts into evidence: all of them, or none.
pub(super) fn evidence(
    node: &mut Pinned,
    global: &Global,
    id: &IncidentId,
    files: &[PathBuf],
    found: &str,
    by: &By,
) -> Result<(), Failure> {
    // Nothing is kept before all of it can be.
    if !held(node, id, Some(&by.by))?.is_member(Some(&by.by)) {
        return Err(Failure::failed(format!("{} does not work on {id}", by.by)));
    }
    files.iter().try_for_each(|file| input::bytes(file).map(|_| ()))?;
    let mut commands = Vec::new();
    for file in files {
        let (sha256, size) = keep(node, file)?;
        output::say(format!("{}: {sha256}, {size} bytes, kept", file.display()));
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        commands.push(Command::NoteIncident {
            incident: id.clone(),
            by: by.by.clone(),
            what: What::Evidence {
                name: name.unwrap_or_default(),
                sha256,
                size,
                found: found.to_owned(),
            },
        });
    }
    node.submit_all(commands)?;
    output::either(global.json, held(node, id, None)?, || {
        output::line(format!("{} texts are in evidence", files.len()));
    })
}

/// Copies of evidence stand in the data folder, by their digest.
fn keep(node: &Pinned, path: &Path) -> Result<(String, u64), Failure> {
    let bytes = input::bytes(path)?;
    let sha256 = words::hex(&Sha256::digest(&bytes));
    let folder = node.folder().join("evidence");
    let kept = folder.join(&sha256);
    let failed = |error: std::io::Error| Failure::failed(format!("{}: {error}", kept.display()));
    if kept.exists() {
        return Ok((sha256, bytes.len() as u64));
    }
    output::folder(&folder)?;
    output::file(&kept, &bytes)?;
    let mut rights = std::fs::metadata(&kept).map_err(failed)?.permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(&kept, rights).map_err(failed)?;
    Ok((sha256, bytes.len() as u64))
}
