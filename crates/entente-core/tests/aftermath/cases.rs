//! What a case counts, whom it tells, and who may work on it.

use super::*;

/// HOME's own report, with a source of eight candidates behind it; the place is known to two of them only.
fn sourced() -> Node {
    let mut node = Node::new();
    node.run(0, Command::AddReport(report(1, "HOME", None))).unwrap();
    let candidates: Vec<_> = (0..8)
        .map(
            |n| serde_json::json!({ "id": format!("c{n}"), "attributes": { "place": if n == 0 { "R" } else { "T" } } }),
        )
        .collect();
    let protect = Command::ProtectSource {
        id: SourceId::new("src-1").unwrap(),
        register: serde_json::json!({ "candidates": candidates, "true": "c0" }).to_string(),
        threshold: Threshold::new(4, 0.5).unwrap(),
        reports: BTreeSet::from([report_id()]),
    };
    node.run(0, protect).unwrap();
    let fact = Fact {
        id: FactId::new("place.1").unwrap(),
        portion: PortionId::new("place").unwrap(),
        text: "the place".to_owned(),
        slots: Vec::new(),
        values: Vec::new(),
        reveals: Some("place = 'R'".to_owned()),
        growth: Growth::default(),
    };
    let harmless = Fact {
        id: FactId::new("plot.1").unwrap(),
        portion: PortionId::new("plot").unwrap(),
        reveals: None,
        ..fact.clone()
    };
    node.run(
        0,
        Command::SetFacts {
            report: report_id(),
            facts: vec![fact, harmless],
        },
    )
    .unwrap();
    node
}

fn case(node: &mut Node, at: i64, disclosures: &[&str]) -> incident::Incident {
    let id = node.open_case(at, disclosures);
    node.state.incidents.get(&id).unwrap().clone()
}

#[test]
fn d6_a_source_below_its_threshold_is_listed_though_an_override_came_first() {
    let mut node = sourced();
    let mut authority = Person::outsider(person("HOME/minister"), party("HOME"));
    authority.roles.insert("override-authority".to_owned());
    node.run(0, Command::SetPerson(authority)).unwrap();
    let override_it = Command::Override {
        id: DisclosureId::new("ovr-1").unwrap(),
        authority: person("HOME/minister"),
        report: report_id(),
        portions: named(["place"]),
        audience: BTreeSet::from([person("JOR/visitor")]),
        purpose: None,
        lawful: Lawful::Undetermined,
        reason: "said so".to_owned(),
    };
    node.run(5, override_it).unwrap();
    node.disclose(6, "dis-1", named(["place"]), Said::default()).unwrap();
    let case = case(&mut node, 7, &["dis-1"]);
    let damage = source_damage(&node.state, &case);
    assert_eq!(damage.len(), 1, "{damage:?}");
    let (before, after) = (damage[0].before.as_ref().unwrap(), damage[0].after.as_ref().unwrap());
    assert_eq!((before.consistent, after.consistent, damage[0].kept), (8, 1, false));
}

#[test]
fn d10_what_is_learned_later_in_another_matter_is_not_this_cases_damage() {
    let mut node = sourced();
    node.disclose(6, "dis-1", named(["plot"]), Said::default()).unwrap();
    let first = case(&mut node, 7, &["dis-1"]);
    node.disclose(9, "dis-2", named(["place"]), Said::default()).unwrap();
    assert_eq!(source_damage(&node.state, &first), []);
    let second = case(&mut node, 10, &["dis-2"]);
    let damage = source_damage(&node.state, &second);
    assert_eq!(damage.len(), 1, "{damage:?}");
    assert_eq!(damage[0].after.as_ref().unwrap().consistent, 1);
}

#[test]
fn what_is_noted_in_a_case_stands_in_it() {
    let mut node = sourced();
    for (id, portion) in [("dis-1", "plot"), ("dis-2", "place")] {
        node.disclose(6, id, named([portion]), Said::default()).unwrap();
    }
    let first = case(&mut node, 7, &["dis-1"]);
    let note = |what| Command::NoteIncident {
        incident: first.id.clone(),
        by: person("HOME/officer"),
        what,
    };
    let also = What::Disclosure {
        id: DisclosureId::new("dis-2").unwrap().into(),
    };
    node.run(8, note(also)).unwrap();
    let finding = What::Finding {
        compromise: incident::Compromise::Probable,
        note: "two visitors heard it".to_owned(),
    };
    node.run(9, note(finding.clone())).unwrap();
    let held = node.state.incidents.get(&first.id).unwrap();
    assert_eq!(held.disclosures.len(), 2);
    assert_eq!(held.entries.len(), first.entries.len() + 2);
    assert_eq!(held.entries.last().unwrap().what, finding);
}

