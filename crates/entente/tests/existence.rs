//! Whether something exists: two worlds that differ only in what a caller may not know of give that caller the same bytes.

use crate::support;

use support::web::{Browser, Served, between};
use support::{Desk, REPORT};

const HIDDEN: &str = "---\nid: CAB-HIDDEN\ntitle: (TS//TK//REL TO USA, GBR) Canary title\nexistence-protected: true\n---\n(TS//TK//REL TO USA, GBR) Canary text. {#one}\n";
/// Roles that see what is shown to people, and not the record.
const CALLERS: [&str; 4] = ["analyst", "disclosure-officer", "override-authority", "source-handler"];

/// The same world twice, but for a hidden report, a hold on it, and a request about it in the second.
fn worlds() -> (Desk, Desk) {
    let one = Desk::delivered();
    let people: Vec<(&str, &str)> = CALLERS.iter().map(|role| (*role, *role)).collect();
    one.staff(&people, &["GBR.CAB/analyst"]);
    for role in CALLERS {
        for scope in ["read", "evaluate", "act"] {
            let token = one.token(&format!("GBR.CAB/{role}"), scope);
            one.write(&format!("{role}-{scope}"), &token);
        }
        let link = [
            "--json",
            "account",
            "invite",
            &format!("GBR.CAB/{role}"),
            "--demonstration",
        ];
        let path = one.ok("GBR.CAB", &link).json()["path"].as_str().unwrap().to_owned();
        one.write(&format!("{role}-link"), &path);
    }
    let two = Desk(tempfile::tempdir().unwrap());
    let copied = std::process::Command::new("cp")
        .args([
            "-a",
            &format!("{}/.", one.0.path().display()),
            &two.0.path().display().to_string(),
        ])
        .status();
    assert!(copied.unwrap().success());
    two.write("hidden.md", HIDDEN);
    two.ok("GBR.CAB", &["report", "add", "hidden.md"]);
    two.ok(
        "GBR.CAB",
        &["report", "hold", "CAB-HIDDEN", "--reason", "Canary reason"],
    );
    two.write("derived.md", "---\nid: CAB-2\nexistence-protected: true\n---\n(TS//TK//REL TO USA, GBR) Canary too. {from: CAB-HIDDEN v1 one}\n");
    two.ok("GBR.CAB", &["report", "add", "derived.md"]);
    (one, two)
}

/// An answer without what differs from session to session.
fn answered(node: &Served, browser: &Browser<'_>, path: &str) -> (u16, String) {
    let answer = browser.get(path);
    let mut text = answer.text();
    while let Some(token) = between(&text, "name=\"form\" value=\"", "\"").filter(|token| !token.is_empty()) {
        text = text.replace(&token, "");
    }
    (answer.status, text.replace(&node.address, "(address)"))
}

/// Two answers that are to be alike, read again where they are not: the minute, which pages name, may have ended between them.
fn within_a_minute<T: PartialEq>(pair: impl Fn() -> (T, T)) -> (T, T) {
    let first = pair();
    if first.0 == first.1 { first } else { pair() }
}

