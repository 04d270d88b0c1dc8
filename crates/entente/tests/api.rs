//! Interfaces for programs: values as the command line prints them, for whoever a token is of, and `AuthZEN`.

use crate::support;

use serde_json::{Value, json};
use support::web::{Answer, Browser, Served};
use support::{Desk, OFFICER, REPORT};

const CANARIES: [&str; 5] = [
    "Grey Tide",
    "lower vehicle deck",
    "Port Marrow",
    "in person",
    "before loading",
];

fn serving() -> (Desk, Served) {
    let desk = Desk::delivered();
    let people = [
        ("disclosure-officer", "disclosure-officer"),
        ("desk-analyst", "analyst"),
        ("clerk", "analyst"),
        ("osei", "administrator"),
    ];
    desk.staff(&people, &[OFFICER, "GBR.CAB/desk-analyst"]);
    let node = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    (desk, node)
}

fn get(node: &Served, token: &str, path: &str) -> Answer {
    node.ask("GET", path, &[("authorization", &format!("Bearer {token}"))], b"")
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.text()))
}

#[test]
fn a_token_is_one_person_s_for_one_kind_of_thing_and_ends() {
    let (desk, node) = serving();
    let read = desk.token(OFFICER, "read");
    assert_eq!(get(&node, &read, "/api/v1/reports").status, 200);
    let none = node.get("/api/v1/reports");
    assert_eq!(
        (none.status, none.header("content-type")),
        (401, Some("application/problem+json"))
    );
    assert_eq!(
        get(&node, "AAAA", "/api/v1/reports").body,
        none.body,
        "no token and a wrong one look alike"
    );
    // A session in a browser is no token.
    let browser = Browser::as_person(&desk, &node, OFFICER);
    assert_eq!(browser.get("/api/v1/reports").status, 401);
    let evaluate = desk.token(OFFICER, "evaluate");
    assert_eq!(get(&node, &evaluate, "/api/v1/reports").status, 403);
    let kept = std::fs::read_to_string(desk.path("GBR.CAB/accounts.json")).unwrap();
    assert!(
        !kept.contains(&read) && !node.log().contains(&read),
        "a token is shown once"
    );
    desk.ok("GBR.CAB", &["account", "end-token", &format!("{OFFICER} read")]);
    assert_eq!(get(&node, &read, "/api/v1/reports").status, 401);
    let analyst = desk.token("GBR.CAB/desk-analyst", "read");
    assert_eq!(get(&node, &analyst, "/api/v1/reports").status, 200);
    desk.ok("GBR.CAB", &["person", "disable", "GBR.CAB/desk-analyst"]);
    assert_eq!(
        get(&node, &analyst, "/api/v1/reports").status,
        403,
        "whoever is switched off is out at once"
    );
}

#[test]
fn values_are_those_of_the_command_line_and_nobody_gets_more() {
    let (desk, node) = serving();
    let officer = desk.token(OFFICER, "read");
    let listed = json_of(&get(&node, &officer, "/api/v1/reports?purpose=threat-warning"));
    let printed = desk.ok(
        "GBR.CAB",
        &[
            "--json",
            "report",
            "list",
            "--as",
            OFFICER,
            "--purpose",
            "threat-warning",
        ],
    );
    assert_eq!(listed["reports"], printed.json());
    let path = format!("/api/v1/reports/{REPORT}?purpose=threat-warning");
    let openings = || desk.ok("GBR.CAB", &["ledger", "log"]).out.matches("opened").count();
    let before = openings();
    let read = get(&node, &officer, &path);
    assert_eq!(openings(), before + 1, "that it was read is on record");
    let show = [
        "--json",
        "report",
        "show",
        REPORT,
        "--as",
        OFFICER,
        "--purpose",
        "threat-warning",
    ];
    assert_eq!(json_of(&read)["portions"], desk.ok("GBR.CAB", &show).json()["portions"]);
    let tag = read.header("etag").unwrap().to_owned();
    let bearer = format!("Bearer {officer}");
    let again = node.ask(
        "GET",
        &path,
        &[("authorization", &bearer), ("if-none-match", &tag)],
        b"",
    );
    assert_eq!((again.status, again.body.len()), (304, 0));
    // Whoever may have nothing finds nothing, by any address.
    for person in ["GBR.CAB/clerk", "GBR.CAB/osei"] {
        let token = desk.token(person, "read");
        for path in [
            "/api/v1/reports",
            "/api/v1/reports/SVC-2026-0412",
            "/api/v1/reports/SVC-2026-0412/decision?people=CHL/foreign-minister",
            "/api/v1/requests",
            "/api/v1/incidents",
            "/api/v1/todo",
        ] {
            let text = get(&node, &token, path).text();
            assert!(
                CANARIES.iter().all(|canary| !text.contains(canary)),
                "{person} {path}: {text}"
            );
        }
    }
    let analyst = desk.token("GBR.CAB/desk-analyst", "read");
    let text = get(&node, &analyst, &path).text();
    assert!(text.contains("Grey Tide") && !text.contains("Port Marrow"), "{text}");
    let decided = get(
        &node,
        &analyst,
        &format!("/api/v1/reports/{REPORT}/decision?people=CHL/foreign-minister&purpose=threat-warning"),
    );
    assert!(
        !decided.text().contains("\"place\""),
        "only portions that the caller may know"
    );
}

