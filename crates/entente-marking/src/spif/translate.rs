//! A label of one policy in the words of another.

use std::collections::BTreeSet;

use super::label::{Held, Resolved, SecurityLabel, finding};
use super::policy::{Applied, EquivalentClass, EquivalentValue, Operation, Place, Policy, Requirement};
use crate::finding::Finding;

const SOURCE: &str = "XML SPIF 2.1, equivalentPolicies; SDN.801 rev. C";

/// Whose table of equivalences is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The label's own policy says what it is elsewhere (`applied` encrypt or both).
    Outgoing,
    /// The other policy says what foreign labels are in it (`applied` decrypt or both).
    Incoming,
}

/// The outcome of a translation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// The label in the other policy, if there is a valid one.
    pub label: Option<SecurityLabel>,
    /// What prevented it, or what was left out.
    pub findings: Vec<Finding>,
}

impl Applied {
    pub(super) fn covers(self, direction: Self) -> bool {
        self == Self::Both || self == direction
    }
}

impl EquivalentClass {
    pub(super) fn holds(&self, direction: Applied) -> bool {
        self.applied.covers(direction)
    }
}

impl EquivalentValue {
    fn holds(&self, direction: Applied) -> bool {
        self.applied.covers(direction)
    }
}

/// A label on its way into the target policy.
struct Draft<'a> {
    target: &'a Policy,
    held: BTreeSet<Held>,
    findings: Vec<Finding>,
}

impl Policy {
    /// Translates a valid label into `target`. Whatever has no equivalent and is not expressly dropped
    /// prevents the translation; the result is valid in `target`.
    pub fn translate(&self, label: &SecurityLabel, target: &Self, direction: Direction) -> Translation {
        let parts = match self.valid(label) {
            Ok(parts) => parts,
            Err(findings) => return Translation { label: None, findings },
        };
        let (table, other) = match direction {
            Direction::Outgoing => (self, target),
            Direction::Incoming => (target, self),
        };
        let Some(equivalent) = table.equivalents.iter().find(|e| e.id == other.id) else {
            let message = format!("{} does not say what {} is to it", table.name, other.name);
            return Translation {
                label: None,
                findings: vec![finding("spif.equivalence.policy", SOURCE, message)],
            };
        };
        let mut draft = Draft {
            target,
            held: BTreeSet::new(),
            findings: Vec::new(),
        };
        let class = match direction {
            Direction::Outgoing => draft.class_outgoing(self, &parts, &equivalent.name),
            Direction::Incoming => draft.class_incoming(self, &parts, &equivalent.name),
        };
        for value in &parts.held {
            match direction {
                Direction::Outgoing => draft.value_outgoing(self, value, &equivalent.name),
                Direction::Incoming => draft.value_incoming(self, value, &equivalent.name),
            }
        }
        if direction == Direction::Outgoing {
            let sets: BTreeSet<usize> = parts.held.iter().map(|(place, _)| place.set).collect();
            let sets = sets.into_iter().flat_map(|set| &self.tag_sets[set].equivalents);
            sets.filter(|set| set.policy == equivalent.name)
                .for_each(|set| draft.fix(&set.required));
            draft.fix(&equivalent.required);
        }
        if let Some((_, required)) = &class {
            draft.fix(required);
        }
        draft.finish(class.map(|(class, _)| class), label)
    }
}

