//! The law of the life: over random histories of what becomes of consents, persons, marks and terms, in any order of arrival
//! at each party, every party that has received all messages permits just what the slow twin of the union permits: no party
//! more, and no permission has a gap that nobody ended.
//!
//! The twin knows nothing of states and events: it is a list of what each party did, in order, read as one would say it.
//! `ENTENTE_WORLDS=10000` tries a tenth as many histories, `ENTENTE_SEED=17` history 17 alone.

mod twin;

use crate::world;
use crate::worlds::dice;

use std::collections::{BTreeMap, BTreeSet};

use dice::Dice;
use entente_core::decide::{NoGuards, outcomes};
use entente_core::handle::Handover;
use entente_core::*;
use entente_marking::builtin::groups;
use entente_marking::{Entity, Purpose};
use jiff::{SignedDuration, Timestamp};
use twin::Twin;
use world::{Letter, World, party, person, report};

const HOMES: [&str; 3] = ["USA", "GBR", "FRA"];
const PERSONS: [&str; 3] = ["JOR/colonel", "JOR/major", "CHL/visitor"];
const PORTIONS: [&str; 3] = ["plan", "who", "when"];
const PURPOSES: [&str; 2] = ["warning", "interdiction"];

/// A history that is being made.
struct History {
    world: World,
    twin: Twin,
    dice: Dice,
    done: BTreeMap<&'static str, usize>,
    number: usize,
}

impl History {
    fn begun(seed: u64) -> Self {
        let mut world = World::of(&HOMES);
        world.agree(&HOMES, Onward::Free);
        let mut history = Self {
            world,
            twin: Twin::default(),
            dice: Dice(seed),
            done: BTreeMap::new(),
            number: 0,
        };
        for home in HOMES {
            for path in ["JOR", "CHL"] {
                let known = Party {
                    path: party(path),
                    name: String::new(),
                    client_of: BTreeSet::new(),
                    signing_keys: vec![],
                    recipient: None,
                };
                history.world.run(home, Command::SetParty(known));
            }
            for who in PERSONS {
                history.world.cleared(home, who);
            }
        }
        history.write(&BTreeMap::from(PORTIONS.map(|id| (id, 0))));
        history.post();
        history
    }

    fn id(&mut self, kind: &str) -> String {
        self.number += 1;
        format!("{kind}-{}", self.number)
    }

    /// A version of the report, which both holders get.
    fn write(&mut self, words: &BTreeMap<&'static str, usize>) {
        let portions = words.iter().map(|(id, words)| {
            let level = if self.twin.raised.contains(*id) { "TS" } else { "S" };
            format!("({level}//OC/REL TO USA, FRA, GBR) Words {words} of {id}. {{#{id}}}\n\n")
        });
        let text = format!(
            "---\nid: R\nscheme: us-ic\narrangements: [A-1]\n---\n{}",
            portions.collect::<String>()
        );
        self.world.write("USA", &text);
        self.twin.words.push(words.clone());
        for home in &HOMES[1..] {
            self.world
                .run("USA", Command::HandOver(Handover::of(report("R"), party(home))));
        }
    }

    /// Does something, if it can be done, and tells the twin.
    fn does(&mut self, what: &'static str, home: &str, command: Command) {
        if let Ok(decided) = self.world.try_run(home, command) {
            decided.events.iter().for_each(|event| self.twin.hear(home, event));
            *self.done.entry(what).or_default() += 1;
        }
    }

