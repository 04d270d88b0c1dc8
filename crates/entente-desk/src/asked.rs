//! Requests: what partners ask this party, and what it asks them, as one person may see it.

use std::collections::BTreeSet;

use entente_core::{
    Called, Named, PartyPath, Person, PersonId, PortionId, PortionRef, Progress, ReportId, Request, RequestCase,
    RequestId, State, Substitute,
};
use entente_marking::Purpose;
use jiff::Timestamp;
use serde::Serialize;

use crate::marks::{banner_in, mark_in_force};
use crate::moment::Moment;
use crate::reading::readable;
use crate::view::View;

/// A portion that was asked for, as it stands here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AskedPortion {
    /// Its id.
    pub id: PortionId,
    /// Its mark.
    pub mark: String,
    /// Its text.
    pub text: String,
    /// How far the answer has come.
    pub progress: Progress,
    /// The texts that were given instead of it, as far as the reader may know them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instead: Vec<Instead>,
}

/// A text that was given instead of a portion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Instead {
    /// Its mark.
    pub mark: String,
    /// The text.
    pub text: String,
    /// What has to be observed when it is told.
    pub conditions: Vec<String>,
    /// Until when; without an end, until it is withdrawn.
    pub until: Option<Timestamp>,
}

/// How many candidates for a source remain, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Narrowed {
    /// Before.
    pub before: usize,
    /// After.
    pub after: usize,
    /// Whether that is below the threshold.
    pub below: bool,
}

impl Narrowed {
    /// In a sentence, for whoever decides.
    pub fn says(&self) -> String {
        format!(
            "{} of {} candidates for a source of yours would still fit{}.",
            self.after,
            self.before,
            if self.below {
                ", which is below its threshold"
            } else {
                ""
            }
        )
    }
}

/// A request, as far as whoever looks may know what it is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Asked {
    /// Its id, with its party where several parties gave the same.
    pub id: Called<RequestId>,
    /// Who asks.
    pub from: PartyPath,
    /// Who is asked.
    pub to: PartyPath,
    /// About which report.
    pub report: ReportId,
    /// Which version.
    pub version: u32,
    /// The portions that the reader may know.
    pub portions: Vec<AskedPortion>,
    /// For whom.
    pub audience: Vec<Person>,
    /// What for.
    pub purpose: Option<Purpose>,
    /// Why, in the asker's words.
    pub reason: String,
    /// When it was opened.
    pub opened: Timestamp,
    /// By when an answer is of use.
    pub needed_by: Option<Timestamp>,
    /// Whether it waits for this party.
    pub ours_to_answer: bool,
    /// Whether any of these portions still waits.
    pub open: bool,
    /// The banner over the portions.
    pub banner: Option<String>,
    /// What granting all of them would do to sources of this party; counts of candidates that still fit.
    pub narrowed: Vec<Narrowed>,
}

