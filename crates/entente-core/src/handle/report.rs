//! Adding, delivering, distributing, withdrawing and recalling reports.

use std::collections::{BTreeMap, BTreeSet};

use entente_marking::{Category, Entity, Level, SchemeId};

use super::lineage::{keeps_lineage, lost, rests_on, same_words};
use super::{Context, Decided, Refusal, home};
use crate::decide::{Query, Snapshot, Step, decide};
use crate::disclosure::{Acknowledgement, Recall, RecallAction, Scope};
use crate::event::Event;
use crate::exposure::{Predicate, Register};
use crate::fact::Fact;
use crate::ids::{PartyPath, PersonId, PortionId, PortionRef, RecallId, ReportId};
use crate::message::Message;
use crate::party::Person;
use crate::report::{Portion, Report, TITLE};
use crate::state::State;

/// The most portions one version of a report may have; a longer text is a collection of reports.
pub const MAX_PORTIONS: usize = 50_000;

/// The highest version: one a minute for years, and far from where numbers end.
const MAX_VERSION: u32 = 10_000_000;

pub(super) fn add(state: &State, report: Report, why: Why, context: &Context<'_>) -> Result<Decided, Refusal> {
    let home = home(state)?;
    if report.originator != *home {
        return Err(Refusal::NotEntitled {
            who: home.to_string(),
            what: "add this report",
            why: format!(
                "its front matter names {} as originator; reports of others arrive with `entente receive`",
                report.originator
            ),
        });
    }
    let held = state.reports.get(&report.id).and_then(|holding| holding.latest());
    if let Some(other) = held.filter(|latest| latest.originator != *home) {
        return Err(Refusal::Exists {
            what: "report",
            name: format!("{} of {}", report.id, other.originator),
            remedy: "give yours another id",
        });
    }
    let next = state
        .reports
        .get(&report.id)
        .and_then(|holding| holding.latest())
        .map_or(1, |latest| latest.version + 1);
    if report.version != next {
        return Err(Refusal::Exists {
            what: "report",
            name: format!("{} v{}", report.id, report.version),
            remedy: "add it as the next version",
        });
    }
    well_formed(&report)?;
    if let Some(held) = held.filter(|held| says_the_same(held, &report)) {
        return Err(Refusal::Unchanged {
            report: report.id,
            version: held.version,
        });
    }
    for portion in report.with_title() {
        rests_on(state, portion)?;
    }
    let (id, version) = (report.id.clone(), report.version);
    let mut events = Vec::new();
    let stated = |what: &str, reason: String| Event::VersionExplained {
        report: id.clone(),
        version,
        what: what.to_owned(),
        reason,
        at: context.now,
    };
    match why.new_lineage {
        Some(reason) if !lost(state, &report).is_empty() => events.push(stated("new lineage", reason)),
        Some(_) => {}
        None => keeps_lineage(state, &report)?,
    }
    let recalled = held.and_then(|held| state.recall_of(&id, held.version));
    match (recalled, why.after_recall) {
        (Some(_), Some(reason)) => events.push(stated("after recall", reason)),
        (Some(recall), None) => {
            return Err(Refusal::Invalid(format!(
                "{id} is recalled ({}, recall {}), and a new version would be in force; say why with `--after-recall REASON`",
                recall.action.name(),
                recall.id
            )));
        }
        (None, _) => {}
    }
    events.insert(0, Event::ReportAdded(report));
    Ok(Decided::events(events))
}

/// What the author of a new version has to say on the record, where it takes something away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    /// Why a text rests no longer on what it rested on.
    pub new_lineage: Option<String>,
    /// Why there is a version in force after a recall.
    pub after_recall: Option<String>,
}