    fn home(&mut self) -> &'static str {
        self.dice.name(&HOMES)
    }

    fn holder(&mut self) -> &'static str {
        self.dice.name(&HOMES[1..])
    }

    fn soon(&mut self) -> Timestamp {
        let minutes = 15 + 15 * i64::try_from(self.dice.roll(30)).unwrap();
        self.world.now + SignedDuration::from_mins(minutes)
    }

    fn some(&mut self, list: &[&str]) -> BTreeSet<PortionId> {
        let list: Vec<PortionId> = list.iter().map(|id| PortionId::new(*id).unwrap()).collect();
        self.dice.some(&list, 2)
    }

    fn terms(&mut self) -> Terms {
        let purposes: BTreeSet<Purpose> = self.dice.some(&PURPOSES.map(Purpose::new), 2);
        Terms {
            purposes: Some(purposes).filter(|all| !all.is_empty()),
            ends: self.dice.one_in(2).then(|| self.soon()),
            not_before: self.dice.one_in(5).then(|| self.soon()),
            standing: self.dice.one_in(3),
            ..Terms::default()
        }
    }

    fn consent(&mut self) -> Option<ConsentId> {
        let all: Vec<ConsentId> = self
            .twin
            .consents
            .keys()
            .map(|id| ConsentId::new(id.clone()).unwrap())
            .collect();
        (!all.is_empty()).then(|| self.dice.pick(&all).clone())
    }

    fn asks(&mut self) {
        let (home, id) = (self.holder(), self.id("req"));
        let audience = self.dice.some(&PERSONS.map(person), 2);
        let portions = Some(self.some(&PORTIONS)).filter(|all| !all.is_empty());
        let command = Command::OpenRequest {
            id: RequestId::new(id).unwrap(),
            report: report("R"),
            portions: portions.map(|all| all.into_iter().collect()),
            audience,
            purpose: Some(Purpose::new(self.dice.name(&PURPOSES))),
            reason: String::new(),
            change: format!("asked at {}", self.world.now),
            needed_by: None,
        };
        self.does("request", home, command);
    }

    fn answers(&mut self) {
        let open = self
            .world
            .state("USA")
            .requests
            .iter()
            .filter(|(_, case)| case.is_open());
        let open: Vec<(Called<RequestId>, Vec<PortionId>)> = open
            .map(|(id, case)| (id.clone().into(), case.open_portions().cloned().collect()))
            .collect();
        if open.is_empty() {
            return;
        }
        let (request, asked) = self.dice.pick(&open).clone();
        let portions = self.dice.some(&asked, 2);
        let portions = Some(portions).filter(|all| !all.is_empty());
        if self.dice.one_in(6) {
            let reason = String::new();
            return self.does(
                "refusal",
                "USA",
                Command::Refuse {
                    request,
                    portions,
                    reason,
                },
            );
        }
        let (id, terms) = (self.id("con"), self.terms());
        let id = ConsentId::new(id).unwrap();
        self.does(
            "grant",
            "USA",
            Command::Grant {
                id,
                request,
                portions,
                terms,
            },
        );
    }

    fn retracts(&mut self) {
        let home = self.holder();
        let own = self.world.state(home).requests.keys().next_back().cloned();
        if let Some(request) = own {
            let (request, reason) = (request.into(), String::new());
            self.does("retraction", home, Command::RetractRequest { request, reason });
        }
    }

    fn narrows(&mut self) {
        let Some(consent) = self.consent() else { return };
        let mut cut = Cut::default();
        match self.dice.roll(3) {
            0 => cut.persons = [person(self.dice.name(&PERSONS))].into(),
            1 => cut.portions = [PortionId::new(self.dice.name(&PORTIONS)).unwrap()].into(),
            _ => cut.purposes = [Purpose::new(self.dice.name(&PURPOSES))].into(),
        }
        let (consent, reason) = (consent.into(), String::new());
        self.does("narrowing", "USA", Command::NarrowConsent { consent, cut, reason });
    }

    fn renews(&mut self) {
        let Some(consent) = self.consent() else { return };
        let (id, terms) = (ConsentId::new(self.id("con")).unwrap(), self.terms());
        let consent = consent.into();
        self.does("renewal", "USA", Command::RenewConsent { id, consent, terms });
    }

    fn withdraws(&mut self) {
        let Some(consent) = self.consent() else { return };
        let (consent, reason) = (consent.into(), String::new());
        self.does("withdrawal", "USA", Command::WithdrawConsent { consent, reason });
    }

    fn changes_a_person(&mut self) {
        let (home, who) = (self.home(), person(self.dice.name(&PERSONS)));
        let mut known = self.world.state(home).persons[&who].clone();
        match self.dice.roll(3) {
            0 => known.disabled = !known.disabled,
            _ if known.citizenships.len() > 1 => drop(known.citizenships.remove(&Entity::new("PRK"))),
            _ => drop(known.citizenships.insert(Entity::new("PRK"))),
        }
        known
            .clearances
            .values_mut()
            .for_each(|level| level.name = "TS".to_owned());
        self.does("person", home, Command::SetPerson(known));
    }

    fn changes_terms(&mut self) {
        let (home, id) = (self.home(), ArrangementId::new("A-1").unwrap());
        if self.dice.one_in(5) {
            let known = self.world.state(home).arrangements[&id].clone();
            let purposes = [Purpose::new("warning")].into();
            let arrangement = Arrangement {
                purposes: Some(purposes),
                ..known
            };
            let agreed = false;
            return self.does("terms", home, Command::SetArrangement { arrangement, agreed });
        }
        let by = party(home);
        let status = match self.dice.roll(3) {
            0 => ArrangementStatus::Suspended {
                by,
                reason: String::new(),
            },
            _ => ArrangementStatus::Active,
        };
        self.does("status", home, Command::SetArrangementStatus { id, status });
    }

    fn changes_a_mark_or_words(&mut self) {
        if self
            .world
            .state("USA")
            .recall_of(&report("R"), u32::try_from(self.twin.words.len()).unwrap())
            .is_some()
            || !self.twin.suspended.is_empty()
            || !self.twin.recalls.is_empty()
            || self.twin.held.contains("USA")
        {
            return;
        }
        let mut words = self.twin.words.last().unwrap().clone();
        let id = self.dice.name(&PORTIONS);
        match self.dice.one_in(3) {
            true if self.twin.raised.insert(id.to_owned()) => {}
            _ => *words.get_mut(id).unwrap() += 1,
        }
        self.write(&words);
        *self.done.entry("version").or_default() += 1;
    }

    fn holds_back(&mut self) {
        let (until, ends) = (self.soon(), self.dice.one_in(2));
        let portions = if self.dice.one_in(2) {
            self.some(&PORTIONS[..1])
        } else {
            BTreeSet::new()
        };
        let word = EmbargoWord {
            report: report("R"),
            portions,
            until: (!ends).then_some(until),
            reason: String::new(),
        };
        self.does("embargo", "USA", Command::SetEmbargo(word));
    }

    fn recalls(&mut self) {
        if let Some(recall) = self.twin.recalls.keys().next().cloned() {
            let (recall, reason) = (recall.into(), String::new());
            return self.does("lift", "USA", Command::LiftRecall { recall, reason });
        }
        let (id, report, reason) = (RecallId::new(self.id("rec")).unwrap(), report("R"), String::new());
        let action = RecallAction::RetainHide;
        let from = self
            .dice
            .one_in(2)
            .then(|| BTreeSet::from([party(self.dice.name(&HOMES[1..]))]));
        let command = match from {
            Some(from) => Command::RecallFrom {
                id,
                report,
                from,
                action,
                reason,
            },
            None => Command::Recall {
                id,
                report,
                action,
                reason,
            },
        };
        self.does("recall", "USA", command);
    }

    fn holds_or_gives_up(&mut self) {
        let home = self.home();
        let (report, reason) = (report("R"), String::new());
        match self.dice.roll(4) {
            0 => {
                let statement = String::new();
                let home = self.holder();
                self.does("give-up", home, Command::GiveUpCopy { report, statement });
            }
            1 => self.does("hold", home, Command::HoldReport { report, reason }),
            _ => self.does("resume", home, Command::ResumeReport { report }),
        }
    }

    fn step(&mut self) {
        match self.dice.roll(26) {
            0..=4 => self.asks(),
            5..=9 => self.answers(),
            10 => self.retracts(),
            11..=12 => self.narrows(),
            13..=14 => self.renews(),
            15 => self.withdraws(),
            16 => self.changes_a_person(),
            17 => self.changes_terms(),
            18 => self.changes_a_mark_or_words(),
            19 => self.holds_back(),
            20..=21 => self.recalls(),
            22 => self.holds_or_gives_up(),
            _ => self.world.later(20),
        }
        // Some of what is under way arrives in between.
        if !self.world.post.is_empty() && self.dice.one_in(3) {
            let n = self.dice.roll(self.world.post.len());
            let letter = self.world.post.remove(n);
            if self.world.hand(&letter).is_err() {
                self.world.post.push(letter);
            }
        }
    }

    /// Everything arrives, in any order; what cannot be taken in yet comes again.
    fn post(&mut self) {
        let mut refused: Vec<(Letter, String)> = Vec::new();
        loop {
            let letters = std::mem::take(&mut self.world.post);
            let waiting = refused.len() + letters.len();
            let all: Vec<Letter> = refused.drain(..).map(|(letter, _)| letter).chain(letters).collect();
            for letter in self.dice.shuffled(&all) {
                if let Err(refusal) = self.world.hand(&letter) {
                    refused.push((letter, refusal.to_string()));
                }
            }
            if self.world.post.is_empty() && refused.len() == waiting {
                break;
            }
        }
        // A word that a newer one of the same party has overtaken changes nothing.
        refused.retain(|(_, why)| !why.contains("is older than what is recorded here"));
        assert!(
            refused.is_empty(),
            "{:?}",
            refused
                .iter()
                .map(|(l, why)| (l.message.kind(), why))
                .collect::<Vec<_>>()
        );
    }

    fn given_up(&self, home: &str) -> bool {
        let own = self.world.log.iter().filter(|(at, _)| *at == party(home));
        let mut last = own.filter_map(|(_, event)| match event {
            Event::CopyGivenUp { by, .. } => Some(*by == party(home)),
            Event::ReportReceived { .. } => Some(false),
            _ => None,
        });
        last.next_back() == Some(true)
    }

    /// What each party permits, now and as time goes by, is what the twin permits.
    fn check(&self, seed: u64) -> usize {
        let (now, mut open) = (self.world.now, 0);
        for home in HOMES {
            let given_up = self.given_up(home);
            let state = self.world.state(home);
            let snapshot = Snapshot::compile(state, groups(), &[]);
            for minutes in [0, 7, 33, 61, 155, 400] {
                let moment = now + SignedDuration::from_mins(minutes);
                for purpose in PURPOSES {
                    let query = Query {
                        report: &report("R"),
                        version: None,
                        portions: Some(&PORTIONS.map(|id| PortionId::new(id).unwrap())),
                        audience: &PERSONS.map(person),
                        purpose: Some(&Purpose::new(purpose)),
                        moment,
                    };
                    let found = outcomes(&snapshot, &query, &NoGuards, &NoGuards).unwrap();
                    for (n, who) in PERSONS.into_iter().enumerate() {
                        for (p, portion) in PORTIONS.into_iter().enumerate() {
                            let permitted = found.outcome(n, p) == Outcome::Permit;
                            assert_eq!(
                                permitted,
                                self.twin.permits(home, given_up, who, portion, purpose, moment),
                                "history {seed}, {minutes} minutes on: {home} for {who}, {portion}, {purpose}; {:#?}",
                                self.twin
                            );
                            open += usize::from(permitted);
                        }
                    }
                }
            }
        }
        open
    }
}

