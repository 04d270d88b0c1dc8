//! A briefing: one paper for the speaker, one for the table, and a note of what was said.

use crate::support;

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
        !other.contains("Port Marrow") && other.contains("1 more portion is not for you"),
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

fn newest(desk: &Desk) -> String {
    let list = desk.ok("GBR.CAB", &["--json", "brief", "list"]).json();
    let newest = list
        .as_array()
        .unwrap()
        .iter()
        .max_by_key(|briefing| briefing["prepared"].to_string());
    newest.unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn d1_a_speaker_who_may_not_know_gets_no_text_on_any_paper_and_d2_is_told_how_much_is_closed() {
    let desk = Desk::delivered();
    desk.ok("GBR.CAB", &["person", "add", "GBR.CAB/intern"]);
    desk.substituted();
    let paper = desk.brief("GBR.CAB/intern").out;
    let briefing = newest(&desk);
    let show = |arguments: &[&str]| {
        let all = [arguments, &["brief", "show", &briefing]].concat();
        desk.ok("GBR.CAB", &all).out
    };
    let json = show(&["--json"]);
    let table = desk
        .ok("GBR.CAB", &["--json", "brief", "show", &briefing, "--for", "table"])
        .out;
    for said in [&paper, &json, &table] {
        for secret in ["Grey Tide", "Port Marrow", "refrigerated", "indications", "planner"] {
            assert!(!said.contains(secret), "{secret}: {said}");
        }
    }
    assert!(paper.contains("6 more portions are not for you."), "{paper}");
    assert!(!paper.contains("Nothing is held back"), "{paper}");
    assert!(paper.starts_with("**(nothing may be said)**"), "{paper}");
    // The value is the paper.
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["not_for_the_speaker"], 6);
    assert_eq!(value["can_say"], serde_json::json!([]));
    assert!(value.get("items").is_none());
}

#[test]
fn d4_a_paper_is_void_when_something_that_it_permitted_has_ended() {
    let desk = Desk::delivered();
    desk.ok(
        "GBR.CAB",
        &["report", "distribute", REPORT, "--add", "GBR.CAB/minister"],
    );
    desk.substituted();
    let before = desk.brief("GBR.CAB/minister").out;
    assert!(
        before.contains("There are indications") && !before.contains("VOID"),
        "{before}"
    );
    let briefing = newest(&desk);
    let consents = desk.ok("USA.SVC", &["--json", "consent", "list"]).json();
    let consent = consents.as_array().unwrap()[0].clone();
    let id = consent
        .get("id")
        .or_else(|| consent["consent"].get("id"))
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned();
    desk.ok("USA.SVC", &["consent", "withdraw", &id, "--reason", "the cell moved"]);
    desk.receive("GBR.CAB");
    let after = desk.ok("GBR.CAB", &["brief", "show", &briefing]).out;
    assert!(after.contains("VOID"), "{after}");
    let can_say = after.split("## Do not say").next().unwrap();
    assert!(!can_say.contains("There are indications"), "{after}");
    let table = desk.ok("GBR.CAB", &["brief", "show", &briefing, "--for", "table"]).out;
    assert!(!table.contains("indications"), "{table}");
}
