//! Texts of others are looked at, and confirmed after what that does was shown.

use super::serving;
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
fn a_case_is_opened_of_what_nobody_permitted_after_that_was_shown() {
    let (desk, node) = serving();
    let told = [
        "disclosure",
        "add",
        REPORT,
        "--portions",
        "plot",
        "--audience",
        "visitors.json",
    ];
    desk.ok("GBR.CAB", &[&told[..], &["--route", "said"]].concat());
    let browser = Browser::as_person(&desk, &node, OFFICER);
    let page = browser.get("/incidents").text();
    assert!(
        page.contains("Open a case") && page.contains("plot of SVC-2026-0412, said to CHL/"),
        "{page}"
    );
    let id = between(&page, "name=\"disclosures\" value=\"", "\"").unwrap();
    let none = browser.send("/incidents", &[("title", "A slip")]);
    assert!(
        none.status == 409 && none.text().contains("Choose at least one"),
        "{}",
        none.text()
    );
    let form = [("disclosures", id.as_str()), ("title", "A slip"), ("protected", "yes")];
    let shown = browser.send("/incidents", &form).text();
    assert!(
        shown.contains("If you open it:") && shown.contains("Nobody outside is told"),
        "{shown}"
    );
    let opened_cases = || desk.ok("GBR.CAB", &["incident", "list"]).out.contains("inc-");
    assert!(!opened_cases(), "showing does nothing");
    let bears = between(&shown, "name=\"shown\" value=\"", "\"").unwrap();
    let opened = browser.send("/incidents", &[&form[..], &[("shown", &bears)]].concat());
    assert_eq!(opened.status, 303, "{}", opened.text());
    assert!(
        browser
            .get(opened.header("location").unwrap())
            .text()
            .contains("A slip")
    );
    // It belongs to a case now; whoever may know nothing of it is offered nothing.
    assert!(!browser.get("/incidents").text().contains("Open a case"));
    let clerk = Browser::as_person(&desk, &node, "GBR.CAB/clerk");
    assert!(!clerk.get("/incidents").text().contains("Open a case"));
    assert_eq!(clerk.send("/incidents", &form).status, 403);
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

#[test]
fn a_near_miss_is_taken_over_as_the_fact_and_taken_back() {
    let (desk, node) = serving();
    let slots = r#"[{"name":"who","any":["partner"],"mandatory":true},{"name":"what","any":["plot"],"mandatory":true},{"name":"detect","any":["detected"],"mandatory":true}]"#;
    let facts = format!(r#"[{{"id":"plot.1","portion":"plot","text":"{PLOT}","slots":{slots}}}]"#);
    desk.write("near.json", &facts);
    desk.ok("GBR.CAB", &["facts", "set", REPORT, "near.json"]);
    let browser = Browser::as_person(&desk, &node, OFFICER);
    let text = "The partner detected the brainwave. It was in May. Nobody spoke of it.";
    let page = browser.upload("/watch", &[("text", text)], None).text();
    assert!(page.contains("One sentence is near."), "{page}");
    let id = between(&page, "name=\"accept\" value=\"", "\"").unwrap();
    let (other, slot) = (format!("other-{id}"), format!("slot-{id}"));
    // A word that does not stand in the sentence fills nothing.
    let wrong = [
        (slot.as_str(), "what"),
        (other.as_str(), "kitchen"),
        ("accept", id.as_str()),
    ];
    let refused = browser.upload("/watch", &wrong, None);
    assert!(
        refused.status == 409 && refused.text().contains("does not stand in the sentence"),
        "{}",
        refused.text()
    );
    let word = format!("word-{id}");
    let right = [
        (slot.as_str(), "what"),
        (word.as_str(), "brainwave"),
        ("accept", id.as_str()),
    ];
    let accepted = browser.upload("/watch", &right, None);
    assert_eq!(accepted.status, 200, "{}", accepted.text());
    let accepted = accepted.text();
    let says = format!("“brainwave” is an alternative of “what” of {REPORT}/plot.1 now, version 2.");
    assert!(accepted.contains(&says), "{accepted}");
    assert!(accepted.contains("One fact is out."), "it is found now: {accepted}");
    // Whoever may not know the fact neither sees nor takes back what was taken over.
    let clerk = Browser::as_person(&desk, &node, "GBR.CAB/clerk");
    assert!(!clerk.get("/watch").text().contains("brainwave"));
    assert_eq!(clerk.upload("/watch", &[("undo", &id)], None).status, 409);
    assert!(browser.get("/watch").text().contains("“brainwave”"));
    let undone = browser.upload("/watch", &[("undo", &id)], None).text();
    assert!(undone.contains("“brainwave” is no alternative of “what”"), "{undone}");
    assert!(undone.contains("One sentence is near."), "{undone}");
}
