//! Arrangements in words, and lineage as a picture with the same facts as a table.

use super::giving::originator;
use super::serving;
use crate::support::web::{Browser, between};
use crate::support::{Desk, OFFICER, REPORT};

#[test]
fn an_arrangement_is_said_in_words_with_its_state_and_who_confirmed_it() {
    let (desk, node) = serving();
    let browser = Browser::as_person(&desk, &node, OFFICER);
    let list = browser.get("/arrangements").text();
    assert!(list.contains("/arrangements/GBR-USA-2024"), "{list}");
    let page = browser.get("/arrangements/GBR-USA-2024").text();
    assert!(
        page.contains("to nobody without the originators’ consent") && page.contains("threat-warning"),
        "{page}"
    );
    assert!(page.contains("USA.SVC") && page.contains("It is active."), "{page}");
    let csv = browser.get("/arrangements?as=csv").text();
    assert!(
        csv.starts_with("id,title,parties,state,since\r\nGBR-USA-2024,"),
        "{csv}"
    );
    assert_eq!(browser.get("/arrangements/NONE").status, 404);
    desk.ok(
        "GBR.CAB",
        &[
            "arrangement",
            "suspend",
            "GBR-USA-2024",
            "--reason",
            "it has to be looked into",
        ],
    );
    let page = browser.get("/arrangements/GBR-USA-2024").text();
    assert!(
        page.contains("suspended by GBR.CAB: it has to be looked into"),
        "{page}"
    );
    let clerk = Browser::as_person(&desk, &node, "GBR.CAB/clerk");
    assert_eq!(
        (
            clerk.get("/arrangements").status,
            clerk.get("/arrangements/GBR-USA-2024").status
        ),
        (403, 403)
    );
}

#[test]
fn lineage_is_drawn_with_a_table_and_names_no_text_that_is_not_for_the_reader() {
    let desk = Desk::new();
    desk.parties();
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    let over = "---\nid: OVER-1\ntitle: (U) Over\nscheme: us-ic\narrangements: [GBR-USA-2024]\n---\n\
                (S//OC/REL TO USA, GBR) It rests on the plot. {#over} {from: SVC-2026-0412 v1 plot}\n\n\
                (TS//SI//OC/REL TO USA, GBR) It rests on the place. {#canary} {from: SVC-2026-0412 v1 place}\n";
    desk.write("over.md", over);
    desk.ok("USA.SVC", &["report", "add", "over.md"]);
    let node = originator(&desk);
    for person in ["USA.SVC/hale", "USA.SVC/ruiz"] {
        desk.ok("USA.SVC", &["report", "distribute", "OVER-1", "--add", person]);
    }
    let browser = Browser::as_person(&desk, &node, "USA.SVC/hale");
    let picture = |browser: &Browser<'_>, id: &str| {
        between(
            &browser.get(&format!("/reports/{id}")).text(),
            "id=\"lineage\"",
            "</details>",
        )
    };
    let below = picture(&browser, REPORT).unwrap();
    assert!(
        below.contains("<title") && below.contains("<desc") && below.contains("<table"),
        "{below}"
    );
    assert!(below.contains("OVER-1 v1") && below.contains("canary, over"), "{below}");
    let above = picture(&browser, "OVER-1").unwrap();
    assert!(
        above.contains("SVC-2026-0412 v1") && above.contains("place, plot"),
        "{above}"
    );
    // Whoever may not know the place learns neither that it is rested on nor by what.
    let ruiz = Browser::as_person(&desk, &node, "USA.SVC/ruiz");
    for id in [REPORT, "OVER-1"] {
        let drawn = picture(&ruiz, id).unwrap();
        assert!(!drawn.contains("canary") && !drawn.contains("place"), "{id}: {drawn}");
        assert!(drawn.contains("plot"), "{id}: {drawn}");
    }
}

