//! Commands of programs: what the desk offers, in the name of whoever a token is of, each carried out once.

use crate::support;

use serde_json::{Value, json};
use support::web::{Answer, Served};
use support::{Desk, OFFICER, REPORT};

const ADDED: &str = "---\nid: CAB-1\n---\n(S//NF) A first text of our own. {#one}\n";
const HIDDEN: &str =
    "---\nid: CAB-HIDDEN\nexistence-protected: true\n---\n(TS//TK//REL TO USA, GBR) Canary text. {#one}\n";

pub(crate) fn serving() -> (Desk, Served) {
    let desk = Desk::delivered();
    let people = [
        ("disclosure-officer", "disclosure-officer"),
        ("desk-analyst", "analyst"),
        ("chief", "override-authority"),
        ("osei", "administrator"),
    ];
    desk.staff(&people, &[OFFICER, "GBR.CAB/desk-analyst"]);
    desk.write("hidden.md", HIDDEN);
    desk.ok("GBR.CAB", &["report", "add", "hidden.md"]);
    let node = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    (desk, node)
}

fn post_with(node: &Served, token: &str, name: &str, more: &[(&str, &str)], body: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [&[("authorization", bearer.as_str())], more].concat();
    node.ask("POST", &format!("/api/v1/commands/{name}"), &headers, body.as_bytes())
}

const JSON: (&str, &str) = ("content-type", "application/json");

fn post(node: &Served, token: &str, name: &str, body: &Value) -> Answer {
    post_with(node, token, name, &[JSON], &body.to_string())
}

