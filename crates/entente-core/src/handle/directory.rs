//! Parties, persons, audiences and arrangements.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Decided, Refusal, home};
use crate::arrangement::{Arrangement, ArrangementStatus, Word};
use crate::contact::{Contact, MAX_CONTACTS};
use crate::deputy::{Deputy, LONGEST_DAYS};
use crate::event::Event;
use crate::ids::{ArrangementId, PartyPath, PersonId, RuleName};
use crate::message::Message;
use crate::party::{Audience, LocalRule, Party, Person, PersonChange};
use crate::state::State;

pub(super) fn found(state: &State, party: Party) -> Result<Decided, Refusal> {
    match &state.home {
        Some(home) => Err(Refusal::Exists {
            what: "node for party",
            name: home.to_string(),
            remedy: "choose another data folder with `--data`",
        }),
        None => Ok(Decided::events([Event::Founded { party }])),
    }
}

/// Makes a party known. A path that is new has the one spelling, and does not look like another's.
pub(super) fn set_party(state: &State, party: Party) -> Result<Decided, Refusal> {
    if !state.parties.contains_key(&party.path) {
        party
            .path
            .spelt()
            .map_err(|error| Refusal::Invalid(error.to_string()))?;
        let alike = |known: &&PartyPath| known.looks() == party.path.looks();
        if let Some(known) = state.parties.keys().find(alike) {
            return Err(Refusal::Invalid(format!(
                "{} looks like {known}, which is known here; if it is another party, it needs a path that nobody takes for the other",
                party.path
            )));
        }
    }
    Ok(Decided::events([Event::PartySet(party)]))
}

/// Who is a contact is not of the community: that is stated, and can be taken back.
pub(super) fn set_membership(
    state: &State,
    party: PartyPath,
    member: bool,
    now: Timestamp,
) -> Result<Decided, Refusal> {
    if member && !state.parties.contains_key(&party) {
        return Err(Refusal::missing("party", &party, "add it with `entente party add`"));
    }
    match state.members.contains_key(&party) == member {
        true => Ok(Decided::default()),
        false => Ok(Decided::events([Event::MembershipSet { party, member, at: now }])),
    }
}

/// Refuses whoever is unknown, switched off, or not this party's.
pub(super) fn active(state: &State, id: &PersonId, what: &'static str) -> Result<(), Refusal> {
    let home = home(state)?;
    match state.persons.get(id) {
        None => Err(Refusal::missing("person", id, "add them with `entente person add`")),
        Some(person) if person.disabled || !home.includes(&person.party) => Err(Refusal::NotEntitled {
            who: id.to_string(),
            what,
            why: format!("it takes an active person of {home}"),
        }),
        Some(_) => Ok(()),
    }
}

pub(super) fn set_deputy(state: &State, deputy: Deputy, now: Timestamp) -> Result<Decided, Refusal> {
    for person in [&deputy.of, &deputy.deputy] {
        active(state, person, "stand in for another, or be stood in for")?;
    }
    if deputy.of == deputy.deputy {
        return Err(Refusal::Invalid(
            "nobody stands in for themselves; name another person".to_owned(),
        ));
    }
    let longest = now + jiff::SignedDuration::from_hours(24 * LONGEST_DAYS);
    if deputy.until <= now || deputy.until <= deputy.from || deputy.until > longest {
        return Err(Refusal::Invalid(format!(
            "somebody stands in until a moment to come, at most {LONGEST_DAYS} days from now; it can be said again later"
        )));
    }
    Ok(Decided::events([Event::DeputySet(deputy)]))
}

pub(super) fn end_deputy(state: &State, of: PersonId, deputy: PersonId, now: Timestamp) -> Result<Decided, Refusal> {
    match state.deputies.contains_key(&Deputy::key(&of, &deputy)) {
        true => Ok(Decided::events([Event::DeputyEnded { of, deputy, at: now }])),
        false => Err(Refusal::missing(
            "deputy",
            &format!("{deputy} for {of}"),
            "`entente person deputies` shows them",
        )),
    }
}

