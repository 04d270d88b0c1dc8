//! Events of MISP, in and out.
//!
//! An event becomes a report: its reports (`EventReport`) fall into paragraphs; every attribute and object is a portion of its own
//! with its own distribution and tags. Distribution 0 stays with the receiving organisation, 1 and 2 with its community; a sharing
//! group is the arrangement of its name; 5 is that of the event. Tags `tlp:…` and `PAP:…` are marks; of tags and distribution the
//! stricter holds.

mod reading;
mod writing;

pub use reading::{is_misp, read};
pub use writing::write;

/// The name of the object that a portion of ours is in an event.
const OBJECT: &str = "entente-portion";

/// The name of the object that says what a report of ours is.
const REPORT: &str = "entente-report";
