//! Throughput of a scan with 10, 1,000 and 100,000 facts: `cargo bench -p entente-watch`.

use std::fmt::Write as _;

use divan::Bencher;
use divan::counter::BytesCount;
use entente_watch::facts::{Fact, Facts, Slot};
use entente_watch::{Scanner, text};

const SIZES: [usize; 3] = [10, 1_000, 100_000];
const WORDS: usize = 20_000;

/// A made-up vocabulary: pronounceable, so that stemming and segmentation do real work.
fn word(number: usize) -> String {
    const SYLLABLES: [&str; 20] = [
        "ba", "cor", "den", "fil", "gan", "hul", "jor", "kem", "lan", "mir", "nos", "pal", "que", "rad", "sol", "tem",
        "ur", "ven", "wil", "zan",
    ];
    [number % 20, number / 20 % 20, number / 400 % 20, number / 8_000 % 20]
        .iter()
        .map(|i| SYLLABLES[*i])
        .collect()
}

/// A small linear congruential generator (Knuth's MMIX constants): the same input in every run.
fn next(state: &mut u64) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap_or(0)
}

fn facts(count: usize) -> Facts {
    let mut state = 1;
    let list = (0..count).map(|number| {
        let slots = (0..4).map(|slot| Slot {
            name: format!("s{slot}"),
            any: (0..5).map(|_| word(next(&mut state) % WORDS)).collect(),
            mandatory: slot == 0,
            weight: 1.0,
        });
        let slots = slots.collect();
        let text = (0..14)
            .map(|_| word(next(&mut state) % WORDS))
            .collect::<Vec<_>>()
            .join(" ");
        Fact {
            id: format!("f{number}"),
            text,
            slots,
            values: Vec::new(),
            reveals: None,
        }
    });
    Facts::new(list.collect()).expect("made-up facts are valid")
}

fn article(bytes: usize) -> String {
    let (mut text, mut state) = (String::new(), 7);
    while text.len() < bytes {
        let _ = write!(text, "Officials said the {}", word(next(&mut state) % WORDS));
        for _ in 0..18 {
            let _ = write!(text, " {} of", word(next(&mut state) % WORDS));
        }
        text.push_str(" it.\n\n");
    }
    text
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn scan(bencher: Bencher<'_, '_>, count: usize) {
    let scanner = Scanner::new(facts(count));
    let page = article(1 << 20);
    let sources = text::read_bytes("page.txt", page.as_bytes()).expect("plain text");
    // The tables of a language are built with its first text; that is not part of a scan.
    let _ = scanner.scan(sources.clone());
    bencher
        .counter(BytesCount::new(page.len()))
        .bench_local(|| scanner.scan(sources.clone()));
}

fn main() {
    divan::main();
}
