//! A request about text that the originator does not hold: what it carries, and what the answer opens.

use crate::world;

use std::collections::BTreeSet;

use entente_core::handle::Handover;
use entente_core::*;
use entente_marking::MarkKind;
use entente_marking::builtin::schemes;
use world::{World, disclosed, party, person, portions, report};

/// USA gives GBR a report; GBR writes one that rests on it, beside text of its own.
fn derived(own: &str) -> World {
    resting_on("(S//OC/REL TO USA, GBR)", own)
}

/// A base of USA's under this mark, and a text of GBR's that rests on it.
fn resting_on(base: &str, own: &str) -> World {
    let mut world = World::of(&["USA", "GBR", "FRA"]);
    world.write(
        "USA",
        &format!("---\nid: B\nscheme: us-ic\n---\n{base} A base.\n\n{base} Another.\n"),
    );
    deliver(&mut world, "USA", "B", "GBR");
    world.write(
        "GBR",
        &format!(
            "---\nid: R\nscheme: us-ic\n---\n{own} Derived. {{from: B v1 p1}}\n\n(S//REL TO USA, GBR) Own words.\n"
        ),
    );
    world.cleared("GBR", "CHL/a");
    world
}

fn deliver(world: &mut World, from: &str, id: &str, to: &str) {
    world.run(from, Command::HandOver(Handover::of(report(id), party(to))));
    world.deliver_post();
}

/// The name of a request at whoever took it in.
fn asked(by: &str, id: &RequestId) -> Named<RequestId> {
    Named::new(party(by), id.clone())
}

fn grant(request: &RequestId) -> Command {
    Command::Grant {
        id: world::consent("con"),
        request: request.clone().into(),
        portions: None,
        terms: Terms::default(),
    }
}

#[test]
fn b2_a_request_carries_the_originator_s_own_material_and_nothing_else() {
    let mut world = derived("(S//OC/REL TO USA, GBR)");
    let request = world.ask("GBR", "R", &["CHL/a"], "warn");
    let letter = world
        .post
        .iter()
        .find(|letter| letter.to == party("USA"))
        .unwrap()
        .clone();
    let text = serde_json::to_string(&letter.message).unwrap();
    assert!(text.contains("Derived.") && !text.contains("Own words"), "{text}");
    world.deliver_post();
    let case = &world.state("USA").requests.values().next().unwrap().request;
    assert_eq!(case.portions, portions("p1"));
    let carried = &case.carried.texts[&PortionId::new("p1").unwrap()];
    assert_eq!(
        carried.to_string(),
        "(S//OC/REL TO USA, GBR) Derived. [rests on B v1 p1]"
    );
    assert!(case.carried.shown.is_empty());

    // The answer opens exactly that.
    assert!(!world.state("USA").reports.contains_key(&report("R")));
    world.run("USA", grant(&request));
    world.deliver_post();
    let open: Vec<(String, Outcome)> = world.outcomes("GBR", "R", "CHL/a", "warn");
    assert_eq!(open[0], ("p1".to_owned(), Outcome::Ask), "GBR has not said yes itself");
    assert_eq!(world.permitted("GBR", "B", "CHL/a", "warn"), "");
    let answer = &world.state("GBR").consents.values().next().unwrap();
    let named: Vec<String> = answer.portions.iter().map(ToString::to_string).collect();
    assert_eq!(named, ["R v1 p1"]);
    assert!(!world.state("GBR").requests[&asked("GBR", &request)].is_open());
}

/// GBR's text rests on USA's, of which only the third-party rule is known; USA has consented to what was asked for CHL/a.
fn granted(mark: &str) -> World {
    let mut world = resting_on(mark, mark);
    let state = world.nodes.get_mut(&party("GBR")).unwrap();
    for id in ["B", "R"] {
        let mut text = state.reports[&report(id)].latest().unwrap().clone();
        for portion in &mut text.portions {
            portion.lineage.map(|named, origin| {
                origin.third_party = *named == party("USA");
            });
        }
        state.apply(&Event::ReportAdded(text));
    }
    let request = world.ask("GBR", "R", &["CHL/a"], "warn");
    world.deliver_post();
    world.run("USA", grant(&request));
    world.deliver_post();
    world
}

#[test]
fn b2_the_answer_opens_the_derived_text_for_whom_it_was_asked() {
    // No list stands in the way here, only that USA's text, and what rests on it, goes to nobody without its word.
    let open = "(S//REL TO USA, CHL, GBR)";
    let mut world = granted(open);
    assert_eq!(world.permitted("GBR", "R", "CHL/a", "warn"), "p1");
    assert_eq!(world.permitted("GBR", "R", "CHL/a", "arrest"), "");
    assert_eq!(world.permitted("GBR", "B", "CHL/a", "warn"), "");
    // At the originator it opens nothing, whatever comes there under that name.
    let mut other = world.state("USA").reports[&report("B")].latest().unwrap().clone();
    other.id = report("R");
    let us = schemes().get(&entente_marking::SchemeId::new("us-ic"), None).unwrap();
    let controlled = us.check("(S//OC/REL TO USA, CHL, GBR)", MarkKind::Portion, None);
    let controlled = controlled.marking.unwrap().label;
    for portion in &mut other.portions {
        portion.label = controlled.clone();
    }
    let usa = world.nodes.get_mut(&party("USA")).unwrap();
    usa.apply(&Event::ReportAdded(other));
    world.cleared("USA", "CHL/a");
    assert_eq!(world.permitted("USA", "R", "CHL/a", "warn"), "");
}

