//! The TAXII 2.1 server, with what each real client needs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::Desk;
use support::web::{Answer, Served};

const MEDIA: &str = "application/taxii+json;version=2.1";
const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
const RED: &str = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";

struct Server {
    desk: Desk,
    node: Served,
    writer: String,
    reader: String,
}

fn serving() -> Server {
    let desk = Desk::new();
    desk.found("CERT-A");
    desk.ok("CERT-A", &["party", "add", "CERT-B"]);
    desk.write(
        "a.json",
        r#"{"id": "ISAC-1", "title": "The ISAC", "parties": ["CERT-A", "CERT-B"], "onward": "members"}"#,
    );
    desk.ok("CERT-A", &["arrangement", "add", "a.json"]);
    for person in ["CERT-A/writer", "CERT-A/reader"] {
        desk.ok("CERT-A", &["person", "add", person, "--role", "analyst"]);
    }
    let writer = desk.token("CERT-A/writer", "act");
    let reader = desk.token("CERT-A/reader", "read");
    let node = Served::start(&desk, "CERT-A", &["--listen", "127.0.0.1:0"]);
    Server {
        desk,
        node,
        writer,
        reader,
    }
}

impl Server {
    fn ask(&self, method: &str, token: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let bearer = format!("Bearer {token}");
        let mut all = vec![("authorization", bearer.as_str()), ("accept", MEDIA)];
        all.retain(|(name, _)| !headers.iter().any(|(given, _)| given == name));
        all.extend(headers);
        self.node.ask(method, path, &all, body)
    }

    fn get(&self, token: &str, path: &str) -> Answer {
        self.ask("GET", token, path, &[], b"")
    }

    fn value(&self, token: &str, path: &str) -> Value {
        let answer = self.get(token, path);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some(MEDIA)),
            "{path}: {}",
            answer.text()
        );
        serde_json::from_slice(&answer.body).unwrap()
    }

    fn collection(&self, token: &str, title: &str) -> Option<String> {
        let all = self.value(token, "/taxii2/root/collections/");
        let found = all["collections"]
            .as_array()?
            .iter()
            .find(|one| one["title"] == title)?;
        Some(format!("/taxii2/root/collections/{}/", found["id"].as_str().unwrap()))
    }

    fn post(&self, token: &str, path: &str, value: &Value) -> Answer {
        self.ask(
            "POST",
            token,
            path,
            &[("content-type", MEDIA)],
            value.to_string().as_bytes(),
        )
    }
}

fn indicator(n: usize, marking: &str) -> Value {
    json!({
        "type": "indicator", "spec_version": "2.1", "id": format!("indicator--00000000-0000-4000-8000-{n:012}"),
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "pattern_type": "stix",
        "pattern": format!("[ipv4-addr:value = '203.0.113.{n}']"), "valid_from": "2026-01-01T00:00:00Z",
        "object_marking_refs": [marking],
    })
}

fn error(answer: &Answer, status: u16) {
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (status, Some(MEDIA)),
        "{}",
        answer.text()
    );
    let value: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(value["http_status"], status.to_string());
}

