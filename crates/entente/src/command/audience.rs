//! `audience`: named sets of persons.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use entente_core::{Audience, AudienceName, Command, Entered, PersonId};
use entente_desk::persons;
use entente_node::Pinned;

use super::Global;
use super::directory::undone;
use super::list::{List, ListArgs};
use crate::failure::{Exit, Failure};
use crate::{input, output, words};

/// Defines the audiences of a file, or one whose members a file lists.
fn set_audiences(
    node: &mut Pinned,
    global: &Global,
    name: Option<AudienceName>,
    members: Vec<PersonId>,
    file: Option<&Path>,
) -> Result<(), Failure> {
    let read = |file: &Path| Ok::<_, Failure>((input::text(file)?, file.display().to_string()));
    let defined = match (name, file) {
        (Some(name), None) => vec![Audience {
            name,
            members: members.into_iter().collect(),
        }],
        (Some(name), Some(file)) => {
            let (text, place) = read(file)?;
            let listed = persons::listed(&text).map_err(|error| Failure::failed(format!("{place}: {error}")))?;
            let members = members.into_iter().chain(listed.into_iter().map(|person| person.id));
            vec![Audience {
                name,
                members: members.collect(),
            }]
        }
        (None, Some(file)) => {
            let (text, place) = read(file)?;
            persons::audiences(&text).map_err(|error| Failure::failed(format!("{place}: {error}")))?
        }
        (None, None) => return Err(Failure::usage("name an audience, or give `--file`")),
    };
    node.submit_all(defined.iter().cloned().map(Command::SetAudience).collect())?;
    let say = || {
        for audience in &defined {
            let members = audience.members.len();
            output::line(format!(
                "audience {} has {}",
                audience.name,
                words::count(members, "member")
            ));
        }
    };
    match defined.as_slice() {
        [one] => output::either(global.json, one, say),
        many => output::either(global.json, &many, say),
    }
}

/// `entente audience`.
#[derive(Debug, Subcommand)]
pub(crate) enum AudienceCommand {
    /// Define an audience.
    Set {
        /// Its name.
        #[arg(required_unless_present = "file")]
        name: Option<AudienceName>,
        /// Its members, as PARTY/NAME.
        #[arg(required_unless_present = "file")]
        members: Vec<PersonId>,
        /// The members from a file, JSON or CSV as `person list` writes them; without a name, audiences as `audience list`
        /// writes them.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Take back an audience that was defined by mistake.
    Undo {
        /// Its name.
        name: AudienceName,
        /// Why.
        #[arg(long, visible_alias = "reason", value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// List the audiences.
    List(ListArgs),
}

impl AudienceCommand {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut node = global.node()?;
        match self {
            Self::Undo { name, note } => undone(&mut node, global, &Entered::Audience { name }, note)?,
            Self::Set { name, members, file } => set_audiences(&mut node, global, name, members, file.as_deref())?,
            Self::List(chosen) => {
                let audiences: Vec<&Audience> = node.state().audiences.values().collect();
                let rows = audiences.iter().map(|audience| {
                    let members: Vec<&str> = audience.members.iter().map(PersonId::as_str).collect();
                    vec![audience.name.to_string(), members.join(" ")]
                });
                let list = List {
                    head: &["audience", "members"],
                    empty: "no audiences are defined; define one with `entente audience set`",
                };
                chosen.show(global, &list, rows.zip(audiences.iter().copied()))?;
            }
        }
        Ok(Exit::Done)
    }
}