/// Whether a version says and marks nothing else than the one before.
fn says_the_same(held: &Report, next: &Report) -> bool {
    let terms = |portion: &Portion| {
        let each = portion.lineage.iter();
        let origins: Vec<_> = each
            .map(|(party, origin)| (party.clone(), origin.arrangements.clone(), origin.from.clone()))
            .collect();
        (
            portion.id.clone(),
            portion.mark.clone(),
            portion.label.clone(),
            same_words(&portion.text),
            portion.tear_line,
            origins,
        )
    };
    // Recipients are added by delivery, unless the author names them.
    let named = (named_recipients(held), named_recipients(next));
    let title = |report: &Report| {
        let marked = report.title.portion().map(terms);
        let plain = marked.is_none().then(|| same_words(report.title.text()));
        (marked, plain)
    };
    title(held) == title(next)
        && held.scheme == next.scheme
        && held.profile == next.profile
        && held.expires == next.expires
        && held.existence_protected == next.existence_protected
        && named.0 == named.1
        && held.portions.iter().map(terms).eq(next.portions.iter().map(terms))
}

/// What every report must be like, whoever wrote it.
pub(super) fn well_formed(report: &Report) -> Result<(), Refusal> {
    let invalid = |text: String| Err(Refusal::Invalid(format!("report {}: {text}", report.id)));
    if report.portions.is_empty() {
        return invalid("it has no portions; write at least one paragraph with a portion mark".to_owned());
    }
    if report.portions.len() > MAX_PORTIONS {
        return invalid(format!(
            "it has {} portions, at most {MAX_PORTIONS} are allowed; split it into several reports",
            report.portions.len()
        ));
    }
    if !(1..=MAX_VERSION).contains(&report.version) {
        return invalid(format!("version {} is none; versions count from 1", report.version));
    }
    let titled = report.title.portion().is_none_or(|title| title.id.as_str() == TITLE);
    if !titled || report.portions.iter().any(|portion| portion.id.as_str() == TITLE) {
        return invalid(format!("`{TITLE}` is the title; give the portion another id"));
    }
    let mut seen = BTreeSet::new();
    for portion in report.with_title() {
        if !seen.insert(&portion.id) {
            return invalid(format!("two portions are called {}; give each its own id", portion.id));
        }
        if portion.lineage.is_empty() {
            return invalid(format!("portion {} names no originator", portion.id));
        }
    }
    Ok(())
}

pub(super) fn withdraw(
    state: &State,
    report: ReportId,
    reason: String,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    held(state, &report)?;
    Ok(Decided::events([Event::ReportWithdrawn {
        report,
        reason,
        at: context.now,
    }]))
}

pub(super) fn hold(state: &State, report: ReportId, reason: String, context: &Context<'_>) -> Result<Decided, Refusal> {
    held(state, &report)?;
    Ok(Decided::events([Event::ReportHeld {
        report,
        at: context.now,
        reason,
    }]))
}

pub(super) fn resume(state: &State, report: ReportId) -> Result<Decided, Refusal> {
    held(state, &report)?;
    match state
        .reports
        .get(&report)
        .is_some_and(|holding| holding.on_hold.is_some())
    {
        true => Ok(Decided::events([Event::ReportResumed { report }])),
        false => Err(Refusal::Invalid(format!(
            "releases of {report} are not on hold; `entente report hold {report} --reason TEXT` puts them on hold"
        ))),
    }
}

pub(super) fn distribute(
    state: &State,
    report: ReportId,
    added: BTreeSet<PersonId>,
    removed: BTreeSet<PersonId>,
) -> Result<Decided, Refusal> {
    held(state, &report)?;
    if let Some(unknown) = added.iter().find(|person| !state.persons.contains_key(person)) {
        return Err(Refusal::missing(
            "person",
            unknown,
            "add them with `entente person add`",
        ));
    }
    Ok(Decided::events([Event::DistributionChanged { report, added, removed }]))
}

/// The most facts one report may have: some for every portion that it may have.
pub const MAX_FACTS: usize = 100_000;

