//! What people do, as functions from what is true and who asks to a value.
//!
//! A value here **is** what `--json` prints; tables, papers and pages only render it, so that none of them can say more
//! than another. There is no I/O, no clock and no printing: the moment comes with the question.

pub mod briefing;
pub mod lineage;
pub mod marks;
