//! Incidents: a disclosure that nobody permitted, and everything done about it.
//!
//! A case is its timeline. What is due, who was told, what was contained: all of it is read from the entries. The stages
//! and their clocks follow common practice (ICD 732; 32 CFR 2001.48; DoD 5200.1-R ch. 10; FIRST multi-party guidelines);
//! clocks are settings of each case.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::exposure::Measures;
use crate::ids::{DisclosureId, IncidentId, PartyPath, PersonId, PortionId, PortionRef, RecallId, ReportId, SourceId};
use crate::named::Called;

macro_rules! stages {
    ($( $(#[$doc:meta])* $name:ident = $id:literal, $title:literal, $owner:literal, $hours:expr; )*) => {
        /// The stages of a case, in order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Stage {
            $( $(#[$doc])* $name, )*
        }

        impl Stage {
            /// All, in order.
            pub const ALL: &'static [Self] = &[ $( Self::$name, )* ];

            /// Its name in commands.
            pub const fn id(self) -> &'static str {
                match self { $( Self::$name => $id, )* }
            }

            /// What has to be done.
            pub const fn title(self) -> &'static str {
                match self { $( Self::$name => $title, )* }
            }

            /// Who does it, unless a person is named.
            pub const fn owner(self) -> &'static str {
                match self { $( Self::$name => $owner, )* }
            }

            /// By when, in hours from the opening, unless the case has its own clock; `None` where there is none.
            pub const fn hours(self) -> Option<u32> {
                match self { $( Self::$name => $hours, )* }
            }
        }
    };
}

stages! {
    /// The case is open; texts are hashed and kept.
    Open = "open", "open the case; hash and keep the texts", "security officer", Some(0);
    /// Texts are matched against holdings.
    Match = "match", "match what is out with the facts that are held", "disclosure officer", Some(1);
    /// The source's handler is warned, before anything is complete.
    SourceAlert = "source-alert", "warn whoever runs the source", "handler of the source", Some(0);
    /// The originators are told.
    Notify = "notify", "tell those concerned, each its own part", "owner of the portions", Some(24);
    /// Releases are on hold, copies recalled.
    Contain = "contain", "put releases on hold, recall, hold statements", "custodian", Some(24);
    /// Whether it is a compromise.
    Inquiry = "inquiry", "inquire: compromise yes, no, probable", "independent officer", Some(72);
    /// Who held all of it.
    Holders = "holders", "find who held everything that is out", "inquiry officer", Some(72);
    /// What the marking becomes.
    Relabel = "relabel", "label again: keep, modify, downgrade", "original authority", Some(72);
    /// What it cost.
    Damage = "damage", "assess the damage: interim, then final", "originator", Some(240);
    /// The person concerned is heard.
    Reply = "reply", "hear the person concerned", "management", None;
    /// What is learned from it.
    Lessons = "lessons", "lessons, and what may still be said", "all", None;
}

/// What an inquiry comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compromise {
    /// The information is known to those who must not.
    Yes,
    /// It is not.
    No,
    /// It has to be taken as known.
    Probable,
}

/// What becomes of a marking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relabel {
    /// It stays: what is out is not thereby released.
    Keep,
    /// It changes.
    Modify,
    /// It is lowered.
    Downgrade,
}

/// What an audience could work out about a source, before the incident and after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceDamage {
    /// The source.
    pub source: SourceId,
    /// To whom.
    pub audience: String,
    /// Without what the case is about.
    pub before: Option<Measures>,
    /// With all of it.
    pub after: Option<Measures>,
    /// Whether it stays above the originator's threshold.
    pub kept: bool,
}

