//! Arrangements in words, and lineage as a picture with the same facts as a table.

use crate::giving::originator;
use crate::serving;
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
