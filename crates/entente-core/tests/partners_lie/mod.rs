//! The kinds of lies that partners can tell, well signed, with the right answer to each.

mod names;

use crate::partner;

use std::collections::{BTreeMap, BTreeSet};

use entente_core::handle::Handover;
use entente_core::*;
use entente_marking::Control;
use jiff::{SignedDuration, Timestamp};
use names::{asks, tells, tells_of_case, with_own_report};
use partner::{Node, answer, arrangement, consent, delivery, now, party, report};

fn held<'n>(node: &'n Node, id: &str) -> &'n Report {
    node.0.reports[&ReportId::new(id).unwrap()].latest().unwrap()
}

fn origin<'r>(report: &'r Report, of: &str) -> &'r Origin {
    let mut origins = report.portions[0].lineage.iter();
    origins.find(|(named, _)| **named == party(of)).unwrap().1
}

/// A report of EVIL that says it rests on the first portion of `base`, with what it says about GOOD's terms.
fn derived(base: &str, stated: Origin) -> Report {
    let mut report = report("D", "EVIL", "what GOOD said");
    let base = PortionRef {
        report: ReportId::new(base).unwrap(),
        version: 1,
        portion: PortionId::new("p1").unwrap(),
    };
    let theirs = Lineage::of(
        party("GOOD"),
        Origin {
            from: [base].into(),
            ..stated
        },
    );
    report.portions[0].lineage = report.portions[0].lineage.combine(&theirs);
    report
}

fn to_everyone() -> Origin {
    Origin {
        recipients: ["HOME", "EVIL", "THIRD"].map(party).into(),
        ..Origin::default()
    }
}

fn with_terms(report: &Report, terms: Arrangement) -> Message {
    let Message::Delivery { report, delivery, .. } = delivery(report, &report.originator.to_string(), "HOME") else {
        panic!()
    };
    Message::Delivery {
        report,
        delivery,
        arrangements: vec![terms],
        part: Part::default(),
    }
}

fn recall(by: &str, of: &str, action: RecallAction) -> Recall {
    Recall {
        id: RecallId::new("rec").unwrap(),
        originator: party(by),
        report: ReportId::new(of).unwrap(),
        version: 9,
        action,
        reason: String::new(),
        ordered: now(),
        holders: BTreeMap::from([(party("HOME"), None)]),
        scope: Scope::default(),
    }
}

fn withdrawal() -> Message {
    Message::Withdrawal {
        consent: ConsentId::new("con").unwrap(),
        at: "2031-01-01T00:00:00Z".parse().unwrap(),
        reason: String::new(),
    }
}

fn suspended(by: &str, revision: u64, at: i64) -> Arrangement {
    said(
        by,
        revision,
        at,
        ArrangementStatus::Suspended {
            by: party(by),
            reason: String::new(),
        },
    )
}

fn said(by: &str, revision: u64, at: i64, status: ArrangementStatus) -> Arrangement {
    let word = Word {
        status: status.clone(),
        revision,
        at: Some(now() + SignedDuration::from_secs(at)),
    };
    Arrangement {
        status,
        status_set: word.at,
        words: BTreeMap::from([(party(by), word)]),
        ..arrangement("A", ["HOME", "GOOD"])
    }
}

#[test]
fn c1_only_terms_recorded_here_bind_here() {
    let mut node = Node::new();
    // Terms between others, then terms that name us: neither is in force by the partner's word.
    let planted = Arrangement {
        onward: Onward::Free,
        ..arrangement("USA-2026", ["EVIL", "THIRD"])
    };
    node.from("EVIL", with_terms(&report("S", "EVIL", "x"), planted))
        .unwrap();
    assert!(node.0.arrangements.is_empty() && node.0.proposals.is_empty());
    let stated = Arrangement {
        need_to_know: true,
        ..arrangement("USA-2026", ["EVIL", "HOME"])
    };
    node.from("EVIL", with_terms(&report("T", "EVIL", "x"), stated))
        .unwrap();
    assert!(node.0.arrangements.is_empty());
    assert_eq!(node.0.proposals.len(), 1);
    // Recorded here, what was stated before makes it stricter and nothing else.
    node.run(Command::SetArrangement {
        arrangement: arrangement("USA-2026", ["EVIL", "HOME"]),
        agreed: false,
    })
    .unwrap();
    assert!(node.0.arrangements.values().all(|terms| terms.need_to_know));
}

