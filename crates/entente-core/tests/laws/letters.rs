//! Letters between parties: GOOD writes what is its own to say; EVIL signs well whatever it likes.

use std::collections::{BTreeMap, BTreeSet};

use entente_core::*;
use entente_marking::{Label, SchemeId};
use jiff::SignedDuration;

use crate::partner::{arrangement, delivery, now, party, report};
use crate::worlds::dice::Dice;

/// A letter with its sender. Its number is its id: no two letters share one.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) from: &'static str,
    pub(crate) number: usize,
    pub(crate) message: Message,
}

const MARKS: [&str; 5] = [
    "(TLP:CLEAR)",
    "(TLP:GREEN)",
    "(TLP:AMBER)",
    "(TLP:AMBER+STRICT)",
    "(TLP:RED)",
];
/// Reports by author: R and OWN are there from the beginning, UNSEEN never comes.
const OF_GOOD: [&str; 3] = ["R", "G1", "G2"];
const OF_EVIL: [&str; 2] = ["E1", "E2"];
const ALL: [&str; 7] = ["R", "G1", "G2", "E1", "E2", "OWN", "UNSEEN"];
pub(crate) const ARRANGEMENTS: [(&str, &[&str]); 3] = [
    ("A", &["HOME", "GOOD"]),
    ("B", &["HOME", "EVIL"]),
    ("C", &["HOME", "GOOD", "EVIL"]),
];

fn reference(report: &str, version: u32, portion: &str) -> PortionRef {
    PortionRef {
        report: ReportId::new(report).unwrap(),
        version,
        portion: PortionId::new(portion).unwrap(),
    }
}

fn parties(dice: &mut Dice) -> BTreeSet<PartyPath> {
    let all = ["HOME", "GOOD", "EVIL", "THIRD"];
    all.iter().filter(|_| dice.one_in(2)).map(|name| party(name)).collect()
}

/// Letters of both, with ids from the same small pools: what can be mixed up, is.
pub(crate) fn letters(dice: &mut Dice, count: usize) -> Vec<Letter> {
    let mut all = Vec::new();
    for number in 0..count {
        let from = if dice.one_in(2) { "GOOD" } else { "EVIL" };
        let message = match from {
            "GOOD" => honest(dice),
            _ => lie(dice),
        };
        all.push(Letter { from, number, message });
    }
    all
}

/// A report of an author. What it says follows from id and version, as with anyone who writes a version once.
fn written(author: &str, id: &str, version: u32) -> Report {
    let mut fixed = Dice(id.bytes().map(u64::from).sum::<u64>() * 97 + u64::from(version));
    let mut all = report(id, author, &format!("{id} v{version}"));
    all.version = version;
    let count = 1 + fixed.roll(2);
    let first = all.portions[0].clone();
    all.portions = (1..=count)
        .map(|n| {
            let mut portion = first.clone();
            portion.id = PortionId::new(format!("p{n}")).unwrap();
            portion.mark = (*fixed.pick(&MARKS)).to_owned();
            let mut origin = Origin {
                recipients: parties(&mut fixed),
                ..Origin::default()
            };
            let (terms, _) = fixed.pick(&ARRANGEMENTS);
            origin
                .arrangements
                .extend(fixed.one_in(2).then(|| ArrangementId::new(*terms).unwrap()));
            portion.lineage = Lineage::of(party(author), origin);
            // It may rest on a report that everybody here holds.
            if fixed.one_in(3) {
                let (base, of) = *fixed.pick(&[("R", "GOOD"), ("OWN", "HOME"), ("UNSEEN", "THIRD")]);
                let theirs = Origin {
                    from: BTreeSet::from([reference(base, 1, "p1")]),
                    recipients: parties(&mut fixed),
                    ..Origin::default()
                };
                portion.lineage = portion.lineage.combine(&Lineage::of(party(of), theirs));
            }
            portion
        })
        .collect();
    all
}

fn honest(dice: &mut Dice) -> Message {
    match dice.roll(12) {
        7 => narrowing(dice, "GOOD"),
        8 => lifted(dice),
        9 => retracted(dice),
        10 => given_up(),
        11 => Message::Embargo(embargo(dice, "GOOD", &OF_GOOD)),
        0..=2 => {
            let (id, version) = (*dice.pick(&OF_GOOD[1..]), 1 + u32::try_from(dice.roll(2)).unwrap());
            delivery(&written("GOOD", id, version), "GOOD", "HOME")
        }
        3 => consented(consent(dice, "GOOD", &OF_GOOD)),
        4 => withdrawal(dice),
        5 => Message::Recall(recall(dice, "GOOD", &OF_GOOD)),
        6 => Message::Arrangement(word(dice, "GOOD")),
        _ => told(dice, "GOOD"),
    }
}

