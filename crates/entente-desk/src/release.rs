//! What a release does: who will see what, under which mark, and what stays closed.

use std::collections::BTreeSet;

use entente_core::handle::openness_for;
use entente_core::{
    CommandRefusal, Consent, ConsentId, Context, Event, PartyPath, PersonId, PortionId, ReportId, State,
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
