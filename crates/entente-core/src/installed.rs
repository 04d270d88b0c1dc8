//! Policy files that a node installed: from then on their marks are read here.

use entente_marking::installed::{Library, scheme};
use entente_marking::us::Register;
use entente_marking::{Label, SchemeId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::state::State;

/// The key of a node's own lists for the US scheme.
pub(crate) const US_REGISTER: &str = "us-ic";

/// A policy file that was installed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledScheme {
    /// The scheme's name in front matter, clearances and partners' reports.
    pub id: SchemeId,
    /// Its variant, which names the file by its digest.
    pub profile: String,
    /// The object identifier of the policy.
    pub oid: String,
    /// The file, an XML SPIF.
    pub file: String,
    /// Since when.
    pub installed: Timestamp,
}

impl InstalledScheme {
    /// What tells it from every other: `NAME/VARIANT`.
    pub fn key(&self) -> String {
        scheme_key(&self.id, &self.profile)
    }
}

pub(crate) fn scheme_key(id: &SchemeId, profile: &str) -> String {
    format!("{id}/{profile}")
}

/// What a portion's mark means, read again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkRead {
    /// The portion.
    pub portion: crate::ids::PortionId,
    /// What its mark means.
    pub label: Label,
}

impl State {
    /// The schemes and groups of this node: the built-in ones with what is installed here, the newest version first.
    pub fn library(&self) -> Library {
        let mut installed: Vec<&InstalledScheme> = self.schemes.values().collect();
        installed.sort_by_key(|kept| (&kept.id, std::cmp::Reverse(kept.installed)));
        // A file was read before it was kept. One that this program reads no longer is left out: its marks are not understood.
        let schemes = installed
            .into_iter()
            .filter_map(|kept| scheme(&kept.file, Some(kept.id.as_str())).ok());
        Library::with(schemes, self.register())
    }

    /// What is installed under this name in this variant.
    pub fn installed(&self, id: &SchemeId, profile: &str) -> Option<&InstalledScheme> {
        self.schemes.get(&scheme_key(id, profile))
    }

    /// This node's own lists beside the published ones.
    pub fn register(&self) -> Option<&Register> {
        self.registers.get(US_REGISTER)
    }

    /// Whether nothing that [`State::library`] is made of differs; `false` says nothing.
    pub fn has_library_of(&self, other: &Self) -> bool {
        self.schemes.is_same(&other.schemes) && self.registers.is_same(&other.registers)
    }

    /// Whether no report and no fact differs; `false` says nothing.
    pub fn has_holdings_of(&self, other: &Self) -> bool {
        self.reports.is_same(&other.reports) && self.facts.is_same(&other.facts)
    }

    /// Whether nothing differs that could let anybody read more of a report that is the same; `false` says nothing.
    pub fn opens_as(&self, other: &Self) -> bool {
        self.has_library_of(other)
            && self.home == other.home
            && self.parties.is_same(&other.parties)
            && self.members.is_same(&other.members)
            && self.persons.is_same(&other.persons)
            && self.audiences.is_same(&other.audiences)
            && self.rules.is_same(&other.rules)
            && self.arrangements.is_same(&other.arrangements)
            && self.facts.is_same(&other.facts)
            && self.sources.is_same(&other.sources)
            && self.exposures.is_same(&other.exposures)
            && self.incidents.is_same(&other.incidents)
            && self.consents.is_same(&other.consents)
            && self.endings.is_same(&other.endings)
            && self.narrowings.is_same(&other.narrowings)
            && self.substitutes.is_same(&other.substitutes)
            && self.recalls.is_same(&other.recalls)
            && self.embargoes.is_same(&other.embargoes)
            && self.overrides.is_same(&other.overrides)
            && self.disclosures.is_same(&other.disclosures)
    }
}
