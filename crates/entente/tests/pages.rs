//! Pages: nobody finds on them what `decide` does not give them, whatever they follow.

use crate::support;

mod asking;
mod attacks;
mod briefings;
mod files;
mod giving;
mod looking;
mod matrix;
mod second;
mod terms;
mod watching;
mod writing;

use std::collections::BTreeSet;

use support::web::{Answer, Browser, Served, between};
use support::{Desk, OFFICER, REPORT};

/// Words that stand in one portion only, with the portion.
const CANARIES: [(&str, &str); 5] = [
    ("plot", "Grey Tide"),
    ("harm", "lower vehicle deck"),
    ("place", "Port Marrow"),
    ("source", "in person"),
    ("advice", "before loading"),
];
const TITLE: &str = "Planned attack";

/// A partner's node with the report, three readers, and people who read nothing.
fn serving() -> (Desk, Served) {
    let desk = Desk::delivered();
    let people = [
        ("minister", "override-authority"),
        ("disclosure-officer", "disclosure-officer"),
        ("desk-analyst", "analyst"),
        ("clerk", "analyst"),
        ("osei", "administrator"),
        ("lind", "auditor"),
    ];
    desk.staff(&people, &["GBR.CAB/minister", OFFICER, "GBR.CAB/desk-analyst"]);
    let ask = [
        "request",
        "open",
        "--report",
        REPORT,
        "--portions",
        "plot,place",
        "--audience",
        "visitors.json",
    ];
    desk.ok(
        "GBR.CAB",
        &[
            &ask[..],
            &[
                "--purpose",
                "threat-warning",
                "--reason",
                "The visitors have to be warned.",
            ],
        ]
        .concat(),
    );
    let node = Served::start(&desk, "GBR.CAB", &["--listen", "127.0.0.1:0"]);
    (desk, node)
}

/// Everything that somebody finds who follows every link and tries every choice of every form that only looks.
fn crawl(browser: &Browser<'_>) -> Vec<(String, Answer)> {
    let mut waiting: Vec<String> = [
        "/",
        "/reports",
        "/requests",
        "/incidents",
        "/partners",
        "/people",
        "/ledger",
        "/search?q=report",
        "/search?q=svc",
        "/reports/SVC-2026-0412",
        "/reports/SVC-2026-0412/audience",
        "/reports/SVC-2026-0412/release",
        "/reports/SVC-2026-0412/deliver",
        "/reports/SVC-2026-0412/export",
        "/reports/SVC-2026-0412/embargo",
        "/pending",
        "/import",
        "/briefings",
        "/watch",
        "/arrangements",
        "/briefings?as=csv",
        "/reports?as=csv",
        "/search?q=svc&as=json",
        "/write",
        "/reports/NOWHERE/deliver",
        "/reports/NOWHERE",
        "/requests/NOWHERE",
        "/nowhere",
    ]
    .map(str::to_owned)
    .to_vec();
    let people = "CHL%2Fforeign-minister%20GBR.CAB%2Fminister";
    for purpose in ["", "threat-warning", "analysis", "nothing"] {
        waiting.push(format!("/reports/{REPORT}?purpose={purpose}"));
        waiting.push(format!("/reports/{REPORT}/audience?purpose={purpose}&people={people}"));
        for (portion, _) in CANARIES {
            waiting.push(format!(
                "/reports/{REPORT}/audience?purpose={purpose}&people={people}&person=CHL%2Fforeign-minister&portion={portion}"
            ));
        }
    }
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        assert!(seen.len() < 400, "the pages have no end");
        let answer = browser.get_from("same-origin", &path);
        let text = answer.text();
        let links = text.split("href=\"").skip(1).filter_map(|rest| rest.split_once('"'));
        let links = links.map(|(link, _)| {
            link.split('#')
                .next()
                .unwrap_or_default()
                .replace("&amp;", "&")
                .replace("&#38;", "&")
        });
        waiting.extend(links.filter(|link| link.starts_with('/') && !link.starts_with("//")));
        waiting.extend(answer.header("location").map(str::to_owned));
        found.push((path, answer));
    }
    found
}

/// A page without the scripts of the node itself, which every page of somebody signed in has.
fn without_own_scripts(answer: &Answer) -> String {
    answer.text().replace("<script src=\"/static/", "")
}

