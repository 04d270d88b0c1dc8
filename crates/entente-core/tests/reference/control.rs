//! Who controls a text, and what opens it nevertheless.

use super::*;

/// Whether a text stands below the tear line of its own originator; under another's text nobody draws one.
pub(super) fn torn(q: &Question<'_>, party: &PartyPath) -> bool {
    q.portion.tear_line && q.report.originator == *party
}

/// The controls of one originator that do not leave the person's party free.
pub(super) fn controls(q: &Question<'_>, party: &PartyPath, origin: &Origin, person: &Person) -> Vec<&'static str> {
    use entente_core::Onward;
    let theirs = &person.party;
    // The originator itself, and whom it gave the report, are never "further" recipients.
    if party.includes(theirs) || origin.recipients.iter().any(|recipient| recipient.includes(theirs)) {
        return Vec::new();
    }
    let mut found = by_mark(q, party, origin, person);
    for arrangement in arrangements(q, origin).iter().filter(|_| !torn(q, party)) {
        match arrangement.onward {
            Onward::Free => {}
            Onward::Members if arrangement.parties.iter().any(|member| member.includes(theirs)) => {}
            Onward::Members => found.push("control.members"),
            Onward::Consent => found.push("control.third-party"),
        }
    }
    if origin.third_party {
        found.push("control.stated");
    }
    found
}

/// The controls of a mark that do not leave the person's party free, towards one of those who are behind the text.
pub(super) fn by_mark(q: &Question<'_>, party: &PartyPath, origin: &Origin, person: &Person) -> Vec<&'static str> {
    let theirs = &person.party;
    let mut found = Vec::new();
    match q.asked.label.control {
        Control::None => {}
        Control::Government if theirs.top() == party.top() => {}
        Control::Government => found.push("control.government"),
        Control::Originator => found.push("control.originator"),
    }
    let client = || {
        q.state
            .parties
            .values()
            .filter(|known| known.path.includes(theirs))
            .flat_map(|known| &known.client_of)
            .any(|patron| {
                party.includes(patron) || origin.recipients.iter().any(|recipient| recipient.includes(patron))
            })
    };
    match q.asked.label.circle {
        Circle::Anyone => {}
        // Whoever is stated to be of it, and this party itself.
        Circle::Community if q.state.members.keys().any(|member| member.includes(theirs)) => {}
        Circle::Community if q.state.home.as_ref().is_some_and(|home| home.includes(theirs)) => {}
        Circle::Community => found.push("control.community"),
        Circle::Clients if client() => {}
        Circle::Clients => found.push("control.clients"),
        Circle::Organisation | Circle::Named => found.push("control.organisation"),
    }
    found
}

pub(super) fn on_distribution(q: &Question<'_>, person: &Person) -> bool {
    q.state.reports[&q.report.id].distribution.contains(&person.id)
}

pub(super) fn named_by(q: &Question<'_>, party: &PartyPath, origin: &Origin, person: &Person) -> bool {
    let here = q.state.home.as_ref().is_some_and(|home| party.includes(home));
    origin.persons.contains(&person.id) || here && on_distribution(q, person)
}

pub(super) fn originator_control(q: &Question<'_>, person: &Person) -> Vec<Failure> {
    let mut found = Vec::new();
    for (party, origin) in originators(q) {
        if consents(q, party, origin, person).is_empty() {
            let rules = controls(q, party, origin, person);
            found.extend(rules.into_iter().map(|rule| (rule, party.to_string())));
        }
    }
    for owner in owners(q) {
        let theirs = &person.party;
        // Whoever wrote the mark has it from the owner.
        let free =
            owner.named.includes(theirs) || owner.answering.includes(theirs) || q.report.originator.includes(theirs);
        if !free && owner.consents(q, person).is_empty() {
            let terms = Origin {
                recipients: BTreeSet::from([q.report.originator.clone()]),
                ..Origin::default()
            };
            let rules = by_mark(q, &owner.answering, &terms, person);
            found.extend(rules.into_iter().flat_map(|rule| owner.asked(rule)));
        }
    }
    if q.asked.label.circle == Circle::Named {
        // Each originator names its own recipients: by its word with the text, by a consent, here by the distribution.
        let by_all = originators(q)
            .iter()
            .all(|(party, origin)| named_by(q, party, origin, person));
        for (party, origin) in originators(q) {
            if !named_by(q, party, origin, person) && consents(q, party, origin, person).is_empty() {
                found.push(("control.named", party.to_string()));
            }
        }
        for owner in owners(q) {
            if !by_all && owner.consents(q, person).is_empty() {
                found.extend(owner.asked("control.named"));
            }
        }
    }
    found
}
