//! `decide` compared with other people's policy engines and with a plain loop over bit sets.
//!
//! `cargo run --release --manifest-path benches/decide/Cargo.toml` prints three tables. All evaluators answer about the
//! same world, and every answer is compared: which rules fail, not only what comes out of it. Ours and the plain loop
//! answer all 10 million pairs; the peers a random sample of them (`--pairs N`), or all (`--all`: an hour or so).

mod clock;
mod entente;
mod floor;
mod peer;
mod world;

use std::error::Error;
use std::time::Duration;

use comfy_table::Table;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use entente_core::decide::{NoGuards, decide, outcomes};

use clock::{median, memory};
use entente::{Entente, bits};
use floor::Floor;
use world::{Dice, Failing, World, outcome_of};

const SEED: u64 = 1;
const PERSONS: usize = 1_000;
const PORTIONS: usize = 10_000;
/// Labels that a long report has; what is decided depends on lineage and consents, too, so more groups come of it.
const LABELS: usize = 300;
const SMALL_AUDIENCE: usize = 20;
/// Pairs for the peers: enough for stable times, and a matter of seconds.
const SAMPLE: usize = 100_000;
const RUNS: usize = 7;
const PEER_RUNS: usize = 3;
/// Decisions in a row that must not need more memory than the first.
const REPEATS: usize = 100;
/// Runs the measurement of memory, in a process in which nothing else has taken any.
const WORST: &str = "--worst";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let pairs = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => Some(SAMPLE),
        ["--all"] => None,
        ["--pairs", count] => Some(count.parse()?),
        [WORST] => return worst(),
        _ => return Err("usage: entente-bench-decide [--pairs N | --all]".into()),
    };
    for labels in [LABELS, PORTIONS] {
        compare(labels, pairs)?;
    }
    let status = std::process::Command::new(std::env::current_exe()?)
        .arg(WORST)
        .status()?;
    match status.success() {
        true => Ok(()),
        false => Err("the worst case failed".into()),
    }
}

/// One evaluator's time for a decision.
struct Line {
    name: String,
    decisions: usize,
    reasons: Duration,
    outcome: Duration,
}

impl Line {
    /// Nanoseconds a decision, with reasons and without.
    fn each(&self) -> [f64; 2] {
        [self.reasons, self.outcome].map(|time| time.as_secs_f64() * 1e9 / self.decisions as f64)
    }
}

/// Everyone about a world with so many different labels.
fn compare(labels: usize, pairs: Option<usize>) -> Result<(), Box<dyn Error>> {
    let world = World::random(SEED, PERSONS, PORTIONS, labels);
    let entente = Entente::new(&world);
    let floor = Floor::new(&world);
    let (groups, counts) = agree(&entente, &floor)?;
    let all = PERSONS * PORTIONS;
    let mut lines = vec![time_floor(&floor), time_entente(&entente)?];
    let mut dice = Dice(SEED);
    let mut sample: Vec<(usize, usize)> = match pairs {
        Some(count) => (0..count).map(|_| (dice.roll(PERSONS), dice.roll(PORTIONS))).collect(),
        None => (0..all).map(|n| (n / PORTIONS, n % PORTIONS)).collect(),
    };
    // In order, as ours and the loop go: neighbours share what the processor has at hand.
    sample.sort_unstable();
    for mut peer in peer::all(&world)? {
        for (person, portion) in &sample {
            let expected = floor.failing(*person, *portion);
            let failing = peer.failing(*person, *portion);
            let outcome = peer.outcome(*person, *portion);
            if failing != expected || outcome != outcome_of(expected) {
                let name = peer.name();
                return Err(format!(
                    "{name} answers {failing:04b}, {outcome:?} for {person}, {portion}; the loop {expected:04b}"
                )
                .into());
            }
        }
        let runs = if pairs.is_some() { PEER_RUNS } else { 1 };
        lines.push(Line {
            name: peer.name().to_owned(),
            decisions: sample.len(),
            reasons: median(runs, || {
                sample.iter().fold(0, |sum, (person, portion)| {
                    sum + u64::from(peer.failing(*person, *portion))
                })
            }),
            outcome: median(runs, || {
                sample
                    .iter()
                    .fold(0, |sum, (person, portion)| sum + peer.outcome(*person, *portion) as u64)
            }),
        });
    }
    println!("{PERSONS} persons, {PORTIONS} portions with {labels} different labels, decided in {groups} groups.");
    println!(
        "Equal answers for all {all} pairs (ours, loop) and {} (peers): {} permit, {} ask, {} deny.",
        sample.len(),
        counts[0],
        counts[1],
        counts[2]
    );
    print(&lines);
    Ok(())
}

