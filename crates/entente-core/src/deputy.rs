//! Deputies: who stands in for whom, until when.
//!
//! A deputy acts under their own name, with the roles of whoever they stand in for beside their own. What they read stays
//! what they themselves may know: a deputy is cleared for nothing by being one. A deputy has no deputy in that.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::state::State;

/// The longest that somebody is stood in for at once, in days; it can be said again.
pub const LONGEST_DAYS: i64 = 92;

/// Somebody who stands in for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deputy {
    /// Whose place it is.
    pub of: PersonId,
    /// Who stands in.
    pub deputy: PersonId,
    /// From when on.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Why, such as a journey.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

impl Deputy {
    /// What it is kept under: both names.
    pub fn key(of: &PersonId, deputy: &PersonId) -> String {
        format!("{of} {deputy}")
    }

    /// Whether it holds at a moment.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }
}

/// Whom a person stands in for at a moment.
pub fn stands_in_for<'s>(
    state: &'s State,
    person: &'s PersonId,
    now: Timestamp,
) -> impl Iterator<Item = &'s PersonId> + use<'s> {
    let theirs = state
        .deputies
        .values()
        .filter(move |kept| kept.deputy == *person && kept.holds(now));
    theirs.map(|kept| &kept.of)
}
