//! Who is asked, for what, and what a reader is told with the answer.

use crate::world;

use std::collections::BTreeSet;

use entente_core::decide::{Answer, Duty, LocalPolicy, NoGuards, PolicyRequest, decide};
use entente_core::handle::Handover;
use entente_core::*;
use entente_marking::Purpose;
use entente_marking::builtin::{groups, schemes};
use world::{World, party, person, portions, purpose, report};

/// The answer for one person and portion, and what they have to observe.
fn answer(state: &State, who: &str, portion: &str, what_for: &str) -> (Answer, Vec<Duty>) {
    let audience = [person(who)];
    let outsiders = [Person::outsider(person(who), person(who).party().unwrap())];
    let snapshot = Snapshot::compile(state, groups(), &outsiders);
    let purpose = purpose(what_for);
    let query = Query {
        report: &report("R"),
        version: None,
        portions: Some(&[PortionId::new(portion).unwrap()]),
        audience: &audience,
        purpose: purpose.as_ref(),
        moment: world::start(),
    };
    let decision = decide(&snapshot, &query, &NoGuards, &NoGuards).unwrap();
    (decision.answer(0, 0), decision.duties(0, 0))
}

/// POL's police report under Europol's codes, delivered to ESP.
fn police(marks: &[&str]) -> World {
    let mut world = World::of(&["POL", "ESP"]);
    let lines: Vec<String> = marks.iter().map(|mark| format!("{mark} A van was seen.\n")).collect();
    let file = format!("---\nid: R\nscheme: europol\n---\n{}", lines.join("\n"));
    world.write("POL", &file);
    world.run("POL", Command::HandOver(Handover::of(report("R"), party("ESP"))));
    world.deliver_post();
    world.cleared("ESP", "ESP/officer");
    world
}

fn open(id: &str, who: &[&str], asked: Option<&str>, what_for: &str) -> Command {
    Command::OpenRequest {
        id: RequestId::new(id).unwrap(),
        report: report("R"),
        portions: asked.map(|asked| portions(asked).into_iter().collect()),
        audience: who.iter().map(|name| person(name)).collect(),
        purpose: purpose(what_for),
        reason: String::new(),
        change: String::new(),
        needed_by: None,
    }
}

#[test]
fn b7_a_purpose_outside_the_scheme_s_list_asks() {
    let world = police(&["(H1)", "(B2 H1/H0)", "(H0)"]);
    let outcomes =
        |what_for: &str| ["p1", "p2", "p3"].map(|id| answer(world.state("ESP"), "ESP/officer", id, what_for).0.outcome);
    use Outcome::{Ask, Permit};
    for (what_for, expected) in [
        ("crime-prevention", [Permit, Permit, Permit]),
        ("judicial-proceedings", [Ask, Ask, Ask]),
        ("evidence-in-court", [Ask, Ask, Ask]),
        ("Judicial-Proceedings", [Ask, Ask, Ask]),
        ("court", [Ask, Ask, Ask]),
        ("", [Ask, Ask, Ask]),
    ] {
        assert_eq!(outcomes(what_for), expected, "{what_for}");
    }
    let (asked, _) = answer(world.state("ESP"), "ESP/officer", "p1", "evidence-in-court");
    assert_eq!(asked.ask, [party("POL")]);
    assert_eq!(asked.reasons[0].rule, "purpose.marking");
}

#[test]
fn b7_what_the_list_does_not_open_the_originator_can() {
    let mut world = police(&["(H1)", "(H0)"]);
    let request = world.ask("ESP", "R", &["ESP/officer"], "evidence-in-court");
    world.deliver_post();
    world.run(
        "POL",
        Command::Grant {
            id: world::consent("con"),
            request: request.into(),
            portions: None,
            terms: Terms::default(),
        },
    );
    world.deliver_post();
    // H0 knows one purpose only, and no consent adds to it.
    assert_eq!(world.permitted("ESP", "R", "ESP/officer", "evidence-in-court"), "p1");
    assert_eq!(world.permitted("ESP", "R", "ESP/officer", "other-court"), "");
}

#[test]
fn b17_gradings_keep_nothing_off_the_table_and_codes_are_said() {
    let mut world = police(&["(A1 H0)", "(B2 H1)"]);
    let (_, duties) = answer(world.state("ESP"), "ESP/officer", "p1", "crime-prevention");
    let h0 = Duty::Handling("H0: only for preventing and combating crime".to_owned());
    assert_eq!(duties, [h0]);
    let (told, _) = answer(world.state("ESP"), "ESP/officer", "p2", "crime-prevention");
    assert_eq!(
        told.obligations,
        ["handle as H1: not as evidence in judicial proceedings without the provider's permission"]
    );
    world.run(
        "ESP",
        Command::PrepareBriefing {
            id: BriefingId::new("brf").unwrap(),
            speaker: person("ESP/officer"),
            audience: BTreeSet::from([person("ESP/officer")]),
            reports: vec![report("R")],
            purpose: purpose("crime-prevention"),
        },
    );
    let briefing = &world.state("ESP").briefings[&BriefingId::new("brf").unwrap()];
    for item in &briefing.items {
        assert!(
            item.may_be_left() && item.handling.len() == 1 && item.conditions.is_empty(),
            "{item:?}"
        );
    }
}

