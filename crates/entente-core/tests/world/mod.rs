//! Several parties with a node each, and a courier between them: what happens when messages go round.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]
#![allow(dead_code, unreachable_pub, reason = "each suite uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::{NoGuards, decide};
use entente_core::draft::{Setting, compose};
use entente_core::exposure::Threshold;
use entente_core::*;
use entente_marking::builtin::{groups, schemes};
use entente_marking::{Entity, Level, Purpose, SchemeId};
use jiff::{SignedDuration, Timestamp};

pub fn party(text: &str) -> PartyPath {
    PartyPath::new(text).unwrap()
}

pub fn person(text: &str) -> PersonId {
    PersonId::new(text).unwrap()
}

pub fn portions(text: &str) -> BTreeSet<PortionId> {
    text.split_whitespace().map(|id| PortionId::new(id).unwrap()).collect()
}

pub fn report(text: &str) -> ReportId {
    ReportId::new(text).unwrap()
}

pub fn consent(text: &str) -> ConsentId {
    ConsentId::new(text).unwrap()
}

pub fn purpose(text: &str) -> Option<Purpose> {
    Some(text).filter(|text| !text.is_empty()).map(Purpose::new)
}

/// A request about a report for these persons.
pub fn asking(request: &RequestId, id: &str, who: &[&str], what_for: &str) -> Command {
    Command::OpenRequest {
        id: request.clone(),
        report: report(id),
        portions: None,
        audience: who.iter().map(|name| person(name)).collect(),
        purpose: purpose(what_for),
        reason: String::new(),
        change: String::new(),
        needed_by: None,
    }
}

pub fn start() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

/// A fact of a portion, and what it reveals of the source.
pub fn fact(id: &str, portion: &str, text: &str, reveals: Option<&str>) -> Fact {
    Fact {
        id: FactId::new(id).unwrap(),
        portion: PortionId::new(portion).unwrap(),
        text: text.to_owned(),
        slots: Vec::new(),
        values: Vec::new(),
        reveals: reveals.map(str::to_owned),
        growth: Growth::default(),
    }
}

/// Persons were told portions by a route; of facts they learned these.
pub fn disclosed(
    (id, route): (&str, Route),
    (report, portions): (ReportId, BTreeSet<PortionId>),
    audience: BTreeSet<PersonId>,
    learned: Vec<Telling>,
) -> Command {
    Command::Disclose {
        id: DisclosureId::new(id).unwrap(),
        report,
        portions,
        audience,
        route,
        by: None,
        learned,
        purpose: None,
        lawful: Lawful::Undetermined,
        under: None,
        review: None,
        briefing: None,
        said: Said::default(),
    }
}

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Letter {
    pub from: PartyPath,
    pub to: PartyPath,
    pub id: String,
    pub message: Message,
}

/// All parties, and what is under way between them.
#[derive(Clone, Debug)]
pub struct World {
    pub nodes: BTreeMap<PartyPath, State>,
    pub post: Vec<Letter>,
    pub now: Timestamp,
    /// Everything that happened, and where.
    pub log: Vec<(PartyPath, Event)>,
    sent: u32,
}

impl World {
    /// Parties that know each other.
    pub fn of(parties: &[&str]) -> Self {
        let mut world = Self {
            nodes: BTreeMap::new(),
            post: Vec::new(),
            now: start(),
            log: Vec::new(),
            sent: 0,
        };
        let known = |path: &str| Party {
            path: party(path),
            name: String::new(),
            client_of: BTreeSet::new(),
            signing_keys: vec![],
            recipient: None,
        };
        for home in parties {
            world.nodes.insert(party(home), State::default());
            world.run(home, Command::Found(known(home)));
            for other in parties.iter().filter(|other| *other != home) {
                world.run(home, Command::SetParty(known(other)));
            }
        }
        world
    }

    pub fn state(&self, home: &str) -> &State {
        &self.nodes[&party(home)]
    }

