//! Who is taken to know what about a protected source, and what follows from it for the next release.
//!
//! Eight candidates: two in the capital, two of them pilots, one both. One portion tells the place, one the job, one nothing.

use crate::world;

use std::collections::BTreeSet;

use entente_core::decide::SourceExposure as _;
use entente_core::exposure::{Band, Threshold};
use entente_core::handle::Handover;
use entente_core::*;
use world::{World, consent, disclosed, fact, party, person, portions, report};

fn guarded() -> World {
    let mut world = World::of(&["USA", "CHL", "PER"]);
    world.write(
        "USA",
        "---\nid: R\nscheme: us-ic\n---\n(S//REL TO USA, CHL, PER) Where. {#where}\n\n(S//REL TO USA, CHL, PER) What. {#job}\n\n\
         (S//REL TO USA, CHL, PER) Advice. {#advice}\n",
    );
    let attributes = (0..8).map(|n| {
        let place = if n < 2 { "capital" } else { "coast" };
        let job = if n == 0 || n == 2 { "pilot" } else { "clerk" };
        serde_json::json!({ "place": place, "job": job })
    });
    world.protect("USA", Threshold::new(2, 0.7).unwrap(), attributes.collect());
    let facts = vec![
        fact("where.1", "where", "what it says", Some("place = 'capital'")),
        fact("job.1", "job", "what it says", Some("job = 'pilot'")),
        fact("advice.1", "advice", "what it says", None),
    ];
    let report = report("R");
    world.run("USA", Command::SetFacts { report, facts });
    world
}

fn portion(name: &str) -> PortionRef {
    PortionRef {
        report: report("R"),
        version: 1,
        portion: PortionId::new(name).unwrap(),
    }
}

/// How many candidates fit what these persons know, and what they would know with a portion more.
fn fit(world: &World, more: &str, who: &[&str]) -> (usize, usize, Band) {
    let guard = SourceGuard::new(world.state("USA"));
    let audience: Vec<PersonId> = who.iter().map(|name| person(name)).collect();
    let weighed = guard.weigh(&[&portion(more)], &audience);
    let [one] = &weighed[..] else { panic!("{weighed:?}") };
    let (before, after) = (one.before.as_ref().unwrap(), one.after.as_ref().unwrap());
    (before.consistent, after.consistent, one.band)
}

fn tell(world: &mut World, id: &str, told: &str, who: &str, learned: Vec<Telling>) {
    let audience = BTreeSet::from([person(who)]);
    let route = if who == "PUBLIC/anyone" {
        Route::Published
    } else {
        Route::Said
    };
    world.run(
        "USA",
        disclosed((id, route), (report("R"), portions(told)), audience, learned),
    );
}

#[test]
fn a_party_knows_what_one_of_its_persons_was_told_and_no_other_party_does() {
    let mut world = guarded();
    assert_eq!(fit(&world, "where", &["CHL/b"]), (8, 2, Band::Within));
    tell(&mut world, "dis-1", "where", "CHL/a", vec![]);
    assert_eq!(fit(&world, "job", &["CHL/b"]), (2, 1, Band::Narrows));
    assert_eq!(fit(&world, "job", &["PER/x"]), (8, 2, Band::Within));
    assert_eq!(
        fit(&world, "advice", &["CHL/b"]).1,
        2,
        "what reveals nothing adds nothing"
    );
}

#[test]
fn of_a_text_that_told_some_facts_only_those_are_known() {
    let mut world = guarded();
    let job = Telling {
        fact: FactId::new("job.1").unwrap(),
        status: Status::Confirmed,
        origin: None,
        words: None,
    };
    tell(&mut world, "dis-1", "where job", "CHL/a", vec![job]);
    assert_eq!(
        fit(&world, "advice", &["CHL/a"]).0,
        2,
        "the job is known, and the place is not"
    );
    assert_eq!(fit(&world, "where", &["CHL/a"]), (2, 1, Band::Narrows));
}

