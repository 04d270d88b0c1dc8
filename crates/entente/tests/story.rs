//! The real binary, as users and their scripts run it.

use crate::support;

use std::process::Command;

use serde_json::Value;
use support::Desk;

pub(crate) fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[test]
fn marks_are_checked_rolled_up_and_explained_for_scripts() {
    let desk = Desk::new();
    let good = desk.run(&[
        "--json",
        "marking",
        "check",
        "--kind",
        "portion",
        "(TS//SI//OC/REL TO USA, GBR)",
    ]);
    assert_eq!((good.code, &good.json()["valid"]), (0, &Value::Bool(true)));
    let bad = desk.run(&[
        "--json",
        "marking",
        "check",
        "--scheme",
        "us-ic",
        "--profile",
        "ic-2016",
        "--kind",
        "banner",
        "SECRET//REL TO GBR, USA",
    ]);
    let finding = &bad.json()["findings"][0];
    assert_eq!(bad.code, 1);
    assert_eq!(
        (
            finding["start"].as_u64(),
            finding["end"].as_u64(),
            finding["suggestion"].as_str()
        ),
        (Some(15), Some(23), Some("USA, GBR"))
    );
    let text = desk.run(&["marking", "check", "--kind", "portion", "(S//NOFRON)"]);
    assert!(text.out.contains("  (S//NOFRON)\n      ^^^^^^"), "{}", text.out);
    let rollup = desk.with_input(
        &["--json", "marking", "rollup", "-"],
        "(TS//REL TO USA, CAN, DEU)\n(//CAN S//REL TO USA, CAN, DEU)\n",
    );
    assert_eq!(rollup.json()["banner"], "TOP SECRET//FGI CAN//REL TO USA, CAN, DEU");
    let explained = desk.run(&["marking", "explain", "(TS//SI//OC/REL TO USA, GBR)"]);
    insta::assert_snapshot!(explained.out);
}

#[test]
fn faults_in_a_report_file_point_at_line_and_column() {
    let desk = Desk::new();
    desk.write(
        "bad.md",
        "---\nid: BAD-1\nbaner: X\n---\n(S//NOFORN) Text.\n\nNo mark.\n",
    );
    let said = desk.run(&["report", "add", "bad.md", "--dry-run"]);
    assert_eq!(said.code, 1);
    insta::assert_snapshot!(said.err);
    desk.write("marks.md", "(S//NOFORN) Text.\n\n(S//REL TO GBR, USA) More.\n");
    insta::assert_snapshot!(desk.run(&["report", "add", "marks.md", "--dry-run"]).err);
}

