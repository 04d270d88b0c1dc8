//! People at a node: accounts, signing in, roles, and forms that only the node's own pages can send.

use crate::support;

use support::Desk;
use support::web::{Browser, Served, between, digits};

const PASSWORD: &str = "correct horse battery";

fn serving() -> (Desk, Served) {
    let desk = Desk::new();
    desk.found("USA.SVC");
    let node = Served::start(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"]);
    (desk, node)
}

fn join(node: &Served, code: &str, name: &str) -> (String, String) {
    support::web::join(node, code, name, PASSWORD)
}

fn sign_in(browser: &Browser<'_>, name: &str, password: &str, digits: &str) -> support::web::Answer {
    browser.post(
        "/sign-in",
        &[("name", name), ("password", password), ("digits", digits)],
    )
}

#[test]
fn the_first_administrator_is_made_with_the_code_of_the_start_and_signs_in() {
    let (desk, node) = serving();
    let code = node.code.clone().unwrap();
    assert!(!node.log().contains(&code), "the code is no line of the log");
    let browser = Browser::new(&node);
    let weak = [
        ("code", code.as_str()),
        ("name", "osei"),
        ("password", "short"),
        ("again", "short"),
    ];
    assert_eq!(browser.post("/join", &weak).status, 409);
    let (secret, made) = join(&node, &code, "osei");
    assert!(made.contains("Write this down"), "{made}");
    let wrong = sign_in(&browser, "osei", "wrong horse battery", &digits(&secret));
    let nobody = sign_in(&browser, "nobody", PASSWORD, "123456");
    assert_eq!((wrong.status, nobody.status), (403, 403));
    let text = |answer: &support::web::Answer| answer.text().replace("nobody", "osei");
    assert_eq!(
        text(&wrong),
        text(&nobody),
        "a wrong password and an unknown name look alike"
    );
    // The digits that confirmed the telephone are used up; the next ones come with the next half minute.
    let (next, used) = loop {
        let now = digits(&secret);
        let answer = sign_in(&browser, "osei", PASSWORD, &now);
        if answer.status == 303 {
            break (answer, now);
        }
        std::thread::sleep(std::time::Duration::from_millis(1500));
    };
    let again = sign_in(&browser, "osei", PASSWORD, &used);
    assert_eq!(again.status, 403, "digits count once");
    let cookie = next.header("set-cookie").unwrap();
    for part in ["__Host-entente=", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert_eq!(browser.get("/people").status, 200);
    let out = browser.send("/sign-out", &[]);
    assert_eq!((out.status, out.header("clear-site-data").is_some()), (303, true));
    assert_eq!(browser.get("/people").status, 303);
    drop(node);
    let log = desk.ok("USA.SVC", &["ledger", "log"]).out;
    assert!(
        log.contains("internal") && !log.contains("osei"),
        "who signed in is on record, and not in clear: {log}"
    );
    let again = Served::start(&desk, "USA.SVC", &["--listen", "127.0.0.1:0"]);
    assert_eq!(again.code, None, "later starts give no code");
}

#[test]
fn whoever_guesses_waits_and_a_code_makes_one_account() {
    let (_desk, node) = serving();
    let code = node.code.clone().unwrap();
    let browser = Browser::new(&node);
    let tries: Vec<u16> = (0..5)
        .map(|_| sign_in(&browser, "osei", "guess guess guess", "1").status)
        .collect();
    assert_eq!(tries[..3], [403, 403, 403]);
    assert_eq!(tries[4], 429, "{tries:?}");
    join(&node, &code, "osei");
    let used = [
        ("code", code.as_str()),
        ("name", "second"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    assert_eq!(browser.post("/join", &used).status, 409);
}

#[test]
fn a_form_counts_only_when_this_node_made_it_for_this_session() {
    let (desk, node) = serving();
    desk.ok("USA.SVC", &["person", "add", "USA.SVC/osei", "--role", "administrator"]);
    desk.ok("USA.SVC", &["person", "add", "USA.SVC/hale"]);
    let browser = Browser::as_person(&desk, &node, "USA.SVC/osei");
    let give = [("person", "USA.SVC/hale"), ("role", "analyst")];
    assert_eq!(browser.post("/people/roles", &give).status, 403, "without the token");
    let forged = [&give[..], &[("form", "AAAA-AAAA")]].concat();
    assert_eq!(browser.post("/people/roles", &forged).status, 403, "with another token");
    let page = browser.get("/people").text();
    let token = between(&page, "name=\"form\" value=\"", "\"").unwrap();
    let right = [&give[..], &[("form", token.as_str())]].concat();
    assert_eq!(
        browser.post_from("cross-site", "/people/roles", &right).status,
        403,
        "from another site"
    );
    let other = Browser::as_person(&desk, &node, "USA.SVC/osei");
    assert_eq!(other.post("/people/roles", &right).status, 403, "in another session");
    assert!(
        !desk
            .ok("USA.SVC", &["--json", "person", "list"])
            .out
            .contains("analyst")
    );
    assert_eq!(browser.post("/people/roles", &right).status, 303);
    assert!(
        desk.ok("USA.SVC", &["--json", "person", "list"])
            .out
            .contains("analyst")
    );
    let policy = browser.get("/people");
    let policy = policy.header("content-security-policy").unwrap();
    assert!(
        policy.contains("default-src 'none'")
            && !policy.contains("unsafe")
            && policy.contains("require-trusted-types-for"),
        "{policy}"
    );
}

#[test]
fn roles_say_what_somebody_sees_and_does_and_nobody_changes_their_own() {
    let (desk, node) = serving();
    for (person, role) in [
        ("osei", "administrator"),
        ("hale", "disclosure-officer"),
        ("lind", "auditor"),
    ] {
        desk.ok(
            "USA.SVC",
            &["person", "add", &format!("USA.SVC/{person}"), "--role", role],
        );
    }
    let sees = |person: &str| {
        let browser = Browser::as_person(&desk, &node, &format!("USA.SVC/{person}"));
        ["/people", "/partners", "/ledger"].map(|path| browser.get(path).status)
    };
    assert_eq!(sees("osei"), [200, 200, 200]);
    assert_eq!(sees("hale"), [403, 200, 403]);
    assert_eq!(sees("lind"), [200, 200, 200]);
    let admin = Browser::as_person(&desk, &node, "USA.SVC/osei");
    let own = [
        ("person", "USA.SVC/osei"),
        ("role", "administrator"),
        ("role", "release"),
    ];
    assert_eq!(
        admin.send("/people/roles", &own).status,
        409,
        "an unknown role changes nothing"
    );
    let own = [
        ("person", "USA.SVC/osei"),
        ("role", "administrator"),
        ("role", "analyst"),
    ];
    assert_eq!(admin.send("/people/roles", &own).status, 403);
    assert_eq!(admin.send("/people/code", &[("person", "USA.SVC/osei")]).status, 403);
    let auditor = Browser::as_person(&desk, &node, "USA.SVC/lind");
    let give = [("person", "USA.SVC/hale"), ("role", "analyst")];
    assert_eq!(auditor.send("/people/roles", &give).status, 403);
    assert_eq!(admin.send("/people/roles", &give).status, 303);
    // Who did it stands in the event.
    let ledger = auditor.get("/ledger").text();
    let row = between(&ledger, "<tbody", "</tr>").unwrap();
    assert!(
        row.contains("USA.SVC/osei") || ledger.contains("<span class=\"id\">USA.SVC/osei</span></td></tr>"),
        "{ledger}"
    );
    // Whoever is switched off is out at once.
    desk.ok("USA.SVC", &["person", "disable", "USA.SVC/lind"]);
    assert_eq!(auditor.get("/ledger").status, 303);
}
