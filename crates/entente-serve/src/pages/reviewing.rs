//! Near misses that turn out to be a fact: a word of the sentence becomes an alternative of the slot that was missing, and can be
//! taken back.

use entente_core::{Command, PortionId, ReportId};
use entente_desk::View;
use entente_desk::reading::known;
use entente_desk::widening::{AcceptedWord, NotWidened, Widened, accept, accepted, undo};
use entente_watch::learning::NearMiss;
use entente_watch::report::Report;

use super::answer::{Desk, Trouble};
use super::fields::Fields;
use super::frame::purposes;

/// Words on a page that were taken over; more by command.
const MOST: usize = 50;

/// What was taken over, or taken back.
pub(super) struct Reviewed {
    /// In a sentence.
    pub(super) says: String,
    /// What takes it back; nothing where that was just done.
    pub(super) undo: Option<String>,
}

impl From<NotWidened> for Trouble {
    fn from(error: NotWidened) -> Self {
        Self::Refused(format!("{error}."))
    }
}

/// Whether whoever is signed in may know a portion, for whatever purpose.
fn knows(desk: &Desk, report: &ReportId, portion: &PortionId) -> bool {
    let moment = desk.moment();
    let all = purposes(desk.state(), "").into_iter();
    let all = all.map(|(name, _)| entente_marking::Purpose::new(name));
    std::iter::once(None).chain(all.map(Some)).any(|purpose| {
        let view = View::of(Some(desk.me()), purpose.as_ref(), desk.now);
        known(&moment, report, None, &view).is_ok_and(|(_, portions)| portions.contains(portion))
    })
}

/// What stands accepted, of facts that whoever is signed in may know.
pub(super) fn standing(desk: &Desk) -> Vec<AcceptedWord> {
    if !desk.may("set-facts") {
        return Vec::new();
    }
    let all = accepted(desk.state()).into_iter();
    all.filter(|word| knows(desk, &word.report, &word.portion))
        .take(MOST)
        .collect()
}

/// Takes a word over from the near miss that a form names, out of what was found.
pub(super) fn take_over(desk: &mut Desk, fields: &Fields, found: &Report) -> Result<Reviewed, Trouble> {
    desk.must("set-facts")?;
    let id = fields.get("accept");
    let note = found.summary.to_review.iter().find(|note| note.id == id);
    let miss = NearMiss::from(note.ok_or_else(|| Trouble::Refused(desk.tongue.say("reviewing-gone").into_owned()))?);
    let typed = fields.get(&format!("other-{id}")).trim();
    let word = Some(typed)
        .filter(|word| !word.is_empty())
        .unwrap_or_else(|| fields.get(&format!("word-{id}")));
    let slot = Some(fields.get(&format!("slot-{id}"))).filter(|slot| !slot.is_empty());
    let widened = accept(desk.state(), &miss, slot, Some(word).filter(|word| !word.is_empty()))?;
    let says = said(desk, "reviewing-taken", &widened);
    written(desk, widened)?;
    Ok(Reviewed {
        says,
        undo: Some(id.to_owned()),
    })
}

/// Takes back what was taken over from a near miss.
pub(super) fn take_back(desk: &mut Desk, id: &str) -> Result<Reviewed, Trouble> {
    desk.must("set-facts")?;
    // What whoever asks may not know of is not there to be taken back.
    if !standing(desk).iter().any(|word| word.id == id) {
        return Err(NotWidened::NotAccepted(id.to_owned()).into());
    }
    let widened = undo(desk.state(), id)?;
    let says = said(desk, "reviewing-back", &widened);
    written(desk, widened)?;
    Ok(Reviewed { says, undo: None })
}

fn said(desk: &Desk, key: &str, widened: &Widened) -> String {
    desk.tongue.with(
        key,
        &[
            ("word", widened.word.word.as_str().into()),
            ("slot", widened.word.slot.as_str().into()),
            ("fact", widened.fact.as_str().into()),
            ("version", widened.version.into()),
        ],
    )
}

fn written(desk: &mut Desk, widened: Widened) -> Result<(), Trouble> {
    let Widened { report, facts, .. } = widened;
    desk.act(vec![Command::SetFacts { report, facts }])
}