fn done(node: &Served, token: &str, name: &str, body: &Value) -> Value {
    let answer = post(node, token, name, body);
    assert_eq!(answer.status, 200, "{name}: {}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

pub(crate) fn get(node: &Served, token: &str, path: &str) -> Answer {
    node.ask("GET", path, &[("authorization", &format!("Bearer {token}"))], b"")
}

#[test]
fn a_day_s_work_goes_through_the_interface_and_is_on_record_under_its_person_s_name() {
    let (desk, node) = serving();
    let officer = desk.token(OFFICER, "act");
    let added = done(&node, &officer, "add-report", &json!({ "text": ADDED }));
    assert_eq!(added, json!({ "done": "add-report", "id": "CAB-1" }));
    done(
        &node,
        &officer,
        "distribute",
        &json!({ "report": "CAB-1", "add": [OFFICER] }),
    );
    let people = json!(["CHL/foreign-minister"]);
    let asked = json!({
        "report": REPORT, "portions": ["plot"], "people": people, "purpose": "threat-warning", "reason": "a visit",
        "needed_by": "2099-01-01",
    });
    let request = done(&node, &officer, "open-request", &asked);
    let id = request["id"].as_str().unwrap();
    assert!(desk.ok("GBR.CAB", &["request", "list"]).out.contains(id));
    let briefing = json!({ "reports": [REPORT], "people": people, "purpose": "threat-warning" });
    let briefing = done(&node, &officer, "brief", &briefing);
    let reads = desk.token(OFFICER, "read");
    let path = format!("/api/v1/briefings/{}", briefing["id"].as_str().unwrap());
    assert!(get(&node, &reads, &path).text().contains("do_not_say"));
    let analyst = desk.token("GBR.CAB/desk-analyst", "read");
    assert_eq!(
        get(&node, &analyst, &path).status,
        404,
        "the speaker's paper is the speaker's"
    );
    done(
        &node,
        &officer,
        "retract-request",
        &json!({ "request": id, "reason": "not needed" }),
    );
    let slip = json!({
        "report": REPORT, "portions": ["place"], "people": people, "route": "said", "by": OFFICER,
        "lawful": "powers of the head of government",
    });
    let slip = done(&node, &officer, "disclose", &slip);
    let case = done(
        &node,
        &officer,
        "open-incident",
        &json!({ "disclosures": [slip["id"]], "title": "A slip" }),
    );
    for (name, more) in [
        ("contain", json!({})),
        ("notify", json!({})),
        ("stage-done", json!({ "stage": "inquiry", "note": "done" })),
        ("assess", json!({ "note": "little", "final": true })),
        (
            "close-incident",
            json!({ "note": "closed", "rest": "nothing to do", "resume": true }),
        ),
    ] {
        let mut said = more;
        said["incident"] = case["id"].clone();
        done(&node, &officer, name, &said);
    }
    let log = desk.ok("GBR.CAB", &["--json", "ledger", "log"]).out;
    assert!(
        log.contains("request-opened") && log.contains("briefing-prepared"),
        "{log}"
    );
    // What it gives others leaves by the same outbox as ever.
    assert!(desk.ok("GBR.CAB", &["outbox", "list"]).out.contains("USA.SVC"));
}

#[test]
fn the_originator_answers_through_the_interface() {
    let desk = Desk::delivered();
    let request = desk.ask("plot");
    desk.receive("USA.SVC");
    let person = "USA.SVC/hale";
    desk.ok("USA.SVC", &["person", "add", person, "--role", "disclosure-officer"]);
    let node = Served::start(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"]);
    let given = ["--json", "account", "token", person, "--name", "t", "--scope", "act"];
    let token = desk.ok("USA.SVC", &given).json()["token"].as_str().unwrap().to_owned();
    let wrong = post(
        &node,
        &token,
        "substitute",
        &json!({ "request": request, "portion": "plot", "mark": "(X//Y)", "text": "t" }),
    );
    assert_eq!(wrong.status, 400, "{}", wrong.text());
    let substitute = json!({
        "request": request, "portion": "plot", "mark": "(U//REL TO USA, CHL, GBR)", "text": "Ferries may be a target.",
        "conditions": ["orally only"], "until": "2099-12-31",
    });
    done(&node, &token, "substitute", &substitute);
    let late = post(&node, &token, "grant", &json!({ "request": request }));
    assert_eq!(late.status, 409, "nothing is open any more: {}", late.text());
    let consents = desk.ok("USA.SVC", &["--json", "consent", "list"]).json();
    assert_eq!(consents[0]["life"]["given_by"], person, "{consents}");
    let id = consents[0]["id"].as_str().unwrap();
    done(
        &node,
        &token,
        "withdraw-consent",
        &json!({ "consent": id, "reason": "changed" }),
    );
    done(
        &node,
        &token,
        "recall",
        &json!({ "report": REPORT, "action": "retain-warn", "reason": "wrong" }),
    );
    let unknown = post(
        &node,
        &token,
        "recall",
        &json!({ "report": REPORT, "action": "burn", "reason": "x" }),
    );
    assert_eq!(unknown.status, 400, "{}", unknown.text());
}

#[test]
fn what_cannot_be_read_is_said_with_its_field_and_nothing_is_done() {
    let (desk, node) = serving();
    let officer = desk.token(OFFICER, "act");
    for (name, body, says) in [
        ("add-report", json!({}), "`text`"),
        ("add-report", json!({ "text": ADDED, "color": "red" }), "`color`"),
        ("add-report", json!({ "text": 7 }), "`text`"),
        (
            "add-report",
            json!({ "text": "(NONSENSE) A text.\n", "id": "CAB-9" }),
            "line 1",
        ),
        ("deliver", json!({ "report": "CAB-1", "to": "USA.SVC" }), "`to`"),
        (
            "open-request",
            json!({ "report": REPORT, "people": ["nobody"] }),
            "`people`",
        ),
        (
            "open-request",
            json!({ "report": REPORT, "people": ["A/b"], "needed_by": "soon" }),
            "`needed_by`",
        ),
        (
            "stage-done",
            json!({ "incident": "inc-1", "stage": "nap", "note": "x" }),
            "`stage`",
        ),
    ] {
        let answer = post(&node, &officer, name, &body);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (400, Some("application/problem+json")),
            "{name} {body}"
        );
        assert!(answer.text().contains(says), "{name} {body}: {}", answer.text());
    }
    assert_eq!(post(&node, &officer, "no-such-thing", &json!({})).status, 404);
    assert_eq!(post_with(&node, &officer, "add-report", &[JSON], "[1]").status, 400);
    assert_eq!(post_with(&node, &officer, "add-report", &[JSON], "{").status, 400);
    assert_eq!(
        post_with(&node, &officer, "add-report", &[("content-type", "text/plain")], "{}").status,
        415
    );
    let large = format!("{{\"text\":\"{}\"}}", "x".repeat(17 << 20));
    assert_eq!(post_with(&node, &officer, "add-report", &[JSON], &large).status, 413);
    assert_eq!(post_with(&node, "AAAA", "add-report", &[JSON], "{}").status, 401);
    let reads = desk.token(OFFICER, "read");
    assert_eq!(post(&node, &reads, "add-report", &json!({ "text": ADDED })).status, 403);
    assert!(!desk.ok("GBR.CAB", &["report", "list"]).out.contains("CAB-1"));
}

#[test]
fn the_same_command_under_one_key_is_done_once_also_after_a_restart() {
    let (desk, node) = serving();
    let officer = desk.token(OFFICER, "act");
    let analyst = desk.token("GBR.CAB/desk-analyst", "act");
    let ask = |node: &Served, token: &str, key: &str, reason: &str| {
        let body = json!({ "report": REPORT, "portions": ["plot"], "people": ["CHL/foreign-minister"], "purpose": "threat-warning", "reason": reason });
        post_with(
            node,
            token,
            "open-request",
            &[JSON, ("idempotency-key", key)],
            &body.to_string(),
        )
    };
    let requests = || {
        desk.ok("GBR.CAB", &["--json", "request", "list"])
            .json()
            .as_array()
            .unwrap()
            .len()
    };
    let first = ask(&node, &officer, "k-1", "a visit");
    assert_eq!(first.status, 200, "{}", first.text());
    let again = ask(&node, &officer, "k-1", "a visit");
    assert_eq!((again.status, again.body), (200, first.body.clone()));
    assert_eq!(requests(), 1);
    assert_eq!(ask(&node, &officer, "k-1", "another visit").status, 422);
    assert_eq!(ask(&node, &officer, "", "a visit").status, 400);
    assert_eq!(ask(&node, &officer, &"k".repeat(201), "a visit").status, 400);
    // A key is one caller's.
    let other = ask(&node, &analyst, "k-1", "a visit");
    assert_ne!(other.body, first.body);
    // Many at once are one.
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| ask(&node, &officer, "k-2", "at once")))
            .collect();
        let answers: Vec<Answer> = all.into_iter().map(|one| one.join().unwrap()).collect();
        assert!(answers.iter().all(|answer| answer.body == answers[0].body));
    });
    let before = requests();
    drop(node);
    let node = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    let later = ask(&node, &officer, "k-1", "a visit");
    assert_eq!((later.status, later.body), (200, first.body));
    assert_eq!(requests(), before);
    assert!(desk.ok("GBR.CAB", &["store", "check"]).out.contains("ok"));
}