fn lie(dice: &mut Dice) -> Message {
    match dice.roll(14) {
        8 => narrowing(dice, "EVIL"),
        9 => lifted(dice),
        10 => retracted(dice),
        11 => given_up(),
        12 => {
            let word = embargo(dice, "EVIL", &ALL);
            Message::Embargo(Embargo {
                by: party(dice.name(&["EVIL", "EVIL", "GOOD", "HOME"])),
                ..word
            })
        }
        0..=2 => false_report(dice),
        3 => {
            let given = consent(dice, "EVIL", &ALL);
            let originator = *dice.pick(&["EVIL", "EVIL", "GOOD", "HOME"]);
            consented(Consent {
                originator: party(originator),
                ..given
            })
        }
        4 => withdrawal(dice),
        5 => {
            let ordered = recall(dice, "EVIL", &ALL);
            Message::Recall(Recall {
                originator: party(dice.name(&["EVIL", "EVIL", "GOOD"])),
                ..ordered
            })
        }
        6 => Message::Arrangement(false_terms(dice)),
        7 => about_keys(dice),
        _ => told(dice, "EVIL"),
    }
}

/// A report with lineage as it suits its author: originators left out or made up, terms of others restated, marks with
/// another meaning, the id or the text of another's.
fn false_report(dice: &mut Dice) -> Message {
    let others = dice.one_in(4);
    let id = *dice.pick(if others { &["R", "OWN"] } else { &OF_EVIL });
    let mut all = written("EVIL", id, 1 + u32::try_from(dice.roll(3)).unwrap());
    for portion in &mut all.portions {
        if dice.one_in(2) {
            let base = reference(dice.name(&ALL), 1, dice.name(&["p1", "p2"]));
            let origin = Origin {
                from: BTreeSet::from([base]),
                recipients: parties(dice),
                arrangements: BTreeSet::from([ArrangementId::new(*dice.pick(&["A", "B", "C", "PLANTED"])).unwrap()]),
                ..Origin::default()
            };
            let named = party(dice.name(&["EVIL", "GOOD", "HOME", "THIRD"]));
            portion.lineage = portion.lineage.combine(&Lineage::of(named, origin));
        }
        if dice.one_in(6) {
            portion.lineage = Lineage::of(party(dice.name(&["GOOD", "HOME"])), Origin::default());
        }
        portion.tear_line = dice.one_in(4);
        portion.label = Label::unrestricted();
    }
    all.originator = party(dice.name(&["EVIL", "EVIL", "EVIL", "GOOD"]));
    let Message::Delivery { report, delivery, .. } = delivery(&all, "EVIL", "HOME") else {
        unreachable!("it is a delivery")
    };
    Message::Delivery {
        report,
        delivery,
        part: Part::default(),
        arrangements: if dice.one_in(3) {
            vec![false_terms(dice)]
        } else {
            Vec::new()
        },
    }
}

fn consented(consent: Consent) -> Message {
    Message::Answer {
        consents: vec![consent],
        refusals: Vec::new(),
        substitutes: Vec::new(),
        exposures: Vec::new(),
    }
}

fn consent(dice: &mut Dice, by: &str, reports: &[&str]) -> Consent {
    let n = dice.roll(3);
    // What is consented to follows from the id, as with anyone who gives a consent once.
    let mut fixed = Dice(n as u64 * 31 + by.len() as u64 * 7 + u64::from(by.as_bytes()[0]));
    let id = *fixed.pick(reports);
    Consent {
        originator: party(by),
        report: ReportId::new(id).unwrap(),
        portions: BTreeSet::from([reference(id, 1, "p1")]),
        standing: fixed.one_in(2),
        id: ConsentId::new(format!("con-{n}")).unwrap(),
        ..crate::partner::consent(by, None)
    }
}

fn withdrawal(dice: &mut Dice) -> Message {
    Message::Withdrawal {
        consent: ConsentId::new(format!("con-{}", dice.roll(3))).unwrap(),
        at: now() + SignedDuration::from_hours(1000),
        reason: String::new(),
    }
}

/// A part of a consent is taken away; what follows from whose it is and its name.
fn narrowing(dice: &mut Dice, by: &str) -> Message {
    let n = dice.roll(3);
    let mut cut = Cut::default();
    match (n + by.len()) % 2 {
        0 => drop(cut.persons.insert(PersonId::new("THIRD/reader").unwrap())),
        _ => drop(cut.portions.insert(PortionId::new("p1").unwrap())),
    }
    Message::Narrowing {
        consent: ConsentId::new(format!("con-{n}")).unwrap(),
        cut,
        at: now() + SignedDuration::from_hours(1000),
        reason: String::new(),
    }
}

fn lifted(dice: &mut Dice) -> Message {
    Message::RecallLifted {
        recall: RecallId::new(format!("rec-{}", dice.roll(3))).unwrap(),
        at: now(),
        reason: String::new(),
    }
}

fn retracted(dice: &mut Dice) -> Message {
    Message::Retracted {
        request: RequestId::new(format!("req-{}", dice.roll(2))).unwrap(),
        at: now(),
        reason: String::new(),
    }
}

fn given_up() -> Message {
    Message::GivenUp {
        report: ReportId::new("OWN").unwrap(),
        at: now(),
        statement: String::new(),
    }
}

