//! What a party does: what it gives away, to whom, and what it tells others of it.

use super::*;

fn brought(world: &World) -> Vec<String> {
    let Message::Delivery { report, .. } = &world.post[0].message else {
        panic!("{:?}", world.post)
    };
    report.portions.iter().map(|portion| portion.id.to_string()).collect()
}

#[test]
fn whom_the_author_did_not_name_gets_what_a_consent_names_and_nothing_else() {
    for to in ["JOR", "JOR/colonel"] {
        let mut world = World::of(&["USA", "GBR", "JOR"]);
        let mark = "(S//REL TO USA, GBR, JOR)";
        let text = format!("{mark} A plan. {{#plan}}\n\n{mark} Advice. {{#advice}}");
        world.write("USA", &file("R", "scheme: us-ic\nrecipients: [GBR]", &text));
        world.cleared("USA", "JOR/colonel");
        world.run("USA", release("R", "plan", to, Terms::default()));
        assert_eq!(brought(&world), ["plan"], "{to}");
        let open = world.looked("USA", |state, context| {
            handle::openness_for(state, &report("R"), &party("JOR"), context)
                .unwrap()
                .open()
        });
        assert_eq!(open, portions("plan"), "{to}");
    }
}

#[test]
fn a_mark_that_names_its_readers_is_not_released_under_another_list_though_no_copy_goes() {
    let mut world = World::of(&["USA"]);
    world.write("USA", &file("R", "scheme: us-ic", "(S//NF//XD) A cable. {#cable}"));
    world.cleared("USA", "CHL/minister");
    let refusal = world.refused("USA", release("R", "cable", "CHL/minister", Terms::default()));
    assert!(
        refusal.contains("portion cable") && refusal.contains("mark of its own"),
        "{refusal}"
    );
}

#[test]
fn what_may_only_be_shown_is_released_without_a_copy() {
    let mut world = World::of(&["USA", "GBR"]);
    world.write(
        "USA",
        &file("R", "scheme: us-ic", "(S//OC/DISPLAY ONLY GBR) Look. {#look}"),
    );
    world.cleared("USA", "GBR/desk");
    world.run("USA", release("R", "look", "GBR", Terms::default()));
    assert!(
        world
            .post
            .iter()
            .all(|letter| !matches!(letter.message, Message::Delivery { .. }))
    );
    let duties = world.decided("USA", "R", (&["GBR/desk"], ""), |decision| decision.duties(0, 0));
    assert_eq!(duties, [decide::Duty::ShowOnly]);
}

#[test]
fn a_part_of_whom_a_release_is_for_gets_the_release_with_its_copy() {
    let mut world = World::of(&["USA", "JOR.ARMY"]);
    world.write("USA", &file("R", "scheme: us-ic", "(S//NF) A plan. {#plan}"));
    world.run("USA", release("R", "plan", "JOR", Terms::default()));
    world.run("USA", Command::HandOver(Handover::of(report("R"), party("JOR.ARMY"))));
    let Message::Delivery { part, .. } = &world.post[0].message else {
        panic!("{:?}", world.post)
    };
    let to: Vec<_> = part
        .consents
        .iter()
        .map(|consent| &consent.recipients.parties)
        .collect();
    assert_eq!(to, [&BTreeSet::from([party("JOR")])]);
}

#[test]
fn an_originator_is_told_whether_what_was_said_was_permitted() {
    let mut world = World::of(&["USA", "GBR"]);
    world.write(
        "USA",
        &file("R", "scheme: us-ic", "(S//OC/REL TO USA, GBR) A plan. {#plan}"),
    );
    hand_over(&mut world, "USA", "R", "GBR");
    for (who, permitted) in [("GBR/desk", true), ("CHL/a", false)] {
        world.cleared("GBR", who);
        let about = (report("R"), portions("plan"));
        let decided = world.run(
            "GBR",
            world::disclosed(
                (&who.replace('/', "-"), Route::Said),
                about,
                [person(who)].into(),
                vec![],
            ),
        );
        let [(to, Message::Notice(Notice::Disclosure(told)))] = &decided.messages[..] else {
            panic!("{decided:?}")
        };
        let said: Vec<bool> = told.permitted.values().copied().collect();
        assert_eq!((to.as_str(), said), ("USA", vec![permitted]), "{who}");
    }
}

