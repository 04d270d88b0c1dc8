//! Carries what waits in the outbox to partners that are reached over the network: at least once, until it is confirmed.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use entente_core::PartyPath;
use entente_node::Carried;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use super::INBOX;
use super::client::{self, Post, Unreached};
use super::pieces;
use crate::host::{Host, aside};
use crate::server::told;
use crate::settings::{Courier, Partner};

/// How often it is looked whether something waits.
const LOOK: Duration = Duration::from_millis(200);
/// Messages looked up at once: what is in memory of a backlog, however long it is.
const BATCH: usize = 32;
/// How many times as many as may be unanswered may be away with those whose answer is being written down.
const BEHIND: usize = 4;
/// After how many batches it is looked whether the settings are still the same.
const BATCHES: usize = 32;

/// When a partner is tried next.
#[derive(Clone, Copy, Debug)]
struct Turn {
    failures: u32,
    next: Instant,
}

/// Works until it is told to stop.
pub(crate) async fn courier(host: Arc<Host>, mut stopping: watch::Receiver<bool>) {
    let mut turns: HashMap<PartyPath, Turn> = HashMap::new();
    let mut away: JoinSet<(PartyPath, bool)> = JoinSet::new();
    let mut busy: HashMap<PartyPath, ()> = HashMap::new();
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            Some(back) = away.join_next() => {
                if let Ok((party, arrived)) = back {
                    busy.remove(&party);
                    let wait = match arrived {
                        true => { turns.remove(&party); continue; }
                        false => turns.get(&party).map_or(0, |turn| turn.failures),
                    };
                    let pause = next_try(&host.settings().courier, wait);
                    turns.insert(party, Turn { failures: wait.saturating_add(1), next: Instant::now() + pause });
                }
                continue;
            }
            () = told(&mut stopping) => return,
        }
        if host.keys().is_none() {
            continue;
        }
        let looked = host.clone();
        let Ok(Ok(waiting)) = aside(move || looked.pinned().and_then(|pinned| pinned.node().receivers())).await else {
            continue;
        };
        let settings = host.settings();
        for party in waiting {
            let due = turns.get(&party).is_none_or(|turn| turn.next <= Instant::now());
            let Some(partner) = settings.partners.get(&party).filter(|_| due) else {
                continue;
            };
            if busy.insert(party.clone(), ()).is_none() {
                away.spawn(round(host.clone(), party, partner.clone(), settings.courier.in_flight));
            }
        }
    }
}

/// Carries what waits for a partner, until nothing does, it cannot be reached, or the settings are to be looked at again.
async fn round(host: Arc<Host>, party: PartyPath, partner: Partner, in_flight: usize) -> (PartyPath, bool) {
    let mut tour = Tour {
        host: host.clone(),
        partner,
        places: Arc::new(Semaphore::new(in_flight)),
        away: JoinSet::new(),
        letters: BTreeSet::new(),
        failed: None,
    };
    for _ in 0..BATCHES {
        // The next ones are sealed while others are on their way.
        let looked = (host.clone(), party.clone(), tour.letters.clone());
        let sealed = aside(move || looked.0.node().carry(&looked.1, BATCH, &looked.2)).await;
        match sealed {
            Ok(Ok(letters)) if letters.is_empty() => break,
            Ok(Ok(letters)) => tour.send(letters, in_flight).await,
            Ok(Err(error)) => {
                host.journal
                    .warn("messages cannot be sealed", &[("to", &party), ("problem", &error)]);
                tour.failed = Some(Trouble::Sealing);
            }
            Err(_) => tour.failed = Some(Trouble::Sealing),
        }
        if tour.failed.is_some() {
            break;
        }
    }
    while tour.is_back().await {}
    match &tour.failed {
        None | Some(Trouble::Sealing) => {}
        Some(problem) => {
            host.metrics.unreached.fetch_add(1, Ordering::Relaxed);
            host.journal.warn(
                "a partner was not reached",
                &[("partner", &party), ("problem", problem)],
            );
        }
    }
    (party, tour.failed.is_none())
}

/// Messages to one partner on their way.
struct Tour {
    host: Arc<Host>,
    partner: Partner,
    /// One for each message that the partner has not answered yet.
    places: Arc<Semaphore>,
    away: JoinSet<(i64, Result<(), Trouble>)>,
    /// Which messages are away.
    letters: BTreeSet<i64>,
    failed: Option<Trouble>,
}

