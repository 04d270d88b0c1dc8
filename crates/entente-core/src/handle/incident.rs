//! Cases: opening them, who must be told, containment, assessment, closing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::report::{barred_from, recall};
use super::{Context, Decided, Refusal, home, the_one, told_apart};
use crate::disclosure::{Disclosure, Notice, Override, RecallAction};
use crate::event::Event;
use crate::exposure::{Knowledge, measure};
use crate::guard::SourceGuard;
use crate::ids::{DisclosureId, IncidentId, PartyPath, PersonId, PortionId, PortionRef, RecallId, ReportId};
use crate::incident::{Entry, Incident, IncidentNotice, SourceDamage, Stage, What, Why};
use crate::message::Message;
use crate::named::{Called, Named};
use crate::report::Lineage;
use crate::source::ProtectedSource;
use crate::state::State;

const SEE_CASES: &str = "`entente incident list` shows them";

/// A disclosure that is known here: recorded here, or told by the party that is named, or by any where none is.
pub fn known_disclosure<'s>(state: &'s State, called: &Called<DisclosureId>) -> Option<&'s Disclosure> {
    let own = (called.by.is_none() || called.by == state.home).then(|| state.disclosures.get(&called.id));
    let told = || told_as(state, called).next().map(|(_, disclosure)| disclosure);
    own.flatten().or_else(told)
}

/// The disclosures that partners told of under a name.
fn told_as<'s>(
    state: &'s State,
    called: &Called<DisclosureId>,
) -> impl Iterator<Item = (&'s Named<DisclosureId>, &'s Disclosure)> + use<'s> {
    let all = called.all(&state.notices).into_iter();
    all.filter_map(|(named, (_, notice))| match notice {
        Notice::Disclosure(disclosure) => Some((named, disclosure)),
        Notice::Override(_) => None,
    })
}

/// The portions that a case is about.
pub fn exposed_portions(state: &State, incident: &Incident) -> BTreeSet<PortionRef> {
    let known = incident.disclosures.iter().filter_map(|id| known_disclosure(state, id));
    known
        .flat_map(|d| {
            let unpermitted = d
                .portions
                .iter()
                .filter(|portion| d.permitted.get(*portion) != Some(&true));
            unpermitted.map(|portion| PortionRef {
                report: d.report.clone(),
                version: d.version,
                portion: portion.clone(),
            })
        })
        .collect()
}

/// Who must be told, why, and which part each is told.
///
/// Originators of what is out; those who hold it from this party; those who hold something that rests on it; those who
/// hold another report of the same source. Less the party itself, and what a party is barred from by the label. Only
/// portions are named that the party knows: of a report that it wrote, or that passed between the two; of others, the
/// portions of its own on which they rest.
pub fn must_be_told(
    state: &State,
    incident: &Incident,
    context: &Context<'_>,
) -> BTreeMap<PartyPath, (BTreeSet<Why>, BTreeSet<PortionRef>)> {
    let mut all: BTreeMap<PartyPath, BTreeMap<PortionRef, BTreeSet<Why>>> = BTreeMap::new();
    let mut add = |party: &PartyPath, why: Why, portion: PortionRef| {
        let portions = all.entry(party.clone()).or_default();
        portions.entry(portion).or_default().insert(why);
    };
    let exposed = exposed_portions(state, incident);
    for portion in &exposed {
        let lineage = state.portion(portion).map(|known| &known.lineage);
        for party in lineage.into_iter().flat_map(Lineage::originators) {
            for named in state.named_for(party, portion) {
                add(party, Why::Originator, named);
            }
        }
        for (holder, held) in holders_of(state, portion) {
            add(holder, Why::Holder, held);
        }
    }
    let bases: BTreeSet<&ReportId> = exposed.iter().map(|portion| &portion.report).collect();
    for report in state
        .with_resting(&bases)
        .values()
        .flat_map(|holding| holding.versions.values())
    {
        for portion in &report.portions {
            let mut bases = portion.lineage.iter().flat_map(|(_, origin)| &origin.from);
            if bases.any(|base| exposed.contains(base)) {
                add(&report.originator, Why::RestsOnIt, report.reference(&portion.id));
                for holder in holders(state, &report.id, report.version, portion.id.clone()) {
                    add(holder, Why::RestsOnIt, report.reference(&portion.id));
                }
            }
        }
    }
    let concerned = |source: &&ProtectedSource| exposed.iter().any(|p| source.reports.contains(&p.report));
    for source in state.sources.values().filter(concerned) {
        let others = source
            .reports
            .iter()
            .filter(|id| !exposed.iter().any(|portion| portion.report == **id));
        for report in others
            .filter_map(|id| state.reports.get(id))
            .flat_map(|holding| holding.versions.values())
        {
            for portion in &report.portions {
                for holder in holders(state, &report.id, report.version, portion.id.clone()) {
                    add(holder, Why::SameSource, report.reference(&portion.id));
                }
            }
        }
    }
    let outside = |party: &PartyPath| state.home.as_ref().is_some_and(|home| !home.includes(party));
    let told = all
        .into_iter()
        .filter(|(party, _)| outside(party))
        .map(|(party, mut portions)| {
            portions
                .retain(|portion, why| why.contains(&Why::Originator) || !barred_from(state, portion, &party, context));
            let why = portions.values().flatten().copied().collect();
            (party, (why, portions.into_keys().collect::<BTreeSet<_>>()))
        });
    told.filter(|(_, (_, portions))| !portions.is_empty()).collect()
}