/// A report of USA and GBR, held by GBR, that both control.
fn of_two() -> World {
    let mut world = World::of(&["USA", "GBR"]);
    world.write(
        "USA",
        "---\nid: B\nscheme: us-ic\n---\n(TS//SI//OC/REL TO USA, GBR) A base.\n",
    );
    world.run("USA", Command::HandOver(Handover::of(report("B"), party("GBR"))));
    world.deliver_post();
    let mut text = world.state("GBR").reports[&report("B")].latest().unwrap().clone();
    text.id = report("R");
    text.originator = party("GBR");
    let of = |name: &str| Lineage::of(party(name), Origin::default());
    text.portions[0].lineage = of("USA").combine(&of("GBR")).combine(&of("FRA"));
    text.portions.push(Portion {
        id: PortionId::new("p2").unwrap(),
        lineage: of("USA"),
        ..text.portions[0].clone()
    });
    let state = world.nodes.get_mut(&party("GBR")).unwrap();
    state.apply(&Event::ReportAdded(text));
    world.cleared("GBR", "CHL/a");
    world.cleared("GBR", "CHL/b");
    world
}

#[test]
fn b6_every_output_names_all_originators_who_must_consent() {
    let mut world = of_two();
    let (asked, _) = answer(world.state("GBR"), "CHL/a", "p1", "warn");
    let all = ["FRA", "GBR", "USA"];
    assert_eq!(asked.ask, all.map(party));
    let remedy = asked.remedy.unwrap();
    for name in all {
        assert!(remedy.contains(&format!("{name} must")), "{remedy}");
    }
    world.run(
        "GBR",
        Command::SetPerson(Person::outsider(person("GBR/speaker"), party("GBR"))),
    );
    world.run(
        "GBR",
        Command::PrepareBriefing {
            id: BriefingId::new("brf").unwrap(),
            speaker: person("GBR/speaker"),
            audience: BTreeSet::from([person("CHL/a")]),
            reports: vec![report("R")],
            purpose: purpose("warn"),
        },
    );
    let briefing = &world.state("GBR").briefings[&BriefingId::new("brf").unwrap()];
    for name in all {
        assert!(briefing.items[0].remedies[0].contains(&format!("{name} must")));
        assert!(briefing.items[0].without_consent_of.contains(&party(name)));
    }
}

struct Forbids;

impl LocalPolicy for Forbids {
    fn forbids(&self, request: &PolicyRequest<'_>) -> Result<Option<String>, String> {
        Ok(request
            .person
            .id
            .as_str()
            .starts_with("CHL/")
            .then(|| "house".to_owned()))
    }
}

#[test]
fn b24_what_no_originator_can_heal_is_not_asked_for() {
    let id = report("R");
    let ends = |what: &str, world: &mut World| {
        let state = world.nodes.get_mut(&party("GBR")).unwrap();
        match what {
            "hold" => drop(state.apply(&Event::ReportHeld {
                report: id.clone(),
                at: world.now,
                reason: String::new(),
            })),
            "withdrawn" => drop(state.apply(&Event::ReportWithdrawn {
                report: id.clone(),
                at: world.now,
                reason: String::new(),
            })),
            "disabled" => {
                let known = state.persons[&person("CHL/a")].clone();
                state.apply(&Event::PersonSet(Person {
                    disabled: true,
                    ..known
                }));
            }
            "expired" | "not known" => {
                let mut text = state.reports[&id].latest().unwrap().clone();
                if what == "expired" {
                    text.expires = Some(world.now);
                }
                for portion in &mut text.portions {
                    portion.lineage.map(|_, origin| {
                        if what == "not known" {
                            origin.arrangements = [ArrangementId::new("A-9").unwrap()].into();
                        }
                    });
                }
                state.apply(&Event::ReportAdded(text));
            }
            _ => {}
        }
    };
    for (what, says) in [
        ("hold", "releases of the report are on hold"),
        ("withdrawn", "the report was withdrawn"),
        ("disabled", "CHL/a is disabled"),
        ("expired", "the report expired"),
        ("not known", "arrangement A-9 is not known here"),
    ] {
        for named in [None, Some("p1"), Some("p1 p2")] {
            let mut world = of_two();
            ends(what, &mut world);
            let refusal = world.refused("GBR", open("req", &["CHL/a", "CHL/b"], named, "warn"));
            assert!(
                refusal.contains(says) && refusal.contains("nobody is asked"),
                "{what}: {refusal}"
            );
            assert!(world.post.is_empty());
        }
    }
    // A local rule, which the originators would learn a plan by.
    let world = of_two();
    let context = Context {
        now: world.now,
        groups: groups(),
        schemes: schemes(),
        policy: &Forbids,
        exposure: &NoGuards,
    };
    let refusal = handle(world.state("GBR"), open("req", &["CHL/a"], None, "warn"), &context).unwrap_err();
    assert!(
        refusal.to_string().contains("local policy house forbids it"),
        "{refusal}"
    );
    // A level is healed by a substitute, and asked for.
    let mut world = of_two();
    world.run("GBR", open("req", &["CHL/stranger"], None, "warn"));
    let asked: Vec<&str> = world.post.iter().map(|letter| letter.to.as_str()).collect();
    assert_eq!(asked, ["FRA", "USA"]);
}

