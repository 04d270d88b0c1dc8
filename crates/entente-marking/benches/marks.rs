//! Marks checked, rolled up, and NATO's policy loaded, each beside a plain peer over the same input: `cargo bench -p entente-marking`.
//!
//! The marks are 5,000 different ones, put together at random from the Register's words; one in ten is faulty, as typed marks
//! are. The peer of a check is a regular expression of the same grammar, which says whether the shape fits and nothing of what
//! the words mean, what they exclude, or who may read the text.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark that cannot begin may stop")]

use std::collections::BTreeSet;

use divan::Bencher;
use divan::counter::ItemsCount;
use entente_marking::spif::Policy;
use entente_marking::us::UsIc;
use entente_marking::{MarkKind, Scheme};
use regex::Regex;

/// Different marks.
const MARKS: usize = 5_000;
/// Portions of the list that is rolled up.
const PORTIONS: usize = 100_000;
/// Its policy as it is shipped.
const NATO: &str = include_str!("../policies/nato.spif.xml");

/// A small linear congruential generator (Knuth's MMIX constants): the same input in every run.
struct Random(u64);

impl Random {
    fn pick<'p>(&mut self, of: &[&'p str]) -> &'p str {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        of[usize::try_from(self.0 >> 33).unwrap_or(0) % of.len()]
    }

    /// One portion mark; some combinations are against the rules.
    fn mark(&mut self) -> String {
        let class = self.pick(&["TS", "S", "S", "S", "C", "U"]);
        let systems = [
            "",
            "",
            "SI",
            "TK",
            "SI/TK",
            "HCS-P",
            "SI-ABC",
            "SI-ABC DEF/TK",
            "TK-BLFH",
            "SI/TK-KAND",
        ];
        let owners = ["", "", "", "FGI", "FGI CAN", "FGI DEU GBR", "FGI NATO", "FGI JPN"];
        let lists = [
            "NF",
            "NF",
            "REL",
            "REL TO USA, GBR",
            "REL TO USA, CAN, GBR",
            "REL TO USA, FVEY",
            "REL TO USA, ACGU",
            "REL TO USA, JPN, NZL",
            "REL TO USA, AUS, NATO",
            "REL TO USA, CAN, DEU",
            "RELIDO",
            "DISPLAY ONLY AFG, IRQ",
            "REL TO USA, DEU, FRA",
            "REL TO USA, ISR",
            "REL TO USA, NOR, SWE",
        ];
        let words = [
            "", "", "OC", "OC-USGOV", "IMC", "RS", "PR", "FISA", "DSEN", "RS/PR", "OC/IMC",
        ];
        let others = ["", "", "", "LES", "SSI", "XD", "ND", "LES-NF", "LES//SSI"];
        let (word, list) = (self.pick(&words), self.pick(&lists));
        let parts = [
            self.pick(&systems).to_owned(),
            self.pick(&owners).to_owned(),
            [word, list]
                .iter()
                .filter(|part| !part.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join("/"),
            self.pick(&others).to_owned(),
        ];
        let parts = parts
            .iter()
            .filter(|part| !part.is_empty())
            .map(|part| format!("//{part}"));
        format!("({class}{})", parts.collect::<String>())
    }
}

/// 5,000 different marks, nine in ten of them valid.
fn marks() -> Vec<String> {
    let (scheme, mut random) = (UsIc::ic_2016(), Random(1));
    let (mut valid, mut faulty) = (BTreeSet::new(), BTreeSet::new());
    while valid.len() < MARKS * 9 / 10 || faulty.len() < MARKS / 10 {
        let mark = random.mark();
        match scheme.check(&mark, MarkKind::Portion, None).is_valid() {
            true if valid.len() < MARKS * 9 / 10 => valid.insert(mark),
            false if faulty.len() < MARKS / 10 => faulty.insert(mark),
            _ => false,
        };
    }
    valid.into_iter().chain(faulty).collect()
}