#[test]
fn what_one_answers_a_case_with_recalls_ones_own_text_from_whoever_was_given_it() {
    let mut node = sourced();
    let handed = Handover {
        portions: Some(named(["plot"])),
        ..Handover::of(report_id(), party("GOOD"))
    };
    node.run(5, Command::HandOver(handed)).unwrap();
    node.disclose(6, "dis-1", named(["place"]), Said::default()).unwrap();
    let case = case(&mut node, 7, &["dis-1"]);
    let respond = Command::RespondToIncident {
        incident: case.id,
        by: person("HOME/officer"),
        recall: Some(RecallAction::RetainHide),
        recall_id: RecallId::new("back").unwrap(),
        struck: BTreeSet::new(),
    };
    let decided = node.run(8, respond).unwrap();
    let recalled = decided.messages.iter().any(|(to, message)| {
        *to == party("GOOD") && matches!(message, Message::Recall(recall) if recall.report == report_id())
    });
    assert!(recalled, "{:?}", decided.messages);
}

#[test]
fn d7_who_holds_an_earlier_version_of_a_portion_is_told_by_that_version() {
    let mut node = Node::new();
    node.run(0, Command::AddReport(report(1, "HOME", None))).unwrap();
    let deliver = Command::HandOver(Handover::of(report_id(), party("GOOD")));
    node.run(1, deliver).unwrap();
    let mut second = report(2, "HOME", None);
    second.portions[0].text = "the plot, in other words".to_owned();
    node.run(2, Command::AddReport(second)).unwrap();
    // JOR is no recipient, so that it was not permitted.
    let hold = Command::HoldReport {
        report: report_id(),
        reason: "for now".to_owned(),
    };
    node.run(3, hold).unwrap();
    node.disclose(4, "dis-1", named(["plot"]), Said::default()).unwrap();
    let case = case(&mut node, 5, &["dis-1"]);
    let notify = Command::NotifyIncident {
        incident: case.id,
        by: person("HOME/officer"),
    };
    let told = node.run(6, notify).unwrap();
    let notices: Vec<_> = (told.messages.iter())
        .filter_map(|(to, message)| match message {
            Message::Incident(notice) => Some((
                to.to_string(),
                notice.portions.iter().map(ToString::to_string).collect::<Vec<_>>(),
            )),
            _ => None,
        })
        .collect();
    assert_eq!(notices, [("GOOD".to_owned(), vec!["R-1 v1 plot".to_owned()])]);
}

#[test]
fn d8_those_who_work_on_a_case_may_review_what_it_is_about_after_a_recall() {
    let mut node = Node::new();
    node.run(0, Command::AddReport(report(1, "HOME", None))).unwrap();
    node.disclose(1, "dis-1", named(["plot"]), Said::default()).unwrap();
    case(&mut node, 2, &["dis-1"]);
    let recall = Command::Recall {
        id: RecallId::new("rec-1").unwrap(),
        report: report_id(),
        action: RecallAction::RetainHide,
        reason: "out".to_owned(),
    };
    node.run(3, recall).unwrap();
    let confirm = |by: &str, id: &str| match disclosure(
        &DisclosureId::new(id).unwrap(),
        named(["place"]),
        "PUBLIC/anyone",
        Said::default(),
    ) {
        Command::Disclose {
            id,
            report,
            portions,
            audience,
            route,
            by: said_by,
            learned,
            purpose,
            lawful,
            under,
            briefing,
            said,
            ..
        } => Command::Disclose {
            id,
            report,
            portions,
            audience,
            route,
            by: said_by,
            learned,
            purpose,
            lawful,
            under,
            briefing,
            said,
            review: Some(Review {
                by: person(by),
                purpose: None,
            }),
        },
        _ => unreachable!(),
    };
    let refused = node.run(4, confirm("HOME/clerk", "dis-2")).unwrap_err().to_string();
    assert!(refused.contains("may not know R-1/place"), "{refused}");
    node.run(4, confirm("HOME/officer", "dis-3")).unwrap();
    // Once the case is closed, nobody may.
    let close = Event::IncidentNoted {
        incident: IncidentId::new("inc-2").unwrap(),
        entry: incident::Entry {
            at: minute(5),
            by: None,
            what: What::Closed {
                note: "done".to_owned(),
            },
        },
    };
    node.state.apply(&close);
    assert!(node.run(6, confirm("HOME/officer", "dis-4")).is_err());
}

#[test]
fn handlers_who_do_not_work_on_the_case_are_alerted() {
    let mut node = sourced();
    for name in ["HOME/officer", "HOME/handler"] {
        let mut handler = Person::outsider(person(name), party("HOME"));
        handler.roles.insert("source-handler".to_owned());
        node.run(1, Command::SetPerson(handler)).unwrap();
    }
    node.disclose(6, "dis-1", named(["place"]), Said::default()).unwrap();
    let case = case(&mut node, 7, &["dis-1"]);
    let lines = node.planned(8, &case.id);
    let alerted: Vec<&PersonId> = (lines.iter())
        .filter_map(|line| match line {
            PlanLine::Alert { person } => Some(person),
            _ => None,
        })
        .collect();
    assert_eq!(alerted, [&person("HOME/handler")]);
    let respond = Command::RespondToIncident {
        incident: case.id.clone(),
        by: person("HOME/officer"),
        recall: None,
        recall_id: RecallId::new("back").unwrap(),
        struck: BTreeSet::new(),
    };
    node.run(9, respond).unwrap();
    let members = &node.state.incidents.get(&case.id).unwrap().members;
    assert!(
        members.contains(&person("HOME/handler")),
        "whoever was alerted works on it"
    );
}