#[test]
fn acting_on_what_one_may_not_know_of_is_acting_on_what_is_not_there() {
    let (desk, node) = serving();
    let officer = desk.token(OFFICER, "act");
    let acts = |report: &str| {
        [
            ("withdraw-report", json!({ "report": report, "reason": "x" })),
            ("distribute", json!({ "report": report, "add": [OFFICER] })),
            ("hold", json!({ "report": report, "reason": "x" })),
            ("resume", json!({ "report": report })),
            ("deliver", json!({ "report": report, "to": ["USA.SVC"] })),
            (
                "release",
                json!({ "report": report, "to": ["PUBLIC"], "portions": ["one"] }),
            ),
            ("set-facts", json!({ "report": report, "facts": [] })),
            ("recall", json!({ "report": report, "action": "purge", "reason": "x" })),
            ("give-up-copy", json!({ "report": report })),
            (
                "open-request",
                json!({ "report": report, "people": ["CHL/foreign-minister"] }),
            ),
            (
                "record-decision",
                json!({ "report": report, "people": ["CHL/foreign-minister"] }),
            ),
            (
                "brief",
                json!({ "reports": [report], "people": ["CHL/foreign-minister"] }),
            ),
            (
                "disclose",
                json!({ "report": report, "portions": ["one"], "people": ["CHL/foreign-minister"], "route": "said" }),
            ),
            (
                "add-report",
                json!({ "text": format!("---\nid: CAB-2\n---\n(S//NF) Rests on it. {{from: {report} v1 one}}\n") }),
            ),
        ]
    };
    for ((name, hidden), (_, missing)) in acts("CAB-HIDDEN").into_iter().zip(acts("CAB-NOWHER")) {
        let (hidden, missing) = (
            post(&node, &officer, name, &hidden),
            post(&node, &officer, name, &missing),
        );
        let text = |answer: &Answer, id: &str| answer.text().replace(id, "ID");
        assert_eq!(
            (hidden.status, text(&hidden, "CAB-HIDDEN")),
            (missing.status, text(&missing, "CAB-NOWHER")),
            "{name}"
        );
        assert!(hidden.status >= 400, "{name}: {}", hidden.text());
    }
    // Whoever may read it acts on it as ever.
    desk.ok(
        "GBR.CAB",
        &["person", "add", OFFICER, "--clearance", "us-ic=TS", "--access", "TK"],
    );
    desk.ok("GBR.CAB", &["report", "distribute", "CAB-HIDDEN", "--add", OFFICER]);
    done(
        &node,
        &officer,
        "hold",
        &json!({ "report": "CAB-HIDDEN", "reason": "x" }),
    );
}