/// Compares ours with the loop for every pair. How many groups there were, and how often each outcome.
fn agree(entente: &Entente, floor: &Floor<'_>) -> Result<(usize, [usize; 3]), Box<dyn Error>> {
    let query = entente.query();
    let decision = decide(&entente.snapshot, &query, &NoGuards, &NoGuards)?;
    let quick = outcomes(&entente.snapshot, &query, &NoGuards, &NoGuards)?;
    let mut counts = [0; 3];
    for person in 0..PERSONS {
        for portion in 0..PORTIONS {
            let expected = floor.failing(person, portion);
            let failing = bits(decision.rules(person, portion));
            let answers = [decision.outcome(person, portion), quick.outcome(person, portion)];
            if failing != expected || answers != [outcome_of(expected); 2] {
                return Err(format!(
                    "ours is {failing:04b}, {answers:?} for {person}, {portion}; the loop {expected:04b}"
                )
                .into());
            }
            counts[outcome_of(expected) as usize] += 1;
        }
    }
    if counts.iter().any(|count| count * 20 < PERSONS * PORTIONS) {
        return Err(format!("a world with too few of one outcome shows nothing: {counts:?}").into());
    }
    let groups = (0..PORTIONS).map(|portion| decision.group(portion)).max();
    Ok((groups.map_or(0, |last| last + 1), counts))
}

fn time_floor(floor: &Floor<'_>) -> Line {
    Line {
        name: "plain loop".to_owned(),
        decisions: PERSONS * PORTIONS,
        reasons: median(RUNS, || tally(|person, portion| floor.failing(person, portion).into())),
        outcome: median(RUNS, || {
            let grid = floor.outcomes();
            tally(|person, portion| grid[person * PORTIONS + portion] as u64)
        }),
    }
}

fn time_entente(entente: &Entente) -> Result<Line, Box<dyn Error>> {
    let query = entente.query();
    let snapshot = &entente.snapshot;
    Ok(Line {
        name: "ours".to_owned(),
        decisions: PERSONS * PORTIONS,
        reasons: median(RUNS, || {
            decide(snapshot, &query, &NoGuards, &NoGuards)
                .map(|decision| tally(|person, portion| bits(decision.rules(person, portion)).into()))
        }),
        outcome: median(RUNS, || {
            outcomes(snapshot, &query, &NoGuards, &NoGuards)
                .map(|quick| tally(|person, portion| quick.outcome(person, portion) as u64))
        }),
    })
}

/// Reads the answer for every pair.
#[inline]
fn tally(answer: impl Fn(usize, usize) -> u64) -> u64 {
    (0..PERSONS)
        .map(|person| (0..PORTIONS).map(|portion| answer(person, portion)).sum::<u64>())
        .sum()
}

fn print(lines: &[Line]) {
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_header([
        "",
        "decisions",
        "with reasons, ns",
        "÷ ours",
        "without, ns",
        "÷ ours",
        "÷ plain loop",
    ]);
    let [floor, ours] = [lines[0].each(), lines[1].each()];
    for line in lines {
        let [reasons, outcome] = line.each();
        table.add_row([
            line.name.clone(),
            line.decisions.to_string(),
            format!("{reasons:.1}"),
            format!("{:.2}", reasons / ours[0]),
            format!("{outcome:.1}"),
            format!("{:.2}", outcome / ours[1]),
            format!("{:.2}", outcome / floor[1]),
        ]);
    }
    println!("{table}\n");
}

/// A label of its own for every portion, an audience of 20: time, and memory that stays where it is.
fn worst() -> Result<(), Box<dyn Error>> {
    let world = World::random(SEED, SMALL_AUDIENCE, PORTIONS, PORTIONS);
    let entente = Entente::new(&world);
    drop(world);
    let query = entente.query();
    let read = || -> Result<Failing, Box<dyn Error>> {
        let decision = decide(&entente.snapshot, &query, &NoGuards, &NoGuards)?;
        Ok((0..SMALL_AUDIENCE)
            .flat_map(|person| (0..PORTIONS).map(move |portion| (person, portion)))
            .fold(0, |any, (person, portion)| any | bits(decision.rules(person, portion))))
    };
    let before = memory();
    read()?;
    let once = memory();
    let explained = median(REPEATS, read);
    let quick = median(REPEATS, || {
        outcomes(&entente.snapshot, &query, &NoGuards, &NoGuards).map(drop)
    });
    let after = memory();
    println!("{SMALL_AUDIENCE} persons, {PORTIONS} portions with a label each:");
    println!(
        "  with reasons {:.1} ms, without {:.1} ms",
        explained.as_secs_f64() * 1e3,
        quick.as_secs_f64() * 1e3
    );
    if let (Some((held, _)), Some((_, first)), Some((_, last))) = (before, once, after) {
        println!(
            "  {held:.1} MB for the snapshot, at most {first:.1} MB in the first decision, {last:.1} MB after {REPEATS} more"
        );
    }
    Ok(())
}
