//! What a decision comes to.

use serde::{Deserialize, Serialize};

/// What comes out for one person and one portion, or for an audience as a whole.
///
/// Ordered so that the worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It may be passed on, subject to obligations.
    Permit,
    /// Someone must consent first.
    Ask,
    /// It may not, and no consent of an originator changes that.
    Deny,
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Permit => "permit",
            Self::Ask => "ask",
            Self::Deny => "deny",
        })
    }
}
