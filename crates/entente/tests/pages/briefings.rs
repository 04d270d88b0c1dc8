//! Briefings on pages, and what all lists do.

use super::serving;
use crate::support::web::{Browser, between};
use crate::support::{OFFICER, REPORT};

#[test]
fn a_briefing_is_prepared_read_and_recorded_by_its_speaker_alone() {
    let (desk, node) = serving();
    let browser = Browser::as_person(&desk, &node, OFFICER);
    assert!(browser.get("/briefings").text().contains("Whom will you speak to"));
    let form = [
        ("reports", REPORT),
        ("people", "CHL/foreign-minister"),
        ("purpose", "threat-warning"),
    ];
    let made = browser.send("/briefings", &form);
    assert_eq!(made.status, 303, "{}", made.text());
    let path = made.header("location").unwrap().to_owned();
    let page = browser.get(&path).text();
    assert!(
        page.contains("You can say one thing to one person.") && page.contains("before loading"),
        "{page}"
    );
    assert!(page.contains("Grey Tide") && page.contains("Do not say"), "{page}");
    // The paper for the table bears what may be left, its own banner, and nothing else.
    let table = browser.get(&format!("{path}/table")).text();
    assert!(
        table.contains("before loading") && !table.contains("Grey Tide") && !table.contains(REPORT),
        "{table}"
    );
    assert!(!table.contains("SECRET"), "its own banner: {table}");
    let speaker = browser.get(&format!("{path}/speaker")).text();
    assert!(
        speaker.contains("Do not leave this paper behind.") && speaker.contains("TOP SECRET"),
        "{speaker}"
    );
    assert_eq!(browser.get(&format!("{path}/other")).status, 404);
    // Whoever does not speak finds no briefing, in the bytes of one that was never there.
    let other = Browser::as_person(&desk, &node, "GBR.CAB/minister");
    let (there, nowhere) = (other.get(&path), other.get("/briefings/brf-none"));
    assert_eq!((there.status, there.body.len()), (404, nowhere.body.len()));
    assert!(
        !other
            .get("/briefings")
            .text()
            .contains(path.trim_start_matches("/briefings/"))
    );
    assert_eq!(
        other
            .send(&format!("{path}/said"), &[("said", &format!("{REPORT}/advice"))])
            .status,
        404
    );
    // What was said is judged and recorded.
    let said = [("said", format!("{REPORT}/advice")), ("said", format!("{REPORT}/plot"))];
    let said: Vec<(&str, &str)> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(browser.send(&format!("{path}/said"), &said).status, 303);
    let page = browser.get(&path).text();
    assert!(page.contains("✕ not permitted"), "{page}");
    assert_eq!(
        browser.send(&format!("{path}/said"), &[]).status,
        409,
        "something has to be said"
    );
    let listed = browser.get("/briefings?as=json").text();
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed["rows"][0]["beyond"], "1", "{listed}");
}

#[test]
fn lists_filter_sort_and_export_what_the_reader_may_know_and_nothing_else() {
    let (desk, node) = serving();
    let hidden = "---\nid: CAN-1\ntitle: (TS//TK//REL TO USA, GBR) Canary title\n---\n(TS//TK//REL TO USA, GBR) Canary text. {#one}\n";
    desk.write("hidden.md", hidden);
    desk.ok("GBR.CAB", &["report", "add", "hidden.md"]);
    let browser = Browser::as_person(&desk, &node, OFFICER);
    let page = browser.get("/reports?sort=title&filter=svc").text();
    assert!(
        page.contains(REPORT) && page.contains("aria-sort=\"ascending\""),
        "{page}"
    );
    assert!(
        browser
            .get("/reports?filter=nothing-like-it")
            .text()
            .contains("the one there is does not fit")
    );
    let csv = browser.get("/reports?as=csv");
    assert!(
        csv.header("content-disposition").unwrap().contains("TOP_SECRET_SI"),
        "{:?}",
        csv.headers
    );
    assert!(
        csv.text()
            .starts_with("\"TOP SECRET//SI//ORCON/REL TO USA, GBR\"\r\nid,title,"),
        "{}",
        csv.text()
    );
    for list in [
        "/reports",
        "/search?q=c",
        "/briefings",
        "/arrangements",
        "/partners",
        "/incidents",
    ] {
        for form in ["csv", "json"] {
            let joint = if list.contains('?') { '&' } else { '?' };
            let file = browser.get(&format!("{list}{joint}as={form}"));
            assert_eq!(file.status, 200, "{list}");
            assert!(
                !file.text().contains("Canary") && !file.text().contains("CAN-1"),
                "{list}"
            );
        }
    }
    let clerk = Browser::as_person(&desk, &node, "GBR.CAB/clerk");
    assert_eq!(
        clerk.get("/reports?as=csv").text().lines().count(),
        1,
        "its head and no row"
    );
    assert_eq!(
        between(&clerk.get("/reports").text(), "<main", "</main>")
            .unwrap()
            .matches(REPORT)
            .count(),
        0
    );
}
