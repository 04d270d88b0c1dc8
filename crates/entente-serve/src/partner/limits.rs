//! How much each partner may send, so that one cannot keep the others out.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use entente_core::PartyPath;

/// What each partner may still send. Only messages whose signature holds are counted, so that nobody can use up what is
/// another's.
#[derive(Debug, Default)]
pub struct Limits(Mutex<HashMap<PartyPath, Bucket>>);

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Limits {
    /// Whether a partner may send now, at so many messages a minute.
    pub(crate) fn allow(&self, party: &PartyPath, a_minute: u32, now: Instant) -> bool {
        self.filled(party, a_minute, now, |bucket| bucket.left >= 1.0)
    }

    /// Counts a message of a partner.
    pub(crate) fn count(&self, party: &PartyPath, a_minute: u32, now: Instant) {
        self.filled(party, a_minute, now, |bucket| bucket.left -= 1.0);
    }

    fn filled<T>(&self, party: &PartyPath, a_minute: u32, now: Instant, then: impl FnOnce(&mut Bucket) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = f64::from(a_minute);
        let bucket = all.entry(party.clone()).or_insert(Bucket { left: full, at: now });
        let since = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + since * full / 60.0).min(full);
        bucket.at = now;
        then(bucket)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_partner_waits_once_it_has_sent_its_share_and_the_others_do_not() {
        let limits = Limits::default();
        let (one, other) = (PartyPath::new("USA").unwrap(), PartyPath::new("GBR").unwrap());
        let start = Instant::now();
        for _ in 0..60 {
            assert!(limits.allow(&one, 60, start));
            limits.count(&one, 60, start);
        }
        assert!(!limits.allow(&one, 60, start));
        assert!(limits.allow(&other, 60, start));
        assert!(limits.allow(&one, 60, start + Duration::from_millis(1100)));
    }
}
