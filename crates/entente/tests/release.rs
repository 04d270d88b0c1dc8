//! Release by the owner, delivery of the releasable part, and what becomes of consents, as people type it.

use crate::support;

use support::web::{Served, until};
use support::{Desk, OFFICER};

/// The sample parties, with a third one that knows the originator.
fn with_jordan() -> Desk {
    let desk = Desk::new();
    desk.parties();
    desk.found("JOR.GID");
    desk.ok("USA.SVC", &["party", "add", "JOR.GID", "--keys", "JOR.GID.keys"]);
    desk.ok("JOR.GID", &["party", "add", "USA.SVC", "--keys", "USA.SVC.keys"]);
    let colonel = [
        "person",
        "add",
        "JOR.GID/colonel",
        "--citizenship",
        "JOR",
        "--clearance",
        "us-ic=TS",
    ];
    desk.ok("JOR.GID", &colonel);
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    desk
}

#[test]
fn e1_a_release_is_shown_first_and_then_given_with_a_copy_for_the_receiver() {
    let desk = with_jordan();
    // The sample report is under an arrangement with GBR alone; this one is under none.
    let text = "---\nid: W-1\ntitle: Warning\nscheme: us-ic\n---\n(S//REL TO USA, GBR) A plan. {#plan}\n\n(S//NF) A date. {#date}\n";
    desk.write("w.md", text);
    desk.ok("USA.SVC", &["report", "add", "w.md"]);
    let release = [
        "release",
        "W-1",
        "--portions",
        "plan",
        "--to",
        "JOR.GID",
        "--for",
        "interdiction",
    ];
    let terms = [
        "--until",
        "2099-12-31",
        "--condition",
        "orally only",
        "--by",
        "USA.SVC/officer",
    ];
    let shown = desk.ok("USA.SVC", &[&release[..], &terms, &["--dry-run"]].concat()).out;
    assert!(shown.contains("would be released to everyone at JOR.GID"), "{shown}");
    assert!(shown.contains("plan (S//REL TO USA, JOR) A plan."), "{shown}");
    assert!(shown.contains("date (S//NF): ") && !shown.contains("A date"), "{shown}");
    assert_eq!(
        desk.ok("USA.SVC", &["--json", "consent", "list"])
            .json()
            .as_array()
            .unwrap()
            .len(),
        0
    );
    let given = desk.ok("USA.SVC", &[&["--json"], &release[..], &terms].concat()).json();
    assert_eq!(given["release"]["to"][0]["banner"], "SECRET//REL TO USA, JOR");
    assert_eq!(given["sent"][0]["kind"], "delivery");
    desk.receive("JOR.GID");
    let read = ["report", "show", "W-1", "--as", "JOR.GID/colonel"];
    let page = desk
        .ok("JOR.GID", &[&read[..], &["--purpose", "interdiction"]].concat())
        .out;
    assert!(
        page.contains("(S//REL TO USA, JOR) A plan.") && !page.contains("GBR"),
        "{page}"
    );
    assert!(page.starts_with("SECRET//REL TO USA, JOR\n"), "{page}");
    let none = desk.ok("JOR.GID", &read).out;
    assert!(!none.contains("A plan."), "it is for its purpose: {none}");
    // To the public: only what asks nothing of anybody.
    let public = desk.run(&[
        "--data",
        "USA.SVC",
        "release",
        "W-1",
        "--portions",
        "plan",
        "--to",
        "PUBLIC",
    ]);
    assert!(
        public.code != 0 && public.err.contains("portion plan"),
        "{}",
        public.err
    );
}

