//! `person`: who reads, decides, is told.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use entente_core::{Command, Dropped, Entered, PersonChange, PersonId, Vouched};
use entente_desk::persons::{self, Unreadable};
use entente_marking::{Entity, SchemeId, Schemes};
use entente_node::Pinned;

use super::Global;
use super::credential::CredentialArgs;
use super::deputies::{self, DeputyArgs};
use super::directory::undone;
use super::list::{List, ListArgs};
use crate::failure::{Exit, Failure};
use crate::{input, output};

/// What is said of a person.
#[derive(Debug, Args)]
pub(crate) struct PersonArgs {
    /// PARTY/NAME, such as `GBR.FCDO/j-smith`.
    #[arg(required_unless_present_any = ["file", "credential"])]
    id: Option<PersonId>,
    /// What to call them.
    #[arg(long)]
    name: Option<String>,
    /// A citizenship that they have; may be given several times.
    #[arg(long, value_name = "COUNTRY")]
    citizenship: Vec<String>,
    /// A clearance as SCHEME=LEVEL, such as `us-ic=TS`; takes the place of an earlier one of that scheme.
    #[arg(long, value_name = "SCHEME=LEVEL")]
    clearance: Vec<String>,
    /// A compartment, programme or read-on that they have: `SI`, `us-ic/sap/BP`.
    #[arg(long)]
    access: Vec<String>,
    /// A role that they have, such as `override-authority`.
    #[arg(long)]
    role: Vec<String>,
    /// A citizenship that they have no longer.
    #[arg(long, value_name = "COUNTRY")]
    drop_citizenship: Vec<String>,
    /// A scheme in which they are no longer cleared.
    #[arg(long, value_name = "SCHEME")]
    drop_clearance: Vec<String>,
    /// An access that they have no longer.
    #[arg(long, value_name = "ACCESS")]
    drop_access: Vec<String>,
    /// A role that they have no longer.
    #[arg(long, value_name = "ROLE")]
    drop_role: Vec<String>,
    /// The credential by which they were known counts no longer, and nothing that it said.
    #[arg(long)]
    drop_credential: bool,
    #[command(flatten)]
    credentials: CredentialArgs,
    /// Persons from a file instead: JSON, or CSV as `person list --csv` writes it.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["id", "name", "citizenship", "clearance", "access", "role",
        "drop_citizenship", "drop_clearance", "drop_access", "drop_role", "drop_credential", "credential"])]
    file: Option<PathBuf>,
}

impl PersonArgs {
    fn run(self, node: &mut Pinned, global: &Global) -> Result<(), Failure> {
        let changes = match self.credentials.is_empty() {
            true => self.changes(node.schemes())?,
            false => self.by_credential(node, global)?,
        };
        let ids: Vec<PersonId> = changes.iter().map(|change| change.id.clone()).collect();
        node.submit(Command::ChangePersons(changes))?;
        let persons: Vec<_> = ids.iter().filter_map(|id| node.state().persons.get(id)).collect();
        output::either(global.json, &persons, || match persons.as_slice() {
            many if many.len() > 20 => output::line(format!("{} persons are known", many.len())),
            few => few.iter().for_each(|person| match &person.vouched {
                None => output::line(format!("{} is known", person.id)),
                Some(Vouched { by, until }) => {
                    output::line(format!("{} is known until {until}, by a credential of {by}", person.id));
                }
            }),
        })
    }

    /// What credentials say, and nothing that is typed beside.
    fn by_credential(&self, node: &Pinned, global: &Global) -> Result<Vec<PersonChange>, Failure> {
        let typed = [
            &self.citizenship,
            &self.clearance,
            &self.access,
            &self.role,
            &self.drop_citizenship,
            &self.drop_clearance,
            &self.drop_access,
            &self.drop_role,
        ];
        if self.drop_credential || self.name.is_some() || typed.iter().any(|list| !list.is_empty()) {
            return Err(Failure::usage(
                "a credential says all that is so: leave the other options out, and give roles with another `entente person add`",
            ));
        }
        let changes = self.credentials.changes(node, global)?;
        match self
            .id
            .as_ref()
            .zip(changes.iter().find(|change| Some(&change.id) != self.id.as_ref()))
        {
            None => Ok(changes),
            Some((meant, change)) => Err(Failure::new(
                Exit::Denied,
                format!("the credential is about {}, not about {meant}", change.id),
            )),
        }
    }

