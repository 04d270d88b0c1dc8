//! The custodian's side of onward release: requests, overrides, disclosures, and the record of decisions.

use std::collections::{BTreeMap, BTreeSet};

use entente_marking::Purpose;

use super::notices::{notices, numbered};
use super::{Command, Context, Decided, Refusal, Review, Telling, asked, carried, home, incident, past, told_apart};
use crate::decide::{Decision, Query, Rule, Snapshot, Step, decide};
use crate::disclosure::{Disclosure, Notice, Override};
use crate::event::Event;
use crate::fact::Learned;
use crate::guard::SourceGuard;
use crate::ids::{BriefingId, DecisionId, PartyPath, PersonId, PortionId, ReportId, RequestId};
use crate::message::Message;
use crate::named::Named;
use crate::outcome::Outcome;
use crate::party::Person;
use crate::replay::Basis;
use crate::request::Request;
use crate::state::State;

/// The role that a person needs to override originators' control.
pub const OVERRIDE_ROLE: &str = "override-authority";

/// Runs `use_it` on the decision for an audience, given now. Everything that is released is decided through here.
pub(super) fn deciding<T>(
    state: &State,
    report: &ReportId,
    portions: Option<&[PortionId]>,
    audience: &BTreeSet<PersonId>,
    purpose: Option<&Purpose>,
    context: &Context<'_>,
    use_it: impl FnOnce(&Decision<'_>) -> T,
) -> Result<T, Refusal> {
    if audience.is_empty() {
        return Err(Refusal::Invalid(
            "the audience is empty; name at least one person".to_owned(),
        ));
    }
    let outsiders = state.outsiders(audience);
    let snapshot = Snapshot::about(state, context.groups, [report], (audience, &outsiders));
    let audience: Vec<PersonId> = audience.iter().cloned().collect();
    let query = Query {
        report,
        version: None,
        portions,
        audience: &audience,
        purpose,
        moment: context.now,
    };
    let decision = decide(&snapshot, &query, context.policy, context.exposure)?;
    Ok(use_it(&decision))
}

/// Whom to ask about which portion: everyone whose word is missing for anyone in the audience.
///
/// Where a reader lacks clearance, no consent helps; the originators are asked all the same, for a substitute.
fn missing_words(state: &State, decision: &Decision<'_>) -> BTreeMap<PartyPath, BTreeSet<PortionId>> {
    let mut missing: BTreeMap<PartyPath, BTreeSet<PortionId>> = BTreeMap::new();
    let report = state
        .reports
        .get(decision.report())
        .and_then(|h| h.versions.get(&decision.version()));
    for (n, portion) in decision.portions().enumerate() {
        for person in 0..decision.people().len() {
            if decision.outcome(person, n) == Outcome::Permit {
                continue;
            }
            for party in decision.to_grant(person, n).into_keys() {
                missing.entry(party).or_default().insert(portion.clone());
            }
            let barred = decision.rules(person, n).any(|rule| rule.step() == Step::Mandatory);
            let originators = report.and_then(|report| report.portion(portion)).filter(|_| barred);
            for party in originators
                .into_iter()
                .flat_map(|portion| portion.lineage.originators())
            {
                missing.entry(party.clone()).or_default().insert(portion.clone());
            }
        }
    }
    missing
}

/// Portions that somebody in the audience would not get whatever the originators said, each with why, and who could change
/// that. A request would tell them of a plan, and their answer would help nobody.
fn beyond_originators(decision: &Decision<'_>) -> BTreeMap<PortionId, String> {
    let mut closed = BTreeMap::new();
    for (n, portion) in decision.portions().enumerate() {
        for (person, id) in decision.people().iter().enumerate() {
            let all = decision.rules(person, n).zip(decision.explain(person, n));
            let mut beyond = all.filter(|(rule, _)| rule.is_beyond_originators());
            if let Some((_, reason)) = beyond.next() {
                let why = format!("Portion {portion} for {id}: {}; {}", reason.message, reason.remedy);
                closed.entry(portion.clone()).or_insert(why);
            }
        }
    }
    closed
}

/// The portions that a request for the audience of a decision would be about: where the word of an originator of another party is
/// missing, or only another text of theirs could be told, and nothing stands in the way that no originator can change.
pub fn askable(state: &State, decision: &Decision<'_>) -> BTreeSet<PortionId> {
    let closed = beyond_originators(decision);
    let missing = missing_words(state, decision).into_iter();
    let theirs = missing.filter(|(party, _)| state.home.as_ref().is_none_or(|home| !party.includes(home)));
    theirs
        .flat_map(|(_, portions)| portions)
        .filter(|id| !closed.contains_key(id))
        .collect()
}

/// Of some portions, those that a request would be about; all of them where it would be about none, so that the request says why.
///
/// # Errors
/// When the audience is empty, or there is no such report or portion.
pub(crate) fn to_ask_about(
    state: &State,
    (report, among): (&ReportId, Vec<PortionId>),
    audience: &BTreeSet<PersonId>,
    purpose: Option<&Purpose>,
    context: &Context<'_>,
) -> Result<Vec<PortionId>, Refusal> {
    home(state)?;
    let asked = deciding(state, report, Some(&among), audience, purpose, context, |decision| {
        askable(state, decision)
    })?;
    Ok(if asked.is_empty() {
        among
    } else {
        asked.into_iter().collect()
    })
}

pub(super) fn open_request(state: &State, command: Command, context: &Context<'_>) -> Result<Decided, Refusal> {
    let Command::OpenRequest {
        id,
        report,
        portions,
        audience,
        purpose,
        reason,
        change,
        needed_by,
    } = command
    else {
        return Err(Refusal::Invalid("not a request".to_owned()));
    };
    let home = home(state)?;
    let named = portions.as_deref();
    let (missing, closed, version) = deciding(
        state,
        &report,
        named,
        &audience,
        purpose.as_ref(),
        context,
        |decision| {
            (
                missing_words(state, decision),
                beyond_originators(decision),
                decision.version(),
            )
        },
    )?;
    let asked: Vec<_> = missing
        .into_iter()
        .filter(|(party, _)| !party.includes(home))
        .map(|(party, mut portions)| {
            portions.retain(|portion| !closed.contains_key(portion));
            (party, portions)
        })
        .filter(|(_, portions)| !portions.is_empty())
        .collect();
    if let Some(why) = closed.values().next()
        && (named.is_some() || asked.is_empty())
    {
        let more = match closed.len() {
            1 => String::new(),
            n => format!(" (and so with {} more portions)", n - 1),
        };
        return Err(Refusal::Invalid(format!(
            "nobody is asked about {report}: no originator could help. {why}{more}"
        )));
    }
    if asked.is_empty() {
        return Err(Refusal::Invalid(format!(
            "no originator has to be asked about {report} for this audience; `entente decide` shows what stands in the \
             way, if anything does"
        )));
    }
    let persons = audience
        .iter()
        .map(|id| described(state, id))
        .collect::<Result<Vec<Person>, Refusal>>()?;
    let held = state
        .reports
        .get(&report)
        .and_then(|holding| holding.versions.get(&version))
        .ok_or_else(|| Refusal::missing("report", &report, "`entente report list` shows the reports held here"))?;
    let mut decided = Decided::default();
    let several = asked.len() > 1;
    for (party, portions) in asked {
        let id = match several {
            true => RequestId::new(told_apart(&id, &party)).map_err(|e| Refusal::Invalid(e.to_string()))?,
            false => id.clone(),
        };
        if state.requests.contains_key(&Named::new(home.clone(), id.clone())) {
            return Err(Refusal::Exists {
                what: "request",
                name: id.to_string(),
                remedy: "choose another id",
            });
        }
        let carried = carried::carried(state, held, &party, &portions, &audience, context)?;
        let request = Request {
            id,
            carried,
            from: home.clone(),
            to: party.clone(),
            report: report.clone(),
            version,
            portions,
            audience: persons.clone(),
            purpose: purpose.clone(),
            reason: reason.clone(),
            change: change.clone(),
            opened: context.now,
            needed_by,
        };
        asked::nothing_new(state, &request)?;
        decided.events.push(Event::RequestOpened(request.clone()));
        decided = decided.send(party, Message::Request(request));
    }
    Ok(decided)
}

/// What an originator is told of a person: who they are and whom they act for, not their roles here.
fn described(state: &State, id: &PersonId) -> Result<Person, Refusal> {
    let person = state.persons.get(id).cloned();
    let person = person.or_else(|| id.party().map(|party| Person::outsider(id.clone(), party)));
    let person = person.ok_or_else(|| {
        Refusal::missing(
            "person",
            id,
            "add them with `entente person add`, or write their id as PARTY/NAME",
        )
    })?;
    Ok(Person {
        roles: BTreeSet::new(),
        ..person
    })
}

pub(super) fn override_control(state: &State, command: Command, context: &Context<'_>) -> Result<Decided, Refusal> {
    let Command::Override {
        id,
        authority,
        report,
        portions,
        audience,
        purpose,
        lawful,
        reason,
    } = command
    else {
        return Err(Refusal::Invalid("not an override".to_owned()));
    };
    let home = home(state)?;
    let entitled = state
        .persons
        .get(&authority)
        .is_some_and(|person| !person.disabled && home.includes(&person.party) && person.roles.contains(OVERRIDE_ROLE));
    if !entitled {
        return Err(Refusal::NotEntitled {
            who: authority.to_string(),
            what: "override an originator",
            why: format!("it takes a person of {home} with the role `{OVERRIDE_ROLE}`"),
        });
    }
    let named: Vec<PortionId> = portions.iter().cloned().collect();
    let (by_party, version) = deciding(
        state,
        &report,
        Some(&named),
        &audience,
        purpose.as_ref(),
        context,
        |decision| (missing_words(state, decision), decision.version()),
    )?;
    let mut without: BTreeMap<PortionId, BTreeSet<PartyPath>> = BTreeMap::new();
    for (party, portions) in &by_party {
        for portion in portions {
            without.entry(portion.clone()).or_default().insert(party.clone());
        }
    }
    let record = Override {
        id,
        authority,
        report,
        version,
        portions,
        audience,
        purpose,
        lawful,
        reason,
        without_consent_of: without,
        at: context.now,
    };
    let told = notices(state, home, (&record.report, version, &record.portions), |part, n| {
        Notice::Override(Override {
            id: numbered(&record.id, n),
            report: part.report.clone(),
            version: part.version,
            portions: part.portions.keys().cloned().collect(),
            without_consent_of: BTreeMap::new(),
            ..record.clone()
        })
    });
    Ok(Decided {
        events: vec![Event::Overridden(record)],
        messages: told,
    })
}

/// The facts that were told, each in one of the portions disclosed.
fn told_facts(
    state: &State,
    (report, version): (&ReportId, u32),
    portions: &BTreeSet<PortionId>,
    learned: Vec<Telling>,
) -> Result<Vec<Learned>, Refusal> {
    let facts = state.facts.get(report).map_or(&[][..], Vec::as_slice);
    let known = |telling: Telling| {
        let fact = facts.iter().find(|fact| fact.id == telling.fact).ok_or_else(|| {
            Refusal::missing(
                "fact",
                &telling.fact,
                "`entente facts list` shows the facts of a report",
            )
        })?;
        // Where its text is gone, it is told of the portion that had it.
        let portion = state.portion_of(report, version, fact);
        let portion = portion.unwrap_or_else(|| fact.portion.clone());
        if !portions.contains(&portion) {
            return Err(Refusal::Invalid(format!(
                "fact {} stands in portion {portion}, which is not among those disclosed; add the portion",
                fact.id
            )));
        }
        Ok(Learned {
            fact: telling.fact,
            portion,
            text: fact.text.clone(),
            status: telling.status,
            origin: telling.origin,
            words: telling.words,
        })
    };
    learned.into_iter().map(known).collect()
}

/// Whoever reviews a finding reads the portion it is about. Of what is recalled, withdrawn or expired, those who work on
/// an open case about the report still may: a case cannot wait for what it is about.
fn may_review(
    state: &State,
    review: &Review,
    report: &ReportId,
    portions: &BTreeSet<PortionId>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let reviewer = &review.by;
    if !state.persons.contains_key(reviewer) {
        return Err(Refusal::missing(
            "person",
            reviewer,
            "add them with `entente person add`",
        ));
    }
    let works_on_it = incident::works_on(state, reviewer, report);
    let named: Vec<PortionId> = portions.iter().cloned().collect();
    let alone = BTreeSet::from([reviewer.clone()]);
    let purpose = review.purpose.as_ref();
    let barred = deciding(state, report, Some(&named), &alone, purpose, context, |decision| {
        let closed = |n: usize| decision.rules(0, n).all(Rule::leaves_it_to_cases);
        let mut barred = decision
            .portions()
            .enumerate()
            .filter(|(n, _)| decision.audience_outcome(*n) != Outcome::Permit && !(works_on_it && closed(*n)));
        barred.next().map(|(_, portion)| portion.clone())
    })?;
    match barred {
        None => Ok(()),
        Some(portion) => Err(Refusal::MayNotKnow {
            who: reviewer.clone(),
            report: report.clone(),
            portion,
        }),
    }
}

pub(super) fn disclose(state: &State, command: Command, context: &Context<'_>) -> Result<Decided, Refusal> {
    let Command::Disclose {
        id,
        report,
        portions,
        audience,
        route,
        by,
        learned,
        purpose,
        lawful,
        under,
        review,
        briefing,
        said,
    } = command
    else {
        return Err(Refusal::Invalid("not a disclosure".to_owned()));
    };
    let home = home(state)?;
    if let Some(missing) = under.as_ref().filter(|id| !state.overrides.contains_key(*id)) {
        return Err(Refusal::missing(
            "override",
            missing,
            "`entente override list` shows the recorded ones",
        ));
    }
    let known = |id: &BriefingId| {
        let briefing = state.briefings.get(id);
        briefing.ok_or_else(|| Refusal::missing("briefing", id, "`entente brief list` shows them"))
    };
    let at = past::moment(&said, briefing.as_ref().map(known).transpose()?, context.now)?;
    if let Some(review) = &review {
        may_review(state, review, &report, &portions, context)?;
    }
    let then = past::standing_at(state, &report, at, context);
    let guard = SourceGuard::new(&then);
    let judging = Context {
        now: at,
        exposure: if at == context.now { context.exposure } else { &guard },
        ..*context
    };
    let named: Vec<PortionId> = portions.iter().cloned().collect();
    let (permitted, version) = deciding(
        &then,
        &report,
        Some(&named),
        &audience,
        purpose.as_ref(),
        &judging,
        |decision| {
            let outcomes = decision.portions().cloned().enumerate();
            let permitted: BTreeMap<PortionId, bool> = outcomes
                .map(|(n, portion)| (portion, decision.audience_outcome(n) == Outcome::Permit))
                .collect();
            (permitted, decision.version())
        },
    )?;
    let learned = told_facts(state, (&report, version), &portions, learned)?;
    let record = Disclosure {
        id,
        report: report.clone(),
        version,
        portions,
        audience,
        route,
        by,
        learned,
        permitted,
        lawful,
        under,
        reviewed_by: review.map(|review| review.by),
        briefing,
        at,
        recorded: (at != context.now).then_some((context.now, said.late)),
    };
    let told = notices(state, home, (&report, version, &record.portions), |part, n| {
        let permitted =
            |of: &BTreeSet<PortionId>| of.iter().all(|portion| record.permitted.get(portion) == Some(&true));
        let own = |learned: &&Learned| part.report == record.report && part.portions.contains_key(&learned.portion);
        Notice::Disclosure(Disclosure {
            id: numbered(&record.id, n),
            report: part.report.clone(),
            version: part.version,
            portions: part.portions.keys().cloned().collect(),
            learned: record.learned.iter().filter(own).cloned().collect(),
            permitted: part
                .portions
                .iter()
                .map(|(id, of)| (id.clone(), permitted(of)))
                .collect(),
            // Who works on it here is not the originators' business.
            reviewed_by: None,
            briefing: None,
            ..record.clone()
        })
    });
    let broken = super::embargo::broken(state, &record, context);
    let mut decided = Decided {
        events: vec![Event::Disclosed(record)],
        messages: told,
    };
    decided.events.extend(broken.events);
    decided.messages.extend(broken.messages);
    Ok(decided)
}

pub(super) fn record(
    state: &State,
    id: DecisionId,
    report: &ReportId,
    portions: Option<&[PortionId]>,
    audience: BTreeSet<PersonId>,
    purpose: Option<Purpose>,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let (outcomes, basis) = deciding(
        state,
        report,
        portions,
        &audience,
        purpose.as_ref(),
        context,
        |decision| {
            let ids = decision.portions().cloned().enumerate();
            let outcomes: Vec<_> = ids
                .map(|(n, portion)| (portion, decision.audience_outcome(n)))
                .collect();
            let basis = Basis::of(state, id, decision, purpose.clone(), context.now);
            (outcomes, basis)
        },
    )?;
    let decided = Event::Decided {
        report: report.clone(),
        version: basis.version,
        audience,
        purpose: purpose.map(|purpose| purpose.as_str().to_owned()),
        outcomes,
        at: context.now,
    };
    Ok(Decided::events([decided, Event::DecisionKept(Box::new(basis))]))
}

/// What a reader is about to be shown.
pub(super) fn open(
    state: &State,
    report: ReportId,
    version: Option<u32>,
    reader: PersonId,
    purpose: Option<Purpose>,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let audience = [reader];
    let snapshot = Snapshot::about(state, context.groups, [&report], (&audience, &[]));
    let query = Query {
        report: &report,
        version,
        portions: None,
        audience: &audience,
        purpose: purpose.as_ref(),
        moment: context.now,
    };
    let decision = decide(&snapshot, &query, context.policy, context.exposure)?;
    let (version, portions) = (decision.version(), decision.permitted().cloned().collect());
    let [reader] = audience;
    Ok(Decided::events([Event::Opened {
        report,
        version,
        reader,
        purpose,
        portions,
        at: context.now,
    }]))
}
