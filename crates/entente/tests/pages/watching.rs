//! Texts of others are looked at, and confirmed after what that does was shown.

use crate::serving;
use crate::support::web::{Browser, between};
use crate::support::{OFFICER, REPORT};

const PLOT: &str = "A cell of the group known as Grey Tide intends to sink a passenger ferry by means of a device hidden in a \
                    refrigerated container.";
const PLACE: &str = "Reporting on the cell was collected in Port Marrow, a harbour town under the group's control.";

#[test]
fn a_text_is_looked_at_and_confirmed_after_what_that_does_was_shown() {
    let (desk, node) = serving();
    let browser = Browser::as_person(&desk, &node, OFFICER);
    assert!(
        browser
            .get("/watch")
            .text()
            .contains("Which of your facts does a text tell?")
    );
    assert_eq!(
        browser.upload("/watch", &[("text", "")], None).status,
        409,
        "there is nothing to look at"
    );
    let harmless = browser
        .upload("/watch", &[("text", "The weather will be fine.")], None)
        .text();
    assert!(harmless.contains("It tells nothing that you may know."), "{harmless}");
    let text = format!("The paper writes: <b>news</b>. {PLOT} Nobody comments.");
    let page = browser.upload("/watch", &[("text", &text), ("purpose", "threat-warning")], None);
    assert_eq!(page.status, 200, "{}", page.text());
    let page = page.text();
    assert!(
        page.contains("One fact is out.") && page.contains("<mark class=\"hit\">"),
        "{page}"
    );
    assert!(
        page.contains("● full") && page.contains(&format!("{REPORT}/plot.1")),
        "{page}"
    );
    assert!(!page.contains("<b>news"), "it is text");
    let disclosed = || {
        desk.ok("GBR.CAB", &["--json", "disclosure", "list"])
            .json()
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(disclosed(), 0, "looking does nothing");
    let fact = format!("{REPORT}/plot.1");
    let form = [
        ("do", "confirm"),
        ("fact", fact.as_str()),
        ("purpose", "threat-warning"),
    ];
    assert_eq!(
        browser.upload("/watch", &[("do", "confirm")], None).status,
        409,
        "nothing is chosen"
    );
    let shown = browser.upload("/watch", &form, None).text();
    assert!(shown.contains("the public was told plot of SVC-2026-0412"), "{shown}");
    assert_eq!(disclosed(), 0, "showing does nothing");
    let bears = between(&shown, "name=\"shown\" value=\"", "\"").unwrap();
    let done = browser.upload("/watch", &[&form[..], &[("shown", &bears)]].concat(), None);
    assert!(
        done.text().contains("It is recorded, and the originators are told."),
        "{}",
        done.text()
    );
    assert_eq!(disclosed(), 1);
}

#[test]
fn nobody_finds_in_a_text_what_they_may_not_know() {
    let (desk, node) = serving();
    let text = format!("{PLOT} {PLACE}");
    let look = |person: &str| {
        let browser = Browser::as_person(&desk, &node, person);
        browser.upload("/watch", &[("text", &text), ("purpose", "threat-warning")], None)
    };
    let officer = look(OFFICER).text();
    assert!(
        officer.contains("2 facts are out.") && officer.contains(&format!("{REPORT}/place.1")),
        "{officer}"
    );
    // The analyst is not cleared for the place: to them the sentence is one like any other.
    let analyst = look("GBR.CAB/desk-analyst").text();
    assert!(
        analyst.contains("One fact is out.") && !analyst.contains(&format!("{REPORT}/place")),
        "{analyst}"
    );
    let clerk = look("GBR.CAB/clerk");
    assert_eq!(clerk.status, 409);
    assert!(
        clerk.text().contains("there is nothing to look for"),
        "{}",
        clerk.text()
    );
    let osei = Browser::as_person(&desk, &node, "GBR.CAB/osei");
    assert_eq!((osei.get("/watch").status, look("GBR.CAB/osei").status), (403, 403));
}