#[test]
fn what_a_caller_may_not_know_of_changes_no_byte_of_any_answer() {
    let (one, two) = worlds();
    let (with, without) = (
        Served::start(&two, "GBR.CAB", &["--listen", "127.0.0.1:0"]),
        Served::start(&one, "GBR.CAB", &["--listen", "127.0.0.1:0"]),
    );
    let ids = [REPORT, "CAB-HIDDEN", "CAB-2", "CAB-NOWHERE"];
    for role in CALLERS {
        let kept = |name: &str| std::fs::read_to_string(one.path(&format!("{role}-{name}"))).unwrap();
        // Values for programs, with the status, the body, and the sizes in the headers.
        let get = |node: &Served, path: &str| {
            let answer = node.ask(
                "GET",
                path,
                &[("authorization", &format!("Bearer {}", kept("read")))],
                b"",
            );
            let length = answer.header("content-length").map(str::to_owned);
            (answer.status, answer.text(), length)
        };
        let mut paths = [
            "",
            "/requests",
            "/pending",
            "/pending/pend-1",
            "/incidents",
            "/partners",
            "/todo",
            "/roles",
            "/openapi.json",
        ]
        .map(|path| format!("/api/v1{path}"))
        .to_vec();
        paths.extend(
            ["?search=canary", "?limit=1", "?purpose=threat-warning"].map(|query| format!("/api/v1/reports{query}")),
        );
        for id in ids {
            paths.extend(
                ["", "?version=1", "?purpose=x", "/decision?people=CHL/foreign-minister"]
                    .map(|tail| format!("/api/v1/reports/{id}{tail}")),
            );
        }
        for path in &paths {
            let (there, not) = within_a_minute(|| (get(&with, path), get(&without, path)));
            assert_eq!(there, not, "{role} {path}");
        }
        // Commands and questions.
        let post = |node: &Served, scope: &str, path: &str, body: &str| {
            let bearer = format!("Bearer {}", kept(scope));
            let answer = node.ask(
                "POST",
                path,
                &[("authorization", &bearer), ("content-type", "application/json")],
                body.as_bytes(),
            );
            (answer.status, answer.text())
        };
        for id in &ids[1..] {
            for (name, body) in [
                ("withdraw-report", format!(r#"{{"report":"{id}","reason":"x"}}"#)),
                (
                    "distribute",
                    format!(r#"{{"report":"{id}","add":["GBR.CAB/analyst"]}}"#),
                ),
                ("resume", format!(r#"{{"report":"{id}"}}"#)),
                ("deliver", format!(r#"{{"report":"{id}","to":["USA.SVC"]}}"#)),
                (
                    "recall",
                    format!(r#"{{"report":"{id}","action":"purge","reason":"x"}}"#),
                ),
                (
                    "open-request",
                    format!(r#"{{"report":"{id}","people":["CHL/foreign-minister"]}}"#),
                ),
                (
                    "brief",
                    format!(r#"{{"reports":["{id}"],"people":["CHL/foreign-minister"]}}"#),
                ),
                (
                    "protect-source",
                    format!(
                        r#"{{"source":"S-1","register":{{}},"reports":["{id}"],"min_candidates":3,"max_probability":0.3}}"#
                    ),
                ),
            ] {
                let path = format!("/api/v1/commands/{name}");
                assert_eq!(
                    post(&with, "act", &path, &body),
                    post(&without, "act", &path, &body),
                    "{role} {name} {id}"
                );
            }
            for kind in ["report", "portion"] {
                let resource = if kind == "report" {
                    (*id).to_owned()
                } else {
                    format!("{id}/one")
                };
                let asked = format!(
                    r#"{{"subject":{{"type":"person","id":"GBR.CAB/{role}"}},"action":{{"name":"read"}},"resource":{{"type":"{kind}","id":"{resource}"}}}}"#
                );
                for path in [
                    "/access/v1/evaluation",
                    "/access/v1/search/subject",
                    "/access/v1/search/resource",
                ] {
                    let of = |node: &Served| post(node, "evaluate", path, &asked);
                    let (there, not) = within_a_minute(|| (of(&with), of(&without)));
                    assert_eq!(there, not, "{role} {path} {id}");
                }
            }
        }
        // Pages.
        let browsers = [&with, &without].map(|node| {
            let browser = Browser::new(node);
            assert_eq!(browser.post(&kept("link"), &[]).status, 303);
            browser
        });
        let mut pages = [
            "/",
            "/reports",
            "/requests",
            "/incidents",
            "/partners",
            "/people",
            "/import",
            "/briefings",
            "/watch",
            "/arrangements",
            "/pending",
            "/pending?as=csv",
            "/pending/pend-1",
            "/reports?as=csv",
            "/search?q=c&as=json",
            "/write",
            "/search?q=canary",
        ]
        .map(str::to_owned)
        .to_vec();
        for id in ids {
            pages.extend(
                [
                    "",
                    "?purpose=x",
                    "/audience",
                    "/audience?people=CHL/foreign-minister",
                    "/release",
                    "/deliver",
                    "/export",
                    "/embargo",
                ]
                .map(|tail| format!("/reports/{id}{tail}")),
            );
        }
        for page in &pages {
            let of = |node: &Served, browser: &Browser<'_>| {
                let (status, text) = answered(node, browser, page);
                (status, support::without_chance(&text))
            };
            let (there, not) = within_a_minute(|| (of(&with, &browsers[0]), of(&without, &browsers[1])));
            assert_eq!(there, not, "{role} {page}");
            assert!(
                !there.1.to_lowercase().contains("canary t") && !there.1.contains("Canary reason"),
                "{role} {page}"
            );
        }
    }
}
