//! Delivery of the releasable part: each partner gets what it may have, by the marks as they are written or by a consent.

use std::collections::BTreeSet;

use entente_marking::Entity;
use serde::{Deserialize, Serialize};

use super::meaning::meaning;
use super::openness::{Openness, openness};
use super::report::{arrangements_of, distribution, held};
use super::{Context, Decided, Refusal, embargo, home};
use crate::arrangement::Withheld;
use crate::event::Event;
use crate::exposure::Band;
use crate::ids::{ArrangementId, PartyPath, PersonId, PortionId, PortionRef, ReportId};
use crate::message::Message;
use crate::part::Part;
use crate::report::{Delivery, Portion, Report};
use crate::request::{Consent, Recipients};
use crate::shown::names;
use crate::source::ExposureAnswer;
use crate::state::State;
use crate::written::Signed;

/// What is to be handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// The report.
    pub report: ReportId,
    /// The receiver.
    pub to: PartyPath,
    /// These portions only; all that the receiver may have where none are named.
    pub portions: Option<BTreeSet<PortionId>>,
    /// Why it is delivered although that narrows a protected source below its threshold.
    #[serde(rename = "despite", default, skip_serializing_if = "Option::is_none")]
    pub despite_exposure: Option<String>,
    /// The portions that whoever is signed in and hands it over may know: nobody hands on what they may not read, and no
    /// refusal speaks of the rest. `None` where the party itself acts. It is set when the command is carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<BTreeSet<PortionId>>,
}

impl Handover {
    /// All that a party may have of a report, unless that exposes a source.
    pub fn of(report: ReportId, to: PartyPath) -> Self {
        Self {
            report,
            to,
            portions: None,
            despite_exposure: None,
            known: None,
        }
    }

    fn is_known(&self, portion: &PortionId) -> bool {
        self.known.as_ref().is_none_or(|known| known.contains(portion))
    }
}

/// Hands over what of the latest version a party may have.
pub(super) fn hand_over(state: &State, handover: &Handover, context: &Context<'_>) -> Result<Decided, Refusal> {
    let home = home(state)?;
    let report = held(state, &handover.report)?;
    let to = &handover.to;
    entitled(state, report, home, to)?;
    let mut found = openness(state, report, home, to, handover.despite_exposure.is_some(), context)?;
    if report.originator != *home {
        only_in_writing(state, report, &mut found, home, to, context);
    }
    let made = made(state, report, &found, handover, context)?;
    let arrangements = arrangements_of(state, &made.sent, home, to)?;
    let message = Message::Delivery {
        report: made.sent.clone(),
        delivery: made.delivery.clone(),
        arrangements,
        part: made.part.clone(),
    };
    Ok(Decided::events(made.events(report, handover, context)).send(to.clone(), message))
}

/// The same in the format of others, in which nothing of ours travels that would hold a receiver to a consent: only what
/// the marks and terms alone let it have. Whoever asked hands the file over.
pub(super) fn export(state: &State, handover: &Handover, context: &Context<'_>) -> Result<Decided, Refusal> {
    let made = without_consents(state, handover, context)?;
    let report = held(state, &handover.report)?;
    Ok(Decided::events(made.events(report, handover, context)))
}

/// The report as [`Command::Export`](super::Command::Export) lets a party have it.
///
/// # Errors
/// As for the command.
pub fn exported(state: &State, handover: &Handover, context: &Context<'_>) -> Result<Report, Refusal> {
    Ok(without_consents(state, handover, context)?.sent)
}

fn without_consents(state: &State, handover: &Handover, context: &Context<'_>) -> Result<Made, Refusal> {
    let home = home(state)?;
    let report = held(state, &handover.report)?;
    entitled(state, report, home, &handover.to)?;
    let knowingly = handover.despite_exposure.is_some();
    let mut found = openness(state, report, home, &handover.to, knowingly, context)?;
    let only = "a consent opens it, and its terms cannot travel in another format; deliver it instead";
    let by_consent = std::mem::take(&mut found.by_consent);
    found.title_by_consent = false;
    found
        .closed
        .extend(by_consent.into_keys().map(|id| (id, vec![only.to_owned()])));
    if report.originator != *home {
        only_in_writing(state, report, &mut found, home, &handover.to, context);
    }
    for portion in &report.portions {
        if let Some(until) = state.held_back(&report.reference(&portion.id), context.now) {
            let why = format!(
                "it is under embargo until {until}, which would not travel in another format; deliver it instead"
            );
            found.freely.remove(&portion.id);
            found.closed.entry(portion.id.clone()).or_default().push(why);
            found.title_freely = false;
        }
    }
    let made = made(state, report, &found, handover, context)?;
    arrangements_of(state, &made.sent, home, &handover.to)?;
    Ok(made)
}