/// Those who hold a portion from this party, in whichever version, each by the version that it holds.
fn holders_of<'s>(state: &'s State, portion: &PortionRef) -> impl Iterator<Item = (&'s PartyPath, PortionRef)> {
    let versions = state
        .reports
        .get(&portion.report)
        .into_iter()
        .flat_map(|holding| holding.versions.values());
    let name = portion.portion.clone();
    let same = versions.filter(move |report| report.portion(&name).is_some());
    let name = portion.portion.clone();
    same.flat_map(move |report| {
        let held = report.reference(&name);
        let of_it = held.portion.clone();
        holders(state, &report.id, report.version, of_it).map(move |holder| (holder, held.clone()))
    })
}

/// Those to whom this party delivered a version of a report.
fn holders<'s>(
    state: &'s State,
    report: &ReportId,
    version: u32,
    portion: PortionId,
) -> impl Iterator<Item = &'s PartyPath> {
    let deliveries = state
        .reports
        .get(report)
        .into_iter()
        .flat_map(|holding| &holding.deliveries);
    let sent = deliveries.filter(move |delivery| {
        delivery.version == version && delivery.brought(&portion) && Some(&delivery.by) == state.home.as_ref()
    });
    sent.map(|delivery| &delivery.to)
}

/// What to open a case with.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The id of the case.
    pub id: IncidentId,
    /// What it is called.
    pub title: String,
    /// Who opens it.
    pub by: PersonId,
    /// Who else works on it.
    pub members: BTreeSet<PersonId>,
    /// The disclosures that it is about.
    pub disclosures: BTreeSet<Called<DisclosureId>>,
    /// Whether its existence is protected.
    pub protected: bool,
    /// Its own clocks, in hours.
    pub clocks: BTreeMap<Stage, u32>,
}

pub(super) fn open(state: &State, opening: Opening, context: &Context<'_>) -> Result<Decided, Refusal> {
    home(state)?;
    if state.incidents.contains_key(&opening.id) {
        return Err(Refusal::Exists {
            what: "incident",
            name: opening.id.to_string(),
            remedy: "choose another id",
        });
    }
    let mut members = opening.members;
    members.insert(opening.by.clone());
    for person in &members {
        own_person(state, person)?;
    }
    if opening.disclosures.is_empty() {
        return Err(Refusal::Invalid(
            "a case is about at least one disclosure; record one with `entente disclosure add`, `entente brief record` or \
             `entente watch confirm`"
                .to_owned(),
        ));
    }
    let disclosures = opening.disclosures.iter().map(|id| meant(state, id));
    let disclosures = disclosures.collect::<Result<_, _>>()?;
    Ok(Decided::events([Event::IncidentOpened(Incident {
        id: opening.id,
        title: opening.title,
        opened: context.now,
        opened_by: opening.by,
        protected: opening.protected,
        disclosures,
        members,
        clocks: opening.clocks,
        entries: Vec::new(),
    })]))
}

