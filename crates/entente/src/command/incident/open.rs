//! Opening a case, and taking texts into evidence.

use std::collections::BTreeSet;
use std::path::PathBuf;

use entente_core::handle::Opening;
use entente_core::incident::{Stage, What};
use entente_core::{BriefingId, Called, Command, DisclosureId, IncidentId, PersonId};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::args::By;
use super::{held, page};
use crate::command::{Global, exchange};
use crate::failure::Failure;
use crate::{input, output};
use entente_desk::cases;
use entente_node::{Evidence, Pinned, random_id};

/// The disclosures of a briefing that went beyond what was permitted.
pub(super) fn beyond(node: &Pinned, briefing: &BriefingId) -> Result<BTreeSet<Called<DisclosureId>>, Failure> {
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

/// The disclosures that rest on an override.
pub(super) fn under(node: &Pinned, made: &DisclosureId) -> Result<BTreeSet<DisclosureId>, Failure> {
    let under = cases::under(node.state(), made).ok_or_else(|| {
        Failure::not_found(format!(
            "there is no override `{made}`; `entente disclosure list` shows them"
        ))
    })?;
    match under.is_empty() {
        false => Ok(under),
        true => Err(Failure::usage(format!(
            "nothing was recorded that was disclosed under {made}; `entente disclosure add … --under {made}` records it"
        ))),
    }
}

/// Closes a case; what is left open is recorded first, in the words given for it.
pub(super) fn close(
    node: &mut Pinned,
    global: &Global,
    (id, by): (&IncidentId, &By),
    note: String,
    resume: bool,
    rest: Option<String>,
) -> Result<(), Failure> {
    let mut commands = match rest {
        None => Vec::new(),
        Some(words) => cases::settle(held(node, id, Some(&by.by))?, &by.by, &words),
    };
    let settled = commands.len();
    commands.push(Command::CloseIncident {
        incident: id.clone(),
        by: by.by.clone(),
        note,
        resume,
    });
    node.submit_all(commands)?;
    let sent = exchange::flush(node, global)?;
    let done = format!("case {id} is closed");
    output::either(
        global.json,
        &serde_json::json!({ "done": done, "settled": settled, "sent": sent }),
        || {
            output::line(&done);
            exchange::say_sent(&sent);
        },
    )
}

/// What a case is opened with.
pub(super) fn opening(
    title: Option<String>,
    by: PersonId,
    members: Vec<PersonId>,
    disclosures: BTreeSet<Called<DisclosureId>>,
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
    let (mut commands, mut kept) = (Vec::new(), Vec::new());
    for file in files {
        let bytes = input::bytes(file)?;
        let (sha256, size) = (entente_ledger::hex(&Sha256::digest(&bytes)), bytes.len() as u64);
        kept.push(Evidence {
            case: id.clone(),
            bytes,
        });
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
    node.submit_with(commands, kept)?;
    output::either(global.json, held(node, id, None)?, || {
        output::line(format!("{} texts are in evidence", files.len()));
    })
}