#[test]
fn a_decision_says_who_may_have_what_and_whom_to_ask() {
    let desk = Desk::delivered();
    desk.ok(
        "GBR.CAB",
        &["report", "distribute", "SVC-2026-0412", "--add", "GBR.CAB/minister"],
    );
    desk.write("minister.json", r#"["GBR.CAB/minister"]"#);
    let (code, found) = desk.outcomes(&["--audience", "minister.json", "--purpose", "threat-warning"]);
    assert_eq!(code, 0);
    assert!(found.iter().all(|(_, outcome)| outcome == "permit"), "{found:?}");
    // Another purpose: the arrangement does not cover it.
    let (code, found) = desk.outcomes(&["--audience", "minister.json", "--purpose", "prosecution"]);
    assert_eq!((code, found[0].1.as_str()), (4, "ask"));
    // Not on the distribution, and without SI.
    desk.write("analyst.json", r#"["GBR.CAB/desk-analyst"]"#);
    let (code, found) = desk.outcomes(&["--audience", "analyst.json", "--purpose", "analysis"]);
    assert_eq!(
        (code, found),
        (
            3,
            pairs(&[
                ("plot", "deny"),
                ("harm", "deny"),
                ("place", "deny"),
                ("source", "deny"),
                ("advice", "permit")
            ])
        )
    );
    let said = desk.run(&[
        "--data",
        "GBR.CAB",
        "--json",
        "decide",
        "--report",
        "SVC-2026-0412",
        "--audience",
        "analyst.json",
        "--purpose",
        "analysis",
    ]);
    let place = said.json()["people"][0]["portions"][2].clone();
    let rules: Vec<&str> = place["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["rule"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["mandatory.category", "need-to-know.distribution"]);
    assert_eq!(place["reasons"][0]["token"], "us-ic/sci/SI");
    assert_eq!(
        place["reasons"][1]["authority"],
        "arrangement GBR-USA-2024, art. 5 (name lists)"
    );
    // A cleared Australian: not on the release list, so the originator is asked.
    desk.write(
        "aus.json",
        r#"[{"id": "AUS.INT/liaison", "citizenships": ["AUS"], "clearances": {"us-ic": "TS"}, "accesses": ["SI"]}]"#,
    );
    let said = desk.run(&[
        "--data",
        "GBR.CAB",
        "--json",
        "decide",
        "--report",
        "SVC-2026-0412",
        "--audience",
        "aus.json",
        "--purpose",
        "analysis",
    ]);
    let plot = said.json()["people"][0]["portions"][0].clone();
    assert_eq!(
        (said.code, plot["outcome"].as_str(), plot["ask"][0].as_str()),
        (4, Some("ask"), Some("USA.SVC"))
    );
    // Unknown means deny; a missing report and an audience that is not there are told apart from that.
    desk.write("nobody.json", r#"["XYZ/nobody"]"#);
    assert_eq!(desk.outcomes(&["--audience", "nobody.json"]).0, 3);
    assert_eq!(
        desk.run(&[
            "--data",
            "GBR.CAB",
            "decide",
            "--report",
            "NONE",
            "--audience",
            "aus.json"
        ])
        .code,
        5
    );
    assert_eq!(desk.decide("gone.json", &[]).code, 5);
}

#[test]
fn a_consent_opens_just_what_it_says_and_its_withdrawal_closes_it() {
    let desk = Desk::delivered();
    desk.write(
        "aus.json",
        r#"[{"id": "AUS.INT/liaison", "citizenships": ["AUS"], "clearances": {"us-ic": "TS"}, "accesses": ["SI"]}]"#,
    );
    desk.ok("GBR.CAB", &["party", "add", "AUS.INT"]);
    let open = desk.ok(
        "GBR.CAB",
        &[
            "--json",
            "request",
            "open",
            "--report",
            "SVC-2026-0412",
            "--audience",
            "aus.json",
            "--purpose",
            "analysis",
            "--portions",
            "plot,harm",
        ],
    );
    let id = open.json()["requests"][0]["id"].as_str().unwrap().to_owned();
    desk.receive("USA.SVC");
    desk.ok(
        "USA.SVC",
        &[
            "consent",
            "grant",
            &id,
            "--portions",
            "plot",
            "--condition",
            "read only",
        ],
    );
    desk.receive("GBR.CAB");
    desk.write("ids.json", r#"["AUS.INT/liaison"]"#);
    desk.ok(
        "GBR.CAB",
        &[
            "person",
            "add",
            "AUS.INT/liaison",
            "--citizenship",
            "AUS",
            "--drop-clearance",
            "us-ic",
        ],
    );
    // What a file says of a known person does not count: the clearance is not on record any more.
    assert_eq!(
        desk.outcomes(&["--audience", "aus.json", "--purpose", "analysis"]).1[0].1,
        "deny"
    );
    desk.ok(
        "GBR.CAB",
        &[
            "person",
            "add",
            "AUS.INT/liaison",
            "--citizenship",
            "AUS",
            "--clearance",
            "us-ic=TS",
            "--access",
            "SI",
        ],
    );
    let (_, found) = desk.outcomes(&["--audience", "ids.json", "--purpose", "analysis"]);
    assert_eq!(found[..2], pairs(&[("plot", "permit"), ("harm", "ask")]));
    // For another purpose than the one consented to.
    assert_eq!(
        desk.outcomes(&["--audience", "ids.json", "--purpose", "threat-warning"])
            .1[0]
            .1,
        "ask"
    );
    let consents = desk.ok("USA.SVC", &["--json", "consent", "list"]).json();
    desk.ok(
        "USA.SVC",
        &[
            "consent",
            "withdraw",
            consents[0]["id"].as_str().unwrap(),
            "--reason",
            "changed our minds",
        ],
    );
    desk.receive("GBR.CAB");
    assert_eq!(
        desk.outcomes(&["--audience", "ids.json", "--purpose", "analysis"]).1[0].1,
        "ask"
    );
}

#[test]
fn suspension_closes_everything_for_the_partner() {
    let desk = Desk::delivered();
    desk.ok(
        "GBR.CAB",
        &["report", "distribute", "SVC-2026-0412", "--add", "GBR.CAB/minister"],
    );
    let said = desk.ok(
        "USA.SVC",
        &["arrangement", "suspend", "GBR-USA-2024", "--reason", "trust"],
    );
    assert!(said.out.contains("SVC-2026-0412 v1: held by GBR.CAB"), "{}", said.out);
    desk.receive("GBR.CAB");
    desk.write("minister.json", r#"["GBR.CAB/minister"]"#);
    let (code, found) = desk.outcomes(&["--audience", "minister.json", "--purpose", "analysis"]);
    assert!(
        code == 3 && found.iter().all(|(_, outcome)| outcome == "deny"),
        "{found:?}"
    );
    let refused = desk.run(&["--data", "GBR.CAB", "arrangement", "resume", "GBR-USA-2024"]);
    assert!(
        refused.code == 1
            && refused
                .err
                .contains("USA.SVC suspended it, so USA.SVC has to resume it"),
        "{}",
        refused.err
    );
}

#[test]
fn an_arrangement_says_which_mark_unmarked_paragraphs_bear() {
    let desk = Desk::delivered();
    desk.write(
        "own.md",
        "---\nid: OWN-1\narrangements: [GBR-USA-2024]\n---\nFirst.\n\n(U) Second.\n",
    );
    let refused = desk.run(&["--data", "USA.SVC", "report", "add", "own.md"]);
    assert!(
        refused.code == 1 && refused.err.contains("own.md:5:1: the paragraph has no portion mark"),
        "{}",
        refused.err
    );
    let terms = std::fs::read_to_string(desk.path("arrangement.json")).unwrap();
    let with = |mark: &str| terms.replacen('{', &format!("{{ \"default_mark\": \"{mark}\","), 1);
    desk.write("terms.json", &with("(S//REL TO USA, GBR)"));
    desk.ok("USA.SVC", &["arrangement", "add", "terms.json"]);
    let added = desk.ok("USA.SVC", &["report", "add", "own.md"]);
    assert!(added.out.contains("banner: SECRET//REL TO USA, GBR"), "{}", added.out);
    // A second arrangement with another mark: they do not agree, so every paragraph bears its own.
    desk.write(
        "other.json",
        &with("(C//REL TO USA, GBR)").replace("GBR-USA-2024", "GBR-USA-2025"),
    );
    desk.ok("USA.SVC", &["arrangement", "add", "other.json"]);
    desk.write(
        "two.md",
        "---\nid: OWN-2\narrangements: [GBR-USA-2024, GBR-USA-2025]\n---\nFirst.\n",
    );
    assert_eq!(desk.run(&["--data", "USA.SVC", "report", "add", "two.md"]).code, 1);
    // A mark that is none points at it.
    desk.write("bad.json", &with("(S//REL TO ATLANTIS)"));
    desk.ok("USA.SVC", &["arrangement", "add", "bad.json"]);
    let bad = desk.run(&["--data", "USA.SVC", "report", "add", "own.md"]);
    assert!(bad.code == 1 && bad.err.contains("ATLANTIS"), "{}", bad.err);
}

#[test]
fn what_a_partner_narrowed_or_who_was_shut_out_is_not_let_in_by_recording_again() {
    let desk = Desk::delivered();
    desk.ok(
        "USA.SVC",
        &["arrangement", "narrow", "GBR-USA-2024", "--purposes", "analysis"],
    );
    desk.receive("GBR.CAB");
    let again = desk.run(&["--data", "GBR.CAB", "arrangement", "add", "arrangement.json"]);
    assert!(
        again.code == 1 && again.err.contains("would become laxer: purposes") && again.err.contains("--agreed"),
        "{}",
        again.err
    );
    desk.ok(
        "USA.SVC",
        &["arrangement", "suspend", "GBR-USA-2024", "--reason", "trust"],
    );
    let kept = desk
        .ok("USA.SVC", &["arrangement", "add", "arrangement.json", "--agreed"])
        .out;
    assert!(kept.contains("is suspended by USA.SVC: trust"), "{kept}");
    // A key that nobody knows would leave a term out.
    let terms = std::fs::read_to_string(desk.path("arrangement.json")).unwrap();
    desk.write("wrong.json", &terms.replace("\"purposes\"", "\"purpose\""));
    let wrong = desk.run(&["--data", "USA.SVC", "arrangement", "add", "wrong.json", "--agreed"]);
    assert!(
        wrong.code == 1 && wrong.err.contains("unknown field `purpose`"),
        "{}",
        wrong.err
    );

    desk.ok("GBR.CAB", &["person", "disable", "GBR.CAB/minister"]);
    desk.ok("GBR.CAB", &["person", "add", "--file", "persons.json"]);
    desk.write("minister.json", r#"["GBR.CAB/minister"]"#);
    let rules = |desk: &Desk| {
        desk.run(&[
            "--data",
            "GBR.CAB",
            "decide",
            "--report",
            "SVC-2026-0412",
            "--audience",
            "minister.json",
            "--explain",
        ])
        .out
    };
    assert!(rules(&desk).contains("state.person-disabled"));
    desk.ok("GBR.CAB", &["person", "enable", "GBR.CAB/minister"]);
    assert!(!rules(&desk).contains("state.person-disabled"));
}

#[test]
fn a_file_that_cannot_be_taken_in_does_not_keep_the_next_out() {
    let desk = Desk::delivered();
    let first = desk.newest("GBR.CAB");
    desk.ok(
        "USA.SVC",
        &["arrangement", "suspend", "GBR-USA-2024", "--reason", "trust"],
    );
    let second = desk.newest("GBR.CAB");
    let both = desk.run(&["--data", "GBR.CAB", "receive", &first, &second]);
    assert!(
        both.code == 1 && both.err.contains("was taken in before") && both.out.contains("is suspended by USA.SVC"),
        "{}{}",
        both.out,
        both.err
    );
}

#[test]
fn narrower_terms_show_what_they_stop_and_reach_the_partner() {
    let desk = Desk::delivered();
    desk.ok(
        "GBR.CAB",
        &["report", "distribute", "SVC-2026-0412", "--add", "GBR.CAB/minister"],
    );
    // At the holder: what would stop, and nothing is changed by asking.
    let narrow = ["arrangement", "narrow", "GBR-USA-2024", "--purposes", "analysis"];
    let tried = desk.ok("GBR.CAB", &[&narrow[..], &["--dry-run"]].concat());
    assert!(
        tried
            .out
            .contains("GBR.CAB/minister            threat-warning  plot, harm, place, source, advice")
            && tried.out.contains("(nothing was changed)"),
        "{}",
        tried.out
    );
    desk.write("minister.json", r#"["GBR.CAB/minister"]"#);
    let ask = ["--audience", "minister.json", "--purpose", "threat-warning"];
    assert_eq!(desk.outcomes(&ask).0, 0);
    // The originator does it; the holder is bound when the file arrives.
    desk.substituted();
    let done = desk.ok("USA.SVC", &narrow);
    assert!(done.out.contains("live consents: con-"), "{}", done.out);
    // What it consented to by name serves only purposes that the arrangement still allows: narrowing stops it at once, so that
    // there is nothing left of it for a suspension to stop.
    let suspend = [
        "arrangement",
        "suspend",
        "GBR-USA-2024",
        "--reason",
        "trust",
        "--dry-run",
    ];
    let (tried, now) = (desk.ok("USA.SVC", &suspend).out, "threat-warning  plot-s1");
    assert!(done.out.contains(now) && !tried.contains(now), "{}{tried}", done.out);
    assert_eq!(desk.outcomes(&ask).0, 0, "nothing has arrived yet");
    desk.receive("GBR.CAB");
    assert_eq!(desk.outcomes(&ask).0, 4);
    let again = desk.run(&[&["--data", "USA.SVC"], &narrow[..]].concat());
    assert!(
        again.code == 2 && again.err.contains("is as strict already"),
        "{}",
        again.err
    );
}

#[test]
fn sealed_files_are_taken_in_once_from_their_sender_unchanged() {
    let desk = Desk::delivered();
    let file = desk.newest("GBR.CAB");
    let again = desk.run(&["--data", "GBR.CAB", "receive", &file]);
    assert!(
        again.err.contains("was taken in before; nothing was changed"),
        "{}",
        again.err
    );
    let mut bytes = std::fs::read(desk.path(&file)).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(desk.path("bad.entente"), bytes).unwrap();
    let bad = desk.run(&["--data", "GBR.CAB", "receive", "bad.entente"]);
    assert_eq!(bad.code, 6, "{}", bad.err);
    desk.found("FRA.X");
    let stranger = desk.run(&["--data", "FRA.X", "receive", &file]);
    assert!(
        stranger.code == 1 && stranger.err.contains("whose keys are not known here"),
        "{}",
        stranger.err
    );
    let wrong = Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(["--data", "GBR.CAB", "receive", &file])
        .current_dir(desk.0.path())
        .env("ENTENTE_HEADS", desk.path("heads"))
        .env("ENTENTE_PASSPHRASE", "wrong")
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("the passphrase is wrong"));
}

#[test]
fn existence_is_protected_in_show_and_list_alike() {
    let desk = Desk::new();
    desk.found("USA.SVC");
    desk.write(
        "secret.md",
        "---\nid: HIDDEN-1\nexistence-protected: true\n---\n(TS//SI//NF) Text.\n",
    );
    desk.ok("USA.SVC", &["report", "add", "secret.md"]);
    desk.ok("USA.SVC", &["person", "add", "USA.SVC/clerk", "--citizenship", "USA"]);
    let there = desk.run(&[
        "--data",
        "USA.SVC",
        "report",
        "show",
        "HIDDEN-1",
        "--as",
        "USA.SVC/clerk",
    ]);
    let missing = desk.run(&[
        "--data",
        "USA.SVC",
        "report",
        "show",
        "HIDDEN-2",
        "--as",
        "USA.SVC/clerk",
    ]);
    assert_eq!((there.code, missing.code), (5, 5));
    assert_eq!(there.err.replace("HIDDEN-1", "X"), missing.err.replace("HIDDEN-2", "X"));
    assert_eq!(
        desk.ok("USA.SVC", &["--json", "report", "list", "--as", "USA.SVC/clerk"])
            .json(),
        serde_json::json!([])
    );
}

#[test]
fn a_derived_report_keeps_its_originators_and_its_strictness() {
    let desk = Desk::delivered();
    desk.write(
        "loose.md",
        "---\nid: CAB-1\n---\n(U//REL TO USA, GBR) Rewritten. {from: SVC-2026-0412 v1 plot}\n",
    );
    let loose = desk.run(&["--data", "GBR.CAB", "report", "add", "loose.md"]);
    assert!(
        loose.code == 1 && loose.err.contains("less strictly than SVC-2026-0412 v1 plot"),
        "{}",
        loose.err
    );
    desk.write(
        "derived.md",
        "---\nid: CAB-1\n---\n(S//OC/REL TO USA, GBR) Rewritten. {from: SVC-2026-0412 v1 plot}\n",
    );
    let added = desk.ok("GBR.CAB", &["report", "add", "derived.md"]);
    // The third-party rule leaves the text to its originators' recipients; GBR.CAB is one of them.
    assert!(!added.out.contains("nobody can read"), "{}", added.out);
}

#[test]
fn the_ledger_is_proved_and_checked_by_others() {
    let desk = Desk::delivered();
    assert_eq!(
        desk.run(&["ledger", "verify", "USA.SVC/ledger", "--key", "USA.SVC.keys"])
            .code,
        0
    );
    let wrong_key = desk.run(&["--json", "ledger", "verify", "USA.SVC/ledger", "--key", "GBR.CAB.keys"]);
    assert_eq!((wrong_key.code, &wrong_key.json()["ok"]), (6, &Value::Bool(false)));
    desk.ok("USA.SVC", &["ledger", "publish"]);
    let proof = desk.ok("USA.SVC", &["--json", "ledger", "prove", "3", "--open"]).json();
    assert!(
        proof["proof"].as_str().unwrap().starts_with("c2sp.org/tlog-proof@v1\n"),
        "{proof}"
    );
    assert!(proof["event"].as_str().unwrap().contains("arrangement"), "{proof}");
    assert_eq!(desk.run(&["--data", "USA.SVC", "ledger", "prove", "999"]).code, 5);
    assert_eq!(desk.run(&["--data", "nowhere", "report", "list"]).code, 5);
}

#[test]
fn completions_and_manual_pages_are_written() {
    let desk = Desk::new();
    assert!(desk.run(&["completions", "bash"]).out.contains("_entente"));
    desk.run(&["man", "pages"]);
    assert!(desk.path("pages/entente.1").exists() && desk.path("pages/entente-decide.1").exists());
    assert_eq!(desk.run(&["no-such-command"]).code, 2);
}