/// The disclosure that is meant, by a name that no later notice of another party can take over.
fn meant(state: &State, called: &Called<DisclosureId>) -> Result<Called<DisclosureId>, Refusal> {
    if (called.by.is_none() || called.by == state.home) && state.disclosures.contains_key(&called.id) {
        return Ok(Called::from(called.id.clone()));
    }
    let told: Vec<&Named<DisclosureId>> = told_as(state, called).map(|(named, _)| named).collect();
    match told.as_slice() {
        [one] => Ok(Called::from((*one).clone())),
        [] => Err(Refusal::missing(
            "disclosure",
            called,
            "`entente disclosure list` shows them",
        )),
        several => {
            let names: Vec<String> = several.iter().map(ToString::to_string).collect();
            Err(Refusal::Invalid(format!(
                "several parties told of a disclosure called {}; say which: {}",
                called.id,
                names.join(", ")
            )))
        }
    }
}

fn own_person(state: &State, id: &PersonId) -> Result<(), Refusal> {
    let home = home(state)?;
    match state.persons.get(id) {
        None => Err(Refusal::missing("person", id, "add them with `entente person add`")),
        Some(person) if person.disabled || !home.includes(&person.party) => Err(Refusal::NotEntitled {
            who: id.to_string(),
            what: "work on a case",
            why: format!("it takes an active person of {home}"),
        }),
        Some(_) => Ok(()),
    }
}

/// Whether a person works on an open case about a report.
pub(super) fn works_on(state: &State, person: &PersonId, report: &ReportId) -> bool {
    let about = |case: &Incident| {
        let mut known = case.disclosures.iter().filter_map(|id| known_disclosure(state, id));
        known.any(|disclosure| disclosure.report == *report)
    };
    let mut open = state.incidents.values().filter(|case| case.closed().is_none());
    own_person(state, person).is_ok() && open.any(|case| case.members.contains(person) && about(case))
}

/// The open case, for one of its members.
pub(super) fn case<'s>(state: &'s State, id: &IncidentId, by: &PersonId) -> Result<&'s Incident, Refusal> {
    let case = state.incidents.get(id).filter(|case| case.is_visible_to(Some(by)));
    let case = case.ok_or_else(|| Refusal::missing("incident", id, SEE_CASES))?;
    if !case.is_member(Some(by)) {
        return Err(Refusal::NotEntitled {
            who: by.to_string(),
            what: "work on this case",
            why: format!("a member of it can add them: `entente incident member {id} --by MEMBER --add {by}`"),
        });
    }
    own_person(state, by)?;
    match case.closed() {
        None => Ok(case),
        Some(at) => Err(Refusal::Invalid(format!(
            "{id} was closed on {at}; open a new case that refers to it"
        ))),
    }
}

pub(super) fn noted(id: &IncidentId, by: &PersonId, what: What, context: &Context<'_>) -> Event {
    Event::IncidentNoted {
        incident: id.clone(),
        entry: Entry {
            at: context.now,
            by: Some(by.clone()),
            what,
        },
    }
}

pub(super) fn note(
    state: &State,
    id: &IncidentId,
    by: &PersonId,
    what: What,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let held = case(state, id, by)?;
    match &what {
        What::Disclosure { id: called } => {
            let what = What::Disclosure {
                id: meant(state, called)?,
            };
            return Ok(Decided::events([noted(id, by, what, context)]));
        }
        What::Member { person } | What::Assigned { owner: person, .. } | What::Lesson { owner: person, .. } => {
            own_person(state, person)?;
        }
        What::Relabelled { portion, .. } if !exposed_portions(state, held).contains(portion) => {
            return Err(Refusal::Invalid(format!("{portion} is not among what {id} is about")));
        }
        What::Contained { .. }
        | What::Told { .. }
        | What::Acknowledged { .. }
        | What::Assessed { .. }
        | What::Closed { .. } => {
            return Err(Refusal::Invalid(
                "this is recorded by the command that does it".to_owned(),
            ));
        }
        _ => {}
    }
    Ok(Decided::events([noted(id, by, what, context)]))
}