#[test]
fn lists_go_on_by_a_cursor_that_is_one_caller_s() {
    let (desk, node) = serving();
    for n in 0..5 {
        desk.write(
            "more.md",
            &format!("---\nid: CAB-L{n}\n---\n(S//REL TO USA, GBR) Number {n}.\n"),
        );
        desk.ok("GBR.CAB", &["report", "add", "more.md"]);
        desk.ok(
            "GBR.CAB",
            &["report", "distribute", &format!("CAB-L{n}"), "--add", OFFICER],
        );
    }
    let (officer, analyst) = (desk.token(OFFICER, "read"), desk.token("GBR.CAB/desk-analyst", "read"));
    let (mut seen, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let more = cursor
            .as_ref()
            .map_or(String::new(), |cursor| format!("&cursor={cursor}"));
        let page = get(&node, &officer, &format!("/api/v1/reports?limit=2{more}"));
        let page: Value = serde_json::from_slice(&page.body).unwrap();
        let rows = page["reports"].as_array().unwrap();
        assert!(rows.len() <= 2);
        seen.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        assert!(!next.contains("CAB"));
        assert_eq!(
            get(&node, &analyst, &format!("/api/v1/reports?cursor={next}")).status,
            400
        );
        assert_eq!(
            get(&node, &officer, &format!("/api/v1/requests?cursor={next}")).status,
            400
        );
        cursor = Some(next.to_owned());
    }
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(seen, sorted, "each once, in order");
    assert!((0..5).all(|n| seen.contains(&format!("CAB-L{n}"))), "{seen:?}");
}

