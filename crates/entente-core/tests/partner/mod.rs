//! A node called HOME, and partners that say this and that to it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]
#![allow(dead_code, reason = "each suite uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::NoGuards;
use entente_core::*;
use entente_marking::{Groups, Label, SchemeId};
use jiff::Timestamp;

pub(crate) fn party(text: &str) -> PartyPath {
    PartyPath::new(text).unwrap()
}

pub(crate) fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

pub(crate) fn report(id: &str, originator: &str, text: &str) -> Report {
    let origin = Origin {
        recipients: BTreeSet::from([party("HOME")]),
        ..Origin::default()
    };
    Report {
        id: ReportId::new(id).unwrap(),
        version: 1,
        title: format!("What {originator} writes").as_str().into(),
        originator: party(originator),
        scheme: SchemeId::new("tlp"),
        profile: "2.0".to_owned(),
        created: now(),
        expires: None,
        existence_protected: false,
        portions: vec![Portion {
            id: PortionId::new("p1").unwrap(),
            mark: "(TLP:GREEN)".to_owned(),
            label: Label::unrestricted(),
            text: text.to_owned(),
            lineage: Lineage::of(party(originator), origin),
            tear_line: false,
        }],
    }
}

pub(crate) fn delivery(report: &Report, by: &str, to: &str) -> Message {
    Message::Delivery {
        delivery: Delivery {
            report: report.id.clone(),
            version: report.version,
            to: party(to),
            by: party(by),
            at: now(),
            portions: None,
            under: BTreeSet::new(),
        },
        part: Part::default(),
        report: report.clone(),
        arrangements: Vec::new(),
    }
}

pub(crate) fn arrangement(id: &str, parties: [&str; 2]) -> Arrangement {
    Arrangement {
        id: ArrangementId::new(id).unwrap(),
        title: String::new(),
        parties: parties.map(party).into(),
        purposes: None,
        onward: Onward::Free,
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
        words: BTreeMap::new(),
        status: ArrangementStatus::Active,
        clauses: BTreeMap::new(),
    }
}

#[derive(Clone)]
pub(crate) struct Node(pub(crate) State, u32);

impl Node {
    pub(crate) fn new() -> Self {
        let home = Party {
            path: party("HOME"),
            name: String::new(),
            client_of: BTreeSet::new(),
            signing_keys: vec![],
            recipient: None,
        };
        let mut node = Self(State::default(), 0);
        let partners = ["GOOD", "EVIL"].map(|path| Party {
            path: party(path),
            ..home.clone()
        });
        node.run(Command::Found(home)).unwrap();
        for partner in partners {
            node.run(Command::SetParty(partner)).unwrap();
        }
        node.from("GOOD", delivery(&report("R", "GOOD", "text"), "GOOD", "HOME"))
            .unwrap();
        node
    }

    pub(crate) fn run(&mut self, command: Command) -> Result<Decided, CommandRefusal> {
        let groups = Groups::default();
        let context = Context {
            now: now(),
            groups: &groups,
            schemes: entente_marking::builtin::schemes(),
            policy: &NoGuards,
            exposure: &NoGuards,
        };
        let decided = handle(&self.0, command, &context)?;
        for event in &decided.events {
            self.0.apply(event);
        }
        Ok(decided)
    }

    pub(crate) fn from(&mut self, sender: &str, message: Message) -> Result<Decided, CommandRefusal> {
        self.1 += 1;
        let id = format!("{sender}-{}", self.1);
        self.run(Command::Receive {
            from: party(sender),
            digest: id.clone(),
            id,
            message,
        })
    }

    /// The message is refused for a reason that says so, and changes nothing.
    pub(crate) fn refuses(&mut self, sender: &str, message: Message, why: &str) {
        let before = self.0.clone();
        let refusal = self.from(sender, message).expect_err(why).to_string();
        assert!(refusal.contains(why), "expected `{why}`, got `{refusal}`");
        assert_eq!(self.0, before);
    }

    /// Opens a request to GOOD about the report, and gives it.
    pub(crate) fn request(&mut self) -> Request {
        let reader = PersonId::new("THIRD/reader").unwrap();
        self.run(Command::SetPerson(Person {
            disabled: false,
            ..Person::outsider(reader.clone(), party("THIRD"))
        }))
        .unwrap();
        let mut strict = self.0.reports[&ReportId::new("R").unwrap()].latest().unwrap().clone();
        strict.portions[0].label.control = entente_marking::Control::Originator;
        self.0.apply(&Event::ReportAdded(strict));
        let decided = self
            .run(Command::OpenRequest {
                id: RequestId::new("req").unwrap(),
                report: ReportId::new("R").unwrap(),
                portions: None,
                audience: BTreeSet::from([reader]),
                purpose: None,
                reason: String::new(),
                change: String::new(),
                needed_by: None,
            })
            .unwrap();
        match &decided.messages[0] {
            (to, Message::Request(request)) if *to == party("GOOD") => request.clone(),
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) fn consent(by: &str, request: Option<RequestId>) -> Consent {
    Consent {
        id: ConsentId::new("con").unwrap(),
        request,
        originator: party(by),
        to: party("HOME"),
        report: ReportId::new("R").unwrap(),
        portions: BTreeSet::from([PortionRef {
            report: ReportId::new("R").unwrap(),
            version: 1,
            portion: PortionId::new("p1").unwrap(),
        }]),
        standing: false,
        stated: Vec::new(),
        marks: Vec::new(),
        recipients: Recipients {
            persons: BTreeSet::from([PersonId::new("THIRD/reader").unwrap()]),
            parties: BTreeSet::new(),
        },
        purposes: None,
        conditions: Vec::new(),
        given: now(),
        received: None,
        ends: None,
        withdrawn: None,
        life: Life::default(),
    }
}

pub(crate) fn answer(consent: Consent) -> Message {
    Message::Answer {
        consents: vec![consent],
        refusals: Vec::new(),
        substitutes: Vec::new(),
        exposures: Vec::new(),
    }
}