/// A request as the reader may see it; `None` where none of its portions is for them.
pub fn asked(moment: &Moment<'_>, view: &View<'_>, case: &RequestCase) -> Option<Asked> {
    let request = &case.request;
    let state = moment.state();
    let holding = state.reports.get(&request.report)?;
    let report = holding.version(Some(request.version))?;
    let given: Vec<&Substitute> = given(state, request).collect();
    let ids = given.iter().map(|given| &given.portion.id);
    let ids = case.progress.keys().chain(ids);
    let references: BTreeSet<PortionRef> = ids.map(|id| report.reference(id)).collect();
    // Whoever answers reads for no purpose, or for the one that was asked for.
    let purposes = std::iter::once(view.purpose).chain(request.purpose.as_ref().map(Some));
    let seen = purposes.flat_map(|purpose| readable(moment, &references, &View { purpose, ..*view }));
    let seen: BTreeSet<PortionId> = seen.map(|reference| reference.portion).collect();
    let portions: Vec<AskedPortion> = case
        .progress
        .iter()
        .filter(|(id, _)| seen.contains(*id))
        .filter_map(|(id, progress)| {
            let portion = report.portion(id)?;
            let given = given
                .iter()
                .filter(|given| given.stands_for == *id && seen.contains(&given.portion.id));
            Some(AskedPortion {
                instead: given
                    .map(|given| instead(state, &report.reference(&given.portion.id), given))
                    .collect(),
                id: id.clone(),
                mark: mark_in_force(state, &report.reference(id)).unwrap_or_else(|| portion.mark.clone()),
                text: portion.text.clone(),
                progress: *progress,
            })
        })
        .collect();
    if portions.is_empty() {
        return None;
    }
    let ours_to_answer = state.home.as_ref().is_some_and(|home| request.to.includes(home));
    let all = portions.iter().map(|portion| portion.id.clone()).collect();
    let mut found = Asked {
        id: Named::new(request.from.clone(), request.id.clone()).shortest(&state.requests),
        from: request.from.clone(),
        to: request.to.clone(),
        report: request.report.clone(),
        version: request.version,
        open: portions.iter().any(|portion| portion.progress == Progress::Open),
        banner: banner_in(
            moment.library(),
            report,
            portions.iter().flat_map(|portion| {
                let given = portion.instead.iter().map(|given| given.mark.as_str());
                std::iter::once(portion.mark.as_str()).chain(given)
            }),
        ),
        portions,
        audience: request.audience.clone(),
        purpose: request.purpose.clone(),
        reason: request.reason.clone(),
        opened: request.opened,
        needed_by: request.needed_by,
        ours_to_answer,
        narrowed: Vec::new(),
    };
    found.narrowed = found.narrowed_by(moment, &all);
    Some(found)
}

/// What was given instead of portions that a request asks for.
fn given<'s>(state: &'s State, request: &'s Request) -> impl Iterator<Item = &'s Substitute> {
    let all = state.substitutes_of(&request.report, request.version);
    all.filter(|given| given.request == request.id && given.asker.as_ref().is_none_or(|asker| *asker == request.from))
}

fn instead(state: &State, reference: &PortionRef, given: &Substitute) -> Instead {
    let named = Named::new(given.originator.clone(), given.consent.clone());
    let consent = state.consents.get(&named);
    Instead {
        mark: mark_in_force(state, reference).unwrap_or_else(|| given.portion.mark.clone()),
        text: given.portion.text.clone(),
        conditions: consent.map(|consent| consent.conditions.clone()).unwrap_or_default(),
        until: consent.and_then(|consent| consent.ends),
    }
}

impl Asked {
    /// What telling these of the portions would do to sources of this party; nothing is said where another party is asked.
    pub fn narrowed_by(&self, moment: &Moment<'_>, portions: &BTreeSet<PortionId>) -> Vec<Narrowed> {
        if !self.ours_to_answer {
            return Vec::new();
        }
        let named = portions.iter().map(|portion| PortionRef {
            report: self.report.clone(),
            version: self.version,
            portion: portion.clone(),
        });
        let references: Vec<PortionRef> = named.collect();
        let persons: Vec<_> = self.audience.iter().map(|person| person.id.clone()).collect();
        narrowed(moment, &references, &persons)
    }
}

/// What telling persons these portions would do to sources of this party.
pub fn narrowed(moment: &Moment<'_>, portions: &[PortionRef], persons: &[PersonId]) -> Vec<Narrowed> {
    let weighed = moment.exposure().weigh(&portions.iter().collect::<Vec<_>>(), persons);
    let narrowed = weighed.into_iter().filter_map(|weighed| {
        Some(Narrowed {
            before: weighed.before?.consistent,
            after: weighed.after?.consistent,
            below: weighed.band == entente_core::exposure::Band::Narrows,
        })
    });
    narrowed.collect()
}

/// Every request of which the reader may know a portion: those that wait first, by when they are needed.
pub fn waiting(moment: &Moment<'_>, view: &View<'_>) -> Vec<Asked> {
    let cases = moment.state().requests.values();
    let mut all: Vec<Asked> = cases.filter_map(|case| asked(moment, view, case)).collect();
    let late = |asked: &Asked| asked.needed_by.unwrap_or(Timestamp::MAX);
    all.sort_by(|one, other| {
        let key = |asked: &Asked| (!asked.open, !asked.ours_to_answer, late(asked), asked.opened);
        key(one).cmp(&key(other))
    });
    all
}