pub(super) fn set_contact(
    state: &State,
    party: PartyPath,
    name: String,
    contact: Option<Contact>,
) -> Result<Decided, Refusal> {
    if !state.parties.contains_key(&party) {
        return Err(Refusal::missing("party", &party, "add it with `entente party add`"));
    }
    let known = state.contacts.get(&party);
    let held = known.and_then(|known| known.get(&name));
    match &contact {
        None if held.is_none() => {
            return Err(Refusal::missing(
                "contact",
                &format!("{party}/{name}"),
                "`entente party contacts` shows them",
            ));
        }
        None => {}
        Some(contact) => {
            contact.check().map_err(Refusal::Invalid)?;
            if name.trim().is_empty() || name.len() > 100 || name.chars().any(char::is_control) {
                return Err(Refusal::Invalid(
                    "a contact is called by a name of at most 100 characters in one line".to_owned(),
                ));
            }
            if held.is_none() && known.is_some_and(|known| known.len() >= MAX_CONTACTS) {
                return Err(Refusal::Invalid(format!(
                    "{party} has {MAX_CONTACTS} contacts; strike one out first"
                )));
            }
        }
    }
    match held == contact.as_ref() {
        true => Ok(Decided::default()),
        false => Ok(Decided::events([Event::ContactSet { party, name, contact }])),
    }
}

/// The id names the party; nobody is decided about as one of another.
fn one_identity(person: &Person) -> Result<(), Refusal> {
    person.id.spelt().map_err(|error| Refusal::Invalid(error.to_string()))?;
    match person.is_one() {
        true => Ok(()),
        false => Err(Refusal::Invalid(format!(
            "{} is described as a person of {}; the id names the party, so write {}/{} or leave `party` out",
            person.id,
            person.party,
            person.party,
            person.id.name()
        ))),
    }
}

/// Keeps what an audience file says of somebody who is not registered. It is a caller's word, so it speaks of outsiders
/// only and gives nobody anything to do here.
pub(super) fn keep_outsider(state: &State, person: Person) -> Result<Decided, Refusal> {
    one_identity(&person)?;
    let home = home(state)?;
    if home.includes(&person.party) {
        return Err(Refusal::missing(
            "person",
            &person.id,
            "an audience describes outsiders only; register this party's own people with `entente person add`",
        ));
    }
    if state.persons.contains_key(&person.id) {
        return Ok(Decided::default());
    }
    set_person(
        state,
        Person {
            roles: BTreeSet::new(),
            ..person
        },
    )
}

pub(super) fn set_person(state: &State, person: Person) -> Result<Decided, Refusal> {
    one_identity(&person)?;
    let unknown_party = !state.parties.keys().any(|known| known.includes(&person.party));
    let cleared = !person.clearances.is_empty() || !person.accesses.is_empty();
    if unknown_party && cleared {
        return Err(Refusal::missing(
            "party",
            &person.party,
            "add it with `entente party add` before you record clearances of its persons",
        ));
    }
    // Describing somebody anew does not let them in again.
    let disabled = person.disabled || state.persons.get(&person.id).is_some_and(|known| known.disabled);
    Ok(Decided::events([Event::PersonSet(Person { disabled, ..person })]))
}

/// The most persons changed in one step: the register of a large service.
const MAX_CHANGES: usize = 100_000;

/// Changes what is named of each person, and leaves the rest as it is recorded.
pub(super) fn change_persons(state: &State, changes: Vec<PersonChange>) -> Result<Decided, Refusal> {
    if changes.len() > MAX_CHANGES {
        return Err(Refusal::Invalid(format!(
            "{} persons are more than {MAX_CHANGES}; give them in several files",
            changes.len()
        )));
    }
    let mut changed: BTreeMap<PersonId, Person> = BTreeMap::new();
    for change in changes {
        let known = changed
            .remove(&change.id)
            .or_else(|| state.persons.get(&change.id).cloned());
        if let Some(known) = known.as_ref().filter(|known| change.types_beside(known)) {
            let by = known.vouched.as_ref().map_or("", |vouched| vouched.by.as_str());
            return Err(Refusal::Invalid(format!(
                "{} is known by a credential of {by}, and what it does not say is not so; take a newer one in with `--credential`, or \
                 leave it with `--drop-credential` and type what is so",
                known.id
            )));
        }
        let person = change.applied_to(known);
        changed.insert(person.id.clone(), person);
    }
    let mut decided = Decided::default();
    for person in changed.into_values() {
        decided.events.extend(set_person(state, person)?.events);
    }
    Ok(decided)
}