#[test]
fn what_is_missing_and_what_is_not_the_caller_s_are_the_same_bytes() {
    let (desk, node) = serving();
    let hidden = "---\nid: CAB-HIDDEN\nexistence-protected: true\n---\n(TS//SI//NF) Canary text.\n";
    desk.write("hidden.md", hidden);
    desk.ok("GBR.CAB", &["report", "add", "hidden.md"]);
    let clerk = desk.token("GBR.CAB/clerk", "read");
    let missing = get(&node, &clerk, "/api/v1/reports/CAB-NOWHERE");
    assert_eq!(missing.status, 404);
    for path in [
        "/api/v1/reports/CAB-HIDDEN",
        "/api/v1/incidents/inc-nowhere",
        "/api/v1/reports/%20",
    ] {
        let answer = get(&node, &clerk, path);
        assert_eq!((answer.status, &answer.body), (404, &missing.body), "{path}");
    }
    // On pages too, but for the id that was typed, which no page repeats.
    let browser = Browser::as_person(&desk, &node, "GBR.CAB/clerk");
    let of = |path: &str| {
        let answer = browser.get(path);
        (answer.status, answer.text())
    };
    for tail in ["", "?purpose=x", "/audience"] {
        let there = of(&format!("/reports/CAB-HIDDEN{tail}"));
        assert_eq!(there, of(&format!("/reports/CAB-NOWHERE{tail}")), "{tail}");
        assert_eq!(there.0, 404, "{tail}");
    }
}

#[test]
fn every_address_of_the_document_answers_and_says_what_is_wrong_as_a_problem() {
    let (desk, node) = serving();
    let officer = desk.token(OFFICER, "read");
    let document = json_of(&node.get("/api/v1/openapi.json"));
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() >= 40);
    let read = paths.iter().filter(|(_, of)| of.get("get").is_some());
    // A stream does not end; `commands.rs` reads it.
    let is_stream = |of: &Value| {
        of["get"]["responses"]["200"]["content"]
            .get("text/event-stream")
            .is_some()
    };
    assert_eq!(read.clone().filter(|(_, of)| is_stream(of)).count(), 1);
    for (path, of) in read.filter(|(_, of)| !is_stream(of)) {
        let there = path.replace("{id}", REPORT);
        let answer = get(&node, &officer, &there);
        assert!(
            [200, 404].contains(&answer.status),
            "{path}: {} {}",
            answer.status,
            answer.text()
        );
        assert!(answer.header("content-type").unwrap().contains("json"), "{path}");
        let parameters = of["get"]["parameters"].as_array().unwrap();
        for name in parameters
            .iter()
            .filter(|of| of["in"] == "query")
            .map(|of| of["name"].as_str().unwrap())
        {
            let value = if ["version", "limit"].contains(&name) { "1" } else { "x" };
            let answer = get(&node, &officer, &format!("{there}?{name}={value}"));
            let right: &[u16] = if name == "cursor" { &[400] } else { &[200, 404] };
            assert!(
                right.contains(&answer.status),
                "{path} {name}: {} {}",
                answer.status,
                answer.text()
            );
        }
        if !parameters.iter().any(|of| of["in"] == "query") {
            continue;
        }
        let wrong = get(&node, &officer, &format!("{there}?nonsense=1"));
        assert_eq!(
            (wrong.status, wrong.header("content-type")),
            (400, Some("application/problem+json")),
            "{path}"
        );
    }
}

