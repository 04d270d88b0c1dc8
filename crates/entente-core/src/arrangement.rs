//! Arrangements: the signed terms under which parties share.
//!
//! Several arrangements can cover one report. They combine to [`Terms`], in which the stricter term wins.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use entente_marking::Purpose;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{ArrangementId, PartyPath};

/// What a recipient may do with a report beyond reading it: the onward-release rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Onward {
    /// As the markings say.
    Free,
    /// To parties of the arrangement without asking; to others with consent.
    Members,
    /// To nobody but the original recipients without the originator's consent (the third-party rule).
    Consent,
}

/// To whom plain unclassified text goes, which says nothing about that itself. What stands later is stricter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unmarked {
    /// Where the banner has no release list either, to the parties of the arrangement.
    Members,
    /// Where its report's banner goes; without a list there, the originator is asked.
    #[default]
    Banner,
    /// The originator is always asked.
    Ask,
}

impl Unmarked {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether whoever receives a part of a report is told that something is withheld.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Withheld {
    /// The part looks like the whole.
    #[default]
    Hidden,
    /// The receiver is told how many portions there are besides.
    Shown,
}

impl Withheld {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
    fn is_hidden(&self) -> bool {
        *self == Self::Hidden
    }
}

/// Whether an arrangement is in force.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ArrangementStatus {
    /// In force.
    Active,
    /// Halted for the time being; nothing under it is released.
    Suspended {
        /// Who halted it.
        by: PartyPath,
        /// Why.
        reason: String,
    },
    /// Over for good.
    Ended {
        /// Who ended it.
        by: PartyPath,
        /// Why.
        reason: String,
    },
}

impl fmt::Display for ArrangementStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Active => f.write_str("active"),
            Self::Suspended { by, reason } => write!(f, "suspended by {by}: {reason}"),
            Self::Ended { by, reason } => write!(f, "ended by {by}: {reason}"),
        }
    }
}

impl ArrangementStatus {
    /// Who gave it, where it is not active.
    pub fn by(&self) -> Option<&PartyPath> {
        match self {
            Self::Active => None,
            Self::Suspended { by, .. } | Self::Ended { by, .. } => Some(by),
        }
    }

    /// How much it stops: an end more than a suspension.
    fn rank(&self) -> u8 {
        match self {
            Self::Active => 0,
            Self::Suspended { .. } => 1,
            Self::Ended { .. } => 2,
        }
    }
}

/// What one party said last about the status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// The status that it gives.
    pub status: ArrangementStatus,
    /// The number of the word among that party's own, from 1: the higher one holds, whatever clocks say. Zero in words
    /// that bear none; of those the later one holds.
    #[serde(default)]
    pub revision: u64,
    /// When, by that party's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

impl Word {
    /// Whether this word replaces an earlier one of the same party. Nothing replaces an end; on a tie what stops more
    /// holds.
    pub fn supersedes(&self, known: &Self) -> bool {
        let (rank, known_rank) = (self.status.rank(), known.status.rank());
        let newer = match (self.revision, known.revision) {
            (0, 0) => self.at > known.at || rank > known_rank,
            (told, known) => told > known || (told == known && rank > known_rank),
        };
        known_rank < 2 && (newer || rank == 2)
    }
}

/// How far clocks of two parties may differ without harm: what begins, begins so much later by one's own clock.
pub const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Terms agreed between parties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrangement {
    /// Its id, the same at every party.
    pub id: ArrangementId,
    /// Its title.
    pub title: String,
    /// Who agreed: two for a bilateral one, more for a multilateral one.
    pub parties: BTreeSet<PartyPath>,
    /// The purposes that what is shared may serve; `None` where the arrangement names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purposes: Option<BTreeSet<Purpose>>,
    /// The onward-release rule.
    pub onward: Onward,
    /// Whether every reader must be on the distribution (a name list).
    #[serde(default, alias = "need-to-know")]
    pub need_to_know: bool,
    /// Whether a release, consent or delivery of what is under it takes the yes of a second person.
    #[serde(default, alias = "two-person", skip_serializing_if = "std::ops::Not::not")]
    pub two_person: bool,
    /// How many others than its writer have to have signed the log behind an assurance about what is under it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub witnesses: u32,
    /// The mark for portions that bear none.
    #[serde(default, alias = "default-mark", skip_serializing_if = "Option::is_none")]
    pub default_mark: Option<String>,
    /// To whom plain unclassified text goes.
    #[serde(default, skip_serializing_if = "Unmarked::is_default")]
    pub unmarked: Unmarked,
    /// Who answers for owners that marks name: `NATO` → `NATO.IMS`. Without a word here an owner answers itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub owners: BTreeMap<PartyPath, PartyPath>,
    /// Whether a receiver of a part is told that something is withheld.
    #[serde(default, skip_serializing_if = "Withheld::is_hidden")]
    pub withheld: Withheld,
    /// The moment before which nothing of what came under it goes further than to whom it was given.
    #[serde(default, alias = "not-before", skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// When it begins to apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<Timestamp>,
    /// When it ceases to apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// Whether it is in force.
    #[serde(default = "active")]
    pub status: ArrangementStatus,
    /// Since when it has that status, by the clock of whoever set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_set: Option<Timestamp>,
    /// Where each term stands in the signed text: `onward` → `art. 4`. Reasons quote it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub clauses: BTreeMap<String, String>,
    /// What each party said last about the status. The status follows from all of them: nobody's word undoes another's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<PartyPath, Word>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn active() -> ArrangementStatus {
    ArrangementStatus::Active
}

