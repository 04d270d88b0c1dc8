//! CSAF 2.0 and 2.1 advisories (OASIS), in and out.
//!
//! Every note of the document is a portion, and so is every vulnerability, with what it says carried through, and the product
//! tree. One TLP label holds for all of it: CSAF has no other. Out, each portion is a note whose title says its mark, under the
//! strictest label of all.

mod reading;
mod writing;

pub use reading::{is_csaf, read};
pub use writing::{How, write};

/// The title of the note in which a document of ours says what it is.
const STATEMENT: &str = "Entente statement";
