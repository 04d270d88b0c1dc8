//! An arrangement as a policy: what its parties may do with what is shared under it.

use std::collections::BTreeSet;

use entente_core::{Arrangement, ArrangementStatus, Onward, Unmarked, Withheld};
use entente_desk::arrangements::clause_of;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{at, constraint, decided, issued, name, note_decision, party, things};
use crate::table::Table;

/// The terms of an arrangement as they stand at a moment.
pub(super) fn policy(terms: &Arrangement, now: Timestamp, table: &mut Table) -> Value {
    let place = terms.id.as_str();
    let parties = name("arrangement", &format!("{}/parties", terms.id));
    let mut policy = json!({
        "type": "Agreement",
        "uid": name("arrangement", place),
        "profile": super::PROFILE,
        "conflict": "prohibit",
        "title": terms.title,
        "issued": issued(now),
        "assigner": parties,
        "assignee": { "type": "PartyCollection", "uid": parties, "members": members(terms) },
        "target": { "type": "AssetCollection", "uid": name("arrangement", &format!("{}/material", terms.id)) },
    });
    status(terms, &mut policy);
    read(terms, &mut policy);
    note_decision(place, table);
    notes(terms, table);
    // Whoever knows nothing of the profile must not take for permitted what is not in force.
    let stopped = terms.not_in_force(now).is_some() || terms.purposes.as_ref().is_some_and(BTreeSet::is_empty);
    if stopped {
        policy["prohibition"] = json!([{ "action": "use" }]);
        return policy;
    }
    policy["permission"] = permissions(terms, &parties);
    if terms.witnesses > 0 {
        let enough = constraint("witnesses", "gteq", json!(terms.witnesses));
        let duty = json!({ "action": "assure", "constraint": [with_clause(terms, "witnesses", enough)] });
        policy["obligation"] = json!([duty]);
    }
    policy
}

fn members(terms: &Arrangement) -> Value {
    let each = terms.parties.iter().map(|member| {
        let answers = terms.owners.iter().filter(|(_, party)| *party == member);
        let owners: Vec<String> = answers.map(|(owner, _)| party(owner)).collect();
        let mut one = json!({ "type": "Party", "uid": party(member), "title": member.as_str() });
        if !owners.is_empty() {
            one["answersFor"] = json!(owners);
        }
        one
    });
    each.collect()
}

/// How it stands, by whose word.
fn status(terms: &Arrangement, policy: &mut Value) {
    let (word, by) = match &terms.status {
        ArrangementStatus::Active => ("active", None),
        ArrangementStatus::Suspended { by, reason } => ("suspended", Some((by, reason))),
        ArrangementStatus::Ended { by, reason } => ("ended", Some((by, reason))),
    };
    policy["status"] = json!(word);
    if let Some((by, reason)) = by {
        policy["statusBy"] = json!(party(by));
        policy["statusReason"] = json!(reason);
    }
    if let Some(since) = terms.status_set {
        policy["statusSince"] = json!(since.to_string());
    }
}

/// How text is read that came under it.
fn read(terms: &Arrangement, policy: &mut Value) {
    if let Some(mark) = &terms.default_mark {
        policy["defaultMark"] = json!(mark);
    }
    policy["unmarked"] = json!(match terms.unmarked {
        Unmarked::Members => "toMembers",
        Unmarked::Banner => "asBanner",
        Unmarked::Ask => "asked",
    });
    policy["withheld"] = json!(match terms.withheld {
        Withheld::Hidden => "hidden",
        Withheld::Shown => "shown",
    });
}

/// A constraint, and where the term stands in the signed text.
fn with_clause(terms: &Arrangement, term: &str, mut value: Value) -> Value {
    if let Some(clause) = clause_of(terms, term) {
        value["clause"] = json!(clause);
    }
    value
}

/// What holds of all that is done with what came under it.
fn common(terms: &Arrangement) -> Vec<Value> {
    let mut all = vec![decided()];
    if let Some(purposes) = &terms.purposes {
        let each = things(purposes.iter().map(|purpose| name("purpose", purpose.as_str())));
        all.push(with_clause(terms, "purposes", constraint("purpose", "isAnyOf", each)));
    }
    all.extend(
        terms
            .starts
            .map(|start| with_clause(terms, "starts", at("gteq", start))),
    );
    all.extend(terms.expires.map(|end| with_clause(terms, "expires", at("lt", end))));
    if terms.need_to_know {
        let listed = constraint("distribution", "eq", json!({ "@id": "entente:listed" }));
        all.push(with_clause(terms, "need_to_know", listed));
    }
    all
}

/// Reading at the parties, and passing on.
fn permissions(terms: &Arrangement, parties: &str) -> Value {
    let common = common(terms);
    let members = constraint("recipient", "isPartOf", json!({ "@id": parties }));
    let with_members = |all: &[Value]| -> Vec<Value> { all.iter().chain([&members]).cloned().collect() };
    let read = json!({ "action": "read", "constraint": with_members(&common) });
    let mut passing = common;
    passing.extend(
        terms
            .not_before
            .map(|begin| with_clause(terms, "not_before", at("gteq", begin))),
    );
    let second = terms
        .two_person
        .then(|| with_clause(terms, "two_person", json!({ "action": "approve" })));
    let pass = |constraints: Vec<Value>, consent: bool| {
        let asked = consent.then(|| json!({ "action": "obtainConsent", "consentingParty": "entente:originators" }));
        let duties: Vec<Value> = asked.into_iter().chain(second.clone()).collect();
        let mut rule = json!({ "action": "distribute", "constraint": constraints });
        if !duties.is_empty() {
            rule["duty"] = json!(duties);
        }
        with_clause(terms, "onward", rule)
    };
    let to_members = || pass(with_members(&passing), false);
    match terms.onward {
        Onward::Free => json!([read, pass(passing, false)]),
        Onward::Members => json!([read, to_members(), pass(passing.clone(), true)]),
        Onward::Consent => json!([read, pass(passing, true)]),
    }
}

/// What is not said, or said only to whoever knows the profile.
fn notes(terms: &Arrangement, table: &mut Table) {
    let place = terms.id.as_str();
    table.note(
        place,
        "a party includes every party below it",
        "the parties are named; what is below them is not",
    );
    if terms.default_mark.is_some() || !terms.owners.is_empty() {
        table.note(
            place,
            "the mark of text without one, and who answers for owners that marks name",
            "said in the profile's own words",
        );
    }
    let strange = terms.owners.values().any(|party| !terms.parties.contains(party));
    if strange {
        table.note(
            place,
            "an owner for whom somebody answers who is none of the parties",
            "left out",
        );
    }
    if !terms.words.is_empty() {
        table.note(
            place,
            "what each party said last of the status",
            "left out; the status that follows stands",
        );
    }
}
