//! Keys that programs choose for their commands, so that one that is sent again is not carried out again.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::state::{Document, State};

/// How long a key counts: longer than any program tries again without a person looking.
pub const KEY_LASTS: SignedDuration = SignedDuration::from_hours(24);

/// A key that was used. What was answered is not kept: the answer is made anew, as its caller may see it then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedKey {
    /// In whose name.
    pub caller: PersonId,
    /// What is kept of the key.
    pub key: String,
    /// What is kept of the command that it was used for.
    pub command: String,
    /// When.
    pub at: Timestamp,
}

impl UsedKey {
    /// Whether the key still counts.
    pub fn lasts(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) < KEY_LASTS
    }

    fn place(&self) -> String {
        place(&self.caller, &self.key)
    }
}

fn place(caller: &PersonId, key: &str) -> String {
    format!("{caller} {key}")
}

impl State {
    /// The key that a caller used, as long as it counts.
    pub fn used_key(&self, caller: &PersonId, key: &str, now: Timestamp) -> Option<&UsedKey> {
        let known = self.used_keys.get(&place(caller, key));
        known.filter(|known| known.lasts(now))
    }

    /// Keeps a key, and forgets those that count no longer.
    pub(crate) fn key_used(&mut self, used: &UsedKey) -> Vec<Document> {
        let gone = self.used_keys.iter().filter(|(_, known)| !known.lasts(used.at));
        let mut touched: Vec<String> = gone.map(|(place, _)| place.clone()).collect();
        for place in &touched {
            self.used_keys.remove(place);
        }
        self.used_keys.insert(used.place(), used.clone());
        touched.push(used.place());
        touched.iter().map(|place| Document::new("used-key", place)).collect()
    }
}
