//! Single rules of the decision and of what a party may do, each in the smallest world in which it shows.

mod acts;

use crate::world;

use std::collections::BTreeSet;

use entente_core::handle::{Handover, Release};
use entente_core::*;
use entente_marking::{Category, CopyList, Entity, Purpose};
use world::{World, consent, party, person, portions, report};

/// A report file: what stands before its text, beside its id and scheme, and its text.
fn file(id: &str, front: &str, text: &str) -> String {
    format!("---\nid: {id}\n{front}\n---\n{text}\n")
}

fn hand_over(world: &mut World, from: &str, id: &str, to: &str) {
    world.run(from, Command::HandOver(Handover::of(report(id), party(to))));
    world.deliver_post();
}

/// A release of portions of a report to a person, who is written with a slash, or a party.
fn release(id: &str, of: &str, to: &str, terms: Terms) -> Command {
    let (persons, parties) = match to.contains('/') {
        true => ([person(to)].into(), BTreeSet::new()),
        false => (BTreeSet::new(), [party(to)].into()),
    };
    Command::Release(Box::new(Release {
        id: consent(&format!("rel-{}", id.to_lowercase())),
        report: report(id),
        portions: portions(of),
        to: Recipients { persons, parties },
        terms,
        list: CopyList::Receivers,
    }))
}

fn for_purpose(word: &str) -> Terms {
    Terms {
        purposes: Some([Purpose::new(word)].into()),
        ..Terms::default()
    }
}

/// What `home` decides for one person about the first portion of a report: the outcome, and the rules that stand against it.
fn first(world: &World, home: &str, id: &str, who: &str, what_for: &str) -> (Outcome, Vec<&'static str>) {
    world.decided(home, id, (&[who], what_for), |decision| {
        let rules = decision.rules(0, 0).map(decide::Rule::id).collect();
        (decision.outcome(0, 0), rules)
    })
}

#[test]
fn only_whoever_may_have_a_text_is_told_how_to_handle_it() {
    let mut world = World::of(&["USA", "GBR"]);
    world.write(
        "USA",
        &file("R", "scheme: us-ic", "(S//REL TO USA, GBR/FISA) A plan. {#plan}"),
    );
    for who in ["GBR/desk", "FRA/desk"] {
        world.cleared("USA", who);
    }
    let duties = world.decided("USA", "R", (&["GBR/desk", "FRA/desk"], ""), |decision| {
        [0, 1].map(|person| (decision.outcome(person, 0), decision.duties(person, 0)))
    });
    let handling = vec![decide::Duty::Handling("FISA".to_owned())];
    assert_eq!(duties, [(Outcome::Permit, handling), (Outcome::Ask, vec![])]);
}

#[test]
fn who_is_on_the_distribution_needs_no_other_reason_to_know() {
    let mut world = World::of(&["USA", "GBR"]);
    world.agree(&["USA", "GBR"], Onward::Free);
    for state in world.nodes.values_mut() {
        let mut terms = state.arrangements.values().next().unwrap().clone();
        terms.need_to_know = true;
        state.apply(&Event::ArrangementSet(terms));
    }
    let text = file(
        "R",
        "scheme: us-ic\narrangements: [A-1]",
        "(S//REL TO USA, GBR) A plan. {#plan}",
    );
    world.write("USA", &text);
    hand_over(&mut world, "USA", "R", "GBR");
    for who in ["GBR/desk", "GBR/clerk"] {
        world.cleared("GBR", who);
    }
    let distribute = Command::Distribute {
        report: report("R"),
        add: [person("GBR/desk")].into(),
        remove: BTreeSet::new(),
    };
    world.run("GBR", distribute);
    assert_eq!(first(&world, "GBR", "R", "GBR/desk", ""), (Outcome::Permit, vec![]));
    assert_eq!(
        first(&world, "GBR", "R", "GBR/clerk", ""),
        (Outcome::Deny, vec!["need-to-know.distribution"])
    );
}

#[test]
fn of_an_audience_of_one_party_each_acts_for_it() {
    let mut world = World::of(&["USA", "GBR"]);
    world.write(
        "USA",
        &file("R", "scheme: us-ic", "(S//OC/REL TO USA, GBR) A plan. {#plan}"),
    );
    hand_over(&mut world, "USA", "R", "GBR");
    let all = ["GBR/a", "GBR/b", "GBR/c"];
    for who in all {
        world.cleared("USA", who);
    }
    let outcomes = world.decided("USA", "R", (&all, ""), |decision| {
        [0, 1, 2].map(|n| decision.outcome(n, 0))
    });
    assert_eq!(outcomes, [Outcome::Permit; 3]);
}

