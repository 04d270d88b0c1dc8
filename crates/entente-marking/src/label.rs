//! The meaning of a marking: one structure for every scheme.
//!
//! A label is a conjunction of requirements, each of which is a small lattice. Joining two labels joins each
//! requirement, so a joined label is met only by those who meet both: it is an upper bound by construction.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::release::{Entity, Release};

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(SmolStr);

        impl $name {
            /// From its text.
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(SmolStr::new(text))
            }

            /// A name that the program itself gives.
            #[allow(dead_code, reason = "not every kind has one")]
            pub(crate) const fn named(text: &'static str) -> Self {
                Self(SmolStr::new_static(text))
            }

            /// Its text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<SmolStr> for $name {
            fn from(text: SmolStr) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    };
}

name_type! {
    /// Which set of marking rules: `us-ic`, `tlp`, `pap`, `europol`, or the name of a loaded policy.
    SchemeId
}
name_type! {
    /// Something a reader must hold, as `scheme/set/value`: `us-ic/sci/SI`, `us-ic/nato/SECRET`.
    Category
}
name_type! {
    /// A handling instruction that travels with the text and does not change who may read it: `FISA`, `FOUO`.
    Caveat
}
name_type! {
    /// What something is used for: `threat-warning`, `judicial-proceedings`, `active-measures`.
    Purpose
}

/// A level of classification within one scheme.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Level {
    /// Its place in the scheme's order; a higher number is more sensitive.
    pub rank: u16,
    /// Its name, such as `SECRET`.
    pub name: String,
}

/// How far from its recipients something may travel without a further word from its originator.
///
/// TLP 2.0 (FIRST) is this chain; EXDIS and NODIS (IC Markings Manual 2016, pp. 172-175) are points on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Circle {
    /// No limit of this kind.
    Anyone,
    /// The recipients' community, not public channels (TLP:GREEN).
    Community,
    /// The recipient's organisation and its clients (TLP:AMBER).
    Clients,
    /// The recipient's organisation (TLP:AMBER+STRICT).
    Organisation,
    /// The named recipients (TLP:RED).
    Named,
}

/// Whether the originator must agree before it goes beyond its original recipients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Control {
    /// The marking does not ask for it.
    None,
    /// The originator's own government may share it inside itself (ORCON-USGOV).
    Government,
    /// Every further recipient needs the originator's consent (ORCON, Europol H2).
    Originator,
}

/// What a label lets its content be used for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Purposes {
    /// The only purposes allowed; `None` where the label names none.
    pub only: Option<BTreeSet<Purpose>>,
    /// Purposes that need the originator's permission whatever else is allowed.
    pub barred: BTreeSet<Purpose>,
    /// Of the purposes that the scheme lists, those open without permission; what the scheme does not list needs it as well.
    /// `None` where the label bars none. One that bars a purpose and lists no open ones leaves none open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<BTreeSet<Purpose>>,
}

impl Purposes {
    /// No restriction of purpose.
    pub fn any() -> Self {
        Self {
            only: None,
            barred: BTreeSet::new(),
            open: None,
        }
    }

    /// Of a scheme's list, those that need permission; whatever is not on the list needs it too.
    pub fn barring(list: &[&str], barred: &[&str]) -> Self {
        let barred: BTreeSet<Purpose> = barred.iter().map(|name| Purpose::new(*name)).collect();
        let open = list.iter().map(|name| Purpose::new(*name));
        Self {
            only: None,
            open: Some(open.filter(|purpose| !barred.contains(purpose)).collect()),
            barred,
        }
    }

    /// Whether `purpose` is allowed without asking.
    pub fn allow(&self, purpose: &Purpose) -> bool {
        let open = match &self.open {
            Some(open) => open.contains(purpose),
            None => self.barred.is_empty(),
        };
        open && self.permissible(purpose) && !self.barred.contains(purpose)
    }

