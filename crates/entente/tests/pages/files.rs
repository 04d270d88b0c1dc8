//! Files out and in, and embargoes: each shown before it is done.

use super::giving::{holders, originator};
use crate::support::web::{Browser, between};
use crate::support::{Desk, REPORT};

fn stix(title: &str) -> String {
    format!(
        r#"{{"type":"bundle","id":"bundle--1","objects":[{{"type":"report","spec_version":"2.1",
        "id":"report--84e4d88f-44ea-4bcd-bbf3-b2c1c320bcb3","created":"2026-11-01T00:00:00Z","modified":"2026-11-01T00:00:00Z",
        "name":"{title}","description":"One.\n\nTwo.","published":"2026-11-01T00:00:00Z","object_refs":[]}}]}}"#
    )
}

fn bears(text: &str) -> String {
    between(text, "name=\"shown\" value=\"", "\"").unwrap_or_else(|| panic!("nothing to decide on: {text}"))
}

#[test]
fn an_export_bears_what_its_receiver_and_its_sender_may_both_know_and_is_on_record() {
    let desk = Desk::new();
    desk.parties();
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    let node = originator(&desk);
    let browser = Browser::as_person(&desk, &node, "USA.SVC/ruiz");
    let path = format!("/reports/{REPORT}/export");
    for form in ["stix", "misp", "csaf", "markdown"] {
        let choice = [("as", form), ("to", "GBR.CAB")];
        let shown = browser.send(&path, &choice).text();
        let bears = bears(&shown);
        let file = browser.send(&path, &[&choice[..], &[("shown", &bears)]].concat());
        assert_eq!(file.status, 200, "{form}");
        let name = file.header("content-disposition").unwrap().to_owned();
        assert!(
            name.starts_with("attachment; filename=\"SECRET_") && name.contains(REPORT),
            "{name}"
        );
        for text in [shown, file.text()] {
            assert!(
                !text.contains("Port Marrow") && !text.contains("in person"),
                "{form}\n{text}"
            );
        }
        assert!(file.text().contains("Grey Tide"), "{form}");
    }
    assert_eq!(
        holders(&desk)[0]["portions"],
        serde_json::json!(["advice", "harm", "plot"])
    );
    // For oneself it is an opening.
    let openings = || desk.ok("USA.SVC", &["ledger", "log"]).out.matches("opened").count();
    browser.get(&path);
    let before = openings();
    let own = [("as", "stix")];
    let bears = bears(&browser.send(&path, &own).text());
    assert_eq!(
        browser.send(&path, &[&own[..], &[("shown", &bears)]].concat()).status,
        200
    );
    assert_eq!(openings(), before + 1);
    assert_eq!(browser.send(&path, &[("as", "docx")]).status, 409);
    // On paper it is a copy, numbered by the entry that records it.
    let paper = [("as", "pdf")];
    let shown = browser.send(&path, &paper).text();
    assert!(shown.contains("Grey Tide"), "what will stand on it is shown: {shown}");
    let file = browser.send(&path, &[&paper[..], &[("shown", &self::bears(&shown))]].concat());
    assert_eq!(file.header("content-type"), Some("application/pdf"));
    assert!(file.body.starts_with(b"%PDF-"));
    assert_eq!(openings(), before + 2);
    // Why somebody may not have it is said of the portions that whoever asks may know.
    desk.ok("USA.SVC", &["party", "add", "JOR", "--name", "Jordan"]);
    let refused = browser.send(&path, &[("as", "stix"), ("to", "JOR")]);
    assert_eq!(refused.status, 409);
    let text = refused.text();
    assert!(
        text.contains("portion plot") && !text.contains("portion place") && !text.contains("portion source"),
        "{text}"
    );
}

