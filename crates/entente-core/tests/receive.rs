//! What a partner may say, and what it may not: each message of a hostile one is refused with its reason.

use crate::partner;

use std::collections::{BTreeMap, BTreeSet};

use entente_core::*;
use entente_marking::Purpose;
use jiff::Timestamp;
use partner::{Node, answer, arrangement, consent, delivery, now, party, report};

#[test]
fn reports_come_from_their_originator_once_and_unchanged() {
    let mut node = Node::new();
    node.refuses(
        "EVIL",
        delivery(&report("S", "GOOD", "forged"), "EVIL", "HOME"),
        "that GOOD consents to portion p1 is stated by EVIL alone",
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
                    part: Part::default(),
                },
            ),
            node.0.arrangements.len(),
        )
    };
    let (refused, _) = with(arrangement("HOME-GOOD", ["HOME", "GOOD"]));
    assert!(refused.unwrap_err().to_string().contains("does not bind it"));
    // Terms that bind this party are not taken from a partner's file.
    assert_eq!(with(arrangement("HOME-EVIL", ["HOME", "EVIL"])).1, 0);
    node.from("EVIL", Message::Arrangement(arrangement("HOME-EVIL", ["HOME", "EVIL"])))
        .unwrap();
    assert!(node.0.arrangements.is_empty(), "they wait until they are recorded here");
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
    let unknown = node.run(wider.clone()).unwrap_err().to_string();
    assert!(unknown.contains("there is no party `ELSE`"), "{unknown}");
    let home = node.0.parties[&party("HOME")].clone();
    node.run(Command::SetParty(Party {
        path: party("ELSE"),
        ..home
    }))
    .unwrap();
    let refused = node.run(wider).unwrap_err().to_string();
    assert!(
        refused.contains("laxer: parties, purposes, onward, need_to_know, expires"),
        "{refused}"
    );
    node.from("EVIL", Message::Arrangement(laxer)).unwrap();
    assert_eq!(node.0.arrangements.values().next(), Some(&stricter));
    // Suspension: whoever suspended has to resume.
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
            status: ArrangementStatus::Active,
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
        asker: None,
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
    assert!(!node.0.requests[&Named::new(party("HOME"), request.id.clone())].is_open());
    node.refuses("GOOD", answer(consent("GOOD", Some(request.id))), "exists already");
    let withdrawal = Message::Withdrawal {
        consent: ConsentId::new("con").unwrap(),
        at: now(),
        reason: String::new(),
    };
    node.from("EVIL", withdrawal).unwrap();
    assert_eq!(node.0.consents.values().next().unwrap().withdrawn, None);
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
        scope: Scope::default(),
    };
    node.refuses("EVIL", Message::Recall(recall.clone()), "GOOD wrote it");
    let acknowledgement = Acknowledgement {
        ordered_by: None,
        recall: recall.id,
        by: party("EVIL"),
        at: now(),
        statement: String::new(),
        outcome: None,
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
        assert_eq!(
            node.0.consents[&Named::new(party("GOOD"), id.clone())].withdrawn,
            Some(now())
        );
    }
}
