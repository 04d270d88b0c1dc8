//! Arrangements: those that are recorded and those that partners stated, stricter terms, and what a change would stop.

use entente_core::{Arrangement, ArrangementId, ArrangementStatus, Onward, PartyPath, State, Stopped, stopped};
use entente_marking::Purpose;
use jiff::Timestamp;
use serde::Serialize;

use crate::moment::Moment;
use crate::view::View;

/// Why terms cannot be given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTerms {
    /// There is no such arrangement.
    #[error("there is no arrangement {0}")]
    Missing(ArrangementId),
    /// The terms are as strict already: there is nothing to narrow.
    #[error("arrangement {0} is as strict already")]
    AsStrict(ArrangementId),
    /// They are recorded already: there is nothing to accept.
    #[error("arrangement {0} is recorded already")]
    Recorded(ArrangementId),
    /// Nobody stated terms of it.
    #[error("nobody stated terms of arrangement {0}")]
    Unstated(ArrangementId),
    /// Several parties did: it has to be said whose are meant.
    #[error("{} stated terms of arrangement {id}", names(parties))]
    Several {
        /// The arrangement.
        id: ArrangementId,
        /// Who stated terms.
        parties: Vec<PartyPath>,
    },
}

fn names(parties: &[PartyPath]) -> String {
    let names: Vec<&str> = parties.iter().map(PartyPath::as_str).collect();
    names.join(" and ")
}

/// Terms that a partner stated and that are not recorded here.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stated<'s> {
    /// Who stated them.
    pub by: &'s PartyPath,
    /// The terms.
    pub terms: &'s Arrangement,
}

/// An arrangement that is recorded here.
///
/// # Errors
/// When there is none.
pub fn known<'s>(state: &'s State, id: &ArrangementId) -> Result<&'s Arrangement, NoTerms> {
    let found = state.arrangements.get(id);
    found.ok_or_else(|| NoTerms::Missing(id.clone()))
}

/// Terms that partners stated of arrangements that are not recorded here.
pub fn unrecorded(state: &State) -> Vec<Stated<'_>> {
    let all = state.proposals.iter();
    all.filter(|(named, _)| !state.arrangements.contains_key(&named.id))
        .map(|(named, terms)| Stated { by: &named.by, terms })
        .collect()
}

/// The terms that a partner stated for an arrangement that is not recorded here, as they would be recorded.
///
/// # Errors
/// When there are none, or several.
pub fn stated(state: &State, id: &ArrangementId, from: Option<&PartyPath>) -> Result<Arrangement, NoTerms> {
    if state.arrangements.contains_key(id) {
        return Err(NoTerms::Recorded(id.clone()));
    }
    let all = state.proposals.iter();
    let fitting = all.filter(|(named, _)| named.id == *id && from.is_none_or(|from| named.by == *from));
    match fitting.collect::<Vec<_>>().as_slice() {
        [] => Err(NoTerms::Unstated(id.clone())),
        [(_, terms)] => Ok(Arrangement {
            status: ArrangementStatus::Active,
            status_set: None,
            words: Default::default(),
            ..(*terms).clone()
        }),
        several => Err(NoTerms::Several {
            id: id.clone(),
            parties: several.iter().map(|(named, _)| named.by.clone()).collect(),
        }),
    }
}

/// How terms are to become stricter; what is not named stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Stricter {
    /// Only these purposes, of those allowed so far; all of them where none are named.
    pub purposes: Vec<Purpose>,
    /// How it may be passed on.
    pub onward: Option<Onward>,
    /// Only persons on a report's distribution.
    pub need_to_know: bool,
    /// Only with the yes of a second person.
    pub two_person: bool,
    /// At least so many witnesses of the logs behind assurances.
    pub witnesses: u32,
    /// Until then.
    pub expires: Option<Timestamp>,
}

/// Stricter terms of an arrangement.
///
/// # Errors
/// When they would be the same.
pub fn narrowed(known: &Arrangement, how: Stricter) -> Result<Arrangement, NoTerms> {
    let stricter = Arrangement {
        purposes: Some(how.purposes.into_iter().collect())
            .filter(|all: &std::collections::BTreeSet<_>| !all.is_empty()),
        onward: how.onward.unwrap_or(Onward::Free),
        need_to_know: how.need_to_know,
        two_person: how.two_person,
        witnesses: how.witnesses,
        not_before: None,
        starts: None,
        expires: how.expires,
        ..known.clone()
    };
    let now = known.narrowed_by(&stricter);
    match now == *known {
        true => Err(NoTerms::AsStrict(known.id.clone())),
        false => Ok(now),
    }
}