#[test]
fn so_many_persons_change_in_one_step_and_no_more() {
    let mut world = World::of(&["USA"]);
    let change = PersonChange::of(person("USA/analyst"), party("USA"));
    let refusal = world.refused("USA", Command::ChangePersons(vec![change.clone(); 100_001]));
    assert!(refusal.contains("100001 persons are more than 100000"), "{refusal}");
    world.run("USA", Command::ChangePersons(vec![change; 100_000]));
}

#[test]
fn nobody_suspends_an_arrangement_in_another_party_s_name() {
    let mut world = World::of(&["USA", "GBR"]);
    world.agree(&["USA", "GBR"], Onward::Free);
    let suspend = |by: &str| Command::SetArrangementStatus {
        id: ArrangementId::new("A-1").unwrap(),
        status: ArrangementStatus::Suspended {
            by: party(by),
            reason: String::new(),
        },
    };
    let refusal = world.refused("USA", suspend("GBR"));
    assert!(refusal.contains("it speaks for GBR"), "{refusal}");
    world.run("USA", suspend("USA"));
}

fn embargo(world: &World, on: &str, portion: &str) -> Command {
    Command::SetEmbargo(EmbargoWord {
        report: report(on),
        portions: portions(portion),
        until: Some(world.now + jiff::SignedDuration::from_hours(48)),
        reason: String::new(),
    })
}

/// USA has written D, of two portions.
fn written(parties: &[&str]) -> World {
    let mut world = World::of(parties);
    let text = "(TLP:CLEAR) A flaw. {#flaw}\n\n(TLP:CLEAR) Who found it. {#finder}";
    world.write("USA", &file("D", "scheme: tlp", text));
    world
}

#[test]
fn a_text_is_out_when_each_of_its_facts_is() {
    let mut world = written(&["USA"]);
    world.cleared("USA", "FRA/desk");
    let facts = ["flaw.1", "flaw.2"].map(|id| world::fact(id, "flaw", "A flaw.", None));
    let set = Command::SetFacts {
        report: report("D"),
        facts: facts.into(),
    };
    world.run("USA", set);
    let command = embargo(&world, "D", "");
    world.run("USA", command);
    for (id, of, open) in [("d1", &["flaw.1"][..], ""), ("d2", &["flaw.1", "flaw.2"], "flaw")] {
        let told = of.iter().map(|fact| Telling {
            fact: FactId::new(*fact).unwrap(),
            status: Status::Asserted,
            origin: None,
            words: None,
        });
        let about = (report("D"), portions("flaw"));
        let publish = world::disclosed(
            (id, Route::Published),
            about,
            [person("FRA/desk")].into(),
            told.collect(),
        );
        world.run("USA", publish);
        assert_eq!(world.permitted("USA", "D", "FRA/desk", ""), open, "{of:?}");
    }
}

#[test]
fn whoever_has_what_rests_on_a_text_is_told_of_an_embargo_on_it() {
    let mut world = written(&["USA", "GBR", "FRA"]);
    hand_over(&mut world, "USA", "D", "GBR");
    let text = "(TLP:CLEAR) Valves can fail. {#e} {from: D v1 flaw}";
    world.write("GBR", &file("E", "scheme: tlp", text));
    hand_over(&mut world, "GBR", "E", "FRA");
    let command = embargo(&world, "D", "flaw");
    world.run("USA", command);
    let letter = world.post.remove(0);
    let told = world.hand(&letter).unwrap().messages;
    let [(to, Message::Embargo(word))] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!(
        (to.as_str(), word.report.as_str(), word.by.as_str()),
        ("FRA", "E", "GBR")
    );
    assert!(word.until.is_some());
}