#[test]
fn c2_the_own_copy_goes_before_what_a_partner_says_of_it() {
    let mut node = Node::new();
    let mut base = report("B", "GOOD", "secret");
    base.portions[0]
        .lineage
        .map(|_, origin| origin.arrangements = [ArrangementId::new("G").unwrap()].into());
    node.from("GOOD", delivery(&base, "GOOD", "HOME")).unwrap();
    node.from("EVIL", delivery(&derived("B", to_everyone()), "EVIL", "HOME"))
        .unwrap();
    let own = origin(held(&node, "D"), "GOOD");
    assert_eq!(own.recipients, BTreeSet::from([party("HOME")]));
    assert_eq!(own.arrangements.len(), 1);
    assert!(!own.third_party);
}

#[test]
fn c2_without_an_own_copy_the_strictest_reading_holds() {
    let mut node = Node::new();
    node.from("EVIL", delivery(&derived("UNSEEN", to_everyone()), "EVIL", "HOME"))
        .unwrap();
    let stated = origin(held(&node, "D"), "GOOD");
    assert!(stated.third_party && stated.recipients.is_empty());
}

#[test]
fn c2_an_originator_that_a_partner_leaves_out_is_put_back() {
    let mut node = Node::new();
    let mut hidden = report("D", "EVIL", "what GOOD said");
    let base = held(&node, "R").reference(&PortionId::new("p1").unwrap());
    hidden.portions[0]
        .lineage
        .map(|_, origin| origin.from = [base.clone()].into());
    node.from("EVIL", delivery(&hidden, "EVIL", "HOME")).unwrap();
    let put_back = origin(held(&node, "D"), "GOOD");
    assert_eq!(put_back.recipients, BTreeSet::from([party("HOME")]));
}

#[test]
fn c3_a_version_never_changes() {
    let mut node = Node::new();
    let first = derived("R", to_everyone());
    node.from("EVIL", delivery(&first, "EVIL", "HOME")).unwrap();
    let change = |change: &dyn Fn(&mut Report)| {
        let mut other = first.clone();
        change(&mut other);
        delivery(&other, "EVIL", "HOME")
    };
    let changes: [&dyn Fn(&mut Report); 5] = [
        &|report| report.portions[0].lineage = Lineage::of(party("EVIL"), to_everyone()),
        &|report| report.portions[0].tear_line = true,
        &|report| report.portions[0].mark = "(TLP:CLEAR)".to_owned(),
        &|report| report.title = "another".into(),
        &|report| report.expires = Some(now()),
    ];
    for what in changes {
        node.refuses("EVIL", change(what), "a version never changes");
    }
    // The same again, and another part of the same version, are no contradiction.
    node.from("EVIL", change(&|_| {})).unwrap();
    node.from(
        "EVIL",
        change(&|report| {
            report.portions[0].id = PortionId::new("p2").unwrap();
        }),
    )
    .unwrap();
    assert_eq!(held(&node, "D").portions.len(), 2);
}

#[test]
fn c4_a_withdrawal_before_its_consent_ends_it() {
    let mut node = Node::new();
    let request = node.request();
    node.from("GOOD", withdrawal()).unwrap();
    node.from("GOOD", answer(consent("GOOD", Some(request.id)))).unwrap();
    let held = node.0.consents.values().next().unwrap();
    assert!(!held.is_live(now()) && !held.is_live("2030-01-01T00:00:00Z".parse().unwrap()));
}

#[test]
fn c4_a_recall_before_its_report_counts_for_its_author_only() {
    for (by, recalled) in [("GOOD", true), ("EVIL", false)] {
        let mut node = Node::new();
        node.from(by, Message::Recall(recall(by, "LATER", RecallAction::Purge)))
            .unwrap();
        node.from("GOOD", delivery(&report("LATER", "GOOD", "x"), "GOOD", "HOME"))
            .unwrap();
        let id = ReportId::new("LATER").unwrap();
        assert_eq!(node.0.recall_of(&id, 1).is_some(), recalled, "{by}");
    }
}