#[test]
fn b2_the_text_is_withheld_where_others_do_not_permit_it() {
    for (mark, shown) in [("(S//OC/REL TO USA, GBR)", true), ("(S//OC/REL TO GBR, CHL)", false)] {
        let mut world = derived("(S//OC/REL TO USA, GBR)");
        let us = schemes().get(&entente_marking::SchemeId::new("us-ic"), None).unwrap();
        let state = world.nodes.get_mut(&party("GBR")).unwrap();
        let mut text = state.reports[&report("R")].latest().unwrap().clone();
        if let Some(marking) = us.check(mark, MarkKind::Portion, None).marking {
            (text.portions[0].mark, text.portions[0].label) = (marking.canonical, marking.label);
        } else {
            text.portions[0].label.release =
                entente_marking::Release::to(["GBR", "CHL"].map(entente_marking::Entity::new));
        }
        state.apply(&Event::ReportAdded(text));
        world.ask("GBR", "R", &["CHL/a"], "warn");
        world.deliver_post();
        let case = &world.state("USA").requests.values().next().unwrap().request;
        let carried = &case.carried.texts[&PortionId::new("p1").unwrap()];
        assert_eq!(carried.text.is_some(), shown, "{mark}");
        assert!(carried.from.iter().any(|base| base.to_string() == "B v1 p1"));
    }
    // A third originator's word keeps it from the second.
    let mut world = derived("(S//OC/REL TO USA, GBR)");
    let state = world.nodes.get_mut(&party("GBR")).unwrap();
    let mut text = state.reports[&report("R")].latest().unwrap().clone();
    let third = Origin {
        third_party: true,
        ..Origin::default()
    };
    text.portions[0].lineage = text.portions[0].lineage.combine(&Lineage::of(party("FRA"), third));
    state.apply(&Event::ReportAdded(text));
    world.ask("GBR", "R", &["CHL/a"], "warn");
    let usa = world.post.iter().find(|letter| letter.to == party("USA")).unwrap();
    let sent = serde_json::to_string(&usa.message).unwrap();
    assert!(!sent.contains("Derived.") && !sent.contains("FRA"), "{sent}");
}

#[test]
fn b2_a_refusal_and_a_substitute_come_back_too() {
    let mut world = derived("(S//OC/REL TO USA, GBR)");
    let request = world.ask("GBR", "R", &["CHL/a"], "warn");
    world.deliver_post();
    let us = schemes().get(&entente_marking::SchemeId::new("us-ic"), None).unwrap();
    let marking = us
        .check("(U//REL TO USA, CHL, GBR)", MarkKind::Portion, None)
        .marking
        .unwrap();
    let case = world.state("USA").requests[&asked("GBR", &request)].request.clone();
    let p1 = PortionId::new("p1").unwrap();
    let scheme = handle::marked_in(world.state("USA"), &case, &p1).unwrap().0;
    assert_eq!(scheme.as_str(), "us-ic");
    world.run(
        "USA",
        Command::Substitute {
            id: world::consent("con"),
            request: request.into(),
            portion: p1,
            mark: marking.canonical,
            label: marking.label,
            text: "Something is planned.".to_owned(),
            terms: Terms::default(),
        },
    );
    world.deliver_post();
    assert_eq!(world.permitted("GBR", "R", "CHL/a", "warn"), "p1-s1");

    let mut world = derived("(S//OC/REL TO USA, GBR)");
    let request = world.ask("GBR", "R", &["CHL/a"], "warn");
    world.deliver_post();
    world.run(
        "USA",
        Command::Refuse {
            request: request.clone().into(),
            portions: None,
            reason: "not now".to_owned(),
        },
    );
    world.deliver_post();
    assert_eq!(
        world.state("GBR").requests[&asked("GBR", &request)].refusals[0].reason,
        "not now"
    );
}

#[test]
fn b2_the_originator_learns_what_the_audience_was_shown_by_the_names_it_knows() {
    let mut world = derived("(S//OC/REL TO USA, GBR)");
    for (id, told, audience) in [("dis-1", "R", "CHL/a"), ("dis-2", "B", "CHL/b")] {
        world.run(
            "GBR",
            disclosed(
                (id, Route::Said),
                (report(told), portions("p1 p2")),
                [person(audience)].into(),
                Vec::new(),
            ),
        );
    }
    world.post.clear();
    world.ask("GBR", "R", &["CHL/a"], "warn");
    world.deliver_post();
    let case = &world.state("USA").requests.values().next().unwrap().request;
    let shown: Vec<String> = case.carried.shown.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["B v1 p1"]);
}

