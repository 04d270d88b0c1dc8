//! Arrangements and consents as ODRL 2.2 in JSON-LD, for the record of others: who agreed to what, in a language that is not ours.
//!
//! A policy permits nothing that `decide` would not: every permission stands under the constraint `decision`, which only whoever holds
//! a text can answer, and what is not in force has no permission at all. What ODRL has no word for is said in a [profile], and what
//! is left out stands in the table.
//!
//! Sources: W3C, *ODRL Information Model 2.2* and *ODRL Vocabulary & Expression 2.2* (2018); *JSON-LD 1.1* (2020).

mod agreed;
mod consented;
mod profile;

use std::fmt::Write as _;

use entente_core::{Arrangement, ArrangementId, Consent, PartyPath, PersonId, PortionRef};
use entente_desk::asking::{self, Given};
use entente_desk::{Moment, View};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

pub use profile::{Kind, PROFILE, WORDS, Word, context, profile};

use crate::exporting::Receiver;
use crate::table::{Row, Table};

/// Policies in one file, and what of them ODRL does not say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Policies {
    /// What is in it, by name.
    pub named: Vec<String>,
    /// The file.
    pub document: Value,
    /// What ODRL cannot express, and what became of it.
    pub table: Vec<Row>,
}

/// Why nothing is written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPolicies {
    /// Whoever is to have it is none of its parties.
    #[error("{who} is none of the parties of arrangement {id}; name one of them with `--for`")]
    NotBound {
        /// Who is to have it.
        who: String,
        /// The arrangement.
        id: ArrangementId,
    },
    /// There is no such consent, or whoever is to have it does not know it.
    #[error("there is no consent {0} that {1} may know of; `entente consent list` shows them")]
    Missing(String, String),
}

/// The terms of an arrangement for one of its parties, or a person of one, as they stand at a moment.
///
/// # Errors
/// When whoever is to have them is none of its parties.
pub fn arrangement(terms: &Arrangement, to: &Receiver, now: Timestamp) -> Result<Policies, NoPolicies> {
    let party = match to {
        Receiver::Party(party) => Some(party.clone()),
        Receiver::Person(person, _) => person.party(),
    };
    if !party.is_some_and(|party| terms.binds(&party)) {
        return Err(NoPolicies::NotBound {
            who: named(to),
            id: terms.id.clone(),
        });
    }
    let mut table = Table::default();
    let policy = agreed::policy(terms, now, &mut table);
    Ok(policies(vec![(terms.id.to_string(), policy)], &table))
}

/// The consents that somebody may know of, all or those that are named: a party knows what it gave and was given, a person those about
/// portions that they may have, and of them no other portion.
///
/// # Errors
/// When one that is named is not among them.
pub fn consents(moment: &Moment<'_>, only: &[String], to: &Receiver, now: Timestamp) -> Result<Policies, NoPolicies> {
    let all = known(moment, to, now);
    let mut table = Table::default();
    let missing = |name: &&String| !all.iter().any(|(given, _)| is_called(given.consent, name));
    if let Some(name) = only.iter().find(missing) {
        return Err(NoPolicies::Missing(name.clone(), named(to)));
    }
    let wanted = |given: &Given<'_>| only.is_empty() || only.iter().any(|name| is_called(given.consent, name));
    let written = all
        .iter()
        .filter(|(given, _)| wanted(given))
        .filter_map(|(given, portions)| {
            let policy = consented::policy(given, portions, now, &mut table)?;
            Some((given.consent.key().to_string(), policy))
        });
    Ok(policies(written.collect(), &table))
}

/// The consents of which somebody may know, each with the portions of it that they may know.
fn known<'s>(moment: &Moment<'s>, to: &Receiver, now: Timestamp) -> Vec<(Given<'s>, Vec<PortionRef>)> {
    let (reader, purpose) = match to {
        Receiver::Party(_) => (None, None),
        Receiver::Person(person, purpose) => (Some(person), purpose.as_ref()),
    };
    let all = asking::consents_with_portions(moment, &View::of(reader, purpose, now)).into_iter();
    let between = |consent: &Consent| match to {
        Receiver::Party(party) => party.includes(&consent.to) || party.includes(&consent.originator),
        Receiver::Person(..) => true,
    };
    all.filter(|(given, _)| between(given.consent)).collect()
}

fn is_called(consent: &Consent, name: &str) -> bool {
    consent.id.as_str() == name || consent.key().to_string() == name
}

fn named(to: &Receiver) -> String {
    match to {
        Receiver::Party(party) => party.to_string(),
        Receiver::Person(person, _) => person.to_string(),
    }
}

/// One policy as a document of its own, several as a graph.
fn policies(written: Vec<(String, Value)>, table: &Table) -> Policies {
    let (named, mut written): (Vec<String>, Vec<Value>) = written.into_iter().unzip();
    let document = match written.len() {
        1 => {
            let mut one = written.remove(0);
            one["@context"] = context();
            one
        }
        _ => json!({ "@context": context(), "@graph": written }),
    };
    Policies {
        named,
        document,
        table: table.rows(),
    }
}

/// The name of something of ours: what stands for it in every file.
fn name(kind: &str, of: &str) -> String {
    let mut name = format!("urn:entente:{kind}:");
    for byte in of.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => name.push(char::from(byte)),
            // Writing into a string cannot fail.
            other => drop(write!(name, "%{other:02X}")),
        }
    }
    name
}

fn party(path: &PartyPath) -> String {
    name("party", path.as_str())
}

fn person(id: &PersonId) -> String {
    name("person", id.as_str())
}

fn constraint(left: &str, operator: &str, right: Value) -> Value {
    let mut made = json!({ "leftOperand": left, "operator": operator });
    made["rightOperand"] = right;
    made
}

fn things(names: impl IntoIterator<Item = String>) -> Value {
    names.into_iter().map(|name| json!({ "@id": name })).collect()
}

/// When a policy was issued, to the minute: how long an answer took tells nobody anything.
fn issued(now: Timestamp) -> String {
    let seconds = now.as_second();
    let minute = Timestamp::from_second(seconds - seconds.rem_euclid(60));
    minute.unwrap_or(now).to_string()
}

fn at(operator: &str, moment: Timestamp) -> Value {
    let moment = json!({ "@type": "xsd:dateTime", "@value": moment.to_string() });
    constraint("dateTime", operator, moment)
}

/// What every permission stands under: whoever holds the text decides.
fn decided() -> Value {
    constraint("decision", "eq", json!({ "@id": "entente:permit" }))
}

/// What is true of every policy.
fn note_decision(place: &str, table: &mut Table) {
    table.note(
        place,
        "marks, clearances, embargoes, recalls, local rules, source exposure",
        "each permission asks for a `decision` that only whoever holds the text makes",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_what_a_name_can() {
        assert_eq!(party(&PartyPath::new("USA.SVC").unwrap()), "urn:entente:party:USA.SVC");
        assert_eq!(
            name("arrangement", "A b/ü:1"),
            "urn:entente:arrangement:A%20b/%C3%BC%3A1"
        );
    }

    #[test]
    fn every_word_of_the_profile_is_explained_and_in_the_context() {
        let context = context();
        let page = include_str!("../../../../docs/odrl.md");
        for word in WORDS {
            assert!(context.get(word.name).is_some(), "{}", word.name);
            assert!(
                page.contains(&format!("`{}`", word.name)),
                "docs/odrl.md: {}",
                word.name
            );
        }
    }
}
