//! The TAXII 2.1 server, with what each real client needs.

use crate::support;

use serde_json::{Value, json};
use support::Desk;
use support::web::{Answer, Served};

const MEDIA: &str = "application/taxii+json;version=2.1";
pub(crate) const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
const RED: &str = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";

pub(crate) struct Server {
    pub(crate) desk: Desk,
    pub(crate) node: Served,
    pub(crate) writer: String,
    pub(crate) reader: String,
}

pub(crate) fn serving() -> Server {
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

    pub(crate) fn value(&self, token: &str, path: &str) -> Value {
        let answer = self.get(token, path);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some(MEDIA)),
            "{path}: {}",
            answer.text()
        );
        serde_json::from_slice(&answer.body).unwrap()
    }

    pub(crate) fn collection(&self, token: &str, title: &str) -> Option<String> {
        let all = self.value(token, "/taxii2/root/collections/");
        let found = all["collections"]
            .as_array()?
            .iter()
            .find(|one| one["title"] == title)?;
        Some(format!("/taxii2/root/collections/{}/", found["id"].as_str().unwrap()))
    }

    pub(crate) fn post(&self, token: &str, path: &str, value: &Value) -> Answer {
        self.ask(
            "POST",
            token,
            path,
            &[("content-type", MEDIA)],
            value.to_string().as_bytes(),
        )
    }
}

pub(crate) fn indicator(n: usize, marking: &str) -> Value {
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
        &server.ask(
            "GET",
            &server.reader,
            "/taxii2/",
            &[("accept", "application/json")],
            b"",
        ),
        406,
    );
    error(
        &server.get(
            &server.reader,
            "/taxii2/root/collections/00000000-0000-4000-8000-000000000000/",
        ),
        404,
    );
    // Whatever is nowhere, without a token and with one; and what an address does not do.
    for path in [
        "/taxii2/other/",
        "/taxii2/other/collections/",
        "/taxii2/root/status/x/",
        "/taxii2/root/none",
    ] {
        error(&server.node.ask("GET", path, &[("accept", MEDIA)], b""), 401);
        error(&server.get(&server.reader, path), 404);
    }
    error(&server.ask("PUT", &server.writer, &objects, &[], b""), 405);
    let nowhere = "/taxii2/root/collections/00000000-0000-4000-8000-000000000000/objects/";
    error(&server.post(&server.writer, nowhere, &json!({"objects": []})), 404);
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
    error(&server.post(&server.writer, &objects, &json!([])), 422);
    error(
        &server.post(
            &server.writer,
            &objects,
            &json!({"type": "indicator", "id": "indicator--1"}),
        ),
        422,
    );
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

fn dated(mut object: Value, modified: &str) -> Value {
    object["modified"] = json!(modified);
    object
}

