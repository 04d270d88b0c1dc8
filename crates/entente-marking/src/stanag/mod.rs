//! Labels as NATO standards exchange them: STANAG 4774 (ADatP-4774) in XML, STANAG 5636 in JSON, bound to data by STANAG 4778.
//!
//! ```
//! use entente_marking::spif::{CategoryType, SecurityLabel};
//! use entente_marking::stanag;
//!
//! let label = SecurityLabel::new("ALLIANCE", "SECRET").with("Releasable To", CategoryType::Permissive, "IRL");
//! assert_eq!(stanag::read_xml(&stanag::write_xml(&label))?.label, label);
//! assert_eq!(stanag::read_json(&stanag::write_json(&label, None))?.0, label);
//! # Ok::<(), stanag::StanagError>(())
//! ```

mod binding;
mod json;
mod marks;
mod xml;

pub use crate::xml::escape_content;
pub use binding::{
    BINDING, BINDING_XMP, Bindings, SIDECAR, Unbound, document, read_xmp, write_bindings, write_sidecar, write_xmp,
};
pub use json::{JSON_FORMAT, JSON_SCHEMA, read_json, write_json};
pub use marks::{NoMark, label_of, mark_of};
pub use xml::{LabelKind, NAMESPACE, Written, read_clearance, read_xml, write_clearance, write_xml, write_xml_as};

/// The most categories of one label or clearance. A clearance for every country has about 250.
pub(crate) const MAX_CATEGORIES: usize = 4_096;
/// The longest name, value or mark, in bytes.
pub(crate) const MAX_TEXT: usize = 1_024;

/// Why a text is not a label, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {reason}; {remedy}")]
pub struct StanagError {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
}
