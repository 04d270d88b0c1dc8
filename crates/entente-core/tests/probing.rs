//! A partner that asks and asks again about a protected source learns a bounded number of single words.

use std::collections::BTreeSet;

use entente_core::decide::NoGuards;
use entente_core::exposure::{Band, Threshold};
use entente_core::handle::{Context, MAX_QUESTIONS, handle};
use entente_core::*;
use entente_marking::{Groups, Label, SchemeId};
use jiff::Timestamp;

/// Candidates by eight attributes that are each true or false; the first is the source.
fn register(rows: &[u8]) -> String {
    let candidates = rows.iter().enumerate().map(|(n, row)| {
        let bits = (0..8)
            .map(|bit| format!("\"a{bit}\": {}", row >> bit & 1 == 1))
            .collect::<Vec<_>>();
        format!("{{\"id\": \"S{n}\", {}}}", bits.join(", "))
    });
    format!(
        "{{\"candidates\": [{}], \"true\": \"S0\"}}",
        candidates.collect::<Vec<_>>().join(", ")
    )
}

fn party(text: &str) -> PartyPath {
    PartyPath::new(text).unwrap()
}

fn portion(n: usize) -> PortionId {
    PortionId::new(format!("p{n}")).unwrap()
}

struct Originator {
    state: State,
    now: Timestamp,
    asked: usize,
}

impl Originator {
    /// Eight portions; each tells one attribute of the source.
    fn new(rows: &[u8]) -> Self {
        let origin = Origin {
            recipients: BTreeSet::from([party("PARTNER")]),
            ..Origin::default()
        };
        let id = ReportId::new("R").unwrap();
        let report = Report {
            id: id.clone(),
            version: 1,
            title: String::new().into(),
            originator: party("HOME"),
            scheme: SchemeId::new("tlp"),
            profile: "2.0".to_owned(),
            created: Timestamp::UNIX_EPOCH,
            expires: None,
            existence_protected: false,
            portions: (0..8)
                .map(|n| Portion {
                    id: portion(n),
                    mark: "(TLP:CLEAR)".to_owned(),
                    label: Label::unrestricted(),
                    text: format!("statement {n}"),
                    lineage: Lineage::of(party("HOME"), origin.clone()),
                    tear_line: false,
                })
                .collect(),
        };
        let mut state = State {
            home: Some(party("HOME")),
            ..State::default()
        };
        state.apply(&Event::ReportAdded(report));
        let facts = (0..8).map(|n| Fact {
            id: FactId::new(format!("p{n}.1")).unwrap(),
            portion: portion(n),
            text: format!("statement {n}"),
            slots: Vec::new(),
            values: Vec::new(),
            reveals: Some(format!("a{n} = {}", rows[0] >> n & 1 == 1)),
            growth: Growth::default(),
        });
        state.apply(&Event::FactsSet {
            report: id.clone(),
            facts: facts.collect(),
        });
        let mut new = Self {
            state,
            now: Timestamp::UNIX_EPOCH,
            asked: 0,
        };
        new.run(Command::ProtectSource {
            id: SourceId::new("src").unwrap(),
            register: register(rows),
            threshold: Threshold::new(4, 0.4).unwrap(),
            reports: BTreeSet::from([id]),
        });
        new
    }

    fn run(&mut self, command: Command) -> Decided {
        let groups = Groups::default();
        let guard = SourceGuard::new(&self.state);
        let context = Context {
            now: self.now,
            groups: &groups,
            schemes: entente_marking::builtin::schemes(),
            policy: &NoGuards,
            exposure: &guard,
        };
        let decided = handle(&self.state, command, &context).unwrap();
        for event in &decided.events {
            self.state.apply(event);
        }
        decided
    }

    fn put(&mut self, portions: u8, person: &str) -> RequestId {
        self.asked += 1;
        let id = RequestId::new(format!("req-{}", self.asked)).unwrap();
        let person = PersonId::new(person).unwrap();
        self.state.apply(&Event::RequestReceived(Request {
            carried: Carried::default(),
            id: id.clone(),
            from: party("PARTNER"),
            to: party("HOME"),
            report: ReportId::new("R").unwrap(),
            version: 1,
            portions: (0..8).filter(|n| portions >> n & 1 == 1).map(portion).collect(),
            audience: vec![Person::outsider(person.clone(), person.party().unwrap())],
            purpose: None,
            reason: String::new(),
            opened: self.now,
            change: String::new(),
            needed_by: None,
        }));
        id
    }

