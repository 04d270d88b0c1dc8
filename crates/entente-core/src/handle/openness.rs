//! What of a report a party may have, and what stands in the way of the rest.

use std::collections::{BTreeMap, BTreeSet};

use entente_marking::{CopyList, Purpose};

use super::report::{cleared_reader, held, not_a_recipient};
use super::{Context, Refusal, home};
use crate::decide::{Decision, Query, Rule, Snapshot, Step, decide};
use crate::ids::{PartyPath, PersonId, PortionId, ReportId};
use crate::report::Report;
use crate::request::{Consent, Recipients};
use crate::shown::{mark_for, only_shown};
use crate::state::State;

/// What of a report a party may have, and what stands in the way of the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Openness {
    /// What it may have by the marks and terms alone.
    pub freely: BTreeSet<PortionId>,
    /// What it may have by a consent, with the mark for it.
    pub by_consent: BTreeMap<PortionId, String>,
    /// What it may not have, and why not.
    pub closed: BTreeMap<PortionId, Vec<String>>,
    /// What would narrow a protected source of this party.
    pub exposing: BTreeSet<PortionId>,
    /// Whether it may have the title by the marks and terms alone: that asks for everything that any portion asks for, of
    /// everybody behind any, or has a mark of its own.
    pub title_freely: bool,
    /// Whether a consent opens the title.
    pub title_by_consent: bool,
}

impl Openness {
    /// All that it may have.
    pub fn open(&self) -> BTreeSet<PortionId> {
        self.freely.iter().chain(self.by_consent.keys()).cloned().collect()
    }
}

/// Who stands for a party: a reader there who lacks nothing that a person can have, and the persons whom consents name.
fn readers(state: &State, report: &Report, to: &PartyPath) -> Result<Vec<PersonId>, Refusal> {
    let anyone = PersonId::new(format!("{to}/any-cleared-reader")).map_err(|e| Refusal::Invalid(e.to_string()))?;
    let named = state
        .consents
        .of(&report.id)
        .flat_map(|consent| &consent.recipients.persons);
    let theirs = named.filter(|person| person.party().is_some_and(|party| to.includes(&party)));
    let theirs: BTreeSet<PersonId> = theirs.cloned().collect();
    Ok([anyone].into_iter().chain(theirs).collect())
}

/// What of a report of one's own a party may have, decided for whoever stands for it.
pub(super) fn openness(
    state: &State,
    report: &Report,
    home: &PartyPath,
    to: &PartyPath,
    knowingly: bool,
    context: &Context<'_>,
) -> Result<Openness, Refusal> {
    let readers = readers(state, report, to)?;
    let anyone = &readers[..1];
    let mut found = Openness::default();
    // By the marks alone: as an original recipient, and without any consent.
    let mut freely = state.clone();
    let mut given = report.clone();
    given.add_recipient(home, to);
    freely.consents = crate::kept::Kept::default();
    let no_purpose = [None];
    let stranger = not_a_recipient(report, to);
    found.closed = match &stranger {
        Some(why) => report.with_ids().map(|id| (id, vec![why.clone()])).collect(),
        None => obstacles(
            &freely,
            &given,
            (home, to),
            anyone,
            &no_purpose,
            knowingly,
            context,
            &mut found.exposing,
        )?,
    };
    found.title_freely = found.closed.remove(&PortionId::title()).is_none() && stranger.is_none();
    found.freely = report.with_ids().filter(|id| !found.closed.contains_key(id)).collect();
    // Whatever opens it, what may only be shown is never handed over.
    let never = report
        .portions
        .iter()
        .filter(|portion| only_shown(context.groups, &portion.label, to));
    let never: BTreeMap<PortionId, Vec<String>> = never
        .map(|portion| {
            let why = format!("it may be shown to {to}, and is never handed over; brief on it instead");
            (portion.id.clone(), vec![why])
        })
        .collect();
    found.freely.retain(|id| !never.contains_key(id));
    found.closed.extend(never.clone());
    let live: Vec<&Consent> = state
        .consents
        .of(&report.id)
        .filter(|consent| consent.is_live(context.now))
        .collect();
    if (found.closed.is_empty() && found.title_freely) || live.is_empty() {
        return Ok(found);
    }
    let purposes: BTreeSet<Option<Purpose>> = live
        .iter()
        .flat_map(|consent| consent.purposes.iter().flatten().cloned().map(Some))
        .chain([None])
        .collect();
    let purposes: Vec<Option<Purpose>> = purposes.into_iter().collect();
    let mut exposing = BTreeSet::new();
    let mut left = obstacles(
        state,
        report,
        (home, to),
        &readers,
        &purposes,
        knowingly,
        context,
        &mut exposing,
    )?;
    found.title_by_consent = left.remove(&PortionId::title()).is_none();
    // Whom the author did not name gets just what a consent names, even where the mark asks for none.
    let named = |id: &PortionId| {
        let portion = report.reference(id);
        live.iter()
            .any(|consent| consent.names(&portion) && is_for(consent, to))
    };
    let opened =
        |id: &&PortionId| !left.contains_key(*id) && !never.contains_key(*id) && (stranger.is_none() || named(id));
    for id in found.closed.keys().filter(opened).cloned().collect::<Vec<_>>() {
        found.exposing.remove(&id);
        if exposing.contains(&id) {
            found.exposing.insert(id.clone());
        }
        let Some(portion) = report.portion(&id) else { continue };
        let whole = live
            .iter()
            .any(|consent| consent.life.list == CopyList::Whole && consent.names(&report.reference(&id)));
        let list = if whole { CopyList::Whole } else { CopyList::Receivers };
        let parties = BTreeSet::from([to.clone()]);
        match mark_for(context.schemes, context.groups, report, &portion.mark, &parties, list) {
            Ok(mark) => {
                found.closed.remove(&id);
                found.by_consent.insert(id, mark);
            }
            Err(error) => {
                found.closed.insert(id, vec![error.to_string()]);
            }
        }
    }
    Ok(found)
}

