//! Reports of other parties: whose they are, that a version never changes, and whose word counts about whom.

use std::collections::BTreeSet;

use super::super::report::well_formed;
use super::super::{Context, Refusal};
use super::{handed_on, life, must_be, must_be_for, not_entitled, terms};
use crate::arrangement::Arrangement;
use crate::embargo::Embargo;
use crate::event::Event;
use crate::ids::{PartyPath, PortionId, PortionRef};
use crate::part::Part;
use crate::report::{Delivery, Lineage, Origin, Portion, Report};
use crate::state::{Holding, State};

pub(super) fn delivered(
    state: &State,
    home: &PartyPath,
    from: &PartyPath,
    (mut report, delivery, mut part): (Report, Delivery, Part),
    arrangements: Vec<Arrangement>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let now = context.now;
    let writings = std::mem::take(&mut part.writings);
    let given = handed_on::given(home, from, &mut report, &writings, context)?;
    must_be(from, &delivery.by, "deliver for another party")?;
    must_be_for(home, &delivery.to)?;
    if delivery.report != report.id || delivery.version != report.version {
        return Err(Refusal::Invalid(
            "the delivery note names another report than the one enclosed".to_owned(),
        ));
    }
    well_formed(&report)?;
    one_spelling(state, &report)?;
    if report.originator == *from {
        written_by(from, &report)?;
    }
    for portion in report.with_title_mut() {
        own_copy_first(state, from, portion);
    }
    if let Some(holding) = state.reports.get(&report.id) {
        let author = report.originator.clone();
        (report, part) = of_one_author(state, &author, holding, report, part)?;
    }
    let embargoes = words_on(from, &report, std::mem::take(&mut part.embargoes))?;
    let consents = life::enclosed(home, from, state, &report, std::mem::take(&mut part.consents), now)?;
    let mut events = Vec::new();
    for arrangement in arrangements {
        if !arrangement.binds(from) {
            return Err(not_entitled(
                from,
                "send terms of this arrangement",
                format!("{} does not bind it", arrangement.id),
            ));
        }
        // Terms between others are nothing that this party could know of: what came under them is closed here.
        if arrangement.binds(home) {
            events.extend(terms::enclosed(state, from, arrangement)?);
        }
    }
    events.push(Event::ReportReceived { report, delivery, part });
    events.extend(consents);
    events.extend(embargoes);
    events.extend(given.into_iter().filter_map(|consent| handed_on::first(state, consent)));
    Ok(events)
}

/// What the author of a report says about embargoes on it.
fn words_on(from: &PartyPath, report: &Report, words: Vec<Embargo>) -> Result<Vec<Event>, Refusal> {
    for word in &words {
        must_be(from, &word.by, "speak of another party's embargo")?;
        if word.report != report.id {
            return Err(Refusal::Invalid(format!(
                "an embargo on {} came with {}; ask {from} to send it by itself",
                word.report, report.id
            )));
        }
    }
    Ok(words.into_iter().map(Event::EmbargoSet).collect())
}

/// Whose information it is, is said in the one spelling of a path: `usa` beside `USA` would be somebody else.
fn one_spelling(state: &State, report: &Report) -> Result<(), Refusal> {
    let named = report.portions.iter().flat_map(|portion| portion.lineage.originators());
    let mut wrong = named
        .filter(|party| !state.parties.contains_key(party))
        .filter_map(|party| party.spelt().err());
    match wrong.next() {
        None => Ok(()),
        Some(error) => Err(Refusal::Invalid(format!("report {}: {error}", report.id))),
    }
}

/// Whoever writes a report is an originator of all that it writes, whatever it rests on.
fn written_by(from: &PartyPath, report: &Report) -> Result<(), Refusal> {
    let mut portions = report.with_title();
    let foreign = portions.find(|portion| !portion.lineage.originators().any(|party| party == from));
    let Some(portion) = foreign else { return Ok(()) };
    let named: Vec<&str> = portion.lineage.originators().map(PartyPath::as_str).collect();
    Err(not_entitled(
        from,
        "deliver this report",
        format!(
            "portion {} of {} names {} as its originators, and not its author; ask {from} to send a version that does",
            portion.id,
            report.id,
            named.join(", ")
        ),
    ))
}