    /// The answer, and the message as it leaves.
    fn answer(&mut self, request: &RequestId) -> (Band, String) {
        let decided = self.run(Command::AnswerExposure {
            request: request.clone().into(),
        });
        let (_, message) = decided.messages.into_iter().next().unwrap();
        let text = serde_json::to_string(&message).unwrap();
        let Message::Answer { exposures, .. } = message else {
            panic!("{text}")
        };
        (exposures[0].band, text)
    }

    fn ask(&mut self, portions: u8, person: &str) -> Band {
        let request = self.put(portions, person);
        self.answer(&request).0
    }
}

/// Sixteen candidates that differ from the source here and there.
const ROWS: [u8; 16] = [
    0b1011_0010,
    0b1011_0000,
    0b1111_0010,
    0b0011_0010,
    0b1001_0010,
    0b1010_0011,
    0b1011_1010,
    0b0000_0010,
    0b1111_1111,
    0b0101_0101,
    0b1011_0110,
    0b0010_0010,
    0b1000_0000,
    0b0000_0000,
    0b1011_0011,
    0b1111_0000,
];

#[test]
fn the_same_question_has_the_same_answer_for_ever() {
    let mut home = Originator::new(&ROWS);
    for portions in [0b0000_0001, 0b1111_1111] {
        let first = home.put(portions, "VISITOR/a");
        let band = home.answer(&first).0;
        for _ in 0..40 {
            assert_eq!(home.answer(&first).0, band);
        }
    }
    let narrow = home.ask(0b1111_1111, "VISITOR/a");
    assert_eq!(narrow, Band::Narrows);
}

#[test]
fn what_narrowed_once_narrows_for_ever_and_so_does_every_wider_question() {
    let mut home = Originator::new(&ROWS);
    assert_eq!(home.ask(0b0111_1111, "VISITOR/a"), Band::Narrows);
    // No fact reveals anything any more.
    let report = ReportId::new("R").unwrap();
    let facts = home.state.facts.get(&report).unwrap().iter().cloned();
    let facts = facts.map(|fact| Fact { reveals: None, ..fact }).collect();
    home.state.apply(&Event::FactsSet { report, facts });
    assert_eq!(home.ask(0b1111_1111, "VISITOR/a"), Band::Narrows);
    assert_eq!(home.ask(0b0011_1111, "VISITOR/a"), Band::Within, "it is narrower");
}

#[test]
fn an_answer_is_one_word_and_differs_in_nothing_else() {
    let mut home = Originator::new(&ROWS);
    let request = home.put(0b0000_0001, "VISITOR/a");
    let (band, within) = home.answer(&request);
    assert_eq!(band, Band::Within);
    // The same request about a source that is nearly known.
    let mut other = Originator::new(&[ROWS[0], !ROWS[0], !ROWS[0], !ROWS[0], !ROWS[0]]);
    let request = other.put(0b0000_0001, "VISITOR/a");
    let (band, narrows) = other.answer(&request);
    assert_eq!(band, Band::Narrows);
    assert_eq!(within.replace("\"within\"", "\"narrows\""), narrows);
}

#[test]
fn asking_more_than_a_few_things_gives_nothing_more() {
    let mut dice = 7u64;
    let mut home = Originator::new(&ROWS);
    let mut told = Vec::new();
    for n in 0..500 {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let portions = (dice >> 33).to_le_bytes()[0].max(1);
        // Another visitor each time, so that nothing said before counts for the next.
        told.push(home.ask(portions, &format!("VISITOR{n}/a")));
    }
    assert!(
        told[..MAX_QUESTIONS].contains(&Band::Within),
        "the first questions are answered"
    );
    assert!(
        told[MAX_QUESTIONS..].iter().all(|band| *band == Band::Narrows),
        "and no others"
    );
}

#[test]
fn piece_by_piece_is_no_way_round() {
    let mut home = Originator::new(&ROWS);
    // What one may have been told counts for the next question, so that pieces add up.
    let pieces: Vec<Band> = (0..8).map(|n| home.ask(1 << n, "VISITOR/a")).collect();
    assert!(pieces.contains(&Band::Narrows), "{pieces:?}");
    // A colleague is taken to know what the first one was told.
    let first = pieces.iter().position(|band| *band == Band::Narrows).unwrap();
    assert_eq!(home.ask(1 << first, "VISITOR/b"), Band::Narrows);
    // A wider question than one that was denied is denied.
    assert_eq!(home.ask(0b1111_1111, "VISITOR/a"), Band::Narrows);
}
