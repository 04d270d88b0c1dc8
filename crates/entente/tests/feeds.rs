//! Collections and feeds: what a MISP pulls, what programs bring and get, and what this party follows of others.

use crate::support;
use crate::taxii::{GREEN, indicator, serving};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support::Desk;
use support::web::Served;

#[test]
fn a_misp_pulls_what_the_caller_may_have_and_everybody_the_advisories_that_are_public() {
    let desk = Desk::new();
    desk.found("CERT-A");
    desk.ok("CERT-A", &["person", "add", "CERT-A/reader", "--role", "analyst"]);
    let report = |id: &str, mark: &str| {
        desk.write(&format!("{id}.md"), &format!("---\nid: {id}\nscheme: tlp\ntitle: ({mark}) About {id}\n---\n\n({mark}) The text of {id}, and nothing else.\n"));
        desk.ok("CERT-A", &["report", "add", &format!("{id}.md")]);
    };
    report("A-2026_01", "TLP:CLEAR");
    report("A-2", "TLP:GREEN");
    report("A-3", "TLP:CLEAR");
    desk.ok(
        "CERT-A",
        &["embargo", "set", "A-3", "--until", "2099-01-01", "--note", "later"],
    );
    let reader = desk.token("CERT-A/reader", "read");
    desk.write("serve.toml", "advisories = true\norigin = \"https://cert.example\"\n");
    let node = Served::start(
        &desk,
        "CERT-A",
        &["--listen", "127.0.0.1:0", "--settings", "serve.toml"],
    );
    // MISP.
    let bearer = format!("Bearer {reader}");
    let get = |path: &str| {
        node.ask(
            "GET",
            path,
            &[("authorization", &bearer), ("accept", "application/json")],
            b"",
        )
    };
    assert_eq!(node.get("/misp/manifest.json").status, 401);
    let manifest: Value = serde_json::from_slice(&get("/misp/manifest.json").body).unwrap();
    let infos: Vec<&str> = manifest
        .as_object()
        .unwrap()
        .values()
        .map(|line| line["info"].as_str().unwrap())
        .collect();
    assert_eq!(infos.len(), 2, "{manifest}");
    let (uuid, line) = manifest
        .as_object()
        .unwrap()
        .iter()
        .find(|(_, line)| line["info"] == "About A-2")
        .unwrap();
    let event: Value = serde_json::from_slice(&get(&format!("/misp/{uuid}.json")).body).unwrap();
    assert_eq!(
        (&event["Event"]["uuid"], &event["Event"]["timestamp"]),
        (&json!(uuid), &line["timestamp"])
    );
    assert!(event.to_string().contains("The text of A-2"));
    assert_eq!(get("/misp/00000000-0000-4000-8000-000000000000.json").status, 404);
    assert!(desk.ok("CERT-A", &["ledger", "log"]).out.contains("opened"));
    // The provider's folder, by the address that the metadata gives.
    let provider: Value = serde_json::from_slice(&node.get("/.well-known/csaf/provider-metadata.json").body).unwrap();
    assert_eq!(
        (&provider["role"], &provider["canonical_url"]),
        (
            &json!("csaf_provider"),
            &json!("https://cert.example/.well-known/csaf/provider-metadata.json")
        )
    );
    let feed = provider["distributions"][0]["rolie"]["feeds"][0]["url"]
        .as_str()
        .unwrap()
        .replace("https://cert.example", "");
    let feed: Value = serde_json::from_slice(&node.get(&feed).body).unwrap();
    let entries = feed["feed"]["entry"].as_array().unwrap();
    assert_eq!((entries.len(), &entries[0]["id"]), (1, &json!("A-2026_01")), "{feed}");
    let path = entries[0]["content"]["src"]
        .as_str()
        .unwrap()
        .replace("https://cert.example", "");
    assert!(
        path.starts_with("/csaf/white/20") && path.ends_with("/a-2026_01.json"),
        "{path}"
    );
    let advisory = node.get(&path);
    let document: Value = serde_json::from_slice(&advisory.body).unwrap();
    assert_eq!(document["document"]["distribution"]["tlp"]["label"], "WHITE");
    assert!(
        !advisory.text().contains("Entente statement") && !advisory.text().contains("A-2\""),
        "{}",
        advisory.text()
    );
    let sum = node.get(&format!("{path}.sha256")).text();
    assert!(sum.len() > 64 && sum.ends_with("a-2026_01.json\n"), "{sum}");
    assert!(node.get("/csaf/white/index.txt").text().ends_with("/a-2026_01.json\n"));
    assert_eq!(node.get("/csaf/white/2026/a-2.json").status, 404);
    // At the end of its embargo an advisory is there.
    desk.ok("CERT-A", &["embargo", "end", "A-3", "--note", "now"]);
    assert!(node.get("/csaf/white/index.txt").text().contains("/a-3.json"));
    node.stop();
    let node = Served::start(&desk, "CERT-A", &["--listen", "127.0.0.1:0"]);
    assert_eq!(
        node.get("/.well-known/csaf/provider-metadata.json").status,
        404,
        "not unless the settings say so"
    );
}

