//! What partners say that goes beyond what they may, or that comes in another order: what of it counts.

use super::*;

fn reference(report: &str, portion: &str) -> PortionRef {
    PortionRef {
        report: ReportId::new(report).unwrap(),
        version: 1,
        portion: PortionId::new(portion).unwrap(),
    }
}

fn delivery(report: Report, from: &str, part: Part) -> Message {
    let delivery = Delivery {
        report: report.id.clone(),
        version: report.version,
        to: party("HOME"),
        by: party(from),
        at: minute(1),
        portions: None,
        under: BTreeSet::new(),
    };
    Message::Delivery {
        delivery,
        report,
        arrangements: Vec::new(),
        part,
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

/// The consent of [`consented`] as another party, about other portions, or under another id.
fn like(node: &Node, id: &str, by: &str, portions: BTreeSet<PortionRef>) -> Consent {
    Consent {
        id: ConsentId::new(id).unwrap(),
        originator: party(by),
        request: None,
        received: None,
        portions,
        ..node.state.consents.values().next().unwrap().clone()
    }
}

#[test]
fn a_receiver_s_word_about_a_message_stands_and_only_a_refusal_may_turn() {
    let mut node = Node::new();
    let say = |by: &str, message: &str, outcome| {
        Command::TakeReceipt(MessageReceipt {
            by: party(by),
            message: message.to_owned(),
            digest: "0".repeat(64),
            outcome,
            leaf: None,
            at: minute(1),
        })
    };
    let (taken, refused) = (MessageOutcome::Taken, MessageOutcome::Refused);
    assert_eq!(node.run(1, say("GOOD", "m-1", refused)).unwrap().events.len(), 1);
    assert_eq!(
        node.run(2, say("GOOD", "m-1", refused)).unwrap().events,
        [],
        "it said so"
    );
    let other = node.run(2, say("JOR", "m-1", taken)).unwrap_err().to_string();
    assert!(other.contains("GOOD said before"), "{other}");
    assert_eq!(
        node.run(3, say("GOOD", "m-1", taken)).unwrap().events.len(),
        1,
        "it took it in after all"
    );
    let back = node.run(4, say("GOOD", "m-1", refused)).unwrap_err().to_string();
    assert!(back.contains("GOOD said before that message `m-1` was taken"), "{back}");
    assert_eq!(node.state.receipts.get("m-1").unwrap().outcome, taken);
}

#[test]
fn only_an_originator_of_something_in_it_consents_to_all_of_a_report() {
    let mut node = consented();
    let refused = node
        .try_hear(20, "JOR", answer(like(&node, "con-j", "JOR", BTreeSet::new())))
        .unwrap_err();
    assert!(
        refused.contains("it is not an originator of anything in R-1"),
        "{refused}"
    );
    node.try_hear(21, "GOOD", answer(like(&node, "con-g", "GOOD", BTreeSet::new())))
        .unwrap();
}

#[test]
fn an_answer_about_a_source_is_about_what_was_asked() {
    let mut node = consented();
    let said = |version, to: &str| ExposureAnswer {
        request: Some(RequestId::new("req-1").unwrap()),
        by: party("GOOD"),
        to: party("HOME"),
        report: report_id(),
        version,
        portions: named(["plot"]),
        recipients: Recipients {
            persons: BTreeSet::from([person(to)]),
            parties: BTreeSet::new(),
        },
        band: exposure::Band::Within,
        purposes: None,
        consent: None,
        despite: None,
        at: minute(20),
    };
    let message = |answer| Message::Answer {
        consents: Vec::new(),
        refusals: Vec::new(),
        substitutes: Vec::new(),
        exposures: vec![answer],
    };
    for wrong in [said(2, "JOR/visitor"), said(1, "JOR/other")] {
        let refused = node.try_hear(20, "GOOD", message(wrong)).unwrap_err();
        assert!(
            refused.contains("is not about what request req-1 asked for"),
            "{refused}"
        );
    }
    node.try_hear(21, "GOOD", message(said(1, "JOR/visitor"))).unwrap();
}

#[test]
fn what_ends_before_it_comes_is_remembered_up_to_a_bound_and_what_is_here_ends_always() {
    let mut node = consented();
    for n in 0..10_000 {
        let (consent, recall) = (format!("con-far-{n}"), format!("rec-far-{n}"));
        node.state.apply(&Event::ConsentWithdrawn {
            consent: ConsentId::new(consent).unwrap(),
            by: Some(party("GOOD")),
            reason: String::new(),
            at: minute(20),
        });
        node.state
            .apply(&Event::RecallOrdered(recalled(&recall, &format!("FAR-{n}"))));
    }
    let withdraw = |id: &str| Message::Withdrawal {
        consent: ConsentId::new(id).unwrap(),
        reason: String::new(),
        at: minute(20),
    };
    let refused = node.try_hear(21, "GOOD", withdraw("con-far")).unwrap_err();
    assert!(
        refused.contains("withdrawn 10000 consents that never came here"),
        "{refused}"
    );
    node.try_hear(22, "GOOD", withdraw("con-1")).unwrap();
    let refused = node
        .try_hear(23, "GOOD", Message::Recall(recalled("rec-far", "FAR")))
        .unwrap_err();
    assert!(
        refused.contains("recalled 10000 reports that never came here"),
        "{refused}"
    );
    node.try_hear(24, "GOOD", Message::Recall(recalled("rec-1", "R-1")))
        .unwrap();
}

fn recalled(id: &str, report: &str) -> Recall {
    Recall {
        id: RecallId::new(id).unwrap(),
        originator: party("GOOD"),
        report: ReportId::new(report).unwrap(),
        version: 1,
        action: RecallAction::RetainHide,
        reason: String::new(),
        ordered: minute(20),
        holders: BTreeMap::from([(party("HOME"), None)]),
        scope: Scope::default(),
    }
}

#[test]
fn a_version_that_is_here_comes_again_only_as_it_was() {
    let mut node = consented();
    let held = |change: &dyn Fn(&mut Report)| {
        let mut again = report(1, "GOOD", Some("D-1"));
        change(&mut again);
        delivery(again, "GOOD", Part::default())
    };
    node.try_hear(20, "GOOD", held(&|_| ())).unwrap();
    let mut refused = |what: &str, change: fn(&mut Report)| {
        let refused = node.try_hear(21, "GOOD", held(&change)).unwrap_err();
        assert!(
            refused.contains(&format!("R-1 v1 is held here with another {what}")),
            "{refused}"
        );
    };
    refused("title, scheme, date or protection", |again| {
        again.expires = Some(minute(90));
    });
    refused("title, scheme, date or protection", |again| {
        again.existence_protected = true;
    });
    refused("content of portion plot", |again| again.portions[0].text.push('!'));
}

#[test]
fn a_consent_that_comes_with_a_text_is_about_that_text() {
    let mut node = consented();
    let with = |consents: Vec<Consent>| {
        let part = Part {
            consents,
            ..Part::default()
        };
        delivery(report(1, "GOOD", Some("D-1")), "GOOD", part)
    };
    let about = |portions: &[(&str, &str)]| {
        let portions = portions
            .iter()
            .map(|(report, portion)| reference(report, portion))
            .collect();
        like(&node, "con-5", "GOOD", portions)
    };
    let right = about(&[("R-1", "place")]);
    let wrong = [
        vec![about(&[])],
        vec![about(&[("R-1", "place"), ("R-9", "plot")])],
        vec![right.clone(), right.clone()],
    ];
    for consents in wrong {
        let refused = node.try_hear(20, "GOOD", with(consents)).unwrap_err();
        assert!(
            refused.contains("con-5 is not about the text that it came with"),
            "{refused}"
        );
    }
    node.try_hear(21, "GOOD", with(vec![right])).unwrap();
}

#[test]
fn whose_information_it_is_is_said_in_the_one_spelling_of_a_path() {
    let mut node = Node::new();
    let mut spelt = report(1, "GOOD", None);
    let small = PartyPath::stored("jor").unwrap();
    spelt.portions[0].lineage = spelt.portions[0]
        .lineage
        .combine(&Lineage::of(small, Origin::default()));
    let refused = node
        .try_hear(1, "GOOD", delivery(spelt, "GOOD", Part::default()))
        .unwrap_err();
    assert!(refused.contains("report R-1"), "{refused}");
}

#[test]
fn of_several_bases_here_the_stricter_terms_hold_for_what_a_partner_made_of_them() {
    let mut node = Node::new();
    let mut own = report(1, "HOME", None);
    let origins = [
        Origin {
            recipients: ["GOOD", "JOR"].map(party).into(),
            persons: ["GOOD/desk", "JOR/desk"].map(person).into(),
            arrangements: ["A-1", "A-2"].map(|id| ArrangementId::new(id).unwrap()).into(),
            protects_source: true,
            ..Origin::default()
        },
        Origin {
            recipients: BTreeSet::from([party("GOOD")]),
            persons: BTreeSet::from([person("GOOD/desk")]),
            arrangements: BTreeSet::from([ArrangementId::new("A-1").unwrap()]),
            third_party: true,
            named: true,
            ..Origin::default()
        },
    ];
    for (portion, origin) in own.portions.iter_mut().zip(origins) {
        portion.lineage = Lineage::of(party("HOME"), origin);
    }
    node.run(0, Command::AddReport(own)).unwrap();
    let mut made = report(1, "GOOD", None);
    made.id = ReportId::new("G-1").unwrap();
    made.portions.truncate(1);
    let origin = Origin {
        from: [reference("R-1", "plot"), reference("R-1", "place")].into(),
        ..Origin::default()
    };
    made.portions[0].lineage = made.portions[0].lineage.combine(&Lineage::of(party("HOME"), origin));
    node.try_hear(1, "GOOD", delivery(made, "GOOD", Part::default()))
        .unwrap();
    let held = node.state.reports.get(&ReportId::new("G-1").unwrap()).unwrap();
    let lineage = &held.latest().unwrap().portions[0].lineage;
    let (_, terms) = lineage.iter().find(|(named, _)| **named == party("HOME")).unwrap();
    assert_eq!(terms.recipients, BTreeSet::from([party("GOOD")]), "those of both");
    assert_eq!(terms.persons, BTreeSet::from([person("GOOD/desk")]), "those of both");
    assert_eq!(terms.arrangements.len(), 2, "those of either");
    assert!(terms.named, "what either asks: {terms:?}");
    assert!(
        terms.third_party && terms.protects_source,
        "what either asks: {terms:?}"
    );
}

#[test]
fn facts_keep_what_was_taken_over_from_texts_under_their_own_names_only() {
    let mut node = Node::new();
    node.run(0, Command::AddReport(report(1, "HOME", None))).unwrap();
    let fact = |id: &str, version| Fact {
        id: FactId::new(id).unwrap(),
        portion: PortionId::new("plot").unwrap(),
        text: "the plot".to_owned(),
        slots: Vec::new(),
        values: Vec::new(),
        reveals: None,
        growth: Growth {
            version,
            ..Growth::default()
        },
    };
    let set = |facts: [Fact; 2]| Command::SetFacts {
        report: report_id(),
        facts: facts.into(),
    };
    node.run(1, set([fact("a", 5), fact("b", 0)])).unwrap();
    node.run(2, set([fact("a", 0), fact("b", 0)])).unwrap();
    let versions: Vec<_> = node
        .state
        .facts
        .get(&report_id())
        .unwrap()
        .iter()
        .map(|fact| fact.growth.version)
        .collect();
    assert_eq!(versions, [5, 0]);
}

#[test]
fn a_report_has_no_more_portions_than_a_report_may_have() {
    let mut node = Node::new();
    let most = handle::MAX_PORTIONS;
    let mut large = report(1, "HOME", None);
    let one = large.portions[0].clone();
    large.portions = (0..=most)
        .map(|n| Portion {
            id: PortionId::new(format!("p{n}")).unwrap(),
            ..one.clone()
        })
        .collect();
    let refused = node.run(0, Command::AddReport(large.clone())).unwrap_err().to_string();
    assert!(
        refused.contains("it has 50001 portions, at most 50000 are allowed"),
        "{refused}"
    );
    large.portions.pop();
    node.run(0, Command::AddReport(large)).unwrap();
}
