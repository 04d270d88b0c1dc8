//! What the holder proves to the originator, and what the originator finds when it looks closely.

use crate::support;

use serde_json::{Value, json};
use support::{Desk, OFFICER, REPORT};

/// A minister read it, a briefing was prepared, too much was said, the case was opened and the originator told.
fn story() -> (Desk, String) {
    let desk = Desk::delivered();
    let briefing = desk.slip();
    let minister = ["--as", "GBR.CAB/minister", "--purpose", "threat-warning"];
    desk.ok("GBR.CAB", &[&["report", "show", REPORT], &minister[..]].concat());
    let opened = [
        "--json",
        "incident",
        "open",
        "--from-briefing",
        &briefing,
        "--by",
        OFFICER,
        "--protected",
    ];
    let case = desk.ok("GBR.CAB", &opened).json()["id"].as_str().unwrap().to_owned();
    (desk, case)
}

fn assured(desk: &Desk) -> Value {
    let assure = ["assure", "--for", "USA.SVC", "-o", "assurance.json"];
    desk.ok("GBR.CAB", &assure);
    serde_json::from_slice(&std::fs::read(desk.path("assurance.json")).unwrap()).unwrap()
}

fn verify(desk: &Desk, arguments: &[&str]) -> support::Said {
    desk.run(&[&["--data", "USA.SVC", "assure", "verify", "assurance.json"], arguments].concat())
}

/// Events of the ledger of this kind.
fn of_kind<'v>(list: &'v Value, kind: &str) -> Vec<&'v Value> {
    let all = list.as_array().unwrap();
    all.iter().filter(|opened| opened["event"]["event"] == kind).collect()
}