#[test]
fn a_file_is_taken_in_after_what_becomes_of_it_was_shown() {
    let desk = Desk::new();
    desk.found("USA.SVC");
    let node = originator_of_nothing(&desk);
    let browser = Browser::as_person(&desk, &node, "USA.SVC/hale");
    let held = || {
        desk.ok("USA.SVC", &["--json", "report", "list"])
            .json()
            .as_array()
            .unwrap()
            .len()
    };
    let text = stix("Containers <img src=x onerror=alert(1)>");
    let shown = browser.upload("/import", &[], Some(("a.json", text.as_bytes())));
    assert_eq!(shown.status, 200, "{}", shown.text());
    let shown = shown.text();
    assert!(shown.contains("added") && !shown.contains("<img"), "{shown}");
    assert_eq!(held(), 0, "showing does nothing");
    let bears = bears(&shown);
    // Another file in between is another decision.
    let other = browser.upload(
        "/import",
        &[("shown", &bears)],
        Some(("b.json", stix("Another").as_bytes())),
    );
    assert!(other.text().contains("What would become of"), "{}", other.text());
    assert_eq!(held(), 0);
    browser.upload("/import", &[], Some(("a.json", text.as_bytes())));
    let done = browser.upload("/import", &[("shown", &bears)], None).text();
    assert!(done.contains("The file is taken in."), "{done}");
    assert_eq!(held(), 1);
    let again = browser.upload("/import", &[], Some(("a.json", text.as_bytes()))).text();
    assert!(again.contains("it is held as it is"), "{again}");
    // Nothing waits any more for whoever starts anew; and what is no file of any format is refused with the reason.
    let stranger = Browser::as_person(&desk, &node, "USA.SVC/hale");
    assert_eq!(stranger.upload("/import", &[], None).status, 409);
    for (name, bytes) in [
        ("x.json", &b"{\"a\":"[..]),
        ("x.json", b"\xff\xfe\x00"),
        ("x.zip", b"PK\x03\x04"),
        ("x.html", b"<script>"),
    ] {
        let refused = stranger.upload("/import", &[], Some((name, bytes)));
        assert_eq!(refused.status, 409, "{name} {bytes:?}");
        assert!(
            refused.text().contains("Nothing was taken in.")
                && !super::without_own_scripts(&refused).contains("<script"),
            "{name}"
        );
    }
    assert_eq!(
        stranger
            .upload("/import", &[], Some(("big.json", &vec![b' '; 5 << 20])))
            .status,
        413
    );
    assert_eq!(
        stranger
            .upload_with("/import", &[("form", "guessed")], Some(("a.json", text.as_bytes())))
            .status,
        403
    );
    assert_eq!(held(), 1);
}

/// A node with an officer and no report.
fn originator_of_nothing(desk: &Desk) -> crate::support::web::Served {
    desk.ok(
        "USA.SVC",
        &["person", "add", "USA.SVC/hale", "--role", "disclosure-officer"],
    );
    crate::support::web::Served::start(desk, "USA.SVC", &["--listen", "127.0.0.1:0"])
}

#[test]
fn an_embargo_is_set_and_ended_on_the_report_s_page() {
    let desk = Desk::new();
    desk.parties();
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    desk.ok("USA.SVC", &["deliver", REPORT, "--to", "GBR.CAB"]);
    let node = originator(&desk);
    let browser = Browser::as_person(&desk, &node, "USA.SVC/hale");
    let path = format!("/reports/{REPORT}/embargo");
    assert!(browser.get(&path).text().contains("Nothing of it is held back."));
    let form = [
        ("portions", "plot"),
        ("until", "2099-12-31"),
        ("reason", "until the fix"),
    ];
    let shown = browser.send(&path, &form).text();
    assert!(shown.contains("Told of it: GBR.CAB."), "{shown}");
    let report = || browser.get(&format!("/reports/{REPORT}")).text();
    assert!(!report().contains("Embargo on plot"), "showing does nothing");
    let seal = bears(&shown);
    let moved = [
        ("portions", "plot"),
        ("until", "2098-12-31"),
        ("reason", "until the fix"),
        ("shown", &seal),
    ];
    assert!(
        browser
            .send(&path, &moved)
            .text()
            .contains("If you hold it back until 2098-12-31"),
        "another moment is shown first"
    );
    assert_eq!(
        browser.send(&path, &[&form[..], &[("shown", &seal)]].concat()).status,
        303
    );
    assert!(
        report().contains("Embargo on plot") && report().contains("until the fix"),
        "{}",
        report()
    );
    for form in [
        &[("until", "")][..],
        &[("until", "2099-12-31"), ("end", "yes")],
        &[("until", "soon")],
    ] {
        assert_eq!(browser.send(&path, form).status, 409, "{form:?}");
    }
    let end = [("portions", "plot"), ("end", "yes")];
    let seal = bears(&browser.send(&path, &end).text());
    assert_eq!(
        browser.send(&path, &[&end[..], &[("shown", &seal)]].concat()).status,
        303
    );
    assert!(!report().contains("Embargo on plot"));
}