fn ask(node: &Served, token: &str, path: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("x-request-id", "r-1"),
    ];
    node.ask("POST", path, &headers, body.to_string().as_bytes())
}

fn question(person: &str, portion: &str) -> Value {
    json!({
        "subject": { "type": "person", "id": person },
        "resource": { "type": "portion", "id": format!("{REPORT}/{portion}") },
        "action": { "name": "read" },
        "context": { "purpose": "threat-warning" },
    })
}

#[test]
fn authzen_evaluates_one_question_as_decide_does() {
    let (desk, node) = serving();
    let metadata = json_of(&node.get("/.well-known/authzen-configuration"));
    let endpoint = metadata["access_evaluation_endpoint"].as_str().unwrap().to_owned();
    assert!(endpoint.ends_with("/access/v1/evaluation"), "{metadata}");
    assert!(
        metadata.get("search_action_endpoint").is_none(),
        "there is no search of actions"
    );
    let officer = desk.token(OFFICER, "evaluate");
    let one = "/access/v1/evaluation";
    let analyst = "GBR.CAB/desk-analyst";
    let yes = ask(&node, &officer, one, &question(analyst, "advice"));
    assert_eq!((yes.status, yes.header("x-request-id")), (200, Some("r-1")));
    assert_eq!(json_of(&yes)["decision"], true, "{}", yes.text());
    let no = json_of(&ask(&node, &officer, one, &question(analyst, "place")));
    assert_eq!(
        (&no["decision"], &no["context"]["outcome"]),
        (&json!(false), &json!("deny")),
        "{no}"
    );
    assert!(no["context"]["reasons"][0]["reason"]["rule"].is_string(), "{no}");
    // What is unknown is false, and says no more; so is every kind that this node does not know.
    let mut unknown = vec![question("GBR.CAB/nobody", "advice"), question(analyst, "nothing")];
    for (at, value) in [
        ("/subject/type", "user"),
        ("/resource/type", "todo"),
        ("/resource/id", "CAB-NOWHERE/x"),
        ("/action/name", "can_delete"),
    ] {
        let mut asked = question(analyst, "advice");
        *asked.pointer_mut(at).unwrap() = json!(value);
        unknown.push(asked);
    }
    for asked in &unknown {
        assert_eq!(
            json_of(&ask(&node, &officer, one, asked)),
            json!({ "decision": false }),
            "{asked}"
        );
    }
    // Whoever may not know a portion learns nothing of others about it.
    let clerk = desk.token("GBR.CAB/clerk", "evaluate");
    assert_eq!(
        json_of(&ask(&node, &clerk, one, &question(analyst, "advice"))),
        json!({ "decision": false })
    );
    // The shapes of the published interoperability payloads are read.
    let todo = json!({
        "subject": { "type": "user", "id": "CiRmZDA2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", "properties": { "a": 1 } },
        "action": { "name": "can_read_todos", "properties": {} },
        "resource": { "type": "todo", "id": "1", "properties": { "ownerID": "x" } },
        "context": {},
    });
    assert_eq!(json_of(&ask(&node, &officer, one, &todo)), json!({ "decision": false }));
    for broken in [
        json!({}),
        json!({ "subject": "x" }),
        json!([1]),
        json!({ "subject": { "type": "person" } }),
    ] {
        assert_eq!(ask(&node, &officer, one, &broken).status, 400, "{broken}");
    }
    let read = desk.token(OFFICER, "read");
    assert_eq!(
        ask(&node, &read, one, &question(analyst, "advice")).status,
        403,
        "a token to read does not ask"
    );
}

