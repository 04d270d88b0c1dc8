//! What a request carries, so that an originator can answer it that does not hold the report: its own material as it stands
//! in the derived text, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use entente_marking::{Entity, MarkKind, SchemeId};

use super::report::cleared_reader;
use super::{Context, Refusal, home};
use crate::decide::{Query, Rule, Snapshot, Step, answering, decide};
use crate::ids::{PartyPath, PersonId, PortionId, PortionRef};
use crate::in_force::MarksInForce;
use crate::report::{Origin, Report, TITLE};
use crate::request::{Carried, CarriedText, Request};
use crate::state::State;

/// What a request of this party to `asked` carries.
pub(super) fn carried(
    state: &State,
    report: &Report,
    asked: &PartyPath,
    portions: &BTreeSet<PortionId>,
    audience: &BTreeSet<PersonId>,
    context: &Context<'_>,
) -> Result<Carried, Refusal> {
    let home = home(state)?;
    let marks = MarksInForce::new(state);
    let mut texts = BTreeMap::new();
    for id in portions {
        let reference = report.reference(id);
        if state.knows(asked, &reference) {
            continue;
        }
        let Some(mark) = marks.of(&reference) else { continue };
        let text = match id.as_str() {
            TITLE => Some(report.title.text()),
            _ => state.portion(&reference).map(|portion| portion.text.as_str()),
        };
        let mut from = state.named_for(asked, &reference);
        from.remove(&reference);
        let may_see = others_permit(state, report, id, (home, asked), context)?;
        let carried = CarriedText {
            mark: mark.mark().into_owned(),
            scheme: report.scheme.clone(),
            profile: report.profile.clone(),
            from,
            text: text.filter(|_| may_see).map(str::to_owned),
        };
        texts.insert(id.clone(), carried);
    }
    Ok(Carried {
        texts,
        shown: shown(state, asked, audience),
    })
}

/// Whether nobody but the asked originator and this party stands against its having the text: no other originator, no list,
/// no mark that is not understood.
fn others_permit(
    state: &State,
    report: &Report,
    portion: &PortionId,
    (home, asked): (&PartyPath, &PartyPath),
    context: &Context<'_>,
) -> Result<bool, Refusal> {
    let id = PersonId::stored(format!("{asked}/any-cleared-reader")).map_err(|e| Refusal::Invalid(e.to_string()))?;
    let reader = cleared_reader(id.clone(), asked, report);
    let audience = [id];
    let snapshot = Snapshot::about(state, context.groups, [&report.id], (&audience, &[reader]));
    let query = Query {
        report: &report.id,
        version: Some(report.version),
        portions: Some(std::slice::from_ref(portion)),
        audience: &audience,
        purpose: None,
        moment: context.now,
    };
    let decision = decide(&snapshot, &query, context.policy, context.exposure)?;
    let theirs = |party: &str| party == asked.as_str();
    let stands = |(rule, party): (Rule, &str)| match rule.step() {
        // Persons and purposes are the originator's own to decide at its place.
        Step::NeedToKnow | Step::Purpose => false,
        // By asking, this party lets the originator see its own words.
        Step::OriginatorControl | Step::SourceExposure => !theirs(party) && party != home.as_str(),
        Step::State | Step::Mandatory | Step::Releasability | Step::LocalPolicy => true,
    };
    let mut all = decision.stands_in_the_way(0, 0);
    Ok(!all.any(stands))
}

/// The originator's portions that one of these persons was shown before, by the names that it knows.
fn shown(state: &State, asked: &PartyPath, audience: &BTreeSet<PersonId>) -> BTreeSet<PortionRef> {
    let told = state.disclosures.values();
    let told = told.filter(|disclosure| !disclosure.audience.is_disjoint(audience));
    let portions = told.flat_map(|disclosure| {
        disclosure.portions.iter().map(|portion| PortionRef {
            report: disclosure.report.clone(),
            version: disclosure.version,
            portion: portion.clone(),
        })
    });
    let theirs = |portion: &PortionRef| {
        let known = answering(state, portion);
        known.iter().any(|party| asked.includes(party))
    };
    let theirs: Vec<PortionRef> = portions.filter(theirs).collect();
    theirs
        .iter()
        .flat_map(|portion| state.named_for(asked, portion))
        .collect()
}

