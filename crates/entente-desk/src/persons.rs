//! Persons as people write them: levels by name, countries by their three letters, accesses as in a mark.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::{Audience, AudienceName, NameError, PartyPath, Person, PersonChange, PersonId, Vouched};
use entente_marking::{Category, Entity, Level, SchemeId, Schemes};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::listing;

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
    clearances: BTreeMap<String, Cleared>,
    #[serde(default)]
    accesses: BTreeSet<String>,
    #[serde(default)]
    roles: BTreeSet<String>,
    #[serde(default)]
    disabled: bool,
    #[serde(default)]
    vouched: Option<Vouched>,
}

/// A level as people write it, or as it is kept (`person list --json`).
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a level's name, such as \"TS\"")]
enum Cleared {
    /// Its name, abbreviation or number.
    Named(String),
    /// With the number that it has in its scheme.
    Kept(Level),
}

impl Cleared {
    fn level(&self, schemes: &Schemes, scheme: &str) -> Result<Level, Unreadable> {
        let (name, kept) = match self {
            Self::Named(name) => (name, None),
            Self::Kept(kept) => (&kept.name, Some(kept)),
        };
        let found = level(schemes, scheme, name)?;
        match kept.filter(|kept| **kept != found) {
            None => Ok(found),
            Some(other) => Err(Unreadable(format!(
                "`{}` is level {} of {scheme} here, not {}; write its name alone",
                other.name, found.rank, other.rank
            ))),
        }
    }
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
            disabled: person.disabled,
            vouched: person.vouched,
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
                .map(|(scheme, cleared)| Ok((SchemeId::new(scheme), cleared.level(schemes, scheme)?)))
                .collect::<Result<_, Unreadable>>()?,
            accesses: self
                .accesses
                .iter()
                .map(|text| access(schemes, text))
                .collect::<Result<_, Unreadable>>()?,
            roles: self.roles,
            disabled: self.disabled,
            vouched: self.vouched,
            ..Person::outsider(self.id, party)
        })
    }
}

/// Persons from a JSON list, or from CSV as `person list --csv` writes it: columns `person` (or `id`), and any of `name`,
/// `citizenships`, `clearances`, `accesses`, `roles`, whose words are separated by spaces.
///
/// ```
/// let file = "person,citizenships,clearances\nGBR.FCDO/j-smith,GBR,us-ic=TS nato=NS\n";
/// let persons = entente_desk::persons::listed(file)?;
/// assert_eq!(persons[0].id.as_str(), "GBR.FCDO/j-smith");
/// # Ok::<(), entente_desk::persons::Unreadable>(())
/// ```
///
/// # Errors
/// When it is neither, with the place.
pub fn listed(file: &str) -> Result<Vec<PersonInput>, Unreadable> {
    read(file, person)
}

/// A row of a file: cells by the names of their columns.
type Row = BTreeMap<String, String>;

/// A list from JSON, or from CSV row by row; what is wrong with a row is said with its line.
fn read<T: DeserializeOwned>(file: &str, one: impl Fn(Row) -> Result<T, Unreadable>) -> Result<Vec<T>, Unreadable> {
    if file.trim_start().starts_with(['[', '{']) {
        return serde_json::from_str(file).map_err(|error| Unreadable(error.to_string()));
    }
    let rows = listing::from_csv(file).map_err(Unreadable)?.into_iter();
    let each =
        rows.map(|(line, row)| one(row).map_err(|Unreadable(problem)| Unreadable(format!("line {line}: {problem}"))));
    each.collect()
}

fn words<'t>(text: &'t str, between: &'static [char]) -> impl Iterator<Item = &'t str> {
    text.split(between).filter(|word| !word.is_empty())
}

/// `SCHEME=LEVEL`.
///
/// # Errors
/// When it is not.
pub fn scheme_and_level(text: &str) -> Result<(&str, &str), Unreadable> {
    let split = text.split_once('=');
    split.ok_or_else(|| Unreadable(format!("`{text}` is not SCHEME=LEVEL, such as `us-ic=TS`")))
}