#[test]
fn what_is_answered_again_ends_with_whatever_is_recorded() {
    let (desk, node) = serving();
    let (officer, reader) = (desk.token(OFFICER, "evaluate"), desk.token(OFFICER, "read"));
    let analyst = "GBR.CAB/desk-analyst";
    let decision = || {
        json_of(&ask(
            &node,
            &officer,
            "/access/v1/evaluation",
            &question(analyst, "advice"),
        ))["decision"]
            .clone()
    };
    let bearer = format!("Bearer {reader}");
    let list = || node.ask("GET", "/api/v1/reports", &[("authorization", &bearer)], b"");
    for _ in 0..3 {
        assert_eq!(decision(), true);
    }
    desk.ok("GBR.CAB", &["person", "disable", analyst]);
    assert_eq!(decision(), false, "the moment before counts no longer");
    let (before, again) = (list(), list());
    assert_eq!((before.status, before.text()), (200, again.text()));
    assert_eq!(before.header("etag"), again.header("etag"));
    desk.write(
        "new.md",
        "---\nid: CAB-NEW\nscheme: us-ic\n---\n(C//REL TO USA, GBR) A ship left. {#one}\n",
    );
    desk.ok("GBR.CAB", &["report", "add", "new.md"]);
    desk.ok("GBR.CAB", &["report", "distribute", "CAB-NEW", "--add", OFFICER]);
    assert!(list().text().contains("CAB-NEW"), "{}", list().text());
}