#[test]
fn one_of_several_affiliations_is_enough() {
    let mut world = World::of(&["USA"]);
    world.write(
        "USA",
        &file(
            "R",
            "scheme: us-ic\nprofile: ic-ism-2021",
            "(CUI//FEDCON) A plan. {#plan}",
        ),
    );
    for (who, affiliation) in [
        ("USA/official", "FEDERAL"),
        ("USA/contractor", "CONTRACTOR"),
        ("USA/visitor", "STATE"),
    ] {
        world.cleared("USA", who);
        let mut known = world.state("USA").persons[&person(who)].clone();
        known
            .accesses
            .insert(Category::new(format!("us-cui/affiliation/{affiliation}")));
        world.run("USA", Command::SetPerson(known));
    }
    let open = |who: &str| world.permitted("USA", "R", who, "");
    assert_eq!(
        (open("USA/official"), open("USA/contractor")),
        ("plan".to_owned(), "plan".to_owned())
    );
    assert_eq!(open("USA/visitor"), "");
}

#[test]
fn whom_all_originators_name_an_owner_has_nothing_against() {
    let mut world = World::of(&["USA", "GBR"]);
    world.write(
        "USA",
        &file("R", "scheme: us-ic", "(S//FGI GBR//NF//ND) A cable. {#cable}"),
    );
    for who in ["USA/envoy", "USA/clerk"] {
        world.cleared("USA", who);
    }
    let distribute = Command::Distribute {
        report: report("R"),
        add: [person("USA/envoy")].into(),
        remove: BTreeSet::new(),
    };
    world.run("USA", distribute);
    assert_eq!(first(&world, "USA", "R", "USA/envoy", ""), (Outcome::Permit, vec![]));
    let (outcome, rules) = first(&world, "USA", "R", "USA/clerk", "");
    assert_eq!((outcome, rules), (Outcome::Ask, vec!["control.named", "control.named"]));
}

#[test]
fn a_consent_for_another_purpose_takes_nothing_from_whoever_needs_none() {
    let mut world = World::of(&["USA", "JOR"]);
    world.write(
        "USA",
        &file("R", "scheme: us-ic", "(S//REL TO USA, JOR) A plan. {#plan}"),
    );
    world.cleared("USA", "JOR/colonel");
    world.run("USA", release("R", "plan", "JOR/colonel", for_purpose("warning")));
    for what_for in ["warning", "arrest"] {
        let permitted = first(&world, "USA", "R", "JOR/colonel", what_for);
        assert_eq!(permitted, (Outcome::Permit, vec![]), "{what_for}");
    }
}

#[test]
fn a_consent_for_another_purpose_stands_against_whoever_needs_one() {
    let mut world = World::of(&["USA", "GBR"]);
    world.agree(&["USA", "GBR"], Onward::Consent);
    let text = "(S//REL TO USA, GBR, JOR) A plan. {#plan}";
    world.write("USA", &file("R", "scheme: us-ic\narrangements: [A-1]", text));
    hand_over(&mut world, "USA", "R", "GBR");
    world.cleared("GBR", "JOR/colonel");
    let request = world.ask("GBR", "R", &["JOR/colonel"], "warning");
    world.deliver_post();
    grant(&mut world, &request);
    let permitted = first(&world, "GBR", "R", "JOR/colonel", "warning");
    assert_eq!(permitted, (Outcome::Permit, vec![]));
    // On the list, and yet bound by the terms.
    let (outcome, rules) = first(&world, "GBR", "R", "JOR/colonel", "arrest");
    assert_eq!(
        (outcome, rules),
        (Outcome::Ask, vec!["control.third-party", "purpose.consent"])
    );
}

/// USA grants what it was asked for.
fn grant(world: &mut World, request: &RequestId) {
    let grant = Command::Grant {
        id: consent("con"),
        request: request.clone().into(),
        portions: None,
        terms: Terms::default(),
    };
    world.run("USA", grant);
    world.deliver_post();
}

#[test]
fn a_consent_to_one_base_opens_nothing_that_rests_on_another_as_well() {
    let mut world = World::of(&["USA", "GBR"]);
    let mark = "(S//OC/REL TO USA, GBR)";
    world.write(
        "USA",
        &file(
            "B",
            "scheme: us-ic",
            &format!("{mark} One. {{#one}}\n\n{mark} Two. {{#two}}"),
        ),
    );
    hand_over(&mut world, "USA", "B", "GBR");
    world.cleared("GBR", "CHL/a");
    let request = RequestId::new("req").unwrap();
    let ask = Command::OpenRequest {
        id: request.clone(),
        report: report("B"),
        portions: Some(portions("one").into_iter().collect()),
        audience: [person("CHL/a")].into(),
        purpose: None,
        reason: String::new(),
        change: String::new(),
        needed_by: None,
    };
    world.run("GBR", ask);
    world.deliver_post();
    grant(&mut world, &request);
    for (id, from) in [("E", "B v1 one"), ("F", "B v1 one, B v1 two")] {
        let text = format!("{mark} Derived. {{#text}} {{from: {from}}}");
        world.write("GBR", &file(id, "scheme: us-ic", &text));
    }
    world.run("GBR", release("E", "text", "CHL/a", Terms::default()));
    assert_eq!(world.permitted("GBR", "E", "CHL/a", ""), "text");
    let refusal = world.refused("GBR", release("F", "text", "CHL/a", Terms::default()));
    assert!(refusal.contains("USA"), "{refusal}");
}

