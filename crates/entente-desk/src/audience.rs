//! Who is meant by the name of an audience, and who becomes known with it.

use entente_core::{AudienceName, Command, Person, PersonId, State};

/// The members of a defined audience, with those of them who are not registered as outsiders; `None` where there is none of
/// this name.
pub fn named(state: &State, name: &str) -> Option<(Vec<PersonId>, Vec<Person>)> {
    let defined = state.audiences.get(&AudienceName::new(name).ok()?)?;
    let outsider = |id: &PersonId| Some(Person::outsider(id.clone(), id.party()?));
    let members: Vec<PersonId> = defined.members.iter().cloned().collect();
    let outsiders = members.iter().filter_map(outsider).collect();
    Some((members, outsiders))
}

/// What keeps those who are described and not known: whoever something kept is about becomes known, so that answers,
/// decisions and records speak of the same person.
pub fn to_keep(state: &State, described: Vec<Person>) -> Vec<Command> {
    let unknown = described
        .into_iter()
        .filter(|person| !state.persons.contains_key(&person.id));
    unknown.map(Command::KeepOutsider).collect()
}
