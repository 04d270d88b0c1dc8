//! A report is written on a page: what stands in the way, who could read it, and only then added.

use super::giving::originator;
use super::serving;
use crate::support::web::{Browser, between};
use crate::support::{Desk, OFFICER, REPORT};

const HEAD: &str = "---\nid: W-1\ntitle: (U) Containers\nscheme: us-ic\narrangements: [GBR-USA-2024]\n---\n\n";

fn world() -> (Desk, crate::support::web::Served) {
    let desk = Desk::new();
    desk.parties();
    desk.ok("USA.SVC", &["report", "add", "report.md"]);
    let node = originator(&desk);
    (desk, node)
}

fn typed(page: &str) -> String {
    let text = between(page, "aria-describedby=\"text-hint\">\n", "</textarea>").unwrap();
    text.replace("&#35;", "#").replace("&#123;", "{")
}

#[test]
fn a_report_is_added_after_its_check_was_shown() {
    let (desk, node) = world();
    let browser = Browser::as_person(&desk, &node, "USA.SVC/hale");
    let held = || {
        desk.ok("USA.SVC", &["--json", "report", "list"])
            .json()
            .as_array()
            .unwrap()
            .len()
    };
    let wrong = format!("{HEAD}(S//REL TO USA, GBR) One. {{#a}}\r\n\r\nTwo. {{#b}}\r\n");
    let page = browser.send("/write", &[("text", &wrong)]).text();
    assert!(
        page.contains("One fault stops it") && page.contains("line 10"),
        "{page}"
    );
    assert!(page.contains("SECRET//REL TO USA, GBR"), "the banner so far");
    assert!(!page.contains("name=\"shown\""), "there is nothing to add yet");
    // The button mends it.
    let mended = browser.send("/write", &[("text", &wrong), ("fix", "0")]).text();
    assert!(typed(&mended).contains("(S//REL TO USA, GBR) Two."), "{mended}");
    assert!(mended.contains("2 portions, nothing wrong"), "{mended}");
    // The part that scripts ask for is the same, with the banners of the page, and no page around it.
    let part = browser.send("/write/check", &[("text", &wrong)]).text();
    assert!(
        part.contains("One fault stops it") && part.contains("id=\"banner-top\" hx-swap-oob=\"true\""),
        "{part}"
    );
    assert!(!part.contains("<main") && !part.contains("<textarea"), "{part}");
    let right = wrong.replace("Two.", "(U) Two.");
    let checked = browser.send("/write", &[("text", &right)]).text();
    let bears = between(&checked, "name=\"shown\" value=\"", "\"").unwrap();
    assert_eq!(held(), 1, "checking does nothing");
    let other = right.replace("Two", "Three");
    assert!(
        browser
            .send("/write", &[("text", &other), ("shown", &bears)])
            .text()
            .contains("nothing wrong")
    );
    assert_eq!(held(), 1, "another text is checked first");
    let added = browser.send("/write", &[("text", &right), ("shown", &bears)]);
    assert_eq!(
        (added.status, added.header("location")),
        (303, Some("/reports/W-1")),
        "{}",
        added.text()
    );
    assert_eq!(held(), 2);
}