/// What leaves, and the record of it.
struct Made {
    sent: Report,
    delivery: Delivery,
    part: Part,
    /// What of it narrows a protected source.
    exposed: BTreeSet<PortionId>,
}

impl Made {
    fn events(&self, report: &Report, handover: &Handover, context: &Context<'_>) -> Vec<Event> {
        let mut events = vec![Event::ReportDelivered(self.delivery.clone())];
        if let Some(reason) = handover.despite_exposure.clone().filter(|_| !self.exposed.is_empty()) {
            let (home, to) = (&self.delivery.by, &self.delivery.to);
            events.push(Event::ExposureAnswered(knowingly_exposed(
                report,
                home,
                to,
                self.exposed.clone(),
                reason,
                context,
            )));
        }
        events
    }
}

fn made(
    state: &State,
    report: &Report,
    found: &Openness,
    handover: &Handover,
    context: &Context<'_>,
) -> Result<Made, Refusal> {
    let home = home(state)?;
    let to = &handover.to;
    let open = chosen(report, found, handover)?;
    let mut part = part(state, report, found, &open, to, context);
    let all = open.len() == report.with_ids().count();
    let delivery = Delivery {
        report: report.id.clone(),
        version: report.version,
        to: to.clone(),
        by: home.clone(),
        at: context.now,
        portions: (!all).then(|| open.clone()),
        under: open
            .iter()
            .filter(|id| found.by_consent.contains_key(*id))
            .cloned()
            .collect(),
    };
    let mut sent = report.clone();
    sent.keep_only(&open);
    if !(found.title_freely || found.title_by_consent) {
        sent.title = report.id.as_str().into();
    }
    sent.add_recipient_of(home, to, |portion| delivery.makes_recipient(portion));
    sent.name(home, &distribution(state, &report.id));
    sent.part_of(to);
    sent.protect(home, |portion| context.exposure.stands_behind(portion));
    for portion in &mut sent.portions {
        if let Some(mark) = found.by_consent.get(&portion.id) {
            // Neither the mark nor its meaning says who else may have it.
            portion.mark.clone_from(mark);
            let label = meaning(context.schemes, &sent.scheme, Some(&sent.profile), mark);
            portion.label = part.written(&portion.id, label);
        }
    }
    sent.portions
        .iter_mut()
        .filter(|portion| delivery.under.contains(&portion.id))
        .for_each(|portion| without_others_terms(state, portion, home, to));
    part.embargoes = embargo::enclosed(state, home, &sent);
    part.writings = writings(state, report, &open, home, to, context);
    if report.originator != *home {
        as_handed_on(&mut sent);
    }
    let exposed = found.exposing.intersection(&open).cloned().collect();
    Ok(Made {
        sent,
        delivery,
        part,
        exposed,
    })
}

/// What a holder may hand on of another's report: what each of its originators consented to in writing, for this receiver.
fn only_in_writing(
    state: &State,
    report: &Report,
    found: &mut Openness,
    home: &PartyPath,
    to: &PartyPath,
    context: &Context<'_>,
) {
    for portion in &report.portions {
        let reference = report.reference(&portion.id);
        let lacking = portion.lineage.originators().filter(|party| *party != home);
        let lacking: Vec<&str> = lacking
            .filter(|party| written(state, party, &reference, to, context).is_none())
            .map(PartyPath::as_str)
            .collect();
        let consented = found.by_consent.contains_key(&portion.id);
        found.freely.remove(&portion.id);
        if consented && lacking.is_empty() {
            continue;
        }
        found.by_consent.remove(&portion.id);
        let who = match lacking.is_empty() {
            true => report.originator.as_str().to_owned(),
            false => lacking.join(", "),
        };
        let why = format!(
            "{who} has not consented in writing that it goes to {to}; ask with `entente request open {} --to {to}/PERSON`, or ask \
             {} to deliver it",
            report.id, report.originator
        );
        found.closed.entry(portion.id.clone()).or_default().insert(0, why);
    }
}

