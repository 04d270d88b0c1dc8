//! Reports in the formats of others, in and out, as users and their scripts do it.

use crate::support;

use serde_json::{Value, json};
use support::{Desk, REPORT};

const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
const AMBER_1: &str = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";
const CLEAR: &str = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487";

#[allow(clippy::needless_pass_by_value, reason = "called with what is written in place")]
fn stix(kind: &str, n: u8, more: Value) -> Value {
    let mut object = json!({
        "type": kind, "spec_version": "2.1", "id": format!("{kind}--00000000-0000-4000-8000-0000000000{n:02x}"),
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
    });
    object
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    object
}

fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

/// A bundle as a CERT sends it, with all that can be the matter with one.
fn bundle() -> Value {
    let who = stix(
        "identity",
        1,
        json!({"name": "CERT Example", "identity_class": "organization"}),
    );
    let green = stix(
        "indicator",
        2,
        json!({
            "created_by_ref": id(&who), "name": "A server", "pattern": "[ipv4-addr:value = '203.0.113.7']", "pattern_type": "stix",
            "valid_from": "2026-01-01T00:00:00Z", "object_marking_refs": [GREEN], "x_own": {"kept": [1, 2.5, null]}
        }),
    );
    let unmarked = stix(
        "malware",
        3,
        json!({"created_by_ref": id(&who), "name": "Worm", "is_family": false}),
    );
    let strange = stix(
        "tool",
        4,
        json!({"name": "X", "object_marking_refs": ["marking-definition--00000000-0000-4000-8000-0000000000ff"]}),
    );
    let report = stix(
        "report",
        5,
        json!({
            "created_by_ref": id(&who), "name": "A campaign", "published": "2026-01-01T00:00:00Z",
            "description": "The first paragraph says who.\n\nThe second says how.",
            "object_refs": [id(&green), id(&unmarked), id(&strange)], "object_marking_refs": [AMBER_1],
            "granular_markings": [{"marking_ref": CLEAR, "selectors": ["name"]}]
        }),
    );
    let grouping = stix(
        "grouping",
        6,
        json!({"name": "A group", "context": "suspicious-activity", "object_refs": [id(&green)]}),
    );
    let note = stix(
        "note",
        7,
        json!({"abstract": "Short", "content": "A note.", "object_refs": [id(&green)], "object_marking_refs": [CLEAR]}),
    );
    json!({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000",
        "objects": [who, green, unmarked, strange, report, grouping, note, {"type": "indicator"}, 7, "text"]})
}

fn written(desk: &Desk, name: &str, value: &Value) {
    desk.write(name, &value.to_string());
}

fn shown(desk: &Desk, party: &str, report: &str) -> Value {
    desk.ok(party, &["--json", "report", "show", report]).json()
}

fn marks(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let portions = report["portions"].as_array().unwrap().iter();
    portions
        .map(|portion| (text(&portion["id"]), text(&portion["mark"])))
        .collect()
}

