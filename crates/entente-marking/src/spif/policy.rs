//! A security policy: its classifications, categories, rules and marking phrases.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::versions::Remark;

/// A security policy, as loaded from an XML SPIF.
///
/// All lists keep the order of the file: markings are displayed in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its name, such as `NATO`.
    pub name: String,
    /// Its object identifier in dotted form.
    pub id: String,
    /// The version of the policy, as its authority counts.
    pub version: String,
    /// Its classifications.
    pub classifications: Vec<Classification>,
    /// Its categories.
    pub tag_sets: Vec<TagSet>,
    /// The policies that labels can be translated to and from.
    pub equivalents: Vec<EquivalentPolicy>,
    /// Phrases for the policy's own name.
    pub marking: Vec<MarkingData>,
    /// What stands before, after and between the parts of a marking.
    pub qualifiers: Vec<Qualifiers>,
    /// How clearances are compared with a classification.
    pub reading: ClassificationReading,
    /// The first day on which labels may be made by it.
    pub not_before: Option<Date>,
    /// The last day on which labels may be made by it.
    pub not_after: Option<Date>,
    /// What its file has otherwise than the schema.
    pub remarks: Vec<Remark>,
    pub(crate) index: BTreeMap<(usize, TagType, u64), Place>,
}

/// How a label's classification is compared with a clearance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClassificationReading {
    /// The clearance must list the very classification (ISO/IEC 15816, X.841).
    #[default]
    Listed,
    /// The highest listed classification must reach that of the label, by `hierarchy`.
    Hierarchy,
}

/// A classification of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classification {
    /// Its name, such as `SECRET`.
    pub name: String,
    /// Its number in labels and clearances.
    pub lacv: u64,
    /// Its place in the order; higher is more sensitive.
    pub hierarchy: u16,
    /// Its colour on paper and screen: a W3C name or `#RRGGBB`.
    pub color: Option<String>,
    /// Whether new labels should not use it.
    pub obsolete: bool,
    /// What it is in other policies.
    pub equivalents: Vec<EquivalentClass>,
    /// Its phrases.
    pub marking: Vec<MarkingData>,
    /// What stands around its phrase.
    pub qualifiers: Vec<Qualifiers>,
    /// Categories without which it cannot be used.
    pub required: Vec<Requirement>,
}

/// A named family of tags with one object identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagSet {
    /// Its name.
    pub name: String,
    /// Its object identifier.
    pub id: String,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// What a label with one of its values must carry in other policies.
    pub equivalents: Vec<EquivalentSet>,
}

/// A group of categories that act in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its name, such as `Releasable To`.
    pub name: String,
    /// How it acts.
    pub tag_type: TagType,
    /// The fewest values that a label may have; 0 where it may do without.
    pub min: usize,
    /// The most values that a label may have.
    pub max: Option<usize>,
    /// Its values.
    pub values: Vec<TagValue>,
    /// What stands before, after and between its values.
    pub qualifiers: Vec<Qualifiers>,
}

/// How a tag's values bear on access, and how they are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TagType {
    /// A reader needs all (bit map).
    Restrictive,
    /// A reader needs one (bit map).
    Permissive,
    /// A reader needs all (list of numbers).
    EnumeratedRestrictive,
    /// A reader needs one (list of numbers).
    EnumeratedPermissive,
    /// No effect on access (tag type 7).
    Tag7,
    /// No effect on access.
    NotApplicable,
}

impl TagType {
    /// The effect, apart from the encoding.
    pub fn effect(self) -> CategoryType {
        match self {
            Self::Restrictive | Self::EnumeratedRestrictive => CategoryType::Restrictive,
            Self::Permissive | Self::EnumeratedPermissive => CategoryType::Permissive,
            Self::Tag7 | Self::NotApplicable => CategoryType::Informative,
        }
    }
}

/// How a category bears on access (STANAG 4774 `Category/@Type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CategoryType {
    /// A reader needs every such value of the label.
    Restrictive,
    /// A reader needs at least one of a tag's values.
    Permissive,
    /// No effect on access.
    Informative,
}

/// One value of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagValue {
    /// Its name, such as `KFOR`.
    pub name: String,
    /// Its number in labels and clearances.
    pub lacv: u64,
    /// Whether new labels should not use it.
    pub obsolete: bool,
    /// What the user types in its place, if it is a blank to be filled in.
    pub input: Option<Input>,
    /// How a date is typed into the blank, such as `YYYY-MM-DD`.
    pub date_format: Option<String>,
    /// The only classification that it goes with.
    pub required_class: Option<String>,
    /// The classifications that it never goes with.
    pub excluded_classes: Vec<String>,
    /// What it needs beside it.
    pub required: Vec<Requirement>,
    /// What it does not suffer beside it.
    pub excluded: Vec<Reference>,
    /// The first day on which it may be used.
    pub not_before: Option<Date>,
    /// The last day on which it may be used.
    pub not_after: Option<Date>,
    /// What it is in other policies.
    pub equivalents: Vec<EquivalentValue>,
    /// Its phrases.
    pub marking: Vec<MarkingData>,
    /// What stands around its phrase.
    pub qualifiers: Vec<Qualifiers>,
}

/// What may be typed into a blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Any text.
    Text,
    /// A whole number from 0.
    Integer,
    /// A date in the format that the category gives, as `2026-11-21` where it gives none.
    Date,
}

