//! A party's own rules: step 7 of every decision.

use crate::support;

use support::{Desk, REPORT};

const RULE: &str = "// Nobody but the minister reads where it was collected.\n\
                    @id(\"place\")\n\
                    forbid (principal, action, resource in Party::\"USA\")\n\
                    when { resource.categories.contains(\"us-ic/sci/SI\") }\n\
                    unless { principal.roles.contains(\"override-authority\") };\n";

#[test]
fn a_rule_forbids_what_everything_else_permits() {
    let desk = Desk::delivered();
    let readers = ["--add", "GBR.CAB/minister", "--add", "GBR.CAB/disclosure-officer"];
    desk.ok("GBR.CAB", &[&["report", "distribute", REPORT], &readers[..]].concat());
    desk.write("readers.json", r#"["GBR.CAB/minister", "GBR.CAB/disclosure-officer"]"#);
    let ask = ["--audience", "readers.json", "--purpose", "analysis"];
    assert_eq!(desk.outcomes(&ask).0, 0);

    desk.write("rule.cedar", RULE);
    desk.ok("GBR.CAB", &["rule", "check", "rule.cedar"]);
    desk.ok("GBR.CAB", &["rule", "set", "house", "rule.cedar"]);
    let decide = ["--data", "GBR.CAB", "--json", "decide", "--report", REPORT];
    let said = desk.run(&[&decide[..], &ask].concat());
    assert_eq!(said.code, 3, "{}{}", said.out, said.err);
    let answer = said.json();
    let place = |person: usize| {
        let portions = answer["people"][person]["portions"].as_array().unwrap();
        portions
            .iter()
            .find(|portion| portion["id"] == "place")
            .unwrap()
            .clone()
    };
    assert_eq!(place(0)["outcome"], "permit");
    let denied = place(1);
    assert_eq!(denied["outcome"], "deny");
    assert_eq!(denied["reasons"][0]["rule"], "policy.local");
    assert_eq!(denied["reasons"][0]["token"], "house/place");
    let others = answer["people"][1]["portions"].as_array().unwrap();
    assert!(
        others
            .iter()
            .all(|portion| portion["id"] == "place" || portion["outcome"] == "permit")
    );

    // Every other way to the text goes through the same decision.
    let show = ["report", "show", REPORT, "--purpose", "analysis", "--as"];
    let officer = desk.ok("GBR.CAB", &[&show[..], &["GBR.CAB/disclosure-officer"]].concat());
    assert!(!officer.out.contains("Port Marrow"), "{}", officer.out);
    let minister = desk.ok("GBR.CAB", &[&show[..], &["GBR.CAB/minister"]].concat());
    assert!(minister.out.contains("Port Marrow"), "{}", minister.out);

    let listed = desk.ok("GBR.CAB", &["rule", "list"]).out;
    assert!(
        listed.contains("house") && listed.contains("forbid (principal, action, resource in"),
        "{listed}"
    );
    assert_eq!(desk.ok("GBR.CAB", &["rule", "show", "house"]).out, RULE);
    desk.ok("GBR.CAB", &["store", "check"]);
    desk.ok("GBR.CAB", &["rule", "remove", "house"]);
    assert_eq!(desk.outcomes(&ask).0, 0);
    let gone = desk.run(&["--data", "GBR.CAB", "rule", "remove", "house"]);
    assert!(gone.code == 5 && gone.err.contains("entente rule list"), "{}", gone.err);
    let none = desk.ok("GBR.CAB", &["rule", "list"]);
    assert!(none.err.contains("no rules of its own") || none.out.contains("no rules of its own"));
    desk.ok("GBR.CAB", &["store", "check"]);
}

#[test]
fn a_faulty_rule_is_refused_and_nothing_changes() {
    let desk = Desk::delivered();
    for (text, why) in [
        (
            "permit (principal, action, resource);",
            "line 1: a rule can only forbid",
        ),
        (
            "forbid (principal, action, resource)\nwhen { principal.rank > 3 };",
            "line 2: ",
        ),
        ("forbid me", "line 1: "),
    ] {
        desk.write("rule.cedar", text);
        let said = desk.run(&["--data", "GBR.CAB", "rule", "set", "house", "rule.cedar"]);
        assert!(said.code == 1 && said.err.contains(why), "{}", said.err);
    }
    assert_eq!(
        desk.ok("GBR.CAB", &["--json", "rule", "list"]).json(),
        serde_json::json!([])
    );
    assert!(
        desk.ok("GBR.CAB", &["rule", "schema"])
            .out
            .contains("entity Person in [Party]")
    );
}
