//! What a caller asks again and again: as long as nothing happens, and within the same second, the same question of the same caller
//! has the same answer.
//!
//! Answers are kept with the moment that they are of, so that whatever is recorded ends them: a consent that is withdrawn counts at
//! once. What runs out by itself is given on for less than a second. Nobody waits for whoever asks the same: of
//! many at once, the time would tell how long a refusal takes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use entente_core::PersonId;
use jiff::Timestamp;

/// Bytes of answers and questions that are kept at once.
const MOST: usize = 32 << 20;

/// An answer, and the tag under which it is asked for again where it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) tag: Option<String>,
    pub(super) body: Bytes,
}

/// Whether an answer may be given again to the same question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// Nothing but what is true decides about it.
    Yes,
    /// Something else does, or its time is to tell nothing.
    No,
}

/// Answers of one second, by who asked and what.
#[derive(Debug, Default)]
struct Second {
    second: i64,
    bytes: usize,
    answers: HashMap<PersonId, HashMap<String, Answer>>,
}

/// The answers that were given in this second, while nothing happened.
#[derive(Debug, Default)]
pub(super) struct Answers(Mutex<Second>);

impl Answers {
    /// What this caller was answered to this in the second of `now`.
    pub(super) fn get(&self, now: Timestamp, caller: &PersonId, question: &str) -> Option<Answer> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = kept.second == now.as_second();
        fresh
            .then(|| kept.answers.get(caller)?.get(question).cloned())
            .flatten()
    }

    /// Keeps what a caller was answered; `at` is the moment that was decided on.
    pub(super) fn keep(&self, at: Timestamp, caller: &PersonId, question: &str, answer: &Answer) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.second != at.as_second() {
            *kept = Second {
                second: at.as_second(),
                ..Second::default()
            };
        }
        let size = question.len() + answer.body.len();
        if kept.bytes + size <= MOST {
            kept.bytes += size;
            let mine = kept.answers.entry(caller.clone()).or_default();
            mine.insert(question.to_owned(), answer.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(name: &str) -> PersonId {
        PersonId::new(name).unwrap()
    }

    #[test]
    fn an_answer_is_for_its_caller_its_question_and_its_second() {
        let answers = Answers::default();
        let at: Timestamp = "2026-11-28T12:00:00.25Z".parse().unwrap();
        let (ann, bob) = (caller("GBR/ann"), caller("GBR/bob"));
        let answer = Answer {
            tag: None,
            body: Bytes::from_static(b"{}"),
        };
        answers.keep(at, &ann, "GET /reports", &answer);
        let later = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(
            answers.get(later("2026-11-28T12:00:00.9Z"), &ann, "GET /reports"),
            Some(answer.clone())
        );
        assert_eq!(answers.get(at, &bob, "GET /reports"), None);
        assert_eq!(answers.get(at, &ann, "GET /reports?limit=1"), None);
        for other in ["2026-11-28T12:00:01Z", "2026-11-28T11:59:59.9Z"] {
            assert_eq!(answers.get(later(other), &ann, "GET /reports"), None, "{other}");
        }
        answers.keep(later("2026-11-28T12:00:01Z"), &bob, "GET /reports", &answer);
        assert_eq!(answers.get(at, &ann, "GET /reports"), None);
    }

    #[test]
    fn what_is_too_much_is_not_kept() {
        let answers = Answers::default();
        let at: Timestamp = "2026-11-28T12:00:00Z".parse().unwrap();
        let answer = Answer {
            tag: None,
            body: Bytes::from(vec![0; MOST / 2]),
        };
        for question in ["1", "2", "3"] {
            answers.keep(at, &caller("GBR/ann"), question, &answer);
        }
        let kept = ["1", "2", "3"].map(|question| answers.get(at, &caller("GBR/ann"), question).is_some());
        assert_eq!(kept, [true, false, false]);
    }
}