#[test]
fn c4_a_suspension_before_its_arrangement_holds() {
    let mut node = Node::new();
    node.from("GOOD", Message::Arrangement(suspended("GOOD", 1, 0)))
        .unwrap();
    node.run(Command::SetArrangement {
        arrangement: arrangement("A", ["HOME", "GOOD"]),
        agreed: true,
    })
    .unwrap();
    let status = |node: &Node| node.0.arrangements.values().next().unwrap().status.clone();
    assert!(matches!(status(&node), ArrangementStatus::Suspended { .. }));
    // Nobody else lifts it, and this party's own suspension stands beside it.
    let id = ArrangementId::new("A").unwrap();
    let own = |status| Command::SetArrangementStatus { id: id.clone(), status };
    node.run(own(ArrangementStatus::Active)).unwrap_err();
    let by_home = ArrangementStatus::Suspended {
        by: party("HOME"),
        reason: String::new(),
    };
    node.run(own(by_home)).unwrap();
    node.from(
        "GOOD",
        Message::Arrangement(said("GOOD", 2, 0, ArrangementStatus::Active)),
    )
    .unwrap();
    assert_eq!(status(&node).by(), Some(&party("HOME")));
    node.run(own(ArrangementStatus::Active)).unwrap();
    assert_eq!(status(&node), ArrangementStatus::Active);
}

#[test]
fn f4_what_a_partner_writes_shows_as_text() {
    const HOSTILE: &str = "x\u{1b}[2J\r\nHOME: permitted\u{202E}\u{2066}\u{2028}y";
    let mut node = Node::new();
    with_own_report(&mut node);
    node.run(Command::Recall {
        id: RecallId::new("ours").unwrap(),
        report: ReportId::new("OWN").unwrap(),
        action: RecallAction::RetainWarn,
        reason: String::new(),
    })
    .unwrap();
    let mut hostile = report("H", "EVIL", HOSTILE);
    hostile.title = HOSTILE.into();
    let Message::Request(asked) = asks("EVIL", HOSTILE) else {
        panic!()
    };
    let instruction = RecallAction::ManualInstruction {
        instruction: HOSTILE.to_owned(),
    };
    let Message::Notice(Notice::Disclosure(told)) = tells("OWN", "EVIL/x") else {
        panic!()
    };
    let terms = Arrangement {
        title: HOSTILE.to_owned(),
        clauses: BTreeMap::from([("duration".to_owned(), HOSTILE.to_owned())]),
        ..arrangement("H", ["HOME", "EVIL"])
    };
    let consented = Consent {
        conditions: vec![HOSTILE.to_owned()],
        report: ReportId::new("H").unwrap(),
        portions: BTreeSet::from([hostile.reference(&PortionId::new("p1").unwrap())]),
        ..consent("EVIL", None)
    };
    let messages = [
        delivery(&hostile, "EVIL", "HOME"),
        Message::Request(Request {
            change: HOSTILE.to_owned(),
            ..asked
        }),
        Message::Recall(Recall {
            reason: HOSTILE.to_owned(),
            ..recall("EVIL", "H", instruction)
        }),
        Message::Notice(Notice::Disclosure(Disclosure {
            lawful: Lawful::Yes {
                basis: HOSTILE.to_owned(),
            },
            ..told
        })),
        Message::Arrangement(terms),
        answer(consented),
        Message::Withdrawal {
            consent: ConsentId::new("con").unwrap(),
            at: now(),
            reason: HOSTILE.to_owned(),
        },
    ];
    for message in messages {
        let kind = message.kind();
        let taken = node.from("EVIL", message).expect(kind);
        for event in &taken.events {
            let kept = serde_json::to_value(event).unwrap();
            fn words(value: &serde_json::Value, key: &str, found: &mut Vec<(String, String)>) {
                match value {
                    serde_json::Value::String(text) => found.push((key.to_owned(), text.clone())),
                    serde_json::Value::Array(all) => all.iter().for_each(|each| words(each, key, found)),
                    serde_json::Value::Object(all) => all.iter().for_each(|(key, each)| words(each, key, found)),
                    _ => {}
                }
            }
            let mut found = Vec::new();
            words(&kept, "", &mut found);
            for (key, text) in found {
                let allowed = if key == "text" {
                    plain::text(&text)
                } else {
                    plain::line(&text)
                };
                assert_eq!(text, allowed, "{kind}: {key}");
            }
        }
    }
}

