//! The course of a case: what is noted in it and what is not, what is put on hold, who is told, and how it ends.

use super::*;
use entente_core::incident::{Incident, Relabel, Stage};

/// HOME's own report, of which the plot was told to somebody of JOR, and a case about it.
fn slipped() -> (Node, IncidentId) {
    let mut node = Node::new();
    let mut own = report(1, "HOME", None);
    for portion in &mut own.portions {
        let origin = Origin {
            recipients: ["HOME", "GOOD"].map(party).into(),
            third_party: true,
            ..Origin::default()
        };
        portion.lineage = Lineage::of(party("HOME"), origin);
    }
    node.run(0, Command::AddReport(own)).unwrap();
    let record = node.disclose(1, "dis-1", named(["plot"]), Said::default()).unwrap();
    assert!(
        record.permitted.values().all(|permitted| !permitted),
        "nobody permitted it"
    );
    let id = node.open_case(2, &["dis-1"]);
    (node, id)
}

fn note(id: &IncidentId, what: What) -> Command {
    Command::NoteIncident {
        incident: id.clone(),
        by: person("HOME/officer"),
        what,
    }
}

fn close(id: &IncidentId) -> Command {
    Command::CloseIncident {
        incident: id.clone(),
        by: person("HOME/officer"),
        note: "done".to_owned(),
        resume: true,
    }
}

fn respond(id: &IncidentId, struck: &[&str]) -> Command {
    Command::RespondToIncident {
        incident: id.clone(),
        by: person("HOME/officer"),
        recall: None,
        recall_id: RecallId::new("back").unwrap(),
        struck: struck.iter().map(ToString::to_string).collect(),
    }
}

/// Every stage is recorded as done.
fn all_done(node: &mut Node, id: &IncidentId) {
    for stage in Stage::ALL {
        let what = What::Done {
            stage: *stage,
            note: "done".to_owned(),
        };
        node.run(5, note(id, what)).unwrap();
    }
}

fn case_of<'n>(node: &'n Node, id: &IncidentId) -> &'n Incident {
    node.state.incidents.get(id).unwrap()
}

fn is_on_hold(node: &Node) -> bool {
    node.state.reports.get(&report_id()).unwrap().on_hold.is_some()
}

#[test]
fn a_disclosure_of_this_party_s_own_is_meant_also_where_its_name_is_said_in_full() {
    let (mut node, _) = slipped();
    let id = node.open_case(3, &["HOME/dis-1"]);
    let about: Vec<String> = case_of(&node, &id)
        .disclosures
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(about, ["dis-1"]);
}

#[test]
fn what_a_command_does_is_recorded_by_that_command_alone() {
    let (mut node, id) = slipped();
    let by_hand = [
        What::Closed {
            note: "done".to_owned(),
        },
        What::Contained {
            held: BTreeSet::new(),
            recalls: BTreeSet::new(),
        },
        What::Acknowledged {
            party: party("GOOD"),
            statement: "seen".to_owned(),
        },
    ];
    for what in by_hand {
        let refused = node.run(3, note(&id, what)).unwrap_err().to_string();
        assert!(refused.contains("recorded by the command that does it"), "{refused}");
    }
    assert!(case_of(&node, &id).entries.is_empty());
}

#[test]
fn only_what_a_case_is_about_is_labelled_again_in_it() {
    let (mut node, id) = slipped();
    let relabel = |portion: &str| What::Relabelled {
        portion: PortionRef {
            report: report_id(),
            version: 1,
            portion: PortionId::new(portion).unwrap(),
        },
        decision: Relabel::Keep,
        reason: "as it was".to_owned(),
    };
    let refused = node.run(3, note(&id, relabel("place"))).unwrap_err().to_string();
    assert!(refused.contains("is not among what inc-2 is about"), "{refused}");
    node.run(4, note(&id, relabel("plot"))).unwrap();
}

#[test]
fn releases_are_put_on_hold_unless_that_is_struck_from_the_plan() {
    let (mut node, id) = slipped();
    let mut recalling = respond(&id, &["hold:R-1"]);
    if let Command::RespondToIncident { recall, .. } = &mut recalling {
        *recall = Some(RecallAction::RetainHide);
    }
    node.run(3, Command::HandOver(Handover::of(report_id(), party("GOOD"))))
        .unwrap();
    node.run(4, recalling).unwrap();
    assert!(!is_on_hold(&node));
    node.run(5, respond(&id, &[])).unwrap();
    assert!(is_on_hold(&node));
}

#[test]
fn a_plan_holds_what_is_not_on_hold_yet() {
    let (mut node, id) = slipped();
    let holds = |node: &Node| {
        node.planned(5, &id)
            .iter()
            .any(|line| matches!(line, PlanLine::Hold { .. }))
    };
    assert!(holds(&node));
    let hold = Command::HoldReport {
        report: report_id(),
        reason: "for now".to_owned(),
    };
    node.run(4, hold).unwrap();
    assert!(!holds(&node), "it is on hold");
}

