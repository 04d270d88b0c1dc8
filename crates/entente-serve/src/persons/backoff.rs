//! Waits after wrong passwords: longer each time, for a name from one address, and for an address.
//!
//! A stranger at another address never makes somebody wait: nobody can be locked out from afar.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Wrong tries without a wait: anybody mistypes.
const FREE: u32 = 3;
/// Wrong tries for any names from one address without a wait: a whole office may stand behind it.
const FREE_FOR_ADDRESS: u32 = 30;
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(900);
/// Entries kept; beyond, the oldest go.
const KEPT: usize = 10_000;

/// Wrong tries so far.
#[derive(Debug, Default)]
pub(crate) struct Backoff(Mutex<HashMap<(IpAddr, Option<String>), Tries>>);

#[derive(Clone, Copy, Debug)]
struct Tries {
    wrong: u32,
    last: Instant,
}

impl Tries {
    fn wait(self, free: u32) -> Duration {
        match self.wrong.checked_sub(free) {
            None => Duration::ZERO,
            Some(beyond) => Duration::from_secs(1u64 << beyond.min(12)).min(LONGEST),
        }
    }
}

impl Backoff {
    /// How long to wait before this name may be tried from this address.
    pub(crate) fn wait(&self, address: IpAddr, name: &str, now: Instant) -> Duration {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = |key: (IpAddr, Option<String>), free| {
            all.get(&key).map_or(Duration::ZERO, |tries| {
                tries
                    .wait(free)
                    .saturating_sub(now.saturating_duration_since(tries.last))
            })
        };
        left((address, Some(name.to_owned())), FREE).max(left((address, None), FREE_FOR_ADDRESS))
    }

    /// Counts a wrong try.
    pub(crate) fn wrong(&self, address: IpAddr, name: &str, now: Instant) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT {
            all.retain(|_, tries| now.saturating_duration_since(tries.last) < LONGEST);
        }
        for key in [(address, Some(name.to_owned())), (address, None)] {
            let tries = all.entry(key).or_insert(Tries { wrong: 0, last: now });
            tries.wrong = tries.wrong.saturating_add(1);
            tries.last = now;
        }
    }

    /// Forgets the wrong tries of a name that signed in.
    pub(crate) fn right(&self, address: IpAddr, name: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&(address, Some(name.to_owned())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_for_whoever_tries_and_not_for_others() {
        let backoff = Backoff::default();
        let (here, there): (IpAddr, IpAddr) = ([127, 0, 0, 1].into(), [10, 0, 0, 1].into());
        let start = Instant::now();
        let mut waits = Vec::new();
        for _ in 0..6 {
            backoff.wrong(here, "hale", start);
            waits.push(backoff.wait(here, "hale", start).as_secs());
        }
        assert_eq!(waits, [0, 0, 1, 2, 4, 8]);
        assert_eq!(backoff.wait(there, "hale", start), Duration::ZERO);
        assert_eq!(backoff.wait(here, "ruiz", start), Duration::ZERO);
        assert_eq!(
            backoff.wait(here, "hale", start + Duration::from_secs(9)),
            Duration::ZERO
        );
        backoff.right(here, "hale");
        assert_eq!(backoff.wait(here, "hale", start), Duration::ZERO);
    }
}
