//! Federations in one process, of real nodes over their real stores: messages are lost, delayed, doubled, reordered and carried
//! as files; nodes are stopped between any two of their steps and opened again from the disk; clocks are skewed; an old copy of a
//! folder is put in its place; one partner lies with good signatures. Everything follows from a seed.
//!
//! `ENTENTE_FEDERATIONS=50000` looks at more of them (`ENTENTE_FROM=20000`: without the first 20,000), `ENTENTE_SEED=17` at federation
//! 17 alone, and prints its story; so does one that breaks a law. `scripts/federations` does both.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

#[path = "../../../entente-core/tests/worlds/dice.rs"]
mod dice;
mod federation;
mod laws;
mod liar;
mod steps;
mod two;
mod witnesses;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use dice::Dice;
use federation::Federation;

/// Federations where nobody says how many: what `check` has time for.
const FEDERATIONS: u64 = 1_000;
/// The most steps of one. Most are over sooner: what goes wrong among few words goes wrong soon, and what needs many is rare.
const STEPS: usize = 100;
/// After so many, whoever asked for output (`--nocapture`) sees how far it is.
const PROGRESS: u64 = 500;
/// One in so many goes on for long.
const LONG: u64 = 3;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Lives through one federation; gives what happened in it, by kind.
fn live(seed: u64) -> BTreeMap<&'static str, usize> {
    let mut dice = Dice(seed);
    let mut all = Federation::new(seed);
    steps::begin(&mut all, &mut dice);
    let steps = match seed % LONG {
        0 => 40 + dice.roll(STEPS - 40),
        _ => 4 + dice.roll(26),
    };
    for _ in 0..steps {
        let touched = steps::step(&mut all, &mut dice);
        for name in touched {
            laws::nothing_is_released_without_consent(&mut all, name);
            laws::nothing_acknowledged_is_lost(&mut all, name);
            two::nobody_releases_alone(&all, name);
        }
    }
    all.heal();
    laws::everything_holds_once_the_network_heals(&mut all);
    std::mem::take(&mut all.kinds)
}

#[test]
fn laws_hold_in_every_federation() {
    if let Some(seed) = number("ENTENTE_SEED") {
        federation::tell_always();
        live(seed);
        return;
    }
    let until = number("ENTENTE_FEDERATIONS").unwrap_or(FEDERATIONS);
    let from = number("ENTENTE_FROM").unwrap_or(0);
    let count = until.saturating_sub(from);
    assert!(count > 0, "no federation from {from} until {until}");
    let done = AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(2, usize::from) as u64;
    let seen: Mutex<BTreeMap<&'static str, usize>> = Mutex::default();
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (seen, done) = (&seen, &done);
            scope.spawn(move || {
                for seed in (from + thread..until).step_by(usize::try_from(threads).unwrap()) {
                    for (kind, times) in live(seed) {
                        *seen.lock().unwrap().entry(kind).or_default() += times;
                    }
                    let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                    if done.is_multiple_of(PROGRESS) {
                        eprintln!("{done} of {count} federations");
                    }
                }
            });
        }
    });
    // Federations in which little happens would show nothing.
    let seen = seen.into_inner().unwrap();
    for kind in [
        "delivered",
        "asked",
        "granted",
        "proposed",
        "two persons",
        "cosigned",
        "withdrawn",
        "recalled",
        "lost",
        "doubled",
        "by file",
        "stopped",
        "skewed",
        "old copy",
        "lied",
        "confirmed",
        "permitted by consent",
        "refused",
    ] {
        let times = seen.get(kind).copied().unwrap_or_default() as u64;
        assert!(
            times * 50 >= count,
            "`{kind}` happened {times} times in {count} federations: {seen:?}"
        );
    }
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let story = |seed| {
        let mut dice = Dice(seed);
        let mut all = Federation::new(seed);
        for _ in 0..25 {
            steps::step(&mut all, &mut dice);
        }
        all.story()
    };
    assert_eq!(story(7), story(7));
    assert_ne!(story(7), story(8));
}
