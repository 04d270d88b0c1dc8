//! How text becomes a report: what it rests on, what a version keeps, abbreviated marks, the same bytes again.

use crate::world;

use std::collections::BTreeSet;

use entente_core::draft::{Setting, compose};
use entente_core::handle::Handover;
use entente_core::handle::Why;
use entente_core::*;
use entente_marking::builtin::schemes;
use world::{World, party, report};

fn read(world: &World, home: &str, file: &str) -> Result<Report, String> {
    let setting = Setting {
        schemes: schemes(),
        state: Some(world.state(home)),
        home: &party(home),
        name: "R",
        now: world.now,
    };
    let faults = |faults: Vec<draft::Fault>| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    compose(file, &setting).map_err(faults)
}

/// Why a file is not accepted as the next version, as it is read or as it is added.
fn refused(world: &mut World, home: &str, file: &str) -> String {
    match read(world, home, file) {
        Err(faults) => faults,
        Ok(report) => world.refused(home, Command::AddReport(report)),
    }
}

fn because(world: &mut World, home: &str, file: &str, why: Why) -> Decided {
    let report = read(world, home, file).unwrap();
    world.run(home, Command::AddReportBecause { report, why })
}

fn file(id: &str, body: &str) -> String {
    format!("---\nid: {id}\nscheme: us-ic\n---\n{body}\n")
}

fn lineage(world: &World, home: &str, id: &str, portion: &str) -> Vec<(String, BTreeSet<String>, bool)> {
    let held = world.state(home).reports[&report(id)].latest().unwrap();
    let portion = held.portion(&PortionId::new(portion).unwrap()).unwrap();
    let each = portion.lineage.iter();
    each.map(|(party, origin)| {
        let from = origin.from.iter().map(ToString::to_string).collect();
        (party.to_string(), from, origin.third_party)
    })
    .collect()
}

/// GBR holds USA's SVC-0412, and has written OWN-1.
fn world() -> World {
    let mut world = World::of(&["USA", "GBR"]);
    world.write(
        "USA",
        &file(
            "SVC-0412",
            "(S//REL TO USA, GBR) The plot. {#plot}\n\n(S//REL TO USA, GBR) The place. {#place}",
        ),
    );
    world.run("USA", Command::HandOver(Handover::of(report("SVC-0412"), party("GBR"))));
    world.deliver_post();
    world.write("GBR", &file("OWN-1", "(C//REL TO USA, GBR) Ours. {#ours}"));
    world
}

#[test]
fn a2_a_base_that_does_not_exist_is_refused_with_the_nearest_one() {
    let mut world = world();
    for (from, near) in [
        ("SVC-0421 v1 plot", "did you mean SVC-0412 v1 plot?"),
        ("SVC-0412 v2 plot", "did you mean SVC-0412 v1 plot?"),
        ("SVC-0412 v1 plott", "did you mean SVC-0412 v1 plot?"),
        ("SVC-0412 v1 Plot", "did you mean SVC-0412 v1 plot?"),
        ("svc-0412 v1 plot", "did you mean SVC-0412 v1 plot?"),
        ("OWN-11 v1 ours", "did you mean OWN-1 v1 ours?"),
        ("FAR-AWAY v1 p1", "say whose it is"),
    ] {
        let file = file("D", &format!("(S//REL TO USA, GBR) It is planned. {{from: {from}}}"));
        let said = refused(&mut world, "GBR", &file);
        assert!(
            said.contains("there is no portion") && said.contains(near),
            "{from}: {said}"
        );
    }
    // One wrong reference among right ones is as wrong.
    let body = "(S//REL TO USA, GBR) It is planned. {from: SVC-0412 v1 plot, SVC-0412 v1 plaice}";
    assert!(refused(&mut world, "GBR", &file("D", body)).contains("did you mean SVC-0412 v1 place?"));
}

#[test]
fn a2_a_base_that_is_not_held_is_named_with_its_originator_and_carries_the_third_party_rule() {
    let mut world = world();
    world.write(
        "GBR",
        &file(
            "D",
            "(S//REL TO USA, GBR) It is planned. {#d} {from: FAR-1 v1 p of CAN.CSE}",
        ),
    );
    assert_eq!(
        lineage(&world, "GBR", "D", "d"),
        [
            ("CAN.CSE".to_owned(), BTreeSet::from(["FAR-1 v1 p".to_owned()]), true),
            ("GBR".to_owned(), BTreeSet::new(), false)
        ]
    );
    for (from, said) in [
        // What is held says whose it is; what its author holds itself, and has not, is a slip.
        ("SVC-0412 v1 plot of CAN.CSE", "is held here, and is not of CAN.CSE"),
        ("SVC-0412 v1 plott of USA", "there is no portion"),
        ("OWN-2 v1 ours of GBR", "GBR has no portion OWN-2 v1 ours"),
        ("OWN-2 v1 ours of GBR.PJHQ", "GBR.PJHQ has no portion"),
    ] {
        let body = format!("(S//REL TO USA, GBR) It is planned. {{from: {from}}}");
        let found = refused(&mut world, "GBR", &file("E", &body));
        assert!(found.contains(said), "{from}: {found}");
    }
}

