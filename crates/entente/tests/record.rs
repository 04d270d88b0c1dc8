//! What is written for the record of others: terms as ODRL.

use crate::support;

use serde_json::Value;
use support::{Desk, OFFICER, REPORT};

const TERMS: [&str; 4] = ["arrangement", "export", "GBR-USA-2024", "--for"];

fn without_moment(mut document: Value) -> Value {
    document["issued"] = Value::from("(moment)");
    document.as_object_mut().unwrap().remove("@context");
    document
}

#[test]
fn an_arrangement_is_an_agreement_that_permits_nothing_without_a_decision() {
    let desk = Desk::new();
    desk.parties();
    let said = desk.ok("GBR.CAB", &[&TERMS[..], &["USA.SVC"]].concat());
    let document: Value = serde_json::from_str(&said.out).unwrap();
    for rule in document["permission"].as_array().unwrap() {
        let asks = |one: &Value| one["leftOperand"] == "decision" && one["rightOperand"]["@id"] == "entente:permit";
        assert!(rule["constraint"].as_array().unwrap().iter().any(asks), "{rule}");
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&without_moment(document)).unwrap());
    insta::assert_snapshot!(said.err);
    // The same, as a file with a table, and for programs.
    let file = desk.ok(
        "GBR.CAB",
        &[&TERMS[..], &["GBR.CAB/minister", "-o", "terms.jsonld"]].concat(),
    );
    insta::assert_snapshot!(file.out);
    let value = desk
        .ok("GBR.CAB", &[&["--json"], &TERMS[..], &["USA.SVC"]].concat())
        .json();
    let file: Value = serde_json::from_str(&std::fs::read_to_string(desk.path("terms.jsonld")).unwrap()).unwrap();
    assert_eq!(without_moment(value["document"].clone()), without_moment(file));
    // Whoever did not agree is not told.
    let denied = desk.run(&[&["--data", "GBR.CAB"], &TERMS[..], &["CHL"]].concat());
    assert_eq!(denied.code, 3, "{}", denied.err);
    assert!(
        denied.err.contains("none of the parties of arrangement GBR-USA-2024"),
        "{}",
        denied.err
    );
}

#[test]
fn what_is_not_in_force_has_no_permission() {
    let desk = Desk::new();
    desk.parties();
    let stop = ["arrangement", "suspend", "GBR-USA-2024", "--reason", "a review"];
    desk.ok("GBR.CAB", &stop);
    let document = desk.ok("GBR.CAB", &[&TERMS[..], &["USA.SVC"]].concat()).json();
    assert_eq!(document["permission"], Value::Null);
    assert_eq!(document["prohibition"], serde_json::json!([{ "action": "use" }]));
    assert_eq!(document["status"], "suspended");
    assert_eq!(document["statusBy"], "urn:entente:party:GBR.CAB");
    assert_eq!(document["statusReason"], "a review");
}

/// A consent to two portions, of which one reader may have one.
fn consented() -> (Desk, String) {
    let desk = Desk::delivered();
    desk.staff(&[], &["GBR.CAB/minister", "GBR.CAB/desk-analyst"]);
    let request = desk.ask("harm,place");
    desk.receive("USA.SVC");
    let given = [
        "--json",
        "consent",
        "grant",
        &request,
        "--condition",
        "orally only",
        "--until",
        "2099-12-31",
    ];
    let given = desk.ok("USA.SVC", &given).json();
    desk.receive("GBR.CAB");
    let id = given["opened"][0]["id"].as_str().unwrap().to_owned();
    (desk, id)
}

