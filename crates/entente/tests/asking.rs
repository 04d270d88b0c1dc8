//! What a person at the desk is told with an answer: what to observe, for which purposes, who is of the community.

use crate::support;

use support::{Desk, REPORT};

#[test]
fn b23_obligations_are_part_of_every_answer_that_a_reader_gets() {
    let desk = Desk::delivered();
    desk.substituted();
    let show = [
        "report",
        "show",
        REPORT,
        "--as",
        "CHL/ambassador",
        "--purpose",
        "threat-warning",
    ];
    let page = desk.ok("GBR.CAB", &show).out;
    let condition = "condition of the consent: orally only, no notes";
    assert!(page.contains(&format!("    to be observed: {condition}\n")), "{page}");
    let json = desk.ok("GBR.CAB", &[&["--json"], &show[..]].concat()).json();
    let said: Vec<(String, String)> = json["portions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|portion| (portion["id"].to_string(), portion["obligations"].to_string()))
        .collect();
    let pair = |id: &str, said: &str| (format!("\"{id}\""), said.to_owned());
    assert_eq!(
        said,
        [pair("advice", "[]"), pair("plot-s1", &format!("[\"{condition}\"]"))]
    );

    // A draft that says it has to observe it too.
    desk.write(
        "draft.txt",
        "There are indications that a terrorist group may target passenger ferries in the region.\n",
    );
    let draft = desk.run(&[
        "--data",
        "GBR.CAB",
        "--json",
        "watch",
        "check-draft",
        "draft.txt",
        "--audience",
        "visitors.json",
        "--purpose",
        "threat-warning",
    ]);
    let facts = draft.json()["sentences"][0]["facts"].clone();
    let facts = facts.as_array().unwrap();
    assert!(
        facts
            .iter()
            .all(|fact| fact["outcome"] != "permit" || fact["observe"][0] == condition),
        "{facts:?}"
    );
}

#[test]
fn b18_lists_say_for_which_purposes() {
    let desk = Desk::delivered();
    desk.ok(
        "GBR.CAB",
        &["report", "distribute", REPORT, "--add", "GBR.CAB/minister"],
    );
    let list = |more: &[&str]| {
        let all = ["--json", "report", "list", "--as", "GBR.CAB/minister"];
        desk.ok("GBR.CAB", &[&all[..], more].concat()).json()
    };
    let any = list(&[]);
    assert_eq!(any[0]["id"], REPORT);
    assert_eq!(any[0]["for"], serde_json::json!(["analysis", "threat-warning"]));
    let one = list(&["--purpose", "analysis"]);
    assert_eq!(
        (&one[0]["for"][0], &one[0]["portions"]),
        (&"analysis".into(), &any[0]["portions"])
    );
    assert_eq!(list(&["--purpose", "prosecution"]), serde_json::json!([]));
    let page = desk.ok("GBR.CAB", &["report", "list", "--as", "GBR.CAB/minister"]).out;
    assert!(page.contains("analysis,") && page.contains("threat-warning"), "{page}");
}

#[test]
fn b14_membership_is_stated_shown_and_taken_back() {
    let desk = Desk::new();
    desk.found("CERT-PL");
    desk.write("green.md", "---\nid: G-1\nscheme: tlp\n---\n(TLP:GREEN) Patch now.\n");
    desk.ok("CERT-PL", &["report", "add", "green.md"]);
    desk.ok("CERT-PL", &["party", "add", "JOURNAL"]);
    desk.write("reporter.json", r#"["JOURNAL/reporter"]"#);
    let decided = || {
        let ask = [
            "--data",
            "CERT-PL",
            "decide",
            "--report",
            "G-1",
            "--audience",
            "reporter.json",
        ];
        desk.run(&ask).code
    };
    assert_eq!(decided(), 4);
    let added = desk.ok("CERT-PL", &["party", "add", "JOURNAL", "--member"]);
    assert!(added.out.contains("JOURNAL is known"), "{}", added.out);
    assert_eq!(decided(), 0);
    let listed = desk.ok("CERT-PL", &["party", "list"]).out;
    assert!(listed.contains("member"), "{listed}");
    // Learning something else of it does not end it.
    desk.ok("CERT-PL", &["party", "add", "JOURNAL", "--name", "The Journal"]);
    assert_eq!(decided(), 0);
    desk.ok("CERT-PL", &["party", "add", "JOURNAL", "--no-member"]);
    assert_eq!(decided(), 4);
}
