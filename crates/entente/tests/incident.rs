//! A case, from the meeting to its closing, at the holder and at the originator.

use crate::support;

use support::{Desk, OFFICER, REPORT, without_chance};

fn opened(desk: &Desk, briefing: &str) -> String {
    let said = desk.ok(
        "GBR.CAB",
        &[
            "--json",
            "incident",
            "open",
            "--from-briefing",
            briefing,
            "--by",
            OFFICER,
            "--protected",
            "--clock",
            "notify=12",
        ],
    );
    said.json()["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_case_goes_through_its_stages() {
    let desk = Desk::delivered();
    let briefing = desk.slip();
    let case = opened(&desk, &briefing);
    let by = ["--by", OFFICER];
    let run = |arguments: &[&str]| desk.ok("GBR.CAB", &[&["incident"], arguments, &by].concat());

    // Its existence is protected.
    for reader in ["GBR.CAB/minister", "GBR.CAB/desk-analyst"] {
        let hidden = desk.run(&["--data", "GBR.CAB", "incident", "show", &case, "--as", reader]);
        let missing = desk.run(&["--data", "GBR.CAB", "incident", "show", "inc-none", "--as", reader]);
        assert_eq!((hidden.code, hidden.out), (missing.code, missing.out));
        assert_eq!(hidden.err.replace(&case, "ID"), missing.err.replace("inc-none", "ID"));
        assert!(
            !desk
                .ok("GBR.CAB", &["incident", "list", "--as", reader])
                .out
                .contains(&case)
        );
        let meddling = desk.run(&[
            "--data", "GBR.CAB", "incident", "done", &case, "match", "--note", "x", "--by", reader,
        ]);
        assert_eq!(meddling.code, 5, "{}", meddling.err);
    }

    desk.write(
        "article.txt",
        "Officials said the intelligence was collected in Port Marrow.\n",
    );
    let kept = run(&["evidence", &case, "article.txt", "--found", "front page"]);
    let digest = kept
        .err
        .split_whitespace()
        .nth(1)
        .unwrap()
        .trim_end_matches(',')
        .to_owned();
    assert!(
        !desk.path("GBR.CAB/evidence").exists(),
        "evidence is sealed with everything else"
    );
    desk.ok("GBR.CAB", &["store", "export", "exported"]);
    let copy = desk.path("exported/evidence").join(&digest);
    assert_eq!(
        std::fs::read(&copy).unwrap(),
        std::fs::read(desk.path("article.txt")).unwrap()
    );

    run(&["contain", &case]);
    let decided = desk.decide("visitors.json", &[]);
    assert!(
        decided.code == 3 && decided.out.contains("releases of the report are on hold"),
        "{}",
        decided.out
    );
    desk.write("minister.json", r#"["GBR.CAB/minister"]"#);
    let may = desk.decide("minister.json", &["--purpose", "threat-warning"]);
    assert_eq!(may.code, 0, "{}{}", may.out, may.err);

    let told = run(&["notify", &case]);
    assert_eq!(told.out.matches("incident for USA.SVC").count(), 1, "{}", told.out);
    let again = run(&["notify", &case]);
    assert!(
        !again.out.contains("incident for"),
        "nobody is told twice: {}",
        again.out
    );
    desk.receive("USA.SVC");
    let partner = desk.ok("USA.SVC", &["incident", "list"]).out;
    assert!(
        partner.contains("SVC-2026-0412 v1 place, SVC-2026-0412 v1 source")
            && partner.contains("originator of what is out"),
        "{partner}"
    );
    assert!(!partner.contains("disclosure-officer"), "{partner}");
    desk.ok("USA.SVC", &["incident", "acknowledge", &case, "--statement", "noted"]);
    desk.receive("GBR.CAB");

    let early = desk.run(&[
        "--data", "GBR.CAB", "incident", "close", &case, "--note", "x", "--by", OFFICER,
    ]);
    assert!(
        early.code == 1 && early.err.contains("match, source-alert, inquiry"),
        "{}",
        early.err
    );
    run(&["finding", &case, "probable", "--note", "the visitors noted it down"]);
    run(&[
        "relabel",
        &case,
        "SVC-2026-0412/place",
        "keep",
        "--reason",
        "not confirmed by anyone",
    ]);
    run(&[
        "reply",
        &case,
        "--person",
        "GBR.CAB/minister",
        "--statement",
        "it was within my powers",
    ]);
    run(&["assess", &case, "--note", "the harbour can be found", "--final"]);
    run(&[
        "lesson",
        &case,
        "--text",
        "the paper for the table only",
        "--owner",
        OFFICER,
        "--due",
        "2099-01-01",
    ]);
    for stage in ["match", "source-alert", "holders"] {
        run(&["done", &case, stage, "--note", "done"]);
    }
    let page = desk
        .ok(
            "GBR.CAB",
            &[
                "incident",
                "show",
                &case,
                "--as",
                OFFICER,
                "--purpose",
                "threat-warning",
            ],
        )
        .out;
    let page = without_chance(&page.replace(&digest, "(digest)"));
    insta::assert_snapshot!(page);
    run(&["close", &case, "--note", "closed with lessons", "--resume"]);
    let after = desk.run(&[
        "--data",
        "GBR.CAB",
        "incident",
        "evidence",
        &case,
        "article.txt",
        "--by",
        OFFICER,
    ]);
    assert!(after.code == 1 && after.err.contains("was closed on"), "{}", after.err);
    let decided = desk.decide("visitors.json", &[]);
    assert!(!decided.out.contains("on hold"), "{}", decided.out);
    desk.ok("GBR.CAB", &["store", "check"]);
}

#[test]
fn the_originator_measures_what_it_cost_and_recalls() {
    let desk = Desk::delivered();
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
    desk.ok(
        "USA.SVC",
        &["person", "add", "USA.SVC/security", "--name", "security officer"],
    );
    desk.ok(
        "USA.SVC",
        &["person", "add", "USA.SVC/handler", "--role", "source-handler"],
    );
    desk.slip();
    let list = desk.ok("USA.SVC", &["--json", "disclosure", "list"]).json();
    let disclosure = list[0]["disclosure"]["id"].as_str().unwrap().to_owned();
    let opened = desk.ok(
        "USA.SVC",
        &[
            "incident",
            "open",
            "--disclosure",
            &disclosure,
            "--by",
            "USA.SVC/security",
        ],
    );
    assert!(
        opened
            .out
            .contains("ALERT: source src-17 is exposed to CHL: 1 of 8 candidates, 92.9 %"),
        "{}",
        opened.out
    );
    let case = desk.ok("USA.SVC", &["--json", "incident", "list"]).json()["cases"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.ok(
        "USA.SVC",
        &[
            "incident",
            "contain",
            &case,
            "--recall",
            "retain-hide",
            "--by",
            "USA.SVC/security",
        ],
    );
    desk.ok(
        "USA.SVC",
        &[
            "incident",
            "assess",
            &case,
            "--note",
            "the source has to be brought out",
            "--by",
            "USA.SVC/security",
        ],
    );
    let shown = desk.ok("USA.SVC", &["--json", "incident", "show", &case]).json();
    assert_eq!(shown["sources"][0]["kept"], false);
    assert_eq!(shown["sources"][0]["before"]["consistent"], 8);
    assert_eq!(shown["sources"][0]["after"]["consistent"], 1);
    assert_eq!(shown["must_be_told"][0]["party"], "GBR.CAB");
    assert_eq!(shown["must_be_told"][1]["party"], "USA.SVC/handler");
    let page = desk.ok("USA.SVC", &["incident", "show", &case]).out;
    assert!(
        page.contains("| src-17 | CHL | 8 of 8 candidates, 11.2 % | 1 of 8 candidates, 92.9 % | EXPOSED |"),
        "{page}"
    );
    assert!(page.contains("RETAIN\\_HIDE | GBR.CAB | unconfirmed"), "{page}");
    desk.receive("GBR.CAB");
    desk.write("minister.json", r#"["GBR.CAB/minister"]"#);
    let barred = desk.decide("minister.json", &[]);
    assert_eq!(barred.code, 3);
}

#[test]
fn a_notice_names_what_its_receiver_has_and_follows_when_there_is_more() {
    let desk = Desk::delivered();
    let all = ["--add", "GBR.CAB/minister", "--add", OFFICER];
    desk.ok("GBR.CAB", &[&["report", "distribute", REPORT], &all[..]].concat());
    let own = "---\nid: CAB-1\ntitle: Our view\nscheme: us-ic\n---\n\n\
               (TS//SI//OC/REL TO USA, GBR) The town is a harbour. {#a} {from: SVC-2026-0412 v1 place}\n";
    desk.write("own.md", own);
    desk.ok("GBR.CAB", &["report", "add", "own.md"]);
    let disclosed = |report: &str, portion: &str| {
        let add = ["--json", "disclosure", "add", "--report", report, "--portions", portion];
        let more = [
            "--audience",
            "visitors.json",
            "--route",
            "said",
            "--by",
            "GBR.CAB/minister",
            "--unlawful",
        ];
        let said = desk.ok("GBR.CAB", &[&add[..], &more].concat()).json();
        desk.receive("USA.SVC");
        said["disclosure"]["id"].as_str().unwrap().to_owned()
    };
    let first = disclosed("CAB-1", "a");
    let open = ["--json", "incident", "open", "--disclosure", &first, "--by", OFFICER];
    let case = desk.ok("GBR.CAB", &open).json()["id"].as_str().unwrap().to_owned();
    let notify = ["incident", "notify", &case, "--by", OFFICER];
    desk.ok("GBR.CAB", &notify);
    desk.receive("USA.SVC");
    let told = desk.ok("USA.SVC", &["incident", "list"]).out;
    assert!(
        told.contains("SVC-2026-0412 v1 place") && !told.contains("CAB-1"),
        "{told}"
    );

    // More comes out: those who were told are told again, once.
    let second = disclosed(REPORT, "plot");
    desk.ok(
        "GBR.CAB",
        &["incident", "add", &case, "--disclosure", &second, "--by", OFFICER],
    );
    assert!(desk.ok("GBR.CAB", &notify).out.contains("incident for USA.SVC"));
    desk.receive("USA.SVC");
    let told = desk.ok("USA.SVC", &["incident", "list"]).out;
    assert!(told.contains("SVC-2026-0412 v1 plot"), "{told}");
    assert!(!desk.ok("GBR.CAB", &notify).out.contains("incident for"));

    // Another case about the same report holds it too: the first to close does not resume it.
    let open = ["--json", "incident", "open", "--disclosure", &second, "--by", OFFICER];
    let other = desk.ok("GBR.CAB", &open).json()["id"].as_str().unwrap().to_owned();
    for case in [&case, &other] {
        desk.ok("GBR.CAB", &["incident", "contain", case, "--by", OFFICER]);
    }
    for stage in [
        "open",
        "match",
        "source-alert",
        "notify",
        "inquiry",
        "holders",
        "relabel",
        "damage",
        "reply",
        "lessons",
    ] {
        desk.ok(
            "GBR.CAB",
            &["incident", "done", &other, stage, "--note", "x", "--by", OFFICER],
        );
    }
    desk.ok(
        "GBR.CAB",
        &["incident", "close", &other, "--note", "x", "--resume", "--by", OFFICER],
    );
    let held = desk.decide("visitors.json", &[]);
    assert!(held.out.contains("releases of the report are on hold"), "{}", held.out);

    // Nothing is kept for someone who does not work on the case, nor before all texts can be read.
    desk.write("text.txt", "a text");
    for (by, files, code) in [
        ("GBR.CAB/minister", &["text.txt"][..], 1),
        (OFFICER, &["text.txt", "none.txt"], 5),
    ] {
        let evidence = [
            &["--data", "GBR.CAB", "incident", "evidence", &case],
            files,
            &["--by", by],
        ]
        .concat();
        let said = desk.run(&evidence);
        assert_eq!(said.code, code, "{}", said.err);
        assert!(!desk.path("GBR.CAB/evidence").exists());
    }
    for _ in 0..2 {
        desk.ok("GBR.CAB", &["incident", "evidence", &case, "text.txt", "--by", OFFICER]);
    }
}