#[test]
fn a3_a_version_never_loses_an_originator_silently() {
    let first = "(S//REL TO USA, GBR) It is planned. {#d} {from: SVC-0412 v1 plot}\n\n(C//REL TO USA, GBR) Ours. {#o}";
    for (body, what) in [
        (
            "(C//REL TO USA, GBR) It is planned. {#d}",
            "the same portion, the same text",
        ),
        ("(C//REL TO USA, GBR) Something. {#d}", "the same portion, another text"),
        (
            "(C//REL TO USA, GBR) It  is\nplanned. {#other}",
            "another portion, the same text",
        ),
        (
            "(S//REL TO USA, GBR) It is planned. {#d} {from: SVC-0412 v1 place}",
            "another base",
        ),
        (
            "(C//REL TO USA, GBR) Ours. {#o}\n\n(C//REL TO USA, GBR) It is planned. {#q}",
            "moved below",
        ),
    ] {
        let mut world = world();
        world.write("GBR", &file("D", first));
        let said = refused(&mut world, "GBR", &file("D", body));
        assert!(
            said.contains("rested on text of USA before") && said.contains("SVC-0412 v1 plot"),
            "{what}: {said}"
        );
        let why = Why {
            new_lineage: Some("written anew from our own".to_owned()),
            ..Why::default()
        };
        let decided = because(&mut world, "GBR", &file("D", body), why);
        let recorded = decided.events.iter().any(|event| {
            matches!(event, Event::VersionExplained { what, reason, .. } if what == "new lineage" && reason.contains("anew"))
        });
        assert!(recorded, "{what}: the reason is on the record");
    }
    // Two versions later it is not forgotten either; one that keeps it, or drops the portion, is no loss.
    let mut world = world();
    world.write("GBR", &file("D", first));
    world.write("GBR", &file("D", "(C//REL TO USA, GBR) Ours, and more. {#o}"));
    assert!(
        refused(
            &mut world,
            "GBR",
            &file("D", "(C//REL TO USA, GBR) It is planned. {#x}")
        )
        .contains("of USA before")
    );
    world.write(
        "GBR",
        &file(
            "D",
            "(S//REL TO USA, GBR) It is planned now. {#d} {from: SVC-0412 v1 plot, SVC-0412 v1 place}",
        ),
    );
    assert_eq!(world.state("GBR").reports[&report("D")].versions.len(), 3);
}

#[test]
fn a5_an_abbreviated_mark_is_written_out_when_the_report_is_added() {
    let mut world = World::of(&["USA"]);
    let text = "---\nid: R\nscheme: us-ic\nbanner: SECRET//REL TO USA, GBR\n---\n(S//REL) One. {#a}\n\n(U) Two.\n";
    world.write("USA", text);
    let held = world.state("USA").reports[&report("R")].latest().unwrap();
    assert_eq!(held.portions[0].mark, "(S//REL TO USA, GBR)");
    let joint =
        "---\nid: J\nscheme: us-ic\nbanner: //JOINT SECRET GBR USA//REL TO USA, GBR\n---\n(//JOINT S//REL) One.\n";
    world.write("USA", joint);
    let held = world.state("USA").reports[&report("J")].latest().unwrap();
    assert_eq!(held.portions[0].mark, "(//JOINT S GBR USA//REL TO USA, GBR)");
    // Without a banner there is nothing to write out, and what has no computable banner is not written.
    let said = refused(&mut world, "USA", &file("X", "(S//REL) One."));
    assert!(
        said.contains("it leaves its list to the banner, which is not known"),
        "{said}"
    );
    let said = refused(
        &mut world,
        "USA",
        &text
            .replace("id: R", "id: X")
            .replace("GBR\n", "CAN\n")
            .replace("(U) Two.", "(S//NF) Two."),
    );
    assert!(said.contains("the portions make the banner `SECRET//NOFORN`"), "{said}");
}

#[test]
fn a7_the_same_again_changes_nothing_and_lifts_no_recall() {
    let mut world = World::of(&["USA", "GBR"]);
    let text = "---\nid: R\nscheme: us-ic\ntitle: (C//REL TO USA, GBR) A plan\n---\n(S//REL TO USA, GBR) One. {#a}\n\n(U) Two.\n";
    world.write("USA", text);
    for same in [
        text.to_owned(),
        text.replace("One.", "One. "),
        text.replace(" {#a}\n\n", " {#a}\n\n\n"),
    ] {
        assert_eq!(refused(&mut world, "USA", &same), "nothing changed: R v1 says the same");
    }
    world.run(
        "USA",
        Command::Recall {
            id: RecallId::new("rec").unwrap(),
            report: report("R"),
            action: RecallAction::Purge,
            reason: "burnt".to_owned(),
        },
    );
    assert_eq!(refused(&mut world, "USA", text), "nothing changed: R v1 says the same");
    let next = text.replace("One.", "One, more.");
    assert!(refused(&mut world, "USA", &next).contains("--after-recall"));
    let why = Why {
        after_recall: Some("cleared".to_owned()),
        ..Why::default()
    };
    because(&mut world, "USA", &next, why);
    assert!(world.state("USA").recall_of(&report("R"), 2).is_none());
    assert!(world.state("USA").recall_of(&report("R"), 1).is_some());
    // Whatever is said otherwise is a new version.
    for (was, is) in [
        ("(C//REL TO USA, GBR) A plan", "(S//REL TO USA, GBR) A plan"),
        ("(C//REL TO USA, GBR) A plan", "(C//REL TO USA, GBR) The plan"),
        ("(S//REL TO USA, GBR) One", "(S//NF) One"),
        ("{#a}", "{#b}"),
        ("scheme: us-ic", "scheme: us-ic\nexpires: 2027-01-01"),
    ] {
        let mut world = World::of(&["USA"]);
        world.write("USA", text);
        world.write("USA", &text.replace(was, is));
        assert_eq!(
            world.state("USA").reports[&report("R")].versions.len(),
            2,
            "{was} → {is}"
        );
    }
}
