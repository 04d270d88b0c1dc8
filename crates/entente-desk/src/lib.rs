//! What people do, as functions from what is true and who asks to a value.
//!
//! A value here **is** what `--json` prints; tables, papers and pages only render it, so that none of them can say more
//! than another. There is no I/O, no clock and no printing: what is true comes as a [`Moment`], and who asks, what for and
//! when as a [`View`].

pub mod around;
pub mod arrangements;
pub mod asked;
pub mod asking;
pub mod audience;
pub mod briefing;
pub mod casefile;
pub mod cases;
pub mod composing;
pub mod confirming;
pub mod consequences;
mod damage;
pub mod deciding;
pub mod doing;
pub mod drafts;
pub mod embargoes;
pub mod holders;
pub mod holdings;
pub mod life;
pub mod lineage;
pub mod listing;
pub mod marks;
mod moment;
pub mod persons;
pub mod proposing;
pub mod reading;
pub mod release;
mod rows;
pub mod schemes;
pub mod searching;
pub mod second;
pub mod sources;
pub mod todo;
mod view;
pub mod widening;

pub use damage::{Damage, Dependent};
pub use moment::Moment;
pub use view::{Asker, View};