/// What a change stops under an arrangement: what is true now against what would be true after it.
pub fn stops(moment: &Moment<'_>, after: &State, id: &ArrangementId, view: &View<'_>) -> Vec<Stopped> {
    stopped(
        moment.state(),
        after,
        id,
        &moment.library().groups,
        moment.guards(),
        view.at,
    )
}

/// A term of an arrangement in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Term {
    /// What it is about.
    pub about: &'static str,
    /// What is agreed.
    pub says: String,
    /// Where it stands in the signed text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
}

/// Where a term stands in the signed text, by its name as files have it: `need_to_know` or `need-to-know`. What says nothing of
/// its own stands where the duration does, if it is a moment.
pub fn clause_of<'t>(terms: &'t Arrangement, term: &str) -> Option<&'t str> {
    let lasting = ["starts", "expires"].contains(&term).then_some("duration");
    let spelt = [
        Some(term.to_owned()),
        Some(term.replace('_', "-")),
        lasting.map(str::to_owned),
    ];
    let found = spelt.into_iter().flatten().find_map(|name| terms.clauses.get(&name));
    found.map(String::as_str)
}

/// The terms of an arrangement, in the order in which people ask for them.
pub fn in_words(terms: &Arrangement) -> Vec<Term> {
    let clause = |name: &str| clause_of(terms, name).map(str::to_owned);
    let list = |all: Vec<String>| all.join(", ");
    let term = |about, name: &str, says: String| Term {
        about,
        says,
        clause: clause(name),
    };
    let purposes = terms.purposes.as_ref();
    let mut all = vec![
        term(
            "Passing on",
            "onward",
            match terms.onward {
                Onward::Free => "as the marks say".to_owned(),
                Onward::Members => "to parties of it without asking, to others with consent".to_owned(),
                Onward::Consent => "to nobody without the originators’ consent".to_owned(),
            },
        ),
        term(
            "Purposes",
            "purposes",
            purposes.map_or("any".to_owned(), |some| {
                list(some.iter().map(ToString::to_string).collect())
            }),
        ),
        term(
            "Need to know",
            "need_to_know",
            match terms.need_to_know {
                true => "only persons on a report’s distribution".to_owned(),
                false => "no list of persons is asked for".to_owned(),
            },
        ),
    ];
    if let Some(mark) = &terms.default_mark {
        all.push(term(
            "Text without a mark",
            "default_mark",
            format!("is read as {mark}"),
        ));
    }
    if !terms.owners.is_empty() {
        let owners = terms.owners.iter().map(|(owner, party)| format!("{party} for {owner}"));
        all.push(term(
            "Who answers for owners that marks name",
            "owners",
            list(owners.collect()),
        ));
    }
    let moments = [
        ("Held back", "not_before", terms.not_before, "until"),
        ("Begins", "starts", terms.starts, "on"),
        ("Ends", "expires", terms.expires, "on"),
    ];
    for (about, name, at, word) in moments {
        all.extend(at.map(|at| term(about, name, format!("{word} {}", at.strftime("%-d %B %Y, %H:%M UTC")))));
    }
    all
}

/// What one party to an arrangement said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Confirmed {
    /// The party.
    pub party: PartyPath,
    /// Whether the terms that it stated are those that are recorded here; none where it stated none.
    pub same: Option<bool>,
    /// What it said last about the status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
}

/// What each party said of an arrangement that is recorded here. This party's own terms are those that are recorded.
pub fn confirmed(state: &State, terms: &Arrangement) -> Vec<Confirmed> {
    let bare = |terms: &Arrangement| Arrangement {
        status: ArrangementStatus::Active,
        status_set: None,
        words: Default::default(),
        ..terms.clone()
    };
    let stated = |party: &PartyPath| {
        let mut all = state.proposals.iter();
        let found = all.find(|(named, _)| named.by == *party && named.id == terms.id);
        found.map(|(_, stated)| bare(stated) == bare(terms))
    };
    let each = terms.parties.iter().map(|party| Confirmed {
        same: match state.home.as_ref() == Some(party) {
            true => Some(true),
            false => stated(party),
        },
        word: terms.words.get(party).map(|word| word.status.to_string()),
        party: party.clone(),
    });
    each.collect()
}
