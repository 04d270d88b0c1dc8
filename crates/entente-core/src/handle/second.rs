//! The rule of the second person: what an arrangement holds back until another says yes, and that yes.
//!
//! It looks at what would happen, not at which command was given, so that nothing goes out under such an arrangement by a way
//! that nobody thought of.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Context, Decided, Refusal, carried, home, outright};
use crate::actor::{Actor, Role, called, entitled, may, must, own_roles_of};
use crate::deputy::stands_in_for;
use crate::event::Event;
use crate::ids::{ArrangementId, PendingId, PortionRef, ReportId};
use crate::message::Message;
use crate::request::Consent;
use crate::second::{Answered, Pending, Proposed};
use crate::state::State;

/// What the whole of something comes to, in a few words that a person can compare.
const DIGITS: usize = 16;

/// What would follow from what waits, as things stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Consequence {
    /// What would happen.
    pub decided: Decided,
    /// A digest of it: whoever says yes says yes to this.
    pub digest: String,
}

/// What would follow, had the second person said yes at once.
///
/// # Errors
/// When it would be refused by now.
pub fn consequence(state: &State, pending: &Pending, context: &Context<'_>) -> Result<Consequence, Refusal> {
    // By the moment at which it was given, so that the same facts have the same digest.
    let then = Context {
        now: pending.at,
        ..*context
    };
    let decided = outright(state, pending.what.command(), &then)?;
    let written = (&decided.events, &decided.messages);
    let written = serde_json::to_vec(&written).map_err(|error| Refusal::Invalid(error.to_string()))?;
    Ok(Consequence {
        digest: digits(&written),
        decided,
    })
}

fn digits(bytes: &[u8]) -> String {
    let all = Sha256::digest(bytes);
    let each = all.iter().take(DIGITS / 2).map(|byte| format!("{byte:02x}"));
    each.collect()
}

/// What a command comes to where an arrangement asks for a second person: it waits.
pub(super) fn held_back(
    state: &State,
    actor: Option<&Actor>,
    proposed: Option<Proposed>,
    decided: Decided,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let given = given_out(state, &decided);
    let under: BTreeSet<ArrangementId> = given.iter().flat_map(|text| asking(state, text)).collect();
    let Some(first) = under.first() else {
        return Ok(decided);
    };
    let (Some(actor), Some(what)) = (actor, proposed) else {
        return Err(Refusal::NotEntitled {
            who: "whoever is not signed in".to_owned(),
            what: "release anything under this arrangement",
            why: format!(
                "arrangement {first} takes two persons, each under their own name; `entente login` first, and another says \
                 yes with `entente pending approve`"
            ),
        });
    };
    let same = |waiting: &&Pending| waiting.what == what && waiting.waits(context.now);
    if let Some(known) = state.pending.values().find(same) {
        return Err(Refusal::Exists {
            what: "proposal",
            name: known.id.to_string(),
            remedy: "it waits for a second person already",
        });
    }
    let Some((report, version)) = about(&given) else {
        return Ok(decided);
    };
    let seed = serde_json::to_vec(&(&what, &actor.person, context.now));
    let seed = seed.map_err(|error| Refusal::Invalid(error.to_string()))?;
    let id = PendingId::new(format!("pend-{}", digits(&seed))).map_err(|e| Refusal::Invalid(e.to_string()))?;
    Ok(Decided::events([Event::ReleaseProposed(Pending {
        id,
        what,
        by: actor.person.clone(),
        at: context.now,
        report,
        version,
        under,
        answered: None,
    })]))
}

/// The texts that go further by what would happen here.
fn given_out(state: &State, decided: &Decided) -> BTreeSet<PortionRef> {
    let ours = |consent: &Consent| state.home.as_ref() == Some(&consent.originator);
    let mut all = BTreeSet::new();
    for event in &decided.events {
        match event {
            Event::ConsentGiven(consent) if ours(consent) => all.extend(opened_by(state, consent)),
            Event::SubstituteGiven(substitute) if state.home.as_ref() == Some(&substitute.originator) => {
                all.insert(PortionRef {
                    report: substitute.report.clone(),
                    version: substitute.version,
                    portion: substitute.stands_for.clone(),
                });
            }
            Event::ReportDelivered(delivery) => {
                let held = state.reports.get(&delivery.report);
                let held = held.and_then(|holding| holding.version(Some(delivery.version)));
                let sent = held.into_iter().flat_map(|report| &report.portions);
                let sent = sent.filter(|portion| {
                    let named = delivery.portions.as_ref();
                    named.is_none_or(|named| named.contains(&portion.id))
                });
                all.extend(sent.map(|portion| PortionRef {
                    report: delivery.report.clone(),
                    version: delivery.version,
                    portion: portion.id.clone(),
                }));
            }
            _ => {}
        }
    }
    all
}

/// What a consent opens, and what that rests on where the text itself is not held here.
fn opened_by(state: &State, consent: &Consent) -> BTreeSet<PortionRef> {
    let asked = consent.request.as_ref().and_then(|id| {
        let cases = state.requests.of(&consent.report);
        cases
            .map(|case| &case.request)
            .find(|request| request.id == *id && request.from == consent.to)
    });
    let behind = asked.into_iter().flat_map(|request| {
        let named = consent.portions.iter();
        named.flat_map(|text| carried::behind(request, &text.portion))
    });
    consent.portions.iter().cloned().chain(behind).collect()
}

