//! What is done only as long as something is as it was seen: entity tags and `If-Match`.

use crate::support;

use serde_json::{Value, json};
use support::web::{Answer, Served};
use support::{Desk, OFFICER, REPORT};

fn serving() -> (Desk, Served) {
    let desk = Desk::delivered();
    let people = [("disclosure-officer", "disclosure-officer"), ("clerk", "analyst")];
    desk.staff(&people, &[OFFICER]);
    let node = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    (desk, node)
}

fn get(node: &Served, token: &str, path: &str) -> Answer {
    node.ask("GET", path, &[("authorization", &format!("Bearer {token}"))], b"")
}

fn tag(node: &Served, token: &str, path: &str) -> String {
    let answer = get(node, token, path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.header("etag").unwrap().to_owned()
}

fn hold(node: &Served, token: &str, conditions: &str, reason: &str) -> Answer {
    let headers = [
        ("authorization", &*format!("Bearer {token}")),
        ("content-type", "application/json"),
        ("if-match", conditions),
    ];
    let body = json!({ "report": REPORT, "reason": reason }).to_string();
    node.ask("POST", "/api/v1/commands/hold", &headers, body.as_bytes())
}

#[test]
fn a_command_is_done_only_as_long_as_what_was_read_is_still_so() {
    let (desk, node) = serving();
    let (read, act) = (desk.token(OFFICER, "read"), desk.token(OFFICER, "act"));
    let path = format!("/api/v1/reports/{REPORT}?purpose=threat-warning");
    let seen = tag(&node, &read, &path);
    assert_eq!(seen, tag(&node, &read, &path), "the same is the same tag");
    let openings = || desk.ok("GBR.CAB", &["ledger", "log"]).out.matches("opened").count();
    let before = openings();
    // What was read by one token is the condition of what another of the same person does.
    let resume = |conditions: &str| {
        let headers = [
            ("authorization", &*format!("Bearer {act}")),
            ("content-type", "application/json"),
            ("if-match", conditions),
        ];
        let body = json!({ "report": REPORT }).to_string();
        node.ask("POST", "/api/v1/commands/resume", &headers, body.as_bytes())
    };
    assert_eq!(hold(&node, &act, &seen, "first").status, 200);
    let late = hold(&node, &act, &seen, "second");
    assert_eq!(
        (late.status, late.header("content-type")),
        (412, Some("application/problem+json"))
    );
    let problem: Value = serde_json::from_slice(&late.body).unwrap();
    assert!(
        problem["detail"].as_str().unwrap().contains("read it again") && problem["status"] == 412,
        "{problem}"
    );
    assert_eq!(openings(), before, "comparing is no reading");
    assert_eq!(resume(&seen).status, 412);
    let fresh = tag(&node, &read, &path);
    assert_ne!(fresh, seen);
    let any = format!("{seen}, {fresh}");
    assert_eq!(resume(&any).status, 200, "one of several is enough");
    assert_eq!(hold(&node, &act, "*", "third").status, 200);
    // A tag that this interface never gave says what to send instead; somebody else's fits nothing.
    for foreign in [
        "\"x\"",
        "W/\"x\"",
        "x",
        "\"00000000000000000000000000000000@/people\"",
        "",
    ] {
        let answer = hold(&node, &act, foreign, "x");
        assert_eq!(answer.status, 400, "{foreign}: {}", answer.text());
    }
    let clerk = desk.token("GBR.CAB/clerk", "read");
    let theirs = tag(&node, &clerk, "/api/v1/todo");
    assert_eq!(hold(&node, &act, &theirs, "x").status, 412);
    // A list is a condition as well, whatever stands in its address.
    let list = tag(&node, &read, "/api/v1/reports?search=a%2Cb&limit=1");
    assert_ne!(hold(&node, &act, &list, "fourth").status, 412);
    drop(node);
    assert!(desk.ok("GBR.CAB", &["store", "check"]).out.contains("ok"));
}

#[test]
fn of_two_who_saw_the_same_one_acts() {
    let (desk, node) = serving();
    let (read, act) = (desk.token(OFFICER, "read"), desk.token(OFFICER, "act"));
    let path = format!("/api/v1/reports/{REPORT}?purpose=threat-warning");
    for round in 0..5 {
        let seen = tag(&node, &read, &path);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| hold(&node, &act, &seen, "raced").status))
                .collect();
            tries.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let done = statuses.iter().filter(|status| **status == 200).count();
        let late = statuses.iter().filter(|status| **status == 412).count();
        assert_eq!((done, late), (1, 3), "round {round}: {statuses:?}");
        let headers = [
            ("authorization", &*format!("Bearer {act}")),
            ("content-type", "application/json"),
        ];
        let body = json!({ "report": REPORT }).to_string();
        let resumed = node.ask("POST", "/api/v1/commands/resume", &headers, body.as_bytes());
        assert_eq!(resumed.status, 200, "{}", resumed.text());
    }
}
