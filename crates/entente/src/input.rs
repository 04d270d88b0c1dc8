//! What users write: files, persons, levels, moments.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use entente_core::{PartyPath, Person, PersonChange, PersonId};
use entente_marking::{Category, Entity, Level, SchemeId, Schemes};
use serde::Deserialize;

use crate::failure::Failure;
use crate::seat;

/// The largest file read whole.
const MAX_INPUT: u64 = 64 << 20;

/// Reads a file, or standard input for `-`.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::not_found(format!("there is no file {}", path.display())),
        _ => Failure::failed(format!("{}: {error}", path.display())),
    };
    let mut read = Vec::new();
    match path.as_os_str() == "-" {
        true => seat::input()
            .map_err(failed)?
            .take(MAX_INPUT + 1)
            .read_to_end(&mut read)
            .map_err(failed)?,
        false => std::fs::File::open(seat::path(path))
            .and_then(|file| file.take(MAX_INPUT + 1).read_to_end(&mut read))
            .map_err(failed)?,
    };
    match read.len() as u64 > MAX_INPUT {
        true => Err(Failure::failed(format!(
            "{} is larger than {MAX_INPUT} bytes",
            path.display()
        ))),
        false => Ok(read),
    }
}

/// Reads a text file, or standard input for `-`.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(bytes(path)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::failed(format!(
            "{} is not UTF-8 text: byte {at} cannot be read; save it as UTF-8",
            path.display()
        ))
    })
}

/// Reads a JSON file into `T`.
pub(crate) fn json<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, Failure> {
    serde_json::from_slice(&bytes(path)?).map_err(|error| Failure::failed(format!("{}: {error}", path.display())))
}

/// A person as written in files: levels by name, party from the id.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonInput {
    pub(crate) id: PersonId,
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
    /// What the file names of the person; the rest stays as it is recorded.
    pub(crate) fn change(self, schemes: &Schemes) -> Result<PersonChange, Failure> {
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

    pub(crate) fn person(self, schemes: &Schemes) -> Result<Person, Failure> {
        self.id.spelt()?;
        let party = self.party.or_else(|| self.id.party());
        let party = party.ok_or_else(|| {
            Failure::usage(format!(
                "`{}` names no party; write PARTY/NAME, or give `party`",
                self.id
            ))
        })?;
        if self.id.party().is_some_and(|named| named != party) {
            return Err(Failure::usage(format!(
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
                .collect::<Result<_, Failure>>()?,
            clearances: self
                .clearances
                .iter()
                .map(|(scheme, name)| Ok((SchemeId::new(scheme), level(schemes, scheme, name)?)))
                .collect::<Result<_, Failure>>()?,
            accesses: self
                .accesses
                .iter()
                .map(|text| access(schemes, text))
                .collect::<Result<_, Failure>>()?,
            roles: self.roles,
            ..Person::outsider(self.id, party)
        })
    }
}

/// A level by its name or abbreviation in the scheme, or by its number.
pub(crate) fn level(schemes: &Schemes, scheme: &str, name: &str) -> Result<Level, Failure> {
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
            Failure::usage(format!(
                "`{name}` is not a level of {scheme}; for us-ic write TS, S, C, R or U, for others the level's word, such as NS for nato, or its number"
            ))
        })
}

/// A country by its code: three letters of ISO 3166-1.
pub(crate) fn country(text: &str) -> Result<Entity, Failure> {
    let code = text.trim().to_uppercase();
    match entente_marking::us::is_country(&code) {
        true => Ok(Entity::new(&code)),
        false => Err(Failure::usage(format!(
            "`{text}` is no country; write its three letters (ISO 3166-1), such as GBR"
        ))),
    }
}

/// A category as SCHEME/KIND/NAME; a bare word is an SCI control system with its compartments, as a mark has it.
pub(crate) fn access(schemes: &Schemes, text: &str) -> Result<Category, Failure> {
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
        false => Err(Failure::usage(format!(
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

/// An audience as a file holds it: ids, or persons, or both.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Member {
    Id(PersonId),
    Person(Box<PersonInput>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum AudienceFile {
    List(Vec<Member>),
    Named { members: Vec<Member> },
}

/// Reads an audience from a file: who is in it, and what it says of those who are not registered.
pub(crate) fn audience(path: &Path, schemes: &Schemes) -> Result<(Vec<PersonId>, Vec<Person>), Failure> {
    let members = match json(path)? {
        AudienceFile::List(members) | AudienceFile::Named { members } => members,
    };
    let mut ids = Vec::new();
    let mut persons = Vec::new();
    for member in members {
        match member {
            Member::Id(id) => {
                id.spelt()?;
                if let Some(party) = id.party() {
                    persons.push(Person::outsider(id.clone(), party));
                }
                ids.push(id);
            }
            Member::Person(input) => {
                let person = input.person(schemes)?;
                ids.push(person.id.clone());
                persons.push(person);
            }
        }
    }
    match ids.is_empty() {
        true => Err(Failure::usage(format!(
            "{} names nobody; list at least one person",
            path.display()
        ))),
        false => Ok((ids, persons)),
    }
}
