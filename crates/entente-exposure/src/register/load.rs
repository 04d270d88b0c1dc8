//! A register's JSON.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{Candidate, Register, RegisterError, nearest};
use crate::value::{Number, Value};
use crate::without_place;

/// The names with a meaning at the top of a register.
const KEYS: [&str; 4] = ["candidates", "prior", "unlisted", "true"];
/// From this likeness on, an unknown name at the top is taken for a slip.
const SLIP: f64 = 0.75;

#[derive(Deserialize)]
struct File {
    candidates: Vec<Map<String, Json>>,
    #[serde(default)]
    prior: Option<Prior>,
    #[serde(default)]
    unlisted: f64,
    #[serde(default, rename = "true")]
    truth: Option<String>,
    #[serde(flatten)]
    rest: BTreeMap<String, Json>,
}

/// Priors beside the candidates.
#[derive(Deserialize)]
#[serde(untagged)]
enum Prior {
    ById(HashMap<String, f64>),
    InOrder(Vec<f64>),
    Word(String),
}

impl Register {
    /// Reads a register.
    ///
    /// A candidate is `{"id": …, "attributes": {…}, "prior": …}`, or flat: an `id`, perhaps a `prior`, and its
    /// attributes beside them. Values are texts, numbers, `true`, `false`, or `null` where not known. `prior` is
    /// `"uniform"` (also where absent), an object of numbers by id, or a list in the candidates' order. Other names at
    /// the top are for people and are passed over, except for those that look like a slip of the pen.
    ///
    /// # Errors
    /// [`RegisterError`] names the place and the remedy.
    pub fn from_json(text: &str) -> Result<Self, RegisterError> {
        let file: File = serde_json::from_str(text).map_err(|error| RegisterError::Json {
            line: error.line(),
            column: error.column(),
            message: without_place(&error),
        })?;
        for name in file.rest.keys() {
            let near = nearest(name, KEYS.into_iter());
            if let Some(near) = near.filter(|near| strsim::normalized_damerau_levenshtein(near, name) >= SLIP) {
                let problem = format!("`{name}` means nothing at the top");
                return Err(RegisterError::whole(problem, format!("did you mean `{near}`?")));
            }
        }
        let mut candidates = file
            .candidates
            .into_iter()
            .enumerate()
            .map(|(place, fields)| candidate(place, fields))
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(prior) = file.prior {
            declare(&mut candidates, prior)?;
        }
        Self::new(candidates, file.unlisted, file.truth.as_deref())
    }
}

fn candidate(place: usize, mut fields: Map<String, Json>) -> Result<Candidate, RegisterError> {
    let Some(Json::String(id)) = fields.remove("id") else {
        let remedy = "give it one, as in `\"id\": \"S01\"`";
        return Err(RegisterError::candidate(
            place,
            "",
            "it has no `id` that is a text",
            remedy,
        ));
    };
    let fault = |problem: String, remedy: &str| RegisterError::candidate(place, &id, problem, remedy);
    let prior = match fields.remove("prior") {
        None | Some(Json::Null) => None,
        Some(Json::Number(number)) => number.as_f64(),
        Some(_) => {
            return Err(fault(
                "`prior` is not a number".to_owned(),
                "write how likely it is, or leave it out",
            ));
        }
    };
    let given = match fields.remove("attributes") {
        None => fields,
        Some(Json::Object(attributes)) => match fields.keys().next() {
            None => attributes,
            Some(beside) => {
                let problem = format!("`{beside}` stands beside `attributes`");
                return Err(fault(problem, "put it inside, or write all attributes beside `id`"));
            }
        },
        Some(_) => {
            return Err(fault(
                "`attributes` is not an object".to_owned(),
                "write `{name: value}`",
            ));
        }
    };
    let mut attributes = BTreeMap::new();
    for (name, json) in given {
        let value = match json {
            Json::Null => continue,
            Json::Bool(truth) => Some(Value::Truth(truth)),
            Json::Number(number) => number.as_f64().and_then(Number::new).map(Value::Number),
            Json::String(text) => Some(Value::Text(text)),
            Json::Array(_) | Json::Object(_) => None,
        };
        let Some(value) = value else {
            let problem = format!("`{}` is not a text, a number, true, false or null", name.escape_debug());
            return Err(fault(problem, "keep one value an attribute"));
        };
        attributes.insert(name, value);
    }
    Ok(Candidate { id, attributes, prior })
}

/// Gives candidates the priors that stand beside them.
fn declare(candidates: &mut [Candidate], prior: Prior) -> Result<(), RegisterError> {
    if let Prior::Word(word) = prior {
        return match word.as_str() {
            "uniform" => Ok(()),
            _ => Err(RegisterError::whole(
                format!("`prior` is `{word}`"),
                "write `uniform`, or numbers by id",
            )),
        };
    }
    if let Some((place, twice)) = candidates
        .iter()
        .enumerate()
        .find(|(_, candidate)| candidate.prior.is_some())
    {
        let problem = "it has a `prior`, and the register has one for all";
        return Err(RegisterError::candidate(
            place,
            &twice.id,
            problem,
            "declare priors in one of the two places",
        ));
    }
    match prior {
        Prior::Word(_) => Ok(()),
        Prior::InOrder(numbers) if numbers.len() == candidates.len() => {
            for (candidate, number) in candidates.iter_mut().zip(numbers) {
                candidate.prior = Some(number);
            }
            Ok(())
        }
        Prior::InOrder(numbers) => {
            let problem = format!(
                "`prior` has {} numbers for {} candidates",
                numbers.len(),
                candidates.len()
            );
            Err(RegisterError::whole(problem, "write one for each, in their order"))
        }
        Prior::ById(mut numbers) => {
            for candidate in candidates.iter_mut() {
                candidate.prior = numbers.remove(&candidate.id);
            }
            match numbers.keys().min() {
                None => Ok(()),
                Some(id) => Err(RegisterError::whole(
                    format!("`prior` names `{id}`, which is no candidate"),
                    "add it or remove it",
                )),
            }
        }
    }
}
