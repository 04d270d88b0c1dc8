//! A briefing: one paper for the speaker, one for the table, and a note of what was said.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may stop")]

mod support;

use support::{Desk, REPORT};

#[test]
fn one_page_says_what_can_be_said_what_not_and_at_whose_cost() {
    let desk = Desk::delivered();
    desk.ok(
        "GBR.CAB",
        &["report", "distribute", REPORT, "--add", "GBR.CAB/minister"],
    );
    desk.ok("GBR.CAB", &["facts", "set", REPORT, "facts.json"]);
    desk.substituted();
    let said = desk.brief("GBR.CAB/minister");
    let briefing = desk.ok("GBR.CAB", &["--json", "brief", "list"]).json()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let page = said.out.replace(&briefing, "brf-1");
    let page: String = page
        .lines()
        .map(|line| line.split(" Prepared ").next().unwrap().to_owned() + "\n")
        .collect();
    insta::assert_snapshot!(page);

    let table = desk.ok("GBR.CAB", &["brief", "show", &briefing, "--for", "table"]).out;
    insta::assert_snapshot!(table);
    for file in ["brief.html", "brief.pdf"] {
        desk.ok("GBR.CAB", &["brief", "show", &briefing, "--for", "table", "-o", file]);
        let bytes = std::fs::read(desk.path(file)).unwrap();
        let text = match file {
            "brief.pdf" => lopdf::Document::load_mem(&bytes).unwrap().extract_text(&[1]).unwrap(),
            _ => String::from_utf8(bytes).unwrap(),
        };
        assert_eq!(text.matches("UNCLASSIFIED//REL TO USA, CHL, GBR").count(), 2, "{text}");
        assert!(text.contains("Operators of passenger ferries"), "{text}");
        for secret in [
            "Grey Tide",
            "Port Marrow",
            "SVC-2026",
            "GBR.CAB",
            "orally",
            "indications",
            "brf-",
        ] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }

    // Who may not read a portion does not find it on the paper.
    desk.ok(
        "GBR.CAB",
        &["report", "distribute", REPORT, "--add", "GBR.CAB/desk-analyst"],
    );
    let other = desk.brief("GBR.CAB/desk-analyst").out;
    assert!(
        !other.contains("Port Marrow") && other.contains("1 more portions are not for you"),
        "{other}"
    );

    let recorded = desk.ok(
        "GBR.CAB",
        &[
            "brief",
            "record",
            &briefing,
            "--said",
            "SVC-2026-0412/plot-s1",
            "--fact",
            "SVC-2026-0412/place.1",
            "--lawful",
            "powers",
        ],
    );
    assert!(
        recorded
            .out
            .contains("said beyond what was permitted: SVC-2026-0412/place\n"),
        "{}",
        recorded.out
    );
    assert!(
        recorded
            .out
            .contains(&format!("entente incident open --from-briefing {briefing}")),
        "{}",
        recorded.out
    );
    assert!(recorded.out.contains("notice for USA.SVC"), "{}", recorded.out);
    let list = desk.ok("GBR.CAB", &["brief", "list"]).out;
    assert!(list.contains("place"), "{list}");
    let told = desk.receive("USA.SVC");
    assert!(told.out.contains("notice about SVC-2026-0412"), "{}", told.out);

    let elsewhere = desk.run(&["--data", "GBR.CAB", "brief", "record", &briefing, "--said", "OTHER/p1"]);
    assert_eq!(elsewhere.code, 2, "{}", elsewhere.err);
}
