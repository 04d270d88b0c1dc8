//! Requests and the answers to them, as whoever asks may see them.

use std::collections::BTreeSet;

use entente_core::{
    CarriedText, Consent, Named, PortionId, PortionRef, Progress, Request, RequestCase, RequestId, Substitute,
};
use jiff::Timestamp;
use serde::Serialize;

use crate::briefing::Text;
use crate::moment::Moment;
use crate::reading::readable;
use crate::view::View;

/// A request with the answers to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Asked<'s> {
    /// The request and how far it has come.
    #[serde(flatten)]
    pub case: &'s RequestCase,
    /// Portion by portion.
    pub asked: Vec<AskedPortion>,
    /// The consents that answer it.
    pub consents: Vec<Given<'s>>,
}

/// A portion that a request is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AskedPortion {
    /// Which one.
    pub portion: PortionId,
    /// How far it has come.
    pub progress: Progress,
    /// What it says, where it is held here and the asker may have it.
    pub text: Option<Text>,
    /// Which of this party's own portions it rests on, where the report itself is not held here.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub rests_on: BTreeSet<PortionRef>,
    /// What may be said instead.
    pub instead: Vec<Text>,
}

/// How a consent stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "is", content = "at", rename_all = "kebab-case")]
pub enum Stands {
    /// In force, until then where it has an end.
    Live(Option<Timestamp>),
    /// Not yet.
    Begins(Timestamp),
    /// Over.
    Ended,
    /// Taken back.
    Withdrawn(Timestamp),
}

/// A consent, and how it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Given<'s> {
    /// The consent.
    #[serde(flatten)]
    pub consent: &'s Consent,
    /// How it stands.
    pub stands: Stands,
}

impl<'s> Given<'s> {
    /// A consent as it stands at a moment.
    pub fn at(consent: &'s Consent, now: Timestamp) -> Self {
        let stands = match consent.withdrawn {
            Some(at) => Stands::Withdrawn(at),
            None if consent.is_live(now) => Stands::Live(consent.ends),
            None if now < consent.begins() => Stands::Begins(consent.begins()),
            None => Stands::Ended,
        };
        Self { consent, stands }
    }
}

/// The portions that a request is about.
fn portions(case: &RequestCase) -> BTreeSet<PortionRef> {
    let request = &case.request;
    request
        .portions
        .iter()
        .flat_map(|portion| known_as(request, portion))
        .collect()
}

/// A portion of a request as it is known here: by its own name, or by what it rests on.
fn known_as(request: &Request, portion: &PortionId) -> BTreeSet<PortionRef> {
    let carried = request.carried.texts.get(portion).map(|carried| &carried.from);
    match carried.filter(|from| !from.is_empty()) {
        Some(from) => from.clone(),
        None => BTreeSet::from([request.reference(portion)]),
    }
}

/// A text that came with a request.
fn came_with(carried: &CarriedText) -> Text {
    Text {
        mark: carried.mark.clone(),
        text: carried.text.clone().unwrap_or_else(|| "(text withheld)".to_owned()),
        handling: Vec::new(),
    }
}

/// Whether the asker may know of something about these portions: a person who may have at least one of them.
fn may_know(moment: &Moment<'_>, portions: &BTreeSet<PortionRef>, view: &View<'_>) -> bool {
    view.reader().is_none() || !readable(moment, portions, view).is_empty()
}

/// The requests that the asker may know of; only those that wait for an answer, where that is wanted.
pub fn requests<'s>(moment: &Moment<'s>, view: &View<'_>, open: bool) -> Vec<&'s RequestCase> {
    let all = moment.state().requests.values();
    all.filter(|case| !open || case.is_open())
        .filter(|case| may_know(moment, &portions(case), view))
        .collect()
}

/// A request with the answers to it; `None` where there is none that the asker may know of.
pub fn request<'s>(moment: &Moment<'s>, named: &Named<RequestId>, view: &View<'_>) -> Option<Asked<'s>> {
    let state = moment.state();
    let case = state.requests.get(named)?;
    let request = &case.request;
    let all = portions(case);
    if !may_know(moment, &all, view) {
        return None;
    }
    let seen = readable(moment, &all, view);
    let given: Vec<&Substitute> = state
        .substitutes
        .values()
        .filter(|given| given.request == named.id && given.asker.as_ref().is_none_or(|asker| *asker == named.by))
        .collect();
    let asked = case.progress.iter().map(|(portion, progress)| {
        let may_have = known_as(request, portion).is_subset(&seen);
        let carried = request.carried.texts.get(portion).filter(|_| may_have);
        let reference = Some(request.reference(portion)).filter(|_| may_have && carried.is_none());
        let of_substitute = |given: &&Substitute| PortionRef {
            report: given.report.clone(),
            version: given.version,
            portion: given.portion.id.clone(),
        };
        let instead = given
            .iter()
            .filter(|given| given.stands_for == *portion && given.version == request.version);
        AskedPortion {
            portion: portion.clone(),
            progress: *progress,
            text: reference
                .and_then(|named| Text::of(state, &named))
                .or_else(|| carried.map(came_with)),
            rests_on: carried.map(|carried| carried.from.clone()).unwrap_or_default(),
            instead: instead
                .filter_map(|given| Text::of(state, &of_substitute(given)))
                .collect(),
        }
    });
    let answers = state.consents.of(&request.report);
    let answers = answers.filter(|consent| {
        let goes_with = |given: &&Substitute| (&given.originator, &given.consent) == (&consent.originator, &consent.id);
        let answers = consent.request.as_ref() == Some(&named.id) && consent.to == named.by;
        answers || given.iter().any(goes_with)
    });
    Some(Asked {
        case,
        asked: asked.collect(),
        consents: answers.map(|consent| Given::at(consent, view.at)).collect(),
    })
}

/// The consents that the asker may know of, and how each stands.
pub fn consents<'s>(moment: &Moment<'s>, view: &View<'_>) -> Vec<Given<'s>> {
    let all = consents_with_portions(moment, view).into_iter();
    all.map(|(given, _)| given).collect()
}

/// The same, each with those of its portions that the asker may know.
pub fn consents_with_portions<'s>(moment: &Moment<'s>, view: &View<'_>) -> Vec<(Given<'s>, Vec<PortionRef>)> {
    let all = moment.state().consents.values();
    let known = all.map(|consent| (Given::at(consent, view.at), readable(moment, &consent.portions, view)));
    known
        .filter(|(_, portions)| view.reader().is_none() || !portions.is_empty())
        .map(|(given, portions)| (given, portions.into_iter().collect()))
        .collect()
}
