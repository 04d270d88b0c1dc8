//! What a release or a delivery does: who will see what, under which mark, and what stays closed.

use std::collections::BTreeSet;

use entente_core::handle::openness_for;
use entente_core::{
    ArrangementId, CommandRefusal, Consent, ConsentId, Context, Delivery, Event, Onward, PartyPath, PersonId,
    PortionId, Report, ReportId, State,
};
use entente_marking::Purpose;
use entente_marking::installed::Library;
use jiff::Timestamp;
use serde::Serialize;

use crate::marks::{banner_in, mark_for};

/// A release, as it is or as it would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Releasing {
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// Party by party.
    pub to: Vec<ReleasedTo>,
    /// Whether it is for the public, and so cannot be recalled.
    pub public: bool,
}

/// What one party gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReleasedTo {
    /// The release, under which it can be narrowed, renewed and withdrawn.
    pub consent: ConsentId,
    /// The party.
    pub party: PartyPath,
    /// Its persons, where it is not for the whole party.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub persons: BTreeSet<PersonId>,
    /// What they will see.
    pub sees: Vec<Seen>,
    /// The banner over it.
    pub banner: Option<String>,
    /// What stays closed.
    pub stays_closed: Vec<StaysClosed>,
    /// What for; empty for any purpose that mark and arrangement allow.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub purposes: BTreeSet<Purpose>,
    /// What has to be observed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// The moment before which it does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Whether a copy goes to its node.
    pub copy: bool,
}

/// A portion, as somebody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The portion.
    pub portion: PortionId,
    /// Its mark for them.
    pub mark: String,
    /// Its text.
    pub text: String,
}

/// A portion that stays closed, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StaysClosed {
    /// The portion.
    pub portion: PortionId,
    /// Its mark.
    pub mark: String,
    /// What stands in the way, and who could change it.
    pub why: Vec<String>,
}

/// What the events of a release do, in the state after them.
///
/// # Errors
/// When the report is not there any more.
pub fn releasing(
    after: &State,
    library: &Library,
    events: &[Event],
    context: &Context<'_>,
) -> Result<Option<Releasing>, CommandRefusal> {
    let given = events.iter().filter_map(|event| match event {
        Event::ConsentGiven(consent) if consent.life.release => Some(consent),
        _ => None,
    });
    let given: Vec<&Consent> = given.collect();
    let Some(first) = given.first() else { return Ok(None) };
    let version = first.portions.iter().map(|named| named.version).max().unwrap_or(1);
    let to: Result<Vec<ReleasedTo>, CommandRefusal> = given
        .iter()
        .map(|consent| released_to((after, library), events, consent, version, context))
        .collect();
    Ok(Some(Releasing {
        report: first.report.clone(),
        version,
        to: to?,
        public: given
            .iter()
            .any(|consent| consent.recipients.persons.contains(&PersonId::public())),
    }))
}

/// What consents among events that answer somebody's request open, in the state after them.
///
/// # Errors
/// When the report is not there any more.
pub fn consenting(
    after: &State,
    library: &Library,
    events: &[Event],
    context: &Context<'_>,
) -> Result<Vec<(ReportId, u32, ReleasedTo)>, CommandRefusal> {
    let given = events.iter().filter_map(|event| match event {
        Event::ConsentGiven(consent) if !consent.life.release && after.home.as_ref() == Some(&consent.originator) => {
            Some(consent)
        }
        _ => None,
    });
    let each = given.map(|consent| {
        let version = consent.portions.iter().map(|named| named.version).max().unwrap_or(1);
        let to = released_to((after, library), events, consent, version, context)?;
        Ok((consent.report.clone(), version, to))
    });
    each.collect()
}

fn released_to(
    (after, library): (&State, &Library),
    events: &[Event],
    consent: &Consent,
    version: u32,
    context: &Context<'_>,
) -> Result<ReleasedTo, CommandRefusal> {
    let found = openness_for(after, &consent.report, &consent.to, context)?;
    let held = after
        .reports
        .get(&consent.report)
        .and_then(|held| held.versions.get(&version));
    let parties = BTreeSet::from([consent.to.clone()]);
    let (mut sees, mut stays_closed) = (Vec::new(), Vec::new());
    let mut banner = None;
    if let Some(report) = held {
        for portion in &report.portions {
            let opened = consent.names(&report.reference(&portion.id)) || found.freely.contains(&portion.id);
            if opened {
                sees.push(Seen {
                    portion: portion.id.clone(),
                    mark: mark_for(library, report, &portion.mark, &parties),
                    text: portion.text.clone(),
                });
            } else {
                stays_closed.push(StaysClosed {
                    portion: portion.id.clone(),
                    mark: portion.mark.clone(),
                    why: found.closed.get(&portion.id).cloned().unwrap_or_default(),
                });
            }
        }
        banner = banner_in(library, report, sees.iter().map(|seen| seen.mark.as_str()));
    }
    let copied = |event: &Event| matches!(event, Event::ReportDelivered(delivery) if delivery.to == consent.to);
    Ok(ReleasedTo {
        consent: consent.id.clone(),
        party: consent.to.clone(),
        persons: consent.recipients.persons.clone(),
        sees,
        banner,
        stays_closed,
        purposes: consent.purposes.clone().unwrap_or_default(),
        conditions: consent.conditions.clone(),
        not_before: consent.life.not_before,
        until: consent.ends,
        copy: events.iter().any(copied),
    })
}