#[test]
fn c6_nobody_states_our_acts() {
    let mut node = Node::new();
    let mut brought = recall("GOOD", "R", RecallAction::Purge);
    let done = Acknowledgement {
        ordered_by: None,
        recall: brought.id.clone(),
        by: party("HOME"),
        at: now(),
        statement: "destroyed".to_owned(),
        outcome: None,
    };
    brought.holders = [(party("HOME"), Some(done.clone())), (party("THIRD"), Some(done))].into();
    node.from("GOOD", Message::Recall(brought)).unwrap();
    let kept = node.0.recalls.values().next().unwrap();
    assert_eq!(kept.holders, BTreeMap::from([(party("HOME"), None)]));
    let own = node.from("HOME", Message::Recall(recall("HOME", "R", RecallAction::Purge)));
    assert!(own.unwrap_err().to_string().contains("comes from HOME itself"));
}

#[test]
fn c7_each_receiver_learns_its_own_part() {
    let mut node = Node::new();
    for to in ["THIRD", "FOURTH"] {
        node.run(Command::SetParty(Party {
            path: party(to),
            name: String::new(),
            client_of: BTreeSet::new(),
            signing_keys: vec![],
            recipient: None,
        }))
        .unwrap();
    }
    let mut own = report("OWN", "HOME", "x");
    own.portions[0]
        .lineage
        .map(|_, origin| origin.recipients = BTreeSet::new());
    node.run(Command::AddReport(own)).unwrap();
    for to in ["THIRD", "FOURTH"] {
        let sent = node.run(Command::HandOver(Handover::of(
            ReportId::new("OWN").unwrap(),
            party(to),
        )));
        let messages = sent.unwrap().messages;
        let (_, Message::Delivery { report, .. }) = &messages[0] else {
            panic!("{messages:?}")
        };
        assert_eq!(origin(report, "HOME").recipients, BTreeSet::from([party(to)]));
    }
}

#[test]
fn c8_what_makes_no_sense_is_refused() {
    let mut node = Node::new();
    let mut none = report("S", "EVIL", "x");
    none.version = 0;
    node.refuses("EVIL", delivery(&none, "EVIL", "HOME"), "version 0 is none");
    let mut foreign = report("S", "EVIL", "x");
    foreign.portions[0].lineage = Lineage::of(party("HOME"), to_everyone());
    node.refuses(
        "EVIL",
        delivery(&foreign, "EVIL", "HOME"),
        "names HOME as its originators",
    );
}

#[test]
fn c10_order_comes_from_what_was_seen_not_from_clocks() {
    let mut node = Node::new();
    let hour = SignedDuration::from_hours(1);
    // A consent from a clock that is ahead counts from when it came, and its withdrawal from when that came.
    let request = node.request();
    let ahead = Consent {
        given: now() + hour,
        ..consent("GOOD", Some(request.id))
    };
    node.from("GOOD", answer(ahead)).unwrap();
    let live = |node: &Node, at: Timestamp| node.0.consents.values().next().unwrap().is_live(at);
    assert!(live(&node, now()));
    node.from("GOOD", withdrawal()).unwrap();
    assert!(!live(&node, now()));
    // A suspension from a clock that is ahead can be lifted after the clock was set right.
    node.run(Command::SetArrangement {
        arrangement: arrangement("A", ["HOME", "GOOD"]),
        agreed: false,
    })
    .unwrap();
    node.from("GOOD", Message::Arrangement(suspended("GOOD", 1, 3600)))
        .unwrap();
    node.from(
        "GOOD",
        Message::Arrangement(said("GOOD", 2, 0, ArrangementStatus::Active)),
    )
    .unwrap();
    let status = &node.0.arrangements.values().next().unwrap().status;
    assert_eq!(*status, ArrangementStatus::Active);
    // What begins, begins by one's own clock and a tolerance later.
    let begins = Arrangement {
        starts: Some(now()),
        ..arrangement("B", ["HOME", "GOOD"])
    };
    assert_eq!(begins.not_in_force(now()), Some(NotInForce::NotBegun));
    assert_eq!(begins.not_in_force(now() + CLOCK_TOLERANCE), None);
}

