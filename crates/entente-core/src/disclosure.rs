//! What happened to a report after delivery: recalls, overrides, disclosures, and notices about them.

use std::collections::{BTreeMap, BTreeSet};

use entente_marking::Purpose;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fact::Learned;
use crate::ids::{BriefingId, DisclosureId, IncidentId, PartyPath, PersonId, PortionId, RecallId, ReportId};
use crate::named::Named;

/// What holders of a recalled report have to do (ODNI's `RevRecall` V2021-NOV).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RecallAction {
    /// Destroy every copy and index, and tell all recipients.
    Purge,
    /// Keep it, marked as superseded.
    RetainWarn,
    /// Keep it, but block access and distribution, and tell all recipients.
    RetainHide,
    /// Follow this instruction.
    ManualInstruction {
        /// What to do.
        instruction: String,
    },
}

impl RecallAction {
    /// Its name in the standard.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Purge => "PURGE",
            Self::RetainWarn => "RETAIN_WARN",
            Self::RetainHide => "RETAIN_HIDE",
            Self::ManualInstruction { .. } => "MANUAL_INSTRUCTION",
        }
    }

    /// Whether readers are barred. A manual instruction bars them until the holder has followed it: unknown means deny.
    pub fn bars_readers(&self) -> bool {
        !matches!(self, Self::RetainWarn)
    }
}

/// What a holder said it did about a recall.
///
/// An acknowledgement is the holder's word. It is shown as that, never as a proof of deletion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The recall.
    pub recall: RecallId,
    /// Who ordered it; records of older folders do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_by: Option<PartyPath>,
    /// The holder.
    pub by: PartyPath,
    /// When it said so.
    pub at: Timestamp,
    /// What it says about it in its own words.
    pub statement: String,
    /// What its node did about a PURGE; none for other recalls, and from programs that do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Purged>,
}

/// What became of what was to be destroyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Purged {
    /// The keys of all of it were destroyed, and with them every text here, but for what is named.
    Destroyed {
        /// What remains.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        but_for: Vec<Remains>,
    },
    /// It was kept: a law forbids to destroy it.
    NotDestroyed {
        /// Which, and who says so.
        basis: String,
    },
}

/// Something that remains after a purge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Remains {
    /// What an open case needs.
    Case {
        /// The originator's word that it may stay.
        consent: String,
    },
    /// A backup from before.
    Backup {
        /// When it was made.
        made: Timestamp,
        /// Until when it is kept, as far as that was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<String>,
    },
    /// Reports that rest on it: they are closed with it, and belong to their originators.
    Derived {
        /// How many.
        reports: usize,
    },
}

impl std::fmt::Display for Purged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotDestroyed { basis } => write!(f, "not destroyed: legal hold, {basis}"),
            Self::Destroyed { but_for } if but_for.is_empty() => f.write_str("destroyed"),
            Self::Destroyed { but_for } => {
                let but_for: Vec<String> = but_for.iter().map(ToString::to_string).collect();
                write!(f, "destroyed but for {}", but_for.join("; "))
            }
        }
    }
}

impl std::fmt::Display for Remains {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Case { consent } => write!(f, "an open case, by the originator's consent ({consent})"),
            Self::Backup { made, until } => {
                write!(f, "a backup of {}", made.strftime("%Y-%m-%d %H:%MZ"))?;
                match until {
                    Some(until) => write!(f, ", kept until {until}"),
                    None => f.write_str(", with no end stated"),
                }
            }
            Self::Derived { reports: 1 } => f.write_str("a report that rests on it, which is closed"),
            Self::Derived { reports } => write!(f, "{reports} reports that rest on it, which are closed"),
        }
    }
}

impl Acknowledgement {
    /// What the holder says, in a line: what its node did, then its own words.
    pub fn says(&self) -> String {
        let outcome = self.outcome.as_ref().map(ToString::to_string);
        let words = Some(self.statement.clone()).filter(|words| !words.is_empty());
        outcome.into_iter().chain(words).collect::<Vec<_>>().join("; ")
    }
}

/// An originator's call to take a report out of use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recall {
    /// Its id, the same at all parties.
    pub id: RecallId,
    /// Who recalls.
    pub originator: PartyPath,
    /// The report.
    pub report: ReportId,
    /// Up to this version.
    pub version: u32,
    /// What holders have to do.
    #[serde(flatten)]
    pub action: RecallAction,
    /// Why.
    pub reason: String,
    /// When it was ordered.
    pub ordered: Timestamp,
    /// Who has to acknowledge it, and who has.
    pub holders: BTreeMap<PartyPath, Option<Acknowledgement>>,
    /// How far it goes, and whether it still holds.
    #[serde(default, skip_serializing_if = "Scope::is_plain")]
    pub scope: Scope,
}

