//! What a decision looks at: the state, compiled.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use entente_marking::{Label, Purpose, SchemeId};
use jiff::Timestamp;

use super::bits::Bits;
use super::names::{Names, Symbol};
use super::rule::Rule;
use crate::arrangement::Arrangement;
use crate::ids::{PersonId, PortionRef, ReportId};
use crate::party::Person;
use crate::report::Lineage;
use crate::request::{Consent, Refusal};

/// Numbers of things that labels ask for: levels, categories, entities.
pub(crate) type Numbers = Box<[u32]>;

/// A person, compiled: of all that labels ask for, what the person has.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub(crate) person: Arc<Person>,
    pub(crate) home: Symbol,
    pub(crate) party: usize,
    /// The levels that the person's clearances reach.
    pub(crate) cleared: Numbers,
    pub(crate) held: Numbers,
    pub(crate) citizenships: Numbers,
    pub(crate) party_entities: Numbers,
    pub(crate) disabled: bool,
    /// Whether they belong to the party that decides.
    pub(crate) own: bool,
    /// Whether they are registered here, and not only described by a caller.
    pub(crate) registered: bool,
}

/// A release list.
#[derive(Clone, Debug)]
pub(crate) struct ReleaseNeed {
    pub(crate) full: Numbers,
    pub(crate) display: Numbers,
    pub(crate) text: Symbol,
    /// Whether it is that of the report's banner.
    pub(crate) by_banner: bool,
    /// Parties to which the arrangements give it whatever the list says.
    pub(crate) members: Option<Bits>,
}

/// A restriction of further recipients, and the parties that it leaves free.
#[derive(Clone, Debug)]
pub(crate) struct ControlNeed {
    pub(crate) rule: Rule,
    pub(crate) free: Bits,
    pub(crate) token: Symbol,
    pub(crate) authority: Symbol,
}

/// One originator of a class, compiled.
#[derive(Clone, Debug)]
pub(crate) struct OriginPlan {
    pub(crate) name: Symbol,
    /// Parties that are this originator or part of it.
    pub(crate) inside: Bits,
    /// Parties that are it, or to which it gave the text.
    pub(crate) original: Bits,
    /// Until when it holds the text back, with the moment in words.
    pub(crate) embargo: Option<(Timestamp, Symbol)>,
    /// Whether it is this party, whose distribution names its recipients.
    pub(crate) own: bool,
    /// Persons whom it named.
    pub(crate) persons: BTreeSet<PersonId>,
    pub(crate) controls: Vec<ControlNeed>,
    /// By number in [`Snapshot::terms`].
    pub(crate) arrangements: Numbers,
    /// By number in [`Snapshot::permissions`].
    pub(crate) consents: Numbers,
    /// The arrangement that asks everyone outside to be on the distribution, if one does, and its clause.
    pub(crate) distribution: Option<(Symbol, Symbol)>,
    /// Whether it is one only because the mark names it as an owner: it is asked about further recipients, and the release
    /// list is its word.
    pub(crate) owner: bool,
    /// Whether it is no party known here.
    pub(crate) stranger: bool,
}

/// What all portions with the same label, lineage and consents have in common.
#[derive(Clone, Debug)]
pub(crate) struct Class {
    pub(crate) label: Label,
    pub(crate) lineage: Lineage,
    pub(crate) scheme: SchemeId,
    pub(crate) mark: Symbol,
    pub(crate) unknown: Option<Symbol>,
    /// With their names.
    pub(crate) levels: Vec<(u32, Symbol)>,
    pub(crate) required: Numbers,
    /// With their names.
    pub(crate) any_of: Vec<(Numbers, Symbol)>,
    pub(crate) release: Option<ReleaseNeed>,
    pub(crate) named_only: Option<Symbol>,
    pub(crate) origins: Vec<OriginPlan>,
    pub(crate) obligations: Vec<Symbol>,
    /// What became of something that it rests on, so that nobody may read it.
    pub(crate) base_closed: Option<Symbol>,
    /// Whether releases of something that it rests on are on hold.
    pub(crate) base_on_hold: bool,
    /// When the first of what it rests on expires, and the word for that.
    pub(crate) base_expires: Option<(Timestamp, Symbol)>,
}

/// A version of a report, compiled.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    pub(crate) report: ReportId,
    pub(crate) version: u32,
    pub(crate) originator: Symbol,
    /// With substitute texts, and the title at last.
    pub(crate) portions: Vec<PortionRef>,
    /// The class of each of them.
    pub(crate) class_of: Vec<u32>,
    /// All consents that concern any of them, in order.
    pub(crate) consents: Numbers,
    pub(crate) distribution: Bits,
    pub(crate) withdrawn: bool,
    pub(crate) on_hold: bool,
    pub(crate) recall: Option<(bool, Symbol)>,
    pub(crate) expires: Option<(Timestamp, Symbol)>,
    pub(crate) existence_protected: bool,
    /// What originators refused, and for whom.
    pub(crate) refused: Vec<Refused>,
}

/// An originator's refusal, with what it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    pub(crate) persons: BTreeSet<PersonId>,
    pub(crate) purpose: Option<Purpose>,
}

impl Compiled {
    /// The place of the title among the portions.
    pub(crate) fn title(&self) -> usize {
        self.portions.len() - 1
    }
}

/// An arrangement, with the texts that explanations quote of it.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) name: Symbol,
    /// The clause on its duration.
    pub(crate) duration: Symbol,
    /// The clause on purposes.
    pub(crate) purposes: Symbol,
    /// Until when nothing of what came under it goes further, with the moment and the clause in words.
    pub(crate) embargo: Option<(Timestamp, Symbol, Symbol)>,
    /// `None` where portions name it and it is not known here.
    pub(crate) arrangement: Option<Arrangement>,
}

/// A consent, with its conditions.
#[derive(Clone, Debug)]
pub(crate) struct Permission {
    pub(crate) consent: Consent,
    pub(crate) conditions: Vec<Symbol>,
}

/// An immutable picture of the state, ready to decide from. Shared between readers without locks.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(crate) names: Names,
    pub(crate) readers: Vec<Reader>,
    pub(crate) reader_of: HashMap<PersonId, usize>,
    pub(crate) categories: Vec<Symbol>,
    pub(crate) classes: Vec<Class>,
    pub(crate) reports: HashMap<(ReportId, u32), Compiled>,
    pub(crate) latest: HashMap<ReportId, u32>,
    pub(crate) terms: Vec<Terms>,
    pub(crate) permissions: Vec<Permission>,
    /// How many different levels and entities labels ask for.
    pub(crate) levels: usize,
    pub(crate) entities: usize,
    pub(crate) home: Symbol,
}