pub(super) fn set_facts(state: &State, id: ReportId, facts: Vec<Fact>) -> Result<Decided, Refusal> {
    let report = held(state, &id)?;
    if facts.len() > MAX_FACTS {
        return Err(Refusal::Invalid(format!(
            "{id} would have {} facts, at most {MAX_FACTS} are kept; keep those that are to be protected",
            facts.len()
        )));
    }
    let title = PortionId::title();
    let portions: BTreeSet<&PortionId> = report
        .portions
        .iter()
        .map(|portion| &portion.id)
        .chain([&title])
        .collect();
    let sources = state
        .sources
        .values()
        .filter(|source| source.withdrawn.is_none() && source.reports.contains(&id));
    let registers: Vec<&Register> = sources.filter_map(|source| source.register.register()).collect();
    let mut seen = BTreeSet::new();
    for fact in &facts {
        if !portions.contains(&fact.portion) {
            return Err(Refusal::Invalid(format!(
                "fact {} stands in portion {}, which {id} v{} does not have; `entente report show {id}` shows its portions",
                fact.id, fact.portion, report.version
            )));
        }
        if !seen.insert(&fact.id) {
            return Err(Refusal::Invalid(format!(
                "two facts are called {}; give each its own id",
                fact.id
            )));
        }
        if let Some(reveals) = &fact.reveals {
            let wrong = |error| Refusal::Invalid(format!("fact {} reveals `{reveals}`: {error}", fact.id));
            let condition = Predicate::parse(reveals).map_err(wrong)?;
            for register in &registers {
                register.candidates(&condition).map_err(wrong)?;
            }
        }
    }
    let kept = state.facts.get(&id).map_or(&[][..], Vec::as_slice);
    let following = |fact: Fact| match kept.iter().find(|one| one.id == fact.id) {
        Some(one) => fact.following(one),
        None => fact,
    };
    let facts = facts.into_iter().map(following).collect();
    Ok(Decided::events([Event::FactsSet { report: id, facts }]))
}

pub(super) fn held<'s>(state: &'s State, report: &ReportId) -> Result<&'s Report, Refusal> {
    state
        .reports
        .get(report)
        .and_then(|holding| holding.latest())
        .ok_or_else(|| Refusal::missing("report", report, "`entente report list` shows the reports held here"))
}

/// Whom this party put on the distribution of a report of its own, its partners' people among them: whoever gets what is for
/// named recipients only.
pub(super) fn distribution(state: &State, report: &ReportId) -> BTreeSet<PersonId> {
    let holding = state.reports.get(report);
    holding.map(|holding| holding.distribution.clone()).unwrap_or_default()
}

/// The original distribution, where the author named it.
fn named_recipients(report: &Report) -> Option<BTreeSet<PartyPath>> {
    let origins = report.portions.iter().flat_map(|portion| portion.lineage.iter());
    let mut own = origins.filter(|(party, origin)| **party == report.originator && origin.named);
    own.next().map(|(_, origin)| origin.recipients.clone())
}

/// Why a party may not have a report by its marks alone, whatever these say: the author named others.
pub(super) fn not_a_recipient(report: &Report, to: &PartyPath) -> Option<String> {
    let named = named_recipients(report)?;
    if named.iter().any(|recipient| recipient.includes(to)) || report.originator.includes(to) {
        return None;
    }
    let list: Vec<&str> = named.iter().map(PartyPath::as_str).collect();
    Some(format!(
        "its recipients are {}; {} decides about others: name {to} in `recipients` of a new version",
        list.join(", "),
        report.originator
    ))
}

/// The arrangements that the originator's share of a report came under; each must bind the receiver.
pub(super) fn arrangements_of(
    state: &State,
    report: &Report,
    home: &PartyPath,
    to: &PartyPath,
) -> Result<Vec<crate::arrangement::Arrangement>, Refusal> {
    let mut found = BTreeMap::new();
    for (party, origin) in report.portions.iter().flat_map(|portion| portion.lineage.iter()) {
        for id in &origin.arrangements {
            let Some(arrangement) = state.arrangements.get(id) else {
                return Err(Refusal::missing(
                    "arrangement",
                    id,
                    "add it with `entente arrangement add`, or correct the report's front matter",
                ));
            };
            if party == home && !arrangement.binds(to) {
                return Err(Refusal::NotEntitled {
                    who: to.to_string(),
                    what: "receive this report",
                    why: format!("arrangement {id}, under which it is shared, does not bind it"),
                });
            }
            // Terms between others are not the receiver's business.
            if arrangement.binds(to) {
                found.insert(id.clone(), arrangement.clone());
            }
        }
    }
    Ok(found.into_values().collect())
}

