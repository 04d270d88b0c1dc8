//! To whom something may be released: countries, groups of countries, organisations.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A country (`GBR`), a group of countries (`FVEY`) or an organisation (`GBR.MOD`) on a release list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Entity(SmolStr);

impl Entity {
    /// An entity by its code, in upper case.
    pub fn new(code: impl AsRef<str>) -> Self {
        let code = code.as_ref();
        match code.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_lowercase()) {
            true => Self(SmolStr::new(code)),
            false => Self(code.to_uppercase().into()),
        }
    }

    /// A code that the program itself names, in capitals.
    pub(crate) const fn named(code: &'static str) -> Self {
        Self(SmolStr::new_static(code))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Sets of entities are asked for codes.
impl std::borrow::Borrow<str> for Entity {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Entity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The release set of a label: a lattice in which fewer releasees are higher (more restrictive).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Release {
    /// The marking does not restrict by nationality or organisation.
    Unrestricted,
    /// Only these may receive it. An empty list means nobody.
    Only(Releasees),
}

/// Who may have a copy, and who may be shown it.
///
/// Groups that can be taken apart (FVEY) are stored as their members; groups that cannot (ISAF) are stored
/// as themselves, and count for their members only when access is decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Releasees {
    /// May read and keep it.
    pub full: BTreeSet<Entity>,
    /// May be shown it, without a copy. Always contains `full`.
    pub display: BTreeSet<Entity>,
}

impl Release {
    /// Release to these entities, in full.
    pub fn to<I: IntoIterator<Item = Entity>>(entities: I) -> Self {
        let full: BTreeSet<Entity> = entities.into_iter().collect();
        Self::Only(Releasees {
            display: full.clone(),
            full,
        })
    }

    /// Release to nobody: the most restrictive element.
    pub fn nobody() -> Self {
        Self::Only(Releasees::default())
    }

    /// Release in full to `full`; `shown` may only look.
    pub fn with_display<I, J>(full: I, shown: J) -> Self
    where
        I: IntoIterator<Item = Entity>,
        J: IntoIterator<Item = Entity>,
    {
        let full: BTreeSet<Entity> = full.into_iter().collect();
        let display = full.iter().cloned().chain(shown).collect();
        Self::Only(Releasees { full, display })
    }

    /// Who may receive what both allow.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Unrestricted, r) | (r, Self::Unrestricted) => r.clone(),
            (Self::Only(a), Self::Only(b)) => Self::Only(Releasees {
                full: a.full.intersection(&b.full).cloned().collect(),
                display: a.display.intersection(&b.display).cloned().collect(),
            }),
        }
    }
}
