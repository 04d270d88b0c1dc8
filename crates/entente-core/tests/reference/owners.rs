//! The obvious twin of owners that a mark names.

use entente_core::{Consent, Origin, PartyPath, Person};

use super::{Failure, Question, arrangements, consents, originators};

/// An owner that the mark names and that no originator stands for.
pub(super) struct Owner {
    pub(super) named: PartyPath,
    pub(super) answering: PartyPath,
    known: bool,
}

pub(super) fn owners(q: &Question<'_>) -> Vec<Owner> {
    let mut found = Vec::new();
    if originators(q).is_empty() {
        return found;
    }
    for owner in &q.asked.label.owners {
        let named = PartyPath::new(owner.as_str()).unwrap();
        let mut answering = named.clone();
        for (_, origin) in originators(q).iter().rev() {
            for terms in arrangements(q, origin).iter().rev() {
                if let Some(party) = terms.owners.get(&named) {
                    answering = party.clone();
                }
            }
        }
        let there = |party: &PartyPath| named.includes(party) || answering.includes(party);
        if !originators(q).iter().any(|(party, _)| there(party)) {
            let known = q.state.parties.get(&answering).is_some();
            found.push(Owner {
                named,
                answering,
                known,
            });
        }
    }
    found
}

impl Owner {
    /// Live consents of an owner, or of whoever answers for it.
    pub(super) fn consents<'q>(&self, q: &Question<'q>, person: &Person) -> Vec<&'q Consent> {
        let nothing = Origin::default();
        let mut all = consents(q, &self.named, &nothing, person);
        if self.answering != self.named {
            all.extend(consents(q, &self.answering, &nothing, person));
        }
        all
    }

    /// What is said where it has to be asked.
    pub(super) fn asked(&self, rule: &'static str) -> Vec<Failure> {
        let party = self.answering.to_string();
        let mut found = vec![(rule, party.clone())];
        if !self.known {
            found.push(("release.owner-unknown", party));
        }
        found
    }
}
