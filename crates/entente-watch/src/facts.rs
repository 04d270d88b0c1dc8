//! The facts file: what is protected, and by which words a text would disclose it.

use std::collections::HashSet;

pub use entente_core::{Growth, Slot, ValueTerm as Value, Widening};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::text::{Warning, normal};
use crate::words;

/// A large service holds some hundred thousand live facts.
pub const MAX_FACTS: usize = 500_000;
/// Analysts write 2 to 5 slots; more than this is a mistake.
pub const MAX_SLOTS: usize = 32;
/// Alternatives of one slot; a gazetteer of a country's towns has some thousands.
pub const MAX_ALTERNATIVES: usize = 5_000;
/// Words of one alternative or value.
pub const MAX_PHRASE_WORDS: usize = 12;

/// One atomic protected statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Identifier, unique in its file.
    pub id: String,
    /// The statement in the originator's wording.
    #[serde(default)]
    pub text: String,
    /// What a text has to speak of to disclose it.
    #[serde(default)]
    pub slots: Vec<Slot>,
    /// Terms that give it away by themselves: names, numbers, identifiers; plain, or salted and hashed.
    #[serde(default)]
    pub values: Vec<Value>,
    /// A condition over candidate sources, for source exposure; not read here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reveals: Option<serde_json::Value>,
    /// Which version it is, and what its slots were given from texts.
    #[serde(default, skip_serializing_if = "Growth::is_first")]
    pub growth: Growth,
}

/// The hash by which a hidden value is found: SHA-256 of the salt, a line feed, and the term's words in lower case joined by spaces.
#[must_use]
pub fn salted(salt: &str, term: &str) -> Value {
    let parts: Vec<String> = words::split(&normal(term))
        .into_iter()
        .map(|(_, w)| w.to_lowercase())
        .collect();
    Value::Hidden {
        salt: salt.to_owned(),
        sha256: digest(salt, &parts.join(" ")),
        words: parts.len(),
    }
}

pub(crate) fn digest(salt: &str, term: &str) -> String {
    use std::fmt::Write as _;
    Sha256::new()
        .chain_update(salt)
        .chain_update("\n")
        .chain_update(term)
        .finalize()
        .iter()
        .fold(String::new(), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// Why a facts file is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    /// Not the JSON that is expected.
    #[error(
        "facts file, line {line}, column {column}: {message}; expected `[{{\"id\", \"text\", \"slots\": [{{\"name\", \"any\": […], \"mandatory\", \"weight\"}}], \"values\": […]}}]`"
    )]
    Json {
        /// Line, from one.
        line: usize,
        /// Column, from one.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// A fact that cannot be used.
    #[error("facts file, fact {index} (`{id}`){place}: {problem}; {remedy}")]
    Fact {
        /// Its place, from one.
        index: usize,
        /// Its identifier.
        id: String,
        /// The slot, where it is one.
        place: String,
        /// What is wrong.
        problem: String,
        /// What to do.
        remedy: &'static str,
    },
    /// More than can be held.
    #[error("facts file: {0} facts, at most {MAX_FACTS} fit; split the file")]
    TooMany(usize),
}

/// Facts that passed every check of form, with what is doubtful about them.
#[derive(Debug, Clone)]
pub struct Facts {
    list: Vec<Fact>,
    warnings: Vec<Warning>,
}

impl Facts {
    /// Reads a facts file.
    ///
    /// # Errors
    /// [`FactsError`] names the place and the remedy.
    ///
    /// ```
    /// use entente_watch::facts::Facts;
    /// let facts = Facts::parse(r#"[{"id":"a","text":"The gate is guarded by two men.","slots":[
    ///     {"name":"gate","any":["gate","entrance"],"mandatory":true},{"name":"guards","any":["guard*","sentr*"]}]}]"#)?;
    /// assert_eq!(facts.list().len(), 1);
    /// # Ok::<(), entente_watch::facts::FactsError>(())
    /// ```
    pub fn parse(json: &str) -> Result<Self, FactsError> {
        let list: Vec<Fact> =
            serde_json::from_str(json.trim_start_matches('\u{FEFF}')).map_err(|error| FactsError::Json {
                line: error.line(),
                column: error.column(),
                message: error.to_string(),
            })?;
        Self::new(list)
    }

    /// Checks facts that are already at hand.
    ///
    /// # Errors
    /// As [`Facts::parse`].
    pub fn new(list: Vec<Fact>) -> Result<Self, FactsError> {
        if list.len() > MAX_FACTS {
            return Err(FactsError::TooMany(list.len()));
        }
        let mut seen = HashSet::new();
        let mut warnings = Vec::new();
        for (index, fact) in list.iter().enumerate() {
            let fail = |place: String, problem: String, remedy| FactsError::Fact {
                index: index + 1,
                id: fact.id.clone(),
                place,
                problem,
                remedy,
            };
            if fact.id.trim().is_empty() {
                return Err(fail(String::new(), "no id".into(), "give it one"));
            }
            if !seen.insert(fact.id.as_str()) {
                return Err(fail(
                    String::new(),
                    "the id is used twice".into(),
                    "give each fact its own",
                ));
            }
            if fact.slots.len() > MAX_SLOTS {
                return Err(fail(
                    String::new(),
                    format!("{} slots", fact.slots.len()),
                    "two to five describe a fact; split it",
                ));
            }
            let mut names = HashSet::new();
            for slot in &fact.slots {
                let place = format!(", slot `{}`", slot.name);
                check_slot(slot).map_err(|(problem, remedy)| fail(place.clone(), problem, remedy))?;
                if !names.insert(slot.name.as_str()) {
                    return Err(fail(place, "the name is used twice".into(), "give each slot its own"));
                }
                if !slot
                    .any
                    .iter()
                    .any(|a| a.starts_with('@') || a.chars().any(char::is_alphanumeric))
                {
                    warnings.push(Warning::new(
                        "facts",
                        format!(
                            "fact `{}`{place} has no alternatives: it can never be found{}",
                            fact.id,
                            if slot.mandatory {
                                ", and it is mandatory, so neither can the fact"
                            } else {
                                ""
                            }
                        ),
                    ));
                }
            }
            for value in &fact.values {
                check_value(value).map_err(|(problem, remedy)| fail(", values".into(), problem, remedy))?;
            }
            if fact.slots.is_empty() && fact.values.is_empty() {
                warnings.push(Warning::new("facts", format!("fact `{}` has neither slots nor values: only its own wording will be found; `entente watch propose` suggests slots", fact.id)));
            }
        }
        Ok(Self { list, warnings })
    }