fn run(seed: u64) -> (usize, BTreeMap<&'static str, usize>) {
    let mut history = History::begun(seed);
    let mut open = 0;
    for _ in 0..4 {
        for _ in 0..6 + history.dice.roll(8) {
            history.step();
        }
        history.world.later(1);
        history.post();
        history.world.later(1);
        open += history.check(seed);
    }
    (open, history.done)
}

#[test]
fn no_party_permits_more_than_the_union_and_no_permission_has_a_gap_that_nobody_ended() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = number("ENTENTE_SEED") {
        run(seed);
        return;
    }
    let histories = number("ENTENTE_WORLDS").map_or(300, |worlds| (worlds / 10).max(40));
    let (mut open, mut done) = (0, BTreeMap::<&str, usize>::new());
    let ran = std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| scope.spawn(move || (half..histories).step_by(2).map(run).collect::<Vec<_>>()));
        halves
            .into_iter()
            .flat_map(|half| half.join().unwrap())
            .collect::<Vec<_>>()
    });
    for (permitted, did) in ran {
        open += permitted;
        did.into_iter()
            .for_each(|(what, count)| *done.entry(what).or_default() += count);
    }
    // Histories in which nothing is permitted, or nothing happens, would show nothing.
    let enough = usize::try_from(histories).unwrap();
    assert!(open > enough * 20, "{open} permissions in {histories} histories");
    for what in [
        "request",
        "grant",
        "refusal",
        "retraction",
        "narrowing",
        "renewal",
        "withdrawal",
        "person",
        "status",
        "terms",
        "version",
        "embargo",
        "recall",
        "lift",
        "hold",
        "give-up",
    ] {
        assert!(
            done.get(what).is_some_and(|count| *count * 20 > enough),
            "{what}: {done:?}"
        );
    }
}