#[test]
fn b24_of_several_portions_only_those_that_an_answer_helps_are_asked_for() {
    let mut world = of_two();
    let state = world.nodes.get_mut(&party("GBR")).unwrap();
    let mut text = state.reports[&report("R")].latest().unwrap().clone();
    text.portions[1].lineage.map(|_, origin| {
        origin.arrangements = [ArrangementId::new("A-9").unwrap()].into();
    });
    state.apply(&Event::ReportAdded(text));
    world.run("GBR", open("req", &["CHL/a"], None, "warn"));
    for case in world.state("GBR").requests.values() {
        assert_eq!(case.request.portions, portions("p1"));
    }
    assert_eq!(world.state("GBR").requests.len(), 2);
}

#[test]
fn d12_a_refusal_is_shown_with_its_reason_for_whom_and_what_it_was() {
    let mut world = police(&["(H2)", "(H2)", "(H2)"]);
    world.cleared("ESP", "ESP/clerk");
    world.run("ESP", open("req", &["CHL/a"], Some("p1 p2"), "court"));
    world.deliver_post();
    world.run(
        "POL",
        Command::Refuse {
            request: RequestId::new("req").unwrap().into(),
            portions: Some(portions("p1")),
            reason: "the trial has not begun".to_owned(),
        },
    );
    world.deliver_post();
    let said = |who: &str, portion: &str, what_for: &str| -> Vec<String> {
        let (told, _) = answer(world.state("ESP"), who, portion, what_for);
        told.refused.iter().map(ToString::to_string).collect()
    };
    let reason = "POL refused it on 2026-11-20 (“the trial has not begun”)";
    assert_eq!(said("CHL/a", "p1", "court"), [reason]);
    for (who, portion, what_for) in [
        ("CHL/a", "p2", "court"),
        ("CHL/a", "p3", "court"),
        ("CHL/a", "p1", "warn"),
        ("CHL/b", "p1", "court"),
        ("ESP/officer", "p1", "court"),
    ] {
        assert!(said(who, portion, what_for).is_empty(), "{who} {portion} {what_for}");
    }
    // Also where portions that are alike are answered together.
    let snapshot = Snapshot::compile(world.state("ESP"), groups(), &[]);
    let query = Query {
        report: &report("R"),
        version: None,
        portions: None,
        audience: &[person("CHL/a")],
        purpose: Some(&Purpose::new("court")),
        moment: world.now,
    };
    let decision = decide(&snapshot, &query, &NoGuards, &NoGuards).unwrap();
    assert_ne!(decision.group(0), decision.group(1));
    assert_eq!(decision.group(1), decision.group(2));

    world.run(
        "ESP",
        Command::PrepareBriefing {
            id: BriefingId::new("brf").unwrap(),
            speaker: person("ESP/officer"),
            audience: BTreeSet::from([person("CHL/a")]),
            reports: vec![report("R")],
            purpose: purpose("court"),
        },
    );
    let briefing = &world.state("ESP").briefings[&BriefingId::new("brf").unwrap()];
    let shown: Vec<usize> = briefing.items.iter().map(|item| item.refused.len()).collect();
    assert_eq!(shown, [1, 0, 0]);
    // The briefing keeps that it was refused; the words stay with the request, and go when that is purged.
    let kept = &briefing.items[0].refused[0];
    assert_eq!(kept.reason, "");
    assert_eq!(world.state("ESP").refusal_in_words(kept).to_string(), reason);
    // Asked again only with something new.
    let refusal = world.refused("ESP", open("req-2", &["CHL/a"], Some("p1"), "court"));
    assert!(refusal.contains(reason), "{refusal}");
}