/// How far a recall goes, and whether it still holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// Whether it is for these holders alone: the report goes on elsewhere.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub only: bool,
    /// When and why it was lifted, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifted: Option<(Timestamp, String)>,
}

impl Scope {
    /// Whether there is nothing to say: it is for everybody, and holds.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

impl Recall {
    /// Its name with whose it is.
    pub fn key(&self) -> Named<RecallId> {
        Named::new(self.originator.clone(), self.id.clone())
    }

    /// Whether it holds at a party: not where it was lifted, and not at its originator where it is for some holders alone.
    pub fn holds_at(&self, home: Option<&PartyPath>) -> bool {
        self.scope.lifted.is_none() && !(self.scope.only && home == Some(&self.originator))
    }
}

/// What of a recalled report was destroyed here: its wording, wherever this party's node kept it. That it was here, under
/// which marks and to whom it went stays on the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destroyed {
    /// The recall that it follows.
    pub recall: RecallId,
    /// The report.
    pub report: ReportId,
    /// Up to this version.
    pub version: u32,
    /// Cases about it whose notes and evidence were destroyed with it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub incidents: BTreeSet<IncidentId>,
    /// When.
    pub at: Timestamp,
}

/// Whether an act was lawful: an answer of its own, beside whether it was permitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "lawful", rename_all = "lowercase")]
pub enum Lawful {
    /// The authority states a legal basis.
    Yes {
        /// Which.
        basis: String,
    },
    /// There is none.
    No,
    /// Nobody has determined it.
    Undetermined,
}

impl std::fmt::Display for Lawful {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Yes { basis } => write!(f, "yes ({basis})"),
            Self::No => f.write_str("no"),
            Self::Undetermined => f.write_str("not determined"),
        }
    }
}

/// How an audience learned something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Route {
    /// They read it.
    Read,
    /// They were briefed on it.
    Briefed,
    /// Someone said it.
    Said,
    /// It was published.
    Published,
}

impl std::fmt::Display for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Briefed => "briefed",
            Self::Said => "said",
            Self::Published => "published",
        })
    }
}

/// An authority's decision to release without the consents that are needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Its id.
    pub id: DisclosureId,
    /// Who decided.
    pub authority: PersonId,
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// The portions released.
    pub portions: BTreeSet<PortionId>,
    /// To whom.
    pub audience: BTreeSet<PersonId>,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// Whether it was lawful.
    #[serde(flatten)]
    pub lawful: Lawful,
    /// Why.
    pub reason: String,
    /// Which originators' consent was missing for which portion: computed by `decide`, never declared.
    pub without_consent_of: BTreeMap<PortionId, BTreeSet<PartyPath>>,
    /// When.
    pub at: Timestamp,
}

/// An audience learned portions of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// Its id.
    pub id: DisclosureId,
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// The portions.
    pub portions: BTreeSet<PortionId>,
    /// Who learned them.
    pub audience: BTreeSet<PersonId>,
    /// How.
    pub route: Route,
    /// Who disclosed them, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// Which facts of the portions, where it was not all of them, and how each was put.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub learned: Vec<Learned>,
    /// Whether each portion was permitted to all of them at that moment: computed by `decide`.
    pub permitted: BTreeMap<PortionId, bool>,
    /// Whether it was lawful.
    #[serde(flatten)]
    pub lawful: Lawful,
    /// The override it rests on, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<DisclosureId>,
    /// Who reviewed the finding that it rests on, where a program found it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<PersonId>,
    /// The briefing in which it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub briefing: Option<BriefingId>,
    /// When.
    pub at: Timestamp,
    /// When it was recorded, where that was later, and why so late, as far as that had to be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<(Timestamp, String)>,
}

/// What somebody from outside was shown of a report here: they know it from then on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// Who was shown it.
    pub reader: PersonId,
    /// Which portions, and when first.
    pub portions: BTreeMap<PortionId, Timestamp>,
}

impl Opening {
    /// What it is kept by.
    pub fn key(report: &ReportId, version: u32, reader: &PersonId) -> String {
        format!("{report} v{version} {reader}")
    }
}

/// What one party tells an originator about its own portions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "lowercase")]
pub enum Notice {
    /// An authority overrode the originator's control.
    Override(Override),
    /// An audience learned portions.
    Disclosure(Disclosure),
}

impl Notice {
    /// The report concerned.
    pub fn report(&self) -> &ReportId {
        match self {
            Self::Override(o) => &o.report,
            Self::Disclosure(d) => &d.report,
        }
    }
}