#[test]
fn a_client_finds_its_way_adds_objects_and_gets_them_page_by_page() {
    let server = serving();
    let discovery = server.value(&server.reader, "/taxii2/");
    let root = discovery["default"]
        .as_str()
        .unwrap()
        .split_once("/taxii2/")
        .unwrap()
        .1
        .to_owned();
    assert_eq!(
        server.value(&server.reader, &format!("/taxii2/{root}"))["versions"],
        json!([MEDIA])
    );
    // A reader sees no collection in which there is nothing for them.
    assert_eq!(server.value(&server.reader, "/taxii2/root/collections/"), json!({}));
    let collection = server.collection(&server.writer, "The ISAC").unwrap();
    let objects = format!("{collection}objects/");
    let all: Vec<Value> = (1..=25)
        .map(|n| indicator(n, GREEN))
        .chain([indicator(99, RED)])
        .collect();
    let sent = server.post(
        &server.writer,
        &objects,
        &json!({"type": "bundle", "id": "bundle--1", "objects": all}),
    );
    assert_eq!(sent.status, 202, "{}", sent.text());
    let status: Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(
        (&status["total_count"], &status["success_count"]),
        (&json!(26), &json!(26)),
        "{status}"
    );
    let again = format!("/taxii2/root/status/{}/", status["id"].as_str().unwrap());
    assert_eq!(server.value(&server.writer, &again), status);
    error(&server.get(&server.reader, &again), 404);
    // Page by page, with another limit each time: each object once, and never the one that is for named recipients.
    let (mut got, mut next, mut limit) = (Vec::new(), String::new(), 4);
    loop {
        let answer = server.get(
            &server.reader,
            &format!("{objects}?match[type]=indicator&limit={limit}{next}"),
        );
        let page: Value = serde_json::from_slice(&answer.body).unwrap();
        let ids = page["objects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|object| object["id"].as_str().unwrap().to_owned());
        got.extend(ids);
        assert!(answer.header("x-taxii-date-added-last").unwrap().len() == "2026-01-01T00:00:00.000000Z".len());
        match page["more"] == json!(true) {
            true => next = format!("&next={}", page["next"].as_str().unwrap()),
            false => break,
        }
        limit += 1;
    }
    let mut expected: Vec<String> = all[..25]
        .iter()
        .map(|object| object["id"].as_str().unwrap().to_owned())
        .collect();
    expected.sort();
    got.sort();
    assert_eq!(got, expected);
    let manifest = server.value(&server.reader, &format!("{collection}manifest/?match[type]=indicator"));
    assert_eq!(manifest["objects"].as_array().unwrap().len(), 25);
    let object = format!("{objects}{}/", expected[0]);
    assert_eq!(
        server.value(&server.reader, &object)["objects"][0]["pattern"],
        all[0]["pattern"]
    );
    assert_eq!(
        server.value(&server.reader, &format!("{object}versions/"))["versions"],
        json!(["2026-01-01T00:00:00.000Z"])
    );
    // What is not theirs to know of is as what does not exist.
    let hidden = server.get(
        &server.reader,
        &format!("{objects}{}/", all[25]["id"].as_str().unwrap()),
    );
    let missing = server.get(
        &server.reader,
        &format!("{objects}{}/", "indicator--00000000-0000-4000-8000-000000000777"),
    );
    error(&hidden, 404);
    assert_eq!(hidden.body, missing.body);
    error(&server.ask("DELETE", &server.writer, &object, &[], b""), 403);
    // That they were read is on record.
    assert!(server.desk.ok("CERT-A", &["ledger", "log"]).out.contains("opened"));
}

#[test]
fn errors_are_those_of_the_specification() {
    let server = serving();
    let collection = server.collection(&server.writer, "The ISAC").unwrap();
    let objects = format!("{collection}objects/");
    error(&server.node.ask("GET", "/taxii2/", &[("accept", MEDIA)], b""), 401);
    error(&server.get("AAAA", "/taxii2/"), 401);
    error(
        &server.ask("GET", &server.reader, "/taxii2/", &[("accept", "text/html")], b""),
        406,
    );
    error(
        &server.get(
            &server.reader,
            "/taxii2/root/collections/00000000-0000-4000-8000-000000000000/",
        ),
        404,
    );
    error(&server.get(&server.reader, &objects), 404);
    for query in [
        "limit=0",
        "limit=x",
        "next=abc",
        "added_after=yesterday",
        "match[version]=newest",
    ] {
        error(&server.get(&server.writer, &format!("{objects}?{query}")), 400);
    }
    error(
        &server.ask(
            "POST",
            &server.writer,
            &objects,
            &[("content-type", "application/json")],
            b"{}",
        ),
        415,
    );
    error(&server.post(&server.writer, &objects, &json!([])), 400);
    error(
        &server.ask("POST", &server.writer, &objects, &[("content-type", MEDIA)], b"{"),
        400,
    );
    error(
        &server.ask(
            "POST",
            &server.writer,
            &objects,
            &[("content-type", MEDIA)],
            &vec![b' '; 17 << 20],
        ),
        413,
    );
    let some = server.post(
        &server.writer,
        &objects,
        &json!({"objects": [indicator(1, GREEN), {"type": "tool"}, 7]}),
    );
    let status: Value = serde_json::from_slice(&some.body).unwrap();
    assert_eq!(
        (&status["success_count"], &status["failure_count"]),
        (&json!(1), &json!(2)),
        "{status}"
    );
    // Once there is something to see, whoever only reads is told that they do.
    error(&server.post(&server.reader, &objects, &json!({"objects": []})), 403);
}

#[test]
fn each_real_client_gets_what_it_needs() {
    let server = serving();
    let collection = server.collection(&server.writer, "The ISAC").unwrap();
    let objects = format!("{collection}objects/");
    let basic = |token: &str| {
        use std::fmt::Write as _;
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let plain = format!("x:{token}");
        let mut out = String::new();
        for three in plain.as_bytes().chunks(3) {
            let n = three.iter().fold(0u32, |n, byte| n << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
            for k in 0..=three.len() {
                let _ = write!(out, "{}", char::from(ALPHABET[(n >> (18 - 6 * k) & 63) as usize]));
            }
        }
        out.push_str(&"=".repeat((3 - plain.len() % 3) % 3));
        out
    };
    // MISP: `basic` in small letters, and no slash at the end.
    let lower = format!("basic {}", basic(&server.writer));
    let answer = server.ask("GET", "", "/taxii2/root/collections", &[("authorization", &lower)], b"");
    assert_eq!(answer.status, 200, "{}", answer.text());
    // stix2's sink sends a bundle; its source takes 404 for nothing.
    let sent = server.post(
        &server.writer,
        &objects,
        &json!({"type": "bundle", "id": "bundle--1", "objects": [indicator(1, GREEN)]}),
    );
    assert_eq!(sent.status, 202);
    // OpenCTI: `Token`, its own list of media types, `added_after` together with `next`; and STIX in the place of TAXII.
    let word = format!("Token {}", server.writer);
    let accept = ("accept", "application/json, text/plain, */*");
    let path = format!("{objects}?added_after=2026-01-01T00:00:00Z&limit=1");
    let answer = server.ask("GET", "", &path, &[("authorization", &word), accept], b"");
    let page: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(page["objects"][0]["spec_version"], "2.1");
    let next = format!("{path}&next={}", page["next"].as_str().unwrap());
    assert_eq!(
        server
            .ask("GET", "", &next, &[("authorization", &word), accept], b"")
            .status,
        200
    );
    let body = json!({"objects": [indicator(2, GREEN)]}).to_string();
    let kind = ("content-type", "application/stix+json;version=2.1");
    let opencti = server.ask(
        "POST",
        &server.writer,
        &objects,
        &[kind, ("user-agent", "opencti/6")],
        body.as_bytes(),
    );
    assert_eq!(opencti.status, 202, "{}", opencti.text());
    let other = server.ask(
        "POST",
        &server.writer,
        &objects,
        &[kind, ("user-agent", "curl")],
        body.as_bytes(),
    );
    assert_eq!(other.status, 415);
    // taxii2-client asks with a character set.
    let accept = ("accept", "application/taxii+json;version=2.1;charset=utf-8");
    assert_eq!(server.ask("GET", &server.reader, &objects, &[accept], b"").status, 200);
}
