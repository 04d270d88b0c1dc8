//! Reports: versioned documents made of portions, each with its label and its lineage.

use std::collections::{BTreeMap, BTreeSet};

use entente_marking::{Circle, Label, SchemeId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ArrangementId, PartyPath, PersonId, PortionId, PortionRef, ReportId};
use crate::installed::MarkRead;

/// What one originator laid down for its share of a portion.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// The original recipients: parties to which the originator itself gave it.
    pub recipients: BTreeSet<PartyPath>,
    /// The persons whom the originator named, where the mark is for named recipients only. Nobody else names them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub persons: BTreeSet<PersonId>,
    /// The arrangements under which it did.
    pub arrangements: BTreeSet<ArrangementId>,
    /// The originator's portions that this text rests on; empty for the originator's own text.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub from: BTreeSet<PortionRef>,
    /// Whether a protected source stands behind it: the originator is asked before anyone else learns it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protects_source: bool,
    /// Whether these terms are known from another party's word only: the third-party rule holds then, and nobody but the
    /// originator may have the text without asking it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub third_party: bool,
    /// Whether the originator named the recipients: they are the original distribution then, and nobody joins it by a
    /// delivery.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named: bool,
}

/// All originators of a portion, each with its own terms.
///
/// Lineage is a semilattice: combining is commutative, associative and idempotent, and never loses an originator.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lineage(BTreeMap<PartyPath, Origin>);

impl Lineage {
    /// The lineage of a text of `originator`'s own.
    pub fn of(originator: PartyPath, origin: Origin) -> Self {
        Self(BTreeMap::from([(originator, origin)]))
    }

    /// The lineage of a text that rests on both: all originators; of one that both name, only the recipients that
    /// both allow, and the arrangements of both.
    #[must_use]
    pub fn combine(&self, other: &Self) -> Self {
        let mut all = self.0.clone();
        for (party, theirs) in &other.0 {
            all.entry(party.clone())
                .and_modify(|mine| {
                    mine.recipients = &mine.recipients & &theirs.recipients;
                    mine.persons = &mine.persons & &theirs.persons;
                    mine.arrangements = &mine.arrangements | &theirs.arrangements;
                    mine.from = &mine.from | &theirs.from;
                    mine.protects_source |= theirs.protects_source;
                    mine.third_party |= theirs.third_party;
                    mine.named |= theirs.named;
                })
                .or_insert_with(|| theirs.clone());
        }
        Self(all)
    }

    /// Each originator with its terms.
    pub fn iter(&self) -> impl Iterator<Item = (&PartyPath, &Origin)> {
        self.0.iter()
    }

    /// The originators.
    pub fn originators(&self) -> impl Iterator<Item = &PartyPath> {
        self.0.keys()
    }

    /// Changes what each originator laid down.
    pub fn map(&mut self, mut change: impl FnMut(&PartyPath, &mut Origin)) {
        for (party, origin) in &mut self.0 {
            change(party, origin);
        }
    }

    /// Whether nobody is named as originator.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A paragraph of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portion {
    /// Its id within the report.
    pub id: PortionId,
    /// Its mark, in canonical form.
    pub mark: String,
    /// What the mark means.
    pub label: Label,
    /// The text, as Markdown.
    pub text: String,
    /// Who its originators are.
    pub lineage: Lineage,
    /// Whether it stands below the tear line: written to travel further.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tear_line: bool,
}

/// The title of a version: a portion beside the others, under the reserved id [`TITLE`]. It is not counted with them.
///
/// An unmarked one takes the banner of its version: it asks for everything that any portion asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Title {
    /// As it is written, without a mark.
    Unmarked(String),
    /// With a mark and a lineage of its own.
    Marked(Box<Portion>),
}

/// The id of a title; no other portion may bear it.
pub const TITLE: &str = "title";

impl Title {
    /// Its text, for whoever may have it: whoever may not sees the report's id.
    pub fn text(&self) -> &str {
        match self {
            Self::Unmarked(text) => text,
            Self::Marked(portion) => &portion.text,
        }
    }

    /// The portion that a marked title is.
    pub fn portion(&self) -> Option<&Portion> {
        match self {
            Self::Unmarked(_) => None,
            Self::Marked(portion) => Some(portion),
        }
    }

    fn portion_mut(&mut self) -> Option<&mut Portion> {
        match self {
            Self::Unmarked(_) => None,
            Self::Marked(portion) => Some(portion),
        }
    }

    /// Its text and mark, which never change within a version.
    pub(crate) fn fixed(&self) -> (&str, Option<&str>) {
        (self.text(), self.portion().map(|portion| portion.mark.as_str()))
    }
}

impl Default for Title {
    fn default() -> Self {
        Self::Unmarked(String::new())
    }
}

impl<T: Into<String>> From<T> for Title {
    fn from(text: T) -> Self {
        Self::Unmarked(text.into())
    }
}

/// One version of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// Its version, from 1.
    pub version: u32,
    /// Its title.
    pub title: Title,
    /// The party that wrote it.
    pub originator: PartyPath,
    /// The rules that its marks follow.
    pub scheme: SchemeId,
    /// The variant of those rules.
    pub profile: String,
    /// When it was added at its originator.
    pub created: Timestamp,
    /// When it ceases to be readable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// Whether a denied reader must not learn that it exists.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub existence_protected: bool,
    /// Its portions, in order.
    pub portions: Vec<Portion>,
}

impl Report {
    /// The ids of its portions, in order.
    pub fn with_ids(&self) -> impl Iterator<Item = PortionId> {
        self.portions.iter().map(|portion| portion.id.clone())
    }

