//! Words that an analyst accepted of near misses: alternatives of a fact's slots, each with the near miss that it came from, and
//! how one is accepted or taken back.

use entente_core::{Fact, PortionId, ReportId, State, Widening};
use entente_watch::learning::{AcceptError, NearMiss};
use serde::Serialize;

use crate::holdings;

/// Why nothing was accepted or taken back.
#[derive(Debug, thiserror::Error)]
pub enum NotWidened {
    /// The fact was not written down: it is only a sentence.
    #[error("no fact {0} was written down here; `entente facts propose` and `facts set` write it down")]
    NotWritten(String),
    /// Nothing stands accepted under that id.
    #[error("nothing stands accepted under {0}; `entente facts list` shows what does")]
    NotAccepted(String),
    /// It cannot be accepted as asked.
    #[error(transparent)]
    Accept(#[from] AcceptError),
    /// It cannot be taken back.
    #[error(transparent)]
    Undo(#[from] entente_core::WideningError),
}

/// What changes of a report's facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Widened {
    /// The report.
    pub report: ReportId,
    /// All its facts, as they are then.
    pub facts: Vec<Fact>,
    /// The fact, by its whole name.
    pub fact: String,
    /// The word.
    pub word: Widening,
    /// The fact's version then.
    pub version: u32,
}

/// Makes a word of a near miss an alternative of a slot of the fact that it is near.
///
/// # Errors
/// [`NotWidened`].
pub fn accept(state: &State, miss: &NearMiss, slot: Option<&str>, word: Option<&str>) -> Result<Widened, NotWidened> {
    let found = changed(state, |name, _| name == miss.fact);
    let (report, mut facts, n) = found.ok_or_else(|| NotWidened::NotWritten(miss.fact.clone()))?;
    let not = || NotWidened::NotWritten(miss.fact.clone());
    let fact = facts.get_mut(n).ok_or_else(not)?;
    let word = miss.accept(&mut fact.slots, &mut fact.growth, slot, word)?;
    let version = fact.growth.version;
    Ok(Widened {
        fact: miss.fact.clone(),
        report,
        facts,
        word,
        version,
    })
}

/// Takes back what was accepted of a near miss.
///
/// # Errors
/// [`NotWidened`].
pub fn undo(state: &State, id: &str) -> Result<Widened, NotWidened> {
    let not = || NotWidened::NotAccepted(id.to_owned());
    let (report, mut facts, n) = changed(state, |_, fact| standing(fact, id).is_some()).ok_or_else(not)?;
    let fact = facts.get_mut(n).ok_or_else(not)?;
    let word = standing(fact, id).cloned().ok_or_else(not)?;
    fact.growth.undo(&mut fact.slots, id)?;
    let version = fact.growth.version;
    Ok(Widened {
        fact: holdings::name(&report, &fact.id),
        report,
        facts,
        word,
        version,
    })
}

fn standing<'f>(fact: &'f Fact, id: &str) -> Option<&'f Widening> {
    fact.growth
        .words
        .iter()
        .find(|word| word.id == id && word.undone.is_none())
}

/// The facts of the report in which one is meant, and which of them it is.
fn changed(state: &State, meant: impl Fn(&str, &Fact) -> bool) -> Option<(ReportId, Vec<Fact>, usize)> {
    state.facts.iter().find_map(|(report, facts)| {
        let n = facts
            .iter()
            .position(|fact| meant(&holdings::name(report, &fact.id), fact))?;
        Some((report.clone(), facts.clone(), n))
    })
}

/// A word that stands accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AcceptedWord {
    /// The near miss.
    pub id: String,
    /// The report.
    pub report: ReportId,
    /// The portion in which the fact stands.
    pub portion: PortionId,
    /// The fact, by its whole name.
    pub fact: String,
    /// The slot.
    pub slot: String,
    /// The word.
    pub word: String,
}

/// What stands accepted, report by report.
pub fn accepted(state: &State) -> Vec<AcceptedWord> {
    let each = state.facts.iter().flat_map(|(report, facts)| {
        let words = facts.iter().flat_map(move |fact| {
            let standing = fact.growth.words.iter().filter(|word| word.undone.is_none());
            standing.map(move |word| AcceptedWord {
                id: word.id.clone(),
                report: report.clone(),
                portion: fact.portion.clone(),
                fact: holdings::name(report, &fact.id),
                slot: word.slot.clone(),
                word: word.word.clone(),
            })
        });
        words.collect::<Vec<_>>()
    });
    each.collect()
}