/// What happened in a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum What {
    /// A text was taken into evidence.
    Evidence {
        /// What it is called.
        name: String,
        /// SHA-256 of its bytes, in lower-case hexadecimal.
        sha256: String,
        /// How many bytes it has.
        size: u64,
        /// Where it was found, and when it was first seen.
        found: String,
    },
    /// Another disclosure belongs to it.
    Disclosure {
        /// Which.
        id: Called<DisclosureId>,
    },
    /// Someone works on the case.
    Member {
        /// Who.
        person: PersonId,
    },
    /// A stage has an owner.
    Assigned {
        /// The stage.
        stage: Stage,
        /// Who.
        owner: PersonId,
    },
    /// A stage is done.
    Done {
        /// The stage.
        stage: Stage,
        /// What was done.
        note: String,
    },
    /// Releases were put on hold, and copies recalled.
    Contained {
        /// Reports of which nothing goes out any more.
        held: BTreeSet<ReportId>,
        /// Recalls that were ordered.
        recalls: BTreeSet<RecallId>,
    },
    /// A party was told its part.
    Told {
        /// Which.
        party: PartyPath,
        /// Why it had to be told.
        why: BTreeSet<Why>,
        /// Its part.
        portions: BTreeSet<PortionRef>,
    },
    /// A party said that it has taken note. Its word, not a proof.
    Acknowledged {
        /// Which.
        party: PartyPath,
        /// What it said.
        statement: String,
    },
    /// What the inquiry found.
    Finding {
        /// The answer.
        compromise: Compromise,
        /// On what grounds.
        note: String,
    },
    /// What becomes of a marking.
    Relabelled {
        /// The portion.
        portion: PortionRef,
        /// What.
        decision: Relabel,
        /// Why.
        reason: String,
    },
    /// The person concerned was heard.
    Reply {
        /// Who.
        person: PersonId,
        /// What they said.
        statement: String,
    },
    /// The damage was assessed.
    Assessed {
        /// Whether it is the last word.
        last: bool,
        /// The assessor's words.
        note: String,
        /// Measured on the sources of this party.
        sources: Vec<SourceDamage>,
    },
    /// Something to do better.
    Lesson {
        /// What.
        text: String,
        /// Who sees to it.
        owner: PersonId,
        /// By when.
        due: Option<Timestamp>,
    },
    /// The case is closed.
    Closed {
        /// How it ended.
        note: String,
    },
}

/// Why a party has to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// It is an originator of what is out.
    Originator,
    /// It holds a copy that this party gave it.
    Holder,
    /// A report of its own rests on what is out.
    RestsOnIt,
    /// It holds another report that rests on the same source.
    SameSource,
}

impl Why {
    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Originator => "originator of what is out",
            Self::Holder => "holds a copy of it",
            Self::RestsOnIt => "has a report that rests on it",
            Self::SameSource => "holds another report of the same source",
        }
    }
}

/// An entry in the timeline of a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// By whom; `None` where another party acted, and where another party may be shown the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// A case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// What it is called. Others than its members never read it.
    pub title: String,
    /// When it was opened.
    pub opened: Timestamp,
    /// By whom.
    pub opened_by: PersonId,
    /// Whether those outside the case must not learn that there is one.
    #[serde(default)]
    pub protected: bool,
    /// The disclosures that it is about: this party's own by their name, those that partners told of with whose they are.
    pub disclosures: BTreeSet<Called<DisclosureId>>,
    /// Who works on it.
    pub members: BTreeSet<PersonId>,
    /// Its own clocks, in hours from the opening.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub clocks: BTreeMap<Stage, u32>,
    /// What happened since, in order.
    pub entries: Vec<Entry>,
}

/// How far a stage is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Task {
    /// The stage.
    pub stage: Stage,
    /// Who does it.
    pub owner: String,
    /// By when.
    pub due: Option<Timestamp>,
    /// When it was done, and what.
    pub done: Option<(Timestamp, String)>,
}

impl Task {
    /// Whether it should have been done by now.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.done.is_none() && self.due.is_some_and(|due| due < now)
    }
}

/// What another party is told of an incident: its own part, and nothing of the case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentNotice {
    /// The incident, by its id at the sender.
    pub incident: IncidentId,
    /// Why the receiver is told.
    pub why: BTreeSet<Why>,
    /// Its part.
    pub portions: BTreeSet<PortionRef>,
    /// When it was told.
    pub at: Timestamp,
    /// When the receiver acknowledged it, and in which words; kept at the receiver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<(Timestamp, String)>,
}