fn reads(desk: &Desk, node: &Served, person: &str, portions: &[&str]) {
    let browser = Browser::as_person(desk, node, person);
    let pages = crawl(&browser);
    for (portion, canary) in CANARIES {
        let holds: Vec<&String> = pages
            .iter()
            .filter(|(_, page)| page.text().contains(canary))
            .map(|(path, _)| path)
            .collect();
        assert_eq!(
            !holds.is_empty(),
            portions.contains(&portion),
            "{person}, {portion}: {holds:?}"
        );
    }
    let titled = pages.iter().any(|(_, page)| page.text().contains(TITLE));
    // A title without a mark of its own takes the banner: it is for whoever may have everything.
    assert_eq!(titled, portions.len() == CANARIES.len(), "{person}: the title");
    for (path, page) in &pages {
        assert!(
            [200, 303, 403, 404, 409].contains(&page.status),
            "{person} {path}: {}",
            page.status
        );
        assert!(
            !page.text().replace("<script src=\"/static/", "").contains("<script") && !page.text().contains("style="),
            "{path}"
        );
        let is_page = page
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/html"));
        if page.status == 200 && is_page {
            assert!(page.body.len() < 100 << 10, "{path} is too large");
            assert_eq!(page.text().matches("<main").count(), 1, "{path}");
        }
    }
}

#[test]
fn each_finds_the_portions_that_are_theirs_and_no_word_of_the_others() {
    let (desk, node) = serving();
    reads(
        &desk,
        &node,
        "GBR.CAB/disclosure-officer",
        &["plot", "harm", "place", "source", "advice"],
    );
    reads(
        &desk,
        &node,
        "GBR.CAB/desk-analyst",
        &["plot", "harm", "source", "advice"],
    );
    reads(&desk, &node, "GBR.CAB/clerk", &[]);
    reads(&desk, &node, "GBR.CAB/osei", &[]);
    reads(&desk, &node, "GBR.CAB/lind", &[]);
}

#[test]
fn what_is_shown_is_on_record_once_and_what_looks_ahead_is_shown_nothing() {
    let (desk, node) = serving();
    let browser = Browser::as_person(&desk, &node, OFFICER);
    let path = format!("/reports/{REPORT}?purpose=threat-warning");
    let openings = || desk.ok("GBR.CAB", &["ledger", "log"]).out.matches("opened").count();
    let before = openings();
    for site in ["cross-site", "same-site"] {
        let page = browser.get_from(site, &path);
        assert!(
            page.text().contains("Open this report?") && !page.text().contains("Grey Tide"),
            "{site}"
        );
    }
    assert_eq!(openings(), before, "nothing was opened");
    assert!(browser.get(&path).text().contains("Grey Tide"));
    browser.get(&path);
    assert_eq!(openings(), before + 1, "the same again is the same opening");
    browser.get(&format!("/reports/{REPORT}?purpose=analysis"));
    assert_eq!(openings(), before + 2, "another purpose is another opening");
    browser.get("/reports");
    browser.get("/search?q=ferry");
    assert_eq!(openings(), before + 2, "lists open nothing");
}

