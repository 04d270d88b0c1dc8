//! What a mark has: one bit for each control word and for each kind of the other parts.

use super::mark::{Head, Mark};
use super::syntax::Role;
use super::vocabulary::Word;
use super::words::Words;

/// A set of parts of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts(u64);

impl Parts {
    pub(crate) const NONE: Self = Self(0);
    /// Control systems, NATO's programme words among them.
    pub(crate) const SCI: Self = Self::kind(0);
    pub(crate) const SAP: Self = Self::kind(1);
    pub(crate) const AEA: Self = Self::kind(2);
    pub(crate) const FGI: Self = Self::kind(3);
    pub(crate) const JOINT: Self = Self::kind(4);
    /// REL TO, EYES ONLY and DISPLAY ONLY.
    pub(crate) const LISTS: Self = Self::kind(5);
    pub(crate) const CUI: Self = Self::kind(6);
    pub(crate) const ACCM: Self = Self::kind(7);
    /// Limits of dissemination that only CUI has.
    pub(crate) const CUI_LIMITS: Self = Self::of(&[
        Word::AttorneyClient,
        Word::AttorneyWork,
        Word::DlOnly,
        Word::FedOnly,
        Word::Fedcon,
        Word::Nocon,
    ]);

    const fn kind(number: u32) -> Self {
        Self(1 << (32 + number))
    }

    pub(crate) const fn of(words: &[Word]) -> Self {
        Self(Words::of(words).bits() as u64)
    }

    /// Whether both have one of the same parts.
    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    const fn with(self, other: Self, present: bool) -> Self {
        if present { Self(self.0 | other.0) } else { self }
    }

    pub(crate) fn of_mark(mark: &Mark) -> Self {
        let sap = !mark.sap.named.is_empty() || mark.sap.multiple || mark.sap.hvsaco;
        Self(mark.words.bits().into())
            .with(Self::SCI, !mark.sci.is_empty() || !mark.nato.is_empty())
            .with(Self::SAP, sap)
            .with(Self::AEA, mark.aea.is_any())
            .with(Self::FGI, mark.fgi.is_some())
            .with(Self::JOINT, matches!(mark.head, Head::Joint(..)))
            .with(
                Self::LISTS,
                mark.rel.is_some() || mark.eyes.is_some() || mark.display.is_some(),
            )
            .with(Self::CUI, mark.cui.is_some())
            .with(Self::ACCM, !mark.accm.is_empty())
    }

    pub(crate) fn of_role(role: &Role) -> Self {
        match role {
            Role::Word(word) => Self::of(&[*word]),
            Role::Sci => Self::SCI,
            Role::Sap => Self::SAP,
            Role::Aea => Self::AEA,
            Role::Fgi => Self::FGI,
            Role::Joint => Self::JOINT,
            Role::Rel | Role::Eyes | Role::Display => Self::LISTS,
            Role::Cui => Self::CUI,
            Role::Accm => Self::ACCM,
            Role::Class(_) | Role::Nato(_) | Role::Owner | Role::Concealed | Role::CuiCategory | Role::Unknown => {
                Self::NONE
            }
        }
    }
}
