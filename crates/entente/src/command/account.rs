//! `account`: what people sign in with at this party's node.

use clap::Subcommand;
use entente_core::{CommandRefusal, PersonId};
use entente_serve::{Accounts, CodeUse};
use jiff::Timestamp;
use serde_json::json;

use super::Global;
use crate::failure::{Exit, Failure};
use crate::output;

/// `entente account`.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Give a person a code to make an account with, or new means to sign in; it is shown once and ends after a week.
    Invite {
        /// The person, registered with `entente person add`.
        person: PersonId,
        /// For a demonstration on this machine: a link that signs in as this person without more.
        #[arg(long)]
        demonstration: bool,
    },
    /// List who can sign in.
    List,
}

impl AccountCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let node = global.node()?;
        let accounts = Accounts::of(&global.data);
        match self {
            Self::Invite { person, demonstration } => {
                let known = node.state().persons.get(&person);
                if known.is_none_or(|known| node.home().is_ok_and(|home| !home.includes(&known.party))) {
                    return Err(Failure::from(CommandRefusal::Missing {
                        what: "person of this party",
                        name: person.to_string(),
                        remedy: "register them with `entente person add`",
                    }));
                }
                let purpose = match demonstration {
                    true => CodeUse::Demonstration(person.clone()),
                    false => CodeUse::Account(person.clone()),
                };
                let code = accounts.give_code(purpose, Timestamp::now()).map_err(Failure::failed)?;
                let path = match demonstration {
                    true => format!("/enter/{code}"),
                    false => "/join".to_owned(),
                };
                let value = json!({ "person": person, "code": code, "path": path });
                output::either(global.json, &value, || match demonstration {
                    true => output::line(format!("{person} works at {path} of the node")),
                    false => output::line(format!("code for {person}, to be used at {path} of the node: {code}")),
                })?;
            }
            Self::List => {
                let people = accounts.people().map_err(Failure::failed)?;
                let rows = people
                    .iter()
                    .map(|(name, person)| vec![name.clone(), person.to_string()])
                    .collect();
                let value: Vec<_> = people
                    .iter()
                    .map(|(name, person)| json!({ "name": name, "person": person }))
                    .collect();
                output::either(global.json, &value, || {
                    output::table(&["name", "person"], rows, "nobody can sign in yet");
                })?;
            }
        }
        Ok(Exit::Done)
    }
}