#[test]
fn a_request_is_answered_after_its_consequence_was_shown() {
    let (desk, node) = serving();
    drop(node);
    desk.receive("USA.SVC");
    desk.ok(
        "USA.SVC",
        &[
            "person",
            "add",
            "USA.SVC/hale",
            "--role",
            "disclosure-officer",
            "--citizenship",
            "USA",
            "--clearance",
            "us-ic=TS",
            "--access",
            "SI",
        ],
    );
    desk.ok("USA.SVC", &["report", "distribute", REPORT, "--add", "USA.SVC/hale"]);
    let node = Served::start(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"]);
    let browser = Browser::as_person(&desk, &node, "USA.SVC/hale");
    assert!(browser.get("/").text().contains("One thing waits for you."));
    let id = desk.ok("USA.SVC", &["--json", "request", "list"]).json()[0]["request"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/requests/{id}");
    let page = browser.get(&path).text();
    assert!(
        page.contains("Grey Tide") && page.contains("The visitors have to be warned."),
        "{page}"
    );
    let answer = [
        ("answer-plot", "grant"),
        ("answer-place", "refuse"),
        ("until", "2099-12-31"),
        ("reason", "It points at the source."),
    ];
    let shown = browser.send(&path, &answer);
    let text = shown.text();
    assert!(
        text.contains("If you answer so:") && text.contains("may tell CHL/"),
        "{text}"
    );
    let open = || {
        desk.ok("USA.SVC", &["--json", "request", "list", "--open"])
            .json()
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(open(), 1, "showing does nothing");
    let bears = between(&text, "name=\"shown\" value=\"", "\"").unwrap();
    let stale = [&answer[..], &[("shown", "something else")]].concat();
    assert!(
        browser.send(&path, &stale).text().contains("If you answer so:"),
        "what was not shown is shown first"
    );
    assert_eq!(open(), 1);
    let given = browser.send(&path, &[&answer[..], &[("shown", &bears)]].concat());
    assert_eq!(given.status, 303, "{}", given.text());
    assert_eq!(open(), 0);
    let desk_page = browser.get("/").text();
    assert!(!desk_page.contains(&format!("href=\"{path}\"")), "{desk_page}");
}

#[test]
fn text_of_others_is_text_on_every_page() {
    let desk = Desk::new();
    desk.found("USA.SVC");
    let hostile = "---\nid: H-1\ntitle: <script>alert(1)</script>\nscheme: us-ic\n---\n\
                   (U) <img src=x onerror=alert(1)> & \"quoted\" {#h}\n";
    desk.write("hostile.md", hostile);
    desk.ok("USA.SVC", &["report", "add", "hostile.md"]);
    desk.ok(
        "USA.SVC",
        &[
            "person",
            "add",
            "USA.SVC/hale",
            "--role",
            "analyst",
            "--citizenship",
            "USA",
            "--clearance",
            "us-ic=TS",
        ],
    );
    desk.ok("USA.SVC", &["report", "distribute", "H-1", "--add", "USA.SVC/hale"]);
    let node = Served::start(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"]);
    let browser = Browser::as_person(&desk, &node, "USA.SVC/hale");
    for path in [
        "/",
        "/reports",
        "/reports/H-1",
        "/search?q=%3Cscript%3Ealert(1)",
        "/reports/%3Cscript%3E",
        "/reports/H-1/audience?people=%22%3E%3Cscript%3E",
    ] {
        let text = without_own_scripts(&browser.get(path));
        assert!(!text.contains("<script") && !text.contains("<img"), "{path}\n{text}");
    }
    assert!(
        browser.get("/reports/H-1").text().contains("onerror=alert(1)"),
        "it is shown, as text"
    );
}

#[test]
fn a_case_is_worked_on_by_its_members_and_nobody_else_finds_it() {
    let (desk, node) = serving();
    let over = [
        "override",
        "add",
        "--report",
        REPORT,
        "--portions",
        "place",
        "--audience",
        "visitors.json",
        "--purpose",
        "threat-warning",
        "--authority",
        "GBR.CAB/minister",
        "--lawful",
        "powers",
        "--reason",
        "said in conversation",
    ];
    desk.ok("GBR.CAB", &over);
    let told = desk.ok("GBR.CAB", &["--json", "override", "list"]).json();
    let under = told[0]["override"]["id"].as_str().unwrap().to_owned();
    let said = [
        "disclosure",
        "add",
        "--report",
        REPORT,
        "--portions",
        "place",
        "--audience",
        "visitors.json",
        "--by",
        "GBR.CAB/minister",
        "--route",
        "said",
        "--under",
        &under,
    ];
    desk.ok("GBR.CAB", &said);
    let out = desk.ok("GBR.CAB", &["--json", "disclosure", "list"]).json();
    let out = between(&out.to_string(), "\"id\":\"dis-", "\"").unwrap();
    let open = [
        "--json",
        "incident",
        "open",
        "--disclosure",
        &format!("dis-{out}"),
        "--protected",
        "--by",
        OFFICER,
        "--title",
        "Canary case",
    ];
    desk.ok("GBR.CAB", &open);
    let cases = desk.ok("GBR.CAB", &["--json", "incident", "list"]).json();
    let id = cases["cases"][0]["id"].as_str().unwrap().to_owned();
    let officer = Browser::as_person(&desk, &node, OFFICER);
    assert!(
        officer.get("/").text().contains(&format!("/incidents/{id}")),
        "it waits on the desk"
    );
    assert!(officer.get("/incidents").text().contains("Canary case"));
    let path = format!("/incidents/{id}");
    let page = officer.get(&format!("{path}?purpose=threat-warning"));
    assert_eq!(page.status, 200);
    assert!(
        page.text().contains("Port Marrow") && page.text().contains("not permitted"),
        "{}",
        page.text()
    );
    // Nobody outside the case learns that there is one.
    for person in ["GBR.CAB/desk-analyst", "GBR.CAB/clerk"] {
        let other = Browser::as_person(&desk, &node, person);
        let (there, nowhere) = (other.get(&path), other.get("/incidents/inc-none"));
        assert_eq!((there.status, there.body.len()), (404, nowhere.body.len()), "{person}");
        for list in ["/", "/incidents"] {
            assert!(!other.get(list).text().contains("Canary case"), "{person} {list}");
        }
        assert_eq!(other.send(&path, &[("act", "contain")]).status, 403, "{person}");
    }
    // What a button does is shown before it is done.
    let asked = officer.send(&path, &[("act", "contain")]);
    assert!(asked.text().contains("goes out any more"), "{}", asked.text());
    let held = || {
        desk.ok("GBR.CAB", &["--json", "report", "list"])
            .out
            .contains("on hold")
    };
    assert!(!held(), "nothing was done yet");
    let shown = between(&asked.text(), "name=\"shown\" value=\"", "\"").unwrap();
    assert_eq!(
        officer.send(&path, &[("act", "contain"), ("shown", &shown)]).status,
        303
    );
    assert!(held());
    let done = [
        ("act", "done"),
        ("stage", "match"),
        ("note", "compared with what is held"),
    ];
    assert_eq!(officer.send(&path, &done).status, 303);
    assert!(officer.get(&path).text().contains("compared with what is held"));
}
