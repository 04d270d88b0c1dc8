//! Security policies as files: an engine for XML SPIF 1.0, 2.0 and 2.1 (Security Policy Information File).
//!
//! A [`Policy`] says which classifications and categories exist, which go together, how they are displayed in
//! each language, who may read what, and what they are called in other policies.
//!
//! ```
//! use entente_marking::spif::{builtin_policies, ClassificationReading, CategoryType, Clearance, SecurityLabel};
//!
//! let policies = builtin_policies();
//! let alliance = &policies[2];
//! let label = SecurityLabel::new("ALLIANCE", "SECRET").with("Releasable To", CategoryType::Permissive, "IRL");
//! assert!(alliance.validate(&label).is_empty());
//! assert_eq!(alliance.display(&label, None).unwrap(), "ALLIANCE SECRET Releasable to Ireland");
//!
//! let clearance = Clearance {
//!     policy: label.policy.clone(),
//!     classifications: ["SECRET".to_owned()].into(),
//!     categories: [].into(),
//! };
//! let access = alliance.access(&label, &clearance, ClassificationReading::Hierarchy);
//! assert!(!access.permit);
//! assert_eq!(access.reasons[0].rule, "spif.access.permissive");
//! ```

mod access;
mod dates;
mod display;
mod element;
mod label;
mod load;
mod phrases;
mod policy;
mod reading;
mod scheme;
mod soundness;
mod translate;
mod validate;
mod versions;

pub use access::{Access, Reason};
pub use label::{Clearance, PolicyName, SecurityCategory, SecurityLabel, Succession};
pub use load::SpifError;
pub use policy::{
    Applied, CategoryType, Classification, ClassificationReading, EquivalentClass, EquivalentPolicy, EquivalentSet,
    EquivalentValue, Input, MarkingCode, MarkingData, Operation, Policy, Qualifiers, Reference, Requirement, Tag,
    TagSet, TagType, TagValue,
};
pub use scheme::SpifScheme;
pub use translate::{Direction, Translation};
pub use versions::Remark;

/// The text of the policies that come with the program, by file name.
pub const BUILTIN: [(&str, &str); 4] = [
    ("tlp.spif.xml", include_str!("../../policies/tlp.spif.xml")),
    ("pap.spif.xml", include_str!("../../policies/pap.spif.xml")),
    ("alliance.spif.xml", include_str!("../../policies/alliance.spif.xml")),
    ("realm.spif.xml", include_str!("../../policies/realm.spif.xml")),
];

/// The policies that come with the program: TLP 2.0, PAP, a NATO-like one (`ALLIANCE`), a UK-like one (`REALM`).
pub fn builtin_policies() -> [Policy; 4] {
    BUILTIN.map(|(name, text)| match Policy::from_xml(text) {
        Ok(policy) => policy,
        Err(error) => unreachable!("{name} comes with the program and is loaded in its tests: {error}"),
    })
}

/// Policies written from public rules, by file name: NATO, EU classified information, the UK, Germany, France.
pub const PUBLISHED: [(&str, &str); 5] = [
    ("nato.spif.xml", include_str!("../../policies/nato.spif.xml")),
    ("eu.spif.xml", include_str!("../../policies/eu.spif.xml")),
    ("uk.spif.xml", include_str!("../../policies/uk.spif.xml")),
    ("deu.spif.xml", include_str!("../../policies/deu.spif.xml")),
    ("fra.spif.xml", include_str!("../../policies/fra.spif.xml")),
];

/// The policies written from public rules: a higher clearance of theirs includes the lower ones.
///
/// ```
/// use entente_marking::spif::{published_policies, SpifScheme};
/// use entente_marking::{MarkKind, Scheme};
/// let [nato, ..] = published_policies();
/// let scheme = SpifScheme::new(nato);
/// assert!(scheme.check("(NS REL UKR)", MarkKind::Portion, None).is_valid());
/// ```
pub fn published_policies() -> [Policy; 5] {
    PUBLISHED.map(|(name, text)| match Policy::from_xml(text) {
        Ok(policy) => policy.with_reading(ClassificationReading::Hierarchy),
        Err(error) => unreachable!("{name} comes with the program and is loaded in its tests: {error}"),
    })
}
