//! The cases that somebody may know of, and what partners told of theirs.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::handle::known_disclosure;
use entente_core::incident::{Incident, IncidentNotice, What};
use entente_core::{
    BriefingId, Called, Command, DisclosureId, IncidentId, PartyPath, PersonId, PortionRef, ReportId, Route, State,
};
use jiff::Timestamp;
use serde::Serialize;

use crate::moment::Moment;
use crate::reading::readable;
use crate::view::View;

/// A case in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseRow {
    /// The case.
    pub id: IncidentId,
    /// Its title, for one who works on it.
    pub title: String,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it was closed, if it was.
    pub closed: Option<Timestamp>,
    /// How many stages are to do.
    pub to_do: usize,
    /// How many of them are late.
    pub late: usize,
}

/// The cases that somebody may know of, and what partners told of theirs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cases {
    /// This party's own.
    pub cases: Vec<CaseRow>,
    /// What partners told, as far as the asker may know at least one of the portions; it shows only those.
    pub told_by_partners: BTreeMap<Called<IncidentId>, (PartyPath, IncidentNotice)>,
}

/// The cases that the asker may know of.
pub fn list(moment: &Moment<'_>, view: &View<'_>) -> Cases {
    let reader = view.reader();
    let state = moment.state();
    let visible = state.incidents.values().filter(|case| case.is_visible_to(reader));
    let mut told_by_partners: BTreeMap<_, _> = state
        .incident_notices
        .iter()
        .map(|(named, told)| (named.shortest(&state.incident_notices), told.clone()))
        .collect();
    told_by_partners.retain(|_, (_, notice)| {
        notice.portions = readable(moment, &notice.portions, view);
        !notice.portions.is_empty()
    });
    Cases {
        cases: visible.map(|case| row(case, view)).collect(),
        told_by_partners,
    }
}

/// A disclosure that nobody permitted, and that belongs to no case which the asker may know of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Loose {
    /// The disclosure.
    pub id: Called<DisclosureId>,
    /// The report.
    pub report: ReportId,
    /// Those of its portions that the asker may know.
    pub portions: BTreeSet<PortionRef>,
    /// Who learned it.
    pub audience: BTreeSet<PersonId>,
    /// How.
    pub route: Route,
    /// When.
    pub at: Timestamp,
}

/// Disclosures of which a case can be made, the newest first: those of whose portions the asker may know one that nobody permitted.
/// What belongs to a case that they may not know of stays among them, so that its absence tells nothing.
pub fn loose(moment: &Moment<'_>, view: &View<'_>) -> Vec<Loose> {
    let state = moment.state();
    let visible = state
        .incidents
        .values()
        .filter(|case| case.is_visible_to(view.reader()));
    let taken: BTreeSet<&Called<DisclosureId>> = visible.flat_map(|case| &case.disclosures).collect();
    let each = state.disclosures.values().filter_map(|told| {
        let beyond = told.permitted.iter().filter(|(_, permitted)| !**permitted);
        let beyond = beyond.map(|(portion, _)| PortionRef {
            report: told.report.clone(),
            version: told.version,
            portion: portion.clone(),
        });
        let portions = readable(moment, &beyond.collect(), view);
        let id = Called::from(told.id.clone());
        let free = !taken.contains(&id) && !portions.is_empty();
        free.then(|| Loose {
            id,
            report: told.report.clone(),
            portions,
            audience: told.audience.clone(),
            route: told.route,
            at: told.at,
        })
    });
    let mut all: Vec<Loose> = each.collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.at));
    all
}

fn row(case: &Incident, view: &View<'_>) -> CaseRow {
    let tasks = case.tasks();
    let title = match case.is_member(view.reader()) {
        true => case.title.as_str(),
        false => "(not for you)",
    };
    CaseRow {
        id: case.id.clone(),
        title: title.to_owned(),
        opened: case.opened,
        closed: case.closed(),
        to_do: tasks.iter().filter(|task| task.done.is_none()).count(),
        late: tasks.iter().filter(|task| task.is_late(view.at)).count(),
    }
}

/// A case, where the reader may know that there is one; without a reader, for this party as such.
pub fn case<'s>(state: &'s State, id: &IncidentId, reader: Option<&PersonId>) -> Option<&'s Incident> {
    state.incidents.get(id).filter(|case| case.is_visible_to(reader))
}

/// The disclosures of a briefing that went beyond what was permitted; `None` where there is no such briefing.
pub fn beyond(state: &State, briefing: &BriefingId) -> Option<BTreeSet<Called<DisclosureId>>> {
    state.briefings.get(briefing)?;
    let said = state.disclosures.values();
    let said = said.filter(|disclosure| disclosure.briefing.as_ref() == Some(briefing));
    let beyond = said.filter(|disclosure| disclosure.permitted.values().any(|yes| !yes));
    Some(beyond.map(|disclosure| Called::from(disclosure.id.clone())).collect())
}

/// The disclosures that were made under an override; `None` where there is no such override.
pub fn under(state: &State, made: &DisclosureId) -> Option<BTreeSet<DisclosureId>> {
    state.overrides.get(made)?;
    let under = state.disclosures.values();
    let under = under.filter(|disclosure| disclosure.under.as_ref() == Some(made));
    Some(under.map(|disclosure| disclosure.id.clone()).collect())
}

/// What records every stage of a case that is not done yet, in the same words.
pub fn settle(case: &Incident, by: &PersonId, words: &str) -> Vec<Command> {
    let open = case.tasks().into_iter().filter(|task| task.done.is_none());
    open.map(|task| Command::NoteIncident {
        incident: case.id.clone(),
        by: by.clone(),
        what: What::Done {
            stage: task.stage,
            note: words.to_owned(),
        },
    })
    .collect()
}

/// The version of a report that a case is about; `None` where it is not about it.
pub fn version_in(state: &State, case: &Incident, report: &ReportId) -> Option<u32> {
    let disclosures = case.disclosures.iter().filter_map(|id| known_disclosure(state, id));
    disclosures
        .filter(|disclosure| disclosure.report == *report)
        .map(|disclosure| disclosure.version)
        .max()
}
