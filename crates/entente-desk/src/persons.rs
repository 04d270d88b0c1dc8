//! Persons as people write them: levels by name, countries by their three letters, accesses as in a mark.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::{NameError, PartyPath, Person, PersonChange, PersonId};
use entente_marking::{Category, Entity, Level, SchemeId, Schemes};
use serde::Deserialize;

/// What cannot be read, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(String);

impl From<NameError> for Unreadable {
    fn from(error: NameError) -> Self {
        Self(error.to_string())
    }
}

/// A person as written in files: levels by name, party from the id.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonInput {
    /// Party and name.
    pub id: PersonId,
    #[serde(default)]
    party: Option<PartyPath>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    citizenships: BTreeSet<String>,
    #[serde(default)]
    clearances: BTreeMap<String, String>,
    #[serde(default)]
    accesses: BTreeSet<String>,
    #[serde(default)]
    roles: BTreeSet<String>,
}

impl PersonInput {
    /// What is named of the person; the rest stays as it is recorded.
    ///
    /// # Errors
    /// When something of it cannot be read.
    pub fn change(self, schemes: &Schemes) -> Result<PersonChange, Unreadable> {
        let name = Some(self.name.clone()).filter(|name| !name.is_empty());
        let person = self.person(schemes)?;
        Ok(PersonChange {
            name,
            citizenships: person.citizenships,
            clearances: person.clearances,
            accesses: person.accesses,
            roles: person.roles,
            ..PersonChange::of(person.id, person.party)
        })
    }

    /// The person as described.
    ///
    /// # Errors
    /// When something of it cannot be read.
    pub fn person(self, schemes: &Schemes) -> Result<Person, Unreadable> {
        self.id.spelt()?;
        let party = self.party.or_else(|| self.id.party());
        let party = party.ok_or_else(|| {
            Unreadable(format!(
                "`{}` names no party; write PARTY/NAME, or give `party`",
                self.id
            ))
        })?;
        if self.id.party().is_some_and(|named| named != party) {
            return Err(Unreadable(format!(
                "`{}` is described as a person of {party}; the id names the party, so write {party}/{} or leave `party` out",
                self.id,
                self.id.name()
            )));
        }
        Ok(Person {
            name: self.name,
            citizenships: self
                .citizenships
                .iter()
                .map(|text| country(text))
                .collect::<Result<_, Unreadable>>()?,
            clearances: self
                .clearances
                .iter()
                .map(|(scheme, name)| Ok((SchemeId::new(scheme), level(schemes, scheme, name)?)))
                .collect::<Result<_, Unreadable>>()?,
            accesses: self
                .accesses
                .iter()
                .map(|text| access(schemes, text))
                .collect::<Result<_, Unreadable>>()?,
            roles: self.roles,
            ..Person::outsider(self.id, party)
        })
    }
}

/// A level by its name or abbreviation in the scheme, or by its number.
///
/// # Errors
/// When there is none.
pub fn level(schemes: &Schemes, scheme: &str, name: &str) -> Result<Level, Unreadable> {
    let us = scheme == "us-ic" || scheme == "us-ic/nato";
    let wanted = name.trim().to_uppercase();
    let known = entente_marking::us::LEVELS.iter().find(|(_, full)| {
        let short: String = full.split(' ').filter_map(|word| word.chars().next()).collect();
        us && (*full == wanted || short == wanted)
    });
    let number = wanted.parse().ok().map(|rank| (rank, name));
    // A scheme's own words, such as `NS` or `VS-NfD`.
    let own = schemes.get(&SchemeId::new(scheme), None).filter(|_| !us);
    if let Some(level) = own.and_then(|own| own.level(name)) {
        return Ok(level);
    }
    known
        .map(|(rank, full)| (*rank, *full))
        .or(number)
        .map(|(rank, name)| Level {
            rank,
            name: name.to_owned(),
        })
        .ok_or_else(|| {
            Unreadable(format!(
                "`{name}` is not a level of {scheme}; for us-ic write TS, S, C, R or U, for others the level's word, such as NS for nato, or its number"
            ))
        })
}

/// A country by its code: three letters of ISO 3166-1.
///
/// # Errors
/// When there is none.
pub fn country(text: &str) -> Result<Entity, Unreadable> {
    let code = text.trim().to_uppercase();
    match entente_marking::us::is_country(&code) {
        true => Ok(Entity::new(&code)),
        false => Err(Unreadable(format!(
            "`{text}` is no country; write its three letters (ISO 3166-1), such as GBR"
        ))),
    }
}

/// A category as SCHEME/KIND/NAME; a bare word is an SCI control system with its compartments, as a mark has it.
///
/// # Errors
/// When there is none.
pub fn access(schemes: &Schemes, text: &str) -> Result<Category, Unreadable> {
    let known = match text.split_once('/') {
        Some((scheme, _)) => schemes.get(&SchemeId::new(scheme), None).is_some(),
        None => sci_is_known(schemes, text),
    };
    let category = match text.contains('/') {
        true => Category::new(text),
        false => Category::new(format!("us-ic/sci/{text}")),
    };
    match known {
        true => Ok(category),
        false => Err(Unreadable(format!(
            "there is no control `{text}`; write an SCI control system as in a mark (SI, TK, HCS-P), or SCHEME/KIND/NAME such \
             as us-ic/sap/BP"
        ))),
    }
}

/// Whether the US scheme reads this as an SCI control system.
fn sci_is_known(schemes: &Schemes, text: &str) -> bool {
    let scheme = SchemeId::new("us-ic");
    let Some(us) = schemes.get(&scheme, None) else {
        return false;
    };
    let mark = format!("(TS//{text}//NF)");
    let wanted = Category::new(format!("us-ic/sci/{text}"));
    let checked = us.check(&mark, entente_marking::MarkKind::Portion, None);
    let label = checked.label(&mark);
    label.unknown.is_empty() && label.required.contains(&wanted)
}