    /// The facts, in the order of the file.
    #[must_use]
    pub fn list(&self) -> &[Fact] {
        &self.list
    }

    /// The same without warnings, for facts that are kept and were checked when they were written down.
    #[must_use]
    pub fn without_warnings(self) -> Self {
        Self {
            warnings: Vec::new(),
            ..self
        }
    }

    /// What is doubtful about them.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// The entity types an alternative may name.
pub(crate) const ENTITIES: [&str; 6] = ["@person", "@place", "@org", "@number", "@date", "@money"];

fn check_slot(slot: &Slot) -> Result<(), (String, &'static str)> {
    if slot.name.trim().is_empty() {
        return Err((
            "a slot without a name".into(),
            "name what it stands for, so that it can be named where it is missing",
        ));
    }
    if !slot.weight.is_finite() || slot.weight <= 0.0 {
        return Err((format!("weight {}", slot.weight), "weights are positive numbers"));
    }
    if slot.any.len() > MAX_ALTERNATIVES {
        return Err((
            format!("{} alternatives", slot.any.len()),
            "use a wildcard (`word*`) or an entity type (`@place`)",
        ));
    }
    for alternative in &slot.any {
        if alternative.starts_with('@') && !ENTITIES.contains(&alternative.as_str()) {
            return Err((
                format!("`{alternative}` is no entity type"),
                "use @person, @place, @org, @number, @date or @money",
            ));
        }
        let count = words::split(&normal(alternative)).len();
        if count > MAX_PHRASE_WORDS {
            return Err((
                format!("`{alternative}` has {count} words, at most {MAX_PHRASE_WORDS} are compared"),
                "shorten it to what must be said",
            ));
        }
        if let Some(star) = alternative.find('*')
            && (star == 0 || alternative[..star].ends_with(char::is_whitespace))
        {
            return Err((
                format!("`{alternative}` begins a word with `*`"),
                "a wildcard ends a word: `detect*`",
            ));
        }
    }
    Ok(())
}

fn check_value(value: &Value) -> Result<(), (String, &'static str)> {
    let count = match value {
        Value::Plain(term) => words::split(&normal(term)).len(),
        Value::Hidden { sha256, words, .. } => {
            if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
                return Err((
                    "a hidden value whose sha256 is not 64 lower-case hexadecimal digits".into(),
                    "make it with `entente watch hide`",
                ));
            }
            *words
        }
    };
    if count == 0 || count > MAX_PHRASE_WORDS {
        return Err((format!("a value of {count} words"), "values have one to twelve words"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_place_and_remedy() {
        for (json, expected) in [
            ("[{\"id\":1}]", "line 1, column 8"),
            (
                "[{\"id\":\"a\"},{\"id\":\"a\"}]",
                "fact 2 (`a`): the id is used twice; give each fact its own",
            ),
            (
                "[{\"id\":\"a\",\"slots\":[{\"name\":\"x\",\"any\":[\"@town\"]}]}]",
                "fact 1 (`a`), slot `x`: `@town` is no entity type; use @person",
            ),
            (
                "[{\"id\":\"a\",\"slots\":[{\"name\":\"x\",\"any\":[],\"weight\":-1}]}]",
                "weights are positive",
            ),
            (
                "[{\"id\":\"a\",\"slots\":[{\"name\":\"x\",\"any\":[\"* b\"]}]}]",
                "a wildcard ends a word",
            ),
            (
                "[{\"id\":\"a\",\"values\":[{\"salt\":\"s\",\"sha256\":\"zz\",\"words\":1}]}]",
                "64 lower-case",
            ),
        ] {
            let message = Facts::parse(json).expect_err(json).to_string();
            assert!(
                message.contains(expected),
                "{json}\n got: {message}\n expected: {expected}"
            );
        }
    }

    #[test]
    fn what_can_never_be_found_is_said() {
        let facts =
            Facts::parse(r#"[{"id":"a","slots":[{"name":"x","any":[],"mandatory":true}]},{"id":"b","text":"t"}]"#)
                .expect("valid");
        let said: Vec<_> = facts.warnings().iter().map(|w| w.message.as_str()).collect();
        assert!(said[0].contains("neither can the fact"), "{said:?}");
        assert!(said[1].contains("only its own wording"), "{said:?}");
    }
}
