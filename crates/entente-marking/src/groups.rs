//! Groups of countries: who belongs to them, and whether a banner may take them apart.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::release::Entity;

/// A group of countries or organisations on a release list (a "tetragraph").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its code, such as `FVEY`.
    pub code: Entity,
    /// What it stands for.
    pub name: String,
    /// Its members, as far as they are known here.
    pub members: BTreeSet<Entity>,
    /// Whether roll-up may replace it by its members (ODNI's tetragraph taxonomy). Access always expands.
    pub decomposable: bool,
}

/// The groups known to a scheme or a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups(BTreeMap<Entity, Group>);

impl Groups {
    /// Adds a group, or replaces the one with its code.
    pub fn insert(&mut self, group: Group) {
        self.0.insert(group.code.clone(), group);
    }

    /// The group with this code.
    pub fn get(&self, code: &Entity) -> Option<&Group> {
        self.0.get(code)
    }

    /// All groups, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Group> {
        self.0.values()
    }

    /// What a release list stores for `entity`: the members of a decomposable group, else the entity itself.
    pub fn atoms(&self, entity: &Entity) -> BTreeSet<Entity> {
        match self.get(entity) {
            Some(group) if group.decomposable => group.members.clone(),
            _ => BTreeSet::from([entity.clone()]),
        }
    }

    /// Everyone whom `entity` admits when access is decided: itself and, for a group of either kind, its members.
    pub fn admitted(&self, entity: &Entity) -> BTreeSet<Entity> {
        let mut all = self.get(entity).map(|group| group.members.clone()).unwrap_or_default();
        all.insert(entity.clone());
        all
    }
}
