//! What a holder discloses of a credential (RFC 9901, section 7.1): each disclosure stands for one digest that its issuer signed, and for
//! none else.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::Refused;
use super::jose::digest;
use crate::json;

/// Digests in an object.
const DIGESTS: &str = "_sd";
/// A digest in the place of an element.
const ELEMENT: &str = "...";
/// The hash of all of them.
const HASH: &str = "_sd_alg";
/// The most disclosures of one credential.
const MOST: usize = 1000;
/// The deepest that claims go, with what is disclosed in them.
const DEEPEST: usize = 32;

fn wrong(problem: impl Into<String>) -> Refused {
    Refused::Disclosure(problem.into())
}

/// The claims with what is disclosed of them in its place, and without digests.
pub(super) fn claims(mut payload: Map<String, Value>, disclosures: &[&str]) -> Result<Map<String, Value>, Refused> {
    match payload.remove(HASH) {
        None => {}
        Some(Value::String(hash)) if hash == "sha-256" => {}
        Some(other) => return Err(wrong(format!("its digests are of {other}; only sha-256 is read"))),
    }
    if disclosures.len() > MOST {
        return Err(wrong(format!("it has more than {MOST} disclosures")));
    }
    let mut walk = Walk::default();
    for disclosure in disclosures {
        let parts = parts(disclosure).ok_or_else(|| wrong("one is not base64url of a JSON array"))?;
        if walk.closed.insert(digest(disclosure), parts).is_some() {
            return Err(wrong("one is there twice"));
        }
    }
    walk.object(&mut payload, DEEPEST)?;
    match walk.closed.len() {
        0 => Ok(payload),
        several => Err(wrong(format!("{several} of them the issuer did not sign for"))),
    }
}

fn parts(disclosure: &str) -> Option<Vec<Value>> {
    let value = json::read(&URL_SAFE_NO_PAD.decode(disclosure).ok()?).ok()?;
    if json::twice(&value).is_some() {
        return None;
    }
    match value {
        Value::Array(parts) => Some(parts),
        _ => None,
    }
}

/// Disclosures whose digest was not met yet, and the digests that were.
#[derive(Default)]
struct Walk {
    closed: BTreeMap<String, Vec<Value>>,
    met: BTreeSet<String>,
}

impl Walk {
    /// What a digest stands for, where that is disclosed.
    fn open(&mut self, digest: &str) -> Result<Option<Vec<Value>>, Refused> {
        match self.met.insert(digest.to_owned()) {
            true => Ok(self.closed.remove(digest)),
            false => Err(wrong("a digest is there twice")),
        }
    }

    fn value(&mut self, value: &mut Value, left: usize) -> Result<(), Refused> {
        let left = left
            .checked_sub(1)
            .ok_or_else(|| wrong(format!("claims are nested deeper than {DEEPEST} levels")))?;
        match value {
            Value::Object(object) => self.object(object, left),
            Value::Array(array) => self.array(array, left),
            _ => Ok(()),
        }
    }

    fn object(&mut self, object: &mut Map<String, Value>, left: usize) -> Result<(), Refused> {
        if object.contains_key(ELEMENT) {
            return Err(wrong(format!("`{ELEMENT}` stands where no element of an array is")));
        }
        let digests = match object.remove(DIGESTS) {
            None => Vec::new(),
            Some(Value::Array(digests)) => digests,
            Some(_) => return Err(wrong(format!("`{DIGESTS}` is no list of digests"))),
        };
        for digest in digests {
            let digest = digest
                .as_str()
                .ok_or_else(|| wrong(format!("`{DIGESTS}` is no list of digests")))?;
            let Some(parts) = self.open(digest)? else { continue };
            let [Value::String(_), Value::String(name), value] = parts.as_slice() else {
                return Err(wrong("one of a claim is not salt, name and value"));
            };
            if [DIGESTS, ELEMENT].contains(&name.as_str()) || object.contains_key(name) {
                return Err(wrong(format!(
                    "one is of `{name}`, which is there already or is no claim"
                )));
            }
            object.insert(name.clone(), value.clone());
        }
        object.values_mut().try_for_each(|value| self.value(value, left))
    }

