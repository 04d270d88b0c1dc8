//! Drafts: texts that somebody is writing and wants to find again, after another page or another sign-in. They are kept in the
//! memory of the node, for their author alone, and stand on no disk.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use entente_core::PersonId;
use jiff::{SignedDuration, Timestamp};

/// How long a draft is kept after it was last kept.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Drafts of one person: the oldest goes first.
const EACH: usize = 10;
/// Drafts of everybody: what a small machine has room for, at the largest form each.
const ALL: usize = 400;

/// A text that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    /// What it goes by: nobody else's draft is called so.
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) kept: Timestamp,
}

impl Draft {
    /// What its author calls it: the id of the report, or how it begins.
    pub(crate) fn name(&self) -> String {
        let id = self
            .text
            .lines()
            .take(20)
            .find_map(|line| line.strip_prefix("id:"))
            .map(str::trim);
        match id.filter(|id| !id.is_empty()) {
            Some(id) => id.chars().take(60).collect(),
            None => "without an id yet".to_owned(),
        }
    }

    pub(crate) fn ends(&self) -> Timestamp {
        self.kept + KEPT
    }
}

/// The drafts that are kept, each with its author, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Drafts(Mutex<VecDeque<(PersonId, Draft)>>);

impl Drafts {
    /// Keeps a text for its author, in place of what it was; gives what it goes by.
    pub(crate) fn keep(&self, author: &PersonId, id: &str, text: &str, now: Timestamp) -> Draft {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(_, draft)| draft.ends() > now);
        let known = all.iter().position(|(whose, draft)| whose == author && draft.id == id);
        let id = known.and_then(|n| all.remove(n)).map(|(_, draft)| draft.id);
        let draft = Draft {
            id: id.unwrap_or_else(entente_node::random_id),
            text: text.to_owned(),
            kept: now,
        };
        all.push_back((author.clone(), draft.clone()));
        while all.iter().filter(|(whose, _)| whose == author).count() > EACH {
            let oldest = all.iter().position(|(whose, _)| whose == author);
            oldest.and_then(|n| all.remove(n));
        }
        while all.len() > ALL {
            all.pop_front();
        }
        draft
    }

    /// The drafts of somebody, the newest first.
    pub(crate) fn of(&self, author: &PersonId, now: Timestamp) -> Vec<Draft> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = all
            .iter()
            .rev()
            .filter(|(whose, draft)| whose == author && draft.ends() > now);
        own.map(|(_, draft)| draft.clone()).collect()
    }

    /// Lets go of one of them.
    pub(crate) fn drop_of(&self, author: &PersonId, id: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(whose, draft)| whose != author || draft.id != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drafts_are_their_author_s_alone_and_end() {
        let drafts = Drafts::default();
        let (one, other) = (PersonId::new("GBR/one").unwrap(), PersonId::new("GBR/other").unwrap());
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let kept = drafts.keep(&one, "", "---\nid: R-7\n---\n(U) A", now);
        assert_eq!(kept.name(), "R-7");
        let again = drafts.keep(&one, &kept.id, "(U) B", now);
        assert_eq!((again.id.as_str(), drafts.of(&one, now).len()), (kept.id.as_str(), 1));
        // Whoever names another's draft keeps one of their own.
        let theirs = drafts.keep(&other, &kept.id, "(U) C", now);
        assert_ne!(theirs.id, kept.id);
        drafts.drop_of(&other, &kept.id);
        assert_eq!(drafts.of(&one, now)[0].text, "(U) B");
        for n in 0..30 {
            drafts.keep(&one, "", &format!("(U) {n}"), now);
        }
        assert_eq!(drafts.of(&one, now).len(), EACH);
        assert_eq!(drafts.of(&one, now)[0].text, "(U) 29");
        assert!(drafts.of(&one, now + KEPT).is_empty());
    }
}