/// Sends a form twice: to be shown what it does, and to do it. What was shown.
fn shown_and_done(browser: &Browser<'_>, path: &str, form: &[(&str, &str)]) -> String {
    let shown = browser.send(path, form);
    assert_eq!(shown.status, 200, "{}", shown.text());
    let shown = shown.text();
    let bears = between(&shown, "name=\"shown\" value=\"", "\"").unwrap_or_else(|| panic!("{shown}"));
    let done = browser.send(path, &[form, &[("shown", &bears)]].concat());
    assert_eq!(done.status, 303, "{}", done.text());
    shown
}

#[test]
fn terms_are_narrowed_suspended_resumed_and_ended_after_what_that_stops_was_shown() {
    let (desk, node) = serving();
    let browser = Browser::as_person(&desk, &node, OFFICER);
    let path = "/arrangements/GBR-USA-2024";
    let status = || {
        desk.ok("GBR.CAB", &["--json", "arrangement", "show", "GBR-USA-2024"])
            .json()
    };
    let silent = browser.send(path, &[("do", "suspend")]);
    assert!(
        silent.status == 409 && silent.text().contains("Say why"),
        "{}",
        silent.text()
    );
    let suspend = [("do", "suspend"), ("reason", "It has to be looked into.")];
    let shown = browser.send(path, &suspend).text();
    assert!(
        shown.contains("SVC-2026-0412 v1: no longer for") && shown.contains("Told of it: USA.SVC"),
        "{shown}"
    );
    assert_eq!(status()["status"], "active", "showing does nothing");
    // Another reason is not what was shown.
    let bears = between(&shown, "name=\"shown\" value=\"", "\"").unwrap();
    let other = [("do", "suspend"), ("reason", "Another."), ("shown", bears.as_str())];
    assert_eq!(browser.send(path, &other).status, 200);
    assert_eq!(status()["status"], "active");
    shown_and_done(&browser, path, &suspend);
    assert!(
        browser
            .get(path)
            .text()
            .contains("suspended by GBR.CAB: It has to be looked into.")
    );
    shown_and_done(&browser, path, &[("do", "resume")]);
    let narrow = [
        ("do", "narrow"),
        ("purposes", "threat-warning"),
        ("two", "yes"),
        ("expires", "2030-01-01"),
    ];
    shown_and_done(&browser, path, &narrow);
    let terms = status();
    assert_eq!(
        (&terms["purposes"], &terms["two_person"]),
        (&serde_json::json!(["threat-warning"]), &serde_json::json!(true)),
        "{terms}"
    );
    let wrong = browser.send(path, &[("do", "narrow"), ("expires", "soon")]);
    assert!(
        wrong.status == 409 && wrong.text().contains("value=\"soon\""),
        "{}",
        wrong.text()
    );
    // What is done is what was shown, whichever button stands before it.
    let end = [("do", "end"), ("reason", "It is over.")];
    let shown = browser.send(path, &end).text();
    let bears = between(&shown, "name=\"shown\" value=\"", "\"").unwrap();
    let pressed = [
        ("do", "suspend"),
        ("act", "end"),
        ("reason", "It is over."),
        ("shown", &bears),
    ];
    assert_eq!(browser.send(path, &pressed).status, 303);
    assert!(browser.get(path).text().contains("ended by GBR.CAB"));
    assert_eq!(browser.send("/arrangements/NONE", &suspend).status, 404);
    let clerk = Browser::as_person(&desk, &node, "GBR.CAB/clerk");
    assert_eq!(clerk.send(path, &suspend).status, 403);
}

#[test]
fn terms_are_recorded_on_a_page_after_they_were_read() {
    let (desk, node) = serving();
    let browser = Browser::as_person(&desk, &node, OFFICER);
    let broken = browser.send("/arrangements", &[("do", "record"), ("terms", "{")]);
    assert!(
        broken.status == 409 && broken.text().contains("The terms cannot be read"),
        "{}",
        broken.text()
    );
    let terms = r#"{ "id": "GBR-USA-2", "title": "Warnings", "parties": ["GBR.CAB", "USA.SVC"], "onward": "consent" }"#;
    let shown = shown_and_done(&browser, "/arrangements", &[("do", "record"), ("terms", terms)]);
    assert!(shown.contains("If you record them:"), "{shown}");
    assert!(browser.get("/arrangements/GBR-USA-2").text().contains("Warnings"));
}