/// Categories that must go with something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// How many of the groups must be present.
    pub operation: Operation,
    /// The groups.
    pub groups: Vec<Reference>,
}

/// How many of a requirement's groups must be present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Exactly one.
    OnlyOne,
    /// At least one.
    OneOrMore,
    /// Every one.
    All,
}

/// A reference to a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Name or object identifier of the tag set.
    pub set: String,
    /// The type of the tag.
    pub tag_type: TagType,
    /// The value's number; `None` for any value of that tag type (`all="true"`, or neither given).
    pub lacv: Option<u64>,
}

/// In which direction an equivalence holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// From this policy to the other.
    Encrypt,
    /// From the other policy to this one.
    Decrypt,
    /// Either way.
    Both,
}

/// A policy that labels can be translated to or from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquivalentPolicy {
    /// Its name, to which `policyRef` points.
    pub name: String,
    /// Its object identifier.
    pub id: String,
    /// What a translated label must carry.
    pub required: Vec<Requirement>,
}

/// A classification's counterpart in another policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquivalentClass {
    /// The other policy's name.
    pub policy: String,
    /// The number of the classification there.
    pub lacv: u64,
    /// In which direction it holds.
    pub applied: Applied,
    /// What a translated label must carry.
    pub required: Vec<Requirement>,
}

/// What a label that has any value of a tag set must carry in another policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquivalentSet {
    /// The other policy's name.
    pub policy: String,
    /// What a translated label must carry.
    pub required: Vec<Requirement>,
}

/// A category's counterpart in another policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquivalentValue {
    /// The other policy's name.
    pub policy: String,
    /// In which direction it holds.
    pub applied: Applied,
    /// The counterpart; `None` where the category is dropped on translation.
    pub counterpart: Option<Reference>,
}

/// A phrase for a place on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkingData {
    /// Its language, such as `fr`; `None` for the policy's default.
    pub lang: Option<String>,
    /// The phrase.
    pub phrase: String,
    /// Where it stands and what it does.
    pub codes: Vec<MarkingCode>,
}

/// Where a phrase stands, or what it does to its surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of the XML SPIF schema")]
pub enum MarkingCode {
    PageTop,
    PageBottom,
    PageTopBottom,
    DocumentStart,
    DocumentEnd,
    NoNameDisplay,
    NoMarkingDisplay,
    SuppressClassName,
    FirstLineOfText,
    LastLineOfText,
    Subject,
    XHeader,
    PortionMarking,
    InputTitle,
    WaterMark,
    ReplacePolicy,
}

/// What stands before, after and between phrases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Qualifiers {
    /// The language that they are for; `None` for the policy's default.
    pub lang: Option<String>,
    /// The place that they are for; `None` for all.
    pub code: Option<MarkingCode>,
    /// Before.
    pub prefix: Option<String>,
    /// After.
    pub suffix: Option<String>,
    /// Between.
    pub separator: Option<String>,
}

/// Where a value stands in a policy. The order is that in which values are displayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) set: usize,
    pub(crate) tag: usize,
    pub(crate) value: usize,
}

impl Policy {
    /// The same policy with another comparison of classifications.
    #[must_use]
    pub fn with_reading(mut self, reading: ClassificationReading) -> Self {
        self.reading = reading;
        self
    }

    /// Whether `name` or `id` names this policy; where both are given, both must.
    pub(crate) fn is_named(&self, name: &str, id: Option<&str>) -> bool {
        match id {
            Some(id) => id == self.id && (name.is_empty() || name.eq_ignore_ascii_case(&self.name)),
            None => name.eq_ignore_ascii_case(&self.name) || name == self.id,
        }
    }

    pub(crate) fn class(&self, name: &str) -> Option<usize> {
        self.classifications
            .iter()
            .position(|class| class.name == name)
            .or_else(|| {
                self.classifications
                    .iter()
                    .position(|class| class.name.eq_ignore_ascii_case(name))
            })
    }

    pub(crate) fn class_by_lacv(&self, lacv: u64) -> Option<usize> {
        self.classifications.iter().position(|class| class.lacv == lacv)
    }

    pub(crate) fn tag(&self, place: Place) -> &Tag {
        &self.tag_sets[place.set].tags[place.tag]
    }

    pub(crate) fn value(&self, place: Place) -> &TagValue {
        &self.tag(place).values[place.value]
    }

    pub(crate) fn set_named(&self, name: &str) -> Option<usize> {
        self.tag_sets.iter().position(|set| set.id == name || set.name == name)
    }

    /// Whether `place` is one of the values that `reference` means.
    pub(crate) fn refers(&self, reference: &Reference, place: Place) -> bool {
        let set = &self.tag_sets[place.set];
        (set.id == reference.set || set.name == reference.set)
            && self.tag(place).tag_type == reference.tag_type
            && reference.lacv.is_none_or(|lacv| lacv == self.value(place).lacv)
    }

    /// The value that `reference` means, if it means one.
    pub(crate) fn referred(&self, reference: &Reference) -> Option<Place> {
        let set = self.set_named(&reference.set)?;
        self.index.get(&(set, reference.tag_type, reference.lacv?)).copied()
    }

    /// All values with their places.
    pub(crate) fn places(&self) -> impl Iterator<Item = Place> {
        self.tag_sets.iter().enumerate().flat_map(|(set, s)| {
            s.tags
                .iter()
                .enumerate()
                .flat_map(move |(tag, t)| (0..t.values.len()).map(move |value| Place { set, tag, value }))
        })
    }
}
