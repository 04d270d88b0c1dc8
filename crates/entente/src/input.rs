//! What users write: files, persons, levels, moments.

use std::io::Read;
use std::path::Path;

use entente_core::{Person, PersonId};
use entente_desk::persons::PersonInput;
use entente_marking::Schemes;
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