    /// Whether `purpose` is allowed with the originator's permission.
    pub fn permissible(&self, purpose: &Purpose) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(purpose))
    }

    /// Whether every purpose is allowed, also one that is not stated.
    pub fn is_any(&self) -> bool {
        self.only.is_none() && self.open.is_none() && self.barred.is_empty()
    }

    fn join(&self, other: &Self) -> Self {
        let only = match (&self.only, &other.only) {
            (None, o) | (o, None) => o.clone(),
            (Some(a), Some(b)) => Some(a & b),
        };
        let open = match (&self.open, &other.open) {
            (None, None) => None,
            (Some(a), Some(b)) => Some(a & b),
            (None, Some(open)) if self.barred.is_empty() => Some(open.clone()),
            (Some(open), None) if other.barred.is_empty() => Some(open.clone()),
            // The one that lists none leaves none open.
            (None, Some(_)) | (Some(_), None) => Some(BTreeSet::new()),
        };
        Self {
            only,
            barred: &self.barred | &other.barred,
            open,
        }
    }
}

/// What a marking means. All requirements must be met; none is met by default.
///
/// There is deliberately no `Default`: a label that asks for nothing is written as [`Label::unrestricted`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Label {
    /// The level that a clearance must reach, for each scheme that has one.
    pub levels: BTreeMap<SchemeId, Level>,
    /// Categories that a reader must all hold: compartments, programmes, read-ons.
    pub required: BTreeSet<Category>,
    /// Of each of these groups, a reader must hold at least one.
    pub any_of: BTreeSet<BTreeSet<Category>>,
    /// To whom it may be released.
    pub release: Release,
    /// How far from its recipients it may travel.
    pub circle: Circle,
    /// Whether the originator must agree to further recipients.
    pub control: Control,
    /// What it may be used for.
    pub purposes: Purposes,
    /// Whose information it is, besides the party that wrote the marking: foreign owners, joint owners.
    pub owners: BTreeSet<Entity>,
    /// Handling instructions without effect on who may read it.
    pub caveats: BTreeSet<Caveat>,
    /// Tokens that nobody here understands. Anything in here means that nobody gets access.
    pub unknown: BTreeSet<String>,
}

impl Label {
    /// The label that asks for nothing: the neutral element of [`Label::join`]. Never a fallback for a faulty text.
    pub fn unrestricted() -> Self {
        Self {
            levels: BTreeMap::new(),
            required: BTreeSet::new(),
            any_of: BTreeSet::new(),
            release: Release::Unrestricted,
            circle: Circle::Anyone,
            control: Control::None,
            purposes: Purposes::any(),
            owners: BTreeSet::new(),
            caveats: BTreeSet::new(),
            unknown: BTreeSet::new(),
        }
    }

    /// The label of a text that could not be understood: nobody gets access.
    pub fn unintelligible(text: impl Into<String>) -> Self {
        Self {
            release: Release::nobody(),
            circle: Circle::Named,
            control: Control::Originator,
            unknown: BTreeSet::from([text.into()]),
            ..Self::unrestricted()
        }
    }

    /// The least label that asks for everything that both ask for.
    ///
    /// ```
    /// use entente_marking::{Control, Label, Release, Entity};
    /// let gbr = Label { release: Release::to([Entity::new("USA"), Entity::new("GBR")]), ..Label::unrestricted() };
    /// let oc = Label { control: Control::Originator, ..Label::unrestricted() };
    /// let both = gbr.join(&oc);
    /// assert!(both.dominates(&gbr) && both.dominates(&oc));
    /// ```
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        let mut levels = self.levels.clone();
        for (scheme, level) in &other.levels {
            levels
                .entry(scheme.clone())
                .and_modify(|mine| {
                    if level > mine {
                        *mine = level.clone();
                    }
                })
                .or_insert_with(|| level.clone());
        }
        Self {
            levels,
            required: &self.required | &other.required,
            any_of: &self.any_of | &other.any_of,
            release: self.release.join(&other.release),
            circle: self.circle.max(other.circle),
            control: self.control.max(other.control),
            purposes: self.purposes.join(&other.purposes),
            owners: &self.owners | &other.owners,
            caveats: &self.caveats | &other.caveats,
            unknown: &self.unknown | &other.unknown,
        }
    }

    /// Whether this label asks for at least everything that `other` asks for.
    pub fn dominates(&self, other: &Self) -> bool {
        self.join(other) == *self
    }

    /// Whether every reader whom this label admits is also admitted by `other`: [`Label::dominates`] without
    /// what has no effect on persons (caveats, owners).
    pub fn at_least_as_strict_as(&self, other: &Self) -> bool {
        let bare = |label: &Self| Self {
            owners: BTreeSet::new(),
            caveats: BTreeSet::new(),
            ..label.clone()
        };
        bare(self).dominates(&bare(other))
    }
}