#[test]
fn e2_each_partner_gets_its_part_and_its_receipt_rides_in_the_next_message() {
    let desk = Desk::new();
    desk.parties();
    let text = "---\nid: W-2\ntitle: Warning\nscheme: us-ic\narrangements: [GBR-USA-2024]\n---\n(S//REL TO USA, GBR) A plan. {#plan}\n\n(S//NF) A date. {#date}\n";
    desk.write("w.md", text);
    desk.ok("USA.SVC", &["report", "add", "w.md"]);
    let said = desk.ok("USA.SVC", &["deliver", "W-2", "--to", "GBR.CAB"]).out;
    assert!(said.contains("GBR.CAB gets plan; withheld: date"), "{said}");
    desk.receive("GBR.CAB");
    let held = desk.ok("GBR.CAB", &["report", "show", "W-2"]).out;
    assert!(
        held.contains("A plan.") && !held.contains("date") && !held.contains("Warning"),
        "{held}"
    );
    let holders = || desk.ok("USA.SVC", &["--json", "report", "holders", "W-2"]).json();
    assert_eq!(
        (&holders()["unconfirmed"], &holders()["holders"][0]["portions"][0]),
        (&1.into(), &"plan".into())
    );
    // The next message carries the receipt.
    desk.write("chl.json", r#"["CHL/minister"]"#);
    let ask = [
        "request",
        "open",
        "--report",
        "W-2",
        "--audience",
        "chl.json",
        "--purpose",
        "threat-warning",
    ];
    desk.ok("GBR.CAB", &ask);
    desk.receive("USA.SVC");
    assert_eq!(holders()["unconfirmed"], 0);
    let again = desk.run(&["--data", "GBR.CAB", "receipt", "export", "--to", "USA.SVC"]);
    assert!(again.err.contains("has a receipt for everything"), "{}", again.err);
    // The copy is given up, and that is said.
    desk.ok("GBR.CAB", &["report", "give-up", "W-2", "--statement", "not needed"]);
    desk.receive("USA.SVC");
    assert!(holders()["holders"][0]["given_up"].is_string());
}

/// The holder asks for the visitors and is granted the plot, under a condition. Gives the consent.
fn granted(desk: &Desk) -> String {
    desk.ask("plot,harm");
    desk.receive("USA.SVC");
    let todo = desk
        .ok("USA.SVC", &["--json", "todo", "--as", "USA.SVC/officer"])
        .json();
    assert_eq!(todo["items"][0]["kind"], "request-to-answer");
    let request = todo["items"][0]["about"].as_str().unwrap().to_owned();
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48);
    let until = soon.to_string();
    let grant = [
        "consent",
        "grant",
        &request,
        "--condition",
        "orally only",
        "--until",
        &until,
        "--by",
        "USA.SVC/officer",
    ];
    desk.ok("USA.SVC", &grant);
    desk.receive("GBR.CAB");
    desk.ok("USA.SVC", &["--json", "consent", "list"]).json()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn e5_a_consent_is_accepted_countered_narrowed_renewed_and_checked() {
    let desk = Desk::delivered();
    desk.ok("USA.SVC", &["person", "add", "USA.SVC/officer", "--citizenship", "USA"]);
    let consent = granted(&desk);
    let todo = |party: &str, who: &str| desk.ok(party, &["--json", "todo", "--as", who]).json();
    let kinds = |party: &str, who: &str| -> Vec<String> {
        let items = todo(party, who)["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|item| item["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    // The visitors are not cleared: the consent opens nothing to them, and that is told.
    assert_eq!(kinds("GBR.CAB", OFFICER), ["consent-ends", "misfit", "answer-came"]);
    desk.ok("GBR.CAB", &["consent", "accept", &consent, "--by", OFFICER]);
    desk.receive("USA.SVC");
    desk.ok("GBR.CAB", &["consent", "counter", &consent, "--note", "in writing"]);
    desk.receive("USA.SVC");
    assert!(kinds("USA.SVC", "USA.SVC/officer").contains(&"counter-offer".to_owned()));
    let narrowed = [
        "consent",
        "narrow",
        &consent,
        "--portions",
        "harm",
        "--reason",
        "not needed",
    ];
    desk.ok("USA.SVC", &narrowed);
    desk.receive("GBR.CAB");
    let renewed = desk
        .ok("USA.SVC", &["consent", "renew", &consent, "--until", "2099-12-31"])
        .out;
    assert!(
        renewed.contains(&format!("takes over from {consent} without a gap")),
        "{renewed}"
    );
    desk.receive("GBR.CAB");
    let now = kinds("GBR.CAB", OFFICER);
    assert!(
        !now.contains(&"consent-ends".to_owned()) && now.contains(&"answer-came".to_owned()),
        "{now:?}"
    );
    // The watchdog only tells: the visitors are not cleared, so the consent opens nothing to them.
    let check = desk.ok("GBR.CAB", &["--json", "consent", "check"]).json();
    assert_eq!(check.as_array().unwrap().len(), 2);
    let why = check[0]["misfit"]["why"].to_string();
    assert!(why.contains("clearance"), "{why}");
    // Nobody else's list.
    let nobody = desk.run(&["--data", "GBR.CAB", "todo", "--as", "USA.SVC/officer"]);
    assert_eq!(nobody.code, 5);
    let text = desk.ok("GBR.CAB", &["todo", "--as", OFFICER]).out;
    assert!(
        text.contains("answer came") && text.contains("entente consent accept"),
        "{text}"
    );
}

#[test]
fn e5_a_request_is_taken_back() {
    let desk = Desk::delivered();
    let request = desk.ask("plot");
    desk.receive("USA.SVC");
    desk.ok("GBR.CAB", &["request", "retract", &request, "--reason", "they left"]);
    desk.receive("USA.SVC");
    let grant = desk.run(&["--data", "USA.SVC", "consent", "grant", &request]);
    assert!(
        grant.code == 1 && grant.err.contains("was taken back by GBR.CAB"),
        "{}",
        grant.err
    );
}

#[test]
fn b13_a_party_that_the_author_did_not_name_gets_no_copy_but_by_a_release() {
    let desk = Desk::new();
    desk.parties();
    for party in ["VEND", "OPER"] {
        desk.ok("USA.SVC", &["party", "add", party]);
    }
    for (id, mark) in [("R-1", "(TLP:CLEAR)"), ("R-2", "(TLP:AMBER)")] {
        let text = format!(
            "---\nid: {id}\nscheme: tlp\nrecipients: [VEND]\n---\n{mark} The pump fails.\n\n{mark} It leaks.\n"
        );
        desk.write("report.md", &text);
        desk.ok("USA.SVC", &["report", "add", "report.md"]);
        let deliver = |to: &str| desk.run(&["--data", "USA.SVC", "deliver", id, "--to", to]);
        let refused = deliver("OPER");
        assert!(
            refused.code == 1 && refused.err.contains("its recipients are VEND"),
            "{}{}",
            refused.out,
            refused.err
        );
        assert_eq!(deliver("VEND").code, 0);
        // A release of one portion opens that one, and no other.
        desk.ok("USA.SVC", &["release", id, "--portions", "p1", "--to", "OPER"]);
        let part = deliver("OPER");
        assert_eq!(part.code, 0, "{}", part.err);
        let whole = desk.run(&[
            "--data",
            "USA.SVC",
            "deliver",
            id,
            "--to",
            "OPER",
            "--portions",
            "p1,p2",
        ]);
        assert!(
            whole.code == 1 && whole.err.contains("portion p2: its recipients are VEND"),
            "{}",
            whole.err
        );
    }
}

/// GBR.CAB has USA.SVC's report and its consent in writing for a colonel of JOR.GID, which knows both.
fn consented_in_writing(known_to_jordan: bool) -> (Desk, String) {
    let desk = Desk::delivered();
    desk.found("JOR.GID");
    for (at, of) in [("GBR.CAB", "JOR.GID"), ("JOR.GID", "GBR.CAB")] {
        desk.ok(at, &["party", "add", of, "--keys", &format!("{of}.keys")]);
    }
    if known_to_jordan {
        desk.ok("JOR.GID", &["party", "add", "USA.SVC", "--keys", "USA.SVC.keys"]);
    }
    for at in ["GBR.CAB", "JOR.GID"] {
        let colonel = [
            "person",
            "add",
            "JOR.GID/colonel",
            "--citizenship",
            "JOR",
            "--clearance",
            "us-ic=TS",
        ];
        desk.ok(at, &[&colonel[..], &["--access", "us-ic/sci/SI"]].concat());
    }
    let early = desk.run(&["--data", "GBR.CAB", "deliver", "SVC-2026-0412", "--to", "JOR.GID"]);
    assert!(
        early.code != 0 && early.err.contains("no consent to it in writing"),
        "{}",
        early.err
    );
    let ask = [
        "request",
        "open",
        "SVC-2026-0412",
        "--to",
        "JOR.GID/colonel",
        "--for",
        "threat-warning",
        "--portions",
        "plot",
        "--reason",
        "a warning",
    ];
    let opened = desk.ok("GBR.CAB", &[&["--json"], &ask[..]].concat()).json();
    let request = opened["requests"][0]["id"].as_str().unwrap().to_owned();
    desk.receive("USA.SVC");
    desk.ok("USA.SVC", &["consent", "grant", &request, "--condition", "orally only"]);
    desk.receive("GBR.CAB");
    let granted = desk.ok("USA.SVC", &["--json", "consent", "list"]).json();
    let consent = granted[0]["consent"]["id"].as_str().or(granted[0]["id"].as_str());
    let consent = consent.unwrap_or_else(|| panic!("{granted}")).to_owned();
    (desk, consent)
}

#[test]
fn e2_a_holder_hands_on_what_was_consented_in_writing_and_the_receiver_verifies_it() {
    let (desk, consent) = consented_in_writing(true);
    let said = desk.ok("GBR.CAB", &["deliver", "SVC-2026-0412", "--to", "JOR.GID"]).out;
    assert!(said.contains("JOR.GID gets plot"), "{said}");
    desk.receive("JOR.GID");
    let read = [
        "report",
        "show",
        "SVC-2026-0412",
        "--as",
        "JOR.GID/colonel",
        "--purpose",
        "threat-warning",
    ];
    let page = desk.ok("JOR.GID", &[&["--json"], &read[..]].concat()).json();
    assert_eq!(page["portions"].as_array().unwrap().len(), 1, "{page}");
    assert_eq!(page["portions"][0]["id"], "plot");
    assert_eq!(page["originator"], "USA.SVC");
    let observed = page["portions"][0]["obligations"].to_string();
    assert!(observed.contains("orally only"), "{page}");
    assert!(
        !page.to_string().contains("GBR.CAB/"),
        "who else has it is not said: {page}"
    );
    let other = desk.run(&[
        "--data",
        "JOR.GID",
        "report",
        "show",
        "SVC-2026-0412",
        "--as",
        "JOR.GID/colonel",
    ]);
    assert!(!other.out.contains("plot"), "it is for its purpose: {}", other.out);
    // What ends follows the text.
    desk.ok("USA.SVC", &["consent", "withdraw", &consent, "--reason", "no more"]);
    desk.receive("GBR.CAB");
    desk.ok("GBR.CAB", &["outbox", "send"]);
    desk.receive("JOR.GID");
    let page = desk.run(&[&["--data", "JOR.GID", "--json"], &read[..]].concat());
    assert!(!page.out.contains("\"plot\""), "{}", page.out);
    let again = desk.run(&["--data", "GBR.CAB", "deliver", "SVC-2026-0412", "--to", "JOR.GID"]);
    assert!(again.code != 0 && again.err.contains("in writing"), "{}", again.err);
}

#[test]
fn e2_without_the_originator_s_key_what_a_holder_brings_is_only_stated_and_nothing_is_taken_in() {
    let (desk, _) = consented_in_writing(false);
    desk.ok("GBR.CAB", &["deliver", "SVC-2026-0412", "--to", "JOR.GID"]);
    let file = desk.newest("JOR.GID");
    let refused = desk.run(&["--data", "JOR.GID", "receive", &file]);
    assert!(refused.code != 0, "{}", refused.out);
    assert!(refused.err.contains("is stated by GBR.CAB alone"), "{}", refused.err);
    assert!(
        refused.err.contains("entente party add USA.SVC --keys FILE"),
        "{}",
        refused.err
    );
    let held = desk.ok("JOR.GID", &["--json", "report", "list"]).json();
    assert!(held.as_array().unwrap().is_empty(), "{held}");
    // Somebody else's keys under that name verify nothing; the right ones do.
    desk.found("CHL.ANI");
    desk.ok("JOR.GID", &["party", "add", "USA.SVC", "--keys", "USA.SVC.keys"]);
    desk.ok("JOR.GID", &["receive", &file]);
    let held = desk.ok("JOR.GID", &["--json", "report", "list"]).json();
    assert_eq!(held[0]["originator"], "USA.SVC");
}

#[test]
fn what_a_node_does_not_take_in_is_kept_with_its_reason_until_it_can() {
    let (desk, _) = consented_in_writing(false);
    desk.ok("GBR.CAB", &["deliver", "SVC-2026-0412", "--to", "JOR.GID"]);
    let file = std::fs::read(desk.path(&desk.newest("JOR.GID"))).unwrap();
    let node = Served::start(&desk, "JOR.GID", &["--listen", "127.0.0.1:0"]);
    let sealed = ("content-type", "application/vnd.entente.sealed");
    for _ in 0..2 {
        assert_eq!(node.ask("POST", "/partner/inbox", &[sealed], &file).status, 200);
    }
    until("it is said why", || node.log().contains("is stated by GBR.CAB alone"));
    let listed = desk.ok("JOR.GID", &["partner", "list"]).out;
    assert!(listed.contains("/JOR.GID/refused` says why"), "{listed}");
    let kept = || {
        let listed = desk.ok("JOR.GID", &["--json", "partner", "list"]).json();
        let all = listed.as_array().unwrap().iter();
        let theirs = all
            .map(|one| &one["standing"])
            .find(|standing| standing["party"] == "GBR.CAB");
        theirs.unwrap()["kept"].as_array().unwrap().len()
    };
    assert_eq!(kept(), 1, "the same message is kept once");
    let why = desk.run(&["--data", "JOR.GID", "receive", "JOR.GID/refused"]);
    assert!(
        why.code != 0 && why.err.contains("entente party add USA.SVC --keys FILE"),
        "{}",
        why.err
    );
    assert_eq!(kept(), 1);
    desk.ok("JOR.GID", &["party", "add", "USA.SVC", "--keys", "USA.SVC.keys"]);
    desk.ok("JOR.GID", &["receive", "JOR.GID/refused"]);
    let held = desk.ok("JOR.GID", &["--json", "report", "list"]).json();
    assert_eq!(held[0]["originator"], "USA.SVC");
    assert_eq!(kept(), 0, "nothing is left of it");
}
