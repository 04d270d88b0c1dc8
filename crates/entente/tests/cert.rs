//! The course of a report at a CERT.

use crate::story::pairs;
use crate::support;

use serde_json::Value;
use support::Desk;

/// The same course for a CERT: another scheme, no clearances, an embargo instead of a source.
#[test]
fn a_cert_shares_under_tlp_and_is_asked_before_it_travels_further() {
    let desk = Desk::new();
    for party in ["CERT-PL", "CERT-DE"] {
        desk.found(party);
    }
    desk.ok("CERT-PL", &["party", "add", "CERT-DE", "--keys", "CERT-DE.keys"]);
    desk.ok("CERT-DE", &["party", "add", "CERT-PL", "--keys", "CERT-PL.keys"]);
    desk.write(
        "advisory.md",
        "---\nid: VU-77\nscheme: tlp\n---\n(TLP:AMBER+STRICT) The flaw is in the update service. {#flaw}\n\n(TLP:CLEAR) An update will come. {#update}\n",
    );
    let added = desk.ok("CERT-PL", &["report", "add", "advisory.md"]);
    assert!(added.out.contains("banner: TLP:AMBER+STRICT"), "{}", added.out);
    desk.ok("CERT-PL", &["deliver", "VU-77", "--to", "CERT-DE"]);
    desk.receive("CERT-DE");
    desk.ok("CERT-DE", &["person", "add", "CERT-DE/analyst"]);
    let decide = |audience: &str| {
        let said = desk.run(&[
            "--data",
            "CERT-DE",
            "--json",
            "decide",
            "--report",
            "VU-77",
            "--audience",
            audience,
        ]);
        let portions = said.json()["people"][0]["portions"].as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (
            said.code,
            portions
                .iter()
                .map(|p| (text(&p["id"]), text(&p["outcome"])))
                .collect::<Vec<_>>(),
        )
    };
    desk.write("own.json", r#"["CERT-DE/analyst"]"#);
    assert_eq!(
        decide("own.json"),
        (0, pairs(&[("flaw", "permit"), ("update", "permit")]))
    );
    desk.write("vendor.json", r#"["VENDOR/engineer"]"#);
    desk.ok("CERT-DE", &["person", "add", "VENDOR/engineer"]);
    assert_eq!(
        decide("vendor.json"),
        (4, pairs(&[("flaw", "ask"), ("update", "permit")]))
    );
    let open = desk.ok(
        "CERT-DE",
        &[
            "--json",
            "request",
            "open",
            "--report",
            "VU-77",
            "--audience",
            "vendor.json",
        ],
    );
    let id = open.json()["requests"][0]["id"].as_str().unwrap().to_owned();
    desk.receive("CERT-PL");
    let mark = [
        "consent",
        "substitute",
        &id,
        "--portion",
        "flaw",
        "--mark",
        "(TLP:GREEN)",
        "--text",
        "A flaw is being fixed.",
    ];
    desk.ok("CERT-PL", &mark);
    desk.receive("CERT-DE");
    assert_eq!(
        decide("vendor.json").1,
        pairs(&[("flaw", "ask"), ("update", "permit"), ("flaw-s1", "permit")])
    );
}