/// Whether a consent is for a party, or for people of it.
pub(super) fn is_for(consent: &Consent, to: &PartyPath) -> bool {
    let Recipients { persons, parties } = &consent.recipients;
    let theirs = |person: &PersonId| person.party().is_some_and(|party| to.includes(&party));
    parties.iter().any(|party| party.includes(to)) || persons.iter().any(theirs)
}

/// What of the latest version of a report a party may have, and what stands in the way of the rest.
///
/// # Errors
/// When the report is not held here.
pub fn openness_for(
    state: &State,
    report: &ReportId,
    to: &PartyPath,
    context: &Context<'_>,
) -> Result<Openness, Refusal> {
    openness(state, held(state, report)?, home(state)?, to, false, context)
}

/// What stands in the way of each portion, for whichever of the readers and purposes least does.
#[expect(clippy::too_many_arguments, reason = "a question with its surroundings")]
fn obstacles(
    state: &State,
    report: &Report,
    (home, to): (&PartyPath, &PartyPath),
    readers: &[PersonId],
    purposes: &[Option<Purpose>],
    knowingly: bool,
    context: &Context<'_>,
    exposing: &mut BTreeSet<PortionId>,
) -> Result<BTreeMap<PortionId, Vec<String>>, Refusal> {
    let mut picture = state.clone();
    if let Some(holding) = picture.reports.get_mut(&report.id) {
        holding.versions.insert(report.version, report.clone());
    }
    // A part of this party receives like any other.
    let anyone = &readers[0];
    picture
        .persons
        .insert(anyone.clone(), cleared_reader(anyone.clone(), to, report));
    let outsiders = state.outsiders(readers);
    let snapshot = Snapshot::about(&picture, context.groups, [&report.id], (readers, &outsiders));
    let ids: Vec<PortionId> = report.with_ids().collect();
    let mut best: BTreeMap<PortionId, Vec<String>> = BTreeMap::new();
    let mut first = true;
    for reader in readers {
        for purpose in purposes {
            let query = Query {
                report: &report.id,
                version: Some(report.version),
                portions: Some(&ids),
                audience: std::slice::from_ref(reader),
                purpose: purpose.as_ref(),
                moment: context.now,
            };
            let decision = decide(&snapshot, &query, context.policy, context.exposure)?;
            let title = PortionId::title();
            for (n, id) in ids.iter().enumerate().chain([(decision.title(), &title)]) {
                let problems = problems(&decision, n, home, knowingly.then_some(&mut *exposing));
                match problems.is_empty() {
                    true => {
                        best.remove(id);
                    }
                    false if first => {
                        best.insert(id.clone(), problems);
                    }
                    false => {}
                }
            }
            first = false;
        }
    }
    Ok(best)
}

/// What stands in the way of one portion. Persons and purposes are the receiver's to decide; its named recipients are the
/// originator's choice.
fn problems(
    decision: &Decision<'_>,
    n: usize,
    home: &PartyPath,
    mut exposing: Option<&mut BTreeSet<PortionId>>,
) -> Vec<String> {
    let mut found = Vec::new();
    for (rule, explanation) in decision.rules(0, n).zip(decision.explain(0, n)) {
        let ours = explanation.remedy.starts_with(&format!("{home} "));
        let theirs = matches!(rule.step(), Step::NeedToKnow | Step::Purpose) || (rule == Rule::CircleNamed && ours);
        if theirs {
            continue;
        }
        let mut remedy = "";
        if rule.step() == Step::SourceExposure && ours {
            if let Some(exposing) = &mut exposing {
                exposing.extend(decision.portions().nth(n).cloned());
                continue;
            }
            remedy = "; `entente source measure` shows how far. To deliver it knowingly: `--despite-exposure REASON`";
        }
        found.push(format!("{}; {}{remedy}", explanation.message, explanation.remedy));
    }
    found
}
