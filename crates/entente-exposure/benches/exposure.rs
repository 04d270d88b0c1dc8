//! Source exposure of 100,000 candidates and 50 facts: `cargo bench -p entente-exposure --bench exposure`.
//!
//! Candidates that have the same attributes are one profile; the argument is how many profiles there are. The peer is
//! the definition, written down as a loop over candidates and facts.

use entente_exposure::{Candidate, Claim, Credence, Knowledge, Register, Value, explain, measure};

const CANDIDATES: usize = 100_000;
const FACTS: usize = 50;
/// Values of each of six attributes; with the last, every candidate is likely to be unlike all others.
const VALUES: [u64; 3] = [2, 4, 12];

fn main() {
    divan::main();
}

fn spread(n: u64) -> u64 {
    let mixed = (n ^ (n >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 11
}

fn value(candidate: usize, attribute: usize, values: u64) -> u64 {
    spread((candidate * 6 + attribute) as u64) % values
}

fn register(values: u64) -> Register {
    let candidates = (0..CANDIDATES).map(|n| Candidate {
        id: format!("S{n}"),
        attributes: (0..6)
            .map(|a| {
                (
                    format!("a{a}"),
                    Value::from(format!("v{}", value(n, a, values)).as_str()),
                )
            })
            .collect(),
        prior: None,
    });
    Register::new(candidates.collect(), 0.1, Some("S0")).expect("the register is well formed")
}

fn knowledge(values: u64) -> Knowledge {
    let claims: Vec<Claim> = (0..FACTS)
        .map(|n| Claim {
            fact: format!("F{n}"),
            reveals: format!("a{} = 'v{}' or a{} != 'v0'", n % 6, n as u64 % values, (n + 1) % 6),
            credence: Credence::new(0.5 + 0.009 * (n as f64)).expect("a probability"),
            origin: None,
        })
        .collect();
    Knowledge::default().with(&claims).expect("the facts are well formed")
}

#[divan::bench(args = VALUES)]
fn measured(bencher: divan::Bencher<'_, '_>, values: u64) {
    let (register, known) = (register(values), knowledge(values));
    bencher.bench(|| measure(&register, &known));
}

#[divan::bench(args = VALUES)]
fn explained(bencher: divan::Bencher<'_, '_>, values: u64) {
    let (register, known) = (register(values), knowledge(values));
    bencher.bench(|| explain(&register, &known));
}

/// The definition, candidate by candidate, with the conditions as plain comparisons of small numbers.
#[divan::bench(args = VALUES)]
fn definition(bencher: divan::Bencher<'_, '_>, values: u64) {
    let attributes: Vec<[u64; 6]> = (0..CANDIDATES)
        .map(|n| std::array::from_fn(|a| value(n, a, values)))
        .collect();
    let credences: Vec<f64> = (0..FACTS).map(|n| 0.5 + 0.009 * (n as f64)).collect();
    bencher.bench(|| {
        let weights = attributes.iter().map(|row| {
            credences.iter().enumerate().fold(1.0, |weight, (n, q)| {
                let holds = row[n % 6] == n as u64 % values || row[(n + 1) % 6] != 0;
                weight * if holds { *q } else { 1.0 - q }
            })
        });
        let weights: Vec<f64> = weights.collect();
        let total: f64 = weights.iter().sum();
        weights.iter().copied().fold(0.0, f64::max) / total
    });
}
