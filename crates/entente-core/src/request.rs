//! The originator's side of onward release: requests, consents, refusals, substitutes, withdrawals.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use entente_marking::{Label, Purpose, SchemeId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arrangement::CLOCK_TOLERANCE;
use crate::ids::{ConsentId, PartyPath, PersonId, PortionId, PortionRef, ReportId, RequestId};
use crate::life::Life;
use crate::named::Named;
use crate::party::Person;
use crate::report::Portion;

/// A question to one originator: may these persons have these portions for this purpose?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its id, the same at both parties.
    pub id: RequestId,
    /// The party that asks.
    pub from: PartyPath,
    /// The originator that is asked.
    pub to: PartyPath,
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// The portions asked for.
    pub portions: BTreeSet<PortionId>,
    /// For whom: what the originator needs to know about each person.
    pub audience: Vec<Person>,
    /// What for.
    pub purpose: Option<Purpose>,
    /// Why, in the asker's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What has changed since the same was asked before, in the asker's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub change: String,
    /// When it was opened.
    pub opened: Timestamp,
    /// By when an answer is of use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_by: Option<Timestamp>,
    /// What the originator needs to answer.
    #[serde(default, skip_serializing_if = "Carried::is_empty")]
    pub carried: Carried,
}

impl Request {
    /// A reference to one of its portions.
    pub fn reference(&self, portion: &PortionId) -> PortionRef {
        PortionRef {
            report: self.report.clone(),
            version: self.version,
            portion: portion.clone(),
        }
    }
}

/// What an originator needs to answer about a report that it does not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// The portions asked for, as far as they stand in a report that the originator does not hold.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<PortionId, CarriedText>,
    /// Which of the originator's portions somebody of the audience was shown before.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub shown: BTreeSet<PortionRef>,
}

impl Carried {
    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.shown.is_empty()
    }
}

/// A portion of the asker's that rests on the originator's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedText {
    /// Its mark.
    pub mark: String,
    /// The scheme of the mark.
    pub scheme: SchemeId,
    /// The variant of the scheme.
    pub profile: String,
    /// The originator's own portions on which it rests, by the names that it knows.
    pub from: BTreeSet<PortionRef>,
    /// Its text; none where another originator's terms do not let the originator have it: the text is withheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl fmt::Display for CarriedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bases: Vec<String> = self.from.iter().map(ToString::to_string).collect();
        let text = self.text.as_deref().unwrap_or("(text withheld)");
        match bases.is_empty() {
            true => write!(f, "{} {text}", self.mark),
            false => write!(f, "{} {text} [rests on {}]", self.mark, bases.join(", ")),
        }
    }
}

/// How far a request has come for one portion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// No answer yet.
    Open,
    /// Consent was given.
    Granted,
    /// Consent was refused.
    Refused,
    /// Another text was given in its place.
    Substituted,
}

/// To whom a consent applies.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Recipients {
    /// These persons.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub persons: BTreeSet<PersonId>,
    /// Everyone at these parties.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub parties: BTreeSet<PartyPath>,
}

impl Recipients {
    /// Whether `person`, acting for `party`, is meant.
    pub fn include(&self, person: &PersonId, party: &PartyPath) -> bool {
        self.persons.contains(person) || self.parties.iter().any(|covered| covered.includes(party))
    }

    /// Whether nobody is meant.
    pub fn is_empty(&self) -> bool {
        self.persons.is_empty() && self.parties.is_empty()
    }
}

/// An originator's permission to pass portions on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Its id, the same at both parties.
    pub id: ConsentId,
    /// The request it answers; none where the originator offered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// Who consents.
    pub originator: PartyPath,
    /// The party that may pass it on.
    pub to: PartyPath,
    /// The report.
    pub report: ReportId,
    /// Which portions of which version. It follows their unchanged text into later versions; one that names none opens
    /// nothing.
    pub portions: BTreeSet<PortionRef>,
    /// Whether it also follows these portions through changed text under the same mark.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub standing: bool,
    /// For whom.
    pub recipients: Recipients,
    /// The persons as they were described when it was given: it is theirs as long as they are who they were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stated: Vec<Person>,
    /// What its portions asked for when it was given, where that was more than was written on them. It counts no longer
    /// once they ask for more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<(PortionRef, Label)>,
    /// What for; `None` for any purpose that marking and arrangement allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purposes: Option<BTreeSet<Purpose>>,
    /// What whoever uses it has to observe.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// When it was given, by the originator's clock.
    pub given: Timestamp,
    /// When it came, by the clock of whoever it was given to. It counts from then on: the originator's clock may differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Timestamp>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Timestamp>,
    /// When it was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Timestamp>,
    /// What became of it.
    #[serde(default, skip_serializing_if = "Life::is_plain")]
    pub life: Life,
}