#[test]
fn a_report_brings_its_author_s_word_on_an_embargo_with_it() {
    let mut world = written(&["USA", "GBR"]);
    let command = embargo(&world, "D", "finder");
    world.run("USA", command);
    world.run("USA", Command::HandOver(Handover::of(report("D"), party("GBR"))));
    let Message::Delivery { part, .. } = &world.post[0].message else {
        panic!("{:?}", world.post)
    };
    let on: Vec<_> = part
        .embargoes
        .iter()
        .map(|word| (word.by.as_str(), word.portion.clone()))
        .collect();
    assert_eq!(on, [("USA", portions("finder").into_iter().next())]);
}

#[test]
fn a_title_is_of_those_behind_the_text_and_a_new_version_without_a_base_loses_no_lineage() {
    let mut world = written(&["USA", "GBR"]);
    hand_over(&mut world, "USA", "D", "GBR");
    let front = "scheme: tlp\ntitle: (TLP:CLEAR) Valves";
    let own = "(TLP:CLEAR) Ours are safe. {#own}";
    world.write(
        "GBR",
        &file(
            "E",
            front,
            &format!("(TLP:CLEAR) Valves can fail. {{#e}} {{from: D v1 flaw}}\n\n{own}"),
        ),
    );
    world.write("GBR", &file("E", front, own));
    assert_eq!(world.state("GBR").reports[&report("E")].latest().unwrap().version, 2);
}

#[test]
fn an_originator_is_told_of_an_override_by_the_names_it_knows() {
    let mut world = World::of(&["USA", "GBR"]);
    let mark = "(S//OC/REL TO USA, GBR)";
    world.write("USA", &file("B", "scheme: us-ic", &format!("{mark} A base. {{#base}}")));
    hand_over(&mut world, "USA", "B", "GBR");
    let text = format!("{mark} Derived. {{#text}} {{from: B v1 base}}");
    world.write("GBR", &file("R", "scheme: us-ic", &text));
    let mut minister = Person::outsider(person("GBR/minister"), party("GBR"));
    minister.roles.insert(handle::OVERRIDE_ROLE.to_owned());
    world.run("GBR", Command::SetPerson(minister));
    world.cleared("GBR", "CHL/a");
    let command = Command::Override {
        id: DisclosureId::new("ovr").unwrap(),
        authority: person("GBR/minister"),
        report: report("R"),
        portions: portions("text"),
        audience: [person("CHL/a")].into(),
        purpose: None,
        lawful: Lawful::Undetermined,
        reason: "lives are at risk".to_owned(),
    };
    let decided = world.run("GBR", command);
    let [(to, Message::Notice(Notice::Override(told)))] = &decided.messages[..] else {
        panic!("{decided:?}")
    };
    assert_eq!((to.as_str(), told.report.as_str()), ("USA", "B"));
    assert_eq!(told.portions, portions("base"));
}

#[test]
fn a_part_without_the_title_and_the_whole_with_it_are_of_one_version() {
    for parts in [["plan", "plan who"], ["plan who", "plan"]] {
        let mut world = World::of(&["USA", "GBR"]);
        let mark = "(S//REL TO USA, GBR)";
        let text = format!("{mark} A plan. {{#plan}}\n\n{mark} Who made it. {{#who}}");
        world.write("USA", &file("R", "scheme: us-ic\ntitle: What is planned", &text));
        let mut titles = BTreeSet::new();
        for part in parts {
            let handover = Handover {
                portions: Some(portions(part)),
                ..Handover::of(report("R"), party("GBR"))
            };
            world.run("USA", Command::HandOver(handover));
            if let Message::Delivery { report, .. } = &world.post[0].message {
                titles.insert(report.title.text().to_owned());
            }
            world.deliver_post();
        }
        assert_eq!(titles.len(), 2, "one came without it: {titles:?}");
        let held = world.state("GBR").reports[&report("R")].latest().unwrap();
        assert_eq!(
            (held.title.text(), held.portions.len()),
            ("What is planned", 2),
            "{parts:?}"
        );
    }
}