/// A report comes from one author, and a version of it never changes; parts of it can come one after the other.
///
/// A mark that was made for this party gives way to the written one, and never the other way round.
fn of_one_author(
    state: &State,
    from: &PartyPath,
    holding: &Holding,
    report: Report,
    mut part: Part,
) -> Result<(Report, Part), Refusal> {
    if let Some(other) = holding.versions.values().find(|held| held.originator != *from) {
        return Err(not_entitled(
            from,
            "deliver this report",
            format!(
                "its id belongs to another party's report ({}); ask {from} to give it another id",
                other.originator
            ),
        ));
    }
    let Some(held) = holding.versions.get(&report.version) else {
        return Ok((report, part));
    };
    let made_for_us = holding.released.get(&report.version).cloned().unwrap_or_default();
    let mut held = held.clone();
    for portion in held.with_title_mut() {
        own_copy_first(state, from, portion);
    }
    let remarked = |portion: &PortionId| made_for_us.contains_key(portion) || part.released.contains_key(portion);
    if let Some(what) = difference(&held, &report, remarked) {
        return Err(Refusal::Invalid(format!(
            "{} v{} is held here with another {what}; a version never changes. Keep this file as evidence, and ask {from} \
             for a new version",
            report.id, report.version
        )));
    }
    let mut all = report;
    if all.is_untitled() {
        all.title = held.title;
    }
    for portion in held.portions {
        let written = !made_for_us.contains_key(&portion.id);
        match all.portions.iter_mut().find(|told| told.id == portion.id) {
            None => {
                part.released.extend(
                    made_for_us
                        .get_key_value(&portion.id)
                        .map(|(id, to)| (id.clone(), to.clone())),
                );
                all.portions.push(portion);
            }
            Some(told) if written && part.released.remove(&portion.id).is_some() => *told = portion,
            Some(_) => {}
        }
    }
    Ok((all, part))
}

/// In what two copies of one version differ, of what must never differ.
fn difference(held: &Report, told: &Report, remarked: impl Fn(&PortionId) -> bool) -> Option<String> {
    let whole = |report: &Report| {
        (
            (report.scheme.clone(), report.profile.clone()),
            (report.created, report.expires, report.existence_protected),
        )
    };
    let titled = held.is_untitled() || told.is_untitled() || held.title.fixed() == told.title.fixed();
    if whole(held) != whole(told) || !titled {
        return Some("title, scheme, date or protection".to_owned());
    }
    let fixed = |portion: &Portion| {
        let origins = portion.lineage.iter();
        let origins: Vec<_> = origins
            .map(|(party, origin)| (party.clone(), origin.from.clone()))
            .collect();
        let mark = Some(portion.mark.clone()).filter(|_| !remarked(&portion.id));
        (portion.text.clone(), mark, portion.tear_line, origins)
    };
    let both = told
        .portions
        .iter()
        .filter_map(|portion| Some((portion, held.portion(&portion.id)?)));
    let mut different = both.filter(|(told, held)| fixed(told) != fixed(held));
    different
        .next()
        .map(|(portion, _)| format!("content of portion {}", portion.id))
}

/// What a sender says of others' terms counts for nothing where their own copy is here, and is read most strictly where
/// it is not. Originators whom the sender left out are put back.
fn own_copy_first(state: &State, from: &PartyPath, portion: &mut Portion) {
    let bases: BTreeSet<PortionRef> = portion
        .lineage
        .iter()
        .flat_map(|(_, origin)| origin.from.iter().cloned())
        .collect();
    for base in &bases {
        let Some(held) = state.portion(base) else { continue };
        for (party, _) in held.lineage.iter() {
            if !portion.lineage.originators().any(|named| named == party) {
                let origin = Origin {
                    from: BTreeSet::from([base.clone()]),
                    ..Origin::default()
                };
                portion.lineage = portion.lineage.combine(&Lineage::of(party.clone(), origin));
            }
        }
    }
    portion.lineage.map(|party, origin| {
        if party != from {
            *origin = held_terms(state, party, origin);
        }
    });
}

/// The terms of `party` for what rests on its portions, as they are here.
fn held_terms(state: &State, party: &PartyPath, stated: &Origin) -> Origin {
    let of_base = |base: &PortionRef| {
        let mut origins = state.portion(base)?.lineage.iter();
        origins
            .find(|(named, _)| *named == party)
            .map(|(_, origin)| origin.clone())
    };
    let held: Option<Vec<Origin>> = stated.from.iter().map(of_base).collect();
    let together = held.into_iter().flatten().reduce(|one, other| Origin {
        recipients: &one.recipients & &other.recipients,
        persons: &one.persons & &other.persons,
        arrangements: &one.arrangements | &other.arrangements,
        from: BTreeSet::new(),
        protects_source: one.protects_source | other.protects_source,
        third_party: one.third_party | other.third_party,
        named: one.named | other.named,
    });
    let held = together.unwrap_or_else(|| Origin {
        third_party: true,
        ..Origin::default()
    });
    Origin {
        from: stated.from.clone(),
        arrangements: &held.arrangements | &stated.arrangements,
        protects_source: held.protects_source | stated.protects_source,
        ..held
    }
}
