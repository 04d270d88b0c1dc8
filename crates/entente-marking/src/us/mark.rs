//! A US mark as a tree: what was written, without how it was written.

use smol_str::SmolStr;

use super::country::is_nato;
use super::cui::Cui;
use super::sorted::{Map, Set};
use super::vocabulary::{Class, Word};
use super::words::Words;
use crate::release::Entity;

/// Orders names as the manual does: those that begin with a digit first, then by letters (M p. 61).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name(bool, SmolStr);

impl Name {
    pub(crate) fn new(text: &str) -> Self {
        let digit = text.as_bytes().first().is_some_and(u8::is_ascii_digit);
        Self(!digit, SmolStr::new(text))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.1
    }
}

/// Control system or programme → compartment → sub-compartments.
pub(crate) type Compartments = Map<Name, Map<Name, Set<Name>>>;

/// Codes of countries and groups.
pub(crate) type Codes = Set<Entity>;

/// Whose classification it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    Us(Class),
    /// Owners; empty for concealed foreign government information (`//FGI S`).
    Foreign(Codes, Class),
    /// NATO, and the operation of its council whose information it is.
    Nato(Codes, Class),
    /// Owners; `None` where the portion leaves them to the banner.
    Joint(Option<Codes>, Class),
}

impl Head {
    pub(crate) fn class(&self) -> Class {
        match self {
            Self::Us(class) | Self::Foreign(_, class) | Self::Nato(_, class) | Self::Joint(_, class) => *class,
        }
    }

    /// The owners that it names.
    pub(crate) fn owners(&self) -> Option<&Codes> {
        match self {
            Self::Us(_) | Self::Joint(None, _) => None,
            Self::Foreign(owners, _) | Self::Nato(owners, _) | Self::Joint(Some(owners), _) => Some(owners),
        }
    }
}

/// Restricted and formerly restricted data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Atomic {
    pub(crate) rd: bool,
    pub(crate) cnwdi: bool,
    pub(crate) rd_sigma: Set<u16>,
    pub(crate) frd: bool,
    pub(crate) frd_sigma: Set<u16>,
    pub(crate) dod_ucni: bool,
    pub(crate) doe_ucni: bool,
    pub(crate) tfni: bool,
    pub(crate) atomal: bool,
}

impl Atomic {
    /// Whether there is any.
    pub(crate) fn is_any(&self) -> bool {
        self.rd || self.frd || self.cnwdi || self.dod_ucni || self.doe_ucni || self.tfni || self.atomal
    }
}

/// Special access programmes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Programmes {
    pub(crate) named: Compartments,
    pub(crate) multiple: bool,
    pub(crate) hvsaco: bool,
}

/// Foreign government information in a US document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fgi {
    Concealed,
    From(Codes),
}

/// A list of countries and groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum List {
    /// As in the banner: a portion may say `REL` alone.
    AsBanner,
    Of(Codes),
}

/// A mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) head: Head,
    pub(crate) sci: Compartments,
    /// NATO's programme words of the same category.
    pub(crate) nato: Set<&'static str>,
    pub(crate) sap: Programmes,
    pub(crate) aea: Atomic,
    pub(crate) fgi: Option<Fgi>,
    pub(crate) words: Words,
    pub(crate) rel: Option<List>,
    pub(crate) eyes: Option<List>,
    pub(crate) display: Option<Codes>,
    /// Controlled unclassified information.
    pub(crate) cui: Option<Cui>,
    /// DoD nicknames of alternative compensatory control measures.
    pub(crate) accm: Set<SmolStr>,
}

impl Mark {
    pub(crate) fn of(head: Head) -> Self {
        Self {
            head,
            sci: Compartments::new(),
            nato: Set::new(),
            sap: Programmes::default(),
            aea: Atomic::default(),
            fgi: None,
            words: Words::default(),
            rel: None,
            eyes: None,
            display: None,
            cui: None,
            accm: Set::new(),
        }
    }

    pub(crate) fn has(&self, word: Word) -> bool {
        self.words.contains(word)
    }

    /// The owners of a mark that says nothing about release: they may have it, and nobody else.
    pub(crate) fn owners_may_have_it(&self) -> Option<&Codes> {
        let says = self.rel.is_some() || self.eyes.is_some() || self.display.is_some();
        let says = says || self.has(Word::Noforn) || self.has(Word::Relido);
        self.head.owners().filter(|owners| !says && !owners.is_empty())
    }

    /// Whether it is CUI and nothing classified: the mark then begins with the word.
    pub(crate) fn is_plain_cui(&self) -> bool {
        self.cui.is_some() && self.head == Head::Us(Class::Unclassified)
    }

    pub(crate) fn is_classified(&self) -> bool {
        self.head.class() > Class::Unclassified
    }

    /// Whether it holds information of NATO's that somebody names, or foreign information of somebody unnamed.
    pub(crate) fn may_hold_nato(&self) -> bool {
        let named = match &self.fgi {
            Some(Fgi::From(list)) => list.iter().any(|owner| is_nato(owner.as_str())),
            Some(Fgi::Concealed) => true,
            None => false,
        };
        named
            || self
                .head
                .owners()
                .is_some_and(|owners| owners.iter().any(|owner| is_nato(owner.as_str())))
    }

    /// Whether it carries any dissemination or non-IC control.
    pub(crate) fn has_controls(&self) -> bool {
        !self.words.is_empty()
            || self.rel.is_some()
            || self.eyes.is_some()
            || self.display.is_some()
            || self.cui.is_some()
    }

    pub(crate) fn has_sci(&self, system: &str) -> bool {
        self.sci.find(|name| name.as_str() == system).is_some()
    }

    pub(crate) fn compartments<'m>(&'m self, system: &str) -> impl Iterator<Item = (&'m Name, &'m Set<Name>)> {
        let system = self.sci.find(|name| name.as_str() == system);
        system.into_iter().flat_map(Map::iter)
    }
}
