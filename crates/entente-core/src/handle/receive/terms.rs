//! Terms of arrangements as partners state them: stricter ones bind, unknown ones wait until they are recorded here.

use super::super::{Refusal, directory};
use super::not_entitled;
use crate::arrangement::{Arrangement, ArrangementStatus, Word};
use crate::event::Event;
use crate::ids::PartyPath;
use crate::state::State;

/// The most unrecorded arrangements that are remembered for one partner: far more than two parties ever conclude.
const MAX_PROPOSALS: usize = 1_000;

/// Terms that came by themselves: new, narrowed, suspended, resumed, ended.
pub(super) fn arranged(
    state: &State,
    home: &PartyPath,
    from: &PartyPath,
    told: Arrangement,
) -> Result<Vec<Event>, Refusal> {
    let known = state.arrangements.get(&told.id);
    // Whom it binds is what was recorded here, whatever the file says.
    let binding = known.unwrap_or(&told);
    if !binding.binds(from) || !binding.binds(home) {
        return Err(not_entitled(
            from,
            "change this arrangement",
            format!("it does not bind both {from} and {home}"),
        ));
    }
    let Some(known) = known else {
        return proposed(state, from, told);
    };
    let mut events = narrowed(known, &told);
    match heard(known, from, &told) {
        Ok(word) => events.extend(word),
        // Stricter terms hold, whoever may resume.
        Err(_) if !events.is_empty() => {}
        Err(refusal) => return Err(refusal),
    }
    Ok(events)
}

/// Terms enclosed with a report: they bind both. The status is left to messages of its own.
pub(super) fn enclosed(state: &State, from: &PartyPath, told: Arrangement) -> Result<Vec<Event>, Refusal> {
    match state.arrangements.get(&told.id) {
        None => proposed(state, from, told),
        Some(known) if known.binds(from) => Ok(narrowed(known, &told)),
        Some(_) => Ok(Vec::new()),
    }
}

/// Whatever a partner sends, terms only become stricter by it.
fn narrowed(known: &Arrangement, told: &Arrangement) -> Vec<Event> {
    let narrowed = known.narrowed_by(told);
    match narrowed == *known {
        true => Vec::new(),
        false => vec![Event::ArrangementSet(narrowed)],
    }
}

/// Terms that are not recorded here bind nobody here. They are shown, and what they stop is remembered.
fn proposed(state: &State, from: &PartyPath, mut told: Arrangement) -> Result<Vec<Event>, Refusal> {
    let said = word(&told, from)?;
    let known = state.proposals.keys().filter(|named| named.by == *from).count();
    if known >= MAX_PROPOSALS
        && !state
            .proposals
            .keys()
            .any(|named| named.by == *from && named.id == told.id)
    {
        return Err(Refusal::Invalid(format!(
            "{from} has stated terms of {known} arrangements that are not recorded here; record or settle those first \
             (`entente arrangement list`)"
        )));
    }
    told.words.clear();
    (told.status, told.status_set) = (ArrangementStatus::Active, None);
    if let Some(word) = said {
        told.hear(from, word);
    }
    Ok(vec![Event::TermsProposed {
        from: from.clone(),
        arrangement: told,
    }])
}

/// The sender's own word about the status. Nobody speaks for another party.
fn word(told: &Arrangement, from: &PartyPath) -> Result<Option<Word>, Refusal> {
    let word = told.word_of(from).or_else(|| {
        (told.status == ArrangementStatus::Active && told.status_set.is_some()).then_some(Word {
            status: ArrangementStatus::Active,
            revision: 0,
            at: told.status_set,
        })
    });
    let foreign = |status: &ArrangementStatus| status.by().filter(|by| *by != from).cloned();
    let by = foreign(&told.status).or(word.as_ref().and_then(|word| foreign(&word.status)));
    match by {
        None => Ok(word),
        Some(by) => Err(not_entitled(
            from,
            "change the arrangement's status",
            format!("it speaks for {by}"),
        )),
    }
}

/// What is new in the sender's word about the status.
fn heard(known: &Arrangement, from: &PartyPath, told: &Arrangement) -> Result<Option<Event>, Refusal> {
    let Some(word) = word(told, from)? else { return Ok(None) };
    let before = known.word_of(from);
    if before.as_ref() == Some(&word) {
        return Ok(None);
    }
    if before.as_ref().is_some_and(|before| !word.supersedes(before)) {
        return Err(Refusal::Invalid(format!(
            "the file is older than what is recorded here of {from}'s word about arrangement {}; nothing was changed",
            told.id
        )));
    }
    // A numbered word is kept in any case: one that arrives late must not undo it.
    if word.revision == 0 {
        directory::may_set_status(known, from, &word.status)?;
    }
    Ok(Some(directory::said(&told.id, from, word)))
}
