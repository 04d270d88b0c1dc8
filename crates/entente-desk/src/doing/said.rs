//! What was said of an act, read by its table.

use std::str::FromStr;

use entente_core::{NameError, Person, PersonId};
use entente_marking::Purpose;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Act, Fault, Field, Kind, Setting};

/// The most names in one field.
const MOST: usize = 10_000;

/// The fields of one act, each of the kind that the table says.
pub struct Said<'s>(&'s Map<String, Value>);

fn unreadable(field: &str, what: impl std::fmt::Display) -> Fault {
    Fault::Unreadable(format!("`{field}`: {what}"))
}

impl Field {
    fn check(&self, value: &Value) -> Result<(), Fault> {
        let texts = |all: &Vec<Value>| all.len() <= MOST && all.iter().all(Value::is_string);
        let (fits, wanted) = match self.kind {
            Kind::Text => (value.is_string(), "a text"),
            Kind::Texts => (value.as_array().is_some_and(texts), "a list of texts"),
            Kind::Flag => (value.is_boolean(), "`true` or `false`"),
            Kind::Number => (value.is_number(), "a number"),
            Kind::Moment => (value.is_string(), "a moment, such as 2026-11-26T03:20Z"),
            Kind::Value => (true, "a value"),
        };
        match fits {
            true => Ok(()),
            false => Err(unreadable(self.name, format!("give {wanted}"))),
        }
    }
}

impl<'s> Said<'s> {
    pub(super) fn new(act: &Act, given: &'s Map<String, Value>) -> Result<Self, Fault> {
        for (name, value) in given {
            let field = act.fields.iter().find(|field| field.name == *name);
            let field = field.ok_or_else(|| {
                let known: Vec<&str> = act.fields.iter().map(|field| field.name).collect();
                unreadable(
                    name,
                    format!("is no field of this; its fields are {}", known.join(", ")),
                )
            })?;
            field.check(value)?;
        }
        let missing = act.fields.iter().find(|field| {
            let empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty) || value == "";
            field.must && given.get(field.name).is_none_or(empty)
        });
        match missing {
            Some(field) => Err(unreadable(field.name, format!("is missing: {}", field.says))),
            None => Ok(Self(given)),
        }
    }

    /// A text; empty where there is none.
    pub(super) fn text(&self, field: &str) -> &'s str {
        self.0.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn maybe(&self, field: &str) -> Option<String> {
        let text = self.text(field).trim();
        Some(text.to_owned()).filter(|text| !text.is_empty())
    }

    pub(super) fn texts(&self, field: &str) -> impl Iterator<Item = &'s str> {
        let all = self.0.get(field).and_then(Value::as_array).into_iter().flatten();
        all.filter_map(Value::as_str)
    }

    pub(super) fn flag(&self, field: &str) -> bool {
        self.0.get(field).and_then(Value::as_bool).unwrap_or_default()
    }

    pub(super) fn number(&self, field: &str) -> Option<f64> {
        self.0.get(field).and_then(Value::as_f64)
    }

    pub(super) fn id<T: FromStr<Err = NameError>>(&self, field: &str) -> Result<T, Fault> {
        self.text(field).parse().map_err(|error| unreadable(field, error))
    }

    pub(super) fn maybe_id<T: FromStr<Err = NameError>>(&self, field: &str) -> Result<Option<T>, Fault> {
        match self.text(field).is_empty() {
            true => Ok(None),
            false => self.id(field).map(Some),
        }
    }

    pub(super) fn ids<T: FromStr<Err = NameError>, C: FromIterator<T>>(&self, field: &str) -> Result<C, Fault> {
        let one = |text: &str| text.parse().map_err(|error| unreadable(field, error));
        self.texts(field).map(one).collect()
    }

    /// The ids in a field; `None` where none is named.
    pub(super) fn some<T: FromStr<Err = NameError>, C: FromIterator<T>>(
        &self,
        field: &str,
    ) -> Result<Option<C>, Fault> {
        match self.texts(field).next() {
            None => Ok(None),
            Some(_) => self.ids(field).map(Some),
        }
    }

    pub(super) fn moment(&self, field: &str) -> Result<Option<Timestamp>, Fault> {
        let moment = self.maybe(field).map(|text| entente_core::draft::moment(&text));
        moment.transpose().map_err(|problem| unreadable(field, problem))
    }

    pub(super) fn value<T: DeserializeOwned>(&self, field: &str) -> Result<T, Fault> {
        let value = self.0.get(field).cloned().unwrap_or_default();
        serde_json::from_value(value).map_err(|error| unreadable(field, error))
    }

    pub(super) fn purpose(&self) -> Option<Purpose> {
        self.maybe("purpose").map(Purpose::new)
    }

    /// The audience: the one that is named, and the persons who are; with those who are not registered as outsiders.
    pub(super) fn audience(&self, setting: &Setting<'_>) -> Result<(Vec<PersonId>, Vec<Person>), Fault> {
        let state = setting.moment.state();
        let (mut members, mut outsiders) = match self.maybe("audience") {
            None => Default::default(),
            Some(name) => crate::audience::named(state, &name)
                .ok_or_else(|| unreadable("audience", format!("there is no audience `{name}`")))?,
        };
        for person in self.ids::<PersonId, Vec<_>>("people")? {
            let party = person.party();
            let party =
                party.ok_or_else(|| unreadable("people", format!("`{person}` names no party; write PARTY/NAME")))?;
            outsiders.push(Person::outsider(person.clone(), party));
            members.push(person);
        }
        match members.is_empty() {
            true => Err(unreadable("people", "nobody is named; give `people` or `audience`")),
            false => Ok((members, outsiders)),
        }
    }
}
