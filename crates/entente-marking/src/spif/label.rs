//! Labels and clearances as standards exchange them: by the names of a policy.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::dates;
use super::policy::{CategoryType, Input, Place, Policy, TagValue};
use crate::finding::Finding;

/// The longest text that may be typed into a blank category.
const MAX_INPUT: usize = 256;

/// Which policy a label is written in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PolicyName {
    /// Its name, such as `NATO`.
    pub name: String,
    /// Its object identifier, where the label carries one.
    pub id: Option<String>,
}

/// One value of a category.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecurityCategory {
    /// The name of the tag or of its tag set, such as `Releasable To`.
    pub tag: String,
    /// The object identifier of the tag set, where the label carries one.
    pub set: Option<String>,
    /// How it bears on access.
    pub kind: CategoryType,
    /// The value, such as `KFOR`.
    pub value: String,
}

/// A confidentiality label in the terms of a policy.
///
/// ```
/// use entente_marking::spif::{builtin_policies, SecurityLabel};
/// let alliance = &builtin_policies()[2];
/// let label = SecurityLabel::new(&alliance.name, "RESTRICTED");
/// assert_eq!(alliance.display(&label, Some("fr-CA")).unwrap(), "ALLIANCE DIFFUSION RESTREINTE");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityLabel {
    /// The policy.
    pub policy: PolicyName,
    /// The name of the classification.
    pub classification: String,
    /// The categories.
    pub categories: BTreeSet<SecurityCategory>,
    /// Free texts without effect on access.
    pub privacy_marks: Vec<String>,
    /// When the label was made.
    pub created: Option<Timestamp>,
    /// When the label is to be reviewed.
    pub review: Option<Timestamp>,
    /// What replaces the label, and when.
    pub succession: Option<Box<Succession>>,
}

/// The label that replaces another at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession {
    /// From when on.
    pub at: Timestamp,
    /// The later label; without dates and successor of its own.
    pub label: SecurityLabel,
}

/// What a reader is cleared for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clearance {
    /// The policy.
    pub policy: PolicyName,
    /// The names of the classifications.
    pub classifications: BTreeSet<String>,
    /// The categories.
    pub categories: BTreeSet<SecurityCategory>,
}

impl SecurityLabel {
    /// A label with a classification and nothing else.
    pub fn new(policy: &str, classification: &str) -> Self {
        Self {
            policy: PolicyName {
                name: policy.to_owned(),
                id: None,
            },
            classification: classification.to_owned(),
            categories: BTreeSet::new(),
            privacy_marks: Vec::new(),
            created: None,
            review: None,
            succession: None,
        }
    }

    /// The same label with one more category.
    #[must_use]
    pub fn with(mut self, tag: &str, kind: CategoryType, value: &str) -> Self {
        self.categories.insert(SecurityCategory {
            tag: tag.to_owned(),
            set: None,
            kind,
            value: value.to_owned(),
        });
        self
    }
}

/// A value of a label, found in its policy, with what was typed into it.
pub(crate) type Held = (Place, Option<String>);

/// A label in terms of places in its policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    pub(crate) class: usize,
    pub(crate) held: BTreeSet<Held>,
}

/// A finding about a label as a whole: labels have no text to point into.
pub(crate) fn finding(rule: &str, source: &str, message: impl Into<String>) -> Finding {
    Finding::error(rule, source, message, 0, 0)
}

const SOURCE: &str = "XML SPIF 2.1; ADatP-4774.1";

impl TagValue {
    /// Whether it is a blank into which the text may be typed.
    pub(crate) fn takes(&self, text: &str) -> bool {
        match self.input {
            None => false,
            Some(Input::Text) => !text.trim().is_empty() && text.len() <= MAX_INPUT,
            Some(Input::Integer) => text.len() <= MAX_INPUT && text.parse::<u64>().is_ok(),
            Some(Input::Date) => dates::is_date(text, self.date_format.as_deref().unwrap_or(dates::DAY)),
        }
    }
}