/// The consent in writing of one originator for a text and a receiver, where it holds.
fn written<'s>(
    state: &'s State,
    originator: &PartyPath,
    portion: &PortionRef,
    to: &PartyPath,
    context: &Context<'_>,
) -> Option<&'s Signed> {
    let mut all = state
        .consents
        .of(&portion.report)
        .filter(|consent| consent.originator == *originator && consent.is_live(context.now) && consent.names(portion));
    all.find_map(|consent| consent.in_writing(portion, to))
}

/// All that others consented to in writing for what is handed over.
fn writings(
    state: &State,
    report: &Report,
    open: &BTreeSet<PortionId>,
    home: &PartyPath,
    to: &PartyPath,
    context: &Context<'_>,
) -> Vec<Signed> {
    let mut found: Vec<Signed> = Vec::new();
    for portion in report.portions.iter().filter(|portion| open.contains(&portion.id)) {
        let reference = report.reference(&portion.id);
        for party in portion.lineage.originators().filter(|party| *party != home) {
            if let Some(signed) = written(state, party, &reference, to, context) {
                let less = signed.for_texts(open);
                if !found.contains(&less) {
                    found.push(less);
                }
            }
        }
    }
    found
}

/// What a holder hands on of another's report: without a title, and without terms that are not the receiver's.
fn as_handed_on(sent: &mut Report) {
    sent.title = sent.id.as_str().into();
    for portion in &mut sent.portions {
        portion.lineage.map(|_, origin| {
            origin.arrangements.clear();
            origin.recipients.clear();
            origin.third_party = true;
        });
    }
}

/// Terms between others are nothing for a receiver that has a text by a consent: the consent holds, and the third-party rule.
fn without_others_terms(state: &State, portion: &mut Portion, home: &PartyPath, to: &PartyPath) {
    let binds = |id: &ArrangementId| state.arrangements.get(id).is_some_and(|terms| terms.binds(to));
    portion.lineage.map(|party, origin| {
        if party == home && !origin.arrangements.iter().all(binds) {
            origin.arrangements.retain(binds);
            origin.third_party = true;
        }
    });
}

/// Whether this party may deliver the report, and knows the receiver.
fn entitled(state: &State, report: &Report, home: &PartyPath, to: &PartyPath) -> Result<(), Refusal> {
    let mut signed = state.consents.of(&report.id).flat_map(|consent| &consent.life.signed);
    if report.originator != *home && !signed.any(|signed| to.includes(&signed.receiver)) {
        return Err(Refusal::NotEntitled {
            who: home.to_string(),
            what: "deliver this report",
            why: format!(
                "{} wrote it, and {to} has no consent to it in writing; ask for one with `entente request open {} --to {to}/PERSON`, \
                 write a report of your own that rests on it, or ask {} to deliver it",
                report.originator, report.id, report.originator
            ),
        });
    }
    match state.parties.contains_key(to) {
        true => Ok(()),
        false => Err(Refusal::missing(
            "party",
            to,
            "add it with `entente party add`, with its keys",
        )),
    }
}

/// The portions that go: those named, all of which must be open, or else all that are. What would narrow a source is never
/// left out silently: that is for a person to decide.
fn chosen(report: &Report, found: &Openness, handover: &Handover) -> Result<BTreeSet<PortionId>, Refusal> {
    let mut open = found.open();
    open.retain(|id| handover.is_known(id));
    let closed = |id: &PortionId| found.closed.get(id).filter(|_| handover.is_known(id));
    let listed = |ids: &[&PortionId]| {
        let each = ids.iter().map(|id| {
            let why = closed(id).map_or("there is no such portion".to_owned(), |why| why.join("\n    "));
            format!("portion {id}: {why}")
        });
        each.collect::<Vec<_>>().join("\n  ")
    };
    let refused = |ids: &[&PortionId]| Refusal::NotEntitled {
        who: handover.to.to_string(),
        what: "receive this report",
        why: listed(ids),
    };
    if let Some(named) = &handover.portions {
        let closed: Vec<&PortionId> = named.difference(&open).collect();
        return match closed.is_empty() {
            true => Ok(named.clone()),
            false => Err(refused(&closed)),
        };
    }
    let exposes =
        |id: &&PortionId| closed(id).is_some_and(|why| why.iter().any(|why| why.contains("--despite-exposure")));
    let exposing: Vec<&PortionId> = found.closed.keys().filter(exposes).collect();
    if !exposing.is_empty() {
        return Err(refused(&exposing));
    }
    match open.is_empty() {
        false => Ok(open),
        true => {
            let all = report.portions.iter().map(|portion| &portion.id);
            Err(refused(&all.filter(|id| handover.is_known(id)).collect::<Vec<_>>()))
        }
    }
}

