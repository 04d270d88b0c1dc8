//! Keys of parties: taking them in, replacing one's own, declaring one compromised.

use jiff::Timestamp;

use super::{Context, Decided, Refusal, directory, home};
use crate::event::Event;
use crate::ids::PartyPath;
use crate::keys::{KeyRing, KeysShown, Succession};
use crate::message::Message;
use crate::party::Party;
use crate::state::State;

/// The most successions that are followed at once: one a month for years.
const MAX_STEPS: usize = 100;

/// What is known of a party is changed without its keys: those come by the commands for them.
pub(super) fn set_party(state: &State, party: Party) -> Result<Decided, Refusal> {
    let known = state.parties.get(&party.path);
    let same = known.is_none_or(|known| {
        (&known.signing_keys, &known.recipient) == (&party.signing_keys, &party.recipient) || known.recipient.is_none()
    });
    match same {
        true => directory::set_party(state, party),
        false => Err(Refusal::Invalid(format!(
            "the keys of {} are not changed like its name; `entente party add {} --keys FILE` says what is needed",
            party.path, party.path
        ))),
    }
}

fn keys_set(shown: &KeysShown, at: Timestamp) -> Event {
    Event::KeysSet {
        party: shown.party.clone(),
        signing: shown.signing.clone(),
        recipient: shown.recipient.clone(),
        succession: None,
        by_fingerprint: shown.by_fingerprint,
        at,
    }
}

fn followed(succession: &Succession, at: Timestamp) -> Event {
    Event::KeysSet {
        party: succession.party.clone(),
        signing: succession.to.clone(),
        recipient: succession.recipient.clone(),
        succession: Some(succession.clone()),
        by_fingerprint: false,
        at,
    }
}

const FINGERPRINT: &str = "compare the fingerprint with the party by voice, then repeat with `--fingerprint`";

/// Takes in the keys that somebody shows for a party.
pub(super) fn set_keys(state: &State, shown: &KeysShown, context: &Context<'_>) -> Result<Decided, Refusal> {
    let party = &shown.party;
    let known = state.parties.get(party);
    let known = known.ok_or_else(|| Refusal::missing("party", party, "add it with `entente party add`"))?;
    if *party == *home(state)? {
        return Err(Refusal::Invalid(
            "these are this party's own keys; `entente party rotate` replaces them".to_owned(),
        ));
    }
    let none = KeyRing::default();
    let ring = state.key_rings.get(party).unwrap_or(&none);
    if let Some(from) = ring.compromised.get(&shown.signing) {
        return Err(Refusal::Invalid(format!(
            "this key of {party} was declared compromised from {from} on; ask {party} for the keys that it has now"
        )));
    }
    let set = Decided::events([keys_set(shown, context.now)]);
    if shown.by_fingerprint {
        return Ok(set);
    }
    let Some(current) = known.current_key() else {
        return Ok(set);
    };
    if current == shown.signing && known.recipient.as_ref() == Some(&shown.recipient) {
        return Ok(Decided::default());
    }
    if let Some((_, why)) = &ring.frozen {
        return Err(Refusal::Invalid(format!(
            "the link with {party} is frozen: {why}; {FINGERPRINT}"
        )));
    }
    if let Some(fork) = shown.successions.iter().find(|shown| ring.forks(shown)) {
        return Ok(frozen(fork, context.now));
    }
    if let Some(steps) = steps(current, shown) {
        if let Some(step) = steps.iter().find(|step| ring.compromised.contains_key(&step.to)) {
            return Err(Refusal::Invalid(format!(
                "a key that {party} declared compromised leads to these ({}); {FINGERPRINT}",
                step.to
            )));
        }
        let events: Vec<Event> = steps.iter().map(|step| followed(step, context.now)).collect();
        return Ok(Decided::events(events));
    }
    let older = ring.replaced.contains_key(&shown.signing) || known.former_keys().any(|key| key == shown.signing);
    Err(Refusal::Invalid(match older {
        true => format!(
            "OLDER KEYS: {party} has replaced this key by one that is known here; nothing was changed. If it went back to \
             it, {FINGERPRINT}"
        ),
        false => format!(
            "CHANGED KEYS: {party} has other keys here, and no statement signed with those leads to these; nothing was \
             changed. Somebody may be passing for {party}: {FINGERPRINT}"
        ),
    }))
}

/// The successions that lead from the current key to the one that is shown, with its recipient.
fn steps<'s>(current: &str, shown: &'s KeysShown) -> Option<Vec<&'s Succession>> {
    let mut steps: Vec<&Succession> = Vec::new();
    let mut at = current;
    while at != shown.signing && steps.len() < MAX_STEPS {
        let own = shown.successions.iter().filter(|next| next.party == shown.party);
        let mut next = own.filter(|next| next.from == at);
        let step = next.next()?;
        (at, _) = (&step.to, steps.push(step));
    }
    let arrived = steps
        .last()
        .is_some_and(|last| (&last.to, &last.recipient) == (&shown.signing, &shown.recipient));
    arrived.then_some(steps)
}

fn frozen(fork: &Succession, at: Timestamp) -> Decided {
    Decided::events([Event::LinkFrozen {
        party: fork.party.clone(),
        why: "two statements let different keys follow the same one: one of them is not its owner's".to_owned(),
        shown: Some(fork.clone()),
        at,
    }])
}