impl Policy {
    /// Finds a label's names in the policy.
    pub(crate) fn resolve(&self, label: &SecurityLabel) -> Result<Resolved, Vec<Finding>> {
        let mut findings = Vec::new();
        if !self.is_named(&label.policy.name, label.policy.id.as_deref()) {
            let message = format!("the label's policy is {:?}, not {:?}", label.policy.name, self.name);
            return Err(vec![finding("spif.label.policy", SOURCE, message)]);
        }
        let class = self.class(&label.classification);
        if class.is_none() {
            let message = format!("{} has no classification {:?}", self.name, label.classification);
            findings.push(finding("spif.label.classification", SOURCE, message));
        }
        let mut held = BTreeSet::new();
        for category in &label.categories {
            match self.find(category) {
                Ok(value) => {
                    held.insert(value);
                }
                Err(message) => findings.push(finding("spif.label.category", SOURCE, message)),
            }
        }
        match class {
            Some(class) if findings.is_empty() => Ok(Resolved { class, held }),
            _ => Err(findings),
        }
    }

    /// Finds one category: by its exact name, else ignoring case, else as a blank that takes its text.
    pub(crate) fn find(&self, category: &SecurityCategory) -> Result<Held, String> {
        let tags: Vec<Place> = self
            .tag_sets
            .iter()
            .enumerate()
            .filter(|(_, set)| category.set.as_ref().is_none_or(|id| *id == set.id))
            .flat_map(|(set, s)| {
                let whole = s.name.eq_ignore_ascii_case(&category.tag);
                s.tags
                    .iter()
                    .enumerate()
                    .filter(move |(_, tag)| {
                        tag.tag_type.effect() == category.kind
                            && (whole || tag.name.eq_ignore_ascii_case(&category.tag))
                    })
                    .map(move |(tag, _)| Place { set, tag, value: 0 })
            })
            .collect();
        if tags.is_empty() {
            let kind = category.kind;
            return Err(format!("{} has no {kind:?} category {:?}", self.name, category.tag));
        }
        let matching = |fits: &dyn Fn(&str) -> bool| -> Vec<Place> {
            tags.iter()
                .flat_map(|place| {
                    self.tag(*place)
                        .values
                        .iter()
                        .enumerate()
                        .filter(|(_, value)| value.input.is_none() && fits(&value.name))
                        .map(|(value, _)| Place { value, ..*place })
                })
                .collect()
        };
        let mut found = matching(&|name| name == category.value);
        if found.is_empty() {
            found = matching(&|name| name.eq_ignore_ascii_case(&category.value));
        }
        match found[..] {
            [place] => Ok((place, None)),
            [] => self.blank(&tags, &category.value).ok_or_else(|| {
                format!(
                    "the category {:?} of {} has no value {:?}",
                    category.tag, self.name, category.value
                )
            }),
            _ => Err(format!(
                "{:?} in {:?} means more than one value of {}; name the tag and its set",
                category.value, category.tag, self.name
            )),
        }
    }

    fn blank(&self, tags: &[Place], text: &str) -> Option<Held> {
        let mut blanks = tags.iter().flat_map(|place| {
            self.tag(*place)
                .values
                .iter()
                .enumerate()
                .filter(|(_, value)| value.takes(text))
                .map(|(value, _)| Place { value, ..*place })
        });
        match (blanks.next(), blanks.next()) {
            (Some(place), None) => Some((place, Some(text.to_owned()))),
            _ => None,
        }
    }

    /// The label with the policy's own names, from its parts.
    pub(crate) fn write(&self, parts: &Resolved) -> SecurityLabel {
        SecurityLabel {
            policy: PolicyName {
                name: self.name.clone(),
                id: Some(self.id.clone()),
            },
            categories: parts
                .held
                .iter()
                .map(|(place, text)| SecurityCategory {
                    tag: self.tag(*place).name.clone(),
                    set: Some(self.tag_sets[place.set].id.clone()),
                    kind: self.tag(*place).tag_type.effect(),
                    value: text.clone().unwrap_or_else(|| self.value(*place).name.clone()),
                })
                .collect(),
            ..SecurityLabel::new(&self.name, &self.classifications[parts.class].name)
        }
    }
}