fn person(mut row: Row) -> Result<PersonInput, Unreadable> {
    const BETWEEN: &[char] = &[' ', ';'];
    let mut take = |column: &str| row.remove(column).unwrap_or_default();
    let all = |text: String| words(&text, BETWEEN).map(str::to_owned).collect();
    let id = Some(take("person"))
        .filter(|id| !id.is_empty())
        .unwrap_or_else(|| take("id"));
    // A level may be of several words: `us-ic=TOP SECRET nato=SECRET`.
    let mut clearances: Vec<String> = Vec::new();
    for word in words(&take("clearances"), BETWEEN) {
        match clearances.last_mut().filter(|_| !word.contains('=')) {
            Some(level) => *level = format!("{level} {word}"),
            None => clearances.push(word.to_owned()),
        }
    }
    let cleared = clearances.iter().map(|text| {
        let (scheme, level) = scheme_and_level(text)?;
        Ok((scheme.to_owned(), Cleared::Named(level.to_owned())))
    });
    let (disabled, vouched) = state(&take("state"))?;
    let found = PersonInput {
        id: PersonId::new(&id)?,
        party: None,
        name: take("name"),
        citizenships: all(take("citizenships")),
        clearances: cleared.collect::<Result<_, Unreadable>>()?,
        accesses: all(take("accesses")),
        roles: all(take("roles")),
        disabled,
        vouched,
    };
    match row.keys().next() {
        None => Ok(found),
        Some(unknown) => Err(Unreadable(format!(
            "there is no column `{unknown}`; persons have person, name, citizenships, clearances, accesses, roles"
        ))),
    }
}

/// What becomes of a person whom a credential describes: what it says is so, and nothing else but their roles.
pub fn by_credential(person: Person) -> PersonChange {
    PersonChange {
        name: Some(person.name).filter(|name| !name.is_empty()),
        citizenships: person.citizenships,
        clearances: person.clearances,
        accesses: person.accesses,
        vouched: person.vouched,
        ..PersonChange::of(person.id, person.party)
    }
}

/// What a list says of a person besides: that they are disabled, and until when a credential vouches for the rest.
pub fn standing(person: &Person) -> String {
    let vouched = person.vouched.as_ref();
    let vouched = vouched.map(|vouched| format!("{VOUCHED}{} by {}", vouched.until, vouched.by));
    let disabled = person.disabled.then(|| "disabled".to_owned());
    disabled.into_iter().chain(vouched).collect::<Vec<_>>().join("; ")
}

const VOUCHED: &str = "vouched until ";

/// The same, read again.
fn state(text: &str) -> Result<(bool, Option<Vouched>), Unreadable> {
    let (mut disabled, mut found) = (false, None);
    for part in text.split("; ").filter(|part| !part.is_empty()) {
        let vouched = part.strip_prefix(VOUCHED).and_then(|rest| rest.split_once(" by "));
        let vouched = vouched.and_then(|(until, by)| {
            Some(Vouched {
                by: by.to_owned(),
                until: until.parse().ok()?,
            })
        });
        match vouched {
            Some(vouched) => found = Some(vouched),
            None if part == "disabled" => disabled = true,
            None => {
                let said = format!("`{part}` is no state; write `disabled`, or nothing");
                return Err(Unreadable(said));
            }
        }
    }
    Ok((disabled, found))
}

/// A party as written in files. Keys do not come by them: they are compared by people first.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct PartyInput {
    /// Its path.
    pub path: PartyPath,
    /// Its name in full.
    #[serde(default)]
    pub name: String,
    /// Parties whose client it is.
    #[serde(default)]
    pub client_of: BTreeSet<PartyPath>,
}

/// Parties from a JSON list as `party list --json` writes it, or from CSV as `party list --csv` does; what they say of keys and
/// of the community is not taken over.
///
/// # Errors
/// When it is neither, with the place.
pub fn parties(file: &str) -> Result<Vec<PartyInput>, Unreadable> {
    read(file, |row| {
        let known = ["party", "name", "keys", "community", "client of"];
        if let Some(unknown) = row.keys().find(|column| !known.contains(&column.as_str())) {
            return Err(Unreadable(format!(
                "there is no column `{unknown}`; parties have party, name, client of"
            )));
        }
        Ok(PartyInput {
            path: PartyPath::new(cell(&row, "party"))?,
            name: cell(&row, "name").to_owned(),
            client_of: named(&row, "client of").map(PartyPath::new).collect::<Result<_, _>>()?,
        })
    })
}

fn cell<'r>(row: &'r Row, column: &str) -> &'r str {
    row.get(column).map_or("", String::as_str)
}

/// Names in a cell.
fn named<'r>(row: &'r Row, column: &str) -> impl Iterator<Item = &'r str> {
    words(cell(row, column), &[' ', ',', ';'])
}

/// Audiences from a JSON list as `audience list --json` writes it, or from CSV as `audience list --csv` does: columns `audience`
/// and `members`, whose names are separated by spaces.
///
/// # Errors
/// When it is neither, with the place.
pub fn audiences(file: &str) -> Result<Vec<Audience>, Unreadable> {
    read(file, |row| {
        let members: BTreeSet<PersonId> = named(&row, "members").map(PersonId::new).collect::<Result<_, _>>()?;
        if members.is_empty() {
            return Err(Unreadable(
                "an audience has members; the columns are audience and members".to_owned(),
            ));
        }
        Ok(Audience {
            name: AudienceName::new(cell(&row, "audience"))?,
            members,
        })
    })
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