/// The arrangements under which a text stands, and that ask for a second person.
fn asking(state: &State, text: &PortionRef) -> Vec<ArrangementId> {
    let lineage = state.lineage_of(text);
    let origins = lineage.iter().flat_map(|lineage| lineage.iter());
    let named = origins.flat_map(|(_, origin)| origin.arrangements.iter().cloned());
    let asks = |id: &ArrangementId| state.arrangements.get(id).is_some_and(|terms| terms.two_person);
    named.filter(asks).collect()
}

/// The report that it is about, in the latest of the versions that go further.
fn about(given: &BTreeSet<PortionRef>) -> Option<(ReportId, u32)> {
    let first = given.first()?;
    let versions = given.iter().filter(|text| text.report == first.report);
    let version = versions.map(|text| text.version).max()?;
    Some((first.report.clone(), version))
}

fn waiting<'s>(state: &'s State, id: &PendingId, context: &Context<'_>) -> Result<&'s Pending, Refusal> {
    let see = "`entente pending list` shows what waits for a second person";
    let pending = state
        .pending
        .get(id)
        .ok_or_else(|| Refusal::missing("proposal", id, see))?;
    match &pending.answered {
        Some(Answered { by, yes, at, .. }) => Err(Refusal::Invalid(format!(
            "{by} said {} to {id} at {at}; nothing is left to answer",
            if *yes { "yes" } else { "no" }
        ))),
        None if !pending.waits(context.now) => Err(Refusal::Invalid(format!(
            "{id} was given more than 24 hours ago; whoever still wants it gives it again"
        ))),
        None => Ok(pending),
    }
}

/// Says who answers, where that is another person who may do what waits.
fn second<'a>(
    actor: Option<&'a Actor>,
    pending: &Pending,
    state: &State,
    now: Timestamp,
) -> Result<&'a Actor, Refusal> {
    let Some(actor) = actor else {
        return Err(Refusal::NotEntitled {
            who: "whoever is not signed in".to_owned(),
            what: "be the second person",
            why: "it takes somebody under their own name; `entente login` first".to_owned(),
        });
    };
    for act in called(&pending.what.command()) {
        must(state, &actor.person, act, now)?;
    }
    Ok(actor)
}

/// The second person's yes: decided again, and carried out.
pub(super) fn approve(
    state: &State,
    actor: Option<&Actor>,
    (id, digest): (&PendingId, &str),
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    home(state)?;
    let pending = waiting(state, id, context)?;
    let actor = second(actor, pending, state, context.now)?;
    if actor.person == pending.by {
        return Err(Refusal::NotEntitled {
            who: actor.person.to_string(),
            what: "be the second person",
            why: "they gave it themselves; it takes another".to_owned(),
        });
    }
    let acts = called(&pending.what.command());
    // Whoever only acts in the place of the one who gave it is no second person.
    let lent = stands_in_for(state, &actor.person, context.now).filter(|of| **of != pending.by);
    let lent: Vec<Role> = lent.flat_map(|of| own_roles_of(state, of)).collect();
    let own = own_roles_of(state, &actor.person);
    let independent = |act: &&str| own.iter().chain(&lent).any(|role| may(*role, act));
    if !acts.iter().all(independent) {
        return Err(Refusal::NotEntitled {
            who: actor.person.to_string(),
            what: "be the second person",
            why: format!("they only stand in for {}, who gave it; it takes another", pending.by),
        });
    }
    if let Some(act) = acts
        .into_iter()
        .find(|act| !entitled(state, &pending.by, act, context.now))
    {
        return Err(Refusal::NotEntitled {
            who: pending.by.to_string(),
            what: "have it released any more",
            why: format!("their roles do not include `{act}` now; whoever may do it gives it again"),
        });
    }
    if consequence(state, pending, context)?.digest != digest {
        return Err(Refusal::Invalid(format!(
            "what would follow from {id} is not what was confirmed; look again with `entente pending show {id}`"
        )));
    }
    let mut decided = outright(state, pending.what.command(), context)?;
    let yes = Event::ReleaseAnswered {
        pending: id.clone(),
        answered: Answered {
            by: actor.person.clone(),
            yes: true,
            reason: String::new(),
            at: context.now,
        },
    };
    decided.events.insert(0, yes);
    Ok(decided)
}

/// A no, which the first person can say as well.
pub(super) fn decline(
    state: &State,
    actor: Option<&Actor>,
    id: &PendingId,
    reason: String,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let pending = waiting(state, id, context)?;
    let actor = second(actor, pending, state, context.now)?;
    Ok(Decided::events([Event::ReleaseAnswered {
        pending: id.clone(),
        answered: Answered {
            by: actor.person.clone(),
            yes: false,
            reason,
            at: context.now,
        },
    }]))
}

impl Consequence {
    /// What would leave, by kind and receiver.
    pub fn leaving(&self) -> Vec<(&'static str, String)> {
        let all = self.decided.messages.iter();
        all.map(|(to, message): &(_, Message)| (message.kind(), to.to_string()))
            .collect()
    }
}