/// Why an arrangement does not carry anything at a given moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotInForce {
    /// Suspended by a party.
    Suspended,
    /// Ended by a party.
    Ended,
    /// Past its expiry.
    Expired,
    /// Not begun.
    NotBegun,
}

impl Arrangement {
    /// Whether `party` is one of the parties or a part of one.
    pub fn binds(&self, party: &PartyPath) -> bool {
        self.parties.iter().any(|member| member.includes(party))
    }

    /// Why it is not in force at `moment`, if it is not.
    pub fn not_in_force(&self, moment: Timestamp) -> Option<NotInForce> {
        match self.status {
            ArrangementStatus::Suspended { .. } => Some(NotInForce::Suspended),
            ArrangementStatus::Ended { .. } => Some(NotInForce::Ended),
            ArrangementStatus::Active if self.expires.is_some_and(|end| moment >= end) => Some(NotInForce::Expired),
            // An end is taken by our own clock; a beginning waits until it has come by everybody's.
            ArrangementStatus::Active
                if self
                    .starts
                    .is_some_and(|start| moment.duration_since(start) < CLOCK_TOLERANCE) =>
            {
                Some(NotInForce::NotBegun)
            }
            ArrangementStatus::Active => None,
        }
    }

    /// What `party` said last about the status, also where only the status itself tells.
    pub fn word_of(&self, party: &PartyPath) -> Option<Word> {
        let by_status = || {
            (self.status.by() == Some(party)).then(|| Word {
                status: self.status.clone(),
                revision: 0,
                at: self.status_set,
            })
        };
        self.words.get(party).cloned().or_else(by_status)
    }

    /// Takes in what a party says about the status, unless it said something newer before. The status that follows is
    /// the one that stops most.
    pub fn hear(&mut self, party: &PartyPath, word: Word) {
        // What was recorded without words: the status says who gave it.
        if let Some(by) = self.status.by().cloned()
            && let Some(known) = self.word_of(&by)
        {
            self.words.insert(by, known);
        }
        if self.words.get(party).is_none_or(|known| word.supersedes(known)) {
            self.words.insert(party.clone(), word);
        }
        let strictest = self.words.values().rev().max_by_key(|word| word.status.rank());
        if let Some(word) = strictest {
            (self.status, self.status_set) = (word.status.clone(), word.at);
        }
    }

    /// This arrangement with every term of `other` that is stricter. Who the parties are, its name and its clauses stay.
    #[must_use]
    pub fn narrowed_by(&self, other: &Self) -> Self {
        let purposes = match (&self.purposes, &other.purposes) {
            (Some(mine), Some(theirs)) => Some(mine & theirs),
            (one, None) | (None, one) => one.clone(),
        };
        Self {
            purposes,
            onward: self.onward.max(other.onward),
            need_to_know: self.need_to_know || other.need_to_know,
            two_person: self.two_person || other.two_person,
            witnesses: self.witnesses.max(other.witnesses),
            unmarked: self.unmarked.max(other.unmarked),
            withheld: self.withheld.min(other.withheld),
            not_before: self.not_before.max(other.not_before),
            starts: self.starts.max(other.starts),
            expires: self.expires.into_iter().chain(other.expires).min(),
            ..self.clone()
        }
    }

