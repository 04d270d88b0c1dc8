//! Two-person release: what an arrangement holds back until a second person says yes to exactly what would follow.

use crate::world;
use crate::worlds::dice;

use std::collections::BTreeSet;

use dice::Dice;
use entente_core::handle::{Consequence, Handover, Release, consequence};
use entente_core::*;
use entente_marking::builtin::schemes;
use entente_marking::{CopyList, MarkKind, SchemeId};
use world::{World, consent, party, person, portions, report};

const REPORT: &str = "---
id: R
scheme: us-ic
arrangements: [A-1]
---
(S//REL TO USA, GBR) A plan. {#plan}

(S//REL TO USA, GBR) Who made it. {#who}
";
const OTHER: &str = "---
id: FREE
scheme: us-ic
---
(U//REL TO USA, GBR) Under no arrangement. {#one}
";

const ANNE: &str = "USA/anne";
const BOB: &str = "USA/bob";
/// Reads and writes, and releases nothing.
const CARL: &str = "USA/carl";

fn staff(world: &mut World, who: &str, roles: &[&str]) {
    world.cleared("USA", who);
    let known = world.state("USA").persons[&person(who)].clone();
    let roles = roles.iter().map(|role| (*role).to_owned()).collect();
    world.run("USA", Command::SetPerson(Person { roles, ..known }));
}

fn two_person(world: &mut World, home: &str) {
    let known = world.state(home).arrangements[&ArrangementId::new("A-1").unwrap()].clone();
    let arrangement = Arrangement {
        two_person: true,
        ..known
    };
    let agreed = false;
    world.run(home, Command::SetArrangement { arrangement, agreed });
}

/// GBR has the report, and asks about it for two persons of Jordan; then USA wants two persons for whatever goes further.
fn asked() -> (World, RequestId) {
    let mut world = World::of(&["USA", "GBR"]);
    world.agree(&["USA", "GBR"], Onward::Free);
    world.write("USA", REPORT);
    world.write("USA", OTHER);
    world.run("USA", Command::HandOver(Handover::of(report("R"), party("GBR"))));
    world.deliver_post();
    world.cleared("GBR", "JOR/colonel");
    let request = world.ask("GBR", "R", &["JOR/colonel"], "warning");
    world.deliver_post();
    for who in [ANNE, BOB] {
        staff(&mut world, who, &["disclosure-officer"]);
    }
    staff(&mut world, CARL, &["analyst"]);
    two_person(&mut world, "USA");
    world.post.clear();
    (world, request)
}

fn grant(request: &RequestId) -> Command {
    Command::Grant {
        id: consent("con"),
        request: request.clone().into(),
        portions: None,
        terms: Terms::default(),
    }
}

/// Every command that gives something out.
fn all(request: &RequestId) -> Vec<(&'static str, Command)> {
    let mark = schemes().get(&SchemeId::new("us-ic"), None).unwrap();
    let mark = mark
        .check("(U//REL TO USA, GBR, JOR)", MarkKind::Portion, None)
        .marking
        .unwrap();
    let terms = Terms::default;
    let to_gbr = Recipients {
        parties: [party("GBR")].into(),
        ..Recipients::default()
    };
    vec![
        ("grant", grant(request)),
        (
            "substitute",
            Command::Substitute {
                id: consent("sub"),
                request: request.clone().into(),
                portion: PortionId::new("plan").unwrap(),
                mark: mark.canonical.clone(),
                label: mark.label,
                text: "Another text.".to_owned(),
                terms: terms(),
            },
        ),
        (
            "release",
            Command::Release(Box::new(Release {
                id: consent("rel"),
                report: report("R"),
                portions: portions("plan"),
                to: to_gbr,
                terms: terms(),
                list: CopyList::Receivers,
            })),
        ),
        ("deliver", Command::HandOver(Handover::of(report("R"), party("GBR")))),
        ("export", Command::Export(Handover::of(report("R"), party("GBR")))),
    ]
}

fn pending(world: &World) -> Pending {
    let mut all = world.state("USA").pending.values();
    all.find(|pending| pending.answered.is_none()).unwrap().clone()
}

fn follows(world: &World, pending: &Pending) -> Result<Consequence, CommandRefusal> {
    world.looked("USA", |state, context| consequence(state, pending, context))
}

fn approve(world: &World, pending: &Pending) -> Command {
    Command::Approve {
        pending: pending.id.clone(),
        digest: follows(world, pending).map_or_else(|_| String::new(), |found| found.digest),
    }
}

fn refusal(world: &mut World, who: Option<&str>, command: Command) -> String {
    let before = world.state("USA").clone();
    let refusal = world.try_as("USA", who, command).expect_err("it should be refused");
    assert_eq!(*world.state("USA"), before);
    refusal.to_string()
}

#[test]
fn g_two_persons_release_what_one_may_not_by_whichever_command() {
    let (start, request) = asked();
    for (name, command) in all(&request) {
        let mut world = start.clone();
        let said = refusal(&mut world, None, command.clone());
        assert!(said.contains("A-1 takes two persons"), "{name}: {said}");
        let first = world.try_as("USA", Some(ANNE), command.clone()).unwrap();
        assert!(
            matches!(first.events.as_slice(), [Event::ReleaseProposed(_)]) && first.messages.is_empty(),
            "{name}: {first:?}"
        );
        let waits = pending(&world);
        assert_eq!((waits.by.as_str(), waits.report.as_str()), (ANNE, "R"), "{name}");
        // The same once more is not a second thing.
        let said = refusal(&mut world, Some(BOB), command);
        assert!(said.contains("waits for a second person already"), "{name}: {said}");
        let yes = approve(&world, &waits);
        for (who, why) in [
            (Some(ANNE), "they gave it themselves"),
            (Some(CARL), "disclosure officer"),
            (None, "under their own name"),
        ] {
            let said = refusal(&mut world, who, yes.clone());
            assert!(said.contains(why), "{name}: {who:?}: {said}");
        }
        let other = Command::Approve {
            pending: waits.id.clone(),
            digest: "0123456789abcdef".to_owned(),
        };
        let said = refusal(&mut world, Some(BOB), other);
        assert!(said.contains("not what was confirmed"), "{name}: {said}");
        let meant = follows(&world, &waits).unwrap().decided;
        let done = world.try_as("USA", Some(BOB), yes.clone()).unwrap();
        assert!(
            matches!(&done.events[0], Event::ReleaseAnswered { answered, .. } if answered.yes && answered.by == person(BOB))
        );
        assert_eq!(done.events[1..], meant.events, "{name}");
        assert_eq!(done.messages, meant.messages, "{name}");
        let said = refusal(&mut world, Some(BOB), yes);
        assert!(said.contains("said yes"), "{name}: {said}");
    }
}

#[test]
fn g_a_renewal_is_a_consent_like_another() {
    let (mut world, request) = asked();
    let until = |day: &str| Terms {
        ends: Some(day.parse().unwrap()),
        ..Terms::default()
    };
    let given = Command::Grant {
        id: consent("con"),
        request: request.into(),
        portions: None,
        terms: until("2026-11-21T00:00:00Z"),
    };
    world.try_as("USA", Some(ANNE), given).unwrap();
    let yes = approve(&world, &pending(&world));
    world.try_as("USA", Some(BOB), yes).unwrap();
    let renew = Command::RenewConsent {
        id: consent("con-2"),
        consent: consent("con").into(),
        terms: until("2026-11-22T00:00:00Z"),
    };
    let first = world.try_as("USA", Some(BOB), renew).unwrap();
    assert!(
        matches!(first.events.as_slice(), [Event::ReleaseProposed(_)]),
        "{first:?}"
    );
    let yes = approve(&world, &pending(&world));
    world.try_as("USA", Some(ANNE), yes).unwrap();
    // What takes away takes nobody else.
    let withdraw = Command::WithdrawConsent {
        consent: consent("con-2").into(),
        reason: String::new(),
    };
    let done = world.try_as("USA", Some(ANNE), withdraw).unwrap();
    assert!(
        matches!(done.events.as_slice(), [Event::ConsentWithdrawn { .. }]),
        "{done:?}"
    );
}

#[test]
fn g_what_is_under_no_such_arrangement_takes_one_person() {
    let (mut world, _) = asked();
    let free = Command::HandOver(Handover::of(report("FREE"), party("GBR")));
    let done = world.try_as("USA", Some(ANNE), free).unwrap();
    assert!(
        matches!(done.events.as_slice(), [Event::ReportDelivered(_)]),
        "{done:?}"
    );
}

#[test]
fn g_what_rests_on_text_under_the_arrangement_is_under_it() {
    let (mut world, _) = asked();
    world.write(
        "USA",
        "---\nid: R2\nscheme: us-ic\n---\n(S//REL TO USA, GBR) The plan again. {#one} {from: R v1 plan}\n",
    );
    let command = Command::HandOver(Handover::of(report("R2"), party("GBR")));
    let first = world.try_as("USA", Some(ANNE), command).unwrap();
    assert!(
        matches!(first.events.as_slice(), [Event::ReleaseProposed(_)]),
        "{first:?}"
    );
}

#[test]
fn g_it_is_decided_again_at_the_second_yes() {
    let (start, request) = asked();
    let begun = || {
        let mut world = start.clone();
        world.try_as("USA", Some(ANNE), grant(&request)).unwrap();
        let waits = pending(&world);
        let yes = approve(&world, &waits);
        (world, yes)
    };
    // Put on hold meanwhile.
    let (mut world, yes) = begun();
    let (id, reason) = (report("R"), "a doubt".to_owned());
    world.run("USA", Command::HoldReport { report: id, reason });
    let said = refusal(&mut world, Some(BOB), yes);
    assert!(said.contains("on hold"), "{said}");
    // Taken back by the asker.
    let (mut world, yes) = begun();
    let id = request.clone();
    world.run(
        "GBR",
        Command::RetractRequest {
            request: id.into(),
            reason: String::new(),
        },
    );
    world.deliver_post();
    let said = refusal(&mut world, Some(BOB), yes);
    assert!(said.contains("was taken back"), "{said}");
    // Whoever gave it may not any more, or is not there any more.
    for change in [&["analyst"][..], &[]] {
        let (mut world, yes) = begun();
        staff(&mut world, ANNE, change);
        let said = refusal(&mut world, Some(BOB), yes);
        assert!(said.contains("their roles do not include `grant` now"), "{said}");
    }
    let (mut world, yes) = begun();
    let known = world.state("USA").persons[&person(ANNE)].clone();
    world.run(
        "USA",
        Command::SetPerson(Person {
            disabled: true,
            ..known
        }),
    );
    assert!(refusal(&mut world, Some(BOB), yes).contains("their roles do not include"));
    // A day later.
    let (mut world, yes) = begun();
    world.later(24 * 60 - 1);
    let before = world.now;
    world.later(1);
    assert!(refusal(&mut world, Some(BOB), yes.clone()).contains("more than 24 hours ago"));
    world.now = before;
    world.try_as("USA", Some(BOB), yes).unwrap();
}

#[test]
fn g_a_yes_is_to_what_was_seen_and_nothing_else() {
    let (mut world, _) = asked();
    let command = Command::HandOver(Handover::of(report("R"), party("GBR")));
    world.try_as("USA", Some(ANNE), command).unwrap();
    let yes = approve(&world, &pending(&world));
    world.later(10);
    world.write("USA", &REPORT.replace("A plan.", "Another plan."));
    let said = refusal(&mut world, Some(BOB), yes);
    assert!(said.contains("look again"), "{said}");
    let yes = approve(&world, &pending(&world));
    let done = world.try_as("USA", Some(BOB), yes).unwrap();
    let text = serde_json::to_string(&done.messages).unwrap();
    assert!(text.contains("Another plan."), "{text}");
}

#[test]
fn g_either_person_can_say_no_and_then_it_is_over() {
    for who in [ANNE, BOB] {
        let (mut world, request) = asked();
        world.try_as("USA", Some(ANNE), grant(&request)).unwrap();
        let waits = pending(&world);
        let yes = approve(&world, &waits);
        let no = Command::Decline {
            pending: waits.id,
            reason: "not now".to_owned(),
        };
        assert!(refusal(&mut world, Some(CARL), no.clone()).contains("disclosure officer"));
        world.try_as("USA", Some(who), no).unwrap();
        assert!(refusal(&mut world, Some(BOB), yes).contains("said no"));
        assert!(world.state("USA").consents.is_empty() && world.post.is_empty());
        // It can be given again.
        world.later(1);
        world.try_as("USA", Some(BOB), grant(&request)).unwrap();
    }
}

#[test]
fn g_the_term_binds_by_a_partner_s_word_and_is_not_dropped_without_agreement() {
    let (world, _) = asked();
    let known = world.state("USA").arrangements[&ArrangementId::new("A-1").unwrap()].clone();
    let laxer = Arrangement {
        two_person: false,
        ..known.clone()
    };
    assert_eq!(laxer.laxer_in(&known), Vec::<&str>::new());
    assert_eq!(known.laxer_in(&laxer), ["two_person"]);
    assert!(laxer.narrowed_by(&known).two_person && laxer.is_narrowed_to(&known) && !known.is_narrowed_to(&laxer));
    // GBR states it; USA, which recorded nothing of it, is bound.
    let mut world = World::of(&["USA", "GBR"]);
    world.agree(&["USA", "GBR"], Onward::Free);
    two_person(&mut world, "GBR");
    world.deliver_post();
    let held = &world.state("USA").arrangements[&ArrangementId::new("A-1").unwrap()];
    assert!(held.two_person);
}

#[test]
fn g_what_waits_about_a_hidden_report_is_not_there_for_whoever_may_not_know_of_it() {
    let (mut world, _) = asked();
    let hidden = REPORT
        .replace("id: R", "id: H\nexistence-protected: true")
        .replace("(S//", "(TS//TK//");
    world.write("USA", &hidden);
    let mut known = world.state("USA").persons[&person(ANNE)].clone();
    known.accesses.insert(entente_marking::Category::new("us-ic/sci/TK"));
    world.run("USA", Command::SetPerson(known));
    let release = Command::Release(Box::new(Release {
        id: consent("rel"),
        report: report("H"),
        portions: portions("plan"),
        to: Recipients {
            parties: [party("GBR")].into(),
            ..Recipients::default()
        },
        terms: Terms::default(),
        list: CopyList::Receivers,
    }));
    world.try_as("USA", Some(ANNE), release).unwrap();
    let yes = approve(&world, &pending(&world));
    let Command::Approve { pending: id, digest } = yes.clone() else {
        panic!("{yes:?}")
    };
    let there = refusal(&mut world, Some(BOB), yes);
    let pending = PendingId::new("pend-nowhere").unwrap();
    let nowhere = refusal(&mut world, Some(BOB), Command::Approve { pending, digest });
    assert_eq!(there.replace(id.as_str(), "pend-nowhere"), nowhere);
}

#[test]
fn g_what_waits_is_gone_with_the_report_that_it_is_about() {
    let (mut world, request) = asked();
    world.try_as("USA", Some(ANNE), all(&request)[1].1.clone()).unwrap();
    let waits = pending(&world);
    let proposed = Event::ReleaseProposed(waits.clone());
    let topic = world.state("USA").topic(&proposed).unwrap();
    assert_eq!((topic.about.as_str(), topic.version), ("report R", 1));
    let mut state = world.state("USA").clone();
    state.apply(&Event::ContentDestroyed(Destroyed {
        report: report("R"),
        version: 1,
        recall: RecallId::new("rec").unwrap(),
        incidents: BTreeSet::new(),
        at: world.now,
    }));
    assert!(state.pending.is_empty());
    // Its text is wording, and is sealed like one.
    let written = serde_json::to_value(&waits).unwrap();
    assert!(
        written["what"]["text"].is_string()
            && is_wording(&["what", "text"])
            && is_wording(&["what", "terms", "despite"])
    );
}

/// The slow twin looks at what left, and at what everybody said before, and knows nothing of how it is decided.
#[test]
fn nothing_under_the_term_ever_leaves_by_one_person_s_word() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (start, request) = asked();
    let (mut left, mut waited, mut declined) = (0, 0, 0);
    for seed in 0..number("ENTENTE_WORLDS").unwrap_or(10_000).clamp(2_000, 10_000) / 25 {
        let mut dice = Dice(seed);
        let mut world = start.clone();
        let mut given: Vec<(PendingId, String)> = Vec::new();
        for _ in 0..12 {
            world.later(i64::try_from(dice.roll(400)).unwrap());
            let who = *dice.pick(&[Some(ANNE), Some(BOB), Some(CARL), None]);
            let waits: Vec<Pending> = world.state("USA").pending.values().cloned().collect();
            let command = match dice.roll(5) {
                0 | 1 => dice.pick(&all(&request)).1.clone(),
                2 | 3 if !waits.is_empty() => approve(&world, &dice.pick(&waits).clone()),
                4 if !waits.is_empty() && dice.one_in(3) => Command::Decline {
                    pending: dice.pick(&waits).id.clone(),
                    reason: String::new(),
                },
                4 if dice.one_in(4) => Command::HoldReport {
                    report: report("R"),
                    reason: String::new(),
                },
                _ => Command::ResumeReport { report: report("R") },
            };
            let answers = match &command {
                Command::Approve { pending, .. } => Some(pending.clone()),
                _ => None,
            };
            let Ok(done) = world.try_as("USA", who, command) else {
                continue;
            };
            for event in &done.events {
                match event {
                    Event::ReleaseProposed(pending) => {
                        given.push((pending.id.clone(), who.unwrap().to_owned()));
                        waited += 1;
                    }
                    Event::ReleaseAnswered { answered, .. } if !answered.yes => declined += 1,
                    _ => {}
                }
            }
            let out = |event: &Event| matches!(event, Event::ConsentGiven(_) | Event::ReportDelivered(_));
            if !done.messages.is_empty() || done.events.iter().any(out) {
                let first = answers.and_then(|id| given.iter().find(|(known, _)| *known == id).cloned());
                let (_, first) = first.unwrap_or_else(|| panic!("world {seed}: {done:?} left by one word"));
                let second = who.unwrap_or_else(|| panic!("world {seed}: nobody said yes"));
                assert!(
                    [ANNE, BOB].contains(&second) && first != second,
                    "world {seed}: {first} {second}"
                );
                left += 1;
            }
        }
    }
    assert!(left > 20 && waited > 100 && declined > 5, "{left} {waited} {declined}");
}

fn stands_in(of: &str, deputy: &str, world: &World, hours: i64) -> Command {
    Command::SetDeputy(Deputy {
        of: person(of),
        deputy: person(deputy),
        from: world.now,
        until: world.now + jiff::SignedDuration::from_hours(hours),
        reason: "on a journey".to_owned(),
    })
}

/// A deputy has the roles of both, in their own name, until the moment that was said; and is cleared for nothing by it.
#[test]
fn g_a_deputy_acts_with_the_roles_of_both_until_it_ends() {
    let (mut world, request) = asked();
    let open = |world: &World| world.permitted("USA", "R", CARL, "warning");
    let before = open(&world);
    assert!(refusal(&mut world, Some(CARL), grant(&request)).contains("disclosure officer"));
    let command = stands_in(ANNE, CARL, &world, 2);
    world.run("USA", command);
    assert_eq!(open(&world), before, "a deputy is cleared for nothing");
    assert!(world.try_as("USA", Some(CARL), grant(&request)).is_ok());
    let given = pending(&world);
    assert_eq!(
        given.by,
        person(CARL),
        "who acts stands in the event, and not whose place it is"
    );
    world.later(121);
    assert!(
        refusal(&mut world, Some(CARL), grant(&request)).contains("disclosure officer"),
        "it is over"
    );
    for (of, deputy, hours, why) in [
        (ANNE, ANNE, 2, "nobody stands in for themselves"),
        (ANNE, CARL, 0, "until a moment to come"),
        (ANNE, CARL, 24 * 93, "at most 92 days"),
        (ANNE, "JOR/colonel", 2, "add them with"),
        (ANNE, "USA/nobody", 2, "add them with"),
    ] {
        let command = stands_in(of, deputy, &world, hours);
        let said = world.refused("USA", command);
        assert!(said.contains(why), "{said}");
    }
    let id = |who: &str| person(who);
    let command = stands_in(ANNE, CARL, &world, 2);
    world.run("USA", command);
    world.run(
        "USA",
        Command::EndDeputy {
            of: id(ANNE),
            deputy: id(CARL),
        },
    );
    assert!(refusal(&mut world, Some(CARL), grant(&request)).contains("disclosure officer"));
    let again = Command::EndDeputy {
        of: id(ANNE),
        deputy: id(CARL),
    };
    assert!(world.refused("USA", again).contains("entente person deputies"));
}

/// Two persons are two: whoever only stands in for the first is no second one, and a deputy passes nothing on.
#[test]
fn g_a_deputy_of_the_first_person_is_no_second_person() {
    let (mut world, request) = asked();
    assert!(world.try_as("USA", Some(ANNE), grant(&request)).is_ok());
    let command = stands_in(ANNE, CARL, &world, 2);
    world.run("USA", command);
    let waits = pending(&world);
    let yes = approve(&world, &waits);
    let said = refusal(&mut world, Some(CARL), yes.clone());
    assert!(said.contains("only stand in for USA/anne"), "{said}");
    staff(&mut world, "USA/dora", &["analyst"]);
    let command = stands_in(CARL, "USA/dora", &world, 2);
    world.run("USA", command);
    let said = refusal(&mut world, Some("USA/dora"), yes.clone());
    assert!(said.contains("disclosure officer"), "a deputy has no deputy: {said}");
    let command = stands_in(BOB, CARL, &world, 2);
    world.run("USA", command);
    assert!(
        world.try_as("USA", Some(CARL), yes).is_ok(),
        "in the place of another officer they may"
    );
}
