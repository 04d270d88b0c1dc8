//! What looks again by itself: it is told of changes, shown no text, opens nothing, and is nobody at work. And keys.

use super::serving;
use crate::support::web::{Answer, Browser, Served};
use crate::support::{OFFICER, REPORT};

fn looks(node: &Served, browser: &Browser<'_>, path: &str, seen: &str) -> Answer {
    let cookie = browser.cookie().unwrap();
    let headers = [
        ("cookie", cookie.as_str()),
        ("sec-fetch-site", "same-origin"),
        ("entente-poll", "yes"),
        ("if-none-match", seen),
    ];
    node.ask("GET", path, &headers, b"")
}

#[test]
fn what_changed_is_told_once_and_looking_shows_no_text() {
    let (desk, node) = serving();
    let browser = Browser::as_person(&desk, &node, OFFICER);
    let first = looks(&node, &browser, "/requests", "");
    let tag = first.header("etag").unwrap().to_owned();
    assert_eq!(first.status, 200);
    assert!(
        first.text().contains("data-fresh=\"head\"") && first.text().contains("id=\"banner-top\""),
        "{}",
        first.text()
    );
    assert!(
        !first.text().contains("<html") && !first.text().contains("<script"),
        "a part, and no script"
    );
    let still = looks(&node, &browser, "/requests", &tag);
    assert_eq!((still.status, still.text().as_str()), (304, ""));
    // What another person sees has another tag, though it were the same.
    let other = Browser::as_person(&desk, &node, OFFICER);
    assert_ne!(looks(&node, &other, "/requests", "").header("etag"), Some(tag.as_str()));
    desk.ask("harm");
    let changed = looks(&node, &browser, "/requests", &tag);
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), Some(tag.as_str()));
    let openings = || desk.ok("GBR.CAB", &["ledger", "log"]).out.matches("opened").count();
    let before = openings();
    let text = looks(&node, &browser, &format!("/reports/{REPORT}"), "").text();
    assert!(!text.contains("Grey Tide"), "{text}");
    assert_eq!(openings(), before, "looking opens nothing");
    browser.send("/sign-out", &[]);
    assert_eq!(looks(&node, &browser, "/requests", &tag).status, 303);
}

#[test]
fn lists_are_looked_at_again_row_by_row() {
    let (desk, node) = serving();
    let browser = Browser::as_person(&desk, &node, OFFICER);
    let first = looks(&node, &browser, "/partners", "");
    let tag = first.header("etag").unwrap().to_owned();
    let text = first.text();
    assert!(
        text.contains("<tbody data-fresh=\"rows /partners\" data-rows>") && text.contains("<tr data-row=\"USA.SVC\">"),
        "{text}"
    );
    assert!(!text.contains("data-row=\"CHL\""), "{text}");
    desk.ok("GBR.CAB", &["party", "add", "CHL"]);
    let changed = looks(&node, &browser, "/partners", &tag);
    assert!(
        changed.status == 200 && changed.text().contains("<tr data-row=\"CHL\">"),
        "{}",
        changed.text()
    );
}

#[test]
fn keys_are_listed_for_whoever_can_use_them_and_can_be_switched_off() {
    let (desk, node) = serving();
    let browser = Browser::as_person(&desk, &node, OFFICER);
    let page = browser.get("/keys").text();
    assert!(
        page.contains("<kbd>g</kbd> <kbd>q</kbd>") && !page.contains("<kbd>g</kbd> <kbd>l</kbd>"),
        "{page}"
    );
    assert!(
        page.contains("/static/keys-") && page.contains("data-key=\"q\""),
        "{page}"
    );
    let cookie = browser.cookie().unwrap();
    let off = browser.send("/keys", &[("keys", "off")]);
    assert!(
        off.header("set-cookie")
            .unwrap()
            .starts_with("__Host-entente-keys=off; Path=/; Secure; HttpOnly")
    );
    let both = format!("{cookie}; __Host-entente-keys=off");
    let headers = [("cookie", both.as_str()), ("sec-fetch-site", "none")];
    let page = node.ask("GET", "/keys", &headers, b"").text();
    assert!(
        page.contains("Keys are switched off") && !page.contains("/static/keys-"),
        "{page}"
    );
    assert!(
        !Browser::new(&node).get("/sign-in").text().contains("/static/keys-"),
        "only for whoever is signed in"
    );
}
