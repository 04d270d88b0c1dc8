//! What of a report a party or person may have, on its way into a format: decided portion by portion.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::NotFound;
use entente_core::handle::{Handover, exported};
use entente_core::{
    CommandRefusal, Kept, MarksInForce, PartyPath, PersonId, Portion, PortionId, Report, ReportId, Title,
};
use entente_desk::reading::show;
use entente_desk::{Moment, View};
use entente_marking::Purpose;
use jiff::Timestamp;

use crate::marks::explicit;
use crate::outgoing::{OutPortion, Outgoing, originators};
use crate::statement::Stated;

/// Who is to have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// A party, which gets what may be handed over to it.
    Party(PartyPath),
    /// A person, for a purpose where one is stated, who gets what they may read.
    Person(PersonId, Option<Purpose>),
}

/// Why nothing goes.
#[derive(Debug, thiserror::Error)]
pub enum NotExported {
    /// There is no such report, or whoever asks must not learn that there is.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The party may not have it.
    #[error(transparent)]
    Refused(#[from] CommandRefusal),
    /// The person may have nothing of it by marks and terms.
    #[error(
        "{0} may have nothing of {1} by its marks and terms alone; `entente decide --report {1} --to {0}` shows why"
    )]
    Nothing(PersonId, ReportId),
}

/// What of the latest version of a report somebody may have. What only a consent opens stays here: its terms would not travel.
///
/// # Errors
/// When there is no such report, or nothing of it may go.
pub fn outgoing(
    moment: &Moment<'_>,
    report: &ReportId,
    receiver: &Receiver,
    now: Timestamp,
) -> Result<Outgoing, NotExported> {
    match receiver {
        Receiver::Party(to) => for_party(moment, report, to, now),
        Receiver::Person(person, purpose) => for_person(moment, report, person, purpose.as_ref(), now),
    }
}

fn for_party(moment: &Moment<'_>, id: &ReportId, to: &PartyPath, now: Timestamp) -> Result<Outgoing, NotExported> {
    let state = moment.state();
    let held = state.reports.get(id).and_then(|holding| holding.latest());
    let held = held.ok_or_else(|| NotFound::Report(id.to_string()))?;
    let by = state.home.as_ref().unwrap_or(&held.originator);
    if let Some(recall) = state
        .recall_of(id, held.version)
        .filter(|recall| recall.holders.contains_key(to))
    {
        let mut stub = Outgoing::to_party(state, moment.library(), &bare(held), by, to);
        stub.recalled = Some(format!("{}: {}", recall.action.name(), recall.reason));
        return Ok(stub);
    }
    let sent = exported(state, &Handover::of(id.clone(), to.clone()), &moment.context(now))?;
    Ok(Outgoing::to_party(state, moment.library(), &sent, by, to))
}

/// A report without anything of its content.
fn bare(report: &Report) -> Report {
    Report {
        title: Title::from(report.id.as_str()),
        portions: Vec::new(),
        ..report.clone()
    }
}

fn for_person(
    moment: &Moment<'_>,
    id: &ReportId,
    person: &PersonId,
    purpose: Option<&Purpose>,
    now: Timestamp,
) -> Result<Outgoing, NotExported> {
    let mut state = moment.state().clone();
    state.consents = Kept::default();
    let alone = Moment::of(&state, moment.guards().0, moment.library());
    let shown = show(&alone, id, None, &View::of(Some(person), purpose, now))?;
    let held = state
        .reports
        .get(id)
        .and_then(|holding| holding.version(Some(shown.version)));
    let held = held.ok_or_else(|| NotFound::Report(id.to_string()))?;
    if shown.portions.is_empty() {
        return Err(NotExported::Nothing(person.clone(), id.clone()));
    }
    let marks = MarksInForce::new(&state);
    let made = |portion: &Portion, obligations: Vec<String>| {
        let now = marks.of(&held.reference(&portion.id));
        let (mark, label) = match now {
            Some(now) => (now.mark().into_owned(), now.label.into_owned()),
            None => (portion.mark.clone(), portion.label.clone()),
        };
        let mark = explicit(&mark, &label, (&held.scheme, &held.profile), &moment.library().schemes);
        OutPortion {
            id: portion.id.clone(),
            mark,
            label,
            text: portion.text.clone(),
            originators: for_one(originators(portion), person),
            tear_line: portion.tear_line,
            obligations,
        }
    };
    let portions: Vec<OutPortion> = shown
        .portions
        .iter()
        // An embargo would not travel.
        .filter(|one| state.held_back(&held.reference(&one.id), now).is_none())
        .filter_map(|one| Some(made(held.portion(&one.id)?, one.obligations.clone())))
        .collect();
    if portions.is_empty() {
        return Err(NotExported::Nothing(person.clone(), id.clone()));
    }
    let titled = shown.title != id.as_str() && portions.len() == shown.portions.len();
    let report = Report {
        title: match titled {
            true => held.title.clone(),
            false => Title::from(id.as_str()),
        },
        ..held.clone()
    };
    let title = report.title.portion().map(|portion| made(portion, Vec::new()));
    let by = state.home.as_ref().unwrap_or(&held.originator);
    let to = person.to_string();
    Ok(Outgoing::with(
        &state,
        moment.library(),
        &report,
        portions,
        title.as_ref(),
        by,
        to,
    ))
}

/// What a party may have of a report, as far as whoever exports it may know it: its portions, and whether its title. Nobody hands
/// on in a file what they may not read.
///
/// # Errors
/// As for [`outgoing`]; when nothing of it is left, as for a report that is not there.
pub fn outgoing_of_known(
    moment: &Moment<'_>,
    report: &ReportId,
    to: &PartyPath,
    (known, title): (&BTreeSet<PortionId>, bool),
    now: Timestamp,
) -> Result<Outgoing, NotExported> {
    let missing = || NotFound::Report(report.to_string());
    let all = match outgoing(moment, report, &Receiver::Party(to.clone()), now) {
        // The reasons name portions: only of those that are known.
        Err(NotExported::Refused(_)) => {
            let asked = Handover {
                portions: Some(known.clone()),
                ..Handover::of(report.clone(), to.clone())
            };
            exported(moment.state(), &asked, &moment.context(now))?;
            return Err(missing().into());
        }
        all => all?,
    };
    let part: BTreeSet<PortionId> = all.portions.iter().map(|portion| portion.id.clone()).collect();
    let part: BTreeSet<PortionId> = part.intersection(known).cloned().collect();
    if all.recalled.is_some() || title && part.len() == all.portions.len() {
        return Ok(all);
    }
    if part.is_empty() {
        return Err(missing().into());
    }
    let handover = Handover {
        portions: Some(part),
        ..Handover::of(report.clone(), to.clone())
    };
    let state = moment.state();
    let mut sent = exported(state, &handover, &moment.context(now))?;
    if !title {
        sent.title = Title::from(report.as_str());
    }
    let by = state.home.as_ref().unwrap_or(&sent.originator).clone();
    Ok(Outgoing::to_party(state, moment.library(), &sent, &by, to))
}

/// Of the persons whom originators named, only the one who gets it.
fn for_one(mut all: BTreeMap<PartyPath, Stated>, person: &PersonId) -> BTreeMap<PartyPath, Stated> {
    for stated in all.values_mut() {
        stated.persons.retain(|named| named == person);
    }
    all
}
