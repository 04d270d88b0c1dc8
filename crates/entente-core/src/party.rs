//! Parties and persons: who holds, reads and decides.

use std::collections::{BTreeMap, BTreeSet};

use entente_marking::{Category, Entity, Level, SchemeId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{AudienceName, PartyPath, PersonId, RuleName};

/// An organisation that this node knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Its path.
    pub path: PartyPath,
    /// Its name in full.
    pub name: String,
    /// Parties whose client it is (TLP:AMBER may travel from an organisation to its clients).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub client_of: BTreeSet<PartyPath>,
    /// Keys to verify its signatures by, newest first; empty where it has not given any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signing_keys: Vec<String>,
    /// The key to encrypt to it with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
}

/// Someone at a party, with all that a decision can depend on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Party and name, such as `GBR.FCDO/j-smith`.
    pub id: PersonId,
    /// The party they act for.
    pub party: PartyPath,
    /// What to call them; a function ("foreign minister") is enough.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Their citizenships.
    #[serde(default)]
    pub citizenships: BTreeSet<Entity>,
    /// The level up to which they are cleared, by scheme. No entry means no clearance.
    #[serde(default)]
    pub clearances: BTreeMap<SchemeId, Level>,
    /// Compartments, programmes and read-ons they hold.
    #[serde(default)]
    pub accesses: BTreeSet<Category>,
    /// What they may do here: `disclosure-officer`, `override-authority`, …
    #[serde(default)]
    pub roles: BTreeSet<String>,
    /// Whether their access is switched off.
    #[serde(default)]
    pub disabled: bool,
    /// Who vouches for what is said of them, and until when; nobody where somebody here typed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vouched: Option<Vouched>,
}

/// A credential by which a person is known: what it says counts until it ends, and nothing of them afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vouched {
    /// Who issued it, by the name under which they are pinned here.
    pub by: String,
    /// When it ends.
    pub until: Timestamp,
}

impl Person {
    /// An outsider: someone about whom nothing is known but who they are and for whom they act.
    pub fn outsider(id: PersonId, party: PartyPath) -> Self {
        Self {
            id,
            party,
            name: String::new(),
            citizenships: BTreeSet::new(),
            clearances: BTreeMap::new(),
            accesses: BTreeSet::new(),
            roles: BTreeSet::new(),
            disabled: false,
            vouched: None,
        }
    }

    /// Whether what is said of them is vouched for no longer at `moment`.
    pub fn lapsed(&self, moment: Timestamp) -> bool {
        self.vouched.as_ref().is_some_and(|vouched| moment >= vouched.until)
    }

    /// Whether the id names the party for which they act. Nobody is decided about as a person of one party and measured
    /// as one of another: the id is the identity, and it has one spelling.
    pub fn is_one(&self) -> bool {
        self.id.party().as_ref() == Some(&self.party) && self.id.spelt().is_ok()
    }

    /// Whether `now` is the person described here, with the same party and citizenships and no less clearance or access.
    pub fn is_still(&self, now: &Self) -> bool {
        let cleared = |(scheme, level): (&SchemeId, &Level)| {
            let held = now.clearances.get(scheme);
            held.is_some_and(|held| held.rank >= level.rank)
        };
        (&self.id, &self.party, &self.citizenships) == (&now.id, &now.party, &now.citizenships)
            && self.clearances.iter().all(cleared)
            && self.accesses.is_subset(&now.accesses)
    }
}

/// What changes about a person; what is not named stays as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonChange {
    /// The person.
    pub id: PersonId,
    /// The party they act for.
    pub party: PartyPath,
    /// What to call them from now on.
    pub name: Option<String>,
    /// Citizenships that come to those recorded.
    pub citizenships: BTreeSet<Entity>,
    /// Levels that take the place of those recorded for the same scheme.
    pub clearances: BTreeMap<SchemeId, Level>,
    /// Accesses that come to those recorded.
    pub accesses: BTreeSet<Category>,
    /// Roles that come to those recorded.
    pub roles: BTreeSet<String>,
    /// What is taken away before anything is added.
    pub dropped: Dropped,
    /// Whether their access is switched off from now on; it is never switched on by the way.
    pub disabled: bool,
    /// A credential that says all this. What it does not say is not so any more, roles excepted.
    pub vouched: Option<Vouched>,
}

/// What a person has no longer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Citizenships.
    pub citizenships: BTreeSet<Entity>,
    /// Schemes in which they are not cleared any more.
    pub clearances: BTreeSet<SchemeId>,
    /// Accesses.
    pub accesses: BTreeSet<Category>,
    /// Roles.
    pub roles: BTreeSet<String>,
    /// The credential by which they are known, with all that it says.
    pub credential: bool,
}

impl PersonChange {
    /// No change yet, about this person.
    pub fn of(id: PersonId, party: PartyPath) -> Self {
        Self {
            id,
            party,
            name: None,
            citizenships: BTreeSet::new(),
            clearances: BTreeMap::new(),
            accesses: BTreeSet::new(),
            roles: BTreeSet::new(),
            dropped: Dropped::default(),
            disabled: false,
            vouched: None,
        }
    }

    /// Whether it types something beside what a credential says, which counts only until that ends.
    pub(crate) fn types_beside(&self, known: &Person) -> bool {
        let types = !self.citizenships.is_empty() || !self.clearances.is_empty() || !self.accesses.is_empty();
        known.vouched.is_some() && self.vouched.is_none() && !self.dropped.credential && types
    }

    /// Whether nothing but roles changes.
    pub(crate) fn only_roles(&self) -> bool {
        let Dropped {
            citizenships,
            clearances,
            accesses,
            roles: _,
            credential,
        } = &self.dropped;
        self.name.is_none()
            && !self.disabled
            && self.vouched.is_none()
            && !credential
            && self.citizenships.is_empty()
            && self.clearances.is_empty()
            && self.accesses.is_empty()
            && citizenships.is_empty()
            && clearances.is_empty()
            && accesses.is_empty()
    }

    /// The person as changed.
    pub(crate) fn applied_to(self, known: Option<Person>) -> Person {
        let mut person = known.unwrap_or_else(|| Person::outsider(self.id.clone(), self.party.clone()));
        person.party = self.party;
        if let Some(name) = self.name {
            person.name = name;
        }
        let dropped = self.dropped;
        if self.vouched.is_some() || (dropped.credential && person.vouched.is_some()) {
            person.citizenships.clear();
            person.clearances.clear();
            person.accesses.clear();
            person.vouched = self.vouched;
        }
        person.citizenships.retain(|had| !dropped.citizenships.contains(had));
        person
            .clearances
            .retain(|scheme, _| !dropped.clearances.contains(scheme));
        person.accesses.retain(|had| !dropped.accesses.contains(had));
        person.roles.retain(|had| !dropped.roles.contains(had));
        person.citizenships.extend(self.citizenships);
        person.clearances.extend(self.clearances);
        person.accesses.extend(self.accesses);
        person.roles.extend(self.roles);
        person.disabled |= self.disabled;
        person
    }
}

/// A named set of persons, outsiders included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// Its name.
    pub name: AudienceName,
    /// Who is in it.
    pub members: BTreeSet<PersonId>,
}

/// A rule of this party's own, which can only forbid: step 7 of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalRule {
    /// Its name.
    pub name: RuleName,
    /// Its text, in the language of the engine that reads it.
    pub text: String,
    /// Since when.
    pub set: Timestamp,
    /// Since when it holds no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Timestamp>,
}
