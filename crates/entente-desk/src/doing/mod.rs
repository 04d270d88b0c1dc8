//! What programs ask to be done, as data: a table of acts with their fields, and the commands that each becomes.
//!
//! The acts are called as in the table of roles ([`entente_core::actor`]) or after the command that they are. What a field is
//! called, whether it has to be there and what it holds stands once, in the table: it is read by it and described by it.

mod cases;
mod directory;
mod reports;
mod said;
mod sharing;

use entente_core::decide::NotFound;
use entente_core::{Command, NameError, Person, PersonId, Remains};
use entente_core::{draft, unseen};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::moment::Moment;
use crate::persons::Unreadable;
pub use reports::recipients;
pub use said::Said;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// Texts.
    Texts,
    /// Yes or no.
    Flag,
    /// A number.
    Number,
    /// A moment, such as `2026-11-26T03:20Z`, or a day.
    Moment,
    /// A value with a shape of its own, as files of the command line have it.
    Value,
}

/// A field of an act.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it has to be there.
    pub must: bool,
    /// What it means.
    pub says: &'static str,
}

/// Something that can be done.
#[derive(Clone, Copy, Debug)]
pub struct Act {
    /// What it is called.
    pub name: &'static str,
    /// What it is called in the table of roles.
    pub role: &'static str,
    /// What it does.
    pub says: &'static str,
    /// What has to be said, and what can be.
    pub fields: &'static [Field],
    compose: Compose,
}

type Compose = fn(&Said<'_>, &Setting<'_>) -> Result<Composed, Fault>;

/// Where something is to be done: what is true, who asks, and what only the node can give.
pub struct Setting<'s> {
    /// What is true.
    pub moment: &'s Moment<'s>,
    /// Who asks.
    pub me: &'s PersonId,
    /// When.
    pub now: Timestamp,
    /// What the ids end with that are made.
    pub fresh: &'s str,
    /// Checks the text of a rule with the engine that reads it.
    pub check_rule: &'s dyn Fn(&str, &str) -> Result<(), String>,
    /// What a node cannot reach of what it is to destroy.
    pub beyond_reach: &'s dyn Fn() -> Result<Vec<Remains>, String>,
}

/// What an act becomes.
#[derive(Clone, Debug, Default)]
pub struct Composed {
    /// The commands, which are one step.
    pub commands: Vec<Command>,
    /// The id of what is made, where something is.
    pub id: Option<String>,
}

impl Composed {
    fn of(command: Command) -> Self {
        Self {
            commands: vec![command],
            id: None,
        }
    }

    fn made(id: &impl ToString, command: Command) -> Self {
        Self {
            commands: vec![command],
            id: Some(id.to_string()),
        }
    }

    /// The same, with those kept who were described and are not known.
    fn keeping(mut self, setting: &Setting<'_>, described: Vec<Person>) -> Self {
        let keep = crate::audience::to_keep(setting.moment.state(), described);
        self.commands.splice(0..0, keep);
        self
    }
}

/// Why an act did not become commands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no such act.
    #[error("there is no such thing to do")]
    NoSuchAct,
    /// What was said cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// What was named is not there.
    #[error(transparent)]
    Missing(#[from] NotFound),
    /// The node failed.
    #[error("{0}")]
    Broken(String),
}

impl From<NameError> for Fault {
    fn from(error: NameError) -> Self {
        Self::Unreadable(error.to_string())
    }
}

impl From<Unreadable> for Fault {
    fn from(error: Unreadable) -> Self {
        Self::Unreadable(error.to_string())
    }
}

impl From<Vec<draft::Fault>> for Fault {
    fn from(faults: Vec<draft::Fault>) -> Self {
        const TOLD: usize = 20;
        let told: Vec<String> = faults.iter().take(TOLD).map(ToString::to_string).collect();
        let many = if faults.len() == 1 { "fault" } else { "faults" };
        Self::Unreadable(format!("the text has {} {many}: {}", faults.len(), told.join("; ")))
    }
}

/// Everything that can be done.
pub fn acts() -> impl Iterator<Item = &'static Act> {
    let all = [reports::ACTS, sharing::ACTS, cases::ACTS, directory::ACTS];
    all.into_iter().flatten()
}

/// The act of this name.
pub fn act(name: &str) -> Option<&'static Act> {
    acts().find(|act| act.name == name)
}

impl Act {
    /// The commands that it becomes with what was said.
    ///
    /// # Errors
    /// When a field is missing, not known or cannot be read, with its name; when something that is named is not there.
    pub fn compose(&self, said: &Map<String, Value>, setting: &Setting<'_>) -> Result<Composed, Fault> {
        let said = Said::new(self, said)?;
        // What whoever asks may not know of is not there to build on.
        let world = unseen::world_of(setting.moment.state(), setting.me, &setting.moment.context(setting.now));
        let moment = setting.moment.in_world(&world);
        let there = Setting {
            moment: &moment,
            ..*setting
        };
        (self.compose)(&said, &there)
    }
}

const fn must(name: &'static str, kind: Kind, says: &'static str) -> Field {
    Field {
        name,
        kind,
        must: true,
        says,
    }
}

const fn may(name: &'static str, kind: Kind, says: &'static str) -> Field {
    Field {
        name,
        kind,
        must: false,
        says,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_act_is_in_the_table_of_roles_and_has_a_name_of_its_own() {
        let known: BTreeSet<&str> = entente_core::actor::acts().collect();
        let mut names = BTreeSet::new();
        for act in acts() {
            assert!(known.contains(act.role), "{}: {}", act.name, act.role);
            assert!(names.insert(act.name), "{} twice", act.name);
            let fields: BTreeSet<&str> = act.fields.iter().map(|field| field.name).collect();
            assert_eq!(fields.len(), act.fields.len(), "{}: a field twice", act.name);
        }
        // What is only looked at, and what others do first, is no act of its own.
        let looks = ["read", "name-outsider", "set-roles", "exchange-files"];
        for row in known
            .iter()
            .filter(|row| !row.starts_with("see-") && !looks.contains(row))
        {
            assert!(acts().any(|act| act.role == *row), "no act does `{row}`");
        }
    }
}