    fn array(&mut self, array: &mut Vec<Value>, left: usize) -> Result<(), Refused> {
        let mut kept = Vec::with_capacity(array.len());
        for mut element in std::mem::take(array) {
            let closed = element.as_object().filter(|object| object.len() == 1);
            match closed.and_then(|object| object.get(ELEMENT)).and_then(Value::as_str) {
                None => {}
                Some(digest) => match self.open(digest)?.as_deref() {
                    None => continue,
                    Some([Value::String(_), value]) => element = value.clone(),
                    Some(_) => return Err(wrong("one of an element is not salt and value")),
                },
            }
            self.value(&mut element, left)?;
            kept.push(element);
        }
        *array = kept;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// RFC 9901, sections 4.2.1 and 4.2.2.
    const FAMILY_NAME: &str = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
    const NATIONALITY: &str = "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0";

    fn read(payload: Value, disclosures: &[&str]) -> Result<Value, Refused> {
        let Value::Object(payload) = payload else {
            unreachable!()
        };
        claims(payload, disclosures).map(Value::Object)
    }

    #[allow(clippy::needless_pass_by_value, reason = "called with what is written in place")]
    fn made(parts: Value) -> String {
        URL_SAFE_NO_PAD.encode(parts.to_string())
    }

    #[test]
    fn digests_are_those_of_the_specification() {
        // RFC 9901, section 4.2.3.
        assert_eq!(digest(FAMILY_NAME), "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
        assert_eq!(digest(NATIONALITY), "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs");
    }

    #[test]
    fn what_is_disclosed_stands_in_its_place_and_nothing_of_the_rest() {
        let payload = json!({
            "_sd_alg": "sha-256", "_sd": ["X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0", "decoy"],
            "nationalities": [{"...": "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"}, {"...": "other"}, "DE"],
        });
        let all = read(payload.clone(), &[FAMILY_NAME, NATIONALITY]).unwrap();
        assert_eq!(all, json!({"family_name": "Möbius", "nationalities": ["FR", "DE"]}));
        let none = read(payload, &[]).unwrap();
        assert_eq!(none, json!({"nationalities": ["DE"]}));
    }

    #[test]
    fn disclosures_within_disclosures_are_followed() {
        let inner = made(json!(["s", "us-ic", "TS"]));
        let outer = made(json!(["s", "clearances", {"_sd": [digest(&inner)]}]));
        let payload = json!({"_sd": [digest(&outer)]});
        let all = read(payload.clone(), &[&outer, &inner]).unwrap();
        assert_eq!(all, json!({"clearances": {"us-ic": "TS"}}));
        assert_eq!(read(payload.clone(), &[&outer]).unwrap(), json!({"clearances": {}}));
        // The inner one alone has no place.
        read(payload, &[&inner]).unwrap_err();
    }

    #[test]
    fn whatever_the_issuer_did_not_sign_so_is_refused() {
        let name = made(json!(["s", "name", "X"]));
        let element = made(json!(["s", "X"]));
        let sd = made(json!(["s", "_sd", []]));
        let dots = made(json!(["s", "...", "X"]));
        let refused = [
            (json!({}), vec![name.as_str()]),
            (json!({"_sd": [digest(&name)]}), vec![&name, &name]),
            (json!({"_sd": [digest(&name), digest(&name)]}), vec![&name]),
            (json!({"_sd": [digest(&name)], "a": {"_sd": [digest(&name)]}}), vec![]),
            (json!({"_sd": [digest(&name)], "name": "Y"}), vec![&name]),
            (json!({"_sd": [digest(&element)]}), vec![&element]),
            (json!({"a": [{"...": digest(&name)}]}), vec![&name]),
            (json!({"_sd": [digest(&sd)]}), vec![&sd]),
            (json!({"_sd": [digest(&dots)]}), vec![&dots]),
            (json!({"_sd": "x"}), vec![]),
            (json!({"_sd": [1]}), vec![]),
            (json!({"...": "x"}), vec![]),
            (json!({"a": [{"...": "x", "b": 1}]}), vec![]),
            (json!({"_sd_alg": "sha-512", "_sd": [digest(&name)]}), vec![&name]),
            (json!({"_sd_alg": 1}), vec![]),
            (json!({}), vec!["!"]),
            (json!({}), vec!["e30"]),
        ];
        for (payload, disclosures) in refused {
            assert!(
                read(payload.clone(), &disclosures).is_err(),
                "{payload} {disclosures:?}"
            );
        }
    }
}
