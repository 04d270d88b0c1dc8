//! A consent as a policy: an originator lets a party pass portions on.

use std::collections::BTreeSet;

use entente_core::PortionRef;
use entente_desk::asking::{Given, Stands};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{at, constraint, decided, issued, name, note_decision, party, person, things};
use crate::table::Table;

/// A consent about these of its portions, as it stands at a moment; nothing where it is about none.
pub(super) fn policy(given: &Given<'_>, portions: &[PortionRef], now: Timestamp, table: &mut Table) -> Option<Value> {
    let consent = given.consent;
    let key = consent.key().to_string();
    if portions.is_empty() {
        table.note(&key, "a consent that names no portion", "left out: it opens nothing");
        return None;
    }
    let status = match given.stands {
        Stands::Live(_) => "active",
        Stands::Begins(_) => "begins",
        Stands::Ended => "ended",
        Stands::Withdrawn(_) => "withdrawn",
    };
    let targets = portions
        .iter()
        .map(|portion| json!({ "type": "Asset", "uid": asset(portion) }));
    let mut policy = json!({
        "type": "Agreement",
        "uid": name("consent", &key),
        "profile": super::PROFILE,
        "conflict": "prohibit",
        "issued": issued(now),
        "assigner": party(&consent.originator),
        "assignee": party(&consent.to),
        "target": targets.collect::<Vec<_>>(),
        "status": status,
        "follows": if consent.standing { "changedText" } else { "sameText" },
    });
    let purposes = consent.purposes.as_ref();
    match consent.recipients.is_empty() || purposes.is_some_and(BTreeSet::is_empty) {
        // A constraint that names nothing says nothing.
        true => policy["prohibition"] = json!([{ "action": "distribute" }]),
        false => policy["permission"] = json!([permission(given)]),
    }
    if let Some(request) = &consent.request {
        policy["answersRequest"] = json!(name("request", &format!("{}/{request}", consent.to)));
    }
    note_decision(&key, table);
    notes(given, &key, portions.len(), table);
    Some(policy)
}

/// A portion of a version of a report.
fn asset(portion: &PortionRef) -> String {
    let PortionRef {
        report,
        version,
        portion,
    } = portion;
    name("portion", &format!("{report}/{version}/{portion}"))
}

/// To whom, what for, from when and until when, and what has to be observed.
fn permission(given: &Given<'_>) -> Value {
    let consent = given.consent;
    let persons = consent.recipients.persons.iter().map(person);
    let recipients = things(persons.chain(consent.recipients.parties.iter().map(party)));
    let mut constraints = vec![decided(), constraint("recipient", "isAnyOf", recipients)];
    if !consent.life.except.is_empty() {
        let except = things(consent.life.except.iter().map(person));
        constraints.push(constraint("recipient", "isNoneOf", except));
    }
    if let Some(purposes) = &consent.purposes {
        let each = things(purposes.iter().map(|purpose| name("purpose", purpose.as_str())));
        constraints.push(constraint("purpose", "isAnyOf", each));
    }
    let begins = consent.begins().max(consent.life.not_before.unwrap_or(Timestamp::MIN));
    constraints.push(at("gteq", begins));
    let end = consent.ends.into_iter().chain(consent.withdrawn).min();
    constraints.extend(end.map(|end| at("lt", end)));
    let mut rule = json!({ "action": "distribute", "constraint": constraints });
    let duties = consent
        .conditions
        .iter()
        .map(|condition| json!({ "action": "observe", "condition": condition }));
    let duties: Vec<Value> = duties.collect();
    if !duties.is_empty() {
        rule["duty"] = json!(duties);
    }
    rule
}

fn notes(given: &Given<'_>, key: &str, portions: usize, table: &mut Table) {
    let consent = given.consent;
    if portions < consent.portions.len() {
        table.note(key, "portions that are not for whoever gets this", "left out");
    }
    if !consent.conditions.is_empty() {
        table.note(
            key,
            "conditions in words",
            "duties to `observe` them, with the words beside",
        );
    }
    if !consent.stated.is_empty() {
        table.note(
            key,
            "persons as they were described when it was given",
            "left out; they are named, and the decision checks that they are who they were",
        );
    }
    if !consent.life.signed.is_empty() {
        table.note(
            key,
            "what its originator signed about it",
            "left out: a policy is no proof; see the assurance",
        );
    }
}