/// A list of portions in which every valid mark stands, in no order.
fn portions() -> Vec<String> {
    let (scheme, marks, mut random) = (UsIc::ic_2016(), marks(), Random(3));
    let valid: Vec<&str> = marks
        .iter()
        .map(String::as_str)
        .filter(|mark| scheme.check(mark, MarkKind::Portion, None).is_valid())
        .collect();
    // Made up to 5,000 different ones by release lists of their own.
    let codes = [
        "ARE", "BEL", "CZE", "DNK", "ESP", "FIN", "GRC", "HUN", "IRL", "ITA", "KOR", "LTU", "MEX", "NLD", "PRT", "POL",
        "ROU", "SVK", "SVN", "SWE", "THA", "TUR", "UKR", "ZAF", "EGY", "EST", "FRA", "HRV", "IND", "ISL", "KEN", "LVA",
        "MYS",
    ];
    let more = codes.iter().flat_map(|one| {
        codes
            .iter()
            .filter(move |other| *other > one)
            .map(move |other| format!("(S//REL TO USA, {one}, {other})"))
    });
    let all: Vec<String> = valid.iter().map(|mark| (*mark).to_owned()).chain(more).collect();
    let mut first: Vec<String> = all.clone();
    let of: Vec<&str> = all.iter().map(String::as_str).collect();
    first.extend((all.len()..PORTIONS).map(|_| random.pick(&of).to_owned()));
    first
}

#[divan::bench]
fn checked(bencher: Bencher<'_, '_>) {
    let (scheme, marks) = (UsIc::ic_2016(), marks());
    bencher.counter(ItemsCount::new(marks.len())).bench_local(|| {
        marks
            .iter()
            .filter(|mark| scheme.check(mark, MarkKind::Portion, None).is_valid())
            .count()
    });
}

#[divan::bench]
fn checked_by_a_regular_expression(bencher: Bencher<'_, '_>) {
    let code = "[A-Z]{3,4}";
    let list = format!("(?:REL(?: TO USA(?:, {code})+)?|NF|RELIDO|DISPLAY ONLY {code}(?:, {code})*)");
    let word = "(?:OC-USGOV|OC|IMC|RS|PR|FISA|DSEN)";
    let system = "(?:SI|TK|HCS)(?:-[A-Z]{1,4}(?: [A-Z]{1,4})*)?";
    let shape = format!(
        r"^\((?<class>TS|S|C|U)(?://(?<sci>{system}(?:/{system})*))?(?://(?<fgi>FGI(?: {code})*))?(?://(?<dissem>(?:{word}/)*(?:{word}|{list})))?(?://(?<other>(?:LES-NF|LES|SSI|XD|ND)(?://(?:SSI))?))?\)$"
    );
    let (shape, marks) = (Regex::new(&shape).unwrap(), marks());
    bencher
        .counter(ItemsCount::new(marks.len()))
        .bench_local(|| marks.iter().filter_map(|mark| shape.captures(mark)).count());
}

#[divan::bench(sample_count = 20)]
fn rolled_up(bencher: Bencher<'_, '_>) {
    let (scheme, all) = (UsIc::ic_2016(), portions());
    let portions: Vec<&str> = all.iter().map(String::as_str).collect();
    bencher
        .counter(ItemsCount::new(portions.len()))
        .bench_local(|| scheme.rollup(&portions, None).banner);
}

#[divan::bench]
fn nato_loaded() -> Policy {
    Policy::from_xml(NATO).unwrap()
}

/// The peer of the load: the same file as a tree of elements, not yet checked or understood.
#[divan::bench]
fn nato_as_xml_alone() -> usize {
    roxmltree::Document::parse(NATO).unwrap().descendants().count()
}

fn main() {
    let (marks, all) = (marks(), portions());
    let different: BTreeSet<&String> = all.iter().collect();
    println!(
        "{} different marks, {} portions of {} different marks",
        marks.len(),
        all.len(),
        different.len()
    );
    divan::main();
}