    fn changes(self, schemes: &Schemes) -> Result<Vec<PersonChange>, Failure> {
        let id = match (&self.file, self.id) {
            (Some(file), _) => {
                let listed = persons::listed(&input::text(file)?);
                let listed = listed.map_err(|error| Failure::failed(format!("{}: {error}", file.display())))?;
                let changes = listed.into_iter().map(|person| person.change(schemes));
                return Ok(changes.collect::<Result<_, Unreadable>>()?);
            }
            (None, Some(id)) => id,
            (None, None) => return Err(Failure::usage("name a person, or give `--file`")),
        };
        let party = id
            .party()
            .ok_or_else(|| Failure::usage(format!("`{id}` names no party; write PARTY/NAME")))?;
        let cleared = |text: &String| {
            let split = persons::scheme_and_level(text);
            let (scheme, level) = split.map_err(|error| Failure::usage(error.to_string()))?;
            Ok((SchemeId::new(scheme), persons::level(schemes, scheme, level)?))
        };
        let countries = |list: &[String]| {
            list.iter()
                .map(|text| persons::country(text))
                .collect::<Result<_, Unreadable>>()
        };
        let accesses = |list: &[String]| {
            list.iter()
                .map(|text| persons::access(schemes, text))
                .collect::<Result<_, Unreadable>>()
        };
        Ok(vec![PersonChange {
            name: self.name,
            citizenships: countries(&self.citizenship)?,
            clearances: self.clearance.iter().map(cleared).collect::<Result<_, Failure>>()?,
            accesses: accesses(&self.access)?,
            roles: self.role.into_iter().collect(),
            dropped: Dropped {
                citizenships: countries(&self.drop_citizenship)?,
                clearances: self.drop_clearance.iter().map(SchemeId::new).collect(),
                accesses: accesses(&self.drop_access)?,
                roles: self.drop_role.into_iter().collect(),
                credential: self.drop_credential,
            },
            ..PersonChange::of(id, party)
        }])
    }
}

/// `entente person`.
#[derive(Debug, Subcommand)]
pub(crate) enum PersonCommand {
    /// Make a person known, or change what is named of them; the rest stays as it is.
    Add(Box<PersonArgs>),
    /// Take back a person who was entered by mistake, while nothing rests on it.
    Undo {
        /// PARTY/NAME.
        id: PersonId,
        /// Why.
        #[arg(long, visible_alias = "reason", value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// Have somebody stand in for a person: with the roles of both, and with what they themselves may know.
    Deputy(DeputyArgs),
    /// List who stands in for whom.
    Deputies(ListArgs),
    /// Switch a person's access on again.
    Enable {
        /// The person.
        id: PersonId,
    },
    /// Switch a person's access off.
    Disable {
        /// PARTY/NAME.
        id: PersonId,
    },
    /// List the known persons.
    List(ListArgs),
}

impl PersonCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        match self {
            Self::Add(added) => added.run(&mut node, global)?,
            Self::Undo { id, note } => undone(&mut node, global, &Entered::Person { id }, note)?,
            Self::Deputy(place) => deputies::set(&mut node, global, place)?,
            Self::Deputies(chosen) => deputies::list(&node, global, &chosen)?,
            Self::Enable { id } => {
                node.submit(Command::EnablePerson(id.clone()))?;
                output::either(global.json, &node.state().persons.get(&id), || {
                    output::line(format!("{id} is enabled"));
                })?;
            }
            Self::Disable { id } => {
                let person = node.state().persons.get(&id).cloned();
                let mut person = person.ok_or_else(|| {
                    Failure::not_found(format!("there is no person {id}; `entente person list` shows them"))
                })?;
                person.disabled = true;
                node.submit(Command::SetPerson(person.clone()))?;
                output::either(global.json, &person, || output::line(format!("{id} is disabled")))?;
            }
            Self::List(chosen) => persons_known(&node, global, &chosen)?,
        }
        Ok(Exit::Done)
    }
}

fn persons_known(node: &Pinned, global: &Global, chosen: &ListArgs) -> Result<(), Failure> {
    let persons: Vec<_> = node.state().persons.values().collect();
    let join = |list: Vec<&str>| list.join(" ");
    let rows = persons.iter().map(|person| {
        let cleared = person.clearances.iter();
        let cleared: Vec<String> = cleared
            .map(|(scheme, level)| format!("{scheme}={}", level.name))
            .collect();
        vec![
            person.id.to_string(),
            person.name.clone(),
            join(person.citizenships.iter().map(Entity::as_str).collect()),
            cleared.join(" "),
            join(person.accesses.iter().map(entente_marking::Category::as_str).collect()),
            join(person.roles.iter().map(String::as_str).collect()),
            persons::standing(person),
        ]
    });
    let list = List {
        head: &[
            "person",
            "name",
            "citizenships",
            "clearances",
            "accesses",
            "roles",
            "state",
        ],
        empty: "no persons are known; add them with `entente person add`",
    };
    chosen.show(global, &list, rows.zip(persons.iter().copied()))
}