impl Consent {
    /// Its name with whose it is.
    pub fn key(&self) -> Named<ConsentId> {
        Named::new(self.originator.clone(), self.id.clone())
    }

    /// From when on it counts.
    pub fn begins(&self) -> Timestamp {
        self.received.unwrap_or(self.given)
    }

    /// Whether it is in force at `moment`.
    pub fn is_live(&self, moment: Timestamp) -> bool {
        self.begins() <= moment
            && self
                .life
                .not_before
                .is_none_or(|begin| moment.duration_since(begin) >= CLOCK_TOLERANCE)
            && self.withdrawn.is_none_or(|end| moment < end)
            && self.ends.is_none_or(|end| moment < end)
    }

    /// Whether it names `portion`. Which later portions it follows is said in `reach`.
    pub fn names(&self, portion: &PortionRef) -> bool {
        self.portions.contains(portion)
    }

    /// Whether it is for `person` as they are now: by their party, or by name as long as they are who they were.
    pub fn covers(&self, person: &Person, registered: bool) -> bool {
        let by_party = self
            .recipients
            .parties
            .iter()
            .any(|party| party.includes(&person.party));
        let by_party = by_party && !self.life.except.contains(&person.id);
        by_party || self.covers_by_name(person, registered)
    }

    /// Whether it names `person`, and they are still whom the originator was told of. Of somebody who is not registered
    /// and of whom nothing is said, nothing has changed.
    pub fn covers_by_name(&self, person: &Person, registered: bool) -> bool {
        let mut stated = self.stated.iter().filter(|stated| stated.id == person.id);
        let nothing_known = !registered && *person == Person::outsider(person.id.clone(), person.party.clone());
        self.recipients.persons.contains(&person.id) && (nothing_known || stated.all(|stated| stated.is_still(person)))
    }

    /// Whether it allows `purpose`; one that is not stated is allowed only where any is.
    pub fn allows(&self, purpose: Option<&Purpose>) -> bool {
        allowed(self.purposes.as_ref(), purpose)
    }
}

/// Whether a list of purposes allows one; one that is not stated is allowed only where there is no list.
pub(crate) fn allowed(list: Option<&BTreeSet<Purpose>>, purpose: Option<&Purpose>) -> bool {
    match (list, purpose) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(allowed), Some(purpose)) => allowed.contains(purpose),
    }
}

/// An originator's "no", which is also worth recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The request it answers.
    pub request: RequestId,
    /// Whose request; records of older folders do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asker: Option<PartyPath>,
    /// Who refuses.
    pub originator: PartyPath,
    /// The portions refused.
    pub portions: BTreeSet<PortionId>,
    /// Why, as far as the originator says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When.
    pub given: Timestamp,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = self.given.strftime("%Y-%m-%d");
        match self.reason.trim() {
            "" => write!(f, "{} refused it on {day} (no reason given)", self.originator),
            reason => write!(f, "{} refused it on {day} (“{reason}”)", self.originator),
        }
    }
}

/// Another text that may be given in place of a portion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Substitute {
    /// The request it answers.
    pub request: RequestId,
    /// Whose request; records of older folders do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asker: Option<PartyPath>,
    /// Who gives it.
    pub originator: PartyPath,
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// The portion that it stands for.
    pub stands_for: PortionId,
    /// The text with its mark. It is decided about like any other portion.
    pub portion: Portion,
    /// The consent that goes with it, for the request's audience.
    pub consent: ConsentId,
    /// When it was given.
    pub given: Timestamp,
}