#[test]
fn b2_what_rests_on_a_partner_s_text_is_named_as_the_originator_knows_it() {
    let mut world = derived("(S//OC/REL TO USA, GBR)");
    // FRA gets what GBR wrote, by USA's leave, and writes in turn.
    let mut text = world.state("GBR").reports[&report("R")].latest().unwrap().clone();
    text.portions.truncate(1);
    let fra = world.nodes.get_mut(&party("FRA")).unwrap();
    fra.apply(&Event::ReportAdded(text));
    world.write(
        "FRA",
        "---\nid: F\nscheme: us-ic\n---\n(S//OC/REL TO USA, GBR) Third hand. {from: R v1 p1}\n",
    );
    world.cleared("FRA", "CHL/a");
    let id = RequestId::new("req").unwrap();
    world.run(
        "FRA",
        Command::OpenRequest {
            id,
            report: report("F"),
            portions: None,
            audience: BTreeSet::from([person("CHL/a")]),
            purpose: None,
            reason: String::new(),
            change: String::new(),
            needed_by: None,
        },
    );
    world.deliver_post();
    let of = |who: &str| -> Vec<String> {
        let case = &world.state(who).requests.values().next().unwrap().request;
        let from = &case.carried.texts[&PortionId::new("p1").unwrap()].from;
        from.iter().map(ToString::to_string).collect()
    };
    assert_eq!(of("USA"), ["B v1 p1"]);
    assert_eq!(of("GBR"), ["R v1 p1"]);
}

#[test]
fn b2_a_request_that_rests_on_nothing_of_ours_is_refused() {
    let world = derived("(S//OC/REL TO USA, GBR)");
    let letter = |change: &dyn Fn(&mut Request)| {
        let mut world = derived("(S//OC/REL TO USA, GBR)");
        world.ask("GBR", "R", &["CHL/a"], "warn");
        let mut letter = world
            .post
            .iter()
            .find(|letter| letter.to == party("USA"))
            .unwrap()
            .clone();
        if let Message::Request(request) = &mut letter.message {
            change(request);
        }
        let before = world.state("USA").clone();
        let said = world.hand(&letter).map(|_| ()).map_err(|refusal| refusal.to_string());
        assert!(said.is_ok() || *world.state("USA") == before);
        said
    };
    let p1 = || PortionId::new("p1").unwrap();
    letter(&|_| ()).unwrap();
    type Change<'c> = &'c dyn Fn(&mut Request);
    let forged: [(Change<'_>, &str); 5] = [
        (
            &|r| r.carried.texts.get_mut(&p1()).unwrap().from.clear(),
            "rests on nothing that is here",
        ),
        (
            &|r| {
                let from = &mut r.carried.texts.get_mut(&p1()).unwrap().from;
                *from = from
                    .iter()
                    .map(|base| PortionRef {
                        version: 9,
                        ..base.clone()
                    })
                    .collect();
            },
            "rests on nothing that is here",
        ),
        (&|r| r.carried.texts.clear(), "it is not held here"),
        (
            &|r| r.report = report("B"),
            "the asker has to give its own report another id",
        ),
        (
            &|r| {
                let text = r.carried.texts[&p1()].clone();
                r.carried.texts.insert(PortionId::new("p7").unwrap(), text);
            },
            "for which it does not ask",
        ),
    ];
    for (change, why) in forged {
        let refusal = letter(change).unwrap_err();
        assert!(refusal.contains(why), "expected `{why}`: {refusal}");
    }
    assert!(world.post.is_empty());
}

#[test]
fn b2_a_consent_counts_no_longer_for_text_that_was_raised_at_the_holder_later() {
    let open = "(S//REL TO USA, CHL, GBR)";
    let mut world = granted(open);
    let may = |world: &World| world.permitted("GBR", "R", "CHL/a", "warn");
    let before = may(&world);
    assert!(before.contains("p1"), "{before}");
    // GBR writes it anew under a higher mark: what USA consented to was less, in either version.
    let raised = "---\nid: R\nscheme: us-ic\n---\n(TS//REL TO USA, CHL, GBR) Derived. {from: B v1 p1}\n\n(S//REL TO USA, GBR) Own words.\n";
    world.write("GBR", raised);
    assert!(!may(&world).contains("p1"), "{}", may(&world));
    let older = Query {
        report: &report("R"),
        version: Some(1),
        portions: None,
        audience: &[person("CHL/a")],
        purpose: Some(&entente_marking::Purpose::new("warn")),
        moment: world.now,
    };
    let snapshot = Snapshot::compile(world.state("GBR"), entente_marking::builtin::groups(), &[]);
    let found = decide::outcomes(&snapshot, &older, &decide::NoGuards, &decide::NoGuards);
    assert_ne!(
        found.unwrap().outcome(0, 0),
        Outcome::Permit,
        "the older version is no way round it"
    );
}
