//! Finds which protected facts a text discloses, who says so, and from how many independent origins.
//!
//! A fact is described by an analyst in slots (what has to be spoken of, and in which words). A text is read in whatever
//! format and encoding it comes, and goes through a cascade of stages; each finding quotes exact bytes of the original:
//!
//! 1. [`text`]: format, encoding, visible text, comparable form, with a map back to every byte;
//! 2. words, sentences, quotations (also those that stay open over paragraphs);
//! 3. matching: the fact's own wording, values, slots; what is merely near goes to a person's review, never into the findings;
//! 4. stance and attribution: who says so, through whom, and whether it is asserted, alleged, denied, confirmed or expressly withheld;
//! 5. origins: how many independent ones stand behind all texts, where they contradict each other, who was first.
//!
//! See [`Scanner`] for a first scan, [`facts`] for the file format, [`report`] for the result.
//! Nothing here does I/O beyond reading the stream it is handed, and nothing is tuned to a domain:
//! which words disclose a fact is the analyst's input, how people say and deny things is in `tables/`.

mod attribution;
pub mod check;
mod clauses;
mod cues;
mod document;
pub mod explain;
pub mod facts;
pub mod html;
mod language;
pub mod learning;
mod matching;
mod names;
mod origins;
mod outlets;
pub mod proposal;
mod quotations;
mod references;
pub mod report;
mod scan;
pub mod sentences;
mod speakers;
mod stance;
mod stems;
mod subjects;
mod synonyms;
pub mod text;
mod words;

pub use language::{LANGUAGES, Language};
pub use matching::Stage;
pub use scan::Scanner;
pub use stance::{ARTICLE, Status};
