//! Signing in with one's organisation (`OpenID Connect`): authorization code with PKCE, and the roles that a table gives groups.
//!
//! What the provider says counts for who somebody is (issuer and subject, bound to a person by a code of an administrator) and for
//! their roles; clearances come from the register. The protocol is that of the `openidconnect` crate; what stands here is which
//! provider is believed for what, who may be called, and that an answer belongs to the browser that began.

mod flow;
mod provider;

use std::collections::BTreeSet;

use entente_core::actor::{Role, own_roles_of};
use entente_core::{PersonChange, PersonId, State};

pub(crate) use flow::{Back, Flows, Identity, NotSignedIn};
pub use provider::Provider;

/// How the roles of a person change by what their provider says of their groups; `None` where they stay. Roles that the table does
/// not speak of stay as they are, and the last administrator stays one.
pub(crate) fn roles_by(
    provider: &Provider,
    state: &State,
    person: &PersonId,
    groups: &BTreeSet<String>,
) -> Option<PersonChange> {
    let known = state.persons.get(person)?;
    let said: BTreeSet<&String> = provider
        .roles
        .iter()
        .filter(|(group, _)| groups.contains(*group))
        .flat_map(|(_, roles)| roles)
        .collect();
    let spoken_of: BTreeSet<&String> = provider.roles.values().flatten().collect();
    let mut change = PersonChange::of(person.clone(), known.party.clone());
    for role in spoken_of {
        match (said.contains(role), known.roles.contains(role)) {
            (true, false) => drop(change.roles.insert(role.clone())),
            (false, true) if role != Role::Administrator.name() || is_another(state, person) => {
                change.dropped.roles.insert(role.clone());
            }
            _ => {}
        }
    }
    (!change.roles.is_empty() || !change.dropped.roles.is_empty()).then_some(change)
}

/// Whether somebody else is administrator as well.
fn is_another(state: &State, person: &PersonId) -> bool {
    let mut all = state.persons.keys().filter(|other| *other != person);
    all.any(|other| own_roles_of(state, other).contains(&Role::Administrator))
}

#[cfg(test)]
mod tests {
    use entente_core::{PartyPath, Person};

    use super::*;

    fn state(people: &[(&str, &[&str])]) -> State {
        let mut state = State::default();
        let home = PartyPath::new("GBR").unwrap();
        for (name, roles) in people {
            let id = PersonId::new(format!("GBR/{name}")).unwrap();
            let person = Person {
                roles: roles.iter().map(|role| (*role).to_owned()).collect(),
                ..Person::outsider(id.clone(), home.clone())
            };
            state.persons.insert(id, person);
        }
        state.home = Some(home);
        state
    }

    #[test]
    fn groups_give_and_take_the_roles_of_the_table_and_leave_the_last_administrator() {
        let text = "title = \"x\"\nissuer = \"http://127.0.0.1:1\"\nclient = \"x\"\n[roles]\nstaff = [\"analyst\"]\n\
                    chiefs = [\"disclosure-officer\", \"administrator\"]\n";
        let provider: Provider = toml::from_str(text).unwrap();
        let changed = |state: &State, groups: &[&str]| {
            let groups = groups.iter().map(|group| (*group).to_owned()).collect();
            let change = roles_by(&provider, state, &PersonId::new("GBR/a").unwrap(), &groups)?;
            let all = |roles: &BTreeSet<String>| roles.iter().cloned().collect::<Vec<_>>().join(" ");
            Some((all(&change.roles), all(&change.dropped.roles)))
        };
        let said = |one: &str, other: &str| Some((one.to_owned(), other.to_owned()));
        let alone = state(&[("a", &["auditor", "administrator"])]);
        assert_eq!(
            changed(&alone, &["staff", "strangers"]),
            said("analyst", ""),
            "nobody else is administrator"
        );
        let two = state(&[("a", &["auditor", "administrator"]), ("b", &["administrator"])]);
        assert_eq!(changed(&two, &["staff"]), said("analyst", "administrator"));
        assert_eq!(changed(&two, &["chiefs"]), said("disclosure-officer", ""));
        let plain = state(&[("a", &["auditor"]), ("b", &["administrator"])]);
        assert_eq!(changed(&plain, &[]), None, "what the table does not speak of stays");
        assert_eq!(changed(&state(&[]), &["staff"]), None, "nobody is made by a provider");
    }
}