#[test]
fn programs_take_files_in_and_get_them() {
    let server = serving();
    let bearer = format!("Bearer {}", server.writer);
    let bundle = json!({"type": "bundle", "id": "bundle--1", "objects": [indicator(1, GREEN)]}).to_string();
    let import = |query: &str| {
        server.node.ask(
            "POST",
            &format!("/api/v1/import?{query}"),
            &[("authorization", &bearer)],
            bundle.as_bytes(),
        )
    };
    let tried: Value = serde_json::from_slice(&import("arrangement=ISAC-1&from=CERT-B&dry_run=true").body).unwrap();
    assert_eq!(tried["reports"][0]["state"], "added", "{tried}");
    let taken: Value = serde_json::from_slice(&import("arrangement=ISAC-1&from=CERT-B").body).unwrap();
    assert_eq!(taken["reports"][0]["state"], "added", "{taken}");
    let again: Value = serde_json::from_slice(&import("arrangement=ISAC-1&from=CERT-B").body).unwrap();
    assert_eq!(again["reports"][0]["state"], "unchanged", "{again}");
    let id = taken["reports"][0]["id"].as_str().unwrap();
    let export = |token: &str, body: &Value| {
        let bearer = format!("Bearer {token}");
        server.node.ask(
            "POST",
            &format!("/api/v1/reports/{id}/export"),
            &[("authorization", &bearer), ("content-type", "application/json")],
            body.to_string().as_bytes(),
        )
    };
    let file: Value = serde_json::from_slice(&export(&server.writer, &json!({"as": "stix"})).body).unwrap();
    assert!(file["content"].as_str().unwrap().contains("203.0.113.1"), "{file}");
    assert_eq!(export(&server.writer, &json!({"as": "stix", "other": 1})).status, 400);
    let paper: Value = serde_json::from_slice(&export(&server.writer, &json!({"as": "pdf"})).body).unwrap();
    assert_eq!(paper["encoding"], "base64", "{paper}");
    let printed = STANDARD.decode(paper["content"].as_str().unwrap()).unwrap();
    assert!(printed.starts_with(b"%PDF-"), "a PDF");
    assert_eq!(export(&server.writer, &json!({"as": "docx"})).status, 409);
    assert_eq!(export(&server.reader, &json!({"as": "stix"})).status, 403);
    assert_eq!(import("from=nobody at all").status, 400);
}