impl Incident {
    pub(crate) fn note(&mut self, entry: Entry) {
        match &entry.what {
            What::Disclosure { id } => {
                self.disclosures.insert(id.clone());
            }
            What::Member { person } => {
                self.members.insert(person.clone());
            }
            _ => {}
        }
        self.entries.push(entry);
    }

    /// When it was closed, if it was.
    pub fn closed(&self) -> Option<Timestamp> {
        self.entries
            .iter()
            .find(|entry| matches!(entry.what, What::Closed { .. }))
            .map(|entry| entry.at)
    }

    /// What is to be done, by whom and by when.
    pub fn tasks(&self) -> Vec<Task> {
        let of = |stage: &Stage| {
            let hours = self.clocks.get(stage).copied().or(stage.hours());
            let due = hours.and_then(|hours| self.opened.checked_add(SignedDuration::from_hours(hours.into())).ok());
            let mut task = Task {
                stage: *stage,
                owner: stage.owner().to_owned(),
                due,
                done: None,
            };
            for entry in &self.entries {
                match &entry.what {
                    What::Assigned { stage: assigned, owner } if assigned == stage => task.owner = owner.to_string(),
                    what if what.completes() == Some(*stage) => {
                        let note = match what {
                            What::Done { note, .. } => note.clone(),
                            _ => String::new(),
                        };
                        task.done = Some((entry.at, note));
                    }
                    _ => {}
                }
            }
            task
        };
        Stage::ALL.iter().map(of).collect()
    }

    /// Parties that were told, and what they said.
    pub fn told(&self) -> BTreeMap<&PartyPath, Option<&str>> {
        let mut told = BTreeMap::new();
        for entry in &self.entries {
            match &entry.what {
                What::Told { party, .. } => {
                    told.entry(party).or_insert(None);
                }
                What::Acknowledged { party, statement } => {
                    told.insert(party, Some(statement.as_str()));
                }
                _ => {}
            }
        }
        told
    }

    /// Which portions each party was told of.
    pub fn told_portions(&self) -> BTreeMap<PartyPath, BTreeSet<PortionRef>> {
        let mut all: BTreeMap<PartyPath, BTreeSet<PortionRef>> = BTreeMap::new();
        for entry in &self.entries {
            if let What::Told { party, portions, .. } = &entry.what {
                all.entry(party.clone()).or_default().extend(portions.iter().cloned());
            }
        }
        all
    }

    /// Whether a reader works on the case; without a reader, this party as such.
    pub fn is_member(&self, reader: Option<&PersonId>) -> bool {
        reader.is_none_or(|reader| self.members.contains(reader))
    }

    /// Whether a reader may know that there is such a case. What the case is about, `decide` says portion by portion.
    pub fn is_visible_to(&self, reader: Option<&PersonId>) -> bool {
        !self.protected || self.is_member(reader)
    }

    /// Reports whose releases this case put on hold.
    pub fn held(&self) -> BTreeSet<&ReportId> {
        let contained = self.entries.iter().filter_map(|entry| match &entry.what {
            What::Contained { held, .. } => Some(held),
            _ => None,
        });
        contained.flatten().collect()
    }
}

impl What {
    /// The stage that is done with this entry.
    fn completes(&self) -> Option<Stage> {
        match self {
            Self::Done { stage, .. } => Some(*stage),
            Self::Evidence { .. } => Some(Stage::Open),
            Self::Contained { .. } => Some(Stage::Contain),
            Self::Finding { .. } => Some(Stage::Inquiry),
            Self::Relabelled { .. } => Some(Stage::Relabel),
            Self::Reply { .. } => Some(Stage::Reply),
            Self::Assessed { last: true, .. } => Some(Stage::Damage),
            Self::Lesson { .. } => Some(Stage::Lessons),
            _ => None,
        }
    }
}

/// Names of portions, for a line.
pub fn portion_names<'p>(portions: impl IntoIterator<Item = &'p PortionId>) -> String {
    portions
        .into_iter()
        .map(PortionId::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}
