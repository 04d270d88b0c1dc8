//! What is tried at the pages for people, each by its name; `docs/security-model.md` lists them.

use super::{between, crawl, serving};
use crate::support::web::{Answer, Browser, Served};
use crate::support::{Desk, OFFICER, REPORT};

/// Leaves whatever it is written into, and would be an element then.
const HOSTILE: &str = "'\"><x-hostile onclick=alert(1)>]]></svg></textarea></title><x-hostile>";

/// What of it must stand nowhere.
fn is_text(path: &str, answer: &Answer) {
    let text = answer.text();
    // A file is kept beside the browser, which is told what it is, and that it shall not guess.
    if answer
        .header("content-disposition")
        .is_some_and(|said| said.starts_with("attachment"))
    {
        assert!(
            !answer.header("content-type").unwrap().starts_with("text/html"),
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        return;
    }
    for raw in ["<x-hostile", "]]></svg>"] {
        assert!(!text.contains(raw), "{path} bears {raw}\n{text}");
    }
    for handler in ["href=\"javascript:", "src=\"javascript:", "href=\"data:", " onclick=\""] {
        assert!(!text.contains(handler), "{path} bears {handler}");
    }
}

/// A party all of whose words are hostile: names, titles, texts, terms, facts.
fn hostile() -> (Desk, Served) {
    let desk = Desk::new();
    desk.found("USA.SVC");
    desk.found("GBR.CAB");
    desk.ok(
        "USA.SVC",
        &["party", "add", "GBR.CAB", "--keys", "GBR.CAB.keys", "--name", HOSTILE],
    );
    let clear = ["--citizenship", "USA", "--clearance", "us-ic=TS"];
    let roles = ["--role", "disclosure-officer", "--role", "analyst"];
    let hale = ["person", "add", "USA.SVC/hale", "--name", HOSTILE];
    desk.ok("USA.SVC", &[&hale[..], &roles, &clear].concat());
    desk.ok(
        "USA.SVC",
        &[
            "person",
            "add",
            "USA.SVC/osei",
            "--role",
            "administrator",
            "--role",
            "auditor",
        ],
    );
    let terms = std::fs::read_to_string(desk.path("arrangement.json")).unwrap();
    let title = serde_json::to_string(HOSTILE).unwrap();
    desk.write(
        "terms.json",
        &terms.replace("\"Exchange of intelligence reports\"", &title),
    );
    desk.ok("USA.SVC", &["arrangement", "add", "terms.json"]);
    let head = |id: &str| {
        format!(
            "---\nid: {id}\ntitle: {}\nscheme: us-ic\narrangements: [GBR-USA-2024]\n---\n\n",
            title.replace('\'', "''")
        )
    };
    desk.write("base.md", &format!("{}(U) {HOSTILE} {{#h}}\n", head("H-1")));
    desk.write(
        "over.md",
        &format!("{}(U) {HOSTILE} {{#o}} {{from: H-1 v1 h}}\n", head("H-2")),
    );
    for (file, id) in [("base.md", "H-1"), ("over.md", "H-2")] {
        desk.ok("USA.SVC", &["report", "add", file]);
        desk.ok("USA.SVC", &["report", "distribute", id, "--add", "USA.SVC/hale"]);
    }
    let node = Served::start(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"]);
    (desk, node)
}

#[test]
fn xss_whatever_anybody_wrote_is_text_on_every_page_and_in_every_picture() {
    let (desk, node) = hostile();
    let mut shown = 0;
    for person in ["USA.SVC/hale", "USA.SVC/osei"] {
        let browser = Browser::as_person(&desk, &node, person);
        let asked = [
            "/reports/H-1",
            "/reports/H-2",
            "/reports/H-1/release",
            "/reports/H-1/deliver",
            "/arrangements/GBR-USA-2024",
        ];
        for (path, answer) in crawl(&browser)
            .into_iter()
            .chain(asked.map(|path| (path.to_owned(), browser.get(path))))
        {
            is_text(&path, &answer);
            shown += answer.text().matches("x-hostile").count();
        }
    }
    assert!(shown > 20, "it is shown, as text: {shown}");
    let browser = Browser::as_person(&desk, &node, "USA.SVC/hale");
    let drawn = between(&browser.get("/reports/H-2").text(), "<svg", "</svg>").unwrap();
    assert!(drawn.contains("H-1 v1"), "lineage is drawn: {drawn}");
    // What comes back of what was typed.
    let typed = [
        ("text", HOSTILE),
        ("pasted", HOSTILE),
        ("to", HOSTILE),
        ("people", HOSTILE),
        ("title", HOSTILE),
        ("reason", HOSTILE),
        ("until", HOSTILE),
    ];
    for path in [
        "/write",
        "/write/check",
        "/write/marks",
        "/reports/H-1/release",
        "/reports/H-1/deliver",
        "/reports/H-1/export",
        "/reports/H-1/embargo",
        "/briefings",
        "/requests",
        "/incidents",
        "/arrangements",
    ] {
        is_text(path, &browser.send(path, &typed));
    }
    is_text("/watch", &browser.upload("/watch", &[("pasted", HOSTILE)], None));
    for place in [
        "/search?q=",
        "/reports?filter=",
        "/reports?sort=",
        "/reports/",
        "/requests/",
        "/reports/H-1/audience?people=",
        "/sign-in?to=",
    ] {
        let path = format!("{place}{}", escaped(HOSTILE));
        is_text(&path, &browser.get(&path));
    }
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Every form on the pages of somebody that changes something: where it is sent.
fn forms(browser: &Browser<'_>) -> std::collections::BTreeSet<String> {
    let pages = crawl(browser);
    let actions = pages.iter().flat_map(|(_, answer)| {
        let text = answer.text();
        let tags: Vec<String> = text
            .split("<form")
            .skip(1)
            .filter_map(|rest| Some(rest.split_once('>')?.0.to_owned()))
            .collect();
        tags
    });
    let post = actions.filter(|tag| tag.contains("method=\"post\""));
    // The form for passkeys is sent by its script, elsewhere: it has an address only so that it is a form.
    let to = post.filter_map(|tag| between(&tag, "action=\"", "\""));
    to.filter(|action| action != "/passkeys")
        .chain(["/passkeys/begin", "/passkeys/finish"].map(str::to_owned))
        .collect()
}

#[test]
fn csrf_no_form_counts_without_its_token_or_from_another_site() {
    let (desk, node) = serving();
    let mut tried = 0;
    for person in [OFFICER, "GBR.CAB/osei"] {
        let browser = Browser::as_person(&desk, &node, person);
        let page = browser.get("/nowhere").text();
        let token = between(&page, "name=\"form\" value=\"", "\"").unwrap();
        let before = desk.ok("GBR.CAB", &["--json", "report", "list"]).out;
        for action in forms(&browser) {
            assert_eq!(browser.post(&action, &[]).status, 403, "{action} without the token");
            let forged = browser.post_from("cross-site", &action, &[("form", &token)]);
            assert_eq!(forged.status, 403, "{action} from another site");
            let beside = browser.post_from("same-site", &action, &[("form", &token)]);
            assert_eq!(beside.status, 403, "{action} from a neighbour");
            tried += 1;
        }
        assert_eq!(browser.get("/").status, 200, "{person} is signed in still");
        assert_eq!(desk.ok("GBR.CAB", &["--json", "report", "list"]).out, before);
    }
    assert!(tried > 15, "{tried} forms");
}

#[test]
fn clickjacking_cache_and_referrer_every_answer_to_everybody_forbids_them() {
    let (desk, node) = serving();
    let browser = Browser::as_person(&desk, &node, OFFICER);
    let stranger = Browser::new(&node);
    let mut answers = crawl(&browser);
    for path in [
        "/",
        "/sign-in",
        "/join",
        "/join/AAAA",
        "/enter/AAAA",
        "/nowhere",
        "/health",
        "/partner/inbox",
        "/api/v1/reports",
        "/taxii2/",
    ] {
        answers.push((path.to_owned(), stranger.get(path)));
    }
    answers.push((
        "/watch, too large".to_owned(),
        browser.send("/reports", &[("x", &"a".repeat(300 << 10))]),
    ));
    let token = browser.cookie().unwrap();
    let secret = token.split_once('=').unwrap().1;
    for (path, answer) in &answers {
        let header = |name: &str| {
            answer
                .header(name)
                .unwrap_or_else(|| panic!("{path} has no {name}"))
                .to_owned()
        };
        let policy = header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"),
            "{path}: {policy}"
        );
        assert!(
            policy.contains("form-action 'self'") && !policy.contains("unsafe"),
            "{path}: {policy}"
        );
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        let lasting = path.starts_with("/static/") || path == "/favicon.ico";
        assert_eq!(header("cache-control").contains("no-store"), !lasting, "{path}");
        let text = answer.text();
        assert!(!text.contains(secret), "{path} bears the session");
        for attribute in ["href=\"", "src=\"", "action=\"", "formaction=\""] {
            let abroad = text
                .split(attribute)
                .skip(1)
                .find(|rest| rest.starts_with("http") || rest.starts_with("//"));
            assert!(
                abroad.is_none(),
                "{path} leads elsewhere: {attribute}{:.60}",
                abroad.unwrap_or_default()
            );
        }
        // A form that looks has nothing in it that an address, and with it a history, should not have.
        let addresses = text.split("href=\"").skip(1).filter_map(|rest| rest.split_once('"'));
        for (address, _) in addresses {
            assert!(
                !address.contains("form="),
                "{path} has a token in an address: {address}"
            );
        }
    }
    let out = browser.send("/sign-out", &[]);
    assert_eq!(
        out.header("clear-site-data"),
        Some("\"cache\", \"cookies\", \"storage\"")
    );
    // Nothing of a page stays in a browser's storage: the one script that could is told not to.
    let writer = Browser::as_person(&desk, &node, OFFICER).get("/write").text();
    assert!(writer.contains("\"historyCacheSize\":0"), "{writer}");
}

#[test]
fn path_and_header_injection_lead_nowhere_and_write_no_header() {
    let (desk, node) = serving();
    let browser = Browser::as_person(&desk, &node, OFFICER);
    let line = "%0d%0ax-injected:%20yes";
    for path in [
        "/static/..%2f..%2faccounts.json".to_owned(),
        "/static/%2e%2e/accounts.json".to_owned(),
        "/static/../accounts.json".to_owned(),
        "/static/%2fetc%2fpasswd".to_owned(),
        "/reports/..%2f..%2faccounts.json".to_owned(),
        "/reports/%00".to_owned(),
        "/reports/%ff%fe".to_owned(),
        "/requests/..%2f..%2f..%2fetc%2fpasswd".to_owned(),
        "/people/..%2faccounts.json".to_owned(),
        "/write?draft=..%2f..%2faccounts".to_owned(),
        "/ledger/..%2f0".to_owned(),
        "/notices/..%2fnotices.json".to_owned(),
        format!("/reports/{line}"),
        format!("/reports?as=csv&filter={line}"),
        format!("/reports?as={line}"),
        format!("/sign-in?to=/{line}"),
        format!("/enter/{line}"),
        format!("/join/{line}"),
    ] {
        let answer = browser.get(&path);
        assert!(answer.status < 500, "{path}: {}", answer.status);
        assert_eq!(answer.header("x-injected"), None, "{path}");
        let text = answer.text();
        assert!(!text.contains("root:") && !text.contains("argon2"), "{path}");
        let to = answer.header("location").unwrap_or("/");
        assert!(
            to.starts_with('/') && !to.starts_with("//") && !to.contains(['\r', '\n']),
            "{path}: {to}"
        );
    }
    // Where a choice of language leads back to is a path of this node, whatever the browser says it came from.
    let page = browser.get("/nowhere").text();
    let token = between(&page, "name=\"form\" value=\"", "\"").unwrap();
    let cookie = browser.cookie().unwrap();
    for from in [
        "https://evil.example//evil.example",
        "https://evil.example/\\evil.example",
        "javascript:alert(1)",
    ] {
        let headers = [
            ("cookie", cookie.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("referer", from),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let answer = node.ask(
            "POST",
            "/language",
            &headers,
            format!("form={token}&language=en").as_bytes(),
        );
        assert_eq!(answer.header("location"), Some("/"), "{from}");
    }
}

#[test]
fn oversized_forms_are_refused_wherever_they_are_sent() {
    let (desk, node) = serving();
    let browser = Browser::as_person(&desk, &node, OFFICER);
    let large = "a".repeat(300 << 10);
    let actions = forms(&browser);
    assert!(actions.contains(&format!("/reports/{REPORT}/deliver")), "{actions:?}");
    for action in actions {
        if ["/import", "/watch"].contains(&action.as_str()) {
            let file = vec![b'a'; 5 << 20];
            assert_eq!(browser.upload(&action, &[], Some(("a", &file))).status, 413, "{action}");
        } else {
            assert_eq!(browser.send(&action, &[("reason", &large)]).status, 413, "{action}");
        }
    }
    for outside in ["/sign-in", "/join", "/join/confirm", "/join/AAAA", "/enter/AAAA"] {
        assert_eq!(
            Browser::new(&node).post(outside, &[("name", &large)]).status,
            413,
            "{outside}"
        );
    }
    // Very many small fields are no way round.
    let many: Vec<(&str, &str)> = std::iter::repeat_n(("portions", "x"), 40_000).collect();
    assert_eq!(browser.post("/requests", &many).status, 413);
}

#[test]
fn hostile_files_are_named_kept_and_shown_as_what_they_are() {
    let (desk, node) = serving();
    let browser = Browser::as_person(&desk, &node, OFFICER);
    let name = "../../serve.toml\\..\\<x-hostile>.html";
    for bytes in [
        &b"<x-hostile>SVC-2026-0412"[..],
        b"%PDF-1.4 <x-hostile>",
        b"PK\x03\x04\xff\xff\xff\xff",
        b"\x1f\x8b\x08\x00",
        b"\x00\x01\x02",
        b"",
    ] {
        for path in ["/import", "/watch"] {
            let answer = browser.upload(path, &[], Some((name, bytes)));
            assert!(
                [200, 409].contains(&answer.status),
                "{path} {bytes:?}: {}",
                answer.status
            );
            is_text(path, &answer);
            assert!(
                answer.header("content-type").unwrap().starts_with("text/html"),
                "{path}"
            );
        }
    }
    // A form whose parts are torn, or that has no end, is refused, and the node goes on.
    let headers = |kind: &'static str| {
        let cookie = browser.cookie().unwrap();
        move |node: &Served, body: &[u8]| {
            let headers = [
                ("cookie", cookie.as_str()),
                ("sec-fetch-site", "same-origin"),
                ("content-type", kind),
            ];
            node.ask("POST", "/import", &headers, body).status
        }
    };
    assert!((400..500).contains(&headers("multipart/form-data; boundary=X")(
        &node,
        b"--X\r\nContent-Disposition: form-da"
    )));
    assert!((400..500).contains(&headers("multipart/form-data")(&node, b"--X--")));
    assert_eq!(browser.get("/").status, 200);
    assert!(!desk.path("GBR.CAB/serve.toml").exists() && !desk.path("serve.toml").exists());
}
