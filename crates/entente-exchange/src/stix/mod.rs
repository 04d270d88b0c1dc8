//! STIX 2.1 (OASIS), in and out.
//!
//! A `report`, `note` or `grouping` becomes a report: its description falls into paragraphs, each a portion; every object that it
//! names is carried through untouched in a portion of its own; what nobody names becomes one report of the bundle. Markings
//! combine to the strictest: the specification does not say how several combine (section 7.2), so an object's own, and those
//! of the properties that a portion shows, all hold.
//!
//! Out, each portion is a `note` with its own marking, which the `report` names. What only Entente knows stands in an
//! extension of ours.

mod foreign;
mod marking;
mod objects;
mod reading;
mod writing;

pub use reading::{is_stix, read};
pub use writing::{Part, identity, objects, parts, portions, write};
pub(crate) use writing::{moment, note_id};

/// The extension in which an exported object says what it is (see [`crate::Statement`]).
pub const EXTENSION: &str = "extension-definition--a0e6a4b5-7b0c-5b3f-9d53-0a8f7f8c7c11";

/// When identities, markings and the extension's definition were made: they never change.
const EPOCH: &str = "2026-01-01T00:00:00.000Z";
