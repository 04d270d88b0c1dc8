//! Embargoes on text of one's own: set, moved, ended, broken by what is out; and handed on to whoever got it derived.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::report::held;
use super::{Context, Decided, Refusal, home, life};
use crate::decide::embargoes_below;
use crate::disclosure::{Disclosure, Route};
use crate::embargo::Embargo;
use crate::event::Event;
use crate::ids::{PartyPath, PortionId, ReportId};
use crate::message::Message;
use crate::report::Report;
use crate::state::State;

/// Words about embargoes that a partner may send before their reports have come: far more than are ever under way.
const MAX_AHEAD: usize = 10_000;

/// What is set, moved or ended, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbargoWord {
    /// The report.
    pub report: ReportId,
    /// Only these portions of it.
    pub portions: BTreeSet<PortionId>,
    /// Until when; `None` to end it.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: String,
}

/// Says until when nothing of a text goes further.
pub(super) fn set(state: &State, word: &EmbargoWord, context: &Context<'_>) -> Result<Decided, Refusal> {
    let home = home(state)?;
    let report = held(state, &word.report)?;
    entitled(report, home, &word.portions)?;
    if let Some(until) = word.until.filter(|until| *until <= context.now) {
        return Err(Refusal::Invalid(format!(
            "{until} is over already, so it would hold nothing back; give a later `--until`, or end it with `entente embargo end {}`",
            word.report
        )));
    }
    let on: Vec<Option<PortionId>> = match word.portions.is_empty() {
        true => vec![None],
        false => word.portions.iter().cloned().map(Some).collect(),
    };
    let mut decided = Decided::default();
    for portion in on {
        let next = Embargo {
            by: home.clone(),
            report: word.report.clone(),
            portion,
            handed_on: false,
            revision: 1,
            until: word.until,
            broken: BTreeMap::new(),
            reason: word.reason.clone(),
            at: context.now,
        };
        let known = state.embargoes.get(&next.key());
        unchanged(known, &next)?;
        let next = Embargo {
            revision: known.map_or(1, |known| known.revision + 1),
            ..next
        };
        decided = said(state, decided, &next);
    }
    let mut after = state.clone();
    decided.events.iter().for_each(|event| drop(after.apply(event)));
    let follow = handed_on(&after, &word.report, context.now);
    decided.events.extend(follow.events);
    decided.messages.extend(follow.messages);
    Ok(decided)
}

fn unchanged(known: Option<&Embargo>, next: &Embargo) -> Result<(), Refusal> {
    let now = known.and_then(|known| known.until);
    let on = next.on();
    match (now, next.until) {
        (None, None) => Err(Refusal::Invalid(format!(
            "{on} is under no embargo of this party; `entente embargo list` shows those that are known here"
        ))),
        (Some(one), Some(other)) if one == other => Err(Refusal::Invalid(format!(
            "{on} is under embargo until {one} already; `entente embargo move` gives it another moment"
        ))),
        _ => Ok(()),
    }
}

/// Only of text of which this party is an originator.
fn entitled(report: &Report, home: &PartyPath, portions: &BTreeSet<PortionId>) -> Result<(), Refusal> {
    for id in portions {
        if report.portion(id).is_none() {
            return Err(Refusal::missing(
                "portion",
                id,
                "`entente report show` shows the portions of the report",
            ));
        }
    }
    let mut meant = report
        .with_title()
        .filter(|portion| portions.is_empty() || portions.contains(&portion.id));
    let ours =
        report.originator == *home || meant.all(|portion| portion.lineage.originators().any(|party| party == home));
    match ours {
        true => Ok(()),
        false => Err(Refusal::NotEntitled {
            who: home.to_string(),
            what: "put this under embargo",
            why: format!(
                "it is of {}, who can; to let nothing of it out of here, use `entente report hold {}`",
                report.originator, report.id
            ),
        }),
    }
}

/// A word of one's own, with a message to everyone who holds the report.
fn said(state: &State, decided: Decided, embargo: &Embargo) -> Decided {
    let holders = holders(state, &embargo.by, &embargo.report, embargo.portion.as_ref());
    let mut decided = decided;
    decided.events.push(Event::EmbargoSet(embargo.clone()));
    for to in holders {
        decided = life::tell(state, decided, &to, Message::Embargo(embargo.clone()));
    }
    decided
}

/// To whom a report, or a portion of it, went from here: by a delivery, or by a consent to pass it on.
fn holders(state: &State, home: &PartyPath, report: &ReportId, portion: Option<&PortionId>) -> BTreeSet<PartyPath> {
    let holding = state.reports.get(report);
    let sent = holding.into_iter().flat_map(|holding| &holding.deliveries);
    let sent = sent.filter(|delivery| delivery.by == *home && portion.is_none_or(|id| delivery.brought(id)));
    let consents = state.consents.of(report).filter(|consent| consent.originator == *home);
    let author = holding
        .and_then(|holding| holding.latest())
        .map(|latest| &latest.originator);
    sent.map(|delivery| &delivery.to)
        .chain(consents.map(|consent| &consent.to))
        .chain(author)
        .filter(|party| *party != home)
        .cloned()
        .collect()
}