    /// Leaves only these portions of it. A title without a mark of its own is for whoever has all of it: others get the id.
    pub(crate) fn keep_only(&mut self, portions: &BTreeSet<PortionId>) {
        if !self.portions.iter().all(|portion| portions.contains(&portion.id)) {
            self.title = self.id.as_str().into();
        }
        self.portions.retain(|portion| portions.contains(&portion.id));
    }

    /// Whether it bears its id in the place of a title.
    pub(crate) fn is_untitled(&self) -> bool {
        self.title.portion().is_none() && self.title.text() == self.id.as_str()
    }

    /// The portion with this id; its marked title too.
    pub fn portion(&self, id: &PortionId) -> Option<&Portion> {
        self.with_title().find(|portion| portion.id == *id)
    }

    /// All portions, and the title where it is marked.
    pub fn with_title(&self) -> impl Iterator<Item = &Portion> {
        self.portions.iter().chain(self.title.portion())
    }

    /// The same, to change them.
    pub fn with_title_mut(&mut self) -> impl Iterator<Item = &mut Portion> {
        self.portions.iter_mut().chain(self.title.portion_mut())
    }

    /// Takes a portion's mark for what it was taken for before.
    pub(crate) fn read_as(&mut self, portion: &PortionId, label: &Label) {
        if let Some(portion) = self.with_title_mut().find(|held| held.id == *portion) {
            portion.label = label.clone();
        }
    }

    /// Those behind a title without a mark of its own: all originators of its portions.
    pub(crate) fn lineage(&self) -> Lineage {
        let mut all = Lineage::default();
        for portion in &self.portions {
            if all != portion.lineage {
                all = all.combine(&portion.lineage);
            }
        }
        all
    }

    /// Takes over what marks were found to mean.
    pub(crate) fn read_again(&mut self, marks: &[MarkRead]) {
        let by_id: BTreeMap<&PortionId, &Label> = marks.iter().map(|read| (&read.portion, &read.label)).collect();
        for portion in self.with_title_mut() {
            if let Some(label) = by_id.get(&portion.id) {
                portion.label = (*label).clone();
            }
        }
    }

    /// Notes that `originator` itself gave it to `recipient`: one more original recipient of its text.
    pub fn add_recipient(&mut self, originator: &PartyPath, recipient: &PartyPath) {
        self.add_recipient_of(originator, recipient, |_| true);
    }

    /// The same, of some of its portions.
    pub(crate) fn add_recipient_of(
        &mut self,
        originator: &PartyPath,
        recipient: &PartyPath,
        which: impl Fn(&PortionId) -> bool,
    ) {
        for portion in self.with_title_mut().filter(|portion| which(&portion.id)) {
            portion.lineage.map(|party, origin| {
                if party == originator {
                    origin.recipients.insert(recipient.clone());
                }
            });
        }
    }

    /// Names persons to whom `originator` gives what is for named recipients only.
    pub(crate) fn name(&mut self, originator: &PartyPath, persons: &BTreeSet<PersonId>) {
        for portion in &mut self.portions {
            if portion.label.circle == Circle::Named {
                portion.lineage.map(|party, origin| {
                    if party == originator {
                        origin.persons.extend(persons.iter().cloned());
                    }
                });
            }
        }
    }

    /// Leaves of every list of recipients what `to` is to know: that it is one itself. Who else has the report is not its
    /// business.
    pub fn part_of(&mut self, to: &PartyPath) {
        for portion in self.with_title_mut() {
            portion.lineage.map(|_, origin| {
                origin
                    .recipients
                    .retain(|recipient| recipient.includes(to) || to.includes(recipient));
                origin
                    .persons
                    .retain(|person| person.party().is_some_and(|party| to.includes(&party)));
            });
        }
    }

    /// Notes which portions of `originator` have a protected source behind them.
    pub fn protect(&mut self, originator: &PartyPath, stands_behind: impl Fn(&PortionRef) -> bool) {
        let (report, version) = (self.id.clone(), self.version);
        for portion in self.with_title_mut() {
            let protected = stands_behind(&PortionRef {
                report: report.clone(),
                version,
                portion: portion.id.clone(),
            });
            portion.lineage.map(|party, origin| {
                if party == originator {
                    origin.protects_source = protected;
                }
            });
        }
    }

    /// A reference to one of its portions.
    pub fn reference(&self, portion: &PortionId) -> PortionRef {
        PortionRef {
            report: self.id.clone(),
            version: self.version,
            portion: portion.clone(),
        }
    }
}

/// A report version handed to a party.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Delivery {
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// The party that received it.
    pub to: PartyPath,
    /// The party that handed it over.
    pub by: PartyPath,
    /// When.
    pub at: Timestamp,
    /// Which portions, where it is not all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portions: Option<BTreeSet<PortionId>>,
    /// Those of them that it has by a consent: for these it is no original recipient.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub under: BTreeSet<PortionId>,
}

impl Delivery {
    /// Whether all of the report went with it.
    pub fn is_whole(&self) -> bool {
        self.portions.is_none()
    }

    /// Whether a portion went with it.
    pub fn brought(&self, portion: &PortionId) -> bool {
        self.portions.as_ref().is_none_or(|some| some.contains(portion))
    }

    /// Whether it made its receiver an original recipient of a portion.
    pub(crate) fn makes_recipient(&self, portion: &PortionId) -> bool {
        self.brought(portion) && !self.under.contains(portion)
    }
}

/// The persons at one party who have a need to know a report.
pub type Distribution = BTreeSet<PersonId>;