#[test]
fn a_party_follows_collections_and_feeds_of_others_and_adds_to_them() {
    let server = serving();
    let collection = server.collection(&server.writer, "The ISAC").unwrap();
    let objects = format!("{collection}objects/");
    let all: Vec<Value> = (1..=3).map(|n| indicator(n, GREEN)).collect();
    server.post(&server.writer, &objects, &json!({"objects": all}));
    let desk = &server.desk;
    desk.found("CERT-B");
    desk.ok("CERT-B", &["party", "add", "CERT-A"]);
    desk.ok("CERT-B", &["arrangement", "add", "a.json"]);
    desk.write("token", &server.reader);
    desk.write("writer", &server.writer);
    let url = format!("http://{}{collection}", server.node.address);
    let manifest = format!("http://{}/misp/manifest.json", server.node.address);
    let of_isac = ["--arrangement", "ISAC-1", "--from", "CERT-A"];
    desk.ok(
        "CERT-B",
        &[
            &["feed", "add", &url, "--name", "isac", "--secret", "token"][..],
            &of_isac,
        ]
        .concat(),
    );
    desk.ok(
        "CERT-B",
        &[
            &[
                "feed", "add", &manifest, "--name", "misp", "--user", "x", "--secret", "token",
            ][..],
            &of_isac,
        ]
        .concat(),
    );
    let twice = desk.run(&["--data", "CERT-B", "feed", "add", &url, "--name", "isac"]);
    assert_eq!(twice.code, 5, "{}", twice.err);
    let poll = |name: &str| desk.ok("CERT-B", &["--json", "feed", "poll", name]).json()[0].clone();
    assert!(poll("isac")["added"].as_u64().unwrap() > 0);
    let nothing = poll("isac");
    assert_eq!(
        (&nothing["documents"], &nothing["added"]),
        (&json!(0), &json!(0)),
        "{nothing}"
    );
    let held = || {
        let listed = desk.ok("CERT-B", &["--json", "report", "list"]).json();
        let ids = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned());
        ids.map(|id| desk.ok("CERT-B", &["--json", "report", "show", &id]).out)
            .collect::<String>()
    };
    assert!(held().contains("203.0.113.3"));
    assert!(poll("misp")["documents"].as_u64().unwrap() > 0);
    assert_eq!(poll("misp")["documents"], json!(0));
    // What comes later is taken in by the running node, from where it stopped.
    desk.ok("CERT-B", &["feed", "remove", "isac"]);
    desk.ok(
        "CERT-B",
        &[
            &[
                "feed", "add", &url, "--name", "again", "--secret", "token", "--every", "1",
            ][..],
            &of_isac,
        ]
        .concat(),
    );
    let follower = Served::start(desk, "CERT-B", &["--listen", "127.0.0.1:0"]);
    server.post(&server.writer, &objects, &json!({"objects": [indicator(77, GREEN)]}));
    support::web::until("the node takes it in", || held().contains("203.0.113.77"));
    follower.stop();
    // And adds to it.
    desk.write("own.md", "---\nid: B-1\nscheme: tlp\ntitle: (TLP:GREEN) Of B\narrangements: ISAC-1\n---\n\n(TLP:GREEN) What CERT-B has to say about it.\n");
    desk.ok("CERT-B", &["report", "add", "own.md"]);
    desk.ok("CERT-B", &["feed", "add", &url, "--name", "out", "--secret", "writer"]);
    let status = desk
        .ok("CERT-B", &["--json", "feed", "push", "out", "B-1", "--for", "CERT-A"])
        .json();
    assert_eq!(
        (&status["failure_count"], &status["status"]),
        (&json!(0), &json!("complete")),
        "{status}"
    );
    let page = server.value(&server.reader, &format!("{objects}?match[type]=note"));
    assert!(page.to_string().contains("What CERT-B has to say about it."), "{page}");
    // A server that says no is said to.
    desk.write("token", "AAAA");
    let refused = desk.run(&["--data", "CERT-B", "feed", "poll", "misp"]);
    assert!(refused.code == 1 && refused.err.contains("401"), "{}", refused.err);
    assert!(desk.ok("CERT-B", &["feed", "list"]).out.contains("401"));
}