pub(super) fn enable_person(state: &State, id: &PersonId) -> Result<Decided, Refusal> {
    let known = state.persons.get(id);
    let known = known.ok_or_else(|| Refusal::missing("person", id, "`entente person list` shows them"))?;
    Ok(Decided::events([Event::PersonSet(Person {
        disabled: false,
        ..known.clone()
    })]))
}

pub(super) fn set_audience(audience: Audience) -> Result<Decided, Refusal> {
    if audience.members.is_empty() {
        return Err(Refusal::Invalid(format!(
            "audience {} has no members; name at least one person",
            audience.name
        )));
    }
    Ok(Decided::events([Event::AudienceSet(audience)]))
}

pub(super) fn remove_rule(state: &State, name: &RuleName, now: Timestamp) -> Result<Decided, Refusal> {
    let held = state.rules.get(name).filter(|rule| rule.removed.is_none());
    let rule = held.ok_or_else(|| Refusal::missing("rule", name, "`entente rule list` shows the rules that hold"))?;
    Ok(Decided::events([Event::LocalRuleSet(LocalRule {
        removed: Some(now),
        ..rule.clone()
    })]))
}

pub(super) fn set_arrangement(state: &State, mut arrangement: Arrangement, agreed: bool) -> Result<Decided, Refusal> {
    let home = home(state)?;
    if arrangement.parties.len() < 2 {
        return Err(Refusal::Invalid(format!(
            "arrangement {} names {} parties; an arrangement is between at least two",
            arrangement.id,
            arrangement.parties.len()
        )));
    }
    if !arrangement.binds(home) {
        return Err(Refusal::NotEntitled {
            who: home.to_string(),
            what: "record this arrangement",
            why: format!("it is not one of its parties ({})", list(&arrangement)),
        });
    }
    if let Some(error) = arrangement.parties.iter().find_map(|party| party.spelt().err()) {
        return Err(Refusal::Invalid(error.to_string()));
    }
    if let Some(unknown) = arrangement.parties.iter().find(|party| !is_known(state, party)) {
        return Err(Refusal::missing(
            "party",
            unknown,
            "an arrangement binds parties that are known here; add it with `entente party add`",
        ));
    }
    let known = state.arrangements.get(&arrangement.id);
    arrangement.words.clear();
    if let Some(known) = known {
        arrangement.status = known.status.clone();
        arrangement.status_set = known.status_set;
        arrangement.words.clone_from(&known.words);
        let laxer = known.laxer_in(&arrangement);
        if !laxer.is_empty() && !agreed {
            return Err(Refusal::Invalid(format!(
                "the terms of {} would become laxer: {}; a partner may have narrowed them. If all parties agreed on it, repeat with \
                 `--agreed`",
                arrangement.id,
                laxer.join(", ")
            )));
        }
    } else if let ArrangementStatus::Suspended { by, .. } | ArrangementStatus::Ended { by, .. } = &arrangement.status
        && by != home
    {
        return Err(Refusal::Invalid(format!(
            "the status of {} speaks for {by}",
            arrangement.id
        )));
    }
    let proposed = heard_before(state, &mut arrangement, agreed);
    // Each party records the terms that bind it; stricter ones bind the others as well, once they hear of them.
    let narrows = known.is_some_and(|known| known.is_narrowed_to(&arrangement));
    let mut decided = Decided::events([Event::ArrangementSet(arrangement.clone())]);
    decided.events.extend(proposed);
    Ok(match narrows {
        true => tell_others(decided, home, &arrangement),
        false => decided,
    })
}

/// Whether a party, or a part of it, or what it is part of, is known here.
fn is_known(state: &State, party: &PartyPath) -> bool {
    let mut known = state.parties.keys();
    known.any(|known| known.includes(party) || party.includes(known))
}

