//! Who is signed in, in the memory of this process: a restart ends every session.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use entente_core::PersonId;

use super::codes::{self, NoChance};
use crate::settings;

/// Sessions at once; beyond, nobody more signs in.
const MOST: usize = 10_000;

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    /// Who.
    pub(crate) person: PersonId,
    /// By what: as it stands in records of what they do.
    pub(crate) by: String,
    /// What every form of the session bears.
    pub(crate) form: String,
    /// From where it was begun.
    pub(crate) from: Option<IpAddr>,
    pub(super) began: Instant,
    pub(super) seen: Instant,
}

impl Session {
    /// A program's: it lasts for one request, and bears no form.
    pub(crate) fn of_program(person: PersonId, token: String) -> Self {
        let now = Instant::now();
        Self {
            person,
            by: "a token".to_owned(),
            form: token,
            from: None,
            began: now,
            seen: now,
        }
    }
}

/// All of them, by a digest of their token: whoever reads the memory has no token.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, Session>>);

impl Sessions {
    /// Begins a session; gives its token.
    pub(crate) fn begin(
        &self,
        person: PersonId,
        by: impl Into<String>,
        from: Option<IpAddr>,
        now: Instant,
    ) -> Result<Option<String>, NoChance> {
        let token = codes::code(52)?;
        let form = codes::code(32)?;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            return Ok(None);
        }
        let session = Session {
            person,
            by: by.into(),
            form,
            from,
            began: now,
            seen: now,
        };
        all.insert(codes::kept(&token), session);
        Ok(Some(token))
    }

    /// The session of a token, as long as it lasts; it goes on from now.
    pub(crate) fn of(&self, token: &str, lasting: &settings::Sessions, now: Instant) -> Option<Session> {
        self.found(token, lasting, now, true)
    }

    /// The same for a program that looks by itself: the session does not go on by that.
    pub(crate) fn look(&self, token: &str, lasting: &settings::Sessions, now: Instant) -> Option<Session> {
        self.found(token, lasting, now, false)
    }

    fn found(&self, token: &str, lasting: &settings::Sessions, now: Instant, at_work: bool) -> Option<Session> {
        let key = codes::kept(token);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let session = all.get_mut(&key)?;
        if !lasts(session, lasting, now) {
            all.remove(&key);
            return None;
        }
        if at_work {
            session.seen = now;
        }
        Some(session.clone())
    }

    /// Ends a session.
    pub(crate) fn end(&self, token: &str) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&codes::kept(token));
    }

    /// Ends every session of a person; gives how many there were.
    pub(crate) fn end_all(&self, person: &PersonId) -> usize {
        self.end_where(|_, of| of == person)
    }

    /// Ends sessions, by what is kept of their token and whose they are; gives how many.
    pub(super) fn end_where(&self, ends: impl Fn(&str, &PersonId) -> bool) -> usize {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = all.len();
        all.retain(|kept, session| !ends(kept, &session.person));
        before - all.len()
    }

    /// All that last, each with what is kept of its token; those that have run out are forgotten.
    pub(super) fn all(&self, lasting: &settings::Sessions, now: Instant) -> Vec<(String, Session)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, session| lasts(session, lasting, now));
        all.iter()
            .map(|(kept, session)| (kept.clone(), session.clone()))
            .collect()
    }

    /// How many there are; those that have run out are forgotten.
    pub(crate) fn count(&self, lasting: &settings::Sessions, now: Instant) -> usize {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, session| lasts(session, lasting, now));
        all.len()
    }
}

fn lasts(session: &Session, lasting: &settings::Sessions, now: Instant) -> bool {
    let since = |moment| now.saturating_duration_since(moment);
    since(session.seen) < Duration::from_secs(60 * lasting.idle_minutes)
        && since(session.began) < Duration::from_secs(3600 * lasting.hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_idle_when_old_and_when_told() {
        let sessions = Sessions::default();
        let lasting = settings::Sessions::default();
        let person = PersonId::new("USA.SVC/hale").unwrap();
        let start = Instant::now();
        let minutes = |n: u64| start + Duration::from_secs(60 * n);
        let token = |sessions: &Sessions| sessions.begin(person.clone(), "a test", None, start).unwrap().unwrap();
        let idle = token(&sessions);
        assert!(sessions.of(&idle, &lasting, minutes(14)).is_some());
        assert!(sessions.of(&idle, &lasting, minutes(28)).is_some());
        assert!(sessions.look(&idle, &lasting, minutes(42)).is_some());
        assert!(
            sessions.of(&idle, &lasting, minutes(43)).is_none(),
            "looking keeps nobody signed in"
        );
        let old = token(&sessions);
        for n in 1..48 {
            assert!(sessions.of(&old, &lasting, minutes(n * 10)).is_some(), "{n}");
        }
        assert!(sessions.of(&old, &lasting, minutes(480)).is_none());
        let told = token(&sessions);
        sessions.end(&told);
        assert!(sessions.of(&told, &lasting, start).is_none());
        let all = token(&sessions);
        sessions.end_all(&person);
        assert!(sessions.of(&all, &lasting, start).is_none());
    }
}