#[test]
fn the_originator_sees_what_became_of_its_report() {
    let (desk, case) = story();
    assured(&desk);
    let said = verify(&desk, &["--json"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let checked = said.json();
    for kind in [
        "arrangement-set",
        "report-received",
        "distribution-changed",
        "opened",
        "briefing-prepared",
        "disclosed",
    ] {
        assert!(!of_kind(&checked["opened"], kind).is_empty(), "no {kind}");
    }
    let opening = of_kind(&checked["opened"], "opened")[0];
    assert_eq!(opening["event"]["data"]["reader"], "GBR.CAB/minister");
    // Nobody has told the originator of the case: it is protected, and not mentioned.
    assert!(
        !said.out.contains(&case) && checked["closed"] == json!([]),
        "{}",
        checked["closed"]
    );

    desk.ok("GBR.CAB", &["incident", "contain", &case, "--by", OFFICER]);
    desk.ok("GBR.CAB", &["incident", "notify", &case, "--by", OFFICER]);
    desk.receive("USA.SVC");
    assured(&desk);
    let page = verify(&desk, &[]);
    assert_eq!(page.code, 0, "{}{}", page.out, page.err);
    for line in [
        "SVC-2026-0412 v1 with 5 portions came from USA.SVC",
        "GBR.CAB/minister opened SVC-2026-0412 v1 for threat-warning:",
        "said to CHL/ambassador, CHL/foreign-minister by GBR.CAB/minister; permitted: none; not permitted: place, source; \
         lawful: yes (powers of the head of government)",
        &format!("incident {case}: USA.SVC was told of SVC-2026-0412 v1 place, SVC-2026-0412 v1 source"),
        "it is in this party's case file",
        "nobody else whose key is known here has signed the log",
    ] {
        assert!(page.out.contains(line), "no `{line}` in\n{}", page.out);
    }
    // Also without a node, by the key alone, and by the ledger's own command.
    let keys = ["--key", "GBR.CAB.keys"];
    let alone = desk.run(&[&["--data", "nowhere", "ledger", "verify", "assurance.json"], &keys[..]].concat());
    assert!(
        alone.code == 0
            && alone
                .out
                .contains("it was not compared with the receiver's own records"),
        "{}{}",
        alone.out,
        alone.err
    );
    let wrong = desk.run(&[
        "--data",
        "nowhere",
        "assure",
        "verify",
        "assurance.json",
        "--key",
        "USA.SVC.keys",
    ]);
    assert_eq!(wrong.code, 6, "{}{}", wrong.out, wrong.err);
}

#[test]
fn whatever_is_changed_is_found() {
    let (desk, _) = story();
    let good = assured(&desk);
    let entries = good["entries"].as_array().unwrap().len();
    let swap = |from: &str, to: &str| {
        let text = serde_json::to_string(&good).unwrap();
        assert!(text.contains(from), "{from}");
        serde_json::from_str::<Value>(&text.replace(from, to)).unwrap()
    };
    let change = |change: &dyn Fn(&mut Value)| {
        let mut bad = good.clone();
        change(&mut bad);
        bad
    };
    let cases = [
        ("a name in an event", swap("GBR.CAB/minister", "GBR.CAB/monister")),
        ("the writer", change(&|v| v["by"] = json!("USA.SVC"))),
        ("the format", change(&|v| v["format"] = json!("entente-assurance/v2"))),
        (
            "the checkpoint",
            change(&|v| {
                let text = v["checkpoint"].as_str().unwrap().replacen('\n', "\n1", 1);
                v["checkpoint"] = json!(text);
            }),
        ),
        (
            "an entry left out",
            change(&|v| {
                v["entries"].as_array_mut().unwrap().remove(3);
            }),
        ),
        (
            "an entry twice",
            change(&|v| {
                let again = v["entries"][2].clone();
                v["entries"].as_array_mut().unwrap().insert(3, again);
            }),
        ),
        (
            "the order",
            change(&|v| v["entries"].as_array_mut().unwrap().swap(1, 2)),
        ),
        (
            "a proof of another entry",
            change(&|v| v["entries"][1]["proof"] = v["entries"][2]["proof"].clone()),
        ),
        (
            "a salt",
            change(&|v| v["entries"][1]["open"]["salt"] = json!("00".repeat(32))),
        ),
        ("its reader", change(&|v| v["for"] = json!("CHL.NAV"))),
        ("its banner", change(&|v| v["banner"] = json!("UNCLASSIFIED"))),
        (
            "everything",
            change(&|v| {
                let others = v["others"].as_object().unwrap().values();
                let all = entries as u64 + others.map(|n| n.as_u64().unwrap()).sum::<u64>();
                v["entries"] = json!([]);
                v["others"] = json!({ "internal": all });
            }),
        ),
        ("a count", change(&|v| v["others"]["internal"] = json!(u64::MAX))),
        ("nothing at all", change(&|v| v["entries"] = json!([]))),
    ];
    for (what, bad) in cases {
        desk.write("assurance.json", &bad.to_string());
        let said = verify(&desk, &[]);
        assert!(
            said.code == 6 && said.out.contains("TAMPERED"),
            "{what}: {}{}",
            said.out,
            said.err
        );
    }
    for malformed in ["", "{}", "[1]", &"[".repeat(100_000)] {
        desk.write("assurance.json", malformed);
        let said = verify(&desk, &[]);
        assert!(
            said.code == 1 || said.code == 2,
            "{malformed:.20}: {} {}",
            said.code,
            said.err
        );
    }
}

#[test]
fn a_log_must_continue_what_was_seen_before() {
    let (desk, _) = story();
    assured(&desk);
    let first = verify(&desk, &["--json"]).json();
    let size = first["size"].as_u64().unwrap().to_string();
    desk.ok("GBR.CAB", &["report", "show", REPORT, "--as", "GBR.CAB/minister"]);
    assured(&desk);
    let unproved = verify(&desk, &[]);
    let remedy = format!("assure --for USA.SVC --since {size}");
    assert!(unproved.code == 0 && unproved.out.contains(&remedy), "{}", unproved.out);
    // What was not proved is not taken for granted the next time.
    let since = ["assure", "--for", "USA.SVC", "--since", &size, "-o", "assurance.json"];
    desk.ok("GBR.CAB", &since);
    let proved = verify(&desk, &[]);
    assert!(
        proved.code == 0 && !proved.out.contains("is not shown"),
        "{}",
        proved.out
    );

    // The holder starts its ledger anew, with the same name and keys of its own: not the log that was seen.
    let beyond = desk.run(&["--data", "GBR.CAB", "assure", "--for", "USA.SVC", "--since", "99999"]);
    assert!(
        beyond.code == 2 && beyond.err.contains("cannot continue one of 99999"),
        "{}",
        beyond.err
    );
    let seen = desk.path("USA.SVC/seen/GBR.CAB");
    let text = std::fs::read_to_string(&seen).unwrap();
    std::fs::write(&seen, text.replacen("GBR.CAB/", "GBR.CAB/0", 1)).unwrap();
    let other = verify(&desk, &[]);
    assert!(
        other.code == 6 && other.out.contains("the one seen before was"),
        "{}",
        other.out
    );
}

#[test]
fn what_also_belongs_to_others_stays_closed() {
    let desk = Desk::delivered();
    desk.found("FRA.SVC");
    desk.ok("GBR.CAB", &["party", "add", "FRA.SVC", "--keys", "FRA.SVC.keys"]);
    let mixed = "---\nid: CAB-1\ntitle: Our view\nscheme: us-ic\n---\n\n\
                 (TS//SI//OC/REL TO USA, GBR) Rests on theirs. {#a} {from: SVC-2026-0412 v1 place}\n\n\
                 (S//REL TO USA, GBR) Ours alone: a word that nobody else should read. {#b}\n";
    desk.write("mixed.md", mixed);
    let added = desk.run(&["--data", "GBR.CAB", "report", "add", "mixed.md"]);
    assert_eq!(added.code, 0, "{}{}", added.out, added.err);
    assured(&desk);
    let said = verify(&desk, &[]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(
        said.out
            .contains("| report-added | SVC-2026-0412 v1 place | it also holds material of others |"),
        "{}",
        said.out
    );
    let file = std::fs::read_to_string(desk.path("assurance.json")).unwrap();
    assert!(!file.contains("nobody else should read") && !file.contains("CAB-1"));
    // A party without any material here learns nothing of all this.
    let nothing = desk.ok("GBR.CAB", &["--json", "assure", "--for", "FRA.SVC"]).json();
    assert_eq!(nothing["entries"], json!([]));
    let own = desk.run(&["--data", "GBR.CAB", "assure", "--for", "GBR.CAB"]);
    assert!(own.code == 2 && own.err.contains("is this party itself"), "{}", own.err);
    let unknown = desk.run(&["--data", "GBR.CAB", "assure", "--for", "XYZ"]);
    assert_eq!(unknown.code, 5, "{}", unknown.err);
}

#[test]
fn it_can_be_read_and_printed() {
    let (desk, _) = story();
    desk.ok("GBR.CAB", &["assure", "--for", "USA.SVC", "-o", "out/"]);
    for ending in ["json", "html", "pdf"] {
        let file = desk.path("out").join(format!("assurance-GBR.CAB-for-USA.SVC.{ending}"));
        assert!(std::fs::metadata(&file).unwrap().len() > 1000, "{}", file.display());
    }
}
