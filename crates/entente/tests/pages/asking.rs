//! The page of a request for whoever asked: what became of it, and what they were given instead.

use crate::support::web::{Browser, Served};
use crate::support::{Desk, OFFICER};

#[test]
fn whoever_asked_sees_what_they_were_given_instead_under_its_mark_and_conditions() {
    let desk = Desk::delivered();
    desk.staff(
        &[("disclosure-officer", "disclosure-officer"), ("clerk", "analyst")],
        &[OFFICER],
    );
    desk.substituted();
    let listed = desk.ok("GBR.CAB", &["--json", "request", "list"]).json();
    let id = listed[0]["request"]["id"]
        .as_str()
        .or_else(|| listed[0]["id"].as_str())
        .unwrap_or_else(|| panic!("{listed}"))
        .to_owned();
    let node = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    let path = format!("/requests/{id}");
    let page = Browser::as_person(&desk, &node, OFFICER).get(&path);
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(
        text.contains("There are indications that a terrorist group may target passenger ferries"),
        "{text}"
    );
    assert!(
        text.contains("(U//<wbr>REL") && text.contains("orally only, no notes"),
        "{text}"
    );
    assert!(text.contains("2099"), "it has an end: {text}");
    let clerk = Browser::as_person(&desk, &node, "GBR.CAB/clerk").get(&path);
    assert!(!clerk.text().contains("terrorist group"), "{}", clerk.text());
}
