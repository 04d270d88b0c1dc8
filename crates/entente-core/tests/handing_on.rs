//! What a holder hands on: only what each originator consented to in writing, for this receiver, these texts, this holder.
//! Signing and verifying is played here: what is signed is written plainly, and read only where the originator is known.

use crate::world;

use entente_core::handle::Handover;
use entente_core::written::{Signed, Verified, Writing, WrittenText, committed_words, to_sign};
use entente_core::*;
use entente_marking::builtin::{groups, schemes};
use world::{Letter, World, consent, party, person, portions, report};

pub(crate) const REPORT: &str = "---
id: R
scheme: us-ic
---
(S//OC/REL TO USA, GBR) A plan. {#plan}

(S//OC/REL TO USA, GBR) Who made it. {#who}
";

/// Puts in writing what goes out, as the node that seals it does.
pub(crate) fn sign(world: &mut World) {
    for n in 0..world.post.len() {
        let letter = world.post[n].clone();
        let state = world.state(letter.from.as_str()).clone();
        if let Message::Answer { consents, .. } = &mut world.post[n].message {
            for consent in consents {
                let all = to_sign(&state, consent, schemes(), groups());
                let each = all.into_iter().map(|(mut writing, texts)| {
                    let mut salts = std::collections::BTreeMap::new();
                    for (portion, mark, text) in texts {
                        let digest = format!("{portion}: {}", committed_words(&text));
                        salts.insert(portion.portion.clone(), "salt".to_owned());
                        writing.texts.push(WrittenText { portion, mark, digest });
                    }
                    Signed {
                        receiver: writing.receiver.clone(),
                        note: format!("{}\n{}", letter.from, serde_json::to_string(&writing).unwrap()),
                        salts,
                        read: None,
                    }
                });
                consent.life.signed = each.collect();
            }
        }
    }
}

/// Verifies what comes in, as the node that opens it does.
pub(crate) fn verify(world: &World, letter: &mut Letter) {
    let known = &world.state(letter.to.as_str()).parties;
    let read = |signed: &Signed, report: Option<&Report>| {
        let (by, writing) = signed.note.split_once('\n')?;
        let writing: Writing = serde_json::from_str(writing).ok()?;
        let known = known.contains_key(&party(by)) && writing.originator == party(by);
        let fits = |text: &&WrittenText| {
            let here = report.and_then(|report| report.portion(&text.portion.portion));
            let words = here.map(|portion| format!("{}: {}", text.portion, committed_words(&portion.text)));
            signed.salts.contains_key(&text.portion.portion) && words == Some(text.digest.clone())
        };
        let texts = writing
            .texts
            .iter()
            .filter(fits)
            .map(|text| text.portion.clone())
            .collect();
        known.then(|| Box::new(Verified { writing, texts }))
    };
    match &mut letter.message {
        Message::Answer { consents, .. } => {
            for signed in consents.iter_mut().flat_map(|consent| &mut consent.life.signed) {
                signed.read = read(signed, None);
            }
        }
        Message::Delivery { report, part, .. } => {
            for signed in &mut part.writings {
                signed.read = read(signed, Some(report));
            }
        }
        _ => {}
    }
}

fn post(world: &mut World) {
    while !world.post.is_empty() {
        sign(world);
        let mut letter = world.post.remove(0);
        verify(world, &mut letter);
        world
            .hand(&letter)
            .unwrap_or_else(|refusal| panic!("{letter:?}: {refusal}"));
    }
}

/// GBR has R, and USA's consent in writing for a Jordanian, to one portion.
fn consented() -> World {
    let mut world = World::of(&["USA", "GBR", "JOR", "FRA"]);
    world.write("USA", REPORT);
    world.run("USA", Command::HandOver(Handover::of(report("R"), party("GBR"))));
    for home in ["GBR", "JOR", "FRA"] {
        world.cleared(home, "JOR/colonel");
        world.cleared(home, "FRA/desk");
    }
    post(&mut world);
    let refusal = world.refused("GBR", Command::HandOver(Handover::of(report("R"), party("JOR"))));
    assert!(refusal.contains("no consent to it in writing"), "{refusal}");
    asked_and_granted(&mut world, "con", "JOR/colonel");
    world
}

/// What GBR hands to JOR.
fn handed(world: &mut World) -> Letter {
    world.run("GBR", Command::HandOver(Handover::of(report("R"), party("JOR"))));
    assert_eq!(world.post.len(), 1);
    world.post.remove(0)
}

/// What JOR says to a letter, and that nothing of it stays where it is refused.
fn refused(world: &mut World, mut letter: Letter) -> String {
    verify(world, &mut letter);
    let before = world.state("JOR").clone();
    let refusal = world.hand(&letter).expect_err("it should be refused").to_string();
    assert_eq!(*world.state("JOR"), before);
    refusal
}

fn delivery(letter: &mut Letter) -> (&mut Report, &mut Part) {
    let Message::Delivery { report, part, .. } = &mut letter.message else {
        panic!()
    };
    (report, part)
}

fn open(world: &World, who: &str, what_for: &str) -> String {
    world.permitted("JOR", "R", who, what_for)
}

#[test]
fn e2_what_was_consented_in_writing_is_handed_on_and_opens_just_that() {
    let mut world = consented();
    let mut letter = handed(&mut world);
    let (copy, part) = delivery(&mut letter);
    assert_eq!(copy.portions.len(), 1);
    assert_eq!(copy.portions[0].mark, "(S//OC/REL TO USA, JOR)");
    assert_eq!(part.writings.len(), 1);
    verify(&world, &mut letter);
    world.hand(&letter).unwrap();
    assert_eq!(open(&world, "JOR/colonel", "warning"), "plan");
    assert_eq!(open(&world, "JOR/colonel", ""), "", "it is for its purpose");
    assert_eq!(open(&world, "FRA/desk", "warning"), "", "and for nobody else");
    let held = &world.state("JOR").consents.values().next().unwrap().life;
    assert_eq!(held.through, Some(party("GBR")));
    // JOR was given it, and hands nothing on itself.
    let refusal = world.refused("JOR", Command::HandOver(Handover::of(report("R"), party("FRA"))));
    assert!(refusal.contains("in writing"), "{refusal}");
    let refusal = world.refused("GBR", Command::HandOver(Handover::of(report("R"), party("FRA"))));
    assert!(refusal.contains("FRA has no consent to it in writing"), "{refusal}");
}

#[test]
fn e2_what_is_stripped_forged_or_meant_for_others_is_refused() {
    let mut world = consented();
    let genuine = handed(&mut world);
    type Change = fn(&mut Letter);
    let changes: [(&str, Change); 8] = [
        ("stated by GBR alone", |letter| delivery(letter).1.writings.clear()),
        ("stated by GBR alone", |letter| {
            let signed = &mut delivery(letter).1.writings[0];
            signed.note = signed.note.replacen("USA\n", "GBR\n", 1);
        }),
        ("stated by GBR alone", |letter| {
            delivery(letter).0.portions[0].text = "Another plan.".to_owned();
        }),
        ("stated by GBR alone", |letter| {
            let (copy, _) = delivery(letter);
            let mut other = copy.portions[0].clone();
            other.id = PortionId::new("who").unwrap();
            copy.portions.push(other);
        }),
        ("stated by GBR alone", |letter| {
            delivery(letter).1.writings[0].salts.clear();
        }),
        ("wrote (S//OC/REL TO USA, JOR) for it", |letter| {
            let (copy, part) = delivery(letter);
            copy.portions[0].mark = "(U//REL TO USA, JOR, FRA)".to_owned();
            copy.portions[0].label = entente_marking::Label::unrestricted();
            part.released.clear();
        }),
        ("is about R", |letter| {
            let Message::Delivery {
                report: copy, delivery, ..
            } = &mut letter.message
            else {
                panic!()
            };
            copy.id = report("S");
            delivery.report = report("S");
        }),
        ("stated by GBR alone", |letter| {
            // Another party is put behind it as well.
            let (copy, _) = delivery(letter);
            let more = Lineage::of(party("FRA"), Origin::default());
            copy.portions[0].lineage = copy.portions[0].lineage.combine(&more);
        }),
    ];
    for (n, (why, change)) in changes.into_iter().enumerate() {
        let mut letter = genuine.clone();
        letter.id = format!("changed-{n}");
        change(&mut letter);
        let refusal = refused(&mut world, letter);
        assert!(refusal.contains(why), "change {n}: {refusal}");
    }
    // To another party, and from another holder.
    let mut elsewhere = genuine.clone();
    elsewhere.to = party("FRA");
    let Message::Delivery { delivery: note, .. } = &mut elsewhere.message else {
        panic!()
    };
    note.to = party("FRA");
    verify(&world, &mut elsewhere);
    let refusal = world.hand(&elsewhere).unwrap_err().to_string();
    assert!(refusal.contains("is for JOR, and this is FRA"), "{refusal}");
    let mut stolen = genuine.clone();
    (stolen.from, stolen.id) = (party("FRA"), "stolen".to_owned());
    let Message::Delivery { delivery: note, .. } = &mut stolen.message else {
        panic!()
    };
    note.by = party("FRA");
    let refusal = refused(&mut world, stolen);
    assert!(refusal.contains("lets GBR hand it on"), "{refusal}");
    let mut genuine = genuine;
    verify(&world, &mut genuine);
    world.hand(&genuine).unwrap();
    assert_eq!(open(&world, "JOR/colonel", "warning"), "plan");
}

#[test]
fn e2_what_ends_the_consent_follows_the_text_in_any_order() {
    for late in [false, true] {
        let mut world = consented();
        let mut letter = handed(&mut world);
        world.run(
            "USA",
            Command::WithdrawConsent {
                consent: consent("con").into(),
                reason: "no more".to_owned(),
            },
        );
        let withdrawal = world.post.remove(0);
        world.hand(&withdrawal).unwrap();
        let ended = world.post.pop().unwrap();
        assert!(matches!(ended.message, Message::HandedOnEnded { .. }) && ended.to == party("JOR"));
        verify(&world, &mut letter);
        let order = if late { [&ended, &letter] } else { [&letter, &ended] };
        for letter in order {
            world.hand(letter).unwrap();
        }
        assert_eq!(open(&world, "JOR/colonel", "warning"), "", "late: {late}");
        // Nobody else says so, and a holder says it of nothing that did not come through it.
        let mut world = consented();
        let mut letter = handed(&mut world);
        verify(&world, &mut letter);
        world.hand(&letter).unwrap();
        let mut forged = ended.clone();
        (forged.from, forged.id) = (party("FRA"), "forged".to_owned());
        world.hand(&forged).unwrap();
        assert_eq!(open(&world, "JOR/colonel", "warning"), "plan");
    }
}

/// GBR asks USA for what a person may have of the plan, and gets it under a consent of this name.
fn asked_and_granted(world: &mut World, name: &str, who: &str) {
    granted(world, name, who, "plan");
}

/// The same of some portions.
fn granted(world: &mut World, name: &str, who: &str, of: &str) {
    answering(world, name, who, of);
    post(world);
}

/// GBR has asked USA for some portions, and the answer is under way.
fn answering(world: &mut World, name: &str, who: &str, of: &str) {
    let request = RequestId::new(name).unwrap();
    let ask = Command::OpenRequest {
        id: request.clone(),
        report: report("R"),
        portions: Some(portions(of).into_iter().collect()),
        audience: [person(who)].into(),
        purpose: world::purpose("warning"),
        reason: String::new(),
        change: String::new(),
        needed_by: None,
    };
    world.run("GBR", ask);
    post(world);
    let grant = Command::Grant {
        id: consent(name),
        request: request.into(),
        portions: None,
        terms: Terms::default(),
    };
    world.run("USA", grant);
}

#[test]
fn e2_what_is_in_writing_about_another_consent_opens_nothing() {
    let mut world = World::of(&["USA", "GBR", "JOR"]);
    world.write("USA", REPORT);
    world.run("USA", Command::HandOver(Handover::of(report("R"), party("GBR"))));
    post(&mut world);
    world.cleared("GBR", "JOR/colonel");
    answering(&mut world, "con", "JOR/colonel", "plan");
    sign(&mut world);
    let mut letter = world.post.remove(0);
    verify(&world, &mut letter);
    let Message::Answer { consents, .. } = &mut letter.message else {
        panic!("{letter:?}")
    };
    let read = consents[0].life.signed[0].read.as_mut().unwrap();
    read.writing.consent = consent("older");
    world.hand(&letter).unwrap();
    let refusal = world.refused("GBR", Command::HandOver(Handover::of(report("R"), party("JOR"))));
    assert!(refusal.contains("no consent to it in writing"), "{refusal}");
}

#[test]
fn e2_a_portion_that_is_handed_on_later_opens_by_the_same_consent() {
    let mut world = World::of(&["USA", "GBR", "JOR"]);
    world.write("USA", REPORT);
    world.run("USA", Command::HandOver(Handover::of(report("R"), party("GBR"))));
    for home in ["GBR", "JOR"] {
        world.cleared(home, "JOR/colonel");
    }
    post(&mut world);
    granted(&mut world, "con", "JOR/colonel", "plan who");
    for (part, opened) in [("plan", "plan"), ("who", "plan who")] {
        let handover = Handover {
            portions: Some(portions(part)),
            ..Handover::of(report("R"), party("JOR"))
        };
        world.run("GBR", Command::HandOver(handover));
        post(&mut world);
        assert_eq!(portions(&open(&world, "JOR/colonel", "warning")), portions(opened));
    }
}

#[test]
fn e2_what_ends_a_consent_to_one_version_is_not_told_to_whoever_has_another() {
    let mut world = consented();
    handed(&mut world);
    // Another version, with a portion of the same name.
    world.write("USA", &REPORT.replace("A plan.", "A plan that was changed."));
    world.run("USA", Command::HandOver(Handover::of(report("R"), party("GBR"))));
    post(&mut world);
    asked_and_granted(&mut world, "second", "FRA/desk");
    world.run("GBR", Command::HandOver(Handover::of(report("R"), party("FRA"))));
    world.post.clear();
    let told = |mut world: World, name: &str| {
        let withdraw = Command::WithdrawConsent {
            consent: consent(name).into(),
            reason: "no more".to_owned(),
        };
        world.run("USA", withdraw);
        let withdrawal = world.post.remove(0);
        world.post.clear();
        world.hand(&withdrawal).unwrap();
        world
            .post
            .iter()
            .map(|letter| letter.to.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(told(world.clone(), "con"), ["JOR"]);
    assert_eq!(told(world, "second"), ["FRA"]);
}

#[test]
fn e2_a_recall_reaches_whoever_it_was_handed_on_to() {
    let mut world = consented();
    let mut letter = handed(&mut world);
    verify(&world, &mut letter);
    world.hand(&letter).unwrap();
    let recall = Command::Recall {
        id: RecallId::new("back").unwrap(),
        report: report("R"),
        action: RecallAction::RetainHide,
        reason: "a mistake".to_owned(),
    };
    world.run("USA", recall);
    post(&mut world);
    assert_eq!(
        open(&world, "JOR/colonel", "warning"),
        "",
        "a recall ends it where it was handed on to"
    );
    let refusal = world.refused("GBR", Command::HandOver(Handover::of(report("R"), party("JOR"))));
    assert!(refusal.contains("recalled"), "{refusal}");
}

#[test]
fn e2_derived_text_carries_the_consents_of_all_who_are_behind_it() {
    let mut world = consented();
    let text = "---\nid: E\nscheme: us-ic\n---\n(S//OC/REL TO USA, GBR) They plan something. {#e} {from: R v1 who}\n";
    world.write("GBR", text);
    let ask = Command::OpenRequest {
        id: RequestId::new("derived").unwrap(),
        report: report("E"),
        portions: None,
        audience: [person("JOR/colonel")].into(),
        purpose: world::purpose("warning"),
        reason: String::new(),
        change: String::new(),
        needed_by: None,
    };
    world.run("GBR", ask);
    post(&mut world);
    let grant = Command::Grant {
        id: consent("derived"),
        request: RequestId::new("derived").unwrap().into(),
        portions: None,
        terms: Terms::default(),
    };
    world.run("USA", grant);
    post(&mut world);
    let release = Command::Release(Box::new(handle::Release {
        id: consent("own"),
        report: report("E"),
        portions: portions("e"),
        to: Recipients {
            persons: [person("JOR/colonel")].into(),
            ..Recipients::default()
        },
        terms: Terms {
            purposes: world::purpose("warning").map(|purpose| [purpose].into()),
            ..Terms::default()
        },
        list: entente_marking::CopyList::Receivers,
    }));
    world.run("GBR", release);
    post(&mut world);
    assert_eq!(world.permitted("JOR", "E", "JOR/colonel", "warning"), "e");
    let by: Vec<String> = world
        .state("JOR")
        .consents
        .keys()
        .map(|key| key.by.to_string())
        .collect();
    assert_eq!(by, ["GBR", "USA"]);
    assert_eq!(world.permitted("JOR", "E", "FRA/desk", "warning"), "");
}