/// Whether a request of `from` can be answered by what it carries: each text rests on portions of this party's own that are
/// here, or its mark names this party as an owner.
pub(super) fn answerable(
    state: &State,
    home: &PartyPath,
    request: &Request,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let texts = &request.carried.texts;
    if let Some(other) = texts.keys().find(|portion| !request.portions.contains(*portion)) {
        return Err(Refusal::Invalid(format!(
            "the request brings text of {other}, for which it does not ask"
        )));
    }
    let held = state.reports.get(&request.report).and_then(|holding| holding.latest());
    if !texts.is_empty() && held.is_some_and(|report| home.includes(&report.originator)) {
        return Err(Refusal::Exists {
            what: "report",
            name: format!("{} of {home}", request.report),
            remedy: "the asker has to give its own report another id",
        });
    }
    for (id, carried) in texts {
        let ours = |base: &PortionRef| {
            // A protected report that the asker cannot know of is not there to rest on.
            if state.hidden_from(&request.from, base) {
                return None;
            }
            let known = answering(state, base);
            (!known.is_empty()).then(|| known.iter().any(|party| party.includes(home)))
        };
        if let Some(base) = carried.from.iter().find(|base| ours(base) == Some(false)) {
            return Err(Refusal::Invalid(format!("{home} is not an originator of {base}")));
        }
        let rests = carried.from.iter().any(|base| ours(base) == Some(true));
        if !rests && !owned(carried, home, context) {
            return Err(Refusal::Invalid(format!(
                "{home} is not an originator of portion {id} of {} v{}: it rests on nothing that is here",
                request.report, request.version
            )));
        }
    }
    Ok(())
}

/// Whether the mark itself names this party, or the one that it is part of, as an owner.
fn owned(carried: &CarriedText, home: &PartyPath, context: &Context<'_>) -> bool {
    let scheme = context.schemes.get(&carried.scheme, Some(&carried.profile));
    let label = scheme.map(|scheme| {
        scheme
            .check(&carried.mark, MarkKind::Portion, None)
            .label(&carried.mark)
    });
    label.is_some_and(|label| home.ancestry().any(|path| label.owners.contains(&Entity::new(path))))
}

/// The portions of this party's own that a portion of a request rests on, or the portion itself where it is held here.
pub(super) fn behind(request: &Request, portion: &PortionId) -> BTreeSet<PortionRef> {
    let carried = request.carried.texts.get(portion).map(|carried| &carried.from);
    match carried.filter(|from| !from.is_empty()) {
        Some(from) => from.clone(),
        None => BTreeSet::from([request.reference(portion)]),
    }
}

/// Whether everything asked for is here, or came with the request.
pub(super) fn at_hand(state: &State, request: &Request, portions: &BTreeSet<PortionId>) -> Result<(), Refusal> {
    let here = |portion: &PortionId| {
        request.carried.texts.contains_key(portion) || state.lineage_of(&request.reference(portion)).is_some()
    };
    match portions.iter().all(here) {
        true => Ok(()),
        false => Err(Refusal::missing(
            "report",
            &request.report,
            "it is not held here any more",
        )),
    }
}

/// What this party laid down for the portion asked about, or for what it rests on.
pub(super) fn terms(state: &State, request: &Request, portion: &PortionId) -> Option<Origin> {
    let of = |reference: &PortionRef| {
        let lineage = state.lineage_of(reference)?;
        let found = lineage.iter().find(|(party, _)| **party == request.to);
        let found = found.map(|(_, origin)| origin.clone());
        // An owner that the mark names laid nothing down.
        found.or_else(|| answering(state, reference).contains(&request.to).then(Origin::default))
    };
    if !request.carried.texts.contains_key(portion) {
        return of(&request.reference(portion));
    }
    let all = behind(request, portion);
    let known = all.iter().filter_map(of).reduce(|one, other| Origin {
        recipients: &one.recipients & &other.recipients,
        arrangements: &one.arrangements | &other.arrangements,
        third_party: one.third_party | other.third_party,
        ..one
    });
    Some(known.unwrap_or_default())
}

/// The scheme and profile in which a portion of a request is marked.
pub fn marked_in(state: &State, request: &Request, portion: &PortionId) -> Option<(SchemeId, String)> {
    let carried = request.carried.texts.get(portion);
    let held = || state.reports.get(&request.report)?.versions.get(&request.version);
    carried
        .map(|carried| (carried.scheme.clone(), carried.profile.clone()))
        .or_else(|| held().map(|report| (report.scheme.clone(), report.profile.clone())))
}