#[test]
fn a_case_says_who_could_not_be_told_because_their_keys_are_not_known() {
    let (mut node, _) = slipped();
    node.run(3, Command::HandOver(Handover::of(report_id(), party("GOOD"))))
        .unwrap();
    let id = node.open_case(4, &["dis-1"]);
    let notify = Command::NotifyIncident {
        incident: id.clone(),
        by: person("HOME/officer"),
    };
    node.run(5, notify.clone()).unwrap();
    let last = |node: &Node| format!("{:?}", case_of(node, &id).entries.last().unwrap().what);
    assert!(
        last(&node).contains("1 to be told; not sent yet, for their keys are not known: GOOD"),
        "{}",
        last(&node)
    );
    node.run(6, notify).unwrap();
    assert!(last(&node).contains("nobody more has to be told"), "{}", last(&node));
}

#[test]
fn a_case_closes_once_every_stage_is_done_and_lets_releases_go_on() {
    let (mut node, id) = slipped();
    node.run(3, respond(&id, &[])).unwrap();
    let refused = node.run(4, close(&id)).unwrap_err().to_string();
    assert!(
        refused.contains("inc-2 cannot be closed: open") && refused.contains("lessons not done"),
        "{refused}"
    );
    all_done(&mut node, &id);
    assert!(is_on_hold(&node));
    node.run(6, close(&id)).unwrap();
    assert_eq!(case_of(&node, &id).closed(), Some(minute(6)));
    assert!(!is_on_hold(&node), "no other case holds it");
}

#[test]
fn what_another_open_case_holds_stays_on_hold() {
    let (mut node, id) = slipped();
    let other = node.open_case(3, &["dis-1"]);
    for id in [&id, &other] {
        let contain = Command::ContainIncident {
            incident: id.clone(),
            by: person("HOME/officer"),
            recall: None,
            recall_id: RecallId::new("back").unwrap(),
        };
        node.run(4, contain).unwrap();
        all_done(&mut node, id);
    }
    node.run(6, close(&id)).unwrap();
    assert!(is_on_hold(&node));
    node.run(7, close(&other)).unwrap();
    assert!(!is_on_hold(&node));
}

#[test]
fn a_partner_s_notice_is_acknowledged_here_and_not_by_its_sender() {
    let mut node = consented();
    let notice = incident::IncidentNotice {
        incident: IncidentId::new("inc-far").unwrap(),
        why: BTreeSet::new(),
        portions: BTreeSet::from([PortionRef {
            report: report_id(),
            version: 1,
            portion: PortionId::new("plot").unwrap(),
        }]),
        at: minute(30),
        acknowledged: Some((minute(30), "seen and excused".to_owned())),
    };
    node.hear(31, "GOOD", Message::Incident(notice));
    let (_, held) = node.state.incident_notices.values().next().unwrap();
    assert_eq!(held.acknowledged, None);
}

#[test]
fn what_is_said_is_recorded_up_to_this_moment_and_from_the_briefing_s_own_on() {
    let mut node = consented();
    node.disclose(22, "dis-1", named(["plot"]), at(22)).unwrap();
    let prepare = Command::PrepareBriefing {
        id: BriefingId::new("brf-1").unwrap(),
        speaker: person("HOME/officer"),
        audience: BTreeSet::from([person("JOR/visitor")]),
        reports: vec![report_id()],
        purpose: None,
    };
    node.run(23, prepare).unwrap();
    let in_it = |id: &str, when| {
        let mut command = disclosure(
            &DisclosureId::new(id).unwrap(),
            named(["plot"]),
            "JOR/visitor",
            at(when),
        );
        if let Command::Disclose { briefing, .. } = &mut command {
            *briefing = Some(BriefingId::new("brf-1").unwrap());
        }
        command
    };
    let refused = node.run(24, in_it("dis-2", 22)).unwrap_err().to_string();
    assert!(refused.contains("before briefing brf-1 was prepared"), "{refused}");
    node.run(24, in_it("dis-3", 23)).unwrap();
}

