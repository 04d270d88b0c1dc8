//! Whose rules are in force, and the lists that a node adds to them.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::country::{countries, is_country};
use super::vocabulary::SCI;
use crate::groups::{Group, Groups};
use crate::release::Entity;

/// A variant of the US rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// IC Markings System Register and Manual, 31 December 2016.
    Ic2016,
    /// DoDM 5200.01 volume 2, change 4.
    Dod,
    /// ODNI's IC-ISM V2021-NOV, which knows controlled unclassified information.
    Ism2021,
}

impl Profile {
    pub(crate) fn is_dod(self) -> bool {
        self == Self::Dod
    }

    /// Whether it has marks of controlled unclassified information.
    pub(crate) fn knows_cui(self) -> bool {
        self != Self::Ic2016
    }
}

/// A country code of a node's own, such as one of a coalition's exercise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Country {
    /// Its code of three letters.
    pub code: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
}

/// An SCI control system that is registered but not published (IC Markings Manual 2016, p. 61).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlSystem {
    /// Its name in marks.
    pub name: String,
    /// What it means, for explanations at this node only.
    #[serde(default)]
    pub meaning: String,
}

/// What a node knows beyond the published lists: a file of its own, never sent.
///
/// ```
/// use entente_marking::us::{Register, UsIc};
/// use entente_marking::{MarkKind, Scheme};
/// let register: Register = serde_json::from_str(
///     r#"{"systems":[{"name":"QRS"}], "groups":[{"code":"MNTX","name":"exercise","members":["GBR","NOR"],"decomposable":false}]}"#,
/// )?;
/// assert!(register.problems().is_empty());
/// let scheme = UsIc::ic_2016().with_register(register);
/// assert!(scheme.check("(TS//QRS//REL TO USA, MNTX)", MarkKind::Portion, None).is_valid());
/// assert!(!UsIc::ic_2016().check("(TS//QRS//NF)", MarkKind::Portion, None).is_valid());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Unpublished control systems.
    #[serde(default)]
    pub systems: Vec<ControlSystem>,
    /// Groups of countries; one with a published code replaces it.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Country codes.
    #[serde(default)]
    pub countries: Vec<Country>,
}

impl Register {
    /// What is wrong with the lists, entry by entry.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let word = |text: &str, longest: usize| {
            (1..=longest).contains(&text.len())
                && text
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        };
        for system in &self.systems {
            if !word(&system.name, 32) || SCI.iter().any(|row| row.name == system.name) {
                problems.push(format!(
                    "the control system `{}` is not a new name in capitals and digits",
                    system.name
                ));
            }
        }
        for country in &self.countries {
            if country.code.len() != 3 || !word(&country.code, 3) {
                problems.push(format!(
                    "the country code `{}` is not three capitals or digits",
                    country.code
                ));
            }
        }
        for group in &self.groups {
            let code = group.code.as_str();
            if !word(code, 32) || self.is_country(code) {
                problems.push(format!(
                    "the group `{code}` is not a code in capitals, or is a country's"
                ));
            }
            let unknown = group.members.iter().filter(|member| !self.is_country(member.as_str()));
            problems.extend(unknown.map(|member| format!("`{member}` in the group `{code}` is not a country code")));
        }
        problems
    }

    fn is_country(&self, code: &str) -> bool {
        is_country(code) || self.countries.iter().any(|country| country.code == code)
    }
}

/// The lists that marks are read with, the published ones and the node's: put in order once for each scheme.
#[derive(Clone, Debug)]
pub(crate) struct Lists {
    groups: Groups,
    register: Register,
    /// What each code stands for: looked up for each code of each mark.
    codes: FxHashMap<Entity, Code>,
}

/// What a code on a list stands for.
#[derive(Clone, Debug)]
enum Code {
    Country,
    Group,
    /// A group that can be taken apart, with its members.
    Members(BTreeSet<Entity>),
}

impl Code {
    fn of(group: &Group) -> Self {
        match group.decomposable {
            true => Self::Members(group.members.clone()),
            false => Self::Group,
        }
    }
}

impl Lists {
    pub(crate) fn published() -> Self {
        Self::of(super::country::groups(), Register::default())
    }

    /// Lists of other groups, and a node's register.
    pub(crate) fn of(mut groups: Groups, register: Register) -> Self {
        for group in &register.groups {
            groups.insert(group.clone());
        }
        let own = register.countries.iter().map(|own| Entity::new(&own.code));
        let countries = countries().cloned().chain(own).map(|code| (code, Code::Country));
        let of_groups = groups.iter().map(|group| (group.code.clone(), Code::of(group)));
        let codes = of_groups.chain(countries).collect();
        Self {
            groups,
            register,
            codes,
        }
    }

    pub(crate) fn with_groups(self, groups: Groups) -> Self {
        Self::of(groups, self.register)
    }

    pub(crate) fn with_register(self, register: Register) -> Self {
        Self::of(self.groups, register)
    }

    pub(crate) fn groups(&self) -> &Groups {
        &self.groups
    }

    pub(crate) fn is_group(&self, code: &str) -> bool {
        matches!(self.codes.get(code), Some(Code::Group | Code::Members(_)))
    }

    /// What a list admits, as it is stored: groups that can be taken apart as their members.
    pub(crate) fn atoms<'l>(&self, list: impl IntoIterator<Item = &'l Entity>) -> BTreeSet<Entity> {
        let mut atoms = BTreeSet::new();
        for code in list {
            match self.codes.get(code) {
                Some(Code::Members(members)) => atoms.extend(members.iter().cloned()),
                _ => {
                    atoms.insert(code.clone());
                }
            }
        }
        atoms
    }

    pub(crate) fn country(&self, code: &str) -> Option<&Entity> {
        let (entity, stands_for) = self.codes.get_key_value(code).filter(|_| code.len() == 3)?;
        matches!(stands_for, Code::Country).then_some(entity)
    }

    /// The country or group with this code.
    pub(crate) fn entity(&self, code: &str) -> Option<&Entity> {
        self.codes.get_key_value(code).map(|(entity, _)| entity)
    }

    pub(crate) fn is_system(&self, name: &str) -> bool {
        self.register.systems.iter().any(|system| system.name == name)
    }
}
