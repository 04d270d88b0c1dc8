//! Security markings: parse, validate, render, roll up, compare.
//!
//! A **marking** is text, such as `(S//REL TO USA, GBR)` or `TLP:AMBER`. A [`Label`] is its meaning: one
//! structure for every scheme, made of requirements that all have to be met. Labels of different schemes
//! can therefore be joined and compared, and a decision never needs to know which scheme a label came from.
//!
//! A [`Scheme`] turns text into a [`Marking`] and back, says with rule and source what is wrong with a text, and
//! rolls the banner of a document up from its portions. A scheme is looked up in [`Schemes`];
//! [`builtin`] has those that every node knows.

mod adjacent;
pub mod builtin;
pub mod codes;
mod copy;
mod finding;
mod groups;
pub mod installed;
mod label;
mod release;
mod scheme;
pub mod spif;
pub mod stanag;
pub mod us;
mod xml;

pub use adjacent::{AdjacentFault, AdjacentMark, AdjacentMarks, Banners, Marks, split_adjacent_marks};
pub use copy::{CopyList, NotReleasable, public_mark, released_mark};
pub use finding::{Finding, Severity};
pub use groups::{Group, Groups};
pub use label::{Category, Caveat, Circle, Control, Label, Level, Purpose, Purposes, SchemeId};
pub use release::{Entity, Release, Releasees};
pub use scheme::{Checked, Effect, LevelWord, MarkKind, Marking, Rollup, Scheme, Schemes, Step, TokenMeaning};
