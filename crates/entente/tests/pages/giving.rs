//! Releases, deliveries and substitutes on pages: what each receiver will see is shown before it is given.

use super::{CANARIES, TITLE};
use crate::support::web::{Browser, Served, between};
use crate::support::{Desk, REPORT};

/// The originator's node with the report, an officer who may know all of it, and one who is cleared for part.
pub(crate) fn originator(desk: &Desk) -> Served {
    for (person, clearance) in [("hale", "us-ic=TS"), ("ruiz", "us-ic=S")] {
        let person = format!("USA.SVC/{person}");
        let add = [
            "person",
            "add",
            &person,
            "--role",
            "disclosure-officer",
            "--citizenship",
            "USA",
            "--clearance",
        ];
        let access: &[&str] = if clearance == "us-ic=TS" {
            &["--access", "SI"]
        } else {
            &[]
        };
        desk.ok("USA.SVC", &[&add[..], &[clearance], access].concat());
        desk.ok("USA.SVC", &["report", "distribute", REPORT, "--add", &person]);
    }
    Served::start(desk, "USA.SVC", &["--listen", "127.0.0.1:0"])
}

pub(crate) fn holders(desk: &Desk) -> serde_json::Value {
    desk.ok("USA.SVC", &["--json", "report", "holders", REPORT]).json()["holders"].clone()
}

#[test]
fn a_delivery_is_made_after_what_the_receiver_will_see_was_shown() {
    let desk = Desk::new();
    desk.parties();
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    let node = originator(&desk);
    let browser = Browser::as_person(&desk, &node, "USA.SVC/hale");
    let path = format!("/reports/{REPORT}/deliver");
    assert!(browser.get(&path).text().contains("Who gets a copy?"));
    let form = [("to", "GBR.CAB"), ("portions", "plot"), ("portions", "advice")];
    let shown = browser.send(&path, &form).text();
    let sheet = between(&shown, "class=\"sheet\"", "Leave it").unwrap();
    assert!(
        sheet.contains("Grey Tide") && sheet.contains("before loading"),
        "{sheet}"
    );
    assert!(
        !sheet.contains("Port Marrow") && !sheet.contains("in person"),
        "{sheet}"
    );
    assert!(
        sheet.contains("Will not see") && sheet.contains("From there"),
        "{sheet}"
    );
    assert!(holders(&desk).as_array().unwrap().is_empty(), "showing does nothing");
    let bears = between(&shown, "name=\"shown\" value=\"", "\"").unwrap();
    // What was shown is not what is sent.
    let other = [("to", "GBR.CAB"), ("portions", "plot"), ("shown", &bears)];
    assert!(browser.send(&path, &other).text().contains("If you deliver this"));
    assert!(holders(&desk).as_array().unwrap().is_empty());
    assert_eq!(
        browser.send(&path, &[&form[..], &[("shown", &bears)]].concat()).status,
        303
    );
    let held = holders(&desk);
    assert_eq!(held[0]["portions"], serde_json::json!(["advice", "plot"]), "{held}");
    // Nothing is chosen, nobody is named, or nobody is known so: the form says why, with what was typed.
    for form in [
        &[("to", "GBR.CAB")][..],
        &[("portions", "plot")],
        &[("to", "NOBODY"), ("portions", "plot")],
    ] {
        let again = browser.send(&path, form);
        assert_eq!(again.status, 409, "{form:?}");
        assert!(again.text().contains("Nothing was done."), "{form:?}");
    }
}

#[test]
fn whoever_gives_is_shown_nothing_on_the_way_that_they_may_not_know() {
    let desk = Desk::new();
    desk.parties();
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    let node = originator(&desk);
    let browser = Browser::as_person(&desk, &node, "USA.SVC/ruiz");
    let all: Vec<(&str, &str)> = CANARIES.iter().map(|(portion, _)| ("portions", *portion)).collect();
    for (way, to) in [
        ("deliver", "GBR.CAB"),
        ("release", "GBR.CAB"),
        ("release", "CHL/minister"),
        ("release", "PUBLIC"),
    ] {
        let path = format!("/reports/{REPORT}/{way}");
        let form = [
            &all[..],
            &[("to", to), ("for", "threat-warning"), ("despite", "said so")],
        ]
        .concat();
        let without = [&all[..], &[("to", to)]].concat();
        for page in [
            browser.get(&path),
            browser.send(&path, &form),
            browser.send(&path, &without),
        ] {
            let text = page.text();
            for (portion, canary) in CANARIES.iter().filter(|(id, _)| ["place", "source"].contains(id)) {
                assert!(
                    !text.contains(canary) && !text.contains(&format!("value=\"{portion}\"")),
                    "{way} {to}\n{text}"
                );
            }
            assert!(!text.contains(TITLE), "{way} {to}");
        }
    }
    let form = [&all[..], &[("to", "GBR.CAB")]].concat();
    let path = format!("/reports/{REPORT}/deliver");
    let bears = between(&browser.send(&path, &form).text(), "name=\"shown\" value=\"", "\"").unwrap();
    assert_eq!(
        browser.send(&path, &[&form[..], &[("shown", &bears)]].concat()).status,
        303
    );
    assert_eq!(
        holders(&desk)[0]["portions"],
        serde_json::json!(["advice", "harm", "plot"])
    );
}

