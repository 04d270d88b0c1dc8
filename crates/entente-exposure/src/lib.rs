//! Source exposure: what an audience that knows some facts can work out about the source behind them.
//!
//! A [`Register`] of candidates stays with its originator. [`Knowledge`] is what an audience has heard. [`measure`] says
//! how far the one narrows the other, [`Threshold`] what the originator tolerates, and [`Band`] is all that leaves.

mod band;
mod knowledge;
mod measure;
mod predicate;
mod register;
mod set;
mod value;

pub use band::{Band, Threshold, ThresholdError};
pub use knowledge::{
    CONSISTENT_FROM, Claim, Credence, Knowledge, KnowledgeError, MAX_FACTS as MAX_KNOWN_FACTS, MAX_ORIGINS, UNNAMED,
};
pub use measure::{Contribution, Explained, MeasureError, Measures, Range, explain, measure};
pub use predicate::{MAX_DEPTH, MAX_TOKENS, Predicate, PredicateError};
pub use register::{Candidate, MAX_ATTRIBUTES, MAX_CANDIDATES, Register, RegisterError};
pub use value::{Kind, MAX_VALUE, Number, Value};

/// The most bytes of a name: of a candidate, an attribute, an origin. Names of Entente are as long.
pub const MAX_NAME: usize = 128;

/// What is wrong with some JSON, without the place, which is said beside it.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).map_or_else(|| text.clone(), str::to_owned)
}