/// What one party gets by a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeliveredTo {
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// The party.
    pub party: PartyPath,
    /// Its title, where the party may have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it gets.
    pub sees: Vec<Seen>,
    /// What it does not get.
    pub stays_closed: Vec<StaysClosed>,
}

/// What the deliveries among events bring, in the state after them.
///
/// # Errors
/// When the report is not there any more.
pub fn delivering(
    after: &State,
    library: &Library,
    events: &[Event],
    context: &Context<'_>,
) -> Result<Vec<DeliveredTo>, CommandRefusal> {
    let deliveries = events.iter().filter_map(|event| match event {
        Event::ReportDelivered(delivery) => Some(delivery),
        _ => None,
    });
    let each = deliveries.filter_map(|delivery| {
        let held = after.reports.get(&delivery.report)?;
        let report = held.versions.get(&delivery.version)?;
        Some(delivered_to((after, library), report, delivery, context))
    });
    each.collect()
}

fn delivered_to(
    (after, library): (&State, &Library),
    report: &Report,
    delivery: &Delivery,
    context: &Context<'_>,
) -> Result<DeliveredTo, CommandRefusal> {
    let mut found = openness_for(after, &delivery.report, &delivery.to, context)?;
    let parties = BTreeSet::from([delivery.to.clone()]);
    let (brought, left): (Vec<_>, Vec<_>) = report
        .portions
        .iter()
        .partition(|portion| delivery.brought(&portion.id));
    let sees = brought.into_iter().map(|portion| {
        let by_consent = found.by_consent.get(&portion.id).cloned();
        Seen {
            portion: portion.id.clone(),
            mark: by_consent.unwrap_or_else(|| mark_for(library, report, &portion.mark, &parties)),
            text: portion.text.clone(),
        }
    });
    let sees = sees.collect();
    let stays_closed = left.into_iter().map(|portion| StaysClosed {
        portion: portion.id.clone(),
        mark: portion.mark.clone(),
        why: found.closed.remove(&portion.id).unwrap_or_default(),
    });
    Ok(DeliveredTo {
        report: report.id.clone(),
        version: report.version,
        party: delivery.to.clone(),
        title: (found.title_freely || found.title_by_consent).then(|| report.title.text().to_owned()),
        sees,
        stays_closed: stays_closed.collect(),
    })
}

/// What a party may have of a report as it stands, portion by portion: what a delivery of it could bring.
///
/// # Errors
/// When the report is not held here.
pub fn releasable(
    state: &State,
    report: &ReportId,
    party: &PartyPath,
    context: &Context<'_>,
) -> Result<BTreeSet<PortionId>, CommandRefusal> {
    Ok(openness_for(state, report, party, context)?.open())
}

/// How far a party may pass on what it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passing {
    /// Which party.
    pub party: PartyPath,
    /// Under which arrangement, and what that says of passing on; where none binds it, the marks alone say how far.
    pub under: Option<(ArrangementId, Onward)>,
}

/// How far a party may pass on what it gets of these portions, arrangement by arrangement, in words.
pub fn onward(state: &State, report: &Report, portions: &BTreeSet<PortionId>, party: &PartyPath) -> Vec<Passing> {
    let shared = report.portions.iter().filter(|portion| portions.contains(&portion.id));
    let under = shared.flat_map(|portion| portion.lineage.iter());
    let under: BTreeSet<_> = under.flat_map(|(_, origin)| &origin.arrangements).collect();
    let terms = under.into_iter().filter_map(|id| state.arrangements.get(id));
    let passing = |under| Passing {
        party: party.clone(),
        under,
    };
    let bound = terms.filter(|terms| terms.binds(party));
    let bound: Vec<Passing> = bound
        .map(|terms| passing(Some((terms.id.clone(), terms.onward))))
        .collect();
    match bound.is_empty() {
        true => vec![passing(None)],
        false => bound,
    }
}
