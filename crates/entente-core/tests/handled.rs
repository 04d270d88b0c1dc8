//! What single handlers do and refuse, where nothing else would notice that they do not: found by changing the program
//! (`scripts/mutants`).

use crate::world;

use std::collections::BTreeSet;

use entente_core::handle::Handover;
use entente_core::*;
use world::{World, consent, party, person, portions, report};

const REPORT: &str = "---
id: R
scheme: us-ic
arrangements: [A-1]
---
(S//OC/REL TO USA, GBR) A plan. {#plan}

(S//NF) Who made it. {#who}
";

/// USA, GBR and FRA with an arrangement; GBR has R.
fn held() -> World {
    let mut world = World::of(&["USA", "GBR", "FRA"]);
    world.agree(&["USA", "GBR", "FRA"], Onward::Free);
    world.write("USA", REPORT);
    let handed = Handover {
        portions: Some(portions("plan")),
        ..Handover::of(report("R"), party("GBR"))
    };
    world.run("USA", Command::HandOver(handed));
    world.deliver_post();
    for who in ["GBR/desk", "FRA/desk"] {
        world.cleared("USA", who);
    }
    world
}

#[test]
fn the_outcome_of_an_audience_is_that_of_its_worst_member() {
    let world = held();
    for audience in [&["GBR/desk"][..], &["FRA/desk"], &["GBR/desk", "FRA/desk"], &[]] {
        world.decided("USA", "R", (audience, ""), |decision| {
            for portion in 0..decision.portions().count() {
                let each = (0..audience.len()).map(|person| decision.outcome(person, portion));
                let worst = each.max().unwrap_or(Outcome::Deny);
                assert_eq!(decision.audience_outcome(portion), worst, "{audience:?} {portion}");
            }
        });
    }
    // There is one of each.
    let of = |who| {
        world
            .outcomes("USA", "R", who, "")
            .into_iter()
            .map(|(_, outcome)| outcome)
            .collect::<Vec<_>>()
    };
    assert!([of("GBR/desk"), of("FRA/desk")].concat().contains(&Outcome::Ask));
}

#[test]
fn a_closed_circle_names_the_standard_that_closes_it() {
    let mut world = World::of(&["USA", "GBR"]);
    world.write(
        "USA",
        "---\nid: R\nscheme: tlp\n---\n(TLP:AMBER+STRICT) A flaw. {#flaw}\n",
    );
    let why = world.decided("USA", "R", (&["GBR/desk"], ""), |decision| decision.explain(0, 0));
    let named = why
        .iter()
        .any(|reason| reason.authority == "FIRST, Traffic Light Protocol 2.0");
    assert!(named, "{why:?}");
    world.write(
        "USA",
        "---\nid: X\nscheme: us-ic\n---\n(S//NF//XD) Whom we met. {#whom}\n",
    );
    world.cleared("USA", "GBR/desk");
    let why = world.decided("USA", "X", (&["GBR/desk"], ""), |decision| decision.explain(0, 0));
    let named = why
        .iter()
        .any(|reason| reason.authority == "IC Markings Manual 2016, pp. 172-175");
    assert!(named, "{why:?}");
}

#[test]
fn what_closes_a_whole_report_is_said_of_the_report_and_not_of_a_mark() {
    let mut world = held();
    world.run(
        "USA",
        Command::WithdrawReport {
            report: report("R"),
            reason: "wrong".to_owned(),
        },
    );
    let why = world.decided("USA", "R", (&["GBR/desk"], ""), |decision| decision.explain(0, 0));
    assert!(why.iter().any(|reason| reason.source == "report R v1"), "{why:?}");
}

/// What each purpose opens of a report for a reader, as lists say it.
fn open_for(world: &World, home: &str, id: &str, reader: &str) -> Result<Vec<(String, Vec<String>)>, String> {
    world.looked(home, |state, context| {
        let guards = (context.policy, context.exposure);
        let open = decide::open_for(state, context.groups, guards, &person(reader), &report(id), context.now);
        let open = open.map_err(|error| error.to_string())?.into_iter();
        let named =
            |purpose: Option<entente_marking::Purpose>| purpose.map_or_else(String::new, |purpose| purpose.to_string());
        Ok(open
            .map(|(purpose, ids)| (named(purpose), ids.iter().map(ToString::to_string).collect()))
            .collect())
    })
}

#[test]
fn a_list_names_the_purposes_that_open_what_is_not_open_anyway() {
    let mut world = held();
    let release = |id: &str, what_for: &[&str]| {
        let purposes = what_for.iter().map(|word| entente_marking::Purpose::new(*word));
        Command::Release(Box::new(handle::Release {
            id: consent(id),
            report: report("R"),
            portions: portions("who"),
            to: Recipients {
                persons: [person("GBR/desk")].into(),
                ..Recipients::default()
            },
            terms: Terms {
                purposes: (!what_for.is_empty()).then(|| purposes.collect()),
                ..Terms::default()
            },
            list: entente_marking::CopyList::Receivers,
        }))
    };
    world.run("USA", release("rel-1", &["warning"]));
    let open = |world: &World, id: &str| open_for(world, "USA", id, "GBR/desk");
    assert_eq!(
        open(&world, "R").unwrap(),
        [
            (String::new(), vec!["plan".to_owned()]),
            ("warning".to_owned(), vec!["plan".to_owned(), "who".to_owned()])
        ]
    );
    // What is open anyway needs no purpose.
    world.run("USA", release("rel-2", &[]));
    assert_eq!(open(&world, "R").unwrap().len(), 1);
    // A report that is closed is said to be there, unless its existence is protected.
    world.write(
        "USA",
        "---\nid: Q\nscheme: us-ic\n---\n(S//NF) Nothing for others. {#all}\n",
    );
    assert_eq!(open(&world, "Q"), Ok(vec![]));
    world.write(
        "USA",
        "---\nid: P\nscheme: us-ic\nexistence-protected: true\n---\n(S//NF) Nothing for others. {#all}\n",
    );
    assert!(open(&world, "P").unwrap_err().contains("P"));
}

#[test]
fn a_briefing_is_about_some_reports_and_not_too_many() {
    let mut world = held();
    let prepare = |reports: Vec<ReportId>| Command::PrepareBriefing {
        id: BriefingId::new("b").unwrap(),
        speaker: person("GBR/desk"),
        audience: BTreeSet::from([person("FRA/desk")]),
        reports,
        purpose: None,
    };
    assert!(world.refused("USA", prepare(vec![])).contains("about 1 to"));
    let many = vec![report("R"); 100_000];
    assert!(world.refused("USA", prepare(many)).contains("about 1 to"));
    world.run("USA", prepare(vec![report("R")]));
}

#[test]
fn contacts_are_noted_struck_out_and_called_by_a_short_name() {
    let mut world = held();
    let set = |name: &str, contact| Command::SetContact {
        party: party("GBR"),
        name: name.to_owned(),
        contact,
    };
    let desk = Contact {
        phone: "+44 20 0000 0000".to_owned(),
        ..Contact::default()
    };
    for name in ["", " ", "two\nlines", &"n".repeat(101)] {
        let refusal = world.refused("USA", set(name, Some(desk.clone())));
        assert!(refusal.contains("at most 100 characters"), "{refusal}");
    }
    world.run("USA", set(&"n".repeat(100), Some(desk.clone())));
    world.run("USA", set("duty officer", Some(desk.clone())));
    assert_eq!(world.state("USA").contacts[&party("GBR")]["duty officer"], desk);
    world.run("USA", set("duty officer", None));
    assert!(world.refused("USA", set("duty officer", None)).contains("contacts"));
}

#[test]
fn a_rule_that_was_removed_holds_no_more_and_is_removed_once() {
    let mut world = held();
    let name: RuleName = "no-fridays".parse().unwrap();
    let text = "forbid(principal, action, resource);".to_owned();
    world.run(
        "USA",
        Command::SetRule {
            name: name.clone(),
            text,
        },
    );
    assert!(world.state("USA").rules[&name].removed.is_none());
    world.run("USA", Command::RemoveRule(name.clone()));
    assert_eq!(world.state("USA").rules[&name].removed, Some(world.now));
    let refusal = world.refused("USA", Command::RemoveRule(name));
    assert!(refusal.contains("no rule"), "{refusal}");
}

#[test]
fn nobody_who_is_switched_off_or_of_another_party_stands_in() {
    let mut world = held();
    for who in ["USA/chief", "USA/second"] {
        world.cleared("USA", who);
    }
    let deputy = |of: &str, deputy: &str| {
        Command::SetDeputy(Deputy {
            of: person(of),
            deputy: person(deputy),
            until: "2026-12-01T00:00:00Z".parse().unwrap(),
            from: world::start(),
            reason: "leave".to_owned(),
        })
    };
    for (of, who) in [("USA/chief", "GBR/desk"), ("GBR/desk", "USA/second")] {
        let refusal = world.refused("USA", deputy(of, who));
        assert!(refusal.contains("an active person of USA"), "{refusal}");
    }
    world.run("USA", deputy("USA/chief", "USA/second"));
    let off = Person {
        disabled: true,
        ..world.state("USA").persons[&person("USA/second")].clone()
    };
    world.run("USA", Command::SetPerson(off));
    let refusal = world.refused("USA", deputy("USA/chief", "USA/second"));
    assert!(refusal.contains("an active person of USA"), "{refusal}");
}

#[test]
fn a_notice_of_a_case_is_acknowledged_to_whoever_told_it() {
    let mut world = held();
    let incident = IncidentId::new("case-1").unwrap();
    let plan = world.state("GBR").reports[&report("R")].latest().unwrap();
    let notice = incident::IncidentNotice {
        incident: incident.clone(),
        why: BTreeSet::new(),
        portions: [plan.reference(&PortionId::new("plan").unwrap())].into(),
        at: world.now,
        acknowledged: None,
    };
    let letter = world::Letter {
        from: party("USA"),
        to: party("GBR"),
        id: "USA-case".to_owned(),
        message: Message::Incident(notice),
    };
    world.hand(&letter).unwrap();
    let acknowledge = Command::AcknowledgeIncident {
        incident: incident.clone().into(),
        statement: "The desk is closed.".to_owned(),
    };
    let decided = world.run("GBR", acknowledge);
    assert!(
        matches!(
            &decided.messages[..],
            [(to, Message::IncidentAcknowledged { incident: told, statement, .. })]
                if *to == party("USA") && *told == incident && statement == "The desk is closed."
        ),
        "{decided:?}"
    );
    let (_, known) = world.state("GBR").incident_notices.values().next().unwrap();
    let words = known.acknowledged.as_ref().map(|(_, words)| words.as_str());
    assert_eq!(words, Some("The desk is closed."));
}

#[test]
fn an_acknowledgement_of_a_recall_says_what_was_done() {
    let mut world = held();
    let recall = RecallId::new("back").unwrap();
    world.run(
        "USA",
        Command::Recall {
            id: recall.clone(),
            report: report("R"),
            action: RecallAction::RetainHide,
            reason: String::new(),
        },
    );
    world.deliver_post();
    let say = |statement: &str| Command::AcknowledgeRecall {
        recall: recall.clone().into(),
        following: Following {
            statement: statement.to_owned(),
            ..Following::default()
        },
    };
    for nothing in ["", " \n"] {
        assert!(world.refused("GBR", say(nothing)).contains("says what was done"));
    }
    world.run("GBR", say("It is barred from readers."));
}

#[test]
fn a_request_is_taken_back_by_whoever_made_it_also_where_another_calls_one_alike() {
    let mut world = World::of(&["USA", "GBR"]);
    world.agree(&["USA", "GBR"], Onward::Free);
    for (home, other, id) in [("USA", "GBR", "R"), ("GBR", "USA", "S")] {
        let text =
            format!("---\nid: {id}\nscheme: us-ic\narrangements: [A-1]\n---\n(S//REL TO USA, GBR) A plan. {{#plan}}\n");
        world.write(home, &text);
        world.run(home, Command::HandOver(Handover::of(report(id), party(other))));
        world.deliver_post();
        world.cleared(home, "JOR/colonel");
        world.cleared(other, "JOR/colonel");
    }
    let ask = |id: &str| world::asking(&RequestId::new("ask").unwrap(), id, &["JOR/colonel"], "");
    world.run("GBR", ask("R"));
    world.run("USA", ask("S"));
    world.deliver_post();
    let back = Command::RetractRequest {
        request: RequestId::new("ask").unwrap().into(),
        reason: "settled".to_owned(),
    };
    world.run("GBR", back);
    let at = |by: &str| {
        let all = world.state("GBR").requests.values();
        let one = all.into_iter().find(|case| case.request.from == party(by)).unwrap();
        one.retracted.is_some()
    };
    assert!(at("GBR") && !at("USA"));
}

/// What USA gives in place of the portion `plan` that was asked for.
fn substituted(world: &mut World, request: RequestId) -> Substitute {
    let us = entente_marking::builtin::schemes();
    let us = us.get(&entente_marking::SchemeId::new("us-ic"), None).unwrap();
    let mark = us.check("(U//REL TO USA, CHL, GBR)", entente_marking::MarkKind::Portion, None);
    let mark = mark.marking.unwrap();
    let substitute = Command::Substitute {
        id: consent("con"),
        request: request.into(),
        portion: PortionId::new("plan").unwrap(),
        mark: mark.canonical,
        label: mark.label,
        text: "Something is planned.".to_owned(),
        terms: Terms::default(),
    };
    let decided = world.run("USA", substitute);
    let [(_, Message::Answer { substitutes, .. })] = &decided.messages[..] else {
        panic!("{decided:?}")
    };
    substitutes[0].clone()
}

#[test]
fn a_substitute_is_for_whoever_has_all_that_it_stands_for_and_under_the_terms_of_all() {
    let mut world = World::of(&["USA", "GBR", "FRA"]);
    world.agree(&["USA", "GBR", "FRA"], Onward::Free);
    let base =
        |id: &str, more: &str| format!("---\nid: {id}\nscheme: us-ic\n{more}---\n(S//OC/REL TO USA, GBR) A base.\n");
    world.write("USA", &base("B1", ""));
    world.write("USA", &base("B2", "arrangements: [A-1]\n"));
    for (id, to) in [("B1", "GBR"), ("B2", "GBR"), ("B1", "FRA")] {
        if to == "FRA" {
            world.run(
                "USA",
                Command::Release(Box::new(handle::Release {
                    id: consent("for-fra"),
                    report: report(id),
                    portions: portions("p1"),
                    to: Recipients {
                        parties: [party(to)].into(),
                        ..Recipients::default()
                    },
                    terms: Terms::default(),
                    list: entente_marking::CopyList::Receivers,
                })),
            );
        } else {
            world.run("USA", Command::HandOver(Handover::of(report(id), party(to))));
        }
        world.deliver_post();
    }
    world.write(
        "GBR",
        "---\nid: R\nscheme: us-ic\n---\n(S//OC/REL TO USA, GBR) Derived. {#plan} {from: B1 v1 p1, B2 v1 p1}\n",
    );
    world.cleared("GBR", "CHL/a");
    let request = world.ask("GBR", "R", &["CHL/a"], "warn");
    world.deliver_post();
    let substitute = substituted(&mut world, request);
    let origins: Vec<(&PartyPath, &Origin)> = substitute.portion.lineage.iter().collect();
    let [(by, origin)] = origins[..] else {
        panic!("{origins:?}")
    };
    assert_eq!(*by, party("USA"));
    assert_eq!(origin.recipients, [party("GBR")].into());
    assert_eq!(origin.arrangements, [ArrangementId::new("A-1").unwrap()].into());
}

/// Another text is not made of what the text that it stands for was made of.
#[test]
fn a_substitute_names_no_base_of_what_it_stands_for() {
    let mut world = World::of(&["USA", "GBR"]);
    world.write("USA", "---\nid: B\nscheme: us-ic\n---\n(S//REL TO USA, GBR) A base.\n");
    world.write(
        "USA",
        "---\nid: R\nscheme: us-ic\n---\n(S//OC/REL TO USA, GBR) Derived. {#plan} {from: B v1 p1}\n",
    );
    world.run("USA", Command::HandOver(Handover::of(report("R"), party("GBR"))));
    world.deliver_post();
    world.cleared("GBR", "CHL/a");
    let request = world.ask("GBR", "R", &["CHL/a"], "warn");
    world.deliver_post();
    let substitute = substituted(&mut world, request);
    let origins: Vec<&Origin> = substitute.portion.lineage.iter().map(|(_, origin)| origin).collect();
    assert!(
        !origins.is_empty() && origins.iter().all(|origin| origin.from.is_empty()),
        "{origins:?}"
    );
}

#[test]
fn a_partner_states_so_many_unknown_terms_and_no_more_and_may_restate_each() {
    let mut world = World::of(&["USA", "GBR"]);
    let mut told = World::of(&["USA", "GBR"]);
    told.agree(&["USA", "GBR"], Onward::Free);
    let terms = told.state("GBR").arrangements.values().next().unwrap().clone();
    let letter = |n: usize, time: &str| world::Letter {
        from: party("GBR"),
        to: party("USA"),
        id: format!("GBR-{time}-{n}"),
        message: Message::Arrangement(Arrangement {
            id: ArrangementId::new(format!("T-{n}")).unwrap(),
            ..terms.clone()
        }),
    };
    for n in 0..1_000 {
        world.hand(&letter(n, "once")).unwrap();
    }
    let refusal = world.hand(&letter(1_000, "once")).unwrap_err().to_string();
    assert!(refusal.contains("are not recorded here"), "{refusal}");
    world.hand(&letter(7, "again")).unwrap();
}

/// Whoever has to be asked is named once, however many reasons there are to ask it.
#[test]
fn a_remedy_names_each_originator_once() {
    let mut world = World::of(&["USA", "GBR"]);
    world.write(
        "USA",
        "---\nid: R\nscheme: us-ic\n---\n(S//OC/REL TO USA, GBR) A plan. {#plan}\n",
    );
    world.cleared("USA", "CHL/a");
    world.decided("USA", "R", (&["CHL/a"], ""), |decision| {
        assert_eq!(decision.outcome(0, 0), Outcome::Ask);
        let remedies: BTreeSet<String> = decision.explain(0, 0).into_iter().map(|why| why.remedy).collect();
        assert!(remedies.len() > 1, "there is more than one reason: {remedies:?}");
        let remedy = decision.remedy(0, 0).unwrap();
        assert_eq!(remedy.split("; ").count(), 1, "{remedy}");
    });
}
