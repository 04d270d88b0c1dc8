//! Up to 64 persons of an audience, turned on their side.
//!
//! For everything that a label can ask of a person there is one word, whose bits are the persons who have it. One
//! operation on words then answers for all of them at once.

use entente_marking::Purpose;
use jiff::Timestamp;

use super::bits::Bits;
use super::compiled::{Compiled, Numbers, OriginPlan, Reader, Snapshot};
use crate::ids::PersonId;

/// Persons in a block: one for each bit of a word.
pub(crate) const BLOCK: usize = 64;

/// A set of persons of a block.
pub(crate) type Who = u64;

/// Whom live consents cover. A consent counts for its purpose only, in every step.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Covered {
    /// For the purpose asked about.
    pub(crate) any: Who,
    /// By name, for the purpose asked about: the originator itself has put them on the list.
    pub(crate) listed: Who,
    /// For the purpose asked about, which the consent names.
    pub(crate) naming: Who,
    /// For other purposes.
    pub(crate) otherwise: Who,
}

/// Persons of an audience, in its order.
#[derive(Debug)]
pub(crate) struct Block<'s> {
    /// Those who are known here, each as the set of only that person.
    pub(crate) readers: Vec<(Who, &'s Reader)>,
    pub(crate) known: Who,
    pub(crate) unknown: Who,
    pub(crate) disabled: Who,
    /// Whose credential ended.
    pub(crate) lapsed: Who,
    /// Who belongs to the party that decides.
    pub(crate) own: Who,
    /// Who is on the report's distribution.
    pub(crate) distribution: Who,
    /// By level that labels ask for: who is cleared for it.
    cleared: Vec<Who>,
    /// By category: who holds it.
    held: Vec<Who>,
    /// By entity: whose citizenship it is.
    citizens: Vec<Who>,
    /// By entity: whose party it is, or includes.
    members: Vec<Who>,
    /// Who acts for which party.
    parties: Vec<(usize, Who)>,
    /// By consent of the report, in the order of [`Compiled::consents`].
    covered: Vec<Covered>,
    consents: &'s [u32],
}

impl<'s> Block<'s> {
    /// The persons, at most [`BLOCK`] of them.
    pub(crate) fn new(
        snapshot: &'s Snapshot,
        report: &'s Compiled,
        persons: &[PersonId],
        purpose: Option<&Purpose>,
        moment: Timestamp,
    ) -> Self {
        let mut block = Self {
            readers: Vec::with_capacity(persons.len()),
            known: 0,
            unknown: 0,
            disabled: 0,
            lapsed: 0,
            own: 0,
            distribution: 0,
            cleared: vec![0; snapshot.levels],
            held: vec![0; snapshot.categories.len()],
            citizens: vec![0; snapshot.entities],
            members: vec![0; snapshot.entities],
            parties: Vec::new(),
            covered: Vec::with_capacity(report.consents.len()),
            consents: &report.consents,
        };
        for (n, id) in persons.iter().enumerate().take(BLOCK) {
            let who = 1 << n;
            match snapshot.reader_of.get(id) {
                None => block.unknown |= who,
                Some(place) => {
                    let reader = &snapshot.readers[*place];
                    if reader.person.lapsed(moment) {
                        block.lapsed |= who;
                    }
                    block.add(who, reader, report.distribution.contains(*place));
                }
            }
        }
        for number in &report.consents {
            let consent = &snapshot.permissions[*number as usize].consent;
            let mut covered = Covered::default();
            if consent.is_live(moment) {
                let all = block.those(|reader| consent.covers(&reader.person, reader.registered));
                if consent.allows(purpose) {
                    covered.any = all;
                    covered.listed = block.those(|reader| consent.covers_by_name(&reader.person, reader.registered));
                    covered.naming = if consent.purposes.is_some() { all } else { 0 };
                } else {
                    covered.otherwise = all;
                }
            }
            block.covered.push(covered);
        }
        block
    }

    fn add(&mut self, who: Who, reader: &'s Reader, distributed: bool) {
        self.readers.push((who, reader));
        self.known |= who;
        if reader.disabled {
            self.disabled |= who;
        }
        if reader.own {
            self.own |= who;
        }
        if distributed {
            self.distribution |= who;
        }
        for (words, numbers) in [
            (&mut self.cleared, &reader.cleared),
            (&mut self.held, &reader.held),
            (&mut self.citizens, &reader.citizenships),
            (&mut self.members, &reader.party_entities),
        ] {
            for n in numbers {
                words[*n as usize] |= who;
            }
        }
        match self.parties.iter_mut().find(|(party, _)| *party == reader.party) {
            Some((_, colleagues)) => *colleagues |= who,
            None => self.parties.push((reader.party, who)),
        }
    }

    fn those(&self, test: impl Fn(&Reader) -> bool) -> Who {
        let found = self.readers.iter().filter(|(_, reader)| test(reader));
        found.fold(0, |all, (who, _)| all | who)
    }

    /// Who is cleared for a level.
    #[inline]
    pub(crate) fn cleared(&self, level: u32) -> Who {
        self.cleared[level as usize]
    }

    /// Who holds a category.
    #[inline]
    pub(crate) fn holding(&self, category: u32) -> Who {
        self.held[category as usize]
    }

    /// Who is on a release list, by citizenship and by party.
    #[inline]
    pub(crate) fn on(&self, list: &Numbers) -> Who {
        let union = |words: &[Who]| list.iter().fold(0, |all, n| all | words[*n as usize]);
        union(&self.citizens) & union(&self.members)
    }

    /// Who acts for one of these parties.
    #[inline]
    pub(crate) fn at(&self, parties: &Bits) -> Who {
        let there = self.parties.iter().filter(|(party, _)| parties.contains(*party));
        there.fold(0, |all, (_, who)| all | who)
    }

    /// Whom one consent covers.
    pub(crate) fn covered(&self, consent: u32) -> Covered {
        let place = self.consents.binary_search(&consent);
        place.map_or_else(|_| Covered::default(), |place| self.covered[place])
    }

    /// Whom an originator named.
    pub(crate) fn named_by(&self, origin: &OriginPlan) -> Who {
        let listed = if origin.own { self.distribution } else { 0 };
        listed | self.those(|reader| origin.persons.contains(&reader.person.id))
    }

    /// Whom an originator's consents cover.
    pub(crate) fn covered_by(&self, origin: &OriginPlan) -> Covered {
        let mut all = Covered::default();
        for consent in &origin.consents {
            let one = self.covered(*consent);
            all.any |= one.any;
            all.listed |= one.listed;
            all.naming |= one.naming;
            all.otherwise |= one.otherwise;
        }
        all
    }
}