/// What was published is out: the embargoes of this party on it are broken, portion by portion, and holders are told. Where
/// only some of a portion's facts are out, the rest of it goes on waiting.
pub(super) fn broken(state: &State, disclosure: &Disclosure, context: &Context<'_>) -> Decided {
    let Some(home) = state.home.as_ref().filter(|_| disclosure.route == Route::Published) else {
        return Decided::default();
    };
    let out: Vec<&PortionId> = disclosure
        .portions
        .iter()
        .filter(|id| is_out(state, disclosure, id))
        .collect();
    let mut decided = Decided::default();
    for known in state.embargoes.of(&disclosure.report).filter(|known| known.by == *home) {
        let freed = out
            .iter()
            .filter(|id| known.holds_for(id).is_some_and(|until| until > context.now));
        let freed: Vec<PortionId> = freed.map(|id| (*id).clone()).collect();
        if freed.is_empty() {
            continue;
        }
        let mut next = known.clone();
        next.revision += 1;
        next.at = context.now;
        next.reason = format!("broken: what it held back was published on {}", disclosure.at);
        next.broken.extend(freed.into_iter().map(|id| (id, disclosure.at)));
        decided = said(state, decided, &next);
    }
    decided
}

/// Whether all of a portion is out by a disclosure: it, or each of its facts.
fn is_out(state: &State, disclosure: &Disclosure, portion: &PortionId) -> bool {
    let told: BTreeSet<_> = disclosure
        .learned
        .iter()
        .filter(|learned| learned.portion == *portion)
        .map(|learned| &learned.fact)
        .collect();
    let of_portion = |fact: &&crate::fact::Fact| fact.portion == *portion;
    let facts = state
        .facts
        .get(&disclosure.report)
        .into_iter()
        .flatten()
        .filter(of_portion);
    let facts: BTreeSet<_> = facts.map(|fact| &fact.id).collect();
    disclosure.learned.is_empty() || (!told.is_empty() && !facts.is_empty() && facts.is_subset(&told))
}

/// Takes in a partner's word about an embargo on its own text, and hands it on.
pub(super) fn received(state: &State, from: &PartyPath, embargo: Embargo, now: Timestamp) -> Result<Decided, Refusal> {
    if embargo.by != *from {
        return Err(Refusal::NotEntitled {
            who: from.to_string(),
            what: "speak of this embargo",
            why: format!("it is of {}", embargo.by),
        });
    }
    let ahead = state.embargoes.values().filter(|known| known.by == *from);
    let ahead = ahead.filter(|known| !state.reports.contains_key(&known.report)).count();
    if ahead >= MAX_AHEAD && !state.reports.contains_key(&embargo.report) {
        return Err(Refusal::Invalid(format!(
            "{from} has spoken of {ahead} embargoes on reports that never came here; ask it for the reports, then take this \
             file in again"
        )));
    }
    let report = embargo.report.clone();
    let mut after = state.clone();
    let mut decided = Decided::events([Event::EmbargoSet(embargo)]);
    decided.events.iter().for_each(|event| drop(after.apply(event)));
    let follow = handed_on(&after, &report, now);
    decided.events.extend(follow.events);
    decided.messages.extend(follow.messages);
    Ok(decided)
}

/// What this party says of its own reports that rest on one whose embargo has changed, to those who have them.
fn handed_on(state: &State, base: &ReportId, now: Timestamp) -> Decided {
    let mut decided = Decided::default();
    let Some(home) = &state.home else { return decided };
    let own = state.resting(base).filter_map(|(_, holding)| holding.latest());
    for report in own.filter(|report| report.originator == *home && report.id != *base) {
        for portion in report.with_title() {
            let mut bases = portion.lineage.iter().flat_map(|(_, origin)| &origin.from);
            if !bases.any(|below| below.report == *base) {
                continue;
            }
            if holders(state, home, &report.id, Some(&portion.id)).is_empty() {
                continue;
            }
            let until = embargoes_below(state, &portion.lineage).into_values().max();
            let next = Embargo {
                by: home.clone(),
                report: report.id.clone(),
                portion: Some(portion.id.clone()),
                handed_on: true,
                revision: 1,
                until: until.filter(|until| *until > now),
                broken: BTreeMap::new(),
                reason: "of what it rests on".to_owned(),
                at: now,
            };
            let known = state.embargoes.get(&next.key());
            if known.and_then(|known| known.until) == next.until {
                continue;
            }
            let revision = known.map_or(1, |known| known.revision + 1);
            decided = said(state, decided, &Embargo { revision, ..next });
        }
    }
    decided
}

/// The words that go with a report: those of its author on what is handed over, as they stand.
pub(super) fn enclosed(state: &State, home: &PartyPath, report: &Report) -> Vec<Embargo> {
    let words = state.embargoes.of(&report.id).filter(|known| known.by == *home);
    let about = |known: &&Embargo| match &known.portion {
        Some(id) => report.portion(id).is_some(),
        None => true,
    };
    let mut told: Vec<Embargo> = words.filter(about).cloned().collect();
    // What is withheld is not named.
    for word in &mut told {
        word.broken.retain(|id, _| report.portion(id).is_some());
    }
    told
}