#[test]
fn a_release_says_until_when_and_what_stays_closed() {
    let desk = Desk::new();
    desk.parties();
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    let node = originator(&desk);
    let browser = Browser::as_person(&desk, &node, "USA.SVC/hale");
    let path = format!("/reports/{REPORT}/release");
    let form = [
        ("to", "CHL/foreign-minister"),
        ("portions", "advice"),
        ("for", "threat-warning"),
        ("until", "2099-12-31"),
        ("condition", "orally only"),
    ];
    let shown = browser.send(&path, &form).text();
    assert!(shown.contains("CHL/foreign-minister may be told advice"), "{shown}");
    assert!(
        shown.contains("until 31 December 2099") && shown.contains("orally only"),
        "{shown}"
    );
    let consents = || {
        desk.ok("USA.SVC", &["--json", "consent", "list"])
            .json()
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(consents(), 0, "showing does nothing");
    let bears = between(&shown, "name=\"shown\" value=\"", "\"").unwrap();
    assert_eq!(
        browser.send(&path, &[&form[..], &[("shown", &bears)]].concat()).status,
        303
    );
    assert_eq!(consents(), 1);
    // Who may not release is told so, and no other way leads there.
    desk.ok("USA.SVC", &["person", "add", "USA.SVC/reader", "--role", "analyst"]);
    let reader = Browser::as_person(&desk, &node, "USA.SVC/reader");
    for way in ["release", "deliver"] {
        assert_eq!(reader.get(&format!("/reports/{REPORT}/{way}")).status, 403);
        assert_eq!(reader.send(&format!("/reports/{REPORT}/{way}"), &form).status, 403);
    }
    assert_eq!(browser.get(&format!("/reports/{REPORT}/nothing")).status, 404);
}

#[test]
fn a_request_is_answered_with_another_text_beside_a_refusal() {
    let desk = Desk::delivered();
    let id = desk.ask("plot,place");
    desk.receive("USA.SVC");
    let node = originator(&desk);
    let browser = Browser::as_person(&desk, &node, "USA.SVC/hale");
    let path = format!("/requests/{id}");
    let page = browser.get(&path).text();
    assert!(
        page.contains("Grant everything") && page.contains("Refuse everything"),
        "{page}"
    );
    let form = [
        ("answer-plot", "substitute"),
        ("mark-plot", "(U//REL TO USA, CHL, GBR)"),
        ("instead-plot", "Ferries may be a target."),
        ("answer-place", "refuse"),
        ("reason", "It points at the source."),
    ];
    let wrong = [
        &form[..1],
        &[("mark-plot", "(NOPE)"), ("instead-plot", "Ferries may be a target.")],
    ]
    .concat();
    let again = browser.send(&path, &wrong);
    assert_eq!(again.status, 409);
    assert!(
        again.text().contains("Ferries may be a target."),
        "what was typed stays"
    );
    let shown = browser.send(&path, &form).text();
    assert!(shown.contains("Instead of plot, GBR.CAB may tell"), "{shown}");
    let open = || {
        desk.ok("USA.SVC", &["--json", "request", "list", "--open"])
            .json()
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(open(), 1);
    let bears = between(&shown, "name=\"shown\" value=\"", "\"").unwrap();
    assert_eq!(
        browser.send(&path, &[&form[..], &[("shown", &bears)]].concat()).status,
        303
    );
    assert_eq!(open(), 0);
    let page = browser.get(&path).text();
    assert!(page.contains("substituted") && page.contains("refused"), "{page}");
}

#[test]
fn one_button_refuses_everything_after_showing_it() {
    let desk = Desk::delivered();
    let id = desk.ask("plot,place");
    desk.receive("USA.SVC");
    let node = originator(&desk);
    let browser = Browser::as_person(&desk, &node, "USA.SVC/hale");
    let path = format!("/requests/{id}");
    let shown = browser.send(&path, &[("all", "refuse")]).text();
    assert!(shown.contains("It stays closed to them: place, plot."), "{shown}");
    assert_eq!(
        shown.matches("value=\"refuse\" checked").count(),
        2,
        "the choice stands in the form"
    );
    let bears = between(&shown, "name=\"shown\" value=\"", "\"").unwrap();
    let answer = [("answer-plot", "refuse"), ("answer-place", "refuse"), ("shown", &bears)];
    assert_eq!(browser.send(&path, &answer).status, 303);
}

#[test]
fn who_can_read_a_report_counts_nobody_who_is_known_here_for_another_reason() {
    let desk = Desk::delivered();
    desk.ok("USA.SVC", &["person", "add", "CHL.GOV/kept", "--citizenship", "CHL"]);
    let node = originator(&desk);
    let browser = Browser::as_person(&desk, &node, "USA.SVC/hale");
    let page = browser.get(&format!("/reports/{REPORT}")).text();
    let readers = between(&page, "Who can read it now", "</table>").unwrap();
    assert!(readers.contains("USA.SVC") && !readers.contains("CHL.GOV"), "{readers}");
    desk.ok("USA.SVC", &["report", "distribute", REPORT, "--add", "CHL.GOV/kept"]);
    let page = browser.get(&format!("/reports/{REPORT}")).text();
    let readers = between(&page, "Who can read it now", "</table>").unwrap();
    assert!(
        readers.contains("CHL.GOV"),
        "whoever was put on the distribution is counted: {readers}"
    );
}