impl Draft<'_> {
    fn class_outgoing(&mut self, from: &Policy, parts: &Resolved, name: &str) -> Option<(usize, Vec<Requirement>)> {
        let class = &from.classifications[parts.class];
        let found = class
            .equivalents
            .iter()
            .find(|e| e.policy == name && e.holds(Applied::Encrypt));
        let place = found.and_then(|e| Some((self.target.class_by_lacv(e.lacv)?, e.required.clone())));
        self.or_no_class(&class.name, place)
    }

    fn class_incoming(&mut self, from: &Policy, parts: &Resolved, name: &str) -> Option<(usize, Vec<Requirement>)> {
        let class = &from.classifications[parts.class];
        let mut found = self
            .target
            .classifications
            .iter()
            .enumerate()
            .filter_map(|(place, mine)| {
                let fits = |e: &&EquivalentClass| e.policy == name && e.lacv == class.lacv && e.holds(Applied::Decrypt);
                mine.equivalents.iter().find(fits).map(|e| (place, e.required.clone()))
            });
        let first = found.next();
        let unique = if found.next().is_none() { first } else { None };
        self.or_no_class(&class.name, unique)
    }

    fn or_no_class<T>(&mut self, name: &str, found: Option<T>) -> Option<T> {
        if found.is_none() {
            let message = format!(
                "no equivalence: {} has no (single) counterpart in {}",
                name, self.target.name
            );
            self.findings.push(finding("spif.equivalence.class", SOURCE, message));
        }
        found
    }

    fn value_outgoing(&mut self, from: &Policy, (place, text): &Held, name: &str) {
        let value = from.value(*place);
        let mut known = false;
        for equivalent in value
            .equivalents
            .iter()
            .filter(|e| e.policy == name && e.holds(Applied::Encrypt))
        {
            let Some(reference) = &equivalent.counterpart else {
                let message = format!("{} is left out, as the policy says", value.name);
                let dropped = finding("spif.equivalence.discard", SOURCE, message);
                self.findings
                    .push(Finding::warning(&dropped.rule, SOURCE, dropped.message, 0, 0));
                known = true;
                continue;
            };
            match self.target.referred(reference) {
                Some(found) => {
                    self.add(found, text.as_ref());
                    known = true;
                }
                None => self.no_value(&value.name),
            }
        }
        if !known {
            self.no_value(&value.name);
        }
    }

    fn value_incoming(&mut self, from: &Policy, (place, text): &Held, name: &str) {
        let value = from.value(*place);
        let target = self.target;
        let mut found = target.places().filter(|mine| {
            target.value(*mine).equivalents.iter().any(|e| {
                let same = e.counterpart.as_ref().is_some_and(|r| from.refers(r, *place));
                e.policy == name && e.holds(Applied::Decrypt) && same
            })
        });
        match (found.next(), found.next()) {
            (Some(mine), None) => self.add(mine, text.as_ref()),
            _ => self.no_value(&value.name),
        }
    }

    fn add(&mut self, place: Place, text: Option<&String>) {
        let text = self.target.value(place).input.and(text.cloned());
        self.held.insert((place, text));
    }

    fn no_value(&mut self, name: &str) {
        let message = format!(
            "no equivalence: {} has no (single) counterpart in {}",
            name, self.target.name
        );
        self.findings
            .push(finding("spif.equivalence.category", SOURCE, message));
    }

    /// Adds what a translated label must carry, where there is no choice about it.
    fn fix(&mut self, requirements: &[Requirement]) {
        for requirement in requirements {
            let missing: Vec<_> = requirement
                .groups
                .iter()
                .filter(|group| !self.held.iter().any(|(place, _)| self.target.refers(group, *place)))
                .collect();
            let present = requirement.groups.len() - missing.len();
            let met = match requirement.operation {
                Operation::OnlyOne => present == 1,
                Operation::OneOrMore => present >= 1,
                Operation::All => missing.is_empty(),
            };
            if met {
                continue;
            }
            let no_choice = requirement.operation == Operation::All || requirement.groups.len() == 1;
            let found: Option<Vec<Place>> = missing.iter().map(|group| self.target.referred(group)).collect();
            match found.filter(|_| no_choice) {
                Some(places) => places.into_iter().for_each(|place| self.add(place, None)),
                None => {
                    let message = format!("{} must add a category, but which one is left open", self.target.name);
                    self.findings
                        .push(finding("spif.equivalence.required", SOURCE, message));
                }
            }
        }
    }

    fn finish(mut self, class: Option<usize>, old: &SecurityLabel) -> Translation {
        let label = match class {
            Some(class) if !self.findings.iter().any(Finding::is_error) => {
                let parts = Resolved { class, held: self.held };
                let label = SecurityLabel {
                    privacy_marks: old.privacy_marks.clone(),
                    created: old.created,
                    review: old.review,
                    ..self.target.write(&parts)
                };
                self.findings.extend(self.target.validate(&label));
                Some(label).filter(|_| !self.findings.iter().any(Finding::is_error))
            }
            _ => None,
        };
        Translation {
            label,
            findings: self.findings,
        }
    }
}