pub(super) fn contain(
    state: &State,
    id: &IncidentId,
    by: &PersonId,
    action: Option<RecallAction>,
    recall_id: &RecallId,
    struck: &BTreeSet<String>,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let home = home(state)?;
    let held = case(state, id, by)?;
    let concerned: BTreeSet<ReportId> = exposed_portions(state, held)
        .into_iter()
        .map(|portion| portion.report)
        .collect();
    let mut decided = Decided::default();
    let mut reports = concerned.clone();
    reports.retain(|report| !Incident::is_struck(struck, "hold", report));
    for report in &reports {
        decided.events.push(Event::ReportHeld {
            report: report.clone(),
            at: context.now,
            reason: "releases are on hold".to_owned(),
        });
    }
    let mut recalls = BTreeSet::new();
    let own = |report: &&ReportId| {
        let latest = state.reports.get(*report).and_then(|holding| holding.latest());
        latest.is_some_and(|latest| latest.originator == *home)
    };
    if let Some(action) = action {
        let recalled = |report: &&ReportId| own(report) && !Incident::is_struck(struck, "recall", report);
        for report in concerned.iter().filter(recalled) {
            let name = told_apart(recall_id, report);
            let name = RecallId::new(name).map_err(|e| Refusal::Invalid(e.to_string()))?;
            // The holders learn what to do, not of the case.
            let ordered = recall(
                state,
                name.clone(),
                report,
                action.clone(),
                "recalled by its originator".to_owned(),
                &BTreeSet::new(),
                context,
            )?;
            decided.events.extend(ordered.events);
            decided.messages.extend(ordered.messages);
            recalls.insert(name);
        }
    }
    decided
        .events
        .push(noted(id, by, What::Contained { held: reports, recalls }, context));
    Ok(decided)
}

pub(super) fn notify(
    state: &State,
    id: &IncidentId,
    by: &PersonId,
    struck: &BTreeSet<String>,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let held = case(state, id, by)?;
    let told = held.told_portions();
    let mut decided = Decided::default();
    for (party, (why, portions)) in must_be_told(state, held, context) {
        if Incident::is_struck(struck, "tell", &party) {
            continue;
        }
        // Whoever was told is told again when there is more.
        if told.get(&party).is_some_and(|told| portions.is_subset(told)) {
            continue;
        }
        let notice = IncidentNotice {
            incident: id.clone(),
            why: why.clone(),
            portions: portions.clone(),
            at: context.now,
            acknowledged: None,
        };
        let entry = What::Told {
            party: party.clone(),
            why,
            portions,
        };
        // Its receiver may be shown the entry, and does not learn who works on the case.
        decided.events.push(Event::IncidentNoted {
            incident: id.clone(),
            entry: Entry {
                at: context.now,
                by: None,
                what: entry,
            },
        });
        decided = decided.send(party, Message::Incident(notice));
    }
    let (now, unreachable) = (decided.messages.len(), unreachable(state, &decided));
    let done = What::Done {
        stage: Stage::Notify,
        note: match (now, unreachable.is_empty()) {
            (0, _) => "nobody more has to be told".to_owned(),
            (now, true) => format!("{now} told"),
            (now, false) => format!(
                "{now} to be told; not sent yet, for their keys are not known: {}",
                unreachable.join(", ")
            ),
        },
    };
    decided.events.push(noted(id, by, done, context));
    Ok(decided)
}

/// Those for whom a message waits because their keys are not known.
fn unreachable(state: &State, decided: &Decided) -> Vec<String> {
    let waiting: BTreeSet<&PartyPath> = decided
        .messages
        .iter()
        .map(|(party, _)| party)
        .filter(|party| !state.can_reach(party))
        .collect();
    waiting.into_iter().map(ToString::to_string).collect()
}