#[test]
fn a_consent_names_to_a_reader_the_portions_that_they_may_have() {
    let (desk, id) = consented();
    let export = |to: &str| {
        let said = desk.ok(
            "GBR.CAB",
            &["consent", "export", &id, "--for", to, "--purpose", "threat-warning"],
        );
        (said.json(), said.err)
    };
    let targets = |document: &Value| {
        let all = document["target"].as_array().unwrap().iter();
        all.map(|one| one["uid"].as_str().unwrap().rsplit('/').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let (whole, _) = export("USA.SVC");
    assert_eq!(targets(&whole), ["harm", "place"]);
    let (part, losses) = export("GBR.CAB/desk-analyst");
    assert_eq!(targets(&part), ["harm"]);
    assert!(
        losses.contains("portions that are not for whoever gets this: left out"),
        "{losses}"
    );
    assert!(!part.to_string().contains("place"), "{part}");
    let mut shown = without_moment(whole);
    let stamps = &mut shown["permission"][0]["constraint"];
    for one in stamps.as_array_mut().unwrap() {
        if one["operator"] == "gteq" {
            one["rightOperand"]["@value"] = Value::from("(moment)");
        }
    }
    insta::assert_snapshot!(support::without_chance(&serde_json::to_string_pretty(&shown).unwrap()));
    // Withdrawn, it was permitted until then.
    desk.ok("USA.SVC", &["consent", "withdraw", &id, "--reason", "it changed"]);
    desk.receive("GBR.CAB");
    let (ended, _) = export("USA.SVC");
    assert_eq!(ended["status"], "withdrawn");
    let before = |one: &Value| {
        one["operator"] == "lt"
            && one["rightOperand"]["@value"]
                .as_str()
                .is_some_and(|end| !end.starts_with("2099"))
    };
    assert!(
        ended["permission"][0]["constraint"]
            .as_array()
            .unwrap()
            .iter()
            .any(before),
        "{ended}"
    );
}

#[test]
fn consents_go_to_whom_they_are_between() {
    let (desk, id) = consented();
    let nobody = desk.ok("GBR.CAB", &["consent", "export", "--for", "CHL"]).json();
    assert_eq!(nobody["@graph"], serde_json::json!([]));
    let missing = desk.run(&["--data", "GBR.CAB", "consent", "export", &id, "--for", "CHL"]);
    assert_eq!(missing.code, 5, "{}", missing.err);
    let stranger = desk.ok("GBR.CAB", &["consent", "export", "--for", OFFICER]).json();
    assert_eq!(stranger["@graph"], serde_json::json!([]), "{REPORT} is not for them");
}

#[test]
fn pages_and_programs_get_the_same() {
    let (desk, id) = consented();
    desk.ok(
        "GBR.CAB",
        &[
            "person",
            "add",
            "GBR.CAB/minister",
            "--role",
            "disclosure-officer",
            "--role",
            "analyst",
        ],
    );
    let token = desk.token("GBR.CAB/minister", "read");
    let node = support::web::Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    let header = format!("Bearer {token}");
    let get = |path: &str| node.ask("GET", path, &[("authorization", &header)], b"");
    let terms = get("/api/v1/arrangements/GBR-USA-2024/odrl");
    assert_eq!(terms.status, 200, "{}", terms.text());
    let terms: Value = serde_json::from_str(&terms.text()).unwrap();
    let by_command = desk
        .ok("GBR.CAB", &[&["--json"], &TERMS[..], &["GBR.CAB/minister"]].concat())
        .json();
    assert_eq!(terms["table"], by_command["table"]);
    assert_eq!(
        without_moment(terms["document"].clone()),
        without_moment(by_command["document"].clone())
    );
    let consents: Value = serde_json::from_str(&get("/api/v1/consents/odrl?purpose=threat-warning").text()).unwrap();
    assert_eq!(consents["named"], serde_json::json!([format!("USA.SVC/{id}")]));
    // What the words mean is no secret.
    let profile = node.get("/odrl/1.jsonld");
    assert_eq!(profile.header("content-type"), Some("application/ld+json"));
    assert!(profile.text().contains("urn:entente:odrl:1#decision"));
    let browser = support::web::Browser::as_person(&desk, &node, "GBR.CAB/minister");
    let page = browser.get("/arrangements/GBR-USA-2024");
    assert!(
        page.text().contains("href=\"/arrangements/GBR-USA-2024/odrl\""),
        "{}",
        page.text()
    );
    let file = browser.get("/arrangements/GBR-USA-2024/odrl");
    assert_eq!(
        file.header("content-disposition"),
        Some("attachment; filename=\"arrangement-GBR-USA-2024.jsonld\"")
    );
    let file: Value = serde_json::from_str(&file.text()).unwrap();
    assert_eq!(without_moment(file), without_moment(by_command["document"].clone()));
    let file = browser.get("/consents.jsonld?purpose=threat-warning");
    assert!(file.text().contains(&id), "{}", file.text());
}

/// A byte string of CBOR, found by what stands before it.
fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn an_entry_of_the_ledger_has_a_receipt_in_cose() {
    let desk = Desk::new();
    desk.parties();
    desk.ok("USA.SVC", &["ledger", "publish"]);
    let said = desk.ok("USA.SVC", &["ledger", "prove", "2", "--as", "cose", "-o", "two.cose"]);
    insta::assert_snapshot!(said.out);
    let receipt = std::fs::read(desk.path("two.cose")).unwrap();
    // COSE_Sign1; RFC9162_SHA256; no payload.
    assert_eq!(receipt[0], 0xd2);
    assert!(
        holds(&receipt, &[0x19, 0x01, 0x8b, 0x01]) && holds(&receipt, b"event 2"),
        "{receipt:x?}"
    );
    let entry = std::fs::read_to_string(desk.path("two.cose.entry")).unwrap();
    let proof = desk.ok("USA.SVC", &["--json", "ledger", "prove", "2"]).json();
    assert_eq!(proof["entry"], entry);
    let value = desk
        .ok("USA.SVC", &["--json", "ledger", "prove", "2", "--as", "cose"])
        .json();
    assert_eq!(value["entry"], entry);
    assert!(value["receipt"].as_str().unwrap().len() > 200);
    let key = desk.ok("USA.SVC", &["party", "export", "--as", "pem"]).out;
    assert!(key.starts_with("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA"), "{key}");
    // What is not text needs a place, and has no room for contents.
    let nowhere = desk.run(&["--data", "USA.SVC", "ledger", "prove", "2", "--as", "cose"]);
    assert_eq!(
        (nowhere.code, nowhere.err.contains("-o FILE")),
        (2, true),
        "{}",
        nowhere.err
    );
    let open = desk.run(&[
        "--data", "USA.SVC", "ledger", "prove", "2", "--as", "cose", "--open", "-o", "x",
    ]);
    assert_eq!(open.code, 2, "{}", open.err);
    let missing = desk.run(&["--data", "USA.SVC", "ledger", "prove", "99", "--as", "cose", "-o", "x"]);
    assert_eq!(missing.code, 5, "{}", missing.err);
}

#[test]
fn receipts_stand_beside_an_assurance_and_on_the_page_of_an_entry() {
    let desk = Desk::delivered();
    let said = desk.ok(
        "GBR.CAB",
        &[
            "assure",
            "--for",
            "USA.SVC",
            "-o",
            "made.json",
            "--receipts",
            "receipts",
        ],
    );
    let made: Value = serde_json::from_str(&std::fs::read_to_string(desk.path("made.json")).unwrap()).unwrap();
    let entries = made["entries"].as_array().unwrap();
    let many = if entries.len() == 1 {
        "1 receipt".to_owned()
    } else {
        format!("{} receipts", entries.len())
    };
    assert!(
        said.err.contains(&format!("{many} written to receipts")),
        "{}",
        said.err
    );
    for entry in entries {
        let entry = entry["entry"].as_str().unwrap();
        let seq = serde_json::from_str::<Value>(entry).unwrap()["seq"].to_string();
        let beside = std::fs::read_to_string(desk.path(&format!("receipts/{seq}.cose.entry"))).unwrap();
        assert_eq!(beside, entry);
        assert!(desk.path(&format!("receipts/{seq}.cose")).exists());
    }
    desk.ok("GBR.CAB", &["person", "add", "GBR.CAB/auditor", "--role", "auditor"]);
    let node = support::web::Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    let browser = support::web::Browser::as_person(&desk, &node, "GBR.CAB/auditor");
    let page = browser.get("/ledger/2").text();
    assert!(
        page.contains("href=\"/ledger/2.cose\"") && page.contains("href=\"/ledger/2.entry\""),
        "{page}"
    );
    let receipt = browser.get("/ledger/2.cose");
    assert_eq!(
        receipt.header("content-type"),
        Some("application/cose; cose-type=\"cose-sign1\"")
    );
    assert_eq!(receipt.body.first(), Some(&0xd2));
    assert!(browser.get("/ledger/2.entry").text().contains("\"seq\":2"));
}