    pub fn later(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    pub fn try_run(&mut self, home: &str, command: Command) -> Result<Decided, CommandRefusal> {
        self.try_as(home, None, command)
    }

    /// The same in the name of somebody who is signed in, where one is named.
    /// What follows from what is true at `home` now.
    pub fn looked<T>(&self, home: &str, look: impl FnOnce(&State, &Context<'_>) -> T) -> T {
        let state = self.state(home);
        let guard = SourceGuard::new(state);
        let context = Context {
            now: self.now,
            groups: groups(),
            schemes: schemes(),
            policy: &NoGuards,
            exposure: &guard,
        };
        look(state, &context)
    }

    pub fn try_as(&mut self, home: &str, who: Option<&str>, command: Command) -> Result<Decided, CommandRefusal> {
        let actor = who.map(|who| Actor {
            person: person(who),
            by: "a test".to_owned(),
        });
        let decided = self.looked(home, |state, context| match &actor {
            None => handle(state, command, context),
            Some(actor) => handle_as(state, actor, command, context),
        })?;
        let state = self.nodes.get_mut(&party(home)).unwrap();
        for event in &decided.events {
            state.apply(event);
            self.log.push((party(home), event.clone()));
        }
        for (to, message) in &decided.messages {
            self.sent += 1;
            // What travels is text.
            let written = serde_json::to_string(message).unwrap();
            self.post.push(Letter {
                from: party(home),
                to: to.clone(),
                id: format!("{home}-{}", self.sent),
                message: serde_json::from_str(&written).unwrap(),
            });
        }
        Ok(decided)
    }

    pub fn run(&mut self, home: &str, command: Command) -> Decided {
        self.try_run(home, command)
            .unwrap_or_else(|refusal| panic!("{home}: {refusal}"))
    }

    /// Why a command is refused; it changes nothing.
    pub fn refused(&mut self, home: &str, command: Command) -> String {
        let before = self.nodes[&party(home)].clone();
        let refusal = self.try_run(home, command).expect_err("it should be refused");
        assert_eq!(self.nodes[&party(home)], before);
        refusal.to_string()
    }

    /// Hands one letter over.
    pub fn hand(&mut self, letter: &Letter) -> Result<Decided, CommandRefusal> {
        let command = Command::Receive {
            from: letter.from.clone(),
            id: letter.id.clone(),
            digest: letter.id.clone(),
            message: letter.message.clone(),
        };
        self.try_run(letter.to.as_str(), command)
    }

    /// Hands over all that is under way, and what follows from it, in order.
    pub fn deliver_post(&mut self) {
        while !self.post.is_empty() {
            let letter = self.post.remove(0);
            if self.nodes.contains_key(&letter.to) {
                self.hand(&letter)
                    .unwrap_or_else(|refusal| panic!("{letter:?}: {refusal}"));
            }
        }
    }

    /// A report as an analyst writes it.
    pub fn write(&mut self, home: &str, file: &str) -> Report {
        let state = &self.nodes[&party(home)];
        let setting = Setting {
            schemes: schemes(),
            state: Some(state),
            home: &party(home),
            name: "R",
            now: self.now,
        };
        let written = compose(file, &setting).unwrap_or_else(|faults| panic!("{faults:?}"));
        self.run(home, Command::AddReport(written.clone()));
        written
    }

    /// The arrangement `A-1` between parties, known to all of them.
    pub fn agree(&mut self, parties: &[&str], onward: Onward) {
        let arrangement = Arrangement {
            id: ArrangementId::new("A-1").unwrap(),
            title: String::new(),
            parties: parties.iter().map(|name| party(name)).collect(),
            purposes: None,
            onward,
            need_to_know: false,
            two_person: false,
            witnesses: 0,
            withheld: Withheld::Hidden,
            default_mark: None,
            unmarked: Unmarked::Banner,
            owners: BTreeMap::new(),
            not_before: None,
            starts: None,
            expires: None,
            status_set: None,
            status: ArrangementStatus::Active,
            clauses: BTreeMap::new(),
            words: BTreeMap::new(),
        };
        for home in parties {
            let command = Command::SetArrangement {
                arrangement: arrangement.clone(),
                agreed: true,
            };
            self.run(home, command);
        }
    }

    /// The source `src` behind R: candidates by their attributes, of whom the first is the true one.
    pub fn protect(&mut self, home: &str, threshold: Threshold, attributes: Vec<serde_json::Value>) {
        let all = attributes.into_iter().enumerate();
        let candidates =
            all.map(|(n, attributes)| serde_json::json!({ "id": format!("c{n}"), "attributes": attributes }));
        let candidates: Vec<_> = candidates.collect();
        let protect = Command::ProtectSource {
            id: SourceId::new("src").unwrap(),
            register: serde_json::json!({ "candidates": candidates, "true": "c0" }).to_string(),
            threshold,
            reports: BTreeSet::from([report("R")]),
        };
        self.run(home, protect);
    }

    /// A person who is cleared for everything that US marks ask for.
    pub fn cleared(&mut self, home: &str, id: &str) {
        let id = person(id);
        let of = id.party().unwrap();
        let level = Level {
            rank: 4,
            name: "TOP SECRET".to_owned(),
        };
        let known = Person {
            citizenships: BTreeSet::from([Entity::new(of.top())]),
            clearances: BTreeMap::from([(SchemeId::new("us-ic"), level)]),
            accesses: ["us-ic/sci/SI"].map(entente_marking::Category::new).into(),
            ..Person::outsider(id, of)
        };
        let set = Event::PersonSet(known);
        self.nodes.get_mut(&party(home)).unwrap().apply(&set);
        self.log.push((party(home), set));
    }

    /// What `home` decides about a report for these persons, for whom and what for; `look` is shown it.
    pub fn decided<T>(
        &self,
        home: &str,
        id: &str,
        (who, what_for): (&[&str], &str),
        look: impl FnOnce(&Decision<'_>) -> T,
    ) -> T {
        let (state, id) = (self.state(home), report(id));
        let audience: Vec<PersonId> = who.iter().map(|name| person(name)).collect();
        let outsiders = audience
            .iter()
            .map(|id| Person::outsider(id.clone(), id.party().unwrap()));
        let outsiders: Vec<Person> = outsiders.collect();
        let snapshot = Snapshot::about(state, groups(), [&id], (&audience, &outsiders));
        let purpose = purpose(what_for);
        let query = Query {
            report: &id,
            version: None,
            portions: None,
            audience: &audience,
            purpose: purpose.as_ref(),
            moment: self.now,
        };
        look(&decide(&snapshot, &query, &NoGuards, &SourceGuard::new(state)).unwrap())
    }

    /// The outcome for one person, portion by portion, as `home` decides.
    pub fn outcomes(&self, home: &str, id: &str, who: &str, what_for: &str) -> Vec<(String, Outcome)> {
        self.decided(home, id, (&[who], what_for), |decision| {
            let all = decision.portions().enumerate();
            all.map(|(n, portion)| (portion.to_string(), decision.outcome(0, n)))
                .collect()
        })
    }

    /// The portions that a person may have, as `home` decides.
    pub fn permitted(&self, home: &str, id: &str, who: &str, what_for: &str) -> String {
        if !self.state(home).reports.contains_key(&report(id)) {
            return String::new();
        }
        let all = self.outcomes(home, id, who, what_for).into_iter();
        let open = all.filter(|(_, outcome)| *outcome == Outcome::Permit);
        open.map(|(portion, _)| portion).collect::<Vec<_>>().join(" ")
    }

    /// `home` asks everyone about a report for persons who are not registered.
    pub fn ask(&mut self, home: &str, id: &str, who: &[&str], what_for: &str) -> RequestId {
        let request = RequestId::new(format!("req-{}", self.sent + 1)).unwrap();
        self.run(home, asking(&request, id, who, what_for));
        request
    }
}