/// What a case is about: its disclosures, and the overrides that they rest on.
struct Matter<'s> {
    disclosures: Vec<&'s Disclosure>,
    overrides: BTreeSet<Called<DisclosureId>>,
    began: Option<Timestamp>,
}

impl<'s> Matter<'s> {
    fn of(state: &'s State, incident: &Incident) -> Self {
        let known = incident.disclosures.iter().filter_map(|id| known_disclosure(state, id));
        let disclosures: Vec<&Disclosure> = known.collect();
        let own = state
            .overrides
            .iter()
            .map(|(id, made)| (Called::from(id.clone()), made));
        let told = state.notices.iter().filter_map(|(named, (_, notice))| match notice {
            Notice::Override(made) => Some((Called::from(named.clone()), made)),
            Notice::Disclosure(_) => None,
        });
        // An override is recorded before what is said under it, and is part of the same.
        let overrides = (own.chain(told))
            .filter(|(_, made)| disclosures.iter().any(|disclosure| rests_on(disclosure, made)))
            .map(|(called, _)| called);
        Self {
            overrides: overrides.collect(),
            began: disclosures.iter().map(|disclosure| disclosure.at).min(),
            disclosures,
        }
    }

    fn has(&self, disclosure: &Disclosure) -> bool {
        self.disclosures.contains(&disclosure)
    }

    /// What stood before the case, with its own disclosures or without. What happened since in another matter is that
    /// matter's damage.
    fn state(&self, state: &State, with: bool) -> State {
        let earlier = |at: Timestamp| self.began.is_none_or(|began| at < began);
        let told = |disclosure: &Disclosure| {
            if self.has(disclosure) {
                with
            } else {
                earlier(disclosure.at)
            }
        };
        let made = |id: Called<DisclosureId>, at| {
            if self.overrides.contains(&id) {
                with
            } else {
                earlier(at)
            }
        };
        let mut standing = state.clone();
        standing.disclosures.retain(|_, disclosure| told(disclosure));
        standing
            .overrides
            .retain(|id, record| made(id.clone().into(), record.at));
        standing.notices.retain(|named, (_, notice)| match notice {
            Notice::Override(record) => made(named.clone().into(), record.at),
            Notice::Disclosure(disclosure) => told(disclosure),
        });
        standing
    }
}

/// Whether a disclosure was made under an override: it says so, or the override let the same persons have the same portions.
fn rests_on(disclosure: &Disclosure, made: &Override) -> bool {
    let same = disclosure.report == made.report
        && made.at <= disclosure.at
        && !disclosure.portions.is_disjoint(&made.portions)
        && !disclosure.audience.is_disjoint(&made.audience);
    disclosure.under.as_ref() == Some(&made.id) || same
}

/// What those who learned something could work out about this party's sources, without the case and with it: every
/// source that lost something by it, and every source of its reports that is below its threshold for those who learned.
pub fn source_damage(state: &State, incident: &Incident) -> Vec<SourceDamage> {
    let matter = Matter::of(state, incident);
    let (with, without) = (matter.state(state, true), matter.state(state, false));
    let (now, then) = (SourceGuard::new(&with), SourceGuard::new(&without));
    let reports: BTreeSet<&ReportId> = matter.disclosures.iter().map(|disclosure| &disclosure.report).collect();
    let learners: BTreeSet<String> = (matter.disclosures.iter())
        .flat_map(|disclosure| &disclosure.audience)
        .filter_map(|person| person.party().map(|party| party.top().to_owned()))
        .collect();
    let mut damage = Vec::new();
    for source in state.sources.values().filter(|source| source.withdrawn.is_none()) {
        let concerned = source.reports.iter().any(|report| reports.contains(report));
        for (audience, members) in now.audiences(&source.id) {
            let of = |guard: &SourceGuard<'_>| {
                let known: Option<Knowledge> = guard.known(&source.id, &members);
                measure(guard.register(&source.id)?, &known?).ok()
            };
            let (before, after) = (of(&then), of(&now));
            let kept = after.as_ref().is_some_and(|after| source.threshold.keeps(after));
            if before != after || after.is_none() || (!kept && concerned && learners.contains(&audience)) {
                damage.push(SourceDamage {
                    source: source.id.clone(),
                    audience,
                    kept,
                    before,
                    after,
                });
            }
        }
    }
    damage
}

