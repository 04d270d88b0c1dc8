//! What a partner may say, and what it may not: each message of a hostile one is refused with its reason.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::collections::{BTreeMap, BTreeSet};

use entente_core::decide::NoGuards;
use entente_core::*;
use entente_marking::{Groups, Label, Purpose, SchemeId};
use jiff::Timestamp;

fn party(text: &str) -> PartyPath {
    PartyPath::new(text).unwrap()
}

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn report(id: &str, originator: &str, text: &str) -> Report {
    let origin = Origin {
        recipients: BTreeSet::from([party("HOME")]),
        ..Origin::default()
    };
    Report {
        id: ReportId::new(id).unwrap(),
        version: 1,
        title: id.to_owned(),
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

fn delivery(report: &Report, by: &str, to: &str) -> Message {
    Message::Delivery {
        delivery: Delivery {
            report: report.id.clone(),
            version: report.version,
            to: party(to),
            by: party(by),
            at: now(),
        },
        report: report.clone(),
        arrangements: Vec::new(),
    }
}

fn arrangement(id: &str, parties: [&str; 2]) -> Arrangement {
    Arrangement {
        id: ArrangementId::new(id).unwrap(),
        title: String::new(),
        parties: parties.map(party).into(),
        purposes: None,
        onward: Onward::Free,
        need_to_know: false,
        default_mark: None,
        starts: None,
        expires: None,
        status_set: None,
        status: ArrangementStatus::Active,
        clauses: BTreeMap::new(),
    }
}

struct Node(State, u32);

impl Node {
    fn new() -> Self {
        let home = Party {
            path: party("HOME"),
            name: String::new(),
            client_of: BTreeSet::new(),
            signing_keys: vec![],
            recipient: None,
        };
        let mut node = Self(State::default(), 0);
        node.run(Command::Found(home)).unwrap();
        node.from("GOOD", delivery(&report("R", "GOOD", "text"), "GOOD", "HOME"))
            .unwrap();
        node
    }

    fn run(&mut self, command: Command) -> Result<Decided, CommandRefusal> {
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

    fn from(&mut self, sender: &str, message: Message) -> Result<Decided, CommandRefusal> {
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
    fn refuses(&mut self, sender: &str, message: Message, why: &str) {
        let before = self.0.clone();
        let refusal = self.from(sender, message).expect_err(why).to_string();
        assert!(refusal.contains(why), "expected `{why}`, got `{refusal}`");
        assert_eq!(self.0, before);
    }

    /// Opens a request to GOOD about the report, and gives it.
    fn request(&mut self) -> Request {
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

fn consent(by: &str, request: Option<RequestId>) -> Consent {
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
        recipients: Recipients {
            persons: BTreeSet::from([PersonId::new("THIRD/reader").unwrap()]),
            parties: BTreeSet::new(),
        },
        purposes: None,
        conditions: Vec::new(),
        given: now(),
        ends: None,
        withdrawn: None,
    }
}

fn answer(consent: Consent) -> Message {
    Message::Answer {
        consents: vec![consent],
        refusals: Vec::new(),
        substitutes: Vec::new(),
        exposures: Vec::new(),
    }
}

#[test]
fn reports_come_from_their_originator_once_and_unchanged() {
    let mut node = Node::new();
    node.refuses(
        "EVIL",
        delivery(&report("S", "GOOD", "forged"), "EVIL", "HOME"),
        "the message speaks for GOOD",
    );
    node.refuses(
        "EVIL",
        delivery(&report("R", "EVIL", "other"), "EVIL", "HOME"),
        "its id belongs to another party's report",
    );
    node.refuses(
        "GOOD",
        delivery(&report("R", "GOOD", "changed"), "GOOD", "HOME"),
        "held here with another content",
    );
    node.refuses(
        "GOOD",
        delivery(&report("S", "GOOD", "text"), "GOOD", "ELSE"),
        "meant for ELSE",
    );
    let mut empty = report("S", "GOOD", "text");
    empty.portions.clear();
    node.refuses("GOOD", delivery(&empty, "GOOD", "HOME"), "it has no portions");
    let own = node.run(Command::AddReport(report("R", "HOME", "mine"))).unwrap_err();
    assert!(own.to_string().contains("give yours another id"), "{own}");
}

#[test]
fn a_partner_cannot_state_terms_for_others() {
    let mut node = Node::new();
    let mut with = |terms: Arrangement| {
        let Message::Delivery { report, delivery, .. } = delivery(&report("S", "EVIL", "x"), "EVIL", "HOME") else {
            panic!()
        };
        (
            node.from(
                "EVIL",
                Message::Delivery {
                    report,
                    delivery,
                    arrangements: vec![terms],
                },
            ),
            node.0.arrangements.len(),
        )
    };
    let (refused, _) = with(arrangement("HOME-GOOD", ["HOME", "GOOD"]));
    assert!(refused.unwrap_err().to_string().contains("does not bind it"));
    // Terms that bind this party are not taken from a partner's file.
    assert_eq!(with(arrangement("HOME-EVIL", ["HOME", "EVIL"])).1, 0);
    node.refuses(
        "EVIL",
        Message::Arrangement(arrangement("HOME-EVIL", ["HOME", "EVIL"])),
        "record its terms yourself",
    );
    node.run(Command::SetArrangement {
        arrangement: arrangement("HOME-EVIL", ["HOME", "EVIL"]),
        agreed: false,
    })
    .unwrap();
    // A partner can make terms stricter, each for itself, and never laxer.
    let stricter = Arrangement {
        need_to_know: true,
        onward: Onward::Consent,
        purposes: Some([Purpose::new("analysis")].into()),
        expires: Some(now()),
        ..arrangement("HOME-EVIL", ["HOME", "EVIL"])
    };
    node.from("EVIL", Message::Arrangement(stricter.clone())).unwrap();
    assert_eq!(node.0.arrangements.values().next(), Some(&stricter));
    let laxer = Arrangement {
        title: "another title".to_owned(),
        clauses: [("onward".to_owned(), "another clause".to_owned())].into(),
        parties: ["HOME", "EVIL", "ELSE"].map(party).into(),
        ..arrangement("HOME-EVIL", ["HOME", "EVIL"])
    };
    let wider = Command::SetArrangement {
        arrangement: laxer.clone(),
        agreed: false,
    };
    let refused = node.run(wider).unwrap_err().to_string();
    assert!(
        refused.contains("laxer: purposes, onward, need_to_know, expires"),
        "{refused}"
    );
    node.from("EVIL", Message::Arrangement(laxer)).unwrap();
    assert_eq!(node.0.arrangements.values().next(), Some(&stricter));
    // Suspension: whoever suspended has to resume, and nobody takes a suspension over.
    let status = |status: ArrangementStatus| Arrangement {
        status,
        ..stricter.clone()
    };
    let by = |by: &str| ArrangementStatus::Suspended {
        by: party(by),
        reason: String::new(),
    };
    node.from("EVIL", Message::Arrangement(status(by("EVIL")))).unwrap();
    let id = stricter.id.clone();
    for own in [by("HOME"), ArrangementStatus::Active] {
        let taken = node.run(Command::SetArrangementStatus {
            id: id.clone(),
            status: own.clone(),
        });
        assert!(taken.unwrap_err().to_string().contains("EVIL suspended it"));
        // Recording the terms again, in whatever status, leaves the suspension.
        node.run(Command::SetArrangement {
            arrangement: status(own),
            agreed: true,
        })
        .unwrap();
        assert_eq!(node.0.arrangements[&id].status, by("EVIL"));
    }
    // Files that arrive in another order than they were sent: the older resumption does not undo the newer suspension.
    let later = |second: i64, status: ArrangementStatus| Arrangement {
        status,
        status_set: Some(now() + jiff::SignedDuration::from_secs(second)),
        ..stricter.clone()
    };
    node.from("EVIL", Message::Arrangement(later(1, by("EVIL")))).unwrap();
    node.from("EVIL", Message::Arrangement(later(3, by("EVIL")))).unwrap();
    node.refuses(
        "EVIL",
        Message::Arrangement(later(2, ArrangementStatus::Active)),
        "older than what is recorded",
    );
    assert_eq!(node.0.arrangements[&id].status, by("EVIL"));
    // Neither a part of the party that suspended nor a party that was never bound can lift or end it.
    node.refuses(
        "EVIL.SUB",
        Message::Arrangement(later(9, ArrangementStatus::Active)),
        "EVIL suspended it",
    );
    let strangers = Arrangement {
        parties: ["HOME", "GOOD"].map(party).into(),
        status: ArrangementStatus::Ended {
            by: party("GOOD"),
            reason: String::new(),
        },
        ..stricter.clone()
    };
    node.refuses("GOOD", Message::Arrangement(strangers), "does not bind both");
    node.refuses("EVIL", Message::Arrangement(status(by("GOOD"))), "it speaks for GOOD");
    node.refuses(
        "GOOD",
        Message::Arrangement(arrangement("HOME-EVIL", ["HOME", "EVIL"])),
        "does not bind both",
    );
}

#[test]
fn only_the_originator_answers_and_only_what_was_asked() {
    let mut node = Node::new();
    let request = node.request();
    node.refuses("EVIL", answer(consent("GOOD", None)), "the message speaks for GOOD");
    node.refuses("EVIL", answer(consent("EVIL", None)), "it is not an originator of p1");
    node.refuses(
        "EVIL",
        answer(consent("EVIL", Some(request.id.clone()))),
        "it was put to GOOD",
    );
    let refusal = Refusal {
        request: request.id.clone(),
        originator: party("EVIL"),
        portions: request.portions.clone(),
        reason: String::new(),
        given: now(),
    };
    node.refuses(
        "EVIL",
        Message::Answer {
            consents: vec![],
            refusals: vec![refusal],
            substitutes: vec![],
            exposures: vec![],
        },
        "it was put to GOOD",
    );
    node.from("GOOD", answer(consent("GOOD", Some(request.id.clone()))))
        .unwrap();
    assert!(!node.0.requests[&request.id].is_open());
    node.refuses("GOOD", answer(consent("GOOD", Some(request.id))), "exists already");
    let withdrawal = Message::Withdrawal {
        consent: ConsentId::new("con").unwrap(),
        at: now(),
        reason: String::new(),
    };
    node.refuses("EVIL", withdrawal, "the message speaks for GOOD");
}

#[test]
fn recalls_acknowledgements_and_notices_come_from_those_concerned() {
    let mut node = Node::new();
    let recall = Recall {
        id: RecallId::new("rec").unwrap(),
        originator: party("EVIL"),
        report: ReportId::new("R").unwrap(),
        version: 1,
        action: RecallAction::Purge,
        reason: String::new(),
        ordered: now(),
        holders: BTreeMap::from([(party("HOME"), None)]),
    };
    node.refuses("EVIL", Message::Recall(recall.clone()), "GOOD wrote it");
    let acknowledgement = Acknowledgement {
        recall: recall.id,
        by: party("EVIL"),
        at: now(),
        statement: String::new(),
    };
    node.refuses("EVIL", Message::Acknowledgement(acknowledgement), "there is no recall");
    let disclosure = Disclosure {
        id: DisclosureId::new("dis").unwrap(),
        report: ReportId::new("R").unwrap(),
        version: 1,
        portions: BTreeSet::from([PortionId::new("p1").unwrap()]),
        audience: BTreeSet::new(),
        route: Route::Said,
        by: None,
        learned: Vec::new(),
        permitted: BTreeMap::new(),
        lawful: Lawful::Undetermined,
        reviewed_by: None,
        briefing: None,
        under: None,
        recorded: None,
        at: now(),
    };
    node.refuses(
        "GOOD",
        Message::Notice(Notice::Disclosure(disclosure)),
        "HOME is not an originator of portion p1",
    );
}

#[test]
fn the_same_file_twice_changes_nothing_and_two_files_with_one_id_are_an_alarm() {
    let mut node = Node::new();
    let again = |digest: &str| Command::Receive {
        from: party("GOOD"),
        id: "GOOD-1".to_owned(),
        digest: digest.to_owned(),
        message: delivery(&report("R", "GOOD", "text"), "GOOD", "HOME"),
    };
    assert!(matches!(
        node.run(again("GOOD-1")),
        Err(CommandRefusal::Repeated { .. })
    ));
    let other = node.run(again("other")).unwrap_err().to_string();
    assert!(other.contains("two different files with the id"), "{other}");
}

#[test]
fn a_second_withdrawal_never_brings_a_consent_back() {
    let mut node = Node::new();
    let request = node.request();
    node.from("GOOD", answer(consent("GOOD", Some(request.id)))).unwrap();
    let id = ConsentId::new("con").unwrap();
    let later: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
    for at in [now(), later] {
        let withdrawal = Message::Withdrawal {
            consent: id.clone(),
            at,
            reason: String::new(),
        };
        node.from("GOOD", withdrawal).unwrap();
        assert_eq!(node.0.consents[&id].withdrawn, Some(now()));
    }
}