/// What the receiver is told besides the text.
fn part(
    state: &State,
    report: &Report,
    found: &Openness,
    open: &BTreeSet<PortionId>,
    to: &PartyPath,
    context: &Context<'_>,
) -> Part {
    let withheld = report.with_ids().filter(|id| !open.contains(id)).count();
    let terms = report.portions.iter().flat_map(|portion| portion.lineage.iter());
    let mut terms = terms
        .flat_map(|(_, origin)| &origin.arrangements)
        .filter_map(|id| state.arrangements.get(id))
        .peekable();
    let shown = terms.peek().is_some() && terms.all(|arrangement| arrangement.withheld == Withheld::Shown);
    let by_consent = || found.by_consent.iter().filter(|(id, _)| open.contains(*id));
    let added = |id: &PortionId, mark: &str| {
        let written = report
            .portion(id)
            .map(|portion| names(context.schemes, report, &portion.mark));
        let now = names(context.schemes, report, mark);
        now.difference(&written.unwrap_or_default())
            .cloned()
            .collect::<BTreeSet<Entity>>()
    };
    let consents = state
        .consents
        .of(&report.id)
        .filter(|consent| consent.is_live(context.now) && consent.life.part_of.is_none())
        // What others consented to goes in writing.
        .filter(|consent| state.home.as_ref() == Some(&consent.originator));
    let theirs = consents
        .filter_map(|consent| for_party(consent, report, to, &by_consent().map(|(id, _)| id.clone()).collect()));
    Part {
        withheld: (shown && withheld > 0).then_some(withheld),
        released: by_consent().map(|(id, mark)| (id.clone(), added(id, mark))).collect(),
        consents: theirs.collect(),
        embargoes: Vec::new(),
        writings: Vec::new(),
    }
}

/// A consent as a party is shown it: its own persons and portions.
fn for_party(consent: &Consent, report: &Report, to: &PartyPath, open: &BTreeSet<PortionId>) -> Option<Consent> {
    let mut theirs = consent.clone();
    let of_them = |person: &PersonId| person.party().is_some_and(|party| to.includes(&party));
    theirs.recipients = Recipients {
        persons: consent
            .recipients
            .persons
            .iter()
            .filter(|person| of_them(person))
            .cloned()
            .collect(),
        parties: consent
            .recipients
            .parties
            .iter()
            .filter(|party| to.includes(party) || party.includes(to))
            .cloned()
            .collect(),
    };
    theirs.stated.retain(|person| of_them(&person.id));
    theirs
        .portions
        .retain(|named| named.report == report.id && named.version == report.version && open.contains(&named.portion));
    theirs.to = to.clone();
    theirs.request = None;
    theirs.received = None;
    // What the marks in force say of others is not its business.
    theirs.marks.clear();
    theirs.life.signed.clear();
    let empty = theirs.recipients.is_empty() || theirs.portions.is_empty();
    (!empty).then_some(theirs)
}

/// The record of a delivery that exposes a source knowingly.
pub(super) fn knowingly_exposed(
    report: &Report,
    home: &PartyPath,
    to: &PartyPath,
    portions: BTreeSet<PortionId>,
    reason: String,
    context: &Context<'_>,
) -> ExposureAnswer {
    ExposureAnswer {
        request: None,
        by: home.clone(),
        to: to.clone(),
        report: report.id.clone(),
        version: report.version,
        portions,
        recipients: Recipients {
            persons: BTreeSet::new(),
            parties: BTreeSet::from([to.clone()]),
        },
        band: Band::Narrows,
        purposes: None,
        consent: None,
        despite: Some(reason),
        at: context.now,
    }
}