/// A party's word about an embargo; its number says which it is.
fn embargo(dice: &mut Dice, by: &str, reports: &[&str]) -> Embargo {
    let revision = 1 + dice.roll(4) as u64;
    Embargo {
        by: party(by),
        report: ReportId::new(*dice.pick(reports)).unwrap(),
        portion: dice.one_in(2).then(|| PortionId::new("p1").unwrap()),
        handed_on: false,
        revision,
        until: (!revision.is_multiple_of(3))
            .then(|| now() + SignedDuration::from_hours(i64::try_from(revision).unwrap())),
        broken: BTreeMap::new(),
        reason: String::new(),
        at: now(),
    }
}

fn recall(dice: &mut Dice, by: &str, reports: &[&str]) -> Recall {
    let n = dice.roll(3);
    let mut fixed = Dice(n as u64 * 17 + u64::from(by.as_bytes()[0]));
    Recall {
        id: RecallId::new(format!("rec-{n}")).unwrap(),
        originator: party(by),
        report: ReportId::new(*fixed.pick(reports)).unwrap(),
        version: *fixed.pick(&[1, 2, u32::MAX]),
        action: fixed
            .pick(&[RecallAction::Purge, RecallAction::RetainHide, RecallAction::RetainWarn])
            .clone(),
        reason: String::new(),
        ordered: now(),
        holders: BTreeMap::from([(party("HOME"), None)]),
        scope: Scope::default(),
    }
}

/// A party's own word about an arrangement; its number says which it is.
fn word(dice: &mut Dice, by: &str) -> Arrangement {
    let (id, _) = *dice.pick(&[ARRANGEMENTS[0], ARRANGEMENTS[2]]);
    let revision = 1 + dice.roll(5) as u64;
    let status = match revision % 2 {
        0 => ArrangementStatus::Active,
        _ => ArrangementStatus::Suspended {
            by: party(by),
            reason: String::new(),
        },
    };
    let said = Word {
        status: status.clone(),
        revision,
        at: Some(now()),
    };
    let terms = ARRANGEMENTS.iter().find(|(known, _)| *known == id).unwrap().1;
    Arrangement {
        parties: terms.iter().map(|name| party(name)).collect(),
        status,
        status_set: said.at,
        words: BTreeMap::from([(party(by), said)]),
        onward: Onward::Members,
        ..arrangement(id, ["HOME", "GOOD"])
    }
}

/// Terms as they suit whoever states them: laxer, stricter, with more parties, in another's name.
fn false_terms(dice: &mut Dice) -> Arrangement {
    let by = *dice.pick(&["EVIL", "GOOD", "HOME"]);
    let mut told = word(dice, by);
    told.id = ArrangementId::new(*dice.pick(&["A", "B", "C", "PLANTED"])).unwrap();
    told.onward = *dice.pick(&[Onward::Free, Onward::Members, Onward::Consent]);
    told.need_to_know = dice.one_in(3);
    told.parties.extend(parties(dice));
    told
}

fn about_keys(dice: &mut Dice) -> Message {
    match dice.one_in(2) {
        true => Message::KeyCompromised {
            key: "K-GOOD".to_owned(),
            from: now(),
        },
        false => Message::KeySuccession(Succession {
            party: party(dice.name(&["GOOD", "HOME"])),
            from: "K-GOOD".to_owned(),
            to: "K-EVIL".to_owned(),
            recipient: "for EVIL".to_owned(),
            at: now(),
            note: String::new(),
        }),
    }
}

/// What a party tells or asks about HOME's report, under names that the other uses too.
fn told(dice: &mut Dice, by: &str) -> Message {
    let n = dice.roll(2);
    let portions = BTreeSet::from([PortionId::new("p1").unwrap()]);
    let report = ReportId::new("OWN").unwrap();
    match dice.roll(3) {
        0 => Message::Request(Request {
            id: RequestId::new(format!("req-{n}")).unwrap(),
            from: party(by),
            to: party("HOME"),
            report,
            version: 1,
            portions,
            audience: vec![Person::outsider(PersonId::new("THIRD/reader").unwrap(), party("THIRD"))],
            purpose: None,
            reason: format!("{by} {n}"),
            change: String::new(),
            carried: Carried::default(),
            opened: now(),
            needed_by: None,
        }),
        1 => Message::Notice(Notice::Disclosure(Disclosure {
            id: DisclosureId::new(format!("dis-{n}")).unwrap(),
            report,
            version: 1,
            portions,
            audience: BTreeSet::from([PersonId::new(format!("{by}/reader")).unwrap()]),
            route: Route::Said,
            by: None,
            learned: Vec::new(),
            permitted: BTreeMap::new(),
            recorded: None,
            lawful: Lawful::Undetermined,
            under: None,
            reviewed_by: None,
            briefing: None,
            at: now(),
        })),
        _ => Message::Incident(incident::IncidentNotice {
            incident: IncidentId::new(format!("inc-{n}")).unwrap(),
            why: BTreeSet::new(),
            portions: BTreeSet::from([reference("R", 1, "p1")]),
            at: now(),
            acknowledged: None,
        }),
    }
}

pub(crate) fn scheme() -> SchemeId {
    SchemeId::new("tlp")
}
