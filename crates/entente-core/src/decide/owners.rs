//! Owners that a mark names: whose information it is, besides that of whoever wrote the mark (JOINT, FGI, NATO).

use std::collections::BTreeSet;

use entente_marking::Label;

use crate::ids::{PartyPath, PortionRef};
use crate::in_force::MarksInForce;
use crate::report::{Lineage, Origin};
use crate::request::Consent;
use crate::state::State;

/// An owner that is not among the originators of a text, and is asked beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    /// As the mark names it.
    pub(crate) named: PartyPath,
    /// Who answers for it: itself, or the party that an arrangement of the text names for it.
    pub(crate) party: PartyPath,
    /// Whether that is a party known here.
    pub(crate) known: bool,
}

impl Owner {
    /// Whether a consent of `party` is the owner's.
    pub(crate) fn is(&self, party: &PartyPath) -> bool {
        *party == self.party || *party == self.named
    }
}

/// The owners that a label names and that no originator of the text stands for: a part of the owner, or whoever answers
/// for it.
pub(crate) fn owners(state: &State, label: &Label, lineage: &Lineage) -> Vec<Owner> {
    // Nobody answers for a text that names no originator at all.
    if label.owners.is_empty() || lineage.is_empty() {
        return Vec::new();
    }
    let named = label
        .owners
        .iter()
        .filter_map(|owner| PartyPath::new(owner.as_str()).ok());
    let owners = named.map(|named| {
        let terms = lineage.iter().flat_map(|(_, origin)| &origin.arrangements);
        let mut answering = terms.filter_map(|id| state.arrangements.get(id)?.owners.get(&named));
        let party = answering.next().unwrap_or(&named).clone();
        Owner {
            known: state.parties.contains_key(&party),
            named,
            party,
        }
    });
    let stands_for = |owner: &Owner, party: &PartyPath| owner.named.includes(party) || owner.party.includes(party);
    owners
        .filter(|owner| !lineage.originators().any(|party| stands_for(owner, party)))
        .collect()
}

/// Who may answer for a text: its originators, and the owners that its mark in force names. Nobody where it is not held.
pub(crate) fn answering(state: &State, text: &PortionRef) -> BTreeSet<PartyPath> {
    let Some((lineage, mark)) = state.lineage_of(text).zip(MarksInForce::new(state).of(text)) else {
        return BTreeSet::new();
    };
    let further = owners(state, &mark.label, &lineage).into_iter();
    let further = further.flat_map(|owner| [owner.named, owner.party]);
    lineage.originators().cloned().chain(further).collect()
}

/// One originator of a text, or one owner that its mark names.
#[derive(Clone, Copy)]
pub(super) struct Whose<'w> {
    pub(super) party: &'w PartyPath,
    pub(super) origin: &'w Origin,
    pub(super) owner: Option<&'w Owner>,
}

impl<'w> Whose<'w> {
    pub(super) fn originator(party: &'w PartyPath, origin: &'w Origin) -> Self {
        Self {
            party,
            origin,
            owner: None,
        }
    }

    /// An owner has given it to whoever wrote the mark, as far as is known.
    pub(super) fn owner(owner: &'w Owner, terms: &'w Origin) -> Self {
        Self {
            party: &owner.party,
            origin: terms,
            owner: Some(owner),
        }
    }

    /// Whether it is this party, or includes it.
    pub(super) fn includes(&self, other: &PartyPath) -> bool {
        self.party.includes(other) || self.owner.is_some_and(|owner| owner.named.includes(other))
    }

    pub(super) fn gave(&self, consent: &Consent) -> bool {
        match self.owner {
            None => consent.originator == *self.party,
            Some(owner) => owner.is(&consent.originator),
        }
    }
}
