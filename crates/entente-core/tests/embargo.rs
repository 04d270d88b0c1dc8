//! Embargoes: set, moved, ended, broken; on portions, reports, terms and what rests on them; in any order of arrival.

use crate::world;

use entente_core::handle::{Handover, Release};
use entente_core::*;
use entente_marking::CopyList;
use jiff::{SignedDuration, Timestamp};
use world::{World, consent, disclosed, party, person, portions, report};

const REPORT: &str = "---
id: D
scheme: tlp
---
(TLP:CLEAR) A flaw in the valve. {#flaw}

(TLP:CLEAR) Who found it. {#finder}
";

/// USA, GBR and FRA; USA wrote D, and GBR has it.
fn starting() -> World {
    let mut world = World::of(&["USA", "GBR", "FRA"]);
    world.write("USA", REPORT);
    for home in ["USA", "GBR", "FRA"] {
        for who in ["USA/analyst", "GBR/desk", "FRA/desk", "PUBLIC/anyone"] {
            world.cleared(home, who);
        }
    }
    world.run("USA", Command::HandOver(Handover::of(report("D"), party("GBR"))));
    world.deliver_post();
    world
}

fn hours(world: &World, hours: i64) -> Timestamp {
    world.now + SignedDuration::from_hours(hours)
}

fn word(on: &str, portion: &str, until: Option<Timestamp>) -> Command {
    Command::SetEmbargo(EmbargoWord {
        report: report(on),
        portions: portions(portion),
        until,
        reason: "until the corrected version is out".to_owned(),
    })
}

fn open(world: &World, home: &str, who: &str) -> String {
    world.permitted(home, "D", who, "")
}

fn public() -> Command {
    let terms = Terms::default();
    let (id, to) = (consent("rel"), Recipients::default());
    let to = Recipients {
        persons: [PersonId::public()].into(),
        ..to
    };
    Command::Release(Box::new(Release {
        id,
        report: report("D"),
        portions: portions("flaw"),
        to,
        terms,
        list: CopyList::Receivers,
    }))
}

#[test]
fn e3_what_is_under_embargo_goes_no_further_than_to_whom_it_was_given() {
    let mut world = starting();
    assert_eq!(open(&world, "GBR", "FRA/desk"), "flaw finder");
    let until = hours(&world, 48);
    world.run("USA", word("D", "", Some(until)));
    world.deliver_post();
    for home in ["USA", "GBR"] {
        assert_eq!(
            open(&world, home, "GBR/desk"),
            "flaw finder",
            "a recipient has it, at {home}"
        );
        assert_eq!(
            open(&world, home, "USA/analyst"),
            "flaw finder",
            "its author has it, at {home}"
        );
        assert_eq!(open(&world, home, "FRA/desk"), "", "at {home}");
    }
    world.now = until;
    assert_eq!(open(&world, "GBR", "FRA/desk"), "", "clocks may differ by five minutes");
    world.later(5);
    assert_eq!(open(&world, "GBR", "FRA/desk"), "flaw finder");
}

#[test]
fn e3_no_consent_and_no_release_goes_before_it_and_nobody_is_asked_for_one() {
    let mut world = starting();
    let until = hours(&world, 48);
    world.run("USA", word("D", "", Some(until)));
    world.deliver_post();
    let refusal = world.refused("USA", public());
    assert!(
        refusal.contains("under embargo until 2026-11-22T10:00:00Z"),
        "{refusal}"
    );
    // Neither consent nor substitute heals it.
    let ask = Command::OpenRequest {
        id: RequestId::new("r").unwrap(),
        report: report("D"),
        portions: None,
        audience: [person("FRA/desk")].into(),
        purpose: None,
        reason: String::new(),
        change: String::new(),
        needed_by: None,
    };
    let refusal = world.refused("GBR", ask);
    assert!(refusal.contains("embargo"), "{refusal}");
    let release = |begin| {
        let Command::Release(mut release) = public() else {
            panic!()
        };
        release.terms.not_before = Some(begin);
        Command::Release(release)
    };
    let early = hours(&world, 1);
    let refusal = world.refused("USA", release(early));
    assert!(refusal.contains("under embargo"), "{refusal}");
    world.run("USA", release(until));
    assert_eq!(open(&world, "USA", "PUBLIC/anyone"), "");
    world.now = until;
    world.later(5);
    assert_eq!(open(&world, "USA", "PUBLIC/anyone"), "flaw finder");
}

#[test]
fn e3_the_originator_moves_and_ends_it_and_only_its_last_word_holds_in_any_order() {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for order in orders {
        let mut world = starting();
        let (late, later) = (hours(&world, 10), hours(&world, 20));
        world.run("USA", word("D", "", Some(later)));
        world.run("USA", word("D", "", Some(late)));
        world.run("USA", word("D", "", None));
        let letters = std::mem::take(&mut world.post);
        assert_eq!(letters.len(), 3);
        for n in order {
            world.hand(&letters[n]).unwrap();
        }
        assert_eq!(open(&world, "GBR", "FRA/desk"), "flaw finder", "{order:?}");
        let stands = world.state("GBR").embargoes.values().next().unwrap();
        assert_eq!((stands.until, stands.revision), (None, 3), "{order:?}");
        // A lift that has not arrived does not hold.
        let mut world = starting();
        world.run("USA", word("D", "", Some(later)));
        world.deliver_post();
        world.run("USA", word("D", "", None));
        assert_eq!(open(&world, "USA", "FRA/desk"), "flaw finder");
        assert_eq!(open(&world, "GBR", "FRA/desk"), "", "where the lift has not arrived");
    }
}

#[test]
fn e3_it_travels_with_the_report_and_may_come_before_it() {
    let mut world = World::of(&["USA", "GBR"]);
    world.write("USA", REPORT);
    world.cleared("GBR", "FRA/desk");
    let until = hours(&world, 48);
    world.run("USA", word("D", "finder", Some(until)));
    world.run("USA", Command::HandOver(Handover::of(report("D"), party("GBR"))));
    world.run("USA", word("D", "finder", Some(hours(&world, 72))));
    let letters = std::mem::take(&mut world.post);
    assert_eq!(letters.len(), 2);
    world.hand(&letters[1]).unwrap();
    world.hand(&letters[0]).unwrap();
    assert_eq!(open(&world, "GBR", "FRA/desk"), "flaw");
    world.now = until;
    world.later(6);
    assert_eq!(
        open(&world, "GBR", "FRA/desk"),
        "flaw",
        "the later word holds, though it came first"
    );
}

#[test]
fn e3_only_an_originator_speaks_of_it_and_only_of_its_own_text() {
    let mut world = starting();
    let until = hours(&world, 48);
    let refusal = world.refused("GBR", word("D", "", Some(until)));
    assert!(refusal.contains("entente report hold D"), "{refusal}");
    let over = world.now;
    let refusal = world.refused("USA", word("D", "", Some(over)));
    assert!(refusal.contains("over already"), "{refusal}");
    let refusal = world.refused("USA", word("D", "", None));
    assert!(refusal.contains("under no embargo"), "{refusal}");
    let refusal = world.refused("USA", word("D", "nothing", Some(until)));
    assert!(refusal.contains("entente report show"), "{refusal}");
    world.run("USA", word("D", "", Some(until)));
    let refusal = world.refused("USA", word("D", "", Some(until)));
    assert!(refusal.contains("entente embargo move"), "{refusal}");
    // What FRA says of USA's text is not its to say, and what it says in its own name counts for nothing.
    let mut letter = world.post[0].clone();
    world.deliver_post();
    (letter.from, letter.id) = (party("FRA"), "forged".to_owned());
    let refusal = world.hand(&letter).unwrap_err().to_string();
    assert!(refusal.contains("it is of USA"), "{refusal}");
    let Message::Embargo(told) = &mut letter.message else {
        panic!()
    };
    (told.by, told.until, told.revision) = (party("FRA"), None, 99);
    world.hand(&letter).unwrap();
    assert_eq!(open(&world, "GBR", "FRA/desk"), "", "USA's word stands");
    let Message::Embargo(told) = &mut letter.message else {
        panic!()
    };
    (told.until, letter.id) = (Some(until + SignedDuration::from_hours(999)), "again".to_owned());
    world.hand(&letter).unwrap();
    world.now = until;
    world.later(6);
    assert_eq!(
        open(&world, "GBR", "FRA/desk"),
        "flaw finder",
        "FRA is no originator of it"
    );
}

#[test]
fn e3_a_publication_breaks_it_for_what_is_out_and_holders_are_told() {
    let mut world = starting();
    let until = hours(&world, 48);
    world.run("USA", word("D", "", Some(until)));
    world.deliver_post();
    let disclose = |id: &str, route, portion: &str| {
        let about = (report("D"), portions(portion));
        disclosed((id, route), about, [person("FRA/desk")].into(), Vec::new())
    };
    // What was said to some is not out.
    world.run("USA", disclose("d0", Route::Said, "finder"));
    assert!(
        world
            .post
            .iter()
            .all(|letter| !matches!(letter.message, Message::Embargo(_)))
    );
    assert_eq!(open(&world, "USA", "FRA/desk"), "");
    // What a holder says is out is not taken for USA's word.
    world.run("GBR", disclose("d1", Route::Published, "flaw"));
    world.deliver_post();
    assert_eq!(open(&world, "GBR", "FRA/desk"), "");
    assert_eq!(open(&world, "USA", "FRA/desk"), "");
    world.run("USA", disclose("d2", Route::Published, "flaw"));
    world.deliver_post();
    for home in ["USA", "GBR"] {
        assert_eq!(open(&world, home, "FRA/desk"), "flaw", "the rest goes on, at {home}");
    }
}

#[test]
fn e3_an_embargo_on_a_base_holds_what_rests_on_it_and_is_handed_on() {
    let mut world = starting();
    world.write("GBR", "---\nid: E\nscheme: tlp\n---\n(TLP:CLEAR) Valves can fail. {#e} {from: D v1 flaw}\n\n(TLP:CLEAR) Ours are safe. {#own}\n");
    world.cleared("GBR", "DEU/desk");
    world.cleared("FRA", "DEU/desk");
    world.run("GBR", Command::HandOver(Handover::of(report("E"), party("FRA"))));
    world.deliver_post();
    let open = |world: &World, home: &str| world.permitted(home, "E", "DEU/desk", "");
    let before = open(&world, "FRA");
    world.run("USA", word("D", "flaw", Some(hours(&world, 48))));
    world.deliver_post();
    assert_eq!(open(&world, "GBR"), "own", "what rests on it waits as well");
    assert!(
        !open(&world, "FRA").contains('e'),
        "who has only the derived text is told by its author"
    );
    assert_eq!(
        world.permitted("GBR", "E", "FRA/desk", ""),
        "own",
        "it was not USA that gave it to FRA"
    );
    world.run("USA", word("D", "flaw", None));
    world.deliver_post();
    assert_eq!(open(&world, "GBR"), "e own");
    assert_eq!(open(&world, "FRA"), before);
}

#[test]
fn e3_of_two_originators_the_later_moment_counts_and_each_moves_only_its_own() {
    let mut world = starting();
    world.write(
        "GBR",
        "---\nid: E\nscheme: tlp\n---\n(TLP:CLEAR) Valves can fail. {#e} {from: D v1 flaw}\n",
    );
    let (early, late) = (hours(&world, 10), hours(&world, 20));
    world.run("USA", word("D", "", Some(early)));
    world.deliver_post();
    world.run("GBR", word("E", "", Some(late)));
    let open = |world: &World| world.permitted("GBR", "E", "FRA/desk", "");
    world.now = early;
    world.later(6);
    assert_eq!(open(&world), "");
    world.now = late;
    world.later(6);
    assert_eq!(open(&world), "e");
}

#[test]
fn e3_an_arrangement_holds_back_what_came_under_it_and_is_moved_by_agreement() {
    let mut world = World::of(&["USA", "GBR"]);
    world.agree(&["USA", "GBR"], Onward::Free);
    world.write(
        "USA",
        &REPORT.replace("scheme: tlp", "scheme: tlp\narrangements: [A-1]"),
    );
    world.run("USA", Command::HandOver(Handover::of(report("D"), party("GBR"))));
    world.deliver_post();
    world.cleared("GBR", "FRA/desk");
    world.cleared("GBR", "GBR/desk");
    let (early, late) = (hours(&world, 10), hours(&world, 20));
    let id = ArrangementId::new("A-1").unwrap();
    let terms = |world: &World, not_before, agreed| Command::SetArrangement {
        arrangement: Arrangement {
            not_before,
            ..world.state("GBR").arrangements[&id].clone()
        },
        agreed,
    };
    let command = terms(&world, Some(late), false);
    world.run("GBR", command);
    assert_eq!(open(&world, "GBR", "FRA/desk"), "");
    assert_eq!(open(&world, "GBR", "GBR/desk"), "flaw finder");
    let command = terms(&world, Some(early), false);
    let refusal = world.refused("GBR", command);
    assert!(
        refusal.contains("not_before") && refusal.contains("--agreed"),
        "{refusal}"
    );
    let command = terms(&world, Some(early), true);
    world.run("GBR", command);
    world.now = early;
    world.later(6);
    assert_eq!(open(&world, "GBR", "FRA/desk"), "flaw finder");
}