#[test]
fn authzen_evaluates_several_questions_by_each_of_the_three_semantics() {
    let (desk, node) = serving();
    let officer = desk.token(OFFICER, "evaluate");
    let portions = ["advice", "place", "plot"];
    let asked = |semantic: Option<&str>| {
        let several: Vec<Value> = portions
            .iter()
            .map(|portion| json!({ "resource": { "type": "portion", "id": format!("{REPORT}/{portion}") } }))
            .collect();
        let mut asked = question("GBR.CAB/desk-analyst", "advice");
        asked["evaluations"] = json!(several);
        if let Some(semantic) = semantic {
            asked["options"] = json!({ "evaluations_semantic": semantic });
        }
        let answer = json_of(&ask(&node, &officer, "/access/v1/evaluations", &asked));
        let all = answer["evaluations"].as_array().unwrap().clone();
        all.iter()
            .map(|one| one["decision"].as_bool().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(asked(None), [true, false, true]);
    assert_eq!(asked(Some("execute_all")), [true, false, true]);
    assert_eq!(asked(Some("deny_on_first_deny")), [true, false]);
    assert_eq!(asked(Some("permit_on_first_permit")), [true]);
    let single = ask(
        &node,
        &officer,
        "/access/v1/evaluations",
        &question("GBR.CAB/desk-analyst", "advice"),
    );
    assert_eq!(
        json_of(&single)["decision"],
        true,
        "without a list it is a single question"
    );
}

#[test]
fn authzen_answers_each_bad_item_by_itself_and_decides_for_a_moment() {
    let (desk, node) = serving();
    let officer = desk.token(OFFICER, "evaluate");
    let mut asked = question("GBR.CAB/desk-analyst", "advice");
    asked.as_object_mut().unwrap().remove("action");
    asked["evaluations"] = json!([{ "action": { "name": "read" } }, {}, { "action": { "name": "read" }, "context": { "moment": "soon" } }]);
    let answer = json_of(&ask(&node, &officer, "/access/v1/evaluations", &asked));
    let all = answer["evaluations"].as_array().unwrap();
    assert_eq!(all[0]["decision"], true, "{answer}");
    assert_eq!(
        (&all[1]["decision"], &all[1]["context"]["error"]["status"]),
        (&json!(false), &json!(400)),
        "{answer}"
    );
    assert_eq!(all[2], json!({ "decision": false }));
    // A consent that ends is one until it ends.
    let mut later = question("GBR.CAB/desk-analyst", "advice");
    later["context"]["moment"] = json!("2200-01-01");
    let later = json_of(&ask(&node, &officer, "/access/v1/evaluation", &later));
    assert_eq!(later["decision"], false, "the arrangement has expired by then: {later}");
}

#[test]
fn authzen_finds_who_may_have_something_and_what_somebody_may_have() {
    let (desk, node) = serving();
    let officer = desk.token(OFFICER, "evaluate");
    let ids = |answer: &Answer| -> Vec<String> {
        let value = json_of(answer);
        let all = value["results"].as_array().unwrap_or_else(|| panic!("{value}")).clone();
        all.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let metadata = json_of(&node.get("/.well-known/authzen-configuration"));
    let path = |name: &str| {
        let url = metadata[name].as_str().unwrap().to_owned();
        url[url.find("/access").unwrap()..].to_owned()
    };
    let (subjects, resources) = (path("search_subject_endpoint"), path("search_resource_endpoint"));
    let who = |portion: &str| {
        json!({
            "subject": { "type": "person" }, "action": { "name": "read" }, "context": { "purpose": "threat-warning" },
            "resource": { "type": "portion", "id": format!("{REPORT}/{portion}") },
        })
    };
    // The shape of the specification: results, and a page whose token is empty at the end.
    let answer = ask(&node, &officer, &subjects, &who("advice"));
    assert_eq!(json_of(&answer)["page"]["next_token"], "");
    assert_eq!(ids(&answer), ["GBR.CAB/desk-analyst", OFFICER]);
    assert_eq!(ids(&ask(&node, &officer, &subjects, &who("place"))), [OFFICER]);
    // Whoever does not keep the distribution is told of themselves alone.
    let analyst = desk.token("GBR.CAB/desk-analyst", "evaluate");
    assert_eq!(
        ids(&ask(&node, &analyst, &subjects, &who("advice"))),
        ["GBR.CAB/desk-analyst"]
    );
    let mut one = who("advice");
    one["page"] = json!({ "limit": 1 });
    let first = ask(&node, &officer, &subjects, &one);
    let next = json_of(&first)["page"]["next_token"].as_str().unwrap().to_owned();
    one["page"] = json!({ "limit": 1, "token": next });
    let second = ask(&node, &officer, &subjects, &one);
    assert_eq!([ids(&first), ids(&second)].concat(), ["GBR.CAB/desk-analyst", OFFICER]);
    assert_eq!(
        ask(&node, &analyst, &subjects, &one).status,
        400,
        "a token is one caller's"
    );
    // What somebody may have, of what the caller may know of.
    let what = |kind: &str, person: &str| {
        json!({
            "subject": { "type": "person", "id": person }, "action": { "name": "read" }, "resource": { "type": kind },
            "context": { "purpose": "threat-warning" },
        })
    };
    let analyst_s = ids(&ask(
        &node,
        &officer,
        &resources,
        &what("portion", "GBR.CAB/desk-analyst"),
    ));
    assert!(
        analyst_s.contains(&format!("{REPORT}/advice")) && !analyst_s.contains(&format!("{REPORT}/place")),
        "{analyst_s:?}"
    );
    assert_eq!(
        ids(&ask(&node, &officer, &resources, &what("report", OFFICER))),
        [REPORT]
    );
    assert!(
        ids(&ask(&node, &analyst, &resources, &what("portion", OFFICER)))
            .iter()
            .all(|id| analyst_s.contains(id))
    );
    // What is unknown, or not the caller's to know of, is an empty answer.
    let clerk = desk.token("GBR.CAB/clerk", "evaluate");
    let empty = json!({ "results": [], "page": { "next_token": "", "count": 0 } });
    for (token, path, body) in [
        (&clerk, &subjects, who("advice")),
        (&officer, &subjects, who("nothing")),
        (&officer, &resources, what("todo", OFFICER)),
        (&officer, &resources, what("portion", "GBR.CAB/nobody")),
        (&clerk, &resources, what("portion", OFFICER)),
    ] {
        assert_eq!(json_of(&ask(&node, token, path, &body)), empty, "{body}");
    }
    for broken in [json!({}), json!({ "subject": { "type": "person" } })] {
        assert_eq!(ask(&node, &officer, &subjects, &broken).status, 400, "{broken}");
    }
}
