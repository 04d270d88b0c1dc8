//! The life of a consent: what becomes of it between the moment at which it is given and the one at which it ends.
//!
//! A consent never becomes wider. What is taken away is kept as a consent of its own that has ended, so that what was
//! permitted before is still judged by what stood then, and whoever was promised something counts as promised it.

use std::collections::BTreeSet;

use entente_marking::{CopyList, Purpose};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ConsentId, PartyPath, PersonId, PortionId};
use crate::request::Consent;
use crate::written::Signed;

/// What there is to say of a consent besides its terms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Life {
    /// The number of the originator's last word about it, from 1; zero in those of the first release.
    #[serde(skip_serializing_if = "is_zero")]
    pub revision: u64,
    /// Who gave it at the originator: stated, not authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_by: Option<PersonId>,
    /// Whether it is the originator's own act, without a request.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub release: bool,
    /// Whom the marks of copies made under it name.
    #[serde(skip_serializing_if = "is_default")]
    pub list: CopyList,
    /// The moment before which nothing goes further under it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// The consent that it continues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renews: Option<ConsentId>,
    /// The consent of which it was a part, until that was narrowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<ConsentId>,
    /// Persons whom it covers no longer, though their party is covered.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub except: BTreeSet<PersonId>,
    /// That whoever asked accepted its conditions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Accepted>,
    /// What whoever asked would rather have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub countered: Vec<Counter>,
    /// When the holder last said that a person is not any more who they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<Timestamp>,
    /// What its originator signed about it, for each party to which the text can be handed on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signed: Vec<Signed>,
    /// The holder through which it came here, where its originator did not send it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<PartyPath>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Life {
    /// Whether there is nothing to say.
    pub fn is_plain(&self) -> bool {
        is_default(self)
    }
}

/// Conditions accepted, on the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Who accepted them: stated, not authenticated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The conditions, as they stood.
    pub conditions: Vec<String>,
    /// When, by the clock of whoever records it.
    pub at: Timestamp,
}

/// Other terms, proposed by whoever asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// Who proposes them: stated, not authenticated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The conditions that could be observed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// Until when it is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Timestamp>,
    /// In words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// When, by the clock of whoever records it.
    pub at: Timestamp,
}

/// What the holder of a consent says to its originator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "kebab-case")]
pub enum Saying {
    /// Its conditions are accepted.
    Accepts(Accepted),
    /// Other terms are proposed.
    Counters(Counter),
    /// A person it names is not any more as they were described. What changed is not said.
    PersonChanged {
        /// When, by the clock of whoever records it.
        at: Timestamp,
    },
}

impl Saying {
    /// The same, recorded now.
    #[must_use]
    pub fn recorded(mut self, now: Timestamp) -> Self {
        match &mut self {
            Self::Accepts(Accepted { at, .. }) | Self::Counters(Counter { at, .. }) | Self::PersonChanged { at } => {
                *at = now;
            }
        }
        self
    }
}

/// What is taken away from a consent: persons, portions or purposes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cut {
    /// These persons.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub persons: BTreeSet<PersonId>,
    /// These portions.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub portions: BTreeSet<PortionId>,
    /// These purposes.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub purposes: BTreeSet<Purpose>,
}

impl Cut {
    /// Whether nothing is named: then it is everything.
    pub fn is_all(&self) -> bool {
        is_default(self)
    }
}

/// A cut, and since when it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narrowing {
    /// What was taken away.
    pub cut: Cut,
    /// Since when, by the clock of whoever records it.
    pub at: Timestamp,
}

/// The narrowings of a consent, also of one that has not come yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Narrowings(pub Vec<Narrowing>);

impl Consent {
    /// The consent without what is taken away; `None` where nothing is left of it.
    pub fn without(&self, cut: &Cut) -> Option<Self> {
        let mut left = self.clone();
        // What was signed says more than is left: it is handed on no longer.
        left.life.signed.clear();
        left.recipients.persons.retain(|person| !cut.persons.contains(person));
        left.stated.retain(|person| !cut.persons.contains(&person.id));
        left.life.except.extend(cut.persons.iter().cloned());
        left.portions.retain(|portion| !cut.portions.contains(&portion.portion));
        if let Some(purposes) = &mut left.purposes {
            purposes.retain(|purpose| !cut.purposes.contains(purpose));
        }
        let empty = left.recipients.is_empty()
            || left.portions.is_empty()
            || left.purposes.as_ref().is_some_and(BTreeSet::is_empty)
            || cut.is_all();
        (!empty).then_some(left)
    }

    /// As it was before the `n`-th cut, ended by it.
    pub(crate) fn before_cut(&self, n: usize, at: Timestamp) -> Option<Self> {
        let mut former = self.clone();
        former.id = ConsentId::new(format!("{}.before{n}", self.id)).ok()?;
        former.withdrawn = Some(self.withdrawn.map_or(at, |end| end.min(at)));
        former.life.part_of = Some(self.id.clone());
        Some(former)
    }
}