#[test]
fn a_stated_text_is_asked_for_at_its_originator() {
    let mut node = Node::new();
    node.from("EVIL", delivery(&derived("UNSEEN", to_everyone()), "EVIL", "HOME"))
        .unwrap();
    let reader = PersonId::new("HOME/reader").unwrap();
    node.run(Command::SetPerson(Person::outsider(reader.clone(), party("HOME"))))
        .unwrap();
    let snapshot = Snapshot::compile(&node.0, &entente_marking::Groups::default(), &[]);
    let query = Query {
        report: &ReportId::new("D").unwrap(),
        version: None,
        portions: None,
        audience: &[reader],
        purpose: None,
        moment: now(),
    };
    let guards = decide::NoGuards;
    let decision = decide(&snapshot, &query, &guards, &guards).unwrap();
    let rules: Vec<&str> = decision.answer(0, 0).reasons.iter().map(|reason| reason.rule).collect();
    assert_eq!(
        (decision.answer(0, 0).outcome, rules.as_slice()),
        (Outcome::Ask, &["control.stated"][..])
    );
    assert_eq!(Control::None, held(&node, "D").portions[0].label.control);
}

/// What a partner can send that names a report, each about a report of the given name.
fn probes(id: &str, from: &str) -> Vec<Message> {
    let (report, portion) = (ReportId::new(id).unwrap(), PortionId::new("p1").unwrap());
    let portions = BTreeSet::from([portion.clone()]);
    let base = PortionRef {
        report: report.clone(),
        version: 1,
        portion: portion.clone(),
    };
    let visitor = Person::outsider(PersonId::new("CHL/visitor").unwrap(), party("CHL"));
    let request = |name: &str, report: &ReportId, carried: Carried| {
        Message::Request(Request {
            id: RequestId::new(format!("req-{name}")).unwrap(),
            from: party(from),
            to: party("HOME"),
            report: report.clone(),
            version: 1,
            portions: portions.clone(),
            audience: vec![visitor.clone()],
            purpose: None,
            reason: String::new(),
            change: String::new(),
            opened: now(),
            needed_by: None,
            carried,
        })
    };
    let rests = CarriedText {
        mark: "(TLP:GREEN)".to_owned(),
        scheme: entente_marking::SchemeId::new("tlp"),
        profile: "2.0".to_owned(),
        from: BTreeSet::from([base]),
        text: Some("What rests on it.".to_owned()),
    };
    let carried = Carried {
        texts: BTreeMap::from([(portion, rests)]),
        shown: BTreeSet::new(),
    };
    let own = ReportId::new("THEIRS").unwrap();
    let given_up = Message::GivenUp {
        report: report.clone(),
        at: now(),
        statement: String::new(),
    };
    vec![
        request("plain", &report, Carried::default()),
        request("rests", &own, carried),
        given_up,
        tells(id, "THIRD/reader"),
        tells_of_case(id),
    ]
}

/// A partner does not learn by asking what there is: what is protected, and what was never given to it, is answered as what
/// is missing is.
#[test]
fn nobody_learns_by_a_message_what_there_is() {
    let mut node = Node::new();
    for (id, protected) in [("SECRET", true), ("PLAIN", false)] {
        let mut written = report(id, "HOME", "text");
        written.existence_protected = protected;
        node.run(Command::AddReport(written)).unwrap();
    }
    let answers = |id: &str| -> Vec<bool> {
        let each = probes(id, "EVIL").into_iter();
        each.map(|message| node.clone().from("EVIL", message).is_ok()).collect()
    };
    let missing = answers("NOWHERE");
    assert_eq!(answers("SECRET"), missing);
    assert!(missing.len() == 5 && missing.iter().all(|taken| !taken), "{missing:?}");
    // What is not protected and was not given cannot be asked for either.
    assert_eq!(answers("PLAIN")[0], missing[0]);
    // Whoever was given it is heard.
    let mut given = node.clone();
    given
        .run(Command::HandOver(Handover::of(
            ReportId::new("SECRET").unwrap(),
            party("EVIL"),
        )))
        .unwrap();
    let heard: Vec<bool> = probes("SECRET", "EVIL")
        .into_iter()
        .map(|message| given.clone().from("EVIL", message).is_ok())
        .collect();
    assert!(heard.iter().all(|taken| *taken), "{heard:?}");
}