pub(super) fn assess(
    state: &State,
    id: &IncidentId,
    by: &PersonId,
    note: String,
    last: bool,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let held = case(state, id, by)?;
    let sources = source_damage(state, held);
    Ok(Decided::events([noted(
        id,
        by,
        What::Assessed { last, note, sources },
        context,
    )]))
}

pub(super) fn close(
    state: &State,
    id: &IncidentId,
    by: &PersonId,
    note: String,
    resume: bool,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let held = case(state, id, by)?;
    let open: Vec<&str> = held
        .tasks()
        .iter()
        .filter(|task| task.done.is_none())
        .map(|task| task.stage.id())
        .collect();
    if !open.is_empty() {
        return Err(Refusal::Invalid(format!(
            "{id} cannot be closed: {} not done; `entente incident done {id} STAGE --by {by} --note TEXT` records a stage, \
             also that there was nothing to do",
            open.join(", ")
        )));
    }
    let mut decided = Decided::default();
    let others = state
        .incidents
        .values()
        .filter(|other| other.id != *id && other.closed().is_none());
    let elsewhere: BTreeSet<&ReportId> = others.flat_map(Incident::held).collect();
    for report in held
        .held()
        .into_iter()
        .filter(|report| resume && !elsewhere.contains(report))
    {
        decided.events.push(Event::ReportResumed { report: report.clone() });
    }
    decided.events.push(noted(id, by, What::Closed { note }, context));
    Ok(decided)
}

pub(super) fn acknowledge(
    state: &State,
    called: &Called<IncidentId>,
    statement: String,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let told = ("notice of an incident", SEE_CASES);
    let (_, (from, notice)) = the_one(&state.incident_notices, called, told, |_| true)?;
    let notice = IncidentNotice {
        acknowledged: Some((context.now, statement.clone())),
        ..notice.clone()
    };
    let message = Message::IncidentAcknowledged {
        incident: notice.incident.clone(),
        at: context.now,
        statement,
    };
    let event = Event::IncidentNoticed {
        from: from.clone(),
        notice,
    };
    Ok(Decided::events([event]).send(from.clone(), message))
}

/// A partner's notice: about portions that are held here, as it has to be.
pub(super) fn noticed(state: &State, from: &PartyPath, notice: IncidentNotice) -> Result<Vec<Event>, Refusal> {
    for portion in &notice.portions {
        let held = state
            .reports
            .get(&portion.report)
            .and_then(|holding| holding.versions.get(&portion.version));
        if held.is_none() || state.hidden_from(from, portion) {
            return Err(Refusal::missing(
                "report",
                &format!("{} v{}", portion.report, portion.version),
                "it is not held here",
            ));
        }
    }
    let notice = IncidentNotice {
        acknowledged: None,
        ..notice
    };
    Ok(vec![Event::IncidentNoticed {
        from: from.clone(),
        notice,
    }])
}

/// A partner's word that it has taken note.
pub(super) fn acknowledged(
    state: &State,
    from: &PartyPath,
    id: IncidentId,
    at: Timestamp,
    statement: String,
) -> Result<Vec<Event>, Refusal> {
    let case = state.incidents.get(&id).filter(|case| case.told().contains_key(from));
    // Who was not told learns nothing about which cases there are.
    case.ok_or_else(|| Refusal::missing("incident", &id, SEE_CASES))?;
    let what = What::Acknowledged {
        party: from.clone(),
        statement,
    };
    let entry = Entry { at, by: None, what };
    Ok(vec![Event::IncidentNoted { incident: id, entry }])
}