    /// The terms in which `other` is laxer, by their names.
    pub fn laxer_in(&self, other: &Self) -> Vec<&'static str> {
        let kept = other.narrowed_by(self);
        let terms = [
            ("parties", other.parties.iter().all(|party| self.binds(party))),
            ("purposes", kept.purposes == other.purposes),
            ("onward", kept.onward == other.onward),
            ("need_to_know", kept.need_to_know == other.need_to_know),
            ("two_person", kept.two_person == other.two_person),
            ("witnesses", kept.witnesses == other.witnesses),
            ("unmarked", kept.unmarked == other.unmarked),
            // Whoever answers for an owner can consent for it.
            ("owners", self.owners == other.owners),
            ("not_before", kept.not_before == other.not_before),
            ("starts", kept.starts == other.starts),
            ("expires", kept.expires == other.expires),
            ("withheld", kept.withheld == other.withheld),
        ];
        terms
            .into_iter()
            .filter(|(_, kept)| !kept)
            .map(|(name, _)| name)
            .collect()
    }

    /// Whether `other` allows nothing that this arrangement does not allow, and not the same.
    pub fn is_narrowed_to(&self, other: &Self) -> bool {
        let both = self.narrowed_by(other);
        both != *self && other.narrowed_by(self) == *other && self.owners == other.owners
    }

    /// Whether its terms allow `purpose`; a purpose that is not stated is allowed only where any is.
    pub fn allows(&self, purpose: Option<&Purpose>) -> bool {
        match (&self.purposes, purpose) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(allowed), Some(purpose)) => allowed.contains(purpose),
        }
    }

    /// The clause of the signed text for `term`, as a reason quotes it.
    pub fn clause(&self, term: &str) -> String {
        match self.clauses.get(term) {
            Some(clause) => format!("arrangement {}, {clause}", self.id),
            None => format!("arrangement {}, term `{term}`", self.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bare() -> Arrangement {
        Arrangement {
            id: ArrangementId::new("A-1").expect("a name"),
            title: String::new(),
            parties: BTreeSet::new(),
            purposes: None,
            onward: Onward::Free,
            need_to_know: false,
            default_mark: None,
            unmarked: Unmarked::Banner,
            owners: BTreeMap::new(),
            two_person: false,
            witnesses: 0,
            withheld: Withheld::Hidden,
            not_before: None,
            starts: None,
            expires: None,
            status: ArrangementStatus::Active,
            status_set: None,
            clauses: BTreeMap::new(),
            words: BTreeMap::new(),
        }
    }

    fn arrangement() -> impl Strategy<Value = Arrangement> {
        let purposes = prop::option::of(prop::collection::btree_set("[a-c]", 0..3));
        let onward = prop::sample::select(vec![Onward::Free, Onward::Members, Onward::Consent]);
        let unmarked = prop::sample::select(vec![Unmarked::Members, Unmarked::Banner, Unmarked::Ask]);
        let moment = || prop::option::of((0i64..5).prop_map(|n| Timestamp::from_second(n * 200).expect("small")));
        (purposes, onward, any::<bool>(), unmarked, moment(), moment()).prop_map(
            |(purposes, onward, need_to_know, unmarked, starts, expires)| Arrangement {
                purposes: purposes.map(|all| all.iter().map(Purpose::new).collect()),
                onward,
                need_to_know,
                unmarked,
                starts,
                expires,
                ..bare()
            },
        )
    }

    #[test]
    fn c4_suspensions_of_two_parties_hold_side_by_side_in_any_order() {
        let party = |text: &str| PartyPath::new(text).expect("a name");
        let word = |by: Option<&str>, revision, end| Word {
            status: match by {
                None => ArrangementStatus::Active,
                Some(by) if end => ArrangementStatus::Ended {
                    by: party(by),
                    reason: String::new(),
                },
                Some(by) => ArrangementStatus::Suspended {
                    by: party(by),
                    reason: String::new(),
                },
            },
            revision,
            at: None,
        };
        let words = [
            ("A", word(Some("A"), 1, false)),
            ("B", word(Some("B"), 1, false)),
            ("A", word(None, 2, false)),
        ];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut terms = bare();
            for n in order {
                terms.hear(&party(words[n].0), words[n].1.clone());
            }
            assert_eq!(terms.status.by(), Some(&party("B")), "{order:?}");
            terms.hear(&party("B"), word(None, 2, false));
            assert_eq!(terms.status, ArrangementStatus::Active, "{order:?}");
            terms.hear(&party("A"), word(Some("A"), 1, true));
            terms.hear(&party("A"), word(None, 9, false));
            assert!(matches!(terms.status, ArrangementStatus::Ended { .. }), "{order:?}");
        }
    }

    proptest! {
        #[test]
        fn narrowing_is_a_meet_and_allows_nothing_new(a in arrangement(), b in arrangement(), at in 0i64..5) {
            let both = a.narrowed_by(&b);
            prop_assert_eq!(&both, &b.narrowed_by(&a));
            prop_assert_eq!(&both, &both.narrowed_by(&a));
            prop_assert!(!a.is_narrowed_to(&a));
            prop_assert_eq!(a.is_narrowed_to(&both), a != both);
            prop_assert!(both == a || !both.is_narrowed_to(&a));
            let moment = Timestamp::from_second(at * 200).expect("small");
            prop_assert!(both.not_in_force(moment).is_some() || a.not_in_force(moment).is_none());
            for purpose in [None, Some(Purpose::new("a")), Some(Purpose::new("b"))] {
                prop_assert!(!both.allows(purpose.as_ref()) || a.allows(purpose.as_ref()));
            }
            prop_assert!(both.onward >= a.onward && (both.need_to_know || !a.need_to_know));
        }
    }
}
