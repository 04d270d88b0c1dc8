//! Protected sources: measured at the originator, asked about by the holder, answered in one word.

use crate::support;

use support::{Desk, REPORT};

/// The originator protects its source, and delivers the report knowingly.
fn protected() -> Desk {
    let desk = Desk::new();
    desk.parties();
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    desk.ok("USA.SVC", &["facts", "set", REPORT, "facts.json"]);
    desk.ok(
        "USA.SVC",
        &[
            "source",
            "protect",
            "src-17",
            "--register",
            "register.json",
            "--reports",
            REPORT,
        ],
    );
    let refused = desk.run(&["--data", "USA.SVC", "deliver", REPORT, "--to", "GBR.CAB"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused
            .err
            .contains("portion source: it would narrow a protected source"),
        "{}",
        refused.err
    );
    assert!(refused.err.contains("--despite-exposure REASON"), "{}", refused.err);
    desk.ok(
        "USA.SVC",
        &[
            "deliver",
            REPORT,
            "--to",
            "GBR.CAB",
            "--despite-exposure",
            "needed to act",
        ],
    );
    desk.receive("GBR.CAB");
    desk.ok(
        "GBR.CAB",
        &["report", "distribute", REPORT, "--add", "GBR.CAB/minister"],
    );
    desk
}

fn rules(desk: &Desk, portion: &str) -> Vec<String> {
    let all = [
        "--json",
        "--data",
        "GBR.CAB",
        "decide",
        "--report",
        REPORT,
        "--audience",
        "visitors.json",
        "--purpose",
        "threat-warning",
    ];
    let answer = desk.run(&all).json();
    let portions = answer["people"][0]["portions"].as_array().unwrap().clone();
    let found = portions.iter().find(|p| p["id"] == portion).unwrap();
    let reasons = found["reasons"].as_array().unwrap().iter();
    reasons
        .map(|reason| reason["rule"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_holder_asks_and_is_told_one_word() {
    let desk = protected();
    assert!(rules(&desk, "place").contains(&"exposure.unasked".to_owned()));
    assert!(
        !rules(&desk, "plot").iter().any(|rule| rule.starts_with("exposure")),
        "it says nothing about the source"
    );
    // The minister is one of those for whom the originator delivered it.
    desk.write("minister.json", r#"["GBR.CAB/minister"]"#);
    let may = desk.decide("minister.json", &["--purpose", "threat-warning"]);
    assert_eq!(may.code, 0, "{}{}", may.out, may.err);

    desk.ok(
        "GBR.CAB",
        &[
            "request",
            "open",
            "--report",
            REPORT,
            "--portions",
            "place,source",
            "--audience",
            "visitors.json",
            "--purpose",
            "threat-warning",
        ],
    );
    desk.receive("USA.SVC");
    let requests = desk.ok("USA.SVC", &["--json", "request", "list"]).json();
    let request = requests[0]["request"]["id"].as_str().unwrap().to_owned();
    let measured = desk.run(&["--data", "USA.SVC", "source", "measure", "--request", &request]);
    assert_eq!(measured.code, 4);
    insta::assert_snapshot!(measured.out);
    let grant = desk.run(&["--data", "USA.SVC", "consent", "grant", &request]);
    assert!(
        grant.code == 1
            && grant
                .err
                .contains("could narrow a protected source below its threshold"),
        "{}",
        grant.err
    );

    desk.ok("USA.SVC", &["source", "answer", &request]);
    let told = desk.receive("GBR.CAB");
    assert!(
        told.out
            .contains("it would narrow the source behind it below its originator's threshold"),
        "{}",
        told.out
    );
    assert!(rules(&desk, "place").contains(&"exposure.threshold".to_owned()));

    // Nothing of the register is in anything that the holder has.
    for file in ["GBR.CAB", "post"] {
        let found = std::process::Command::new("grep")
            .args(["-rlaE", "planner' and method|Old Quay|max_probability"])
            .arg(desk.path(file))
            .output()
            .unwrap();
        assert!(found.stdout.is_empty(), "{}", String::from_utf8_lossy(&found.stdout));
    }

    desk.ok(
        "USA.SVC",
        &[
            "consent",
            "grant",
            &request,
            "--portions",
            "place",
            "--until",
            "2099-01-01",
        ],
    );
    desk.receive("GBR.CAB");
    assert!(
        !rules(&desk, "place").iter().any(|rule| rule.starts_with("exposure")),
        "the consent was measured"
    );
    let knowingly = desk.run(&[
        "--data",
        "USA.SVC",
        "consent",
        "grant",
        &request,
        "--portions",
        "source",
    ]);
    assert_eq!(knowingly.code, 1, "with the place, it names the source");
    desk.ok(
        "USA.SVC",
        &[
            "consent",
            "grant",
            &request,
            "--portions",
            "source",
            "--despite-exposure",
            "the source is safe",
        ],
    );
    desk.receive("GBR.CAB");
    assert!(!rules(&desk, "source").iter().any(|rule| rule.starts_with("exposure")));
    let shown = desk.ok("USA.SVC", &["source", "show", "src-17"]);
    assert!(
        shown.out.contains("to CHL:") && shown.out.contains("EXPOSED: below its threshold"),
        "{}",
        shown.out
    );
}

#[test]
fn the_press_counts_as_known_to_everyone() {
    let desk = protected();
    desk.ok("GBR.CAB", &["facts", "set", REPORT, "facts.json"]);
    desk.write(
        "article.txt",
        "The Daily Ledger reported on Monday that the intelligence was collected in Port Marrow.\n\nAccording to the Daily Ledger, a spy \
         met the planner of the Grey Tide cell in person.\n",
    );
    let findings = desk.ok("GBR.CAB", &["--json", "watch", "scan", "article.txt"]);
    assert!(
        findings.out.contains("SVC-2026-0412/place.1") && findings.out.contains("SVC-2026-0412/source.1"),
        "{}",
        findings.out
    );
    desk.write("findings.jsonl", &findings.out);
    // A finding says what stands in the report: its reviewer has to be one who may know that.
    let officer = "GBR.CAB/disclosure-officer";
    let confirm = [
        "watch",
        "confirm",
        "findings.jsonl",
        "--reviewer",
        officer,
        "--purpose",
        "analysis",
    ];
    let refused = desk.run(&[&["--data", "GBR.CAB"], &confirm[..]].concat());
    assert!(
        refused.code == 3 && refused.err.contains("may not know SVC-2026-0412/place"),
        "{}",
        refused.err
    );
    desk.ok("GBR.CAB", &["report", "distribute", REPORT, "--add", officer]);
    let told = desk.ok("GBR.CAB", &confirm);
    assert!(told.out.contains("place.1 asserted, from"), "{}", told.out);
    assert!(told.out.contains("notice for USA.SVC"), "{}", told.out);
    desk.receive("USA.SVC");
    let shown = desk
        .ok(
            "USA.SVC",
            &["--json", "source", "show", "src-17", "--audience", "visitors.json"],
        )
        .json();
    assert_eq!(shown["audiences"][0]["exposure"]["consistent"], 1, "{shown}");
    let list = desk.ok("USA.SVC", &["--json", "disclosure", "list"]).json();
    assert_eq!(list[0]["disclosure"]["audience"][0], "PUBLIC/anyone");
    assert!(
        list[0]["disclosure"]["reviewed_by"].is_null(),
        "who reviewed it stays where it was reviewed"
    );
}

#[test]
fn a_draft_is_also_compared_with_sentences_that_nobody_wrote_facts_for() {
    let desk = protected();
    desk.write("draft.md", "The cell has tested two devices. The weather was fine.\n");
    let said = desk.run(&[
        "--data",
        "GBR.CAB",
        "watch",
        "check-draft",
        "draft.md",
        "--audience",
        "visitors.json",
    ]);
    assert_eq!(said.code, 3, "{}{}", said.out, said.err);
    assert!(
        said.out.contains("discloses SVC-2026-0412/harm.1: ✕ deny") && said.out.contains("✓ permit  The weather"),
        "{}",
        said.out
    );
}

#[test]
fn a_draft_is_decided_about_sentence_by_sentence() {
    let desk = protected();
    desk.ok("GBR.CAB", &["facts", "set", REPORT, "facts.json"]);
    desk.write(
        "draft.md",
        "We welcome our guests.\n\nFerry operators have been advised to check refrigerated containers. The information was \
         collected in Port Marrow.\n",
    );
    let said = desk.run(&[
        "--data",
        "GBR.CAB",
        "watch",
        "check-draft",
        "draft.md",
        "--audience",
        "visitors.json",
        "--purpose",
        "threat-warning",
    ]);
    assert_eq!(said.code, 3, "{}{}", said.out, said.err);
    insta::assert_snapshot!(said.out);
    desk.write("harmless.md", "We welcome our guests.\n");
    assert_eq!(
        desk.run(&[
            "--data",
            "GBR.CAB",
            "watch",
            "check-draft",
            "harmless.md",
            "--audience",
            "public"
        ])
        .code,
        0
    );
    // Who may know nothing of it looks for nothing.
    let barred = desk.run(&[
        "--data",
        "GBR.CAB",
        "watch",
        "check-draft",
        "draft.md",
        "--audience",
        "visitors.json",
        "--as",
        "JOR.GID/colonel",
    ]);
    assert_eq!(barred.code, 5, "{}{}", barred.out, barred.err);
}

#[test]
fn a_folder_is_watched_and_nothing_is_passed_over() {
    let desk = protected();
    std::fs::create_dir(desk.path("in")).unwrap();
    desk.write(
        "in/a.txt",
        "Officials said the intelligence was collected in Port Marrow.\n",
    );
    desk.write("in/b.txt", "Nothing happened.\n");
    std::fs::write(desk.path("in/c.bin"), [0u8, 159, 146, 150, 0, 1, 2, 3]).unwrap();
    let said = desk.ok("USA.SVC", &["watch", "folder", "in", "--once"]);
    assert!(said.out.contains("SVC-2026-0412/place.1"), "{}", said.out);
    assert!(said.err.contains("watching in for 7 facts"), "{}", said.err);
    assert!(said.err.contains("c.bin"), "{}", said.err);
    let missing = desk.run(&["--data", "USA.SVC", "watch", "folder", "nowhere", "--once"]);
    assert_eq!(missing.code, 5);
}

#[test]
fn facts_have_their_faults_named() {
    let desk = protected();
    let faulty = std::fs::read_to_string(desk.path("facts.json"))
        .unwrap()
        .replace("place = 'Port Marrow'", "plaec = 'Port Marrow'");
    desk.write("faulty.json", &faulty);
    let said = desk.run(&["--data", "USA.SVC", "facts", "set", REPORT, "faulty.json"]);
    insta::assert_snapshot!(said.err, @"error: fact place.1 reveals `plaec = 'Port Marrow'`: condition, column 1: no candidate has an attribute `plaec`; did you mean `place`?");
    let proposed = desk.ok("USA.SVC", &["facts", "propose", REPORT]).json();
    assert_eq!(proposed[3]["reveals"], "place = 'Port Marrow'");
    assert_eq!(proposed.as_array().unwrap().len(), 7);
    let measured = desk.run(&[
        "exposure",
        "measure",
        "--register",
        "register.json",
        "--known",
        "register.json",
    ]);
    assert!(
        measured.code == 1 && measured.err.contains("known facts, line 1"),
        "{}",
        measured.err
    );
}