/// Whether a party is barred from a portion by its label, whoever reads it there.
pub(super) fn barred_from(state: &State, portion: &PortionRef, party: &PartyPath, context: &Context<'_>) -> bool {
    let held = state
        .reports
        .get(&portion.report)
        .and_then(|holding| holding.versions.get(&portion.version));
    let Some((report, id)) = held.zip(PersonId::stored(format!("{party}/any-cleared-reader")).ok()) else {
        return true;
    };
    let reader = cleared_reader(id.clone(), party, report);
    let audience = [id];
    let snapshot = Snapshot::about(state, context.groups, [&report.id], (&audience, &[reader]));
    let query = Query {
        report: &report.id,
        version: Some(report.version),
        portions: Some(std::slice::from_ref(&portion.portion)),
        audience: &audience,
        purpose: None,
        moment: context.now,
    };
    let decision = decide(&snapshot, &query, context.policy, context.exposure);
    decision.is_ok_and(|decision| {
        decision
            .rules(0, 0)
            .any(|rule| matches!(rule.step(), Step::Mandatory | Step::Releasability))
    })
}

pub(super) fn cleared_reader(id: PersonId, party: &PartyPath, report: &Report) -> Person {
    let labels = || report.portions.iter().map(|portion| &portion.label);
    let accesses: BTreeSet<Category> = labels()
        .flat_map(|label| label.required.iter().chain(label.any_of.iter().flatten()))
        .cloned()
        .collect();
    let clearances: BTreeMap<SchemeId, Level> = labels()
        .flat_map(|label| label.levels.keys())
        .map(|scheme| {
            let level = Level {
                rank: u16::MAX,
                name: "any".to_owned(),
            };
            (scheme.clone(), level)
        })
        .collect();
    Person {
        citizenships: BTreeSet::from([Entity::new(party.top())]),
        clearances,
        accesses,
        ..Person::outsider(id, party.clone())
    }
}

pub(super) fn recall(
    state: &State,
    id: RecallId,
    report: &ReportId,
    action: RecallAction,
    reason: String,
    from: &BTreeSet<PartyPath>,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let home = home(state)?;
    let latest = held(state, report)?;
    if latest.originator != *home {
        return Err(Refusal::NotEntitled {
            who: home.to_string(),
            what: "recall this report",
            why: format!(
                "{} wrote it; bar your own readers with `entente report withdraw {report}`",
                latest.originator
            ),
        });
    }
    if let RecallAction::ManualInstruction { instruction } = &action
        && instruction.trim().is_empty()
    {
        return Err(Refusal::Invalid(
            "a recall by MANUAL_INSTRUCTION needs the instruction; give it with `--instruction`".to_owned(),
        ));
    }
    let deliveries = state.reports.get(report).map(|holding| &holding.deliveries);
    let holders: BTreeMap<PartyPath, Option<Acknowledgement>> = deliveries
        .into_iter()
        .flatten()
        .map(|delivery| (delivery.to.clone(), None))
        .filter(|(holder, _)| from.is_empty() || from.contains(holder))
        .collect();
    if let Some(stranger) = from.iter().find(|party| !holders.contains_key(*party)) {
        return Err(Refusal::Invalid(format!(
            "{stranger} holds no copy of {report}; `entente report holders {report}` lists who does"
        )));
    }
    let recall = Recall {
        id,
        originator: home.clone(),
        report: report.clone(),
        version: latest.version,
        action,
        reason,
        ordered: context.now,
        holders,
        scope: Scope {
            only: !from.is_empty(),
            lifted: None,
        },
    };
    let mut decided = Decided::events([Event::RecallOrdered(recall.clone())]);
    for holder in recall.holders.keys() {
        // Each holder learns of its own duty, not of who else holds a copy.
        let theirs = Recall {
            holders: BTreeMap::from([(holder.clone(), None)]),
            ..recall.clone()
        };
        decided = decided.send(holder.clone(), Message::Recall(theirs));
    }
    Ok(decided)
}