#[test]
fn the_document_describes_each_command_as_it_is_read() {
    let (desk, node) = serving();
    let officer = desk.token(OFFICER, "act");
    let document: Value = serde_json::from_slice(&node.get("/api/v1/openapi.json").body).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let commands = paths
        .iter()
        .filter_map(|(path, of)| Some((path.strip_prefix("/api/v1/commands/")?, of)));
    let mut some = 0;
    for (name, of) in commands {
        some += 1;
        let body = &of["post"]["requestBody"]["content"]["application/json"]["schema"];
        let needed: Vec<&str> = body["required"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect();
        assert_eq!(
            post(&node, &officer, name, &json!({ "no such field": 1 })).status,
            if officer_may(&node, name) { 400 } else { 403 },
            "{name}"
        );
        if let (Some(first), true) = (needed.first(), officer_may(&node, name)) {
            let answer = post(&node, &officer, name, &json!({}));
            assert_eq!(answer.status, 400, "{name}");
            assert!(
                answer.text().contains(&format!("`{first}`")),
                "{name}: {}",
                answer.text()
            );
        }
    }
    assert!(some > 40, "{some}");
}

fn officer_may(node: &Served, name: &str) -> bool {
    let document: Value = serde_json::from_slice(&node.get("/api/v1/openapi.json").body).unwrap();
    let says = document["paths"][format!("/api/v1/commands/{name}")]["post"]["description"]
        .as_str()
        .unwrap()
        .to_owned();
    let act = support::web::between(&says, "see `", "`").unwrap();
    let roles: Value = serde_json::from_slice(&node.get("/api/v1/roles").body).unwrap();
    roles[act].as_array().unwrap().contains(&json!("disclosure-officer"))
}

const OWN: &str = "---
id: CAB-9
arrangements: [GBR-USA-2024]
---
(S//REL TO USA, GBR) A text of our own. {#one}
";

#[test]
fn two_persons_release_what_an_arrangement_asks_two_for() {
    let desk = Desk::delivered();
    let people = [
        ("disclosure-officer", "disclosure-officer"),
        ("deputy", "disclosure-officer"),
        ("desk-analyst", "analyst"),
    ];
    let (deputy, analyst) = ("GBR.CAB/deputy", "GBR.CAB/desk-analyst");
    desk.staff(&people, &[OFFICER]);
    desk.write("own.md", OWN);
    desk.ok("GBR.CAB", &["report", "add", "own.md"]);
    desk.ok("GBR.CAB", &["arrangement", "narrow", "GBR-USA-2024", "--two-person"]);
    desk.ok("GBR.CAB", &["outbox", "send"]);
    // The passphrase is nobody.
    let alone = desk.run(&["--data", "GBR.CAB", "deliver", "CAB-9", "--to", "USA.SVC"]);
    assert!(
        alone.code != 0 && alone.err.contains("takes two persons"),
        "{}{}",
        alone.out,
        alone.err
    );
    let node = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    let (first, second) = (desk.token(OFFICER, "act"), desk.token(deputy, "act"));
    let body = json!({ "report": "CAB-9", "to": ["USA.SVC"] });
    let key = [JSON, ("idempotency-key", "deliver-9")];
    let deliver = || post_with(&node, &first, "deliver", &key, &body.to_string());
    let waits = deliver();
    assert_eq!(waits.status, 202, "{}", waits.text());
    assert_eq!(deliver().text(), waits.text(), "under its key it is the same thing");
    let waits: Value = serde_json::from_slice(&waits.body).unwrap();
    let id = waits["waits"][0].as_str().unwrap();
    assert!(!desk.ok("GBR.CAB", &["outbox", "list"]).out.contains("delivery"));
    // It stands on the list of whoever can say yes, and of nobody else.
    let (reads, other) = (desk.token(deputy, "read"), desk.token(OFFICER, "read"));
    assert!(get(&node, &reads, "/api/v1/todo").text().contains(id));
    assert!(!get(&node, &other, "/api/v1/todo").text().contains(id));
    let list: Value = serde_json::from_slice(&get(&node, &reads, "/api/v1/pending").body).unwrap();
    assert_eq!(list["pending"][0]["stand"], "waits");
    let path = format!("/api/v1/pending/{id}");
    assert_eq!(get(&node, &desk.token(analyst, "read"), &path).status, 403);
    let shown: Value = serde_json::from_slice(&get(&node, &reads, &path).body).unwrap();
    assert_eq!(shown["leaving"], json!([["delivery", "USA.SVC"]]), "{shown}");
    let digest = shown["digest"].as_str().unwrap();
    // Nobody is two.
    let yes = json!({ "pending": id, "digest": digest });
    for (token, status) in [(&first, 403), (&desk.token(analyst, "act"), 403)] {
        let answer = post(&node, token, "approve-release", &yes);
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    let other = post(
        &node,
        &second,
        "approve-release",
        &json!({ "pending": id, "digest": "0" }),
    );
    assert!(
        other.status == 409 && other.text().contains("look again"),
        "{}",
        other.text()
    );
    done(&node, &second, "approve-release", &yes);
    assert!(desk.ok("GBR.CAB", &["outbox", "list"]).out.contains("USA.SVC"));
    let again = post(&node, &second, "approve-release", &yes);
    assert_eq!(again.status, 409, "{}", again.text());
    // A no ends it.
    desk.write("own.md", &OWN.replace("A text", "Another text"));
    desk.ok("GBR.CAB", &["report", "add", "own.md"]);
    let waits = post(&node, &first, "deliver", &body);
    let waits: Value = serde_json::from_slice(&waits.body).unwrap();
    let no = json!({ "pending": waits["waits"][0], "reason": "not now" });
    done(&node, &second, "decline-release", &no);
    let list = get(&node, &reads, "/api/v1/pending").text();
    assert!(list.contains("declined") && list.contains("not now"), "{list}");
    let log = desk.ok("GBR.CAB", &["--json", "ledger", "log"]).out;
    assert!(log.contains("internal") && !log.contains("proposed"), "{log}");
    assert!(desk.ok("GBR.CAB", &["store", "check"]).out.contains("ok"));
}