#[test]
fn what_a_cert_sends_becomes_reports_and_nothing_of_it_gets_more_open() {
    let desk = Desk::new();
    desk.found("USA.SVC");
    written(&desk, "in.json", &bundle());
    let taken = desk.ok("USA.SVC", &["--json", "import", "in.json"]).json();
    let reports = taken[0]["reports"].as_array().unwrap();
    let states: Vec<&str> = reports.iter().map(|report| report["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["added"; 3], "{taken:#}");
    let campaign = "CERT-EXAMPLE.report--00000000-0000-4000-8000-000000000005";
    assert_eq!(reports[0]["id"], campaign);
    assert_eq!(reports[0]["originators"], json!(["CERT-EXAMPLE", "USA.SVC"]));
    let report = shown(&desk, "USA.SVC", campaign);
    assert_eq!(report["title"], "A campaign");
    assert_eq!(
        marks(&report),
        [
            ("p1", "(TLP:AMBER)"),
            ("p2", "(TLP:AMBER)"),
            ("indicator--00000000-0000-4000-8000-000000000002", "(TLP:GREEN)"),
            ("malware--00000000-0000-4000-8000-000000000003", "(TLP:AMBER+STRICT)"),
            (
                "tool--00000000-0000-4000-8000-000000000004",
                "(TLP:AMBER+STRICT) (unread marking-definition--00000000-0000-4000-8000-0000000000ff)"
            ),
            ("object", "(TLP:AMBER)"),
        ]
        .map(|(id, mark)| (id.to_owned(), mark.to_owned()))
    );
    // A group without a mark is not open either; a note that says it is clear is.
    assert_eq!(
        marks(&shown(
            &desk,
            "USA.SVC",
            "UNKNOWN.grouping--00000000-0000-4000-8000-000000000006"
        ))[0]
            .1,
        "(TLP:GREEN)"
    );
    assert_eq!(
        marks(&shown(
            &desk,
            "USA.SVC",
            "UNKNOWN.note--00000000-0000-4000-8000-000000000007"
        ))[0]
            .1,
        "(TLP:CLEAR)"
    );
    let table = taken[0]["table"].to_string();
    for said in [
        "without an `id`",
        "something that is no object",
        "is not understood",
        "takes the default, (TLP:AMBER+STRICT)",
    ] {
        assert!(table.contains(said), "{said}: {table}");
    }
    let again = desk.ok("USA.SVC", &["--json", "import", "in.json"]).json();
    let states: Vec<&str> = again[0]["reports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["unchanged"; 3]);
}

#[test]
fn what_bears_no_mark_takes_the_stricter_of_both_defaults_and_is_never_clear() {
    let object = json!({"type": "bundle", "id": "bundle--1", "objects": [stix("malware", 1, json!({"name": "W", "is_family": true}))]});
    for (terms, collection, mark) in [
        (None, None, "(TLP:AMBER+STRICT)"),
        (None, Some("TLP:GREEN"), "(TLP:GREEN)"),
        (None, Some("TLP:CLEAR"), "(TLP:AMBER+STRICT)"),
        (Some("(TLP:RED)"), Some("TLP:GREEN"), "(TLP:RED)"),
        (Some("(TLP:GREEN)"), Some("TLP:RED"), "(TLP:RED)"),
        (Some("(TLP:CLEAR)"), None, "(TLP:AMBER+STRICT)"),
        (Some("(S//NF)"), Some("TLP:GREEN"), "(TLP:GREEN) (S//NF)"),
    ] {
        let desk = Desk::new();
        desk.found("USA.SVC");
        desk.ok("USA.SVC", &["party", "add", "CERT-PL"]);
        let mut arrangement: Value =
            json!({"id": "A-1", "title": "A", "parties": ["USA.SVC", "CERT-PL"], "onward": "members"});
        if let Some(terms) = terms {
            arrangement["default_mark"] = json!(terms);
        }
        written(&desk, "a.json", &arrangement);
        desk.ok("USA.SVC", &["arrangement", "add", "a.json"]);
        written(&desk, "in.json", &object);
        let mut command = vec![
            "--json",
            "import",
            "in.json",
            "--arrangement",
            "A-1",
            "--from",
            "CERT-PL",
        ];
        if let Some(collection) = collection {
            command.extend(["--default-mark", collection]);
        }
        let taken = desk.ok("USA.SVC", &command).json();
        let report = shown(&desk, "USA.SVC", taken[0]["reports"][0]["id"].as_str().unwrap());
        assert_eq!(marks(&report)[0].1, mark, "{terms:?} {collection:?}");
    }
}

#[test]
fn what_goes_out_is_decided_for_the_receiver_and_comes_back_no_more_open() {
    let desk = Desk::new();
    desk.parties();
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    desk.found("CHL.MFA");
    desk.ok("USA.SVC", &["party", "add", "CHL.MFA", "--keys", "CHL.MFA.keys"]);
    // The visitors' party is on no list but that of the advice, and the arrangement does not bind it.
    let refused = desk.run(&[
        "--data", "USA.SVC", "export", REPORT, "--as", "stix", "--for", "CHL.MFA",
    ]);
    assert_ne!(refused.code, 0, "{}", refused.out);
    assert!(refused.out.is_empty(), "{}", refused.out);
    for form in ["stix", "misp", "csaf", "markdown"] {
        let file = format!("out.{form}");
        desk.ok(
            "USA.SVC",
            &["export", REPORT, "--as", form, "--for", "GBR.CAB", "-o", &file],
        );
        let again = format!("again.{form}");
        desk.ok(
            "USA.SVC",
            &["export", REPORT, "--as", form, "--for", "GBR.CAB", "-o", &again],
        );
        let read = |name: &str| std::fs::read_to_string(desk.path(name)).unwrap();
        assert_eq!(read(&file), read(&again), "the same report gives the same file");
    }
    let holders = desk.ok("USA.SVC", &["--json", "report", "holders", REPORT]).out;
    assert!(holders.contains("GBR.CAB"), "whoever got a file is a holder: {holders}");
    desk.ok("GBR.CAB", &["import", "out.stix"]);
    let back = shown(&desk, "GBR.CAB", "USA.SVC.SVC-2026-0412");
    let own = shown(&desk, "USA.SVC", REPORT);
    let (own, mut came) = (marks(&own), marks(&back));
    came.retain(|(id, _)| id != "object");
    assert_eq!(came, own);
    for portion in back["portions"].as_array().unwrap() {
        assert!(
            portion["originators"].as_array().unwrap().contains(&json!("USA.SVC")),
            "{portion}"
        );
    }
    desk.ok("GBR.CAB", &["--json", "import", "out.misp", "out.csaf"]);
}

#[test]
fn a_recall_travels_as_a_revocation() {
    let desk = Desk::new();
    desk.parties();
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    desk.ok(
        "USA.SVC",
        &["export", REPORT, "--as", "stix", "--for", "GBR.CAB", "-o", "out.json"],
    );
    desk.ok("GBR.CAB", &["import", "out.json"]);
    desk.ok(
        "USA.SVC",
        &[
            "recall",
            "order",
            REPORT,
            "--action",
            "retain-hide",
            "--reason",
            "the source is in danger",
        ],
    );
    desk.ok(
        "USA.SVC",
        &[
            "export",
            REPORT,
            "--as",
            "stix",
            "--for",
            "GBR.CAB",
            "-o",
            "revoked.json",
        ],
    );
    let revoked: Value = serde_json::from_str(&std::fs::read_to_string(desk.path("revoked.json")).unwrap()).unwrap();
    let report = revoked["objects"]
        .as_array()
        .unwrap()
        .iter()
        .find(|object| object["type"] == "report")
        .unwrap();
    assert_eq!(report["revoked"], true);
    assert!(!revoked.to_string().contains("Grey Tide"));
    let taken = desk.ok("GBR.CAB", &["--json", "import", "revoked.json"]).json();
    assert_eq!(taken[0]["reports"][0]["state"], "withdrawn", "{taken:#}");
    assert_eq!(shown(&desk, "GBR.CAB", "USA.SVC.SVC-2026-0412")["state"], "withdrawn");
}

#[test]
fn hostile_files_get_an_error_that_says_what_is_wrong() {
    let desk = Desk::new();
    desk.found("USA.SVC");
    for (name, text, says) in [
        (
            "deep.json",
            format!("{}1{}", "[".repeat(5000), "]".repeat(5000)),
            "nested deeper than 64 levels",
        ),
        (
            "twice.json",
            r#"{"type":"bundle","type":"bundle","id":"bundle--1","objects":[]}"#.to_owned(),
            "`type` stands twice",
        ),
        ("cut.json", r#"{"type":"bundle","#.to_owned(), "line 1 column"),
        ("other.json", r#"{"a":1}"#.to_owned(), "neither STIX"),
        ("empty.json", String::new(), "EOF"),
    ] {
        desk.write(name, &text);
        let said = desk.run(&["--data", "USA.SVC", "import", name]);
        assert_eq!(said.code, 1, "{name}");
        assert!(said.err.contains(says), "{name}: {}", said.err);
    }
    // One bad file, and one bad object, stop nothing else.
    let mut text = bundle().to_string();
    text.insert_str(
        text.find(r#""objects":["#).unwrap() + 11,
        r#"{"type":"tool","id":"tool--x","name":"a","name":"b"},"#,
    );
    desk.write("in.json", &text);
    let said = desk.run(&["--data", "USA.SVC", "--json", "import", "deep.json", "in.json"]);
    assert_eq!(said.code, 1);
    assert_eq!(said.json()[0]["reports"].as_array().unwrap().len(), 3);
    assert!(said.out.contains("the name `name` stands twice"));
}

#[test]
fn a_label_beside_a_file_or_in_it_holds_and_other_data_than_was_labelled_is_refused() {
    let desk = Desk::new();
    desk.found("CERT-A");
    desk.write("note.txt", "One text that was labelled.\n\nAnother one.\n");
    desk.ok("CERT-A", &["marking", "bind", "(NS) (TLP:AMBER)", "--to", "note.txt"]);
    let sidecar = std::fs::read_to_string(desk.path("note.txt.bdo")).unwrap();
    assert!(
        sidecar.contains("urn:nato:stanag:4778:bindinginformation:1:0")
            && sidecar.contains("<slab:Classification>SECRET<")
    );
    let shown = desk.ok("CERT-A", &["--json", "marking", "label", "note.txt"]).json();
    assert_eq!((&shown["place"], &shown["bound"]), (&json!("sidecar"), &json!(true)));
    let marks: Vec<&str> = shown["labels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|label| label["mark"].as_str().unwrap())
        .collect();
    assert_eq!(marks, ["(NS)", "(TLP:AMBER)"]);
    let taken = desk
        .ok("CERT-A", &["--json", "import", "note.txt", "--from", "NATO"])
        .json();
    let id = taken[0]["reports"][0]["id"].as_str().unwrap().to_owned();
    let report = desk.ok("CERT-A", &["--json", "report", "show", &id]).json();
    let marks: Vec<&str> = report["portions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|portion| portion["mark"].as_str().unwrap())
        .collect();
    assert_eq!(&marks[..2], ["(TLP:AMBER) (NS)", "(TLP:AMBER) (NS)"]);
    // The label named in the place of the file is the same; twice changes nothing.
    let again = desk
        .ok("CERT-A", &["--json", "import", "note.txt.bdo", "--from", "NATO"])
        .json();
    assert_eq!(again[0]["reports"][0]["state"], "unchanged");
    // Other data, another name, entities, a policy that nobody knows.
    desk.write("note.txt", "One text that was altered.\n");
    let refused = desk.run(&["--data", "CERT-A", "import", "note.txt"]);
    assert!(
        refused.code == 1 && refused.err.contains("not the data that was labelled"),
        "{}",
        refused.err
    );
    desk.write("other.txt", "One text that was labelled.\n");
    desk.write("other.txt.bdo", &sidecar);
    let refused = desk.run(&["--data", "CERT-A", "import", "other.txt"]);
    assert!(
        refused.code == 1 && refused.err.contains("is about note.txt"),
        "{}",
        refused.err
    );
    let hostile = sidecar.replace(
        "<mb:BindingInformation",
        "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><mb:BindingInformation",
    );
    desk.write("note.txt.bdo", &hostile);
    let refused = desk.run(&["--data", "CERT-A", "import", "note.txt"]);
    assert!(
        refused.code == 1 && refused.err.contains("document type"),
        "{}",
        refused.err
    );
    desk.write("far.txt", "A text of somebody with a policy of their own.\n");
    let label = |policy: &str, data: &str| {
        format!(
            r#"<b:BindingInformation xmlns:b="urn:nato:stanag:4778:bindinginformation:1:0"><b:MetadataBindingContainer><b:MetadataBinding><b:Metadata><s:originatorConfidentialityLabel xmlns:s="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"><s:ConfidentialityInformation><s:PolicyIdentifier URI="urn:oid:1.2.3.4.5">{policy}</s:PolicyIdentifier><s:Classification>SECRET</s:Classification></s:ConfidentialityInformation><s:CreationDateTime>2026-01-01T00:00:00Z</s:CreationDateTime></s:originatorConfidentialityLabel></b:Metadata>{data}</b:MetadataBinding></b:MetadataBindingContainer></b:BindingInformation>"#
        )
    };
    desk.write("far.txt.bdo", &label("FARAWAY", r#"<b:DataReference URI="far.txt"/>"#));
    let far = desk
        .ok("CERT-A", &["--json", "import", "far.txt", "--from", "FAR"])
        .json();
    let far = desk
        .ok(
            "CERT-A",
            &["--json", "report", "show", far[0]["reports"][0]["id"].as_str().unwrap()],
        )
        .json();
    assert!(far["portions"][0]["mark"].as_str().unwrap().contains("unread"), "{far}");
    // XML with its label within it.
    desk.write(
        "in.xml",
        &format!(
            "<doc><p>Text in XML.</p>{}</doc>",
            label("FARAWAY", r#"<b:DataReference URI=""/>"#)
        ),
    );
    let inside = desk
        .ok("CERT-A", &["--json", "import", "in.xml", "--from", "FAR"])
        .json();
    let inside = desk
        .ok(
            "CERT-A",
            &[
                "--json",
                "report",
                "show",
                inside[0]["reports"][0]["id"].as_str().unwrap(),
            ],
        )
        .json();
    assert_eq!(inside["portions"][0]["text"], "Text in XML.");
    assert!(
        inside["portions"][0]["mark"].as_str().unwrap().contains("unread"),
        "{inside}"
    );
}

#[test]
fn what_is_exported_bears_its_label_in_every_form() {
    let desk = Desk::new();
    desk.found("CERT-A");
    desk.ok("CERT-A", &["person", "add", "CERT-A/reader", "--role", "analyst"]);
    desk.write("r.md", "---\nid: R-1\nscheme: tlp\ntitle: (TLP:GREEN) A title\n---\n\n(TLP:GREEN) The first text of it.\n\n(TLP:AMBER) The second text of it.\n");
    desk.ok("CERT-A", &["report", "add", "r.md"]);
    for (form, file) in [("markdown", "out.md"), ("pdf", "out.pdf"), ("xml", "out.xml")] {
        desk.ok(
            "CERT-A",
            &[
                "export",
                "R-1",
                "--as",
                form,
                "--for",
                "CERT-A/reader",
                "-o",
                file,
                "--label",
            ],
        );
        let shown = desk.ok("CERT-A", &["--json", "marking", "label", file]).json();
        assert_eq!(
            (&shown["place"], &shown["bound"], &shown["labels"][0]["mark"]),
            (&json!("sidecar"), &json!(true), &json!("(TLP:AMBER)")),
            "{form}"
        );
    }
    // Within the file, where the one beside it is gone.
    for (file, place, labels) in [("out.pdf", "XMP", 1), ("out.xml", "XML", 3)] {
        std::fs::remove_file(desk.path(&format!("{file}.bdo"))).unwrap();
        let shown = desk.ok("CERT-A", &["--json", "marking", "label", file]).json();
        assert_eq!(
            (&shown["place"], shown["labels"].as_array().unwrap().len()),
            (&json!(place), labels),
            "{shown}"
        );
        let back = format!("CERT-{place}");
        desk.found(&back);
        let taken = desk.ok(&back, &["--json", "import", file, "--from", "CERT-A"]).json();
        let shown = desk
            .ok(
                &back,
                &[
                    "--json",
                    "report",
                    "show",
                    taken[0]["reports"][0]["id"].as_str().unwrap(),
                ],
            )
            .json();
        let open = shown["portions"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|portion| portion["mark"] == "(TLP:CLEAR)")
            .count();
        assert_eq!(open, 0, "{shown}");
    }
}