/// What partners said about an arrangement before it was recorded here: stricter terms hold (unless all agreed on these),
/// and so does what each said about the status.
fn heard_before(state: &State, arrangement: &mut Arrangement, agreed: bool) -> Vec<Event> {
    if state.arrangements.contains_key(&arrangement.id) {
        return Vec::new();
    }
    let mut words = Vec::new();
    for (named, terms) in &state.proposals {
        if named.id != arrangement.id || !arrangement.binds(&named.by) {
            continue;
        }
        if !agreed {
            *arrangement = arrangement.narrowed_by(terms);
        }
        words.extend(
            terms
                .word_of(&named.by)
                .map(|word| said(&arrangement.id, &named.by, word)),
        );
    }
    words
}

/// A party's word about the status of an arrangement.
pub(super) fn said(id: &ArrangementId, by: &PartyPath, word: Word) -> Event {
    Event::ArrangementStatusSet {
        id: id.clone(),
        status: word.status,
        at: word.at,
        by: Some(by.clone()),
        revision: word.revision,
    }
}

fn list(arrangement: &Arrangement) -> String {
    arrangement
        .parties
        .iter()
        .map(PartyPath::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Suspending and ending is everyone's right; resuming is the right of whoever suspended.
pub(super) fn set_arrangement_status(
    state: &State,
    id: &ArrangementId,
    status: ArrangementStatus,
    now: Timestamp,
) -> Result<Decided, Refusal> {
    let home = home(state)?;
    let Some(arrangement) = state.arrangements.get(id) else {
        return Err(Refusal::missing(
            "arrangement",
            id,
            "`entente arrangement list` shows the known ones",
        ));
    };
    may_set_status(arrangement, home, &status)?;
    let word = Word {
        status,
        revision: arrangement.word_of(home).map_or(0, |known| known.revision) + 1,
        at: Some(now),
    };
    let mut changed = arrangement.clone();
    changed.hear(home, word.clone());
    let decided = Decided::events([said(id, home, word)]);
    Ok(tell_others(decided, home, &changed))
}

fn tell_others(decided: Decided, home: &PartyPath, arrangement: &Arrangement) -> Decided {
    // The terms, and this party's own word about the status: others speak for themselves.
    let own = arrangement.word_of(home);
    let told = Arrangement {
        status: own
            .as_ref()
            .map_or(ArrangementStatus::Active, |word| word.status.clone()),
        status_set: own.as_ref().and_then(|word| word.at),
        words: own.into_iter().map(|word| (home.clone(), word)).collect(),
        ..arrangement.clone()
    };
    let others = arrangement.parties.iter().filter(|party| !party.includes(home));
    others.fold(decided, |decided, party| {
        decided.send(party.clone(), Message::Arrangement(told.clone()))
    })
}

/// Whether `party` may give the arrangement this status.
pub(super) fn may_set_status(
    arrangement: &Arrangement,
    party: &PartyPath,
    status: &ArrangementStatus,
) -> Result<(), Refusal> {
    let refused = |why: String| {
        Err(Refusal::NotEntitled {
            who: party.to_string(),
            what: "change the arrangement's status",
            why,
        })
    };
    let own = arrangement.word_of(party).map(|word| word.status);
    match (&arrangement.status, status) {
        (ArrangementStatus::Ended { .. }, _) => refused("it has ended for good; conclude a new one".to_owned()),
        (_, ArrangementStatus::Suspended { by, .. } | ArrangementStatus::Ended { by, .. }) if by != party => {
            refused(format!("it speaks for {by}"))
        }
        // Everyone can suspend beside others, and lifts only what it did itself.
        (ArrangementStatus::Suspended { by, .. }, ArrangementStatus::Active)
            if !matches!(own, Some(ArrangementStatus::Suspended { .. })) =>
        {
            refused(format!("{by} suspended it, so {by} has to resume it"))
        }
        _ => Ok(()),
    }
}

/// Somebody registered here gets an account; nobody else does.
pub(super) fn account_made(state: &State, person: PersonId, at: Timestamp) -> Result<Decided, Refusal> {
    let home = home(state)?;
    let ours = state
        .persons
        .get(&person)
        .is_some_and(|known| home.includes(&known.party));
    match ours {
        true => Ok(Decided::events([Event::AccountMade { person, at }])),
        false => Err(Refusal::missing(
            "person",
            &person,
            "an account is for a registered person of this party",
        )),
    }
}