#[test]
fn an_originator_is_told_what_was_said_of_its_own_by_the_names_it_knows() {
    let mut node = consented();
    let facts = ["plot", "place"].map(|portion| Fact {
        id: FactId::new(format!("{portion}.1")).unwrap(),
        portion: PortionId::new(portion).unwrap(),
        text: format!("the {portion}"),
        slots: Vec::new(),
        values: Vec::new(),
        reveals: None,
        growth: Growth::default(),
    });
    let set = Command::SetFacts {
        report: report_id(),
        facts: facts.into(),
    };
    node.run(20, set).unwrap();
    let mut resting = report(1, "HOME", None);
    resting.id = ReportId::new("R-2").unwrap();
    let from = PortionRef {
        report: report_id(),
        version: 1,
        portion: PortionId::new("plot").unwrap(),
    };
    let origin = Origin {
        from: BTreeSet::from([from]),
        ..Origin::default()
    };
    let both = Lineage::of(party("HOME"), Origin::default()).combine(&Lineage::of(party("GOOD"), origin));
    resting.portions[0].lineage = both;
    resting.portions[0].id = PortionId::new("summary").unwrap();
    node.state.apply(&Event::ReportAdded(resting));
    let told = |decided: &Decided| -> Vec<(String, Disclosure)> {
        let notices = decided.messages.iter().filter_map(|(to, message)| match message {
            Message::Notice(Notice::Disclosure(told)) => Some((to.to_string(), told.clone())),
            _ => None,
        });
        notices.collect()
    };
    // Its own report, with the fact that was told.
    let mut own = disclosure(
        &DisclosureId::new("dis-1").unwrap(),
        named(["plot"]),
        "JOR/visitor",
        at(22),
    );
    if let Command::Disclose { learned, .. } = &mut own {
        learned.push(Telling {
            fact: FactId::new("plot.1").unwrap(),
            status: Status::Asserted,
            origin: None,
            words: None,
        });
    }
    let decided = node.run(22, own).unwrap();
    let notices = told(&decided);
    assert_eq!(notices.len(), 1);
    assert_eq!((notices[0].0.as_str(), &notices[0].1.report), ("GOOD", &report_id()));
    assert_eq!(notices[0].1.learned.len(), 1, "what was learned of its own");
    assert_eq!(
        notices[0].1.permitted,
        BTreeMap::from([(PortionId::new("plot").unwrap(), true)])
    );
    // A report of ours that rests on it: told by the names of its own.
    let mut resting = disclosure(
        &DisclosureId::new("dis-2").unwrap(),
        named(["summary"]),
        "JOR/visitor",
        at(23),
    );
    if let Command::Disclose { report, .. } = &mut resting {
        *report = ReportId::new("R-2").unwrap();
    }
    let notices = told(&node.run(23, resting).unwrap());
    let names: Vec<_> = notices
        .iter()
        .map(|(to, told)| (to.as_str(), told.report.as_str(), told.portions.clone()))
        .collect();
    assert_eq!(names, [("GOOD", "R-1", named(["plot"]))]);
    assert!(notices[0].1.permitted.keys().eq(&named(["plot"])), "by its own names");
}

/// Whoever may override is recorded.
fn minister(node: &mut Node) {
    let mut authority = Person::outsider(person("HOME/minister"), party("HOME"));
    authority.roles.insert("override-authority".to_owned());
    node.run(20, Command::SetPerson(authority)).unwrap();
}

fn overridden(id: &str, portion: &str) -> Command {
    Command::Override {
        id: DisclosureId::new(id).unwrap(),
        authority: person("HOME/minister"),
        report: report_id(),
        portions: named([portion]),
        audience: BTreeSet::from([person("JOR/visitor")]),
        purpose: None,
        lawful: Lawful::Undetermined,
        reason: "said so".to_owned(),
    }
}

/// The portions of which an originator is told that they were overridden.
fn override_told(decided: &Decided) -> Option<BTreeSet<PortionId>> {
    decided.messages.iter().find_map(|(_, message)| match message {
        Message::Notice(Notice::Override(told)) => Some(told.portions.clone()),
        _ => None,
    })
}

#[test]
fn what_was_said_under_an_override_names_one_that_is_recorded() {
    let mut node = consented();
    minister(&mut node);
    let decided = node.run(21, overridden("ovr-1", "place")).unwrap();
    assert_eq!(
        override_told(&decided),
        Some(named(["place"])),
        "GOOD is told of which portion"
    );
    let under = |id: &str, ovr: &str| {
        let mut command = disclosure(&DisclosureId::new(id).unwrap(), named(["place"]), "JOR/visitor", at(22));
        if let Command::Disclose { under, .. } = &mut command {
            *under = Some(DisclosureId::new(ovr).unwrap());
        }
        command
    };
    let refused = node.run(22, under("dis-1", "ovr-9")).unwrap_err().to_string();
    assert!(refused.contains("override") && refused.contains("ovr-9"), "{refused}");
    node.run(22, under("dis-2", "ovr-1")).unwrap();
}

#[test]
fn an_assessment_stands_in_the_case_and_only_own_people_work_on_it() {
    let (mut node, id) = slipped();
    let assess = Command::AssessIncident {
        incident: id.clone(),
        by: person("HOME/officer"),
        note: "little".to_owned(),
        last: true,
    };
    node.run(3, assess).unwrap();
    let entry = &case_of(&node, &id).entries.last().unwrap().what;
    let stands = matches!(entry, What::Assessed { last: true, note, .. } if note == "little");
    assert!(stands, "{entry:?}");
    let member = |name: &str| What::Member { person: person(name) };
    assert!(node.run(4, note(&id, member("JOR/visitor"))).is_err());
    node.run(5, note(&id, member("HOME/clerk"))).unwrap();
    assert!(case_of(&node, &id).members.contains(&person("HOME/clerk")));
}

#[test]
fn what_was_said_just_a_day_ago_needs_no_reason() {
    let mut node = consented();
    node.disclose(20 + 24 * 60, "dis-1", named(["plot"]), at(20)).unwrap();
    assert!(node.disclose(21 + 24 * 60, "dis-2", named(["plot"]), at(20)).is_err());
}
