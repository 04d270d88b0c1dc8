//! Installing and removing policy files, and a node's own lists.

use std::collections::BTreeSet;

use entente_marking::installed;
use entente_marking::us::Register;
use entente_marking::{Scheme, SchemeId};

use super::{Context, Decided, Refusal, meaning};
use crate::event::Event;
use crate::installed::{InstalledScheme, MarkRead};
use crate::report::Report;
use crate::state::State;

/// The most policy files that one node installs: every mark that none of its own scheme reads is tried with each.
const MAX_SCHEMES: usize = 64;

const SEE_SCHEMES: &str = "`entente scheme list` shows them";

/// Installs a policy file. Held portions whose report names this very file are read with it from now on.
pub(super) fn install(
    state: &State,
    file: String,
    name: Option<&str>,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    if state.schemes.len() >= MAX_SCHEMES {
        return Err(Refusal::Invalid(format!(
            "{MAX_SCHEMES} policy files are installed already; remove one that is not used with `entente scheme remove`"
        )));
    }
    let scheme = installed::read(&file, context.schemes, name).map_err(|why| Refusal::Invalid(why.to_string()))?;
    let kept = InstalledScheme {
        id: scheme.id().clone(),
        profile: scheme.profile().to_owned(),
        oid: scheme.policy().id.clone(),
        file,
        installed: context.now,
    };
    let mut schemes = context.schemes.clone();
    schemes.insert(std::sync::Arc::new(scheme));
    let mut events = Vec::new();
    for report in written_in(state, &kept.id, &kept.profile) {
        let read = |portion: &crate::report::Portion| MarkRead {
            portion: portion.id.clone(),
            label: meaning(&schemes, &report.scheme, Some(&report.profile), &portion.mark),
        };
        events.push(Event::MarksRead {
            report: report.id.clone(),
            version: report.version,
            marks: report.with_title().map(read).collect(),
        });
    }
    events.insert(0, Event::SchemeInstalled(kept));
    Ok(Decided::events(events))
}

/// Takes a policy file out again, as long as nothing here is marked or cleared in it.
pub(super) fn remove(state: &State, id: &SchemeId, profile: Option<&str>) -> Result<Decided, Refusal> {
    let named = |kept: &&InstalledScheme| kept.id == *id && profile.is_none_or(|wanted| kept.profile == wanted);
    let found: Vec<&InstalledScheme> = state.schemes.values().filter(named).collect();
    let kept = match found.as_slice() {
        [] => return Err(Refusal::missing("installed scheme", id, SEE_SCHEMES)),
        [kept] => *kept,
        [..] => {
            return Err(Refusal::Invalid(format!(
                "there are {} versions of {id}; name one of them with `--profile`",
                found.len()
            )));
        }
    };
    let last = state.schemes.values().filter(|other| other.id == *id).count() == 1;
    let users = users(state, kept, last);
    if !users.is_empty() {
        let shown: Vec<&str> = users.iter().take(5).map(String::as_str).collect();
        return Err(Refusal::Invalid(format!(
            "{id} is in use, so it stays: {}{}",
            shown.join(", "),
            if users.len() > shown.len() { " and others" } else { "" }
        )));
    }
    Ok(Decided::events([Event::SchemeRemoved {
        id: kept.id.clone(),
        profile: kept.profile.clone(),
    }]))
}

/// Replaces this node's own lists beside the published ones; `None` to have none.
pub(super) fn set_register(state: &State, register: Option<Register>) -> Result<Decided, Refusal> {
    let problems = register.iter().flat_map(Register::problems).collect::<Vec<_>>();
    if !problems.is_empty() {
        return Err(Refusal::Invalid(problems.join("; ")));
    }
    if state.register() == register.as_ref() {
        return Err(Refusal::Invalid("nothing changed: these lists hold already".to_owned()));
    }
    Ok(Decided::events([Event::RegisterSet(register)]))
}

/// The held versions that name this scheme in this variant.
fn written_in<'s>(state: &'s State, id: &SchemeId, profile: &str) -> impl Iterator<Item = &'s Report> {
    let versions = state.reports.values().flat_map(|holding| holding.versions.values());
    versions.filter(move |report| report.scheme == *id && report.profile == profile)
}

/// What would not be understood without the scheme.
fn users(state: &State, kept: &InstalledScheme, last: bool) -> BTreeSet<String> {
    let reports = written_in(state, &kept.id, &kept.profile).map(|report| format!("report {}", report.id));
    let cleared = state
        .persons
        .values()
        .filter(|person| last && person.clearances.contains_key(&kept.id));
    let cleared = cleared.map(|person| format!("the clearance of {}", person.id));
    reports.chain(cleared).collect()
}

/// Whether a report's marks cannot be read here, and which file is needed: `NAME`, digest.
pub fn needs_scheme(state: &State, report: &Report) -> Option<(SchemeId, String)> {
    let digest = installed::file_of(&report.profile)?;
    let held = state.installed(&report.scheme, &report.profile);
    held.is_none().then(|| (report.scheme.clone(), digest.to_owned()))
}