#[test]
fn what_is_published_is_weighed_for_whoever_knows_most_already() {
    let mut world = guarded();
    assert_eq!(fit(&world, "job", &["PUBLIC/anyone"]).2, Band::Within);
    tell(&mut world, "dis-1", "where", "CHL/a", vec![]);
    assert_eq!(fit(&world, "job", &["PUBLIC/anyone"]), (2, 1, Band::Narrows));
    assert_eq!(fit(&world, "advice", &["PUBLIC/anyone"]).2, Band::Within);
}

#[test]
fn what_a_party_was_given_or_promised_it_knows() {
    let mut world = guarded();
    let handed = Handover {
        portions: Some(portions("where")),
        // With the rest of the report it would narrow the source.
        despite_exposure: Some("only this part".to_owned()),
        ..Handover::of(report("R"), party("CHL"))
    };
    world.run("USA", Command::HandOver(handed));
    assert_eq!(fit(&world, "job", &["CHL/anyone"]).0, 2);
    assert_eq!(fit(&world, "job", &["PER/anyone"]).0, 8);
    let release = handle::Release {
        id: consent("for-per"),
        report: report("R"),
        portions: portions("job"),
        to: Recipients {
            parties: [party("PER")].into(),
            ..Recipients::default()
        },
        terms: Terms {
            despite_exposure: Some("only this part".to_owned()),
            ..Terms::default()
        },
        list: entente_marking::CopyList::Receivers,
    };
    world.run("USA", Command::Release(Box::new(release)));
    assert_eq!(fit(&world, "where", &["PER/anyone"]).0, 2);
    assert_eq!(
        fit(&world, "job", &["CHL/anyone"]).0,
        2,
        "and nobody else was promised it"
    );
}

#[test]
fn a_promise_to_persons_or_to_a_party_counts_also_where_no_copy_went() {
    for (n, to) in [["PER/x"], ["PER"]].into_iter().enumerate() {
        let mut world = guarded();
        world.cleared("USA", "PER/x");
        let (persons, parties): (Vec<&str>, Vec<&str>) = to.into_iter().partition(|name| name.contains('/'));
        let release = handle::Release {
            id: consent("later"),
            report: report("R"),
            portions: portions("where"),
            to: Recipients {
                persons: persons.into_iter().map(person).collect(),
                parties: parties.into_iter().map(party).collect(),
            },
            terms: Terms {
                not_before: Some(world.now + jiff::SignedDuration::from_hours(24)),
                ..Terms::default()
            },
            list: entente_marking::CopyList::Receivers,
        };
        world.run("USA", Command::Release(Box::new(release)));
        assert!(world.post.is_empty(), "nothing went yet");
        assert_eq!(fit(&world, "job", &["PER/y"]).0, 2, "{n}");
    }
}

#[test]
fn whoever_was_told_a_portion_is_taken_to_know_what_is_now_written_down_of_it() {
    let mut world = guarded();
    tell(&mut world, "dis-1", "where", "CHL/a", vec![]);
    world.write(
        "USA",
        "---\nid: R\nscheme: us-ic\n---\n(S//REL TO USA, CHL, PER) Where exactly. {#where}\n\n(S//REL TO USA, CHL, PER) What. \
         {#job}\n\n(S//REL TO USA, CHL, PER) Advice. {#advice}\n",
    );
    let facts = vec![
        fact("where.2", "where", "what it says now", Some("place = 'capital'")),
        fact("job.1", "job", "what it says", Some("job = 'pilot'")),
        fact("advice.1", "advice", "what it says", None),
    ];
    let report = report("R");
    world.run("USA", Command::SetFacts { report, facts });
    assert_eq!(fit(&world, "job", &["CHL/a"]).0, 2, "it may be what he was told");
}

#[test]
fn a_source_stands_behind_what_reveals_something_or_was_never_looked_at() {
    let mut world = guarded();
    let stands = |world: &World, name: &str| SourceGuard::new(world.state("USA")).stands_behind(&portion(name));
    assert!(stands(&world, "where") && stands(&world, "job") && !stands(&world, "advice"));
    let facts = vec![fact("where.1", "where", "what it says", None)];
    let report = report("R");
    world.run("USA", Command::SetFacts { report, facts });
    assert!(!stands(&world, "where") && stands(&world, "job") && stands(&world, "advice"));
}
