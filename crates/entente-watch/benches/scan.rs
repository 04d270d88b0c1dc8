//! Throughput of a scan with 10, 1,000 and 100,000 facts beside a bare search for the same words over the same text, and what
//! the facts take in memory: `cargo bench -p entente-watch`.
//!
//! Words are made up. In `ordinary` they are as unevenly frequent as in a language, and facts use them as an analyst
//! would; in `dense` every word of the text is an alternative of as many facts as any other.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use aho_corasick::AhoCorasick;
use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher};
use entente_watch::facts::{Fact, Facts, Slot};
use entente_watch::{Scanner, text};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

const SIZES: [usize; 3] = [10, 1_000, 100_000];
const WORDS: usize = 20_000;
/// No analyst makes a slot of the commonest words of a language.
const COMMONEST: usize = 200;
const TEXT: usize = 1 << 20;

/// Pronounceable, so that stemming and segmentation do real work.
fn word(number: usize) -> String {
    const SYLLABLES: [&str; 20] = [
        "ba", "cor", "den", "fil", "gan", "hul", "jor", "kem", "lan", "mir", "nos", "pal", "que", "rad", "sol", "tem",
        "ur", "ven", "wil", "zan",
    ];
    // Neighbours in rank look nothing alike: 7,919 is a prime.
    let number = number * 7_919 % WORDS;
    [number % 20, number / 20 % 20, number / 400 % 20, number / 8_000 % 20]
        .iter()
        .map(|i| SYLLABLES[*i])
        .collect()
}

/// A small linear congruential generator (Knuth's MMIX constants): the same input in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }

    /// The frequency of a word is inverse to its rank (Zipf's law), from a rank on.
    fn zipf(&mut self, from: usize) -> usize {
        let uniform = self.below(1 << 30) as f64 / f64::from(1 << 30);
        let (low, high) = (from as f64 + 1.0, WORDS as f64 + 1.0);
        let rank = low * (high / low).powf(uniform);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 20,001")]
        let rank = rank as usize - 1;
        rank.min(WORDS - 1)
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Ordinary,
    Dense,
}

impl Kind {
    fn slot_word(self, random: &mut Random) -> String {
        word(match self {
            Self::Ordinary => random.zipf(COMMONEST),
            Self::Dense => random.below(WORDS),
        })
    }

    fn text_word(self, random: &mut Random) -> String {
        word(match self {
            Self::Ordinary => random.zipf(0),
            Self::Dense => random.below(WORDS),
        })
    }

    fn facts(self, count: usize) -> Facts {
        let mut random = Random(1);
        let list = (0..count).map(|number| {
            let slots = (0..4).map(|slot| Slot {
                name: format!("s{slot}"),
                any: (0..5).map(|_| self.slot_word(&mut random)).collect(),
                mandatory: slot == 0,
                weight: 1.0,
            });
            let slots = slots.collect();
            let words: Vec<String> = (0..14).map(|_| self.text_word(&mut random)).collect();
            Fact {
                id: format!("f{number}"),
                text: words.join(" "),
                slots,
                values: Vec::new(),
                reveals: None,
                growth: Default::default(),
            }
        });
        Facts::new(list.collect()).expect("made-up facts are valid")
    }

    /// One sentence in twenty states one of the first ten facts, which are the same in every set.
    fn article(self) -> String {
        let known = self.facts(10);
        let (mut page, mut random) = (String::new(), Random(7));
        while page.len() < TEXT {
            let _ = write!(page, "Officials said the {}", self.text_word(&mut random));
            for _ in 0..18 {
                let _ = write!(page, " {} of", self.text_word(&mut random));
            }
            if random.below(20) == 0 {
                let fact = &known.list()[random.below(10)];
                for slot in &fact.slots {
                    let _ = write!(page, " {}", slot.any[random.below(5)]);
                }
            }
            page.push_str(" it.\n\n");
        }
        page
    }
}

fn scan(bencher: Bencher<'_, '_>, kind: Kind, count: usize) {
    let scanner = Scanner::new(kind.facts(count));
    let page = kind.article();
    let sources = text::read_bytes("page.txt", page.as_bytes()).expect("plain text");
    // The tables of a language are built with its first text; that is not part of a scan.
    let _ = scanner.scan(sources.clone());
    bencher
        .counter(BytesCount::new(page.len()))
        .bench_local(|| scanner.scan(sources.clone()));
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn ordinary(bencher: Bencher<'_, '_>, count: usize) {
    scan(bencher, Kind::Ordinary, count);
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn dense(bencher: Bencher<'_, '_>, count: usize) {
    scan(bencher, Kind::Dense, count);
}

/// The peer: where the words of all slots stand, and nothing else. No sentences, no inflection, no stance, no speakers.
fn words(bencher: Bencher<'_, '_>, kind: Kind, count: usize) {
    let facts = kind.facts(count);
    let slots = facts.list().iter().flat_map(|fact| &fact.slots);
    let alternatives: BTreeSet<&str> = slots.flat_map(|slot| slot.any.iter().map(String::as_str)).collect();
    let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(alternatives);
    let automaton = automaton.expect("a few thousand words");
    let page = kind.article();
    bencher
        .counter(BytesCount::new(page.len()))
        .bench_local(|| automaton.find_overlapping_iter(&page).count());
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn ordinary_words_alone(bencher: Bencher<'_, '_>, count: usize) {
    words(bencher, Kind::Ordinary, count);
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn dense_words_alone(bencher: Bencher<'_, '_>, count: usize) {
    words(bencher, Kind::Dense, count);
}

/// Checking the facts, and the tables of one language; `max alloc` says what that takes beside the facts themselves.
#[divan::bench(args = SIZES, sample_count = 3)]
fn build(bencher: Bencher<'_, '_>, count: usize) {
    let sources = text::read_bytes("page.txt", b"Officials said that this was all of it.").expect("plain text");
    bencher
        .with_inputs(|| (Kind::Ordinary.facts(count), sources.clone()))
        .bench_local_values(|(facts, sources)| {
            let scanner = Scanner::new(facts);
            let _ = scanner.scan(sources);
            scanner
        });
}

fn main() {
    divan::main();
}