fn ids(page: &Value, field: &str) -> Vec<String> {
    let all = page["objects"].as_array().into_iter().flatten();
    all.map(|object| object[field].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn each_version_of_an_object_is_there_for_whoever_asks() {
    let server = serving();
    let collection = server.collection(&server.writer, "The ISAC").unwrap();
    let objects = format!("{collection}objects/");
    let [first, second, third] = [
        "2026-01-01T00:00:00.000Z",
        "2026-02-01T00:00:00.000Z",
        "2026-03-01T00:00:00.000Z",
    ];
    let one = indicator(1, GREEN);
    let post = |objects_sent: Value| {
        let sent = server.post(&server.writer, &objects, &json!({"objects": objects_sent}));
        let status: Value = serde_json::from_slice(&sent.body).unwrap();
        assert_eq!(
            (&status["failure_count"], status.get("failures")),
            (&json!(0), None),
            "{status}"
        );
    };
    // Two at once, and an older one afterwards; a second object beside it, an observable, and one of STIX 2.0.
    post(json!([
        dated(one.clone(), third),
        dated(one.clone(), first),
        indicator(2, GREEN)
    ]));
    post(json!([dated(one.clone(), second)]));
    post(json!([dated(one.clone(), second)]));
    let mut old = indicator(3, GREEN);
    old.as_object_mut().unwrap().remove("spec_version");
    let seen = json!({"type": "ipv4-addr", "id": "ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd", "value": "203.0.113.7",
        "object_marking_refs": [GREEN]});
    post(json!([old, seen]));
    let get = |query: &str| server.value(&server.reader, &format!("{objects}?match[type]=indicator{query}"));
    let versions = |query: &str| {
        let mut all = ids(
            &get(&format!("&match[id]={}{query}", one["id"].as_str().unwrap())),
            "modified",
        );
        all.sort();
        all
    };
    assert_eq!(versions(""), [third]);
    assert_eq!(versions("&match[version]=first"), [first]);
    assert_eq!(versions("&match[version]=last"), [third]);
    assert_eq!(versions("&match[version]=first,last"), [first, third]);
    assert_eq!(versions("&match[version]=all"), [first, second, third]);
    assert_eq!(versions("&match[version]=2026-02-01T00:00:00Z"), [second]);
    assert_eq!(versions("&match[version]=2025-02-01T00:00:00Z"), [""; 0]);
    assert_eq!(ids(&get(""), "id").len(), 3);
    assert_eq!(
        ids(&get("&match[spec_version]=2.0"), "id"),
        ["indicator--00000000-0000-4000-8000-000000000003"]
    );
    assert_eq!(ids(&get("&match[spec_version]=2.1"), "id").len(), 2);
    let lines = server.value(
        &server.reader,
        &format!("{collection}manifest/?match[type]=indicator,ipv4-addr"),
    );
    let media: Vec<&str> = lines["objects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["media_type"].as_str().unwrap())
        .collect();
    assert_eq!(
        media.iter().filter(|media| media.ends_with("2.0")).count(),
        1,
        "{lines}"
    );
    // An observable has no version of its own: it is when it came, everywhere alike.
    let line = lines["objects"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["id"] == "ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd")
        .unwrap();
    assert_eq!(line["version"], line["date_added"]);
    let object = format!("{objects}{}/", one["id"].as_str().unwrap());
    let all = server.value(&server.reader, &format!("{object}versions/"));
    let mut told: Vec<&str> = all["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap())
        .collect();
    told.sort_unstable();
    assert_eq!((told, &all["more"]), (vec![first, second, third], &json!(false)));
    // A page of versions says where it goes on.
    let page = server.value(&server.reader, &format!("{object}versions/?limit=2"));
    let rest = format!("{object}versions/?limit=2&next={}", page["next"].as_str().unwrap());
    assert_eq!(
        server.value(&server.reader, &rest)["versions"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    // What is there and not what is asked for is nothing; what is not there is missing.
    assert_eq!(
        server.value(&server.reader, &format!("{object}?match[version]=2001-01-01T00:00:00Z")),
        json!({})
    );
    assert_eq!(
        server.value(&server.reader, &format!("{objects}?added_after=2099-01-01T00:00:00Z")),
        json!({})
    );
    error(
        &server.get(
            &server.reader,
            &format!("{objects}indicator--00000000-0000-4000-8000-000000000009/?match[version]=all"),
        ),
        404,
    );
    // A cursor goes on with its question only, whatever its limit.
    let page = server.value(&server.reader, &format!("{objects}?match[version]=all&limit=1"));
    let next = page["next"].as_str().unwrap();
    error(
        &server.get(
            &server.reader,
            &format!("{objects}?match[version]=first&limit=1&next={next}"),
        ),
        400,
    );
    assert_eq!(
        server
            .get(
                &server.reader,
                &format!("{objects}?match[version]=all&limit=2&next={next}")
            )
            .status,
        200
    );
}

#[test]
fn what_comes_into_sight_later_is_found_by_whoever_goes_on_and_nothing_is_forgotten_over_a_restart() {
    let server = serving();
    let collection = server.collection(&server.writer, "The ISAC").unwrap();
    let objects = format!("{collection}objects/");
    let status = server.post(
        &server.writer,
        &objects,
        &json!({"objects": [indicator(1, GREEN), indicator(2, GREEN)]}),
    );
    let status: Value = serde_json::from_slice(&status.body).unwrap();
    let status_path = format!("/taxii2/root/status/{}/", status["id"].as_str().unwrap());
    let wanted = format!("{objects}?match[type]=indicator");
    let last = |answer: &Answer| answer.header("x-taxii-date-added-last").unwrap_or_default().to_owned();
    let first_poll = server.get(&server.reader, &wanted);
    let after = last(&first_poll);
    assert_eq!(
        server.value(&server.reader, &format!("{wanted}&added_after={after}")),
        json!({})
    );
    // Suspended: gone. Resumed: it comes anew, to a client that only asks for what came since.
    let desk = &server.desk;
    desk.ok("CERT-A", &["arrangement", "suspend", "ISAC-1", "--reason", "x"]);
    error(&server.get(&server.reader, &wanted), 404);
    desk.ok("CERT-A", &["arrangement", "resume", "ISAC-1"]);
    let again = server.get(&server.reader, &format!("{wanted}&added_after={after}"));
    let page: Value = serde_json::from_slice(&again.body).unwrap();
    assert_eq!(ids(&page, "id").len(), 2, "{page}");
    let (after, dates) = (
        last(&again),
        server.value(&server.reader, &format!("{collection}manifest/")),
    );
    // The node is started anew: dates and statuses are what they were, and nothing comes twice.
    let Server {
        desk,
        node,
        writer,
        reader,
    } = server;
    node.stop();
    let node = Served::start(&desk, "CERT-A", &["--listen", "127.0.0.1:0"]);
    let server = Server {
        desk,
        node,
        writer,
        reader,
    };
    assert_eq!(server.value(&server.writer, &status_path), status);
    error(&server.get(&server.reader, &status_path), 404);
    assert_eq!(server.value(&server.reader, &format!("{collection}manifest/")), dates);
    assert_eq!(
        server.value(&server.reader, &format!("{wanted}&added_after={after}")),
        json!({})
    );
    // What came while it stood still, and is older than the client's last poll, is found.
    server.post(&server.writer, &objects, &json!({"objects": [indicator(3, GREEN)]}));
    let page = server.value(&server.reader, &format!("{wanted}&added_after={after}"));
    assert_eq!(ids(&page, "id"), ["indicator--00000000-0000-4000-8000-000000000003"]);
}