/// Nothing is exchanged with a partner that was caught; said once.
pub(super) fn stop(state: &State, party: &PartyPath, why: String, context: &Context<'_>) -> Result<Decided, Refusal> {
    if !state.parties.contains_key(party) {
        return Err(Refusal::missing(
            "party",
            party,
            "`entente party list` shows those known here",
        ));
    }
    Ok(match state.frozen(party) {
        Some(_) => Decided::default(),
        None => Decided::events([Event::LinkFrozen {
            party: party.clone(),
            why,
            shown: None,
            at: context.now,
        }]),
    })
}

/// This party's own new keys: every partner is told with the statement.
pub(super) fn rotate(state: &State, succession: Succession, context: &Context<'_>) -> Result<Decided, Refusal> {
    let home = home(state)?;
    let current = state.parties.get(home).and_then(Party::current_key);
    if succession.party != *home || current.is_some_and(|current| current != succession.from) {
        return Err(Refusal::Invalid(format!(
            "the statement does not follow the key that {home} has now"
        )));
    }
    let decided = Decided::events([followed(&succession, context.now)]);
    Ok(told(state, home, decided, &Message::KeySuccession(succession)))
}

/// Sends a message to every partner with keys.
fn told(state: &State, home: &PartyPath, decided: Decided, message: &Message) -> Decided {
    let partners = state
        .parties
        .values()
        .filter(|party| party.path != *home && party.recipient.is_some());
    partners.fold(decided, |decided, party| {
        decided.send(party.path.clone(), message.clone())
    })
}

/// A partner's succession: it holds from now on, unless it is the second of one key.
pub(super) fn succeeded(
    state: &State,
    from: &PartyPath,
    succession: &Succession,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if succession.party != *from {
        return Err(Refusal::Invalid(format!(
            "{from} sent a statement about keys of {}",
            succession.party
        )));
    }
    let none = KeyRing::default();
    let ring = state.key_rings.get(from).unwrap_or(&none);
    let known = ring.successions.iter();
    if known
        .clone()
        .any(|known| (&known.from, &known.to) == (&succession.from, &succession.to))
    {
        return Ok(Vec::new());
    }
    if ring.forks(succession) {
        return Ok(frozen(succession, now).events);
    }
    let current = state.parties.get(from).and_then(Party::current_key);
    let refused = |why: &str| {
        Err(Refusal::Invalid(format!(
            "{from} says that its key was replaced, and {why}; take the new ones in with `entente party add {from} --keys \
             FILE --fingerprint …`, with the fingerprint that {from} tells you by voice"
        )))
    };
    if let Some((_, why)) = &ring.frozen {
        return refused(&format!("the link is frozen: {why}"));
    }
    if ring.compromised.contains_key(&succession.from) || ring.compromised.contains_key(&succession.to) {
        return refused("that key was declared compromised");
    }
    match current == Some(succession.from.as_str()) {
        true => Ok(vec![followed(succession, now)]),
        false => refused("the key that it follows is not the one known here"),
    }
}

/// Declares a key compromised from a moment on. Of one's own, every partner is told.
pub(super) fn declare(state: &State, key: &str, from: Timestamp, context: &Context<'_>) -> Result<Decided, Refusal> {
    let home = home(state)?;
    let Some((party, key)) = state.key_owner(key) else {
        return Err(Refusal::missing(
            "key",
            key,
            "`entente party list --json` shows the keys of every party",
        ));
    };
    if from > context.now {
        return Err(Refusal::Invalid(format!(
            "{from} is still to come; a key is compromised from a moment that was"
        )));
    }
    let current = state.parties.get(party).and_then(Party::current_key) == Some(key);
    if party == home && current {
        return Err(Refusal::Invalid(
            "this is the key that this party signs with now; replace it first with `entente party rotate`, then declare it: \
             partners are told under the new one and ask for its fingerprint"
                .to_owned(),
        ));
    }
    let event = Event::KeyCompromised {
        party: party.clone(),
        key: key.to_owned(),
        from,
        at: context.now,
    };
    let decided = Decided::events([event]);
    let message = Message::KeyCompromised {
        key: key.to_owned(),
        from,
    };
    Ok(match party == home {
        true => told(state, home, decided, &message),
        false => decided,
    })
}

/// A partner's word that a key of its own is compromised. It stops only what it says itself, so whichever of its keys signed
/// it counts.
pub(super) fn declared(
    state: &State,
    by: &PartyPath,
    key: &str,
    from: Timestamp,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    match state.key_owner(key) {
        Some((party, key)) if party == by => Ok(vec![Event::KeyCompromised {
            party: by.clone(),
            key: key.to_owned(),
            from,
            at: now,
        }]),
        _ => Err(Refusal::Invalid(format!(
            "{by} declares a key compromised that is not known as its own"
        ))),
    }
}

/// Nothing of a party whose link is frozen is taken in, but what it says about its keys.
pub(super) fn not_frozen(state: &State, from: &PartyPath, message: &Message) -> Result<(), Refusal> {
    let about_keys = matches!(message, Message::KeySuccession(_) | Message::KeyCompromised { .. });
    match state.frozen(from).filter(|_| !about_keys) {
        None => Ok(()),
        Some((_, why)) => Err(Refusal::Invalid(format!(
            "the link with {from} is frozen: {why}. Ask {from} by voice for the fingerprint of its keys, and take them in \
             with `entente party add {from} --keys FILE --fingerprint …`; then take this file in again"
        ))),
    }
}
