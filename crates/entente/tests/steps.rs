//! What belongs together is one step: all of it happens, or nothing does.

use crate::support;

use support::{Desk, REPORT};

#[test]
fn a_delivery_to_several_parties_is_one_step() {
    let desk = Desk::new();
    desk.parties();
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    // The second receiver is not known: the first must not get it either.
    let deliver = |to: &[&str]| desk.run(&[&["--data", "USA.SVC", "deliver", REPORT], to].concat());
    let said = deliver(&["--to", "GBR.CAB", "--to", "FRA.NOBODY"]);
    assert_ne!(said.code, 0, "{}", said.out);
    assert_eq!(
        desk.ok("USA.SVC", &["--json", "outbox", "list"]).json(),
        serde_json::json!([])
    );
    let events = |desk: &Desk| desk.ok("USA.SVC", &["ledger", "log"]).out;
    assert!(!events(&desk).contains("report-delivered"), "{}", events(&desk));

    assert_eq!(deliver(&["--to", "GBR.CAB"]).code, 0);
    assert!(events(&desk).contains("report-delivered"), "{}", events(&desk));
}

#[test]
fn what_was_said_of_several_reports_is_recorded_in_one_step() {
    let desk = Desk::delivered();
    desk.ok(
        "GBR.CAB",
        &["report", "distribute", REPORT, "--add", "GBR.CAB/minister"],
    );
    desk.brief("GBR.CAB/minister");
    let briefing = desk.ok("GBR.CAB", &["--json", "brief", "list"]).json()[0]["id"].clone();
    let briefing = briefing.as_str().unwrap();
    let record = |said: &str| desk.run(&["--data", "GBR.CAB", "brief", "record", briefing, "--said", said]);
    let both = format!("{REPORT}/place,{REPORT}/nothing");
    assert_ne!(record(&both).code, 0);
    assert_eq!(
        desk.ok("GBR.CAB", &["--json", "disclosure", "list"]).json(),
        serde_json::json!([])
    );
    assert_eq!(record(&format!("{REPORT}/place")).code, 0);
}
