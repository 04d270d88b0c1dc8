//! Embargoes as people type them, and `--dry-run` for everything that opens or ends something.

use crate::support;

use support::Desk;

const ADVISORY: &str = "---
id: V-1
title: (TLP:CLEAR) Valve
scheme: tlp
---
(TLP:CLEAR) The valve can be opened from outside. {#flaw}

(TLP:CLEAR) A student found it. {#finder}
";

/// USA.SVC has written an advisory and given it to GBR.CAB, whose desk may tell a Chilean visitor.
fn advised() -> Desk {
    let desk = Desk::new();
    desk.parties();
    desk.write("v.md", ADVISORY);
    desk.ok("USA.SVC", &["report", "add", "v.md"]);
    desk
}

fn may(desk: &Desk, party: &str) -> i32 {
    desk.run(&["--data", party, "decide", "V-1", "--to", "CHL/visitor"])
        .code
}

#[test]
fn e3_an_embargo_is_set_shown_everywhere_moved_and_ended() {
    let desk = advised();
    let set = [
        "embargo",
        "set",
        "V-1",
        "--until",
        "2099-05-12T12:00:00Z",
        "--note",
        "until it is mended",
    ];
    let tried = desk.ok("USA.SVC", &[&set[..], &["--dry-run"]].concat()).out;
    assert!(tried.contains("(nothing was changed)"), "{tried}");
    assert_eq!(may(&desk, "USA.SVC"), 0, "it was only tried");
    let said = desk.ok("USA.SVC", &set).out;
    assert!(
        said.contains("V-1") && said.contains("2099-05-12T12:00:00Z") && said.contains("days"),
        "{said}"
    );
    desk.ok("USA.SVC", &["deliver", "V-1", "--to", "GBR.CAB"]);
    desk.receive("GBR.CAB");
    for party in ["USA.SVC", "GBR.CAB"] {
        let denied = desk.run(&["--data", party, "decide", "V-1", "--to", "CHL/visitor"]);
        assert_eq!(denied.code, 3, "{party}: {}", denied.out);
        assert!(
            denied.out.contains("under embargo until 2099-05-12T12:00:00Z"),
            "{}",
            denied.out
        );
        let list = desk.ok(party, &["report", "list"]).out;
        assert!(list.contains("under embargo until 2099-05-12"), "{list}");
        let known = desk.ok(party, &["--json", "embargo", "list", "V-1"]).json();
        assert_eq!(known[0]["until"], "2099-05-12T12:00:00Z");
        assert_eq!(known[0]["holds"], true);
    }
    // Who has it is told so with it, in text and in JSON.
    let read = ["report", "show", "V-1", "--as", "GBR.CAB/minister"];
    let page = desk.ok("GBR.CAB", &read).out;
    assert!(
        page.contains("under embargo until 2099-05-12T12:00:00Z: it goes no further before"),
        "{page}"
    );
    let json = desk.ok("GBR.CAB", &[&["--json"], &read[..]].concat()).json();
    assert!(
        json["portions"][0]["obligations"]
            .to_string()
            .contains("under embargo until"),
        "{json}"
    );
    // Moved: what is typed says what is there to move.
    let wrong = desk.run(&["--data", "GBR.CAB", "embargo", "move", "V-1", "--until", "2099-01-01"]);
    assert!(wrong.code != 0 && wrong.err.contains("embargo set"), "{}", wrong.err);
    desk.ok(
        "USA.SVC",
        &["embargo", "move", "V-1", "--until", "2098-01-01T00:00:00Z"],
    );
    desk.receive("GBR.CAB");
    let known = desk.ok("GBR.CAB", &["--json", "embargo", "list"]).json();
    assert_eq!(known[0]["until"], "2098-01-01T00:00:00Z");
    // Ended: first shown, for whom it opens what.
    let end = ["embargo", "end", "V-1"];
    let tried = desk
        .ok("USA.SVC", &[&["--json"], &end[..], &["--dry-run"]].concat())
        .json();
    assert_eq!(tried["messages"][0]["kind"], "embargo");
    assert_eq!(tried["messages"][0]["to"], "GBR.CAB");
    desk.ok("USA.SVC", &end);
    desk.receive("GBR.CAB");
    assert_eq!((may(&desk, "USA.SVC"), may(&desk, "GBR.CAB")), (0, 0));
    let again = desk.run(&["--data", "USA.SVC", "embargo", "end", "V-1"]);
    assert!(again.code != 0 && again.err.contains("embargo list"), "{}", again.err);
}

#[test]
fn dry_run_shows_what_a_step_opens_and_ends_and_changes_nothing() {
    let desk = Desk::delivered();
    let before = |desk: &Desk| desk.ok("GBR.CAB", &["--json", "ledger", "log"]).out;
    let log = before(&desk);
    let steps: [&[&str]; 7] = [
        &["report", "hold", "SVC-2026-0412", "--reason", "a look first"],
        &["report", "withdraw", "SVC-2026-0412", "--reason", "ours no more"],
        &["report", "distribute", "SVC-2026-0412", "--remove", "GBR.CAB/minister"],
        &["report", "give-up", "SVC-2026-0412"],
        &["person", "disable", "GBR.CAB/minister"],
        &["arrangement", "suspend", "GBR-USA-2024", "--reason", "trust"],
        &[
            "request",
            "open",
            "SVC-2026-0412",
            "--to",
            "CHL/ambassador",
            "--for",
            "warning",
            "--reason",
            "x",
        ],
    ];
    for step in steps {
        let said = desk.run(&[&["--data", "GBR.CAB"], step, &["--dry-run"]].concat());
        assert_eq!(said.code, 0, "{step:?}: {}", said.err);
        assert!(said.out.contains("(nothing was changed)"), "{step:?}: {}", said.out);
        assert_eq!(before(&desk), log, "{step:?}");
    }
    let disable = ["--json", "person", "disable", "GBR.CAB/minister", "--dry-run"];
    let value = desk.ok("GBR.CAB", &disable).json();
    assert_eq!(value["dry_run"], true);
    assert!(value["opens"].as_array().unwrap().is_empty(), "{value}");
    let give_up = desk
        .ok("GBR.CAB", &["report", "give-up", "SVC-2026-0412", "--dry-run"])
        .out;
    assert!(give_up.contains("would leave: given-up for USA.SVC"), "{give_up}");
    // What acts on files and keys says that it cannot be tried.
    for step in [&["receive", "nothing"][..], &["store", "check"], &["outbox", "send"]] {
        let said = desk.run(&[&["--data", "GBR.CAB", "--dry-run"], step].concat());
        assert!(
            said.code == 2 && said.err.contains("cannot be tried"),
            "{step:?}: {}",
            said.err
        );
    }
}
