//! Embargoes as they stand: on what, whose, until when, and what is out already.

use entente_core::{
    Arrangement, ArrangementId, CLOCK_TOLERANCE, Embargo, PartyPath, Portion, PortionId, Report, ReportId, State,
};
use jiff::Timestamp;
use serde::Serialize;

/// One embargo that is known here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Whose word it is; of a term, all parties of the arrangement.
    pub by: Vec<PartyPath>,
    /// On which report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportId>,
    /// On which of its portions; on all where none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portion: Option<PortionId>,
    /// On what came under which arrangement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrangement: Option<ArrangementId>,
    /// Until when; none once it was ended.
    pub until: Option<Timestamp>,
    /// Whether it still holds: clocks may differ by five minutes.
    pub holds: bool,
    /// What is left, in words.
    pub left: String,
    /// Portions that are out, so that it holds for them no longer.
    pub broken: Vec<PortionId>,
    /// Why.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// All that are known here, those that still hold first; about one report where it is named. `may_know` says of which
/// reports the asker may know that they are here.
pub fn embargoes(
    state: &State,
    only: Option<&ReportId>,
    may_know: impl Fn(&ReportId) -> bool,
    now: Timestamp,
) -> Vec<Standing> {
    let words = state
        .embargoes
        .values()
        .filter(|word| only.is_none_or(|id| word.report == *id));
    let words = words
        .filter(|word| may_know(&word.report))
        .map(|word| of_word(word, now));
    let terms = state.arrangements.values().filter(|_| only.is_none());
    let terms = terms.filter_map(|terms| of_term(terms, now));
    let mut all: Vec<Standing> = words.chain(terms).collect();
    all.sort_by(|a, b| (!a.holds, a.until, &a.report).cmp(&(!b.holds, b.until, &b.report)));
    all
}

fn of_word(word: &Embargo, now: Timestamp) -> Standing {
    Standing {
        by: vec![word.by.clone()],
        report: Some(word.report.clone()),
        portion: word.portion.clone(),
        arrangement: None,
        until: word.until,
        holds: holds(word.until, now),
        left: left(word.until, now),
        broken: word.broken.keys().cloned().collect(),
        reason: word.reason.clone(),
    }
}

fn of_term(terms: &Arrangement, now: Timestamp) -> Option<Standing> {
    let until = Some(terms.not_before?);
    Some(Standing {
        by: terms.parties.iter().cloned().collect(),
        report: None,
        portion: None,
        arrangement: Some(terms.id.clone()),
        until,
        holds: holds(until, now),
        left: left(until, now),
        broken: Vec::new(),
        reason: String::new(),
    })
}

fn holds(until: Option<Timestamp>, now: Timestamp) -> bool {
    until.is_some_and(|until| !is_over(until, now))
}

/// Whether a moment until when something is held back has come: clocks may differ by five minutes.
pub fn is_over(until: Timestamp, now: Timestamp) -> bool {
    now.duration_since(until) >= CLOCK_TOLERANCE
}

/// Until when any of these portions is under embargo, by words, by what it rests on or by terms.
pub(crate) fn until(state: &State, report: &Report, shown: &[&Portion]) -> Option<Timestamp> {
    let nothing = state.embargoes.is_empty() && state.arrangements.values().all(|terms| terms.not_before.is_none());
    let each = shown.iter().filter(|_| !nothing);
    each.filter_map(|portion| state.embargoed_until(&report.reference(&portion.id)))
        .max()
}

/// How long it is until then.
pub fn left(until: Option<Timestamp>, now: Timestamp) -> String {
    let Some(until) = until else { return "ended".to_owned() };
    let minutes = until.duration_since(now).as_mins();
    match (holds(Some(until), now), minutes) {
        (false, _) => "over".to_owned(),
        (true, ..=0) => "ends now".to_owned(),
        (true, 1..=119) => format!("{minutes} min"),
        (true, 120..=2879) => format!("{} h", minutes / 60),
        (true, _) => format!("{} days", minutes / (24 * 60)),
    }
}

/// What a party says of an embargo.
pub fn in_words(word: &Embargo) -> String {
    let on = word.on();
    match (word.until, word.broken.is_empty()) {
        (Some(until), true) => format!("{on} is under embargo until {until}: it goes no further before"),
        (Some(until), false) => {
            let out: Vec<&str> = word.broken.keys().map(PortionId::as_str).collect();
            format!(
                "the embargo on {on} is broken for {}; for the rest it holds until {until}",
                out.join(", ")
            )
        }
        (None, _) => format!("the embargo on {on} has ended; marks and terms hold"),
    }
}