#[test]
fn a_draft_is_sealed_on_disk_outlives_the_node_and_is_its_author_s_alone() {
    let (desk, node) = world();
    let browser = Browser::as_person(&desk, &node, "USA.SVC/hale");
    let text = format!("{HEAD}(S//REL TO USA, GBR) Containers with a secret. {{#a}}\n");
    let kept = browser.send("/write", &[("text", &text), ("do", "keep")]);
    let address = kept.header("location").unwrap().to_owned();
    assert!(address.starts_with("/write?draft="), "{address}");
    drop(browser);
    assert_eq!(node.stop().0, Some(0));
    let folder = desk.path("USA.SVC").join("drafts");
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().flatten().collect();
    let held: Vec<u8> = files
        .iter()
        .flat_map(|file| std::fs::read(file.path()).unwrap())
        .collect();
    assert_eq!(files.len(), 1);
    for word in ["Containers", "secret", "hale", "W-1"] {
        let found = held.windows(word.len()).any(|part| part == word.as_bytes());
        assert!(!found, "`{word}` stands on the disk");
    }
    let node = crate::support::web::Served::start(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"]);
    let other = Browser::as_person(&desk, &node, "USA.SVC/ruiz");
    let theirs = other.get(&address).text();
    assert!(!theirs.contains("Containers with"), "{theirs}");
    let author = Browser::as_person(&desk, &node, "USA.SVC/hale");
    assert_eq!(typed(&author.get(&address).text()), text);
    let draft = address.trim_start_matches("/write?draft=").to_owned();
    // Dropping another's drops nothing.
    other.send("/write", &[("text", ""), ("draft", &draft), ("do", "drop")]);
    assert_eq!(typed(&author.get(&address).text()), text);
    author.send("/write", &[("text", ""), ("draft", &draft), ("do", "drop")]);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn an_empty_audience_is_warned_of_before_anything_is_stored() {
    let (desk, node) = world();
    let browser = Browser::as_person(&desk, &node, "USA.SVC/hale");
    let text =
        format!("{HEAD}(S//OC/REL TO USA, GBR) A second device. {{#a}} {{from: NIS-26-118 v1 trials of NOR.NIS}}\n");
    let page = browser.send("/write", &[("text", &text)]).text();
    assert!(
        page.contains("Nobody could read a.") && page.contains("Add it all the same"),
        "{page}"
    );
    assert!(page.contains("NOR.NIS"), "whom to ask");
}

#[test]
fn whoever_writes_is_offered_and_told_of_what_they_may_know_alone() {
    let (desk, node) = world();
    desk.write(
        "hidden.md",
        "---\nid: CAN-1\ntitle: Canary title\nexistence-protected: true\n---\n(TS//SI//NF) Canary text. {#canary}\n",
    );
    desk.ok("USA.SVC", &["report", "add", "hidden.md"]);
    let browser = Browser::as_person(&desk, &node, "USA.SVC/ruiz");
    let text = format!("{HEAD}(S//OC/REL TO USA, GBR) One. {{#a}}\n");
    let page = browser.send("/write", &[("text", &text)]).text();
    assert!(
        page.contains(&format!("{REPORT} v1 plot")) && !page.contains(&format!("{REPORT} v1 place")),
        "{page}"
    );
    for base in ["CAN-1 v1 canary", "CAN-1 v1 wrong", "NONE-1 v1 canary"] {
        let resting = browser
            .send(
                "/write",
                &[("text", &text), ("do", "rest"), ("paragraph", "8"), ("base", base)],
            )
            .text();
        assert!(!resting.contains("Canary"), "{resting}");
        let told = between(&resting, "line 8</span>", "</p>")
            .unwrap()
            .replace(base, "BASE");
        assert!(told.contains("there is no portion BASE"), "{told}");
        assert!(!told.contains("did you mean"), "{told}");
    }
    let resting = [
        ("text", text.as_str()),
        ("do", "rest"),
        ("paragraph", "8"),
        ("base", "SVC-2026-0412 v1 plot"),
    ];
    let page = browser.send("/write", &resting).text();
    assert!(typed(&page).contains("{from: SVC-2026-0412 v1 plot}"), "{page}");
    // Whoever may not add reports has no such page.
    desk.ok("USA.SVC", &["person", "add", "USA.SVC/lind", "--role", "auditor"]);
    let auditor = Browser::as_person(&desk, &node, "USA.SVC/lind");
    assert_eq!(auditor.get("/write").status, 403);
    assert_eq!(auditor.send("/write/check", &[("text", &text)]).status, 403);
}

#[test]
fn hostile_text_is_text_on_the_page_and_in_its_parts() {
    let (desk, node) = world();
    let browser = Browser::as_person(&desk, &node, "USA.SVC/hale");
    let text = "---\nid: <script>\n---\n</textarea><script>alert(1)</script>\n\n(S//NF) <img src=x onerror=alert(1)>\n";
    for path in ["/write", "/write/check"] {
        let answer = browser.send(
            path,
            &[("text", text), ("fix", "-1"), ("paragraph", "99999999999999999999")],
        );
        assert_eq!(answer.status, 200, "{path}");
        let page = super::without_own_scripts(&answer);
        assert!(!page.contains("<script") && !page.contains("<img"), "{path}\n{page}");
    }
    let huge = "a".repeat(300 << 10);
    assert_eq!(browser.send("/write", &[("text", &huge)]).status, 413);
}

#[test]
fn marks_are_completed_facts_kept_and_drafts_are_their_author_s_alone() {
    let (desk, node) = serving();
    let browser = Browser::as_person(&desk, &node, OFFICER);
    let text = "---\nid: CAB-31\nscheme: us-ic\n---\n\nThe container left Port Harrow in May. {#a}\n";
    let offered = browser
        .send("/write/marks", &[("text", text), ("mark", "(ts//si")])
        .text();
    assert!(offered.contains("(TS//SI//OC/REL TO USA, GBR)"), "{offered}");
    // Of texts that one may not know, no mark is offered.
    let other = Browser::as_person(&desk, &node, "GBR.CAB/desk-analyst");
    let offered = other
        .send("/write/marks", &[("text", text), ("mark", "(ts//si")])
        .text();
    assert!(!offered.contains("(TS//SI//OC"), "{offered}");
    let form = [
        ("text", text),
        ("do", "mark"),
        ("paragraph", "6"),
        ("mark", "(S//REL TO USA, GBR)"),
    ];
    let marked = browser.send("/write", &form).text();
    assert!(marked.contains("(S//REL TO USA, GBR) The container left"), "{marked}");
    assert_eq!(browser.send("/write", &[("text", text), ("do", "mark")]).status, 409);
    // A draft is its author's alone.
    let kept = browser.send("/write", &[("text", text), ("do", "keep")]);
    assert_eq!(kept.status, 303, "{}", kept.text());
    let at = kept.header("location").unwrap().to_owned();
    assert!(browser.get(&at).text().contains("Port Harrow"));
    assert!(browser.get("/write").text().contains(&at.replace('&', "&#38;")));
    assert!(!other.get(&at).text().contains("Port Harrow"));
    assert_eq!(
        browser.get_from("cross-site", &at).status,
        303,
        "what looks ahead is shown nothing"
    );
    let id = at.split('=').nth(1).unwrap();
    let text = text.replace("The container", "(S//REL TO USA, GBR) The container");
    let form = [("text", text.as_str()), ("facts", "yes"), ("draft", id)];
    let checked = browser.send("/write", &form).text();
    assert!(checked.contains("a.1") && checked.contains("Port Harrow"), "{checked}");
    let bears = between(&checked, "name=\"shown\" value=\"", "\"").unwrap();
    let added = browser.send("/write", &[&form[..], &[("shown", &bears)]].concat());
    assert_eq!(added.status, 303, "{}", added.text());
    let facts = desk.ok("GBR.CAB", &["--json", "facts", "list", "CAB-31"]).out;
    assert!(facts.contains("Port Harrow"), "{facts}");
    assert!(
        !browser.get("/write").text().contains(&at),
        "what was added is no draft any more"
    );
}
