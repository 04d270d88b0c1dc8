//! Release by the owner, and delivery of the releasable part: what goes, to whom, under which mark, and what stays closed.

use crate::world;

use std::collections::BTreeSet;

use entente_core::handle::{Handover, Release};
use entente_core::*;
use entente_marking::{CopyList, Entity, Purpose};
use world::{Letter, World, consent, party, person, portions, report};

const REPORT: &str = "---
id: R
title: A plan and its source
scheme: us-ic
arrangements: [A-1]
---
(S//REL TO USA, GBR) A plan. {#plan}

(S//OC/REL TO USA, GBR) Who made it. {#who}

(TS//SI//OC/NF) How it became known. {#how}

(S//NF//XD) A cable. {#cable}

(U) Check the containers. {#advice}
";

fn starting() -> World {
    let mut world = World::of(&["USA", "GBR", "JOR"]);
    world.agree(&["USA", "GBR", "JOR"], Onward::Free);
    world.write("USA", REPORT);
    world.cleared("JOR", "JOR/colonel");
    world.cleared("GBR", "GBR/minister");
    world
}

fn to(names: &[&str]) -> Recipients {
    let (persons, parties): (Vec<&&str>, Vec<&&str>) = names.iter().partition(|name| name.contains('/'));
    Recipients {
        persons: persons.into_iter().map(|name| person(name)).collect(),
        parties: parties.into_iter().map(|name| party(name)).collect(),
    }
}

fn release(to: Recipients, named: &str, terms: Terms) -> Command {
    Command::Release(Box::new(Release {
        id: consent("rel"),
        report: report("R"),
        portions: portions(named),
        to,
        terms,
        list: CopyList::Receivers,
    }))
}

fn hand_over(to: &str, named: &str) -> Command {
    Command::HandOver(Handover {
        report: report("R"),
        to: party(to),
        portions: Some(portions(named)).filter(|all| !all.is_empty()),
        despite_exposure: None,
        known: None,
    })
}

fn sent(letter: &Letter) -> (&Report, &Delivery, &Part) {
    match &letter.message {
        Message::Delivery {
            report, delivery, part, ..
        } => (report, delivery, part),
        other => panic!("{other:?}"),
    }
}

fn marks(report: &Report) -> Vec<&str> {
    report.portions.iter().map(|portion| portion.mark.as_str()).collect()
}

#[test]
fn e1_the_owner_releases_and_the_receiver_gets_a_copy_marked_for_it() {
    let mut world = starting();
    let terms = Terms {
        conditions: vec!["orally only".to_owned()],
        purposes: Some([Purpose::new("interdiction")].into()),
        ends: Some("2026-12-01T00:00:00Z".parse().unwrap()),
        ..Terms::default()
    };
    world.run("USA", release(to(&["JOR"]), "plan who", terms));
    let (copy, delivery, part) = sent(&world.post[0]);
    assert_eq!(marks(copy), ["(S//REL TO USA, JOR)", "(S//OC/REL TO USA, JOR)"]);
    assert_eq!(
        copy.title.text(),
        "R",
        "a title without a mark is for whoever has all of it"
    );
    let text = serde_json::to_string(&world.post[0].message).unwrap();
    for secret in ["GBR", "became known", "cable", "A plan and its source"] {
        assert!(
            !text
                .replace("\"parties\":[\"GBR\",\"JOR\",\"USA\"]", "")
                .contains(secret),
            "{secret}: {text}"
        );
    }
    assert_eq!(delivery.under, portions("plan who"));
    assert_eq!(part.withheld, None);
    assert_eq!(
        part.released.values().next().unwrap(),
        &BTreeSet::from([Entity::new("JOR")])
    );
    world.deliver_post();
    assert_eq!(world.permitted("JOR", "R", "JOR/colonel", "interdiction"), "plan who");
    // Its purpose, its persons and its end bind there as here.
    assert_eq!(world.permitted("JOR", "R", "JOR/colonel", "prosecution"), "");
    assert_eq!(world.permitted("JOR", "R", "GBR/minister", "interdiction"), "");
    assert_eq!(
        world.permitted("USA", "R", "JOR/colonel", "interdiction"),
        "",
        "nobody there is described here"
    );
    world.cleared("USA", "JOR/colonel");
    assert_eq!(world.permitted("USA", "R", "JOR/colonel", "interdiction"), "plan who");
    world.later(60 * 24 * 11);
    assert_eq!(world.permitted("JOR", "R", "JOR/colonel", "interdiction"), "");
}

#[test]
fn e1_what_cannot_be_released_is_refused_with_the_reason_and_nothing_of_others_is_released() {
    let mut world = starting();
    let refusal = world.refused("USA", release(to(&["JOR"]), "plan cable", Terms::default()));
    assert!(
        refusal.contains("portion cable") && refusal.contains("mark of its own"),
        "{refusal}"
    );
    for (whom, why) in [
        (to(&["USA"]), "this party's own"),
        (Recipients::default(), "nobody is named"),
    ] {
        let refusal = world.refused("USA", release(whom, "plan", Terms::default()));
        assert!(refusal.contains(why), "{refusal}");
    }
    let late = Terms {
        ends: Some(world.now),
        ..Terms::default()
    };
    assert!(
        world
            .refused("USA", release(to(&["JOR"]), "plan", late))
            .contains("would end before it begins")
    );
    // Somebody who is not cleared gets nothing by a release either.
    let refusal = world.refused("USA", release(to(&["CHL/minister"]), "plan", Terms::default()));
    assert!(
        refusal.contains("portion plan") && refusal.contains("clear"),
        "{refusal}"
    );
    // Nothing is released because it was not thought of.
    assert!(
        world
            .refused("USA", release(to(&["JOR"]), "", Terms::default()))
            .contains("nothing is named")
    );
    // Another party's text is not one's own to release.
    world.run("USA", hand_over("GBR", "plan"));
    world.deliver_post();
    let refusal = world.refused("GBR", release(to(&["JOR"]), "plan", Terms::default()));
    assert!(refusal.contains("it is of USA"), "{refusal}");
}

#[test]
fn e1_several_receivers_get_a_release_each() {
    let mut world = starting();
    world.cleared("USA", "JOR/colonel");
    world.run("USA", release(to(&["JOR/colonel", "GBR"]), "plan", Terms::default()));
    // What it is called tells neither receiver that there is another one.
    let ids: BTreeSet<(String, String)> = world
        .state("USA")
        .consents
        .values()
        .map(|given| (given.to.to_string(), given.id.to_string()))
        .collect();
    let (to, names): (Vec<String>, BTreeSet<String>) = ids.into_iter().unzip();
    assert_eq!((to, names.len()), (vec!["GBR".to_owned(), "JOR".to_owned()], 2));
    assert!(
        names
            .iter()
            .all(|name| name.len() == "rel-123456".len() && !name.ends_with("-1")),
        "{names:?}"
    );
    let copies: Vec<Vec<&str>> = world.post.iter().map(|letter| marks(sent(letter).0)).collect();
    assert_eq!(copies, [["(S//REL TO USA, GBR)"], ["(S//REL TO USA, JOR)"]]);
}

#[test]
fn e1_terms_between_others_are_not_the_receiver_s_business() {
    let mut world = World::of(&["USA", "GBR", "JOR"]);
    world.agree(&["USA", "GBR"], Onward::Consent);
    world.write("USA", REPORT);
    world.cleared("JOR", "JOR/colonel");
    world.cleared("JOR", "CHL/minister");
    world.run("USA", release(to(&["JOR"]), "plan advice", Terms::default()));
    let text = serde_json::to_string(&world.post[0].message).unwrap();
    assert!(!text.contains("GBR") && !text.contains("A-1"), "{text}");
    world.deliver_post();
    assert_eq!(world.permitted("JOR", "R", "JOR/colonel", ""), "plan advice");
    // Whom they bound not, the third-party rule binds.
    let asked = world.outcomes("JOR", "R", "CHL/minister", "");
    assert!(asked.iter().all(|(_, outcome)| *outcome == Outcome::Ask), "{asked:?}");
}

#[test]
fn e1_the_public_gets_only_what_asks_nothing_of_anybody() {
    let mut world = starting();
    let public = || Recipients {
        persons: [PersonId::public()].into(),
        ..Recipients::default()
    };
    for closed in ["plan", "how"] {
        world.refused("USA", release(public(), closed, Terms::default()));
    }
    world.run("USA", release(public(), "advice", Terms::default()));
    assert!(world.post.is_empty());
    assert_eq!(world.permitted("USA", "R", "PUBLIC/anyone", ""), "advice");
}

#[test]
fn e1_a_release_under_embargo_opens_when_its_moment_has_come() {
    let mut world = starting();
    world.cleared("USA", "JOR/colonel");
    let begin = world.now + jiff::SignedDuration::from_hours(2);
    world.run(
        "USA",
        release(
            to(&["JOR"]),
            "plan",
            Terms {
                not_before: Some(begin),
                ..Terms::default()
            },
        ),
    );
    assert!(world.post.is_empty(), "nothing leaves before");
    assert_eq!(world.permitted("USA", "R", "JOR/colonel", ""), "");
    world.later(122);
    assert_eq!(
        world.permitted("USA", "R", "JOR/colonel", ""),
        "",
        "clocks may differ by five minutes"
    );
    world.later(4);
    assert_eq!(world.permitted("USA", "R", "JOR/colonel", ""), "plan");
}

#[test]
fn e2_each_partner_gets_its_own_part() {
    let mut world = starting();
    world.run("USA", hand_over("GBR", ""));
    world.run("USA", release(to(&["JOR"]), "plan", Terms::default()));
    let (copy, delivery, part) = sent(&world.post[0]);
    assert_eq!(marks(copy), ["(S//REL TO USA, GBR)", "(S//OC/REL TO USA, GBR)"]);
    assert_eq!(delivery.portions, Some(portions("plan who")));
    assert!(part.is_whole() && delivery.under.is_empty());
    world.deliver_post();
    assert_eq!(world.permitted("GBR", "R", "GBR/minister", ""), "plan who");
    let held = |home: &str| world.state(home).reports[&report("R")].latest().unwrap().portions.len();
    assert_eq!((held("GBR"), held("JOR")), (2, 1));
    let refusal = world.refused("USA", hand_over("GBR", "how"));
    assert!(
        refusal.contains("portion how: it is releasable only to USA"),
        "{refusal}"
    );
    // Another part of the same version comes beside the first.
    world.run("USA", release(to(&["JOR"]), "who", Terms::default()).with_id("rel-b"));
    world.deliver_post();
    assert_eq!(world.permitted("JOR", "R", "JOR/colonel", ""), "who plan");
}

trait WithId {
    fn with_id(self, id: &str) -> Self;
}

impl WithId for Command {
    fn with_id(mut self, name: &str) -> Self {
        if let Self::Release(release) = &mut self {
            release.id = consent(name);
        }
        self
    }
}

#[test]
fn e2_what_is_withheld_is_shown_only_where_the_arrangement_says_so() {
    for shown in [Withheld::Hidden, Withheld::Shown] {
        let mut world = starting();
        for state in world.nodes.values_mut() {
            let mut terms = state.arrangements.values().next().unwrap().clone();
            terms.withheld = shown;
            state.apply(&Event::ArrangementSet(terms));
        }
        world.run("USA", hand_over("GBR", ""));
        let text = serde_json::to_string(&world.post[0].message).unwrap();
        assert_eq!(text.contains("\"part\""), shown == Withheld::Shown);
        world.deliver_post();
        let told = world.state("GBR").reports[&report("R")].withheld.get(&1).copied();
        assert_eq!(told, Some(3).filter(|_| shown == Withheld::Shown));
    }
}

#[test]
fn e2_a_mark_made_for_a_receiver_gives_way_to_the_written_one_and_never_the_other_way_round() {
    let mut world = starting();
    world.run("USA", release(to(&["GBR"]), "how", Terms::default()));
    world.run("USA", hand_over("GBR", "plan"));
    let (first, second) = (world.post[0].clone(), world.post[1].clone());
    for order in [[&first, &second], [&second, &first]] {
        let mut world = starting();
        for letter in order {
            world.hand(letter).unwrap();
        }
        let held = world.state("GBR").reports[&report("R")].latest().unwrap();
        let mark = |id: &str| held.portion(&PortionId::new(id).unwrap()).unwrap().mark.clone();
        assert_eq!(
            (mark("how").as_str(), mark("plan").as_str()),
            ("(TS//SI//OC/REL TO USA, GBR)", "(S//REL TO USA, GBR)")
        );
        assert_eq!(world.permitted("GBR", "R", "GBR/minister", "").split(' ').count(), 2);
        // What the copy lists counts only as long as the release does.
        let how = held.portion(&PortionId::new("how").unwrap()).unwrap();
        assert_eq!(how.label.release, entente_marking::Release::to([Entity::new("USA")]));
        world
            .nodes
            .get_mut(&party("GBR"))
            .unwrap()
            .apply(&Event::ConsentWithdrawn {
                consent: consent("rel"),
                by: Some(party("USA")),
                at: world::start(),
                reason: String::new(),
            });
        assert_eq!(world.permitted("GBR", "R", "GBR/minister", ""), "plan");
    }
}

#[test]
fn e2_a_copy_by_consent_makes_nobody_an_original_recipient() {
    let mut world = starting();
    world.cleared("USA", "JOR/colonel");
    world.run("USA", release(to(&["JOR"]), "who", Terms::default()));
    world.deliver_post();
    assert_eq!(world.permitted("JOR", "R", "JOR/colonel", ""), "who");
    world.run(
        "USA",
        Command::WithdrawConsent {
            consent: consent("rel").into(),
            reason: "over".to_owned(),
        },
    );
    world.deliver_post();
    for home in ["USA", "JOR"] {
        assert_eq!(world.permitted(home, "R", "JOR/colonel", ""), "", "{home}");
    }
}

#[test]
fn e2_receipts_come_back_and_count_for_what_was_delivered() {
    let mut world = starting();
    world.run("USA", hand_over("GBR", ""));
    world.deliver_post();
    let given = world.run(
        "GBR",
        Command::GiveReceipts {
            to: party("USA"),
            alone: true,
        },
    );
    assert_eq!(given.messages.len(), 1);
    world.deliver_post();
    let holding = &world.state("USA").reports[&report("R")];
    let receipt = holding.receipts[&party("GBR")][0].receipt.clone();
    assert_eq!((receipt.version, &receipt.portions), (1, &portions("plan who")));
    assert!(
        world
            .refused(
                "GBR",
                Command::GiveReceipts {
                    to: party("USA"),
                    alone: true
                }
            )
            .contains("has a receipt")
    );
    // Of what was never delivered to it, nobody's receipt counts.
    let forged = Letter {
        from: party("JOR"),
        to: party("USA"),
        id: "JOR-9".to_owned(),
        message: Message::Receipts(vec![receipt]),
    };
    world.hand(&forged).unwrap();
    assert!(
        !world.state("USA").reports[&report("R")]
            .receipts
            .contains_key(&party("JOR"))
    );
}

#[test]
fn e1_a_consent_that_comes_again_with_more_text_opens_that_too() {
    let mut world = starting();
    world.run("USA", release(to(&["JOR"]), "plan who", Terms::default()));
    // The copy that went with the release is lost; what is sent afterwards comes in two parts.
    world.post.clear();
    for (part, open) in [("plan", "plan"), ("who", "plan who")] {
        world.run("USA", hand_over("JOR", part));
        world.deliver_post();
        let permitted = portions(&world.permitted("JOR", "R", "JOR/colonel", ""));
        assert_eq!(permitted, portions(open));
    }
}