impl Tour {
    /// Sends these as there is room for them, until one fails.
    async fn send(&mut self, letters: Vec<Carried>, in_flight: usize) {
        for letter in letters {
            while self.away.len() >= in_flight.saturating_mul(BEHIND) {
                self.is_back().await;
            }
            let Ok(place) = self.places.clone().acquire_owned().await else {
                return;
            };
            while let Some(done) = self.away.try_join_next() {
                self.note(done);
            }
            if self.failed.is_some() {
                return;
            }
            let id = letter.letter();
            self.letters.insert(id);
            let (host, partner) = (self.host.clone(), self.partner.clone());
            self.away
                .spawn(async move { (id, hand_over(host, partner, letter, place).await) });
        }
    }

    /// Waits for one of them; whether there was one.
    async fn is_back(&mut self) -> bool {
        match self.away.join_next().await {
            Some(done) => {
                self.note(done);
                true
            }
            None => false,
        }
    }

    fn note(&mut self, done: Result<(i64, Result<(), Trouble>), tokio::task::JoinError>) {
        let failed = match done {
            Ok((letter, result)) => {
                self.letters.remove(&letter);
                result.err()
            }
            Err(_) => Some(Trouble::Unreached(Unreached::BrokeOff)),
        };
        if self.failed.is_none() {
            self.failed = failed;
        }
    }
}

/// Why a message is still on its way.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error("it cannot be sealed")]
    Sealing,
    #[error(transparent)]
    Unreached(#[from] Unreached),
    #[error("its receipt does not hold: {0}")]
    Receipt(entente_node::NodeError),
    #[error("it cannot be announced: {0}")]
    Announcing(entente_node::NodeError),
    #[error("it has too much of this party that is unfinished, or takes nothing of this size")]
    NotNow,
}

async fn hand_over(
    host: Arc<Host>,
    partner: Partner,
    letter: Carried,
    place: OwnedSemaphorePermit,
) -> Result<(), Trouble> {
    let piece = host.settings().courier.piece_kib << 10;
    let answer = match letter.sealed.len() > piece {
        true => pieces::hand_over(&host, &partner, &letter, piece).await?,
        false => client::post(&partner, Post::sealed(INBOX, letter.sealed.clone())).await?,
    };
    // The next one leaves while the answer to this one is looked at and written down.
    drop(place);
    let confirmed = {
        let host = host.clone();
        aside(move || host.node().confirm(&letter, &answer)).await
    };
    match confirmed {
        Ok(Ok(outcome)) => {
            host.metrics.confirmed.fetch_add(1, Ordering::Relaxed);
            if !outcome.is_taken() {
                host.journal
                    .warn("a partner did not take a message in", &[("outcome", &outcome.word())]);
            }
            Ok(())
        }
        Ok(Err(error)) => Err(Trouble::Receipt(error)),
        Err(_) => Err(Trouble::Unreached(Unreached::BrokeOff)),
    }
}

/// How long to wait after so many failures.
pub(crate) fn next_try(courier: &Courier, failures: u32) -> Duration {
    pause(courier, failures, chance())
}

/// How long to wait after so many failures: doubled each time, up to the longest, with a chance of half of it less.
fn pause(courier: &Courier, failures: u32, chance: f64) -> Duration {
    let first = Duration::from_secs(courier.first_wait_seconds.max(1));
    let longest = Duration::from_secs(courier.longest_wait_seconds.max(1));
    let doubled = first.saturating_mul(1u32.checked_shl(failures.min(20)).unwrap_or(u32::MAX));
    doubled.min(longest).mul_f64(1.0 - 0.5 * chance)
}

/// A number between 0 and 1.
fn chance() -> f64 {
    let mut byte = [0u8; 1];
    // Without chance, everybody comes back at the same moment, and nothing worse.
    let _ = getrandom::fill(&mut byte);
    f64::from(byte[0]) / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_chance_only_shortens_them() {
        let courier = Courier {
            first_wait_seconds: 2,
            longest_wait_seconds: 60,
            ..Courier::default()
        };
        let seconds = |failures| pause(&courier, failures, 0.0).as_secs();
        assert_eq!([0, 1, 2, 3, 4, 5, 400].map(seconds), [2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(pause(&courier, 5, 1.0).as_secs(), 30);
    }
}