#[test]
fn an_embargo_of_one_originator_holds_for_it_and_not_for_another() {
    let mut world = World::of(&["USA", "GBR"]);
    world.write("USA", &file("D", "scheme: tlp", "(TLP:CLEAR) A flaw. {#flaw}"));
    hand_over(&mut world, "USA", "D", "GBR");
    let text = "(TLP:CLEAR) Valves can fail. {#e} {from: D v1 flaw}";
    world.write("GBR", &file("E", "scheme: tlp", text));
    for who in ["USA/analyst", "FRA/desk"] {
        world.cleared("GBR", who);
    }
    let embargo = Command::SetEmbargo(EmbargoWord {
        report: report("D"),
        portions: BTreeSet::new(),
        until: Some(world.now + jiff::SignedDuration::from_hours(48)),
        reason: String::new(),
    });
    world.run("USA", embargo);
    world.deliver_post();
    assert_eq!(
        world.permitted("GBR", "E", "USA/analyst", ""),
        "e",
        "it is USA's own embargo"
    );
    assert_eq!(world.permitted("GBR", "E", "FRA/desk", ""), "");
}

#[test]
fn of_reports_that_are_alike_each_is_read_by_what_became_of_it() {
    let mut world = World::of(&["USA"]);
    for id in ["R", "S"] {
        world.write("USA", &file(id, "scheme: tlp", "(TLP:CLEAR) A flaw. {#flaw}"));
    }
    world.cleared("USA", "USA/analyst");
    let withdraw = Command::WithdrawReport {
        report: report("S"),
        reason: "wrong".to_owned(),
    };
    world.run("USA", withdraw);
    let ids = ["R", "S"].map(report);
    let open = world.looked("USA", |state, context| {
        let reader = person("USA/analyst");
        let guards = (context.policy, context.exposure);
        let mut reading = Reading::new(state, context.groups, guards, &reader, None, context.now);
        ids.each_ref().map(|id| reading.of(id, None).unwrap().portions.len())
    });
    assert_eq!(open, [1, 0]);
}

/// A rule of this party that forbids everything.
struct Forbidden;

impl decide::LocalPolicy for Forbidden {
    fn forbids(&self, _: &decide::PolicyRequest<'_>) -> Result<Option<String>, String> {
        Ok(Some("not-to-the-press".to_owned()))
    }
}

#[test]
fn a_briefing_does_not_name_the_rules_of_the_party_that_prepares_it() {
    let mut world = World::of(&["USA"]);
    world.write("USA", &file("R", "scheme: tlp", "(TLP:CLEAR) A flaw. {#flaw}"));
    world.cleared("USA", "USA/analyst");
    let prepare = Command::PrepareBriefing {
        id: BriefingId::new("b").unwrap(),
        speaker: person("USA/analyst"),
        audience: [person("FRA/desk")].into(),
        reports: vec![report("R")],
        purpose: None,
    };
    let decided = world.looked("USA", |state, context| {
        let strict = Context {
            policy: &Forbidden,
            ..*context
        };
        handle(state, prepare, &strict).unwrap()
    });
    let [Event::BriefingPrepared(briefing)] = &decided.events[..] else {
        panic!("{decided:?}")
    };
    let why = &briefing.items[0].why;
    assert!(why[0].starts_with("a rule of this party forbids it ["), "{why:?}");
    assert!(!why.concat().contains("not-to-the-press"), "{why:?}");
}

#[test]
fn a_briefing_waits_for_what_was_asked_about_its_own_reports() {
    let mut world = World::of(&["USA", "GBR"]);
    for id in ["R", "S"] {
        world.write(
            "USA",
            &file(id, "scheme: us-ic", "(S//OC/REL TO USA, GBR) A plan. {#plan}"),
        );
        hand_over(&mut world, "USA", id, "GBR");
    }
    for who in ["GBR/desk", "CHL/a"] {
        world.cleared("GBR", who);
    }
    let about = ["R", "S"].map(|id| world.ask("GBR", id, &["CHL/a"], ""));
    let prepare = Command::PrepareBriefing {
        id: BriefingId::new("b").unwrap(),
        speaker: person("GBR/desk"),
        audience: [person("CHL/a")].into(),
        reports: vec![report("R")],
        purpose: None,
    };
    world.run("GBR", prepare);
    let briefing = world.state("GBR").briefings.values().next().unwrap();
    assert_eq!(briefing.waiting, [about[0].clone()].into());
}

#[test]
fn whoever_lacks_a_clearance_may_be_told_another_text_by_the_originator() {
    let mut world = World::of(&["USA", "GBR"]);
    world.write(
        "USA",
        &file("R", "scheme: us-ic", "(S//REL TO USA, GBR, JOR) A plan. {#plan}"),
    );
    hand_over(&mut world, "USA", "R", "GBR");
    let recruit = person("JOR/recruit");
    let known = Person {
        citizenships: [Entity::new("JOR")].into(),
        ..Person::outsider(recruit.clone(), recruit.party().unwrap())
    };
    world.run("GBR", Command::SetPerson(known));
    world.ask("GBR", "R", &["JOR/recruit"], "");
    let asked: Vec<&str> = world.post.iter().map(|letter| letter.to.as_str()).collect();
    assert_eq!(asked, ["USA"]);
}
