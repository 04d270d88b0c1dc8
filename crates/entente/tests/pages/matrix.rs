//! The matrix of who may know what, as large as it gets.

use super::giving::originator;
use crate::support::Desk;
use crate::support::web::{Answer, Browser, between};

/// Fifty persons of a party with a long name, as they are typed.
fn fifty() -> String {
    let one = |n: u32| format!("GBR.CAB/member-of-the-committee-{n:02}");
    (1..=50).map(one).collect::<Vec<_>>().join(" ")
}

fn asked(browser: &Browser<'_>, more: &str) -> Answer {
    let people = fifty().replace(' ', "+").replace('/', "%2F");
    browser.get(&format!(
        "/reports/LARGE-1/audience?purpose=threat-warning&people={people}{more}"
    ))
}

#[test]
fn fifty_persons_and_twenty_portions_fit_a_page_and_the_rest_stands_on_the_next() {
    let desk = Desk::new();
    desk.parties();
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    let mut text = "---\nid: LARGE-1\ntitle: (U) Large\nscheme: us-ic\narrangements: [GBR-USA-2024]\n---\n".to_owned();
    for n in 1..=25 {
        text.push_str(&format!("\n(S//OC/REL TO USA, GBR) Part {n}. {{#part-{n:02}}}\n"));
    }
    desk.write("large.md", &text);
    desk.ok("USA.SVC", &["report", "add", "large.md"]);
    let node = originator(&desk);
    desk.ok("USA.SVC", &["report", "distribute", "LARGE-1", "--add", "USA.SVC/hale"]);
    let browser = Browser::as_person(&desk, &node, "USA.SVC/hale");
    let answer = asked(&browser, "");
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.text();
    assert_eq!(page.matches("name=\"cell\"").count(), 50 * 20);
    assert!(page.len() <= 100 << 10, "{} bytes are too many", page.len());
    assert!(page.contains("<b>part-20</b>") && !page.contains("<b>part-21</b>"));
    let next = asked(&browser, "&from=20").text();
    assert_eq!(next.matches("name=\"cell\"").count(), 50 * 5);
    assert!(next.contains("<b>part-25</b>") && !next.contains("<b>part-20</b>"));
    // A cell leads to its ladder, and stays marked; what is no cell leads to none.
    let cell = asked(&browser, "&from=20&cell=49.24").text();
    let marked = between(&cell, "aria-current=\"true\">", "<").unwrap();
    let why = between(&cell, "<h2 id=\"why\">", "</h2>").unwrap();
    assert!(cell.contains("value=\"49.24\" aria-current=\"true\"") && !marked.is_empty());
    assert!(
        why.contains("part-25") && cell.contains("member-of-the-committee-50"),
        "{why}"
    );
    for nothing in [
        "&cell=50.0",
        "&cell=0.25",
        "&cell=-1.0",
        "&cell=x",
        "&from=999999999999999999999",
    ] {
        let page = asked(&browser, nothing);
        assert_eq!(page.status, 200, "{nothing}");
        assert!(!page.text().contains("<h2 id=\"why\">"), "{nothing}");
    }
    let more = format!(
        "/reports/LARGE-1/audience?people={}+GBR.CAB%2Fone-more",
        fifty().replace(' ', "+").replace('/', "%2F")
    );
    assert_eq!(browser.get(&more).status, 409, "more do not fit");
}
