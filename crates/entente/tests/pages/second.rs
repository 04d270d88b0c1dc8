//! The second person on pages: what waits, what would follow from a yes, the yes, and the no.

use crate::support::Desk;
use crate::support::web::{Browser, Served, between};

const OWN: &str = "---\nid: CAB-9\narrangements: [GBR-USA-2024]\n---\n(S//REL TO USA, GBR) A text of our own. {#one}\n\n\
                   (TS//SI//REL TO USA, GBR) A word for few. {#few}\n";
const FIRST: &str = "GBR.CAB/first";
const SECOND: &str = "GBR.CAB/second";
/// An officer who is not cleared for all of it.
const LOW: &str = "GBR.CAB/low";

/// A party under terms that ask for two persons, with a report of its own and three officers.
fn officers() -> (Desk, Served) {
    let desk = Desk::new();
    desk.parties();
    for (person, more) in [
        (FIRST, &["us-ic=TS", "--access", "SI"][..]),
        (SECOND, &["us-ic=TS", "--access", "SI"]),
        (LOW, &["us-ic=S"]),
    ] {
        let add = [
            "person",
            "add",
            person,
            "--role",
            "disclosure-officer",
            "--citizenship",
            "GBR",
            "--clearance",
        ];
        desk.ok("GBR.CAB", &[&add[..], more].concat());
    }
    desk.ok("GBR.CAB", &["person", "add", "GBR.CAB/reader", "--role", "analyst"]);
    desk.write("own.md", OWN);
    desk.ok("GBR.CAB", &["report", "add", "own.md"]);
    let distribute = [
        "report",
        "distribute",
        "CAB-9",
        "--add",
        FIRST,
        "--add",
        SECOND,
        "--add",
        LOW,
    ];
    desk.ok("GBR.CAB", &distribute);
    desk.ok("GBR.CAB", &["arrangement", "narrow", "GBR-USA-2024", "--two-person"]);
    let node = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    (desk, node)
}

/// The first person delivers on the page of the report. Gives the address of what waits.
fn delivered(browser: &Browser<'_>) -> String {
    let form = [("to", "USA.SVC"), ("portions", "one"), ("portions", "few")];
    let shown = browser.send("/reports/CAB-9/deliver", &form).text();
    let bears = between(&shown, "name=\"shown\" value=\"", "\"").unwrap_or_else(|| panic!("{shown}"));
    let waits = browser.send("/reports/CAB-9/deliver", &[&form[..], &[("shown", &bears)]].concat());
    assert_eq!(waits.status, 202, "{}", waits.text());
    let text = waits.text();
    format!(
        "/pending/{}",
        between(&text, "href=\"/pending/", "\"").unwrap_or_else(|| panic!("{text}"))
    )
}

#[test]
fn a_second_person_sees_what_follows_and_says_yes() {
    let (desk, node) = officers();
    let first = Browser::as_person(&desk, &node, FIRST);
    let path = delivered(&first);
    let left = || desk.ok("GBR.CAB", &["outbox", "list"]).out.contains("USA.SVC delivery");
    let before = desk.ok("GBR.CAB", &["outbox", "list"]).out;
    // Whoever gave it sees what follows, and cannot say yes.
    let own = first.get(&path).text();
    assert!(
        own.contains("gave it themselves") && !own.contains("carry it out"),
        "{own}"
    );
    let second = Browser::as_person(&desk, &node, SECOND);
    let desk_page = second.get("/").text();
    assert!(desk_page.contains(&format!("href=\"{path}\"")), "{desk_page}");
    let list = second.get("/pending").text();
    assert!(
        list.contains("One thing waits for a second person.") && list.contains("GBR-USA-2024"),
        "{list}"
    );
    assert!(
        second
            .get("/pending?as=csv")
            .text()
            .contains("delivery of CAB-9 to USA.SVC")
    );
    let shown = second.get(&path).text();
    for said in [
        "A text of our own.",
        "A word for few.",
        "USA.SVC gets a copy with one, few",
        "Told of it: USA.SVC",
    ] {
        assert!(shown.contains(said), "{said}\n{shown}");
    }
    let digest = between(&shown, "name=\"digest\" value=\"", "\"").unwrap();
    // Another digest is a yes to something else.
    let other = second.send(&path, &[("digest", "0")]);
    assert!(
        other.status == 409 && other.text().contains("is not what was confirmed"),
        "{}",
        other.text()
    );
    // The role is needed, and nobody is two.
    assert_eq!(first.send(&path, &[("digest", &digest)]).status, 409);
    let reader = Browser::as_person(&desk, &node, "GBR.CAB/reader");
    assert_eq!(reader.get(&path).status, 403);
    assert_eq!(reader.send(&path, &[("digest", &digest)]).status, 403);
    assert!(!left() && desk.ok("GBR.CAB", &["outbox", "list"]).out == before);
    let done = second.send(&path, &[("digest", &digest)]);
    assert_eq!(done.status, 303, "{}", done.text());
    let text = second.get(&path).text();
    assert!(
        text.contains("two persons said yes") && text.contains("approved by GBR.CAB/second"),
        "{text}"
    );
    assert_ne!(desk.ok("GBR.CAB", &["outbox", "list"]).out, before, "it goes out");
    assert_eq!(second.send(&path, &[("digest", &digest)]).status, 409, "once");
}

#[test]
fn a_no_has_its_reason_and_nobody_is_shown_what_they_may_not_know() {
    let (desk, node) = officers();
    let path = delivered(&Browser::as_person(&desk, &node, FIRST));
    let low = Browser::as_person(&desk, &node, LOW);
    let shown = low.get(&path).text();
    assert!(
        shown.contains("A text of our own.") && shown.contains("Say no"),
        "{shown}"
    );
    assert!(
        !shown.contains("A word for few") && !shown.contains("one, few") && !shown.contains("TOP SECRET"),
        "{shown}"
    );
    assert!(!low.get("/pending?as=json").text().contains("few"));
    // What looks ahead is shown nothing.
    assert_eq!(low.get_from("cross-site", &path).status, 303);
    let silent = low.send(&path, &[("reason", " ")]);
    assert!(
        silent.status == 409 && silent.text().contains("Say why not"),
        "{}",
        silent.text()
    );
    assert_eq!(low.send(&path, &[("reason", "Not before Monday.")]).status, 303);
    let text = low.get(&path).text();
    assert!(
        text.contains("declined by GBR.CAB/low") && text.contains("Not before Monday."),
        "{text}"
    );
    assert_eq!(low.get("/pending/pend-nowhere").status, 404);
}
